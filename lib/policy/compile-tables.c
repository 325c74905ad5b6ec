/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/compile.h"

#include <string.h>

#include "base/time.h"

/* <tables>: columns and rows become what lib/feel/table.h asks for; what can be proved of a table is reported here. */

enum {
  UNKNOWN_FACT = 204,
  UNKNOWN_COLUMN = 820,
  RESERVED_COLUMN = 821,
  NO_INPUT = 822,
  OVERLAP = 823,
  CONTRADICTION = 824,
  GAP = 825,
  IDLE_ROW = 826,
  NEVER = 827,
  BAD_PERIOD = 871,
  NOT_PROVED = 831,
  OUTPUT_TYPE = 835,
  EMPTY = 837,
  NO_USE = 838
};

#define MAX_TABLES 1000
#define MAX_TOLD 5

/* The attributes of a row that are no cells. */
static const char *const row_attributes[] = { "label", "valid", "assumed", "source", "id", NULL };

/* ── periods ── */

static gboolean
parse_day (const char *text, gsize length, gint32 *day)
{
  g_autofree char *copy = g_strndup (text, length);
  gint64 days;

  if (length == 0)
    return TRUE;
  if (!_csvc_date_parse (copy, &days, NULL))
    return FALSE;
  *day = (gint32) days;
  return TRUE;
}

/* "2026-01-01..2026-12-31"; either end may be left out. Narrows *@from and *@to. */
static void
compile_valid (CsvcCompiler *self, const CsvcNode *node, gint32 *from, gint32 *to)
{
  const char *text = _csvc_node_get (node, "valid");
  const char *dots = text != NULL ? strstr (text, "..") : NULL;
  gint32 first = G_MININT32, last = G_MAXINT32;

  if (text == NULL)
    return;
  if (dots == NULL || strlen (text) == 2 || !parse_day (text, (gsize) (dots - text), &first) || !parse_day (dots + 2, strlen (dots + 2), &last)
      || first > last)
    {
      _csvc_diagnostics_add (self->diagnostics, BAD_PERIOD, node->place, 0, "the first and the last day, such as \"2026-01-01..2026-12-31\"",
                             NULL, "valid=\"%s\" is no period", text);
      return;
    }
  *from = MAX (*from, first);
  *to = MIN (*to, last);
}

/* ── columns ── */

/* A table at work. */
typedef struct {
  CsvcCompiler *compiler;
  CsvcTable    *table;
  CsvcNames     columns;
  GArray       *names; /* of CsvcName */
  CsvcScope     scope;
} Work;

static void
add_facts (GArray *names, const CsvcFact *facts, guint n, CsvcNameKind kind)
{
  for (guint i = 0; i < n; i++)
    {
      CsvcName name = { .name = facts[i].part.id, .kind = kind, .slot = i, .type = facts[i].type, .words = facts[i].words };

      g_array_append_val (names, name);
    }
}

static void
make_scope (Work *work)
{
  const CsvcPolicy *policy = work->compiler->policy;
  const CsvcKind *kind = work->table->kind;

  if (kind != NULL)
    add_facts (work->names, kind->facts, kind->n_facts, CSVC_NAME_CASE_FACT);
  add_facts (work->names, policy->customer_facts, policy->n_customer_facts, CSVC_NAME_CUSTOMER_FACT);
  _csvc_compile_add_customer_scope (work->compiler, work->names);
  work->scope.names = (const CsvcName *) work->names->data;
  work->scope.n_names = work->names->len;
  work->scope.zone = policy->zone;
  work->scope.host = &work->compiler->host;
}

static void
complain_no_input (Work *work, const CsvcTableColumn *column)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  g_autofree char *hint = NULL;

  for (guint i = 0; i < work->scope.n_names; i++)
    g_ptr_array_add (ids, (gpointer) work->scope.names[i].name);
  g_ptr_array_add (ids, NULL);
  hint = _csvc_suggest (column->part.id, (const char *const *) ids->pdata);
  _csvc_diagnostics_add (work->compiler->diagnostics, NO_INPUT, column->part.place, 0, "the id of a fact, or value=\"an expression\"", hint,
                         "the input \"%s\" is no fact", column->part.id);
}

static gboolean
is_in_scope (const Work *work, const char *id)
{
  for (guint i = 0; i < work->scope.n_names; i++)
    if (strcmp (work->scope.names[i].name, id) == 0)
      return TRUE;
  return FALSE;
}

static void
compile_column (Work *work, CsvcTableColumn *column, const CsvcNode *node)
{
  CsvcCompiler *self = work->compiler;

  _csvc_compile_part (self, &column->part, node);
  if (g_strv_contains (row_attributes, column->part.id))
    _csvc_diagnostics_add (self->diagnostics, RESERVED_COLUMN, node->place, 0, "another id", NULL,
                           "\"%s\" is an attribute of every row and cannot be a column", column->part.id);
  _csvc_names_add (self, &work->columns, column->part.id, column, node->place);
  _csvc_compile_add_target (self, &column->part, "table.%s.%s", work->table->part.id, column->part.id);
  if (_csvc_node_get (node, "type") != NULL)
    csvc_type_from_string (_csvc_node_get (node, "type"), &column->type);
}

static void
compile_words (CsvcCompiler *self, CsvcTableColumn *column)
{
  g_auto (GStrv) words = _csvc_compile_list (self, column->part.node, "values");
  guint n = g_strv_length (words);
  const char **interned;

  if (n == 0)
    {
      _csvc_diagnostics_add (self->diagnostics, OUTPUT_TYPE, column->part.place, 0, "type=\"enum\" with values=\"…\"", NULL,
                             "the words of \"%s\" are not listed", column->part.id);
      return;
    }
  interned = _csvc_compile_alloc (self, n + 1, sizeof (char *));
  for (guint i = 0; i < n; i++)
    interned[i] = _csvc_compile_intern (self, words[i]);
  column->words = interned;
}

static void
compile_input (Work *work, CsvcTableColumn *column, const CsvcNode *node)
{
  compile_column (work, column, node);
  column->text = _csvc_compile_text (work->compiler, node, "value");
  column->values = _csvc_compile_text (work->compiler, node, "values");
  if (column->text == NULL && !is_in_scope (work, column->part.id))
    complain_no_input (work, column);
}

static void
compile_output (Work *work, CsvcTableColumn *column, const CsvcNode *node)
{
  compile_column (work, column, node);
  column->text = _csvc_compile_text (work->compiler, node, "default");
  if (column->type == CSVC_TYPE_ENUM)
    compile_words (work->compiler, column);
  else
    column->values = _csvc_compile_text (work->compiler, node, "values");
}

static void
compile_columns (Work *work)
{
  CsvcTable *table = work->table;
  g_autoptr (GPtrArray) inputs = _csvc_compile_children (table->part.node, "input");
  g_autoptr (GPtrArray) outputs = _csvc_compile_children (table->part.node, "output");

  table->columns = _csvc_compile_alloc (work->compiler, inputs->len + outputs->len, sizeof (CsvcTableColumn));
  table->n_inputs = inputs->len;
  table->n_outputs = outputs->len;
  for (guint i = 0; i < inputs->len; i++)
    compile_input (work, &table->columns[i], g_ptr_array_index (inputs, i));
  for (guint i = 0; i < outputs->len; i++)
    compile_output (work, &table->columns[inputs->len + i], g_ptr_array_index (outputs, i));
}

/* ── rows ── */

static void
compile_cells (Work *work, CsvcTableRow *row, const CsvcNode *node)
{
  for (guint i = 0; i < node->attributes->len; i++)
    {
      const CsvcAttribute *attribute = &g_array_index (node->attributes, CsvcAttribute, i);
      const CsvcTableColumn *column;

      if (g_strv_contains (row_attributes, attribute->name))
        continue;
      column = _csvc_names_find (work->compiler, &work->columns, attribute->name, node->place);
      if (column != NULL)
        row->cells[column - work->table->columns] = _csvc_compile_intern (work->compiler, attribute->value);
    }
}

static void
compile_row (Work *work, guint index, const CsvcNode *node)
{
  CsvcTable *table = work->table;
  CsvcTableRow *row = &table->rows[index];
  g_autofree char *number = g_strdup_printf ("%u", index + 1);

  _csvc_compile_part (work->compiler, &row->part, node);
  row->part.id = _csvc_compile_intern (work->compiler, number);
  row->valid = _csvc_compile_text (work->compiler, node, "valid");
  row->from = table->from;
  row->to = table->to;
  compile_valid (work->compiler, node, &row->from, &row->to);
  row->cells = _csvc_compile_alloc (work->compiler, table->n_inputs + table->n_outputs, sizeof (char *));
  compile_cells (work, row, node);
}

static void
compile_rows (Work *work)
{
  CsvcTable *table = work->table;
  g_autoptr (GPtrArray) nodes = _csvc_compile_children (table->part.node, "row");

  if (nodes->len == 0)
    _csvc_diagnostics_add (work->compiler->diagnostics, EMPTY, table->part.place, 0, "a <row>", NULL, "the table \"%s\" has no row",
                           table->part.id);
  if (!_csvc_compile_check_count (work->compiler, nodes->len, CSVC_TABLE_MAX_ROWS, "rows", table->part.place))
    return;
  table->rows = _csvc_compile_alloc (work->compiler, nodes->len, sizeof (CsvcTableRow));
  table->n_rows = nodes->len;
  for (guint i = 0; i < nodes->len; i++)
    compile_row (work, i, g_ptr_array_index (nodes, i));
}

/* ── the table itself, for FEEL ── */

static const CsvcFeelType *
get_type (Work *work, const CsvcTableColumn *column)
{
  if (column->type == CSVC_TYPE_UNKNOWN)
    return NULL;
  if (column->type == CSVC_TYPE_ENUM && column->words != NULL)
    return _csvc_feel_type_enum (work->compiler->policy->types, column->words);
  return _csvc_feel_type_plain (column->type);
}

static CsvcFeelInput *
make_inputs (Work *work)
{
  CsvcFeelInput *inputs = g_new0 (CsvcFeelInput, work->table->n_inputs + 1);

  for (guint i = 0; i < work->table->n_inputs; i++)
    {
      const CsvcTableColumn *column = &work->table->columns[i];

      inputs[i].name = column->part.id;
      inputs[i].text = column->text != NULL ? column->text : column->part.id;
      inputs[i].type = get_type (work, column);
      inputs[i].allowed = column->values;
      inputs[i].place = column->part.place;
    }
  return inputs;
}

static CsvcFeelOutput *
make_outputs (Work *work)
{
  CsvcFeelOutput *outputs = g_new0 (CsvcFeelOutput, work->table->n_outputs + 1);

  for (guint i = 0; i < work->table->n_outputs; i++)
    {
      const CsvcTableColumn *column = &work->table->columns[work->table->n_inputs + i];

      outputs[i].name = column->part.id;
      outputs[i].type = get_type (work, column);
      outputs[i].values = column->values;
      outputs[i].otherwise = column->text;
      outputs[i].place = column->part.place;
    }
  return outputs;
}

static CsvcFeelRow *
make_rows (Work *work)
{
  CsvcFeelRow *rows = g_new0 (CsvcFeelRow, work->table->n_rows + 1);

  for (guint i = 0; i < work->table->n_rows; i++)
    {
      const CsvcTableRow *row = &work->table->rows[i];

      rows[i].inputs = row->cells;
      rows[i].outputs = row->cells + work->table->n_inputs;
      rows[i].place = row->part.place;
      rows[i].from = row->from;
      rows[i].to = row->to;
    }
  return rows;
}

static void
note_read (gpointer data, CsvcNameKind kind, guint slot G_GNUC_UNUSED, const char *name G_GNUC_UNUSED, const char *argument G_GNUC_UNUSED)
{
  CsvcTable *table = data;

  table->asks_customer = table->asks_customer || kind == CSVC_NAME_TIER || kind == CSVC_NAME_HOST;
}

static void
compile_table_itself (Work *work)
{
  CsvcTable *table = work->table;
  g_autofree CsvcFeelInput *inputs = make_inputs (work);
  g_autofree CsvcFeelOutput *outputs = make_outputs (work);
  g_autofree CsvcFeelRow *rows = make_rows (work);
  gint32 period[] = { table->from, table->to };
  const CsvcFeelTableSpec spec = {
    .name = table->part.id, .place = table->part.place, .hit = table->hit, .aggregate = table->aggregate,
    .n_inputs = table->n_inputs, .n_outputs = table->n_outputs, .n_rows = table->n_rows,
    .inputs = inputs, .outputs = outputs, .rows = rows, .period = period,
    .scope = &work->scope, .types = work->compiler->policy->types
  };

  table->compiled = _csvc_feel_table_compile (&spec, work->compiler->diagnostics);
  if (table->compiled != NULL)
    _csvc_feel_table_foreach_read (table->compiled, note_read, table);
  for (guint i = 0; table->compiled != NULL && i < table->n_inputs; i++)
    table->columns[i].type = _csvc_feel_table_get_input_type (table->compiled, i, &table->columns[i].words);
}

/* ── what can be proved ── */

static void
report_overlaps (CsvcCompiler *self, const CsvcTable *table)
{
  gboolean unique = table->hit == CSVC_HIT_UNIQUE;
  g_autoptr (GArray) overlaps = NULL;

  if (!unique && table->hit != CSVC_HIT_ANY)
    return;
  overlaps = _csvc_feel_table_find_overlaps (table->compiled, MAX_TOLD, NULL);
  for (guint i = 0; i < overlaps->len; i++)
    {
      const CsvcFeelOverlap *overlap = &g_array_index (overlaps, CsvcFeelOverlap, i);

      _csvc_diagnostics_add (self->diagnostics, unique ? OVERLAP : CONTRADICTION, table->rows[overlap->b].part.place, 0,
                             unique ? "at most one row for each case, or hit=\"first\"" : "the same outputs in rows that hold together", NULL,
                             "rows %u (line %u) and %u of \"%s\" both hold%s: %s", overlap->a + 1, table->rows[overlap->a].part.place.line,
                             overlap->b + 1, table->part.id, unique ? "" : " and contradict each other", overlap->example);
    }
}

static gboolean
has_defaults (const CsvcTable *table)
{
  for (guint i = 0; i < table->n_outputs; i++)
    if (table->columns[table->n_inputs + i].text == NULL)
      return FALSE;
  return TRUE;
}

static void
report_gaps (CsvcCompiler *self, const CsvcTable *table)
{
  g_autoptr (GPtrArray) gaps = NULL;
  gboolean complete = TRUE;

  /* A table that collects may well find nothing, and one with defaults has an answer. */
  if (table->hit == CSVC_HIT_COLLECT || has_defaults (table))
    return;
  gaps = _csvc_feel_table_find_gaps (table->compiled, MAX_TOLD, &complete);
  for (guint i = 0; i < gaps->len; i++)
    _csvc_diagnostics_add (self->diagnostics, GAP, table->part.place, 0, "a row for each case, or default=\"…\" in every output", NULL,
                           "no row of \"%s\" holds for %s", table->part.id, (const char *) g_ptr_array_index (gaps, i));
  if (!complete)
    _csvc_diagnostics_add (self->diagnostics, NOT_PROVED, table->part.place, 0, NULL, "split the table",
                           "\"%s\" has too many combinations to look at them all", table->part.id);
}

static void
report_idle (CsvcCompiler *self, const CsvcTable *table)
{
  guint64 covered[CSVC_TABLE_WORDS], never[CSVC_TABLE_WORDS];

  _csvc_feel_table_find_idle (table->compiled, covered, never);
  for (guint i = 0; i < table->n_rows; i++)
    if (_csvc_bit (never, i))
      _csvc_diagnostics_add (self->diagnostics, NEVER, table->rows[i].part.place, 0, NULL, NULL, "row %u of \"%s\" holds for nothing", i + 1,
                             table->part.id);
    else if (_csvc_bit (covered, i))
      _csvc_diagnostics_add (self->diagnostics, IDLE_ROW, table->rows[i].part.place, 0, NULL, "put it before the more general rows, or take it out",
                             "row %u of \"%s\" never decides: other rows come before it wherever it holds", i + 1, table->part.id);
}

static void
report_left_out (CsvcCompiler *self, const CsvcTable *table)
{
  guint64 left_out[CSVC_TABLE_WORDS];
  g_autoptr (GArray) overlaps = _csvc_feel_table_find_overlaps (table->compiled, 0, left_out);

  for (guint i = 0; i < table->n_rows; i++)
    if (_csvc_bit (left_out, i))
      _csvc_diagnostics_add (self->diagnostics, NOT_PROVED, table->rows[i].part.place, 0, "values and ranges, for a proof", NULL,
                             "row %u of \"%s\" asks more than its columns: it is left out when gaps and overlaps are looked for", i + 1,
                             table->part.id);
}

static void
report (CsvcCompiler *self, const CsvcTable *table)
{
  report_overlaps (self, table);
  report_gaps (self, table);
  report_idle (self, table);
  if (table->hit != CSVC_HIT_COLLECT)
    report_left_out (self, table);
}

/* ── <decide> ── */

static int
find_output (const CsvcTable *table, const char *id)
{
  for (guint i = 0; i < table->n_outputs; i++)
    if (strcmp (table->columns[table->n_inputs + i].part.id, id) == 0)
      return (int) i;
  return -1;
}

static gboolean
fits (const CsvcTableColumn *column, const CsvcFact *fact)
{
  if (column->type != fact->type)
    return FALSE;
  return fact->type != CSVC_TYPE_ENUM || (column->words != NULL && g_strv_equal (column->words, fact->words));
}

static void
compile_put (CsvcCompiler *self, CsvcAction *action, guint *facts, const char *word, const CsvcNode *node)
{
  const CsvcFact *fact = _csvc_names_find (self, &self->facts, word, node->place);
  int output = find_output (action->table, word);

  if (fact == NULL)
    return;
  if (output < 0)
    _csvc_diagnostics_add (self->diagnostics, NO_USE, node->place, 0, "the id of an output that is a fact of the case too", NULL,
                           "the table \"%s\" has no output \"%s\"", action->table->part.id, word);
  else if (!fits (&action->table->columns[action->table->n_inputs + (guint) output], fact))
    _csvc_diagnostics_add (self->diagnostics, NO_USE, node->place, 0, csvc_type_to_string (fact->type), NULL,
                           "the output \"%s\" is not of the type of the fact", word);
  else
    facts[output] = fact->index;
}

static void
compile_puts (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node)
{
  g_auto (GStrv) words = _csvc_compile_list (self, node, "set");
  guint *facts;

  if (*words == NULL)
    return;
  if (action->table->hit == CSVC_HIT_COLLECT)
    {
      _csvc_diagnostics_add (self->diagnostics, NO_USE, node->place, 0, "a table of which one row decides", NULL,
                             "many rows of \"%s\" may decide, and a fact has one value", action->table->part.id);
      return;
    }
  facts = _csvc_compile_alloc (self, action->table->n_outputs, sizeof (guint));
  for (guint i = 0; i < action->table->n_outputs; i++)
    facts[i] = G_MAXUINT;
  for (char **word = words; *word != NULL; word++)
    compile_put (self, action, facts, *word, node);
  action->facts = facts;
}

void
_csvc_compile_decide (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node)
{
  const CsvcTable *table = _csvc_names_find (self, &self->decision_tables, _csvc_node_get (node, "table"), node->place);

  action->type = CSVC_ACTION_DECIDE;
  action->name = _csvc_compile_text (self, node, "as");
  action->kept = _csvc_compile_find_kept (self, action->name);
  if (table == NULL)
    return;
  action->table = table;
  if (table->kind != NULL && table->kind != self->kind)
    _csvc_diagnostics_add (self->diagnostics, NO_USE, node->place, 0, "a table of this kind of case, or of none", NULL,
                           "the table \"%s\" reads facts of \"%s\"", table->part.id, table->kind->part.id);
  if (_csvc_node_get (node, "set") != NULL)
    compile_puts (self, action, node);
  else if (action->name == NULL)
    _csvc_diagnostics_add (self->diagnostics, NO_USE, node->place, 0, "as=\"a name\" or set=\"facts\"", NULL,
                           "what \"%s\" decides is kept nowhere", table->part.id);
}

/* ── tables ── */

static gboolean
read_word (const char *word, const char *(*to_string) (int), int n, int *value)
{
  for (int i = 0; word != NULL && i < n; i++)
    if (strcmp (to_string (i), word) == 0)
      {
        *value = i;
        return TRUE;
      }
  return FALSE;
}

static const char *
say_hit (int hit)
{
  return csvc_hit_policy_to_string ((CsvcHitPolicy) hit);
}

static const char *
say_aggregate (int aggregate)
{
  return csvc_aggregate_to_string ((CsvcAggregate) aggregate);
}

static void
compile_head (CsvcCompiler *self, CsvcTable *table, const CsvcNode *node)
{
  const char *kind = _csvc_node_get (node, "case");
  int hit = CSVC_HIT_UNIQUE, aggregate = CSVC_AGGREGATE_LIST;

  table->policy = self->policy;
  table->index = (guint) (table - self->policy->decision_tables);
  _csvc_compile_part (self, &table->part, node);
  _csvc_names_add (self, &self->decision_tables, table->part.id, table, node->place);
  _csvc_compile_add_target (self, &table->part, "table.%s", table->part.id);
  read_word (_csvc_node_get (node, "hit"), say_hit, CSVC_HIT_COLLECT + 1, &hit);
  read_word (_csvc_node_get (node, "collect"), say_aggregate, CSVC_AGGREGATE_COUNT + 1, &aggregate);
  table->hit = (CsvcHitPolicy) hit;
  table->aggregate = (CsvcAggregate) aggregate;
  if (kind != NULL)
    table->kind = _csvc_names_find (self, &self->kinds, kind, node->place);
  table->from = G_MININT32;
  table->to = G_MAXINT32;
  compile_valid (self, node, &table->from, &table->to);
}

static void
compile_table (CsvcCompiler *self, CsvcTable *table, const CsvcNode *node)
{
  Work work = { .compiler = self, .table = table, .names = g_array_new (FALSE, FALSE, sizeof (CsvcName)) };
  guint n_errors = csvc_diagnostics_count (self->diagnostics, CSVC_SEVERITY_ERROR);

  compile_head (self, table, node);
  _csvc_names_init (&work.columns, "column", UNKNOWN_COLUMN);
  make_scope (&work);
  compile_columns (&work);
  compile_rows (&work);
  if (csvc_diagnostics_count (self->diagnostics, CSVC_SEVERITY_ERROR) == n_errors)
    compile_table_itself (&work);
  if (table->compiled != NULL)
    report (self, table);
  _csvc_names_clear (&work.columns);
  g_array_unref (work.names);
}

void
_csvc_compile_tables (CsvcCompiler *self)
{
  CsvcPolicy *policy = self->policy;
  g_autoptr (GPtrArray) nodes = _csvc_compile_gather (self, "tables", "table");

  if (!_csvc_compile_check_count (self, nodes->len, MAX_TABLES, "tables", policy->document->place))
    return;
  policy->decision_tables = _csvc_compile_alloc (self, nodes->len, sizeof (CsvcTable));
  policy->n_decision_tables = nodes->len;
  for (guint i = 0; i < nodes->len; i++)
    compile_table (self, &policy->decision_tables[i], g_ptr_array_index (nodes, i));
}
