/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_CALENDAR_H
#define CSVC_CALENDAR_H

#include <csvc/zone.h>

G_BEGIN_DECLS

/* Working time.
 *
 * A calendar says when a place is open. An instant is *open* when the wall clock then lies in one of the
 * half-open intervals [from, to) of that local date, or in the part after midnight of an interval that
 * began the date before. Lengths are elapsed real time: a day of 25 hours open from 00:00 to 24:00 counts 25 hours.
 *
 * The hours of a date are, the first that applies:
 *
 *    1. hours given for that very date      \  with CSVC_PRECEDENCE_HOLIDAYS
 *    2. a moved working day's weekday       /  these two come after 3
 *    3. a holiday: none; also the part after midnight of the evening before is closed
 *    4. the hours of its weekday
 *
 * and breaks are taken out of whatever results.
 *
 * Hours are written "08:30-12:00 13:30-17:30": local times HH:MM or HH:MM:SS, "24:00" may end an interval, an end
 * before the beginning means the next morning ("22:00-06:00"), overlapping or touching intervals are merged, and the
 * empty text means closed. Dates are written "2026-10-01", between 1900 and 2199.
 *
 * A calendar is built once, never changes, and is shared by threads without locks. */

typedef struct _CsvcCalendarBuilder CsvcCalendarBuilder;

/* What to do with an answer that reaches past the last announced year (or past 2100, where zone data ends). */
typedef enum { CSVC_HORIZON_FLAG, CSVC_HORIZON_ERROR } CsvcHorizon;
/* What wins on a date that has hours of its own (or is a moved working day) and is a holiday too. */
typedef enum { CSVC_PRECEDENCE_DATE_HOURS, CSVC_PRECEDENCE_HOLIDAYS } CsvcPrecedence;
/* Where added working time that is used up exactly at closing time ends: then, or at the next opening. */
typedef enum { CSVC_ADD_ENDS_CLOSING, CSVC_ADD_ENDS_OPENING } CsvcAddEnds;
/* Where added working days end: at the same local time of day, even if closed then, or when that day closes. */
typedef enum { CSVC_ADD_DAYS_TIME_OF_DAY, CSVC_ADD_DAYS_END_OF_WORKING_DAY } CsvcAddDays;

/* The builder. The functions that read texts return FALSE with CSVC_ERROR_SYNTAX, CSVC_ERROR_INVALID
 * or CSVC_ERROR_LIMIT, and have changed nothing then. Labels are nullable. */
CSVC_API CsvcCalendarBuilder *csvc_calendar_builder_new (const char *id, CsvcZone *zone);
CSVC_API void                 csvc_calendar_builder_free (CsvcCalendarBuilder *self);

/* Adds @hours to each of @days, "mon tue wed thu fri sat sun". */
CSVC_API gboolean csvc_calendar_builder_add_hours (CsvcCalendarBuilder *self, const char *days, const char *hours,
                                                   GError **error);
/* Adds @hours to that one date; they replace what its weekday would give. Empty: closed, but not a holiday. */
CSVC_API gboolean csvc_calendar_builder_add_date_hours (CsvcCalendarBuilder *self, const char *date, const char *hours,
                                                        const char *label, GError **error);
/* @date: "2026-10-01", or for every year "12-25" (also "--12-25"); 02-29 is a holiday in leap years only. */
CSVC_API gboolean csvc_calendar_builder_add_holiday (CsvcCalendarBuilder *self, const char *date, const char *label,
                                                     GError **error);
/* On @date the hours of the weekday @as ("fri") apply. */
CSVC_API gboolean csvc_calendar_builder_add_moved_day (CsvcCalendarBuilder *self, const char *date, const char *as,
                                                       const char *label, GError **error);
/* Closed between these times of @date, or of every date when @date is NULL, whatever interval they meet. */
CSVC_API gboolean csvc_calendar_builder_add_break (CsvcCalendarBuilder *self, const char *date, const char *hours,
                                                   const char *label, GError **error);

/* (nullable) @version: any text, for records. */
CSVC_API void csvc_calendar_builder_set_version (CsvcCalendarBuilder *self, const char *version);
/* @last_year: the last year whose holidays are known; 0 (the default) when none is unknown. */
CSVC_API void csvc_calendar_builder_set_horizon (CsvcCalendarBuilder *self, int last_year, CsvcHorizon beyond);
CSVC_API void csvc_calendar_builder_set_precedence (CsvcCalendarBuilder *self, CsvcPrecedence precedence);
CSVC_API void csvc_calendar_builder_set_add_ends (CsvcCalendarBuilder *self, CsvcAddEnds ends);
CSVC_API void csvc_calendar_builder_set_add_days (CsvcCalendarBuilder *self, CsvcAddDays ends);

/**
 * csvc_calendar_builder_build:
 *
 * What was told goes into the calendar: the builder is spent then, and can only be freed.
 *
 * Returns: (transfer full): the calendar, or NULL with CSVC_ERROR_INVALID: it would never be open.
 */
CSVC_API CsvcCalendar *csvc_calendar_builder_build (CsvcCalendarBuilder *self, GError **error);

CSVC_API CsvcCalendar *csvc_calendar_ref (CsvcCalendar *self);
CSVC_API void          csvc_calendar_unref (CsvcCalendar *self);
CSVC_API const char   *csvc_calendar_get_id (const CsvcCalendar *self);
CSVC_API const char   *csvc_calendar_get_version (const CsvcCalendar *self); /* (nullable) */
CSVC_API CsvcZone     *csvc_calendar_get_zone (const CsvcCalendar *self);    /* (transfer none) */
/* SHA-256, 64 hexadecimal digits, of everything but id and version: calendars that were written differently
 * but say the same have the same hash. */
CSVC_API const char   *csvc_calendar_get_hash (const CsvcCalendar *self);

/* Questions.
 *
 * All take instants between CSVC_TIME_MIN and CSVC_TIME_MAX. @beyond_horizon (out) (optional) becomes TRUE when any
 * part of the time looked at lies after the horizon's last year, or after 2100. They return FALSE with
 * CSVC_ERROR_LIMIT when the instant or the answer leaves the years 1 to 9999, when there is no such
 * instant, or when it lies beyond a horizon that was set to CSVC_HORIZON_ERROR. Each costs the same near and far. */

/* @amount microseconds of open time after @time: the earliest instant by which they have passed (see CsvcAddEnds).
 * A negative amount goes back, to the latest instant from which they remain. 0 gives @time. */
CSVC_API gboolean csvc_calendar_add (CsvcCalendar *self, CsvcTime time, CsvcDuration amount, CsvcTime *result,
                                     gboolean *beyond_horizon, GError **error);
/* The open time from @from to @to, in microseconds; negative when @to is the earlier. */
CSVC_API gboolean csvc_calendar_between (CsvcCalendar *self, CsvcTime from, CsvcTime to, CsvcDuration *result,
                                         gboolean *beyond_horizon, GError **error);
CSVC_API gboolean csvc_calendar_is_open (CsvcCalendar *self, CsvcTime time, gboolean *result, gboolean *beyond_horizon,
                                         GError **error);

/* Strictly after, and strictly before, @time. A calendar that never closes has no openings and closings. */
CSVC_API gboolean csvc_calendar_next_opening (CsvcCalendar *self, CsvcTime time, CsvcTime *result,
                                              gboolean *beyond_horizon, GError **error);
CSVC_API gboolean csvc_calendar_next_closing (CsvcCalendar *self, CsvcTime time, CsvcTime *result,
                                              gboolean *beyond_horizon, GError **error);
CSVC_API gboolean csvc_calendar_previous_opening (CsvcCalendar *self, CsvcTime time, CsvcTime *result,
                                                  gboolean *beyond_horizon, GError **error);
CSVC_API gboolean csvc_calendar_previous_closing (CsvcCalendar *self, CsvcTime time, CsvcTime *result,
                                                  gboolean *beyond_horizon, GError **error);

/* Working days. A working day is a local date on which an interval with open time begins. The date of @time itself is never
 * counted: one day after Saturday is Monday, as one day after Friday is. 0 days give @time.
 * With CSVC_ADD_DAYS_TIME_OF_DAY the local time of day is kept. With CSVC_ADD_DAYS_END_OF_WORKING_DAY a @time outside
 * hours first moves to the next opening. */
CSVC_API gboolean csvc_calendar_add_days (CsvcCalendar *self, CsvcTime time, gint64 days, CsvcTime *result,
                                          gboolean *beyond_horizon, GError **error);
/* The number of working days in [date of @from, date of @to); negative when @to's date is the earlier. */
CSVC_API gboolean csvc_calendar_count_days (CsvcCalendar *self, CsvcTime from, CsvcTime to, gint64 *result,
                                            gboolean *beyond_horizon, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcCalendarBuilder, csvc_calendar_builder_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcCalendar, csvc_calendar_unref)

G_END_DECLS

#endif
