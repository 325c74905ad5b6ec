/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>

#include "engine/request.h"

/* Tasks and contacts of stored customers: each a command on the customer, as those of service.c. */

/* ---- Which cases there are ---- */

static gboolean
count_case (const CsvcHead *head, CsvcCaseload *cases, GError **error)
{
  g_auto (CsvcRecord) record;

  _csvc_record_init (&record);
  if (!_csvc_record_from_bytes (&record, head->state, error))
    {
      g_prefix_error (error, "case %s: ", head->key);
      return FALSE;
    }
  csvc_caseload_add (cases, head->kind, record.opened_at, head->open ? CSVC_NEVER : head->at);
  return TRUE;
}

gboolean
_csvc_engine_count_cases (CsvcEngine *self, const char *customer, CsvcCaseload *cases, GError **error)
{
  const CsvcFind find = { .index = CSVC_FIND_CUSTOMER, .type = CSVC_STREAM_CASE, .text = customer, .limit = G_MAXINT32 };
  g_autoptr (GArray) heads = NULL;
  GError *reason = NULL;

  csvc_caseload_clear (cases);
  if (!csvc_policy_asks_cases (self->policy, NULL))
    return TRUE;
  heads = _csvc_heads_new ();
  if (!_csvc_tx_find (self->tx, &find, heads, &reason))
    {
      _csvc_engine_lose (self, reason);
      g_propagate_error (error, reason);
      return FALSE;
    }
  for (guint i = 0; i < heads->len; i++)
    {
      const CsvcHead *head = &g_array_index (heads, CsvcHead, i);

      if (csvc_policy_asks_cases (self->policy, head->kind) && !count_case (head, cases, error))
        return FALSE;
    }
  return TRUE;
}

/* ---- What a request says ---- */

static void
set_text (CsvcFacts *facts, const char *name, const char *text)
{
  if (text != NULL)
    csvc_facts_set_text (facts, name, text);
}

static CsvcFacts *
facts_of_errand (const CsvcErrand *errand)
{
  CsvcFacts *facts = csvc_facts_new ();

  set_text (facts, "rule", errand->rule);
  set_text (facts, "key", errand->key);
  set_text (facts, "case", errand->case_id);
  set_text (facts, "channel", errand->channel);
  set_text (facts, "purpose", errand->purpose);
  set_text (facts, "script", errand->script);
  set_text (facts, "cause", errand->cause);
  if (errand->due != CSVC_NEVER)
    csvc_facts_set_time (facts, "due", errand->due);
  return facts;
}

static CsvcAnswer
run_errand (CsvcEngine *self, CsvcCommandType type, CsvcPure pure, const char *id, const char *name, const CsvcErrand *errand,
            const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  const CsvcRequest request = { .pure = pure, .name = name, .errand = errand };
  g_autoptr (CsvcFacts) facts = facts_of_errand (errand);

  return _csvc_engine_request (self, type, id, &request, facts, stamp, effects, error);
}

/* ---- Tasks ---- */

static CsvcAnswer
open_task (CsvcCustomer *customer, const CsvcRequest *request, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  const CsvcErrand *errand = request->errand;

  return csvc_customer_open_task (customer, errand->rule, errand->key, errand->case_id, errand->purpose, errand->script, errand->due, stamp,
                                  effects, error);
}

static CsvcAnswer
update_task (CsvcCustomer *customer, const CsvcRequest *request, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  const CsvcErrand *errand = request->errand;

  return csvc_customer_update_task (customer, errand->rule, errand->key, errand->script, errand->due, stamp, effects, error);
}

static CsvcAnswer
close_task (CsvcCustomer *customer, const CsvcRequest *request, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  const CsvcErrand *errand = request->errand;

  return csvc_customer_close_task (customer, errand->rule, errand->key, errand->cause, stamp, effects, error);
}

static CsvcErrand
errand_of_item (const CsvcPlanItem *item)
{
  const CsvcScript *script = csvc_plan_item_get_script (item);

  return (CsvcErrand){ .rule = csvc_plan_item_get_rule_id (item),
                       .key = csvc_plan_item_get_key (item),
                       .script = script != NULL ? csvc_script_get_id (script) : NULL,
                       .due = csvc_plan_item_get_due (item) };
}

CsvcAnswer
_csvc_engine_open_task (CsvcEngine *self, const CsvcPlanItem *item, const char *case_id, const CsvcStamp *stamp, CsvcEffects *effects,
                        GError **error)
{
  CsvcErrand errand = errand_of_item (item);

  errand.case_id = case_id;
  errand.purpose = csvc_purpose_get_id (csvc_rule_get_purpose (csvc_plan_item_get_rule (item)));
  return run_errand (self, CSVC_COMMAND_OPEN_TASK, open_task, csvc_plan_item_get_customer (item), errand.rule, &errand, stamp, effects, error);
}

CsvcAnswer
_csvc_engine_update_task (CsvcEngine *self, const CsvcPlanItem *item, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  const CsvcErrand errand = errand_of_item (item);

  return run_errand (self, CSVC_COMMAND_UPDATE_TASK, update_task, csvc_plan_item_get_customer (item), errand.rule, &errand, stamp, effects, error);
}

CsvcAnswer
_csvc_engine_close_task (CsvcEngine *self, const char *customer, const char *rule, const char *key, const char *cause, const CsvcStamp *stamp,
                         CsvcEffects *effects, GError **error)
{
  const CsvcErrand errand = { .rule = rule, .key = key, .cause = cause, .due = CSVC_NEVER };

  return run_errand (self, CSVC_COMMAND_CLOSE_TASK, close_task, customer, rule, &errand, stamp, effects, error);
}

/* ---- Contacts ---- */

static CsvcPermission *
ask (CsvcEngine *self, const CsvcCustomer *customer, const char *channel, const char *purpose, CsvcTime at, GError **error)
{
  g_autoptr (CsvcCaseload) cases = csvc_caseload_new (self->policy);

  return _csvc_engine_count_cases (self, csvc_customer_get_id (customer), cases, error)
             ? csvc_customer_may_contact (customer, cases, channel, purpose, at, error)
             : NULL;
}

static gboolean
check_policy (const CsvcEngine *self, GError **error)
{
  if (self->policy != NULL)
    return TRUE;
  g_set_error_literal (error, CSVC_ERROR, CSVC_ERROR_INVALID, "this engine has no policy, so nothing says who may be contacted");
  return FALSE;
}

static gboolean
check_stored (const CsvcPerson *person, GError **error)
{
  if (person->head.id != 0)
    return TRUE;
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "there is no customer %.255s", person->head.key);
  return FALSE;
}

/* In the open transaction. */
static CsvcPermission *
may_contact (CsvcEngine *self, const char *id, const char *channel, const char *purpose, CsvcTime at, GError **error)
{
  CsvcPerson *person = _csvc_engine_load_person (self, id, error);
  g_autoptr (CsvcCustomer) view = NULL;

  if (person == NULL || !check_stored (person, error))
    return NULL;
  view = _csvc_person_view (person, self->policy);
  if (!csvc_customer_advance (view, at, NULL, error))
    return NULL;
  return ask (self, view, channel, purpose, at, error);
}

CsvcPermission *
csvc_engine_may_contact (CsvcEngine *self, const char *id, const char *channel, const char *purpose, CsvcTime at, GError **error)
{
  CsvcPermission *permission;

  g_return_val_if_fail (self != NULL && id != NULL && channel != NULL && purpose != NULL && at >= CSVC_TIME_MIN && at <= CSVC_TIME_MAX, NULL);

  if (!check_policy (self, error) || !_csvc_engine_enter (self, CSVC_TX_READ, error))
    return NULL;
  permission = may_contact (self, id, channel, purpose, at, error);
  _csvc_engine_leave (self, FALSE, NULL);
  return permission;
}

/* A rule that is gone may have left a task, to be called about until it is closed. */
static gboolean
check_rule (const CsvcPolicy *policy, const CsvcCustomer *customer, const char *rule, GError **error)
{
  const char *of;

  if (rule == NULL || csvc_policy_find_rule (policy, rule) != NULL)
    return TRUE;
  for (guint i = 0; i < csvc_customer_get_n_tasks (customer); i++)
    {
      csvc_customer_get_task (customer, i, &of, NULL, NULL, NULL, NULL, NULL);
      if (g_strcmp0 (of, rule) == 0)
        return TRUE;
    }
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "policy %s has no rule \"%.60s\"", policy->id, rule);
  return FALSE;
}

static gboolean
check_contact (const CsvcErrand *errand, const CsvcCustomer *customer, GError **error)
{
  const CsvcPerson *person = _csvc_engine_load_person (errand->engine, csvc_customer_get_id (customer), error);

  return person != NULL && check_stored (person, error) && check_rule (errand->engine->policy, customer, errand->rule, error);
}

static CsvcAnswer
contact (CsvcCustomer *customer, const CsvcRequest *request, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  const CsvcErrand *errand = request->errand;
  CsvcPermission *permission;

  if (!check_contact (errand, customer, error))
    return CSVC_ANSWER_FAILED;
  permission = ask (errand->engine, customer, errand->channel, errand->purpose, stamp->at, error);
  if (permission == NULL)
    return CSVC_ANSWER_FAILED;
  csvc_permission_free (*errand->permission); /* of an attempt that came second */
  *errand->permission = permission;
  if (!csvc_permission_is_given (permission))
    return CSVC_ANSWER_REFUSED_CONDITION;
  return csvc_customer_note_contact (customer, errand->channel, errand->purpose, errand->rule, errand->case_id, stamp, effects, error);
}

CsvcAnswer
csvc_engine_contact (CsvcEngine *self, const char *id, const char *channel, const char *purpose, const char *rule, const char *case_id,
                     const CsvcStamp *stamp, CsvcPermission **permission, CsvcEffects *effects, GError **error)
{
  g_autoptr (CsvcPermission) said = NULL;
  const CsvcErrand errand = { .engine = self, .rule = rule, .case_id = case_id, .channel = channel, .purpose = purpose, .due = CSVC_NEVER,
                              .permission = &said };
  CsvcAnswer answer;

  g_return_val_if_fail (self != NULL && id != NULL && channel != NULL && purpose != NULL && stamp != NULL, CSVC_ANSWER_FAILED);

  if (!check_policy (self, error))
    return CSVC_ANSWER_FAILED;
  answer = run_errand (self, CSVC_COMMAND_CONTACT, contact, id, channel, &errand, stamp, effects, error);
  if (answer != CSVC_ANSWER_FAILED && permission != NULL)
    *permission = g_steal_pointer (&said);
  return answer;
}
