/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Charts of SCXML: the SCION suite, whose configurations others wrote down, and what is refused. */

#include "config.h"

#include "csvc-test.h"

#include <csvc/csvc.h>
#include <json-glib/json-glib.h>
#include <string.h>

static void passes_all_of_scion (void);
static void refuses_what_is_left_out (void);
static void finds_all_faults_at_once (void);
static void reads_conditions (void);
static void refuses_conditions (void);
static void hears_names_that_nobody_wrote (void);
static void lets_a_host_say_done_and_error (void);
static void tells_dotted_states_apart (void);
static void names_states_without_ids (void);
static void passes_over_other_namespaces (void);
static void never_starts_without_rest (void);
static void keeps_its_states_when_it_cannot_rest (void);
static void ends (void);
static void tells_files_from_faults (void);

static CU_TestInfo tests[] = {
  { "passes-all-of-scion", passes_all_of_scion },
  { "refuses-what-is-left-out", refuses_what_is_left_out },
  { "finds-all-faults-at-once", finds_all_faults_at_once },
  { "reads-conditions", reads_conditions },
  { "refuses-conditions", refuses_conditions },
  { "hears-names-that-nobody-wrote", hears_names_that_nobody_wrote },
  { "lets-a-host-say-done-and-error", lets_a_host_say_done_and_error },
  { "tells-dotted-states-apart", tells_dotted_states_apart },
  { "names-states-without-ids", names_states_without_ids },
  { "passes-over-other-namespaces", passes_over_other_namespaces },
  { "never-starts-without-rest", never_starts_without_rest },
  { "keeps-its-states-when-it-cannot-rest", keeps_its_states_when_it_cannot_rest },
  { "ends", ends },
  { "tells-files-from-faults", tells_files_from_faults },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_chart = { "chart", tests, NULL, NULL };

#define CHART(body) "<scxml xmlns=\"http://www.w3.org/2005/07/scxml\" version=\"1.0\" datamodel=\"ecmascript\">" body "</scxml>"

static CsvcChart *
load (const char *text)
{
  g_autoptr (GError) error = NULL;
  CsvcChart *chart = csvc_chart_load_text (text, -1, "chart.scxml", NULL, &error);

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (chart);
  return chart;
}

static gboolean
is_at (const CsvcChart *chart, const char *expected)
{
  g_autofree char *states = csvc_chart_dup_states (chart);

  return CSVC_ASSERT_STRING (states, expected);
}

static gboolean
leads_to (CsvcChart *chart, const char *event, CsvcAnswer answer, const char *expected)
{
  g_autoptr (GError) error = NULL;

  CSVC_ASSERT_STRING (csvc_answer_to_string (csvc_chart_send (chart, event, &error)), csvc_answer_to_string (answer));
  csvc_assert_no_error (error);
  return is_at (chart, expected);
}

/* ── SCION ── */

static int
compare_words (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The ids of a JSON list, as csvc_chart_dup_states() orders them. */
static char *
dup_sorted (JsonArray *ids)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();

  for (guint i = 0; i < json_array_get_length (ids); i++)
    g_ptr_array_add (words, (gpointer) json_array_get_string_element (ids, i));
  g_ptr_array_sort (words, compare_words);
  g_ptr_array_add (words, NULL);
  return g_strjoinv (" ", (char **) words->pdata);
}

static gboolean
check_states (const CsvcChart *chart, const char *path, guint step, JsonArray *ids)
{
  g_autofree char *states = csvc_chart_dup_states (chart), *expected = dup_sorted (ids);

  return CSVC_ASSERT_TRUE (strcmp (states, expected) == 0, "%s, after %u events: in \"%s\", expected \"%s\"", path, step, states, expected);
}

static void
play (const char *path, JsonObject *script)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcChart) chart = csvc_chart_load_file (path, NULL, &error);
  JsonArray *events = json_object_get_array_member (script, "events");
  gboolean right;

  csvc_assert_no_error (error);
  right = chart != NULL && check_states (chart, path, 0, json_object_get_array_member (script, "initialConfiguration"));
  for (guint i = 0; right && i < json_array_get_length (events); i++) {
    JsonObject *step = json_array_get_object_element (events, i);
    const char *event = json_object_get_string_member (json_object_get_object_member (step, "event"), "name");

    csvc_chart_send (chart, event, &error);
    right = csvc_assert_no_error (error) && check_states (chart, path, i + 1, json_object_get_array_member (step, "nextConfiguration"));
  }
}

static void
play_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autofree char *stem = g_strndup (path, strlen (path) - strlen (".scxml"));
  g_autofree char *script = g_strconcat (stem, ".json", NULL);

  if (json_parser_load_from_file (parser, script, &error))
    play (path, json_node_get_object (json_parser_get_root (parser)));
  csvc_assert_no_error (error);
}

/* How many charts there are in @folder and below it. */
static guint
play_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (g_file_test (path, G_FILE_TEST_IS_DIR))
      n += play_folder (path);
    else if (g_str_has_suffix (name, ".scxml")) {
      play_file (path);
      n++;
    }
  }
  return n;
}

static void
passes_all_of_scion (void)
{
  const char *folder = csvc_test_data ("conformance/scxml-scion");
  guint n;

  if (folder == NULL) {
    csvc_test_skip ("there is no conformance/scxml-scion");
    return;
  }
  n = play_folder (folder);
  CSVC_ASSERT_UINT (n, 93);
  csvc_test_note ("%u charts of SCION", n);
}

/* ── faults ── */

/* "803:2 804:5": number and line of each error. */
static char *
dup_faults (const char *text)
{
  g_autoptr (CsvcDiagnostics) diagnostics = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcChart) chart = csvc_chart_load_text (text, -1, "chart.scxml", &diagnostics, &error);
  GString *faults = g_string_new (NULL);

  for (guint i = 0; i < csvc_diagnostics_get_size (diagnostics); i++) {
    const CsvcDiagnostic *one = csvc_diagnostics_get (diagnostics, i);

    if (csvc_diagnostic_get_severity (one) == CSVC_SEVERITY_ERROR)
      g_string_append_printf (faults, "%s%u:%u", faults->len > 0 ? " " : "", csvc_diagnostic_get_number (one),
                              csvc_diagnostic_get_line (one));
  }
  CU_ASSERT_EQUAL (chart == NULL, faults->len > 0);
  if (chart == NULL)
    csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_POLICY, "chart.scxml");
  return g_string_free (faults, FALSE);
}

static const struct {
  const char *text, *faults;
} bad[] = {
  { CHART ("<script/><state/>"), "803:1" },
  { CHART ("\n<state><invoke><finalize/></invoke></state>"), "803:2" },
  { CHART ("<state><onentry>\n<send event='x'><param name='y'/></send></onentry></state>"), "803:2" },
  { CHART ("<state><onexit><cancel sendid='x'/></onexit></state>"), "803:1" },
  { CHART ("<state><transition event='e'><foreach array='x' item='y'>\n<assign location='y'/></foreach></transition></state>"),
    "803:1 803:2" },
  { CHART ("<datamodel><data id='x'/>\n<data id='y'/></datamodel><state/>"), "803:1 803:2" },
  { CHART ("<final><donedata><content>x</content></donedata></final>"), "803:1" },
  { CHART ("<state><onentry><assign location='x' expr='1'/></onentry></state>"), "803:1" },
  { "<scxml xmlns='http://www.w3.org/2005/07/scxml' datamodel='xpath'><state/></scxml>", "802:1" },
  { "<scxml xmlns='http://www.w3.org/2005/07/scxml' version='1.1'><state/></scxml>", "806:1" },
  { "<scxml><state/></scxml>", "801:1" },
  { "<policy xmlns='urn:csvc:policy:1'/>", "801:1" },
  { "<!DOCTYPE scxml><scxml/>", "103:1" },
  { CHART (""), "401:1" },
  { CHART ("<state><parallel/></state>"), "409:1" },
  { CHART ("<state id='a'/>\n<state id='a'/>"), "201:2" },
  { CHART ("<state initial='&#9;'><state/><transition event='' target=' '/></state>"), "806:1 806:1 806:1" },
  { CHART ("<state id='a b'/>"), "806:1" },
  { CHART ("<state id='a'><transition event='e'\n target='b'/></state>"), "206:1" },
  { CHART ("<state id='a'><transition cond=\"In('b')\" target='a'/></state>"), "206:1" },
  { CHART ("<state><history><transition target='a'/></history><state id='a'/></state><state><onentry><state/></onentry></state>"), "805:1" },
  { CHART ("<state><transtion/></state>"), "805:1" },
  { CHART ("<state>x</state>"), "805:1" },
  { CHART ("<state name='x'/>"), "806:1" },
  { CHART ("<state id='a'><history type='wide'><transition target='b'/></history><state id='b'/></state>"), "806:1" },
  { CHART ("<state><onentry><raise/><if cond='true'><elseif/><raise event='a b'/></if></onentry></state>"), "806:1 806:1 806:1" },
  { CHART ("<state id='a'><transition target='b'/></state><state id='b'><transition target='a'/></state>"), "420:1" },
};

static void
refuses_what_is_left_out (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree char *faults = dup_faults (bad[i].text);

    if (!CSVC_ASSERT_STRING (faults, bad[i].faults))
      csvc_test_note ("in %s", bad[i].text);
  }
}

static void
finds_all_faults_at_once (void)
{
  g_autofree char *faults = dup_faults (CHART ("<state id='a'>\n"
                                               "<onentry><script/></onentry>\n"
                                               "<transition event='e' cond='x > 1' target='nowhere'/>\n"
                                               "<onexit><send event='later' delay='3h'/></onexit>\n"
                                               "<transition event='f' type='extern'/>\n"
                                               "</state>"));

  CSVC_ASSERT_STRING (faults, "803:2 804:3 206:3 803:4 806:5");
}

/* ── conditions ── */

static const struct {
  const char *cond;
  gboolean    holds; /* in a and b, and not in c */
} conditions[] = {
  { "true", TRUE },
  { " false ", FALSE },
  { "In('a')", TRUE },
  { "In ( &quot;b&quot; )", TRUE },
  { "In('c')", FALSE },
  { "!In('c')", TRUE },
  { "!In('a')", FALSE },
  { "! !In('a')", TRUE },
  { "In('c') || In('a') &amp;&amp; In('b')", TRUE },
  { "(In('a') || In('c')) &amp;&amp; In('c')", FALSE },
  { "In('a') || In('c') &amp;&amp; In('c')", TRUE },
  { "!(In('a') &amp;&amp; In('c'))", TRUE },
  { "!In('a') || !In('b') || !In('c')", TRUE },
};

static void
reads_conditions (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (conditions); i++) {
    g_autofree char *text = g_strdup_printf (CHART ("<parallel id='p'><state id='a'/><state id='b'/>"
                                                    "<transition event='e' cond=\"%s\" target='c'/></parallel><state id='c'/>"),
                                             conditions[i].cond);
    g_autoptr (CsvcChart) chart = load (text);

    if (!leads_to (chart, "e", conditions[i].holds ? CSVC_ANSWER_ACCEPTED : CSVC_ANSWER_REFUSED_CONDITION,
                   conditions[i].holds ? "c" : "a b"))
      csvc_test_note ("when %s", conditions[i].cond);
  }
}

static const struct {
  const char *cond, *fault;
} bad_conditions[] = {
  { "", "804:1" },
  { "x", "804:1" },
  { "truely", "804:1" },
  { "In('a'", "804:7" },
  { "In(a)", "804:4" },
  { "In('a)", "804:4" },
  { "true &amp;&amp;", "804:8" },
  { "true true", "804:6" },
  { "In('a') == true", "804:9" },
  { "_event.data", "804:1" },
  { "(true", "804:6" },
  { "true &amp;&amp; In('ä') || In('b')", "206:13" },
};

/* "804:8": number and column of the only error. */
static char *
dup_fault_of_condition (const char *cond)
{
  g_autofree char *text = g_strdup_printf (CHART ("<state id='a'><transition event='e' cond=\"%s\"/></state>"), cond);
  g_autoptr (CsvcDiagnostics) diagnostics = NULL;
  g_autoptr (CsvcChart) chart = csvc_chart_load_text (text, -1, "chart.scxml", &diagnostics, NULL);

  CU_ASSERT_PTR_NULL (chart);
  CSVC_ASSERT_UINT (csvc_diagnostics_count (diagnostics, CSVC_SEVERITY_ERROR), 1);
  for (guint i = 0; i < csvc_diagnostics_get_size (diagnostics); i++) {
    const CsvcDiagnostic *one = csvc_diagnostics_get (diagnostics, i);

    if (csvc_diagnostic_get_severity (one) == CSVC_SEVERITY_ERROR)
      return g_strdup_printf ("%u:%u", csvc_diagnostic_get_number (one), csvc_diagnostic_get_column (one));
  }
  return g_strdup ("none");
}

static void
refuses_conditions (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_conditions); i++) {
    g_autofree char *fault = dup_fault_of_condition (bad_conditions[i].cond);

    if (!CSVC_ASSERT_STRING (fault, bad_conditions[i].fault))
      csvc_test_note ("of %s", bad_conditions[i].cond);
  }
}

/* ── events ── */

static void
hears_names_that_nobody_wrote (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcChart) chart =
    load (CHART ("<state id='a'><transition event='note.added.' target='b'/><transition event='note.* call' target='c'/></state>"
                 "<state id='b'><transition event='note' target='a'/></state>"
                 "<state id='c'><transition event='call.back' target='a'/><transition event='*' target='b'/></state>"));

  leads_to (chart, "noted", CSVC_ANSWER_REFUSED_STATE, "a");
  leads_to (chart, "note.added.by.hand", CSVC_ANSWER_ACCEPTED, "b");
  leads_to (chart, "call", CSVC_ANSWER_REFUSED_STATE, "b");
  leads_to (chart, "note.removed", CSVC_ANSWER_ACCEPTED, "a");
  leads_to (chart, "note", CSVC_ANSWER_ACCEPTED, "c");
  leads_to (chart, "call.back.later", CSVC_ANSWER_ACCEPTED, "a");
  leads_to (chart, "call.again", CSVC_ANSWER_ACCEPTED, "c");
  leads_to (chart, "anything.at.all", CSVC_ANSWER_ACCEPTED, "b");
  CU_ASSERT_EQUAL (csvc_chart_send (chart, "two words", &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "one word");
  g_clear_error (&error);
  CU_ASSERT_EQUAL (csvc_chart_send (chart, "", &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "one word");
}

static void
lets_a_host_say_done_and_error (void)
{
  g_autoptr (CsvcChart) chart =
    load (CHART ("<state id='a'><transition event='error.*' target='b'/></state>"
                 "<state id='b'><transition event='done' target='c'/></state>"
                 "<state id='c'><transition event='clock.reply.due' target='d'><raise event='done.state.x'/></transition></state>"
                 "<state id='d'><state id='x'><state/></state><transition event='done.state.x' target='e'/></state>"
                 "<state id='e'><transition event=':done' target='a'/></state>"));

  leads_to (chart, "error.execution", CSVC_ANSWER_ACCEPTED, "b");
  leads_to (chart, "done.invoke.i", CSVC_ANSWER_ACCEPTED, "c");
  leads_to (chart, "clock.reply", CSVC_ANSWER_REFUSED_STATE, "c");
  leads_to (chart, "clock.reply.due", CSVC_ANSWER_ACCEPTED, "e");
  leads_to (chart, "done", CSVC_ANSWER_REFUSED_STATE, "e");
  leads_to (chart, ":done.at.last", CSVC_ANSWER_ACCEPTED, "a");
}

/* done.state.a is also the beginning of a.b's event, and not of ab's. */
static void
tells_dotted_states_apart (void)
{
  g_autoptr (CsvcChart) chart =
    load (CHART ("<state id='a.b'><state id='a.1'><transition event='go' target='a.2'/></state><final id='a.2'/>"
                 "<transition event='done.state.a' target='ab'/></state>"
                 "<state id='ab'><state id='a_1'><transition event='go' cond=\"!In('a.1')\" target='a_2'/></state><final id='a_2'/>"
                 "<transition event='done.state.a' target='a.b'/></state>"));

  is_at (chart, "a.1");
  CU_ASSERT_TRUE (csvc_chart_is_in (chart, "a.b"));
  leads_to (chart, "go", CSVC_ANSWER_ACCEPTED, "a_1");
  leads_to (chart, "go", CSVC_ANSWER_ACCEPTED, "a_2");
  CU_ASSERT_FALSE (csvc_chart_is_in (chart, "a.b"));
  CU_ASSERT_FALSE (csvc_chart_is_in (chart, "nowhere"));
}

/* ── files of other people ── */

static void
names_states_without_ids (void)
{
  g_autoptr (CsvcChart) chart = load (CHART ("<parallel><state id='state1'/><state/><state><state/><history id='h'><transition target='z'/>"
                                             "</history><final id='z'/></state></parallel>"));

  is_at (chart, "state1 state2 state4");
  CU_ASSERT_TRUE (csvc_chart_is_in (chart, "state3"));
  CU_ASSERT_TRUE (csvc_chart_is_in (chart, "parallel1"));
}

static void
passes_over_other_namespaces (void)
{
  g_autoptr (CsvcChart) chart =
    load ("<?xml version='1.0'?><!-- drawn --><s:scxml xmlns:s='http://www.w3.org/2005/07/scxml' xmlns:e='urn:editor' e:zoom='2' name='n'>"
          "<e:grid><s:state id='no'/></e:grid>"
          "<s:state id='a' e:x='1'><s:onentry><e:beep/><s:log label='l' expr='x + 1'/><s:raise event='up'/></s:onentry>"
          "<s:transition event='up' target='b' e:cond='nonsense'><e:text>b</e:text></s:transition></s:state>"
          "<s:state id='b'/><s:datamodel/></s:scxml>");

  is_at (chart, "b");
}

/* ── no rest, and the end ── */

static void
never_starts_without_rest (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcDiagnostics) diagnostics = NULL;
  CsvcChart *chart = csvc_chart_load_text (CHART ("<state id='a'><transition cond=\"In('a')\" target='b'/></state>"
                                                  "<state id='b'><transition cond='true' target='a'/></state>"),
                                           -1, "chart.scxml", &diagnostics, &error);

  CU_ASSERT_PTR_NULL (chart);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_LIFECYCLE, NULL);
  CSVC_ASSERT_UINT (csvc_diagnostics_count (diagnostics, CSVC_SEVERITY_ERROR), 0);
}

static void
keeps_its_states_when_it_cannot_rest (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcChart) chart =
    load (CHART ("<state id='a'><transition event='e' target='b'/><transition event='f' target='d'/></state>"
                 "<state id='b'><transition cond='true' target='c'/></state><state id='c'><transition cond='true' target='b'/></state>"
                 "<state id='d'/>"));

  CU_ASSERT_EQUAL (csvc_chart_send (chart, "e", &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_LIFECYCLE, NULL);
  is_at (chart, "a");
  leads_to (chart, "f", CSVC_ANSWER_ACCEPTED, "d");
}

static void
ends (void)
{
  g_autoptr (CsvcChart) chart = load (CHART ("<state id='a'><transition event='e' target='z'/></state><final id='z'/>"));

  CU_ASSERT_FALSE (csvc_chart_has_ended (chart));
  leads_to (chart, "e", CSVC_ANSWER_ACCEPTED, "z");
  CU_ASSERT_TRUE (csvc_chart_has_ended (chart));
  leads_to (chart, "e", CSVC_ANSWER_REFUSED_STATE, "z");
}

static void
tells_files_from_faults (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcDiagnostics) diagnostics = NULL;

  CU_ASSERT_PTR_NULL (csvc_chart_load_file (csvc_test_path ("nowhere.scxml"), &diagnostics, &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "nowhere.scxml");
  CSVC_ASSERT_UINT (csvc_diagnostics_get_size (diagnostics), 0);
}
