/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_EXPLAIN_H
#define CSVC_EXPLAIN_H

#include <csvc/case.h>
#include <csvc/segments.h>

G_BEGIN_DECLS

/* Why a case is where it is: why a promise is due when it is due, why a clock does not run, what may come next.
 *
 * Answers are made on request from the case alone, change nothing, and name the line of the policy that is to blame. They hold
 * a reference to the policy, belong to one owner, and do not follow the case. Why an event is refused: csvc_case_explain_refusal(). */

typedef struct _CsvcWhyDue        CsvcWhyDue;
typedef struct _CsvcWhyNotStarted CsvcWhyNotStarted;
typedef struct _CsvcWhatNext      CsvcWhatNext;

/* ── why due: the time from the start to the due instant, in segments ──
 *
 *    start ─ running ─┬─ paused ─┬─ running ──── now ─ remaining ─── due
 *             working │ closed   │ working closed       holiday working
 *
 * They follow one another without gap or overlap, and what counts in them sums exactly to the budget. */

/**
 * CsvcDuePiece: what the clock did
 * @CSVC_DUE_RUNNING: it ran
 * @CSVC_DUE_PAUSED: it was paused: nothing counts
 * @CSVC_DUE_CARRIED: spans that are no longer told apart: what counted in them, as one
 * @CSVC_DUE_REMAINING: not yet used: after now, or after it was met or ended
 * @CSVC_DUE_OVERDRAWN: the promise was made for an instant before it began to count: from that one to the start, counted negative
 */
typedef enum {
  CSVC_DUE_RUNNING,
  CSVC_DUE_PAUSED,
  CSVC_DUE_CARRIED,
  CSVC_DUE_REMAINING,
  CSVC_DUE_OVERDRAWN
} CsvcDuePiece;

/* "running", "paused", "carried", "remaining", "overdrawn"; static. */
CSVC_API const char *csvc_due_piece_to_string (CsvcDuePiece piece);

/**
 * csvc_case_explain_due:
 * @cycle: one of @self's
 * @now: parts what was used from what remains; a paused cycle is explained as if it ran on from then
 *
 * Explains csvc_case_get_due(), or csvc_case_get_projected_due() while paused. A frozen verdict is explained as it was judged: what became
 * known later is left out, and a cycle that went on from a missed one by that one.
 *
 * Returns: (transfer full): NULL with CSVC_ERROR_LIMIT (past what the calendar can answer, or more than 200,000 segments) or CSVC_ERROR_CORRUPT
 *   (the record of the cycle contradicts its due instant).
 */
CSVC_API CsvcWhyDue *csvc_case_explain_due (const CsvcCase *self, const CsvcCycle *cycle, CsvcTime now, GError **error);
CSVC_API void        csvc_why_due_free (CsvcWhyDue *self);

CSVC_API CsvcTime     csvc_why_due_get_due (const CsvcWhyDue *self);
/* It is paused: due only if it ran on from now. */
CSVC_API gboolean     csvc_why_due_is_projected (const CsvcWhyDue *self);
/* Some of the time lies after the last year for which the calendar knows the holidays. */
CSVC_API gboolean     csvc_why_due_is_beyond_horizon (const CsvcWhyDue *self);
/* In the clock's own kind of time, microseconds: of days, the time between the start and the due instant had it never paused; after its target changed forward, what was used
 * before and what was left then. */
CSVC_API CsvcDuration csvc_why_due_get_budget (const CsvcWhyDue *self);
/* What sets it: "PT3H of office when priority = "high"", and where that is written. */
CSVC_API const char  *csvc_why_due_get_rule (const CsvcWhyDue *self);
CSVC_API const char  *csvc_why_due_get_file (const CsvcWhyDue *self);
CSVC_API guint        csvc_why_due_get_line (const CsvcWhyDue *self);

CSVC_API guint        csvc_why_due_get_size (const CsvcWhyDue *self);
/* Of the segment @index, below the size. */
CSVC_API CsvcDuePiece csvc_why_due_get_piece (const CsvcWhyDue *self, guint index);
CSVC_API CsvcTime     csvc_why_due_get_from (const CsvcWhyDue *self, guint index);
CSVC_API CsvcTime     csvc_why_due_get_to (const CsvcWhyDue *self, guint index);
/* How much of it counts, in microseconds. */
CSVC_API CsvcDuration csvc_why_due_get_counted (const CsvcWhyDue *self, guint index);
/* "elapsed"; "day" (a local date, or part of one; of calendar days); or the word of a #CsvcSegmentKind. Static. */
CSVC_API const char  *csvc_why_due_get_kind (const CsvcWhyDue *self, guint index);
/* (nullable): the name of a holiday or of other hours; the date of a "day". */
CSVC_API const char  *csvc_why_due_get_label (const CsvcWhyDue *self, guint index);
/* (nullable): the event or state that began the piece; NULL of what is not yet so. */
CSVC_API const char  *csvc_why_due_get_cause (const CsvcWhyDue *self, guint index);
/* What decides about it: the due row, paused-in or paused-by, or the calendar; and where that is written. */
CSVC_API const char  *csvc_why_due_get_segment_rule (const CsvcWhyDue *self, guint index);
CSVC_API const char  *csvc_why_due_get_segment_file (const CsvcWhyDue *self, guint index);
CSVC_API guint        csvc_why_due_get_segment_line (const CsvcWhyDue *self, guint index);

/* (transfer full): instants in UTC, lengths as "PT3H". */
CSVC_API char *csvc_why_due_to_json (const CsvcWhyDue *self);
/* (transfer full): a line a segment, and the sum, in the policy's zone. */
CSVC_API char *csvc_why_due_to_string (const CsvcWhyDue *self);

/* What the due instant would be if @cycle were paused from @from to @until (not before it, at most CSVC_TIME_MAX); of one that is paused already, until @until.
 * (out) @due. FALSE with CSVC_ERROR_LIMIT. With a verdict, and when it is due before, nothing changes. */
CSVC_API gboolean csvc_case_get_due_if_paused (const CsvcCase *self, const CsvcCycle *cycle, CsvcTime from, CsvcTime until,
                                               CsvcTime *due, GError **error);

/* ── why a clock has not started ── */

/**
 * CsvcNotStarted: the first that applies
 * @CSVC_NOT_STARTED_ENDED: the case has ended
 * @CSVC_NOT_STARTED_STATE: the clock's state is not active
 * @CSVC_NOT_STARTED_JUDGED: it ran, and is over: a new one starts when the state is entered again, reset, or promised anew
 * @CSVC_NOT_STARTED_WHEN: its `when` is not true
 * @CSVC_NOT_STARTED_WHEN_UNKNOWN: its `when` hangs on a missing fact
 * @CSVC_NOT_STARTED_ROW: no due row's condition holds
 * @CSVC_NOT_STARTED_ROW_UNKNOWN: a due row's condition hangs on a missing fact
 * @CSVC_NOT_STARTED_PROMISE: no instant was promised
 * @CSVC_NOT_STARTED_LATER: all holds now, but did not when the state was entered, which is when a clock starts
 */
typedef enum {
  CSVC_NOT_STARTED_ENDED,
  CSVC_NOT_STARTED_STATE,
  CSVC_NOT_STARTED_JUDGED,
  CSVC_NOT_STARTED_WHEN,
  CSVC_NOT_STARTED_WHEN_UNKNOWN,
  CSVC_NOT_STARTED_ROW,
  CSVC_NOT_STARTED_ROW_UNKNOWN,
  CSVC_NOT_STARTED_PROMISE,
  CSVC_NOT_STARTED_LATER
} CsvcNotStarted;

/* "ended", "state", "judged", "when", "when-unknown", …; static. */
CSVC_API const char *csvc_not_started_to_string (CsvcNotStarted reason);

/* Why does this clock of the case's kind not run? (transfer full) (nullable): NULL when it does: it has an open cycle. */
CSVC_API CsvcWhyNotStarted *csvc_case_explain_not_started (const CsvcCase *self, const CsvcCustomer *customer, const CsvcClock *clock);
CSVC_API void               csvc_why_not_started_free (CsvcWhyNotStarted *self);
CSVC_API CsvcNotStarted     csvc_why_not_started_get_reason (const CsvcWhyNotStarted *self);
/* One sentence: "vip = true is false". */
CSVC_API const char        *csvc_why_not_started_get_message (const CsvcWhyNotStarted *self);
CSVC_API const char        *csvc_why_not_started_get_fact (const CsvcWhyNotStarted *self); /* (nullable): the missing one */
CSVC_API const char        *csvc_why_not_started_get_file (const CsvcWhyNotStarted *self);
CSVC_API guint              csvc_why_not_started_get_line (const CsvcWhyNotStarted *self);
/* (transfer full), both: as for csvc_why_due_to_json(). */
CSVC_API char              *csvc_why_not_started_to_json (const CsvcWhyNotStarted *self);
CSVC_API char              *csvc_why_not_started_to_string (const CsvcWhyNotStarted *self);

/* ── what may come next ── */

/**
 * CsvcChance: would an event be accepted, from one of its roles?
 * @CSVC_CHANCE_YES: it would
 * @CSVC_CHANCE_PARAMETERS: that hangs on the facts it brings
 * @CSVC_CHANCE_CONDITION: no: transitions wait for it, but no condition holds
 * @CSVC_CHANCE_MISSING_FACT: no: a fact is missing that it does not bring
 * @CSVC_CHANCE_FAILS: no: it would end in an error
 *
 * Of an event that brings facts only the conditions of transitions are looked at, not what follows from taking them.
 */
typedef enum {
  CSVC_CHANCE_YES,
  CSVC_CHANCE_PARAMETERS,
  CSVC_CHANCE_CONDITION,
  CSVC_CHANCE_MISSING_FACT,
  CSVC_CHANCE_FAILS
} CsvcChance;

/* "yes", "parameters", "condition", "missing-fact", "fails"; static. */
CSVC_API const char *csvc_chance_to_string (CsvcChance chance);

/**
 * csvc_case_what_next:
 * @at: as of then, at most CSVC_TIME_MAX; every deadline before it counts as fired. Earlier than the case's last instant means that instant
 *
 * Returns: (transfer full): NULL with the errors of csvc_case_advance().
 */
CSVC_API CsvcWhatNext   *csvc_case_what_next (const CsvcCase *self, const CsvcCustomer *customer, CsvcTime at, GError **error);
CSVC_API void            csvc_what_next_free (CsvcWhatNext *self);
CSVC_API CsvcTime        csvc_what_next_get_at (const CsvcWhatNext *self);
/* (transfer none): the case as it stands then. */
CSVC_API const CsvcCase *csvc_what_next_get_case (const CsvcWhatNext *self);

/* The events that something waits for, in order of declaration. The event tells the roles that may send it and the facts it must bring. */
CSVC_API guint            csvc_what_next_get_n_events (const CsvcWhatNext *self);
CSVC_API const CsvcEvent *csvc_what_next_get_event (const CsvcWhatNext *self, guint index);
CSVC_API CsvcChance       csvc_what_next_get_chance (const CsvcWhatNext *self, guint index);
/* (nullable): what the chance hangs on: "care.xml:61: score >= 4 needs the fact score"; NULL of a mere yes. */
CSVC_API const char      *csvc_what_next_get_reason (const CsvcWhatNext *self, guint index);

/* The next deadline, CSVC_NEVER = none; @clock, @alarm: (out) (optional): whose, untouched when there is none. */
CSVC_API CsvcTime csvc_what_next_get_alarm (const CsvcWhatNext *self, const CsvcClock **clock, const CsvcAlarm **alarm);

/* The cycles that run, are paused, or overdue. */
CSVC_API guint            csvc_what_next_get_n_cycles (const CsvcWhatNext *self);
CSVC_API const CsvcCycle *csvc_what_next_get_cycle (const CsvcWhatNext *self, guint index);
/* The due instant: the one that stands, or CSVC_NEVER while it is paused. */
CSVC_API CsvcTime         csvc_what_next_get_due (const CsvcWhatNext *self, guint index);
/* The due instant if it ran on from `at`; one that runs does so. */
CSVC_API CsvcTime         csvc_what_next_get_due_if_resumed (const CsvcWhatNext *self, guint index);
/* How much of the budget is left, microseconds of its own kind of time: what stays however long a pause that began now would last. 0 or less
 * when it is overdue. */
CSVC_API CsvcDuration     csvc_what_next_get_left (const CsvcWhatNext *self, guint index);
/* The last instant at which pausing it would still keep it from being missed: its due instant. CSVC_NEVER: nothing in the policy pauses it, it is
 * paused (for as long as it takes), or it is too late. */
CSVC_API CsvcTime         csvc_what_next_get_pause_by (const CsvcWhatNext *self, guint index);

/* ── due if facts changed now ── */

/**
 * csvc_what_next_suppose:
 * @customer: (nullable): as in csvc_case_what_next()
 * @facts: a name is that of a fact of the case or else of its customer; of those that are not there, nothing changes
 *
 * Supposes that these facts changed at the instant of @self, and by no event: running clocks look at their rows again (on-change), the tier is found anew, transitions
 * without event follow. Takes the place of what was supposed before; all else that @self tells stays.
 *
 * Returns: FALSE with CSVC_ERROR_NOT_FOUND (nobody has such a fact), CSVC_ERROR_INVALID (a value of another type; a fact of a customer in a case without), CSVC_ERROR_LIFECYCLE,
 *   CSVC_ERROR_LIMIT
 */
CSVC_API gboolean        csvc_what_next_suppose (CsvcWhatNext *self, const CsvcCustomer *customer, const CsvcFacts *facts, GError **error);
/* (nullable): the case as it would be; NULL while nothing is supposed. */
CSVC_API const CsvcCase *csvc_what_next_get_supposed (const CsvcWhatNext *self);
/* What the due instant would be then, if paused: if it ran on from `at`. Of a cycle that is reset, the due instant of the one after it. CSVC_NEVER: the clock would
 * not run any more, or nothing is supposed. */
CSVC_API CsvcTime        csvc_what_next_get_due_if_changed (const CsvcWhatNext *self, guint index);

/* (transfer full), both: as for csvc_why_due_to_json(). */
CSVC_API char *csvc_what_next_to_json (const CsvcWhatNext *self);
CSVC_API char *csvc_what_next_to_string (const CsvcWhatNext *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcWhyDue, csvc_why_due_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcWhyNotStarted, csvc_why_not_started_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcWhatNext, csvc_what_next_free)

G_END_DECLS

#endif
