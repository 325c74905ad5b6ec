/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_MACHINE_CLOCK_H
#define CSVC_MACHINE_CLOCK_H

#include "machine/machine.h"

/* What the parts of the clocks share.
 *
 *   clock.c         what an event brings, leaving, pausing, deadlines
 *   clock-start.c   target rows, starts, late starts
 *   clock-change.c  facts that changed under a running clock; spans folded into one sum */

static inline CsvcCycle *
_csvc_clock_cycle (const CsvcCase *self, guint i)
{
  return &g_array_index (self->record.cycles, CsvcCycle, i);
}

/* FALSE, with the step failed. */
gboolean    _csvc_clock_fail (CsvcStep *step);
/* The open cycle of a clock of @self's kind, NO_CYCLE when it has none: never more than its latest one. */
guint       _csvc_clock_find_open (const CsvcCase *self, guint clock);
CsvcEffect *_csvc_clock_effect (CsvcStep *step, CsvcEffectType type, const CsvcCycle *cycle);
/* Spans never run backwards: what occurred before the last change counts from that change on. Gives where it begins. */
CsvcTime    _csvc_clock_add_span (CsvcCycle *cycle, CsvcTime from, gboolean running, const char *cause);
/* One that is paused stays so until it goes on: what was missed is missed by what it had used before. */
void        _csvc_clock_miss (CsvcStep *step, CsvcCycle *cycle, CsvcTime due);
/* @reason, @cause: GRefStrings; @cause may be NULL. */
gboolean    _csvc_clock_end (CsvcStep *step, guint index, const char *reason, const char *cause);
gboolean    _csvc_clock_pause (CsvcStep *step, guint index, const char *cause);
/* The active state that pauses it, or NULL. */
const char *_csvc_clock_pausing_state (const CsvcStep *step, const CsvcClock *clock);
/* Says so when the due instant lies past the horizon of the calendar. */
gboolean    _csvc_clock_warn_of_horizon (CsvcStep *step, const CsvcCycle *cycle, CsvcTime due);
void        _csvc_clock_count_firing (CsvcStep *step, CsvcCycle *cycle, const CsvcAlarm *alarm, CsvcTime deadline, guint times, gboolean passed);

/* clock-start.c */
typedef enum { CSVC_CHOSEN, CSVC_CHOSEN_NONE, CSVC_CHOSEN_UNDECIDED, CSVC_CHOSEN_REFUSED } CsvcChoice;

/* The first row that holds. What is unknown refuses a host's event; in another step it is kept, and tried again when the fact is put. */
CsvcChoice _csvc_clock_choose_row (CsvcStep *step, const CsvcClock *clock, guint *row);
gboolean   _csvc_clock_settle_start (CsvcStep *step, const CsvcClock *clock);
/* Starts it if it has not and may. */
CsvcChoice _csvc_clock_try_start (CsvcStep *step, const CsvcClock *clock);

/* clock-change.c */
gboolean   _csvc_clock_settle_changes (CsvcStep *step);
CsvcChoice _csvc_clock_settle_change (CsvcStep *step, guint index);
/* Too many spans become one sum and the last of them. */
gboolean   _csvc_clock_fold_spans (CsvcStep *step, CsvcCycle *cycle);

#endif
