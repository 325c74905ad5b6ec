/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_FEEL_EVAL_H
#define CSVC_FEEL_EVAL_H

#include "feel/compiler.h"

/* One evaluation. eval.c holds truths, names and comparisons, which touch no memory but the stack; eval-value.c what makes values,
 * in the scratch; eval-call.c calls; eval-quick.c knows the usual answers without one. */

#define FEEL_MAX_STEPS 1000000 /* items looked at by loops, filters and functions, in all */
#define FEEL_MAX_NESTING 2000  /* heights of the functions that are at work, in all */

struct _FeelEval {
  const CsvcExpr     *expr;
  const FeelNode     *nodes; /* of expr */
  const CsvcFeelEnv  *env;
  const char         *missing; /* who is unknown, when something is */
  gboolean            unseen;  /* something was read that may be there or not */
  CsvcFeelScratch    *scratch; /* NULL until needed */
  CsvcValue          *locals;
  const CsvcValue    *input;
  guint               nesting;
  guint               steps;
  guint               column; /* of the call at work */
};

/* NULL when it is unknown, and eval->missing says who; else borrowed, or in *@place. */
const CsvcValue *_csvc_feel_evaluate (FeelEval *self, guint index, CsvcValue *place);
CsvcTruth        _csvc_feel_test (FeelEval *self, guint index);
/* For what evaluates to values that are made. */
const CsvcValue *_csvc_feel_evaluate_value (FeelEval *self, guint index, CsvcValue *place);
const CsvcValue *_csvc_feel_evaluate_call (FeelEval *self, guint index, CsvcValue *place);
CsvcTruth        _csvc_feel_test_quantified (FeelEval *self, const FeelNode *node);
/* One value against another that is a test: equal to it, one of a list, in a range. */
CsvcTruth        _csvc_feel_test_value (FeelEval *self, const CsvcValue *x, const CsvcValue *test);
CsvcTruth        _csvc_feel_relate (FeelEval *self, const CsvcValue *x, FeelRelation relation, const CsvcValue *y);

/* Calls a function with @n arguments. FALSE: unknown. */
gboolean _csvc_feel_invoke (FeelEval *self, const CsvcValue *function, const CsvcValue *arguments, guint n, CsvcValue *result);

CsvcFeelScratch *_csvc_feel_eval_scratch (FeelEval *self);
/* Memory from the scratch; NULL, with the reason noted, when there is none left. */
gpointer         _csvc_feel_alloc (FeelEval *self, gsize n, gsize size);
/* FALSE, with the reason noted, when the evaluation has done too much. */
gboolean         _csvc_feel_spend (FeelEval *self, guint steps);
/* In the scratch; null, with the reason noted, when it weighs too much. */
CsvcValue        _csvc_feel_make_list (FeelEval *self, const CsvcValue *items, guint n);
CsvcValue        _csvc_feel_make_context (FeelEval *self, const char *const *names, const CsvcValue *values, guint n);
/* _csvc_feel_equal(), which spends what the lighter of the two weighs; null when that is too much. */
CsvcTruth        _csvc_feel_same (FeelEval *self, const CsvcValue *a, const CsvcValue *b);
/* Null, and the reason is noted unless there is one already. */
CsvcValue        _csvc_feel_fail (FeelEval *self, guint column, const char *text);
CsvcValue        _csvc_feel_fail_outside (FeelEval *self, guint column, const char *text);

/* Runs with memory of its own when the caller has none: values live until the thread's next run without. */
void _csvc_feel_eval_make_locals (FeelEval *self);
void _csvc_feel_eval_leave_scratch (void);

static inline void
_csvc_feel_eval_begin (FeelEval *self, const CsvcExpr *expr, const CsvcFeelEnv *env)
{
  *self = (FeelEval){ .expr = expr, .nodes = expr->nodes, .env = env, .scratch = env->scratch, .column = 1 };
  if (expr->n_locals > 0)
    _csvc_feel_eval_make_locals (self);
}

static inline void
_csvc_feel_eval_end (const FeelEval *self)
{
  if (self->scratch != NULL && self->env->scratch == NULL)
    _csvc_feel_eval_leave_scratch ();
}

/* Does the relation hold of two values that are in this order? */
static inline gboolean
_csvc_feel_holds (FeelRelation relation, int order)
{
  switch (relation)
    {
    case FEEL_EQUAL:
      return order == 0;
    case FEEL_NOT_EQUAL:
      return order != 0;
    case FEEL_LESS:
      return order < 0;
    case FEEL_LESS_EQUAL:
      return order <= 0;
    case FEEL_GREATER:
      return order > 0;
    default:
      return order >= 0;
    }
}

/* ---- eval-quick.c, for expressions that are quick, in an environment with facts of a case ---- */

/* CSVC_UNKNOWN, FALSE: not known there. */
CsvcTruth _csvc_feel_quick_test (const CsvcExpr *expr, const CsvcFeelEnv *env, guint index);
gboolean  _csvc_feel_quick_eval (const CsvcExpr *expr, const CsvcFeelEnv *env, guint index, CsvcValue *result);

/* ---- Chains of and, or and of tests: the truth so far, and who was missing first ---- */

typedef struct {
  CsvcTruth   truth;
  const char *missing;
} FeelSum;

/* TRUE when @truth decides: for and, @decisive is false; for or, true. */
static inline gboolean
_csvc_feel_sum_add (FeelSum *sum, CsvcTruth decisive, CsvcTruth truth, const FeelEval *eval)
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

static inline CsvcTruth
_csvc_feel_sum_end (FeelEval *self, const FeelSum *sum)
{
  if (sum->truth == CSVC_UNKNOWN)
    self->missing = sum->missing;
  return sum->truth;
}

#endif
