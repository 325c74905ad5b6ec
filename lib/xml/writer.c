/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "xml/xml.h"

/* The one text of a policy: what the content hash covers. Reading it back gives the same tree, so writing is a fixed point. */

/* Line ends and tabs as references: a parser would turn them into blanks. */
static void
append_escaped (GString *out, const char *value)
{
  for (; *value != '\0'; value++)
    switch (*value)
      {
      case '&':  g_string_append (out, "&amp;"); break;
      case '<':  g_string_append (out, "&lt;"); break;
      case '"':  g_string_append (out, "&quot;"); break;
      case '\n': g_string_append (out, "&#10;"); break;
      case '\r': g_string_append (out, "&#13;"); break;
      case '\t': g_string_append (out, "&#9;"); break;
      default:   g_string_append_c (out, *value); break;
      }
}

static void
append_attribute (GString *out, const char *name, const char *value)
{
  g_string_append_printf (out, " %s=\"", name);
  append_escaped (out, value);
  g_string_append_c (out, '"');
}

static void
append_element (GString *out, const CsvcNode *node, guint depth, const char *ns)
{
  g_string_append_printf (out, "%*s<%s", (int) (2 * depth), "", node->name);
  if (depth == 0)
    append_attribute (out, "xmlns", ns);
  for (guint i = 0; i < node->attributes->len; i++)
    {
      const CsvcAttribute *attribute = &g_array_index (node->attributes, CsvcAttribute, i);

      append_attribute (out, attribute->name, attribute->value);
    }
  if (node->children->len == 0)
    {
      g_string_append (out, "/>\n");
      return;
    }
  g_string_append (out, ">\n");
  for (guint i = 0; i < node->children->len; i++)
    append_element (out, g_ptr_array_index (node->children, i), depth + 1, ns);
  g_string_append_printf (out, "%*s</%s>\n", (int) (2 * depth), "", node->name);
}

char *
_csvc_xml_write (const CsvcNode *document)
{
  return _csvc_xml_write_in (&_csvc_policy_dialect, document);
}

char *
_csvc_xml_write_in (const CsvcDialect *dialect, const CsvcNode *document)
{
  GString *out = g_string_new ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");

  append_element (out, document, 0, dialect->ns);
  return g_string_free (out, FALSE);
}
