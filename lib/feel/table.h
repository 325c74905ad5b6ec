/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_FEEL_TABLE_H
#define CSVC_FEEL_TABLE_H

#include <csvc/table.h>

#include "feel/feel.h"

/* Decision tables (DMN 1.3, clause 8), of policies and of decision models.
 *
 *   cells as texts ──compile──▶ per column: cut points and a mask of rows for each stretch between them
 *                                  │
 *                  values ─────────┴──▶ mask AND mask AND … ──▶ the rows that hold ──hit policy──▶ rows, value
 *
 *        arpu      … < 100 │ 100 │ 100 < … < 500 │ 500 │ …        one mask of rows each
 *
 * What a cell says that no stretch of values can say (it reads a fact, it computes) is an expression of its own, asked only when
 * everything else of its row holds. A table never changes once compiled; threads share it. */

typedef struct _CsvcFeelTable CsvcFeelTable;

#define CSVC_TABLE_MAX_ROWS 2048
#define CSVC_TABLE_MAX_COLUMNS 255
#define CSVC_TABLE_WORDS (CSVC_TABLE_MAX_ROWS / 64)

/* ── building: all texts and arrays are the caller's, and needed only while compiling ── */

typedef struct {
  const char         *name;    /* in messages; NULL: the text */
  const char         *text;    /* the input expression */
  const CsvcFeelType *type;    /* what it must be; NULL: what it is */
  const char         *allowed; /* (nullable): unary tests, the only values that come. Others hold no row (a null answer in a model) */
  CsvcPlace           place;
} CsvcFeelInput;

typedef struct {
  const char         *name;      /* NULL: the only output */
  const CsvcFeelType *type;      /* NULL: any */
  const char         *values;    /* (nullable): unary tests, "a", "b": in the order of PRIORITY, best first */
  const char         *otherwise; /* (nullable): the expression when no row holds */
  CsvcPlace           place;
} CsvcFeelOutput;

typedef struct {
  const char *const *inputs;  /* a text for each input; NULL, "" and "-" hold always */
  const char *const *outputs; /* an expression for each output */
  const CsvcPlace   *places;  /* (nullable): of each cell, inputs first; NULL: all at @place */
  CsvcPlace          place;
  gint32             from, to; /* days since 1970-01-01, both inclusive: when the row exists, by env->now in env->zone. The whole range: always */
} CsvcFeelRow;

#define CSVC_ROW_FOR_EVER G_MININT32, G_MAXINT32

typedef struct {
  const char           *name; /* in messages */
  CsvcPlace             place;
  CsvcHitPolicy           hit;
  CsvcAggregate     aggregate; /* of COLLECT */
  guint                 n_inputs, n_outputs, n_rows;
  const CsvcFeelInput  *inputs;
  const CsvcFeelOutput *outputs;
  const CsvcFeelRow    *rows;
  const gint32         *period; /* (nullable): from, to, as of a row: outside of it nothing is to be proved */
  /* Of the input expressions and cells. Not dmn: bare words of an enum stand for themselves, in outputs too. */
  const CsvcScope      *scope;
  CsvcFeelTypes        *types;     /* for the type of the answer; outlives the table */
} CsvcFeelTableSpec;

/* (transfer full): NULL after faults, which are all reported: 820 to 839 in the registry, and those of expressions. */
CsvcFeelTable *_csvc_feel_table_compile (const CsvcFeelTableSpec *spec, CsvcDiagnostics *diagnostics);
CsvcFeelTable *_csvc_feel_table_ref (CsvcFeelTable *self);
void           _csvc_feel_table_unref (CsvcFeelTable *self);

guint               _csvc_feel_table_get_n_rows (const CsvcFeelTable *self);
guint               _csvc_feel_table_get_n_words (const CsvcFeelTable *self); /* of a set of rows */
/* @words: (out) (optional): of an enum; lives as long as the table. */
CsvcType            _csvc_feel_table_get_input_type (const CsvcFeelTable *self, guint input, const char *const **words);
/* Of the answer: the output's, a context of the outputs, or a list of that. */
const CsvcFeelType *_csvc_feel_table_get_type (const CsvcFeelTable *self);
/* What the table reads, as _csvc_expr_foreach_read(). */
void                _csvc_feel_table_foreach_read (const CsvcFeelTable *self, CsvcFeelReadFunc func, gpointer data);

/* ── evaluating: no heap, but for output expressions that build values ── */

/* Sets of rows: bit i is row i. Only the table's own words are touched. */
typedef struct {
  guint64 hold[CSVC_TABLE_WORDS]; /* surely */
  guint64 may[CSVC_TABLE_WORDS];  /* at least perhaps: what hangs on a missing fact is in may and not in hold */
} CsvcFeelRows;

/* The whole decision. CSVC_TRUE: *@value is the answer as DMN has it: the output, or a context of the outputs by name; a list of these
 * for the hit policies of many; NULL when no row holds and nothing is said for that. CSVC_UNKNOWN: *@missing. CSVC_NULL: null,
 * because rows contradict each other or an input is none of the allowed ones; env->why says it.
 * @rows: (out) (optional): the rows that the answer is made of, in hold. */
CsvcTruth _csvc_feel_table_eval (const CsvcFeelTable *self, const CsvcFeelEnv *env, CsvcFeelRows *rows, CsvcValue *value,
                                 const char **missing);

/* The same in its steps. First: which rows hold, each for itself. */
void      _csvc_feel_table_match (const CsvcFeelTable *self, const CsvcFeelEnv *env, CsvcFeelRows *rows);
/* Then the hit policy: leaves in hold the rows that decide. CSVC_FALSE: none, the defaults hold. CSVC_NULL: they contradict each other (all
 * stay). CSVC_UNKNOWN: the answer hangs on a fact, *@missing. */
CsvcTruth _csvc_feel_table_choose (const CsvcFeelTable *self, const CsvcFeelEnv *env, CsvcFeelRows *rows, const char **missing);
/* An output's value in a row; @row G_MAXUINT: when no row holds. */
CsvcTruth _csvc_feel_table_get_output (const CsvcFeelTable *self, const CsvcFeelEnv *env, guint row, guint output, CsvcValue *value,
                                       const char **missing);
/* Which cell of a row does not hold, from the left: FALSE when all do. *@truth: FALSE, or UNKNOWN and *@missing. *@input is G_MAXUINT when the
 * row does not exist on that day. */
gboolean  _csvc_feel_table_why_not (const CsvcFeelTable *self, const CsvcFeelEnv *env, guint row, guint *input, CsvcTruth *truth,
                                    const char **missing);

/* ── many at once: table-batch.c ── */

/* (nullable): why these columns cannot be asked at once: cells compute, or strings are without a dictionary. Static. */
const char *_csvc_feel_table_why_no_batch (const CsvcFeelTable *self, const CsvcColumn *columns);
/* @columns: one for each input. @hold, @may: (optional): n times n_words, a set of rows for each. @day: days since 1970-01-01, on
 * which rows exist or do not. */
void _csvc_feel_table_match_columns (const CsvcFeelTable *self, const CsvcColumn *columns, gsize n, gint32 day, guint64 *hold,
                                     guint64 *may);

/* ── proving: table-proof.c ── */

/* Two rows that hold at once. */
typedef struct {
  guint  a, b;    /* a < b */
  char  *example; /* "arpu = 500, tier = gold"; "every case" */
} CsvcFeelOverlap;

/* (transfer full): of CsvcFeelOverlap, by rows, at most @max. Of ANY only rows that contradict each other. Cells that no stretch of values can
 * say are left out of this: their rows are in *@left_out (optional), a set of rows. */
GArray *_csvc_feel_table_find_overlaps (const CsvcFeelTable *self, guint max, guint64 *left_out);
/* (transfer full): texts of cases that no row holds for, at most @max; of facts that have null for a value nothing is said. *@complete
 * (optional) is FALSE when there were too many combinations to look at them all. */
GPtrArray *_csvc_feel_table_find_gaps (const CsvcFeelTable *self, guint max, gboolean *complete);
/* The set of rows that can never decide: rows before them (FIRST) or better ones (PRIORITY) hold wherever they do; @never: those that hold for no
 * value at all. */
void _csvc_feel_table_find_idle (const CsvcFeelTable *self, guint64 *covered, guint64 *never);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcFeelTable, _csvc_feel_table_unref)

#endif
