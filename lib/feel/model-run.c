/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/model.h"

#include <string.h>

/* Evaluating a compiled model. Everything that is made lies in the scratch: frames, functions, lists. A frame is written once a slot
 * and then left alone, for functions keep it; what runs in a loop gets a frame of its own each time round. */

#define MAX_CALLS 64
#define MAX_ROUNDS 1000000

enum { NOT_YET, RUNNING, DONE };

static const CsvcValue null = { .type = CSVC_TYPE_NULL };

/* ── notes ── */

static void note (CsvcModelRun *run, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
note (CsvcModelRun *run, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (run->log->notes, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

static void
note_why (CsvcModelRun *run, const CsvcFeelWhy *why, guint line)
{
  run->log->is_outside |= why->outside;
  if (why->text != NULL && why->outside)
    note (run, "line %u: null, outside of what is represented: %s", line, why->text);
  else if (why->text != NULL)
    note (run, "line %u: null, because %s", line, why->text);
}

/* ── frames ── */

typedef struct {
  CsvcModelRun        *run;
  const CsvcModelUnit *unit;
  CsvcValue           *values; /* unit->n_slots */
} Frame;

/* FALSE when there is no room: then everything is null. */
static gboolean
new_frame (Frame *frame, CsvcModelRun *run, const CsvcModelUnit *unit, const CsvcValue *like)
{
  frame->run = run;
  frame->unit = unit;
  frame->values = _csvc_feel_scratch_alloc (run->env.scratch, MAX (unit->n_slots, 1) * sizeof *frame->values);
  if (frame->values == NULL)
    return FALSE;
  for (guint i = 0; i < unit->n_slots; i++)
    frame->values[i] = like != NULL ? like[i] : null;
  return TRUE;
}

static CsvcValue
evaluate (Frame *frame, CsvcExpr *expression, guint line)
{
  CsvcFeelWhy why = { 0 };
  CsvcFeelEnv env = frame->run->env;
  const char *missing = NULL;
  CsvcValue value = null;

  env.values = frame->values;
  env.why = &why;
  if (_csvc_expr_eval (expression, &env, &value, &missing) == CSVC_UNKNOWN)
    {
      note (frame->run, "line %u: null, because %s is not known", line, missing);
      return null;
    }
  /* A part may have been null on the way to an answer; that is nobody's business unless it only was so here. */
  if (value.type == CSVC_TYPE_NULL || why.outside)
    note_why (frame->run, &why, line);
  return value;
}

/* ── codes ── */

static CsvcValue run_code (Frame *frame, const CsvcModelCode *code);

static CsvcValue
run_table (Frame *frame, const CsvcModelCode *code)
{
  CsvcFeelWhy why = { 0 };
  CsvcFeelEnv env = frame->run->env;
  const char *missing = NULL;
  CsvcValue value = null;
  CsvcTruth truth;

  env.values = frame->values;
  env.why = &why;
  truth = _csvc_feel_table_eval (code->table, &env, NULL, &value, &missing);
  if (truth == CSVC_TRUE && why.outside)
    note_why (frame->run, &why, code->line);
  if (truth == CSVC_TRUE)
    return value;
  if (truth == CSVC_UNKNOWN)
    note (frame->run, "line %u: null, because %s is not known", code->line, missing);
  else
    note_why (frame->run, &why, code->line);
  return null;
}

static CsvcValue
run_context (Frame *frame, const CsvcModelCode *code)
{
  CsvcValue *values = _csvc_feel_scratch_alloc (frame->run->env.scratch, MAX (code->n_names, 1) * sizeof *values);
  guint n = 0;

  if (values == NULL)
    return null;
  for (guint i = 0; i < code->n_parts; i++)
    {
      CsvcValue value = run_code (frame, code->parts[i]);

      if (code->parts[i]->name == NULL)
        return value;
      frame->values[code->parts[i]->slot] = values[n++] = value;
    }
  return _csvc_feel_context (frame->run->env.scratch, code->names, values, n);
}

static CsvcValue
run_list (Frame *frame, const CsvcModelCode *code)
{
  CsvcValue *values = _csvc_feel_scratch_alloc (frame->run->env.scratch, MAX (code->n_parts, 1) * sizeof *values);

  if (values == NULL)
    return null;
  for (guint i = 0; i < code->n_parts; i++)
    values[i] = run_code (frame, code->parts[i]);
  return _csvc_feel_list (frame->run->env.scratch, values, code->n_parts);
}

/* The cells stand row by row in one array, which the rows share. */
static CsvcValue
run_relation (Frame *frame, const CsvcModelCode *code)
{
  CsvcFeelScratch *scratch = frame->run->env.scratch;
  guint n_rows = code->n_names > 0 ? code->n_parts / code->n_names : 0;
  CsvcValue *cells = _csvc_feel_scratch_alloc (scratch, MAX (code->n_parts, 1) * sizeof *cells);
  CsvcValue *rows = _csvc_feel_scratch_alloc (scratch, MAX (n_rows, 1) * sizeof *rows);

  if (cells == NULL || rows == NULL)
    return null;
  for (guint i = 0; i < n_rows * code->n_names; i++)
    {
      cells[i] = run_code (frame, code->parts[i]);
      _csvc_model_conform (&cells[i], code->shapes[i % code->n_names], &frame->run->env);
    }
  for (guint i = 0; i < n_rows; i++)
    rows[i] = _csvc_feel_context (scratch, code->names, cells + i * code->n_names, code->n_names);
  return _csvc_feel_list (scratch, rows, n_rows);
}

static CsvcValue
run_invocation (Frame *frame, const CsvcModelCode *code)
{
  for (guint i = 1; i < code->n_parts; i++)
    frame->values[code->parts[i]->slot] = run_code (frame, code->parts[i]);
  return evaluate (frame, code->expression, code->line);
}

/* As FEEL's "if": null is not true, but a text or a number is no condition at all. */
static CsvcValue
run_conditional (Frame *frame, const CsvcModelCode *code)
{
  CsvcValue condition = run_code (frame, code->parts[0]);

  if (condition.type != CSVC_TYPE_BOOLEAN && condition.type != CSVC_TYPE_NULL)
    {
      note (frame->run, "line %u: null, because the condition is a %s", code->line, csvc_type_to_string (condition.type));
      return null;
    }
  return run_code (frame, code->parts[condition.type == CSVC_TYPE_BOOLEAN && condition.u.i != 0 ? 1 : 2]);
}

/* ── iterations ── */

/* What is iterated over, or NULL after a note. */
static const CsvcFeelList *
run_domain (Frame *frame, const CsvcModelCode *code)
{
  CsvcValue list;

  frame->values[code->work] = run_code (frame, code->parts[0]);
  if (frame->values[code->work].type == CSVC_TYPE_NULL)
    return NULL;
  list = evaluate (frame, code->expression, code->line);
  return _csvc_feel_get_list (&list);
}

/* The body with @item for the iterator. FALSE when there have been too many rounds. */
static gboolean
run_round (Frame *frame, const CsvcModelCode *code, const CsvcValue *item, CsvcValue *value)
{
  Frame inner;

  if (++frame->run->log->n_rounds > MAX_ROUNDS || !new_frame (&inner, frame->run, frame->unit, frame->values))
    {
      note (frame->run, "line %u: null, because there are too many rounds", code->line);
      return FALSE;
    }
  inner.values[code->work + 1] = *item;
  *value = run_code (&inner, code->parts[1]);
  return TRUE;
}

static CsvcValue
run_for (Frame *frame, const CsvcModelCode *code)
{
  const CsvcFeelList *domain = run_domain (frame, code);
  CsvcValue *values;

  if (domain == NULL)
    return null;
  values = _csvc_feel_scratch_alloc (frame->run->env.scratch, MAX (domain->n, 1) * sizeof *values);
  if (values == NULL)
    return null;
  for (guint i = 0; i < domain->n; i++)
    if (!run_round (frame, code, &domain->items[i], &values[i]))
      return null;
  return _csvc_feel_list (frame->run->env.scratch, values, domain->n);
}

/* "every" ends at the first false, "some" at the first true; what is neither makes the answer null unless one of these comes. */
static CsvcValue
run_quantified (Frame *frame, const CsvcModelCode *code)
{
  const CsvcFeelList *domain = run_domain (frame, code);
  gboolean decisive = code->kind == CSVC_BOX_SOME, is_sure = TRUE;

  if (domain == NULL)
    return null;
  for (guint i = 0; i < domain->n; i++)
    {
      CsvcValue value;

      if (!run_round (frame, code, &domain->items[i], &value))
        return null;
      if (value.type == CSVC_TYPE_BOOLEAN && (value.u.i != 0) == decisive)
        return value;
      is_sure &= value.type == CSVC_TYPE_BOOLEAN;
    }
  return is_sure ? (CsvcValue){ .type = CSVC_TYPE_BOOLEAN, .u.i = !decisive } : null;
}

static CsvcValue
run_filter (Frame *frame, const CsvcModelCode *code)
{
  frame->values[code->work] = run_code (frame, code->parts[0]);
  return evaluate (frame, code->expression, code->line);
}

/* ── functions ── */

typedef struct {
  CsvcFeelFunction     function;
  Frame                frame; /* as it was where the function was made */
  const CsvcModelCode *code;
} Closure;

static gboolean
enter (CsvcModelRun *run, guint line)
{
  if (run->log->depth < MAX_CALLS)
    {
      run->log->depth++;
      return TRUE;
    }
  note (run, "line %u: null, because functions call each other more than %u deep", line, MAX_CALLS);
  return FALSE;
}

static gboolean
invoke_closure (gpointer data, const CsvcFeelEnv *env, const CsvcValue *arguments, CsvcValue *result, const char **missing)
{
  const Closure *closure = data;
  const CsvcModelCode *code = closure->code;
  CsvcModelRun *run = closure->frame.run;
  Frame inner;

  *result = null;
  if (!new_frame (&inner, run, closure->frame.unit, closure->frame.values) || !enter (run, code->line))
    return TRUE;
  for (guint i = 0; i < code->n_names; i++)
    {
      CsvcValue argument = arguments[i];

      /* The limits; the type has been seen to. */
      if (!_csvc_model_conform (&argument, code->shapes[i], &run->env))
        note (run, "line %u: the argument \"%s\" does not fit its type", code->line, code->names[i]);
      inner.values[code->first_slot + i] = argument;
    }
  *result = run_code (&inner, code->parts[0]);
  run->log->depth--;
  return TRUE;
}

static CsvcValue
make_closure (Frame *frame, const CsvcModelCode *code)
{
  Closure *closure = _csvc_feel_scratch_alloc (frame->run->env.scratch, sizeof *closure);

  if (closure == NULL || !new_frame (&closure->frame, frame->run, frame->unit, frame->values))
    return null;
  closure->code = code;
  closure->function = (CsvcFeelFunction){ code->n_names, code->names, code->types, closure, invoke_closure };
  return _csvc_feel_function (frame->run->env.scratch, &closure->function);
}

typedef struct {
  CsvcFeelFunction     function;
  CsvcModelRun        *run;
  const CsvcModelUnit *service;
} Service;

/* Decisions are evaluated anew, with what the service is given. */
static gboolean
invoke_service (gpointer data, const CsvcFeelEnv *env, const CsvcValue *arguments, CsvcValue *result, const char **missing)
{
  const Service *self = data;
  CsvcModelRun *outer = self->run, *run;

  *result = null;
  if (!enter (outer, self->service->item->place.line))
    return TRUE;
  run = _csvc_model_run_new (outer->model, &outer->env, outer->log);
  if (run != NULL)
    {
      for (guint i = 0; i < self->service->n_needs; i++)
        _csvc_model_run_set (run, self->service->needs[i], arguments[i]);
      *result = _csvc_model_run_service (run, self->service);
    }
  outer->log->depth--;
  return TRUE;
}

static CsvcValue
make_service (CsvcModelRun *run, const CsvcModelUnit *unit)
{
  Service *service = _csvc_feel_scratch_alloc (run->env.scratch, sizeof *service);

  if (service == NULL)
    return null;
  service->run = run;
  service->service = unit;
  service->function = (CsvcFeelFunction){ unit->n_needs, unit->parameters, unit->parameter_types, service, invoke_service };
  return _csvc_feel_function (run->env.scratch, &service->function);
}

/* ── any code ── */

static CsvcValue
run_kind (Frame *frame, const CsvcModelCode *code)
{
  switch (code->kind)
    {
    case CSVC_BOX_LITERAL:
      return evaluate (frame, code->expression, code->line);
    case CSVC_BOX_TABLE:
      return run_table (frame, code);
    case CSVC_BOX_CONTEXT:
      return run_context (frame, code);
    case CSVC_BOX_LIST:
      return run_list (frame, code);
    case CSVC_BOX_RELATION:
      return run_relation (frame, code);
    case CSVC_BOX_INVOCATION:
      return run_invocation (frame, code);
    case CSVC_BOX_FUNCTION:
      return make_closure (frame, code);
    case CSVC_BOX_CONDITIONAL:
      return run_conditional (frame, code);
    case CSVC_BOX_FOR:
      return run_for (frame, code);
    case CSVC_BOX_EVERY:
    case CSVC_BOX_SOME:
      return run_quantified (frame, code);
    case CSVC_BOX_FILTER:
      return run_filter (frame, code);
    }
  g_return_val_if_reached (null);
}

static CsvcValue
run_code (Frame *frame, const CsvcModelCode *code)
{
  CsvcValue value = run_kind (frame, code);
  const CsvcFeelEnv *env = &frame->run->env;

  if (!_csvc_model_conform (&value, code->own, env))
    note (frame->run, "line %u: null, because the value is not a %s", code->line, code->own->name);
  else if (!_csvc_model_conform (&value, code->wanted, env))
    note (frame->run, "line %u: null, because the value is not a %s", code->line, code->wanted->name);
  return value;
}

/* ── units ── */

CsvcModelRun *
_csvc_model_run_new (const CsvcModel *model, const CsvcFeelEnv *env, CsvcModelLog *log)
{
  CsvcModelRun *run = _csvc_feel_scratch_alloc (env->scratch, sizeof *run);

  if (run == NULL)
    return NULL;
  *run = (CsvcModelRun){ .model = model, .log = log, .env = { .now = env->now, .zone = env->zone, .scratch = env->scratch } };
  run->values = _csvc_feel_scratch_alloc (env->scratch, MAX (model->n_units, 1) * sizeof *run->values);
  run->states = _csvc_feel_scratch_alloc (env->scratch, MAX (model->n_units, 1));
  return run->values != NULL && run->states != NULL ? run : NULL;
}

static CsvcValue
conform (CsvcModelRun *run, const CsvcModelUnit *unit, CsvcValue value)
{
  if (!_csvc_model_conform (&value, unit->shape, &run->env))
    note (run, "“%s” is null, because its value is not a %s", unit->item->name, unit->shape->name);
  return value;
}

void
_csvc_model_run_set (CsvcModelRun *run, const CsvcModelUnit *unit, CsvcValue value)
{
  run->values[unit->index] = conform (run, unit, value);
  run->states[unit->index] = DONE;
}

static CsvcValue
run_unit (CsvcModelRun *run, const CsvcModelUnit *unit)
{
  Frame frame;

  if (unit->code == NULL || !new_frame (&frame, run, unit, NULL))
    return null;
  for (guint i = 0; i < unit->n_needs; i++)
    frame.values[i] = _csvc_model_run_eval (run, unit->needs[i]);
  return run_code (&frame, unit->code);
}

static CsvcValue
run_item (CsvcModelRun *run, const CsvcModelUnit *unit)
{
  switch (unit->item->kind)
    {
    case CSVC_ITEM_INPUT:
      note (run, "the input “%s” is null: it was not given", unit->item->name);
      return null;
    case CSVC_ITEM_DECISION:
      return conform (run, unit, run_unit (run, unit));
    case CSVC_ITEM_KNOWLEDGE:
      return run_unit (run, unit);
    case CSVC_ITEM_SERVICE:
      return make_service (run, unit);
    }
  g_return_val_if_reached (null);
}

CsvcValue
_csvc_model_run_eval (CsvcModelRun *run, const CsvcModelUnit *unit)
{
  if (unit->fault != NULL)
    return null;
  /* The compiler has made sure that no unit needs itself; a function that a decision makes and calls could come back to it. */
  if (run->states[unit->index] == RUNNING)
    return null;
  if (run->states[unit->index] == NOT_YET)
    {
      run->states[unit->index] = RUNNING;
      run->values[unit->index] = run_item (run, unit);
      run->states[unit->index] = DONE;
    }
  return run->values[unit->index];
}

CsvcValue
_csvc_model_run_service (CsvcModelRun *run, const CsvcModelUnit *service)
{
  CsvcValue *values;
  const char **names;

  if (service->fault != NULL || service->n_outputs == 0)
    return null;
  if (service->n_outputs == 1)
    return _csvc_model_run_eval (run, service->outputs[0]);
  values = _csvc_feel_scratch_alloc (run->env.scratch, service->n_outputs * sizeof *values);
  names = _csvc_feel_scratch_alloc (run->env.scratch, service->n_outputs * sizeof *names);
  if (values == NULL || names == NULL)
    return null;
  for (guint i = 0; i < service->n_outputs; i++)
    {
      values[i] = _csvc_model_run_eval (run, service->outputs[i]);
      names[i] = service->outputs[i]->item->variable.name;
    }
  return _csvc_feel_context (run->env.scratch, names, values, service->n_outputs);
}

/* ── texts as values ── */

gboolean
_csvc_model_run_read (CsvcModelRun *run, CsvcType type, const char *text, CsvcValue *value)
{
  CsvcExpr *reader = type < G_N_ELEMENTS (run->model->readers) ? run->model->readers[type] : NULL;
  CsvcValue argument = _csvc_feel_string (run->env.scratch, text, -1), result = null;
  CsvcFeelEnv env = run->env;

  env.values = &argument;
  if (reader == NULL || _csvc_expr_eval (reader, &env, &result, NULL) != CSVC_TRUE || result.type != (guint8) type)
    return FALSE;
  *value = result;
  return TRUE;
}
