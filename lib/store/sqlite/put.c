/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Putting a change: head, entries, promises. For the usual change of a stored case that is one look at the old head, one at
 * its promises, one update that touches no index, and one insert an entry. */

#include "config.h"

#include "store/backends.h"
#include "store/sqlite/sqlite.h"

#include <string.h>

typedef struct {
  gint64   id, version;  /* 0: there is none */
  gboolean same_due;     /* and turn */
  gboolean same_columns; /* of those in an index, but for due */
} OldHead;

static gboolean
same_text (CsvcRow *row, int i, const char *text)
{
  g_autofree char *old = _csvc_row_text (row, i);

  return g_strcmp0 (old, text) == 0;
}

static gboolean
read_old_head (CsvcConnection *connection, const CsvcHead *head, OldHead *old, GError **error)
{
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (connection, QUERY_OLD_HEAD, error);
  CsvcRow row = { statement, FALSE };
  gboolean found;

  if (statement == NULL)
    return FALSE;
  _csvc_bind_int (connection, statement, 1, head->type);
  _csvc_bind_text (connection, statement, 2, head->key);
  if (!_csvc_connection_step (connection, statement, &found, error))
    return FALSE;

  memset (old, 0, sizeof *old);
  if (!found)
    return TRUE;
  old->id = _csvc_row_int (&row, 0, 1, G_MAXINT64);
  old->version = _csvc_row_int (&row, 1, 1, G_MAXINT64);
  old->same_due = _csvc_row_time (&row, 2) == head->due && _csvc_row_int (&row, 3, 0, G_MAXUINT32) == head->turn;
  old->same_columns = same_text (&row, 4, head->kind) && same_text (&row, 5, head->customer)
                      && same_text (&row, 6, head->handler) && _csvc_row_int (&row, 7, 0, 1) == (head->open ? 1 : 0);
  return !row.damaged
         || _csvc_connection_corrupt (connection, error, "the row of stream %" G_GINT64_FORMAT " is damaged", old->id);
}

static gboolean
check_base (CsvcConnection *connection, const OldHead *old, const CsvcChange *change, GError **error)
{
  const CsvcHead *head = change->head;

  if (old->id != 0 && head->id == 0)
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_EXISTS, "%s: stream %" G_GINT64_FORMAT " has that key already", connection->path,
                 old->id);
  else if (old->id != head->id || old->version != change->base_version)
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_CONFLICT,
                 "%s: stream %" G_GINT64_FORMAT " is not at version %" G_GINT64_FORMAT ": load it again", connection->path,
                 head->id, change->base_version);
  else
    return TRUE;
  return FALSE;
}

/* ---- Head ---- */

static CsvcQuery
choose_update (const OldHead *old)
{
  if (old->id == 0)
    return QUERY_INSERT_HEAD;
  if (!old->same_columns)
    return QUERY_UPDATE_HEAD;
  return old->same_due ? QUERY_UPDATE_STATE : QUERY_UPDATE_DUE;
}

/* See the numbering in queries.c. */
static void
bind_head (CsvcConnection *connection, CsvcStatement *statement, const CsvcHead *head, const guint8 digest[32])
{
  int n = sqlite3_bind_parameter_count (statement);

  if (head->id != 0)
    _csvc_bind_int (connection, statement, 1, head->id);
  _csvc_bind_int (connection, statement, 2, head->version);
  _csvc_bind_int (connection, statement, 3, head->at);
  _csvc_bind_int (connection, statement, 4, head->codec);
  _csvc_bind_bytes (connection, statement, 5, head->state);
  _csvc_bind_text (connection, statement, 6, head->policy);
  _csvc_bind_text (connection, statement, 7, head->unit);
  _csvc_bind_int (connection, statement, 8, head->level);
  _csvc_bind_blob (connection, statement, 9, digest, 32);
  if (n >= 11)
    {
      _csvc_bind_time (connection, statement, 10, head->due);
      _csvc_bind_int (connection, statement, 11, head->turn);
    }
  if (n >= 15)
    {
      _csvc_bind_text (connection, statement, 12, head->kind);
      _csvc_bind_text (connection, statement, 13, head->customer);
      _csvc_bind_text (connection, statement, 14, head->handler);
      _csvc_bind_int (connection, statement, 15, head->open ? 1 : 0);
    }
  if (n >= 17)
    {
      _csvc_bind_int (connection, statement, 16, head->type);
      _csvc_bind_text (connection, statement, 17, head->key);
    }
}

static gboolean
write_head (CsvcConnection *connection, const OldHead *old, CsvcHead *head, const GPtrArray *promises, GError **error)
{
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (connection, choose_update (old), error);
  guint8 digest[32];

  if (statement == NULL)
    return FALSE;
  _csvc_head_digest (head, promises, digest);
  bind_head (connection, statement, head, digest);
  if (!_csvc_connection_finish (connection, statement, error))
    return FALSE;
  if (old->id == 0)
    head->id = sqlite3_last_insert_rowid (connection->db);
  return TRUE;
}

/* ---- Promises ---- */

static gboolean
same_promises (const GArray *old, const GPtrArray *promises)
{
  if (old->len != promises->len)
    return FALSE;
  for (guint i = 0; i < old->len; i++)
    if (!_csvc_promise_equal (&g_array_index (old, CsvcPromise, i), g_ptr_array_index (promises, i)))
      return FALSE;
  return TRUE;
}

static gboolean
delete_promises (CsvcConnection *connection, gint64 stream, GError **error)
{
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (connection, QUERY_DELETE_PROMISES, error);

  if (statement == NULL)
    return FALSE;
  _csvc_bind_int (connection, statement, 1, stream);
  return _csvc_connection_finish (connection, statement, error);
}

static gboolean
insert_promise (CsvcConnection *connection, gint64 stream, const CsvcPromise *promise, GError **error)
{
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (connection, QUERY_INSERT_PROMISE, error);

  if (statement == NULL)
    return FALSE;
  _csvc_bind_int (connection, statement, 1, stream);
  _csvc_bind_text (connection, statement, 2, promise->clock);
  _csvc_bind_int (connection, statement, 3, promise->cycle);
  _csvc_bind_int (connection, statement, 4, promise->state);
  _csvc_bind_time (connection, statement, 5, promise->due);
  _csvc_bind_int (connection, statement, 6, promise->projected);
  return _csvc_connection_finish (connection, statement, error);
}

static gboolean
write_promises (CsvcConnection *connection, const OldHead *old, const CsvcHead *head, const GPtrArray *promises, GError **error)
{
  if (old->id != 0)
    {
      g_autoptr (GArray) before = _csvc_read_promises_of (connection, head->id, error);

      if (before == NULL)
        return FALSE;
      if (same_promises (before, promises))
        return TRUE;
      if (before->len > 0 && !delete_promises (connection, head->id, error))
        return FALSE;
    }
  for (guint i = 0; i < promises->len; i++)
    if (!insert_promise (connection, head->id, g_ptr_array_index (promises, i), error))
      return FALSE;
  return TRUE;
}

/* ---- Entries ---- */

static void
bind_entry (CsvcConnection *connection, CsvcStatement *statement, const CsvcEntry *entry)
{
  _csvc_bind_int (connection, statement, 1, entry->batch << CSVC_PLACE_BITS | entry->index);
  _csvc_bind_int (connection, statement, 2, entry->stream);
  _csvc_bind_int (connection, statement, 3, entry->version);
  _csvc_bind_int (connection, statement, 4, entry->at);
  _csvc_bind_int (connection, statement, 5, entry->recorded_at);
  _csvc_bind_int (connection, statement, 6, entry->type);
  _csvc_bind_int (connection, statement, 7, entry->codec);
  if (_csvc_entry_has_command (entry))
    _csvc_bind_blob (connection, statement, 8, entry->command_key, sizeof entry->command_key);
  _csvc_bind_blob (connection, statement, 9, entry->command_digest, sizeof entry->command_digest);
  _csvc_bind_bytes (connection, statement, 10, entry->data);
}

static gboolean
insert_entry (CsvcConnection *connection, const CsvcEntry *entry, GError **error)
{
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (connection, QUERY_INSERT_ENTRY, error);
  g_autoptr (GError) problem = NULL;

  if (statement == NULL)
    return FALSE;
  bind_entry (connection, statement, entry);
  if (_csvc_connection_finish (connection, statement, &problem))
    return TRUE;
  if (g_error_matches (problem, CSVC_ERROR, CSVC_ERROR_CONFLICT))
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_CONFLICT,
                 "%s: stream %" G_GINT64_FORMAT ": this command's key was used before", connection->path, entry->stream);
  else
    g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
write_entries (CsvcConnection *connection, CsvcChain *chain, CsvcChange *change, GError **error)
{
  const CsvcHead *head = change->head;

  if (chain->digests->len + (guint64) change->n_entries > CSVC_BATCH_MAX_ENTRIES)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "more than %u entries in one transaction", CSVC_BATCH_MAX_ENTRIES);
      return FALSE;
    }
  for (guint i = 0; i < change->n_entries; i++)
    {
      CsvcEntry *entry = &change->entries[i];

      entry->stream = head->id;
      entry->batch = chain->n + 1;
      entry->index = chain->digests->len;
      if (!insert_entry (connection, entry, error))
        return FALSE;
      _csvc_chain_add (chain, entry, head->type, head->key);
    }
  return TRUE;
}

static gboolean
put_change (CsvcSqliteStore *self, CsvcChange *change, GError **error)
{
  CsvcConnection *connection = self->writer;
  g_autoptr (GPtrArray) promises = _csvc_promises_sorted (change->promises, change->n_promises);
  OldHead old;

  return read_old_head (connection, change->head, &old, error)
         && check_base (connection, &old, change, error)
         && write_head (connection, &old, change->head, promises, error)
         && write_promises (connection, &old, change->head, promises, error)
         && _csvc_sqlite_put_columns (self, change, old.id == 0, error)
         && write_entries (connection, &self->chain, change, error);
}

gboolean
_csvc_sqlite_put (CsvcTx *tx, CsvcChange *changes, guint n, GError **error)
{
  for (guint i = 0; i < n; i++)
    if (!put_change ((CsvcSqliteStore *) tx->store, &changes[i], error))
      return FALSE;
  return TRUE;
}
