/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_STORE_SQLITE_SQLITE_H
#define CSVC_STORE_SQLITE_SQLITE_H

#include "store/chain.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/lock.h"

#include <sys/types.h>

/* Threads and connections
 *
 *   write_lock   held through a WRITE transaction; guards writer, chain, columns, uncertain
 *   pool_lock    held for moments; guards idle: connections that read, each lent to one transaction or scan
 *
 * A reader sees the last commit at its first read and never waits for the writer. */
typedef struct {
  CsvcStore       base;
  char           *path;      /* resolved: no links in it */
  gboolean        read_only;
  pid_t           pid;       /* who opened it */
  CsvcWriterLock *lock;

  GMutex          write_lock;
  GThread        *holder;    /* of write_lock */
  CsvcConnection *writer;    /* NULL when read_only */
  CsvcChain       chain;     /* last batch that stands, digests of the open transaction */
  GHashTable     *columns;   /* "type name" → number of a column + 1; NULL: not read yet */
  gboolean        has_erased; /* personal values, which may still stand in the log */
  gboolean        uncertain; /* whether the last commit stands is not known yet */

  GMutex          pool_lock;
  GPtrArray      *idle;
} CsvcSqliteStore;

typedef struct {
  CsvcTx          base;
  CsvcConnection *connection;
} CsvcSqliteTx;

#define CSVC_PLACE_BITS 20

static inline CsvcConnection *
_csvc_sqlite_connection_of (CsvcTx *tx)
{
  return ((CsvcSqliteTx *) tx)->connection;
}

/* (nullable): a connection to read with. Give it back; broken ones are closed then. */
CsvcConnection *_csvc_sqlite_borrow (CsvcSqliteStore *self, GError **error);
void            _csvc_sqlite_give_back (CsvcSqliteStore *self, CsvcConnection *connection);

/* rows.c. Each FALSE: CSVC_ERROR_CORRUPT; what was filled is cleared. */
gboolean _csvc_read_head (CsvcConnection *connection, CsvcStatement *statement, CsvcHead *head, GError **error);
gboolean _csvc_read_promise (CsvcConnection *connection, CsvcStatement *statement, int first_column, CsvcPromise *promise,
                             GError **error);
gboolean _csvc_read_entry (CsvcConnection *connection, CsvcStatement *statement, CsvcEntry *entry, GError **error);
/* Appends all rows. */
gboolean _csvc_read_heads (CsvcConnection *connection, CsvcStatement *statement, GArray *heads, GError **error);
/* (transfer full) (nullable): as stored, by clock and cycle. */
GArray  *_csvc_read_promises_of (CsvcConnection *connection, gint64 stream, GError **error);

/* find.c: slots. */
gboolean _csvc_sqlite_load (CsvcTx *tx, CsvcStreamType type, const char *key, CsvcHead *head, GError **error);
gboolean _csvc_sqlite_find_command (CsvcTx *tx, gint64 stream, const guint8 key[16], gint64 *version, guint8 digest[16], GError **error);
gboolean _csvc_sqlite_find (CsvcTx *tx, const CsvcFind *what, GArray *heads, GError **error);
gboolean _csvc_sqlite_find_promises (CsvcTx *tx, const CsvcFindPromises *what, GArray *promises, GError **error);
gboolean _csvc_sqlite_claim (CsvcTx *tx, CsvcTime now, guint max, GArray *heads, CsvcTime *next, GError **error);
gboolean _csvc_sqlite_put_document (CsvcTx *tx, const char *type, const char *name, const char *hash, GBytes *content, GError **error);
gboolean _csvc_sqlite_get_document (CsvcTx *tx, const char *hash, GBytes **content, GError **error);
/* facts.c */
gboolean _csvc_sqlite_scan_facts (CsvcTx *tx, const char *const *names, guint n_names, gint64 after, CsvcFactFunc func, gpointer data,
                                  GError **error);
/* What a change says of the columns of a customer, whose id is known by now. @is_new: nothing of it stands yet. */
gboolean _csvc_sqlite_put_columns (CsvcSqliteStore *self, const CsvcChange *change, gboolean is_new, GError **error);
/* personal.c: slots. */
gboolean _csvc_sqlite_find_personal (CsvcTx *tx, CsvcStreamType type, const char *key, GArray *rows, GError **error);
gboolean _csvc_sqlite_add_personal (CsvcTx *tx, CsvcStreamType type, const char *key, const CsvcPersonal *row, GError **error);
gboolean _csvc_sqlite_erase_personal (CsvcTx *tx, CsvcStreamType type, const char *key, const char *field, GError **error);
/* By the writer, when no transaction is open: lets nothing of what was erased stand in the log. */
void     _csvc_sqlite_scrub (CsvcSqliteStore *self);
/* put.c, verify.c: slots. */
gboolean _csvc_sqlite_put (CsvcTx *tx, CsvcChange *changes, guint n, GError **error);
gboolean _csvc_sqlite_verify (CsvcStore *store, gint64 *n_batches, gint64 *n_entries, GError **error);

#endif
