/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_BENCH_H
#define CSVC_BENCH_H

/* What the benchmarks share: time, medians, random numbers, and whether instructions of this build say anything. */

#include <glib.h>
#include <stdlib.h>
#include <time.h>

static inline double
bench_now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double) time.tv_sec + (double) time.tv_nsec / 1e9;
}

static inline int
bench_compare (const void *a, const void *b)
{
  return (*(const double *) a > *(const double *) b) - (*(const double *) a < *(const double *) b);
}

/* Sorts. */
static inline double
bench_median (double *times, guint n)
{
  qsort (times, n, sizeof (double), bench_compare);
  return times[n / 2];
}

/* Splitmix64. */
static inline guint64
bench_draw (guint64 *state)
{
  guint64 z = *state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

/* Instructions of a build with sanitizers in it, or of one for debugging or coverage (-O0), say nothing. */
#if defined __OPTIMIZE__ && !defined __SANITIZE_ADDRESS__
#define BENCH_CAN_COUNT TRUE
#else
#define BENCH_CAN_COUNT FALSE
#endif

#endif
