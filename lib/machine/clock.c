/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "machine/clock.h"

/* The clocks of a case.
 *
 *                    ┌───────── paused ◀──┐
 *                    ▼                    │
 *   (start) ──▶ running ──▶ (due) ──▶ overdue ──▶ closed
 *                    └──────── met, cancelled, reset, left ──▶ closed
 *
 * Order within one step: met, reset, cancel, pause, resume (what the event itself brings), then the chart moves, then: states left,
 * pauses by state, changed targets, starts. */

gboolean
_csvc_clock_fail (CsvcStep *step)
{
  step->answer = CSVC_ANSWER_FAILED;
  return FALSE;
}

static gboolean
names (const CsvcEventSet *set, const CsvcEvent *event)
{
  for (guint i = 0; i < set->n; i++)
    if (set->events[i] == event->index)
      return TRUE;
  return FALSE;
}

guint
_csvc_clock_find_open (const CsvcCase *self, guint clock)
{
  guint latest = self->latest[clock];

  return latest != NO_CYCLE && _csvc_cycle_is_open (_csvc_clock_cycle (self, latest)) ? latest : NO_CYCLE;
}

static gboolean
is_held_by_event (const CsvcCase *self, const CsvcCycle *cycle)
{
  const CsvcEventSet *set = &cycle->definition->paused_by;
  const char         *cause = g_array_index (cycle->spans, CsvcSpan, cycle->spans->len - 1).cause;

  for (guint i = 0; cause != NULL && i < set->n; i++)
    if (g_str_equal (cause, self->kind->events[set->events[i]].part.id))
      return TRUE;
  return FALSE;
}

/* Would a pausing event change anything? What a state holds may be held by an event too, unless there is one that resumes
 * whatever the hold. */
static gboolean
may_be_held (const CsvcCase *self, const CsvcCycle *cycle)
{
  return cycle->state != CSVC_CYCLE_PAUSED || (cycle->definition->resumed_by.n == 0 && !is_held_by_event (self, cycle));
}

static gboolean
hears (const CsvcCase *self, const CsvcCycle *cycle, const CsvcEvent *event)
{
  const CsvcClock *clock = cycle->definition;

  return names (&clock->met_by, event) || names (&clock->cancelled_by, event) || names (&clock->reset_by, event) ||
         (names (&clock->paused_by, event) && may_be_held (self, cycle)) ||
         (names (&clock->resumed_by, event) && cycle->state == CSVC_CYCLE_PAUSED);
}

gboolean
_csvc_clocks_name (const CsvcCase *self, const CsvcEvent *event)
{
  for (guint i = 0; i < self->kind->n_clocks; i++)
    {
      guint open = _csvc_clock_find_open (self, i);

      if (open != NO_CYCLE && _csvc_bit (self->active, self->kind->clocks[i].state) && hears (self, _csvc_clock_cycle (self, open), event))
        return TRUE;
    }
  return FALSE;
}

/* ── effects and endings ── */

CsvcEffect *
_csvc_clock_effect (CsvcStep *step, CsvcEffectType type, const CsvcCycle *cycle)
{
  CsvcEffect *e = _csvc_step_effect (step, type);

  e->subject = cycle->definition->part.id;
  e->number = cycle->number;
  return e;
}

CsvcTime
_csvc_clock_add_span (CsvcCycle *cycle, CsvcTime from, gboolean running, const char *cause)
{
  const CsvcSpan *last = &g_array_index (cycle->spans, CsvcSpan, cycle->spans->len - 1);
  CsvcSpan        span = { MAX (from, last->from), running, _csvc_share (cause) };

  g_array_append_val (cycle->spans, span);
  return span.from;
}

static void
close_cycle (CsvcCycle *cycle, CsvcTime occurred, const char *cause)
{
  _csvc_clock_add_span (cycle, occurred, FALSE, cause);
  cycle->state = CSVC_CYCLE_CLOSED;
  cycle->next = CSVC_NEVER;
}

gboolean
_csvc_clock_warn_of_horizon (CsvcStep *step, const CsvcCycle *cycle, CsvcTime due)
{
  CsvcCalendar *calendar = cycle->definition->dues[cycle->row - 1].calendar;
  gboolean      open, beyond = FALSE;
  CsvcEffect   *e;

  if (calendar == NULL || due == CSVC_NEVER)
    return TRUE;
  if (!csvc_calendar_is_open (calendar, due, &open, &beyond, step->error))
    return _csvc_clock_fail (step);
  if (!beyond)
    return TRUE;
  e = _csvc_clock_effect (step, CSVC_EFFECT_CLOCK_HORIZON, cycle);
  e->text = _csvc_effects_keep (step->effects, cycle->calendar);
  e->due = due;
  return TRUE;
}

static void
set_verdict (CsvcCycle *cycle, CsvcVerdict verdict, CsvcTime at, CsvcTime due, const char *by)
{
  cycle->verdict = verdict;
  cycle->verdict_at = at;
  cycle->verdict_due = due;
  cycle->verdict_by = _csvc_share (by);
}

void
_csvc_clock_miss (CsvcStep *step, CsvcCycle *cycle, CsvcTime due)
{
  _csvc_clock_effect (step, CSVC_EFFECT_CLOCK_MISSED, cycle)->due = due;
  set_verdict (cycle, CSVC_VERDICT_MISSED, due, due, NULL);
  if (cycle->state != CSVC_CYCLE_PAUSED)
    cycle->state = CSVC_CYCLE_OVERDUE;
}

/* @due (out). What ends a cycle may come before its due alarm though it lies after the due instant: when several deadlines were found
 * late, and another one comes first. It is missed all the same. */
static gboolean
judge (CsvcStep *step, CsvcCycle *cycle, CsvcTime *due)
{
  if (!_csvc_cycle_projected (step->self, cycle, step->occurred, due, step->error))
    return _csvc_clock_fail (step);
  if (cycle->definition->promise && cycle->verdict == CSVC_VERDICT_NONE && step->occurred > *due)
    _csvc_clock_miss (step, cycle, *due);
  return TRUE;
}

/* The few reasons are texts that the policy keeps for all its cycles; those of an end from outside are the caller's. */
static char *
share_reason (const CsvcStep *step, const char *reason)
{
  const char *const *texts = step->self->policy->reasons;

  for (guint i = 0; texts[i] != NULL; i++)
    if (g_str_equal (texts[i], reason))
      return _csvc_share (texts[i]);
  return _csvc_own (reason);
}

gboolean
_csvc_clock_end (CsvcStep *step, guint index, const char *reason, const char *cause)
{
  CsvcCycle  *cycle = _csvc_step_touch_cycle (step, index);
  CsvcTime    due;
  CsvcEffect *e;

  if (!judge (step, cycle, &due))
    return FALSE;
  e = _csvc_clock_effect (step, CSVC_EFFECT_CLOCK_ENDED, cycle);
  e->detail = reason;
  e->text = cause;
  e->time = step->occurred;
  e->due = due;
  if (cycle->verdict == CSVC_VERDICT_NONE)
    set_verdict (cycle, CSVC_VERDICT_ENDED, step->occurred, due, cause);
  g_clear_pointer (&cycle->reason, g_ref_string_release);
  cycle->reason = share_reason (step, reason);
  close_cycle (cycle, step->occurred, cause);
  return TRUE;
}

static void
meet_in_time (CsvcStep *step, CsvcCycle *cycle, CsvcTime due)
{
  CsvcEffect *e = _csvc_clock_effect (step, CSVC_EFFECT_CLOCK_MET, cycle);

  e->detail = step->event;
  e->time = step->occurred;
  e->due = due;
  set_verdict (cycle, CSVC_VERDICT_MET, step->occurred, due, step->event);
}

/* A missed promise is kept after all; or it turns out that it had been kept in time: the verdict stays, the correction is written down. */
static void
meet_missed (CsvcStep *step, CsvcCycle *cycle)
{
  gboolean    late = step->occurred > cycle->verdict_due;
  CsvcEffect *e = _csvc_clock_effect (step, late ? CSVC_EFFECT_CLOCK_MET_LATE : CSVC_EFFECT_CLOCK_CORRECTED, cycle);

  e->detail = step->event;
  e->time = step->occurred;
  if (late)
    {
      e->due = cycle->verdict_due;
      cycle->met_late_at = step->occurred;
    }
  else
    {
      CsvcCorrection correction = { _csvc_share (step->event), step->at, step->occurred };

      g_array_append_val (cycle->corrections, correction);
    }
}

static gboolean
meet (CsvcStep *step, guint index)
{
  CsvcCycle *cycle = _csvc_clock_cycle (step->self, index);
  CsvcTime   due;

  /* Answered, it waits from here for the next contact, if its state lasts. */
  if (cycle->definition->recurs)
    _csvc_bit_set (step->reset, cycle->definition->index);
  if (!cycle->definition->promise)
    return _csvc_clock_end (step, index, "met", step->event);
  cycle = _csvc_step_touch_cycle (step, index);
  if (!judge (step, cycle, &due))
    return FALSE;
  if (cycle->verdict == CSVC_VERDICT_MISSED)
    meet_missed (step, cycle);
  else
    meet_in_time (step, cycle, due);
  close_cycle (cycle, step->occurred, step->event);
  return TRUE;
}

/* ── pausing ── */

gboolean
_csvc_clock_pause (CsvcStep *step, guint index, const char *cause)
{
  CsvcCycle  *cycle = _csvc_step_touch_cycle (step, index);
  CsvcEffect *e = _csvc_clock_effect (step, CSVC_EFFECT_CLOCK_PAUSED, cycle);

  e->detail = cause;
  e->time = _csvc_clock_add_span (cycle, step->occurred, FALSE, cause);
  cycle->state = CSVC_CYCLE_PAUSED;
  return _csvc_clock_fold_spans (step, cycle) && (_csvc_cycle_arm (step->self, cycle, step->error) || _csvc_clock_fail (step));
}

static gboolean
resume_cycle (CsvcStep *step, guint index, const char *cause)
{
  CsvcCycle  *cycle = _csvc_step_touch_cycle (step, index);
  CsvcTime    from = _csvc_clock_add_span (cycle, step->occurred, TRUE, cause);
  CsvcTime    due;
  CsvcEffect *e;

  cycle->state = cycle->verdict == CSVC_VERDICT_MISSED ? CSVC_CYCLE_OVERDUE : CSVC_CYCLE_RUNNING;
  if (!_csvc_cycle_arm (step->self, cycle, step->error) || !_csvc_cycle_due (step->self, cycle, &due, step->error))
    return _csvc_clock_fail (step);
  e = _csvc_clock_effect (step, CSVC_EFFECT_CLOCK_RESUMED, cycle);
  e->detail = cause;
  e->time = from;
  e->due = due;
  return _csvc_clock_warn_of_horizon (step, cycle, due);
}

/* ── what the event itself brings ── */

typedef gboolean (*Reaction) (CsvcStep *step, guint index);

static gboolean
reset (CsvcStep *step, guint index)
{
  guint clock = _csvc_clock_cycle (step->self, index)->definition->index;

  _csvc_bit_set (step->reset, clock);
  return _csvc_clock_end (step, index, "reset", step->event);
}

static gboolean
cancel (CsvcStep *step, guint index)
{
  return _csvc_clock_end (step, index, "cancelled", step->event);
}

static gboolean
pause_by_event (CsvcStep *step, guint index)
{
  return !may_be_held (step->self, _csvc_clock_cycle (step->self, index)) || _csvc_clock_pause (step, index, step->event);
}

static gboolean
resume_by_event (CsvcStep *step, guint index)
{
  return _csvc_clock_cycle (step->self, index)->state != CSVC_CYCLE_PAUSED || resume_cycle (step, index, step->event);
}

static gboolean
react (CsvcStep *step, gsize set_offset, Reaction reaction)
{
  for (guint i = 0; i < step->kind->n_clocks; i++)
    {
      const CsvcClock    *clock = &step->kind->clocks[i];
      const CsvcEventSet *set = G_STRUCT_MEMBER_P (clock, set_offset);
      guint               open = _csvc_clock_find_open (step->self, i);

      if (open != NO_CYCLE && _csvc_bit (step->before, clock->state) && names (set, step->declared) && !reaction (step, open))
        return FALSE;
    }
  return TRUE;
}

gboolean
_csvc_clocks_hear (CsvcStep *step)
{
  return react (step, G_STRUCT_OFFSET (CsvcClock, met_by), meet) &&
         react (step, G_STRUCT_OFFSET (CsvcClock, reset_by), reset) &&
         react (step, G_STRUCT_OFFSET (CsvcClock, cancelled_by), cancel) &&
         react (step, G_STRUCT_OFFSET (CsvcClock, paused_by), pause_by_event) &&
         react (step, G_STRUCT_OFFSET (CsvcClock, resumed_by), resume_by_event);
}

/* ── leaving ── */

/* A state counts as left when it is active no more; one that was left and entered again in the same step only for restart="true". */
static gboolean
was_left (const CsvcStep *step, const CsvcClock *clock)
{
  return _csvc_bit (step->before, clock->state) &&
         (!_csvc_bit (step->self->active, clock->state) || (clock->restart && _csvc_bit (step->exited, clock->state)));
}

/* Leaving meets a clock without a met-by; but not one that a deadline of this very instant has broken: that deadline, or the next one in
 * line, is what leaves. */
static gboolean
leave (CsvcStep *step, guint index, const char *cause)
{
  const CsvcCycle *cycle = _csvc_clock_cycle (step->self, index);
  const CsvcClock *clock = cycle->definition;
  gboolean         broken = cycle->verdict == CSVC_VERDICT_MISSED && !_csvc_step_is_hosts (step) && step->occurred <= cycle->verdict_due;

  if (clock->on_leave == CSVC_LEAVE_MET && clock->promise && !broken)
    return meet (step, index);
  return _csvc_clock_end (step, index, "left", cause);
}

static gboolean
settle_left (CsvcStep *step)
{
  for (guint i = 0; i < step->kind->n_clocks; i++)
    {
      const CsvcClock *clock = &step->kind->clocks[i];
      const char      *cause = step->event != NULL ? step->event : step->kind->states[clock->state].part.id;
      guint            open = _csvc_clock_find_open (step->self, i);

      if (open == NO_CYCLE)
        continue;
      if (was_left (step, clock) ? !leave (step, open, cause) : step->ended && !_csvc_clock_end (step, open, "case-ended", cause))
        return FALSE;
    }
  return TRUE;
}

/* ── pausing by state ── */

const char *
_csvc_clock_pausing_state (const CsvcStep *step, const CsvcClock *clock)
{
  if (clock->paused_in == NULL)
    return NULL;
  for (guint i = 1; i < step->kind->n_states; i++)
    if (_csvc_bit (clock->paused_in, i) && _csvc_bit (step->self->active, i))
      return step->kind->states[i].part.id;
  return NULL;
}

static gboolean
entered_pausing_state (const CsvcStep *step, const CsvcClock *clock)
{
  for (guint i = 1; i < step->kind->n_states; i++)
    if (_csvc_bit (clock->paused_in, i) && _csvc_bit (step->self->active, i) && !_csvc_bit (step->before, i))
      return TRUE;
  return FALSE;
}

/* With a resuming event (hysteresis) entering the state pauses and only that event resumes; without one the pause lasts as long as
 * any of the states is active. */
static gboolean
settle_pause (CsvcStep *step, guint index)
{
  const CsvcCycle *cycle = _csvc_clock_cycle (step->self, index);
  const CsvcClock *clock = cycle->definition;
  const char      *state = _csvc_clock_pausing_state (step, clock);

  if (cycle->state != CSVC_CYCLE_PAUSED)
    {
      if (state != NULL && (clock->resumed_by.n == 0 || entered_pausing_state (step, clock)))
        return _csvc_clock_pause (step, index, state);
    }
  else if (clock->resumed_by.n == 0 && state == NULL && !is_held_by_event (step->self, cycle))
    return resume_cycle (step, index, step->event);
  return TRUE;
}

static gboolean
settle_pauses (CsvcStep *step)
{
  for (guint i = 0; i < step->kind->n_clocks; i++)
    {
      guint open = _csvc_clock_find_open (step->self, i);

      if (open != NO_CYCLE && step->kind->clocks[i].paused_in != NULL && !settle_pause (step, open))
        return FALSE;
    }
  return TRUE;
}

/* ── all of it ── */

gboolean
_csvc_clocks_settle (CsvcStep *step)
{
  if (!settle_left (step))
    return FALSE;
  if (step->ended)
    return TRUE;
  if (!settle_pauses (step) || !_csvc_clock_settle_changes (step))
    return FALSE;
  for (guint i = 0; i < step->kind->n_clocks; i++)
    if (!_csvc_clock_settle_start (step, &step->kind->clocks[i]))
      return FALSE;
  return TRUE;
}

gboolean
_csvc_clocks_end_all (CsvcStep *step, const char *reason)
{
  for (guint i = 0; i < step->kind->n_clocks; i++)
    {
      guint open = _csvc_clock_find_open (step->self, i);

      if (open != NO_CYCLE && !_csvc_clock_end (step, open, reason, NULL))
        return FALSE;
    }
  return TRUE;
}

static CsvcChoice
retry_open (CsvcStep *step, guint open)
{
  const CsvcCycle *cycle = _csvc_clock_cycle (step->self, open);

  if (cycle->verdict != CSVC_VERDICT_NONE || cycle->definition->on_change == CSVC_CHANGE_KEEP)
    return CSVC_CHOSEN_NONE;
  return _csvc_clock_settle_change (step, open);
}

gboolean
_csvc_clocks_retry (CsvcStep *step, const char *id)
{
  const CsvcClock *clock = csvc_kind_find_clock (step->kind, id);
  guint            open;
  CsvcChoice       choice;

  if (clock == NULL || !_csvc_bit (step->self->active, clock->state))
    return TRUE;
  open = _csvc_clock_find_open (step->self, clock->index);
  choice = open != NO_CYCLE ? retry_open (step, open) : _csvc_clock_try_start (step, clock);
  return choice != CSVC_CHOSEN_UNDECIDED && choice != CSVC_CHOSEN_REFUSED;
}

/* ── deadlines ── */

/* The kept list is not written into: see _csvc_step_replace_list(). */
static GArray *
copy_fired (const GArray *fired)
{
  CsvcCycle from = { .fired = (GArray *) fired }, to;

  _csvc_cycle_copy (&to, &from);
  g_array_unref (to.spans);
  g_array_unref (to.corrections);
  return to.fired;
}

void
_csvc_clock_count_firing (CsvcStep *step, CsvcCycle *cycle, const CsvcAlarm *alarm, CsvcTime deadline, guint times, gboolean passed)
{
  CsvcFired fired = { NULL, deadline, passed, times > 1 ? times : 0 };

  for (guint i = 0; i < cycle->fired->len; i++)
    if (g_str_equal (g_array_index (cycle->fired, CsvcFired, i).id, alarm->part.id))
      {
        CsvcFired *again;

        _csvc_step_replace_list (step, cycle, &cycle->fired, copy_fired (cycle->fired));
        again = &g_array_index (cycle->fired, CsvcFired, i);
        again->times = MAX (again->times, 1) + times;
        again->at = deadline;
        again->passed = passed;
        return;
      }
  fired.id = _csvc_share (alarm->part.id);
  g_array_append_val (cycle->fired, fired);
}

CsvcTime
_csvc_clocks_next (const CsvcCase *self, guint *cycle, guint *alarm)
{
  CsvcTime next = CSVC_NEVER;

  for (guint i = 0; i < self->kind->n_clocks; i++)
    {
      guint open = _csvc_clock_find_open (self, i);

      if (open == NO_CYCLE || _csvc_clock_cycle (self, open)->next >= next)
        continue;
      next = _csvc_clock_cycle (self, open)->next;
      *cycle = open;
      *alarm = _csvc_clock_cycle (self, open)->next_alarm;
    }
  return next;
}

guint
_csvc_clocks_get_turn (const CsvcCase *self)
{
  const CsvcPolicy *policy = self->policy;
  const CsvcClock *clock;
  guint cycle, alarm, turn = 1;

  if (_csvc_clocks_next (self, &cycle, &alarm) == CSVC_NEVER)
    return 0;
  clock = _csvc_clock_cycle (self, cycle)->definition;
  for (const CsvcKind *kind = policy->kinds; kind != self->kind; kind++)
    for (guint i = 0; i < kind->n_clocks; i++)
      turn += kind->clocks[i].n_alarms;
  for (guint i = 0; i < clock->index; i++)
    turn += self->kind->clocks[i].n_alarms;
  return turn + alarm;
}

/* A mere timeout ends when it is due. */
static gboolean
run_out (CsvcStep *step, guint index, CsvcTime deadline)
{
  CsvcCycle *cycle = _csvc_clock_cycle (step->self, index);

  if (!cycle->definition->promise)
    return _csvc_clock_end (step, index, "due", cycle->definition->alarms[cycle->definition->due_alarm].event);
  _csvc_clock_miss (step, cycle, deadline);
  return TRUE;
}

gboolean
_csvc_clocks_fire_alarm (CsvcStep *step, guint index, guint alarm)
{
  CsvcCycle       *cycle = _csvc_step_touch_cycle (step, index);
  const CsvcAlarm *definition = &cycle->definition->alarms[alarm];
  CsvcTime         deadline = cycle->next;
  CsvcTime         due;
  CsvcEffect      *e;

  if (!_csvc_cycle_due (step->self, cycle, &due, step->error))
    return _csvc_clock_fail (step);
  _csvc_clock_count_firing (step, cycle, definition, deadline, 1, FALSE);
  e = _csvc_clock_effect (step, CSVC_EFFECT_ALARM, cycle);
  e->detail = definition->part.id;
  e->time = deadline;
  e->due = due;
  step->event = definition->event;
  if (alarm == cycle->definition->due_alarm && !run_out (step, index, deadline))
    return FALSE;
  cycle = _csvc_clock_cycle (step->self, index);
  if (!_csvc_cycle_arm (step->self, cycle, step->error))
    return _csvc_clock_fail (step);
  return _csvc_actions_run (step, &definition->actions);
}
