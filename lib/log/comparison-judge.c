/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Two lives of a case side by side: cycle by cycle, and for alarms clock by clock, since a cycle that goes on from the one before bears its alarms, too. */

#include "config.h"

#include <string.h>

#include "log/comparison.h"
#include "machine/record.h"

/* What is compared: a pair of clocks in a case. */
typedef struct {
  CsvcComparison  *comparison;
  const CsvcCase  *cases[CSVC_N_SIDES];
  const char      *case_id;
  guint            pair;
  const CsvcClock *clocks[CSVC_N_SIDES];
  CsvcTime         now;
  gboolean         changed;
} Judge;

static CsvcDifference
difference_of (const Judge       *self,
               CsvcDifferenceType type,
               guint              cycle)
{
  return (CsvcDifference){ .type = type, .case_id = self->case_id, .pair = self->pair, .cycle = cycle,
                           .dues = { CSVC_NEVER, CSVC_NEVER } };
}

static gboolean
tell (Judge                *self,
      const CsvcDifference *difference,
      GError              **error)
{
  self->changed = TRUE;

  return _csvc_comparison_add (self->comparison, difference, error);
}

/* ── cycles ── */

/* The next one of the side's clock, from @at on; NULL when there is none. */
static const CsvcCycle *
next_cycle (const Judge *self,
            CsvcSide     side,
            guint       *at)
{
  const CsvcCase *searched = self->cases[side];

  if (searched == NULL || self->clocks[side] == NULL)
    return NULL;
  while (*at < csvc_case_get_n_cycles (searched)) {
    const CsvcCycle *cycle = csvc_case_get_cycle (searched, (*at)++);
    if (csvc_cycle_get_clock (cycle) == self->clocks[side])
      return cycle;
  }

  return NULL;
}

static CsvcOutcome
outcome_of (const CsvcCycle *cycle)
{
  if (cycle == NULL)
    return CSVC_OUTCOME_ABSENT;
  switch (csvc_cycle_get_verdict (cycle)) {
  case CSVC_VERDICT_MET:
    return CSVC_OUTCOME_MET;
  case CSVC_VERDICT_MISSED:
    return csvc_cycle_get_state (cycle) == CSVC_CYCLE_CLOSED ? CSVC_OUTCOME_MISSED : CSVC_OUTCOME_OVERDUE;
  case CSVC_VERDICT_ENDED:
    return CSVC_OUTCOME_UNJUDGED;
  case CSVC_VERDICT_NONE:
  default:
    return CSVC_OUTCOME_OPEN;
  }
}

static gboolean
compare_verdicts (Judge                  *self,
                  const CsvcCycle *const *cycles,
                  guint                   number,
                  GError                **error)
{
  CsvcDifference difference = difference_of (self, CSVC_DIFFERENCE_VERDICT, number);

  for (guint side = 0; side < CSVC_N_SIDES; side++)
    difference.outcomes[side] = outcome_of (cycles[side]);
  _csvc_comparison_add_verdict (self->comparison, self->pair, number > 1, difference.outcomes[CSVC_SIDE_OLD],
                                difference.outcomes[CSVC_SIDE_NEW]);

  return difference.outcomes[CSVC_SIDE_OLD] == difference.outcomes[CSVC_SIDE_NEW] || tell (self, &difference, error);
}

static gboolean
compare_dues (Judge                  *self,
              const CsvcCycle *const *cycles,
              guint                   number,
              GError                **error)
{
  CsvcDifference difference = difference_of (self, CSVC_DIFFERENCE_LATER, number);

  for (guint side = 0; side < CSVC_N_SIDES; side++) {
    if (cycles[side] == NULL)
      return TRUE;
    difference.dues[side] = csvc_case_get_projected_due (self->cases[side], cycles[side], self->now);
    if (difference.dues[side] == CSVC_NEVER)
      return TRUE;
  }
  if (difference.dues[CSVC_SIDE_NEW] == difference.dues[CSVC_SIDE_OLD])
    return TRUE;
  if (difference.dues[CSVC_SIDE_NEW] < difference.dues[CSVC_SIDE_OLD])
    difference.type = CSVC_DIFFERENCE_EARLIER;

  return tell (self, &difference, error);
}

static gboolean
compare_cycles (Judge   *self,
                GError **error)
{
  guint at[CSVC_N_SIDES] = { 0, 0 };

  for (guint number = 1;; number++) {
    const CsvcCycle *cycles[CSVC_N_SIDES];

    for (guint side = 0; side < CSVC_N_SIDES; side++)
      cycles[side] = next_cycle (self, side, &at[side]);
    if (cycles[CSVC_SIDE_OLD] == NULL && cycles[CSVC_SIDE_NEW] == NULL)
      return TRUE;
    if (!compare_verdicts (self, cycles, number, error) || !compare_dues (self, cycles, number, error))
      return FALSE;
  }
}

/* ── alarms ── */

static gboolean
has_fired (const CsvcCycle *cycle,
           const CsvcFired *wanted)
{
  for (guint i = 0; cycle != NULL && i < cycle->fired->len; i++) {
    const CsvcFired *fired = &g_array_index (cycle->fired, CsvcFired, i);
    if (fired->at == wanted->at && !fired->passed && strcmp (fired->id, wanted->id) == 0)
      return TRUE;
  }

  return FALSE;
}

static guint64
count_in_cycle (const CsvcCycle *cycle,
                const CsvcCycle *before,
                const char      *alarm)
{
  guint64 n = 0;

  for (guint i = 0; i < cycle->fired->len; i++) {
    const CsvcFired *fired = &g_array_index (cycle->fired, CsvcFired, i);
    n += !fired->passed && strcmp (fired->id, alarm) == 0 && !has_fired (before, fired);
  }

  return n;
}

static guint64
count_firings (const Judge *self,
               CsvcSide     side,
               const char  *alarm)
{
  const CsvcCycle *cycle, *before = NULL;
  guint64 n = 0;

  for (guint at = 0; (cycle = next_cycle (self, side, &at)) != NULL; before = cycle)
    n += count_in_cycle (cycle, before, alarm);

  return n;
}

static gboolean
compare_alarm (Judge      *self,
               const char *alarm,
               GError    **error)
{
  CsvcDifference difference = difference_of (self, CSVC_DIFFERENCE_ALARM_ADDED, 0);

  for (guint side = 0; side < CSVC_N_SIDES; side++)
    difference.counts[side] = count_firings (self, side, alarm);
  if (difference.counts[CSVC_SIDE_OLD] == difference.counts[CSVC_SIDE_NEW])
    return TRUE;
  if (difference.counts[CSVC_SIDE_NEW] < difference.counts[CSVC_SIDE_OLD])
    difference.type = CSVC_DIFFERENCE_ALARM_GONE;
  difference.alarm = alarm;

  return tell (self, &difference, error);
}

/* Those of the old clock, then those that only the new one has. */
static gboolean
compare_alarms (Judge   *self,
                GError **error)
{
  const CsvcClock *old_clock = self->clocks[CSVC_SIDE_OLD];

  for (guint side = 0; side < CSVC_N_SIDES; side++) {
    const CsvcClock *clock = self->clocks[side];
    for (guint i = 0; clock != NULL && i < csvc_clock_get_n_alarms (clock); i++) {
      const char *alarm = csvc_alarm_get_id (csvc_clock_get_alarm (clock, i));
      if (strcmp (alarm, "due") == 0 || (side == CSVC_SIDE_NEW && old_clock != NULL && csvc_clock_find_alarm (old_clock, alarm) != NULL))
        continue;
      if (!compare_alarm (self, alarm, error))
        return FALSE;
    }
  }

  return TRUE;
}

gboolean
_csvc_comparison_judge (CsvcComparison       *self,
                        const CsvcCase *const cases[CSVC_N_SIDES],
                        CsvcTime              now,
                        GError              **error)
{
  Judge judge = { .comparison = self, .cases = { cases[CSVC_SIDE_OLD], cases[CSVC_SIDE_NEW] }, .now = now };

  judge.case_id = csvc_case_get_id (cases[CSVC_SIDE_OLD] != NULL ? cases[CSVC_SIDE_OLD] : cases[CSVC_SIDE_NEW]);
  for (guint i = 0; i < self->pairs->len; i++) {
    const CsvcPair *pair = g_ptr_array_index (self->pairs, i);
    judge.pair = i;
    memcpy (judge.clocks, pair->clocks, sizeof judge.clocks);
    if (!compare_cycles (&judge, error) || !compare_alarms (&judge, error))
      return FALSE;
  }
  self->n_changed += judge.changed;

  return TRUE;
}
