/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_ENGINE_SIFT_H
#define CSVC_ENGINE_SIFT_H

#include <csvc/policy.h>

#include "engine/private.h"

/* Most customers concern no rule today, and a few of their facts say so: the sieve looks at a row of columns, without loading anybody.
 *
 *   row ──▶ is the customer free (no open task, nothing that conditions ask functions for)? ──no──▶ look at them whole
 *              └─yes─▶ has any rule cause, or may have, by facts and tier alone? ──yes──▶ look at them whole
 *                         └─no─▶ they pass: a plan would say nothing of them
 *
 * Customers with cases that rules ask about are held back, too. It is exact: who passes has neither an occasion nor a task. */
typedef struct _CsvcSieve CsvcSieve;

CsvcSieve          *_csvc_sieve_new (CsvcPolicy *policy, CsvcTime at);
void                _csvc_sieve_free (CsvcSieve *self);
/* From now on nobody passes. */
void                _csvc_sieve_open (CsvcSieve *self);
/* The customer has cases that rules ask about, and does not pass. */
void                _csvc_sieve_hold (CsvcSieve *self, const char *customer);
/* What to scan for. */
const char *const  *_csvc_sieve_get_names (const CsvcSieve *self, guint *n);
/* FALSE: look at the customer whole. */
gboolean            _csvc_sieve_passes (CsvcSieve *self, const CsvcFactRow *row);

#endif
