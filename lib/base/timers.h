/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_BASE_TIMERS_H
#define CSVC_BASE_TIMERS_H

#include <csvc/time.h>

/* Deadlines of things that have small numbers: armed, moved and cancelled in constant time, and told in exact order, by deadline and then
 * by number, or as somebody says. Made for millions: 16 bytes each.
 *
 *     window: 2^18 slots of 2^20 µs, a ring of 76 hours from the origin       coarse: 2^14 slots of 2.4 hours       far
 *   ┌──┬──┬──┬──┬──┬── … ──┬──┐                                                  ┌─────┬─────┬─────┬─ … ─┬─────┐   ┌──────┐
 *   │  │  │● │  │●●│       │● │                                                  │●    │     │● ● ●│     │     │   │● ● ● │
 *   └──┴──┴──┴──┴──┴── … ──┴──┘                                                  └─────┴─────┴─────┴─ … ─┴─────┘   └──────┘
 *
 * Each slot is a list, sorted when its time comes. The origin follows the time of whoever asks what is due; what is due before the origin
 * stands in the origin's slot. Not safe for several threads at once. */

typedef struct _CsvcTimers CsvcTimers;

#define CSVC_TIMERS_MAX 0x7ffffffe /* the greatest number */

typedef struct {
  CsvcTime due;
  guint32  number;
} CsvcTimer;

/* < 0: of two timers of one deadline that of number @a comes first. Never 0 for two numbers. */
typedef int (*CsvcTimersCompare) (guint32 a, guint32 b, gpointer data);

CsvcTimers *_csvc_timers_new (void);
void        _csvc_timers_free (CsvcTimers *self);
/* Before any is armed: equal deadlines in another order than by number. What it looks at may change only while the timer is not armed, or right before it
 * is set. */
void        _csvc_timers_set_order (CsvcTimers *self, CsvcTimersCompare compare, gpointer data);
/* Arms or moves; CSVC_NEVER cancels. @number: 0 to CSVC_TIMERS_MAX, without great gaps: memory grows with the greatest. @now: about when
 * this is; it says where the window begins when nothing was armed, and may be wrong: that costs time, not order. */
void        _csvc_timers_set (CsvcTimers *self, guint32 number, CsvcTime due, CsvcTime now);
CsvcTime    _csvc_timers_get (const CsvcTimers *self, guint32 number);
/* The earliest deadline; CSVC_NEVER: none. */
CsvcTime    _csvc_timers_next (const CsvcTimers *self);
/* The earliest ones before @now, at most @max, in order; all stay armed. How many; @next (out): the deadline after those. */
guint       _csvc_timers_list (CsvcTimers *self, CsvcTime now, guint max, CsvcTimer *timers, CsvcTime *next);
/* Takes the earliest one out, if it lies before @now. */
gboolean    _csvc_timers_pop (CsvcTimers *self, CsvcTime now, CsvcTimer *timer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcTimers, _csvc_timers_free)

#endif
