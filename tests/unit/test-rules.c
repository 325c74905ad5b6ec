/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/csvc.h>
#include <string.h>

#include "base/time.h"
#include "csvc-test.h"
#include "machine-story.h"
#include "machine/plan.h"

/* Retention: what a day's plan says of a customer, and whether one may be contacted. A Base is a customer and what was done to it;
 * sweep() plans and does what the plan says, as an engine would. */

static void plans_around_a_date (void);
static void counts_working_days (void);
static void keeps_anniversaries (void);
static void comes_round_every_so_many_months (void);
static void keeps_anniversaries_of_leap_days (void);
static void opens_once_for_ever (void);
static void closes_when_the_cause_is_gone (void);
static void changes_a_task_in_place (void);
static void obeys_vetoes (void);
static void closing_vetoes_close (void);
static void vetoes_end (void);
static void keeps_caps (void);
static void cools_down (void);
static void keeps_to_periods (void);
static void stays_within_the_years (void);
static void shares_capacity (void);
static void says_what_is_missing (void);
static void asks_about_cases (void);
static void plans_on_events (void);
static void replans_for_another_tier (void);
static void closes_without_rule (void);
static void fills_in_facts (void);
static void names_cases (void);
static void is_quiet_at_night (void);
static void says_when_to_ask_again (void);
static void plans_at_midnight (void);
static void notes_contacts (void);
static void writes_scripts (void);
static void refuses_faults (void);
static void finds_oddities (void);
static void knows_what_is_read (void);
static void plans_for_telecom (void);
static void port_request_ends_keeping (void);
static void holds_over_random_lives (void);

static CU_TestInfo tests[] = {
  { "plans-around-a-date", plans_around_a_date },
  { "counts-working-days", counts_working_days },
  { "keeps-anniversaries", keeps_anniversaries },
  { "comes-round-every-so-many-months", comes_round_every_so_many_months },
  { "keeps-anniversaries-of-leap-days", keeps_anniversaries_of_leap_days },
  { "opens-once-for-ever", opens_once_for_ever },
  { "closes-when-the-cause-is-gone", closes_when_the_cause_is_gone },
  { "changes-a-task-in-place", changes_a_task_in_place },
  { "obeys-vetoes", obeys_vetoes },
  { "closing-vetoes-close", closing_vetoes_close },
  { "vetoes-end", vetoes_end },
  { "keeps-caps", keeps_caps },
  { "cools-down", cools_down },
  { "keeps-to-periods", keeps_to_periods },
  { "stays-within-the-years", stays_within_the_years },
  { "shares-capacity", shares_capacity },
  { "says-what-is-missing", says_what_is_missing },
  { "asks-about-cases", asks_about_cases },
  { "plans-on-events", plans_on_events },
  { "replans-for-another-tier", replans_for_another_tier },
  { "closes-without-rule", closes_without_rule },
  { "fills-in-facts", fills_in_facts },
  { "names-cases", names_cases },
  { "is-quiet-at-night", is_quiet_at_night },
  { "says-when-to-ask-again", says_when_to_ask_again },
  { "plans-at-midnight", plans_at_midnight },
  { "notes-contacts", notes_contacts },
  { "writes-scripts", writes_scripts },
  { "refuses-faults", refuses_faults },
  { "finds-oddities", finds_oddities },
  { "knows-what-is-read", knows_what_is_read },
  { "plans-for-telecom", plans_for_telecom },
  { "port-request-ends-keeping", port_request_ends_keeping },
  { "holds-over-random-lives", holds_over_random_lives },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_rules = { "rules", tests, NULL, NULL };

#define FACTS "<customer><fact id='arpu' type='number'/><fact id='born' type='date' pii='true'/><fact id='ends' type='date'/>" \
              "<fact id='consent' type='boolean'/><fact id='zone' type='string'/><fact id='name' type='string' pii='true' mask='1,0'/></customer>" \
              "<roles><role id='manager' sees='name'/><role id='agent'/></roles>"
#define KINDS "<case id='care' initial='s'><fact id='rule' type='string'/><fact id='key' type='string'/><fact id='script' type='string'/>" \
              "<fact id='due' type='dateTime'/><fact id='note' type='string'/><event id='go'/><event id='replanned' sets='due script'/>" \
              "<state id='s'><transition event='replanned' type='internal'/><transition event='go' target='e'/></state><final id='e'/></case>" \
              "<case id='port' initial='s'><event id='ported'/><event id='back'/><state id='s'><transition event='ported back' target='e'/></state>" \
              "<final id='e'/></case>"
#define PURPOSES "<channels><channel id='phone'/><channel id='sms'/></channels>" \
                 "<purposes><purpose id='service'/><purpose id='selling' commercial='true'/></purposes>" \
                 "<scripts><script id='sell' purpose='selling'><text lang='zh' says='{name|您}好'/></script>" \
                 "<script id='serve' purpose='service'><text lang='zh' says='{{{ends}}} {arpu}'/><text lang='en' says='{today}'/></script></scripts>"
#define BASE FACTS KINDS PURPOSES
#define OPEN "<open case='care'/>"
#define RULE(attributes) "<rules><rule id='r' purpose='service' " attributes ">" OPEN "</rule></rules>"

/* ── a customer, and sweeps ── */

static CsvcPolicy *
load_rules_in (const char *zone, const char *body)
{
  g_autofree char *text = g_strdup_printf ("<policy xmlns='urn:csvc:policy:1' id='p' version='1' zone='%s' lang='zh'>%s</policy>", zone, body);
  g_autoptr (GError) error = NULL;
  CsvcPolicy *policy = csvc_policy_load_text (text, -1, "p.xml", NULL, &error);

  csvc_assert_no_error (error);
  if (policy == NULL)
    CU_FAIL_FATAL ("the test's own policy does not load");
  return policy;
}

static CsvcPolicy *
load_rules (const char *body)
{
  return load_rules_in ("Asia/Shanghai", body);
}

typedef struct {
  CsvcPolicy   *policy;
  CsvcCustomer *self;
  CsvcCaseload *cases;
  CsvcEffects  *effects;
  guint         n_opened;
} Base;

static void
base_begin_in (Base *base, const char *zone, const char *body, const char *facts)
{
  g_autoptr (CsvcFacts) put = facts_of (facts);
  g_autoptr (GError) error = NULL;

  base->policy = load_rules_in (zone, body);
  base->self = csvc_customer_new (base->policy, "C1", NULL);
  base->cases = csvc_caseload_new (base->policy);
  base->effects = csvc_effects_new ();
  base->n_opened = 0;
  if (put != NULL)
    csvc_customer_put (base->self, put, at ("2025-01-01T00:00:00"), base->effects, &error);
  csvc_assert_no_error (error);
}

static void
base_begin (Base *base, const char *body, const char *facts)
{
  base_begin_in (base, "Asia/Shanghai", body, facts);
}

static void
base_end (Base *base)
{
  g_auto (CsvcCustomerRecord) folded;
  g_autoptr (GBytes) bytes = csvc_customer_to_bytes (base->self), again = NULL;
  g_autoptr (CsvcCustomer) copy = csvc_customer_new_from_bytes (base->policy, bytes, NULL);

  _csvc_customer_record_init (&folded);
  folded.id = g_ref_string_new ("C1");
  CU_ASSERT_TRUE (_csvc_customer_record_fold (&folded, base->effects, NULL));
  again = _csvc_customer_record_to_bytes (&folded);
  CSVC_ASSERT_TRUE (g_bytes_equal (bytes, again), "the effects do not fold to the customer");
  CU_ASSERT_PTR_NOT_NULL (copy);
  csvc_customer_free (base->self);
  csvc_caseload_free (base->cases);
  csvc_effects_unref (base->effects);
  csvc_policy_unref (base->policy);
}

static void
take (Base *base, const char *when, const char *fact)
{
  const CsvcValue nothing = { .type = CSVC_TYPE_NULL };
  g_autoptr (CsvcFacts) list = csvc_facts_new ();

  csvc_facts_set (list, fact, &nothing);
  CU_ASSERT_TRUE (csvc_customer_put (base->self, list, at (when), base->effects, NULL));
}

static void
put (Base *base, const char *when, const char *facts)
{
  g_autoptr (CsvcFacts) list = facts_of (facts);
  g_autoptr (GError) error = NULL;

  csvc_customer_put (base->self, list, at (when), base->effects, &error);
  csvc_assert_no_error (error);
}

static void
carry_out (Base *base, const CsvcPlanItem *item, CsvcTime now)
{
  const CsvcStamp stamp = CSVC_STAMP (now);
  const CsvcRule *rule = csvc_plan_item_get_rule (item);
  const char *script = csvc_plan_item_get_script (item) != NULL ? csvc_script_get_id (csvc_plan_item_get_script (item)) : NULL;
  const char *id = csvc_plan_item_get_rule_id (item), *key = csvc_plan_item_get_key (item);
  g_autofree char *case_id = NULL;
  CsvcAnswer answer = CSVC_ANSWER_ACCEPTED;

  switch (csvc_plan_item_get_decision (item))
    {
    case CSVC_PLAN_OPEN:
      case_id = csvc_plan_item_dup_case_id (item);
      answer = csvc_customer_open_task (base->self, id, key, case_id, csvc_purpose_get_id (csvc_rule_get_purpose (rule)), script,
                                        csvc_plan_item_get_due (item), &stamp, base->effects, NULL);
      base->n_opened++;
      break;
    case CSVC_PLAN_UPDATE:
      answer = csvc_customer_update_task (base->self, id, key, script, csvc_plan_item_get_due (item), &stamp, base->effects, NULL);
      break;
    case CSVC_PLAN_CLOSE:
      answer = csvc_customer_close_task (base->self, id, key, csvc_plan_item_get_veto (item), &stamp, base->effects, NULL);
      break;
    case CSVC_PLAN_KEEP:
    case CSVC_PLAN_DONE:
    case CSVC_PLAN_SUPPRESSED:
    case CSVC_PLAN_UNDECIDED:
      break;
    }
  CSVC_ASSERT_STRING (csvc_answer_to_string (answer), "accepted");
}

static void
append_item (GString *out, const CsvcPlanItem *item)
{
  const char *veto = csvc_plan_item_get_veto (item), *missing = csvc_plan_item_get_missing (item), *key = csvc_plan_item_get_key (item);

  g_string_append_printf (out, "%s%s %s", out->len > 0 ? "; " : "", csvc_plan_decision_to_string (csvc_plan_item_get_decision (item)),
                          csvc_plan_item_get_rule_id (item));
  if (key != NULL)
    g_string_append_printf (out, " %s", key);
  if (veto != NULL)
    g_string_append_printf (out, " %s", veto);
  if (missing != NULL)
    g_string_append_printf (out, " ?%s", missing);
}

/* "open r 2026; suppressed s cap", and every item says why. */
static char *
describe (const CsvcPlan *plan)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < csvc_plan_get_size (plan); i++)
    {
      const CsvcPlanItem *item = csvc_plan_get (plan, i);

      CSVC_ASSERT_TRUE (csvc_plan_item_get_reason (item) != NULL && csvc_plan_item_get_line (item) > 0, "%s without a reason",
                        csvc_plan_item_get_rule_id (item));
      append_item (out, item);
    }
  return g_string_free (out, FALSE);
}

static CsvcPlan *
plan_at (Base *base, const char *when)
{
  csvc_customer_advance (base->self, at (when), base->effects, NULL);
  return csvc_customer_plan (base->self, base->cases, at (when));
}

static char *
sweep (Base *base, const char *when)
{
  g_autoptr (CsvcPlan) plan = plan_at (base, when);

  for (guint i = 0; i < csvc_plan_get_size (plan); i++)
    carry_out (base, csvc_plan_get (plan, i), at (when));
  return describe (plan);
}

#define SWEEP(base, when, expected) \
  do \
    { \
      g_autofree char *said = sweep ((base), (when)); \
      CSVC_ASSERT_STRING (said, (expected)); \
    } \
  while (0)

/* ── occasions ── */

static void
plans_around_a_date (void)
{
  g_autoptr (CsvcPlan) plan = NULL;
  Base base;

  base_begin (&base, BASE RULE ("of='ends' before='P3D' after='P1D'"), "ends=2026-03-10");
  SWEEP (&base, "2026-03-06T23:59:59", "");
  plan = plan_at (&base, "2026-03-07T00:00:00");
  CSVC_ASSERT_CONTAINS (csvc_plan_item_get_reason (csvc_plan_get (plan, 0)),
                        "today is within 3 days before and 1 after ends: ends = 2026-03-10 (");
  SWEEP (&base, "2026-03-07T00:00:00", "open r 2026-03-10");
  SWEEP (&base, "2026-03-11T23:59:59", "keep r 2026-03-10");
  SWEEP (&base, "2026-03-12T00:00:00", "close r 2026-03-10 cause-gone");
  base_end (&base);
}

#define OFFICE "<calendar id='office' days='mon tue wed thu fri' hours='09:00-17:00'/>"

/* Three working days before Tuesday the 10th: Thursday the 5th; two after it: Thursday the 12th. */
static void
counts_working_days (void)
{
  static const struct {
    const char *when;
    gboolean    cause;
  } days[] = { { "2026-03-04T12:00:00", FALSE }, { "2026-03-05T12:00:00", TRUE },  { "2026-03-08T12:00:00", TRUE },
               { "2026-03-10T12:00:00", TRUE },  { "2026-03-12T12:00:00", TRUE },  { "2026-03-13T12:00:00", FALSE } };
  Base base;

  base_begin (&base, OFFICE BASE RULE ("of='ends' before='P3D' after='P2D' days-of='office'"), "ends=2026-03-10");
  for (guint i = 0; i < G_N_ELEMENTS (days); i++)
    {
      g_autoptr (CsvcPlan) plan = plan_at (&base, days[i].when);

      CSVC_ASSERT_TRUE (csvc_plan_count (plan, CSVC_PLAN_OPEN) == (days[i].cause ? 1u : 0u), "%s", days[i].when);
    }
  base_end (&base);
}

static void
keeps_anniversaries (void)
{
  Base base;

  base_begin (&base, BASE RULE ("on='anniversary' of='born' before='P2D' after='P1D'"), "born=2024-01-01");
  /* The day of birth is none; and the window reaches back into the year before. */
  SWEEP (&base, "2024-01-01T10:00:00", "");
  SWEEP (&base, "2024-12-29T10:00:00", "");
  SWEEP (&base, "2024-12-30T10:00:00", "open r 2025");
  SWEEP (&base, "2025-01-02T10:00:00", "keep r 2025");
  SWEEP (&base, "2025-01-03T10:00:00", "close r 2025 cause-gone");
  SWEEP (&base, "2026-01-01T10:00:00", "open r 2026");
  base_end (&base);
}

/* Counted from the date itself: what a short month cuts off comes back. */
static void
comes_round_every_so_many_months (void)
{
  Base base;

  base_begin (&base, BASE RULE ("on='anniversary' of='ends' every='P3M' before='P1D' after='P10D'"), "ends=2025-11-30");
  SWEEP (&base, "2025-11-30T10:00:00", "");
  SWEEP (&base, "2026-02-26T10:00:00", "");
  SWEEP (&base, "2026-02-27T10:00:00", "open r 2026-02-28");
  SWEEP (&base, "2026-03-10T10:00:00", "keep r 2026-02-28");
  SWEEP (&base, "2026-03-11T10:00:00", "close r 2026-02-28 cause-gone");
  SWEEP (&base, "2026-05-28T10:00:00", "");
  SWEEP (&base, "2026-05-29T10:00:00", "open r 2026-05-30");
  SWEEP (&base, "2026-08-30T10:00:00", "close r 2026-05-30 cause-gone; open r 2026-08-30");
  base_end (&base);
}

static gint64
day_of (const char *date)
{
  gint64 day = 0;

  CU_ASSERT_TRUE (_csvc_date_parse (date, &day, NULL));
  return day;
}

static void
keeps_anniversaries_of_leap_days (void)
{
  static const struct {
    const char *leap;
    int         year;
    const char *day; /* NULL: none */
  } cases[] = { { "02-28", 2023, "2023-02-28" },      { "03-01", 2023, "2023-03-01" },      { "leap-years", 2023, NULL },
                { "02-28", 2024, "2024-02-29" },      { "03-01", 2024, "2024-02-29" },      { "leap-years", 2024, "2024-02-29" },
                { "02-28", 2100, "2100-02-28" },      { "03-01", 2100, "2100-03-01" },      { "leap-years", 2100, NULL } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *body = g_strdup_printf (BASE RULE ("on='anniversary' of='born' leap='%s'"), cases[i].leap);
      gint64 first = _csvc_days_from_civil (cases[i].year, 2, 20);
      guint n = 0;
      Base base;

      base_begin (&base, body, "born=2000-02-29");
      for (gint64 day = first; day < first + 20; day++)
        {
          CsvcTime noon = csvc_zone_from_local (csvc_policy_get_zone (base.policy), day * CSVC_DAY + 12 * CSVC_HOUR);
          g_autoptr (CsvcPlan) plan = csvc_customer_plan (base.self, NULL, noon);

          if (csvc_plan_get_size (plan) == 0)
            continue;
          n++;
          CSVC_ASSERT_TRUE (cases[i].day != NULL && day == day_of (cases[i].day), "%s in %d", cases[i].leap, cases[i].year);
        }
      CSVC_ASSERT_UINT (n, cases[i].day != NULL ? 1 : 0);
      base_end (&base);
    }
}

static void
opens_once_for_ever (void)
{
  Base base;

  base_begin (&base, BASE RULE ("when='arpu &gt; 5' key='ends'"), "arpu=6 ends=2026-05-01");
  SWEEP (&base, "2026-03-01T00:00:00", "open r 2026-05-01");
  SWEEP (&base, "2026-03-01T00:00:00", "keep r 2026-05-01");
  put (&base, "2026-03-02T00:00:00", "arpu=1");
  SWEEP (&base, "2026-03-02T00:00:00", "close r 2026-05-01 cause-gone");
  put (&base, "2026-03-03T00:00:00", "arpu=6");
  SWEEP (&base, "2026-03-03T00:00:00", "done r 2026-05-01");
  /* Another occasion is another task. */
  put (&base, "2026-03-04T00:00:00", "ends=2027-05-01");
  SWEEP (&base, "2026-03-04T00:00:00", "open r 2027-05-01");
  CSVC_ASSERT_UINT (base.n_opened, 2);
  CSVC_ASSERT_UINT (csvc_customer_get_n_tasks (base.self), 2);
  base_end (&base);
}

static void
closes_when_the_cause_is_gone (void)
{
  const char *rule, *key, *case_id;
  CsvcTime opened, closed, due;
  Base base;

  base_begin (&base, BASE RULE ("when='arpu &gt; 5' key='ends'"), "arpu=6 ends=2026-05-01");
  SWEEP (&base, "2026-03-01T00:00:00", "open r 2026-05-01");
  /* The occasion has become another one. */
  put (&base, "2026-03-02T00:00:00", "ends=2026-06-01");
  SWEEP (&base, "2026-03-02T00:00:00", "close r 2026-05-01 cause-gone; open r 2026-06-01");
  csvc_customer_get_task (base.self, 0, &rule, &key, &case_id, &opened, &closed, &due);
  CSVC_ASSERT_STRING (rule, "r");
  CSVC_ASSERT_STRING (key, "2026-05-01");
  CSVC_ASSERT_STRING (case_id, "C1/r/2026-05-01");
  CSVC_ASSERT_INT (opened, at ("2026-03-01T00:00:00"));
  CSVC_ASSERT_INT (closed, at ("2026-03-02T00:00:00"));
  CSVC_ASSERT_INT (due, CSVC_NEVER);
  /* Not knowing is no reason to close. */
  take (&base, "2026-03-03T00:00:00", "arpu");
  SWEEP (&base, "2026-03-03T00:00:00", "undecided r ?arpu");
  base_end (&base);
}

static void
changes_a_task_in_place (void)
{
  static const char body[] = BASE "<rules><rule id='r' purpose='selling' when='arpu &gt; 5'><open case='care' script='sell' due-at='ends' update='replanned'/></rule>"
                                  "<rule id='s' purpose='service' when='arpu &gt; 5'><open case='care' due-in='P3D'/></rule></rules>";
  CsvcTime due;
  Base base;

  base_begin (&base, body, "arpu=6 ends=2026-05-01");
  SWEEP (&base, "2026-03-01T09:00:00", "open s s; open r r");
  /* A date means to its end. */
  csvc_customer_get_task (base.self, 1, NULL, NULL, NULL, NULL, NULL, &due);
  CSVC_ASSERT_INT (due, at ("2026-05-02T00:00:00"));
  csvc_customer_get_task (base.self, 0, NULL, NULL, NULL, NULL, NULL, &due);
  CSVC_ASSERT_INT (due, at ("2026-03-04T09:00:00"));
  /* What is due three days after its opening is so tomorrow, too. */
  SWEEP (&base, "2026-03-02T09:00:00", "keep s s; keep r r");
  put (&base, "2026-03-03T00:00:00", "ends=2026-04-01");
  SWEEP (&base, "2026-03-03T09:00:00", "keep s s; update r r");
  csvc_customer_get_task (base.self, 1, NULL, NULL, NULL, NULL, NULL, &due);
  CSVC_ASSERT_INT (due, at ("2026-04-02T00:00:00"));
  SWEEP (&base, "2026-03-03T09:00:00", "keep s s; keep r r");
  base_end (&base);
}

/* ── what forbids it ── */

#define VETO(attributes) "<contacts><veto id='v' label='not so' " attributes "/></contacts>"
#define SELLING(attributes) "<rules><rule id='r' purpose='selling' " attributes ">" OPEN "</rule></rules>"

static void
obeys_vetoes (void)
{
  g_autoptr (CsvcPlan) plan = NULL;
  Base base;

  base_begin (&base, BASE VETO ("purpose='selling' when='not(consent)'") SELLING ("when='arpu &gt; 5'"), "arpu=6");
  /* What is not known, forbids. */
  plan = plan_at (&base, "2026-03-01T00:00:00");
  CSVC_ASSERT_CONTAINS (csvc_plan_item_get_reason (csvc_plan_get (plan, 0)), "not so, because consent is missing: consent is missing (");
  SWEEP (&base, "2026-03-01T00:00:00", "suppressed r r v ?consent");
  put (&base, "2026-03-02T00:00:00", "consent=false");
  SWEEP (&base, "2026-03-02T00:00:00", "suppressed r r v");
  put (&base, "2026-03-03T00:00:00", "consent=true");
  SWEEP (&base, "2026-03-03T00:00:00", "open r r");
  /* A veto keeps from opening; what is open goes on. */
  put (&base, "2026-03-04T00:00:00", "consent=false");
  SWEEP (&base, "2026-03-04T00:00:00", "keep r r");
  base_end (&base);

  base_begin (&base, BASE VETO ("purpose='selling' when='not(consent)'") RULE ("when='arpu &gt; 5'"), "arpu=6");
  SWEEP (&base, "2026-03-01T00:00:00", "open r r");
  base_end (&base);
  /* A veto of a channel is about rules that name it. */
  base_begin (&base, BASE VETO ("channel='phone' when='arpu &gt; 0'") SELLING ("when='arpu &gt; 5' channel='sms'"), "arpu=6");
  SWEEP (&base, "2026-03-01T00:00:00", "open r r");
  base_end (&base);
}

static void
note (Base *base, const char *event, const char *when)
{
  _csvc_customer_note_event (base->self, event, at (when), base->effects);
}

static void
closing_vetoes_close (void)
{
  Base base;

  base_begin (&base,
              BASE VETO ("purpose='selling' closes='true' when='happened(\"ported\") and not(happened(\"back\"))'") "<rules>"
                   "<rule id='r' purpose='selling' when='arpu &gt; 5'>" OPEN "</rule><rule id='s' purpose='service' when='arpu &gt; 5'>" OPEN "</rule></rules>",
              "arpu=6");
  SWEEP (&base, "2026-03-01T00:00:00", "open r r; open s s");
  note (&base, "ported", "2026-03-02T00:00:00");
  SWEEP (&base, "2026-03-02T00:00:00", "close r r v; keep s s");
  note (&base, "back", "2026-03-03T00:00:00");
  SWEEP (&base, "2026-03-03T00:00:00", "done r r; keep s s");
  base_end (&base);
}

static void
vetoes_end (void)
{
  Base base;

  base_begin (&base, BASE VETO ("when='arpu &gt; 0' until='ends'") SELLING ("when='arpu &gt; 5'"), "arpu=6 ends=2026-03-05");
  SWEEP (&base, "2026-03-04T23:59:59", "suppressed r r v");
  SWEEP (&base, "2026-03-05T00:00:00", "open r r");
  base_end (&base);
}

static void
contact (Base *base, const char *purpose, const char *rule, const char *when)
{
  const CsvcStamp stamp = CSVC_STAMP (at (when));
  g_autofree char *case_id = rule != NULL ? g_strdup_printf ("C1/%s/%s", rule, rule) : NULL;

  CSVC_ASSERT_INT (csvc_customer_note_contact (base->self, "phone", purpose, rule, case_id, &stamp, base->effects, NULL), CSVC_ANSWER_ACCEPTED);
}

#define CAP "<contacts><cap max='2' per='P30D'/></contacts>"

static void
keeps_caps (void)
{
  Base base;

  base_begin (&base,
              BASE CAP "<rules><rule id='low' purpose='selling' priority='1' when='arpu &gt; 5'>" OPEN "</rule>"
                       "<rule id='high' purpose='selling' priority='9' when='arpu &gt; 5'>" OPEN "</rule>"
                       "<rule id='mid' purpose='selling' priority='5' when='arpu &gt; 6'>" OPEN "</rule>"
                       "<rule id='s' purpose='service' when='arpu &gt; 5'>" OPEN "</rule></rules>",
              "arpu=7");
  /* Service is not counted, by contacts and by plans. */
  contact (&base, "service", NULL, "2026-02-28T09:00:00");
  SWEEP (&base, "2026-03-01T09:00:00", "open high high; open mid mid; suppressed low low cap; open s s");
  /* An open task stands for a contact; once made, the contact does. */
  contact (&base, "selling", "high", "2026-03-02T09:00:00");
  SWEEP (&base, "2026-03-02T10:00:00", "keep high high; keep mid mid; suppressed low low cap; keep s s");
  /* What is closed frees its place at once. */
  put (&base, "2026-03-03T00:00:00", "arpu=6");
  SWEEP (&base, "2026-03-03T09:00:00", "keep high high; close mid mid cause-gone; open low low; keep s s");
  base_end (&base);

  base_begin (&base, BASE CAP SELLING ("when='arpu &gt; 5'"), "arpu=7");
  contact (&base, "selling", NULL, "2026-03-01T09:00:00");
  contact (&base, "selling", NULL, "2026-03-02T09:00:00");
  SWEEP (&base, "2026-03-31T08:59:59", "suppressed r r cap");
  SWEEP (&base, "2026-03-31T09:00:00", "open r r");
  base_end (&base);
}

static void
cools_down (void)
{
  Base base;

  base_begin (&base, BASE RULE ("when='arpu &gt; 5' key='ends' cool-down='P90D'"), "arpu=6 ends=2026-05-01");
  SWEEP (&base, "2026-03-01T00:00:00", "open r 2026-05-01");
  put (&base, "2026-03-11T00:00:00", "ends=2026-06-01");
  SWEEP (&base, "2026-03-11T00:00:00", "close r 2026-05-01 cause-gone; suppressed r 2026-06-01 cool-down");
  SWEEP (&base, "2026-06-08T23:59:59", "suppressed r 2026-06-01 cool-down");
  SWEEP (&base, "2026-06-09T00:00:00", "open r 2026-06-01");
  /* Opened long ago, but it ends only now. */
  put (&base, "2026-10-01T00:00:00", "ends=2026-12-01");
  SWEEP (&base, "2026-10-01T00:00:00", "close r 2026-06-01 cause-gone; suppressed r 2026-12-01 cool-down");
  SWEEP (&base, "2026-12-29T23:59:59", "suppressed r 2026-12-01 cool-down");
  SWEEP (&base, "2026-12-30T00:00:00", "open r 2026-12-01");
  base_end (&base);
}

static void
keeps_to_periods (void)
{
  Base base;

  base_begin (&base, BASE RULE ("when='arpu &gt; 5' valid='2026-03-02..2026-03-05'"), "arpu=6");
  SWEEP (&base, "2026-03-01T23:00:00", "");
  SWEEP (&base, "2026-03-02T00:00:00", "open r r");
  SWEEP (&base, "2026-03-05T23:59:59", "keep r r");
  SWEEP (&base, "2026-03-06T00:00:00", "close r r not-valid");
  base_end (&base);
}

/* ── over all customers ── */

static CsvcCustomer *
customer_of (CsvcPolicy *policy, const char *id, const char *facts)
{
  CsvcCustomer *self = csvc_customer_new (policy, id, NULL);
  g_autoptr (CsvcFacts) list = facts_of (facts);

  CU_ASSERT_TRUE (csvc_customer_put (self, list, at ("2026-01-01T00:00:00"), NULL, NULL));
  return self;
}

#define TIERED "<tiers default='low'><tier id='low' rank='0'/><tier id='high' rank='1' when='arpu &gt;= 100'/></tiers>"

static char *
arbitrate (CsvcPolicy *policy, gboolean backwards, guint taken)
{
  static const char *const customers[][2] = { { "A", "arpu=6 ends=2026-05-01" }, { "B", "arpu=200 ends=2026-05-09" }, { "D", "arpu=6 ends=2026-04-01" } };
  g_autoptr (CsvcPlan) plan = csvc_plan_new (policy);
  GString *out = g_string_new (NULL);

  csvc_plan_take_capacity (plan, "manager", taken);
  for (guint i = 0; i < G_N_ELEMENTS (customers); i++)
    {
      const char *const *which = customers[backwards ? G_N_ELEMENTS (customers) - 1 - i : i];
      g_autoptr (CsvcCustomer) customer = customer_of (policy, which[0], which[1]);

      csvc_plan_add (plan, customer, NULL, at ("2026-03-01T00:00:00"));
    }
  csvc_plan_arbitrate (plan);
  for (guint i = 0; i < csvc_plan_get_size (plan); i++)
    {
      const CsvcPlanItem *item = csvc_plan_get (plan, i);

      g_string_append_printf (out, "%s %s %s%s; ", csvc_plan_item_get_customer (item), csvc_plan_item_get_rule_id (item),
                              csvc_plan_decision_to_string (csvc_plan_item_get_decision (item)),
                              csvc_plan_item_get_veto (item) != NULL ? csvc_plan_item_get_veto (item) : "");
    }
  return g_string_free (out, FALSE);
}

/* Priority, then rank, then due instant; in whatever order customers come. */
static void
shares_capacity (void)
{
  g_autoptr (CsvcPolicy) policy =
      load_rules (TIERED BASE "<contacts><capacity role='manager' per-day='4'/></contacts><rules>"
                        "<rule id='r' purpose='service' priority='1' when='arpu &gt; 5'><open case='care' role='manager' due-at='ends'/></rule>"
                        "<rule id='s' purpose='service' priority='2' when='arpu &gt; 5'><open case='care' role='manager' due-at='ends'/></rule></rules>");
  g_autofree char *forwards = arbitrate (policy, FALSE, 0), *backwards = arbitrate (policy, TRUE, 0), *less = arbitrate (policy, TRUE, 3);

  CSVC_ASSERT_STRING (forwards, "B s open; D s open; A s open; B r open; D r suppressedcapacity; A r suppressedcapacity; ");
  CSVC_ASSERT_STRING (backwards, forwards);
  CSVC_ASSERT_STRING (less, "B s open; D s suppressedcapacity; A s suppressedcapacity; B r suppressedcapacity; D r suppressedcapacity; A r suppressedcapacity; ");
  CSVC_ASSERT_UINT (csvc_policy_get_capacity (policy, "manager"), 4);
  CSVC_ASSERT_UINT (csvc_policy_get_capacity (policy, "agent"), G_MAXUINT);
}

static void
says_what_is_missing (void)
{
  g_autoptr (CsvcPlan) plan = NULL;
  Base base;

  base_begin (&base, BASE RULE ("of='ends' before='P3D' when='arpu &gt; 5'"), NULL);
  SWEEP (&base, "2026-03-01T00:00:00", "undecided r ?ends");
  put (&base, "2026-03-01T00:00:00", "ends=2026-03-02");
  plan = plan_at (&base, "2026-03-01T00:00:00");
  CSVC_ASSERT_CONTAINS (csvc_plan_item_get_reason (csvc_plan_get (plan, 0)), "arpu is missing: ends = 2026-03-02, arpu is missing (");
  SWEEP (&base, "2026-03-01T00:00:00", "undecided r ?arpu");
  /* What settles it whatever the other is. */
  put (&base, "2026-03-01T00:00:00", "ends=2026-09-02");
  SWEEP (&base, "2026-03-01T00:00:00", "");
  take (&base, "2026-03-01T00:00:00", "ends");
  put (&base, "2026-03-01T00:00:00", "arpu=1");
  SWEEP (&base, "2026-03-01T00:00:00", "");
  base_end (&base);

  base_begin (&base, BASE RULE ("when='arpu &gt; 5' key='ends'"), "arpu=6");
  SWEEP (&base, "2026-03-01T00:00:00", "undecided r ?ends");
  base_end (&base);
  base_begin (&base, BASE "<rules><rule id='r' purpose='service' when='arpu &gt; 5'><open case='care' due-at='ends'/></rule></rules>", "arpu=6");
  SWEEP (&base, "2026-03-01T00:00:00", "undecided r r ?ends");
  base_end (&base);
}

static void
asks_about_cases (void)
{
  g_autoptr (CsvcPlan) plan = NULL;
  Base base;

  base_begin (&base, BASE RULE ("when='open_cases(\"port\") = 0 and now() - last_ended(\"port\") &lt;= @\"P2D\"' key='last_ended(\"port\")'"), NULL);
  CU_ASSERT_TRUE (csvc_policy_asks_cases (base.policy, "port"));
  CU_ASSERT_TRUE (csvc_policy_asks_cases (base.policy, NULL));
  CU_ASSERT_FALSE (csvc_policy_asks_cases (base.policy, "care"));
  SWEEP (&base, "2026-03-05T00:00:00", "");
  csvc_caseload_add (base.cases, "port", at ("2026-03-01T00:00:00"), at ("2026-03-04T00:00:00"));
  csvc_caseload_add (base.cases, "port", at ("2026-02-01T00:00:00"), at ("2026-02-04T00:00:00"));
  csvc_caseload_add (base.cases, "unheard-of", at ("2026-03-01T00:00:00"), CSVC_NEVER);
  SWEEP (&base, "2026-03-05T00:00:00", "open r 2026-03-03T16:00:00Z");
  csvc_caseload_add (base.cases, "port", at ("2026-03-05T00:00:00"), CSVC_NEVER);
  SWEEP (&base, "2026-03-05T01:00:00", "close r 2026-03-03T16:00:00Z cause-gone");
  csvc_caseload_clear (base.cases);
  SWEEP (&base, "2026-03-05T02:00:00", "");
  /* Nobody counted them. */
  plan = csvc_customer_plan (base.self, NULL, at ("2026-03-05T02:00:00"));
  CSVC_ASSERT_STRING (csvc_plan_item_get_missing (csvc_plan_get (plan, 0)), "open_cases");
  base_end (&base);
}

static void
plans_on_events (void)
{
  g_autoptr (CsvcPlan) plan = NULL, again = NULL, other = NULL;
  g_autofree char *first = NULL, *second = NULL, *third = NULL;
  Base base;

  base_begin (&base, BASE RULE ("on='event' kind='port' event='ported' when='arpu &gt; 5'"), "arpu=6");
  CU_ASSERT_TRUE (csvc_policy_has_rules_on (base.policy, "port", "ported"));
  CU_ASSERT_FALSE (csvc_policy_has_rules_on (base.policy, "port", "back"));
  SWEEP (&base, "2026-03-01T00:00:00", "");
  plan = csvc_plan_new (base.policy);
  csvc_plan_add_event (plan, base.self, base.cases, "port", "ported", "P7", at ("2026-03-02T00:00:00"));
  csvc_plan_add_event (plan, base.self, base.cases, "port", "back", "P7", at ("2026-03-02T00:00:00"));
  first = describe (plan);
  CSVC_ASSERT_STRING (first, "open r P7");
  carry_out (&base, csvc_plan_get (plan, 0), at ("2026-03-02T00:00:00"));
  /* Each case once; and no later day takes it away. */
  again = csvc_plan_new (base.policy);
  csvc_plan_add_event (again, base.self, base.cases, "port", "ported", "P7", at ("2026-03-03T00:00:00"));
  second = describe (again);
  CSVC_ASSERT_STRING (second, "");
  SWEEP (&base, "2026-03-09T00:00:00", "keep r P7");
  other = csvc_plan_new (base.policy);
  csvc_plan_add_event (other, base.self, base.cases, "port", "ported", "P8", at ("2026-03-10T00:00:00"));
  third = describe (other);
  CSVC_ASSERT_STRING (third, "open r P8");
  base_end (&base);
}

static void
replans_for_another_tier (void)
{
  Base base;

  base_begin (&base, TIERED BASE RULE ("when='tier = \"high\"'"), "arpu=6");
  SWEEP (&base, "2026-03-01T00:00:00", "");
  put (&base, "2026-03-02T00:00:00", "arpu=200");
  SWEEP (&base, "2026-03-02T00:00:00", "open r r");
  put (&base, "2026-03-03T00:00:00", "arpu=6");
  CU_ASSERT_EQUAL (csvc_customer_review (base.self, &CSVC_STAMP (at ("2026-03-03T00:00:00")), base.effects, NULL), CSVC_ANSWER_ACCEPTED);
  SWEEP (&base, "2026-03-03T00:00:00", "close r r cause-gone");
  base_end (&base);
}

static void
closes_without_rule (void)
{
  Base base;

  base_begin (&base, BASE RULE ("when='arpu &gt; 5'"), "arpu=6");
  CU_ASSERT_EQUAL (csvc_customer_open_task (base.self, "old", "k", "X", NULL, NULL, CSVC_NEVER, &CSVC_STAMP (at ("2026-03-01T00:00:00")), base.effects, NULL),
                   CSVC_ANSWER_ACCEPTED);
  SWEEP (&base, "2026-03-02T00:00:00", "open r r; close old k rule-gone");
  base_end (&base);
}

/* ── the case ── */

static char *
facts_text (const CsvcPlanItem *item)
{
  g_autoptr (CsvcFacts) facts = csvc_plan_item_dup_facts (item);
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < csvc_facts_get_size (facts); i++)
    {
      g_autofree char *value = csvc_value_to_string (csvc_facts_get_value (facts, i));

      g_string_append_printf (out, "%s=%s ", csvc_facts_get_name (facts, i), value);
    }
  return g_string_free (out, FALSE);
}

static void
fills_in_facts (void)
{
  static const char body[] = BASE "<rules><rule id='r' purpose='selling' when='arpu &gt; 5'><open case='care' script='sell' due-at='ends' update='replanned'>"
                                  "<with fact='note' value='\"arpu \" + string(arpu)'/></open></rule></rules>";
  g_autoptr (CsvcPlan) plan = NULL, changed = NULL;
  g_autofree char *text = NULL, *update = NULL;
  g_autoptr (CsvcCase) opened = NULL;
  g_autoptr (CsvcFacts) facts = NULL;
  g_autoptr (GError) error = NULL;
  CsvcTime now = at ("2026-03-01T00:00:00");
  Base base;

  base_begin (&base, body, "arpu=6 ends=2026-05-01");
  plan = plan_at (&base, "2026-03-01T00:00:00");
  text = facts_text (csvc_plan_get (plan, 0));
  CSVC_ASSERT_STRING (text, "rule=r key=r script=sell due=2026-05-01T16:00:00Z note=arpu 6 ");
  /* The case can be opened with them. */
  facts = csvc_plan_item_dup_facts (csvc_plan_get (plan, 0));
  CU_ASSERT_EQUAL (csvc_case_open (base.policy, "care", "X", base.self, facts, &CSVC_STAMP (now), NULL, &opened, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
  carry_out (&base, csvc_plan_get (plan, 0), now);
  put (&base, "2026-03-02T00:00:00", "ends=2026-06-01");
  changed = plan_at (&base, "2026-03-02T00:00:00");
  update = facts_text (csvc_plan_get (changed, 0));
  CSVC_ASSERT_STRING (update, "script=sell due=2026-06-01T16:00:00Z ");
  CSVC_ASSERT_STRING (csvc_event_get_id (csvc_rule_get_update (csvc_plan_item_get_rule (csvc_plan_get (changed, 0)))), "replanned");
  base_end (&base);
}

static char *
case_id_of (CsvcPolicy *policy, const char *customer, const char *key)
{
  g_autoptr (CsvcCustomer) self = csvc_customer_new (policy, customer, NULL);
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  g_autoptr (CsvcPlan) plan = NULL;

  csvc_facts_set_text (facts, "zone", key);
  CU_ASSERT_TRUE (csvc_customer_put (self, facts, at ("2026-01-01T00:00:00"), NULL, NULL));
  plan = csvc_customer_plan (self, NULL, at ("2026-03-01T00:00:00"));
  return csvc_plan_item_dup_case_id (csvc_plan_get (plan, 0));
}

static void
names_cases (void)
{
  g_autoptr (CsvcPolicy) policy = load_rules (BASE RULE ("when='zone != \"\"' key='zone'"));
  g_autofree char *longest = g_strnfill (255, 'x');
  g_autofree char *a = case_id_of (policy, "A/r", "k"), *b = case_id_of (policy, "A", "r/k"), *c = case_id_of (policy, "A", "50%"),
                  *d = case_id_of (policy, longest, "k"), *e = case_id_of (policy, longest, "l");

  CSVC_ASSERT_STRING (a, "A%2Fr/r/k");
  CSVC_ASSERT_STRING (b, "A/r/r%2Fk");
  CSVC_ASSERT_STRING (c, "A/r/50%25");
  CSVC_ASSERT_TRUE (strlen (d) <= 255 && strcmp (d, e) != 0, "%s", d);
}

/* ── contacts ── */

/* "yes", or the veto and when to ask again. */
static char *
ask (Base *base, const char *channel, const char *purpose, const char *when)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcPermission) permission = csvc_customer_may_contact (base->self, base->cases, channel, purpose, at (when), &error);
  g_autofree char *next = NULL;

  csvc_assert_no_error (error);
  if (permission == NULL)
    return g_strdup ("error");
  CSVC_ASSERT_TRUE (csvc_permission_is_given (permission) == (csvc_permission_get_line (permission) == 0), "%s", csvc_permission_get_message (permission));
  if (csvc_permission_is_given (permission))
    return g_strdup (csvc_permission_get_message (permission));
  CSVC_ASSERT_CONTAINS (csvc_permission_get_message (permission), "no: ");
  if (csvc_permission_get_next (permission) == CSVC_NEVER)
    return g_strdup (csvc_permission_get_veto (permission));
  next = csvc_zone_to_string (csvc_policy_get_zone (base->policy), csvc_permission_get_next (permission));
  return g_strdup_printf ("%s until %s", csvc_permission_get_veto (permission), next);
}

#define ASK(base, channel, purpose, when, expected) \
  do \
    { \
      g_autofree char *said = ask ((base), (channel), (purpose), (when)); \
      CSVC_ASSERT_STRING (said, (expected)); \
    } \
  while (0)

static void
is_quiet_at_night (void)
{
  Base base;

  base_begin (&base,
              BASE "<contacts zone='zone'><quiet from='21:00' to='08:00'/><quiet from='12:00' to='14:00' channel='phone' purpose='selling'/></contacts>",
              NULL);
  ASK (&base, "sms", "service", "2026-03-01T20:59:59", "yes");
  ASK (&base, "sms", "service", "2026-03-01T21:00:00", "quiet until 2026-03-02T08:00:00+08:00");
  ASK (&base, "sms", "service", "2026-03-02T07:59:59", "quiet until 2026-03-02T08:00:00+08:00");
  ASK (&base, "sms", "service", "2026-03-02T08:00:00", "yes");
  ASK (&base, "phone", "selling", "2026-03-02T13:00:00", "quiet until 2026-03-02T14:00:00+08:00");
  ASK (&base, "phone", "service", "2026-03-02T13:00:00", "yes");
  ASK (&base, "sms", "selling", "2026-03-02T13:00:00", "yes");
  /* On the customer's clock: 13:00 in Shanghai is 05:00 in Prague. */
  put (&base, "2026-03-01T00:00:00", "zone=Europe/Prague");
  ASK (&base, "sms", "service", "2026-03-02T13:00:00", "quiet until 2026-03-02T15:00:00+08:00");
  ASK (&base, "sms", "service", "2026-03-02T03:59:59", "yes");
  /* A zone that there is not, is the policy's. */
  put (&base, "2026-03-01T00:00:00", "zone=Nowhere/Land");
  ASK (&base, "sms", "service", "2026-03-02T13:00:00", "yes");
  base_end (&base);
}

static void
says_when_to_ask_again (void)
{
  g_autoptr (CsvcPermission) permission = NULL;
  g_autoptr (GError) error = NULL;
  Base base;

  base_begin (&base,
              BASE "<contacts><cap max='1' per='P7D'/><quiet from='21:00' to='08:00'/><veto id='v' label='not yet' when='arpu &gt; 0' until='ends'/>"
                   "<veto id='w' when='not(consent)' purpose='selling'/></contacts>",
              "arpu=1 ends=2026-03-05 consent=true");
  /* The veto ends at midnight, when it is quiet; then the cap is in the way until nine. */
  contact (&base, "selling", NULL, "2026-02-26T22:00:00");
  ASK (&base, "phone", "selling", "2026-03-01T10:00:00", "v until 2026-03-06T08:00:00+08:00");
  ASK (&base, "phone", "service", "2026-03-01T10:00:00", "v until 2026-03-05T08:00:00+08:00");
  ASK (&base, "phone", "selling", "2026-03-05T10:00:00", "cap until 2026-03-06T08:00:00+08:00");
  ASK (&base, "phone", "selling", "2026-03-06T08:00:00", "yes");
  put (&base, "2026-03-06T00:00:00", "consent=false");
  ASK (&base, "phone", "selling", "2026-03-06T08:00:00", "w");
  ASK (&base, "phone", "selling", "2026-03-01T10:00:00", "v");
  take (&base, "2026-03-06T00:00:00", "consent");
  permission = csvc_customer_may_contact (base.self, NULL, "phone", "selling", at ("2026-03-06T08:00:00"), NULL);
  CSVC_ASSERT_STRING (csvc_permission_get_missing (permission), "consent");
  CU_ASSERT_PTR_NULL (csvc_customer_may_contact (base.self, NULL, "pigeon", "selling", at ("2026-03-06T08:00:00"), &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "no channel \"pigeon\"");
  base_end (&base);
}

static void
plans_at_midnight (void)
{
  Base base;

  base_begin (&base, BASE "<contacts><quiet from='21:00' to='08:00'/></contacts>" SELLING ("when='arpu &gt; 5' channel='phone'"), "arpu=6");
  SWEEP (&base, "2026-03-01T00:00:00", "open r r");
  ASK (&base, "phone", "selling", "2026-03-01T00:00:00", "quiet until 2026-03-01T08:00:00+08:00");
  base_end (&base);
}

/* A date means to its end; that of the last one lies beyond the years. base_end() reads the customer again. */
static void
assert_last_due (const char *zone, const char *facts, CsvcTime due)
{
  static const char body[] = BASE "<rules><rule id='r' purpose='service' when='arpu &gt; 5'><open case='care' due-at='ends'/></rule></rules>";
  g_autoptr (CsvcPlan) plan = NULL;
  Base base;

  base_begin_in (&base, zone, body, facts);
  plan = plan_at (&base, "2026-03-01T00:00:00");
  CSVC_ASSERT_UINT (csvc_plan_get_size (plan), 1);
  CSVC_ASSERT_INT (csvc_plan_item_get_due (csvc_plan_get (plan, 0)), due);
  SWEEP (&base, "2026-03-01T00:00:00", "open r r");
  SWEEP (&base, "2026-03-01T00:00:00", "keep r r");
  base_end (&base);
}

static void
stays_within_the_years (void)
{
  Base base;

  assert_last_due ("UTC", "arpu=6 ends=9999-12-31", CSVC_NEVER);
  assert_last_due ("Pacific/Honolulu", "arpu=6 ends=9999-12-31", CSVC_NEVER);
  assert_last_due ("Asia/Shanghai", "arpu=6 ends=9999-12-31", CSVC_TIME_MAX + 1 - 8 * CSVC_HOUR);
  assert_last_due ("Asia/Shanghai", "arpu=6 ends=0001-01-01", CSVC_TIME_MIN + CSVC_DAY - 8 * CSVC_HOUR - 5 * CSVC_MINUTE - 43 * CSVC_SECOND);

  /* Working days around the first and the last one, and a veto up to the first. */
  base_begin (&base, OFFICE BASE RULE ("of='ends' before='P3D' days-of='office'"), "ends=9999-12-31");
  SWEEP (&base, "2026-03-01T00:00:00", "");
  base_end (&base);
  base_begin_in (&base, "UTC", OFFICE BASE RULE ("of='ends' after='P3D' days-of='office'"), "ends=9999-12-30");
  SWEEP (&base, "9999-12-31T23:00:00", "open r 9999-12-30");
  base_end (&base);
  base_begin (&base, OFFICE BASE RULE ("of='ends' after='P3D' days-of='office'"), "ends=0001-01-01");
  SWEEP (&base, "2026-03-01T00:00:00", "");
  base_end (&base);
  base_begin (&base, BASE "<contacts><quiet from='21:00' to='08:00'/><veto id='v' when='arpu &gt; 0' until='ends'/></contacts>",
              "arpu=1 ends=0001-01-01");
  ASK (&base, "phone", "service", "2026-03-01T10:00:00", "yes");
  ASK (&base, "phone", "service", "9999-12-31T22:00:00", "quiet");
  base_end (&base);
}

static void
notes_contacts (void)
{
  const char *channel, *purpose, *rule, *case_id;
  g_autoptr (GError) error = NULL;
  CsvcTime when;
  Base base;

  base_begin (&base, BASE CAP, NULL);
  contact (&base, "selling", "r", "2026-03-01T10:00:00");
  CSVC_ASSERT_UINT (csvc_customer_get_n_contacts (base.self), 1);
  csvc_customer_get_contact (base.self, 0, &when, &channel, &purpose, &rule, &case_id);
  CSVC_ASSERT_INT (when, at ("2026-03-01T10:00:00"));
  CSVC_ASSERT_STRING (channel, "phone");
  CSVC_ASSERT_STRING (purpose, "selling");
  CSVC_ASSERT_STRING (rule, "r");
  CSVC_ASSERT_STRING (case_id, "C1/r/r");
  CU_ASSERT_EQUAL (csvc_customer_note_contact (base.self, "phone", "selling", NULL, NULL, &CSVC_STAMP (at ("2026-02-01T10:00:00")), base.effects, &error),
                   CSVC_ANSWER_REFUSED_TIME);
  CU_ASSERT_EQUAL (csvc_customer_note_contact (base.self, "phone", "fun", NULL, NULL, &CSVC_STAMP (at ("2026-04-01T10:00:00")), base.effects, &error),
                   CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "no purpose \"fun\"");
  CU_ASSERT_EQUAL (csvc_customer_close_task (base.self, "r", "r", "done", &CSVC_STAMP (at ("2026-04-01T10:00:00")), base.effects, NULL),
                   CSVC_ANSWER_REFUSED_STATE);
  base_end (&base);
}

/* ── scripts ── */

static char *
write_script (Base *base, const char *id, const char *role, const char *language)
{
  g_autoptr (GError) error = NULL;
  char *text = csvc_script_write (csvc_policy_find_script (base->policy, id), base->self, role, language, at (NINE), &error);

  return text != NULL ? text : g_strdup (error->message);
}

#define WRITTEN(base, id, role, language, expected) \
  do \
    { \
      g_autofree char *text = write_script ((base), (id), (role), (language)); \
      CSVC_ASSERT_STRING (text, (expected)); \
    } \
  while (0)

static void
writes_scripts (void)
{
  Base base;

  base_begin (&base,
              TIERED BASE "<scripts><script id='rank' purpose='service'><text says='{tier|none}, {today}'/></script></scripts>"
                          "<labels lang='zh'><label for='tier.low' text='普通'/></labels>",
              "arpu=6.50");
  WRITTEN (&base, "rank", NULL, NULL, "普通, 2026-03-02");
  WRITTEN (&base, "sell", "manager", NULL, "您好");
  put (&base, NINE, "name=王小明");
  WRITTEN (&base, "sell", "manager", NULL, "王小明好");
  WRITTEN (&base, "sell", "agent", NULL, "王****好");
  WRITTEN (&base, "sell", NULL, "fr", "王****好");
  WRITTEN (&base, "serve", NULL, "zh", "the script \"serve\" cannot be said: ends is missing");
  put (&base, NINE, "ends=2026-05-01");
  WRITTEN (&base, "serve", NULL, "zh", "{2026-05-01} 6.5");
  WRITTEN (&base, "serve", NULL, "en", "2026-03-02");
  base_end (&base);
}

/* ── faults and oddities ── */

/* The numbers of all that is said of @body, blank-separated. */
static char *
numbers_of (const char *body)
{
  g_autofree char *text = g_strdup_printf ("<policy xmlns='urn:csvc:policy:1' id='p' version='1' zone='Asia/Shanghai' lang='zh'>%s</policy>", body);
  CsvcDiagnostics *diagnostics = NULL;
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_text (text, -1, "p.xml", &diagnostics, NULL);
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < csvc_diagnostics_get_size (diagnostics); i++)
    {
      guint number = csvc_diagnostic_get_number (csvc_diagnostics_get (diagnostics, i));

      if (number >= 840 && number != 884)
        g_string_append_printf (out, "%s%u", out->len > 0 ? " " : "", number);
    }
  csvc_diagnostics_unref (diagnostics);
  return g_string_free (out, FALSE);
}

typedef struct {
  const char *body;
  const char *numbers;
} Said;

static void
check_said (const Said *said, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *numbers = numbers_of (said[i].body);

      CSVC_ASSERT_TRUE (strcmp (numbers, said[i].numbers) == 0, "%s: %s, expected %s", said[i].body + strlen (BASE) * 0, numbers, said[i].numbers);
    }
}

#define WITH_OPEN(attributes) BASE "<rules><rule id='r' purpose='service' when='arpu &gt; 5'><open case='care' " attributes "/></rule></rules>"

static void
refuses_faults (void)
{
  static const Said said[] = {
    { BASE RULE ("when='arpu &gt; 5' channel='pigeon'"), "840" },
    { BASE "<contacts><cap purpose='fun' max='1' per='P1D'/></contacts>", "841" },
    { WITH_OPEN ("script='poem'"), "842" },
    { BASE "<contacts><cap max='x' per='P1D'/></contacts>", "843" },
    { BASE "<contacts><cap max='1' per='P2Y'/></contacts>", "843" },
    { BASE "<contacts><capacity role='manager' per-day='-1'/></contacts>", "844" },
    { BASE "<contacts><capacity role='manager' per-day='1'/><capacity role='manager' per-day='2'/></contacts>", "844" },
    { BASE "<contacts><quiet from='21:00' to='21:00'/></contacts>", "845" },
    { BASE "<contacts><quiet from='9pm' to='08:00'/></contacts>", "845" },
    { BASE VETO ("when='arpu &gt; 5' until='arpu'"), "846" },
    { BASE "<scripts><script id='x' purpose='service'><text says='{arpu'/></script></scripts>", "847" },
    { BASE "<scripts><script id='x' purpose='service'><text says='arpu}'/></script></scripts>", "847" },
    { BASE "<scripts><script id='x' purpose='service'/></scripts>", "848" },
    { BASE "<scripts><script id='x' purpose='service'><text says='a'/><text lang='zh' says='b'/></script></scripts>", "848" },
    { BASE RULE (""), "849" },
    { BASE RULE ("when='true' on='anniversary'"), "849" },
    { BASE RULE ("of='arpu'"), "849" },
    { BASE RULE ("when='arpu &gt; 5' before='P3D'"), "849" },
    { BASE RULE ("of='ends' leap='03-01'"), "849" },
    { BASE RULE ("on='event' event='go'"), "849" },
    { BASE RULE ("on='event' kind='port' event='gone'"), "849" },
    { BASE RULE ("of='ends' on='event' kind='port' event='ported'"), "849" },
    { BASE "<rules><rule id='r' purpose='service' when='arpu &gt; 5'/></rules>", "849" },
    { BASE RULE ("of='ends' before='PT3H'"), "850" },
    { BASE RULE ("of='ends' after='P200D'"), "850" },
    { BASE RULE ("of='ends' every='P1M'"), "849" },
    { BASE RULE ("on='anniversary' of='ends' every='P1M' leap='03-01'"), "849" },
    { BASE RULE ("on='anniversary' of='ends' every='P30D'"), "850" },
    { BASE RULE ("on='anniversary' of='ends' every='P1M' before='P8D' after='P20D'"), "850" },
    { BASE RULE ("when='arpu &gt; 5' priority='high'"), "851" },
    { BASE RULE ("when='is defined(born)' key='born'"), "855" },
    { BASE RULE ("when='is defined(born)' key='string(born.month)'"), "855" },
    { BASE RULE ("of='born' after='P3D'"), "855" },
    { BASE RULE ("on='anniversary' of='born' every='P1M'"), "855" },
    { WITH_OPEN ("until='s'"), "852" },
    { WITH_OPEN ("due-in='P1D' due-at='ends'"), "852" },
    { WITH_OPEN ("due-at='arpu'"), "852" },
    { WITH_OPEN ("script='sell'"), "852" },
    { WITH_OPEN ("update='gone'"), "852" },
    { OFFICE WITH_OPEN ("due-in='P1M' due-of='office'"), "852" },
    { BASE "<case id='x' initial='s'><event id='go'/><state id='s'><transition event='go' target='e'><open case='care' script='sell'/></transition></state>"
           "<final id='e'/></case>", "852" },
    { BASE "<case id='x' initial='s'><fact id='due' type='date'/><event id='go'/><state id='s'><transition event='go' target='e'/></state><final id='e'/>"
           "</case><rules><rule id='r' purpose='service' when='arpu &gt; 5'><open case='x'/></rule></rules>", "853" },
    { BASE "<contacts zone='arpu'/>", "854" },
  };

  check_said (said, G_N_ELEMENTS (said));
}

static void
finds_oddities (void)
{
  static const Said said[] = {
    { BASE RULE ("when='arpu &gt; 5'"), "" },
    { BASE RULE ("when='1 &gt; 2'"), "886" },
    { BASE RULE ("when='arpu &gt; 5 and arpu &lt; 3'"), "886" },
    { BASE RULE ("when='arpu &gt;= 5 and arpu &lt; 5'"), "886" },
    { BASE RULE ("when='arpu &gt;= 5 and arpu &lt;= 5'"), "" },
    { BASE RULE ("when='arpu &gt; 5 or arpu &lt; 3'"), "" },
    { BASE VETO ("when='arpu &gt; 5'") RULE ("when='arpu &gt; 5'"), "886" },
    { BASE VETO ("purpose='selling' when='arpu &gt; 5'") RULE ("when='arpu &gt; 5'"), "" },
    { BASE RULE ("when='1 &lt; 2'"), "887" },
    { BASE RULE ("when='1 &lt; 2' of='ends' before='P3D'"), "" },
    { BASE RULE ("when='open_cases(\"care\") = 0'"), "888" },
    { BASE RULE ("when='arpu &gt; 5' key='today()'"), "888" },
    { BASE "<contacts><cap max='0' per='P1D'/></contacts>" SELLING ("when='arpu &gt; 5'"), "889" },
    { BASE "<contacts><cap max='0' per='P1D'/></contacts>" RULE ("when='arpu &gt; 5'"), "" },
    { BASE "<contacts><capacity role='manager' per-day='0'/></contacts><rules><rule id='r' purpose='service' when='arpu &gt; 5'><open case='care' role='manager'/>"
           "</rule></rules>", "889" },
    { BASE CAP "<rules><rule id='a' purpose='selling' priority='9' when='1 &lt; 2'>" OPEN "</rule><rule id='b' purpose='selling' priority='8' when='1 &lt; 2'>" OPEN
           "</rule><rule id='c' purpose='selling' when='arpu &gt; 5'>" OPEN "</rule></rules>", "887 887 889" },
    { BASE "<purposes><purpose id='quiet_one'/></purposes><rules><rule id='r' purpose='quiet_one' when='arpu &gt; 5'>" OPEN "</rule></rules>", "890" },
    { BASE VETO ("when='1 &lt; 2'"), "891" },
    { BASE VETO ("when='happened(\"ported\")'"), "891" },
    { BASE VETO ("when='happened(\"ported\")' until='happened_at(\"ported\") + @\"P90D\"'"), "" },
    { BASE VETO ("when='happened(\"ported\") and not(happened(\"back\"))'"), "" },
  };

  check_said (said, G_N_ELEMENTS (said));
}

static void
knows_what_is_read (void)
{
  g_autoptr (CsvcPolicy) policy = load_rules (BASE "<contacts zone='zone'><veto id='v' when='not(consent)'/></contacts>" RULE ("of='ends' before='P3D' when='arpu &gt; 5'"));
  static const struct {
    const char *fact;
    gboolean    read;
  } facts[] = { { "arpu", TRUE }, { "ends", TRUE }, { "consent", TRUE }, { "zone", FALSE }, { "born", FALSE }, { "name", FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    CSVC_ASSERT_TRUE (csvc_policy_rules_read (policy, csvc_policy_find_customer_fact (policy, facts[i].fact)) == facts[i].read, "%s", facts[i].fact);
}

/* ── the shipped policy ── */

static void
telecom_begin (Base *base, const char *facts)
{
  g_autoptr (CsvcFacts) list = facts_of (facts);
  g_autoptr (GError) error = NULL;

  base->policy = csvc_policy_load_file (csvc_test_source ("data/policies/telecom.xml"), NULL, &error);
  csvc_assert_no_error (error);
  base->self = csvc_customer_new (base->policy, "C1", NULL);
  base->cases = csvc_caseload_new (base->policy);
  base->effects = csvc_effects_new ();
  base->n_opened = 0;
  CU_ASSERT_TRUE (csvc_customer_put (base->self, list, at ("2026-01-01T00:00:00"), base->effects, &error));
  csvc_assert_no_error (error);
}

/* The occasions of D.20 to D.22, one after the other; each customer has only what its occasion needs. */
static void
plans_for_telecom (void)
{
  static const struct {
    const char *facts, *when, *plan;
  } stories[] = {
    { "joined=2026-03-01", "2026-03-01T00:30:00", "open first_visit 2026-03-01" },
    { "joined=2026-03-01", "2026-03-08T00:30:00", "open first_visit 2026-03-01" },
    { "joined=2026-03-01", "2026-03-09T00:30:00", "" },
    { "born=1990-03-02 club_member=true arpu=150", "2026-03-01T00:30:00", "open birthday 2026" },
    { "born=1990-03-02 arpu=150", "2026-03-01T00:30:00", "" },
    { "contract_end=2026-04-29 born=1990-05-05 commercial_consent=true", "2026-03-01T00:30:00", "open contract_expiring 2026-04-29" },
    { "contract_end=2026-04-29 born=1990-05-05", "2026-03-01T00:30:00", "suppressed contract_expiring 2026-04-29 no_consent ?commercial_consent" },
    { "contract_end=2026-04-29 born=2010-05-05 commercial_consent=true", "2026-03-01T00:30:00", "suppressed contract_expiring 2026-04-29 minor" },
    { "broadband_end=2026-03-29 born=1990-05-05 commercial_consent=true", "2026-03-01T00:30:00", "open broadband_expiring 2026-03-29" },
    { "loss_warned=2026-02-27 born=1990-05-05 commercial_consent=true", "2026-03-01T00:30:00", "open loss_warning 2026-02-27" },
    { "left_on=2026-02-27 born=1990-05-05 commercial_consent=true", "2026-03-01T00:30:00", "open win_back 2026-02-27" },
    { "joined=2020-02-20 born=1990-05-05 club_member=true arpu=200", "2026-03-01T00:30:00", "open satisfaction_call 2026; open regular_gold 2026-02-20" },
    /* Each tier has its own plan of contact: every month, every quarter, every half-year; nobody else has one. */
    { "joined=2024-07-20 born=1990-05-05 club_member=true arpu=500", "2026-03-01T00:30:00", "open regular_diamond 2026-02-20" },
    { "joined=2024-07-31 born=1990-05-05 club_member=true arpu=500", "2026-03-01T00:30:00", "open regular_diamond 2026-02-28" },
    { "joined=2024-08-20 born=1990-05-05 club_member=true arpu=200", "2026-03-01T00:30:00", "open regular_gold 2026-02-20" },
    { "joined=2024-07-20 born=1990-05-05 club_member=true arpu=200", "2026-03-01T00:30:00", "" },
    { "joined=2024-08-20 born=1990-05-05 club_member=true arpu=150", "2026-03-01T00:30:00", "open regular_silver 2026-02-20" },
    { "joined=2024-11-20 born=1990-05-05 club_member=true arpu=150", "2026-03-01T00:30:00", "" },
    { "joined=2024-08-20 born=1990-05-05 arpu=500", "2026-03-01T00:30:00", "" },
    { "handset_since=2026-02-27 born=1990-05-05 club_member=true arpu=200", "2026-03-01T00:30:00", "open handset_help 2026-02-27" },
    { "handset_since=2023-02-27 arpu=120 born=1990-05-05 commercial_consent=true", "2026-03-01T00:30:00", "open handset_offer 2023-02-27" },
    /* Three commercial ones, of which the cap lets two through: the most urgent. */
    { "contract_end=2026-04-29 broadband_end=2026-03-29 loss_warned=2026-02-27 born=1990-05-05 commercial_consent=true", "2026-03-01T00:30:00",
      "open loss_warning 2026-02-27; open contract_expiring 2026-04-29; suppressed broadband_expiring 2026-03-29 cap" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (stories); i++)
    {
      g_autofree char *said = NULL;
      Base base;

      telecom_begin (&base, stories[i].facts);
      said = sweep (&base, stories[i].when);
      /* Of what is missing elsewhere nothing is said here. */
      {
        g_autoptr (GRegex) undecided = g_regex_new ("(; )?undecided [^;]*", 0, 0, NULL);
        g_autofree char *decided = g_regex_replace_literal (undecided, said, -1, 0, "", 0, NULL);
        const char *text = g_str_has_prefix (decided, "; ") ? decided + 2 : decided;

        CSVC_ASSERT_TRUE (strcmp (text, stories[i].plan) == 0, "%s: %s, expected %s", stories[i].facts, said, stories[i].plan);
      }
      base_end (&base);
    }
}

static void
port_request_ends_keeping (void)
{
  Base base;

  telecom_begin (&base, "contract_end=2026-04-29 born=1990-05-05 commercial_consent=true joined=2026-02-27");
  {
    g_autofree char *first = sweep (&base, "2026-03-01T00:30:00");

    CSVC_ASSERT_CONTAINS (first, "open first_visit 2026-02-27");
    CSVC_ASSERT_CONTAINS (first, "open contract_expiring 2026-04-29");
  }
  ASK (&base, "phone", "keeping", "2026-03-01T10:00:00", "yes");
  /* Between planning and sending. */
  note (&base, "port_requested", "2026-03-01T10:30:00");
  ASK (&base, "phone", "keeping", "2026-03-01T11:00:00", "port_request");
  ASK (&base, "phone", "welcome", "2026-03-01T11:00:00", "yes");
  {
    g_autoptr (CsvcPlan) plan = csvc_plan_new (base.policy);
    g_autofree char *said = NULL;

    csvc_plan_add_event (plan, base.self, base.cases, "cancellation", "port_requested", "X", at ("2026-03-01T10:30:00"));
    said = describe (plan);
    CSVC_ASSERT_STRING (said, "close contract_expiring 2026-04-29 port_request");
    carry_out (&base, csvc_plan_get (plan, 0), at ("2026-03-01T10:30:00"));
  }
  /* Taken back, contact is possible again; the task of the occasion was there once. */
  note (&base, "port_withdrawn", "2026-03-02T10:30:00");
  ASK (&base, "phone", "keeping", "2026-03-02T11:00:00", "yes");
  base_end (&base);
}

/* ── over random lives ── */

#define LIVES \
  TIERED BASE "<contacts zone='zone'><cap max='2' per='P10D'/><cap purpose='service' max='3' per='P5D'/><quiet from='21:00' to='08:00'/>" \
              "<veto id='no' purpose='selling' when='not(consent)'/>" \
              "<veto id='ported' purpose='selling' closes='true' when='happened(\"ported\") and not(happened(\"back\"))'/></contacts><rules>" \
              "<rule id='a' purpose='selling' priority='5' when='arpu &gt; 100' key='ends'><open case='care' script='sell' due-at='ends'/></rule>" \
              "<rule id='b' purpose='selling' of='ends' before='P20D' after='P3D' cool-down='P30D'><open case='care' due-in='P3D'/></rule>" \
              "<rule id='c' purpose='selling' priority='9' when='arpu &gt; 300 and tier = \"high\"' key='arpu'>" OPEN "</rule>" \
              "<rule id='d' purpose='service' on='anniversary' of='born' before='P2D'>" OPEN "</rule>" \
              "<rule id='e' purpose='service' when='arpu &lt; 50' key='ends'>" OPEN "</rule></rules>"

static void
change_something (Base *base, GRand *rand, CsvcTime now)
{
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  g_autofree char *date = g_strdup_printf ("2026-%02d-%02d", g_rand_int_range (rand, 1, 13), g_rand_int_range (rand, 1, 29));

  switch (g_rand_int_range (rand, 0, 6))
    {
    case 0:
      csvc_facts_set_integer (facts, "arpu", g_rand_int_range (rand, 0, 500));
      break;
    case 1:
      csvc_facts_set_text (facts, "ends", date);
      break;
    case 2:
      csvc_facts_set_boolean (facts, "consent", g_rand_boolean (rand));
      break;
    case 3:
      csvc_facts_set_text (facts, "born", date);
      break;
    case 4:
      _csvc_customer_note_event (base->self, g_rand_boolean (rand) ? "ported" : "back", now, base->effects);
      return;
    default:
      return;
    }
  CU_ASSERT_TRUE (csvc_customer_put (base->self, facts, now, base->effects, NULL));
}

/* Contacts whoever has an open task, if that may be. */
static void
work_tasks (Base *base, GRand *rand, CsvcTime now)
{
  for (guint i = 0; i < csvc_customer_get_n_tasks (base->self); i++)
    {
      const CsvcTask *task = &g_array_index (base->self->record.tasks, CsvcTask, i);
      g_autoptr (CsvcPermission) permission = NULL;

      if (task->closed_at != CSVC_NEVER || g_rand_int_range (rand, 0, 3) > 0)
        continue;
      permission = csvc_customer_may_contact (base->self, base->cases, "phone", task->purpose, now, NULL);
      if (!csvc_permission_is_given (permission))
        {
          CSVC_ASSERT_TRUE (csvc_permission_get_next (permission) > now, "%s", csvc_permission_get_message (permission));
          continue;
        }
      csvc_customer_note_contact (base->self, "phone", task->purpose, task->rule, task->case_id, &CSVC_STAMP (now), base->effects, NULL);
    }
}

/* No window of ten days has a third commercial contact, none of five a fourth of service: counted anew, without the library's help. */
static void
check_caps (const Base *base)
{
  guint n = csvc_customer_get_n_contacts (base->self);

  for (guint i = 0; i < n; i++)
    {
      CsvcTime first, other;
      const char *purpose, *other_purpose;
      guint counted = 0;

      csvc_customer_get_contact (base->self, i, &first, NULL, &purpose, NULL, NULL);
      for (guint j = i; j < n; j++)
        {
          csvc_customer_get_contact (base->self, j, &other, NULL, &other_purpose, NULL, NULL);
          counted += strcmp (purpose, other_purpose) == 0 && other < first + (strcmp (purpose, "selling") == 0 ? 10 : 5) * CSVC_DAY;
        }
      CSVC_ASSERT_TRUE (counted <= (strcmp (purpose, "selling") == 0 ? 2u : 3u), "%u contacts for %s", counted, purpose);
    }
}

static void
check_tasks (const Base *base)
{
  const GArray *tasks = base->self->record.tasks;

  for (guint i = 0; i < tasks->len; i++)
    for (guint j = 0; j < i; j++)
      CSVC_ASSERT_TRUE (strcmp (g_array_index (tasks, CsvcTask, i).rule, g_array_index (tasks, CsvcTask, j).rule) != 0 ||
                          strcmp (g_array_index (tasks, CsvcTask, i).key, g_array_index (tasks, CsvcTask, j).key) != 0,
                        "one occasion has two tasks");
}

/* Planned again at once, nothing is opened, changed or closed; and each item has its reason (describe() looks). */
static void
sweep_day (Base *base, CsvcTime now)
{
  g_autoptr (CsvcPlan) plan = NULL, again = NULL;
  g_autofree char *text = NULL;

  csvc_customer_advance (base->self, now, base->effects, NULL);
  plan = csvc_customer_plan (base->self, base->cases, now);
  text = describe (plan);
  for (guint i = 0; i < csvc_plan_get_size (plan); i++)
    {
      const CsvcPlanItem *item = csvc_plan_get (plan, i);

      CSVC_ASSERT_TRUE (csvc_plan_item_get_decision (item) != CSVC_PLAN_SUPPRESSED || csvc_plan_item_get_veto (item) != NULL, "%s", text);
      carry_out (base, item, now);
    }
  again = csvc_customer_plan (base->self, base->cases, now);
  CSVC_ASSERT_UINT (csvc_plan_count (again, CSVC_PLAN_OPEN) + csvc_plan_count (again, CSVC_PLAN_UPDATE) + csvc_plan_count (again, CSVC_PLAN_CLOSE), 0);
}

static void
holds_over_random_lives (void)
{
  GRand *rand = csvc_test_random (20261122);
  guint n = (csvc_test_is_slow () ? 3 : 10) * csvc_test_scale (), n_opened = 0;

  for (guint life = 0; life < n; life++)
    {
      CsvcTime now = at ("2026-01-01T00:30:00");
      Base base;

      base_begin (&base, LIVES, "arpu=150 ends=2026-02-10 consent=true born=1990-02-03 zone=Asia/Tokyo");
      for (guint day = 0; day < 120; day++, now += CSVC_DAY)
        {
          change_something (&base, rand, now);
          sweep_day (&base, now);
          work_tasks (&base, rand, now + g_rand_int_range (rand, 0, 23) * CSVC_HOUR);
        }
      check_caps (&base);
      check_tasks (&base);
      n_opened += base.n_opened;
      base_end (&base);
    }
  CSVC_ASSERT_TRUE (n_opened > n, "%u lives had only %u tasks", n, n_opened);
}
