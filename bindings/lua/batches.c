/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"
#include "csvc-lua.h"
#include <string.h>

/* ---- Columns of integers ---- */

static gint64 *
copy_packed (lua_State *L, int index, gsize *n, const char *function)
{
  size_t      length;
  const char *bytes = lua_tolstring (L, index, &length);
  gint64     *column = length % sizeof (gint64) == 0 ? g_try_malloc (length + 1) : NULL;

  if (column != NULL)
    memcpy (column, bytes, length);
  else if (length % sizeof (gint64) != 0)
    csvc_lua_fail (L, "argument", "argument #%d to '%s' is no string of packed 8-byte integers", index, function);
  else
    csvc_lua_fail (L, "limit", "'%s' has no memory for so many questions", function);
  *n = length / sizeof (gint64);
  return column;
}

static gint64 *
copy_list (lua_State *L, int index, gsize *n, const char *function)
{
  gint64 *column;

  *n = lua_rawlen (L, index);
  column = g_try_new (gint64, *n + 1);
  if (column == NULL)
    csvc_lua_fail (L, "limit", "'%s' has no memory for so many questions", function);
  for (gsize i = 0; column != NULL && i < *n; i++)
    {
      lua_rawgeti (L, index, (lua_Integer) i + 1);
      if (csvc_lua_is_integer (L, -1))
        column[i] = (gint64) lua_tointeger (L, -1);
      else
        {
          csvc_lua_fail (L, "argument", "element %u of argument #%d to '%s' is a %s (integer expected)", (guint) i + 1, index, function,
                         luaL_typename (L, -1));
          g_clear_pointer (&column, g_free);
        }
      if (column != NULL)
        lua_pop (L, 1);
    }
  return column;
}

static gint64 *
copy_column (lua_State *L, int index, gsize *n, const char *function)
{
  *n = 0;
  if (lua_type (L, index) == LUA_TSTRING)
    return copy_packed (L, index, n, function);
  if (lua_istable (L, index))
    return copy_list (L, index, n, function);
  csvc_lua_fail_argument (L, index, function, "list or packed string of integers");
  return NULL;
}

/* NULL for a column that was spread. */
static gint64 *
spread (lua_State *L, int index, gsize n)
{
  gint64 *column = g_try_new (gint64, n + 1);

  for (gsize i = 0; column != NULL && i < n; i++)
    column[i] = (gint64) lua_tointeger (L, index);
  return column;
}

static gboolean
make_second (lua_State *L, int index, CsvcLuaColumns *columns, const char *function)
{
  gsize n;

  if (csvc_lua_is_integer (L, index))
    {
      columns->second = spread (L, index, columns->n);
      return columns->second != NULL || csvc_lua_fail (L, "limit", "'%s' has no memory for so many questions", function);
    }
  columns->second = copy_column (L, index, &n, function);
  if (columns->second == NULL)
    return FALSE;
  return n == columns->n || csvc_lua_fail (L, "argument", "the columns of '%s' have different lengths", function);
}

/* The second may be one integer, for all. */
gboolean
csvc_lua_to_columns (lua_State *L, int first, CsvcLuaColumns *columns, const char *function)
{
  gboolean done;

  luaL_checkstack (L, 8, NULL);
  columns->packed = lua_type (L, first) == LUA_TSTRING;
  columns->first = copy_column (L, first, &columns->n, function);
  done = columns->first != NULL && make_second (L, first + 1, columns, function);
  if (done)
    columns->result = g_try_new (gint64, columns->n + 1);
  if (done && columns->result == NULL)
    done = csvc_lua_fail (L, "limit", "'%s' has no memory for so many questions", function);
  if (!done)
    csvc_lua_clear_columns (columns);
  return done;
}

void
csvc_lua_clear_columns (CsvcLuaColumns *columns)
{
  g_clear_pointer (&columns->first, g_free);
  g_clear_pointer (&columns->second, g_free);
  g_clear_pointer (&columns->result, g_free);
}

void
csvc_lua_push_column (lua_State *L, const CsvcLuaColumns *columns)
{
  if (columns->packed)
    {
      lua_pushlstring (L, (const char *) columns->result, columns->n * sizeof (gint64));
      return;
    }
  lua_createtable (L, (int) columns->n, 0);
  for (gsize i = 0; i < columns->n; i++)
    {
      csvc_lua_push_integer (L, columns->result[i]);
      lua_rawseti (L, -2, (lua_Integer) i + 1);
    }
}

/* ---- Columns of a table's inputs ---- */

/* The column is on top. */
static gboolean
read_column (lua_State *L, guint place, CsvcLuaInputs *inputs, const char *function)
{
  const int top = lua_gettop (L);
  gint64    decimals = 0;
  gsize     n;

  if (!lua_toboolean (L, top))
    return TRUE;
  if (lua_istable (L, top))
    {
      lua_pushliteral (L, "decimals");
      lua_rawget (L, top);
      if (!lua_isnil (L, -1) && !csvc_lua_to_integer (L, lua_gettop (L), 0, 9, &decimals, function))
        return FALSE;
      lua_pop (L, 1);
      lua_rawgeti (L, top, 1);
      if (lua_type (L, -1) == LUA_TSTRING || lua_istable (L, -1))
        lua_replace (L, top);
      lua_settop (L, top);
    }
  inputs->columns[place].wide = copy_column (L, top, &n, function);
  inputs->columns[place].decimals = (guint) decimals;
  if (inputs->columns[place].wide == NULL)
    return FALSE;
  if (inputs->n_rows != G_MAXSIZE && inputs->n_rows != n)
    return csvc_lua_fail (L, "argument", "the columns of '%s' have different lengths", function);
  inputs->n_rows = n;
  return TRUE;
}

gboolean
csvc_lua_to_inputs (lua_State *L, int index, guint n, CsvcLuaInputs *inputs, const char *function)
{
  gboolean done = TRUE;

  luaL_checkstack (L, 8, NULL);
  if (!lua_istable (L, index))
    return csvc_lua_fail_argument (L, index, function, "list of columns");
  *inputs = (CsvcLuaInputs){ g_new0 (CsvcColumn, n + 1), n, G_MAXSIZE };
  for (guint i = 0; done && i < n; i++)
    {
      lua_rawgeti (L, index, (int) i + 1);
      done = read_column (L, i, inputs, function);
      if (done)
        lua_pop (L, 1);
    }
  if (done && inputs->n_rows == G_MAXSIZE)
    done = csvc_lua_fail (L, "argument", "no column of '%s' says how many there are", function);
  if (!done)
    csvc_lua_clear_inputs (inputs);
  return done;
}

void
csvc_lua_clear_inputs (CsvcLuaInputs *inputs)
{
  for (guint i = 0; i < inputs->n; i++)
    g_free ((gpointer) inputs->columns[i].wide);
  g_clear_pointer (&inputs->columns, g_free);
  inputs->n = 0;
}

void
csvc_lua_push_rows (lua_State *L, const guint64 *words, guint n_words)
{
  int n = 0;

  luaL_checkstack (L, 4, NULL);
  lua_createtable (L, 4, 0);
  for (guint row = 0; row < 64 * n_words; row++)
    if ((words[row / 64] >> (row % 64) & 1) != 0)
      {
        csvc_lua_push_integer (L, (gint64) row + 1);
        lua_rawseti (L, -2, ++n);
      }
}

/* ---- Stores ---- */

CsvcStore **
csvc_lua_to_stores (lua_State *L, int index, const CsvcLuaClass *type, guint *n, const char *function)
{
  g_autofree CsvcStore **stores = NULL;

  if (!lua_istable (L, index))
    {
      csvc_lua_fail_argument (L, index, function, "list of stores");
      return NULL;
    }
  *n = (guint) MIN (lua_rawlen (L, index), 1000);
  stores = g_new0 (CsvcStore *, *n + 1);
  for (guint i = 0; i < *n; i++)
    {
      lua_rawgeti (L, index, (int) i + 1);
      stores[i] = csvc_lua_to_object (L, lua_gettop (L), type, function);
      if (stores[i] == NULL)
        return NULL;
      lua_pop (L, 1);
    }
  return g_steal_pointer (&stores);
}
