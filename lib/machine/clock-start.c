/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "machine/clock.h"

/* Which target row holds, and how a cycle begins: anew, going on from the one before, or late. */

/* ── choosing the target row ── */

static CsvcChoice
unknown (CsvcStep *step, const CsvcClock *clock, const char *missing, guint line)
{
  if (_csvc_step_is_hosts (step))
    {
      step->answer = CSVC_ANSWER_REFUSED_MISSING_FACT;
      step->missing = missing;
      return CSVC_CHOSEN_REFUSED;
    }
  _csvc_step_keep_undecided (step, clock->part.id, NULL, missing, line);
  return CSVC_CHOSEN_UNDECIDED;
}

CsvcChoice
_csvc_clock_choose_row (CsvcStep *step, const CsvcClock *clock, guint *row)
{
  CsvcFeelEnv env;

  _csvc_step_env (step, &env);
  for (guint i = 0; i < clock->n_dues; i++)
    {
      const char *missing = NULL;

      switch (clock->dues[i].when != NULL ? _csvc_expr_test (clock->dues[i].when, &env, &missing) : CSVC_TRUE)
        {
        case CSVC_TRUE:
          *row = i + 1;
          return CSVC_CHOSEN;
        case CSVC_UNKNOWN:
          return unknown (step, clock, missing, clock->dues[i].place.line);
        default:
          break;
        }
    }
  return CSVC_CHOSEN_NONE;
}

/* ── starting ── */

static CsvcFired *
find_firing (const CsvcCycle *cycle, guint alarm)
{
  for (guint i = 0; i < cycle->fired->len; i++)
    if (g_str_equal (g_array_index (cycle->fired, CsvcFired, i).id, cycle->definition->alarms[alarm].part.id))
      return &g_array_index (cycle->fired, CsvcFired, i);
  return NULL;
}

/* How often an alarm had fired when; its id is NULL when it never had. */
static CsvcFired
copy_firing (const CsvcCycle *cycle, guint alarm)
{
  const CsvcFired *fired = find_firing (cycle, alarm);

  return fired != NULL ? *fired : (CsvcFired){ NULL, 0, FALSE, 0 };
}

static void
take_back_firing (CsvcCycle *cycle, guint alarm, const CsvcFired *before)
{
  CsvcFired *fired = find_firing (cycle, alarm);

  if (before->id == NULL)
    g_array_set_size (cycle->fired, cycle->fired->len - 1);
  else
    {
      fired->times = before->times;
      fired->at = before->at;
      fired->passed = before->passed;
    }
}

/* Of an alarm that repeats, all but the last repetition before the step: at once, however many they are. */
static gboolean
pass_over_repetitions (CsvcStep *step, CsvcCycle *cycle)
{
  const CsvcClock *clock = cycle->definition;

  for (guint i = 0; i < clock->n_alarms; i++)
    {
      const CsvcAlarm *alarm = &clock->alarms[i];
      guint            n;
      CsvcTime         last;
      CsvcEffect      *e;

      if (alarm->every == 0)
        continue;
      if (!_csvc_cycle_count_passed (step->self, cycle, alarm, step->at, &n, &last, step->error))
        return _csvc_clock_fail (step);
      if (n < 1)
        continue;
      _csvc_clock_count_firing (step, cycle, alarm, last, n, TRUE);
      e = _csvc_clock_effect (step, CSVC_EFFECT_ALARMS_PASSED, cycle);
      e->detail = alarm->part.id;
      e->time = last;
      e->row = n;
    }
  return _csvc_cycle_arm (step->self, cycle, step->error) || _csvc_clock_fail (step);
}

/* The alarms that lie before the step: only the latest of them still fires; if the due instant is among those passed over, the
 * promise is missed all the same. */
static gboolean
pass_over_late (CsvcStep *step, CsvcCycle *cycle)
{
  const CsvcClock *clock = cycle->definition;

  if (cycle->next < step->at && !pass_over_repetitions (step, cycle))
    return FALSE;
  for (;;)
    {
      CsvcTime    deadline = cycle->next;
      guint       alarm = cycle->next_alarm;
      CsvcFired   before;
      CsvcEffect *e;

      if (deadline >= step->at)
        return TRUE;
      before = copy_firing (cycle, alarm);
      _csvc_clock_count_firing (step, cycle, &clock->alarms[alarm], deadline, 1, TRUE);
      if (!_csvc_cycle_arm (step->self, cycle, step->error))
        return _csvc_clock_fail (step);
      if (cycle->next >= step->at || (alarm == clock->due_alarm && !clock->promise))
        {
          /* That was the latest (a timeout ends when it is due): it fires as usual. */
          take_back_firing (cycle, alarm, &before);
          return _csvc_cycle_arm (step->self, cycle, step->error) || _csvc_clock_fail (step);
        }
      e = _csvc_clock_effect (step, CSVC_EFFECT_ALARM_PASSED, cycle);
      e->detail = clock->alarms[alarm].part.id;
      e->time = deadline;
      if (alarm == clock->due_alarm)
        _csvc_clock_miss (step, cycle, deadline);
    }
}

/* A cycle that goes on from the one before takes over its start, spans and alarms. */
static void
take_over (CsvcStep *step, CsvcCycle *cycle, const CsvcCycle *last, gboolean excluding)
{
  const CsvcSpan *stop = &g_array_index (last->spans, CsvcSpan, last->spans->len - 1);

  cycle->start = last->start;
  cycle->promised = last->promised;
  cycle->carried = last->carried;
  g_clear_pointer (&cycle->carried_in, g_ref_string_release);
  cycle->carried_in = _csvc_share (last->carried_in);
  cycle->credit = last->credit;
  cycle->length = last->length;
  cycle->floor = last->floor;
  g_array_set_size (cycle->spans, 0);
  for (guint i = 0; i + (excluding ? 0 : 1) < last->spans->len; i++)
    {
      const CsvcSpan *from = &g_array_index (last->spans, CsvcSpan, i);
      CsvcSpan        span = { from->from, from->running, _csvc_share (from->cause) };

      g_array_append_val (cycle->spans, span);
    }
  for (guint i = 0; i < last->fired->len; i++)
    {
      const CsvcFired *from = &g_array_index (last->fired, CsvcFired, i);
      CsvcFired        fired = { _csvc_share (from->id), from->at, from->passed, from->times };

      g_array_append_val (cycle->fired, fired);
    }
  if (excluding)
    _csvc_clock_add_span (cycle, step->occurred, TRUE, NULL);
  else if (!g_array_index (cycle->spans, CsvcSpan, cycle->spans->len - 1).running)
    /* It was left while paused; the time outside is no pause. */
    _csvc_clock_add_span (cycle, stop->from, TRUE, NULL);
}

static void
init_cycle (CsvcStep *step, CsvcCycle *cycle, const CsvcClock *clock, guint row)
{
  const CsvcDue *due = &clock->dues[row - 1];
  CsvcSpan       span = { step->occurred, TRUE, NULL };

  _csvc_cycle_init (cycle);
  cycle->definition = clock;
  cycle->clock = _csvc_share (clock->part.id);
  cycle->number = 1;
  cycle->state = CSVC_CYCLE_RUNNING;
  cycle->start = step->occurred;
  cycle->row = row;
  cycle->policy = _csvc_share (step->self->record.policy_hash);
  cycle->calendar = due->calendar != NULL ? _csvc_own (csvc_calendar_get_hash (due->calendar)) : NULL;
  if (due->type == CSVC_BUDGET_AT)
    cycle->promised = step->self->facts[due->fact].u.i;
  g_array_append_val (cycle->spans, span);
}

static gboolean
announce_start (CsvcStep *step, CsvcCycle *cycle, gboolean continued)
{
  const CsvcClock *clock = cycle->definition;
  gboolean         excluding = clock->reopen == CSVC_REOPEN_CONTINUE;
  CsvcTime         due;
  CsvcEffect      *e;

  if (!_csvc_cycle_arm (step->self, cycle, step->error) || !_csvc_cycle_due (step->self, cycle, &due, step->error))
    return _csvc_clock_fail (step);
  e = _csvc_clock_effect (step, CSVC_EFFECT_CLOCK_STARTED, cycle);
  e->text = _csvc_effects_keep (step->effects, cycle->calendar);
  e->row = cycle->row;
  e->time = cycle->start;
  e->due = due;
  e->promised = cycle->promised;
  if (continued)
    {
      e->detail = excluding ? "continue" : "including-closed";
      e->from = excluding ? g_array_index (cycle->spans, CsvcSpan, cycle->spans->len - 1).from : CSVC_NEVER;
    }
  return _csvc_clock_warn_of_horizon (step, cycle, due);
}

/* A promise is a new one each time, a reset forgets, and a timeout that ran out has nothing left to go on with. */
static gboolean
goes_on (const CsvcStep *step, const CsvcClock *clock, const CsvcCycle *last, guint row)
{
  if (clock->reopen == CSVC_REOPEN_NEW_CYCLE || _csvc_bit (step->reset, clock->index) || _csvc_bit (step->before, clock->state))
    return FALSE;
  if (clock->dues[row - 1].type == CSVC_BUDGET_AT || clock->dues[last->row - 1].type == CSVC_BUDGET_AT)
    return FALSE;
  return clock->promise || g_strcmp0 (last->reason, "due") != 0;
}

static CsvcCycle *
append_cycle (CsvcStep *step, const CsvcClock *clock, guint row)
{
  GArray    *cycles = step->self->record.cycles;
  CsvcCycle *cycle;

  g_array_set_size (cycles, cycles->len + 1);
  cycle = _csvc_clock_cycle (step->self, cycles->len - 1);
  init_cycle (step, cycle, clock, row);
  step->self->latest[clock->index] = cycles->len - 1;
  return cycle;
}

static gboolean
start_cycle (CsvcStep *step, const CsvcClock *clock, guint row)
{
  guint            latest = step->self->latest[clock->index];
  gboolean         continued = latest != NO_CYCLE && goes_on (step, clock, _csvc_clock_cycle (step->self, latest), row);
  CsvcCycle       *cycle = append_cycle (step, clock, row);
  const CsvcCycle *last = latest != NO_CYCLE ? _csvc_clock_cycle (step->self, latest) : NULL;
  const char      *pausing = _csvc_clock_pausing_state (step, clock);

  if (last != NULL)
    cycle->number = last->number + 1;
  if (continued)
    take_over (step, cycle, last, clock->reopen == CSVC_REOPEN_CONTINUE);
  if (!announce_start (step, cycle, continued))
    return FALSE;
  /* One that goes on from a missed one is missed from its beginning: that verdict is the case's, not the cycle's luck. */
  if (continued && last->verdict == CSVC_VERDICT_MISSED)
    _csvc_clock_miss (step, cycle, last->verdict_due);
  if (pausing != NULL && !_csvc_clock_pause (step, step->self->latest[clock->index], pausing))
    return FALSE;
  return pass_over_late (step, cycle);
}

/* A promise made to this customer starts when there is one, and anew only for one that its last cycle did not judge: put in this
 * step, or another instant, or the same one put again after that cycle had closed. */
static gboolean
has_promise (const CsvcStep *step, const CsvcClock *clock, guint row)
{
  const CsvcDue   *due = &clock->dues[row - 1];
  guint            latest = step->self->latest[clock->index];
  const CsvcValue *value = &step->self->facts[due->fact];
  const CsvcCycle *last;

  if (due->type != CSVC_BUDGET_AT)
    return TRUE;
  if (value->type != CSVC_TYPE_DATE_TIME)
    return FALSE;
  if (latest == NO_CYCLE || _csvc_bit (step->facts_set, due->fact))
    return TRUE;
  last = _csvc_clock_cycle (step->self, latest);
  return value->u.i != last->promised ||
         step->self->facts_at[due->fact] > g_array_index (last->spans, CsvcSpan, last->spans->len - 1).from;
}

static CsvcChoice
wants_to_start (CsvcStep *step, const CsvcClock *clock)
{
  const char *missing = NULL;
  CsvcFeelEnv env;

  if (clock->when == NULL)
    return CSVC_CHOSEN;
  _csvc_step_env (step, &env);
  switch (_csvc_expr_test (clock->when, &env, &missing))
    {
    case CSVC_TRUE:
      return CSVC_CHOSEN;
    case CSVC_UNKNOWN:
      return unknown (step, clock, missing, clock->part.place.line);
    default:
      return CSVC_CHOSEN_NONE;
    }
}

/* May the clock start now, and with which row? */
static CsvcChoice
choose_start (CsvcStep *step, const CsvcClock *clock, guint *row)
{
  CsvcChoice choice = wants_to_start (step, clock);

  if (choice == CSVC_CHOSEN)
    choice = _csvc_clock_choose_row (step, clock, row);
  if (choice == CSVC_CHOSEN && !has_promise (step, clock, *row))
    return CSVC_CHOSEN_NONE;
  return choice;
}

CsvcChoice
_csvc_clock_try_start (CsvcStep *step, const CsvcClock *clock)
{
  guint      row = 0;
  CsvcChoice choice = choose_start (step, clock, &row);

  return choice == CSVC_CHOSEN && !start_cycle (step, clock, row) ? CSVC_CHOSEN_REFUSED : choice;
}

/* Was a promised instant of this clock put in this step? */
static gboolean
was_promised (const CsvcStep *step, const CsvcClock *clock)
{
  for (guint i = 0; i < clock->n_dues; i++)
    if (clock->dues[i].type == CSVC_BUDGET_AT && _csvc_bit (step->facts_set, clock->dues[i].fact))
      return TRUE;
  return FALSE;
}

/* A promise made while the state is active starts a cycle at once, if it is what counts now. After a broken one: that one is not waited for
 * any longer. */
static gboolean
start_promised (CsvcStep *step, const CsvcClock *clock)
{
  guint      open = _csvc_clock_find_open (step->self, clock->index);
  guint      row = 0;
  CsvcChoice choice;

  if (open != NO_CYCLE && _csvc_clock_cycle (step->self, open)->verdict != CSVC_VERDICT_MISSED)
    return TRUE;
  choice = choose_start (step, clock, &row);
  if (choice != CSVC_CHOSEN || clock->dues[row - 1].type != CSVC_BUDGET_AT)
    return choice != CSVC_CHOSEN_REFUSED;
  return (open == NO_CYCLE || _csvc_clock_end (step, open, "superseded", step->event)) && start_cycle (step, clock, row);
}

gboolean
_csvc_clock_settle_start (CsvcStep *step, const CsvcClock *clock)
{
  gboolean was = _csvc_bit (step->before, clock->state) && !(clock->restart && _csvc_bit (step->exited, clock->state));

  if (!_csvc_bit (step->self->active, clock->state))
    return TRUE;
  if (!was || _csvc_bit (step->reset, clock->index))
    return _csvc_clock_try_start (step, clock) != CSVC_CHOSEN_REFUSED;
  return !was_promised (step, clock) || start_promised (step, clock);
}

