/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_LOG_KEEPER_H
#define CSVC_LOG_KEEPER_H

#include <csvc/engine.h>

#include "log/script.h"

/* Writes replayed cases through an engine into a store, so that doing it twice, or once after being killed in the middle, ends
 * in the same content. The pure machine has decided already; the engine decides again, and both must agree. */
typedef struct _CsvcKeeper CsvcKeeper;

CsvcKeeper *_csvc_keeper_new (CsvcStore *store, CsvcPolicy *policy, GError **error);
/* What was not committed is rolled back. */
void        _csvc_keeper_free (CsvcKeeper *self);
/* The case of @script, which the pure machine brought to @played. @settled: nothing is waited for any more. @was_there: (out) */
gboolean    _csvc_keeper_write (CsvcKeeper *self, const CsvcLogScript *script, const CsvcCase *played, const CsvcCustomer *customer,
                                gboolean settled, gboolean *was_there, GError **error);
/* The same case, advanced from @before to @advanced by the pure machine. */
gboolean    _csvc_keeper_advance (CsvcKeeper *self, GBytes *before, const CsvcCase *advanced, const CsvcCustomer *customer,
                                  CsvcTime until, GError **error);
gboolean    _csvc_keeper_commit (CsvcKeeper *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcKeeper, _csvc_keeper_free)

#endif
