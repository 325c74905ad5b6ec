/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/csvc.h>
#include <string.h>

#include "csvc-test.h"

/* The club of the telecom policy, as a host sees it. */

static void joins_by_application (void);
static void leaves_data_cards_out (void);
static void has_every_row_of_the_table (void);
static void speaks_two_languages (void);
static void gives_the_station_lane (void);
static void ends_a_reactivation (void);
static void pays_with_points_and_cash (void);
static void warns_before_a_tier_sinks (void);
static void survives_being_stored (void);

static CU_TestInfo tests[] = {
  { "joins-by-application", joins_by_application },
  { "leaves-data-cards-out", leaves_data_cards_out },
  { "has-every-row-of-the-table", has_every_row_of_the_table },
  { "speaks-two-languages", speaks_two_languages },
  { "gives-the-station-lane", gives_the_station_lane },
  { "ends-a-reactivation", ends_a_reactivation },
  { "pays-with-points-and-cash", pays_with_points_and_cash },
  { "warns-before-a-tier-sinks", warns_before_a_tier_sinks },
  { "survives-being-stored", survives_being_stored },
  CU_TEST_INFO_NULL
};

static CsvcPolicy *policy;
static CsvcCustomer *li;
static CsvcEffects *effects;

static CsvcTime
at (const char *text)
{
  CsvcTime time = 0;

  CU_ASSERT_TRUE (csvc_zone_parse (csvc_policy_get_zone (policy), text, &time, NULL));
  return time;
}

static void
put (const char *when, const char *name, const char *value)
{
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  g_autoptr (GError) error = NULL;

  csvc_facts_set_text (facts, name, value);
  CU_ASSERT_TRUE (csvc_customer_put (li, facts, at (when), effects, &error));
  csvc_assert_no_error (error);
}

static void
set_up (void)
{
  g_autoptr (GError) error = NULL;

  policy = csvc_policy_load_file (csvc_test_source ("data/policies/telecom.xml"), NULL, &error);
  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (policy);
  li = csvc_customer_new (policy, "13800000001", NULL);
  effects = csvc_effects_new ();
}

static void
tear_down (void)
{
  g_clear_pointer (&li, csvc_customer_free);
  g_clear_pointer (&effects, csvc_effects_unref);
  g_clear_pointer (&policy, csvc_policy_unref);
}

const CsvcSuite csvc_suite_club = { "club", tests, set_up, tear_down };

static const char *
tier (void)
{
  return csvc_customer_get_tier (li) != NULL ? csvc_tier_get_id (csvc_customer_get_tier (li)) : "none";
}

static CsvcAnswer
use (const CsvcUse *wanted, const char *when)
{
  CsvcStamp stamp = CSVC_STAMP (at (when));

  return csvc_customer_use (li, wanted, &stamp, effects, NULL);
}

static CsvcAnswer
use_one (const char *what, const char *when)
{
  CsvcUse one = CSVC_USE (what);

  return use (&one, when);
}

static void
become (const char *arpu)
{
  put ("2026-01-05T10:00:00", "club_member", "true");
  put ("2026-01-05T10:00:00", "arpu", arpu);
}

static void
joins_by_application (void)
{
  CsvcStamp stamp = CSVC_STAMP (at ("2026-03-02T10:00:00"));

  put ("2026-03-01T10:00:00", "arpu", "600");
  CSVC_ASSERT_STRING (tier (), "ordinary");
  CU_ASSERT_EQUAL (csvc_customer_apply (li, "club", CSVC_APPLICATION_ASKED, &stamp, effects, NULL), CSVC_ANSWER_ACCEPTED);
  CSVC_ASSERT_STRING (tier (), "ordinary");
  stamp.at = at ("2026-03-03T10:00:00");
  CU_ASSERT_EQUAL (csvc_customer_apply (li, "club", CSVC_APPLICATION_APPROVED, &stamp, effects, NULL), CSVC_ANSWER_ACCEPTED);
  CSVC_ASSERT_STRING (tier (), "diamond");
}

static void
leaves_data_cards_out (void)
{
  become ("600");
  put ("2026-01-06T10:00:00", "data_card", "true");
  CSVC_ASSERT_STRING (tier (), "none");
  CU_ASSERT_EQUAL (use_one ("online_zone", "2026-01-06T11:00:00"), CSVC_ANSWER_REFUSED_ENTITLEMENT);
}

/* A cell in short; "–": none. */
static void
check_cell (const CsvcEntitlement *entitlement, const char *of, const char *expected)
{
  g_autofree char *text = NULL;

  for (guint i = 0; i < csvc_entitlement_get_n_grants (entitlement) && text == NULL; i++)
    if (csvc_grant_has_tier (csvc_entitlement_get_grant (entitlement, i), csvc_policy_find_tier (policy, of)))
      text = csvc_grant_to_string (csvc_entitlement_get_grant (entitlement, i));
  CSVC_ASSERT_TRUE (strcmp (text != NULL ? text : "–", expected) == 0, "%s of %s is %s, not %s", csvc_entitlement_get_id (entitlement), of,
                    text != NULL ? text : "–", expected);
}

static void
has_every_row_of_the_table (void)
{
  static const char *const rows[][4] = {
    { "hotline_priority", "yes", "yes", "yes" },
    { "phone_manager", "in the hours of manager_day", "in the hours of manager_day", "in the hours of manager_long" },
    { "personal_manager", "–", "in the hours of manager_day", "in the hours of manager_long" },
    { "hall_lane", "choice of priority", "choice of appointment priority", "choice of appointment priority" },
    { "online_zone", "yes", "yes", "yes" },
    { "temporary_credit", "1 per month", "2 per month", "yes" },
    { "emergency_reactivation", "for PT24H", "for PT48H", "for PT72H" },
    { "card_replacement", "yes", "yes", "yes" },
    { "card_upgrade", "1 per year", "2 per year", "4 per year" },
    { "bill_by_post", "–", "on application", "on application" },
    { "early_trial", "–", "yes", "yes" },
    { "care", "choice of phone sms mms", "choice of phone sms mms card gift", "choice of card gift" },
    { "partner_merchants", "scope province", "scope province nation", "scope province nation" },
    { "do_not_disturb", "on application", "on application", "on application" },
    { "roaming_without_deposit", "–", "yes", "yes" },
    { "errands", "–", "–", "yes" },
    { "station_lane", "–", "6 per year, scope province", "12 per year, scope province nation" },
    { "interprovince", "–", "yes", "yes" },
    { "credit_raise", "–", "yes", "yes" },
    { "advice", "–", "–", "yes" },
    { "roadside_rescue", "–", "–", "3 per year" },
  };

  CSVC_ASSERT_UINT (csvc_policy_get_n_entitlements (policy), G_N_ELEMENTS (rows) + 1); /* and the membership itself */
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const CsvcEntitlement *entitlement = csvc_policy_find_entitlement (policy, rows[i][0]);

      CU_ASSERT_PTR_NOT_NULL_FATAL (entitlement);
      check_cell (entitlement, "ordinary", "–");
      check_cell (entitlement, "silver", rows[i][1]);
      check_cell (entitlement, "gold", rows[i][2]);
      check_cell (entitlement, "diamond", rows[i][3]);
    }
}

static void
speaks_two_languages (void)
{
  for (guint i = 0; i < csvc_policy_get_n_entitlements (policy); i++)
    {
      const CsvcEntitlement *entitlement = csvc_policy_get_entitlement (policy, i);
      const char *zh = csvc_entitlement_get_label (entitlement, "zh"), *en = csvc_entitlement_get_label (entitlement, "en");

      CSVC_ASSERT_TRUE (strcmp (zh, en) != 0 && !g_str_is_ascii (zh) && g_str_is_ascii (en), "%s: %s, %s", csvc_entitlement_get_id (entitlement), zh, en);
    }
  CSVC_ASSERT_STRING (csvc_tier_get_label (csvc_policy_find_tier (policy, "diamond"), "en"), "Diamond card");
  CSVC_ASSERT_STRING (csvc_ledger_get_label (csvc_policy_find_ledger (policy, "points"), NULL), "积分");
  CSVC_ASSERT_STRING (csvc_ledger_get_lasts (csvc_policy_find_ledger (policy, "points")), "P24M");
}

static void
gives_the_station_lane (void)
{
  CsvcUse home = { "station_lane", 1, "province", NULL, NULL, NULL }, away = { "station_lane", 1, "nation", NULL, NULL, NULL };
  g_autoptr (CsvcEntitled) no = NULL;

  become ("250");
  CSVC_ASSERT_STRING (tier (), "gold");
  for (guint i = 0; i < 6; i++)
    CU_ASSERT_EQUAL (use (&home, "2026-02-01T10:00:00"), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (use (&away, "2026-02-01T10:00:00"), CSVC_ANSWER_REFUSED_SCOPE);
  CU_ASSERT_EQUAL (use (&home, "2026-12-31T23:59:59"), CSVC_ANSWER_REFUSED_QUOTA);
  no = csvc_customer_may_use (li, &home, at ("2026-12-31T23:59:59"), NULL);
  CSVC_ASSERT_STRING (csvc_entitled_get_message (no), "no: used up until 2027-01-01T00:00:00+08:00");
  CSVC_ASSERT_STRING (csvc_entitled_get_help (no), "a higher tier: diamond");
  CU_ASSERT_TRUE (csvc_grant_is_assumed (csvc_entitled_get_grant (no)));
  CU_ASSERT_EQUAL (use (&home, "2027-01-01T00:00:00"), CSVC_ANSWER_ACCEPTED);
}

static void
ends_a_reactivation (void)
{
  const CsvcEffect *last;

  become ("120");
  CU_ASSERT_EQUAL (use_one ("emergency_reactivation", "2026-02-01T10:00:00"), CSVC_ANSWER_ACCEPTED);
  CSVC_ASSERT_INT (csvc_customer_get_next_wake (li), at ("2026-02-02T10:00:00"));
  CU_ASSERT_TRUE (csvc_customer_advance (li, at ("2026-02-05T10:00:00"), effects, NULL));
  last = csvc_effects_get (effects, csvc_effects_get_size (effects) - 1);
  CU_ASSERT_EQUAL (csvc_effect_get_type (last), CSVC_EFFECT_ENTITLEMENT_ENDED);
  CSVC_ASSERT_INT (csvc_effect_get_at (last), at ("2026-02-02T10:00:00"));
  CSVC_ASSERT_STRING (csvc_effect_get_text (last, "customer"), "13800000001");
}

static void
pays_with_points_and_cash (void)
{
  g_autoptr (CsvcFacts) cash = csvc_facts_new ();
  CsvcUse kettle = { "points", 3000, NULL, NULL, "order-7", cash };
  CsvcGift earned = { "points", 4000, 0, 0, "bill-2026-01" };
  CsvcStamp stamp = CSVC_STAMP (at ("2026-02-01T10:00:00"));

  csvc_facts_set_integer (cash, "cash", 4900);
  CU_ASSERT_EQUAL (csvc_customer_grant (li, &earned, &stamp, effects, NULL), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (csvc_customer_grant (li, &earned, &stamp, effects, NULL), CSVC_ANSWER_ACCEPTED); /* the bill counts once */
  CU_ASSERT_EQUAL (use (&kettle, "2026-03-01T10:00:00"), CSVC_ANSWER_ACCEPTED);
  CSVC_ASSERT_INT (csvc_customer_get_balance (li, "points", at ("2026-03-01T10:00:00")), 1000);
  CSVC_ASSERT_INT (csvc_customer_get_balance (li, "points", at ("2028-02-01T10:00:00")), 0);
  CSVC_ASSERT_INT (csvc_ledger_balance_at (effects, "points", at ("2026-02-15T10:00:00")), 4000);
}

static void
warns_before_a_tier_sinks (void)
{
  g_autoptr (CsvcTierReasons) reasons = NULL;

  become ("600");
  put ("2026-06-01T10:00:00", "arpu", "210");
  CU_ASSERT_TRUE (csvc_customer_advance (li, at ("2027-02-01T10:00:00"), effects, NULL));
  CSVC_ASSERT_STRING (tier (), "diamond");
  reasons = csvc_customer_explain_tier (li, at ("2027-02-01T10:00:00"));
  CSVC_ASSERT_CONTAINS (csvc_tier_reasons_get_message (reasons), "warned: gold from 2027-04-05T10:00:00+08:00 on");
  CSVC_ASSERT_STRING (csvc_tier_get_id (csvc_tier_reasons_get_target (reasons)), "gold");
  CU_ASSERT_TRUE (csvc_customer_advance (li, at ("2027-04-05T10:00:00"), effects, NULL));
  CSVC_ASSERT_STRING (tier (), "gold");
}

static void
survives_being_stored (void)
{
  g_autoptr (CsvcCustomer) read = NULL, again = NULL;
  g_autoptr (GBytes) bytes = NULL, copy = NULL;
  g_autofree char *json = NULL;

  become ("250");
  CU_ASSERT_EQUAL (use_one ("temporary_credit", "2026-02-01T10:00:00"), CSVC_ANSWER_ACCEPTED);
  bytes = csvc_customer_to_bytes (li);
  json = csvc_customer_to_json (li);
  read = csvc_customer_new_from_bytes (policy, bytes, NULL);
  again = csvc_customer_new_from_json (policy, json, NULL);
  CU_ASSERT_FATAL (read != NULL && again != NULL);
  copy = csvc_customer_to_bytes (again);
  CU_ASSERT_TRUE (g_bytes_equal (bytes, copy));
  CSVC_ASSERT_INT (csvc_customer_get_balance (read, "temporary_credit", at ("2026-02-02T10:00:00")), 1);
  CSVC_ASSERT_STRING (csvc_tier_get_id (csvc_customer_get_tier (read)), "gold");
}
