/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The plan of the day, made and carried out over stored customers; the last-moment question. */

#include "config.h"

#include "csvc-test.h"

#include <csvc/csvc.h>
#include <glib/gstdio.h>

#include "plan-text.h"

static void opens_once (void);
static void closes_what_has_no_cause (void);
static void remembers_what_was_done (void);
static void stops_at_a_port_request (void);
static void asks_at_the_last_moment (void);
static void contacts_only_whom_it_knows (void);
static void keeps_rules_on_events (void);
static void keeps_capacity_all_day (void);
static void plans_again_for_another_tier (void);
static void writes_nothing_in_a_dry_run (void);
static void goes_on_where_it_stopped (void);
static void passes_only_whom_nothing_concerns (void);
static void opens_no_half_of_a_task (void);
static void leaves_numbers_that_are_taken (void);
static void leaves_what_fails (void);
static void makes_numbers_of_odd_keys (void);
static void heeds_events_of_the_past (void);
static void ends_cases_that_are_ahead (void);

static CU_TestInfo tests[] = {
  { "opens-once", opens_once },
  { "closes-what-has-no-cause", closes_what_has_no_cause },
  { "remembers-what-was-done", remembers_what_was_done },
  { "stops-at-a-port-request", stops_at_a_port_request },
  { "asks-at-the-last-moment", asks_at_the_last_moment },
  { "contacts-only-whom-it-knows", contacts_only_whom_it_knows },
  { "keeps-rules-on-events", keeps_rules_on_events },
  { "keeps-capacity-all-day", keeps_capacity_all_day },
  { "plans-again-for-another-tier", plans_again_for_another_tier },
  { "writes-nothing-in-a-dry-run", writes_nothing_in_a_dry_run },
  { "goes-on-where-it-stopped", goes_on_where_it_stopped },
  { "passes-only-whom-nothing-concerns", passes_only_whom_nothing_concerns },
  { "opens-no-half-of-a-task", opens_no_half_of_a_task },
  { "leaves-numbers-that-are-taken", leaves_numbers_that_are_taken },
  { "leaves-what-fails", leaves_what_fails },
  { "makes-numbers-of-odd-keys", makes_numbers_of_odd_keys },
  { "heeds-events-of-the-past", heeds_events_of_the_past },
  { "ends-cases-that-are-ahead", ends_cases_that_are_ahead },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_sweep = { "sweep", tests, NULL, NULL };

static const char policy_text[] =
  "<policy xmlns='urn:csvc:policy:1' id='care' version='1' zone='Asia/Shanghai'>"
  "<roles><role id='agent'/><role id='manager'/></roles>"
  "<customer><fact id='arpu' type='number'/><fact id='contract_end' type='date'/><fact id='consent' type='boolean'/></customer>"
  "<tiers default='ordinary' review='P1Y' grace='P1M'>"
  "<tier id='ordinary' rank='0'/><tier id='gold' rank='2' when='arpu &gt;= 200'/></tiers>"
  "<channels><channel id='phone'/></channels>"
  "<purposes><purpose id='keeping' commercial='true'/><purpose id='service'/></purposes>"
  "<contacts><cap max='1' per='P30D'/><capacity role='manager' per-day='2'/><quiet from='21:00' to='08:00'/>"
  "<veto id='port' purpose='keeping' closes='true' when='happened(\"port_requested\")'/>"
  "<veto id='no_consent' purpose='keeping' when='not(consent)'/></contacts>"
  "<scripts><script id='stay' purpose='keeping'><text lang='en' says='Stay!'/></script>"
  "<script id='sorry' purpose='service'><text lang='en' says='Sorry.'/></script></scripts>"
  "<rules>"
  "<rule id='expiring' purpose='keeping' channel='phone' priority='50' of='contract_end' before='P30D' when='is defined(contract_end)'>"
  "<open case='care' script='stay' role='manager' due-at='contract_end'/></rule>"
  "<rule id='gold_call' purpose='service' priority='10' when='tier = \"gold\"'><open case='care' script='sorry' role='agent' due-in='P5D'/></rule>"
  "<rule id='angry' purpose='service' on='event' kind='complaint' event='shouted'><open case='care' script='sorry' role='agent'/></rule>"
  "</rules>"
  "<case id='care' initial='open'><fact id='rule' type='string'/><fact id='due' type='dateTime'/><event id='reached'/><event id='noted'/>"
  "<state id='open'><transition event='reached' target='done'/><transition event='noted' type='internal'/></state><final id='done'/></case>"
  "<case id='complaint' initial='open'><event id='shouted'/><event id='port_requested'/>"
  "<state id='open'><transition event='shouted port_requested' type='internal'/></state></case></policy>";

#define MARCH (G_GINT64_CONSTANT (1772496000) * CSVC_SECOND) /* Tuesday 2026-03-03 08:00 in Shanghai */

typedef struct {
  CsvcPolicy *policy;
  CsvcStore  *store;
  CsvcEngine *engine;
} Fixture;

static void
set_up (Fixture *self, const char *uri)
{
  GError *error = NULL;

  self->policy = csvc_policy_load_text (policy_text, -1, "care.xml", NULL, &error);
  csvc_assert_no_error (error);
  self->store = csvc_store_open (uri, &error);
  csvc_assert_no_error (error);
  self->engine = csvc_engine_new (self->store, self->policy, &error);
  csvc_assert_no_error (error);
}

static void
tear_down (Fixture *self)
{
  gint64 n_streams, n_entries;
  GError *error = NULL;

  csvc_engine_verify (self->engine, &n_streams, &n_entries, &error);
  csvc_assert_no_error (error);
  csvc_engine_free (self->engine);
  csvc_store_unref (self->store);
  csvc_policy_unref (self->policy);
}

/* Each case over both stores. */
static void
over_stores (void (*play) (Fixture *self))
{
  g_autofree char *uri = g_strconcat ("sqlite:", csvc_test_path ("sweep.db"), NULL);
  const char *const uris[] = { "memory:", uri };

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++) {
    Fixture fixture;

    g_remove (csvc_test_path ("sweep.db"));
    set_up (&fixture, uris[i]);
    play (&fixture);
    tear_down (&fixture);
  }
}

static void
put (Fixture *self, const char *id, CsvcTime at, const char *arpu, const char *contract_end, const char *consent)
{
  const CsvcStamp stamp = CSVC_STAMP (at);
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  GError *error = NULL;

  if (arpu != NULL)
    csvc_facts_set_text (facts, "arpu", arpu);
  if (contract_end != NULL)
    csvc_facts_set_text (facts, "contract_end", contract_end);
  if (consent != NULL)
    csvc_facts_set_text (facts, "consent", consent);
  csvc_engine_put_customer (self->engine, id, facts, &stamp, NULL, &error);
  csvc_assert_no_error (error);
}

/* "1 0 0": opened, updated, closed. */
static void
assert_swept (Fixture *self, CsvcTime at, const char *expected)
{
  const CsvcStamp stamp = CSVC_STAMP (at);
  GError *error = NULL;
  g_autoptr (CsvcSweep) sweep = csvc_engine_sweep (self->engine, &stamp, NULL, &error);
  g_autofree char *done = NULL;

  csvc_assert_no_error (error);
  if (sweep == NULL)
    return;
  done = g_strdup_printf ("%u %u %u", csvc_sweep_get_n_opened (sweep), csvc_sweep_get_n_updated (sweep), csvc_sweep_get_n_closed (sweep));
  CSVC_ASSERT_STRING (done, expected);
  CSVC_ASSERT_UINT (csvc_sweep_get_n_left (sweep), 0);
}

/* "open care" or "ended cause-gone" of the only case of that customer. */
static void
assert_case (Fixture *self, const char *customer, gboolean open)
{
  CsvcCaseFilter filter = CSVC_CASE_FILTER;
  GError *error = NULL;
  g_autoptr (CsvcCaseList) list = NULL;

  filter.customer = customer;
  filter.kind = "care";
  list = csvc_engine_list_cases (self->engine, &filter, &error);
  csvc_assert_no_error (error);
  CSVC_ASSERT_UINT (csvc_case_list_get_size (list), 1);
  if (csvc_case_list_get_size (list) == 1)
    CSVC_ASSERT_INT (csvc_case_item_is_open (csvc_case_list_get (list, 0)), open);
}

static void
assert_may (Fixture *self, const char *customer, const char *purpose, CsvcTime at, const char *veto)
{
  GError *error = NULL;
  g_autoptr (CsvcPermission) permission = csvc_engine_may_contact (self->engine, customer, "phone", purpose, at, &error);

  csvc_assert_no_error (error);
  CSVC_ASSERT_STRING (csvc_permission_get_veto (permission) != NULL ? csvc_permission_get_veto (permission) : "yes", veto);
}

static void
note (Fixture *self, const char *customer, const char *event, CsvcTime at)
{
  const CsvcStamp stamp = CSVC_STAMP (at);
  GError *error = NULL;

  CSVC_ASSERT_INT (csvc_engine_note_event (self->engine, customer, event, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
}

/* ── */

static void
play_opens_once (Fixture *self)
{
  put (self, "c1", MARCH, "50", "2026-03-20", "true");
  put (self, "c2", MARCH, "50", "2027-03-20", "true");
  assert_swept (self, MARCH, "1 0 0");
  assert_swept (self, MARCH, "0 0 0");
  assert_swept (self, MARCH + CSVC_DAY, "0 0 0");
  assert_case (self, "c1", TRUE);
}

static void
opens_once (void)
{
  over_stores (play_opens_once);
}

static void
play_closes (Fixture *self)
{
  put (self, "c1", MARCH, "50", "2026-03-20", "true");
  assert_swept (self, MARCH, "1 0 0");
  put (self, "c1", MARCH + CSVC_HOUR, NULL, "2027-03-20", NULL);
  assert_swept (self, MARCH + CSVC_DAY, "0 0 1");
  assert_case (self, "c1", FALSE);
  assert_swept (self, MARCH + 2 * CSVC_DAY, "0 0 0");
}

static void
closes_what_has_no_cause (void)
{
  over_stores (play_closes);
}

static void
play_remembers (Fixture *self)
{
  const CsvcStamp stamp = CSVC_STAMP (MARCH + CSVC_HOUR);
  g_autoptr (CsvcCustomer) customer = NULL;
  GError *error = NULL;
  CsvcTime closed_at;

  put (self, "c1", MARCH, "50", "2026-03-20", "true");
  assert_swept (self, MARCH, "1 0 0");
  CSVC_ASSERT_INT (csvc_engine_fire (self->engine, "c1/expiring/2026-03-20", "reached", NULL, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
  customer = csvc_engine_get_customer (self->engine, "c1", &error);
  CSVC_ASSERT_UINT (csvc_customer_get_n_tasks (customer), 1);
  csvc_customer_get_task (customer, 0, NULL, NULL, NULL, NULL, &closed_at, NULL);
  CSVC_ASSERT_INT (closed_at, stamp.at);
  assert_swept (self, MARCH + CSVC_DAY, "0 0 0");
}

static void
remembers_what_was_done (void)
{
  over_stores (play_remembers);
}

static void
play_port (Fixture *self)
{
  const CsvcStamp stamp = CSVC_STAMP (MARCH + 2 * CSVC_HOUR);
  g_autoptr (CsvcPermission) permission = NULL;
  GError *error = NULL;

  put (self, "c1", MARCH, "50", "2026-03-20", "true");
  assert_swept (self, MARCH, "1 0 0");
  assert_may (self, "c1", "keeping", MARCH, "yes");
  note (self, "c1", "port_requested", MARCH + CSVC_HOUR);
  assert_case (self, "c1", FALSE);
  CSVC_ASSERT_INT (csvc_engine_contact (self->engine, "c1", "phone", "keeping", "expiring", "c1/expiring/2026-03-20", &stamp, &permission, NULL, &error),
                   CSVC_ANSWER_REFUSED_CONDITION);
  CSVC_ASSERT_STRING (csvc_permission_get_veto (permission), "port");
  assert_may (self, "c1", "service", MARCH + 2 * CSVC_HOUR, "yes");
  assert_swept (self, MARCH + CSVC_DAY, "0 0 0");
}

/* The same, told by a case. */
static void
play_port_of_case (Fixture *self)
{
  const CsvcStamp stamp = CSVC_STAMP (MARCH + CSVC_HOUR);
  GError *error = NULL;

  put (self, "c1", MARCH, "50", "2026-03-20", "true");
  assert_swept (self, MARCH, "1 0 0");
  csvc_engine_open (self->engine, "complaint", "k1", "c1", NULL, &stamp, NULL, &error);
  csvc_assert_no_error (error);
  CSVC_ASSERT_INT (csvc_engine_fire (self->engine, "k1", "port_requested", NULL, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
  assert_case (self, "c1", FALSE);
}

static void
stops_at_a_port_request (void)
{
  over_stores (play_port);
  over_stores (play_port_of_case);
}

static CsvcAnswer
contact (Fixture *self, const char *customer, const char *purpose, const char *key, CsvcTime at)
{
  CsvcStamp stamp = CSVC_STAMP (at);
  GError *error = NULL;
  CsvcAnswer answer;

  stamp.key = key;
  answer = csvc_engine_contact (self->engine, customer, "phone", purpose, NULL, NULL, &stamp, NULL, NULL, &error);
  csvc_assert_no_error (error);
  return answer;
}

static void
play_asks (Fixture *self)
{
  put (self, "c1", MARCH, "50", NULL, "true");
  assert_may (self, "c1", "keeping", MARCH - 12 * CSVC_HOUR + 3 * CSVC_DAY, "yes");    /* 20:00 */
  assert_may (self, "c1", "keeping", MARCH + 14 * CSVC_HOUR, "quiet");                 /* 22:00 */
  for (guint i = 0; i < 3; i++) /* a reply to the customer never counts */
    CSVC_ASSERT_INT (contact (self, "c1", "service", NULL, MARCH + i * CSVC_HOUR), CSVC_ANSWER_ACCEPTED);
  CSVC_ASSERT_INT (contact (self, "c1", "keeping", "k1", MARCH + 4 * CSVC_HOUR), CSVC_ANSWER_ACCEPTED);
  CSVC_ASSERT_INT (contact (self, "c1", "keeping", "k1", MARCH + 4 * CSVC_HOUR), CSVC_ANSWER_ACCEPTED); /* the same one */
  CSVC_ASSERT_INT (contact (self, "c1", "keeping", "k2", MARCH + 5 * CSVC_HOUR), CSVC_ANSWER_REFUSED_CONDITION);
  assert_may (self, "c1", "keeping", MARCH + 5 * CSVC_HOUR, "cap");
  put (self, "c1", MARCH + 6 * CSVC_HOUR, NULL, NULL, "false");
  assert_may (self, "c1", "keeping", MARCH + 7 * CSVC_HOUR, "no_consent");
}

static void
asks_at_the_last_moment (void)
{
  over_stores (play_asks);
}

static void
assert_no_contact (Fixture *self, const char *customer, const char *rule, const char *message)
{
  const CsvcStamp stamp = CSVC_STAMP (MARCH + CSVC_HOUR);
  g_autoptr (CsvcPermission) permission = NULL;
  g_autoptr (GError) error = NULL;

  CSVC_ASSERT_INT (csvc_engine_contact (self->engine, customer, "phone", "service", rule, NULL, &stamp, &permission, NULL, &error),
                   CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, message);
  CU_ASSERT_PTR_NULL (permission);
}

static void
play_unknown (Fixture *self)
{
  g_autoptr (CsvcCustomer) nobody = NULL, known = NULL;
  g_autoptr (GError) error = NULL;

  put (self, "c1", MARCH, "50", NULL, "true");
  assert_no_contact (self, "nope", NULL, "no customer nope");
  assert_no_contact (self, "c1", "expirin", "no rule \"expirin\"");
  nobody = csvc_engine_get_customer (self->engine, "nope", &error);
  CU_ASSERT_PTR_NULL (nobody);
  known = csvc_engine_get_customer (self->engine, "c1", NULL);
  CSVC_ASSERT_UINT (csvc_customer_get_n_contacts (known), 0);
}

static void
contacts_only_whom_it_knows (void)
{
  over_stores (play_unknown);
}

static void
play_events (Fixture *self)
{
  const CsvcStamp stamp = CSVC_STAMP (MARCH);
  GError *error = NULL;

  put (self, "c1", MARCH, "50", NULL, "true");
  csvc_engine_open (self->engine, "complaint", "k1", "c1", NULL, &stamp, NULL, &error);
  csvc_assert_no_error (error);
  for (guint i = 0; i < 2; i++) /* the second time it has its task */
    CSVC_ASSERT_INT (csvc_engine_fire (self->engine, "k1", "shouted", NULL, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
  assert_case (self, "c1", TRUE);
  assert_swept (self, MARCH + CSVC_DAY, "0 0 0");
}

static void
keeps_rules_on_events (void)
{
  over_stores (play_events);
}

static void
play_capacity (Fixture *self)
{
  const char *const ids[] = { "c1", "c2", "c3", "c4", "c5" };

  for (guint i = 0; i < 3; i++)
    put (self, ids[i], MARCH, "50", "2026-03-20", "true");
  assert_swept (self, MARCH, "2 0 0");
  put (self, ids[3], MARCH, "50", "2026-03-21", "true");
  assert_swept (self, MARCH + CSVC_HOUR, "0 0 0");
  assert_swept (self, MARCH + CSVC_DAY, "2 0 0");
}

static void
keeps_capacity_all_day (void)
{
  over_stores (play_capacity);
}

static void
play_tier (Fixture *self)
{
  put (self, "c1", MARCH, "50", NULL, "true");
  assert_swept (self, MARCH, "0 0 0");
  put (self, "c1", MARCH + CSVC_HOUR, "250", NULL, NULL);
  assert_swept (self, MARCH + CSVC_DAY, "1 0 0");
}

static void
plans_again_for_another_tier (void)
{
  over_stores (play_tier);
}

static void
play_dry (Fixture *self)
{
  CsvcSweepOptions options = CSVC_SWEEP_OPTIONS;
  const CsvcStamp stamp = CSVC_STAMP (MARCH);
  GError *error = NULL;
  g_autoptr (CsvcSweep) sweep = NULL;

  put (self, "c1", MARCH, "50", "2026-03-20", "true");
  options.dry_run = TRUE;
  sweep = csvc_engine_sweep (self->engine, &stamp, &options, &error);
  csvc_assert_no_error (error);
  CSVC_ASSERT_UINT (csvc_plan_count (csvc_sweep_get_plan (sweep), CSVC_PLAN_OPEN), 1);
  CSVC_ASSERT_UINT (csvc_sweep_get_n_opened (sweep), 0);
  assert_swept (self, MARCH, "1 0 0");
}

static void
writes_nothing_in_a_dry_run (void)
{
  over_stores (play_dry);
}

static gboolean
stop_at_once (guint64 done, guint64 total, gpointer data)
{
  (void) done, (void) total;
  ++*(guint *) data;
  return FALSE;
}

static void
play_stopped (Fixture *self)
{
  CsvcSweepOptions options = CSVC_SWEEP_OPTIONS;
  const CsvcStamp stamp = CSVC_STAMP (MARCH);
  GError *error = NULL;
  guint n_calls = 0;

  put (self, "c1", MARCH, "50", "2026-03-20", "true");
  options.func = stop_at_once;
  options.data = &n_calls;
  CU_ASSERT_PTR_NULL (csvc_engine_sweep (self->engine, &stamp, &options, &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_CANCELLED, "stopped");
  g_clear_error (&error);
  CSVC_ASSERT_UINT (n_calls, 1);
  assert_swept (self, MARCH, "1 0 0");
}

static void
goes_on_where_it_stopped (void)
{
  over_stores (play_stopped);
}

/* ── the sieve: the plan over the columns is the plan over whole customers ── */

static void
put_some (Fixture *self, GRand *random, guint n)
{
  for (guint i = 0; i < n; i++) {
    g_autofree char *id = g_strdup_printf ("c%u", i);
    g_autofree char *arpu = g_strdup_printf ("%d", g_rand_int_range (random, 0, 260));
    g_autofree char *end = g_strdup_printf ("2026-%02d-%02d", g_rand_int_range (random, 2, 7), g_rand_int_range (random, 1, 29));
    const gint what = g_rand_int_range (random, 0, 4);

    put (self, id, MARCH, what != 0 ? arpu : NULL, what != 1 ? end : NULL, what == 2 ? NULL : what == 3 ? "true" : "false");
    if (g_rand_int_range (random, 0, 10) == 0)
      note (self, id, "port_requested", MARCH);
  }
}

static CsvcPlan *
plan_whole (Fixture *self, guint n, CsvcTime at)
{
  CsvcPlan *plan = csvc_plan_new (self->policy);
  g_autoptr (CsvcCaseload) cases = csvc_caseload_new (self->policy);

  for (guint i = 0; i < n; i++) {
    g_autofree char *id = g_strdup_printf ("c%u", i);
    GError *error = NULL;
    g_autoptr (CsvcCustomer) customer = csvc_engine_get_customer (self->engine, id, &error);

    csvc_assert_no_error (error);
    csvc_plan_add (plan, customer, cases, at);
  }
  csvc_plan_arbitrate (plan);
  return plan;
}

static void
play_sieve (Fixture *self)
{
  const guint n = 150 * csvc_test_scale ();
  const CsvcStamp stamp = CSVC_STAMP (MARCH + CSVC_HOUR);
  CsvcSweepOptions options = CSVC_SWEEP_OPTIONS;
  GError *error = NULL;
  g_autoptr (CsvcSweep) sweep = NULL;
  g_autoptr (CsvcPlan) whole = NULL;
  g_autofree char *sifted = NULL, *expected = NULL;

  put_some (self, csvc_test_random (20260303), n);
  options.dry_run = TRUE;
  sweep = csvc_engine_sweep (self->engine, &stamp, &options, &error);
  csvc_assert_no_error (error);
  whole = plan_whole (self, n, stamp.at);
  sifted = csvc_test_dup_plan (csvc_sweep_get_plan (sweep));
  expected = csvc_test_dup_plan (whole);
  CSVC_ASSERT_STRING (sifted, expected);
  CSVC_ASSERT_UINT (csvc_sweep_get_n_customers (sweep), n);
  CSVC_ASSERT_TRUE (csvc_sweep_get_n_loaded (sweep) < n * 9 / 10, "%" G_GUINT64_FORMAT " of %u were loaded", csvc_sweep_get_n_loaded (sweep), n);
}

static void
passes_only_whom_nothing_concerns (void)
{
  over_stores (play_sieve);
}

/* Whoever has been told something later than the sweep is left: the customer could not keep the task, so no case is opened for it. */
/* A host has a case of that number: it is not the task's, and keeps nobody else from theirs. */
static void
play_taken (Fixture *self)
{
  const CsvcStamp stamp = CSVC_STAMP (MARCH);
  g_autoptr (CsvcSweep) sweep = NULL;
  GError *error = NULL;

  put (self, "c1", MARCH, "50", "2026-03-20", "true");
  put (self, "c2", MARCH, "50", "2026-03-20", "true");
  csvc_engine_open (self->engine, "complaint", "c1/expiring/2026-03-20", "c1", NULL, &stamp, NULL, &error);
  csvc_assert_no_error (error);
  sweep = csvc_engine_sweep (self->engine, &stamp, NULL, &error);
  csvc_assert_no_error (error);
  CSVC_ASSERT_UINT (csvc_sweep_get_n_opened (sweep), 1);
  CSVC_ASSERT_UINT (csvc_sweep_get_n_left (sweep), 1);
  assert_case (self, "c2", TRUE);
}

static void
leaves_numbers_that_are_taken (void)
{
  over_stores (play_taken);
}

static void
play_opens_no_half (Fixture *self)
{
  const CsvcStamp stamp = CSVC_STAMP (MARCH);
  CsvcCaseFilter filter = CSVC_CASE_FILTER;
  g_autoptr (CsvcSweep) sweep = NULL;
  g_autoptr (CsvcCaseList) list = NULL;
  GError *error = NULL;

  put (self, "c1", MARCH - CSVC_DAY, "50", "2026-03-20", "true");
  put (self, "c1", MARCH + CSVC_HOUR, "60", NULL, NULL);
  sweep = csvc_engine_sweep (self->engine, &stamp, NULL, &error);
  csvc_assert_no_error (error);
  CSVC_ASSERT_UINT (csvc_sweep_get_n_opened (sweep), 0);
  CSVC_ASSERT_UINT (csvc_sweep_get_n_left (sweep), 1);
  filter.kind = "care";
  list = csvc_engine_list_cases (self->engine, &filter, &error);
  csvc_assert_no_error (error);
  CSVC_ASSERT_UINT (csvc_case_list_get_size (list), 0);
  assert_swept (self, MARCH + CSVC_DAY, "1 0 0");
  assert_case (self, "c1", TRUE);
}

static void
opens_no_half_of_a_task (void)
{
  over_stores (play_opens_no_half);
}

static void
fire_at (Fixture *self, const char *id, const char *event, CsvcTime at)
{
  const CsvcStamp stamp = CSVC_STAMP (at);
  GError *error = NULL;

  CSVC_ASSERT_INT (csvc_engine_fire (self->engine, id, event, NULL, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
}

/* The customer's facts were put for this evening already; what the complaint says in the morning is not lost: neither the call that is due to somebody who
 * shouted, nor the end of every attempt to keep somebody who asked for a port. */
static void
play_past_events (Fixture *self)
{
  const CsvcStamp stamp = CSVC_STAMP (MARCH);
  GError *error = NULL;

  put (self, "c1", MARCH, "50", NULL, "true");
  put (self, "c2", MARCH, "50", "2026-03-20", "true");
  assert_swept (self, MARCH, "1 0 0");
  csvc_engine_open (self->engine, "complaint", "b1", "c1", NULL, &stamp, NULL, &error);
  csvc_assert_no_error (error);
  csvc_engine_open (self->engine, "complaint", "b2", "c2", NULL, &stamp, NULL, &error);
  csvc_assert_no_error (error);
  put (self, "c1", MARCH + 12 * CSVC_HOUR, "60", NULL, NULL);
  put (self, "c2", MARCH + 12 * CSVC_HOUR, "60", NULL, NULL);
  fire_at (self, "b1", "shouted", MARCH + CSVC_HOUR);
  assert_case (self, "c1", TRUE);
  fire_at (self, "b2", "port_requested", MARCH + CSVC_HOUR);
  assert_case (self, "c2", FALSE);
}

static void
heeds_events_of_the_past (void)
{
  over_stores (play_past_events);
}

/* The care case heard something this evening, its customer did not: a sweep of the afternoon closes the task and the case. */
static void
play_case_ahead (Fixture *self)
{
  CsvcCaseFilter filter = CSVC_CASE_FILTER;
  g_autoptr (CsvcCaseList) list = NULL;
  CsvcStamp stamp = CSVC_STAMP (MARCH + 12 * CSVC_HOUR);
  GError *error = NULL;

  put (self, "c1", MARCH, "50", "2026-03-20", "true");
  assert_swept (self, MARCH, "1 0 0");
  filter.customer = "c1";
  list = csvc_engine_list_cases (self->engine, &filter, &error);
  csvc_assert_no_error (error);
  put (self, "c1", MARCH + CSVC_HOUR, NULL, "2027-03-20", NULL);
  fire_at (self, csvc_case_item_get_id (csvc_case_list_get (list, 0)), "noted", stamp.at);
  assert_swept (self, MARCH + 6 * CSVC_HOUR, "0 0 1");
  assert_case (self, "c1", FALSE);
}

static void
ends_cases_that_are_ahead (void)
{
  over_stores (play_case_ahead);
}

/* ── one that fails keeps nobody else from their task ── */

static void
set_up_text (Fixture *self, const char *text)
{
  GError *error = NULL;

  self->policy = csvc_policy_load_text (text, -1, "care.xml", NULL, &error);
  csvc_assert_no_error (error);
  self->store = csvc_store_open ("memory:", &error);
  csvc_assert_no_error (error);
  self->engine = csvc_engine_new (self->store, self->policy, &error);
  csvc_assert_no_error (error);
}

static void
put_text (Fixture *self, const char *id, const char *fact, const char *text)
{
  const CsvcStamp stamp = CSVC_STAMP (MARCH);
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  GError *error = NULL;

  csvc_facts_set_text (facts, fact, text);
  csvc_engine_put_customer (self->engine, id, facts, &stamp, NULL, &error);
  csvc_assert_no_error (error);
}

static const CsvcPlanItem *
find_item (const CsvcSweep *sweep, const char *customer, guint *index)
{
  const CsvcPlan *plan = csvc_sweep_get_plan (sweep);

  for (*index = 0; *index < csvc_plan_get_size (plan); (*index)++)
    if (g_str_equal (csvc_plan_item_get_customer (csvc_plan_get (plan, *index)), customer))
      return csvc_plan_get (plan, *index);
  return NULL;
}

static void
leaves_what_fails (void)
{
  static const char text[] =
    "<policy xmlns='urn:csvc:policy:1' id='care' version='1' zone='Asia/Shanghai'><roles><role id='agent'/></roles>"
    "<customer><fact id='n' type='number'/></customer><ledgers><ledger id='points' lasts='P1Y'/></ledgers><purposes><purpose id='service'/></purposes>"
    "<rules><rule id='thanks' purpose='service' when='n &gt; 0'><open case='care' role='agent'><with fact='units' value='n'/></open></rule></rules>"
    "<case id='care' initial='open'><fact id='units' type='number'/><state id='open'><onentry><give ledger='points' amount='units'/></onentry></state></case>"
    "</policy>";
  const CsvcStamp stamp = CSVC_STAMP (MARCH + CSVC_HOUR);
  Fixture self;
  guint index;
  GError *error = NULL;
  CsvcSweep *sweep;

  set_up_text (&self, text);
  put_text (&self, "c1", "n", "5");
  put_text (&self, "c2", "n", "1000000000000000000");
  put_text (&self, "c3", "n", "7");
  for (guint i = 0; i < 2; i++)
    {
      sweep = csvc_engine_sweep (self.engine, &stamp, NULL, &error);
      csvc_assert_no_error (error);
      CSVC_ASSERT_UINT (csvc_sweep_get_n_opened (sweep), i == 0 ? 2 : 0);
      CSVC_ASSERT_UINT (csvc_sweep_get_n_left (sweep), 1);
      CU_ASSERT_PTR_NOT_NULL (find_item (sweep, "c2", &index));
      CSVC_ASSERT_TRUE (g_strrstr (csvc_sweep_get_failure (sweep, index), "units") != NULL, "%s", csvc_sweep_get_failure (sweep, index));
      CU_ASSERT_PTR_NOT_NULL (find_item (sweep, "c1", &index));
      CU_ASSERT_PTR_NULL (csvc_sweep_get_failure (sweep, index));
      csvc_sweep_free (sweep);
    }
  tear_down (&self);
}

/* What a log decoded wrongly may stand in a key, and in no number of a case. */
static void
makes_numbers_of_odd_keys (void)
{
  static const char text[] =
    "<policy xmlns='urn:csvc:policy:1' id='care' version='1' zone='Asia/Shanghai'><roles><role id='agent'/></roles>"
    "<customer><fact id='w' type='string'/></customer><purposes><purpose id='service'/></purposes>"
    "<rules><rule id='call' purpose='service' key='w' when='is defined(w)'><open case='care' role='agent'/></rule></rules>"
    "<case id='care' initial='open'><state id='open'/></case></policy>";
  Fixture self;

  set_up_text (&self, text);
  put_text (&self, "c1", "w", "a/b%\x7f");
  put_text (&self, "c2", "w", "\xc2\x85");
  put_text (&self, "c3", "w", "维系");
  assert_swept (&self, MARCH + CSVC_HOUR, "3 0 0");
  assert_case (&self, "c2", TRUE);
  tear_down (&self);
}
