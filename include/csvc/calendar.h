/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_CALENDAR_H
#define CSVC_CALENDAR_H

#include <csvc/diagnostic.h>
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

/* Days off and moved working days from iCalendar (RFC 5545), as they are handed round for Outlook, Apple or by holiday-cn.
 *
 * Taken are events of whole days: DTSTART;VALUE=DATE with DTEND or DURATION, alone or repeated by RRULE:FREQ=YEARLY with
 * INTERVAL, BYMONTH, BYMONTHDAY, COUNT, UNTIL, less EXDATE. An event is a moved working day when its SUMMARY says so (班: "上班(补春节假期)",
 * "春节（班）", "补班") or X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY, else a day off; but in a file that marks days
 * off (休, 假, X-APPLE-SPECIAL-DAY:WORK-HOLIDAY), what bears no mark is a mere observance. What is left out
 * is reported line by line, never guessed at. An RRULE without end makes holidays
 * of every year; one that ends, or leaves out years or dates, makes dates up to 2199. */

typedef struct _CsvcImport CsvcImport;

/**
 * CsvcImportCount: what can be counted in a #CsvcImport
 * @CSVC_IMPORT_EVENTS: the events in the file
 * @CSVC_IMPORT_DAYS_OFF: dates that became holidays
 * @CSVC_IMPORT_MOVED_DAYS: dates that became moved working days
 * @CSVC_IMPORT_YEARLY: days that became holidays of every year
 * @CSVC_IMPORT_LEFT_OUT: events that were left out; the diagnostics say why
 */
typedef enum {
  CSVC_IMPORT_EVENTS,
  CSVC_IMPORT_DAYS_OFF,
  CSVC_IMPORT_MOVED_DAYS,
  CSVC_IMPORT_YEARLY,
  CSVC_IMPORT_LEFT_OUT
} CsvcImportCount;

/**
 * csvc_calendar_builder_import_ical:
 * @length: bytes of @text, at most 4 MiB; -1: it ends in NUL
 * @name: what the diagnostics call it: "cn.ics"
 * @moved_as: (nullable): the weekday whose hours moved working days take, which such files do not say: "fri"; NULL: "mon"
 * @import: (out) (transfer full) (optional): what was understood
 *
 * Returns: FALSE with CSVC_ERROR_SYNTAX (it is no iCalendar, or broken: with the line), CSVC_ERROR_INVALID (@moved_as) or
 *   CSVC_ERROR_LIMIT (too large; more than 10,000 events or 20,000 dates). The builder has not changed then. A date that was
 *   told to take the hours of some weekday before keeps them.
 */
CSVC_API gboolean csvc_calendar_builder_import_ical (CsvcCalendarBuilder *self, const char *text, gssize length,
                                                     const char *name, const char *moved_as, CsvcImport **import,
                                                     GError **error);

CSVC_API CsvcImport      *csvc_import_ref (CsvcImport *self);
CSVC_API void             csvc_import_unref (CsvcImport *self);
CSVC_API guint            csvc_import_get_count (const CsvcImport *self, CsvcImportCount what);
/* One for each event that was left out or not wholly understood, with its line. */
CSVC_API CsvcDiagnostics *csvc_import_get_diagnostics (const CsvcImport *self);
/* (transfer full): "cn.ics: 12 events: 28 days off, 5 moved working days, 0 yearly; 0 events left out" */
CSVC_API char            *csvc_import_to_string (const CsvcImport *self);

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

/**
 * csvc_calendar_load_file:
 * @path: a calendar that stands alone: an XML document <calendar xmlns="urn:csvc:policy:1" id="…" zone="…">, as in a policy
 *   (docs/policy-reference.md), or JSON:
 *
 *     {"id": "office", "time_zone": "Asia/Shanghai", "version": "2", "horizon": 2026,
 *      "weekly": {"mon": [["09:00", "12:00"], ["13:00", "18:00"]]}, "holidays": ["2026-10-01"], "yearly_holidays": ["12-25"],
 *      "moved_working_days": [{"date": "2026-10-10", "as": "wed"}], "date_hours": {"2026-12-31": [["09:00", "12:00"]]},
 *      "breaks": {"2026-12-30": [["10:00", "11:00"]]}, "holiday_beats_date_hours": false}
 *
 *   of which id, time_zone and weekly or date_hours are needed
 * @diagnostics: (out) (transfer full) (optional): the faults of an XML document, all of them, or its findings; set in any case
 *
 * Returns: (transfer full): the calendar, or NULL with CSVC_ERROR_NOT_FOUND or IO (the file; a zone), CSVC_ERROR_POLICY (faults in XML;
 *   112 among the diagnostics: the document is no <calendar> but perhaps a <policy>), CSVC_ERROR_SYNTAX, INVALID or
 *   LIMIT (JSON; also an iCalendar file, which knows no hours).
 */
CSVC_API CsvcCalendar *csvc_calendar_load_file (const char *path, CsvcDiagnostics **diagnostics, GError **error);
/* The same from a text: @length bytes, -1: it ends in NUL; @name is what messages call it. It cannot refer to files. */
CSVC_API CsvcCalendar *csvc_calendar_load_text (const char *text, gssize length, const char *name,
                                                CsvcDiagnostics **diagnostics, GError **error);

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
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcImport, csvc_import_unref)

G_END_DECLS

#endif
