/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <string.h>

#include "feel/functions.h"

/* Conversions from and to texts, and texts' parts. Places count characters from 1, as FEEL does. */

static CsvcValue
text_of (FeelEval *eval, const char *text, gssize length)
{
  CsvcValue value = _csvc_feel_string (_csvc_feel_eval_scratch (eval), text, length);

  return value.type == CSVC_TYPE_NULL ? _csvc_feel_fail_outside (eval, eval->column, "it takes more memory than is allowed") : value;
}

/* The text given to number () without its separators, as a number's form; FALSE when a separator is none. */
static gboolean
unpunctuate (GString *out, const char *text, const char *grouping, const char *decimal)
{
  for (; *text != '\0'; text++)
    if (grouping != NULL && *text == *grouping)
      continue;
    else if (decimal != NULL && *text == *decimal)
      g_string_append_c (out, '.');
    else if (decimal != NULL && *text == '.')
      return FALSE;
    else
      g_string_append_c (out, *text);
  return TRUE;
}

static gboolean
is_one_of (const CsvcValue *value, const char *const *texts)
{
  return value->type == CSVC_TYPE_NULL || g_strv_contains (texts, value->u.s);
}

FEEL_FUNCTION (to_number)
{
  static const char *const groupings[] = { " ", ",", ".", NULL }, *const decimals[] = { ".", ",", NULL };
  const char *grouping = n > 1 && arguments[1].type != CSVC_TYPE_NULL ? arguments[1].u.s : NULL;
  const char *decimal = n > 2 && arguments[2].type != CSVC_TYPE_NULL ? arguments[2].u.s : NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  CsvcValue value;

  if (arguments[0].type == CSVC_TYPE_NUMBER)
    return n == 1 ? arguments[0] : _csvc_feel_no (eval, "a number has no separators");
  if ((n > 1 && !is_one_of (&arguments[1], groupings)) || (n > 2 && !is_one_of (&arguments[2], decimals)) ||
      (grouping != NULL && decimal != NULL && strcmp (grouping, decimal) == 0))
    return _csvc_feel_no (eval, "these are no separators of numbers");
  if (!unpunctuate (text, arguments[0].u.s, grouping, decimal) || *text->str == '+' ||
      !_csvc_value_parse (&value, CSVC_TYPE_NUMBER, text->str, &error))
    return error != NULL && error->code == CSVC_ERROR_LIMIT ? _csvc_feel_fail_outside (eval, eval->column, "the number does not fit")
                                                            : _csvc_feel_no (eval, "the text is no number");
  return value;
}

FEEL_FUNCTION (to_string)
{
  g_autoptr (GString) out = g_string_new (NULL);

  if (arguments[0].type == CSVC_TYPE_STRING)
    return arguments[0];
  if (!_csvc_feel_spend (eval, _csvc_feel_weight (&arguments[0])))
    return FEEL_NULL;
  _csvc_feel_append (out, &arguments[0]);
  return text_of (eval, out->str, (gssize) out->len);
}

FEEL_FUNCTION (string_length)
{
  return _csvc_feel_integer (g_utf8_strlen (arguments[0].u.s, -1));
}

FEEL_FUNCTION (substring)
{
  const char *text = arguments[0].u.s, *from, *to;
  glong length = g_utf8_strlen (text, -1);
  CsvcValue whole;
  gint64 start, count = length;

  if (!_csvc_number_get_integer (&arguments[1], &start) || start == 0 || ABS (start) > length)
    return _csvc_feel_no (eval, "the text has no such place");
  if (n > 2 && arguments[2].type != CSVC_TYPE_NULL &&
      (!_csvc_number_round (&whole, &arguments[2], 0, FEEL_ROUND_DOWN) || !_csvc_number_get_integer (&whole, &count) || count < 1))
    return _csvc_feel_no (eval, "a length is a number from 1");
  start = start > 0 ? start - 1 : length + start;
  from = g_utf8_offset_to_pointer (text, (glong) start);
  to = g_utf8_offset_to_pointer (from, (glong) MIN (count, length - start));
  return text_of (eval, from, to - from);
}

FEEL_FUNCTION (upper_case)
{
  g_autofree char *text = g_utf8_strup (arguments[0].u.s, -1);

  return text_of (eval, text, -1);
}

FEEL_FUNCTION (lower_case)
{
  g_autofree char *text = g_utf8_strdown (arguments[0].u.s, -1);

  return text_of (eval, text, -1);
}

FEEL_FUNCTION (substring_before)
{
  const char *text = arguments[0].u.s, *match = strstr (text, arguments[1].u.s);

  return text_of (eval, text, match != NULL ? match - text : 0);
}

FEEL_FUNCTION (substring_after)
{
  const char *match = strstr (arguments[0].u.s, arguments[1].u.s);

  return text_of (eval, match != NULL ? match + strlen (arguments[1].u.s) : "", -1);
}

FEEL_FUNCTION (contains)
{
  return _csvc_feel_boolean (strstr (arguments[0].u.s, arguments[1].u.s) != NULL);
}

FEEL_FUNCTION (starts_with)
{
  return _csvc_feel_boolean (g_str_has_prefix (arguments[0].u.s, arguments[1].u.s));
}

FEEL_FUNCTION (ends_with)
{
  return _csvc_feel_boolean (g_str_has_suffix (arguments[0].u.s, arguments[1].u.s));
}

/* Nulls in the list are left out. */
FEEL_FUNCTION (string_join)
{
  const CsvcFeelList *list = _csvc_feel_get_list (&arguments[0]);
  const char *delimiter = n > 1 && arguments[1].type != CSVC_TYPE_NULL ? arguments[1].u.s : "";
  g_autoptr (GString) out = g_string_new (NULL);
  gboolean first = TRUE;

  if (!_csvc_feel_spend (eval, list->n))
    return FEEL_NULL;
  for (guint i = 0; i < list->n; i++)
    {
      if (list->items[i].type == CSVC_TYPE_NULL)
        continue;
      if (list->items[i].type != CSVC_TYPE_STRING && list->items[i].type != CSVC_TYPE_ENUM)
        return _csvc_feel_no (eval, "only texts can be joined");
      if (out->len > CSVC_TEXT_MAX)
        return _csvc_feel_fail_outside (eval, eval->column, "the text becomes too long");
      g_string_append_printf (out, "%s%s", first ? "" : delimiter, list->items[i].u.s);
      first = FALSE;
    }
  return text_of (eval, out->str, (gssize) out->len);
}

/* ---- Any value in words ---- */

static void append (GString *out, const CsvcValue *value, gboolean inside);

static void
append_quoted (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (; *text != '\0'; text++)
    {
      if (*text == '"' || *text == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *text);
    }
  g_string_append_c (out, '"');
}

static void
append_list (GString *out, const CsvcFeelList *list)
{
  g_string_append_c (out, '[');
  for (guint i = 0; i < list->n; i++)
    {
      g_string_append (out, i > 0 ? ", " : "");
      append (out, &list->items[i], TRUE);
    }
  g_string_append_c (out, ']');
}

static void
append_context (GString *out, const CsvcFeelContext *context)
{
  g_string_append_c (out, '{');
  for (guint i = 0; i < context->n; i++)
    {
      g_string_append (out, i > 0 ? ", " : "");
      if (_csvc_feel_is_name (context->names[i]) || context->names[i][strcspn (context->names[i], "{}(),:\"")] == '\0')
        g_string_append (out, context->names[i]);
      else
        append_quoted (out, context->names[i]);
      g_string_append (out, ": ");
      append (out, &context->values[i], TRUE);
    }
  g_string_append_c (out, '}');
}

static void
append_range (GString *out, const CsvcFeelRange *range)
{
  if (range->low.type == CSVC_TYPE_NULL || range->high.type == CSVC_TYPE_NULL)
    {
      g_string_append (out, range->high.type != CSVC_TYPE_NULL ? range->open_high ? "< " : "<= " : range->open_low ? "> " : ">= ");
      append (out, range->high.type != CSVC_TYPE_NULL ? &range->high : &range->low, TRUE);
      return;
    }
  g_string_append_c (out, range->open_low ? '(' : '[');
  append (out, &range->low, TRUE);
  g_string_append (out, "..");
  append (out, &range->high, TRUE);
  g_string_append_c (out, range->open_high ? ')' : ']');
}

static void
append (GString *out, const CsvcValue *value, gboolean inside)
{
  switch (value->type)
    {
    case CSVC_TYPE_STRING:
    case CSVC_TYPE_ENUM:
      if (inside)
        append_quoted (out, value->u.s);
      else
        g_string_append (out, value->u.s);
      break;
    case CSVC_TYPE_LIST:
      append_list (out, _csvc_feel_get_list (value));
      break;
    case CSVC_TYPE_CONTEXT:
      append_context (out, _csvc_feel_get_context (value));
      break;
    case CSVC_TYPE_RANGE:
      append_range (out, _csvc_feel_get_range (value));
      break;
    default:
      _csvc_feel_append_temporal (out, value);
    }
}

void
_csvc_feel_append (GString *out, const CsvcValue *value)
{
  append (out, value, FALSE);
}

static void
json_members (CsvcJson *json, const char *name, const CsvcFeelContext *context)
{
  _csvc_json_begin_object (json, name);
  for (guint i = 0; i < context->n; i++)
    _csvc_feel_to_json (json, context->names[i], &context->values[i]);
  _csvc_json_end_object (json);
}

static void
json_items (CsvcJson *json, const char *name, const CsvcFeelList *list)
{
  _csvc_json_begin_array (json, name);
  for (guint i = 0; i < list->n; i++)
    _csvc_feel_to_json (json, NULL, &list->items[i]);
  _csvc_json_end_array (json);
}

void
_csvc_feel_to_json (CsvcJson *json, const char *name, const CsvcValue *value)
{
  g_autoptr (GString) text = g_string_new (NULL);

  switch (value->type)
    {
    case CSVC_TYPE_LIST:
      json_items (json, name, _csvc_feel_get_list (value));
      break;
    case CSVC_TYPE_CONTEXT:
      json_members (json, name, _csvc_feel_get_context (value));
      break;
    case CSVC_TYPE_NULL:
    case CSVC_TYPE_BOOLEAN:
    case CSVC_TYPE_NUMBER:
      _csvc_feel_append (text, value);
      _csvc_json_raw (json, name, text->str);
      break;
    default:
      _csvc_feel_append (text, value);
      _csvc_json_string (json, name, text->str);
    }
}
