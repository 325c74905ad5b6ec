/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"
#include "csvc-lua.h"
#include <string.h>

/* A key of the registry is an address. */
static char metatable_key;

/* "script.lua:12", of the innermost caller that is not csvc.lua itself. */
static void
push_where (lua_State *L)
{
  lua_Debug ar;

  for (int level = 0; lua_getstack (L, level, &ar); level++)
    if (lua_getinfo (L, "Sl", &ar) && ar.currentline > 0 && !g_str_has_suffix (ar.source, "csvc.lua"))
      {
        lua_pushfstring (L, "%s:%d", ar.short_src, ar.currentline);
        return;
      }
  lua_pushnil (L);
}

static void
push_error (lua_State *L, const char *kind, const char *message)
{
  luaL_checkstack (L, 8, NULL);
  lua_createtable (L, 0, 4);
  csvc_lua_set_string (L, "kind", kind);
  csvc_lua_set_string (L, "message", message);
  push_where (L);
  lua_setfield (L, -2, "where");
  csvc_lua_rawgetp (L, &metatable_key);
  lua_setmetatable (L, -2);
}

gboolean
csvc_lua_fail (lua_State *L, const char *kind, const char *format, ...)
{
  char    message[1024];
  va_list args;

  va_start (args, format);
  g_vsnprintf (message, sizeof message, format, args);
  va_end (args);
  push_error (L, kind, message);
  return FALSE;
}

gboolean
csvc_lua_fail_argument (lua_State *L, int index, const char *function, const char *expected)
{
  return csvc_lua_fail (L, "argument", "bad argument #%d to '%s' (%s expected, got %s)", index, function, expected,
                        luaL_typename (L, index));
}

gboolean
csvc_lua_count_arguments (lua_State *L, const char *function, int most)
{
  const char *name = g_str_has_prefix (function, "csvc_") ? function + strlen ("csvc_") : function;

  if (lua_gettop (L) > most)
    return csvc_lua_fail (L, "argument", "too many arguments to '%s' (%d expected, got %d)", name, most, lua_gettop (L));
  luaL_checkstack (L, most + 8, NULL);
  lua_settop (L, most);
  return TRUE;
}

/* The first fault of a document says where the error is. */
static void
add_diagnostics (lua_State *L, int error, int list)
{
  lua_pushvalue (L, list);
  lua_setfield (L, error, "diagnostics");
  lua_rawgeti (L, list, 1);
  if (lua_istable (L, -1))
    {
      lua_getfield (L, -1, "file");
      lua_setfield (L, error, "file");
      lua_getfield (L, -1, "line");
      lua_setfield (L, error, "line");
    }
  lua_pop (L, 1);
}

/* What a failed call has given all the same: the faults it found, what it did before. */
static void
add_results (lua_State *L, int error, int n_results)
{
  for (int i = error - n_results; i < error; i++)
    if (csvc_lua_is_diagnostics (L, i))
      add_diagnostics (L, error, i);
    else if (csvc_lua_is_effects (L, i) && lua_rawlen (L, i) > 0)
      {
        lua_pushvalue (L, i);
        lua_setfield (L, error, "effects");
      }
}

/* Where on the stack the error of a callback lies, from the return of the call until its wrapper looks. */
static __thread int pending;

void
csvc_lua_set_pending (int error)
{
  pending = error;
}

static gboolean
raise_pending (lua_State *L, GError *error)
{
  g_clear_error (&error);
  lua_pushvalue (L, pending);
  pending = 0;
  return FALSE;
}

gboolean
csvc_lua_check (lua_State *L, GError *error, int n_results)
{
  const char *kind;

  luaL_checkstack (L, 8, NULL);
  if (pending != 0)
    return raise_pending (L, error);
  if (error == NULL)
    return TRUE;
  kind = error->domain == CSVC_ERROR ? csvc_lua_word_CsvcErrorCode (error->code) : NULL;
  push_error (L, kind != NULL ? kind : "other", error->message);
  g_error_free (error);
  add_results (L, lua_gettop (L), n_results);
  return FALSE;
}

/* "script.lua:12: telecom.xml: 2 faults; first: …" */
static int
error_to_string (lua_State *L)
{
  luaL_checktype (L, 1, LUA_TTABLE);
  lua_settop (L, 1);
  lua_pushliteral (L, "where");
  lua_rawget (L, 1);
  lua_pushliteral (L, "message");
  lua_rawget (L, 1);
  if (lua_type (L, 3) != LUA_TSTRING)
    lua_pushliteral (L, "csvc.Error");
  else if (lua_type (L, 2) == LUA_TSTRING)
    lua_pushfstring (L, "%s: %s", lua_tostring (L, 2), lua_tostring (L, 3));
  return 1;
}

void
csvc_lua_open_errors (lua_State *L)
{
  lua_createtable (L, 0, 3);
  lua_pushcfunction (L, error_to_string);
  lua_setfield (L, -2, "__tostring");
  csvc_lua_set_string (L, "__name", "csvc.Error");
  csvc_lua_set_string (L, "__metatable", "csvc.Error");
  lua_pushvalue (L, -1);
  csvc_lua_rawsetp (L, &metatable_key);
}
