/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/model.h"

#include <string.h>

/* From a tree to units, those first that others require. Boxed expressions become codes of the same shape; where FEEL has a form for
 * the box (a call, a filter), it is compiled as a text over the slots of its parts, so that there is one meaning of it. */

enum {
  OUTSIDE = 902,
  UNKNOWN_REQUIREMENT = 905,
  CIRCLE = 907,
  SAID_TWICE = 908,
  NO_LOGIC = 909,
  BAD_TABLE = 910,
  UNDECLARED = 911
};

/* Of requirements. */
#define MAX_CHAIN 512
/* In scope at one place: each expression goes through them all. */
#define MAX_NAMES 1000

typedef struct {
  CsvcModel       *model;
  CsvcModelTree   *tree;
  CsvcDiagnostics *diagnostics;
  GHashTable      *ids;    /* id → unit */
  GArray          *names;  /* of CsvcName: the scope at this place of a unit */
  guint            n_slots, next_slot;
  guint            chain;
  gboolean         failed; /* the unit at hand has a fault */
  gboolean         is_crowded;
} Compiler;

/* ── the scope ── */

static guint
take_slots (Compiler *self, guint n)
{
  guint first = self->next_slot;

  self->next_slot += n;
  self->n_slots = MAX (self->n_slots, self->next_slot);
  return first;
}

static void
push_name (Compiler *self, const char *name, guint slot, const CsvcFeelType *type)
{
  CsvcName entry = { .name = name, .kind = CSVC_NAME_VALUE, .slot = slot, .full = type };

  entry.type = type != NULL ? type->type : CSVC_TYPE_UNKNOWN;
  if (self->names->len < MAX_NAMES)
    g_array_append_val (self->names, entry);
  else
    self->is_crowded = TRUE;
}

static CsvcScope
scope_of (Compiler *self)
{
  const CsvcModelTypes *types = &self->model->types;

  return (CsvcScope){ .names = (const CsvcName *) (gpointer) self->names->data, .n_names = self->names->len, .dmn = TRUE,
                      .type_names = types->named, .types = types->named_types, .n_types = types->n_named };
}

/* ── texts ── */

static CsvcExpr *
keep (Compiler *self, CsvcExpr *expression)
{
  if (expression != NULL)
    g_ptr_array_add (self->model->types.expressions, expression);
  else
    self->failed = TRUE;
  return expression;
}

/* @text stands at @place, with @skip more characters in front and perhaps some behind. */
static CsvcExpr *
compile_text (Compiler *self, const char *text, CsvcPlace place, guint skip)
{
  g_autoptr (CsvcDiagnostics) found = csvc_diagnostics_new ();
  CsvcScope scope = scope_of (self);
  CsvcExpr *expression = _csvc_expr_compile_typed (text, &scope, NULL, place, found);

  _csvc_model_report (self->diagnostics, found, place, text + skip, skip);
  return keep (self, expression);
}

static const CsvcModelShape *
find_shape (Compiler *self, const char *type, CsvcPlace place)
{
  const CsvcModelShape *shape = _csvc_model_types_find (&self->model->types, type, place);

  self->failed |= shape == NULL;
  return shape;
}

static const CsvcFeelType *
type_of (const CsvcModelShape *shape)
{
  return shape != NULL ? shape->type : NULL;
}

/* ── boxes ── */

static CsvcModelCode *compile_box (Compiler *self, const CsvcBox *box, const CsvcFeelType **type);

static void
compile_parts (Compiler *self, CsvcModelCode *code, const CsvcBox *box)
{
  const CsvcFeelType *ignored;

  for (guint i = 0; i < code->n_parts; i++)
    code->parts[i] = compile_box (self, g_ptr_array_index (box->parts, i), &ignored);
}

static void
allocate_names (Compiler *self, CsvcModelCode *code, guint n)
{
  code->n_names = n;
  code->names = _csvc_model_tree_alloc (self->tree, n * sizeof *code->names);
  code->shapes = _csvc_model_tree_alloc (self->tree, n * sizeof *code->shapes);
  code->types = _csvc_model_tree_alloc (self->tree, n * sizeof *code->types);
}

static const CsvcFeelType *
compile_literal (Compiler *self, CsvcModelCode *code, const CsvcBox *box)
{
  /* A gap: the reader has said why. */
  if (box->text == NULL)
    self->failed = TRUE;
  else
    code->expression = compile_text (self, box->text, box->place, 0);
  if (code->expression == NULL || _csvc_expr_get_type (code->expression) == CSVC_TYPE_UNKNOWN)
    return NULL;
  return _csvc_expr_get_full_type (code->expression);
}

/* Each entry sees those before it. */
static const CsvcFeelType *
compile_context (Compiler *self, CsvcModelCode *code, const CsvcBox *box)
{
  const CsvcFeelType *last = NULL;

  allocate_names (self, code, code->n_parts);
  code->n_names = 0;
  for (guint i = 0; i < code->n_parts; i++)
    {
      const CsvcBox *part = g_ptr_array_index (box->parts, i);

      code->parts[i] = compile_box (self, part, &last);
      if (part->variable.name == NULL)
        {
          if (i + 1 < code->n_parts)
            {
              _csvc_diagnostics_add (self->diagnostics, BAD_TABLE, part->place, 0, NULL, NULL, "the result of a context stands last");
              self->failed = TRUE;
            }
          code->has_result = TRUE;
          continue;
        }
      code->parts[i]->slot = take_slots (self, 1);
      code->names[code->n_names] = part->variable.name;
      code->types[code->n_names++] = last;
      push_name (self, part->variable.name, code->parts[i]->slot, last);
    }
  return code->has_result ? last : _csvc_feel_type_context (self->model->types.types, code->n_names, code->names, code->types);
}

static const CsvcFeelType *
compile_list (Compiler *self, CsvcModelCode *code, const CsvcBox *box)
{
  compile_parts (self, code, box);
  return _csvc_feel_type_list (self->model->types.types, NULL);
}

static const CsvcFeelType *
compile_relation (Compiler *self, CsvcModelCode *code, const CsvcBox *box)
{
  const CsvcFeelType *row;

  allocate_names (self, code, box->variables->len);
  for (guint i = 0; i < code->n_names; i++)
    {
      const CsvcModelVariable *column = g_ptr_array_index (box->variables, i);

      code->names[i] = column->name;
      code->shapes[i] = find_shape (self, column->type, column->place);
      code->types[i] = type_of (code->shapes[i]);
    }
  compile_parts (self, code, box);
  row = _csvc_feel_type_context (self->model->types.types, code->n_names, code->names, code->types);
  return _csvc_feel_type_list (self->model->types.types, row);
}

/* f, with arguments bound to a and b: "f(a: __argument1, b: __argument2)". */
static const CsvcFeelType *
compile_invocation (Compiler *self, CsvcModelCode *code, const CsvcBox *box)
{
  const CsvcBox *function = g_ptr_array_index (box->parts, 0);
  g_autoptr (GString) text = g_string_new (function->text);
  guint before = self->names->len;

  compile_parts (self, code, box);
  if (function->kind != CSVC_BOX_LITERAL || function->text == NULL)
    {
      _csvc_diagnostics_add (self->diagnostics, OUTSIDE, function->place, 0, "the name of a function", NULL, "only what has a name is invoked");
      self->failed = TRUE;
      return NULL;
    }
  g_string_append_c (text, '(');
  for (guint i = 1; i < code->n_parts; i++)
    {
      const CsvcBox *argument = g_ptr_array_index (box->parts, i);
      g_autofree char *name = g_strdup_printf ("__argument%u", i);

      code->parts[i]->slot = take_slots (self, 1);
      push_name (self, _csvc_model_tree_string (self->tree, name), code->parts[i]->slot, NULL);
      g_string_append_printf (text, "%s%s: %s", i > 1 ? ", " : "", argument->variable.name != NULL ? argument->variable.name : "", name);
    }
  g_string_append_c (text, ')');
  code->expression = compile_text (self, _csvc_model_tree_string (self->tree, text->str), box->place, 0);
  g_array_set_size (self->names, before);
  return code->expression != NULL ? _csvc_expr_get_full_type (code->expression) : NULL;
}

static const CsvcFeelType *
compile_function (Compiler *self, CsvcModelCode *code, const CsvcBox *box)
{
  const CsvcFeelType *result = NULL;

  allocate_names (self, code, box->variables->len);
  code->first_slot = take_slots (self, code->n_names);
  for (guint i = 0; i < code->n_names; i++)
    {
      const CsvcModelVariable *parameter = g_ptr_array_index (box->variables, i);

      code->names[i] = parameter->name;
      code->shapes[i] = find_shape (self, parameter->type, parameter->place);
      code->types[i] = type_of (code->shapes[i]);
      push_name (self, parameter->name, code->first_slot + i, code->types[i]);
    }
  code->parts[0] = compile_box (self, g_ptr_array_index (box->parts, 0), &result);
  return _csvc_feel_type_function (self->model->types.types, code->n_names, code->names, code->types, result);
}

static const CsvcFeelType *
compile_conditional (Compiler *self, CsvcModelCode *code, const CsvcBox *box)
{
  compile_parts (self, code, box);
  return NULL;
}

static const CsvcFeelType *
item_of (const CsvcFeelType *type)
{
  return type != NULL && type->type == CSVC_TYPE_LIST ? type->item : NULL;
}

/* FEEL itself makes a list of what is iterated over: a range may be, too. */
static const CsvcFeelType *
compile_iteration (Compiler *self, CsvcModelCode *code, const CsvcBox *box)
{
  const CsvcFeelType *domain = NULL, *result = NULL;

  code->parts[0] = compile_box (self, g_ptr_array_index (box->parts, 0), &domain);
  code->work = take_slots (self, 2);
  push_name (self, "__in", code->work, NULL);
  code->expression = compile_text (self, "for __item in __in return __item", box->place, 0);
  push_name (self, box->iterator, code->work + 1, item_of (domain));
  code->parts[1] = compile_box (self, g_ptr_array_index (box->parts, 1), &result);
  return box->kind == CSVC_BOX_FOR ? _csvc_feel_type_list (self->model->types.types, result) : _csvc_feel_type_plain (CSVC_TYPE_BOOLEAN);
}

static const CsvcFeelType *
compile_filter (Compiler *self, CsvcModelCode *code, const CsvcBox *box)
{
  static const char opening[] = "__in[";
  const CsvcBox *match = g_ptr_array_index (box->parts, 1);
  const CsvcFeelType *domain = NULL;
  g_autofree char *text = match->text != NULL ? g_strconcat (opening, match->text, "]", NULL) : NULL;

  code->parts[0] = compile_box (self, g_ptr_array_index (box->parts, 0), &domain);
  code->n_parts = 1;
  if (match->kind != CSVC_BOX_LITERAL || text == NULL)
    {
      _csvc_diagnostics_add (self->diagnostics, OUTSIDE, match->place, 0, "a literal expression", NULL, "the <match> of a filter is a box");
      self->failed = TRUE;
      return NULL;
    }
  code->work = take_slots (self, 1);
  push_name (self, "__in", code->work, domain);
  code->expression = compile_text (self, text, match->place, strlen (opening));
  return domain;
}

/* ── decision tables ── */

static const struct {
  const char *word;
  CsvcHitPolicy hit;
} hits[] = {
  { "UNIQUE", CSVC_HIT_UNIQUE },     { "FIRST", CSVC_HIT_FIRST },           { "ANY", CSVC_HIT_ANY },
  { "PRIORITY", CSVC_HIT_PRIORITY }, { "COLLECT", CSVC_HIT_COLLECT },       { "RULE ORDER", CSVC_HIT_RULE_ORDER },
  { "OUTPUT ORDER", CSVC_HIT_OUTPUT_ORDER },
};

static const struct {
  const char       *word;
  CsvcAggregate aggregate;
} aggregates[] = {
  { "SUM", CSVC_AGGREGATE_SUM }, { "COUNT", CSVC_AGGREGATE_COUNT }, { "MIN", CSVC_AGGREGATE_MIN }, { "MAX", CSVC_AGGREGATE_MAX },
};

static gboolean
find_hit (const char *word, CsvcHitPolicy *hit)
{
  for (guint i = 0; i < G_N_ELEMENTS (hits); i++)
    if (strcmp (hits[i].word, word) == 0)
      {
        *hit = hits[i].hit;
        return TRUE;
      }
  return FALSE;
}

static gboolean
find_aggregate (const char *word, CsvcAggregate *aggregate)
{
  for (guint i = 0; i < G_N_ELEMENTS (aggregates); i++)
    if (strcmp (aggregates[i].word, word) == 0)
      {
        *aggregate = aggregates[i].aggregate;
        return TRUE;
      }
  return FALSE;
}

static gboolean
read_policy (Compiler *self, CsvcFeelTableSpec *spec, const CsvcModelTable *table)
{
  if (!find_hit (table->hit, &spec->hit))
    _csvc_diagnostics_add (self->diagnostics, BAD_TABLE, spec->place, 0, "UNIQUE, FIRST, ANY, PRIORITY, COLLECT, RULE ORDER or OUTPUT ORDER",
                           NULL, "there is no hit policy \"%s\"", table->hit);
  else if (table->collect != NULL && !find_aggregate (table->collect, &spec->aggregate))
    _csvc_diagnostics_add (self->diagnostics, BAD_TABLE, spec->place, 0, "SUM, COUNT, MIN or MAX", NULL, "there is no aggregation \"%s\"",
                           table->collect);
  else
    return TRUE;
  return FALSE;
}

static void
fill_inputs (Compiler *self, CsvcFeelInput *inputs, const CsvcModelTable *table)
{
  for (guint i = 0; i < table->inputs->len; i++)
    {
      const CsvcModelClause *clause = g_ptr_array_index (table->inputs, i);
      const CsvcModelShape *shape = find_shape (self, clause->type, clause->place);

      inputs[i] = (CsvcFeelInput){ .text = clause->expression.text != NULL ? clause->expression.text : "null",
                                   .type = type_of (shape),
                                   .allowed = clause->values.text,
                                   .place = clause->expression.text != NULL ? clause->expression.place : clause->place };
    }
}

/* PRIORITY may take its order from the limits of the type. */
static void
fill_outputs (Compiler *self, CsvcFeelOutput *outputs, const CsvcModelTable *table)
{
  gboolean is_single = table->outputs->len == 1;

  for (guint i = 0; i < table->outputs->len; i++)
    {
      const CsvcModelClause *clause = g_ptr_array_index (table->outputs, i);
      const CsvcModelShape *shape = find_shape (self, clause->type, clause->place);

      outputs[i] = (CsvcFeelOutput){ .name = is_single ? NULL : clause->name,
                                     .type = type_of (shape),
                                     .values = clause->values.text != NULL || shape == NULL ? clause->values.text : shape->values_text,
                                     .otherwise = clause->otherwise.text,
                                     .place = clause->place };
      if (!is_single && clause->name == NULL)
        {
          _csvc_diagnostics_add (self->diagnostics, BAD_TABLE, clause->place, 0, "name=\"…\"", NULL, "one of several outputs has no name");
          outputs[i].name = "";
          self->failed = TRUE;
        }
    }
}

static CsvcFeelRow
make_row (Compiler *self, const CsvcModelRule *rule)
{
  guint n_inputs = rule->inputs->len, n = n_inputs + rule->outputs->len;
  const char **texts = _csvc_model_tree_alloc (self->tree, n * sizeof *texts);
  CsvcPlace *places = _csvc_model_tree_alloc (self->tree, n * sizeof *places);

  for (guint i = 0; i < n; i++)
    {
      const CsvcModelText *cell = i < n_inputs ? g_ptr_array_index (rule->inputs, i) : g_ptr_array_index (rule->outputs, i - n_inputs);

      texts[i] = cell->text;
      places[i] = cell->place;
    }
  return (CsvcFeelRow){ texts, texts + n_inputs, places, rule->place, CSVC_ROW_FOR_EVER };
}

static const CsvcFeelType *
compile_table (Compiler *self, CsvcModelCode *code, const CsvcBox *box)
{
  const CsvcModelTable *table = box->table;
  CsvcScope scope = scope_of (self);
  g_autofree CsvcFeelInput *inputs = g_new0 (CsvcFeelInput, table->inputs->len);
  g_autofree CsvcFeelOutput *outputs = g_new0 (CsvcFeelOutput, table->outputs->len);
  g_autofree CsvcFeelRow *rows = g_new0 (CsvcFeelRow, table->rules->len);
  CsvcFeelTableSpec spec = { .name = box->variable.name != NULL ? box->variable.name : "table", .place = box->place,
                             .n_inputs = table->inputs->len, .n_outputs = table->outputs->len, .n_rows = table->rules->len,
                             .inputs = inputs, .outputs = outputs, .rows = rows, .scope = &scope, .types = self->model->types.types };

  fill_inputs (self, inputs, table);
  fill_outputs (self, outputs, table);
  for (guint i = 0; i < spec.n_rows; i++)
    rows[i] = make_row (self, g_ptr_array_index (table->rules, i));
  if (read_policy (self, &spec, table) && !self->failed)
    code->table = _csvc_feel_table_compile (&spec, self->diagnostics);
  if (code->table == NULL)
    {
      self->failed = TRUE;
      return NULL;
    }
  g_ptr_array_add (self->model->tables, code->table);
  return _csvc_feel_table_get_type (code->table);
}

/* ── a box of any kind ── */

static const CsvcFeelType *(*const compilers[]) (Compiler *, CsvcModelCode *, const CsvcBox *) = {
  [CSVC_BOX_LITERAL] = compile_literal,
  [CSVC_BOX_TABLE] = compile_table,
  [CSVC_BOX_CONTEXT] = compile_context,
  [CSVC_BOX_LIST] = compile_list,
  [CSVC_BOX_RELATION] = compile_relation,
  [CSVC_BOX_INVOCATION] = compile_invocation,
  [CSVC_BOX_FUNCTION] = compile_function,
  [CSVC_BOX_CONDITIONAL] = compile_conditional,
  [CSVC_BOX_FOR] = compile_iteration,
  [CSVC_BOX_EVERY] = compile_iteration,
  [CSVC_BOX_SOME] = compile_iteration,
  [CSVC_BOX_FILTER] = compile_filter,
};

/* Of a function's own typeRef, DMN does not say whether it is the function's or the result's: not looked at. */
static void
find_shapes (Compiler *self, CsvcModelCode *code, const CsvcBox *box, const CsvcFeelType **type)
{
  if (box->type != NULL && box->kind != CSVC_BOX_FUNCTION)
    code->own = find_shape (self, box->type, box->place);
  if (box->variable.type != NULL && box->kind != CSVC_BOX_FUNCTION)
    code->wanted = find_shape (self, box->variable.type, box->variable.place);
  if (type_of (code->own) != NULL)
    *type = code->own->type;
  if (type_of (code->wanted) != NULL)
    *type = code->wanted->type;
}

/* *@type: what is known of the value; NULL = nothing. Its names end with the box, its slots do not: functions keep frames.
 * No deeper than a document may be. */
static CsvcModelCode *
compile_box (Compiler *self, const CsvcBox *box, const CsvcFeelType **type)
{
  CsvcModelCode *code = _csvc_model_tree_make (self->tree, CsvcModelCode);
  guint before = self->names->len;

  *type = NULL;
  code->kind = box->kind;
  code->name = box->variable.name;
  code->line = box->place.line;
  code->n_parts = box->parts != NULL ? box->parts->len : 0;
  code->parts = _csvc_model_tree_alloc (self->tree, MAX (code->n_parts, 1) * sizeof *code->parts);
  *type = compilers[box->kind] (self, code, box);
  g_array_set_size (self->names, before);
  find_shapes (self, code, box, type);
  return code;
}

/* ── requirements ── */

static CsvcModelUnit *
find_unit (Compiler *self, const CsvcModelText *id)
{
  CsvcModelUnit *unit = g_hash_table_lookup (self->ids, id->text);

  if (unit == NULL)
    {
      _csvc_diagnostics_add (self->diagnostics, UNKNOWN_REQUIREMENT, id->place, 0, NULL, NULL, "nothing has the id \"%s\"", id->text);
      self->failed = TRUE;
    }
  return unit;
}

static void compile_unit (Compiler *self, CsvcModelUnit *unit);

static const char *
blame (Compiler *self, const CsvcModelUnit *unit)
{
  g_autofree char *text = NULL;

  if (unit->fault == NULL)
    return NULL;
  if (strstr (unit->fault, "needs “") != NULL)
    return unit->fault;
  text = g_strdup_printf ("needs “%s”: %s", unit->item->name, unit->fault);
  return _csvc_model_tree_string (self->tree, text);
}

/* Compiles @other first, which @unit needs. */
static gboolean
reach (Compiler *self, const CsvcModelUnit *unit, CsvcModelUnit *other, const CsvcModelText *id)
{
  if (self->chain < MAX_CHAIN)
    {
      self->chain++;
      compile_unit (self, other);
      self->chain--;
      if (other->state == CSVC_UNIT_DONE)
        return TRUE;
      _csvc_diagnostics_add (self->diagnostics, CIRCLE, id->place, 0, NULL, NULL, "\"%s\" needs itself, by way of \"%s\"",
                             other->item->name, unit->item->name);
    }
  else
    _csvc_diagnostics_add (self->diagnostics, CIRCLE, id->place, 0, NULL, NULL, "the requirements go deeper than %u", MAX_CHAIN);
  self->failed = TRUE;
  return FALSE;
}

/* Those that exist, in order; each compiled. */
static guint
resolve (Compiler *self, CsvcModelUnit *unit, const GPtrArray *ids, CsvcModelUnit ***units)
{
  guint n = 0;

  *units = _csvc_model_tree_alloc (self->tree, ids->len * sizeof **units);
  for (guint i = 0; i < ids->len; i++)
    {
      CsvcModelUnit *other = find_unit (self, g_ptr_array_index (ids, i));

      if (other == NULL || !reach (self, unit, other, g_ptr_array_index (ids, i)))
        continue;
      if (unit->fault == NULL)
        unit->fault = blame (self, other);
      (*units)[n++] = other;
    }
  return n;
}

/* ── units ── */

/* Names of one frame; a service that is required is a function in it. */
static void
push_needs (Compiler *self, const CsvcModelUnit *unit)
{
  for (guint i = 0; i < unit->n_needs; i++)
    push_name (self, unit->needs[i]->item->variable.name, i, unit->needs[i]->type);
}

static void
compile_logic (Compiler *self, CsvcModelUnit *unit)
{
  const CsvcFeelType *type = NULL;

  g_array_set_size (self->names, 0);
  self->next_slot = self->n_slots = 0;
  self->is_crowded = FALSE;
  take_slots (self, unit->n_needs);
  push_needs (self, unit);
  if (unit->item->logic == NULL)
    _csvc_diagnostics_add (self->diagnostics, NO_LOGIC, unit->item->place, 0, NULL, NULL, "\"%s\" has no expression", unit->item->name);
  else
    unit->code = compile_box (self, unit->item->logic, &type);
  unit->n_slots = self->n_slots;
  if (self->is_crowded)
    {
      _csvc_diagnostics_add (self->diagnostics, OUTSIDE, unit->item->place, 0, NULL, NULL, "\"%s\" has more than %u names in scope",
                             unit->item->name, MAX_NAMES);
      self->failed = TRUE;
    }
  if (unit->type == NULL)
    unit->type = type;
}

static void
compile_service (Compiler *self, CsvcModelUnit *unit)
{
  const CsvcFeelType *result;
  g_autofree const char **names = NULL;
  g_autofree const CsvcFeelType **types = NULL;

  unit->n_outputs = resolve (self, unit, unit->item->outputs, &unit->outputs);
  unit->parameters = _csvc_model_tree_alloc (self->tree, unit->n_needs * sizeof *unit->parameters);
  unit->parameter_types = _csvc_model_tree_alloc (self->tree, unit->n_needs * sizeof *unit->parameter_types);
  for (guint i = 0; i < unit->n_needs; i++)
    {
      unit->parameters[i] = unit->needs[i]->item->variable.name;
      unit->parameter_types[i] = unit->needs[i]->type;
    }
  names = g_new0 (const char *, unit->n_outputs);
  types = g_new0 (const CsvcFeelType *, unit->n_outputs);
  for (guint i = 0; i < unit->n_outputs; i++)
    {
      names[i] = unit->outputs[i]->item->variable.name;
      types[i] = unit->outputs[i]->type;
    }
  result = unit->n_outputs == 1 ? types[0] : _csvc_feel_type_context (self->model->types.types, unit->n_outputs, names, types);
  unit->type = _csvc_feel_type_function (self->model->types.types, unit->n_needs, unit->parameters, unit->parameter_types, result);
}

/* The first error that came after @n_before others. */
static const char *
first_fault (Compiler *self, guint n_before)
{
  for (guint i = n_before; i < csvc_diagnostics_get_size (self->diagnostics); i++)
    {
      const CsvcDiagnostic *one = csvc_diagnostics_get (self->diagnostics, i);

      if (csvc_diagnostic_get_severity (one) == CSVC_SEVERITY_ERROR)
        {
          g_autofree char *text = csvc_diagnostic_to_string (one);

          return _csvc_model_tree_string (self->tree, text);
        }
    }
  return NULL;
}

static void
compile_parts_of_unit (Compiler *self, CsvcModelUnit *unit)
{
  const CsvcModelItem *item = unit->item;

  unit->n_needs = resolve (self, unit, item->needs, &unit->needs);
  unit->shape = find_shape (self, item->variable.type, item->variable.place);
  /* The variable of knowledge or a service may give the function's type, or that of its answer. */
  if (item->kind == CSVC_ITEM_INPUT || item->kind == CSVC_ITEM_DECISION)
    unit->type = type_of (unit->shape);
  if (item->kind == CSVC_ITEM_SERVICE)
    compile_service (self, unit);
  /* Where parts are missing, what is made of the rest would have faults that are none. */
  else if (item->kind != CSVC_ITEM_INPUT && item->fault == NULL && !self->failed)
    compile_logic (self, unit);
}

static void
compile_unit (Compiler *self, CsvcModelUnit *unit)
{
  gboolean outer = self->failed;
  guint n_before;

  if (unit->state != CSVC_UNIT_NEW)
    return;
  unit->state = CSVC_UNIT_OPEN;
  unit->fault = unit->item->fault;
  n_before = csvc_diagnostics_get_size (self->diagnostics);
  self->failed = FALSE;
  compile_parts_of_unit (self, unit);
  unit->state = CSVC_UNIT_DONE;
  if (unit->fault == NULL && self->failed)
    unit->fault = first_fault (self, n_before);
  if (unit->fault == NULL && self->failed)
    unit->fault = "a type that it uses has faults";
  self->failed = outer;
}

/* ── inputs that nobody declared ──
 *
 * Editors that know only tables write no inputData: a column's expression is the name of a variable that the host has. So a decision
 * that requires nothing may have such names, and the model has these inputs. */

static CsvcModelItem *
declare_input (Compiler *self, const CsvcModelClause *clause, const char *name)
{
  g_autofree char *id = g_strconcat ("input ", name, NULL);
  CsvcModelItem *item = _csvc_model_tree_make (self->tree, CsvcModelItem);

  item->kind = CSVC_ITEM_INPUT;
  item->place = clause->place;
  item->id = _csvc_model_tree_string (self->tree, id);
  item->name = _csvc_model_tree_string (self->tree, name);
  item->variable = (CsvcModelVariable){ item->name, clause->type, clause->place };
  item->needs = item->outputs = item->inner = _csvc_model_tree_array (self->tree);
  g_ptr_array_add (self->tree->items, item);
  _csvc_diagnostics_add (self->diagnostics, UNDECLARED, clause->place, 0, "<inputData>, and a requirement", NULL,
                         "\"%s\" is taken as an input, for nothing declares it", name);
  return item;
}

/* A declared input may be meant, too. A decision is not: that needs a requirement. */
static void
adopt_input (Compiler *self, GHashTable *known, CsvcModelItem *decision, const CsvcModelClause *clause, const char *name)
{
  const CsvcModelItem *item = g_hash_table_lookup (known, name);
  CsvcModelText *id;

  if (item == NULL)
    {
      item = declare_input (self, clause, name);
      g_hash_table_insert (known, (gpointer) item->name, (gpointer) item);
    }
  else if (item->kind != CSVC_ITEM_INPUT || item->id == NULL)
    return;
  id = _csvc_model_tree_make (self->tree, CsvcModelText);
  *id = (CsvcModelText){ item->id, clause->place };
  g_ptr_array_add (decision->needs, id);
}

static void
adopt_inputs (Compiler *self, GHashTable *known, CsvcModelItem *decision, const CsvcModelTable *table)
{
  for (guint i = 0; i < table->inputs->len; i++)
    {
      const CsvcModelClause *clause = g_ptr_array_index (table->inputs, i);
      g_autofree char *name = g_strstrip (g_strdup (clause->expression.text != NULL ? clause->expression.text : ""));

      if (_csvc_feel_is_name (name))
        adopt_input (self, known, decision, clause, name);
    }
}

static void
adopt_all_inputs (Compiler *self)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = self->tree->items->len;

  for (guint i = 0; i < n; i++)
    {
      CsvcModelItem *item = g_ptr_array_index (self->tree->items, i);

      g_hash_table_insert (known, (gpointer) item->name, item);
    }
  for (guint i = 0; i < n; i++)
    {
      CsvcModelItem *item = g_ptr_array_index (self->tree->items, i);

      if (item->kind == CSVC_ITEM_DECISION && item->needs->len == 0 && item->logic != NULL && item->logic->kind == CSVC_BOX_TABLE)
        adopt_inputs (self, known, item, item->logic->table);
    }
}

/* ── the model ── */

static void
note_id (Compiler *self, CsvcModelUnit *unit)
{
  const CsvcModelItem *item = unit->item;

  if (item->id != NULL && !g_hash_table_insert (self->ids, (gpointer) item->id, unit))
    _csvc_diagnostics_add (self->diagnostics, SAID_TWICE, item->place, 0, NULL, NULL, "there is another item with the id \"%s\"", item->id);
  if (g_hash_table_contains (self->model->names[item->kind], item->name))
    _csvc_diagnostics_add (self->diagnostics, SAID_TWICE, item->place, 0, NULL, NULL, "there is another \"%s\"", item->name);
  else
    g_hash_table_insert (self->model->names[item->kind], (gpointer) item->name, unit);
}

static void
make_units (Compiler *self)
{
  CsvcModel *model = self->model;

  model->n_units = self->tree->items->len;
  model->units = g_new0 (CsvcModelUnit, model->n_units);
  for (guint i = 0; i < model->n_units; i++)
    {
      model->units[i].item = g_ptr_array_index (self->tree->items, i);
      model->units[i].index = i;
    }
  for (guint i = 0; i < model->n_units; i++)
    note_id (self, &model->units[i]);
}

/* "date(__text)", and so on: FEEL's own reading of texts. */
static void
make_readers (Compiler *self)
{
  static const struct {
    CsvcType    type;
    const char *text;
  } readers[] = {
    { CSVC_TYPE_NUMBER, "number(__text)" },
    { CSVC_TYPE_DATE, "date(__text)" },
    { CSVC_TYPE_TIME, "time(__text)" },
    { CSVC_TYPE_DATE_TIME, "date and time(__text)" },
    { CSVC_TYPE_DAY_TIME_DURATION, "duration(__text)" },
    { CSVC_TYPE_YEAR_MONTH_DURATION, "duration(__text)" },
  };

  g_array_set_size (self->names, 0);
  push_name (self, "__text", 0, _csvc_feel_type_plain (CSVC_TYPE_STRING));
  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    self->model->readers[readers[i].type] = compile_text (self, readers[i].text, (CsvcPlace){ NULL, 0 }, 0);
}

static CsvcModel *
new_model (CsvcModelTree *tree, CsvcDiagnostics *diagnostics)
{
  CsvcModel *self = g_new0 (CsvcModel, 1);

  g_atomic_ref_count_init (&self->refs);
  self->types.tree = tree;
  self->types.types = _csvc_feel_types_new ();
  self->types.definitions = g_hash_table_new (g_str_hash, g_str_equal);
  self->types.shapes = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < G_N_ELEMENTS (self->names); i++)
    self->names[i] = g_hash_table_new (g_str_hash, g_str_equal);
  self->types.expressions = g_ptr_array_new_with_free_func ((GDestroyNotify) _csvc_expr_unref);
  self->types.diagnostics = diagnostics;
  self->tables = g_ptr_array_new_with_free_func ((GDestroyNotify) _csvc_feel_table_unref);
  return self;
}

CsvcModel *
_csvc_model_compile (CsvcModelTree *tree, CsvcDiagnostics *diagnostics)
{
  CsvcModel *model = new_model (tree, diagnostics);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GArray) names = g_array_new (FALSE, FALSE, sizeof (CsvcName));
  Compiler self = { .model = model, .tree = tree, .diagnostics = diagnostics, .ids = ids, .names = names };

  make_readers (&self);
  _csvc_model_types_compile (&model->types);
  adopt_all_inputs (&self);
  make_units (&self);
  for (guint i = 0; i < model->n_units; i++)
    compile_unit (&self, &model->units[i]);
  model->types.diagnostics = NULL;
  return model;
}

CsvcModelUnit *
_csvc_model_find (const CsvcModel *self, CsvcItemKind kind, const char *name)
{
  return g_hash_table_lookup (self->names[kind], name);
}

CsvcModel *
csvc_model_ref (CsvcModel *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
csvc_model_unref (CsvcModel *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_ptr_array_unref (self->tables);
  g_ptr_array_unref (self->types.expressions);
  for (guint i = 0; i < G_N_ELEMENTS (self->names); i++)
    g_hash_table_unref (self->names[i]);
  g_hash_table_unref (self->types.definitions);
  g_hash_table_unref (self->types.shapes);
  _csvc_feel_types_free (self->types.types);
  _csvc_model_tree_free (self->types.tree);
  g_free (self->units);
  g_free (self);
}
