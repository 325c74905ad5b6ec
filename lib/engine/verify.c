/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>

#include "engine/personal.h"
#include "engine/private.h"
#include "machine/customer.h"

/* Is the snapshot what the journal says? Effects are folded, stream by stream, up to the version of the head that was read:
 * what others write meanwhile is not looked at. */

#define PAGE 200

typedef struct {
  const CsvcHead *head;
  gint64          version;  /* of the last entry folded */
  CsvcTime        at;
  CsvcRecord      record;   /* of a case */
  CsvcCustomerRecord person; /* of a customer */
  CsvcEffects    *effects;
  GError         *error;
} Fold;

static gboolean
fold_effects (Fold *fold, const CsvcEntry *entry)
{
  csvc_effects_clear (fold->effects);
  if (!_csvc_entry_decode_effects (entry, fold->effects, &fold->error))
    return FALSE;
  if (fold->head->type == CSVC_STREAM_CASE)
    return _csvc_record_fold (&fold->record, entry->at, fold->effects, &fold->error);
  return _csvc_customer_record_fold (&fold->person, fold->effects, &fold->error);
}

static gboolean
fold_entry (const CsvcEntry *entry, gpointer data)
{
  Fold *fold = data;

  if (entry->version > fold->head->version)
    return FALSE;
  if (entry->version != fold->version + 1 || entry->at < fold->at)
    {
      g_set_error (&fold->error, CSVC_ERROR, CSVC_ERROR_CORRUPT,
                   "after version %" G_GINT64_FORMAT " the journal has version %" G_GINT64_FORMAT, fold->version, entry->version);
      return FALSE;
    }
  fold->version = entry->version;
  fold->at = entry->at;
  return fold_effects (fold, entry);
}

static gboolean
differs (GError **error, const char *what)
{
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "%s is not what the journal gives", what);
  return FALSE;
}

static gboolean
same (const char *a, const char *b)
{
  return g_strcmp0 (a, b) == 0;
}

static gboolean
compare_columns (const CsvcHead *head, const CsvcRecord *record, GError **error)
{
  if (same (head->key, record->id) && same (head->kind, record->kind) && same (head->customer, record->customer) &&
      same (head->policy, record->policy_hash) && same (head->handler, record->handler) && same (head->unit, record->owner_unit) &&
      head->level == record->level && head->open == !record->ended)
    return TRUE;
  return differs (error, "a column of its row");
}

/* Deadlines are not folded: they are what the machine makes of the state. That a personal value is what its seal says is looked at when the vault is
 * loaded. */
static gboolean
find_due (CsvcEngine *self, const CsvcHead *head, CsvcTime *due, GError **error)
{
  CsvcPolicy *policy = _csvc_engine_find_policy (self, head->policy, error);
  g_autoptr (CsvcCustomer) customer = NULL;
  g_autoptr (GHashTable) seals = NULL;
  g_autoptr (CsvcCase) loaded = NULL;

  const CsvcVault *vault = policy != NULL ? _csvc_engine_load_vault (self, head->type, head->key, error) : NULL;

  if (vault == NULL)
    return FALSE;
  if (head->type == CSVC_STREAM_CASE)
    loaded = _csvc_engine_read_case (self, head, policy, &seals, error);
  else
    customer = _csvc_customer_view_of (policy, head->state, vault, error);
  *due = loaded != NULL ? _csvc_engine_due_of (loaded) : customer != NULL ? _csvc_person_due (customer) : CSVC_NEVER;
  return loaded != NULL || customer != NULL;
}

static gboolean
compare_due (CsvcEngine *self, const CsvcHead *head, GError **error)
{
  gboolean found;
  CsvcTime due;

  if (!_csvc_engine_enter (self, CSVC_TX_READ, error))
    return FALSE;
  found = find_due (self, head, &due, error);
  _csvc_engine_leave (self, FALSE, NULL);
  if (!found)
    return FALSE;
  return head->due == due || differs (error, "its next deadline");
}

/* Of a customer whom nobody has changed since codec 1, what codec 2 writes. (transfer full): NULL when it cannot be read. */
static GBytes *
rewrite_customer (GBytes *state)
{
  g_auto (CsvcCustomerRecord) stored;

  _csvc_customer_record_init (&stored);
  return _csvc_customer_record_from_bytes (&stored, state, NULL) ? _csvc_customer_record_to_bytes (&stored) : NULL;
}

static gboolean
same_state (const CsvcHead *head, GBytes *state)
{
  g_autoptr (GBytes) rewritten = NULL;

  if (head->type == CSVC_STREAM_CUSTOMER && head->codec < CSVC_CUSTOMER_CODEC)
    rewritten = rewrite_customer (head->state);
  return g_bytes_equal (state, rewritten != NULL ? rewritten : head->state);
}

static gboolean
compare (CsvcEngine *self, Fold *fold, GError **error)
{
  const CsvcHead *head = fold->head;
  g_autoptr (GBytes) state = NULL;

  if (fold->version != head->version || fold->at != head->at)
    return differs (error, "its version or last instant");
  state = head->type == CSVC_STREAM_CASE ? _csvc_record_to_bytes (&fold->record) : _csvc_customer_record_to_bytes (&fold->person);
  if (!same_state (head, state))
    return differs (error, "the stored state");
  return (head->type == CSVC_STREAM_CUSTOMER || compare_columns (head, &fold->record, error)) && compare_due (self, head, error);
}

static gboolean
scan_and_compare (CsvcEngine *self, Fold *fold, GError **error)
{
  if (!_csvc_store_scan (self->store, fold->head->id, 0, 0, fold_entry, fold, error))
    {
      g_clear_error (&fold->error);
      return FALSE;
    }
  if (fold->error == NULL)
    return compare (self, fold, error);
  g_propagate_error (error, g_steal_pointer (&fold->error));
  return FALSE;
}

static gboolean
verify_stream (CsvcEngine *self, const CsvcHead *head, gint64 *n_entries, GError **error)
{
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  Fold fold = { .head = head, .at = CSVC_TIME_MIN, .effects = effects };
  gboolean good;

  _csvc_record_init (&fold.record);
  _csvc_customer_record_init (&fold.person);
  fold.person.id = g_ref_string_new (head->key);
  good = scan_and_compare (self, &fold, error);
  if (good)
    *n_entries += fold.version;
  else
    g_prefix_error (error, "%s %s: ", head->type == CSVC_STREAM_CASE ? "case" : "customer", head->key);
  _csvc_record_clear (&fold.record);
  _csvc_customer_record_clear (&fold.person);
  return good;
}

static gboolean
find_page (CsvcEngine *self, const CsvcFind *find, GArray *heads, GError **error)
{
  gboolean found;

  if (!_csvc_engine_enter (self, CSVC_TX_READ, error))
    return FALSE;
  found = _csvc_tx_find (self->tx, find, heads, error) &&
          (find->type != CSVC_STREAM_CUSTOMER || _csvc_engine_check_columns (self, heads, error));
  _csvc_engine_leave (self, FALSE, NULL);
  return found;
}

static gboolean
verify_streams (CsvcEngine *self, CsvcStreamType type, gint64 *n_streams, gint64 *n_entries, GError **error)
{
  CsvcFind find = { .index = CSVC_FIND_ALL, .type = type, .limit = PAGE };
  gboolean last = FALSE;

  while (!last)
    {
      g_autoptr (GArray) heads = _csvc_heads_new ();

      if (!find_page (self, &find, heads, error))
        return FALSE;
      last = heads->len < PAGE;
      for (guint i = 0; i < heads->len; i++)
        {
          const CsvcHead *head = &g_array_index (heads, CsvcHead, i);

          if (!verify_stream (self, head, n_entries, error))
            return FALSE;
          find.after = head->id;
        }
      *n_streams += heads->len;
    }
  return TRUE;
}

gboolean
csvc_engine_verify (CsvcEngine *self, gint64 *n_streams, gint64 *n_entries, GError **error)
{
  gint64 batches, chained, streams = 0, entries = 0;

  g_return_val_if_fail (self != NULL && self->tx == NULL, FALSE);

  if (!_csvc_store_verify (self->store, &batches, &chained, error) ||
      !verify_streams (self, CSVC_STREAM_CUSTOMER, &streams, &entries, error) ||
      !verify_streams (self, CSVC_STREAM_CASE, &streams, &entries, error))
    return FALSE;
  if (n_streams != NULL)
    *n_streams = streams;
  if (n_entries != NULL)
    *n_entries = entries;
  return TRUE;
}
