/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "machine/machine.h"

/* The clocks of a case.
 *
 *                    ┌───────── paused ◀──┐
 *                    ▼                    │
 *   (start) ──▶ running ──▶ (due) ──▶ overdue ──▶ closed
 *                    └──────── met, cancelled, reset, left ──▶ closed
 *
 * Order within one step: met, reset, cancel, pause, resume (what the event itself brings), then the chart moves, then: states left,
 * pauses by state, changed targets, starts. */

static CsvcCycle *
cycle_at (const CsvcCase *self, guint i)
{
  return &g_array_index (self->record.cycles, CsvcCycle, i);
}

static gboolean
fail (CsvcStep *step)
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

/* The open cycle of a clock of @self's kind, NO_CYCLE when it has none: never more than its latest one. */
static guint
find_open (const CsvcCase *self, guint clock)
{
  guint latest = self->latest[clock];

  return latest != NO_CYCLE && _csvc_cycle_is_open (cycle_at (self, latest)) ? latest : NO_CYCLE;
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
      guint open = find_open (self, i);

      if (open != NO_CYCLE && _csvc_bit (self->active, self->kind->clocks[i].state) && hears (self, cycle_at (self, open), event))
        return TRUE;
    }
  return FALSE;
}

/* ── effects and endings ── */

static CsvcEffect *
effect (CsvcStep *step, CsvcEffectType type, const CsvcCycle *cycle)
{
  CsvcEffect *e = _csvc_step_effect (step, type);

  e->subject = cycle->definition->part.id;
  e->number = cycle->number;
  return e;
}

/* Spans never run backwards: what occurred before the last change counts from that change on. */
static CsvcTime
add_span (CsvcCycle *cycle, CsvcTime from, gboolean running, const char *cause)
{
  const CsvcSpan *last = &g_array_index (cycle->spans, CsvcSpan, cycle->spans->len - 1);
  CsvcSpan        span = { MAX (from, last->from), running, _csvc_share (cause) };

  g_array_append_val (cycle->spans, span);
  return span.from;
}

static void
close_cycle (CsvcCycle *cycle, CsvcTime occurred, const char *cause)
{
  add_span (cycle, occurred, FALSE, cause);
  cycle->state = CSVC_CYCLE_CLOSED;
  cycle->next = CSVC_NEVER;
}

static void
set_verdict (CsvcCycle *cycle, CsvcVerdict verdict, CsvcTime at, CsvcTime due, const char *by)
{
  cycle->verdict = verdict;
  cycle->verdict_at = at;
  cycle->verdict_due = due;
  cycle->verdict_by = _csvc_share (by);
}

/* One that is paused stays so until it goes on: what was missed is missed by what it had used before. */
static void
miss (CsvcStep *step, CsvcCycle *cycle, CsvcTime due)
{
  effect (step, CSVC_EFFECT_CLOCK_MISSED, cycle)->due = due;
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
    return fail (step);
  if (cycle->definition->promise && cycle->verdict == CSVC_VERDICT_NONE && step->occurred > *due)
    miss (step, cycle, *due);
  return TRUE;
}

/* The few reasons are texts that the policy keeps for all its cycles. */
static char *
share_reason (const CsvcStep *step, const char *reason)
{
  const char *const *texts = step->self->policy->reasons;

  for (guint i = 0; texts[i] != NULL; i++)
    if (g_str_equal (texts[i], reason))
      return _csvc_share (texts[i]);
  g_return_val_if_reached (NULL);
}

static gboolean
end_cycle (CsvcStep *step, guint index, const char *reason, const char *cause)
{
  CsvcCycle  *cycle = _csvc_step_touch_cycle (step, index);
  CsvcTime    due;
  CsvcEffect *e;

  if (!judge (step, cycle, &due))
    return FALSE;
  e = effect (step, CSVC_EFFECT_CLOCK_ENDED, cycle);
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
  CsvcEffect *e = effect (step, CSVC_EFFECT_CLOCK_MET, cycle);

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
  CsvcEffect *e = effect (step, late ? CSVC_EFFECT_CLOCK_MET_LATE : CSVC_EFFECT_CLOCK_CORRECTED, cycle);

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
  CsvcCycle *cycle = cycle_at (step->self, index);
  CsvcTime   due;

  if (!cycle->definition->promise)
    return end_cycle (step, index, "met", step->event);
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

static gboolean
pause_cycle (CsvcStep *step, guint index, const char *cause)
{
  CsvcCycle  *cycle = _csvc_step_touch_cycle (step, index);
  CsvcEffect *e = effect (step, CSVC_EFFECT_CLOCK_PAUSED, cycle);

  e->detail = cause;
  e->time = add_span (cycle, step->occurred, FALSE, cause);
  cycle->state = CSVC_CYCLE_PAUSED;
  return _csvc_cycle_arm (step->self, cycle, step->error) || fail (step);
}

static gboolean
resume_cycle (CsvcStep *step, guint index, const char *cause)
{
  CsvcCycle  *cycle = _csvc_step_touch_cycle (step, index);
  CsvcTime    from = add_span (cycle, step->occurred, TRUE, cause);
  CsvcTime    due;
  CsvcEffect *e;

  cycle->state = cycle->verdict == CSVC_VERDICT_MISSED ? CSVC_CYCLE_OVERDUE : CSVC_CYCLE_RUNNING;
  if (!_csvc_cycle_arm (step->self, cycle, step->error) || !_csvc_cycle_due (step->self, cycle, &due, step->error))
    return fail (step);
  e = effect (step, CSVC_EFFECT_CLOCK_RESUMED, cycle);
  e->detail = cause;
  e->time = from;
  e->due = due;
  return TRUE;
}

/* ── what the event itself brings ── */

typedef gboolean (*Reaction) (CsvcStep *step, guint index);

static gboolean
reset (CsvcStep *step, guint index)
{
  guint clock = cycle_at (step->self, index)->definition->index;

  _csvc_bit_set (step->reset, clock);
  return end_cycle (step, index, "reset", step->event);
}

static gboolean
cancel (CsvcStep *step, guint index)
{
  return end_cycle (step, index, "cancelled", step->event);
}

static gboolean
pause_by_event (CsvcStep *step, guint index)
{
  return !may_be_held (step->self, cycle_at (step->self, index)) || pause_cycle (step, index, step->event);
}

static gboolean
resume_by_event (CsvcStep *step, guint index)
{
  return cycle_at (step->self, index)->state != CSVC_CYCLE_PAUSED || resume_cycle (step, index, step->event);
}

static gboolean
react (CsvcStep *step, gsize set_offset, Reaction reaction)
{
  for (guint i = 0; i < step->kind->n_clocks; i++)
    {
      const CsvcClock    *clock = &step->kind->clocks[i];
      const CsvcEventSet *set = G_STRUCT_MEMBER_P (clock, set_offset);
      guint               open = find_open (step->self, i);

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
  const CsvcCycle *cycle = cycle_at (step->self, index);
  const CsvcClock *clock = cycle->definition;
  gboolean         broken = cycle->verdict == CSVC_VERDICT_MISSED && !_csvc_step_is_hosts (step) && step->occurred <= cycle->verdict_due;

  if (clock->on_leave == CSVC_LEAVE_MET && clock->promise && !broken)
    return meet (step, index);
  return end_cycle (step, index, "left", cause);
}

static gboolean
settle_left (CsvcStep *step)
{
  for (guint i = 0; i < step->kind->n_clocks; i++)
    {
      const CsvcClock *clock = &step->kind->clocks[i];
      const char      *cause = step->event != NULL ? step->event : step->kind->states[clock->state].part.id;
      guint            open = find_open (step->self, i);

      if (open == NO_CYCLE)
        continue;
      if (was_left (step, clock) ? !leave (step, open, cause) : step->ended && !end_cycle (step, open, "case-ended", cause))
        return FALSE;
    }
  return TRUE;
}

/* ── pausing by state ── */

static const char *
pausing_state (const CsvcStep *step, const CsvcClock *clock)
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
  const CsvcCycle *cycle = cycle_at (step->self, index);
  const CsvcClock *clock = cycle->definition;
  const char      *state = pausing_state (step, clock);

  if (cycle->state != CSVC_CYCLE_PAUSED)
    {
      if (state != NULL && (clock->resumed_by.n == 0 || entered_pausing_state (step, clock)))
        return pause_cycle (step, index, state);
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
      guint open = find_open (step->self, i);

      if (open != NO_CYCLE && step->kind->clocks[i].paused_in != NULL && !settle_pause (step, open))
        return FALSE;
    }
  return TRUE;
}

/* ── choosing the target row ── */

typedef enum { CHOSEN, CHOSEN_NONE, CHOSEN_UNDECIDED, CHOSEN_REFUSED } Choice;

static Choice
unknown (CsvcStep *step, const CsvcClock *clock, const char *missing, guint line)
{
  if (_csvc_step_is_hosts (step))
    {
      step->answer = CSVC_ANSWER_REFUSED_MISSING_FACT;
      step->missing = missing;
      return CHOSEN_REFUSED;
    }
  _csvc_step_undecided (step, clock->part.id, missing, line);
  return CHOSEN_UNDECIDED;
}

static Choice
choose_row (CsvcStep *step, const CsvcClock *clock, guint *row)
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
          return CHOSEN;
        case CSVC_UNKNOWN:
          return unknown (step, clock, missing, clock->dues[i].place.line);
        default:
          break;
        }
    }
  return CHOSEN_NONE;
}

/* ── starting ── */

/* The alarms that lie before the step: only the latest of them still fires; if the due instant is among those passed over, the
 * promise is missed all the same. */
static gboolean
pass_over_late (CsvcStep *step, CsvcCycle *cycle)
{
  const CsvcClock *clock = cycle->definition;

  for (;;)
    {
      CsvcTime    deadline = cycle->next;
      guint       alarm = cycle->next_alarm;
      CsvcFired   fired = { NULL, deadline, TRUE };
      CsvcEffect *e;

      if (deadline >= step->at)
        return TRUE;
      fired.id = _csvc_share (clock->alarms[alarm].part.id);
      g_array_append_val (cycle->fired, fired);
      if (!_csvc_cycle_arm (step->self, cycle, step->error))
        return fail (step);
      if (cycle->next >= step->at || (alarm == clock->due_alarm && !clock->promise))
        {
          /* That was the latest (a timeout ends when it is due): it fires as usual. */
          g_array_set_size (cycle->fired, cycle->fired->len - 1);
          return _csvc_cycle_arm (step->self, cycle, step->error) || fail (step);
        }
      e = effect (step, CSVC_EFFECT_ALARM_PASSED, cycle);
      e->detail = clock->alarms[alarm].part.id;
      e->time = deadline;
      if (alarm == clock->due_alarm)
        miss (step, cycle, deadline);
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
      CsvcFired        fired = { _csvc_share (from->id), from->at, from->passed };

      g_array_append_val (cycle->fired, fired);
    }
  if (excluding)
    add_span (cycle, step->occurred, TRUE, NULL);
  else if (!g_array_index (cycle->spans, CsvcSpan, cycle->spans->len - 1).running)
    /* It was left while paused; the time outside is no pause. */
    add_span (cycle, stop->from, TRUE, NULL);
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
    return fail (step);
  e = effect (step, CSVC_EFFECT_CLOCK_STARTED, cycle);
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
  return TRUE;
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
  cycle = cycle_at (step->self, cycles->len - 1);
  init_cycle (step, cycle, clock, row);
  step->self->latest[clock->index] = cycles->len - 1;
  return cycle;
}

static gboolean
start_cycle (CsvcStep *step, const CsvcClock *clock, guint row)
{
  guint            latest = step->self->latest[clock->index];
  gboolean         continued = latest != NO_CYCLE && goes_on (step, clock, cycle_at (step->self, latest), row);
  CsvcCycle       *cycle = append_cycle (step, clock, row);
  const CsvcCycle *last = latest != NO_CYCLE ? cycle_at (step->self, latest) : NULL;
  const char      *pausing = pausing_state (step, clock);

  if (last != NULL)
    cycle->number = last->number + 1;
  if (continued)
    take_over (step, cycle, last, clock->reopen == CSVC_REOPEN_CONTINUE);
  if (!announce_start (step, cycle, continued))
    return FALSE;
  /* One that goes on from a missed one is missed from its beginning: that verdict is the case's, not the cycle's luck. */
  if (continued && last->verdict == CSVC_VERDICT_MISSED)
    miss (step, cycle, last->verdict_due);
  if (pausing != NULL && !pause_cycle (step, step->self->latest[clock->index], pausing))
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
  last = cycle_at (step->self, latest);
  return value->u.i != last->promised ||
         step->self->facts_at[due->fact] > g_array_index (last->spans, CsvcSpan, last->spans->len - 1).from;
}

static Choice
wants_to_start (CsvcStep *step, const CsvcClock *clock)
{
  const char *missing = NULL;
  CsvcFeelEnv env;

  if (clock->when == NULL)
    return CHOSEN;
  _csvc_step_env (step, &env);
  switch (_csvc_expr_test (clock->when, &env, &missing))
    {
    case CSVC_TRUE:
      return CHOSEN;
    case CSVC_UNKNOWN:
      return unknown (step, clock, missing, clock->part.place.line);
    default:
      return CHOSEN_NONE;
    }
}

/* May the clock start now, and with which row? */
static Choice
choose_start (CsvcStep *step, const CsvcClock *clock, guint *row)
{
  Choice choice = wants_to_start (step, clock);

  if (choice == CHOSEN)
    choice = choose_row (step, clock, row);
  if (choice == CHOSEN && !has_promise (step, clock, *row))
    return CHOSEN_NONE;
  return choice;
}

static gboolean
try_start (CsvcStep *step, const CsvcClock *clock)
{
  guint  row = 0;
  Choice choice = choose_start (step, clock, &row);

  return choice == CHOSEN ? start_cycle (step, clock, row) : choice != CHOSEN_REFUSED;
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
  guint  open = find_open (step->self, clock->index);
  guint  row = 0;
  Choice choice;

  if (open != NO_CYCLE && cycle_at (step->self, open)->verdict != CSVC_VERDICT_MISSED)
    return TRUE;
  choice = choose_start (step, clock, &row);
  if (choice != CHOSEN || clock->dues[row - 1].type != CSVC_BUDGET_AT)
    return choice != CHOSEN_REFUSED;
  return (open == NO_CYCLE || end_cycle (step, open, "superseded", step->event)) && start_cycle (step, clock, row);
}

static gboolean
settle_start (CsvcStep *step, const CsvcClock *clock)
{
  gboolean was = _csvc_bit (step->before, clock->state) && !(clock->restart && _csvc_bit (step->exited, clock->state));

  if (!_csvc_bit (step->self->active, clock->state))
    return TRUE;
  if (!was || _csvc_bit (step->reset, clock->index))
    return try_start (step, clock);
  return !was_promised (step, clock) || start_promised (step, clock);
}

/* ── facts that changed under a running clock ── */

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
      if (_csvc_expr_reads (due->when, CSVC_NAME_CUSTOMER_FACT, G_MAXUINT))
        return TRUE;
      for (guint f = 0; f < step->kind->n_facts; f++)
        if (_csvc_bit (step->facts_set, f) && _csvc_expr_reads (due->when, CSVC_NAME_CASE_FACT, f))
          return TRUE;
    }
  return FALSE;
}

static gboolean
retarget (CsvcStep *step, guint index, guint row, CsvcTime promised)
{
  CsvcCycle     *cycle = _csvc_step_touch_cycle (step, index);
  CsvcCalendar  *calendar = cycle->definition->dues[row - 1].calendar;
  CsvcTime       due;
  CsvcEffect    *e;

  cycle->row = row;
  cycle->promised = promised;
  g_clear_pointer (&cycle->calendar, g_ref_string_release);
  cycle->calendar = calendar != NULL ? _csvc_own (csvc_calendar_get_hash (calendar)) : NULL;
  if (!_csvc_cycle_arm (step->self, cycle, step->error) || !_csvc_cycle_due (step->self, cycle, &due, step->error))
    return fail (step);
  e = effect (step, CSVC_EFFECT_CLOCK_TARGET, cycle);
  e->text = _csvc_effects_keep (step->effects, cycle->calendar);
  e->row = row;
  e->due = due;
  e->promised = promised;
  return TRUE;
}

static gboolean
settle_change (CsvcStep *step, guint index)
{
  const CsvcCycle *cycle = cycle_at (step->self, index);
  const CsvcClock *clock = cycle->definition;
  CsvcTime         promised = CSVC_NEVER;
  guint            row = 0;
  Choice           choice = choose_row (step, clock, &row);

  if (choice != CHOSEN)
    return choice != CHOSEN_REFUSED;
  if (clock->dues[row - 1].type == CSVC_BUDGET_AT)
    {
      const CsvcValue *value = &step->self->facts[clock->dues[row - 1].fact];

      if (value->type != CSVC_TYPE_DATE_TIME)
        return TRUE;
      promised = value->u.i;
    }
  if (row == cycle->row && promised == cycle->promised)
    return TRUE;
  if (clock->on_change == CSVC_CHANGE_RETROACTIVE)
    return retarget (step, index, row, promised);
  _csvc_bit_set (step->reset, clock->index);
  return end_cycle (step, index, "reset", step->event);
}

static gboolean
settle_changes (CsvcStep *step)
{
  for (guint i = 0; i < step->kind->n_clocks; i++)
    {
      const CsvcClock *clock = &step->kind->clocks[i];
      guint            open = find_open (step->self, i);

      if (open != NO_CYCLE && cycle_at (step->self, open)->verdict == CSVC_VERDICT_NONE && clock->on_change != CSVC_CHANGE_KEEP &&
          reads_what_changed (step, clock) && !settle_change (step, open))
        return FALSE;
    }
  return TRUE;
}

gboolean
_csvc_clocks_settle (CsvcStep *step)
{
  if (!settle_left (step))
    return FALSE;
  if (step->ended)
    return TRUE;
  if (!settle_pauses (step) || !settle_changes (step))
    return FALSE;
  for (guint i = 0; i < step->kind->n_clocks; i++)
    if (!settle_start (step, &step->kind->clocks[i]))
      return FALSE;
  return TRUE;
}

/* ── deadlines ── */

CsvcTime
_csvc_clocks_next (const CsvcCase *self, guint *cycle, guint *alarm)
{
  CsvcTime next = CSVC_NEVER;

  for (guint i = 0; i < self->kind->n_clocks; i++)
    {
      guint open = find_open (self, i);

      if (open == NO_CYCLE || cycle_at (self, open)->next >= next)
        continue;
      next = cycle_at (self, open)->next;
      *cycle = open;
      *alarm = cycle_at (self, open)->next_alarm;
    }
  return next;
}

/* A mere timeout ends when it is due. */
static gboolean
run_out (CsvcStep *step, guint index, CsvcTime deadline)
{
  CsvcCycle *cycle = cycle_at (step->self, index);

  if (!cycle->definition->promise)
    return end_cycle (step, index, "due", cycle->definition->alarms[cycle->definition->due_alarm].event);
  miss (step, cycle, deadline);
  return TRUE;
}

gboolean
_csvc_clocks_fire_alarm (CsvcStep *step, guint index, guint alarm)
{
  CsvcCycle       *cycle = _csvc_step_touch_cycle (step, index);
  const CsvcAlarm *definition = &cycle->definition->alarms[alarm];
  CsvcTime         deadline = cycle->next;
  CsvcFired        fired = { _csvc_share (definition->part.id), deadline, FALSE };
  CsvcTime         due;
  CsvcEffect      *e;

  if (!_csvc_cycle_due (step->self, cycle, &due, step->error))
    {
      g_ref_string_release (fired.id);
      return fail (step);
    }
  g_array_append_val (cycle->fired, fired);
  e = effect (step, CSVC_EFFECT_ALARM, cycle);
  e->detail = definition->part.id;
  e->time = deadline;
  e->due = due;
  step->event = definition->event;
  if (alarm == cycle->definition->due_alarm && !run_out (step, index, deadline))
    return FALSE;
  cycle = cycle_at (step->self, index);
  if (!_csvc_cycle_arm (step->self, cycle, step->error))
    return fail (step);
  return _csvc_actions_run (step, &definition->actions);
}
