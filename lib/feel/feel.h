/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_FEEL_FEEL_H
#define CSVC_FEEL_FEEL_H

#include <csvc/zone.h>

#include "base/diagnostic.h"
#include "base/json-writer.h"
#include "base/value.h"

/* Expressions in FEEL (DMN 1.3, chapter 10), compiled once against the names in scope and
 * evaluated without touching the heap.
 *
 *   text ──lex, parse──▶ tree ──type check against a CsvcScope──▶ code ──(CsvcFeelEnv)──▶ value
 *
 * Names are resolved to slots when compiled: a fact of the case or of the customer is an
 * index into an array of values; In ("open") is an index into the set of active states. */

typedef struct _CsvcExpr        CsvcExpr;
typedef struct _CsvcFeelType    CsvcFeelType;
typedef struct _CsvcFeelTypes   CsvcFeelTypes;
typedef struct _CsvcFeelScratch CsvcFeelScratch;
typedef struct _CsvcFeelEnv     CsvcFeelEnv;

/* ── static types ── */

/* What is known of a value before there is one. Types are never changed; compared by content, not by pointer. */
struct _CsvcFeelType {
  CsvcType                   type;  /* UNKNOWN = any value */
  const char *const         *words; /* enum: its closed list, NULL-terminated */
  const CsvcFeelType        *item;  /* list and range: of an item; function: of the result; NULL = any */
  guint                      n;     /* context: members; function: parameters */
  const char *const         *names;
  const CsvcFeelType *const *types; /* NULL in it = any */
};

/* An arena: types made from it live as long as it does, and so must everything that they are made of. */
CsvcFeelTypes      *_csvc_feel_types_new (void);
void                _csvc_feel_types_free (CsvcFeelTypes *self);
/* Static; for any type: of LIST, RANGE, CONTEXT and FUNCTION nothing more is known then. UNKNOWN: any. */
const CsvcFeelType *_csvc_feel_type_plain (CsvcType type);
const CsvcFeelType *_csvc_feel_type_enum (CsvcFeelTypes *types, const char *const *words);      /* @words must outlive it */
const CsvcFeelType *_csvc_feel_type_list (CsvcFeelTypes *types, const CsvcFeelType *item);
const CsvcFeelType *_csvc_feel_type_range (CsvcFeelTypes *types, const CsvcFeelType *item);
/* @names and @members are copied, the letters of the names too. */
const CsvcFeelType *_csvc_feel_type_context (CsvcFeelTypes *types, guint n, const char *const *names, const CsvcFeelType *const *members);
const CsvcFeelType *_csvc_feel_type_function (CsvcFeelTypes *types, guint n, const char *const *names, const CsvcFeelType *const *parameters,
                                              const CsvcFeelType *result);
/* (transfer full): "list<number>", "context<a: number, b: string>", "any" */
char               *_csvc_feel_type_to_string (const CsvcFeelType *type);

/* ── scope: what the names mean ── */

/* What a name stands for. */
typedef enum {
  CSVC_NAME_CASE_FACT,     /* env->case_facts[slot] */
  CSVC_NAME_CUSTOMER_FACT, /* env->customer_facts[slot] */
  CSVC_NAME_LEVEL,         /* env->level, a number from 1; 0 = unknown */
  CSVC_NAME_TIER,          /* env->tier, an enum */
  CSVC_NAME_VALUE,         /* env->values[slot]: whatever the host binds (inputs, decisions, functions) */
  CSVC_NAME_HOST,          /* only when asking what an expression reads: a function that the host answers */
  CSVC_NAME_NOW            /* only when asking what an expression reads: now () or today () */
} CsvcNameKind;

typedef struct {
  const char         *name;
  CsvcNameKind        kind;
  guint               slot;
  CsvcType            type;
  const char *const  *words; /* enum: its closed list of GRefStrings, NULL-terminated; else NULL */
  const CsvcFeelType *full;  /* (nullable): says more than type and words, which then do not matter */
} CsvcName;

/* Functions that the host answers: used ("id"), balance ("id"), available ("id"), applied ("id"), happened ("event"), happened_at ("event"),
 * open_cases ("kind"), last_opened ("kind"), last_ended ("kind"). Their argument is always a literal, so it is checked when compiling. */
typedef struct {
  gpointer data;
  /* Sets *@type to the answer's. FALSE: there is no such thing here; *@message and *@hint (transfer full, the latter nullable) say so. */
  gboolean (*check) (gpointer data, const char *function, const char *argument, CsvcType *type, char **message, char **hint);
} CsvcFeelHostScope;

/* The names that an expression may use. Arrays belong to the caller and must outlive the compilation only. */
typedef struct {
  const CsvcName          *names; /* a later one hides an earlier one of the same name */
  guint                    n_names;
  const char *const       *states; /* by state index, NULL-terminated, for In and entries; NULL = no lifecycle: both are refused */
  CsvcZone                *zone;   /* reads @"2026-03-01T10:00:00" without an offset; NULL refuses such literals, unless dmn */
  const CsvcFeelHostScope *host;   /* (nullable): without it the host's functions are refused */
  /* Decision models as the standard has them, not policies: names may hold blanks and operators ("Monthly Fee"), the longest
   * name in scope wins; what can only be null (1 = "a") is null and no error; words of an enum stand in quotes, in cells too;
   * times keep their offset, and date times without one are local. */
  gboolean                 dmn;
  /* Types that instance of and functions' parameters may name; any of these may be NULL. */
  const char *const         *type_names; /* n_types */
  const CsvcFeelType *const *types;
  guint                      n_types;
} CsvcScope;

/* ── values ── */

/* Lists, contexts and ranges: value->u.p points to one of these. They live in a scratch or in constants, and are never changed. Values are shared: a list that holds
 * another one twice takes no more room. So each knows what it weighs, which is how many values are in it, counted as often as they are
 * met; whoever walks one spends that much. */
typedef struct {
  guint            n;
  const CsvcValue *items;
  guint            weight; /* 0 in those that were made elsewhere: it is n */
} CsvcFeelList;

typedef struct {
  guint              n;
  const char *const *names; /* in the order of writing */
  const CsvcValue   *values;
  guint              weight; /* as above */
} CsvcFeelContext;

/* What would weigh more is null. */
#define CSVC_FEEL_MAX_WEIGHT 2000000

/* An end of type NULL is not there: < 5 has no lower one. */
typedef struct {
  CsvcValue low, high;
  gboolean  open_low, open_high;
  gboolean  is_relation; /* written as one: (< 5), which is not equal to (null..5) */
} CsvcFeelRange;

/* A function of the host (a business knowledge model, a decision service). */
typedef struct {
  guint                      n; /* parameters */
  const char *const         *names;
  const CsvcFeelType *const *types; /* arguments are coerced to these, or the answer is null; NULL in it = any */
  gpointer                   data;
  /* @arguments: n of them. FALSE: unknown, *@missing names the fact. *@result is borrowed, from env->scratch or longer. */
  gboolean (*invoke) (gpointer data, const CsvcFeelEnv *env, const CsvcValue *arguments, CsvcValue *result, const char **missing);
} CsvcFeelFunction;

/* Memory for values that are made while evaluating. It grows and is used again; one a thread. Values made in it live until it is
 * reset. Texts in it are marked as borrowed: _csvc_value_init_copy() makes them proper. */
CsvcFeelScratch *_csvc_feel_scratch_new (void);
void             _csvc_feel_scratch_reset (CsvcFeelScratch *self);
void             _csvc_feel_scratch_free (CsvcFeelScratch *self);
/* Zeroed memory, aligned for values; NULL when the scratch's limit (64 MiB) is reached. */
gpointer         _csvc_feel_scratch_alloc (CsvcFeelScratch *self, gsize size);
/* The text as a string value; NULL type when there is no room. @length -1: up to NUL. */
CsvcValue        _csvc_feel_string (CsvcFeelScratch *scratch, const char *text, gssize length);
/* @items: n of them, not copied; they must live as long as the scratch's contents. */
/* Of a value with all that is in it; a text weighs 1 for each 64 bytes. */
guint            _csvc_feel_weight (const CsvcValue *value);
CsvcValue        _csvc_feel_list (CsvcFeelScratch *scratch, const CsvcValue *items, guint n);
/* The same, of items whose weights are known to sum to @weight. */
CsvcValue        _csvc_feel_list_of_weight (CsvcFeelScratch *scratch, const CsvcValue *items, guint n, guint weight);
CsvcValue        _csvc_feel_context (CsvcFeelScratch *scratch, const char *const *names, const CsvcValue *values, guint n);
/* Borrows @function for as long as the value is used. */
CsvcValue        _csvc_feel_function (CsvcFeelScratch *scratch, const CsvcFeelFunction *function);

static inline const CsvcFeelList *
_csvc_feel_get_list (const CsvcValue *value)
{
  return value->type == CSVC_TYPE_LIST ? (const CsvcFeelList *) value->u.p : NULL;
}

static inline const CsvcFeelContext *
_csvc_feel_get_context (const CsvcValue *value)
{
  return value->type == CSVC_TYPE_CONTEXT ? (const CsvcFeelContext *) value->u.p : NULL;
}

/* (nullable): the member, or NULL when there is none. */
const CsvcValue *_csvc_feel_context_find (const CsvcFeelContext *context, const char *name);

/* Makes *@value one of @type: a list of one item for the item, an item for the list of it, a date for the dateTime at its midnight
 * (DMN 10.3.2.9.4). FALSE, and *@value is null, when that cannot be. Null is of every type. Items and members are judged too. */
gboolean _csvc_feel_coerce (CsvcValue *value, const CsvcFeelType *type, CsvcFeelScratch *scratch);
/* Any value as FEEL's string () writes it; inside lists and contexts, texts stand in quotes. */
void     _csvc_feel_append (GString *out, const CsvcValue *value);
/* Numbers, booleans, null, lists and contexts are JSON's; everything else is a string. */
void     _csvc_feel_to_json (CsvcJson *json, const char *name, const CsvcValue *value);

/* ── evaluating ── */

typedef struct {
  gpointer data;
  /* FALSE: not known; the function's call is then the missing fact. *@value is borrowed. */
  gboolean (*ask) (gpointer data, const char *function, const char *argument, CsvcValue *value);
} CsvcFeelHost;

/* Why an answer is null; written when something went wrong, so empty it before. The first reason stays. */
typedef struct {
  const char *text;    /* static, or NULL: "division by zero" */
  guint       column;  /* in the expression's text, from 1 */
  gboolean    outside; /* FEEL would have an answer, but it is outside what is represented here (a date after the year 9999) */
} CsvcFeelWhy;

/* A fact that may have been put or not: whether it is defined is unknown, too. A condition that is false then is false whatever the fact is. */
#define CSVC_FEEL_UNSEEN 1
#define CSVC_VALUE_UNSEEN { .type = CSVC_TYPE_UNKNOWN, .index = CSVC_FEEL_UNSEEN }

/* What it is evaluated against; zeroed, everything is unknown but now, which is an instant: set it, CSVC_NEVER = unknown.
 * A value of type UNKNOWN in the arrays is a fact that was not put, or one that is unseen. */
struct _CsvcFeelEnv {
  const CsvcValue    *case_facts;
  const CsvcValue    *customer_facts; /* NULL: every fact of the customer is unknown */
  const guint64      *active;         /* bit set of active states */
  const guint32      *entries;        /* by state index: how often it was entered */
  guint               level;
  const CsvcValue    *tier;           /* an enum; NULL: unknown */
  const CsvcValue    *values;         /* of the names of kind VALUE */
  const CsvcFeelHost *host;           /* NULL: unknown */
  CsvcTime            now;            /* the stamp's */
  const CsvcZone     *zone;           /* for today () and the parts of a dateTime; NULL: UTC */
  CsvcFeelScratch    *scratch;        /* NULL: one of the thread's own, whose values live until the next evaluation without one */
  CsvcFeelWhy        *why;            /* (nullable) */
};

/* Three-valued logic inside (FEEL's null is the third value); "unknown" (a missing fact) is its own answer at the edge. */
typedef enum { CSVC_FALSE, CSVC_TRUE, CSVC_NULL, CSVC_UNKNOWN } CsvcTruth;

/* May a fact bear this name? FEEL's words (and, in, …) and names with blanks or operators may not stand in expressions. */
gboolean _csvc_feel_is_name (const char *text);

/* Compiles a condition (an expression of type boolean). On a fault adds diagnostics at @place with the column inside @text, and
 * returns NULL. (transfer full): _csvc_expr_unref(). */
CsvcExpr *_csvc_expr_compile_condition (const char *text, const CsvcScope *scope, CsvcPlace place, CsvcDiagnostics *diagnostics);
/* Compiles an expression of any type, or, unless @wanted is UNKNOWN, of exactly @wanted (for an ENUM: a word of @words). */
CsvcExpr *_csvc_expr_compile (const char *text, const CsvcScope *scope, CsvcType wanted, const char *const *words, CsvcPlace place,
                              CsvcDiagnostics *diagnostics);
/* The same for any static type; @wanted NULL: any. In a dmn scope the answer is coerced when evaluated, and never refused here. */
CsvcExpr *_csvc_expr_compile_typed (const char *text, const CsvcScope *scope, const CsvcFeelType *wanted, CsvcPlace place,
                                    CsvcDiagnostics *diagnostics);
/* Compiles a table's cell: unary tests against an input of type @input (NULL: any), separated by commas: values, relations
 * (> 3), ranges, not (…), expressions with ? for the input; empty or - holds for every input. Unless dmn, bare words of an
 * enum input are literals. Evaluate it with _csvc_expr_test_cell(). */
CsvcExpr *_csvc_expr_compile_cell (const char *text, const CsvcScope *scope, const CsvcFeelType *input, CsvcPlace place,
                                   CsvcDiagnostics *diagnostics);
CsvcExpr           *_csvc_expr_ref (CsvcExpr *self);
void                _csvc_expr_unref (CsvcExpr *self);
const char         *_csvc_expr_get_text (const CsvcExpr *self);
CsvcType            _csvc_expr_get_type (const CsvcExpr *self); /* UNKNOWN = any */
/* The expression's own; lives as long as it. */
const CsvcFeelType *_csvc_expr_get_full_type (const CsvcExpr *self);
/* (nullable): the value when it is a literal; lives as long as the expression. */
const CsvcValue    *_csvc_expr_get_constant (const CsvcExpr *self);
/* Does it read this name / any name of this kind? (slot = G_MAXUINT: any) */
gboolean            _csvc_expr_reads (const CsvcExpr *self, CsvcNameKind kind, guint slot);
/* Everything it reads, each as often as it stands there; HOST: @name is the function, @argument its argument (else NULL). */
typedef void (*CsvcFeelReadFunc) (gpointer data, CsvcNameKind kind, guint slot, const char *name, const char *argument);
void                _csvc_expr_foreach_read (const CsvcExpr *self, CsvcFeelReadFunc func, gpointer data);

/* One stretch of values that a cell holds for. */
typedef struct {
  const CsvcValue *low, *high; /* borrowed from the cell; NULL = no end; one value: both are it, and closed */
  gboolean         open_low, open_high;
} CsvcFeelInterval;

/* A cell as a union of intervals, or, with *@negated, as everything outside of it. No interval and *@negated: it holds always. A null
 * among the tests is an interval from null to null. Appends CsvcFeelInterval to @intervals; FALSE when it cannot be said so (it asks facts
 * or computes), and then nothing is appended. */
gboolean _csvc_expr_get_intervals (const CsvcExpr *cell, GArray *intervals, gboolean *negated);

/* ── where the answer can change ── */

/* The values of one fact at which a condition's answer may change: between two of them it is the same for all values. */
typedef struct _CsvcFeelCuts CsvcFeelCuts;

/* Of a fact (or LEVEL, TIER, …) of a type that has an order: number, string, date, time, dateTime, durations. */
CsvcFeelCuts *_csvc_feel_cuts_new (CsvcNameKind kind, guint slot, CsvcType type);
void          _csvc_feel_cuts_free (CsvcFeelCuts *self);
/* @env: what @expr, which must outlive the cuts, will always be evaluated in, but for this fact, which is unknown in it. FALSE: the answer may change
 * anywhere, because the fact does not stand for itself, beside what is known without it. */
gboolean      _csvc_feel_cuts_add (CsvcFeelCuts *self, const CsvcExpr *expr, const CsvcFeelEnv *env);
/* After the last one was added. How many stretches there are: cut points, and what lies between. */
guint         _csvc_feel_cuts_finish (CsvcFeelCuts *self);
/* In which stretch a value lies; FALSE: it has another type. */
gboolean      _csvc_feel_cuts_find (const CsvcFeelCuts *self, const CsvcValue *value, guint *stretch);

/* Evaluates a condition. With CSVC_UNKNOWN, *@missing (optional) is the name of the first missing fact that the answer hangs on.
 * "false and unknown" is false, "true or unknown" is true: only what can change the answer is asked for. */
CsvcTruth _csvc_expr_test (const CsvcExpr *self, const CsvcFeelEnv *env, const char **missing);
/* Evaluates a cell for @input; one of type UNKNOWN is a missing fact, and then *@missing is "?" . */
CsvcTruth _csvc_expr_test_cell (const CsvcExpr *self, const CsvcFeelEnv *env, const CsvcValue *input, const char **missing);
/* Evaluates to a value: borrowed from facts, constants or the scratch, so *@value must not be cleared. CSVC_TRUE = there is a value (maybe
 * NULL); CSVC_UNKNOWN = a fact is missing. */
CsvcTruth _csvc_expr_eval (const CsvcExpr *self, const CsvcFeelEnv *env, CsvcValue *value, const char **missing);

/* FEEL's = : TRUE, FALSE, or NULL for values of different types. */
CsvcTruth _csvc_feel_equal (const CsvcValue *a, const CsvcValue *b);
/* -1, 0, 1 into *@order, for two values of one ordered type, else FALSE. Knows local and offset times. */
gboolean  _csvc_feel_order (const CsvcValue *a, const CsvcValue *b, int *order);

/* Exact where 18 digits are enough, else rounded half to even to 18 digits. FALSE: not two numbers, overflow, or division by zero. */
gboolean _csvc_number_add (CsvcValue *result, const CsvcValue *a, const CsvcValue *b);
gboolean _csvc_number_subtract (CsvcValue *result, const CsvcValue *a, const CsvcValue *b);
gboolean _csvc_number_multiply (CsvcValue *result, const CsvcValue *a, const CsvcValue *b);
gboolean _csvc_number_divide (CsvcValue *result, const CsvcValue *a, const CsvcValue *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcExpr, _csvc_expr_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcFeelTypes, _csvc_feel_types_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcFeelScratch, _csvc_feel_scratch_free)

#endif
