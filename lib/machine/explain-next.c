/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "machine/explain.h"
#include "machine/machine.h"

/* What may come next: every declared event is tried on a copy of the case. One that brings no facts is simply fired; one that does is
 * selected with those facts unknown, so that what hangs on them shows itself. */

typedef struct {
  const CsvcEvent *event;
  CsvcChance       chance;
  char            *reason;
} NextEvent;

typedef struct {
  const CsvcCycle *cycle;
  CsvcTime         due, if_resumed, if_changed, pause_by;
  CsvcDuration     left;
} NextCycle;

struct _CsvcWhatNext {
  CsvcTime at;
  CsvcCase *self;     /* at that time */
  CsvcCase *supposed; /* the same if some facts changed; NULL: none were supposed to */
  GArray   *events; /* of NextEvent */
  GArray   *cycles; /* of NextCycle */
};

const char *
csvc_chance_to_string (CsvcChance chance)
{
  static const char *const words[] = { "yes", "parameters", "condition", "missing-fact", "fails" };

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == CSVC_CHANCE_FAILS + 1);
  g_return_val_if_fail ((guint) chance < G_N_ELEMENTS (words), NULL);
  return words[chance];
}

static void
next_event_clear (NextEvent *event)
{
  g_free (event->reason);
}

void
csvc_what_next_free (CsvcWhatNext *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->events);
  g_array_unref (self->cycles);
  csvc_case_free (self->supposed);
  csvc_case_free (self->self);
  g_free (self);
}

static const CsvcCycle *
cycle_at (const CsvcCase *self, guint i)
{
  return &g_array_index (self->record.cycles, CsvcCycle, i);
}

/* ── events that bring nothing ── */

static char *
why_refused (const CsvcRefusal *refusal)
{
  guint n = csvc_refusal_get_n_candidates (refusal);

  return g_strdup (n > 0 ? csvc_refusal_get_candidate (refusal, 0) : csvc_refusal_get_message (refusal));
}

/* Anyone who may send it fires it. FALSE: nothing waits for it. */
static gboolean
try_plain (const CsvcWhatNext *next, const CsvcCustomer *customer, NextEvent *event)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcRefusal) refusal = NULL;
  CsvcStamp stamp = CSVC_STAMP (next->at);

  stamp.role = event->event->n_by > 0 ? event->event->by[0]->part.id : NULL;
  refusal = csvc_case_explain_refusal (next->self, customer, event->event->part.id, NULL, &stamp, &error);
  if (error != NULL)
    {
      event->chance = CSVC_CHANCE_FAILS;
      event->reason = g_strdup (error->message);
      return TRUE;
    }
  event->chance = CSVC_CHANCE_YES;
  if (refusal == NULL)
    return TRUE;
  event->chance = csvc_refusal_get_answer (refusal) == CSVC_ANSWER_REFUSED_MISSING_FACT ? CSVC_CHANCE_MISSING_FACT : CSVC_CHANCE_CONDITION;
  event->reason = why_refused (refusal);
  return csvc_refusal_get_answer (refusal) != CSVC_ANSWER_REFUSED_STATE;
}

/* ── events that bring facts ── */

static gboolean
reads_what_it_brings (const CsvcExpr *condition, const CsvcEvent *event)
{
  for (guint i = 0; i < event->n_sets; i++)
    if (_csvc_expr_reads (condition, CSVC_NAME_CASE_FACT, event->sets[i]))
      return TRUE;
  return FALSE;
}

/* The first transition, in document order, that waits for the event and whose condition comes to @wanted; @brings: and reads what that event
 * brings, or NULL. */
static const CsvcTransition *
find_candidate (CsvcStep *step, CsvcTruth wanted, const CsvcEvent *brings, const char **missing)
{
  const CsvcKind *kind = step->kind;
  CsvcFeelEnv     env;

  _csvc_step_env (step, &env);
  for (guint i = 0; i < kind->n_transitions; i++)
    {
      const CsvcTransition *transition = &kind->transitions[i];

      if (transition->n_events > 0 && transition->cond != NULL && _csvc_bit (step->self->active, transition->source) &&
          _csvc_transition_matches (transition, step->event) && (brings == NULL || reads_what_it_brings (transition->cond, brings)) &&
          _csvc_expr_test (transition->cond, &env, missing) == wanted)
        return transition;
    }
  return NULL;
}

static void
note_unknown (CsvcStep *step, NextEvent *event)
{
  const char           *missing = NULL;
  const CsvcTransition *transition = find_candidate (step, CSVC_UNKNOWN, event->event, &missing);
  gboolean              hangs = transition != NULL;

  if (!hangs)
    transition = find_candidate (step, CSVC_UNKNOWN, NULL, &missing);
  event->chance = hangs ? CSVC_CHANCE_PARAMETERS : CSVC_CHANCE_MISSING_FACT;
  event->reason = g_strdup_printf (hangs ? "%s:%u: %s hangs on %s" : "%s:%u: %s needs the fact %s", transition->place.file,
                                   transition->place.line, _csvc_expr_get_text (transition->cond), missing);
}

static void
note_false (CsvcStep *step, NextEvent *event)
{
  const CsvcTransition *transition = find_candidate (step, CSVC_FALSE, NULL, NULL);
  const char *came = "false";

  event->chance = CSVC_CHANCE_CONDITION;
  if (transition == NULL)
    {
      /* Which counts as false. */
      transition = find_candidate (step, CSVC_NULL, NULL, NULL);
      came = "null";
    }
  if (transition != NULL)
    event->reason = g_strdup_printf ("%s:%u: %s is %s", transition->place.file, transition->place.line,
                                     _csvc_expr_get_text (transition->cond), came);
}

static gboolean
select_open (CsvcStep *step, NextEvent *event)
{
  CsvcSelection selection = _csvc_chart_select (step, step->event);

  event->chance = CSVC_CHANCE_YES;
  if (selection == CSVC_SELECTED_UNKNOWN)
    note_unknown (step, event);
  else if (selection != CSVC_SELECTED && !_csvc_clocks_name (step->self, event->event))
    {
      if (selection == CSVC_SELECTED_NONE)
        return FALSE;
      note_false (step, event);
    }
  return TRUE;
}

static gboolean
try_open (const CsvcWhatNext *next, CsvcCustomer *customer, NextEvent *event)
{
  g_autoptr (CsvcCase) copy = csvc_case_copy (next->self);
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  CsvcStamp stamp = CSVC_STAMP (next->at);
  CsvcStep  step;
  gboolean  waited_for;

  for (guint i = 0; i < event->event->n_sets; i++)
    _csvc_value_clear (&copy->facts[event->event->sets[i]]);
  _csvc_step_begin (&step, copy, customer, &stamp, stamp.at, stamp.at, effects, NULL);
  step.event = event->event->part.id;
  step.declared = event->event;
  waited_for = select_open (&step, event);
  _csvc_step_undo (&step);
  return waited_for;
}

static void
find_events (CsvcWhatNext *self, CsvcCustomer *customer)
{
  const CsvcKind *kind = self->self->kind;

  for (guint i = 0; !self->self->record.ended && i < kind->n_events; i++)
    {
      NextEvent event = { &kind->events[i], CSVC_CHANCE_YES, NULL };
      gboolean  waited_for = event.event->n_sets > 0 ? try_open (self, customer, &event) : try_plain (self, customer, &event);

      if (waited_for)
        g_array_append_val (self->events, event);
      else
        next_event_clear (&event);
    }
}

/* ── cycles ── */

static gboolean
may_pause (const CsvcCycle *cycle)
{
  return cycle->definition->paused_by.n > 0 || cycle->definition->paused_in != NULL;
}

static gboolean
find_cycle (CsvcWhatNext *self, const CsvcCycle *cycle, GError **error)
{
  NextCycle    next = { .cycle = cycle, .if_changed = CSVC_NEVER, .pause_by = CSVC_NEVER };
  CsvcBudget   target;
  CsvcDuration used;

  if (!_csvc_cycle_get_target (self->self, cycle, &target, error) || !_csvc_cycle_used_at (cycle, &target, self->at, &used, error) ||
      !_csvc_cycle_due (self->self, cycle, &next.due, error) ||
      !_csvc_cycle_projected (self->self, cycle, self->at, &next.if_resumed, error))
    return FALSE;
  next.left = target.length - used;
  if (cycle->state == CSVC_CYCLE_RUNNING && may_pause (cycle) && next.due >= self->at)
    next.pause_by = next.due;
  g_array_append_val (self->cycles, next);
  return TRUE;
}

static gboolean
find_cycles (CsvcWhatNext *self, GError **error)
{
  for (guint i = 0; i < self->self->record.cycles->len; i++)
    {
      const CsvcCycle *cycle = cycle_at (self->self, i);

      if (_csvc_cycle_is_open (cycle) && !find_cycle (self, cycle, error))
        return FALSE;
    }
  return TRUE;
}

CsvcWhatNext *
csvc_case_what_next (const CsvcCase *self, const CsvcCustomer *customer, CsvcTime at, GError **error)
{
  g_autoptr (CsvcWhatNext) next = NULL;
  g_autoptr (CsvcCustomer) copy = NULL;

  g_return_val_if_fail (self != NULL && at <= CSVC_TIME_MAX, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);
  next = g_new0 (CsvcWhatNext, 1);
  next->events = g_array_new (FALSE, FALSE, sizeof (NextEvent));
  g_array_set_clear_func (next->events, (GDestroyNotify) next_event_clear);
  next->cycles = g_array_new (FALSE, FALSE, sizeof (NextCycle));
  next->self = csvc_case_copy (self);
  /* What is due until then may use the customer's accounts. */
  copy = _csvc_customer_copy_or_null (customer);
  if (!csvc_case_advance (next->self, copy, at, NULL, error))
    return NULL;
  next->at = MAX (at, next->self->record.at);
  find_events (next, copy);
  return find_cycles (next, error) ? g_steal_pointer (&next) : NULL;
}

/* All or none: an instant that cannot be told leaves what was supposed before. */
gboolean
csvc_what_next_suppose (CsvcWhatNext *self, const CsvcCustomer *customer, const CsvcFacts *facts, GError **error)
{
  g_autoptr (CsvcCase) supposed = NULL;
  g_autofree CsvcTime *dues = NULL;

  g_return_val_if_fail (self != NULL && facts != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  supposed = _csvc_case_suppose (self->self, customer, facts, self->at, error);
  if (supposed == NULL)
    return FALSE;
  dues = g_new (CsvcTime, self->cycles->len + 1);
  for (guint i = 0; i < self->cycles->len; i++)
    if (!_csvc_case_get_supposed_due (supposed, g_array_index (self->cycles, NextCycle, i).cycle, self->at, &dues[i], error))
      return FALSE;
  for (guint i = 0; i < self->cycles->len; i++)
    g_array_index (self->cycles, NextCycle, i).if_changed = dues[i];
  csvc_case_free (self->supposed);
  self->supposed = g_steal_pointer (&supposed);
  return TRUE;
}

/* ── asking ── */

CsvcTime
csvc_what_next_get_at (const CsvcWhatNext *self)
{
  g_return_val_if_fail (self != NULL, CSVC_NEVER);
  return self->at;
}

const CsvcCase *
csvc_what_next_get_case (const CsvcWhatNext *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->self;
}

guint
csvc_what_next_get_n_events (const CsvcWhatNext *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->events->len;
}

const CsvcEvent *
csvc_what_next_get_event (const CsvcWhatNext *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->events->len, NULL);
  return g_array_index (self->events, NextEvent, index).event;
}

CsvcChance
csvc_what_next_get_chance (const CsvcWhatNext *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->events->len, CSVC_CHANCE_FAILS);
  return g_array_index (self->events, NextEvent, index).chance;
}

const char *
csvc_what_next_get_reason (const CsvcWhatNext *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->events->len, NULL);
  return g_array_index (self->events, NextEvent, index).reason;
}

CsvcTime
csvc_what_next_get_alarm (const CsvcWhatNext *self, const CsvcClock **clock, const CsvcAlarm **alarm)
{
  guint    cycle = 0, index = 0;
  CsvcTime at;

  g_return_val_if_fail (self != NULL, CSVC_NEVER);
  at = _csvc_clocks_next (self->self, &cycle, &index);
  if (at == CSVC_NEVER)
    return at;
  if (clock != NULL)
    *clock = cycle_at (self->self, cycle)->definition;
  if (alarm != NULL)
    *alarm = &cycle_at (self->self, cycle)->definition->alarms[index];
  return at;
}

guint
csvc_what_next_get_n_cycles (const CsvcWhatNext *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->cycles->len;
}

/* NULL after a critical. */
static const NextCycle *
next_cycle_at (const CsvcWhatNext *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->cycles->len, NULL);
  return &g_array_index (self->cycles, NextCycle, index);
}

const CsvcCycle *
csvc_what_next_get_cycle (const CsvcWhatNext *self, guint index)
{
  const NextCycle *cycle = next_cycle_at (self, index);

  return cycle != NULL ? cycle->cycle : NULL;
}

CsvcTime
csvc_what_next_get_due (const CsvcWhatNext *self, guint index)
{
  const NextCycle *cycle = next_cycle_at (self, index);

  return cycle != NULL ? cycle->due : CSVC_NEVER;
}

CsvcTime
csvc_what_next_get_due_if_resumed (const CsvcWhatNext *self, guint index)
{
  const NextCycle *cycle = next_cycle_at (self, index);

  return cycle != NULL ? cycle->if_resumed : CSVC_NEVER;
}

const CsvcCase *
csvc_what_next_get_supposed (const CsvcWhatNext *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->supposed;
}

CsvcTime
csvc_what_next_get_due_if_changed (const CsvcWhatNext *self, guint index)
{
  const NextCycle *cycle = next_cycle_at (self, index);

  return cycle != NULL ? cycle->if_changed : CSVC_NEVER;
}

CsvcDuration
csvc_what_next_get_left (const CsvcWhatNext *self, guint index)
{
  const NextCycle *cycle = next_cycle_at (self, index);

  return cycle != NULL ? cycle->left : 0;
}

CsvcTime
csvc_what_next_get_pause_by (const CsvcWhatNext *self, guint index)
{
  const NextCycle *cycle = next_cycle_at (self, index);

  return cycle != NULL ? cycle->pause_by : CSVC_NEVER;
}

/* ── writing ── */

static void
write_event (CsvcJson *json, const NextEvent *next)
{
  const CsvcEvent *event = next->event;

  _csvc_json_begin_object (json, NULL);
  _csvc_json_string (json, "event", event->part.id);
  _csvc_json_string (json, "chance", csvc_chance_to_string (next->chance));
  _csvc_json_begin_array (json, "by");
  for (guint i = 0; i < event->n_by; i++)
    _csvc_json_string (json, NULL, event->by[i]->part.id);
  _csvc_json_end_array (json);
  _csvc_json_begin_array (json, "brings");
  for (guint i = 0; i < event->n_sets; i++)
    _csvc_json_string (json, NULL, event->kind->facts[event->sets[i]].part.id);
  _csvc_json_end_array (json);
  if (next->reason != NULL)
    _csvc_json_string (json, "reason", next->reason);
  _csvc_json_end_object (json);
}

static void
write_cycle (CsvcJson *json, const NextCycle *next, gboolean supposes)
{
  _csvc_json_begin_object (json, NULL);
  _csvc_json_string (json, "clock", next->cycle->definition->part.id);
  _csvc_json_integer (json, "cycle", next->cycle->number);
  _csvc_json_string (json, "state", csvc_cycle_state_to_string (next->cycle->state));
  _csvc_explain_write_time (json, "due", next->due);
  _csvc_explain_write_time (json, "due_if_resumed", next->if_resumed);
  if (supposes)
    _csvc_explain_write_time (json, "due_if_changed", next->if_changed);
  _csvc_explain_write_duration (json, "left", next->left);
  _csvc_explain_write_time (json, "pause_by", next->pause_by);
  _csvc_json_end_object (json);
}

static void
write_alarm (CsvcJson *json, const CsvcWhatNext *self)
{
  const CsvcClock *clock;
  const CsvcAlarm *alarm;
  CsvcTime         at = csvc_what_next_get_alarm (self, &clock, &alarm);

  if (at == CSVC_NEVER)
    return;
  _csvc_json_begin_object (json, "alarm");
  _csvc_json_string (json, "clock", clock->part.id);
  _csvc_json_string (json, "alarm", alarm->part.id);
  _csvc_explain_write_time (json, "at", at);
  _csvc_json_end_object (json);
}

char *
csvc_what_next_to_json (const CsvcWhatNext *self)
{
  GString *out;
  CsvcJson json;

  g_return_val_if_fail (self != NULL, NULL);
  out = g_string_new (NULL);
  _csvc_json_init (&json, out, TRUE);
  _csvc_json_begin_object (&json, NULL);
  _csvc_explain_write_time (&json, "at", self->at);
  _csvc_json_begin_array (&json, "events");
  for (guint i = 0; i < self->events->len; i++)
    write_event (&json, &g_array_index (self->events, NextEvent, i));
  _csvc_json_end_array (&json);
  write_alarm (&json, self);
  _csvc_json_begin_array (&json, "cycles");
  for (guint i = 0; i < self->cycles->len; i++)
    write_cycle (&json, &g_array_index (self->cycles, NextCycle, i), self->supposed != NULL);
  _csvc_json_end_array (&json);
  _csvc_json_end_object (&json);
  return g_string_free (out, FALSE);
}

static void
append_event (GString *out, const NextEvent *next)
{
  const CsvcEvent *event = next->event;

  g_string_append_printf (out, "%s: %s", event->part.id, csvc_chance_to_string (next->chance));
  for (guint i = 0; i < event->n_by; i++)
    g_string_append_printf (out, "%s%s", i == 0 ? ", by " : " or ", event->by[i]->part.id);
  for (guint i = 0; i < event->n_sets; i++)
    g_string_append_printf (out, "%s%s", i == 0 ? ", brings " : " and ", event->kind->facts[event->sets[i]].part.id);
  if (next->reason != NULL)
    g_string_append_printf (out, " (%s)", next->reason);
  g_string_append_c (out, '\n');
}

static void
append_cycle (GString *out, const CsvcZone *zone, const NextCycle *next, gboolean supposes)
{
  g_autofree char *due = csvc_zone_to_string (zone, next->due != CSVC_NEVER ? next->due : next->if_resumed);
  g_autofree char *left = csvc_duration_to_string (next->left);
  g_autofree char *pause_by = csvc_zone_to_string (zone, next->pause_by);

  g_string_append_printf (out, "clock %s %u is %s: %s left, due%s %s", next->cycle->definition->part.id, next->cycle->number,
                          csvc_cycle_state_to_string (next->cycle->state), left, next->due != CSVC_NEVER ? "" : ", if it ran on now,", due);
  if (next->pause_by != CSVC_NEVER)
    g_string_append_printf (out, ", may be paused until %s", pause_by);
  if (supposes)
    {
      g_autofree char *if_changed = csvc_zone_to_string (zone, next->if_changed);

      g_string_append_printf (out, ", if the facts changed, due %s", if_changed);
    }
  g_string_append_c (out, '\n');
}

char *
csvc_what_next_to_string (const CsvcWhatNext *self)
{
  const CsvcClock *clock = NULL;
  const CsvcAlarm *alarm = NULL;
  const CsvcZone  *zone;
  CsvcTime         next;
  GString         *out;

  g_return_val_if_fail (self != NULL, NULL);
  zone = self->self->policy->zone;
  out = g_string_new (NULL);
  for (guint i = 0; i < self->events->len; i++)
    append_event (out, &g_array_index (self->events, NextEvent, i));
  next = csvc_what_next_get_alarm (self, &clock, &alarm);
  if (next != CSVC_NEVER)
    {
      g_autofree char *at = csvc_zone_to_string (zone, next);

      g_string_append_printf (out, "next: alarm %s of clock %s at %s\n", alarm->part.id, clock->part.id, at);
    }
  for (guint i = 0; i < self->cycles->len; i++)
    append_cycle (out, zone, &g_array_index (self->cycles, NextCycle, i), self->supposed != NULL);
  return g_string_free (out, FALSE);
}
