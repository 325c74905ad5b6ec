/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_TIER_H
#define CSVC_TIER_H

#include <csvc/case.h>

G_BEGIN_DECLS

/* Tiers: which kind of customer somebody is to us.
 *
 *                    the facts say so
 *      ┌───────────────────up──────────────────┐
 *   lower tier                              higher tier ── at the review the facts say less ──▶ warned
 *      ▲                                        ▲                                                  │
 *      │                                        └── the facts say it again: the warning is withdrawn
 *      └────────────── after the grace time, if they still do not ─────────────────────────────────┘
 *
 * The tier that is earned is the highest one whose condition holds. It rises at once, and sinks only at a review and after the
 * grace time. A tier set by hand covers the earned one until it ends; the earned one goes on below it. Who is excluded
 * has no tier. Where a condition hangs on a fact that is missing, the present tier stays.
 *
 * Like the functions on cases, these are pure: a customer is changed, and every change is appended to the effects. They first do
 * what was due before (csvc_customer_advance()), which stands even if the command is refused. */

/* ── what the policy says ── */

CSVC_API guint           csvc_policy_get_n_tiers (const CsvcPolicy *self);
CSVC_API const CsvcTier *csvc_policy_get_tier (const CsvcPolicy *self, guint index); /* in the order of the document */
CSVC_API const CsvcTier *csvc_policy_find_tier (const CsvcPolicy *self, const char *id);
/* (nullable): the tier of those for whom no condition holds. */
CSVC_API const CsvcTier *csvc_policy_get_default_tier (const CsvcPolicy *self);

CSVC_API const CsvcPart *csvc_tier_get_part (const CsvcTier *self);
CSVC_API const char     *csvc_tier_get_id (const CsvcTier *self);
CSVC_API const char     *csvc_tier_get_label (const CsvcTier *self, const char *language);
CSVC_API guint           csvc_tier_get_rank (const CsvcTier *self);      /* higher is better; no two have the same */
CSVC_API const char     *csvc_tier_get_condition (const CsvcTier *self); /* (nullable): as written; NULL: of the default tier */

/* ── the customer's tier ── */

/* (nullable): the one that counts now: set by hand, else earned, else the default one; NULL: excluded, or there is none. */
CSVC_API const CsvcTier *csvc_customer_get_tier (const CsvcCustomer *self);
/* (nullable): the one that the facts gave, whatever was set by hand. */
CSVC_API const CsvcTier *csvc_customer_get_earned_tier (const CsvcCustomer *self);
/* CSVC_NEVER: no tier was ever given. */
CSVC_API CsvcTime        csvc_customer_get_tier_since (const CsvcCustomer *self);
/* The next review; CSVC_NEVER: none is due by itself. */
CSVC_API CsvcTime        csvc_customer_get_review_at (const CsvcCustomer *self);
/* A warning stands: TRUE, with the instant at which the tier sinks, and to which tier; (out) (optional), @below (nullable): to none. */
CSVC_API gboolean        csvc_customer_get_warning (const CsvcCustomer *self, CsvcTime *until, const CsvcTier **below);
/* The tier was set by hand: TRUE, until when (CSVC_NEVER: until it is cleared), and why; (out) (optional). */
CSVC_API gboolean        csvc_customer_get_override (const CsvcCustomer *self, CsvcTime *until, const char **reason);

/**
 * csvc_customer_review:
 *
 * Looks at the facts as they are at @stamp's `at`: a higher tier is given at once (or, where the policy says up="at-review", when a
 * review is due), a warning is withdrawn if its cause is gone. Down it goes only at a review; where the policy names no time between
 * reviews, each call is one. A sweep calls this for every customer: it changes nothing where nothing changes.
 *
 * Returns: ACCEPTED; REFUSED_TIME (earlier than the customer's last instant); FAILED with CSVC_ERROR_INVALID (bad stamp).
 */
CSVC_API CsvcAnswer csvc_customer_review (CsvcCustomer *self, const CsvcStamp *stamp, CsvcEffects *effects, GError **error);

/**
 * csvc_customer_set_tier:
 * @tier: an id of the policy; CSVC_ERROR_NOT_FOUND
 * @until: when it ends by itself, after @stamp's `at`; CSVC_NEVER: when somebody clears it
 *
 * Sets the tier by hand. @stamp must have a reason: CSVC_ERROR_INVALID. One that was set before is replaced.
 * Returns: as csvc_customer_review().
 */
CSVC_API CsvcAnswer csvc_customer_set_tier (CsvcCustomer *self, const char *tier, CsvcTime until, const CsvcStamp *stamp,
                                            CsvcEffects *effects, GError **error);
/* The earned tier counts again; REFUSED_STATE when none was set by hand. */
CSVC_API CsvcAnswer csvc_customer_clear_tier (CsvcCustomer *self, const CsvcStamp *stamp, CsvcEffects *effects, GError **error);

/* ── why ── */

/**
 * csvc_customer_explain_tier:
 * @at: the instant that today() means; not before the customer's last
 *
 * (transfer full): why the customer has this tier, and what the facts say now. Changes nothing.
 */
CSVC_API CsvcTierReasons *csvc_customer_explain_tier (const CsvcCustomer *self, CsvcTime at);
CSVC_API void             csvc_tier_reasons_free (CsvcTierReasons *self);
/* One sentence: "gold since 2026-01-05, earned; warned: silver from 2026-06-01 on". */
CSVC_API const char      *csvc_tier_reasons_get_message (const CsvcTierReasons *self);
/* (nullable): what the facts say now. */
CSVC_API const CsvcTier  *csvc_tier_reasons_get_target (const CsvcTierReasons *self);
/* (nullable): the fact that is missing, so that the present tier stays. */
CSVC_API const char      *csvc_tier_reasons_get_missing (const CsvcTierReasons *self);
/* (nullable): the tier above the present one, which csvc_tier_reasons_get_lacking() is about; NULL at the top. */
CSVC_API const CsvcTier  *csvc_tier_reasons_get_next (const CsvcTierReasons *self);
/* (nullable): what is missing for it: "arpu >= 500 does not hold: arpu = 320 (telecom.xml:40)". */
CSVC_API const char      *csvc_tier_reasons_get_lacking (const CsvcTierReasons *self);
/* One line for each tier, highest first, and before them for each exclusion: its condition, whether it holds, and the facts in it. */
CSVC_API guint            csvc_tier_reasons_get_n_lines (const CsvcTierReasons *self);
CSVC_API const char      *csvc_tier_reasons_get_line (const CsvcTierReasons *self, guint index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcTierReasons, csvc_tier_reasons_free)

G_END_DECLS

#endif
