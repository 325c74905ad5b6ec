/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "csvc-test.h"

#include "base/timers.h"

#include <stdlib.h>

/* Timers beside a plain array that is searched whenever something is asked. */

static void agrees_with_an_array (void);
static void tells_equal_deadlines_by_number (void);
static void finds_order_where_time_runs_back (void);
static void bears_every_instant (void);

static CU_TestInfo tests[] = {
  { "agrees-with-an-array", agrees_with_an_array },
  { "tells-equal-deadlines-by-number", tells_equal_deadlines_by_number },
  { "finds-order-where-time-runs-back", finds_order_where_time_runs_back },
  { "bears-every-instant", bears_every_instant },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_timers = { "timers", tests };

#define N 300

typedef struct {
  GRand      *rand;
  CsvcTimers *timers;
  CsvcTime    dues[N];
  CsvcTime    now;
} World;

static guint
below (World *self, guint n)
{
  return (guint) g_rand_int_range (self->rand, 0, (gint32) n);
}

/* Near, in the same second, at the very instant, days, years, centuries ahead; and now and then long ago. */
static CsvcTime
random_due (World *self)
{
  static const CsvcDuration reaches[] = { 1, CSVC_SECOND, CSVC_HOUR, 72 * CSVC_HOUR, 90 * CSVC_HOUR, 400 * CSVC_DAY, 20 * 365 * CSVC_DAY,
                                          300 * 365 * CSVC_DAY };
  CsvcDuration reach = reaches[below (self, G_N_ELEMENTS (reaches))];
  CsvcTime due = self->now + (gint64) (g_rand_double (self->rand) * (double) reach) * (below (self, 20) == 0 ? -1 : 1);

  return MIN (due, CSVC_TIME_MAX - 1);
}

static guint
earliest_of (const World *self)
{
  guint found = 0;

  for (guint i = 1; i < N; i++)
    if (self->dues[i] < self->dues[found])
      found = i;
  return found;
}

static void
assert_list (World *self)
{
  CsvcTimer timers[8];
  CsvcTime  dues[N], next = 0;
  guint     max = below (self, 9), n = _csvc_timers_list (self->timers, self->now, max, timers, &next);

  for (guint i = 0; i < N; i++)
    dues[i] = self->dues[i];
  for (guint i = 0; i < n; i++)
    {
      guint wanted = earliest_of (self);

      CSVC_ASSERT_TRUE (timers[i].number == wanted && timers[i].due == dues[wanted] && timers[i].due < self->now, "number %u, not %u",
                        timers[i].number, wanted);
      self->dues[wanted] = CSVC_NEVER;
    }
  CU_ASSERT_TRUE (next == self->dues[earliest_of (self)]);
  CU_ASSERT_TRUE (n == max || next >= self->now);
  for (guint i = 0; i < N; i++)
    self->dues[i] = dues[i];
}

static void
assert_pop (World *self)
{
  guint     wanted = earliest_of (self);
  CsvcTimer timer = { 0, 0 };

  if (!_csvc_timers_pop (self->timers, self->now, &timer))
    {
      CU_ASSERT_TRUE (self->dues[wanted] >= self->now);
      return;
    }
  CSVC_ASSERT_TRUE (timer.number == wanted && timer.due == self->dues[wanted], "number %u, not %u", timer.number, wanted);
  CU_ASSERT_TRUE (timer.due < self->now && _csvc_timers_get (self->timers, wanted) == CSVC_NEVER);
  self->dues[wanted] = CSVC_NEVER;
}

static void
do_something (World *self)
{
  guint number = below (self, N), what = below (self, 100);

  if (what < 60)
    {
      self->dues[number] = what < 15 ? CSVC_NEVER : random_due (self);
      _csvc_timers_set (self->timers, number, self->dues[number], self->now);
      CU_ASSERT_TRUE (_csvc_timers_get (self->timers, number) == self->dues[number]);
    }
  else if (what < 75)
    assert_list (self);
  else if (what < 95)
    assert_pop (self);
  else if (what < 98)
    self->now += below (self, 3) * CSVC_HOUR * below (self, 30);
  else
    self->now = MAX (self->now, MIN (self->dues[earliest_of (self)], CSVC_TIME_MAX - CSVC_DAY)) + CSVC_SECOND;
  CU_ASSERT_TRUE (_csvc_timers_next (self->timers) == self->dues[earliest_of (self)]);
}

static void
agrees_with_an_array (void)
{
  World self = { .rand = csvc_test_random (21) };
  guint lives = csvc_test_under_valgrind () ? 2 : 20 * csvc_test_scale ();

  for (guint life = 0; life < lives; life++)
    {
      self.timers = _csvc_timers_new ();
      self.now = (gint64) life * 3 * 365 * CSVC_DAY;
      for (guint i = 0; i < N; i++)
        self.dues[i] = CSVC_NEVER;
      for (guint i = 0; i < 2000; i++)
        do_something (&self);
      self.now = CSVC_TIME_MAX;
      for (guint i = 0; i < N; i++)
        assert_pop (&self);
      CU_ASSERT_TRUE (_csvc_timers_next (self.timers) == CSVC_NEVER);
      _csvc_timers_free (self.timers);
    }
}

static void
tells_equal_deadlines_by_number (void)
{
  g_autoptr (CsvcTimers) timers = _csvc_timers_new ();
  CsvcTimer timer;

  for (guint i = 0; i < 5000; i++)
    _csvc_timers_set (timers, i * 7919 % 5000, CSVC_DAY, 0);
  CU_ASSERT_FALSE (_csvc_timers_pop (timers, CSVC_DAY, &timer));
  for (guint i = 0; i < 5000; i++)
    CU_ASSERT_TRUE (_csvc_timers_pop (timers, CSVC_DAY + 1, &timer) && timer.number == i);
  CU_ASSERT_FALSE (_csvc_timers_pop (timers, CSVC_NEVER, &timer));
}

/* Cases of a log, one after the other: each begins months before the one before had ended. */
static void
finds_order_where_time_runs_back (void)
{
  g_autoptr (CsvcTimers) timers = _csvc_timers_new ();
  const CsvcTime start = 10000 * CSVC_DAY;
  CsvcTime last = CSVC_TIME_MIN;
  CsvcTimer timer;
  guint n = 0;

  for (guint i = 0; i < 20000; i++)
    _csvc_timers_set (timers, i, start - (CsvcTime) i * 7919 % 20000 * CSVC_HOUR, start - i);
  while (_csvc_timers_pop (timers, start + CSVC_DAY, &timer))
    {
      CU_ASSERT_TRUE (timer.due > last);
      last = timer.due;
      n++;
    }
  CU_ASSERT_EQUAL (n, 20000);
}

static void
bears_every_instant (void)
{
  g_autoptr (CsvcTimers) timers = _csvc_timers_new ();
  CsvcTimer found[3];
  CsvcTime next = 0;

  _csvc_timers_set (timers, 2, CSVC_TIME_MAX, 0);
  _csvc_timers_set (timers, 1, 0, 0);
  _csvc_timers_set (timers, 0, CSVC_TIME_MIN, 0);
  CU_ASSERT_TRUE (_csvc_timers_next (timers) == CSVC_TIME_MIN);
  CU_ASSERT_EQUAL (_csvc_timers_list (timers, CSVC_TIME_MAX, 3, found, &next), 2);
  CU_ASSERT_TRUE (found[0].number == 0 && found[1].number == 1 && next == CSVC_TIME_MAX);
  CU_ASSERT_EQUAL (_csvc_timers_list (timers, CSVC_NEVER, 3, found, &next), 3);
  CU_ASSERT_TRUE (next == CSVC_NEVER);
}
