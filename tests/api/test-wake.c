/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* An engine in a main loop: who hears of what, and when. */

#include "config.h"

#include "csvc-test.h"

#include <csvc/csvc.h>

static void tells_each_entry (void);
static void queues_what_a_listener_does (void);
static void removes_a_listener_while_telling (void);
static void tells_nothing_of_a_rollback (void);
static void tells_the_wake_once (void);
static void fires_from_the_loop (void);
static void outlives_its_engine (void);

static CU_TestInfo tests[] = {
  { "tells-each-entry", tells_each_entry },
  { "queues-what-a-listener-does", queues_what_a_listener_does },
  { "removes-a-listener-while-telling", removes_a_listener_while_telling },
  { "tells-nothing-of-a-rollback", tells_nothing_of_a_rollback },
  { "tells-the-wake-once", tells_the_wake_once },
  { "fires-from-the-loop", fires_from_the_loop },
  { "outlives-its-engine", outlives_its_engine },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_wake = { "wake", tests, NULL, NULL };

static const char policy_text[] =
  "<policy xmlns='urn:csvc:policy:1' id='desk' version='1' zone='Asia/Shanghai'>"
  "<roles><role id='agent'/></roles>"
  "<case id='question' initial='open'>"
  "<event id='answered' by='agent'/>"
  "<state id='open'>"
  "<clock id='reply' met-by='answered'><due in='PT4H'/><alarm id='due'><notify role='agent'/></alarm></clock>"
  "<transition event='answered' target='done'/></state>"
  "<final id='done'/></case></policy>";

#define MORNING (G_GINT64_CONSTANT (1772499600) * CSVC_SECOND) /* 2026-03-03T01:00:00Z */

static CsvcEngine *
new_engine (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_text (policy_text, -1, "desk.xml", NULL, &error);
  g_autoptr (CsvcStore) store = csvc_store_open ("memory:", &error);
  CsvcEngine *engine = policy != NULL && store != NULL ? csvc_engine_new (store, policy, &error) : NULL;

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (engine);
  return engine;
}

static void
open_question (CsvcEngine *engine, const char *id, CsvcTime at)
{
  const CsvcStamp stamp = CSVC_STAMP (at);
  g_autoptr (GError) error = NULL;

  CU_ASSERT_EQUAL (csvc_engine_open (engine, "question", id, NULL, NULL, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
}

static void
answer (CsvcEngine *engine, const char *id, CsvcTime at)
{
  CsvcStamp stamp = CSVC_STAMP (at);
  g_autoptr (GError) error = NULL;

  stamp.role = "agent";
  CU_ASSERT_EQUAL (csvc_engine_fire (engine, id, "answered", NULL, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
}

/* "open A; fire A; " */
static void
note (CsvcEngine *engine, const CsvcJournalEntry *entry, gpointer data)
{
  g_string_append_printf (data, "%s %s; ", csvc_command_type_to_string (csvc_journal_entry_get_command (entry)),
                          csvc_journal_entry_get_stream (entry));
}

static void
tells_each_entry (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ();
  g_autoptr (GString) heard = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  csvc_engine_add_listener (engine, note, heard, NULL);
  open_question (engine, "A", MORNING);
  CU_ASSERT_TRUE (csvc_engine_begin (engine, &error));
  open_question (engine, "B", MORNING);
  answer (engine, "A", MORNING + CSVC_HOUR);
  CU_ASSERT_STRING_EQUAL (heard->str, "open A; ");
  CU_ASSERT_TRUE (csvc_engine_commit (engine, &error));
  CU_ASSERT_TRUE (csvc_engine_advance (engine, MORNING + 5 * CSVC_HOUR, 0, NULL, NULL, &error));
  csvc_assert_no_error (error);
  CU_ASSERT_STRING_EQUAL (heard->str, "open A; open B; fire A; advance B; ");
}

/* Whoever opens A is visited by B. */
static void
open_another (CsvcEngine *engine, const CsvcJournalEntry *entry, gpointer data)
{
  note (engine, entry, data);
  if (g_str_equal (csvc_journal_entry_get_stream (entry), "A"))
    open_question (engine, "B", csvc_journal_entry_get_at (entry));
  g_string_append (data, "done; ");
}

static void
queues_what_a_listener_does (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ();
  g_autoptr (GString) heard = g_string_new (NULL);

  csvc_engine_add_listener (engine, open_another, heard, NULL);
  open_question (engine, "A", MORNING);
  CU_ASSERT_STRING_EQUAL (heard->str, "open A; done; open B; done; ");
}

typedef struct {
  guint    number, calls;
  gboolean destroyed;
} Once;

static void
hear_once (CsvcEngine *engine, const CsvcJournalEntry *entry, gpointer data)
{
  Once *once = data;

  once->calls++;
  csvc_engine_remove_listener (engine, once->number);
  CU_ASSERT_TRUE (once->destroyed);
}

static void
note_destroyed (gpointer data)
{
  ((Once *) data)->destroyed = TRUE;
}

static void
removes_a_listener_while_telling (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ();
  g_autoptr (GString) heard = g_string_new (NULL);
  Once once = { 0 }, never = { 0 };

  once.number = csvc_engine_add_listener (engine, hear_once, &once, note_destroyed);
  csvc_engine_add_listener (engine, note, heard, NULL);
  never.number = csvc_engine_add_listener (engine, hear_once, &never, note_destroyed);
  csvc_engine_remove_listener (engine, never.number);
  CU_ASSERT_TRUE (never.destroyed);
  open_question (engine, "A", MORNING);
  open_question (engine, "B", MORNING);
  CU_ASSERT_EQUAL (once.calls, 1);
  CU_ASSERT_EQUAL (never.calls, 0);
  CU_ASSERT_STRING_EQUAL (heard->str, "open A; open B; ");
}

static void
tells_nothing_of_a_rollback (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ();
  g_autoptr (GString) heard = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  csvc_engine_add_listener (engine, note, heard, NULL);
  CU_ASSERT_TRUE (csvc_engine_begin (engine, &error));
  open_question (engine, "A", MORNING);
  csvc_engine_rollback (engine);
  CU_ASSERT_STRING_EQUAL (heard->str, "");
  open_question (engine, "B", MORNING);
  CU_ASSERT_STRING_EQUAL (heard->str, "open B; ");
}

static void
note_wake (CsvcEngine *engine, CsvcTime wake, gpointer data)
{
  g_autofree char *text = wake != CSVC_NEVER ? csvc_time_to_string (wake) : g_strdup ("never");

  g_string_append_printf (data, "%s; ", text);
}

static void
tells_the_wake_once (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ();
  g_autoptr (GString) heard = g_string_new (NULL);

  csvc_engine_set_wake_func (engine, note_wake, heard, NULL);
  open_question (engine, "A", MORNING);
  open_question (engine, "B", MORNING + CSVC_MINUTE);
  answer (engine, "A", MORNING + CSVC_HOUR);
  answer (engine, "B", MORNING + CSVC_HOUR);
  CU_ASSERT_STRING_EQUAL (heard->str, "2026-03-03T05:00:00.000001Z; 2026-03-03T05:01:00.000001Z; never; ");
  csvc_engine_set_wake_func (engine, NULL, NULL, NULL);
  open_question (engine, "C", MORNING);
  CU_ASSERT_STRING_EQUAL (heard->str, "2026-03-03T05:00:00.000001Z; 2026-03-03T05:01:00.000001Z; never; ");
}

typedef struct {
  guint alarms, turns;
} Fired;

static gboolean
count_alarms (CsvcEngine *engine, CsvcTime now, const CsvcEffects *effects, const GError *error, gpointer data)
{
  Fired *fired = data;

  CU_ASSERT_PTR_NULL (error);
  fired->turns++;
  for (guint i = 0; i < csvc_effects_get_size (effects); i++)
    fired->alarms += csvc_effect_get_type (csvc_effects_get (effects, i)) == CSVC_EFFECT_ALARM;
  return G_SOURCE_CONTINUE;
}

/* Deadlines of long ago are fired in the first turns; one that a command of this very loop brings wakes it again. */
static void
fires_from_the_loop (void)
{
  g_autoptr (CsvcEngine) engine = new_engine ();
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSource) source = csvc_engine_source_new (engine);
  Fired fired = { 0 };

  open_question (engine, "A", MORNING);
  open_question (engine, "B", MORNING);
  g_source_set_callback (source, (GSourceFunc) (gpointer) count_alarms, &fired, NULL);
  g_source_attach (source, context);
  while (fired.alarms < 2)
    g_main_context_iteration (context, TRUE);
  CU_ASSERT_EQUAL (fired.turns, 1);
  open_question (engine, "C", MORNING);
  while (fired.alarms < 3)
    g_main_context_iteration (context, TRUE);
  /* Nothing is due: it sleeps. */
  CU_ASSERT_FALSE (g_main_context_iteration (context, FALSE));
  g_source_destroy (source);
}

static void
outlives_its_engine (void)
{
  CsvcEngine *engine = new_engine ();
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSource) source = csvc_engine_source_new (engine);
  Once once = { 0 };

  csvc_engine_add_listener (engine, hear_once, &once, note_destroyed);
  g_source_attach (source, context);
  csvc_engine_free (engine);
  CU_ASSERT_TRUE (once.destroyed);
  CU_ASSERT_TRUE (g_source_is_destroyed (source));
  CU_ASSERT_FALSE (g_main_context_iteration (context, FALSE));
}
