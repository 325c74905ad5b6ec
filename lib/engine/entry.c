/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <string.h>

#include "engine/personal.h"
#include "engine/private.h"
#include "machine/bytes.h"

/* The data of a journal entry, codec 2:
 *
 *   occurred · actor · role · unit · key · reason · name · customer · target · policy hash · params · facts read · effects
 *
 * Codec 1 has no target. Texts may be NULL; `occurred` is a distance from the entry's instant. An advance has neither stamp nor name. */

static const CsvcStamp no_stamp = { 0 };

static void
put_command (GByteArray *out, const CsvcCommand *command, CsvcTime at)
{
  const CsvcStamp *stamp = command->stamp != NULL ? command->stamp : &no_stamp;

  _csvc_bytes_put_time (out, stamp->occurred != 0 ? stamp->occurred : at, at);
  _csvc_bytes_put_text (out, stamp->actor);
  _csvc_bytes_put_text (out, stamp->role);
  _csvc_bytes_put_text (out, stamp->unit);
  _csvc_bytes_put_text (out, stamp->key);
  _csvc_bytes_put_text (out, stamp->reason);
  _csvc_bytes_put_text (out, command->name);
  _csvc_bytes_put_text (out, command->customer);
  _csvc_bytes_put_text (out, command->target);
}

GBytes *
_csvc_entry_encode (const CsvcCommand *command, CsvcTime at, const char *policy, const CsvcFacts *read, const CsvcEffects *effects,
                    guint from)
{
  GByteArray *out = g_byte_array_sized_new (256);

  put_command (out, command, at);
  _csvc_bytes_put_text (out, policy);
  _csvc_bytes_put_facts (out, command->facts);
  _csvc_bytes_put_facts (out, read);
  _csvc_effects_write_bytes (out, effects, from);
  return g_byte_array_free_to_bytes (out);
}

static void
hash16 (gconstpointer data, gsize length, guint8 hash[16])
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize size = sizeof digest;

  g_checksum_update (sum, data, (gssize) length);
  g_checksum_get_digest (sum, digest, &size);
  memcpy (hash, digest, 16);
}

/* Everything but the stamp's `at`, so that a host may try again with a stamp of its own hour. */
void
_csvc_command_digest (const CsvcCommand *command, guint8 digest[16])
{
  g_autoptr (GByteArray) out = g_byte_array_sized_new (128);
  CsvcCommand content = *command;
  CsvcStamp stamp = command->stamp != NULL ? *command->stamp : no_stamp;
  guint8 kind = (guint8) command->type;

  stamp.at = 0;
  content.stamp = &stamp;
  g_byte_array_append (out, &kind, 1);
  put_command (out, &content, 0);
  _csvc_bytes_put_facts (out, command->facts);
  if (command->text != NULL)
    _csvc_bytes_put_text (out, command->text);
  hash16 (out->data, out->len, digest);
}

void
_csvc_command_key (const char *key, guint8 bytes[16])
{
  hash16 (key, strlen (key), bytes);
}

/* ---- Entries in memory ---- */

void
_csvc_entry_free (CsvcEntry *entry)
{
  if (entry == NULL)
    return;
  _csvc_entry_clear (entry);
  g_free (entry);
}

CsvcEntry *
_csvc_entry_copy (const CsvcEntry *entry)
{
  CsvcEntry *copy = g_new (CsvcEntry, 1);

  *copy = *entry;
  copy->stream_key = g_strdup (entry->stream_key);
  copy->data = g_bytes_ref (entry->data);
  return copy;
}

typedef struct {
  gint64     version;
  CsvcEntry *found;
} Search;

static gboolean
look_at (const CsvcEntry *entry, gpointer data)
{
  Search *search = data;

  if (entry->version < search->version)
    return TRUE;
  if (entry->version == search->version)
    search->found = _csvc_entry_copy (entry);
  return FALSE;
}

CsvcEntry *
_csvc_engine_find_entry (CsvcEngine *self, gint64 stream, gint64 version, GError **error)
{
  Search search = { .version = version };

  for (guint i = 0; i < self->unsaved->len; i++)
    {
      const CsvcEntry *entry = g_ptr_array_index (self->unsaved, i);

      if (entry->stream == stream && entry->version == version)
        return _csvc_entry_copy (entry);
    }
  if (!_csvc_store_scan (self->store, stream, 0, 0, look_at, &search, error))
    {
      _csvc_entry_free (search.found);
      return NULL;
    }
  if (search.found == NULL)
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "the journal lacks version %" G_GINT64_FORMAT " of stream %" G_GINT64_FORMAT,
                 version, stream);
  return search.found;
}

/* ---- Reading, and the public face ---- */

struct _CsvcJournalEntry {
  CsvcEntry    entry;
  char        *id;
  CsvcTime     occurred;
  char        *actor, *role, *unit, *key, *reason, *name, *customer, *target, *policy; /* GRefStrings */
  CsvcFacts   *params, *read;
  CsvcEffects *effects;
};

struct _CsvcJournal {
  GPtrArray *entries;
};

void
_csvc_journal_entry_free (CsvcJournalEntry *self)
{
  char **const texts[] = { &self->actor, &self->role, &self->unit,     &self->key,
                           &self->reason, &self->name, &self->customer, &self->target, &self->policy };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_clear_pointer (texts[i], g_ref_string_release);
  g_clear_pointer (&self->params, csvc_facts_unref);
  g_clear_pointer (&self->read, csvc_facts_unref);
  csvc_effects_unref (self->effects);
  _csvc_entry_clear (&self->entry);
  g_free (self->id);
  g_free (self);
}

static void
read_texts (CsvcJournalEntry *self, CsvcReader *reader)
{
  char **const texts[] = { &self->actor,  &self->role, &self->unit,     &self->key,
                           &self->reason, &self->name, &self->customer, &self->target, &self->policy };

  self->occurred = _csvc_reader_time (reader, self->entry.at);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i] != &self->target || self->entry.codec > 1)
      *texts[i] = _csvc_reader_string (reader);
  self->params = _csvc_reader_facts (reader);
  self->read = _csvc_reader_facts (reader);
}

static gboolean
read_entry (CsvcJournalEntry *self, GError **error)
{
  CsvcReader reader;

  if (self->entry.codec < 1 || self->entry.codec > CSVC_ENTRY_CODEC)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "it is of codec %u; this version of libcsvc reads up to codec %d",
                   self->entry.codec, CSVC_ENTRY_CODEC);
      return FALSE;
    }
  _csvc_reader_init_bytes (&reader, self->entry.data);
  read_texts (self, &reader);
  if (!_csvc_reader_finish (&reader, FALSE, "its command", error))
    return FALSE;
  return _csvc_effects_read_bytes (self->effects, &reader.at, reader.end, error) &&
         _csvc_reader_finish (&reader, TRUE, "its end", error);
}

CsvcJournalEntry *
_csvc_journal_entry_new (const CsvcEntry *entry, GError **error)
{
  CsvcJournalEntry *self = g_new0 (CsvcJournalEntry, 1);

  self->entry = *entry;
  self->entry.stream_key = g_strdup (entry->stream_key);
  self->entry.data = g_bytes_ref (entry->data);
  self->id = g_strdup_printf ("%" G_GINT64_FORMAT ".%u", entry->batch, entry->index);
  self->effects = csvc_effects_new ();
  if (read_entry (self, error))
    return self;
  g_prefix_error (error, "journal entry %s: ", self->id);
  _csvc_journal_entry_free (self);
  return NULL;
}

gboolean
_csvc_entry_decode_effects (const CsvcEntry *entry, CsvcEffects *effects, GError **error)
{
  CsvcJournalEntry *decoded = _csvc_journal_entry_new (entry, error);

  if (decoded == NULL)
    return FALSE;
  _csvc_effects_append (effects, decoded->effects);
  _csvc_journal_entry_free (decoded);
  return TRUE;
}

static gboolean
open_loaded (CsvcEngine *self, CsvcJournalEntry *entry, GError **error)
{
  const CsvcEntry *of = &entry->entry;

  return _csvc_engine_open_params (self, of->stream_type, of->stream_key, &entry->params, error) &&
         _csvc_engine_open_effects (self, of->stream_type, of->stream_key, entry->effects, 0, error);
}

gboolean
_csvc_engine_open_entry (CsvcEngine *self, CsvcJournalEntry *entry, GError **error)
{
  gboolean opened, own = self->tx == NULL;

  if (!_csvc_facts_have_seals (entry->params) && !_csvc_effects_have_seals (entry->effects, 0))
    return TRUE;
  if (!_csvc_engine_enter (self, CSVC_TX_READ, error))
    return FALSE;
  opened = open_loaded (self, entry, error);
  if (own)
    _csvc_engine_leave (self, FALSE, NULL);
  if (!opened)
    g_prefix_error (error, "journal entry %s: ", entry->id);
  return opened;
}

/* ---- Following ---- */

typedef struct {
  CsvcEngine  *engine;
  CsvcJournal *journal;
  guint        limit;
  GError      *error;
} Following;

static gboolean
collect (const CsvcEntry *entry, gpointer data)
{
  Following *following = data;
  CsvcJournalEntry *decoded;

  if (following->journal->entries->len >= following->limit)
    return FALSE;
  decoded = _csvc_journal_entry_new (entry, &following->error);
  if (decoded != NULL && !_csvc_engine_open_entry (following->engine, decoded, &following->error))
    g_clear_pointer (&decoded, _csvc_journal_entry_free);
  if (decoded != NULL)
    g_ptr_array_add (following->journal->entries, decoded);
  return decoded != NULL;
}

static gboolean
parse_id (const char *id, gint64 *batch, guint32 *index, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (id, ".", 2);
  guint64 b = 0, i = 0;

  if (g_strv_length (parts) == 2 && g_ascii_string_to_unsigned (parts[0], 10, 1, G_MAXINT64, &b, NULL) &&
      g_ascii_string_to_unsigned (parts[1], 10, 0, G_MAXUINT32, &i, NULL))
    {
      *batch = (gint64) b;
      *index = (guint32) i;
      return TRUE;
    }
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "\"%.60s\" is no id of a journal entry; expected one as in 12.0", id);
  return FALSE;
}

CsvcJournal *
_csvc_engine_follow_stream (CsvcEngine *self, gint64 stream, const char *after, guint limit, GError **error)
{
  g_autoptr (CsvcJournal) journal = g_new0 (CsvcJournal, 1);
  Following following = { .engine = self, .journal = journal, .limit = limit };
  gint64 batch = 0;
  guint32 index = 0;

  journal->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) _csvc_journal_entry_free);
  if (after != NULL && !parse_id (after, &batch, &index, error))
    return NULL;
  if (!_csvc_store_scan (self->store, stream, batch, index, collect, &following, error))
    {
      g_clear_error (&following.error);
      return NULL;
    }
  if (following.error == NULL)
    return g_steal_pointer (&journal);
  g_propagate_error (error, following.error);
  return NULL;
}

CsvcJournal *
csvc_engine_follow (CsvcEngine *self, const char *after, guint limit, GError **error)
{
  g_return_val_if_fail (self != NULL && limit > 0, NULL);

  return _csvc_engine_follow_stream (self, 0, after, limit, error);
}

CsvcJournal *
csvc_engine_follow_case (CsvcEngine *self, const char *id, const char *after, guint limit, GError **error)
{
  g_auto (CsvcHead) head = { 0 };
  gboolean loaded;

  g_return_val_if_fail (self != NULL && id != NULL && limit > 0, NULL);

  if (!_csvc_engine_enter (self, CSVC_TX_READ, error))
    return NULL;
  loaded = _csvc_tx_load (self->tx, CSVC_STREAM_CASE, id, &head, error);
  _csvc_engine_leave (self, FALSE, NULL);
  if (!loaded)
    return NULL;
  if (head.id != 0)
    return _csvc_engine_follow_stream (self, head.id, after, limit, error);
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "there is no case %.255s", id);
  return NULL;
}

CsvcJournal *
_csvc_engine_list_entries (CsvcEngine *self, gint64 stream, GError **error)
{
  g_autoptr (CsvcJournal) journal = _csvc_engine_follow_stream (self, stream, NULL, G_MAXUINT, error);

  for (guint i = 0; journal != NULL && i < self->unsaved->len; i++)
    {
      const CsvcEntry *entry = g_ptr_array_index (self->unsaved, i);
      CsvcJournalEntry *decoded;

      if (entry->stream != stream)
        continue;
      decoded = _csvc_journal_entry_new (entry, error);
      if (decoded == NULL)
        return NULL;
      g_ptr_array_add (journal->entries, decoded);
      if (!_csvc_engine_open_entry (self, decoded, error))
        return NULL;
    }
  return g_steal_pointer (&journal);
}

void
csvc_journal_free (CsvcJournal *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->entries);
  g_free (self);
}

guint
csvc_journal_get_size (const CsvcJournal *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->entries->len;
}

const CsvcJournalEntry *
csvc_journal_get (const CsvcJournal *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->entries->len, NULL);

  return g_ptr_array_index (self->entries, index);
}

const char *
csvc_command_type_to_string (CsvcCommandType type)
{
  static const char *const words[] = {
    [CSVC_COMMAND_OPEN] = "open",
    [CSVC_COMMAND_FIRE] = "fire",
    [CSVC_COMMAND_ADVANCE] = "advance",
    [CSVC_COMMAND_PUT_CUSTOMER] = "put-customer",
    [CSVC_COMMAND_HEAR] = "hear",
    [CSVC_COMMAND_END] = "end",
    [CSVC_COMMAND_ADOPT] = "adopt",
    [CSVC_COMMAND_AMEND] = "amend",
    [CSVC_COMMAND_VOID] = "void",
    [CSVC_COMMAND_UPGRADE] = "upgrade",
    [CSVC_COMMAND_NOTICE] = "notice",
    [CSVC_COMMAND_CLAIM] = "claim",
    [CSVC_COMMAND_REVIEW] = "review",
    [CSVC_COMMAND_SET_TIER] = "set-tier",
    [CSVC_COMMAND_CLEAR_TIER] = "clear-tier",
    [CSVC_COMMAND_USE] = "use",
    [CSVC_COMMAND_RESERVE] = "reserve",
    [CSVC_COMMAND_COMMIT] = "commit",
    [CSVC_COMMAND_RELEASE] = "release",
    [CSVC_COMMAND_GRANT] = "grant",
    [CSVC_COMMAND_ADJUST] = "adjust",
    [CSVC_COMMAND_APPLY] = "apply",
    [CSVC_COMMAND_NOTE_EVENT] = "note-event",
    [CSVC_COMMAND_OPEN_TASK] = "open-task",
    [CSVC_COMMAND_UPDATE_TASK] = "update-task",
    [CSVC_COMMAND_CLOSE_TASK] = "close-task",
    [CSVC_COMMAND_CONTACT] = "contact",
    [CSVC_COMMAND_FORGET] = "forget",
    [CSVC_COMMAND_HOLD] = "hold",
    [CSVC_COMMAND_RELEASE_HOLD] = "release-hold",
  };

  return (guint) type < G_N_ELEMENTS (words) ? words[type] : NULL;
}

/* One getter a member. */
#define GETTER(type_, name_, expression, none) \
  type_ csvc_journal_entry_##name_ (const CsvcJournalEntry *self) \
  { \
    g_return_val_if_fail (self != NULL, none); \
\
    return expression; \
  }

GETTER (const char *, get_id, self->id, NULL)
GETTER (gboolean, is_of_customer, self->entry.stream_type == CSVC_STREAM_CUSTOMER, FALSE)
GETTER (const char *, get_stream, self->entry.stream_key, NULL)
GETTER (gint64, get_version, self->entry.version, 0)
GETTER (CsvcCommandType, get_command, (CsvcCommandType) self->entry.type, (CsvcCommandType) 0)
GETTER (const char *, get_name, self->name, NULL)
GETTER (CsvcTime, get_at, self->entry.at, CSVC_NEVER)
GETTER (CsvcTime, get_occurred, self->occurred, CSVC_NEVER)
GETTER (CsvcTime, get_recorded_at, self->entry.recorded_at, CSVC_NEVER)
GETTER (const char *, get_actor, self->actor, NULL)
GETTER (const char *, get_role, self->role, NULL)
GETTER (const char *, get_unit, self->unit, NULL)
GETTER (const char *, get_key, self->key, NULL)
GETTER (const char *, get_reason, self->reason, NULL)
GETTER (const char *, get_policy, self->policy, NULL)
GETTER (const CsvcFacts *, get_params, self->params, NULL)
GETTER (const CsvcFacts *, get_read, self->read, NULL)
GETTER (const CsvcEffects *, get_effects, self->effects, NULL)

const char *
_csvc_journal_entry_get_customer (const CsvcJournalEntry *self)
{
  return self->customer;
}

const char *
_csvc_journal_entry_get_target (const CsvcJournalEntry *self)
{
  return self->target;
}

/* ---- JSON ---- */

static void
write_text (CsvcJson *json, const char *name, const char *text)
{
  if (text != NULL)
    _csvc_json_string (json, name, text);
}

static void
write_time (CsvcJson *json, const char *name, CsvcTime time)
{
  g_autofree char *text = csvc_time_to_string (time);

  _csvc_json_string (json, name, text);
}

/* What the name in an entry is. */
static const char *
name_member (const CsvcJournalEntry *self)
{
  switch ((CsvcCommandType) self->entry.type)
    {
    case CSVC_COMMAND_OPEN:
      return "kind";
    case CSVC_COMMAND_END:
      return "end";
    case CSVC_COMMAND_UPGRADE:
      return "choice";
    case CSVC_COMMAND_CLAIM:
      return "case";
    case CSVC_COMMAND_SET_TIER:
      return "tier";
    case CSVC_COMMAND_FORGET:
      return "cause";
    case CSVC_COMMAND_HOLD:
    case CSVC_COMMAND_RELEASE_HOLD:
      return "hold";
    case CSVC_COMMAND_OPEN_TASK:
    case CSVC_COMMAND_UPDATE_TASK:
    case CSVC_COMMAND_CLOSE_TASK:
      return "rule";
    case CSVC_COMMAND_CONTACT:
      return "channel";
    default:
      return self->entry.type < CSVC_COMMAND_USE || self->entry.type == CSVC_COMMAND_NOTE_EVENT ? "event" : "account";
    }
}

static void
write_command (CsvcJson *json, const CsvcJournalEntry *self)
{
  write_text (json, "command", csvc_command_type_to_string ((CsvcCommandType) self->entry.type));
  write_text (json, name_member (self), self->name);
  write_text (json, "customer", self->customer);
  write_text (json, self->entry.type == CSVC_COMMAND_OPEN ? "earlier" : "entry", self->target);
  if (self->params != NULL)
    _csvc_facts_write_json (json, "params", self->params);
  write_text (json, "actor", self->actor);
  write_text (json, "role", self->role);
  write_text (json, "unit", self->unit);
  write_text (json, "key", self->key);
  write_text (json, "reason", self->reason);
}

char *
csvc_journal_entry_to_json (const CsvcJournalEntry *self)
{
  GString *out;
  CsvcJson json;

  g_return_val_if_fail (self != NULL, NULL);

  out = g_string_new (NULL);
  _csvc_json_init (&json, out, FALSE);
  _csvc_json_begin_object (&json, NULL);
  _csvc_json_string (&json, "id", self->id);
  _csvc_json_string (&json, "stream-type", self->entry.stream_type == CSVC_STREAM_CUSTOMER ? "customer" : "case");
  _csvc_json_string (&json, "stream", self->entry.stream_key);
  _csvc_json_integer (&json, "version", self->entry.version);
  write_time (&json, "at", self->entry.at);
  write_time (&json, "occurred", self->occurred);
  write_time (&json, "recorded-at", self->entry.recorded_at);
  write_command (&json, self);
  write_text (&json, "policy", self->policy);
  if (self->read != NULL)
    _csvc_facts_write_json (&json, "read", self->read);
  _csvc_json_begin_array (&json, "effects");
  for (guint i = 0; i < csvc_effects_get_size (self->effects); i++)
    _csvc_effect_write_json (&json, csvc_effects_get (self->effects, i));
  _csvc_json_end_array (&json);
  _csvc_json_end_object (&json);
  return g_string_free (out, FALSE);
}
