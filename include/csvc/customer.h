/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_CUSTOMER_H
#define CSVC_CUSTOMER_H

#include <csvc/effect.h>
#include <csvc/policy.h>

G_BEGIN_DECLS

/* One customer as a policy sees them: the facts of its <customer> part. A plain value,
 * owned by the caller; conditions of cases read it. */

/* @id: the customer's number, UTF-8, 1 to 255 bytes without control characters. (transfer full); NULL with CSVC_ERROR_INVALID. */
CSVC_API CsvcCustomer *csvc_customer_new (CsvcPolicy *policy, const char *id, GError **error);
CSVC_API void          csvc_customer_free (CsvcCustomer *self);

/* Puts facts, all or none: CSVC_ERROR_INVALID names an unknown fact or a value that does not fit its type. A NULL-typed value takes the fact away
 * (it has its default again, or is unknown). Appends CUSTOMER_PUT for each one that changed, at @at. @effects may be NULL. */
CSVC_API gboolean csvc_customer_put (CsvcCustomer *self, const CsvcFacts *facts, CsvcTime at, CsvcEffects *effects, GError **error);

CSVC_API const char *csvc_customer_get_id (const CsvcCustomer *self);
CSVC_API CsvcPolicy *csvc_customer_get_policy (const CsvcCustomer *self);
/* (nullable): the value, or the default while none was put; NULL while unknown. */
CSVC_API const CsvcValue *csvc_customer_get_fact (const CsvcCustomer *self, const char *fact);

/* (transfer full): everything, as JSON or as bytes; the same content. Facts that the policy does not know are refused when read back. */
CSVC_API char         *csvc_customer_to_json (const CsvcCustomer *self);
CSVC_API GBytes       *csvc_customer_to_bytes (const CsvcCustomer *self);
CSVC_API CsvcCustomer *csvc_customer_new_from_json (CsvcPolicy *policy, const char *json, GError **error);
CSVC_API CsvcCustomer *csvc_customer_new_from_bytes (CsvcPolicy *policy, GBytes *bytes, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcCustomer, csvc_customer_free)

G_END_DECLS

#endif
