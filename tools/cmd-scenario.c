/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc scenario: plays scenarios, and writes one from a stored case. */

#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "session.h"

static const Command command_scenario_run, command_scenario_record;

/* ── run ── */

static struct {
  char *store;
} run_options;

static const GOptionEntry run_entries[] = {
  { "store", 's', 0, G_OPTION_ARG_FILENAME, &run_options.store,
    "Play it in this store, which does not know its cases yet; else in memory and in a file that is then removed", "URI" },
  { NULL }
};

/* The stores that a scenario is played in, and what has to be removed after it. */
typedef struct {
  CsvcStore *stores[2];
  guint      n;
  char      *folder;
} Stage;

/* SQLite leaves the file, perhaps with its log beside it, and libcsvc its lock. */
static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    g_unlink (path);
  }
  g_rmdir (folder);
}

static void
stage_clear (Stage *self)
{
  for (guint i = 0; i < self->n; i++)
    csvc_store_unref (self->stores[i]);
  if (self->folder != NULL)
    remove_folder (self->folder);
  g_free (self->folder);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Stage, stage_clear)

static gboolean
add_store (Stage *stage, const char *uri, GError **error)
{
  CsvcStore *store = csvc_store_open (uri, error);

  if (store != NULL)
    stage->stores[stage->n++] = store;
  return store != NULL;
}

static gboolean
set_stage (Stage *stage, GError **error)
{
  g_autofree char *uri = NULL;

  if (run_options.store != NULL)
    return add_store (stage, run_options.store, error);
  stage->folder = g_dir_make_tmp ("csvc-XXXXXX", error);
  if (stage->folder == NULL)
    return FALSE;
  uri = g_strdup_printf ("sqlite:%s/scenario.db?sync=normal", stage->folder);
  return add_store (stage, "memory:", error) && add_store (stage, uri, error);
}

static void
list_failures (const CsvcDiagnostics *failures)
{
  for (guint i = 0; i < csvc_diagnostics_get_size (failures); i++) {
    g_autofree char *line = csvc_diagnostic_to_string (csvc_diagnostics_get (failures, i));
    g_autofree char *clean = ui_clean (line);

    ui_complain ("%s", clean);
  }
}

static CsvcScenario *
load (const char *path, ExitStatus *status)
{
  g_autoptr (CsvcDiagnostics) faults = NULL;
  g_autoptr (GError) error = NULL;
  CsvcScenario *scenario = csvc_scenario_load_file (path, &faults, &error);

  if (scenario != NULL)
    return scenario;
  *status = g_error_matches (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND) || g_error_matches (error, CSVC_ERROR, CSVC_ERROR_IO) ? EXIT_IO
                                                                                                                            : EXIT_FAULTS;
  if (csvc_diagnostics_get_size (faults) > 0)
    list_failures (faults);
  else
    ui_complain ("%s", error->message);
  return NULL;
}

static void
say_that_it_passed (const char *path, const CsvcScenario *scenario)
{
  g_autofree char *steps = ui_format_number_of (csvc_scenario_get_n_steps (scenario), "step", "steps", "步");
  g_autofree char *expectations =
    ui_format_number_of (csvc_scenario_get_n_expectations (scenario), "expectation", "expectations", "项预期");

  ui_print_styled (UI_GREEN, ui_say ("%s passed: %s, %s", "%s 通过：%s，%s"), path, steps, expectations);
  ui_print ("\n");
}

/* Each scenario has stores of its own: two of them may well speak of a case C1. */
static ExitStatus
play (const char *path)
{
  ExitStatus status = EXIT_FINE;
  g_autoptr (CsvcScenario) scenario = load (path, &status);
  g_autoptr (CsvcDiagnostics) failures = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Stage) stage = { { NULL }, 0, NULL };

  if (scenario == NULL)
    return status;
  if (!set_stage (&stage, &error))
    return ui_fail (error);
  if (csvc_scenario_run (scenario, stage.stores, stage.n, &failures, &error)) {
    say_that_it_passed (path, scenario);
    return EXIT_FINE;
  }
  if (csvc_diagnostics_get_size (failures) == 0)
    return ui_fail (error);
  list_failures (failures);
  return EXIT_FAULTS;
}

static ExitStatus
run_scenarios (int argc, char **argv)
{
  ExitStatus status, worst = EXIT_FINE;

  if (!command_parse (&command_scenario_run, run_entries, &argc, &argv, &status))
    return status;
  for (int i = 1; i < argc; i++) {
    status = play (argv[i]);
    worst = MAX (worst, status);
  }
  return worst;
}

static const Command command_scenario_run = {
  .name = "scenario run",
  .arguments = "FILE…",
  .summary = "play scenarios and say what came otherwise than expected",
  .chinese = "运行场景并报告与预期不符之处",
  .details = "Each is played by the pure machine, waking late and on time, and in the stores; all have to agree.\n"
             "Every failure is listed with file and line; the exit status is then 1. docs/scenarios.md tells the format.",
  .min_arguments = 1,
  .max_arguments = G_MAXUINT,
  .run = run_scenarios
};

/* ── record ── */

static struct {
  char *store;
  char *output;
} record_options;

static const GOptionEntry record_entries[] = {
  { "store", 's', 0, G_OPTION_ARG_FILENAME, &record_options.store, "Where the case is kept: sqlite:PATH", "URI" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &record_options.output, "Write to this file (standard output)", "FILE" },
  { NULL }
};

/* The policy's path as seen from where the scenario will lie. */
static char *
make_policy_path (const char *policy)
{
  g_autofree char *folder = record_options.output != NULL ? g_path_get_dirname (record_options.output) : g_strdup (".");

  return g_str_equal (folder, ".") ? g_strdup (policy) : g_canonicalize_filename (policy, NULL);
}

static ExitStatus
record (const Session *session, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *policy = make_policy_path (argv[1]);
  g_autofree char *text = csvc_scenario_record (session->engine, policy, argv[2], &error);

  if (text == NULL) {
    ui_complain ("%s", error->message);
    return g_error_matches (error, CSVC_ERROR, CSVC_ERROR_INVALID) || g_error_matches (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND)
             ? EXIT_FAULTS
             : EXIT_IO;
  }
  if (record_options.output == NULL) {
    ui_print ("%s", text);
    return EXIT_FINE;
  }
  return g_file_set_contents (record_options.output, text, -1, &error) ? EXIT_FINE : (ui_complain ("%s", error->message), EXIT_IO);
}

static ExitStatus
run_record (int argc, char **argv)
{
  g_auto (Session) session = { NULL, NULL, NULL };
  ExitStatus status;

  if (!command_parse (&command_scenario_record, record_entries, &argc, &argv, &status))
    return status;
  return session_open (&session, argv[1], record_options.store, STORE_READ, &status) ? record (&session, argv) : status;
}

static const Command command_scenario_record = {
  .name = "scenario record",
  .arguments = "POLICY CASE",
  .summary = "write a scenario from a stored case: a bug report that is a test",
  .chinese = "由库中的工单生成场景",
  .details = "Personal texts are withheld.\n"
             "Example: csvc scenario record telecom.xml C-1 --store cases.db --output C-1.scenario",
  .min_arguments = 2,
  .max_arguments = 2,
  .run = run_record
};

/* ── both ── */

static const Command *const commands[] = { &command_scenario_run, &command_scenario_record, NULL };

static ExitStatus
run (int argc, char **argv)
{
  const Command *command;

  if (argc < 2) {
    ui_complain ("csvc scenario: run or record? “csvc scenario --help” says more");
    return EXIT_USAGE;
  }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0) {
    command_print_list (commands);
    return EXIT_FINE;
  }
  command = command_find (commands, "csvc scenario", argv[1]);
  return command != NULL ? command->run (argc - 1, argv + 1) : EXIT_USAGE;
}

const Command command_scenario = {
  .name = "scenario",
  .arguments = "run|record …",
  .summary = "tell cases as stories with expectations, and play them",
  .chinese = "把工单写成带预期的场景并运行",
  .run = run
};
