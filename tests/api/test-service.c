/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Customers in a store: what they have, what time does to it, and what their cases notice of it. */

#include "config.h"

#include "csvc-test.h"

#include <csvc/csvc.h>

static void uses_up_a_quota (void);
static void answers_a_key_again (void);
static void rises_and_sinks_in_time (void);
static void reviews_everybody (void);
static void shows_cases_what_changed (void);
static void lets_cases_use_accounts (void);
static void refuses_the_whole_event (void);
static void knows_past_balances (void);
static void never_exceeds_a_quota (void);
static void catches_up_with_cases (void);
static void goes_on_without_a_policy (void);
static void opens_for_a_late_customer (void);

static CU_TestInfo tests[] = {
  { "uses-up-a-quota", uses_up_a_quota },
  { "answers-a-key-again", answers_a_key_again },
  { "rises-and-sinks-in-time", rises_and_sinks_in_time },
  { "reviews-everybody", reviews_everybody },
  { "shows-cases-what-changed", shows_cases_what_changed },
  { "lets-cases-use-accounts", lets_cases_use_accounts },
  { "refuses-the-whole-event", refuses_the_whole_event },
  { "knows-past-balances", knows_past_balances },
  { "never-exceeds-a-quota", never_exceeds_a_quota },
  { "catches-up-with-cases", catches_up_with_cases },
  { "goes-on-without-a-policy", goes_on_without_a_policy },
  { "opens-for-a-late-customer", opens_for_a_late_customer },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_service = { "service", tests, NULL, NULL };

static const char policy_text[] =
  "<policy xmlns='urn:csvc:policy:1' id='club' version='1' zone='Asia/Shanghai'>"
  "<roles><role id='agent'/></roles>"
  "<customer><fact id='arpu' type='number'/></customer>"
  "<tiers default='ordinary' review='P1M' grace='P10D'>"
  "<tier id='ordinary' rank='0'/><tier id='gold' rank='2' when='arpu &gt;= 200'/>"
  "</tiers>"
  "<entitlements>"
  "<entitlement id='reactivation'><grant tier='gold' quota='2' per='month' lasts='PT24H'/></entitlement>"
  "</entitlements>"
  "<ledgers><ledger id='points' unit='point'/></ledgers>"
  "<case id='request' initial='open'>"
  "<event id='reactivated' by='agent'/><event id='answered' by='agent'/>"
  "<state id='open'>"
  "<clock id='reply' met-by='answered' on-change='retroactive'>"
  "<due when='tier = \"gold\"' in='PT1H'/><due in='PT4H'/></clock>"
  "<transition event='reactivated'><use entitlement='reactivation'/></transition>"
  "<transition event='answered' target='done'/></state>"
  "<final id='done'/></case></policy>";

#define MARCH (G_GINT64_CONSTANT (1772499600) * CSVC_SECOND) /* Tuesday 2026-03-03 09:00 in Shanghai */

static CsvcEngine *
new_engine (const char *uri)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_text (policy_text, -1, "club.xml", NULL, &error);
  g_autoptr (CsvcStore) store = csvc_store_open (uri, &error);
  CsvcEngine *engine = policy != NULL && store != NULL ? csvc_engine_new (store, policy, &error) : NULL;

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (engine);
  return engine;
}

static void
put_arpu (CsvcEngine *engine, const char *id, gint64 arpu, CsvcTime at)
{
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  const CsvcStamp stamp = CSVC_STAMP (at);
  g_autoptr (GError) error = NULL;

  csvc_facts_set_integer (facts, "arpu", arpu);
  CU_ASSERT_EQUAL (csvc_engine_put_customer (engine, id, facts, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
}

static CsvcAnswer
use (CsvcEngine *engine, const char *id, CsvcTime at)
{
  const CsvcUse request = CSVC_USE ("reactivation");
  const CsvcStamp stamp = CSVC_STAMP (at);
  g_autoptr (GError) error = NULL;
  CsvcAnswer answer = csvc_engine_use (engine, id, &request, &stamp, NULL, &error);

  csvc_assert_no_error (error);
  return answer;
}

static void
assert_tier (CsvcEngine *engine, const char *id, const char *tier)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcCustomer) customer = csvc_engine_get_customer (engine, id, &error);

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (customer);
  CU_ASSERT_STRING_EQUAL (csvc_tier_get_id (csvc_customer_get_tier (customer)), tier);
}

static void
assert_good (CsvcEngine *engine)
{
  g_autoptr (GError) error = NULL;

  CU_ASSERT_TRUE (csvc_engine_verify (engine, NULL, NULL, &error));
  csvc_assert_no_error (error);
}

static void
uses_up_a_quota (void)
{
  const char *const uris[] = { "memory:", csvc_test_path ("quota.db") };

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (CsvcEngine) engine = new_engine (uris[i]);
      g_autoptr (GError) error = NULL;

      put_arpu (engine, "gold", 250, MARCH);
      put_arpu (engine, "plain", 50, MARCH);
      assert_tier (engine, "gold", "gold");
      CU_ASSERT_EQUAL (use (engine, "gold", MARCH), CSVC_ANSWER_ACCEPTED);
      CU_ASSERT_EQUAL (use (engine, "gold", MARCH + CSVC_HOUR), CSVC_ANSWER_ACCEPTED);
      CU_ASSERT_EQUAL (use (engine, "gold", MARCH + 2 * CSVC_HOUR), CSVC_ANSWER_REFUSED_QUOTA);
      CU_ASSERT_EQUAL (use (engine, "plain", MARCH), CSVC_ANSWER_REFUSED_ENTITLEMENT);
      CU_ASSERT_EQUAL (use (engine, "gold", MARCH), CSVC_ANSWER_REFUSED_TIME);
      assert_good (engine);
      /* The uses end by themselves; the next month has its own quota. */
      CU_ASSERT_TRUE (csvc_engine_advance (engine, MARCH + 29 * CSVC_DAY, 0, NULL, NULL, &error));
      csvc_assert_no_error (error);
      CU_ASSERT_EQUAL (use (engine, "gold", MARCH + 29 * CSVC_DAY), CSVC_ANSWER_ACCEPTED);
      assert_good (engine);
    }
}

static void
answers_a_key_again (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ("memory:");
  CsvcStamp stamp = { .at = MARCH, .key = "k1" };
  CsvcUse request = CSVC_USE ("reactivation");
  g_autoptr (CsvcEffects) effects = csvc_effects_new (), again = csvc_effects_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL, *second = NULL;

  put_arpu (engine, "C-1", 250, MARCH);
  CU_ASSERT_EQUAL (csvc_engine_use (engine, "C-1", &request, &stamp, effects, &error), CSVC_ANSWER_ACCEPTED);
  stamp.at += CSVC_HOUR;
  CU_ASSERT_EQUAL (csvc_engine_use (engine, "C-1", &request, &stamp, again, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
  first = csvc_effects_to_json (effects);
  second = csvc_effects_to_json (again);
  CU_ASSERT_STRING_EQUAL (first, second);
  request.amount = 2;
  CU_ASSERT_EQUAL (csvc_engine_use (engine, "C-1", &request, &stamp, NULL, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_CONFLICT, "k1");
  assert_good (engine);
}

static void
rises_and_sinks_in_time (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ("memory:");
  g_autoptr (GError) error = NULL;
  CsvcTime wake;

  put_arpu (engine, "C-1", 250, MARCH);
  assert_tier (engine, "C-1", "gold");
  put_arpu (engine, "C-1", 100, MARCH + CSVC_DAY);
  assert_tier (engine, "C-1", "gold");
  CU_ASSERT_TRUE (csvc_engine_get_next_wake (engine, &wake, &error));
  /* The review, a month after the first tier. */
  CU_ASSERT_EQUAL (wake, MARCH + 31 * CSVC_DAY);
  CU_ASSERT_TRUE (csvc_engine_advance (engine, wake, 0, NULL, NULL, &error));
  assert_tier (engine, "C-1", "gold");
  CU_ASSERT_TRUE (csvc_engine_advance (engine, wake + 10 * CSVC_DAY - 1, 0, NULL, NULL, &error));
  assert_tier (engine, "C-1", "gold");
  CU_ASSERT_TRUE (csvc_engine_advance (engine, wake + 10 * CSVC_DAY, 0, NULL, NULL, &error));
  assert_tier (engine, "C-1", "ordinary");
  csvc_assert_no_error (error);
  assert_good (engine);
}

static void
reviews_everybody (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ("memory:");
  const CsvcStamp stamp = CSVC_STAMP (MARCH + CSVC_DAY);
  g_autoptr (GError) error = NULL;
  g_autofree char *after = NULL;
  guint n = 0, looked = 0;

  for (guint i = 0; i < 250; i++)
    {
      g_autofree char *id = g_strdup_printf ("C-%u", i);

      put_arpu (engine, id, i % 5 == 0 ? 300 : 30, MARCH);
    }
  do
    {
      CU_ASSERT_TRUE (csvc_engine_review_all (engine, &stamp, &after, 120, &n, NULL, &error));
      csvc_assert_no_error (error);
      looked++;
    }
  while (after != NULL);
  CU_ASSERT_EQUAL (looked, 3);
  assert_tier (engine, "C-5", "gold");
  assert_tier (engine, "C-6", "ordinary");
  assert_good (engine);
}

static CsvcTime
get_due (CsvcEngine *engine, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcCase) loaded = csvc_engine_get_case (engine, id, &error);

  csvc_assert_no_error (error);
  return csvc_case_get_due (loaded, csvc_case_get_cycle (loaded, csvc_case_get_n_cycles (loaded) - 1));
}

static void
open_request (CsvcEngine *engine, const char *id, const char *customer, CsvcTime at)
{
  const CsvcStamp stamp = CSVC_STAMP (at);
  g_autoptr (GError) error = NULL;

  CU_ASSERT_EQUAL (csvc_engine_open (engine, "request", id, customer, NULL, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
}

/* Whoever becomes gold is answered within the hour, also in the case that is open already. */
static void
shows_cases_what_changed (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ("memory:");
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcJournal) journal = NULL;

  put_arpu (engine, "C-1", 50, MARCH);
  open_request (engine, "R-1", "C-1", MARCH);
  CU_ASSERT_EQUAL (get_due (engine, "R-1"), MARCH + 4 * CSVC_HOUR);
  put_arpu (engine, "C-1", 500, MARCH + CSVC_MINUTE);
  CU_ASSERT_EQUAL (get_due (engine, "R-1"), MARCH + CSVC_HOUR);
  journal = csvc_engine_follow_case (engine, "R-1", NULL, 10, &error);
  CU_ASSERT_EQUAL_FATAL (csvc_journal_get_size (journal), 2);
  CU_ASSERT_EQUAL (csvc_journal_entry_get_command (csvc_journal_get (journal, 1)), CSVC_COMMAND_NOTICE);
  assert_good (engine);
}

static CsvcAnswer
fire (CsvcEngine *engine, const char *id, const char *event, CsvcTime at)
{
  const CsvcStamp stamp = { .at = at, .role = "agent" };
  g_autoptr (GError) error = NULL;
  CsvcAnswer answer = csvc_engine_fire (engine, id, event, NULL, &stamp, NULL, &error);

  csvc_assert_no_error (error);
  return answer;
}

static void
lets_cases_use_accounts (void)
{
  const char *const uris[] = { "memory:", csvc_test_path ("claims.db") };

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (CsvcEngine) engine = new_engine (uris[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (CsvcCustomer) customer = NULL;
      g_autoptr (CsvcJournal) journal = NULL;

      put_arpu (engine, "C-1", 500, MARCH);
      open_request (engine, "R-1", "C-1", MARCH);
      CU_ASSERT_EQUAL (fire (engine, "R-1", "reactivated", MARCH + CSVC_MINUTE), CSVC_ANSWER_ACCEPTED);
      customer = csvc_engine_get_customer (engine, "C-1", &error);
      CU_ASSERT_EQUAL (csvc_customer_get_used (customer, "reactivation", MARCH + CSVC_MINUTE), 1);
      journal = csvc_engine_follow_customer (engine, "C-1", NULL, 10, &error);
      csvc_assert_no_error (error);
      CU_ASSERT_EQUAL (csvc_journal_entry_get_command (csvc_journal_get (journal, csvc_journal_get_size (journal) - 1)), CSVC_COMMAND_CLAIM);
      assert_good (engine);
    }
}

static void
refuses_the_whole_event (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ("memory:");

  put_arpu (engine, "C-1", 500, MARCH);
  open_request (engine, "R-1", "C-1", MARCH);
  open_request (engine, "R-2", "C-1", MARCH);
  CU_ASSERT_EQUAL (fire (engine, "R-1", "reactivated", MARCH + 1), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (fire (engine, "R-2", "reactivated", MARCH + 2), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (fire (engine, "R-1", "reactivated", MARCH + 3), CSVC_ANSWER_REFUSED_QUOTA);
  assert_good (engine);
}

static void
knows_past_balances (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ("memory:");
  CsvcGift gift = { .account = "points", .amount = 100 };
  CsvcUse pay = { .account = "points", .amount = 30 };
  CsvcStamp stamp = CSVC_STAMP (MARCH);
  g_autoptr (GError) error = NULL;
  gint64 balance = 0;

  put_arpu (engine, "C-1", 50, MARCH);
  CU_ASSERT_EQUAL (csvc_engine_grant (engine, "C-1", &gift, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  stamp.at += CSVC_DAY;
  CU_ASSERT_EQUAL (csvc_engine_use (engine, "C-1", &pay, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
  CU_ASSERT_TRUE (csvc_engine_get_balance_at (engine, "C-1", "points", MARCH - 1, &balance, &error));
  CU_ASSERT_EQUAL (balance, 0);
  CU_ASSERT_TRUE (csvc_engine_get_balance_at (engine, "C-1", "points", MARCH + CSVC_DAY - 1, &balance, &error));
  CU_ASSERT_EQUAL (balance, 100);
  CU_ASSERT_TRUE (csvc_engine_get_balance_at (engine, "C-1", "points", MARCH + CSVC_DAY, &balance, &error));
  CU_ASSERT_EQUAL (balance, 70);
  CU_ASSERT_FALSE (csvc_engine_get_balance_at (engine, "C-2", "points", MARCH, &balance, &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, NULL);
}

/* ── threads ── */

typedef struct {
  CsvcStore  *store;
  CsvcPolicy *policy;
  guint       number, accepted, refused, failed;
} Rival;

static gpointer
compete (gpointer data)
{
  Rival *rival = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcEngine) engine = csvc_engine_new (rival->store, rival->policy, &error);
  const CsvcUse request = CSVC_USE ("reactivation");

  for (guint i = 0; i < 10; i++)
    {
      const CsvcStamp stamp = CSVC_STAMP (MARCH + CSVC_HOUR);
      g_autoptr (GError) reason = NULL;

      switch (csvc_engine_use (engine, "C-1", &request, &stamp, NULL, &reason))
        {
        case CSVC_ANSWER_ACCEPTED:
          rival->accepted++;
          break;
        case CSVC_ANSWER_REFUSED_QUOTA:
          rival->refused++;
          break;
        default:
          rival->failed++;
        }
    }
  return NULL;
}

static void
never_exceeds_a_quota (void)
{
  const char *const uris[] = { "memory:", csvc_test_path ("rivals.db") };

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (CsvcEngine) engine = new_engine (uris[i]);
      GThread *threads[8];
      Rival rivals[8];
      guint accepted = 0, refused = 0, failed = 0;

      put_arpu (engine, "C-1", 500, MARCH);
      for (guint j = 0; j < 8; j++)
        {
          rivals[j] = (Rival){ csvc_engine_get_store (engine), csvc_engine_get_policy (engine), j, 0, 0, 0 };
          threads[j] = g_thread_new ("rival", compete, &rivals[j]);
        }
      for (guint j = 0; j < 8; j++)
        {
          g_thread_join (threads[j]);
          accepted += rivals[j].accepted;
          refused += rivals[j].refused;
          failed += rivals[j].failed;
        }
      CU_ASSERT_EQUAL (accepted, 2);
      CU_ASSERT_EQUAL (failed, 0);
      CU_ASSERT_EQUAL (refused, 78);
      assert_good (engine);
    }
}

/* The tier sinks at an instant between two deadlines of a case: whoever wakes late finds the same. */
static void
catches_up_with_cases (void)
{
  g_autofree char *in_time = NULL, *too_late = NULL;

  for (guint late = 0; late < 2; late++)
    {
      g_autoptr (CsvcEngine) engine = new_engine ("memory:");
      CsvcTime sinks = MARCH + 41 * CSVC_DAY;
      g_autoptr (GError) error = NULL;
      g_autoptr (CsvcCase) loaded = NULL;

      put_arpu (engine, "C-1", 500, MARCH);
      put_arpu (engine, "C-1", 50, MARCH + CSVC_DAY);
      if (!late)
        CU_ASSERT_TRUE (csvc_engine_advance (engine, sinks - CSVC_HOUR, 0, NULL, NULL, &error));
      open_request (engine, "R-1", "C-1", sinks - CSVC_MINUTE);
      for (CsvcTime now = sinks; !late && now < sinks + 6 * CSVC_HOUR; now += CSVC_MINUTE)
        CU_ASSERT_TRUE (csvc_engine_advance (engine, now, 0, NULL, NULL, &error));
      CU_ASSERT_EQUAL (fire (engine, "R-1", "answered", sinks + 6 * CSVC_HOUR), CSVC_ANSWER_ACCEPTED);
      csvc_assert_no_error (error);
      loaded = csvc_engine_get_case (engine, "R-1", &error);
      *(late ? &too_late : &in_time) = csvc_case_to_json (loaded);
      assert_tier (engine, "C-1", "ordinary");
      assert_good (engine);
    }
  CU_ASSERT_STRING_EQUAL (too_late, in_time);
}

/* An engine that opens nothing goes on with what is there. */
static void
goes_on_without_a_policy (void)
{
  g_autoptr (CsvcEngine) first = new_engine ("memory:");
  const CsvcUse request = CSVC_USE ("reactivation");
  const CsvcStamp stamp = CSVC_STAMP (MARCH);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcEngine) engine = csvc_engine_new (csvc_engine_get_store (first), NULL, &error);

  put_arpu (first, "C-1", 500, MARCH);
  open_request (first, "R-1", "C-1", MARCH);
  open_request (first, "R-2", "C-2", MARCH);
  CU_ASSERT_EQUAL (use (engine, "C-1", MARCH), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (fire (engine, "R-1", "reactivated", MARCH + 1), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (fire (engine, "R-2", "reactivated", MARCH + 1), CSVC_ANSWER_REFUSED_ENTITLEMENT);
  CU_ASSERT_EQUAL (csvc_engine_use (engine, "C-3", &request, &stamp, NULL, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "no policy");
  assert_good (engine);
}

/* The tier sank while nobody looked: a case that is opened then is the case of an ordinary customer. */
static void
opens_for_a_late_customer (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ("memory:");
  const CsvcTime sunk = MARCH + 60 * CSVC_DAY;

  put_arpu (engine, "C-1", 500, MARCH);
  put_arpu (engine, "C-1", 50, MARCH + CSVC_DAY);
  open_request (engine, "R-1", "C-1", sunk);
  CU_ASSERT_EQUAL (get_due (engine, "R-1"), sunk + 4 * CSVC_HOUR);
  assert_tier (engine, "C-1", "ordinary");
  assert_good (engine);
}
