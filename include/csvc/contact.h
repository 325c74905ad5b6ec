/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_CONTACT_H
#define CSVC_CONTACT_H

#include <csvc/case.h>

G_BEGIN_DECLS

/* May this customer be contacted now, by this channel, for this purpose?
 *
 *   planning (<csvc/rule.h>)  vetoes, caps               days before: a task that must not be is not opened
 *   sending  (here)           vetoes, caps, quiet hours  at the last moment: much may have happened since
 *
 * Quiet hours are on the customer's own clock, and are tested at sending only: a sweep at midnight would else plan nothing.
 * A veto whose condition hangs on something unknown holds. Caps count contacts that csvc_customer_note_contact() was told of, of the purposes
 * that they name; a reply to the customer, and any other service contact, is of another purpose and does not count.
 *
 * Pure, like all of the machine: the caller asks, contacts, and tells. */

/* ── what the policy says ── */

CSVC_API guint              csvc_policy_get_n_channels (const CsvcPolicy *self);
CSVC_API const CsvcChannel *csvc_policy_get_channel (const CsvcPolicy *self, guint index);
CSVC_API const CsvcChannel *csvc_policy_find_channel (const CsvcPolicy *self, const char *id);
CSVC_API const CsvcPart    *csvc_channel_get_part (const CsvcChannel *self);
CSVC_API const char        *csvc_channel_get_id (const CsvcChannel *self);

CSVC_API guint              csvc_policy_get_n_purposes (const CsvcPolicy *self);
CSVC_API const CsvcPurpose *csvc_policy_get_purpose (const CsvcPolicy *self, guint index);
CSVC_API const CsvcPurpose *csvc_policy_find_purpose (const CsvcPolicy *self, const char *id);
CSVC_API const CsvcPart    *csvc_purpose_get_part (const CsvcPurpose *self);
CSVC_API const char        *csvc_purpose_get_id (const CsvcPurpose *self);
/* To sell, or to keep the customer; else it is service. */
CSVC_API gboolean           csvc_purpose_is_commercial (const CsvcPurpose *self);

CSVC_API guint           csvc_policy_get_n_vetoes (const CsvcPolicy *self);
CSVC_API const CsvcVeto *csvc_policy_get_veto (const CsvcPolicy *self, guint index);
CSVC_API const CsvcPart *csvc_veto_get_part (const CsvcVeto *self);
CSVC_API const char     *csvc_veto_get_id (const CsvcVeto *self);
CSVC_API const char     *csvc_veto_get_condition (const CsvcVeto *self); /* as written */
/* closes="true": where it holds, open tasks of its purposes are closed, too. */
CSVC_API gboolean        csvc_veto_closes (const CsvcVeto *self);

/* Caps: at most so many contacts of some purposes within any such length of time. */
CSVC_API guint          csvc_policy_get_n_caps (const CsvcPolicy *self);
CSVC_API const CsvcCap *csvc_policy_get_cap (const CsvcPolicy *self, guint index);
CSVC_API gboolean       csvc_cap_counts (const CsvcCap *self, const CsvcPurpose *purpose);
CSVC_API guint          csvc_cap_get_max (const CsvcCap *self);
CSVC_API const char    *csvc_cap_get_per (const CsvcCap *self); /* "P30D" */
CSVC_API guint          csvc_cap_get_line (const CsvcCap *self);

/* How many new tasks a role takes on in a day; G_MAXUINT: as many as there are. */
CSVC_API guint csvc_policy_get_capacity (const CsvcPolicy *self, const char *role);

/* ── which cases a customer has ── */

/**
 * CsvcCaseload:
 *
 * What conditions of rules and vetoes may ask of a customer's cases: open_cases ("complaint"), last_opened ("complaint"), last_ended ("complaint").
 * The pure machine knows no cases but the one before it, so the caller counts them: one caseload serves many customers, one after the other. Where a
 * function takes NULL for it, these are unknown.
 */
CSVC_API CsvcCaseload *csvc_caseload_new (CsvcPolicy *policy);
CSVC_API void          csvc_caseload_free (CsvcCaseload *self);
/* For the next customer: no cases. */
CSVC_API void          csvc_caseload_clear (CsvcCaseload *self);
/* One case. @kind: one that the policy does not have (any more) is passed over; @ended_at: CSVC_NEVER while it is open. */
CSVC_API void          csvc_caseload_add (CsvcCaseload *self, const char *kind, CsvcTime opened_at, CsvcTime ended_at);
/* Does any rule or veto ask about cases of @kind? What nothing asks about need not be counted. NULL: of any kind. */
CSVC_API gboolean      csvc_policy_asks_cases (const CsvcPolicy *self, const char *kind);

/* ── asking, telling ── */

/**
 * csvc_customer_may_contact:
 * @cases: (nullable): without it, a veto that asks about cases holds
 * @channel, @purpose: ids of the policy
 *
 * Changes nothing. @at: any instant not before the customer's last.
 * Returns: (transfer full): csvc_permission_free(); NULL with CSVC_ERROR_NOT_FOUND: no such channel or purpose.
 */
CSVC_API CsvcPermission *csvc_customer_may_contact (const CsvcCustomer *self, const CsvcCaseload *cases, const char *channel, const char *purpose,
                                                    CsvcTime at, GError **error);
CSVC_API void            csvc_permission_free (CsvcPermission *self);
CSVC_API gboolean        csvc_permission_is_given (const CsvcPermission *self);
/* (nullable): what stands in the way: the id of a veto, "cap" or "quiet"; NULL: nothing. */
CSVC_API const char     *csvc_permission_get_veto (const CsvcPermission *self);
/* One sentence: "yes", "no: do not disturb (do_not_disturb)", "no: 2 of 2 contacts within P30D", "no: quiet hours until …", "no: consent is missing (consent)". */
CSVC_API const char     *csvc_permission_get_message (const CsvcPermission *self);
/* (nullable): the fact or function that is missing, so that a veto holds. */
CSVC_API const char     *csvc_permission_get_missing (const CsvcPermission *self);
/* Of a refusal: the first instant at which it would be a yes if nothing happened until then; CSVC_NEVER: something has to happen. Of a yes: the instant
 * that was asked about. */
CSVC_API CsvcTime        csvc_permission_get_next (const CsvcPermission *self);
/* Where the policy says so; (nullable), 0: of a yes. */
CSVC_API const char     *csvc_permission_get_file (const CsvcPermission *self);
CSVC_API guint           csvc_permission_get_line (const CsvcPermission *self);

/**
 * csvc_customer_note_contact:
 * @rule, @case_id: (nullable): what it was for
 *
 * The customer was contacted, at @stamp's `at`: caps count it from now on. Does not ask whether it was allowed: what has happened is told. CONTACTED.
 * Returns: ACCEPTED; REFUSED_TIME; FAILED with CSVC_ERROR_NOT_FOUND: no such channel or purpose, CSVC_ERROR_INVALID: bad stamp.
 */
CSVC_API CsvcAnswer csvc_customer_note_contact (CsvcCustomer *self, const char *channel, const char *purpose, const char *rule, const char *case_id,
                                                const CsvcStamp *stamp, CsvcEffects *effects, GError **error);
/* Contacts that are remembered (400 days), oldest first. The texts (nullable) live until the customer next changes; any (out) may be NULL. */
CSVC_API guint      csvc_customer_get_n_contacts (const CsvcCustomer *self);
CSVC_API void       csvc_customer_get_contact (const CsvcCustomer *self, guint index, CsvcTime *at, const char **channel, const char **purpose,
                                               const char **rule, const char **case_id);

/* ── what to say ── */

CSVC_API guint             csvc_policy_get_n_scripts (const CsvcPolicy *self);
CSVC_API const CsvcScript *csvc_policy_get_script (const CsvcPolicy *self, guint index);
CSVC_API const CsvcScript *csvc_policy_find_script (const CsvcPolicy *self, const char *id);
CSVC_API const CsvcPart    *csvc_script_get_part (const CsvcScript *self);
CSVC_API const char        *csvc_script_get_id (const CsvcScript *self);
CSVC_API const CsvcPurpose *csvc_script_get_purpose (const CsvcScript *self);
/* (nullable): the text as written, with its placeholders; NULL: there is none in @language. */
CSVC_API const char        *csvc_script_get_text (const CsvcScript *self, const char *language);

/**
 * csvc_script_write:
 * @role: (nullable): who reads it; personal facts that the role may not see are masked. NULL sees none
 * @language: (nullable): NULL, or one that it is not written in: the policy's, else the first one
 * @at: what {today} is
 *
 * The text for this customer. {fact} stands for a fact of the customer, {tier} for the tier's label, {today} for the date, {fact|otherwise} for what to say
 * while the fact is missing, {{ for a brace.
 * Returns: (transfer full): NULL with CSVC_ERROR_NOT_FOUND: a fact is missing, which the message names.
 */
CSVC_API char *csvc_script_write (const CsvcScript *self, const CsvcCustomer *customer, const char *role, const char *language, CsvcTime at,
                                  GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcCaseload, csvc_caseload_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcPermission, csvc_permission_free)

G_END_DECLS

#endif
