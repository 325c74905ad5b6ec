/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_LUA_H
#define CSVC_LUA_H

#include <csvc/csvc.h>
#include <lauxlib.h>
#include <lua.h>

/* What the wrappers that SWIG generates call: how a C object, value or error becomes one of Lua's, and back.
 *
 *   csvc.lua  ── classes, properties, sugar: what scripts see
 *   csvc.core ── one function for each of C's, from the headers by csvc_lua.i
 *   here      ── the conversions that csvc_lua.i names in its typemaps
 *
 * A wrapper converts its arguments, calls, and converts the result. Functions called "to" return FALSE with an error value on top of
 * the stack, which the wrapper raises when it has cleaned up: nothing here longjmps through C frames that own something, but for a Lua
 * that is out of memory. Tables are read without metamethods, so that no script runs in between. */

/* ── one source for Lua 5.4 and, later, for 5.1 and LuaJIT ── */

#if LUA_VERSION_NUM < 502
#define lua_rawlen lua_objlen
#define csvc_lua_absindex(L, i) ((i) > 0 || (i) <= LUA_REGISTRYINDEX ? (i) : lua_gettop (L) + (i) + 1)
#else
#define csvc_lua_absindex lua_absindex
#endif

void     csvc_lua_rawgetp (lua_State *L, const void *key); /* of the registry */
void     csvc_lua_rawsetp (lua_State *L, const void *key); /* pops the value */
gboolean csvc_lua_is_integer (lua_State *L, int index);

/* ── errors: tables with kind, message, where, and what a load adds: file, line, diagnostics ── */

void csvc_lua_open_errors (lua_State *L); /* leaves the metatable on the stack */

/* Each pushes an error value; FALSE, for `return csvc_lua_fail (…)`. @kind: "argument", "closed", "in-use", or an error code's word. */
gboolean csvc_lua_fail (lua_State *L, const char *kind, const char *format, ...) G_GNUC_PRINTF (3, 4);
gboolean csvc_lua_fail_argument (lua_State *L, int index, const char *function, const char *expected);

/* After a call: takes @error and pushes its value, with what the last @n_results values on the stack tell. TRUE when there was none. */
gboolean csvc_lua_check (lua_State *L, GError *error, int n_results);
/* No more than @most; missing ones are nil then. */
gboolean csvc_lua_count_arguments (lua_State *L, const char *function, int most);

/* ── objects ── */

typedef struct {
  const char    *name;
  GDestroyNotify release; /* NULL: a part, which lives as long as the object it was asked of */
} CsvcLuaClass;

void csvc_lua_add_class (lua_State *L, const CsvcLuaClass *type);
void csvc_lua_push (lua_State *L, const CsvcLuaClass *type, gconstpointer self); /* takes; NULL gives nil */
/* A part of the object at stack index 1, which it keeps alive. */
void csvc_lua_push_part (lua_State *L, const CsvcLuaClass *type, gconstpointer self);
/* NULL with an error on the stack. */
gpointer csvc_lua_to_object (lua_State *L, int index, const CsvcLuaClass *type, const char *function);

/* core.metatable (NAME), core.close (OBJECT, CLASS), core.is_closed (OBJECT), core.same (A, B): for csvc.lua. */
int csvc_lua_metatable (lua_State *L);
int csvc_lua_close (lua_State *L);
int csvc_lua_is_closed (lua_State *L);
int csvc_lua_same (lua_State *L);

/* ── callbacks: run on the state that made the call, protected; the first error stops the run, and the call raises it ── */

typedef enum {
  CSVC_LUA_FREE,
  CSVC_LUA_LENT,   /* an engine's command runs, which tells listeners: they may use it, and not close it */
  CSVC_LUA_AT_WORK /* a call runs on it that may call back: callbacks cannot use it */
} CsvcLuaUse;

typedef struct _CsvcLuaFrame {
  lua_State            *L;
  CsvcLuaUse            use;    /* in the call, and what it was before */
  struct _CsvcLuaFrame *before; /* of the call whose callback made this one */
  int                   error;  /* stack index of the error that a callback raised; 0 = none did */
} CsvcLuaFrame;

/* Around a call that may call back, on the object at stack index 1. */
void       csvc_lua_enter (CsvcLuaFrame *frame);
void       csvc_lua_leave (const CsvcLuaFrame *frame);
CsvcLuaUse csvc_lua_set_use (lua_State *L, int object, CsvcLuaUse use); /* gives the one before */
gboolean   csvc_lua_stands_for (lua_State *L, int object, gconstpointer self);
void     csvc_lua_set_pending (int error); /* what csvc_lua_check() raises next */
gboolean csvc_lua_to_callable (lua_State *L, int index, gboolean nil_too, const char *function);

/* @function: its stack index. */
gboolean csvc_lua_progress (guint64 done, guint64 total, gpointer function);
gboolean csvc_lua_difference (const CsvcComparison *comparison, const CsvcDifference *difference, gpointer function);
gboolean csvc_lua_write (const char *text, gsize length, gpointer function, GError **error);

/* What engines tell: to one function of csvc.lua each, (engine, entry) and (engine, wake), which set_ears() was given. All are told, whatever is
 * raised; the first error comes out of the command. */
void     csvc_lua_open_ears (const CsvcLuaClass *entry_class);
int      csvc_lua_set_ears (lua_State *L);
void     csvc_lua_hear (CsvcEngine *engine, const CsvcJournalEntry *entry, gpointer data);
void     csvc_lua_wake (CsvcEngine *engine, CsvcTime wake, gpointer data);

/* ── values ── */

gboolean    csvc_lua_to_integer (lua_State *L, int index, gint64 low, gint64 high, gint64 *value, const char *function);
gboolean    csvc_lua_to_time (lua_State *L, int index, gint64 *value, const char *function);     /* 0001 … 9999 */
gboolean    csvc_lua_to_boolean (lua_State *L, int index, gboolean *value, const char *function);
/* UTF-8 without NUL; NULL with an error on the stack. */
const char *csvc_lua_to_string (lua_State *L, int index, const char *function);
gboolean    csvc_lua_to_string_or_nil (lua_State *L, int index, const char **value, const char *function);
/* Any bytes: documents that may hold what is wrong with them. */
const char *csvc_lua_to_text (lua_State *L, int index, gsize *length, const char *function);

/* Of the table on top. */
void csvc_lua_set_string (lua_State *L, const char *field, const char *text);
void csvc_lua_set_integer (lua_State *L, const char *field, gint64 value);
void csvc_lua_set_time (lua_State *L, const char *field, CsvcTime time);

void csvc_lua_push_string (lua_State *L, const char *text); /* NULL gives nil */
void csvc_lua_push_taken_string (lua_State *L, char *text);
void csvc_lua_push_strings (lua_State *L, const char *const *texts);
void csvc_lua_push_taken_strings (lua_State *L, char **texts);
void csvc_lua_push_integer (lua_State *L, gint64 value);
void csvc_lua_push_time (lua_State *L, CsvcTime time); /* CSVC_NEVER gives nil */
void csvc_lua_push_bytes (lua_State *L, GBytes *bytes);
/* A list of texts, which stay alive in it; nil is none. g_free() the array. */
gboolean csvc_lua_to_strings (lua_State *L, int index, const char ***texts, const char *function);

/* ── enums: their words ── */

typedef const char *(*CsvcLuaWordFunc) (int value); /* NULL for a number that is none */
gboolean csvc_lua_to_word (lua_State *L, int index, CsvcLuaWordFunc to_word, int last, int *value, const char *function);

const char *csvc_lua_word_CsvcType (int value);
const char *csvc_lua_word_CsvcSegmentKind (int value);
const char *csvc_lua_word_CsvcStateType (int value);
const char *csvc_lua_word_CsvcEffectType (int value);
const char *csvc_lua_word_CsvcAnswer (int value);
const char *csvc_lua_word_CsvcHitPolicy (int value);
const char *csvc_lua_word_CsvcAggregate (int value);
const char *csvc_lua_word_CsvcDecisionState (int value);
const char *csvc_lua_word_CsvcRowVerdict (int value);
const char *csvc_lua_word_CsvcApplication (int value);
const char *csvc_lua_word_CsvcUpgrade (int value);
const char *csvc_lua_word_CsvcRuleOn (int value);
const char *csvc_lua_word_CsvcPlanDecision (int value);
const char *csvc_lua_word_CsvcCycleState (int value);
const char *csvc_lua_word_CsvcVerdict (int value);
const char *csvc_lua_word_CsvcDuePiece (int value);
const char *csvc_lua_word_CsvcNotStarted (int value);
const char *csvc_lua_word_CsvcChance (int value);
const char *csvc_lua_word_CsvcCommandType (int value);
const char *csvc_lua_word_CsvcCount (int value);
const char *csvc_lua_word_CsvcFigure (int value);
const char *csvc_lua_word_CsvcOutcome (int value);
const char *csvc_lua_word_CsvcDifferenceType (int value);
const char *csvc_lua_word_CsvcErrorCode (int value);
const char *csvc_lua_word_CsvcSeverity (int value);
const char *csvc_lua_word_CsvcHorizon (int value);
const char *csvc_lua_word_CsvcPrecedence (int value);
const char *csvc_lua_word_CsvcAddEnds (int value);
const char *csvc_lua_word_CsvcAddDays (int value);
const char *csvc_lua_word_CsvcImportCount (int value);
const char *csvc_lua_word_CsvcSide (int value);
const char *csvc_lua_word_CsvcEffectFieldKind (int value);
const char *csvc_lua_word_CsvcLogFormat (int value);

/* ── values and facts ── */

/* Numbers come as integers, or as floats when that float is written with the same digits, else as text; dates, times and durations as text,
 * which is read back as what it was. FEEL's null is csvc.null; unknown is nil. */
void     csvc_lua_push_value (lua_State *L, const CsvcValue *value);
void     csvc_lua_push_facts (lua_State *L, const CsvcFacts *facts); /* NULL gives nil */
gboolean csvc_lua_to_facts (lua_State *L, int index, CsvcFacts **facts, const char *function); /* nil gives NULL */
void     csvc_lua_push_null (lua_State *L);

/* ── records ── */

void     csvc_lua_push_diagnostics (lua_State *L, const CsvcDiagnostics *diagnostics);
gboolean csvc_lua_is_diagnostics (lua_State *L, int index);
void     csvc_lua_push_effects (lua_State *L, const CsvcEffects *effects);
gboolean csvc_lua_is_effects (lua_State *L, int index);
/* What a case is to hear is C's own again: only of a table that a command gave. NULL with an error on the stack. */
const CsvcEffect *csvc_lua_to_effect (lua_State *L, int index, const char *function);

/* From tables. The texts stay on the Lua stack, and so alive, until the wrapper returns. */
gboolean csvc_lua_to_stamp (lua_State *L, int index, CsvcStamp *stamp, const char *function);
gboolean csvc_lua_to_due_filter (lua_State *L, int index, CsvcDueFilter *filter, const char *function);
/* @details: to be unreferenced, or NULL. */
gboolean csvc_lua_to_use (lua_State *L, int index, gboolean needs_key, CsvcUse *use, CsvcFacts **details, const char *function);
gboolean csvc_lua_to_gift (lua_State *L, int index, CsvcGift *gift, const char *function);
gboolean csvc_lua_to_case_filter (lua_State *L, int index, CsvcCaseFilter *filter, const char *function);

/* ── batches: the border is crossed once ── */

typedef struct {
  CsvcOpening *items;
  CsvcAnswer  *answers;
  guint        n;
} CsvcLuaOpenings;

/* A list of tables, as engine:open() takes them. */
gboolean csvc_lua_to_openings (lua_State *L, int index, CsvcLuaOpenings *openings, const char *function);
void     csvc_lua_clear_openings (CsvcLuaOpenings *openings);
void     csvc_lua_push_answers (lua_State *L, const CsvcLuaOpenings *openings);

/* Two columns of as many 64-bit integers, each a list or a packed string. */
typedef struct {
  gint64  *first, *second, *result;
  gsize    n;
  gboolean packed;
} CsvcLuaColumns;

gboolean csvc_lua_to_columns (lua_State *L, int first, CsvcLuaColumns *columns, const char *function);
void     csvc_lua_clear_columns (CsvcLuaColumns *columns);
void     csvc_lua_push_column (lua_State *L, const CsvcLuaColumns *columns);

/* Columns of a table's inputs: each a list of integers, a packed string, { column, decimals = 2 }, or false: missing for all. */
typedef struct {
  CsvcColumn *columns;
  guint       n;
  gsize       n_rows;
} CsvcLuaInputs;

gboolean csvc_lua_to_inputs (lua_State *L, int index, guint n, CsvcLuaInputs *inputs, const char *function);
void     csvc_lua_clear_inputs (CsvcLuaInputs *inputs);
/* One customer's rows, counted from 1. */
void     csvc_lua_push_rows (lua_State *L, const guint64 *words, guint n_words);

/* A list of stores. g_free(); NULL with an error on the stack. */
CsvcStore **csvc_lua_to_stores (lua_State *L, int index, const CsvcLuaClass *type, guint *n, const char *function);

#endif
