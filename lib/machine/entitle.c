/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <string.h>

#include "base/time.h"
#include "machine/customer.h"
#include "machine/machine.h"

/* What may be had. One function decides (_csvc_customer_decide()), for asking and for taking. */

/* ── what the policy says ── */

guint
csvc_policy_get_n_entitlements (const CsvcPolicy *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->n_entitlements;
}

const CsvcEntitlement *
csvc_policy_get_entitlement (const CsvcPolicy *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->n_entitlements, NULL);
  return &self->entitlements[index];
}

const CsvcEntitlement *
csvc_policy_find_entitlement (const CsvcPolicy *self, const char *id)
{
  g_return_val_if_fail (self != NULL && id != NULL, NULL);
  for (guint i = 0; i < self->n_entitlements; i++)
    if (strcmp (self->entitlements[i].part.id, id) == 0)
      return &self->entitlements[i];
  return NULL;
}

const CsvcPart *
csvc_entitlement_get_part (const CsvcEntitlement *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return &self->part;
}

const char *
csvc_entitlement_get_id (const CsvcEntitlement *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->part.id;
}

const char *
csvc_entitlement_get_label (const CsvcEntitlement *self, const char *language)
{
  g_return_val_if_fail (self != NULL, NULL);
  return csvc_part_get_label (&self->part, language);
}

guint
csvc_entitlement_get_n_grants (const CsvcEntitlement *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->n_grants;
}

const CsvcGrant *
csvc_entitlement_get_grant (const CsvcEntitlement *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->n_grants, NULL);
  return &self->grants[index];
}

gboolean
csvc_grant_has_tier (const CsvcGrant *self, const CsvcTier *tier)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->tiers == 0 || (tier != NULL && (self->tiers >> tier->index & 1) != 0);
}

gint64
csvc_grant_get_quota (const CsvcGrant *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->has_quota ? self->quota : G_MAXINT64;
}

const char *
csvc_grant_get_per (const CsvcGrant *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return _csvc_node_get (self->node, "per");
}

const char *const *
csvc_grant_get_scopes (const CsvcGrant *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->scopes;
}

const char *const *
csvc_grant_get_choices (const CsvcGrant *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->choices;
}

const char *
csvc_grant_get_hours (const CsvcGrant *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return _csvc_node_get (self->node, "hours");
}

gboolean
csvc_grant_needs_application (const CsvcGrant *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->apply;
}

const char *
csvc_grant_get_lasts (const CsvcGrant *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return _csvc_node_get (self->node, "lasts");
}

gboolean
csvc_grant_is_assumed (const CsvcGrant *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->assumed;
}

const char *
csvc_grant_get_source (const CsvcGrant *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->source;
}

const char *
csvc_grant_get_file (const CsvcGrant *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->place.file;
}

guint
csvc_grant_get_line (const CsvcGrant *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->place.line;
}

static void
append_part (GString *out, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
append_part (GString *out, const char *format, ...)
{
  va_list list;

  if (out->len > 0)
    g_string_append (out, ", ");
  va_start (list, format);
  g_string_append_vprintf (out, format, list);
  va_end (list);
}

static void
append_words (GString *out, const char *what, const char *const *words)
{
  g_autofree char *joined = words != NULL ? g_strjoinv (" ", (char **) words) : NULL;

  if (joined != NULL)
    append_part (out, "%s %s", what, joined);
}

char *
csvc_grant_to_string (const CsvcGrant *self)
{
  GString *out;

  g_return_val_if_fail (self != NULL, NULL);

  out = g_string_new (NULL);
  if (self->has_quota)
    append_part (out, "%" G_GINT64_FORMAT "%s%s", self->quota, csvc_grant_get_per (self) != NULL ? " per " : "",
                 csvc_grant_get_per (self) != NULL ? csvc_grant_get_per (self) : "");
  if (self->apply)
    append_part (out, "on application");
  append_words (out, "scope", self->scopes);
  append_words (out, "choice of", self->choices);
  if (csvc_grant_get_hours (self) != NULL)
    append_part (out, "in the hours of %s", csvc_grant_get_hours (self));
  if (csvc_grant_get_lasts (self) != NULL)
    append_part (out, "for %s", csvc_grant_get_lasts (self));
  if (_csvc_node_get (self->node, "valid") != NULL)
    append_part (out, "valid %s", _csvc_node_get (self->node, "valid"));
  if (out->len == 0)
    g_string_append (out, "yes");
  return g_string_free (out, FALSE);
}

/* ── deciding ── */

const CsvcGrant *
_csvc_entitlement_find_grant (const CsvcEntitlement *self, const CsvcPolicy *policy, const CsvcTier *tier, CsvcTime at)
{
  gint64 day = _csvc_floor_div (csvc_zone_to_local (policy->zone, at), CSVC_DAY);

  for (guint i = 0; i < self->n_grants; i++)
    {
      const CsvcGrant *grant = &self->grants[i];

      if (csvc_grant_has_tier (grant, tier) && grant->valid_from <= day && day <= grant->valid_to)
        return grant;
    }
  return NULL;
}

static void
decide_hours (const CsvcGrant *grant, CsvcTime at, CsvcAllowance *decision)
{
  gboolean open = TRUE;

  if (grant->hours == NULL || decision->answer != CSVC_ANSWER_ACCEPTED)
    return;
  if (csvc_calendar_is_open (grant->hours, at, &open, NULL, NULL) && open)
    return;
  decision->answer = CSVC_ANSWER_REFUSED_HOURS;
  if (!csvc_calendar_next_opening (grant->hours, at, &decision->next, NULL, NULL))
    decision->next = CSVC_NEVER;
}

/* What the next period gives is another question; but that there is one is when to ask again. */
static void
decide_quota (const CsvcCustomer *self, const CsvcUse *use, CsvcTime at, CsvcAllowance *decision)
{
  const CsvcAccount *account = _csvc_customer_record_find_account (&self->record, use->account);
  const CsvcGrant *grant = decision->grant;
  gint64 left;

  if (!grant->has_quota)
    return;
  decision->open = _csvc_account_is_open (account, at);
  if (decision->open)
    decision->period = (CsvcPeriod){ account->from, account->to };
  else if (!_csvc_grant_period (grant, self, at, &decision->period, &decision->missing))
    {
      decision->answer = CSVC_ANSWER_REFUSED_MISSING_FACT;
      return;
    }
  if (_csvc_customer_balance (self, use->account, at, &left))
    decision->left = left;
  if (decision->answer == CSVC_ANSWER_ACCEPTED && use->amount > decision->left)
    {
      decision->answer = CSVC_ANSWER_REFUSED_QUOTA;
      decision->next = decision->period.to;
    }
}

static CsvcAnswer
check_cell (const CsvcCustomer *self, const CsvcGrant *grant, const CsvcUse *use)
{
  if (grant->apply && csvc_customer_get_application (self, use->account) != CSVC_APPLICATION_APPROVED)
    return CSVC_ANSWER_REFUSED_APPLICATION;
  if (use->scope != NULL && grant->scopes != NULL && !g_strv_contains (grant->scopes, use->scope))
    return CSVC_ANSWER_REFUSED_SCOPE;
  if ((grant->choices == NULL) != (use->choice == NULL) || (use->choice != NULL && !g_strv_contains (grant->choices, use->choice)))
    return CSVC_ANSWER_REFUSED_CHOICE;
  return CSVC_ANSWER_ACCEPTED;
}

static void
decide_entitlement (const CsvcCustomer *self, const CsvcUse *use, CsvcTime at, CsvcAllowance *decision)
{
  decision->left = 0;
  decision->grant = _csvc_entitlement_find_grant (decision->entitlement, self->policy, decision->tier, at);
  if (decision->grant == NULL)
    {
      decision->answer = CSVC_ANSWER_REFUSED_ENTITLEMENT;
      return;
    }
  decision->left = G_MAXINT64;
  decision->answer = check_cell (self, decision->grant, use);
  decide_hours (decision->grant, at, decision);
  decide_quota (self, use, at, decision);
}

static void
decide_ledger (const CsvcCustomer *self, const CsvcUse *use, CsvcTime at, CsvcAllowance *decision)
{
  if (use->scope != NULL || use->choice != NULL)
    decision->answer = use->scope != NULL ? CSVC_ANSWER_REFUSED_SCOPE : CSVC_ANSWER_REFUSED_CHOICE;
  _csvc_customer_balance (self, use->account, at, &decision->left);
  if (decision->answer == CSVC_ANSWER_ACCEPTED && use->amount > decision->left)
    decision->answer = CSVC_ANSWER_REFUSED_QUOTA;
}

gboolean
_csvc_customer_decide (const CsvcCustomer *self, const CsvcUse *use, CsvcTime at, CsvcAllowance *decision, GError **error)
{
  *decision = (CsvcAllowance){ .answer = CSVC_ANSWER_ACCEPTED, .period = { CSVC_NEVER, CSVC_NEVER }, .next = CSVC_NEVER };
  decision->tier = csvc_customer_get_tier (self);
  decision->entitlement = csvc_policy_find_entitlement (self->policy, use->account);
  decision->ledger = csvc_policy_find_ledger (self->policy, use->account);
  if (use->amount < 1)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "expected a number of units of at least 1");
      return FALSE;
    }
  if (decision->entitlement != NULL)
    decide_entitlement (self, use, at, decision);
  else if (decision->ledger != NULL)
    decide_ledger (self, use, at, decision);
  else
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "policy %s has no entitlement and no ledger \"%.60s\"", self->policy->id, use->account);
  return decision->entitlement != NULL || decision->ledger != NULL;
}

/* ── saying why ── */

struct _CsvcEntitled {
  CsvcPolicy  *policy; /* keeps the grant */
  CsvcAllowance decision;
  char        *message;
  char        *help;
};

static char *
time_text (const CsvcPolicy *policy, CsvcTime time)
{
  return csvc_zone_to_string (policy->zone, time);
}

/* "yes, 2 are left until …" */
static char *
say_yes (const CsvcPolicy *policy, const CsvcAllowance *decision)
{
  g_autofree char *until = decision->period.to != CSVC_NEVER ? time_text (policy, decision->period.to) : NULL;

  if (decision->left == G_MAXINT64)
    return g_strdup ("yes");
  return g_strdup_printf ("yes, of %" G_GINT64_FORMAT " that are left%s%s", decision->left, until != NULL ? " until " : "",
                          until != NULL ? until : "");
}

static char *
join (const char *const *words)
{
  return words != NULL ? g_strjoinv (", ", (char **) words) : g_strdup ("nothing");
}

static char *
say_quota (const CsvcPolicy *policy, const CsvcUse *use, const CsvcAllowance *decision)
{
  g_autofree char *until = decision->next != CSVC_NEVER ? time_text (policy, decision->next) : NULL;
  g_autofree char *what = decision->left == 0 ? g_strdup ("used up")
                                              : g_strdup_printf ("%" G_GINT64_FORMAT " asked for, %" G_GINT64_FORMAT " left", use->amount, decision->left);

  return g_strdup_printf ("no: %s%s%s", what, until != NULL ? " until " : "", until != NULL ? until : "");
}

static char *
say_no (const CsvcPolicy *policy, const CsvcUse *use, const CsvcAllowance *decision)
{
  const CsvcGrant *grant = decision->grant;
  g_autofree char *list = NULL;

  switch (decision->answer)
    {
    case CSVC_ANSWER_REFUSED_ENTITLEMENT:
      return g_strdup_printf ("no: not for %s", decision->tier != NULL ? decision->tier->part.id : "a customer without a tier");
    case CSVC_ANSWER_REFUSED_APPLICATION:
      return g_strdup ("no: on application only");
    case CSVC_ANSWER_REFUSED_SCOPE:
      list = join (grant != NULL ? grant->scopes : NULL);
      return g_strdup_printf ("no: \"%s\" is out of scope, which is %s", use->scope, list);
    case CSVC_ANSWER_REFUSED_CHOICE:
      list = join (grant != NULL ? grant->choices : NULL);
      return g_strdup_printf ("no: %s is no choice; there is %s", use->choice != NULL ? use->choice : "nothing", list);
    case CSVC_ANSWER_REFUSED_HOURS:
      list = time_text (policy, decision->next);
      return g_strdup_printf ("no: outside the hours of cover until %s", list);
    case CSVC_ANSWER_REFUSED_MISSING_FACT:
      return g_strdup_printf ("no: its periods are counted from %s, which is missing", decision->missing);
    default:
      return say_quota (policy, use, decision);
    }
}

/* Tiers above that have it, lowest first. */
static char *
find_better_tiers (const CsvcPolicy *policy, const CsvcAllowance *decision, const CsvcUse *use, CsvcTime at)
{
  GString *out = g_string_new (NULL);

  for (guint i = policy->tiers.n; i-- > 0;)
    {
      const CsvcTier *tier = policy->tiers.by_rank[i];
      const CsvcGrant *grant = _csvc_entitlement_find_grant (decision->entitlement, policy, tier, at);

      if (grant == NULL || (decision->tier != NULL && tier->rank <= decision->tier->rank) ||
          (use->scope != NULL && grant->scopes != NULL && !g_strv_contains (grant->scopes, use->scope)) ||
          (decision->answer == CSVC_ANSWER_REFUSED_QUOTA && csvc_grant_get_quota (grant) <= csvc_grant_get_quota (decision->grant)))
        continue;
      g_string_append_printf (out, "%s%s", out->len > 0 ? ", " : "a higher tier: ", tier->part.id);
    }
  return g_string_free (out, out->len == 0);
}

static char *
find_help (const CsvcPolicy *policy, const CsvcUse *use, const CsvcAllowance *decision, CsvcTime at)
{
  switch (decision->answer)
    {
    case CSVC_ANSWER_REFUSED_APPLICATION:
      return g_strdup ("an application");
    case CSVC_ANSWER_REFUSED_ENTITLEMENT:
    case CSVC_ANSWER_REFUSED_SCOPE:
    case CSVC_ANSWER_REFUSED_QUOTA:
      return decision->entitlement != NULL ? find_better_tiers (policy, decision, use, at) : NULL;
    default:
      return NULL;
    }
}

CsvcEntitled *
csvc_customer_may_use (const CsvcCustomer *self, const CsvcUse *use, CsvcTime at, GError **error)
{
  g_autoptr (CsvcCustomer) then = NULL;
  CsvcAllowance decision;
  CsvcEntitled *entitled;

  g_return_val_if_fail (self != NULL && use != NULL && use->account != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (csvc_customer_get_next_wake (self) <= at)
    {
      then = csvc_customer_copy (self);
      if (!csvc_customer_advance (then, at, NULL, error))
        return NULL;
    }
  if (!_csvc_customer_decide (then != NULL ? then : self, use, at, &decision, error))
    return NULL;
  entitled = g_new0 (CsvcEntitled, 1);
  entitled->policy = csvc_policy_ref (self->policy);
  entitled->decision = decision;
  entitled->message = decision.answer == CSVC_ANSWER_ACCEPTED ? say_yes (self->policy, &decision) : say_no (self->policy, use, &decision);
  entitled->help = find_help (self->policy, use, &decision, at);
  return entitled;
}

void
csvc_entitled_free (CsvcEntitled *self)
{
  if (self == NULL)
    return;
  g_free (self->message);
  g_free (self->help);
  csvc_policy_unref (self->policy);
  g_free (self);
}

CsvcAnswer
csvc_entitled_get_answer (const CsvcEntitled *self)
{
  g_return_val_if_fail (self != NULL, CSVC_ANSWER_FAILED);
  return self->decision.answer;
}

const char *
csvc_entitled_get_message (const CsvcEntitled *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->message;
}

gint64
csvc_entitled_get_left (const CsvcEntitled *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->decision.left;
}

CsvcTime
csvc_entitled_get_until (const CsvcEntitled *self)
{
  g_return_val_if_fail (self != NULL, CSVC_NEVER);
  return self->decision.period.to;
}

CsvcTime
csvc_entitled_get_next (const CsvcEntitled *self)
{
  g_return_val_if_fail (self != NULL, CSVC_NEVER);
  return self->decision.next;
}

const CsvcGrant *
csvc_entitled_get_grant (const CsvcEntitled *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->decision.grant;
}

const char *
csvc_entitled_get_help (const CsvcEntitled *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->help;
}

/* ── applications ── */

const char *
csvc_application_to_string (CsvcApplication state)
{
  static const char *const words[] = { "none", "asked", "approved", "rejected", "withdrawn" };

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == CSVC_APPLICATION_WITHDRAWN + 1);
  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (words), NULL);
  return words[state];
}

CsvcApplication
csvc_customer_get_application (const CsvcCustomer *self, const char *entitlement)
{
  const CsvcApplied *applied;

  g_return_val_if_fail (self != NULL && entitlement != NULL, CSVC_APPLICATION_NONE);

  applied = _csvc_customer_record_find_application (&self->record, entitlement);
  return applied != NULL ? (CsvcApplication) applied->state : CSVC_APPLICATION_NONE;
}

static gboolean
may_follow (CsvcApplication before, CsvcApplication state)
{
  switch (state)
    {
    case CSVC_APPLICATION_ASKED:
      return before != CSVC_APPLICATION_APPROVED;
    case CSVC_APPLICATION_APPROVED:
      return TRUE;
    case CSVC_APPLICATION_REJECTED:
      return before == CSVC_APPLICATION_ASKED;
    case CSVC_APPLICATION_WITHDRAWN:
      return before == CSVC_APPLICATION_ASKED || before == CSVC_APPLICATION_APPROVED;
    case CSVC_APPLICATION_NONE:
    default:
      return FALSE;
    }
}

/* Withdrawing is always possible; anything else only for those who may have it. */
static CsvcAnswer
check_application (const CsvcCustomer *self, const CsvcEntitlement *entitlement, CsvcApplication state, CsvcTime at)
{
  if (!may_follow (csvc_customer_get_application (self, entitlement->part.id), state))
    return CSVC_ANSWER_REFUSED_STATE;
  if ((state == CSVC_APPLICATION_ASKED || state == CSVC_APPLICATION_APPROVED) &&
      _csvc_entitlement_find_grant (entitlement, self->policy, csvc_customer_get_tier (self), at) == NULL)
    return CSVC_ANSWER_REFUSED_ENTITLEMENT;
  return CSVC_ANSWER_ACCEPTED;
}

CsvcAnswer
csvc_customer_apply (CsvcCustomer *self, const char *entitlement, CsvcApplication state, const CsvcStamp *stamp, CsvcEffects *effects,
                     GError **error)
{
  g_autoptr (CsvcEffects) own = NULL;
  const CsvcEntitlement *found;
  CsvcEffect *effect;
  CsvcCustomerChange change;
  CsvcAnswer answer;

  g_return_val_if_fail (self != NULL && entitlement != NULL && stamp != NULL, CSVC_ANSWER_FAILED);
  g_return_val_if_fail (state > CSVC_APPLICATION_NONE && state <= CSVC_APPLICATION_WITHDRAWN, CSVC_ANSWER_FAILED);
  g_return_val_if_fail (error == NULL || *error == NULL, CSVC_ANSWER_FAILED);
  found = csvc_policy_find_entitlement (self->policy, entitlement);
  if (found == NULL)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "policy %s has no entitlement \"%.60s\"", self->policy->id, entitlement);
      return CSVC_ANSWER_FAILED;
    }
  answer = _csvc_change_open (&change, self, stamp, effects, &own, error);
  if (answer != CSVC_ANSWER_ACCEPTED || csvc_customer_get_application (self, entitlement) == state)
    return answer;
  answer = check_application (self, found, state, stamp->at);
  if (answer != CSVC_ANSWER_ACCEPTED)
    return answer;
  effect = _csvc_change_begin (&change, CSVC_EFFECT_APPLIED);
  effect->subject = found->part.id;
  effect->detail = csvc_application_to_string (state);
  _csvc_change_end (&change, effect);
  _csvc_tier_look (&change, CSVC_LOOK_PUT);
  return CSVC_ANSWER_ACCEPTED;
}

/* ── running uses ── */

guint
csvc_customer_get_n_running (const CsvcCustomer *self, const char *entitlement, CsvcTime at)
{
  guint n = 0;

  g_return_val_if_fail (self != NULL && entitlement != NULL, 0);

  for (guint i = 0; i < self->record.running->len; i++)
    {
      const CsvcRunning *running = &g_array_index (self->record.running, CsvcRunning, i);

      n += strcmp (running->id, entitlement) == 0 && running->until > at;
    }
  return n;
}

CsvcTime
csvc_customer_get_running_until (const CsvcCustomer *self, const char *entitlement, CsvcTime at)
{
  CsvcTime last = CSVC_NEVER;

  g_return_val_if_fail (self != NULL && entitlement != NULL, CSVC_NEVER);

  for (guint i = 0; i < self->record.running->len; i++)
    {
      const CsvcRunning *running = &g_array_index (self->record.running, CsvcRunning, i);

      if (strcmp (running->id, entitlement) == 0 && running->until > at && (last == CSVC_NEVER || running->until > last))
        last = running->until;
    }
  return last;
}
