/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/lint.h"

#include <string.h>

/* Children that can be opened and do not go well: they never end, nobody hears of their end, or there is no end of opening them. Found when all
 * kinds are compiled. */

enum { ENDLESS_CHILD = 441, NEVER_LEFT = 442, NOBODY_HEARS = 443, OPENS_ITSELF = 444 };

/* ── children that end, and parents that hear of it ── */

static gboolean
has_final (const CsvcKind *kind)
{
  for (guint i = 1; i < kind->n_states; i++)
    if (kind->states[i].type == CSVC_STATE_FINAL && kind->states[i].parent == 0)
      return TRUE;
  return FALSE;
}

static void
lint_open (CsvcCompiler *self, const CsvcKind *kind, const CsvcNode *node)
{
  const char *id = _csvc_node_get (node, "case"), *until = _csvc_node_get (node, "until");
  const CsvcKind *child = csvc_policy_find_kind (self->policy, id);
  const CsvcState *state;

  if (until == NULL)
    {
      if (!has_final (child))
        _csvc_lint_report (self, ENDLESS_CHILD, node, "a <final> in it, or until=\"…\" here", "a case of \"%s\" never ends", id);
      return;
    }
  state = csvc_kind_find_state (kind, strcmp (until, "here") == 0 ? _csvc_compile_enclosing_state (node) : until);
  if (state != NULL && !_csvc_lint_is_ever_left (_csvc_lint_ways (self), state->index))
    _csvc_lint_report (self, NEVER_LEFT, node, "a state that a transition leaves", "\"%s\" is never left, so the child is never ended by that", state->part.id);
}

/* Does the kind or one inside it wait for done.case of @child? */
static gboolean
waits_for (const CsvcKind *kind, const CsvcKind *child)
{
  for (guint i = 0; i < kind->n_transitions; i++)
    for (guint j = 0; j < kind->transitions[i].n_events; j++)
      {
        const CsvcEventMatch *match = &kind->transitions[i].events[j];

        if (g_str_has_prefix (match->prefix, child->done_event) || (g_str_has_prefix (child->done_event, match->prefix) && match->length > 0))
          return TRUE;
      }
  return FALSE;
}

static void
lint_opens (CsvcCompiler *self, const CsvcKind *kind, const CsvcNode *node)
{
  if (_csvc_node_is (node, "open"))
    {
      const CsvcKind *child = csvc_policy_find_kind (self->policy, _csvc_node_get (node, "case"));

      lint_open (self, kind, node);
      if (_csvc_node_get (node, "until") == NULL && has_final (child) && !waits_for (kind, child))
        _csvc_lint_report (self, NOBODY_HEARS, node, "a transition for it", "when the case of \"%s\" has ended, nobody hears \"%s\"", child->part.id, child->done_event);
    }
  for (guint i = 0; i < node->children->len; i++)
    lint_opens (self, kind, g_ptr_array_index (node->children, i));
}

/* ── kinds that open themselves at once ── */

typedef enum { UNSEEN, OPEN, DONE } Mark;

typedef struct {
  CsvcCompiler *compiler;
  guint8       *marks; /* by kind */
  GPtrArray    *chain; /* of CsvcKind: the ones at work, each opens the next */
} RingSearch;

static void visit_kind (RingSearch *search, const CsvcKind *kind);

/* "for example order opens parcel, which opens order" */
static char *
dup_ring (const GPtrArray *chain, const CsvcKind *first)
{
  GString *out = g_string_new ("for example ");
  guint i = 0;

  while (g_ptr_array_index (chain, i) != first)
    i++;
  g_string_append (out, first->part.id);
  while (++i < chain->len)
    g_string_append_printf (out, " opens %s, which", ((const CsvcKind *) g_ptr_array_index (chain, i))->part.id);
  g_string_append_printf (out, " opens %s", first->part.id);
  return g_string_free (out, FALSE);
}

static void
follow_open (RingSearch *search, const CsvcAction *action)
{
  g_autofree char *ring = NULL;

  if (search->marks[action->kind->index] != OPEN)
    {
      visit_kind (search, action->kind);
      return;
    }
  ring = dup_ring (search->chain, action->kind);
  _csvc_diagnostics_add (search->compiler->diagnostics, OPENS_ITSELF, action->place, 0, "an event, or a condition, before one of them", ring,
                         "a case of \"%s\" is opened as soon as one is opened, without end", action->kind->part.id);
}

/* What stands in an <if> may not be done. */
static void
follow_actions (RingSearch *search, const CsvcActions *actions)
{
  for (guint i = 0; i < actions->n; i++)
    if (actions->items[i].type == CSVC_ACTION_OPEN)
      follow_open (search, &actions->items[i]);
}

/* What is done when @index is entered, and all with it. */
static void
follow_entry (RingSearch *search, const CsvcKind *kind, guint index)
{
  const CsvcState *state = &kind->states[index];

  follow_actions (search, &state->on_entry);
  follow_actions (search, &state->initial_actions);
  for (guint i = 0; i < state->n_initial; i++)
    follow_entry (search, kind, state->initial[i]);
  for (guint i = 0; i < state->n_default; i++)
    follow_entry (search, kind, state->default_targets[i]);
  for (guint i = 0; state->type == CSVC_STATE_PARALLEL && i < state->n_children; i++)
    follow_entry (search, kind, state->children[i]);
}

static void
visit_kind (RingSearch *search, const CsvcKind *kind)
{
  if (search->marks[kind->index] != UNSEEN)
    return;
  search->marks[kind->index] = OPEN;
  g_ptr_array_add (search->chain, (gpointer) kind);
  follow_entry (search, kind, 0);
  g_ptr_array_set_size (search->chain, (int) search->chain->len - 1);
  search->marks[kind->index] = DONE;
}

static void
find_rings (CsvcCompiler *self)
{
  g_autofree guint8 *marks = g_new0 (guint8, self->policy->n_kinds);
  g_autoptr (GPtrArray) chain = g_ptr_array_new ();
  RingSearch search = { self, marks, chain };

  for (guint i = 0; i < self->policy->n_kinds; i++)
    visit_kind (&search, &self->policy->kinds[i]);
}

void
_csvc_lint_links (CsvcCompiler *self)
{
  guint n = csvc_diagnostics_count (self->diagnostics, CSVC_SEVERITY_ERROR) == 0 ? self->policy->n_kinds : 0;

  for (guint i = 0; i < n; i++)
    {
      self->kind = &self->policy->kinds[i];
      lint_opens (self, self->kind, self->kind->part.node);
    }
  if (n > 0)
    find_rings (self);
  g_clear_pointer (&self->ways, _csvc_ways_free);
}
