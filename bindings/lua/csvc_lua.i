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
static int csvc_lua_table_match (lua_State *L);
static int csvc_lua_table_match_columns (lua_State *L);

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
%native(set_ears) int csvc_lua_set_ears (lua_State *L);
%native(table_match) int csvc_lua_table_match (lua_State *L);
%native(table_match_columns) int csvc_lua_table_match_columns (lua_State *L);
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
  CsvcLuaFrame frame_ = { L, CSVC_LUA_AT_WORK, NULL, 0 };
  csvc_lua_enter (&frame_);
  $action
  csvc_lua_leave (&frame_);
}
%enddef
%define CSVC_TELLS(F)
%exception F {
  CsvcLuaFrame frame_ = { L, CSVC_LUA_LENT, NULL, 0 };
  csvc_lua_enter (&frame_);
  $action
  csvc_lua_leave (&frame_);
}
%enddef
CSVC_CALLS_BACK(csvc_binding_replay_run)
CSVC_CALLS_BACK(csvc_binding_whatif_run)
CSVC_CALLS_BACK(csvc_simulation_write)

%typemap(in, numinputs=0) (CsvcListenerFunc func, gpointer data, GDestroyNotify destroy) %{ $1 = csvc_lua_hear; $2 = NULL; $3 = NULL; %}
%typemap(in, numinputs=0) (CsvcWakeFunc func, gpointer data, GDestroyNotify destroy) %{ $1 = csvc_lua_wake; $2 = NULL; $3 = NULL; %}

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
CSVC_LUA_INTEGER(gsize, 0, G_MAXINT64)
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
%typemap(arginit) const char *const *names %{ $1 = NULL; %}
%typemap(in) const char *const *names (const char **texts) %{
  if (!csvc_lua_to_strings (L, $input, &texts, "$symname")) { g_free (texts); SWIG_fail; }
  $1 = ($1_ltype) texts; %}
%typemap(freearg) const char *const *names %{ g_free ((gpointer) $1); %}
%typemap(out) char ** %{ csvc_lua_push_taken_strings (L, $1); SWIG_arg++; %}
%typemap(newfree) char ** "";
%typemap(in, numinputs=0) char ***notes (char **output = NULL) %{ $1 = &output; %}
%typemap(argout) char ***notes %{ csvc_lua_push_taken_strings (L, *$1); *$1 = NULL; SWIG_arg++; %}
%typemap(freearg) char ***notes %{ g_strfreev (*$1); %}
%typemap(in, numinputs=0) char **next (char *output = NULL), char **id (char *output = NULL) %{ $1 = &output; %}
%typemap(argout) char **next, char **id %{ csvc_lua_push_string (L, *$1); SWIG_arg++; %}
%typemap(freearg) char **next, char **id %{ g_free (*$1); %}
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
  CsvcAnswer csvc_engine_open_linked, CsvcAnswer csvc_engine_fire, CsvcAnswer csvc_engine_end, CsvcAnswer csvc_engine_put_customer,
  CsvcAnswer csvc_case_open_linked, CsvcAnswer csvc_case_adopt, CsvcAnswer csvc_case_end, CsvcAnswer csvc_case_hear_told,
  CsvcAnswer csvc_crowd_fire, CsvcAnswer csvc_customer_review, CsvcAnswer csvc_customer_set_tier, CsvcAnswer csvc_customer_clear_tier,
  CsvcAnswer csvc_customer_use, CsvcAnswer csvc_binding_customer_reserve, CsvcAnswer csvc_customer_commit, CsvcAnswer csvc_customer_release,
  CsvcAnswer csvc_customer_grant, CsvcAnswer csvc_binding_customer_adjust, CsvcAnswer csvc_customer_apply,
  CsvcAnswer csvc_engine_adopt, CsvcAnswer csvc_binding_engine_amend, CsvcAnswer csvc_engine_void, CsvcAnswer csvc_engine_review,
  CsvcAnswer csvc_engine_set_tier, CsvcAnswer csvc_engine_clear_tier, CsvcAnswer csvc_engine_use, CsvcAnswer csvc_binding_engine_reserve,
  CsvcAnswer csvc_engine_commit_use, CsvcAnswer csvc_engine_release, CsvcAnswer csvc_engine_grant, CsvcAnswer csvc_binding_engine_adjust,
  CsvcAnswer csvc_engine_apply, CsvcAnswer csvc_engine_note_event, CsvcAnswer csvc_binding_forget, CsvcAnswer csvc_binding_hold,
  CsvcAnswer csvc_binding_release_hold, CsvcAnswer csvc_binding_note_contact, CsvcAnswer csvc_binding_open_task,
  CsvcAnswer csvc_binding_update_task, CsvcAnswer csvc_customer_close_task, CsvcAnswer csvc_binding_contact
};

/* ── values, facts, records ── */

%typemap(out) const CsvcValue * %{ csvc_lua_push_value (L, $1); SWIG_arg++; %}
%typemap(out) CsvcFacts * %{ csvc_lua_push_facts (L, $1); if ($1 != NULL) csvc_facts_unref ($1); SWIG_arg++; %}
%typemap(out) CsvcValue * %{ csvc_lua_push_value (L, $1); if ($1 != NULL) csvc_value_free ($1); SWIG_arg++; %}
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

%typemap(in) const CsvcUse *use (CsvcUse asked, CsvcFacts *details = NULL) %{
  if (!csvc_lua_to_use (L, $input, FALSE, &asked, &details, "$symname")) SWIG_fail; $1 = &asked; %}
%typemap(in) const CsvcUse *reservation (CsvcUse asked, CsvcFacts *details = NULL) %{
  if (!csvc_lua_to_use (L, $input, TRUE, &asked, &details, "$symname")) SWIG_fail; $1 = &asked; %}
%typemap(freearg) const CsvcUse *use, const CsvcUse *reservation %{ if (details$argnum != NULL) csvc_facts_unref (details$argnum); %}
%typemap(in) const CsvcGift * (CsvcGift gift) %{
  if (!csvc_lua_to_gift (L, $input, &gift, "$symname")) SWIG_fail; $1 = &gift; %}
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
%ignore csvc_binding_effects_copy_for;
%ignore csvc_effect_to_string;
%rename($ignore, regextarget=1) "^csvc_(aggregate|answer|application|chance|command_type|count|cycle_state|decision_state|difference_type|due_piece|effect_type|figure|hit_policy|not_started|outcome|plan_decision|row_verdict|rule_on|segment_kind|state_type|type|upgrade|verdict)_to_string$";
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
%typemap(in, numinputs=0) CsvcCase **child (CsvcCase *child = NULL), CsvcCase **adopted (CsvcCase *adopted = NULL) %{ $1 = &$1_name; %}
%typemap(argout) CsvcCase **child, CsvcCase **adopted %{ csvc_lua_push (L, &CsvcCase_class, *$1); SWIG_arg++; %}
%typemap(in, numinputs=0) CsvcPermission **permission (CsvcPermission *permission = NULL) %{ $1 = &permission; %}
%typemap(argout) CsvcPermission **permission %{ csvc_lua_push (L, &CsvcPermission_class, *$1); SWIG_arg++; %}
%typemap(in) const CsvcEffect *effect %{
  $1 = ($1_ltype) csvc_lua_to_effect (L, $input, "$symname"); if ($1 == NULL) SWIG_fail; %}
%typemap(out) GPtrArray *csvc_policy_set_list {
  lua_createtable (L, (int) $1->len, 0);
  for (guint i = 0; i < $1->len; i++)
    {
      CsvcPolicy *policy_ = g_ptr_array_index ($1, i);
      csvc_lua_push (L, &CsvcPolicy_class, csvc_policy_ref (policy_));
      lua_rawseti (L, -2, (int) i + 1);
    }
  g_ptr_array_unref ($1);
  SWIG_arg++;
}
%typemap(in, numinputs=0) CsvcImport **import (CsvcImport *import = NULL) %{ $1 = &import; %}
%typemap(argout) CsvcImport **import %{ csvc_lua_push (L, &CsvcImport_class, *$1); SWIG_arg++; %}

%typemap(in) CsvcCustomer *customer, const CsvcCustomer *customer %{
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
%typemap(in) const CsvcCase *case_ %{
  $1 = NULL;
  if (!lua_isnil (L, $input))
    {
      $1 = ($1_ltype) csvc_lua_to_object (L, $input, &CsvcCase_class, "$symname"); if ($1 == NULL) SWIG_fail;
    } %}
%typemap(in) CsvcZone *zone_or_null, const CsvcZone *zone_or_null %{
  $1 = NULL;
  if (!lua_isnil (L, $input))
    {
      $1 = ($1_ltype) csvc_lua_to_object (L, $input, &CsvcZone_class, "$symname"); if ($1 == NULL) SWIG_fail;
    } %}
%typemap(in) const CsvcCaseload *cases %{
  $1 = NULL;
  if (!lua_isnil (L, $input))
    {
      $1 = ($1_ltype) csvc_lua_to_object (L, $input, &CsvcCaseload_class, "$symname"); if ($1 == NULL) SWIG_fail;
    } %}
%typemap(in) const CsvcTier *tier_or_null %{
  $1 = NULL;
  if (!lua_isnil (L, $input))
    {
      $1 = ($1_ltype) csvc_lua_to_object (L, $input, &CsvcTier_class, "$symname"); if ($1 == NULL) SWIG_fail;
    } %}
%typemap(in) const CsvcRole *role_or_null %{
  $1 = NULL;
  if (!lua_isnil (L, $input))
    {
      $1 = ($1_ltype) csvc_lua_to_object (L, $input, &CsvcRole_class, "$symname"); if ($1 == NULL) SWIG_fail;
    } %}
%enddef

%include "../csvc.i"

%init %{ csvc_lua_open_ears (&CsvcJournalEntry_class); %}

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

/* core.table_match (table, customer or nil, case or nil, at): rows that hold, rows that may. core.table_match_columns (table, columns, at): for each
 * customer a list of the rows that hold, and one of those that may. */
%{
static gboolean
csvc_lua_is_of_table (const CsvcTable *self, const CsvcCustomer *customer, const CsvcCase *one)
{
  const CsvcPolicy *policy = csvc_table_get_policy (self);
  const CsvcKind   *kind = csvc_table_get_kind (self);

  return (customer == NULL || csvc_customer_get_policy (customer) == policy) &&
         (one == NULL || (csvc_case_get_policy (one) == policy && (kind == NULL || csvc_case_get_kind (one) == kind)));
}

static int
csvc_lua_table_match (lua_State *L)
{
  static const char name[] = "table_match";
  const CsvcTable    *self;
  const CsvcCustomer *customer = NULL;
  const CsvcCase     *one = NULL;
  CsvcTime            at;
  guint               n_words;
  guint64            *words;

  if (!csvc_lua_count_arguments (L, name, 4) || (self = csvc_lua_to_object (L, 1, &CsvcTable_class, name)) == NULL)
    return lua_error (L);
  if ((!lua_isnil (L, 2) && (customer = csvc_lua_to_object (L, 2, &CsvcCustomer_class, name)) == NULL) ||
      (!lua_isnil (L, 3) && (one = csvc_lua_to_object (L, 3, &CsvcCase_class, name)) == NULL) || !csvc_lua_to_time (L, 4, &at, name))
    return lua_error (L);
  if (!csvc_lua_is_of_table (self, customer, one))
    {
      csvc_lua_fail (L, "argument", "a customer or case of another policy, or a case of another kind ('%s')", name);
      return lua_error (L);
    }
  n_words = csvc_table_get_n_words (self);
  words = lua_newuserdata (L, 2 * n_words * sizeof (guint64) + 1);
  csvc_table_match (self, customer, one, at, words, words + n_words);
  csvc_lua_push_rows (L, words, n_words);
  csvc_lua_push_rows (L, words + n_words, n_words);
  return 2;
}

/* The sets of rows lie in userdata, which Lua frees whatever happens. */
static void
csvc_lua_push_sets (lua_State *L, const guint64 *words, gsize n, guint n_words)
{
  lua_createtable (L, (int) MIN (n, G_MAXINT), 0);
  for (gsize i = 0; i < n; i++)
    {
      csvc_lua_push_rows (L, words + i * n_words, n_words);
      lua_rawseti (L, -2, (lua_Integer) i + 1);
    }
}

static int
csvc_lua_table_match_columns (lua_State *L)
{
  static const char name[] = "table_match_columns";
  const CsvcTable *self;
  CsvcLuaInputs    inputs = { NULL, 0, 0 };
  GError          *error = NULL;
  CsvcTime         at;
  guint            n_words;
  guint64         *hold, *may;

  if (!csvc_lua_count_arguments (L, name, 3) || (self = csvc_lua_to_object (L, 1, &CsvcTable_class, name)) == NULL ||
      !csvc_lua_to_time (L, 3, &at, name) || !csvc_lua_to_inputs (L, 2, csvc_table_get_n_inputs (self), &inputs, name))
    return lua_error (L);
  n_words = csvc_table_get_n_words (self);
  hold = lua_newuserdata (L, inputs.n_rows * n_words * sizeof (guint64) + 1);
  may = lua_newuserdata (L, inputs.n_rows * n_words * sizeof (guint64) + 1);
  csvc_table_match_columns (self, inputs.columns, inputs.n_rows, at, hold, may, &error);
  csvc_lua_clear_inputs (&inputs);
  if (!csvc_lua_check (L, error, 0))
    return lua_error (L);
  csvc_lua_push_sets (L, hold, inputs.n_rows, n_words);
  csvc_lua_push_sets (L, may, inputs.n_rows, n_words);
  return 2;
}
%}
