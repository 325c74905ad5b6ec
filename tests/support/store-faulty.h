/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_TEST_STORE_FAULTY_H
#define CSVC_TEST_STORE_FAULTY_H

#include "store/store.h"

/* A store around another one, of which one call goes wrong. */

typedef enum {
  CSVC_FAULT_FAIL,     /* CSVC_ERROR_IO; nothing happened */
  CSVC_FAULT_CONFLICT, /* CSVC_ERROR_CONFLICT; nothing happened */
  CSVC_FAULT_DOUBT     /* CSVC_ERROR_IO; but a commit that says so stands. Other calls: as CSVC_FAULT_FAIL */
} CsvcFaultMode;

/* @inner: (transfer full). The @at_call-th call (from 1; 0 = none) to a slot goes wrong, once. Rolling back and closing never do,
 * and are not counted. */
CsvcStore *_csvc_store_new_faulty (CsvcStore *inner, guint at_call, CsvcFaultMode mode);

/* How many calls there were: when fewer than at_call, the run was clean. */
guint _csvc_faulty_get_n_calls (CsvcStore *self);
/* Starts counting anew. */
void  _csvc_faulty_arm (CsvcStore *self, guint at_call, CsvcFaultMode mode);

#endif
