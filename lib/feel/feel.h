/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_FEEL_FEEL_H
#define CSVC_FEEL_FEEL_H

#include "base/diagnostic.h"
#include "base/value.h"

/* Conditions in FEEL (DMN 1.x, chapter 10), compiled once against the names in scope and
 * evaluated without touching the heap.
 *
 *   text ──lex, parse──▶ tree ──type check against a CsvcScope──▶ code ──(CsvcFeelEnv)──▶ value
 *
 * Names are resolved to slots when compiled: a fact of the case or of the customer is an
 * index into an array of values; In ("open") is an index into the set of active states. */

typedef struct _CsvcExpr CsvcExpr;

/* What a name stands for. */
typedef enum {
  CSVC_NAME_CASE_FACT,     /* env->case_facts[slot] */
  CSVC_NAME_CUSTOMER_FACT, /* env->customer_facts[slot] */
  CSVC_NAME_LEVEL          /* env->level, a number from 1; 0 = unknown */
} CsvcNameKind;

typedef struct {
  const char        *name;
  CsvcNameKind       kind;
  guint              slot;
  CsvcType           type;
  const char *const *words; /* enum: its closed list of GRefStrings, NULL-terminated; else NULL */
} CsvcName;

/* The names that an expression may use. Arrays belong to the caller and must outlive the compiled expressions' compilation only. */
typedef struct {
  const CsvcName    *names;
  guint              n_names;
  const char *const *states; /* by state index, NULL-terminated, for In and entries; NULL = no lifecycle: both are refused */
  CsvcZone          *zone;   /* reads @"2026-03-01T10:00:00" without an offset; NULL refuses such literals */
} CsvcScope;

/* What it is evaluated against. A value of type UNKNOWN in the arrays is a fact that was not put. */
typedef struct {
  const CsvcValue *case_facts;
  const CsvcValue *customer_facts; /* NULL: every fact of the customer is unknown */
  const guint64   *active;         /* bit set of active states */
  const guint32   *entries;        /* by state index: how often it was entered */
  guint            level;
} CsvcFeelEnv;

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
CsvcExpr   *_csvc_expr_ref (CsvcExpr *self);
void        _csvc_expr_unref (CsvcExpr *self);
const char *_csvc_expr_get_text (const CsvcExpr *self);
CsvcType    _csvc_expr_get_type (const CsvcExpr *self);
/* Does it read this name / any name of this kind? (slot = G_MAXUINT: any) */
gboolean    _csvc_expr_reads (const CsvcExpr *self, CsvcNameKind kind, guint slot);

/* Evaluates a condition. With CSVC_UNKNOWN, *@missing (optional) is the name of the first missing fact that the answer hangs on.
 * "false and unknown" is false, "true or unknown" is true: only what can change the answer is asked for. */
CsvcTruth _csvc_expr_test (const CsvcExpr *self, const CsvcFeelEnv *env, const char **missing);
/* Evaluates to a value: borrowed from facts or constants, so *@value must not be cleared. CSVC_TRUE = there is a value (maybe NULL);
 * CSVC_UNKNOWN = a fact is missing. */
CsvcTruth _csvc_expr_eval (const CsvcExpr *self, const CsvcFeelEnv *env, CsvcValue *value, const char **missing);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcExpr, _csvc_expr_unref)

#endif
