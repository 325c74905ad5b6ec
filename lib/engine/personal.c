/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "engine/personal.h"
#include "machine/bytes.h"

struct _CsvcVault {
  CsvcStreamType type;
  char          *key;
  GArray        *rows; /* of CsvcPersonal */
};

/* ---- Vaults ---- */

void
_csvc_vaults_free (gpointer data)
{
  CsvcVault *self = data;

  g_free (self->key);
  g_array_unref (self->rows);
  g_free (self);
}

static void
digest_of (const guint8 salt[16], GBytes *value, guint8 digest[32])
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize length, size = 32;
  const guint8 *data = g_bytes_get_data (value, &length);

  g_checksum_update (sum, salt, 16);
  g_checksum_update (sum, data, (gssize) length);
  g_checksum_get_digest (sum, digest, &size);
}

static gboolean
check_rows (const CsvcVault *self, GError **error)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      const CsvcPersonal *row = &g_array_index (self->rows, CsvcPersonal, i);
      guint8 digest[32];

      digest_of (row->salt, row->value, digest);
      if (memcmp (digest, row->digest, sizeof digest) == 0)
        continue;
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "the personal value \"%s\" of %s %s is not what its seal says", row->field,
                   self->type == CSVC_STREAM_CASE ? "case" : "customer", self->key);
      return FALSE;
    }
  return TRUE;
}

/* For the store's calls: what fails there is the end of the transaction. */
static gboolean
lost (CsvcEngine *self, GError *reason, GError **error)
{
  _csvc_engine_lose (self, reason);
  g_propagate_error (error, reason);
  return FALSE;
}

static gboolean
read_vault (CsvcEngine *self, CsvcVault *vault, GError **error)
{
  GError *reason = NULL;

  if (!_csvc_tx_find_personal (self->tx, vault->type, vault->key, vault->rows, &reason))
    return lost (self, reason, error);
  return check_rows (vault, error);
}

CsvcVault *
_csvc_engine_load_vault (CsvcEngine *self, CsvcStreamType type, const char *key, GError **error)
{
  g_autofree char *place = g_strdup_printf ("%d %s", (int) type, key);
  CsvcVault *vault = g_hash_table_lookup (self->vaults, place);

  if (vault != NULL)
    return vault;
  vault = g_new0 (CsvcVault, 1);
  vault->type = type;
  vault->key = g_strdup (key);
  vault->rows = _csvc_personal_rows_new ();
  if (!read_vault (self, vault, error))
    {
      _csvc_vaults_free (vault);
      return NULL;
    }
  g_hash_table_insert (self->vaults, g_steal_pointer (&place), vault);
  return vault;
}

gboolean
_csvc_vault_is_empty (const CsvcVault *self)
{
  return self->rows->len == 0;
}

static const CsvcPersonal *
row_at (const CsvcVault *self, guint i)
{
  return &g_array_index (self->rows, CsvcPersonal, i);
}

GPtrArray *
_csvc_vault_list_fields (const CsvcVault *self)
{
  GPtrArray *fields = g_ptr_array_new ();

  for (guint i = 0; i < self->rows->len; i++)
    if (!g_ptr_array_find_with_equal_func (fields, row_at (self, i)->field, g_str_equal, NULL))
      g_ptr_array_add (fields, row_at (self, i)->field);
  return fields;
}

CsvcTime
_csvc_vault_get_put (const CsvcVault *self, const char *field)
{
  CsvcTime at = CSVC_NEVER;

  for (guint i = 0; i < self->rows->len; i++)
    if (g_str_equal (row_at (self, i)->field, field) && (at == CSVC_NEVER || row_at (self, i)->at > at))
      at = row_at (self, i)->at;
  return at;
}

gboolean
_csvc_engine_erase (CsvcEngine *self, CsvcVault *vault, const char *field, GError **error)
{
  GError *reason = NULL;

  if (!_csvc_tx_erase_personal (self->tx, vault->type, vault->key, field, &reason))
    return lost (self, reason, error);
  for (guint i = vault->rows->len; i > 0; i--)
    if (field == NULL || g_str_equal (row_at (vault, i - 1)->field, field))
      g_array_remove_index (vault->rows, i - 1);
  return TRUE;
}

/* ---- Seals ---- */

static GBytes *
bytes_of (const CsvcValue *value)
{
  GByteArray *out = g_byte_array_new ();

  _csvc_bytes_put_value (out, value);
  return g_byte_array_free_to_bytes (out);
}

static const CsvcPersonal *
find_value (const CsvcVault *self, const char *field, GBytes *value)
{
  for (guint i = 0; i < self->rows->len; i++)
    if (g_str_equal (row_at (self, i)->field, field) && g_bytes_equal (row_at (self, i)->value, value))
      return row_at (self, i);
  return NULL;
}

static void
write_seal (const guint8 digest[32], char text[8 + 64])
{
  strcpy (text, CSVC_SEALED_MARK);
  for (guint i = 0; i < 32; i++)
    g_snprintf (text + 7 + 2 * i, 3, "%02x", digest[i]);
}

static const CsvcPersonal *
find_seal (const CsvcVault *self, const char *seal)
{
  const char *digits = seal + strlen (CSVC_SEALED_MARK);
  guint8 digest[32];

  for (guint i = 0; i < 32; i++)
    digest[i] = (guint8) (g_ascii_xdigit_value (digits[2 * i]) << 4 | g_ascii_xdigit_value (digits[2 * i + 1]));
  for (guint i = 0; i < self->rows->len; i++)
    if (memcmp (row_at (self, i)->digest, digest, sizeof digest) == 0)
      return row_at (self, i);
  return NULL;
}

static void
replace_by_seal (CsvcValue *value, const CsvcPersonal *row)
{
  char text[8 + 64];

  write_seal (row->digest, text);
  _csvc_value_clear (value);
  _csvc_value_set_string (value, CSVC_TYPE_SEALED, text);
}

/* (transfer none): the same value has the same seal as long as it is kept, so that a command that comes again is known. */
static const CsvcPersonal *
keep_value (CsvcEngine *self, CsvcVault *vault, const char *field, GBytes *value, CsvcTime at, GError **error)
{
  const CsvcPersonal *found = find_value (vault, field, value);
  CsvcPersonal row = { .at = at };
  GError *reason = NULL;

  if (found != NULL)
    return found;
  if (getentropy (row.salt, sizeof row.salt) != 0)
    {
      g_set_error (&reason, CSVC_ERROR, CSVC_ERROR_IO, "no random numbers for a personal value: %s", g_strerror (errno));
      lost (self, reason, error);
      return NULL;
    }
  digest_of (row.salt, value, row.digest);
  row.field = g_strdup (field);
  row.value = g_bytes_ref (value);
  if (!_csvc_tx_add_personal (self->tx, vault->type, vault->key, &row, &reason))
    {
      _csvc_personal_clear (&row);
      lost (self, reason, error);
      return NULL;
    }
  g_array_append_val (vault->rows, row);
  return row_at (vault, vault->rows->len - 1);
}

/* ---- Going through what holds values ---- */

typedef struct _Passage Passage;

/* FALSE: it failed. *changed TRUE: @value is another one. */
typedef gboolean (*Treat) (const Passage *self, const char *name, CsvcValue *value, gboolean *changed, GError **error);

struct _Passage {
  CsvcEngine *engine;
  CsvcVault  *vault;
  GHashTable *names; /* of personal facts: a policy's masks */
  CsvcTime    at;
  CsvcCensus *census;
  Treat       treat;
};

static gboolean
is_sealable (const CsvcValue *value)
{
  return value->type != CSVC_TYPE_UNKNOWN && value->type != CSVC_TYPE_NULL && value->type != CSVC_TYPE_SEALED;
}

static gboolean
seal (const Passage *self, const char *name, CsvcValue *value, gboolean *changed, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  const CsvcPersonal *row;

  if (!is_sealable (value) || !g_hash_table_contains (self->names, name))
    return TRUE;
  bytes = bytes_of (value);
  row = keep_value (self->engine, self->vault, name, bytes, self->at, error);
  if (row == NULL)
    return FALSE;
  replace_by_seal (value, row);
  return *changed = TRUE;
}

static gboolean
seal_again (const Passage *self, const char *name, CsvcValue *value, gboolean *changed, GError **error)
{
  g_autoptr (GBytes) bytes = is_sealable (value) ? bytes_of (value) : NULL;
  const CsvcPersonal *row = bytes != NULL ? find_value (self->vault, name, bytes) : NULL;

  if (row != NULL)
    replace_by_seal (value, row);
  *changed |= row != NULL;
  return TRUE;
}

static void
open_row (const CsvcPersonal *row, CsvcValue *value)
{
  CsvcReader reader;

  _csvc_value_clear (value);
  _csvc_reader_init_bytes (&reader, row->value);
  _csvc_reader_value (&reader, value);
}

static gboolean
open_seal (const Passage *self, const char *name, CsvcValue *value, gboolean *changed, GError **error)
{
  const CsvcPersonal *row = value->type == CSVC_TYPE_SEALED ? find_seal (self->vault, value->u.s) : NULL;

  if (row != NULL)
    open_row (row, value);
  *changed |= row != NULL;
  return TRUE;
}

/* @facts (inout): new ones when something changes. */
static gboolean
pass_facts (const Passage *self, CsvcFacts **facts, GError **error)
{
  g_autoptr (CsvcFacts) passed = csvc_facts_new ();
  gboolean changed = FALSE;

  for (guint i = 0; *facts != NULL && i < csvc_facts_get_size (*facts); i++)
    {
      const char *name = csvc_facts_get_name (*facts, i);
      g_auto (CsvcValue) value = CSVC_VALUE_UNKNOWN;

      _csvc_value_init_copy (&value, csvc_facts_get_value (*facts, i));
      if (!self->treat (self, name, &value, &changed, error))
        return FALSE;
      csvc_facts_set (passed, name, &value);
    }
  if (changed)
    {
      csvc_facts_unref (*facts);
      *facts = g_steal_pointer (&passed);
    }
  return TRUE;
}

static gboolean
pass_records (const Passage *self, GArray *facts, gboolean *changed, GError **error)
{
  for (guint i = 0; i < facts->len; i++)
    {
      CsvcFactRecord *fact = &g_array_index (facts, CsvcFactRecord, i);

      if (!self->treat (self, fact->id, &fact->value, changed, error))
        return FALSE;
    }
  return TRUE;
}

static char *
write_record (const CsvcRecord *record)
{
  GString *out = g_string_new (NULL);
  CsvcJson json;

  _csvc_json_init (&json, out, FALSE);
  _csvc_record_write_json (&json, record);
  return g_string_free (out, FALSE);
}

/* The JSON of a case, maybe one that a host wrote. (transfer full): NULL, also without an error: nothing changes. */
static char *
pass_text (const Passage *self, const char *text, GError **error)
{
  g_auto (CsvcRecord) record = { 0 };
  gboolean changed = FALSE;

  _csvc_record_init (&record);
  if (!_csvc_record_read_json (&record, text, NULL))
    return NULL;
  return pass_records (self, record.facts, &changed, error) && changed ? write_record (&record) : NULL;
}

static gboolean
pass_effect (const Passage *self, CsvcEffects *effects, guint i, GError **error)
{
  CsvcEffect *effect = _csvc_effects_edit (effects, i);
  GError *reason = NULL;
  gboolean changed = FALSE;

  if (effect->type == CSVC_EFFECT_RESTATED)
    {
      g_autofree char *text = pass_text (self, effect->text, &reason);

      if (text != NULL)
        effect->text = _csvc_effects_keep (effects, text);
      if (reason != NULL)
        g_propagate_error (error, reason);
      return reason == NULL;
    }
  if ((effect->type == CSVC_EFFECT_FACT_SET || effect->type == CSVC_EFFECT_CUSTOMER_PUT) &&
      !self->treat (self, effect->subject, &effect->value, &changed, error))
    return FALSE;
  return effect->arguments == NULL || pass_facts (self, &effect->arguments, error);
}

static gboolean
pass_effects (const Passage *self, CsvcEffects *effects, guint from, GError **error)
{
  for (guint i = from; i < csvc_effects_get_size (effects); i++)
    if (!pass_effect (self, effects, i, error))
      return FALSE;
  return TRUE;
}

/* ---- Into the journal ---- */

void
_csvc_sealed_clear (CsvcSealed *self)
{
  csvc_effects_unref (self->effects);
  g_clear_pointer (&self->facts, csvc_facts_unref);
  g_free (self->text);
  *self = (CsvcSealed){ 0 };
}

static gboolean
pass_command (const Passage *self, CsvcSealed *sealed, GError **error)
{
  CsvcCommand *command = &sealed->command;
  GError *reason = NULL;

  if (command->facts != NULL)
    {
      sealed->facts = csvc_facts_ref ((CsvcFacts *) command->facts);
      if (!pass_facts (self, &sealed->facts, error))
        return FALSE;
      command->facts = sealed->facts;
    }
  if (command->text == NULL)
    return TRUE;
  sealed->text = pass_text (self, command->text, &reason);
  if (sealed->text != NULL)
    command->text = sealed->text;
  if (reason != NULL)
    g_propagate_error (error, reason);
  return reason == NULL;
}

gboolean
_csvc_engine_seal (CsvcEngine *self, CsvcPolicy *policy, CsvcStreamType type, const char *key, const CsvcCommand *command,
                   const CsvcEffects *effects, guint from, CsvcTime at, CsvcSealed *sealed, GError **error)
{
  Passage passage = { .engine = self, .names = policy->masks, .at = at, .treat = seal };

  *sealed = (CsvcSealed){ .command = *command, .effects = csvc_effects_ref ((CsvcEffects *) effects), .from = from };
  if (passage.names == NULL)
    return TRUE;
  passage.vault = _csvc_engine_load_vault (self, type, key, error);
  if (passage.vault == NULL)
    return FALSE;
  csvc_effects_unref (sealed->effects);
  sealed->effects = csvc_effects_new ();
  sealed->from = 0;
  _csvc_effects_append_some (sealed->effects, effects, from, NULL);
  return pass_command (&passage, sealed, error) && pass_effects (&passage, sealed->effects, 0, error);
}

gboolean
_csvc_engine_seal_again (CsvcEngine *self, const CsvcCommand *command, CsvcSealed *sealed, GError **error)
{
  Passage passage = { .engine = self, .treat = seal_again };

  *sealed = (CsvcSealed){ .command = *command };
  passage.vault = _csvc_engine_load_vault (self, command->stream, command->id, error);
  return passage.vault != NULL && pass_command (&passage, sealed, error);
}

static void
follow_fact (GHashTable *seals, const char *name, const CsvcValue *value)
{
  if (value->type == CSVC_TYPE_SEALED)
    g_hash_table_insert (seals, g_strdup (name), g_strdup (value->u.s));
  else
    g_hash_table_remove (seals, name);
}

static void
follow_facts (GHashTable *seals, const GArray *facts)
{
  g_hash_table_remove_all (seals);
  for (guint i = 0; i < facts->len; i++)
    {
      const CsvcFactRecord *fact = &g_array_index (facts, CsvcFactRecord, i);

      follow_fact (seals, fact->id, &fact->value);
    }
}

static void
follow_restated (GHashTable *seals, const char *text)
{
  g_auto (CsvcRecord) record = { 0 };

  _csvc_record_init (&record);
  if (_csvc_record_from_json (&record, text, NULL))
    follow_facts (seals, record.facts);
}

void
_csvc_seals_follow (GHashTable **seals, const CsvcSealed *sealed)
{
  if (*seals == NULL && !_csvc_effects_have_seals (sealed->effects, sealed->from))
    return;
  if (*seals == NULL)
    *seals = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = sealed->from; i < csvc_effects_get_size (sealed->effects); i++)
    {
      const CsvcEffect *effect = csvc_effects_get (sealed->effects, i);

      if (effect->type == CSVC_EFFECT_FACT_SET)
        follow_fact (*seals, effect->subject, &effect->value);
      else if (effect->type == CSVC_EFFECT_RESTATED)
        follow_restated (*seals, effect->text);
      else if (effect->type == CSVC_EFFECT_FORGOTTEN)
        g_hash_table_remove (*seals, effect->subject);
    }
}

GBytes *
_csvc_case_seal_state (const CsvcCase *self, GHashTable *seals)
{
  g_auto (CsvcRecord) record = { 0 };

  if (seals == NULL || g_hash_table_size (seals) == 0)
    return csvc_case_to_bytes (self);
  _csvc_case_write_record (self, &record);
  for (guint i = 0; i < record.facts->len; i++)
    {
      CsvcFactRecord *fact = &g_array_index (record.facts, CsvcFactRecord, i);
      const char *text = g_hash_table_lookup (seals, fact->id);

      if (text == NULL)
        continue;
      _csvc_value_clear (&fact->value);
      _csvc_value_set_string (&fact->value, CSVC_TYPE_SEALED, text);
    }
  return _csvc_record_to_bytes (&record);
}

/* ---- Out of it ---- */

gboolean
_csvc_has_seals (const GArray *facts)
{
  for (guint i = 0; i < facts->len; i++)
    if (g_array_index (facts, CsvcFactRecord, i).value.type == CSVC_TYPE_SEALED)
      return TRUE;
  return FALSE;
}

void
_csvc_vault_open_facts (const CsvcVault *vault, GArray *facts)
{
  for (guint i = facts->len; i > 0; i--)
    {
      CsvcFactRecord *fact = &g_array_index (facts, CsvcFactRecord, i - 1);
      const CsvcPersonal *row = vault != NULL && fact->value.type == CSVC_TYPE_SEALED ? find_seal (vault, fact->value.u.s) : NULL;

      if (row != NULL)
        open_row (row, &fact->value);
      else if (fact->value.type == CSVC_TYPE_SEALED)
        g_array_remove_index (facts, i - 1);
    }
}

CsvcCase *
_csvc_engine_read_case (CsvcEngine *self, const CsvcHead *head, CsvcPolicy *policy, GHashTable **seals, GError **error)
{
  g_auto (CsvcRecord) record = { 0 };
  CsvcVault *vault;

  *seals = NULL;
  _csvc_record_init (&record);
  if (!_csvc_record_from_bytes (&record, head->state, error))
    return NULL;
  if (_csvc_has_seals (record.facts))
    {
      vault = _csvc_engine_load_vault (self, CSVC_STREAM_CASE, head->key, error);
      if (vault == NULL)
        return NULL;
      *seals = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
      follow_facts (*seals, record.facts);
      _csvc_vault_open_facts (vault, record.facts);
    }
  return _csvc_case_new_from_record (policy, &record, error);
}

gboolean
_csvc_facts_have_seals (const CsvcFacts *facts)
{
  for (guint i = 0; facts != NULL && i < csvc_facts_get_size (facts); i++)
    if (csvc_facts_get_value (facts, i)->type == CSVC_TYPE_SEALED)
      return TRUE;
  return FALSE;
}

gboolean
_csvc_effects_have_seals (const CsvcEffects *effects, guint from)
{
  for (guint i = from; i < csvc_effects_get_size (effects); i++)
    {
      const CsvcEffect *effect = csvc_effects_get (effects, i);

      if (effect->value.type == CSVC_TYPE_SEALED || _csvc_facts_have_seals (effect->arguments) ||
          (effect->type == CSVC_EFFECT_RESTATED && strstr (effect->text, CSVC_SEALED_MARK) != NULL))
        return TRUE;
    }
  return FALSE;
}

gboolean
_csvc_engine_open_effects (CsvcEngine *self, CsvcStreamType type, const char *key, CsvcEffects *effects, guint from, GError **error)
{
  Passage passage = { .engine = self, .treat = open_seal };

  if (!_csvc_effects_have_seals (effects, from))
    return TRUE;
  passage.vault = _csvc_engine_load_vault (self, type, key, error);
  return passage.vault != NULL && pass_effects (&passage, effects, from, error);
}

gboolean
_csvc_engine_open_params (CsvcEngine *self, CsvcStreamType type, const char *key, CsvcFacts **facts, GError **error)
{
  Passage passage = { .engine = self, .treat = open_seal };

  if (!_csvc_facts_have_seals (*facts))
    return TRUE;
  passage.vault = _csvc_engine_load_vault (self, type, key, error);
  return passage.vault != NULL && pass_facts (&passage, facts, error);
}

/* ---- Counting ---- */

static gboolean
count_seal (const Passage *self, const char *name, CsvcValue *value, gboolean *changed, GError **error)
{
  CsvcCensus *census = self->census;

  if (value->type != CSVC_TYPE_SEALED || !g_hash_table_add (census->seen, g_strdup (value->u.s)))
    return TRUE;
  if (find_seal (self->vault, value->u.s) != NULL)
    census->n_kept++;
  else
    census->n_gone++;
  return TRUE;
}

gboolean
_csvc_engine_count_seals (CsvcEngine *self, const CsvcEntry *entry, CsvcCensus *census, GError **error)
{
  Passage passage = { .engine = self, .census = census, .treat = count_seal };
  CsvcJournalEntry *decoded = _csvc_journal_entry_new (entry, error);
  CsvcFacts *params;
  gboolean counted;

  if (decoded == NULL)
    return FALSE;
  params = (CsvcFacts *) csvc_journal_entry_get_params (decoded);
  passage.vault = _csvc_engine_load_vault (self, entry->stream_type, entry->stream_key, error);
  counted = passage.vault != NULL && pass_facts (&passage, &params, error) &&
            pass_effects (&passage, (CsvcEffects *) csvc_journal_entry_get_effects (decoded), 0, error);
  _csvc_journal_entry_free (decoded);
  return counted;
}
