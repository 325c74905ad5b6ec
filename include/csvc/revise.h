/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_REVISE_H
#define CSVC_REVISE_H

#include <csvc/engine.h>
#include <csvc/link.h>

G_BEGIN_DECLS

/* Cases of a store that change as a whole: taken over from elsewhere, decided again after a mistake, or brought under
 * another version of their policy. Nothing is deleted: each is one more entry of the journal, whose effect RESTATED holds the case from there on. */

/**
 * csvc_engine_adopt:
 * @json: the case as the host has it, see csvc_case_adopt(); under the engine's policy
 *
 * Answers and errors as csvc_case_adopt(). The case's number makes it idempotent, as csvc_engine_open(): the same again gives the first effects, another
 * one of that number is CSVC_ERROR_EXISTS.
 */
CSVC_API CsvcAnswer csvc_engine_adopt (CsvcEngine *self, const char *json, const CsvcStamp *stamp, CsvcEffects *effects, GError **error);

/* ── mistakes ──
 *
 *   open ── recorded ── dispatched ── replied ── …        as it was entered
 *             ▲ this was wrong
 *   open ── amended ─── dispatched ── replied ── … ──▶    decided again; what was promised and fired in the meantime stands
 *
 * The commands of the case are run again from the start, under the versions and with the customer's facts of then (without those that were
 * personal), with the wrong one replaced or left out. A verdict that was frozen stays, with a correction where it would be another now; alarms
 * that have rung do not ring again; cases that were opened stay. An event that is no longer accepted is left out, and said by an effect UNDECIDED. */

/**
 * csvc_engine_amend:
 * @entry: the id of the wrong entry in the journal, "12.0": an opening, an event, or what amended it before
 * @event: (nullable): what it ought to have been; NULL: the same event (of an opening always)
 * @params: (nullable): what it ought to have brought: all of it
 * @stamp: who amends it, and when; its `occurred`, unless 0, is when the event really happened
 *
 * Returns: REFUSED_… as the machine says of the amended event where it stands; nothing is changed then. Errors: CSVC_ERROR_NOT_FOUND (no such case or entry),
 *   CSVC_ERROR_INVALID (an entry that cannot be amended: it was no command of a host).
 */
CSVC_API CsvcAnswer csvc_engine_amend (CsvcEngine *self, const char *id, const char *entry, const char *event, const CsvcFacts *params,
                                       const CsvcStamp *stamp, CsvcEffects *effects, GError **error);
/* As if the event had not been. An opening cannot be voided (CSVC_ERROR_INVALID): end the case. */
CSVC_API CsvcAnswer csvc_engine_void (CsvcEngine *self, const char *id, const char *entry, const CsvcStamp *stamp, CsvcEffects *effects,
                                      GError **error);

/* ── another version of the policy, or another calendar ──
 *
 *   csvc_engine_plan_upgrade() ──▶ CsvcUpgradePlan: each open case, before and after ──▶ csvc_engine_apply_upgrade()
 *
 * The engine's policy is the new version. Cases of it that live under other versions are brought under it as csvc_case_upgrade() says; those whose
 * policy differs only in its calendars (csvc_policy_replace_calendar()) as it says of those: time used stands, the rest is counted by the new
 * calendar. Planning changes nothing and is a dry run. Applying may be stopped and done again: what is under the new version already is
 * not planned. */

typedef struct _CsvcUpgradePlan CsvcUpgradePlan;
typedef struct _CsvcUpgradeItem CsvcUpgradeItem;

/**
 * csvc_engine_plan_upgrade:
 * @kind: (nullable): only cases of that kind
 * @at: as of when; what is due before counts as done, which csvc_engine_advance() ought to do before applying
 *
 * Returns: (transfer full): NULL with CSVC_ERROR_INVALID: the engine has no policy
 */
CSVC_API CsvcUpgradePlan       *csvc_engine_plan_upgrade (CsvcEngine *self, const char *kind, CsvcUpgrade choice, CsvcTime at, GError **error);
CSVC_API void                   csvc_upgrade_plan_free (CsvcUpgradePlan *self);
/* Every case that would change or cannot, by number. */
CSVC_API guint                  csvc_upgrade_plan_get_size (const CsvcUpgradePlan *self);
CSVC_API const CsvcUpgradeItem *csvc_upgrade_plan_get (const CsvcUpgradePlan *self, guint index);
/* Cases that stay as they are: their choice is keep. */
CSVC_API guint                  csvc_upgrade_plan_get_n_kept (const CsvcUpgradePlan *self);

CSVC_API const char *csvc_upgrade_item_get_case (const CsvcUpgradeItem *self);
CSVC_API const char *csvc_upgrade_item_get_version (const CsvcUpgradeItem *self); /* of the policy, before */
CSVC_API const char *csvc_upgrade_item_get_error (const CsvcUpgradeItem *self);   /* (nullable): why it cannot be upgraded */
/* Active states without substates of their own, blank-separated; @after (nullable): NULL with an error. */
CSVC_API void        csvc_upgrade_item_get_states (const CsvcUpgradeItem *self, const char **before, const char **after);
/* Its open promises, those that were and those that would be. */
CSVC_API guint       csvc_upgrade_item_get_n_dues (const CsvcUpgradeItem *self);
/* @clock: of the new version, or of the old when it is gone. CSVC_NEVER: there was none, or there will be none, or it is paused. */
CSVC_API void        csvc_upgrade_item_get_due (const CsvcUpgradeItem *self, guint index, const char **clock, CsvcTime *before, CsvcTime *after);

/**
 * csvc_engine_apply_upgrade:
 * @stamp: at which all of it is done; its `at` is the plan's or later
 * @n_done: (out) (optional): how many cases were upgraded; set in any case
 *
 * A command a case, 100 to a transaction. Cases that have moved since the plan was made, or that cannot be upgraded, are left alone.
 * Returns: FALSE with CSVC_ERROR_CONFLICT: it names those that have moved: plan again. Or with the error of the first that cannot be upgraded.
 */
CSVC_API gboolean csvc_engine_apply_upgrade (CsvcEngine *self, const CsvcUpgradePlan *plan, const CsvcStamp *stamp, guint *n_done, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcUpgradePlan, csvc_upgrade_plan_free)

G_END_DECLS

#endif
