/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"
#include "csvc-lua.h"

/* A callback runs on the state that made the call. All that can throw is done under lua_pcall, since a longjmp must not cross
 * the library's frames; the first error stays on the stack, where the frame remembers it, and every later call answers "stop". */

typedef struct {
  const CsvcDifference *difference; /* NULL: the next three */
  const char           *text;       /* NULL: the two numbers */
  guint64               a, b;       /* done and total; of a text its length in a */
  const CsvcJournalEntry *entry;    /* what an engine tells, which is an argument already; NULL: the wake */
  gboolean              is_told;
  CsvcTime              wake;
  gboolean              go_on;
} Call;

static __thread CsvcLuaFrame *current;

void
csvc_lua_enter (CsvcLuaFrame *frame)
{
  frame->use = csvc_lua_set_use (frame->L, 1, frame->use);
  frame->before = current;
  current = frame;
}

void
csvc_lua_leave (const CsvcLuaFrame *frame)
{
  current = frame->before;
  csvc_lua_set_use (frame->L, 1, frame->use);
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

static const CsvcLuaClass *entry_class;

/* Besides the engine. No script sees the entry's userdata, which is good for the call: csvc.lua makes a table of it. */
static int
push_told (lua_State *L, const Call *call)
{
  if (call->entry != NULL)
    csvc_lua_push (L, entry_class, call->entry);
  else
    csvc_lua_push_time (L, call->wake);
  return 2;
}

static int
push_arguments (lua_State *L, const Call *call)
{
  if (call->is_told)
    return push_told (L, call);
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

/* (call, function, and perhaps an engine). Only `false` stops: a function that returns nothing goes on. */
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

/* An engine may be in the middle of a transaction then: unlike a listener, this cannot use it. */
gboolean
csvc_lua_progress (guint64 done, guint64 total, gpointer function)
{
  Call       call = { .a = done, .b = total };
  CsvcLuaUse before;
  gboolean   go_on;

  if (current == NULL)
    return FALSE;
  before = csvc_lua_set_use (current->L, 1, CSVC_LUA_AT_WORK);
  go_on = run (GPOINTER_TO_INT (function), &call);
  csvc_lua_set_use (current->L, 1, before);
  return go_on;
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

/* ---- What engines tell ---- */

static char ears_key;

void
csvc_lua_open_ears (const CsvcLuaClass *class_of_entries)
{
  entry_class = class_of_entries;
}

/* (hear, wake) */
int
csvc_lua_set_ears (lua_State *L)
{
  luaL_checktype (L, 1, LUA_TFUNCTION);
  luaL_checktype (L, 2, LUA_TFUNCTION);
  lua_createtable (L, 2, 0);
  for (int i = 1; i <= 2; i++)
    {
      lua_pushvalue (L, i);
      lua_rawseti (L, -2, i);
    }
  csvc_lua_rawsetp (L, &ears_key);
  return 0;
}

/* @ear: 1 hears, 2 wakes. */
static void
tell (CsvcEngine *engine, int ear, Call *call)
{
  lua_State *L = current != NULL && csvc_lua_stands_for (current->L, 1, engine) ? current->L : NULL;

  if (L == NULL || !lua_checkstack (L, 8))
    return;
  lua_pushcfunction (L, call_protected);
  lua_pushlightuserdata (L, call);
  csvc_lua_rawgetp (L, &ears_key);
  lua_rawgeti (L, -1, ear);
  lua_remove (L, -2);
  lua_pushvalue (L, 1);
  if (lua_pcall (L, 3, 0, 0) == 0)
    return;
  if (current->error == 0)
    current->error = lua_gettop (L);
  else
    lua_pop (L, 1);
}

void
csvc_lua_hear (CsvcEngine *engine, const CsvcJournalEntry *entry, gpointer data)
{
  Call call = { .entry = entry, .is_told = TRUE };

  (void) data;
  tell (engine, 1, &call);
}

void
csvc_lua_wake (CsvcEngine *engine, CsvcTime wake, gpointer data)
{
  Call call = { .wake = wake, .is_told = TRUE };

  (void) data;
  tell (engine, 2, &call);
}
