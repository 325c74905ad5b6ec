/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc targets: what share of customers is kept, beside what the policy wants. */

#include "config.h"

#include <string.h>

#include "json.h"
#include "session.h"

static struct {
  char    *store, *at;
  gboolean json;
} options;

static const GOptionEntry entries[] = {
  { "store", 's', 0, G_OPTION_ARG_FILENAME, &options.store, "Where customers are kept: sqlite:PATH", "URI" },
  { "at", 0, 0, G_OPTION_ARG_FILENAME, &options.at, "When, in the policy's zone unless it has an offset (now)", "TIME" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
  { NULL }
};

static gboolean
misses (const CsvcTarget *target, gint share)
{
  return share >= 0 && share < csvc_target_get_goal (target);
}

/* Hundredths of a percent; "–": there is none. */
static char *
format_share (gint share)
{
  return share < 0 ? g_strdup ("–") : g_strdup_printf ("%d.%02d %%", share / 100, share % 100);
}

static char *
format_snapshot (const CsvcZone *zone, CsvcTime snapshot)
{
  g_autofree char *time = snapshot != CSVC_NEVER ? ui_format_time (zone, snapshot) : NULL;

  return time != NULL ? g_strndup (time, strcspn (time, " ")) : g_strdup ("");
}

static void
add_row (UiTable *table, const CsvcPolicy *policy, const CsvcTargetCounts *counts, guint i)
{
  const CsvcTarget *target = csvc_policy_get_target (policy, i);
  const gint share = csvc_target_counts_get_share (counts, i), goal = csvc_target_get_goal (target);
  g_autofree char *snapshot = format_snapshot (csvc_policy_get_zone (policy), csvc_target_get_snapshot (target));
  g_autofree char *kept = ui_format_count (csvc_target_counts_get_n_kept (counts, i));
  g_autofree char *lost = ui_format_count (csvc_target_counts_get_n_lost (counts, i));
  g_autofree char *undecided = ui_format_count (csvc_target_counts_get_n_undecided (counts, i));
  g_autofree char *kept_share = format_share (share);
  g_autofree char *wanted = goal >= 0 ? format_share (goal) : NULL;

  ui_table_add (table, csvc_target_get_label (target, ui_get_language ()), snapshot, kept, lost, undecided, kept_share, wanted);
  if (goal >= 0 && share >= 0)
    ui_table_set_style (table, 5, misses (target, share) ? UI_RED : UI_GREEN);
}

static void
print_table (const CsvcPolicy *policy, const CsvcTargetCounts *counts)
{
  const char *const headings[] = { ui_say ("target", "指标"),          ui_say ("snapshot", "拍照日"),     ui_say (">kept", ">达标"),
                                   ui_say (">not kept", ">未达标"), ui_say (">undecided", ">未定"), ui_say (">share", ">比例"),
                                   ui_say (">goal", ">目标"),       NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  for (guint i = 0; i < csvc_policy_get_n_targets (policy); i++)
    add_row (table, policy, counts, i);
  if (ui_table_get_n_rows (table) == 0)
    ui_print ("%s\n", ui_say ("The policy has no targets.", "该策略没有指标。"));
  ui_table_print (table);
}

/* Of 10,000, like the goal. */
static void
add_share (Json *json, const char *name, gint share)
{
  if (share < 0)
    json_add_string (json, name, NULL);
  else
    json_add_integer (json, name, share);
}

static void
print_json (const CsvcPolicy *policy, const CsvcTargetCounts *counts, CsvcTime at)
{
  g_autoptr (Json) json = json_new ();

  json_begin_object (json, NULL);
  json_add_time (json, "at", at);
  json_begin_array (json, "targets");
  for (guint i = 0; i < csvc_policy_get_n_targets (policy); i++) {
    const CsvcTarget *target = csvc_policy_get_target (policy, i);

    json_begin_object (json, NULL);
    json_add_string (json, "target", csvc_target_get_id (target));
    json_add_string (json, "label", csvc_target_get_label (target, ui_get_language ()));
    json_add_time (json, "snapshot", csvc_target_get_snapshot (target));
    json_add_integer (json, "kept", (gint64) csvc_target_counts_get_n_kept (counts, i));
    json_add_integer (json, "lost", (gint64) csvc_target_counts_get_n_lost (counts, i));
    json_add_integer (json, "undecided", (gint64) csvc_target_counts_get_n_undecided (counts, i));
    add_share (json, "share", csvc_target_counts_get_share (counts, i));
    add_share (json, "goal", csvc_target_get_goal (target));
    json_end_object (json);
  }
  json_end_array (json);
  json_end_object (json);
  json_print (json);
}

static ExitStatus
run (int argc, char **argv)
{
  g_auto (Session) session = { NULL, NULL, NULL };
  g_autoptr (CsvcTargetCounts) counts = NULL;
  g_autoptr (GError) error = NULL;
  ExitStatus status;
  CsvcTime at;

  if (!command_parse (&command_targets, entries, &argc, &argv, &status) || !session_load_policy (&session, argv[1], &status))
    return status;
  if (!command_read_time ("--at", options.at, csvc_policy_get_zone (session.policy), &at))
    return EXIT_USAGE;
  if (!session_open_store (&session, options.store, STORE_READ, &status))
    return status;
  counts = csvc_engine_count_targets (session.engine, at, &error);
  if (counts == NULL)
    return ui_fail (error);
  if (options.json)
    print_json (session.policy, counts, at);
  else
    print_table (session.policy, counts);
  return EXIT_FINE;
}

const Command command_targets = {
  .name = "targets",
  .arguments = "POLICY",
  .summary = "what share of customers is kept, and the goal",
  .chinese = "客户保有等指标的完成情况",
  .details = "Of whom a condition is unknown counts as undecided, and is in no share.",
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run
};
