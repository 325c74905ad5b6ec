/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/table-parts.h"

#include <string.h>

#include "base/time.h"

/* Asking a table: the masks of all columns, then what computes, then the hit policy. No heap; values that outputs build are in env->scratch. */

static const CsvcValue unknown_value = CSVC_VALUE_UNKNOWN;

/* ── inputs ── */

/* The local date of the stamp. */
static gboolean
get_day (const CsvcFeelEnv *env, CsvcValue *value, const char **missing)
{
  CsvcDuration offset = 0;

  if (env->now == CSVC_NEVER)
    {
      *missing = "today ()";
      return FALSE;
    }
  if (env->zone != NULL)
    offset = csvc_zone_get_offset (env->zone, env->now);
  *value = (CsvcValue){ .type = CSVC_TYPE_DATE, .u = { .i = _csvc_floor_div (env->now + offset, CSVC_DAY) } };
  return TRUE;
}

static gboolean
get_fact (const CsvcValue *facts, const TableColumn *column, CsvcValue *value, const char **missing)
{
  *value = facts != NULL ? facts[column->slot] : unknown_value;
  *missing = column->name;
  return value->type != CSVC_TYPE_UNKNOWN;
}

gboolean
_csvc_table_input (const CsvcFeelTable *self G_GNUC_UNUSED, const CsvcFeelEnv *env, const TableColumn *column, CsvcValue *value,
                   const char **missing)
{
  switch ((TableSource) column->source)
    {
    case TABLE_SOURCE_CASE:
      return get_fact (env->case_facts, column, value, missing);
    case TABLE_SOURCE_CUSTOMER:
      return get_fact (env->customer_facts, column, value, missing);
    case TABLE_SOURCE_DAY:
      return get_day (env, value, missing);
    case TABLE_SOURCE_EXPRESSION:
    default:
      return _csvc_expr_eval (column->expr, env, value, missing) == CSVC_TRUE;
    }
}

static gboolean
is_allowed (const CsvcFeelEnv *env, const TableColumn *column, const CsvcValue *value)
{
  return column->allowed == NULL || _csvc_expr_test_cell (column->allowed, env, value, NULL) == CSVC_TRUE;
}

void
_csvc_table_ask_cells (const CsvcFeelTable *self, const CsvcFeelEnv *env, guint column, const CsvcValue *value, guint64 *hold)
{
  memset (hold, 0, self->n_words * sizeof *hold);
  if (!is_allowed (env, &self->columns[column], value))
    return;
  for (guint row = 0; row < self->n_rows; row++)
    {
      const CsvcExpr *cell = self->cells[(gsize) row * self->n_inputs + column];

      if (cell == NULL || (self->columns[column].computed != NULL && _csvc_table_has (self->columns[column].computed, row))
          || _csvc_expr_test_cell (cell, env, value, NULL) == CSVC_TRUE)
        _csvc_table_add (hold, row);
    }
}

/* The mask of a value that is there; one that has no position is asked cell by cell, into @own. */
static const guint64 *
find_mask (const CsvcFeelTable *self, const CsvcFeelEnv *env, const TableColumn *column, const CsvcValue *value, guint64 *own)
{
  guint position;

  if (G_LIKELY (_csvc_table_column_find (column, value, &position)))
    return _csvc_table_mask (self, column, position);
  if (value->type == CSVC_TYPE_NULL)
    return _csvc_table_mask (self, column, column->n_positions + TABLE_MASK_NULL);
  _csvc_table_ask_cells (self, env, (guint) (column - self->columns), value, own);
  return own;
}

/* ── rows ── */

/* What a row's cells that compute say together. */
static CsvcTruth
ask_row (const CsvcFeelTable *self, const CsvcFeelEnv *env, guint row)
{
  CsvcTruth answer = CSVC_TRUE;

  for (guint i = 0; i < self->n_inputs && answer != CSVC_FALSE; i++)
    {
      const TableColumn *column = &self->columns[i];
      const char *missing = NULL;
      CsvcValue value;
      CsvcTruth truth;

      if (column->computed == NULL || !_csvc_table_has (column->computed, row))
        continue;
      if (!_csvc_table_input (self, env, column, &value, &missing))
        value = unknown_value;
      truth = _csvc_expr_test_cell (self->cells[(gsize) row * self->n_inputs + i], env, &value, &missing);
      if (truth != CSVC_TRUE)
        answer = truth == CSVC_UNKNOWN ? CSVC_UNKNOWN : CSVC_FALSE;
    }
  return answer;
}

static void
ask_rows (const CsvcFeelTable *self, const CsvcFeelEnv *env, CsvcFeelRows *rows)
{
  for (guint w = 0; w < self->n_words; w++)
    for (guint64 left = rows->may[w] & self->computed[w]; left != 0; left &= left - 1)
      {
        guint64 bit = left & -left;
        CsvcTruth truth = ask_row (self, env, w * 64 + (guint) __builtin_ctzll (left));

        if (truth != CSVC_TRUE)
          rows->hold[w] &= ~bit;
        if (truth == CSVC_FALSE)
          rows->may[w] &= ~bit;
      }
}

/* The position of a usual value among the masks; G_MAXUINT: an unusual one, or none. */
static inline guint
find_fast (const TableFast *fast, const CsvcValue *value)
{
  guint shift = (guint) (value->exponent - fast->exponent);
  gint64 key = value->u.i;

  if (G_UNLIKELY (value->type != fast->type))
    return G_MAXUINT;
  if (fast->small == NULL)
    return value->index >= 0 ? (guint) value->index : G_MAXUINT;
  if (G_UNLIKELY (shift > TABLE_MAX_SHIFT || (guint64) (key + TABLE_MAX_SHIFTED) > 2 * (guint64) TABLE_MAX_SHIFTED))
    return G_MAXUINT;
  key = key * _csvc_table_power_of_ten[shift] - fast->low;
  return fast->small[CLAMP (key, 0, fast->last)];
}

/* FALSE: a value is missing or unusual. */
static gboolean
match_fast (const CsvcFeelTable *self, const CsvcFeelEnv *env, guint64 *rows)
{
  guint64 left = self->all[0];

  if ((self->fast_reads_customer && env->customer_facts == NULL) || (self->fast_reads_case && env->case_facts == NULL))
    return FALSE;
  for (guint i = 0; i < self->n_fast; i++)
    {
      const TableFast *fast = &self->fast[i];
      guint position = find_fast (fast, (fast->of_customer ? env->customer_facts : env->case_facts) + fast->slot);

      if (G_UNLIKELY (position == G_MAXUINT))
        return FALSE;
      left &= fast->masks[position];
    }
  *rows = left;
  return TRUE;
}

/* The usual table has no more than 64 rows: one word, kept in a register. */
static void
match_word (const CsvcFeelTable *self, const CsvcFeelEnv *env, CsvcFeelRows *rows)
{
  guint64 may = self->all[0], surely = self->all[0], own;

  for (guint i = 0; i < self->n_columns; i++)
    {
      const TableColumn *column = &self->columns[i];
      const char *missing = NULL;
      CsvcValue value;

      if (G_LIKELY (_csvc_table_input (self, env, column, &value, &missing)))
        may &= *find_mask (self, env, column, &value, &own);
      else
        {
          surely &= *_csvc_table_mask (self, column, column->n_positions + TABLE_MASK_SURELY);
          may &= *_csvc_table_mask (self, column, column->n_positions + TABLE_MASK_PERHAPS);
        }
    }
  rows->may[0] = may;
  rows->hold[0] = may & surely;
}

static void
and_mask (const CsvcFeelTable *self, guint64 *rows, const guint64 *mask)
{
  for (guint w = 0; w < self->n_words; w++)
    rows[w] &= mask[w];
}

static void
match_words (const CsvcFeelTable *self, const CsvcFeelEnv *env, CsvcFeelRows *rows)
{
  guint64 own[CSVC_TABLE_WORDS];

  memcpy (rows->may, self->all, self->n_words * sizeof (guint64));
  memcpy (rows->hold, self->all, self->n_words * sizeof (guint64));
  for (guint i = 0; i < self->n_columns; i++)
    {
      const TableColumn *column = &self->columns[i];
      const char *missing = NULL;
      CsvcValue value;

      if (_csvc_table_input (self, env, column, &value, &missing))
        and_mask (self, rows->may, find_mask (self, env, column, &value, own));
      else
        {
          and_mask (self, rows->hold, _csvc_table_mask (self, column, column->n_positions + TABLE_MASK_SURELY));
          and_mask (self, rows->may, _csvc_table_mask (self, column, column->n_positions + TABLE_MASK_PERHAPS));
        }
    }
  and_mask (self, rows->hold, rows->may);
}

void
_csvc_feel_table_match (const CsvcFeelTable *self, const CsvcFeelEnv *env, CsvcFeelRows *rows)
{
  g_return_if_fail (self != NULL && env != NULL && rows != NULL);

  if (self->fast != NULL && match_fast (self, env, rows->may))
    rows->hold[0] = rows->may[0];
  else if (self->n_words == 1)
    match_word (self, env, rows);
  else
    match_words (self, env, rows);
  if (self->computed != NULL)
    ask_rows (self, env, rows);
}

/* ── why a row does not hold ── */

/* One cell. */
static CsvcTruth
ask_cell (const CsvcFeelTable *self, const CsvcFeelEnv *env, guint row, guint index, const char **missing)
{
  const TableColumn *column = &self->columns[index];
  gboolean computes = column->computed != NULL && _csvc_table_has (column->computed, row);
  const char *asked = NULL, *input = NULL;
  guint64 own[CSVC_TABLE_WORDS];
  CsvcValue value;
  gboolean there = _csvc_table_input (self, env, column, &value, &input);
  CsvcTruth truth;

  if (!there && !computes)
    {
      *missing = input;
      if (_csvc_table_has (_csvc_table_mask (self, column, column->n_positions + TABLE_MASK_SURELY), row))
        return CSVC_TRUE;
      return _csvc_table_has (_csvc_table_mask (self, column, column->n_positions + TABLE_MASK_PERHAPS), row) ? CSVC_UNKNOWN : CSVC_FALSE;
    }
  if (there && !_csvc_table_has (find_mask (self, env, column, &value, own), row))
    return CSVC_FALSE;
  if (!computes)
    return CSVC_TRUE;
  truth = _csvc_expr_test_cell (self->cells[(gsize) row * self->n_inputs + index], env, there ? &value : &unknown_value, &asked);
  *missing = asked == NULL || strcmp (asked, "?") == 0 ? input : asked;
  return truth == CSVC_NULL ? CSVC_FALSE : truth;
}

gboolean
_csvc_feel_table_why_not (const CsvcFeelTable *self, const CsvcFeelEnv *env, guint row, guint *input, CsvcTruth *truth,
                          const char **missing)
{
  gboolean found = FALSE;

  g_return_val_if_fail (self != NULL && env != NULL && row < self->n_rows, FALSE);

  /* The period comes first: a row that does not exist has no cells. What is surely false says more than what is not known. */
  for (guint i = self->n_columns; i-- > 0;)
    {
      const char *asked = NULL;
      CsvcTruth cell = ask_cell (self, env, row, i, &asked);

      if (cell == CSVC_TRUE || (found && *truth == CSVC_FALSE && cell != CSVC_FALSE))
        continue;
      found = TRUE;
      *truth = cell;
      *input = i < self->n_inputs ? i : G_MAXUINT;
      *missing = cell == CSVC_UNKNOWN ? asked : NULL;
      if (i >= self->n_inputs && cell == CSVC_FALSE)
        return TRUE;
    }
  return found;
}

/* ── the hit policy ── */

static guint
first_of (const CsvcFeelTable *self, const guint64 *set)
{
  for (guint w = 0; w < self->n_words; w++)
    if (set[w] != 0)
      return w * 64 + (guint) __builtin_ctzll (set[w]);
  return G_MAXUINT;
}

static guint
count (const CsvcFeelTable *self, const guint64 *set)
{
  guint n = 0;

  for (guint w = 0; w < self->n_words; w++)
    n += (guint) __builtin_popcountll (set[w]);
  return n;
}

static guint
next_of (const CsvcFeelTable *self, const guint64 *set, guint after)
{
  for (guint i = after + 1; i < self->n_rows; i++)
    if (_csvc_table_has (set, i))
      return i;
  return G_MAXUINT;
}

/* The first row that hangs on a missing fact. */
static guint
first_open (const CsvcFeelTable *self, const CsvcFeelRows *rows)
{
  for (guint w = 0; w < self->n_words; w++)
    if ((rows->may[w] & ~rows->hold[w]) != 0)
      return w * 64 + (guint) __builtin_ctzll (rows->may[w] & ~rows->hold[w]);
  return G_MAXUINT;
}

static CsvcTruth
hangs_on (const CsvcFeelTable *self, const CsvcFeelEnv *env, guint row, const char **missing)
{
  guint input;
  CsvcTruth truth;
  const char *asked = NULL;

  if (missing != NULL && _csvc_feel_table_why_not (self, env, row, &input, &truth, &asked))
    *missing = asked;
  return CSVC_UNKNOWN;
}

static void
keep_only (const CsvcFeelTable *self, CsvcFeelRows *rows, guint row)
{
  memset (rows->hold, 0, self->n_words * sizeof (guint64));
  _csvc_table_add (rows->hold, row);
}

static CsvcTruth
say_why (const CsvcFeelEnv *env, const char *text)
{
  if (env->why != NULL && env->why->text == NULL)
    env->why->text = text;
  return CSVC_NULL;
}

/* Nothing holds: is that an answer? */
static CsvcTruth
choose_none (const CsvcFeelTable *self, const CsvcFeelEnv *env)
{
  for (guint i = 0; i < self->n_inputs; i++)
    {
      const char *missing;
      CsvcValue value;

      if (self->columns[i].allowed != NULL && _csvc_table_input (self, env, &self->columns[i], &value, &missing)
          && !is_allowed (env, &self->columns[i], &value))
        return say_why (env, "an input of the table is none of its allowed values");
    }
  return CSVC_FALSE;
}

static CsvcTruth
choose_unique (const CsvcFeelTable *self, const CsvcFeelEnv *env, CsvcFeelRows *rows, guint open, const char **missing)
{
  if (count (self, rows->hold) > 1)
    return say_why (env, "several rows of a table with the hit policy unique hold");
  if (open != G_MAXUINT && !self->apart)
    return hangs_on (self, env, open, missing);
  return CSVC_TRUE;
}

static CsvcTruth
choose_first (const CsvcFeelTable *self, const CsvcFeelEnv *env, CsvcFeelRows *rows, guint open, const char **missing)
{
  guint row = first_of (self, rows->hold);

  if (open < row)
    return hangs_on (self, env, open, missing);
  keep_only (self, rows, row);
  return CSVC_TRUE;
}

static CsvcTruth
compare_outputs (const CsvcFeelTable *self, const CsvcFeelEnv *env, guint a, guint b, const char **missing)
{
  for (guint i = 0; i < self->n_outputs; i++)
    {
      CsvcValue x, y;

      if (_csvc_feel_table_get_output (self, env, a, i, &x, missing) != CSVC_TRUE
          || _csvc_feel_table_get_output (self, env, b, i, &y, missing) != CSVC_TRUE)
        return CSVC_UNKNOWN;
      if (_csvc_feel_equal (&x, &y) != CSVC_TRUE)
        return say_why (env, "rows of a table with the hit policy any contradict each other");
    }
  return CSVC_TRUE;
}

static CsvcTruth
choose_any (const CsvcFeelTable *self, const CsvcFeelEnv *env, CsvcFeelRows *rows, const char **missing)
{
  guint first = first_of (self, rows->hold);
  CsvcTruth truth = CSVC_TRUE;

  for (guint row = next_of (self, rows->hold, first); row != G_MAXUINT && truth == CSVC_TRUE; row = next_of (self, rows->hold, row))
    truth = compare_outputs (self, env, first, row, missing);
  return truth;
}

static CsvcTruth
choose_best (const CsvcFeelTable *self, const CsvcFeelEnv *env, CsvcFeelRows *rows, const char **missing)
{
  guint best = first_of (self, rows->hold);

  for (guint row = best; row != G_MAXUINT; row = next_of (self, rows->hold, row))
    if (self->ranks[row] < self->ranks[best])
      best = row;
  for (guint row = 0; row < self->n_rows; row++)
    if (self->ranks[row] < self->ranks[best] && _csvc_table_has (rows->may, row))
      return hangs_on (self, env, row, missing);
  keep_only (self, rows, best);
  return CSVC_TRUE;
}

CsvcTruth
_csvc_feel_table_choose (const CsvcFeelTable *self, const CsvcFeelEnv *env, CsvcFeelRows *rows, const char **missing)
{
  guint open;

  g_return_val_if_fail (self != NULL && env != NULL && rows != NULL, CSVC_NULL);

  open = first_open (self, rows);
  if (first_of (self, rows->hold) == G_MAXUINT)
    return open != G_MAXUINT ? hangs_on (self, env, open, missing) : choose_none (self, env);
  switch (self->hit)
    {
    case CSVC_HIT_UNIQUE:
      return choose_unique (self, env, rows, open, missing);
    case CSVC_HIT_FIRST:
      return choose_first (self, env, rows, open, missing);
    case CSVC_HIT_ANY:
      return choose_any (self, env, rows, missing);
    case CSVC_HIT_PRIORITY:
      return choose_best (self, env, rows, missing);
    case CSVC_HIT_COLLECT:
    case CSVC_HIT_RULE_ORDER:
    case CSVC_HIT_OUTPUT_ORDER:
    default:
      return open != G_MAXUINT ? hangs_on (self, env, open, missing) : CSVC_TRUE;
    }
}

/* ── values ── */

CsvcTruth
_csvc_feel_table_get_output (const CsvcFeelTable *self, const CsvcFeelEnv *env, guint row, guint output, CsvcValue *value,
                             const char **missing)
{
  const CsvcExpr *cell;
  const CsvcValue *constant;

  g_return_val_if_fail (self != NULL && output < self->n_outputs && (row < self->n_rows || row == G_MAXUINT), CSVC_NULL);

  cell = row != G_MAXUINT ? self->outputs[output].cells[row] : self->outputs[output].otherwise;
  if (cell == NULL)
    {
      *value = (CsvcValue){ .type = CSVC_TYPE_NULL };
      return CSVC_TRUE;
    }
  if ((constant = _csvc_expr_get_constant (cell)) != NULL)
    {
      *value = *constant;
      return CSVC_TRUE;
    }
  return _csvc_expr_eval (cell, env, value, missing);
}

/* The output, or a context of them. */
static CsvcTruth
make_row (const CsvcFeelTable *self, const CsvcFeelEnv *env, guint row, CsvcValue *value, const char **missing)
{
  CsvcValue *values;

  if (self->n_outputs == 1)
    return _csvc_feel_table_get_output (self, env, row, 0, value, missing);
  values = _csvc_feel_scratch_alloc (env->scratch, self->n_outputs * sizeof (CsvcValue));
  if (values == NULL)
    return say_why (env, "the answer is too large");
  for (guint i = 0; i < self->n_outputs; i++)
    {
      CsvcTruth truth = _csvc_feel_table_get_output (self, env, row, i, &values[i], missing);

      if (truth != CSVC_TRUE)
        return truth;
    }
  *value = _csvc_feel_context (env->scratch, self->names, values, self->n_outputs);
  return CSVC_TRUE;
}

/* The n-th row of the answer: by place, or by priority and then place. */
static guint
next_in_order (const CsvcFeelTable *self, const guint64 *hold, guint after)
{
  guint found = G_MAXUINT;

  if (self->hit != CSVC_HIT_OUTPUT_ORDER)
    return after == G_MAXUINT ? first_of (self, hold) : next_of (self, hold, after);
  for (guint row = 0; row < self->n_rows; row++)
    {
      if (!_csvc_table_has (hold, row))
        continue;
      if (after != G_MAXUINT && (self->ranks[row] < self->ranks[after] || (self->ranks[row] == self->ranks[after] && row <= after)))
        continue;
      if (found == G_MAXUINT || self->ranks[row] < self->ranks[found])
        found = row;
    }
  return found;
}

static CsvcTruth
make_list (const CsvcFeelTable *self, const CsvcFeelEnv *env, const guint64 *hold, CsvcValue *value, const char **missing)
{
  guint n = count (self, hold), row = G_MAXUINT;
  CsvcValue *items = _csvc_feel_scratch_alloc (env->scratch, MAX (n, 1) * sizeof (CsvcValue));

  if (items == NULL)
    return say_why (env, "the answer is too large");
  for (guint i = 0; i < n; i++)
    {
      CsvcTruth truth;

      row = next_in_order (self, hold, row);
      truth = make_row (self, env, row, &items[i], missing);
      if (truth != CSVC_TRUE)
        return truth;
    }
  *value = _csvc_feel_list (env->scratch, items, n);
  return CSVC_TRUE;
}

/* FALSE: not of one ordered type, or out of bounds. */
static gboolean
put_together (CsvcAggregate aggregate, CsvcValue *sum, const CsvcValue *next)
{
  int order;

  if (aggregate == CSVC_AGGREGATE_SUM)
    return _csvc_number_add (sum, sum, next);
  if (!_csvc_feel_order (next, sum, &order))
    return FALSE;
  if (aggregate == CSVC_AGGREGATE_MIN ? order < 0 : order > 0)
    *sum = *next;
  return TRUE;
}

static CsvcTruth
make_aggregate (const CsvcFeelTable *self, const CsvcFeelEnv *env, const guint64 *hold, CsvcValue *value, const char **missing)
{
  guint first = first_of (self, hold);

  if (self->aggregate == CSVC_AGGREGATE_COUNT)
    {
      _csvc_value_set_integer (value, count (self, hold));
      return CSVC_TRUE;
    }
  for (guint row = first; row != G_MAXUINT; row = next_of (self, hold, row))
    {
      CsvcValue next;
      CsvcTruth truth = _csvc_feel_table_get_output (self, env, row, 0, &next, missing);

      if (truth != CSVC_TRUE)
        return truth;
      if (row == first)
        *value = next;
      else if (!put_together (self->aggregate, value, &next))
        return say_why (env, "the outputs of a table cannot be put together to one");
    }
  return CSVC_TRUE;
}

static CsvcTruth
make_otherwise (const CsvcFeelTable *self, const CsvcFeelEnv *env, CsvcValue *value, const char **missing)
{
  for (guint i = 0; i < self->n_outputs; i++)
    if (self->outputs[i].otherwise != NULL)
      return make_row (self, env, G_MAXUINT, value, missing);
  *value = (CsvcValue){ .type = CSVC_TYPE_NULL };
  return CSVC_TRUE;
}

static CsvcTruth
make_value (const CsvcFeelTable *self, const CsvcFeelEnv *env, const guint64 *hold, CsvcValue *value, const char **missing)
{
  switch (self->hit)
    {
    case CSVC_HIT_RULE_ORDER:
    case CSVC_HIT_OUTPUT_ORDER:
      return make_list (self, env, hold, value, missing);
    case CSVC_HIT_COLLECT:
      if (self->aggregate == CSVC_AGGREGATE_LIST)
        return make_list (self, env, hold, value, missing);
      return make_aggregate (self, env, hold, value, missing);
    default:
      return make_row (self, env, first_of (self, hold), value, missing);
    }
}

CsvcTruth
_csvc_feel_table_eval (const CsvcFeelTable *self, const CsvcFeelEnv *env, CsvcFeelRows *rows, CsvcValue *value, const char **missing)
{
  const char *asked = NULL;
  CsvcFeelRows own;
  CsvcTruth truth;
  CsvcValue answer = { .type = CSVC_TYPE_NULL };

  g_return_val_if_fail (self != NULL && env != NULL && value != NULL, CSVC_NULL);

  if (rows == NULL)
    rows = &own;
  _csvc_feel_table_match (self, env, rows);
  truth = _csvc_feel_table_choose (self, env, rows, &asked);
  if (truth == CSVC_TRUE)
    truth = make_value (self, env, rows->hold, &answer, &asked);
  else if (truth == CSVC_FALSE)
    truth = make_otherwise (self, env, &answer, &asked);
  if (truth == CSVC_UNKNOWN)
    {
      if (missing != NULL)
        *missing = asked;
      return truth;
    }
  *value = truth == CSVC_TRUE ? answer : (CsvcValue){ .type = CSVC_TYPE_NULL };
  return truth;
}
