/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "base/json-writer.h"

#include <string.h>

#define MAX_DEPTH 63 /* has_item holds one bit a level */

void
_csvc_json_init (CsvcJson *json, GString *out, gboolean pretty)
{
  *json = (CsvcJson){ .out = out, .pretty = pretty };
}

static void
append_escape (GString *out, guchar c)
{
  switch (c)
    {
    case '"':
    case '\\':
      g_string_append_c (out, '\\');
      g_string_append_c (out, (char) c);
      break;
    case '\b':
      g_string_append (out, "\\b");
      break;
    case '\f':
      g_string_append (out, "\\f");
      break;
    case '\n':
      g_string_append (out, "\\n");
      break;
    case '\r':
      g_string_append (out, "\\r");
      break;
    case '\t':
      g_string_append (out, "\\t");
      break;
    default:
      g_string_append_printf (out, "\\u%04x", c);
    }
}

static void
append_quoted (GString *out, const char *text)
{
  const char *from = text;

  g_string_append_c (out, '"');
  for (; *text != '\0'; text++)
    {
      guchar c = (guchar) *text;

      if (c >= 0x20 && c != '"' && c != '\\')
        continue;
      g_string_append_len (out, from, text - from);
      append_escape (out, c);
      from = text + 1;
    }
  g_string_append_len (out, from, text - from);
  g_string_append_c (out, '"');
}

static void
append_newline (CsvcJson *json)
{
  g_string_append_c (json->out, '\n');
  for (guint i = 0; i < json->depth; i++)
    g_string_append (json->out, "  ");
}

/* What stands before a value: comma, line, name. */
static void
begin_item (CsvcJson *json, const char *name)
{
  const guint64 bit = G_GUINT64_CONSTANT (1) << json->depth;

  if (json->has_item & bit)
    g_string_append_c (json->out, ',');
  json->has_item |= bit;
  if (json->pretty && json->depth > 0)
    append_newline (json);
  if (name == NULL)
    return;
  append_quoted (json->out, name);
  g_string_append (json->out, json->pretty ? ": " : ":");
}

static void
begin_group (CsvcJson *json, const char *name, char bracket)
{
  g_return_if_fail (json->depth < MAX_DEPTH);

  begin_item (json, name);
  g_string_append_c (json->out, bracket);
  json->depth++;
  json->has_item &= ~(G_GUINT64_CONSTANT (1) << json->depth);
}

static void
end_group (CsvcJson *json, char bracket)
{
  gboolean has_item;

  g_return_if_fail (json->depth > 0);

  has_item = (json->has_item >> json->depth) & 1;
  json->depth--;
  if (json->pretty && has_item)
    append_newline (json);
  g_string_append_c (json->out, bracket);
}

void
_csvc_json_begin_object (CsvcJson *json, const char *name)
{
  begin_group (json, name, '{');
}

void
_csvc_json_end_object (CsvcJson *json)
{
  end_group (json, '}');
}

void
_csvc_json_begin_array (CsvcJson *json, const char *name)
{
  begin_group (json, name, '[');
}

void
_csvc_json_end_array (CsvcJson *json)
{
  end_group (json, ']');
}

void
_csvc_json_string (CsvcJson *json, const char *name, const char *value)
{
  begin_item (json, name);
  if (value != NULL)
    append_quoted (json->out, value);
  else
    g_string_append (json->out, "null");
}

/* Written by hand, not by printf: logs and journals hold many. */
void
_csvc_json_integer (CsvcJson *json, const char *name, gint64 value)
{
  char digits[24];
  char *p = digits + sizeof digits;
  guint64 rest = value < 0 ? -(guint64) value : (guint64) value;

  begin_item (json, name);
  do
    *--p = (char) ('0' + rest % 10);
  while ((rest /= 10) > 0);
  if (value < 0)
    *--p = '-';
  g_string_append_len (json->out, p, digits + sizeof digits - p);
}

void
_csvc_json_boolean (CsvcJson *json, const char *name, gboolean value)
{
  begin_item (json, name);
  g_string_append (json->out, value ? "true" : "false");
}

void
_csvc_json_raw (CsvcJson *json, const char *name, const char *value)
{
  g_return_if_fail (value != NULL);

  begin_item (json, name);
  g_string_append (json->out, value);
}
