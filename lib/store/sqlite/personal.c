/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Personal values. Rows are appended, and one that is erased is overwritten with zeros where it stands and stays: when SQLite fills and
 * empties pages it moves cells, and leaves copies of them behind in what it takes for free space, which PRAGMA secure_delete does not look at. A table whose rows
 * have rising numbers, never change their size and are never deleted, is never moved. Neither salt nor value stands in an index.
 *
 * The pages of before still stand in the log: after a commit that has erased something the log is emptied into the file and cut off. Who reads at that
 * moment holds the old pages; then it is tried again after every commit, and when the store is closed. */

#include "config.h"

#include "store/sqlite/sqlite.h"

#define WAIT_FOR_READERS_MS 200

static gboolean
read_row (CsvcConnection *connection, CsvcStatement *statement, CsvcPersonal *personal, GError **error)
{
  CsvcRow row = { statement, FALSE };
  gboolean whole;

  *personal = (CsvcPersonal){ .field = _csvc_row_text (&row, 0), .at = _csvc_row_int (&row, 1, G_MININT64, G_MAXINT64) };
  whole = _csvc_row_blob (&row, 2, personal->digest, sizeof personal->digest) &&
          _csvc_row_blob (&row, 3, personal->salt, sizeof personal->salt);
  personal->value = _csvc_row_bytes (&row, 4);
  if (whole && !row.damaged && personal->field != NULL)
    return TRUE;
  _csvc_personal_clear (personal);
  return _csvc_connection_corrupt (connection, error, "the row of a personal value is damaged");
}

gboolean
_csvc_sqlite_find_personal (CsvcTx *tx, CsvcStreamType type, const char *key, GArray *rows, GError **error)
{
  CsvcConnection *connection = _csvc_sqlite_connection_of (tx);
  g_autoptr (CsvcStatement) statement = NULL;
  gboolean row = TRUE;

  if (connection->version < 2)
    return TRUE;
  statement = _csvc_connection_query (connection, QUERY_FIND_PERSONAL, error);
  if (statement == NULL)
    return FALSE;
  _csvc_bind_int (connection, statement, 1, type);
  _csvc_bind_text (connection, statement, 2, key);
  while (row)
    {
      CsvcPersonal personal;

      if (!_csvc_connection_step (connection, statement, &row, error) || (row && !read_row (connection, statement, &personal, error)))
        return FALSE;
      if (row)
        g_array_append_val (rows, personal);
    }
  return TRUE;
}

gboolean
_csvc_sqlite_add_personal (CsvcTx *tx, CsvcStreamType type, const char *key, const CsvcPersonal *row, GError **error)
{
  CsvcConnection *connection = _csvc_sqlite_connection_of (tx);
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (connection, QUERY_ADD_PERSONAL, error);

  if (statement == NULL)
    return FALSE;
  _csvc_bind_int (connection, statement, 1, type);
  _csvc_bind_text (connection, statement, 2, key);
  _csvc_bind_text (connection, statement, 3, row->field);
  _csvc_bind_blob (connection, statement, 4, row->digest, sizeof row->digest);
  _csvc_bind_int (connection, statement, 5, row->at);
  _csvc_bind_blob (connection, statement, 6, row->salt, sizeof row->salt);
  _csvc_bind_bytes (connection, statement, 7, row->value);
  return _csvc_connection_finish (connection, statement, error);
}

gboolean
_csvc_sqlite_erase_personal (CsvcTx *tx, CsvcStreamType type, const char *key, const char *field, GError **error)
{
  CsvcConnection *connection = _csvc_sqlite_connection_of (tx);
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (connection, QUERY_ERASE_PERSONAL, error);

  if (statement == NULL)
    return FALSE;
  _csvc_bind_int (connection, statement, 1, type);
  _csvc_bind_text (connection, statement, 2, key);
  _csvc_bind_text (connection, statement, 3, field);
  ((CsvcSqliteStore *) tx->store)->has_erased = TRUE;
  return _csvc_connection_finish (connection, statement, error);
}

void
_csvc_sqlite_scrub (CsvcSqliteStore *self)
{
  sqlite3 *db = self->writer->db;

  if (!self->has_erased)
    return;
  sqlite3_busy_timeout (db, WAIT_FOR_READERS_MS);
  self->has_erased = sqlite3_wal_checkpoint_v2 (db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) != SQLITE_OK;
  sqlite3_busy_timeout (db, CSVC_SQLITE_BUSY_TIMEOUT_MS);
}
