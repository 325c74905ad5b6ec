/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_ZONE_H
#define CSVC_ZONE_H

#include <csvc/time.h>

G_BEGIN_DECLS

/* Time zones: what the wall clock of a place shows at an instant, and back.
 *
 * A zone is read once from the system's IANA data and kept as a table of its own, exact from
 * the zone's first entry on. After 2100 its present rule goes on for ever, which is a guess: functions that answer
 * about later dates say so. Zones never change, are shared by threads, and asking for the same
 * name again gives the same object while it lives.
 *
 * The host's own zone is never looked at. */

/* What a wall clock shows: microseconds since 1970-01-01T00:00 as read from that clock. */
typedef gint64 CsvcLocalTime;

/**
 * csvc_zone_new:
 * @name: "UTC" or an IANA name that the system's zone table lists: "Asia/Shanghai"
 *
 * Returns: (transfer full): the zone, or NULL with CSVC_ERROR_INVALID (not of that form),
 *   CSVC_ERROR_NOT_FOUND (no such zone) or CSVC_ERROR_IO and CSVC_ERROR_CORRUPT
 *   (the system has no zone data, or it is damaged). "UTC" needs no data.
 */
CSVC_API CsvcZone   *csvc_zone_new (const char *name, GError **error);
CSVC_API CsvcZone   *csvc_zone_ref (CsvcZone *self);
CSVC_API void        csvc_zone_unref (CsvcZone *self);
CSVC_API const char *csvc_zone_get_name (const CsvcZone *self);

/* (nullable): the version of the zone data, "2025b"; NULL when the system does not tell. Static. */
CSVC_API const char *csvc_zone_get_data_version (void);

/* How far the wall clock is ahead of UTC at @time (east is positive). */
CSVC_API CsvcDuration  csvc_zone_get_offset (const CsvcZone *self, CsvcTime time);
/* What the wall clock shows at @time, which lies in CSVC_TIME_MIN … CSVC_TIME_MAX. */
CSVC_API CsvcLocalTime csvc_zone_to_local (const CsvcZone *self, CsvcTime time);
/* When the wall clock shows @local: a time that is skipped (spring) moves forward by the gap,
 * a time that is repeated (autumn) is taken the first time. */
CSVC_API CsvcTime      csvc_zone_from_local (const CsvcZone *self, CsvcLocalTime local);

/**
 * csvc_zone_parse:
 * @text: an ISO 8601 date and time, a "T" or one blank between; with an offset, or without one:
 *   then it is this zone's wall clock, as csvc_zone_from_local() reads it
 * @time: (out): the instant
 *
 * Returns: FALSE with CSVC_ERROR_SYNTAX (form; also a date without a time) or CSVC_ERROR_INVALID (no such date).
 */
CSVC_API gboolean csvc_zone_parse (const CsvcZone *self, const char *text, CsvcTime *time, GError **error);
/* The same, but a date alone is read too: the beginning of that local day. */
CSVC_API gboolean csvc_zone_parse_date_or_time (const CsvcZone *self, const char *text, CsvcTime *time, GError **error);

/* (transfer full): ISO 8601 with the offset that holds then, "2026-03-01T09:30:00+08:00"; the zone UTC writes "Z";
 * an offset's seconds (local times of before about 1930) are written too. CSVC_NEVER gives "never". */
CSVC_API char *csvc_zone_to_string (const CsvcZone *self, CsvcTime time);

/**
 * csvc_zone_add_days:
 * @days: calendar days, may be negative
 * @result: (out): the same local time of day, @days local dates later, read as csvc_zone_from_local() does;
 *   0 days give @time itself
 * @beyond_horizon: (out) (optional): TRUE when the answer lies after 2100
 *
 * Returns: FALSE with CSVC_ERROR_LIMIT when the answer leaves the years 1 to 9999.
 */
CSVC_API gboolean csvc_zone_add_days (const CsvcZone *self, CsvcTime time, gint64 days, CsvcTime *result,
                                      gboolean *beyond_horizon, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcZone, csvc_zone_unref)

G_END_DECLS

#endif
