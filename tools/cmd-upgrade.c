/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc upgrade: open cases under another version of their policy, or another calendar. */

#include "config.h"

#include <string.h>

#include "json.h"
#include "session.h"

static struct {
  char    *store, *kind, *choice, *at, *reason;
  char   **calendars;
  gboolean dry_run, json;
} options;

static const GOptionEntry entries[] = {
  { "store", 's', 0, G_OPTION_ARG_FILENAME, &options.store, "Where cases are kept: sqlite:PATH", "URI" },
  { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &options.dry_run, "Only say what would change", NULL },
  { "kind", 0, 0, G_OPTION_ARG_FILENAME, &options.kind, "Only cases of this kind", "KIND" },
  { "choice", 0, 0, G_OPTION_ARG_FILENAME, &options.choice, "What becomes of clocks that run: keep, forward, retroactive, next-cycle (as the policy says)",
    "WORD" },
  { "calendar", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.calendars, "With this calendar in the place of the policy's of that id; may be repeated",
    "FILE" },
  { "at", 0, 0, G_OPTION_ARG_FILENAME, &options.at, "When, in the policy's zone unless it has an offset (now)", "TIME" },
  { "reason", 0, 0, G_OPTION_ARG_FILENAME, &options.reason, "For the journal", "TEXT" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
  { NULL }
};

static gboolean
read_choice (CsvcUpgrade *choice)
{
  *choice = CSVC_UPGRADE_BY_POLICY;
  if (options.choice == NULL)
    return TRUE;
  for (guint i = CSVC_UPGRADE_KEEP; i <= CSVC_UPGRADE_NEXT_CYCLE; i++)
    if (strcmp (csvc_upgrade_to_string ((CsvcUpgrade) i), options.choice) == 0) {
      *choice = (CsvcUpgrade) i;
      return TRUE;
    }
  ui_complain ("--choice %s: expected keep, forward, retroactive or next-cycle", options.choice);
  return FALSE;
}

static gboolean
replace_calendars (Session *session, ExitStatus *status)
{
  for (char **path = options.calendars; path != NULL && *path != NULL; path++) {
    g_autoptr (CsvcDiagnostics) diagnostics = NULL;
    g_autoptr (GError) error = NULL;
    CsvcPolicy *replaced = csvc_policy_replace_calendar (session->policy, *path, &diagnostics, &error);

    if (replaced == NULL) {
      *status = command_fail_to_load (*path, diagnostics, error);
      return FALSE;
    }
    csvc_policy_unref (session->policy);
    session->policy = replaced;
  }
  return TRUE;
}

/* ── what would change ── */

static char *
format_due (CsvcTime due, const CsvcZone *zone)
{
  return due != CSVC_NEVER ? ui_format_time (zone, due) : g_strdup ("–");
}

static void
print_dues (const CsvcUpgradeItem *item, const CsvcZone *zone)
{
  for (guint i = 0; i < csvc_upgrade_item_get_n_dues (item); i++) {
    g_autofree char *was = NULL, *is = NULL;
    const char *clock;
    CsvcTime before, after;

    csvc_upgrade_item_get_due (item, i, &clock, &before, &after);
    was = format_due (before, zone);
    is = format_due (after, zone);
    ui_print ("    %s  %s%s%s\n", clock, was, before != after ? " → " : "", before != after ? is : "");
  }
}

static void
print_item (const CsvcUpgradeItem *item, const CsvcZone *zone)
{
  const char *before, *after;

  csvc_upgrade_item_get_states (item, &before, &after);
  if (csvc_upgrade_item_get_error (item) != NULL) {
    ui_print ("  %s  %s  %s\n", csvc_upgrade_item_get_case (item), before, csvc_upgrade_item_get_error (item));
    return;
  }
  ui_print ("  %s  %s%s%s  (%s %s)\n", csvc_upgrade_item_get_case (item), before, strcmp (before, after) != 0 ? " → " : "",
            strcmp (before, after) != 0 ? after : "", ui_say ("was version", "原版本"), csvc_upgrade_item_get_version (item));
  print_dues (item, zone);
}

static void
print_plan (const CsvcUpgradePlan *plan, const Session *session)
{
  guint n = csvc_upgrade_plan_get_size (plan);

  ui_print (ui_say ("%u open cases would be brought under %s %s; %u stay with the version they have\n",
                    "%u 个在办工单将转入 %s %s；%u 个保留原版本\n"),
            n, csvc_policy_get_id (session->policy), csvc_policy_get_version (session->policy), csvc_upgrade_plan_get_n_kept (plan));
  for (guint i = 0; i < n; i++)
    print_item (csvc_upgrade_plan_get (plan, i), csvc_policy_get_zone (session->policy));
}

static void
write_due (Json *json, const CsvcUpgradeItem *item, guint i)
{
  const char *clock;
  CsvcTime before, after;

  csvc_upgrade_item_get_due (item, i, &clock, &before, &after);
  json_begin_object (json, NULL);
  json_add_string (json, "clock", clock);
  json_add_time (json, "before", before);
  json_add_time (json, "after", after);
  json_end_object (json);
}

static void
write_item (Json *json, const CsvcUpgradeItem *item)
{
  const char *before, *after;

  csvc_upgrade_item_get_states (item, &before, &after);
  json_begin_object (json, NULL);
  json_add_string (json, "case", csvc_upgrade_item_get_case (item));
  json_add_string (json, "version", csvc_upgrade_item_get_version (item));
  json_add_string (json, "states-before", before);
  json_add_string (json, "states-after", after);
  json_add_string (json, "error", csvc_upgrade_item_get_error (item));
  json_begin_array (json, "dues");
  for (guint i = 0; i < csvc_upgrade_item_get_n_dues (item); i++)
    write_due (json, item, i);
  json_end_array (json);
  json_end_object (json);
}

static void
write_plan (const CsvcUpgradePlan *plan, gboolean applied, guint n_done)
{
  g_autoptr (Json) json = json_new ();

  json_begin_object (json, NULL);
  json_add_boolean (json, "applied", applied);
  json_add_integer (json, "upgraded", n_done);
  json_add_integer (json, "kept", csvc_upgrade_plan_get_n_kept (plan));
  json_begin_array (json, "cases");
  for (guint i = 0; i < csvc_upgrade_plan_get_size (plan); i++)
    write_item (json, csvc_upgrade_plan_get (plan, i));
  json_end_array (json);
  json_end_object (json);
  json_print (json);
}

/* ── doing it ── */

static ExitStatus
apply (const Session *session, const CsvcUpgradePlan *plan, CsvcTime at)
{
  CsvcStamp stamp = CSVC_STAMP (at);
  g_autoptr (GError) error = NULL;
  gboolean applied;
  guint n_done;

  stamp.reason = options.reason;
  applied = csvc_engine_apply_upgrade (session->engine, plan, &stamp, &n_done, &error);
  if (options.json)
    write_plan (plan, TRUE, n_done);
  else
    ui_print (ui_say ("%u cases upgraded.\n", "已升级 %u 个工单。\n"), n_done);
  return applied ? EXIT_FINE : ui_fail (error);
}

static ExitStatus
upgrade (const Session *session, CsvcUpgrade choice, CsvcTime at)
{
  g_autoptr (CsvcUpgradePlan) plan = NULL;
  g_autoptr (GError) error = NULL;

  /* What was due before is done by the version under which it was due. */
  if (!options.dry_run && !csvc_engine_advance (session->engine, at, 0, NULL, NULL, &error))
    return ui_fail (error);
  plan = csvc_engine_plan_upgrade (session->engine, options.kind, choice, at, &error);
  if (plan == NULL)
    return ui_fail (error);
  if (!options.json)
    print_plan (plan, session);
  else if (options.dry_run)
    write_plan (plan, FALSE, 0);
  return options.dry_run ? EXIT_FINE : apply (session, plan, at);
}

static ExitStatus
run (int argc, char **argv)
{
  g_auto (Session) session = { NULL, NULL, NULL };
  CsvcUpgrade choice;
  ExitStatus status;
  CsvcTime at;

  if (!command_parse (&command_upgrade, entries, &argc, &argv, &status))
    return status;
  if (!read_choice (&choice))
    return EXIT_USAGE;
  if (!session_load_policy (&session, argv[1], &status) || !replace_calendars (&session, &status))
    return status;
  if ((options.kind != NULL && command_find_kind (session.policy, options.kind) == NULL) ||
      !command_read_time ("--at", options.at, csvc_policy_get_zone (session.policy), &at))
    return EXIT_USAGE;
  if (!session_open_store (&session, options.store, options.dry_run ? STORE_READ : STORE_WRITE, &status))
    return status;
  return upgrade (&session, choice, at);
}

const Command command_upgrade = {
  .name = "upgrade",
  .arguments = "POLICY",
  .summary = "bring open cases under another version of their policy",
  .chinese = "将在办工单转入新版本策略",
  .details = "Each case is listed, with its states and promises before and after. A calendar that was amended is brought in by --calendar: time that was used stands.\n"
             "It may be stopped and run again: what is done is not done twice.\n"
             "Example: csvc upgrade telecom-2.xml --store cases.db --choice forward --dry-run",
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run
};
