/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_CUSTOMER_H
#define CSVC_CUSTOMER_H

#include <csvc/effect.h>
#include <csvc/policy.h>

G_BEGIN_DECLS

/* One customer as a policy sees them: the second value of the pure machine, beside the case.
 *
 *   facts                  put by the host                                here
 *   tier                   earned, set by hand, warned                    <csvc/tier.h>
 *   accounts               points, quotas: lots, reservations, periods    <csvc/ledger.h>
 *   applications, uses     asked, approved; running until                 <csvc/entitlement.h>
 *
 * A plain value, owned by the caller; conditions of cases read it. Time moves as for cases: every command first does what was due
 * before, each thing at its own instant, so that waking late changes nothing. But where a clock's event is still in time
 * at the due instant, what a customer has is gone at the very instant at which it expires: a month ends when the next begins. */

/* @id: the customer's number, UTF-8, 1 to 255 bytes without control characters. (transfer full); NULL with CSVC_ERROR_INVALID. */
CSVC_API CsvcCustomer *csvc_customer_new (CsvcPolicy *policy, const char *id, GError **error);
CSVC_API CsvcCustomer *csvc_customer_copy (const CsvcCustomer *self);
CSVC_API void          csvc_customer_free (CsvcCustomer *self);

/* Puts facts, all or none: CSVC_ERROR_INVALID names an unknown fact or a value that does not fit its type. A NULL-typed value takes the fact away
 * (it has its default again, or is unknown). Appends CUSTOMER_PUT for each one that changed, at @at. @effects may be NULL.
 * What was due up to @at is done first (csvc_customer_advance()), and a tier that the new facts earn is given (<csvc/tier.h>). */
CSVC_API gboolean csvc_customer_put (CsvcCustomer *self, const CsvcFacts *facts, CsvcTime at, CsvcEffects *effects, GError **error);

/* Does what is due up to @now, each thing at its own instant: reviews and the ends of grace times, overrides, lots, periods and running
 * uses. @now earlier than the customer's last instant does nothing. FALSE with CSVC_ERROR_LIMIT: a period past the year 9999. */
CSVC_API gboolean csvc_customer_advance (CsvcCustomer *self, CsvcTime now, CsvcEffects *effects, GError **error);
/* The earliest instant at which csvc_customer_advance() has something to do; CSVC_NEVER: none. */
CSVC_API CsvcTime csvc_customer_get_next_wake (const CsvcCustomer *self);
/* Of the last change but a put; CSVC_NEVER: there was none. */
CSVC_API CsvcTime csvc_customer_get_last_at (const CsvcCustomer *self);

CSVC_API const char *csvc_customer_get_id (const CsvcCustomer *self);
CSVC_API CsvcPolicy *csvc_customer_get_policy (const CsvcCustomer *self);
/* (nullable): the value, or the default while none was put; NULL while unknown. */
CSVC_API const CsvcValue *csvc_customer_get_fact (const CsvcCustomer *self, const char *fact);

/* (transfer full): everything, as JSON or as bytes; the same content, personal facts as they are (<csvc/mask.h>). Facts that the policy does not know are refused when read back; tiers and
 * accounts that it does not know are kept. What version 0.1 wrote (codec 1) is read, too. */
CSVC_API char         *csvc_customer_to_json (const CsvcCustomer *self);
CSVC_API GBytes       *csvc_customer_to_bytes (const CsvcCustomer *self);
CSVC_API CsvcCustomer *csvc_customer_new_from_json (CsvcPolicy *policy, const char *json, GError **error);
CSVC_API CsvcCustomer *csvc_customer_new_from_bytes (CsvcPolicy *policy, GBytes *bytes, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcCustomer, csvc_customer_free)

G_END_DECLS

#endif
