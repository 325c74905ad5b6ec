/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <string.h>

#include "machine/machine.h"
#include "machine/plan.h"

/* Tasks as the customer remembers them: one for each occasion, for ever. */

void
_csvc_facts_set_string (CsvcFacts *facts, const char *name, const char *text)
{
  CsvcValue value;

  _csvc_value_set_string (&value, CSVC_TYPE_STRING, text);
  csvc_facts_set (facts, name, &value);
  _csvc_value_clear (&value);
}

CsvcFacts *
_csvc_text_arguments (const char *name, const char *text, const char *second_name, const char *second)
{
  CsvcFacts *facts;

  if (text == NULL && second == NULL)
    return NULL;
  facts = csvc_facts_new ();
  if (text != NULL)
    _csvc_facts_set_string (facts, name, text);
  if (second != NULL)
    _csvc_facts_set_string (facts, second_name, second);
  return facts;
}

/* Begins a command on the task of an occasion: @open, it must be there and open; else, it must never have been. */
static CsvcAnswer
open_change (CsvcCustomerChange *change, CsvcCustomer *self, const char *rule, const char *key, gboolean open, const CsvcStamp *stamp,
             CsvcEffects *effects, CsvcEffects **own, GError **error)
{
  CsvcAnswer answer = _csvc_change_open (change, self, stamp, effects, own, error);
  const CsvcTask *task;

  if (answer != CSVC_ANSWER_ACCEPTED)
    return answer;
  task = _csvc_customer_record_find_task (&self->record, rule, key);
  if (open ? task == NULL || task->closed_at != CSVC_NEVER : task != NULL)
    return CSVC_ANSWER_REFUSED_STATE;
  return CSVC_ANSWER_ACCEPTED;
}

static CsvcEffect *
begin (CsvcCustomerChange *change, CsvcEffectType type, const char *rule, const char *key)
{
  CsvcEffect *effect = _csvc_change_begin (change, type);

  effect->subject = _csvc_effects_keep (change->effects, rule);
  effect->detail = _csvc_effects_keep (change->effects, key);
  return effect;
}

CsvcAnswer
csvc_customer_open_task (CsvcCustomer *self, const char *rule, const char *key, const char *case_id, const char *purpose, const char *script,
                         CsvcTime due, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  g_autoptr (CsvcEffects) own = NULL;
  CsvcCustomerChange change;
  CsvcEffect *effect;
  CsvcAnswer answer;

  g_return_val_if_fail (self != NULL && rule != NULL && key != NULL && case_id != NULL && stamp != NULL, CSVC_ANSWER_FAILED);
  g_return_val_if_fail (error == NULL || *error == NULL, CSVC_ANSWER_FAILED);

  answer = open_change (&change, self, rule, key, FALSE, stamp, effects, &own, error);
  if (answer != CSVC_ANSWER_ACCEPTED)
    return answer;
  effect = begin (&change, CSVC_EFFECT_TASK_OPENED, rule, key);
  effect->text = _csvc_effects_keep (change.effects, case_id);
  effect->due = due;
  effect->arguments = _csvc_text_arguments ("purpose", purpose, "script", script);
  _csvc_change_end (&change, effect);
  return CSVC_ANSWER_ACCEPTED;
}

CsvcAnswer
csvc_customer_update_task (CsvcCustomer *self, const char *rule, const char *key, const char *script, CsvcTime due, const CsvcStamp *stamp,
                           CsvcEffects *effects, GError **error)
{
  g_autoptr (CsvcEffects) own = NULL;
  CsvcCustomerChange change;
  CsvcEffect *effect;
  CsvcAnswer answer;

  g_return_val_if_fail (self != NULL && rule != NULL && key != NULL && stamp != NULL, CSVC_ANSWER_FAILED);
  g_return_val_if_fail (error == NULL || *error == NULL, CSVC_ANSWER_FAILED);

  answer = open_change (&change, self, rule, key, TRUE, stamp, effects, &own, error);
  if (answer != CSVC_ANSWER_ACCEPTED)
    return answer;
  effect = begin (&change, CSVC_EFFECT_TASK_UPDATED, rule, key);
  effect->text = _csvc_effects_keep (change.effects, script);
  effect->due = due;
  _csvc_change_end (&change, effect);
  return CSVC_ANSWER_ACCEPTED;
}

CsvcAnswer
csvc_customer_close_task (CsvcCustomer *self, const char *rule, const char *key, const char *cause, const CsvcStamp *stamp,
                          CsvcEffects *effects, GError **error)
{
  g_autoptr (CsvcEffects) own = NULL;
  CsvcCustomerChange change;
  CsvcEffect *effect;
  CsvcAnswer answer;

  g_return_val_if_fail (self != NULL && rule != NULL && key != NULL && cause != NULL && stamp != NULL, CSVC_ANSWER_FAILED);
  g_return_val_if_fail (error == NULL || *error == NULL, CSVC_ANSWER_FAILED);

  answer = open_change (&change, self, rule, key, TRUE, stamp, effects, &own, error);
  if (answer != CSVC_ANSWER_ACCEPTED)
    return answer;
  effect = begin (&change, CSVC_EFFECT_TASK_CLOSED, rule, key);
  effect->text = _csvc_effects_keep (change.effects, cause);
  _csvc_change_end (&change, effect);
  return CSVC_ANSWER_ACCEPTED;
}

guint
csvc_customer_get_n_tasks (const CsvcCustomer *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->record.tasks->len;
}

#define GIVE(to, what) \
  if ((to) != NULL) \
  *(to) = (what)

void
csvc_customer_get_task (const CsvcCustomer *self, guint index, const char **rule, const char **key, const char **case_id, CsvcTime *opened_at,
                        CsvcTime *closed_at, CsvcTime *due)
{
  const CsvcTask *task;

  g_return_if_fail (self != NULL && index < self->record.tasks->len);

  task = &g_array_index (self->record.tasks, CsvcTask, index);
  GIVE (rule, task->rule);
  GIVE (key, task->key);
  GIVE (case_id, task->case_id);
  GIVE (opened_at, task->opened_at);
  GIVE (closed_at, task->closed_at);
  GIVE (due, task->due);
}
