/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/eval.h"
#include "feel/table-parts.h"

/* Where a condition's answer can change with one fact:
 *
 *   arpu >= 100 and left < today () - @"P90D"      of arpu: at 100      of left: at the day 90 days ago
 *
 * A fact that stands beside a relation, in a range or in a list is cut where the other side is, if that is the same for everybody. One that is
 * calculated with, or given to a function, may change the answer anywhere. */

#define USUAL_EXPONENT -2 /* of amounts of money: they are looked up as integers, whatever they are compared with */

struct _CsvcFeelCuts {
  CsvcNameKind kind;
  guint        slot;
  TableColumn  column;
  GPtrArray   *memory;
  GArray      *values; /* of CsvcValue; letters are borrowed from expressions */
};

typedef struct {
  CsvcFeelCuts      *cuts;
  const CsvcExpr    *expr;
  const CsvcFeelEnv *env;
} Search;

CsvcFeelCuts *
_csvc_feel_cuts_new (CsvcNameKind kind, guint slot, CsvcType type)
{
  CsvcFeelCuts *self = g_new0 (CsvcFeelCuts, 1);

  self->kind = kind;
  self->slot = slot;
  self->column.type = (guint8) type;
  self->column.exponent = type == CSVC_TYPE_NUMBER ? USUAL_EXPONENT : 0;
  self->memory = g_ptr_array_new_with_free_func (g_free);
  self->values = g_array_new (FALSE, FALSE, sizeof (CsvcValue));
  return self;
}

void
_csvc_feel_cuts_free (CsvcFeelCuts *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->memory);
  g_array_unref (self->values);
  g_free (self);
}

/* ---- Looking for the fact ---- */

static const FeelNode *
node_at (const Search *self, guint index)
{
  return &self->expr->nodes[index];
}

static gboolean
is_fact (const Search *self, guint index)
{
  const FeelNode *node = node_at (self, index);

  return (node->op == FEEL_OP_FACT || (node->op == FEEL_OP_MEMBER && node->relation == FEEL_FALLBACK_FACT)) && node->kind == self->cuts->kind &&
         node->slot == self->cuts->slot;
}

/* Of everything in the expression that stands for the fact. */
static guint
count_all (const Search *self)
{
  guint n = 0;

  for (guint i = 0; i < self->expr->n_nodes; i++)
    n += is_fact (self, i);
  return n;
}

/* ---- What it is compared with ---- */

static void
add_value (const Search *self, const CsvcValue *value)
{
  if (value->type == self->cuts->column.type)
    g_array_append_vals (self->cuts->values, value, 1);
}

/* What is made while evaluating is gone afterwards, but a plain value stays. */
static gboolean
add_computed (const Search *self, guint index)
{
  FeelEval eval;
  CsvcValue place;
  const CsvcValue *value;
  gboolean plain;

  _csvc_feel_eval_begin (&eval, self->expr, self->env);
  value = _csvc_feel_evaluate (&eval, index, &place);
  plain = value == NULL || (value->type < CSVC_TYPE_LIST && value->type != CSVC_TYPE_STRING);
  if (value != NULL && plain)
    add_value (self, value);
  _csvc_feel_eval_end (&eval);
  return plain;
}

static gboolean holds_fact (const Search *self, guint index);

static gboolean
chain_holds_fact (const Search *self, guint first)
{
  for (guint i = first; i != 0; i = node_at (self, i)->next)
    if (holds_fact (self, i))
      return TRUE;
  return FALSE;
}

/* The node, or what is below it. Without names of its own, an expression's links all lead to nodes. */
static gboolean
holds_fact (const Search *self, guint index)
{
  const FeelNode *node = node_at (self, index);

  return is_fact (self, index) || chain_holds_fact (self, node->a) || chain_holds_fact (self, node->b) || chain_holds_fact (self, node->c);
}

/* FALSE: it cannot be kept, or hangs on the fact itself. Compared with something unknown, all values are alike. */
static gboolean
add_cut (const Search *self, guint index)
{
  const FeelNode *node = node_at (self, index);

  if (index == 0)
    return TRUE;
  if (node->op != FEEL_OP_CONSTANT)
    return !holds_fact (self, index) && add_computed (self, index);
  add_value (self, &node->value);
  return node->value.type < CSVC_TYPE_LIST;
}

static gboolean
add_tests (const Search *self, guint first)
{
  for (guint i = first; i != 0; i = node_at (self, i)->next)
    {
      const FeelNode *test = node_at (self, i);
      gboolean told;

      if (test->ask)
        return FALSE;
      if (test->op == FEEL_OP_LIST)
        told = add_tests (self, test->a);
      else if (test->op == FEEL_OP_RANGE)
        told = add_cut (self, test->a) && add_cut (self, test->b);
      else
        told = add_cut (self, test->op == FEEL_OP_TEST ? test->a : i);
      if (!told)
        return FALSE;
    }
  return TRUE;
}

/* TRUE: the fact stands here for itself, and what beside it is known. @n: how many times it does. */
static gboolean
look_at (const Search *self, guint index, guint *n)
{
  const FeelNode *node = node_at (self, index);

  if (node->op == FEEL_OP_COMPARE && is_fact (self, node->b))
    {
      (*n)++;
      return add_cut (self, node->a);
    }
  if (node->a == 0 || !is_fact (self, node->a))
    return TRUE;
  (*n)++;
  switch ((FeelOp) node->op)
    {
    case FEEL_OP_COMPARE:
      return add_cut (self, node->b);
    case FEEL_OP_BETWEEN:
      return add_cut (self, node->b) && add_cut (self, node->c);
    case FEEL_OP_IN:
      return add_tests (self, node->b);
    case FEEL_OP_IS_DEFINED:
      return TRUE;
    default:
      return FALSE;
    }
}

gboolean
_csvc_feel_cuts_add (CsvcFeelCuts *self, const CsvcExpr *expr, const CsvcFeelEnv *env)
{
  const Search search = { self, expr, env };
  const guint before = self->values->len;
  guint n = 0;
  gboolean known = expr->n_locals == 0;

  for (guint i = 1; i < expr->n_nodes && known; i++)
    known = look_at (&search, i, &n);
  if (known && n == count_all (&search))
    return TRUE;
  g_array_set_size (self->values, before);
  return FALSE;
}

guint
_csvc_feel_cuts_finish (CsvcFeelCuts *self)
{
  _csvc_table_column_cut (&self->column, self->values, self->memory);
  return self->column.n_positions;
}

gboolean
_csvc_feel_cuts_find (const CsvcFeelCuts *self, const CsvcValue *value, guint *stretch)
{
  return _csvc_table_column_find (&self->column, value, stretch);
}
