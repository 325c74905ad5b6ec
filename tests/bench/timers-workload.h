/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_BENCH_TIMERS_WORKLOAD_H
#define CSVC_BENCH_TIMERS_WORKLOAD_H

/* Deadlines as a service desk has them: N within 72 hours, in milliseconds; 30 % are moved, 60 % cancelled, and the rest expires, second by
 * second. Whoever takes part is told what to do in four phases and says what it fired in which second; a sum over that says whether
 * it was right, and the deadlines whether it was in order. */

#include <stdio.h>
#include <string.h>

#include "bench.h"

#define HORIZON 259200000u /* ms */
#define TICK 1000u
#define TICKS (HORIZON / TICK)

typedef struct {
  guint32  n, n_moved, n_cancelled;
  guint32 *deadlines;    /* by timer */
  guint32 *moved;        /* timers, in the order in which they are moved … */
  guint32 *moved_to;     /* … to here */
  guint32 *cancelled;
  guint32 *last;         /* by timer: where it ends up, 0 = cancelled */
} Workload;

/* What came. */
typedef struct {
  const Workload *work;
  guint64 n, sum, n_out_of_order;
  guint32 before;
} Fired;

static inline void
fire (Fired *self, guint32 timer, guint32 tick)
{
  guint64 z = timer * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) + tick;
  guint32 deadline = self->work->last[timer];

  self->n++;
  self->sum += (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  self->n_out_of_order += deadline < self->before;
  self->before = deadline;
}

static inline guint32 *
shuffled (guint32 n, guint64 *state)
{
  guint32 *order = g_new (guint32, n);

  for (guint32 i = 0; i < n; i++)
    order[i] = i;
  for (guint32 i = n; i-- > 1;) {
    guint32 j = (guint32) (bench_draw (state) % (i + 1)), other = order[j];

    order[j] = order[i];
    order[i] = other;
  }
  return order;
}

static inline guint32
draw_deadline (guint64 *state)
{
  return 1 + (guint32) (bench_draw (state) % HORIZON);
}

static inline Workload
draw_workload (guint32 n)
{
  guint64 state = 42;
  Workload self = { n, (guint32) ((guint64) n * 3 / 10), (guint32) ((guint64) n * 6 / 10), NULL, NULL, NULL, NULL, NULL };

  self.deadlines = g_new (guint32, n);
  self.last = g_new (guint32, n);
  self.moved_to = g_new (guint32, self.n_moved + 1);
  for (guint32 i = 0; i < n; i++)
    self.deadlines[i] = self.last[i] = draw_deadline (&state);
  self.moved = shuffled (n, &state);
  self.cancelled = shuffled (n, &state);
  for (guint32 i = 0; i < self.n_moved; i++)
    self.last[self.moved[i]] = self.moved_to[i] = draw_deadline (&state);
  for (guint32 i = 0; i < self.n_cancelled; i++)
    self.last[self.cancelled[i]] = 0;
  return self;
}

static inline void
free_workload (Workload *self)
{
  g_free (self->deadlines);
  g_free (self->moved);
  g_free (self->moved_to);
  g_free (self->cancelled);
  g_free (self->last);
}

static inline guint32
tick_of (guint32 deadline)
{
  return (deadline + TICK - 1) / TICK;
}

/* Did what should fire, in its second, and nothing else? */
static inline gboolean
fired_right (const Fired *self)
{
  Fired wanted = { self->work, 0, 0, 0, 0 };

  for (guint32 i = 0; i < self->work->n; i++)
    if (self->work->last[i] != 0)
      fire (&wanted, i, tick_of (self->work->last[i]));
  return wanted.n == self->n && wanted.sum == self->sum;
}

#endif
