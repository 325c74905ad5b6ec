/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_LOG_HISTOGRAM_H
#define CSVC_LOG_HISTOGRAM_H

#include <glib.h>

/* How often each amount came, in memory that does not grow with the log.
 *
 * Amounts (≥ 0) below 256 have a bucket each; above, every doubling is cut into 128 equal buckets:
 *
 *   0 … 255 | 256 … 511 by 2 | 512 … 1023 by 4 | … | 2^62 … 2^63−1 by 2^55
 *
 * so a bucket's highest amount is at most 1/128 more than any amount in it. */
typedef struct _CsvcHistogram CsvcHistogram;

CsvcHistogram *_csvc_histogram_new (void);
void           _csvc_histogram_free (CsvcHistogram *self);
/* Negative amounts count as 0. */
void           _csvc_histogram_add (CsvcHistogram *self, gint64 amount);
guint64        _csvc_histogram_get_size (const CsvcHistogram *self);
/* The nearest-rank percentile, 1 to 100: never too low, at most 1/128 too high, 100 exact; -1 when nothing was added. */
gint64         _csvc_histogram_get (const CsvcHistogram *self, guint percent);

#endif
