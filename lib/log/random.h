/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_LOG_RANDOM_H
#define CSVC_LOG_RANDOM_H

#include <glib.h>

/* Random numbers that are the same everywhere and for ever: 64-bit integers only (SplitMix64; Steele, Lea, Flood 2014). GRand's
 * sequence is GLib's to change, and a logarithm's last bit is the C library's. */
typedef struct {
  guint64 state;
} CsvcRandom;

static inline guint64
_csvc_random_next (CsvcRandom *self)
{
  guint64 z = self->state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);

  return z ^ (z >> 31);
}

/* A stream of its own for each @index under @seed. */
static inline CsvcRandom
_csvc_random_of (guint64 seed,
                 guint64 index)
{
  CsvcRandom mixed = { seed };

  mixed.state = _csvc_random_next (&mixed) ^ (index * G_GUINT64_CONSTANT (0xd1342543de82ef95));

  return mixed;
}

/* 0 … n − 1, n > 0. The bias is below n / 2^64. */
static inline guint64
_csvc_random_below (CsvcRandom *self,
                    guint64     n)
{
  return _csvc_random_next (self) % n;
}

static inline gboolean
_csvc_random_chance (CsvcRandom *self,
                     guint       percent)
{
  return _csvc_random_below (self, 100) < percent;
}

/* Exponentially distributed with that mean, cut off at 5 times it. */
gint64 _csvc_random_exponential (CsvcRandom *self, gint64 mean);

#endif
