/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A host's day with an engine, by the public headers alone. */

#include "config.h"

#include "csvc-test.h"

#include <csvc/csvc.h>
#include <string.h>

static void lives_a_day (void);
static void delivers_each_entry_once (void);
static void gives_a_case_away (void);
static void shares_versions (void);
static void fires_equal_deadlines_in_order (void);

static CU_TestInfo tests[] = {
  { "lives-a-day", lives_a_day },
  { "delivers-each-entry-once", delivers_each_entry_once },
  { "gives-a-case-away", gives_a_case_away },
  { "shares-versions", shares_versions },
  { "fires-equal-deadlines-in-order", fires_equal_deadlines_in_order },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_engine = { "engine", tests, NULL, NULL };

static const char policy_text[] =
  "<policy xmlns='urn:csvc:policy:1' id='desk' version='1' zone='Asia/Shanghai'>"
  "<roles><role id='agent'/></roles>"
  "<customer><fact id='vip' type='boolean'/></customer>"
  "<case id='question' initial='open'>"
  "<event id='answered' by='agent'/><event id='closed' by='agent'/>"
  "<state id='open'>"
  "<clock id='reply' met-by='answered'><due when='vip' in='PT1H'/><due in='PT4H'/>"
  "<alarm id='due'><notify role='agent'/></alarm></clock>"
  "<transition event='closed' target='done'/></state>"
  "<final id='done' outcome='answered'/></case></policy>";

#define MORNING (G_GINT64_CONSTANT (1772499600) * CSVC_SECOND) /* 2026-03-03T01:00:00Z */

static CsvcEngine *
new_engine (const char *uri)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_text (policy_text, -1, "desk.xml", NULL, &error);
  g_autoptr (CsvcStore) store = csvc_store_open (uri, &error);
  CsvcEngine *engine = NULL;

  if (policy != NULL && store != NULL)
    engine = csvc_engine_new (store, policy, &error);
  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (engine);
  return engine;
}

static void
take_question (CsvcEngine *engine, const char *id, const char *customer, gboolean vip, CsvcTime at)
{
  g_autoptr (CsvcFacts) about = csvc_facts_new ();
  g_autoptr (GError) error = NULL;
  const CsvcStamp stamp = CSVC_STAMP (at);

  csvc_facts_set_boolean (about, "vip", vip);
  CU_ASSERT_TRUE (csvc_engine_begin (engine, &error));
  CU_ASSERT_EQUAL (csvc_engine_put_customer (engine, customer, about, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (csvc_engine_open (engine, "question", id, customer, NULL, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_TRUE (csvc_engine_commit (engine, &error));
  csvc_assert_no_error (error);
}

static CsvcAnswer
answer_question (CsvcEngine *engine, const char *id, const char *role, CsvcTime at)
{
  g_autoptr (GError) error = NULL;
  const CsvcStamp stamp = { .at = at, .role = role };
  CsvcAnswer answer = csvc_engine_fire (engine, id, "answered", NULL, &stamp, NULL, &error);

  csvc_assert_no_error (error);
  return answer;
}

static CsvcVerdict
verdict_of (CsvcEngine *engine, const char *id)
{
  g_autoptr (CsvcCase) loaded = csvc_engine_get_case (engine, id, NULL);

  CU_ASSERT_PTR_NOT_NULL_FATAL (loaded);
  return csvc_cycle_get_verdict (csvc_case_get_cycle (loaded, 0));
}

static void
lives_a_day (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ("memory:");
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (CsvcDueList) due = NULL;
  const CsvcDueFilter filter = CSVC_DUE_FILTER;
  CsvcTime wake = 0;
  guint n_done = 0;

  take_question (engine, "slow", "1", FALSE, MORNING);
  take_question (engine, "fast", "2", TRUE, MORNING);
  due = csvc_engine_list_due (engine, &filter, NULL);
  CSVC_ASSERT_UINT (csvc_due_list_get_size (due), 2);
  CSVC_ASSERT_STRING (csvc_due_item_get_case (csvc_due_list_get (due, 0)), "fast");

  CU_ASSERT_TRUE (csvc_engine_get_next_wake (engine, &wake, NULL));
  CSVC_ASSERT_INT (wake, MORNING + CSVC_HOUR + 1);
  CU_ASSERT_TRUE (csvc_engine_advance (engine, wake, 0, &n_done, effects, NULL));
  CSVC_ASSERT_UINT (n_done, 1);
  CU_ASSERT_EQUAL (csvc_effect_get_type (csvc_effects_get (effects, 0)), CSVC_EFFECT_ALARM);

  CU_ASSERT_EQUAL (answer_question (engine, "slow", NULL, wake), CSVC_ANSWER_REFUSED_ROLE);
  CU_ASSERT_EQUAL (answer_question (engine, "slow", "agent", MORNING + 4 * CSVC_HOUR), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (answer_question (engine, "fast", "agent", MORNING + 4 * CSVC_HOUR), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (verdict_of (engine, "slow"), CSVC_VERDICT_MET);
  CU_ASSERT_EQUAL (verdict_of (engine, "fast"), CSVC_VERDICT_MISSED);
  CU_ASSERT_TRUE (csvc_engine_verify (engine, NULL, NULL, NULL));
}

static void
delivers_each_entry_once (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ("memory:");
  g_autofree char *last = NULL;
  guint n = 0, in_page = 0;

  take_question (engine, "a", "1", FALSE, MORNING);
  take_question (engine, "b", "2", TRUE, MORNING);
  answer_question (engine, "a", "agent", MORNING + 1);
  do
    {
      g_autoptr (CsvcJournal) page = csvc_engine_follow (engine, last, 2, NULL);

      CU_ASSERT_PTR_NOT_NULL_FATAL (page);
      in_page = csvc_journal_get_size (page);
      n += in_page;
      if (in_page > 0)
        {
          g_free (last);
          last = g_strdup (csvc_journal_entry_get_id (csvc_journal_get (page, in_page - 1)));
        }
    }
  while (in_page > 0);
  CSVC_ASSERT_UINT (n, 5);
  CSVC_ASSERT_STRING (last, "3.0");
}

/* A case is a value: it can be taken out as JSON, and given to the pure machine. */
static void
gives_a_case_away (void)
{
  g_autofree char *uri = g_strdup_printf ("sqlite:%s", csvc_test_path ("desk.db"));
  g_autoptr (CsvcEngine) engine = new_engine (uri);
  g_autoptr (CsvcCase) taken = NULL, read = NULL;
  g_autofree char *json = NULL, *again = NULL;
  g_autoptr (GError) error = NULL;

  take_question (engine, "a", "1", TRUE, MORNING);
  taken = csvc_engine_get_case (engine, "a", &error);
  csvc_assert_no_error (error);
  json = csvc_case_to_json (taken);
  read = csvc_case_new_from_json (csvc_engine_get_policy (engine), json, &error);
  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (read);
  again = csvc_case_to_json (read);
  CSVC_ASSERT_STRING (again, json);
  CSVC_ASSERT_INT (csvc_case_get_next_wake (read), MORNING + CSVC_HOUR + 1);
}

/* Two engines of one store, one set: a version that one of them met is not read again. */
static void
shares_versions (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcPolicySet) set = csvc_policy_set_new ();
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_text (policy_text, -1, "desk.xml", NULL, &error);
  g_autoptr (CsvcStore) store = csvc_store_open ("memory:", &error);
  g_autoptr (CsvcEngine) first = csvc_engine_new_with_set (store, set, policy, &error);
  g_autoptr (CsvcEngine) second = csvc_engine_new_with_set (store, set, NULL, &error);
  g_autoptr (CsvcPolicy) found = csvc_policy_set_find (set, csvc_policy_get_hash (policy));
  g_autoptr (GPtrArray) all = csvc_policy_set_list (set);
  g_autoptr (CsvcCase) loaded = NULL;

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_EQUAL (found, policy);
  CU_ASSERT_EQUAL (all->len, 1);
  CU_ASSERT_FALSE (csvc_policy_set_add (set, policy));
  CU_ASSERT_PTR_NULL (csvc_policy_set_find (set, "0"));
  take_question (first, "Q-1", "C-1", TRUE, MORNING);
  loaded = csvc_engine_get_case (second, "Q-1", &error);
  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (loaded);
  CU_ASSERT_PTR_EQUAL (csvc_case_get_policy (loaded), policy);
  CU_ASSERT_EQUAL (csvc_policy_set_get_size (set), 1);
}

/* ── equal deadlines ── */

/* Two kinds, two clocks each, all due at one instant. */
static const char crowded_text[] =
  "<policy xmlns='urn:csvc:policy:1' id='crowded' version='1' zone='Asia/Shanghai'>"
  "<case id='one'><event id='e'/><state id='s'><clock id='a' met-by='e'><due in='PT1H'/></clock><clock id='b' met-by='e'><due in='PT1H'/>"
  "<alarm id='half' at='50%'/></clock></state></case>"
  "<case id='two'><event id='e'/><state id='s'><clock id='c' met-by='e'><due in='PT1H'/></clock><clock id='d' met-by='e'><due in='PT1H'/></clock>"
  "</state></case></policy>";

#define CROWDED 270 /* more than two sweeps' worth */

static CsvcEngine *
new_crowd (const char *uri)
{
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_text (crowded_text, -1, "crowded.xml", NULL, NULL);
  g_autoptr (CsvcStore) store = csvc_store_open (uri, NULL);
  g_autoptr (GError) error = NULL;
  CsvcEngine *engine = csvc_engine_new (store, policy, &error);

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (engine);
  /* Neither in the order of their ids nor of their kinds. */
  for (guint i = 0; i < CROWDED; i++)
    {
      g_autofree char *id = g_strdup_printf ("%03u", i * 7919 % CROWDED);
      const CsvcStamp stamp = CSVC_STAMP (MORNING);

      CU_ASSERT_EQUAL (csvc_engine_open (engine, i % 2 == 0 ? "two" : "one", id, NULL, NULL, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
    }
  csvc_assert_no_error (error);
  return engine;
}

/* "b.half 003" of every alarm, in the journal's order. */
static GPtrArray *
list_alarms (CsvcEngine *engine)
{
  g_autoptr (CsvcJournal) journal = csvc_engine_follow (engine, NULL, 100 * CROWDED, NULL);
  GPtrArray *alarms = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < csvc_journal_get_size (journal); i++)
    {
      const CsvcJournalEntry *entry = csvc_journal_get (journal, i);
      const CsvcEffects *effects = csvc_journal_entry_get_effects (entry);

      for (guint e = 0; e < csvc_effects_get_size (effects); e++)
        if (csvc_effect_get_type (csvc_effects_get (effects, e)) == CSVC_EFFECT_ALARM)
          g_ptr_array_add (alarms, g_strdup_printf ("%s.%s %s", csvc_effect_get_text (csvc_effects_get (effects, e), "clock"),
                                                    csvc_effect_get_text (csvc_effects_get (effects, e), "alarm"),
                                                    csvc_journal_entry_get_stream (entry)));
    }
  return alarms;
}

/* Those of the half hour come first. Then the cases whose next alarm is declared first, by id, each with all that is due of it at that instant; then
 * the others. */
static void
assert_in_order (GPtrArray *alarms)
{
  const char *last = "";

  CU_ASSERT_EQUAL_FATAL (alarms->len, CROWDED / 2 * 5);
  for (guint i = 0; i < CROWDED / 2; i++)
    CSVC_ASSERT_TRUE (g_str_has_prefix (alarms->pdata[i], "b.half "), "%s among the first", (const char *) alarms->pdata[i]);
  for (guint i = CROWDED / 2; i < alarms->len; i += 2)
    {
      const char *first = alarms->pdata[i], *second = alarms->pdata[i + 1];

      /* "a.due 003" and "b.due 003": the clocks' names are in the order of their declaration. */
      CSVC_ASSERT_TRUE (strcmp (last, first) < 0, "%s after %s", first, last);
      CSVC_ASSERT_TRUE (second[0] == first[0] + 1 && strcmp (first + 1, second + 1) == 0, "%s after %s", second, first);
      last = first;
    }
}

static void
fires_equal_deadlines_in_order (void)
{
  const char *const uris[] = { "memory:", csvc_test_path ("crowd.db") };

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (CsvcEngine) engine = new_crowd (uris[i]);
      g_autoptr (GPtrArray) alarms = NULL;
      g_autoptr (GError) error = NULL;
      guint n_done = 0;

      CU_ASSERT_TRUE (csvc_engine_advance (engine, MORNING + 2 * CSVC_HOUR, 0, &n_done, NULL, &error));
      csvc_assert_no_error (error);
      alarms = list_alarms (engine);
      assert_in_order (alarms);
    }
}
