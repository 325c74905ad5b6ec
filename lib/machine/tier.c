/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <string.h>

#include "machine/customer.h"
#include "machine/machine.h"

/* Who rises at once, who is warned, and who sinks. See <csvc/tier.h> for the picture. */

/* ── what the policy says ── */

guint
csvc_policy_get_n_tiers (const CsvcPolicy *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->tiers.n;
}

const CsvcTier *
csvc_policy_get_tier (const CsvcPolicy *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->tiers.n, NULL);
  return &self->tiers.items[index];
}

const CsvcTier *
csvc_policy_find_tier (const CsvcPolicy *self, const char *id)
{
  g_return_val_if_fail (self != NULL && id != NULL, NULL);
  for (guint i = 0; i < self->tiers.n; i++)
    if (strcmp (self->tiers.items[i].part.id, id) == 0)
      return &self->tiers.items[i];
  return NULL;
}

const CsvcTier *
csvc_policy_get_default_tier (const CsvcPolicy *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->tiers.otherwise;
}

const CsvcPart *
csvc_tier_get_part (const CsvcTier *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return &self->part;
}

const char *
csvc_tier_get_id (const CsvcTier *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->part.id;
}

const char *
csvc_tier_get_label (const CsvcTier *self, const char *language)
{
  g_return_val_if_fail (self != NULL, NULL);
  return csvc_part_get_label (&self->part, language);
}

guint
csvc_tier_get_rank (const CsvcTier *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->rank;
}

const char *
csvc_tier_get_condition (const CsvcTier *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->when != NULL ? _csvc_expr_get_text (self->when) : NULL;
}

/* ── the customer's ── */

const CsvcTier *
_csvc_customer_find_tier (const CsvcCustomer *self, const char *id)
{
  return id != NULL ? csvc_policy_find_tier (self->policy, id) : NULL;
}

const CsvcTier *
csvc_customer_get_earned_tier (const CsvcCustomer *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  if (self->record.tier_since == CSVC_NEVER)
    return self->policy->tiers.otherwise;
  return _csvc_customer_find_tier (self, self->record.tier);
}

const CsvcTier *
csvc_customer_get_tier (const CsvcCustomer *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->record.set_tier != NULL ? _csvc_customer_find_tier (self, self->record.set_tier) : csvc_customer_get_earned_tier (self);
}

CsvcTime
_csvc_customer_tier_since (const CsvcCustomer *self)
{
  return self->record.set_tier != NULL ? self->record.set_since : self->record.tier_since;
}

CsvcTime
csvc_customer_get_tier_since (const CsvcCustomer *self)
{
  g_return_val_if_fail (self != NULL, CSVC_NEVER);
  return _csvc_customer_tier_since (self);
}

CsvcTime
csvc_customer_get_review_at (const CsvcCustomer *self)
{
  g_return_val_if_fail (self != NULL, CSVC_NEVER);
  return self->record.review_at;
}

gboolean
csvc_customer_get_warning (const CsvcCustomer *self, CsvcTime *until, const CsvcTier **below)
{
  g_return_val_if_fail (self != NULL, FALSE);
  if (self->record.warned_at == CSVC_NEVER)
    return FALSE;
  if (until != NULL)
    *until = self->record.warned_until;
  if (below != NULL)
    *below = _csvc_customer_find_tier (self, self->record.warned_below);
  return TRUE;
}

gboolean
csvc_customer_get_override (const CsvcCustomer *self, CsvcTime *until, const char **reason)
{
  g_return_val_if_fail (self != NULL, FALSE);
  if (self->record.set_tier == NULL)
    return FALSE;
  if (until != NULL)
    *until = self->record.set_until;
  if (reason != NULL)
    *reason = self->record.set_reason;
  return TRUE;
}

/* ── what the facts say ── */

static CsvcStanding
undecided (const char *missing, CsvcPlace place)
{
  return (CsvcStanding){ .missing = missing, .line = place.line };
}

CsvcStanding
_csvc_customer_get_standing (const CsvcCustomer *self, CsvcTime at)
{
  const CsvcTiers *tiers = &self->policy->tiers;
  const char *missing = NULL;
  CsvcCustomerView view;
  CsvcFeelEnv env;
  CsvcTruth truth;

  _csvc_customer_view (&view, self, self->policy, at, &env);
  for (guint i = 0; i < tiers->n_excludes; i++)
    {
      truth = _csvc_expr_test (tiers->excludes[i], &env, &missing);
      if (truth == CSVC_UNKNOWN)
        return undecided (missing, tiers->exclude_places[i]);
      if (truth == CSVC_TRUE)
        return (CsvcStanding){ .decided = TRUE, .excluded = TRUE };
    }
  for (guint i = 0; i < tiers->n; i++)
    {
      const CsvcTier *tier = tiers->by_rank[i];

      truth = tier->when != NULL ? _csvc_expr_test (tier->when, &env, &missing) : CSVC_FALSE;
      if (truth == CSVC_UNKNOWN)
        return undecided (missing, tier->part.place);
      if (truth == CSVC_TRUE)
        return (CsvcStanding){ .decided = TRUE, .tier = tier };
    }
  return (CsvcStanding){ .decided = TRUE, .tier = tiers->otherwise };
}

/* ── changing ── */

static const char *
id_of (const CsvcTier *tier)
{
  return tier != NULL ? tier->part.id : NULL;
}

/* No tier is lower than any. */
static int
rank_of (const CsvcTier *tier)
{
  return tier != NULL ? (int) tier->rank : -1;
}

static void
schedule_review (CsvcCustomerChange *change, CsvcTime from)
{
  const CsvcTiers *tiers = &change->self->policy->tiers;
  const CsvcZone *zone = change->self->policy->zone;
  CsvcEffect *effect;
  CsvcTime next;
  gint64 n;

  if (!_csvc_term_is_set (tiers->review))
    return;
  n = _csvc_term_count (tiers->review, from, change->at);
  do
    next = _csvc_term_after (zone, from, tiers->review, ++n);
  while (next <= change->at);
  effect = _csvc_change_begin (change, CSVC_EFFECT_TIER_REVIEW);
  effect->from = from;
  effect->due = next;
  _csvc_change_end (change, effect);
}

static void
give_tier (CsvcCustomerChange *change, const CsvcTier *tier, const char *cause)
{
  const CsvcTier *before = csvc_customer_get_tier (change->self);
  CsvcTime since = _csvc_customer_tier_since (change->self);
  CsvcEffect *effect = _csvc_change_begin (change, CSVC_EFFECT_TIER);

  effect->subject = id_of (tier);
  effect->detail = change->self->record.tier_since != CSVC_NEVER ? id_of (csvc_customer_get_earned_tier (change->self)) : NULL;
  effect->text = cause;
  _csvc_change_end (change, effect);
  if (change->self->record.set_tier == NULL)
    _csvc_ledger_follow_tier (change, before, since);
}

/* The tier that the customer sinks to: what the facts say, or the next one down. */
static const CsvcTier *
find_below (const CsvcTiers *tiers, const CsvcTier *present, const CsvcTier *target)
{
  for (guint i = 0; tiers->one_step && i < tiers->n; i++)
    if (rank_of (tiers->by_rank[i]) < rank_of (present))
      return rank_of (tiers->by_rank[i]) > rank_of (target) ? tiers->by_rank[i] : target;
  return target;
}

static void
warn (CsvcCustomerChange *change, const CsvcTier *present, const CsvcTier *below)
{
  const CsvcTiers *tiers = &change->self->policy->tiers;
  CsvcEffect *effect = _csvc_change_begin (change, CSVC_EFFECT_TIER_WARNED);

  effect->subject = id_of (present);
  effect->detail = id_of (below);
  effect->text = csvc_tier_get_condition (present);
  effect->due = _csvc_term_after (change->self->policy->zone, change->at, tiers->grace, 1);
  _csvc_change_end (change, effect);
}

static void
withdraw_warning (CsvcCustomerChange *change)
{
  CsvcEffect *effect;

  if (change->self->record.warned_at == CSVC_NEVER)
    return;
  effect = _csvc_change_begin (change, CSVC_EFFECT_TIER_WARNING_WITHDRAWN);
  effect->subject = id_of (csvc_customer_get_earned_tier (change->self));
  _csvc_change_end (change, effect);
}

static gboolean
is_review (const CsvcTiers *tiers, CsvcLook look)
{
  return look == CSVC_LOOK_DUE || (look == CSVC_LOOK_REVIEW && !_csvc_term_is_set (tiers->review));
}

static void
look_up (CsvcCustomerChange *change, const CsvcTier *target, CsvcLook look)
{
  const CsvcTiers *tiers = &change->self->policy->tiers;

  withdraw_warning (change);
  if (target == csvc_customer_get_earned_tier (change->self) || (tiers->up_at_review && !is_review (tiers, look)))
    return;
  give_tier (change, target, "up");
  if (tiers->moves_review)
    schedule_review (change, change->at);
}

static void
look_down (CsvcCustomerChange *change, const CsvcTier *present, const CsvcTier *target, CsvcLook look)
{
  const CsvcTiers *tiers = &change->self->policy->tiers;
  const CsvcTier *below = find_below (tiers, present, target);
  gboolean due = is_review (tiers, look);
  gboolean warned = change->self->record.warned_at != CSVC_NEVER;

  if (look == CSVC_LOOK_GRACE || (due && !_csvc_term_is_set (tiers->grace)))
    give_tier (change, below, "down");
  else if (due && !warned)
    warn (change, present, below);
}

/* The first tier, and being excluded, wait for no review. */
static gboolean
look_aside (CsvcCustomerChange *change, const CsvcStanding *standing)
{
  gboolean first = change->self->record.tier_since == CSVC_NEVER;
  const CsvcTier *present = csvc_customer_get_earned_tier (change->self);

  if (!first && !(standing->excluded && present != NULL))
    return FALSE;
  give_tier (change, standing->tier, standing->excluded ? "excluded" : "first");
  if (first)
    schedule_review (change, change->at);
  return TRUE;
}

/* What is missing is said once for each sweep. The present tier stays, and so does no threat to it. */
static void
say_undecided (CsvcCustomerChange *change, const CsvcStanding *standing, CsvcLook look)
{
  CsvcEffect *effect;

  if (look == CSVC_LOOK_PUT)
    return;
  effect = _csvc_effects_add (change->effects, CSVC_EFFECT_UNDECIDED, change->at);
  effect->subject = "tier";
  effect->detail = standing->missing;
  effect->number = standing->line;
  if (look == CSVC_LOOK_GRACE)
    withdraw_warning (change);
}

static void
look_at (CsvcCustomerChange *change, CsvcLook look)
{
  CsvcStanding standing = _csvc_customer_get_standing (change->self, change->at);
  const CsvcTier *present = csvc_customer_get_earned_tier (change->self);

  if (!standing.decided)
    say_undecided (change, &standing, look);
  else if (look_aside (change, &standing))
    return;
  else if (rank_of (standing.tier) >= rank_of (present))
    look_up (change, standing.tier, look);
  else
    look_down (change, present, standing.tier, look);
}

void
_csvc_tier_look (CsvcCustomerChange *change, CsvcLook look)
{
  CsvcTime review_from = change->self->record.review_from;

  if (change->self->policy->tiers.n == 0)
    return;
  look_at (change, look);
  if (look == CSVC_LOOK_DUE && change->self->record.review_at <= change->at)
    schedule_review (change, review_from);
}

CsvcAnswer
csvc_customer_review (CsvcCustomer *self, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  g_autoptr (CsvcEffects) own = NULL;
  CsvcCustomerChange change;
  CsvcAnswer answer;

  g_return_val_if_fail (self != NULL && stamp != NULL, CSVC_ANSWER_FAILED);
  g_return_val_if_fail (error == NULL || *error == NULL, CSVC_ANSWER_FAILED);
  answer = _csvc_change_open (&change, self, stamp, effects, &own, error);
  if (answer == CSVC_ANSWER_ACCEPTED)
    _csvc_tier_look (&change, CSVC_LOOK_REVIEW);
  return answer;
}

/* ── by hand ── */

static void
change_by_hand (CsvcCustomerChange *change, const char *tier, const char *cause, CsvcTime until, CsvcFacts *arguments)
{
  const CsvcTier *before = csvc_customer_get_tier (change->self);
  CsvcTime since = _csvc_customer_tier_since (change->self);
  CsvcEffect *effect = _csvc_change_begin (change, CSVC_EFFECT_TIER_SET);

  effect->subject = tier;
  effect->detail = id_of (before);
  effect->text = cause;
  effect->due = until;
  effect->arguments = arguments;
  _csvc_change_end (change, effect);
  _csvc_ledger_follow_tier (change, before, since);
}

void
_csvc_tier_end_override (CsvcCustomerChange *change, const char *cause)
{
  change_by_hand (change, id_of (csvc_customer_get_earned_tier (change->self)), cause, CSVC_NEVER, NULL);
}

static void
set_text (CsvcFacts *facts, const char *name, const char *text)
{
  g_autoptr (CsvcValue) value = text != NULL ? csvc_value_new_string (text) : NULL;

  if (value != NULL)
    csvc_facts_set (facts, name, value);
}

static gboolean
check_setting (const CsvcCustomer *self, const char *tier, CsvcTime until, const CsvcStamp *stamp, GError **error)
{
  if (csvc_policy_find_tier (self->policy, tier) == NULL)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "policy %s has no tier \"%s\"", self->policy->id, tier);
      return FALSE;
    }
  if (stamp->reason != NULL && *stamp->reason != '\0' && until > stamp->at && (until <= CSVC_TIME_MAX || until == CSVC_NEVER))
    return TRUE;
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "a tier set by hand needs a reason in the stamp, and an end after it");
  return FALSE;
}

CsvcAnswer
csvc_customer_set_tier (CsvcCustomer *self, const char *tier, CsvcTime until, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  g_autoptr (CsvcEffects) own = NULL;
  CsvcFacts *arguments;
  CsvcCustomerChange change;
  CsvcAnswer answer;

  g_return_val_if_fail (self != NULL && tier != NULL && stamp != NULL, CSVC_ANSWER_FAILED);
  g_return_val_if_fail (error == NULL || *error == NULL, CSVC_ANSWER_FAILED);
  if (!check_setting (self, tier, until, stamp, error))
    return CSVC_ANSWER_FAILED;
  answer = _csvc_change_open (&change, self, stamp, effects, &own, error);
  if (answer != CSVC_ANSWER_ACCEPTED)
    return answer;
  arguments = csvc_facts_new ();
  set_text (arguments, "reason", stamp->reason);
  set_text (arguments, "actor", stamp->actor);
  change_by_hand (&change, id_of (csvc_policy_find_tier (self->policy, tier)), "set", until, arguments);
  return answer;
}

CsvcAnswer
csvc_customer_clear_tier (CsvcCustomer *self, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  g_autoptr (CsvcEffects) own = NULL;
  CsvcCustomerChange change;
  CsvcAnswer answer;

  g_return_val_if_fail (self != NULL && stamp != NULL, CSVC_ANSWER_FAILED);
  g_return_val_if_fail (error == NULL || *error == NULL, CSVC_ANSWER_FAILED);
  answer = _csvc_change_open (&change, self, stamp, effects, &own, error);
  if (answer != CSVC_ANSWER_ACCEPTED)
    return answer;
  if (self->record.set_tier == NULL)
    return CSVC_ANSWER_REFUSED_STATE;
  _csvc_tier_end_override (&change, "cleared");
  return answer;
}
