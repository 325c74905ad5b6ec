/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <string.h>

#include "machine/machine.h"

/* The interpreter of SCXML 1.0, appendix D, on bit sets in document order.
 *
 *   select ──▶ drop conflicting ──▶ exit (innermost first) ──▶ act ──▶ enter (outermost first) ──┐
 *     ▲                                                                                          │
 *     └────────── eventless transitions, then raised events, until nothing is enabled ◀──────────┘
 *
 * Descendants of a state are the indexes just after it, so "below" is a comparison and a subtree is a range of bits. What differs from the
 * Recommendation: a condition may be *unknown*, and then nothing of lower priority is taken in its place. */

/* A chart that has not come to rest after so many microsteps never will: policies have some dozens of states. */
#define MAX_MICROSTEPS 1000

typedef struct {
  guint              parent;
  const CsvcActions *actions;
} DefaultHistory;

/* What a microstep enters. */
typedef struct {
  const CsvcCase *self;
  const CsvcKind *kind;
  guint64        *enter;
  guint64        *by_default;
  GArray         *histories; /* of DefaultHistory, made on demand */
} Entry;

#define NEW_SET(kind) (memset (g_newa (guint64, (kind)->n_words), 0, (kind)->n_words * sizeof (guint64)))

static gboolean
is_leaf (const CsvcState *state)
{
  return state->type == CSVC_STATE_ATOMIC || state->type == CSVC_STATE_FINAL;
}

static gboolean
is_history (const CsvcState *state)
{
  return state->type == CSVC_STATE_HISTORY_SHALLOW || state->type == CSVC_STATE_HISTORY_DEEP;
}

static gboolean
any_below (const CsvcKind *kind, const guint64 *set, guint state)
{
  for (guint i = state + 1; i <= kind->states[state].last; i++)
    if (_csvc_bit (set, i))
      return TRUE;
  return FALSE;
}

/* ── selecting ── */

static CsvcTruth
test (CsvcStep *step, const CsvcTransition *transition)
{
  CsvcFeelEnv env;

  if (transition->cond == NULL)
    return CSVC_TRUE;
  _csvc_step_env (step, &env);
  return _csvc_expr_test (transition->cond, &env, &step->missing);
}

static void
add_once (CsvcStep *step, guint index)
{
  for (guint i = 0; i < step->n_chosen; i++)
    if (step->chosen[i] == index)
      return;
  step->chosen[step->n_chosen++] = index;
}

/* The first transition of @state that is enabled. */
static CsvcSelection
select_in_state (CsvcStep *step, const CsvcState *state, const char *event)
{
  CsvcSelection result = CSVC_SELECTED_NONE;

  for (guint i = 0; i < state->n_transitions; i++)
    {
      const CsvcTransition *transition = &step->kind->transitions[state->transitions[i]];

      if (!_csvc_transition_matches (transition, event))
        continue;
      switch (test (step, transition))
        {
        case CSVC_TRUE:
          add_once (step, transition->index);
          return CSVC_SELECTED;
        case CSVC_UNKNOWN:
          if (event == NULL)
            _csvc_step_undecided (step, NULL, step->missing, transition->place.line);
          else if (!_csvc_step_is_hosts (step))
            _csvc_step_keep_undecided (step, event, state->part.id, step->missing, transition->place.line);
          return CSVC_SELECTED_UNKNOWN;
        default:
          result = CSVC_SELECTED_FALSE;
        }
    }
  return result;
}

CsvcSelection
_csvc_chart_select_from (CsvcStep *step, guint from, const char *event)
{
  CsvcSelection result = CSVC_SELECTED_NONE;

  for (guint state = from;; state = step->kind->states[state].parent)
    {
      CsvcSelection here = select_in_state (step, &step->kind->states[state], event);

      if (here == CSVC_SELECTED || here == CSVC_SELECTED_UNKNOWN)
        return here;
      if (here == CSVC_SELECTED_FALSE)
        result = here;
      if (state == 0)
        return result;
    }
}

CsvcSelection
_csvc_chart_select (CsvcStep *step, const char *event)
{
  const CsvcKind *kind = step->kind;
  CsvcSelection   result = CSVC_SELECTED_NONE;

  step->n_chosen = 0;
  if (event == NULL && kind->n_eventless == 0)
    return result;
  for (guint i = 0; i < kind->n_states; i++)
    {
      CsvcSelection here;

      if (!_csvc_bit (step->self->active, i) || !is_leaf (&kind->states[i]))
        continue;
      here = _csvc_chart_select_from (step, i, event);
      if (here == CSVC_SELECTED_UNKNOWN && event != NULL && _csvc_step_is_hosts (step))
        {
          step->n_chosen = 0;
          return here;
        }
      if (here == CSVC_SELECTED || result == CSVC_SELECTED_NONE || (here == CSVC_SELECTED_UNKNOWN && result != CSVC_SELECTED))
        result = here;
    }
  return result;
}

/* ── where a transition leads ── */

static void
add_effective_target (const CsvcCase *self, guint target, guint64 *set)
{
  const CsvcState *state = &self->kind->states[target];

  if (!is_history (state))
    _csvc_bit_set (set, target);
  else if (self->histories[target] != NULL)
    for (guint i = 0; i < self->kind->n_words; i++)
      set[i] |= self->histories[target][i];
  else
    for (guint i = 0; i < state->n_default; i++)
      add_effective_target (self, state->default_targets[i], set);
}

static gboolean
all_below (const CsvcKind *kind, const guint64 *set, guint ancestor)
{
  for (guint i = 0; i < kind->n_states; i++)
    if (_csvc_bit (set, i) && !_csvc_state_is_below (kind, i, ancestor))
      return FALSE;
  return TRUE;
}

/* The innermost compound state that holds source and targets: what a transition leaves is everything active below it. */
static guint
domain_of (const CsvcCase *self, const CsvcTransition *transition)
{
  const CsvcKind *kind = self->kind;
  guint64        *targets = NEW_SET (kind);
  guint           state = transition->source;

  for (guint i = 0; i < transition->n_targets; i++)
    add_effective_target (self, transition->targets[i], targets);
  if (transition->internal && kind->states[state].type == CSVC_STATE_COMPOUND && all_below (kind, targets, state))
    return state;
  while (state != 0)
    {
      state = kind->states[state].parent;
      if (kind->states[state].type == CSVC_STATE_COMPOUND && all_below (kind, targets, state))
        return state;
    }
  return 0;
}

static void
add_exits (const CsvcCase *self, const CsvcTransition *transition, guint64 *exits)
{
  guint domain;

  if (transition->n_targets == 0)
    return;
  domain = domain_of (self, transition);
  for (guint i = domain + 1; i <= self->kind->states[domain].last; i++)
    if (_csvc_bit (self->active, i))
      _csvc_bit_set (exits, i);
}

static gboolean
exits_meet (const CsvcCase *self, const CsvcTransition *a, const CsvcTransition *b)
{
  guint64 *of_a = NEW_SET (self->kind);
  guint64 *of_b = NEW_SET (self->kind);

  add_exits (self, a, of_a);
  add_exits (self, b, of_b);
  for (guint i = 0; i < self->kind->n_words; i++)
    if (of_a[i] & of_b[i])
      return TRUE;
  return FALSE;
}

static const CsvcTransition *
chosen_at (const CsvcStep *step, guint i)
{
  return &step->kind->transitions[step->chosen[i]];
}

/* Keeps @candidate behind the first @n chosen, unless one of those conflicts; but a candidate from deeper inside drives that one out.
 * How many are kept now. */
static guint
keep_unless_conflicting (CsvcStep *step, guint n, guint candidate)
{
  const CsvcTransition *one = &step->kind->transitions[candidate];
  guint                 kept = 0;

  for (guint i = 0; i < n; i++)
    if (exits_meet (step->self, one, chosen_at (step, i)) &&
        !_csvc_state_is_below (step->kind, one->source, chosen_at (step, i)->source))
      return n;
  for (guint i = 0; i < n; i++)
    if (!exits_meet (step->self, one, chosen_at (step, i)))
      step->chosen[kept++] = step->chosen[i];
  step->chosen[kept++] = candidate;
  return kept;
}

static void
drop_conflicting (CsvcStep *step)
{
  guint kept = 0;

  if (step->n_chosen < 2)
    return;
  for (guint i = 0; i < step->n_chosen; i++)
    kept = keep_unless_conflicting (step, kept, step->chosen[i]);
  step->n_chosen = kept;
}

/* ── exiting ── */

static gboolean
is_remembered (const CsvcKind *kind, const CsvcState *history, guint state)
{
  return history->type == CSVC_STATE_HISTORY_DEEP ? is_leaf (&kind->states[state]) : kind->states[state].parent == history->parent;
}

/* (transfer none): ids of the states in @set, blank-separated. */
static const char *
ids_of (CsvcStep *step, const guint64 *set)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 1; i < step->kind->n_states; i++)
    if (_csvc_bit (set, i))
      g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", step->kind->states[i].part.id);
  return _csvc_effects_keep (step->effects, text->str);
}

static void
remember (CsvcStep *step, guint index)
{
  const CsvcKind  *kind = step->kind;
  const CsvcState *history = &kind->states[index];
  CsvcCase        *self = step->self;
  guint64         *now = NEW_SET (kind);
  gsize            bytes = kind->n_words * sizeof (guint64);
  CsvcEffect      *effect;

  for (guint i = history->parent + 1; i <= kind->states[history->parent].last; i++)
    if (_csvc_bit (self->active, i) && is_remembered (kind, history, i))
      _csvc_bit_set (now, i);
  if (self->histories[index] != NULL && memcmp (self->histories[index], now, bytes) == 0)
    return;
  _csvc_step_keep_history (step, index);
  self->histories[index] = g_memdup2 (now, bytes);
  effect = _csvc_step_effect (step, CSVC_EFFECT_HISTORY_KEPT);
  effect->subject = history->part.id;
  effect->text = ids_of (step, now);
}

static gboolean
exit_states (CsvcStep *step, const guint64 *exits)
{
  const CsvcKind *kind = step->kind;

  for (guint i = 1; i < kind->n_states; i++)
    for (guint h = 0; _csvc_bit (exits, i) && h < kind->states[i].n_histories; h++)
      remember (step, kind->states[i].histories[h]);
  for (guint i = kind->n_states; i-- > 1;)
    {
      if (!_csvc_bit (exits, i))
        continue;
      if (!_csvc_actions_run (step, &kind->states[i].on_exit))
        return FALSE;
      _csvc_bit_clear (step->self->active, i);
      _csvc_bit_set (step->exited, i);
      _csvc_step_effect (step, CSVC_EFFECT_STATE_LEFT)->subject = kind->states[i].part.id;
    }
  return TRUE;
}

/* ── entering ── */

static void add_descendants (Entry *entry, guint state);

static void
add_missing_regions (Entry *entry, guint parallel)
{
  const CsvcState *state = &entry->kind->states[parallel];

  for (guint i = 0; i < state->n_children; i++)
    if (!any_below (entry->kind, entry->enter, state->children[i]))
      add_descendants (entry, state->children[i]);
}

/* Everything between @state and @ancestor, both left out. */
static void
add_ancestors (Entry *entry, guint state, guint ancestor)
{
  for (guint i = entry->kind->states[state].parent; i != G_MAXUINT && i != ancestor; i = entry->kind->states[i].parent)
    {
      _csvc_bit_set (entry->enter, i);
      if (entry->kind->states[i].type == CSVC_STATE_PARALLEL)
        add_missing_regions (entry, i);
    }
}

static void
add_history (Entry *entry, guint index)
{
  const CsvcState *history = &entry->kind->states[index];
  const guint64   *kept = entry->self->histories[index];
  DefaultHistory   content = { history->parent, &history->initial_actions };

  if (kept == NULL)
    {
      if (entry->histories == NULL)
        entry->histories = g_array_new (FALSE, FALSE, sizeof (DefaultHistory));
      g_array_append_val (entry->histories, content);
      for (guint i = 0; i < history->n_default; i++)
        add_descendants (entry, history->default_targets[i]);
      for (guint i = 0; i < history->n_default; i++)
        add_ancestors (entry, history->default_targets[i], history->parent);
      return;
    }
  for (guint i = 1; i < entry->kind->n_states; i++)
    if (_csvc_bit (kept, i))
      add_descendants (entry, i);
  for (guint i = 1; i < entry->kind->n_states; i++)
    if (_csvc_bit (kept, i))
      add_ancestors (entry, i, history->parent);
}

static void
add_initial (Entry *entry, guint index)
{
  const CsvcState *state = &entry->kind->states[index];

  _csvc_bit_set (entry->by_default, index);
  for (guint i = 0; i < state->n_initial; i++)
    add_descendants (entry, state->initial[i]);
  for (guint i = 0; i < state->n_initial; i++)
    add_ancestors (entry, state->initial[i], index);
}

static void
add_descendants (Entry *entry, guint index)
{
  const CsvcState *state = &entry->kind->states[index];

  if (is_history (state))
    {
      add_history (entry, index);
      return;
    }
  _csvc_bit_set (entry->enter, index);
  if (state->type == CSVC_STATE_COMPOUND)
    add_initial (entry, index);
  else if (state->type == CSVC_STATE_PARALLEL)
    add_missing_regions (entry, index);
}

static void
add_targets (Entry *entry, const CsvcTransition *transition, guint domain)
{
  guint64 *targets = NEW_SET (entry->kind);

  for (guint i = 0; i < transition->n_targets; i++)
    add_descendants (entry, transition->targets[i]);
  for (guint i = 0; i < transition->n_targets; i++)
    add_effective_target (entry->self, transition->targets[i], targets);
  for (guint i = 1; i < entry->kind->n_states; i++)
    if (_csvc_bit (targets, i))
      add_ancestors (entry, i, domain);
}

static gboolean
is_done (const CsvcCase *self, guint index)
{
  const CsvcState *state = &self->kind->states[index];

  if (state->type == CSVC_STATE_COMPOUND)
    {
      for (guint i = 0; i < state->n_children; i++)
        if (self->kind->states[state->children[i]].type == CSVC_STATE_FINAL && _csvc_bit (self->active, state->children[i]))
          return TRUE;
      return FALSE;
    }
  if (state->type != CSVC_STATE_PARALLEL)
    return FALSE;
  for (guint i = 0; i < state->n_children; i++)
    if (!is_done (self, state->children[i]))
      return FALSE;
  return TRUE;
}

static void
end_case (CsvcStep *step, const CsvcState *final)
{
  CsvcRecord *record = &step->self->record;
  CsvcEffect *effect = _csvc_step_effect (step, CSVC_EFFECT_ENDED);

  effect->subject = final->part.id;
  effect->detail = final->outcome;
  step->ended = TRUE;
  record->ended = TRUE;
  record->final_state = _csvc_share (final->part.id);
  record->outcome = _csvc_share (final->outcome);
}

static void
reach_final (CsvcStep *step, const CsvcState *final)
{
  const CsvcState *parent = &step->kind->states[final->parent];
  const CsvcState *grandparent;

  if (final->parent == 0)
    {
      end_case (step, final);
      return;
    }
  g_queue_push_tail (&step->internal, (gpointer) parent->done_event);
  grandparent = &step->kind->states[parent->parent];
  if (grandparent->type == CSVC_STATE_PARALLEL && is_done (step->self, grandparent->index))
    g_queue_push_tail (&step->internal, (gpointer) grandparent->done_event);
}

static gboolean
run_defaults (CsvcStep *step, const Entry *entry, guint index)
{
  if (_csvc_bit (entry->by_default, index) && !_csvc_actions_run (step, &step->kind->states[index].initial_actions))
    return FALSE;
  for (guint i = 0; entry->histories != NULL && i < entry->histories->len; i++)
    {
      const DefaultHistory *content = &g_array_index (entry->histories, DefaultHistory, i);

      if (content->parent == index && !_csvc_actions_run (step, content->actions))
        return FALSE;
    }
  return TRUE;
}

static gboolean
enter_state (CsvcStep *step, const Entry *entry, guint index)
{
  const CsvcState *state = &step->kind->states[index];
  CsvcEffect      *effect;

  _csvc_bit_set (step->self->active, index);
  step->self->entries[index]++;
  effect = _csvc_step_effect (step, CSVC_EFFECT_STATE_ENTERED);
  effect->subject = state->part.id;
  effect->number = step->self->entries[index];
  if (!_csvc_actions_run (step, &state->on_entry) || !run_defaults (step, entry, index))
    return FALSE;
  if (state->type == CSVC_STATE_FINAL)
    reach_final (step, state);
  return TRUE;
}

static gboolean
enter_states (CsvcStep *step, const Entry *entry)
{
  /* The root is never entered again, but its initial content runs when the case begins. */
  if (!run_defaults (step, entry, 0))
    return FALSE;
  for (guint i = 1; i < step->kind->n_states; i++)
    if (_csvc_bit (entry->enter, i) && !enter_state (step, entry, i))
      return FALSE;
  return TRUE;
}

/* ── steps ── */

static gboolean
act (CsvcStep *step)
{
  for (guint i = 0; i < step->n_chosen; i++)
    if (!_csvc_actions_run (step, &chosen_at (step, i)->actions))
      return FALSE;
  return TRUE;
}

static gboolean
microstep (CsvcStep *step)
{
  const CsvcKind *kind = step->kind;
  guint64        *exits = NEW_SET (kind);
  guint          *domains;
  Entry           entry = { step->self, kind, NEW_SET (kind), NEW_SET (kind), NULL };
  gboolean        ok;

  drop_conflicting (step);
  /* Both sets are those of the states before anything is left. */
  domains = g_newa (guint, step->n_chosen + 1);
  for (guint i = 0; i < step->n_chosen; i++)
    {
      const CsvcTransition *transition = chosen_at (step, i);

      domains[i] = transition->n_targets > 0 ? domain_of (step->self, transition) : 0;
      add_exits (step->self, transition, exits);
    }
  if (!exit_states (step, exits) || !act (step))
    return FALSE;
  for (guint i = 0; i < step->n_chosen; i++)
    {
      const CsvcTransition *transition = chosen_at (step, i);

      if (transition->n_targets > 0)
        add_targets (&entry, transition, domains[i]);
    }
  ok = enter_states (step, &entry);
  g_clear_pointer (&entry.histories, g_array_unref);
  return ok;
}

static gboolean
never_rests (CsvcStep *step)
{
  g_set_error (step->error, CSVC_ERROR, CSVC_ERROR_LIFECYCLE,
               "case %s did not come to rest after %d steps: its eventless transitions or raised events go round in a circle; csvc check shows where",
               step->self->record.id, MAX_MICROSTEPS);
  step->answer = CSVC_ANSWER_FAILED;
  return FALSE;
}

/* Eventless transitions first, then what was raised, until neither is left. */
static gboolean
come_to_rest (CsvcStep *step)
{
  const char *event = step->event;

  for (guint n = 0; !step->ended; n++)
    {
      if (n == MAX_MICROSTEPS)
        return never_rests (step);
      if (_csvc_chart_select (step, NULL) != CSVC_SELECTED)
        {
          if (g_queue_is_empty (&step->internal))
            break;
          step->event = g_queue_pop_head (&step->internal);
          if (_csvc_chart_select (step, step->event) == CSVC_SELECTED_UNKNOWN && _csvc_step_is_hosts (step))
            {
              step->answer = CSVC_ANSWER_REFUSED_MISSING_FACT;
              return FALSE;
            }
        }
      if (step->n_chosen > 0 && !microstep (step))
        return FALSE;
    }
  step->event = event;
  return TRUE;
}

gboolean
_csvc_chart_run (CsvcStep *step)
{
  return (step->n_chosen == 0 || microstep (step)) && come_to_rest (step);
}

gboolean
_csvc_chart_start (CsvcStep *step)
{
  const CsvcKind *kind = step->kind;
  Entry           entry = { step->self, kind, NEW_SET (kind), NEW_SET (kind), NULL };
  gboolean        ok;

  add_initial (&entry, 0);
  ok = enter_states (step, &entry);
  g_clear_pointer (&entry.histories, g_array_unref);
  return ok && come_to_rest (step);
}
