/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/compile.h"

#include <string.h>

/* <labels lang="en"><label for="complaint.state.open" text="Open"/></labels>: a label goes to the part it is for. */

enum { LABELLED_TWICE = 221 };

/* FALSE when there is one in that language. */
static gboolean
set_label (CsvcCompiler *self, CsvcPart *part, const char *language, const char *text)
{
  /* The policy's own language stands in the label attribute, or else here. */
  if (strcmp (language, self->policy->language) == 0)
    {
      if (part->label != NULL)
        return FALSE;
      part->label = text;
      return TRUE;
    }
  if (part->labels == NULL)
    {
      part->labels = g_hash_table_new (g_str_hash, g_str_equal);
      g_ptr_array_add (self->policy->tables, part->labels);
    }
  return g_hash_table_insert (part->labels, (gpointer) language, (gpointer) text);
}

static void
compile_label (CsvcCompiler *self, const char *language, const CsvcNode *node)
{
  const char *target = _csvc_node_get (node, "for");
  CsvcPart *part = _csvc_names_find (self, &self->targets, target, node->place);

  if (part != NULL && !set_label (self, part, language, _csvc_compile_text (self, node, "text")))
    _csvc_diagnostics_add (self->diagnostics, LABELLED_TWICE, node->place, 0, "one label in each language", NULL,
                           "\"%s\" has a label in \"%s\" already", target, language);
}

void
_csvc_compile_labels (CsvcCompiler *self)
{
  g_autoptr (GPtrArray) lists = _csvc_compile_children (self->policy->document, "labels");

  for (guint i = 0; i < lists->len; i++)
    {
      const CsvcNode *list = g_ptr_array_index (lists, i);
      const char *language = _csvc_compile_text (self, list, "lang");

      for (guint j = 0; j < list->children->len; j++)
        compile_label (self, language, g_ptr_array_index (list->children, j));
    }
  self->policy->label = self->policy->part.label;
}
