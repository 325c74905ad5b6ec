/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_TOOL_EXPLAIN_PRINT_H
#define CSVC_TOOL_EXPLAIN_PRINT_H

#include <csvc/csvc.h>

/* What may come next, as tables. */
void explain_print_next (const CsvcWhatNext *next);
/* A line for each clock: how it stands, or why it does not run. */
void explain_print_clocks (const CsvcWhatNext *next, const CsvcCustomer *customer);
/* One clock: the segments of its latest cycle (nullable), and why it does not run (nullable). */
void explain_print_clock (const CsvcCase *self, const CsvcClock *clock, const CsvcCycle *cycle, const CsvcWhyDue *due,
                          const CsvcWhyNotStarted *not_started);
/* When that clock would be due if the facts that are supposed changed; nothing when none are, or it does not run. */
void explain_print_supposed (const CsvcWhatNext *next, const CsvcClock *clock);
/* FALSE: the clock does not run. CSVC_NEVER: it would not any more. */
gboolean explain_find_supposed (const CsvcWhatNext *next, const CsvcClock *clock, CsvcTime *due);

#endif
