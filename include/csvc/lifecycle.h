/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_LIFECYCLE_H
#define CSVC_LIFECYCLE_H

#include <csvc/policy.h>

G_BEGIN_DECLS

/* A kind of case, as a policy describes it: to show, draw and check; to *run* one see <csvc/case.h>.
 *
 *   CsvcKind ─┬─ facts, events
 *             ├─ states ── transitions    a chart with the meaning of W3C SCXML 1.0
 *             └─ clocks ── dues, alarms   a promise about how long a case may stay in a state
 *
 * All parts belong to the policy. States are in document order; state 0 stands for the kind itself and
 * holds all others, and has the kind's id. */

CSVC_API const CsvcPart *csvc_kind_get_part (const CsvcKind *self);
CSVC_API const char     *csvc_kind_get_id (const CsvcKind *self);
CSVC_API const char     *csvc_kind_get_label (const CsvcKind *self, const char *language);
/* How long before it is told an event may have occurred; 0 = not at all. */
CSVC_API CsvcDuration    csvc_kind_get_backdate (const CsvcKind *self);

CSVC_API guint                 csvc_kind_get_n_facts (const CsvcKind *self);
CSVC_API const CsvcFact       *csvc_kind_get_fact (const CsvcKind *self, guint index);
CSVC_API const CsvcFact       *csvc_kind_find_fact (const CsvcKind *self, const char *id);
CSVC_API guint                 csvc_kind_get_n_events (const CsvcKind *self);
CSVC_API const CsvcEvent      *csvc_kind_get_event (const CsvcKind *self, guint index);
CSVC_API const CsvcEvent      *csvc_kind_find_event (const CsvcKind *self, const char *id);
CSVC_API guint                 csvc_kind_get_n_states (const CsvcKind *self);
CSVC_API const CsvcState      *csvc_kind_get_state (const CsvcKind *self, guint index);
CSVC_API const CsvcState      *csvc_kind_find_state (const CsvcKind *self, const char *id);
CSVC_API guint                 csvc_kind_get_n_transitions (const CsvcKind *self);
CSVC_API const CsvcTransition *csvc_kind_get_transition (const CsvcKind *self, guint index);
CSVC_API guint                 csvc_kind_get_n_clocks (const CsvcKind *self);
CSVC_API const CsvcClock      *csvc_kind_get_clock (const CsvcKind *self, guint index);
CSVC_API const CsvcClock      *csvc_kind_find_clock (const CsvcKind *self, const char *id);

/* ── events: what a host may tell a case ── */

CSVC_API const CsvcPart *csvc_event_get_part (const CsvcEvent *self);
CSVC_API const char     *csvc_event_get_id (const CsvcEvent *self);
CSVC_API const char     *csvc_event_get_label (const CsvcEvent *self, const char *language);
/* Who may send it; none = any role. */
CSVC_API guint           csvc_event_get_n_by (const CsvcEvent *self);
CSVC_API const CsvcRole *csvc_event_get_by (const CsvcEvent *self, guint index);
/* The case facts that it must bring. */
CSVC_API guint           csvc_event_get_n_sets (const CsvcEvent *self);
CSVC_API const CsvcFact *csvc_event_get_sets (const CsvcEvent *self, guint index);

/* ── states ── */

typedef enum {
  CSVC_STATE_ATOMIC,
  CSVC_STATE_COMPOUND,
  CSVC_STATE_PARALLEL,
  CSVC_STATE_FINAL,
  CSVC_STATE_HISTORY_SHALLOW,
  CSVC_STATE_HISTORY_DEEP
} CsvcStateType;

/* "atomic", "compound", "parallel", "final", "shallow history", "deep history"; static. */
CSVC_API const char *csvc_state_type_to_string (CsvcStateType type);

CSVC_API const CsvcPart       *csvc_state_get_part (const CsvcState *self);
CSVC_API const char           *csvc_state_get_id (const CsvcState *self);
CSVC_API const char           *csvc_state_get_label (const CsvcState *self, const char *language);
CSVC_API guint                 csvc_state_get_index (const CsvcState *self); /* in its kind */
CSVC_API CsvcStateType         csvc_state_get_type (const CsvcState *self);
CSVC_API const CsvcState      *csvc_state_get_parent (const CsvcState *self); /* (nullable): of the kind's own state */
CSVC_API guint                 csvc_state_get_depth (const CsvcState *self);  /* 0 = the kind's own state */
/* Where a compound state begins, or a history that remembers nothing leads. */
CSVC_API guint                 csvc_state_get_n_initial (const CsvcState *self);
CSVC_API const CsvcState      *csvc_state_get_initial (const CsvcState *self, guint index);
CSVC_API guint                 csvc_state_get_n_transitions (const CsvcState *self);
CSVC_API const CsvcTransition *csvc_state_get_transition (const CsvcState *self, guint index);
CSVC_API guint                 csvc_state_get_n_clocks (const CsvcState *self);
CSVC_API const CsvcClock      *csvc_state_get_clock (const CsvcState *self, guint index);
/* (nullable): of a final state, a word for figures, "won". */
CSVC_API const char           *csvc_state_get_outcome (const CsvcState *self);
/* (transfer full) (nullable): what is done on entry and on exit, "escalate to city, notify leader"; NULL when nothing. */
CSVC_API char                 *csvc_state_dup_entry_text (const CsvcState *self);
CSVC_API char                 *csvc_state_dup_exit_text (const CsvcState *self);

/* ── transitions ── */

CSVC_API const CsvcState *csvc_transition_get_source (const CsvcTransition *self);
/* (nullable): the events as written, "replied note.*"; NULL: taken without an event. */
CSVC_API const char      *csvc_transition_get_events (const CsvcTransition *self);
/* (nullable): the condition as written; NULL: always. */
CSVC_API const char      *csvc_transition_get_condition (const CsvcTransition *self);
/* No target: the case stays where it is, only the actions are done. */
CSVC_API guint            csvc_transition_get_n_targets (const CsvcTransition *self);
CSVC_API const CsvcState *csvc_transition_get_target (const CsvcTransition *self, guint index);
CSVC_API gboolean         csvc_transition_is_internal (const CsvcTransition *self);
/* (transfer full) (nullable): its actions in short. */
CSVC_API char            *csvc_transition_dup_actions_text (const CsvcTransition *self);
CSVC_API const char      *csvc_transition_get_file (const CsvcTransition *self);
CSVC_API guint            csvc_transition_get_line (const CsvcTransition *self);

/* ── clocks ── */

CSVC_API const CsvcPart  *csvc_clock_get_part (const CsvcClock *self);
CSVC_API const char      *csvc_clock_get_id (const CsvcClock *self);
CSVC_API const char      *csvc_clock_get_label (const CsvcClock *self, const char *language);
CSVC_API const CsvcState *csvc_clock_get_state (const CsvcClock *self); /* it runs while the case is in it */
/* FALSE: a mere timeout, without a verdict. */
CSVC_API gboolean         csvc_clock_is_promise (const CsvcClock *self);
/* The rest as the policy writes it. (nullable), each: event ids, state ids, a condition, or a word. */
CSVC_API const char *csvc_clock_get_when (const CsvcClock *self);
CSVC_API const char *csvc_clock_get_met_by (const CsvcClock *self);
CSVC_API const char *csvc_clock_get_cancelled_by (const CsvcClock *self);
CSVC_API const char *csvc_clock_get_reset_by (const CsvcClock *self);
CSVC_API const char *csvc_clock_get_paused_by (const CsvcClock *self);
CSVC_API const char *csvc_clock_get_resumed_by (const CsvcClock *self);
CSVC_API const char *csvc_clock_get_paused_in (const CsvcClock *self);
/* With the default filled in; static. */
CSVC_API const char *csvc_clock_get_on_leave (const CsvcClock *self);  /* "met", "end" */
CSVC_API const char *csvc_clock_get_reopen (const CsvcClock *self);    /* "new-cycle", "continue", … */
CSVC_API const char *csvc_clock_get_on_change (const CsvcClock *self); /* "retroactive", "keep", "reset", "forward" */
/* (nullable): "P1D": the budget of each cycle of a clock that starts anew from where it was met. */
CSVC_API const char *csvc_clock_get_every (const CsvcClock *self);

/* Rows are tried in order; the first whose condition holds sets the due instant. */
CSVC_API guint           csvc_clock_get_n_dues (const CsvcClock *self);
CSVC_API const CsvcDue  *csvc_clock_get_due (const CsvcClock *self, guint index);
/* (transfer full): "PT3H", "PT3H of office", "P5D of office", "at promised". */
CSVC_API char           *csvc_due_to_string (const CsvcDue *self);
CSVC_API const char     *csvc_due_get_when (const CsvcDue *self); /* (nullable): always */
CSVC_API gboolean        csvc_due_is_assumed (const CsvcDue *self);
CSVC_API const char     *csvc_due_get_source (const CsvcDue *self); /* (nullable) */
CSVC_API const char     *csvc_due_get_file (const CsvcDue *self);
CSVC_API guint           csvc_due_get_line (const CsvcDue *self);

/* With the alarm "due", which every clock has, written or not. */
CSVC_API guint            csvc_clock_get_n_alarms (const CsvcClock *self);
CSVC_API const CsvcAlarm *csvc_clock_get_alarm (const CsvcClock *self, guint index);
CSVC_API const CsvcAlarm *csvc_clock_find_alarm (const CsvcClock *self, const char *id);
CSVC_API const CsvcPart  *csvc_alarm_get_part (const CsvcAlarm *self);
CSVC_API const char      *csvc_alarm_get_id (const CsvcAlarm *self);
CSVC_API const char      *csvc_alarm_get_label (const CsvcAlarm *self, const char *language);
/* "75%", "PT24H" after the start, "-PT30M" before and "+PT1H" after the due instant; "due" for the due alarm. */
CSVC_API const char      *csvc_alarm_get_at (const CsvcAlarm *self);
/* (nullable): after how much of the same time it rings again, until its clock closes; NULL: once. */
CSVC_API const char      *csvc_alarm_get_every (const CsvcAlarm *self);
/* (transfer full) (nullable): its actions in short. */
CSVC_API char            *csvc_alarm_dup_actions_text (const CsvcAlarm *self);

G_END_DECLS

#endif
