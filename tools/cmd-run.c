/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc run: what time does to the cases of a store. With --until as if it passed at once, with --follow as it passes. */

#include "config.h"

#include "journal-print.h"
#include "session.h"

static struct {
  char    *store, *at, *until;
  gint     limit;
  gboolean follow;
} options = { .limit = 20 };

static const GOptionEntry entries[] = {
  { "store", 's', 0, G_OPTION_ARG_FILENAME, &options.store, "Where cases are kept: sqlite:PATH", "URI" },
  { "at", 0, 0, G_OPTION_ARG_FILENAME, &options.at, "What time it is (now): every deadline before it fires", "TIME" },
  { "until", 0, 0, G_OPTION_ARG_FILENAME, &options.until, "Then go on until this time, at once, or waiting with --follow", "TIME" },
  { "follow", 0, 0, G_OPTION_ARG_NONE, &options.follow, "Stay, and fire each deadline when its time comes, until Ctrl-C", NULL },
  { "limit", 'n', 0, G_OPTION_ARG_INT, &options.limit, "List so many promises at most (20)", "N" },
  { NULL }
};

/* Clocks jump and machines sleep: look again at least so often. */
#define LONGEST_SLEEP CSVC_MINUTE

/* ── what is due ── */

static void
add_due (UiTable *table, const CsvcDueItem *item, const CsvcZone *zone, CsvcTime now)
{
  CsvcTime due = csvc_due_item_get_projected (item);
  gboolean is_paused = csvc_due_item_get_state (item) == CSVC_CYCLE_PAUSED;
  g_autofree char *due_text = ui_format_time (zone, due);
  g_autofree char *left = is_paused ? NULL : ui_format_duration (MAX (due, now) - MIN (due, now));
  g_autofree char *level = csvc_due_item_get_level (item) > 0 ? g_strdup_printf ("%u", csvc_due_item_get_level (item)) : NULL;
  g_autofree char *cycle = g_strdup_printf ("%u", csvc_due_item_get_cycle (item));

  ui_table_add (table, due_text, due < now ? left : NULL, due < now ? NULL : left, csvc_due_item_get_case (item),
                csvc_due_item_get_kind (item), csvc_due_item_get_clock (item), cycle, csvc_due_item_get_handler (item), csvc_due_item_get_unit (item), level,
                is_paused ? ui_say ("paused; due if it resumed", "暂停中；限期按恢复计") : NULL);
  ui_table_set_style (table, 1, UI_RED);
}

static gboolean
print_due (const Session *session, CsvcTime now, GError **error)
{
  const char *headings[] = { ui_say ("due", "限期"), ui_say (">late by", ">已超"), ui_say (">left", ">剩余"), ui_say ("case", "工单"),
                             ui_say ("kind", "种类"), ui_say ("promise", "承诺"), ui_say (">cycle", ">轮次"), ui_say ("handler", "处理角色"),
                             ui_say ("unit", "单位"), ui_say (">level", ">级别"), "", NULL };
  CsvcDueFilter filter = CSVC_DUE_FILTER;
  g_autoptr (UiTable) table = ui_table_new (headings);
  g_autoptr (CsvcDueList) list = NULL;

  filter.limit = (guint) options.limit;
  list = csvc_engine_list_due (session->engine, &filter, error);
  if (list == NULL)
    return FALSE;
  for (guint i = 0; i < csvc_due_list_get_size (list); i++)
    add_due (table, csvc_due_list_get (list, i), csvc_policy_get_zone (session->policy), now);
  if (csvc_due_list_get_size (list) > 0)
    ui_heading (ui_say ("Open promises, the most urgent first", "未结承诺（最紧急在前）"));
  else
    ui_heading (ui_say ("No promise is open.", "没有未结承诺。"));
  ui_table_print (table);
  return TRUE;
}

static gboolean
print_wake (const Session *session, GError **error)
{
  const CsvcZone *zone = csvc_policy_get_zone (session->policy);
  g_autofree char *text = NULL;
  CsvcTime wake;

  if (!csvc_engine_get_next_wake (session->engine, &wake, error))
    return FALSE;
  if (wake == CSVC_NEVER) {
    ui_print ("\n%s\n", ui_say ("Nothing is waited for.", "没有等待中的时点。"));
    return TRUE;
  }
  text = case_format_deadline (wake, zone);
  ui_print (ui_say ("\nNext wake: just after %s (%s)\n", "\n下次唤醒：%s 之后（%s）\n"), text, csvc_zone_get_name (zone));
  return TRUE;
}

/* ── letting time pass ── */

static gboolean
print_new_entries (const Session *session, char **cursor, GError **error)
{
  const Viewer viewer = { session->policy, NULL, csvc_policy_get_zone (session->policy) };
  gboolean more = TRUE;

  while (more) {
    g_autoptr (CsvcJournal) journal = csvc_engine_follow (session->engine, *cursor, JOURNAL_PAGE, error);

    if (journal == NULL)
      return FALSE;
    journal_print (journal, &viewer);
    more = journal_move_on (journal, cursor);
  }
  return TRUE;
}

static gboolean
advance (const Session *session, CsvcTime now, char **cursor, GError **error)
{
  g_autoptr (GError) first = NULL;
  g_autofree char *text = ui_format_time (csvc_policy_get_zone (session->policy), now);
  guint n_done;
  gboolean done = csvc_engine_advance (session->engine, now, 0, &n_done, NULL, &first);

  if (n_done > 0) {
    g_autofree char *deadlines = ui_format_number_of (n_done, "deadline", "deadlines", "个时点");
    g_autofree char *title = g_strdup_printf (ui_say ("Until %s: %s fired", "至 %s：触发 %s"), text, deadlines);

    ui_heading (title);
    if (!print_new_entries (session, cursor, error))
      return FALSE;
  }
  if (!done)
    g_propagate_error (error, g_steal_pointer (&first));
  return done;
}

/* In pieces, so that Ctrl-C is heard at once. */
static void
sleep_until (CsvcTime wake)
{
  CsvcTime end = MIN (wake, g_get_real_time () + LONGEST_SLEEP);

  while (!command_is_stopped () && g_get_real_time () < end)
    g_usleep ((gulong) CLAMP (end - g_get_real_time (), 1, CSVC_SECOND / 5));
}

static gboolean
follow (const Session *session, CsvcTime until, char **cursor, GError **error)
{
  command_catch_interrupt ();
  ui_flush ();
  while (!command_is_stopped () && g_get_real_time () < until) {
    CsvcTime wake;

    if (!csvc_engine_get_next_wake (session->engine, &wake, error))
      return FALSE;
    sleep_until (MIN (wake, until));
    if (!advance (session, g_get_real_time (), cursor, error))
      return FALSE;
    ui_flush ();
  }
  return TRUE;
}

static gboolean
let_time_pass (const Session *session, CsvcTime now, CsvcTime until, GError **error)
{
  g_autofree char *cursor = journal_find_end (session->engine, error);

  if (cursor == NULL || !advance (session, now, &cursor, error))
    return FALSE;
  if (until != CSVC_NEVER && !options.follow) {
    if (!advance (session, until, &cursor, error))
      return FALSE;
    now = MAX (now, until);
  }
  if (!print_due (session, now, error) || !print_wake (session, error))
    return FALSE;
  return !options.follow || follow (session, until, &cursor, error);
}

static ExitStatus
run_session (const Session *session)
{
  const CsvcZone *zone = csvc_policy_get_zone (session->policy);
  g_autoptr (GError) error = NULL;
  CsvcTime now, until = CSVC_NEVER;

  if (!command_read_time ("--at", options.at, zone, &now))
    return EXIT_USAGE;
  if (options.until != NULL && !command_read_time ("--until", options.until, zone, &until))
    return EXIT_USAGE;
  if (!let_time_pass (session, now, until, &error))
    return ui_fail (error);
  return EXIT_FINE;
}

static ExitStatus
run (int argc, char **argv)
{
  g_auto (Session) session = { NULL, NULL, NULL };
  ExitStatus status;

  if (!command_parse (&command_run, entries, &argc, &argv, &status))
    return status;
  if (options.follow && options.at != NULL) {
    ui_complain ("--follow waits for the real time; it does not go with --at");
    return EXIT_USAGE;
  }
  if (options.limit < 1) {
    ui_complain ("--limit %d: expected 1 or more", options.limit);
    return EXIT_USAGE;
  }
  return session_open (&session, argv[1], options.store, STORE_WRITE, &status) ? run_session (&session) : status;
}

const Command command_run = {
  .name = "run",
  .arguments = "POLICY",
  .summary = "fire what is due in a store, list what comes next",
  .chinese = "触发到期时点，列出待办承诺",
  .details = "Waking late changes nothing: each deadline fires at its own instant, in order, exactly once.",
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run
};
