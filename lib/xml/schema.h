/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_XML_SCHEMA_H
#define CSVC_XML_SCHEMA_H

#include <libxml/tree.h>

#include "base/diagnostic.h"
#include "xml/xml.h"

/* An element's line is kept in its _private: libxml2's own counts to 65,535 only, and is that of the tag's end. */
static inline guint
_csvc_xml_line (const xmlNode *node)
{
  return node != NULL ? GPOINTER_TO_UINT (node->_private) : 0;
}

/* ── reader.c ── */

/* The tree of a document that has passed the gate, every element knowing its line; NULL after a report. @file: interned. */
xmlDoc *_csvc_xml_parse (const char *text, gsize length, const char *file, CsvcDiagnostics *diagnostics);

/* ── schema.c ── */

/* Reports in plain words how @document breaks the schema, and takes what breaks it out of the tree, so that one fault
 * does not hide the next. FALSE when names may be missing now (an element was taken out, or lacks what it must have):
 * what refers to them cannot be judged. */
gboolean _csvc_schema_validate (const CsvcDialect *dialect, xmlDoc *document, const char *file, CsvcDiagnostics *diagnostics);

/* ── vocabulary.c: what the schema says may stand where ── */

typedef struct _CsvcVocabulary CsvcVocabulary;

CsvcVocabulary *_csvc_vocabulary_new (const CsvcDialect *dialect);
void            _csvc_vocabulary_free (CsvcVocabulary *self);
gboolean        _csvc_vocabulary_knows (CsvcVocabulary *self, const char *element);
/* (transfer full) (element-type utf8): names, NULL-terminated. */
GPtrArray      *_csvc_vocabulary_children (CsvcVocabulary *self, const char *element);
GPtrArray      *_csvc_vocabulary_attributes (CsvcVocabulary *self, const char *element);
gboolean        _csvc_vocabulary_requires (CsvcVocabulary *self, const char *element, const char *attribute);
/* The words of a closed list; empty when it is none. */
GPtrArray      *_csvc_vocabulary_words (CsvcVocabulary *self, const char *element, const char *attribute);
/* (transfer full) (nullable): what an attribute's value must be. */
char           *_csvc_vocabulary_expects (CsvcVocabulary *self, const char *element, const char *attribute);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcVocabulary, _csvc_vocabulary_free)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (xmlDoc, xmlFreeDoc)

#endif
