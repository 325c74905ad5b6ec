/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_BASE_TIME_H
#define CSVC_BASE_TIME_H

#include <csvc/time.h>

/* Civil dates (proleptic Gregorian, ISO 8601) as days since 1970-01-01, and the text of times. */

/* The days of 0001-01-01 and 9999-12-31. */
#define CSVC_DAYS_MIN (-719162)
#define CSVC_DAYS_MAX 2932896

gint64   _csvc_days_from_civil (int year, int month, int day); /* a date that exists */
void     _csvc_civil_from_days (gint64 days, int *year, int *month, int *day);
gboolean _csvc_is_leap_year (int year);
int      _csvc_days_in_month (int year, int month);
/* The same day of another month; one that the month lacks is its last. Beyond the years: CSVC_DAYS_MIN - 1, CSVC_DAYS_MAX + 1. |@months| < 10^9. */
gint64   _csvc_months_later (gint64 days, gint64 months);
/* 1 = Monday … 7 = Sunday */
int      _csvc_weekday (gint64 days);

/* Rounds towards minus infinity, as days and blocks of time before 1970 need; @b is positive. */
static inline gint64
_csvc_floor_div (gint64 a,
                 gint64 b)
{
  return a / b - (a % b < 0);
}

static inline gboolean
_csvc_time_is_valid (CsvcTime time)
{
  return time >= CSVC_TIME_MIN && time <= CSVC_TIME_MAX;
}

/* FALSE when the sum does not fit, or is not an instant between the years 1 and 9999. */
gboolean _csvc_time_add (CsvcTime time, CsvcDuration amount, CsvcTime *result);

/* "2026-03-01", exactly. */
gboolean _csvc_date_parse (const char *text, gint64 *days, GError **error);
void     _csvc_date_append (GString *out, gint64 days);
/* "09:30", "09:30:15", "09:30:15.25": microseconds since midnight, below one day. */
gboolean _csvc_time_of_day_parse (const char *text, gint64 *micros, GError **error);
void     _csvc_time_of_day_append (GString *out, gint64 micros);

typedef enum { CSVC_TEXT_HAS_DATE, CSVC_TEXT_HAS_TIME, CSVC_TEXT_HAS_OFFSET } CsvcTextParts;

/* Reads a date ("…HAS_DATE"), a date and time, or these and an offset. @wall is what the text's clock shows;
 * @offset is what to take off to get UTC (0 unless HAS_OFFSET). A blank may stand for the T. */
gboolean _csvc_wall_parse (const char *text, CsvcTextParts *parts, gint64 *wall, CsvcDuration *offset, GError **error);
/* "2026-03-01T09:30:00.25", without zone. */
void     _csvc_wall_append (GString *out, gint64 wall);

#endif
