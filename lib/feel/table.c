/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/table-parts.h"

#include <string.h>

/* From texts to a table: expressions first, then column by column the masks. A fault never stops compiling: all are told at once. */

enum {
  NO_PRIORITY = 828,
  NO_AGGREGATE = 829,
  NO_OUTPUT = 832,
  BAD_WORD = 833,
  TOO_LARGE = 836
};

typedef struct {
  CsvcFeelTable           *table;
  const CsvcFeelTableSpec *spec;
  CsvcDiagnostics         *diagnostics;
  gboolean                 failed;
} Builder;

CsvcFeelTable *
_csvc_feel_table_ref (CsvcFeelTable *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

static void
unref_expr (gpointer expr)
{
  _csvc_expr_unref (expr);
}

void
_csvc_feel_table_unref (CsvcFeelTable *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  for (guint i = 0; i < self->n_outputs; i++)
    for (guint j = 0; j < self->outputs[i].n_ranks; j++)
      _csvc_value_clear (&self->outputs[i].ranks[j]);
  g_ptr_array_unref (self->memory);
  g_ptr_array_unref (self->exprs);
  g_free (self);
}

static CsvcFeelTable *
table_new (const CsvcFeelTableSpec *spec)
{
  CsvcFeelTable *self = g_new0 (CsvcFeelTable, 1);

  g_atomic_ref_count_init (&self->refs);
  self->memory = g_ptr_array_new_with_free_func (g_free);
  self->exprs = g_ptr_array_new_with_free_func (unref_expr);
  self->hit = spec->hit;
  self->aggregate = spec->aggregate;
  self->n_rows = spec->n_rows;
  self->n_words = (spec->n_rows + 63) / 64;
  self->n_inputs = spec->n_inputs;
  self->n_outputs = spec->n_outputs;
  self->columns = _csvc_table_alloc (self, spec->n_inputs + 1, sizeof (TableColumn));
  self->cells = _csvc_table_alloc (self, (gsize) spec->n_rows * spec->n_inputs, sizeof (CsvcExpr *));
  self->outputs = _csvc_table_alloc (self, spec->n_outputs, sizeof (TableOutput));
  self->names = _csvc_table_alloc (self, spec->n_outputs, sizeof (char *));
  self->all = _csvc_table_alloc (self, self->n_words, sizeof (guint64));
  for (guint i = 0; i < spec->n_rows; i++)
    _csvc_table_add (self->all, i);
  return self;
}

static const char *
keep_text (CsvcFeelTable *self, const char *text)
{
  char *copy = g_strdup (text);

  g_ptr_array_add (self->memory, copy);
  return copy;
}

/* Owns what was compiled, or remembers that it was not. */
static CsvcExpr *
keep (Builder *self, CsvcExpr *expr)
{
  if (expr == NULL)
    self->failed = TRUE;
  else
    g_ptr_array_add (self->table->exprs, expr);
  return expr;
}

static void
complain (Builder *self, guint number, CsvcPlace place, const char *expected, const char *format, ...) G_GNUC_PRINTF (5, 6);

static void
complain (Builder *self, guint number, CsvcPlace place, const char *expected, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  self->failed = TRUE;
  _csvc_diagnostics_add (self->diagnostics, number, place, 0, expected, NULL, "%s", message);
}

/* ── inputs ── */

/* An input that only names a fact is read without evaluating anything. */
static void
find_source (const CsvcScope *scope, TableColumn *column, const char *text)
{
  g_autofree char *name = g_strstrip (g_strdup (text));

  column->source = TABLE_SOURCE_EXPRESSION;
  column->nullable = TRUE;
  for (guint i = scope->n_names; i-- > 0;)
    if (strcmp (scope->names[i].name, name) == 0)
      {
        CsvcNameKind kind = scope->names[i].kind;

        if (kind == CSVC_NAME_CASE_FACT || kind == CSVC_NAME_CUSTOMER_FACT)
          column->source = kind == CSVC_NAME_CASE_FACT ? TABLE_SOURCE_CASE : TABLE_SOURCE_CUSTOMER;
        column->nullable = column->source == TABLE_SOURCE_EXPRESSION;
        column->slot = scope->names[i].slot;
        return;
      }
}

static const CsvcFeelType *
get_input_type (const Builder *self, guint input)
{
  const CsvcFeelType *type = self->spec->inputs[input].type;
  const CsvcExpr *expr = self->table->columns[input].expr;

  if (type == NULL && expr != NULL)
    type = _csvc_expr_get_full_type (expr);
  return type;
}

static void
keep_words (CsvcFeelTable *table, TableColumn *column, const CsvcFeelType *type)
{
  guint n = g_strv_length ((GStrv) type->words);
  const char **words = _csvc_table_alloc (table, n + 1, sizeof (char *));

  for (guint i = 0; i < n; i++)
    words[i] = keep_text (table, type->words[i]);
  column->words = words;
}

static void
compile_input (Builder *self, guint index)
{
  const CsvcFeelInput *input = &self->spec->inputs[index];
  TableColumn *column = &self->table->columns[index];
  const CsvcFeelType *type;

  column->name = keep_text (self->table, input->name != NULL ? input->name : input->text);
  column->expr = keep (self, _csvc_expr_compile_typed (input->text, self->spec->scope, self->spec->scope->dmn ? NULL : input->type,
                                                       input->place, self->diagnostics));
  find_source (self->spec->scope, column, input->text);
  type = get_input_type (self, index);
  if (type == NULL)
    return;
  column->type = (guint8) type->type;
  if (type->type == CSVC_TYPE_ENUM && type->words != NULL)
    keep_words (self->table, column, type);
  if (input->allowed != NULL && *input->allowed != '\0')
    column->allowed = keep (self, _csvc_expr_compile_cell (input->allowed, self->spec->scope, type, input->place, self->diagnostics));
}

/* ── cells ── */

static gboolean
says_nothing (const char *text)
{
  if (text == NULL)
    return TRUE;
  while (g_ascii_isspace (*text))
    text++;
  if (*text == '-')
    text++;
  while (g_ascii_isspace (*text))
    text++;
  return *text == '\0';
}

static CsvcPlace
place_of (const CsvcFeelRow *row, guint cell)
{
  return row->places != NULL ? row->places[cell] : row->place;
}

static void
compile_cells (Builder *self, guint index)
{
  const CsvcFeelRow *row = &self->spec->rows[index];
  CsvcExpr **cells = self->table->cells + (gsize) index * self->spec->n_inputs;

  for (guint i = 0; i < self->spec->n_inputs; i++)
    if (!says_nothing (row->inputs[i]) && self->table->columns[i].expr != NULL)
      cells[i] = keep (self, _csvc_expr_compile_cell (row->inputs[i], self->spec->scope, get_input_type (self, i), place_of (row, i),
                                                      self->diagnostics));
}

/* An input of no known type has the type of what its cells name, if that is one. */
static void
adopt_type (TableColumn *column, const CsvcValue *end)
{
  if (column->type == CSVC_TYPE_UNKNOWN && end != NULL && end->type != CSVC_TYPE_NULL)
    column->type = end->type;
}

/* Can the column's positions tell this end? Local and offset times of models cannot be put into one order. */
static gboolean
is_telling (const Builder *self, const TableColumn *column, const CsvcValue *end)
{
  if (end == NULL || end->type == CSVC_TYPE_NULL)
    return TRUE;
  if (end->type != column->type || end->type > CSVC_TYPE_YEAR_MONTH_DURATION)
    return FALSE;
  if (end->type == CSVC_TYPE_ENUM)
    return end->index >= 0;
  return !self->spec->scope->dmn || (end->type != CSVC_TYPE_TIME && end->type != CSVC_TYPE_DATE_TIME);
}

/* Leaves @set without intervals when the cell has to be asked itself. */
static void
read_set (Builder *self, TableColumn *column, const CsvcExpr *cell, TableCellSet *set)
{
  g_autoptr (GArray) intervals = g_array_new (FALSE, FALSE, sizeof (CsvcFeelInterval));

  if (cell == NULL)
    set->negated = TRUE;
  else if (!_csvc_expr_get_intervals (cell, intervals, &set->negated))
    return;
  for (guint i = 0; i < intervals->len; i++)
    {
      const CsvcFeelInterval *interval = &g_array_index (intervals, CsvcFeelInterval, i);

      adopt_type (column, interval->low);
      adopt_type (column, interval->high);
      if (!is_telling (self, column, interval->low) || !is_telling (self, column, interval->high))
        return;
    }
  set->intervals = g_steal_pointer (&intervals);
}

static void
mark_computed (CsvcFeelTable *table, TableColumn *column, guint row)
{
  if (column->computed == NULL)
    column->computed = _csvc_table_alloc (table, table->n_words, sizeof (guint64));
  if (table->computed == NULL)
    table->computed = _csvc_table_alloc (table, table->n_words, sizeof (guint64));
  _csvc_table_add (column->computed, row);
  _csvc_table_add (table->computed, row);
}

static void
build_column (Builder *self, guint index)
{
  CsvcFeelTable *table = self->table;
  TableColumn *column = &table->columns[index];
  g_autofree TableCellSet *sets = g_new0 (TableCellSet, table->n_rows + 1);

  for (guint row = 0; row < table->n_rows; row++)
    {
      read_set (self, column, table->cells[(gsize) row * table->n_inputs + index], &sets[row]);
      if (sets[row].intervals == NULL)
        mark_computed (table, column, row);
    }
  read_set (self, column, column->allowed, &sets[table->n_rows]);
  _csvc_table_column_build (table, column, sets);
  for (guint row = 0; row <= table->n_rows; row++)
    g_clear_pointer (&sets[row].intervals, g_array_unref);
}

/* ── periods, a column of their own ── */

static gboolean
has_periods (const CsvcFeelTableSpec *spec)
{
  for (guint i = 0; i < spec->n_rows; i++)
    if (spec->rows[i].from != G_MININT32 || spec->rows[i].to != G_MAXINT32)
      return TRUE;
  return FALSE;
}

static CsvcValue
make_day (gint32 day)
{
  return (CsvcValue){ .type = CSVC_TYPE_DATE, .u = { .i = day } };
}

/* (transfer full): the stretch of days, whose ends are kept in @ends. */
static GArray *
make_period (gint32 from, gint32 to, CsvcValue *ends)
{
  GArray *intervals = g_array_new (FALSE, FALSE, sizeof (CsvcFeelInterval));
  CsvcFeelInterval interval = { NULL, NULL, FALSE, FALSE };

  ends[0] = make_day (from);
  ends[1] = make_day (to);
  if (from != G_MININT32)
    interval.low = &ends[0];
  if (to != G_MAXINT32)
    interval.high = &ends[1];
  g_array_append_val (intervals, interval);
  return intervals;
}

static void
build_periods (Builder *self)
{
  static const gint32 for_ever[] = { CSVC_ROW_FOR_EVER };
  const gint32 *period = self->spec->period != NULL ? self->spec->period : for_ever;
  CsvcFeelTable *table = self->table;
  TableColumn *column = &table->columns[table->n_inputs];
  g_autofree TableCellSet *sets = g_new0 (TableCellSet, table->n_rows + 1);
  g_autofree CsvcValue *ends = g_new0 (CsvcValue, 2 * ((gsize) table->n_rows + 1));

  column->source = TABLE_SOURCE_DAY;
  column->type = CSVC_TYPE_DATE;
  column->name = "date";
  for (guint i = 0; i < table->n_rows; i++)
    sets[i].intervals = make_period (self->spec->rows[i].from, self->spec->rows[i].to, &ends[2 * i]);
  sets[table->n_rows].intervals = make_period (period[0], period[1], &ends[2 * table->n_rows]);
  _csvc_table_column_build (table, column, sets);
  for (guint i = 0; i <= table->n_rows; i++)
    g_array_unref (sets[i].intervals);
}

/* ── outputs ── */

static gboolean
is_name_in_scope (const CsvcScope *scope, const char *name)
{
  for (guint i = 0; i < scope->n_names; i++)
    if (strcmp (scope->names[i].name, name) == 0)
      return TRUE;
  return FALSE;
}

/* A bare word of an enum stands for itself. (transfer full) (nullable): the same as an expression. */
static char *
quote_word (Builder *self, const char *text, const CsvcFeelType *type, CsvcPlace place)
{
  g_autofree char *word = g_strstrip (g_strdup (text));
  g_autofree char *hint = NULL, *expected = NULL, *list = NULL;

  if (self->spec->scope->dmn || type == NULL || type->type != CSVC_TYPE_ENUM || type->words == NULL)
    return NULL;
  if (g_strv_contains (type->words, word))
    return g_strdup_printf ("\"%s\"", word);
  if (!_csvc_feel_is_name (word) || is_name_in_scope (self->spec->scope, word))
    return NULL;
  hint = _csvc_suggest (word, type->words);
  list = g_strjoinv (", ", (char **) type->words);
  expected = g_strdup_printf ("one of %s", list);
  _csvc_diagnostics_add (self->diagnostics, BAD_WORD, place, 0, expected, hint, "\"%s\" is not in the list of words", word);
  self->failed = TRUE;
  return g_strdup ("null");
}

static CsvcExpr *
compile_value (Builder *self, const char *text, const CsvcFeelType *type, CsvcPlace place)
{
  g_autofree char *quoted = quote_word (self, text, type, place);

  return keep (self, _csvc_expr_compile_typed (quoted != NULL ? quoted : text, self->spec->scope, type, place, self->diagnostics));
}

/* The values of PRIORITY: those of an enum are in order already. */
static void
compile_ranks (Builder *self, const CsvcFeelOutput *output, TableOutput *compiled)
{
  g_autofree char *text = NULL;
  const CsvcFeelList *list;
  const CsvcFeelEnv env = { .now = CSVC_NEVER };
  CsvcValue value;
  CsvcExpr *expr;

  if (output->values == NULL || *output->values == '\0')
    return;
  text = g_strdup_printf ("[%s]", output->values);
  expr = keep (self, _csvc_expr_compile_typed (text, self->spec->scope, NULL, output->place, self->diagnostics));
  if (expr == NULL || _csvc_expr_eval (expr, &env, &value, NULL) != CSVC_TRUE || (list = _csvc_feel_get_list (&value)) == NULL)
    return;
  compiled->ranks = _csvc_table_alloc (self->table, list->n, sizeof (CsvcValue));
  compiled->n_ranks = list->n;
  for (guint i = 0; i < list->n; i++)
    _csvc_value_init_copy (&compiled->ranks[i], &list->items[i]);
}

static void
compile_output (Builder *self, guint index)
{
  const CsvcFeelOutput *output = &self->spec->outputs[index];
  TableOutput *compiled = &self->table->outputs[index];

  compiled->name = output->name != NULL ? keep_text (self->table, output->name) : NULL;
  self->table->names[index] = compiled->name;
  compiled->cells = _csvc_table_alloc (self->table, self->spec->n_rows, sizeof (CsvcExpr *));
  if (output->otherwise != NULL && *output->otherwise != '\0')
    compiled->otherwise = compile_value (self, output->otherwise, output->type, output->place);
  for (guint row = 0; row < self->spec->n_rows; row++)
    {
      CsvcPlace place = place_of (&self->spec->rows[row], self->spec->n_inputs + index);
      const char *text = self->spec->rows[row].outputs[index];

      if (says_nothing (text))
        complain (self, NO_OUTPUT, place, "an expression", "row %u has nothing to say for \"%s\"", row + 1,
                  output->name != NULL ? output->name : "its output");
      else
        compiled->cells[row] = compile_value (self, text, output->type, place);
    }
}

/* ── hit policies ── */

static guint
rank_of (const Builder *self, guint output, const CsvcValue *value)
{
  const TableOutput *compiled = &self->table->outputs[output];
  const CsvcFeelType *type = self->spec->outputs[output].type;

  if (compiled->n_ranks == 0 && type != NULL && type->type == CSVC_TYPE_ENUM && value->type == CSVC_TYPE_ENUM && value->index >= 0)
    return (guint) value->index;
  for (guint i = 0; i < compiled->n_ranks; i++)
    if (_csvc_feel_equal (&compiled->ranks[i], value) == CSVC_TRUE)
      return i;
  return G_MAXUINT;
}

static gboolean
has_order (const Builder *self, guint output)
{
  const CsvcFeelType *type = self->spec->outputs[output].type;

  return self->table->outputs[output].n_ranks > 0 || (type != NULL && type->type == CSVC_TYPE_ENUM && type->words != NULL);
}

/* A row's ranks, the first output's first; outputs without an order do not count. */
static void
find_ranks (Builder *self, guint row, guint *ranks)
{
  for (guint i = 0; i < self->table->n_outputs; i++)
    {
      const CsvcExpr *cell = self->table->outputs[i].cells[row];
      const CsvcValue *value = cell != NULL ? _csvc_expr_get_constant (cell) : NULL;

      ranks[i] = 0;
      if (cell == NULL || !has_order (self, i))
        continue;
      if (value == NULL || (ranks[i] = rank_of (self, i, value)) == G_MAXUINT)
        complain (self, NO_PRIORITY, place_of (&self->spec->rows[row], self->table->n_inputs + i), "one of the output's values",
                  "the output of row %u has no place in the order of values", row + 1);
    }
}

static int
compare_ranks (gconstpointer a, gconstpointer b, gpointer data)
{
  guint n = GPOINTER_TO_UINT (data);

  for (guint i = 0; i < n; i++)
    if (((const guint *) a)[i] != ((const guint *) b)[i])
      return ((const guint *) a)[i] < ((const guint *) b)[i] ? -1 : 1;
  return 0;
}

/* Rows by priority: equal ones have equal ranks. */
static void
rank_rows (Builder *self)
{
  CsvcFeelTable *table = self->table;
  guint n = table->n_outputs;
  gsize size = n * sizeof (guint);
  g_autofree guint *found = g_new0 (guint, (gsize) table->n_rows * n);
  g_autofree guint *sorted = NULL;
  gboolean ordered = FALSE;

  for (guint i = 0; i < n; i++)
    ordered = ordered || has_order (self, i);
  if (!ordered)
    {
      complain (self, NO_PRIORITY, self->spec->place, "an output whose values are listed, best first",
                "the hit policy needs an order of output values");
      return;
    }
  for (guint row = 0; row < table->n_rows; row++)
    find_ranks (self, row, found + (gsize) row * n);
  sorted = g_memdup2 (found, table->n_rows * size);
  g_qsort_with_data (sorted, (gint) table->n_rows, size, compare_ranks, GUINT_TO_POINTER (n));
  table->ranks = _csvc_table_alloc (table, table->n_rows, sizeof (guint));
  for (guint row = 0; row < table->n_rows; row++)
    while (compare_ranks (sorted + (gsize) table->ranks[row] * n, found + (gsize) row * n, GUINT_TO_POINTER (n)) != 0)
      table->ranks[row]++;
}

static gboolean
is_aggregate (CsvcFeelTable *table, guint output)
{
  CsvcType type = CSVC_TYPE_UNKNOWN;

  for (guint row = 0; row < table->n_rows; row++)
    {
      if (table->outputs[output].cells[row] == NULL)
        continue;
      type = _csvc_expr_get_type (table->outputs[output].cells[row]);
      if (type == CSVC_TYPE_NUMBER || type == CSVC_TYPE_UNKNOWN || type == CSVC_TYPE_NULL)
        continue;
      if (table->aggregate == CSVC_AGGREGATE_SUM || type < CSVC_TYPE_STRING || type > CSVC_TYPE_YEAR_MONTH_DURATION)
        return FALSE;
    }
  return TRUE;
}

static void
check_hit (Builder *self)
{
  CsvcFeelTable *table = self->table;

  if (table->hit == CSVC_HIT_PRIORITY || table->hit == CSVC_HIT_OUTPUT_ORDER)
    rank_rows (self);
  if (table->hit != CSVC_HIT_COLLECT || table->aggregate == CSVC_AGGREGATE_LIST || table->aggregate == CSVC_AGGREGATE_COUNT)
    return;
  if (table->n_outputs != 1)
    complain (self, NO_AGGREGATE, self->spec->place, "one output", "sums and extremes are of one output, and there are %u", table->n_outputs);
  else if (!is_aggregate (table, 0))
    complain (self, NO_AGGREGATE, self->spec->place, "an output of numbers", "these outputs cannot be put together to one");
}

/* ── the type of the answer ── */

static const CsvcFeelType *
get_output_type (const Builder *self, guint output)
{
  const CsvcFeelType *type = self->spec->outputs[output].type;

  return type != NULL ? type : _csvc_feel_type_plain (CSVC_TYPE_UNKNOWN);
}

static const CsvcFeelType *
make_row_type (const Builder *self)
{
  guint n = self->table->n_outputs;
  g_autofree const CsvcFeelType **members = NULL;

  if (n == 1)
    return get_output_type (self, 0);
  members = g_new (const CsvcFeelType *, n);
  for (guint i = 0; i < n; i++)
    members[i] = get_output_type (self, i);
  return _csvc_feel_type_context (self->spec->types, n, self->table->names, members);
}

static const CsvcFeelType *
make_type (const Builder *self)
{
  const CsvcFeelType *row = make_row_type (self);

  switch (self->table->hit)
    {
    case CSVC_HIT_RULE_ORDER:
    case CSVC_HIT_OUTPUT_ORDER:
      return _csvc_feel_type_list (self->spec->types, row);
    case CSVC_HIT_COLLECT:
      if (self->table->aggregate == CSVC_AGGREGATE_LIST)
        return _csvc_feel_type_list (self->spec->types, row);
      return self->table->aggregate == CSVC_AGGREGATE_COUNT ? _csvc_feel_type_plain (CSVC_TYPE_NUMBER) : row;
    default:
      return row;
    }
}

/* ── all of it ── */

static gboolean
check_size (Builder *self)
{
  const CsvcFeelTableSpec *spec = self->spec;

  if (spec->n_rows > CSVC_TABLE_MAX_ROWS || spec->n_inputs > CSVC_TABLE_MAX_COLUMNS || spec->n_outputs > CSVC_TABLE_MAX_COLUMNS)
    complain (self, TOO_LARGE, spec->place, "at most 2,048 rows and 255 columns of each sort", "the table \"%s\" is too large", spec->name);
  else if (spec->n_outputs == 0)
    complain (self, TOO_LARGE, spec->place, "an output", "the table \"%s\" has no output", spec->name);
  return !self->failed;
}

static void
compile_texts (Builder *self)
{
  for (guint i = 0; i < self->spec->n_inputs; i++)
    compile_input (self, i);
  for (guint i = 0; i < self->spec->n_rows; i++)
    compile_cells (self, i);
  for (guint i = 0; i < self->spec->n_outputs; i++)
    {
      compile_ranks (self, &self->spec->outputs[i], &self->table->outputs[i]);
      compile_output (self, i);
    }
}

static void
build_columns (Builder *self)
{
  CsvcFeelTable *table = self->table;

  for (guint i = 0; i < table->n_inputs; i++)
    build_column (self, i);
  table->n_columns = table->n_inputs;
  if (has_periods (self->spec))
    {
      build_periods (self);
      table->n_columns++;
    }
}

CsvcFeelTable *
_csvc_feel_table_compile (const CsvcFeelTableSpec *spec, CsvcDiagnostics *diagnostics)
{
  Builder self = { .spec = spec, .diagnostics = diagnostics };

  g_return_val_if_fail (spec != NULL && spec->scope != NULL && spec->types != NULL && diagnostics != NULL, NULL);

  if (!check_size (&self))
    return NULL;
  self.table = table_new (spec);
  compile_texts (&self);
  check_hit (&self);
  if (!self.failed)
    build_columns (&self);
  if (self.failed)
    {
      _csvc_feel_table_unref (self.table);
      return NULL;
    }
  self.table->type = make_type (&self);
  _csvc_table_make_fast (self.table);
  if (spec->hit == CSVC_HIT_UNIQUE && self.table->computed == NULL)
    {
      g_autoptr (GArray) overlaps = _csvc_feel_table_find_overlaps (self.table, 1, NULL);

      self.table->apart = overlaps->len == 0;
    }
  return self.table;
}

guint
_csvc_feel_table_get_n_rows (const CsvcFeelTable *self)
{
  return self->n_rows;
}

guint
_csvc_feel_table_get_n_words (const CsvcFeelTable *self)
{
  return self->n_words;
}

CsvcType
_csvc_feel_table_get_input_type (const CsvcFeelTable *self, guint input, const char *const **words)
{
  if (words != NULL)
    *words = self->columns[input].words;
  return (CsvcType) self->columns[input].type;
}

const CsvcFeelType *
_csvc_feel_table_get_type (const CsvcFeelTable *self)
{
  return self->type;
}

void
_csvc_feel_table_foreach_read (const CsvcFeelTable *self, CsvcFeelReadFunc func, gpointer data)
{
  for (guint i = 0; i < self->exprs->len; i++)
    _csvc_expr_foreach_read (g_ptr_array_index (self->exprs, i), func, data);
  if (self->n_columns > self->n_inputs)
    func (data, CSVC_NAME_NOW, 0, "today", NULL);
}
