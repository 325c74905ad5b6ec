/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <csvc/link.h>

#include "machine/machine.h"

/* Cases that know of each other: what a step says to another case, and what a case hears from one. */

static CsvcLink *
link_at (const CsvcCase *self, guint i)
{
  return &g_array_index (self->record.links, CsvcLink, i);
}

static gboolean
is_child (const CsvcLink *link)
{
  return g_str_equal (link->relation, "child");
}

/* ── what a step changes ── */

char *
_csvc_links_dup_child_id (const CsvcCase *self)
{
  guint n = 1;

  for (guint i = 0; i < self->record.links->len; i++)
    n += is_child (link_at (self, i));
  return g_strdup_printf ("%s/%u", self->record.id, n);
}

void
_csvc_links_keep (CsvcStep *step, const char *relation, const char *id, const char *kind, const char *until)
{
  CsvcLink link = { _csvc_own (relation), _csvc_own (id), _csvc_own (kind), _csvc_own (until), FALSE, NULL };

  g_array_append_val (step->self->record.links, link);
}

void
_csvc_links_add (CsvcStep *step, const char *relation, const char *id, const char *kind)
{
  CsvcEffect *effect = _csvc_step_effect (step, CSVC_EFFECT_LINKED);

  effect->subject = _csvc_effects_keep (step->effects, relation);
  effect->text = _csvc_effects_keep (step->effects, id);
  effect->detail = _csvc_effects_keep (step->effects, kind);
  _csvc_links_keep (step, relation, id, kind, NULL);
}

static void
end_link (CsvcStep *step, guint index, CsvcEffectType type, const char *outcome)
{
  CsvcEffect     *effect = _csvc_step_effect (step, type);
  const CsvcLink *link = link_at (step->self, index);

  effect->subject = _csvc_effects_keep (step->effects, link->kind);
  effect->text = _csvc_effects_keep (step->effects, link->id);
  effect->detail = _csvc_effects_keep (step->effects, outcome);
  _csvc_step_end_link (step, index, outcome);
}

/* A child that was opened in this very step was opened after whatever it left, unless that is still so at its end. */
static gboolean
was_left (const CsvcStep *step, guint index)
{
  const CsvcState *state = csvc_kind_find_state (step->kind, link_at (step->self, index)->until);

  return state == NULL || !_csvc_bit (step->self->active, state->index) ||
         (index < step->n_links && _csvc_bit (step->exited, state->index));
}

void
_csvc_links_settle (CsvcStep *step)
{
  for (guint i = 0; i < step->self->record.links->len; i++)
    {
      const CsvcLink *link = link_at (step->self, i);

      if (is_child (link) && !link->ended && link->until != NULL && (step->ended || was_left (step, i)))
        end_link (step, i, CSVC_EFFECT_CHILD_ENDED, "parent-left");
    }
}

/* ── opening a child ── */

static gboolean
check_effect (const CsvcEffect *effect, CsvcEffectType type, GError **error)
{
  if (effect->type == type && effect->subject != NULL && effect->text != NULL)
    return TRUE;
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "expected an effect \"%s\" with its case", csvc_effect_type_to_string (type));
  return FALSE;
}

gboolean
csvc_case_open_child (const CsvcCase *parent, CsvcCustomer *customer, const CsvcEffect *effect, CsvcEffects *effects, CsvcCase **child,
                      GError **error)
{
  const CsvcRecord *record;
  CsvcBeginning       opening = { .at = 0 };
  CsvcAnswer        answer;

  g_return_val_if_fail (parent != NULL && effect != NULL && child != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  if (!check_effect (effect, CSVC_EFFECT_CHILD_OPENED, error) || !_csvc_case_check_customer (parent->policy, customer, error))
    return FALSE;
  record = &parent->record;
  opening = (CsvcBeginning){
    .policy = parent->policy, .kind = csvc_policy_find_kind (parent->policy, effect->subject), .id = effect->text, .customer = customer,
    .customer_id = record->customer, .facts = effect->arguments, .at = effect->at, .actor = record->owner_actor, .role = record->owner_role,
    .unit = record->owner_unit, .relation = "parent", .linked = record->id, .linked_kind = record->kind,
  };
  if (opening.kind == NULL)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "policy %s has no case \"%s\"", parent->policy->id, effect->subject);
      return FALSE;
    }
  answer = _csvc_case_open (&opening, effects, child, error);
  if (answer != CSVC_ANSWER_ACCEPTED && answer != CSVC_ANSWER_FAILED)
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "case %s cannot be opened with what its parent gives it: %s", opening.id,
                 csvc_answer_to_string (answer));
  return answer == CSVC_ANSWER_ACCEPTED;
}

/* ── hearing ── */

static gboolean
find_child (const CsvcCase *self, const char *id, guint *index, GError **error)
{
  for (guint i = 0; i < self->record.links->len; i++)
    if (is_child (link_at (self, i)) && g_str_equal (link_at (self, i)->id, id))
      {
        *index = i;
        return TRUE;
      }
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "case %s has no child \"%s\"", self->record.id, id);
  return FALSE;
}

/* The policy has the text of an event only if something waits for it; a transition for all outcomes waits for the event without one. NULL: nothing waits. */
static const char *
done_event_of (const CsvcCase *self, const CsvcLink *link, const char *outcome)
{
  const CsvcKind  *kind = link->kind != NULL ? csvc_policy_find_kind (self->policy, link->kind) : NULL;
  g_autofree char *whole = kind != NULL && outcome != NULL ? g_strconcat (kind->done_event, ".", outcome, NULL) : NULL;
  const char      *text = whole != NULL ? _csvc_policy_find_string (self->policy, whole) : NULL;

  return text != NULL || kind == NULL ? text : kind->done_event;
}

static gboolean
hear (CsvcCase *self, CsvcCustomer *customer, guint index, const char *outcome, CsvcTime at, CsvcEffects *effects, GError **error)
{
  CsvcStep step;
  gboolean news;

  _csvc_step_begin (&step, self, customer, NULL, at, at, effects, error);
  end_link (&step, index, CSVC_EFFECT_CHILD_DONE, outcome);
  step.event = self->record.ended ? NULL : done_event_of (self, link_at (self, index), outcome);
  if (step.event != NULL)
    {
      _csvc_chart_select (&step, step.event);
      if (!_csvc_chart_run (&step) || !_csvc_step_settle (&step))
        {
          _csvc_step_undo (&step);
          return FALSE;
        }
    }
  news = step.facts != NULL;
  _csvc_step_commit (&step);
  return !news || _csvc_case_retry_pending (self, customer, at, effects, error);
}

gboolean
csvc_case_hear_child (CsvcCase *self, CsvcCustomer *customer, const char *child, const char *outcome, CsvcTime at, CsvcEffects *effects,
                      GError **error)
{
  g_autoptr (CsvcEffects) own = NULL;
  CsvcEffects *list;
  guint        index;

  g_return_val_if_fail (self != NULL && child != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  if (!find_child (self, child, &index, error))
    return FALSE;
  if (link_at (self, index)->ended)
    return TRUE;
  list = _csvc_effects_or_own (effects, &own);
  _csvc_effects_use_policy (list, self->policy);
  at = MAX (at, self->record.at);
  return csvc_case_advance (self, customer, at, list, error) && hear (self, customer, index, outcome, at, list, error);
}

CsvcAnswer
csvc_case_hear_told (CsvcCase *self, CsvcCustomer *customer, const CsvcEffect *effect, CsvcTime at, CsvcEffects *effects, GError **error)
{
  CsvcStamp stamp = CSVC_STAMP (at);

  g_return_val_if_fail (self != NULL && effect != NULL, CSVC_ANSWER_FAILED);
  g_return_val_if_fail (error == NULL || *error == NULL, CSVC_ANSWER_FAILED);
  if (!check_effect (effect, CSVC_EFFECT_TOLD, error))
    return CSVC_ANSWER_FAILED;
  stamp.at = MAX (at, self->record.at);
  stamp.role = _csvc_role_of_policy;
  return csvc_case_fire (self, customer, effect->subject, effect->arguments, &stamp, effects, error);
}

/* ── an end from outside ── */

static void
end_record (CsvcStep *step, const char *reason)
{
  CsvcRecord *record = &step->self->record;

  _csvc_step_effect (step, CSVC_EFFECT_ENDED)->detail = _csvc_effects_keep (step->effects, reason);
  step->ended = TRUE;
  record->ended = TRUE;
  record->outcome = _csvc_own (reason);
}

static CsvcAnswer
end_now (CsvcCase *self, CsvcCustomer *customer, const char *reason, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  CsvcTime occurred = stamp->occurred != 0 ? stamp->occurred : stamp->at;
  CsvcStep step;

  _csvc_step_begin (&step, self, customer, stamp, stamp->at, occurred, effects, error);
  if (!_csvc_clocks_end_all (&step, _csvc_effects_keep (effects, reason)))
    {
      _csvc_step_undo (&step);
      return CSVC_ANSWER_FAILED;
    }
  end_record (&step, reason);
  _csvc_links_settle (&step);
  _csvc_step_commit (&step);
  return CSVC_ANSWER_ACCEPTED;
}

CsvcAnswer
csvc_case_end (CsvcCase *self, CsvcCustomer *customer, const char *reason, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  g_autoptr (CsvcEffects) own = NULL;
  CsvcEffects *list;

  g_return_val_if_fail (self != NULL && reason != NULL && stamp != NULL, CSVC_ANSWER_FAILED);
  g_return_val_if_fail (error == NULL || *error == NULL, CSVC_ANSWER_FAILED);
  if (!_csvc_id_check (reason, "reason", error) || !_csvc_stamp_check (stamp, error) ||
      !_csvc_case_check_customer (self->policy, customer, error))
    return CSVC_ANSWER_FAILED;
  if (stamp->at < self->record.at || (stamp->occurred != 0 && stamp->occurred < stamp->at - self->kind->backdate))
    return CSVC_ANSWER_REFUSED_TIME;
  list = _csvc_effects_or_own (effects, &own);
  _csvc_effects_use_policy (list, self->policy);
  if (!csvc_case_advance (self, customer, stamp->at, list, error))
    return CSVC_ANSWER_FAILED;
  return self->record.ended ? CSVC_ANSWER_REFUSED_STATE : end_now (self, customer, reason, stamp, list, error);
}

/* ── asking ── */

guint
csvc_case_get_n_links (const CsvcCase *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->record.links->len;
}

const CsvcLink *
csvc_case_get_link (const CsvcCase *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->record.links->len, NULL);
  return link_at (self, index);
}

const char *
csvc_link_get_relation (const CsvcLink *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->relation;
}

const char *
csvc_link_get_case (const CsvcLink *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->id;
}

const char *
csvc_link_get_kind (const CsvcLink *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->kind;
}

const char *
csvc_link_get_until (const CsvcLink *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->until;
}

gboolean
csvc_link_has_ended (const CsvcLink *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->ended;
}

const char *
csvc_link_get_outcome (const CsvcLink *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->outcome;
}
