/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>

#include "engine/request.h"

/* What a plan says is done: a case and the customer's task of it change together, in the open transaction.
 *
 *   OPEN     case opened ─▶ task opened
 *   UPDATE   the rule's update event fired, if it has one ─▶ task updated
 *   CLOSE    task closed with the cause ─▶ case ended with it
 *   a case ends by itself ─▶ its task is closed, "done" */

/* ---- One item ---- */

static gboolean
answer_is (CsvcAnswer answer, gboolean *done)
{
  *done = answer == CSVC_ANSWER_ACCEPTED;
  return answer != CSVC_ANSWER_FAILED;
}

/* A case of the host's that bears the task's number already is left alone, and the task is not opened. */
static gboolean
open_item (CsvcEngine *self, const CsvcPlanItem *item, const CsvcStamp *stamp, CsvcEffects *effects, gboolean *done, GError **error)
{
  g_autofree char *id = csvc_plan_item_dup_case_id (item);
  g_autoptr (CsvcFacts) facts = csvc_plan_item_dup_facts (item);
  const CsvcKind *kind = csvc_rule_get_kind (csvc_plan_item_get_rule (item));
  CsvcWork *taken = NULL;

  if (!_csvc_engine_load (self, id, &taken, error))
    return FALSE;
  if (taken != NULL)
    return TRUE;
  if (!answer_is (csvc_engine_open (self, csvc_kind_get_id (kind), id, csvc_plan_item_get_customer (item), facts, stamp, effects, error), done))
    return FALSE;
  return !*done || answer_is (_csvc_engine_open_task (self, item, id, stamp, effects, error), done);
}

static gboolean
update_item (CsvcEngine *self, const CsvcPlanItem *item, const CsvcStamp *stamp, CsvcEffects *effects, gboolean *done, GError **error)
{
  const CsvcEvent *update = csvc_rule_get_update (csvc_plan_item_get_rule (item));
  g_autoptr (CsvcFacts) facts = NULL;

  *done = TRUE;
  if (update != NULL)
    {
      facts = csvc_plan_item_dup_facts (item);
      if (!answer_is (csvc_engine_fire (self, csvc_plan_item_get_case (item), csvc_event_get_id (update), facts, stamp, effects, error), done))
        return FALSE;
    }
  return !*done || answer_is (_csvc_engine_update_task (self, item, stamp, effects, error), done);
}

/* A case that is not there, or has ended, needs no ending: the host may keep its tasks elsewhere. One that has been told something later is ended then. */
static gboolean
end_case (CsvcEngine *self, const char *id, const char *cause, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  CsvcStamp own = *stamp;
  CsvcWork *work = NULL;

  if (id == NULL || !_csvc_engine_load (self, id, &work, error))
    return id == NULL;
  if (work == NULL || csvc_case_has_ended (work->self))
    return TRUE;
  own.at = MAX (own.at, csvc_case_get_last_at (work->self));
  return csvc_engine_end (self, id, cause, &own, effects, error) != CSVC_ANSWER_FAILED;
}

static gboolean
close_item (CsvcEngine *self, const CsvcPlanItem *item, const CsvcStamp *stamp, CsvcEffects *effects, gboolean *done, GError **error)
{
  const char *cause = csvc_plan_item_get_veto (item);

  return answer_is (_csvc_engine_close_task (self, csvc_plan_item_get_customer (item), csvc_plan_item_get_rule_id (item),
                                             csvc_plan_item_get_key (item), cause, stamp, effects, error), done) &&
         (!*done || end_case (self, csvc_plan_item_get_case (item), cause, stamp, effects, error));
}

/* A customer who has been told something later would refuse the task, and its case would stand alone: nothing is done then. */
gboolean
_csvc_engine_do_item (CsvcEngine *self, const CsvcPlanItem *item, const CsvcStamp *stamp, CsvcEffects *effects, gboolean *done, GError **error)
{
  const CsvcPerson *person = _csvc_engine_load_person (self, csvc_plan_item_get_customer (item), error);

  *done = FALSE;
  if (person == NULL || person->head.at > stamp->at)
    return person != NULL;
  switch (csvc_plan_item_get_decision (item))
    {
    case CSVC_PLAN_OPEN:
      return open_item (self, item, stamp, effects, done, error);
    case CSVC_PLAN_UPDATE:
      return update_item (self, item, stamp, effects, done, error);
    case CSVC_PLAN_CLOSE:
      return close_item (self, item, stamp, effects, done, error);
    default:
      return TRUE;
    }
}

/* ---- What happens to a customer ---- */

CsvcCustomer *
_csvc_engine_view_at (CsvcEngine *self, const CsvcPerson *person, CsvcTime at, GError **error)
{
  g_autoptr (CsvcCustomer) view = _csvc_person_view (person, self->policy);

  if (!csvc_customer_advance (view, at, NULL, error))
    {
      g_prefix_error (error, "customer %s: ", person->head.key);
      return NULL;
    }
  return g_steal_pointer (&view);
}

/* The commands of an item join the transaction of the command that they follow, whoever began it. */
static gboolean
do_items (CsvcEngine *self, const CsvcPlan *plan, gboolean closing_only, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  const gboolean was_shared = self->is_shared;
  gboolean good = TRUE, done;

  self->is_shared = TRUE;
  for (guint i = 0; i < csvc_plan_get_size (plan) && good; i++)
    {
      const CsvcPlanItem *item = csvc_plan_get (plan, i);

      if (!closing_only || csvc_plan_item_get_decision (item) == CSVC_PLAN_CLOSE)
        good = _csvc_engine_do_item (self, item, stamp, effects, &done, error);
    }
  self->is_shared = was_shared;
  return good;
}

/* @event NULL: only what is to be closed is done. */
static gboolean
heed (CsvcEngine *self, const char *customer, const char *kind, const char *event, const char *case_id, const CsvcStamp *stamp,
      CsvcEffects *effects, GError **error)
{
  CsvcPerson *person = _csvc_engine_load_person (self, customer, error);
  /* An event may come when its customer has been told something later: what follows from it is done then, and never left out. */
  const CsvcTime at = person != NULL ? MAX (stamp->at, person->head.at) : stamp->at;
  g_autoptr (CsvcCustomer) view = person != NULL ? _csvc_engine_view_at (self, person, at, error) : NULL;
  g_autoptr (CsvcCaseload) cases = csvc_caseload_new (self->policy);
  g_autoptr (CsvcPlan) plan = csvc_plan_new (self->policy);
  const CsvcStamp own = { .at = at, .actor = stamp->actor, .role = stamp->role, .unit = stamp->unit };

  if (view == NULL || !_csvc_engine_count_cases (self, customer, cases, error))
    return FALSE;
  if (event != NULL)
    csvc_plan_add_event (plan, view, cases, kind, event, case_id, at);
  else
    csvc_plan_add (plan, view, cases, at);
  return do_items (self, plan, event == NULL, &own, effects, error);
}

static gboolean
has_open_task (const CsvcPerson *person)
{
  for (guint i = 0; i < person->record.tasks->len; i++)
    if (g_array_index (person->record.tasks, CsvcTask, i).closed_at == CSVC_NEVER)
      return TRUE;
  return FALSE;
}

gboolean
_csvc_engine_heed (CsvcEngine *self, const char *customer, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  const CsvcPerson *person = _csvc_engine_load_person (self, customer, error);

  if (person == NULL)
    return FALSE;
  return self->policy == NULL || !has_open_task (person) || heed (self, customer, NULL, NULL, NULL, stamp, effects, error);
}

gboolean
_csvc_engine_heed_event (CsvcEngine *self, const CsvcWork *work, const char *event, const CsvcStamp *stamp, CsvcEffects *effects,
                         GError **error)
{
  const char *customer = csvc_case_get_customer (work->self), *kind = csvc_kind_get_id (csvc_case_get_kind (work->self));

  if (self->policy == NULL || customer == NULL)
    return TRUE;
  if (csvc_policy_has_rules_on (self->policy, kind, event))
    return heed (self, customer, kind, event, work->head.key, stamp, effects, error);
  return self->policy->watched == NULL || !g_hash_table_contains (self->policy->watched, event) ||
         _csvc_engine_heed (self, customer, stamp, effects, error);
}

/* ---- A case ends ---- */

static const CsvcTask *
find_task (const CsvcPerson *person, const char *case_id)
{
  for (guint i = 0; i < person->record.tasks->len; i++)
    {
      const CsvcTask *task = &g_array_index (person->record.tasks, CsvcTask, i);

      if (task->closed_at == CSVC_NEVER && g_strcmp0 (task->case_id, case_id) == 0)
        return task;
    }
  return NULL;
}

gboolean
_csvc_engine_end_task (CsvcEngine *self, const CsvcWork *work, CsvcTime recorded_at, GError **error)
{
  const char *id = csvc_case_get_customer (work->self);
  CsvcPerson *person = id != NULL ? _csvc_engine_load_person (self, id, error) : NULL;
  const CsvcTask *task = person != NULL ? find_task (person, work->head.key) : NULL;
  g_autoptr (CsvcEffects) effects = NULL;
  g_autoptr (CsvcCustomer) view = NULL;
  CsvcStamp stamp = CSVC_STAMP (csvc_case_get_last_at (work->self));
  const CsvcCommand command = { .type = CSVC_COMMAND_CLOSE_TASK, .stream = CSVC_STREAM_CUSTOMER, .id = id,
                                .name = task != NULL ? task->rule : NULL };
  CsvcPolicy *policy;

  if (task == NULL)
    return id == NULL || person != NULL;
  policy = _csvc_person_find_policy (self, person, error);
  if (policy == NULL)
    return FALSE;
  effects = csvc_effects_new ();
  view = _csvc_person_view (person, policy);
  stamp.at = MAX (stamp.at, person->head.at);
  if (csvc_customer_close_task (view, task->rule, task->key, "done", &stamp, effects, error) == CSVC_ANSWER_FAILED)
    return FALSE;
  return _csvc_engine_put_person (self, person, &command, stamp.at, recorded_at, effects, 0, error);
}
