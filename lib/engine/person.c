/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <string.h>

#include "engine/personal.h"
#include "engine/private.h"
#include "machine/customer.h"

/* Customers in the open transaction. There is one record of each, whole, as it is stored: facts and accounts of every version of the policy. What the machine
 * works on is a view of it under one policy, made for each command:
 *
 *   record ──view (policy)──▶ CsvcCustomer ──a command, or a case that uses an account──▶ effects ──fold──▶ record ──▶ store
 *                                                                                            └──▶ its open cases notice
 *
 * A case holds a view, too, which is made anew when the record has changed since. */

static void
person_free (gpointer data)
{
  CsvcPerson *self = data;

  _csvc_head_clear (&self->head);
  _csvc_customer_record_clear (&self->record);
  g_free (self);
}

GHashTable *
_csvc_persons_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, NULL, person_free);
}

static gboolean
read_record (CsvcPerson *self, GError **error)
{
  if (_csvc_customer_record_from_bytes (&self->record, self->head.state, error))
    return TRUE;
  g_prefix_error (error, "customer %s: ", self->head.key);
  return FALSE;
}

CsvcPerson *
_csvc_engine_take_person (CsvcEngine *self, CsvcHead *head, GError **error)
{
  CsvcPerson *person = g_hash_table_lookup (self->persons, head->key);

  if (person != NULL)
    return person;
  person = g_new0 (CsvcPerson, 1);
  person->head = *head;
  *head = (CsvcHead){ 0 };
  _csvc_customer_record_init (&person->record);
  if (person->head.id != 0 && !read_record (person, error))
    {
      person_free (person);
      return NULL;
    }
  person->free_from = _csvc_record_free_from (&person->record);
  if (person->record.id == NULL)
    person->record.id = g_ref_string_new (person->head.key);
  if (_csvc_has_seals (person->record.facts))
    {
      person->vault = _csvc_engine_load_vault (self, CSVC_STREAM_CUSTOMER, person->head.key, error);
      if (person->vault == NULL)
        {
          person_free (person);
          return NULL;
        }
    }
  g_hash_table_replace (self->persons, person->head.key, person);
  return person;
}

CsvcPerson *
_csvc_engine_load_person (CsvcEngine *self, const char *id, GError **error)
{
  CsvcPerson *person = g_hash_table_lookup (self->persons, id);
  g_auto (CsvcHead) head = { 0 };
  GError *reason = NULL;

  if (person != NULL)
    return person;
  if (!_csvc_tx_load (self->tx, CSVC_STREAM_CUSTOMER, id, &head, &reason))
    {
      _csvc_engine_lose (self, reason);
      g_propagate_error (error, reason);
      return NULL;
    }
  if (head.id == 0)
    {
      head = (CsvcHead){ .type = CSVC_STREAM_CUSTOMER, .at = CSVC_TIME_MIN, .due = CSVC_NEVER, .open = TRUE };
      head.key = g_strdup (id);
    }
  return _csvc_engine_take_person (self, &head, error);
}

void
_csvc_engine_drop_person (CsvcEngine *self, const char *id)
{
  g_hash_table_remove (self->persons, id);
}

CsvcCustomer *
_csvc_person_view (const CsvcPerson *self, CsvcPolicy *policy)
{
  g_auto (CsvcCustomerRecord) copy;

  _csvc_customer_record_copy (&copy, &self->record);
  _csvc_vault_open_facts (self->vault, copy.facts);
  return _csvc_customer_new_from_record (policy, &copy);
}

CsvcCustomer *
_csvc_customer_view_of (CsvcPolicy *policy, GBytes *state, const struct _CsvcVault *vault, GError **error)
{
  g_auto (CsvcCustomerRecord) record;

  _csvc_customer_record_init (&record);
  if (!_csvc_customer_record_from_bytes (&record, state, error))
    return NULL;
  _csvc_vault_open_facts (vault, record.facts);
  return _csvc_customer_new_from_record (policy, &record);
}

CsvcCustomer *
_csvc_engine_load_customer (CsvcEngine *self, CsvcPolicy *policy, const char *id, GError **error)
{
  CsvcPerson *person;

  if (!_csvc_id_check (id, "a customer's number", error))
    return NULL;
  person = _csvc_engine_load_person (self, id, error);
  return person != NULL ? _csvc_person_view (person, policy) : NULL;
}

guint
_csvc_engine_count_changes (CsvcEngine *self, const char *id)
{
  const CsvcPerson *person = id != NULL ? g_hash_table_lookup (self->persons, id) : NULL;

  return person != NULL ? person->n_changes : 0;
}

gboolean
_csvc_engine_refresh (CsvcEngine *self, CsvcWork *work, GError **error)
{
  const char *id = csvc_case_get_customer (work->self);
  CsvcPerson *person;

  if (id == NULL)
    return TRUE;
  person = _csvc_engine_load_person (self, id, error);
  if (person == NULL)
    return FALSE;
  if (work->customer != NULL && work->seen == person->n_changes)
    return TRUE;
  csvc_customer_free (work->customer);
  work->customer = _csvc_person_view (person, csvc_case_get_policy (work->self));
  work->seen = person->n_changes;
  return TRUE;
}

/* ---- Putting ---- */

/* The policy by which the customer's time passes: the engine's, or the one under which they were put last. */
CsvcPolicy *
_csvc_person_find_policy (CsvcEngine *self, const CsvcPerson *person, GError **error)
{
  if (self->policy != NULL)
    return self->policy;
  if (person->head.policy != NULL)
    return _csvc_engine_find_policy (self, person->head.policy, error);
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "this engine has no policy, and customer %s was never put under one", person->head.key);
  return NULL;
}

CsvcTime
_csvc_person_due (const CsvcCustomer *view)
{
  CsvcTime wake = csvc_customer_get_next_wake (view);

  return wake != CSVC_NEVER ? wake - CSVC_MICROSECOND : CSVC_NEVER;
}

/* @view: the person, under the policy by which their time passes. */
static void
write_head (CsvcPerson *person, const CsvcCustomer *view, CsvcTime at)
{
  CsvcHead *head = &person->head;

  head->at = MAX (head->at, at);
  head->due = _csvc_person_due (view);
  head->codec = CSVC_CUSTOMER_CODEC;
  head->open = TRUE;
  g_clear_pointer (&head->state, g_bytes_unref);
  head->state = _csvc_customer_record_to_bytes (&person->record);
  _csvc_engine_set (&head->policy, csvc_policy_get_hash (csvc_customer_get_policy (view)));
}

/* Does it change what a sweep may ask for? */
static gboolean
changes_columns (const CsvcEffects *own)
{
  for (guint i = 0; i < csvc_effects_get_size (own); i++)
    switch ((CsvcEffectType) csvc_effects_get (own, i)->type)
      {
      case CSVC_EFFECT_CUSTOMER_PUT:
      case CSVC_EFFECT_TIER:
      case CSVC_EFFECT_TIER_SET:
        return TRUE;
      default:
        break;
      }
  return FALSE;
}

/* Those of @effects that are of a customer. */
static CsvcEffects *
select_effects (const CsvcEffects *effects, guint from)
{
  CsvcEffects *selected = csvc_effects_new ();

  _csvc_effects_append_some (selected, effects, from, _csvc_effect_is_customers);
  return selected;
}

static gboolean
seal (CsvcEngine *self, CsvcPerson *person, const CsvcCommand *command, const CsvcEffects *effects, guint from, CsvcTime at, CsvcSealed *sealed,
      GError **error)
{
  g_autoptr (CsvcEffects) own = select_effects (effects, from);
  CsvcPolicy *policy = _csvc_person_find_policy (self, person, error);

  if (policy == NULL || !_csvc_engine_seal (self, policy, CSVC_STREAM_CUSTOMER, person->head.key, command, own, 0, at, sealed, error))
    return FALSE;
  if (policy->masks != NULL)
    person->vault = _csvc_engine_load_vault (self, CSVC_STREAM_CUSTOMER, person->head.key, error);
  return TRUE;
}

static gboolean
put_entry (CsvcEngine *self, CsvcPerson *person, const CsvcSealed *sealed, CsvcTime at, CsvcTime recorded_at, GError **error)
{
  CsvcPolicy *policy = _csvc_person_find_policy (self, person, error);
  g_autoptr (CsvcCustomer) view = policy != NULL ? _csvc_person_view (person, policy) : NULL;
  const CsvcTime free_from = _csvc_record_free_from (&person->record);
  g_auto (CsvcColumnValues) own = { 0 };
  g_autoptr (GArray) columns = NULL;
  CsvcEntry entry;

  if (view == NULL)
    return FALSE;
  if (person->head.id == 0 || changes_columns (sealed->effects) || free_from != person->free_from ||
      g_strcmp0 (person->head.policy, csvc_policy_get_hash (policy)) != 0)
    columns = _csvc_person_list_columns (view, &own);
  person->free_from = free_from;
  write_head (person, view, at);
  _csvc_entry_init (&entry, &sealed->command, recorded_at);
  entry.data = _csvc_entry_encode (&sealed->command, person->head.at, person->head.policy, NULL, sealed->effects, sealed->from);
  return _csvc_engine_put (self, &person->head, &entry, NULL, columns, error);
}

gboolean
_csvc_engine_put_person (CsvcEngine *self, CsvcPerson *person, const CsvcCommand *command, CsvcTime at, CsvcTime recorded_at,
                         const CsvcEffects *effects, guint from, GError **error)
{
  g_auto (CsvcSealed) sealed = { 0 };

  person->n_changes++;
  return seal (self, person, command, effects, from, at, &sealed, error) &&
         _csvc_customer_record_fold (&person->record, sealed.effects, error) && put_entry (self, person, &sealed, at, recorded_at, error);
}

gboolean
_csvc_engine_absorb (CsvcEngine *self, CsvcWork *work, const CsvcEffects *effects, guint from, GError **error)
{
  g_autoptr (CsvcEffects) own = select_effects (effects, from);
  CsvcPerson *person;

  if (csvc_effects_get_size (own) == 0)
    return TRUE;
  person = _csvc_engine_load_person (self, csvc_case_get_customer (work->self), error);
  if (person == NULL || !_csvc_customer_record_fold (&person->record, own, error))
    return FALSE;
  work->seen = ++person->n_changes;
  return TRUE;
}

gboolean
_csvc_engine_put_claims (CsvcEngine *self, const CsvcWork *work, CsvcTime recorded_at, const CsvcEffects *effects, guint from, GError **error)
{
  const CsvcCommand command = { .type = CSVC_COMMAND_CLAIM, .stream = CSVC_STREAM_CUSTOMER, .id = csvc_case_get_customer (work->self),
                                .name = work->head.key };
  CsvcPerson *person = _csvc_engine_load_person (self, command.id, error);
  const CsvcTime at = csvc_case_get_last_at (work->self);
  g_auto (CsvcSealed) sealed = { 0 };

  /* Never put by anybody, and the engine has no policy: the case's is theirs. */
  if (person != NULL && self->policy == NULL && person->head.policy == NULL)
    _csvc_engine_set (&person->head.policy, csvc_policy_get_hash (csvc_case_get_policy (work->self)));
  return person != NULL && seal (self, person, &command, effects, from, at, &sealed, error) &&
         put_entry (self, person, &sealed, at, recorded_at, error);
}

/* ---- Cases notice ---- */

gboolean
_csvc_effect_is_noticed (const CsvcEffect *effect)
{
  switch ((CsvcEffectType) effect->type)
    {
    case CSVC_EFFECT_CUSTOMER_PUT:
    case CSVC_EFFECT_TIER:
    case CSVC_EFFECT_TIER_SET:
    case CSVC_EFFECT_APPLIED:
    case CSVC_EFFECT_HAPPENED:
      return TRUE;
    default:
      return FALSE;
    }
}

/* Does the kind's conditions read any of what changed? */
static gboolean
is_read (CsvcEngine *self, const CsvcKind *kind, const CsvcEffects *effects, guint from)
{
  for (guint i = from; i < csvc_effects_get_size (effects); i++)
    {
      const CsvcEffect *effect = csvc_effects_get (effects, i);

      if (_csvc_effect_is_noticed (effect) &&
          _csvc_engine_kind_reads (self, kind, effect->type == CSVC_EFFECT_CUSTOMER_PUT ? effect->subject : NULL))
        return TRUE;
    }
  return FALSE;
}

static gboolean
notice (CsvcEngine *self, CsvcWork *work, CsvcTime at, CsvcTime recorded_at, CsvcEffects *effects, GError **error)
{
  const CsvcCommand command = { .type = CSVC_COMMAND_NOTICE, .stream = CSVC_STREAM_CASE, .id = work->head.key };
  guint from;

  if (!_csvc_engine_advance_family (self, work, at, recorded_at, effects, error))
    return FALSE;
  if (csvc_case_has_ended (work->self))
    return TRUE;
  from = csvc_effects_get_size (effects);
  if (!_csvc_engine_refresh (self, work, error) ||
      !_csvc_case_notice (work->self, work->customer, MAX (at, csvc_case_get_last_at (work->self)), effects, error))
    return FALSE;
  return csvc_effects_get_size (effects) == from || _csvc_engine_settle (self, work, &command, recorded_at, effects, from, error);
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  return strcmp (((const CsvcHead *) a)->key, ((const CsvcHead *) b)->key);
}

/* (transfer full): heads of the customer's open cases, by number. */
static GArray *
find_cases (CsvcEngine *self, const char *customer, GError **error)
{
  CsvcFind find = { .index = CSVC_FIND_CUSTOMER, .type = CSVC_STREAM_CASE, .text = customer, .open_only = TRUE, .limit = G_MAXINT32 };
  g_autoptr (GArray) heads = _csvc_heads_new ();
  GError *reason = NULL;

  if (!_csvc_tx_find (self->tx, &find, heads, &reason))
    {
      _csvc_engine_lose (self, reason);
      g_propagate_error (error, reason);
      return NULL;
    }
  g_array_sort (heads, compare_keys);
  return g_steal_pointer (&heads);
}

static gboolean
notice_case (CsvcEngine *self, const char *id, const CsvcEffects *changes, CsvcTime at, CsvcTime recorded_at, CsvcEffects *effects,
             GError **error)
{
  CsvcWork *work;

  if (!_csvc_engine_load (self, id, &work, error))
    return FALSE;
  if (work == NULL || csvc_case_has_ended (work->self) || !is_read (self, work->self->kind, changes, 0))
    return TRUE;
  return notice (self, work, at, recorded_at, effects, error);
}

gboolean
_csvc_engine_tell_cases (CsvcEngine *self, const CsvcPerson *person, CsvcTime at, CsvcTime recorded_at, CsvcEffects *effects, guint from,
                         GError **error)
{
  g_autoptr (CsvcEffects) changes = csvc_effects_new ();
  g_autofree char *id = g_strdup (person->head.key);
  g_autoptr (GArray) heads = NULL;

  _csvc_effects_append_some (changes, effects, from, _csvc_effect_is_noticed);
  if (csvc_effects_get_size (changes) == 0)
    return TRUE;
  heads = find_cases (self, id, error);
  for (guint i = 0; heads != NULL && i < heads->len; i++)
    if (!notice_case (self, g_array_index (heads, CsvcHead, i).key, changes, at, recorded_at, effects, error))
      return FALSE;
  return heads != NULL;
}

/* ---- Time ---- */

gboolean
_csvc_engine_advance_person (CsvcEngine *self, CsvcPerson *person, CsvcTime now, CsvcTime recorded_at, CsvcEffects *effects, GError **error)
{
  g_autofree char *id = g_strdup (person->head.key);
  const CsvcCommand command = { .type = CSVC_COMMAND_ADVANCE, .stream = CSVC_STREAM_CUSTOMER, .id = id };
  CsvcPolicy *policy = _csvc_person_find_policy (self, person, error);
  g_autoptr (CsvcCustomer) view = policy != NULL ? _csvc_person_view (person, policy) : NULL;
  guint from = csvc_effects_get_size (effects);

  if (view == NULL || !csvc_customer_advance (view, now, effects, error))
    {
      g_prefix_error (error, "customer %s: ", id);
      return FALSE;
    }
  /* Also without effects: under another version of the policy it may be due at another time. */
  if (!_csvc_engine_put_person (self, person, &command, now, recorded_at, effects, from, error))
    return FALSE;
  if (person->head.due < now - CSVC_MICROSECOND)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "customer %s is due for ever; verify the store", id);
      return FALSE;
    }
  return _csvc_engine_tell_cases (self, person, now, recorded_at, effects, from, error);
}

/* What time has brought stands, even if the command that follows is refused. */
gboolean
_csvc_engine_catch_up (CsvcEngine *self, CsvcPerson *person, CsvcTime now, CsvcEffects *effects, GError **error)
{
  while (person->head.due < now)
    if (!_csvc_engine_advance_person (self, person, person->head.due + CSVC_MICROSECOND, now, effects, error))
      return FALSE;
  return TRUE;
}
