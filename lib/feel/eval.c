/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/eval.h"

#include <string.h>

/* Walks the typed tree. Nothing in this file allocates: values are borrowed from facts and constants,
 * and the few that are made (level, entries, truths) live in the caller's place.
 *
 * Truth has four values. Among false, true and null, and/or are Kleene's (DMN table 50);
 * unknown stands between null and the value that would decide: it is the answer as long as
 * learning the fact could still change it. Whoever answers unknown has left the fact's name
 * in missing. */

/* ---- Reasons and bounds ---- */

static void
note (FeelEval *self, guint column, const char *text, gboolean outside)
{
  CsvcFeelWhy *why = self->env->why;

  if (why == NULL)
    return;
  why->outside |= outside;
  if (why->text != NULL)
    return;
  why->text = text;
  why->column = column;
}

CsvcValue
_csvc_feel_fail (FeelEval *self, guint column, const char *text)
{
  note (self, column, text, FALSE);
  return FEEL_NULL;
}

CsvcValue
_csvc_feel_fail_outside (FeelEval *self, guint column, const char *text)
{
  note (self, column, text, TRUE);
  return FEEL_NULL;
}

gboolean
_csvc_feel_spend (FeelEval *self, guint steps)
{
  if (self->steps <= FEEL_MAX_STEPS && steps <= FEEL_MAX_STEPS - self->steps)
    {
      self->steps += steps;
      return TRUE;
    }
  self->steps = FEEL_MAX_STEPS + 1;
  note (self, self->column, "it takes more steps than are allowed", TRUE);
  return FALSE;
}

static CsvcValue
weighed (FeelEval *self, CsvcValue value)
{
  if (value.type == CSVC_TYPE_NULL)
    note (self, self->column, "it makes a larger value than is allowed", TRUE);
  return value;
}

CsvcValue
_csvc_feel_make_list (FeelEval *self, const CsvcValue *items, guint n)
{
  return weighed (self, _csvc_feel_list (_csvc_feel_eval_scratch (self), items, n));
}

CsvcValue
_csvc_feel_make_context (FeelEval *self, const char *const *names, const CsvcValue *values, guint n)
{
  return weighed (self, _csvc_feel_context (_csvc_feel_eval_scratch (self), names, values, n));
}

/* ---- Comparing two values that are there ---- */

CsvcTruth
_csvc_feel_same (FeelEval *self, const CsvcValue *a, const CsvcValue *b)
{
  const guint heavy = 1u << CSVC_TYPE_LIST | 1u << CSVC_TYPE_CONTEXT;

  if (a->type == b->type && (heavy >> a->type & 1) != 0 && !_csvc_feel_spend (self, MIN (_csvc_feel_weight (a), _csvc_feel_weight (b))))
    return CSVC_NULL;
  return _csvc_feel_equal (a, b);
}

static CsvcTruth
negate (CsvcTruth truth)
{
  return truth == CSVC_TRUE ? CSVC_FALSE : truth == CSVC_FALSE ? CSVC_TRUE : truth;
}

static CsvcTruth
truth_of (gboolean yes)
{
  return yes ? CSVC_TRUE : CSVC_FALSE;
}

static CsvcTruth
different (FeelEval *self, const CsvcValue *x, const CsvcValue *y)
{
  note (self, self->column,
        x->type == CSVC_TYPE_NULL || y->type == CSVC_TYPE_NULL ? "null has no order" : "values of different types are compared", FALSE);
  return CSVC_NULL;
}

/* The standard's tests take times as equal that differ by less than a millisecond. Policies are exact. */
static gboolean
is_too_fine (const FeelEval *self, const CsvcValue *x, const CsvcValue *y)
{
  return self->expr->dmn && x->type == y->type && (x->type == CSVC_TYPE_TIME || x->type == CSVC_TYPE_DATE_TIME) &&
         x->u.i != y->u.i && x->index == y->index && ABS (x->u.i - y->u.i) < CSVC_MILLISECOND;
}

static CsvcTruth
equal (FeelEval *self, const CsvcValue *x, const CsvcValue *y)
{
  CsvcTruth truth = _csvc_feel_same (self, x, y);

  if (truth == CSVC_FALSE && is_too_fine (self, x, y))
    {
      note (self, self->column, "times that differ by less than a millisecond", TRUE);
      return CSVC_NULL;
    }
  return truth != CSVC_NULL ? truth : different (self, x, y);
}

/* Two values whose order is that of one integer each, as nearly all are that conditions compare: numbers with the same number of
 * decimals, dates, durations, times of the same kind. */
static inline gboolean
are_plain (const CsvcValue *x, const CsvcValue *y)
{
  const guint plain = 1u << CSVC_TYPE_NUMBER | 1u << CSVC_TYPE_DATE | 1u << CSVC_TYPE_TIME | 1u << CSVC_TYPE_DATE_TIME |
                      1u << CSVC_TYPE_DAY_TIME_DURATION | 1u << CSVC_TYPE_YEAR_MONTH_DURATION;

  return x->type == y->type && (plain >> x->type & 1) != 0 && x->exponent == y->exponent && x->index == y->index;
}

static CsvcTruth
relate_any (FeelEval *self, const CsvcValue *x, FeelRelation relation, const CsvcValue *y)
{
  int order;

  if (relation == FEEL_EQUAL)
    return equal (self, x, y);
  if (relation == FEEL_NOT_EQUAL)
    return negate (equal (self, x, y));
  return _csvc_feel_order (x, y, &order) ? truth_of (_csvc_feel_holds (relation, order)) : different (self, x, y);
}

CsvcTruth
_csvc_feel_relate (FeelEval *self, const CsvcValue *x, FeelRelation relation, const CsvcValue *y)
{
  if (are_plain (x, y) && !(self->expr->dmn && relation <= FEEL_NOT_EQUAL))
    return truth_of (_csvc_feel_holds (relation, (x->u.i > y->u.i) - (x->u.i < y->u.i)));
  if (x->type == CSVC_TYPE_ENUM && y->type == CSVC_TYPE_ENUM && (x->index | y->index) >= 0 && relation <= FEEL_NOT_EQUAL)
    return truth_of ((x->index == y->index) == (relation == FEEL_EQUAL));
  return relate_any (self, x, relation, y);
}

/* ---- Values ---- */

static const CsvcValue *
read_level (const FeelEval *self, CsvcValue *place)
{
  if (self->env->level == 0)
    return NULL;
  *place = (CsvcValue)CSVC_VALUE_UNKNOWN;
  _csvc_value_set_integer (place, self->env->level);
  return place;
}

/* NULL when the fact was not put. */
static const CsvcValue *
read_name (FeelEval *self, CsvcNameKind kind, guint slot, const char *name, CsvcValue *place)
{
  const CsvcFeelEnv *env = self->env;
  const CsvcValue *value = NULL;

  switch (kind)
    {
    case CSVC_NAME_CASE_FACT:
      value = env->case_facts != NULL ? &env->case_facts[slot] : NULL;
      break;
    case CSVC_NAME_CUSTOMER_FACT:
      value = env->customer_facts != NULL ? &env->customer_facts[slot] : NULL;
      break;
    case CSVC_NAME_LEVEL:
      value = read_level (self, place);
      break;
    case CSVC_NAME_TIER:
      value = env->tier;
      break;
    case CSVC_NAME_VALUE:
      value = env->values != NULL ? &env->values[slot] : NULL;
      break;
    case CSVC_NAME_HOST:
    case CSVC_NAME_NOW:
      break;
    }
  if (value != NULL && value->type != CSVC_TYPE_UNKNOWN)
    return value;
  self->unseen |= value != NULL && value->index == CSVC_FEEL_UNSEEN;
  self->missing = name;
  return NULL;
}

static const CsvcValue *
read_fact (FeelEval *self, const FeelNode *node, CsvcValue *place)
{
  return read_name (self, (CsvcNameKind) node->kind, node->slot, node->value.u.s, place);
}

/* A name in a filter: the item's member, or what it is outside. */
static const CsvcValue *
read_member (FeelEval *self, const FeelNode *node, CsvcValue *place)
{
  const CsvcFeelContext *item = _csvc_feel_get_context (&self->locals[node->c]);
  const CsvcValue *value = item != NULL ? _csvc_feel_context_find (item, node->value.u.s) : NULL;

  if (value != NULL)
    return value;
  if (node->relation == FEEL_FALLBACK_LOCAL)
    return &self->locals[node->slot];
  if (node->relation == FEEL_FALLBACK_FACT)
    return read_fact (self, node, place);
  *place = _csvc_feel_fail (self, node->column, "the item has no such member");
  return place;
}

/* An unknown condition is no matter when both branches agree. */
static const CsvcValue *
evaluate_if (FeelEval *self, const FeelNode *node, CsvcValue *place)
{
  CsvcTruth condition = _csvc_feel_test (self, node->a);
  const char *missing = self->missing;
  const CsvcValue *yes, *no;
  CsvcValue other;

  if (condition != CSVC_UNKNOWN)
    return _csvc_feel_evaluate (self, condition == CSVC_TRUE ? node->b : node->c, place);
  yes = _csvc_feel_evaluate (self, node->b, place);
  no = _csvc_feel_evaluate (self, node->c, &other);
  if (yes != NULL && no != NULL && _csvc_feel_same (self, yes, no) == CSVC_TRUE)
    return yes;
  self->missing = missing;
  return NULL;
}

static const CsvcValue *
evaluate_truth (FeelEval *self, guint index, CsvcValue *place)
{
  CsvcTruth truth = _csvc_feel_test (self, index);

  if (truth == CSVC_UNKNOWN)
    return NULL;
  *place = truth == CSVC_NULL ? FEEL_NULL : _csvc_feel_boolean (truth == CSVC_TRUE);
  return place;
}

static const CsvcValue *
read_input (FeelEval *self)
{
  if (self->input != NULL && self->input->type != CSVC_TYPE_UNKNOWN)
    return self->input;
  self->missing = "?";
  return NULL;
}

const CsvcValue *
_csvc_feel_evaluate (FeelEval *self, guint index, CsvcValue *place)
{
  const FeelNode *node = &self->nodes[index];

  switch ((FeelOp) node->op)
    {
    case FEEL_OP_CONSTANT:
      return &node->value;
    case FEEL_OP_FACT:
      return read_fact (self, node, place);
    case FEEL_OP_LOCAL:
      return &self->locals[node->slot];
    case FEEL_OP_MEMBER:
      return read_member (self, node, place);
    case FEEL_OP_INPUT:
      return read_input (self);
    case FEEL_OP_ENTRIES:
      _csvc_value_set_integer (place, self->env->entries != NULL ? self->env->entries[node->slot] : 0);
      return place;
    case FEEL_OP_IF:
      return evaluate_if (self, node, place);
    case FEEL_OP_NOT:
    case FEEL_OP_AND:
    case FEEL_OP_OR:
    case FEEL_OP_COMPARE:
    case FEEL_OP_BETWEEN:
    case FEEL_OP_IN:
    case FEEL_OP_IN_STATE:
    case FEEL_OP_IS_DEFINED:
    case FEEL_OP_CELL:
    case FEEL_OP_SOME:
    case FEEL_OP_EVERY:
    case FEEL_OP_INSTANCE:
      return evaluate_truth (self, index, place);
    default:
      return _csvc_feel_evaluate_value (self, index, place);
    }
}

/* ---- Truths ---- */

/* What stands beside most comparisons, a literal or a fact of the case, without a call. */
static inline const CsvcValue *
operand (FeelEval *self, guint index, CsvcValue *place)
{
  const FeelNode *node = &self->nodes[index];
  const CsvcValue *facts = self->env->case_facts;

  if (node->op == FEEL_OP_CONSTANT)
    return &node->value;
  if (node->op == FEEL_OP_FACT && node->kind == CSVC_NAME_CASE_FACT && facts != NULL && facts[node->slot].type != CSVC_TYPE_UNKNOWN)
    return &facts[node->slot];
  return _csvc_feel_evaluate (self, index, place);
}

static CsvcTruth
relate (FeelEval *self, const CsvcValue *x, FeelRelation relation, guint right)
{
  CsvcValue place;
  const CsvcValue *y = operand (self, right, &place);

  return y != NULL ? _csvc_feel_relate (self, x, relation, y) : CSVC_UNKNOWN;
}

static CsvcTruth
test_compare (FeelEval *self, const FeelNode *node)
{
  CsvcValue place;
  const CsvcValue *x = operand (self, node->a, &place);

  self->column = node->column;
  return x != NULL ? relate (self, x, (FeelRelation) node->relation, node->b) : CSVC_UNKNOWN;
}

static CsvcTruth
test_joined (FeelEval *self, guint first, CsvcTruth decisive)
{
  FeelSum sum = { negate (decisive), NULL };

  for (guint i = first; i != 0; i = self->nodes[i].next)
    if (_csvc_feel_sum_add (&sum, decisive, _csvc_feel_test (self, i), self))
      break;
  return _csvc_feel_sum_end (self, &sum);
}

/* An end that is 0 is not there; one that is null makes no range. */
static CsvcTruth
test_ends (FeelEval *self, const CsvcValue *x, FeelRelation low_relation, guint low, FeelRelation high_relation, guint high)
{
  FeelSum sum = { CSVC_TRUE, NULL };

  if (low != 0 && _csvc_feel_sum_add (&sum, CSVC_FALSE, relate (self, x, low_relation, low), self))
    return CSVC_FALSE;
  if (high != 0)
    _csvc_feel_sum_add (&sum, CSVC_FALSE, relate (self, x, high_relation, high), self);
  return _csvc_feel_sum_end (self, &sum);
}

static CsvcTruth
test_between (FeelEval *self, const FeelNode *node)
{
  CsvcValue place;
  const CsvcValue *x = operand (self, node->a, &place);

  return x != NULL ? test_ends (self, x, FEEL_GREATER_EQUAL, node->b, FEEL_LESS_EQUAL, node->c) : CSVC_UNKNOWN;
}

static CsvcTruth
test_list_value (FeelEval *self, const CsvcValue *x, const CsvcFeelList *list)
{
  FeelSum sum = { CSVC_FALSE, NULL };

  if (!_csvc_feel_spend (self, list->n))
    return CSVC_NULL;
  for (guint i = 0; i < list->n; i++)
    {
      CsvcTruth truth = list->items[i].type == CSVC_TYPE_LIST ? _csvc_feel_same (self, x, &list->items[i])
                                                              : _csvc_feel_test_value (self, x, &list->items[i]);

      /* What has another type than the value is not it. */
      if (_csvc_feel_sum_add (&sum, CSVC_TRUE, truth == CSVC_NULL ? CSVC_FALSE : truth, self))
        break;
    }
  return _csvc_feel_sum_end (self, &sum);
}

CsvcTruth
_csvc_feel_test_value (FeelEval *self, const CsvcValue *x, const CsvcValue *test)
{
  if (test->type == CSVC_TYPE_RANGE && x->type != CSVC_TYPE_RANGE)
    return _csvc_feel_in_range (x, _csvc_feel_get_range (test));
  if (test->type != CSVC_TYPE_LIST)
    return equal (self, x, test);
  if (x->type == CSVC_TYPE_LIST && _csvc_feel_same (self, x, test) == CSVC_TRUE)
    return CSVC_TRUE;
  return test_list_value (self, x, _csvc_feel_get_list (test));
}

static CsvcTruth
test_computed (FeelEval *self, const CsvcValue *x, guint index)
{
  CsvcValue place;
  const CsvcValue *test = _csvc_feel_evaluate (self, index, &place);

  return test != NULL ? _csvc_feel_test_value (self, x, test) : CSVC_UNKNOWN;
}

static CsvcTruth test_any (FeelEval *self, const CsvcValue *x, guint first, gboolean listed);

static CsvcTruth
test_one (FeelEval *self, const CsvcValue *x, guint index)
{
  const FeelNode *node = &self->nodes[index];

  if (node->ask)
    return _csvc_feel_test (self, index);
  switch ((FeelOp) node->op)
    {
    case FEEL_OP_RANGE:
      return test_ends (self, x, node->open_low ? FEEL_GREATER : FEEL_GREATER_EQUAL, node->a,
                        node->open_high ? FEEL_LESS : FEEL_LESS_EQUAL, node->b);
    case FEEL_OP_TEST:
      return relate (self, x, (FeelRelation) node->relation, node->a);
    case FEEL_OP_LIST:
      return x->type == CSVC_TYPE_LIST ? test_computed (self, x, index) : test_any (self, x, node->a, TRUE);
    case FEEL_OP_CONSTANT:
      return _csvc_feel_relate (self, x, FEEL_EQUAL, &node->value);
    default:
      return test_computed (self, x, index);
    }
}

/* @x against the chain of tests: one that holds is enough. An item of a list (@listed) of another type is simply not it. */
static CsvcTruth
test_any (FeelEval *self, const CsvcValue *x, guint first, gboolean listed)
{
  FeelSum sum = { CSVC_FALSE, NULL };

  for (guint i = first; i != 0; i = self->nodes[i].next)
    {
      CsvcTruth truth = test_one (self, x, i);

      if (truth == CSVC_NULL && listed && self->nodes[i].op == FEEL_OP_CONSTANT)
        truth = CSVC_FALSE;
      if (_csvc_feel_sum_add (&sum, CSVC_TRUE, truth, self))
        break;
    }
  return _csvc_feel_sum_end (self, &sum);
}

static CsvcTruth
test_in (FeelEval *self, const FeelNode *node)
{
  CsvcValue place;
  const CsvcValue *x = operand (self, node->a, &place);

  self->column = node->column;
  return x != NULL ? test_any (self, x, node->b, FALSE) : CSVC_UNKNOWN;
}

static CsvcTruth
test_cell (FeelEval *self, const FeelNode *node)
{
  const CsvcValue *x;
  CsvcTruth truth;

  if (node->a == 0)
    return CSVC_TRUE;
  x = read_input (self);
  if (x == NULL)
    return CSVC_UNKNOWN;
  truth = test_any (self, x, node->a, FALSE);
  return node->open_low ? negate (truth) : truth;
}

static CsvcTruth
test_state (const FeelEval *self, guint state)
{
  const guint64 *active = self->env->active;

  return truth_of (active != NULL && (active[state / 64] >> (state % 64) & 1));
}

static CsvcTruth
test_defined (FeelEval *self, const FeelNode *node)
{
  const gboolean unseen = self->unseen;
  CsvcValue place;
  CsvcTruth truth;

  self->unseen = FALSE;
  truth = _csvc_feel_evaluate (self, node->a, &place) != NULL ? CSVC_TRUE : self->unseen ? CSVC_UNKNOWN : CSVC_FALSE;
  self->unseen |= unseen;
  return truth;
}

static CsvcTruth
test_instance (FeelEval *self, const FeelNode *node)
{
  CsvcValue place;
  const CsvcValue *x = _csvc_feel_evaluate (self, node->a, &place);

  if (x == NULL)
    return CSVC_UNKNOWN;
  return truth_of (_csvc_feel_is_of (x, self->nodes[node->b].full));
}

static CsvcTruth
test_boolean (FeelEval *self, guint index)
{
  CsvcValue place;
  const CsvcValue *x = _csvc_feel_evaluate (self, index, &place);

  if (x == NULL)
    return CSVC_UNKNOWN;
  if (x->type == CSVC_TYPE_BOOLEAN)
    return truth_of (x->u.i != 0);
  if (x->type != CSVC_TYPE_NULL)
    note (self, self->nodes[index].column, "what is neither true nor false stands for a condition", FALSE);
  return CSVC_NULL;
}

CsvcTruth
_csvc_feel_test (FeelEval *self, guint index)
{
  const FeelNode *node = &self->nodes[index];

  switch ((FeelOp) node->op)
    {
    case FEEL_OP_AND:
      return test_joined (self, node->a, CSVC_FALSE);
    case FEEL_OP_OR:
      return test_joined (self, node->a, CSVC_TRUE);
    case FEEL_OP_NOT:
      return negate (_csvc_feel_test (self, node->a));
    case FEEL_OP_COMPARE:
      return test_compare (self, node);
    case FEEL_OP_BETWEEN:
      return test_between (self, node);
    case FEEL_OP_IN:
      return test_in (self, node);
    case FEEL_OP_CELL:
      return test_cell (self, node);
    case FEEL_OP_IN_STATE:
      return test_state (self, node->slot);
    case FEEL_OP_IS_DEFINED:
      return test_defined (self, node);
    case FEEL_OP_INSTANCE:
      return test_instance (self, node);
    case FEEL_OP_SOME:
    case FEEL_OP_EVERY:
      return _csvc_feel_test_quantified (self, node);
    default:
      return test_boolean (self, index);
    }
}

/* ---- Running ---- */

/* Not inlined, nor run_eval(): what is known without an evaluation shall not make room for one. */
static G_GNUC_NO_INLINE CsvcTruth
run_test (const CsvcExpr *expr, const CsvcFeelEnv *env, const CsvcValue *input, const char **missing)
{
  FeelEval eval;
  CsvcTruth truth;

  _csvc_feel_eval_begin (&eval, expr, env);
  eval.input = input;
  truth = _csvc_feel_test (&eval, expr->root);
  /* Who sees more may take fewer steps. */
  if (eval.unseen && eval.steps > FEEL_MAX_STEPS)
    truth = CSVC_UNKNOWN;
  if (truth == CSVC_UNKNOWN && missing != NULL)
    *missing = eval.missing;
  _csvc_feel_eval_end (&eval);
  return truth;
}

CsvcTruth
_csvc_expr_test (const CsvcExpr *self, const CsvcFeelEnv *env, const char **missing)
{
  CsvcTruth truth = self->quick && env->case_facts != NULL ? _csvc_feel_quick_test (self, env, self->root) : CSVC_UNKNOWN;

  return truth != CSVC_UNKNOWN ? truth : run_test (self, env, NULL, missing);
}

CsvcTruth
_csvc_expr_test_cell (const CsvcExpr *self, const CsvcFeelEnv *env, const CsvcValue *input, const char **missing)
{
  return run_test (self, env, input, missing);
}

/* The answer made to be of the type that was wanted. */
static void
finish (FeelEval *eval, CsvcValue *value)
{
  const CsvcExpr *expr = eval->expr;

  if (expr->coerce != NULL && !_csvc_feel_is_of (value, expr->coerce) && value->type != CSVC_TYPE_NULL &&
      !_csvc_feel_coerce (value, expr->coerce, _csvc_feel_eval_scratch (eval)))
    note (eval, 1, "the value is of another type than is wanted", FALSE);
}

static G_GNUC_NO_INLINE CsvcTruth
run_eval (const CsvcExpr *self, const CsvcFeelEnv *env, CsvcValue *value, const char **missing)
{
  FeelEval eval;
  CsvcValue place;
  const CsvcValue *result;

  _csvc_feel_eval_begin (&eval, self, env);
  result = _csvc_feel_evaluate (&eval, self->root, &place);
  if (result != NULL)
    {
      *value = *result;
      finish (&eval, value);
    }
  else if (missing != NULL)
    *missing = eval.missing;
  _csvc_feel_eval_end (&eval);
  return result != NULL ? CSVC_TRUE : CSVC_UNKNOWN;
}

CsvcTruth
_csvc_expr_eval (const CsvcExpr *self, const CsvcFeelEnv *env, CsvcValue *value, const char **missing)
{
  if (self->quick && env->case_facts != NULL && _csvc_feel_quick_eval (self, env, self->root, value))
    return CSVC_TRUE;
  return run_eval (self, env, value, missing);
}
