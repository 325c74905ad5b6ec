/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_ENTITLEMENT_H
#define CSVC_ENTITLEMENT_H

#include <csvc/ledger.h>

G_BEGIN_DECLS

/* Entitlements: what a customer of a tier may have.
 *
 *   CsvcEntitlement ── grants, one for each cell of the table: of which tiers, when valid, how many a period, with which
 *                      scope, choice, hours of cover, on application only, how long a use lasts
 *
 * May this customer have X now, and why? csvc_customer_may_use() asks, csvc_customer_use() takes (<csvc/ledger.h>). */

/* ── what the policy says ── */

CSVC_API guint                  csvc_policy_get_n_entitlements (const CsvcPolicy *self);
CSVC_API const CsvcEntitlement *csvc_policy_get_entitlement (const CsvcPolicy *self, guint index);
CSVC_API const CsvcEntitlement *csvc_policy_find_entitlement (const CsvcPolicy *self, const char *id);

CSVC_API const CsvcPart  *csvc_entitlement_get_part (const CsvcEntitlement *self);
CSVC_API const char      *csvc_entitlement_get_id (const CsvcEntitlement *self);
CSVC_API const char      *csvc_entitlement_get_label (const CsvcEntitlement *self, const char *language);
CSVC_API guint            csvc_entitlement_get_n_grants (const CsvcEntitlement *self);
CSVC_API const CsvcGrant *csvc_entitlement_get_grant (const CsvcEntitlement *self, guint index);

/* For this tier? NULL: for those without one. */
CSVC_API gboolean           csvc_grant_has_tier (const CsvcGrant *self, const CsvcTier *tier);
/* How many a period; G_MAXINT64: as many as wanted. */
CSVC_API gint64             csvc_grant_get_quota (const CsvcGrant *self);
CSVC_API const char        *csvc_grant_get_per (const CsvcGrant *self);     /* (nullable): "month", "year", "P30D" */
CSVC_API const char *const *csvc_grant_get_scopes (const CsvcGrant *self);  /* (nullable): words, NULL-terminated; NULL: anywhere */
CSVC_API const char *const *csvc_grant_get_choices (const CsvcGrant *self); /* (nullable): words, NULL-terminated */
CSVC_API const char        *csvc_grant_get_hours (const CsvcGrant *self);   /* (nullable): id of a calendar; NULL: at any hour */
CSVC_API gboolean           csvc_grant_needs_application (const CsvcGrant *self);
CSVC_API const char        *csvc_grant_get_lasts (const CsvcGrant *self);   /* (nullable): "PT24H": a use ends by itself */
CSVC_API gboolean           csvc_grant_is_assumed (const CsvcGrant *self);
CSVC_API const char        *csvc_grant_get_source (const CsvcGrant *self);  /* (nullable) */
CSVC_API const char        *csvc_grant_get_file (const CsvcGrant *self);
CSVC_API guint              csvc_grant_get_line (const CsvcGrant *self);
/* (transfer full): the cell in short: "6 per year, scope province", "yes", "on application". */
CSVC_API char              *csvc_grant_to_string (const CsvcGrant *self);

/* ── may this customer have it? ── */

/**
 * csvc_customer_may_use:
 * @at: not before the customer's last instant
 *
 * What csvc_customer_use() would answer at @at, and why. Changes nothing.
 * Returns: (transfer full): NULL with CSVC_ERROR_NOT_FOUND or CSVC_ERROR_INVALID: nothing that can be asked.
 */
CSVC_API CsvcEntitled *csvc_customer_may_use (const CsvcCustomer *self, const CsvcUse *use, CsvcTime at, GError **error);
CSVC_API void          csvc_entitled_free (CsvcEntitled *self);
/* ACCEPTED: yes. REFUSED_ENTITLEMENT: not for the tier; _APPLICATION: not applied for, or not approved yet; _SCOPE: not there; _CHOICE: not
 * among the choices; _HOURS: not at this hour; _QUOTA: used up; _MISSING_FACT: the period hangs on a fact that is not there. */
CSVC_API CsvcAnswer       csvc_entitled_get_answer (const CsvcEntitled *self);
/* One sentence: "yes, 2 of 6 are left until 2027-01-01", "no: used up until 2026-04-01", "no: not for silver". */
CSVC_API const char      *csvc_entitled_get_message (const CsvcEntitled *self);
/* What is left before this use; G_MAXINT64 without quota. */
CSVC_API gint64           csvc_entitled_get_left (const CsvcEntitled *self);
/* When the present period ends, and with it what is left; CSVC_NEVER: it does not. */
CSVC_API CsvcTime         csvc_entitled_get_until (const CsvcEntitled *self);
/* Of a refusal: the earliest instant at which it may be otherwise by itself (the next period, the next opening); CSVC_NEVER: none. */
CSVC_API CsvcTime         csvc_entitled_get_next (const CsvcEntitled *self);
/* (nullable): the cell that decided; NULL: there is none for the tier, or it is a ledger. */
CSVC_API const CsvcGrant *csvc_entitled_get_grant (const CsvcEntitled *self);
/* (nullable): what would help: "a higher tier: gold, diamond", "an application". */
CSVC_API const char      *csvc_entitled_get_help (const CsvcEntitled *self);

/* ── applications ── */

/**
 * CsvcApplication:
 * @CSVC_APPLICATION_NONE: never applied
 * @CSVC_APPLICATION_ASKED: somebody has to decide
 * @CSVC_APPLICATION_APPROVED: applied ("…") is true
 * @CSVC_APPLICATION_REJECTED, @CSVC_APPLICATION_WITHDRAWN: ended; it may be asked for again
 */
typedef enum {
  CSVC_APPLICATION_NONE,
  CSVC_APPLICATION_ASKED,
  CSVC_APPLICATION_APPROVED,
  CSVC_APPLICATION_REJECTED,
  CSVC_APPLICATION_WITHDRAWN
} CsvcApplication;

CSVC_API const char     *csvc_application_to_string (CsvcApplication state); /* "none", "asked", …; static */
CSVC_API CsvcApplication csvc_customer_get_application (const CsvcCustomer *self, const char *entitlement);

/**
 * csvc_customer_apply:
 * @state: ASKED; APPROVED, which nobody need have asked for; REJECTED of one that was asked; WITHDRAWN of one that was asked or approved
 *
 * An entitlement that its grant gives on application only can be used once it is approved. Approving (and withdrawing) may change the tier at
 * once, where a tier's condition asks applied ("…"). The state that it has already is accepted and does nothing.
 * Returns: REFUSED_ENTITLEMENT: the tier has no grant of it; REFUSED_STATE: that does not follow from the state it has; else as
 * csvc_customer_use().
 */
CSVC_API CsvcAnswer csvc_customer_apply (CsvcCustomer *self, const char *entitlement, CsvcApplication state, const CsvcStamp *stamp,
                                         CsvcEffects *effects, GError **error);

/* ── uses that end by themselves ── */

/* How many uses of @entitlement run at @at, of those that last (PT24H). */
CSVC_API guint    csvc_customer_get_n_running (const CsvcCustomer *self, const char *entitlement, CsvcTime at);
/* When the last of them ends; CSVC_NEVER: none runs. */
CSVC_API CsvcTime csvc_customer_get_running_until (const CsvcCustomer *self, const char *entitlement, CsvcTime at);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcEntitled, csvc_entitled_free)

G_END_DECLS

#endif
