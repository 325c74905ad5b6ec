/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/table.h>
#include <string.h>

#include "policy/parts.h"

/* What a policy's decision tables answer about themselves. */

guint
csvc_policy_get_n_tables (const CsvcPolicy *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_decision_tables;
}

const CsvcTable *
csvc_policy_get_table (const CsvcPolicy *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->n_decision_tables, NULL);

  return &self->decision_tables[index];
}

const CsvcTable *
csvc_policy_find_table (const CsvcPolicy *self, const char *id)
{
  g_return_val_if_fail (self != NULL && id != NULL, NULL);

  for (guint i = 0; i < self->n_decision_tables; i++)
    if (strcmp (self->decision_tables[i].part.id, id) == 0)
      return &self->decision_tables[i];
  return NULL;
}

const CsvcPart *
csvc_table_get_part (const CsvcTable *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->part;
}

const char *
csvc_table_get_id (const CsvcTable *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->part.id;
}

const CsvcPolicy *
csvc_table_get_policy (const CsvcTable *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->policy;
}

const char *
csvc_table_get_label (const CsvcTable *self, const char *language)
{
  g_return_val_if_fail (self != NULL, NULL);

  return csvc_part_get_label (&self->part, language);
}

CsvcHitPolicy
csvc_table_get_hit (const CsvcTable *self)
{
  g_return_val_if_fail (self != NULL, CSVC_HIT_UNIQUE);

  return self->hit;
}

CsvcAggregate
csvc_table_get_aggregate (const CsvcTable *self)
{
  g_return_val_if_fail (self != NULL, CSVC_AGGREGATE_LIST);

  return self->aggregate;
}

const CsvcKind *
csvc_table_get_kind (const CsvcTable *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->kind;
}

guint
csvc_table_get_n_inputs (const CsvcTable *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_inputs;
}

guint
csvc_table_get_n_outputs (const CsvcTable *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_outputs;
}

static const CsvcTableColumn *
get_column (const CsvcTable *self, guint column)
{
  g_return_val_if_fail (self != NULL && column < self->n_inputs + self->n_outputs, NULL);

  return &self->columns[column];
}

const CsvcPart *
csvc_table_get_column_part (const CsvcTable *self, guint column)
{
  const CsvcTableColumn *found = get_column (self, column);

  return found != NULL ? &found->part : NULL;
}

CsvcType
csvc_table_get_column_type (const CsvcTable *self, guint column)
{
  const CsvcTableColumn *found = get_column (self, column);

  return found != NULL ? found->type : CSVC_TYPE_UNKNOWN;
}

const char *const *
csvc_table_get_column_words (const CsvcTable *self, guint column)
{
  const CsvcTableColumn *found = get_column (self, column);

  return found != NULL ? found->words : NULL;
}

const char *
csvc_table_get_column_text (const CsvcTable *self, guint column)
{
  const CsvcTableColumn *found = get_column (self, column);

  return found != NULL ? found->text : NULL;
}

guint
csvc_table_get_n_rows (const CsvcTable *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_rows;
}

const CsvcPart *
csvc_table_get_row_part (const CsvcTable *self, guint row)
{
  g_return_val_if_fail (self != NULL && row < self->n_rows, NULL);

  return &self->rows[row].part;
}

const char *
csvc_table_get_cell (const CsvcTable *self, guint row, guint column)
{
  const char *cell;

  g_return_val_if_fail (self != NULL && row < self->n_rows && column < self->n_inputs + self->n_outputs, NULL);

  cell = self->rows[row].cells[column];
  return cell != NULL ? cell : "";
}

const char *
csvc_table_get_row_valid (const CsvcTable *self, guint row)
{
  g_return_val_if_fail (self != NULL && row < self->n_rows, NULL);

  return self->rows[row].valid;
}

guint
csvc_table_get_n_words (const CsvcTable *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return _csvc_feel_table_get_n_words (self->compiled);
}

/* ── proving ── */

char **
csvc_table_find_gaps (const CsvcTable *self, guint max, gboolean *complete)
{
  g_autoptr (GPtrArray) gaps = NULL;
  char **texts;

  g_return_val_if_fail (self != NULL, NULL);

  gaps = _csvc_feel_table_find_gaps (self->compiled, max, complete);
  texts = g_new0 (char *, gaps->len + 1);
  for (guint i = 0; i < gaps->len; i++)
    texts[i] = g_strdup (g_ptr_array_index (gaps, i));
  return texts;
}

char **
csvc_table_find_overlaps (const CsvcTable *self, guint max)
{
  g_autoptr (GArray) overlaps = NULL;
  char **texts;

  g_return_val_if_fail (self != NULL, NULL);

  overlaps = _csvc_feel_table_find_overlaps (self->compiled, max, NULL);
  texts = g_new0 (char *, overlaps->len + 1);
  for (guint i = 0; i < overlaps->len; i++)
    {
      const CsvcFeelOverlap *overlap = &g_array_index (overlaps, CsvcFeelOverlap, i);

      texts[i] = g_strdup_printf ("rows %u and %u: %s", overlap->a + 1, overlap->b + 1, overlap->example);
    }
  return texts;
}

/* ── words ── */

const char *
csvc_hit_policy_to_string (CsvcHitPolicy hit)
{
  static const char *const words[] = { "unique", "first", "any", "priority", "collect", "rule-order", "output-order" };

  g_return_val_if_fail ((guint) hit < G_N_ELEMENTS (words), NULL);

  return words[hit];
}

const char *
csvc_aggregate_to_string (CsvcAggregate aggregate)
{
  static const char *const words[] = { "list", "sum", "min", "max", "count" };

  g_return_val_if_fail ((guint) aggregate < G_N_ELEMENTS (words), NULL);

  return words[aggregate];
}
