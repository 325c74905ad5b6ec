/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Permit requests of a Dutch office, with the deadline that the office wrote down for each: eight weeks of the wall calendar, through
 * clock changes. The figures were computed independently, by Python. */

#include "config.h"

#include "csvc-test.h"

#include <csvc/csvc.h>
#include <string.h>

static void finds_the_recorded_deadlines (void);
static void judges_by_the_recorded_deadline (void);
static void both_files_give_one_report (void);

static CU_TestInfo tests[] = {
  { "finds-the-recorded-deadlines", finds_the_recorded_deadlines },
  { "judges-by-the-recorded-deadline", judges_by_the_recorded_deadline },
  { "both-files-give-one-report", both_files_give_one_report },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_receipt = { "receipt", tests, NULL, NULL };

static const char *const logs[] = { "eventlogs/receipt.xes.gz", "eventlogs/receipt.csv.gz" };

static gboolean
are_logs_here (void)
{
  if (csvc_test_under_valgrind ()) {
    csvc_test_skip ("volume only");
    return FALSE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (logs); i++) {
    if (csvc_test_data (logs[i]) == NULL) {
      csvc_test_skip ("there is no %s", logs[i]);
      return FALSE;
    }
  }
  return TRUE;
}

static CsvcPolicy *
load_policy (void)
{
  g_autoptr (GError) error = NULL;
  CsvcPolicy *policy = csvc_policy_load_file (csvc_test_source ("data/policies/receipt.xml"), NULL, &error);

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (policy);
  return policy;
}

/* @store: (nullable) */
static CsvcReport *
replay (CsvcPolicy *policy, const char *log, CsvcStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcMap) map = csvc_map_load_file (policy, csvc_test_source ("data/policies/receipt.map.xml"), NULL, &error);
  g_autoptr (CsvcReplay) replay = NULL;
  CsvcReport *report;

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (map);
  replay = csvc_replay_new (policy, map);
  csvc_replay_set_store (replay, store);
  report = csvc_replay_run (replay, csvc_test_data (log), &error);
  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (report);
  return report;
}

/* ---- The deadline, computed and recorded ---- */

typedef struct {
  guint cases, same_date, same_second, across_change;
} Deadlines;

static const CsvcCycle *
find_cycle (const CsvcCase *self, const char *clock)
{
  for (guint i = 0; i < csvc_case_get_n_cycles (self); i++) {
    const CsvcCycle *cycle = csvc_case_get_cycle (self, i);

    if (strcmp (csvc_clock_get_id (csvc_cycle_get_clock (cycle)), clock) == 0)
      return cycle;
  }
  CU_FAIL_FATAL ("the clock never started");
  return NULL;
}

/* What the wall clock shows, in units. */
static gint64
read_wall (const CsvcZone *zone, CsvcTime time, CsvcDuration unit)
{
  CsvcLocalTime local = csvc_zone_to_local (zone, time);

  return local / unit - (local % unit < 0);
}

static void
compare_deadlines (const CsvcCase *self, Deadlines *sums)
{
  const CsvcZone *zone = csvc_policy_get_zone (csvc_case_get_policy (self));
  const CsvcValue *fact = csvc_case_get_fact (self, "deadline");
  const CsvcCycle *cycle = find_cycle (self, "term");
  CsvcTime due = csvc_case_get_due (self, cycle), recorded;

  CU_ASSERT_PTR_NOT_NULL_FATAL (fact);
  recorded = csvc_value_get_time (fact);
  sums->cases++;
  if (read_wall (zone, due, CSVC_DAY) != read_wall (zone, recorded, CSVC_DAY))
    return;
  sums->same_date++;
  sums->same_second += read_wall (zone, due, CSVC_SECOND) == read_wall (zone, recorded, CSVC_SECOND);
  sums->across_change += csvc_zone_get_offset (zone, csvc_cycle_get_start (cycle)) != csvc_zone_get_offset (zone, recorded);
}

static void
compare_all_deadlines (CsvcEngine *engine, Deadlines *sums)
{
  CsvcCaseFilter filter = CSVC_CASE_FILTER;

  do {
    g_autoptr (GError) error = NULL;
    g_autoptr (CsvcCaseList) page = csvc_engine_list_cases (engine, &filter, &error);

    csvc_assert_no_error (error);
    CU_ASSERT_PTR_NOT_NULL_FATAL (page);
    for (guint i = 0; i < csvc_case_list_get_size (page); i++) {
      g_autoptr (CsvcCase) one = csvc_engine_get_case (engine, csvc_case_item_get_id (csvc_case_list_get (page, i)), &error);

      csvc_assert_no_error (error);
      CU_ASSERT_PTR_NOT_NULL_FATAL (one);
      compare_deadlines (one, sums);
    }
    filter.after = csvc_case_list_get_next (page);
  } while (filter.after != 0);
}

static void
finds_the_recorded_deadlines (void)
{
  if (!are_logs_here ())
    return;

  for (guint i = 0; i < G_N_ELEMENTS (logs); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (CsvcPolicy) policy = load_policy ();
    g_autoptr (CsvcStore) store = csvc_store_open ("memory:", &error);
    g_autoptr (CsvcReport) report = NULL;
    g_autoptr (CsvcEngine) engine = NULL;
    Deadlines sums = { 0, 0, 0, 0 };

    csvc_assert_no_error (error);
    CU_ASSERT_PTR_NOT_NULL_FATAL (store);
    report = replay (policy, logs[i], store);
    engine = csvc_engine_new (store, policy, &error);
    csvc_assert_no_error (error);
    CU_ASSERT_PTR_NOT_NULL_FATAL (engine);

    compare_all_deadlines (engine, &sums);
    CSVC_ASSERT_UINT (sums.cases, 1434);
    CSVC_ASSERT_UINT (sums.same_date, 1080);
    CSVC_ASSERT_UINT (sums.same_second, 982);
    CSVC_ASSERT_UINT (sums.across_change, 344);
  }
}

/* ---- The report ---- */

static guint64
get_figure (const CsvcReport *report, const char *clock, CsvcFigure figure)
{
  for (guint i = 0; i < csvc_report_get_n_clocks (report); i++)
    if (strcmp (csvc_clock_get_id (csvc_report_get_clock (report, i)), clock) == 0)
      return csvc_figures_get (csvc_report_get_figures (report, i, FALSE), figure);
  CU_FAIL_FATAL ("no such clock");
  return 0;
}

/* 1,329 have ended, 377 of them after the deadline. Two ended before they began; their end is refused. */
static void
judges_by_the_recorded_deadline (void)
{
  if (!are_logs_here ())
    return;

  for (guint i = 0; i < G_N_ELEMENTS (logs); i++) {
    g_autoptr (CsvcPolicy) policy = load_policy ();
    g_autoptr (CsvcReport) report = replay (policy, logs[i], NULL);

    CSVC_ASSERT_UINT (csvc_report_get_count (report, CSVC_COUNT_CASES), 1434);
    CSVC_ASSERT_UINT (csvc_report_get_count (report, CSVC_COUNT_ROWS), 8577);
    CSVC_ASSERT_UINT (csvc_report_get_count (report, CSVC_COUNT_COLUMN_EVENTS), 1329);
    CSVC_ASSERT_UINT (csvc_report_get_count (report, CSVC_COUNT_UNKNOWN), 0);
    CSVC_ASSERT_UINT (csvc_report_get_count (report, CSVC_COUNT_BAD_TIME), 0);
    CSVC_ASSERT_UINT (csvc_report_get_count (report, CSVC_COUNT_BAD_VALUE), 0);
    CSVC_ASSERT_UINT (get_figure (report, "recorded", CSVC_FIGURE_MISSED), 377);
    CSVC_ASSERT_UINT (get_figure (report, "recorded", CSVC_FIGURE_MET_LATE), 377);
    CSVC_ASSERT_UINT (get_figure (report, "recorded", CSVC_FIGURE_MET), 1329 - 377 - 2);
    CSVC_ASSERT_UINT (get_figure (report, "recorded", CSVC_FIGURE_SETTLED), 1327);
  }
}

/* (transfer full): the report without the places in the file: its name, and the line. */
static char *
report_without_places (const CsvcReport *report)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GRegex) places = g_regex_new ("\"[^\"]*receipt\\.(xes|csv)\\.gz:[0-9]+: ", 0, 0, &error);
  g_autofree char *json = csvc_report_to_json (report);
  char *text;

  csvc_assert_no_error (error);
  text = g_regex_replace_literal (places, json, -1, 0, "\"", 0, &error);
  csvc_assert_no_error (error);
  return text;
}

static void
both_files_give_one_report (void)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  if (!are_logs_here ())
    return;

  for (guint i = 0; i < G_N_ELEMENTS (logs); i++) {
    g_autoptr (CsvcPolicy) policy = load_policy ();
    g_autoptr (CsvcReport) report = replay (policy, logs[i], NULL);

    g_ptr_array_add (texts, report_without_places (report));
    CSVC_ASSERT_CONTAINS (g_ptr_array_index (texts, i), "case case-4677");
  }
  CSVC_ASSERT_STRING (g_ptr_array_index (texts, 0), g_ptr_array_index (texts, 1));
}
