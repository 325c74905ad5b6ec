/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/check.h"

#include <string.h>

/* Gives each node its type, from the leaves up, and makes names and calls what they stand for.
 * A node whose fault was reported has type UNKNOWN, which is any and fits everywhere, so that one fault
 * is told once. In a dmn scope types that do not match are no fault: the value is null then. */

#define MAX_WORDS_TOLD 12

/* ---- How things are called in messages ---- */

/* (transfer full): "the fact "arpu" (number)", "12 (number)", "a boolean" */
char *
_csvc_feel_describe (const FeelNode *node)
{
  const char *type = node->type == CSVC_TYPE_UNKNOWN ? "value" : csvc_type_to_string ((CsvcType) node->type);
  g_autofree char *text = NULL;

  if (node->op == FEEL_OP_FACT)
    return g_strdup_printf ("the fact \"%s\" (%s)", node->value.u.s, type);
  if (node->op != FEEL_OP_CONSTANT)
    return g_strdup_printf ("%s %s", node->type == CSVC_TYPE_ENUM ? "an" : "a", type);
  text = csvc_value_to_string (&node->value);
  if (node->type == CSVC_TYPE_STRING || node->type == CSVC_TYPE_ENUM)
    return g_strdup_printf ("\"%s\" (%s)", text, type);
  return g_strdup_printf ("%s (%s)", text, type);
}

/* (transfer full): "one of a, b, c" */
static char *
list_words (const char *const *words)
{
  GString *out = g_string_new ("one of ");

  for (guint i = 0; words[i] != NULL && i < MAX_WORDS_TOLD; i++)
    g_string_append_printf (out, "%s%s", i > 0 ? ", " : "", words[i]);
  if (g_strv_length ((GStrv) words) > MAX_WORDS_TOLD)
    g_string_append (out, ", …");
  return g_string_free (out, FALSE);
}

static const CsvcFeelType *
plain (CsvcType type)
{
  return _csvc_feel_type_plain (type);
}

const CsvcFeelType *
_csvc_feel_set_type (FeelNode *node, const CsvcFeelType *type)
{
  node->full = type;
  node->type = type != NULL ? (guint8) type->type : CSVC_TYPE_UNKNOWN;
  return type;
}

static gboolean
is_strict (const FeelCompiler *self)
{
  return !self->scope->dmn;
}

static const char *const *
words_of (const FeelNode *node)
{
  return node->type == CSVC_TYPE_ENUM && node->full != NULL ? node->full->words : NULL;
}

/* ---- Locals ---- */

guint
_csvc_feel_push (FeelCompiler *self, const FeelNode *node, const char *name, const CsvcFeelType *type, gboolean is_item)
{
  FeelLocal local = { name, type, is_item };

  if (self->locals->len >= FEEL_MAX_LOCALS)
    {
      _csvc_feel_fault (self, 315, node->column, NULL, "split it, or use a table", "the expression binds more than %u names at once",
                        FEEL_MAX_LOCALS);
      return 0;
    }
  g_array_append_val (self->locals, local);
  self->n_locals = MAX (self->n_locals, self->locals->len);
  return self->locals->len - 1;
}

void
_csvc_feel_pop (FeelCompiler *self, guint height)
{
  g_array_set_size (self->locals, MIN (height, self->locals->len));
}

/* Is @name a local, or a member of a filter's item? Such items as may have it are noted in *@candidate, and the search goes on. */
static gboolean
find_local (FeelCompiler *self, FeelNode *node, const char *name, gint *candidate)
{
  for (guint i = self->locals->len; i-- > 0;)
    {
      const FeelLocal *local = &g_array_index (self->locals, FeelLocal, i);
      const CsvcFeelType *member;

      if (local->name != NULL && strcmp (local->name, name) == 0)
        {
          node->op = FEEL_OP_LOCAL;
          node->slot = i;
          _csvc_feel_set_type (node, local->type);
          return TRUE;
        }
      if (!local->is_item)
        continue;
      member = local->type != NULL && local->type->type == CSVC_TYPE_CONTEXT ? _csvc_feel_type_member (local->type, name) : NULL;
      if (member != NULL)
        {
          node->op = FEEL_OP_MEMBER;
          node->c = (guint16) i;
          node->relation = FEEL_FALLBACK_NULL;
          _csvc_feel_set_type (node, member);
          return TRUE;
        }
      if (*candidate < 0 && (local->type == NULL || local->type->type == CSVC_TYPE_UNKNOWN ||
                             (local->type->type == CSVC_TYPE_CONTEXT && local->type->n == 0)))
        *candidate = (gint) i;
    }
  return FALSE;
}

/* ---- Names ---- */

static void
unknown_name (FeelCompiler *self, const FeelNode *node)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *hint = NULL;

  for (guint i = 0; i < self->scope->n_names; i++)
    g_ptr_array_add (names, (gpointer) self->scope->names[i].name);
  for (guint i = 0; i < self->locals->len; i++)
    if (g_array_index (self->locals, FeelLocal, i).name != NULL)
      g_ptr_array_add (names, (gpointer) g_array_index (self->locals, FeelLocal, i).name);
  g_ptr_array_add (names, NULL);
  hint = _csvc_suggest (node->value.u.s, (const char *const *) names->pdata);
  _csvc_feel_fault (self, 301, node->column, "the name of a declared fact", hint, "no fact \"%s\"", node->value.u.s);
}

static gboolean
find_scope_name (FeelCompiler *self, FeelNode *node)
{
  for (guint i = self->scope->n_names; i-- > 0;)
    {
      const CsvcName *name = &self->scope->names[i];

      if (strcmp (name->name, node->value.u.s) != 0)
        continue;
      node->op = FEEL_OP_FACT;
      node->kind = (guint8) name->kind;
      node->slot = name->slot;
      if (name->full != NULL)
        _csvc_feel_set_type (node, name->full);
      else if (name->type == CSVC_TYPE_ENUM)
        _csvc_feel_set_type (node, _csvc_feel_type_enum (self->types, name->words));
      else
        _csvc_feel_set_type (node, plain (name->type));
      return TRUE;
    }
  return FALSE;
}

/* The name of a local or of the scope's. */
static gboolean
find_name (FeelCompiler *self, FeelNode *node)
{
  gint candidate = -1;
  gboolean found = find_local (self, node, node->value.u.s, &candidate) || find_scope_name (self, node);

  if (candidate < 0)
    return found;
  /* Whether the item has it is seen when it is there. */
  node->relation = !found ? FEEL_FALLBACK_NULL : node->op == FEEL_OP_LOCAL ? FEEL_FALLBACK_LOCAL : FEEL_FALLBACK_FACT;
  if (found && node->op == FEEL_OP_MEMBER)
    return TRUE;
  node->op = FEEL_OP_MEMBER;
  node->c = (guint16) candidate;
  _csvc_feel_set_type (node, NULL);
  return TRUE;
}

static void
check_name (FeelCompiler *self, FeelNode *node)
{
  guint builtin;

  if (find_name (self, node))
    return;
  if (_csvc_feel_find_builtin (node->value.u.s, &builtin))
    {
      node->op = FEEL_OP_BUILTIN;
      node->slot = builtin;
      _csvc_feel_set_type (node, plain (CSVC_TYPE_FUNCTION));
      return;
    }
  unknown_name (self, node);
}

gboolean
_csvc_feel_names_a_value (FeelCompiler *self, const FeelNode *call)
{
  FeelNode name = *call;
  guint builtin;

  if (!find_name (self, &name) || name.op == FEEL_OP_MEMBER)
    return FALSE;
  /* A fact may be called date, and date (…) is still FEEL's. */
  return name.type == CSVC_TYPE_FUNCTION || name.type == CSVC_TYPE_UNKNOWN || !_csvc_feel_find_builtin (call->value.u.s, &builtin);
}

/* ---- Enums ---- */

static gboolean
same_words (const char *const *a, const char *const *b)
{
  return a == b || (a != NULL && b != NULL && g_strv_equal (a, b));
}

static void
adopt_word (FeelCompiler *self, FeelNode *node, const CsvcFeelType *type)
{
  g_autofree char *expected = NULL, *hint = NULL;

  _csvc_feel_set_type (node, type);
  node->value.type = CSVC_TYPE_ENUM;
  for (guint i = 0; type->words[i] != NULL; i++)
    if (strcmp (type->words[i], node->value.u.s) == 0)
      {
        node->value.index = (gint32) i;
        return;
      }
  if (!is_strict (self))
    return;
  expected = list_words (type->words);
  hint = _csvc_suggest (node->value.u.s, type->words);
  _csvc_feel_fault (self, 312, node->column, expected, hint, "\"%s\" is not in the list of words", node->value.u.s);
}

/* Makes a string literal the word that it spells, also inside if. */
static void
adopt (FeelCompiler *self, guint index, const CsvcFeelType *type)
{
  FeelNode *node = _csvc_feel_node (self, index);
  const FeelNode *yes, *no;

  if (node->type != CSVC_TYPE_STRING || type == NULL || type->words == NULL)
    return;
  if (node->op == FEEL_OP_CONSTANT)
    adopt_word (self, node, type);
  if (node->op != FEEL_OP_IF)
    return;
  adopt (self, node->b, type);
  adopt (self, node->c, type);
  yes = _csvc_feel_node (self, node->b);
  no = _csvc_feel_node (self, node->c);
  _csvc_feel_set_type (node, yes->type > no->type ? yes->full : no->full);
}

/* ---- Two values side by side ---- */

static gboolean
is_duration (CsvcType type)
{
  return type == CSVC_TYPE_DAY_TIME_DURATION || type == CSVC_TYPE_YEAR_MONTH_DURATION;
}

static gboolean
is_temporal (CsvcType type)
{
  return type >= CSVC_TYPE_DATE && type <= CSVC_TYPE_YEAR_MONTH_DURATION;
}

static const char *
hint_for_types (CsvcType a, CsvcType b)
{
  if (is_duration (a) && is_duration (b))
    return "a month has no fixed number of days: say both in months, or both in days";
  if ((is_temporal (a) && b == CSVC_TYPE_STRING) || (a == CSVC_TYPE_STRING && is_temporal (b)))
    return "write @ before the text, as in @\"2026-03-01\"";
  if ((a == CSVC_TYPE_NUMBER && b == CSVC_TYPE_STRING) || (a == CSVC_TYPE_BOOLEAN && b == CSVC_TYPE_STRING))
    return "leave the quotes out";
  return NULL;
}

static void
different_types (FeelCompiler *self, const FeelNode *a, const FeelNode *b)
{
  g_autofree char *left = _csvc_feel_describe (a), *right = _csvc_feel_describe (b), *expected = NULL, *type = NULL;

  if (a->type == CSVC_TYPE_ENUM && b->type == CSVC_TYPE_ENUM)
    expected = list_words (words_of (a));
  else
    {
      type = _csvc_feel_type_to_string (a->full);
      expected = g_strdup_printf ("a value of type %s", type);
    }
  _csvc_feel_fault (self, 309, b->column, expected, hint_for_types ((CsvcType) a->type, (CsvcType) b->type),
                    "%s cannot be compared with %s", left, right);
}

/* Both are typed. Null may be compared with anything. FALSE when that made a fault. */
static gboolean
match (FeelCompiler *self, guint left, guint right)
{
  FeelNode *a = _csvc_feel_node (self, left), *b = _csvc_feel_node (self, right);

  if (a->type == CSVC_TYPE_ENUM)
    adopt (self, right, a->full);
  else if (b->type == CSVC_TYPE_ENUM)
    adopt (self, left, b->full);
  if (_csvc_feel_type_fit (a->full, b->full) || !is_strict (self))
    return TRUE;
  different_types (self, a, b);
  return FALSE;
}

static void
check_order (FeelCompiler *self, guint index)
{
  const FeelNode *node = _csvc_feel_node (self, index);
  g_autofree char *what = NULL;

  if (node->type == CSVC_TYPE_UNKNOWN || node->type == CSVC_TYPE_NUMBER || node->type == CSVC_TYPE_STRING ||
      is_temporal ((CsvcType) node->type) || !is_strict (self))
    return;
  what = _csvc_feel_describe (node);
  _csvc_feel_fault (self, 311, node->column, "a number, string, date, time or duration", "only = and != compare these",
                    "%s has no order", what);
}

static void
match_relation (FeelCompiler *self, guint left, FeelRelation relation, guint right)
{
  if (!match (self, left, right) || relation <= FEEL_NOT_EQUAL)
    return;
  check_order (self, left);
  /* Both are of one type now, unless one is null: one fault is enough. */
  if (_csvc_feel_node (self, right)->type != _csvc_feel_node (self, left)->type)
    check_order (self, right);
}

static void
check_ends (FeelCompiler *self, guint low, guint high, gboolean open)
{
  const FeelNode *a = _csvc_feel_node (self, low), *b = _csvc_feel_node (self, high);
  int order;

  if (a->op != FEEL_OP_CONSTANT || b->op != FEEL_OP_CONSTANT || !_csvc_feel_order (&a->value, &b->value, &order))
    return;
  if (order >= (open ? 0 : 1))
    _csvc_diagnostics_add (self->diagnostics, 316, self->place, a->column, "the lower end first", NULL,
                           "no value lies between these ends");
}

static void
match_ends (FeelCompiler *self, guint left, const FeelNode *node, guint low, guint high)
{
  if (low != 0)
    match_relation (self, left, FEEL_GREATER_EQUAL, low);
  if (high != 0)
    match_relation (self, left, FEEL_LESS_EQUAL, high);
  if (low != 0 && high != 0)
    check_ends (self, low, high, node->open_low || node->open_high);
}

/* ---- Operators ---- */

void
_csvc_feel_check_boolean (FeelCompiler *self, guint index, const char *where)
{
  const CsvcFeelType *type = _csvc_feel_check_node (self, index);
  const FeelNode *node = _csvc_feel_node (self, index);
  g_autofree char *what = NULL;

  if (!is_strict (self) || _csvc_feel_type_fit (type, plain (CSVC_TYPE_BOOLEAN)))
    return;
  what = _csvc_feel_describe (node);
  _csvc_feel_fault (self, 310, node->column, "a condition, which is true or false", NULL, "%s stands %s", what, where);
}

static void
check_joined (FeelCompiler *self, FeelNode *node)
{
  const char *where = node->op == FEEL_OP_AND ? "beside and" : "beside or";

  for (guint i = node->a; i != 0; i = _csvc_feel_node (self, i)->next)
    _csvc_feel_check_boolean (self, i, where);
}

/* A value as a test: equal to it, one of a list, or in a range. */
static void
check_value_test (FeelCompiler *self, guint left, guint index)
{
  const CsvcFeelType *type = _csvc_feel_check_node (self, index), *item;
  const FeelNode *x = _csvc_feel_node (self, left), *test = _csvc_feel_node (self, index);

  if (type == NULL || (type->type != CSVC_TYPE_LIST && type->type != CSVC_TYPE_RANGE) || x->type == type->type)
    {
      match (self, left, index);
      return;
    }
  item = type->item;
  if (item != NULL && item->type == CSVC_TYPE_RANGE && x->type != CSVC_TYPE_RANGE)
    item = item->item;
  if (is_strict (self) && !_csvc_feel_type_fit (x->full, item) && x->type != CSVC_TYPE_ENUM)
    different_types (self, x, test);
}

/* A test in a cell that may be a condition on ? instead of a value. */
static gboolean
is_asking (FeelCompiler *self, guint index, guint depth)
{
  const FeelNode *node = _csvc_feel_node (self, index);

  if (node->op == FEEL_OP_INPUT)
    return TRUE;
  if (index == 0 || depth > FEEL_MAX_HEIGHT)
    return FALSE;
  for (guint k = 0; k < 3; k++)
    for (guint i = k == 0 ? node->a : k == 1 ? node->b : node->c; i != 0; i = _csvc_feel_node (self, i)->next)
      if (node->op != FEEL_OP_MEMBER && is_asking (self, i, depth + 1))
        return TRUE;
  return FALSE;
}

/* A bare word of the input's list, in a cell of a policy. */
static void
adopt_bare_word (FeelCompiler *self, guint left, guint index)
{
  FeelNode *test = _csvc_feel_node (self, index);
  const FeelNode *input = _csvc_feel_node (self, left);
  const char *const *words = words_of (input);

  if (!self->is_cell || !is_strict (self) || words == NULL || test->op != FEEL_OP_NAME || input->op != FEEL_OP_INPUT ||
      !g_strv_contains (words, test->value.u.s))
    return;
  test->op = FEEL_OP_CONSTANT;
}

static void
check_list_test (FeelCompiler *self, guint left, FeelNode *test)
{
  for (guint i = test->a; i != 0; i = _csvc_feel_node (self, i)->next)
    {
      adopt_bare_word (self, left, i);
      check_value_test (self, left, i);
    }
  _csvc_feel_set_type (test, plain (CSVC_TYPE_LIST));
}

/* One test of in or of a cell, against the value on its left. */
static void
check_test (FeelCompiler *self, guint left, guint index)
{
  FeelNode *test = _csvc_feel_node (self, index);

  switch ((FeelOp) test->op)
    {
    case FEEL_OP_TEST:
      adopt_bare_word (self, left, test->a);
      _csvc_feel_check_node (self, test->a);
      match_relation (self, left, (FeelRelation) test->relation, test->a);
      break;
    case FEEL_OP_RANGE:
      _csvc_feel_check_node (self, test->a);
      _csvc_feel_check_node (self, test->b);
      match_ends (self, left, test, test->a, test->b);
      break;
    case FEEL_OP_LIST:
      check_list_test (self, left, test);
      break;
    default:
      adopt_bare_word (self, left, index);
      check_value_test (self, left, index);
    }
}

static void
check_in (FeelCompiler *self, FeelNode *node)
{
  _csvc_feel_check_node (self, node->a);
  for (guint i = node->b; i != 0; i = _csvc_feel_node (self, i)->next)
    check_test (self, node->a, i);
}

static void
check_between (FeelCompiler *self, FeelNode *node)
{
  _csvc_feel_check_node (self, node->a);
  _csvc_feel_check_node (self, node->b);
  _csvc_feel_check_node (self, node->c);
  match_ends (self, node->a, node, node->b, node->c);
}

static const CsvcFeelType *
check_if (FeelCompiler *self, FeelNode *node)
{
  const CsvcFeelType *yes, *no;

  _csvc_feel_check_boolean (self, node->a, "after if");
  _csvc_feel_check_node (self, node->b);
  _csvc_feel_check_node (self, node->c);
  if (!match (self, node->b, node->c))
    return NULL;
  yes = _csvc_feel_node (self, node->b)->full;
  no = _csvc_feel_node (self, node->c)->full;
  return _csvc_feel_type_join (yes, no);
}

static void
check_compare (FeelCompiler *self, FeelNode *node)
{
  _csvc_feel_check_node (self, node->a);
  _csvc_feel_check_node (self, node->b);
  match_relation (self, node->a, (FeelRelation) node->relation, node->b);
}

static void
refuse_test (FeelCompiler *self, const FeelNode *node)
{
  _csvc_feel_fault (self, 302, node->column, "a value", NULL, "a test stands where no value is tested");
}

static void
check_cell (FeelCompiler *self, FeelNode *cell)
{
  guint input = cell->b;

  _csvc_feel_check_node (self, input);
  for (guint i = cell->a; i != 0; i = _csvc_feel_node (self, i)->next)
    {
      FeelNode *test = _csvc_feel_node (self, i);

      if (test->op == FEEL_OP_TEST || test->op == FEEL_OP_RANGE || !is_asking (self, i, 0))
        check_test (self, input, i);
      else
        {
          _csvc_feel_check_node (self, i);
          /* ? alone is compared with itself, a value made from it too: only conditions are asked. */
          test->ask = test->type == CSVC_TYPE_BOOLEAN || test->type == CSVC_TYPE_UNKNOWN;
          if (!test->ask)
            match (self, input, i);
        }
    }
}

static CsvcFeelType const *
check_plain (FeelCompiler *self, FeelNode *node)
{
  switch ((FeelOp) node->op)
    {
    case FEEL_OP_NOT:
      _csvc_feel_check_boolean (self, node->a, "in not (…)");
      break;
    case FEEL_OP_AND:
    case FEEL_OP_OR:
      check_joined (self, node);
      break;
    case FEEL_OP_COMPARE:
      check_compare (self, node);
      break;
    case FEEL_OP_BETWEEN:
      check_between (self, node);
      break;
    case FEEL_OP_IN:
      check_in (self, node);
      break;
    case FEEL_OP_CELL:
      check_cell (self, node);
      break;
    case FEEL_OP_INSTANCE:
      _csvc_feel_check_node (self, node->a);
      break;
    default:
      g_return_val_if_reached (NULL);
    }
  return _csvc_feel_set_type (node, plain (CSVC_TYPE_BOOLEAN));
}

const CsvcFeelType *
_csvc_feel_check_node (FeelCompiler *self, guint index)
{
  FeelNode *node = _csvc_feel_node (self, index);

  switch ((FeelOp) node->op)
    {
    case FEEL_OP_CONSTANT:
      if (node->type == CSVC_TYPE_UNKNOWN)
        _csvc_feel_set_type (node, plain ((CsvcType) node->value.type));
      break;
    case FEEL_OP_NAME:
      check_name (self, node);
      break;
    case FEEL_OP_INPUT:
      _csvc_feel_set_type (node, self->input);
      break;
    case FEEL_OP_NOT:
    case FEEL_OP_AND:
    case FEEL_OP_OR:
    case FEEL_OP_COMPARE:
    case FEEL_OP_BETWEEN:
    case FEEL_OP_IN:
    case FEEL_OP_CELL:
    case FEEL_OP_INSTANCE:
      check_plain (self, node);
      break;
    case FEEL_OP_IF:
      _csvc_feel_set_type (node, check_if (self, node));
      break;
    case FEEL_OP_TEST:
      refuse_test (self, node);
      break;
    case FEEL_OP_CALL:
      _csvc_feel_check_call (self, index);
      break;
    case FEEL_OP_FAULT:
      break;
    default:
      _csvc_feel_check_value (self, index);
    }
  return _csvc_feel_node (self, index)->full;
}

static gboolean
check_wanted (FeelCompiler *self, guint root, const CsvcFeelType *wanted)
{
  const FeelNode *node = _csvc_feel_node (self, root);

  if (wanted->type == CSVC_TYPE_ENUM)
    adopt (self, root, wanted);
  /* A fact may be set to null, but nothing is decided by it. */
  if (node->type == CSVC_TYPE_NULL)
    return wanted->type != CSVC_TYPE_BOOLEAN;
  return _csvc_feel_type_fit (node->full, wanted) &&
         (wanted->type != CSVC_TYPE_ENUM || node->type != CSVC_TYPE_ENUM || same_words (words_of (node), wanted->words));
}

/* Checking adds a node to some calls: room for them now keeps all pointers to nodes good. */
static void
reserve (FeelCompiler *self)
{
  guint n = self->nodes->len, calls = 0;

  for (guint i = 0; i < n; i++)
    calls += _csvc_feel_node (self, i)->op == FEEL_OP_CALL ? 1 + FEEL_MAX_PARAMETERS : 0;
  g_array_set_size (self->nodes, n + calls);
  g_array_set_size (self->nodes, n);
}

void
_csvc_feel_check (FeelCompiler *self, guint root, const CsvcFeelType *wanted)
{
  const FeelNode *node;
  g_autofree char *expected = NULL, *what = NULL, *type = NULL;

  reserve (self);
  _csvc_feel_check_node (self, root);
  if (wanted == NULL || wanted->type == CSVC_TYPE_UNKNOWN || !is_strict (self) || check_wanted (self, root, wanted))
    return;
  node = _csvc_feel_node (self, root);
  what = _csvc_feel_describe (node);
  type = _csvc_feel_type_to_string (wanted);
  expected = wanted->type == CSVC_TYPE_ENUM && wanted->words != NULL ? list_words (wanted->words) : g_strdup_printf ("a %s", type);
  _csvc_feel_fault (self, 310, node->column, expected, NULL, "the expression is %s", what);
}
