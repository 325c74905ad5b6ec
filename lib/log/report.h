/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_LOG_REPORT_H
#define CSVC_LOG_REPORT_H

#include <csvc/replay.h>

#include "base/json-writer.h"
#include "log/histogram.h"

/* The report while it is made: a replay calls these, in any order; what they leave does not depend on the order, so that a report is the same
 * whether a case was judged at once or at the end. */

typedef struct {
  char        *case_id;
  guint        cycle;
  CsvcDuration used;
  CsvcTime     due, met_late_at;
} CsvcWorst;

struct _CsvcFigures {
  guint64        counts[CSVC_N_FIGURES];
  CsvcHistogram *used;  /* of the cycles that were met; NULL while there is none */
  GArray        *worst; /* of CsvcWorst, the worst first */
};

typedef struct {
  const CsvcClock *clock;
  CsvcFigures      figures[2]; /* first cycles, later ones */
} CsvcClockReport;

typedef struct {
  const char *event;  /* the policy's; NULL = the opening */
  CsvcAnswer  answer;
  char       *states;
  guint64     count;
  char       *reason;
  char       *example;
} CsvcRefusalCount;

struct _CsvcReport {
  gatomicrefcount ref_count;
  CsvcPolicy     *policy;
  const CsvcKind *kind;
  CsvcTime        first, last, until;
  guint64         counts[CSVC_N_COUNTS];
  GPtrArray      *examples[CSVC_N_COUNTS]; /* of char*; NULL while there is none */
  GPtrArray      *refusals;                /* of CsvcRefusalCount */
  GHashTable     *refusals_by_key;
  guint64        *accepted, *refused;      /* by event */
  GArray         *clocks;                  /* of CsvcClockReport */
};

CsvcReport *_csvc_report_new (CsvcPolicy *policy, const CsvcKind *kind);
void        _csvc_report_count (CsvcReport *self, CsvcCount count);
gboolean    _csvc_report_wants_example (const CsvcReport *self, CsvcCount count);
/* Takes @text. */
void        _csvc_report_add_example (CsvcReport *self, CsvcCount count, char *text);
/* Makes first and last reach to @time. */
void        _csvc_report_see_time (CsvcReport *self, CsvcTime time);
/* The entry for that event, answer and states, counted up. Its reason and example are NULL when it is new. */
CsvcRefusalCount *_csvc_report_refuse (CsvcReport *self, const char *event, CsvcAnswer answer, const char *states);
/* The final word on a case: its cycles go into the figures. */
void        _csvc_report_judge (CsvcReport *self, const CsvcCase *judged, CsvcTime until);
/* Sorts what is sorted. */
void        _csvc_report_finish (CsvcReport *self);

void        _csvc_figures_clear (CsvcFigures *self);
void        _csvc_figures_add (CsvcFigures *self, const CsvcCase *judged, const CsvcCycle *cycle, CsvcTime now);
void        _csvc_figures_write_json (CsvcJson *json, const char *name, const CsvcFigures *self);

#endif
