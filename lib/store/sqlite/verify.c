/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Does the file still say what was written? In one snapshot: SQLite's structure, the chain of batches over all entries, each
 * head with its promises against its digest and its journal, each document against its digest. Stops at the first fault. */

#include "config.h"

#include "store/backends.h"
#include "store/sqlite/sqlite.h"

#include <string.h>

static gboolean
check_structure (CsvcConnection *connection, GError **error)
{
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (connection, QUERY_VERIFY_STRUCTURE, error);
  const char *answer;
  gboolean row;

  if (statement == NULL || !_csvc_connection_step (connection, statement, &row, error))
    return FALSE;
  answer = row ? (const char *) sqlite3_column_text (statement, 0) : NULL;
  return g_strcmp0 (answer, "ok") == 0
         || _csvc_connection_corrupt (connection, error, "the file is damaged: %s", answer != NULL ? answer : "no answer");
}

/* ---- The chain ---- */

typedef struct {
  CsvcConnection *connection;
  CsvcStatement  *batches, *entries;
  CsvcChain       chain;
  gint64          n_entries;
} Walk;

static gboolean
take_entry (Walk *walk, guint index, GError **error)
{
  g_auto (CsvcEntry) entry = { 0 };
  gint64 n = walk->chain.n + 1;
  gboolean row;

  if (!_csvc_connection_step (walk->connection, walk->entries, &row, error)
      || (row && !_csvc_read_entry (walk->connection, walk->entries, &entry, error)))
    return FALSE;
  if (!row || entry.batch != n || entry.index != index)
    return _csvc_connection_corrupt (walk->connection, error, "entry %u of batch %" G_GINT64_FORMAT " is missing", index, n);
  _csvc_chain_add (&walk->chain, &entry, entry.stream_type, entry.stream_key);
  walk->n_entries++;
  return TRUE;
}

static gboolean
check_batch (Walk *walk, GError **error)
{
  CsvcRow row = { walk->batches, FALSE };
  gint64 n = _csvc_row_int (&row, 0, 1, G_MAXINT64);
  gint64 n_entries = _csvc_row_int (&row, 1, 1, CSVC_BATCH_MAX_ENTRIES);
  guint8 stored[32] = { 0 }, hash[32];

  if (n != walk->chain.n + 1)
    return _csvc_connection_corrupt (walk->connection, error, "batch %" G_GINT64_FORMAT " is missing", walk->chain.n + 1);
  if (!_csvc_row_blob (&row, 2, stored, sizeof stored) || row.damaged)
    return _csvc_connection_corrupt (walk->connection, error, "the row of batch %" G_GINT64_FORMAT " is damaged", n);
  for (guint i = 0; i < n_entries; i++)
    if (!take_entry (walk, i, error))
      return FALSE;

  _csvc_chain_hash (&walk->chain, hash);
  if (memcmp (hash, stored, sizeof hash) != 0)
    return _csvc_connection_corrupt (walk->connection, error,
                                     "batch %" G_GINT64_FORMAT " does not verify: one of its entries was changed", n);
  _csvc_chain_advance (&walk->chain, hash);
  return TRUE;
}

static gboolean
walk_chain (Walk *walk, GError **error)
{
  gboolean row;

  while (_csvc_connection_step (walk->connection, walk->batches, &row, error))
    {
      if (!row)
        break;
      if (!check_batch (walk, error))
        return FALSE;
    }
  if (row || !_csvc_connection_step (walk->connection, walk->entries, &row, error))
    return FALSE;
  return !row
         || _csvc_connection_corrupt (walk->connection, error, "there are entries after the last batch, %" G_GINT64_FORMAT,
                                      walk->chain.n);
}

static gboolean
check_chain (CsvcConnection *connection, gint64 *n_batches, gint64 *n_entries, GError **error)
{
  g_autoptr (CsvcStatement) batches = _csvc_connection_query (connection, QUERY_VERIFY_BATCHES, error);
  g_autoptr (CsvcStatement) entries = batches != NULL ? _csvc_connection_query (connection, QUERY_VERIFY_ENTRIES, error) : NULL;
  Walk walk = { .connection = connection, .batches = batches, .entries = entries };
  gboolean ok;

  if (entries == NULL)
    return FALSE;
  _csvc_chain_init (&walk.chain);
  ok = walk_chain (&walk, error);
  _csvc_chain_clear (&walk.chain);
  *n_batches = walk.chain.n;
  *n_entries = walk.n_entries;
  return ok;
}

/* ---- Heads and documents ---- */

static gboolean
head_digest_matches (CsvcConnection *connection, const CsvcHead *head, const guint8 stored[32], gboolean *same, GError **error)
{
  g_autoptr (GArray) promises = _csvc_read_promises_of (connection, head->id, error);
  g_autoptr (GPtrArray) sorted = NULL;
  guint8 digest[32];

  if (promises == NULL)
    return FALSE;
  sorted = _csvc_promises_sorted ((const CsvcPromise *) (gpointer) promises->data, promises->len);
  _csvc_head_digest (head, sorted, digest);
  *same = memcmp (digest, stored, sizeof digest) == 0;
  return TRUE;
}

static gboolean
check_head (CsvcConnection *connection, CsvcStatement *statement, GError **error)
{
  g_auto (CsvcHead) head = { 0 };
  CsvcRow row = { statement, FALSE };
  guint8 stored[32] = { 0 };
  gboolean same = FALSE;

  if (!_csvc_read_head (connection, statement, &head, error))
    return FALSE;
  _csvc_row_blob (&row, 15, stored, sizeof stored);
  if (_csvc_row_int (&row, 16, 0, G_MAXINT64) != head.version || _csvc_row_int (&row, 17, 0, G_MAXINT64) != head.version)
    return _csvc_connection_corrupt (connection, error, "stream %" G_GINT64_FORMAT " is not at the version of its journal", head.id);
  if (!head_digest_matches (connection, &head, stored, &same, error))
    return FALSE;
  return same
         || _csvc_connection_corrupt (connection, error,
                                      "stream %" G_GINT64_FORMAT " does not verify: its state or a promise was changed", head.id);
}

static gboolean
check_document (CsvcConnection *connection, CsvcStatement *statement, GError **error)
{
  CsvcRow row = { statement, FALSE };
  g_autoptr (GBytes) content = _csvc_row_bytes (&row, 0);
  g_autofree char *hash = _csvc_row_text (&row, 2);
  guint8 stored[32] = { 0 }, digest[32];

  _csvc_row_blob (&row, 1, stored, sizeof stored);
  _csvc_bytes_digest (content, digest);
  return (!row.damaged && memcmp (digest, stored, sizeof digest) == 0)
         || _csvc_connection_corrupt (connection, error, "document %.64s does not verify", hash != NULL ? hash : "?");
}

static gboolean
check_no_orphan (CsvcConnection *connection, CsvcStatement *statement, GError **error)
{
  return _csvc_connection_corrupt (connection, error, "a promise belongs to stream %" G_GINT64_FORMAT ", which is missing",
                                   (gint64) sqlite3_column_int64 (statement, 0));
}

static gboolean
check_no_stray (CsvcConnection *connection, CsvcStatement *statement, GError **error)
{
  return _csvc_connection_corrupt (connection, error, "the columns of stream %" G_GINT64_FORMAT " are not those of a customer",
                                   (gint64) sqlite3_column_int64 (statement, 0));
}

typedef gboolean (*RowFunc) (CsvcConnection *connection, CsvcStatement *statement, GError **error);

static gboolean
check_rows (CsvcConnection *connection, CsvcQuery query, RowFunc check, GError **error)
{
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (connection, query, error);
  gboolean row = TRUE;

  if (statement == NULL)
    return FALSE;
  while (row)
    if (!_csvc_connection_step (connection, statement, &row, error) || (row && !check (connection, statement, error)))
      return FALSE;
  return TRUE;
}

static gboolean
check_all (CsvcConnection *connection, gint64 *n_batches, gint64 *n_entries, GError **error)
{
  return check_structure (connection, error)
         && check_chain (connection, n_batches, n_entries, error)
         && check_rows (connection, QUERY_VERIFY_HEADS, check_head, error)
         && check_rows (connection, QUERY_VERIFY_ORPHANS, check_no_orphan, error)
         && (connection->version < 2 || check_rows (connection, QUERY_VERIFY_FACTS, check_no_stray, error))
         && check_rows (connection, QUERY_VERIFY_DOCUMENTS, check_document, error);
}

gboolean
_csvc_sqlite_verify (CsvcStore *store, gint64 *n_batches, gint64 *n_entries, GError **error)
{
  CsvcSqliteStore *self = (CsvcSqliteStore *) store;
  CsvcConnection *connection = _csvc_sqlite_borrow (self, error);
  gint64 batches = 0, entries = 0;
  gboolean ok;

  if (connection == NULL)
    return FALSE;
  ok = _csvc_connection_run (connection, QUERY_BEGIN_READ, error) && check_all (connection, &batches, &entries, error);
  _csvc_connection_roll_back (connection);
  _csvc_sqlite_give_back (self, connection);
  if (ok)
    {
      *n_batches = batches;
      *n_entries = entries;
    }
  return ok;
}
