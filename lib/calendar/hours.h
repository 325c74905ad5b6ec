/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_CALENDAR_HOURS_H
#define CSVC_CALENDAR_HOURS_H

#include "calendar/intervals.h"

/* The hours of one date: a tidy set of intervals in microseconds since its midnight. Each begins on the date and may
 * end on the next: "22:00-06:00" is [22 h, 30 h). */

/* (transfer full): from "08:30-12:00 13:30-17:30"; blank text gives the empty set.
 * Errors: CSVC_ERROR_SYNTAX, CSVC_ERROR_INVALID, CSVC_ERROR_LIMIT. */
GArray *_csvc_hours_parse (const char *text, GError **error);
/* The same text back, in canonical form "08:30:00-12:00:00 13:30:00-17:30:00". */
void    _csvc_hours_append (GString *out, const GArray *hours);

/* "mon tue wed": bit 1 for Monday … bit 7 for Sunday. At least one; errors as above. */
gboolean _csvc_weekdays_parse (const char *text, guint *mask, GError **error);
/* "mon" for 1, … */
const char *_csvc_weekday_to_string (int weekday);

#endif
