/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "machine/fast.h"

#include "policy/fact.h"
#include "policy/flatten.h"

/* One row of the table, played in the order of the step: leave inside out, act, enter outside in. Little can go wrong on the way (a missing
 * fact in a <set>, a value that does not fit); then what was done is taken back, and the step finds the words for it. */

/* Facts put by one event, with those put twice; more are left to the step. */
#define MAX_KEPT 16

gboolean _csvc_fast_is_off;

typedef struct {
  CsvcCase             *self;
  const CsvcFlatChoice *choice;
  const CsvcFlatMove   *moves;
  guint                 n_done; /* of the moves */
  CsvcEffects          *effects;
  guint                 mark;
  CsvcTime              at;
  const CsvcCustomer   *customer;
  gboolean              has_env;
  CsvcFeelEnv           env; /* made when a condition first asks: most events ask nothing */
  guint                 n_kept;
  CsvcKeptFact          kept[MAX_KEPT];
} Fast;

guint
_csvc_case_find_leaf (const CsvcCase *self)
{
  guint i = self->kind->n_words - 1;

  while (i > 0 && self->active[i] == 0)
    i--;
  return self->active[i] != 0 ? i * 64 + 63 - (guint) __builtin_clzll (self->active[i]) : 0;
}

/* What only a step knows is unknown here, and what is unknown is left to the step. */
static const CsvcFeelEnv *
env_of (Fast *fast)
{
  if (!fast->has_env)
    _csvc_case_env (fast->self, fast->customer, fast->at, &fast->env);
  fast->has_env = TRUE;
  return &fast->env;
}

static CsvcTruth
test (Fast *fast, const CsvcExpr *cond)
{
  return cond != NULL ? _csvc_expr_test (cond, env_of (fast), NULL) : CSVC_TRUE;
}

static CsvcEffect *
say (const Fast *fast, CsvcEffectType type, const char *subject)
{
  CsvcEffect *effect = _csvc_effects_add (fast->effects, type, fast->at);

  effect->subject = subject;
  return effect;
}

/* ── acting ── */

static gboolean act (Fast *fast, const CsvcActions *actions);

/* Takes @value. */
static inline void
put_fact (Fast *fast, const CsvcFact *fact, const CsvcValue *value)
{
  CsvcCase *self = fast->self;
  guint     slot = fact->index;

  fast->kept[fast->n_kept++] = (CsvcKeptFact){ slot, self->facts[slot], self->facts_at[slot] };
  self->facts[slot] = *value;
  self->facts_at[slot] = fast->at;
  if (fast->effects != NULL)
    _csvc_value_init_copy (&say (fast, CSVC_EFFECT_FACT_SET, fact->part.id)->value, value);
}

static gboolean
is_ready (const CsvcFact *fact, const CsvcValue *value)
{
  return value->type == fact->type && (fact->type == CSVC_TYPE_NUMBER || fact->type == CSVC_TYPE_BOOLEAN);
}

static gboolean
set_fact (Fast *fast, const CsvcAction *action)
{
  const CsvcKind  *kind = fast->self->kind;
  const CsvcFact  *fact = &kind->facts[action->fact];
  const CsvcValue *value = _csvc_expr_get_constant (action->expr);
  CsvcValue        found, own;

  if (fast->n_kept == MAX_KEPT)
    return FALSE;
  if (value == NULL)
    {
      if (_csvc_expr_eval (action->expr, env_of (fast), &found, NULL) != CSVC_TRUE)
        return FALSE;
      value = &found;
    }
  if (!is_ready (fact, value))
    {
      if (!_csvc_fact_coerce (fact, kind->policy->zone, value, &own, NULL))
        return FALSE;
      value = &own;
    }
  put_fact (fast, fact, value);
  return TRUE;
}

static gboolean
choose_branch (Fast *fast, const CsvcAction *action)
{
  for (guint i = 0; i < action->n_branches; i++)
    {
      const CsvcBranch *branch = &action->branches[i];
      CsvcTruth         truth = test (fast, branch->cond);

      if (truth == CSVC_TRUE)
        return act (fast, &branch->actions);
      if (truth == CSVC_UNKNOWN)
        return FALSE;
    }
  return TRUE;
}

static gboolean
act (Fast *fast, const CsvcActions *actions)
{
  for (guint i = 0; actions != NULL && i < actions->n; i++)
    {
      const CsvcAction *action = &actions->items[i];

      if (!(action->type == CSVC_ACTION_SET ? set_fact (fast, action) : choose_branch (fast, action)))
        return FALSE;
    }
  return TRUE;
}

/* ── moving ── */

static gboolean
leave (Fast *fast, const CsvcFlatMove *move)
{
  if (!act (fast, move->actions))
    return FALSE;
  _csvc_bit_clear (fast->self->active, move->state);
  fast->n_done++;
  if (fast->effects != NULL)
    say (fast, CSVC_EFFECT_STATE_LEFT, fast->self->kind->states[move->state].part.id);
  return TRUE;
}

static gboolean
enter (Fast *fast, const CsvcFlatMove *move)
{
  guint32 entries = ++fast->self->entries[move->state];

  _csvc_bit_set (fast->self->active, move->state);
  fast->n_done++;
  if (fast->effects != NULL)
    say (fast, CSVC_EFFECT_STATE_ENTERED, fast->self->kind->states[move->state].part.id)->number = entries;
  return act (fast, move->actions) && act (fast, move->initial);
}

static gboolean
play_move_by_move (Fast *fast)
{
  const CsvcFlatChoice *choice = fast->choice;

  for (guint i = 0; i < choice->n_left; i++)
    if (!leave (fast, &fast->moves[i]))
      return FALSE;
  if (!act (fast, choice->actions))
    return FALSE;
  for (guint i = choice->n_left; i < choice->n_moves; i++)
    if (!enter (fast, &fast->moves[i]))
      return FALSE;
  return TRUE;
}

/* Nothing is done or said on the way: all bits at once. */
static gboolean
play_at_once (Fast *fast)
{
  const CsvcFlatChoice *choice = fast->choice;
  CsvcCase             *self = fast->self;

  self->active[0] &= ~choice->left;
  fast->n_done = choice->n_left;
  if (choice->actions != NULL && !act (fast, choice->actions))
    return FALSE;
  self->active[0] |= choice->entered;
  for (guint i = choice->n_left; i < choice->n_moves; i++)
    self->entries[fast->moves[i].state]++;
  return TRUE;
}

static gboolean
play (Fast *fast)
{
  if (fast->effects == NULL && !fast->choice->acts && fast->self->kind->n_words == 1)
    return play_at_once (fast);
  return play_move_by_move (fast);
}

static void
take_back_moves (Fast *fast)
{
  while (fast->n_done-- > 0)
    {
      guint state = fast->moves[fast->n_done].state;

      if (fast->n_done < fast->choice->n_left)
        {
          _csvc_bit_set (fast->self->active, state);
          continue;
        }
      _csvc_bit_clear (fast->self->active, state);
      fast->self->entries[state]--;
    }
}

static void
take_back (Fast *fast)
{
  take_back_moves (fast);
  while (fast->n_kept-- > 0)
    {
      const CsvcKeptFact *kept = &fast->kept[fast->n_kept];

      _csvc_value_clear (&fast->self->facts[kept->slot]);
      fast->self->facts[kept->slot] = kept->value;
      fast->self->facts_at[kept->slot] = kept->at;
    }
  if (fast->effects != NULL)
    _csvc_effects_truncate (fast->effects, fast->mark);
}

/* Most hold nothing to be released. */
static inline void
keep (Fast *fast)
{
  for (guint i = 0; i < fast->n_kept; i++)
    if (fast->kept[i].value.type > CSVC_TYPE_NUMBER)
      _csvc_value_clear (&fast->kept[i].value);
  fast->self->record.at = fast->at;
}

/* ── choosing ── */

/* FALSE: something is unknown. No choice: *@answer says why. */
static gboolean
choose (Fast *fast, const CsvcFlat *flat, const CsvcFlatCell *cell, CsvcAnswer *answer)
{
  *answer = cell->n == 0 ? CSVC_ANSWER_REFUSED_STATE : CSVC_ANSWER_REFUSED_CONDITION;
  for (guint i = 0; i < cell->n; i++)
    {
      const CsvcFlatChoice *choice = &flat->choices[cell->first + i];
      CsvcTruth             truth = test (fast, choice->cond);

      if (truth == CSVC_UNKNOWN)
        return FALSE;
      if (truth != CSVC_TRUE)
        continue;
      fast->choice = choice;
      fast->moves = flat->moves + choice->first;
      *answer = CSVC_ANSWER_ACCEPTED;
      return TRUE;
    }
  return TRUE;
}

static gboolean
play_or_take_back (Fast *fast)
{
  if (fast->effects != NULL)
    {
      _csvc_effects_use_policy (fast->effects, fast->self->policy);
      fast->mark = csvc_effects_get_size (fast->effects);
    }
  if (play (fast))
    {
      keep (fast);
      return TRUE;
    }
  take_back (fast);
  return FALSE;
}

gboolean
_csvc_fast_fire (CsvcCase *self, CsvcCustomer *customer, const CsvcEvent *event, const CsvcStamp *stamp, CsvcEffects *effects,
                 CsvcAnswer *answer)
{
  const CsvcKind     *kind = self->kind;
  const CsvcFlatCell *cell;
  CsvcAnswer          found;
  Fast                fast;

  if (kind->flat == NULL || self->record.pending->len > 0 || self->record.links->len > 0 || _csvc_fast_is_off)
    return FALSE;
  cell = &kind->flat->cells[_csvc_case_find_leaf (self) * kind->n_events + event->index];
  if (!cell->plain)
    return FALSE;
  fast.self = self;
  fast.choice = NULL;
  fast.moves = NULL;
  fast.effects = effects;
  fast.at = stamp->at;
  fast.customer = customer;
  fast.has_env = FALSE;
  fast.n_done = fast.n_kept = 0;
  if (!choose (&fast, kind->flat, cell, &found))
    return FALSE;
  if (fast.choice != NULL && (!fast.choice->plain || !play_or_take_back (&fast)))
    return FALSE;
  *answer = found;
  return TRUE;
}
