/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_POLICY_SET_H
#define CSVC_POLICY_SET_H

#include <csvc/policy.h>

G_BEGIN_DECLS

/* The versions of policies that old cases still need, by hash. Engines of several threads share one set, so that a version is
 * compiled once; all functions may be called from any thread. */

typedef struct _CsvcPolicySet CsvcPolicySet;

CSVC_API CsvcPolicySet *csvc_policy_set_new (void);
CSVC_API CsvcPolicySet *csvc_policy_set_ref (CsvcPolicySet *self);
CSVC_API void           csvc_policy_set_unref (CsvcPolicySet *self);

/* Keeps @policy; one of the same hash that is there stays. FALSE: it was there. */
CSVC_API gboolean    csvc_policy_set_add (CsvcPolicySet *self, CsvcPolicy *policy);
/* (transfer full) (nullable): the policy of that hash. */
CSVC_API CsvcPolicy *csvc_policy_set_find (CsvcPolicySet *self, const char *hash);
CSVC_API guint       csvc_policy_set_get_size (CsvcPolicySet *self);
/* (transfer full): all of them, of CsvcPolicy, in the order in which they came; g_ptr_array_unref(). */
CSVC_API GPtrArray  *csvc_policy_set_list (CsvcPolicySet *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcPolicySet, csvc_policy_set_unref)

G_END_DECLS

#endif
