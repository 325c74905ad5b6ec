/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_MACHINE_CUSTOMER_H
#define CSVC_MACHINE_CUSTOMER_H

#include <csvc/customer.h>

#include "machine/record.h"
#include "policy/parts.h"

struct _CsvcCustomer {
  CsvcPolicy *policy;
  char       *id;    /* GRefString */
  CsvcValue  *facts; /* by slot of the policy's customer facts, enums resolved; while not put: the default, or UNKNOWN */
  guint8     *put;   /* by slot: was it put? Only then it is stored */
};

#define CSVC_CUSTOMER_CODEC 1

/* A customer's facts as effects tell them, without a policy: @facts is a list of CsvcFactRecord, sorted by id. */
void    _csvc_customer_fold (GArray *facts, const CsvcEffects *effects);
/* What csvc_customer_to_bytes() gives for a customer with these facts. */
GBytes *_csvc_customer_facts_to_bytes (const char *id, const GArray *facts);

/* Back again, into an empty list. (transfer full): the id, a GRefString; NULL with CSVC_ERROR_CORRUPT. */
char   *_csvc_customer_facts_from_bytes (GBytes *bytes, GArray *facts, GError **error);
/* Puts those that the customer's policy knows and that fit their type: a case may live under another version than the customer. */
void    _csvc_customer_take_facts (CsvcCustomer *self, const GArray *facts);

/* Is it fit to be the number of a case or a customer: UTF-8, 1 to 255 bytes, no control character? @what names it in the error. */
gboolean _csvc_id_check (const char *id, const char *what, GError **error);

#endif
