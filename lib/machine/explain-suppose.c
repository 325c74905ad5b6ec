/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>

#include "machine/explain.h"
#include "machine/machine.h"
#include "policy/fact.h"

/* A case as it would be if some facts changed now: a step without event or stamp on a copy, beside a copy of its customer. */

static gboolean
unknown_fact (const CsvcCase *self, const char *name, GError **error)
{
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "neither %s nor its customer has a fact \"%.60s\"", self->kind->part.id, name);
  return FALSE;
}

static const CsvcFact *
find_case_fact (const CsvcCase *self, const char *name)
{
  return csvc_kind_find_fact (self->kind, name);
}

/* The customer's are put apart; here it is only seen that somebody has them. */
static gboolean
sort_facts (const CsvcCase *self, const CsvcFacts *facts, CsvcFacts *of_customer, GError **error)
{
  for (guint i = 0; i < csvc_facts_get_size (facts); i++)
    {
      const char *name = csvc_facts_get_name (facts, i);

      if (find_case_fact (self, name) != NULL)
        continue;
      if (csvc_policy_find_customer_fact (self->policy, name) == NULL)
        return unknown_fact (self, name, error);
      if (self->record.customer == NULL)
        {
          g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "%s is a fact of customers, and case %s has none", name, self->record.id);
          return FALSE;
        }
      csvc_facts_set (of_customer, name, csvc_facts_get_value (facts, i));
    }
  return TRUE;
}

static gboolean
put_case_facts (CsvcStep *step, const CsvcFacts *facts)
{
  for (guint i = 0; i < csvc_facts_get_size (facts); i++)
    {
      const CsvcFact *fact = find_case_fact (step->self, csvc_facts_get_name (facts, i));
      CsvcValue       value = CSVC_VALUE_UNKNOWN;

      if (fact == NULL)
        continue;
      if (!_csvc_fact_coerce (fact, step->self->policy->zone, csvc_facts_get_value (facts, i), &value, step->error))
        return FALSE;
      _csvc_step_put_fact (step, fact->index, &value);
      _csvc_value_clear (&value);
    }
  return TRUE;
}

static gboolean
take_step (CsvcCase *self, CsvcCustomer *customer, const CsvcFacts *facts, CsvcTime at, GError **error)
{
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  CsvcStep step;

  _csvc_effects_use_policy (effects, self->policy);
  _csvc_step_begin (&step, self, customer, NULL, at, at, effects, error);
  if (!put_case_facts (&step, facts) || !_csvc_chart_run (&step) || !_csvc_step_settle (&step))
    {
      _csvc_step_undo (&step);
      return FALSE;
    }
  _csvc_step_commit (&step);
  return _csvc_case_retry_pending (self, customer, at, effects, error);
}

/* (transfer full): NULL without an error: the case has none. */
static CsvcCustomer *
suppose_customer (const CsvcCase *self, const CsvcCustomer *customer, const CsvcFacts *facts, CsvcTime at, GError **error)
{
  g_autoptr (CsvcCustomer) copy = NULL;

  if (customer != NULL)
    copy = csvc_customer_copy (customer);
  else if (self->record.customer == NULL || csvc_facts_get_size (facts) == 0)
    return NULL;
  else
    copy = csvc_customer_new (self->policy, self->record.customer, error);
  if (copy == NULL || (csvc_facts_get_size (facts) > 0 && !csvc_customer_put (copy, facts, at, NULL, error)))
    return NULL;
  return g_steal_pointer (&copy);
}

CsvcCase *
_csvc_case_suppose (const CsvcCase *self, const CsvcCustomer *customer, const CsvcFacts *facts, CsvcTime at, GError **error)
{
  g_autoptr (CsvcFacts) of_customer = csvc_facts_new ();
  g_autoptr (CsvcCase) copy = csvc_case_copy (self);
  g_autoptr (CsvcCustomer) supposed = NULL;
  g_autoptr (GError) failure = NULL;

  if (!sort_facts (self, facts, of_customer, error))
    return NULL;
  supposed = suppose_customer (self, customer, of_customer, at, &failure);
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
  if (!self->record.ended && !take_step (copy, supposed, facts, at, error))
    return NULL;
  return g_steal_pointer (&copy);
}

gboolean
_csvc_case_get_supposed_due (const CsvcCase *self, const CsvcCycle *before, CsvcTime at, CsvcTime *due, GError **error)
{
  guint            latest = self->latest[before->definition->index];
  const CsvcCycle *cycle = latest != NO_CYCLE ? &g_array_index (self->record.cycles, CsvcCycle, latest) : NULL;

  *due = CSVC_NEVER;
  if (cycle == NULL || !_csvc_cycle_is_open (cycle))
    return TRUE;
  return _csvc_cycle_projected (self, cycle, at, due, error);
}
