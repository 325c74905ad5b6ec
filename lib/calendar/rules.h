/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_CALENDAR_RULES_H
#define CSVC_CALENDAR_RULES_H

#include "calendar/hours.h"

#include <csvc/segments.h>

/* What a calendar was told: which hours each local date has. Filled by the builder, then frozen. */

/* What one date has of its own. */
typedef struct {
  gint64   day;
  GArray  *hours;   /* (nullable) */
  GArray  *breaks;  /* (nullable) */
  int      as;      /* a moved working day: the weekday whose hours apply; else 0 */
  gboolean holiday;
  char    *hours_label, *breaks_label, *moved_label, *holiday_label; /* (nullable) */
} CsvcDateRule;

typedef struct {
  int   month, day;
  char *label; /* (nullable) */
} CsvcYearlyHoliday;

typedef struct {
  GArray        *weekly[8]; /* [1] Monday … [7] Sunday; [0] is empty */
  GArray        *breaks;    /* of every date */
  char          *breaks_label;
  GArray        *dates;     /* CsvcDateRule, by day */
  GArray        *yearly;    /* CsvcYearlyHoliday, by month and day */
  guint32        yearly_days[13]; /* the same as bits: [month], bit day */
  CsvcPrecedence precedence;
  CsvcAddEnds    add_ends;
  CsvcAddDays    add_days;
  CsvcHorizon    beyond;
  int            last_year; /* 0: none */
} CsvcCalendarRules;

CsvcCalendarRules *_csvc_rules_new (void);
void       _csvc_rules_free (CsvcCalendarRules *self);

const CsvcDateRule *_csvc_rules_find_date (const CsvcCalendarRules *self, gint64 day);
CsvcDateRule       *_csvc_rules_ensure_date (CsvcCalendarRules *self, gint64 day);
/* Replaces the label of one that is there. */
void                _csvc_rules_add_yearly (CsvcCalendarRules *self, int month, int day, const char *label);

/* Adds to @out the open local time, in microseconds of the local epoch and tidy in itself, of the intervals
 * that begin on @day. */
void     _csvc_rules_open_on (const CsvcCalendarRules *self, gint64 day, GArray *out);
/* The same before breaks are taken out. */
void     _csvc_rules_listed_on (const CsvcCalendarRules *self, gint64 day, GArray *out);
/* What decides about the hours of @day: CSVC_SEGMENT_WORKING (its weekday), HOLIDAY, MOVED_DAY or DATE_HOURS. @label: (nullable). */
CsvcSegmentKind _csvc_rules_decide (const CsvcCalendarRules *self, gint64 day, const char **label);
/* (nullable): the name of a break in which the local time @local of @day lies. */
const char *_csvc_rules_find_break (const CsvcCalendarRules *self, gint64 day, gint64 local);
gboolean _csvc_rules_are_ever_open (const CsvcCalendarRules *self);

/* All of it as text, each fact in one way only: what the content hash is made of. */
void _csvc_rules_append (GString *out, const CsvcCalendarRules *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcCalendarRules, _csvc_rules_free)

#endif
