/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"
#include "csvc-lua.h"
#include <math.h>
#include <string.h>

/* ---- Numbers ---- */

gboolean
csvc_lua_is_integer (lua_State *L, int index)
{
#if LUA_VERSION_NUM >= 503
  return lua_isinteger (L, index);
#else
  return lua_type (L, index) == LUA_TNUMBER && fabs (lua_tonumber (L, index)) <= 9007199254740992.0 &&
         lua_tonumber (L, index) == floor (lua_tonumber (L, index));
#endif
}

void
csvc_lua_push_integer (lua_State *L, gint64 value)
{
#if LUA_VERSION_NUM >= 503
  lua_pushinteger (L, value);
#else
  lua_pushnumber (L, (lua_Number) value);
#endif
}

/* Exact: a text is no number, and nothing is cut off. A float without a fraction, 3.0, will do. */
gboolean
csvc_lua_to_integer (lua_State *L, int index, gint64 low, gint64 high, gint64 *value, const char *function)
{
  double number;

  if (lua_type (L, index) != LUA_TNUMBER)
    return csvc_lua_fail_argument (L, index, function, "integer");
  if (csvc_lua_is_integer (L, index))
    *value = (gint64) lua_tointeger (L, index);
  else
    {
      number = lua_tonumber (L, index);
      if (!(number >= -9223372036854775808.0 && number < 9223372036854775808.0) || number != floor (number))
        return csvc_lua_fail (L, "argument", "bad argument #%d to '%s' (number has no integer representation)", index, function);
      *value = (gint64) number;
    }
  if (*value < low || *value > high)
    return csvc_lua_fail (L, "argument", "bad argument #%d to '%s' (%" G_GINT64_FORMAT " is not between %" G_GINT64_FORMAT
                          " and %" G_GINT64_FORMAT ")", index, function, *value, low, high);
  return TRUE;
}

gboolean
csvc_lua_to_time (lua_State *L, int index, gint64 *value, const char *function)
{
  return csvc_lua_to_integer (L, index, CSVC_TIME_MIN, CSVC_TIME_MAX, value, function);
}

void
csvc_lua_push_time (lua_State *L, CsvcTime time)
{
  if (time == CSVC_NEVER)
    lua_pushnil (L);
  else
    csvc_lua_push_integer (L, time);
}

gboolean
csvc_lua_to_boolean (lua_State *L, int index, gboolean *value, const char *function)
{
  if (!lua_isboolean (L, index))
    return csvc_lua_fail_argument (L, index, function, "boolean");
  *value = lua_toboolean (L, index);
  return TRUE;
}

/* ---- Texts ---- */

const char *
csvc_lua_to_string (lua_State *L, int index, const char *function)
{
  const char *text;
  size_t      length;

  if (lua_type (L, index) != LUA_TSTRING)
    {
      csvc_lua_fail_argument (L, index, function, "string");
      return NULL;
    }
  text = lua_tolstring (L, index, &length);
  if (g_utf8_validate (text, (gssize) length, NULL))
    return text;
  csvc_lua_fail (L, "argument", "bad argument #%d to '%s' (%s)", index, function,
                 strlen (text) != length ? "the string contains a NUL" : "the string is not UTF-8");
  return NULL;
}

gboolean
csvc_lua_to_string_or_nil (lua_State *L, int index, const char **value, const char *function)
{
  *value = lua_isnoneornil (L, index) ? NULL : csvc_lua_to_string (L, index, function);
  return *value != NULL || lua_isnoneornil (L, index);
}

const char *
csvc_lua_to_text (lua_State *L, int index, gsize *length, const char *function)
{
  size_t      size;
  const char *text = NULL;

  if (lua_type (L, index) == LUA_TSTRING)
    {
      text = lua_tolstring (L, index, &size);
      *length = size;
    }
  else
    csvc_lua_fail_argument (L, index, function, "string");
  return text;
}

void
csvc_lua_push_string (lua_State *L, const char *text)
{
  if (text != NULL)
    lua_pushstring (L, text);
  else
    lua_pushnil (L);
}

void
csvc_lua_push_taken_string (lua_State *L, char *text)
{
  csvc_lua_push_string (L, text);
  g_free (text);
}

void
csvc_lua_push_strings (lua_State *L, const char *const *texts)
{
  if (texts == NULL)
    {
      lua_pushnil (L);
      return;
    }
  lua_createtable (L, (int) g_strv_length ((char **) texts), 0);
  for (int i = 0; texts[i] != NULL; i++)
    {
      lua_pushstring (L, texts[i]);
      lua_rawseti (L, -2, i + 1);
    }
}

void
csvc_lua_push_taken_strings (lua_State *L, char **texts)
{
  csvc_lua_push_strings (L, (const char *const *) texts);
  g_strfreev (texts);
}

gboolean
csvc_lua_to_strings (lua_State *L, int index, const char ***texts, const char *function)
{
  gsize n;

  *texts = NULL;
  if (lua_isnoneornil (L, index))
    return TRUE;
  if (!lua_istable (L, index))
    return csvc_lua_fail_argument (L, index, function, "list of strings");
  n = lua_rawlen (L, index);
  *texts = g_new0 (const char *, n + 1);
  for (gsize i = 0; i < n; i++)
    {
      lua_rawgeti (L, index, (int) i + 1);
      (*texts)[i] = csvc_lua_to_string (L, lua_gettop (L), function);
      if ((*texts)[i] == NULL)
        return FALSE;
      lua_pop (L, 1);
    }
  return TRUE;
}

void
csvc_lua_push_bytes (lua_State *L, GBytes *bytes)
{
  gsize       length;
  const char *data = g_bytes_get_data (bytes, &length);

  lua_pushlstring (L, data != NULL ? data : "", length);
  g_bytes_unref (bytes);
}

void
csvc_lua_set_string (lua_State *L, const char *field, const char *text)
{
  csvc_lua_push_string (L, text);
  lua_setfield (L, -2, field);
}

void
csvc_lua_set_integer (lua_State *L, const char *field, gint64 value)
{
  csvc_lua_push_integer (L, value);
  lua_setfield (L, -2, field);
}

void
csvc_lua_set_time (lua_State *L, const char *field, CsvcTime time)
{
  csvc_lua_push_time (L, time);
  lua_setfield (L, -2, field);
}

/* ---- Values and facts ---- */

static char null_key;

/* One userdata without anything in it, the same for all of a state. */
void
csvc_lua_push_null (lua_State *L)
{
  csvc_lua_rawgetp (L, &null_key);
  if (!lua_isnil (L, -1))
    return;
  lua_pop (L, 1);
  lua_newuserdata (L, 1);
  lua_pushvalue (L, -1);
  csvc_lua_rawsetp (L, &null_key);
}

static gboolean
is_null (lua_State *L, int index)
{
  gboolean same;

  csvc_lua_push_null (L);
  same = lua_rawequal (L, -1, index);
  lua_pop (L, 1);
  return same;
}

/* A decimal of up to 15 digits is the only one of so many digits near its float: who gives the float back gives the decimal. */
static void
push_decimal (lua_State *L, const CsvcValue *value)
{
  g_autofree char *text = csvc_value_to_string (value);
  guint            digits = 0;
  double           number;

  for (const char *p = text; *p != '\0' && *p != 'e' && *p != 'E'; p++)
    digits += g_ascii_isdigit (*p) ? 1 : 0;
  number = g_ascii_strtod (text, NULL);
  if (digits <= 15 && isfinite (number) && (number == 0 || fabs (number) > 1e-290))
    lua_pushnumber (L, number);
  else
    lua_pushstring (L, text);
}

static void
push_number (lua_State *L, const CsvcValue *value)
{
  gint64 integer;

  if (csvc_value_get_integer (value, &integer))
    csvc_lua_push_integer (L, integer);
  else
    push_decimal (L, value);
}

void
csvc_lua_push_value (lua_State *L, const CsvcValue *value)
{
  const CsvcType type = value != NULL ? csvc_value_get_type (value) : CSVC_TYPE_UNKNOWN;

  if (type == CSVC_TYPE_UNKNOWN)
    lua_pushnil (L);
  else if (type == CSVC_TYPE_NULL)
    csvc_lua_push_null (L);
  else if (type == CSVC_TYPE_BOOLEAN)
    lua_pushboolean (L, csvc_value_get_boolean (value));
  else if (type == CSVC_TYPE_NUMBER)
    push_number (L, value);
  else if (type == CSVC_TYPE_STRING || type == CSVC_TYPE_ENUM || type == CSVC_TYPE_TEXT)
    lua_pushstring (L, csvc_value_get_string (value));
  else
    csvc_lua_push_taken_string (L, csvc_value_to_string (value));
}

void
csvc_lua_push_facts (lua_State *L, const CsvcFacts *facts)
{
  const guint size = facts != NULL ? csvc_facts_get_size (facts) : 0;

  if (facts == NULL)
    {
      lua_pushnil (L);
      return;
    }
  luaL_checkstack (L, 6, NULL);
  lua_createtable (L, 0, (int) size);
  for (guint i = 0; i < size; i++)
    {
      csvc_lua_push_value (L, csvc_facts_get_value (facts, i));
      lua_setfield (L, -2, csvc_facts_get_name (facts, i));
    }
}

/* The shortest text that reads back as the same float; 0.1 is "0.1". */
static void
float_to_text (double number, char *text, int size)
{
  for (int digits = 15; digits <= 17; digits++)
    {
      char format[] = "%.15g";

      format[3] = (char) ('0' + digits - 10);
      g_ascii_formatd (text, size, format, number);
      if (g_ascii_strtod (text, NULL) == number)
        return;
    }
}

static gboolean
set_decimal (lua_State *L, CsvcFacts *facts, const char *name, double number)
{
  char                 text[G_ASCII_DTOSTR_BUF_SIZE];
  g_autoptr (CsvcValue) value = NULL;
  g_autoptr (GError)    error = NULL;

  if (!isfinite (number))
    return csvc_lua_fail (L, "argument", "the fact %s is no finite number", name);
  float_to_text (number, text, sizeof text);
  value = csvc_value_new (CSVC_TYPE_NUMBER, text, &error);
  if (value == NULL)
    return csvc_lua_fail (L, "limit", "the fact %s: %s", name, error->message);
  csvc_facts_set (facts, name, value);
  return TRUE;
}

#define DECIMAL_LIMIT G_GINT64_CONSTANT (1000000000000000000)

static gboolean
set_number (lua_State *L, CsvcFacts *facts, const char *name)
{
  gint64 integer;

  if (!csvc_lua_is_integer (L, -1))
    return set_decimal (L, facts, name, lua_tonumber (L, -1));
  integer = (gint64) lua_tointeger (L, -1);
  if (integer <= -DECIMAL_LIMIT || integer >= DECIMAL_LIMIT)
    return csvc_lua_fail (L, "limit", "the fact %s has more than 18 digits", name);
  csvc_facts_set_integer (facts, name, integer);
  return TRUE;
}

static gboolean
put_text (lua_State *L, CsvcFacts *facts, const char *name)
{
  size_t      length;
  const char *text = lua_tolstring (L, -1, &length);

  if (!g_utf8_validate (text, (gssize) length, NULL))
    return csvc_lua_fail (L, "argument", "the fact %s %s", name, strlen (text) != length ? "contains a NUL" : "is not UTF-8");
  csvc_facts_set_text (facts, name, text);
  return TRUE;
}

static gboolean
set_null (CsvcFacts *facts, const char *name)
{
  g_autoptr (CsvcValue) value = csvc_value_new (CSVC_TYPE_NULL, "null", NULL);

  if (value != NULL)
    csvc_facts_set (facts, name, value);
  return TRUE;
}

/* The value is on top. */
static gboolean
set_fact (lua_State *L, CsvcFacts *facts, const char *name)
{
  switch (lua_type (L, -1))
    {
    case LUA_TBOOLEAN:
      csvc_facts_set_boolean (facts, name, lua_toboolean (L, -1));
      return TRUE;
    case LUA_TNUMBER:
      return set_number (L, facts, name);
    case LUA_TSTRING:
      return put_text (L, facts, name);
    default:
      if (is_null (L, lua_gettop (L)))
        return set_null (facts, name);
      return csvc_lua_fail (L, "argument", "the fact %s is a %s (boolean, number, string or csvc.null expected)", name,
                            luaL_typename (L, -1));
    }
}

/* Name and value are on top. */
static gboolean
set_named (lua_State *L, CsvcFacts *facts, const char *function)
{
  size_t      length;
  const char *name = lua_type (L, -2) == LUA_TSTRING ? lua_tolstring (L, -2, &length) : NULL;

  if (name == NULL)
    return csvc_lua_fail (L, "argument", "a fact of '%s' is named by a %s (string expected)", function, luaL_typename (L, -2));
  if (!g_utf8_validate (name, (gssize) length, NULL))
    return csvc_lua_fail (L, "argument", "a fact of '%s' has a name that is not UTF-8 without NUL", function);
  return set_fact (L, facts, name);
}

gboolean
csvc_lua_to_facts (lua_State *L, int index, CsvcFacts **facts, const char *function)
{
  g_autoptr (CsvcFacts) made = NULL;

  index = csvc_lua_absindex (L, index);
  if (lua_isnoneornil (L, index))
    {
      *facts = NULL;
      return TRUE;
    }
  if (!lua_istable (L, index))
    return csvc_lua_fail_argument (L, index, function, "table of facts");
  luaL_checkstack (L, 8, NULL);
  made = csvc_facts_new ();
  for (lua_pushnil (L); lua_next (L, index) != 0; lua_pop (L, 1))
    if (!set_named (L, made, function))
      return FALSE;
  *facts = g_steal_pointer (&made);
  return TRUE;
}
