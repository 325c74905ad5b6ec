/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/compile.h"

/* How long personal facts are kept. */

#define BAD_KEEPING 873
#define MAX_KEEPS 1000

static void
complain (CsvcCompiler *self, const CsvcKeep *keep, const char *expected, const char *id)
{
  _csvc_diagnostics_add (self->diagnostics, BAD_KEEPING, keep->part.place, 0, expected, NULL, "\"%s\" is none", id);
}

static void
compile_facts (CsvcCompiler *self, CsvcKeep *keep)
{
  g_auto (GStrv) words = _csvc_compile_list (self, keep->part.node, "fact");

  keep->facts = _csvc_compile_alloc (self, g_strv_length (words) + 1, sizeof (char *));
  for (guint i = 0; words[i] != NULL; i++)
    {
      const CsvcFact *fact = _csvc_names_find (self, &self->customer_facts, words[i], keep->part.place);

      if (fact == NULL)
        continue;
      if (fact->personal)
        keep->facts[keep->n_facts++] = fact->part.id;
      else
        complain (self, keep, "a fact with pii=\"true\"", words[i]);
    }
}

static void
compile_after (CsvcCompiler *self, CsvcKeep *keep, const char *after)
{
  keep->after = _csvc_names_find (self, &self->customer_facts, after, keep->part.place);
  if (keep->after != NULL && keep->after->type != CSVC_TYPE_DATE && keep->after->type != CSVC_TYPE_DATE_TIME)
    complain (self, keep, "as after=\"…\" a fact of the customer of type date or dateTime", after);
}

static void
compile_keep (CsvcCompiler *self, CsvcKeep *keep, const CsvcNode *node)
{
  const char *kind = _csvc_node_get (node, "case"), *after = _csvc_node_get (node, "after");

  _csvc_compile_part (self, &keep->part, node);
  keep->term = _csvc_compile_term (self, node, "for");
  if ((kind != NULL) == (_csvc_node_get (node, "fact") != NULL) || (kind != NULL && after != NULL))
    {
      _csvc_diagnostics_add (self->diagnostics, BAD_KEEPING, node->place, 0, "either fact=\"…\", maybe with after=\"…\", or case=\"…\"", NULL,
                             "it does not say what is kept, or says too much");
      return;
    }
  if (kind != NULL)
    keep->kind = _csvc_names_find (self, &self->kinds, kind, node->place);
  else
    compile_facts (self, keep);
  if (after != NULL)
    compile_after (self, keep, after);
}

void
_csvc_compile_records (CsvcCompiler *self)
{
  CsvcPolicy *policy = self->policy;
  g_autoptr (GPtrArray) nodes = _csvc_compile_gather (self, "records", "keep");

  if (!_csvc_compile_check_count (self, nodes->len, MAX_KEEPS, "keeping times", policy->document->place))
    return;
  policy->keeps = _csvc_compile_alloc (self, nodes->len, sizeof (CsvcKeep));
  policy->n_keeps = nodes->len;
  for (guint i = 0; i < nodes->len; i++)
    compile_keep (self, &policy->keeps[i], g_ptr_array_index (nodes, i));
}
