/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/check.h"

#include <string.h>

/* The compiled expression, and the way there. It never changes; threads share it. */

void
_csvc_feel_fault (FeelCompiler *self, guint number, guint column, const char *expected, const char *hint,
                  const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  self->failed = TRUE;
  if (self->stopped)
    return;
  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  _csvc_diagnostics_add (self->diagnostics, number, self->place, column, expected, hint, "%s", message);
  if (++self->faults >= FEEL_MAX_FAULTS)
    self->stopped = TRUE;
}

static void
node_clear (gpointer data)
{
  FeelNode *node = data;

  _csvc_value_clear (&node->value);
}

/* Whether compiling may begin: the lexer relies on valid UTF-8. */
static gboolean
check_text (FeelCompiler *self)
{
  const char *bad;

  if (strlen (self->text) > FEEL_MAX_TEXT)
    _csvc_feel_fault (self, 315, 1, NULL, "split it, or use a table", "the expression has more than %u bytes", FEEL_MAX_TEXT);
  else if (!g_utf8_validate (self->text, -1, &bad))
    _csvc_feel_fault (self, 303, (guint) g_utf8_strlen (self->text, bad - self->text) + 1, "UTF-8", NULL,
                      "a byte here is no character");
  return !self->failed;
}

/* The scope's types end with compiling: what is asked for later is copied. */
static void
forget_types (FeelCompiler *compiler)
{
  for (guint i = 0; i < compiler->nodes->len; i++)
    {
      FeelNode *node = _csvc_feel_node (compiler, i);

      if (node->op != FEEL_OP_PARAMETER) /* from the text, so in our own arena */
        node->full = NULL;
    }
}

static CsvcExpr *
expr_new (FeelCompiler *compiler, guint root, const CsvcFeelType *wanted)
{
  CsvcExpr *self = g_new0 (CsvcExpr, 1);
  const FeelNode *node = _csvc_feel_node (compiler, root);

  g_atomic_ref_count_init (&self->refs);
  self->text = g_strdup (compiler->text);
  self->root = root;
  self->dmn = compiler->scope->dmn;
  self->n_locals = compiler->n_locals;
  self->type = node->full != NULL && node->full->type == (CsvcType) node->type && node->full == _csvc_feel_type_plain (node->full->type)
                 ? node->full
                 : _csvc_feel_type_copy (compiler->types, node->full);
  /* In policies only what could not be told when compiling must be looked at again. */
  if (wanted != NULL && wanted->type != CSVC_TYPE_UNKNOWN && (self->dmn || node->type == CSVC_TYPE_UNKNOWN))
    self->coerce = _csvc_feel_type_copy (compiler->types, wanted);
  forget_types (compiler);
  self->types = g_steal_pointer (&compiler->types);
  self->n_nodes = compiler->nodes->len;
  self->nodes = g_new (FeelNode, self->n_nodes);
  memcpy (self->nodes, compiler->nodes->data, self->n_nodes * sizeof *self->nodes);
  self->quick = self->coerce == NULL && _csvc_feel_is_quick (self, root);
  g_array_set_clear_func (compiler->nodes, NULL); /* the values are the expression's now */
  return self;
}

static guint
parse_cell (FeelCompiler *self)
{
  const FeelNode input = { .op = FEEL_OP_INPUT, .column = 1, .height = 1 };
  guint root = _csvc_feel_parse_cell (self);

  if (root == 0)
    return 0;
  g_array_append_val (self->nodes, input);
  _csvc_feel_node (self, root)->b = (guint16) (self->nodes->len - 1);
  return root;
}

static CsvcExpr *
run (FeelCompiler *self, const CsvcFeelType *wanted)
{
  const FeelNode fault = { .op = FEEL_OP_FAULT };
  guint root;

  g_array_append_val (self->nodes, fault);
  _csvc_feel_learn_scope (self);
  root = self->is_cell ? parse_cell (self) : _csvc_feel_parse (self);
  /* What is broken may have any type: its parts are checked, the whole is not. */
  if (!self->stopped)
    _csvc_feel_check (self, root, self->failed ? NULL : wanted);
  return self->failed ? NULL : expr_new (self, root, wanted);
}

static CsvcExpr *
compile (FeelCompiler *self, const CsvcFeelType *wanted)
{
  CsvcExpr *expr;

  if (!check_text (self))
    return NULL;
  self->nodes = g_array_new (FALSE, TRUE, sizeof (FeelNode)); /* zeroed: room is made and given back */
  g_array_set_clear_func (self->nodes, node_clear);
  self->locals = g_array_new (FALSE, FALSE, sizeof (FeelLocal));
  self->vocabulary = g_ptr_array_new_with_free_func (g_free);
  self->types = _csvc_feel_types_new ();
  expr = run (self, wanted);
  g_array_unref (self->nodes);
  g_array_unref (self->locals);
  g_ptr_array_unref (self->vocabulary);
  _csvc_feel_types_free (self->types);
  return expr;
}

CsvcExpr *
_csvc_expr_compile_typed (const char *text, const CsvcScope *scope, const CsvcFeelType *wanted, CsvcPlace place,
                          CsvcDiagnostics *diagnostics)
{
  FeelCompiler compiler = { .text = text, .scope = scope, .place = place, .diagnostics = diagnostics };

  g_return_val_if_fail (text != NULL && scope != NULL && diagnostics != NULL, NULL);

  return compile (&compiler, wanted);
}

CsvcExpr *
_csvc_expr_compile (const char *text, const CsvcScope *scope, CsvcType wanted, const char *const *words, CsvcPlace place,
                    CsvcDiagnostics *diagnostics)
{
  CsvcFeelType type = { .type = wanted, .words = words };

  return _csvc_expr_compile_typed (text, scope, wanted != CSVC_TYPE_UNKNOWN ? &type : NULL, place, diagnostics);
}

CsvcExpr *
_csvc_expr_compile_condition (const char *text, const CsvcScope *scope, CsvcPlace place, CsvcDiagnostics *diagnostics)
{
  return _csvc_expr_compile (text, scope, CSVC_TYPE_BOOLEAN, NULL, place, diagnostics);
}

CsvcExpr *
_csvc_expr_compile_cell (const char *text, const CsvcScope *scope, const CsvcFeelType *input, CsvcPlace place,
                         CsvcDiagnostics *diagnostics)
{
  FeelCompiler compiler = {
    .text = text, .scope = scope, .place = place, .diagnostics = diagnostics, .input = input, .is_cell = TRUE,
  };

  g_return_val_if_fail (text != NULL && scope != NULL && diagnostics != NULL, NULL);

  return compile (&compiler, NULL);
}

CsvcExpr *
_csvc_expr_ref (CsvcExpr *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
_csvc_expr_unref (CsvcExpr *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  for (guint i = 0; i < self->n_nodes; i++)
    node_clear (&self->nodes[i]);
  g_free (self->nodes);
  _csvc_feel_types_free (self->types);
  g_free (self->text);
  g_free (self);
}

const char *
_csvc_expr_get_text (const CsvcExpr *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->text;
}

CsvcType
_csvc_expr_get_type (const CsvcExpr *self)
{
  g_return_val_if_fail (self != NULL, CSVC_TYPE_UNKNOWN);

  return (CsvcType) self->nodes[self->root].type;
}

const CsvcFeelType *
_csvc_expr_get_full_type (const CsvcExpr *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->type != NULL ? self->type : _csvc_feel_type_plain (CSVC_TYPE_UNKNOWN);
}

const CsvcValue *
_csvc_expr_get_constant (const CsvcExpr *self)
{
  const FeelNode *node;

  g_return_val_if_fail (self != NULL, NULL);

  node = &self->nodes[self->root];
  return node->op == FEEL_OP_CONSTANT ? &node->value : NULL;
}

/* ---- What it reads ---- */

static gboolean
reads_fact (const FeelNode *node)
{
  return node->op == FEEL_OP_FACT || (node->op == FEEL_OP_MEMBER && node->relation == FEEL_FALLBACK_FACT);
}

gboolean
_csvc_expr_reads (const CsvcExpr *self, CsvcNameKind kind, guint slot)
{
  g_return_val_if_fail (self != NULL, FALSE);

  for (guint i = 0; i < self->n_nodes; i++)
    {
      const FeelNode *node = &self->nodes[i];

      if (reads_fact (node) && node->kind == kind && (slot == G_MAXUINT || node->slot == slot))
        return TRUE;
      if ((kind == CSVC_NAME_HOST && node->op == FEEL_OP_HOST) || (kind == CSVC_NAME_NOW && _csvc_feel_reads_clock (node)))
        return TRUE;
    }
  return FALSE;
}

void
_csvc_expr_foreach_read (const CsvcExpr *self, CsvcFeelReadFunc func, gpointer data)
{
  g_return_if_fail (self != NULL && func != NULL);

  for (guint i = 0; i < self->n_nodes; i++)
    {
      const FeelNode *node = &self->nodes[i];

      if (reads_fact (node))
        func (data, (CsvcNameKind) node->kind, node->slot, node->value.u.s, NULL);
      else if (node->op == FEEL_OP_HOST)
        func (data, CSVC_NAME_HOST, 0, node->value.u.s, self->nodes[node->a].value.u.s);
      else if (_csvc_feel_reads_clock (node))
        func (data, CSVC_NAME_NOW, 0, node->value.u.s, NULL);
    }
}

/* ---- Cells as intervals ---- */

static gboolean
is_constant (const CsvcExpr *self, guint index)
{
  return index == 0 || self->nodes[index].op == FEEL_OP_CONSTANT;
}

static const CsvcValue *
constant_of (const CsvcExpr *self, guint index)
{
  return index != 0 ? &self->nodes[index].value : NULL;
}

static void
add_interval (GArray *intervals, const CsvcValue *low, gboolean open_low, const CsvcValue *high, gboolean open_high)
{
  const CsvcFeelInterval interval = { low, high, open_low, open_high };

  g_array_append_val (intervals, interval);
}

static void
add_relation (GArray *intervals, FeelRelation relation, const CsvcValue *value)
{
  switch (relation)
    {
    case FEEL_EQUAL:
      add_interval (intervals, value, FALSE, value, FALSE);
      break;
    case FEEL_NOT_EQUAL:
      add_interval (intervals, NULL, FALSE, value, TRUE);
      add_interval (intervals, value, TRUE, NULL, FALSE);
      break;
    case FEEL_LESS:
    case FEEL_LESS_EQUAL:
      add_interval (intervals, NULL, FALSE, value, relation == FEEL_LESS);
      break;
    case FEEL_GREATER:
    case FEEL_GREATER_EQUAL:
      add_interval (intervals, value, relation == FEEL_GREATER, NULL, FALSE);
      break;
    }
}

static gboolean add_tests (const CsvcExpr *self, guint first, GArray *intervals);

static gboolean
add_test (const CsvcExpr *self, guint index, GArray *intervals)
{
  const FeelNode *node = &self->nodes[index];

  if (node->ask)
    return FALSE;
  switch ((FeelOp) node->op)
    {
    case FEEL_OP_CONSTANT:
      add_interval (intervals, &node->value, FALSE, &node->value, FALSE);
      return TRUE;
    case FEEL_OP_TEST:
      if (!is_constant (self, node->a) || (node->relation == FEEL_NOT_EQUAL && self->nodes[node->a].value.type == CSVC_TYPE_ENUM))
        return FALSE;
      add_relation (intervals, (FeelRelation) node->relation, constant_of (self, node->a));
      return TRUE;
    case FEEL_OP_RANGE:
      if (!is_constant (self, node->a) || !is_constant (self, node->b))
        return FALSE;
      add_interval (intervals, constant_of (self, node->a), node->open_low, constant_of (self, node->b), node->open_high);
      return TRUE;
    case FEEL_OP_LIST:
      return add_tests (self, node->a, intervals);
    default:
      return FALSE;
    }
}

static gboolean
add_tests (const CsvcExpr *self, guint first, GArray *intervals)
{
  for (guint i = first; i != 0; i = self->nodes[i].next)
    if (!add_test (self, i, intervals))
      return FALSE;
  return TRUE;
}

gboolean
_csvc_expr_get_intervals (const CsvcExpr *cell, GArray *intervals, gboolean *negated)
{
  const FeelNode *root;
  guint before;

  g_return_val_if_fail (cell != NULL && intervals != NULL && negated != NULL, FALSE);

  root = &cell->nodes[cell->root];
  before = intervals->len;
  g_return_val_if_fail (root->op == FEEL_OP_CELL, FALSE);
  if (!add_tests (cell, root->a, intervals))
    {
      g_array_set_size (intervals, before);
      return FALSE;
    }
  *negated = root->a == 0 || root->open_low;
  return TRUE;
}
