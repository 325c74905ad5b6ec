/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_MACHINE_CUSTOMER_H
#define CSVC_MACHINE_CUSTOMER_H

#include <csvc/customer.h>

#include "policy/parts.h"

struct _CsvcCustomer {
  CsvcPolicy *policy;
  char       *id;    /* GRefString */
  CsvcValue  *facts; /* by slot of the policy's customer facts; UNKNOWN while not put; enums resolved */
};

#define CSVC_CUSTOMER_CODEC 1

/* Is it fit to be the number of a case or a customer: UTF-8, 1 to 255 bytes, no control character? @what names it in the error. */
gboolean _csvc_id_check (const char *id, const char *what, GError **error);

#endif
