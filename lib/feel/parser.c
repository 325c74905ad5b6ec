/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/compiler.h"

#include <string.h>

/* Tokens to a tree, by recursive descent. From loose to tight:
 *
 *   or    and    = != < <= > >= between in    + - * / **    -literal    names, literals, ( ), [ ]
 *
 * After a fault the parser goes on at the next and, or, then, else, comma or closing bracket,
 * so that one look finds the other faults too; two faults at one place are one. What is FEEL
 * but not in the subset is parsed as far as it can be told from the rest, and refused. */

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
static guint parse_operand (Parser *self);

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
  return kind == FEEL_TOKEN_LEFT_PAREN || kind == FEEL_TOKEN_LEFT_BRACKET;
}

static gboolean
is_closing (FeelTokenKind kind)
{
  return kind == FEEL_TOKEN_RIGHT_PAREN || kind == FEEL_TOKEN_RIGHT_BRACKET;
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
                        kind == FEEL_TOKEN_THEN || kind == FEEL_TOKEN_ELSE))
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

/* A node that holds the token's value or name; moves on. */
static guint
add_token (Parser *self, FeelOp op)
{
  FeelNode node = { .op = (guint8) op, .column = self->token.column, .value = self->token.value };

  if (op == FEEL_OP_NAME)
    node.value = (CsvcValue){ .type = CSVC_TYPE_STRING,
                              .index = -1,
                              .u.s = g_ref_string_new_len (self->token.start, (gssize) self->token.length) };
  self->token.value = (CsvcValue) CSVC_VALUE_UNKNOWN;
  advance (self);
  return node.value.type == CSVC_TYPE_UNKNOWN ? 0 : add (self, node);
}

/* ---- Primary expressions ---- */

static guint
parse_negative (Parser *self)
{
  guint column = self->token.column, index;
  FeelNode *node;

  advance (self);
  if (!at (self, FEEL_TOKEN_LITERAL))
    {
      outside (self, column, "a minus before anything but a number or a duration");
      parse_operand (self);
      return 0;
    }
  index = add_token (self, FEEL_OP_CONSTANT);
  node = _csvc_feel_node (self->compiler, index);
  node->column = column;
  switch (node->value.type)
    {
    case CSVC_TYPE_NUMBER:
    case CSVC_TYPE_DAY_TIME_DURATION:
    case CSVC_TYPE_YEAR_MONTH_DURATION:
      node->value.u.i = -node->value.u.i;
      return index;
    case CSVC_TYPE_UNKNOWN: /* reported already */
      return 0;
    default:
      outside (self, column, "a minus before anything but a number or a duration");
      return 0;
    }
}

/* After the lower end and the dots. */
static guint
finish_range (Parser *self, guint column, gboolean open_low, guint low)
{
  gboolean outer = self->range_end, open_high;
  guint high;

  self->range_end = TRUE;
  high = parse_operand (self);
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

/* ( expression ) or (low..high) */
static guint
parse_parentheses (Parser *self)
{
  guint column = self->token.column, index;
  gboolean outer = self->range_end;

  advance (self);
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
      return parse_operand (self);
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

/* The arguments of the function that @name, a NAME, is. */
static guint
parse_call (Parser *self, guint name)
{
  gboolean outer = self->range_end;
  Chain arguments = { 0 };
  FeelNode *node;

  advance (self);
  self->range_end = FALSE;
  if (!at (self, FEEL_TOKEN_RIGHT_PAREN))
    do
      chain_add (self, &arguments, parse_expression (self));
    while (accept (self, FEEL_TOKEN_COMMA));
  self->range_end = outer;
  expect (self, FEEL_TOKEN_RIGHT_PAREN, ")");
  node = _csvc_feel_node (self->compiler, name);
  if (name == 0)
    return 0;
  node->op = FEEL_OP_CALL;
  node->a = (guint16) arguments.first;
  node->height = (guint16) (chain_height (self, arguments) + 1);
  if (node->height > FEEL_MAX_HEIGHT)
    too_large (self, "levels", FEEL_MAX_HEIGHT);
  return name;
}

/* FEEL lets names hold blanks; here only functions may: "is defined (", "list contains (". */
static void
join_name (Parser *self, guint index)
{
  FeelNode *node = _csvc_feel_node (self->compiler, index);
  g_autofree char *joined = g_strdup_printf ("%s %.*s", node->value.u.s, (int) self->token.length, self->token.start);

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
    case FEEL_TOKEN_MINUS:
      return parse_negative (self);
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

/* Paths, filters, calls of what is no name: all outside. TRUE when there was one. */
static gboolean
parse_postfix (Parser *self)
{
  guint column = self->token.column;

  if (accept (self, FEEL_TOKEN_DOT))
    {
      outside (self, column, "a path");
      if (!accept (self, FEEL_TOKEN_NAME))
        recover (self);
      return TRUE;
    }
  if (at (self, FEEL_TOKEN_LEFT_PAREN) || (at (self, FEEL_TOKEN_LEFT_BRACKET) && !self->range_end))
    {
      outside (self, column, at (self, FEEL_TOKEN_LEFT_PAREN) ? "a call of a value" : "a filter");
      parse_primary (self);
      return TRUE;
    }
  return FALSE;
}

static gboolean
at_arithmetic (const Parser *self)
{
  return at (self, FEEL_TOKEN_ARITHMETIC) || at (self, FEEL_TOKEN_MINUS);
}

/* What may stand on either side of a comparison. */
static guint
parse_operand (Parser *self)
{
  guint index = 0;

  if (self->depth >= FEEL_MAX_HEIGHT)
    {
      too_large (self, "levels", FEEL_MAX_HEIGHT);
      return 0;
    }
  self->depth++;
  index = parse_primary (self);
  while (parse_postfix (self))
    index = 0;
  while (at_arithmetic (self))
    {
      outside (self, self->token.column, "arithmetic");
      advance (self);
      parse_operand (self);
      index = 0;
    }
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
  node.a = (guint16) parse_operand (self);
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
    tests = parse_operand (self);
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

  low = parse_operand (self);
  expect_word (self, FEEL_TOKEN_AND, "and, as in between 1 and 5");
  high = parse_operand (self);
  return add (self, (FeelNode){ .op = FEEL_OP_BETWEEN,
                                .column = column,
                                .a = (guint16) left,
                                .b = (guint16) low,
                                .c = (guint16) high });
}

static guint
parse_relation (Parser *self, FeelTokenKind kind, guint column, guint left)
{
  guint right = parse_operand (self);

  return add (self, (FeelNode){ .op = FEEL_OP_COMPARE,
                                .column = column,
                                .relation = (guint8) (kind - FEEL_TOKEN_EQUAL),
                                .a = (guint16) left,
                                .b = (guint16) right });
}

static guint
parse_comparison (Parser *self)
{
  guint index = parse_operand (self);

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

guint
_csvc_feel_parse (FeelCompiler *self)
{
  Parser parser = { .compiler = self, .lexer = { self, self->text, 1 } };
  guint root;

  advance (&parser);
  root = parse_expression (&parser);
  if (!at (&parser, FEEL_TOKEN_END))
    unexpected (&parser, "and, or, or the end of the expression", NULL);
  _csvc_value_clear (&parser.token.value);
  return root;
}
