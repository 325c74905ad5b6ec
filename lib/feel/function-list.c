/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "feel/functions.h"

/* Functions on lists. Results are new lists in the scratch; items are shared. */

static const CsvcFeelList *
list_of (const CsvcValue *arguments)
{
  return _csvc_feel_get_list (arguments);
}

static CsvcValue
list_value (FeelEval *eval, const CsvcValue *items, guint n)
{
  return _csvc_feel_make_list (eval, items, n);
}

/* Room for @n items; NULL when there is none, or it takes too many steps. */
static CsvcValue *
new_items (FeelEval *eval, gsize n)
{
  if (n > FEEL_MAX_STEPS || !_csvc_feel_spend (eval, (guint) n))
    return NULL;
  return _csvc_feel_alloc (eval, n, sizeof (CsvcValue));
}

static void
copy_items (CsvcValue *to, const CsvcValue *from, gsize n)
{
  if (n > 0)
    memcpy (to, from, n * sizeof *to);
}

static gboolean
is_same (FeelEval *eval, const CsvcValue *a, const CsvcValue *b)
{
  return _csvc_feel_same (eval, a, b) == CSVC_TRUE;
}

FEEL_FUNCTION (list_contains)
{
  const CsvcFeelList *list = list_of (arguments);

  for (guint i = 0; i < list->n; i++)
    if (is_same (eval, &list->items[i], &arguments[1]))
      return _csvc_feel_boolean (TRUE);
  return _csvc_feel_boolean (FALSE);
}

FEEL_FUNCTION (count)
{
  return _csvc_feel_integer (list_of (arguments)->n);
}

static CsvcValue
extreme (FeelEval *eval, const CsvcFeelList *list, int sign)
{
  CsvcValue best;
  int order;

  if (list->n == 0)
    return _csvc_feel_no (eval, "an empty list has no least or greatest item");
  best = list->items[0];
  for (guint i = 0; i < list->n; i++)
    {
      if (!_csvc_feel_order (&list->items[i], &best, &order))
        return _csvc_feel_no (eval, "the list's items have no order");
      if (order * sign > 0)
        best = list->items[i];
    }
  return best;
}

FEEL_FUNCTION (min)
{
  return extreme (eval, list_of (arguments), -1);
}

FEEL_FUNCTION (max)
{
  return extreme (eval, list_of (arguments), 1);
}

static gboolean
fold (const CsvcFeelList *list, gboolean (*combine) (CsvcValue *, const CsvcValue *, const CsvcValue *), CsvcValue *result)
{
  if (list->n == 0 || list->items[0].type != CSVC_TYPE_NUMBER)
    return FALSE;
  *result = list->items[0];
  for (guint i = 1; i < list->n; i++)
    if (!combine (result, result, &list->items[i]))
      return FALSE;
  return TRUE;
}

static CsvcValue
not_numbers (FeelEval *eval)
{
  return _csvc_feel_no (eval, "the list is empty, its items are not all numbers, or the result does not fit");
}

FEEL_FUNCTION (sum)
{
  CsvcValue result;

  return fold (list_of (arguments), _csvc_number_add, &result) ? result : not_numbers (eval);
}

FEEL_FUNCTION (product)
{
  CsvcValue result;

  return fold (list_of (arguments), _csvc_number_multiply, &result) ? result : not_numbers (eval);
}

static gboolean
mean_of (const CsvcFeelList *list, CsvcValue *mean)
{
  CsvcValue size;

  _csvc_number_set (&size, list->n, 0);
  return fold (list, _csvc_number_add, mean) && _csvc_number_divide (mean, mean, &size);
}

FEEL_FUNCTION (mean)
{
  CsvcValue result;

  return mean_of (list_of (arguments), &result) ? result : not_numbers (eval);
}

FEEL_FUNCTION (stddev)
{
  const CsvcFeelList *list = list_of (arguments);
  CsvcValue mean, sum = _csvc_feel_integer (0), part, size;

  if (list->n < 2 || !mean_of (list, &mean))
    return _csvc_feel_no (eval, "a deviation needs two numbers at least");
  for (guint i = 0; i < list->n; i++)
    if (!_csvc_number_subtract (&part, &list->items[i], &mean) || !_csvc_number_multiply (&part, &part, &part) ||
        !_csvc_number_add (&sum, &sum, &part))
      return not_numbers (eval);
  _csvc_number_set (&size, list->n - 1, 0);
  return _csvc_number_divide (&sum, &sum, &size) && _csvc_number_sqrt (&sum, &sum) ? sum : not_numbers (eval);
}

static int
compare_numbers (gconstpointer a, gconstpointer b, gpointer data)
{
  return _csvc_value_compare (a, b);
}

/* The numbers in order; NULL when they are not all numbers. */
static CsvcValue *
sorted_numbers (FeelEval *eval, const CsvcFeelList *list)
{
  CsvcValue *items = new_items (eval, list->n);

  for (guint i = 0; i < list->n; i++)
    if (list->items[i].type != CSVC_TYPE_NUMBER)
      return NULL;
  if (items == NULL || list->n == 0)
    return items;
  copy_items (items, list->items, list->n);
  g_qsort_with_data (items, (gint) list->n, sizeof *items, compare_numbers, NULL);
  return items;
}

FEEL_FUNCTION (median)
{
  const CsvcFeelList *list = list_of (arguments);
  const CsvcValue *items = sorted_numbers (eval, list), two = _csvc_feel_integer (2);
  CsvcValue result;

  if (items == NULL || list->n == 0)
    return not_numbers (eval);
  if (list->n % 2 != 0)
    return items[list->n / 2];
  return _csvc_number_add (&result, &items[list->n / 2 - 1], &items[list->n / 2]) && _csvc_number_divide (&result, &result, &two)
           ? result
           : not_numbers (eval);
}

/* How many of the numbers from @first on are equal to it. */
static guint
run_length (const CsvcValue *items, guint first, guint n)
{
  guint last = first;

  while (last < n && _csvc_feel_equal (&items[last], &items[first]) == CSVC_TRUE)
    last++;
  return last - first;
}

/* The numbers that stand most often, in order. */
FEEL_FUNCTION (mode)
{
  const CsvcFeelList *list = list_of (arguments);
  CsvcValue *items = sorted_numbers (eval, list);
  guint most = 0, found = 0, length;

  if (items == NULL)
    return not_numbers (eval);
  for (guint i = 0; i < list->n; i += length)
    {
      length = run_length (items, i, list->n);
      most = MAX (most, length);
    }
  for (guint i = 0; i < list->n; i += length)
    {
      length = run_length (items, i, list->n);
      if (length == most)
        items[found++] = items[i]; /* found is never past i */
    }
  return list_value (eval, items, found);
}

/* Kleene's and of the items: null when one is neither true nor false. */
static CsvcValue
combine_truths (FeelEval *eval, const CsvcFeelList *list, gboolean decisive)
{
  gboolean null = FALSE;

  for (guint i = 0; i < list->n; i++)
    if (list->items[i].type != CSVC_TYPE_BOOLEAN)
      null = TRUE;
    else if ((list->items[i].u.i != 0) == decisive)
      return _csvc_feel_boolean (decisive);
  return null ? _csvc_feel_no (eval, "an item is neither true nor false") : _csvc_feel_boolean (!decisive);
}

FEEL_FUNCTION (all)
{
  return combine_truths (eval, list_of (arguments), FALSE);
}

FEEL_FUNCTION (any)
{
  return combine_truths (eval, list_of (arguments), TRUE);
}

FEEL_FUNCTION (sublist)
{
  const CsvcFeelList *list = list_of (arguments);
  gint64 start, length = list->n;

  if (!_csvc_number_get_integer (&arguments[1], &start) || start == 0 || ABS (start) > list->n)
    return _csvc_feel_no (eval, "the list has no such place");
  start = start > 0 ? start - 1 : list->n + start;
  if (n > 2 && (!_csvc_number_get_integer (&arguments[2], &length) || length < 1 || length > list->n - start))
    return _csvc_feel_no (eval, "the list has not so many items there");
  return list_value (eval, list->items + start, (guint) MIN (length, list->n - start));
}

/* append ([1], 2, 3): the arguments come as one list, the list to begin with among them. */
FEEL_FUNCTION (append)
{
  const CsvcFeelList *all = list_of (arguments), *list = all->n > 0 ? _csvc_feel_get_list (&all->items[0]) : NULL;
  CsvcFeelList start = { 1, all->items };
  CsvcValue *items;

  if (all->n == 0 || (list == NULL && all->items[0].type == CSVC_TYPE_NULL))
    return _csvc_feel_no (eval, "an argument is null");
  if (list == NULL)
    list = &start;
  items = new_items (eval, (gsize) list->n + all->n - 1);
  if (items == NULL)
    return FEEL_NULL;
  copy_items (items, list->items, list->n);
  copy_items (items + list->n, all->items + 1, all->n - 1);
  return list_value (eval, items, list->n + all->n - 1);
}

/* All items of all lists. NULL when one of them is null. */
static CsvcValue *
join_lists (FeelEval *eval, const CsvcFeelList *lists, guint *n)
{
  CsvcValue *items;
  gsize size = 0;

  *n = 0;
  for (guint i = 0; i < lists->n; i++)
    if (lists->items[i].type == CSVC_TYPE_NULL)
      return NULL;
    else
      size += lists->items[i].type == CSVC_TYPE_LIST ? _csvc_feel_get_list (&lists->items[i])->n : 1;
  items = new_items (eval, size);
  for (guint i = 0; items != NULL && i < lists->n; i++)
    {
      const CsvcFeelList *list = _csvc_feel_get_list (&lists->items[i]);
      CsvcFeelList single = { 1, &lists->items[i] };

      list = list != NULL ? list : &single;
      copy_items (items + *n, list->items, list->n);
      *n += list->n;
    }
  return items;
}

FEEL_FUNCTION (concatenate)
{
  guint size;
  const CsvcValue *items = join_lists (eval, list_of (arguments), &size);

  return items != NULL ? list_value (eval, items, size) : _csvc_feel_no (eval, "an argument is null");
}

/* Drops what stands before already; keeps order. */
static CsvcValue
distinct (FeelEval *eval, CsvcValue *items, guint n)
{
  guint kept = 0;

  for (guint i = 0; i < n; i++)
    {
      guint k = 0;

      while (k < kept && !is_same (eval, &items[k], &items[i]))
        k++;
      if (!_csvc_feel_spend (eval, k))
        return FEEL_NULL;
      if (k == kept)
        items[kept++] = items[i];
    }
  return list_value (eval, items, kept);
}

FEEL_FUNCTION (list_union)
{
  guint size;
  CsvcValue *items = join_lists (eval, list_of (arguments), &size);

  return items != NULL ? distinct (eval, items, size) : _csvc_feel_no (eval, "an argument is null");
}

FEEL_FUNCTION (distinct_values)
{
  const CsvcFeelList *list = list_of (arguments);
  CsvcValue *items = new_items (eval, list->n);

  if (items == NULL)
    return FEEL_NULL;
  copy_items (items, list->items, list->n);
  return distinct (eval, items, list->n);
}

FEEL_FUNCTION (insert_before)
{
  const CsvcFeelList *list = list_of (arguments);
  CsvcValue *items = new_items (eval, (gsize) list->n + 1);
  gint64 place;

  if (items == NULL)
    return FEEL_NULL;
  if (!_csvc_number_get_integer (&arguments[1], &place) || place == 0 || ABS (place) > list->n)
    return _csvc_feel_no (eval, "the list has no such place");
  place = place > 0 ? place - 1 : list->n + place;
  copy_items (items, list->items, (gsize) place);
  items[place] = arguments[2];
  copy_items (items + place + 1, list->items + place, (gsize) (list->n - place));
  return list_value (eval, items, list->n + 1);
}

FEEL_FUNCTION (remove)
{
  const CsvcFeelList *list = list_of (arguments);
  CsvcValue *items = new_items (eval, list->n);
  gint64 place;

  if (items == NULL)
    return FEEL_NULL;
  if (!_csvc_number_get_integer (&arguments[1], &place) || place == 0 || ABS (place) > list->n)
    return _csvc_feel_no (eval, "the list has no such place");
  place = place > 0 ? place - 1 : list->n + place;
  copy_items (items, list->items, (gsize) place);
  copy_items (items + place, list->items + place + 1, (gsize) (list->n - place - 1));
  return list_value (eval, items, list->n - 1);
}

FEEL_FUNCTION (reverse)
{
  const CsvcFeelList *list = list_of (arguments);
  CsvcValue *items = new_items (eval, list->n);

  for (guint i = 0; items != NULL && i < list->n; i++)
    items[i] = list->items[list->n - 1 - i];
  return items != NULL ? list_value (eval, items, list->n) : FEEL_NULL;
}

FEEL_FUNCTION (index_of)
{
  const CsvcFeelList *list = list_of (arguments);
  CsvcValue *items = new_items (eval, list->n);
  guint found = 0;

  for (guint i = 0; items != NULL && i < list->n; i++)
    if (is_same (eval, &list->items[i], &arguments[1]))
      items[found++] = _csvc_feel_integer (i + 1);
  return items != NULL ? list_value (eval, items, found) : FEEL_NULL;
}

static gsize
flat_size (const CsvcFeelList *list, guint depth)
{
  gsize size = 0;

  for (guint i = 0; i < list->n; i++)
    size += list->items[i].type == CSVC_TYPE_LIST && depth < FEEL_MAX_HEIGHT ? flat_size (_csvc_feel_get_list (&list->items[i]), depth + 1) : 1;
  return size;
}

static CsvcValue *
put_flat (const CsvcFeelList *list, CsvcValue *to, guint depth)
{
  for (guint i = 0; i < list->n; i++)
    if (list->items[i].type == CSVC_TYPE_LIST && depth < FEEL_MAX_HEIGHT)
      to = put_flat (_csvc_feel_get_list (&list->items[i]), to, depth + 1);
    else
      *to++ = list->items[i];
  return to;
}

FEEL_FUNCTION (flatten)
{
  const CsvcFeelList *list = list_of (arguments);
  CsvcValue *items;
  gsize size;

  if (!_csvc_feel_spend (eval, _csvc_feel_weight (arguments)))
    return FEEL_NULL;
  size = flat_size (list, 0);
  items = new_items (eval, size);
  if (items == NULL)
    return FEEL_NULL;
  put_flat (list, items, 0);
  return list_value (eval, items, (guint) size);
}

/* ---- Sorting: by merging, which keeps the order of equals and ends whatever the function answers ---- */

typedef struct {
  FeelEval        *eval;
  const CsvcValue *precedes; /* NULL: the items' own order */
  gboolean         unknown, failed;
} Sorting;

/* Must @b stand before @a, which comes first? */
static gboolean
must_swap (Sorting *self, const CsvcValue *a, const CsvcValue *b)
{
  const CsvcValue pair[2] = { *b, *a };
  CsvcValue answer;
  int order;

  if (self->unknown || self->failed || !_csvc_feel_spend (self->eval, 1))
    return FALSE;
  if (self->precedes == NULL)
    {
      self->failed = !_csvc_feel_order (b, a, &order);
      return !self->failed && order < 0;
    }
  self->unknown = !_csvc_feel_invoke (self->eval, self->precedes, pair, 2, &answer);
  self->failed = !self->unknown && answer.type != CSVC_TYPE_BOOLEAN;
  return !self->unknown && !self->failed && answer.u.i != 0;
}

static void
merge (Sorting *self, CsvcValue *items, CsvcValue *spare, guint n)
{
  guint half = n / 2, a = 0, b = half;

  if (n < 2)
    return;
  merge (self, items, spare, half);
  merge (self, items + half, spare, n - half);
  for (guint i = 0; i < n; i++)
    spare[i] = a < half && (b >= n || !must_swap (self, &items[a], &items[b])) ? items[a++] : items[b++];
  copy_items (items, spare, n);
}

FEEL_FUNCTION (sort)
{
  const CsvcFeelList *list = list_of (arguments);
  Sorting sorting = { eval, n > 1 ? &arguments[1] : NULL, FALSE, FALSE };
  CsvcValue *items = new_items (eval, list->n), *spare = new_items (eval, list->n);

  if (items == NULL || spare == NULL)
    return FEEL_NULL;
  copy_items (items, list->items, list->n);
  merge (&sorting, items, spare, list->n);
  if (sorting.unknown)
    return (CsvcValue) CSVC_VALUE_UNKNOWN;
  return sorting.failed ? _csvc_feel_no (eval, "the items cannot be put in order") : list_value (eval, items, list->n);
}
