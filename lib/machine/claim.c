/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "machine/machine.h"

/* What a case uses, reserves and gives of its customer's accounts. It works on a copy of the customer, which replaces the customer when the step stands:
 * refused by an account, a host's event is refused as a whole, with the account's answer. */

/* The evaluated attributes of an action. */
typedef struct {
  gint64    amount;
  CsvcValue scope, choice, key; /* borrowed; UNKNOWN: not said */
} Claim;

/* A whole number of at least 1. */
static gboolean
evaluate_amount (CsvcStep *step, const CsvcAction *action, gint64 *amount, gboolean *go_on)
{
  CsvcValue value;

  *amount = 1;
  if (action->expr == NULL)
    return TRUE;
  if (!_csvc_action_evaluate (step, action, action->expr, &value, go_on))
    return FALSE;
  if (value.type == CSVC_TYPE_NUMBER && csvc_value_get_integer (&value, amount) && *amount >= 1)
    return TRUE;
  *go_on = _csvc_action_leave_out (step, action, NULL);
  return FALSE;
}

static CsvcValue *
slot_of (Claim *claim, const char *name)
{
  return strcmp (name, "scope") == 0 ? &claim->scope : strcmp (name, "choice") == 0 ? &claim->choice : &claim->key;
}

/* Each value is kept by the list of effects: the next evaluation may reuse what it is made of. */
static gboolean
evaluate_claim (CsvcStep *step, const CsvcAction *action, Claim *claim, gboolean *go_on)
{
  memset (claim, 0, sizeof *claim);
  if (!evaluate_amount (step, action, &claim->amount, go_on))
    return FALSE;
  for (guint i = 0; i < action->n_args; i++)
    {
      CsvcValue value;

      if (!_csvc_action_evaluate (step, action, action->args[i].expr, &value, go_on))
        return FALSE;
      if (value.type != CSVC_TYPE_STRING && value.type != CSVC_TYPE_ENUM)
        {
          *go_on = _csvc_action_leave_out (step, action, NULL);
          return FALSE;
        }
      value.u.s = (char *) _csvc_effects_keep (step->effects, value.u.s);
      *slot_of (claim, action->args[i].name) = value;
    }
  return TRUE;
}

static const char *
text_of (const CsvcValue *value)
{
  return value->type != CSVC_TYPE_UNKNOWN ? value->u.s : NULL;
}

/* A reservation is the case's: under its number unless the action says otherwise. */
static const char *
key_of (const CsvcStep *step, const Claim *claim)
{
  return text_of (&claim->key) != NULL ? text_of (&claim->key) : step->self->record.id;
}

static CsvcAnswer
carry_out (CsvcStep *step, const CsvcAction *action, CsvcCustomer *wallet, const Claim *claim)
{
  const char *cause = step->self->record.id;
  CsvcTime last = csvc_customer_get_last_at (wallet);
  CsvcStamp stamp = CSVC_STAMP (last != CSVC_NEVER ? MAX (step->at, last) : step->at);
  CsvcUse use = { action->name, claim->amount, text_of (&claim->scope), text_of (&claim->choice), text_of (&claim->key), NULL };
  CsvcGift gift = { action->name, claim->amount, 0, 0, text_of (&claim->key) };

  switch ((int) action->type)
    {
    case CSVC_ACTION_USE:
      return _csvc_customer_use (wallet, &use, FALSE, cause, &stamp, step->effects, step->error);
    case CSVC_ACTION_RESERVE:
      use.key = key_of (step, claim);
      return _csvc_customer_use (wallet, &use, TRUE, cause, &stamp, step->effects, step->error);
    case CSVC_ACTION_GRANT:
      return _csvc_customer_grant (wallet, &gift, cause, &stamp, step->effects, step->error);
    default:
      return _csvc_customer_settle (wallet, action->name, key_of (step, claim), action->type == CSVC_ACTION_COMMIT, cause, &stamp, step->effects,
                                    step->error);
    }
}

/* In a step that nobody asked for there is nobody to refuse: it goes on without, and says so. */
static gboolean
go_on_without (CsvcStep *step, const CsvcAction *action, CsvcAnswer answer)
{
  g_autofree char *cause = NULL;

  if (answer == CSVC_ANSWER_FAILED || _csvc_step_is_hosts (step))
    {
      step->answer = answer;
      return FALSE;
    }
  cause = g_strdup_printf ("%s of %s: %s", step->event != NULL ? step->event : "step", action->name, csvc_answer_to_string (answer));
  _csvc_step_undecided (step, _csvc_effects_keep (step->effects, cause), NULL, action->place.line);
  return TRUE;
}

/* A case of nobody has nothing to use; and a release of what was never reserved, as by a case that is withdrawn early, is no fault. */
gboolean
_csvc_action_claim (CsvcStep *step, const CsvcAction *action)
{
  CsvcCustomer *wallet = _csvc_step_get_wallet (step);
  CsvcAnswer answer = CSVC_ANSWER_REFUSED_ENTITLEMENT;
  gboolean go_on;
  Claim claim;

  if (!evaluate_claim (step, action, &claim, &go_on))
    return go_on;
  if (wallet != NULL)
    answer = carry_out (step, action, wallet, &claim);
  if (answer == CSVC_ANSWER_ACCEPTED || (action->type == CSVC_ACTION_RELEASE && answer == CSVC_ANSWER_REFUSED_STATE))
    return TRUE;
  return go_on_without (step, action, answer);
}
