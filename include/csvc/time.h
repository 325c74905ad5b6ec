/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_TIME_H
#define CSVC_TIME_H

#include <csvc/types.h>

G_BEGIN_DECLS

/* Instants and spans.
 *
 * An instant is a count of microseconds since 1970-01-01T00:00:00Z, a span a count of
 * microseconds; both are plain integers so that comparing is exact. Nothing here knows
 * a time zone (see <csvc/zone.h>), and nothing in the library reads a clock: the caller
 * says what time it is. */

typedef gint64 CsvcTime;
typedef gint64 CsvcDuration;

#define CSVC_MICROSECOND G_GINT64_CONSTANT (1)
#define CSVC_MILLISECOND G_GINT64_CONSTANT (1000)
#define CSVC_SECOND      G_GINT64_CONSTANT (1000000)
#define CSVC_MINUTE      (60 * CSVC_SECOND)
#define CSVC_HOUR        (60 * CSVC_MINUTE)
#define CSVC_DAY         (24 * CSVC_HOUR)

/* No such instant: nothing is due, nothing happened. Later than every instant. */
#define CSVC_NEVER G_MAXINT64

/* The instants that texts can name: 0001-01-01T00:00:00Z up to, not including, 10000-01-01T00:00:00Z. */
#define CSVC_TIME_MIN (G_GINT64_CONSTANT (-62135596800) * CSVC_SECOND)
#define CSVC_TIME_MAX (G_GINT64_CONSTANT (253402300800) * CSVC_SECOND - 1)

/**
 * csvc_time_parse:
 * @text: an ISO 8601 instant with an offset, "2026-03-01T09:30:00.25+08:00" or "…Z"; the seconds and
 *   their fraction (1 to 6 digits; more are refused unless zero) may be left out; offsets up to ±18:00
 * @time: (out): the instant
 *
 * A text without an offset is refused: only a zone can say what it means (csvc_zone_parse()).
 * Returns: FALSE with CSVC_ERROR_SYNTAX (form) or CSVC_ERROR_INVALID (no such date, out of range).
 */
CSVC_API gboolean csvc_time_parse (const char *text, CsvcTime *time, GError **error);

/* (transfer full): "2026-03-01T01:30:00Z", with as many decimals as needed, at most 6. CSVC_NEVER gives "never". */
CSVC_API char *csvc_time_to_string (CsvcTime time);

/**
 * csvc_duration_parse:
 * @text: an ISO 8601 / XML Schema dayTimeDuration: "PT3H", "P1DT12H", "-PT30M", "PT0.5S"; P1D is 24 hours here
 * @duration: (out): microseconds
 *
 * Years, months (and weeks, which XML Schema lacks) are refused: they have no fixed length.
 */
CSVC_API gboolean csvc_duration_parse (const char *text, CsvcDuration *duration, GError **error);

/* (transfer full): canonical XML Schema text, "P1DT12H", "PT0S", "-PT30M". */
CSVC_API char *csvc_duration_to_string (CsvcDuration duration);

G_END_DECLS

#endif
