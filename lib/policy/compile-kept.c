/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/compile.h"

#include <string.h>

/* What cases keep of tables. Expressions may stand before the <decide> that gives them the name, so all are gathered before the first one is compiled. */

enum {
  BAD_NAME = 839
};

/* NULL: whether there is such a table is judged where the action is compiled. */
static const CsvcTable *
table_of (CsvcCompiler *self, const CsvcNode *node)
{
  const char *id = _csvc_node_get (node, "table");

  return id != NULL ? g_hash_table_lookup (self->decision_tables.index, id) : NULL;
}

static const CsvcKept *
find_kept (const GArray *kept, const char *name)
{
  for (guint i = 0; i < kept->len; i++)
    if (strcmp (g_array_index (kept, CsvcKept, i).name, name) == 0)
      return &g_array_index (kept, CsvcKept, i);
  return NULL;
}

static gboolean
is_fact (CsvcCompiler *self, const char *name)
{
  return g_hash_table_contains (self->facts.index, name) || g_hash_table_contains (self->customer_facts.index, name);
}

static void
add_name (CsvcCompiler *self, GArray *kept, const CsvcNode *node, const CsvcTable *table)
{
  const char *name = _csvc_node_get (node, "as");
  const CsvcKept *before = find_kept (kept, name);
  CsvcKept item = { _csvc_compile_intern (self, name), table };

  if (!_csvc_compile_is_free_name (name))
    _csvc_diagnostics_add (self->diagnostics, BAD_NAME, node->place, 0, "letters, digits and \"_\", and no word of FEEL", NULL,
                           "conditions cannot name what is decided \"%s\"", name);
  else if (is_fact (self, name))
    _csvc_diagnostics_add (self->diagnostics, BAD_NAME, node->place, 0, "a name that no fact has", NULL, "\"%s\" is a fact too", name);
  else if (before == NULL)
    g_array_append_val (kept, item);
  else if (before->table != table)
    _csvc_diagnostics_add (self->diagnostics, BAD_NAME, node->place, 0, "a name for each table", NULL,
                           "\"%s\" is what the table \"%s\" decides", name, before->table->part.id);
}

static void
gather (CsvcCompiler *self, GArray *kept, const CsvcNode *node)
{
  const CsvcTable *table = _csvc_node_is (node, "decide") ? table_of (self, node) : NULL;

  if (table != NULL && _csvc_node_get (node, "as") != NULL)
    add_name (self, kept, node, table);
  for (guint i = 0; i < node->children->len; i++)
    gather (self, kept, g_ptr_array_index (node->children, i));
}

void
_csvc_compile_kept (CsvcCompiler *self)
{
  GArray *kept = g_array_new (FALSE, TRUE, sizeof (CsvcKept));

  gather (self, kept, self->kind->part.node);
  self->kind->n_kept = kept->len;
  self->kind->kept = _csvc_compile_take (self, kept);
}

guint
_csvc_compile_find_kept (const CsvcCompiler *self, const char *name)
{
  for (guint i = 0; name != NULL && i < self->kind->n_kept; i++)
    if (strcmp (self->kind->kept[i].name, name) == 0)
      return i;
  return G_MAXUINT;
}

/* ── names ── */

/* A list of contexts of the outputs. */
static const CsvcFeelType *
type_of (CsvcCompiler *self, const CsvcTable *table)
{
  CsvcFeelTypes *types = self->policy->types;
  g_autofree const char **names = g_new0 (const char *, table->n_outputs + 1);
  g_autofree const CsvcFeelType **members = g_new0 (const CsvcFeelType *, table->n_outputs + 1);

  for (guint i = 0; i < table->n_outputs; i++)
    {
      const CsvcTableColumn *column = &table->columns[table->n_inputs + i];

      names[i] = column->part.id;
      members[i] = column->words != NULL ? _csvc_feel_type_enum (types, column->words) : _csvc_feel_type_plain (column->type);
    }
  return _csvc_feel_type_list (types, _csvc_feel_type_context (types, table->n_outputs, names, members));
}

void
_csvc_compile_add_kept_scope (CsvcCompiler *self, GArray *names)
{
  for (guint i = 0; i < self->kind->n_kept; i++)
    {
      const CsvcKept *kept = &self->kind->kept[i];
      CsvcName name = { .name = kept->name, .kind = CSVC_NAME_VALUE, .slot = i, .type = CSVC_TYPE_LIST, .full = type_of (self, kept->table) };

      g_array_append_val (names, name);
    }
}
