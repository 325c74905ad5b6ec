/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/policy-set.h>

/* Policies never change; only the list of them does, under the lock. */

struct _CsvcPolicySet {
  gatomicrefcount refs;
  GMutex          lock;
  GPtrArray      *policies; /* of CsvcPolicy, in the order in which they came */
  GHashTable     *by_hash;  /* hash → CsvcPolicy, borrowed from the list */
};

CsvcPolicySet *
csvc_policy_set_new (void)
{
  CsvcPolicySet *self = g_new0 (CsvcPolicySet, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  self->policies = g_ptr_array_new_with_free_func ((GDestroyNotify) csvc_policy_unref);
  self->by_hash = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

CsvcPolicySet *
csvc_policy_set_ref (CsvcPolicySet *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
csvc_policy_set_unref (CsvcPolicySet *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_hash_table_unref (self->by_hash);
  g_ptr_array_unref (self->policies);
  g_mutex_clear (&self->lock);
  g_free (self);
}

gboolean
csvc_policy_set_add (CsvcPolicySet *self, CsvcPolicy *policy)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_val_if_fail (self != NULL && policy != NULL, FALSE);

  locker = g_mutex_locker_new (&self->lock);
  if (g_hash_table_contains (self->by_hash, csvc_policy_get_hash (policy)))
    return FALSE;
  g_ptr_array_add (self->policies, csvc_policy_ref (policy));
  g_hash_table_insert (self->by_hash, (char *) csvc_policy_get_hash (policy), policy);
  return TRUE;
}

CsvcPolicy *
csvc_policy_set_find (CsvcPolicySet *self, const char *hash)
{
  g_autoptr (GMutexLocker) locker = NULL;
  CsvcPolicy *policy;

  g_return_val_if_fail (self != NULL && hash != NULL, NULL);

  locker = g_mutex_locker_new (&self->lock);
  policy = g_hash_table_lookup (self->by_hash, hash);
  return policy != NULL ? csvc_policy_ref (policy) : NULL;
}

guint
csvc_policy_set_get_size (CsvcPolicySet *self)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_val_if_fail (self != NULL, 0);

  locker = g_mutex_locker_new (&self->lock);
  return self->policies->len;
}

static gpointer
copy_reference (gconstpointer policy, gpointer data)
{
  return csvc_policy_ref ((CsvcPolicy *) policy);
}

GPtrArray *
csvc_policy_set_list (CsvcPolicySet *self)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  locker = g_mutex_locker_new (&self->lock);
  return g_ptr_array_copy (self->policies, copy_reference, NULL);
}
