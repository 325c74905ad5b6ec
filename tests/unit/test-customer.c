/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/csvc.h>
#include <string.h>

#include "csvc-test.h"
#include "machine-story.h"
#include "machine/customer.h"

/* Tiers, accounts and entitlements. After every command of a Life the effects so far fold to the customer, JSON and bytes give it back, and the
 * balances replayed from the effects are those of the customer. */

static void rises_at_once (void);
static void sinks_after_review_and_grace (void);
static void withdraws_a_warning (void);
static void sinks_one_step (void);
static void rises_at_a_review (void);
static void excludes (void);
static void keeps_the_tier_when_undecided (void);
static void sets_a_tier_by_hand (void);
static void explains_a_tier (void);
static void uses_a_quota_up (void);
static void counts_periods_from_the_31st (void);
static void counts_periods_from_29_february (void);
static void rolls_over (void);
static void prorates_a_first_period (void);
static void answers_every_cell (void);
static void grants_by_date (void);
static void asks_for_applications (void);
static void ends_uses_by_itself (void);
static void reserves_and_releases (void);
static void repeats_by_key (void);
static void spends_points_in_order (void);
static void expires_points (void);
static void corrects_an_account (void);
static void keeps_quotas_when_the_tier_changes (void);
static void prorates_quotas_when_the_tier_changes (void);
static void resets_quotas_when_the_tier_changes (void);
static void refuses_what_cannot_be (void);
static void tells_conditions (void);
static void cases_use_accounts (void);
static void refused_uses_refuse_events (void);
static void clocks_go_on_without (void);
static void asking_uses_nothing (void);
static void reserves_for_a_case (void);
static void notes_what_happened (void);
static void replays_random_lives (void);
static void reads_codec_1 (void);
static void refuses_effects_that_do_not_fit (void);

static CU_TestInfo tests[] = {
  { "rises-at-once", rises_at_once },
  { "sinks-after-review-and-grace", sinks_after_review_and_grace },
  { "withdraws-a-warning", withdraws_a_warning },
  { "sinks-one-step", sinks_one_step },
  { "rises-at-a-review", rises_at_a_review },
  { "excludes", excludes },
  { "keeps-the-tier-when-undecided", keeps_the_tier_when_undecided },
  { "sets-a-tier-by-hand", sets_a_tier_by_hand },
  { "explains-a-tier", explains_a_tier },
  { "uses-a-quota-up", uses_a_quota_up },
  { "counts-periods-from-the-31st", counts_periods_from_the_31st },
  { "counts-periods-from-29-february", counts_periods_from_29_february },
  { "rolls-over", rolls_over },
  { "prorates-a-first-period", prorates_a_first_period },
  { "answers-every-cell", answers_every_cell },
  { "grants-by-date", grants_by_date },
  { "asks-for-applications", asks_for_applications },
  { "ends-uses-by-itself", ends_uses_by_itself },
  { "reserves-and-releases", reserves_and_releases },
  { "repeats-by-key", repeats_by_key },
  { "spends-points-in-order", spends_points_in_order },
  { "expires-points", expires_points },
  { "corrects-an-account", corrects_an_account },
  { "keeps-quotas-when-the-tier-changes", keeps_quotas_when_the_tier_changes },
  { "prorates-quotas-when-the-tier-changes", prorates_quotas_when_the_tier_changes },
  { "resets-quotas-when-the-tier-changes", resets_quotas_when_the_tier_changes },
  { "refuses-what-cannot-be", refuses_what_cannot_be },
  { "tells-conditions", tells_conditions },
  { "cases-use-accounts", cases_use_accounts },
  { "refused-uses-refuse-events", refused_uses_refuse_events },
  { "clocks-go-on-without", clocks_go_on_without },
  { "asking-uses-nothing", asking_uses_nothing },
  { "reserves-for-a-case", reserves_for_a_case },
  { "notes-what-happened", notes_what_happened },
  { "replays-random-lives", replays_random_lives },
  { "reads-codec-1", reads_codec_1 },
  { "refuses-effects-that-do-not-fit", refuses_effects_that_do_not_fit },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_customer = { "customer", tests, NULL, NULL };

#define FACTS "<customer><fact id='arpu' type='number'/><fact id='card' type='boolean' default='false'/>" \
              "<fact id='joined' type='date'/></customer>"
#define RANKS "<exclude when='card'/><tier id='ordinary' rank='0'/><tier id='silver' rank='1' when='arpu &gt;= 100'/>" \
              "<tier id='gold' rank='2' when='arpu &gt;= 300'/><tier id='diamond' rank='3' when='arpu &gt;= 500'/>"
#define TIERS(attributes) "<tiers default='ordinary' " attributes ">" RANKS "</tiers>"
#define CASE "<case id='c' initial='s'><event id='go'/><state id='s'><transition event='go' target='e'/></state><final id='e'/></case>"
#define GRANT(attributes) "<entitlements><entitlement id='x'><grant " attributes "/></entitlement></entitlements>"

/* ── a life ── */

typedef struct {
  CsvcPolicy   *policy;
  CsvcCustomer *self;
  CsvcEffects  *effects; /* all of them */
  guint         seen;
} Life;

static void
life_begin (Life *life, const char *body)
{
  life->policy = load (body);
  life->self = csvc_customer_new (life->policy, "C1", NULL);
  life->effects = csvc_effects_new ();
  life->seen = 0;
}

static void
life_end (Life *life)
{
  csvc_customer_free (life->self);
  csvc_effects_unref (life->effects);
  csvc_policy_unref (life->policy);
}

static void
check_folds (const Life *life, GBytes *bytes)
{
  g_auto (CsvcCustomerRecord) record;
  g_autoptr (GBytes) folded = NULL;
  g_autoptr (GError) error = NULL;

  _csvc_customer_record_init (&record);
  record.id = g_ref_string_new ("C1");
  CU_ASSERT_TRUE (_csvc_customer_record_fold (&record, life->effects, &error));
  csvc_assert_no_error (error);
  folded = _csvc_customer_record_to_bytes (&record);
  CSVC_ASSERT_TRUE (g_bytes_equal (bytes, folded), "the effects do not fold to the customer");
}

static void
check_restores (const Life *life, GBytes *bytes)
{
  g_autofree char *json = csvc_customer_to_json (life->self);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcCustomer) from_bytes = csvc_customer_new_from_bytes (life->policy, bytes, &error);
  g_autoptr (CsvcCustomer) from_json = csvc_customer_new_from_json (life->policy, json, &error);
  g_autoptr (GBytes) again = NULL, third = NULL;

  csvc_assert_no_error (error);
  if (from_bytes == NULL || from_json == NULL)
    return;
  again = csvc_customer_to_bytes (from_bytes);
  third = csvc_customer_to_bytes (from_json);
  CSVC_ASSERT_TRUE (g_bytes_equal (bytes, again) && g_bytes_equal (bytes, third), "bytes and JSON differ: %s", json);
}

static void
check_balances (const Life *life)
{
  CsvcTime last = csvc_customer_get_last_at (life->self);

  for (guint i = 0; i < life->self->record.accounts->len && last != CSVC_NEVER; i++)
    {
      const CsvcAccount *account = &g_array_index (life->self->record.accounts, CsvcAccount, i);

      CSVC_ASSERT_INT (csvc_ledger_balance_at (life->effects, account->id, last), _csvc_account_left (account, last));
    }
}

static void
check_life (const Life *life)
{
  g_autoptr (GBytes) bytes = csvc_customer_to_bytes (life->self);

  check_folds (life, bytes);
  check_restores (life, bytes);
  check_balances (life);
}

/* The words of the effects since the last look, with their subjects. */
static void
assert_said (Life *life, const char *expected)
{
  g_autoptr (GString) said = g_string_new (NULL);

  for (; life->seen < csvc_effects_get_size (life->effects); life->seen++)
    {
      const CsvcEffect *effect = csvc_effects_get (life->effects, life->seen);

      if (said->len > 0)
        g_string_append_c (said, '|');
      g_string_append (said, csvc_effect_type_to_string ((CsvcEffectType) effect->type));
      if (effect->subject != NULL)
        g_string_append_printf (said, " %s", effect->subject);
      if (effect->type == CSVC_EFFECT_TIER || effect->type == CSVC_EFFECT_TIER_SET)
        g_string_append_printf (said, " %s", effect->text);
      if (effect->type >= CSVC_EFFECT_GRANTED && effect->type <= CSVC_EFFECT_ADJUSTED)
        g_string_append_printf (said, " %" G_GINT64_FORMAT, effect->amount);
    }
  CSVC_ASSERT_STRING (said->str, expected);
}

static void
put (Life *life, const char *when, const char *facts)
{
  g_autoptr (CsvcFacts) bag = facts_of (facts);
  g_autoptr (GError) error = NULL;

  CU_ASSERT_TRUE (csvc_customer_put (life->self, bag, at (when), life->effects, &error));
  csvc_assert_no_error (error);
  check_life (life);
}

static void
take_away (Life *life, const char *when, const char *fact)
{
  g_autoptr (CsvcValue) null = csvc_value_new (CSVC_TYPE_NULL, "null", NULL);
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();

  csvc_facts_set (facts, fact, null);
  CU_ASSERT_TRUE (csvc_customer_put (life->self, facts, at (when), life->effects, NULL));
  check_life (life);
}

static void
advance (Life *life, const char *when)
{
  g_autoptr (GError) error = NULL;

  CU_ASSERT_TRUE (csvc_customer_advance (life->self, at (when), life->effects, &error));
  csvc_assert_no_error (error);
  check_life (life);
}

static void
assert_answer (Life *life, CsvcAnswer answer, const char *expected, GError **error)
{
  CSVC_ASSERT_TRUE (strcmp (csvc_answer_to_string (answer), expected) == 0, "answered %s, expected %s%s%s", csvc_answer_to_string (answer), expected,
                    *error != NULL ? ": " : "", *error != NULL ? (*error)->message : "");
  CU_ASSERT_EQUAL (answer == CSVC_ANSWER_FAILED, *error != NULL);
  check_life (life);
}

static void
use_it (Life *life, const CsvcUse *use, const char *when, const char *expected)
{
  CsvcStamp stamp = CSVC_STAMP (at (when));
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcEntitled) entitled = csvc_customer_may_use (life->self, use, stamp.at, NULL);
  gboolean is_new = use->key == NULL;

  if (entitled != NULL && is_new)
    CSVC_ASSERT_STRING (csvc_answer_to_string (csvc_entitled_get_answer (entitled)), expected);
  assert_answer (life, csvc_customer_use (life->self, use, &stamp, life->effects, &error), expected, &error);
}

static void
use (Life *life, const char *account, gint64 amount, const char *when, const char *expected)
{
  CsvcUse wanted = { account, amount, NULL, NULL, NULL, NULL };

  use_it (life, &wanted, when, expected);
}

static void
reserve (Life *life, const char *account, gint64 amount, const char *key, const char *when, const char *expected)
{
  CsvcUse wanted = { account, amount, NULL, NULL, key, NULL };
  CsvcStamp stamp = CSVC_STAMP (at (when));
  g_autoptr (GError) error = NULL;

  assert_answer (life, csvc_customer_reserve (life->self, &wanted, &stamp, life->effects, &error), expected, &error);
}

static void
settle (Life *life, gboolean commit, const char *account, const char *key, const char *when, const char *expected)
{
  CsvcStamp stamp = CSVC_STAMP (at (when));
  g_autoptr (GError) error = NULL;

  assert_answer (life, commit ? csvc_customer_commit (life->self, account, key, &stamp, life->effects, &error)
                              : csvc_customer_release (life->self, account, key, &stamp, life->effects, &error), expected, &error);
}

static void
give (Life *life, const char *account, gint64 amount, const char *expires, guint priority, const char *when)
{
  CsvcGift gift = { account, amount, expires != NULL ? at (expires) : 0, priority, NULL };
  CsvcStamp stamp = CSVC_STAMP (at (when));
  g_autoptr (GError) error = NULL;

  assert_answer (life, csvc_customer_grant (life->self, &gift, &stamp, life->effects, &error), "accepted", &error);
}

static void
apply (Life *life, const char *entitlement, CsvcApplication state, const char *when, const char *expected)
{
  CsvcStamp stamp = CSVC_STAMP (at (when));
  g_autoptr (GError) error = NULL;

  assert_answer (life, csvc_customer_apply (life->self, entitlement, state, &stamp, life->effects, &error), expected, &error);
}

static void
assert_tier (const Life *life, const char *expected)
{
  const CsvcTier *tier = csvc_customer_get_tier (life->self);

  CSVC_ASSERT_STRING (tier != NULL ? csvc_tier_get_id (tier) : "none", expected);
}

static void
assert_balance (const Life *life, const char *account, const char *when, gint64 expected)
{
  CSVC_ASSERT_INT (csvc_customer_get_balance (life->self, account, at (when)), expected);
}

static void
assert_wake (const Life *life, const char *expected)
{
  CsvcTime wake = csvc_customer_get_next_wake (life->self);

  CSVC_ASSERT_INT (wake, expected != NULL ? at (expected) : CSVC_NEVER);
}

/* ── tiers ── */

static void
rises_at_once (void)
{
  Life life;

  life_begin (&life, FACTS TIERS ("review='P1Y' grace='P3M'") CASE);
  assert_tier (&life, "ordinary");
  put (&life, "2026-01-05T10:00:00", "arpu=120");
  assert_said (&life, "customer-put arpu|tier silver first|tier-review");
  assert_tier (&life, "silver");
  assert_wake (&life, "2027-01-05T10:00:00");
  put (&life, "2026-03-01T10:00:00", "arpu=600");
  assert_said (&life, "customer-put arpu|tier diamond up|tier-review");
  CSVC_ASSERT_INT (csvc_customer_get_tier_since (life.self), at ("2026-03-01T10:00:00"));
  assert_wake (&life, "2027-03-01T10:00:00"); /* an upgrade moves the review */
  put (&life, "2026-03-02T10:00:00", "arpu=50");
  assert_said (&life, "customer-put arpu");
  assert_tier (&life, "diamond");
  life_end (&life);
}

static void
sinks_after_review_and_grace (void)
{
  const CsvcTier *below;
  CsvcTime until;
  Life life;

  life_begin (&life, FACTS TIERS ("review='P1Y' grace='P3M'") CASE);
  put (&life, "2025-01-31T10:00:00", "arpu=600");
  put (&life, "2025-06-01T10:00:00", "arpu=150");
  life.seen = csvc_effects_get_size (life.effects);
  advance (&life, "2026-01-31T10:00:00");
  assert_said (&life, "tier-warned diamond|tier-review");
  CU_ASSERT_TRUE (csvc_customer_get_warning (life.self, &until, &below));
  CSVC_ASSERT_INT (until, at ("2026-04-30T10:00:00"));
  CSVC_ASSERT_STRING (csvc_tier_get_id (below), "silver");
  assert_tier (&life, "diamond");
  advance (&life, "2026-04-30T09:59:59");
  assert_tier (&life, "diamond");
  advance (&life, "2026-04-30T10:00:00");
  assert_said (&life, "tier silver down");
  assert_tier (&life, "silver");
  CU_ASSERT_FALSE (csvc_customer_get_warning (life.self, NULL, NULL));
  assert_wake (&life, "2027-01-31T10:00:00");
  life_end (&life);
}

static void
withdraws_a_warning (void)
{
  Life life;

  life_begin (&life, FACTS TIERS ("review='P1Y' grace='P3M'") CASE);
  put (&life, "2025-01-01T10:00:00", "arpu=600");
  put (&life, "2025-06-01T10:00:00", "arpu=450");
  advance (&life, "2026-01-01T10:00:00");
  life.seen = csvc_effects_get_size (life.effects);
  put (&life, "2026-02-01T10:00:00", "arpu=500");
  assert_said (&life, "customer-put arpu|tier-warning-withdrawn diamond");
  advance (&life, "2026-12-01T10:00:00");
  assert_said (&life, "");
  assert_tier (&life, "diamond");
  life_end (&life);
}

static void
sinks_one_step (void)
{
  Life life;

  life_begin (&life, FACTS TIERS ("review='P1Y' down='one-step'") CASE);
  put (&life, "2025-01-01T10:00:00", "arpu=600");
  put (&life, "2025-06-01T10:00:00", "arpu=10");
  life.seen = csvc_effects_get_size (life.effects);
  advance (&life, "2028-06-01T10:00:00"); /* no grace: a step at each review */
  assert_said (&life, "tier gold down|tier-review|tier silver down|tier-review|tier ordinary down|tier-review");
  assert_wake (&life, "2029-01-01T10:00:00");
  life_end (&life);
}

static void
rises_at_a_review (void)
{
  CsvcStamp stamp = CSVC_STAMP (at ("2025-07-01T10:00:00"));
  Life life;

  life_begin (&life, FACTS TIERS ("review='P1Y' up='at-review' upgrade-moves-review='false'") CASE);
  put (&life, "2025-01-01T10:00:00", "arpu=100");
  put (&life, "2025-06-01T10:00:00", "arpu=600");
  CU_ASSERT_EQUAL (csvc_customer_review (life.self, &stamp, life.effects, NULL), CSVC_ANSWER_ACCEPTED);
  assert_tier (&life, "silver");
  advance (&life, "2026-01-01T10:00:00");
  assert_tier (&life, "diamond");
  assert_wake (&life, "2027-01-01T10:00:00");
  stamp.at = at ("2025-12-31T10:00:00");
  CU_ASSERT_EQUAL (csvc_customer_review (life.self, &stamp, life.effects, NULL), CSVC_ANSWER_REFUSED_TIME);
  life_end (&life);
}

static void
excludes (void)
{
  Life life;

  life_begin (&life, FACTS TIERS ("review='P1Y' grace='P3M'") GRANT ("tier='gold'") CASE);
  put (&life, "2026-01-01T10:00:00", "arpu=400");
  use (&life, "x", 1, "2026-01-01T11:00:00", "accepted");
  life.seen = csvc_effects_get_size (life.effects);
  put (&life, "2026-01-02T10:00:00", "card=true");
  assert_said (&life, "customer-put card|tier excluded");
  assert_tier (&life, "none");
  use (&life, "x", 1, "2026-01-02T11:00:00", "refused-entitlement");
  put (&life, "2026-01-03T10:00:00", "card=false");
  assert_tier (&life, "gold");
  life_end (&life);
}

static void
keeps_the_tier_when_undecided (void)
{
  CsvcStamp stamp = CSVC_STAMP (at ("2026-02-01T10:00:00"));
  Life life;

  life_begin (&life, FACTS TIERS ("review='P1Y' grace='P3M'") CASE);
  put (&life, "2026-01-01T10:00:00", "joined=2020-01-01");
  assert_said (&life, "customer-put joined");
  assert_tier (&life, "ordinary");
  CU_ASSERT_EQUAL (csvc_customer_review (life.self, &stamp, life.effects, NULL), CSVC_ANSWER_ACCEPTED);
  CSVC_ASSERT_STRING (csvc_effect_get_text (csvc_effects_get (life.effects, 1), "fact"), "arpu");
  assert_said (&life, "undecided tier");
  put (&life, "2026-03-01T10:00:00", "arpu=600");
  assert_tier (&life, "diamond");
  take_away (&life, "2026-03-02T10:00:00", "arpu");
  life.seen = csvc_effects_get_size (life.effects);
  advance (&life, "2027-03-01T10:00:00");
  assert_said (&life, "undecided tier|tier-review");
  assert_tier (&life, "diamond");
  life_end (&life);
}

static void
sets_a_tier_by_hand (void)
{
  CsvcStamp stamp = { at ("2026-02-01T10:00:00"), 0, "mei", NULL, NULL, NULL, "thanks for 20 years" };
  const char *reason;
  g_autoptr (GError) error = NULL;
  CsvcTime until;
  Life life;

  life_begin (&life, FACTS TIERS ("review='P1Y' grace='P3M'") CASE);
  put (&life, "2026-01-01T10:00:00", "arpu=100");
  assert_answer (&life, csvc_customer_set_tier (life.self, "diamond", at ("2026-05-01T00:00:00"), &stamp, life.effects, &error), "accepted", &error);
  assert_tier (&life, "diamond");
  CU_ASSERT_TRUE (csvc_customer_get_override (life.self, &until, &reason));
  CSVC_ASSERT_STRING (reason, "thanks for 20 years");
  CSVC_ASSERT_INT (until, at ("2026-05-01T00:00:00"));
  put (&life, "2026-03-01T10:00:00", "arpu=350"); /* the earned one rises below it */
  assert_tier (&life, "diamond");
  CSVC_ASSERT_STRING (csvc_tier_get_id (csvc_customer_get_earned_tier (life.self)), "gold");
  life.seen = csvc_effects_get_size (life.effects);
  advance (&life, "2026-05-01T00:00:00");
  assert_said (&life, "tier-set gold ended");
  assert_tier (&life, "gold");
  stamp.at = at ("2026-06-01T10:00:00");
  assert_answer (&life, csvc_customer_clear_tier (life.self, &stamp, life.effects, &error), "refused-state", &error);
  assert_answer (&life, csvc_customer_set_tier (life.self, "silver", CSVC_NEVER, &stamp, life.effects, &error), "accepted", &error);
  assert_tier (&life, "silver");
  assert_answer (&life, csvc_customer_clear_tier (life.self, &stamp, life.effects, &error), "accepted", &error);
  assert_tier (&life, "gold");
  stamp.reason = NULL;
  assert_answer (&life, csvc_customer_set_tier (life.self, "silver", CSVC_NEVER, &stamp, life.effects, &error), "failed", &error);
  g_clear_error (&error);
  stamp.reason = "x";
  assert_answer (&life, csvc_customer_set_tier (life.self, "bronze", CSVC_NEVER, &stamp, life.effects, &error), "failed", &error);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "bronze");
  life_end (&life);
}

static void
explains_a_tier (void)
{
  g_autoptr (CsvcTierReasons) reasons = NULL, missing = NULL;
  Life life;

  life_begin (&life, FACTS TIERS ("review='P1Y' grace='P3M'") CASE);
  missing = csvc_customer_explain_tier (life.self, at ("2026-01-01T10:00:00"));
  CSVC_ASSERT_STRING (csvc_tier_reasons_get_missing (missing), "arpu");
  CSVC_ASSERT_STRING (csvc_tier_reasons_get_message (missing), "ordinary, by default; it stays while arpu is missing");
  put (&life, "2026-01-01T10:00:00", "arpu=320");
  reasons = csvc_customer_explain_tier (life.self, at ("2026-01-02T10:00:00"));
  CSVC_ASSERT_STRING (csvc_tier_reasons_get_message (reasons), "gold since 2026-01-01T10:00:00+08:00, earned; next review 2027-01-01T10:00:00+08:00");
  CSVC_ASSERT_STRING (csvc_tier_get_id (csvc_tier_reasons_get_target (reasons)), "gold");
  CSVC_ASSERT_STRING (csvc_tier_get_id (csvc_tier_reasons_get_next (reasons)), "diamond");
  CSVC_ASSERT_STRING (csvc_tier_reasons_get_lacking (reasons), "arpu >= 500 does not hold: arpu = 320 (t.xml:1)");
  CSVC_ASSERT_UINT (csvc_tier_reasons_get_n_lines (reasons), 5);
  CSVC_ASSERT_STRING (csvc_tier_reasons_get_line (reasons, 0), "excluded: card does not hold: card = false (t.xml:1)");
  CSVC_ASSERT_STRING (csvc_tier_reasons_get_line (reasons, 2), "gold: arpu >= 300 holds: arpu = 320 (t.xml:1)");
  life_end (&life);
}

/* ── quotas ── */

static void
uses_a_quota_up (void)
{
  g_autoptr (CsvcEntitled) entitled = NULL, no = NULL;
  CsvcUse one = CSVC_USE ("x");
  Life life;

  life_begin (&life, FACTS TIERS ("review='P1Y'") GRANT ("tier='silver gold' quota='2' per='month'") CASE);
  put (&life, "2026-01-05T10:00:00", "arpu=120");
  entitled = csvc_customer_may_use (life.self, &one, at ("2026-01-10T10:00:00"), NULL);
  CSVC_ASSERT_STRING (csvc_entitled_get_message (entitled), "yes, of 2 that are left until 2026-02-01T00:00:00+08:00");
  use (&life, "x", 1, "2026-01-10T10:00:00", "accepted");
  CSVC_ASSERT_INT (csvc_customer_get_used (life.self, "x", at ("2026-01-11T10:00:00")), 1);
  use (&life, "x", 1, "2026-01-31T23:59:59", "accepted");
  use (&life, "x", 1, "2026-01-31T23:59:59.5", "refused-quota");
  no = csvc_customer_may_use (life.self, &one, at ("2026-01-31T23:59:59.5"), NULL);
  CSVC_ASSERT_STRING (csvc_entitled_get_message (no), "no: used up until 2026-02-01T00:00:00+08:00");
  CSVC_ASSERT_INT (csvc_entitled_get_next (no), at ("2026-02-01T00:00:00"));
  use (&life, "x", 1, "2026-02-01T00:00:00", "accepted"); /* the month ends when the next begins */
  assert_balance (&life, "x", "2026-02-01T00:00:00", 1);
  assert_balance (&life, "x", "2026-03-01T00:00:00", 2);
  use (&life, "x", 3, "2026-03-01T00:00:00", "refused-quota");
  life_end (&life);
}

static void
counts_periods_from_the_31st (void)
{
  static const char *const ends[] = { "2026-02-28T00:00:00", "2026-03-31T00:00:00", "2026-04-30T00:00:00", "2026-05-31T00:00:00" };
  Life life;

  life_begin (&life, FACTS GRANT ("quota='1' per='month' from='joined'") CASE);
  use (&life, "x", 1, "2026-01-31T09:00:00", "refused-missing-fact");
  put (&life, "2026-01-31T10:00:00", "joined=2025-08-31");
  use (&life, "x", 1, "2026-01-31T10:00:00", "accepted");
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      assert_wake (&life, ends[i]);
      CSVC_ASSERT_INT (csvc_customer_get_balance (life.self, "x", at (ends[i]) - 1), 0);
      use (&life, "x", 1, ends[i], "accepted");
    }
  life_end (&life);
}

static void
counts_periods_from_29_february (void)
{
  static const char *const ends[] = { "2025-02-28T00:00:00", "2026-02-28T00:00:00", "2027-02-28T00:00:00", "2028-02-29T00:00:00", "2029-02-28T00:00:00" };
  Life life;

  life_begin (&life, GRANT ("quota='1' per='year' from='2024-02-29'") CASE);
  use (&life, "x", 1, "2024-02-29T00:00:00", "accepted");
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      assert_wake (&life, ends[i]);
      use (&life, "x", 1, ends[i], "accepted");
    }
  life_end (&life);
}

/* min (max, max (min, rest)) */
static void
rolls_over (void)
{
  Life life;

  life_begin (&life, FACTS TIERS ("review='P9Y'") GRANT ("tier='silver' quota='5' per='month' rollover-max='3' rollover-min='1'") CASE);
  put (&life, "2026-01-05T10:00:00", "arpu=120");
  assert_said (&life, "customer-put arpu|tier silver first|granted x 5|tier-review");
  use (&life, "x", 4, "2026-01-20T10:00:00", "accepted");
  life.seen = csvc_effects_get_size (life.effects);
  advance (&life, "2026-02-01T00:00:00"); /* rest 1 */
  assert_said (&life, "expired x 1|granted x 5|granted x 1");
  assert_balance (&life, "x", "2026-02-01T00:00:00", 6);
  advance (&life, "2026-03-01T00:00:00"); /* rest 6 */
  assert_balance (&life, "x", "2026-03-01T00:00:00", 8);
  use (&life, "x", 8, "2026-03-01T00:00:00", "accepted");
  use (&life, "x", 1, "2026-03-31T23:00:00", "refused-quota");
  advance (&life, "2026-04-01T00:00:00"); /* rest 0 */
  assert_balance (&life, "x", "2026-04-01T00:00:00", 6);
  assert_balance (&life, "x", "2026-09-10T00:00:00", 8);
  life_end (&life);
}

static void
prorates_a_first_period (void)
{
  Life life;

  life_begin (&life, FACTS TIERS ("review='P1Y'") GRANT ("tier='silver' quota='31' per='month' first='prorated'") CASE);
  put (&life, "2026-01-22T10:00:00", "arpu=120"); /* ten days are left, with this one */
  assert_balance (&life, "x", "2026-01-22T10:00:00", 10);
  use (&life, "x", 4, "2026-01-25T10:00:00", "accepted");
  assert_balance (&life, "x", "2026-01-31T23:00:00", 6);
  assert_balance (&life, "x", "2026-02-01T00:00:00", 31);
  life_end (&life);
}

#define CELLS "<entitlements>" \
  "<entitlement id='lane'><grant tier='gold' quota='6' per='year' scope='province'/>" \
  "<grant tier='diamond' quota='12' per='year' scope='province nation'/></entitlement>" \
  "<entitlement id='care'><grant tier='silver' choice='call sms'/></entitlement>" \
  "<entitlement id='phone'><grant tier='silver gold' hours='office'/></entitlement>" \
  "<entitlement id='free'><grant tier='silver'/></entitlement>" \
  "<entitlement id='bill'><grant tier='silver' apply='true'/></entitlement></entitlements>"

static void
answers_every_cell (void)
{
  static const struct {
    CsvcUse use;
    const char *when, *answer, *message, *help;
  } cases[] = {
    { { "lane", 1, NULL, NULL, NULL, NULL }, "2026-01-06T10:00:00", "refused-entitlement", "no: not for silver", "a higher tier: gold, diamond" },
    { { "care", 1, NULL, "sms", NULL, NULL }, "2026-01-06T10:00:00", "accepted", "yes", NULL },
    { { "care", 1, NULL, NULL, NULL, NULL }, "2026-01-06T10:00:00", "refused-choice", "no: nothing is no choice; there is call, sms", NULL },
    { { "care", 1, NULL, "gift", NULL, NULL }, "2026-01-06T10:00:00", "refused-choice", "no: gift is no choice; there is call, sms", NULL },
    { { "phone", 1, NULL, NULL, NULL, NULL }, "2026-01-06T10:00:00", "accepted", "yes", NULL },
    { { "phone", 1, NULL, NULL, NULL, NULL }, "2026-01-06T12:30:00", "refused-hours",
      "no: outside the hours of cover until 2026-01-06T13:00:00+08:00", NULL },
    { { "free", 1, NULL, "any", NULL, NULL }, "2026-01-06T14:00:00", "refused-choice", "no: any is no choice; there is nothing", NULL },
    { { "free", 1000, "moon", NULL, NULL, NULL }, "2026-01-06T14:00:00", "accepted", "yes", NULL },
    { { "bill", 1, NULL, NULL, NULL, NULL }, "2026-01-06T14:00:00", "refused-application", "no: on application only", "an application" },
  };
  CsvcUse lane = { "lane", 1, "nation", NULL, NULL, NULL };
  Life life;

  life_begin (&life, FACTS TIERS ("") CELLS CASE);
  put (&life, "2026-01-05T10:00:00", "arpu=120");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsvcEntitled) entitled = csvc_customer_may_use (life.self, &cases[i].use, at (cases[i].when), NULL);

      CSVC_ASSERT_STRING (csvc_entitled_get_message (entitled), cases[i].message);
      CSVC_ASSERT_STRING (csvc_entitled_get_help (entitled), cases[i].help);
      use_it (&life, &cases[i].use, cases[i].when, cases[i].answer);
    }
  put (&life, "2026-01-07T10:00:00", "arpu=320");
  use_it (&life, &lane, "2026-01-07T10:00:00", "refused-scope");
  put (&life, "2026-01-07T11:00:00", "arpu=520");
  use_it (&life, &lane, "2026-01-07T11:00:00", "accepted");
  life_end (&life);
}

static void
grants_by_date (void)
{
  Life life;

  life_begin (&life, "<entitlements><entitlement id='x'><grant quota='1' per='year' valid='2026-01-01..2026-03-31'/>"
                     "<grant quota='9' per='year' valid='2026-07-01..'/></entitlement></entitlements>" CASE);
  use (&life, "x", 1, "2025-12-31T23:59:59", "refused-entitlement");
  use (&life, "x", 1, "2026-01-01T00:00:00", "accepted");
  use (&life, "x", 1, "2026-03-31T23:59:59", "refused-quota");
  use (&life, "x", 1, "2026-04-01T00:00:00", "refused-entitlement");
  assert_balance (&life, "x", "2027-04-01T00:00:00", 9);
  life_end (&life);
}

static void
asks_for_applications (void)
{
  Life life;

  life_begin (&life, FACTS TIERS ("") CELLS CASE);
  apply (&life, "bill", CSVC_APPLICATION_ASKED, "2026-01-05T09:00:00", "refused-entitlement");
  put (&life, "2026-01-05T10:00:00", "arpu=120");
  apply (&life, "bill", CSVC_APPLICATION_REJECTED, "2026-01-05T10:00:00", "refused-state");
  apply (&life, "bill", CSVC_APPLICATION_ASKED, "2026-01-05T10:00:00", "accepted");
  use (&life, "bill", 1, "2026-01-05T11:00:00", "refused-application");
  apply (&life, "bill", CSVC_APPLICATION_APPROVED, "2026-01-05T12:00:00", "accepted");
  life.seen = csvc_effects_get_size (life.effects);
  apply (&life, "bill", CSVC_APPLICATION_APPROVED, "2026-01-05T13:00:00", "accepted");
  assert_said (&life, "");
  use (&life, "bill", 1, "2026-01-05T13:00:00", "accepted");
  apply (&life, "bill", CSVC_APPLICATION_WITHDRAWN, "2026-01-06T12:00:00", "accepted");
  use (&life, "bill", 1, "2026-01-06T13:00:00", "refused-application");
  life_end (&life);
}

static void
ends_uses_by_itself (void)
{
  Life life;

  life_begin (&life, GRANT ("quota='2' per='month' lasts='PT24H'") CASE);
  use (&life, "x", 1, "2026-01-05T10:00:00", "accepted");
  use (&life, "x", 1, "2026-01-05T22:00:00", "accepted");
  CSVC_ASSERT_UINT (csvc_customer_get_n_running (life.self, "x", at ("2026-01-05T23:00:00")), 2);
  CSVC_ASSERT_INT (csvc_customer_get_running_until (life.self, "x", at ("2026-01-05T23:00:00")), at ("2026-01-06T22:00:00"));
  life.seen = csvc_effects_get_size (life.effects);
  advance (&life, "2026-01-06T10:00:00");
  assert_said (&life, "entitlement-ended x");
  CSVC_ASSERT_UINT (csvc_customer_get_n_running (life.self, "x", at ("2026-01-06T10:00:00")), 1);
  advance (&life, "2026-01-07T10:00:00");
  assert_said (&life, "entitlement-ended x");
  CSVC_ASSERT_INT (csvc_customer_get_running_until (life.self, "x", at ("2026-01-07T10:00:00")), CSVC_NEVER);
  life_end (&life);
}

/* ── reserving, keys ── */

static void
reserves_and_releases (void)
{
  Life life;

  life_begin (&life, GRANT ("quota='3' per='month'") CASE);
  reserve (&life, "x", 2, "a", "2026-01-05T10:00:00", "accepted");
  assert_balance (&life, "x", "2026-01-05T10:00:00", 1);
  CSVC_ASSERT_INT (csvc_customer_get_reserved (life.self, "x"), 2);
  reserve (&life, "x", 2, "b", "2026-01-05T10:00:00", "refused-quota");
  reserve (&life, "x", 1, "b", "2026-01-05T10:00:00", "accepted");
  settle (&life, FALSE, "x", "a", "2026-01-06T10:00:00", "accepted");
  assert_balance (&life, "x", "2026-01-06T10:00:00", 2);
  settle (&life, FALSE, "x", "a", "2026-01-06T11:00:00", "accepted"); /* once */
  assert_balance (&life, "x", "2026-01-06T11:00:00", 2);
  settle (&life, TRUE, "x", "a", "2026-01-06T11:00:00", "refused-state");
  reserve (&life, "x", 2, "a", "2026-01-06T12:00:00", "accepted"); /* taken again */
  assert_balance (&life, "x", "2026-01-06T12:00:00", 0);
  settle (&life, TRUE, "x", "a", "2026-01-07T12:00:00", "accepted");
  settle (&life, TRUE, "x", "a", "2026-01-07T13:00:00", "accepted");
  settle (&life, FALSE, "x", "a", "2026-01-07T14:00:00", "refused-state");
  CSVC_ASSERT_INT (csvc_customer_get_used (life.self, "x", at ("2026-01-07T14:00:00")), 3);
  /* Reserved in January, released in February: January's units are gone. */
  settle (&life, FALSE, "x", "b", "2026-02-02T10:00:00", "accepted");
  assert_balance (&life, "x", "2026-02-02T10:00:00", 3);
  CSVC_ASSERT_INT (csvc_customer_get_reserved (life.self, "x"), 0);
  life_end (&life);
}

static void
repeats_by_key (void)
{
  CsvcUse two = { "x", 2, NULL, NULL, "k", NULL }, one = { "x", 1, NULL, NULL, "k", NULL };
  CsvcStamp late = CSVC_STAMP (at ("2027-06-01T10:00:00"));
  g_autoptr (GError) error = NULL;
  Life life;

  life_begin (&life, GRANT ("quota='3' per='month'") CASE);
  use_it (&life, &two, "2026-01-05T10:00:00", "accepted");
  life.seen = csvc_effects_get_size (life.effects);
  use_it (&life, &two, "2026-01-05T11:00:00", "accepted");
  assert_said (&life, "");
  use_it (&life, &one, "2026-01-05T11:00:00", "failed");
  reserve (&life, "x", 2, "k", "2026-01-05T11:00:00", "failed");
  assert_balance (&life, "x", "2026-01-05T11:00:00", 1);
  /* Long after, keys are forgotten, once there are newer ones. */
  two.key = "other";
  assert_answer (&life, csvc_customer_use (life.self, &two, &late, life.effects, &error), "accepted", &error);
  CSVC_ASSERT_UINT (_csvc_customer_record_find_account (&life.self->record, "x")->keyed->len, 1);
  life_end (&life);
}

/* ── points ── */

#define POINTS "<ledgers><ledger id='points' unit='point' lasts='P24M'/></ledgers>"

static void
spends_points_in_order (void)
{
  Life life;

  life_begin (&life, POINTS CASE);
  give (&life, "points", 100, "2027-06-01T00:00:00", 1, "2026-01-01T10:00:00");
  give (&life, "points", 10, "2026-12-01T00:00:00", 0, "2026-01-02T10:00:00");
  give (&life, "points", 20, "2026-06-01T00:00:00", 0, "2026-01-03T10:00:00");
  give (&life, "points", 40, "2026-06-01T00:00:00", 0, "2026-01-04T10:00:00");
  use (&life, "points", 65, "2026-02-01T10:00:00", "accepted"); /* 20, 40, 5 of 10 */
  advance (&life, "2026-06-01T00:00:00");
  assert_balance (&life, "points", "2026-06-01T00:00:00", 105);
  use (&life, "points", 106, "2026-06-01T00:00:00", "refused-quota");
  use (&life, "points", 6, "2026-06-01T00:00:00", "accepted");
  assert_balance (&life, "points", "2026-12-01T00:00:00", 99);
  CSVC_ASSERT_INT (csvc_ledger_balance_at (life.effects, "points", at ("2026-01-03T10:00:00")), 130);
  CSVC_ASSERT_INT (csvc_ledger_balance_at (life.effects, "points", at ("2026-01-31T10:00:00")), 170);
  CSVC_ASSERT_INT (csvc_ledger_balance_at (life.effects, "points", at ("2025-01-01T10:00:00")), 0);
  life_end (&life);
}

static void
expires_points (void)
{
  g_autoptr (CsvcFacts) details = csvc_facts_new ();
  CsvcUse mixed = { "points", 300, NULL, NULL, NULL, details };
  const CsvcEffect *effect;
  Life life;

  csvc_facts_set_integer (details, "cash", 2990);
  life_begin (&life, POINTS CASE);
  give (&life, "points", 500, NULL, 0, "2024-02-29T10:00:00");
  assert_wake (&life, "2026-02-28T10:00:00"); /* 24 months later */
  use_it (&life, &mixed, "2025-01-01T10:00:00", "accepted"); /* points plus cash */
  effect = csvc_effects_get (life.effects, csvc_effects_get_size (life.effects) - 1);
  CSVC_ASSERT_INT (csvc_effect_get_amount (effect, "left"), 200);
  CU_ASSERT_PTR_NOT_NULL (csvc_facts_find (csvc_effect_get_arguments (effect), "cash"));
  life.seen = csvc_effects_get_size (life.effects);
  advance (&life, "2026-02-28T10:00:00");
  assert_said (&life, "expired points 200");
  assert_wake (&life, NULL);
  life_end (&life);
}

static void
corrects_an_account (void)
{
  CsvcStamp stamp = CSVC_STAMP (at ("2026-01-05T10:00:00"));
  g_autoptr (GError) error = NULL;
  Life life;

  life_begin (&life, POINTS CASE);
  assert_answer (&life, csvc_customer_adjust (life.self, "points", 50, NULL, &stamp, life.effects, &error), "failed", &error);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "reason");
  g_clear_error (&error);
  stamp.reason = "goodwill";
  assert_answer (&life, csvc_customer_adjust (life.self, "points", 50, "g1", &stamp, life.effects, &error), "accepted", &error);
  assert_answer (&life, csvc_customer_adjust (life.self, "points", 50, "g1", &stamp, life.effects, &error), "accepted", &error);
  assert_balance (&life, "points", "2026-01-05T10:00:00", 50);
  assert_answer (&life, csvc_customer_adjust (life.self, "points", -51, NULL, &stamp, life.effects, &error), "refused-quota", &error);
  assert_answer (&life, csvc_customer_adjust (life.self, "points", -20, "g2", &stamp, life.effects, &error), "accepted", &error);
  assert_answer (&life, csvc_customer_adjust (life.self, "points", -20, "g2", &stamp, life.effects, &error), "accepted", &error);
  assert_balance (&life, "points", "2026-01-05T10:00:00", 30);
  life_end (&life);
}

/* ── quotas and tiers ── */

#define TWO_CELLS "<entitlements><entitlement id='x'><grant tier='silver' quota='10' per='month'/>" \
                  "<grant tier='gold' quota='31' per='month'/><grant tier='diamond'/></entitlement></entitlements>"

static void
keeps_quotas_when_the_tier_changes (void)
{
  Life life;

  life_begin (&life, FACTS TIERS ("on-change='keep'") TWO_CELLS CASE);
  put (&life, "2026-01-01T10:00:00", "arpu=120");
  use (&life, "x", 8, "2026-01-05T10:00:00", "accepted");
  put (&life, "2026-01-06T10:00:00", "arpu=320");
  assert_balance (&life, "x", "2026-01-06T10:00:00", 23);
  use (&life, "x", 10, "2026-01-07T10:00:00", "accepted");
  put (&life, "2026-01-08T10:00:00", "arpu=520");
  assert_balance (&life, "x", "2026-01-08T10:00:00", G_MAXINT64);
  life_end (&life);

  /* Down and up again within a month gives nothing back. */
  life_begin (&life, FACTS TIERS ("on-change='keep'") TWO_CELLS CASE);
  put (&life, "2026-01-01T10:00:00", "arpu=320");
  use (&life, "x", 25, "2026-01-05T10:00:00", "accepted");
  for (guint i = 0; i < 3; i++)
    {
      CsvcStamp stamp = CSVC_STAMP (at ("2026-01-06T10:00:00") + i * CSVC_DAY);

      stamp.reason = "test";
      csvc_customer_set_tier (life.self, "silver", CSVC_NEVER, &stamp, life.effects, NULL);
      assert_balance (&life, "x", "2026-01-20T10:00:00", 0);
      csvc_customer_clear_tier (life.self, &stamp, life.effects, NULL);
      assert_balance (&life, "x", "2026-01-20T10:00:00", 6);
      check_life (&life);
    }
  assert_balance (&life, "x", "2026-02-01T00:00:00", 31);
  life_end (&life);
}

static void
prorates_quotas_when_the_tier_changes (void)
{
  Life life;

  life_begin (&life, FACTS TIERS ("on-change='prorate'") TWO_CELLS CASE);
  put (&life, "2025-12-01T10:00:00", "arpu=120");
  use (&life, "x", 4, "2026-01-05T10:00:00", "accepted");
  put (&life, "2026-01-22T10:00:00", "arpu=320"); /* ten of 31 days are left: 21 * 10 / 31 = 6.77 more */
  assert_balance (&life, "x", "2026-01-22T10:00:00", 12);
  assert_balance (&life, "x", "2026-02-01T00:00:00", 31);
  life_end (&life);

  life_begin (&life, FACTS TIERS ("on-change='prorate'") TWO_CELLS CASE);
  put (&life, "2025-12-01T10:00:00", "arpu=120");
  put (&life, "2026-01-22T10:00:00", "arpu=320"); /* the same when nothing was used before */
  assert_balance (&life, "x", "2026-01-22T10:00:00", 16);
  life_end (&life);
}

static void
resets_quotas_when_the_tier_changes (void)
{
  Life life;

  life_begin (&life, FACTS TIERS ("on-change='reset'") TWO_CELLS CASE);
  put (&life, "2026-01-01T10:00:00", "arpu=120");
  use (&life, "x", 8, "2026-01-05T10:00:00", "accepted");
  put (&life, "2026-01-06T10:00:00", "arpu=320");
  assert_balance (&life, "x", "2026-01-06T10:00:00", 31);
  CSVC_ASSERT_INT (csvc_customer_get_used (life.self, "x", at ("2026-01-06T10:00:00")), 0);
  life_end (&life);
}

static void
refuses_what_cannot_be (void)
{
  CsvcUse none = CSVC_USE ("nothing"), zero = { "points", 0, NULL, NULL, NULL, NULL }, key = { "points", 1, NULL, NULL, "", NULL };
  CsvcGift much = { "points", G_GINT64_CONSTANT (1000000000000000000), 0, 0, NULL }, past = { "points", 1, 1, 0, NULL };
  CsvcStamp stamp = CSVC_STAMP (at ("2026-01-05T10:00:00"));
  g_autoptr (GError) error = NULL;
  Life life;

  life_begin (&life, POINTS CASE);
  use_it (&life, &none, "2026-01-05T10:00:00", "failed");
  use_it (&life, &zero, "2026-01-05T10:00:00", "failed");
  use_it (&life, &key, "2026-01-05T10:00:00", "failed");
  assert_answer (&life, csvc_customer_grant (life.self, &much, &stamp, life.effects, &error), "failed", &error);
  g_clear_error (&error);
  assert_answer (&life, csvc_customer_grant (life.self, &past, &stamp, life.effects, &error), "failed", &error);
  g_clear_error (&error);
  much.amount--;
  assert_answer (&life, csvc_customer_grant (life.self, &much, &stamp, life.effects, &error), "accepted", &error);
  past.expires = 0;
  assert_answer (&life, csvc_customer_grant (life.self, &past, &stamp, life.effects, &error), "failed", &error);
  g_clear_error (&error);
  stamp.at = at ("2026-01-04T10:00:00");
  assert_answer (&life, csvc_customer_grant (life.self, &past, &stamp, life.effects, &error), "refused-time", &error);
  stamp.at = CSVC_NEVER;
  assert_answer (&life, csvc_customer_grant (life.self, &past, &stamp, life.effects, &error), "failed", &error);
  life_end (&life);
}

/* ── cases ── */

typedef struct {
  Life      life;
  CsvcCase *self;
} Visit;

static void
visit_begin (Visit *visit, const char *body, const char *facts)
{
  CsvcStamp stamp = CSVC_STAMP (at ("2026-01-05T10:00:00"));
  g_autoptr (GError) error = NULL;

  life_begin (&visit->life, body);
  put (&visit->life, "2026-01-05T09:00:00", facts);
  CU_ASSERT_EQUAL_FATAL (csvc_case_open (visit->life.policy, "c", "K1", visit->life.self, NULL, &stamp, visit->life.effects, &visit->self, &error),
                         CSVC_ANSWER_ACCEPTED);
}

static void
visit_end (Visit *visit)
{
  csvc_case_free (visit->self);
  life_end (&visit->life);
}

static void
fire_at (Visit *visit, const char *event, const char *when, const char *expected)
{
  CsvcStamp stamp = CSVC_STAMP (at (when));
  g_autoptr (GError) error = NULL;

  assert_answer (&visit->life, csvc_case_fire (visit->self, visit->life.self, event, NULL, &stamp, visit->life.effects, &error), expected, &error);
}

#define ASKING "<case id='c' initial='s'><event id='go'/><event id='other'/><state id='s'>" \
  "<transition event='go' cond='tier = \"silver\" and used(\"x\") &lt; 2 and available(\"x\") and applied(\"bill\") and balance(\"points\") = 5'" \
  " target='e'/></state><final id='e'/></case>"

static void
tells_conditions (void)
{
  Visit visit;

  visit_begin (&visit, FACTS TIERS ("") "<entitlements><entitlement id='x'><grant tier='silver' quota='3' per='month'/></entitlement>"
               "<entitlement id='bill'><grant apply='true'/></entitlement></entitlements>" POINTS ASKING, "arpu=120");
  fire_at (&visit, "go", "2026-01-05T10:00:00", "refused-condition");
  apply (&visit.life, "bill", CSVC_APPLICATION_APPROVED, "2026-01-05T10:10:00", "accepted");
  give (&visit.life, "points", 5, NULL, 0, "2026-01-05T10:10:00");
  use (&visit.life, "x", 2, "2026-01-05T10:20:00", "accepted");
  fire_at (&visit, "go", "2026-01-05T10:30:00", "refused-condition"); /* two used */
  fire_at (&visit, "go", "2026-02-01T00:00:00", "accepted");          /* a new month */
  visit_end (&visit);
}

#define CREDIT "<entitlements><entitlement id='x'><grant tier='silver' quota='1' per='month' lasts='PT24H'/></entitlement></entitlements>" POINTS

#define USING "<case id='c' initial='s'><event id='go'/><event id='stay'/><state id='s'>" \
  "<transition event='go' target='e'><use entitlement='x'/><give ledger='points' amount='5 + 5'/></transition>" \
  "<transition event='stay'><give ledger='points' amount='1'/><use entitlement='x'/></transition></state><final id='e'/></case>"

static void
cases_use_accounts (void)
{
  Visit visit;

  visit_begin (&visit, FACTS TIERS ("") CREDIT USING, "arpu=120");
  visit.life.seen = csvc_effects_get_size (visit.life.effects);
  fire_at (&visit, "go", "2026-01-05T10:00:00", "accepted");
  CU_ASSERT_TRUE (csvc_case_has_ended (visit.self));
  assert_balance (&visit.life, "x", "2026-01-05T11:00:00", 0);
  assert_balance (&visit.life, "points", "2026-01-05T11:00:00", 10);
  CSVC_ASSERT_UINT (csvc_customer_get_n_running (visit.life.self, "x", at ("2026-01-05T11:00:00")), 1);
  for (guint i = visit.life.seen; i < csvc_effects_get_size (visit.life.effects); i++)
    if (csvc_effect_get_type (csvc_effects_get (visit.life.effects, i)) == CSVC_EFFECT_USED)
      CSVC_ASSERT_STRING (csvc_effect_get_text (csvc_effects_get (visit.life.effects, i), "cause"), "K1");
  visit_end (&visit);
}

static void
refused_uses_refuse_events (void)
{
  CsvcStamp stamp = CSVC_STAMP (at ("2026-01-06T10:00:00"));
  g_autoptr (CsvcRefusal) refusal = NULL;
  g_autoptr (GBytes) before = NULL, after = NULL;
  Visit visit;
  guint n;

  visit_begin (&visit, FACTS TIERS ("") CREDIT USING, "arpu=120");
  use (&visit.life, "x", 1, "2026-01-05T10:00:00", "accepted");
  before = csvc_customer_to_bytes (visit.life.self);
  n = csvc_effects_get_size (visit.life.effects);
  fire_at (&visit, "stay", "2026-01-05T11:00:00", "refused-quota"); /* also the points that it gave before are not given */
  CSVC_ASSERT_UINT (csvc_effects_get_size (visit.life.effects), n);
  refusal = csvc_case_explain_refusal (visit.self, visit.life.self, "go", NULL, &stamp, NULL);
  CU_ASSERT_EQUAL (csvc_refusal_get_answer (refusal), CSVC_ANSWER_REFUSED_QUOTA);
  after = csvc_customer_to_bytes (visit.life.self);
  CU_ASSERT_TRUE (g_bytes_equal (before, after));
  fire_at (&visit, "go", "2026-02-05T11:00:00", "accepted");
  visit_end (&visit);
}

#define CLOCKED "<case id='c' initial='s'><event id='go'/><state id='s'><clock id='k' promise='false'><due in='PT1H'/>" \
  "<alarm id='due'><use entitlement='x'/><give ledger='points' amount='7'/></alarm></clock><transition event='go' target='e'/></state><final id='e'/></case>"

static void
clocks_go_on_without (void)
{
  g_autoptr (GError) error = NULL;
  Visit visit;
  guint n = 0;

  visit_begin (&visit, FACTS TIERS ("") CREDIT CLOCKED, "arpu=50");
  CU_ASSERT_TRUE (csvc_case_advance (visit.self, visit.life.self, at ("2026-01-05T12:00:00"), visit.life.effects, &error));
  csvc_assert_no_error (error);
  for (guint i = 0; i < csvc_effects_get_size (visit.life.effects); i++)
    {
      const CsvcEffect *effect = csvc_effects_get (visit.life.effects, i);

      if (csvc_effect_get_type (effect) != CSVC_EFFECT_UNDECIDED)
        continue;
      CSVC_ASSERT_CONTAINS (csvc_effect_get_text (effect, "cause"), "x: refused-entitlement");
      n++;
    }
  CSVC_ASSERT_UINT (n, 1);
  assert_balance (&visit.life, "points", "2026-01-05T12:00:00", 7);
  check_life (&visit.life);
  visit_end (&visit);
}

/* Looking past an alarm that gives points gives none. */
static void
asking_uses_nothing (void)
{
  const CsvcTime later = at ("2026-01-05T12:00:00");
  CsvcStamp stamp = CSVC_STAMP (later);
  g_autoptr (CsvcWhatNext) next = NULL;
  g_autoptr (CsvcRefusal) refusal = NULL;
  g_autoptr (GBytes) before = NULL, after = NULL;
  g_autoptr (GError) error = NULL;
  Visit visit;

  visit_begin (&visit, FACTS TIERS ("") CREDIT CLOCKED, "arpu=120");
  before = csvc_customer_to_bytes (visit.life.self);
  next = csvc_case_what_next (visit.self, visit.life.self, later, &error);
  csvc_assert_no_error (error);
  refusal = csvc_case_explain_refusal (visit.self, visit.life.self, "go", NULL, &stamp, &error);
  csvc_assert_no_error (error);
  after = csvc_customer_to_bytes (visit.life.self);
  CU_ASSERT_TRUE (g_bytes_equal (before, after));
  visit_end (&visit);
}

#define RESERVING "<case id='c' initial='s'><event id='go'/><event id='cancel'/><event id='again'/><event id='done'/>" \
  "<state id='s'><transition event='go' target='r'><reserve ledger='points' amount='30'/></transition></state>" \
  "<state id='r'><transition event='cancel' target='s2'><release ledger='points'/></transition>" \
  "<transition event='done' target='e'><commit ledger='points'/></transition></state>" \
  "<state id='s2'><transition event='again' target='r'><reserve ledger='points' amount='30'/></transition>" \
  "<transition event='cancel'><release ledger='points'/></transition></state><final id='e'/></case>"

static void
reserves_for_a_case (void)
{
  g_autofree char *text = NULL;
  Visit visit;

  visit_begin (&visit, FACTS TIERS ("") POINTS RESERVING, "arpu=50");
  text = csvc_transition_dup_actions_text (csvc_kind_get_transition (csvc_case_get_kind (visit.self), 0));
  CSVC_ASSERT_STRING (text, "reserve 30 points");
  fire_at (&visit, "go", "2026-01-05T10:00:00", "refused-quota");
  give (&visit.life, "points", 40, NULL, 0, "2026-01-05T10:10:00");
  fire_at (&visit, "go", "2026-01-05T10:20:00", "accepted");
  assert_balance (&visit.life, "points", "2026-01-05T10:20:00", 10);
  fire_at (&visit, "cancel", "2026-01-05T10:30:00", "accepted");
  fire_at (&visit, "cancel", "2026-01-05T10:40:00", "accepted"); /* released once */
  assert_balance (&visit.life, "points", "2026-01-05T10:40:00", 40);
  fire_at (&visit, "again", "2026-01-05T10:50:00", "accepted");
  fire_at (&visit, "done", "2026-01-05T11:00:00", "accepted");
  assert_balance (&visit.life, "points", "2026-01-05T11:00:00", 10);
  CSVC_ASSERT_INT (csvc_customer_get_used (visit.life.self, "points", at ("2026-01-05T11:00:00")), 30);
  visit_end (&visit);
}

#define PORTING "<case id='c' initial='s'><event id='port_requested'/><event id='win_back'/><state id='s'><transition event='port_requested'/>" \
  "<transition event='win_back' cond='not(happened(\"port_requested\"))' target='e'/></state><final id='e'/></case>"

static void
notes_what_happened (void)
{
  Visit visit;

  visit_begin (&visit, FACTS PORTING, "arpu=50");
  fire_at (&visit, "port_requested", "2026-01-05T10:10:00", "accepted");
  fire_at (&visit, "win_back", "2026-01-05T10:20:00", "refused-condition");
  visit_end (&visit);
}

/* ── properties ── */

#define RANDOM_POLICY FACTS TIERS ("review='P6M' grace='P1M' on-change='%s' down='%s'") \
  "<entitlements><entitlement id='a'><grant tier='silver' quota='3' per='month'/><grant tier='gold' quota='7' per='month' rollover-max='4'/>" \
  "<grant tier='diamond'/></entitlement><entitlement id='b'><grant quota='5' per='P30D' from='2025-01-31' lasts='PT36H'/></entitlement>" \
  "<entitlement id='d'><grant tier='gold diamond' quota='2' per='year' from='joined' first='prorated' rollover-max='9' rollover-min='1'/>" \
  "</entitlement></entitlements>" POINTS CASE

static const char *const accounts[] = { "a", "b", "d", "points" };

/* One command, decided by the numbers that come; the same for all the customers that are given. */
static void
random_command (GRand *random, CsvcCustomer *self, CsvcTime now, CsvcEffects *effects)
{
  g_autofree char *key = g_strdup_printf ("k%d", g_rand_int_range (random, 0, 6));
  const char *account = accounts[g_rand_int_range (random, 0, 4)];
  CsvcUse use = { account, g_rand_int_range (random, 1, 5), NULL, NULL, NULL, NULL };
  CsvcGift gift = { "points", g_rand_int_range (random, 1, 50), 0, (guint) g_rand_int_range (random, 0, 2), NULL };
  CsvcStamp stamp = CSVC_STAMP (now);
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  g_autoptr (GError) error = NULL;

  stamp.reason = "random";
  switch (g_rand_int_range (random, 0, 10))
    {
    case 0:
      csvc_facts_set_integer (facts, "arpu", g_rand_int_range (random, 0, 7) * 100);
      csvc_facts_set_text (facts, "joined", "2024-02-29");
      CU_ASSERT_TRUE (csvc_customer_put (self, facts, now, effects, &error));
      break;
    case 1:
      csvc_customer_review (self, &stamp, effects, &error);
      break;
    case 2:
      gift.expires = g_rand_boolean (random) ? now + g_rand_int_range (random, 1, 90) * CSVC_DAY : 0;
      csvc_customer_grant (self, &gift, &stamp, effects, &error);
      break;
    case 3:
      csvc_customer_set_tier (self, "gold", now + g_rand_int_range (random, 1, 60) * CSVC_DAY, &stamp, effects, &error);
      break;
    case 4:
      use.key = key;
      csvc_customer_reserve (self, &use, &stamp, effects, &error);
      break;
    case 5:
      csvc_customer_commit (self, account, key, &stamp, effects, &error);
      break;
    case 6:
      csvc_customer_release (self, account, key, &stamp, effects, &error);
      break;
    case 7:
      csvc_customer_adjust (self, account, g_rand_int_range (random, -4, 4), NULL, &stamp, effects, &error);
      break;
    default:
      csvc_customer_use (self, &use, &stamp, effects, &error);
    }
}

static void
assert_same (const CsvcCustomer *a, const CsvcCustomer *b, const char *what)
{
  g_autofree char *x = csvc_customer_to_json (a), *y = csvc_customer_to_json (b);

  CSVC_ASSERT_TRUE (strcmp (x, y) == 0, "%s:\n%s\n%s", what, x, y);
}

/* No command but advancing, day by day, between two commands. */
static void
advance_by_days (CsvcCustomer *self, CsvcTime from, CsvcTime to, CsvcEffects *effects)
{
  for (CsvcTime day = from; day < to; day += CSVC_DAY)
    CU_ASSERT_TRUE (csvc_customer_advance (self, day, effects, NULL));
}

static void
check_never_negative (const CsvcEffects *effects, guint from)
{
  for (guint i = from; i < csvc_effects_get_size (effects); i++)
    {
      const CsvcEffect *effect = csvc_effects_get (effects, i);

      CSVC_ASSERT_TRUE (csvc_effect_get_amount (effect, "left") >= 0, "less than nothing is left");
    }
}

static void
live (GRand *random, CsvcPolicy *policy)
{
  Life life = { csvc_policy_ref (policy), csvc_customer_new (policy, "C1", NULL), csvc_effects_new (), 0 };
  g_autoptr (CsvcCustomer) other = csvc_customer_new (policy, "C1", NULL);
  g_autoptr (CsvcEffects) of_other = csvc_effects_new ();
  CsvcTime now = at ("2026-01-10T10:00:00");

  for (guint i = 0; i < 40; i++)
    {
      CsvcTime before = now;
      guint32 seed = g_rand_int (random), mark = csvc_effects_get_size (life.effects);
      g_autoptr (GRand) one = g_rand_new_with_seed (seed), two = g_rand_new_with_seed (seed);

      now += g_rand_int_range (random, 0, 40) * CSVC_DAY + g_rand_int_range (random, 0, 86400) * CSVC_SECOND;
      advance_by_days (other, before, now, of_other);
      random_command (one, life.self, now, life.effects);
      random_command (two, other, now, of_other);
      CU_ASSERT_TRUE (csvc_customer_advance (life.self, now, life.effects, NULL) && csvc_customer_advance (other, now, of_other, NULL));
      assert_same (life.self, other, "day by day");
      check_never_negative (life.effects, mark);
      check_life (&life);
    }
  {
    g_autofree char *x = csvc_effects_to_json (life.effects), *y = csvc_effects_to_json (of_other);

    CSVC_ASSERT_TRUE (strcmp (x, y) == 0, "other effects day by day");
  }
  life_end (&life);
}

static void
replays_random_lives (void)
{
  static const char *const changes[] = { "keep", "prorate", "reset" }, *const downs[] = { "straight", "one-step" };
  GRand *random = csvc_test_random (20260101);

  for (guint i = 0; i < 12 * csvc_test_scale (); i++)
    {
      g_autofree char *body = g_strdup_printf (RANDOM_POLICY, changes[i % 3], downs[i % 2]);
      g_autoptr (CsvcPolicy) policy = load (body);

      live (random, policy);
    }
}

/* ── what is stored ── */

static void
reads_codec_1 (void)
{
  static const guint8 stored[] = { 1, 3, 'C', '1', 1, 5, 'a', 'r', 'p', 'u', CSVC_TYPE_NUMBER, 2, '7' };
  g_autoptr (GBytes) bytes = g_bytes_new (stored, sizeof stored);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcPolicy) policy = load (FACTS CASE);
  g_autoptr (CsvcCustomer) from_bytes = csvc_customer_new_from_bytes (policy, bytes, &error);
  g_autoptr (CsvcCustomer) from_json =
    csvc_customer_new_from_json (policy, "{\"codec\":1,\"id\":\"C1\",\"facts\":[{\"id\":\"arpu\",\"type\":\"number\",\"value\":\"7\"}]}", &error);

  csvc_assert_no_error (error);
  CU_ASSERT_FATAL (from_bytes != NULL && from_json != NULL);
  assert_same (from_bytes, from_json, "codec 1");
  CSVC_ASSERT_STRING (csvc_customer_get_id (from_bytes), "C1");
}

static void
refuses_effects_that_do_not_fit (void)
{
  static const CsvcEffect wrong[] = {
    { .type = CSVC_EFFECT_USED, .subject = "x" },
    { .type = CSVC_EFFECT_GRANTED, .subject = "x", .amount = 1 },
    { .type = CSVC_EFFECT_GRANTED, .amount = 1, .number = 1 },
    { .type = CSVC_EFFECT_RESERVED, .subject = "x", .amount = 1 },
    { .type = CSVC_EFFECT_COMMITTED, .subject = "x", .text = "k", .amount = 1 },
    { .type = CSVC_EFFECT_RELEASED, .subject = "x", .text = "k", .amount = 1 },
    { .type = CSVC_EFFECT_EXPIRED, .subject = "x", .number = 3 },
    { .type = CSVC_EFFECT_ADJUSTED, .subject = "x", .number = 3, .amount = 1 },
    { .type = CSVC_EFFECT_ADJUSTED, .subject = "x", .amount = 1 },
    { .type = CSVC_EFFECT_APPLIED, .subject = "x", .detail = "perhaps" },
    { .type = CSVC_EFFECT_ENTITLEMENT_ENDED, .subject = "x", .number = 1 },
    { .type = CSVC_EFFECT_TASK_CLOSED, .subject = "x", .detail = "1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_auto (CsvcCustomerRecord) record;
      g_autoptr (GError) error = NULL;

      _csvc_customer_record_init (&record);
      CSVC_ASSERT_TRUE (!_csvc_customer_record_apply (&record, &wrong[i], &error), "effect %u was taken", i);
      csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "does not fit");
    }
}
