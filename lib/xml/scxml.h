/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_XML_SCXML_H
#define CSVC_XML_SCXML_H

#include "policy/node.h"

/* A chart of SCXML 1.0 becomes a policy document with one kind of case, which the same compiler and machine serve.
 *
 * Ids stay as they are, dots and all: such a document is for the compiler alone, no schema looks at it. The kind's own id and
 * that of the event that no descriptor names hold a blank, so nothing in a chart can have them. */

#define CSVC_SCXML_NAMESPACE "http://www.w3.org/2005/07/scxml"
#define CSVC_SCXML_KIND "the chart"
#define CSVC_SCXML_ANY "any event"

typedef struct {
  CsvcNode   *document; /* NULL when it cannot be used at all */
  /* Every event descriptor, without its "*", → the declared event that stands for all names that this descriptor is the longest
   * to match: they are heard by the same transitions. "" stands for "*". */
  GHashTable *heard;
  gboolean    sound;    /* what faults there are cannot make others up */
} CsvcScxml;

void      _csvc_scxml_clear (CsvcScxml *self);
CsvcScxml _csvc_scxml_read (const char *text, gsize length, const char *file, CsvcDiagnostics *diagnostics);
/* (nullable): the declared event that does what @event would do in the chart; NULL: nothing ever hears it. */
const char *_csvc_scxml_find_event (GHashTable *heard, const char *event);

/* ── scxml-condition.c ── */

typedef struct {
  guint column;  /* in characters, from 1 */
  char *unknown; /* the state that there is not; NULL: it is none of the conditions that are read */
} CsvcScxmlFault;

/* (transfer full) (nullable): in FEEL; NULL sets *@fault, whose text is the caller's to free. @ids: a set. */
char *_csvc_scxml_translate (const char *condition, GHashTable *ids, CsvcScxmlFault *fault);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CsvcScxml, _csvc_scxml_clear)

#endif
