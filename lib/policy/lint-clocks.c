/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/lint.h"

/* Clocks that can be compiled and cannot do what they say. compile-clocks.c looks at what one clock says of itself; here is
 * what only the whole chart tells. */

enum { NEVER_LEFT = 536, ALWAYS_PAUSED = 537, NOTHING_TO_RESUME = 538, HIDDEN_EVENT = 539, IDLE_PROMISE = 540 };

#define REPORT(self, number, clock, expected, path, ...)                                                                                    \
  _csvc_diagnostics_add ((self)->compiler->diagnostics, number, (clock)->part.place, 0, expected, path, __VA_ARGS__)

/* ── leaving the clock's state ── */

static gboolean
all_below (const CsvcKind *kind, const CsvcTransition *transition, guint ancestor)
{
  for (guint i = 0; i < transition->n_targets; i++)
    if (!_csvc_state_is_below (kind, transition->targets[i], ancestor))
      return FALSE;
  return TRUE;
}

/* The innermost state that the transition does not leave (SCXML's transition domain). */
static guint
domain_of (const CsvcKind *kind, const CsvcTransition *transition)
{
  guint s = transition->source;

  if (transition->internal && kind->states[s].type == CSVC_STATE_COMPOUND && all_below (kind, transition, s))
    return s;
  do
    s = kind->states[s].parent;
  while (s != 0 && (kind->states[s].type != CSVC_STATE_COMPOUND || !all_below (kind, transition, s)));
  return s;
}

/* Does it end a stay in @state, for good or to come back at once? */
static gboolean
leaves (const CsvcKind *kind, const CsvcTransition *transition, guint state)
{
  return transition->n_targets > 0 && _csvc_states_coexist (kind, transition->source, state) &&
         _csvc_state_is_below (kind, state, domain_of (kind, transition));
}

gboolean
_csvc_lint_is_ever_left (const CsvcWays *self, guint state)
{
  for (guint i = 0; i < self->kind->n_transitions; i++)
    {
      const CsvcTransition *transition = &self->kind->transitions[i];

      if (_csvc_bit (self->reached, transition->source) && leaves (self->kind, transition, state))
        return TRUE;
    }
  return FALSE;
}

static void
check_leaving (CsvcLint *self, const CsvcClock *clock)
{
  g_autofree char *path = NULL;

  if (!clock->promise || clock->met_by.n > 0 || clock->on_leave != CSVC_LEAVE_MET || _csvc_lint_is_ever_left (self->ways, clock->state))
    return;
  path = _csvc_lint_dup_path (self, clock->state);
  REPORT (self, NEVER_LEFT, clock, "met-by=\"…\", or a transition that leaves the state", path,
          "the promise \"%s\" is met by leaving \"%s\", which no case ever does", clock->part.id,
          self->kind->states[clock->state].part.id);
}

/* ── pausing ── */

static gboolean
pauses_at (const CsvcLint *self, const CsvcClock *clock, guint leaf)
{
  for (guint s = leaf; s != 0; s = self->kind->states[s].parent)
    if (_csvc_bit (clock->paused_in, s))
      return TRUE;
  return FALSE;
}

/* Wherever a case rests while the clock's state is active, it is in a pausing state. */
static void
check_always_paused (CsvcLint *self, const CsvcClock *clock)
{
  g_autofree char *path = NULL;

  if (clock->paused_in == NULL || clock->resumed_by.n > 0)
    return;
  for (guint i = clock->state; i <= self->kind->states[clock->state].last; i++)
    if (_csvc_lint_is_leaf (&self->kind->states[i]) && _csvc_bit (self->reached, i) && !pauses_at (self, clock, i))
      return;
  path = _csvc_lint_dup_path (self, clock->state);
  REPORT (self, ALWAYS_PAUSED, clock, "a state inside the clock's own that does not pause it", path,
          "the clock \"%s\" is paused as long as it could run", clock->part.id);
}

static void
check_resuming (CsvcLint *self, const CsvcClock *clock)
{
  if (clock->resumed_by.n > 0 && clock->paused_by.n == 0 && clock->paused_in == NULL)
    REPORT (self, NOTHING_TO_RESUME, clock, "paused-by=\"…\" or paused-in=\"…\"", NULL, "nothing pauses the clock \"%s\", so nothing resumes it",
            clock->part.id);
}

/* ── one event for two things ── */

static gboolean
has_event (const CsvcEventSet *set, guint event)
{
  for (guint i = 0; i < set->n; i++)
    if (set->events[i] == event)
      return TRUE;
  return FALSE;
}

/* In the order in which a step reacts. Each of the first three ends the cycle; a pause is undone by resuming in the same step. */
static void
check_hidden_event (CsvcLint *self, const CsvcClock *clock, const CsvcEvent *event)
{
  static const char *const names[] = { "met-by", "reset-by", "cancelled-by", "paused-by", "resumed-by" };
  const CsvcEventSet *sets[] = { &clock->met_by, &clock->reset_by, &clock->cancelled_by, &clock->paused_by, &clock->resumed_by };
  guint first = 0, second;

  while (first < G_N_ELEMENTS (sets) && !has_event (sets[first], event->index))
    first++;
  for (second = first + 1; second < G_N_ELEMENTS (sets); second++)
    if (has_event (sets[second], event->index))
      REPORT (self, HIDDEN_EVENT, clock, "the event in one of these lists", NULL, "\"%s\" stands in %s and in %s of the clock \"%s\": %s",
              event->part.id, names[first], names[second], clock->part.id,
              first < 3 ? "only the first counts" : "it pauses and resumes at once");
}

static void
check_hidden (CsvcLint *self, const CsvcClock *clock)
{
  for (guint i = 0; i < self->kind->n_events; i++)
    check_hidden_event (self, clock, &self->kind->events[i]);
}

/* ── a promise that another one makes idle ── */

static gboolean
is_comparable (const CsvcDue *a, const CsvcDue *b)
{
  return a->type == b->type && a->calendar == b->calendar && a->type != CSVC_BUDGET_AT;
}

/* Every row of @a is at least as long as every row of @b, in the same kind of time. */
static gboolean
is_longer (const CsvcClock *a, const CsvcClock *b)
{
  for (guint i = 0; i < a->n_dues; i++)
    for (guint j = 0; j < b->n_dues; j++)
      if (!is_comparable (&a->dues[i], &b->dues[j]) || a->dues[i].amount < b->dues[j].amount)
        return FALSE;
  return a->n_dues > 0 && b->n_dues > 0;
}

/* Whatever the event does at @leaf, it leaves @state: the transitions that may be chosen, up to the first without condition. */
static gboolean
leaves_from (const CsvcKind *kind, const CsvcEvent *event, guint leaf, guint state)
{
  for (guint s = leaf; s != G_MAXUINT; s = kind->states[s].parent)
    for (guint i = 0; i < kind->states[s].n_transitions; i++)
      {
        const CsvcTransition *transition = &kind->transitions[kind->states[s].transitions[i]];

        if (!_csvc_lint_hears (transition, event->part.id))
          continue;
        if (!leaves (kind, transition, state))
          return FALSE;
        if (transition->cond == NULL)
          return TRUE;
      }
  return FALSE;
}

static gboolean
leaves_always (const CsvcLint *self, const CsvcEvent *event, guint state)
{
  for (guint i = state; i <= self->kind->states[state].last; i++)
    if (_csvc_lint_is_leaf (&self->kind->states[i]) && _csvc_bit (self->reached, i) && !leaves_from (self->kind, event, i, state))
      return FALSE;
  return TRUE;
}

/* Is the clock over as soon as the other one is met? */
static gboolean
ends_with (const CsvcLint *self, const CsvcClock *clock, const CsvcClock *other)
{
  for (guint i = 0; i < other->met_by.n; i++)
    {
      const CsvcEvent *event = &self->kind->events[other->met_by.events[i]];

      if (has_event (&clock->met_by, event->index) || !leaves_always (self, event, clock->state))
        return FALSE;
    }
  return other->met_by.n > 0;
}

static gboolean
is_plain (const CsvcClock *clock)
{
  return clock->promise && clock->when == NULL && clock->paused_in == NULL && clock->paused_by.n == 0 && clock->reset_by.n == 0 &&
         clock->reopen == CSVC_REOPEN_NEW_CYCLE;
}

/* A reply in five days to what is settled in three: meeting the second ends the first, so it is missed only after the second was. Two clocks that
 * the same event meets are another thing: they measure the same in two ways. */
static void
check_idle (CsvcLint *self, const CsvcClock *clock)
{
  for (guint i = 0; i < self->kind->n_clocks; i++)
    {
      const CsvcClock *other = &self->kind->clocks[i];

      if (other != clock && other->state == clock->state && clock->met_by.n > 0 && is_plain (clock) && is_plain (other) &&
          is_longer (clock, other) && ends_with (self, clock, other))
        REPORT (self, IDLE_PROMISE, clock, "a shorter limit", NULL,
                "the limit of \"%s\" is not shorter than that of \"%s\", which ends it when it is met", clock->part.id, other->part.id);
    }
}

void
_csvc_lint_clocks (CsvcLint *self)
{
  for (guint i = 0; i < self->kind->n_clocks; i++)
    {
      const CsvcClock *clock = &self->kind->clocks[i];

      /* Of a state that no case comes to everything would be wrong. */
      if (!_csvc_bit (self->reached, clock->state))
        continue;
      check_leaving (self, clock);
      check_always_paused (self, clock);
      check_resuming (self, clock);
      check_hidden (self, clock);
      check_idle (self, clock);
    }
}
