/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc replay: a log of the past under a policy; which promises would have been kept. */

#include "config.h"

#include "command.h"
#include "report.h"

static struct {
  char    *map, *store, *until, *encoding;
  gint     worst;
  gboolean json;
} options = { .worst = 3 };

static const GOptionEntry entries[] = {
  { "map", 'm', 0, G_OPTION_ARG_FILENAME, &options.map, "Which attributes of the log are what (without: a log of csvc simulate)", "FILE" },
  { "store", 's', 0, G_OPTION_ARG_FILENAME, &options.store, "Also keep the cases there: sqlite:PATH", "URI" },
  { "until", 0, 0, G_OPTION_ARG_FILENAME, &options.until, "Judge the cases that are still open as of then (the log's last instant)", "TIME" },
  { "encoding", 0, 0, G_OPTION_ARG_FILENAME, &options.encoding, "Character set of a CSV file, such as GB18030", "NAME" },
  { "worst", 0, 0, G_OPTION_ARG_INT, &options.worst, "Show so many of the worst cases of each promise (3, at most 20)", "N" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
  { NULL }
};

static gboolean
on_progress (guint64 done, guint64 total, gpointer data)
{
  ui_show_progress (data, done, total);
  return !command_is_stopped ();
}

static CsvcMap *
load_map (CsvcPolicy *policy, ExitStatus *status)
{
  g_autoptr (CsvcDiagnostics) diagnostics = NULL;
  g_autoptr (GError) error = NULL;
  CsvcMap *map = options.map != NULL ? csvc_map_load_file (policy, options.map, &diagnostics, &error)
                                     : csvc_map_new_default (policy, NULL, &error);

  if (map == NULL)
    *status = command_fail_to_load (options.map, diagnostics, error);
  return map;
}

static gboolean
set_store (CsvcReplay *replay, ExitStatus *status)
{
  g_autoptr (CsvcStore) store = NULL;
  g_autoptr (GError) error = NULL;

  if (options.store == NULL)
    return TRUE;
  store = csvc_store_open (options.store, &error);
  if (store == NULL) {
    *status = ui_fail (error);
    return FALSE;
  }
  csvc_replay_set_store (replay, store);
  return TRUE;
}

static CsvcReplay *
make_replay (CsvcPolicy *policy, ExitStatus *status)
{
  g_autoptr (CsvcMap) map = NULL;
  g_autoptr (CsvcReplay) replay = NULL;
  CsvcTime until = CSVC_NEVER;

  *status = EXIT_USAGE;
  if (options.until != NULL && !command_read_time ("--until", options.until, csvc_policy_get_zone (policy), &until))
    return NULL;
  map = load_map (policy, status);
  if (map == NULL)
    return NULL;
  replay = csvc_replay_new (policy, map);
  csvc_replay_set_until (replay, until);
  csvc_replay_set_encoding (replay, options.encoding);
  return set_store (replay, status) ? g_steal_pointer (&replay) : NULL;
}

/* Here it is the log that is not there, or does not fit the map. */
static ExitStatus
fail (const GError *error)
{
  ExitStatus status = ui_fail (error);

  if (g_error_matches (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND))
    return EXIT_IO;
  if (g_error_matches (error, CSVC_ERROR, CSVC_ERROR_INVALID))
    return EXIT_FAULTS;
  if (status == EXIT_STOPPED && options.store != NULL)
    ui_warn ("the cases stored so far are whole; run the same command again to go on");
  return status;
}

/* On stderr: the report says what is in the log, however many runs it took. */
static void
tell_what_was_there (const CsvcReport *report)
{
  g_autofree char *n = ui_format_count (csvc_report_get_count (report, CSVC_COUNT_ALREADY_STORED));

  if (csvc_report_get_count (report, CSVC_COUNT_ALREADY_STORED) > 0)
    ui_warn ("%s of the cases were in the store already, and were left alone", n);
}

static ExitStatus
run (int argc, char **argv)
{
  g_autoptr (CsvcPolicy) policy = NULL;
  g_autoptr (CsvcReplay) replay = NULL;
  g_autoptr (CsvcReport) report = NULL;
  g_autoptr (GError) error = NULL;
  ExitStatus status;

  if (!command_parse (&command_replay, entries, &argc, &argv, &status))
    return status;
  if (options.worst < 0) {
    ui_complain ("--worst %d: expected 0 or more", options.worst);
    return EXIT_USAGE;
  }
  policy = command_load_policy (argv[1], &status);
  if (policy == NULL)
    return status;
  command_catch_interrupt ();
  replay = make_replay (policy, &status);
  if (replay == NULL)
    return status;

  csvc_replay_set_progress (replay, on_progress, argv[2]);
  report = csvc_replay_run (replay, argv[2], &error);
  ui_end_progress ();
  if (report == NULL)
    return fail (error);
  if (options.json) {
    g_autofree char *json = csvc_report_to_json (report);

    ui_print ("%s\n", g_strchomp (json));
  } else {
    report_print (report, argv[2], (guint) options.worst);
  }
  tell_what_was_there (report);
  return EXIT_FINE;
}

const Command command_replay = {
  .name = "replay",
  .arguments = "POLICY LOG",
  .summary = "judge the promises in a log (XES or CSV, also .gz)",
  .chinese = "用策略重放日志并评判承诺",
  .details = "A time without an offset is read in the policy's zone. What the map does not know, and what the lifecycle refuses,\n"
             "is skipped, counted and shown with the place of the first. A replay into a store may be stopped and run again.",
  .min_arguments = 2,
  .max_arguments = 2,
  .run = run
};
