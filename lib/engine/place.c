/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "engine/place.h"
#include "engine/private.h"
#include "machine/customer.h"

/* A customer as a log shows them beside one of its cases. Logs come case by case, so for a customer of several cases time runs backwards: what the log says at
 * a case's opening is put at the customer's own last instant, and no time passes for them by itself, or each case would find another customer than
 * the pure machine had. */

static gboolean
same (const CsvcValue *a, const CsvcValue *b)
{
  return (a == NULL || b == NULL) ? a == b : csvc_value_equal (a, b);
}

static void
put_fact (CsvcCustomerChange *change, const CsvcFact *fact, const CsvcValue *value)
{
  CsvcEffect *effect = _csvc_effects_add (change->effects, CSVC_EFFECT_CUSTOMER_PUT, change->at);

  effect->subject = fact->part.id;
  effect->detail = _csvc_effects_keep (change->effects, csvc_customer_get_id (change->self));
  if (value != NULL)
    _csvc_value_init_copy (&effect->value, value);
  else
    effect->value = (CsvcValue){ .type = CSVC_TYPE_NULL };
}

static void
place_facts (CsvcCustomerChange *change, const CsvcCustomer *shown)
{
  const CsvcPolicy *policy = change->self->policy;

  for (guint i = 0; i < policy->n_customer_facts; i++)
    {
      const CsvcFact *fact = &policy->customer_facts[i];
      const CsvcValue *now = change->self->put[i] ? &change->self->facts[i] : NULL;
      const CsvcValue *then = shown->put[i] ? &shown->facts[i] : NULL;

      if (!same (now, then))
        put_fact (change, fact, then);
    }
}

static void
place_tier (CsvcCustomerChange *change, const CsvcCustomer *shown)
{
  const CsvcCustomerRecord *now = &change->self->record, *then = &shown->record;
  CsvcEffect *effect;

  if (g_strcmp0 (now->tier, then->tier) != 0 || (now->tier_since == CSVC_NEVER) != (then->tier_since == CSVC_NEVER))
    {
      effect = _csvc_change_begin (change, CSVC_EFFECT_TIER);
      effect->subject = _csvc_effects_keep (change->effects, then->tier);
      effect->detail = _csvc_effects_keep (change->effects, now->tier);
      effect->text = "first";
      _csvc_change_end (change, effect);
    }
  if (now->review_at == CSVC_NEVER)
    return;
  effect = _csvc_change_begin (change, CSVC_EFFECT_TIER_REVIEW);
  effect->from = now->review_from;
  _csvc_change_end (change, effect);
}

static gboolean
put (CsvcEngine *self, CsvcPerson *person, const CsvcCustomer *shown, GError **error)
{
  g_autoptr (CsvcCustomer) view = _csvc_person_view (person, shown->policy);
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  const CsvcTime at = person->head.id != 0 ? person->head.at : shown->record.at != CSVC_NEVER ? shown->record.at : 0;
  const CsvcStamp stamp = CSVC_STAMP (at);
  const CsvcCommand command = { .type = CSVC_COMMAND_PUT_CUSTOMER, .stream = CSVC_STREAM_CUSTOMER, .id = csvc_customer_get_id (shown), .stamp = &stamp };
  CsvcCustomerChange change = { view, effects, at, NULL };

  _csvc_effects_use_policy (effects, shown->policy);
  place_facts (&change, shown);
  place_tier (&change, shown);
  if (person->head.id != 0 && csvc_effects_get_size (effects) == 0)
    return TRUE;
  return _csvc_engine_put_person (self, person, &command, at, at, effects, 0, error);
}

static gboolean
place (CsvcEngine *self, const CsvcCustomer *shown, GError **error)
{
  CsvcPerson *person;

  if (!_csvc_engine_put_policy (self, error))
    return FALSE;
  person = _csvc_engine_load_person (self, csvc_customer_get_id (shown), error);
  return person != NULL && put (self, person, shown, error);
}

gboolean
_csvc_engine_place_customer (CsvcEngine *self, const CsvcCustomer *shown, GError **error)
{
  gboolean placed;

  if (!_csvc_engine_enter (self, CSVC_TX_WRITE, error))
    return FALSE;
  placed = place (self, shown, error);
  if (placed)
    return _csvc_engine_leave (self, TRUE, error);
  _csvc_engine_leave (self, FALSE, NULL);
  return FALSE;
}
