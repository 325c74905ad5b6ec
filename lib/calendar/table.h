/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_CALENDAR_TABLE_H
#define CSVC_CALENDAR_TABLE_H

#include "calendar/rules.h"
#include "calendar/zone.h"

/* The open time of a calendar, flattened to UTC and summed; grows as it is asked, safe for many threads. See table.c. */

typedef struct _CsvcTable CsvcTable;

/* The dates that rules may name, as days: 1900-01-01 to 2199-12-31. Before and after them all repeats. */
#define CSVC_RULE_DAY_MIN (-25567)
#define CSVC_RULE_DAY_MAX 84005

/* @rules and @zone are borrowed and must outlive it. */
CsvcTable *_csvc_table_new (const CsvcCalendarRules *rules, const CsvcZone *zone);
void       _csvc_table_free (CsvcTable *self);

/* The open time before @time, counted from an origin that stays the same for the table's life. */
gint64 _csvc_table_open_before (CsvcTable *self, CsvcTime time);
/* The earliest instant before which @sum of open time lies, or with @latest the latest one, which is where an interval
 * begins or goes on. @sum is no more than 10,000 years from that of a valid instant. FALSE: there is none. The result may
 * lie outside the years 1 to 9999. */
gboolean _csvc_table_find_open (CsvcTable *self, gint64 sum, gboolean latest, CsvcTime *time);

/* The end of @amount of open time after @time: the same as asking the two above one after the other. */
gboolean _csvc_table_add (CsvcTable *self, CsvcTime time, gint64 amount, gboolean latest, CsvcTime *end);

/* The working days before the local date @day, from some origin; and the date that is the @sum-th. */
gint64   _csvc_table_days_before (CsvcTable *self, gint64 day);
gboolean _csvc_table_find_day (CsvcTable *self, gint64 sum, gint64 *day);

/* The stretch of open or of closed time that @time lies in; it may go on, in the same state, in the next stretch. */
typedef struct {
  CsvcTime from, to;
  gboolean is_open;
} CsvcStretch;

CsvcStretch _csvc_table_stretch_at (CsvcTable *self, CsvcTime time);

/* When the hours that begin on local date @day, a working day, are over. */
CsvcTime _csvc_table_end_of_day (CsvcTable *self, gint64 day);

#endif
