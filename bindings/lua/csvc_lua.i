/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The module csvc.core: the hooks and typemaps of ../csvc.i for Lua. A function converts, calls, converts back; classes are made by
 * csvc.lua, which alone uses this module. What the typemaps call is described in csvc-lua.h. */

%module csvc_core

%begin %{
#include "config.h"
%}

%{
#include "csvc-lua.h"

/* A missing argument is nil; each typemap says whether that will do. */
static int csvc_lua_calendar_many (lua_State *L);

#undef SWIG_check_num_args
#define SWIG_check_num_args(function, least, most) if (!csvc_lua_count_arguments (L, function, most)) SWIG_fail;
%}

%init %{
  csvc_lua_open_errors (L);
  lua_setfield (L, -2, "Error");
  csvc_lua_push_null (L);
  lua_setfield (L, -2, "null");
%}

%native(metatable) int csvc_lua_metatable (lua_State *L);
%native(close) int csvc_lua_close (lua_State *L);
%native(is_closed) int csvc_lua_is_closed (lua_State *L);
%native(same) int csvc_lua_same (lua_State *L);
%native(calendar_many) int csvc_lua_calendar_many (lua_State *L);

/* SWIG's own conversions believe any userdata: what no typemap below knows is refused when called, and the surface test finds it. */
%typemap(in) SWIGTYPE *, SWIGTYPE *const, SWIGTYPE **, SWIGTYPE & %{
  csvc_lua_fail (L, "argument", "'$symname' is not to be had in Lua"); SWIG_fail; %}

/* ── objects ── */

%define CSVC_LUA_OBJECT(T)
%init %{ csvc_lua_add_class (L, &T##_class); %}
%typemap(in) T *, const T * %{
  $1 = ($1_ltype) csvc_lua_to_object (L, $input, &T##_class, "$symname"); if ($1 == NULL) SWIG_fail; %}
%enddef

%define CSVC_SHARED(T, REF)
%{
SWIGINTERN void delete_##T (T *self);
static const CsvcLuaClass T##_class = { &#T[4], (GDestroyNotify) delete_##T };
%}
CSVC_LUA_OBJECT(T)
%typemap(out) T *, const T * %{
  if ($1 != NULL && !$owner) REF ((T *) $1);
  csvc_lua_push (L, &T##_class, $1); SWIG_arg++; %}
%enddef

%define CSVC_OWNED(T)
%{
SWIGINTERN void delete_##T (T *self);
static const CsvcLuaClass T##_class = { &#T[4], (GDestroyNotify) delete_##T };
%}
CSVC_LUA_OBJECT(T)
%typemap(out) T *, const T * %{ csvc_lua_push (L, &T##_class, $1); SWIG_arg++; %}
%enddef

%define CSVC_PART(T)
%{ static const CsvcLuaClass T##_class = { &#T[4], NULL }; %}
CSVC_LUA_OBJECT(T)
%typemap(out) T *, const T * %{ csvc_lua_push_part (L, &T##_class, $1); SWIG_arg++; %}
%enddef

/* A script in a transaction may use other engines of the store, but only to be told off. */
%define CSVC_FAULT(T, CALL)
%typemap(check) T *, const T * {
  const char *fault = CALL ((T *) $1);
  if (fault != NULL) { csvc_lua_fail (L, "in-use", "%s ('$symname')", fault); SWIG_fail; }
}
%enddef

%define CSVC_REQUIRE(F, COND, TEXT)
%exception F {
  if (!(COND)) { csvc_lua_fail (L, "argument", "%s ('$symname')", TEXT); SWIG_fail; }
  $action
}
%enddef

/* A Lua state has one thread: who calls waits. */
%define CSVC_SLOW(F)
%enddef

%define CSVC_CALLS_BACK(F)
%exception F {
  CsvcLuaFrame frame_ = { NULL, L, 0 };
  csvc_lua_enter (&frame_);
  $action
  csvc_lua_leave (&frame_);
}
%enddef
CSVC_CALLS_BACK(csvc_binding_replay_run)
CSVC_CALLS_BACK(csvc_binding_whatif_run)
CSVC_CALLS_BACK(csvc_simulation_write)

%typemap(in) (CsvcProgressFunc func, gpointer data) %{
  if (!csvc_lua_to_callable (L, $input, TRUE, "$symname")) SWIG_fail;
  $1 = lua_isnoneornil (L, $input) ? NULL : csvc_lua_progress; $2 = GINT_TO_POINTER ($input); %}
%typemap(in) (CsvcDifferenceFunc told, gpointer told_data) %{
  if (!csvc_lua_to_callable (L, $input, TRUE, "$symname")) SWIG_fail;
  $1 = lua_isnoneornil (L, $input) ? NULL : csvc_lua_difference; $2 = GINT_TO_POINTER ($input); %}
%typemap(in) (CsvcWriteFunc func, gpointer data) %{
  if (!csvc_lua_to_callable (L, $input, FALSE, "$symname")) SWIG_fail;
  $1 = csvc_lua_write; $2 = GINT_TO_POINTER ($input); %}

/* ── errors ── */

%typemap(in, numinputs=0) GError ** (GError *error = NULL) %{ $1 = &error; %}
%typemap(argout) GError ** %{ if (!csvc_lua_check (L, *$1, SWIG_arg)) SWIG_fail; %}
%typemap(out) gboolean SUCCESS "(void) $1;"

/* ── numbers, instants, texts ── */

%define CSVC_LUA_INTEGER(T, LOW, HIGH)
%typemap(in) T { gint64 value_; if (!csvc_lua_to_integer (L, $input, LOW, HIGH, &value_, "$symname")) SWIG_fail; $1 = ($1_ltype) value_; }
%typemap(out) T %{ csvc_lua_push_integer (L, (gint64) $1); SWIG_arg++; %}
%typemap(in, numinputs=0) T *OUTPUT (T output = 0) %{ $1 = &output; %}
%typemap(argout) T *OUTPUT %{ csvc_lua_push_integer (L, (gint64) *$1); SWIG_arg++; %}
%enddef
CSVC_LUA_INTEGER(int, G_MININT, G_MAXINT)
CSVC_LUA_INTEGER(guint, 0, G_MAXUINT)
CSVC_LUA_INTEGER(gint64, G_MININT64, G_MAXINT64)
CSVC_LUA_INTEGER(guint64, 0, G_MAXINT64)
CSVC_LUA_INTEGER(CsvcDuration, G_MININT64 + 1, G_MAXINT64)
CSVC_LUA_INTEGER(CsvcLocalTime, CSVC_TIME_MIN, CSVC_TIME_MAX)

%typemap(in) gboolean %{ if (!csvc_lua_to_boolean (L, $input, &$1, "$symname")) SWIG_fail; %}
%typemap(out) gboolean %{ lua_pushboolean (L, $1); SWIG_arg++; %}
%typemap(in, numinputs=0) gboolean *OUTPUT (gboolean output = FALSE) %{ $1 = &output; %}
%typemap(argout) gboolean *OUTPUT %{ lua_pushboolean (L, *$1); SWIG_arg++; %}

%typemap(in) CsvcTime { gint64 value_; if (!csvc_lua_to_time (L, $input, &value_, "$symname")) SWIG_fail; $1 = value_; }
%typemap(in) CsvcTime NULLABLE {
  gint64 value_ = CSVC_NEVER;
  if (!lua_isnil (L, $input) && !csvc_lua_to_time (L, $input, &value_, "$symname")) SWIG_fail;
  $1 = value_;
}
%typemap(out) CsvcTime %{ csvc_lua_push_time (L, $1); SWIG_arg++; %}
%typemap(in, numinputs=0) CsvcTime *OUTPUT (CsvcTime output = CSVC_NEVER) %{ $1 = &output; %}
%typemap(argout) CsvcTime *OUTPUT %{ csvc_lua_push_time (L, *$1); SWIG_arg++; %}

%typemap(in) const char * %{ $1 = ($1_ltype) csvc_lua_to_string (L, $input, "$symname"); if ($1 == NULL) SWIG_fail; %}
%typemap(in) const char *NULLABLE { const char *text_; if (!csvc_lua_to_string_or_nil (L, $input, &text_, "$symname")) SWIG_fail; $1 = ($1_ltype) text_; }
%typemap(out) const char *, char * %{ csvc_lua_push_string (L, $1); SWIG_arg++; %}
%typemap(in, numinputs=0) const char **OUTPUT (const char *output = NULL) %{ $1 = ($1_ltype) &output; %}
%typemap(argout) const char **OUTPUT %{ csvc_lua_push_string (L, *$1); SWIG_arg++; %}
%typemap(out) const char *const * %{ csvc_lua_push_strings (L, (const char *const *) $1); SWIG_arg++; %}
%typemap(in) (const char *text, gssize length) {
  gsize length_; const char *text_ = csvc_lua_to_text (L, $input, &length_, "$symname");
  if (text_ == NULL) SWIG_fail;
  $1 = ($1_ltype) text_; $2 = (gssize) length_;
}
%typemap(in) GBytes * (const char *bytes, gsize size) %{
  bytes = csvc_lua_to_text (L, $input, &size, "$symname"); if (bytes == NULL) SWIG_fail;
  $1 = g_bytes_new (bytes, size); %}
%typemap(freearg) GBytes * %{ if ($1 != NULL) g_bytes_unref ($1); %}
%typemap(arginit) GBytes * %{ $1 = NULL; %}
%typemap(out) GBytes * %{ csvc_lua_push_bytes (L, $1); SWIG_arg++; %}

%define CSVC_ENUM(T, LAST)
%typemap(in) T { int value_; if (!csvc_lua_to_word (L, $input, csvc_lua_word_##T, LAST, &value_, "$symname")) SWIG_fail; $1 = (T) value_; }
%typemap(out) T %{ csvc_lua_push_string (L, csvc_lua_word_##T ((int) $1)); SWIG_arg++; %}
%typemap(in, numinputs=0) T *OUTPUT (T output = (T) 0) %{ $1 = &output; %}
%typemap(argout) T *OUTPUT %{ csvc_lua_push_string (L, csvc_lua_word_##T ((int) *$1)); SWIG_arg++; %}
%enddef

/* A command gives two: was it accepted, and the word. */
%typemap(out) CsvcAnswer ANSWER %{
  lua_pushboolean (L, $1 == CSVC_ANSWER_ACCEPTED); SWIG_arg++;
  csvc_lua_push_string (L, csvc_answer_to_string ($1)); SWIG_arg++; %}
%apply CsvcAnswer ANSWER {
  CsvcAnswer csvc_case_open, CsvcAnswer csvc_case_fire, CsvcAnswer csvc_chart_send, CsvcAnswer csvc_engine_open,
  CsvcAnswer csvc_engine_open_linked, CsvcAnswer csvc_engine_fire, CsvcAnswer csvc_engine_end, CsvcAnswer csvc_engine_put_customer
};

/* ── values, facts, records ── */

%typemap(out) const CsvcValue * %{ csvc_lua_push_value (L, $1); SWIG_arg++; %}
%typemap(out) const CsvcFacts * %{ csvc_lua_push_facts (L, $1); SWIG_arg++; %}
%typemap(arginit) const CsvcFacts * %{ $1 = NULL; %}
%typemap(in) const CsvcFacts * { CsvcFacts *facts_; if (!csvc_lua_to_facts (L, $input, &facts_, "$symname")) SWIG_fail; $1 = facts_; }
%typemap(freearg) const CsvcFacts * %{ if ($1 != NULL) csvc_facts_unref ((CsvcFacts *) $1); %}

%typemap(in) const CsvcStamp * (CsvcStamp stamp) %{
  if (!csvc_lua_to_stamp (L, $input, &stamp, "$symname")) SWIG_fail; $1 = &stamp; %}
%typemap(in) const CsvcDueFilter * (CsvcDueFilter filter) %{
  if (!csvc_lua_to_due_filter (L, $input, &filter, "$symname")) SWIG_fail; $1 = &filter; %}
%typemap(in) const CsvcCaseFilter * (CsvcCaseFilter filter) %{
  if (!csvc_lua_to_case_filter (L, $input, &filter, "$symname")) SWIG_fail; $1 = &filter; %}

%typemap(arginit) (const CsvcOpening *openings, guint n, CsvcAnswer *answers) %{ memset (&openings$argnum, 0, sizeof openings$argnum); %}
%typemap(in) (const CsvcOpening *openings, guint n, CsvcAnswer *answers) (CsvcLuaOpenings openings) %{
  if (!csvc_lua_to_openings (L, $input, &openings, "$symname")) SWIG_fail;
  $1 = openings.items; $2 = openings.n; $3 = openings.answers; %}
%typemap(argout) (const CsvcOpening *openings, guint n, CsvcAnswer *answers) %{
  csvc_lua_push_answers (L, &openings$argnum); SWIG_arg++; %}
%typemap(freearg) (const CsvcOpening *openings, guint n, CsvcAnswer *answers) %{ csvc_lua_clear_openings (&openings$argnum); %}

%typemap(arginit) (CsvcStore *const *stores, guint n_stores) %{ $1 = NULL; %}
%typemap(in) (CsvcStore *const *stores, guint n_stores) {
  CsvcStore **stores_ = csvc_lua_to_stores (L, $input, &CsvcStore_class, &$2, "$symname");
  if (stores_ == NULL) SWIG_fail;
  $1 = stores_;
}
%typemap(freearg) (CsvcStore *const *stores, guint n_stores) %{ g_free ((gpointer) $1); %}

/* What must come after csvc.i's own. Left out are records and words, which are tables and strings here, and the way in for hosts that keep
 * an event's pointer: a name is looked up at every call. */
%define CSVC_LANGUAGE_TYPEMAPS
%rename($ignore, regextarget=1) "^csvc_(effect|effects|diagnostic|diagnostics|effect_type)_get";
%ignore csvc_diagnostics_count;
%ignore csvc_diagnostic_to_string;
%ignore csvc_effects_to_json;
%ignore csvc_effect_to_string;
%rename($ignore, regextarget=1) "^csvc_(answer|chance|command_type|count|cycle_state|difference_type|due_piece|effect_type|figure|not_started|outcome|segment_kind|state_type|type|verdict)_to_string$";
%ignore csvc_case_fire_event;
%typemap(arginit) CsvcEffects *effects %{ $1 = NULL; %}
%typemap(in, numinputs=0) CsvcEffects *effects %{ $1 = csvc_effects_new (); %}
%typemap(argout) CsvcEffects *effects %{ csvc_lua_push_effects (L, $1); SWIG_arg++; %}
%typemap(freearg) CsvcEffects *effects %{ if ($1 != NULL) csvc_effects_unref ($1); %}
%typemap(out) const CsvcEffects *csvc_journal_entry_get_effects %{ csvc_lua_push_effects (L, $1); SWIG_arg++; %}

%typemap(in, numinputs=0) CsvcDiagnostics ** (CsvcDiagnostics *diagnostics = NULL) %{ $1 = &diagnostics; %}
%typemap(argout) CsvcDiagnostics ** %{ csvc_lua_push_diagnostics (L, *$1); SWIG_arg++; %}
%typemap(freearg) CsvcDiagnostics ** %{ if (*$1 != NULL) csvc_diagnostics_unref (*$1); %}
%typemap(out) CsvcDiagnostics *csvc_policy_get_findings, CsvcDiagnostics *csvc_import_get_diagnostics %{
  csvc_lua_push_diagnostics (L, $1); SWIG_arg++; %}

%typemap(in, numinputs=0) CsvcCase **opened (CsvcCase *opened = NULL) %{ $1 = &opened; %}
%typemap(argout) CsvcCase **opened %{ csvc_lua_push (L, &CsvcCase_class, *$1); SWIG_arg++; %}
%typemap(in, numinputs=0) CsvcImport **import (CsvcImport *import = NULL) %{ $1 = &import; %}
%typemap(argout) CsvcImport **import %{ csvc_lua_push (L, &CsvcImport_class, *$1); SWIG_arg++; %}

%typemap(in) const CsvcCustomer *customer %{
  $1 = NULL;
  if (!lua_isnil (L, $input))
    {
      $1 = ($1_ltype) csvc_lua_to_object (L, $input, &CsvcCustomer_class, "$symname"); if ($1 == NULL) SWIG_fail;
    } %}
%typemap(in) CsvcPolicy *policy_or_null %{
  $1 = NULL;
  if (!lua_isnil (L, $input))
    {
      $1 = ($1_ltype) csvc_lua_to_object (L, $input, &CsvcPolicy_class, "$symname"); if ($1 == NULL) SWIG_fail;
    } %}
%enddef

%include "../csvc.i"

/* ── batches ──
 *
 * core.calendar_many (calendar, "add" or "between", first, second, packed): columns are lists of integers, or strings of packed
 * 64-bit integers in the byte order of the machine, as string.pack ("i8") makes them; the answer is of the kind of the first. */
%{
static int
csvc_lua_calendar_many (lua_State *L)
{
  static const char name[] = "calendar_many";
  CsvcLuaColumns    columns = { 0 };
  GError           *error = NULL;
  gsize             at = 0;
  CsvcCalendar     *self = csvc_lua_to_object (L, 1, &CsvcCalendar_class, name);
  const char       *what = self != NULL ? csvc_lua_to_string (L, 2, name) : NULL;

  if (what == NULL || !csvc_lua_to_columns (L, 3, &columns, name))
    return lua_error (L);
  if (!csvc_binding_calendar_many (self, strcmp (what, "add") != 0, columns.first, columns.second, columns.result, columns.n, &at, &error))
    g_prefix_error (&error, "question %" G_GSIZE_FORMAT ": ", at + 1);
  else
    csvc_lua_push_column (L, &columns);
  csvc_lua_clear_columns (&columns);
  return csvc_lua_check (L, error, 0) ? 1 : lua_error (L);
}
%}
