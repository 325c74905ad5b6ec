/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <string.h>

#include "engine/personal.h"
#include "engine/private.h"
#include "machine/customer.h"

/* An engine's life, its transactions, and what is loaded in them. */

static void
work_free (gpointer data)
{
  CsvcWork *work = data;

  _csvc_head_clear (&work->head);
  csvc_case_free (work->self);
  csvc_customer_free (work->customer);
  g_clear_pointer (&work->seals, g_hash_table_unref);
  g_free (work);
}

static gboolean
check_store (CsvcStore *store, GError **error)
{
  CsvcTx *tx = _csvc_store_begin (store, CSVC_TX_READ, error);

  return tx != NULL && _csvc_tx_end (tx, FALSE, error);
}

CsvcEngine *
csvc_engine_new (CsvcStore *store, CsvcPolicy *policy, GError **error)
{
  g_autoptr (CsvcPolicySet) set = csvc_policy_set_new ();

  return csvc_engine_new_with_set (store, set, policy, error);
}

CsvcEngine *
csvc_engine_new_with_set (CsvcStore *store, CsvcPolicySet *set, CsvcPolicy *policy, GError **error)
{
  CsvcEngine *self;

  g_return_val_if_fail (store != NULL && set != NULL, NULL);

  if (!check_store (store, error))
    return NULL;
  self = g_new0 (CsvcEngine, 1);
  self->store = csvc_store_ref (store);
  self->set = csvc_policy_set_ref (set);
  self->policies = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) csvc_policy_unref);
  self->relays = g_hash_table_new (NULL, NULL);
  self->reads = g_hash_table_new_full (NULL, NULL, NULL, _csvc_reads_free);
  self->works = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, work_free);
  self->persons = _csvc_persons_new ();
  self->vaults = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, _csvc_vaults_free);
  self->unsaved = g_ptr_array_new_with_free_func ((GDestroyNotify) _csvc_entry_free);
  if (policy != NULL)
    {
      self->policy = csvc_policy_ref (policy);
      csvc_policy_set_add (set, policy);
      g_hash_table_insert (self->policies, (char *) csvc_policy_get_hash (policy), csvc_policy_ref (policy));
    }
  return self;
}

void
csvc_engine_free (CsvcEngine *self)
{
  if (self == NULL)
    return;
  csvc_engine_rollback (self);
  _csvc_ears_free (self->ears);
  g_hash_table_unref (self->works);
  g_hash_table_unref (self->persons);
  g_hash_table_unref (self->vaults);
  g_ptr_array_unref (self->unsaved);
  g_hash_table_unref (self->reads);
  g_hash_table_unref (self->relays);
  g_hash_table_unref (self->policies);
  csvc_policy_set_unref (self->set);
  csvc_policy_unref (self->policy);
  csvc_store_unref (self->store);
  g_free (self);
}

CsvcStore *
csvc_engine_get_store (const CsvcEngine *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->store;
}

CsvcPolicy *
csvc_engine_get_policy (const CsvcEngine *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->policy;
}

/* ---- Transactions ---- */

static gboolean
begin (CsvcEngine *self, CsvcTxMode mode, GError **error)
{
  self->tx = _csvc_store_begin (self->store, mode, error);
  return self->tx != NULL;
}

static gboolean
end (CsvcEngine *self, gboolean commit, GError **error)
{
  CsvcTx *tx = g_steal_pointer (&self->tx);
  gboolean lost = self->failure != NULL, ended, stands;

  g_hash_table_remove_all (self->works);
  g_hash_table_remove_all (self->persons);
  g_hash_table_remove_all (self->vaults);
  if (lost && commit)
    g_propagate_error (error, g_steal_pointer (&self->failure));
  g_clear_error (&self->failure);
  /* What a rollback says about itself changes nothing for the caller. */
  ended = _csvc_tx_end (tx, commit && !lost, commit && !lost ? error : NULL);
  self->documented |= ended && commit && !lost && self->has_put_document;
  self->has_put_document = FALSE;
  self->is_shared = FALSE;
  stands = ended && commit && !lost;
  if (stands)
    _csvc_ears_take (self->ears, self->unsaved);
  g_ptr_array_set_size (self->unsaved, 0);
  if (stands)
    _csvc_ears_tell (self);
  return ended && !(lost && commit);
}

gboolean
csvc_engine_begin (CsvcEngine *self, GError **error)
{
  g_return_val_if_fail (self != NULL && self->tx == NULL, FALSE);

  self->is_shared = begin (self, CSVC_TX_WRITE, error);
  return self->is_shared;
}

gboolean
csvc_engine_commit (CsvcEngine *self, GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_shared, FALSE);

  return end (self, TRUE, error);
}

void
csvc_engine_rollback (CsvcEngine *self)
{
  g_return_if_fail (self != NULL);

  if (self->tx != NULL)
    end (self, FALSE, NULL);
}

gboolean
_csvc_engine_enter (CsvcEngine *self, CsvcTxMode mode, GError **error)
{
  if (self->tx == NULL)
    return begin (self, mode, error);
  if (self->failure == NULL)
    return TRUE;
  if (error != NULL)
    *error = g_error_copy (self->failure);
  return FALSE;
}

gboolean
_csvc_engine_leave (CsvcEngine *self, gboolean commit, GError **error)
{
  return self->is_shared || end (self, commit, error);
}

gboolean
_csvc_engine_lose (CsvcEngine *self, const GError *error)
{
  if (self->failure == NULL)
    self->failure = g_error_copy (error);
  return FALSE;
}

/* For the store's calls: what fails there is the end of the transaction. */
static gboolean
lost (CsvcEngine *self, GError *reason, GError **error)
{
  _csvc_engine_lose (self, reason);
  g_propagate_error (error, reason);
  return FALSE;
}

/* ---- Policies ---- */

static CsvcPolicy *
load_policy (CsvcEngine *self, const char *hash, GError **error)
{
  g_autofree char *name = g_strdup_printf ("stored policy %.12s", hash);
  g_autoptr (GBytes) content = NULL;
  GError *reason = NULL;
  CsvcPolicy *policy;
  gconstpointer text;
  gsize length;

  if (!_csvc_tx_get_document (self->tx, hash, &content, &reason))
    {
      lost (self, reason, error);
      return NULL;
    }
  if (content == NULL)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "the store does not hold the policy %s that its cases need", hash);
      return NULL;
    }
  text = g_bytes_get_data (content, &length);
  policy = csvc_policy_load_text (text, (gssize) length, name, NULL, error);
  if (policy == NULL || g_str_equal (csvc_policy_get_hash (policy), hash))
    return policy;
  csvc_policy_unref (policy);
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "the stored policy %s is another one than its hash says", hash);
  return NULL;
}

CsvcPolicy *
_csvc_engine_find_policy (CsvcEngine *self, const char *hash, GError **error)
{
  CsvcPolicy *policy = g_hash_table_lookup (self->policies, hash);

  if (policy != NULL)
    return policy;
  policy = csvc_policy_set_find (self->set, hash);
  if (policy == NULL)
    policy = load_policy (self, hash, error);
  if (policy == NULL)
    return NULL;
  csvc_policy_set_add (self->set, policy);
  g_hash_table_insert (self->policies, (char *) csvc_policy_get_hash (policy), policy);
  return policy;
}

gboolean
_csvc_engine_put_policy (CsvcEngine *self, GError **error)
{
  g_autoptr (GBytes) content = NULL;
  GError *reason = NULL;
  char *text;

  if (self->policy == NULL)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "this engine has no policy: it opens no cases and puts no customers");
      return FALSE;
    }
  if (self->documented || self->has_put_document)
    return TRUE;
  text = csvc_policy_to_xml (self->policy);
  content = g_bytes_new_take (text, strlen (text));
  if (!_csvc_tx_put_document (self->tx, "policy", csvc_policy_get_id (self->policy), csvc_policy_get_hash (self->policy), content, &reason))
    return lost (self, reason, error);
  self->has_put_document = TRUE;
  return TRUE;
}

/* ---- Cases and customers ---- */

CsvcTime
_csvc_engine_due_of (const CsvcCase *of)
{
  CsvcTime wake = csvc_case_get_next_wake (of);

  return wake != CSVC_NEVER ? wake - CSVC_MICROSECOND : CSVC_NEVER;
}

/* A row may have been edited: one that is due for ever, and has nothing to do then, would hold up a sweep for ever. */
static gboolean
decode (CsvcEngine *self, CsvcWork *work, GError **error)
{
  CsvcPolicy *policy = _csvc_engine_find_policy (self, work->head.policy, error);

  if (policy == NULL)
    return FALSE;
  work->self = _csvc_engine_read_case (self, &work->head, policy, &work->seals, error);
  if (work->self == NULL)
    return FALSE;
  if (work->head.due != _csvc_engine_due_of (work->self))
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "its row names another deadline than its state; verify the store");
      return FALSE;
    }
  work->head.turn = _csvc_clocks_get_turn (work->self);
  return _csvc_engine_refresh (self, work, error);
}

CsvcWork *
_csvc_engine_adopt (CsvcEngine *self, CsvcHead *head, GError **error)
{
  CsvcWork *work = g_hash_table_lookup (self->works, head->key);

  if (work != NULL)
    return work;
  work = g_new0 (CsvcWork, 1);
  work->head = *head;
  *head = (CsvcHead){ 0 };
  if (!decode (self, work, error))
    {
      g_prefix_error (error, "case %s: ", work->head.key);
      work_free (work);
      return NULL;
    }
  g_hash_table_replace (self->works, work->head.key, work);
  return work;
}

gboolean
_csvc_engine_load (CsvcEngine *self, const char *id, CsvcWork **work, GError **error)
{
  g_auto (CsvcHead) head = { 0 };
  GError *reason = NULL;

  *work = g_hash_table_lookup (self->works, id);
  if (*work != NULL)
    return _csvc_engine_refresh (self, *work, error);
  if (!_csvc_tx_load (self->tx, CSVC_STREAM_CASE, id, &head, &reason))
    return lost (self, reason, error);
  if (head.id == 0)
    return TRUE;
  *work = _csvc_engine_adopt (self, &head, error);
  return *work != NULL;
}

CsvcWork *
_csvc_engine_add (CsvcEngine *self, CsvcCase *taken, CsvcCustomer *customer_taken)
{
  CsvcWork *work = g_new0 (CsvcWork, 1);

  work->self = taken;
  work->customer = customer_taken;
  work->seen = _csvc_engine_count_changes (self, csvc_case_get_customer (taken));
  work->head.type = CSVC_STREAM_CASE;
  work->head.key = g_strdup (csvc_case_get_id (taken));
  g_hash_table_replace (self->works, work->head.key, work);
  return work;
}

void
_csvc_engine_drop (CsvcEngine *self, const char *id)
{
  g_hash_table_remove (self->works, id);
}

void
_csvc_work_take (CsvcWork *work, CsvcCase *taken)
{
  csvc_case_free (work->self);
  work->self = taken;
}
