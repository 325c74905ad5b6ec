/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/table-parts.h"

#include <string.h>

/* Many customers at once. A column's positions become steps over the integers of the caller's array:
 *
 *   missing │ position 0 │ 1 │ position 2 …        value >= step → its mask
 *
 * The masks of neighbouring steps differ by a few rows; XORing in those differences for every step that a value reaches needs no branch and
 * no table, so eight values go through at once, for 32 rows at a time. Steps that change nothing for these rows are left out. */

#define BLOCK 512 /* values at a time: what they become stays in the first cache */
#define LANES 8

/* No more aligned than their items, so that they may lie anywhere. */
typedef gint32 Lanes __attribute__ ((vector_size (LANES * 4), aligned (4)));
typedef guint32 Masks __attribute__ ((vector_size (LANES * 4), aligned (4)));

/* Where the processor has wider registers they are used: decided when the library is loaded. */
#if defined __x86_64__ && defined __GLIBC__ && defined __GNUC__ && !defined __clang__ && !defined __SANITIZE_ADDRESS__
#define WIDE_IF_THERE __attribute__ ((target_clones ("avx2", "default")))
#else
#define WIDE_IF_THERE
#endif

typedef struct {
  gint64  from; /* values from here on … */
  guint64 *mask;/* … have this mask, until the next step */
} Step;

/* What a step changes, for 32 rows; and the same as often as there are lanes, for narrow values. */
typedef struct {
  Lanes   below; /* from - 1: greater is cheaper to ask than greater or equal */
  Masks   changes;
  gint64  from;
  guint32 change;
} Change;

typedef struct {
  const CsvcColumn *values;
  GArray               *steps;   /* of Step; the first is from the smallest integer */
  guint32               begin;   /* for the rows at work: the mask of the first step … */
  Change               *changes; /* … and what the others change; as many as there are steps */
  guint                 n_changes;
} Plan;

/* ── from positions to steps ── */

/* floor (value * 10^decimals), and whether that is exact; out of the range of integers it is the last of them. */
static gint64
floor_to (const CsvcValue *value, guint decimals, gboolean *exact)
{
  int shift = value->type == CSVC_TYPE_NUMBER ? value->exponent + (int) decimals : 0;
  gint64 result = value->u.i, power = 1;

  *exact = TRUE;
  for (; shift > 0; shift--)
    if (__builtin_mul_overflow (result, 10, &result))
      {
        *exact = FALSE;
        return value->u.i < 0 ? G_MININT64 : G_MAXINT64;
      }
  for (; shift < 0 && power < G_GINT64_CONSTANT (1000000000000000000); shift++)
    power *= 10;
  if (shift < 0)
    {
      *exact = result == 0;
      return result < 0 ? -1 : 0;
    }
  *exact = result % power == 0;
  return result / power - (result % power < 0);
}

static void
add_step (Plan *plan, gint64 from, guint64 *mask)
{
  Step step = { from, mask };
  Step *last = plan->steps->len > 0 ? &g_array_index (plan->steps, Step, plan->steps->len - 1) : NULL;

  if (last != NULL && last->from == from)
    last->mask = mask;
  else
    g_array_append_val (plan->steps, step);
}

static void
add_cut_steps (Plan *plan, const CsvcFeelTable *table, const TableColumn *column, gint64 smallest)
{
  add_step (plan, smallest + 1, _csvc_table_mask (table, column, 0));
  for (guint i = 0; i < column->n_cuts; i++)
    {
      gboolean exact;
      gint64 cut = floor_to (&column->cuts[i], plan->values->decimals, &exact);

      if (exact && cut > smallest)
        add_step (plan, cut, _csvc_table_mask (table, column, 2 * i + 1));
      if (cut < G_MAXINT64)
        add_step (plan, MAX (cut, smallest) + 1, _csvc_table_mask (table, column, 2 * i + 2));
    }
}

/* Words of a dictionary stand for strings; enums and truths for themselves. */
static gboolean
is_dictionary (const TableColumn *column)
{
  return column->type == CSVC_TYPE_STRING && column->n_cuts > 0;
}

static void
add_dictionary_steps (Plan *plan, const CsvcFeelTable *table, const TableColumn *column, guint64 *unknown)
{
  for (guint i = 0; i < plan->values->n_words; i++)
    {
      CsvcValue word = { .type = CSVC_TYPE_STRING, .u.s = (char *) plan->values->words[i] };
      guint position;

      _csvc_table_column_find (column, &word, &position);
      add_step (plan, i, _csvc_table_mask (table, column, position));
    }
  add_step (plan, plan->values->n_words, unknown);
}

/* @missing: which of the extra masks stands for a value that is not there. */
static void
make_steps (Plan *plan, const CsvcFeelTable *table, const TableColumn *column, guint missing)
{
  gint64 smallest = plan->values->narrow != NULL ? G_MININT32 : G_MININT64;
  guint64 *unknown = _csvc_table_mask (table, column, column->n_positions + missing);

  g_array_set_size (plan->steps, 0);
  add_step (plan, smallest, unknown);
  if (is_dictionary (column))
    {
      add_dictionary_steps (plan, table, column, unknown);
      return;
    }
  if (column->lookup != TABLE_LOOKUP_WORDS)
    {
      add_cut_steps (plan, table, column, smallest);
      return;
    }
  for (guint i = 0; i < column->n_positions; i++)
    add_step (plan, i, _csvc_table_mask (table, column, i));
  add_step (plan, column->n_positions, unknown);
}

static guint32
pick (const guint64 *mask, guint group)
{
  return (guint32) (mask[group / 2] >> (32 * (group % 2)));
}

static void
make_changes (Plan *plan, guint group)
{
  guint32 before = pick (g_array_index (plan->steps, Step, 0).mask, group);

  plan->begin = before;
  plan->n_changes = 0;
  for (guint i = 1; i < plan->steps->len; i++)
    {
      const Step *step = &g_array_index (plan->steps, Step, i);
      guint32 change = before ^ pick (step->mask, group);

      /* What lies past the last integer of the array is never reached. */
      if (change == 0 || (plan->values->narrow != NULL && step->from > G_MAXINT32))
        continue;
      before ^= change;
      plan->changes[plan->n_changes++] = (Change){
        .below = (Lanes){ 0 } + (gint32) (step->from - 1), .changes = (Masks){ 0 } + change, .from = step->from, .change = change
      };
    }
}

/* ── through the values ── */

WIDE_IF_THERE static void
go_narrow (const Change *changes, guint n_changes, guint32 begin, const gint32 *values, guint n, guint32 *acc)
{
  for (guint i = 0; i < n; i += LANES)
    {
      Masks mask = (Masks){ 0 } + begin, all;
      Lanes value;

      memcpy (&value, values + i, sizeof value);
      memcpy (&all, acc + i, sizeof all);
      for (guint c = 0; c < n_changes; c++)
        mask ^= (Masks) (value > changes[c].below) & changes[c].changes;
      all &= mask;
      memcpy (acc + i, &all, sizeof all);
    }
}

/* The last values need not fill the lanes. */
static void
go_narrow_all (const Plan *plan, gsize first, guint n, guint32 *acc)
{
  const gint32 *values = plan->values->narrow + first;
  guint whole = n - n % LANES;
  gint32 rest[LANES] = { 0 };

  go_narrow (plan->changes, plan->n_changes, plan->begin, values, whole, acc);
  if (whole == n)
    return;
  memcpy (rest, values + whole, (n - whole) * sizeof *values);
  go_narrow (plan->changes, plan->n_changes, plan->begin, rest, LANES, acc + whole);
}

static void
go_wide (const Plan *plan, gsize first, guint n, guint32 *acc)
{
  const gint64 *values = plan->values->wide + first;

  for (guint i = 0; i < n; i++)
    {
      guint32 mask = plan->begin;

      for (guint c = 0; c < plan->n_changes; c++)
        mask ^= values[i] >= plan->changes[c].from ? plan->changes[c].change : 0;
      acc[i] &= mask;
    }
}

static void
go_column (const Plan *plan, gsize first, guint n, guint32 *acc)
{
  if (plan->values->narrow != NULL)
    go_narrow_all (plan, first, n, acc);
  else if (plan->values->wide != NULL)
    go_wide (plan, first, n, acc);
  else
    for (guint i = 0; i < n; i++)
      acc[i] &= plan->begin;
}

/* 32 rows of the table, @all of them there. */
static void
go_group (const Plan *plans, guint n_plans, guint group, guint32 all, gsize n, guint n_words, guint64 *rows)
{
  guint32 acc[BLOCK];

  for (gsize first = 0; first < n; first += BLOCK)
    {
      guint length = (guint) MIN (BLOCK, n - first);

      for (guint i = 0; i < BLOCK; i++)
        acc[i] = all;
      for (guint p = 0; p < n_plans; p++)
        if (plans[p].n_changes > 0 || plans[p].begin != G_MAXUINT32)
          go_column (&plans[p], first, length, acc);
      for (guint i = 0; i < length; i++)
        rows[(first + i) * n_words + group / 2] |= (guint64) acc[i] << (32 * (group % 2));
    }
}

static void
match_all (const CsvcFeelTable *self, const CsvcColumn *columns, gsize n, guint missing, const guint64 *existing, guint64 *rows)
{
  g_autofree Plan *plans = g_new0 (Plan, self->n_inputs + 1);

  memset (rows, 0, n * self->n_words * sizeof (guint64));
  for (guint i = 0; i < self->n_inputs; i++)
    {
      plans[i].values = &columns[i];
      plans[i].steps = g_array_new (FALSE, FALSE, sizeof (Step));
      make_steps (&plans[i], self, &self->columns[i], missing);
      plans[i].changes = g_new (Change, plans[i].steps->len);
    }
  for (guint group = 0; group < 2 * self->n_words; group++)
    {
      for (guint i = 0; i < self->n_inputs; i++)
        make_changes (&plans[i], group);
      if (pick (existing, group) != 0)
        go_group (plans, self->n_inputs, group, pick (existing, group), n, self->n_words, rows);
    }
  for (guint i = 0; i < self->n_inputs; i++)
    {
      g_array_unref (plans[i].steps);
      g_free (plans[i].changes);
    }
}

/* ── what is asked ── */

const char *
_csvc_feel_table_why_no_batch (const CsvcFeelTable *self, const CsvcColumn *columns)
{
  g_return_val_if_fail (self != NULL && columns != NULL, NULL);

  if (self->computed != NULL)
    return "a cell computes, or reads a fact";
  for (guint i = 0; i < self->n_inputs; i++)
    if (is_dictionary (&self->columns[i]) && columns[i].words == NULL && (columns[i].narrow != NULL || columns[i].wide != NULL))
      return "an input is a string and has no dictionary";
  return NULL;
}

/* What stands for a value, both included. */
static void
find_bounds (const TableColumn *column, const CsvcColumn *values, gint64 *low, gint64 *high)
{
  gboolean words = column->lookup == TABLE_LOOKUP_WORDS || is_dictionary (column);

  *low = words ? 0 : values->narrow != NULL ? (gint64) G_MININT32 + 1 : G_MININT64 + 1;
  *high = !words ? G_MAXINT64 : is_dictionary (column) ? (gint64) values->n_words - 1 : (gint64) column->n_positions - 1;
}

static gboolean
has_missing (const CsvcFeelTable *self, const CsvcColumn *columns, gsize n)
{
  for (guint c = 0; c < self->n_inputs; c++)
    {
      gboolean found = columns[c].narrow == NULL && columns[c].wide == NULL;
      gint64 low, high;

      find_bounds (&self->columns[c], &columns[c], &low, &high);
      for (gsize i = 0; columns[c].narrow != NULL && i < n; i++)
        found |= columns[c].narrow[i] < low || columns[c].narrow[i] > high;
      for (gsize i = 0; columns[c].narrow == NULL && columns[c].wide != NULL && i < n; i++)
        found |= columns[c].wide[i] < low || columns[c].wide[i] > high;
      if (found)
        return TRUE;
    }
  return FALSE;
}

/* The rows that exist on a day. */
static const guint64 *
find_existing (const CsvcFeelTable *self, gint32 day)
{
  const CsvcValue value = { .type = CSVC_TYPE_DATE, .u = { .i = day } };
  const TableColumn *periods = &self->columns[self->n_inputs];
  guint position = 0;

  if (self->n_columns == self->n_inputs)
    return self->all;
  _csvc_table_column_find (periods, &value, &position);
  return _csvc_table_mask (self, periods, position);
}

void
_csvc_feel_table_match_columns (const CsvcFeelTable *self, const CsvcColumn *columns, gsize n, gint32 day, guint64 *hold, guint64 *may)
{
  const guint64 *existing;

  g_return_if_fail (self != NULL && columns != NULL && _csvc_feel_table_why_no_batch (self, columns) == NULL);

  existing = find_existing (self, day);
  if (hold != NULL)
    match_all (self, columns, n, TABLE_MASK_SURELY, existing, hold);
  if (may == NULL)
    return;
  if (hold != NULL && !has_missing (self, columns, n))
    memcpy (may, hold, n * self->n_words * sizeof (guint64));
  else
    match_all (self, columns, n, TABLE_MASK_PERHAPS, existing, may);
}
