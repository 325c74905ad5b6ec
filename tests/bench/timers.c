/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Timers: the memory store's deadlines beside the least that a C program could do, on the same workload, outputs compared first.
 *
 *   timers [N] [--json FILE]       both in turn, medians of five
 *   timers N --count timers|none   one life of that many timers, or none, to count instructions
 *   timers --count possible        whether it makes sense in this build: the exit status
 *
 * The limit is a list a second for exactly these 72 hours, sorted when its second comes. It knows no microseconds, no year, no instant
 * before its start, and no deadline after its end. */

#include "config.h"

#include <malloc.h>

#include "base/timers.h"

#include "timers-workload.h"

#define ROUNDS 5

/* ---- The limit ---- */

#define NONE G_MAXUINT32
#define IS_FIRST 0x80000000u
#define LONGEST 65536

typedef struct {
  guint32 next, prev, deadline; /* prev of the first: IS_FIRST and its second */
} Link;

typedef struct {
  Link    *links;
  guint32 *first;
} Limit;

static inline void
limit_add (Limit *self, guint32 timer, guint32 deadline)
{
  guint32 second = tick_of (deadline), old = self->first[second];

  self->links[timer] = (Link){ old, IS_FIRST | second, deadline };
  if (old != NONE)
    self->links[old].prev = timer;
  self->first[second] = timer;
}

static inline void
limit_remove (Limit *self, guint32 timer)
{
  Link link = self->links[timer];

  if (link.prev & IS_FIRST)
    self->first[link.prev & ~IS_FIRST] = link.next;
  else
    self->links[link.prev].next = link.next;
  if (link.next != NONE)
    self->links[link.next].prev = link.prev;
}

static void
limit_expire (Limit *self, Fired *fired)
{
  static guint64 sorted[LONGEST];

  for (guint32 second = 1; second <= TICKS; second++) {
    guint n = 0;

    for (guint32 timer = self->first[second]; timer != NONE && n < LONGEST; timer = self->links[timer].next) {
      guint64 item = (guint64) self->links[timer].deadline << 32 | timer;
      guint at = n++;

      for (; at > 0 && sorted[at - 1] > item; at--)
        sorted[at] = sorted[at - 1];
      sorted[at] = item;
    }
    for (guint i = 0; i < n; i++)
      fire (fired, (guint32) sorted[i], second);
  }
}

static void
run_limit (const Workload *work, Fired *fired)
{
  Limit self = { g_new (Link, work->n), g_new (guint32, TICKS + 1) };

  memset (self.first, 0xff, (TICKS + 1) * sizeof (guint32));
  for (guint32 i = 0; i < work->n; i++)
    limit_add (&self, i, work->deadlines[i]);
  for (guint32 i = 0; i < work->n_moved; i++) {
    limit_remove (&self, work->moved[i]);
    limit_add (&self, work->moved[i], work->moved_to[i]);
  }
  for (guint32 i = 0; i < work->n_cancelled; i++)
    limit_remove (&self, work->cancelled[i]);
  limit_expire (&self, fired);
  g_free (self.links);
  g_free (self.first);
}

/* ---- libcsvc ---- */

static double bytes_a_timer;

static void
run_csvc (const Workload *work, Fired *fired)
{
  struct mallinfo2 before = mallinfo2 (), after;
  g_autoptr (CsvcTimers) timers = _csvc_timers_new ();
  CsvcTimer timer;

  for (guint32 i = 0; i < work->n; i++)
    _csvc_timers_set (timers, i, work->deadlines[i] * CSVC_MILLISECOND, 0);
  for (guint32 i = 0; i < work->n_moved; i++)
    _csvc_timers_set (timers, work->moved[i], work->moved_to[i] * CSVC_MILLISECOND, 0);
  for (guint32 i = 0; i < work->n_cancelled; i++)
    _csvc_timers_set (timers, work->cancelled[i], CSVC_NEVER, 0);
  for (guint32 second = 1; second <= TICKS; second++)
    while (_csvc_timers_pop (timers, second * CSVC_SECOND + 1, &timer))
      fire (fired, timer.number, second);
  after = mallinfo2 ();
  bytes_a_timer = (double) (after.uordblks + after.hblkhd - before.uordblks - before.hblkhd) / work->n;
}

/* ---- Measuring ---- */

typedef void (*Run) (const Workload *work, Fired *fired);

static const struct {
  const char *title, *key;
  Run run;
} runs[] = { { "limit: a list a second", "limit", run_limit }, { "libcsvc", "libcsvc", run_csvc } };

#define N_RUNS G_N_ELEMENTS (runs)

/* ns a timer; < 0: it was wrong. */
static double
measure_one (guint kind, const Workload *work)
{
  Fired fired = { work, 0, 0, 0, 0 };
  double start = bench_now (), end;

  runs[kind].run (work, &fired);
  end = bench_now ();
  if (fired_right (&fired) && fired.n_out_of_order == 0)
    return (end - start) * 1e9 / work->n;
  g_printerr ("%s fired wrong, or %" G_GUINT64_FORMAT " times out of order\n", runs[kind].title, fired.n_out_of_order);
  return -1;
}

static gboolean
measure (const Workload *work, double *medians)
{
  double times[N_RUNS][ROUNDS];

  for (int round = -1; round < ROUNDS; round++) /* the first warms up */
    for (guint kind = 0; kind < N_RUNS; kind++) {
      times[kind][MAX (round, 0)] = measure_one (kind, work);
      if (times[kind][MAX (round, 0)] < 0)
        return FALSE;
    }
  for (guint kind = 0; kind < N_RUNS; kind++)
    medians[kind] = bench_median (times[kind], ROUNDS);
  return TRUE;
}

static void
report (const Workload *work, const double *medians, const char *json)
{
  g_autoptr (GString) out = g_string_new (NULL);

  g_string_append_printf (out, "{\"workload\": \"timers\", \"unit\": \"ns\", \"n\": %u", work->n);
  for (guint kind = 0; kind < N_RUNS; kind++) {
    g_print ("%-32s %8.1f ns  %5.2f x limit\n", runs[kind].title, medians[kind], medians[kind] / medians[0]);
    g_string_append_printf (out, ", \"%s\": %.2f", runs[kind].key, medians[kind]);
  }
  g_print ("%-32s %8.1f B\n", "libcsvc, a timer", bytes_a_timer);
  g_string_append_printf (out, ", \"bytes_a_timer\": %.1f}\n", bytes_a_timer);
  if (json != NULL && !g_file_set_contents (json, out->str, -1, NULL))
    g_printerr ("cannot write %s\n", json);
}

static int
count (const Workload *work, const char *what)
{
  Fired fired = { work, 0, 0, 0, 0 };

  if (strcmp (what, "possible") == 0)
    return BENCH_CAN_COUNT ? 0 : 1;
  if (strcmp (what, "none") == 0)
    return 0;
  run_csvc (work, &fired);
  return fired_right (&fired) ? 0 : 1;
}

int
main (int argc, char **argv)
{
  gboolean has_number = argc > 1 && g_ascii_isdigit (*argv[1]);
  const char *option = argc - has_number == 3 ? argv[argc - 2] : "", *value = argv[argc - 1];
  Workload work = draw_workload (has_number ? (guint32) strtoul (argv[1], NULL, 10) : 1000000);
  double medians[N_RUNS];
  int status = 0;

  if (strcmp (option, "--count") == 0)
    status = count (&work, value);
  else if (measure (&work, medians))
    report (&work, medians, strcmp (option, "--json") == 0 ? value : NULL);
  else
    status = 1;
  free_workload (&work);
  return status;
}
