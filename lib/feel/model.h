/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_FEEL_MODEL_H
#define CSVC_FEEL_MODEL_H

#include <csvc/model.h>

#include "feel/feel.h"
#include "feel/model-tree.h"
#include "feel/table.h"

/* A compiled model of DMN: its requirements graph, each node a unit.
 *
 *   CsvcModelTree ──types──▶ shapes ──in the order of requirements──▶ units ──(inputs)──▶ values
 *
 * A unit's logic runs in a frame, an array of values with a slot for each name that its expressions may use:
 *
 *   | what it requires, in order | entries of contexts, parameters, iterators, arguments … |
 *
 * Frames lie in the scratch of an evaluation, and a function keeps the one it was made in. */

typedef struct _CsvcModelShape CsvcModelShape;
typedef struct _CsvcModelCode  CsvcModelCode;
typedef struct _CsvcModelUnit  CsvcModelUnit;

/* ── model-types.c: what a typeRef means ── */

/* A static type with its limits: allowed values at any depth. */
struct _CsvcModelShape {
  const char            *name;      /* as it is written; of a list of an item definition, that of the definition */
  const CsvcFeelType    *type;      /* NULL: any */
  const CsvcModelShape  *base;      /* whose limits hold too, or NULL */
  const CsvcModelShape  *item;      /* of a list */
  CsvcExpr              *values;    /* allowed: a cell, or NULL */
  const char            *values_text;
  guint                  n_members; /* of a context */
  const char           **names;
  const CsvcModelShape **members;
  gboolean               is_limited; /* here or further in */
  gboolean               is_faulty;
};

typedef struct {
  CsvcModelTree   *tree;
  CsvcFeelTypes   *types;
  GHashTable      *definitions; /* name → CsvcModelType */
  GHashTable      *shapes;      /* name → CsvcModelShape */
  /* Those that a static type says all of: what instance of may ask for. */
  guint                n_named;
  const char         **named;
  const CsvcFeelType **named_types;
  GPtrArray       *expressions; /* all that are compiled, to be freed */
  CsvcDiagnostics *diagnostics; /* while compiling */
} CsvcModelTypes;

/* Compiles the item definitions of @self->tree. */
void                  _csvc_model_types_compile (CsvcModelTypes *self);
/* NULL after a report, and for a type that has faults itself; no typeRef at all is any type. */
const CsvcModelShape *_csvc_model_types_find (CsvcModelTypes *self, const char *type, CsvcPlace place);
/* Makes *@value one of @shape. FALSE, and it is null, when it is none. */
gboolean              _csvc_model_conform (CsvcValue *value, const CsvcModelShape *shape, const CsvcFeelEnv *env);

/* Adds what was found in @text, which stands at @place and was compiled with @skip more characters in front. Lines are counted on. */
void _csvc_model_report (CsvcDiagnostics *to, const CsvcDiagnostics *found, CsvcPlace place, const char *text, guint skip);

/* ── model-compile.c ── */

struct _CsvcModelCode {
  CsvcBoxKind           kind;
  const CsvcModelShape *own;    /* by its typeRef; */
  const CsvcModelShape *wanted; /* … and by its variable's: the value is made to fit both */
  /* LITERAL; of an INVOCATION or FILTER, what is evaluated when the parts are in their slots; of an iteration, what makes a list of
   * the value in the slot */
  CsvcExpr             *expression;
  CsvcFeelTable        *table;
  const char           *name;   /* in the box around it */
  guint                 slot;   /* where its value goes there */
  guint                 work;   /* FILTER, FOR, EVERY, SOME: the slot for the list; the next one is the iterator's */
  guint                 n_parts;
  CsvcModelCode       **parts;
  guint                 n_names; /* columns, parameters, entries */
  const char          **names;
  const CsvcModelShape **shapes;      /* of the names */
  const CsvcFeelType  **types;        /* of the names */
  guint                 first_slot;   /* of the parameters */
  gboolean              has_result;   /* of a CONTEXT: the last part */
  guint                 line;
};

struct _CsvcModelUnit {
  const CsvcModelItem  *item;
  guint                 index;
  guint                 n_needs;
  CsvcModelUnit       **needs;  /* in its frame's first slots; of a service: its parameters */
  guint                 n_outputs;
  CsvcModelUnit       **outputs; /* of a service */
  const CsvcModelShape *shape;  /* of its variable */
  const CsvcFeelType   *type;   /* that, or what its logic says; NULL: any */
  CsvcModelCode        *code;   /* or NULL: null */
  guint                 n_slots;
  const char          **parameters;      /* of a service */
  const CsvcFeelType  **parameter_types;
  const char           *fault;  /* why it cannot be evaluated, or NULL */
  enum { CSVC_UNIT_NEW, CSVC_UNIT_OPEN, CSVC_UNIT_DONE } state; /* while ordering */
};

struct _CsvcModel {
  gatomicrefcount refs;
  CsvcModelTypes  types;
  guint           n_units;
  CsvcModelUnit  *units;  /* in the order of the document */
  GHashTable     *names[CSVC_ITEM_SERVICE + 1]; /* by kind: name → unit */
  GPtrArray      *tables;
  CsvcExpr       *readers[CSVC_TYPE_YEAR_MONTH_DURATION + 1]; /* text → value; NULL: of no such type */
};

/* (transfer full): takes @tree. Also when there are errors: what has one, or needs something that has, has its fault set. */
CsvcModel     *_csvc_model_compile (CsvcModelTree *tree, CsvcDiagnostics *diagnostics);
CsvcModelUnit *_csvc_model_find (const CsvcModel *self, CsvcItemKind kind, const char *name);

/* ── model-run.c ── */

typedef struct _CsvcModelRun CsvcModelRun;

/* What one evaluation has in common with those of the services in it. */
typedef struct {
  GPtrArray *notes;      /* of char *: what came to null, and why */
  guint      n_rounds;   /* of iterations, in all */
  guint      depth;      /* of functions */
  gboolean   is_outside; /* something is null only because it is outside what is represented here */
} CsvcModelLog;

/* One evaluation: inputs in, values out; each decision is evaluated once. */
struct _CsvcModelRun {
  const CsvcModel *model;
  CsvcModelLog    *log;
  CsvcFeelEnv      env;    /* now, zone and scratch are the caller's */
  CsvcValue       *values; /* by unit */
  guint8          *states;
};

/* In @env->scratch, which must live as long as the values; of @env, only that, now and zone matter. NULL: there is no room. */
CsvcModelRun *_csvc_model_run_new (const CsvcModel *model, const CsvcFeelEnv *env, CsvcModelLog *log);
/* An input's value, or that of a decision which is not to be evaluated. Made to fit its type. */
void      _csvc_model_run_set (CsvcModelRun *run, const CsvcModelUnit *unit, CsvcValue value);
/* A decision; of a piece of knowledge or a service: the function. */
CsvcValue _csvc_model_run_eval (CsvcModelRun *run, const CsvcModelUnit *unit);
/* A service with its parameters set: the answer of its output, or a context of them. */
CsvcValue _csvc_model_run_service (CsvcModelRun *run, const CsvcModelUnit *service);
/* A text as a value of @type (a date, a duration, …). FALSE: it is none. */
gboolean  _csvc_model_run_read (CsvcModelRun *run, CsvcType type, const char *text, CsvcValue *value);

/* ── model-json.c ── */

/* A JSON text as a value in @scratch: numbers exactly, strings as they are. FALSE: CSVC_ERROR_SYNTAX or LIMIT. */
gboolean _csvc_feel_parse_json (const char *text, CsvcFeelScratch *scratch, CsvcValue *value, GError **error);
/* Reads the strings in *@value as what @shape says they are: dates, durations, … FALSE, with where, when one is not. */
gboolean _csvc_model_read_texts (CsvcModelRun *run, CsvcValue *value, const CsvcModelShape *shape, const char *where, GError **error);

/* ── model-export.c ── */

/* (transfer full): a decision's table as a policy writes it, or NULL with why not. */
char *_csvc_model_export_table (const CsvcModel *self, const CsvcModelUnit *unit, GError **error);

#endif
