/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <string.h>

#include "machine/customer.h"
#include "machine/machine.h"

/* What happens to a customer by itself, each thing at its own instant; at one instant in the order below: what ends goes first, so that a
 * review sees the tier that counts, and quotas follow the tier before their period is followed by another. */

typedef enum { OVERRIDE_ENDS, GRACE_ENDS, REVIEW, USE_ENDS, PERIOD_ENDS, LOT_EXPIRES } What;

typedef struct {
  CsvcTime    at;
  What        what;
  const char *account;
  guint       number; /* of a running use, or a lot */
} Deadline;

/* The first one found of two at the same instant stays. */
static void
consider (Deadline *next, CsvcTime at, What what, const char *account, guint number)
{
  if (at < next->at)
    *next = (Deadline){ at, what, account, number };
}

static void
consider_running (const CsvcCustomerRecord *record, Deadline *next)
{
  for (guint i = 0; i < record->running->len; i++)
    {
      const CsvcRunning *running = &g_array_index (record->running, CsvcRunning, i);

      consider (next, running->until, USE_ENDS, running->id, running->number);
    }
}

static void
consider_accounts (const CsvcCustomer *self, Deadline *next)
{
  for (guint i = 0; i < self->record.accounts->len; i++)
    {
      const CsvcAccount *account = &g_array_index (self->record.accounts, CsvcAccount, i);

      consider (next, _csvc_ledger_rollover_at (self, account), PERIOD_ENDS, account->id, 0);
    }
  for (guint i = 0; i < self->record.accounts->len; i++)
    {
      const CsvcAccount *account = &g_array_index (self->record.accounts, CsvcAccount, i);

      for (guint j = 0; j < account->lots->len; j++)
        {
          const CsvcLot *lot = &g_array_index (account->lots, CsvcLot, j);

          consider (next, lot->expires, LOT_EXPIRES, account->id, lot->number);
        }
    }
}

static Deadline
find_next (const CsvcCustomer *self)
{
  Deadline next = { .at = CSVC_NEVER };

  if (self->record.set_tier != NULL)
    consider (&next, self->record.set_until, OVERRIDE_ENDS, NULL, 0);
  if (self->record.warned_at != CSVC_NEVER && self->policy->tiers.n > 0)
    consider (&next, self->record.warned_until, GRACE_ENDS, NULL, 0);
  if (_csvc_term_is_set (self->policy->tiers.review) && self->policy->tiers.n > 0)
    consider (&next, self->record.review_at, REVIEW, NULL, 0);
  consider_running (&self->record, &next);
  consider_accounts (self, &next);
  return next;
}

static void
end_use (CsvcCustomerChange *change, const Deadline *deadline)
{
  const GArray *running = change->self->record.running;
  CsvcEffect *effect = _csvc_change_begin (change, CSVC_EFFECT_ENTITLEMENT_ENDED);

  effect->subject = _csvc_effects_keep (change->effects, deadline->account);
  effect->number = deadline->number;
  for (guint i = 0; i < running->len; i++)
    if (g_array_index (running, CsvcRunning, i).number == deadline->number)
      effect->text = _csvc_effects_keep (change->effects, g_array_index (running, CsvcRunning, i).key);
  _csvc_change_end (change, effect);
}

static void
happen (CsvcCustomerChange *change, const Deadline *deadline)
{
  switch (deadline->what)
    {
    case OVERRIDE_ENDS:
      _csvc_tier_end_override (change, "ended");
      break;
    case GRACE_ENDS:
      _csvc_tier_look (change, CSVC_LOOK_GRACE);
      break;
    case REVIEW:
      _csvc_tier_look (change, CSVC_LOOK_DUE);
      break;
    case USE_ENDS:
      end_use (change, deadline);
      break;
    case PERIOD_ENDS:
      _csvc_ledger_roll_over (change, deadline->account);
      break;
    case LOT_EXPIRES:
      _csvc_ledger_expire (change, deadline->account, deadline->number);
      break;
    }
}

/* A deadline found late, as by a policy with other terms, happens when it is found: a customer's time never runs back. */
static void
advance (CsvcCustomer *self, CsvcTime now, CsvcEffects *effects)
{
  for (Deadline next = find_next (self); next.at <= now; next = find_next (self))
    {
      CsvcTime last = self->record.at;
      CsvcCustomerChange change = { self, effects, last != CSVC_NEVER ? MAX (next.at, last) : next.at, NULL };

      happen (&change, &next);
    }
}

gboolean
csvc_customer_advance (CsvcCustomer *self, CsvcTime now, CsvcEffects *effects, GError **error)
{
  g_autoptr (CsvcEffects) own = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (now >= CSVC_NEVER || find_next (self).at > now)
    return TRUE;
  if (effects == NULL)
    effects = own = csvc_effects_new ();
  _csvc_effects_use_policy (effects, self->policy);
  advance (self, now, effects);
  return TRUE;
}

CsvcTime
csvc_customer_get_next_wake (const CsvcCustomer *self)
{
  CsvcTime next;

  g_return_val_if_fail (self != NULL, CSVC_NEVER);

  next = find_next (self).at;
  return next == CSVC_NEVER || self->record.at == CSVC_NEVER ? next : MAX (next, self->record.at);
}

CsvcTime
csvc_customer_get_last_at (const CsvcCustomer *self)
{
  g_return_val_if_fail (self != NULL, CSVC_NEVER);

  return self->record.at;
}

/* ── changing ── */

CsvcEffect *
_csvc_change_begin (CsvcCustomerChange *change, CsvcEffectType type)
{
  CsvcEffect *effect = _csvc_effects_add (change->effects, type, change->at);

  effect->customer = _csvc_effects_keep (change->effects, change->self->record.id);
  return effect;
}

/* What is left is known once it has been applied. */
void
_csvc_change_end (CsvcCustomerChange *change, CsvcEffect *effect)
{
  g_autoptr (GError) error = NULL;

  if (!_csvc_customer_record_apply (&change->self->record, effect, &error))
    g_critical ("%s", error->message);
  if (effect->type >= CSVC_EFFECT_GRANTED && effect->type <= CSVC_EFFECT_ADJUSTED)
    effect->left = _csvc_account_left (_csvc_customer_record_find_account (&change->self->record, effect->subject), change->at);
}

CsvcAnswer
_csvc_change_open (CsvcCustomerChange *change, CsvcCustomer *self, const CsvcStamp *stamp, CsvcEffects *effects, CsvcEffects **own, GError **error)
{
  if (!_csvc_stamp_check (stamp, error))
    return CSVC_ANSWER_FAILED;
  if (self->record.at != CSVC_NEVER && stamp->at < self->record.at)
    return CSVC_ANSWER_REFUSED_TIME;
  if (effects == NULL)
    effects = *own = csvc_effects_new ();
  *change = (CsvcCustomerChange){ self, effects, stamp->at, NULL };
  _csvc_effects_use_policy (effects, self->policy);
  return csvc_customer_advance (self, stamp->at, effects, error) ? CSVC_ANSWER_ACCEPTED : CSVC_ANSWER_FAILED;
}

void
_csvc_customer_note_event (CsvcCustomer *self, const char *event, CsvcTime at, CsvcEffects *effects)
{
  CsvcCustomerChange change = { self, effects, self->record.at != CSVC_NEVER ? MAX (at, self->record.at) : at, NULL };
  CsvcEffect *effect;

  if (self->policy->watched == NULL || !g_hash_table_contains (self->policy->watched, event))
    return;
  csvc_customer_advance (self, change.at, effects, NULL);
  effect = _csvc_change_begin (&change, CSVC_EFFECT_HAPPENED);
  effect->subject = event;
  _csvc_change_end (&change, effect);
}

/* ── what expressions see ── */

static gboolean
answer_number (CsvcValue *value, gint64 number)
{
  _csvc_value_set_integer (value, MIN (number, G_GINT64_CONSTANT (999999999999999999)));
  return TRUE;
}

static gboolean
answer_boolean (CsvcValue *value, gboolean truth)
{
  *value = (CsvcValue){ .type = CSVC_TYPE_BOOLEAN, .u.i = truth };
  return TRUE;
}

static gboolean
ask_available (const CsvcCustomerView *view, const char *account, CsvcValue *value)
{
  CsvcUse use = CSVC_USE (account);
  CsvcAllowance decision;

  if (!_csvc_customer_decide (view->customer, &use, view->now, &decision, NULL) || decision.answer == CSVC_ANSWER_REFUSED_MISSING_FACT)
    return FALSE;
  /* Which of the choices is not the question here. */
  return answer_boolean (value, decision.answer == CSVC_ANSWER_ACCEPTED || decision.answer == CSVC_ANSWER_REFUSED_CHOICE);
}

static gboolean
ask_balance (const CsvcCustomerView *view, const char *account, CsvcValue *value)
{
  gint64 left;

  return _csvc_customer_balance (view->customer, account, view->now, &left) && answer_number (value, left);
}

/* Null: it never did. */
static gboolean
ask_happened_at (const CsvcCustomerView *view, const char *event, CsvcValue *value)
{
  const CsvcHappened *happened = _csvc_customer_record_find_happened (&view->customer->record, event);

  *value = (CsvcValue){ .type = happened != NULL ? CSVC_TYPE_DATE_TIME : CSVC_TYPE_NULL, .u.i = happened != NULL ? happened->at : 0 };
  return TRUE;
}

/* CsvcFeelHost.ask */
static gboolean
ask (gpointer data, const char *function, const char *argument, CsvcValue *value)
{
  const CsvcCustomerView *view = data;

  if (view->now == CSVC_NEVER)
    return FALSE;
  if (strcmp (function, "used") == 0)
    return answer_number (value, csvc_customer_get_used (view->customer, argument, view->now));
  if (strcmp (function, "balance") == 0)
    return ask_balance (view, argument, value);
  if (strcmp (function, "available") == 0)
    return ask_available (view, argument, value);
  if (strcmp (function, "applied") == 0)
    return answer_boolean (value, csvc_customer_get_application (view->customer, argument) == CSVC_APPLICATION_APPROVED);
  if (strcmp (function, "happened") == 0)
    return answer_boolean (value, _csvc_customer_record_find_happened (&view->customer->record, argument) != NULL);
  if (strcmp (function, "happened_at") == 0)
    return ask_happened_at (view, argument, value);
  return view->cases != NULL && _csvc_caseload_ask (view->cases, function, argument, value);
}

void
_csvc_customer_view (CsvcCustomerView *view, const CsvcCustomer *self, const CsvcPolicy *policy, CsvcTime now, CsvcFeelEnv *env)
{
  static const CsvcValue no_tier = { .type = CSVC_TYPE_NULL };
  const CsvcTier *tier = self != NULL ? csvc_customer_get_tier (self) : NULL;

  *view = (CsvcCustomerView){ self, now, { view, ask }, NULL };
  *env = (CsvcFeelEnv){ .now = now, .zone = policy->zone };
  if (self == NULL)
    return;
  env->customer_facts = self->facts;
  env->tier = tier != NULL ? &tier->value : &no_tier;
  env->host = &view->host;
}
