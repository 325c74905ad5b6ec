/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/table-parts.h"

#include <string.h>

/* What can be proved of a table, from the masks that it is evaluated with.
 *
 * A row is a box: in each column a set of positions. Two boxes meet when they meet in every column. Whether boxes cover all cases is
 * found column by column: for each position the rows that are still alive; positions with the same rows are one; no row alive is
 * a case that nothing covers; a row alive that holds for everything in the columns to come ends the search there. */

#define MAX_WORK 4000000 /* positions looked at in one question */

static gboolean
is_in_proof (const CsvcFeelTable *self, guint row)
{
  return self->computed == NULL || !_csvc_table_has (self->computed, row);
}

static gboolean
is_empty (const CsvcFeelTable *self, const guint64 *rows)
{
  for (guint w = 0; w < self->n_words; w++)
    if (rows[w] != 0)
      return FALSE;
  return TRUE;
}

static gboolean
holds_at (const CsvcFeelTable *self, const TableColumn *column, guint position, guint row)
{
  return _csvc_table_has (column->domain, position) && _csvc_table_has (_csvc_table_mask (self, column, position), row);
}

static gsize
count_words (const TableColumn *column)
{
  return (column->n_positions + 63) / 64;
}

/* ── overlaps ── */

/* Leaves in @rows those that meet @row in this column. */
static void
meet (const CsvcFeelTable *self, const TableColumn *column, guint row, guint64 *rows)
{
  guint64 met[CSVC_TABLE_WORDS] = { 0 };

  for (guint i = 0; i < column->n_positions; i++)
    if (holds_at (self, column, i, row))
      for (guint w = 0; w < self->n_words; w++)
        met[w] |= _csvc_table_mask (self, column, i)[w];
  for (guint w = 0; w < self->n_words; w++)
    rows[w] &= met[w];
}

/* Do two rows say different things for sure? */
static gboolean
contradict (const CsvcFeelTable *self, guint a, guint b)
{
  for (guint i = 0; i < self->n_outputs; i++)
    {
      const CsvcValue *x = _csvc_expr_get_constant (self->outputs[i].cells[a]);
      const CsvcValue *y = _csvc_expr_get_constant (self->outputs[i].cells[b]);

      if (x != NULL && y != NULL && _csvc_feel_equal (x, y) != CSVC_TRUE)
        return TRUE;
    }
  return FALSE;
}

static char *
describe_common (const CsvcFeelTable *self, guint a, guint b)
{
  GString *out = g_string_new (NULL);

  for (guint c = 0; c < self->n_columns; c++)
    {
      const TableColumn *column = &self->columns[c];
      g_autofree guint64 *common = g_new0 (guint64, count_words (column));

      for (guint i = 0; i < column->n_positions; i++)
        if (holds_at (self, column, i, a) && holds_at (self, column, i, b))
          _csvc_table_add (common, i);
      _csvc_table_column_describe (column, common, out);
    }
  if (out->len == 0)
    g_string_append (out, "every case");
  return g_string_free (out, FALSE);
}

static void
overlap_clear (gpointer data)
{
  g_free (((CsvcFeelOverlap *) data)->example);
}

static void
add_overlaps (const CsvcFeelTable *self, guint row, guint64 *rows, guint max, GArray *overlaps)
{
  for (guint c = 0; c < self->n_columns; c++)
    meet (self, &self->columns[c], row, rows);
  for (guint other = row + 1; other < self->n_rows && overlaps->len < max; other++)
    {
      CsvcFeelOverlap overlap = { row, other, NULL };

      if (!_csvc_table_has (rows, other) || !is_in_proof (self, other))
        continue;
      if (self->hit == CSVC_HIT_ANY && !contradict (self, row, other))
        continue;
      overlap.example = describe_common (self, row, other);
      g_array_append_val (overlaps, overlap);
    }
}

GArray *
_csvc_feel_table_find_overlaps (const CsvcFeelTable *self, guint max, guint64 *left_out)
{
  GArray *overlaps = g_array_new (FALSE, FALSE, sizeof (CsvcFeelOverlap));
  guint64 rows[CSVC_TABLE_WORDS];

  g_array_set_clear_func (overlaps, overlap_clear);
  for (guint w = 0; left_out != NULL && w < self->n_words; w++)
    left_out[w] = self->computed != NULL ? self->computed[w] : 0;
  for (guint row = 0; row < self->n_rows && overlaps->len < max; row++)
    {
      memcpy (rows, self->all, self->n_words * sizeof (guint64));
      if (is_in_proof (self, row))
        add_overlaps (self, row, rows, max, overlaps);
    }
  return overlaps;
}

/* ── cases that nothing covers ── */

typedef struct {
  const CsvcFeelTable *table;
  guint64            **within;  /* by column: the positions to look at */
  guint64            **path;    /* by column: the positions taken; NULL: all */
  guint64             *rest;    /* [column * n_words]: rows that hold for everything within this column and those after it */
  GHashTable          *seen;    /* of GBytes: column and rows alive */
  GPtrArray           *gaps;    /* of char* */
  guint                max;
  guint64              work;
} Search;

/* Positions of one column with the same rows alive. */
typedef struct {
  guint64 *alive;
  guint64 *positions;
} Group;

static void
group_free (gpointer data)
{
  Group *group = data;

  g_free (group->alive);
  g_free (group->positions);
  g_free (group);
}

static void
fill_rest (Search *self)
{
  const CsvcFeelTable *table = self->table;
  guint64 *after = self->rest + (gsize) table->n_columns * table->n_words;

  memcpy (after, table->all, table->n_words * sizeof (guint64));
  for (guint c = table->n_columns; c-- > 0;)
    {
      guint64 *rest = self->rest + (gsize) c * table->n_words;

      memcpy (rest, rest + table->n_words, table->n_words * sizeof (guint64));
      for (guint i = 0; i < table->columns[c].n_positions; i++)
        if (_csvc_table_has (self->within[c], i))
          for (guint w = 0; w < table->n_words; w++)
            rest[w] &= _csvc_table_mask (table, &table->columns[c], i)[w];
    }
}

static Search *
search_new (const CsvcFeelTable *table, guint max)
{
  Search *self = g_new0 (Search, 1);

  self->table = table;
  self->max = max;
  self->work = MAX_WORK;
  self->within = g_new0 (guint64 *, table->n_columns + 1);
  self->path = g_new0 (guint64 *, table->n_columns + 1);
  self->rest = g_new0 (guint64, (gsize) (table->n_columns + 1) * table->n_words);
  self->seen = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  self->gaps = g_ptr_array_new_with_free_func (g_free);
  for (guint c = 0; c < table->n_columns; c++)
    self->within[c] = g_memdup2 (table->columns[c].domain, count_words (&table->columns[c]) * sizeof (guint64));
  return self;
}

static void
search_free (Search *self)
{
  for (guint c = 0; c < self->table->n_columns; c++)
    g_free (self->within[c]);
  g_free (self->within);
  g_free (self->path);
  g_free (self->rest);
  g_hash_table_unref (self->seen);
  g_ptr_array_unref (self->gaps);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Search, search_free)

static void
add_gap (Search *self)
{
  GString *out = g_string_new (NULL);

  for (guint c = 0; c < self->table->n_columns; c++)
    if (self->path[c] != NULL)
      _csvc_table_column_describe (&self->table->columns[c], self->path[c], out);
  if (out->len == 0)
    g_string_append (out, "every case");
  g_ptr_array_add (self->gaps, g_string_free (out, FALSE));
}

/* A gap for each stretch of the column's positions, as many as are wanted. */
static void
add_stretches (Search *self, guint c, const guint64 *positions)
{
  const TableColumn *column = &self->table->columns[c];
  g_autofree guint64 *stretch = g_new (guint64, count_words (column));
  guint i = 0;

  self->path[c] = stretch;
  while (i < column->n_positions && self->gaps->len < self->max)
    {
      memset (stretch, 0, count_words (column) * sizeof *stretch);
      for (; i < column->n_positions && !_csvc_table_has (positions, i); i++)
        ;
      if (i == column->n_positions)
        break;
      for (; i < column->n_positions && (column->lookup == TABLE_LOOKUP_WORDS || _csvc_table_has (positions, i) || !_csvc_table_has (column->domain, i)); i++)
        if (_csvc_table_has (positions, i))
          _csvc_table_add (stretch, i);
      add_gap (self);
    }
  self->path[c] = NULL;
}

/* TRUE when this was looked at before. */
static gboolean
is_seen (Search *self, guint column, const guint64 *alive)
{
  guint64 key[CSVC_TABLE_WORDS + 1];

  key[0] = column;
  memcpy (key + 1, alive, self->table->n_words * sizeof *key);
  return !g_hash_table_add (self->seen, g_bytes_new (key, (self->table->n_words + 1) * sizeof *key));
}

static gboolean
is_covered (const Search *self, guint column, const guint64 *alive)
{
  const guint64 *rest = self->rest + (gsize) column * self->table->n_words;

  for (guint w = 0; w < self->table->n_words; w++)
    if ((alive[w] & rest[w]) != 0)
      return TRUE;
  return FALSE;
}

static Group *
find_group (const Search *self, GPtrArray *groups, const guint64 *alive, gsize n_position_words)
{
  gsize size = self->table->n_words * sizeof (guint64);
  Group *group;

  for (guint i = 0; i < groups->len; i++)
    {
      group = g_ptr_array_index (groups, i);
      if (memcmp (group->alive, alive, size) == 0)
        return group;
    }
  group = g_new0 (Group, 1);
  group->alive = g_memdup2 (alive, size);
  group->positions = g_new0 (guint64, n_position_words);
  g_ptr_array_add (groups, group);
  return group;
}

/* (transfer full) */
static GPtrArray *
make_groups (Search *self, guint c, const guint64 *alive)
{
  const CsvcFeelTable *table = self->table;
  const TableColumn *column = &table->columns[c];
  GPtrArray *groups = g_ptr_array_new_with_free_func (group_free);
  guint64 left[CSVC_TABLE_WORDS];

  for (guint i = 0; i < column->n_positions; i++)
    {
      if (!_csvc_table_has (self->within[c], i))
        continue;
      for (guint w = 0; w < table->n_words; w++)
        left[w] = alive[w] & _csvc_table_mask (table, column, i)[w];
      _csvc_table_add (find_group (self, groups, left, count_words (column))->positions, i);
      self->work -= MIN (self->work, 1 + groups->len);
    }
  return groups;
}

static void
search (Search *self, guint c, const guint64 *alive)
{
  g_autoptr (GPtrArray) groups = NULL;

  if (is_empty (self->table, alive))
    {
      add_gap (self);
      return;
    }
  if (is_covered (self, c, alive) || is_seen (self, c, alive))
    return;
  groups = make_groups (self, c, alive);
  for (guint i = 0; i < groups->len && self->gaps->len < self->max && self->work > 0; i++)
    {
      const Group *group = g_ptr_array_index (groups, i);

      if (is_empty (self->table, group->alive))
        {
          add_stretches (self, c, group->positions);
          continue;
        }
      self->path[c] = group->positions;
      search (self, c + 1, group->alive);
      self->path[c] = NULL;
    }
}

GPtrArray *
_csvc_feel_table_find_gaps (const CsvcFeelTable *self, guint max, gboolean *complete)
{
  g_autoptr (Search) question = search_new (self, max);
  guint64 alive[CSVC_TABLE_WORDS] = { 0 };

  for (guint row = 0; row < self->n_rows; row++)
    if (is_in_proof (self, row))
      _csvc_table_add (alive, row);
  fill_rest (question);
  search (question, 0, alive);
  if (complete != NULL)
    *complete = question->work > 0;
  return g_ptr_array_ref (question->gaps);
}

/* ── rows that never decide ── */

/* Limits the search to where @row holds. FALSE: nowhere. */
static gboolean
enclose (Search *self, guint row)
{
  for (guint c = 0; c < self->table->n_columns; c++)
    {
      const TableColumn *column = &self->table->columns[c];
      gboolean found = FALSE;

      memset (self->within[c], 0, count_words (column) * sizeof (guint64));
      for (guint i = 0; i < column->n_positions; i++)
        if (holds_at (self->table, column, i, row))
          {
            _csvc_table_add (self->within[c], i);
            found = TRUE;
          }
      if (!found)
        return FALSE;
    }
  return TRUE;
}

static gboolean
comes_before (const CsvcFeelTable *self, guint other, guint row)
{
  if (self->hit == CSVC_HIT_FIRST)
    return other < row;
  if (self->hit == CSVC_HIT_PRIORITY)
    return self->ranks[other] < self->ranks[row] || (self->ranks[other] == self->ranks[row] && other < row);
  return FALSE;
}

static void
judge_row (const CsvcFeelTable *self, guint row, guint64 *work, guint64 *covered, guint64 *never)
{
  g_autoptr (Search) question = search_new (self, 1);
  guint64 alive[CSVC_TABLE_WORDS] = { 0 };

  if (!enclose (question, row))
    {
      _csvc_table_add (never, row);
      return;
    }
  for (guint other = 0; other < self->n_rows; other++)
    if (comes_before (self, other, row) && is_in_proof (self, other))
      _csvc_table_add (alive, other);
  if (is_empty (self, alive) || *work == 0)
    return;
  question->work = *work;
  fill_rest (question);
  search (question, 0, alive);
  if (question->gaps->len == 0 && question->work > 0)
    _csvc_table_add (covered, row);
  *work = question->work;
}

void
_csvc_feel_table_find_idle (const CsvcFeelTable *self, guint64 *covered, guint64 *never)
{
  guint64 work = MAX_WORK;

  memset (covered, 0, self->n_words * sizeof (guint64));
  memset (never, 0, self->n_words * sizeof (guint64));
  for (guint row = 0; row < self->n_rows; row++)
    judge_row (self, row, &work, covered, never);
}
