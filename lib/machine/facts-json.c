/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <csvc/value.h>
#include <string.h>

#include "machine/json-reader.h"

/* Facts from a JSON object, whose values have the types that JSON has, or say another. */

static gboolean
set_number (CsvcFacts *facts, const char *name, JsonNode *node, GError **error)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  g_autoptr (CsvcValue) value = NULL;

  /* The reader keeps fractions as binary; 15 digits give back what was written. */
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, json_node_get_int (node));
  else
    g_ascii_formatd (text, sizeof text, "%.15g", json_node_get_double (node));
  value = csvc_value_new (CSVC_TYPE_NUMBER, text, error);
  if (value == NULL)
    return FALSE;
  csvc_facts_set (facts, name, value);
  return TRUE;
}

static gboolean
set_string (CsvcFacts *facts, const char *name, JsonNode *node, GError **error)
{
  g_autoptr (CsvcValue) value = NULL;
  const char *text;

  if (!_csvc_json_node_string (node, &text, error))
    return FALSE;
  value = csvc_value_new_string (text);
  csvc_facts_set (facts, name, value);
  return TRUE;
}

static gboolean
set_typed (CsvcFacts *facts, const char *name, JsonNode *node, GError **error)
{
  static const char *const members[] = { "type", "value", NULL };
  JsonObject *object = json_node_get_object (node);
  g_auto (CsvcValue) value = CSVC_VALUE_UNKNOWN;

  if (!_csvc_json_check_members (object, members, error) || !_csvc_json_get_value (object, &value, error))
    return FALSE;
  csvc_facts_set (facts, name, &value);
  return TRUE;
}

static gboolean
set_scalar (CsvcFacts *facts, const char *name, JsonNode *node, GError **error)
{
  GType type = json_node_get_value_type (node);

  if (type == G_TYPE_BOOLEAN)
    {
      csvc_facts_set_boolean (facts, name, json_node_get_boolean (node));
      return TRUE;
    }
  return type == G_TYPE_STRING ? set_string (facts, name, node, error) : set_number (facts, name, node, error);
}

static gboolean
set_member (CsvcFacts *facts, const char *name, JsonNode *node, GError **error)
{
  static const CsvcValue null = { .type = CSVC_TYPE_NULL };

  switch (json_node_get_node_type (node))
    {
    case JSON_NODE_NULL:
      csvc_facts_set (facts, name, &null);
      return TRUE;
    case JSON_NODE_VALUE:
      return set_scalar (facts, name, node, error);
    case JSON_NODE_OBJECT:
      return set_typed (facts, name, node, error);
    case JSON_NODE_ARRAY:
    default:
      g_set_error_literal (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "a fact cannot be a list");
      return FALSE;
    }
}

CsvcFacts *
csvc_facts_new_from_json (const char *json, GError **error)
{
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GList) names = NULL;

  g_return_val_if_fail (json != NULL, NULL);

  root = _csvc_json_parse_object (json, error);
  if (root == NULL)
    return NULL;
  names = json_object_get_members (json_node_get_object (root));
  for (GList *item = names; item != NULL; item = item->next)
    if (!set_member (facts, item->data, json_object_get_member (json_node_get_object (root), item->data), error))
      {
        g_prefix_error (error, "%.60s: ", (const char *) item->data);
        return NULL;
      }
  return g_steal_pointer (&facts);
}
