/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"
#include "csvc-lua.h"

/* A callback runs on the state that made the call. All that can throw is done under lua_pcall, since a longjmp must not cross
 * the library's frames; the first error stays on the stack, where the frame remembers it, and every later call answers "stop". */

typedef struct {
  const CsvcDifference *difference; /* NULL: the next three */
  const char           *text;       /* NULL: the two numbers */
  guint64               a, b;       /* done and total; of a text its length in a */
  gboolean              go_on;
} Call;

static __thread CsvcLuaFrame *current;

void
csvc_lua_enter (CsvcLuaFrame *frame)
{
  csvc_lua_set_in_use (frame->L, 1, TRUE);
  frame->before = current;
  current = frame;
}

void
csvc_lua_leave (const CsvcLuaFrame *frame)
{
  current = frame->before;
  csvc_lua_set_in_use (frame->L, 1, FALSE);
  csvc_lua_set_pending (frame->error);
}

gboolean
csvc_lua_to_callable (lua_State *L, int index, gboolean nil_too, const char *function)
{
  if (lua_isfunction (L, index) || (nil_too && lua_isnoneornil (L, index)))
    return TRUE;
  if (luaL_getmetafield (L, index, "__call"))
    {
      lua_pop (L, 1);
      return TRUE;
    }
  return csvc_lua_fail_argument (L, index, function, nil_too ? "function or nil" : "function");
}

/* The new side's value is on top, the old side's below. */
static void
set_sides (lua_State *L, const char *field)
{
  lua_createtable (L, 0, 2);
  lua_insert (L, -3);
  lua_setfield (L, -3, "new");
  lua_setfield (L, -2, "old");
  lua_setfield (L, -2, field);
}

static void
add_sides (lua_State *L, const CsvcDifference *difference)
{
  csvc_lua_push_string (L, csvc_outcome_to_string (difference->outcomes[CSVC_SIDE_OLD]));
  csvc_lua_push_string (L, csvc_outcome_to_string (difference->outcomes[CSVC_SIDE_NEW]));
  set_sides (L, "outcomes");
  csvc_lua_push_time (L, difference->dues[CSVC_SIDE_OLD]);
  csvc_lua_push_time (L, difference->dues[CSVC_SIDE_NEW]);
  set_sides (L, "dues");
  csvc_lua_push_integer (L, (gint64) difference->counts[CSVC_SIDE_OLD]);
  csvc_lua_push_integer (L, (gint64) difference->counts[CSVC_SIDE_NEW]);
  set_sides (L, "counts");
}

static void
push_difference (lua_State *L, const CsvcDifference *difference)
{
  lua_createtable (L, 0, 8);
  csvc_lua_set_string (L, "type", csvc_difference_type_to_string (difference->type));
  csvc_lua_set_string (L, "case", difference->case_id);
  csvc_lua_set_string (L, "alarm", difference->alarm);
  if (difference->pair != CSVC_ALL_PAIRS)
    csvc_lua_set_integer (L, "pair", (gint64) difference->pair + 1);
  csvc_lua_set_integer (L, "cycle", difference->cycle);
  add_sides (L, difference);
}

static int
push_arguments (lua_State *L, const Call *call)
{
  if (call->difference != NULL)
    push_difference (L, call->difference);
  else if (call->text != NULL)
    lua_pushlstring (L, call->text, call->a);
  else
    {
      csvc_lua_push_integer (L, (gint64) call->a);
      csvc_lua_push_integer (L, (gint64) call->b);
      return 2;
    }
  return 1;
}

/* (call, function). Only `false` stops: a function that returns nothing goes on. */
static int
call_protected (lua_State *L)
{
  Call *call = lua_touserdata (L, 1);

  luaL_checkstack (L, 12, NULL);
  lua_call (L, push_arguments (L, call), 1);
  call->go_on = lua_isnil (L, -1) || lua_toboolean (L, -1);
  return 0;
}

static gboolean
run (int function, Call *call)
{
  lua_State *L = current != NULL && current->error == 0 ? current->L : NULL;

  if (L == NULL || !lua_checkstack (L, 8))
    return FALSE;
  lua_pushcfunction (L, call_protected);
  lua_pushlightuserdata (L, call);
  lua_pushvalue (L, function);
  if (lua_pcall (L, 2, 0, 0) == 0)
    return call->go_on;
  current->error = lua_gettop (L);
  return FALSE;
}

gboolean
csvc_lua_progress (guint64 done, guint64 total, gpointer function)
{
  Call call = { .a = done, .b = total };

  return run (GPOINTER_TO_INT (function), &call);
}

gboolean
csvc_lua_difference (const CsvcComparison *comparison, const CsvcDifference *difference, gpointer function)
{
  Call call = { .difference = difference };

  return run (GPOINTER_TO_INT (function), &call);
}

gboolean
csvc_lua_write (const char *text, gsize length, gpointer function, GError **error)
{
  Call call = { .text = text, .a = length };

  if (run (GPOINTER_TO_INT (function), &call))
    return TRUE;
  g_set_error_literal (error, CSVC_ERROR, CSVC_ERROR_CANCELLED, "the function that writes asked to stop");
  return FALSE;
}
