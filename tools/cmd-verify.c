/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc verify: the chain of the journal, and every case against its journal. */

#include "config.h"

#include "session.h"

static struct {
  char *store;
} options;

static const GOptionEntry entries[] = {
  { "store", 's', 0, G_OPTION_ARG_FILENAME, &options.store, "Where cases are kept: sqlite:PATH", "URI" },
  { NULL }
};

/* Nothing in a store without personal facts. */
static ExitStatus
tell_of_personal (CsvcEngine *engine)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *kept = NULL;
  g_autofree char *forgotten = NULL;
  gint64 n_kept, n_forgotten;

  if (!csvc_engine_count_personal (engine, &n_kept, &n_forgotten, &error))
    return ui_fail (error);
  if (n_kept + n_forgotten == 0)
    return EXIT_FINE;
  kept = ui_format_count ((guint64) n_kept);
  forgotten = ui_format_count ((guint64) n_forgotten);
  ui_print (ui_say ("Personal values: %s kept, each as its seal says; %s forgotten.\n", "个人信息：保留 %s 项，均与封条一致；已清除 %s 项。\n"), kept, forgotten);
  return EXIT_FINE;
}

static ExitStatus
verify (CsvcEngine *engine)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *streams = NULL;
  g_autofree char *done = NULL;
  gint64 n_streams, n_entries;

  if (!csvc_engine_verify (engine, &n_streams, &n_entries, &error)) {
    ui_fail (error);
    return g_error_matches (error, CSVC_ERROR, CSVC_ERROR_CORRUPT) ? EXIT_FAULTS : EXIT_IO;
  }
  streams = ui_format_count ((guint64) n_streams);
  done = ui_format_count ((guint64) n_entries);
  ui_print_styled (UI_GREEN,
                   ui_say ("%s entries and the %s cases and customers they make agree.", "%s 条流水与其产生的 %s 个工单和客户一致。"),
                   done, streams);
  ui_print ("\n");
  return tell_of_personal (engine);
}

static ExitStatus
run (int argc, char **argv)
{
  g_auto (Session) session = { NULL, NULL, NULL };
  ExitStatus status;

  if (!command_parse (&command_verify, entries, &argc, &argv, &status))
    return status;
  return session_open (&session, NULL, options.store, STORE_READ, &status) ? verify (session.engine) : status;
}

const Command command_verify = {
  .name = "verify",
  .arguments = "",
  .summary = "check a store: its chain, and each case against its journal",
  .chinese = "校验库：哈希链及各工单与流水是否一致",
  .details = "Each transaction's hash covers the one before. A chain that is not anchored outside proves nothing against the store's own owner.",
  .min_arguments = 0,
  .max_arguments = 0,
  .run = run
};
