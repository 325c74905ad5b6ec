/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_WHATIF_H
#define CSVC_WHATIF_H

#include <csvc/lifecycle.h>
#include <csvc/replay.h>

G_BEGIN_DECLS

/* What if: one log under two policies, and what becomes of each promise.
 *
 *              ┌─ old map ──▶ case under the old policy ─┐
 *   log ──case─┤                                         ├─ cycle by cycle ──▶ differences ──▶ comparison
 *              └─ new map ──▶ case under the new policy ─┘
 *
 * The log is read once; memory is bounded by the largest case. Clocks that make a promise are compared in *pairs*: those of the same id, or those that the host
 * named. Of a pair the first cycles of a case are compared, then the second, and so on. A clock that only one policy has is a pair with nothing. */

typedef struct _CsvcWhatif     CsvcWhatif;
typedef struct _CsvcComparison CsvcComparison;

typedef enum { CSVC_SIDE_OLD, CSVC_SIDE_NEW, CSVC_N_SIDES } CsvcSide;

/**
 * CsvcOutcome: what became of a cycle
 * @CSVC_OUTCOME_ABSENT: there is none
 * @CSVC_OUTCOME_MET: in time
 * @CSVC_OUTCOME_MISSED: too late, and settled since
 * @CSVC_OUTCOME_OVERDUE: too late, and still not met
 * @CSVC_OUTCOME_OPEN: running or paused, not due yet
 * @CSVC_OUTCOME_UNJUDGED: nobody judges it: the state was left, the clock cancelled or reset, the case ended
 */
typedef enum {
  CSVC_OUTCOME_ABSENT,
  CSVC_OUTCOME_MET,
  CSVC_OUTCOME_MISSED,
  CSVC_OUTCOME_OVERDUE,
  CSVC_OUTCOME_OPEN,
  CSVC_OUTCOME_UNJUDGED,
  CSVC_N_OUTCOMES
} CsvcOutcome;

CSVC_API const char *csvc_outcome_to_string (CsvcOutcome outcome); /* "met"; NULL for a number that is none; static */

/**
 * CsvcDifferenceType:
 * @CSVC_DIFFERENCE_VERDICT: a cycle has another outcome: outcomes
 * @CSVC_DIFFERENCE_EARLIER: a cycle that both have is due earlier: dues
 * @CSVC_DIFFERENCE_LATER: … later: dues
 * @CSVC_DIFFERENCE_ALARM_ADDED: an alarm fires more often in the case: alarm, counts. The alarm "due" is not looked at: the verdict says it
 * @CSVC_DIFFERENCE_ALARM_GONE: … less often
 * @CSVC_DIFFERENCE_REFUSED_BY_OLD: only the old lifecycle refuses something of the case, an event or its opening: counts
 * @CSVC_DIFFERENCE_REFUSED_BY_NEW: only the new one does
 */
typedef enum {
  CSVC_DIFFERENCE_VERDICT,
  CSVC_DIFFERENCE_EARLIER,
  CSVC_DIFFERENCE_LATER,
  CSVC_DIFFERENCE_ALARM_ADDED,
  CSVC_DIFFERENCE_ALARM_GONE,
  CSVC_DIFFERENCE_REFUSED_BY_OLD,
  CSVC_DIFFERENCE_REFUSED_BY_NEW,
  CSVC_N_DIFFERENCES
} CsvcDifferenceType;

CSVC_API const char *csvc_difference_type_to_string (CsvcDifferenceType type); /* "refused-by-new"; as above */

/* All pairs together; and what belongs to none. */
#define CSVC_ALL_PAIRS G_MAXUINT

/* Arrays are by CsvcSide. What its type does not have is 0, NULL or CSVC_NEVER. */
typedef struct {
  CsvcDifferenceType type;
  const char        *case_id;
  guint              pair;        /* CSVC_ALL_PAIRS: what was refused */
  guint              cycle;       /* from 1; 0: of the whole case */
  CsvcOutcome        outcomes[2];
  CsvcTime           dues[2];     /* as they stood at the verdict; of a paused cycle, if it went on at the end */
  const char        *alarm;
  guint64            counts[2];   /* firings of the alarm, or refusals */
} CsvcDifference;

/* Called for each difference, with @difference borrowed; a case's promises are told when it is decided what becomes of them, so those of open cases come last.
 * FALSE stops the run with CSVC_ERROR_CANCELLED. */
typedef gboolean (*CsvcDifferenceFunc) (const CsvcComparison *comparison, const CsvcDifference *difference, gpointer data);

/* ── running ── */

/**
 * csvc_whatif_new:
 * @old_map: of the policy as it is
 * @new_map: of the policy as it might be; may be @old_map, to compare clocks of one policy
 *
 * Returns: (transfer full): NULL with CSVC_ERROR_INVALID: the maps do not read a log alike (its case, character set or separator)
 */
CSVC_API CsvcWhatif *csvc_whatif_new (CsvcMap *old_map, CsvcMap *new_map, GError **error);
CSVC_API void        csvc_whatif_free (CsvcWhatif *self);
/* Compares these two clocks. Once any are named, only those named are compared. CSVC_ERROR_NOT_FOUND: no clock of that id that makes a promise. */
CSVC_API gboolean    csvc_whatif_add_pair (CsvcWhatif *self, const char *old_clock, const char *new_clock, GError **error);
/* As those of CsvcReplay. CSVC_NEVER: the log's last instant. */
CSVC_API void        csvc_whatif_set_until (CsvcWhatif *self, CsvcTime until);
CSVC_API void        csvc_whatif_set_encoding (CsvcWhatif *self, const char *encoding);
CSVC_API void        csvc_whatif_set_progress (CsvcWhatif *self, CsvcProgressFunc func, gpointer data);
CSVC_API void        csvc_whatif_set_temporary_folder (CsvcWhatif *self, const char *folder);
/* (nullable): who is told of each difference. */
CSVC_API void        csvc_whatif_set_differences (CsvcWhatif *self, CsvcDifferenceFunc func, gpointer data);
/* (transfer full): NULL with an error of csvc_replay_run(). May be called again. */
CSVC_API CsvcComparison *csvc_whatif_run (CsvcWhatif *self, const char *path, GError **error);

/* ── the comparison ── */

CSVC_API CsvcComparison  *csvc_comparison_ref (CsvcComparison *self);
CSVC_API void             csvc_comparison_unref (CsvcComparison *self);
/* What csvc_replay_run() reports of one side. */
CSVC_API CsvcReport      *csvc_comparison_get_report (const CsvcComparison *self, CsvcSide side);
/* Cases of which a verdict, a due instant or an alarm differs. */
CSVC_API guint64          csvc_comparison_get_n_changed (const CsvcComparison *self);
/* In the order of the old policy, then those that only the new one has; or as named. */
CSVC_API guint            csvc_comparison_get_n_pairs (const CsvcComparison *self);
CSVC_API const CsvcClock *csvc_comparison_get_clock (const CsvcComparison *self, guint pair, CsvcSide side); /* (nullable): not in that policy */

/* In all of these @pair may be CSVC_ALL_PAIRS. */

/* How many cycles went from one outcome to the other; the same one twice: those that did not change. @later: of reopened cases */
CSVC_API guint64 csvc_comparison_get_verdicts (const CsvcComparison *self, guint pair, gboolean later, CsvcOutcome from, CsvcOutcome to);
CSVC_API guint64 csvc_comparison_get_count (const CsvcComparison *self, guint pair, CsvcDifferenceType type);
/* By how much due instants moved, in elapsed time; @type: EARLIER or LATER. The sum stops at the largest duration; for the percentiles see
 * csvc_figures_get_used(). */
CSVC_API CsvcDuration csvc_comparison_get_sum (const CsvcComparison *self, guint pair, CsvcDifferenceType type);
CSVC_API CsvcDuration csvc_comparison_get_moved (const CsvcComparison *self, guint pair, CsvcDifferenceType type, guint percent);
/* The first cases, by the bytes of their ids, at most 10, ended by NULL (transfer none). */
CSVC_API const char *const *csvc_comparison_get_cases (const CsvcComparison *self, guint pair, CsvcDifferenceType type);
CSVC_API const char *const *csvc_comparison_get_verdict_cases (const CsvcComparison *self, guint pair, CsvcOutcome from, CsvcOutcome to);

/* (transfer full): the whole comparison, indented; without the reports. */
CSVC_API char *csvc_comparison_to_json (const CsvcComparison *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcWhatif, csvc_whatif_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcComparison, csvc_comparison_unref)

G_END_DECLS

#endif
