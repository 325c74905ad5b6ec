/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"
#include "csvc-lua.h"
#include <string.h>

/* An object is a userdata with its class's metatable, which csvc.lua completes and locks: no script can put it on anything else, so who
 * has it is one of ours. A part keeps the object it was asked of in its user value. */

typedef struct _Object {
  gpointer              self; /* NULL: closed */
  const CsvcLuaClass   *type;
  const struct _Object *root; /* of a part: whose it is in the end. Lua may collect that one first when both go */
  CsvcLuaUse            use;
} Object;

/* The key of a table in the registry: metatable = TRUE, and name = metatable. */
static char classes_key;

/* ---- Lua 5.1 ---- */

void
csvc_lua_rawgetp (lua_State *L, const void *key)
{
#if LUA_VERSION_NUM >= 502
  lua_rawgetp (L, LUA_REGISTRYINDEX, key);
#else
  lua_pushlightuserdata (L, (void *) key);
  lua_rawget (L, LUA_REGISTRYINDEX);
#endif
}

void
csvc_lua_rawsetp (lua_State *L, const void *key)
{
  lua_pushlightuserdata (L, (void *) key);
  lua_insert (L, -2);
  lua_rawset (L, LUA_REGISTRYINDEX);
}

static Object *
new_userdata (lua_State *L)
{
#if LUA_VERSION_NUM >= 504
  return lua_newuserdatauv (L, sizeof (Object), 1);
#else
  return lua_newuserdata (L, sizeof (Object));
#endif
}

static void
keep_alive (lua_State *L, int object, int owner)
{
#if LUA_VERSION_NUM >= 504
  lua_pushvalue (L, owner);
  lua_setiuservalue (L, object, 1);
#else
  /* A table is what all the older ones take. */
  lua_createtable (L, 1, 0);
  lua_pushvalue (L, owner);
  lua_rawseti (L, -2, 1);
#if LUA_VERSION_NUM >= 502
  lua_setuservalue (L, object);
#else
  lua_setfenv (L, object);
#endif
#endif
}

/* ---- Classes ---- */

static int
collect (lua_State *L)
{
  Object *object = lua_touserdata (L, 1);

  if (object->self != NULL && object->type->release != NULL)
    object->type->release (object->self);
  object->self = NULL;
  return 0;
}

static void
push_classes (lua_State *L)
{
  csvc_lua_rawgetp (L, &classes_key);
  if (!lua_isnil (L, -1))
    return;
  lua_pop (L, 1);
  lua_createtable (L, 64, 64);
  lua_pushvalue (L, -1);
  csvc_lua_rawsetp (L, &classes_key);
}

void
csvc_lua_add_class (lua_State *L, const CsvcLuaClass *type)
{
  push_classes (L);
  lua_createtable (L, 0, 12);
  lua_pushcfunction (L, collect);
  lua_setfield (L, -2, "__gc");
  lua_pushvalue (L, -1);
  csvc_lua_rawsetp (L, type);
  lua_pushvalue (L, -1);
  lua_setfield (L, -3, type->name);
  lua_pushboolean (L, TRUE);
  lua_rawset (L, -3);
  lua_pop (L, 1);
}

/* The userdata comes first: were Lua out of memory then, nothing would have been taken. */
void
csvc_lua_push (lua_State *L, const CsvcLuaClass *type, gconstpointer self)
{
  Object *object;

  luaL_checkstack (L, 6, NULL);
  if (self == NULL)
    {
      lua_pushnil (L);
      return;
    }
  object = new_userdata (L);
  *object = (Object){ (gpointer) self, type, NULL, CSVC_LUA_FREE };
  csvc_lua_rawgetp (L, type);
  lua_setmetatable (L, -2);
}

void
csvc_lua_push_part (lua_State *L, const CsvcLuaClass *type, gconstpointer self)
{
  const Object *owner = lua_touserdata (L, 1);
  Object       *object;

  csvc_lua_push (L, type, self);
  if (self == NULL)
    return;
  object = lua_touserdata (L, -1);
  object->root = owner->root != NULL ? owner->root : owner;
  keep_alive (L, lua_gettop (L), 1);
}

static gboolean
is_of (lua_State *L, int index, const CsvcLuaClass *type)
{
  gboolean same;

  if (lua_type (L, index) != LUA_TUSERDATA || !lua_getmetatable (L, index))
    return FALSE;
  csvc_lua_rawgetp (L, type);
  same = lua_rawequal (L, -1, -2);
  lua_pop (L, 2);
  return same;
}

static gboolean
is_open (const Object *object)
{
  return object->self != NULL && (object->root == NULL || object->root->self != NULL);
}

static gpointer
refuse (lua_State *L, int index, const CsvcLuaClass *type, const char *function)
{
  const Object *object = lua_touserdata (L, index);
  char          expected[64];

  g_snprintf (expected, sizeof expected, "csvc.%s", type->name);
  if (!is_of (L, index, type))
    csvc_lua_fail_argument (L, index, function, expected);
  else if (!is_open (object))
    csvc_lua_fail (L, "closed", "the %s is closed ('%s')", expected, function);
  else
    csvc_lua_fail (L, "in-use", "the %s is in use: '%s' was called by a callback of its own", expected, function);
  return NULL;
}

gpointer
csvc_lua_to_object (lua_State *L, int index, const CsvcLuaClass *type, const char *function)
{
  const Object *object = is_of (L, index, type) ? lua_touserdata (L, index) : NULL;

  return object != NULL && is_open (object) && object->use != CSVC_LUA_AT_WORK ? object->self : refuse (L, index, type, function);
}

/* ---- For csvc.lua ---- */

static gboolean
is_ours (lua_State *L, int index)
{
  gboolean ours;

  if (lua_type (L, index) != LUA_TUSERDATA || !lua_getmetatable (L, index))
    return FALSE;
  push_classes (L);
  lua_insert (L, -2);
  lua_rawget (L, -2);
  ours = lua_toboolean (L, -1);
  lua_pop (L, 2);
  return ours;
}

int
csvc_lua_metatable (lua_State *L)
{
  luaL_checktype (L, 1, LUA_TSTRING);
  lua_settop (L, 1);
  push_classes (L);
  lua_insert (L, 1);
  lua_rawget (L, 1);
  return 1;
}

/* (object, class): closing twice does nothing. */
int
csvc_lua_close (lua_State *L)
{
  const Object *object = lua_touserdata (L, 1);
  const char   *name = luaL_checkstring (L, 2);
  char          expected[64];

  g_snprintf (expected, sizeof expected, "csvc.%s", name);
  if (!is_ours (L, 1) || strcmp (object->type->name, name) != 0)
    csvc_lua_fail_argument (L, 1, "close", expected);
  else if (object->use != CSVC_LUA_FREE)
    csvc_lua_fail (L, "in-use", "the %s is in use: a callback of its own closes it", expected);
  else
    return collect (L);
  return lua_error (L);
}

int
csvc_lua_is_closed (lua_State *L)
{
  const Object *object = lua_touserdata (L, 1);

  lua_pushboolean (L, is_ours (L, 1) && !is_open (object));
  return 1;
}

/* Two userdata may stand for one object of C. */
int
csvc_lua_same (lua_State *L)
{
  const Object *a = lua_touserdata (L, 1), *b = lua_touserdata (L, 2);

  lua_pushboolean (L, is_ours (L, 1) && is_ours (L, 2) && a->type == b->type && a->self == b->self && a->self != NULL);
  return 1;
}

CsvcLuaUse
csvc_lua_set_use (lua_State *L, int object, CsvcLuaUse use)
{
  Object          *self = lua_touserdata (L, object);
  const CsvcLuaUse before = self->use;

  self->use = use;
  return before;
}

gboolean
csvc_lua_stands_for (lua_State *L, int object, gconstpointer self)
{
  return is_ours (L, object) && ((const Object *) lua_touserdata (L, object))->self == self;
}
