/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Cases that open, tell and end each other, over every store: whoever wakes late finds what those found who woke in time. */

#include "config.h"

#include "csvc-test.h"

#include <csvc/csvc.h>

static void opens_with_its_child (void);
static void hears_of_its_end (void);
static void ends_what_it_opened (void);
static void catches_up_as_on_time (void);
static void follows_an_earlier_case (void);
static void ends_from_outside (void);
static void undoes_the_whole_family (void);
static void adopts (void);

static CU_TestInfo tests[] = {
  { "opens-with-its-child", opens_with_its_child },
  { "hears-of-its-end", hears_of_its_end },
  { "ends-what-it-opened", ends_what_it_opened },
  { "catches-up-as-on-time", catches_up_as_on_time },
  { "follows-an-earlier-case", follows_an_earlier_case },
  { "ends-from-outside", ends_from_outside },
  { "undoes-the-whole-family", undoes_the_whole_family },
  { "adopts", adopts },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_linked = { "linked", tests, NULL, NULL };

/* A complaint has a visit to the customer's home made, two hours at most; a late visit is told to the complaint. */
static const char policy_text[] =
  "<policy xmlns='urn:csvc:policy:1' id='desk' version='1' zone='Asia/Shanghai'>"
  "<roles><role id='agent'/><role id='fitter'/></roles>"
  "<case id='complaint' initial='open'>"
  "<fact id='place' type='string'/><fact id='lateness' type='number'/>"
  "<event id='closed' by='agent'/><event id='late' sets='lateness'/>"
  "<state id='open' initial='work'>"
  "<onentry><open case='visit' until='here'><with fact='where' value='place'/></open></onentry>"
  "<clock id='reply' met-by='closed'><due in='PT4H'/><alarm id='due'><notify role='agent'/></alarm></clock>"
  "<state id='work'>"
  "<transition event='late' target='sorry'/>"
  "<transition event='done.case.visit.kept' target='visited'/>"
  "</state>"
  "<state id='sorry'><transition event='done.case.visit.kept' target='visited'/></state>"
  "<state id='visited'/>"
  "<transition event='closed' target='done'/></state>"
  "<final id='done'/></case>"
  "<case id='visit' initial='going'>"
  "<fact id='where' type='string'/>"
  "<event id='arrived' by='fitter'/>"
  "<state id='going'>"
  "<clock id='way' met-by='arrived'><due in='PT2H'/>"
  "<alarm id='due'><tell to='parent' event='late'><with fact='lateness' value='1'/></tell></alarm></clock>"
  "<transition event='arrived' target='there'/></state>"
  "<final id='there' outcome='kept'/></case></policy>";

#define MORNING (G_GINT64_CONSTANT (1772499600) * CSVC_SECOND) /* 2026-03-03T01:00:00Z */

static CsvcEngine *
new_engine (const char *uri)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_text (policy_text, -1, "desk.xml", NULL, &error);
  g_autoptr (CsvcStore) store = csvc_store_open (uri, &error);
  CsvcEngine *engine = policy != NULL && store != NULL ? csvc_engine_new (store, policy, &error) : NULL;

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (engine);
  return engine;
}

static void
open_complaint (CsvcEngine *engine, const char *id, CsvcTime at)
{
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  const CsvcStamp stamp = { .at = at, .actor = "wang", .role = "agent", .unit = "hall 3" };
  g_autoptr (GError) error = NULL;

  csvc_facts_set_text (facts, "place", "Dongmen 7");
  CU_ASSERT_EQUAL (csvc_engine_open (engine, "complaint", id, "C-1", facts, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
}

static CsvcAnswer
fire (CsvcEngine *engine, const char *id, const char *event, const char *role, CsvcTime at)
{
  CsvcStamp stamp = CSVC_STAMP (at);
  g_autoptr (GError) error = NULL;
  CsvcAnswer answer;

  stamp.role = role;
  answer = csvc_engine_fire (engine, id, event, NULL, &stamp, NULL, &error);
  csvc_assert_no_error (error);
  return answer;
}

/* "work", or "work!" when it has ended. */
static void
assert_state (CsvcEngine *engine, const char *id, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcCase) loaded = csvc_engine_get_case (engine, id, &error);
  g_autofree char *states = NULL, *text = NULL;

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (loaded);
  states = csvc_case_dup_states (loaded);
  text = g_strconcat (states, csvc_case_has_ended (loaded) ? "!" : "", NULL);
  CU_ASSERT_STRING_EQUAL (text, expected);
}

static void
assert_good (CsvcEngine *engine)
{
  g_autoptr (GError) error = NULL;

  CU_ASSERT_TRUE (csvc_engine_verify (engine, NULL, NULL, &error));
  csvc_assert_no_error (error);
}

static void
opens_with_its_child (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ("memory:");
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcCase) child = NULL;
  const CsvcLink *link;

  open_complaint (engine, "A", MORNING);
  child = csvc_engine_get_case (engine, "A/1", &error);
  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (child);
  CU_ASSERT_STRING_EQUAL (csvc_case_get_customer (child), "C-1");
  CU_ASSERT_STRING_EQUAL (csvc_case_get_owner_actor (child), "wang");
  CU_ASSERT_STRING_EQUAL (csvc_value_get_string (csvc_case_get_fact (child, "where")), "Dongmen 7");
  CU_ASSERT_EQUAL (csvc_case_get_opened_at (child), MORNING);
  CU_ASSERT_EQUAL_FATAL (csvc_case_get_n_links (child), 1);
  link = csvc_case_get_link (child, 0);
  CU_ASSERT_STRING_EQUAL (csvc_link_get_relation (link), "parent");
  CU_ASSERT_STRING_EQUAL (csvc_link_get_case (link), "A");
  assert_good (engine);
}

static void
hears_of_its_end (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ("memory:");
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcCase) parent = NULL;

  open_complaint (engine, "A", MORNING);
  CU_ASSERT_EQUAL (fire (engine, "A/1", "arrived", "fitter", MORNING + CSVC_HOUR), CSVC_ANSWER_ACCEPTED);
  assert_state (engine, "A/1", "there!");
  assert_state (engine, "A", "visited");
  parent = csvc_engine_get_case (engine, "A", &error);
  csvc_assert_no_error (error);
  CU_ASSERT_TRUE (csvc_link_has_ended (csvc_case_get_link (parent, 0)));
  CU_ASSERT_STRING_EQUAL (csvc_link_get_outcome (csvc_case_get_link (parent, 0)), "kept");
  CU_ASSERT_EQUAL (csvc_case_get_last_at (parent), MORNING + CSVC_HOUR);
  assert_good (engine);
}

static void
ends_what_it_opened (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ("memory:");
  g_autoptr (GError) error = NULL;
  CsvcTime wake = 0;

  open_complaint (engine, "A", MORNING);
  CU_ASSERT_EQUAL (fire (engine, "A", "closed", "agent", MORNING + CSVC_HOUR), CSVC_ANSWER_ACCEPTED);
  assert_state (engine, "A", "done!");
  assert_state (engine, "A/1", "going!");
  CU_ASSERT_EQUAL (fire (engine, "A/1", "arrived", "fitter", MORNING + 2 * CSVC_HOUR), CSVC_ANSWER_REFUSED_STATE);
  CU_ASSERT_TRUE (csvc_engine_get_next_wake (engine, &wake, &error));
  CU_ASSERT_EQUAL (wake, CSVC_NEVER);
  assert_good (engine);
}

/* Everything that the journal says of one case, but for when it was written. */
static char *
tell_story (CsvcEngine *engine, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcJournal) journal = csvc_engine_follow_case (engine, id, NULL, 1000, &error);
  GString *story = g_string_new (NULL);

  csvc_assert_no_error (error);
  for (guint i = 0; i < csvc_journal_get_size (journal); i++)
    {
      g_autofree char *effects = csvc_effects_to_json (csvc_journal_entry_get_effects (csvc_journal_get (journal, i)));

      g_string_append_printf (story, "%s\n", effects);
    }
  return g_string_free (story, FALSE);
}

/* The visit is late after two hours, the reply after four; somebody arrives in the sixth hour, and only then, or an hour later still, anybody looks. */
static void
catches_up_as_on_time (void)
{
  const char *const uris[] = { "memory:", csvc_test_path ("punctual.db"), "memory:", csvc_test_path ("late.db") };
  g_autoptr (CsvcEngine) on_time = new_engine ("memory:");
  g_autofree char *parent = NULL, *child = NULL;
  g_autoptr (GError) error = NULL;

  open_complaint (on_time, "A", MORNING);
  for (CsvcTime now = MORNING; now < MORNING + 5 * CSVC_HOUR; now += CSVC_MINUTE)
    CU_ASSERT_TRUE (csvc_engine_advance (on_time, now, 0, NULL, NULL, &error));
  assert_state (on_time, "A", "sorry");
  CU_ASSERT_EQUAL (fire (on_time, "A/1", "arrived", "fitter", MORNING + 6 * CSVC_HOUR), CSVC_ANSWER_ACCEPTED);
  assert_state (on_time, "A", "visited");
  parent = tell_story (on_time, "A");
  child = tell_story (on_time, "A/1");
  assert_good (on_time);

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (CsvcEngine) late = new_engine (uris[i]);
      g_autofree char *late_parent = NULL, *late_child = NULL;

      open_complaint (late, "A", MORNING);
      if (i < 2)
        CU_ASSERT_TRUE (csvc_engine_advance (late, MORNING + 5 * CSVC_HOUR, 0, NULL, NULL, &error));
      CU_ASSERT_EQUAL (fire (late, "A/1", "arrived", "fitter", MORNING + 6 * CSVC_HOUR), CSVC_ANSWER_ACCEPTED);
      late_parent = tell_story (late, "A");
      late_child = tell_story (late, "A/1");
      CU_ASSERT_STRING_EQUAL (late_parent, parent);
      CU_ASSERT_STRING_EQUAL (late_child, child);
      assert_good (late);
    }
  csvc_assert_no_error (error);
}

static void
follows_an_earlier_case (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ("memory:");
  const CsvcStamp stamp = CSVC_STAMP (MORNING + CSVC_DAY);
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcCase) again = NULL;

  csvc_facts_set_text (facts, "place", "Dongmen 7");

  open_complaint (engine, "A", MORNING);
  CU_ASSERT_EQUAL (fire (engine, "A", "closed", "agent", MORNING + CSVC_HOUR), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (csvc_engine_open_linked (engine, "complaint", "B", "C-1", facts, "A", &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
  again = csvc_engine_get_case (engine, "B", &error);
  CU_ASSERT_STRING_EQUAL (csvc_link_get_relation (csvc_case_get_link (again, 0)), "earlier");
  CU_ASSERT_STRING_EQUAL (csvc_link_get_case (csvc_case_get_link (again, 0)), "A");
  CU_ASSERT_EQUAL (csvc_engine_open_linked (engine, "complaint", "D", "C-2", facts, "A", &stamp, NULL, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, NULL);
  g_clear_error (&error);
  CU_ASSERT_EQUAL (csvc_engine_open_linked (engine, "complaint", "D", "C-1", facts, "Z", &stamp, NULL, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, NULL);
  assert_good (engine);
}

static void
ends_from_outside (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ("memory:");
  CsvcStamp stamp = CSVC_STAMP (MORNING + CSVC_HOUR);
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (GError) error = NULL;

  open_complaint (engine, "A", MORNING);
  stamp.key = "k";
  CU_ASSERT_EQUAL (csvc_engine_end (engine, "A", "merged", &stamp, effects, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
  CU_ASSERT_TRUE (csvc_effects_get_size (effects) > 0);
  assert_state (engine, "A", "work!");
  assert_state (engine, "A/1", "going!");
  CU_ASSERT_EQUAL (csvc_engine_end (engine, "A", "merged", &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  stamp.key = NULL;
  CU_ASSERT_EQUAL (csvc_engine_end (engine, "A", "merged", &stamp, NULL, &error), CSVC_ANSWER_REFUSED_STATE);
  csvc_assert_no_error (error);
  assert_good (engine);
}

/* The child's number is taken: the parent is not opened either. */
static void
undoes_the_whole_family (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ("memory:");
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  const CsvcStamp stamp = CSVC_STAMP (MORNING);
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  g_autoptr (GError) error = NULL;

  csvc_facts_set_text (facts, "place", "Dongmen 7");
  CU_ASSERT_EQUAL (csvc_engine_open (engine, "visit", "A/1", NULL, NULL, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (csvc_engine_open (engine, "complaint", "A", NULL, facts, &stamp, effects, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_EXISTS, NULL);
  g_clear_error (&error);
  CU_ASSERT_EQUAL (csvc_effects_get_size (effects), 0);
  CU_ASSERT_PTR_NULL (csvc_engine_get_case (engine, "A", &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, NULL);
  g_clear_error (&error);

  CU_ASSERT_TRUE (csvc_engine_begin (engine, &error));
  CU_ASSERT_EQUAL (csvc_engine_open (engine, "complaint", "A", NULL, facts, &stamp, NULL, &error), CSVC_ANSWER_FAILED);
  g_clear_error (&error);
  CU_ASSERT_EQUAL (csvc_engine_open (engine, "complaint", "B", NULL, facts, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_TRUE (csvc_engine_commit (engine, &error));
  csvc_assert_no_error (error);
  assert_state (engine, "B/1", "going");
  assert_good (engine);
}

/* A case of another system, an hour into its promise. */
static void
adopts (void)
{
  static const char json[] =
    "{\"id\": \"OLD-7\", \"kind\": \"complaint\", \"customer\": \"C-9\", \"opened_at\": \"2026-03-03T00:00:00Z\", \"states\": [\"work\"],"
    " \"cycles\": [{\"clock\": \"reply\", \"start\": \"2026-03-03T00:00:00Z\", \"row\": 1}]}";
  g_autoptr (CsvcEngine) engine = new_engine ("memory:");
  const CsvcStamp stamp = CSVC_STAMP (MORNING);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcCase) adopted = NULL;

  CU_ASSERT_EQUAL (csvc_engine_adopt (engine, json, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
  adopted = csvc_engine_get_case (engine, "OLD-7", &error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (adopted);
  CU_ASSERT_TRUE (csvc_case_is_in (adopted, "open"));
  CU_ASSERT_EQUAL_FATAL (csvc_case_get_n_cycles (adopted), 1);
  CU_ASSERT_EQUAL (csvc_case_get_due (adopted, csvc_case_get_cycle (adopted, 0)), MORNING + 3 * CSVC_HOUR);
  CU_ASSERT_EQUAL (csvc_engine_adopt (engine, json, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (fire (engine, "OLD-7", "closed", "agent", MORNING + CSVC_HOUR), CSVC_ANSWER_ACCEPTED);
  assert_state (engine, "OLD-7", "done!");
  assert_good (engine);
}
