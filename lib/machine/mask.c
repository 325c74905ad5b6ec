/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/mask.h>
#include <string.h>

#include "machine/machine.h"

/* Personal values as they are shown to who may not see them. Names decide, as they do where values are kept apart from the journal: an effect does not say of
 * which kind of case its fact is. */

#define HIDDEN "****"

/* Who looks. */
typedef struct {
  const CsvcPolicy *policy;
  const CsvcRole   *role; /* NULL: nobody in particular */
} Eyes;

static gboolean
is_role_of (const CsvcRole *role, const CsvcPolicy *policy)
{
  return role == NULL || csvc_policy_find_role (policy, role->part.id) == role;
}

static gboolean
sees (const CsvcRole *role, const char *name)
{
  return role != NULL && g_strv_contains (role->sees, name);
}

/* What was taken away or erased says nothing. */
static gboolean
tells (const CsvcValue *value)
{
  return value->type != CSVC_TYPE_UNKNOWN && value->type != CSVC_TYPE_NULL && value->type != CSVC_TYPE_SEALED;
}

/* (nullable): the mask of what stands under this name; NULL: it is shown. */
static const CsvcMask *
find_mask (const Eyes *eyes, const char *name)
{
  if (eyes->policy->masks == NULL || sees (eyes->role, name))
    return NULL;
  return g_hash_table_lookup (eyes->policy->masks, name);
}

static char *
dup_masked (const CsvcMask *mask, const CsvcValue *value)
{
  g_autofree char *text = csvc_value_to_string (value);
  const glong before = mask->before, after = mask->after, length = g_utf8_strlen (text, -1);
  g_autofree char *head = NULL;

  if (before + after >= length || strcmp (text, HIDDEN) == 0)
    return g_strdup (HIDDEN);
  head = g_utf8_substring (text, 0, before);
  return g_strconcat (head, HIDDEN, g_utf8_offset_to_pointer (text, length - after), NULL);
}

static void
replace_by_masked (CsvcValue *value, const CsvcMask *mask)
{
  g_autofree char *text = dup_masked (mask, value);

  _csvc_value_clear (value);
  _csvc_value_set_string (value, CSVC_TYPE_STRING, text);
}

char *
csvc_fact_dup_text_for (const CsvcFact *self, const CsvcValue *value, const CsvcRole *role)
{
  g_return_val_if_fail (self != NULL && value != NULL, NULL);

  if (self->mask == NULL || !tells (value) || sees (role, self->part.id))
    return csvc_value_to_string (value);
  return dup_masked (self->mask, value);
}

/* ---- What has types: texts stay texts, and there is no other date that could stand for a date ---- */

static void
hide (const Eyes *eyes, const char *name, CsvcValue *value)
{
  const CsvcMask *mask = find_mask (eyes, name);

  if (mask == NULL || !tells (value))
    return;
  if (value->type == CSVC_TYPE_STRING)
    replace_by_masked (value, mask);
  else
    _csvc_value_clear (value);
}

static void
hide_outputs (const Eyes *eyes, const CsvcDecidedRow *row)
{
  for (guint i = 0; i < row->outputs->len; i++)
    {
      CsvcDecidedOutput *output = &g_array_index (row->outputs, CsvcDecidedOutput, i);

      hide (eyes, output->id, &output->value);
      if (output->value.type == CSVC_TYPE_UNKNOWN)
        output->value.type = CSVC_TYPE_NULL;
    }
}

static void
hide_decided (const Eyes *eyes, const GArray *decided)
{
  for (guint i = 0; i < decided->len; i++)
    {
      const GArray *rows = g_array_index (decided, CsvcDecided, i).rows;

      for (guint j = 0; j < rows->len; j++)
        hide_outputs (eyes, &g_array_index (rows, CsvcDecidedRow, j));
    }
}

CsvcCustomer *
csvc_customer_copy_for (const CsvcCustomer *self, const CsvcRole *role)
{
  CsvcCustomer *copy;

  g_return_val_if_fail (self != NULL && is_role_of (role, self->policy), NULL);

  copy = csvc_customer_copy (self);
  for (guint i = 0; i < self->policy->n_customer_facts; i++)
    {
      hide (&(Eyes){ self->policy, role }, self->policy->customer_facts[i].part.id, &copy->facts[i]);
      copy->put[i] &= copy->facts[i].type != CSVC_TYPE_UNKNOWN;
    }
  return copy;
}

CsvcCase *
csvc_case_copy_for (const CsvcCase *self, const CsvcRole *role)
{
  CsvcCase *copy;

  g_return_val_if_fail (self != NULL && is_role_of (role, self->policy), NULL);

  copy = csvc_case_copy (self);
  for (guint i = 0; i < self->kind->n_facts; i++)
    hide (&(Eyes){ self->policy, role }, self->kind->facts[i].part.id, &copy->facts[i]);
  hide_decided (&(Eyes){ self->policy, role }, copy->record.decided);
  _csvc_case_bind_decided (copy);
  return copy;
}

/* ---- What has none: effects and arguments ---- */

/* An output of a table is "3.offer". */
static const char *
name_of (const char *argument)
{
  const char *dot = strchr (argument, '.');

  return dot != NULL ? dot + 1 : argument;
}

static void
write_over (const Eyes *eyes, const char *name, CsvcValue *value)
{
  const CsvcMask *mask = find_mask (eyes, name);

  if (mask != NULL && tells (value))
    replace_by_masked (value, mask);
}

static CsvcFacts *
copy_facts (const Eyes *eyes, const CsvcFacts *facts)
{
  CsvcFacts *copy = csvc_facts_new ();

  for (guint i = 0; i < csvc_facts_get_size (facts); i++)
    {
      const char *name = csvc_facts_get_name (facts, i);
      g_auto (CsvcValue) value = CSVC_VALUE_UNKNOWN;

      _csvc_value_init_copy (&value, csvc_facts_get_value (facts, i));
      write_over (eyes, name_of (name), &value);
      csvc_facts_set (copy, name, &value);
    }
  return copy;
}

static void
hide_records (const Eyes *eyes, GArray *facts)
{
  for (guint i = facts->len; i-- > 0;)
    {
      CsvcFactRecord *fact = &g_array_index (facts, CsvcFactRecord, i);

      hide (eyes, fact->id, &fact->value);
      if (fact->value.type == CSVC_TYPE_UNKNOWN)
        g_array_remove_index (facts, i);
    }
}

/* (transfer full): NULL: it is no case, and nobody knows what is in it. */
static char *
dup_restated (const Eyes *eyes, const char *text)
{
  g_auto (CsvcRecord) record = { 0 };
  GString *out;
  CsvcJson json;

  _csvc_record_init (&record);
  if (!_csvc_record_from_json (&record, text, NULL))
    return NULL;
  hide_records (eyes, record.facts);
  hide_decided (eyes, record.decided);
  out = g_string_new (NULL);
  _csvc_json_init (&json, out, FALSE);
  _csvc_record_write_json (&json, &record);
  return g_string_free (out, FALSE);
}

static void
hide_effect (const Eyes *eyes, CsvcEffects *effects, CsvcEffect *effect)
{
  CsvcFacts *arguments = effect->arguments;

  if (effect->type == CSVC_EFFECT_RESTATED && effect->text != NULL)
    {
      g_autofree char *text = dup_restated (eyes, effect->text);

      effect->text = _csvc_effects_keep (effects, text);
    }
  else if (effect->type == CSVC_EFFECT_FACT_SET || effect->type == CSVC_EFFECT_CUSTOMER_PUT)
    write_over (eyes, effect->subject, &effect->value);
  if (arguments == NULL)
    return;
  effect->arguments = copy_facts (eyes, arguments);
  csvc_facts_unref (arguments);
}

CsvcEffects *
csvc_effects_copy_for (const CsvcEffects *self, const CsvcPolicy *policy, const CsvcRole *role)
{
  CsvcEffects *copy;

  g_return_val_if_fail (self != NULL && policy != NULL && is_role_of (role, policy), NULL);

  copy = csvc_effects_new ();
  _csvc_effects_append (copy, self);
  for (guint i = 0; i < csvc_effects_get_size (copy); i++)
    hide_effect (&(Eyes){ policy, role }, copy, _csvc_effects_edit (copy, i));
  return copy;
}

CsvcFacts *
csvc_facts_copy_for (const CsvcFacts *self, const CsvcPolicy *policy, const CsvcRole *role)
{
  g_return_val_if_fail (self != NULL && policy != NULL && is_role_of (role, policy), NULL);

  return copy_facts (&(Eyes){ policy, role }, self);
}
