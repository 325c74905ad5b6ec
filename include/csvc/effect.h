/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_EFFECT_H
#define CSVC_EFFECT_H

#include <csvc/value.h>

G_BEGIN_DECLS

/* What a decision did, as a list of typed records.
 *
 * Every change of a case is one of these, so folding the effects of all its commands
 * gives the case back; the others (NOTIFY, MESSAGE, LOG, UNDECIDED) ask the host to do or
 * know something. The list grows: callers skip types they do not know. Reading a field that
 * a type does not have gives NULL, 0 or CSVC_NEVER.
 *
 * Effects tell personal values as they are, also as JSON: in FACT_SET and CUSTOMER_PUT, in arguments and RESTATED. For somebody's eyes
 * there is csvc_effects_copy_for() (<csvc/mask.h>). */

/**
 * CsvcEffectType:
 * @CSVC_EFFECT_OPENED: case, kind, customer, occurred
 * @CSVC_EFFECT_POLICY: policy, version, hash: what judges the case from here on
 * @CSVC_EFFECT_FACT_SET: fact, value
 * @CSVC_EFFECT_STATE_LEFT: state
 * @CSVC_EFFECT_STATE_ENTERED: state, entries (how often by now)
 * @CSVC_EFFECT_HISTORY_KEPT: history, states (blank-separated)
 * @CSVC_EFFECT_CLOCK_STARTED: clock, cycle, row (from 1), start, due, promised, calendar (hash); and, when it goes on from the cycle before,
 *   continues ("continue" or "including-closed") and from
 * @CSVC_EFFECT_CLOCK_PAUSED: clock, cycle, from, cause
 * @CSVC_EFFECT_CLOCK_RESUMED: clock, cycle, from, due, cause
 * @CSVC_EFFECT_CLOCK_TARGET: clock, cycle, row, due, promised, calendar: facts changed, another row holds, from the start
 * @CSVC_EFFECT_CLOCK_MET: clock, cycle, occurred, due, event
 * @CSVC_EFFECT_CLOCK_MISSED: clock, cycle, due
 * @CSVC_EFFECT_CLOCK_MET_LATE: clock, cycle, occurred, due, event: a missed promise was kept after all
 * @CSVC_EFFECT_CLOCK_ENDED: clock, cycle, occurred, due, cause, reason: "left", "cancelled", "reset", "superseded" (a new promise was made),
 *   "case-ended"; and, of mere timeouts, "met", "due"
 * @CSVC_EFFECT_CLOCK_CORRECTED: clock, cycle, occurred, event: known only now that it was met in time; the verdict stays
 * @CSVC_EFFECT_ALARM: clock, cycle, alarm, deadline, due
 * @CSVC_EFFECT_ALARM_PASSED: clock, cycle, alarm, deadline: the clock started too late for it, a later one fired
 * @CSVC_EFFECT_LEVEL: level, level-before, role (the handler from now on)
 * @CSVC_EFFECT_OWNER: actor, role, unit
 * @CSVC_EFFECT_NOTIFY: role, cause (the event or alarm that asked)
 * @CSVC_EFFECT_MESSAGE: name, arguments: for the host
 * @CSVC_EFFECT_LOG: label, value
 * @CSVC_EFFECT_UNDECIDED: cause, fact (the missing one), line, pending: a step of a clock, or an eventless one, could not be
 *   decided. With pending = 1 it is kept (its cause is the event and the state whose transition waits, "clock.reply.due open"), and
 *   tried again after the next event that is accepted, or deadline that puts a fact
 * @CSVC_EFFECT_RETRIED: cause: the kept step is tried again
 * @CSVC_EFFECT_ENDED: state (the final one; none when it was ended from outside), outcome
 * @CSVC_EFFECT_CUSTOMER_PUT: customer, fact, value
 * @CSVC_EFFECT_LINKED: relation ("parent", "earlier"), case, kind: this case knows of that one
 * @CSVC_EFFECT_CHILD_OPENED: case, kind, until (state), arguments: to be opened by csvc_case_open_child()
 * @CSVC_EFFECT_CHILD_ENDED: case, kind, reason: to be ended by csvc_case_end()
 * @CSVC_EFFECT_CHILD_DONE: case, kind, outcome: it has ended by itself
 * @CSVC_EFFECT_TOLD: case, event, arguments: to be told by csvc_case_hear_told()
 * @CSVC_EFFECT_CLOCK_CARRIED: clock, cycle, from, carried, calendar (hash): what was used before `from` is one sum from here on, counted in that calendar
 * @CSVC_EFFECT_CLOCK_FORWARD: clock, cycle, row, due, promised, calendar, credit: facts changed, another row holds from now on; the credit counts as used besides
 *   what was, so that the share left is what it was
 * @CSVC_EFFECT_CLOCK_HORIZON: clock, cycle, due, calendar: the due instant lies past the calendar's last announced year: it may move
 * @CSVC_EFFECT_ALARMS_PASSED: clock, cycle, alarm, deadline, times: the clock started too late for so many repetitions, the last at the deadline
 * @CSVC_EFFECT_RESTATED: cause ("adopted", "amended", "voided", "upgraded", "recalendared"), state: the whole case from here on, as JSON
 * @CSVC_EFFECT_TIER: customer, tier, tier-before (the earned ones; absent: none), cause: "first", "up", "down", "excluded", "included"
 * @CSVC_EFFECT_TIER_SET: customer, tier, tier-before, cause ("set", "cleared", "ended"), until, arguments: reason, actor. By hand; of "cleared" and
 *   "ended" the tier is the earned one, which counts again
 * @CSVC_EFFECT_TIER_WARNED: customer, tier, below (absent: none), condition, until (when it sinks)
 * @CSVC_EFFECT_TIER_WARNING_WITHDRAWN: customer, tier
 * @CSVC_EFFECT_TIER_REVIEW: customer, from (where reviews are counted from), next
 * @CSVC_EFFECT_GRANTED: customer, account, amount, left (by now, of all lots), lot, priority, expires, key, cause ("granted", "adjusted",
 *   "period", "rollover"), and of a period its from and to
 * @CSVC_EFFECT_USED: customer, account, amount, left, key, cause (the case), until (when the use ends by itself), number (of that use), arguments
 * @CSVC_EFFECT_RESERVED: customer, account, amount, left, key, cause
 * @CSVC_EFFECT_COMMITTED: customer, account, amount, key, cause, until, number
 * @CSVC_EFFECT_RELEASED: customer, account, amount (of which expired units are gone), left, key, cause
 * @CSVC_EFFECT_EXPIRED: customer, account, lot, amount, left, cause: "expired", "period"
 * @CSVC_EFFECT_ADJUSTED: customer, account, amount (less than 0: taken away), left, lot (absent: the next ones in order), key, cause ("adjusted", "tier")
 * @CSVC_EFFECT_APPLIED: customer, entitlement, state
 * @CSVC_EFFECT_ENTITLEMENT_ENDED: customer, entitlement, number, key: a use that lasted has ended
 * @CSVC_EFFECT_CONTACTED: customer, channel, purpose, rule, arguments: case
 * @CSVC_EFFECT_TASK_OPENED: customer, rule, key, case, due, arguments: purpose, script
 * @CSVC_EFFECT_TASK_CLOSED: customer, rule, key, cause
 * @CSVC_EFFECT_FORGOTTEN: fact, customer (of a case's: none), cause ("asked", "due"), left ("journal": its value stands there in the clear,
 *   from before values were kept apart)
 * @CSVC_EFFECT_HELD, @CSVC_EFFECT_HOLD_RELEASED: customer, reason
 * @CSVC_EFFECT_HAPPENED: customer, event: what happened ("…") asks for
 * @CSVC_EFFECT_DECIDED: table, as, rows (their numbers from 1, blank-separated; absent: none holds), arguments: the outputs of each, such as "3.offer"; of
 *   the defaults "0.offer"
 * @CSVC_EFFECT_TASK_UPDATED: customer, rule, key, script, due: both as they are from now on
 */
typedef enum {
  CSVC_EFFECT_OPENED = 1,
  CSVC_EFFECT_POLICY,
  CSVC_EFFECT_FACT_SET,
  CSVC_EFFECT_STATE_LEFT,
  CSVC_EFFECT_STATE_ENTERED,
  CSVC_EFFECT_HISTORY_KEPT,
  CSVC_EFFECT_CLOCK_STARTED,
  CSVC_EFFECT_CLOCK_PAUSED,
  CSVC_EFFECT_CLOCK_RESUMED,
  CSVC_EFFECT_CLOCK_TARGET,
  CSVC_EFFECT_CLOCK_MET,
  CSVC_EFFECT_CLOCK_MISSED,
  CSVC_EFFECT_CLOCK_MET_LATE,
  CSVC_EFFECT_CLOCK_ENDED,
  CSVC_EFFECT_CLOCK_CORRECTED,
  CSVC_EFFECT_ALARM,
  CSVC_EFFECT_ALARM_PASSED,
  CSVC_EFFECT_LEVEL,
  CSVC_EFFECT_OWNER,
  CSVC_EFFECT_NOTIFY,
  CSVC_EFFECT_MESSAGE,
  CSVC_EFFECT_LOG,
  CSVC_EFFECT_UNDECIDED,
  CSVC_EFFECT_RETRIED,
  CSVC_EFFECT_ENDED,
  CSVC_EFFECT_CUSTOMER_PUT,
  CSVC_EFFECT_LINKED,
  CSVC_EFFECT_CHILD_OPENED,
  CSVC_EFFECT_CHILD_ENDED,
  CSVC_EFFECT_CHILD_DONE,
  CSVC_EFFECT_TOLD,
  CSVC_EFFECT_CLOCK_CARRIED,
  CSVC_EFFECT_CLOCK_FORWARD,
  CSVC_EFFECT_CLOCK_HORIZON,
  CSVC_EFFECT_ALARMS_PASSED,
  CSVC_EFFECT_RESTATED,
  CSVC_EFFECT_TIER,
  CSVC_EFFECT_TIER_SET,
  CSVC_EFFECT_TIER_WARNED,
  CSVC_EFFECT_TIER_WARNING_WITHDRAWN,
  CSVC_EFFECT_TIER_REVIEW,
  CSVC_EFFECT_GRANTED,
  CSVC_EFFECT_USED,
  CSVC_EFFECT_RESERVED,
  CSVC_EFFECT_COMMITTED,
  CSVC_EFFECT_RELEASED,
  CSVC_EFFECT_EXPIRED,
  CSVC_EFFECT_ADJUSTED,
  CSVC_EFFECT_APPLIED,
  CSVC_EFFECT_ENTITLEMENT_ENDED,
  CSVC_EFFECT_CONTACTED,
  CSVC_EFFECT_TASK_OPENED,
  CSVC_EFFECT_TASK_CLOSED,
  CSVC_EFFECT_HAPPENED,
  CSVC_EFFECT_DECIDED,
  CSVC_EFFECT_TASK_UPDATED,
  CSVC_EFFECT_FORGOTTEN,
  CSVC_EFFECT_HELD,
  CSVC_EFFECT_HOLD_RELEASED
} CsvcEffectType;

/* "clock-started", the word of a type in JSON; NULL for a number that is none. Static. */
CSVC_API const char *csvc_effect_type_to_string (CsvcEffectType type);

/* How a field is read: csvc_effect_get_text(), _number(), _amount(), _time(), _value(), _arguments(). */
typedef enum {
  CSVC_EFFECT_FIELD_TEXT,
  CSVC_EFFECT_FIELD_NUMBER,
  CSVC_EFFECT_FIELD_AMOUNT,
  CSVC_EFFECT_FIELD_TIME,
  CSVC_EFFECT_FIELD_VALUE,
  CSVC_EFFECT_FIELD_ARGUMENTS
} CsvcEffectFieldKind;

/* (nullable): the name of the field @index, from 0, of those that effects of this type may have, in the order of the JSON; NULL after the
 * last. @kind: (out) (optional). Static. For hosts that show or convert whatever comes. */
CSVC_API const char *csvc_effect_type_get_field (CsvcEffectType type, guint index, CsvcEffectFieldKind *kind);

CSVC_API CsvcEffects      *csvc_effects_new (void);
CSVC_API CsvcEffects      *csvc_effects_ref (CsvcEffects *self);
CSVC_API void              csvc_effects_unref (CsvcEffects *self);
/* Forgets all, keeps the memory: one list serves many commands. */
CSVC_API void              csvc_effects_clear (CsvcEffects *self);
CSVC_API guint             csvc_effects_get_size (const CsvcEffects *self);
/* @index below the size. Valid until the list is next changed. */
CSVC_API const CsvcEffect *csvc_effects_get (const CsvcEffects *self, guint index);
/* (transfer full): a JSON array of objects, one an effect. */
CSVC_API char             *csvc_effects_to_json (const CsvcEffects *self);

CSVC_API CsvcEffectType csvc_effect_get_type (const CsvcEffect *self);
/* The instant of the step: the command's, or the deadline's for what a clock did. */
CSVC_API CsvcTime    csvc_effect_get_at (const CsvcEffect *self);
/* A text field by its name above with "-" for "_": "state", "clock", "alarm", "role", "cause", "reason", …; NULL when the type has none. */
CSVC_API const char *csvc_effect_get_text (const CsvcEffect *self, const char *field);
/* A count: "cycle", "row", "level", "level-before", "entries", "line", "pending", "times", "lot", "priority", "number". */
CSVC_API guint       csvc_effect_get_number (const CsvcEffect *self, const char *field);
/* Units of an account: "amount", "left". */
CSVC_API gint64      csvc_effect_get_amount (const CsvcEffect *self, const char *field);
/* An instant: "start", "due", "from", "promised", "occurred", "deadline", "until", "next", "expires", "to". */
CSVC_API CsvcTime    csvc_effect_get_time (const CsvcEffect *self, const char *field);
/* (nullable): of FACT_SET, LOG, CUSTOMER_PUT; the length of time of CLOCK_CARRIED and CLOCK_FORWARD. */
CSVC_API const CsvcValue *csvc_effect_get_value (const CsvcEffect *self);
/* (nullable): of MESSAGE, CHILD_OPENED, TOLD, TIER_SET, USED, DECIDED, CONTACTED and TASK_OPENED, their "arguments". */
CSVC_API const CsvcFacts *csvc_effect_get_arguments (const CsvcEffect *self);
/* (transfer full): one line for people: "clock handle 1 started, due 2026-03-04T01:00:00Z". */
CSVC_API char *csvc_effect_to_string (const CsvcEffect *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcEffects, csvc_effects_unref)

G_END_DECLS

#endif
