/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "feel/temporal.h"

/* Comparing two values that are there (DMN 10.3.2.13). */

static gboolean
is_text (const CsvcValue *value)
{
  return value->type == CSVC_TYPE_STRING || value->type == CSVC_TYPE_ENUM;
}

static CsvcTruth
truth_of (gboolean yes)
{
  return yes ? CSVC_TRUE : CSVC_FALSE;
}

static CsvcTruth
equal_lists (const CsvcFeelList *a, const CsvcFeelList *b)
{
  if (a->n != b->n)
    return CSVC_FALSE;
  for (guint i = 0; i < a->n; i++)
    if (_csvc_feel_equal (&a->items[i], &b->items[i]) != CSVC_TRUE)
      return CSVC_FALSE;
  return CSVC_TRUE;
}

static CsvcTruth
equal_contexts (const CsvcFeelContext *a, const CsvcFeelContext *b)
{
  if (a->n != b->n)
    return CSVC_FALSE;
  for (guint i = 0; i < a->n; i++)
    {
      const CsvcValue *other = _csvc_feel_context_find (b, a->names[i]);

      if (other == NULL || _csvc_feel_equal (&a->values[i], other) != CSVC_TRUE)
        return CSVC_FALSE;
    }
  return CSVC_TRUE;
}

static CsvcTruth
equal_ranges (const CsvcFeelRange *a, const CsvcFeelRange *b)
{
  return truth_of (!a->is_relation == !b->is_relation && !a->open_low == !b->open_low && !a->open_high == !b->open_high &&
                   _csvc_feel_equal (&a->low, &b->low) == CSVC_TRUE && _csvc_feel_equal (&a->high, &b->high) == CSVC_TRUE);
}

static CsvcTruth
equal_functions (const FeelClosure *a, const FeelClosure *b)
{
  return truth_of (a == b || (a->host == b->host && a->builtin == b->builtin && a->expr == b->expr && a->node == b->node &&
                              a->locals == b->locals));
}

static CsvcTruth
equal_times (const CsvcValue *a, const CsvcValue *b)
{
  int order;

  return truth_of (_csvc_feel_temporal_order (a, b, &order) && order == 0);
}

CsvcTruth
_csvc_feel_equal (const CsvcValue *a, const CsvcValue *b)
{
  if (is_text (a) && is_text (b))
    {
      if (a->type == CSVC_TYPE_ENUM && a->index >= 0 && b->index >= 0)
        return truth_of (a->index == b->index);
      return truth_of (a->u.s == b->u.s || strcmp (a->u.s, b->u.s) == 0);
    }
  if (a->type != b->type)
    return a->type == CSVC_TYPE_NULL || b->type == CSVC_TYPE_NULL ? CSVC_FALSE : CSVC_NULL;
  switch (a->type)
    {
    case CSVC_TYPE_NULL:
      return CSVC_TRUE;
    case CSVC_TYPE_LIST:
      return equal_lists (_csvc_feel_get_list (a), _csvc_feel_get_list (b));
    case CSVC_TYPE_CONTEXT:
      return equal_contexts (_csvc_feel_get_context (a), _csvc_feel_get_context (b));
    case CSVC_TYPE_RANGE:
      return equal_ranges (_csvc_feel_get_range (a), _csvc_feel_get_range (b));
    case CSVC_TYPE_FUNCTION:
      return equal_functions (_csvc_feel_get_closure (a), _csvc_feel_get_closure (b));
    case CSVC_TYPE_TIME:
    case CSVC_TYPE_DATE_TIME:
      return equal_times (a, b);
    default:
      return truth_of (a->u.i == b->u.i && a->exponent == b->exponent);
    }
}

gboolean
_csvc_feel_order (const CsvcValue *a, const CsvcValue *b, int *order)
{
  if (a->type != b->type)
    return FALSE;
  switch (a->type)
    {
    case CSVC_TYPE_TIME:
    case CSVC_TYPE_DATE_TIME:
      return _csvc_feel_temporal_order (a, b, order);
    case CSVC_TYPE_NUMBER:
    case CSVC_TYPE_STRING:
    case CSVC_TYPE_DATE:
    case CSVC_TYPE_DAY_TIME_DURATION:
    case CSVC_TYPE_YEAR_MONTH_DURATION:
      *order = _csvc_value_compare (a, b);
      return TRUE;
    default:
      return FALSE;
    }
}

CsvcTruth
_csvc_feel_in_range (const CsvcValue *value, const CsvcFeelRange *range)
{
  int order;

  if (range->low.type != CSVC_TYPE_NULL)
    {
      if (!_csvc_feel_order (value, &range->low, &order))
        return CSVC_NULL;
      if (order < (range->open_low ? 1 : 0))
        return CSVC_FALSE;
    }
  if (range->high.type == CSVC_TYPE_NULL)
    return range->low.type == CSVC_TYPE_NULL ? CSVC_NULL : CSVC_TRUE;
  if (!_csvc_feel_order (value, &range->high, &order))
    return CSVC_NULL;
  return truth_of (order <= (range->open_high ? -1 : 0));
}
