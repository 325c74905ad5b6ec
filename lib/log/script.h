/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_LOG_SCRIPT_H
#define CSVC_LOG_SCRIPT_H

#include "log/map.h"
#include "log/report.h"

/* What a map makes of one case of a log: an opening, and events in the order of time. Everything that is left out is counted in
 * the report, once: each row falls into one heap. */

typedef struct {
  CsvcTime        at;
  guint           row;    /* in the order of the file */
  gboolean        column; /* from a column of the case: after the row's own event */
  const CsvcMapRule *rule;   /* whose event it is */
} CsvcStep;

typedef struct {
  const CsvcMap     *map;
  CsvcReport        *report;
  const char        *file;     /* in examples */
  const CsvcLogCase *log_case; /* the present one */
  const char        *id;
  CsvcTime           opened;
  CsvcFacts         *facts;    /* at the opening */
  CsvcFacts         *customer_facts;
  GArray            *rows;     /* private: those with a time, sorted */
  GArray            *steps;    /* of CsvcStep, sorted */
} CsvcLogScript;

void _csvc_script_init (CsvcLogScript *self, const CsvcMap *map, CsvcReport *report, const char *file);
void _csvc_script_clear (CsvcLogScript *self);
/* FALSE: there is nothing to open (said in the report). */
gboolean _csvc_script_read (CsvcLogScript *self, const CsvcLogCase *log_case);
/* Who did it, and when. Texts are borrowed from the present case. @report: (nullable): where a bad role is counted. */
CsvcStamp  _csvc_script_get_opening_stamp (const CsvcLogScript *self, CsvcReport *report);
CsvcStamp  _csvc_script_get_stamp (const CsvcLogScript *self, const CsvcStep *step, CsvcReport *report);
const char *_csvc_script_get_customer (const CsvcLogScript *self); /* (nullable): the customer's id */
/* (transfer full) (nullable): the event's parameters. @report: (nullable): where bad values are counted. */
CsvcFacts *_csvc_script_dup_params (const CsvcLogScript *self, const CsvcStep *step, CsvcReport *report);
/* (transfer full): "log.xes:31: case 1-364285768" */
char      *_csvc_script_place (const CsvcLogScript *self, guint row);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CsvcLogScript, _csvc_script_clear)

#endif
