/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_FEEL_MODEL_TREE_H
#define CSVC_FEEL_MODEL_TREE_H

#include "base/diagnostic.h"

/* A model of DMN as it was written: what lib/xml reads, what model.c compiles. Nothing is resolved yet: types and requirements are
 * names. All texts and parts belong to the tree and live as long as it.
 *
 * Arrays are made by _csvc_model_tree_array() and are never NULL where their owner's kind has them. */

/* A text and where it stands; NULL text: there is none. */
typedef struct {
  const char *text;
  CsvcPlace   place;
} CsvcModelText;

/* What gives a value a name and a type: a variable, a parameter, a column. */
typedef struct {
  const char *name;
  const char *type; /* typeRef, or NULL */
  CsvcPlace   place;
} CsvcModelVariable;

typedef enum {
  CSVC_BOX_LITERAL,     /* text */
  CSVC_BOX_TABLE,       /* table */
  CSVC_BOX_CONTEXT,     /* parts: each named by its variable; one without a name is the result */
  CSVC_BOX_LIST,        /* parts */
  CSVC_BOX_RELATION,    /* variables: the columns; parts: the cells, row by row */
  CSVC_BOX_INVOCATION,  /* parts: what is called, then its arguments, named by their variables */
  CSVC_BOX_FUNCTION,    /* variables: the parameters; parts: the body */
  CSVC_BOX_CONDITIONAL, /* parts: if, then, else */
  CSVC_BOX_FOR,         /* iterator; parts: in, return */
  CSVC_BOX_EVERY,       /* iterator; parts: in, satisfies */
  CSVC_BOX_SOME,
  CSVC_BOX_FILTER       /* parts: in, match */
} CsvcBoxKind;

typedef struct _CsvcModelTable CsvcModelTable;

/* A boxed expression. */
typedef struct {
  CsvcBoxKind       kind;
  CsvcPlace         place;
  CsvcModelVariable variable;  /* what its value is bound to inside the box around it; all NULL: nothing */
  const char       *type;      /* typeRef of the expression itself, or NULL */
  const char       *text;
  const char       *iterator;
  GPtrArray        *parts;     /* of CsvcBox */
  GPtrArray        *variables; /* of CsvcModelVariable */
  CsvcModelTable   *table;
} CsvcBox;

typedef struct {
  CsvcModelText expression; /* of an input */
  const char   *name;       /* of an output, or NULL */
  const char   *label;
  const char   *type;
  CsvcModelText values;     /* allowed, as unary tests */
  CsvcModelText otherwise;  /* of an output: when no row matches */
  CsvcPlace     place;
} CsvcModelClause;

typedef struct {
  CsvcPlace  place;
  GPtrArray *inputs, *outputs; /* of CsvcModelText */
} CsvcModelRule;

struct _CsvcModelTable {
  const char *hit;     /* as in the document, UNIQUE when it says nothing */
  const char *collect; /* SUM, COUNT, MIN, MAX, or NULL */
  const char *label;
  GPtrArray  *inputs, *outputs; /* of CsvcModelClause */
  GPtrArray  *rules;            /* of CsvcModelRule */
};

/* An itemDefinition, or a component of one. */
typedef struct _CsvcModelType CsvcModelType;
struct _CsvcModelType {
  const char   *name;
  const char   *base;          /* typeRef, or NULL */
  gboolean      is_collection;
  gboolean      is_function;   /* base is what it returns */
  CsvcModelText values;        /* allowed, as unary tests */
  GPtrArray    *components;    /* of CsvcModelType; of a function: its parameters */
  CsvcPlace     place;
};

typedef enum { CSVC_ITEM_INPUT, CSVC_ITEM_DECISION, CSVC_ITEM_KNOWLEDGE, CSVC_ITEM_SERVICE } CsvcItemKind;

/* A node of the requirements graph. */
typedef struct {
  CsvcItemKind      kind;
  CsvcPlace         place;
  const char       *id;   /* or NULL: nothing can require it */
  const char       *name;
  CsvcModelVariable variable; /* its name is that of the item when there is none */
  CsvcBox          *logic;    /* of a decision or of knowledge: a FUNCTION; or NULL */
  /* Ids, as CsvcModelText. */
  GPtrArray        *needs;    /* inputs, decisions and knowledge; of a service: its inputs, data first */
  GPtrArray        *outputs;  /* of a service */
  GPtrArray        *inner;    /* of a service: what it encapsulates, besides */
  const char       *fault;    /* the first that was found while reading it, or NULL */
} CsvcModelItem;

typedef struct {
  const char   *name, *ns; /* of the definitions; or NULL */
  GPtrArray    *types;     /* of CsvcModelType */
  GPtrArray    *items;     /* of CsvcModelItem, in the order of the document */
  GStringChunk *strings;
  GPtrArray    *blocks;    /* everything allocated here, to be freed */
  GPtrArray    *arrays;
} CsvcModelTree;

CsvcModelTree *_csvc_model_tree_new (void);
void           _csvc_model_tree_free (CsvcModelTree *self);
/* Zeroed, for as long as the tree lives. */
gpointer       _csvc_model_tree_alloc (CsvcModelTree *self, gsize size);
GPtrArray     *_csvc_model_tree_array (CsvcModelTree *self);
/* NULL for NULL. */
const char    *_csvc_model_tree_string (CsvcModelTree *self, const char *text);

#define _csvc_model_tree_make(tree, type) ((type *) _csvc_model_tree_alloc ((tree), sizeof (type)))

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcModelTree, _csvc_model_tree_free)

#endif
