/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Sweeps look at columns and masks before they load anybody. Over random policies and customers the plan is the one that loading everybody gives. */

#include "config.h"

#include "csvc-test.h"

#include <csvc/csvc.h>
#include <glib/gstdio.h>

#include "plan-text.h"

static void finds_what_loading_everybody_finds (void);
static void finds_personal_facts (void);
static void finds_far_days (void);
static void finds_facts_within_their_own_limits (void);
static void finds_what_loops_hide (void);
static void finds_whom_another_version_knew (void);
static void sweeps_without_facts (void);

static CU_TestInfo tests[] = {
  { "finds-what-loading-everybody-finds", finds_what_loading_everybody_finds },
  { "finds-personal-facts", finds_personal_facts },
  { "finds-far-days", finds_far_days },
  { "finds-facts-within-their-own-limits", finds_facts_within_their_own_limits },
  { "finds-what-loops-hide", finds_what_loops_hide },
  { "finds-whom-another-version-knew", finds_whom_another_version_knew },
  { "sweeps-without-facts", sweeps_without_facts },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_sift = { "sift", tests, NULL, NULL };

#define MARCH (G_GINT64_CONSTANT (1772496000) * CSVC_SECOND) /* Tuesday 2026-03-03 08:00 in Shanghai */
#define N_CUSTOMERS 40

/* ── random policies ── */

static guint
below (GRand *random, guint n)
{
  return (guint) g_rand_int_range (random, 0, (gint32) n);
}

/* One of the words. */
#define PICK(random, ...) \
  ((const char *const[]) { __VA_ARGS__ }[below (random, G_N_ELEMENTS (((const char *const[]) { __VA_ARGS__ })))])

static void
append_number_test (GString *out, GRand *random)
{
  const char *fact = PICK (random, "n", "m");
  const guint k = below (random, 20);

  switch (below (random, 8))
    {
    case 0:
      g_string_append_printf (out, "%s in [%u..%u]", fact, k, k + below (random, 9));
      break;
    case 1:
      g_string_append_printf (out, "%s between %u and %u", fact, k, k + 4);
      break;
    case 2:
      g_string_append_printf (out, "%s in (%u, > %u.5)", fact, k, k);
      break;
    case 3:
      g_string_append_printf (out, "%u &lt; %s", k, fact);
      break;
    case 4:
      g_string_append_printf (out, "n %s m", PICK (random, "&lt;", "=", "+ 1 &gt;="));
      break;
    case 5:
      g_string_append_printf (out, "%s &gt; open_cases(\"complaint\") + %u", fact, k);
      break;
    case 6:
      g_string_append_printf (out, "(some x in [1, %u] satisfies x &gt; %s)", k, fact);
      break;
    default:
      g_string_append_printf (out, "%s %s %u.%u", fact, PICK (random, "=", "!=", "&lt;", "&lt;=", "&gt;", "&gt;="), k, below (random, 3) * 5);
      break;
    }
}

static void
append_time_test (GString *out, GRand *random)
{
  const char *fact = PICK (random, "d", "born");
  const guint k = below (random, 60);

  switch (below (random, 7))
    {
    case 0:
      g_string_append_printf (out, "%s &lt;= today() + @\"P%uD\"", fact, k);
      break;
    case 1:
      g_string_append_printf (out, "%s - today() &lt;= @\"P%uD\"", fact, k);
      break;
    case 2:
      g_string_append_printf (out, "%s.month = %u", fact, 1 + k % 12);
      break;
    case 3:
      g_string_append_printf (out, "now() - seen &lt; @\"PT%uH\"", k);
      break;
    case 4:
      g_string_append_printf (out, "seen in [now() - @\"P%uD\"..now()]", k);
      break;
    case 5:
      g_string_append_printf (out, "wait %s @\"PT%uM\"", PICK (random, "&gt;", "=", "&lt;="), k);
      break;
    default:
      g_string_append_printf (out, "last_ended(\"complaint\") &gt; now() - @\"P%uD\"", k);
      break;
    }
}

static void
append_other_test (GString *out, GRand *random)
{
  switch (below (random, 10))
    {
    case 0:
      g_string_append (out, PICK (random, "flag", "not(flag)", "flag = true"));
      break;
    case 1:
      g_string_append_printf (out, "segment = \"%s\"", PICK (random, "a", "b", "c"));
      break;
    case 2:
      g_string_append (out, "segment in (\"a\", \"c\")");
      break;
    case 3:
      g_string_append_printf (out, "word %s \"%s\"", PICK (random, "=", "!=", "&lt;"), PICK (random, "x", "y", "zz"));
      break;
    case 4:
      g_string_append (out, "starts with(word, \"x\")");
      break;
    case 5:
      g_string_append_printf (out, "tier = \"%s\"", PICK (random, "plain", "gold"));
      break;
    case 6:
      g_string_append (out, PICK (random, "happened(\"shouted\")", "open_cases(\"complaint\") = 0", "used(\"credit\") = 0", "available(\"credit\")"));
      break;
    case 7:
      g_string_append_printf (out, "phone = \"%s\"", PICK (random, "1", "2"));
      break;
    default:
      g_string_append_printf (out, "is defined(%s)", PICK (random, "n", "segment", "flag", "word", "d", "seen", "wait", "phone", "born"));
      break;
    }
}

static void
append_condition (GString *out, GRand *random, guint depth)
{
  const guint what = below (random, depth > 0 ? 9 : 4);

  if (what < 4)
    {
      what == 0 ? append_number_test (out, random) : what == 1 ? append_time_test (out, random) : append_other_test (out, random);
      return;
    }
  g_string_append (out, what == 8 ? "not(" : what == 7 ? "(if " : "(");
  append_condition (out, random, depth - 1);
  if (what < 8)
    {
      g_string_append (out, what == 7 ? " then " : what == 6 ? " or " : " and ");
      append_condition (out, random, depth - 1);
    }
  if (what == 7)
    {
      g_string_append (out, " else ");
      append_condition (out, random, depth - 1);
    }
  g_string_append_c (out, ')');
}

static void
append_rule (GString *out, GRand *random, guint number)
{
  g_string_append_printf (out, "<rule id='r%u' purpose='service'", number);
  switch (below (random, 4))
    {
    case 0:
      g_string_append_printf (out, " of='d' before='P%uD' after='P%uD'", 1 + below (random, 40), 1 + below (random, 40));
      break;
    case 1:
      g_string_append_printf (out, " on='anniversary' of='%s' after='P%uD'", PICK (random, "d", "born"), 1 + below (random, 90));
      break;
    case 2:
      g_string_append (out, PICK (random, " valid='2026-01-01..2026-12-31'", " valid='2027-01-01..2027-12-31'", " key='n'", " key='d'"));
      break;
    default:
      break;
    }
  g_string_append (out, " when='");
  append_condition (out, random, 1 + below (random, 3));
  g_string_append (out, "'><open case='care' role='agent'/></rule>");
}

/* The quotes of an attribute are single, those of words double. */
static CsvcPolicy *
make_policy (GRand *random)
{
  g_autoptr (GString) text = g_string_new (
    "<policy xmlns='urn:csvc:policy:1' id='sift' version='1' zone='Asia/Shanghai'><roles><role id='agent'/></roles>"
    "<customer><fact id='n' type='number'/><fact id='m' type='number' default='7'/><fact id='word' type='string'/>"
    "<fact id='segment' type='enum' values='a b c' default='b'/><fact id='flag' type='boolean' default='false'/><fact id='d' type='date'/>"
    "<fact id='seen' type='dateTime'/><fact id='wait' type='dayTimeDuration'/><fact id='phone' type='string' pii='true'/>"
    "<fact id='born' type='date' pii='true'/></customer>"
    "<tiers default='plain' review='P1Y' grace='P1M'><tier id='plain' rank='0'/><tier id='gold' rank='1' when='n &gt;= 10'/></tiers>"
    "<entitlements><entitlement id='credit'><grant tier='gold' quota='1' per='month'");
  const guint n = below (random, 20) == 0 ? 60 + below (random, 80) : 1 + below (random, 3); /* sometimes more than a word of bits */
  GError *error = NULL;
  CsvcPolicy *policy;

  /* What is prorated hangs on since when the tier has counted. */
  g_string_append_printf (text, "%s/></entitlement></entitlements><purposes><purpose id='service'/></purposes><rules>", PICK (random, "", " first='prorated'"));
  for (guint i = 0; i < n; i++)
    append_rule (text, random, i);
  g_string_append (text, "</rules><case id='care' initial='open'><state id='open'/></case>"
                         "<case id='complaint' initial='open'><event id='shouted'/><event id='done'/><state id='open'>"
                         "<transition event='shouted' type='internal'/><transition event='done' target='closed'/></state><final id='closed'/></case></policy>");
  policy = csvc_policy_load_text (text->str, -1, "sift.xml", NULL, &error);
  CSVC_ASSERT_TRUE (policy != NULL, "%s: %s", error != NULL ? error->message : "", text->str);
  return policy;
}

/* ── random customers ── */

typedef struct {
  CsvcPolicy   *policy;
  CsvcStore    *store;
  CsvcEngine   *engine;
  CsvcCaseload *cases[N_CUSTOMERS];
} World;

static void
set_text (CsvcFacts *facts, GRand *random, const char *fact, char *text)
{
  if (below (random, 3) != 0)
    csvc_facts_set_text (facts, fact, text);
  g_free (text);
}

static CsvcFacts *
make_facts (GRand *random)
{
  CsvcFacts *facts = csvc_facts_new ();

  set_text (facts, random, "n", g_strdup_printf ("%u.%u", below (random, 20), below (random, 2) * 5));
  set_text (facts, random, "m", g_strdup_printf ("%u", below (random, 20)));
  set_text (facts, random, "word", g_strdup (PICK (random, "x", "xy", "y", "z")));
  set_text (facts, random, "segment", g_strdup (PICK (random, "a", "b", "c")));
  set_text (facts, random, "flag", g_strdup (PICK (random, "true", "false")));
  set_text (facts, random, "d", g_strdup_printf ("%s-%02u-%02u", PICK (random, "2025", "2026", "1996", "9999"), 1 + below (random, 12), 1 + below (random, 28)));
  set_text (facts, random, "born", g_strdup_printf ("19%02u-%02u-%02u", below (random, 99), 1 + below (random, 12), 1 + below (random, 28)));
  set_text (facts, random, "seen", g_strdup_printf ("2026-03-%02uT%02u:00:00+08:00", 1 + below (random, 3), below (random, 7)));
  set_text (facts, random, "wait", g_strdup_printf ("PT%uM", below (random, 60)));
  set_text (facts, random, "phone", g_strdup (PICK (random, "1", "2", "3")));
  return facts;
}

/* A case changes what rules see even when it has ended. */
static void
add_case (World *self, GRand *random, const char *customer, guint i)
{
  const CsvcStamp opened = CSVC_STAMP (MARCH - CSVC_DAY), told = CSVC_STAMP (MARCH - CSVC_HOUR);
  g_autofree char *id = g_strdup_printf ("case-%s", customer);
  const gboolean ends = below (random, 2) == 0;
  GError *error = NULL;

  csvc_engine_open (self->engine, "complaint", id, customer, NULL, &opened, NULL, &error);
  csvc_assert_no_error (error);
  csvc_engine_fire (self->engine, id, ends ? "done" : "shouted", NULL, &told, NULL, &error);
  csvc_assert_no_error (error);
  csvc_caseload_add (self->cases[i], "complaint", opened.at, ends ? told.at : CSVC_NEVER);
}

static void
use_account (World *self, const char *customer)
{
  const CsvcStamp stamp = CSVC_STAMP (MARCH - CSVC_HOUR);
  const CsvcUse use = CSVC_USE ("credit");
  GError *error = NULL;

  csvc_engine_use (self->engine, customer, &use, &stamp, NULL, &error);
  csvc_assert_no_error (error);
}

static void
add_customer (World *self, GRand *random, guint i)
{
  const CsvcStamp stamp = CSVC_STAMP (MARCH - 2 * CSVC_DAY);
  g_autofree char *id = g_strdup_printf ("c%u", i);
  g_autoptr (CsvcFacts) facts = make_facts (random);
  GError *error = NULL;

  self->cases[i] = csvc_caseload_new (self->policy);
  csvc_engine_put_customer (self->engine, id, facts, &stamp, NULL, &error);
  csvc_assert_no_error (error);
  switch (below (random, 8))
    {
    case 0:
      add_case (self, random, id, i);
      break;
    case 1:
      use_account (self, id);
      break;
    case 2:
      csvc_engine_note_event (self->engine, id, "shouted", &stamp, NULL, &error);
      csvc_assert_no_error (error);
      break;
    default:
      break;
    }
}

static void
set_up (World *self, GRand *random, CsvcPolicy *policy, const char *uri)
{
  GError *error = NULL;

  self->policy = policy;
  self->store = csvc_store_open (uri, &error);
  csvc_assert_no_error (error);
  self->engine = csvc_engine_new (self->store, self->policy, &error);
  csvc_assert_no_error (error);
  for (guint i = 0; i < N_CUSTOMERS && random != NULL; i++)
    add_customer (self, random, i);
}

static void
tear_down (World *self)
{
  for (guint i = 0; i < N_CUSTOMERS; i++)
    g_clear_pointer (&self->cases[i], csvc_caseload_free);
  csvc_engine_free (self->engine);
  csvc_store_unref (self->store);
  csvc_policy_unref (self->policy);
}

/* ── the two plans ── */

static char *
plan_whole (World *self, CsvcTime at)
{
  g_autoptr (CsvcPlan) plan = csvc_plan_new (self->policy);

  for (guint i = 0; i < N_CUSTOMERS; i++)
    {
      g_autofree char *id = g_strdup_printf ("c%u", i);
      GError *error = NULL;
      g_autoptr (CsvcCustomer) customer = csvc_engine_get_customer (self->engine, id, &error);

      csvc_assert_no_error (error);
      csvc_plan_add (plan, customer, self->cases[i], at);
    }
  csvc_plan_arbitrate (plan);
  return csvc_test_dup_plan (plan);
}

static CsvcSweep *
sweep_dry (World *self, CsvcTime at)
{
  const CsvcStamp stamp = CSVC_STAMP (at);
  CsvcSweepOptions options = CSVC_SWEEP_OPTIONS;
  GError *error = NULL;
  CsvcSweep *sweep;

  options.dry_run = TRUE;
  sweep = csvc_engine_sweep (self->engine, &stamp, &options, &error);
  csvc_assert_no_error (error);
  return sweep;
}

static guint64
compare_plans (World *self, CsvcTime at)
{
  g_autoptr (CsvcSweep) sweep = sweep_dry (self, at);
  g_autofree char *sifted = csvc_test_dup_plan (csvc_sweep_get_plan (sweep)), *whole = plan_whole (self, at);

  CSVC_ASSERT_STRING (sifted, whole);
  return csvc_sweep_get_n_loaded (sweep);
}

static void
finds_what_loading_everybody_finds (void)
{
  GRand *random = csvc_test_random (20261122);
  g_autofree char *uri = g_strconcat ("sqlite:", csvc_test_path ("sift.db"), NULL);
  const guint n = csvc_test_is_slow () ? 15 : 150 * csvc_test_scale ();
  guint64 n_loaded = 0;

  for (guint i = 0; i < n; i++)
    {
      World world = { NULL };

      g_remove (csvc_test_path ("sift.db"));
      set_up (&world, random, make_policy (random), i % 10 == 0 ? uri : "memory:");
      n_loaded += compare_plans (&world, MARCH);
      n_loaded += compare_plans (&world, MARCH + (CsvcTime) below (random, 400) * CSVC_DAY);
      tear_down (&world);
    }
  CSVC_ASSERT_TRUE (n_loaded < n * N_CUSTOMERS * 2 * 9 / 10, "%" G_GUINT64_FORMAT " of %u were loaded", n_loaded, 2 * n * N_CUSTOMERS);
}

/* ── by hand ── */

#define HEAD "<policy xmlns='urn:csvc:policy:1' id='sift' version='1' zone='Asia/Shanghai'><roles><role id='agent'/></roles>"
#define TAIL "<open case='care' role='agent'/></rule></rules><case id='care' initial='open'><event id='came'/><state id='open'>" \
  "<transition event='came' type='internal'/></state></case></policy>"

static void
set_up_text (World *self, const char *text)
{
  GError *error = NULL;
  CsvcPolicy *policy = csvc_policy_load_text (text, -1, "sift.xml", NULL, &error);

  csvc_assert_no_error (error);
  set_up (self, NULL, policy, "memory:");
}

static void
put_fact (World *self, const char *id, const char *fact, const char *text)
{
  const CsvcStamp stamp = CSVC_STAMP (MARCH);
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  GError *error = NULL;

  csvc_facts_set_text (facts, fact, text);
  csvc_engine_put_customer (self->engine, id, facts, &stamp, NULL, &error);
  csvc_assert_no_error (error);
}

static void
assert_plan (World *self, const char *expected)
{
  g_autoptr (CsvcSweep) sweep = sweep_dry (self, MARCH + CSVC_HOUR);
  g_autofree char *sifted = csvc_test_dup_plan (csvc_sweep_get_plan (sweep));

  CSVC_ASSERT_STRING (sifted, expected);
}

/* They stand in no column, which is not to say that they are not there. */
static void
finds_personal_facts (void)
{
  World world = { NULL };

  set_up_text (&world, HEAD "<customer><fact id='phone' type='string' pii='true'/><fact id='n' type='number'/></customer>"
                            "<purposes><purpose id='service'/></purposes><rules><rule id='call' purpose='service' when='is defined(phone)'>" TAIL);
  put_fact (&world, "c1", "phone", "10000");
  put_fact (&world, "c2", "n", "1");
  assert_plan (&world, "open c1 call call\n");
  tear_down (&world);
}

/* One place is kept for all days far away. */
static void
finds_far_days (void)
{
  World world = { NULL };

  set_up_text (&world, HEAD "<customer><fact id='until' type='date'/></customer><purposes><purpose id='service'/></purposes><rules>"
                            "<rule id='call' purpose='service' when='until.year in (1, 9999)'>" TAIL);
  put_fact (&world, "c1", "until", "9999-12-31");
  put_fact (&world, "c2", "until", "3000-01-01");
  put_fact (&world, "c3", "until", "3000-01-01");
  put_fact (&world, "c4", "until", "9999-12-31");
  put_fact (&world, "c5", "until", "2026-01-01");
  put_fact (&world, "c6", "until", "0001-01-01");
  put_fact (&world, "c7", "until", "9999-12-31");
  assert_plan (&world, "open c1 call call\nopen c4 call call\nopen c6 call call\nopen c7 call call\n");
  tear_down (&world);
}

#define RULE(condition) "<purposes><purpose id='service'/></purposes><rules><rule id='call' purpose='service' when='" condition "'>" TAIL

/* A limit that hangs on the fact itself is no limit for all. */
static void
finds_facts_within_their_own_limits (void)
{
  World world = { NULL };

  set_up_text (&world, HEAD "<customer><fact id='n' type='number'/></customer>" RULE ("n &gt; (if is defined(n) then 5 else 3)"));
  put_fact (&world, "c1", "n", "1");
  put_fact (&world, "c2", "n", "10");
  assert_plan (&world, "open c2 call call\n");
  tear_down (&world);
  set_up_text (&world, HEAD "<customer><fact id='n' type='number'/></customer>" RULE ("n in [(if n &gt; 3 then 1 else 2)..10]"));
  put_fact (&world, "c1", "n", "1");
  put_fact (&world, "c2", "n", "2.5");
  assert_plan (&world, "open c2 call call\n");
  tear_down (&world);
}

/* A loop may end sooner when all is seen. */
static void
finds_what_loops_hide (void)
{
  World world = { NULL };

  set_up_text (&world, HEAD "<customer><fact id='flag' type='boolean'/><fact id='m' type='number'/><fact id='born' type='date' pii='true'/></customer>"
                            RULE ("flag and (some x in [1, 2], y in (if x = 1 then [1] else null) satisfies m &gt; y)"));
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *id = g_strdup_printf ("c%u", i), *m = g_strdup_printf ("%u", i * 5);

      put_fact (&world, id, "m", m);
      put_fact (&world, id, "flag", "true");
    }
  assert_plan (&world, "open c1 call call\nopen c2 call call\n");
  tear_down (&world);
  set_up_text (&world, HEAD "<customer><fact id='flag' type='boolean'/><fact id='m' type='number'/></customer>"
                            RULE ("flag and (some x in 1..600000 satisfies m &gt; 3)"));
  put_fact (&world, "c1", "m", "5");
  put_fact (&world, "c1", "flag", "true");
  put_fact (&world, "c2", "m", "5");
  put_fact (&world, "c2", "flag", "false");
  assert_plan (&world, "open c1 call call\n");
  tear_down (&world);
  set_up_text (&world, HEAD "<customer><fact id='born' type='date' pii='true'/></customer>"
                            RULE ("some x in [1,2], y in (if x = 1 then [1] else null) satisfies born.year &gt; 1900 + y"));
  put_fact (&world, "c1", "born", "1980-01-01");
  assert_plan (&world, "open c1 call call\n");
  tear_down (&world);
}

/* From now on the store is seen by another version. */
static void
change_policy (World *self, const char *text)
{
  GError *error = NULL;

  csvc_engine_free (self->engine);
  csvc_policy_unref (self->policy);
  self->policy = csvc_policy_load_text (text, -1, "sift.xml", NULL, &error);
  csvc_assert_no_error (error);
  self->engine = csvc_engine_new (self->store, self->policy, &error);
  csvc_assert_no_error (error);
}

/* What was written when facts or tiers were others says nothing of what they are now. */
static void
finds_whom_another_version_knew (void)
{
  static const char with_tiers[] = HEAD "<customer><fact id='n' type='number'/></customer><tiers default='plain'><tier id='plain' rank='0'/>"
                                        "<tier id='gold' rank='1' when='n &gt; 5'/></tiers>" RULE ("tier = \"plain\"");
  static const char with_phone[] = HEAD "<customer><fact id='phone' type='string'/><fact id='n' type='number'/></customer>" RULE ("is defined(phone)");
  static const char without_phone[] = HEAD "<customer><fact id='n' type='number'/></customer>" RULE ("n = 3");
  World world = { NULL };

  set_up_text (&world, HEAD "<customer><fact id='n' type='number'/></customer>" RULE ("n = 3"));
  put_fact (&world, "c1", "n", "1");
  change_policy (&world, with_tiers);
  assert_plan (&world, "open c1 call call\n");
  tear_down (&world);
  set_up_text (&world, with_phone);
  put_fact (&world, "c1", "phone", "10000");
  change_policy (&world, without_phone);
  put_fact (&world, "c1", "n", "1");
  change_policy (&world, with_phone);
  assert_plan (&world, "open c1 call call\n");
  tear_down (&world);
}

static void
sweeps_without_facts (void)
{
  World world = { NULL };
  const CsvcStamp stamp = CSVC_STAMP (MARCH);
  GError *error = NULL;

  set_up_text (&world, HEAD "<purposes><purpose id='service'/></purposes><rules><rule id='call' purpose='service' when='happened(\"came\")'>" TAIL);
  csvc_engine_note_event (world.engine, "c1", "came", &stamp, NULL, &error);
  csvc_assert_no_error (error);
  assert_plan (&world, "open c1 call call\n");
  tear_down (&world);
}
