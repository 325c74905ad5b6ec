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
  GArray         *spans;       /* of CsvcSpan, by from; the last one is open while the cycle is */
  GArray         *fired;       /* of CsvcFired, in the order of firing */
  CsvcVerdict     verdict;
  CsvcTime        verdict_at;  /* occurred (met, ended) or due (missed) */
  CsvcTime        verdict_due; /* the due instant as it stood then */
  char           *verdict_by;  /* event, or cause of the end */
  char           *reason;      /* of ENDED */
  CsvcTime        met_late_at;
  GArray         *corrections; /* of CsvcCorrection */
  /* not stored */
  const CsvcClock *definition; /* filled when bound to a policy */
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

/* A linked case: who opened whom. Written by later versions; kept and given back whole by this one. */
typedef struct {
  char *relation;              /* "parent", "child" */
  char *id, *kind;
  char *until;                 /* state whose leaving ends the child, or NULL */
} CsvcLink;

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
  GArray  *pending;            /* of char*: clock events that were undecided, oldest first */
  GArray  *links;              /* of CsvcLink */
} CsvcRecord;

void _csvc_record_init (CsvcRecord *self); /* empty, all arrays made with their clear functions */
void _csvc_record_clear (CsvcRecord *self);
void _csvc_record_copy (CsvcRecord *to, const CsvcRecord *from);
void _csvc_cycle_init (CsvcCycle *self);
void _csvc_cycle_clear (CsvcCycle *self);
/* Sorts what is said to be sorted. */
void _csvc_record_normalise (CsvcRecord *self);

/* Codec 1 of bytes begins with the byte 1; a reader refuses higher ones with CSVC_ERROR_CORRUPT naming both numbers. */
#define CSVC_CASE_CODEC 1
GBytes  *_csvc_record_to_bytes (const CsvcRecord *self);
gboolean _csvc_record_from_bytes (CsvcRecord *self, GBytes *bytes, GError **error); /* @self: initialised, empty */
void     _csvc_record_write_json (CsvcJson *json, const CsvcRecord *self);
gboolean _csvc_record_from_json (CsvcRecord *self, const char *json, GError **error);

/* Applies the effects of one entry given at @at; needs no policy. Effects that change nothing are skipped. CSVC_ERROR_CORRUPT when they do
 * not fit (a cycle that never started): @self may then be half changed. The result is normalised. */
gboolean _csvc_record_fold (CsvcRecord *self, CsvcTime at, const CsvcEffects *effects, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CsvcRecord, _csvc_record_clear)

#endif
