/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A calendar as JSON: <csvc/calendar.h> shows the form. It says no more than the builder can be told, so
 * reading is telling, and every complaint names the member. */

#include "config.h"

#include "calendar/calendar.h"

#include <csvc/error.h>
#include <json-glib/json-glib.h>

#include <string.h>

#define MAX_DEPTH 16
#define MAX_BYTES (1 << 20) /* json-glib takes a hundred bytes for two of "[]" */

typedef struct {
  CsvcCalendarBuilder *builder;
} Reader;

static G_GNUC_PRINTF (2, 3) gboolean
fail (GError    **error,
      const char *format,
      ...)
{
  va_list arguments;
  g_autofree char *message = NULL;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, message);

  return FALSE;
}

/* ---- The document ---- */

/* json-glib recurses as deep as the text does, so that is looked at first. */
static gboolean
is_flat_enough (const char *text,
                gsize       length)
{
  gboolean in_string = FALSE;
  int depth = 0;

  for (gsize i = 0; i < length; i++)
    if (in_string) {
      if (text[i] == '\\')
        i++;
      else if (text[i] == '"')
        in_string = FALSE;
    } else if (text[i] == '"') {
      in_string = TRUE;
    } else if (text[i] == '{' || text[i] == '[') {
      if (++depth > MAX_DEPTH)
        return FALSE;
    } else if (text[i] == '}' || text[i] == ']') {
      depth--;
    }

  return TRUE;
}

/* NULL: an error; else borrowed from @parser. */
static JsonObject *
parse (JsonParser *parser,
       const char *text,
       gsize       length,
       GError    **error)
{
  g_autoptr (GError) why = NULL;
  JsonNode *root;

  if (length > MAX_BYTES) {
    g_set_error_literal (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "a calendar in JSON has at most 1 MiB");
    return NULL;
  }
  if (!g_utf8_validate_len (text, length, NULL) || !is_flat_enough (text, length)) {
    fail (error, "expected UTF-8 JSON, nested at most %d deep", MAX_DEPTH);
    return NULL;
  }
  if (!json_parser_load_from_data (parser, text, (gssize) length, &why)) {
    fail (error, "%s", why->message);
    return NULL;
  }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    fail (error, "expected an object {\"id\": …, \"time_zone\": …, \"weekly\": …}");
    return NULL;
  }

  return json_node_get_object (root);
}

/* ---- Values ---- */

/* (nullable): borrowed. */
static const char *
string_of (JsonNode *node)
{
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;

  return json_node_get_string (node);
}

/* A member's string; *value stays when it is not there. */
static gboolean
get_string (JsonObject  *object,
            const char  *name,
            const char **value,
            GError     **error)
{
  JsonNode *node = json_object_get_member (object, name);
  const char *string;

  if (node == NULL)
    return TRUE;
  string = string_of (node);
  if (string == NULL || *string == '\0')
    return fail (error, "%s: expected a text", name);

  *value = string;
  return TRUE;
}

/* Adds "09:00-12:00" for ["09:00", "12:00"]. */
static gboolean
append_interval (GString  *out,
                 JsonNode *node)
{
  JsonArray *pair = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (pair == NULL || json_array_get_length (pair) != 2)
    return FALSE;
  for (guint i = 0; i < 2; i++) {
    const char *time = string_of (json_array_get_element (pair, i));

    if (time == NULL || time[strspn (time, "0123456789:.")] != '\0')
      return FALSE;
    g_string_append (out, i == 0 ? " " : "-");
    g_string_append (out, time);
  }

  return TRUE;
}

/* (transfer full): [["09:00", "12:00"], …] as the builder reads hours. */
static char *
hours_of (JsonNode *node,
          GError  **error)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  gboolean sound = array != NULL;

  for (guint i = 0; sound && i < json_array_get_length (array); i++)
    sound = append_interval (out, json_array_get_element (array, i));
  if (!sound) {
    fail (error, "expected hours [[\"09:00\", \"12:00\"], …]");
    return NULL;
  }

  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* "2026-10-01", or {"date": "2026-10-01", "name": "国庆节"}, for a moved day with "as". */
typedef struct {
  const char *date, *as, *label;
} Day;

static gboolean
read_day (JsonNode *node,
          Day      *day,
          GError  **error)
{
  JsonObject *object;

  day->date = string_of (node);
  if (day->date != NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return fail (error, "expected a date");
  object = json_node_get_object (node);
  if (!get_string (object, "date", &day->date, error) || !get_string (object, "as", &day->as, error) ||
      !get_string (object, "name", &day->label, error))
    return FALSE;

  return day->date != NULL || fail (error, "expected a \"date\"");
}

/* ---- Members ---- */

static gboolean
tell_hours (Reader     *self,
            const char *member,
            const char *key,
            const char *hours,
            GError    **error)
{
  if (strcmp (member, "weekly") == 0)
    return csvc_calendar_builder_add_hours (self->builder, key, hours, error);
  if (strcmp (member, "date_hours") == 0)
    return csvc_calendar_builder_add_date_hours (self->builder, key, hours, NULL, error);

  return csvc_calendar_builder_add_break (self->builder, key, hours, NULL, error);
}

/* weekly, date_hours, breaks: hours by weekday or date. */
static gboolean
read_hours (Reader     *self,
            const char *member,
            JsonNode   *node,
            GError    **error)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return fail (error, "expected an object of hours");
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &key, &value)) {
    g_autofree char *hours = hours_of (value, error);

    if (hours == NULL || !tell_hours (self, member, key, hours, error)) {
      g_prefix_error (error, "%s: ", key);
      return FALSE;
    }
  }

  return TRUE;
}

static gboolean
tell_day (Reader     *self,
          const char *member,
          const Day  *day,
          GError    **error)
{
  gboolean is_yearly = strlen (day->date) < strlen ("2026-10-01");

  if (strcmp (member, "moved_working_days") == 0) {
    if (day->as == NULL)
      return fail (error, "%s: expected \"as\", the weekday whose hours apply", day->date);
    return csvc_calendar_builder_add_moved_day (self->builder, day->date, day->as, day->label, error);
  }
  if (is_yearly != (strcmp (member, "yearly_holidays") == 0))
    return fail (error, "\"%s\": expected %s", day->date, is_yearly ? "YYYY-MM-DD" : "MM-DD");

  return csvc_calendar_builder_add_holiday (self->builder, day->date, day->label, error);
}

static gboolean
read_days (Reader     *self,
           const char *member,
           JsonNode   *node,
           GError    **error)
{
  JsonArray *array;

  if (!JSON_NODE_HOLDS_ARRAY (node))
    return fail (error, "expected an array of dates");
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    Day day = { NULL, NULL, NULL };

    if (!read_day (json_array_get_element (array, i), &day, error) || !tell_day (self, member, &day, error))
      return FALSE;
  }

  return TRUE;
}

static gboolean
read_precedence (Reader     *self,
                 const char *member,
                 JsonNode   *node,
                 GError    **error)
{
  (void) member;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return fail (error, "expected true or false");
  csvc_calendar_builder_set_precedence (self->builder, json_node_get_boolean (node) ? CSVC_PRECEDENCE_HOLIDAYS
                                                                                    : CSVC_PRECEDENCE_DATE_HOURS);
  return TRUE;
}

/* One of two words. */
static gboolean
read_choice (JsonNode   *node,
             const char *usual,
             const char *other,
             gboolean   *is_other,
             GError    **error)
{
  *is_other = g_strcmp0 (string_of (node), other) == 0;

  return *is_other || g_strcmp0 (string_of (node), usual) == 0 || fail (error, "expected \"%s\" or \"%s\"", usual, other);
}

static gboolean
read_ends (Reader     *self,
           const char *member,
           JsonNode   *node,
           GError    **error)
{
  gboolean other;

  if (strcmp (member, "add_ends") == 0) {
    if (!read_choice (node, "closing", "opening", &other, error))
      return FALSE;
    csvc_calendar_builder_set_add_ends (self->builder, other ? CSVC_ADD_ENDS_OPENING : CSVC_ADD_ENDS_CLOSING);
    return TRUE;
  }

  if (!read_choice (node, "time-of-day", "end-of-working-day", &other, error))
    return FALSE;
  csvc_calendar_builder_set_add_days (self->builder, other ? CSVC_ADD_DAYS_END_OF_WORKING_DAY : CSVC_ADD_DAYS_TIME_OF_DAY);
  return TRUE;
}

/* horizon and past_horizon together. */
static gboolean
read_horizon (Reader     *self,
              JsonObject *object,
              GError    **error)
{
  JsonNode *node = json_object_get_member (object, "horizon"), *past = json_object_get_member (object, "past_horizon");
  gboolean is_error = FALSE;
  gint64 year = 0;

  if (past != NULL && !read_choice (past, "flag", "error", &is_error, error)) {
    g_prefix_error (error, "past_horizon: ");
    return FALSE;
  }
  if (node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64)
    year = json_node_get_int (node);
  if (node != NULL && (year < 1900 || year > 2199))
    return fail (error, "horizon: expected a year, 1900 to 2199");

  csvc_calendar_builder_set_horizon (self->builder, (int) year, is_error ? CSVC_HORIZON_ERROR : CSVC_HORIZON_FLAG);
  return TRUE;
}

static const struct {
  const char *name;
  gboolean (*read) (Reader *self, const char *member, JsonNode *node, GError **error); /* NULL: read beforehand */
} members[] = {
  { "id", NULL },
  { "time_zone", NULL },
  { "version", NULL },
  { "horizon", NULL },
  { "past_horizon", NULL },
  { "weekly", read_hours },
  { "date_hours", read_hours },
  { "breaks", read_hours },
  { "holidays", read_days },
  { "yearly_holidays", read_days },
  { "moved_working_days", read_days },
  { "holiday_beats_date_hours", read_precedence },
  { "add_ends", read_ends },
  { "add_days_ends", read_ends },
};

static gboolean
read_member (Reader     *self,
             const char *name,
             JsonNode   *node,
             GError    **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
    if (strcmp (members[i].name, name) != 0)
      continue;
    if (members[i].read == NULL || members[i].read (self, name, node, error))
      return TRUE;
    g_prefix_error (error, "%s: ", name);
    return FALSE;
  }

  return fail (error, "a calendar has no \"%s\"", name);
}

static gboolean
read_members (Reader     *self,
              JsonObject *object,
              GError    **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &node))
    if (!read_member (self, name, node, error))
      return FALSE;

  return TRUE;
}

/* (nullable) (transfer full) */
static CsvcCalendarBuilder *
builder_for (JsonObject *object,
             GError    **error)
{
  const char *id = NULL, *zone_name = NULL, *version = NULL;
  g_autoptr (CsvcZone) zone = NULL;
  CsvcCalendarBuilder *builder;

  if (!get_string (object, "id", &id, error) || !get_string (object, "time_zone", &zone_name, error) ||
      !get_string (object, "version", &version, error))
    return NULL;
  if (id == NULL || zone_name == NULL) {
    fail (error, "expected \"%s\"", id == NULL ? "id" : "time_zone");
    return NULL;
  }
  zone = csvc_zone_new (zone_name, error);
  if (zone == NULL)
    return NULL;

  builder = csvc_calendar_builder_new (id, zone);
  csvc_calendar_builder_set_version (builder, version);
  return builder;
}

CsvcCalendar *
_csvc_calendar_read_json (const char *text,
                          gsize       length,
                          GError    **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *object = parse (parser, text, length, error);
  g_autoptr (CsvcCalendarBuilder) builder = object != NULL ? builder_for (object, error) : NULL;
  Reader self = { .builder = builder };

  if (builder == NULL || !read_members (&self, object, error) || !read_horizon (&self, object, error))
    return NULL;

  return csvc_calendar_builder_build (builder, error);
}
