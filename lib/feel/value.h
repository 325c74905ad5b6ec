/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_FEEL_VALUE_H
#define CSVC_FEEL_VALUE_H

#include "feel/feel.h"

/* Values as evaluating makes them, beyond what feel.h tells. */

#define FEEL_NULL ((CsvcValue){ .type = CSVC_TYPE_NULL })

typedef struct _FeelBuiltin FeelBuiltin;

/* What a FUNCTION value points to: one of host, builtin, or a function of an expression with the values it saw when made. */
typedef struct {
  const CsvcFeelFunction *host;
  const FeelBuiltin      *builtin;
  const CsvcExpr         *expr;
  guint                   node; /* FUNCTION in expr */
  const CsvcValue        *locals;
  const CsvcValue        *values; /* env->values */
} FeelClosure;

static inline const FeelClosure *
_csvc_feel_get_closure (const CsvcValue *value)
{
  return value->type == CSVC_TYPE_FUNCTION ? (const FeelClosure *) value->u.p : NULL;
}

static inline const CsvcFeelRange *
_csvc_feel_get_range (const CsvcValue *value)
{
  return value->type == CSVC_TYPE_RANGE ? (const CsvcFeelRange *) value->u.p : NULL;
}

CsvcValue _csvc_feel_range (CsvcFeelScratch *scratch, const CsvcFeelRange *range);
CsvcValue _csvc_feel_closure (CsvcFeelScratch *scratch, const FeelClosure *closure);

static inline CsvcValue
_csvc_feel_boolean (gboolean yes)
{
  return (CsvcValue){ .type = CSVC_TYPE_BOOLEAN, .u.i = yes != FALSE };
}

static inline CsvcValue
_csvc_feel_plain (CsvcType type, gint64 i)
{
  return (CsvcValue){ .type = (guint8) type, .u.i = i };
}

/* Is it of this static type? No coercion. */
gboolean _csvc_feel_is_of (const CsvcValue *value, const CsvcFeelType *type);
/* Is @value within @range? NULL for values of other types. */
CsvcTruth _csvc_feel_in_range (const CsvcValue *value, const CsvcFeelRange *range);

#endif
