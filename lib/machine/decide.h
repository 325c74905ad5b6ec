/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_MACHINE_DECIDE_H
#define CSVC_MACHINE_DECIDE_H

#include "machine/machine.h"

/* <decide>: asks the action's table, says what it decided, and puts outputs into facts. CSVC_FALSE: failed, the step's error is set. CSVC_UNKNOWN:
 * *@missing; CSVC_NULL: the rows contradict each other. Of these two nothing is left. */
CsvcTruth _csvc_step_decide (CsvcStep *step, const CsvcAction *action, const char **missing);

#endif
