/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_LOG_SETTLE_H
#define CSVC_LOG_SETTLE_H

#include "log/report.h"
#include "log/spool.h"

/* What becomes of a case whose rows are done, before the end to which all are advanced is known. */

/* Nothing is waited for: time changes no figure of it any more. */
gboolean _csvc_settle_is_over (const CsvcCase *played);
/* Advances the case to @now. One that cannot get there stays where it got, and will again on the way to any later end. @why: (out) (optional)
 * (transfer full): why then, else NULL. FALSE: the fault is not the case's. */
gboolean _csvc_settle_advance (CsvcCase *open, CsvcCustomer *customer, CsvcTime now, CsvcEffects *effects, GError **why, GError **error);
/* The same to the end, where a case that does not get there is counted. */
gboolean _csvc_settle_at_end (CsvcReport *report, CsvcCase *open, CsvcCustomer *customer, CsvcTime until, CsvcEffects *effects,
                              GError **error);
/* Advances the case to @reached, an instant that the end does not precede, and judges it if the rest of time changes nothing but when it ends;
 * else it goes to the spool. @customer: (nullable) */
gboolean _csvc_settle_early (CsvcReport *report, CsvcSpool *spool, CsvcCase *played, CsvcCustomer *customer, CsvcTime reached,
                             CsvcEffects *effects, GError **error);

#endif
