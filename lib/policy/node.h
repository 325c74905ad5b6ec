/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_POLICY_NODE_H
#define CSVC_POLICY_NODE_H

#include "base/diagnostic.h"

/* A policy document as a tree of elements: what lib/xml reads and writes, what the compiler turns into a CsvcPolicy.
 *
 * It holds only names, attributes in document order, and places: no comment, no white space, no text (the vocabulary has
 * none). Includes are already replaced by what they hold. So the tree is the policy's canonical content: its XML form, written
 * by one writer, is what the content hash covers, what a store keeps, and what a round trip must give back. */

typedef struct {
  char *name;
  char *value;
} CsvcAttribute;

typedef struct _CsvcNode CsvcNode;
struct _CsvcNode {
  char      *name;
  CsvcPlace  place;      /* file: interned, lives for ever (g_intern_string) */
  GArray    *attributes; /* of CsvcAttribute */
  GPtrArray *children;   /* of CsvcNode */
  CsvcNode  *parent;
};

CsvcNode   *_csvc_node_new (const char *name, CsvcPlace place);
void        _csvc_node_free (CsvcNode *self);
/* (transfer full): with all that is below it; it has no parent. */
CsvcNode   *_csvc_node_copy (const CsvcNode *self);
void        _csvc_node_set (CsvcNode *self, const char *name, const char *value);
/* NULL when absent. */
const char *_csvc_node_get (const CsvcNode *self, const char *name);
void        _csvc_node_add (CsvcNode *self, CsvcNode *child); /* takes it */
/* The same, with all that is below, but for children of the two of that name? */
gboolean    _csvc_node_equal (const CsvcNode *a, const CsvcNode *b, const char *except);
gboolean    _csvc_node_is (const CsvcNode *self, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcNode, _csvc_node_free)

#endif
