/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_MACHINE_RECORD_H
#define CSVC_MACHINE_RECORD_H

#include <csvc/case.h>

#include "base/value.h"
#include "machine/effects.h"

/* What is stored of a case: everything by id, nothing by position, readable without its policy for ever.
 *
 *   CsvcCase (indexes, bit sets) ◀──▶ CsvcRecord (ids) ◀──▶ JSON, bytes
 *                                        ▲
 *                                        └── fold (effects)
 *
 * All strings are owned GRefStrings. Arrays of structs; NULL or empty are the same. Derived figures (due instants, time used)
 * are not in it. */

typedef struct {
  CsvcTime from;
  gboolean running;
  char    *cause;   /* event or state that began it; NULL for the first */
} CsvcSpan;

typedef struct {
  char    *id;
  CsvcTime at;      /* its deadline */
  gboolean passed;  /* skipped at a late start: did not fire */
  guint32  times;   /* of an alarm that repeats: how often it has fired or was skipped, the last time at @at; else 0 */
} CsvcFired;

typedef struct {
  char    *event;
  CsvcTime at, occurred;
} CsvcCorrection;

/* One cycle of a clock. CSVC_NEVER stands for "no such instant". */
struct _CsvcCycle {
  char           *clock;
  guint32         number;      /* of this clock, from 1 */
  CsvcCycleState  state;
  CsvcTime        start;       /* where counting begins */
  guint32         row;         /* target row, from 1; 0 = none holds any more */
  CsvcTime        promised;    /* budget at=…: the instant promised; else CSVC_NEVER */
  char           *policy;      /* hash of the policy that judges it */
  char           *calendar;    /* content hash of the calendar it counts in, NULL = elapsed time */
  CsvcDuration    carried;     /* time used in spans folded away; they are counted in @calendar */
  GArray         *spans;       /* of CsvcSpan, by from; the last one is open; a closed cycle ends with a stopped one: its from is when it closed */
  GArray         *fired;       /* of CsvcFired, in the order of firing */
  CsvcVerdict     verdict;
  CsvcTime        verdict_at;  /* occurred (met, ended) or due (missed) */
  CsvcTime        verdict_due; /* the due instant as it stood then */
  char           *verdict_by;  /* event, or cause of the end */
  char           *reason;      /* of ENDED */
  CsvcTime        met_late_at;
  GArray         *corrections; /* of CsvcCorrection */
  char           *carried_in;  /* content hash of the calendar in which @carried was counted, NULL = elapsed time */
  CsvcDuration    credit;      /* counts as used besides what was: facts changed under way, on-change="forward" */
  CsvcDuration    length;      /* the budget that was left to it when its policy changed; 0 = its row's */
  CsvcTime        floor;       /* then: never due before this; else CSVC_NEVER */
  /* not stored: the machine's, zeroed otherwise */
  const CsvcClock *definition;
  CsvcTime         next;       /* earliest deadline, CSVC_NEVER = none */
  guint            next_alarm;
};

typedef struct {
  char     *id;
  CsvcValue value;
  CsvcTime  at;                /* when it was put */
} CsvcFactRecord;

typedef struct {
  char   *id;
  guint32 entries;
} CsvcEntries;

typedef struct {
  char *id;
  char *states;                /* blank-separated ids, document order */
} CsvcHistory;

/* A linked case: who opened whom. */
struct _CsvcLink {
  char    *relation;           /* "parent", "child", "earlier" */
  char    *id, *kind;
  char    *until;              /* state whose leaving ends the child, or NULL */
  gboolean ended;              /* the child */
  char    *outcome;
};

/* What <decide as="…"> keeps. */
typedef struct {
  char     *id;                /* the table's output */
  CsvcValue value;
} CsvcDecidedOutput;

typedef struct {
  guint32 row;                 /* of the table, from 1; 0 = its defaults */
  GArray *outputs;             /* of CsvcDecidedOutput, in the table's order */
} CsvcDecidedRow;

struct _CsvcDecided {
  char    *id;                 /* what the case calls it */
  char    *table;
  CsvcTime at;                 /* when it was decided, last */
  GArray  *rows;               /* of CsvcDecidedRow, in the table's order */
};

typedef struct {
  char    *id, *kind, *customer;
  char    *policy, *policy_version, *policy_hash;
  CsvcTime opened_at, at;
  gboolean ended;
  char    *outcome, *final_state;
  char    *owner_actor, *owner_role, *owner_unit;
  char    *handler;
  guint32  level;
  GArray  *facts;              /* of CsvcFactRecord, sorted by id */
  GArray  *states;             /* of char*: all active states but the root, sorted by id */
  GArray  *entries;            /* of CsvcEntries, sorted by id */
  GArray  *histories;          /* of CsvcHistory, sorted by id */
  GArray  *cycles;             /* of CsvcCycle, in the order of their starts */
  GArray  *pending;            /* of char*: "event state": transitions of that state which were undecided when a clock's event came, oldest first */
  GArray  *links;              /* of CsvcLink */
  GArray  *decided;            /* of CsvcDecided, sorted by id */
} CsvcRecord;

void _csvc_record_init (CsvcRecord *self); /* empty, all arrays made with their clear functions */
void _csvc_record_clear (CsvcRecord *self);
void _csvc_record_copy (CsvcRecord *to, const CsvcRecord *from); /* @to need not be initialised */
GArray *_csvc_fact_records_new (void); /* an empty list of CsvcFactRecord */
GArray *_csvc_links_copy (const GArray *links);
GArray *_csvc_decided_copy (const GArray *decided);
/* What the effect DECIDED says takes the place of what was decided under that name. FALSE: its outputs are not named "3.offer". */
gboolean _csvc_decided_put (GArray *decided, const CsvcEffect *effect);
void _csvc_cycle_init (CsvcCycle *self);
void _csvc_cycle_clear (CsvcCycle *self);
void _csvc_cycle_copy (CsvcCycle *to, const CsvcCycle *from); /* @to need not be initialised */
/* Sorts what is said to be sorted. */
void _csvc_record_normalise (CsvcRecord *self);

/* Bytes begin with the number of their codec. A reader takes lower ones, without the fields that came later; it refuses higher ones with
 * CSVC_ERROR_CORRUPT naming both numbers. Codec 2 has what links, repeating alarms and cycles that changed under way need; codec 3 what tables
 * decided. */
#define CSVC_CASE_CODEC 3
GBytes  *_csvc_record_to_bytes (const CsvcRecord *self);
gboolean _csvc_record_from_bytes (CsvcRecord *self, GBytes *bytes, GError **error); /* @self: initialised, empty */
void     _csvc_record_write_json (CsvcJson *json, const CsvcRecord *self);
gboolean _csvc_record_from_json (CsvcRecord *self, const char *json, GError **error);
/* The same in two parts, for JSON that a host wrote: what is missing may be filled in between. */
gboolean _csvc_record_read_json (CsvcRecord *self, const char *json, GError **error);
gboolean _csvc_record_check_json (CsvcRecord *self, GError **error);

/* Applies the effects of one entry given at @at; needs no policy. Effects that change nothing are skipped. CSVC_ERROR_CORRUPT when they do
 * not fit (a cycle that never started): @self may then be half changed. The result is normalised. record.at = @at.
 *
 *   CLOCK_STARTED    a cycle, RUNNING, one running span from its start, cause NULL; calendar, row; promised = the effect's `promised`.
 *                    With `continues` = "continue" or "including-closed" it takes over from the same clock's last cycle: start, promised, carried,
 *                    fired, and spans without the final stopped one; then, for "continue", that stopped span again and a running one from `from`;
 *                    for "including-closed", if it was stopped before that, a running one from where the final one stopped it
 *   CLOCK_PAUSED     a stopped span at `from` (never before the last span's), cause; PAUSED, unless it is already: then only the span
 *   CLOCK_RESUMED    a running span; RUNNING, or OVERDUE when the verdict is MISSED
 *   CLOCK_TARGET     row, promised, calendar
 *   CLOCK_MET        verdict MET, verdict_at = occurred, verdict_due = due, verdict_by = event; closes
 *   CLOCK_MISSED     verdict MISSED, verdict_at = verdict_due = due; OVERDUE, unless it is PAUSED
 *   CLOCK_MET_LATE   met_late_at = occurred; closes
 *   CLOCK_CORRECTED  a correction (event, at of the effect, occurred); closes
 *   CLOCK_CARRIED    carried, carried_in; the spans before `from` become one that begins there, as the last of them was
 *   CLOCK_FORWARD    row, promised, calendar, credit
 *   CLOCK_ENDED      reason; if there is no verdict yet: ENDED, verdict_at = occurred, verdict_due = due, verdict_by = cause; closes
 *   ALARM, ALARM_PASSED  fired, at = deadline; of an alarm that has fired already: once more
 *   ALARMS_PASSED    fired so many times more
 *   CHILD_OPENED, LINKED  a link; CHILD_ENDED, CHILD_DONE: it has ended
 *   DECIDED          with a name: what was decided under it; a row of defaults that are all null is none
 *   RESTATED         all of it, anew
 *   UNDECIDED, RETRIED   cause enters, leaves `pending`; only when `pending` of the effect is 1 (see the table in effects.c)
 *
 * To close: state CLOSED, and a stopped span at occurred (never before the last span's from), cause = the event or cause. */
gboolean _csvc_record_fold (CsvcRecord *self, CsvcTime at, const CsvcEffects *effects, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CsvcRecord, _csvc_record_clear)

#endif
