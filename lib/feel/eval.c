/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/compiler.h"

#include <string.h>

/* Walks the typed tree. Nothing here allocates: values are borrowed from facts and constants,
 * and the few that are made (level, entries, truths) live in the caller's scratch.
 *
 * Truth has four values. Among false, true and null, and/or are Kleene's (DMN table 50);
 * unknown stands between null and the value that would decide: it is the answer as long as
 * learning the fact could still change it. Whoever answers unknown has left the fact's name
 * in missing. */

typedef struct {
  const FeelNode    *nodes;
  const CsvcFeelEnv *env;
  const char        *missing;
} Eval;

static CsvcTruth test (Eval *self, guint index);
static const CsvcValue *evaluate (Eval *self, guint index, CsvcValue *scratch);

/* ---- Comparing two values that are there ---- */

static gboolean
is_equal (const CsvcValue *x, const CsvcValue *y)
{
  if (x->type == CSVC_TYPE_ENUM && x->index >= 0 && y->index >= 0)
    return x->index == y->index;
  if (x->type == CSVC_TYPE_ENUM || x->type == CSVC_TYPE_STRING)
    return x->u.s == y->u.s || strcmp (x->u.s, y->u.s) == 0;
  return x->u.i == y->u.i && x->exponent == y->exponent;
}

static CsvcTruth
compare_equal (const CsvcValue *x, const CsvcValue *y)
{
  if (x->type != y->type)
    return x->type == CSVC_TYPE_NULL || y->type == CSVC_TYPE_NULL ? CSVC_FALSE : CSVC_NULL;
  return x->type == CSVC_TYPE_NULL || is_equal (x, y) ? CSVC_TRUE : CSVC_FALSE;
}

static CsvcTruth
negate (CsvcTruth truth)
{
  return truth == CSVC_TRUE ? CSVC_FALSE : truth == CSVC_FALSE ? CSVC_TRUE : truth;
}

static CsvcTruth
compare (const CsvcValue *x, FeelRelation relation, const CsvcValue *y)
{
  int order;

  if (relation == FEEL_EQUAL)
    return compare_equal (x, y);
  if (relation == FEEL_NOT_EQUAL)
    return negate (compare_equal (x, y));
  if (x->type != y->type || x->type == CSVC_TYPE_NULL)
    return CSVC_NULL;
  order = _csvc_value_compare (x, y);
  switch (relation)
    {
    case FEEL_LESS:
      return order < 0 ? CSVC_TRUE : CSVC_FALSE;
    case FEEL_LESS_EQUAL:
      return order <= 0 ? CSVC_TRUE : CSVC_FALSE;
    case FEEL_GREATER:
      return order > 0 ? CSVC_TRUE : CSVC_FALSE;
    default:
      return order >= 0 ? CSVC_TRUE : CSVC_FALSE;
    }
}

/* ---- Values ---- */

/* NULL when the fact was not put. */
static const CsvcValue *
read_fact (Eval *self, const FeelNode *node, CsvcValue *scratch)
{
  const CsvcValue *facts = NULL;

  switch ((CsvcNameKind) node->kind)
    {
    case CSVC_NAME_CASE_FACT:
      facts = self->env->case_facts;
      break;
    case CSVC_NAME_CUSTOMER_FACT:
      facts = self->env->customer_facts;
      break;
    case CSVC_NAME_LEVEL:
      if (self->env->level == 0)
        break;
      _csvc_value_set_integer (scratch, self->env->level);
      return scratch;
    }
  if (facts != NULL && facts[node->slot].type != CSVC_TYPE_UNKNOWN)
    return &facts[node->slot];
  self->missing = node->value.u.s;
  return NULL;
}

/* An unknown condition is no matter when both branches agree. */
static const CsvcValue *
evaluate_if (Eval *self, const FeelNode *node, CsvcValue *scratch)
{
  CsvcTruth condition = test (self, node->a);
  const char *missing = self->missing;
  const CsvcValue *yes, *no;
  CsvcValue other;

  if (condition != CSVC_UNKNOWN)
    return evaluate (self, condition == CSVC_TRUE ? node->b : node->c, scratch);
  yes = evaluate (self, node->b, scratch);
  no = evaluate (self, node->c, &other);
  if (yes != NULL && no != NULL && compare_equal (yes, no) == CSVC_TRUE)
    return yes;
  self->missing = missing;
  return NULL;
}

static const CsvcValue *
evaluate_truth (Eval *self, guint index, CsvcValue *scratch)
{
  CsvcTruth truth = test (self, index);

  if (truth == CSVC_UNKNOWN)
    return NULL;
  if (truth == CSVC_NULL)
    *scratch = (CsvcValue){ .type = CSVC_TYPE_NULL };
  else
    *scratch = (CsvcValue){ .type = CSVC_TYPE_BOOLEAN, .u.i = truth == CSVC_TRUE };
  return scratch;
}

/* NULL when it is unknown. */
static const CsvcValue *
evaluate (Eval *self, guint index, CsvcValue *scratch)
{
  const FeelNode *node = &self->nodes[index];

  switch ((FeelOp) node->op)
    {
    case FEEL_OP_CONSTANT:
      return &node->value;
    case FEEL_OP_FACT:
      return read_fact (self, node, scratch);
    case FEEL_OP_ENTRIES:
      _csvc_value_set_integer (scratch, self->env->entries != NULL ? self->env->entries[node->slot] : 0);
      return scratch;
    case FEEL_OP_IF:
      return evaluate_if (self, node, scratch);
    default:
      return evaluate_truth (self, index, scratch);
    }
}

/* ---- Truths ---- */

static CsvcTruth
relate (Eval *self, const CsvcValue *x, FeelRelation relation, guint right)
{
  CsvcValue scratch;
  const CsvcValue *y = evaluate (self, right, &scratch);

  return y != NULL ? compare (x, relation, y) : CSVC_UNKNOWN;
}

static CsvcTruth
test_compare (Eval *self, const FeelNode *node)
{
  CsvcValue scratch;
  const CsvcValue *x = evaluate (self, node->a, &scratch);

  return x != NULL ? relate (self, x, (FeelRelation) node->relation, node->b) : CSVC_UNKNOWN;
}

/* Chains of and, or and in's tests: the truth so far, and who was missing first. */
typedef struct {
  CsvcTruth   truth;
  const char *missing;
} Sum;

/* TRUE when @truth decides: for and, @decisive is false; for or, true. */
static gboolean
sum_add (Sum *sum, CsvcTruth decisive, CsvcTruth truth, const Eval *eval)
{
  if (truth == decisive || sum->truth == CSVC_UNKNOWN)
    {
      sum->truth = truth == decisive ? decisive : CSVC_UNKNOWN;
      return truth == decisive;
    }
  if (truth == CSVC_UNKNOWN)
    sum->missing = eval->missing;
  if (truth == CSVC_UNKNOWN || truth == CSVC_NULL)
    sum->truth = truth;
  return FALSE;
}

static CsvcTruth
sum_end (Eval *self, const Sum *sum)
{
  if (sum->truth == CSVC_UNKNOWN)
    self->missing = sum->missing;
  return sum->truth;
}

static CsvcTruth
test_joined (Eval *self, guint first, CsvcTruth decisive)
{
  Sum sum = { negate (decisive), NULL };

  for (guint i = first; i != 0; i = self->nodes[i].next)
    if (sum_add (&sum, decisive, test (self, i), self))
      break;
  return sum_end (self, &sum);
}

static CsvcTruth
test_ends (Eval *self, const CsvcValue *x, FeelRelation low_relation, guint low, FeelRelation high_relation, guint high)
{
  Sum sum = { CSVC_TRUE, NULL };

  if (!sum_add (&sum, CSVC_FALSE, relate (self, x, low_relation, low), self))
    sum_add (&sum, CSVC_FALSE, relate (self, x, high_relation, high), self);
  return sum_end (self, &sum);
}

static CsvcTruth
test_between (Eval *self, const FeelNode *node)
{
  CsvcValue scratch;
  const CsvcValue *x = evaluate (self, node->a, &scratch);

  return x != NULL ? test_ends (self, x, FEEL_GREATER_EQUAL, node->b, FEEL_LESS_EQUAL, node->c) : CSVC_UNKNOWN;
}

/* @x against the chain of tests: one that holds is enough. */
static CsvcTruth
test_any (Eval *self, const CsvcValue *x, guint first)
{
  Sum sum = { CSVC_FALSE, NULL };

  for (guint i = first; i != 0; i = self->nodes[i].next)
    {
      const FeelNode *node = &self->nodes[i];
      CsvcTruth truth;

      if (node->op == FEEL_OP_RANGE)
        truth = test_ends (self, x, node->open_low ? FEEL_GREATER : FEEL_GREATER_EQUAL, node->a,
                           node->open_high ? FEEL_LESS : FEEL_LESS_EQUAL, node->b);
      else if (node->op == FEEL_OP_TEST)
        truth = relate (self, x, (FeelRelation) node->relation, node->a);
      else if (node->op == FEEL_OP_LIST)
        truth = test_any (self, x, node->a);
      else
        truth = relate (self, x, FEEL_EQUAL, i);
      if (sum_add (&sum, CSVC_TRUE, truth, self))
        break;
    }
  return sum_end (self, &sum);
}

static CsvcTruth
test_in (Eval *self, const FeelNode *node)
{
  CsvcValue scratch;
  const CsvcValue *x = evaluate (self, node->a, &scratch);

  return x != NULL ? test_any (self, x, node->b) : CSVC_UNKNOWN;
}

static CsvcTruth
test_state (const Eval *self, guint state)
{
  const guint64 *active = self->env->active;

  return active != NULL && (active[state / 64] >> (state % 64) & 1) ? CSVC_TRUE : CSVC_FALSE;
}

static CsvcTruth
test_defined (Eval *self, const FeelNode *node)
{
  CsvcValue scratch;

  return read_fact (self, &self->nodes[node->a], &scratch) != NULL ? CSVC_TRUE : CSVC_FALSE;
}

static CsvcTruth
test_value (Eval *self, guint index)
{
  CsvcValue scratch;
  const CsvcValue *x = evaluate (self, index, &scratch);

  if (x == NULL)
    return CSVC_UNKNOWN;
  if (x->type != CSVC_TYPE_BOOLEAN)
    return CSVC_NULL;
  return x->u.i != 0 ? CSVC_TRUE : CSVC_FALSE;
}

static CsvcTruth
test (Eval *self, guint index)
{
  const FeelNode *node = &self->nodes[index];

  switch ((FeelOp) node->op)
    {
    case FEEL_OP_AND:
      return test_joined (self, node->a, CSVC_FALSE);
    case FEEL_OP_OR:
      return test_joined (self, node->a, CSVC_TRUE);
    case FEEL_OP_NOT:
      return negate (test (self, node->a));
    case FEEL_OP_COMPARE:
      return test_compare (self, node);
    case FEEL_OP_BETWEEN:
      return test_between (self, node);
    case FEEL_OP_IN:
      return test_in (self, node);
    case FEEL_OP_IN_STATE:
      return test_state (self, node->slot);
    case FEEL_OP_IS_DEFINED:
      return test_defined (self, node);
    case FEEL_OP_CONSTANT:
    case FEEL_OP_FACT:
    case FEEL_OP_ENTRIES:
    case FEEL_OP_IF:
      return test_value (self, index);
    case FEEL_OP_FAULT: /* the rest never leaves the compiler, or stands in tests only */
    case FEEL_OP_NAME:
    case FEEL_OP_CALL:
    case FEEL_OP_TEST:
    case FEEL_OP_RANGE:
    case FEEL_OP_LIST:
      break;
    }
  g_return_val_if_reached (CSVC_NULL);
}

CsvcTruth
_csvc_expr_test (const CsvcExpr *self, const CsvcFeelEnv *env, const char **missing)
{
  Eval eval = { self->nodes, env, NULL };
  CsvcTruth truth = test (&eval, self->root);

  if (truth == CSVC_UNKNOWN && missing != NULL)
    *missing = eval.missing;
  return truth;
}

CsvcTruth
_csvc_expr_eval (const CsvcExpr *self, const CsvcFeelEnv *env, CsvcValue *value, const char **missing)
{
  Eval eval = { self->nodes, env, NULL };
  CsvcValue scratch;
  const CsvcValue *result = evaluate (&eval, self->root, &scratch);

  if (result != NULL)
    {
      *value = *result;
      return CSVC_TRUE;
    }
  if (missing != NULL)
    *missing = eval.missing;
  return CSVC_UNKNOWN;
}
