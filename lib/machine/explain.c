/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>

#include "machine/machine.h"
#include "policy/fact.h"

/* Why an event is refused: told on request, by trying it on a copy and then walking the transitions that waited for it. */

struct _CsvcRefusal {
  CsvcAnswer answer;
  char      *message;
  char      *fact;
  GPtrArray *candidates; /* of char* */
};

void
csvc_refusal_free (CsvcRefusal *self)
{
  if (self == NULL)
    return;
  g_free (self->message);
  g_free (self->fact);
  g_ptr_array_unref (self->candidates);
  g_free (self);
}

CsvcAnswer
csvc_refusal_get_answer (const CsvcRefusal *self)
{
  g_return_val_if_fail (self != NULL, CSVC_ANSWER_FAILED);
  return self->answer;
}

const char *
csvc_refusal_get_message (const CsvcRefusal *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->message;
}

const char *
csvc_refusal_get_fact (const CsvcRefusal *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->fact;
}

guint
csvc_refusal_get_n_candidates (const CsvcRefusal *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->candidates->len;
}

const char *
csvc_refusal_get_candidate (const CsvcRefusal *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->candidates->len, NULL);
  return self->candidates->pdata[index];
}

/* ── the transitions that waited for it ── */

static char *
candidate_text (CsvcStep *step, const CsvcTransition *transition)
{
  const char *text = transition->cond != NULL ? _csvc_expr_get_text (transition->cond) : "";
  const char *missing = NULL;
  CsvcFeelEnv env;
  CsvcTruth   truth;

  _csvc_step_env (step, &env);
  truth = transition->cond != NULL ? _csvc_expr_test (transition->cond, &env, &missing) : CSVC_TRUE;
  switch (truth)
    {
    case CSVC_TRUE:
      return g_strdup_printf ("%s:%u: would be taken, but the step it begins is refused", transition->place.file,
                              transition->place.line);
    case CSVC_UNKNOWN:
      return g_strdup_printf ("%s:%u: %s needs the fact %s", transition->place.file, transition->place.line, text, missing);
    case CSVC_NULL:
      return g_strdup_printf ("%s:%u: %s is null, which counts as false", transition->place.file, transition->place.line, text);
    default:
      return g_strdup_printf ("%s:%u: %s is false", transition->place.file, transition->place.line, text);
    }
}

static void
collect (CsvcRefusal *refusal, CsvcStep *step)
{
  const CsvcKind *kind = step->kind;

  for (guint i = 0; i < kind->n_transitions; i++)
    {
      const CsvcTransition *transition = &kind->transitions[i];

      if (_csvc_bit (step->self->active, transition->source) && transition->n_events > 0 &&
          _csvc_transition_matches (transition, step->event))
        g_ptr_array_add (refusal->candidates, candidate_text (step, transition));
    }
}

/* With the event's facts put, as its own conditions see them. */
static void
collect_candidates (CsvcRefusal *refusal, CsvcCase *self, const CsvcCustomer *customer, const CsvcEvent *event,
                    const CsvcFacts *params, const CsvcStamp *stamp)
{
  g_autoptr (CsvcCustomer) copy = _csvc_customer_copy_or_null (customer);
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  CsvcStep step;

  _csvc_step_begin (&step, self, copy, stamp, stamp->at, stamp->at, effects, NULL);
  step.event = event->part.id;
  for (guint i = 0; i < event->n_sets; i++)
    {
      const CsvcFact   *fact = &self->kind->facts[event->sets[i]];
      const CsvcValue  *given = params != NULL ? csvc_facts_find (params, fact->part.id) : NULL;
      g_auto (CsvcValue) value = CSVC_VALUE_UNKNOWN;

      if (given != NULL && _csvc_fact_coerce (fact, self->policy->zone, given, &value, NULL))
        _csvc_step_put_fact (&step, fact->index, &value);
    }
  collect (refusal, &step);
  _csvc_step_undo (&step);
}

/* ── the sentence ── */

static char *
roles_of (const CsvcEvent *event)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < event->n_by; i++)
    g_string_append_printf (text, "%s%s", i == 0 ? "" : i + 1 < event->n_by ? ", " : " or ", event->by[i]->part.id);
  return g_string_free (text, FALSE);
}

static char *
time_message (const CsvcCase *self, const CsvcStamp *stamp)
{
  g_autofree char *last = csvc_zone_to_string (self->policy->zone, self->record.at);
  g_autofree char *at = csvc_zone_to_string (self->policy->zone, stamp->at);
  g_autofree char *backdate = csvc_duration_to_string (self->kind->backdate);

  if (stamp->at < self->record.at)
    return g_strdup_printf ("%s is earlier than the case's last instant, %s", at, last);
  return g_strdup_printf ("it occurred more than %s before it is told: that is as far as %s may be backdated", backdate,
                          self->kind->part.id);
}

static char *
message_for (const CsvcRefusal *refusal, const CsvcCase *self, const CsvcEvent *event, const CsvcStamp *stamp, const char *param)
{
  g_autofree char *states = csvc_case_dup_states (self);
  g_autofree char *roles = roles_of (event);

  switch (refusal->answer)
    {
    case CSVC_ANSWER_REFUSED_TIME:
      return time_message (self, stamp);
    case CSVC_ANSWER_REFUSED_ROLE:
      return g_strdup_printf ("\"%s\" is for %s, not for %s", event->part.id, roles,
                              stamp->role != NULL ? stamp->role : "someone without a role");
    case CSVC_ANSWER_REFUSED_MISSING_FACT:
      if (param != NULL)
        return g_strdup_printf ("\"%s\" must bring the fact %s", event->part.id, param);
      return g_strdup_printf ("\"%s\" hangs on the fact %s, which is not known", event->part.id,
                              refusal->fact != NULL ? refusal->fact : "that a condition reads");
    case CSVC_ANSWER_REFUSED_CONDITION:
      return g_strdup_printf ("no condition of those that wait for \"%s\" in %s holds", event->part.id, states);
    default:
      if (self->record.ended)
        return g_strdup_printf ("the case has ended in %s", states);
      return g_strdup_printf ("nothing accepts \"%s\" in %s", event->part.id, states);
    }
}

static CsvcRefusal *
new_refusal (CsvcAnswer answer, const char *fact)
{
  CsvcRefusal *self = g_new0 (CsvcRefusal, 1);

  self->answer = answer;
  self->fact = g_strdup (fact);
  self->candidates = g_ptr_array_new_with_free_func (g_free);
  return self;
}

CsvcRefusal *
csvc_case_explain_refusal (const CsvcCase *self, const CsvcCustomer *customer, const char *event, const CsvcFacts *params,
                           const CsvcStamp *stamp, GError **error)
{
  g_autoptr (CsvcCustomer) whose = NULL;
  g_autoptr (CsvcCase) copy = NULL;
  const CsvcEvent *declared;
  CsvcRefusal *refusal;
  CsvcWhyNot   why_not;
  CsvcAnswer   answer;

  g_return_val_if_fail (self != NULL && event != NULL && stamp != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);
  declared = _csvc_kind_find_event (self->kind, event, error);
  if (declared == NULL)
    return NULL;
  copy = csvc_case_copy (self);
  whose = customer != NULL ? csvc_customer_copy (customer) : NULL;
  answer = _csvc_case_fire (copy, whose, declared, params, stamp, NULL, &why_not, error);
  if (answer == CSVC_ANSWER_ACCEPTED || answer == CSVC_ANSWER_FAILED)
    return NULL;
  refusal = new_refusal (answer, why_not.param != NULL ? why_not.param : why_not.missing);
  refusal->message = message_for (refusal, copy, why_not.declared, stamp, why_not.param);
  if (answer == CSVC_ANSWER_REFUSED_CONDITION || (answer == CSVC_ANSWER_REFUSED_MISSING_FACT && why_not.param == NULL))
    collect_candidates (refusal, copy, customer, why_not.declared, params, stamp);
  return refusal;
}
