/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "machine/record.h"

#include <string.h>

#include "machine/shape.h"

/* ---- The tables ---- */

#define FIELD CSVC_SHAPE_FIELD
#define LIST CSVC_SHAPE_LIST
#define SHAPE CSVC_SHAPE
#define REQUIRED .required = TRUE

static GArray *
new_list (const CsvcShape *items, guint reserved)
{
  GArray *list = g_array_sized_new (FALSE, TRUE, (guint) items->size, reserved);

  g_array_set_clear_func (list, items->clear);
  return list;
}

GArray *
_csvc_shape_new_list (const CsvcShape *items)
{
  return new_list (items, 0);
}

static const char *
state_word (guint n)
{
  return csvc_cycle_state_to_string ((CsvcCycleState) n);
}

static const char *
verdict_word (guint n)
{
  return csvc_verdict_to_string ((CsvcVerdict) n);
}

static const CsvcField string_fields[] = { { "", CSVC_FIELD_STRING, REQUIRED } };
SHAPE (id_shape, char *, string_fields, .sorted = TRUE, .bare = TRUE)
SHAPE (pending_shape, char *, string_fields, .bare = TRUE)

static const CsvcField span_fields[] = {
  FIELD (CsvcSpan, from, TIME, REQUIRED),
  FIELD (CsvcSpan, running, FLAG),
  FIELD (CsvcSpan, cause, STRING),
};
SHAPE (span_shape, CsvcSpan, span_fields)

static const CsvcField fired_fields[] = {
  FIELD (CsvcFired, id, STRING, REQUIRED),
  FIELD (CsvcFired, at, TIME, REQUIRED),
  FIELD (CsvcFired, passed, FLAG),
  FIELD (CsvcFired, times, NUMBER, .since = 2),
};
SHAPE (fired_shape, CsvcFired, fired_fields)

static const CsvcField correction_fields[] = {
  FIELD (CsvcCorrection, event, STRING),
  FIELD (CsvcCorrection, at, TIME, REQUIRED),
  FIELD (CsvcCorrection, occurred, TIME, REQUIRED),
};
SHAPE (correction_shape, CsvcCorrection, correction_fields)

static const CsvcField cycle_fields[] = {
  FIELD (CsvcCycle, clock, STRING, REQUIRED),
  FIELD (CsvcCycle, number, NUMBER),
  FIELD (CsvcCycle, state, WORD, .to_word = state_word, .n_words = CSVC_CYCLE_CLOSED + 1),
  FIELD (CsvcCycle, start, TIME, REQUIRED),
  FIELD (CsvcCycle, row, NUMBER),
  FIELD (CsvcCycle, promised, TIME),
  FIELD (CsvcCycle, policy, STRING),
  FIELD (CsvcCycle, calendar, STRING),
  FIELD (CsvcCycle, carried, DURATION),
  LIST (CsvcCycle, spans, span_shape),
  LIST (CsvcCycle, fired, fired_shape),
  FIELD (CsvcCycle, verdict, WORD, .to_word = verdict_word, .n_words = CSVC_VERDICT_ENDED + 1),
  FIELD (CsvcCycle, verdict_at, TIME),
  FIELD (CsvcCycle, verdict_due, TIME),
  FIELD (CsvcCycle, verdict_by, STRING),
  FIELD (CsvcCycle, reason, STRING),
  FIELD (CsvcCycle, met_late_at, TIME),
  LIST (CsvcCycle, corrections, correction_shape),
  FIELD (CsvcCycle, carried_in, STRING, .since = 2),
  FIELD (CsvcCycle, credit, DURATION, .since = 2),
  FIELD (CsvcCycle, length, DURATION, .since = 2),
  FIELD (CsvcCycle, floor, TIME, .since = 2),
};
SHAPE (cycle_shape, CsvcCycle, cycle_fields)

static const CsvcField fact_fields[] = {
  FIELD (CsvcFactRecord, id, STRING, REQUIRED),
  FIELD (CsvcFactRecord, value, VALUE),
  FIELD (CsvcFactRecord, at, TIME, REQUIRED),
};
SHAPE (fact_shape, CsvcFactRecord, fact_fields, .sorted = TRUE)

GArray *
_csvc_fact_records_new (void)
{
  return new_list (&fact_shape, 0);
}

static const CsvcField entries_fields[] = {
  FIELD (CsvcEntries, id, STRING, REQUIRED),
  FIELD (CsvcEntries, entries, NUMBER),
};
SHAPE (entries_shape, CsvcEntries, entries_fields, .sorted = TRUE)

static const CsvcField history_fields[] = {
  FIELD (CsvcHistory, id, STRING, REQUIRED),
  FIELD (CsvcHistory, states, STRING, REQUIRED),
};
SHAPE (history_shape, CsvcHistory, history_fields, .sorted = TRUE)

static const CsvcField link_fields[] = {
  FIELD (CsvcLink, relation, STRING, REQUIRED),
  FIELD (CsvcLink, id, STRING, REQUIRED),
  FIELD (CsvcLink, kind, STRING),
  FIELD (CsvcLink, until, STRING),
  FIELD (CsvcLink, ended, FLAG, .since = 2),
  FIELD (CsvcLink, outcome, STRING, .since = 2),
};
SHAPE (link_shape, CsvcLink, link_fields)

static const CsvcField decided_output_fields[] = {
  FIELD (CsvcDecidedOutput, id, STRING, REQUIRED),
  FIELD (CsvcDecidedOutput, value, VALUE),
};
SHAPE (decided_output_shape, CsvcDecidedOutput, decided_output_fields)

static const CsvcField decided_row_fields[] = {
  FIELD (CsvcDecidedRow, row, NUMBER),
  LIST (CsvcDecidedRow, outputs, decided_output_shape),
};
SHAPE (decided_row_shape, CsvcDecidedRow, decided_row_fields)

static const CsvcField decided_fields[] = {
  FIELD (CsvcDecided, id, STRING, REQUIRED),
  FIELD (CsvcDecided, table, STRING, REQUIRED),
  FIELD (CsvcDecided, at, TIME, REQUIRED),
  LIST (CsvcDecided, rows, decided_row_shape),
};
SHAPE (decided_shape, CsvcDecided, decided_fields, .sorted = TRUE)

static const CsvcField record_fields[] = {
  FIELD (CsvcRecord, id, STRING, REQUIRED),
  FIELD (CsvcRecord, kind, STRING, REQUIRED),
  FIELD (CsvcRecord, customer, STRING),
  FIELD (CsvcRecord, policy, STRING, REQUIRED),
  FIELD (CsvcRecord, policy_version, STRING),
  FIELD (CsvcRecord, policy_hash, STRING, REQUIRED),
  FIELD (CsvcRecord, opened_at, TIME, REQUIRED),
  FIELD (CsvcRecord, at, TIME, REQUIRED),
  FIELD (CsvcRecord, ended, FLAG),
  FIELD (CsvcRecord, outcome, STRING),
  FIELD (CsvcRecord, final_state, STRING),
  FIELD (CsvcRecord, owner_actor, STRING),
  FIELD (CsvcRecord, owner_role, STRING),
  FIELD (CsvcRecord, owner_unit, STRING),
  FIELD (CsvcRecord, handler, STRING),
  FIELD (CsvcRecord, level, NUMBER),
  LIST (CsvcRecord, facts, fact_shape),
  LIST (CsvcRecord, states, id_shape),
  LIST (CsvcRecord, entries, entries_shape),
  LIST (CsvcRecord, histories, history_shape),
  LIST (CsvcRecord, cycles, cycle_shape),
  LIST (CsvcRecord, pending, pending_shape),
  LIST (CsvcRecord, links, link_shape),
  FIELD (CsvcRecord, decided, LIST, .items = &decided_shape, .since = 3),
};
const CsvcShape _csvc_record_shape = {
  .size = sizeof (CsvcRecord),
  .fields = record_fields,
  .n_fields = G_N_ELEMENTS (record_fields),
  .outermost = TRUE,
};

/* ---- Making, clearing, copying ---- */

void
_csvc_shape_init (const CsvcShape *shape, gpointer item)
{
  memset (item, 0, shape->size);
  for (const CsvcField *field = shape->fields; field < shape->fields + shape->n_fields; field++)
    if (field->type == CSVC_FIELD_TIME)
      CSVC_FIELD (CsvcTime, item, field) = CSVC_NEVER;
    else if (field->type == CSVC_FIELD_LIST)
      CSVC_FIELD (GArray *, item, field) = new_list (field->items, 0);
}

void
_csvc_shape_clear (const CsvcShape *shape, gpointer item)
{
  for (const CsvcField *field = shape->fields; field < shape->fields + shape->n_fields; field++)
    if (field->type == CSVC_FIELD_STRING)
      g_clear_pointer (&CSVC_FIELD (char *, item, field), g_ref_string_release);
    else if (field->type == CSVC_FIELD_VALUE)
      _csvc_value_clear (&CSVC_FIELD (CsvcValue, item, field));
    else if (field->type == CSVC_FIELD_LIST)
      g_clear_pointer (&CSVC_FIELD (GArray *, item, field), g_array_unref);
}

gpointer
_csvc_shape_append (const CsvcShape *shape, GArray *list)
{
  gpointer item;

  g_array_set_size (list, list->len + 1);
  item = list->data + (gsize) (list->len - 1) * shape->size;
  _csvc_shape_init (shape, item);
  return item;
}

static GArray *
copy_list (const CsvcShape *items, const GArray *from)
{
  GArray *to = new_list (items, from != NULL ? from->len : 0);

  if (from == NULL)
    return to;
  g_array_set_size (to, from->len);
  for (guint i = 0; i < from->len; i++)
    _csvc_shape_copy (items, to->data + i * items->size, from->data + i * items->size);
  return to;
}

/* What no table names (a cycle's bond with its policy) is copied as it stands. */
void
_csvc_shape_copy (const CsvcShape *shape, gpointer to, gconstpointer from)
{
  memcpy (to, from, shape->size);
  for (const CsvcField *field = shape->fields; field < shape->fields + shape->n_fields; field++)
    if (field->type == CSVC_FIELD_STRING && CSVC_FIELD (char *, to, field) != NULL)
      g_ref_string_acquire (CSVC_FIELD (char *, to, field));
    else if (field->type == CSVC_FIELD_VALUE)
      _csvc_value_init_copy (&CSVC_FIELD (CsvcValue, to, field), &CSVC_FIELD (const CsvcValue, from, field));
    else if (field->type == CSVC_FIELD_LIST)
      CSVC_FIELD (GArray *, to, field) = copy_list (field->items, CSVC_FIELD (GArray *const, from, field));
}

GArray *
_csvc_links_copy (const GArray *links)
{
  return copy_list (&link_shape, links);
}

GArray *
_csvc_decided_copy (const GArray *decided)
{
  return copy_list (&decided_shape, decided);
}

/* The row of that number: the last one, or a new one. */
static CsvcDecidedRow *
touch_row (CsvcDecided *self, guint number)
{
  CsvcDecidedRow *row = self->rows->len > 0 ? &g_array_index (self->rows, CsvcDecidedRow, self->rows->len - 1) : NULL;

  if (row != NULL && row->row == number)
    return row;
  row = _csvc_shape_append (&decided_row_shape, self->rows);
  row->row = number;
  return row;
}

/* @name: "3.offer". */
static gboolean
put_output (CsvcDecided *self, const char *name, const CsvcValue *value)
{
  char *dot;
  guint64 number = g_ascii_strtoull (name, &dot, 10);
  CsvcDecidedOutput *output;

  if (!g_ascii_isdigit (*name) || *dot != '.' || dot[1] == '\0' || number > G_MAXINT32 || value->type == CSVC_TYPE_UNKNOWN)
    return FALSE;
  output = _csvc_shape_append (&decided_output_shape, touch_row (self, (guint) number)->outputs);
  output->id = g_ref_string_new (dot + 1);
  _csvc_value_init_copy (&output->value, value);
  return TRUE;
}

static gboolean
says_nothing (const CsvcDecidedRow *row)
{
  for (guint i = 0; i < row->outputs->len; i++)
    if (g_array_index (row->outputs, CsvcDecidedOutput, i).value.type != CSVC_TYPE_NULL)
      return FALSE;
  return row->row == 0;
}

static void
insert_decided (GArray *list, const CsvcDecided *item)
{
  guint place = 0;

  while (place < list->len && strcmp (g_array_index (list, CsvcDecided, place).id, item->id) < 0)
    place++;
  if (place < list->len && g_str_equal (g_array_index (list, CsvcDecided, place).id, item->id))
    g_array_remove_index (list, place);
  g_array_insert_val (list, place, *item);
}

gboolean
_csvc_decided_put (GArray *decided, const CsvcEffect *effect)
{
  guint n = effect->arguments != NULL ? csvc_facts_get_size (effect->arguments) : 0;
  CsvcDecided item;

  _csvc_shape_init (&decided_shape, &item);
  for (guint i = 0; i < n; i++)
    if (!put_output (&item, csvc_facts_get_name (effect->arguments, i), csvc_facts_get_value (effect->arguments, i)))
      {
        _csvc_shape_clear (&decided_shape, &item);
        return FALSE;
      }
  if (item.rows->len == 1 && says_nothing (&g_array_index (item.rows, CsvcDecidedRow, 0)))
    g_array_set_size (item.rows, 0);
  item.id = g_ref_string_new (effect->detail);
  item.table = g_ref_string_new (effect->subject);
  item.at = effect->at;
  insert_decided (decided, &item);
  return TRUE;
}

void
_csvc_record_init (CsvcRecord *self)
{
  _csvc_shape_init (&_csvc_record_shape, self);
}

void
_csvc_record_clear (CsvcRecord *self)
{
  _csvc_shape_clear (&_csvc_record_shape, self);
}

void
_csvc_record_copy (CsvcRecord *to, const CsvcRecord *from)
{
  _csvc_shape_copy (&_csvc_record_shape, to, from);
}

void
_csvc_cycle_init (CsvcCycle *self)
{
  _csvc_shape_init (&cycle_shape, self);
  self->next = CSVC_NEVER;
}

void
_csvc_cycle_clear (CsvcCycle *self)
{
  _csvc_shape_clear (&cycle_shape, self);
}

void
_csvc_cycle_copy (CsvcCycle *to, const CsvcCycle *from)
{
  _csvc_shape_copy (&cycle_shape, to, from);
}

/* ---- Order ---- */

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
normalise_list (const CsvcShape *items, GArray *list)
{
  for (guint i = 0; list != NULL && i < list->len; i++)
    _csvc_shape_normalise (items, list->data + i * items->size);
  if (list != NULL && items->sorted)
    g_array_sort (list, compare_ids);
}

void
_csvc_shape_normalise (const CsvcShape *shape, gpointer item)
{
  for (const CsvcField *field = shape->fields; field < shape->fields + shape->n_fields; field++)
    if (field->type == CSVC_FIELD_LIST)
      normalise_list (field->items, CSVC_FIELD (GArray *, item, field));
}

void
_csvc_record_normalise (CsvcRecord *self)
{
  for (const CsvcField *field = record_fields; field < record_fields + G_N_ELEMENTS (record_fields); field++)
    if (field->type == CSVC_FIELD_LIST && field->items->sorted)
      g_array_sort (CSVC_FIELD (GArray *, self, field), compare_ids);
}

gboolean
_csvc_shape_is_sorted (const CsvcShape *shape, const GArray *list)
{
  for (guint i = 1; shape->sorted && i < list->len; i++)
    if (compare_ids (list->data + (i - 1) * shape->size, list->data + i * shape->size) >= 0)
      return FALSE;
  return TRUE;
}
