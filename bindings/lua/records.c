/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"
#include "csvc-lua.h"
#include <string.h>

/* Effects and diagnostics are plain tables, whose metatables only say what they are. */

static char diagnostics_key, effects_key;

static void
mark (lua_State *L, const void *key, const char *name)
{
  csvc_lua_rawgetp (L, key);
  if (lua_isnil (L, -1))
    {
      lua_pop (L, 1);
      lua_createtable (L, 0, 1);
      csvc_lua_set_string (L, "__name", name);
      lua_pushvalue (L, -1);
      csvc_lua_rawsetp (L, key);
    }
  lua_setmetatable (L, -2);
}

static gboolean
is_marked (lua_State *L, int index, const void *key)
{
  gboolean same;

  if (!lua_istable (L, index) || !lua_getmetatable (L, index))
    return FALSE;
  csvc_lua_rawgetp (L, key);
  same = lua_rawequal (L, -1, -2);
  lua_pop (L, 2);
  return same;
}

/* ---- Diagnostics ---- */

static void
push_diagnostic (lua_State *L, const CsvcDiagnostic *diagnostic)
{
  lua_createtable (L, 0, 9);
  csvc_lua_set_integer (L, "number", csvc_diagnostic_get_number (diagnostic));
  csvc_lua_set_string (L, "severity", csvc_lua_word_CsvcSeverity (csvc_diagnostic_get_severity (diagnostic)));
  csvc_lua_set_string (L, "file", csvc_diagnostic_get_file (diagnostic));
  csvc_lua_set_integer (L, "line", csvc_diagnostic_get_line (diagnostic));
  csvc_lua_set_integer (L, "column", csvc_diagnostic_get_column (diagnostic));
  csvc_lua_set_string (L, "message", csvc_diagnostic_get_message (diagnostic));
  csvc_lua_set_string (L, "expected", csvc_diagnostic_get_expected (diagnostic));
  csvc_lua_set_string (L, "hint", csvc_diagnostic_get_hint (diagnostic));
  csvc_lua_push_taken_string (L, csvc_diagnostic_to_string (diagnostic));
  lua_setfield (L, -2, "text");
}

void
csvc_lua_push_diagnostics (lua_State *L, const CsvcDiagnostics *diagnostics)
{
  const guint size = diagnostics != NULL ? csvc_diagnostics_get_size (diagnostics) : 0;

  luaL_checkstack (L, 8, NULL);
  lua_createtable (L, (int) size, 0);
  for (guint i = 0; i < size; i++)
    {
      push_diagnostic (L, csvc_diagnostics_get (diagnostics, i));
      lua_rawseti (L, -2, (int) i + 1);
    }
  mark (L, &diagnostics_key, "csvc.Diagnostics");
}

gboolean
csvc_lua_is_diagnostics (lua_State *L, int index)
{
  return is_marked (L, index, &diagnostics_key);
}

/* ---- Effects ---- */

static void
push_field (lua_State *L, const CsvcEffect *effect, const char *name, CsvcEffectFieldKind kind)
{
  switch (kind)
    {
    case CSVC_EFFECT_FIELD_TEXT:
      csvc_lua_push_string (L, csvc_effect_get_text (effect, name));
      break;
    case CSVC_EFFECT_FIELD_NUMBER:
      csvc_lua_push_integer (L, csvc_effect_get_number (effect, name));
      break;
    case CSVC_EFFECT_FIELD_AMOUNT:
      csvc_lua_push_integer (L, csvc_effect_get_amount (effect, name));
      break;
    case CSVC_EFFECT_FIELD_TIME:
      csvc_lua_push_time (L, csvc_effect_get_time (effect, name));
      break;
    case CSVC_EFFECT_FIELD_VALUE:
      csvc_lua_push_value (L, csvc_effect_get_value (effect));
      break;
    default:
      csvc_lua_push_facts (L, csvc_effect_get_arguments (effect));
      break;
    }
}

/* As a Lua name: level_before. The value is on top. */
static void
set_field (lua_State *L, const char *name)
{
  char lua_name[64];

  if (strchr (name, '-') == NULL)
    {
      lua_setfield (L, -2, name);
      return;
    }
  g_strlcpy (lua_name, name, sizeof lua_name);
  g_strdelimit (lua_name, "-", '_');
  lua_setfield (L, -2, lua_name);
}

static void
push_effect (lua_State *L, const CsvcEffect *effect)
{
  const CsvcEffectType type = csvc_effect_get_type (effect);
  const char          *name;
  CsvcEffectFieldKind        kind;

  lua_createtable (L, 0, 8);
  csvc_lua_set_string (L, "type", csvc_effect_type_to_string (type));
  csvc_lua_set_time (L, "at", csvc_effect_get_at (effect));
  for (guint i = 0; (name = csvc_effect_type_get_field (type, i, &kind)) != NULL; i++)
    {
      push_field (L, effect, name, kind);
      set_field (L, name);
    }
}

/* Effects that another case is to hear, by their tables: weak keys, each to a userdata that keeps C's list. */
static char heard_key, heard_meta_key;

typedef struct {
  CsvcEffects *effects;
  guint        index;
} Heard;

static int
forget_heard (lua_State *L)
{
  Heard *heard = lua_touserdata (L, 1);

  g_clear_pointer (&heard->effects, csvc_effects_unref);
  return 0;
}

static void
open_heard (lua_State *L)
{
  lua_createtable (L, 0, 1);
  lua_pushcfunction (L, forget_heard);
  lua_setfield (L, -2, "__gc");
  csvc_lua_rawsetp (L, &heard_meta_key);
  lua_createtable (L, 0, 0);
  lua_createtable (L, 0, 1);
  csvc_lua_set_string (L, "__mode", "k");
  lua_setmetatable (L, -2);
  lua_pushvalue (L, -1);
  csvc_lua_rawsetp (L, &heard_key);
}

/* The effect's table is on top. */
static void
remember_heard (lua_State *L, const CsvcEffects *effects, guint index)
{
  Heard *heard;

  csvc_lua_rawgetp (L, &heard_key);
  if (lua_isnil (L, -1))
    {
      lua_pop (L, 1);
      open_heard (L);
    }
  lua_pushvalue (L, -2);
  heard = lua_newuserdata (L, sizeof (Heard));
  *heard = (Heard){ csvc_effects_ref ((CsvcEffects *) effects), index };
  csvc_lua_rawgetp (L, &heard_meta_key);
  lua_setmetatable (L, -2);
  lua_rawset (L, -3);
  lua_pop (L, 1);
}

const CsvcEffect *
csvc_lua_to_effect (lua_State *L, int index, const char *function)
{
  const Heard *heard = NULL;

  luaL_checkstack (L, 6, NULL);
  csvc_lua_rawgetp (L, &heard_key);
  if (lua_istable (L, index) && lua_istable (L, -1))
    {
      lua_pushvalue (L, index);
      lua_rawget (L, -2);
      heard = lua_touserdata (L, -1);
      lua_pop (L, 1);
    }
  lua_pop (L, 1);
  if (heard != NULL)
    return csvc_effects_get (heard->effects, heard->index);
  csvc_lua_fail_argument (L, index, function, "effect \"child-opened\" or \"told\" that a command gave");
  return NULL;
}

static gboolean
is_heard (const CsvcEffect *effect)
{
  const CsvcEffectType type = csvc_effect_get_type (effect);

  return type == CSVC_EFFECT_CHILD_OPENED || type == CSVC_EFFECT_TOLD;
}

void
csvc_lua_push_effects (lua_State *L, const CsvcEffects *effects)
{
  const guint size = effects != NULL ? csvc_effects_get_size (effects) : 0;

  luaL_checkstack (L, 10, NULL);
  lua_createtable (L, (int) size, 0);
  for (guint i = 0; i < size; i++)
    {
      push_effect (L, csvc_effects_get (effects, i));
      if (is_heard (csvc_effects_get (effects, i)))
        remember_heard (L, effects, i);
      lua_rawseti (L, -2, (int) i + 1);
    }
  mark (L, &effects_key, "csvc.Effects");
}

gboolean
csvc_lua_is_effects (lua_State *L, int index)
{
  return is_marked (L, index, &effects_key);
}

/* ---- Tables in ---- */

typedef struct {
  lua_State  *L;
  int         table;
  const char *function;
} Reader;

/* Leaves the field on the stack; FALSE when it is not there. */
static gboolean
push_named (const Reader *in, const char *name)
{
  luaL_checkstack (in->L, 8, NULL);
  lua_pushstring (in->L, name);
  lua_rawget (in->L, in->table);
  return !lua_isnil (in->L, -1);
}

static gboolean
fail_field (const Reader *in, const char *name, const char *expected)
{
  return csvc_lua_fail (in->L, "argument", "bad field '%s' in argument #%d to '%s' (%s expected, got %s)", name, in->table, in->function,
                        expected, luaL_typename (in->L, -1));
}

static gboolean
read_text (const Reader *in, const char *name, const char **text)
{
  size_t length;

  if (!push_named (in, name))
    return TRUE;
  if (lua_type (in->L, -1) != LUA_TSTRING)
    return fail_field (in, name, "string");
  *text = lua_tolstring (in->L, -1, &length);
  return g_utf8_validate (*text, (gssize) length, NULL) || fail_field (in, name, "UTF-8 without NUL");
}

static gboolean
read_integer (const Reader *in, const char *name, gint64 low, gint64 high, gint64 *value)
{
  gint64 read;

  if (!push_named (in, name))
    return TRUE;
  if (!csvc_lua_is_integer (in->L, -1) && lua_type (in->L, -1) != LUA_TNUMBER)
    return fail_field (in, name, "integer");
  if (!csvc_lua_to_integer (in->L, lua_gettop (in->L), low, high, &read, in->function))
    {
      lua_pop (in->L, 1);
      return csvc_lua_fail (in->L, "argument", "bad field '%s' in argument #%d to '%s' (integer in range expected)", name, in->table,
                            in->function);
    }
  *value = read;
  return TRUE;
}

static gboolean
read_uint (const Reader *in, const char *name, guint low, guint *value)
{
  gint64 read = *value;

  if (!read_integer (in, name, low, G_MAXUINT, &read))
    return FALSE;
  *value = (guint) read;
  return TRUE;
}

/* Misspelt names would go unnoticed. @known: names, blank-separated, with a blank before and after. */
static gboolean
check_names (const Reader *in, const char *known)
{
  char wanted[64];

  luaL_checkstack (in->L, 8, NULL);
  for (lua_pushnil (in->L); lua_next (in->L, in->table) != 0; lua_pop (in->L, 1))
    {
      const char *name = lua_type (in->L, -2) == LUA_TSTRING ? lua_tostring (in->L, -2) : luaL_typename (in->L, -2);

      g_snprintf (wanted, sizeof wanted, " %.50s ", name);
      if (lua_type (in->L, -2) != LUA_TSTRING || strstr (known, wanted) == NULL)
        return csvc_lua_fail (in->L, "argument", "bad field '%.50s' in argument #%d to '%s' (known:%s)", name, in->table, in->function,
                              known);
    }
  return TRUE;
}

static gboolean
read_stamp (const Reader *in, CsvcStamp *stamp)
{
  *stamp = CSVC_STAMP (CSVC_NEVER);
  if (!read_integer (in, "at", CSVC_TIME_MIN, CSVC_TIME_MAX, &stamp->at) ||
      !read_integer (in, "occurred", CSVC_TIME_MIN, CSVC_TIME_MAX, &stamp->occurred) || !read_text (in, "actor", &stamp->actor) ||
      !read_text (in, "role", &stamp->role) || !read_text (in, "unit", &stamp->unit) || !read_text (in, "key", &stamp->key) ||
      !read_text (in, "reason", &stamp->reason))
    return FALSE;
  return stamp->at != CSVC_NEVER || csvc_lua_fail (in->L, "argument", "argument #%d to '%s' has no field 'at'", in->table, in->function);
}

/* { at =, … }; or the instant alone. The other names are for other arguments: csvc.lua takes them out of the same table. */
gboolean
csvc_lua_to_stamp (lua_State *L, int index, CsvcStamp *stamp, const char *function)
{
  const Reader in = { L, index, function };

  if (lua_istable (L, index))
    return check_names (&in, " at occurred actor role unit key reason facts customer earlier ") && read_stamp (&in, stamp);
  if (lua_type (L, index) != LUA_TNUMBER)
    return csvc_lua_fail_argument (L, index, function, "table with at, or an instant");
  *stamp = CSVC_STAMP (CSVC_NEVER);
  return csvc_lua_to_time (L, index, &stamp->at, function);
}

gboolean
csvc_lua_to_due_filter (lua_State *L, int index, CsvcDueFilter *filter, const char *function)
{
  const Reader in = { L, index, function };

  *filter = CSVC_DUE_FILTER;
  if (lua_isnoneornil (L, index))
    return TRUE;
  if (!lua_istable (L, index))
    return csvc_lua_fail_argument (L, index, function, "table");
  return check_names (&in, " from to kind handler unit level limit skip ") &&
         read_integer (&in, "from", CSVC_TIME_MIN, CSVC_TIME_MAX, &filter->from) &&
         read_integer (&in, "to", CSVC_TIME_MIN, CSVC_TIME_MAX, &filter->to) && read_text (&in, "kind", &filter->kind) &&
         read_text (&in, "handler", &filter->handler) && read_text (&in, "unit", &filter->unit) &&
         read_uint (&in, "level", 0, &filter->level) && read_uint (&in, "limit", 1, &filter->limit) &&
         read_uint (&in, "skip", 0, &filter->skip);
}

static gboolean
read_boolean (const Reader *in, const char *name, gboolean *value)
{
  if (!push_named (in, name))
    return TRUE;
  *value = lua_toboolean (in->L, -1);
  return lua_isboolean (in->L, -1) || fail_field (in, name, "boolean");
}

gboolean
csvc_lua_to_case_filter (lua_State *L, int index, CsvcCaseFilter *filter, const char *function)
{
  const Reader in = { L, index, function };

  *filter = CSVC_CASE_FILTER;
  if (lua_isnoneornil (L, index))
    return TRUE;
  if (!lua_istable (L, index))
    return csvc_lua_fail_argument (L, index, function, "table");
  return check_names (&in, " kind customer handler open_only limit after ") && read_text (&in, "kind", &filter->kind) &&
         read_text (&in, "customer", &filter->customer) && read_text (&in, "handler", &filter->handler) &&
         read_boolean (&in, "open_only", &filter->open_only) && read_uint (&in, "limit", 1, &filter->limit) &&
         read_integer (&in, "after", 0, G_MAXINT64, &filter->after);
}

gboolean
csvc_lua_to_use (lua_State *L, int index, gboolean needs_key, CsvcUse *use, CsvcFacts **details, const char *function)
{
  const Reader in = { L, index, function };

  *use = CSVC_USE (NULL);
  if (!lua_istable (L, index))
    return csvc_lua_fail_argument (L, index, function, "table");
  if (!check_names (&in, " account amount scope choice request details ") || !read_text (&in, "account", &use->account) ||
      !read_integer (&in, "amount", G_MININT64, G_MAXINT64, &use->amount) || !read_text (&in, "scope", &use->scope) ||
      !read_text (&in, "choice", &use->choice) || !read_text (&in, "request", &use->key))
    return FALSE;
  if (use->account == NULL || (needs_key && use->key == NULL))
    return csvc_lua_fail (L, "argument", "'%s' needs %s", function, use->account == NULL ? "an account" : "a request");
  push_named (&in, "details");
  if (!csvc_lua_to_facts (L, lua_gettop (L), details, function))
    return FALSE;
  use->details = *details;
  return TRUE;
}

gboolean
csvc_lua_to_gift (lua_State *L, int index, CsvcGift *gift, const char *function)
{
  const Reader in = { L, index, function };
  gboolean     forever = FALSE;

  *gift = (CsvcGift){ NULL, 0, 0, 0, NULL };
  if (!lua_istable (L, index))
    return csvc_lua_fail_argument (L, index, function, "table");
  if (!check_names (&in, " account amount expires forever priority request ") || !read_text (&in, "account", &gift->account) ||
      !read_integer (&in, "amount", G_MININT64, G_MAXINT64, &gift->amount) ||
      !read_integer (&in, "expires", CSVC_TIME_MIN, CSVC_TIME_MAX, &gift->expires) || !read_boolean (&in, "forever", &forever) ||
      !read_uint (&in, "priority", 0, &gift->priority) || !read_text (&in, "request", &gift->key))
    return FALSE;
  if (forever)
    gift->expires = CSVC_NEVER;
  return gift->account != NULL || csvc_lua_fail (L, "argument", "'%s' needs an account", function);
}

/* ---- Openings ---- */

#define OPENINGS_LIMIT 100000

void
csvc_lua_clear_openings (CsvcLuaOpenings *openings)
{
  for (guint i = 0; openings->items != NULL && i < openings->n; i++)
    if (openings->items[i].facts != NULL)
      csvc_facts_unref ((CsvcFacts *) openings->items[i].facts);
  g_clear_pointer (&openings->items, g_free);
  g_clear_pointer (&openings->answers, g_free);
}

/* The table is on top. What it holds stays alive in it: nothing runs in Lua until the wrapper returns, so the texts need no place of
 * their own on the stack, which a hundred thousand openings would not fit on. */
static gboolean
read_opening (lua_State *L, CsvcOpening *opening, const char *function)
{
  const int    top = lua_gettop (L);
  const Reader in = { L, top, function };
  CsvcFacts   *facts = NULL;

  if (!lua_istable (L, top))
    return csvc_lua_fail (L, "argument", "an opening of '%s' is a %s (table expected)", function, luaL_typename (L, top));
  if (!check_names (&in, " kind id customer facts at occurred actor role unit key reason ") ||
      !read_stamp (&in, &opening->stamp) || !read_text (&in, "kind", &opening->kind) ||
      !read_text (&in, "id", &opening->id) || !read_text (&in, "customer", &opening->customer))
    return FALSE;
  if (opening->kind == NULL || opening->id == NULL)
    return csvc_lua_fail (L, "argument", "an opening of '%s' has no %s", function, opening->kind == NULL ? "kind" : "id");
  push_named (&in, "facts");
  if (!csvc_lua_to_facts (L, lua_gettop (L), &facts, function))
    return FALSE;
  opening->facts = facts;
  lua_settop (L, top);
  return TRUE;
}

gboolean
csvc_lua_to_openings (lua_State *L, int index, CsvcLuaOpenings *openings, const char *function)
{
  gsize n;

  if (!lua_istable (L, index))
    return csvc_lua_fail_argument (L, index, function, "list of openings");
  n = lua_rawlen (L, index);
  if (n > OPENINGS_LIMIT)
    return csvc_lua_fail (L, "limit", "'%s' opens at most %d cases at a time", function, OPENINGS_LIMIT);
  openings->items = g_new0 (CsvcOpening, n + 1);
  openings->answers = g_new0 (CsvcAnswer, n + 1);
  openings->n = (guint) n;
  for (guint i = 0; i < n; i++)
    {
      lua_rawgeti (L, index, (int) i + 1);
      if (!read_opening (L, &openings->items[i], function))
        {
          csvc_lua_clear_openings (openings);
          return FALSE;
        }
      lua_pop (L, 1);
    }
  return TRUE;
}

void
csvc_lua_push_answers (lua_State *L, const CsvcLuaOpenings *openings)
{
  lua_createtable (L, (int) openings->n, 0);
  for (guint i = 0; i < openings->n; i++)
    {
      lua_pushstring (L, csvc_answer_to_string (openings->answers[i]));
      lua_rawseti (L, -2, (int) i + 1);
    }
}
