/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Opening a store by its name, and the calls through a backend's slots.
 *
 * A transaction of which one call failed is given up: the calls after it repeat the failure, and ending it rolls back. So no
 * backend needs to undo half a put, and no caller can commit one. */

#include "config.h"

#include "store/backends.h"

#include <string.h>

/* ---- Opening ---- */

/* Two letters at least, so that "./a:b" and "c:\x" stay paths. */
static gboolean
has_scheme (const char *uri)
{
  gsize n = strspn (uri, "abcdefghijklmnopqrstuvwxyz0123456789+");

  return n >= 2 && uri[n] == ':';
}

static gboolean
parse_option (const char *option, CsvcSqliteOptions *options)
{
  if (g_str_equal (option, "mode=ro"))
    options->read_only = TRUE;
  else if (g_str_equal (option, "mode=rw"))
    options->read_only = FALSE;
  else if (g_str_equal (option, "sync=normal"))
    options->sync_normal = TRUE;
  else if (g_str_equal (option, "sync=full"))
    options->sync_normal = FALSE;
  else
    return FALSE;
  return TRUE;
}

static gboolean
parse_options (const char *text, CsvcSqliteOptions *options, GError **error)
{
  g_auto (GStrv) list = g_strsplit (text, "&", -1);

  for (guint i = 0; list[i] != NULL; i++)
    if (!parse_option (list[i], options))
      {
        g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID,
                     "unknown store option \"%s\": expected mode=ro, mode=rw, sync=full or sync=normal", list[i]);
        return FALSE;
      }
  return TRUE;
}

/* Options begin at the last "?": a path with a "?" in it can be given bare, without "sqlite:". */
static CsvcStore *
open_sqlite_uri (const char *text, GError **error)
{
  CsvcSqliteOptions options = { FALSE, FALSE };
  const char *question = strrchr (text, '?');
  g_autofree char *path = question != NULL ? g_strndup (text, question - text) : g_strdup (text);

  if (question != NULL && !parse_options (question + 1, &options, error))
    return NULL;
  if (*path == '\0')
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "\"sqlite:\" needs the path of a file: sqlite:PATH");
      return NULL;
    }
  return _csvc_sqlite_store_open (path, options, error);
}

static CsvcStore *
open_backend (const char *uri, GError **error)
{
  const CsvcSqliteOptions defaults = { FALSE, FALSE };

  if (g_str_equal (uri, "memory:"))
    return _csvc_memory_store_new ();
  if (g_str_has_prefix (uri, "sqlite:"))
    return open_sqlite_uri (uri + strlen ("sqlite:"), error);
  if (!has_scheme (uri) && *uri != '\0')
    return _csvc_sqlite_store_open (uri, defaults, error);

  g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "no such kind of store: \"%.*s\"; expected memory: or sqlite:PATH",
               (int) strcspn (uri, ":") + 1, uri);
  return NULL;
}

CsvcStore *
csvc_store_open (const char *uri, GError **error)
{
  CsvcStore *self;

  g_return_val_if_fail (uri != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  self = open_backend (uri, error);
  if (self != NULL)
    self->uri = g_strdup (uri);
  return self;
}

void
_csvc_store_init (CsvcStore *self, const CsvcStoreClass *klass)
{
  self->klass = klass;
  g_atomic_ref_count_init (&self->ref_count);
}

CsvcStore *
csvc_store_ref (CsvcStore *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
csvc_store_unref (CsvcStore *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->ref_count))
    {
      g_autofree char *uri = self->uri;

      self->klass->close (self);
    }
}

const char *
csvc_store_get_uri (const CsvcStore *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->uri;
}

/* ---- Transactions ---- */

static gboolean
check_usable (CsvcTx *tx, GError **error)
{
  if (tx->failure == NULL)
    return TRUE;
  g_set_error (error, CSVC_ERROR, tx->failure->code, "the transaction was given up: %s", tx->failure->message);
  return FALSE;
}

/* Takes @problem. */
static gboolean
note_outcome (CsvcTx *tx, gboolean ok, GError *problem, GError **error)
{
  if (ok)
    return TRUE;
  tx->failure = g_error_copy (problem);
  g_propagate_error (error, problem);
  return FALSE;
}

/* Rows that a failed call had added already are taken back. */
static gboolean
note_rows (CsvcTx *tx, gboolean ok, GArray *rows, guint before, GError *problem, GError **error)
{
  if (!ok)
    g_array_set_size (rows, before);
  return note_outcome (tx, ok, problem, error);
}

CsvcTx *
_csvc_store_begin (CsvcStore *self, CsvcTxMode mode, GError **error)
{
  CsvcTx *tx = self->klass->begin (self, mode, error);

  if (tx != NULL)
    {
      tx->store = self;
      tx->mode = mode;
    }
  return tx;
}

gboolean
_csvc_tx_load (CsvcTx *tx, CsvcStreamType type, const char *key, CsvcHead *head, GError **error)
{
  GError *problem = NULL;
  gboolean ok;

  g_return_val_if_fail (key != NULL, FALSE);

  if (!check_usable (tx, error))
    return FALSE;
  ok = tx->store->klass->load (tx, type, key, head, &problem);
  return note_outcome (tx, ok, problem, error);
}

gboolean
_csvc_tx_find_command (CsvcTx *tx, gint64 stream, const guint8 key[16], gint64 *version, guint8 digest[16], GError **error)
{
  GError *problem = NULL;
  gboolean ok;

  if (!check_usable (tx, error))
    return FALSE;
  ok = tx->store->klass->find_command (tx, stream, key, version, digest, &problem);
  return note_outcome (tx, ok, problem, error);
}

gboolean
_csvc_tx_find (CsvcTx *tx, const CsvcFind *what, GArray *heads, GError **error)
{
  guint before = heads->len;
  GError *problem = NULL;
  gboolean ok;

  g_return_val_if_fail (what->limit > 0, FALSE);
  g_return_val_if_fail (what->index == CSVC_FIND_ALL || what->text != NULL, FALSE);

  if (!check_usable (tx, error))
    return FALSE;
  ok = tx->store->klass->find (tx, what, heads, &problem);
  return note_rows (tx, ok, heads, before, problem, error);
}

gboolean
_csvc_tx_find_promises (CsvcTx *tx, const CsvcFindPromises *what, GArray *promises, GError **error)
{
  guint before = promises->len;
  GError *problem = NULL;
  gboolean ok;

  g_return_val_if_fail (what->limit > 0 && what->after >= 0, FALSE);

  if (!check_usable (tx, error))
    return FALSE;
  ok = tx->store->klass->find_promises (tx, what, promises, &problem);
  return note_rows (tx, ok, promises, before, problem, error);
}

gboolean
_csvc_tx_claim (CsvcTx *tx, CsvcTime now, guint max, GArray *heads, CsvcTime *next, GError **error)
{
  guint before = heads->len;
  GError *problem = NULL;
  gboolean ok;

  if (!check_usable (tx, error))
    return FALSE;
  ok = tx->store->klass->claim (tx, now, max, heads, next, &problem);
  return note_rows (tx, ok, heads, before, problem, error);
}

static gboolean
promises_are_distinct (const CsvcChange *change)
{
  for (guint i = 0; i < change->n_promises; i++)
    for (guint j = 0; j < i; j++)
      if (change->promises[i].cycle == change->promises[j].cycle
          && g_str_equal (change->promises[i].clock, change->promises[j].clock))
        return FALSE;
  return TRUE;
}

static gboolean
columns_are_sound (const CsvcChange *change)
{
  if (!change->has_columns)
    return change->n_columns == 0;
  if (change->head->type != CSVC_STREAM_CUSTOMER)
    return FALSE;
  for (guint i = 0; i < change->n_columns; i++)
    if (change->columns[i].value->type <= CSVC_TYPE_NULL || change->columns[i].value->type >= CSVC_TYPE_TEXT)
      return FALSE;
  return TRUE;
}

static gboolean
change_is_sound (const CsvcChange *change)
{
  const CsvcHead *head = change->head;

  if (change->n_entries == 0 || head->key == NULL || head->version != change->base_version + change->n_entries)
    return FALSE;
  if ((head->id == 0) != (change->base_version == 0))
    return FALSE;
  for (guint i = 0; i < change->n_entries; i++)
    if (change->entries[i].version != change->base_version + 1 + i)
      return FALSE;
  return promises_are_distinct (change) && columns_are_sound (change);
}

/* Identities given to new streams by a put that failed later on. */
static void
forget_identities (CsvcChange *changes, guint n)
{
  for (guint i = 0; i < n; i++)
    if (changes[i].base_version == 0)
      {
        changes[i].head->id = 0;
        for (guint k = 0; k < changes[i].n_entries; k++)
          changes[i].entries[k].stream = 0;
      }
}

gboolean
_csvc_tx_put (CsvcTx *tx, CsvcChange *changes, guint n, GError **error)
{
  GError *problem = NULL;
  gboolean ok;

  g_return_val_if_fail (tx->mode == CSVC_TX_WRITE, FALSE);
  for (guint i = 0; i < n; i++)
    g_return_val_if_fail (change_is_sound (&changes[i]), FALSE);

  if (!check_usable (tx, error))
    return FALSE;
  ok = tx->store->klass->put (tx, changes, n, &problem);
  if (!ok)
    forget_identities (changes, n);
  return note_outcome (tx, ok, problem, error);
}

gboolean
_csvc_tx_scan_facts (CsvcTx *tx, const char *const *names, guint n_names, gint64 after, CsvcFactFunc func, gpointer data, GError **error)
{
  GError *problem = NULL;
  gboolean ok;

  g_return_val_if_fail (names != NULL || n_names == 0, FALSE);
  g_return_val_if_fail (after >= 0 && func != NULL, FALSE);

  if (!check_usable (tx, error))
    return FALSE;
  ok = tx->store->klass->scan_facts (tx, names, n_names, after, func, data, &problem);
  return note_outcome (tx, ok, problem, error);
}

gboolean
_csvc_tx_find_personal (CsvcTx *tx, CsvcStreamType type, const char *key, GArray *rows, GError **error)
{
  guint before = rows->len;
  GError *problem = NULL;
  gboolean ok;

  g_return_val_if_fail (key != NULL, FALSE);

  if (!check_usable (tx, error))
    return FALSE;
  ok = tx->store->klass->find_personal (tx, type, key, rows, &problem);
  return note_rows (tx, ok, rows, before, problem, error);
}

gboolean
_csvc_tx_add_personal (CsvcTx *tx, CsvcStreamType type, const char *key, const CsvcPersonal *row, GError **error)
{
  GError *problem = NULL;
  gboolean ok;

  g_return_val_if_fail (tx->mode == CSVC_TX_WRITE, FALSE);
  g_return_val_if_fail (key != NULL && row->field != NULL && row->value != NULL, FALSE);

  if (!check_usable (tx, error))
    return FALSE;
  ok = tx->store->klass->add_personal (tx, type, key, row, &problem);
  return note_outcome (tx, ok, problem, error);
}

gboolean
_csvc_tx_erase_personal (CsvcTx *tx, CsvcStreamType type, const char *key, const char *field, GError **error)
{
  GError *problem = NULL;
  gboolean ok;

  g_return_val_if_fail (tx->mode == CSVC_TX_WRITE && key != NULL, FALSE);

  if (!check_usable (tx, error))
    return FALSE;
  ok = tx->store->klass->erase_personal (tx, type, key, field, &problem);
  return note_outcome (tx, ok, problem, error);
}

gboolean
_csvc_tx_end (CsvcTx *tx, gboolean commit, GError **error)
{
  g_autoptr (GError) failure = g_steal_pointer (&tx->failure);

  if (!commit || failure == NULL)
    return tx->store->klass->end (tx, commit, error);

  tx->store->klass->end (tx, FALSE, NULL);
  g_set_error (error, CSVC_ERROR, failure->code, "the transaction was given up: %s", failure->message);
  return FALSE;
}

gboolean
_csvc_tx_put_document (CsvcTx *tx, const char *type, const char *name, const char *hash, GBytes *content, GError **error)
{
  GError *problem = NULL;
  gboolean ok;

  g_return_val_if_fail (tx->mode == CSVC_TX_WRITE, FALSE);
  g_return_val_if_fail (type != NULL && name != NULL && hash != NULL && content != NULL, FALSE);

  if (!check_usable (tx, error))
    return FALSE;
  ok = tx->store->klass->put_document (tx, type, name, hash, content, &problem);
  return note_outcome (tx, ok, problem, error);
}

gboolean
_csvc_tx_get_document (CsvcTx *tx, const char *hash, GBytes **content, GError **error)
{
  GError *problem = NULL;
  gboolean ok;

  g_return_val_if_fail (hash != NULL, FALSE);

  if (!check_usable (tx, error))
    return FALSE;
  ok = tx->store->klass->get_document (tx, hash, content, &problem);
  return note_outcome (tx, ok, problem, error);
}

/* ---- The journal ---- */

gboolean
_csvc_store_scan (CsvcStore *self, gint64 stream, gint64 after_batch, guint32 after_index, CsvcEntryFunc func, gpointer data,
                  GError **error)
{
  g_return_val_if_fail (stream >= 0 && after_batch >= 0, FALSE);

  return self->klass->scan (self, stream, after_batch, after_index, func, data, error);
}

gboolean
_csvc_store_verify (CsvcStore *self, gint64 *n_batches, gint64 *n_entries, GError **error)
{
  return self->klass->verify (self, n_batches, n_entries, error);
}
