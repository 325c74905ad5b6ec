/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/flatten.h"

#include <string.h>

#include "policy/compile.h"

/* Flattening a kind: for each leaf and event, every transition that could be taken, with all it moves. Nothing here decides anything:
 * where one of the conditions below fails, the row says so and the machine does without it. */

/* Beyond these a table would cost more than it saves. */
#define MAX_CELLS (1 << 18)
#define MAX_MOVES (1 << 20)

typedef struct {
  const CsvcKind *kind;
  guint           leaf;     /* where it moves from … */
  guint           to;       /* … and to */
  const CsvcEvent *event;
  GArray         *cells, *choices, *moves;
} Flattener;

/* ── what an event matches ── */

static gboolean
match_covers (const CsvcEventMatch *match, const char *event)
{
  return match->length == 0 ||
         (strncmp (event, match->prefix, match->length) == 0 &&
          (event[match->length] == '\0' || event[match->length] == '.'));
}

gboolean
_csvc_transition_matches (const CsvcTransition *transition, const char *event)
{
  if (event == NULL)
    return transition->n_events == 0;
  for (guint i = 0; i < transition->n_events; i++)
    if (match_covers (&transition->events[i], event))
      return TRUE;
  return FALSE;
}

/* ── what is plain ── */

static gboolean
holds (const CsvcKind *kind, guint leaf, guint state)
{
  return state == leaf || _csvc_state_is_below (kind, leaf, state);
}

static gboolean actions_are_plain (const CsvcActions *actions);

static gboolean
action_is_plain (const CsvcAction *action)
{
  if (action->type != CSVC_ACTION_IF)
    return action->type == CSVC_ACTION_SET;
  for (guint i = 0; i < action->n_branches; i++)
    if (!actions_are_plain (&action->branches[i].actions))
      return FALSE;
  return TRUE;
}

static gboolean
actions_are_plain (const CsvcActions *actions)
{
  for (guint i = 0; actions != NULL && i < actions->n; i++)
    if (!action_is_plain (&actions->items[i]))
      return FALSE;
  return TRUE;
}

/* An event descriptor that waits for nothing. */
static gboolean
has_eventless (const CsvcKind *kind, guint leaf)
{
  for (guint state = leaf;; state = kind->states[state].parent)
    {
      for (guint i = 0; i < kind->states[state].n_transitions; i++)
        if (kind->transitions[kind->states[state].transitions[i]].n_events == 0)
          return TRUE;
      if (state == 0)
        return FALSE;
    }
}

/* Is a leaf, with nothing parallel around it, all that is active? */
static gboolean
is_alone (const CsvcKind *kind, guint leaf)
{
  if (kind->states[leaf].type != CSVC_STATE_ATOMIC)
    return FALSE;
  for (guint state = kind->states[leaf].parent; state != 0; state = kind->states[state].parent)
    if (kind->states[state].type == CSVC_STATE_PARALLEL)
      return FALSE;
  return TRUE;
}

static gboolean
names (const CsvcEventSet *set, const CsvcEvent *event)
{
  for (guint i = 0; i < set->n; i++)
    if (set->events[i] == event->index)
      return TRUE;
  return FALSE;
}

/* Could a clock that runs here hear the event? */
static gboolean
clock_hears (const CsvcKind *kind, guint leaf, const CsvcEvent *event)
{
  for (guint i = 0; i < kind->n_clocks; i++)
    {
      const CsvcClock *clock = &kind->clocks[i];

      if (holds (kind, leaf, clock->state) &&
          (names (&clock->met_by, event) || names (&clock->cancelled_by, event) || names (&clock->reset_by, event) ||
           names (&clock->paused_by, event) || names (&clock->resumed_by, event)))
        return TRUE;
    }
  return FALSE;
}

/* ── clocks that a move stirs ── */

static gboolean
actions_set (const CsvcActions *actions, guint fact)
{
  for (guint i = 0; actions != NULL && i < actions->n; i++)
    {
      const CsvcAction *action = &actions->items[i];

      if (action->type == CSVC_ACTION_SET && action->fact == fact)
        return TRUE;
      for (guint b = 0; action->type == CSVC_ACTION_IF && b < action->n_branches; b++)
        if (actions_set (&action->branches[b].actions, fact))
          return TRUE;
    }
  return FALSE;
}

static const CsvcFlatMove *
move_at (const Flattener *self, const CsvcFlatChoice *choice, guint i)
{
  return &g_array_index (self->moves, CsvcFlatMove, choice->first + i);
}

static gboolean
choice_sets (const Flattener *self, const CsvcFlatChoice *choice, guint fact)
{
  gboolean found = actions_set (choice->actions, fact);

  for (guint i = 0; i < choice->n_moves; i++)
    found = found || actions_set (move_at (self, choice, i)->actions, fact) || actions_set (move_at (self, choice, i)->initial, fact);
  return found;
}

/* A row that looks at the customer may hold or not whatever the step does. */
static gboolean
due_is_stirred (const Flattener *self, const CsvcFlatChoice *choice, const CsvcDue *due)
{
  if (due->type == CSVC_BUDGET_AT && choice_sets (self, choice, due->fact))
    return TRUE;
  if (due->when == NULL)
    return FALSE;
  if (_csvc_expr_reads (due->when, CSVC_NAME_CUSTOMER_FACT, G_MAXUINT))
    return TRUE;
  for (guint fact = 0; fact < self->kind->n_facts; fact++)
    if (_csvc_expr_reads (due->when, CSVC_NAME_CASE_FACT, fact) && choice_sets (self, choice, fact))
      return TRUE;
  return FALSE;
}

/* One that runs before and after. */
static gboolean
running_is_stirred (const Flattener *self, const CsvcFlatChoice *choice, const CsvcClock *clock)
{
  for (guint i = 0; i < choice->n_moves; i++)
    {
      guint state = move_at (self, choice, i)->state;

      if ((clock->paused_in != NULL && _csvc_bit (clock->paused_in, state)) || (clock->restart && state == clock->state))
        return TRUE;
    }
  for (guint i = 0; i < clock->n_dues; i++)
    if (due_is_stirred (self, choice, &clock->dues[i]))
      return TRUE;
  return FALSE;
}

static gboolean
clocks_are_stirred (const Flattener *self, const CsvcFlatChoice *choice)
{
  for (guint i = 0; i < self->kind->n_clocks; i++)
    {
      const CsvcClock *clock = &self->kind->clocks[i];
      gboolean         before = holds (self->kind, self->leaf, clock->state);

      if (before != holds (self->kind, self->to, clock->state) || (before && running_is_stirred (self, choice, clock)))
        return TRUE;
    }
  return FALSE;
}

/* ── where a transition leads ── */

/* The innermost compound state that holds source and target. */
static guint
domain_of (const CsvcKind *kind, const CsvcTransition *transition, guint target)
{
  guint state = transition->source;

  if (transition->internal && kind->states[state].type == CSVC_STATE_COMPOUND && _csvc_state_is_below (kind, target, state))
    return state;
  while (state != 0)
    {
      state = kind->states[state].parent;
      if (kind->states[state].type == CSVC_STATE_COMPOUND && _csvc_state_is_below (kind, target, state))
        return state;
    }
  return 0;
}

static const CsvcActions *
some (const CsvcActions *actions)
{
  return actions->n > 0 ? actions : NULL;
}

static gboolean
add_move (Flattener *self, CsvcFlatChoice *choice, guint state, const CsvcActions *actions, const CsvcActions *initial)
{
  CsvcFlatMove move = { state, some (actions), initial != NULL ? some (initial) : NULL };

  g_array_append_val (self->moves, move);
  choice->n_moves++;
  return actions_are_plain (move.actions) && actions_are_plain (move.initial);
}

static gboolean
leave_up_to (Flattener *self, CsvcFlatChoice *choice, guint domain)
{
  gboolean plain = TRUE;

  for (guint i = self->leaf; i != domain; i = self->kind->states[i].parent)
    {
      plain = plain && self->kind->states[i].n_histories == 0;
      plain = add_move (self, choice, i, &self->kind->states[i].on_exit, NULL) && plain;
    }
  choice->n_left = choice->n_moves;
  return plain;
}

/* Everything between @from, left out, and @to. */
static gboolean
enter_between (Flattener *self, CsvcFlatChoice *choice, guint from, guint to)
{
  const CsvcState *state = &self->kind->states[to];
  gboolean         plain = TRUE;

  if (state->parent != from)
    plain = enter_between (self, choice, from, state->parent);
  if (state->type != CSVC_STATE_ATOMIC && state->type != CSVC_STATE_COMPOUND)
    return FALSE;
  return add_move (self, choice, to, &state->on_entry, NULL) && plain;
}

/* Entering @target, then where it begins, down to a leaf. */
static gboolean
enter_down_to_leaf (Flattener *self, CsvcFlatChoice *choice, guint domain, guint target)
{
  const CsvcState *states = self->kind->states;
  gboolean         plain = enter_between (self, choice, domain, target);

  while (plain && states[target].type == CSVC_STATE_COMPOUND)
    {
      guint initial;

      if (states[target].n_initial != 1)
        return FALSE;
      initial = states[target].initial[0];
      g_array_index (self->moves, CsvcFlatMove, self->moves->len - 1).initial = some (&states[target].initial_actions);
      plain = actions_are_plain (&states[target].initial_actions) && enter_between (self, choice, target, initial);
      target = initial;
    }
  self->to = target;
  return plain;
}

static gboolean
move (Flattener *self, CsvcFlatChoice *choice, const CsvcTransition *transition)
{
  guint domain;

  if (transition->n_targets == 0)
    return TRUE;
  if (transition->n_targets > 1)
    return FALSE;
  domain = domain_of (self->kind, transition, transition->targets[0]);
  return leave_up_to (self, choice, domain) && enter_down_to_leaf (self, choice, domain, transition->targets[0]);
}

/* The same moves as bits, and whether anything is done on the way. */
static void
sum_up (const Flattener *self, CsvcFlatChoice *choice)
{
  for (guint i = 0; i < choice->n_moves; i++)
    {
      const CsvcFlatMove *move = move_at (self, choice, i);

      choice->acts = choice->acts || move->actions != NULL || move->initial != NULL;
      if (self->kind->n_words == 1)
        _csvc_bit_set (i < choice->n_left ? &choice->left : &choice->entered, move->state);
    }
}

static void
add_choice (Flattener *self, const CsvcTransition *transition)
{
  CsvcFlatChoice choice = { .cond = transition->cond, .actions = some (&transition->actions), .first = self->moves->len };

  self->to = self->leaf;
  choice.plain = move (self, &choice, transition) && actions_are_plain (choice.actions) && !has_eventless (self->kind, self->to) &&
                 !clocks_are_stirred (self, &choice);
  choice.to = self->to;
  sum_up (self, &choice);
  g_array_append_val (self->choices, choice);
}

/* ── the table ── */

/* The transitions from the leaf outwards; one without a condition hides what follows. */
static void
add_choices (Flattener *self, CsvcFlatCell *cell)
{
  const CsvcKind *kind = self->kind;

  for (guint state = self->leaf;; state = kind->states[state].parent)
    {
      for (guint i = 0; i < kind->states[state].n_transitions; i++)
        {
          const CsvcTransition *transition = &kind->transitions[kind->states[state].transitions[i]];

          if (!_csvc_transition_matches (transition, self->event->part.id))
            continue;
          add_choice (self, transition);
          cell->n++;
          if (transition->cond == NULL)
            return;
        }
      if (state == 0)
        return;
    }
}

static void
add_cell (Flattener *self)
{
  CsvcFlatCell cell = { .first = self->choices->len };

  cell.plain = is_alone (self->kind, self->leaf) && self->event->n_sets == 0 && self->moves->len < MAX_MOVES &&
               !clock_hears (self->kind, self->leaf, self->event);
  if (cell.plain)
    add_choices (self, &cell);
  g_array_append_val (self->cells, cell);
}

void
_csvc_compile_flat (CsvcCompiler *self)
{
  CsvcKind *kind = self->kind;
  Flattener flattener = { .kind = kind };
  CsvcFlat *flat;

  if ((guint64) kind->n_states * kind->n_events > MAX_CELLS)
    return;
  flattener.cells = g_array_new (FALSE, FALSE, sizeof (CsvcFlatCell));
  flattener.choices = g_array_new (FALSE, FALSE, sizeof (CsvcFlatChoice));
  flattener.moves = g_array_new (FALSE, FALSE, sizeof (CsvcFlatMove));
  for (flattener.leaf = 0; flattener.leaf < kind->n_states; flattener.leaf++)
    for (guint i = 0; i < kind->n_events; i++)
      {
        flattener.event = &kind->events[i];
        add_cell (&flattener);
      }
  flat = _csvc_compile_alloc (self, 1, sizeof *flat);
  flat->cells = _csvc_compile_take (self, flattener.cells);
  flat->choices = _csvc_compile_take (self, flattener.choices);
  flat->moves = _csvc_compile_take (self, flattener.moves);
  kind->flat = flat;
}
