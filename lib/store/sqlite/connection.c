/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Opening a database file with care, and the small steps of using it: statements, bindings, rows, messages.
 *
 * Messages carry the path, SQLite's words and numbers of streams and batches; never a value. */

#include "config.h"

#include "store/sqlite/connection.h"

#include <string.h>

/* Pages in the log before a commit also checkpoints. */
#define AUTOCHECKPOINT 2000
/* KiB of pages that the writer keeps: SQLite's own 2000 make a command twice as dear from 100,000 streams on. */
#define WRITER_CACHE "16000"

/* ---- Failures ---- */

static CsvcErrorCode
error_code (int rc)
{
  switch (rc & 0xff)
    {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_MISMATCH:
      return CSVC_ERROR_CORRUPT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return CSVC_ERROR_BUSY;
    case SQLITE_CONSTRAINT:
      return CSVC_ERROR_CONFLICT;
    case SQLITE_TOOBIG:
    case SQLITE_NOMEM:
      return CSVC_ERROR_LIMIT;
    default:
      return CSVC_ERROR_IO;
    }
}

static const char *
advice (int rc)
{
  switch (rc & 0xff)
    {
    case SQLITE_FULL:     return "; make room and try again, this transaction left nothing";
    case SQLITE_NOTADB:   return "; not a libcsvc store";
    case SQLITE_CORRUPT:  return "; the file is damaged, restore a copy";
    case SQLITE_READONLY: return "; also reading needs write access to the folder: ask for it, or read a copy";
    case SQLITE_CANTOPEN: return "; check the folder and who may write to it";
    default:              return "";
    }
}

gboolean
_csvc_connection_fail (CsvcConnection *self, GError **error)
{
  int rc = sqlite3_extended_errcode (self->db);
  int system = (rc & 0xff) == SQLITE_IOERR || (rc & 0xff) == SQLITE_CANTOPEN ? sqlite3_system_errno (self->db) : 0;

  g_set_error (error, CSVC_ERROR, error_code (rc), "%s: %s%s%s%s%s", self->path, sqlite3_errmsg (self->db),
               system != 0 ? " (" : "", system != 0 ? g_strerror (system) : "", system != 0 ? ")" : "", advice (rc));
  return FALSE;
}

gboolean
_csvc_connection_corrupt (CsvcConnection *self, GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "%s: %s", self->path, message);
  return FALSE;
}

/* ---- Opening ---- */

/* A file from elsewhere is hostile: nothing in its schema may call what could harm, and nothing may write to the schema. */
static gboolean
harden (CsvcConnection *self, GError **error)
{
  sqlite3_limit (self->db, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_extended_result_codes (self->db, 1);
  sqlite3_busy_timeout (self->db, CSVC_SQLITE_BUSY_TIMEOUT_MS);
  if (sqlite3_db_config (self->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) == SQLITE_OK
      && sqlite3_db_config (self->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL) == SQLITE_OK
      && sqlite3_db_config (self->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL) == SQLITE_OK
      && sqlite3_db_config (self->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL) == SQLITE_OK
      && sqlite3_exec (self->db, "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY", NULL, NULL, NULL)
           == SQLITE_OK)
    return TRUE;
  return _csvc_connection_fail (self, error);
}

static gboolean
switch_to_wal (CsvcConnection *self, GError **error)
{
  sqlite3_stmt *statement = NULL;
  const char *mode = NULL;
  gboolean ok;

  if (sqlite3_prepare_v2 (self->db, "PRAGMA journal_mode = WAL", -1, &statement, NULL) == SQLITE_OK
      && sqlite3_step (statement) == SQLITE_ROW)
    mode = (const char *) sqlite3_column_text (statement, 0);
  ok = mode != NULL && g_str_equal (mode, "wal");
  if (mode == NULL)
    _csvc_connection_fail (self, error);
  else if (!ok)
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_IO, "%s: this file system cannot share memory between processes (no write-ahead log)",
                 self->path);
  sqlite3_finalize (statement);
  return ok;
}

static gboolean
prepare_writer (CsvcConnection *self, gboolean sync_normal, GError **error)
{
  const char *settings = sync_normal ? "PRAGMA secure_delete = ON; PRAGMA cache_size = -" WRITER_CACHE "; PRAGMA synchronous = NORMAL"
                                     : "PRAGMA secure_delete = ON; PRAGMA cache_size = -" WRITER_CACHE "; PRAGMA synchronous = FULL";
  gboolean empty;

  if (!_csvc_schema_check (self, &empty, error) || !switch_to_wal (self, error))
    return FALSE;
  if (sqlite3_exec (self->db, settings, NULL, NULL, NULL) != SQLITE_OK
      || sqlite3_wal_autocheckpoint (self->db, AUTOCHECKPOINT) != SQLITE_OK)
    return _csvc_connection_fail (self, error);
  return empty ? _csvc_schema_make (self, error) : _csvc_schema_upgrade (self, error);
}

/* Only the writer checkpoints: SQLite before 3.51.3 may damage the file when two connections do. */
static gboolean
prepare_reader (CsvcConnection *self, GError **error)
{
  gboolean empty;

  if (sqlite3_db_config (self->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL) != SQLITE_OK)
    return _csvc_connection_fail (self, error);
  if (!_csvc_schema_check (self, &empty, error))
    return FALSE;
  return !empty || _csvc_connection_corrupt (self, error, "empty: there is no store in it yet");
}

CsvcConnection *
_csvc_connection_open (const char *path, CsvcConnectionRole role, gboolean sync_normal, GError **error)
{
  CsvcConnection *self = g_new0 (CsvcConnection, 1);
  gboolean writes = role == CSVC_CONNECTION_WRITER;
  int flags = (writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;

  self->path = g_strdup (path);
  if ((sqlite3_open_v2 (path, &self->db, flags, NULL) == SQLITE_OK || _csvc_connection_fail (self, error))
      && harden (self, error)
      && (writes ? prepare_writer (self, sync_normal, error) : prepare_reader (self, error)))
    return self;
  _csvc_connection_close (self);
  return NULL;
}

void
_csvc_connection_close (CsvcConnection *self)
{
  for (int i = 0; i < CSVC_N_QUERIES; i++)
    sqlite3_finalize (self->statements[i]);
  sqlite3_close (self->db);
  g_free (self->path);
  g_free (self);
}

/* Kept for ever, so that the memory which SQLite holds for it is not taken for a leak. */
void
_csvc_connection_abandon (CsvcConnection *self)
{
  static GMutex lock;
  static GSList *abandoned;

  g_mutex_lock (&lock);
  abandoned = g_slist_prepend (abandoned, self);
  g_mutex_unlock (&lock);
}

/* ---- Statements ---- */

CsvcStatement *
_csvc_connection_query (CsvcConnection *self, CsvcQuery query, GError **error)
{
  sqlite3_stmt **statement = &self->statements[query];

  self->bind_rc = SQLITE_OK;
  if (*statement == NULL
      && sqlite3_prepare_v3 (self->db, _csvc_sqlite_query_text (query), -1, SQLITE_PREPARE_PERSISTENT, statement, NULL) != SQLITE_OK)
    _csvc_connection_fail (self, error);
  return *statement;
}

gboolean
_csvc_connection_step (CsvcConnection *self, CsvcStatement *statement, gboolean *row, GError **error)
{
  int rc;

  *row = FALSE;
  if (self->bind_rc != SQLITE_OK)
    {
      g_set_error (error, CSVC_ERROR, error_code (self->bind_rc), "%s: %s", self->path, sqlite3_errstr (self->bind_rc));
      return FALSE;
    }
  rc = sqlite3_step (statement);
  *row = rc == SQLITE_ROW;
  return rc == SQLITE_ROW || rc == SQLITE_DONE || _csvc_connection_fail (self, error);
}

gboolean
_csvc_connection_finish (CsvcConnection *self, CsvcStatement *statement, GError **error)
{
  gboolean row;

  return _csvc_connection_step (self, statement, &row, error);
}

gboolean
_csvc_connection_run (CsvcConnection *self, CsvcQuery query, GError **error)
{
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (self, query, error);

  return statement != NULL && _csvc_connection_finish (self, statement, error);
}

void
_csvc_connection_roll_back (CsvcConnection *self)
{
  if (!sqlite3_get_autocommit (self->db))
    _csvc_connection_run (self, QUERY_ROLLBACK, NULL);
}

/* ---- Binding ---- */

static void
note_bind (CsvcConnection *self, int rc)
{
  if (self->bind_rc == SQLITE_OK)
    self->bind_rc = rc;
}

void
_csvc_bind_int (CsvcConnection *self, CsvcStatement *statement, int i, gint64 value)
{
  note_bind (self, sqlite3_bind_int64 (statement, i, value));
}

void
_csvc_bind_time (CsvcConnection *self, CsvcStatement *statement, int i, CsvcTime value)
{
  if (value != CSVC_NEVER)
    _csvc_bind_int (self, statement, i, value);
  else
    note_bind (self, sqlite3_bind_null (statement, i));
}

void
_csvc_bind_text (CsvcConnection *self, CsvcStatement *statement, int i, const char *value)
{
  note_bind (self, sqlite3_bind_text (statement, i, value, -1, SQLITE_STATIC));
}

void
_csvc_bind_blob (CsvcConnection *self, CsvcStatement *statement, int i, const void *data, gsize size)
{
  note_bind (self, sqlite3_bind_blob64 (statement, i, data, size, SQLITE_STATIC));
}

/* SQLite binds NULL for a NULL pointer of length 0, so an empty blob needs an address. */
void
_csvc_bind_bytes (CsvcConnection *self, CsvcStatement *statement, int i, GBytes *bytes)
{
  gsize size = 0;
  const void *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

  _csvc_bind_blob (self, statement, i, data != NULL ? data : "", size);
}

/* ---- Rows ---- */

gint64
_csvc_row_int (CsvcRow *row, int i, gint64 min, gint64 max)
{
  gint64 value = sqlite3_column_int64 (row->statement, i);

  if (sqlite3_column_type (row->statement, i) == SQLITE_INTEGER && value >= min && value <= max)
    return value;
  row->damaged = TRUE;
  return 0;
}

CsvcTime
_csvc_row_time (CsvcRow *row, int i)
{
  if (sqlite3_column_type (row->statement, i) == SQLITE_NULL)
    return CSVC_NEVER;
  return _csvc_row_int (row, i, G_MININT64, G_MAXINT64);
}

char *
_csvc_row_text (CsvcRow *row, int i)
{
  int type = sqlite3_column_type (row->statement, i);
  const char *text = type == SQLITE_TEXT ? (const char *) sqlite3_column_text (row->statement, i) : NULL;

  if (type == SQLITE_NULL)
    return NULL;
  if (text != NULL && g_utf8_validate (text, sqlite3_column_bytes (row->statement, i), NULL))
    return g_strdup (text);
  row->damaged = TRUE;
  return NULL;
}

GBytes *
_csvc_row_bytes (CsvcRow *row, int i)
{
  if (sqlite3_column_type (row->statement, i) != SQLITE_BLOB)
    row->damaged = TRUE;
  return g_bytes_new (sqlite3_column_blob (row->statement, i), sqlite3_column_bytes (row->statement, i));
}

gboolean
_csvc_row_blob (CsvcRow *row, int i, void *to, gsize size)
{
  int type = sqlite3_column_type (row->statement, i);

  if (type == SQLITE_NULL)
    return FALSE;
  if (type != SQLITE_BLOB || (gsize) sqlite3_column_bytes (row->statement, i) != size)
    {
      row->damaged = TRUE;
      return FALSE;
    }
  memcpy (to, sqlite3_column_blob (row->statement, i), size);
  return TRUE;
}
