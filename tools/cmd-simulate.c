/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc simulate: a made-up log of a kind of case, or a made-up base of customers in a store; the same for the same seed. */

#include "config.h"

#include <errno.h>
#include <stdio.h>

#include "session.h"

static struct {
  gint64 cases, seed, days, customers;
  char  *kind, *from, *output, *map, *store, *at;
} options = { .cases = 1000, .seed = 1, .days = 31 };

static const GOptionEntry entries[] = {
  { "cases", 'n', 0, G_OPTION_ARG_INT64, &options.cases, "How many cases (1000)", "N" },
  { "seed", 0, 0, G_OPTION_ARG_INT64, &options.seed, "What the made-up figures depend on (1)", "S" },
  { "kind", 0, 0, G_OPTION_ARG_FILENAME, &options.kind, "Kind of case (the policy's first)", "KIND" },
  { "from", 0, 0, G_OPTION_ARG_FILENAME, &options.from, "First day on which cases are opened (2026-03-01)", "DATE" },
  { "days", 0, 0, G_OPTION_ARG_INT64, &options.days, "On how many days cases are opened (31)", "N" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, "Write there instead of stdout; as XES when the name ends in .xes, else CSV", "FILE" },
  { "map", 0, 0, G_OPTION_ARG_FILENAME, &options.map, "Also write the map that csvc replay reads the log with", "FILE" },
  { "customers", 0, 0, G_OPTION_ARG_INT64, &options.customers, "Instead of a log: put so many customers into the store", "N" },
  { "store", 's', 0, G_OPTION_ARG_FILENAME, &options.store, "Where the customers go: sqlite:PATH; made when it is not there", "URI" },
  { "at", 0, 0, G_OPTION_ARG_FILENAME, &options.at, "As of when the customers are made up (now)", "TIME" },
  { NULL }
};

static gboolean
write_to_stdout (const char *text, gsize length, gpointer data, GError **error)
{
  if (fwrite (text, 1, length, stdout) == length)
    return TRUE;
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_IO, "cannot write the log: %s", g_strerror (errno));
  return FALSE;
}

static gboolean
are_numbers_right (void)
{
  if (options.cases < 1 || options.seed < 0 || options.days < 1 || options.days > 36500) {
    ui_complain ("expected --cases of 1 or more, --seed of 0 or more, --days between 1 and 36500");
    return FALSE;
  }
  return TRUE;
}

static CsvcSimulation *
make_simulation (CsvcPolicy *policy, ExitStatus *status)
{
  const CsvcKind *kind = options.kind != NULL ? command_find_kind (policy, options.kind) : NULL;
  g_autoptr (CsvcSimulation) simulation = NULL;
  g_autoptr (GError) error = NULL;
  CsvcTime from;

  *status = EXIT_USAGE;
  if (options.kind != NULL && kind == NULL)
    return NULL;
  simulation = csvc_simulation_new (policy, kind != NULL ? csvc_kind_get_id (kind) : NULL, &error);
  if (simulation == NULL) {
    *status = ui_fail (error);
    return NULL;
  }
  csvc_simulation_set_cases (simulation, (guint64) options.cases);
  csvc_simulation_set_seed (simulation, (guint64) options.seed);
  csvc_simulation_set_days (simulation, (guint) options.days);
  if (options.from != NULL) {
    if (!command_read_time ("--from", options.from, csvc_policy_get_zone (policy), &from))
      return NULL;
    csvc_simulation_set_from (simulation, from);
  }
  return g_steal_pointer (&simulation);
}

static gboolean
write_map (CsvcPolicy *policy, GError **error)
{
  g_autoptr (CsvcMap) map = csvc_map_new_default (policy, options.kind, error);
  g_autofree char *text = map != NULL ? csvc_map_to_xml (map) : NULL;

  return text != NULL && g_file_set_contents (options.map, text, -1, error);
}

static gboolean
write_log (CsvcSimulation *simulation, GError **error)
{
  g_autofree char *count = NULL;
  guint64 n_rows;

  if (options.output == NULL)
    return csvc_simulation_write (simulation, CSVC_LOG_CSV, write_to_stdout, NULL, NULL, error);
  if (!csvc_simulation_write_file (simulation, options.output, &n_rows, error))
    return FALSE;
  count = ui_format_count (n_rows);
  ui_print (ui_say ("%s: %" G_GINT64_FORMAT " cases, %s rows, seed %" G_GINT64_FORMAT "\n",
                    "%s：%" G_GINT64_FORMAT " 个工单，%s 行，种子 %" G_GINT64_FORMAT "\n"),
            options.output, options.cases, count, options.seed);
  return TRUE;
}

/* ── customers ── */

static gboolean
show_progress (guint64 done, guint64 total, gpointer data G_GNUC_UNUSED)
{
  ui_show_progress (ui_say ("customers", "客户"), done, total);
  return !command_is_stopped ();
}

static ExitStatus
put_customers (Session *session)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *count = ui_format_count ((guint64) options.customers);
  ExitStatus status;
  CsvcTime at;
  gboolean put;

  if (!command_read_time ("--at", options.at, csvc_policy_get_zone (session->policy), &at))
    return EXIT_USAGE;
  if (!session_open_store (session, options.store, STORE_MAKE, &status))
    return status;
  command_catch_interrupt ();
  put = csvc_simulate_customers (session->engine, (guint64) options.customers, (guint64) options.seed, at, show_progress, NULL, &error);
  ui_end_progress ();
  if (!put)
    return g_error_matches (error, CSVC_ERROR, CSVC_ERROR_CANCELLED) ? EXIT_STOPPED : ui_fail (error);
  ui_print (ui_say ("%s: %s customers, seed %" G_GINT64_FORMAT "\n", "%s：%s 位客户，种子 %" G_GINT64_FORMAT "\n"), options.store, count,
            options.seed);
  return EXIT_FINE;
}

static ExitStatus
run_customers (const char *policy)
{
  g_auto (Session) session = { NULL, NULL, NULL };
  ExitStatus status;

  if (options.customers < 0 || options.seed < 0 || options.store == NULL || options.output != NULL || options.map != NULL || options.kind != NULL) {
    ui_complain ("--customers of 1 or more goes with --store, --seed of 0 or more and --at; nothing else");
    return EXIT_USAGE;
  }
  return session_load_policy (&session, policy, &status) ? put_customers (&session) : status;
}

static ExitStatus
run (int argc, char **argv)
{
  g_autoptr (CsvcPolicy) policy = NULL;
  g_autoptr (CsvcSimulation) simulation = NULL;
  g_autoptr (GError) error = NULL;
  ExitStatus status;

  if (!command_parse (&command_simulate, entries, &argc, &argv, &status))
    return status;
  if (options.customers != 0)
    return run_customers (argv[1]);
  if (options.store != NULL) {
    ui_complain ("--store is where customers go: how many --customers?");
    return EXIT_USAGE;
  }
  if (!are_numbers_right ())
    return EXIT_USAGE;
  policy = command_load_policy (argv[1], &status);
  if (policy == NULL)
    return status;
  simulation = make_simulation (policy, &status);
  if (simulation == NULL)
    return status;
  if (!write_log (simulation, &error) || (options.map != NULL && !write_map (policy, &error)))
    return ui_fail (error);
  return EXIT_FINE;
}

const Command command_simulate = {
  .name = "simulate",
  .arguments = "POLICY",
  .summary = "make up a log of cases, or customers, under a policy",
  .chinese = "按策略生成模拟工单日志或客户",
  .details = "Example: csvc simulate telecom.xml --cases 1500 --seed 7 --output march.csv && csvc replay telecom.xml march.csv\n"
             "Customers: csvc simulate telecom.xml --customers 50000 --seed 7 --store sqlite:customers.db --at 2026-01-01",
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run
};
