/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_MACHINE_EFFECTS_H
#define CSVC_MACHINE_EFFECTS_H

#include <csvc/effect.h>
#include <csvc/policy.h>

#include "base/json-writer.h"
#include "base/value.h"

/* One effect. The same few fields serve every type; one table (effects.c) says which of them each type has and what it calls
 * them, and makes JSON, bytes, the accessors and the prose: a field that the table does not give a type is not kept.
 * Strings are borrowed: from the policy, or from the list's own pool. */
struct _CsvcEffect {
  guint8      type;
  CsvcTime    at;
  const char *subject;  /* state, clock, fact, kind, role, name … */
  const char *detail;   /* alarm, cause, event, customer, outcome, continues … */
  const char *text;     /* case, hash, unit, calendar … */
  guint32     number;   /* cycle, level, entries, line */
  guint32     row;      /* row, level-before, pending */
  CsvcTime    time;     /* start, from, occurred, deadline */
  CsvcTime    due;
  CsvcTime    from;     /* of a start: where a continued cycle runs on */
  CsvcTime    promised;
  CsvcValue   value;
  CsvcFacts  *arguments;
  const char *customer; /* of what is said of a customer */
  gint64      amount;   /* units of an account */
  gint64      left;
};

/* Which member holds which field (the table in effects.c says the same):
 *
 *   OPENED         subject kind, detail customer, text case, time occurred
 *   POLICY         subject policy, detail version, text hash
 *   FACT_SET       subject fact, value
 *   STATE_LEFT     subject state
 *   STATE_ENTERED  subject state, number entries
 *   HISTORY_KEPT   subject history, text states
 *   CLOCK_STARTED  subject clock, detail continues, text calendar, number cycle, row, time start, due, from, promised
 *   CLOCK_PAUSED   subject clock, detail cause, number cycle, time from
 *   CLOCK_RESUMED  subject clock, detail cause, number cycle, time from, due
 *   CLOCK_TARGET   subject clock, text calendar, number cycle, row, due, promised
 *   CLOCK_MET, CLOCK_MET_LATE  subject clock, detail event, number cycle, time occurred, due
 *   CLOCK_MISSED   subject clock, number cycle, due
 *   CLOCK_ENDED    subject clock, detail reason, text cause, number cycle, time occurred, due
 *   CLOCK_CORRECTED subject clock, detail event, number cycle, time occurred
 *   ALARM          subject clock, detail alarm, number cycle, time deadline, due
 *   ALARM_PASSED   subject clock, detail alarm, number cycle, time deadline
 *   LEVEL          detail role, number level, row level-before
 *   OWNER          subject actor, detail role, text unit
 *   NOTIFY         subject role, detail cause
 *   MESSAGE        subject name, arguments
 *   LOG            subject label, value
 *   UNDECIDED      subject cause, detail fact, number line, row pending
 *   RETRIED        subject cause
 *   ENDED          subject state, detail outcome
 *   CUSTOMER_PUT   subject fact, detail customer, value
 *   LINKED         subject relation, text case, detail kind
 *   CHILD_OPENED   subject kind, text case, detail until, arguments
 *   CHILD_ENDED    subject kind, text case, detail reason
 *   CHILD_DONE     subject kind, text case, detail outcome
 *   TOLD           subject event, text case, arguments
 *   CLOCK_CARRIED  subject clock, text calendar, number cycle, from, value carried
 *   CLOCK_FORWARD  subject clock, text calendar, number cycle, row, due, promised, value credit
 *   CLOCK_HORIZON  subject clock, text calendar, number cycle, due
 *   ALARMS_PASSED  subject clock, detail alarm, number cycle, time deadline, row times
 *   RESTATED       subject cause, text state
 *   TIER, TIER_SET subject tier, detail tier-before, text cause, due until, arguments; these and all that follow: customer
 *   TIER_WARNED    subject tier, detail below, text condition, due until
 *   TIER_WARNING_WITHDRAWN subject tier
 *   TIER_REVIEW    from, due next
 *   GRANTED        subject account, detail cause, text key, amount, left, number lot, row priority, due expires, from, promised to
 *   USED           subject account, detail cause, text key, amount, left, number, due until, arguments
 *   COMMITTED      subject account, detail cause, text key, amount, number, due until
 *   RESERVED, RELEASED subject account, detail cause, text key, amount, left
 *   EXPIRED        subject account, detail cause, number lot, amount, left
 *   ADJUSTED       subject account, detail cause, text key, number lot, amount, left
 *   APPLIED        subject entitlement, detail state
 *   ENTITLEMENT_ENDED subject entitlement, text key, number
 *   CONTACTED      subject channel, detail purpose, text rule, and the case in arguments
 *   TASK_OPENED    subject rule, detail key, text case, due, and purpose and script in arguments
 *   TASK_CLOSED    subject rule, detail key, text cause
 *   HAPPENED       subject event
 *   FORGOTTEN      subject fact, detail cause, text left
 *   HELD, HOLD_RELEASED subject reason
 *   TASK_UPDATED   subject rule, detail key, text script, due
 */

/* The list keeps policies alive whose strings its effects borrow. */
void _csvc_effects_use_policy (CsvcEffects *self, CsvcPolicy *policy);
/* A zeroed effect at the end of the list (every instant but @at: CSVC_NEVER); valid until the next one is added. */
CsvcEffect *_csvc_effects_add (CsvcEffects *self, CsvcEffectType type, CsvcTime at);
/* To replace values in it; what it borrows must live as long as the list. */
CsvcEffect *_csvc_effects_edit (CsvcEffects *self, guint index);
/* A copy of @s that lives as long as the list's content. NULL gives NULL. */
const char *_csvc_effects_keep (CsvcEffects *self, const char *s);
/* Drops all effects from @size on: a step that was refused. */
void _csvc_effects_truncate (CsvcEffects *self, guint size);
void _csvc_effects_append (CsvcEffects *self, const CsvcEffects *from);
/* From the one of index @first on, those that are @wanted; NULL: all. */
void _csvc_effects_append_some (CsvcEffects *self, const CsvcEffects *from, guint first, gboolean (*wanted) (const CsvcEffect *effect));

/* As JSON has it: numbers, booleans and null bare, the rest as canonical text. */
void _csvc_value_write_json (CsvcJson *json, const char *name, const CsvcValue *value);
void _csvc_facts_write_json (CsvcJson *json, const char *name, const CsvcFacts *facts);

void     _csvc_effect_write_json (CsvcJson *json, const CsvcEffect *self);
void     _csvc_effects_write_bytes (GByteArray *out, const CsvcEffects *self, guint from);
/* Appends; reads no further than @end; CSVC_ERROR_CORRUPT leaves the list as it was. */
gboolean _csvc_effects_read_bytes (CsvcEffects *self, const guint8 **cursor, const guint8 *end, GError **error);

#endif
