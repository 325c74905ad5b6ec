/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "json.h"

#include <string.h>

#include "ui.h"

struct _Json {
  GString *text;
  guint    depth;
  gboolean is_first; /* nothing stands yet in the innermost container */
};

Json *
json_new (void)
{
  Json *self = g_new0 (Json, 1);

  self->text = g_string_new (NULL);
  self->is_first = TRUE;
  return self;
}

void
json_free (Json *self)
{
  g_string_free (self->text, TRUE);
  g_free (self);
}

static void
append_quoted (GString *out, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  g_string_append_c (out, '"');
  for (const char *p = valid; *p != '\0'; p++) {
    guchar c = (guchar) *p;

    if (c == '"' || c == '\\')
      g_string_append_printf (out, "\\%c", c);
    else if (c == '\n')
      g_string_append (out, "\\n");
    else if (c < 0x20 || c == 0x7f)
      g_string_append_printf (out, "\\u%04x", c);
    else
      g_string_append_c (out, (char) c);
  }
  g_string_append_c (out, '"');
}

static void
begin_line (Json *self)
{
  if (self->depth > 0)
    g_string_append_printf (self->text, "\n%*s", (int) (2 * self->depth), "");
}

static void
begin_value (Json *self, const char *name)
{
  if (!self->is_first)
    g_string_append_c (self->text, ',');
  begin_line (self);
  if (name != NULL) {
    append_quoted (self->text, name);
    g_string_append (self->text, ": ");
  }
  self->is_first = FALSE;
}

static void
begin_container (Json *self, const char *name, char bracket)
{
  begin_value (self, name);
  g_string_append_c (self->text, bracket);
  self->depth++;
  self->is_first = TRUE;
}

static void
end_container (Json *self, char bracket)
{
  self->depth--;
  if (!self->is_first)
    g_string_append_printf (self->text, "\n%*s", (int) (2 * self->depth), "");
  g_string_append_c (self->text, bracket);
  self->is_first = FALSE;
}

void
json_begin_object (Json *self, const char *name)
{
  begin_container (self, name, '{');
}

void
json_end_object (Json *self)
{
  end_container (self, '}');
}

void
json_begin_array (Json *self, const char *name)
{
  begin_container (self, name, '[');
}

void
json_end_array (Json *self)
{
  end_container (self, ']');
}

void
json_add_string (Json *self, const char *name, const char *text)
{
  begin_value (self, name);
  if (text != NULL)
    append_quoted (self->text, text);
  else
    g_string_append (self->text, "null");
}

void
json_add_integer (Json *self, const char *name, gint64 number)
{
  begin_value (self, name);
  g_string_append_printf (self->text, "%" G_GINT64_FORMAT, number);
}

void
json_add_boolean (Json *self, const char *name, gboolean value)
{
  begin_value (self, name);
  g_string_append (self->text, value ? "true" : "false");
}

void
json_add_time (Json *self, const char *name, CsvcTime time)
{
  g_autofree char *text = time != CSVC_NEVER ? csvc_time_to_string (time) : NULL;

  json_add_string (self, name, text);
}

void
json_add_raw (Json *self, const char *name, const char *json)
{
  begin_value (self, name);
  g_string_append (self->text, json);
}

void
json_print (const Json *self)
{
  ui_print ("%s\n", self->text->str);
}
