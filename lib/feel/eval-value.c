/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/eval.h"

#include <string.h>

#include "base/time.h"
#include "feel/number.h"

/* What makes values: arithmetic (on the stack), lists, contexts, ranges, paths, filters, loops, functions (in the scratch). */

/* ---- Memory ---- */

typedef struct {
  CsvcFeelScratch *scratch;
  guint            users; /* evaluations at work that use it: a host may evaluate while it answers one */
} ThreadScratch;

static void
thread_scratch_free (gpointer data)
{
  ThreadScratch *self = data;

  _csvc_feel_scratch_free (self->scratch);
  g_free (self);
}

static GPrivate thread_scratch = G_PRIVATE_INIT (thread_scratch_free);

static ThreadScratch *
get_thread_scratch (void)
{
  ThreadScratch *self = g_private_get (&thread_scratch);

  if (self != NULL)
    return self;
  self = g_new0 (ThreadScratch, 1);
  self->scratch = _csvc_feel_scratch_new ();
  g_private_set (&thread_scratch, self);
  return self;
}

CsvcFeelScratch *
_csvc_feel_eval_scratch (FeelEval *self)
{
  ThreadScratch *own;

  if (self->scratch != NULL)
    return self->scratch;
  own = get_thread_scratch ();
  if (own->users++ == 0)
    _csvc_feel_scratch_reset (own->scratch);
  self->scratch = own->scratch;
  return self->scratch;
}

void
_csvc_feel_eval_make_locals (FeelEval *self)
{
  self->locals = _csvc_feel_scratch_alloc (_csvc_feel_eval_scratch (self), self->expr->n_locals * sizeof *self->locals);
}

void
_csvc_feel_eval_leave_scratch (void)
{
  get_thread_scratch ()->users--;
}

gpointer
_csvc_feel_alloc (FeelEval *self, gsize n, gsize size)
{
  gpointer memory = n <= G_MAXUINT32 ? _csvc_feel_scratch_alloc (_csvc_feel_eval_scratch (self), n * size) : NULL;

  if (memory == NULL)
    _csvc_feel_fail_outside (self, self->column, "it takes more memory than is allowed");
  return memory;
}

static const CsvcValue *
fail (FeelEval *self, const FeelNode *node, const char *text, CsvcValue *place)
{
  *place = _csvc_feel_fail (self, node->column, text);
  return place;
}

/* ---- Arithmetic ---- */

static gboolean
is_duration (const CsvcValue *value)
{
  return value->type == CSVC_TYPE_DAY_TIME_DURATION || value->type == CSVC_TYPE_YEAR_MONTH_DURATION;
}

/* A duration as a number of its unit; FALSE when that has more than 18 digits. */
static gboolean
duration_number (const CsvcValue *duration, CsvcValue *number)
{
  return _csvc_number_set (number, duration->u.i, 0);
}

static gboolean
number_duration (const CsvcValue *number, CsvcType type, CsvcValue *duration)
{
  CsvcValue whole;
  gint64 i;

  if (!_csvc_number_round (&whole, number, 0, type == CSVC_TYPE_YEAR_MONTH_DURATION ? FEEL_ROUND_DOWN : FEEL_ROUND_HALF_EVEN) ||
      !_csvc_number_get_integer (&whole, &i))
    return FALSE;
  *duration = _csvc_feel_plain (type, i);
  return TRUE;
}

/* duration * number, number * duration, duration / number, duration / duration */
static gboolean
scale_duration (CsvcValue *result, const CsvcValue *a, FeelArithmetic op, const CsvcValue *b)
{
  CsvcValue x = *a, y = *b, number;
  CsvcType type = is_duration (a) ? (CsvcType) a->type : (CsvcType) b->type;

  if ((is_duration (a) && !duration_number (a, &x)) || (is_duration (b) && !duration_number (b, &y)))
    return FALSE;
  if (op == FEEL_MULTIPLY)
    return is_duration (a) != is_duration (b) && _csvc_number_multiply (&number, &x, &y) && number_duration (&number, type, result);
  if (op != FEEL_DIVIDE || !is_duration (a) || !_csvc_number_divide (&number, &x, &y))
    return FALSE;
  if (b->type != CSVC_TYPE_NUMBER)
    {
      *result = number;
      return a->type == b->type;
    }
  return number_duration (&number, type, result);
}

static gboolean
calculate_numbers (CsvcValue *result, const CsvcValue *a, FeelArithmetic op, const CsvcValue *b)
{
  switch (op)
    {
    case FEEL_ADD:
      return _csvc_number_add (result, a, b);
    case FEEL_SUBTRACT:
      return _csvc_number_subtract (result, a, b);
    case FEEL_MULTIPLY:
      return _csvc_number_multiply (result, a, b);
    case FEEL_DIVIDE:
      return _csvc_number_divide (result, a, b);
    case FEEL_POWER:
      return _csvc_number_power (result, a, b);
    }
  g_return_val_if_reached (FALSE);
}

static gboolean
join_texts (FeelEval *self, CsvcValue *result, const CsvcValue *a, const CsvcValue *b)
{
  gsize n = strlen (a->u.s), m = strlen (b->u.s);
  char *text = _csvc_feel_alloc (self, n + m + 1, 1);

  if (text == NULL)
    return FALSE;
  memcpy (text, a->u.s, n);
  memcpy (text + n, b->u.s, m);
  *result = (CsvcValue){ .type = CSVC_TYPE_STRING, .exponent = CSVC_TEXT_BORROWED, .index = -1, .u.s = text };
  return TRUE;
}

static gboolean
is_text (const CsvcValue *value)
{
  return value->type == CSVC_TYPE_STRING || value->type == CSVC_TYPE_ENUM;
}

static gboolean
calculate (FeelEval *self, CsvcValue *result, const CsvcValue *a, FeelArithmetic op, const CsvcValue *b)
{
  if (a->type == CSVC_TYPE_NUMBER && b->type == CSVC_TYPE_NUMBER)
    return calculate_numbers (result, a, op, b);
  if (op == FEEL_ADD && is_text (a) && is_text (b))
    return join_texts (self, result, a, b);
  if (op == FEEL_ADD)
    return _csvc_feel_temporal_add (result, a, b, self->env->zone);
  if (op == FEEL_SUBTRACT)
    return _csvc_feel_temporal_subtract (result, a, b, self->env->zone);
  if ((is_duration (a) || a->type == CSVC_TYPE_NUMBER) && (is_duration (b) || b->type == CSVC_TYPE_NUMBER))
    return scale_duration (result, a, op, b);
  return FALSE;
}

static const char *
why_not (const CsvcValue *a, FeelArithmetic op, const CsvcValue *b)
{
  if (a->type == CSVC_TYPE_NULL || b->type == CSVC_TYPE_NULL)
    return "an operand is null";
  if (op == FEEL_DIVIDE && b->u.i == 0 && (b->type == CSVC_TYPE_NUMBER || is_duration (b)))
    return "division by zero";
  if (a->type == CSVC_TYPE_NUMBER && b->type == CSVC_TYPE_NUMBER)
    return "there is no such number, or it is too large";
  return "the operands do not go together, or the result is out of range";
}

/* Is it only too large for us? */
static gboolean
is_outside (const CsvcValue *a, FeelArithmetic op, const CsvcValue *b)
{
  gboolean temporal = _csvc_feel_is_temporal (a) || _csvc_feel_is_temporal (b);

  if (a->type == CSVC_TYPE_NUMBER && b->type == CSVC_TYPE_NUMBER)
    return op != FEEL_DIVIDE && (op != FEEL_POWER || (a->u.i > 0));
  return temporal && a->type != CSVC_TYPE_NULL && b->type != CSVC_TYPE_NULL && (is_duration (a) || is_duration (b)) &&
         (_csvc_feel_is_temporal (a) && _csvc_feel_is_temporal (b)) && op <= FEEL_SUBTRACT && is_duration (a) + is_duration (b) == 1 &&
         a->type != CSVC_TYPE_TIME && b->type != CSVC_TYPE_TIME;
}

static const CsvcValue *
evaluate_arithmetic (FeelEval *self, const FeelNode *node, CsvcValue *place)
{
  CsvcValue left, right;
  const CsvcValue *a = _csvc_feel_evaluate (self, node->a, &left), *b;
  FeelArithmetic op = (FeelArithmetic) node->relation;

  if (a == NULL)
    return NULL;
  b = _csvc_feel_evaluate (self, node->b, &right);
  if (b == NULL)
    return NULL;
  if (calculate (self, place, a, op, b))
    return place;
  if (is_outside (a, op, b))
    {
      *place = _csvc_feel_fail_outside (self, node->column, why_not (a, op, b));
      return place;
    }
  return fail (self, node, why_not (a, op, b), place);
}

static const CsvcValue *
evaluate_negate (FeelEval *self, const FeelNode *node, CsvcValue *place)
{
  CsvcValue operand;
  const CsvcValue *a = _csvc_feel_evaluate (self, node->a, &operand);

  if (a == NULL)
    return NULL;
  if ((a->type != CSVC_TYPE_NUMBER && !is_duration (a)) || a->u.i == G_MININT64)
    return fail (self, node, "a minus stands before what is no number or duration", place);
  *place = *a;
  place->u.i = -place->u.i;
  return place;
}

/* ---- Lists, ranges, contexts ---- */

static guint
chain_length (const FeelEval *self, guint first)
{
  guint n = 0;

  for (guint i = first; i != 0; i = self->nodes[i].next)
    n++;
  return n;
}

static const CsvcValue *
give (const CsvcValue value, CsvcValue *place)
{
  *place = value;
  return place;
}

static const CsvcValue *
evaluate_list (FeelEval *self, const FeelNode *node, CsvcValue *place)
{
  guint n = chain_length (self, node->a), k = 0;
  CsvcValue *items = _csvc_feel_alloc (self, n, sizeof *items);

  if (items == NULL || !_csvc_feel_spend (self, n))
    return give (FEEL_NULL, place);
  for (guint i = node->a; i != 0; i = self->nodes[i].next, k++)
    {
      const CsvcValue *item = _csvc_feel_evaluate (self, i, &items[k]);

      if (item == NULL)
        return NULL;
      items[k] = *item;
    }
  return give (_csvc_feel_make_list (self, items, n), place);
}

/* An end that is not there is null. */
static gboolean
evaluate_end (FeelEval *self, guint index, CsvcValue *end)
{
  const CsvcValue *value;

  *end = FEEL_NULL;
  if (index == 0)
    return TRUE;
  value = _csvc_feel_evaluate (self, index, end);
  if (value != NULL)
    *end = *value;
  return value != NULL;
}

static const CsvcValue *
evaluate_range (FeelEval *self, const FeelNode *node, CsvcValue *place)
{
  CsvcFeelRange range = { .open_low = node->open_low, .open_high = node->open_high, .is_relation = node->relation };
  int order;

  if (!evaluate_end (self, node->a, &range.low) || !evaluate_end (self, node->b, &range.high))
    return NULL;
  if (range.low.type != CSVC_TYPE_NULL && range.high.type != CSVC_TYPE_NULL && !_csvc_feel_order (&range.low, &range.high, &order))
    return fail (self, node, "the ends of a range are of different types, or have no order", place);
  return give (_csvc_feel_range (_csvc_feel_eval_scratch (self), &range), place);
}

static const CsvcValue *
evaluate_context (FeelEval *self, const FeelNode *node, CsvcValue *place)
{
  guint n = chain_length (self, node->a), k = 0;
  const char **names = _csvc_feel_alloc (self, n, sizeof *names);
  CsvcValue *values = _csvc_feel_alloc (self, n, sizeof *values);

  if (names == NULL || values == NULL || !_csvc_feel_spend (self, n))
    return give (FEEL_NULL, place);
  for (guint i = node->a; i != 0; i = self->nodes[i].next, k++)
    {
      const FeelNode *entry = &self->nodes[i];
      const CsvcValue *value = _csvc_feel_evaluate (self, entry->a, &values[k]);

      if (value == NULL)
        return NULL;
      values[k] = *value;
      self->locals[entry->slot] = *value;
      names[k] = entry->value.u.s;
    }
  return give (_csvc_feel_make_context (self, names, values, n), place);
}

/* ---- Paths ---- */

static CsvcValue
integer (gint64 i)
{
  CsvcValue value;

  _csvc_value_set_integer (&value, i);
  return value;
}

static gboolean
day_property (const FeelEval *self, const CsvcValue *value, const char *name, CsvcValue *result)
{
  gint64 day = _csvc_feel_day (value, self->env->zone);
  int year, month, of_month;

  _csvc_civil_from_days (day, &year, &month, &of_month);
  if (strcmp (name, "year") == 0)
    *result = integer (year);
  else if (strcmp (name, "month") == 0)
    *result = integer (month);
  else if (strcmp (name, "day") == 0)
    *result = integer (of_month);
  else if (strcmp (name, "weekday") == 0)
    *result = integer (_csvc_weekday (day));
  else
    return FALSE;
  return TRUE;
}

/* A date alone is the dateTime at its midnight, UTC. */
static gboolean
clock_property (FeelEval *self, const CsvcValue *value, const char *name, CsvcValue *result)
{
  CsvcValue when = *value;
  gint64 wall;
  CsvcDuration offset;
  const char *zone = _csvc_feel_zone_name (&when);

  if (when.type == CSVC_TYPE_DATE)
    _csvc_feel_midnight (&when);
  wall = _csvc_feel_wall (&when, self->env->zone);
  wall -= _csvc_floor_div (wall, CSVC_DAY) * CSVC_DAY;
  if (strcmp (name, "hour") == 0)
    *result = integer (wall / CSVC_HOUR);
  else if (strcmp (name, "minute") == 0)
    *result = integer (wall / CSVC_MINUTE % 60);
  else if (strcmp (name, "second") == 0)
    return _csvc_number_set (result, wall % CSVC_MINUTE, -6);
  else if (strcmp (name, "time offset") == 0)
    *result = _csvc_feel_offset (&when, self->env->zone, &offset) ? _csvc_feel_plain (CSVC_TYPE_DAY_TIME_DURATION, offset) : FEEL_NULL;
  else if (strcmp (name, "timezone") == 0)
    *result = zone != NULL ? _csvc_feel_string (_csvc_feel_eval_scratch (self), zone, -1) : FEEL_NULL;
  else
    return FALSE;
  return TRUE;
}

static gboolean
duration_property (const CsvcValue *value, const char *name, CsvcValue *result)
{
  static const struct {
    const char *name;
    guint8      type;
    gint64      unit, modulus; /* 0: none */
  } parts[] = {
    { "years", CSVC_TYPE_YEAR_MONTH_DURATION, 12, 0 },
    { "months", CSVC_TYPE_YEAR_MONTH_DURATION, 1, 12 },
    { "days", CSVC_TYPE_DAY_TIME_DURATION, CSVC_DAY, 0 },
    { "hours", CSVC_TYPE_DAY_TIME_DURATION, CSVC_HOUR, 24 },
    { "minutes", CSVC_TYPE_DAY_TIME_DURATION, CSVC_MINUTE, 60 },
  };

  if (value->type == CSVC_TYPE_DAY_TIME_DURATION && strcmp (name, "seconds") == 0)
    return _csvc_number_set (result, value->u.i % CSVC_MINUTE, -6);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i].type == value->type && strcmp (parts[i].name, name) == 0)
      {
        gint64 n = value->u.i / parts[i].unit;

        *result = integer (parts[i].modulus != 0 ? n % parts[i].modulus : n);
        return TRUE;
      }
  return FALSE;
}

static gboolean
range_property (const CsvcFeelRange *range, const char *name, CsvcValue *result)
{
  if (strcmp (name, "start") == 0)
    *result = range->low;
  else if (strcmp (name, "end") == 0)
    *result = range->high;
  else if (strcmp (name, "start included") == 0)
    *result = _csvc_feel_boolean (!range->open_low);
  else if (strcmp (name, "end included") == 0)
    *result = _csvc_feel_boolean (!range->open_high);
  else
    return FALSE;
  return TRUE;
}

static gboolean
find_property (FeelEval *self, const CsvcValue *value, const char *name, CsvcValue *result)
{
  switch (value->type)
    {
    case CSVC_TYPE_DATE:
    case CSVC_TYPE_DATE_TIME:
      return day_property (self, value, name, result) || clock_property (self, value, name, result);
    case CSVC_TYPE_TIME:
      return clock_property (self, value, name, result);
    case CSVC_TYPE_DAY_TIME_DURATION:
    case CSVC_TYPE_YEAR_MONTH_DURATION:
      return duration_property (value, name, result);
    case CSVC_TYPE_RANGE:
      return range_property (_csvc_feel_get_range (value), name, result);
    default:
      return FALSE;
    }
}

static CsvcValue follow (FeelEval *self, const FeelNode *node, const CsvcValue *value, guint depth);

static CsvcValue
follow_list (FeelEval *self, const FeelNode *node, const CsvcFeelList *list, guint depth)
{
  CsvcValue *items = _csvc_feel_alloc (self, list->n, sizeof *items);

  if (items == NULL || !_csvc_feel_spend (self, list->n))
    return FEEL_NULL;
  for (guint i = 0; i < list->n; i++)
    items[i] = follow (self, node, &list->items[i], depth + 1);
  return _csvc_feel_make_list (self, items, list->n);
}

static CsvcValue
follow (FeelEval *self, const FeelNode *node, const CsvcValue *value, guint depth)
{
  const char *name = node->value.u.s;
  const CsvcValue *member;
  CsvcValue result;

  if (value->type == CSVC_TYPE_LIST && depth < FEEL_MAX_HEIGHT)
    return follow_list (self, node, _csvc_feel_get_list (value), depth);
  member = value->type == CSVC_TYPE_CONTEXT ? _csvc_feel_context_find (_csvc_feel_get_context (value), name) : NULL;
  if (member != NULL)
    return *member;
  if (find_property (self, value, name, &result))
    return result;
  return _csvc_feel_fail (self, node->column, value->type == CSVC_TYPE_NULL ? "null has no members" : "there is no such member");
}

static const CsvcValue *
evaluate_path (FeelEval *self, const FeelNode *node, CsvcValue *place)
{
  CsvcValue from;
  const CsvcValue *value = _csvc_feel_evaluate (self, node->a, &from);

  return value != NULL ? give (follow (self, node, value, 0), place) : NULL;
}

/* ---- Filters ---- */

/* The item at a place from 1, or from the end, -1. */
static const CsvcValue *
pick (FeelEval *self, const FeelNode *node, const CsvcFeelList *list, const CsvcValue *index, CsvcValue *place)
{
  gint64 i;

  if (!_csvc_number_get_integer (index, &i) || i == 0 || ABS (i) > list->n)
    return fail (self, node, "the list has no item of this number", place);
  return give (list->items[i > 0 ? i - 1 : list->n + i], place);
}

/* A value that is no list counts as a list of one; null as an empty one. */
static CsvcFeelList
as_list (const CsvcValue *value)
{
  if (value->type == CSVC_TYPE_LIST)
    return *_csvc_feel_get_list (value);
  return (CsvcFeelList){ value->type != CSVC_TYPE_NULL, value };
}

static gboolean
names_item (const FeelEval *self, const FeelNode *node)
{
  return node->op == FEEL_OP_CONSTANT || node->op == FEEL_OP_FACT;
}

static const CsvcValue *
filter_items (FeelEval *self, const FeelNode *node, const CsvcFeelList *list, CsvcValue *place)
{
  CsvcValue *items = _csvc_feel_alloc (self, list->n, sizeof *items), result;
  guint n = 0;

  if (items == NULL || !_csvc_feel_spend (self, list->n))
    return give (FEEL_NULL, place);
  for (guint i = 0; i < list->n; i++)
    {
      const CsvcValue *keep;

      self->locals[node->slot] = list->items[i];
      keep = _csvc_feel_evaluate (self, node->b, &result);
      if (keep == NULL)
        return NULL;
      if (keep->type == CSVC_TYPE_NUMBER)
        return pick (self, node, list, keep, place);
      if (keep->type == CSVC_TYPE_BOOLEAN && keep->u.i != 0)
        items[n++] = list->items[i];
    }
  return give (_csvc_feel_make_list (self, items, n), place);
}

static const CsvcValue *
evaluate_filter (FeelEval *self, const FeelNode *node, CsvcValue *place)
{
  CsvcValue from, index;
  const CsvcValue *value = _csvc_feel_evaluate (self, node->a, &from), *filter;
  CsvcFeelList list;

  if (value == NULL)
    return NULL;
  list = as_list (value);
  if (!names_item (self, &self->nodes[node->b]))
    return filter_items (self, node, &list, place);
  filter = _csvc_feel_evaluate (self, node->b, &index);
  if (filter == NULL)
    return NULL;
  return filter->type == CSVC_TYPE_NUMBER ? pick (self, node, &list, filter, place) : filter_items (self, node, &list, place);
}

/* ---- Loops ---- */

/* What an iterator goes through: items, or whole numbers (or days) from first to last. */
typedef struct {
  CsvcFeelList list;
  gboolean     counts;
  CsvcType     type;
  gint64       first, last;
} Domain;

static gboolean
get_count (const CsvcValue *value, gint64 *i)
{
  if (value->type == CSVC_TYPE_DATE)
    {
      *i = value->u.i;
      return TRUE;
    }
  return _csvc_number_get_integer (value, i);
}

static gboolean
set_counts (Domain *domain, const CsvcValue *low, const CsvcValue *high)
{
  domain->counts = TRUE;
  domain->type = (CsvcType) low->type;
  return low->type == high->type && get_count (low, &domain->first) && get_count (high, &domain->last);
}

typedef enum { DOMAIN_GOOD, DOMAIN_NULL, DOMAIN_UNKNOWN } DomainResult;

static DomainResult
evaluate_domain (FeelEval *self, const FeelNode *iterator, CsvcValue *place, Domain *domain)
{
  const CsvcValue *value = _csvc_feel_evaluate (self, iterator->a, place), *high;
  const CsvcFeelRange *range;
  CsvcValue other;

  if (value == NULL)
    return DOMAIN_UNKNOWN;
  if (iterator->b != 0)
    {
      high = _csvc_feel_evaluate (self, iterator->b, &other);
      if (high == NULL)
        return DOMAIN_UNKNOWN;
      return set_counts (domain, value, high) ? DOMAIN_GOOD : DOMAIN_NULL;
    }
  range = _csvc_feel_get_range (value);
  if (range != NULL)
    {
      if (!set_counts (domain, &range->low, &range->high))
        return DOMAIN_NULL;
      domain->first += range->open_low;
      domain->last -= range->open_high;
      if (domain->first > domain->last)
        *domain = (Domain){ { 0, NULL }, FALSE, CSVC_TYPE_UNKNOWN, 0, 0 };
      return DOMAIN_GOOD;
    }
  if (value->type == CSVC_TYPE_NULL)
    return DOMAIN_NULL;
  domain->counts = FALSE;
  *place = *value;
  domain->list = as_list (place);
  return DOMAIN_GOOD;
}

static gint64
domain_size (const Domain *domain)
{
  return domain->counts ? ABS (domain->last - domain->first) + 1 : domain->list.n;
}

static CsvcValue
domain_item (const Domain *domain, guint i)
{
  gint64 n;

  if (!domain->counts)
    return domain->list.items[i];
  n = domain->first <= domain->last ? domain->first + i : domain->first - i;
  return domain->type == CSVC_TYPE_DATE ? _csvc_feel_plain (CSVC_TYPE_DATE, n) : integer (n);
}

/* FALSE: stop. */
typedef gboolean (*LoopBody) (FeelEval *self, const FeelNode *loop, gpointer data);

typedef struct {
  const FeelNode *loop;
  LoopBody        body;
  gpointer        data;
  DomainResult    result; /* of the first domain that was not good */
} Loop;

static gboolean
run_loop (FeelEval *self, Loop *loop, guint iterator)
{
  const FeelNode *node = &self->nodes[iterator];
  Domain domain = { 0 };
  CsvcValue place;
  DomainResult result;

  if (iterator == 0)
    return loop->body (self, loop->loop, loop->data);
  result = evaluate_domain (self, node, &place, &domain);
  if (result != DOMAIN_GOOD || domain_size (&domain) > FEEL_MAX_STEPS || !_csvc_feel_spend (self, (guint) domain_size (&domain)))
    {
      loop->result = result == DOMAIN_UNKNOWN ? result : DOMAIN_NULL;
      if (domain_size (&domain) > FEEL_MAX_STEPS)
        _csvc_feel_spend (self, FEEL_MAX_STEPS + 1);
      return FALSE;
    }
  for (guint i = 0; i < (guint) domain_size (&domain); i++)
    {
      self->locals[node->slot] = domain_item (&domain, i);
      if (!run_loop (self, loop, node->next))
        return FALSE;
    }
  return TRUE;
}

/* The results of for, which grow; partial shows what there is. */
typedef struct {
  CsvcValue   *items;
  guint        n, room, weight;
  gboolean     unknown, full;
} Results;

static gboolean
grow_results (FeelEval *self, Results *results)
{
  guint room = MAX (16, results->room * 2);
  CsvcValue *items;

  if (results->n < results->room)
    return TRUE;
  items = _csvc_feel_alloc (self, room, sizeof *items);
  if (items == NULL)
    return FALSE;
  if (results->n > 0)
    memcpy (items, results->items, results->n * sizeof *items);
  results->items = items;
  results->room = room;
  return TRUE;
}

static gboolean
collect (FeelEval *self, const FeelNode *loop, gpointer data)
{
  Results *results = data;
  const CsvcValue *item;
  CsvcValue place;

  results->full = !_csvc_feel_spend (self, 1) || !grow_results (self, results);
  if (results->full)
    return FALSE;
  /* What there is so far is a list in each round: its weight is carried on, or the rounds would take time squared. */
  self->locals[loop->slot] = _csvc_feel_list_of_weight (_csvc_feel_eval_scratch (self), results->items, results->n, results->weight);
  item = _csvc_feel_evaluate (self, loop->b, &place);
  results->unknown = item == NULL;
  if (item == NULL)
    return FALSE;
  results->items[results->n++] = *item;
  results->weight += _csvc_feel_weight (item);
  results->full = results->weight > CSVC_FEEL_MAX_WEIGHT;
  if (results->full)
    _csvc_feel_fail_outside (self, self->column, "it makes a larger value than is allowed");
  return !results->full;
}

static const CsvcValue *
evaluate_for (FeelEval *self, const FeelNode *node, CsvcValue *place)
{
  Results results = { 0 };
  Loop loop = { node, collect, &results, DOMAIN_GOOD };

  run_loop (self, &loop, node->a);
  if (results.unknown || loop.result == DOMAIN_UNKNOWN)
    return NULL;
  if (loop.result == DOMAIN_NULL)
    return fail (self, node, "for goes through what is neither a list nor whole numbers", place);
  if (results.full)
    return give (FEEL_NULL, place);
  return give (_csvc_feel_list_of_weight (_csvc_feel_eval_scratch (self), results.items, results.n, results.weight), place);
}

typedef struct {
  FeelSum   sum;
  CsvcTruth decisive;
} Quantified;

static gboolean
quantify (FeelEval *self, const FeelNode *loop, gpointer data)
{
  Quantified *quantified = data;

  return _csvc_feel_spend (self, 1) &&
         !_csvc_feel_sum_add (&quantified->sum, quantified->decisive, _csvc_feel_test (self, loop->b), self);
}

CsvcTruth
_csvc_feel_test_quantified (FeelEval *self, const FeelNode *node)
{
  gboolean some = node->op == FEEL_OP_SOME;
  Quantified quantified = { { some ? CSVC_FALSE : CSVC_TRUE, NULL }, some ? CSVC_TRUE : CSVC_FALSE };
  Loop loop = { node, quantify, &quantified, DOMAIN_GOOD };

  run_loop (self, &loop, node->a);
  if (loop.result == DOMAIN_UNKNOWN)
    return CSVC_UNKNOWN;
  /* A round that was unknown may have ended the loop before it came to what is null. */
  if (quantified.sum.truth != CSVC_UNKNOWN && (loop.result == DOMAIN_NULL || self->steps > FEEL_MAX_STEPS))
    return CSVC_NULL;
  return _csvc_feel_sum_end (self, &quantified.sum);
}

/* ---- Functions ---- */

static const CsvcValue *
evaluate_function (FeelEval *self, guint index, CsvcValue *place)
{
  guint n = self->nodes[index].slot;
  FeelClosure closure = { .expr = self->expr, .node = index, .values = self->env->values };
  CsvcValue *locals = _csvc_feel_alloc (self, n, sizeof *locals);

  if (locals == NULL)
    return give (FEEL_NULL, place);
  if (n > 0)
    memcpy (locals, self->locals, n * sizeof *locals);
  closure.locals = locals;
  return give (_csvc_feel_closure (_csvc_feel_eval_scratch (self), &closure), place);
}

const CsvcValue *
_csvc_feel_evaluate_value (FeelEval *self, guint index, CsvcValue *place)
{
  const FeelNode *node = &self->nodes[index];

  switch ((FeelOp) node->op)
    {
    case FEEL_OP_ARITHMETIC:
      return evaluate_arithmetic (self, node, place);
    case FEEL_OP_NEGATE:
      return evaluate_negate (self, node, place);
    case FEEL_OP_LIST:
      return evaluate_list (self, node, place);
    case FEEL_OP_RANGE:
      return evaluate_range (self, node, place);
    case FEEL_OP_CONTEXT:
      return evaluate_context (self, node, place);
    case FEEL_OP_PATH:
      return evaluate_path (self, node, place);
    case FEEL_OP_FILTER:
      return evaluate_filter (self, node, place);
    case FEEL_OP_FOR:
      return evaluate_for (self, node, place);
    case FEEL_OP_FUNCTION:
      return evaluate_function (self, index, place);
    default:
      return _csvc_feel_evaluate_call (self, index, place);
    }
}
