/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_FEEL_TYPES_H
#define CSVC_FEEL_TYPES_H

#include "feel/temporal.h"
#include "feel/value.h"

/* Asking static types. NULL is any. */

/* Deep, into another arena. */
const CsvcFeelType *_csvc_feel_type_copy (CsvcFeelTypes *types, const CsvcFeelType *type);
/* (nullable): of a context's member; NULL when it has none of that name. */
const CsvcFeelType *_csvc_feel_type_member (const CsvcFeelType *context, const char *name);
/* Can one value be of both? */
gboolean            _csvc_feel_type_fit (const CsvcFeelType *a, const CsvcFeelType *b);
/* What holds for values of either. */
const CsvcFeelType *_csvc_feel_type_join (const CsvcFeelType *a, const CsvcFeelType *b);

#endif
