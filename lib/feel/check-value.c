/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/check.h"

#include <string.h>

/* The types of what makes values: arithmetic, lists, contexts, paths, filters, loops, functions. */

static const CsvcFeelType *
plain (CsvcType type)
{
  return _csvc_feel_type_plain (type);
}

static gboolean
is_any (const CsvcFeelType *type)
{
  return type == NULL || type->type == CSVC_TYPE_UNKNOWN;
}

static gboolean
is_null (const CsvcFeelType *type)
{
  return type != NULL && type->type == CSVC_TYPE_NULL;
}

/* ---- Arithmetic ---- */

/* One row for each pair of types that an operator takes. */
static const struct {
  guint8 op, a, b, result;
} sums[] = {
#define N CSVC_TYPE_NUMBER
#define S CSVC_TYPE_STRING
#define D CSVC_TYPE_DATE
#define T CSVC_TYPE_TIME
#define DT CSVC_TYPE_DATE_TIME
#define P CSVC_TYPE_DAY_TIME_DURATION
#define Y CSVC_TYPE_YEAR_MONTH_DURATION
  { FEEL_ADD, N, N, N },       { FEEL_ADD, S, S, S },      { FEEL_ADD, P, P, P },      { FEEL_ADD, Y, Y, Y },
  { FEEL_ADD, D, P, D },       { FEEL_ADD, P, D, D },      { FEEL_ADD, D, Y, D },      { FEEL_ADD, Y, D, D },
  { FEEL_ADD, DT, P, DT },     { FEEL_ADD, P, DT, DT },    { FEEL_ADD, DT, Y, DT },    { FEEL_ADD, Y, DT, DT },
  { FEEL_ADD, T, P, T },       { FEEL_ADD, P, T, T },      { FEEL_SUBTRACT, N, N, N }, { FEEL_SUBTRACT, P, P, P },
  { FEEL_SUBTRACT, Y, Y, Y },  { FEEL_SUBTRACT, D, D, P }, { FEEL_SUBTRACT, T, T, P }, { FEEL_SUBTRACT, DT, DT, P },
  { FEEL_SUBTRACT, D, DT, P }, { FEEL_SUBTRACT, DT, D, P }, { FEEL_SUBTRACT, D, P, D }, { FEEL_SUBTRACT, D, Y, D },
  { FEEL_SUBTRACT, DT, P, DT }, { FEEL_SUBTRACT, DT, Y, DT }, { FEEL_SUBTRACT, T, P, T },
  { FEEL_MULTIPLY, N, N, N },  { FEEL_MULTIPLY, N, P, P }, { FEEL_MULTIPLY, P, N, P }, { FEEL_MULTIPLY, N, Y, Y },
  { FEEL_MULTIPLY, Y, N, Y },  { FEEL_DIVIDE, N, N, N },   { FEEL_DIVIDE, P, N, P },   { FEEL_DIVIDE, Y, N, Y },
  { FEEL_DIVIDE, P, P, N },    { FEEL_DIVIDE, Y, Y, N },   { FEEL_POWER, N, N, N },
#undef N
#undef S
#undef D
#undef T
#undef DT
#undef P
#undef Y
};

/* The one result that is possible, NULL when there are several; *@possible: is there any? */
static const CsvcFeelType *
sum_type (FeelArithmetic op, const CsvcFeelType *a, const CsvcFeelType *b, gboolean *possible)
{
  CsvcType left = is_any (a) || is_null (a) ? CSVC_TYPE_UNKNOWN : a->type == CSVC_TYPE_ENUM ? CSVC_TYPE_STRING : a->type;
  CsvcType right = is_any (b) || is_null (b) ? CSVC_TYPE_UNKNOWN : b->type == CSVC_TYPE_ENUM ? CSVC_TYPE_STRING : b->type;
  const CsvcFeelType *result = NULL;
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (sums); i++)
    if (sums[i].op == op && (left == CSVC_TYPE_UNKNOWN || sums[i].a == left) && (right == CSVC_TYPE_UNKNOWN || sums[i].b == right))
      {
        n += n == 0 || result->type != (CsvcType) sums[i].result;
        result = plain ((CsvcType) sums[i].result);
      }
  *possible = n > 0;
  return n == 1 ? result : NULL;
}

static const char *
sum_hint (const FeelNode *a, const FeelNode *b, FeelArithmetic op)
{
  if (op == FEEL_ADD && (a->type == CSVC_TYPE_STRING) != (b->type == CSVC_TYPE_STRING))
    return "make a text of it with string (…)";
  if ((a->type == CSVC_TYPE_NUMBER) != (b->type == CSVC_TYPE_NUMBER) && op <= FEEL_SUBTRACT)
    return "write durations as in @\"P3D\" or @\"PT2H\"";
  return NULL;
}

static void
check_arithmetic (FeelCompiler *self, guint index)
{
  static const char *const verbs[] = { "added to", "subtracted from", "multiplied by", "divided by", "raised to the power of" };
  const FeelNode parent = *_csvc_feel_node (self, index);
  FeelArithmetic op = (FeelArithmetic) parent.relation;
  const CsvcFeelType *a = _csvc_feel_check_node (self, parent.a), *b = _csvc_feel_check_node (self, parent.b), *type;
  const FeelNode *left = _csvc_feel_node (self, parent.a), *right = _csvc_feel_node (self, parent.b);
  gboolean possible;

  type = sum_type (op, a, b, &possible);
  _csvc_feel_set_type (_csvc_feel_node (self, index), type);
  if (!possible && !self->scope->dmn)
    {
      g_autofree char *x = _csvc_feel_describe (op <= FEEL_SUBTRACT ? right : left);
      g_autofree char *y = _csvc_feel_describe (op <= FEEL_SUBTRACT ? left : right);

      _csvc_feel_fault (self, 309, parent.column, NULL, sum_hint (left, right, op), "%s cannot be %s %s", x, verbs[op], y);
    }
}

static void
check_negate (FeelCompiler *self, guint index)
{
  const CsvcFeelType *type = _csvc_feel_check_node (self, _csvc_feel_node (self, index)->a);
  FeelNode *node = _csvc_feel_node (self, index);
  g_autofree char *what = NULL;

  _csvc_feel_set_type (node, type);
  if (is_any (type) || is_null (type) || self->scope->dmn || type->type == CSVC_TYPE_NUMBER ||
      type->type == CSVC_TYPE_DAY_TIME_DURATION || type->type == CSVC_TYPE_YEAR_MONTH_DURATION)
    return;
  what = _csvc_feel_describe (_csvc_feel_node (self, node->a));
  _csvc_feel_fault (self, 310, node->column, "a number or a duration", NULL, "a minus stands before %s", what);
}

/* ---- Lists, ranges, contexts ---- */

static void
check_list (FeelCompiler *self, guint index)
{
  const CsvcFeelType *item = NULL;
  gboolean first = TRUE;

  for (guint i = _csvc_feel_node (self, index)->a; i != 0; i = _csvc_feel_node (self, i)->next)
    {
      const CsvcFeelType *type = _csvc_feel_check_node (self, i);

      item = first ? type : _csvc_feel_type_join (item, type);
      first = FALSE;
    }
  _csvc_feel_set_type (_csvc_feel_node (self, index), _csvc_feel_type_list (self->types, item));
}

static void
check_range (FeelCompiler *self, guint index)
{
  const FeelNode node = *_csvc_feel_node (self, index);
  const CsvcFeelType *low = node.a != 0 ? _csvc_feel_check_node (self, node.a) : NULL;
  const CsvcFeelType *high = node.b != 0 ? _csvc_feel_check_node (self, node.b) : NULL;
  g_autofree char *a = NULL, *b = NULL;

  _csvc_feel_set_type (_csvc_feel_node (self, index),
                       _csvc_feel_type_range (self->types, is_any (low) || is_null (low) ? high : low));
  if (self->scope->dmn || _csvc_feel_type_fit (low, high))
    return;
  a = _csvc_feel_describe (_csvc_feel_node (self, node.a));
  b = _csvc_feel_describe (_csvc_feel_node (self, node.b));
  _csvc_feel_fault (self, 309, node.column, "two ends of one type", NULL, "%s and %s are no ends of one range", a, b);
}

static void
check_context (FeelCompiler *self, guint index)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new (), types = g_ptr_array_new ();
  guint height = self->locals->len;

  for (guint i = _csvc_feel_node (self, index)->a; i != 0; i = _csvc_feel_node (self, i)->next)
    {
      const CsvcFeelType *type = _csvc_feel_check_node (self, _csvc_feel_node (self, i)->a);
      FeelNode *entry = _csvc_feel_node (self, i);

      for (guint k = 0; k < names->len; k++)
        if (strcmp (names->pdata[k], entry->value.u.s) == 0)
          _csvc_feel_fault (self, 302, entry->column, NULL, NULL, "the name \"%s\" stands twice in one context", entry->value.u.s);
      entry->slot = _csvc_feel_push (self, entry, entry->value.u.s, type, FALSE);
      g_ptr_array_add (names, entry->value.u.s);
      g_ptr_array_add (types, (gpointer) type);
    }
  _csvc_feel_pop (self, height);
  _csvc_feel_set_type (_csvc_feel_node (self, index),
                       _csvc_feel_type_context (self->types, names->len, (const char *const *) names->pdata,
                                                (const CsvcFeelType *const *) types->pdata));
}

/* ---- Paths and filters ---- */

/* The properties of values that are no contexts (DMN tables 53, 54). */
static const struct {
  const char *name;
  const char *of; /* letters as in builtin.h */
  CsvcType    type;
} properties[] = {
  { "year", "dD", CSVC_TYPE_NUMBER },
  { "month", "dD", CSVC_TYPE_NUMBER },
  { "day", "dD", CSVC_TYPE_NUMBER },
  { "weekday", "dD", CSVC_TYPE_NUMBER },
  { "hour", "dDt", CSVC_TYPE_NUMBER },
  { "minute", "dDt", CSVC_TYPE_NUMBER },
  { "second", "dDt", CSVC_TYPE_NUMBER },
  { "time offset", "dDt", CSVC_TYPE_DAY_TIME_DURATION },
  { "timezone", "dDt", CSVC_TYPE_STRING },
  { "years", "y", CSVC_TYPE_NUMBER },
  { "months", "y", CSVC_TYPE_NUMBER },
  { "days", "p", CSVC_TYPE_NUMBER },
  { "hours", "p", CSVC_TYPE_NUMBER },
  { "minutes", "p", CSVC_TYPE_NUMBER },
  { "seconds", "p", CSVC_TYPE_NUMBER },
  { "start", "R", CSVC_TYPE_UNKNOWN },
  { "end", "R", CSVC_TYPE_UNKNOWN },
  { "start included", "R", CSVC_TYPE_BOOLEAN },
  { "end included", "R", CSVC_TYPE_BOOLEAN },
};

static const CsvcFeelType *
find_property (const CsvcFeelType *type, const char *name)
{
  FeelParameter parameter = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (properties); i++)
    {
      parameter.letters = properties[i].of;
      parameter.letters_length = strlen (properties[i].of);
      if (strcmp (properties[i].name, name) != 0 || !_csvc_feel_parameter_takes (&parameter, type->type))
        continue;
      return properties[i].type != CSVC_TYPE_UNKNOWN ? plain (properties[i].type) : type->item != NULL ? type->item : plain (CSVC_TYPE_UNKNOWN);
    }
  return NULL;
}

static void
no_member (FeelCompiler *self, const FeelNode *node, const CsvcFeelType *type)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *hint = NULL, *what = _csvc_feel_type_to_string (type);

  for (guint i = 0; i < type->n && type->names != NULL; i++)
    g_ptr_array_add (names, (gpointer) type->names[i]);
  for (guint i = 0; i < G_N_ELEMENTS (properties) && type->type != CSVC_TYPE_CONTEXT; i++)
    if (find_property (type, properties[i].name) != NULL)
      g_ptr_array_add (names, (gpointer) properties[i].name);
  g_ptr_array_add (names, NULL);
  hint = _csvc_suggest (node->value.u.s, (const char *const *) names->pdata);
  _csvc_feel_fault (self, 301, node->column, NULL, hint, "%s has no member \"%s\"", what, node->value.u.s);
}

/* NULL: any. */
static const CsvcFeelType *
path_type (FeelCompiler *self, const FeelNode *node, const CsvcFeelType *type, guint depth)
{
  const CsvcFeelType *member;

  if (is_any (type) || is_null (type) || depth > 8 || (type->type == CSVC_TYPE_CONTEXT && type->n == 0))
    return NULL;
  if (type->type == CSVC_TYPE_LIST)
    return _csvc_feel_type_list (self->types, path_type (self, node, type->item, depth + 1));
  member = type->type == CSVC_TYPE_CONTEXT ? _csvc_feel_type_member (type, node->value.u.s) : find_property (type, node->value.u.s);
  if (member == NULL && !self->scope->dmn)
    no_member (self, node, type);
  return member;
}

static void
check_path (FeelCompiler *self, guint index)
{
  const CsvcFeelType *type = _csvc_feel_check_node (self, _csvc_feel_node (self, index)->a);
  FeelNode *node = _csvc_feel_node (self, index);

  _csvc_feel_set_type (node, path_type (self, node, type, 0));
}

static void
check_filter (FeelCompiler *self, guint index)
{
  FeelNode *node = _csvc_feel_node (self, index);
  guint height = self->locals->len, filter = node->b;
  const CsvcFeelType *list = _csvc_feel_check_node (self, node->a), *item, *type;
  g_autofree char *what = NULL;

  item = is_any (list) || is_null (list) ? NULL : list->type == CSVC_TYPE_LIST ? list->item : list;
  node = _csvc_feel_node (self, index);
  node->slot = _csvc_feel_push (self, node, "item", item, TRUE);
  type = _csvc_feel_check_node (self, filter);
  _csvc_feel_pop (self, height);
  node = _csvc_feel_node (self, index);
  if (is_any (type) || is_null (type))
    _csvc_feel_set_type (node, NULL);
  else if (type->type == CSVC_TYPE_NUMBER)
    _csvc_feel_set_type (node, item);
  else
    _csvc_feel_set_type (node, _csvc_feel_type_list (self->types, item));
  if (self->scope->dmn || is_any (type) || is_null (type) || type->type == CSVC_TYPE_NUMBER || type->type == CSVC_TYPE_BOOLEAN)
    return;
  what = _csvc_feel_describe (_csvc_feel_node (self, filter));
  _csvc_feel_fault (self, 310, _csvc_feel_node (self, filter)->column, "a condition on an item, or its place from 1", NULL,
                    "a filter is %s", what);
}

/* ---- Loops ---- */

static void
refuse_domain (FeelCompiler *self, const FeelNode *node)
{
  g_autofree char *what = _csvc_feel_describe (node);

  _csvc_feel_fault (self, 310, node->column, "a list, or two whole numbers or dates with .. between", NULL, "%s is nothing to go through", what);
}

/* What the name of an iterator is. */
static const CsvcFeelType *
check_domain (FeelCompiler *self, const FeelNode iterator)
{
  const CsvcFeelType *type = _csvc_feel_check_node (self, iterator.a);

  if (iterator.b != 0)
    {
      _csvc_feel_check_node (self, iterator.b);
      return type;
    }
  if (is_any (type) || is_null (type))
    return NULL;
  if (type->type == CSVC_TYPE_LIST || type->type == CSVC_TYPE_RANGE)
    return type->item;
  if (!self->scope->dmn)
    refuse_domain (self, _csvc_feel_node (self, iterator.a));
  return type;
}

static void
check_loop (FeelCompiler *self, guint index)
{
  FeelNode node = *_csvc_feel_node (self, index);
  guint height = self->locals->len;
  const CsvcFeelType *body;

  for (guint i = node.a; i != 0; i = _csvc_feel_node (self, i)->next)
    {
      const CsvcFeelType *type = check_domain (self, *_csvc_feel_node (self, i));
      FeelNode *iterator = _csvc_feel_node (self, i);

      iterator->slot = _csvc_feel_push (self, iterator, iterator->value.u.s, type, FALSE);
    }
  if (node.op != FEEL_OP_FOR)
    {
      _csvc_feel_check_boolean (self, node.b, "after satisfies");
      _csvc_feel_set_type (_csvc_feel_node (self, index), plain (CSVC_TYPE_BOOLEAN));
    }
  else
    {
      _csvc_feel_node (self, index)->slot = _csvc_feel_push (self, &node, "partial", plain (CSVC_TYPE_LIST), FALSE);
      body = _csvc_feel_check_node (self, node.b);
      _csvc_feel_set_type (_csvc_feel_node (self, index), _csvc_feel_type_list (self->types, body));
    }
  _csvc_feel_pop (self, height);
}

static void
check_function (FeelCompiler *self, guint index)
{
  FeelNode node = *_csvc_feel_node (self, index);
  g_autoptr (GPtrArray) names = g_ptr_array_new (), types = g_ptr_array_new ();
  guint height = self->locals->len;
  const CsvcFeelType *body;

  _csvc_feel_node (self, index)->slot = height;
  for (guint i = node.a; i != 0; i = _csvc_feel_node (self, i)->next)
    {
      FeelNode *parameter = _csvc_feel_node (self, i);

      parameter->slot = _csvc_feel_push (self, parameter, parameter->value.u.s, parameter->full, FALSE);
      g_ptr_array_add (names, parameter->value.u.s);
      g_ptr_array_add (types, (gpointer) parameter->full);
    }
  body = _csvc_feel_check_node (self, node.b);
  _csvc_feel_pop (self, height);
  _csvc_feel_set_type (_csvc_feel_node (self, index),
                       _csvc_feel_type_function (self->types, names->len, (const char *const *) names->pdata,
                                                 (const CsvcFeelType *const *) types->pdata, body));
}

void
_csvc_feel_check_value (FeelCompiler *self, guint index)
{
  switch ((FeelOp) _csvc_feel_node (self, index)->op)
    {
    case FEEL_OP_ARITHMETIC:
      check_arithmetic (self, index);
      break;
    case FEEL_OP_NEGATE:
      check_negate (self, index);
      break;
    case FEEL_OP_LIST:
      check_list (self, index);
      break;
    case FEEL_OP_RANGE:
      check_range (self, index);
      break;
    case FEEL_OP_CONTEXT:
      check_context (self, index);
      break;
    case FEEL_OP_PATH:
      check_path (self, index);
      break;
    case FEEL_OP_FILTER:
      check_filter (self, index);
      break;
    case FEEL_OP_FOR:
    case FEEL_OP_SOME:
    case FEEL_OP_EVERY:
      check_loop (self, index);
      break;
    case FEEL_OP_FUNCTION:
      check_function (self, index);
      break;
    case FEEL_OP_INVOKE:
      _csvc_feel_check_call (self, index);
      break;
    default: /* what was checked already: facts, locals, calls */
      break;
    }
}
