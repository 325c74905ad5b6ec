/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_MACHINE_FAST_H
#define CSVC_MACHINE_FAST_H

#include "machine/machine.h"

/* A host's event by the kind's table (policy/flatten.h), without a step: no queue, no sets put aside, no heap. What it does and says is what
 * the step would have done and said, to the letter; where it cannot promise that, it changes nothing and leaves the event to the step.
 *
 * @event has passed every check, and nothing was due before it. @effects NULL: nothing is written down.
 * TRUE: *@answer is ACCEPTED, REFUSED_STATE or REFUSED_CONDITION. FALSE: not decided here. */
gboolean _csvc_fast_fire (CsvcCase *self, CsvcCustomer *customer, const CsvcEvent *event, const CsvcStamp *stamp, CsvcEffects *effects,
                          CsvcAnswer *answer);

/* Without anything parallel the leaf is the last of the active states. */
guint _csvc_case_find_leaf (const CsvcCase *self);

/* Is there nothing to check, in a case that has not ended and lived until @last? The rest of the checks are of what is not there. */
static inline gboolean
_csvc_fast_is_bare (const CsvcKind *kind, CsvcTime last, CsvcCustomer *customer, const CsvcEvent *event, const CsvcFacts *params,
                    const CsvcStamp *stamp)
{
  return params == NULL && customer == NULL && stamp->occurred == 0 && stamp->actor == NULL && stamp->role == NULL && stamp->unit == NULL &&
         stamp->reason == NULL && stamp->at >= last && stamp->at <= CSVC_TIME_MAX && event->n_by == 0 && kind->n_clocks == 0;
}

/* For tests that compare both ways; not to be changed while other threads fire. */
extern gboolean _csvc_fast_is_off;

#endif
