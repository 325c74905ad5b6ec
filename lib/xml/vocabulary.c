/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "xml/schema.h"

#include <libxml/parser.h>
#include <string.h>

/* libxml2 says that an element was not expected and, of what was, no more than ten names. The schema itself knows better: it is
 * written so that one global element stands for each name, and a look into its tree answers what may stand in it. Only a
 * document with faults comes here. */

struct _CsvcVocabulary {
  xmlDoc *schema;
};

CsvcVocabulary *
_csvc_vocabulary_new (const CsvcDialect *dialect)
{
  CsvcVocabulary *self = g_new0 (CsvcVocabulary, 1);

  self->schema = xmlReadMemory (dialect->xsd, (int) *dialect->xsd_length, NULL, "UTF-8", XML_PARSE_NONET | XML_PARSE_NOBLANKS);
  return self;
}

void
_csvc_vocabulary_free (CsvcVocabulary *self)
{
  if (self == NULL)
    return;
  xmlFreeDoc (self->schema);
  g_free (self);
}

static gboolean
is (const xmlNode *node, const char *name)
{
  return node->type == XML_ELEMENT_NODE && strcmp ((const char *) node->name, name) == 0;
}

/* (nullable): an attribute of the schema's own elements; they are plain text. */
static const char *
get (const xmlNode *node, const char *name)
{
  const xmlAttr *attribute = xmlHasProp ((xmlNode *) node, BAD_CAST name);

  return attribute != NULL && attribute->children != NULL ? (const char *) attribute->children->content : NULL;
}

/* The global definition <xs:what name="name">. */
static xmlNode *
find_definition (CsvcVocabulary *self, const char *what, const char *name)
{
  xmlNode *node = self->schema != NULL ? xmlDocGetRootElement (self->schema)->children : NULL;

  while (node != NULL && !(is (node, what) && g_strcmp0 (get (node, "name"), name) == 0))
    node = node->next;
  return node;
}

typedef gboolean (*Visit) (const xmlNode *node, gpointer data);

/* Walks a definition and the groups it refers to, until @visit gives TRUE. */
static gboolean
walk (CsvcVocabulary *self, const xmlNode *node, Visit visit, gpointer data)
{
  for (const xmlNode *child = node != NULL ? node->children : NULL; child != NULL; child = child->next)
    {
      const char *ref = child->type == XML_ELEMENT_NODE ? get (child, "ref") : NULL;

      if (visit (child, data))
        return TRUE;
      if (ref != NULL && (is (child, "group") || is (child, "attributeGroup"))
          && walk (self, find_definition (self, (const char *) child->name, ref), visit, data))
        return TRUE;
      if (walk (self, child, visit, data))
        return TRUE;
    }
  return FALSE;
}

typedef struct {
  const char *what, *key;
  GPtrArray  *names;
} Collecting;

static gboolean
collect (const xmlNode *node, gpointer data)
{
  Collecting *collecting = data;

  if (is (node, collecting->what))
    g_ptr_array_add (collecting->names, g_strdup (get (node, collecting->key)));
  return FALSE;
}

static GPtrArray *
collect_from (CsvcVocabulary *self, const xmlNode *definition, const char *what, const char *key)
{
  Collecting collecting = { what, key, g_ptr_array_new_with_free_func (g_free) };

  walk (self, definition, collect, &collecting);
  g_ptr_array_add (collecting.names, NULL);
  return collecting.names;
}

gboolean
_csvc_vocabulary_knows (CsvcVocabulary *self, const char *element)
{
  return find_definition (self, "element", element) != NULL;
}

GPtrArray *
_csvc_vocabulary_children (CsvcVocabulary *self, const char *element)
{
  return collect_from (self, find_definition (self, "element", element), "element", "ref");
}

GPtrArray *
_csvc_vocabulary_attributes (CsvcVocabulary *self, const char *element)
{
  return collect_from (self, find_definition (self, "element", element), "attribute", "name");
}

typedef struct {
  const char    *name;
  const xmlNode *found;
} Searching;

static gboolean
find_attribute (const xmlNode *node, gpointer data)
{
  Searching *searching = data;

  if (is (node, "attribute") && g_strcmp0 (get (node, "name"), searching->name) == 0)
    searching->found = node;
  return searching->found != NULL;
}

static const xmlNode *
attribute_of (CsvcVocabulary *self, const char *element, const char *attribute)
{
  Searching searching = { attribute, NULL };

  walk (self, find_definition (self, "element", element), find_attribute, &searching);
  return searching.found;
}

static const xmlNode *
type_of (CsvcVocabulary *self, const char *element, const char *attribute)
{
  const xmlNode *node = attribute_of (self, element, attribute);

  return node != NULL ? find_definition (self, "simpleType", get (node, "type")) : NULL;
}

gboolean
_csvc_vocabulary_requires (CsvcVocabulary *self, const char *element, const char *attribute)
{
  const xmlNode *node = attribute_of (self, element, attribute);

  return node != NULL && g_strcmp0 (get (node, "use"), "required") == 0;
}

GPtrArray *
_csvc_vocabulary_words (CsvcVocabulary *self, const char *element, const char *attribute)
{
  return collect_from (self, type_of (self, element, attribute), "enumeration", "value");
}

static gboolean
find_documentation (const xmlNode *node, gpointer data)
{
  const char **text = data;

  if (is (node, "documentation") && node->children != NULL)
    *text = (const char *) node->children->content;
  return *text != NULL;
}

char *
_csvc_vocabulary_expects (CsvcVocabulary *self, const char *element, const char *attribute)
{
  g_autoptr (GPtrArray) words = _csvc_vocabulary_words (self, element, attribute);
  const char *text = NULL;

  if (words->len > 1)
    {
      g_autofree char *list = g_strjoinv (", ", (char **) words->pdata);

      return g_strdup_printf ("one of %s", list);
    }
  walk (self, type_of (self, element, attribute), find_documentation, &text);
  return g_strdup (text);
}
