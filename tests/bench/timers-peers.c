/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The timers of event loops on the workload of timers.c: compiled once for each library, with PEER_LIBEVENT, PEER_LIBUV or PEER_LIBEV.
 *
 * The loops are stepped through 72 hours second by second: the clocks that they ask are ours, and their waiting ends at once. So what
 * they do, and not the hours, is measured. Linked with -rdynamic, so that the libraries find these functions before those of libc. */

#include "config.h"

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "timers-workload.h"

#define START 1000000 /* s */

static guint64 elapsed; /* ms since the start */

int
clock_gettime (clockid_t clock, struct timespec *time)
{
  time->tv_sec = (time_t) (START + elapsed / 1000);
  time->tv_nsec = (long) (elapsed % 1000) * 1000000;
  return 0;
}

int
gettimeofday (struct timeval *restrict time, void *restrict zone)
{
  time->tv_sec = (time_t) (START + elapsed / 1000);
  time->tv_usec = (suseconds_t) (elapsed % 1000) * 1000;
  return 0;
}

int
epoll_wait (int fd, struct epoll_event *found, int max, int timeout)
{
  return 0;
}

int
epoll_pwait (int fd, struct epoll_event *found, int max, int timeout, const sigset_t *mask)
{
  return 0;
}

int
poll (struct pollfd *fds, nfds_t n, int timeout)
{
  return 0;
}

/* CPU time, by the kernel's own word. */
static double
real_now (void)
{
  struct timespec time;

  syscall (SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double) time.tv_sec + (double) time.tv_nsec / 1e9;
}

static Fired fired;
static guint32 tick;

#if defined PEER_LIBEVENT

#include <event2/event.h>
#include <event2/event_struct.h>

#define NAME "libevent"

static struct event_base *base;
static struct event *timers;

static void
on_timer (int fd, short what, void *data)
{
  fire (&fired, (guint32) ((struct event *) data - timers), tick);
}

static void
set_up (guint32 n)
{
  struct event_config *config = event_config_new ();

  event_config_set_flag (config, EVENT_BASE_FLAG_NOLOCK);
  base = event_base_new_with_config (config);
  timers = g_new (struct event, n);
}

static void
move (guint32 timer, guint32 deadline)
{
  struct timeval time = { deadline / 1000, deadline % 1000 * 1000 };

  event_add (&timers[timer], &time);
}

static void
arm (guint32 timer, guint32 deadline)
{
  event_assign (&timers[timer], base, -1, 0, on_timer, &timers[timer]);
  move (timer, deadline);
}

static void
cancel (guint32 timer)
{
  event_del (&timers[timer]);
}

static void
turn (void)
{
  event_base_loop (base, EVLOOP_NONBLOCK);
}

#elif defined PEER_LIBUV

#include <uv.h>

#define NAME "libuv"

static uv_loop_t loop;
static uv_timer_t *timers;

static void
on_timer (uv_timer_t *timer)
{
  fire (&fired, (guint32) (timer - timers), tick);
}

static void
set_up (guint32 n)
{
  uv_loop_init (&loop);
  uv_update_time (&loop);
  timers = g_new (uv_timer_t, n);
}

static void
move (guint32 timer, guint32 deadline)
{
  uv_timer_start (&timers[timer], on_timer, deadline, 0);
}

static void
arm (guint32 timer, guint32 deadline)
{
  uv_timer_init (&loop, &timers[timer]);
  move (timer, deadline);
}

static void
cancel (guint32 timer)
{
  uv_timer_stop (&timers[timer]);
}

static void
turn (void)
{
  uv_update_time (&loop);
  uv_run (&loop, UV_RUN_NOWAIT);
}

#elif defined PEER_LIBEV

#include <ev.h>

#define NAME "libev"

static struct ev_loop *loop;
static ev_timer *timers;

static void
on_timer (struct ev_loop *unused, ev_timer *timer, int what)
{
  fire (&fired, (guint32) (timer - timers), tick);
}

static void
set_up (guint32 n)
{
  loop = ev_loop_new (EVBACKEND_EPOLL);
  ev_now_update (loop);
  timers = g_new (ev_timer, n);
}

/* A microsecond early: it compares floating point. */
static void
move (guint32 timer, guint32 deadline)
{
  ev_timer_stop (loop, &timers[timer]);
  ev_timer_set (&timers[timer], deadline * 1e-3 - 1e-6, 0.);
  ev_timer_start (loop, &timers[timer]);
}

static void
arm (guint32 timer, guint32 deadline)
{
  ev_timer_init (&timers[timer], on_timer, deadline * 1e-3 - 1e-6, 0.);
  ev_timer_start (loop, &timers[timer]);
}

static void
cancel (guint32 timer)
{
  ev_timer_stop (loop, &timers[timer]);
}

static void
turn (void)
{
  ev_run (loop, EVRUN_NOWAIT);
}

#endif

static void
run (const Workload *work)
{
  for (guint32 i = 0; i < work->n; i++)
    arm (i, work->deadlines[i]);
  for (guint32 i = 0; i < work->n_moved; i++)
    move (work->moved[i], work->moved_to[i]);
  for (guint32 i = 0; i < work->n_cancelled; i++)
    cancel (work->cancelled[i]);
  for (tick = 1; tick <= TICKS; tick++)
    {
      elapsed = (guint64) tick * TICK;
      turn ();
    }
}

int
main (int argc, char **argv)
{
  Workload work = draw_workload (argc > 1 ? (guint32) strtoul (argv[1], NULL, 10) : 1000000);
  double start, end;

  fired.work = &work;
  set_up (work.n);
  start = real_now ();
  run (&work);
  end = real_now ();
  if (!fired_right (&fired))
    {
      printf (NAME " fired wrong\n");
      return 1;
    }
  printf ("%-32s %8.1f ns\n", NAME, (end - start) * 1e9 / work.n);
  return 0;
}
