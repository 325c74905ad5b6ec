/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_CASE_H
#define CSVC_CASE_H

#include <csvc/customer.h>
#include <csvc/effect.h>
#include <csvc/policy.h>

G_BEGIN_DECLS

/* The pure machine: a case, its lifecycle, its clocks.
 *
 *            open ──▶ active states ──fire (event)──▶ other states, facts, effects
 *                          │
 *                  advance (now): every deadline before now, each at its own instant
 *
 * A case is a plain value of the caller's. Nothing here reads a clock or does I/O: time is
 * an argument, and the same inputs give the same result, bit for bit. What is left to the caller:
 * to store the case and its effects in one commit, and to call csvc_case_advance() no earlier than
 * csvc_case_get_next_wake(). Waking late changes nothing but the hour at which people hear of it.
 *
 * What a case uses, reserves and gives of its customer's accounts (<csvc/ledger.h>) changes the customer that is given here, when and
 * only when the step stands, and the effects tell it: whoever stores the case then stores the customer, too. That goes for all functions
 * that open, fire, advance or end a case, and take it without const; those that only ask leave it alone. */

/* Who says it, and when; texts are UTF-8 of at most 16 MiB. Zeroed but for @at it is a stamp of nobody in particular: CSVC_STAMP (at). */
typedef struct {
  CsvcTime    at;       /* when the command is given: orders commands and fires alarms; never earlier than the case's last */
  CsvcTime    occurred; /* when it really happened, at or before @at and within the kind's backdate; 0 = @at */
  const char *actor;    /* who, as the host names them; nullable */
  const char *role;     /* the role they act in; NULL passes only events that anyone may give */
  const char *unit;     /* the unit they belong to; nullable */
  const char *key;      /* idempotency key, 1 to 255 bytes: engines give the first result again; nullable */
  const char *reason;   /* free text, kept in the journal; nullable */
} CsvcStamp;

#define CSVC_STAMP(at_) ((CsvcStamp){ (at_), 0, NULL, NULL, NULL, NULL, NULL })

/**
 * CsvcAnswer:
 * @CSVC_ANSWER_ACCEPTED: done
 * @CSVC_ANSWER_REFUSED_STATE: nothing accepts this event now (or the case has ended)
 * @CSVC_ANSWER_REFUSED_ROLE: not for this role
 * @CSVC_ANSWER_REFUSED_CONDITION: no condition of those that wait for it holds
 * @CSVC_ANSWER_REFUSED_MISSING_FACT: a fact is missing that the decision hangs on, or that the event must bring
 * @CSVC_ANSWER_REFUSED_TIME: earlier than the case's last instant, or backdated too far
 * @CSVC_ANSWER_FAILED: an error; see the GError
 * @CSVC_ANSWER_REFUSED_ENTITLEMENT: the customer's tier has no such entitlement
 * @CSVC_ANSWER_REFUSED_QUOTA: used up, or not enough is left
 * @CSVC_ANSWER_REFUSED_APPLICATION: on application only, and there is none that was approved
 * @CSVC_ANSWER_REFUSED_SCOPE: not in the scope of the customer's tier
 * @CSVC_ANSWER_REFUSED_CHOICE: not among the choices
 * @CSVC_ANSWER_REFUSED_HOURS: outside the hours of cover
 * @CSVC_ANSWER_REFUSED_HOLD: the customer's records are held (<csvc/personal.h>)
 *
 * A refusal changes nothing and is no error. More codes will come: treat unknown ones as refused.
 */
typedef enum {
  CSVC_ANSWER_ACCEPTED,
  CSVC_ANSWER_REFUSED_STATE,
  CSVC_ANSWER_REFUSED_ROLE,
  CSVC_ANSWER_REFUSED_CONDITION,
  CSVC_ANSWER_REFUSED_MISSING_FACT,
  CSVC_ANSWER_REFUSED_TIME,
  CSVC_ANSWER_FAILED,
  CSVC_ANSWER_REFUSED_ENTITLEMENT,
  CSVC_ANSWER_REFUSED_QUOTA,
  CSVC_ANSWER_REFUSED_APPLICATION,
  CSVC_ANSWER_REFUSED_SCOPE,
  CSVC_ANSWER_REFUSED_CHOICE,
  CSVC_ANSWER_REFUSED_HOURS,
  CSVC_ANSWER_REFUSED_HOLD
} CsvcAnswer;

/* "accepted", "refused-state", …; static. */
CSVC_API const char *csvc_answer_to_string (CsvcAnswer answer);

/**
 * csvc_case_open:
 * @id: the case's number, UTF-8, 1 to 255 bytes without control characters
 * @customer: (nullable): whose case it is
 * @facts: (nullable): case facts to begin with; required ones must be there
 * @effects: (nullable): appended to when accepted
 * @opened: (out) (transfer full): the case, when accepted
 *
 * Errors: CSVC_ERROR_NOT_FOUND (no such kind), CSVC_ERROR_INVALID (unknown fact, value of another type, customer of another policy, bad stamp),
 * CSVC_ERROR_LIFECYCLE, CSVC_ERROR_LIMIT (a due instant past what calendars can answer).
 */
CSVC_API CsvcAnswer csvc_case_open (CsvcPolicy *policy, const char *kind, const char *id, CsvcCustomer *customer,
                                    const CsvcFacts *facts, const CsvcStamp *stamp, CsvcEffects *effects, CsvcCase **opened,
                                    GError **error);
CSVC_API CsvcCase *csvc_case_copy (const CsvcCase *self);
CSVC_API void      csvc_case_free (CsvcCase *self);

/**
 * csvc_case_fire:
 * @event: a declared event of the kind; an undeclared name is CSVC_ERROR_NOT_FOUND
 * @params: (nullable): exactly the facts that the event sets: one too many is CSVC_ERROR_INVALID, one missing a refusal
 *
 * First fires every deadline before @stamp's `at` (these effects stand, and are appended, even when the event is then refused), then the event.
 */
CSVC_API CsvcAnswer csvc_case_fire (CsvcCase *self, CsvcCustomer *customer, const char *event, const CsvcFacts *params,
                                    const CsvcStamp *stamp, CsvcEffects *effects, GError **error);

/**
 * csvc_case_fire_event:
 * @event: an event of the case's very kind (csvc_kind_find_event() of csvc_case_get_kind())
 * @effects: (nullable): NULL costs nothing: effects that nobody asks for are not written down
 *
 * csvc_case_fire() for hosts that look an event up once and fire it often. An event that only moves a case between states that are
 * active alone, and sets facts, takes some ten nanoseconds so.
 */
CSVC_API CsvcAnswer csvc_case_fire_event (CsvcCase *self, CsvcCustomer *customer, const CsvcEvent *event, const CsvcFacts *params,
                                          const CsvcStamp *stamp, CsvcEffects *effects, GError **error);

/* Fires every deadline before @now, each at its own instant, in order. FALSE with an error leaves the case at the last deadline that went well.
 * @now earlier than the case's last instant does nothing. */
CSVC_API gboolean csvc_case_advance (CsvcCase *self, CsvcCustomer *customer, CsvcTime now, CsvcEffects *effects, GError **error);

/* When csvc_case_advance() has something to do: the earliest deadline plus one microsecond, so that an event exactly at the due instant
 * is still in time; CSVC_NEVER when nothing is waited for. */
CSVC_API CsvcTime csvc_case_get_next_wake (const CsvcCase *self);

/* Why would this event be refused now? (transfer full) (nullable): NULL when it would be accepted. Changes nothing. */
CSVC_API CsvcRefusal *csvc_case_explain_refusal (const CsvcCase *self, const CsvcCustomer *customer, const char *event,
                                                 const CsvcFacts *params, const CsvcStamp *stamp, GError **error);
CSVC_API void         csvc_refusal_free (CsvcRefusal *self);
CSVC_API CsvcAnswer   csvc_refusal_get_answer (const CsvcRefusal *self);
/* One sentence: "nothing accepts "rated" in waiting". */
CSVC_API const char  *csvc_refusal_get_message (const CsvcRefusal *self);
CSVC_API const char  *csvc_refusal_get_fact (const CsvcRefusal *self); /* (nullable): the missing one */
/* Each transition that waits for the event in the present states, with its first failing reason: "telecom.xml:71: score >= 4 is false". */
CSVC_API guint        csvc_refusal_get_n_candidates (const CsvcRefusal *self);
CSVC_API const char  *csvc_refusal_get_candidate (const CsvcRefusal *self, guint index);

/* ── asking ── */

CSVC_API CsvcPolicy     *csvc_case_get_policy (const CsvcCase *self);
CSVC_API const CsvcKind *csvc_case_get_kind (const CsvcCase *self);
CSVC_API const char     *csvc_case_get_id (const CsvcCase *self);
CSVC_API const char     *csvc_case_get_customer (const CsvcCase *self); /* (nullable): the customer's id */
CSVC_API CsvcTime        csvc_case_get_opened_at (const CsvcCase *self);
CSVC_API CsvcTime        csvc_case_get_last_at (const CsvcCase *self);  /* of its last command or deadline */
CSVC_API gboolean        csvc_case_has_ended (const CsvcCase *self);
CSVC_API const char     *csvc_case_get_outcome (const CsvcCase *self);  /* (nullable): of the final state reached */
CSVC_API gboolean        csvc_case_is_in (const CsvcCase *self, const char *state);
/* (transfer full): the active states without substates of their own, document order, blank-separated. */
CSVC_API char           *csvc_case_dup_states (const CsvcCase *self);
CSVC_API const CsvcValue *csvc_case_get_fact (const CsvcCase *self, const char *fact); /* (nullable): NULL while unknown */
CSVC_API guint           csvc_case_get_level (const CsvcCase *self);    /* from 1; 0 = the policy has no levels */
CSVC_API const char     *csvc_case_get_handler (const CsvcCase *self);  /* (nullable): role that works on it */
CSVC_API const char     *csvc_case_get_owner_actor (const CsvcCase *self); /* (nullable) */
CSVC_API const char     *csvc_case_get_owner_role (const CsvcCase *self);  /* (nullable) */
CSVC_API const char     *csvc_case_get_owner_unit (const CsvcCase *self);  /* (nullable) */

/* ── clock cycles: each time a clock ran, in the order of their starts ── */

typedef enum {
  CSVC_CYCLE_RUNNING,
  CSVC_CYCLE_PAUSED,  /* also one that was missed before */
  CSVC_CYCLE_OVERDUE, /* missed, and not yet met: it still waits for its event */
  CSVC_CYCLE_CLOSED
} CsvcCycleState;

/**
 * CsvcVerdict:
 * @CSVC_VERDICT_NONE: not decided yet
 * @CSVC_VERDICT_MET: in time
 * @CSVC_VERDICT_MISSED: frozen at the due instant, even if met later
 * @CSVC_VERDICT_ENDED: nobody judges it: the state was left, the clock cancelled or reset, the case ended; every end of a clock
 *   that makes no promise
 */
typedef enum { CSVC_VERDICT_NONE, CSVC_VERDICT_MET, CSVC_VERDICT_MISSED, CSVC_VERDICT_ENDED } CsvcVerdict;

CSVC_API const char *csvc_cycle_state_to_string (CsvcCycleState state); /* "running", …; static */
CSVC_API const char *csvc_verdict_to_string (CsvcVerdict verdict);      /* "none", "met", …; static */

CSVC_API guint            csvc_case_get_n_cycles (const CsvcCase *self);
/* Borrowed until the case next changes. */
CSVC_API const CsvcCycle *csvc_case_get_cycle (const CsvcCase *self, guint index);

CSVC_API const CsvcClock *csvc_cycle_get_clock (const CsvcCycle *self);
CSVC_API guint            csvc_cycle_get_number (const CsvcCycle *self); /* from 1 */
CSVC_API CsvcCycleState   csvc_cycle_get_state (const CsvcCycle *self);
CSVC_API CsvcTime         csvc_cycle_get_start (const CsvcCycle *self);
CSVC_API guint            csvc_cycle_get_row (const CsvcCycle *self);    /* the target row that holds, from 1 */
CSVC_API CsvcVerdict      csvc_cycle_get_verdict (const CsvcCycle *self);
/* When it was met or ended (really happened), or missed; CSVC_NEVER before. */
CSVC_API CsvcTime         csvc_cycle_get_verdict_at (const CsvcCycle *self);
CSVC_API CsvcTime         csvc_cycle_get_met_late_at (const CsvcCycle *self); /* CSVC_NEVER = was not */
/* (nullable): of an ENDED verdict: "left", "cancelled", "reset", "case-ended"; of a mere timeout also "met", "due". */
CSVC_API const char      *csvc_cycle_get_reason (const CsvcCycle *self);
/* The due instant: as it stood at the verdict once there is one; CSVC_NEVER while paused. */
CSVC_API CsvcTime         csvc_case_get_due (const CsvcCase *self, const CsvcCycle *cycle);
/* The due instant if a paused cycle resumed at @now; the due instant otherwise. */
CSVC_API CsvcTime         csvc_case_get_projected_due (const CsvcCase *self, const CsvcCycle *cycle, CsvcTime now);
/* Time used, in the clock's own kind of time (elapsed or working), pauses excluded: up to where the cycle closed (met, met late, or ended; a missed one goes on
 * until then), or to @now while open. */
CSVC_API CsvcDuration     csvc_case_get_used (const CsvcCase *self, const CsvcCycle *cycle, CsvcTime now);

/* ── what tables decided: <decide table="save_offer" as="offers"/> ── */

/* By name; the last decision under each. */
CSVC_API guint              csvc_case_get_n_decided (const CsvcCase *self);
/* Borrowed until the case next changes. */
CSVC_API const CsvcDecided *csvc_case_get_decided (const CsvcCase *self, guint index);
CSVC_API const CsvcDecided *csvc_case_find_decided (const CsvcCase *self, const char *name); /* (nullable): not decided yet */

CSVC_API const char      *csvc_decided_get_name (const CsvcDecided *self);
CSVC_API const char      *csvc_decided_get_table (const CsvcDecided *self); /* its id then */
CSVC_API CsvcTime         csvc_decided_get_at (const CsvcDecided *self);
/* The rows that decided, in the table's order. When none did, the defaults are one, if there is any. */
CSVC_API guint            csvc_decided_get_n_rows (const CsvcDecided *self);
/* Its number in the table then, from 1 as people count; 0 = the defaults. */
CSVC_API guint            csvc_decided_get_row (const CsvcDecided *self, guint index);
CSVC_API guint            csvc_decided_get_n_outputs (const CsvcDecided *self, guint index);
CSVC_API const char      *csvc_decided_get_output_id (const CsvcDecided *self, guint index, guint output);
/* (nullable): NULL when the row had no such output. */
CSVC_API const CsvcValue *csvc_decided_get_output (const CsvcDecided *self, guint index, const char *output);

/* ── keeping ── */

/* (transfer full): the whole case, as JSON or as compact bytes: the same content, and the same bytes for the same case. Personal facts are as they
 * are (<csvc/mask.h>). */
CSVC_API char     *csvc_case_to_json (const CsvcCase *self);
CSVC_API GBytes   *csvc_case_to_bytes (const CsvcCase *self);
/* (transfer full): NULL with CSVC_ERROR_SYNTAX, CSVC_ERROR_CORRUPT, or CSVC_ERROR_NOT_FOUND when the case belongs to another policy or version
 * (the message names it and its hash). */
CSVC_API CsvcCase *csvc_case_new_from_json (CsvcPolicy *policy, const char *json, GError **error);
CSVC_API CsvcCase *csvc_case_new_from_bytes (CsvcPolicy *policy, GBytes *bytes, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcCase, csvc_case_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcRefusal, csvc_refusal_free)

G_END_DECLS

#endif
