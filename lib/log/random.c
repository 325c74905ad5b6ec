/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "log/random.h"

/* −1000 ln (1 − i / 64), rounded; the last one in place of infinity. */
static const guint16 quantiles[65] = {
  0,    16,   32,   48,   65,   81,   98,   116,  134,  152,  170,  189,  208,  227,  247,  267,  288,  309,  330,  352,  375,  398,
  421,  445,  470,  495,  521,  548,  575,  604,  633,  662,  693,  725,  758,  792,  827,  863,  901,  940,  981,  1023, 1068, 1114,
  1163, 1214, 1269, 1326, 1386, 1451, 1520, 1594, 1674, 1761, 1856, 1962, 2079, 2213, 2367, 2549, 2773, 3060, 3466, 4159, 5000
};

gint64
_csvc_random_exponential (CsvcRandom *self,
                          gint64      mean)
{
  guint64 draw = _csvc_random_next (self);
  guint i = draw & 63;
  gint64 part = (gint64) (draw >> 6) & 0xffff;
  gint64 quantile = ((gint64) quantiles[i] << 16) + (quantiles[i + 1] - quantiles[i]) * part;

  return mean / 1000 * quantile >> 16;
}
