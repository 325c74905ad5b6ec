/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/lint.h"

#include <string.h>

/* By which events cases come where they come. Every transition is followed, whatever its condition. It needs where states begin and transitions lead,
 * so that also faults of what they do can be told with a way to them. */

/* Events on the way to a state; longer ways are cut. */
#define MAX_PATH 12

/* ── reachable states ── */

static void enter (CsvcWays *self, guint index);

/* What a shallow history remembers of its parent is entered from its own beginning. */
static void
enter_remembered (CsvcWays *self, guint index)
{
  const CsvcState *parent = &self->kind->states[self->kind->states[index].parent];

  for (guint i = 0; i < parent->n_histories; i++)
    if (self->kind->states[parent->histories[i]].type == CSVC_STATE_HISTORY_SHALLOW && _csvc_bit (self->entered, parent->histories[i]))
      enter (self, index);
}

static void
enter_all_remembered (CsvcWays *self, const CsvcState *history)
{
  const CsvcState *parent = &self->kind->states[history->parent];

  if (history->type != CSVC_STATE_HISTORY_SHALLOW)
    return;
  for (guint i = 0; i < parent->n_children; i++)
    if (_csvc_bit (self->reached, parent->children[i]))
      enter (self, parent->children[i]);
}

static void
reach (CsvcWays *self, guint index, guint from)
{
  const CsvcState *state = &self->kind->states[index];

  if (_csvc_bit (self->reached, index))
    return;
  _csvc_bit_set (self->reached, index);
  self->via[index] = self->current;
  g_queue_push_tail (&self->waiting, GUINT_TO_POINTER (index));
  if (index != 0)
    {
      reach (self, state->parent, index);
      enter_remembered (self, index);
    }
  /* Whoever enters one region enters all. */
  if (state->type == CSVC_STATE_PARALLEL)
    for (guint i = 0; i < state->n_children; i++)
      if (state->children[i] != from)
        enter (self, state->children[i]);
}

static void
enter (CsvcWays *self, guint index)
{
  const CsvcState *state = &self->kind->states[index];

  if (_csvc_bit (self->entered, index))
    return;
  _csvc_bit_set (self->entered, index);
  reach (self, index, G_MAXUINT);
  for (guint i = 0; i < state->n_initial; i++)
    enter (self, state->initial[i]);
  for (guint i = 0; i < state->n_default; i++)
    enter (self, state->default_targets[i]);
  if (_csvc_state_is_history (state))
    enter_all_remembered (self, state);
  if (state->type == CSVC_STATE_PARALLEL)
    for (guint i = 0; i < state->n_children; i++)
      enter (self, state->children[i]);
}

static void
follow (CsvcWays *self, guint index)
{
  const CsvcState *state = &self->kind->states[index];

  for (guint i = 0; i < state->n_transitions; i++)
    {
      const CsvcTransition *transition = &self->kind->transitions[state->transitions[i]];

      self->current = transition->index;
      for (guint j = 0; j < transition->n_targets; j++)
        enter (self, transition->targets[j]);
    }
}

static CsvcWays *
ways_new (const CsvcKind *kind)
{
  CsvcWays *self = g_new (CsvcWays, 1);

  *self = (CsvcWays){ kind, g_new0 (guint64, kind->n_words), g_new0 (guint64, kind->n_words), g_new (guint, kind->n_states), G_MAXUINT, G_QUEUE_INIT };
  for (guint i = 0; i < kind->n_states; i++)
    self->via[i] = G_MAXUINT;
  enter (self, 0);
  while (!g_queue_is_empty (&self->waiting))
    follow (self, GPOINTER_TO_UINT (g_queue_pop_head (&self->waiting)));
  return self;
}

void
_csvc_ways_free (CsvcWays *self)
{
  g_free (self->reached);
  g_free (self->entered);
  g_free (self->via);
  g_free (self);
}

const CsvcWays *
_csvc_lint_ways (CsvcCompiler *compiler)
{
  if (compiler->ways != NULL && compiler->ways->kind != compiler->kind)
    g_clear_pointer (&compiler->ways, _csvc_ways_free);
  if (compiler->ways == NULL)
    compiler->ways = ways_new (compiler->kind);
  return compiler->ways;
}

/* ── told ── */

/* The events to @state, and @last after them, if any. */
static char *
dup_path (const CsvcWays *self, guint state, const char *last)
{
  g_autoptr (GString) path = g_string_new (last);
  guint n = last != NULL ? 1 : 0;

  for (; self->via[state] != G_MAXUINT; state = self->kind->transitions[self->via[state]].source)
    {
      const CsvcTransition *transition = &self->kind->transitions[self->via[state]];

      if (transition->n_events == 0)
        continue;
      if (n++ == MAX_PATH)
        return g_strdup_printf ("for example after …, %s", path->str);
      if (path->len > 0)
        g_string_prepend (path, ", ");
      g_string_prepend (path, transition->events[0].length > 0 ? transition->events[0].prefix : "any event");
    }
  return path->len > 0 ? g_strdup_printf ("for example after %s", path->str) : NULL;
}

char *
_csvc_lint_dup_path (const CsvcLint *self, guint state)
{
  return dup_path (self->ways, state, NULL);
}

/* What makes an element of a state be done: the event of its transition, or the ringing of its alarm. (nullable) */
static char *
dup_trigger (const CsvcNode *node)
{
  const char *event = _csvc_node_is (node, "transition") ? _csvc_node_get (node, "event") : NULL;
  g_auto (GStrv) words = event != NULL ? g_strsplit_set (event, " \t\r\n", -1) : NULL;

  if (_csvc_node_is (node, "alarm"))
    return g_strdup_printf ("clock.%s.%s", _csvc_node_get (node->parent, "id"), _csvc_node_get (node, "id"));
  for (char **word = words; word != NULL && *word != NULL; word++)
    if (**word != '\0')
      return g_strdup (strcmp (*word, "*") == 0 ? "any event" : *word);
  return NULL;
}

static const CsvcState *
find_state (CsvcCompiler *compiler, const CsvcNode *node)
{
  GHashTable *index = compiler->kind->states_by_id != NULL ? compiler->kind->states_by_id : compiler->states.index;
  const char *id = _csvc_node_get (node, "id");
  const CsvcState *state = id != NULL ? g_hash_table_lookup (index, id) : NULL;

  return state != NULL && state->part.node == node ? state : NULL;
}

char *
_csvc_lint_dup_way (CsvcCompiler *compiler, const CsvcNode *node)
{
  const CsvcWays *ways = _csvc_lint_ways (compiler);
  g_autofree char *trigger = NULL, *path = NULL;
  const CsvcState *state;

  for (; (state = find_state (compiler, node)) == NULL; node = node->parent)
    {
      if (node->parent == NULL)
        return NULL;
      if (trigger == NULL)
        trigger = dup_trigger (node);
    }
  if (!_csvc_bit (ways->reached, state->index))
    return NULL;
  path = dup_path (ways, state->index, trigger);
  return path != NULL ? g_steal_pointer (&path) : g_strdup ("for example as soon as a case is opened");
}

void
_csvc_lint_report (CsvcCompiler *self, guint number, const CsvcNode *node, const char *expected, const char *format, ...)
{
  g_autofree char *way = _csvc_lint_dup_way (self, node), *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  _csvc_diagnostics_add (self->diagnostics, number, node->place, 0, expected, way, "%s", text);
}
