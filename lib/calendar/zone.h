/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_CALENDAR_ZONE_H
#define CSVC_CALENDAR_ZONE_H

#include <csvc/zone.h>

/* The Gregorian calendar, and so every rule that zones and calendars follow, repeats after 400 years,
 * a whole number of weeks. */
#define CSVC_CYCLE_DAYS 146097
#define CSVC_CYCLE (CSVC_CYCLE_DAYS * CSVC_DAY)

/* A zone's table begins with the offset of before 1800 (in truth, of before its first change, about 1840 at the earliest)
 * and ends with more than one whole cycle of its final rule: from CSVC_ZONE_CYCLE_FROM on, time t has
 * the offset of time t - CSVC_CYCLE. It reaches as far as calendars look (table.c), well past the one cycle. */
#define CSVC_ZONE_FIRST_CHANGE (G_GINT64_CONSTANT (-62091) * CSVC_DAY) /* 1800-01-01 */
#define CSVC_ZONE_LAST_YEAR 2625
#define CSVC_ZONE_CYCLE_FROM (G_GINT64_CONSTANT (48213) * CSVC_DAY) /* 2102-01-02 */

/* 2101-01-01T00:00 on the wall clock: what lies beyond is beyond the zone data's horizon. */
#define CSVC_ZONE_HORIZON (G_GINT64_CONSTANT (47847) * CSVC_DAY)

/* From @from on, up to the next span, the wall clock is @offset ahead of UTC. */
typedef struct {
  CsvcTime     from;
  CsvcDuration offset;
} CsvcZoneSpan;

/* Ordered by time; the first begins at G_MININT64, and neighbours differ in offset. */
struct _CsvcZone {
  char         *name;
  CsvcZoneSpan *spans;
  guint         n_spans;
};

/* The index of the span that @time, which is not after the table, lies in. */
guint _csvc_zone_find_span (const CsvcZone *self, CsvcTime time);

/* The offset at @time, and the instant at which it changes next: after @time; G_MAXINT64 when it never does. */
CsvcTime _csvc_zone_next_change (const CsvcZone *self, CsvcTime time, CsvcDuration *offset);

/* csvc_zone_from_local() held within the years 1 to 9999: CSVC_TIME_MIN before them, CSVC_NEVER after. For dates that somebody gave: the
 * midnights of the first and the last one may lie outside. */
CsvcTime _csvc_zone_find_instant (const CsvcZone *self, CsvcLocalTime local);

/* (transfer full): the spans as a GArray of CsvcZoneSpan, read from a TZif file's bytes (RFC 8536, version 2 or
 * later), or NULL with CSVC_ERROR_CORRUPT. */
GArray *_csvc_tzif_read (const guint8 *data, gsize size, GError **error);

/* Adds what a POSIX TZ text ("CET-1CEST,M3.5.0,M10.5.0/3", as TZif files end in) says for the time after @after
 * (G_MININT64: from 1900 on) up to CSVC_ZONE_LAST_YEAR. FALSE when it is not of that form. */
gboolean _csvc_tzrule_append (const char *rule, CsvcTime after, GArray *spans);

/* Appends unless nothing changes; a span at the same instant as the last replaces it. */
void _csvc_zone_spans_append (GArray *spans, CsvcTime from, CsvcDuration offset);

#endif
