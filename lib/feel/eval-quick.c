/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/eval.h"
#include "feel/number.h"

/* What conditions and <set> mostly are: whole numbers, words and truths of the case compared with each other and with constants, counted up and
 * down. For that no evaluation is begun. Whatever is not so (decimals, something missing, anything there is a reason to be given for)
 * is answered by nobody here, and the whole evaluator begins anew. */

#define MAX_COEFFICIENT G_GINT64_CONSTANT (100000000000)

/* ---- When compiled ---- */

static gboolean
all_are_quick (const CsvcExpr *expr, guint first)
{
  for (guint i = first; i != 0; i = expr->nodes[i].next)
    if (!_csvc_feel_is_quick (expr, i))
      return FALSE;
  return TRUE;
}

static gboolean
is_leaf (const CsvcExpr *expr, guint index)
{
  const FeelNode *node = &expr->nodes[index];

  return node->op == FEEL_OP_CONSTANT || (node->op == FEEL_OP_FACT && node->kind == CSVC_NAME_CASE_FACT);
}

gboolean
_csvc_feel_is_quick (const CsvcExpr *expr, guint index)
{
  const FeelNode *node = &expr->nodes[index];

  switch ((FeelOp) node->op)
    {
    case FEEL_OP_NOT:
      return _csvc_feel_is_quick (expr, node->a);
    case FEEL_OP_AND:
    case FEEL_OP_OR:
      return all_are_quick (expr, node->a);
    case FEEL_OP_COMPARE:
      return is_leaf (expr, node->a) && is_leaf (expr, node->b);
    case FEEL_OP_ARITHMETIC:
      return node->relation <= FEEL_SUBTRACT && is_leaf (expr, node->a) && is_leaf (expr, node->b);
    case FEEL_OP_IF:
      return _csvc_feel_is_quick (expr, node->a) && _csvc_feel_is_quick (expr, node->b) && _csvc_feel_is_quick (expr, node->c);
    default:
      return is_leaf (expr, index);
    }
}

/* ---- Leaves ---- */

/* Maybe of type UNKNOWN. */
static inline const CsvcValue *
leaf (const CsvcExpr *expr, const CsvcFeelEnv *env, guint index)
{
  const FeelNode *node = &expr->nodes[index];

  return node->op == FEEL_OP_CONSTANT ? &node->value : &env->case_facts[node->slot];
}

/* 1200 is kept as 12 * 10^2. */
static inline gboolean
get_whole (const CsvcValue *value, gint64 *i)
{
  static const gint32 powers[] = { 1, 10, 100, 1000, 10000, 100000, 1000000 };

  if (value->type != CSVC_TYPE_NUMBER || (guint8) value->exponent >= G_N_ELEMENTS (powers) || ABS (value->u.i) > MAX_COEFFICIENT)
    return FALSE;
  *i = value->u.i * powers[value->exponent];
  return TRUE;
}

/* ---- Truths: TRUE, FALSE; UNKNOWN is no answer ---- */

static inline CsvcTruth
negate (CsvcTruth truth)
{
  return truth == CSVC_TRUE ? CSVC_FALSE : truth == CSVC_FALSE ? CSVC_TRUE : truth;
}

static inline CsvcTruth
compare (const CsvcValue *x, FeelRelation relation, const CsvcValue *y)
{
  gint64 a, b;

  if (get_whole (x, &a) && get_whole (y, &b))
    return _csvc_feel_holds (relation, (a > b) - (a < b)) ? CSVC_TRUE : CSVC_FALSE;
  if (x->type == CSVC_TYPE_ENUM && y->type == CSVC_TYPE_ENUM && (x->index | y->index) >= 0 && relation <= FEEL_NOT_EQUAL)
    return (x->index == y->index) == (relation == FEEL_EQUAL) ? CSVC_TRUE : CSVC_FALSE;
  return CSVC_UNKNOWN;
}

static CsvcTruth
test_joined (const CsvcExpr *expr, const CsvcFeelEnv *env, guint first, CsvcTruth decisive)
{
  for (guint i = first; i != 0; i = expr->nodes[i].next)
    {
      CsvcTruth truth = _csvc_feel_quick_test (expr, env, i);

      if (truth == decisive || truth == CSVC_UNKNOWN)
        return truth;
    }
  return negate (decisive);
}

static CsvcTruth
test_leaf (const CsvcValue *value)
{
  if (value->type != CSVC_TYPE_BOOLEAN)
    return CSVC_UNKNOWN;
  return value->u.i != 0 ? CSVC_TRUE : CSVC_FALSE;
}

CsvcTruth
_csvc_feel_quick_test (const CsvcExpr *expr, const CsvcFeelEnv *env, guint index)
{
  const FeelNode *node = &expr->nodes[index];

  switch ((FeelOp) node->op)
    {
    case FEEL_OP_COMPARE:
      return compare (leaf (expr, env, node->a), (FeelRelation) node->relation, leaf (expr, env, node->b));
    case FEEL_OP_NOT:
      return negate (_csvc_feel_quick_test (expr, env, node->a));
    case FEEL_OP_AND:
      return test_joined (expr, env, node->a, CSVC_FALSE);
    case FEEL_OP_OR:
      return test_joined (expr, env, node->a, CSVC_TRUE);
    case FEEL_OP_CONSTANT:
    case FEEL_OP_FACT:
      return test_leaf (leaf (expr, env, index));
    default:
      return CSVC_UNKNOWN;
    }
}

/* ---- Values ---- */

static gboolean
calculate (const CsvcValue *x, FeelArithmetic op, const CsvcValue *y, CsvcValue *result)
{
  gint64 a, b;

  if (!get_whole (x, &a) || !get_whole (y, &b))
    return FALSE;
  a = op == FEEL_ADD ? a + b : a - b;
  if (a % 10 == 0)
    return _csvc_number_set (result, a, 0);
  *result = (CsvcValue){ .type = CSVC_TYPE_NUMBER, .u.i = a };
  return TRUE;
}

static gboolean
get_leaf (const CsvcValue *value, CsvcValue *result)
{
  if (value->type == CSVC_TYPE_UNKNOWN)
    return FALSE;
  *result = *value;
  return TRUE;
}

static gboolean
get_truth (CsvcTruth truth, CsvcValue *result)
{
  if (truth == CSVC_UNKNOWN)
    return FALSE;
  *result = (CsvcValue){ .type = CSVC_TYPE_BOOLEAN, .u.i = truth == CSVC_TRUE };
  return TRUE;
}

gboolean
_csvc_feel_quick_eval (const CsvcExpr *expr, const CsvcFeelEnv *env, guint index, CsvcValue *result)
{
  const FeelNode *node = &expr->nodes[index];
  CsvcTruth       truth;

  switch ((FeelOp) node->op)
    {
    case FEEL_OP_CONSTANT:
    case FEEL_OP_FACT:
      return get_leaf (leaf (expr, env, index), result);
    case FEEL_OP_ARITHMETIC:
      return calculate (leaf (expr, env, node->a), (FeelArithmetic) node->relation, leaf (expr, env, node->b), result);
    case FEEL_OP_IF:
      truth = _csvc_feel_quick_test (expr, env, node->a);
      return truth != CSVC_UNKNOWN && _csvc_feel_quick_eval (expr, env, truth == CSVC_TRUE ? node->b : node->c, result);
    default:
      return get_truth (_csvc_feel_quick_test (expr, env, index), result);
    }
}
