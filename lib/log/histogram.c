/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "log/histogram.h"

#define PIECES 128                       /* of each doubling */
#define N_BUCKETS ((63 - 8) * PIECES + 2 * PIECES)

struct _CsvcHistogram {
  guint64 n;
  gint64  max;
  guint64 counts[N_BUCKETS];
};

CsvcHistogram *
_csvc_histogram_new (void)
{
  return g_new0 (CsvcHistogram, 1);
}

void
_csvc_histogram_free (CsvcHistogram *self)
{
  g_free (self);
}

/* By how many bits an amount is too long for a bucket of its own. */
static guint
shift_of (gint64 amount)
{
  return amount < 2 * PIECES ? 0 : (guint) (64 - 8 - __builtin_clzll ((guint64) amount));
}

static guint
bucket_of (gint64 amount)
{
  guint shift = shift_of (amount);

  return shift * PIECES + (guint) (amount >> shift);
}

static gint64
highest_in (guint bucket)
{
  guint shift = bucket < 2 * PIECES ? 0 : bucket / PIECES - 1;
  guint64 piece = bucket - shift * PIECES;

  return (gint64) (((piece + 1) << shift) - 1);
}

void
_csvc_histogram_add (CsvcHistogram *self,
                     gint64         amount)
{
  amount = MAX (amount, 0);
  self->counts[bucket_of (amount)]++;
  self->max = MAX (self->max, amount);
  self->n++;
}

guint64
_csvc_histogram_get_size (const CsvcHistogram *self)
{
  return self->n;
}

gint64
_csvc_histogram_get (const CsvcHistogram *self,
                     guint                percent)
{
  guint64 rank = self->n / 100 * percent + (self->n % 100 * percent + 99) / 100, seen = 0;
  guint bucket = 0;

  if (self->n == 0)
    return -1;
  while ((seen += self->counts[bucket]) < rank)
    bucket++;

  return percent == 100 ? self->max : MIN (highest_in (bucket), self->max);
}
