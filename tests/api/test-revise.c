/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Mistakes that are amended, and open cases under another version of their policy. */

#include "config.h"

#include "csvc-test.h"

#include <csvc/csvc.h>

static void amends_what_was_entered_late (void);
static void voids_an_event (void);
static void leaves_out_what_no_longer_fits (void);
static void refuses_to_amend (void);
static void plans_and_upgrades (void);
static void names_who_has_moved (void);
static void keeps_who_should_stay (void);
static void takes_an_amended_calendar (void);

static CU_TestInfo tests[] = {
  { "amends-what-was-entered-late", amends_what_was_entered_late },
  { "voids-an-event", voids_an_event },
  { "leaves-out-what-no-longer-fits", leaves_out_what_no_longer_fits },
  { "refuses-to-amend", refuses_to_amend },
  { "plans-and-upgrades", plans_and_upgrades },
  { "names-who-has-moved", names_who_has_moved },
  { "keeps-who-should-stay", keeps_who_should_stay },
  { "takes-an-amended-calendar", takes_an_amended_calendar },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_revise = { "revise", tests, NULL, NULL };

/* %s: version, choice, budget of the clock. */
static const char policy_format[] =
  "<policy xmlns='urn:csvc:policy:1' id='desk' version='%s' zone='Asia/Shanghai'>"
  "<calendar id='office' days='mon tue wed thu fri' hours='09:00-17:00'/>"
  "<roles><role id='agent'/></roles>"
  "<case id='question' initial='open' backdate='P1D' upgrade='%s'>"
  "<fact id='score' type='number'/>"
  "<event id='answered' by='agent'/><event id='asked'/><event id='told'/><event id='rated' sets='score'/>"
  "<state id='open' initial='work'>"
  "<clock id='reply' met-by='answered' paused-in='waiting'><due %s/><alarm id='due'><notify role='agent'/></alarm></clock>"
  "<state id='work'><transition event='asked' target='waiting'/><transition event='answered' target='said'/></state>"
  "<state id='waiting'><transition event='told' target='work'/></state>"
  "<state id='said'><transition event='rated' cond='score &gt;= 4' target='done'/></state>"
  "</state>"
  "<final id='done'/></case></policy>";

#define MORNING (G_GINT64_CONSTANT (1772499600) * CSVC_SECOND) /* Tuesday 2026-03-03 09:00 in Shanghai */

static CsvcPolicy *
load_policy (const char *version, const char *choice, const char *budget)
{
  g_autofree char *text = g_strdup_printf (policy_format, version, choice, budget);
  g_autoptr (GError) error = NULL;
  CsvcPolicy *policy = csvc_policy_load_text (text, -1, "desk.xml", NULL, &error);

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (policy);
  return policy;
}

static CsvcEngine *
engine_on (CsvcStore *store, CsvcPolicy *policy)
{
  g_autoptr (GError) error = NULL;
  CsvcEngine *engine = csvc_engine_new (store, policy, &error);

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (engine);
  return engine;
}

static CsvcEngine *
new_engine (const char *choice, const char *budget)
{
  g_autoptr (CsvcPolicy) policy = load_policy ("1", choice, budget);
  g_autoptr (CsvcStore) store = csvc_store_open ("memory:", NULL);

  return engine_on (store, policy);
}

static void
open_question (CsvcEngine *engine, const char *id, CsvcTime at)
{
  const CsvcStamp stamp = CSVC_STAMP (at);
  g_autoptr (GError) error = NULL;

  CU_ASSERT_EQUAL (csvc_engine_open (engine, "question", id, NULL, NULL, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
}

/* (transfer full): the id of the entry. */
static char *
fire (CsvcEngine *engine, const char *id, const char *event, const CsvcFacts *params, CsvcTime at)
{
  const CsvcStamp stamp = { .at = at, .role = "agent" };
  g_autoptr (CsvcJournal) journal = NULL;
  g_autoptr (GError) error = NULL;

  CU_ASSERT_EQUAL (csvc_engine_fire (engine, id, event, params, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  journal = csvc_engine_follow_case (engine, id, NULL, 1000, &error);
  csvc_assert_no_error (error);
  return g_strdup (csvc_journal_entry_get_id (csvc_journal_get (journal, csvc_journal_get_size (journal) - 1)));
}

static void
fire_and_forget (CsvcEngine *engine, const char *id, const char *event, CsvcTime at)
{
  g_free (fire (engine, id, event, NULL, at));
}

static CsvcCase *
get_case (CsvcEngine *engine, const char *id)
{
  g_autoptr (GError) error = NULL;
  CsvcCase *loaded = csvc_engine_get_case (engine, id, &error);

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (loaded);
  return loaded;
}

static void
assert_state (CsvcEngine *engine, const char *id, const char *expected)
{
  g_autoptr (CsvcCase) loaded = get_case (engine, id);
  g_autofree char *states = csvc_case_dup_states (loaded);

  CU_ASSERT_STRING_EQUAL (states, expected);
}

static void
assert_good (CsvcEngine *engine)
{
  g_autoptr (GError) error = NULL;

  CU_ASSERT_TRUE (csvc_engine_verify (engine, NULL, NULL, &error));
  csvc_assert_no_error (error);
}

static guint
count_effects (const CsvcEffects *effects, CsvcEffectType type)
{
  guint n = 0;

  for (guint i = 0; i < csvc_effects_get_size (effects); i++)
    n += csvc_effect_get_type (csvc_effects_get (effects, i)) == type;
  return n;
}

/* The customer was asked after one hour, which nobody entered: what was entered was an answer after six hours, too late for the reply. It was in
 * truth given in the third. */
static void
amends_what_was_entered_late (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ("keep", "in='PT4H'");
  CsvcStamp stamp = { .at = MORNING + 7 * CSVC_HOUR, .occurred = MORNING + 3 * CSVC_HOUR, .actor = "lead", .reason = "entered late", .key = "a" };
  g_autoptr (CsvcEffects) effects = csvc_effects_new (), again = csvc_effects_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *entry = NULL, *amendment = NULL;
  g_autoptr (CsvcCase) after = NULL;
  const CsvcCycle *cycle;

  open_question (engine, "A", MORNING);
  entry = fire (engine, "A", "answered", NULL, MORNING + 6 * CSVC_HOUR);
  CU_ASSERT_EQUAL (csvc_engine_amend (engine, "A", entry, NULL, NULL, &stamp, effects, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
  CU_ASSERT_EQUAL (count_effects (effects, CSVC_EFFECT_RESTATED), 1);
  CU_ASSERT_EQUAL (count_effects (effects, CSVC_EFFECT_ALARM), 0);
  after = get_case (engine, "A");
  cycle = csvc_case_get_cycle (after, 0);
  /* The verdict stands: the alarm rang and people acted on it. */
  CU_ASSERT_EQUAL (csvc_cycle_get_verdict (cycle), CSVC_VERDICT_MISSED);
  assert_state (engine, "A", "said");
  assert_good (engine);
  /* The same once more. */
  CU_ASSERT_EQUAL (csvc_engine_amend (engine, "A", entry, NULL, NULL, &stamp, again, &error), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (count_effects (again, CSVC_EFFECT_RESTATED), 1);
  csvc_assert_no_error (error);
  CU_ASSERT_EQUAL (csvc_engine_amend (engine, "A", entry, "asked", NULL, &stamp, NULL, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_CONFLICT, NULL);
}

/* It was not asked, so the clock never stopped. */
static void
voids_an_event (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ("keep", "in='PT4H'");
  CsvcStamp stamp = { .at = MORNING + 2 * CSVC_HOUR, .reason = "of another case" };
  g_autoptr (GError) error = NULL;
  g_autofree char *entry = NULL;
  g_autoptr (CsvcCase) before = NULL, after = NULL;

  open_question (engine, "A", MORNING);
  entry = fire (engine, "A", "asked", NULL, MORNING + CSVC_HOUR);
  before = get_case (engine, "A");
  CU_ASSERT_EQUAL (csvc_case_get_due (before, csvc_case_get_cycle (before, 0)), CSVC_NEVER);
  CU_ASSERT_EQUAL (csvc_engine_void (engine, "A", entry, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
  assert_state (engine, "A", "work");
  after = get_case (engine, "A");
  CU_ASSERT_EQUAL (csvc_case_get_due (after, csvc_case_get_cycle (after, 0)), MORNING + 4 * CSVC_HOUR);
  assert_good (engine);
  fire_and_forget (engine, "A", "answered", MORNING + 3 * CSVC_HOUR);
  assert_good (engine);
}

/* Without "asked" there is nothing to be told. */
static void
leaves_out_what_no_longer_fits (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ("keep", "in='PT4H'");
  const CsvcStamp stamp = CSVC_STAMP (MORNING + 3 * CSVC_HOUR);
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *entry = NULL;

  open_question (engine, "A", MORNING);
  entry = fire (engine, "A", "asked", NULL, MORNING + CSVC_HOUR);
  fire_and_forget (engine, "A", "told", MORNING + 2 * CSVC_HOUR);
  CU_ASSERT_EQUAL (csvc_engine_void (engine, "A", entry, &stamp, effects, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
  CU_ASSERT_EQUAL (count_effects (effects, CSVC_EFFECT_UNDECIDED), 1);
  assert_state (engine, "A", "work");
  assert_good (engine);
}

static void
refuses_to_amend (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ("keep", "in='PT4H'");
  const CsvcStamp stamp = CSVC_STAMP (MORNING + 3 * CSVC_HOUR), early = CSVC_STAMP (MORNING);
  g_autoptr (CsvcFacts) low = csvc_facts_new (), high = csvc_facts_new ();
  g_autoptr (CsvcJournal) journal = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *answered = NULL, *rated = NULL;

  open_question (engine, "A", MORNING);
  answered = fire (engine, "A", "answered", NULL, MORNING + CSVC_HOUR);
  csvc_facts_set_integer (high, "score", 5);
  csvc_facts_set_integer (low, "score", 2);
  rated = fire (engine, "A", "rated", high, MORNING + 2 * CSVC_HOUR);
  /* As it ought to have been, it would have been refused: nothing changes. */
  CU_ASSERT_EQUAL (csvc_engine_amend (engine, "A", rated, NULL, low, &stamp, NULL, &error), CSVC_ANSWER_REFUSED_CONDITION);
  CU_ASSERT_EQUAL (csvc_engine_amend (engine, "A", rated, NULL, low, &early, NULL, &error), CSVC_ANSWER_REFUSED_TIME);
  csvc_assert_no_error (error);
  CU_ASSERT_EQUAL (csvc_engine_amend (engine, "A", "99.0", NULL, low, &stamp, NULL, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "no journal entry");
  g_clear_error (&error);
  journal = csvc_engine_follow_case (engine, "A", NULL, 1, &error);
  CU_ASSERT_EQUAL (csvc_engine_void (engine, "A", csvc_journal_entry_get_id (csvc_journal_get (journal, 0)), &stamp, NULL, &error),
                   CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "is ended");
  g_clear_error (&error);
  CU_ASSERT_EQUAL (csvc_engine_void (engine, "Z", "1.0", &stamp, NULL, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, NULL);
  assert_state (engine, "A", "done");
  assert_good (engine);
}

static CsvcTime
get_due (CsvcEngine *engine, const char *id)
{
  g_autoptr (CsvcCase) loaded = get_case (engine, id);

  return csvc_case_get_due (loaded, csvc_case_get_cycle (loaded, csvc_case_get_n_cycles (loaded) - 1));
}

/* Four hours become eight; an hour has been used. */
static void
plans_and_upgrades (void)
{
  static const struct {
    const char *choice;
    CsvcTime    due;
  } expected[] = { { "retroactive", MORNING + 8 * CSVC_HOUR },
                   { "forward", MORNING + CSVC_HOUR + 6 * CSVC_HOUR },
                   { "next-cycle", MORNING + 4 * CSVC_HOUR } };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autoptr (CsvcEngine) old = new_engine ("keep", "in='PT4H'");
      g_autoptr (CsvcPolicy) policy = load_policy ("2", expected[i].choice, "in='PT8H'");
      g_autoptr (CsvcEngine) engine = engine_on (csvc_engine_get_store (old), policy);
      const CsvcStamp stamp = CSVC_STAMP (MORNING + CSVC_HOUR);
      g_autoptr (CsvcUpgradePlan) plan = NULL, none = NULL;
      const CsvcUpgradeItem *item;
      g_autoptr (CsvcCase) loaded = NULL;
      g_autoptr (GError) error = NULL;
      CsvcTime before, after;
      const char *clock;
      guint n = 0;

      open_question (old, "A", MORNING);
      open_question (old, "B", MORNING);
      fire_and_forget (old, "B", "answered", MORNING);
      plan = csvc_engine_plan_upgrade (engine, NULL, CSVC_UPGRADE_BY_POLICY, MORNING + CSVC_HOUR, &error);
      csvc_assert_no_error (error);
      CU_ASSERT_EQUAL_FATAL (csvc_upgrade_plan_get_size (plan), 2);
      item = csvc_upgrade_plan_get (plan, 0);
      CU_ASSERT_STRING_EQUAL (csvc_upgrade_item_get_case (item), "A");
      CU_ASSERT_STRING_EQUAL (csvc_upgrade_item_get_version (item), "1");
      CU_ASSERT_PTR_NULL (csvc_upgrade_item_get_error (item));
      CU_ASSERT_EQUAL_FATAL (csvc_upgrade_item_get_n_dues (item), 1);
      csvc_upgrade_item_get_due (item, 0, &clock, &before, &after);
      CU_ASSERT_STRING_EQUAL (clock, "reply");
      CU_ASSERT_EQUAL (before, MORNING + 4 * CSVC_HOUR);
      CU_ASSERT_EQUAL (after, expected[i].due);
      /* A dry run: nothing has changed. */
      CU_ASSERT_EQUAL (get_due (engine, "A"), MORNING + 4 * CSVC_HOUR);
      CU_ASSERT_TRUE (csvc_engine_apply_upgrade (engine, plan, &stamp, &n, &error));
      csvc_assert_no_error (error);
      CU_ASSERT_EQUAL (n, 2);
      CU_ASSERT_EQUAL (get_due (engine, "A"), expected[i].due);
      loaded = get_case (engine, "A");
      CU_ASSERT_STRING_EQUAL (csvc_policy_get_version (csvc_case_get_policy (loaded)), "2");
      none = csvc_engine_plan_upgrade (engine, NULL, CSVC_UPGRADE_BY_POLICY, MORNING + CSVC_HOUR, &error);
      CU_ASSERT_EQUAL (csvc_upgrade_plan_get_size (none), 0);
      fire_and_forget (engine, "A", "answered", MORNING + 2 * CSVC_HOUR);
      assert_good (engine);
    }
}

static void
names_who_has_moved (void)
{
  g_autoptr (CsvcEngine) old = new_engine ("keep", "in='PT4H'");
  g_autoptr (CsvcPolicy) policy = load_policy ("2", "retroactive", "in='PT8H'");
  g_autoptr (CsvcEngine) engine = engine_on (csvc_engine_get_store (old), policy);
  const CsvcStamp stamp = CSVC_STAMP (MORNING + CSVC_HOUR);
  g_autoptr (CsvcUpgradePlan) plan = NULL;
  g_autoptr (GError) error = NULL;
  guint n = 0;

  open_question (old, "A", MORNING);
  open_question (old, "B", MORNING);
  plan = csvc_engine_plan_upgrade (engine, "question", CSVC_UPGRADE_BY_POLICY, MORNING, &error);
  csvc_assert_no_error (error);
  fire_and_forget (old, "A", "asked", MORNING);
  CU_ASSERT_FALSE (csvc_engine_apply_upgrade (engine, plan, &stamp, &n, &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_CONFLICT, "planned: A;");
  CU_ASSERT_EQUAL (n, 1);
  CU_ASSERT_EQUAL (get_due (engine, "B"), MORNING + 8 * CSVC_HOUR);
  assert_good (engine);
}

static void
keeps_who_should_stay (void)
{
  g_autoptr (CsvcEngine) old = new_engine ("keep", "in='PT4H'");
  g_autoptr (CsvcPolicy) policy = load_policy ("2", "keep", "in='PT8H'");
  g_autoptr (CsvcEngine) engine = engine_on (csvc_engine_get_store (old), policy);
  g_autoptr (CsvcUpgradePlan) plan = NULL;
  g_autoptr (GError) error = NULL;

  open_question (old, "A", MORNING);
  plan = csvc_engine_plan_upgrade (engine, NULL, CSVC_UPGRADE_BY_POLICY, MORNING, &error);
  csvc_assert_no_error (error);
  CU_ASSERT_EQUAL (csvc_upgrade_plan_get_size (plan), 0);
  CU_ASSERT_EQUAL (csvc_upgrade_plan_get_n_kept (plan), 1);
  open_question (engine, "B", MORNING);
  CU_ASSERT_EQUAL (get_due (engine, "A"), MORNING + 4 * CSVC_HOUR);
  CU_ASSERT_EQUAL (get_due (engine, "B"), MORNING + 8 * CSVC_HOUR);
}

/* Sixteen working hours from Tuesday morning end on Wednesday evening; then Wednesday becomes a day off. What was used by then stands. */
static void
takes_an_amended_calendar (void)
{
  static const char amended[] =
    "<calendar xmlns='urn:csvc:policy:1' id='office' zone='Asia/Shanghai' days='mon tue wed thu fri' hours='09:00-17:00'>"
    "<holiday on='2026-03-04'/></calendar>";
  g_autoptr (CsvcEngine) old = new_engine ("keep", "in='PT16H' of='office'");
  g_autoptr (CsvcPolicy) policy = NULL;
  g_autoptr (CsvcEngine) engine = NULL;
  const CsvcStamp stamp = CSVC_STAMP (MORNING + 4 * CSVC_HOUR);
  g_autoptr (CsvcUpgradePlan) plan = NULL;
  g_autoptr (GError) error = NULL;

  policy = csvc_policy_replace_calendar (csvc_engine_get_policy (old), csvc_test_write ("office.xml", amended), NULL, &error);
  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (policy);
  CU_ASSERT_STRING_EQUAL (csvc_policy_get_version (policy), "1");
  CU_ASSERT_STRING_NOT_EQUAL (csvc_policy_get_hash (policy), csvc_policy_get_hash (csvc_engine_get_policy (old)));
  engine = engine_on (csvc_engine_get_store (old), policy);
  open_question (old, "A", MORNING);
  CU_ASSERT_EQUAL (get_due (engine, "A"), MORNING + CSVC_DAY + 8 * CSVC_HOUR);
  plan = csvc_engine_plan_upgrade (engine, NULL, CSVC_UPGRADE_BY_POLICY, MORNING + 4 * CSVC_HOUR, &error);
  csvc_assert_no_error (error);
  CU_ASSERT_TRUE (csvc_engine_apply_upgrade (engine, plan, &stamp, NULL, &error));
  csvc_assert_no_error (error);
  CU_ASSERT_EQUAL (get_due (engine, "A"), MORNING + 2 * CSVC_DAY + 8 * CSVC_HOUR);
  assert_good (engine);
}
