/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc sweep: the plan of the day by role, made and carried out; or of many days, one after the other. */

#include "config.h"

#include "json.h"
#include "plan-print.h"
#include "session.h"

static struct {
  char    *store, *at, *by;
  gint64   days;
  gboolean dry_run, json, all;
} options = { .days = 1 };

static const GOptionEntry entries[] = {
  { "store", 's', 0, G_OPTION_ARG_FILENAME, &options.store, "Where customers are kept: sqlite:PATH", "URI" },
  { "at", 0, 0, G_OPTION_ARG_FILENAME, &options.at, "When, in the policy's zone unless it has an offset (now)", "TIME" },
  { "by", 0, 0, G_OPTION_ARG_FILENAME, &options.by, "Who asks for it", "ACTOR" },
  { "dry-run", 0, 0, G_OPTION_ARG_NONE, &options.dry_run, "Only say what would be done", NULL },
  { "days", 0, 0, G_OPTION_ARG_INT64, &options.days, "Sweep on so many days in a row, at that hour; a line for each (1)", "N" },
  { "all", 'a', 0, G_OPTION_ARG_NONE, &options.all, "Also list tasks that stay as they are, and occasions that have had theirs", NULL },
  { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
  { NULL }
};

static gboolean
show_progress (guint64 done, guint64 total, gpointer data G_GNUC_UNUSED)
{
  ui_show_progress (ui_say ("customers", "客户"), done, total);
  return !command_is_stopped ();
}

static CsvcSweep *
sweep_at (CsvcEngine *engine, CsvcTime at, GError **error)
{
  CsvcSweepOptions how = CSVC_SWEEP_OPTIONS;
  CsvcStamp stamp = CSVC_STAMP (at);
  CsvcSweep *sweep;

  how.dry_run = options.dry_run;
  how.func = show_progress;
  stamp.actor = options.by;
  sweep = csvc_engine_sweep (engine, &stamp, &how, error);
  ui_end_progress ();
  return sweep;
}

static ExitStatus
fail (const GError *error)
{
  return g_error_matches (error, CSVC_ERROR, CSVC_ERROR_CANCELLED) ? EXIT_STOPPED : ui_fail (error);
}

/* ── one day ── */

static void
print_done (const CsvcSweep *sweep)
{
  g_autofree char *customers = ui_format_count (csvc_sweep_get_n_customers (sweep));
  g_autofree char *loaded = ui_format_count (csvc_sweep_get_n_loaded (sweep));

  ui_print (ui_say ("\n%s customers, %s looked at closely.", "\n%s 位客户，细看 %s 位。"), customers, loaded);
  if (options.dry_run)
    ui_print ("%s\n", ui_say (" Nothing was written.", "未写入任何内容。"));
  else
    ui_print (ui_say (" Opened %u, updated %u, closed %u, left %u.\n", "新建 %u，更新 %u，关闭 %u，遗留 %u。\n"), csvc_sweep_get_n_opened (sweep),
              csvc_sweep_get_n_updated (sweep), csvc_sweep_get_n_closed (sweep), csvc_sweep_get_n_left (sweep));
}

/* Whom they concern, and why. */
static void
print_failures (const CsvcSweep *sweep)
{
  const CsvcPlan *plan = csvc_sweep_get_plan (sweep);

  for (guint i = 0; i < csvc_plan_get_size (plan); i++) {
    const CsvcPlanItem *item = csvc_plan_get (plan, i);
    const char *reason = csvc_sweep_get_failure (sweep, i);

    if (reason != NULL)
      ui_warn (ui_say ("%s, rule %s: left: %s", "%s，规则 %s：遗留：%s"), csvc_plan_item_get_customer (item), csvc_plan_item_get_rule_id (item), reason);
  }
}

static void
add_failures (Json *json, const CsvcSweep *sweep)
{
  const CsvcPlan *plan = csvc_sweep_get_plan (sweep);

  json_begin_array (json, "failures");
  for (guint i = 0; i < csvc_plan_get_size (plan); i++) {
    const CsvcPlanItem *item = csvc_plan_get (plan, i);

    if (csvc_sweep_get_failure (sweep, i) == NULL)
      continue;
    json_begin_object (json, NULL);
    json_add_string (json, "customer", csvc_plan_item_get_customer (item));
    json_add_string (json, "rule", csvc_plan_item_get_rule_id (item));
    json_add_string (json, "key", csvc_plan_item_get_key (item));
    json_add_string (json, "failure", csvc_sweep_get_failure (sweep, i));
    json_end_object (json);
  }
  json_end_array (json);
}

static void
add_done (Json *json, const CsvcSweep *sweep)
{
  json_add_time (json, "at", csvc_sweep_get_at (sweep));
  json_add_boolean (json, "dry-run", options.dry_run);
  json_add_integer (json, "customers", (gint64) csvc_sweep_get_n_customers (sweep));
  json_add_integer (json, "loaded", (gint64) csvc_sweep_get_n_loaded (sweep));
  json_add_integer (json, "opened", csvc_sweep_get_n_opened (sweep));
  json_add_integer (json, "updated", csvc_sweep_get_n_updated (sweep));
  json_add_integer (json, "closed", csvc_sweep_get_n_closed (sweep));
  json_add_integer (json, "left", csvc_sweep_get_n_left (sweep));
  add_failures (json, sweep);
}

static ExitStatus
sweep_once (Session *session, CsvcTime at)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcSweep) sweep = sweep_at (session->engine, at, &error);
  g_autoptr (Json) json = NULL;

  if (sweep == NULL)
    return fail (error);
  print_failures (sweep);
  if (!options.json) {
    plan_print (session->policy, csvc_sweep_get_plan (sweep), options.all);
    print_done (sweep);
    return EXIT_FINE;
  }
  json = json_new ();
  json_begin_object (json, NULL);
  add_done (json, sweep);
  plan_add_json (json, csvc_sweep_get_plan (sweep), options.all);
  json_end_object (json);
  json_print (json);
  return EXIT_FINE;
}

/* ── many days ── */

typedef struct {
  guint opened, updated, closed, left;
} Totals;

static void
print_day (const CsvcZone *zone, const CsvcSweep *sweep)
{
  const CsvcPlan *plan = csvc_sweep_get_plan (sweep);
  g_autofree char *day = ui_format_time (zone, csvc_sweep_get_at (sweep));

  ui_print (ui_say ("%s  opened %u, updated %u, closed %u, kept %u, suppressed %u, undecided %u, left %u\n",
                    "%s  新建 %u，更新 %u，关闭 %u，保留 %u，不执行 %u，未决 %u，遗留 %u\n"), day, csvc_sweep_get_n_opened (sweep),
            csvc_sweep_get_n_updated (sweep), csvc_sweep_get_n_closed (sweep), csvc_plan_count (plan, CSVC_PLAN_KEEP),
            csvc_plan_count (plan, CSVC_PLAN_SUPPRESSED), csvc_plan_count (plan, CSVC_PLAN_UNDECIDED), csvc_sweep_get_n_left (sweep));
  ui_flush ();
}

static void
add_to_totals (Totals *totals, const CsvcSweep *sweep)
{
  totals->opened += csvc_sweep_get_n_opened (sweep);
  totals->updated += csvc_sweep_get_n_updated (sweep);
  totals->closed += csvc_sweep_get_n_closed (sweep);
  totals->left += csvc_sweep_get_n_left (sweep);
}

/* The same hour of the local clock on each day. */
static ExitStatus
sweep_days (Session *session, CsvcTime at)
{
  const CsvcZone *zone = csvc_policy_get_zone (session->policy);
  const CsvcTime local = csvc_zone_to_local (zone, at);
  Totals totals = { 0 };

  for (gint64 day = 0; day < options.days; day++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (CsvcSweep) sweep = sweep_at (session->engine, csvc_zone_from_local (zone, local + day * CSVC_DAY), &error);

    if (sweep == NULL)
      return fail (error);
    print_failures (sweep);
    print_day (zone, sweep);
    add_to_totals (&totals, sweep);
  }
  ui_print (ui_say ("%" G_GINT64_FORMAT " days: opened %u, updated %u, closed %u, left %u\n",
                    "%" G_GINT64_FORMAT " 天：新建 %u，更新 %u，关闭 %u，遗留 %u\n"), options.days, totals.opened, totals.updated, totals.closed,
            totals.left);
  return EXIT_FINE;
}

static ExitStatus
run (int argc, char **argv)
{
  g_auto (Session) session = { NULL, NULL, NULL };
  ExitStatus status;
  CsvcTime at;

  if (!command_parse (&command_sweep, entries, &argc, &argv, &status))
    return status;
  if (options.days < 1 || options.days > 36500 || (options.days > 1 && (options.json || options.dry_run))) {
    ui_complain ("expected --days between 1 and 36500; more than one goes neither with --json nor with --dry-run");
    return EXIT_USAGE;
  }
  if (!session_load_policy (&session, argv[1], &status))
    return status;
  if (!command_read_time ("--at", options.at, csvc_policy_get_zone (session.policy), &at))
    return EXIT_USAGE;
  if (at > CSVC_TIME_MAX - (options.days - 1) * CSVC_DAY) {
    ui_complain ("--days %" G_GINT64_FORMAT ": the last of them would lie beyond the year 9999", options.days);
    return EXIT_USAGE;
  }
  if (!session_open_store (&session, options.store, options.dry_run ? STORE_READ : STORE_WRITE, &status))
    return status;
  command_catch_interrupt ();
  return options.days > 1 ? sweep_days (&session, at) : sweep_once (&session, at);
}

const Command command_sweep = {
  .name = "sweep",
  .arguments = "POLICY",
  .summary = "plan the day: whom to contact, why, and whom not",
  .chinese = "制定当日维系计划：联系谁、为何、谁不可联系",
  .details = "Example: csvc sweep telecom.xml --store customers.db --at 2026-03-02T08:00 --dry-run",
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run
};
