/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <string.h>

#include "machine/customer.h"
#include "machine/machine.h"

/* Accounts: what is in them, how they follow time and tier, and the commands that change them. What may be had is entitle.c's.
 *
 * The account of a quota is opened when it is first used in a period: who never uses anything costs nothing. Only where what is left
 * rolls over each period is opened at the end of the one before. */

#define MAX_AMOUNT G_GINT64_CONSTANT (999999999999999999)

/* ── what the policy says ── */

guint
csvc_policy_get_n_ledgers (const CsvcPolicy *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->n_ledgers;
}

const CsvcLedger *
csvc_policy_get_ledger (const CsvcPolicy *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->n_ledgers, NULL);
  return &self->ledgers[index];
}

const CsvcLedger *
csvc_policy_find_ledger (const CsvcPolicy *self, const char *id)
{
  g_return_val_if_fail (self != NULL && id != NULL, NULL);
  for (guint i = 0; i < self->n_ledgers; i++)
    if (strcmp (self->ledgers[i].part.id, id) == 0)
      return &self->ledgers[i];
  return NULL;
}

const CsvcPart *
csvc_ledger_get_part (const CsvcLedger *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return &self->part;
}

const char *
csvc_ledger_get_id (const CsvcLedger *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->part.id;
}

const char *
csvc_ledger_get_label (const CsvcLedger *self, const char *language)
{
  g_return_val_if_fail (self != NULL, NULL);
  return csvc_part_get_label (&self->part, language);
}

const char *
csvc_ledger_get_unit (const CsvcLedger *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->unit;
}

const char *
csvc_ledger_get_lasts (const CsvcLedger *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return _csvc_node_get (self->part.node, "lasts");
}

/* ── asking ── */

static CsvcAccount *
find_account (const CsvcCustomer *self, const char *id)
{
  return _csvc_customer_record_find_account (&self->record, id);
}

gboolean
_csvc_account_is_open (const CsvcAccount *account, CsvcTime at)
{
  return account != NULL && account->from != CSVC_NEVER && account->period_lot != 0 && account->to > at;
}

/* Of an entitlement: what its grant would allot when its period is not in the account yet, on top of what was given by hand. */
gboolean
_csvc_customer_balance (const CsvcCustomer *self, const char *account, CsvcTime at, gint64 *left)
{
  const CsvcEntitlement *entitlement = csvc_policy_find_entitlement (self->policy, account);
  const CsvcAccount *found = find_account (self, account);
  const CsvcGrant *grant;
  CsvcPeriod period;
  const char *missing;

  *left = found != NULL ? _csvc_account_left (found, at) : 0;
  grant = entitlement != NULL ? _csvc_entitlement_find_grant (entitlement, self->policy, csvc_customer_get_tier (self), at) : NULL;
  if (grant == NULL || _csvc_account_is_open (found, at))
    {
      if (grant != NULL && !grant->has_quota)
        *left = G_MAXINT64;
      return TRUE;
    }
  if (!grant->has_quota)
    *left = G_MAXINT64;
  else if (!_csvc_grant_period (grant, self, at, &period, &missing))
    return FALSE;
  else
    *left += _csvc_grant_allot (grant, self, period, grant->tiers != 0 ? _csvc_customer_tier_since (self) : CSVC_NEVER);
  return TRUE;
}

/* (transfer full) (nullable): the customer as it is at @at, when something is due before. */
static CsvcCustomer *
copy_advanced (const CsvcCustomer *self, CsvcTime at)
{
  CsvcCustomer *copy;

  if (csvc_customer_get_next_wake (self) > at)
    return NULL;
  copy = csvc_customer_copy (self);
  csvc_customer_advance (copy, at, NULL, NULL);
  return copy;
}

gint64
csvc_customer_get_balance (const CsvcCustomer *self, const char *account, CsvcTime at)
{
  g_autoptr (CsvcCustomer) then = NULL;
  gint64 left;

  g_return_val_if_fail (self != NULL && account != NULL, 0);

  then = copy_advanced (self, at);
  return _csvc_customer_balance (then != NULL ? then : self, account, at, &left) ? left : 0;
}

gint64
csvc_customer_get_reserved (const CsvcCustomer *self, const char *account)
{
  const CsvcAccount *found;
  gint64 reserved = 0;

  g_return_val_if_fail (self != NULL && account != NULL, 0);

  found = find_account (self, account);
  for (guint i = 0; found != NULL && i < found->keyed->len; i++)
    if (g_array_index (found->keyed, CsvcKeyed, i).state == CSVC_KEYED_RESERVED)
      reserved += g_array_index (found->keyed, CsvcKeyed, i).amount;
  return reserved;
}

gint64
csvc_customer_get_used (const CsvcCustomer *self, const char *account, CsvcTime at)
{
  const CsvcAccount *found;

  g_return_val_if_fail (self != NULL && account != NULL, 0);

  found = find_account (self, account);
  return found != NULL && found->to > at ? found->used : 0;
}

static gboolean
concerns (const CsvcEffect *effect, const char *account, CsvcTime at)
{
  return effect->type >= CSVC_EFFECT_GRANTED && effect->type <= CSVC_EFFECT_ADJUSTED && effect->at <= at &&
         g_strcmp0 (effect->subject, account) == 0;
}

gint64
csvc_ledger_balance_at (const CsvcEffects *history, const char *account, CsvcTime at)
{
  g_auto (CsvcCustomerRecord) record;
  const CsvcAccount *found;

  g_return_val_if_fail (history != NULL && account != NULL, 0);

  _csvc_customer_record_init (&record);
  for (guint i = 0; i < csvc_effects_get_size (history); i++)
    if (concerns (csvc_effects_get (history, i), account, at) &&
        !_csvc_customer_record_apply (&record, csvc_effects_get (history, i), NULL))
      return 0;
  found = _csvc_customer_record_find_account (&record, account);
  return found != NULL ? _csvc_account_left (found, at) : 0;
}

/* ── lots and periods ── */

static CsvcEffect *
begin (CsvcCustomerChange *change, CsvcEffectType type, const char *account, const char *cause)
{
  CsvcEffect *effect = _csvc_change_begin (change, type);

  effect->subject = _csvc_effects_keep (change->effects, account);
  effect->detail = _csvc_effects_keep (change->effects, cause);
  return effect;
}

static guint
next_lot (const CsvcCustomerChange *change, const char *account)
{
  const CsvcAccount *found = find_account (change->self, account);

  return found != NULL ? found->n_lots + 1 : 1;
}

static void
give (CsvcCustomerChange *change, const char *account, gint64 amount, CsvcTime expires, const char *cause)
{
  CsvcEffect *effect = begin (change, CSVC_EFFECT_GRANTED, account, cause);

  effect->amount = amount;
  effect->number = next_lot (change, account);
  effect->due = expires;
  _csvc_change_end (change, effect);
}

static void
open_period (CsvcCustomerChange *change, const char *account, CsvcPeriod period, gint64 amount)
{
  CsvcEffect *effect = begin (change, CSVC_EFFECT_GRANTED, account, "period");

  effect->amount = amount;
  effect->number = next_lot (change, account);
  effect->due = effect->promised = period.to;
  effect->from = period.from;
  _csvc_change_end (change, effect);
}

static void
expire (CsvcCustomerChange *change, const char *account, guint lot, const char *cause)
{
  CsvcEffect *effect = begin (change, CSVC_EFFECT_EXPIRED, account, cause);

  effect->number = lot;
  effect->amount = _csvc_lot_left (_csvc_account_find_lot (find_account (change->self, account), lot));
  _csvc_change_end (change, effect);
}

void
_csvc_ledger_expire (CsvcCustomerChange *change, const char *account, guint lot)
{
  const CsvcAccount *found = find_account (change->self, account);

  expire (change, account, lot, found->period_lot == lot ? "period" : "expired");
}

static const CsvcGrant *
find_grant (const CsvcCustomer *self, const char *account, CsvcTime at)
{
  const CsvcEntitlement *entitlement = csvc_policy_find_entitlement (self->policy, account);

  return entitlement != NULL ? _csvc_entitlement_find_grant (entitlement, self->policy, csvc_customer_get_tier (self), at) : NULL;
}

/* The grant by which the period of the account is followed, or NULL. */
static const CsvcGrant *
find_successor (const CsvcCustomer *self, const CsvcAccount *account, CsvcPeriod *period)
{
  const CsvcGrant *grant;
  const char *missing;

  if (account->from == CSVC_NEVER || account->to == CSVC_NEVER || account->period_lot == 0)
    return NULL;
  grant = find_grant (self, account->id, account->to);
  if (grant == NULL || !grant->rolls_over || !_csvc_grant_period (grant, self, account->to, period, &missing) || period->to <= account->to)
    return NULL;
  return grant;
}

CsvcTime
_csvc_ledger_rollover_at (const CsvcCustomer *self, const CsvcAccount *account)
{
  CsvcPeriod period;

  return find_successor (self, account, &period) != NULL ? account->to : CSVC_NEVER;
}

/* What is left of the period's lots, which end with it. */
static gint64
end_lots (CsvcCustomerChange *change, const char *account, CsvcTime end)
{
  gint64 rest = 0;

  for (;;)
    {
      const CsvcAccount *found = find_account (change->self, account);
      const CsvcLot *ending = NULL;

      for (guint i = 0; i < found->lots->len && ending == NULL; i++)
        if (g_array_index (found->lots, CsvcLot, i).expires <= end)
          ending = &g_array_index (found->lots, CsvcLot, i);
      if (ending == NULL)
        return rest;
      rest = MIN (rest + _csvc_lot_left (ending), MAX_AMOUNT);
      expire (change, account, ending->number, "period");
    }
}

void
_csvc_ledger_roll_over (CsvcCustomerChange *change, const char *account_id)
{
  g_autofree char *account = g_strdup (account_id);
  const CsvcAccount *found = find_account (change->self, account);
  CsvcPeriod period;
  const CsvcGrant *grant = find_successor (change->self, found, &period);
  CsvcTime end = found->to;
  gint64 carried = end_lots (change, account, end);

  carried = MIN (grant->rollover_max, MAX (grant->rollover_min, carried));
  period.from = end;
  open_period (change, account, period, grant->quota);
  if (carried > 0)
    give (change, account, carried, period.to, "rollover");
}

/* ── the tier changes ── */

typedef struct {
  CsvcCustomerChange            *change;
  const CsvcEntitlement *entitlement;
  const CsvcGrant       *before, *now; /* or NULL */
  CsvcTime               since;        /* of the tier before */
} Follow;

static const char *
follow_id (const Follow *self)
{
  return self->entitlement->part.id;
}

static gboolean
has_quota (const CsvcGrant *grant)
{
  return grant != NULL && grant->has_quota;
}

static void
adjust_period (const Follow *self, gint64 amount)
{
  const CsvcAccount *account = find_account (self->change->self, follow_id (self));
  const CsvcLot *lot = _csvc_account_find_lot (account, account->period_lot);
  CsvcEffect *effect;

  if (lot->amount == amount)
    return;
  effect = begin (self->change, CSVC_EFFECT_ADJUSTED, follow_id (self), "tier");
  effect->amount = amount - lot->amount;
  effect->number = lot->number;
  _csvc_change_end (self->change, effect);
}

/* Does the new grant count the same periods? */
static gboolean
keeps_period (const Follow *self, const CsvcAccount *account, CsvcPeriod *period)
{
  const char *missing;

  if (!has_quota (self->now) || !_csvc_grant_period (self->now, self->change->self, self->change->at, period, &missing))
    return FALSE;
  return period->to == account->to;
}

/* Another quota for the same period, or one of other periods: what was used counts against it. */
static void
follow_keeping (const Follow *self, const CsvcAccount *account)
{
  CsvcPeriod period = { CSVC_NEVER, CSVC_NEVER };
  CsvcTime at = self->change->at;
  gint64 used = account->used;

  if (self->now == NULL || keeps_period (self, account, &period))
    {
      adjust_period (self, self->now != NULL ? _csvc_grant_allot (self->now, self->change->self, period, self->now->tiers != 0 ? at : CSVC_NEVER) : 0);
      return;
    }
  if (!has_quota (self->now) || period.to == CSVC_NEVER)
    return;
  expire (self->change, follow_id (self), account->period_lot, "tier");
  open_period (self->change, follow_id (self), period, MAX (self->now->quota - used, 0));
}

/* Of the days that are left the new quota's share, of those that have passed the old one's. */
static void
follow_prorated (const Follow *self, const CsvcAccount *account)
{
  const CsvcZone *zone = self->change->self->policy->zone;
  CsvcPeriod period = { account->from, account->to };
  const CsvcLot *lot = _csvc_account_find_lot (account, account->period_lot);
  gint64 difference = (has_quota (self->now) ? self->now->quota : 0) - (has_quota (self->before) ? self->before->quota : 0);

  if (self->now != NULL && !self->now->has_quota)
    return;
  adjust_period (self, MAX (lot->amount + _csvc_prorate (zone, difference, period, self->change->at), 0));
}

/* From now on as if nothing had been used. */
static void
follow_reset (const Follow *self, const CsvcAccount *account)
{
  CsvcPeriod period;
  const char *missing;

  expire (self->change, follow_id (self), account->period_lot, "tier");
  if (has_quota (self->now) && _csvc_grant_period (self->now, self->change->self, self->change->at, &period, &missing))
    open_period (self->change, follow_id (self), period, self->now->quota);
}

/* Shares can be told only of a period that is in the account; and what rolls over is there from the first day. */
static void
open_when_needed (const Follow *self)
{
  CsvcCustomer *customer = self->change->self;
  const gboolean prorate = customer->policy->tiers.on_change == CSVC_QUOTAS_PRORATE && has_quota (self->before) && self->since != CSVC_NEVER;
  const CsvcGrant *grant = prorate ? self->before : self->now;
  CsvcPeriod period;
  const char *missing;

  if (!prorate && !(has_quota (self->now) && self->now->rolls_over))
    return;
  if (_csvc_grant_period (grant, customer, self->change->at, &period, &missing))
    open_period (self->change, follow_id (self), period,
                 _csvc_grant_allot (grant, customer, period, grant->tiers == 0 ? CSVC_NEVER : prorate ? self->since : self->change->at));
}

static void
follow (const Follow *self)
{
  CsvcCustomer *customer = self->change->self;
  const CsvcAccount *account = find_account (customer, follow_id (self));
  gboolean was_open = _csvc_account_is_open (account, self->change->at);

  if (!was_open)
    open_when_needed (self);
  account = find_account (customer, follow_id (self));
  if (!_csvc_account_is_open (account, self->change->at) ||
      (!was_open && (customer->policy->tiers.on_change != CSVC_QUOTAS_PRORATE || !has_quota (self->before))))
    return;
  switch (customer->policy->tiers.on_change)
    {
    case CSVC_QUOTAS_KEEP:
      follow_keeping (self, account);
      break;
    case CSVC_QUOTAS_PRORATE:
      follow_prorated (self, account);
      break;
    case CSVC_QUOTAS_RESET:
      follow_reset (self, account);
      break;
    }
}

void
_csvc_ledger_follow_tier (CsvcCustomerChange *change, const CsvcTier *before, CsvcTime since)
{
  const CsvcPolicy *policy = change->self->policy;
  const CsvcTier *now = csvc_customer_get_tier (change->self);

  for (guint i = 0; i < policy->n_entitlements; i++)
    {
      Follow self = { change, &policy->entitlements[i], NULL, NULL, since };

      self.before = _csvc_entitlement_find_grant (self.entitlement, policy, before, change->at);
      self.now = _csvc_entitlement_find_grant (self.entitlement, policy, now, change->at);
      if (self.before != self.now || since == CSVC_NEVER)
        follow (&self);
    }
}

/* ── commands ── */

static gboolean
check_key (const char *key, GError **error)
{
  return key == NULL || _csvc_id_check (key, "an idempotency key", error);
}

static gboolean
check_account (const CsvcCustomer *self, const char *account, GError **error)
{
  if (csvc_policy_find_ledger (self->policy, account) != NULL || csvc_policy_find_entitlement (self->policy, account) != NULL)
    return TRUE;
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "policy %s has no entitlement and no ledger \"%.60s\"", self->policy->id, account);
  return FALSE;
}

static gboolean
refuse_amount (GError **error)
{
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "expected a number of units from 1 to 10^18 - 1");
  return FALSE;
}

static CsvcKeyed *
find_key (const CsvcCustomer *self, const char *account, const char *key)
{
  const CsvcAccount *found = key != NULL ? find_account (self, account) : NULL;

  return found != NULL ? _csvc_account_find_key (found, key) : NULL;
}

/* TRUE: *@answer is the answer, as the key was used before. */
static gboolean
is_repeated (const CsvcKeyed *keyed, CsvcKeyedState state, gint64 amount, CsvcAnswer *answer, GError **error)
{
  if (keyed == NULL || (keyed->state == CSVC_KEYED_RELEASED && state == CSVC_KEYED_RESERVED))
    return FALSE;
  if ((keyed->state == state || (keyed->state == CSVC_KEYED_COMMITTED && state == CSVC_KEYED_RESERVED)) && keyed->amount == amount)
    {
      *answer = CSVC_ANSWER_ACCEPTED;
      return TRUE;
    }
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "the key \"%.60s\" was used for something else", keyed->key);
  *answer = CSVC_ANSWER_FAILED;
  return TRUE;
}

static CsvcTime
end_of_use (const CsvcCustomerChange *change, const CsvcGrant *grant)
{
  if (grant == NULL || !_csvc_term_is_set (grant->lasts))
    return CSVC_NEVER;
  return _csvc_term_after (change->self->policy->zone, change->at, grant->lasts, 1);
}

static void
use_decided (CsvcCustomerChange *change, const CsvcUse *use, gboolean reserve, const CsvcAllowance *decision)
{
  const CsvcGrant *grant = decision->grant;
  CsvcEffect *effect;

  if (grant != NULL && grant->has_quota && !decision->open)
    open_period (change, use->account, decision->period,
                 _csvc_grant_allot (grant, change->self, decision->period, grant->tiers != 0 ? _csvc_customer_tier_since (change->self) : CSVC_NEVER));
  effect = begin (change, reserve ? CSVC_EFFECT_RESERVED : CSVC_EFFECT_USED, use->account, change->cause);
  effect->amount = use->amount;
  effect->text = _csvc_effects_keep (change->effects, use->key);
  if (!reserve)
    {
      effect->due = end_of_use (change, grant);
      effect->number = effect->due != CSVC_NEVER ? change->self->record.n_running + 1 : 0;
      effect->arguments = use->details != NULL ? csvc_facts_ref ((CsvcFacts *) use->details) : NULL;
    }
  _csvc_change_end (change, effect);
}

CsvcAnswer
_csvc_customer_use (CsvcCustomer *self, const CsvcUse *use, gboolean reserve, const char *cause, const CsvcStamp *stamp, CsvcEffects *effects,
                    GError **error)
{
  g_autoptr (CsvcEffects) own = NULL;
  CsvcAllowance decision;
  CsvcCustomerChange change;
  CsvcAnswer answer;

  if (!check_account (self, use->account, error) || !check_key (use->key, error))
    return CSVC_ANSWER_FAILED;
  if (use->amount < 1 || use->amount > MAX_AMOUNT)
    return refuse_amount (error), CSVC_ANSWER_FAILED;
  answer = _csvc_change_open (&change, self, stamp, effects, &own, error);
  if (answer != CSVC_ANSWER_ACCEPTED ||
      is_repeated (find_key (self, use->account, use->key), reserve ? CSVC_KEYED_RESERVED : CSVC_KEYED_USED, use->amount, &answer, error))
    return answer;
  if (!_csvc_customer_decide (self, use, stamp->at, &decision, error))
    return CSVC_ANSWER_FAILED;
  if (decision.answer != CSVC_ANSWER_ACCEPTED)
    return decision.answer;
  change.cause = cause;
  use_decided (&change, use, reserve, &decision);
  return CSVC_ANSWER_ACCEPTED;
}

CsvcAnswer
csvc_customer_use (CsvcCustomer *self, const CsvcUse *use, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  g_return_val_if_fail (self != NULL && use != NULL && use->account != NULL && stamp != NULL, CSVC_ANSWER_FAILED);
  g_return_val_if_fail (error == NULL || *error == NULL, CSVC_ANSWER_FAILED);
  return _csvc_customer_use (self, use, FALSE, NULL, stamp, effects, error);
}

CsvcAnswer
csvc_customer_reserve (CsvcCustomer *self, const CsvcUse *use, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  g_return_val_if_fail (self != NULL && use != NULL && use->account != NULL && use->key != NULL && stamp != NULL, CSVC_ANSWER_FAILED);
  g_return_val_if_fail (error == NULL || *error == NULL, CSVC_ANSWER_FAILED);
  return _csvc_customer_use (self, use, TRUE, NULL, stamp, effects, error);
}

static void
settle (CsvcCustomerChange *change, const char *account, const CsvcKeyed *keyed, gboolean commit)
{
  CsvcEffect *effect = begin (change, commit ? CSVC_EFFECT_COMMITTED : CSVC_EFFECT_RELEASED, account, change->cause);

  effect->amount = keyed->amount;
  effect->text = _csvc_effects_keep (change->effects, keyed->key);
  effect->due = commit ? end_of_use (change, find_grant (change->self, account, change->at)) : CSVC_NEVER;
  effect->number = effect->due != CSVC_NEVER ? change->self->record.n_running + 1 : 0;
  _csvc_change_end (change, effect);
}

CsvcAnswer
_csvc_customer_settle (CsvcCustomer *self, const char *account, const char *key, gboolean commit, const char *cause, const CsvcStamp *stamp,
                       CsvcEffects *effects, GError **error)
{
  g_autoptr (CsvcEffects) own = NULL;
  const CsvcKeyed *keyed;
  CsvcCustomerChange change;
  CsvcAnswer answer;

  if (!check_account (self, account, error) || !check_key (key, error))
    return CSVC_ANSWER_FAILED;
  answer = _csvc_change_open (&change, self, stamp, effects, &own, error);
  if (answer != CSVC_ANSWER_ACCEPTED)
    return answer;
  keyed = find_key (self, account, key);
  if (keyed == NULL || (keyed->state != CSVC_KEYED_RESERVED && keyed->state != (commit ? CSVC_KEYED_COMMITTED : CSVC_KEYED_RELEASED)))
    return CSVC_ANSWER_REFUSED_STATE;
  change.cause = cause;
  if (keyed->state == CSVC_KEYED_RESERVED)
    settle (&change, account, keyed, commit);
  return CSVC_ANSWER_ACCEPTED;
}

CsvcAnswer
csvc_customer_commit (CsvcCustomer *self, const char *account, const char *key, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  g_return_val_if_fail (self != NULL && account != NULL && key != NULL && stamp != NULL, CSVC_ANSWER_FAILED);
  g_return_val_if_fail (error == NULL || *error == NULL, CSVC_ANSWER_FAILED);
  return _csvc_customer_settle (self, account, key, TRUE, NULL, stamp, effects, error);
}

CsvcAnswer
csvc_customer_release (CsvcCustomer *self, const char *account, const char *key, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  g_return_val_if_fail (self != NULL && account != NULL && key != NULL && stamp != NULL, CSVC_ANSWER_FAILED);
  g_return_val_if_fail (error == NULL || *error == NULL, CSVC_ANSWER_FAILED);
  return _csvc_customer_settle (self, account, key, FALSE, NULL, stamp, effects, error);
}

/* ── giving and correcting ── */

static CsvcTime
expiry_of (const CsvcCustomer *self, const CsvcGift *gift, CsvcTime at)
{
  const CsvcLedger *ledger = csvc_policy_find_ledger (self->policy, gift->account);

  if (gift->expires != 0 || ledger == NULL || !_csvc_term_is_set (ledger->lasts))
    return gift->expires != 0 ? gift->expires : CSVC_NEVER;
  return _csvc_term_after (self->policy->zone, at, ledger->lasts, 1);
}

/* All that is in an account stays below 10^18, so that sums and conditions can name it. */
static gboolean
check_gift (const CsvcCustomer *self, const CsvcGift *gift, CsvcTime at, GError **error)
{
  const CsvcAccount *account = find_account (self, gift->account);

  if (gift->amount < 1 || gift->amount > MAX_AMOUNT)
    return refuse_amount (error);
  if (account != NULL && _csvc_account_left (account, at) > MAX_AMOUNT - gift->amount)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "with them there would be 10^18 units or more in \"%s\"", gift->account);
      return FALSE;
    }
  if (gift->expires == 0 || gift->expires == CSVC_NEVER || (gift->expires > at && gift->expires <= CSVC_TIME_MAX))
    return TRUE;
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "units must expire after they were given");
  return FALSE;
}

static CsvcAnswer
give_keyed (CsvcCustomer *self, const CsvcGift *gift, const char *detail, CsvcKeyedState state, const char *cause, const CsvcStamp *stamp,
            CsvcEffects *effects, GError **error)
{
  g_autoptr (CsvcEffects) own = NULL;
  CsvcEffect *effect;
  CsvcCustomerChange change;
  CsvcAnswer answer;

  if (!check_account (self, gift->account, error) || !check_key (gift->key, error))
    return CSVC_ANSWER_FAILED;
  answer = _csvc_change_open (&change, self, stamp, effects, &own, error);
  if (answer != CSVC_ANSWER_ACCEPTED || is_repeated (find_key (self, gift->account, gift->key), state, gift->amount, &answer, error))
    return answer;
  if (!check_gift (self, gift, stamp->at, error))
    return CSVC_ANSWER_FAILED;
  effect = begin (&change, CSVC_EFFECT_GRANTED, gift->account, cause != NULL ? cause : detail);
  effect->amount = gift->amount;
  effect->number = next_lot (&change, gift->account);
  effect->row = gift->priority;
  effect->due = expiry_of (self, gift, stamp->at);
  effect->text = _csvc_effects_keep (change.effects, gift->key);
  _csvc_change_end (&change, effect);
  return CSVC_ANSWER_ACCEPTED;
}

CsvcAnswer
_csvc_customer_grant (CsvcCustomer *self, const CsvcGift *gift, const char *cause, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  return give_keyed (self, gift, "granted", CSVC_KEYED_GRANTED, cause, stamp, effects, error);
}

CsvcAnswer
csvc_customer_grant (CsvcCustomer *self, const CsvcGift *gift, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  g_return_val_if_fail (self != NULL && gift != NULL && gift->account != NULL && stamp != NULL, CSVC_ANSWER_FAILED);
  g_return_val_if_fail (error == NULL || *error == NULL, CSVC_ANSWER_FAILED);
  return _csvc_customer_grant (self, gift, NULL, stamp, effects, error);
}

static CsvcAnswer
take_away (CsvcCustomer *self, const char *account, gint64 amount, const char *key, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  g_autoptr (CsvcEffects) own = NULL;
  const CsvcAccount *found;
  CsvcEffect *effect;
  CsvcCustomerChange change;
  CsvcAnswer answer;

  if (!check_account (self, account, error) || !check_key (key, error))
    return CSVC_ANSWER_FAILED;
  answer = _csvc_change_open (&change, self, stamp, effects, &own, error);
  if (answer != CSVC_ANSWER_ACCEPTED || is_repeated (find_key (self, account, key), CSVC_KEYED_ADJUSTED, amount, &answer, error))
    return answer;
  found = find_account (self, account);
  if (found == NULL || _csvc_account_left (found, stamp->at) < -amount)
    return CSVC_ANSWER_REFUSED_QUOTA;
  effect = begin (&change, CSVC_EFFECT_ADJUSTED, account, "adjusted");
  effect->amount = amount;
  effect->text = _csvc_effects_keep (change.effects, key);
  _csvc_change_end (&change, effect);
  return CSVC_ANSWER_ACCEPTED;
}

CsvcAnswer
csvc_customer_adjust (CsvcCustomer *self, const char *account, gint64 amount, const char *key, const CsvcStamp *stamp, CsvcEffects *effects,
                      GError **error)
{
  CsvcGift gift = { account, amount, 0, 0, key };

  g_return_val_if_fail (self != NULL && account != NULL && stamp != NULL, CSVC_ANSWER_FAILED);
  g_return_val_if_fail (error == NULL || *error == NULL, CSVC_ANSWER_FAILED);
  if (amount == 0 || amount < -MAX_AMOUNT || stamp->reason == NULL || *stamp->reason == '\0')
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "a correction needs an amount other than 0, of fewer than 19 digits, and a reason in the stamp");
      return CSVC_ANSWER_FAILED;
    }
  return amount > 0 ? give_keyed (self, &gift, "adjusted", CSVC_KEYED_GRANTED, NULL, stamp, effects, error)
                    : take_away (self, account, amount, key, stamp, effects, error);
}
