/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "log/scenario.h"

#include <csvc/personal.h>
#include <csvc/service.h>
#include <string.h>

#include "machine/customer.h"

/* Steps on customers: put, and what stands after "customer CUSTOMER". Each is read, asked of the pure function, and asked of an engine. */

/* ── reading ── */

enum {
  NAMES_TIER = 1,
  NAMES_ACCOUNT = 2,
  NAMES_ENTITLEMENT = 4,
  NAMES_EVENT = 8,
  MAY_SAY_AMOUNT = 16,
  SAYS_AMOUNT = 32,
  SAYS_KEY = 64,
  NAMES_CHANNEL = 128,
  NAMES_HOLD = 256
};

static const struct {
  const char *word;
  CsvcServiceType type;
  guint flags;
} services[] = {
  { "review", CSVC_SERVICE_REVIEW, 0 },
  { "set", CSVC_SERVICE_SET_TIER, NAMES_TIER },
  { "clear", CSVC_SERVICE_CLEAR_TIER, 0 },
  { "use", CSVC_SERVICE_USE, NAMES_ACCOUNT | MAY_SAY_AMOUNT },
  { "reserve", CSVC_SERVICE_RESERVE, NAMES_ACCOUNT | MAY_SAY_AMOUNT | SAYS_KEY },
  { "commit", CSVC_SERVICE_COMMIT, NAMES_ACCOUNT | SAYS_KEY },
  { "release", CSVC_SERVICE_RELEASE, NAMES_ACCOUNT | SAYS_KEY },
  { "grant", CSVC_SERVICE_GRANT, NAMES_ACCOUNT | SAYS_AMOUNT },
  { "adjust", CSVC_SERVICE_ADJUST, NAMES_ACCOUNT | SAYS_AMOUNT },
  { "apply", CSVC_SERVICE_APPLY, NAMES_ENTITLEMENT },
  { "note", CSVC_SERVICE_NOTE, NAMES_EVENT },
  { "contact", CSVC_SERVICE_CONTACT, NAMES_CHANNEL },
  { "forget", CSVC_SERVICE_FORGET, 0 },
  { "hold", CSVC_SERVICE_HOLD, NAMES_HOLD },
  { "release-hold", CSVC_SERVICE_RELEASE_HOLD, NAMES_HOLD },
};

#define SERVICES "review, set, clear, use, reserve, commit, release, grant, adjust, apply, note, contact, forget, hold or release-hold"

const char *
_csvc_words_need_account (CsvcWords *words, const CsvcPolicy *policy)
{
  const char *id = _csvc_words_need (words, "an entitlement or a ledger");

  if (id == NULL || csvc_policy_find_ledger (policy, id) != NULL || csvc_policy_find_entitlement (policy, id) != NULL)
    return id;
  _csvc_words_complain (words, CSVC_SCENARIO_NAME, "an entitlement or a ledger of the policy", NULL, "no account \"%.60s\"", id);
  return NULL;
}

const char *
_csvc_words_need_tier (CsvcWords *words, const CsvcPolicy *policy)
{
  const char *id = _csvc_words_need (words, "a tier");

  if (id == NULL || csvc_policy_find_tier (policy, id) != NULL)
    return id;
  _csvc_words_complain (words, CSVC_SCENARIO_NAME, "a tier of the policy", NULL, "no tier \"%.60s\"", id);
  return NULL;
}

const char *
_csvc_words_need_entitlement (CsvcWords *words, const CsvcPolicy *policy)
{
  const char *id = _csvc_words_need (words, "an entitlement");

  if (id == NULL || csvc_policy_find_entitlement (policy, id) != NULL)
    return id;
  _csvc_words_complain (words, CSVC_SCENARIO_NAME, "an entitlement of the policy", NULL, "no entitlement \"%.60s\"", id);
  return NULL;
}

/* The next word as the id of one of @n parts of @size bytes each; NULL after a complaint. */
static gconstpointer
need_part (CsvcWords *words, const char *expected, const char *what, gconstpointer parts, guint n, gsize size)
{
  const char *id = _csvc_words_need (words, expected);

  return id != NULL ? _csvc_words_find (words, what, id, parts, n, size) : NULL;
}

const char *
_csvc_words_need_channel (CsvcWords *words, const CsvcPolicy *policy)
{
  const CsvcChannel *found = need_part (words, "a channel, and a purpose", "channel", policy->rules.channels, policy->rules.n_channels, sizeof (CsvcChannel));

  return found != NULL ? found->part.id : NULL;
}

const char *
_csvc_words_need_purpose (CsvcWords *words, const CsvcPolicy *policy)
{
  const CsvcPurpose *found = need_part (words, "a purpose", "purpose", policy->rules.purposes, policy->rules.n_purposes, sizeof (CsvcPurpose));

  return found != NULL ? found->part.id : NULL;
}

gboolean
_csvc_words_take_number (CsvcWords *words, gint64 *number)
{
  const gint64 limit = G_GINT64_CONSTANT (999999999999999999);
  const char *word = _csvc_words_need (words, "a whole number");

  if (word == NULL)
    return FALSE;
  return g_ascii_string_to_signed (word + (*word == '+'), 10, -limit, limit, number, NULL) ||
         _csvc_words_complain (words, CSVC_SCENARIO_SYNTAX, "a whole number", NULL, "\"%.60s\" is no number", word);
}

gboolean
_csvc_words_take_application (CsvcWords *words, CsvcApplication *state)
{
  const char *word = _csvc_words_need (words, "none, asked, approved, rejected or withdrawn");

  if (word == NULL)
    return FALSE;
  for (*state = CSVC_APPLICATION_NONE; *state <= CSVC_APPLICATION_WITHDRAWN; ++*state)
    if (g_str_equal (word, csvc_application_to_string (*state)))
      return TRUE;
  return _csvc_words_complain (words, CSVC_SCENARIO_SYNTAX, "none, asked, approved, rejected or withdrawn", NULL, "an application is never \"%.60s\"",
                               word);
}

static gboolean
read_name (CsvcScenarioStep *step, CsvcWords *words, const CsvcPolicy *policy, guint flags)
{
  const char *name = flags & NAMES_TIER          ? _csvc_words_need_tier (words, policy)
                     : flags & NAMES_ACCOUNT     ? _csvc_words_need_account (words, policy)
                     : flags & NAMES_ENTITLEMENT ? _csvc_words_need_entitlement (words, policy)
                     : flags & NAMES_EVENT       ? _csvc_words_need (words, "an event")
                     : flags & NAMES_CHANNEL     ? _csvc_words_need_channel (words, policy)
                     : flags & NAMES_HOLD        ? _csvc_words_need (words, "which hold it is")
                                                 : "";

  step->name = g_strdup (name);
  return name != NULL;
}

static gboolean
read_amount (CsvcScenarioStep *step, CsvcWords *words, guint flags)
{
  const char *word = _csvc_words_peek (words);

  step->amount = 1;
  if (flags & SAYS_AMOUNT || (flags & MAY_SAY_AMOUNT && word != NULL && g_ascii_isdigit (*word)))
    return _csvc_words_take_number (words, &step->amount);
  return TRUE;
}

static gboolean
read_purpose (CsvcScenarioStep *step, CsvcWords *words, const CsvcPolicy *policy)
{
  step->purpose = g_strdup (_csvc_words_need_purpose (words, policy));
  if (step->purpose == NULL || !_csvc_words_accept (words, "for"))
    return step->purpose != NULL;
  step->rule = g_strdup (_csvc_words_need (words, "for RULE"));
  return step->rule != NULL &&
         _csvc_words_find (words, "rule", step->rule, policy->rules.rules, policy->rules.n_rules, sizeof (CsvcRule)) != NULL;
}

static gboolean
says_who (const char *word)
{
  static const char *const words[] = { "by", "as", "of", "because", "occurred", NULL };

  return g_strv_contains (words, word);
}

static gboolean
read_forgotten (CsvcScenarioStep *step, CsvcWords *words, const CsvcPolicy *policy)
{
  const char *name;

  while ((name = _csvc_words_peek (words)) != NULL && !says_who (name)) {
    if (policy->masks == NULL || !g_hash_table_contains (policy->masks, name))
      return _csvc_words_complain (words, CSVC_SCENARIO_NAME, "personal facts (pii=\"true\"), or none for all of them", NULL,
                                   "no personal fact \"%.60s\"", name);
    if (step->forgotten == NULL)
      step->forgotten = g_ptr_array_new_with_free_func (g_free);
    g_ptr_array_add (step->forgotten, g_strdup (_csvc_words_take (words)));
  }
  if (step->forgotten != NULL)
    g_ptr_array_add (step->forgotten, NULL);
  return TRUE;
}

/* "key KEY" comes at once where it is needed; elsewhere it is an option. */
static gboolean
read_service (CsvcScenarioStep *step, CsvcWords *words, const CsvcPolicy *policy, guint flags)
{
  if (!read_name (step, words, policy, flags) || !read_amount (step, words, flags))
    return FALSE;
  if (step->service == CSVC_SERVICE_APPLY && !_csvc_words_take_application (words, &step->application))
    return FALSE;
  if (step->service == CSVC_SERVICE_CONTACT)
    return read_purpose (step, words, policy);
  if (step->service == CSVC_SERVICE_FORGET)
    return read_forgotten (step, words, policy);
  if (!(flags & SAYS_KEY))
    return TRUE;
  if (!_csvc_words_accept (words, "key"))
    return _csvc_words_complain (words, CSVC_SCENARIO_SYNTAX, "key KEY", NULL, "a reservation needs a key");
  step->key = g_strdup (_csvc_words_need (words, "key KEY"));
  return step->key != NULL;
}

gboolean
_csvc_service_read (CsvcScenarioStep *step, CsvcWords *words, const CsvcPolicy *policy)
{
  const char *word;

  step->type = CSVC_STEP_SERVE;
  step->until = CSVC_NEVER;
  step->id = g_strdup (_csvc_words_need (words, "customer CUSTOMER"));
  word = step->id != NULL ? _csvc_words_need (words, SERVICES) : NULL;
  if (word == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    if (g_str_equal (services[i].word, word)) {
      step->service = services[i].type;
      return read_service (step, words, policy, services[i].flags);
    }
  return _csvc_words_complain (words, CSVC_SCENARIO_SYNTAX, SERVICES, NULL, "nothing is done to a customer by \"%.60s\"", word);
}

static gboolean
take_into (CsvcWords *words, char **place)
{
  g_free (*place);
  *place = g_strdup (_csvc_words_need (words, "a word"));
  return *place != NULL;
}

static gboolean
is_use (const CsvcScenarioStep *step)
{
  return step->service == CSVC_SERVICE_USE || step->service == CSVC_SERVICE_RESERVE;
}

static gboolean
take_priority (CsvcScenarioStep *step, CsvcWords *words)
{
  gint64 number;

  if (!_csvc_words_take_number (words, &number))
    return FALSE;
  if (number < 0 || number > G_MAXUINT16)
    return _csvc_words_complain (words, CSVC_SCENARIO_SYNTAX, "a number from 0 on", NULL, "%" G_GINT64_FORMAT " is no priority", number);
  step->priority = (guint) number;
  return TRUE;
}

/* *done FALSE: the next word is none of these. */
gboolean
_csvc_service_read_option (CsvcScenarioStep *step, CsvcWords *words, gboolean *done)
{
  gboolean gives = step->service == CSVC_SERVICE_GRANT;

  *done = TRUE;
  if (is_use (step) && _csvc_words_accept (words, "scope"))
    return take_into (words, &step->scope);
  if (is_use (step) && _csvc_words_accept (words, "choice"))
    return take_into (words, &step->choose);
  if ((gives || is_use (step) || step->service == CSVC_SERVICE_ADJUST) && _csvc_words_accept (words, "key"))
    return take_into (words, &step->key);
  if (gives && _csvc_words_accept (words, "priority"))
    return take_priority (step, words);
  if ((gives || step->service == CSVC_SERVICE_SET_TIER) && _csvc_words_accept (words, "until")) {
    step->has_until = TRUE;
    return _csvc_words_accept (words, "never") || _csvc_words_take_time (words, step->stamp.at, &step->until);
  }
  *done = FALSE;
  return TRUE;
}

gboolean
_csvc_service_takes_facts (const CsvcScenarioStep *step)
{
  return is_use (step);
}

/* ── the requests ── */

static CsvcUse
use_of (const CsvcScenarioStep *step)
{
  return (CsvcUse){ step->name, step->amount, step->scope, step->choose, step->key, step->facts };
}

static CsvcGift
gift_of (const CsvcScenarioStep *step)
{
  return (CsvcGift){ step->name, step->amount, step->has_until ? step->until : 0, step->priority, step->key };
}

static CsvcAnswer
note (CsvcCustomer *customer, const CsvcScenarioStep *step, CsvcEffects *effects, GError **error)
{
  if (!_csvc_id_check (step->name, "an event", error))
    return CSVC_ANSWER_FAILED;
  _csvc_customer_note_event (customer, step->name, step->stamp.occurred != 0 ? step->stamp.occurred : step->stamp.at, effects);
  return CSVC_ANSWER_ACCEPTED;
}

/* As an engine does: asked once more, and noted only if it may be. */
static CsvcAnswer
contact (CsvcCustomer *customer, const CsvcCaseload *cases, const CsvcScenarioStep *step, CsvcEffects *effects, GError **error)
{
  g_autoptr (CsvcPermission) said = csvc_customer_may_contact (customer, cases, step->name, step->purpose, step->stamp.at, error);

  if (said == NULL)
    return CSVC_ANSWER_FAILED;
  if (!csvc_permission_is_given (said))
    return CSVC_ANSWER_REFUSED_CONDITION;
  return csvc_customer_note_contact (customer, step->name, step->purpose, step->rule, step->about, &step->stamp, effects, error);
}

CsvcAnswer
_csvc_service_do (CsvcCustomer *customer, const CsvcCaseload *cases, const CsvcScenarioStep *step, CsvcEffects *effects, GError **error)
{
  const CsvcStamp *stamp = &step->stamp;
  const CsvcUse use = use_of (step);
  const CsvcGift gift = gift_of (step);

  switch (step->service) {
  case CSVC_SERVICE_REVIEW:
    return csvc_customer_review (customer, stamp, effects, error);
  case CSVC_SERVICE_SET_TIER:
    return csvc_customer_set_tier (customer, step->name, step->until, stamp, effects, error);
  case CSVC_SERVICE_CLEAR_TIER:
    return csvc_customer_clear_tier (customer, stamp, effects, error);
  case CSVC_SERVICE_USE:
    return csvc_customer_use (customer, &use, stamp, effects, error);
  case CSVC_SERVICE_RESERVE:
    return csvc_customer_reserve (customer, &use, stamp, effects, error);
  case CSVC_SERVICE_COMMIT:
    return csvc_customer_commit (customer, step->name, step->key, stamp, effects, error);
  case CSVC_SERVICE_RELEASE:
    return csvc_customer_release (customer, step->name, step->key, stamp, effects, error);
  case CSVC_SERVICE_GRANT:
    return csvc_customer_grant (customer, &gift, stamp, effects, error);
  case CSVC_SERVICE_ADJUST:
    return csvc_customer_adjust (customer, step->name, step->amount, step->key, stamp, effects, error);
  case CSVC_SERVICE_APPLY:
    return csvc_customer_apply (customer, step->name, step->application, stamp, effects, error);
  case CSVC_SERVICE_NOTE:
    return note (customer, step, effects, error);
  case CSVC_SERVICE_CONTACT:
    return contact (customer, cases, step, effects, error);
  case CSVC_SERVICE_FORGET:
  case CSVC_SERVICE_HOLD:
  case CSVC_SERVICE_RELEASE_HOLD:
    g_return_val_if_reached (CSVC_ANSWER_FAILED);
  case CSVC_SERVICE_PUT:
  default:
    return csvc_customer_put (customer, step->facts, stamp->at, effects, error) ? CSVC_ANSWER_ACCEPTED : CSVC_ANSWER_FAILED;
  }
}

static const char *const *
names_of (const CsvcScenarioStep *step)
{
  return step->forgotten != NULL ? (const char *const *) step->forgotten->pdata : NULL;
}

CsvcAnswer
_csvc_service_ask (CsvcEngine *engine, const CsvcScenarioStep *step, CsvcEffects *effects, GError **error)
{
  const CsvcStamp *stamp = &step->stamp;
  const CsvcUse use = use_of (step);
  const CsvcGift gift = gift_of (step);

  switch (step->service) {
  case CSVC_SERVICE_REVIEW:
    return csvc_engine_review (engine, step->id, stamp, effects, error);
  case CSVC_SERVICE_SET_TIER:
    return csvc_engine_set_tier (engine, step->id, step->name, step->until, stamp, effects, error);
  case CSVC_SERVICE_CLEAR_TIER:
    return csvc_engine_clear_tier (engine, step->id, stamp, effects, error);
  case CSVC_SERVICE_USE:
    return csvc_engine_use (engine, step->id, &use, stamp, effects, error);
  case CSVC_SERVICE_RESERVE:
    return csvc_engine_reserve (engine, step->id, &use, stamp, effects, error);
  case CSVC_SERVICE_COMMIT:
    return csvc_engine_commit_use (engine, step->id, step->name, step->key, stamp, effects, error);
  case CSVC_SERVICE_RELEASE:
    return csvc_engine_release (engine, step->id, step->name, step->key, stamp, effects, error);
  case CSVC_SERVICE_GRANT:
    return csvc_engine_grant (engine, step->id, &gift, stamp, effects, error);
  case CSVC_SERVICE_ADJUST:
    return csvc_engine_adjust (engine, step->id, step->name, step->amount, step->key, stamp, effects, error);
  case CSVC_SERVICE_APPLY:
    return csvc_engine_apply (engine, step->id, step->name, step->application, stamp, effects, error);
  case CSVC_SERVICE_NOTE:
    return csvc_engine_note_event (engine, step->id, step->name, stamp, effects, error);
  case CSVC_SERVICE_CONTACT:
    return csvc_engine_contact (engine, step->id, step->name, step->purpose, step->rule, step->about, stamp, NULL, effects, error);
  case CSVC_SERVICE_FORGET:
    return csvc_engine_forget (engine, step->id, names_of (step), stamp, effects, error);
  case CSVC_SERVICE_HOLD:
    return csvc_engine_hold (engine, step->id, step->name, stamp, effects, error);
  case CSVC_SERVICE_RELEASE_HOLD:
    return csvc_engine_release_hold (engine, step->id, step->name, stamp, effects, error);
  case CSVC_SERVICE_PUT:
  default:
    return csvc_engine_put_customer (engine, step->id, step->facts, stamp, effects, error);
  }
}
