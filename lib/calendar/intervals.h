/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_CALENDAR_INTERVALS_H
#define CSVC_CALENDAR_INTERVALS_H

#include <csvc/time.h>

/* Sets of time as GArrays of half-open intervals. Tidy means ordered, none empty, none touching the next.
 * What they count from (midnight, the local epoch, UTC) is the user's affair. */
typedef struct {
  gint64 from, to;
} CsvcInterval;

GArray *_csvc_intervals_new (void);
void    _csvc_intervals_add (GArray *set, gint64 from, gint64 to); /* at the end, untidied */
void    _csvc_intervals_tidy (GArray *set);
/* From those at @first and later. Both tidy; @set stays so. */
void    _csvc_intervals_subtract (GArray *set, guint first, const GArray *other);

#define CSVC_INTERVAL(set, i) (&g_array_index ((set), CsvcInterval, (i)))

#endif
