/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "machine/json-reader.h"

#include <csvc/error.h>
#include <string.h>

#define MAX_LENGTH (64 * 1024 * 1024)
#define MAX_DEPTH 16

static gboolean
refuse (GError **error, const char *expected)
{
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "expected %s", expected);
  return FALSE;
}

/* What json-glib takes beyond JSON (comments, single quotes) is not let through: a bracket could hide there. */
static gboolean
passes_gate (const char *text)
{
  guint depth = 0;
  gboolean quoted = FALSE;

  for (; *text != '\0'; text++)
    if (*text == '"')
      quoted = !quoted;
    else if (quoted)
      text += *text == '\\' && text[1] != '\0';
    else if (*text == '\'' || *text == '/' || *text == '#')
      return FALSE;
    else if (*text == '[' || *text == '{')
      {
        if (++depth > MAX_DEPTH)
          return FALSE;
      }
    else if (*text == ']' || *text == '}')
      depth -= depth > 0;
  return TRUE;
}

JsonNode *
_csvc_json_parse_object (const char *text, GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) reason = NULL;
  JsonNode *root;

  if (strlen (text) > MAX_LENGTH || !passes_gate (text))
    {
      refuse (error, "JSON of at most 64 MiB and 16 levels, without comments or single quotes");
      return NULL;
    }
  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, text, -1, &reason))
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "this is not JSON: %s", reason->message);
      return NULL;
    }
  root = json_parser_get_root (parser);
  if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
    return json_node_ref (root);
  refuse (error, "a JSON object");
  return NULL;
}

static JsonNode *
find (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && !JSON_NODE_HOLDS_NULL (node) ? node : NULL;
}

/* json-glib makes of "\ud800" what is not UTF-8. */
gboolean
_csvc_json_node_string (JsonNode *node, const char **value, GError **error)
{
  const char *text;

  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return refuse (error, "a string");
  text = json_node_get_string (node);
  if (!g_utf8_validate (text, -1, NULL))
    return refuse (error, "UTF-8");
  *value = text;
  return TRUE;
}

gboolean
_csvc_json_get_string (JsonObject *object, const char *name, const char **value, GError **error)
{
  JsonNode *node = find (object, name);

  if (node != NULL)
    return _csvc_json_node_string (node, value, error);
  *value = NULL;
  return TRUE;
}

gboolean
_csvc_json_get_number (JsonObject *object, const char *name, guint32 *value, GError **error)
{
  JsonNode *node = find (object, name);
  gint64 n = 0;

  if (node != NULL)
    {
      if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
        return refuse (error, "a whole number");
      n = json_node_get_int (node);
    }
  if (n < 0 || n > G_MAXUINT32)
    return refuse (error, "a number from 0 to 4294967295");
  *value = (guint32) n;
  return TRUE;
}

gboolean
_csvc_json_get_flag (JsonObject *object, const char *name, gboolean *value, GError **error)
{
  JsonNode *node = find (object, name);

  if (node != NULL && (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN))
    return refuse (error, "true or false");
  *value = node != NULL && json_node_get_boolean (node);
  return TRUE;
}

gboolean
_csvc_json_get_array (JsonObject *object, const char *name, JsonArray **value, GError **error)
{
  JsonNode *node = find (object, name);

  if (node != NULL && !JSON_NODE_HOLDS_ARRAY (node))
    return refuse (error, "an array");
  *value = node != NULL ? json_node_get_array (node) : NULL;
  return TRUE;
}

gboolean
_csvc_json_get_value (JsonObject *object, CsvcValue *value, GError **error)
{
  const char *word, *text;
  CsvcType type;

  if (!_csvc_json_get_string (object, "type", &word, error) || !_csvc_json_get_string (object, "value", &text, error))
    return FALSE;
  if (g_strcmp0 (word, csvc_type_to_string (CSVC_TYPE_SEALED)) == 0)
    type = CSVC_TYPE_SEALED;
  else if (word == NULL || !csvc_type_from_string (word, &type))
    text = NULL;
  if (text == NULL)
    return refuse (error, "a \"type\" and a \"value\", which is text");
  return _csvc_value_parse (value, type, text, error);
}

gboolean
_csvc_json_check_members (JsonObject *object, const char *const *names, GError **error)
{
  g_autoptr (GList) members = json_object_get_members (object);

  for (GList *item = members; item != NULL; item = item->next)
    if (!g_strv_contains (names, item->data))
      {
        g_set_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "nothing is called \"%.60s\" here", (const char *) item->data);
        return FALSE;
      }
  return TRUE;
}
