/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_ENGINE_PLACE_H
#define CSVC_ENGINE_PLACE_H

#include <csvc/engine.h>

/* Makes the stored customer what a log shows beside a case: facts and tier of @shown, who is of the engine's policy, at the customer's last instant. No review is due by
 * itself from then on. Cases that are open already are not told: the log's next ones come with a customer of their own. */
gboolean _csvc_engine_place_customer (CsvcEngine *self, const CsvcCustomer *shown, GError **error);

#endif
