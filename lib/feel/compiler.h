/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_FEEL_COMPILER_H
#define CSVC_FEEL_COMPILER_H

#include "feel/builtin.h"
#include "feel/types.h"

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
 * Names that an expression binds itself (for x, {a: …}, function (x), a filter's item) are
 * locals: a place in an array, given by how many surround it.
 *
 * Height is bounded, so all walks may recurse; every array is bounded, so hostile texts end early. */

#define FEEL_MAX_TEXT 32768 /* bytes */
#define FEEL_MAX_NODES 4096
#define FEEL_MAX_HEIGHT 100
#define FEEL_MAX_FAULTS 20 /* reported for one expression; then compiling stops */

#define FEEL_MAX_LOCALS 100 /* in scope at one place */

/* In the order of the tokens. */
typedef enum {
  FEEL_EQUAL,
  FEEL_NOT_EQUAL,
  FEEL_LESS,
  FEEL_LESS_EQUAL,
  FEEL_GREATER,
  FEEL_GREATER_EQUAL
} FeelRelation;

typedef enum {
  FEEL_ADD,
  FEEL_SUBTRACT,
  FEEL_MULTIPLY,
  FEEL_DIVIDE,
  FEEL_POWER
} FeelArithmetic;

typedef enum {
  FEEL_OP_FAULT,      /* something was wrong here and has been reported */
  FEEL_OP_CONSTANT,   /* value */
  FEEL_OP_NAME,       /* value: the name; the checker makes it FACT, LOCAL, MEMBER or BUILTIN */
  FEEL_OP_FACT,       /* kind, slot; value: the name, for whom it may be missing */
  FEEL_OP_LOCAL,      /* slot */
  FEEL_OP_MEMBER,     /* value: the name, of local c, a filter's item; without such a member, by kind: FeelFallback, slot */
  FEEL_OP_BUILTIN,    /* slot: a function as a value */
  FEEL_OP_INPUT,      /* ? */
  FEEL_OP_CALL,       /* value: the function's name, a: arguments; the checker makes it one of those below */
  FEEL_OP_ARGUMENT,   /* value: the parameter's name, a: the argument; only in calls */
  FEEL_OP_IN_STATE,   /* slot: the state */
  FEEL_OP_ENTRIES,    /* slot: the state */
  FEEL_OP_IS_DEFINED, /* a: a FACT */
  FEEL_OP_HOST,       /* value: the function's name, a: CONSTANT */
  FEEL_OP_CALL_BUILTIN, /* slot: in the table, a: arguments; ask: they do not suit; relation: only this form will do */
  FEEL_OP_INVOKE,     /* a: the function, b: arguments */
  FEEL_OP_NOT,        /* a */
  FEEL_OP_AND,        /* a: operands */
  FEEL_OP_OR,         /* a: operands */
  FEEL_OP_COMPARE,    /* a relation b */
  FEEL_OP_BETWEEN,    /* a between b and c */
  FEEL_OP_IN,         /* a in b: tests */
  FEEL_OP_TEST,       /* relation a; only in tests */
  FEEL_OP_CELL,       /* ? (INPUT b) in a: tests, or none of them when open_low; no tests: always. A test with ask is a condition on ? */
  FEEL_OP_RANGE,      /* a..b, open_low, open_high; 0 = no end; relation: written as one */
  FEEL_OP_LIST,       /* a: items */
  FEEL_OP_IF,         /* if a then b else c */
  FEEL_OP_ARITHMETIC, /* a relation (FeelArithmetic) b */
  FEEL_OP_NEGATE,     /* -a */
  FEEL_OP_CONTEXT,    /* a: ENTRY */
  FEEL_OP_ENTRY,      /* value: the name, a; slot: its local */
  FEEL_OP_PATH,       /* a.value */
  FEEL_OP_FILTER,     /* a[b]; slot: the item's local */
  FEEL_OP_FOR,        /* a: ITERATOR, b: what is returned; slot: the local of partial */
  FEEL_OP_SOME,       /* a: ITERATOR, b: the condition */
  FEEL_OP_EVERY,      /* a: ITERATOR, b: the condition */
  FEEL_OP_ITERATOR,   /* value: the name, a: a list, or a..b; slot: its local */
  FEEL_OP_FUNCTION,   /* a: PARAMETER, b: the body; slot: the first one's local */
  FEEL_OP_PARAMETER,  /* value: the name, full: its type or NULL; slot: its local */
  FEEL_OP_INSTANCE    /* a instance of what PARAMETER b says */
} FeelOp;

/* What a name in a filter stands for when the item has no such member. */
typedef enum { FEEL_FALLBACK_NULL, FEEL_FALLBACK_LOCAL, FEEL_FALLBACK_FACT } FeelFallback;

typedef struct {
  guint8              op;       /* FeelOp */
  guint8              type;     /* CsvcType; UNKNOWN: any, also in a node whose fault was reported */
  guint8              relation; /* FeelRelation, FeelArithmetic; of MEMBER: FeelFallback */
  guint8              kind;     /* CsvcNameKind */
  guint8              open_low;
  guint8              open_high;
  guint8              ask;
  guint16             height;
  guint16             a, b, c, next;
  guint32             column;
  guint32             slot;
  CsvcValue           value;
  const CsvcFeelType *full; /* while compiling, the static type (NULL: any); later only where the ops above say so */
} FeelNode;

struct _CsvcExpr {
  gatomicrefcount     refs;
  char               *text;
  FeelNode           *nodes;
  guint               n_nodes;
  guint               root;
  guint               n_locals;
  gboolean            dmn;
  gboolean            quick;  /* eval-quick.c may know the answer */
  const CsvcFeelType *type;   /* of the root */
  const CsvcFeelType *coerce; /* (nullable): what the answer is made to be */
  CsvcFeelTypes      *types;
};

typedef struct {
  const char      *text;
  const CsvcScope *scope;
  CsvcPlace        place;
  CsvcDiagnostics *diagnostics;
  GArray          *nodes; /* FeelNode */
  GArray          *locals; /* of the checker: what is in scope now */
  guint            n_locals; /* most at one time */
  GPtrArray       *vocabulary; /* names that are more than one word */
  CsvcFeelTypes   *types;
  const CsvcFeelType *input; /* of a cell */
  gboolean         is_cell;
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
  FEEL_TOKEN_LEFT_BRACE,
  FEEL_TOKEN_RIGHT_BRACE,
  FEEL_TOKEN_COLON,
  FEEL_TOKEN_QUESTION,
  FEEL_TOKEN_ARROW, /* -> */
  FEEL_TOKEN_PLUS, /* arithmetic, in the order of FeelArithmetic */
  FEEL_TOKEN_MINUS,
  FEEL_TOKEN_STAR,
  FEEL_TOKEN_SLASH,
  FEEL_TOKEN_POWER,
  FEEL_TOKEN_AND,
  FEEL_TOKEN_OR,
  FEEL_TOKEN_NOT,
  FEEL_TOKEN_IF,
  FEEL_TOKEN_THEN,
  FEEL_TOKEN_ELSE,
  FEEL_TOKEN_BETWEEN,
  FEEL_TOKEN_IN,
  FEEL_TOKEN_FOR,
  FEEL_TOKEN_RETURN,
  FEEL_TOKEN_SOME,
  FEEL_TOKEN_EVERY,
  FEEL_TOKEN_SATISFIES,
  FEEL_TOKEN_FUNCTION,
  FEEL_TOKEN_INSTANCE,
  FEEL_TOKEN_OUTSIDE /* FEEL that is not in the subset: external */
} FeelTokenKind;

typedef struct {
  FeelTokenKind kind;
  guint         column;
  const char   *start; /* in the text */
  gsize         length;
  const char   *name; /* of NAME: from the vocabulary, or NULL: as it stands */
  CsvcValue     value; /* owned; whoever steals it leaves UNKNOWN */
} FeelToken;

typedef struct {
  FeelCompiler *compiler;
  const char   *p;
  guint         column;
  FeelTokenKind previous; /* token */
} FeelLexer;

/* Replaces *@token by the next one; faults are reported, and something useful returned. */
void _csvc_feel_lex (FeelLexer *self, FeelToken *token);
/* Passes over everything before @to. */
void _csvc_feel_lex_move (FeelLexer *self, const char *to);
gboolean _csvc_feel_is_name_part (gunichar c);
/* Adds @name, unless it is one word, to what is read as one name from here on. */
void _csvc_feel_learn (FeelCompiler *self, const char *name);
/* The names in scope, of members and of functions. */
void _csvc_feel_learn_scope (FeelCompiler *self);

/* ---- parser.c ---- */

/* The index of the root. Text that is not FEEL gives faults. */
guint _csvc_feel_parse (FeelCompiler *self);
guint _csvc_feel_parse_cell (FeelCompiler *self);

/* ---- eval-quick.c ---- */

/* Could it ever tell the value of the node? */
gboolean _csvc_feel_is_quick (const CsvcExpr *expr, guint index);

/* ---- check.c ---- */

/* Types the tree in place, for an expression of type @wanted (NULL: any). */
void _csvc_feel_check (FeelCompiler *self, guint root, const CsvcFeelType *wanted);

#endif
