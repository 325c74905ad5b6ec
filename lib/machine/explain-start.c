/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "machine/explain.h"
#include "machine/machine.h"

/* Why a clock does not run: the rules of starting, asked again in the order in which the machine asks them. */

struct _CsvcWhyNotStarted {
  CsvcPolicy    *policy;
  CsvcNotStarted reason;
  char          *message;
  char          *fact;
  CsvcPlace      place;
};

const char *
csvc_not_started_to_string (CsvcNotStarted reason)
{
  static const char *const words[] = { "ended", "state", "judged", "when", "when-unknown", "row", "row-unknown", "promise", "later" };

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == CSVC_NOT_STARTED_LATER + 1);
  g_return_val_if_fail ((guint) reason < G_N_ELEMENTS (words), NULL);
  return words[reason];
}

void
csvc_why_not_started_free (CsvcWhyNotStarted *self)
{
  if (self == NULL)
    return;
  g_free (self->message);
  g_free (self->fact);
  csvc_policy_unref (self->policy);
  g_free (self);
}

static void blame (CsvcWhyNotStarted *why, CsvcNotStarted reason, CsvcPlace place, const char *format, ...) G_GNUC_PRINTF (4, 5);

static void
blame (CsvcWhyNotStarted *why, CsvcNotStarted reason, CsvcPlace place, const char *format, ...)
{
  va_list list;

  why->reason = reason;
  why->place = place;
  va_start (list, format);
  why->message = g_strdup_vprintf (format, list);
  va_end (list);
}

/* ── a cycle that is over ── */

static const CsvcCycle *
latest_of (const CsvcCase *self, const CsvcClock *clock)
{
  guint latest = self->latest[clock->index];

  return latest != NO_CYCLE ? &g_array_index (self->record.cycles, CsvcCycle, latest) : NULL;
}

static const CsvcSpan *
end_of (const CsvcCycle *cycle)
{
  return &g_array_index (cycle->spans, CsvcSpan, cycle->spans->len - 1);
}

static gboolean
was_met_by_event (const CsvcCycle *cycle)
{
  const CsvcClock *clock = cycle->definition;
  const char      *cause = end_of (cycle)->cause;

  for (guint i = 0; cause != NULL && i < clock->met_by.n; i++)
    if (g_str_equal (clock->kind->events[clock->met_by.events[i]].part.id, cause))
      return TRUE;
  return FALSE;
}

/* One that ended by leaving (which may have met it) or was reset is no reason not to start: something else was. */
static gboolean
bars_another (const CsvcCycle *cycle)
{
  if (cycle->reason == NULL)
    return was_met_by_event (cycle);
  return !g_str_equal (cycle->reason, "left") && !g_str_equal (cycle->reason, "reset");
}

static void
blame_cycle (CsvcWhyNotStarted *why, const CsvcCase *self, const CsvcCycle *cycle)
{
  const CsvcClock *clock = cycle->definition;
  const char      *how = cycle->reason != NULL ? cycle->reason : cycle->verdict == CSVC_VERDICT_MET ? "met" : "missed, and met late";
  const char      *cause = end_of (cycle)->cause;
  g_autofree char *when = csvc_zone_to_string (self->policy->zone, end_of (cycle)->from);

  blame (why, CSVC_NOT_STARTED_JUDGED, clock->part.place,
         "cycle %u was %s at %s%s%s; another one starts when %s is entered anew, or the clock is reset", cycle->number,
         g_str_equal (how, "due") ? "over" : how, when, cause != NULL ? " by " : "", cause != NULL ? cause : "",
         self->kind->states[clock->state].part.id);
}

/* ── conditions ── */

/* What it hangs on, as far as @condition goes; FALSE when it holds. */
static gboolean
blame_condition (CsvcWhyNotStarted *why, CsvcStep *step, const CsvcExpr *condition, CsvcPlace place, CsvcNotStarted if_false,
                 CsvcNotStarted if_unknown)
{
  const char *missing = NULL;
  CsvcFeelEnv env;

  if (condition == NULL)
    return FALSE;
  _csvc_step_env (step, &env);
  switch (_csvc_expr_test (condition, &env, &missing))
    {
    case CSVC_TRUE:
      return FALSE;
    case CSVC_UNKNOWN:
      blame (why, if_unknown, place, "%s needs the fact %s", _csvc_expr_get_text (condition), missing);
      why->fact = g_strdup (missing);
      return TRUE;
    case CSVC_NULL:
      blame (why, if_false, place, "%s is null, which counts as false", _csvc_expr_get_text (condition));
      return TRUE;
    default:
      blame (why, if_false, place, "%s is false", _csvc_expr_get_text (condition));
      return TRUE;
    }
}

/* The row that holds, or NULL with the reason why none does: the first that is unknown, else the last. */
static const CsvcDue *
find_row (CsvcWhyNotStarted *why, CsvcStep *step, const CsvcClock *clock)
{
  for (guint i = 0; i < clock->n_dues; i++)
    {
      g_clear_pointer (&why->message, g_free);
      if (!blame_condition (why, step, clock->dues[i].when, clock->dues[i].place, CSVC_NOT_STARTED_ROW, CSVC_NOT_STARTED_ROW_UNKNOWN))
        return &clock->dues[i];
      if (why->reason == CSVC_NOT_STARTED_ROW_UNKNOWN)
        return NULL;
    }
  return NULL;
}

static gboolean
blame_promise (CsvcWhyNotStarted *why, const CsvcCase *self, const CsvcClock *clock, const CsvcDue *row)
{
  const CsvcCycle *latest = latest_of (self, clock);
  const char      *fact;

  if (row->type != CSVC_BUDGET_AT)
    return FALSE;
  fact = self->kind->facts[row->fact].part.id;
  if (self->facts[row->fact].type != CSVC_TYPE_DATE_TIME)
    {
      blame (why, CSVC_NOT_STARTED_PROMISE, row->place, "no instant was promised: %s is not known", fact);
      why->fact = g_strdup (fact);
      return TRUE;
    }
  if (latest == NULL || self->facts[row->fact].u.i != latest->promised || self->facts_at[row->fact] > end_of (latest)->from)
    return FALSE;
  blame (why, CSVC_NOT_STARTED_PROMISE, row->place, "cycle %u has judged what %s says; another promise starts another one", latest->number,
         fact);
  return TRUE;
}

static void
blame_rules (CsvcWhyNotStarted *why, CsvcStep *step, const CsvcClock *clock)
{
  const CsvcDue *row;

  if (blame_condition (why, step, clock->when, clock->part.place, CSVC_NOT_STARTED_WHEN, CSVC_NOT_STARTED_WHEN_UNKNOWN))
    return;
  row = find_row (why, step, clock);
  if (row == NULL || blame_promise (why, step->self, clock, row))
    return;
  blame (why, CSVC_NOT_STARTED_LATER, clock->part.place,
         "it would start now, but did not when %s was entered, which is when a clock starts: facts have changed since",
         step->kind->states[clock->state].part.id);
}

/* ── in order ── */

static void
blame_state (CsvcWhyNotStarted *why, const CsvcCase *self, const CsvcClock *clock)
{
  const char      *state = self->kind->states[clock->state].part.id;
  g_autofree char *states = csvc_case_dup_states (self);

  if (self->record.ended)
    blame (why, CSVC_NOT_STARTED_ENDED, clock->part.place, "the case has ended in %s: nothing ticks on a dead case", states);
  else if (self->entries[clock->state] > 0)
    blame (why, CSVC_NOT_STARTED_STATE, clock->part.place, "it runs in %s, which was left; the case is in %s", state, states);
  else
    blame (why, CSVC_NOT_STARTED_STATE, clock->part.place, "it runs in %s, which was never entered; the case is in %s", state, states);
}

/* Conditions are evaluated in a step, on a copy, and nothing of it is kept. */
static void
ask_rules (CsvcWhyNotStarted *why, const CsvcCase *self, const CsvcCustomer *customer, const CsvcClock *clock)
{
  g_autoptr (CsvcCase) copy = csvc_case_copy (self);
  g_autoptr (CsvcCustomer) same = _csvc_customer_copy_or_null (customer);
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  CsvcStep step;

  _csvc_step_begin (&step, copy, same, NULL, copy->record.at, copy->record.at, effects, NULL);
  blame_rules (why, &step, clock);
  _csvc_step_undo (&step);
}

CsvcWhyNotStarted *
csvc_case_explain_not_started (const CsvcCase *self, const CsvcCustomer *customer, const CsvcClock *clock)
{
  const CsvcCycle   *latest;
  CsvcWhyNotStarted *why;

  g_return_val_if_fail (self != NULL && clock != NULL && clock->kind == self->kind, NULL);
  latest = latest_of (self, clock);
  if (latest != NULL && _csvc_cycle_is_open (latest))
    return NULL;
  why = g_new0 (CsvcWhyNotStarted, 1);
  why->policy = csvc_policy_ref (self->policy);
  if (self->record.ended || !_csvc_bit (self->active, clock->state))
    blame_state (why, self, clock);
  else if (latest != NULL && bars_another (latest))
    blame_cycle (why, self, latest);
  else
    ask_rules (why, self, customer, clock);
  return why;
}

/* ── asking ── */

CsvcNotStarted
csvc_why_not_started_get_reason (const CsvcWhyNotStarted *self)
{
  g_return_val_if_fail (self != NULL, CSVC_NOT_STARTED_ENDED);
  return self->reason;
}

const char *
csvc_why_not_started_get_message (const CsvcWhyNotStarted *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->message;
}

const char *
csvc_why_not_started_get_fact (const CsvcWhyNotStarted *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->fact;
}

const char *
csvc_why_not_started_get_file (const CsvcWhyNotStarted *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->place.file;
}

guint
csvc_why_not_started_get_line (const CsvcWhyNotStarted *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->place.line;
}

char *
csvc_why_not_started_to_json (const CsvcWhyNotStarted *self)
{
  GString *out;
  CsvcJson json;

  g_return_val_if_fail (self != NULL, NULL);
  out = g_string_new (NULL);
  _csvc_json_init (&json, out, TRUE);
  _csvc_json_begin_object (&json, NULL);
  _csvc_json_string (&json, "reason", csvc_not_started_to_string (self->reason));
  _csvc_json_string (&json, "message", self->message);
  if (self->fact != NULL)
    _csvc_json_string (&json, "fact", self->fact);
  _csvc_explain_write_place (&json, NULL, self->place);
  _csvc_json_end_object (&json);
  return g_string_free (out, FALSE);
}

char *
csvc_why_not_started_to_string (const CsvcWhyNotStarted *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return g_strdup_printf ("%s:%u: %s", self->place.file, self->place.line, self->message);
}
