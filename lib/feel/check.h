/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_FEEL_CHECK_H
#define CSVC_FEEL_CHECK_H

#include "feel/compiler.h"

/* What the parts of the type checker share: check.c (truths and names), check-value.c (values), check-call.c (calls). */

typedef struct {
  const char         *name; /* NULL: only its members have names */
  const CsvcFeelType *type;
  gboolean            is_item; /* of a filter: the names of its members are in scope too */
} FeelLocal;

/* Types a node and all below it; the type is the node's full, too. Nodes may be added, but pointers to
 * them stay good. */
const CsvcFeelType *_csvc_feel_check_node (FeelCompiler *self, guint index);
void                _csvc_feel_check_value (FeelCompiler *self, guint index);
void                _csvc_feel_check_call (FeelCompiler *self, guint index);
void                _csvc_feel_check_boolean (FeelCompiler *self, guint index, const char *where);

const CsvcFeelType *_csvc_feel_set_type (FeelNode *node, const CsvcFeelType *type);
/* (transfer full): "the fact "arpu" (number)" */
char               *_csvc_feel_describe (const FeelNode *node);
/* Is the function that is called a local or a name of the scope? */
gboolean            _csvc_feel_names_a_value (FeelCompiler *self, const FeelNode *call);
/* The first form of a function of FEEL. */
gboolean            _csvc_feel_find_builtin (const char *name, guint *index);

/* Does it call now () or today ()? */
gboolean            _csvc_feel_reads_clock (const FeelNode *node);

/* Brings a name into scope; the local's place. */
guint _csvc_feel_push (FeelCompiler *self, const FeelNode *node, const char *name, const CsvcFeelType *type, gboolean is_item);
/* Back to @height locals. */
void  _csvc_feel_pop (FeelCompiler *self, guint height);

#endif
