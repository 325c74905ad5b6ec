/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_FEEL_TEMPORAL_H
#define CSVC_FEEL_TEMPORAL_H

#include <csvc/zone.h>

#include "feel/value.h"

/* Dates, times and durations as FEEL has them. Facts hold instants and times without zone: their index is 0. In decision models
 * a time or dateTime remembers in index how it was written:
 *
 *   0                   a time without zone; a dateTime that is an instant, shown in UTC
 *   LOCAL               a dateTime without zone: i is what the wall clock shows
 *   offset << 2 | OFFSET    seconds ahead of UTC; a dateTime's i is the instant, a time's what the clock shows
 *   number << 2 | ZONE      likewise, of a named zone */

typedef enum { FEEL_PLAIN, FEEL_LOCAL, FEEL_OFFSET, FEEL_ZONE } FeelZoneKind;

static inline FeelZoneKind
_csvc_feel_zone_kind (const CsvcValue *value)
{
  return (FeelZoneKind) (value->index & 3);
}

/* Strict FEEL forms: "2026-03-01", "10:30:00", "2026-03-01T10:30:00+08:00", "…@Asia/Shanghai". A dateTime without zone is LOCAL; a
 * date alone is read as a dateTime too. *@outside: it is one, but not within microseconds and the years 1 to 9999. */
gboolean _csvc_feel_parse_temporal (CsvcValue *value, CsvcType type, const char *text, gboolean *outside);
void     _csvc_feel_append_temporal (GString *out, const CsvcValue *value);

/* A date becomes the dateTime at its midnight, UTC. */
gboolean _csvc_feel_midnight (CsvcValue *value);
/* A LOCAL dateTime becomes the instant when @zone's clock shows it; others only forget their offset. FALSE: no zone. */
gboolean _csvc_feel_make_instant (CsvcValue *value, const CsvcZone *zone);
/* Of a dateTime, what its own clock shows (a plain instant: @zone's, or UTC's); of a time, itself. */
gint64   _csvc_feel_wall (const CsvcValue *value, const CsvcZone *zone);
/* The day that a date or dateTime lies on. */
gint64   _csvc_feel_day (const CsvcValue *value, const CsvcZone *zone);
/* FALSE when there is none (LOCAL, a time without). */
gboolean _csvc_feel_offset (const CsvcValue *value, const CsvcZone *zone, CsvcDuration *offset);
/* (nullable): its named zone's name. */
const char *_csvc_feel_zone_name (const CsvcValue *value);
/* The dateTime of this day and time of day, with the time's zone. */
gboolean _csvc_feel_join (CsvcValue *result, gint64 day, const CsvcValue *time);
/* A time of day from a dateTime, with its zone. */
CsvcValue _csvc_feel_time_of (const CsvcValue *date_time, const CsvcZone *zone);
/* @offset in seconds; FALSE when not within 14 hours */
gboolean _csvc_feel_set_offset (CsvcValue *value, gint64 offset);

/* -1, 0, 1 into *@order; FALSE when one has a zone and the other has none. */
gboolean _csvc_feel_temporal_order (const CsvcValue *a, const CsvcValue *b, int *order);

/* a + b and a - b for the pairs that FEEL has; FALSE for others and when it does not fit. */
gboolean _csvc_feel_temporal_add (CsvcValue *result, const CsvcValue *a, const CsvcValue *b, const CsvcZone *zone);
gboolean _csvc_feel_temporal_subtract (CsvcValue *result, const CsvcValue *a, const CsvcValue *b, const CsvcZone *zone);
/* Whole months from one day (and time of day) to another. */
gint64   _csvc_feel_months_between (const CsvcValue *from, const CsvcValue *to, const CsvcZone *zone);

static inline gboolean
_csvc_feel_is_temporal (const CsvcValue *value)
{
  return value->type >= CSVC_TYPE_DATE && value->type <= CSVC_TYPE_YEAR_MONTH_DURATION;
}

#endif
