/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/lint.h"

#include <string.h>

/* States and events; see lint.h. Only a cycle that nothing can stop is an error. */

enum {
  ENDLESS = 420,
  MAYBE_ENDLESS = 430,
  UNREACHABLE = 431,
  NO_WAY_OUT = 432,
  UNHEARD_EVENT = 433,
  UNHEARD_RAISE = 434,
  NEVER_ENDS = 435,
  CANNOT_END = 438,
  IDLE_ROLE = 222
};

/* ── reachable states ── */

static void
report_unreachable (CsvcLint *self)
{
  for (guint i = 1; i < self->kind->n_states; i++)
    {
      const CsvcState *state = &self->kind->states[i];

      /* Of a state and all inside it, the outer says enough. */
      if (!_csvc_bit (self->reached, i) && _csvc_bit (self->reached, state->parent))
        _csvc_diagnostics_add (self->compiler->diagnostics, UNREACHABLE, state->part.place, 0, "a transition that leads there", NULL,
                               "no case ever comes to \"%s\"", state->part.id);
    }
}

/* ── leaves: where a case is after entering a state ── */

gboolean
_csvc_lint_is_leaf (const CsvcState *state)
{
  return state->type == CSVC_STATE_ATOMIC || state->type == CSVC_STATE_FINAL;
}

/* FALSE when a history decides. */
static gboolean
add_leaves (const CsvcKind *kind, guint index, GArray *leaves)
{
  const CsvcState *state = &kind->states[index];
  gboolean parallel = state->type == CSVC_STATE_PARALLEL, known = !_csvc_state_is_history (state);
  guint n = parallel ? state->n_children : state->n_initial;

  if (_csvc_lint_is_leaf (state))
    g_array_append_val (leaves, index);
  for (guint i = 0; i < n && known; i++)
    known = add_leaves (kind, parallel ? state->children[i] : state->initial[i], leaves);
  return known;
}

static gboolean
leaves_of_targets (const CsvcKind *kind, const CsvcTransition *transition, GArray *leaves)
{
  gboolean known = TRUE;

  for (guint i = 0; i < transition->n_targets && known; i++)
    known = add_leaves (kind, transition->targets[i], leaves);
  return known;
}

/* ── cycles of transitions without event ── */

typedef enum { UNSEEN, OPEN, DONE } Mark;

typedef struct {
  CsvcLint *lint;
  gboolean certain; /* only what nothing can prevent */
  guint8  *marks;   /* by state: of a depth-first walk over leaves */
  guint    n_found;
} CycleSearch;

static void visit_leaf (CycleSearch *search, guint leaf);

static void
report_cycle (CycleSearch *search, const CsvcTransition *transition)
{
  search->n_found++;
  _csvc_diagnostics_add (search->lint->compiler->diagnostics, search->certain ? ENDLESS : MAYBE_ENDLESS, transition->place, 0,
                         search->certain ? "an event or a condition on one of them" : "conditions that cannot all hold", NULL,
                         "transitions without event lead from \"%s\" back to it", search->lint->kind->states[transition->source].part.id);
}

static void
follow_eventless (CycleSearch *search, const CsvcTransition *transition)
{
  g_autoptr (GArray) leaves = g_array_new (FALSE, FALSE, sizeof (guint));

  if (!leaves_of_targets (search->lint->kind, transition, leaves))
    return;
  for (guint i = 0; i < leaves->len; i++)
    {
      guint leaf = g_array_index (leaves, guint, i);

      if (search->marks[leaf] == OPEN)
        {
          report_cycle (search, transition);
          return;
        }
      visit_leaf (search, leaf);
    }
}

/* TRUE when it is settled what is taken from this state. With `certain`, a condition settles it too: it may hold. */
static gboolean
follow_state (CycleSearch *search, const CsvcState *state)
{
  for (guint i = 0; i < state->n_transitions; i++)
    {
      const CsvcTransition *transition = &search->lint->kind->transitions[state->transitions[i]];

      if (transition->n_events > 0)
        continue;
      if (!search->certain || transition->cond == NULL)
        follow_eventless (search, transition);
      if (search->certain)
        return TRUE;
    }
  return FALSE;
}

/* From the leaf outwards, as transitions are chosen. */
static void
visit_leaf (CycleSearch *search, guint leaf)
{
  const CsvcState *states = search->lint->kind->states;

  if (search->marks[leaf] != UNSEEN)
    return;
  search->marks[leaf] = OPEN;
  for (guint s = leaf; s != 0; s = states[s].parent)
    if (follow_state (search, &states[s]))
      break;
  search->marks[leaf] = DONE;
}

static guint
find_cycles (CsvcLint *self, gboolean certain)
{
  g_autofree guint8 *marks = g_new0 (guint8, self->kind->n_states);
  CycleSearch search = { self, certain, marks, 0 };

  for (guint i = 1; i < self->kind->n_states; i++)
    if (_csvc_lint_is_leaf (&self->kind->states[i]))
      visit_leaf (&search, i);
  return search.n_found;
}

/* ── ways out ── */

static gboolean
leads_away (const CsvcKind *kind, const CsvcTransition *transition, guint leaf)
{
  g_autoptr (GArray) leaves = g_array_new (FALSE, FALSE, sizeof (guint));

  if (transition->n_targets == 0)
    return FALSE;
  return !leaves_of_targets (kind, transition, leaves) || leaves->len != 1 || g_array_index (leaves, guint, 0) != leaf;
}

/* A region of a parallel state may well rest at its end, so only simple leaves are judged. */
static gboolean
has_way_out (const CsvcKind *kind, guint leaf)
{
  for (guint s = leaf; s != 0; s = kind->states[s].parent)
    {
      if (kind->states[s].type == CSVC_STATE_PARALLEL)
        return TRUE;
      for (guint i = 0; i < kind->states[s].n_transitions; i++)
        if (leads_away (kind, &kind->transitions[kind->states[s].transitions[i]], leaf))
          return TRUE;
    }
  return FALSE;
}

static void
find_dead_ends (CsvcLint *self)
{
  for (guint i = 1; i < self->kind->n_states; i++)
    {
      const CsvcState *state = &self->kind->states[i];

      if (state->type == CSVC_STATE_ATOMIC && _csvc_bit (self->reached, i) && !has_way_out (self->kind, i))
        {
          g_autofree char *path = _csvc_lint_dup_path (self, i);

          _csvc_diagnostics_add (self->compiler->diagnostics, NO_WAY_OUT, state->part.place, 0, "a transition that leads away, or a <final>",
                                 path, "a case that comes to \"%s\" stays there for ever", state->part.id);
        }
    }
}

/* ── coming to an end ── */

static gboolean
is_end (const CsvcLint *self, guint state)
{
  return self->kind->states[state].type == CSVC_STATE_FINAL && self->kind->states[state].parent == 0 && _csvc_bit (self->reached, state);
}

/* Some leaf that @target may lead to has an end. A history may lead to all of its parent. */
static gboolean
may_end (const CsvcLint *self, const guint64 *ends, guint target)
{
  const CsvcState *state = &self->kind->states[target];

  if (_csvc_state_is_history (state))
    state = &self->kind->states[state->parent];
  for (guint i = state->index; i <= state->last; i++)
    if (_csvc_bit (ends, i))
      return TRUE;
  return FALSE;
}

/* Some transition that is possible while @leaf is active, its own or one of a state beside it, leads to where an end is. */
static gboolean
leads_to_end (const CsvcLint *self, const guint64 *ends, guint leaf)
{
  for (guint i = 0; i < self->kind->n_transitions; i++)
    {
      const CsvcTransition *transition = &self->kind->transitions[i];

      if (!_csvc_bit (self->reached, transition->source) || !_csvc_states_coexist (self->kind, leaf, transition->source))
        continue;
      for (guint j = 0; j < transition->n_targets; j++)
        if (may_end (self, ends, transition->targets[j]))
          return TRUE;
    }
  return FALSE;
}

static void
spread_ends (const CsvcLint *self, guint64 *ends)
{
  gboolean more = TRUE;

  while (more)
    {
      more = FALSE;
      for (guint i = 1; i < self->kind->n_states; i++)
        if (_csvc_lint_is_leaf (&self->kind->states[i]) && _csvc_bit (self->reached, i) && !_csvc_bit (ends, i) &&
            leads_to_end (self, ends, i))
          {
            _csvc_bit_set (ends, i);
            more = TRUE;
          }
    }
}

/* States with ways out that only lead round; of those without any it is said already. */
static void
find_traps (CsvcLint *self, const guint64 *ends)
{
  for (guint i = 1; i < self->kind->n_states; i++)
    {
      const CsvcState *state = &self->kind->states[i];
      g_autofree char *path = NULL;

      if (state->type != CSVC_STATE_ATOMIC || !_csvc_bit (self->reached, i) || _csvc_bit (ends, i) || !has_way_out (self->kind, i))
        continue;
      path = _csvc_lint_dup_path (self, i);
      _csvc_diagnostics_add (self->compiler->diagnostics, CANNOT_END, state->part.place, 0, "a way to a <final> of the <case>", path,
                             "a case that comes to \"%s\" can never end", state->part.id);
      return;
    }
}

static void
check_end (CsvcLint *self)
{
  g_autofree guint64 *ends = g_new0 (guint64, self->kind->n_words);
  gboolean any = FALSE;

  for (guint i = 1; i < self->kind->n_states; i++)
    if (is_end (self, i))
      {
        _csvc_bit_set (ends, i);
        any = TRUE;
      }
  if (!any)
    {
      _csvc_diagnostics_add (self->compiler->diagnostics, NEVER_ENDS, self->kind->part.place, 0, "a <final> of the <case> that can be reached",
                             NULL, "no case of \"%s\" ever ends", self->kind->part.id);
      return;
    }
  spread_ends (self, ends);
  find_traps (self, ends);
}

/* ── events that nobody hears ── */

static void
add_heard (CsvcLint *self)
{
  for (guint i = 0; i < self->kind->n_transitions; i++)
    for (guint j = 0; j < self->kind->transitions[i].n_events; j++)
      g_hash_table_add (self->heard, (gpointer) self->kind->transitions[i].events[j].prefix);
}

static void
add_named (CsvcLint *self, const CsvcEventSet *set)
{
  for (guint i = 0; i < set->n; i++)
    g_hash_table_add (self->heard, (gpointer) self->kind->events[set->events[i]].part.id);
}

static gboolean
is_heard (CsvcLint *self, const char *event)
{
  g_autofree char *prefix = g_strdup (event);
  char *dot;

  if (g_hash_table_contains (self->heard, ""))
    return TRUE;
  while (!g_hash_table_contains (self->heard, prefix))
    if ((dot = strrchr (prefix, '.')) != NULL)
      *dot = '\0';
    else
      return FALSE;
  return TRUE;
}

static void
find_unheard_raises (CsvcLint *self, const CsvcNode *node)
{
  const char *event = _csvc_node_is (node, "raise") ? _csvc_node_get (node, "event") : NULL;

  if (event != NULL && !is_heard (self, event))
    _csvc_diagnostics_add (self->compiler->diagnostics, UNHEARD_RAISE, node->place, 0, "a transition with that event", NULL,
                           "nothing hears the raised event \"%s\"", event);
  for (guint i = 0; i < node->children->len; i++)
    find_unheard_raises (self, g_ptr_array_index (node->children, i));
}

static void
find_unheard (CsvcLint *self)
{
  const CsvcKind *kind = self->kind;

  add_heard (self);
  find_unheard_raises (self, kind->part.node);
  for (guint i = 0; i < kind->n_clocks; i++)
    {
      const CsvcClock *clock = &kind->clocks[i];

      add_named (self, &clock->met_by);
      add_named (self, &clock->cancelled_by);
      add_named (self, &clock->reset_by);
      add_named (self, &clock->paused_by);
      add_named (self, &clock->resumed_by);
    }
  for (guint i = 0; i < kind->n_events; i++)
    if (!is_heard (self, kind->events[i].part.id))
      _csvc_diagnostics_add (self->compiler->diagnostics, UNHEARD_EVENT, kind->events[i].part.place, 0,
                             "a transition or a clock that names it", NULL,
                             "nothing hears the event \"%s\"", kind->events[i].part.id);
}

void
_csvc_lint_kind (CsvcCompiler *compiler)
{
  const CsvcKind *kind = compiler->kind;
  const CsvcWays *ways = _csvc_lint_ways (compiler);
  g_autoptr (GHashTable) heard = g_hash_table_new (g_str_hash, g_str_equal);
  CsvcLint self = { compiler, kind, ways, ways->reached, heard };

  report_unreachable (&self);
  if (find_cycles (&self, TRUE) == 0)
    find_cycles (&self, FALSE);
  find_dead_ends (&self);
  check_end (&self);
  find_unheard (&self);
  _csvc_lint_choices (&self);
  _csvc_lint_clocks (&self);
}

/* ── roles ── */

static void
add_words (GHashTable *used, const CsvcNode *node, const char *attribute)
{
  const char *list = _csvc_node_get (node, attribute);
  g_auto (GStrv) words = list != NULL ? g_strsplit_set (list, " \t\r\n", -1) : NULL;

  for (char **word = words; word != NULL && *word != NULL; word++)
    g_hash_table_add (used, g_strdup (*word));
}

/* Whatever names a role does so in one of these attributes. */
static void
gather_roles (GHashTable *used, const CsvcNode *node)
{
  add_words (used, node, "role");
  add_words (used, node, "by");
  for (guint i = 0; i < node->children->len; i++)
    gather_roles (used, g_ptr_array_index (node->children, i));
}

void
_csvc_lint_roles (CsvcCompiler *compiler)
{
  const CsvcPolicy *policy = compiler->policy;
  g_autoptr (GHashTable) used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  /* A name that nobody understood may have been meant for the role. */
  if (csvc_diagnostics_count (compiler->diagnostics, CSVC_SEVERITY_ERROR) > 0)
    return;
  gather_roles (used, policy->document);
  for (guint i = 0; i < policy->n_roles; i++)
    if (!g_hash_table_contains (used, policy->roles[i].part.id))
      _csvc_diagnostics_add (compiler->diagnostics, IDLE_ROLE, policy->roles[i].part.place, 0, "an event by it, or a level or notice for it", NULL,
                             "the role \"%s\" may do nothing and is told nothing", policy->roles[i].part.id);
}
