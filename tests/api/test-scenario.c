/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/csvc.h>
#include <string.h>

#include "csvc-test.h"

/* Scenarios as a host plays and records them; tests/tool/test-scenario.sh plays all of them by the tool. */

static void plays_what_is_shipped (void);
static void says_every_failure (void);
static void refuses_what_it_cannot_read (void);
static void records_what_it_can_play (void);

static CU_TestInfo tests[] = {
  { "plays-what-is-shipped", plays_what_is_shipped },
  { "says-every-failure", says_every_failure },
  { "refuses-what-it-cannot-read", refuses_what_it_cannot_read },
  { "records-what-it-can-play", records_what_it_can_play },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_scenario;
const CsvcSuite csvc_suite_scenario = { "scenario", tests };

#define POLICY "data/policies/telecom.xml"

static CsvcScenario *
load (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcDiagnostics) faults = NULL;
  CsvcScenario *scenario = csvc_scenario_load_file (path, &faults, &error);

  csvc_assert_no_error (error);
  CSVC_ASSERT_UINT (csvc_diagnostics_get_size (faults), 0);
  return scenario;
}

/* In the pure machine and a memory store. */
static gboolean
play (const CsvcScenario *scenario, CsvcDiagnostics **failures, GError **error)
{
  g_autoptr (CsvcStore) store = csvc_store_open ("memory:", NULL);

  return csvc_scenario_run (scenario, &store, 1, failures, error);
}

static void
check_played (const char *path)
{
  g_autoptr (CsvcScenario) scenario = load (path);
  g_autoptr (GError) error = NULL;

  if (scenario != NULL)
    CSVC_ASSERT_TRUE (play (scenario, NULL, &error), "%s failed", path);
  csvc_assert_no_error (error);
}

static void
plays_what_is_shipped (void)
{
  static const char *const names[] = { "complaint-life", "complaint-overdue", "fault", "pause-many", "chart-parallel", "unknown-deadline",
                                       "rule-replanned", "contact-capacity", "veto-leaving", "erased" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_strdup_printf ("tests/scenarios/%s.scenario", names[i]);

      check_played (csvc_test_source (name));
    }
}

/* A scenario in the test's own folder, on the shipped policy. */
static const char *
write_scenario (const char *steps)
{
  g_autofree char *text = g_strdup_printf ("policy %s\n%s", csvc_test_source (POLICY), steps);

  return csvc_test_write ("it.scenario", text);
}

static void
says_every_failure (void)
{
  g_autoptr (CsvcScenario) scenario = load (write_scenario ("2026-03-02 09:00  open complaint C1 as agent: window = hotline\n"
                                                            "  state clarify\n"
                                                            "  due reply 12:00\n"
                                                            "09:30  replied as leader\n"
                                                            "  level city\n"));
  g_autoptr (CsvcDiagnostics) failures = NULL;
  g_autoptr (GError) error = NULL;

  CSVC_ASSERT_UINT (csvc_scenario_get_n_steps (scenario), 2);
  CSVC_ASSERT_UINT (csvc_scenario_get_n_expectations (scenario), 3);
  CSVC_ASSERT_TRUE (!play (scenario, &failures, &error), "it passed");
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "3 failures");
  CSVC_ASSERT_UINT (csvc_diagnostics_get_size (failures), 3);
  CSVC_ASSERT_UINT (csvc_diagnostic_get_line (csvc_diagnostics_get (failures, 0)), 3);
  CSVC_ASSERT_STRING (csvc_diagnostic_get_message (csvc_diagnostics_get (failures, 0)), "state accept");
  CSVC_ASSERT_CONTAINS (csvc_diagnostic_get_message (csvc_diagnostics_get (failures, 1)), "refused-role");
  CSVC_ASSERT_UINT (csvc_diagnostic_get_number (csvc_diagnostics_get (failures, 2)), 710);
}

static void
check_refused (const char *path, CsvcErrorCode code, const char *text)
{
  g_autoptr (CsvcDiagnostics) faults = NULL;
  g_autoptr (GError) error = NULL;
  CsvcScenario *scenario = csvc_scenario_load_file (path, &faults, &error);

  CSVC_ASSERT_TRUE (scenario == NULL && faults != NULL, "%s was read", path);
  csvc_assert_error (error, CSVC_ERROR, code, text);
}

static void
refuses_what_it_cannot_read (void)
{
  g_autofree char *long_line = g_strnfill (1024 * 1024 + 1, '#');

  check_refused ("/nowhere/it.scenario", CSVC_ERROR_NOT_FOUND, "it.scenario");
  check_refused (csvc_test_write ("long.scenario", long_line), CSVC_ERROR_LIMIT, "1 MiB");
  check_refused (csvc_test_write ("empty.scenario", ""), CSVC_ERROR_SYNTAX, "no step");
  check_refused (csvc_test_write ("policy.scenario", "policy nowhere.xml\n"), CSVC_ERROR_NOT_FOUND, "nowhere.xml");
  check_refused (write_scenario ("09:00  wait\n\"\n  :\n+1us wait: a = \"\n"), CSVC_ERROR_SYNTAX, "4 faults");
}

static CsvcStore *
fill_store (const CsvcScenario *scenario)
{
  CsvcStore *store = csvc_store_open ("memory:", NULL);
  g_autoptr (GError) error = NULL;

  csvc_scenario_run (scenario, &store, 1, NULL, &error);
  csvc_assert_no_error (error);
  return store;
}

static void
records_what_it_can_play (void)
{
  static const char *const names[] = { "complaint-overdue", "complaint-reopened", "fault", "activity" };
  static const char *const cases[] = { "C1", "C1", "F1", "V1" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_strdup_printf ("tests/scenarios/%s.scenario", names[i]);
      g_autoptr (CsvcScenario) scenario = load (csvc_test_source (name));
      g_autoptr (CsvcStore) store = fill_store (scenario);
      g_autoptr (CsvcEngine) engine = csvc_engine_new (store, csvc_scenario_get_policy (scenario), NULL);
      g_autofree char *text = csvc_scenario_record (engine, csvc_test_source (POLICY), cases[i], NULL);

      CSVC_ASSERT_CONTAINS (text, "# Recorded: case");
      check_played (csvc_test_write ("recorded.scenario", text));
    }
}
