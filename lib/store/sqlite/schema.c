/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The tables. A file is accepted only when it has exactly these: no trigger, view or index that somebody added ever runs. */

#include "config.h"

#include "store/sqlite/connection.h"

#include <string.h>

typedef struct {
  const char *name;
  const char *sql; /* as SQLite keeps it */
  int         since; /* version; 0 = the first */
  int         until; /* the version that has another one of that name; 0 = none */
  const char *change; /* what makes it of that one; NULL: its own sql */
} Object;

/* Of a row of version 1 it is 0 until the case next moves. */
#define TURN "turn INTEGER NOT NULL DEFAULT 0"
#define STREAM_DUE "CREATE INDEX stream_due ON stream (due, turn, key, type) WHERE due IS NOT NULL"

/* due is NULL for never; open, handler, … are the head's, for the indexes; digest guards the row and its promises. */
static const Object objects[] = {
  { "stream",
    "CREATE TABLE stream (id INTEGER PRIMARY KEY, type INTEGER NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, "
    "at INTEGER NOT NULL, due INTEGER, level INTEGER NOT NULL, open INTEGER NOT NULL, policy TEXT, kind TEXT, customer TEXT, "
    "handler TEXT, unit TEXT, codec INTEGER NOT NULL, digest BLOB NOT NULL, state BLOB NOT NULL) STRICT", 0, 2 },
  { "stream",
    "CREATE TABLE stream (id INTEGER PRIMARY KEY, type INTEGER NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, "
    "at INTEGER NOT NULL, due INTEGER, level INTEGER NOT NULL, open INTEGER NOT NULL, policy TEXT, kind TEXT, customer TEXT, "
    "handler TEXT, unit TEXT, codec INTEGER NOT NULL, digest BLOB NOT NULL, state BLOB NOT NULL, " TURN ") STRICT", 2, 0,
    "ALTER TABLE stream ADD COLUMN " TURN },
  { "stream_key", "CREATE UNIQUE INDEX stream_key ON stream (type, key)" },
  { "stream_due", "CREATE INDEX stream_due ON stream (due) WHERE due IS NOT NULL", 0, 2 },
  { "stream_due", STREAM_DUE, 2, 0, "DROP INDEX stream_due; " STREAM_DUE },
  { "stream_open", "CREATE INDEX stream_open ON stream (type, open)" },
  { "stream_customer", "CREATE INDEX stream_customer ON stream (customer, open) WHERE type = 1 AND customer IS NOT NULL" },
  { "stream_kind", "CREATE INDEX stream_kind ON stream (kind, open) WHERE type = 1 AND kind IS NOT NULL" },
  { "stream_handler", "CREATE INDEX stream_handler ON stream (handler, open) WHERE type = 1 AND handler IS NOT NULL" },
  { "entry",
    "CREATE TABLE entry (place INTEGER PRIMARY KEY, stream INTEGER NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL, "
    "recorded_at INTEGER NOT NULL, type INTEGER NOT NULL, codec INTEGER NOT NULL, command BLOB, command_digest BLOB, "
    "data BLOB NOT NULL) STRICT" },
  { "entry_version", "CREATE UNIQUE INDEX entry_version ON entry (stream, version)" },
  { "entry_command", "CREATE UNIQUE INDEX entry_command ON entry (stream, command) WHERE command IS NOT NULL" },
  { "batch", "CREATE TABLE batch (n INTEGER PRIMARY KEY, entries INTEGER NOT NULL, hash BLOB NOT NULL) STRICT" },
  { "promise",
    "CREATE TABLE promise (stream INTEGER NOT NULL, clock TEXT NOT NULL, cycle INTEGER NOT NULL, state INTEGER NOT NULL, "
    "due INTEGER, projected INTEGER NOT NULL, PRIMARY KEY (stream, clock, cycle)) STRICT, WITHOUT ROWID" },
  { "promise_projected", "CREATE INDEX promise_projected ON promise (projected)" },
  { "document",
    "CREATE TABLE document (hash TEXT NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL, digest BLOB NOT NULL, "
    "content BLOB NOT NULL) STRICT" },
  { "document_hash", "CREATE UNIQUE INDEX document_hash ON document (hash)" },
  { "fact",
    "CREATE TABLE fact (place INTEGER PRIMARY KEY, stale INTEGER NOT NULL, key TEXT NOT NULL, c0 ANY, c1 ANY, c2 "
    "ANY, c3 ANY, c4 ANY, c5 ANY, c6 ANY, c7 ANY, c8 ANY, c9 ANY, c10 ANY, c11 ANY, c12 ANY, c13 ANY, c14 ANY, c15 "
    "ANY, c16 ANY, c17 ANY, c18 ANY, c19 ANY, c20 ANY, c21 ANY, c22 ANY, c23 ANY, c24 ANY, c25 ANY, c26 ANY, c27 "
    "ANY, c28 ANY, c29 ANY, c30 ANY, c31 ANY, c32 ANY, c33 ANY, c34 ANY, c35 ANY, c36 ANY, c37 ANY, c38 ANY, c39 "
    "ANY, c40 ANY, c41 ANY, c42 ANY, c43 ANY, c44 ANY, c45 ANY, c46 ANY, c47 ANY, c48 ANY, c49 ANY, c50 ANY, c51 "
    "ANY, c52 ANY, c53 ANY, c54 ANY, c55 ANY, c56 ANY, c57 ANY, c58 ANY, c59 ANY, c60 ANY, c61 ANY, c62 ANY, c63 "
    "ANY) STRICT", 2 },
  { "personal",
    "CREATE TABLE personal (n INTEGER PRIMARY KEY, erased INTEGER NOT NULL, type INTEGER NOT NULL, key TEXT NOT NULL, "
    "field TEXT NOT NULL, digest BLOB NOT NULL, at INTEGER NOT NULL, salt BLOB NOT NULL, value BLOB NOT NULL) STRICT", 2 },
  { "personal_subject", "CREATE INDEX personal_subject ON personal (type, key, field)", 2 },
  { "fact_column", "CREATE TABLE fact_column (n INTEGER PRIMARY KEY, name TEXT NOT NULL, type INTEGER NOT NULL) STRICT", 2 },
};

static gboolean
execute (CsvcConnection *connection, const char *sql, GError **error)
{
  return sqlite3_exec (connection->db, sql, NULL, NULL, NULL) == SQLITE_OK || _csvc_connection_fail (connection, error);
}

/* Those that came after version @from. */
static gboolean
create_objects (CsvcConnection *connection, int from, GError **error)
{
  g_autofree char *marks = g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %d", CSVC_SQLITE_APPLICATION_ID,
                                            CSVC_SQLITE_VERSION);

  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    {
      const Object *object = &objects[i];
      gboolean changes = from > 0 && object->change != NULL;

      if (MAX (object->since, 1) > from && object->until == 0 && !execute (connection, changes ? object->change : object->sql, error))
        return FALSE;
    }
  connection->version = CSVC_SQLITE_VERSION;
  return execute (connection, marks, error);
}

gboolean
_csvc_schema_make (CsvcConnection *connection, GError **error)
{
  if (!execute (connection, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (create_objects (connection, 0, error) && execute (connection, "COMMIT", error))
    return TRUE;
  _csvc_connection_roll_back (connection);
  return FALSE;
}

gboolean
_csvc_schema_upgrade (CsvcConnection *connection, GError **error)
{
  if (connection->version == CSVC_SQLITE_VERSION)
    return TRUE;
  if (!execute (connection, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (create_objects (connection, connection->version, error)
      && execute (connection, "INSERT INTO fact (place, stale, key) SELECT id, 1, key FROM stream WHERE type = 2", error)
      && execute (connection, "COMMIT", error))
    return TRUE;
  _csvc_connection_roll_back (connection);
  return FALSE;
}

/* ---- Checking ---- */

static gboolean
read_number (CsvcConnection *connection, const char *sql, gint64 *number, GError **error)
{
  sqlite3_stmt *statement = NULL;
  gboolean ok = sqlite3_prepare_v2 (connection->db, sql, -1, &statement, NULL) == SQLITE_OK
                && sqlite3_step (statement) == SQLITE_ROW;

  if (ok)
    *number = sqlite3_column_int64 (statement, 0);
  else
    _csvc_connection_fail (connection, error);
  sqlite3_finalize (statement);
  return ok;
}

static gboolean
is_of (const Object *object, int version)
{
  return object->since <= version && (object->until == 0 || version < object->until);
}

static gboolean
is_ours (int version, const char *name, const char *sql)
{
  for (guint i = 0; name != NULL && sql != NULL && i < G_N_ELEMENTS (objects); i++)
    if (is_of (&objects[i], version) && g_str_equal (name, objects[i].name))
      return g_str_equal (sql, objects[i].sql);
  return FALSE;
}

static guint
count_objects (int version)
{
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    n += is_of (&objects[i], version);
  return n;
}

static gboolean
check_objects (CsvcConnection *connection, GError **error)
{
  sqlite3_stmt *statement = NULL;
  guint n = 0, strange = 0;
  int rc = sqlite3_prepare_v2 (connection->db, "SELECT name, sql FROM sqlite_master", -1, &statement, NULL);

  while (rc == SQLITE_OK && sqlite3_step (statement) == SQLITE_ROW)
    {
      n++;
      if (!is_ours (connection->version, (const char *) sqlite3_column_text (statement, 0), (const char *) sqlite3_column_text (statement, 1)))
        strange++;
    }
  rc = sqlite3_finalize (statement);
  if (rc != SQLITE_OK)
    return _csvc_connection_fail (connection, error);
  if (strange > 0 || n != count_objects (connection->version))
    return _csvc_connection_corrupt (connection, error, "its tables are not those of a libcsvc store; somebody changed them");
  return TRUE;
}

static gboolean
check_marks (CsvcConnection *connection, gint64 id, gint64 version, GError **error)
{
  if (id != CSVC_SQLITE_APPLICATION_ID)
    return _csvc_connection_corrupt (connection, error, "not a libcsvc store, but another program's database");
  if (version > CSVC_SQLITE_VERSION)
    return _csvc_connection_corrupt (connection, error,
                                     "written by a newer libcsvc (store version %" G_GINT64_FORMAT
                                     ", this one reads %d); update libcsvc", version, CSVC_SQLITE_VERSION);
  if (version < 1)
    return _csvc_connection_corrupt (connection, error, "store version %" G_GINT64_FORMAT " does not exist", version);
  return TRUE;
}

gboolean
_csvc_schema_check (CsvcConnection *connection, gboolean *empty, GError **error)
{
  gint64 id, version, n_objects;

  if (!read_number (connection, "PRAGMA application_id", &id, error)
      || !read_number (connection, "PRAGMA user_version", &version, error)
      || !read_number (connection, "SELECT count(*) FROM sqlite_master", &n_objects, error))
    return FALSE;
  *empty = id == 0 && version == 0 && n_objects == 0;
  if (*empty)
    return TRUE;
  if (!check_marks (connection, id, version, error))
    return FALSE;
  connection->version = (int) version;
  return check_objects (connection, error);
}
