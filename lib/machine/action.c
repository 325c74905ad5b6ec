/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>

#include "machine/decide.h"
#include "policy/fact.h"

/* What transitions, states and alarms do. What is unknown refuses a host's event; in a step of a clock the action is left out, with UNDECIDED. */

static gboolean run (CsvcStep *step, const CsvcAction *action);

gboolean
_csvc_action_leave_out (CsvcStep *step, const CsvcAction *action, const char *missing)
{
  if (_csvc_step_is_hosts (step))
    {
      step->answer = missing != NULL ? CSVC_ANSWER_REFUSED_MISSING_FACT : CSVC_ANSWER_REFUSED_CONDITION;
      step->missing = missing;
      return FALSE;
    }
  _csvc_step_undecided (step, step->event, missing, action->place.line);
  return TRUE;
}

static gboolean
run_if (CsvcStep *step, const CsvcAction *action)
{
  for (guint i = 0; i < action->n_branches; i++)
    {
      const CsvcBranch *branch = &action->branches[i];
      const char       *missing = NULL;
      CsvcFeelEnv       env;

      _csvc_step_env (step, &env);
      switch (branch->cond != NULL ? _csvc_expr_test (branch->cond, &env, &missing) : CSVC_TRUE)
        {
        case CSVC_TRUE:
          return _csvc_actions_run (step, &branch->actions);
        case CSVC_UNKNOWN:
          return _csvc_action_leave_out (step, action, missing);
        default:
          break;
        }
    }
  return TRUE;
}

gboolean
_csvc_action_evaluate (CsvcStep *step, const CsvcAction *action, const CsvcExpr *expr, CsvcValue *value, gboolean *go_on)
{
  const char *missing = NULL;
  CsvcFeelEnv env;

  _csvc_step_env (step, &env);
  if (_csvc_expr_eval (expr, &env, value, &missing) == CSVC_TRUE)
    return TRUE;
  *go_on = _csvc_action_leave_out (step, action, missing);
  return FALSE;
}

static gboolean
run_set (CsvcStep *step, const CsvcAction *action)
{
  g_auto (CsvcValue) own = CSVC_VALUE_UNKNOWN;
  CsvcValue value;
  gboolean  go_on;

  if (!_csvc_action_evaluate (step, action, action->expr, &value, &go_on))
    return go_on;
  if (!_csvc_fact_coerce (&step->kind->facts[action->fact], step->self->policy->zone, &value, &own, step->error))
    {
      step->answer = CSVC_ANSWER_FAILED;
      return FALSE;
    }
  _csvc_step_put_fact (step, action->fact, &own);
  return TRUE;
}

static gboolean
run_log (CsvcStep *step, const CsvcAction *action)
{
  CsvcValue   value = CSVC_VALUE_UNKNOWN;
  gboolean    go_on;
  CsvcEffect *effect;

  if (action->expr != NULL && !_csvc_action_evaluate (step, action, action->expr, &value, &go_on))
    return go_on;
  effect = _csvc_step_effect (step, CSVC_EFFECT_LOG);
  effect->subject = action->name;
  _csvc_value_init_copy (&effect->value, &value);
  return TRUE;
}

/* (transfer full) (nullable): none. FALSE: left out or refused, see *go_on. */
static gboolean
evaluate_arguments (CsvcStep *step, const CsvcAction *action, CsvcFacts **arguments, gboolean *go_on)
{
  g_autoptr (CsvcFacts) facts = action->n_args > 0 ? csvc_facts_new () : NULL;

  for (guint i = 0; i < action->n_args; i++)
    {
      CsvcValue value;

      if (!_csvc_action_evaluate (step, action, action->args[i].expr, &value, go_on))
        return FALSE;
      csvc_facts_set (facts, action->args[i].name, &value);
    }
  *arguments = g_steal_pointer (&facts);
  return TRUE;
}

static gboolean
run_effect (CsvcStep *step, const CsvcAction *action)
{
  g_autoptr (CsvcFacts) arguments = NULL;
  CsvcEffect *effect;
  gboolean    go_on;

  if (!evaluate_arguments (step, action, &arguments, &go_on))
    return go_on;
  effect = _csvc_step_effect (step, CSVC_EFFECT_MESSAGE);
  effect->subject = action->name;
  effect->arguments = g_steal_pointer (&arguments);
  return TRUE;
}

void
_csvc_step_set_owner (CsvcStep *step, const char *actor, const char *role, const char *unit)
{
  CsvcRecord *record = &step->self->record;
  CsvcEffect *effect;

  if (actor == NULL && role == NULL && unit == NULL)
    return;
  _csvc_step_keep_people (step);
  g_clear_pointer (&record->owner_actor, g_ref_string_release);
  g_clear_pointer (&record->owner_role, g_ref_string_release);
  g_clear_pointer (&record->owner_unit, g_ref_string_release);
  record->owner_actor = _csvc_own (actor);
  record->owner_role = _csvc_own (role);
  record->owner_unit = _csvc_own (unit);
  effect = _csvc_step_effect (step, CSVC_EFFECT_OWNER);
  effect->subject = _csvc_effects_keep (step->effects, actor);
  effect->detail = _csvc_effects_keep (step->effects, role);
  effect->text = _csvc_effects_keep (step->effects, unit);
}

static void
run_owner (CsvcStep *step)
{
  if (step->stamp != NULL && step->stamp->role != _csvc_role_of_policy)
    _csvc_step_set_owner (step, step->stamp->actor, step->stamp->role, step->stamp->unit);
}

/* ── children and parents ── */

/* Is each value of the type that the child's fact has, and what it needs no null? What is wrong here must not be found when it is opened. */
static gboolean
check_child_facts (CsvcStep *step, const CsvcAction *action, const CsvcFacts *arguments, gboolean *go_on)
{
  const CsvcKind *kind = action->kind;

  for (guint i = 0; i < kind->n_facts; i++)
    {
      const CsvcFact    *fact = &kind->facts[i];
      const CsvcValue   *given = arguments != NULL ? csvc_facts_find (arguments, fact->part.id) : NULL;
      g_auto (CsvcValue) own = CSVC_VALUE_UNKNOWN;

      if (given == NULL)
        continue;
      if (fact->required && given->type == CSVC_TYPE_NULL)
        {
          *go_on = _csvc_action_leave_out (step, action, NULL);
          return FALSE;
        }
      if (_csvc_fact_coerce (fact, step->self->policy->zone, given, &own, step->error))
        continue;
      step->answer = CSVC_ANSWER_FAILED;
      *go_on = FALSE;
      return FALSE;
    }
  return TRUE;
}

/* More children than this are opened by a circle, not by a case. */
#define MAX_LINKS 1000

static gboolean
check_child_id (CsvcStep *step, const char *id)
{
  if (step->self->record.links->len >= MAX_LINKS)
    g_set_error (step->error, CSVC_ERROR, CSVC_ERROR_LIMIT, "case %s would have more than %d children", step->self->record.id, MAX_LINKS);
  else if (_csvc_id_check (id, "case", step->error))
    return TRUE;
  else
    g_prefix_error (step->error, "cases open cases without end: ");
  step->answer = CSVC_ANSWER_FAILED;
  return FALSE;
}

static gboolean
run_open (CsvcStep *step, const CsvcAction *action)
{
  g_autofree char *id = _csvc_links_dup_child_id (step->self);
  g_autoptr (CsvcFacts) arguments = NULL;
  CsvcEffect *effect;
  gboolean    go_on;

  if (!evaluate_arguments (step, action, &arguments, &go_on) || !check_child_facts (step, action, arguments, &go_on))
    return go_on;
  if (!check_child_id (step, id))
    return FALSE;
  effect = _csvc_step_effect (step, CSVC_EFFECT_CHILD_OPENED);
  effect->subject = action->kind->part.id;
  effect->detail = action->until;
  effect->text = _csvc_effects_keep (step->effects, id);
  effect->arguments = g_steal_pointer (&arguments);
  _csvc_links_keep (step, "child", id, action->kind->part.id, action->until);
  return TRUE;
}

static gboolean
is_told (const CsvcLink *link, const CsvcKind *kind)
{
  if (kind == NULL)
    return g_str_equal (link->relation, "parent");
  return g_str_equal (link->relation, "child") && !link->ended && g_strcmp0 (link->kind, kind->part.id) == 0;
}

static gboolean
run_tell (CsvcStep *step, const CsvcAction *action)
{
  const GArray *links = step->self->record.links;
  g_autoptr (CsvcFacts) arguments = NULL;
  gboolean go_on;

  if (!evaluate_arguments (step, action, &arguments, &go_on))
    return go_on;
  for (guint i = 0; i < links->len; i++)
    {
      const CsvcLink *link = &g_array_index (links, CsvcLink, i);
      CsvcEffect     *effect;

      if (!is_told (link, action->kind))
        continue;
      effect = _csvc_step_effect (step, CSVC_EFFECT_TOLD);
      effect->subject = action->name;
      effect->text = _csvc_effects_keep (step->effects, link->id);
      effect->arguments = arguments != NULL ? csvc_facts_ref (arguments) : NULL;
    }
  return TRUE;
}

/* Escalating never lowers, handing back never raises; both stop at the ends. */
static void
run_level (CsvcStep *step, const CsvcAction *action)
{
  guint now = step->self->record.level;
  guint to;

  if (action->type == CSVC_ACTION_ESCALATE)
    to = MAX (now, action->level > 0 ? action->level : MIN (now + 1, step->self->policy->n_levels));
  else
    to = MIN (now, action->level > 0 ? action->level : MAX (now, 2) - 1);
  _csvc_step_set_level (step, to);
}

static gboolean
run_decide (CsvcStep *step, const CsvcAction *action)
{
  const char *missing = NULL;

  switch (_csvc_step_decide (step, action, &missing))
    {
    case CSVC_TRUE:
      return TRUE;
    case CSVC_FALSE:
      step->answer = CSVC_ANSWER_FAILED;
      return FALSE;
    default:
      return _csvc_action_leave_out (step, action, missing);
    }
}

static gboolean
run (CsvcStep *step, const CsvcAction *action)
{
  switch (action->type)
    {
    case CSVC_ACTION_RAISE:
      g_queue_push_tail (&step->internal, (gpointer) action->name);
      return TRUE;
    case CSVC_ACTION_IF:
      return run_if (step, action);
    case CSVC_ACTION_LOG:
      return run_log (step, action);
    case CSVC_ACTION_SET:
      return run_set (step, action);
    case CSVC_ACTION_ESCALATE:
    case CSVC_ACTION_HAND_BACK:
      run_level (step, action);
      return TRUE;
    case CSVC_ACTION_OWNER:
      run_owner (step);
      return TRUE;
    case CSVC_ACTION_NOTIFY:
      {
        CsvcEffect *effect = _csvc_step_effect (step, CSVC_EFFECT_NOTIFY);

        effect->subject = action->role->part.id;
        effect->detail = step->event;
        return TRUE;
      }
    case CSVC_ACTION_EFFECT:
      return run_effect (step, action);
    case CSVC_ACTION_OPEN:
      return run_open (step, action);
    case CSVC_ACTION_TELL:
      return run_tell (step, action);
    case CSVC_ACTION_USE:
    case CSVC_ACTION_RESERVE:
    case CSVC_ACTION_COMMIT:
    case CSVC_ACTION_RELEASE:
    case CSVC_ACTION_GRANT:
      return _csvc_action_claim (step, action);
    case CSVC_ACTION_DECIDE:
      return run_decide (step, action);
    default:
      g_return_val_if_reached (TRUE);
    }
}

gboolean
_csvc_actions_run (CsvcStep *step, const CsvcActions *actions)
{
  for (guint i = 0; i < actions->n; i++)
    if (!run (step, &actions->items[i]))
      return FALSE;
  return TRUE;
}
