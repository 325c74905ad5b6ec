/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_FEEL_COMPILER_H
#define CSVC_FEEL_COMPILER_H

#include "feel/feel.h"

/* What lexer, parser, checker and evaluator share.
 *
 * An expression is an array of nodes; node 0 is the fault, so that "no node" and "nothing
 * sensible here" are the same number and need no test. The parser appends children before
 * parents; the checker gives every node its type and resolves names in place; the evaluator
 * walks the same array. Nodes that belong together (operands of and, tests of in, arguments)
 * are chained by next.
 *
 *   a >= 5 and t in ("x", [1..3])       1 a   2 5   3 COMPARE >= a:1 b:2
 *                                       4 t   5 "x"   6 1   7 3   8 RANGE a:6 b:7
 *                                       9 IN a:4 b:5 (5 next→ 8)   10 AND a:3 (3 next→ 9)
 *
 * Height is bounded, so all walks may recurse; every array is bounded, so hostile texts end early. */

#define FEEL_MAX_TEXT 32768 /* bytes */
#define FEEL_MAX_NODES 4096
#define FEEL_MAX_HEIGHT 100
#define FEEL_MAX_FAULTS 20 /* reported for one expression; then compiling stops */

/* The first six are in the order of the tokens. */
typedef enum {
  FEEL_EQUAL,
  FEEL_NOT_EQUAL,
  FEEL_LESS,
  FEEL_LESS_EQUAL,
  FEEL_GREATER,
  FEEL_GREATER_EQUAL
} FeelRelation;

typedef enum {
  FEEL_OP_FAULT,      /* something was wrong here and has been reported */
  FEEL_OP_CONSTANT,   /* value */
  FEEL_OP_NAME,       /* value: the name; the checker makes it FACT */
  FEEL_OP_FACT,       /* kind, slot; value: the name, for whom it may be missing */
  FEEL_OP_CALL,       /* value: the function's name, a: arguments; the checker makes it one of the next three */
  FEEL_OP_IN_STATE,   /* slot: the state */
  FEEL_OP_ENTRIES,    /* slot: the state */
  FEEL_OP_IS_DEFINED, /* a: a FACT */
  FEEL_OP_NOT,        /* a */
  FEEL_OP_AND,        /* a: operands */
  FEEL_OP_OR,         /* a: operands */
  FEEL_OP_COMPARE,    /* a relation b */
  FEEL_OP_BETWEEN,    /* a between b and c */
  FEEL_OP_IN,         /* a in b: tests */
  FEEL_OP_TEST,       /* relation a; only in tests */
  FEEL_OP_RANGE,      /* a..b, open_low, open_high; only in tests */
  FEEL_OP_LIST,       /* a: items; only in tests */
  FEEL_OP_IF          /* if a then b else c */
} FeelOp;

typedef struct {
  guint8             op;       /* FeelOp */
  guint8             type;     /* CsvcType; UNKNOWN in a node whose fault was reported */
  guint8             relation; /* FeelRelation */
  guint8             kind;     /* CsvcNameKind */
  guint8             open_low;
  guint8             open_high;
  guint16            height;
  guint16            a, b, c, next;
  guint32            column;
  guint32            slot;
  CsvcValue          value;
  const char *const *words; /* of an enum; the scope's, so only while compiling */
} FeelNode;

struct _CsvcExpr {
  gatomicrefcount refs;
  char           *text;
  FeelNode       *nodes;
  guint           n_nodes;
  guint           root;
};

typedef struct {
  const char      *text;
  const CsvcScope *scope;
  CsvcPlace        place;
  CsvcDiagnostics *diagnostics;
  GArray          *nodes; /* FeelNode */
  guint            faults;
  gboolean         failed;  /* a fault that forbids the expression was found */
  gboolean         stopped; /* enough faults, or too large: no more tokens come */
} FeelCompiler;

/* Reports an error at a column, counted in characters from 1. */
void _csvc_feel_fault (FeelCompiler *self, guint number, guint column, const char *expected, const char *hint,
                       const char *format, ...) G_GNUC_PRINTF (6, 7);

static inline FeelNode *
_csvc_feel_node (const FeelCompiler *self, guint index)
{
  return &g_array_index (self->nodes, FeelNode, index);
}

/* ---- lexer.c ---- */

typedef enum {
  FEEL_TOKEN_END,
  FEEL_TOKEN_LITERAL, /* value; UNKNOWN when a fault in it was reported */
  FEEL_TOKEN_NAME,
  FEEL_TOKEN_EQUAL, /* the relations, in the order of FeelRelation */
  FEEL_TOKEN_NOT_EQUAL,
  FEEL_TOKEN_LESS,
  FEEL_TOKEN_LESS_EQUAL,
  FEEL_TOKEN_GREATER,
  FEEL_TOKEN_GREATER_EQUAL,
  FEEL_TOKEN_LEFT_PAREN,
  FEEL_TOKEN_RIGHT_PAREN,
  FEEL_TOKEN_LEFT_BRACKET,
  FEEL_TOKEN_RIGHT_BRACKET,
  FEEL_TOKEN_COMMA,
  FEEL_TOKEN_DOTS, /* .. */
  FEEL_TOKEN_DOT,
  FEEL_TOKEN_MINUS,
  FEEL_TOKEN_ARITHMETIC, /* + * / ** */
  FEEL_TOKEN_AND,
  FEEL_TOKEN_OR,
  FEEL_TOKEN_NOT,
  FEEL_TOKEN_IF,
  FEEL_TOKEN_THEN,
  FEEL_TOKEN_ELSE,
  FEEL_TOKEN_BETWEEN,
  FEEL_TOKEN_IN,
  FEEL_TOKEN_OUTSIDE /* FEEL that is not in the subset: for, some, {, … */
} FeelTokenKind;

typedef struct {
  FeelTokenKind kind;
  guint         column;
  const char   *start; /* in the text */
  gsize         length;
  CsvcValue     value; /* owned; whoever steals it leaves UNKNOWN */
} FeelToken;

typedef struct {
  FeelCompiler *compiler;
  const char   *p;
  guint         column;
} FeelLexer;

/* Replaces *@token by the next one; faults are reported, and something useful returned. */
void _csvc_feel_lex (FeelLexer *self, FeelToken *token);

/* ---- parser.c ---- */

/* The index of the root. Text that is not FEEL gives faults. */
guint _csvc_feel_parse (FeelCompiler *self);

/* ---- check.c ---- */

/* Types the tree in place, for an expression of type @wanted (UNKNOWN: any). */
void _csvc_feel_check (FeelCompiler *self, guint root, CsvcType wanted, const char *const *words);

#endif
