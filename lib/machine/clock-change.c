/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "machine/clock.h"

/* Facts that changed under a running clock, so that another target row holds; and spans that become one sum.
 *
 *   forward:  ├── used u of L ──┤ now, remaining (L - u) / L of L' ──▶ due
 *             carried = u · credit = u L' / L (rounded down) - u
 *
 * so carried + credit is the share used, in terms of the new budget, and every alarm and the due instant follow as always. Rounding the used share down gives the customer's
 * promise at most one microsecond more. */

static gboolean
reads_what_changed (const CsvcStep *step, const CsvcClock *clock)
{
  for (guint i = 0; i < clock->n_dues; i++)
    {
      const CsvcDue *due = &clock->dues[i];

      if (due->type == CSVC_BUDGET_AT && _csvc_bit (step->facts_set, due->fact))
        return TRUE;
      if (due->when == NULL)
        continue;
      if (step->decided != NULL && _csvc_expr_reads (due->when, CSVC_NAME_VALUE, G_MAXUINT))
        return TRUE;
      /* Of the customer anything may have changed since the step before. */
      if (_csvc_expr_reads (due->when, CSVC_NAME_CUSTOMER_FACT, G_MAXUINT) || _csvc_expr_reads (due->when, CSVC_NAME_TIER, G_MAXUINT) ||
          _csvc_expr_reads (due->when, CSVC_NAME_HOST, G_MAXUINT))
        return TRUE;
      for (guint f = 0; f < step->kind->n_facts; f++)
        if (_csvc_bit (step->facts_set, f) && _csvc_expr_reads (due->when, CSVC_NAME_CASE_FACT, f))
          return TRUE;
    }
  return FALSE;
}

static void
set_row (CsvcCycle *cycle, guint row, CsvcTime promised)
{
  CsvcCalendar *calendar = cycle->definition->dues[row - 1].calendar;

  cycle->row = row;
  cycle->promised = promised;
  cycle->credit = 0;
  cycle->length = 0;
  cycle->floor = CSVC_NEVER;
  g_clear_pointer (&cycle->calendar, g_ref_string_release);
  cycle->calendar = calendar != NULL ? _csvc_own (csvc_calendar_get_hash (calendar)) : NULL;
}

static gboolean
retarget (CsvcStep *step, guint index, guint row, CsvcTime promised)
{
  CsvcCycle     *cycle = _csvc_step_touch_cycle (step, index);
  CsvcTime       due;
  CsvcEffect    *e;

  set_row (cycle, row, promised);
  if (!_csvc_cycle_arm (step->self, cycle, step->error) || !_csvc_cycle_due (step->self, cycle, &due, step->error))
    return _csvc_clock_fail (step);
  e = _csvc_clock_effect (step, CSVC_EFFECT_CLOCK_TARGET, cycle);
  e->text = _csvc_effects_keep (step->effects, cycle->calendar);
  e->row = row;
  e->due = due;
  e->promised = promised;
  return _csvc_clock_warn_of_horizon (step, cycle, due);
}

static void
set_duration (CsvcValue *value, CsvcDuration duration)
{
  *value = (CsvcValue){ .type = CSVC_TYPE_DAY_TIME_DURATION, .u.i = duration };
}

/* More spans than this are folded into one sum: no case grows with the number of its pauses. */
#define MAX_SPANS 64

/* What was used before @from becomes one sum; a span from there on takes the place of all. */
static gboolean
carry (CsvcStep *step, CsvcCycle *cycle, CsvcTime from)
{
  const CsvcSpan *last = &g_array_index (cycle->spans, CsvcSpan, cycle->spans->len - 1);
  CsvcSpan        rest = { MAX (from, last->from), last->running, _csvc_share (last->cause) };
  CsvcCycle       fresh;
  CsvcBudget      target;
  CsvcEffect     *e;

  _csvc_cycle_init (&fresh);
  g_array_append_val (fresh.spans, rest);
  if (!_csvc_cycle_get_target (step->self, cycle, &target, step->error) ||
      !_csvc_cycle_used_at (cycle, &target, rest.from, &cycle->carried, step->error))
    {
      _csvc_cycle_clear (&fresh);
      return _csvc_clock_fail (step);
    }
  g_clear_pointer (&cycle->carried_in, g_ref_string_release);
  cycle->carried_in = _csvc_share (cycle->calendar);
  _csvc_step_replace_list (step, cycle, &cycle->spans, g_steal_pointer (&fresh.spans));
  _csvc_cycle_clear (&fresh);
  e = _csvc_clock_effect (step, CSVC_EFFECT_CLOCK_CARRIED, cycle);
  e->text = _csvc_effects_keep (step->effects, cycle->calendar);
  e->from = rest.from;
  set_duration (&e->value, cycle->carried);
  return TRUE;
}

gboolean
_csvc_clock_fold_spans (CsvcStep *step, CsvcCycle *cycle)
{
  return cycle->spans->len <= MAX_SPANS || carry (step, cycle, CSVC_TIME_MIN);
}

CsvcDuration
_csvc_clock_scale (CsvcDuration used, CsvcDuration old, CsvcDuration new_)
{
  if (old <= 0 || used >= old)
    return MAX (new_, 0);
  return new_ <= 0 || used <= 0 ? 0 : (CsvcDuration) ((unsigned __int128) used * (unsigned __int128) new_ / (unsigned __int128) old);
}

/* The remaining share of the budget, from now on, of another budget. */
static gboolean
forward (CsvcStep *step, guint index, guint row)
{
  CsvcCycle   *cycle = _csvc_step_touch_cycle (step, index);
  CsvcDuration credit = cycle->credit;
  CsvcBudget   before, after;
  CsvcTime     due;
  CsvcEffect  *e;

  if (!_csvc_cycle_get_target (step->self, cycle, &before, step->error) || !carry (step, cycle, step->occurred))
    return _csvc_clock_fail (step);
  set_row (cycle, row, CSVC_NEVER);
  if (!_csvc_cycle_get_target (step->self, cycle, &after, step->error))
    return _csvc_clock_fail (step);
  cycle->credit = _csvc_clock_scale (cycle->carried + credit, before.length, after.length) - cycle->carried;
  if (!_csvc_cycle_arm (step->self, cycle, step->error) || !_csvc_cycle_due (step->self, cycle, &due, step->error))
    return _csvc_clock_fail (step);
  e = _csvc_clock_effect (step, CSVC_EFFECT_CLOCK_FORWARD, cycle);
  e->text = _csvc_effects_keep (step->effects, cycle->calendar);
  e->row = row;
  e->due = due;
  set_duration (&e->value, cycle->credit);
  return _csvc_clock_warn_of_horizon (step, cycle, due);
}

/* An instant that was promised is what it is, from wherever one looks. */
static gboolean
change (CsvcStep *step, guint index, guint row, CsvcTime promised)
{
  const CsvcClock *clock = _csvc_clock_cycle (step->self, index)->definition;

  switch (clock->on_change)
    {
    case CSVC_CHANGE_FORWARD:
      return promised == CSVC_NEVER ? forward (step, index, row) : retarget (step, index, row, promised);
    case CSVC_CHANGE_RESET:
      _csvc_bit_set (step->reset, clock->index);
      return _csvc_clock_end (step, index, "reset", step->event);
    default:
      return retarget (step, index, row, promised);
    }
}

CsvcChoice
_csvc_clock_settle_change (CsvcStep *step, guint index)
{
  const CsvcCycle *cycle = _csvc_clock_cycle (step->self, index);
  const CsvcClock *clock = cycle->definition;
  CsvcTime         promised = CSVC_NEVER;
  guint            row = 0;
  CsvcChoice       choice = _csvc_clock_choose_row (step, clock, &row);

  if (choice != CSVC_CHOSEN)
    return choice;
  if (clock->dues[row - 1].type == CSVC_BUDGET_AT)
    {
      const CsvcValue *value = &step->self->facts[clock->dues[row - 1].fact];

      if (value->type != CSVC_TYPE_DATE_TIME)
        return CSVC_CHOSEN_NONE;
      promised = value->u.i;
    }
  if (row == cycle->row && promised == cycle->promised)
    return CSVC_CHOSEN_NONE;
  return change (step, index, row, promised) ? CSVC_CHOSEN : CSVC_CHOSEN_REFUSED;
}

gboolean
_csvc_clock_settle_changes (CsvcStep *step)
{
  for (guint i = 0; i < step->kind->n_clocks; i++)
    {
      const CsvcClock *clock = &step->kind->clocks[i];
      guint            open = _csvc_clock_find_open (step->self, i);

      if (open != NO_CYCLE && _csvc_clock_cycle (step->self, open)->verdict == CSVC_VERDICT_NONE && clock->on_change != CSVC_CHANGE_KEEP &&
          reads_what_changed (step, clock) && _csvc_clock_settle_change (step, open) == CSVC_CHOSEN_REFUSED)
        return FALSE;
    }
  return TRUE;
}
