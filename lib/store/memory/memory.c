/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The store in memory.
 *
 * One mutex is held through a transaction; puts take effect at once and leave on an undo list what was before. The journal
 * grows only when a transaction commits, under a lock of its own, and never shrinks: so scans take no part in transactions.
 *
 *   journal   e e e e e e e e …      batch b holds entries batches[b-1].first, … up to the next batch's first
 *   by_stream the same entries, stream by stream */

#include "config.h"

#include "store/backends.h"
#include "store/chain.h"
#include "store/memory/index.h"
#include "store/memory/personal.h"

#include <string.h>

#define SCAN_CHUNK 64

typedef struct {
  guint  first;
  guint8 hash[32];
} Batch;

typedef struct {
  char   *type, *name;
  GBytes *content;
} Document;

typedef struct {
  CsvcStore   base;
  GMutex      tx_lock;
  GThread    *holder;    /* of tx_lock */
  CsvcIndex   index;
  GHashTable *commands;  /* set of CsvcEntry that have a command key, by stream and key */
  GHashTable *documents; /* hash → Document */
  CsvcPersonals personals;
  CsvcChain   chain;

  GMutex      journal_lock;
  GPtrArray  *journal;   /* of CsvcEntry; owns them */
  GPtrArray  *by_stream; /* number id - 1: GPtrArray of CsvcEntry */
  GArray     *batches;
} MemoryStore;

typedef struct {
  CsvcStream   *stream;
  CsvcSnapshot *before; /* NULL: the stream was new */
} Undo;

typedef struct {
  CsvcTx     base;
  GArray    *undo;
  GPtrArray *entries;   /* not yet in the journal */
  GPtrArray *documents; /* hashes put by this transaction, borrowed from the table */
} MemoryTx;

static guint
hash_command (gconstpointer p)
{
  const CsvcEntry *entry = p;
  guint32 part;

  memcpy (&part, entry->command_key, sizeof part);
  return part ^ (guint) entry->stream;
}

static gboolean
equal_commands (gconstpointer p, gconstpointer q)
{
  const CsvcEntry *a = p, *b = q;

  return a->stream == b->stream && memcmp (a->command_key, b->command_key, sizeof a->command_key) == 0;
}

/* Its stream_key belongs to the stream. */
static void
free_entry (gpointer p)
{
  CsvcEntry *entry = p;

  entry->stream_key = NULL;
  _csvc_entry_clear (entry);
  g_free (entry);
}

static void
free_document (gpointer p)
{
  Document *document = p;

  g_free (document->type);
  g_free (document->name);
  g_bytes_unref (document->content);
  g_free (document);
}

/* ---- Transactions ---- */

static CsvcTx *
memory_begin (CsvcStore *base, CsvcTxMode mode, GError **error)
{
  MemoryStore *self = (MemoryStore *) base;
  MemoryTx *tx;

  g_return_val_if_fail (g_atomic_pointer_get (&self->holder) != g_thread_self (), NULL);

  g_mutex_lock (&self->tx_lock);
  g_atomic_pointer_set (&self->holder, g_thread_self ());
  tx = g_new0 (MemoryTx, 1);
  tx->undo = g_array_new (FALSE, FALSE, sizeof (Undo));
  tx->entries = g_ptr_array_new ();
  tx->documents = g_ptr_array_new ();
  return &tx->base;
}

static MemoryStore *
store_of (CsvcTx *tx)
{
  return (MemoryStore *) tx->store;
}

static gboolean
memory_load (CsvcTx *tx, CsvcStreamType type, const char *key, CsvcHead *head, GError **error)
{
  const CsvcStream *stream = _csvc_index_lookup (&store_of (tx)->index, type, key);

  if (stream != NULL)
    _csvc_head_copy (head, &stream->now->head);
  else
    memset (head, 0, sizeof *head);
  return TRUE;
}

static gboolean
memory_find_command (CsvcTx *tx, gint64 stream, const guint8 key[16], gint64 *version, guint8 digest[16], GError **error)
{
  CsvcEntry probe = { .stream = stream };
  const CsvcEntry *entry;

  memcpy (probe.command_key, key, sizeof probe.command_key);
  entry = g_hash_table_lookup (store_of (tx)->commands, &probe);
  *version = entry != NULL ? entry->version : 0;
  if (entry != NULL)
    memcpy (digest, entry->command_digest, sizeof entry->command_digest);
  return TRUE;
}

static gboolean
memory_find (CsvcTx *tx, const CsvcFind *what, GArray *heads, GError **error)
{
  _csvc_index_find (&store_of (tx)->index, what, heads);
  return TRUE;
}

static gboolean
memory_find_promises (CsvcTx *tx, const CsvcFindPromises *what, GArray *promises, GError **error)
{
  _csvc_index_find_promises (&store_of (tx)->index, what, promises);
  return TRUE;
}

static gboolean
memory_claim (CsvcTx *tx, CsvcTime now, guint max, GArray *heads, CsvcTime *next, GError **error)
{
  _csvc_index_claim (&store_of (tx)->index, now, max, heads, next);
  return TRUE;
}

static gboolean
memory_scan_facts (CsvcTx *tx, const char *const *names, guint n_names, gint64 after, CsvcFactFunc func, gpointer data, GError **error)
{
  _csvc_index_scan_facts (&store_of (tx)->index, names, n_names, after, func, data);
  return TRUE;
}

/* ---- Putting ---- */

static gboolean
check_base (const CsvcStream *stream, const CsvcChange *change, GError **error)
{
  const CsvcHead *head = change->head;

  if (stream != NULL && head->id == 0)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_EXISTS, "stream %" G_GINT64_FORMAT " has that key already", stream->id);
      return FALSE;
    }
  if ((stream == NULL && head->id != 0)
      || (stream != NULL && (stream->id != head->id || stream->now->head.version != change->base_version)))
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_CONFLICT,
                   "stream %" G_GINT64_FORMAT " is not at version %" G_GINT64_FORMAT ": load it again", head->id,
                   change->base_version);
      return FALSE;
    }
  return TRUE;
}

static CsvcSnapshot *
make_snapshot (CsvcIndex *index, const CsvcSnapshot *before, const CsvcChange *change)
{
  CsvcSnapshot *snapshot = g_new0 (CsvcSnapshot, 1);

  _csvc_head_copy (&snapshot->head, change->head);
  snapshot->promises = _csvc_promises_new ();
  for (guint i = 0; i < change->n_promises; i++)
    {
      CsvcPromise promise = change->promises[i];

      promise.stream_key = promise.kind = promise.handler = promise.unit = NULL;
      promise.clock = g_strdup (promise.clock);
      g_array_append_val (snapshot->promises, promise);
    }
  if (change->has_columns)
    snapshot->cells = _csvc_index_make_cells (index, change->columns, change->n_columns);
  else if (before != NULL && before->cells != NULL)
    snapshot->cells = g_array_ref (before->cells);
  return snapshot;
}

/* FALSE: its command key was used in this stream before. */
static gboolean
add_entry (MemoryTx *tx, const CsvcStream *stream, CsvcEntry *given, GError **error)
{
  MemoryStore *self = store_of (&tx->base);
  CsvcEntry *entry;

  given->stream = stream->id;
  given->batch = self->chain.n + 1;
  given->index = tx->entries->len;
  if (_csvc_entry_has_command (given) && g_hash_table_contains (self->commands, given))
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_CONFLICT,
                   "stream %" G_GINT64_FORMAT ": this command's key was used before", stream->id);
      return FALSE;
    }

  entry = g_new (CsvcEntry, 1);
  *entry = *given;
  entry->stream_type = stream->type;
  entry->stream_key = stream->key;
  entry->data = given->data != NULL ? g_bytes_ref (given->data) : g_bytes_new (NULL, 0);
  g_ptr_array_add (tx->entries, entry);
  if (_csvc_entry_has_command (entry))
    g_hash_table_add (self->commands, entry);
  return TRUE;
}

static gboolean
put_change (MemoryTx *tx, CsvcChange *change, GError **error)
{
  MemoryStore *self = store_of (&tx->base);
  CsvcStream *stream = _csvc_index_lookup (&self->index, change->head->type, change->head->key);
  Undo undo;

  if (!check_base (stream, change, error))
    return FALSE;
  if (tx->entries->len + (guint64) change->n_entries > CSVC_BATCH_MAX_ENTRIES)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "more than %u entries in one transaction", CSVC_BATCH_MAX_ENTRIES);
      return FALSE;
    }

  if (stream == NULL)
    stream = _csvc_index_add_stream (&self->index, change->head->type, change->head->key);
  change->head->id = stream->id;
  undo.stream = stream;
  undo.before = _csvc_index_swap (&self->index, stream, make_snapshot (&self->index, stream->now, change));
  g_array_append_val (tx->undo, undo);

  for (guint i = 0; i < change->n_entries; i++)
    if (!add_entry (tx, stream, &change->entries[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
memory_put (CsvcTx *tx, CsvcChange *changes, guint n, GError **error)
{
  for (guint i = 0; i < n; i++)
    if (!put_change ((MemoryTx *) tx, &changes[i], error))
      return FALSE;
  return TRUE;
}

/* ---- Personal values ---- */

static gboolean
memory_find_personal (CsvcTx *tx, CsvcStreamType type, const char *key, GArray *rows, GError **error)
{
  _csvc_personals_find (&store_of (tx)->personals, type, key, rows);
  return TRUE;
}

static gboolean
memory_add_personal (CsvcTx *tx, CsvcStreamType type, const char *key, const CsvcPersonal *row, GError **error)
{
  _csvc_personals_add (&store_of (tx)->personals, type, key, row);
  return TRUE;
}

static gboolean
memory_erase_personal (CsvcTx *tx, CsvcStreamType type, const char *key, const char *field, GError **error)
{
  _csvc_personals_erase (&store_of (tx)->personals, type, key, field);
  return TRUE;
}

/* ---- Ending ---- */

static void
roll_back (MemoryTx *tx)
{
  MemoryStore *self = store_of (&tx->base);

  for (guint i = 0; i < tx->entries->len; i++)
    {
      CsvcEntry *entry = g_ptr_array_index (tx->entries, i);

      if (_csvc_entry_has_command (entry))
        g_hash_table_remove (self->commands, entry);
      free_entry (entry);
    }
  for (guint i = tx->undo->len; i > 0; i--)
    {
      Undo *undo = &g_array_index (tx->undo, Undo, i - 1);

      _csvc_snapshot_free (_csvc_index_swap (&self->index, undo->stream, undo->before));
      if (undo->before == NULL)
        _csvc_index_drop_last_stream (&self->index);
    }
  for (guint i = 0; i < tx->documents->len; i++)
    g_hash_table_remove (self->documents, g_ptr_array_index (tx->documents, i));
}

static void
append_to_journal (MemoryStore *self, CsvcEntry *entry)
{
  while (self->by_stream->len < entry->stream)
    g_ptr_array_add (self->by_stream, g_ptr_array_new ());
  g_ptr_array_add (g_ptr_array_index (self->by_stream, entry->stream - 1), entry);
  g_ptr_array_add (self->journal, entry);
}

static void
write_batch (MemoryTx *tx)
{
  MemoryStore *self = store_of (&tx->base);
  Batch batch = { .first = self->journal->len };

  for (guint i = 0; i < tx->entries->len; i++)
    {
      const CsvcEntry *entry = g_ptr_array_index (tx->entries, i);

      _csvc_chain_add (&self->chain, entry, entry->stream_type, entry->stream_key);
    }
  _csvc_chain_hash (&self->chain, batch.hash);
  _csvc_chain_advance (&self->chain, batch.hash);

  g_mutex_lock (&self->journal_lock);
  g_array_append_val (self->batches, batch);
  for (guint i = 0; i < tx->entries->len; i++)
    append_to_journal (self, g_ptr_array_index (tx->entries, i));
  g_mutex_unlock (&self->journal_lock);
}

static void
commit (MemoryTx *tx)
{
  if (tx->entries->len > 0)
    write_batch (tx);
  for (guint i = 0; i < tx->undo->len; i++)
    _csvc_snapshot_free (g_array_index (tx->undo, Undo, i).before);
}

static gboolean
memory_end (CsvcTx *base, gboolean stands, GError **error)
{
  MemoryTx *tx = (MemoryTx *) base;
  MemoryStore *self = store_of (base);

  if (stands)
    commit (tx);
  else
    roll_back (tx);
  _csvc_personals_end (&self->personals, stands);
  g_array_unref (tx->undo);
  g_ptr_array_unref (tx->entries);
  g_ptr_array_unref (tx->documents);
  g_free (tx);
  g_atomic_pointer_set (&self->holder, NULL);
  g_mutex_unlock (&self->tx_lock);
  return TRUE;
}

/* ---- The journal ---- */

/* How many of @stream's entries stand at or before the place. */
static guint
count_up_to (const GPtrArray *entries, gint64 batch, guint32 index)
{
  guint low = 0, high = entries->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const CsvcEntry *entry = g_ptr_array_index (entries, middle);

      if (entry->batch < batch || (entry->batch == batch && entry->index <= index))
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* Entries are never changed nor removed, so they may be read after the lock is gone. */
static guint
copy_chunk (MemoryStore *self, gint64 stream, gint64 batch, guint32 index, const CsvcEntry *chunk[SCAN_CHUNK])
{
  const GPtrArray *entries = NULL;
  guint n = 0;

  g_mutex_lock (&self->journal_lock);
  if (stream == 0)
    entries = self->journal;
  else if (stream <= self->by_stream->len)
    entries = g_ptr_array_index (self->by_stream, stream - 1);
  if (entries != NULL)
    for (guint i = count_up_to (entries, batch, index); i < entries->len && n < SCAN_CHUNK; i++)
      chunk[n++] = g_ptr_array_index (entries, i);
  g_mutex_unlock (&self->journal_lock);
  return n;
}

static gboolean
memory_scan (CsvcStore *base, gint64 stream, gint64 batch, guint32 index, CsvcEntryFunc func, gpointer data, GError **error)
{
  const CsvcEntry *chunk[SCAN_CHUNK];
  guint n;

  do
    {
      n = copy_chunk ((MemoryStore *) base, stream, batch, index, chunk);
      for (guint i = 0; i < n; i++)
        if (!func (chunk[i], data))
          return TRUE;
      if (n > 0)
        {
          batch = chunk[n - 1]->batch;
          index = chunk[n - 1]->index;
        }
    }
  while (n == SCAN_CHUNK);
  return TRUE;
}

static gboolean
verify_batch (const MemoryStore *self, CsvcChain *chain, GError **error)
{
  const Batch *batch = &g_array_index (self->batches, Batch, chain->n);
  guint end = chain->n + 1 < self->batches->len ? batch[1].first : self->journal->len;
  guint8 hash[32];

  for (guint i = batch->first; i < end; i++)
    {
      const CsvcEntry *entry = g_ptr_array_index (self->journal, i);

      _csvc_chain_add (chain, entry, entry->stream_type, entry->stream_key);
    }
  _csvc_chain_hash (chain, hash);
  if (memcmp (hash, batch->hash, sizeof hash) != 0)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "memory: batch %" G_GINT64_FORMAT " does not verify", chain->n + 1);
      return FALSE;
    }
  _csvc_chain_advance (chain, hash);
  return TRUE;
}

static gboolean
memory_verify (CsvcStore *base, gint64 *n_batches, gint64 *n_entries, GError **error)
{
  MemoryStore *self = (MemoryStore *) base;
  g_auto (CsvcChain) chain = { 0 };
  gboolean ok = TRUE;

  _csvc_chain_init (&chain);
  g_mutex_lock (&self->journal_lock);
  while (ok && chain.n < self->batches->len)
    ok = verify_batch (self, &chain, error);
  if (ok)
    {
      *n_batches = self->batches->len;
      *n_entries = self->journal->len;
    }
  g_mutex_unlock (&self->journal_lock);
  return ok;
}

/* ---- Documents ---- */

static gboolean
memory_put_document (CsvcTx *base, const char *type, const char *name, const char *hash, GBytes *content, GError **error)
{
  MemoryStore *self = store_of (base);
  Document *document;
  char *key;

  if (g_hash_table_contains (self->documents, hash))
    return TRUE;
  document = g_new (Document, 1);
  document->type = g_strdup (type);
  document->name = g_strdup (name);
  document->content = g_bytes_ref (content);
  key = g_strdup (hash);
  g_hash_table_insert (self->documents, key, document);
  g_ptr_array_add (((MemoryTx *) base)->documents, key);
  return TRUE;
}

static gboolean
memory_get_document (CsvcTx *tx, const char *hash, GBytes **content, GError **error)
{
  const Document *document = g_hash_table_lookup (store_of (tx)->documents, hash);

  *content = document != NULL ? g_bytes_ref (document->content) : NULL;
  return TRUE;
}

/* ---- Life ---- */

static void
memory_close (CsvcStore *base)
{
  MemoryStore *self = (MemoryStore *) base;

  g_hash_table_unref (self->commands);
  g_hash_table_unref (self->documents);
  g_ptr_array_unref (self->by_stream);
  g_ptr_array_unref (self->journal);
  g_array_unref (self->batches);
  _csvc_chain_clear (&self->chain);
  _csvc_index_clear (&self->index);
  _csvc_personals_clear (&self->personals);
  g_mutex_clear (&self->tx_lock);
  g_mutex_clear (&self->journal_lock);
  g_free (self);
}

static const CsvcStoreClass memory_class = {
  .name = "memory",
  .begin = memory_begin,
  .load = memory_load,
  .find_command = memory_find_command,
  .find = memory_find,
  .find_promises = memory_find_promises,
  .claim = memory_claim,
  .put = memory_put,
  .scan_facts = memory_scan_facts,
  .find_personal = memory_find_personal,
  .add_personal = memory_add_personal,
  .erase_personal = memory_erase_personal,
  .end = memory_end,
  .scan = memory_scan,
  .close = memory_close,
  .put_document = memory_put_document,
  .get_document = memory_get_document,
  .verify = memory_verify,
};

CsvcStore *
_csvc_memory_store_new (void)
{
  MemoryStore *self = g_new0 (MemoryStore, 1);

  _csvc_store_init (&self->base, &memory_class);
  g_mutex_init (&self->tx_lock);
  g_mutex_init (&self->journal_lock);
  _csvc_index_init (&self->index);
  _csvc_personals_init (&self->personals);
  _csvc_chain_init (&self->chain);
  self->commands = g_hash_table_new (hash_command, equal_commands);
  self->documents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_document);
  self->journal = g_ptr_array_new_with_free_func (free_entry);
  self->by_stream = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  self->batches = g_array_new (FALSE, FALSE, sizeof (Batch));
  return &self->base;
}
