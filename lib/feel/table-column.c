/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/table-parts.h"

#include <string.h>

/* One column: where its values are cut, which rows hold between the cuts, and where a value lies. See table-parts.h for the drawing. */

#define MAX_SMALL 16384 /* integers from the first to the last key for which a table of bytes is made */
#define MAX_TOLD 4      /* words listed in a description */

const gint64 _csvc_table_power_of_ten[TABLE_MAX_SHIFT + 1] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000 };

static gpointer
alloc (GPtrArray *memory, gsize n, gsize size)
{
  gpointer block = g_malloc0_n (MAX (n, 1), size);

  g_ptr_array_add (memory, block);
  return block;
}

gpointer
_csvc_table_alloc (CsvcFeelTable *self, gsize n, gsize size)
{
  return alloc (self->memory, n, size);
}

/* ── the cut points ── */

static int
compare_cuts (gconstpointer a, gconstpointer b)
{
  return _csvc_value_compare (a, b);
}

static gboolean
is_cut (const TableColumn *column, const CsvcValue *end)
{
  return end != NULL && end->type == column->type;
}

static void
gather_set (const TableColumn *column, const TableCellSet *set, GArray *cuts)
{
  for (guint i = 0; set->intervals != NULL && i < set->intervals->len; i++)
    {
      const CsvcFeelInterval *interval = &g_array_index (set->intervals, CsvcFeelInterval, i);

      if (is_cut (column, interval->low))
        g_array_append_val (cuts, *interval->low);
      if (is_cut (column, interval->high) && interval->high != interval->low)
        g_array_append_val (cuts, *interval->high);
    }
}

static void
gather_cuts (const CsvcFeelTable *self, const TableColumn *column, const TableCellSet *sets, GArray *cuts)
{
  for (guint i = 0; i <= self->n_rows; i++)
    gather_set (column, &sets[i], cuts);
}

static void
keep_cuts (TableColumn *column, GArray *cuts, GPtrArray *memory)
{
  CsvcValue *kept = alloc (memory, cuts->len, sizeof (CsvcValue));

  g_array_sort (cuts, compare_cuts);
  for (guint i = 0; i < cuts->len; i++)
    {
      const CsvcValue *cut = &g_array_index (cuts, CsvcValue, i);

      if (column->n_cuts == 0 || _csvc_value_compare (&kept[column->n_cuts - 1], cut) != 0)
        kept[column->n_cuts++] = *cut;
    }
  column->cuts = kept;
}

/* ── cut points as integers ── */

/* An integer in units of 10^exponent; FALSE when it does not fit. */
static gboolean
scale (const CsvcValue *value, int exponent, gint64 *key)
{
  int shift = value->type == CSVC_TYPE_NUMBER ? value->exponent - exponent : 0;
  gint64 scaled = value->u.i;

  if (shift < 0)
    return FALSE;
  for (; shift > 0; shift--)
    if (__builtin_mul_overflow (scaled, 10, &scaled))
      return FALSE;
  *key = scaled;
  return TRUE;
}

static gboolean
has_keys (CsvcType type)
{
  return type == CSVC_TYPE_NUMBER || (type >= CSVC_TYPE_DATE && type <= CSVC_TYPE_YEAR_MONTH_DURATION);
}

static gboolean
make_keys (TableColumn *column, GPtrArray *memory)
{
  gint64 *keys = alloc (memory, column->n_cuts, sizeof (gint64));

  for (guint i = 0; i < column->n_cuts; i++)
    if (column->type == CSVC_TYPE_NUMBER)
      column->exponent = MIN (column->exponent, column->cuts[i].exponent);
  for (guint i = 0; i < column->n_cuts; i++)
    if (!scale (&column->cuts[i], column->exponent, &keys[i]))
      return FALSE;
  column->keys = keys;
  return TRUE;
}

static void
make_small (TableColumn *column, GPtrArray *memory)
{
  guint8 *small;
  guint cut = 0;

  column->low = column->keys[0];
  column->span = (guint64) column->keys[column->n_cuts - 1] - (guint64) column->keys[0] + 1;
  if (column->span == 0 || column->span > MAX_SMALL || column->n_positions > 256 || column->low == G_MININT64)
    return;
  small = alloc (memory, column->span, 1);
  for (guint64 i = 0; i < column->span; i++)
    {
      gint64 key = column->low + (gint64) i;

      if (key > column->keys[cut])
        cut++;
      small[i] = (guint8) (2 * cut + (key == column->keys[cut]));
    }
  column->small = small;
  column->lookup = TABLE_LOOKUP_SMALL;
}

static void
choose_lookup (TableColumn *column, GPtrArray *memory)
{
  if (column->words != NULL || column->type == CSVC_TYPE_BOOLEAN)
    {
      column->lookup = TABLE_LOOKUP_WORDS;
      column->n_positions = column->words != NULL ? g_strv_length ((GStrv) column->words) : 2;
      return;
    }
  column->n_positions = 2 * column->n_cuts + 1;
  if (column->n_cuts == 0)
    return;
  column->lookup = TABLE_LOOKUP_VALUES;
  if (!has_keys ((CsvcType) column->type) || !make_keys (column, memory))
    return;
  column->lookup = TABLE_LOOKUP_KEYS;
  make_small (column, memory);
}

void
_csvc_table_column_cut (TableColumn *column, GArray *cuts, GPtrArray *memory)
{
  keep_cuts (column, cuts, memory);
  choose_lookup (column, memory);
}

/* ── where a value lies ── */

static guint
find_among_keys (const TableColumn *column, gint64 key)
{
  guint low = 0, high = column->n_cuts;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (column->keys[middle] < key)
        low = middle + 1;
      else
        high = middle;
    }
  return 2 * low + (low < column->n_cuts && column->keys[low] == key);
}

static guint
find_among_values (const TableColumn *column, const CsvcValue *value)
{
  guint low = 0, high = column->n_cuts;

  while (low < high)
    {
      guint middle = (low + high) / 2;
      int order = _csvc_value_compare (&column->cuts[middle], value);

      if (order == 0)
        return 2 * middle + 1;
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return 2 * low;
}

static guint
find_key (const TableColumn *column, gint64 key)
{
  guint64 i = (guint64) key - (guint64) column->low;

  if (column->lookup == TABLE_LOOKUP_KEYS)
    return find_among_keys (column, key);
  if (i < column->span)
    return column->small[i];
  return key < column->low ? 0 : column->n_positions - 1;
}

static gboolean
find_word (const TableColumn *column, const CsvcValue *value, guint *position)
{
  gint64 place = column->words != NULL ? value->index : value->u.i;

  if (place < 0 || place >= column->n_positions)
    return FALSE;
  *position = (guint) place;
  return TRUE;
}

gboolean
_csvc_table_column_find (const TableColumn *column, const CsvcValue *value, guint *position)
{
  int shift;

  if (G_UNLIKELY (value->type != column->type))
    return FALSE;
  switch ((TableLookup) column->lookup)
    {
    case TABLE_LOOKUP_NONE:
      *position = 0;
      return TRUE;
    case TABLE_LOOKUP_WORDS:
      return find_word (column, value, position);
    case TABLE_LOOKUP_SMALL:
    case TABLE_LOOKUP_KEYS:
      shift = value->exponent - column->exponent;
      if (shift == 0)
        *position = find_key (column, value->u.i);
      else if (shift > 0 && shift <= TABLE_MAX_SHIFT && value->u.i <= TABLE_MAX_SHIFTED && value->u.i >= -TABLE_MAX_SHIFTED)
        *position = find_key (column, value->u.i * _csvc_table_power_of_ten[shift]);
      else
        *position = find_among_values (column, value);
      return TRUE;
    case TABLE_LOOKUP_VALUES:
    default:
      *position = find_among_values (column, value);
      return TRUE;
    }
}

/* ── which positions a cell holds for ── */

static guint
position_of (const TableColumn *column, const CsvcValue *end)
{
  guint position = 0;

  _csvc_table_column_find (column, end, &position);
  return position;
}

static void
add_interval (const TableColumn *column, const CsvcFeelInterval *interval, guint64 *positions)
{
  guint from = 0, to = column->n_positions - 1;

  if (interval->low != NULL)
    from = position_of (column, interval->low) + (interval->open_low ? 1 : 0);
  if (interval->high != NULL)
    {
      guint high = position_of (column, interval->high);

      if (interval->open_high && high == 0)
        return;
      to = high - (interval->open_high ? 1 : 0);
    }
  for (guint i = from; i <= to && i < column->n_positions; i++)
    _csvc_table_add (positions, i);
}

static gboolean
is_null (const CsvcFeelInterval *interval)
{
  return interval->low != NULL && interval->low->type == CSVC_TYPE_NULL;
}

/* @positions: empty before. A cell that computes may hold for all. */
static void
fill_positions (const TableColumn *column, const TableCellSet *set, guint64 *positions)
{
  guint n_words = (column->n_positions + 63) / 64;

  if (set->intervals == NULL)
    {
      memset (positions, 0xff, n_words * sizeof (guint64));
      return;
    }
  for (guint i = 0; i < set->intervals->len; i++)
    {
      const CsvcFeelInterval *interval = &g_array_index (set->intervals, CsvcFeelInterval, i);

      if (!is_null (interval))
        add_interval (column, interval, positions);
    }
  for (guint i = 0; set->negated && i < n_words; i++)
    positions[i] = ~positions[i];
}

/* Nothing lies between two neighbouring days, or before the empty text. */
static gboolean
is_empty (const TableColumn *column, guint position)
{
  guint cut = position / 2;

  if (column->lookup == TABLE_LOOKUP_WORDS || position % 2 == 1)
    return FALSE;
  if (column->type == CSVC_TYPE_STRING && position == 0 && column->n_cuts > 0)
    return *column->cuts[0].u.s == '\0';
  return column->keys != NULL && column->type != CSVC_TYPE_NUMBER && cut > 0 && cut < column->n_cuts
         && column->keys[cut] == column->keys[cut - 1] + 1;
}

static void
make_domain (CsvcFeelTable *self, TableColumn *column, const TableCellSet *allowed)
{
  column->domain = _csvc_table_alloc (self, (column->n_positions + 63) / 64, sizeof (guint64));
  fill_positions (column, allowed, column->domain);
  for (guint i = 0; i < column->n_positions; i++)
    if (is_empty (column, i))
      column->domain[i >> 6] &= ~(G_GUINT64_CONSTANT (1) << (i & 63));
}

/* ── the masks ── */

static void
fill_null (CsvcFeelTable *self, TableColumn *column)
{
  const CsvcValue null = { .type = CSVC_TYPE_NULL };
  const CsvcFeelEnv env = { .now = CSVC_NEVER };

  if (column->source != TABLE_SOURCE_DAY)
    _csvc_table_ask_cells (self, &env, (guint) (column - self->columns), &null,
                           _csvc_table_mask (self, column, column->n_positions + TABLE_MASK_NULL));
}

static void
fold_masks (const CsvcFeelTable *self, TableColumn *column)
{
  guint64 *surely = _csvc_table_mask (self, column, column->n_positions + TABLE_MASK_SURELY);
  guint64 *perhaps = _csvc_table_mask (self, column, column->n_positions + TABLE_MASK_PERHAPS);

  memcpy (surely, self->all, self->n_words * sizeof (guint64));
  for (guint i = 0; i < column->n_positions + (column->nullable ? 1 : 0); i++)
    {
      const guint64 *mask = _csvc_table_mask (self, column, i);

      if (i < column->n_positions && !_csvc_table_has (column->domain, i))
        continue;
      for (guint w = 0; w < self->n_words; w++)
        {
          surely[w] &= mask[w];
          perhaps[w] |= mask[w];
        }
    }
}

static void
fill_masks (CsvcFeelTable *self, TableColumn *column, const TableCellSet *sets)
{
  guint n_words = (column->n_positions + 63) / 64;
  g_autofree guint64 *positions = g_new (guint64, n_words);

  column->masks = _csvc_table_alloc (self, (gsize) (column->n_positions + TABLE_N_EXTRA_MASKS) * self->n_words, sizeof (guint64));
  for (guint row = 0; row < self->n_rows; row++)
    {
      memset (positions, 0, n_words * sizeof (guint64));
      fill_positions (column, &sets[row], positions);
      for (guint i = 0; i < column->n_positions; i++)
        if (_csvc_table_has (positions, i) && _csvc_table_has (column->domain, i))
          _csvc_table_add (_csvc_table_mask (self, column, i), row);
    }
}

void
_csvc_table_column_build (CsvcFeelTable *self, TableColumn *column, const TableCellSet *sets)
{
  g_autoptr (GArray) cuts = g_array_new (FALSE, FALSE, sizeof (CsvcValue));

  if (column->words == NULL && column->type != CSVC_TYPE_BOOLEAN)
    gather_cuts (self, column, sets, cuts);
  _csvc_table_column_cut (column, cuts, self->memory);
  make_domain (self, column, &sets[self->n_rows]);
  fill_masks (self, column, sets);
  fill_null (self, column);
  fold_masks (self, column);
}

/* ── the usual table ── */

/* Does every row hold whatever the value is, even if it is missing? */
static gboolean
says_nothing (const CsvcFeelTable *self, const TableColumn *column)
{
  return self->columns + self->n_inputs != column && !column->nullable && column->allowed == NULL
         && *_csvc_table_mask (self, column, column->n_positions + TABLE_MASK_SURELY) == self->all[0];
}

static gboolean
is_usual (const TableColumn *column)
{
  return (column->source == TABLE_SOURCE_CASE || column->source == TABLE_SOURCE_CUSTOMER)
         && column->low <= TABLE_MAX_LOW && column->low >= -TABLE_MAX_LOW
         && (column->lookup == TABLE_LOOKUP_SMALL || (column->lookup == TABLE_LOOKUP_WORDS && column->words != NULL));
}

/* The table of bytes with an entry more on each side, so that whatever lies outside falls on one of these. */
static const guint8 *
widen (CsvcFeelTable *self, const TableColumn *column)
{
  guint8 *wide = _csvc_table_alloc (self, column->span + 2, 1);

  memcpy (wide + 1, column->small, column->span);
  wide[column->span + 1] = (guint8) (column->n_positions - 1);
  return wide;
}

static void
make_fast (CsvcFeelTable *self, const TableColumn *column, TableFast *fast)
{
  gboolean small = column->lookup == TABLE_LOOKUP_SMALL;

  if (column->source == TABLE_SOURCE_CUSTOMER)
    self->fast_reads_customer = TRUE;
  else
    self->fast_reads_case = TRUE;
  *fast = (TableFast){
    .small = small ? widen (self, column) : NULL, .masks = column->masks, .low = small ? column->low - 1 : 0,
    .last = small ? (gint64) column->span + 1 : (gint64) column->n_positions - 1, .slot = column->slot,
    .of_customer = column->source == TABLE_SOURCE_CUSTOMER, .type = column->type, .exponent = column->exponent
  };
}

void
_csvc_table_make_fast (CsvcFeelTable *self)
{
  TableFast *fast;

  if (self->n_words != 1)
    return;
  for (guint i = 0; i < self->n_columns; i++)
    if (!is_usual (&self->columns[i]) && !says_nothing (self, &self->columns[i]))
      return;
  fast = _csvc_table_alloc (self, self->n_columns, sizeof (TableFast));
  for (guint i = 0; i < self->n_columns; i++)
    if (!says_nothing (self, &self->columns[i]))
      make_fast (self, &self->columns[i], &fast[self->n_fast++]);
  self->fast = fast;
}

/* ── in words ── */

static void
describe_words (const TableColumn *column, const guint64 *positions, GString *out)
{
  static const char *const truths[] = { "false", "true" };
  guint n = 0;

  g_string_append_printf (out, "%s = ", column->name);
  for (guint i = 0; i < column->n_positions; i++)
    if (_csvc_table_has (positions, i) && ++n <= MAX_TOLD)
      g_string_append_printf (out, "%s%s", n > 1 ? " or " : "", column->words != NULL ? column->words[i] : truths[i]);
  if (n > MAX_TOLD)
    g_string_append (out, " or …");
}

static void
append_cut (const TableColumn *column, guint cut, GString *out)
{
  if (column->type == CSVC_TYPE_STRING)
    g_string_append_printf (out, "\"%s\"", column->cuts[cut].u.s);
  else
    _csvc_value_append (out, &column->cuts[cut]);
}

/* Of one stretch, from position @from to @to. */
static void
describe_stretch (const TableColumn *column, guint from, guint to, GString *out)
{
  gboolean has_low = from > 0, has_high = to < column->n_positions - 1;

  g_string_append (out, column->name);
  if (from == to && from % 2 == 1)
    {
      g_string_append (out, " = ");
      append_cut (column, from / 2, out);
      return;
    }
  if (has_low)
    {
      g_string_append (out, from % 2 == 1 ? " >= " : " > ");
      append_cut (column, from % 2 == 1 ? from / 2 : from / 2 - 1, out);
    }
  if (has_high)
    {
      g_string_append_printf (out, "%s%s", has_low ? " and" : "", to % 2 == 1 ? " <= " : " < ");
      append_cut (column, to / 2, out);
    }
}

/* The first stretch is example enough. */
void
_csvc_table_column_describe (const TableColumn *column, const guint64 *positions, GString *out)
{
  guint from = 0, to, n = 0;

  for (guint i = 0; i < column->n_positions; i++)
    n += _csvc_table_has (positions, i) || !_csvc_table_has (column->domain, i);
  if (n == column->n_positions)
    return;
  if (out->len > 0)
    g_string_append (out, ", ");
  if (column->lookup == TABLE_LOOKUP_WORDS)
    {
      describe_words (column, positions, out);
      return;
    }
  while (from < column->n_positions && !_csvc_table_has (positions, from))
    from++;
  for (to = from; to + 1 < column->n_positions; to++)
    if (!_csvc_table_has (positions, to + 1) && _csvc_table_has (column->domain, to + 1))
      break;
  /* A stretch does not end with what is empty. */
  while (to > from && !_csvc_table_has (positions, to))
    to--;
  describe_stretch (column, from, to, out);
}
