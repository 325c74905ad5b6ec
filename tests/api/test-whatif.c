/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "config.h"

#include <csvc/csvc.h>
#include <string.h>

#include "csvc-test.h"

static void differences_by_hand (void);
static void the_other_way_round (void);
static void every_difference_is_told (void);
static void reports_are_those_of_replays (void);
static void cases_of_one_side_only (void);
static void a_policy_and_itself (void);
static void each_with_its_map (void);
static void first_cases_by_id (void);
static void maps_that_do_not_go_together (void);
static void stopping (void);
static void volvo_pauses (void);

static CU_TestInfo tests[] = {
  { "differences-by-hand", differences_by_hand },
  { "the-other-way-round", the_other_way_round },
  { "every-difference-is-told", every_difference_is_told },
  { "reports-are-those-of-replays", reports_are_those_of_replays },
  { "cases-of-one-side-only", cases_of_one_side_only },
  { "a-policy-and-itself", a_policy_and_itself },
  { "each-with-its-map", each_with_its_map },
  { "first-cases-by-id", first_cases_by_id },
  { "maps-that-do-not-go-together", maps_that_do_not_go_together },
  { "stopping", stopping },
  { "volvo-pauses", volvo_pauses },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_whatif = { "whatif", tests };

#define POLICY(version, required, clocks, moves) \
  "<policy xmlns='urn:csvc:policy:1' id='desk' version='" version "' zone='UTC'><case id='ticket'>" \
  "<fact id='prio' type='string' required='" required "'/>" \
  "<event id='wait'/><event id='go'/><event id='solve'/><event id='back'/><event id='hold'/>" \
  "<state id='open' initial='work'>" clocks \
  "<state id='work'><transition event='wait' target='waiting'/></state>" \
  "<state id='waiting'><transition event='go' target='work'/></state>" \
  "<transition event='solve' target='done'/></state>" \
  "<state id='done'>" moves "</state></case></policy>"

#define SOLVED(pausing) "<clock id='solved' met-by='solve'" pausing "><due in='PT3H'/><alarm id='soon' at='50%'/></clock>"

/* The new one stops the clock while it waits, promises something else besides, asks for a fact, and knows no way back but one to hold. */
static const char old_text[] =
  POLICY ("1", "false", SOLVED ("") "<clock id='greeted' met-by='go'><due in='PT4H'/></clock>", "<transition event='back' target='open'/>");
static const char new_text[] = POLICY ("2", "true", SOLVED (" paused-in='waiting'") "<clock id='called' met-by='go'><due in='PT4H'/></clock>",
                                       "<transition event='hold'/>");

#define EVENT(id) "<event id='" id "'><match attribute='what' values='" id "'/></event>"
#define MAP(body) "<map xmlns='urn:csvc:map:1' kind='ticket'><case id='id'/>" body "</map>"
#define EVENTS EVENT ("wait") EVENT ("go") EVENT ("solve") EVENT ("back") EVENT ("hold") "<ignore><match attribute='what' values='note'/></ignore>"
static const char map_text[] = MAP ("<time attribute='at' zone='UTC'/><fact id='prio' attribute='prio'/>" EVENTS);

static const char log_text[] = "id,at,what,prio\n"
                               "A,2026-03-01T08:00:00Z,note,low\n" /* waits for two hours */
                               "A,2026-03-01T08:30:00Z,wait,low\n"
                               "A,2026-03-01T10:30:00Z,go,low\n"
                               "A,2026-03-01T11:20:00Z,solve,low\n"
                               "B,2026-03-01T08:00:00Z,note,low\n" /* comes back */
                               "B,2026-03-01T08:10:00Z,solve,low\n"
                               "B,2026-03-01T08:20:00Z,back,low\n"
                               "C,2026-03-01T08:00:00Z,note,low\n" /* waits still */
                               "C,2026-03-01T08:05:00Z,wait,low\n"
                               "D,2026-03-01T08:00:00Z,note,low\n" /* held */
                               "D,2026-03-01T08:10:00Z,solve,low\n"
                               "D,2026-03-01T08:30:00Z,hold,low\n"
                               "E,2026-03-01T08:00:00Z,note,\n"    /* without the fact */
                               "Z,2026-03-01T20:00:00Z,note,low\n";

static CsvcPolicy *
load_policy (const char *text)
{
  g_autoptr (GError) error = NULL;
  CsvcPolicy *policy = csvc_policy_load_text (text, -1, "desk.xml", NULL, &error);

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (policy);

  return policy;
}

static CsvcMap *
load_map (const char *policy_text,
          const char *text)
{
  g_autoptr (CsvcPolicy) policy = load_policy (policy_text);
  g_autoptr (GError) error = NULL;
  CsvcMap *map = csvc_map_load_text (policy, text, -1, "map.xml", NULL, &error);

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (map);

  return map;
}

static CsvcWhatif *
make_whatif (const char *old_policy,
             const char *old_map_text,
             const char *new_policy,
             const char *new_map_text)
{
  g_autoptr (CsvcMap) old_map = load_map (old_policy, old_map_text), new_map = load_map (new_policy, new_map_text);
  g_autoptr (GError) error = NULL;
  CsvcWhatif *whatif = csvc_whatif_new (old_map, new_map, &error);

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (whatif);

  return whatif;
}

static CsvcComparison *
run (CsvcWhatif *whatif,
     const char *path)
{
  g_autoptr (GError) error = NULL;
  CsvcComparison *comparison = csvc_whatif_run (whatif, path, &error);

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (comparison);

  return comparison;
}

static CsvcComparison *
compare (const char *old_policy,
         const char *new_policy)
{
  g_autoptr (CsvcWhatif) whatif = make_whatif (old_policy, map_text, new_policy, map_text);

  return run (whatif, csvc_test_write ("log.csv", log_text));
}

#define ASSERT_VERDICTS(comparison, pair, later, from, to, expected) \
  CSVC_ASSERT_UINT (csvc_comparison_get_verdicts (comparison, pair, later, CSVC_OUTCOME_##from, CSVC_OUTCOME_##to), expected)
#define ASSERT_DIFFERENCES(comparison, pair, type, expected) \
  CSVC_ASSERT_UINT (csvc_comparison_get_count (comparison, pair, CSVC_DIFFERENCE_##type), expected)

static void
check_cases (const char *const *cases,
             const char        *expected)
{
  g_autofree char *joined = g_strjoinv (" ", (char **) (gpointer) cases);

  CSVC_ASSERT_STRING (joined, expected);
}

static void
check_promises (const CsvcComparison *comparison)
{
  ASSERT_VERDICTS (comparison, 0, FALSE, MISSED, MET, 1);
  ASSERT_VERDICTS (comparison, 0, FALSE, MET, MET, 2);
  ASSERT_VERDICTS (comparison, 0, FALSE, OVERDUE, OPEN, 1);
  ASSERT_VERDICTS (comparison, 0, FALSE, OVERDUE, ABSENT, 1);
  ASSERT_VERDICTS (comparison, 0, FALSE, OPEN, OPEN, 1);
  ASSERT_VERDICTS (comparison, 0, TRUE, OVERDUE, ABSENT, 1);
  ASSERT_DIFFERENCES (comparison, 0, VERDICT, 4);
  check_cases (csvc_comparison_get_verdict_cases (comparison, 0, CSVC_OUTCOME_MISSED, CSVC_OUTCOME_MET), "A");
  check_cases (csvc_comparison_get_verdict_cases (comparison, 0, CSVC_OUTCOME_OVERDUE, CSVC_OUTCOME_ABSENT), "B E");
  check_cases (csvc_comparison_get_verdict_cases (comparison, 0, CSVC_OUTCOME_MET, CSVC_OUTCOME_MET), "");
  /* A: due at 11:00 and 13:00; C: at 11:00, and if it went on at 20:00 with five minutes used at 22:55. */
  ASSERT_DIFFERENCES (comparison, 0, EARLIER, 0);
  ASSERT_DIFFERENCES (comparison, 0, LATER, 2);
  CSVC_ASSERT_INT (csvc_comparison_get_sum (comparison, 0, CSVC_DIFFERENCE_LATER), 13 * CSVC_HOUR + 55 * CSVC_MINUTE);
  CSVC_ASSERT_INT (csvc_comparison_get_moved (comparison, 0, CSVC_DIFFERENCE_LATER, 100), 11 * CSVC_HOUR + 55 * CSVC_MINUTE);
  CSVC_ASSERT_INT (csvc_comparison_get_moved (comparison, 0, CSVC_DIFFERENCE_EARLIER, 50), -1);
  check_cases (csvc_comparison_get_cases (comparison, 0, CSVC_DIFFERENCE_LATER), "A C");
  ASSERT_DIFFERENCES (comparison, 0, ALARM_GONE, 4);
  ASSERT_DIFFERENCES (comparison, 0, ALARM_ADDED, 0);
  check_cases (csvc_comparison_get_cases (comparison, 0, CSVC_DIFFERENCE_ALARM_GONE), "A B C E");
}

static void
differences_by_hand (void)
{
  g_autoptr (CsvcComparison) comparison = compare (old_text, new_text);

  CSVC_ASSERT_UINT (csvc_comparison_get_n_pairs (comparison), 3);
  CSVC_ASSERT_STRING (csvc_clock_get_id (csvc_comparison_get_clock (comparison, 1, CSVC_SIDE_OLD)), "greeted");
  CU_ASSERT_PTR_NULL (csvc_comparison_get_clock (comparison, 1, CSVC_SIDE_NEW));
  CU_ASSERT_PTR_NULL (csvc_comparison_get_clock (comparison, 2, CSVC_SIDE_OLD));
  CSVC_ASSERT_STRING (csvc_clock_get_id (csvc_comparison_get_clock (comparison, 2, CSVC_SIDE_NEW)), "called");
  check_promises (comparison);
  /* What only one policy promises differs wherever it was promised: in all six cases, and in five. */
  ASSERT_VERDICTS (comparison, 1, FALSE, MET, ABSENT, 1);
  ASSERT_VERDICTS (comparison, 1, FALSE, UNJUDGED, ABSENT, 2);
  ASSERT_VERDICTS (comparison, 1, FALSE, OVERDUE, ABSENT, 2);
  ASSERT_VERDICTS (comparison, 1, FALSE, OPEN, ABSENT, 1);
  ASSERT_DIFFERENCES (comparison, 2, VERDICT, 5);
  CSVC_ASSERT_UINT (csvc_comparison_get_n_changed (comparison), 6);
  ASSERT_DIFFERENCES (comparison, CSVC_ALL_PAIRS, VERDICT, 4 + 7 + 5);
  ASSERT_VERDICTS (comparison, CSVC_ALL_PAIRS, FALSE, OVERDUE, ABSENT, 3);
  check_cases (csvc_comparison_get_cases (comparison, CSVC_ALL_PAIRS, CSVC_DIFFERENCE_REFUSED_BY_OLD), "D");
  check_cases (csvc_comparison_get_cases (comparison, CSVC_ALL_PAIRS, CSVC_DIFFERENCE_REFUSED_BY_NEW), "B E");
}

static void
the_other_way_round (void)
{
  g_autoptr (CsvcComparison) there = compare (old_text, new_text), back = compare (new_text, old_text);

  for (guint later = 0; later < 2; later++)
    for (CsvcOutcome from = 0; from < CSVC_N_OUTCOMES; from++)
      for (CsvcOutcome to = 0; to < CSVC_N_OUTCOMES; to++)
        CSVC_ASSERT_UINT (csvc_comparison_get_verdicts (there, CSVC_ALL_PAIRS, later == 1, from, to),
                          csvc_comparison_get_verdicts (back, CSVC_ALL_PAIRS, later == 1, to, from));
  ASSERT_DIFFERENCES (back, 0, EARLIER, 2);
  ASSERT_DIFFERENCES (back, 0, LATER, 0);
  ASSERT_DIFFERENCES (back, 0, ALARM_ADDED, 4);
  ASSERT_DIFFERENCES (back, 0, ALARM_GONE, 0);
  ASSERT_DIFFERENCES (back, CSVC_ALL_PAIRS, REFUSED_BY_OLD, 2);
  ASSERT_DIFFERENCES (back, CSVC_ALL_PAIRS, REFUSED_BY_NEW, 1);
  CSVC_ASSERT_INT (csvc_comparison_get_sum (back, 0, CSVC_DIFFERENCE_EARLIER), csvc_comparison_get_sum (there, 0, CSVC_DIFFERENCE_LATER));
}

/* ── each difference ── */

typedef struct {
  guint64  counts[CSVC_N_DIFFERENCES];
  GString *of_a; /* what was told of case A */
} Told;

static gboolean
on_difference (const CsvcComparison *comparison,
               const CsvcDifference *difference,
               gpointer              data)
{
  Told *told = data;

  CU_ASSERT_TRUE (difference->pair == CSVC_ALL_PAIRS || difference->pair < csvc_comparison_get_n_pairs (comparison));
  told->counts[difference->type]++;
  if (strcmp (difference->case_id, "A") == 0 && difference->pair == 0)
    g_string_append_printf (told->of_a, "%s %u %s>%s %" G_GINT64_FORMAT " %s %" G_GUINT64_FORMAT ">%" G_GUINT64_FORMAT "\n",
                            csvc_difference_type_to_string (difference->type), difference->cycle,
                            csvc_outcome_to_string (difference->outcomes[0]), csvc_outcome_to_string (difference->outcomes[1]),
                            (difference->dues[1] - difference->dues[0]) / CSVC_MINUTE, difference->alarm != NULL ? difference->alarm : "-",
                            difference->counts[0], difference->counts[1]);

  return TRUE;
}

static void
every_difference_is_told (void)
{
  g_autoptr (CsvcWhatif) whatif = make_whatif (old_text, map_text, new_text, map_text);
  g_autoptr (CsvcComparison) comparison = NULL;
  Told told = { { 0 }, g_string_new (NULL) };

  csvc_whatif_set_differences (whatif, on_difference, &told);
  comparison = run (whatif, csvc_test_write ("log.csv", log_text));
  for (CsvcDifferenceType type = 0; type < CSVC_N_DIFFERENCES; type++)
    CSVC_ASSERT_UINT (told.counts[type], csvc_comparison_get_count (comparison, CSVC_ALL_PAIRS, type));
  CSVC_ASSERT_STRING (told.of_a->str, "verdict 1 missed>met 0 - 0>0\n"
                                      "later 1 absent>absent 120 - 0>0\n"
                                      "alarm-gone 0 absent>absent 0 soon 1>0\n");
  g_string_free (told.of_a, TRUE);
}

/* ── against replays ── */

static char *
simulate (CsvcPolicy *policy,
          guint       cases,
          guint64     seed)
{
  g_autoptr (CsvcSimulation) simulation = csvc_simulation_new (policy, NULL, NULL);
  char *path = g_strdup (csvc_test_path ("simulated.csv"));
  g_autoptr (GError) error = NULL;

  csvc_simulation_set_cases (simulation, cases);
  csvc_simulation_set_seed (simulation, seed);
  csvc_simulation_write_file (simulation, path, NULL, &error);
  csvc_assert_no_error (error);

  return path;
}

static void
check_report (CsvcReport *report,
              CsvcMap    *map,
              CsvcTime    until,
              const char *path)
{
  g_autoptr (CsvcReplay) replay = csvc_replay_new (csvc_report_get_policy (report), map);
  g_autoptr (CsvcReport) expected = NULL;
  g_autofree char *json = csvc_report_to_json (report), *expected_json = NULL;

  csvc_replay_set_until (replay, until);
  expected = csvc_replay_run (replay, path, NULL);
  CU_ASSERT_PTR_NOT_NULL_FATAL (expected);
  expected_json = csvc_report_to_json (expected);
  CSVC_ASSERT_STRING (json, expected_json);
}

/* The log is of the old policy, care.xml; a promise of the new one is shorter. */
static CsvcPolicy *
load_stricter (void)
{
  g_auto (GStrv) parts = g_strsplit (csvc_test_read_source ("tests/tool/care.xml"), "in=\"PT72H\"", -1);
  g_autofree char *text = g_strjoinv ("in=\"PT48H\"", parts);

  CSVC_ASSERT_TRUE (g_strv_length (parts) > 1, "care.xml promises nothing in PT72H any more");

  return load_policy (text);
}

static void
reports_are_those_of_replays (void)
{
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_file (csvc_test_source ("tests/tool/care.xml"), NULL, NULL), stricter = load_stricter ();
  g_autoptr (CsvcMap) map = csvc_map_new_default (policy, NULL, NULL), new_map = csvc_map_new_default (stricter, NULL, NULL);

  for (guint seed = 1; seed <= 2 * csvc_test_scale (); seed++) {
    g_autoptr (CsvcWhatif) whatif = csvc_whatif_new (map, new_map, NULL);
    g_autofree char *path = simulate (policy, 150, seed);
    g_autoptr (CsvcComparison) at_the_end = run (whatif, path), before = NULL;
    const CsvcTime until = csvc_report_get_first (csvc_comparison_get_report (at_the_end, CSVC_SIDE_OLD)) + 40 * 24 * CSVC_HOUR;

    check_report (csvc_comparison_get_report (at_the_end, CSVC_SIDE_OLD), map, CSVC_NEVER, path);
    check_report (csvc_comparison_get_report (at_the_end, CSVC_SIDE_NEW), new_map, CSVC_NEVER, path);
    CSVC_ASSERT_TRUE (csvc_comparison_get_count (at_the_end, CSVC_ALL_PAIRS, CSVC_DIFFERENCE_EARLIER) > 50, "too few differ to test anything");
    ASSERT_DIFFERENCES (at_the_end, CSVC_ALL_PAIRS, LATER, 0);
    csvc_whatif_set_until (whatif, until);
    before = run (whatif, path);
    check_report (csvc_comparison_get_report (before, CSVC_SIDE_OLD), map, until, path);
    check_report (csvc_comparison_get_report (before, CSVC_SIDE_NEW), new_map, until, path);
  }
}

/* One policy opens what the other does not; some are decided at once, some at the end only. A number stands twice. */
static void
cases_of_one_side_only (void)
{
  static const char xes_map[] = "<map xmlns='urn:csvc:map:1' kind='ticket'><case id='case:id'/><time attribute='at' zone='UTC'/>"
                                "<fact id='prio' attribute='case:prio'/>" EVENTS "</map>";
  g_autoptr (CsvcMap) old_map = load_map (old_text, xes_map), new_map = load_map (new_text, xes_map);
  g_autoptr (CsvcWhatif) whatif = csvc_whatif_new (new_map, old_map, NULL);
  g_autoptr (GString) log = g_string_new ("<log>");
  g_autoptr (CsvcComparison) comparison = NULL;
  const char *path;

  for (guint i = 0; i < 40; i++) {
    g_string_append_printf (log, "<trace><string key='id' value='%u'/><string key='prio' value='%s'/>", i % 39, i % 3 == 0 ? "" : "low");
    g_string_append_printf (log, "<event><string key='what' value='note'/><string key='at' value='2026-03-01T%02u:00:00Z'/></event>", i % 24);
    if (i % 2 == 0)
      g_string_append_printf (log, "<event><string key='what' value='solve'/><string key='at' value='2026-03-02T%02u:00:00Z'/></event>", i % 24);
    g_string_append (log, "</trace>");
  }
  g_string_append (log, "</log>");
  path = csvc_test_write ("log.xes", log->str);
  comparison = run (whatif, path);
  check_report (csvc_comparison_get_report (comparison, CSVC_SIDE_OLD), new_map, CSVC_NEVER, path);
  check_report (csvc_comparison_get_report (comparison, CSVC_SIDE_NEW), old_map, CSVC_NEVER, path);
  CSVC_ASSERT_UINT (csvc_report_get_count (csvc_comparison_get_report (comparison, CSVC_SIDE_NEW), CSVC_COUNT_REPEATED), 1);
  ASSERT_DIFFERENCES (comparison, CSVC_ALL_PAIRS, REFUSED_BY_OLD, 14);
  ASSERT_VERDICTS (comparison, 0, FALSE, ABSENT, MISSED, 7);
  ASSERT_VERDICTS (comparison, 0, FALSE, ABSENT, OVERDUE, 7);
}

static void
a_policy_and_itself (void)
{
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_file (csvc_test_source ("data/policies/telecom.xml"), NULL, NULL);
  g_autoptr (CsvcMap) map = csvc_map_new_default (policy, NULL, NULL);
  g_autoptr (CsvcWhatif) whatif = csvc_whatif_new (map, map, NULL);
  g_autofree char *path = simulate (policy, 100, 3);
  g_autoptr (CsvcComparison) comparison = run (whatif, path);

  CSVC_ASSERT_UINT (csvc_comparison_get_n_changed (comparison), 0);
  for (CsvcDifferenceType type = 0; type < CSVC_N_DIFFERENCES; type++)
    CSVC_ASSERT_UINT (csvc_comparison_get_count (comparison, CSVC_ALL_PAIRS, type), 0);
  CU_ASSERT_TRUE (csvc_comparison_get_verdicts (comparison, CSVC_ALL_PAIRS, FALSE, CSVC_OUTCOME_MET, CSVC_OUTCOME_MET) > 0);
}

/* ── maps ── */

/* The new map looks at another column for the time. */
static void
each_with_its_map (void)
{
  static const char turned[] = MAP ("<time attribute='really' zone='UTC'/><fact id='prio' attribute='prio'/>" EVENTS);
  g_autoptr (CsvcWhatif) whatif = make_whatif (old_text, map_text, old_text, turned);
  g_autoptr (CsvcComparison) comparison =
    run (whatif, csvc_test_write ("log.csv", "really,prio,id,what,at\n"
                                             "2026-03-01T08:00:00Z,low,A,note,2026-03-01T09:00:00Z\n"
                                             "2026-03-01T12:00:00Z,low,A,solve,2026-03-01T11:30:00Z\n"
                                             "2026-03-01T08:00:00Z,low,B,note,2026-03-01T08:00:00Z\n"
                                             "2026-03-01T09:00:00Z,low,B,solve,2026-03-01T09:00:00Z\n"));

  ASSERT_VERDICTS (comparison, 0, FALSE, MET, MISSED, 1);
  ASSERT_VERDICTS (comparison, 0, FALSE, MET, MET, 1);
  ASSERT_DIFFERENCES (comparison, 0, EARLIER, 1);
  CSVC_ASSERT_INT (csvc_comparison_get_sum (comparison, 0, CSVC_DIFFERENCE_EARLIER), CSVC_HOUR);
  ASSERT_DIFFERENCES (comparison, 0, ALARM_ADDED, 0);
  /* Both are judged as of the latest instant of either. */
  CSVC_ASSERT_INT (csvc_report_get_until (csvc_comparison_get_report (comparison, CSVC_SIDE_OLD)),
                   csvc_report_get_last (csvc_comparison_get_report (comparison, CSVC_SIDE_NEW)));
}

static void
first_cases_by_id (void)
{
  g_autoptr (CsvcWhatif) whatif = make_whatif (old_text, map_text, new_text, map_text);
  g_autoptr (CsvcComparison) comparison = NULL;
  g_autoptr (GString) log = g_string_new ("id,at,what,prio\n");

  for (guint i = 30; i > 0; i--)
    g_string_append_printf (log, "N%02u,2026-03-01T08:00:00Z,note,low\nN%02u,2026-03-01T08:30:00Z,wait,low\n"
                                 "N%02u,2026-03-01T12:00:00Z,solve,low\n", i, i, i);
  comparison = run (whatif, csvc_test_write ("log.csv", log->str));
  ASSERT_VERDICTS (comparison, 0, FALSE, MISSED, MET, 30);
  check_cases (csvc_comparison_get_verdict_cases (comparison, 0, CSVC_OUTCOME_MISSED, CSVC_OUTCOME_MET),
               "N01 N02 N03 N04 N05 N06 N07 N08 N09 N10");
}

static void
maps_that_do_not_go_together (void)
{
  static const char other_case[] =
    "<map xmlns='urn:csvc:map:1' kind='ticket'><case id='number'/><time attribute='at' zone='UTC'/>" EVENTS "</map>";
  g_autoptr (CsvcMap) map = load_map (old_text, map_text), other = load_map (new_text, other_case);
  g_autoptr (CsvcWhatif) whatif = csvc_whatif_new (map, map, NULL);
  g_autoptr (GError) error = NULL;

  CU_ASSERT_PTR_NULL (csvc_whatif_new (map, other, &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "the same attribute as the case");
  g_clear_error (&error);
  CU_ASSERT_FALSE (csvc_whatif_add_pair (whatif, "solved", "sold", &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "\"sold\"");
  g_clear_error (&error);
  CU_ASSERT_PTR_NULL (csvc_whatif_run (whatif, csvc_test_path ("nowhere.csv"), &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "nowhere.csv");
}

static gboolean
refuse_difference (const CsvcComparison *comparison G_GNUC_UNUSED,
                   const CsvcDifference *difference G_GNUC_UNUSED,
                   gpointer              data G_GNUC_UNUSED)
{
  return FALSE;
}

static gboolean
refuse_progress (guint64  done G_GNUC_UNUSED,
                 guint64  total G_GNUC_UNUSED,
                 gpointer data G_GNUC_UNUSED)
{
  return FALSE;
}

static void
stopping (void)
{
  g_autoptr (CsvcWhatif) whatif = make_whatif (old_text, map_text, new_text, map_text);
  const char *path = csvc_test_write ("log.csv", log_text);
  g_autoptr (GError) error = NULL;

  csvc_whatif_set_differences (whatif, refuse_difference, NULL);
  CU_ASSERT_PTR_NULL (csvc_whatif_run (whatif, path, &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_CANCELLED, NULL);
  g_clear_error (&error);
  csvc_whatif_set_differences (whatif, NULL, NULL);
  csvc_whatif_set_progress (whatif, refuse_progress, NULL);
  CU_ASSERT_PTR_NULL (csvc_whatif_run (whatif, path, &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_CANCELLED, "stopped after");
}

/* ── the world's log ── */

typedef struct {
  GHashTable *now_met, *now_missed; /* cases, by their first cycles */
} Swing;

static gboolean
on_verdict (const CsvcComparison *comparison G_GNUC_UNUSED,
            const CsvcDifference *difference,
            gpointer              data)
{
  Swing *swing = data;

  if (difference->type != CSVC_DIFFERENCE_VERDICT || difference->cycle != 1)
    return TRUE;
  if (difference->outcomes[0] == CSVC_OUTCOME_MISSED && difference->outcomes[1] == CSVC_OUTCOME_MET)
    g_hash_table_add (swing->now_met, g_strdup (difference->case_id));
  if (difference->outcomes[0] == CSVC_OUTCOME_MET)
    g_hash_table_add (swing->now_missed, g_strdup (difference->case_id));

  return TRUE;
}

/* 65.0 % become 81.9 %, by the cases that are named and by no other. */
static void
volvo_pauses (void)
{
  const char *path = csvc_test_data ("eventlogs/bpic2013-incidents.xes.gz");
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_file (csvc_test_source ("data/policies/incident.xml"), NULL, NULL);
  g_autoptr (CsvcMap) map = csvc_map_load_file (policy, csvc_test_source ("data/policies/incident-bpic2013.map.xml"), NULL, NULL);
  g_autoptr (CsvcWhatif) whatif = csvc_whatif_new (map, map, NULL);
  g_autoptr (CsvcComparison) comparison = NULL;
  g_autoptr (GHashTable) now_met = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) now_missed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Swing swing = { now_met, now_missed };

  if (path == NULL || csvc_test_under_valgrind ()) {
    csvc_test_skip (path == NULL ? "no shared data" : "a whole log takes too long under valgrind");
    return;
  }
  CU_ASSERT_TRUE (csvc_whatif_add_pair (whatif, "resolve72", "resolve72_net", NULL));
  csvc_whatif_set_differences (whatif, on_verdict, &swing);
  comparison = run (whatif, path);
  ASSERT_VERDICTS (comparison, 0, FALSE, MISSED, MET, 6179 - 4903);
  ASSERT_VERDICTS (comparison, 0, FALSE, MET, MET, 4903);
  ASSERT_VERDICTS (comparison, 0, FALSE, MET, MISSED, 0);
  ASSERT_VERDICTS (comparison, 0, FALSE, MISSED, MISSED, 7546 - 6179);
  CSVC_ASSERT_UINT (g_hash_table_size (now_met), 6179 - 4903);
  CSVC_ASSERT_UINT (g_hash_table_size (now_missed), 0);
  ASSERT_DIFFERENCES (comparison, 0, EARLIER, 0);
}
