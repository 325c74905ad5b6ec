/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "machine/customer.h"

#include <csvc/error.h>
#include <string.h>

#include "machine/bytes.h"
#include "policy/fact.h"

#define MAX_ID 255

gboolean
_csvc_id_check (const char *id, const char *what, GError **error)
{
  gsize length = strlen (id);
  gboolean fit = length > 0 && length <= MAX_ID && g_utf8_validate (id, (gssize) length, NULL);

  for (const char *p = id; fit && *p != '\0'; p = g_utf8_next_char (p))
    fit = g_unichar_type (g_utf8_get_char (p)) != G_UNICODE_CONTROL;
  if (!fit)
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "expected as %s 1 to %d bytes of UTF-8 without control characters", what,
                 MAX_ID);
  return fit;
}

static CsvcCustomer *
customer_new (CsvcPolicy *policy)
{
  CsvcCustomer *self = g_new0 (CsvcCustomer, 1);

  self->policy = csvc_policy_ref (policy);
  _csvc_customer_record_init (&self->record);
  self->facts = g_new0 (CsvcValue, policy->n_customer_facts);
  self->put = g_new0 (guint8, policy->n_customer_facts);
  for (guint i = 0; i < policy->n_customer_facts; i++)
    _csvc_value_init_copy (&self->facts[i], &policy->customer_facts[i].default_value);
  return self;
}

CsvcCustomer *
csvc_customer_new (CsvcPolicy *policy, const char *id, GError **error)
{
  CsvcCustomer *self;

  g_return_val_if_fail (policy != NULL && id != NULL, NULL);

  if (!_csvc_id_check (id, "a customer's number", error))
    return NULL;
  self = customer_new (policy);
  self->record.id = g_ref_string_new (id);
  return self;
}

CsvcCustomer *
csvc_customer_copy (const CsvcCustomer *self)
{
  CsvcCustomer *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = customer_new (self->policy);
  _csvc_customer_record_clear (&copy->record);
  _csvc_customer_record_copy (&copy->record, &self->record);
  for (guint i = 0; i < self->policy->n_customer_facts; i++)
    {
      _csvc_value_clear (&copy->facts[i]);
      _csvc_value_init_copy (&copy->facts[i], &self->facts[i]);
      copy->put[i] = self->put[i];
    }
  return copy;
}

CsvcCustomer *
_csvc_customer_copy_or_null (const CsvcCustomer *self)
{
  return self != NULL ? csvc_customer_copy (self) : NULL;
}

void
_csvc_customer_swap (CsvcCustomer *a, CsvcCustomer *b)
{
  CsvcCustomer c = *a;

  *a = *b;
  *b = c;
}

void
csvc_customer_free (CsvcCustomer *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->policy->n_customer_facts; i++)
    _csvc_value_clear (&self->facts[i]);
  g_free (self->facts);
  g_free (self->put);
  _csvc_customer_record_clear (&self->record);
  csvc_policy_unref (self->policy);
  g_free (self);
}

const char *
csvc_customer_get_id (const CsvcCustomer *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->record.id;
}

CsvcPolicy *
csvc_customer_get_policy (const CsvcCustomer *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->policy;
}

const CsvcValue *
csvc_customer_get_fact (const CsvcCustomer *self, const char *fact)
{
  const CsvcFact *definition;

  g_return_val_if_fail (self != NULL && fact != NULL, NULL);

  definition = csvc_policy_find_customer_fact (self->policy, fact);
  if (definition == NULL || self->facts[definition->index].type == CSVC_TYPE_UNKNOWN)
    return NULL;
  return &self->facts[definition->index];
}

/* ---- Putting ---- */

static const CsvcFact *
find_fact (const CsvcPolicy *policy, const char *id, GError **error)
{
  const CsvcFact *fact = csvc_policy_find_customer_fact (policy, id);
  g_autofree const char **names = NULL;
  g_autofree char *hint = NULL;

  if (fact != NULL)
    return fact;
  names = g_new0 (const char *, policy->n_customer_facts + 1);
  for (guint i = 0; i < policy->n_customer_facts; i++)
    names[i] = policy->customer_facts[i].part.id;
  hint = _csvc_suggest (id, names);
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "policy \"%s\" knows no fact \"%.60s\" of a customer%s%s", policy->id, id,
               hint != NULL ? "; " : "", hint != NULL ? hint : "");
  return NULL;
}

/* What @facts would put, by slot; UNKNOWN where they say nothing. FALSE: it holds what was read so far. */
static gboolean
read_facts (const CsvcPolicy *policy, const CsvcFacts *facts, CsvcValue *values, GError **error)
{
  for (guint i = 0; i < csvc_facts_get_size (facts); i++)
    {
      const CsvcFact *fact = find_fact (policy, csvc_facts_get_name (facts, i), error);

      if (fact == NULL || !_csvc_fact_coerce (fact, policy->zone, csvc_facts_get_value (facts, i), &values[fact->index], error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_change (const CsvcCustomer *self, guint slot, const CsvcValue *after)
{
  if (after->type == CSVC_TYPE_UNKNOWN)
    return FALSE;
  if (after->type == CSVC_TYPE_NULL)
    return self->put[slot];
  return !self->put[slot] || !csvc_value_equal (&self->facts[slot], after);
}

static void
tell_change (const CsvcCustomer *self, const CsvcFact *fact, const CsvcValue *value, CsvcTime at, CsvcEffects *effects)
{
  CsvcEffect *effect = _csvc_effects_add (effects, CSVC_EFFECT_CUSTOMER_PUT, at);

  effect->subject = fact->part.id;
  effect->detail = _csvc_effects_keep (effects, self->record.id);
  _csvc_value_init_copy (&effect->value, value);
}

/* Takes the value. NULL is how a fact is taken away: it is again what it was before it was put. */
static void
put_fact (CsvcCustomer *self, guint slot, CsvcValue *value)
{
  _csvc_value_clear (&self->facts[slot]);
  self->put[slot] = value->type != CSVC_TYPE_NULL;
  if (self->put[slot])
    self->facts[slot] = *value;
  else
    _csvc_value_init_copy (&self->facts[slot], &self->policy->customer_facts[slot].default_value);
  *value = (CsvcValue) CSVC_VALUE_UNKNOWN;
}

/* TRUE when any changed. */
static gboolean
put_values (CsvcCustomer *self, CsvcValue *values, CsvcTime at, CsvcEffects *effects)
{
  gboolean changed = FALSE;

  for (guint i = 0; i < self->policy->n_customer_facts; i++)
    {
      if (!is_change (self, i, &values[i]))
        continue;
      changed = TRUE;
      tell_change (self, &self->policy->customer_facts[i], &values[i], at, effects);
      put_fact (self, i, &values[i]);
    }
  return changed;
}

static gboolean
put_at (CsvcCustomer *self, CsvcValue *values, CsvcTime at, CsvcEffects *effects, GError **error)
{
  CsvcCustomerChange change = { self, effects, at, NULL };

  _csvc_effects_use_policy (effects, self->policy);
  if (!csvc_customer_advance (self, at, effects, error))
    return FALSE;
  if (put_values (self, values, at, effects))
    _csvc_tier_look (&change, CSVC_LOOK_PUT);
  return TRUE;
}

gboolean
csvc_customer_put (CsvcCustomer *self, const CsvcFacts *facts, CsvcTime at, CsvcEffects *effects, GError **error)
{
  g_autoptr (CsvcEffects) own = effects == NULL ? csvc_effects_new () : NULL;
  g_autofree CsvcValue *values = NULL;
  gboolean put;

  g_return_val_if_fail (self != NULL && facts != NULL, FALSE);
  g_return_val_if_fail (at >= CSVC_TIME_MIN && at <= CSVC_TIME_MAX, FALSE);

  values = g_new0 (CsvcValue, self->policy->n_customer_facts);
  put = read_facts (self->policy, facts, values, error) && put_at (self, values, at, effects != NULL ? effects : own, error);
  for (guint i = 0; i < self->policy->n_customer_facts; i++)
    _csvc_value_clear (&values[i]);
  return put;
}

/* ---- Records ---- */

static int
compare_facts (gconstpointer a, gconstpointer b)
{
  return strcmp (((const CsvcFactRecord *) a)->id, ((const CsvcFactRecord *) b)->id);
}

/* Those that were put, by id. */
static void
list_facts (const CsvcCustomer *self, GArray *facts)
{
  for (guint i = 0; i < self->policy->n_customer_facts; i++)
    {
      CsvcFactRecord fact = { .at = CSVC_NEVER };

      if (!self->put[i])
        continue;
      fact.id = g_ref_string_acquire ((char *) self->policy->customer_facts[i].part.id);
      _csvc_value_init_copy (&fact.value, &self->facts[i]);
      g_array_append_val (facts, fact);
    }
  g_array_sort (facts, compare_facts);
}

void
_csvc_customer_write_record (const CsvcCustomer *self, CsvcCustomerRecord *record)
{
  _csvc_customer_record_copy (record, &self->record);
  list_facts (self, record->facts);
}

static void
take_facts (CsvcCustomer *self, const GArray *facts)
{
  for (guint i = 0; i < facts->len; i++)
    {
      const CsvcFactRecord *record = &g_array_index (facts, CsvcFactRecord, i);
      const CsvcFact *fact = csvc_policy_find_customer_fact (self->policy, record->id);
      CsvcValue value = CSVC_VALUE_UNKNOWN;

      if (fact != NULL && _csvc_fact_coerce (fact, self->policy->zone, &record->value, &value, NULL))
        put_fact (self, fact->index, &value);
    }
}

CsvcCustomer *
_csvc_customer_new_from_record (CsvcPolicy *policy, CsvcCustomerRecord *record)
{
  CsvcCustomer *self = customer_new (policy);

  _csvc_customer_record_clear (&self->record);
  self->record = *record;
  _csvc_customer_record_init (record);
  take_facts (self, self->record.facts);
  g_array_set_size (self->record.facts, 0);
  return self;
}

/* What the policy does not know, or what does not fit, is an error here: these bytes are the host's. */
static gboolean
check_facts (const CsvcPolicy *policy, const GArray *facts, GError **error)
{
  for (guint i = 0; i < facts->len; i++)
    {
      const CsvcFactRecord *record = &g_array_index (facts, CsvcFactRecord, i);
      const CsvcFact *fact = find_fact (policy, record->id, error);
      g_auto (CsvcValue) value = CSVC_VALUE_UNKNOWN;

      if (fact == NULL || !_csvc_fact_coerce (fact, policy->zone, &record->value, &value, error))
        return FALSE;
    }
  return TRUE;
}

static CsvcCustomer *
new_checked (CsvcPolicy *policy, CsvcCustomerRecord *record, GError **error)
{
  if (!_csvc_id_check (record->id, "a customer's number", error) || !check_facts (policy, record->facts, error))
    return NULL;
  return _csvc_customer_new_from_record (policy, record);
}

GBytes *
csvc_customer_to_bytes (const CsvcCustomer *self)
{
  g_auto (CsvcCustomerRecord) record;

  g_return_val_if_fail (self != NULL, NULL);

  _csvc_customer_write_record (self, &record);
  return _csvc_customer_record_to_bytes (&record);
}

CsvcCustomer *
csvc_customer_new_from_bytes (CsvcPolicy *policy, GBytes *bytes, GError **error)
{
  g_auto (CsvcCustomerRecord) record;

  g_return_val_if_fail (policy != NULL && bytes != NULL, NULL);

  _csvc_customer_record_init (&record);
  return _csvc_customer_record_from_bytes (&record, bytes, error) ? new_checked (policy, &record, error) : NULL;
}

char *
csvc_customer_to_json (const CsvcCustomer *self)
{
  g_auto (CsvcCustomerRecord) record;
  GString *out;
  CsvcJson json;

  g_return_val_if_fail (self != NULL, NULL);

  _csvc_customer_write_record (self, &record);
  out = g_string_new (NULL);
  _csvc_json_init (&json, out, FALSE);
  _csvc_customer_record_write_json (&json, &record);
  return g_string_free (out, FALSE);
}

CsvcCustomer *
csvc_customer_new_from_json (CsvcPolicy *policy, const char *json, GError **error)
{
  g_auto (CsvcCustomerRecord) record;
  CsvcCustomer *self = NULL;

  g_return_val_if_fail (policy != NULL && json != NULL, NULL);

  _csvc_customer_record_init (&record);
  if (_csvc_customer_record_from_json (&record, json, error))
    self = new_checked (policy, &record, error);
  if (self == NULL)
    g_prefix_error (error, "a customer in JSON: ");
  return self;
}
