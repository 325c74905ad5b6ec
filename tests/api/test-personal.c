/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Personal facts in a store: kept apart, forgotten, held. */

#include "config.h"

#include "csvc-test.h"

#include <csvc/csvc.h>
#include <string.h>

static void keeps_them_apart (void);
static void forgets_some_and_all (void);
static void decides_anew (void);
static void leaves_no_byte (void);
static void holds_stop_it (void);
static void knows_commands_again (void);
static void amends_until_forgotten (void);
static void tells_what_is_left (void);
static void forgets_in_threads (void);
static void refuses_what_is_not_personal (void);
static void forgets_what_is_due (void);
static void forgets_who_left_on_the_first_day (void);

static CU_TestInfo tests[] = {
  { "keeps-them-apart", keeps_them_apart },
  { "forgets-some-and-all", forgets_some_and_all },
  { "decides-anew", decides_anew },
  { "leaves-no-byte", leaves_no_byte },
  { "holds-stop-it", holds_stop_it },
  { "knows-commands-again", knows_commands_again },
  { "amends-until-forgotten", amends_until_forgotten },
  { "tells-what-is-left", tells_what_is_left },
  { "forgets-in-threads", forgets_in_threads },
  { "refuses-what-is-not-personal", refuses_what_is_not_personal },
  { "forgets-what-is-due", forgets_what_is_due },
  { "forgets-who-left-on-the-first-day", forgets_who_left_on_the_first_day },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_personal = { "personal", tests, NULL, NULL };

#define POLICY(version, pii) \
  "<policy xmlns='urn:csvc:policy:1' id='shop' version='" version "' zone='Asia/Shanghai'>" \
  "<roles><role id='agent'/></roles>" \
  "<customer><fact id='phone' type='string'" pii "/><fact id='email' type='string'" pii "/><fact id='arpu' type='number'/></customer>" \
  "<tiers default='ordinary'><tier id='ordinary' rank='0'/><tier id='reached' rank='1' when='phone != \"\"'/></tiers>" \
  "<case id='fault' initial='open'>" \
  "<fact id='contact' type='string'" pii "/><fact id='area' type='string'/>" \
  "<event id='moved' by='agent' sets='contact'/><event id='mended' by='agent'/>" \
  "<state id='open'><transition event='moved'/><transition event='mended' target='done'/></state>" \
  "<final id='done'/></case></policy>"

#define NOON (G_GINT64_CONSTANT (1772510400) * CSVC_SECOND) /* 2026-03-03 12:00 in Shanghai */

static CsvcPolicy *
load_policy (const char *text)
{
  g_autoptr (GError) error = NULL;
  CsvcPolicy *policy = csvc_policy_load_text (text, -1, "shop", NULL, &error);

  csvc_assert_no_error (error);
  return policy;
}

static CsvcEngine *
new_engine_with (const char *uri, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcPolicy) policy = load_policy (text);
  g_autoptr (CsvcStore) store = csvc_store_open (uri, &error);
  CsvcEngine *engine = csvc_engine_new (store, policy, &error);

  csvc_assert_no_error (error);
  return engine;
}

static CsvcEngine *
new_engine (const char *uri)
{
  return new_engine_with (uri, POLICY ("1", " pii='true'"));
}

static CsvcAnswer
put (CsvcEngine *engine, const char *id, const char *fact, const char *value, CsvcTime at, const char *key)
{
  const CsvcStamp stamp = { .at = at, .key = key };
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  g_autoptr (GError) error = NULL;
  CsvcAnswer answer;

  csvc_facts_set_text (facts, fact, value);
  answer = csvc_engine_put_customer (engine, id, facts, &stamp, NULL, &error);
  if (answer == CSVC_ANSWER_FAILED)
    csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_CONFLICT, "was used");
  return answer;
}

static void
open_fault (CsvcEngine *engine, const char *id, const char *customer, const char *contact, CsvcTime at)
{
  const CsvcStamp stamp = CSVC_STAMP (at);
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  g_autoptr (GError) error = NULL;

  csvc_facts_set_text (facts, "contact", contact);
  csvc_facts_set_text (facts, "area", "north");
  CU_ASSERT_EQUAL (csvc_engine_open (engine, "fault", id, customer, facts, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
}

static void
fire (CsvcEngine *engine, const char *id, const char *event, const char *contact, CsvcTime at)
{
  const CsvcStamp stamp = { .at = at, .role = "agent" };
  g_autoptr (CsvcFacts) params = csvc_facts_new ();
  g_autoptr (GError) error = NULL;

  if (contact != NULL)
    csvc_facts_set_text (params, "contact", contact);
  CU_ASSERT_EQUAL (csvc_engine_fire (engine, id, event, params, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
}

/* A customer with a phone, and two cases, one of them ended. */
static void
tell_story (CsvcEngine *engine)
{
  put (engine, "C-1", "phone", "13800138000", NOON, NULL);
  put (engine, "C-1", "email", "li@example.org", NOON, NULL);
  put (engine, "C-1", "arpu", "50", NOON, NULL);
  open_fault (engine, "F-1", "C-1", "door 4711", NOON + CSVC_MINUTE);
  open_fault (engine, "F-2", "C-1", "gate 0815", NOON + CSVC_MINUTE);
  fire (engine, "F-1", "moved", "door 4712", NOON + 2 * CSVC_MINUTE);
  fire (engine, "F-2", "mended", NULL, NOON + 2 * CSVC_MINUTE);
}

static CsvcAnswer
forget_for (CsvcEngine *engine, const char *customer, const char *fact, CsvcTime at, CsvcEffects *effects)
{
  const char *const facts[] = { fact, NULL };
  const CsvcStamp stamp = CSVC_STAMP (at);
  g_autoptr (GError) error = NULL;
  CsvcAnswer answer = csvc_engine_forget (engine, customer, fact != NULL ? facts : NULL, &stamp, effects, &error);

  csvc_assert_no_error (error);
  return answer;
}

static void
assert_fact (CsvcEngine *engine, const char *customer, const char *fact, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcCustomer) loaded = csvc_engine_get_customer (engine, customer, &error);
  const CsvcValue *value = loaded != NULL ? csvc_customer_get_fact (loaded, fact) : NULL;

  csvc_assert_no_error (error);
  CSVC_ASSERT_STRING (value != NULL ? csvc_value_get_string (value) : NULL, expected);
}

static void
assert_contact (CsvcEngine *engine, const char *id, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcCase) loaded = csvc_engine_get_case (engine, id, &error);
  const CsvcValue *value = loaded != NULL ? csvc_case_get_fact (loaded, "contact") : NULL;

  csvc_assert_no_error (error);
  CSVC_ASSERT_STRING (value != NULL ? csvc_value_get_string (value) : NULL, expected);
}

static void
assert_good (CsvcEngine *engine, gint64 kept, gint64 forgotten)
{
  g_autoptr (GError) error = NULL;
  gint64 n_kept = -1, n_forgotten = -1;

  csvc_engine_verify (engine, NULL, NULL, &error);
  csvc_assert_no_error (error);
  CU_ASSERT_TRUE (csvc_engine_count_personal (engine, &n_kept, &n_forgotten, &error));
  csvc_assert_no_error (error);
  CSVC_ASSERT_INT (n_kept, kept);
  CSVC_ASSERT_INT (n_forgotten, forgotten);
}

/* The journal as one text. */
static char *
dup_journal (CsvcEngine *engine)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcJournal) journal = csvc_engine_follow (engine, NULL, 1000, &error);
  GString *all = g_string_new (NULL);

  csvc_assert_no_error (error);
  for (guint i = 0; i < csvc_journal_get_size (journal); i++)
    {
      g_autofree char *json = csvc_journal_entry_to_json (csvc_journal_get (journal, i));

      g_string_append (all, json);
    }
  return g_string_free (all, FALSE);
}

static void
on_both_stores (const char *name, void (*test) (CsvcEngine *engine))
{
  const char *const uris[] = { "memory:", csvc_test_path (name) };

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (CsvcEngine) engine = new_engine (uris[i]);

      test (engine);
    }
}

static void
check_apart (CsvcEngine *engine)
{
  g_autofree char *journal = NULL;

  tell_story (engine);
  assert_fact (engine, "C-1", "phone", "13800138000");
  assert_contact (engine, "F-1", "door 4712");
  assert_contact (engine, "F-2", "gate 0815");
  journal = dup_journal (engine);
  CSVC_ASSERT_CONTAINS (journal, "13800138000");
  CSVC_ASSERT_CONTAINS (journal, "door 4711");
  CU_ASSERT_PTR_NULL (strstr (journal, "sha256:"));
  /* A text that is given and the string that it is read as are two. */
  assert_good (engine, 10, 0);
}

static void
keeps_them_apart (void)
{
  on_both_stores ("apart.db", check_apart);
}

static void
check_forgetting (CsvcEngine *engine)
{
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autofree char *journal = NULL;

  tell_story (engine);
  CU_ASSERT_EQUAL (forget_for (engine, "C-1", "phone", NOON + CSVC_HOUR, effects), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (csvc_effect_get_type (csvc_effects_get (effects, csvc_effects_get_size (effects) - 1)), CSVC_EFFECT_FORGOTTEN);
  assert_fact (engine, "C-1", "phone", NULL);
  assert_fact (engine, "C-1", "email", "li@example.org");
  assert_contact (engine, "F-1", "door 4712");
  assert_good (engine, 8, 2);

  CU_ASSERT_EQUAL (forget_for (engine, "C-1", NULL, NOON + CSVC_HOUR, NULL), CSVC_ANSWER_ACCEPTED);
  assert_fact (engine, "C-1", "email", NULL);
  assert_contact (engine, "F-1", NULL);
  assert_contact (engine, "F-2", NULL);
  assert_good (engine, 0, 10);
  journal = dup_journal (engine);
  CU_ASSERT_PTR_NULL (strstr (journal, "door 4711"));
  CU_ASSERT_PTR_NULL (strstr (journal, "13800138000"));
  CSVC_ASSERT_CONTAINS (journal, "sha256:");
  CSVC_ASSERT_CONTAINS (journal, "north");

  /* Life goes on. */
  fire (engine, "F-1", "moved", "roof", NOON + 2 * CSVC_HOUR);
  put (engine, "C-1", "phone", "13800138000", NOON + 2 * CSVC_HOUR, NULL);
  assert_contact (engine, "F-1", "roof");
  assert_fact (engine, "C-1", "phone", "13800138000");
  assert_good (engine, 4, 10);
}

static void
forgets_some_and_all (void)
{
  on_both_stores ("some.db", check_forgetting);
}

static const char *
tier_of (CsvcEngine *engine)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcCustomer) customer = csvc_engine_get_customer (engine, "C-1", &error);

  csvc_assert_no_error (error);
  return g_intern_string (csvc_tier_get_id (csvc_customer_get_tier (customer)));
}

/* A condition of a tier reads the phone. */
static void
decides_anew (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ("memory:");
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();

  put (engine, "C-1", "phone", "13800138000", NOON, NULL);
  CSVC_ASSERT_STRING (tier_of (engine), "reached");
  CU_ASSERT_EQUAL (forget_for (engine, "C-1", NULL, NOON + CSVC_HOUR, effects), CSVC_ANSWER_ACCEPTED);
  assert_fact (engine, "C-1", "phone", NULL);
  assert_good (engine, 0, 2);
}

static gboolean
file_has (const char *path, const char *text)
{
  g_autofree char *content = NULL;
  gsize length = 0;

  return g_file_get_contents (path, &content, &length, NULL) && memmem (content, length, text, strlen (text)) != NULL;
}

static gboolean
store_has (const char *path, const char *text)
{
  g_autofree char *log = g_strconcat (path, "-wal", NULL);

  return file_has (path, text) || file_has (log, text);
}

#define N_LEFT_CUSTOMERS 300

/* Pages are split, filled and emptied: no value is left behind anywhere. */
static void
leaves_no_byte (void)
{
  const char *path = csvc_test_path ("bytes.db");
  GRand *random = csvc_test_random (6); /* the harness frees it */
  g_autoptr (CsvcEngine) engine = new_engine (path);
  gboolean forgotten[N_LEFT_CUSTOMERS] = { FALSE };
  g_autoptr (GError) error = NULL;

  csvc_engine_begin (engine, &error);
  for (guint i = 0; i < N_LEFT_CUSTOMERS; i++)
    {
      g_autofree char *id = g_strdup_printf ("C-%u", i);
      g_autofree char *phone = g_strdup_printf ("phone<%u>%*s", i, g_rand_int_range (random, 1, 400), ".");

      put (engine, id, "phone", phone, NOON, NULL);
    }
  csvc_engine_commit (engine, &error);
  csvc_assert_no_error (error);
  CU_ASSERT_TRUE (store_has (path, "phone<7>"));
  for (guint round = 0; round < N_LEFT_CUSTOMERS / 3; round++)
    {
      guint i = (guint) g_rand_int_range (random, 0, N_LEFT_CUSTOMERS);
      g_autofree char *id = g_strdup_printf ("C-%u", i);

      CU_ASSERT_EQUAL (forget_for (engine, id, NULL, NOON + CSVC_HOUR, NULL), CSVC_ANSWER_ACCEPTED);
      forgotten[i] = TRUE;
    }
  for (guint i = 0; i < N_LEFT_CUSTOMERS; i++)
    {
      g_autofree char *text = g_strdup_printf ("phone<%u>", i);

      CU_ASSERT_EQUAL (store_has (path, text), !forgotten[i]);
    }
  csvc_engine_verify (engine, NULL, NULL, &error);
  csvc_assert_no_error (error);
}

static void
check_holds (CsvcEngine *engine)
{
  const CsvcStamp stamp = CSVC_STAMP (NOON + CSVC_HOUR);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) holds = NULL;

  tell_story (engine);
  CU_ASSERT_EQUAL (csvc_engine_hold (engine, "C-1", "lawsuit", &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (csvc_engine_hold (engine, "C-1", "inquiry", &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (csvc_engine_hold (engine, "C-1", "inquiry", &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
  CU_ASSERT_EQUAL (forget_for (engine, "C-1", NULL, NOON + CSVC_HOUR, NULL), CSVC_ANSWER_REFUSED_HOLD);
  CU_ASSERT_EQUAL (csvc_engine_release_hold (engine, "C-1", "inquiry", &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (forget_for (engine, "C-1", "phone", NOON + CSVC_HOUR, NULL), CSVC_ANSWER_REFUSED_HOLD);
  holds = csvc_engine_list_holds (engine, "C-1", &error);
  CU_ASSERT_EQUAL_FATAL (g_strv_length (holds), 1);
  CSVC_ASSERT_STRING (holds[0], "lawsuit");
  assert_fact (engine, "C-1", "phone", "13800138000");
  CU_ASSERT_EQUAL (csvc_engine_release_hold (engine, "C-1", "inquiry", &stamp, NULL, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "nothing called \"inquiry\" holds");
  g_clear_error (&error);
  CU_ASSERT_EQUAL (csvc_engine_release_hold (engine, "C-1", "lawsuit", &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (forget_for (engine, "C-1", NULL, NOON + CSVC_HOUR, NULL), CSVC_ANSWER_ACCEPTED);
  assert_good (engine, 0, 10);
}

static void
holds_stop_it (void)
{
  on_both_stores ("holds.db", check_holds);
}

static void
check_keys (CsvcEngine *engine)
{
  CU_ASSERT_EQUAL (put (engine, "C-1", "phone", "1", NOON, "k1"), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (put (engine, "C-1", "phone", "2", NOON + CSVC_MINUTE, "k2"), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (put (engine, "C-1", "phone", "1", NOON + CSVC_HOUR, "k1"), CSVC_ANSWER_ACCEPTED);
  assert_fact (engine, "C-1", "phone", "2");
  CU_ASSERT_EQUAL (put (engine, "C-1", "phone", "2", NOON + CSVC_HOUR, "k1"), CSVC_ANSWER_FAILED);
  CU_ASSERT_EQUAL (put (engine, "C-1", "phone", "3", NOON + CSVC_HOUR, "k1"), CSVC_ANSWER_FAILED);
  CU_ASSERT_EQUAL (forget_for (engine, "C-1", NULL, NOON + CSVC_HOUR, NULL), CSVC_ANSWER_ACCEPTED);
  /* Nobody can say any more whether it is the same. */
  CU_ASSERT_EQUAL (put (engine, "C-1", "phone", "1", NOON + CSVC_HOUR, "k1"), CSVC_ANSWER_FAILED);
  assert_good (engine, 0, 4);
}

static void
knows_commands_again (void)
{
  on_both_stores ("keys.db", check_keys);
}

static CsvcAnswer
amend_first (CsvcEngine *engine, CsvcTime at, GError **error)
{
  const CsvcStamp stamp = { .at = at, .role = "agent" };
  g_autoptr (CsvcJournal) journal = csvc_engine_follow_case (engine, "F-1", NULL, 10, error);
  g_autoptr (CsvcFacts) params = csvc_facts_new ();
  g_autofree char *entry = g_strdup (csvc_journal_entry_get_id (csvc_journal_get (journal, 1)));

  csvc_facts_set_text (params, "contact", "cellar");
  return csvc_engine_amend (engine, "F-1", entry, NULL, params, &stamp, NULL, error);
}

/* Deciding again needs what the earlier commands said. */
static void
amends_until_forgotten (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ("memory:");
  g_autoptr (GError) error = NULL;

  tell_story (engine);
  CU_ASSERT_EQUAL (amend_first (engine, NOON + CSVC_HOUR, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
  assert_contact (engine, "F-1", "cellar");
  csvc_engine_verify (engine, NULL, NULL, &error);
  csvc_assert_no_error (error);
  CU_ASSERT_EQUAL (forget_for (engine, "C-1", NULL, NOON + 2 * CSVC_HOUR, NULL), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (amend_first (engine, NOON + 3 * CSVC_HOUR, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "forgotten");
  g_clear_error (&error);
  assert_contact (engine, "F-1", NULL);
  csvc_engine_verify (engine, NULL, NULL, &error);
  csvc_assert_no_error (error);
}

static const CsvcEffect *
find_forgotten (const CsvcEffects *effects, const char *fact)
{
  for (guint i = 0; i < csvc_effects_get_size (effects); i++)
    {
      const CsvcEffect *effect = csvc_effects_get (effects, i);

      if (csvc_effect_get_type (effect) == CSVC_EFFECT_FORGOTTEN && g_strcmp0 (csvc_effect_get_text (effect, "fact"), fact) == 0)
        return effect;
    }
  return NULL;
}

/* What was put before the policy called it personal, as in all stores of 0.1, stands in the clear. */
static void
tells_what_is_left (void)
{
  const char *path = csvc_test_path ("clear.db");
  CsvcEngine *before = new_engine_with (path, POLICY ("1", ""));
  g_autoptr (CsvcEngine) engine = NULL;
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();

  put (before, "C-1", "phone", "13800138000", NOON, NULL);
  csvc_engine_free (before);
  engine = new_engine_with (path, POLICY ("2", " pii='true'"));
  put (engine, "C-1", "email", "li@example.org", NOON + CSVC_MINUTE, NULL);
  assert_fact (engine, "C-1", "phone", "13800138000");
  assert_good (engine, 2, 0);
  CU_ASSERT_EQUAL (forget_for (engine, "C-1", NULL, NOON + CSVC_HOUR, effects), CSVC_ANSWER_ACCEPTED);
  CSVC_ASSERT_STRING (csvc_effect_get_text (find_forgotten (effects, "phone"), "left"), "journal");
  CSVC_ASSERT_STRING (csvc_effect_get_text (find_forgotten (effects, "email"), "left"), NULL);
  assert_fact (engine, "C-1", "phone", NULL);
  assert_good (engine, 0, 2);
}

typedef struct {
  CsvcStore  *store;
  CsvcPolicy *policy;
  gboolean    forgets;
} Worker;

#define N_TURNS 40

static gpointer
work (gpointer data)
{
  const Worker *worker = data;
  g_autoptr (CsvcEngine) engine = csvc_engine_new (worker->store, worker->policy, NULL);

  for (guint i = 0; i < N_TURNS; i++)
    {
      g_autofree char *phone = g_strdup_printf ("%u", 1000 + i);

      if (worker->forgets)
        forget_for (engine, "C-1", NULL, NOON, NULL);
      else
        put (engine, "C-1", "phone", phone, NOON, NULL);
    }
  return NULL;
}

static void
forgets_in_threads (void)
{
  const char *const uris[] = { "memory:", csvc_test_path ("threads.db") };

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (CsvcEngine) engine = new_engine (uris[i]);
      Worker workers[] = { { csvc_engine_get_store (engine), csvc_engine_get_policy (engine), FALSE },
                           { csvc_engine_get_store (engine), csvc_engine_get_policy (engine), TRUE } };
      g_autoptr (GError) error = NULL;
      GThread *threads[2];

      put (engine, "C-1", "phone", "1", NOON, NULL);
      for (guint j = 0; j < G_N_ELEMENTS (threads); j++)
        threads[j] = g_thread_new ("worker", work, &workers[j]);
      for (guint j = 0; j < G_N_ELEMENTS (threads); j++)
        g_thread_join (threads[j]);
      csvc_engine_verify (engine, NULL, NULL, &error);
      csvc_assert_no_error (error);
      CU_ASSERT_EQUAL (forget_for (engine, "C-1", NULL, NOON, NULL), CSVC_ANSWER_ACCEPTED);
      assert_fact (engine, "C-1", "phone", NULL);
    }
}

static void
refuses_what_is_not_personal (void)
{
  const char *const arpu[] = { "arpu", NULL };
  const CsvcStamp stamp = CSVC_STAMP (NOON);
  g_autoptr (CsvcEngine) engine = new_engine ("memory:");
  g_autoptr (GError) error = NULL;

  CU_ASSERT_EQUAL (csvc_engine_forget (engine, "C-1", arpu, &stamp, NULL, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "no personal fact \"arpu\"");
  g_clear_error (&error);
  CU_ASSERT_EQUAL (csvc_engine_forget (engine, "C-1", NULL, &stamp, NULL, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "no customer C-1");
}

/* The phone for half a year after the customer has left, the rest for two years; of a case for a year after its end. */
static const char keeping_policy[] =
  "<policy xmlns='urn:csvc:policy:1' id='shop' version='1' zone='Asia/Shanghai'>"
  "<roles><role id='agent'/></roles>"
  "<customer><fact id='phone' type='string' pii='true'/><fact id='email' type='string' pii='true'/><fact id='left' type='date'/></customer>"
  "<case id='fault' initial='open'><fact id='contact' type='string' pii='true'/><fact id='area' type='string'/>"
  "<event id='mended' by='agent'/><state id='open'><transition event='mended' target='done'/></state><final id='done'/></case>"
  "<records><keep fact='phone' for='P6M' after='left'/><keep fact='email' for='P2Y'/><keep case='fault' for='P1Y'/></records></policy>";

static guint
forget_due (CsvcEngine *engine, const char *day)
{
  g_autofree char *text = g_strdup_printf ("%sT12:00:00+08:00", day);
  CsvcStamp stamp = CSVC_STAMP (0);
  g_autoptr (GError) error = NULL;
  guint n = 0;

  CU_ASSERT_TRUE (csvc_time_parse (text, &stamp.at, &error));
  CU_ASSERT_TRUE (csvc_engine_forget_due (engine, &stamp, &n, NULL, &error));
  csvc_assert_no_error (error);
  return n;
}

static void
forgets_what_is_due (void)
{
  g_autoptr (CsvcEngine) engine = new_engine_with ("memory:", keeping_policy);

  put (engine, "C-1", "phone", "13800138000", NOON, NULL);
  put (engine, "C-1", "email", "li@example.org", NOON, NULL);
  put (engine, "C-2", "phone", "13900139000", NOON, NULL);
  open_fault (engine, "F-1", "C-1", "door 4711", NOON);
  open_fault (engine, "F-2", "C-2", "gate 0815", NOON);
  fire (engine, "F-1", "mended", NULL, NOON);
  put (engine, "C-1", "left", "2026-04-30", NOON, NULL);

  CSVC_ASSERT_UINT (forget_due (engine, "2026-10-29"), 0);
  CSVC_ASSERT_UINT (forget_due (engine, "2026-10-30"), 1);
  assert_fact (engine, "C-1", "phone", NULL);
  assert_fact (engine, "C-1", "email", "li@example.org");
  assert_fact (engine, "C-2", "phone", "13900139000");
  assert_contact (engine, "F-1", "door 4711");
  CSVC_ASSERT_UINT (forget_due (engine, "2027-03-02"), 0);
  CSVC_ASSERT_UINT (forget_due (engine, "2027-03-03"), 1);
  assert_contact (engine, "F-1", NULL);
  assert_contact (engine, "F-2", "gate 0815");
  CSVC_ASSERT_UINT (forget_due (engine, "2028-03-03"), 1);
  assert_fact (engine, "C-1", "email", NULL);
  CSVC_ASSERT_UINT (forget_due (engine, "2040-01-01"), 0);
  assert_good (engine, 4, 6);
}

/* In Shanghai the first of all dates begins before the first of all instants. */
static void
forgets_who_left_on_the_first_day (void)
{
  g_autoptr (CsvcEngine) engine = new_engine_with ("memory:", keeping_policy);

  put (engine, "C-1", "phone", "13800138000", NOON, NULL);
  put (engine, "C-2", "phone", "13900139000", NOON, NULL);
  put (engine, "C-1", "left", "0001-01-01", NOON, NULL);
  put (engine, "C-2", "left", "9999-12-31", NOON, NULL);
  CSVC_ASSERT_UINT (forget_due (engine, "2026-10-30"), 1);
  assert_fact (engine, "C-1", "phone", NULL);
  assert_fact (engine, "C-2", "phone", "13900139000");
}
