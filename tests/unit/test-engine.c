/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The engine over every store: it does what the pure machine does, once, and whole. */

#include "config.h"

#include "csvc-test.h"
#include "store-faulty.h"

#include <csvc/engine.h>
#include <csvc/error.h>
#include <string.h>

#include "store/store.h"

static void runs_like_the_machine (void);
static void keeps_all_in_the_file (void);
static void repeats_a_key_without_doing (void);
static void repeats_a_key_in_one_transaction (void);
static void refuses_a_key_with_other_content (void);
static void opens_a_case_once (void);
static void joins_commands (void);
static void rolls_back (void);
static void writes_only_the_advance_of_a_refusal (void);
static void explains_a_refusal (void);
static void goes_on_after_an_error (void);
static void loses_a_transaction_with_the_store (void);
static void survives_every_fault (void);
static void retries_when_somebody_was_faster (void);
static void verifies_and_names_the_bad_one (void);
static void serves_engines_of_two_threads (void);
static void advances_in_the_order_of_deadlines (void);
static void advances_past_a_case_that_fails (void);
static void stops_at_a_deadline_that_is_none (void);
static void says_when_to_wake (void);
static void lists_what_is_due (void);
static void lists_cases_page_by_page (void);
static void keeps_old_policies (void);
static void opens_many (void);
static void tells_the_journal (void);
static void reads_customers (void);
static void works_without_a_policy (void);
static void refuses_what_could_not_be_read_again (void);

static CU_TestInfo tests[] = {
  { "runs-like-the-machine", runs_like_the_machine },
  { "keeps-all-in-the-file", keeps_all_in_the_file },
  { "repeats-a-key-without-doing", repeats_a_key_without_doing },
  { "repeats-a-key-in-one-transaction", repeats_a_key_in_one_transaction },
  { "refuses-a-key-with-other-content", refuses_a_key_with_other_content },
  { "opens-a-case-once", opens_a_case_once },
  { "joins-commands", joins_commands },
  { "rolls-back", rolls_back },
  { "writes-only-the-advance-of-a-refusal", writes_only_the_advance_of_a_refusal },
  { "explains-a-refusal", explains_a_refusal },
  { "goes-on-after-an-error", goes_on_after_an_error },
  { "loses-a-transaction-with-the-store", loses_a_transaction_with_the_store },
  { "survives-every-fault", survives_every_fault },
  { "retries-when-somebody-was-faster", retries_when_somebody_was_faster },
  { "verifies-and-names-the-bad-one", verifies_and_names_the_bad_one },
  { "serves-engines-of-two-threads", serves_engines_of_two_threads },
  { "advances-in-the-order-of-deadlines", advances_in_the_order_of_deadlines },
  { "advances-past-a-case-that-fails", advances_past_a_case_that_fails },
  { "stops-at-a-deadline-that-is-none", stops_at_a_deadline_that_is_none },
  { "says-when-to-wake", says_when_to_wake },
  { "lists-what-is-due", lists_what_is_due },
  { "lists-cases-page-by-page", lists_cases_page_by_page },
  { "keeps-old-policies", keeps_old_policies },
  { "opens-many", opens_many },
  { "tells-the-journal", tells_the_journal },
  { "reads-customers", reads_customers },
  { "works-without-a-policy", works_without_a_policy },
  { "refuses-what-could-not-be-read-again", refuses_what_could_not_be_read_again },
  CU_TEST_INFO_NULL
};

#define NOON (G_GINT64_CONSTANT (1772539200) * CSVC_SECOND) /* 2026-03-03T12:00:00Z, a Tuesday */

static const char policy_text[] =
  "<policy xmlns='urn:csvc:policy:1' id='t' version='%s' zone='Asia/Shanghai'>"
  "<calendar id='office' days='mon tue wed thu fri' hours='08:30-12:00 13:30-17:30'/>"
  "<roles><role id='agent'/><role id='boss'/></roles>"
  "<levels><level id='desk' role='agent'/><level id='city' role='boss'/></levels>"
  "<customer><fact id='arpu' type='number'/><fact id='phone' type='string' pii='true'/>"
  "<fact id='segment' type='enum' values='home firm'/>%s</customer>"
  "<case id='complaint' initial='open' backdate='P1D'>"
  "<fact id='window' type='enum' values='hotline hall' required='true'/><fact id='score' type='number'/>"
  "<fact id='promised' type='dateTime'/>"
  "<event id='replied' by='agent'/><event id='asked'/><event id='answered'/><event id='told'/><event id='rated' sets='score'/>"
  "<event id='promise_made' sets='promised'/><event id='favour'/>"
  "<event id='reopen'/><event id='dropped'/><event id='moved' sets='window'/><event id='withdraw'/>"
  "<state id='open' initial='work'><onentry><owner/></onentry>"
  "<clock id='reply' met-by='replied'><due when='window = \"hall\"' in='PT2H' of='office'/><due in='PT3H'/>"
  "<alarm id='soon' at='75%%'><notify role='agent'/></alarm></clock>"
  "<clock id='handle' met-by='told' paused-in='waiting' on-leave='end' reopen='continue'><due in='PT72H'/>"
  "<alarm id='to_city' at='PT24H'><escalate to='city'/></alarm></clock>"
  "<clock id='whole' met-by='rated' paused-by='asked' resumed-by='answered replied' "
  "cancelled-by='dropped' reset-by='moved' on-leave='end' "
  "when='window = \"hall\"' reopen='continue-including-closed'><due when='level = 2' in='PT10H' of='office'/><due in='PT30H'/>"
  "<alarm id='after' at='+PT2H'/></clock>"
  "<clock id='promise' met-by='told' on-leave='end'><due at='promised'/></clock>"
  "<state id='work'><transition event='asked' target='waiting'/>"
  "<transition event='favour' cond='arpu &gt;= 100 and segment = \"firm\" and phone != \"0\"' target='solved'/></state>"
  "<state id='waiting'><transition event='answered' target='work'/></state>"
  "<transition event='told' target='solved'/><transition event='promise_made'/><transition event='moved'/>"
  "<transition event='withdraw' target='gone'/></state>"
  "<state id='solved'><clock id='confirm' promise='false'><due in='P7D'/></clock>"
  "<transition event='reopen' target='open'/><transition event='rated' cond='score &gt;= 4' target='done'/>"
  "<transition event='clock.confirm.due' target='done'/></state>"
  "<final id='done' outcome='solved'/><final id='gone' outcome='withdrawn'/></case>"
  "<case id='loop' initial='rest'><fact id='go' type='boolean'/>"
  "<state id='rest'><clock id='nap' promise='false'><due in='PT1H'/></clock>"
  "<transition event='clock.nap.due' target='left'/></state>"
  "<state id='left'><transition cond='go' target='right'/></state>"
  "<state id='right'><transition cond='go' target='left'/></state></case>"
  "</policy>";

static CsvcStore *store;
static CsvcPolicy *policy;
static CsvcEngine *engine;
static gboolean is_sqlite;

/* ---- Helpers ---- */

static CsvcPolicy *
load_policy (const char *version, const char *more_facts)
{
  g_autofree char *text = g_strdup_printf (policy_text, version, more_facts);
  g_autoptr (CsvcDiagnostics) diagnostics = NULL;
  g_autoptr (GError) error = NULL;
  CsvcPolicy *loaded = csvc_policy_load_text (text, -1, "t.xml", &diagnostics, &error);

  for (guint i = 0; loaded == NULL && i < csvc_diagnostics_get_size (diagnostics); i++)
    {
      g_autofree char *line = csvc_diagnostic_to_string (csvc_diagnostics_get (diagnostics, i));

      csvc_test_note ("%s", line);
    }
  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (loaded);
  return loaded;
}

static CsvcStore *
open_store (const char *name)
{
  g_autofree char *uri = g_strdup_printf ("sqlite:%s?sync=normal", csvc_test_path (name));
  g_autoptr (GError) error = NULL;
  CsvcStore *opened = csvc_store_open (is_sqlite ? uri : "memory:", &error);

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (opened);
  return opened;
}

static CsvcEngine *
new_engine (CsvcStore *on, CsvcPolicy *under)
{
  g_autoptr (GError) error = NULL;
  CsvcEngine *made = csvc_engine_new (on, under, &error);

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (made);
  return made;
}

static void
set_up (void)
{
  policy = load_policy ("1", "");
  store = open_store ("cases.db");
  engine = new_engine (store, policy);
}

static void
set_up_memory (void)
{
  is_sqlite = FALSE;
  set_up ();
}

static void
set_up_sqlite (void)
{
  is_sqlite = TRUE;
  set_up ();
}

static void
tear_down (void)
{
  g_clear_pointer (&engine, csvc_engine_free);
  g_clear_pointer (&store, csvc_store_unref);
  g_clear_pointer (&policy, csvc_policy_unref);
}

const CsvcSuite csvc_suite_engine_memory = { "engine-memory", tests, set_up_memory, tear_down };
const CsvcSuite csvc_suite_engine_sqlite = { "engine-sqlite", tests, set_up_sqlite, tear_down };

/* "score=4 window=hall": texts. (transfer full) (nullable) */
static CsvcFacts *
facts_of (const char *text)
{
  g_auto (GStrv) pairs = NULL;
  CsvcFacts *facts;

  if (text == NULL)
    return NULL;
  facts = csvc_facts_new ();
  pairs = g_strsplit (text, " ", -1);
  for (guint i = 0; pairs[i] != NULL && *pairs[i] != '\0'; i++)
    {
      g_auto (GStrv) pair = g_strsplit (pairs[i], "=", 2);

      csvc_facts_set_text (facts, pair[0], pair[1]);
    }
  return facts;
}

static CsvcStamp
stamp_at (CsvcTime at, const char *key)
{
  return (CsvcStamp){ .at = at, .actor = "li", .role = "agent", .unit = "east", .key = key };
}

/* Commands that must not fail. */

static CsvcAnswer
open_with (CsvcEngine *on, const char *kind, const char *id, const char *customer, const char *facts_text, CsvcTime at)
{
  g_autoptr (CsvcFacts) facts = facts_of (facts_text);
  g_autoptr (GError) error = NULL;
  const CsvcStamp stamp = stamp_at (at, NULL);
  CsvcAnswer answer = csvc_engine_open (on, kind, id, customer, facts, &stamp, NULL, &error);

  csvc_assert_no_error (error);
  return answer;
}

static void
open_case (const char *id, CsvcTime at)
{
  CU_ASSERT_EQUAL (open_with (engine, "complaint", id, NULL, "window=hotline", at), CSVC_ANSWER_ACCEPTED);
}

static CsvcAnswer
fire_with (CsvcEngine *on, const char *id, const char *event, const char *params_text, CsvcTime at, const char *key,
           CsvcEffects *effects)
{
  g_autoptr (CsvcFacts) params = facts_of (params_text);
  g_autoptr (GError) error = NULL;
  const CsvcStamp stamp = stamp_at (at, key);
  CsvcAnswer answer = csvc_engine_fire (on, id, event, params, &stamp, effects, &error);

  csvc_assert_no_error (error);
  return answer;
}

static CsvcAnswer
fire (const char *id, const char *event, CsvcTime at)
{
  return fire_with (engine, id, event, NULL, at, NULL, NULL);
}

static void
put_customer (const char *id, const char *facts_text, CsvcTime at)
{
  g_autoptr (CsvcFacts) facts = facts_of (facts_text);
  g_autoptr (GError) error = NULL;
  const CsvcStamp stamp = stamp_at (at, NULL);

  CU_ASSERT_EQUAL (csvc_engine_put_customer (engine, id, facts, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
}

static guint
advance (CsvcTime now, guint max, CsvcEffects *effects)
{
  g_autoptr (GError) error = NULL;
  guint n_done = 0;

  CU_ASSERT_TRUE (csvc_engine_advance (engine, now, max, &n_done, effects, &error));
  csvc_assert_no_error (error);
  return n_done;
}

static void
check_verifies (CsvcEngine *on, gint64 streams)
{
  g_autoptr (GError) error = NULL;
  gint64 n_streams = -1, n_entries = -1;

  CU_ASSERT_TRUE (csvc_engine_verify (on, &n_streams, &n_entries, &error));
  csvc_assert_no_error (error);
  CSVC_ASSERT_INT (n_streams, streams);
}

static guint
count_entries (CsvcEngine *on)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcJournal) journal = csvc_engine_follow (on, NULL, 1000000, &error);

  csvc_assert_no_error (error);
  return journal != NULL ? csvc_journal_get_size (journal) : 0;
}

static char *
case_json (CsvcEngine *on, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcCase) loaded = csvc_engine_get_case (on, id, &error);

  csvc_assert_no_error (error);
  return loaded != NULL ? csvc_case_to_json (loaded) : g_strdup ("");
}

static void
check_state (const char *id, const char *states)
{
  g_autoptr (CsvcCase) loaded = csvc_engine_get_case (engine, id, NULL);
  g_autofree char *active = loaded != NULL ? csvc_case_dup_states (loaded) : NULL;

  CSVC_ASSERT_STRING (active, states);
}

static gboolean
is_there (const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcCase) loaded = csvc_engine_get_case (engine, id, &error);

  if (loaded == NULL)
    csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, id);
  return loaded != NULL;
}

/* ---- The same as the pure machine ---- */

static const char *const events[] = { "replied", "asked", "answered", "told",    "rated",  "promise_made", "favour",
                                      "reopen",  "moved", "dropped",  "told",    "reopen", "withdraw" };

static const char *
params_for (GRand *random, const char *event)
{
  if (strcmp (event, "rated") == 0)
    return g_rand_boolean (random) ? "score=5" : "score=1";
  if (strcmp (event, "moved") == 0)
    return g_rand_boolean (random) ? "window=hall" : "window=hotline";
  if (strcmp (event, "promise_made") == 0)
    return g_rand_boolean (random) ? "promised=2026-03-05T10:00:00" : "promised=2026-03-09T10:00:00Z";
  return NULL;
}

static void
check_same (const CsvcCase *pure, const CsvcEffects *expected, const CsvcEffects *effects)
{
  g_autofree char *wanted = csvc_effects_to_json (expected), *got = csvc_effects_to_json (effects);
  g_autofree char *state = csvc_case_to_json (pure), *stored = case_json (engine, csvc_case_get_id (pure));

  g_autoptr (CsvcCase) loaded = csvc_engine_get_case (engine, csvc_case_get_id (pure), NULL);

  CSVC_ASSERT_STRING (got, wanted);
  CSVC_ASSERT_STRING (stored, state);
  if (loaded != NULL)
    CSVC_ASSERT_INT (csvc_case_get_next_wake (loaded), csvc_case_get_next_wake (pure));
}

/* One random command, given to the case in memory and to the engine. */
static void
play_step (GRand *random, CsvcCase *pure, CsvcCustomer *customer, CsvcTime at)
{
  g_autoptr (CsvcEffects) expected = csvc_effects_new (), effects = csvc_effects_new ();
  const char *event = events[g_rand_int_range (random, 0, G_N_ELEMENTS (events))];
  g_autoptr (CsvcFacts) params = facts_of (params_for (random, event));
  g_autoptr (GError) error = NULL;
  CsvcStamp stamp = stamp_at (at, NULL);

  if (g_rand_int_range (random, 0, 4) == 0)
    {
      CU_ASSERT_TRUE (csvc_case_advance (pure, customer, at, expected, &error));
      CU_ASSERT_TRUE (csvc_engine_advance_case (engine, csvc_case_get_id (pure), at, effects, &error));
    }
  else
    {
      if (g_rand_int_range (random, 0, 5) == 0)
        stamp.occurred = at - CSVC_HOUR;
      CU_ASSERT_EQUAL (csvc_engine_fire (engine, csvc_case_get_id (pure), event, params, &stamp, effects, &error),
                       csvc_case_fire (pure, customer, event, params, &stamp, expected, NULL));
    }
  csvc_assert_no_error (error);
  check_same (pure, expected, effects);
}

static void
play (GRand *random, guint number)
{
  g_autofree char *id = g_strdup_printf ("C-%u", number), *owner = g_strdup_printf ("86-%u", number);
  g_autoptr (CsvcCustomer) customer = csvc_customer_new (policy, owner, NULL);
  g_autoptr (CsvcFacts) about = facts_of ("arpu=120 segment=firm phone=555"), facts = facts_of ("window=hall");
  g_autoptr (CsvcEffects) expected = csvc_effects_new (), effects = csvc_effects_new ();
  g_autoptr (CsvcCase) pure = NULL;
  g_autoptr (GError) error = NULL;
  CsvcTime at = NOON;
  const CsvcStamp stamp = stamp_at (at, NULL);

  put_customer (owner, "arpu=120 segment=firm phone=555", at);
  CU_ASSERT_TRUE (csvc_customer_put (customer, about, at, NULL, &error));
  csvc_case_open (policy, "complaint", id, customer, facts, &stamp, expected, &pure, &error);
  csvc_engine_open (engine, "complaint", id, owner, facts, &stamp, effects, &error);
  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (pure);
  check_same (pure, expected, effects);
  for (guint step = 0; step < 25; step++)
    {
      at += g_rand_int_range (random, 0, 5) == 0 ? 3 * CSVC_DAY : g_rand_int_range (random, 0, 4) * CSVC_HOUR;
      play_step (random, pure, customer, at);
    }
}

static void
runs_like_the_machine (void)
{
  GRand *random = csvc_test_random (2);
  const guint n = 15 * csvc_test_scale ();

  for (guint i = 0; i < n; i++)
    play (random, i);
  check_verifies (engine, 2 * n);
}

static void
keeps_all_in_the_file (void)
{
  g_autofree char *before = NULL, *after = NULL;
  CsvcTime wake = 0, wake_after = 0;
  guint entries;

  open_case ("1", NOON);
  CU_ASSERT_EQUAL (fire ("1", "asked", NOON + CSVC_HOUR), CSVC_ANSWER_ACCEPTED);
  before = case_json (engine, "1");
  entries = count_entries (engine);
  CU_ASSERT_TRUE (csvc_engine_get_next_wake (engine, &wake, NULL));
  g_clear_pointer (&engine, csvc_engine_free);
  if (is_sqlite)
    {
      g_clear_pointer (&store, csvc_store_unref);
      store = open_store ("cases.db");
    }
  engine = new_engine (store, policy);
  after = case_json (engine, "1");
  CSVC_ASSERT_STRING (after, before);
  CSVC_ASSERT_UINT (count_entries (engine), entries);
  CU_ASSERT_TRUE (csvc_engine_get_next_wake (engine, &wake_after, NULL));
  CSVC_ASSERT_INT (wake_after, wake);
  CU_ASSERT_EQUAL (fire ("1", "answered", NOON + 2 * CSVC_HOUR), CSVC_ANSWER_ACCEPTED);
  check_verifies (engine, 1);
}

/* ---- The same command again ---- */

static void
repeats_a_key_without_doing (void)
{
  g_autoptr (CsvcEffects) first = csvc_effects_new (), second = csvc_effects_new ();
  g_autofree char *wanted = NULL, *got = NULL;
  guint entries;

  open_case ("1", NOON);
  CU_ASSERT_EQUAL (fire_with (engine, "1", "asked", NULL, NOON + 1, "k1", first), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (fire ("1", "answered", NOON + 2), CSVC_ANSWER_ACCEPTED);
  entries = count_entries (engine);
  /* At another hour, as a host does that tries again. */
  CU_ASSERT_EQUAL (fire_with (engine, "1", "asked", NULL, NOON + 9, "k1", second), CSVC_ANSWER_ACCEPTED);
  wanted = csvc_effects_to_json (first);
  got = csvc_effects_to_json (second);
  CSVC_ASSERT_STRING (got, wanted);
  CSVC_ASSERT_UINT (count_entries (engine), entries);
  check_state ("1", "work");
  /* A key belongs to its case, and a refused command leaves it free. */
  open_case ("2", NOON);
  CU_ASSERT_EQUAL (fire_with (engine, "2", "answered", NULL, NOON + 1, "k1", NULL), CSVC_ANSWER_REFUSED_STATE);
  CU_ASSERT_EQUAL (fire_with (engine, "2", "asked", NULL, NOON + 1, "k1", NULL), CSVC_ANSWER_ACCEPTED);
}

static void
repeats_a_key_in_one_transaction (void)
{
  g_autoptr (CsvcEffects) first = csvc_effects_new (), second = csvc_effects_new ();
  g_autofree char *wanted = NULL, *got = NULL;

  CU_ASSERT_TRUE_FATAL (csvc_engine_begin (engine, NULL));
  open_case ("1", NOON);
  open_case ("1", NOON);
  CU_ASSERT_EQUAL (fire_with (engine, "1", "asked", NULL, NOON + 1, "k", first), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (fire_with (engine, "1", "asked", NULL, NOON + 1, "k", second), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_TRUE (csvc_engine_commit (engine, NULL));
  wanted = csvc_effects_to_json (first);
  got = csvc_effects_to_json (second);
  CSVC_ASSERT_STRING (got, wanted);
  CSVC_ASSERT_UINT (count_entries (engine), 2);
}

static void
refuses_a_key_with_other_content (void)
{
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (GError) error = NULL;
  const CsvcStamp stamp = stamp_at (NOON + 2, "k");

  open_case ("1", NOON);
  CU_ASSERT_EQUAL (fire_with (engine, "1", "asked", NULL, NOON + 1, "k", NULL), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (csvc_engine_fire (engine, "1", "answered", NULL, &stamp, effects, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_CONFLICT, "case 1");
  CSVC_ASSERT_UINT (csvc_effects_get_size (effects), 0);
  check_state ("1", "waiting");
}

static void
opens_a_case_once (void)
{
  g_autoptr (CsvcFacts) facts = facts_of ("window=hall");
  g_autoptr (CsvcEffects) first = csvc_effects_new (), second = csvc_effects_new ();
  g_autofree char *wanted = NULL, *got = NULL;
  g_autoptr (GError) error = NULL;
  CsvcStamp stamp = stamp_at (NOON, NULL);

  CU_ASSERT_EQUAL (csvc_engine_open (engine, "complaint", "1", NULL, facts, &stamp, first, NULL), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (fire ("1", "asked", NOON + 5), CSVC_ANSWER_ACCEPTED);
  stamp.at += CSVC_HOUR;
  CU_ASSERT_EQUAL (csvc_engine_open (engine, "complaint", "1", NULL, facts, &stamp, second, NULL), CSVC_ANSWER_ACCEPTED);
  wanted = csvc_effects_to_json (first);
  got = csvc_effects_to_json (second);
  CSVC_ASSERT_STRING (got, wanted);
  CSVC_ASSERT_UINT (count_entries (engine), 2);
  CU_ASSERT_EQUAL (csvc_engine_open (engine, "complaint", "1", "86", facts, &stamp, second, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_EXISTS, "case 1 is there already");
}

/* ---- Transactions ---- */

static void
joins_commands (void)
{
  g_autoptr (CsvcJournal) journal = NULL;

  CU_ASSERT_TRUE_FATAL (csvc_engine_begin (engine, NULL));
  put_customer ("86", "arpu=150 segment=firm phone=1", NOON);
  CU_ASSERT_EQUAL (open_with (engine, "complaint", "1", "86", "window=hall", NOON), CSVC_ANSWER_ACCEPTED);
  check_state ("1", "work");
  put_customer ("86", "arpu=20", NOON + 1);
  CU_ASSERT_EQUAL (fire ("1", "favour", NOON + 2), CSVC_ANSWER_REFUSED_CONDITION);
  put_customer ("86", "arpu=200", NOON + 3);
  CU_ASSERT_EQUAL (fire ("1", "favour", NOON + 4), CSVC_ANSWER_ACCEPTED);
  CSVC_ASSERT_UINT (count_entries (engine), 0);
  CU_ASSERT_TRUE (csvc_engine_commit (engine, NULL));
  journal = csvc_engine_follow (engine, NULL, 100, NULL);
  CSVC_ASSERT_UINT (csvc_journal_get_size (journal), 5);
  CSVC_ASSERT_STRING (csvc_journal_entry_get_id (csvc_journal_get (journal, 4)), "1.4");
  check_state ("1", "solved");
  check_verifies (engine, 2);
}

static void
rolls_back (void)
{
  g_autofree char *before = NULL, *after = NULL;

  open_case ("1", NOON);
  before = case_json (engine, "1");
  CU_ASSERT_TRUE_FATAL (csvc_engine_begin (engine, NULL));
  CU_ASSERT_EQUAL (fire ("1", "asked", NOON + CSVC_DAY), CSVC_ANSWER_ACCEPTED);
  open_case ("2", NOON);
  CU_ASSERT_TRUE (is_there ("2"));
  csvc_engine_rollback (engine);
  after = case_json (engine, "1");
  CSVC_ASSERT_STRING (after, before);
  CU_ASSERT_FALSE (is_there ("2"));
  CSVC_ASSERT_UINT (count_entries (engine), 1);
  CU_ASSERT_EQUAL (fire ("1", "asked", NOON + 1), CSVC_ANSWER_ACCEPTED);
  check_verifies (engine, 1);
}

static void
explains_a_refusal (void)
{
  g_autoptr (CsvcRefusal) refusal = NULL, other = NULL;
  g_autoptr (GError) error = NULL;
  const CsvcStamp stamp = stamp_at (NOON + CSVC_DAY, NULL);

  put_customer ("86", "arpu=10 segment=firm phone=1", NOON);
  CU_ASSERT_EQUAL (open_with (engine, "complaint", "1", "86", "window=hall", NOON), CSVC_ANSWER_ACCEPTED);
  refusal = csvc_engine_explain_refusal (engine, "1", "favour", NULL, &stamp, &error);
  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (refusal);
  CU_ASSERT_EQUAL (csvc_refusal_get_answer (refusal), CSVC_ANSWER_REFUSED_CONDITION);
  CU_ASSERT_PTR_NULL (csvc_engine_explain_refusal (engine, "1", "asked", NULL, &stamp, &error));
  csvc_assert_no_error (error);
  CSVC_ASSERT_UINT (count_entries (engine), 2);
  other = csvc_engine_explain_refusal (engine, "none", "asked", NULL, &stamp, &error);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "none");
}

static void
writes_only_the_advance_of_a_refusal (void)
{
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (CsvcJournal) journal = NULL;

  open_case ("1", NOON);
  CU_ASSERT_EQUAL (fire_with (engine, "1", "answered", NULL, NOON + CSVC_HOUR, NULL, effects), CSVC_ANSWER_REFUSED_STATE);
  CSVC_ASSERT_UINT (csvc_effects_get_size (effects), 0);
  CSVC_ASSERT_UINT (count_entries (engine), 1);
  CU_ASSERT_EQUAL (fire_with (engine, "1", "answered", NULL, NOON + CSVC_DAY, NULL, effects), CSVC_ANSWER_REFUSED_STATE);
  CU_ASSERT_TRUE (csvc_effects_get_size (effects) > 0);
  journal = csvc_engine_follow (engine, NULL, 100, NULL);
  CSVC_ASSERT_UINT (csvc_journal_get_size (journal), 2);
  CU_ASSERT_EQUAL (csvc_journal_entry_get_command (csvc_journal_get (journal, 1)), CSVC_COMMAND_ADVANCE);
  CSVC_ASSERT_INT (csvc_journal_entry_get_recorded_at (csvc_journal_get (journal, 1)), NOON + CSVC_DAY);
  CU_ASSERT_TRUE (csvc_journal_entry_get_at (csvc_journal_get (journal, 1)) < NOON + CSVC_DAY);
}

static void
goes_on_after_an_error (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcFacts) facts = facts_of ("window=garage");
  const CsvcStamp stamp = stamp_at (NOON, NULL), bad = { .at = CSVC_NEVER };

  CU_ASSERT_TRUE_FATAL (csvc_engine_begin (engine, NULL));
  open_case ("1", NOON);
  CU_ASSERT_EQUAL (csvc_engine_fire (engine, "1", "no_such", NULL, &stamp, NULL, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "no_such");
  g_clear_error (&error);
  CU_ASSERT_EQUAL (csvc_engine_fire (engine, "none", "asked", NULL, &stamp, NULL, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "there is no case none");
  g_clear_error (&error);
  CU_ASSERT_EQUAL (csvc_engine_open (engine, "complaint", "2", NULL, facts, &stamp, NULL, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "garage");
  g_clear_error (&error);
  CU_ASSERT_EQUAL (csvc_engine_fire (engine, "1", "asked", NULL, &bad, NULL, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "stamp");
  CU_ASSERT_EQUAL (fire ("1", "asked", NOON + 1), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_TRUE (csvc_engine_commit (engine, NULL));
  check_state ("1", "waiting");
  CU_ASSERT_FALSE (is_there ("2"));
  check_verifies (engine, 1);
}

static void
loses_a_transaction_with_the_store (void)
{
  g_autoptr (CsvcStore) faulty = _csvc_store_new_faulty (csvc_store_ref (store), 0, CSVC_FAULT_FAIL);
  g_autoptr (CsvcEngine) on = new_engine (faulty, policy);
  g_autoptr (GError) error = NULL;
  const CsvcStamp stamp = stamp_at (NOON + 1, NULL);

  CU_ASSERT_TRUE_FATAL (csvc_engine_begin (on, NULL));
  CU_ASSERT_EQUAL (open_with (on, "complaint", "1", NULL, "window=hall", NOON), CSVC_ANSWER_ACCEPTED);
  _csvc_faulty_arm (faulty, 1, CSVC_FAULT_FAIL);
  CU_ASSERT_EQUAL (csvc_engine_fire (on, "1", "asked", NULL, &stamp, NULL, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_IO, NULL);
  g_clear_error (&error);
  CU_ASSERT_EQUAL (csvc_engine_fire (on, "1", "asked", NULL, &stamp, NULL, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_IO, NULL);
  g_clear_error (&error);
  CU_ASSERT_FALSE (csvc_engine_commit (on, &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_IO, NULL);
  CU_ASSERT_FALSE (is_there ("1"));
  CU_ASSERT_EQUAL (open_with (on, "complaint", "1", NULL, "window=hall", NOON), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_TRUE (is_there ("1"));
}

/* ---- Faults ---- */

static gboolean
is_done (CsvcAnswer answer, GError **error)
{
  gboolean done = answer == CSVC_ANSWER_ACCEPTED;

  if (!done)
    CU_ASSERT_PTR_NOT_NULL (*error);
  g_clear_error (error);
  return done;
}

#define N_SCRIPT 7

/* Step @i of a small script; a host's command with its key. FALSE: it has to be tried again. */
static gboolean
do_step (CsvcEngine *on, guint i)
{
  g_autoptr (CsvcFacts) about = facts_of ("arpu=150 segment=firm phone=1"), facts = facts_of ("window=hall"), score = facts_of ("score=5");
  const CsvcStamp first = stamp_at (NOON, "first"), second = stamp_at (NOON + CSVC_DAY, "second"),
                  third = stamp_at (NOON + 2 * CSVC_DAY, "third");
  g_autoptr (GError) error = NULL;

  switch (i)
    {
    case 0:
      return is_done (csvc_engine_put_customer (on, "86", about, &first, NULL, &error), &error);
    case 1:
      return is_done (csvc_engine_open (on, "complaint", "1", "86", facts, &first, NULL, &error), &error);
    case 2:
      return is_done (csvc_engine_open (on, "complaint", "2", NULL, facts, &first, NULL, &error), &error);
    case 3:
      return csvc_engine_advance (on, NOON + 5 * CSVC_HOUR, 0, NULL, NULL, &error);
    case 4:
      return is_done (csvc_engine_fire (on, "1", "favour", NULL, &second, NULL, &error), &error);
    case 5:
      return is_done (csvc_engine_fire (on, "1", "rated", score, &third, NULL, &error), &error);
    default:
      return csvc_engine_advance (on, NOON + 9 * CSVC_DAY, 0, NULL, NULL, &error);
    }
}

/* The script with the n-th call to the store going wrong; each step is tried again until it is done. TRUE: there was no n-th call. */
static gboolean
run_script (guint fault, CsvcFaultMode mode, char **one, char **two, guint *entries)
{
  g_autofree char *name = g_strdup_printf ("fault-%u-%u.db", mode, fault);
  g_autoptr (CsvcStore) faulty = _csvc_store_new_faulty (open_store (name), 0, mode);
  g_autoptr (CsvcEngine) on = new_engine (faulty, policy);
  gboolean clean;

  _csvc_faulty_arm (faulty, fault, mode);
  for (guint i = 0; i < N_SCRIPT; i++)
    for (guint tries = 0; !do_step (on, i); tries++)
      CU_ASSERT_TRUE_FATAL (tries < 3);
  clean = _csvc_faulty_get_n_calls (faulty) < fault || fault == 0;
  _csvc_faulty_arm (faulty, 0, mode);
  *one = case_json (on, "1");
  *two = case_json (on, "2");
  *entries = count_entries (on);
  check_verifies (on, 3);
  return clean;
}

static void
survives_every_fault (void)
{
  static const CsvcFaultMode modes[] = { CSVC_FAULT_FAIL, CSVC_FAULT_CONFLICT, CSVC_FAULT_DOUBT };
  g_autofree char *one = NULL, *two = NULL;
  guint entries;

  run_script (0, CSVC_FAULT_FAIL, &one, &two, &entries);
  for (guint m = 0; m < G_N_ELEMENTS (modes); m++)
    {
      gboolean clean = FALSE;
      guint n = 1;

      for (; !clean; n++)
        {
          g_autofree char *one_again = NULL, *two_again = NULL;
          guint entries_again;

          clean = run_script (n, modes[m], &one_again, &two_again, &entries_again);
          CSVC_ASSERT_TRUE (strcmp (one, one_again) == 0, "case 1 differs with fault %u in call %u", m, n);
          CSVC_ASSERT_TRUE (strcmp (two, two_again) == 0, "case 2 differs with fault %u in call %u", m, n);
          CSVC_ASSERT_TRUE (entries == entries_again, "%u entries instead of %u with fault %u in call %u", entries_again, entries, m, n);
        }
      CSVC_ASSERT_TRUE (n > 30, "only %u calls were tried", n);
    }
}

static void
retries_when_somebody_was_faster (void)
{
  g_autoptr (CsvcStore) faulty = _csvc_store_new_faulty (csvc_store_ref (store), 0, CSVC_FAULT_CONFLICT);
  g_autoptr (CsvcEngine) on = new_engine (faulty, policy);
  guint n_calls;

  CU_ASSERT_EQUAL (open_with (on, "complaint", "1", NULL, "window=hall", NOON), CSVC_ANSWER_ACCEPTED);
  _csvc_faulty_arm (faulty, 0, CSVC_FAULT_CONFLICT);
  CU_ASSERT_EQUAL (fire_with (on, "1", "asked", NULL, NOON + 1, NULL, NULL), CSVC_ANSWER_ACCEPTED);
  n_calls = _csvc_faulty_get_n_calls (faulty);
  /* The last call but one puts: begin, load, put, end. */
  _csvc_faulty_arm (faulty, n_calls - 1, CSVC_FAULT_CONFLICT);
  CU_ASSERT_EQUAL (fire_with (on, "1", "answered", NULL, NOON + 2, NULL, NULL), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_TRUE (_csvc_faulty_get_n_calls (faulty) > n_calls);
  check_state ("1", "work");
  CSVC_ASSERT_UINT (count_entries (engine), 3);
}

/* ---- Verifying ---- */

static CsvcTime
next_wake (void)
{
  g_autoptr (GError) error = NULL;
  CsvcTime wake = 0;

  CU_ASSERT_TRUE (csvc_engine_get_next_wake (engine, &wake, &error));
  csvc_assert_no_error (error);
  return wake;
}

/* Writes another state of case "1" behind the engine's back, with an entry that tells no effects. */
static void
tamper (const char *state_of, CsvcTime due)
{
  CsvcTx *tx = _csvc_store_begin (store, CSVC_TX_WRITE, NULL);
  g_auto (CsvcHead) head = { 0 }, other = { 0 };
  CsvcEntry entry = { .type = CSVC_COMMAND_ADVANCE, .codec = 1 };
  g_autoptr (GError) error = NULL;
  CsvcChange change = { .head = &head, .entries = &entry, .n_entries = 1 };

  CU_ASSERT_TRUE_FATAL (_csvc_tx_load (tx, CSVC_STREAM_CASE, "1", &head, NULL));
  CU_ASSERT_TRUE_FATAL (_csvc_tx_load (tx, CSVC_STREAM_CASE, state_of, &other, NULL));
  change.base_version = head.version;
  entry.version = ++head.version;
  entry.at = head.at;
  /* occurred = at, seven absent texts, no policy, no facts, no effects */
  entry.data = g_bytes_new_static ("\x01\0\0\0\0\0\0\0\0\0\0\0", 12);
  g_bytes_unref (head.state);
  head.state = g_bytes_ref (other.state);
  head.due = due;
  CU_ASSERT_TRUE (_csvc_tx_put (tx, &change, 1, &error));
  csvc_assert_no_error (error);
  CU_ASSERT_TRUE (_csvc_tx_end (tx, TRUE, &error));
  g_bytes_unref (entry.data);
}

static void
verifies_and_names_the_bad_one (void)
{
  g_autoptr (GError) error = NULL;
  gint64 n_streams = -1;

  open_case ("1", NOON);
  open_case ("2", NOON);
  check_verifies (engine, 2);
  tamper ("1", next_wake () - 1);
  check_verifies (engine, 2);
  tamper ("2", next_wake () - 1);
  CU_ASSERT_FALSE (csvc_engine_verify (engine, &n_streams, NULL, &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "case 1: the stored state");
  CSVC_ASSERT_INT (n_streams, -1);
}

/* ---- Two threads ---- */

typedef struct {
  const char *name;
  guint       accepted, failed;
} Worker;

static gpointer
work (gpointer data)
{
  Worker *worker = data;
  g_autoptr (CsvcEngine) own = csvc_engine_new (store, policy, NULL);

  for (guint i = 0; own != NULL && i < 40; i++)
    {
      g_autofree char *key = g_strdup_printf ("%s-%u", worker->name, i);
      const CsvcStamp stamp = stamp_at (NOON + 1, key);
      CsvcAnswer answer = csvc_engine_fire (own, "1", i % 2 == 0 ? "asked" : "answered", NULL, &stamp, NULL, NULL);

      worker->accepted += answer == CSVC_ANSWER_ACCEPTED;
      worker->failed += answer == CSVC_ANSWER_FAILED;
    }
  return NULL;
}

static void
serves_engines_of_two_threads (void)
{
  Worker workers[2] = { { "a", 0, 0 }, { "b", 0, 0 } };
  GThread *threads[2];

  open_case ("1", NOON);
  for (guint i = 0; i < 2; i++)
    threads[i] = g_thread_new (workers[i].name, work, &workers[i]);
  for (guint i = 0; i < 2; i++)
    g_thread_join (threads[i]);
  CSVC_ASSERT_UINT (workers[0].failed + workers[1].failed, 0);
  CSVC_ASSERT_UINT (count_entries (engine), 1 + workers[0].accepted + workers[1].accepted);
  CU_ASSERT_TRUE (workers[0].accepted > 0 && workers[1].accepted > 0);
  check_verifies (engine, 1);
}

/* ---- Deadlines ---- */

static void
advances_in_the_order_of_deadlines (void)
{
  GRand *random = csvc_test_random (3);
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (CsvcJournal) journal = NULL;
  CsvcTime last = CSVC_TIME_MIN;
  guint steps = 0, alarms = 0;

  CU_ASSERT_TRUE_FATAL (csvc_engine_begin (engine, NULL));
  for (guint i = 0; i < 250; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i);

      open_case (id, NOON + g_rand_int_range (random, 0, 3600) * CSVC_SECOND);
    }
  CU_ASSERT_TRUE_FATAL (csvc_engine_commit (engine, NULL));
  CSVC_ASSERT_UINT (advance (NOON + CSVC_HOUR, 0, effects), 0);
  steps = advance (NOON + CSVC_DAY, 7, effects);
  CSVC_ASSERT_UINT (steps, 7);
  steps += advance (NOON + CSVC_DAY, 0, effects);
  CSVC_ASSERT_UINT (advance (NOON + CSVC_DAY, 0, effects), 0);
  CSVC_ASSERT_UINT (steps, 500); /* "soon" and "due" of each reply */
  journal = csvc_engine_follow (engine, NULL, 10000, NULL);
  CSVC_ASSERT_UINT (csvc_journal_get_size (journal), 250 + 500);
  for (guint i = 250; i < csvc_journal_get_size (journal); i++)
    {
      CsvcTime at = csvc_journal_entry_get_at (csvc_journal_get (journal, i));

      CSVC_ASSERT_TRUE (at >= last, "entry %u lies before the one before it", i);
      last = at;
    }
  for (guint i = 0; i < csvc_effects_get_size (effects); i++)
    alarms += csvc_effect_get_type (csvc_effects_get (effects, i)) == CSVC_EFFECT_ALARM;
  CSVC_ASSERT_UINT (alarms, 500);
  check_verifies (engine, 250);
}

static void
advances_past_a_case_that_fails (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcCase) good = NULL;
  guint n_done = 0;

  CU_ASSERT_EQUAL (open_with (engine, "loop", "bad", NULL, "go=true", NOON), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (open_with (engine, "loop", "fine", NULL, "go=false", NOON), CSVC_ANSWER_ACCEPTED);
  open_case ("1", NOON + CSVC_HOUR);
  CU_ASSERT_FALSE (csvc_engine_advance (engine, NOON + CSVC_DAY, 0, &n_done, NULL, &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_LIFECYCLE, "case bad");
  CSVC_ASSERT_UINT (n_done, 3);
  check_state ("fine", "left");
  check_state ("bad", "rest");
  good = csvc_engine_get_case (engine, "1", NULL);
  CU_ASSERT_EQUAL (csvc_cycle_get_verdict (csvc_case_get_cycle (good, 0)), CSVC_VERDICT_MISSED);
  check_verifies (engine, 3);
}

/* A row that somebody edited is due for ever; the others are done all the same. */
static void
stops_at_a_deadline_that_is_none (void)
{
  g_autoptr (GError) error = NULL;
  guint n_done = 0;

  open_case ("1", NOON);
  CU_ASSERT_EQUAL (fire_with (engine, "1", "withdraw", NULL, NOON, NULL, NULL), CSVC_ANSWER_ACCEPTED);
  open_case ("2", NOON);
  tamper ("1", NOON);
  CU_ASSERT_FALSE (csvc_engine_advance (engine, NOON + 3 * CSVC_HOUR + 1, 0, &n_done, NULL, &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "case 1: its row names another deadline");
  CSVC_ASSERT_UINT (n_done, 2);
}

static void
says_when_to_wake (void)
{
  const CsvcTime soon = NOON + 3 * CSVC_HOUR * 3 / 4, due = NOON + 3 * CSVC_HOUR;

  CSVC_ASSERT_INT (next_wake (), CSVC_NEVER);
  open_case ("1", NOON);
  CSVC_ASSERT_INT (next_wake (), soon + 1);
  CSVC_ASSERT_UINT (advance (soon, 0, NULL), 0);
  CSVC_ASSERT_UINT (advance (soon + 1, 0, NULL), 1);
  CSVC_ASSERT_INT (next_wake (), due + 1);
  CU_ASSERT_EQUAL (fire ("1", "replied", due), CSVC_ANSWER_ACCEPTED); /* at the due instant: in time */
  CSVC_ASSERT_INT (next_wake (), NOON + 24 * CSVC_HOUR + 1);
  CU_ASSERT_EQUAL (fire ("1", "withdraw", due), CSVC_ANSWER_ACCEPTED);
  CSVC_ASSERT_INT (next_wake (), CSVC_NEVER);
}

/* ---- Lists ---- */

static void
lists_what_is_due (void)
{
  g_autoptr (CsvcDueList) all = NULL, soon = NULL, second = NULL, none = NULL;
  CsvcDueFilter filter = CSVC_DUE_FILTER;
  const CsvcDueItem *item;

  open_case ("1", NOON);
  open_case ("2", NOON + CSVC_HOUR);
  CU_ASSERT_EQUAL (fire ("2", "asked", NOON + 2 * CSVC_HOUR), CSVC_ANSWER_ACCEPTED);
  all = csvc_engine_list_due (engine, &filter, NULL);
  CSVC_ASSERT_UINT (csvc_due_list_get_size (all), 4);
  item = csvc_due_list_get (all, 0);
  CSVC_ASSERT_STRING (csvc_due_item_get_case (item), "1");
  CSVC_ASSERT_STRING (csvc_due_item_get_clock (item), "reply");
  CSVC_ASSERT_STRING (csvc_due_item_get_kind (item), "complaint");
  CSVC_ASSERT_STRING (csvc_due_item_get_handler (item), "agent");
  CSVC_ASSERT_STRING (csvc_due_item_get_unit (item), "east");
  CSVC_ASSERT_UINT (csvc_due_item_get_level (item), 1);
  CSVC_ASSERT_UINT (csvc_due_item_get_cycle (item), 1);
  CU_ASSERT_EQUAL (csvc_due_item_get_state (item), CSVC_CYCLE_RUNNING);
  CSVC_ASSERT_INT (csvc_due_item_get_due (item), NOON + 3 * CSVC_HOUR);
  item = csvc_due_list_get (all, 3);
  CSVC_ASSERT_STRING (csvc_due_item_get_case (item), "2");
  CU_ASSERT_EQUAL (csvc_due_item_get_state (item), CSVC_CYCLE_PAUSED);
  CSVC_ASSERT_INT (csvc_due_item_get_due (item), CSVC_NEVER);
  CSVC_ASSERT_INT (csvc_due_item_get_projected (item), NOON + 73 * CSVC_HOUR);

  filter.to = NOON + 4 * CSVC_HOUR;
  soon = csvc_engine_list_due (engine, &filter, NULL);
  CSVC_ASSERT_UINT (csvc_due_list_get_size (soon), 1);
  filter.to = CSVC_NEVER;
  filter.limit = 1;
  filter.skip = 1;
  second = csvc_engine_list_due (engine, &filter, NULL);
  CSVC_ASSERT_UINT (csvc_due_list_get_size (second), 1);
  CSVC_ASSERT_STRING (csvc_due_item_get_case (csvc_due_list_get (second, 0)), "2");
  filter = CSVC_DUE_FILTER;
  filter.handler = "boss";
  none = csvc_engine_list_due (engine, &filter, NULL);
  CSVC_ASSERT_UINT (csvc_due_list_get_size (none), 0);
}

static guint
count_cases (CsvcCaseFilter filter)
{
  guint n = 0;

  do
    {
      g_autoptr (CsvcCaseList) page = csvc_engine_list_cases (engine, &filter, NULL);

      CU_ASSERT_PTR_NOT_NULL_FATAL (page);
      CU_ASSERT_TRUE (csvc_case_list_get_size (page) <= filter.limit);
      n += csvc_case_list_get_size (page);
      filter.after = csvc_case_list_get_next (page);
    }
  while (filter.after != 0);
  return n;
}

static void
lists_cases_page_by_page (void)
{
  g_autoptr (CsvcCaseList) page = NULL;
  CsvcCaseFilter filter = CSVC_CASE_FILTER;
  const CsvcCaseItem *item;

  CU_ASSERT_TRUE_FATAL (csvc_engine_begin (engine, NULL));
  for (guint i = 0; i < 23; i++)
    {
      g_autofree char *id = g_strdup_printf ("c%u", i);

      const char *customer = i % 2 == 0 ? "86" : NULL;
      CsvcAnswer answer = i % 4 == 0 ? open_with (engine, "loop", id, customer, NULL, NOON)
                                     : open_with (engine, "complaint", id, customer, "window=hall", NOON);

      CU_ASSERT_EQUAL (answer, CSVC_ANSWER_ACCEPTED);
    }
  CU_ASSERT_EQUAL (fire ("c1", "withdraw", NOON + 1), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_TRUE_FATAL (csvc_engine_commit (engine, NULL));
  filter.limit = 5;
  CSVC_ASSERT_UINT (count_cases (filter), 23);
  filter.open_only = TRUE;
  CSVC_ASSERT_UINT (count_cases (filter), 22);
  filter.kind = "loop";
  CSVC_ASSERT_UINT (count_cases (filter), 6);
  filter.kind = "complaint";
  filter.customer = "86";
  CSVC_ASSERT_UINT (count_cases (filter), 6);
  filter.handler = "agent";
  CSVC_ASSERT_UINT (count_cases (filter), 6);
  filter.handler = "boss";
  CSVC_ASSERT_UINT (count_cases (filter), 0);

  filter = CSVC_CASE_FILTER;
  page = csvc_engine_list_cases (engine, &filter, NULL);
  item = csvc_case_list_get (page, 1);
  CSVC_ASSERT_STRING (csvc_case_item_get_id (item), "c1");
  CSVC_ASSERT_STRING (csvc_case_item_get_kind (item), "complaint");
  CU_ASSERT_PTR_NULL (csvc_case_item_get_customer (item));
  CSVC_ASSERT_STRING (csvc_case_item_get_handler (item), "agent");
  CSVC_ASSERT_STRING (csvc_case_item_get_unit (item), "east");
  CSVC_ASSERT_UINT (csvc_case_item_get_level (item), 1);
  CU_ASSERT_FALSE (csvc_case_item_is_open (item));
  CSVC_ASSERT_INT (csvc_case_item_get_last_at (item), NOON + 1);
  CSVC_ASSERT_INT (csvc_case_item_get_next_wake (item), CSVC_NEVER);
}

/* ---- Policies ---- */

static void
keeps_old_policies (void)
{
  g_autoptr (CsvcPolicy) next = load_policy ("2", "<fact id='age' type='number'/>");
  g_autoptr (CsvcCase) old = NULL, new = NULL;
  g_autoptr (CsvcCustomer) customer = NULL;

  put_customer ("86", "arpu=150 segment=firm phone=1", NOON);
  CU_ASSERT_EQUAL (open_with (engine, "complaint", "old", "86", "window=hall", NOON), CSVC_ANSWER_ACCEPTED);
  csvc_engine_free (engine);
  engine = new_engine (store, next);
  put_customer ("86", "age=40", NOON + 1);
  CU_ASSERT_EQUAL (open_with (engine, "complaint", "new", "86", "window=hall", NOON + 2), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (fire ("old", "favour", NOON + 3), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (fire ("new", "favour", NOON + 3), CSVC_ANSWER_ACCEPTED);
  old = csvc_engine_get_case (engine, "old", NULL);
  new = csvc_engine_get_case (engine, "new", NULL);
  CSVC_ASSERT_STRING (csvc_policy_get_version (csvc_case_get_policy (old)), "1");
  CSVC_ASSERT_STRING (csvc_policy_get_version (csvc_case_get_policy (new)), "2");
  /* An engine of the old version keeps what it does not know. */
  csvc_engine_free (engine);
  engine = new_engine (store, policy);
  put_customer ("86", "arpu=10", NOON + 4);
  csvc_engine_free (engine);
  engine = new_engine (store, next);
  customer = csvc_engine_get_customer (engine, "86", NULL);
  CU_ASSERT_PTR_NOT_NULL_FATAL (customer);
  CU_ASSERT_PTR_NOT_NULL (csvc_customer_get_fact (customer, "age"));
  check_verifies (engine, 3);
}

static void
works_without_a_policy (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcCustomer) customer = NULL;
  const CsvcStamp stamp = stamp_at (NOON, NULL);

  put_customer ("86", "arpu=1", NOON);
  open_case ("1", NOON);
  csvc_engine_free (engine);
  engine = new_engine (store, NULL);
  CU_ASSERT_EQUAL (fire ("1", "asked", NOON + 1), CSVC_ANSWER_ACCEPTED);
  check_state ("1", "waiting");
  customer = csvc_engine_get_customer (engine, "86", &error);
  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL (customer);
  CU_ASSERT_EQUAL (csvc_engine_open (engine, "complaint", "2", NULL, NULL, &stamp, NULL, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "no policy");
}

/* ---- The rest ---- */

static void
opens_many (void)
{
  g_autoptr (CsvcFacts) facts = facts_of ("window=hall");
  CsvcOpening openings[3] = { { "complaint", "1", NULL, facts, CSVC_STAMP (NOON) },
                              { "complaint", "2", NULL, NULL, CSVC_STAMP (NOON) }, /* lacks the window */
                              { "complaint", "3", "86", facts, CSVC_STAMP (NOON) } };
  CsvcAnswer answers[3] = { CSVC_ANSWER_FAILED, CSVC_ANSWER_FAILED, CSVC_ANSWER_FAILED };
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (GError) error = NULL;

  openings[1].kind = "no_such";
  CU_ASSERT_FALSE (csvc_engine_open_many (engine, openings, 3, answers, effects, &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "opening 2 of 3");
  CU_ASSERT_FALSE (is_there ("1"));
  CSVC_ASSERT_UINT (csvc_effects_get_size (effects), 0);
  g_clear_error (&error);
  openings[1].kind = "complaint";
  CU_ASSERT_TRUE (csvc_engine_open_many (engine, openings, 3, answers, effects, &error));
  csvc_assert_no_error (error);
  CU_ASSERT_EQUAL (answers[0], CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (answers[1], CSVC_ANSWER_REFUSED_MISSING_FACT);
  CU_ASSERT_EQUAL (answers[2], CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_FALSE (is_there ("2"));
  check_verifies (engine, 2);
}

static void
tells_the_journal (void)
{
  g_autoptr (CsvcJournal) all = NULL, rest = NULL, only = NULL, none = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;
  const CsvcJournalEntry *entry;
  CsvcStamp stamp = stamp_at (NOON + CSVC_HOUR, "k");

  put_customer ("86", "arpu=150 segment=firm phone=555", NOON);
  CU_ASSERT_EQUAL (open_with (engine, "complaint", "1", "86", "window=hall", NOON), CSVC_ANSWER_ACCEPTED);
  open_case ("2", NOON);
  stamp.occurred = NOON + 1;
  stamp.reason = "he called";
  CU_ASSERT_EQUAL (csvc_engine_fire (engine, "1", "replied", NULL, &stamp, NULL, NULL), CSVC_ANSWER_ACCEPTED);
  all = csvc_engine_follow (engine, NULL, 100, NULL);
  CSVC_ASSERT_UINT (csvc_journal_get_size (all), 4);
  CU_ASSERT_TRUE (csvc_journal_entry_is_of_customer (csvc_journal_get (all, 0)));
  entry = csvc_journal_get (all, 3);
  CSVC_ASSERT_STRING (csvc_journal_entry_get_id (entry), "4.0");
  CSVC_ASSERT_STRING (csvc_journal_entry_get_stream (entry), "1");
  CSVC_ASSERT_INT (csvc_journal_entry_get_version (entry), 2);
  CU_ASSERT_EQUAL (csvc_journal_entry_get_command (entry), CSVC_COMMAND_FIRE);
  CSVC_ASSERT_STRING (csvc_journal_entry_get_name (entry), "replied");
  CSVC_ASSERT_INT (csvc_journal_entry_get_at (entry), NOON + CSVC_HOUR);
  CSVC_ASSERT_INT (csvc_journal_entry_get_occurred (entry), NOON + 1);
  CSVC_ASSERT_STRING (csvc_journal_entry_get_actor (entry), "li");
  CSVC_ASSERT_STRING (csvc_journal_entry_get_key (entry), "k");
  CSVC_ASSERT_STRING (csvc_journal_entry_get_policy (entry), csvc_policy_get_hash (policy));
  CU_ASSERT_PTR_NULL (csvc_journal_entry_get_params (entry));
  CU_ASSERT_PTR_NOT_NULL_FATAL (csvc_journal_entry_get_read (entry));
  CSVC_ASSERT_UINT (csvc_facts_get_size (csvc_journal_entry_get_read (entry)), 2);
  CU_ASSERT_PTR_NULL (csvc_facts_find (csvc_journal_entry_get_read (entry), "phone"));
  json = csvc_journal_entry_to_json (entry);
  CSVC_ASSERT_CONTAINS (json, "{\"id\":\"4.0\",\"stream-type\":\"case\",\"stream\":\"1\",\"version\":2,"
                              "\"at\":\"2026-03-03T13:00:00Z\",\"occurred\":\"2026-03-03T12:00:00.000001Z\","
                              "\"recorded-at\":\"2026-03-03T13:00:00Z\",\"command\":\"fire\",\"event\":\"replied\","
                              "\"actor\":\"li\",\"role\":\"agent\",\"unit\":\"east\",\"key\":\"k\",\"reason\":\"he called\"");
  CSVC_ASSERT_CONTAINS (json, "\"read\":{\"arpu\":150,\"segment\":\"firm\"},\"effects\":[{\"type\":\"clock-met\"");
  rest = csvc_engine_follow (engine, "2.0", 1, NULL);
  CSVC_ASSERT_UINT (csvc_journal_get_size (rest), 1);
  CSVC_ASSERT_STRING (csvc_journal_entry_get_id (csvc_journal_get (rest, 0)), "3.0");
  only = csvc_engine_follow_case (engine, "1", NULL, 100, NULL);
  CSVC_ASSERT_UINT (csvc_journal_get_size (only), 2);
  none = csvc_engine_follow (engine, "4.0", 100, NULL);
  CSVC_ASSERT_UINT (csvc_journal_get_size (none), 0);
  CU_ASSERT_PTR_NULL (csvc_engine_follow (engine, "later", 100, &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "later");
}

static void
reads_customers (void)
{
  g_autoptr (CsvcCustomer) customer = NULL;
  g_autoptr (CsvcFacts) wrong = facts_of ("arup=1"), again = facts_of ("arpu=150");
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (GError) error = NULL;
  const CsvcStamp early = stamp_at (NOON - 1, NULL), later = stamp_at (NOON + 1, NULL);
  gint64 arpu = 0;

  CU_ASSERT_PTR_NULL (csvc_engine_get_customer (engine, "86", &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "86");
  g_clear_error (&error);
  put_customer ("86", "arpu=150 segment=firm", NOON);
  CU_ASSERT_EQUAL (csvc_engine_put_customer (engine, "86", wrong, &later, effects, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "did you mean \"arpu\"?");
  CU_ASSERT_EQUAL (csvc_engine_put_customer (engine, "86", again, &early, effects, NULL), CSVC_ANSWER_REFUSED_TIME);
  CU_ASSERT_EQUAL (csvc_engine_put_customer (engine, "86", again, &later, effects, NULL), CSVC_ANSWER_ACCEPTED);
  CSVC_ASSERT_UINT (csvc_effects_get_size (effects), 0);
  CSVC_ASSERT_UINT (count_entries (engine), 1);
  customer = csvc_engine_get_customer (engine, "86", NULL);
  CU_ASSERT_PTR_NOT_NULL_FATAL (customer);
  CU_ASSERT_TRUE (csvc_value_get_integer (csvc_customer_get_fact (customer, "arpu"), &arpu));
  CSVC_ASSERT_INT (arpu, 150);
  CU_ASSERT_PTR_NULL (csvc_customer_get_fact (customer, "phone"));
}

/* ---- Texts without end ---- */

static void
refuses_what_could_not_be_read_again (void)
{
  const gsize most = 16 * 1024 * 1024;
  g_autofree char *text = g_strnfill (most + 1, 'x');
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  g_autoptr (GError) error = NULL;
  CsvcStamp stamp = stamp_at (NOON, NULL);

  csvc_facts_set_text (facts, "phone", text);
  CU_ASSERT_EQUAL (csvc_engine_put_customer (engine, "86", facts, &stamp, NULL, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "fact \"phone\": a text of more than 16 MiB");
  g_clear_error (&error);
  open_case ("1", NOON);
  stamp.reason = text;
  CU_ASSERT_EQUAL (csvc_engine_fire (engine, "1", "asked", NULL, &stamp, NULL, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "at most 16 MiB");
  g_clear_error (&error);

  text[most] = '\0';
  csvc_facts_set_text (facts, "phone", text);
  CU_ASSERT_EQUAL (csvc_engine_put_customer (engine, "86", facts, &stamp, NULL, NULL), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (csvc_engine_fire (engine, "1", "asked", NULL, &stamp, NULL, NULL), CSVC_ANSWER_ACCEPTED);
  check_verifies (engine, 2);
}
