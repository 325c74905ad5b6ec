/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/model.h"

#include <csvc/error.h>
#include <string.h>

/* The public face of decision models. */

/* ── what is in one ── */

static const CsvcModelUnit *
nth (const CsvcModel *self, CsvcItemKind kind, guint index)
{
  for (guint i = 0; i < self->n_units; i++)
    if (self->units[i].item->kind == kind && index-- == 0)
      return &self->units[i];
  return NULL;
}

static guint
count (const CsvcModel *self, CsvcItemKind kind)
{
  guint n = 0;

  for (guint i = 0; i < self->n_units; i++)
    n += self->units[i].item->kind == kind;
  return n;
}

const char *
csvc_model_get_name (const CsvcModel *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->types.tree->name;
}

guint
csvc_model_get_n_inputs (const CsvcModel *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return count (self, CSVC_ITEM_INPUT);
}

const char *
csvc_model_get_input_name (const CsvcModel *self, guint index)
{
  const CsvcModelUnit *unit = self != NULL ? nth (self, CSVC_ITEM_INPUT, index) : NULL;

  g_return_val_if_fail (unit != NULL, NULL);

  return unit->item->name;
}

char *
csvc_model_dup_input_type (const CsvcModel *self, guint index)
{
  const CsvcModelUnit *unit = self != NULL ? nth (self, CSVC_ITEM_INPUT, index) : NULL;

  g_return_val_if_fail (unit != NULL, NULL);

  return _csvc_feel_type_to_string (unit->type);
}

const char *
csvc_model_get_input_allowed (const CsvcModel *self, guint index)
{
  const CsvcModelUnit *unit = self != NULL ? nth (self, CSVC_ITEM_INPUT, index) : NULL;
  const CsvcModelShape *shape;

  g_return_val_if_fail (unit != NULL, NULL);

  shape = unit->shape;
  while (shape != NULL && shape->values_text == NULL)
    shape = shape->base != NULL ? shape->base : shape->item;
  return shape != NULL ? shape->values_text : NULL;
}

guint
csvc_model_get_n_decisions (const CsvcModel *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return count (self, CSVC_ITEM_DECISION);
}

const char *
csvc_model_get_decision_name (const CsvcModel *self, guint index)
{
  const CsvcModelUnit *unit = self != NULL ? nth (self, CSVC_ITEM_DECISION, index) : NULL;

  g_return_val_if_fail (unit != NULL, NULL);

  return unit->item->name;
}

char *
csvc_model_dup_decision_type (const CsvcModel *self, guint index)
{
  const CsvcModelUnit *unit = self != NULL ? nth (self, CSVC_ITEM_DECISION, index) : NULL;

  g_return_val_if_fail (unit != NULL, NULL);

  return _csvc_feel_type_to_string (unit->type);
}

char **
csvc_model_dup_decision_needs (const CsvcModel *self, guint index)
{
  const CsvcModelUnit *unit = self != NULL ? nth (self, CSVC_ITEM_DECISION, index) : NULL;
  GPtrArray *names;

  g_return_val_if_fail (unit != NULL, NULL);

  names = g_ptr_array_new ();
  for (guint i = 0; i < unit->n_needs; i++)
    g_ptr_array_add (names, g_strdup (unit->needs[i]->item->name));
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

char *
csvc_model_dup_decision_table (const CsvcModel *self, guint index, GError **error)
{
  const CsvcModelUnit *unit = self != NULL ? nth (self, CSVC_ITEM_DECISION, index) : NULL;

  g_return_val_if_fail (unit != NULL && (error == NULL || *error == NULL), NULL);

  return _csvc_model_export_table (self, unit, error);
}

/* ── evaluating ── */

static char *
suggest (const CsvcModel *self, CsvcItemKind kind, const char *wrong)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < self->n_units; i++)
    if (self->units[i].item->kind == kind)
      g_ptr_array_add (names, (gpointer) self->units[i].item->name);
  g_ptr_array_add (names, NULL);
  return _csvc_suggest (wrong, (const char *const *) names->pdata);
}

static const CsvcModelUnit *
find (const CsvcModel *self, CsvcItemKind kind, const char *name, GError **error)
{
  const CsvcModelUnit *unit = _csvc_model_find (self, kind, name);
  gboolean is_input = kind == CSVC_ITEM_INPUT;
  g_autofree char *hint = NULL;

  if (unit != NULL)
    return unit;
  hint = suggest (self, kind, name);
  g_set_error (error, CSVC_ERROR, is_input ? CSVC_ERROR_INVALID : CSVC_ERROR_NOT_FOUND, "the model has no %s \"%s\"%s%s",
               is_input ? "input" : "decision", name, hint != NULL ? "; " : "", hint != NULL ? hint : "");
  return NULL;
}

static gboolean
set_inputs (CsvcModelRun *run, const CsvcValue *object, GError **error)
{
  const CsvcFeelContext *inputs = _csvc_feel_get_context (object);

  if (inputs == NULL)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "expected a JSON object with a member for each input");
      return FALSE;
    }
  for (guint i = 0; i < inputs->n; i++)
    {
      const CsvcModelUnit *unit = find (run->model, CSVC_ITEM_INPUT, inputs->names[i], error);
      CsvcValue value = inputs->values[i];

      if (unit == NULL || !_csvc_model_read_texts (run, &value, unit->shape, inputs->names[i], error))
        return FALSE;
      _csvc_model_run_set (run, unit, value);
    }
  return TRUE;
}

static void
write_decision (CsvcModelRun *run, const CsvcModelUnit *unit, CsvcJson *json, const char *name)
{
  CsvcValue value = _csvc_model_run_eval (run, unit);

  _csvc_feel_to_json (json, name, &value);
}

static void
write_decisions (CsvcModelRun *run, const CsvcModelUnit *only, GString *out)
{
  const CsvcModel *model = run->model;
  CsvcJson json;

  _csvc_json_init (&json, out, FALSE);
  if (only != NULL)
    {
      write_decision (run, only, &json, NULL);
      return;
    }
  _csvc_json_begin_object (&json, NULL);
  for (guint i = 0; i < model->n_units; i++)
    if (model->units[i].item->kind == CSVC_ITEM_DECISION)
      write_decision (run, &model->units[i], &json, model->units[i].item->name);
  _csvc_json_end_object (&json);
}

static gboolean
fail_for_room (GError **error)
{
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "the inputs are too large");
  return FALSE;
}

static CsvcModelRun *
begin (const CsvcModel *self, CsvcFeelScratch *scratch, CsvcTime now, const CsvcZone *zone, CsvcModelLog *log, GError **error)
{
  CsvcFeelEnv env = { .now = now, .zone = zone, .scratch = scratch };
  CsvcModelRun *run = _csvc_model_run_new (self, &env, log);

  if (run == NULL)
    fail_for_room (error);
  return run;
}

static char **
steal_notes (GPtrArray *notes)
{
  char **strings = g_new0 (char *, notes->len + 1);

  for (guint i = 0; i < notes->len; i++)
    strings[i] = g_strdup (g_ptr_array_index (notes, i));
  return strings;
}

char *
csvc_model_evaluate_json (const CsvcModel *self, const char *inputs, const char *decision, CsvcTime now, const CsvcZone *zone,
                          char ***notes, GError **error)
{
  g_autoptr (CsvcFeelScratch) scratch = NULL;
  g_autoptr (GPtrArray) said = g_ptr_array_new_with_free_func (g_free);
  CsvcModelLog log = { .notes = said };
  const CsvcModelUnit *only = NULL;
  CsvcModelRun *run;
  CsvcValue object;
  GString *out;

  g_return_val_if_fail (self != NULL && inputs != NULL && (error == NULL || *error == NULL), NULL);

  if (decision != NULL && (only = find (self, CSVC_ITEM_DECISION, decision, error)) == NULL)
    return NULL;
  scratch = _csvc_feel_scratch_new ();
  run = begin (self, scratch, now, zone, &log, error);
  if (run == NULL || !_csvc_feel_parse_json (inputs, scratch, &object, error) || !set_inputs (run, &object, error))
    return NULL;
  out = g_string_new (NULL);
  write_decisions (run, only, out);
  if (notes != NULL)
    *notes = steal_notes (said);
  return g_string_free (out, FALSE);
}

/* A text for whatever the input's type is, as everywhere with facts. */
static CsvcValue
read_fact (CsvcModelRun *run, const CsvcModelUnit *unit, const CsvcValue *fact)
{
  CsvcValue value = *fact;

  if (value.type == CSVC_TYPE_TEXT || value.type == CSVC_TYPE_ENUM)
    value = _csvc_feel_string (run->env.scratch, value.u.s, -1);
  if (value.type == CSVC_TYPE_STRING && unit->type != NULL && unit->type->type != CSVC_TYPE_STRING)
    _csvc_model_run_read (run, unit->type->type, value.u.s, &value);
  return value;
}

static void
set_facts (CsvcModelRun *run, const CsvcFacts *facts)
{
  for (guint i = 0; i < csvc_facts_get_size (facts); i++)
    {
      const CsvcModelUnit *unit = _csvc_model_find (run->model, CSVC_ITEM_INPUT, csvc_facts_get_name (facts, i));

      if (unit != NULL)
        _csvc_model_run_set (run, unit, read_fact (run, unit, csvc_facts_get_value (facts, i)));
    }
}

CsvcValue *
csvc_model_evaluate (const CsvcModel *self, const CsvcFacts *inputs, const char *decision, CsvcTime now, const CsvcZone *zone,
                     GError **error)
{
  g_autoptr (CsvcFeelScratch) scratch = NULL;
  g_autoptr (GPtrArray) said = g_ptr_array_new_with_free_func (g_free);
  CsvcModelLog log = { .notes = said };
  const CsvcModelUnit *unit;
  CsvcModelRun *run;
  CsvcValue value;

  g_return_val_if_fail (self != NULL && inputs != NULL && decision != NULL && (error == NULL || *error == NULL), NULL);

  unit = find (self, CSVC_ITEM_DECISION, decision, error);
  if (unit == NULL)
    return NULL;
  scratch = _csvc_feel_scratch_new ();
  run = begin (self, scratch, now, zone, &log, error);
  if (run == NULL)
    return NULL;
  set_facts (run, inputs);
  value = _csvc_model_run_eval (run, unit);
  if (value.type > CSVC_TYPE_TEXT)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "the answer of \"%s\" is a %s, which no single value can say; ask for JSON",
                   decision, csvc_type_to_string (value.type));
      return NULL;
    }
  return csvc_value_copy (&value);
}
