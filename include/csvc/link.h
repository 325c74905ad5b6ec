/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_LINK_H
#define CSVC_LINK_H

#include <csvc/case.h>

G_BEGIN_DECLS

/* Cases that know of each other, and cases that do not begin or go on by an event of their own.
 *
 *            <open case="visit" until="here">                    <tell to="parent|child" event="…">
 *   parent ──▶ CHILD_OPENED ──▶ csvc_case_open_child()     one ──▶ TOLD ──▶ csvc_case_hear_told() of the other
 *   parent ──▶ CHILD_ENDED ───▶ csvc_case_end()            child ─▶ ENDED ─▶ csvc_case_hear_child() of the parent
 *
 * A step of one case never touches another: it says by an effect what the other is to hear, and the caller (an engine, in the same
 * commit) passes that on, in the order of the effects. What comes of it may bring effects of the same kind, which are passed on in turn.
 * It ends, because the id of a child is longer than its parent's and ids are at most 255 bytes.
 *
 * Whoever passes on speaks for the policy: no role is asked for, and what a fact leaves unknown is undecided, not refused. */

/* ── links: the other cases that a case knows, in the order in which it came to know them ── */

CSVC_API guint           csvc_case_get_n_links (const CsvcCase *self);
/* Borrowed until the case next changes. */
CSVC_API const CsvcLink *csvc_case_get_link (const CsvcCase *self, guint index);
/* "parent", "child", or "earlier": the case, now closed, that this one follows. */
CSVC_API const char     *csvc_link_get_relation (const CsvcLink *self);
CSVC_API const char     *csvc_link_get_case (const CsvcLink *self);
CSVC_API const char     *csvc_link_get_kind (const CsvcLink *self);
/* (nullable): of a child: the state of this case whose leaving ends it; NULL: it lives on. */
CSVC_API const char     *csvc_link_get_until (const CsvcLink *self);
/* Of a child: it has ended, or was told to. Of a parent: FALSE. */
CSVC_API gboolean        csvc_link_has_ended (const CsvcLink *self);
CSVC_API const char     *csvc_link_get_outcome (const CsvcLink *self); /* (nullable): of a child that has ended */

/* ── opening ── */

/**
 * csvc_case_open_linked:
 * @earlier: the case that this one follows, of the same customer
 *
 * As csvc_case_open(). A case that has ended cannot be opened again: a later contact opens a new one, linked as "earlier" to the old.
 * Errors: also CSVC_ERROR_INVALID when the customers differ.
 */
CSVC_API CsvcAnswer csvc_case_open_linked (CsvcPolicy *policy, const char *kind, const char *id, CsvcCustomer *customer,
                                           const CsvcFacts *facts, const CsvcCase *earlier, const CsvcStamp *stamp, CsvcEffects *effects,
                                           CsvcCase **opened, GError **error);

/**
 * csvc_case_open_child:
 * @effect: a CHILD_OPENED of @parent
 * @customer: (nullable): the parent's
 * @effects: (nullable): appended to
 * @child: (out) (transfer full): the case, at the instant of @effect
 *
 * Opens the child that a step of @parent asked for: under the parent's policy, for its customer, with its owner, and with a link "parent". Its id is the
 * parent's, a slash, and its number among the parent's children from 1.
 * Errors: as csvc_case_open(). What the policy must give to the child was looked at when @parent made the effect.
 */
CSVC_API gboolean csvc_case_open_child (const CsvcCase *parent, CsvcCustomer *customer, const CsvcEffect *effect, CsvcEffects *effects,
                                        CsvcCase **child, GError **error);

/**
 * csvc_case_adopt:
 * @json: the case as the host has it: what csvc_case_to_json() writes, where these may be left out: the policy, `codec`, `at` (then the stamp's),
 *   ancestors of states, `entries` (then 1 each), and of a cycle `number` (from 1), `state` (running), `verdict` (none), `policy`, `calendar`, and `spans` (then one from
 *   its start). Time that was used before and cannot be told by spans is `carried`; alarms that have rung already are `fired`
 * @effects: (nullable): RESTATED, cause "adopted"
 * @adopted: (out) (transfer full)
 *
 * Takes over a case that lived elsewhere, with state, facts and clocks as they stand. No clock is started and no action done.
 * Answers: MISSING_FACT (a required fact), TIME (it knows of later things than the stamp's `at`). Errors: CSVC_ERROR_SYNTAX; CSVC_ERROR_CORRUPT: states that do not go together,
 * an open cycle of a state that is not active; CSVC_ERROR_NOT_FOUND: something that the policy does not have.
 */
CSVC_API CsvcAnswer csvc_case_adopt (CsvcPolicy *policy, const char *json, const CsvcStamp *stamp, CsvcEffects *effects, CsvcCase **adopted,
                                     GError **error);

/* ── from outside ── */

/**
 * csvc_case_end:
 * @reason: one word, as an id: "merged", "withdrawn", "parent-left"
 *
 * Ends a case where it stands: what was due before has fired; its clocks end with @reason, so do its children that it would end; ENDED has no state and @reason as outcome. No
 * action of the chart is done: the states stay, for those who look back.
 * Answers: REFUSED_STATE when it has ended, REFUSED_TIME.
 */
CSVC_API CsvcAnswer csvc_case_end (CsvcCase *self, CsvcCustomer *customer, const char *reason, const CsvcStamp *stamp,
                                   CsvcEffects *effects, GError **error);

/**
 * csvc_case_hear_child:
 * @child: the id of one of its children
 * @outcome: (nullable): with which it ended
 * @at: when; not before the last instant of @self, which counts otherwise
 *
 * A child has ended: its link says so (CHILD_DONE), and "done.case.KIND.OUTCOME" ("done.case.KIND" without outcome) goes to the chart as a done.state does: nobody
 * need wait for it, and a transition for "done.case.KIND" hears every outcome. A child that @self ended itself has been heard already.
 * Errors: CSVC_ERROR_NOT_FOUND: no such child.
 */
CSVC_API gboolean csvc_case_hear_child (CsvcCase *self, CsvcCustomer *customer, const char *child, const char *outcome, CsvcTime at,
                                        CsvcEffects *effects, GError **error);

/**
 * csvc_case_hear_told:
 * @effect: a TOLD of another case, meant for this one
 * @at: as above
 *
 * The event that a parent or child tells: as csvc_case_fire(), for any role. A refusal is no error: it was told, and nobody waited for it.
 */
CSVC_API CsvcAnswer csvc_case_hear_told (CsvcCase *self, CsvcCustomer *customer, const CsvcEffect *effect, CsvcTime at,
                                         CsvcEffects *effects, GError **error);

/* ── another version of the policy ── */

/**
 * CsvcUpgrade: what becomes of the cycles that run
 * @CSVC_UPGRADE_BY_POLICY: as the new version says of the kind, upgrade="…"; keep when it says nothing
 * @CSVC_UPGRADE_KEEP: the case stays with its version to its end
 * @CSVC_UPGRADE_FORWARD: the share of the budget that is left is left of the new budget, from now on
 * @CSVC_UPGRADE_RETROACTIVE: judged by the new target from their start, pauses kept
 * @CSVC_UPGRADE_NEXT_CYCLE: due as before; the next one is the new version's
 */
typedef enum {
  CSVC_UPGRADE_BY_POLICY,
  CSVC_UPGRADE_KEEP,
  CSVC_UPGRADE_FORWARD,
  CSVC_UPGRADE_RETROACTIVE,
  CSVC_UPGRADE_NEXT_CYCLE
} CsvcUpgrade;

/* "by-policy", "keep", …; static. */
CSVC_API const char *csvc_upgrade_to_string (CsvcUpgrade choice);
/* What a kind says; BY_POLICY: nothing. */
CSVC_API CsvcUpgrade csvc_kind_get_upgrade (const CsvcKind *self);

/**
 * csvc_case_upgrade:
 * @policy: another version of the case's policy
 * @customer: (nullable): as @policy sees it
 * @at: not before the case's last instant; what was due before must have fired
 * @effects: (nullable): RESTATED, cause "upgraded"; none when the case stays as it is
 *
 * The case under another version. States, clocks and facts that the version has no more are found by its <was id="…" now="…"/>. A cycle with a verdict never changes, nor does
 * what rang already ring again; no clock starts by this. @self is not changed, so a dry run is to look at the result and drop it.
 * Returns: (transfer full): NULL with CSVC_ERROR_NOT_FOUND (the message names what the version does not have), CSVC_ERROR_INVALID (another policy; an earlier @at), CSVC_ERROR_CORRUPT
 * (the states do not go together any more).
 */
CSVC_API CsvcCase *csvc_case_upgrade (const CsvcCase *self, CsvcPolicy *policy, CsvcUpgrade choice, const CsvcCustomer *customer, CsvcTime at,
                                      CsvcEffects *effects, GError **error);

G_END_DECLS

#endif
