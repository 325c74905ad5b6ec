/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "config.h"

#include "store-faulty.h"

#include "store/backends.h"

typedef struct {
  CsvcStore     base;
  CsvcStore    *inner;
  guint         at_call;
  gint          n_calls; /* atomic */
  CsvcFaultMode mode;
} FaultyStore;

typedef struct {
  CsvcTx  base;
  CsvcTx *inner;
} FaultyTx;

static gboolean
is_hit (CsvcStore *store)
{
  FaultyStore *self = (FaultyStore *) store;

  return (guint) g_atomic_int_add (&self->n_calls, 1) + 1 == self->at_call;
}

/* FALSE, always. */
static gboolean
go_wrong (CsvcStore *store, const char *call, GError **error)
{
  FaultyStore *self = (FaultyStore *) store;
  CsvcErrorCode code = self->mode == CSVC_FAULT_CONFLICT ? CSVC_ERROR_CONFLICT : CSVC_ERROR_IO;

  g_set_error (error, CSVC_ERROR, code, "call %u, %s, was made to fail", self->at_call, call);
  return FALSE;
}

static CsvcTx *
inner_of (CsvcTx *tx)
{
  return ((FaultyTx *) tx)->inner;
}

static CsvcTx *
faulty_begin (CsvcStore *store, CsvcTxMode mode, GError **error)
{
  CsvcTx *inner;
  FaultyTx *tx;

  if (is_hit (store))
    {
      go_wrong (store, "begin", error);
      return NULL;
    }
  inner = _csvc_store_begin (((FaultyStore *) store)->inner, mode, error);
  if (inner == NULL)
    return NULL;
  tx = g_new0 (FaultyTx, 1);
  tx->inner = inner;
  return &tx->base;
}

static gboolean
faulty_load (CsvcTx *tx, CsvcStreamType type, const char *key, CsvcHead *head, GError **error)
{
  if (is_hit (tx->store))
    return go_wrong (tx->store, "load", error);
  return _csvc_tx_load (inner_of (tx), type, key, head, error);
}

static gboolean
faulty_find_command (CsvcTx *tx, gint64 stream, const guint8 key[16], gint64 *version, guint8 digest[16], GError **error)
{
  if (is_hit (tx->store))
    return go_wrong (tx->store, "find_command", error);
  return _csvc_tx_find_command (inner_of (tx), stream, key, version, digest, error);
}

static gboolean
faulty_find (CsvcTx *tx, const CsvcFind *what, GArray *heads, GError **error)
{
  if (is_hit (tx->store))
    return go_wrong (tx->store, "find", error);
  return _csvc_tx_find (inner_of (tx), what, heads, error);
}

static gboolean
faulty_find_promises (CsvcTx *tx, const CsvcFindPromises *what, GArray *promises, GError **error)
{
  if (is_hit (tx->store))
    return go_wrong (tx->store, "find_promises", error);
  return _csvc_tx_find_promises (inner_of (tx), what, promises, error);
}

static gboolean
faulty_claim (CsvcTx *tx, CsvcTime now, guint max, GArray *heads, CsvcTime *next, GError **error)
{
  if (is_hit (tx->store))
    return go_wrong (tx->store, "claim", error);
  return _csvc_tx_claim (inner_of (tx), now, max, heads, next, error);
}

static gboolean
faulty_scan_facts (CsvcTx *tx, const char *const *names, guint n_names, gint64 after, CsvcFactFunc func, gpointer data, GError **error)
{
  if (is_hit (tx->store))
    return go_wrong (tx->store, "scan_facts", error);
  return _csvc_tx_scan_facts (inner_of (tx), names, n_names, after, func, data, error);
}

static gboolean
faulty_put (CsvcTx *tx, CsvcChange *changes, guint n, GError **error)
{
  if (is_hit (tx->store))
    return go_wrong (tx->store, "put", error);
  return _csvc_tx_put (inner_of (tx), changes, n, error);
}

static gboolean
faulty_find_personal (CsvcTx *tx, CsvcStreamType type, const char *key, GArray *rows, GError **error)
{
  if (is_hit (tx->store))
    return go_wrong (tx->store, "find_personal", error);
  return _csvc_tx_find_personal (inner_of (tx), type, key, rows, error);
}

static gboolean
faulty_add_personal (CsvcTx *tx, CsvcStreamType type, const char *key, const CsvcPersonal *row, GError **error)
{
  if (is_hit (tx->store))
    return go_wrong (tx->store, "add_personal", error);
  return _csvc_tx_add_personal (inner_of (tx), type, key, row, error);
}

static gboolean
faulty_erase_personal (CsvcTx *tx, CsvcStreamType type, const char *key, const char *field, GError **error)
{
  if (is_hit (tx->store))
    return go_wrong (tx->store, "erase_personal", error);
  return _csvc_tx_erase_personal (inner_of (tx), type, key, field, error);
}

static gboolean
end_wrong (CsvcTx *tx, GError **error)
{
  gboolean stands = ((FaultyStore *) tx->store)->mode == CSVC_FAULT_DOUBT;

  if (!_csvc_tx_end (inner_of (tx), stands, error))
    return FALSE;
  return go_wrong (tx->store, "end", error);
}

static gboolean
faulty_end (CsvcTx *tx, gboolean commit, GError **error)
{
  gboolean ok = commit && is_hit (tx->store) ? end_wrong (tx, error) : _csvc_tx_end (inner_of (tx), commit, error);

  g_free (tx);
  return ok;
}

static gboolean
faulty_scan (CsvcStore *store, gint64 stream, gint64 batch, guint32 index, CsvcEntryFunc func, gpointer data, GError **error)
{
  if (is_hit (store))
    return go_wrong (store, "scan", error);
  return _csvc_store_scan (((FaultyStore *) store)->inner, stream, batch, index, func, data, error);
}

static void
faulty_close (CsvcStore *store)
{
  csvc_store_unref (((FaultyStore *) store)->inner);
  g_free (store);
}

static gboolean
faulty_put_document (CsvcTx *tx, const char *type, const char *name, const char *hash, GBytes *content, GError **error)
{
  if (is_hit (tx->store))
    return go_wrong (tx->store, "put_document", error);
  return _csvc_tx_put_document (inner_of (tx), type, name, hash, content, error);
}

static gboolean
faulty_get_document (CsvcTx *tx, const char *hash, GBytes **content, GError **error)
{
  if (is_hit (tx->store))
    return go_wrong (tx->store, "get_document", error);
  return _csvc_tx_get_document (inner_of (tx), hash, content, error);
}

static gboolean
faulty_verify (CsvcStore *store, gint64 *n_batches, gint64 *n_entries, GError **error)
{
  if (is_hit (store))
    return go_wrong (store, "verify", error);
  return _csvc_store_verify (((FaultyStore *) store)->inner, n_batches, n_entries, error);
}

static const CsvcStoreClass faulty_class = {
  .name = "faulty",
  .begin = faulty_begin,
  .load = faulty_load,
  .find_command = faulty_find_command,
  .find = faulty_find,
  .find_promises = faulty_find_promises,
  .claim = faulty_claim,
  .put = faulty_put,
  .scan_facts = faulty_scan_facts,
  .end = faulty_end,
  .scan = faulty_scan,
  .close = faulty_close,
  .find_personal = faulty_find_personal,
  .add_personal = faulty_add_personal,
  .erase_personal = faulty_erase_personal,
  .put_document = faulty_put_document,
  .get_document = faulty_get_document,
  .verify = faulty_verify,
};

CsvcStore *
_csvc_store_new_faulty (CsvcStore *inner, guint at_call, CsvcFaultMode mode)
{
  FaultyStore *self = g_new0 (FaultyStore, 1);

  _csvc_store_init (&self->base, &faulty_class);
  self->base.uri = g_strdup (csvc_store_get_uri (inner));
  self->inner = inner;
  _csvc_faulty_arm (&self->base, at_call, mode);
  return &self->base;
}

guint
_csvc_faulty_get_n_calls (CsvcStore *store)
{
  return g_atomic_int_get (&((FaultyStore *) store)->n_calls);
}

void
_csvc_faulty_arm (CsvcStore *store, guint at_call, CsvcFaultMode mode)
{
  FaultyStore *self = (FaultyStore *) store;

  self->at_call = at_call;
  self->mode = mode;
  g_atomic_int_set (&self->n_calls, 0);
}
