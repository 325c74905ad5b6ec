/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_LOG_TIMESTAMP_H
#define CSVC_LOG_TIMESTAMP_H

#include <csvc/zone.h>

/* How a log writes its times.
 *
 * Without a pattern: ISO 8601, with an offset or without. A pattern is literal text with these words; one letter takes one or two
 * digits, two letters exactly two:
 *
 *   YYYY  M MM  D DD    year, month, day
 *   H HH  MM  SS        hour 0–23; MM after an hour is minutes; seconds
 *   F                   1 to 9 digits of a second's fraction, cut to microseconds
 *   AM                  AM or PM: the hour is 1–12
 *   Z                   an offset: Z, +08:00, +0800, +08
 *
 * Year, month and day must be there. What has no offset is the zone's wall clock. */
typedef struct _CsvcTimeReader CsvcTimeReader;

/* @pattern NULL: ISO 8601. NULL with CSVC_ERROR_INVALID when the pattern lacks something or has something twice. */
CsvcTimeReader *_csvc_time_reader_new (const char *pattern, CsvcZone *zone, GError **error);
void            _csvc_time_reader_free (CsvcTimeReader *self);
/* FALSE when @text is not of that form or names no instant; blanks at its ends do not count. */
gboolean        _csvc_time_reader_read (const CsvcTimeReader *self, const char *text, CsvcTime *time);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcTimeReader, _csvc_time_reader_free)

#endif
