/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/compiler.h"

#include <string.h>

/* Tokens to a tree, by recursive descent. From loose to tight:
 *
 *   or    and    = != < <= > >= between in    + -    * /    **    -x    instance of    .path [filter] (call)    names, literals, ( ), [ ], { }
 *
 * for, some, every, if and function reach as far right as they can.
 *
 * After a fault the parser goes on at the next and, or, then, else, comma or closing bracket,
 * so that one look finds the other faults too; two faults at one place are one. */

#define MAX_NAME_WORDS 6 /* of a function: "list contains"; more are no name but a hostile text */

typedef struct {
  FeelCompiler *compiler;
  FeelLexer     lexer;
  FeelToken     token;
  guint         depth;
  guint         blamed;    /* the column of the last fault */
  gboolean      range_end; /* a [ here ends a range; it does not filter */
} Parser;

/* A chain of nodes in the making. */
typedef struct {
  guint first, last;
} Chain;

static guint parse_expression (Parser *self);
static guint parse_sum (Parser *self);

static void
advance (Parser *self)
{
  _csvc_feel_lex (&self->lexer, &self->token);
}

static gboolean
at (const Parser *self, FeelTokenKind kind)
{
  return self->token.kind == kind;
}

static gboolean
accept (Parser *self, FeelTokenKind kind)
{
  if (!at (self, kind))
    return FALSE;
  advance (self);
  return TRUE;
}

static void
stop (Parser *self)
{
  self->compiler->stopped = TRUE;
  self->token.kind = FEEL_TOKEN_END;
}

/* ---- Faults ---- */

static gboolean
blame (Parser *self, guint column)
{
  if (self->blamed == column || self->compiler->stopped)
    return FALSE;
  self->blamed = column;
  return TRUE;
}

static void
outside (Parser *self, guint column, const char *what)
{
  if (blame (self, column))
    _csvc_feel_fault (self->compiler, 308, column, NULL, NULL, "%s is FEEL outside the subset read here", what);
}

static void
unexpected (Parser *self, const char *expected, const char *hint)
{
  const FeelToken *token = &self->token;
  g_autofree char *found = g_strdup_printf ("\"%.*s\"", (int) MIN (token->length, 40), token->start);

  if (token->kind == FEEL_TOKEN_OUTSIDE)
    outside (self, token->column, found);
  else if (!blame (self, token->column))
    return;
  else if (token->kind == FEEL_TOKEN_END)
    _csvc_feel_fault (self->compiler, 302, token->column, expected, hint, "the expression ends too early");
  else
    _csvc_feel_fault (self->compiler, 302, token->column, expected, hint, "%s does not belong here", found);
}

static void
too_large (Parser *self, const char *what, guint limit)
{
  if (!self->compiler->stopped)
    _csvc_feel_fault (self->compiler, 315, self->token.column, NULL, "split it, or use a table",
                      "the expression has more than %u %s", limit, what);
  stop (self);
}

static gboolean
is_opening (FeelTokenKind kind)
{
  return kind == FEEL_TOKEN_LEFT_PAREN || kind == FEEL_TOKEN_LEFT_BRACKET || kind == FEEL_TOKEN_LEFT_BRACE;
}

static gboolean
is_closing (FeelTokenKind kind)
{
  return kind == FEEL_TOKEN_RIGHT_PAREN || kind == FEEL_TOKEN_RIGHT_BRACKET || kind == FEEL_TOKEN_RIGHT_BRACE;
}

/* To the place where parsing can go on; what stands in brackets is passed over as a whole. */
static void
recover (Parser *self)
{
  guint open = 0;

  for (; !at (self, FEEL_TOKEN_END); advance (self))
    {
      FeelTokenKind kind = self->token.kind;

      if (open == 0 && (is_closing (kind) || kind == FEEL_TOKEN_COMMA || kind == FEEL_TOKEN_AND || kind == FEEL_TOKEN_OR ||
                        kind == FEEL_TOKEN_THEN || kind == FEEL_TOKEN_ELSE || kind == FEEL_TOKEN_RETURN || kind == FEEL_TOKEN_SATISFIES))
        return;
      open += is_opening (kind);
      open -= open > 0 && is_closing (kind);
    }
}

static void
expect (Parser *self, FeelTokenKind kind, const char *expected)
{
  if (accept (self, kind))
    return;
  unexpected (self, expected, NULL);
  recover (self);
  accept (self, kind);
}

/* A missing word is told and taken as read. */
static void
expect_word (Parser *self, FeelTokenKind kind, const char *expected)
{
  if (!accept (self, kind))
    unexpected (self, expected, NULL);
}

/* ---- Nodes ---- */

static guint
height_of (const Parser *self, guint index)
{
  return _csvc_feel_node (self->compiler, index)->height;
}

static guint
add (Parser *self, FeelNode node)
{
  GArray *nodes = self->compiler->nodes;
  guint height = MAX (height_of (self, node.a), MAX (height_of (self, node.b), height_of (self, node.c)));

  height = MAX (height, node.height) + 1; /* node.height: of a chain */
  if (height > FEEL_MAX_HEIGHT)
    too_large (self, "levels", FEEL_MAX_HEIGHT);
  else if (nodes->len >= FEEL_MAX_NODES)
    too_large (self, "parts", FEEL_MAX_NODES);
  if (self->compiler->stopped)
    {
      _csvc_value_clear (&node.value);
      return 0;
    }
  node.height = (guint16) height;
  g_array_append_val (nodes, node);
  return nodes->len - 1;
}

static guint
add_op (Parser *self, FeelOp op, guint column, guint a, guint b)
{
  return add (self, (FeelNode){ .op = (guint8) op, .column = column, .a = (guint16) a, .b = (guint16) b });
}

/* The fault stays out of chains: it is shared. */
static void
chain_add (Parser *self, Chain *chain, guint index)
{
  if (index == 0)
    return;
  if (chain->first == 0)
    chain->first = index;
  else
    _csvc_feel_node (self->compiler, chain->last)->next = (guint16) index;
  chain->last = index;
}

static guint
chain_height (const Parser *self, Chain chain)
{
  guint height = 0;

  for (guint i = chain.first; i != 0; i = _csvc_feel_node (self->compiler, i)->next)
    height = MAX (height, height_of (self, i));
  return height;
}

static guint
add_chain (Parser *self, FeelOp op, guint column, Chain chain)
{
  return add (self, (FeelNode){ .op = (guint8) op,
                                .column = column,
                                .a = (guint16) chain.first,
                                .height = (guint16) chain_height (self, chain) });
}

static CsvcValue
token_name (const Parser *self)
{
  const FeelToken *token = &self->token;
  CsvcValue value = { .type = CSVC_TYPE_STRING, .index = -1 };

  value.u.s = token->name != NULL ? g_ref_string_new (token->name) : g_ref_string_new_len (token->start, (gssize) token->length);
  return value;
}

/* A node that holds the token's value or name; moves on. */
static guint
add_token (Parser *self, FeelOp op)
{
  FeelNode node = { .op = (guint8) op, .column = self->token.column, .value = self->token.value };

  if (op == FEEL_OP_NAME)
    node.value = token_name (self);
  self->token.value = (CsvcValue) CSVC_VALUE_UNKNOWN;
  advance (self);
  return node.value.type == CSVC_TYPE_UNKNOWN ? 0 : add (self, node);
}

/* ---- Primary expressions ---- */

/* After the lower end and the dots. */
static guint
finish_range (Parser *self, guint column, gboolean open_low, guint low)
{
  gboolean outer = self->range_end, open_high;
  guint high;

  self->range_end = TRUE;
  high = parse_sum (self);
  self->range_end = outer;
  open_high = !at (self, FEEL_TOKEN_RIGHT_BRACKET);
  if (at (self, FEEL_TOKEN_RIGHT_PAREN) || at (self, FEEL_TOKEN_LEFT_BRACKET))
    advance (self);
  else
    expect (self, FEEL_TOKEN_RIGHT_BRACKET, "the end of the range: ] or )");
  return add (self, (FeelNode){ .op = FEEL_OP_RANGE,
                                .column = column,
                                .a = (guint16) low,
                                .b = (guint16) high,
                                .open_low = open_low != FALSE,
                                .open_high = open_high != FALSE });
}

/* After the bracket: < high) and its like, a range with one end; = value) has that for both. */
static guint
parse_relation_range (Parser *self, guint column)
{
  FeelRelation relation = (FeelRelation) (self->token.kind - FEEL_TOKEN_EQUAL);
  FeelNode node = { .op = FEEL_OP_RANGE, .column = column, .relation = TRUE };
  gboolean outer = self->range_end;
  guint end;

  if (relation == FEEL_NOT_EQUAL)
    outside (self, self->token.column, "!= as a range");
  advance (self);
  self->range_end = FALSE;
  end = parse_sum (self);
  self->range_end = outer;
  expect (self, FEEL_TOKEN_RIGHT_PAREN, ")");
  node.a = relation >= FEEL_GREATER || relation == FEEL_EQUAL ? (guint16) end : 0;
  node.b = relation <= FEEL_LESS_EQUAL ? (guint16) end : 0;
  node.open_low = relation != FEEL_GREATER_EQUAL && relation != FEEL_EQUAL;
  node.open_high = relation != FEEL_LESS_EQUAL && relation != FEEL_EQUAL;
  return end != 0 ? add (self, node) : 0;
}

static gboolean
at_relation (const Parser *self)
{
  return self->token.kind >= FEEL_TOKEN_EQUAL && self->token.kind <= FEEL_TOKEN_GREATER_EQUAL;
}

/* ( expression ) or (low..high) or (< high) */
static guint
parse_parentheses (Parser *self)
{
  guint column = self->token.column, index;
  gboolean outer = self->range_end;

  advance (self);
  if (at_relation (self))
    return parse_relation_range (self, column);
  self->range_end = FALSE;
  index = parse_expression (self);
  self->range_end = outer;
  if (accept (self, FEEL_TOKEN_DOTS))
    return finish_range (self, column, TRUE, index);
  expect (self, FEEL_TOKEN_RIGHT_PAREN, ")");
  return index;
}

/* [low..high], ]low..high[, [item, item] */
static guint
parse_brackets (Parser *self)
{
  guint column = self->token.column, index;
  gboolean open_low = at (self, FEEL_TOKEN_RIGHT_BRACKET), outer = self->range_end;
  Chain items = { 0 };

  advance (self);
  if (!open_low && accept (self, FEEL_TOKEN_RIGHT_BRACKET))
    return add_chain (self, FEEL_OP_LIST, column, items);
  self->range_end = FALSE;
  index = parse_expression (self);
  if (open_low || at (self, FEEL_TOKEN_DOTS))
    {
      self->range_end = outer;
      expect (self, FEEL_TOKEN_DOTS, "..");
      return finish_range (self, column, open_low, index);
    }
  chain_add (self, &items, index);
  while (accept (self, FEEL_TOKEN_COMMA))
    chain_add (self, &items, parse_expression (self));
  self->range_end = outer;
  expect (self, FEEL_TOKEN_RIGHT_BRACKET, "] or ..");
  return add_chain (self, FEEL_OP_LIST, column, items);
}

static guint
parse_not (Parser *self)
{
  guint column = self->token.column, index;

  advance (self);
  if (!at (self, FEEL_TOKEN_LEFT_PAREN))
    {
      unexpected (self, "( after not", "write not (…)");
      return parse_sum (self);
    }
  index = parse_parentheses (self);
  return add_op (self, FEEL_OP_NOT, column, index, 0);
}

static guint
parse_if (Parser *self)
{
  guint column = self->token.column, a, b, c;

  advance (self);
  a = parse_expression (self);
  expect_word (self, FEEL_TOKEN_THEN, "then");
  b = parse_expression (self);
  expect_word (self, FEEL_TOKEN_ELSE, "else");
  c = parse_expression (self);
  return add (self, (FeelNode){ .op = FEEL_OP_IF,
                                .column = column,
                                .a = (guint16) a,
                                .b = (guint16) b,
                                .c = (guint16) c });
}

/* ---- Names that an expression binds ---- */

/* The end of a name at the token, whatever words or operators it is made of, when @stop follows; else NULL. */
static const char *
key_end (const Parser *self, char stop)
{
  const char *p = self->token.start, *end = p;

  while (*p != '\0' && *p != stop)
    {
      gunichar c = g_utf8_get_char (p);
      gboolean blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';

      if (!blank && !_csvc_feel_is_name_part (c) && (c > 127 || strchr (".-+*/\'", (int) c) == NULL))
        return NULL;
      p = g_utf8_next_char (p);
      if (!blank)
        end = p;
    }
  return *p == stop && end > self->token.start ? end : NULL;
}

/* The text before @end with single blanks; moves behind it. (transfer full) */
static char *
take_key (Parser *self, const char *end)
{
  GString *out = g_string_new (NULL);

  for (const char *p = self->token.start; p < end; p++)
    if (!g_ascii_isspace (*p))
      g_string_append_c (out, *p);
    else if (out->str[out->len - 1] != ' ')
      g_string_append_c (out, ' ');
  _csvc_value_clear (&self->token.value);
  if (end > self->lexer.p)
    _csvc_feel_lex_move (&self->lexer, end);
  advance (self);
  return g_string_free (out, FALSE);
}

/* The name at the token, before one of @stops, learnt; (nullable) (transfer full). */
static char *
parse_key (Parser *self, const char *stops, const char *expected)
{
  char *key = NULL;

  for (; *stops != '\0' && key == NULL; stops++)
    {
      const char *end = key_end (self, *stops);

      if (end != NULL)
        key = take_key (self, end);
    }
  if (key == NULL)
    {
      unexpected (self, expected, NULL);
      recover (self);
      return NULL;
    }
  _csvc_feel_learn (self->compiler, key);
  return key;
}

static guint
add_named (Parser *self, FeelOp op, guint column, const char *name, guint a)
{
  FeelNode node = { .op = (guint8) op, .column = column, .a = (guint16) a };

  _csvc_value_set_string (&node.value, CSVC_TYPE_STRING, name);
  return add (self, node);
}

/* ---- Types, as after instance of ---- */

static const CsvcFeelType *parse_type (Parser *self);

/* A word of a type's name; NULL when no name stands there. (transfer full) */
static char *
parse_type_name (Parser *self)
{
  GString *out = g_string_new (NULL);

  while (at (self, FEEL_TOKEN_NAME) || at (self, FEEL_TOKEN_FUNCTION))
    {
      g_autofree char *word = self->token.name != NULL ? g_strdup (self->token.name) : g_strndup (self->token.start, self->token.length);

      g_string_append_printf (out, "%s%s", out->len > 0 ? " " : "", word);
      advance (self);
    }
  return g_string_free (out, FALSE);
}

static const CsvcFeelType *
parse_item_type (Parser *self)
{
  const CsvcFeelType *item;

  if (!accept (self, FEEL_TOKEN_LESS))
    return NULL;
  item = parse_type (self);
  expect (self, FEEL_TOKEN_GREATER, ">");
  return item;
}

static const CsvcFeelType *
parse_context_type (Parser *self)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free), types = g_ptr_array_new ();

  if (!accept (self, FEEL_TOKEN_LESS))
    return _csvc_feel_type_plain (CSVC_TYPE_CONTEXT);
  do
    {
      char *name = parse_key (self, ":", "a member's name and :");

      if (name == NULL)
        return NULL;
      g_ptr_array_add (names, name);
      expect (self, FEEL_TOKEN_COLON, ":");
      g_ptr_array_add (types, (gpointer) parse_type (self));
    }
  while (accept (self, FEEL_TOKEN_COMMA));
  expect (self, FEEL_TOKEN_GREATER, ">");
  return _csvc_feel_type_context (self->compiler->types, names->len, (const char *const *) names->pdata,
                                  (const CsvcFeelType *const *) types->pdata);
}

static const CsvcFeelType *
parse_function_type (Parser *self)
{
  g_autoptr (GPtrArray) types = g_ptr_array_new ();
  const CsvcFeelType *result;

  if (!accept (self, FEEL_TOKEN_LESS))
    return _csvc_feel_type_plain (CSVC_TYPE_FUNCTION);
  if (!at (self, FEEL_TOKEN_GREATER))
    do
      g_ptr_array_add (types, (gpointer) parse_type (self));
    while (accept (self, FEEL_TOKEN_COMMA));
  expect (self, FEEL_TOKEN_GREATER, ">");
  expect (self, FEEL_TOKEN_ARROW, "->");
  result = parse_type (self);
  return _csvc_feel_type_function (self->compiler->types, types->len, NULL, (const CsvcFeelType *const *) types->pdata, result);
}

/* NULL: the scope has none of this name. */
static const CsvcFeelType *
find_scope_type (const FeelCompiler *self, const char *name)
{
  for (guint i = 0; i < self->scope->n_types; i++)
    if (strcmp (self->scope->type_names[i], name) == 0)
      return _csvc_feel_type_copy (self->types, self->scope->types[i]);
  return NULL;
}

static gboolean
find_type (const char *name, CsvcType *type)
{
  static const struct {
    const char *name;
    CsvcType    type;
  } names[] = { { "Any", CSVC_TYPE_UNKNOWN },
                { "date and time", CSVC_TYPE_DATE_TIME },
                { "days and time duration", CSVC_TYPE_DAY_TIME_DURATION },
                { "years and months duration", CSVC_TYPE_YEAR_MONTH_DURATION },
                { "Null", CSVC_TYPE_NULL },
                { "range", CSVC_TYPE_RANGE } };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i].name, name) == 0)
      {
        *type = names[i].type;
        return TRUE;
      }
  return csvc_type_from_string (name, type) && *type != CSVC_TYPE_ENUM && *type != CSVC_TYPE_TEXT;
}

/* NULL: any, or a fault that was reported. */
static const CsvcFeelType *
parse_type (Parser *self)
{
  guint column = self->token.column;
  g_autofree char *name = NULL;
  const CsvcFeelType *named;
  CsvcType type;

  if (self->depth >= FEEL_MAX_HEIGHT)
    {
      too_large (self, "levels", FEEL_MAX_HEIGHT);
      return NULL;
    }
  self->depth++;
  name = parse_type_name (self);
  self->depth--;
  named = find_scope_type (self->compiler, name);
  if (named != NULL)
    return named;
  if (strcmp (name, "list") == 0)
    return _csvc_feel_type_list (self->compiler->types, parse_item_type (self));
  if (strcmp (name, "range") == 0)
    return _csvc_feel_type_range (self->compiler->types, parse_item_type (self));
  if (strcmp (name, "context") == 0)
    return parse_context_type (self);
  if (strcmp (name, "function") == 0)
    return parse_function_type (self);
  if (find_type (name, &type))
    return _csvc_feel_type_plain (type);
  if (*name == '\0')
    unexpected (self, "the name of a type", NULL);
  else if (blame (self, column))
    _csvc_feel_fault (self->compiler, 302, column, "number, string, boolean, date, time, date and time, list<…>, context<…>, …", NULL,
                      "there is no type \"%s\"", name);
  return NULL;
}

/* ---- Calls ---- */

static guint
parse_argument (Parser *self)
{
  guint column = self->token.column;
  const char *end = key_end (self, ':');
  g_autofree char *name = NULL;

  if (end == NULL)
    return parse_expression (self);
  name = take_key (self, end);
  advance (self);
  return add_named (self, FEEL_OP_ARGUMENT, column, name, parse_expression (self));
}

static Chain
parse_arguments (Parser *self)
{
  gboolean outer = self->range_end;
  Chain arguments = { 0 };

  advance (self);
  self->range_end = FALSE;
  if (!at (self, FEEL_TOKEN_RIGHT_PAREN))
    do
      chain_add (self, &arguments, parse_argument (self));
    while (accept (self, FEEL_TOKEN_COMMA));
  self->range_end = outer;
  expect (self, FEEL_TOKEN_RIGHT_PAREN, ")");
  return arguments;
}

/* The arguments of the function that @name, a NAME, is. */
static guint
parse_call (Parser *self, guint name)
{
  Chain arguments = parse_arguments (self);
  FeelNode *node = _csvc_feel_node (self->compiler, name);

  if (name == 0)
    return 0;
  node->op = FEEL_OP_CALL;
  node->a = (guint16) arguments.first;
  node->height = (guint16) (chain_height (self, arguments) + 1);
  if (node->height > FEEL_MAX_HEIGHT)
    too_large (self, "levels", FEEL_MAX_HEIGHT);
  return name;
}

static guint
parse_invocation (Parser *self, guint column, guint function)
{
  Chain arguments = parse_arguments (self);

  return add (self, (FeelNode){ .op = FEEL_OP_INVOKE,
                                .column = column,
                                .a = (guint16) function,
                                .b = (guint16) arguments.first,
                                .height = (guint16) chain_height (self, arguments) });
}

/* ---- Contexts, functions, loops ---- */

static char *
parse_entry_name (Parser *self)
{
  char *name;

  if (!at (self, FEEL_TOKEN_LITERAL) || self->token.value.type != CSVC_TYPE_STRING)
    return parse_key (self, ":", "a name or a text, and :");
  name = g_strdup (self->token.value.u.s);
  _csvc_feel_learn (self->compiler, name);
  advance (self);
  return name;
}

static guint
parse_entry (Parser *self)
{
  guint column = self->token.column;
  g_autofree char *name = parse_entry_name (self);

  if (name == NULL)
    return 0;
  expect (self, FEEL_TOKEN_COLON, ":");
  return add_named (self, FEEL_OP_ENTRY, column, name, parse_expression (self));
}

static guint
parse_context (Parser *self)
{
  guint column = self->token.column;
  gboolean outer = self->range_end;
  Chain entries = { 0 };

  advance (self);
  self->range_end = FALSE;
  if (!at (self, FEEL_TOKEN_RIGHT_BRACE))
    do
      chain_add (self, &entries, parse_entry (self));
    while (accept (self, FEEL_TOKEN_COMMA));
  self->range_end = outer;
  expect (self, FEEL_TOKEN_RIGHT_BRACE, "}");
  return add_chain (self, FEEL_OP_CONTEXT, column, entries);
}

static guint
parse_parameter (Parser *self)
{
  guint column = self->token.column, index;
  g_autofree char *name = parse_key (self, ":,)", "a parameter's name");
  const CsvcFeelType *type = NULL;

  if (name == NULL)
    return 0;
  if (accept (self, FEEL_TOKEN_COLON))
    type = parse_type (self);
  index = add_named (self, FEEL_OP_PARAMETER, column, name, 0);
  _csvc_feel_node (self->compiler, index)->full = index != 0 ? type : NULL;
  return index;
}

/* function (x: number, y) body */
static guint
parse_function (Parser *self)
{
  guint column = self->token.column, body;
  gboolean outer = self->range_end;
  Chain parameters = { 0 };

  advance (self);
  self->range_end = FALSE;
  expect (self, FEEL_TOKEN_LEFT_PAREN, "(");
  if (!at (self, FEEL_TOKEN_RIGHT_PAREN))
    do
      chain_add (self, &parameters, parse_parameter (self));
    while (accept (self, FEEL_TOKEN_COMMA));
  expect (self, FEEL_TOKEN_RIGHT_PAREN, ")");
  self->range_end = outer;
  if (at (self, FEEL_TOKEN_OUTSIDE))
    {
      outside (self, self->token.column, "an external function");
      advance (self);
    }
  body = parse_expression (self);
  return add (self, (FeelNode){ .op = FEEL_OP_FUNCTION,
                                .column = column,
                                .a = (guint16) parameters.first,
                                .b = (guint16) body,
                                .height = (guint16) chain_height (self, parameters) });
}

/* The name before in, which has blanks perhaps. */
static char *
parse_iterator_name (Parser *self)
{
  GString *out = g_string_new (NULL);

  while (at (self, FEEL_TOKEN_NAME))
    {
      CsvcValue name = token_name (self);

      g_string_append_printf (out, "%s%s", out->len > 0 ? " " : "", name.u.s);
      _csvc_value_clear (&name);
      advance (self);
    }
  _csvc_feel_learn (self->compiler, out->str);
  return g_string_free (out, FALSE);
}

/* x in list, or x in low..high */
static guint
parse_iterator (Parser *self)
{
  guint column = self->token.column, index, high = 0, low;
  g_autofree char *name = parse_iterator_name (self);

  if (*name == '\0')
    {
      unexpected (self, "a name, as in for x in", NULL);
      recover (self);
      return 0;
    }
  expect_word (self, FEEL_TOKEN_IN, "in");
  low = parse_expression (self);
  if (accept (self, FEEL_TOKEN_DOTS))
    high = parse_expression (self);
  index = add_named (self, FEEL_OP_ITERATOR, column, name, low);
  if (index != 0)
    _csvc_feel_node (self->compiler, index)->b = (guint16) high;
  return index;
}

static guint
parse_loop (Parser *self)
{
  static const struct {
    FeelTokenKind word, body;
    FeelOp        op;
    const char   *expected;
  } loops[] = { { FEEL_TOKEN_FOR, FEEL_TOKEN_RETURN, FEEL_OP_FOR, "return" },
                { FEEL_TOKEN_SOME, FEEL_TOKEN_SATISFIES, FEEL_OP_SOME, "satisfies" },
                { FEEL_TOKEN_EVERY, FEEL_TOKEN_SATISFIES, FEEL_OP_EVERY, "satisfies" } };
  guint column = self->token.column, i = 0, body;
  gboolean outer = self->range_end;
  Chain iterators = { 0 };

  while (loops[i].word != self->token.kind)
    i++;
  self->range_end = FALSE;
  advance (self);
  do
    chain_add (self, &iterators, parse_iterator (self));
  while (accept (self, FEEL_TOKEN_COMMA));
  expect_word (self, loops[i].body, loops[i].expected);
  self->range_end = outer;
  body = parse_expression (self);
  return add (self, (FeelNode){ .op = (guint8) loops[i].op,
                                .column = column,
                                .a = (guint16) iterators.first,
                                .b = (guint16) body,
                                .height = (guint16) chain_height (self, iterators) });
}

/* FEEL lets names hold blanks; here only functions may: "is defined (", "list contains (". */
static void
join_name (Parser *self, guint index)
{
  FeelNode *node = _csvc_feel_node (self->compiler, index);
  CsvcValue word = token_name (self);
  g_autofree char *joined = g_strdup_printf ("%s %s", node->value.u.s, word.u.s);

  _csvc_value_clear (&word);
  _csvc_value_clear (&node->value);
  _csvc_value_set_string (&node->value, CSVC_TYPE_STRING, joined);
}

static guint
parse_name (Parser *self)
{
  guint index = add_token (self, FEEL_OP_NAME), words = 1;
  guint column = self->token.column; /* of the second word */

  for (; index != 0 && words < MAX_NAME_WORDS && at (self, FEEL_TOKEN_NAME); words++)
    {
      join_name (self, index);
      advance (self);
    }
  if (at (self, FEEL_TOKEN_LEFT_PAREN))
    return parse_call (self, index);
  if (words == 1)
    return index;
  if (blame (self, column))
    _csvc_feel_fault (self->compiler, 302, column, "an operator, such as = or and", "names hold no blanks here",
                      "two names stand side by side in \"%s\"", _csvc_feel_node (self->compiler, index)->value.u.s);
  return 0;
}

static guint
parse_input (Parser *self)
{
  guint column = self->token.column;

  advance (self);
  if (!self->compiler->is_cell)
    {
      if (blame (self, column))
        _csvc_feel_fault (self->compiler, 302, column, "a fact, a literal or (", NULL, "? stands for a table's input, and this is no table's cell");
      return 0;
    }
  return add_op (self, FEEL_OP_INPUT, column, 0, 0);
}

static guint
parse_primary (Parser *self)
{
  switch (self->token.kind)
    {
    case FEEL_TOKEN_LITERAL:
      return add_token (self, FEEL_OP_CONSTANT);
    case FEEL_TOKEN_NAME:
      return parse_name (self);
    case FEEL_TOKEN_LEFT_PAREN:
      return parse_parentheses (self);
    case FEEL_TOKEN_LEFT_BRACKET:
    case FEEL_TOKEN_RIGHT_BRACKET:
      return parse_brackets (self);
    case FEEL_TOKEN_LEFT_BRACE:
      return parse_context (self);
    case FEEL_TOKEN_QUESTION:
      return parse_input (self);
    case FEEL_TOKEN_FUNCTION:
      return parse_function (self);
    case FEEL_TOKEN_FOR:
    case FEEL_TOKEN_SOME:
    case FEEL_TOKEN_EVERY:
      return parse_loop (self);
    case FEEL_TOKEN_NOT:
      return parse_not (self);
    case FEEL_TOKEN_IF:
      return parse_if (self);
    default:
      unexpected (self, "a fact, a literal or (", NULL);
      recover (self);
      return 0;
    }
}

/* ---- Operators ---- */

static guint
parse_path (Parser *self, guint column, guint left)
{
  g_autofree char *name = NULL;

  if (!at (self, FEEL_TOKEN_NAME))
    {
      unexpected (self, "the name of a member", NULL);
      recover (self);
      return 0;
    }
  name = self->token.name != NULL ? g_strdup (self->token.name) : g_strndup (self->token.start, self->token.length);
  advance (self);
  return add_named (self, FEEL_OP_PATH, column, name, left);
}

static guint
parse_filter (Parser *self, guint column, guint left)
{
  gboolean outer = self->range_end;
  guint filter;

  advance (self);
  self->range_end = FALSE;
  filter = parse_expression (self);
  self->range_end = outer;
  expect (self, FEEL_TOKEN_RIGHT_BRACKET, "]");
  return add_op (self, FEEL_OP_FILTER, column, left, filter);
}

/* x.path, x[filter], x (arguments) */
static guint
parse_postfix (Parser *self)
{
  guint index = parse_primary (self), column;

  for (;;)
    {
      column = self->token.column;
      if (accept (self, FEEL_TOKEN_DOT))
        index = parse_path (self, column, index);
      else if (at (self, FEEL_TOKEN_LEFT_BRACKET) && !self->range_end)
        index = parse_filter (self, column, index);
      else if (at (self, FEEL_TOKEN_LEFT_PAREN))
        index = parse_invocation (self, column, index);
      else
        return index;
    }
}

static guint
parse_instance (Parser *self)
{
  guint index = parse_postfix (self), column = self->token.column;
  const CsvcFeelType *type;

  while (accept (self, FEEL_TOKEN_INSTANCE))
    {
      if (at (self, FEEL_TOKEN_NAME) && self->token.length == 2 && memcmp (self->token.start, "of", 2) == 0)
        advance (self);
      else
        unexpected (self, "of", NULL);
      type = parse_type (self);
      index = add_op (self, FEEL_OP_INSTANCE, column, index, add (self, (FeelNode){ .op = FEEL_OP_PARAMETER, .column = column, .full = type }));
    }
  return index;
}

/* A minus before a literal is the literal's. */
static gboolean
negate_literal (Parser *self, guint index, guint column)
{
  FeelNode *node = _csvc_feel_node (self->compiler, index);

  if (node->op != FEEL_OP_CONSTANT ||
      (node->value.type != CSVC_TYPE_NUMBER && node->value.type != CSVC_TYPE_DAY_TIME_DURATION &&
       node->value.type != CSVC_TYPE_YEAR_MONTH_DURATION))
    return FALSE;
  node->value.u.i = -node->value.u.i;
  node->column = column;
  return TRUE;
}

static guint
parse_negation (Parser *self)
{
  guint column = self->token.column, index;

  if (!accept (self, FEEL_TOKEN_MINUS))
    return parse_instance (self);
  if (self->depth >= FEEL_MAX_HEIGHT)
    {
      too_large (self, "levels", FEEL_MAX_HEIGHT);
      return 0;
    }
  self->depth++;
  index = parse_negation (self);
  self->depth--;
  return index == 0 || negate_literal (self, index, column) ? index : add_op (self, FEEL_OP_NEGATE, column, index, 0);
}

/* @first to @last: the tokens of one level, all joined from the left. */
static guint
parse_level (Parser *self, FeelTokenKind first, FeelTokenKind last, guint (*parse) (Parser *))
{
  guint index = parse (self);

  while (self->token.kind >= first && self->token.kind <= last)
    {
      FeelNode node = { .op = FEEL_OP_ARITHMETIC, .column = self->token.column, .a = (guint16) index };

      node.relation = (guint8) (self->token.kind - FEEL_TOKEN_PLUS);
      advance (self);
      node.b = (guint16) parse (self);
      index = node.a != 0 && node.b != 0 ? add (self, node) : 0;
    }
  return index;
}

static guint
parse_power (Parser *self)
{
  return parse_level (self, FEEL_TOKEN_POWER, FEEL_TOKEN_POWER, parse_negation);
}

static guint
parse_product (Parser *self)
{
  return parse_level (self, FEEL_TOKEN_STAR, FEEL_TOKEN_SLASH, parse_power);
}

/* What may stand on either side of a comparison. */
static guint
parse_sum (Parser *self)
{
  guint index;

  if (self->depth >= FEEL_MAX_HEIGHT)
    {
      too_large (self, "levels", FEEL_MAX_HEIGHT);
      return 0;
    }
  self->depth++;
  index = parse_level (self, FEEL_TOKEN_PLUS, FEEL_TOKEN_MINUS, parse_product);
  self->depth--;
  return index;
}

static guint
parse_test (Parser *self)
{
  guint column = self->token.column;
  FeelTokenKind kind = self->token.kind;
  FeelNode node = { .op = FEEL_OP_TEST, .column = column };

  if (kind < FEEL_TOKEN_EQUAL || kind > FEEL_TOKEN_GREATER_EQUAL)
    return parse_expression (self);
  advance (self);
  node.relation = (guint8) (kind - FEEL_TOKEN_EQUAL);
  node.a = (guint16) parse_sum (self);
  return add (self, node);
}

/* After "in (": tests, or the lower end of an open range. */
static guint
parse_tests (Parser *self)
{
  guint column = self->token.column, first;
  gboolean outer = self->range_end;
  Chain tests = { 0 };

  advance (self);
  self->range_end = FALSE;
  first = parse_test (self);
  self->range_end = outer;
  if (accept (self, FEEL_TOKEN_DOTS))
    return finish_range (self, column, TRUE, first);
  self->range_end = FALSE;
  chain_add (self, &tests, first);
  while (accept (self, FEEL_TOKEN_COMMA))
    chain_add (self, &tests, parse_test (self));
  self->range_end = outer;
  expect (self, FEEL_TOKEN_RIGHT_PAREN, ") or ,");
  return tests.first;
}

static guint
parse_in (Parser *self, guint column, guint left)
{
  guint tests;
  FeelTokenKind kind = self->token.kind;

  if (kind == FEEL_TOKEN_LEFT_PAREN)
    tests = parse_tests (self);
  else if (kind >= FEEL_TOKEN_EQUAL && kind <= FEEL_TOKEN_GREATER_EQUAL)
    tests = parse_test (self);
  else
    tests = parse_sum (self);
  return add (self, (FeelNode){ .op = FEEL_OP_IN,
                                .column = column,
                                .a = (guint16) left,
                                .b = (guint16) tests,
                                .height = (guint16) chain_height (self, (Chain){ tests, 0 }) });
}

static guint
parse_between (Parser *self, guint column, guint left)
{
  guint low, high;

  low = parse_sum (self);
  expect_word (self, FEEL_TOKEN_AND, "and, as in between 1 and 5");
  high = parse_sum (self);
  return add (self, (FeelNode){ .op = FEEL_OP_BETWEEN,
                                .column = column,
                                .a = (guint16) left,
                                .b = (guint16) low,
                                .c = (guint16) high });
}

static guint
parse_relation (Parser *self, FeelTokenKind kind, guint column, guint left)
{
  guint right = parse_sum (self);

  return add (self, (FeelNode){ .op = FEEL_OP_COMPARE,
                                .column = column,
                                .relation = (guint8) (kind - FEEL_TOKEN_EQUAL),
                                .a = (guint16) left,
                                .b = (guint16) right });
}

static guint
parse_comparison (Parser *self)
{
  guint index = parse_sum (self);

  for (;;)
    {
      FeelTokenKind kind = self->token.kind;
      guint column = self->token.column;

      if (accept (self, FEEL_TOKEN_BETWEEN))
        index = parse_between (self, column, index);
      else if (accept (self, FEEL_TOKEN_IN))
        index = parse_in (self, column, index);
      else if (kind >= FEEL_TOKEN_EQUAL && kind <= FEEL_TOKEN_GREATER_EQUAL)
        {
          advance (self);
          index = parse_relation (self, kind, column, index);
        }
      else
        return index;
    }
}

/* One operand alone is itself; more are one node with a chain, so that long lists stay flat. */
static guint
parse_joined (Parser *self, FeelTokenKind kind, FeelOp op, guint (*parse) (Parser *))
{
  guint index = parse (self), column = self->token.column;
  Chain operands = { 0 };

  if (!at (self, kind))
    return index;
  chain_add (self, &operands, index);
  while (accept (self, kind))
    chain_add (self, &operands, parse (self));
  return add_chain (self, op, column, operands);
}

static guint
parse_conjunction (Parser *self)
{
  return parse_joined (self, FEEL_TOKEN_AND, FEEL_OP_AND, parse_comparison);
}

static guint
parse_expression (Parser *self)
{
  return parse_joined (self, FEEL_TOKEN_OR, FEEL_OP_OR, parse_conjunction);
}

static guint
finish (Parser *self, guint root)
{
  if (!at (self, FEEL_TOKEN_END))
    unexpected (self, "and, or, or the end of the expression", NULL);
  _csvc_value_clear (&self->token.value);
  return root;
}

guint
_csvc_feel_parse (FeelCompiler *self)
{
  Parser parser = { .compiler = self, .lexer = { self, self->text, 1 } };

  advance (&parser);
  return finish (&parser, parse_expression (&parser));
}

/* ---- Cells ---- */

static Chain
parse_cell_tests (Parser *self)
{
  Chain tests = { 0 };

  do
    chain_add (self, &tests, parse_test (self));
  while (accept (self, FEEL_TOKEN_COMMA));
  return tests;
}

/* Does the bracket at @p close only at the text's end? Quotes are passed over. */
static gboolean
closes_at_end (const char *p)
{
  guint depth = 0;

  for (; *p != '\0'; p++)
    if (*p == '"')
      for (p++; *p != '\0' && *p != '"'; p++)
        p += *p == '\\' && p[1] != '\0';
    else if (*p == '(')
      depth++;
    else if (*p == ')' && --depth == 0)
      return p[1 + strspn (p + 1, " \t\r\n")] == '\0';
  return FALSE;
}

static gboolean
is_dash (const char *text)
{
  text += strspn (text, " \t\r\n");
  text += *text == '-';
  return text[strspn (text, " \t\r\n")] == '\0';
}

guint
_csvc_feel_parse_cell (FeelCompiler *self)
{
  Parser parser = { .compiler = self, .lexer = { self, self->text, 1 } };
  FeelNode cell = { .op = FEEL_OP_CELL, .column = 1 };
  Chain tests = { 0 };

  if (is_dash (self->text))
    return add (&parser, cell);
  advance (&parser);
  if (at (&parser, FEEL_TOKEN_NOT) && closes_at_end (parser.lexer.p))
    {
      cell.open_low = TRUE;
      advance (&parser);
      advance (&parser);
      tests = parse_cell_tests (&parser);
      expect (&parser, FEEL_TOKEN_RIGHT_PAREN, ")");
    }
  else
    tests = parse_cell_tests (&parser);
  cell.a = (guint16) tests.first;
  cell.height = (guint16) chain_height (&parser, tests);
  return finish (&parser, cell.a != 0 ? add (&parser, cell) : 0);
}
