/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/model.h"

#include <csvc/error.h>
#include <string.h>

/* A decision's table in the compact form of a policy:
 *
 *   <table id="Routing" hit="first">
 *     <input id="age" type="number"/> …
 *     <output id="route" type="string"/>
 *     <row age="&lt; 18" route="&quot;REFER&quot;"/> …
 *
 * Cells stay as they are: both are FEEL. Names are another matter, for a policy's have no blanks: what is a plain name becomes one
 * without, what computes with such a name is refused. */

typedef struct {
  const CsvcModel      *model;
  const CsvcModelUnit  *unit;
  const CsvcModelTable *table;
  GHashTable           *taken;   /* ids of columns */
  GPtrArray            *columns; /* char *, inputs first */
  GString              *out;
  GError              **error;
} Export;

static gboolean refuse (Export *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (Export *self, const char *format, ...)
{
  g_autofree char *reason = NULL;
  va_list arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (self->error, CSVC_ERROR, CSVC_ERROR_INVALID, "the table of \"%s\" cannot be said in a policy: %s", self->unit->item->name,
               reason);
  return FALSE;
}

/* ── names ── */

static gboolean
is_plain (const char *name)
{
  if (!g_ascii_isalpha (name[0]))
    return FALSE;
  for (const char *at = name; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && *at != '_')
      return FALSE;
  return TRUE;
}

/* "Applicant Data" → "Applicant_Data"; of other scripts nothing is left, and then it is @otherwise. */
static char *
make_plain (const char *name, const char *otherwise)
{
  g_autoptr (GString) plain = g_string_new (NULL);

  for (const char *at = name; *at != '\0'; at++)
    if (g_ascii_isalnum (*at))
      g_string_append_c (plain, *at);
    else if (plain->len > 0 && plain->str[plain->len - 1] != '_')
      g_string_append_c (plain, '_');
  while (plain->len > 0 && plain->str[plain->len - 1] == '_')
    g_string_truncate (plain, plain->len - 1);
  if (!g_ascii_isalpha (plain->str[0]))
    g_string_prepend (plain, otherwise);
  return g_strdup (plain->str);
}

/* No two columns have one id, and none that of a row's own attributes. */
static const char *
add_column (Export *self, const char *name, const char *otherwise)
{
  static const char *const own[] = { "id", "label", "valid", "assumed", "source", NULL };
  char *id = make_plain (name, otherwise);

  while (g_strv_contains (own, id) || g_hash_table_contains (self->taken, id))
    {
      char *longer = g_strconcat (id, "_", NULL);

      g_free (id);
      id = longer;
    }
  g_hash_table_add (self->taken, id);
  g_ptr_array_add (self->columns, id);
  return id;
}

/* ── writing ── */

static void
attribute (Export *self, const char *name, const char *value)
{
  g_auto (GStrv) lines = NULL;

  if (value == NULL || value[0] == '\0')
    return;
  lines = g_strsplit (value, "\n", -1);
  g_string_append_printf (self->out, " %s=\"", name);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *escaped = g_markup_escape_text (lines[i], -1);

      g_string_append_printf (self->out, "%s%s", i > 0 ? "&#10;" : "", escaped);
    }
  g_string_append_c (self->out, '"');
}

/* ── columns ── */

static const CsvcModelUnit *
find_need (const Export *self, const char *name)
{
  for (guint i = 0; i < self->unit->n_needs; i++)
    if (strcmp (self->unit->needs[i]->item->variable.name, name) == 0)
      return self->unit->needs[i];
  return NULL;
}

static const char *
find_odd_need (const Export *self, const char *text)
{
  for (guint i = 0; i < self->unit->n_needs; i++)
    {
      const char *name = self->unit->needs[i]->item->variable.name;

      if (!is_plain (name) && strstr (text, name) != NULL)
        return name;
    }
  return NULL;
}

static const CsvcFeelType *
type_of (const Export *self, const char *type, const char *name)
{
  const CsvcModelUnit *need = name != NULL ? find_need (self, name) : NULL;
  const CsvcModelShape *shape = type != NULL ? g_hash_table_lookup (self->model->types.shapes, type) : NULL;

  if (shape != NULL && shape->type != NULL)
    return shape->type;
  return need != NULL ? need->type : NULL;
}

static gboolean
add_type (Export *self, const CsvcFeelType *type, const char *column)
{
  g_autofree char *word = NULL;

  if (type != NULL && type->type >= CSVC_TYPE_BOOLEAN && type->type < CSVC_TYPE_TEXT)
    {
      attribute (self, "type", csvc_type_to_string (type->type));
      return TRUE;
    }
  word = _csvc_feel_type_to_string (type);
  return refuse (self, "the column \"%s\" is of type %s, and a policy's have one of the types of facts", column, word);
}

static gboolean
write_input (Export *self, const CsvcModelClause *clause)
{
  g_autofree char *text = g_strstrip (g_strdup (clause->expression.text));
  const CsvcModelUnit *need = find_need (self, text);
  const char *odd = need == NULL ? find_odd_need (self, text) : NULL;
  const char *id;

  if (odd != NULL)
    return refuse (self, "the input \"%s\" computes with \"%s\", and a policy's names have no blanks", text, odd);
  id = add_column (self, need != NULL || clause->label == NULL ? text : clause->label, "input");
  g_string_append (self->out, "  <input");
  attribute (self, "id", id);
  if (!add_type (self, type_of (self, clause->type, text), text))
    return FALSE;
  if (need == NULL)
    attribute (self, "value", text);
  if (clause->label != NULL)
    attribute (self, "label", clause->label);
  else if (strcmp (id, text) != 0)
    attribute (self, "label", text);
  g_string_append (self->out, "/>\n");
  return TRUE;
}

static gboolean
write_output (Export *self, const CsvcModelClause *clause)
{
  const char *name = clause->name != NULL ? clause->name : clause->label != NULL ? clause->label : self->unit->item->name;
  const CsvcFeelType *type = type_of (self, clause->type, NULL);

  if (type == NULL && self->table->outputs->len == 1)
    type = self->unit->type;
  g_string_append (self->out, "  <output");
  attribute (self, "id", add_column (self, name, "output"));
  if (!add_type (self, type, name))
    return FALSE;
  attribute (self, "values", clause->values.text);
  attribute (self, "default", clause->otherwise.text);
  attribute (self, "label", clause->label);
  g_string_append (self->out, "/>\n");
  return TRUE;
}

/* ── rows ── */

static gboolean
write_cell (Export *self, guint column, const CsvcModelText *cell)
{
  g_autofree char *text = g_strstrip (g_strdup (cell->text != NULL ? cell->text : ""));
  const char *odd = find_odd_need (self, text);

  if (odd != NULL)
    return refuse (self, "line %u computes with \"%s\", and a policy's names have no blanks", cell->place.line, odd);
  if (strcmp (text, "-") != 0)
    attribute (self, g_ptr_array_index (self->columns, column), text);
  return TRUE;
}

static gboolean
write_row (Export *self, const CsvcModelRule *rule)
{
  guint n_inputs = rule->inputs->len;

  g_string_append (self->out, "  <row");
  for (guint i = 0; i < self->columns->len; i++)
    if (!write_cell (self, i, i < n_inputs ? g_ptr_array_index (rule->inputs, i) : g_ptr_array_index (rule->outputs, i - n_inputs)))
      return FALSE;
  g_string_append (self->out, "/>\n");
  return TRUE;
}

/* ── the table ── */

static gboolean
write_head (Export *self)
{
  const char *hit = self->table->hit, *name = self->unit->item->name;
  g_autofree char *id = make_plain (name, "table"), *word = NULL, *collect = NULL;

  if (strcmp (hit, "OUTPUT ORDER") == 0)
    return refuse (self, "it lists all that hold by priority; say collect, and sort where it is used");
  /* A policy's collect keeps the order of rows. */
  word = g_ascii_strdown (strcmp (hit, "RULE ORDER") == 0 ? "COLLECT" : hit, -1);
  collect = self->table->collect != NULL ? g_ascii_strdown (self->table->collect, -1) : NULL;
  g_string_append (self->out, "<table");
  attribute (self, "id", id);
  if (strcmp (id, name) != 0)
    attribute (self, "label", name);
  attribute (self, "hit", word);
  attribute (self, "collect", collect);
  g_string_append (self->out, ">\n");
  return TRUE;
}

static gboolean
check_needs (Export *self)
{
  for (guint i = 0; i < self->unit->n_needs; i++)
    {
      const CsvcModelItem *item = self->unit->needs[i]->item;

      if (item->kind == CSVC_ITEM_KNOWLEDGE || item->kind == CSVC_ITEM_SERVICE)
        return refuse (self, "it calls \"%s\", and a policy has no functions of its own", item->name);
    }
  return TRUE;
}

static gboolean
write_table (Export *self)
{
  if (!check_needs (self) || !write_head (self))
    return FALSE;
  for (guint i = 0; i < self->table->inputs->len; i++)
    if (!write_input (self, g_ptr_array_index (self->table->inputs, i)))
      return FALSE;
  for (guint i = 0; i < self->table->outputs->len; i++)
    if (!write_output (self, g_ptr_array_index (self->table->outputs, i)))
      return FALSE;
  for (guint i = 0; i < self->table->rules->len; i++)
    if (!write_row (self, g_ptr_array_index (self->table->rules, i)))
      return FALSE;
  g_string_append (self->out, "</table>\n");
  return TRUE;
}

char *
_csvc_model_export_table (const CsvcModel *model, const CsvcModelUnit *unit, GError **error)
{
  const CsvcBox *logic = unit->item->logic;
  g_autoptr (GHashTable) taken = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) columns = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) out = g_string_new (NULL);
  Export self = { model, unit, NULL, taken, columns, out, error };

  if (logic == NULL || logic->kind != CSVC_BOX_TABLE)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "\"%s\" is no decision table", unit->item->name);
      return NULL;
    }
  self.table = logic->table;
  return write_table (&self) ? g_strdup (out->str) : NULL;
}
