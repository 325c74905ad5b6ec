/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc customer import: a base of customers from a CSV file. */

#include "config.h"

#include "json.h"
#include "session.h"

static struct {
  char        *store, *map, *key;
  char       **columns;
  gboolean     strict, dry_run, json;
  StampOptions stamp;
} options;

static const GOptionEntry entries[] = {
  { "store", 's', 0, G_OPTION_ARG_FILENAME, &options.store, "Where customers are kept: sqlite:PATH; made when it is not there", "URI" },
  { "map", 'm', 0, G_OPTION_ARG_FILENAME, &options.map, "What the columns mean: a map of customers", "FILE" },
  { "column", 'c', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.columns, "Instead of a map: the column of a fact; may be repeated", "FACT=HEADER" },
  { "key", 'k', 0, G_OPTION_ARG_FILENAME, &options.key, "With --column: the column of the customers' numbers; without it rows are numbered", "HEADER" },
  { "strict", 0, 0, G_OPTION_ARG_NONE, &options.strict, "All rows or none", NULL },
  { "dry-run", 0, 0, G_OPTION_ARG_NONE, &options.dry_run, "Only look at the file", NULL },
  { "at", 0, 0, G_OPTION_ARG_FILENAME, &options.stamp.at, "When, in the policy's zone unless it has an offset (now)", "TIME" },
  { "as", 0, 0, G_OPTION_ARG_FILENAME, &options.stamp.role, "In which role", "ROLE" },
  { "by", 0, 0, G_OPTION_ARG_FILENAME, &options.stamp.actor, "Who", "ACTOR" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
  { NULL }
};

static gboolean
show_progress (guint64 done, guint64 total, gpointer data G_GNUC_UNUSED)
{
  ui_show_progress (ui_say ("reading customers", "读取客户"), done, total);
  return !command_is_stopped ();
}

static CsvcCustomerMap *
load_map (CsvcPolicy *policy, ExitStatus *status)
{
  g_autoptr (CsvcDiagnostics) diagnostics = NULL;
  g_autoptr (GError) error = NULL;
  CsvcCustomerMap *map;

  if (options.map != NULL) {
    map = csvc_customer_map_load_file (policy, options.map, &diagnostics, &error);
    if (map == NULL)
      *status = command_fail_to_load (options.map, diagnostics, error);
    return map;
  }
  map = csvc_customer_map_new (policy, options.key, (const char *const *) options.columns, &error);
  if (map == NULL) {
    ui_complain ("--column: %s", error->message);
    *status = EXIT_USAGE;
  }
  return map;
}

/* ── what came of it ── */

typedef struct {
  const char *word, *english, *chinese;
  guint64 (*count) (const CsvcIntake *intake);
} Figure;

static const Figure figures[] = {
  { "rows", "rows", "行", csvc_intake_get_n_rows },
  { "new", "new customers", "新客户", csvc_intake_get_n_new },
  { "changed", "changed", "有变化", csvc_intake_get_n_changed },
  { "same", "as they were", "无变化", csvc_intake_get_n_same },
  { "bad", "bad rows", "错误行", csvc_intake_get_n_bad },
};

static void
print_notes (const CsvcIntake *intake)
{
  guint64 n = csvc_intake_get_n_bad (intake), told = csvc_intake_get_n_notes (intake);

  for (guint i = 0; i < told; i++) {
    g_autofree char *note = ui_clean_line (csvc_intake_get_note (intake, i));

    ui_complain ("%s", note);
  }
  if (n > told) {
    g_autofree char *more = ui_format_count (n - told);

    ui_complain ("… and %s more", more);
  }
}

static void
print_figures (const CsvcIntake *intake)
{
  const char *const headings[] = { "", ">", NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  for (guint i = 0; i < G_N_ELEMENTS (figures); i++) {
    g_autofree char *count = ui_format_count (figures[i].count (intake));

    ui_table_add (table, ui_say (figures[i].english, figures[i].chinese), count);
  }
  ui_table_print (table);
  if (options.strict && csvc_intake_get_n_bad (intake) > 0)
    ui_print ("%s\n", ui_say ("Nothing was written.", "未写入任何内容。"));
}

static void
print_json (const CsvcIntake *intake)
{
  g_autoptr (Json) json = json_new ();

  json_begin_object (json, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
    json_add_integer (json, figures[i].word, (gint64) figures[i].count (intake));
  json_begin_array (json, "notes");
  for (guint i = 0; i < csvc_intake_get_n_notes (intake); i++)
    json_add_string (json, NULL, csvc_intake_get_note (intake, i));
  json_end_array (json);
  json_end_object (json);
  json_print (json);
}

static ExitStatus
report (const CsvcIntake *intake)
{
  if (options.json) {
    print_json (intake);
  } else {
    print_notes (intake);
    print_figures (intake);
  }
  return csvc_intake_get_n_bad (intake) > 0 ? EXIT_FAULTS : EXIT_FINE;
}

/* ── the command ── */

static ExitStatus
import (const Session *session, const CsvcCustomerMap *map, const char *path)
{
  const CsvcIntakeOptions how = { options.strict, options.dry_run, show_progress, NULL };
  g_autoptr (CsvcIntake) intake = NULL;
  g_autoptr (GError) error = NULL;
  CsvcStamp stamp;

  if (!session_make_stamp (session, &options.stamp, &stamp))
    return EXIT_USAGE;
  command_catch_interrupt ();
  intake = csvc_engine_take_in (session->engine, map, path, &how, &stamp, &error);
  ui_end_progress ();
  if (intake != NULL)
    return report (intake);
  if (g_error_matches (error, CSVC_ERROR, CSVC_ERROR_CANCELLED)) {
    ui_complain ("%s; what was written stays, run it again to go on", error->message);
    return EXIT_STOPPED;
  }
  return ui_fail (error);
}

static ExitStatus
run (int argc, char **argv)
{
  g_auto (Session) session = { NULL, NULL, NULL };
  g_autoptr (CsvcCustomerMap) map = NULL;
  ExitStatus status;

  if (!command_parse (&command_customer_import, entries, &argc, &argv, &status))
    return status;
  if (options.map != NULL && (options.columns != NULL || options.key != NULL)) {
    ui_complain ("either --map or --column and --key");
    return EXIT_USAGE;
  }
  if (!session_load_policy (&session, argv[1], &status))
    return status;
  map = load_map (session.policy, &status);
  if (map == NULL)
    return status;
  if (options.dry_run && options.store == NULL)
    options.store = (char *) "memory:";
  return session_open_store (&session, options.store, STORE_MAKE, &status) ? import (&session, map, argv[2]) : status;
}

const Command command_customer_import = {
  .name = "customer import",
  .arguments = "POLICY FILE.csv",
  .summary = "take in customers from a CSV file",
  .chinese = "从 CSV 文件导入客户",
  .details = "A row that cannot be taken is left out and named, and the exit status is 1. Taking in the same file again changes nothing.\n"
             "Example: csvc customer import churn.xml base.csv --map churn.map.xml --store base.db",
  .min_arguments = 2,
  .max_arguments = 2,
  .run = run
};
