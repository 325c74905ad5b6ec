/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_STORE_SQLITE_CONNECTION_H
#define CSVC_STORE_SQLITE_CONNECTION_H

#include "store/store.h"

#include <sqlite3.h>

/* One connection with its prepared statements. Used by one thread at a time. */

#define CSVC_SQLITE_BUSY_TIMEOUT_MS 5000
#define CSVC_SQLITE_APPLICATION_ID 0x43535643 /* "CSVC" */
#define CSVC_SQLITE_VERSION 2 /* 1: without facts in columns; read, and made 2 when opened to write */

/* The texts stand in queries.c. */
typedef enum {
  QUERY_BEGIN_READ,
  QUERY_BEGIN_WRITE,
  QUERY_COMMIT,
  QUERY_ROLLBACK,
  QUERY_TOUCH,
  QUERY_LOAD,
  QUERY_FIND_COMMAND,
  QUERY_FIND_ALL,
  QUERY_FIND_ALL_OPEN,
  QUERY_FIND_CUSTOMER,
  QUERY_FIND_CUSTOMER_OPEN,
  QUERY_FIND_KIND,
  QUERY_FIND_KIND_OPEN,
  QUERY_FIND_HANDLER,
  QUERY_FIND_HANDLER_OPEN,
  QUERY_FIND_PROMISES,
  QUERY_CLAIM,
  QUERY_NEXT_DUE,
  QUERY_OLD_HEAD,
  QUERY_INSERT_HEAD,
  QUERY_UPDATE_STATE,
  QUERY_UPDATE_DUE,
  QUERY_UPDATE_HEAD,
  QUERY_OLD_PROMISES,
  QUERY_DELETE_PROMISES,
  QUERY_INSERT_PROMISE,
  QUERY_INSERT_ENTRY,
  QUERY_INSERT_BATCH,
  QUERY_LAST_BATCH,
  QUERY_SCAN,
  QUERY_SCAN_STREAM,
  QUERY_LIST_COLUMNS,
  QUERY_INSERT_COLUMN,
  QUERY_PUT_FACTS,
  QUERY_DELETE_FACTS,
  QUERY_SCAN_STATES,
  QUERY_FIND_PERSONAL,
  QUERY_ADD_PERSONAL,
  QUERY_ERASE_PERSONAL,
  QUERY_PUT_DOCUMENT,
  QUERY_GET_DOCUMENT,
  QUERY_VERIFY_STRUCTURE,
  QUERY_VERIFY_BATCHES,
  QUERY_VERIFY_ENTRIES,
  QUERY_VERIFY_HEADS,
  QUERY_VERIFY_ORPHANS,
  QUERY_VERIFY_DOCUMENTS,
  QUERY_VERIFY_FACTS,
  CSVC_N_QUERIES
} CsvcQuery;

const char *_csvc_sqlite_query_text (CsvcQuery query);

typedef enum {
  CSVC_CONNECTION_WRITER,   /* the only one that writes and checkpoints; makes the tables in an empty file */
  CSVC_CONNECTION_READER
} CsvcConnectionRole;

typedef struct {
  sqlite3      *db;
  char         *path;    /* for messages */
  int           version; /* of the file */
  sqlite3_stmt *statements[CSVC_N_QUERIES];
  int           bind_rc; /* the first failure to bind since the last step; SQLITE_OK = none */
} CsvcConnection;

CsvcConnection *_csvc_connection_open (const char *path, CsvcConnectionRole role, gboolean sync_normal, GError **error);
void            _csvc_connection_close (CsvcConnection *self);
/* In a forked child: forgets without touching the files, which are the parent's. */
void            _csvc_connection_abandon (CsvcConnection *self);

/* FALSE, always: sets @error from the connection's last failure. */
gboolean _csvc_connection_fail (CsvcConnection *self, GError **error);
/* FALSE, always: CSVC_ERROR_CORRUPT, "PATH: " and the message. */
gboolean _csvc_connection_corrupt (CsvcConnection *self, GError **error, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* (transfer none): prepared when first asked for; give it back with g_autoptr (CsvcStatement). */
typedef sqlite3_stmt CsvcStatement;
CsvcStatement *_csvc_connection_query (CsvcConnection *self, CsvcQuery query, GError **error);
/* @row: there is one; FALSE with @row FALSE: an error. */
gboolean _csvc_connection_step (CsvcConnection *self, CsvcStatement *statement, gboolean *row, GError **error);
/* Statements without parameters and rows. */
gboolean _csvc_connection_run (CsvcConnection *self, CsvcQuery query, GError **error);
/* The rest: no row is expected. */
gboolean _csvc_connection_finish (CsvcConnection *self, CsvcStatement *statement, GError **error);
/* Whatever state the transaction is in (SQLite ends it by itself on some failures). */
void     _csvc_connection_roll_back (CsvcConnection *self);

/* Values are borrowed until the statement is given back. NULL text and bytes bind NULL. */
void _csvc_bind_int (CsvcConnection *self, CsvcStatement *statement, int i, gint64 value);
void _csvc_bind_time (CsvcConnection *self, CsvcStatement *statement, int i, CsvcTime value); /* CSVC_NEVER: NULL */
void _csvc_bind_text (CsvcConnection *self, CsvcStatement *statement, int i, const char *value);
void _csvc_bind_blob (CsvcConnection *self, CsvcStatement *statement, int i, const void *data, gsize size);
void _csvc_bind_bytes (CsvcConnection *self, CsvcStatement *statement, int i, GBytes *bytes); /* NULL: an empty blob */

static inline void
_csvc_statement_release (CsvcStatement *statement)
{
  if (statement != NULL)
    {
      sqlite3_reset (statement);
      sqlite3_clear_bindings (statement);
    }
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcStatement, _csvc_statement_release)

/* Reads a row that may have been tampered with: whatever is not of the shape it was written in sets @damaged, and reads as 0 or NULL. */
typedef struct {
  CsvcStatement *statement;
  gboolean       damaged;
} CsvcRow;

gint64   _csvc_row_int (CsvcRow *row, int i, gint64 min, gint64 max);
CsvcTime _csvc_row_time (CsvcRow *row, int i);                          /* NULL: CSVC_NEVER */
char    *_csvc_row_text (CsvcRow *row, int i);                          /* (transfer full) (nullable) */
GBytes  *_csvc_row_bytes (CsvcRow *row, int i);                         /* (transfer full) */
gboolean _csvc_row_blob (CsvcRow *row, int i, void *to, gsize size);    /* FALSE: NULL or damaged */

/* In schema.c: makes the tables in an empty file, or checks that they are ours, exactly. */
gboolean _csvc_schema_make (CsvcConnection *connection, GError **error);
gboolean _csvc_schema_check (CsvcConnection *connection, gboolean *empty, GError **error);
/* Of an older version: makes what it lacks. */
gboolean _csvc_schema_upgrade (CsvcConnection *connection, GError **error);

/* A customer's facts lie in rows of so many columns each, see facts.c. */
#define CSVC_FACT_COLUMNS 64
#define CSVC_FACT_ROW_BITS 48

#endif
