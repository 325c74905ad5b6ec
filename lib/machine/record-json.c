/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <string.h>

#include "machine/json-reader.h"
#include "machine/shape.h"

/* One object, members in the order of the tables; what is absent, 0, false or empty is left out. A value is written as its type and its
 * canonical text, so that no JSON reader on the way rounds a number. */

static void write_shape (CsvcJson *json, const char *name, const CsvcShape *shape, gconstpointer item);

static void
write_time (CsvcJson *json, const char *name, CsvcTime time)
{
  g_autofree char *text = NULL;

  if (time == CSVC_NEVER)
    return;
  text = csvc_time_to_string (time);
  _csvc_json_string (json, name, text);
}

static void
write_duration (CsvcJson *json, const char *name, CsvcDuration duration)
{
  g_autofree char *text = NULL;

  if (duration == 0)
    return;
  text = csvc_duration_to_string (duration);
  _csvc_json_string (json, name, text);
}

static void
write_value (CsvcJson *json, const CsvcValue *value)
{
  g_autofree char *text = csvc_value_to_string (value);

  _csvc_json_string (json, "type", csvc_type_to_string ((CsvcType) value->type));
  _csvc_json_string (json, "value", text);
}

static void
write_list (CsvcJson *json, const char *name, const CsvcShape *items, const GArray *list)
{
  if (list == NULL || list->len == 0)
    return;
  _csvc_json_begin_array (json, name);
  for (guint i = 0; i < list->len; i++)
    if (items->bare)
      _csvc_json_string (json, NULL, g_array_index (list, const char *, i));
    else
      write_shape (json, NULL, items, list->data + i * items->size);
  _csvc_json_end_array (json);
}

static void
write_field (CsvcJson *json, const CsvcField *field, gconstpointer item)
{
  switch (field->type)
    {
    case CSVC_FIELD_STRING:
      if (CSVC_FIELD (const char *const, item, field) != NULL)
        _csvc_json_string (json, field->name, CSVC_FIELD (const char *const, item, field));
      break;
    case CSVC_FIELD_TIME:
      write_time (json, field->name, CSVC_FIELD (const CsvcTime, item, field));
      break;
    case CSVC_FIELD_DURATION:
      write_duration (json, field->name, CSVC_FIELD (const CsvcDuration, item, field));
      break;
    case CSVC_FIELD_NUMBER:
      if (CSVC_FIELD (const guint32, item, field) != 0)
        _csvc_json_integer (json, field->name, CSVC_FIELD (const guint32, item, field));
      break;
    case CSVC_FIELD_AMOUNT:
      if (CSVC_FIELD (const gint64, item, field) != 0)
        _csvc_json_integer (json, field->name, CSVC_FIELD (const gint64, item, field));
      break;
    case CSVC_FIELD_FLAG:
      if (CSVC_FIELD (const gboolean, item, field))
        _csvc_json_boolean (json, field->name, TRUE);
      break;
    case CSVC_FIELD_WORD:
      _csvc_json_string (json, field->name, field->to_word (CSVC_FIELD (const guint32, item, field)));
      break;
    case CSVC_FIELD_VALUE:
      write_value (json, &CSVC_FIELD (const CsvcValue, item, field));
      break;
    case CSVC_FIELD_LIST:
      write_list (json, field->name, field->items, CSVC_FIELD (GArray *const, item, field));
      break;
    }
}

static void
write_fields (CsvcJson *json, const CsvcShape *shape, gconstpointer item)
{
  for (const CsvcField *field = shape->fields; field < shape->fields + shape->n_fields; field++)
    write_field (json, field, item);
}

static void
write_shape (CsvcJson *json, const char *name, const CsvcShape *shape, gconstpointer item)
{
  _csvc_json_begin_object (json, name);
  write_fields (json, shape, item);
  _csvc_json_end_object (json);
}

void
_csvc_shape_write_json (CsvcJson *json, const CsvcShape *shape, gconstpointer item)
{
  write_fields (json, shape, item);
}

void
_csvc_record_write_json (CsvcJson *json, const CsvcRecord *self)
{
  _csvc_json_begin_object (json, NULL);
  _csvc_json_integer (json, "codec", CSVC_CASE_CODEC);
  write_fields (json, &_csvc_record_shape, self);
  _csvc_json_end_object (json);
}

/* ---- Reading ---- */

static gboolean read_shape (JsonObject *object, const CsvcShape *shape, gpointer item, GError **error);

static gboolean
refuse (const char *expected, GError **error)
{
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "expected %s", expected);
  return FALSE;
}

static gboolean
read_string (JsonObject *object, const CsvcField *field, char **slot, GError **error)
{
  const char *text;

  if (!_csvc_json_get_string (object, field->name, &text, error))
    return FALSE;
  *slot = text != NULL ? g_ref_string_new (text) : NULL;
  return TRUE;
}

static gboolean
read_time (JsonObject *object, const CsvcField *field, CsvcTime *slot, GError **error)
{
  const char *text;

  if (!_csvc_json_get_string (object, field->name, &text, error))
    return FALSE;
  return text == NULL || csvc_time_parse (text, slot, error);
}

static gboolean
read_duration (JsonObject *object, const CsvcField *field, CsvcDuration *slot, GError **error)
{
  const char *text;

  if (!_csvc_json_get_string (object, field->name, &text, error))
    return FALSE;
  return text == NULL || csvc_duration_parse (text, slot, error);
}

static gboolean
read_amount (JsonObject *object, const CsvcField *field, gint64 *slot, GError **error)
{
  JsonNode *node = json_object_get_member (object, field->name);

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return refuse ("a whole number", error);
  *slot = json_node_get_int (node);
  return TRUE;
}

static gboolean
read_word (JsonObject *object, const CsvcField *field, guint32 *slot, GError **error)
{
  const char *text;

  if (!_csvc_json_get_string (object, field->name, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE; /* the first one */
  for (guint i = 0; text != NULL && i < field->n_words; i++)
    if (strcmp (field->to_word (i), text) == 0)
      {
        *slot = i;
        return TRUE;
      }
  return refuse ("one of its words", error);
}

static gboolean
read_item (JsonNode *node, const CsvcShape *items, gpointer item, GError **error)
{
  const char *text;

  if (!items->bare)
    return JSON_NODE_HOLDS_OBJECT (node) ? read_shape (json_node_get_object (node), items, item, error) : refuse ("an object", error);
  if (!_csvc_json_node_string (node, &text, error))
    return FALSE;
  *(char **) item = g_ref_string_new (text);
  return TRUE;
}

static gboolean
read_list (JsonObject *object, const CsvcField *field, GArray *list, GError **error)
{
  JsonArray *array;
  guint n;

  if (!_csvc_json_get_array (object, field->name, &array, error))
    return FALSE;
  n = array != NULL ? json_array_get_length (array) : 0;
  for (guint i = 0; i < n; i++)
    if (!read_item (json_array_get_element (array, i), field->items, _csvc_shape_append (field->items, list), error))
      {
        g_prefix_error (error, "item %u: ", i);
        return FALSE;
      }
  return TRUE;
}

static gboolean
read_field (JsonObject *object, const CsvcField *field, gpointer item, GError **error)
{
  switch (field->type)
    {
    case CSVC_FIELD_STRING:
      return read_string (object, field, &CSVC_FIELD (char *, item, field), error);
    case CSVC_FIELD_TIME:
      return read_time (object, field, &CSVC_FIELD (CsvcTime, item, field), error);
    case CSVC_FIELD_DURATION:
      return read_duration (object, field, &CSVC_FIELD (CsvcDuration, item, field), error);
    case CSVC_FIELD_NUMBER:
      return _csvc_json_get_number (object, field->name, &CSVC_FIELD (guint32, item, field), error);
    case CSVC_FIELD_AMOUNT:
      return read_amount (object, field, &CSVC_FIELD (gint64, item, field), error);
    case CSVC_FIELD_FLAG:
      return _csvc_json_get_flag (object, field->name, &CSVC_FIELD (gboolean, item, field), error);
    case CSVC_FIELD_WORD:
      return read_word (object, field, &CSVC_FIELD (guint32, item, field), error);
    case CSVC_FIELD_VALUE:
      return _csvc_json_get_value (object, &CSVC_FIELD (CsvcValue, item, field), error);
    case CSVC_FIELD_LIST:
      return read_list (object, field, CSVC_FIELD (GArray *, item, field), error);
    default:
      g_return_val_if_reached (FALSE);
    }
}

static gboolean
check_members (JsonObject *object, const CsvcShape *shape, GError **error)
{
  const char *names[40] = { 0 };
  guint n = 0;

  g_assert (shape->n_fields + 2 < G_N_ELEMENTS (names));
  if (shape->outermost)
    names[n++] = "codec";
  for (const CsvcField *field = shape->fields; field < shape->fields + shape->n_fields; field++)
    {
      names[n++] = field->name;
      if (field->type == CSVC_FIELD_VALUE)
        names[n++] = "type";
    }
  return _csvc_json_check_members (object, names, error);
}

static gboolean
read_shape (JsonObject *object, const CsvcShape *shape, gpointer item, GError **error)
{
  if (!check_members (object, shape, error))
    return FALSE;
  for (const CsvcField *field = shape->fields; field < shape->fields + shape->n_fields; field++)
    if (!read_field (object, field, item, error))
      {
        g_prefix_error (error, "%s: ", field->name);
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_codec (JsonObject *object, GError **error)
{
  guint32 codec;

  if (!_csvc_json_get_number (object, "codec", &codec, error))
    return FALSE;
  if (codec >= 1 && codec <= CSVC_CASE_CODEC)
    return TRUE;
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "it is of codec %u; this version of libcsvc reads codec %d", codec,
               CSVC_CASE_CODEC);
  return FALSE;
}

static gboolean
check_ids_once (const CsvcRecord *self, GError **error)
{
  for (const CsvcField *field = _csvc_record_shape.fields; field < _csvc_record_shape.fields + _csvc_record_shape.n_fields; field++)
    if (field->type == CSVC_FIELD_LIST && !_csvc_shape_is_sorted (field->items, CSVC_FIELD (GArray *const, self, field)))
      {
        g_set_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "%s: an id stands there twice", field->name);
        return FALSE;
      }
  return TRUE;
}

static gboolean
has_ids_once (const CsvcShape *shape, gconstpointer item)
{
  for (const CsvcField *field = shape->fields; field < shape->fields + shape->n_fields; field++)
    {
      const GArray *list = field->type == CSVC_FIELD_LIST ? CSVC_FIELD (GArray *const, item, field) : NULL;

      if (list != NULL && !_csvc_shape_is_sorted (field->items, list))
        return FALSE;
      for (guint i = 0; list != NULL && i < list->len; i++)
        if (!has_ids_once (field->items, list->data + i * field->items->size))
          return FALSE;
    }
  return TRUE;
}

/* ---- What must be there ---- */

static gboolean check_whole (const CsvcShape *shape, gconstpointer item, GError **error);

static gboolean
check_list (const CsvcField *field, const GArray *list, GError **error)
{
  for (guint i = 0; i < list->len; i++)
    if (!check_whole (field->items, list->data + i * field->items->size, error))
      {
        g_prefix_error (error, "item %u: ", i);
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_field (const CsvcField *field, gconstpointer item, GError **error)
{
  if (field->type == CSVC_FIELD_LIST)
    return check_list (field, CSVC_FIELD (GArray *const, item, field), error);
  if (!field->required)
    return TRUE;
  if (field->type == CSVC_FIELD_STRING)
    return CSVC_FIELD (const char *const, item, field) != NULL || refuse ("a string", error);
  return CSVC_FIELD (const CsvcTime, item, field) != CSVC_NEVER || refuse ("an instant", error);
}

static gboolean
check_whole (const CsvcShape *shape, gconstpointer item, GError **error)
{
  for (const CsvcField *field = shape->fields; field < shape->fields + shape->n_fields; field++)
    if (!check_field (field, item, error))
      {
        g_prefix_error (error, "%s: ", field->name);
        return FALSE;
      }
  return TRUE;
}

gboolean
_csvc_shape_read_json (JsonObject *object, const CsvcShape *shape, gpointer item, GError **error)
{
  if (!read_shape (object, shape, item, error) || !check_whole (shape, item, error))
    return FALSE;
  _csvc_shape_normalise (shape, item);
  return has_ids_once (shape, item) || refuse ("each id once", error);
}

gboolean
_csvc_record_check_json (CsvcRecord *self, GError **error)
{
  if (!check_whole (&_csvc_record_shape, self, error))
    return FALSE;
  _csvc_record_normalise (self);
  return check_ids_once (self, error);
}

/* ---- All of it ---- */

gboolean
_csvc_record_read_json (CsvcRecord *self, const char *json, GError **error)
{
  g_autoptr (JsonNode) root = _csvc_json_parse_object (json, error);

  return root != NULL && (!json_object_has_member (json_node_get_object (root), "codec") || check_codec (json_node_get_object (root), error)) &&
         read_shape (json_node_get_object (root), &_csvc_record_shape, self, error);
}

static gboolean
read_whole (CsvcRecord *self, const char *json, GError **error)
{
  g_autoptr (JsonNode) root = _csvc_json_parse_object (json, error);

  return root != NULL && check_codec (json_node_get_object (root), error) &&
         read_shape (json_node_get_object (root), &_csvc_record_shape, self, error) && _csvc_record_check_json (self, error);
}

gboolean
_csvc_record_from_json (CsvcRecord *self, const char *json, GError **error)
{
  if (read_whole (self, json, error))
    return TRUE;
  g_prefix_error (error, "a case in JSON: ");
  return FALSE;
}
