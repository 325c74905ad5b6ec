/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "machine/customer.h"

#include <csvc/error.h>
#include <string.h>

#include "machine/bytes.h"
#include "machine/json-reader.h"
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

CsvcCustomer *
csvc_customer_new (CsvcPolicy *policy, const char *id, GError **error)
{
  CsvcCustomer *self;

  g_return_val_if_fail (policy != NULL && id != NULL, NULL);

  if (!_csvc_id_check (id, "a customer's number", error))
    return NULL;
  self = g_new0 (CsvcCustomer, 1);
  self->policy = csvc_policy_ref (policy);
  self->id = g_ref_string_new (id);
  self->facts = g_new0 (CsvcValue, policy->n_customer_facts);
  self->put = g_new0 (guint8, policy->n_customer_facts);
  for (guint i = 0; i < policy->n_customer_facts; i++)
    _csvc_value_init_copy (&self->facts[i], &policy->customer_facts[i].default_value);
  return self;
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
  g_ref_string_release (self->id);
  csvc_policy_unref (self->policy);
  g_free (self);
}

const char *
csvc_customer_get_id (const CsvcCustomer *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
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
  effect->detail = _csvc_effects_keep (effects, self->id);
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

static void
put_values (CsvcCustomer *self, CsvcValue *values, CsvcTime at, CsvcEffects *effects)
{
  for (guint i = 0; i < self->policy->n_customer_facts; i++)
    {
      if (!is_change (self, i, &values[i]))
        continue;
      if (effects != NULL)
        {
          _csvc_effects_use_policy (effects, self->policy);
          tell_change (self, &self->policy->customer_facts[i], &values[i], at, effects);
        }
      put_fact (self, i, &values[i]);
    }
}

gboolean
csvc_customer_put (CsvcCustomer *self, const CsvcFacts *facts, CsvcTime at, CsvcEffects *effects, GError **error)
{
  g_autofree CsvcValue *values = NULL;
  gboolean read;

  g_return_val_if_fail (self != NULL && facts != NULL, FALSE);
  g_return_val_if_fail (at >= CSVC_TIME_MIN && at <= CSVC_TIME_MAX, FALSE);

  values = g_new0 (CsvcValue, self->policy->n_customer_facts);
  read = read_facts (self->policy, facts, values, error);
  if (read)
    put_values (self, values, at, effects);
  for (guint i = 0; i < self->policy->n_customer_facts; i++)
    _csvc_value_clear (&values[i]);
  return read;
}

/* ---- Bytes: codec, id, facts by id ---- */

GBytes *
_csvc_customer_facts_to_bytes (const char *id, const GArray *facts)
{
  GByteArray *out = g_byte_array_new ();

  _csvc_bytes_put_count (out, CSVC_CUSTOMER_CODEC);
  _csvc_bytes_put_text (out, id);
  _csvc_bytes_put_count (out, facts->len);
  for (guint i = 0; i < facts->len; i++)
    {
      const CsvcFactRecord *fact = &g_array_index (facts, CsvcFactRecord, i);

      _csvc_bytes_put_text (out, fact->id);
      _csvc_bytes_put_value (out, &fact->value);
    }
  return g_byte_array_free_to_bytes (out);
}

static int
compare_facts (gconstpointer a, gconstpointer b)
{
  return strcmp (((const CsvcFactRecord *) a)->id, ((const CsvcFactRecord *) b)->id);
}

/* (transfer full): those that were put, by id. */
static GArray *
list_facts (const CsvcCustomer *self)
{
  GArray *facts = _csvc_fact_records_new ();

  for (guint i = 0; i < self->policy->n_customer_facts; i++)
    {
      CsvcFactRecord fact = { .at = CSVC_NEVER };

      if (!self->put[i])
        continue;
      fact.id = g_ref_string_new (self->policy->customer_facts[i].part.id);
      _csvc_value_init_copy (&fact.value, &self->facts[i]);
      g_array_append_val (facts, fact);
    }
  g_array_sort (facts, compare_facts);
  return facts;
}

GBytes *
csvc_customer_to_bytes (const CsvcCustomer *self)
{
  g_autoptr (GArray) facts = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  facts = list_facts (self);
  return _csvc_customer_facts_to_bytes (self->id, facts);
}

/* One customer from an id and facts that came from outside. */
static CsvcCustomer *
new_with_facts (CsvcPolicy *policy, const char *id, const CsvcFacts *facts, GError **error)
{
  g_autoptr (CsvcCustomer) self = csvc_customer_new (policy, id, error);

  return self != NULL && csvc_customer_put (self, facts, 0, NULL, error) ? g_steal_pointer (&self) : NULL;
}

/* Ids stand in order, each once: the bytes of a customer have one spelling. */
static void
read_fact (CsvcReader *reader, GArray *facts)
{
  const char *before = facts->len > 0 ? g_array_index (facts, CsvcFactRecord, facts->len - 1).id : NULL;
  CsvcFactRecord fact = { .at = CSVC_NEVER };

  fact.id = _csvc_reader_string (reader);
  _csvc_reader_value (reader, &fact.value);
  if (fact.id == NULL || fact.value.type <= CSVC_TYPE_NULL || (before != NULL && strcmp (before, fact.id) >= 0))
    _csvc_reader_fail (reader, "a fact is malformed");
  g_array_append_val (facts, fact);
}

char *
_csvc_customer_facts_from_bytes (GBytes *bytes, GArray *facts, GError **error)
{
  CsvcReader reader;
  char *id;

  _csvc_reader_init_bytes (&reader, bytes);
  if (_csvc_reader_count (&reader, G_MAXUINT32) != CSVC_CUSTOMER_CODEC)
    _csvc_reader_fail (&reader, "it is of a codec that this version does not read");
  id = _csvc_reader_string (&reader);
  if (id == NULL)
    _csvc_reader_fail (&reader, "it has no number");
  for (guint n = _csvc_reader_length (&reader); n > 0 && reader.failed == NULL; n--)
    read_fact (&reader, facts);
  if (!_csvc_reader_finish (&reader, TRUE, "a stored customer", error))
    g_clear_pointer (&id, g_ref_string_release);
  return id;
}

CsvcCustomer *
csvc_customer_new_from_bytes (CsvcPolicy *policy, GBytes *bytes, GError **error)
{
  g_autoptr (GArray) records = _csvc_fact_records_new ();
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  CsvcCustomer *self;
  char *id;

  g_return_val_if_fail (policy != NULL && bytes != NULL, NULL);

  id = _csvc_customer_facts_from_bytes (bytes, records, error);
  if (id == NULL)
    return NULL;
  for (guint i = 0; i < records->len; i++)
    csvc_facts_set (facts, g_array_index (records, CsvcFactRecord, i).id, &g_array_index (records, CsvcFactRecord, i).value);
  self = new_with_facts (policy, id, facts, error);
  g_ref_string_release (id);
  return self;
}

void
_csvc_customer_take_facts (CsvcCustomer *self, const GArray *facts)
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

/* ---- JSON ---- */

static void
write_fact (CsvcJson *json, const CsvcFactRecord *fact)
{
  g_autofree char *text = csvc_value_to_string (&fact->value);

  _csvc_json_begin_object (json, NULL);
  _csvc_json_string (json, "id", fact->id);
  _csvc_json_string (json, "type", csvc_type_to_string ((CsvcType) fact->value.type));
  _csvc_json_string (json, "value", text);
  _csvc_json_end_object (json);
}

char *
csvc_customer_to_json (const CsvcCustomer *self)
{
  g_autoptr (GArray) facts = NULL;
  GString *out;
  CsvcJson json;

  g_return_val_if_fail (self != NULL, NULL);

  facts = list_facts (self);
  out = g_string_new (NULL);
  _csvc_json_init (&json, out, FALSE);
  _csvc_json_begin_object (&json, NULL);
  _csvc_json_integer (&json, "codec", CSVC_CUSTOMER_CODEC);
  _csvc_json_string (&json, "id", self->id);
  _csvc_json_begin_array (&json, "facts");
  for (guint i = 0; i < facts->len; i++)
    write_fact (&json, &g_array_index (facts, CsvcFactRecord, i));
  _csvc_json_end_array (&json);
  _csvc_json_end_object (&json);
  return g_string_free (out, FALSE);
}

static gboolean
fact_from_json (JsonNode *node, CsvcFacts *facts, GError **error)
{
  static const char *const names[] = { "id", "type", "value", NULL };
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *id = NULL;
  g_auto (CsvcValue) value = CSVC_VALUE_UNKNOWN;

  if (object != NULL && (!_csvc_json_check_members (object, names, error) || !_csvc_json_get_string (object, "id", &id, error)))
    return FALSE;
  if (id == NULL || csvc_facts_find (facts, id) != NULL)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "expected objects with an \"id\", each once");
      return FALSE;
    }
  if (!_csvc_json_get_value (object, &value, error))
    return FALSE;
  csvc_facts_set (facts, id, &value);
  return TRUE;
}

static gboolean
customer_from_json (JsonObject *object, const char **id, CsvcFacts *facts, GError **error)
{
  static const char *const names[] = { "codec", "id", "facts", NULL };
  JsonArray *array;
  guint32 codec;

  if (!_csvc_json_check_members (object, names, error) || !_csvc_json_get_number (object, "codec", &codec, error) ||
      !_csvc_json_get_string (object, "id", id, error) || !_csvc_json_get_array (object, "facts", &array, error))
    return FALSE;
  if (codec != CSVC_CUSTOMER_CODEC || *id == NULL)
    {
      g_set_error (error, CSVC_ERROR, codec != CSVC_CUSTOMER_CODEC ? CSVC_ERROR_CORRUPT : CSVC_ERROR_SYNTAX,
                   "expected codec %d and an id", CSVC_CUSTOMER_CODEC);
      return FALSE;
    }
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    if (!fact_from_json (json_array_get_element (array, i), facts, error))
      {
        g_prefix_error (error, "fact %u: ", i);
        return FALSE;
      }
  return TRUE;
}

CsvcCustomer *
csvc_customer_new_from_json (CsvcPolicy *policy, const char *json, GError **error)
{
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  g_autoptr (CsvcCustomer) self = NULL;
  g_autoptr (JsonNode) root = NULL;
  const char *id;

  g_return_val_if_fail (policy != NULL && json != NULL, NULL);

  root = _csvc_json_parse_object (json, error);
  if (root != NULL && customer_from_json (json_node_get_object (root), &id, facts, error))
    self = new_with_facts (policy, id, facts, error);
  if (self == NULL)
    g_prefix_error (error, "a customer in JSON: ");
  return g_steal_pointer (&self);
}
