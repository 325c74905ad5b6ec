/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_SEGMENTS_H
#define CSVC_SEGMENTS_H

#include <csvc/calendar.h>

G_BEGIN_DECLS

/* Why an answer is what it is: a span of time cut where a calendar changes its mind.
 *
 *     Mon 09:00 ── working ── 12:00 ── closed ── 13:30 ── working ── 17:30 ── holiday "国庆节" ── … ── 09:00
 *
 * The segments follow one another without gap or overlap from the span's beginning to its end, and the open time in
 * them sums exactly to csvc_calendar_between(): so whoever explains the span from a question's instant to its
 * answer explains csvc_calendar_add() and csvc_calendar_add_days() too. Neighbours that are alike are one segment. */

/**
 * CsvcSegmentKind: what decides about a segment
 * @CSVC_SEGMENT_WORKING: open by the hours of its weekday
 * @CSVC_SEGMENT_CLOSED: outside hours
 * @CSVC_SEGMENT_HOLIDAY: a holiday; the label is its name
 * @CSVC_SEGMENT_MOVED_DAY: a moved working day: open by the hours of another weekday (or closed all day, as that is)
 * @CSVC_SEGMENT_DATE_HOURS: open by the date's own hours (or closed all day, by empty ones)
 * @CSVC_SEGMENT_BREAK: would be open but for a break
 * @CSVC_SEGMENT_CLOCK_FORWARD: of no length: here the wall clock skips time, perhaps a date; the label says what it skips
 * @CSVC_SEGMENT_CLOCK_BACK: of no length: here the wall clock goes back and repeats what the label says
 */
typedef enum {
  CSVC_SEGMENT_WORKING,
  CSVC_SEGMENT_CLOSED,
  CSVC_SEGMENT_HOLIDAY,
  CSVC_SEGMENT_MOVED_DAY,
  CSVC_SEGMENT_DATE_HOURS,
  CSVC_SEGMENT_BREAK,
  CSVC_SEGMENT_CLOCK_FORWARD,
  CSVC_SEGMENT_CLOCK_BACK
} CsvcSegmentKind;

/* "working", "closed", "holiday", "moved-day", "date-hours", "break", "clock-forward", "clock-back". Static. */
CSVC_API const char *csvc_segment_kind_to_string (CsvcSegmentKind kind);

typedef struct _CsvcSegments CsvcSegments;

/**
 * csvc_calendar_explain:
 * @beyond_horizon: (out) (optional): as for csvc_calendar_between()
 *
 * Explains the time between two instants, which may come in either order. It takes time and space as the days between
 * them; csvc_calendar_between() does not.
 *
 * Returns: (transfer full): the segments, none when @from is @to; or NULL with CSVC_ERROR_LIMIT: an instant outside the years 1
 *   to 9999, a span of more than 400 years or a million segments, or a horizon that was set to CSVC_HORIZON_ERROR.
 */
CSVC_API CsvcSegments *csvc_calendar_explain (CsvcCalendar *calendar, CsvcTime from, CsvcTime to,
                                              gboolean *beyond_horizon, GError **error);

/* They never change, and may be shared by threads. */
CSVC_API CsvcSegments *csvc_segments_ref (CsvcSegments *self);
CSVC_API void          csvc_segments_unref (CsvcSegments *self);

/* The open time in all of them, in microseconds; never negative. */
CSVC_API CsvcDuration    csvc_segments_get_working (const CsvcSegments *self);
CSVC_API guint           csvc_segments_get_size (const CsvcSegments *self);
/* @index is below the size. */
CSVC_API CsvcTime        csvc_segments_get_from (const CsvcSegments *self, guint index);
CSVC_API CsvcTime        csvc_segments_get_to (const CsvcSegments *self, guint index);
CSVC_API CsvcSegmentKind csvc_segments_get_kind (const CsvcSegments *self, guint index);
/* All of its length, or 0. */
CSVC_API CsvcDuration    csvc_segments_get_open (const CsvcSegments *self, guint index);
/* (nullable): the name of the holiday, moved day, hours or break. Lives as long as the list. */
CSVC_API const char     *csvc_segments_get_label (const CsvcSegments *self, guint index);

/* (transfer full): one line a segment and one for the sum, in the calendar's zone; each ends in a newline:
 *
 *     2026-09-30T16:00:00+08:00 … 2026-09-30T17:30:00+08:00  working       PT1H30M
 *     2026-09-30T17:30:00+08:00 … 2026-10-01T00:00:00+08:00  closed
 *     2026-10-01T00:00:00+08:00 … 2026-10-08T00:00:00+08:00  holiday       国庆节
 *     working time PT1H30M
 */
CSVC_API char *csvc_segments_to_string (const CsvcSegments *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcSegments, csvc_segments_unref)

G_END_DECLS

#endif
