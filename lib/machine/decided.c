/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <string.h>

#include "machine/machine.h"

/* What tables decided, kept in the case. The record has it by name; expressions see lists of contexts, which lie with the values they point to in one
 * block that is made anew when something is decided:
 *
 *   | a value for each name | for each: list, names of the outputs | for each row: item, context, values | … */

/* ── finding ── */

static const CsvcKept *
find_kept (const CsvcKind *kind, const char *name)
{
  for (guint i = 0; i < kind->n_kept; i++)
    if (g_str_equal (kind->kept[i].name, name))
      return &kind->kept[i];
  return NULL;
}

static const CsvcTableColumn *
find_output (const CsvcTable *table, const char *id)
{
  for (guint i = 0; i < table->n_outputs; i++)
    if (g_str_equal (table->columns[table->n_inputs + i].part.id, id))
      return &table->columns[table->n_inputs + i];
  return NULL;
}

static const CsvcDecided *
find_decided (const CsvcRecord *record, const char *name)
{
  for (guint i = 0; i < record->decided->len; i++)
    if (g_str_equal (g_array_index (record->decided, CsvcDecided, i).id, name))
      return &g_array_index (record->decided, CsvcDecided, i);
  return NULL;
}

static const CsvcValue *
find_value (const CsvcDecidedRow *row, const char *output)
{
  for (guint i = 0; i < row->outputs->len; i++)
    if (g_str_equal (g_array_index (row->outputs, CsvcDecidedOutput, i).id, output))
      return &g_array_index (row->outputs, CsvcDecidedOutput, i).value;
  return NULL;
}

static const CsvcDecidedRow *
row_at (const CsvcDecided *self, guint index)
{
  return &g_array_index (self->rows, CsvcDecidedRow, index);
}

/* ── what expressions see ── */

static gsize
size_of (const CsvcTable *table, const CsvcDecided *decided)
{
  gsize row = sizeof (CsvcValue) + sizeof (CsvcFeelContext) + table->n_outputs * sizeof (CsvcValue);

  return decided != NULL ? sizeof (CsvcFeelList) + table->n_outputs * sizeof (char *) + decided->rows->len * row : 0;
}

static gpointer
take (guint8 **block, gsize size)
{
  guint8 *taken = *block;

  *block += size;
  return taken;
}

static void
bind_row (const CsvcTable *table, const CsvcDecidedRow *row, const char *const *names, CsvcValue *item, guint8 **block)
{
  CsvcFeelContext *context = take (block, sizeof *context);
  CsvcValue *values = take (block, table->n_outputs * sizeof *values);

  for (guint i = 0; i < table->n_outputs; i++)
    {
      const CsvcValue *value = find_value (row, names[i]);

      values[i] = value != NULL ? *value : (CsvcValue){ .type = CSVC_TYPE_NULL };
    }
  *context = (CsvcFeelContext){ table->n_outputs, names, values };
  *item = (CsvcValue){ .type = CSVC_TYPE_CONTEXT, .u.p = context };
}

static void
bind_list (const CsvcTable *table, const CsvcDecided *decided, CsvcValue *value, guint8 **block)
{
  CsvcFeelList *list = take (block, sizeof *list);
  const char **names = take (block, table->n_outputs * sizeof *names);
  CsvcValue *items = take (block, decided->rows->len * sizeof *items);

  for (guint i = 0; i < table->n_outputs; i++)
    names[i] = table->columns[table->n_inputs + i].part.id;
  for (guint i = 0; i < decided->rows->len; i++)
    bind_row (table, row_at (decided, i), names, &items[i], block);
  *list = (CsvcFeelList){ decided->rows->len, items };
  *value = (CsvcValue){ .type = CSVC_TYPE_LIST, .u.p = list };
}

void
_csvc_case_bind_decided (CsvcCase *self)
{
  const CsvcKind *kind = self->kind;
  gsize size = kind->n_kept * sizeof (CsvcValue);
  guint8 *block;

  g_clear_pointer (&self->kept, g_free);
  if (kind->n_kept == 0)
    return;
  for (guint i = 0; i < kind->n_kept; i++)
    size += size_of (kind->kept[i].table, find_decided (&self->record, kind->kept[i].name));
  self->kept = g_malloc0 (size);
  block = (guint8 *) (self->kept + kind->n_kept);
  for (guint i = 0; i < kind->n_kept; i++)
    {
      const CsvcDecided *decided = find_decided (&self->record, kind->kept[i].name);

      if (decided != NULL)
        bind_list (kind->kept[i].table, decided, &self->kept[i], &block);
    }
}

/* ── in a step ── */

void
_csvc_step_put_decided (CsvcStep *step, const CsvcEffect *effect)
{
  CsvcRecord *record = &step->self->record;

  if (step->decided == NULL)
    {
      step->decided = record->decided;
      record->decided = _csvc_decided_copy (step->decided);
    }
  _csvc_decided_put (record->decided, effect);
  _csvc_case_bind_decided (step->self);
}

/* ── from a record ── */

static gboolean
corrupt (const CsvcCase *self, const CsvcDecided *decided, const char *why, GError **error)
{
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "case %s: what was decided as \"%s\" is none of its policy %s %s: %s", self->record.id,
               decided->id, self->policy->id, self->policy->version, why);
  return FALSE;
}

static void
resolve_word (const CsvcTableColumn *column, CsvcValue *value)
{
  value->index = -1;
  for (gint32 i = 0; column->words != NULL && column->words[i] != NULL; i++)
    if (strcmp (column->words[i], value->u.s) == 0)
      value->index = i;
}

static gboolean
check_output (const CsvcTable *table, CsvcDecidedOutput *output, GError **error)
{
  const CsvcTableColumn *column = find_output (table, output->id);
  CsvcValue own = CSVC_VALUE_UNKNOWN;

  if (column == NULL)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "the table \"%s\" has no output \"%s\"", table->part.id, output->id);
      return FALSE;
    }
  if (output->value.type == CSVC_TYPE_NULL)
    return TRUE;
  if (!_csvc_value_coerce (&own, &output->value, column->type, error))
    return FALSE;
  _csvc_value_clear (&output->value);
  output->value = own;
  if (column->type == CSVC_TYPE_ENUM)
    resolve_word (column, &output->value);
  return TRUE;
}

/* Each row once, in order, and no more than any table has. */
static gboolean
rows_are_sound (const CsvcDecided *decided)
{
  for (guint i = 1; i < decided->rows->len; i++)
    if (row_at (decided, i)->row <= row_at (decided, i - 1)->row)
      return FALSE;
  return decided->rows->len <= CSVC_TABLE_MAX_ROWS;
}

static gboolean
check_decided (CsvcCase *self, const CsvcDecided *decided, GError **error)
{
  const CsvcKept *kept = find_kept (self->kind, decided->id);

  if (kept == NULL)
    return corrupt (self, decided, "nothing is kept under that name", error);
  if (!rows_are_sound (decided))
    return corrupt (self, decided, "its rows are out of order", error);
  for (guint i = 0; i < decided->rows->len; i++)
    for (guint j = 0; j < row_at (decided, i)->outputs->len; j++)
      if (!check_output (kept->table, &g_array_index (row_at (decided, i)->outputs, CsvcDecidedOutput, j), error))
        {
          g_prefix_error (error, "case %s: what was decided as \"%s\": ", self->record.id, decided->id);
          return FALSE;
        }
  return TRUE;
}

gboolean
_csvc_case_check_decided (CsvcCase *self, GError **error)
{
  for (guint i = 0; i < self->record.decided->len; i++)
    if (!check_decided (self, &g_array_index (self->record.decided, CsvcDecided, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
is_kept (const CsvcTable *table, const CsvcDecidedOutput *output)
{
  const CsvcTableColumn *column = find_output (table, output->id);

  return column != NULL && (output->value.type == CSVC_TYPE_NULL || output->value.type == column->type);
}

static void
drop_outputs (const CsvcTable *table, const CsvcDecided *decided)
{
  for (guint i = 0; i < decided->rows->len; i++)
    {
      GArray *outputs = row_at (decided, i)->outputs;

      for (guint j = outputs->len; j-- > 0;)
        if (!is_kept (table, &g_array_index (outputs, CsvcDecidedOutput, j)))
          g_array_remove_index (outputs, j);
    }
}

void
_csvc_record_drop_unkept (CsvcRecord *record, const CsvcKind *kind)
{
  for (guint i = record->decided->len; i-- > 0;)
    {
      const CsvcDecided *decided = &g_array_index (record->decided, CsvcDecided, i);
      const CsvcKept *kept = find_kept (kind, decided->id);

      if (kept != NULL)
        drop_outputs (kept->table, decided);
      else
        g_array_remove_index (record->decided, i);
    }
}

/* ── asking ── */

guint
csvc_case_get_n_decided (const CsvcCase *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->record.decided->len;
}

const CsvcDecided *
csvc_case_get_decided (const CsvcCase *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->record.decided->len, NULL);

  return &g_array_index (self->record.decided, CsvcDecided, index);
}

const CsvcDecided *
csvc_case_find_decided (const CsvcCase *self, const char *name)
{
  g_return_val_if_fail (self != NULL && name != NULL, NULL);

  return find_decided (&self->record, name);
}

const char *
csvc_decided_get_name (const CsvcDecided *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

const char *
csvc_decided_get_table (const CsvcDecided *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->table;
}

CsvcTime
csvc_decided_get_at (const CsvcDecided *self)
{
  g_return_val_if_fail (self != NULL, CSVC_NEVER);

  return self->at;
}

guint
csvc_decided_get_n_rows (const CsvcDecided *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->rows->len;
}

guint
csvc_decided_get_row (const CsvcDecided *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->rows->len, 0);

  return row_at (self, index)->row;
}

const CsvcValue *
csvc_decided_get_output (const CsvcDecided *self, guint index, const char *output)
{
  g_return_val_if_fail (self != NULL && index < self->rows->len && output != NULL, NULL);

  return find_value (row_at (self, index), output);
}

guint
csvc_decided_get_n_outputs (const CsvcDecided *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->rows->len, 0);

  return row_at (self, index)->outputs->len;
}

const char *
csvc_decided_get_output_id (const CsvcDecided *self, guint index, guint output)
{
  g_return_val_if_fail (self != NULL && index < self->rows->len && output < row_at (self, index)->outputs->len, NULL);

  return g_array_index (row_at (self, index)->outputs, CsvcDecidedOutput, output).id;
}
