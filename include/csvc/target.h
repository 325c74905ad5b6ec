/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_TARGET_H
#define CSVC_TARGET_H

#include <csvc/engine.h>

G_BEGIN_DECLS

/* Targets: what share of which customers is kept.
 *
 *   all customers ──among──▶ those that count ──kept──▶ kept, lost, undecided
 *                   now, or frozen at the snapshot     always now
 *
 * A snapshot is the first instant of its date in the policy's zone. Frozen are those who were customers then and for whom `among` held as facts, tier and
 * accounts stood then: what was put later, or had been put under a date before, does not change it. A personal fact that is forgotten is unknown also then.
 * Before its snapshot a target counts nobody. Of whom a condition comes to neither true nor false counts as undecided, and is in no share. */

/* ── what the policy says ── */

CSVC_API guint             csvc_policy_get_n_targets (const CsvcPolicy *self);
CSVC_API const CsvcTarget *csvc_policy_get_target (const CsvcPolicy *self, guint index); /* in the order of the document */
CSVC_API const CsvcTarget *csvc_policy_find_target (const CsvcPolicy *self, const char *id); /* (nullable) */
CSVC_API const CsvcPart   *csvc_target_get_part (const CsvcTarget *self);
CSVC_API const char       *csvc_target_get_id (const CsvcTarget *self);
CSVC_API const char       *csvc_target_get_label (const CsvcTarget *self, const char *language);
CSVC_API const char       *csvc_target_get_among (const CsvcTarget *self);    /* (nullable): as written; NULL: all customers */
CSVC_API const char       *csvc_target_get_kept (const CsvcTarget *self);     /* as written */
CSVC_API CsvcTime          csvc_target_get_snapshot (const CsvcTarget *self); /* CSVC_NEVER: it has none */
CSVC_API gint              csvc_target_get_goal (const CsvcTarget *self);     /* of 10,000; -1: it has none */

/* ── figures ── */

/* Of all targets of a policy, by their index. */
typedef struct _CsvcTargetCounts CsvcTargetCounts;

CSVC_API guint64 csvc_target_counts_get_n_kept (const CsvcTargetCounts *self, guint target);
CSVC_API guint64 csvc_target_counts_get_n_lost (const CsvcTargetCounts *self, guint target);
CSVC_API guint64 csvc_target_counts_get_n_undecided (const CsvcTargetCounts *self, guint target);
/* Kept of kept and lost, of 10,000, rounded down, so that no goal is reached by rounding; -1: there is nobody. */
CSVC_API gint    csvc_target_counts_get_share (const CsvcTargetCounts *self, guint target);
CSVC_API void    csvc_target_counts_free (CsvcTargetCounts *self);

/**
 * csvc_engine_count_targets:
 * @now: what time it is; customers are looked at as they will stand then, and nothing is written
 *
 * Looks at every customer, a page to a transaction, and, where there are snapshots, at the journal of those who have changed since.
 * Returns: (transfer full): csvc_target_counts_free(); NULL with CSVC_ERROR_INVALID (the engine has no policy), or what the store failed with.
 */
CSVC_API CsvcTargetCounts *csvc_engine_count_targets (CsvcEngine *self, CsvcTime now, GError **error);

/* ── the same, kept up to date ── */

/* Knows what the journal has told it, from the first entry on, and needs no store. Not for several threads at once. Personal values are in its memory
 * until it is told that they were forgotten. */
typedef struct _CsvcTargetCounter CsvcTargetCounter;

/* (transfer full) */
CSVC_API CsvcTargetCounter *csvc_target_counter_new (CsvcPolicy *policy);
CSVC_API void               csvc_target_counter_free (CsvcTargetCounter *self);
/* The next entry of csvc_engine_follow(); an entry that it has dealt with does nothing. FALSE with CSVC_ERROR_INVALID: an earlier entry of that stream was left out;
 * CSVC_ERROR_CORRUPT: it does not fit, and a new counter is needed. */
CSVC_API gboolean           csvc_target_counter_feed (CsvcTargetCounter *self, const CsvcJournalEntry *entry, GError **error);
/* What csvc_engine_count_targets() gives when the journal has been fed to its end. For the same @now as before, only customers are looked at of whom entries
 * came since; for another one all, in memory. */
CSVC_API CsvcTargetCounts  *csvc_target_counter_count (CsvcTargetCounter *self, CsvcTime now, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcTargetCounts, csvc_target_counts_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcTargetCounter, csvc_target_counter_free)

G_END_DECLS

#endif
