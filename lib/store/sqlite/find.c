/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a transaction asks: heads, commands, promises, what is due, documents. */

#include "config.h"

#include "store/sqlite/sqlite.h"

#include <string.h>

gboolean
_csvc_sqlite_load (CsvcTx *tx, CsvcStreamType type, const char *key, CsvcHead *head, GError **error)
{
  CsvcConnection *connection = _csvc_sqlite_connection_of (tx);
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (connection, QUERY_LOAD, error);
  CsvcHead found = { 0 };
  gboolean row;

  if (statement == NULL)
    return FALSE;
  _csvc_bind_int (connection, statement, 1, type);
  _csvc_bind_text (connection, statement, 2, key);
  if (!_csvc_connection_step (connection, statement, &row, error)
      || (row && !_csvc_read_head (connection, statement, &found, error)))
    return FALSE;
  *head = found;
  return TRUE;
}

gboolean
_csvc_sqlite_find_command (CsvcTx *tx, gint64 stream, const guint8 key[16], gint64 *version, guint8 digest[16], GError **error)
{
  CsvcConnection *connection = _csvc_sqlite_connection_of (tx);
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (connection, QUERY_FIND_COMMAND, error);
  CsvcRow row = { statement, FALSE };
  guint8 stored[16] = { 0 };
  gint64 found_version = 0;
  gboolean found;

  if (statement == NULL)
    return FALSE;
  _csvc_bind_int (connection, statement, 1, stream);
  _csvc_bind_blob (connection, statement, 2, key, 16);
  if (!_csvc_connection_step (connection, statement, &found, error))
    return FALSE;
  if (found)
    {
      found_version = _csvc_row_int (&row, 0, 1, G_MAXINT64);
      _csvc_row_blob (&row, 1, stored, sizeof stored);
    }
  if (row.damaged)
    return _csvc_connection_corrupt (connection, error, "an entry of stream %" G_GINT64_FORMAT " is damaged", stream);
  *version = found_version;
  if (found)
    memcpy (digest, stored, sizeof stored);
  return TRUE;
}

static CsvcQuery
find_query (const CsvcFind *what)
{
  switch (what->index)
    {
    case CSVC_FIND_CUSTOMER: return what->open_only ? QUERY_FIND_CUSTOMER_OPEN : QUERY_FIND_CUSTOMER;
    case CSVC_FIND_KIND:     return what->open_only ? QUERY_FIND_KIND_OPEN : QUERY_FIND_KIND;
    case CSVC_FIND_HANDLER:  return what->open_only ? QUERY_FIND_HANDLER_OPEN : QUERY_FIND_HANDLER;
    case CSVC_FIND_ALL:      break;
    }
  return what->open_only ? QUERY_FIND_ALL_OPEN : QUERY_FIND_ALL;
}

gboolean
_csvc_sqlite_find (CsvcTx *tx, const CsvcFind *what, GArray *heads, GError **error)
{
  CsvcConnection *connection = _csvc_sqlite_connection_of (tx);
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (connection, find_query (what), error);

  if (statement == NULL)
    return FALSE;
  if (what->index == CSVC_FIND_ALL)
    _csvc_bind_int (connection, statement, 1, what->type);
  else
    _csvc_bind_text (connection, statement, 1, what->text);
  _csvc_bind_int (connection, statement, 2, what->after);
  _csvc_bind_int (connection, statement, 3, what->limit);
  return _csvc_read_heads (connection, statement, heads, error);
}

static gboolean
read_found_promise (CsvcConnection *connection, CsvcStatement *statement, GArray *promises, GError **error)
{
  CsvcRow row = { statement, FALSE };
  CsvcPromise promise = { 0 };

  if (!_csvc_read_promise (connection, statement, 5, &promise, error))
    return FALSE;
  promise.stream_key = _csvc_row_text (&row, 0);
  promise.kind = _csvc_row_text (&row, 1);
  promise.handler = _csvc_row_text (&row, 2);
  promise.unit = _csvc_row_text (&row, 3);
  promise.level = _csvc_row_int (&row, 4, 0, G_MAXUINT32);
  g_array_append_val (promises, promise);
  return !row.damaged || _csvc_connection_corrupt (connection, error, "the row of a promise's stream is damaged");
}

gboolean
_csvc_sqlite_find_promises (CsvcTx *tx, const CsvcFindPromises *what, GArray *promises, GError **error)
{
  CsvcConnection *connection = _csvc_sqlite_connection_of (tx);
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (connection, QUERY_FIND_PROMISES, error);
  gboolean row = TRUE;

  if (statement == NULL)
    return FALSE;
  _csvc_bind_int (connection, statement, 1, what->from);
  _csvc_bind_int (connection, statement, 2, what->to);
  _csvc_bind_text (connection, statement, 3, what->kind);
  _csvc_bind_text (connection, statement, 4, what->handler);
  _csvc_bind_text (connection, statement, 5, what->unit);
  _csvc_bind_int (connection, statement, 6, what->level);
  _csvc_bind_int (connection, statement, 7, what->limit);
  _csvc_bind_int (connection, statement, 8, what->after);
  while (row)
    if (!_csvc_connection_step (connection, statement, &row, error)
        || (row && !read_found_promise (connection, statement, promises, error)))
      return FALSE;
  return TRUE;
}

static gboolean
claim_heads (CsvcConnection *connection, CsvcTime now, guint max, GArray *heads, GError **error)
{
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (connection, QUERY_CLAIM, error);

  if (statement == NULL)
    return FALSE;
  _csvc_bind_int (connection, statement, 1, now);
  _csvc_bind_int (connection, statement, 2, max);
  return _csvc_read_heads (connection, statement, heads, error);
}

static gboolean
next_due (CsvcConnection *connection, guint n_claimed, CsvcTime *next, GError **error)
{
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (connection, QUERY_NEXT_DUE, error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  _csvc_bind_int (connection, statement, 1, n_claimed);
  if (!_csvc_connection_step (connection, statement, &row, error))
    return FALSE;
  *next = row ? sqlite3_column_int64 (statement, 0) : CSVC_NEVER;
  return TRUE;
}

gboolean
_csvc_sqlite_claim (CsvcTx *tx, CsvcTime now, guint max, GArray *heads, CsvcTime *next, GError **error)
{
  CsvcConnection *connection = _csvc_sqlite_connection_of (tx);
  guint before = heads->len;

  return claim_heads (connection, now, max, heads, error)
         && next_due (connection, heads->len - before, next, error);
}

/* ---- Documents ---- */

gboolean
_csvc_sqlite_put_document (CsvcTx *tx, const char *type, const char *name, const char *hash, GBytes *content, GError **error)
{
  CsvcConnection *connection = _csvc_sqlite_connection_of (tx);
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (connection, QUERY_PUT_DOCUMENT, error);
  guint8 digest[32];

  if (statement == NULL)
    return FALSE;
  _csvc_bytes_digest (content, digest);
  _csvc_bind_text (connection, statement, 1, hash);
  _csvc_bind_text (connection, statement, 2, type);
  _csvc_bind_text (connection, statement, 3, name);
  _csvc_bind_blob (connection, statement, 4, digest, sizeof digest);
  _csvc_bind_bytes (connection, statement, 5, content);
  return _csvc_connection_finish (connection, statement, error);
}

gboolean
_csvc_sqlite_get_document (CsvcTx *tx, const char *hash, GBytes **content, GError **error)
{
  CsvcConnection *connection = _csvc_sqlite_connection_of (tx);
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (connection, QUERY_GET_DOCUMENT, error);
  g_autoptr (GBytes) found = NULL;
  CsvcRow row = { statement, FALSE };
  guint8 stored[32] = { 0 }, digest[32];
  gboolean there;

  if (statement == NULL)
    return FALSE;
  _csvc_bind_text (connection, statement, 1, hash);
  if (!_csvc_connection_step (connection, statement, &there, error))
    return FALSE;
  if (there)
    {
      found = _csvc_row_bytes (&row, 0);
      _csvc_row_blob (&row, 1, stored, sizeof stored);
      _csvc_bytes_digest (found, digest);
      if (row.damaged || memcmp (digest, stored, sizeof digest) != 0)
        return _csvc_connection_corrupt (connection, error, "document %.64s does not verify", hash);
    }
  *content = g_steal_pointer (&found);
  return TRUE;
}
