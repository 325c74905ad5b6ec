/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/compiler.h"

#include <string.h>

/* Gives each node its type, from the leaves up, and makes names and calls what they stand for.
 * A node whose fault was reported has type UNKNOWN, which fits everywhere, so that one fault
 * is told once. */

#define MAX_WORDS_TOLD 12

static CsvcType check (FeelCompiler *self, guint index);

/* ---- How things are called in messages ---- */

/* (transfer full): "the fact "arpu" (number)", "12 (number)", "a boolean" */
static char *
describe (const FeelNode *node)
{
  const char *type = csvc_type_to_string ((CsvcType) node->type);
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

/* ---- Names and calls ---- */

static void
unknown_name (FeelCompiler *self, const FeelNode *node)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *hint = NULL;

  for (guint i = 0; i < self->scope->n_names; i++)
    g_ptr_array_add (names, (gpointer) self->scope->names[i].name);
  g_ptr_array_add (names, NULL);
  hint = _csvc_suggest (node->value.u.s, (const char *const *) names->pdata);
  _csvc_feel_fault (self, 301, node->column, "the name of a declared fact", hint, "no fact \"%s\"", node->value.u.s);
}

static void
check_name (FeelCompiler *self, FeelNode *node)
{
  for (guint i = 0; i < self->scope->n_names; i++)
    {
      const CsvcName *name = &self->scope->names[i];

      if (strcmp (name->name, node->value.u.s) != 0)
        continue;
      node->op = FEEL_OP_FACT;
      node->kind = (guint8) name->kind;
      node->slot = name->slot;
      node->type = (guint8) name->type;
      node->words = name->words;
      return;
    }
  unknown_name (self, node);
}

/* The argument of In and entries, a state's id as a string literal. */
static void
check_state (FeelCompiler *self, FeelNode *call, FeelOp op, CsvcType type)
{
  const FeelNode *argument = _csvc_feel_node (self, call->a);
  const char *const *states = self->scope->states;
  const char *function = call->value.u.s;
  g_autofree char *hint = NULL;

  call->type = (guint8) type;
  if (states == NULL)
    {
      _csvc_feel_fault (self, 314, call->column, NULL, NULL, "%s asks about a state, and there is no case here", function);
      return;
    }
  if (argument->op != FEEL_OP_CONSTANT || argument->value.type != CSVC_TYPE_STRING || argument->next != 0)
    {
      _csvc_feel_fault (self, 310, call->column, "the id of one state in quotes", "write it as in In (\"open\")",
                        "%s has another argument", function);
      return;
    }
  for (guint i = 0; states[i] != NULL; i++)
    if (strcmp (states[i], argument->value.u.s) == 0)
      {
        call->op = (guint8) op;
        call->slot = i;
        return;
      }
  hint = _csvc_suggest (argument->value.u.s, states);
  _csvc_feel_fault (self, 313, argument->column, "a state of this lifecycle", hint, "no state \"%s\"", argument->value.u.s);
}

static void
check_is_defined (FeelCompiler *self, FeelNode *call)
{
  const FeelNode *argument = _csvc_feel_node (self, call->a);

  call->type = CSVC_TYPE_BOOLEAN;
  if (call->a == 0 || argument->op != FEEL_OP_NAME || argument->next != 0)
    {
      _csvc_feel_fault (self, 310, call->column, "the name of one fact", NULL, "is defined has another argument");
      return;
    }
  check (self, call->a);
  call->op = FEEL_OP_IS_DEFINED;
}

static void
check_call (FeelCompiler *self, FeelNode *call)
{
  static const char *const functions[] = { "In", "entries", "is defined", "not", NULL };
  const char *name = call->value.u.s;
  g_autofree char *hint = NULL;

  if (strcmp (name, "In") == 0)
    check_state (self, call, FEEL_OP_IN_STATE, CSVC_TYPE_BOOLEAN);
  else if (strcmp (name, "entries") == 0)
    check_state (self, call, FEEL_OP_ENTRIES, CSVC_TYPE_NUMBER);
  else if (strcmp (name, "is defined") == 0)
    check_is_defined (self, call);
  else
    {
      hint = _csvc_suggest (name, functions);
      _csvc_feel_fault (self, 308, call->column, "In, entries, is defined or not", hint,
                        "the function \"%s\" is outside the subset read here", name);
      for (guint i = call->a; i != 0; i = _csvc_feel_node (self, i)->next)
        check (self, i);
    }
}

/* ---- Enums ---- */

static gboolean
same_words (const char *const *a, const char *const *b)
{
  return a == b || (a != NULL && b != NULL && g_strv_equal (a, b));
}

/* Makes a string literal the word that it spells, also inside if. */
static void
adopt (FeelCompiler *self, guint index, const char *const *words)
{
  FeelNode *node = _csvc_feel_node (self, index);
  g_autofree char *expected = NULL, *hint = NULL;

  if (node->type != CSVC_TYPE_STRING || words == NULL)
    return;
  if (node->op == FEEL_OP_IF)
    {
      adopt (self, node->b, words);
      adopt (self, node->c, words);
      node->type = MAX (_csvc_feel_node (self, node->b)->type, _csvc_feel_node (self, node->c)->type);
      node->words = words;
      return;
    }
  if (node->op != FEEL_OP_CONSTANT)
    return;
  node->type = CSVC_TYPE_ENUM;
  node->value.type = CSVC_TYPE_ENUM;
  node->words = words;
  for (guint i = 0; words[i] != NULL; i++)
    if (strcmp (words[i], node->value.u.s) == 0)
      {
        node->value.index = (gint32) i;
        return;
      }
  expected = list_words (words);
  hint = _csvc_suggest (node->value.u.s, words);
  _csvc_feel_fault (self, 312, node->column, expected, hint, "\"%s\" is not in the list of words", node->value.u.s);
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
  g_autofree char *left = describe (a), *right = describe (b), *expected = NULL;

  if (a->type != b->type)
    expected = g_strdup_printf ("a value of type %s", csvc_type_to_string ((CsvcType) a->type));
  else
    expected = list_words (a->words);
  _csvc_feel_fault (self, 309, b->column, expected, hint_for_types ((CsvcType) a->type, (CsvcType) b->type),
                    "%s cannot be compared with %s", left, right);
}

/* Both are typed. Null may be compared with anything. FALSE when that made a fault. */
static gboolean
match (FeelCompiler *self, guint left, guint right)
{
  FeelNode *a = _csvc_feel_node (self, left), *b = _csvc_feel_node (self, right);

  if (a->type == CSVC_TYPE_ENUM)
    adopt (self, right, a->words);
  else if (b->type == CSVC_TYPE_ENUM)
    adopt (self, left, b->words);
  if (a->type == CSVC_TYPE_UNKNOWN || b->type == CSVC_TYPE_UNKNOWN || a->type == CSVC_TYPE_NULL ||
      b->type == CSVC_TYPE_NULL)
    return TRUE;
  if (a->type == b->type && (a->type != CSVC_TYPE_ENUM || same_words (a->words, b->words)))
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
      is_temporal ((CsvcType) node->type))
    return;
  what = describe (node);
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

  if (a->op != FEEL_OP_CONSTANT || b->op != FEEL_OP_CONSTANT || a->value.type != b->value.type)
    return;
  if (_csvc_value_compare (&a->value, &b->value) >= (open ? 0 : 1))
    _csvc_diagnostics_add (self->diagnostics, 316, self->place, a->column, "the lower end first", NULL,
                           "no value lies between these ends");
}

static void
match_ends (FeelCompiler *self, guint left, const FeelNode *node, guint low, guint high)
{
  match_relation (self, left, FEEL_GREATER_EQUAL, low);
  match_relation (self, left, FEEL_LESS_EQUAL, high);
  check_ends (self, low, high, node->open_low || node->open_high);
}

/* ---- Operators ---- */

static void
check_boolean (FeelCompiler *self, guint index, const char *where)
{
  CsvcType type = check (self, index);
  const FeelNode *node = _csvc_feel_node (self, index);
  g_autofree char *what = NULL;

  if (type == CSVC_TYPE_BOOLEAN || type == CSVC_TYPE_NULL || type == CSVC_TYPE_UNKNOWN)
    return;
  what = describe (node);
  _csvc_feel_fault (self, 310, node->column, "a condition, which is true or false", NULL, "%s stands %s", what, where);
}

static void
check_joined (FeelCompiler *self, FeelNode *node)
{
  const char *where = node->op == FEEL_OP_AND ? "beside and" : "beside or";

  node->type = CSVC_TYPE_BOOLEAN;
  for (guint i = node->a; i != 0; i = _csvc_feel_node (self, i)->next)
    check_boolean (self, i, where);
}

/* One test of in, against the value on its left. */
static void
check_test (FeelCompiler *self, guint left, guint index)
{
  FeelNode *test = _csvc_feel_node (self, index);

  switch ((FeelOp) test->op)
    {
    case FEEL_OP_TEST:
      check (self, test->a);
      match_relation (self, left, (FeelRelation) test->relation, test->a);
      break;
    case FEEL_OP_RANGE:
      check (self, test->a);
      check (self, test->b);
      match_ends (self, left, test, test->a, test->b);
      break;
    case FEEL_OP_LIST:
      for (guint i = test->a; i != 0; i = _csvc_feel_node (self, i)->next)
        {
          check (self, i);
          match (self, left, i);
        }
      break;
    default:
      check (self, index);
      match (self, left, index);
    }
}

static void
check_in (FeelCompiler *self, FeelNode *node)
{
  node->type = CSVC_TYPE_BOOLEAN;
  check (self, node->a);
  for (guint i = node->b; i != 0; i = _csvc_feel_node (self, i)->next)
    check_test (self, node->a, i);
}

static void
check_between (FeelCompiler *self, FeelNode *node)
{
  node->type = CSVC_TYPE_BOOLEAN;
  check (self, node->a);
  check (self, node->b);
  check (self, node->c);
  match_ends (self, node->a, node, node->b, node->c);
}

static void
check_if (FeelCompiler *self, FeelNode *node)
{
  const FeelNode *yes, *no;

  check_boolean (self, node->a, "after if");
  check (self, node->b);
  check (self, node->c);
  if (!match (self, node->b, node->c))
    return;
  yes = _csvc_feel_node (self, node->b);
  no = _csvc_feel_node (self, node->c);
  /* UNKNOWN and NULL come before the types proper, so the larger one is the one that says something. */
  node->type = MAX (yes->type, no->type);
  node->words = yes->words != NULL ? yes->words : no->words;
}

static void
check_compare (FeelCompiler *self, FeelNode *node)
{
  node->type = CSVC_TYPE_BOOLEAN;
  check (self, node->a);
  check (self, node->b);
  match_relation (self, node->a, (FeelRelation) node->relation, node->b);
}

static void
refuse_test (FeelCompiler *self, const FeelNode *node)
{
  _csvc_feel_fault (self, 308, node->column, "a range or list only after in", NULL,
                    "a %s that stands for itself is outside the subset read here",
                    node->op == FEEL_OP_LIST ? "list" : node->op == FEEL_OP_RANGE ? "range" : "test");
}

static CsvcType
check (FeelCompiler *self, guint index)
{
  FeelNode *node = _csvc_feel_node (self, index);

  switch ((FeelOp) node->op)
    {
    case FEEL_OP_CONSTANT:
      node->type = node->value.type;
      break;
    case FEEL_OP_NAME:
      check_name (self, node);
      break;
    case FEEL_OP_CALL:
      check_call (self, node);
      break;
    case FEEL_OP_NOT:
      node->type = CSVC_TYPE_BOOLEAN;
      check_boolean (self, node->a, "in not (…)");
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
    case FEEL_OP_IF:
      check_if (self, node);
      break;
    case FEEL_OP_TEST:
    case FEEL_OP_RANGE:
    case FEEL_OP_LIST:
      refuse_test (self, node);
      break;
    case FEEL_OP_FAULT:
    case FEEL_OP_FACT:
    case FEEL_OP_IN_STATE:
    case FEEL_OP_ENTRIES:
    case FEEL_OP_IS_DEFINED:
      break;
    }
  return (CsvcType) node->type;
}

void
_csvc_feel_check (FeelCompiler *self, guint root, CsvcType wanted, const char *const *words)
{
  CsvcType type = check (self, root);
  const FeelNode *node = _csvc_feel_node (self, root);
  g_autofree char *expected = NULL, *what = NULL;

  if (wanted == CSVC_TYPE_ENUM)
    {
      adopt (self, root, words);
      type = (CsvcType) node->type;
    }
  if (wanted == CSVC_TYPE_UNKNOWN || type == CSVC_TYPE_UNKNOWN)
    return;
  if (type == wanted && (type != CSVC_TYPE_ENUM || same_words (node->words, words)))
    return;
  /* A fact may be set to null, but nothing is decided by it. */
  if (type == CSVC_TYPE_NULL && wanted != CSVC_TYPE_BOOLEAN)
    return;
  what = describe (node);
  expected = wanted == CSVC_TYPE_ENUM && words != NULL ? list_words (words)
                                                       : g_strdup_printf ("a %s", csvc_type_to_string (wanted));
  _csvc_feel_fault (self, 310, node->column, expected, NULL, "the expression is %s", what);
}
