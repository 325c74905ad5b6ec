/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "xml/schema.h"
#include "xml/xml.h"

#include <csvc/error.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <libxml/parser.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A document and those it includes become one tree. Each file passes the gate, the parser and the schema by itself, and its
 * elements remember it; where an <include> stood, stand the children of the included <part>. */

#define MAX_DOCUMENTS 64

enum {
  NOT_WELL_FORMED = 102,
  DECLARATION = 103,
  UNKNOWN_ATTRIBUTE = 107,
  WRONG_ROOT = 112,
  BAD_HREF = 113,
  UNREADABLE = 114,
  INCLUDED_TWICE = 115,
  NO_FOLDER = 116,
  TOO_MANY = 117
};

typedef struct {
  const CsvcDialect *dialect;
  const char      *folder; /* or NULL */
  CsvcDiagnostics *diagnostics;
  GHashTable      *seen;   /* hrefs: a file is included once, so there is no cycle */
  gsize            n_bytes;
  gboolean         sound;
} Reader;

static void
complain (Reader *self, guint number, CsvcPlace place, const char *expected, const char *message)
{
  self->sound = FALSE;
  _csvc_diagnostics_add (self->diagnostics, number, place, 0, expected, NULL, "%s", message);
}

/* ── libxml2 ── */

typedef struct {
  char    *first; /* libxml2's first message; what follows is mostly its consequence */
  int      line;
  guint    n_errors;
  gboolean declared; /* an internal subset: the gate lets none pass, and this is the second lock */
} ParserNotes;

static void
on_error (void *data, xmlErrorPtr error)
{
  xmlParserCtxt *context = data;
  ParserNotes *notes = context->_private;

  if (notes->first == NULL && error->message != NULL)
    {
      notes->first = g_strchomp (g_strdup (error->message));
      notes->line = error->line;
    }
  if (++notes->n_errors >= 20)
    xmlStopParser (context);
}

/* xmlStopParser() leaves wellFormed set, hence a flag of our own. */
static void
on_internal_subset (void *data, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
  xmlParserCtxt *context = data;
  ParserNotes *notes = context->_private;

  notes->declared = TRUE;
  xmlStopParser (context);
}

static xmlDoc *
parse (const char *text, gsize length, ParserNotes *notes)
{
  xmlParserCtxt *context = xmlNewParserCtxt ();
  xmlDoc *document;

  if (context == NULL)
    return NULL;
  context->_private = notes;
  context->sax->serror = on_error;
  context->sax->internalSubset = on_internal_subset;
  /* Not NOENT, DTDLOAD, HUGE or XInclude. The gate has made sure of the encoding. */
  document = xmlCtxtReadMemory (context, text, (int) length, NULL, "UTF-8", XML_PARSE_NONET | XML_PARSE_NOCDATA);
  if (document != NULL && (!context->wellFormed || notes->declared || notes->n_errors > 0))
    g_clear_pointer (&document, xmlFreeDoc);
  xmlFreeParserCtxt (context);
  return document;
}

static xmlDoc *
parse_or_complain (const char *text, gsize length, const char *file, CsvcDiagnostics *diagnostics)
{
  ParserNotes notes = { 0 };
  xmlDoc *document = parse (text, length, &notes);
  CsvcPlace place = { file, (guint) MAX (notes.line, 1) };

  if (document == NULL && notes.declared)
    _csvc_diagnostics_add (diagnostics, DECLARATION, place, 0, NULL, NULL, "a document type is not allowed");
  else if (document == NULL)
    _csvc_diagnostics_add (diagnostics, NOT_WELL_FORMED, place, 0, "well-formed XML", NULL, "%s",
                           notes.first != NULL ? notes.first : "the document cannot be read");
  g_free (notes.first);
  return document;
}

/* The next element in document order, or NULL after the last. */
static xmlNode *
next_element (xmlNode *node, const xmlNode *root)
{
  xmlNode *next = xmlFirstElementChild (node);

  while (next == NULL && node != root)
    {
      next = xmlNextElementSibling (node);
      node = node->parent;
    }
  return next;
}

/* @lines: as the gate counted them. */
static void
set_lines (xmlNode *root, const GArray *lines)
{
  guint i = 0;

  for (xmlNode *node = root; node != NULL; node = next_element (node, root), i++)
    node->_private = GUINT_TO_POINTER (i < lines->len ? g_array_index (lines, guint, i) : 0);
}

xmlDoc *
_csvc_xml_parse (const char *text, gsize length, const char *file, CsvcDiagnostics *diagnostics)
{
  g_autoptr (GArray) lines = g_array_new (FALSE, FALSE, sizeof (guint));
  xmlDoc *document;
  CsvcGateFault fault;

  if (!_csvc_xml_gate (text, length, &_csvc_policy_caps, lines, &fault))
    {
      CsvcPlace place = { file, fault.line };

      _csvc_diagnostics_add (diagnostics, fault.number, place, 0, NULL, NULL, "%s", fault.message);
      return NULL;
    }
  document = parse_or_complain (text, length, file, diagnostics);
  if (document != NULL)
    set_lines (xmlDocGetRootElement (document), lines);
  return document;
}

/* ── before the schema looks ── */

/* Attributes of other namespaces mean nothing here, and xsi:schemaLocation would make libxml2 go and read that schema. */
static void
drop_foreign_attributes (Reader *self, xmlNode *node, const char *file)
{
  CsvcPlace place = { file, _csvc_xml_line (node) };

  for (xmlAttr *attribute = node->properties, *next; attribute != NULL; attribute = next)
    {
      next = attribute->next;
      if (attribute->ns == NULL)
        continue;
      _csvc_diagnostics_add (self->diagnostics, UNKNOWN_ATTRIBUTE, place, 0, "attributes without a prefix", NULL,
                             "<%s> has an attribute \"%s\" of another namespace", (const char *) node->name,
                             (const char *) attribute->name);
      xmlRemoveProp (attribute);
    }
}

static void
prepare (Reader *self, xmlNode *root, const char *file)
{
  for (xmlNode *node = root; node != NULL; node = next_element (node, root))
    drop_foreign_attributes (self, node, file);
}

static gboolean
check_root (Reader *self, const xmlNode *root, const char *name, const char *file)
{
  CsvcPlace place = { file, _csvc_xml_line (root) };
  g_autofree char *expected = g_strdup_printf ("<%s xmlns=\"%s\">", name, self->dialect->ns);
  g_autofree char *message = NULL;

  if (strcmp ((const char *) root->name, name) == 0 && root->ns != NULL
      && g_strcmp0 ((const char *) root->ns->href, self->dialect->ns) == 0)
    return TRUE;
  message = g_strdup_printf ("the document is a <%s> in %s%s", (const char *) root->name,
                             root->ns != NULL ? "the namespace " : "no namespace",
                             root->ns != NULL ? (const char *) root->ns->href : "");
  complain (self, WRONG_ROOT, place, expected, message);
  return FALSE;
}

/* ── to nodes ── */

static CsvcNode *read_document (Reader *self, const char *text, gsize length, const char *file, const char *root);
static void add_children (Reader *self, CsvcNode *parent, const xmlNode *element, const char *file);

static void
add_attributes (CsvcNode *node, const xmlNode *element)
{
  for (const xmlAttr *attribute = element->properties; attribute != NULL; attribute = attribute->next)
    {
      xmlChar *value = xmlNodeListGetString (element->doc, attribute->children, 1);

      _csvc_node_set (node, (const char *) attribute->name, value != NULL ? (const char *) value : "");
      xmlFree (value);
    }
}

static CsvcNode *
to_node (Reader *self, const xmlNode *element, const char *file)
{
  CsvcPlace place = { file, _csvc_xml_line (element) };
  CsvcNode *node = _csvc_node_new ((const char *) element->name, place);

  add_attributes (node, element);
  add_children (self, node, element, file);
  return node;
}

gboolean
_csvc_xml_is_plain_name (const char *name, const char *suffix)
{
  return strpbrk (name, "/\\:") == NULL && name[0] != '.' && g_str_has_suffix (name, suffix);
}

char *
_csvc_xml_path_in (const char *folder, const char *name)
{
  return strcmp (folder, ".") == 0 ? g_strdup (name) : g_build_filename (folder, name, NULL);
}

/* NULL after a complaint. */
static char *
open_include (Reader *self, const char *href, CsvcPlace place, gsize *length)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  char *text;

  if (self->folder == NULL)
    complain (self, NO_FOLDER, place, "a document that stands alone", "a policy that is loaded from a text cannot include files");
  else if (!_csvc_xml_is_plain_name (href, ".xml"))
    complain (self, BAD_HREF, place, "the name of an .xml file in the same folder, such as \"calendars.xml\"",
              "this file may not be included");
  else if (!g_hash_table_add (self->seen, g_strdup (href)))
    complain (self, INCLUDED_TWICE, place, "each file once", "this file is included already, or includes itself");
  else if (g_hash_table_size (self->seen) > MAX_DOCUMENTS || self->n_bytes > 2 * _csvc_policy_caps.max_bytes)
    complain (self, TOO_MANY, place, "at most 64 files of 16 MiB together", "too much is included");
  else
    {
      path = _csvc_xml_path_in (self->folder, href);
      text = _csvc_xml_read_file (path, _csvc_policy_caps.max_bytes, length, &error);
      if (text != NULL)
        return text;
      complain (self, UNREADABLE, place, NULL, error->message);
    }
  return NULL;
}

static void
move_children (CsvcNode *from, CsvcNode *to)
{
  gsize n;
  gpointer *children = g_ptr_array_steal (from->children, &n);

  for (gsize i = 0; i < n; i++)
    _csvc_node_add (to, children[i]);
  g_free (children);
}

static void
include (Reader *self, CsvcNode *parent, const xmlNode *element, const char *file)
{
  CsvcPlace place = { file, _csvc_xml_line (element) };
  xmlChar *href = xmlGetNoNsProp ((xmlNode *) element, BAD_CAST "href");
  g_autofree char *text = NULL, *path = NULL;
  g_autoptr (CsvcNode) part = NULL;
  gsize length = 0;

  /* Without it the schema has complained already. */
  if (href != NULL)
    text = open_include (self, (const char *) href, place, &length);
  if (text != NULL)
    {
      path = _csvc_xml_path_in (self->folder, (const char *) href);
      part = read_document (self, text, length, g_intern_string (path), self->dialect->part);
    }
  if (part != NULL)
    move_children (part, parent);
  xmlFree (href);
}

static void
add_children (Reader *self, CsvcNode *parent, const xmlNode *element, const char *file)
{
  for (const xmlNode *child = element->children; child != NULL; child = child->next)
    if (child->type != XML_ELEMENT_NODE)
      continue;
    else if (strcmp ((const char *) child->name, "include") == 0)
      include (self, parent, child, file);
    else
      _csvc_node_add (parent, to_node (self, child, file));
}

static CsvcNode *
read_tree (Reader *self, xmlDoc *document, const char *file, const char *root_name)
{
  xmlNode *root = xmlDocGetRootElement (document);

  prepare (self, root, file);
  if (!check_root (self, root, root_name, file))
    return NULL;
  if (!_csvc_schema_validate (self->dialect, document, file, self->diagnostics))
    self->sound = FALSE;
  return to_node (self, root, file);
}

static CsvcNode *
read_document (Reader *self, const char *text, gsize length, const char *file, const char *root)
{
  g_autoptr (xmlDoc) document = NULL;

  self->n_bytes += length;
  document = _csvc_xml_parse (text, length, file, self->diagnostics);
  if (document == NULL)
    self->sound = FALSE;
  return document != NULL ? read_tree (self, document, file, root) : NULL;
}

CsvcReading
_csvc_xml_read (const char *text, gsize length, const char *file, const char *folder, CsvcDiagnostics *diagnostics)
{
  return _csvc_xml_read_in (&_csvc_policy_dialect, text, length, file, folder, diagnostics);
}

CsvcReading
_csvc_xml_read_in (const CsvcDialect *dialect, const char *text, gsize length, const char *file, const char *folder,
                   CsvcDiagnostics *diagnostics)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Reader self = { dialect, folder, diagnostics, seen, 0, TRUE };
  CsvcReading reading;

  if (folder != NULL)
    g_hash_table_add (seen, g_path_get_basename (file));
  reading.document = read_document (&self, text, length, g_intern_string (file), dialect->root);
  reading.sound = self.sound && reading.document != NULL;
  return reading;
}

/* ── files ── */

static gboolean
fail_errno (GError **error, const char *path, int code)
{
  g_set_error (error, CSVC_ERROR, code == ENOENT ? CSVC_ERROR_NOT_FOUND : CSVC_ERROR_IO, "cannot read %s: %s", path, g_strerror (code));
  return FALSE;
}

/* Whether @fd is worth reading; a pipe or a device could keep us for ever. */
static gboolean
check_file (int fd, const char *path, gsize max, gsize *size, GError **error)
{
  struct stat info;

  if (fstat (fd, &info) != 0)
    return fail_errno (error, path, errno);
  if (!S_ISREG (info.st_mode))
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_IO, "cannot read %s: it is not a regular file", path);
      return FALSE;
    }
  if ((guint64) info.st_size > max)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "%s is too large: at most %" G_GSIZE_FORMAT " bytes are read", path, max);
      return FALSE;
    }
  *size = (gsize) info.st_size;
  return TRUE;
}

/* Up to @size bytes: the file may have shrunk meanwhile, and what it grew is not looked at. */
static gboolean
read_all (int fd, const char *path, char *text, gsize size, gsize *length, GError **error)
{
  *length = 0;
  while (*length < size)
    {
      gssize n = read (fd, text + *length, size - *length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail_errno (error, path, errno);
      if (n == 0)
        break;
      *length += (gsize) n;
    }
  return TRUE;
}

char *
_csvc_xml_read_file (const char *path, gsize max, gsize *length, GError **error)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
  g_autofree char *text = NULL;
  gsize size = 0, n = 0;
  gboolean ok;

  if (fd < 0)
    {
      fail_errno (error, path, errno);
      return NULL;
    }
  ok = check_file (fd, path, max, &size, error);
  if (ok && (text = g_try_malloc (size + 1)) == NULL)
    ok = fail_errno (error, path, ENOMEM);
  ok = ok && read_all (fd, path, text, size, &n, error);
  close (fd);
  if (!ok)
    return NULL;
  text[n] = '\0';
  *length = n;
  return g_steal_pointer (&text);
}
