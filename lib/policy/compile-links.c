/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/compile.h"

#include <string.h>

/* What ties cases together: <open>, <tell>, <was>. Kinds may open kinds that come later in the document: the facts and events of all are known by now. */

enum {
  OF_RULES_ONLY = 852,
  BAD_UNTIL = 412,
  NOBODY_TO_TELL = 413,
  NOT_WHOLE = 414,
  BAD_WAS = 415
};

/* ── who opens whom ── */

static gboolean
opens (const CsvcNode *node, const char *kind)
{
  if (_csvc_node_is (node, "open") && strcmp (_csvc_node_get (node, "case"), kind) == 0)
    return TRUE;
  for (guint i = 0; i < node->children->len; i++)
    if (opens (g_ptr_array_index (node->children, i), kind))
      return TRUE;
  return FALSE;
}

gboolean
_csvc_kind_opens (const CsvcKind *self, const CsvcKind *child)
{
  return opens (self->part.node, child->part.id);
}

/* ── what is handed over ── */

static const CsvcFact *
find_fact (const CsvcKind *kind, const char *id)
{
  for (guint i = 0; i < kind->n_facts; i++)
    if (strcmp (kind->facts[i].part.id, id) == 0)
      return &kind->facts[i];
  return NULL;
}

/* The values for facts of another kind; @kind NULL: one that is not known, and said so. */
static void
compile_with (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node, const CsvcKind *kind)
{
  CsvcNames names;

  action->n_args = node->children->len;
  action->args = _csvc_compile_alloc (self, action->n_args, sizeof (CsvcArgument));
  _csvc_names_init (&names, "value for the fact", 0);
  for (guint i = 0; i < action->n_args; i++)
    {
      const CsvcNode *with = g_ptr_array_index (node->children, i);
      CsvcArgument *arg = &action->args[i];
      const CsvcFact *fact;

      arg->name = _csvc_compile_text (self, with, "fact");
      fact = kind != NULL ? find_fact (kind, arg->name) : NULL;
      if (kind != NULL && fact == NULL)
        _csvc_lint_report (self, NOT_WHOLE, with, "a fact of the case that is opened or told", "%s has no fact \"%s\"", kind->part.id, arg->name);
      arg->expr = _csvc_compile_expression (self, with, "value", fact);
      _csvc_names_add (self, &names, arg->name, arg, with->place);
    }
  _csvc_names_clear (&names);
}

static gboolean
brings (const CsvcAction *action, const char *fact)
{
  for (guint i = 0; i < action->n_args; i++)
    if (strcmp (action->args[i].name, fact) == 0)
      return TRUE;
  return FALSE;
}

/* ── open ── */

const char *
_csvc_compile_enclosing_state (const CsvcNode *node)
{
  while (node != NULL && !_csvc_node_is (node, "state") && !_csvc_node_is (node, "parallel") && !_csvc_node_is (node, "final"))
    node = node->parent;
  return node != NULL ? _csvc_node_get (node, "id") : NULL;
}

static void
complain_until (CsvcCompiler *self, const CsvcNode *node, const char *what)
{
  _csvc_lint_report (self, BAD_UNTIL, node, "\"here\", or a state that the case is in", "until=\"%s\" %s", _csvc_node_get (node, "until"), what);
}

static const char *
compile_until (CsvcCompiler *self, const CsvcNode *node)
{
  const char *until = _csvc_node_get (node, "until");
  const CsvcState *state;

  if (until == NULL)
    return NULL;
  if (strcmp (until, "here") == 0 && _csvc_compile_enclosing_state (node) == NULL)
    {
      complain_until (self, node, "stands in no state");
      return NULL;
    }
  state = _csvc_names_find (self, &self->states, strcmp (until, "here") == 0 ? _csvc_compile_enclosing_state (node) : until, node->place);
  if (state != NULL && (_csvc_state_is_history (state) || state->index == 0))
    complain_until (self, node, "names no state that can be left");
  return state != NULL ? state->part.id : NULL;
}

/* <open> in a rule says more than in a lifecycle. */
static void
refuse_of_rules (CsvcCompiler *self, const CsvcNode *node)
{
  static const char *const attributes[] = { "role", "script", "due-in", "due-of", "due-at", "update" };

  for (guint i = 0; i < G_N_ELEMENTS (attributes); i++)
    if (_csvc_node_get (node, attributes[i]) != NULL)
      _csvc_diagnostics_add (self->diagnostics, OF_RULES_ONLY, node->place, 0, "<with fact=\"…\" value=\"…\"/>", NULL,
                             "%s=\"…\" of <open> is for rules", attributes[i]);
}

void
_csvc_compile_open (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node)
{
  const CsvcKind *kind = _csvc_names_find (self, &self->kinds, _csvc_node_get (node, "case"), node->place);

  refuse_of_rules (self, node);
  action->type = CSVC_ACTION_OPEN;
  action->kind = kind;
  action->until = compile_until (self, node);
  compile_with (self, action, node, kind);
  for (guint i = 0; kind != NULL && i < kind->n_facts; i++)
    if (kind->facts[i].required && kind->facts[i].default_value.type == CSVC_TYPE_UNKNOWN && !brings (action, kind->facts[i].part.id))
      _csvc_lint_report (self, NOT_WHOLE, node, "a <with> for every required fact",
                         "a case of \"%s\" is opened without the fact \"%s\"", kind->part.id, kind->facts[i].part.id);
}

/* ── tell ── */

static const CsvcEvent *
find_event (const CsvcKind *kind, const char *id)
{
  for (guint i = 0; i < kind->n_events; i++)
    if (strcmp (kind->events[i].part.id, id) == 0)
      return &kind->events[i];
  return NULL;
}

/* What is told is exactly what the event sets. */
static void
check_told (CsvcCompiler *self, const CsvcAction *action, const CsvcNode *node, const CsvcKind *kind)
{
  const CsvcEvent *event = find_event (kind, action->name);

  if (event == NULL)
    {
      _csvc_lint_report (self, NOBODY_TO_TELL, node, "a declared event of the kind that is told", "%s has no event \"%s\"", kind->part.id, action->name);
      return;
    }
  for (guint i = 0; i < event->n_sets; i++)
    if (!brings (action, kind->facts[event->sets[i]].part.id))
      _csvc_lint_report (self, NOT_WHOLE, node, "a <with> for every fact that the event sets",
                         "\"%s\" is told without the fact \"%s\"", action->name, kind->facts[event->sets[i]].part.id);
  if (action->n_args > event->n_sets)
    _csvc_lint_report (self, NOT_WHOLE, node, "only facts that the event sets", "\"%s\" is told with more than it sets", action->name);
}

/* Every kind that opens this one may be the parent. The first one's facts give the types of the values. */
static void
compile_tell_parent (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node)
{
  gboolean found = FALSE;

  for (guint i = 0; i < self->policy->n_kinds; i++)
    {
      const CsvcKind *parent = &self->policy->kinds[i];

      if (!_csvc_kind_opens (parent, self->kind))
        continue;
      if (!found)
        compile_with (self, action, node, parent);
      found = TRUE;
      check_told (self, action, node, parent);
    }
  if (!found)
    _csvc_lint_report (self, NOBODY_TO_TELL, node, "a kind with <open case=\"…\"> of this one",
                       "no kind opens \"%s\", so it has no parent", self->kind->part.id);
}

static void
compile_tell_child (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node)
{
  const char *id = _csvc_node_get (node, "case");

  if (id == NULL)
    {
      _csvc_lint_report (self, NOBODY_TO_TELL, node, "case=\"…\"", "it is not said which children are told");
      return;
    }
  action->kind = _csvc_names_find (self, &self->kinds, id, node->place);
  if (action->kind == NULL)
    return;
  compile_with (self, action, node, action->kind);
  check_told (self, action, node, action->kind);
  if (!_csvc_kind_opens (self->kind, action->kind))
    _csvc_lint_report (self, NOBODY_TO_TELL, node, "an <open> of it", "\"%s\" never opens a case of \"%s\"", self->kind->part.id, id);
}

void
_csvc_compile_tell (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node)
{
  action->type = CSVC_ACTION_TELL;
  action->name = _csvc_compile_text (self, node, "event");
  if (strcmp (_csvc_node_get (node, "to"), "parent") == 0)
    compile_tell_parent (self, action, node);
  else
    compile_tell_child (self, action, node);
}

/* ── what its children say ── */

static void
add_outcomes (CsvcCompiler *self, const CsvcKind *child, CsvcAddSignal add)
{
  g_autoptr (GPtrArray) finals = _csvc_compile_children (child->part.node, "final");

  add (self, child->done_event);
  for (guint i = 0; i < finals->len; i++)
    {
      const char *outcome = _csvc_node_get (g_ptr_array_index (finals, i), "outcome");
      g_autofree char *signal = outcome != NULL ? g_strconcat (child->done_event, ".", outcome, NULL) : NULL;

      if (signal != NULL)
        add (self, signal);
    }
}

void
_csvc_compile_child_signals (CsvcCompiler *self, CsvcAddSignal add)
{
  for (guint i = 0; i < self->policy->n_kinds; i++)
    if (_csvc_kind_opens (self->kind, &self->policy->kinds[i]))
      add_outcomes (self, &self->policy->kinds[i], add);
}

/* ── earlier versions ── */

static gboolean
is_known (CsvcCompiler *self, const char *id)
{
  return g_hash_table_contains (self->states.index, id) || g_hash_table_contains (self->clocks.index, id) ||
         g_hash_table_contains (self->facts.index, id) || _csvc_compile_find_kept (self, id) != G_MAXUINT;
}

/* To what still has the name: a state, or a clock. */
static void
complain_still_there (CsvcCompiler *self, const CsvcNode *node, const char *id)
{
  const CsvcState *state = g_hash_table_lookup (self->states.index, id);
  const CsvcClock *clock = g_hash_table_lookup (self->clocks.index, id);
  const CsvcPart *part = state != NULL ? &state->part : clock != NULL ? &clock->part : NULL;
  g_autofree char *way = part != NULL ? _csvc_lint_dup_way (self, part->node) : NULL;

  _csvc_diagnostics_add (self->diagnostics, BAD_WAS, node->place, 0, "an id that only an earlier version has", way, "\"%s\" is still there", id);
}

static void
compile_was (CsvcCompiler *self, CsvcRenamed *renamed, const CsvcNode *node)
{
  renamed->was = _csvc_compile_text (self, node, "id");
  renamed->now = _csvc_compile_text (self, node, "now");
  if (is_known (self, renamed->was))
    complain_still_there (self, node, renamed->was);
  if (!is_known (self, renamed->now) || strcmp (renamed->now, self->kind->part.id) == 0)
    _csvc_diagnostics_add (self->diagnostics, BAD_WAS, node->place, 0, "a state, a clock or a fact of this kind", NULL, "there is no \"%s\"",
                           renamed->now);
}

static CsvcUpgrade
upgrade_of (const CsvcNode *node)
{
  const char *word = _csvc_node_get (node, "upgrade");

  for (guint i = CSVC_UPGRADE_BY_POLICY; word != NULL && i <= CSVC_UPGRADE_NEXT_CYCLE; i++)
    if (strcmp (csvc_upgrade_to_string ((CsvcUpgrade) i), word) == 0)
      return (CsvcUpgrade) i;
  return CSVC_UPGRADE_BY_POLICY;
}

void
_csvc_compile_renamed (CsvcCompiler *self)
{
  CsvcKind *kind = self->kind;
  g_autoptr (GPtrArray) nodes = _csvc_compile_children (kind->part.node, "was");
  CsvcNames names;

  kind->upgrade = upgrade_of (kind->part.node);
  kind->n_renamed = nodes->len;
  kind->renamed = _csvc_compile_alloc (self, nodes->len, sizeof (CsvcRenamed));
  _csvc_names_init (&names, "<was> of", 0);
  for (guint i = 0; i < nodes->len; i++)
    {
      const CsvcNode *node = g_ptr_array_index (nodes, i);

      compile_was (self, &kind->renamed[i], node);
      _csvc_names_add (self, &names, kind->renamed[i].was, &kind->renamed[i], node->place);
    }
  _csvc_names_clear (&names);
}
