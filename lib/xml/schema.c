/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "xml/schema.h"

#include <libxml/xmlschemas.h>
#include <string.h>

/* libxml2 stops judging an element's content at the first thing that does not belong there. So each pass takes out what it
 * complained about and the next pass sees what was behind; a document is done when a pass finds nothing new. */

#define MAX_PASSES 20
#define MAX_COMPLAINTS 200 /* of one pass */

enum {
  UNKNOWN_ELEMENT = 106,
  UNKNOWN_ATTRIBUTE = 107,
  MISSING_ATTRIBUTE = 108,
  BAD_VALUE = 109,
  MISPLACED_ELEMENT = 110,
  STRAY_TEXT = 111,
  OTHER = 119
};

/* What libxml2 said; @what is an attribute's name or NULL. */
typedef struct {
  int      code;
  xmlNode *node;
  char    *what;
  char    *message;
} Complaint;

typedef struct {
  const CsvcDialect *dialect;
  xmlDoc          *document;
  const char      *file;
  CsvcDiagnostics *diagnostics;
  CsvcVocabulary  *vocabulary; /* made when first needed */
  GArray          *complaints; /* of the running pass */
  GHashTable      *told;       /* "node attribute": said once is enough */
  gboolean         sound;
} Validation;

static void
complaint_clear (gpointer data)
{
  Complaint *complaint = data;

  g_free (complaint->what);
  g_free (complaint->message);
}

/* The name in "…, attribute 'name': …", which libxml2 gives in no other form. */
static char *
attribute_in_message (const char *message)
{
  const char *begin = strstr (message, ", attribute '"), *end;

  if (begin == NULL)
    return NULL;
  begin += strlen (", attribute '");
  end = strchr (begin, '\'');
  return end != NULL ? g_strndup (begin, end - begin) : NULL;
}

static void
on_complaint (void *data, xmlErrorPtr error)
{
  Validation *self = data;
  Complaint complaint = { error->code, error->node, NULL, NULL };

  if (self->complaints->len >= MAX_COMPLAINTS || error->message == NULL)
    return;
  if (error->code == XML_SCHEMAV_CVC_COMPLEX_TYPE_4 || error->code == XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_1)
    complaint.what = g_strdup (error->str1);
  else
    complaint.what = attribute_in_message (error->message);
  complaint.message = g_strchomp (g_strdup (error->message));
  g_array_append_val (self->complaints, complaint);
}

static CsvcPlace
place_of (Validation *self, const xmlNode *node)
{
  CsvcPlace place = { self->file, _csvc_xml_line (node) };

  return place;
}

/* "one of a, b, c", or NULL when there is nothing to choose from. */
static char *
list_names (const GPtrArray *names)
{
  g_autofree char *joined = g_strjoinv (", ", (char **) names->pdata);

  return names->len > 1 ? g_strdup_printf ("one of %s", joined) : g_strdup ("nothing");
}

static void
tell_element (Validation *self, const xmlNode *element)
{
  const char *name = (const char *) element->name, *parent = (const char *) element->parent->name;
  g_autoptr (GPtrArray) allowed = _csvc_vocabulary_children (self->vocabulary, parent);
  g_autofree char *expected = list_names (allowed), *hint = NULL;

  self->sound = FALSE;
  if (_csvc_vocabulary_knows (self->vocabulary, name))
    {
      _csvc_diagnostics_add (self->diagnostics, MISPLACED_ELEMENT, place_of (self, element), 0, expected, NULL,
                             "<%s> cannot stand in <%s>", name, parent);
      return;
    }
  hint = _csvc_suggest (name, (const char *const *) allowed->pdata);
  _csvc_diagnostics_add (self->diagnostics, UNKNOWN_ELEMENT, place_of (self, element), 0, expected, hint,
                         "there is no element <%s>", name);
}

static void
tell_attribute (Validation *self, const Complaint *complaint)
{
  const char *element = (const char *) complaint->node->name;
  g_autoptr (GPtrArray) allowed = _csvc_vocabulary_attributes (self->vocabulary, element);
  g_autofree char *expected = list_names (allowed);
  g_autofree char *hint = _csvc_suggest (complaint->what, (const char *const *) allowed->pdata);

  _csvc_diagnostics_add (self->diagnostics, UNKNOWN_ATTRIBUTE, place_of (self, complaint->node), 0, expected, hint,
                         "<%s> has no attribute \"%s\"", element, complaint->what);
}

static void
tell_missing (Validation *self, const Complaint *complaint)
{
  const char *element = (const char *) complaint->node->name;
  g_autofree char *expected = _csvc_vocabulary_expects (self->vocabulary, element, complaint->what);

  self->sound = FALSE;
  _csvc_diagnostics_add (self->diagnostics, MISSING_ATTRIBUTE, place_of (self, complaint->node), 0, expected, NULL,
                         "<%s> lacks the attribute \"%s\"", element, complaint->what);
}

static void
tell_value (Validation *self, const Complaint *complaint)
{
  const char *element = (const char *) complaint->node->name;
  g_autofree char *expected = _csvc_vocabulary_expects (self->vocabulary, element, complaint->what);
  g_autoptr (GPtrArray) words = _csvc_vocabulary_words (self->vocabulary, element, complaint->what);
  xmlChar *value = xmlGetNoNsProp (complaint->node, BAD_CAST complaint->what);
  g_autofree char *shown = g_utf8_substring (value != NULL ? (const char *) value : "", 0,
                                             value != NULL ? MIN (g_utf8_strlen ((const char *) value, -1), 60) : 0);
  g_autofree char *hint = _csvc_suggest (shown, (const char *const *) words->pdata);

  xmlFree (value);
  /* Without its id or type an element cannot be judged; a bad word of choice only leaves the default. */
  if (_csvc_vocabulary_requires (self->vocabulary, element, complaint->what))
    self->sound = FALSE;
  _csvc_diagnostics_add (self->diagnostics, BAD_VALUE, place_of (self, complaint->node), 0, expected, hint,
                         "%s=\"%s\" is not allowed in <%s>", complaint->what, shown, element);
}

/* Text where there are only elements, or anything at all where there is nothing. */
static gboolean
is_about_content (const Complaint *complaint)
{
  return complaint->code == XML_SCHEMAV_CVC_COMPLEX_TYPE_2_1 || complaint->code == XML_SCHEMAV_CVC_COMPLEX_TYPE_2_3;
}

static gboolean
has_text (const xmlNode *node)
{
  const xmlNode *child = node->children;

  while (child != NULL && !((child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) && !xmlIsBlankNode (child)))
    child = child->next;
  return child != NULL;
}

static void
tell_content (Validation *self, xmlNode *node)
{
  if (has_text (node))
    {
      _csvc_diagnostics_add (self->diagnostics, STRAY_TEXT, place_of (self, node), 0, "only elements, and all else in attributes", NULL,
                             "there is text in <%s>", (const char *) node->name);
      return;
    }
  for (xmlNode *child = xmlFirstElementChild (node); child != NULL; child = xmlNextElementSibling (child))
    tell_element (self, child);
}

static void
tell (Validation *self, const Complaint *complaint)
{
  switch (complaint->code)
    {
    case XML_SCHEMAV_ELEMENT_CONTENT:
      tell_element (self, complaint->node);
      break;
    case XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_1:
      tell_attribute (self, complaint);
      break;
    case XML_SCHEMAV_CVC_COMPLEX_TYPE_4:
      tell_missing (self, complaint);
      break;
    case XML_SCHEMAV_CVC_COMPLEX_TYPE_2_1:
    case XML_SCHEMAV_CVC_COMPLEX_TYPE_2_3:
      tell_content (self, complaint->node);
      break;
    default:
      if (complaint->what != NULL)
        tell_value (self, complaint);
      else
        {
          self->sound = FALSE;
          _csvc_diagnostics_add (self->diagnostics, OTHER, place_of (self, complaint->node), 0, NULL, NULL, "%s", complaint->message);
        }
    }
}

/* One attribute breaks several facets; one missing element is missed in each pass. */
static gboolean
is_news (Validation *self, const Complaint *complaint)
{
  char *key;

  if (complaint->node == NULL || complaint->node->type != XML_ELEMENT_NODE)
    return FALSE;
  if (is_about_content (complaint))
    return has_text (complaint->node)
           || (complaint->code == XML_SCHEMAV_CVC_COMPLEX_TYPE_2_1 && xmlFirstElementChild (complaint->node) != NULL);
  key = g_strdup_printf ("%p %s", (void *) complaint->node, complaint->what != NULL ? complaint->what : "");
  return g_hash_table_add (self->told, key);
}

/* What tell_content() told of: the text, or else the elements. */
static void
take_content_out (xmlNode *node, GPtrArray *removed)
{
  gboolean text = has_text (node);

  for (xmlNode *child = node->children, *next; child != NULL; child = next)
    {
      next = child->next;
      if (text == (child->type == XML_ELEMENT_NODE) || child->type == XML_COMMENT_NODE)
        continue;
      xmlUnlinkNode (child);
      g_ptr_array_add (removed, child);
    }
}

/* Elements that were taken out go to @removed: the pass still speaks of them. */
static void
take_out (const Complaint *complaint, GPtrArray *removed)
{
  xmlAttr *attribute = complaint->what != NULL ? xmlHasProp (complaint->node, BAD_CAST complaint->what) : NULL;

  if (attribute != NULL)
    xmlRemoveProp (attribute);
  else if (complaint->code == XML_SCHEMAV_ELEMENT_CONTENT)
    {
      xmlUnlinkNode (complaint->node);
      g_ptr_array_add (removed, complaint->node);
    }
  else if (is_about_content (complaint))
    take_content_out (complaint->node, removed);
}

static void
free_node (gpointer data)
{
  xmlFreeNode (data);
}

/* TRUE when the pass found something new. */
static gboolean
digest (Validation *self)
{
  g_autoptr (GPtrArray) removed = g_ptr_array_new_with_free_func (free_node);
  gboolean news = FALSE;

  if (self->complaints->len > 0 && self->vocabulary == NULL)
    self->vocabulary = _csvc_vocabulary_new (self->dialect);
  for (guint i = 0; i < self->complaints->len; i++)
    {
      const Complaint *complaint = &g_array_index (self->complaints, Complaint, i);

      if (!is_news (self, complaint))
        continue;
      news = TRUE;
      tell (self, complaint);
      take_out (complaint, removed);
    }
  g_array_set_size (self->complaints, 0);
  return news;
}

static gboolean
pass (Validation *self, xmlSchema *schema)
{
  xmlSchemaValidCtxt *context = xmlSchemaNewValidCtxt (schema);

  xmlSchemaSetValidStructuredErrors (context, on_complaint, self);
  xmlSchemaValidateDoc (context, self->document);
  xmlSchemaFreeValidCtxt (context);
  return digest (self);
}

/* Compiled anew for each document (a millisecond): libxml2 does not promise that threads may share one. */
static xmlSchema *
compile_schema (const CsvcDialect *dialect)
{
  xmlSchemaParserCtxt *parser = xmlSchemaNewMemParserCtxt (dialect->xsd, (int) *dialect->xsd_length);
  xmlSchema *schema = xmlSchemaParse (parser);

  xmlSchemaFreeParserCtxt (parser);
  return schema;
}

/* It is our own, so memory must have run out. */
static void
tell_no_schema (Validation *self)
{
  self->sound = FALSE;
  _csvc_diagnostics_add (self->diagnostics, OTHER, place_of (self, NULL), 0, NULL, NULL, "the schema cannot be compiled: out of memory");
}

gboolean
_csvc_schema_validate (const CsvcDialect *dialect, xmlDoc *document, const char *file, CsvcDiagnostics *diagnostics)
{
  Validation self = { dialect, document, file, diagnostics, NULL, g_array_new (FALSE, FALSE, sizeof (Complaint)),
                      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL), TRUE };
  xmlSchema *schema = compile_schema (dialect);
  guint n_passes = 0;

  g_array_set_clear_func (self.complaints, complaint_clear);
  if (schema == NULL)
    tell_no_schema (&self);
  while (schema != NULL && n_passes < MAX_PASSES && pass (&self, schema))
    n_passes++;
  if (n_passes == MAX_PASSES)
    self.sound = FALSE;

  xmlSchemaFree (schema);
  _csvc_vocabulary_free (self.vocabulary);
  g_array_unref (self.complaints);
  g_hash_table_unref (self.told);
  return self.sound;
}
