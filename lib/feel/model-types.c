/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/model.h"

#include <string.h>

/* Item definitions: a static type for the compiler, and limits that only values can be held against. They may refer to one another in
 * any order, so each is compiled when it is first asked for. */

enum { UNKNOWN_TYPE = 906, CIRCLE = 907, SAID_TWICE = 908 };

#define MAX_DEPTH 32

/* ── diagnostics of texts ── */

/* @column counts characters, from 1, over the whole text; afterwards, in its line. */
static guint
split_column (const char *text, guint *column)
{
  guint line = 0, in_line = 0;
  const char *at = text;

  for (guint i = 1; i < *column && *at != '\0'; i++, at = g_utf8_next_char (at))
    if (*at == '\n')
      line++, in_line = 0;
    else
      in_line++;
  *column = in_line + 1;
  return line;
}

void
_csvc_model_report (CsvcDiagnostics *to, const CsvcDiagnostics *found, CsvcPlace place, const char *text, guint skip)
{
  for (guint i = 0; i < csvc_diagnostics_get_size (found); i++)
    {
      const CsvcDiagnostic *one = csvc_diagnostics_get (found, i);
      guint column = csvc_diagnostic_get_column (one);
      CsvcPlace there = place;

      column = column > skip ? column - skip : MIN (column, 1);
      if (column > 0)
        there.line += split_column (text, &column);
      _csvc_diagnostics_add (to, csvc_diagnostic_get_number (one), there, column, csvc_diagnostic_get_expected (one),
                             csvc_diagnostic_get_hint (one), "%s", csvc_diagnostic_get_message (one));
    }
}

/* ── FEEL's own types ── */

static const struct {
  const char *name;
  CsvcType    type;
} plain_types[] = {
  { "Any",                        CSVC_TYPE_UNKNOWN },
  { "any",                        CSVC_TYPE_UNKNOWN },
  { "number",                     CSVC_TYPE_NUMBER },
  { "string",                     CSVC_TYPE_STRING },
  { "boolean",                    CSVC_TYPE_BOOLEAN },
  { "date",                       CSVC_TYPE_DATE },
  { "time",                       CSVC_TYPE_TIME },
  { "dateTime",                   CSVC_TYPE_DATE_TIME },
  { "date and time",              CSVC_TYPE_DATE_TIME },
  { "dayTimeDuration",            CSVC_TYPE_DAY_TIME_DURATION },
  { "days and time duration",     CSVC_TYPE_DAY_TIME_DURATION },
  { "yearMonthDuration",          CSVC_TYPE_YEAR_MONTH_DURATION },
  { "years and months duration",  CSVC_TYPE_YEAR_MONTH_DURATION },
  { "list",                       CSVC_TYPE_LIST },
  { "context",                    CSVC_TYPE_CONTEXT },
  { "function",                   CSVC_TYPE_FUNCTION },
  { "Null",                       CSVC_TYPE_NULL },
  /* Not the standard's, but written by a common editor. */
  { "integer",                    CSVC_TYPE_NUMBER },
  { "long",                       CSVC_TYPE_NUMBER },
  { "double",                     CSVC_TYPE_NUMBER },
};

static CsvcModelShape *
new_shape (CsvcModelTypes *self, const char *name)
{
  CsvcModelShape *shape = _csvc_model_tree_make (self->tree, CsvcModelShape);

  shape->name = name;
  return shape;
}

static CsvcModelShape *
find_plain (CsvcModelTypes *self, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (plain_types); i++)
    if (strcmp (plain_types[i].name, name) == 0)
      {
        CsvcModelShape *shape = new_shape (self, plain_types[i].name);

        if (plain_types[i].type != CSVC_TYPE_UNKNOWN)
          shape->type = _csvc_feel_type_plain (plain_types[i].type);
        g_hash_table_insert (self->shapes, (gpointer) name, shape);
        return shape;
      }
  return NULL;
}

static char *
dup_suggestion (CsvcModelTypes *self, const char *wrong)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (plain_types); i++)
    g_ptr_array_add (names, (gpointer) plain_types[i].name);
  for (guint i = 0; i < self->tree->types->len; i++)
    g_ptr_array_add (names, (gpointer) ((const CsvcModelType *) g_ptr_array_index (self->tree->types, i))->name);
  g_ptr_array_add (names, NULL);
  return _csvc_suggest (wrong, (const char *const *) names->pdata);
}

/* ── item definitions ── */

static const CsvcModelShape *find (CsvcModelTypes *self, const char *name, CsvcPlace place, guint depth);
static CsvcModelShape       *build (CsvcModelTypes *self, const CsvcModelType *type, guint depth);

/* The limits stand for values of the shape as far as it is known; so they are compiled last. */
static void
add_values (CsvcModelTypes *self, CsvcModelShape *shape, CsvcModelText values)
{
  g_autoptr (CsvcDiagnostics) found = csvc_diagnostics_new ();
  const CsvcScope scope = { .dmn = TRUE };

  if (values.text == NULL)
    return;
  shape->values = _csvc_expr_compile_cell (values.text, &scope, shape->type, values.place, found);
  shape->values_text = values.text;
  _csvc_model_report (self->diagnostics, found, values.place, values.text, 0);
  if (shape->values != NULL)
    g_ptr_array_add (self->expressions, shape->values);
  else
    shape->is_faulty = TRUE;
  shape->is_limited = TRUE;
}

static void
add_members (CsvcModelTypes *self, CsvcModelShape *shape, const CsvcModelType *type, guint depth)
{
  guint n = type->components->len;
  const CsvcFeelType **types = _csvc_model_tree_alloc (self->tree, n * sizeof *types);

  shape->n_members = n;
  shape->names = _csvc_model_tree_alloc (self->tree, n * sizeof *shape->names);
  shape->members = _csvc_model_tree_alloc (self->tree, n * sizeof *shape->members);
  for (guint i = 0; i < n; i++)
    {
      const CsvcModelType *component = g_ptr_array_index (type->components, i);
      const CsvcModelShape *member = build (self, component, depth + 1);

      shape->names[i] = component->name;
      shape->members[i] = member;
      types[i] = member->type;
      shape->is_limited |= member->is_limited;
      shape->is_faulty |= member->is_faulty;
    }
  shape->type = type->is_function ? NULL : _csvc_feel_type_context (self->types, n, shape->names, types);
}

/* A function's limits are not looked at: only calling it would tell. */
static void
make_function (CsvcModelTypes *self, CsvcModelShape *shape, const CsvcModelType *type, guint depth)
{
  const CsvcModelShape *result = type->base != NULL ? find (self, type->base, type->place, depth) : NULL;
  const CsvcFeelType **types = _csvc_model_tree_alloc (self->tree, type->components->len * sizeof *types);

  add_members (self, shape, type, depth);
  for (guint i = 0; i < shape->n_members; i++)
    types[i] = shape->members[i]->type;
  shape->type = _csvc_feel_type_function (self->types, shape->n_members, shape->names, types, result != NULL ? result->type : NULL);
  shape->n_members = 0;
  shape->is_limited = FALSE;
}

static void
derive (CsvcModelTypes *self, CsvcModelShape *shape, const CsvcModelType *type, guint depth)
{
  const CsvcModelShape *base = find (self, type->base, type->place, depth);

  shape->is_faulty = base == NULL || base->is_faulty;
  if (base == NULL)
    return;
  shape->base = base;
  shape->type = base->type;
  shape->is_limited = base->is_limited;
}

static CsvcModelShape *
make_list (CsvcModelTypes *self, const CsvcModelShape *item)
{
  CsvcModelShape *shape = new_shape (self, item->name);

  shape->item = item;
  shape->type = _csvc_feel_type_list (self->types, item->type);
  shape->is_limited = item->is_limited;
  shape->is_faulty = item->is_faulty;
  return shape;
}

/* Of a collection, the limits are those of its items (DMN 1.4, 7.3.3). */
static CsvcModelShape *
build (CsvcModelTypes *self, const CsvcModelType *type, guint depth)
{
  CsvcModelShape *shape = new_shape (self, type->name);

  if (type->is_function)
    make_function (self, shape, type, depth);
  else if (type->components->len > 0)
    add_members (self, shape, type, depth);
  else if (type->base != NULL)
    derive (self, shape, type, depth);
  add_values (self, shape, type->values);
  return type->is_collection ? make_list (self, shape) : shape;
}

/* While a definition is being built, its name leads to NULL. */
static const CsvcModelShape *
define (CsvcModelTypes *self, const CsvcModelType *type, guint depth)
{
  CsvcModelShape *shape;

  g_hash_table_insert (self->shapes, (gpointer) type->name, NULL);
  shape = build (self, type, depth + 1);
  g_hash_table_insert (self->shapes, (gpointer) type->name, shape);
  return shape;
}

static const CsvcModelShape *
find (CsvcModelTypes *self, const char *name, CsvcPlace place, guint depth)
{
  gpointer shape;
  const CsvcModelType *type;
  g_autofree char *hint = NULL;

  if (g_hash_table_lookup_extended (self->shapes, name, NULL, &shape) && shape != NULL)
    return shape;
  if (g_hash_table_contains (self->shapes, name) || depth > MAX_DEPTH)
    {
      _csvc_diagnostics_add (self->diagnostics, CIRCLE, place, 0, NULL, NULL, "the type \"%s\" is made of itself, or too deep", name);
      return NULL;
    }
  type = g_hash_table_lookup (self->definitions, name);
  if (type != NULL)
    return define (self, type, depth);
  shape = find_plain (self, name);
  if (shape != NULL)
    return shape;
  hint = dup_suggestion (self, name);
  _csvc_diagnostics_add (self->diagnostics, UNKNOWN_TYPE, place, 0, NULL, hint, "there is no type \"%s\"", name);
  return NULL;
}

/* Of a type with limits, its static type would say too little. */
static void
name_types (CsvcModelTypes *self)
{
  guint n = self->tree->types->len;

  self->named = _csvc_model_tree_alloc (self->tree, MAX (n, 1) * sizeof *self->named);
  self->named_types = _csvc_model_tree_alloc (self->tree, MAX (n, 1) * sizeof *self->named_types);
  for (guint i = 0; i < n; i++)
    {
      const CsvcModelType *type = g_ptr_array_index (self->tree->types, i);
      const CsvcModelShape *shape = g_hash_table_lookup (self->shapes, type->name);

      if (shape == NULL || shape->is_faulty || shape->is_limited)
        continue;
      self->named[self->n_named] = type->name;
      self->named_types[self->n_named++] = shape->type != NULL ? shape->type : _csvc_feel_type_plain (CSVC_TYPE_UNKNOWN);
    }
}

void
_csvc_model_types_compile (CsvcModelTypes *self)
{
  for (guint i = 0; i < self->tree->types->len; i++)
    {
      const CsvcModelType *type = g_ptr_array_index (self->tree->types, i);

      if (g_hash_table_contains (self->definitions, type->name))
        _csvc_diagnostics_add (self->diagnostics, SAID_TWICE, type->place, 0, NULL, NULL, "there is another type \"%s\"", type->name);
      else
        g_hash_table_insert (self->definitions, (gpointer) type->name, (gpointer) type);
    }
  for (guint i = 0; i < self->tree->types->len; i++)
    {
      const CsvcModelType *type = g_ptr_array_index (self->tree->types, i);

      if (!g_hash_table_contains (self->shapes, type->name))
        find (self, type->name, type->place, 0);
    }
  name_types (self);
}

const CsvcModelShape *
_csvc_model_types_find (CsvcModelTypes *self, const char *type, CsvcPlace place)
{
  const CsvcModelShape *shape = find (self, type != NULL ? type : "Any", place, 0);

  return shape != NULL && !shape->is_faulty ? shape : NULL;
}

/* ── values ── */

static gboolean allows (const CsvcModelShape *shape, const CsvcValue *value, const CsvcFeelEnv *env);

static gboolean
allows_items (const CsvcModelShape *item, const CsvcFeelList *list, const CsvcFeelEnv *env)
{
  for (guint i = 0; list != NULL && i < list->n; i++)
    if (!allows (item, &list->items[i], env))
      return FALSE;
  return TRUE;
}

static gboolean
allows_members (const CsvcModelShape *shape, const CsvcFeelContext *context, const CsvcFeelEnv *env)
{
  for (guint i = 0; context != NULL && i < shape->n_members; i++)
    {
      const CsvcValue *member = _csvc_feel_context_find (context, shape->names[i]);

      if (member != NULL && !allows (shape->members[i], member, env))
        return FALSE;
    }
  return TRUE;
}

static gboolean
allows (const CsvcModelShape *shape, const CsvcValue *value, const CsvcFeelEnv *env)
{
  if (!shape->is_limited || value->type == CSVC_TYPE_NULL)
    return TRUE;
  if (shape->item != NULL)
    return allows_items (shape->item, _csvc_feel_get_list (value), env);
  if (shape->base != NULL && !allows (shape->base, value, env))
    return FALSE;
  if (!allows_members (shape, _csvc_feel_get_context (value), env))
    return FALSE;
  return shape->values == NULL || _csvc_expr_test_cell (shape->values, env, value, NULL) == CSVC_TRUE;
}

gboolean
_csvc_model_conform (CsvcValue *value, const CsvcModelShape *shape, const CsvcFeelEnv *env)
{
  if (shape == NULL)
    return TRUE;
  if (shape->type != NULL && !_csvc_feel_coerce (value, shape->type, env->scratch))
    return FALSE;
  if (allows (shape, value, env))
    return TRUE;
  *value = (CsvcValue){ .type = CSVC_TYPE_NULL };
  return FALSE;
}
