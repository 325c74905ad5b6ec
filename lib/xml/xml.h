/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_XML_XML_H
#define CSVC_XML_XML_H

#include "policy/node.h"

/* How a policy document is read, and by whom:
 *
 *   bytes ──gate──▶ bytes worth parsing ──libxml2──▶ tree ──schema──▶ valid tree ──reader──▶ CsvcNode, includes replaced
 *
 * and written: CsvcNode ──writer──▶ canonical text. libxml2's globals belong to the host: nothing here sets any. */

/* ── gate.c ── */

/* Bytes, deepest nesting, attributes of one element, bytes of one tag, comment or instruction, elements. */
typedef struct {
  gsize max_bytes;
  guint max_depth, max_attributes, max_markup, max_elements;
} CsvcGateCaps;

extern const CsvcGateCaps _csvc_policy_caps;

typedef struct {
  guint number; /* of the diagnostic */
  guint line;
  char  message[120];
} CsvcGateFault;

/* One linear pass before any parser sees the bytes: UTF-8, no declaration (so no DTD and no entity), nothing too large. Appends to
 * @lines (optional; of guint) where each element's start tag begins, in document order. FALSE sets *@fault. */
gboolean _csvc_xml_gate (const char *text, gsize length, const CsvcGateCaps *caps, GArray *lines, CsvcGateFault *fault);

/* ── dialect.c: the vocabularies that are read and written this way ── */

typedef struct {
  const char  *ns;         /* the namespace */
  const char  *root;       /* the outermost element */
  const char  *part;       /* … of a file that is included */
  const char  *xsd;        /* the schema, compiled in */
  const gsize *xsd_length;
} CsvcDialect;

extern const CsvcDialect _csvc_policy_dialect, _csvc_map_dialect, _csvc_customer_map_dialect, _csvc_calendar_dialect;

/* ── reader.c ── */

typedef struct {
  CsvcNode *document; /* NULL when it cannot be used at all */
  gboolean  sound;    /* names can be resolved: what faults there are cannot make others up */
} CsvcReading;

/* @folder: where included files are; NULL refuses includes. */
CsvcReading _csvc_xml_read (const char *text, gsize length, const char *file, const char *folder, CsvcDiagnostics *diagnostics);
CsvcReading _csvc_xml_read_in (const CsvcDialect *dialect, const char *text, gsize length, const char *file, const char *folder,
                               CsvcDiagnostics *diagnostics);

/* A plain file name that ends in @suffix: no way out of the folder, nothing hidden, nothing of another sort. */
gboolean _csvc_xml_is_plain_name (const char *name, const char *suffix);
/* (transfer full): how a file is opened, and named in messages: as the first one was. */
char    *_csvc_xml_path_in (const char *folder, const char *name);

/* A regular file of at most @max bytes, or NULL with CSVC_ERROR_NOT_FOUND, IO or LIMIT. (transfer full) */
char *_csvc_xml_read_file (const char *path, gsize max, gsize *length, GError **error);

/* ── days-off.c ── */

/* Puts the dates in the place of each <holidays src="…"/> in the calendars of @document, which is sound. What cannot be read is
 * reported and left out, so that other faults can be found too. */
void _csvc_xml_fill_days_off (CsvcNode *document, const char *folder, CsvcDiagnostics *diagnostics);

/* ── writer.c ── */

/* (transfer full): canonical text: attributes in the order of the document, two blanks a level, one line an element. */
char *_csvc_xml_write (const CsvcNode *document);
char *_csvc_xml_write_in (const CsvcDialect *dialect, const CsvcNode *document);

/* ── load.c ── */

/* CSVC_ERROR_POLICY: how many faults, and the first. There is one at least. */
void _csvc_xml_set_summary (GError **error, const char *name, const CsvcDiagnostics *diagnostics);

#endif
