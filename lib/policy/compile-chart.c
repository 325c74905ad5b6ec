/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/compile.h"

#include <string.h>

/* States and transitions. The outline is made first, so that everything can name everything:
 *
 *   <case>                       states[0], the root     last = 4
 *     <state id="a">             states[1]               last = 3
 *       <history id="h">         states[2]
 *       <state id="b">           states[3]
 *     <final id="c">             states[4]
 *
 * Document order makes "is below" a comparison of indexes. */

enum {
  NO_STATE = 401,
  BAD_INITIAL = 402,
  TWO_INITIALS = 403,
  BAD_HISTORY = 404,
  RESERVED_EVENT = 405,
  APART = 406,
  IDLE_TRANSITION = 407,
  BAD_INITIAL_TRANSITION = 408,
  EMPTY_PARALLEL = 409
};

#define MAX_STATES 4000
#define MAX_TRANSITIONS 20000
#define MAX_CLOCKS 2000
#define MAX_TARGETS 64

/* ── the outline ── */

typedef struct {
  CsvcCompiler *compiler;
  GArray       *states, *transitions, *clocks;
} Outline;

static gboolean
is_state (const CsvcNode *node)
{
  return _csvc_node_is (node, "state") || _csvc_node_is (node, "parallel") || _csvc_node_is (node, "final")
         || _csvc_node_is (node, "history");
}

gboolean
_csvc_state_is_history (const CsvcState *state)
{
  return state->type == CSVC_STATE_HISTORY_SHALLOW || state->type == CSVC_STATE_HISTORY_DEEP;
}

static CsvcStateType
type_of (const CsvcNode *node)
{
  if (_csvc_node_is (node, "parallel"))
    return CSVC_STATE_PARALLEL;
  if (_csvc_node_is (node, "final"))
    return CSVC_STATE_FINAL;
  if (_csvc_node_is (node, "history"))
    return g_strcmp0 (_csvc_node_get (node, "type"), "deep") == 0 ? CSVC_STATE_HISTORY_DEEP : CSVC_STATE_HISTORY_SHALLOW;
  for (guint i = 0; i < node->children->len; i++)
    {
      const CsvcNode *child = g_ptr_array_index (node->children, i);

      if (is_state (child) && !_csvc_node_is (child, "history"))
        return CSVC_STATE_COMPOUND;
    }
  return CSVC_STATE_ATOMIC;
}

static void
outline_transition (Outline *outline, const CsvcNode *node, guint source)
{
  CsvcTransition transition = { .kind = outline->compiler->kind, .node = node, .place = node->place, .source = source,
                                .index = outline->transitions->len };

  g_array_append_val (outline->transitions, transition);
}

static void
outline_clock (Outline *outline, const CsvcNode *node, guint state)
{
  CsvcClock clock = { .kind = outline->compiler->kind, .index = outline->clocks->len, .state = state };

  _csvc_compile_part (outline->compiler, &clock.part, node);
  g_array_append_val (outline->clocks, clock);
}

static void outline_children (Outline *outline, const CsvcNode *node, guint index);

static void
outline_state (Outline *outline, const CsvcNode *node, guint parent)
{
  CsvcState state = { .kind = outline->compiler->kind, .index = outline->states->len, .type = type_of (node), .parent = parent };
  guint index = state.index;

  if (parent != G_MAXUINT)
    state.depth = g_array_index (outline->states, CsvcState, parent).depth + 1;
  _csvc_compile_part (outline->compiler, &state.part, node);
  g_array_append_val (outline->states, state);
  if (!_csvc_node_is (node, "history"))
    outline_children (outline, node, index);
  g_array_index (outline->states, CsvcState, index).last = outline->states->len - 1;
}

static void
outline_children (Outline *outline, const CsvcNode *node, guint index)
{
  for (guint i = 0; i < node->children->len; i++)
    {
      const CsvcNode *child = g_ptr_array_index (node->children, i);

      if (is_state (child))
        outline_state (outline, child, index);
      else if (_csvc_node_is (child, "transition"))
        outline_transition (outline, child, index);
      else if (_csvc_node_is (child, "clock"))
        outline_clock (outline, child, index);
    }
}

/* ── names ── */

static void
add_state_names (CsvcCompiler *self)
{
  CsvcKind *kind = self->kind;

  kind->state_ids = _csvc_compile_alloc (self, kind->n_states + 1, sizeof (char *));
  kind->state_ids[0] = kind->part.id;
  /* Known, so that no state takes its name, but not listed among what was expected. */
  g_hash_table_insert (self->states.index, (gpointer) kind->part.id, &kind->states[0]);
  for (guint i = 1; i < kind->n_states; i++)
    {
      CsvcState *state = &kind->states[i];

      kind->state_ids[i] = state->part.id;
      _csvc_names_add (self, &self->states, state->part.id, state, state->part.place);
      _csvc_compile_add_target (self, &state->part, "%s.state.%s", kind->part.id, state->part.id);
    }
}

static void
add_clock_names (CsvcCompiler *self)
{
  CsvcKind *kind = self->kind;

  for (guint i = 0; i < kind->n_clocks; i++)
    {
      CsvcClock *clock = &kind->clocks[i];

      _csvc_names_add (self, &self->clocks, clock->part.id, clock, clock->part.place);
      _csvc_compile_add_target (self, &clock->part, "%s.clock.%s", kind->part.id, clock->part.id);
    }
}

/* ── signals: what a transition can hear ── */

static void
add_signal (CsvcCompiler *self, const char *id)
{
  const char *signal = _csvc_compile_intern (self, id);

  if (!g_hash_table_insert (self->signals.index, (gpointer) signal, (gpointer) signal))
    return;
  g_ptr_array_add (self->signals.ids, (gpointer) signal);
  for (const char *dot = strchr (signal, '.'); dot != NULL; dot = strchr (dot + 1, '.'))
    {
      g_autofree char *prefix = g_strndup (signal, dot - signal);

      g_hash_table_add (self->prefixes, (gpointer) _csvc_compile_intern (self, prefix));
    }
}

static void
add_signals_of_state (CsvcCompiler *self, CsvcState *state)
{
  g_autofree char *done = g_strdup_printf ("done.state.%s", state->part.id);

  state->done_event = _csvc_compile_intern (self, done);
  if (state->index > 0 && (state->type == CSVC_STATE_COMPOUND || state->type == CSVC_STATE_PARALLEL))
    add_signal (self, done);
}

static void
add_signals_of_clock (CsvcCompiler *self, const CsvcClock *clock)
{
  g_autoptr (GPtrArray) alarms = _csvc_compile_children (clock->part.node, "alarm");
  g_autofree char *due = g_strdup_printf ("clock.%s.due", clock->part.id);

  add_signal (self, due);
  for (guint i = 0; i < alarms->len; i++)
    {
      g_autofree char *alarm = g_strdup_printf ("clock.%s.%s", clock->part.id, _csvc_node_get (g_ptr_array_index (alarms, i), "id"));

      add_signal (self, alarm);
    }
}

static void
add_raised_signals (CsvcCompiler *self, const CsvcNode *node)
{
  if (_csvc_node_is (node, "raise"))
    add_signal (self, _csvc_node_get (node, "event"));
  for (guint i = 0; i < node->children->len; i++)
    add_raised_signals (self, g_ptr_array_index (node->children, i));
}

static void
add_signals (CsvcCompiler *self)
{
  CsvcKind *kind = self->kind;

  for (guint i = 0; i < kind->n_events; i++)
    add_signal (self, kind->events[i].part.id);
  for (guint i = 0; i < kind->n_states; i++)
    add_signals_of_state (self, &kind->states[i]);
  for (guint i = 0; i < kind->n_clocks; i++)
    add_signals_of_clock (self, &kind->clocks[i]);
  add_raised_signals (self, kind->part.node);
  _csvc_compile_child_signals (self, add_signal);
}

void
_csvc_compile_chart_outline (CsvcCompiler *self)
{
  CsvcKind *kind = self->kind;
  Outline outline = { self, g_array_new (FALSE, TRUE, sizeof (CsvcState)), g_array_new (FALSE, TRUE, sizeof (CsvcTransition)),
                      g_array_new (FALSE, TRUE, sizeof (CsvcClock)) };

  outline_state (&outline, kind->part.node, G_MAXUINT);
  kind->n_states = outline.states->len;
  kind->n_words = (kind->n_states + 63) / 64;
  kind->n_transitions = outline.transitions->len;
  kind->n_clocks = outline.clocks->len;
  kind->states = _csvc_compile_take (self, outline.states);
  kind->transitions = _csvc_compile_take (self, outline.transitions);
  kind->clocks = _csvc_compile_take (self, outline.clocks);
  /* The rest costs more than linear time, so it is not done for a chart that is refused anyway. */
  if (!_csvc_compile_check_count (self, kind->n_states, MAX_STATES, "states", kind->part.place))
    kind->n_states = 1;
  if (!_csvc_compile_check_count (self, kind->n_transitions, MAX_TRANSITIONS, "transitions", kind->part.place))
    kind->n_transitions = 0;
  if (!_csvc_compile_check_count (self, kind->n_clocks, MAX_CLOCKS, "clocks", kind->part.place))
    kind->n_clocks = 0;
  add_state_names (self);
  add_clock_names (self);
  add_signals (self);
}

/* ── targets ── */

static guint
common_ancestor (const CsvcKind *kind, guint a, guint b)
{
  while (a != b)
    if (kind->states[a].depth >= kind->states[b].depth)
      a = kind->states[a].parent;
    else
      b = kind->states[b].parent;
  return a;
}

gboolean
_csvc_states_coexist (const CsvcKind *kind, guint a, guint b)
{
  guint common = common_ancestor (kind, a, b);

  return common == a || common == b || kind->states[common].type == CSVC_STATE_PARALLEL;
}

/* Two targets must lie in different regions: of a state and one inside it, the outer would choose its own beginning. */
static void
check_together (CsvcCompiler *self, const guint *targets, guint n, CsvcPlace place)
{
  const CsvcState *states = self->kind->states;

  for (guint i = 0; i < n; i++)
    for (guint j = i + 1; j < n; j++)
      if (states[common_ancestor (self->kind, targets[i], targets[j])].type != CSVC_STATE_PARALLEL || targets[i] == targets[j]
          || _csvc_state_is_below (self->kind, targets[i], targets[j]) || _csvc_state_is_below (self->kind, targets[j], targets[i]))
        {
          _csvc_diagnostics_add (self->diagnostics, APART, place, 0, "states in different regions of one <parallel>", NULL,
                                 "\"%s\" and \"%s\" cannot both be entered", states[targets[i]].part.id, states[targets[j]].part.id);
          return;
        }
}

/* The states named by an attribute. */
static guint *
compile_targets (CsvcCompiler *self, const CsvcNode *node, const char *attribute, guint *n)
{
  g_auto (GStrv) words = _csvc_compile_list (self, node, attribute);
  guint *targets;

  *n = 0;
  if (!_csvc_compile_check_count (self, g_strv_length (words), MAX_TARGETS, "targets", node->place))
    return NULL;
  targets = _csvc_compile_alloc (self, g_strv_length (words), sizeof (guint));
  for (char **word = words; *word != NULL; word++)
    {
      const CsvcState *state = _csvc_names_find (self, &self->states, *word, node->place);

      if (state != NULL && state->index > 0)
        targets[(*n)++] = state->index;
      else if (state != NULL)
        _csvc_diagnostics_add (self->diagnostics, self->states.number, node->place, 0, "a state inside it", NULL,
                               "\"%s\" is the kind of case itself", *word);
    }
  check_together (self, targets, *n, node->place);
  return targets;
}

/* ── transitions ── */

/* "a.b.*" and "a.b." mean "a.b"; "*" is the empty prefix. */
static CsvcEventMatch
make_match (CsvcCompiler *self, const char *word)
{
  g_autofree char *prefix = g_strdup (word);
  CsvcEventMatch match;

  if (g_str_has_suffix (prefix, ".*"))
    prefix[strlen (prefix) - 2] = '\0';
  else if (g_str_has_suffix (prefix, ".") || strcmp (prefix, "*") == 0)
    prefix[strlen (prefix) - 1] = '\0';
  match.prefix = _csvc_compile_intern (self, prefix);
  match.length = strlen (prefix);
  return match;
}

/* A dot without a name before it is a slip, though its prefix is empty like that of "*". */
static gboolean
is_heard (CsvcCompiler *self, const CsvcEventMatch *match, const char *word)
{
  if (match->length == 0)
    return strcmp (word, "*") == 0;
  return g_hash_table_contains (self->signals.index, match->prefix) || g_hash_table_contains (self->prefixes, match->prefix);
}

static void
compile_events (CsvcCompiler *self, CsvcTransition *transition)
{
  g_auto (GStrv) words = _csvc_compile_list (self, transition->node, "event");

  transition->events = _csvc_compile_alloc (self, g_strv_length (words), sizeof (CsvcEventMatch));
  for (char **word = words; *word != NULL; word++)
    {
      CsvcEventMatch match = make_match (self, *word);

      transition->events[transition->n_events++] = match;
      if (!is_heard (self, &match, *word))
        _csvc_names_complain (self, &self->signals, match.length > 0 ? match.prefix : *word, transition->place);
    }
}

static void
compile_transition (CsvcCompiler *self, CsvcTransition *transition)
{
  const CsvcNode *node = transition->node;

  compile_events (self, transition);
  self->kind->n_eventless += transition->n_events == 0;
  transition->cond = _csvc_compile_condition (self, node, "cond");
  transition->targets = compile_targets (self, node, "target", &transition->n_targets);
  transition->internal = g_strcmp0 (_csvc_node_get (node, "type"), "internal") == 0;
  if (_csvc_node_get (node, "event") == NULL && _csvc_node_get (node, "target") == NULL)
    _csvc_diagnostics_add (self->diagnostics, IDLE_TRANSITION, node->place, 0, "an event, a target, or both", NULL,
                           "a transition without event and target would be taken for ever");
}

/* ── where a state begins ── */

/* Where the transition of an <initial> or a <history> leads. */
static guint *
compile_first_step (CsvcCompiler *self, const CsvcNode *holder, guint number, guint *n)
{
  g_autoptr (GPtrArray) transitions = _csvc_compile_children (holder, "transition");
  const CsvcNode *node;

  *n = 0;
  if (transitions->len != 1)
    {
      _csvc_diagnostics_add (self->diagnostics, number, holder->place, 0, "one <transition target=\"…\">", NULL,
                             "<%s> does not say where to begin", holder->name);
      return NULL;
    }
  node = g_ptr_array_index (transitions, 0);
  if (_csvc_node_get (node, "event") != NULL || _csvc_node_get (node, "cond") != NULL || _csvc_node_get (node, "target") == NULL)
    _csvc_diagnostics_add (self->diagnostics, BAD_INITIAL_TRANSITION, node->place, 0, "a target, no event and no condition", NULL,
                           "the transition of <%s> is always taken", holder->name);
  return compile_targets (self, node, "target", n);
}

static void
check_below (CsvcCompiler *self, const CsvcState *state, const guint *targets, guint n, CsvcPlace place)
{
  for (guint i = 0; i < n; i++)
    if (!_csvc_state_is_below (self->kind, targets[i], state->index))
      _csvc_diagnostics_add (self->diagnostics, BAD_INITIAL, place, 0, "a state inside it", NULL, "\"%s\" cannot begin in \"%s\"",
                             state->part.id, self->kind->states[targets[i]].part.id);
}

/* Without a word it is the first child. */
static void
begin_with_first_child (CsvcCompiler *self, CsvcState *state)
{
  state->initial = _csvc_compile_alloc (self, 1, sizeof (guint));
  state->initial[0] = state->children[0];
  state->n_initial = 1;
}

static void
compile_initial (CsvcCompiler *self, CsvcState *state)
{
  const CsvcNode *node = state->part.node;
  g_autoptr (GPtrArray) elements = _csvc_compile_children (node, "initial");
  gboolean has_attribute = _csvc_node_get (node, "initial") != NULL;

  if (elements->len + has_attribute > 1)
    _csvc_diagnostics_add (self->diagnostics, TWO_INITIALS, node->place, 0, "initial=\"…\" or one <initial>", NULL,
                           "\"%s\" says more than once where it begins", state->part.id);
  else if (has_attribute)
    state->initial = compile_targets (self, node, "initial", &state->n_initial);
  else if (elements->len > 0)
    state->initial = compile_first_step (self, g_ptr_array_index (elements, 0), BAD_INITIAL, &state->n_initial);
  else if (state->type == CSVC_STATE_COMPOUND)
    begin_with_first_child (self, state);
  check_below (self, state, state->initial, state->n_initial, node->place);
}

/* A history remembers what its parent held: a shallow one children of the parent, a deep one anything inside. Where it leads at first
 * may lie anywhere inside. */
static void
compile_history (CsvcCompiler *self, CsvcState *state)
{
  const CsvcKind *kind = self->kind;

  state->default_targets = compile_first_step (self, state->part.node, BAD_HISTORY, &state->n_default);
  for (guint i = 0; i < state->n_default; i++)
    {
      guint target = state->default_targets[i];

      if (_csvc_state_is_history (&kind->states[target]) || !_csvc_state_is_below (kind, target, state->parent))
        _csvc_diagnostics_add (self->diagnostics, BAD_HISTORY, state->part.place, 0, "a state beside it or inside one of these", NULL,
                               "the history \"%s\" cannot lead to \"%s\"", state->part.id, kind->states[target].part.id);
    }
}

/* ── what belongs to each state ── */

#define NOBODY G_MAXUINT

/* Which of the items 0 … n_items - 1 each owner has, given whose each is. */
static void
hand_out (CsvcCompiler *self, const guint *owners, guint n_items, guint **lists, guint *counts, guint n_owners)
{
  memset (counts, 0, n_owners * sizeof (guint));
  for (guint i = 0; i < n_items; i++)
    if (owners[i] < n_owners)
      counts[owners[i]]++;
  for (guint i = 0; i < n_owners; i++)
    {
      lists[i] = _csvc_compile_alloc (self, counts[i], sizeof (guint));
      counts[i] = 0;
    }
  for (guint i = 0; i < n_items; i++)
    if (owners[i] < n_owners)
      lists[owners[i]][counts[owners[i]]++] = i;
}

typedef struct {
  guint  *owners; /* by item */
  guint **lists;  /* by state */
  guint  *counts;
} Shares;

static void
share_states (CsvcCompiler *self, Shares *shares, gboolean histories)
{
  CsvcKind *kind = self->kind;

  for (guint i = 0; i < kind->n_states; i++)
    shares->owners[i] = _csvc_state_is_history (&kind->states[i]) == histories ? kind->states[i].parent : NOBODY;
  hand_out (self, shares->owners, kind->n_states, shares->lists, shares->counts, kind->n_states);
  for (guint i = 0; i < kind->n_states; i++)
    {
      CsvcState *state = &kind->states[i];

      *(histories ? &state->histories : &state->children) = shares->lists[i];
      *(histories ? &state->n_histories : &state->n_children) = shares->counts[i];
    }
}

static void
share_transitions (CsvcCompiler *self, Shares *shares)
{
  CsvcKind *kind = self->kind;

  for (guint i = 0; i < kind->n_transitions; i++)
    shares->owners[i] = kind->transitions[i].source;
  hand_out (self, shares->owners, kind->n_transitions, shares->lists, shares->counts, kind->n_states);
  for (guint i = 0; i < kind->n_states; i++)
    {
      kind->states[i].transitions = shares->lists[i];
      kind->states[i].n_transitions = shares->counts[i];
    }
}

static void
share_clocks (CsvcCompiler *self, Shares *shares)
{
  CsvcKind *kind = self->kind;

  for (guint i = 0; i < kind->n_clocks; i++)
    shares->owners[i] = kind->clocks[i].state;
  hand_out (self, shares->owners, kind->n_clocks, shares->lists, shares->counts, kind->n_states);
  for (guint i = 0; i < kind->n_states; i++)
    {
      kind->states[i].clocks = shares->lists[i];
      kind->states[i].n_clocks = shares->counts[i];
    }
}

static void
share_out (CsvcCompiler *self)
{
  CsvcKind *kind = self->kind;
  guint n_items = MAX (kind->n_states, MAX (kind->n_transitions, kind->n_clocks));
  g_autofree guint *owners = g_new (guint, n_items), *counts = g_new (guint, kind->n_states);
  g_autofree guint **lists = g_new (guint *, kind->n_states);
  Shares shares = { owners, lists, counts };

  share_states (self, &shares, FALSE);
  share_states (self, &shares, TRUE);
  share_transitions (self, &shares);
  share_clocks (self, &shares);
}

/* ── all of it ── */

/* Several <onentry> are one after the other. */
static void
compile_blocks (CsvcCompiler *self, const CsvcNode *node, const char *name, CsvcActions *actions)
{
  g_autoptr (GPtrArray) blocks = _csvc_compile_children (node, name), all = g_ptr_array_new ();

  for (guint i = 0; i < blocks->len; i++)
    {
      const CsvcNode *block = g_ptr_array_index (blocks, i);

      for (guint j = 0; j < block->children->len; j++)
        g_ptr_array_add (all, g_ptr_array_index (block->children, j));
    }
  _csvc_compile_actions (self, actions, all);
}

/* Of the transition of its <initial>, or of a history. */
static void
compile_initial_actions (CsvcCompiler *self, CsvcState *state)
{
  g_autoptr (GPtrArray) elements = _csvc_compile_children (state->part.node, "initial"), steps = NULL;
  const CsvcNode *holder = _csvc_state_is_history (state) ? state->part.node : elements->len > 0 ? g_ptr_array_index (elements, 0) : NULL;

  if (holder == NULL)
    return;
  steps = _csvc_compile_children (holder, "transition");
  if (steps->len > 0)
    _csvc_compile_actions (self, &state->initial_actions, ((const CsvcNode *) g_ptr_array_index (steps, 0))->children);
}

static void
compile_state_actions (CsvcCompiler *self, CsvcState *state)
{
  compile_initial_actions (self, state);
  compile_blocks (self, state->part.node, "onentry", &state->on_entry);
  compile_blocks (self, state->part.node, "onexit", &state->on_exit);
}

static void
compile_state (CsvcCompiler *self, CsvcState *state)
{
  const CsvcNode *node = state->part.node;

  if (_csvc_state_is_history (state))
    compile_history (self, state);
  else
    compile_initial (self, state);
  if (state->type == CSVC_STATE_PARALLEL && state->n_children == 0)
    _csvc_diagnostics_add (self->diagnostics, EMPTY_PARALLEL, node->place, 0, "states in it", NULL, "\"%s\" has no region", state->part.id);
  if (state->type == CSVC_STATE_FINAL)
    state->outcome = _csvc_compile_text (self, node, "outcome");
}

static void
check_signals_raised (CsvcCompiler *self, const CsvcNode *node)
{
  const char *event = _csvc_node_is (node, "raise") ? _csvc_node_get (node, "event") : NULL;

  if (event != NULL && (g_str_has_prefix (event, "done.") || g_str_has_prefix (event, "clock.") || g_str_has_prefix (event, "error.")))
    _csvc_diagnostics_add (self->diagnostics, RESERVED_EVENT, node->place, 0, "a name that does not begin with done., clock. or error.", NULL,
                           "only the library itself raises \"%s\"", event);
  for (guint i = 0; i < node->children->len; i++)
    check_signals_raised (self, g_ptr_array_index (node->children, i));
}

void
_csvc_compile_chart (CsvcCompiler *self)
{
  CsvcKind *kind = self->kind;

  share_out (self);
  kind->states[0].type = CSVC_STATE_COMPOUND;
  if (kind->states[0].n_children == 0)
    {
      if (kind->n_states == 1 && kind->states[0].last > 0)
        return; /* too many, and said so */
      _csvc_diagnostics_add (self->diagnostics, NO_STATE, kind->part.place, 0, "a <state>, <parallel> or <final>", NULL,
                             "\"%s\" has no state", kind->part.id);
      return;
    }
  for (guint i = 0; i < kind->n_states; i++)
    compile_state (self, &kind->states[i]);
  for (guint i = 0; i < kind->n_transitions; i++)
    compile_transition (self, &kind->transitions[i]);
  /* By now it is known how cases come anywhere, so that faults can be told with it. */
  for (guint i = 0; i < kind->n_states; i++)
    compile_state_actions (self, &kind->states[i]);
  for (guint i = 0; i < kind->n_transitions; i++)
    _csvc_compile_actions (self, &kind->transitions[i].actions, kind->transitions[i].node->children);
  check_signals_raised (self, kind->part.node);
}
