/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "feel/functions.h"

/* How points and ranges lie to each other (DMN 10.3.4.9, after Allen). A point is a closed range of one. */

typedef struct {
  FeelEval     *eval;
  CsvcFeelRange a, b;
  gboolean      failed;
} Pair;

static CsvcFeelRange
range_of (const CsvcValue *value)
{
  if (value->type == CSVC_TYPE_RANGE)
    return *_csvc_feel_get_range (value);
  return (CsvcFeelRange){ .low = *value, .high = *value };
}

static Pair
pair_of (FeelEval *eval, const CsvcValue *arguments)
{
  return (Pair){ eval, range_of (&arguments[0]), range_of (&arguments[1]), FALSE };
}

static int
order (Pair *self, const CsvcValue *x, const CsvcValue *y)
{
  int result = 0;

  if (!_csvc_feel_order (x, y, &result))
    self->failed = TRUE;
  return result;
}

static CsvcValue
answer (const Pair *self, gboolean yes)
{
  return self->failed ? _csvc_feel_no (self->eval, "the two have no order, or one has no end") : _csvc_feel_boolean (yes);
}

static void
swap (Pair *self)
{
  CsvcFeelRange a = self->a;

  self->a = self->b;
  self->b = a;
}

/* a ends before b begins. */
static gboolean
is_before (Pair *self)
{
  int gap = order (self, &self->a.high, &self->b.low);

  return gap < 0 || (gap == 0 && (self->a.open_high || self->b.open_low));
}

static gboolean
is_meeting (Pair *self)
{
  return !self->a.open_high && !self->b.open_low && order (self, &self->a.high, &self->b.low) == 0;
}

/* -1, 0, 1: where a begins, to where b does. */
static int
order_lows (Pair *self)
{
  int result = order (self, &self->a.low, &self->b.low);

  return result != 0 ? result : (self->a.open_low != 0) - (self->b.open_low != 0);
}

static int
order_highs (Pair *self)
{
  int result = order (self, &self->a.high, &self->b.high);

  return result != 0 ? result : (self->b.open_high != 0) - (self->a.open_high != 0);
}

static gboolean
is_overlapping (Pair *self)
{
  gboolean apart = is_before (self);

  swap (self);
  apart |= is_before (self);
  swap (self);
  return !apart;
}

static gboolean
is_within (Pair *self)
{
  int lows = order_lows (self), highs = order_highs (self);

  return lows >= 0 && highs <= 0;
}

FEEL_FUNCTION (before)
{
  Pair pair = pair_of (eval, arguments);

  return answer (&pair, is_before (&pair));
}

FEEL_FUNCTION (after)
{
  Pair pair = pair_of (eval, arguments);
  gboolean yes;

  swap (&pair);
  yes = is_before (&pair);
  return answer (&pair, yes);
}

FEEL_FUNCTION (meets)
{
  Pair pair = pair_of (eval, arguments);
  gboolean yes = is_meeting (&pair);

  return answer (&pair, yes);
}

FEEL_FUNCTION (met_by)
{
  Pair pair = pair_of (eval, arguments);
  gboolean yes;

  swap (&pair);
  yes = is_meeting (&pair);
  return answer (&pair, yes);
}

FEEL_FUNCTION (overlaps)
{
  Pair pair = pair_of (eval, arguments);
  gboolean yes = is_overlapping (&pair);

  return answer (&pair, yes);
}

FEEL_FUNCTION (overlaps_before)
{
  Pair pair = pair_of (eval, arguments);
  gboolean yes = is_overlapping (&pair);

  yes = order_lows (&pair) < 0 && order_highs (&pair) <= 0 && yes;
  return answer (&pair, yes);
}

FEEL_FUNCTION (overlaps_after)
{
  Pair pair = pair_of (eval, arguments);
  gboolean yes = is_overlapping (&pair);

  yes = order_lows (&pair) > 0 && order_highs (&pair) >= 0 && yes;
  return answer (&pair, yes);
}

static CsvcValue
finishes (Pair *pair)
{
  gboolean yes = order_highs (pair) == 0 && order_lows (pair) >= 0;

  return answer (pair, yes);
}

FEEL_FUNCTION (finishes)
{
  Pair pair = pair_of (eval, arguments);

  return finishes (&pair);
}

FEEL_FUNCTION (finished_by)
{
  Pair pair = pair_of (eval, arguments);

  swap (&pair);
  return finishes (&pair);
}

FEEL_FUNCTION (during)
{
  Pair pair = pair_of (eval, arguments);
  gboolean yes = is_within (&pair);

  return answer (&pair, yes);
}

FEEL_FUNCTION (includes)
{
  Pair pair = pair_of (eval, arguments);
  gboolean yes;

  swap (&pair);
  yes = is_within (&pair);
  return answer (&pair, yes);
}

static CsvcValue
starts (Pair *pair)
{
  gboolean yes = order_lows (pair) == 0 && order_highs (pair) <= 0;

  return answer (pair, yes);
}

FEEL_FUNCTION (starts)
{
  Pair pair = pair_of (eval, arguments);

  return starts (&pair);
}

FEEL_FUNCTION (started_by)
{
  Pair pair = pair_of (eval, arguments);

  swap (&pair);
  return starts (&pair);
}

FEEL_FUNCTION (coincides)
{
  Pair pair = pair_of (eval, arguments);
  gboolean yes = order_lows (&pair) == 0 && order_highs (&pair) == 0;

  return answer (&pair, yes);
}

/* Texts in the range belong to the expression that it was read from. */
static void
keep_text (FeelEval *eval, CsvcValue *end)
{
  if (end->type == CSVC_TYPE_STRING)
    *end = _csvc_feel_string (_csvc_feel_eval_scratch (eval), end->u.s, -1);
}

/* A literal, or a function of FEEL of literals, as date ("2026-03-01"). */
static gboolean
is_literal (const CsvcExpr *expr, guint index)
{
  const FeelNode *node = &expr->nodes[index];
  gboolean simple = TRUE;

  if (node->op == FEEL_OP_RANGE)
    return (node->a == 0 || is_literal (expr, node->a)) && (node->b == 0 || is_literal (expr, node->b));
  if (node->op == FEEL_OP_CALL_BUILTIN)
    for (guint i = node->a; i != 0; i = expr->nodes[i].next)
      simple &= expr->nodes[i].op == FEEL_OP_CONSTANT;
  return node->op == FEEL_OP_CONSTANT || (node->op == FEEL_OP_CALL_BUILTIN && simple);
}

static gboolean
is_proper (const CsvcFeelRange *range)
{
  gboolean low = range->low.type != CSVC_TYPE_NULL, high = range->high.type != CSVC_TYPE_NULL;
  int order;

  if (!low || !high)
    return low || high;
  return _csvc_feel_order (&range->low, &range->high, &order) && order <= 0;
}

/* range ("[1..5)"): the text is FEEL, and names nothing. */
FEEL_FUNCTION (to_range)
{
  static const CsvcScope empty = { .dmn = TRUE };
  g_autoptr (CsvcDiagnostics) diagnostics = csvc_diagnostics_new ();
  g_autoptr (CsvcExpr) expr = _csvc_expr_compile (arguments[0].u.s, &empty, CSVC_TYPE_UNKNOWN, NULL, (CsvcPlace){ "range", 1 }, diagnostics);
  CsvcFeelEnv env = { .now = CSVC_NEVER, .scratch = _csvc_feel_eval_scratch (eval), .why = eval->env->why };
  CsvcFeelRange range;
  CsvcValue value;

  if (expr == NULL || _csvc_expr_get_type (expr) != CSVC_TYPE_RANGE || _csvc_expr_eval (expr, &env, &value, NULL) != CSVC_TRUE ||
      value.type != CSVC_TYPE_RANGE)
    return _csvc_feel_no (eval, "the text is no range");
  range = *_csvc_feel_get_range (&value);
  if (!is_literal (expr, expr->root) || !is_proper (&range))
    return _csvc_feel_no (eval, "the range's ends are no literals, or not in order");
  keep_text (eval, &range.low);
  keep_text (eval, &range.high);
  return _csvc_feel_range (_csvc_feel_eval_scratch (eval), &range);
}
