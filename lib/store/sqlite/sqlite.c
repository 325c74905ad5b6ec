/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The store in one SQLite file: opening, transactions, scanning.
 *
 * A commit in doubt. When COMMIT fails, its pages may stand in the log all the same, and a later opening could find them
 * there. So before answering we commit something harmless, the fence: it goes to the same place in the log and settles
 * that for ever. Then the batch row, found or not, is the truth. If even the fence fails (the disk is still full), nothing
 * else is written before one succeeds. */

#include "config.h"

#include "store/sqlite/sqlite.h"

#include "store/backends.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_IDLE 4
#define SCAN_CHUNK 64
#define SMALLEST_PAGE 512

static CsvcSqliteStore *
store_of (CsvcTx *tx)
{
  return (CsvcSqliteStore *) tx->store;
}

/* ---- Connections ---- */

/* SQLite's connections must not be used by a child of the process that opened them. */
static gboolean
check_process (CsvcSqliteStore *self, GError **error)
{
  if (self->pid == getpid ())
    return TRUE;
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_BUSY, "%s: opened by process %d before it forked; this process must open it itself",
               self->path, (int) self->pid);
  return FALSE;
}

CsvcConnection *
_csvc_sqlite_borrow (CsvcSqliteStore *self, GError **error)
{
  CsvcConnection *connection = NULL;

  if (!check_process (self, error))
    return NULL;
  g_mutex_lock (&self->pool_lock);
  if (self->idle->len > 0)
    connection = g_ptr_array_remove_index_fast (self->idle, self->idle->len - 1);
  g_mutex_unlock (&self->pool_lock);
  return connection != NULL ? connection : _csvc_connection_open (self->path, CSVC_CONNECTION_READER, FALSE, error);
}

void
_csvc_sqlite_give_back (CsvcSqliteStore *self, CsvcConnection *connection)
{
  gboolean kept;

  g_mutex_lock (&self->pool_lock);
  kept = self->idle->len < MAX_IDLE && sqlite3_get_autocommit (connection->db);
  if (kept)
    g_ptr_array_add (self->idle, connection);
  g_mutex_unlock (&self->pool_lock);
  if (!kept)
    _csvc_connection_close (connection);
}

/* ---- Begin and end ---- */

static gboolean
read_last_batch (CsvcSqliteStore *self, GError **error)
{
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (self->writer, QUERY_LAST_BATCH, error);
  CsvcRow row = { statement, FALSE };
  guint8 hash[32] = { 0 };
  gint64 n = 0;
  gboolean found;

  if (statement == NULL || !_csvc_connection_step (self->writer, statement, &found, error))
    return FALSE;
  if (found)
    {
      n = _csvc_row_int (&row, 0, 1, G_MAXINT64 >> CSVC_PLACE_BITS);
      row.damaged |= !_csvc_row_blob (&row, 1, hash, sizeof hash);
    }
  if (row.damaged)
    return _csvc_connection_corrupt (self->writer, error, "the row of the last batch is damaged");

  self->chain.n = n;
  memcpy (self->chain.hash, hash, sizeof hash);
  return TRUE;
}

static gboolean
fence (CsvcSqliteStore *self, GError **error)
{
  if (_csvc_connection_run (self->writer, QUERY_BEGIN_WRITE, error)
      && _csvc_connection_run (self->writer, QUERY_TOUCH, error)
      && _csvc_connection_run (self->writer, QUERY_COMMIT, error)
      && read_last_batch (self, error))
    {
      self->uncertain = FALSE;
      return TRUE;
    }
  _csvc_connection_roll_back (self->writer);
  return FALSE;
}

static void
unlock_writer (CsvcSqliteStore *self)
{
  g_atomic_pointer_set (&self->holder, NULL);
  g_mutex_unlock (&self->write_lock);
}

static CsvcConnection *
begin_write (CsvcSqliteStore *self, GError **error)
{
  if (self->read_only)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "%s: opened to read only (mode=ro)", self->path);
      return NULL;
    }
  if (!check_process (self, error))
    return NULL;
  g_return_val_if_fail (g_atomic_pointer_get (&self->holder) != g_thread_self (), NULL);

  g_mutex_lock (&self->write_lock);
  g_atomic_pointer_set (&self->holder, g_thread_self ());
  if ((!self->uncertain || fence (self, error)) && _csvc_connection_run (self->writer, QUERY_BEGIN_WRITE, error))
    return self->writer;
  unlock_writer (self);
  return NULL;
}

static CsvcConnection *
begin_read (CsvcSqliteStore *self, GError **error)
{
  CsvcConnection *connection = _csvc_sqlite_borrow (self, error);

  if (connection == NULL || _csvc_connection_run (connection, QUERY_BEGIN_READ, error))
    return connection;
  _csvc_sqlite_give_back (self, connection);
  return NULL;
}

static CsvcTx *
sqlite_begin (CsvcStore *base, CsvcTxMode mode, GError **error)
{
  CsvcSqliteStore *self = (CsvcSqliteStore *) base;
  CsvcConnection *connection = mode == CSVC_TX_WRITE ? begin_write (self, error) : begin_read (self, error);
  CsvcSqliteTx *tx;

  if (connection == NULL)
    return NULL;
  tx = g_new0 (CsvcSqliteTx, 1);
  tx->connection = connection;
  return &tx->base;
}

static gboolean
insert_batch (CsvcSqliteStore *self, const guint8 hash[32], GError **error)
{
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (self->writer, QUERY_INSERT_BATCH, error);

  if (statement == NULL)
    return FALSE;
  _csvc_bind_int (self->writer, statement, 1, self->chain.n + 1);
  _csvc_bind_int (self->writer, statement, 2, self->chain.digests->len);
  _csvc_bind_blob (self->writer, statement, 3, hash, 32);
  return _csvc_connection_finish (self->writer, statement, error);
}

/* After a COMMIT that failed: is batch @n, with that hash, there? Not known is a no that the next begin looks after. */
static gboolean
settle (CsvcSqliteStore *self, gint64 n, const guint8 hash[32])
{
  _csvc_connection_roll_back (self->writer);
  self->uncertain = TRUE;
  return fence (self, NULL) && self->chain.n == n && memcmp (self->chain.hash, hash, 32) == 0;
}

static gboolean
commit_batch (CsvcSqliteStore *self, GError **error)
{
  g_autoptr (GError) problem = NULL;
  gint64 n = self->chain.n + 1;
  guint8 hash[32];

  _csvc_chain_hash (&self->chain, hash);
  if (!insert_batch (self, hash, error))
    return FALSE;
  if (!_csvc_connection_run (self->writer, QUERY_COMMIT, &problem))
    {
      if (settle (self, n, hash))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  _csvc_chain_advance (&self->chain, hash);
  return TRUE;
}

static gboolean
end_write (CsvcSqliteStore *self, gboolean commit, GError **error)
{
  gboolean ok = TRUE;

  if (commit)
    ok = self->chain.digests->len > 0 ? commit_batch (self, error) : _csvc_connection_run (self->writer, QUERY_COMMIT, error);
  _csvc_connection_roll_back (self->writer);
  g_array_set_size (self->chain.digests, 0);
  /* Columns may have been added. */
  if (!commit || !ok)
    g_clear_pointer (&self->columns, g_hash_table_unref);
  _csvc_sqlite_scrub (self);
  unlock_writer (self);
  return ok;
}

static gboolean
sqlite_end (CsvcTx *tx, gboolean commit, GError **error)
{
  CsvcSqliteStore *self = store_of (tx);
  gboolean ok = TRUE;

  if (tx->mode == CSVC_TX_WRITE)
    ok = end_write (self, commit, error);
  else
    {
      _csvc_connection_roll_back (_csvc_sqlite_connection_of (tx));
      _csvc_sqlite_give_back (self, _csvc_sqlite_connection_of (tx));
    }
  g_free (tx);
  return ok;
}

/* ---- The journal ---- */

static GArray *
new_entries (void)
{
  GArray *entries = g_array_new (FALSE, FALSE, sizeof (CsvcEntry));

  g_array_set_clear_func (entries, (GDestroyNotify) _csvc_entry_clear);
  return entries;
}

/* The places after the last that can be, or after all of batch @batch. */
static gint64
place_of (gint64 batch, guint32 index)
{
  if (batch > G_MAXINT64 >> CSVC_PLACE_BITS)
    return G_MAXINT64;
  return batch << CSVC_PLACE_BITS | MIN (index, CSVC_BATCH_MAX_ENTRIES);
}

static gboolean
read_chunk (CsvcConnection *connection, gint64 stream, gint64 after, GArray *entries, GError **error)
{
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (connection, stream != 0 ? QUERY_SCAN_STREAM : QUERY_SCAN, error);
  gboolean row = TRUE;

  if (statement == NULL)
    return FALSE;
  _csvc_bind_int (connection, statement, 1, after);
  _csvc_bind_int (connection, statement, 2, SCAN_CHUNK);
  if (stream != 0)
    _csvc_bind_int (connection, statement, 3, stream);
  while (row)
    {
      CsvcEntry entry;

      if (!_csvc_connection_step (connection, statement, &row, error)
          || (row && !_csvc_read_entry (connection, statement, &entry, error)))
        return FALSE;
      if (row)
        g_array_append_val (entries, entry);
    }
  return TRUE;
}

/* (transfer full) (nullable). Read and let go before anybody is called: a slow listener must not hold a snapshot, which would
 * keep the log from being emptied. */
static GArray *
fetch_chunk (CsvcSqliteStore *self, gint64 stream, gint64 after, GError **error)
{
  CsvcConnection *connection = _csvc_sqlite_borrow (self, error);
  g_autoptr (GArray) entries = new_entries ();
  gboolean ok;

  if (connection == NULL)
    return NULL;
  ok = read_chunk (connection, stream, after, entries, error);
  _csvc_sqlite_give_back (self, connection);
  return ok ? g_steal_pointer (&entries) : NULL;
}

static gboolean
sqlite_scan (CsvcStore *base, gint64 stream, gint64 batch, guint32 index, CsvcEntryFunc func, gpointer data, GError **error)
{
  gint64 after = place_of (batch, index);

  for (;;)
    {
      g_autoptr (GArray) entries = fetch_chunk ((CsvcSqliteStore *) base, stream, after, error);

      if (entries == NULL)
        return FALSE;
      for (guint i = 0; i < entries->len; i++)
        {
          const CsvcEntry *entry = &g_array_index (entries, CsvcEntry, i);

          if (!func (entry, data))
            return TRUE;
          after = place_of (entry->batch, entry->index);
        }
      if (entries->len < SCAN_CHUNK)
        return TRUE;
    }
}

/* ---- Life ---- */

static void
close_connection (CsvcSqliteStore *self, CsvcConnection *connection)
{
  if (self->pid == getpid ())
    _csvc_connection_close (connection);
  else
    _csvc_connection_abandon (connection);
}

/* Readers first: the writer, being the last, empties the log into the file and removes it. */
static void
sqlite_close (CsvcStore *base)
{
  CsvcSqliteStore *self = (CsvcSqliteStore *) base;

  for (guint i = 0; i < self->idle->len; i++)
    close_connection (self, g_ptr_array_index (self->idle, i));
  if (self->writer != NULL)
    close_connection (self, self->writer);
  _csvc_writer_lock_release (self->lock);
  g_ptr_array_unref (self->idle);
  g_clear_pointer (&self->columns, g_hash_table_unref);
  _csvc_chain_clear (&self->chain);
  g_mutex_clear (&self->write_lock);
  g_mutex_clear (&self->pool_lock);
  g_free (self->path);
  g_free (self);
}

static const CsvcStoreClass sqlite_class = {
  .name = "sqlite",
  .begin = sqlite_begin,
  .load = _csvc_sqlite_load,
  .find_command = _csvc_sqlite_find_command,
  .find = _csvc_sqlite_find,
  .find_promises = _csvc_sqlite_find_promises,
  .claim = _csvc_sqlite_claim,
  .put = _csvc_sqlite_put,
  .scan_facts = _csvc_sqlite_scan_facts,
  .end = sqlite_end,
  .scan = sqlite_scan,
  .close = sqlite_close,
  .find_personal = _csvc_sqlite_find_personal,
  .add_personal = _csvc_sqlite_add_personal,
  .erase_personal = _csvc_sqlite_erase_personal,
  .put_document = _csvc_sqlite_put_document,
  .get_document = _csvc_sqlite_get_document,
  .verify = _csvc_sqlite_verify,
};

static CsvcStore *
new_store (char *path, gboolean read_only)
{
  CsvcSqliteStore *self = g_new0 (CsvcSqliteStore, 1);

  _csvc_store_init (&self->base, &sqlite_class);
  self->path = path;
  self->read_only = read_only;
  self->pid = getpid ();
  self->idle = g_ptr_array_new ();
  g_mutex_init (&self->write_lock);
  g_mutex_init (&self->pool_lock);
  _csvc_chain_init (&self->chain);
  return &self->base;
}

/* Made by us and not by SQLite, so that nobody else may read it, and only when there is none: opening the descriptor of a
 * database that is in use, and closing it, would drop the locks that SQLite holds on it. */
static gboolean
make_file (const char *path, gboolean *made, GError **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

  *made = fd >= 0;
  if (fd < 0 && errno != EEXIST)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_IO, "%s: cannot make the store: %s", path, g_strerror (errno));
      return FALSE;
    }
  if (fd >= 0)
    close (fd);
  return TRUE;
}

/* SQLite takes a file that is shorter than any page for an empty one, and would begin anew. */
static gboolean
check_file (const char *path, GError **error)
{
  struct stat info;

  if (stat (path, &info) != 0)
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_IO, "%s: cannot open the store: %s", path, g_strerror (errno));
  else if (!S_ISREG (info.st_mode))
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_IO, "%s: cannot open the store: not a file", path);
  else if (info.st_size > 0 && info.st_size < SMALLEST_PAGE)
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "%s: not a libcsvc store, or cut off after %d bytes", path,
                 (int) info.st_size);
  else
    return TRUE;
  return FALSE;
}

/* (transfer full) (nullable): without links, so that one file has one lock. */
static char *
resolve (const char *path, GError **error)
{
  char *resolved;

  if (!check_file (path, error))
    return NULL;
  resolved = realpath (path, NULL);
  if (resolved == NULL)
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_IO, "%s: cannot open the store: %s", path, g_strerror (errno));
  return resolved;
}

static gboolean
start_reading (CsvcSqliteStore *self, GError **error)
{
  CsvcConnection *connection = _csvc_sqlite_borrow (self, error);

  if (connection == NULL)
    return FALSE;
  _csvc_sqlite_give_back (self, connection);
  return TRUE;
}

static gboolean
start_writing (CsvcSqliteStore *self, gboolean made, gboolean sync_normal, GError **error)
{
  self->lock = _csvc_writer_lock_take (self->path, error);
  if (self->lock == NULL)
    return FALSE;
  self->writer = _csvc_connection_open (self->path, CSVC_CONNECTION_WRITER, sync_normal, error);
  /* Whoever wrote before may have been killed before it had cleaned up. */
  self->has_erased = TRUE;
  if (self->writer != NULL && read_last_batch (self, error))
    return TRUE;
  if (made)
    unlink (self->path);
  return FALSE;
}

CsvcStore *
_csvc_sqlite_store_open (const char *path, CsvcSqliteOptions options, GError **error)
{
  gboolean made = FALSE, ok;
  CsvcStore *store;
  char *resolved;

  if (!options.read_only && !make_file (path, &made, error))
    return NULL;
  resolved = resolve (path, error);
  if (resolved == NULL)
    return NULL;

  store = new_store (resolved, options.read_only);
  ok = options.read_only ? start_reading ((CsvcSqliteStore *) store, error)
                         : start_writing ((CsvcSqliteStore *) store, made, options.sync_normal, error);
  if (!ok)
    g_clear_pointer (&store, csvc_store_unref);
  return store;
}
