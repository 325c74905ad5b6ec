/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc case show */

#include "config.h"

#include "journal-print.h"
#include "session.h"

static struct {
  char    *store, *at, *role;
  gboolean json, unmasked;
} options;

static const GOptionEntry entries[] = {
  { "store", 's', 0, G_OPTION_ARG_FILENAME, &options.store, "Where cases are kept: sqlite:PATH", "URI" },
  { "at", 0, 0, G_OPTION_ARG_FILENAME, &options.at, "Count the time used up to then (now)", "TIME" },
  { "as", 0, 0, G_OPTION_ARG_FILENAME, &options.role, "Show what this role may see", "ROLE" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print the case as JSON", NULL },
  { "unmasked", 0, 0, G_OPTION_ARG_NONE, &options.unmasked, "With --json: the whole case as it is stored, to be adopted elsewhere", NULL },
  { NULL }
};

static gboolean
print_journal (CsvcEngine *engine, const CsvcCase *loaded, const Viewer *viewer, GError **error)
{
  g_autofree char *after = NULL;
  gboolean more = TRUE;

  ui_heading (ui_say ("Journal", "流水"));
  while (more) {
    g_autoptr (CsvcJournal) journal = csvc_engine_follow_case (engine, csvc_case_get_id (loaded), after, JOURNAL_PAGE, error);

    if (journal == NULL)
      return FALSE;
    journal_print (journal, viewer);
    more = journal_move_on (journal, &after);
  }
  return TRUE;
}

static void
warn_of_due (const CsvcCase *loaded, CsvcTime now)
{
  if (csvc_case_get_next_wake (loaded) <= now)
    ui_warn ("something has been due since the last command; “csvc run” fires it");
}

static void
print_json (const CsvcCase *loaded, const CsvcRole *role)
{
  g_autoptr (CsvcCase) shown = options.unmasked ? csvc_case_copy (loaded) : csvc_case_copy_for (loaded, role);
  g_autofree char *json = csvc_case_to_json (shown);

  ui_print ("%s\n", g_strchomp (json));
}

static ExitStatus
show (const Session *session, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcCase) loaded = csvc_engine_get_case (session->engine, id, &error);
  Viewer viewer = { NULL, NULL, csvc_policy_get_zone (session->policy) };
  CsvcTime now;

  if (options.role != NULL && command_find_role (session->policy, "--as", options.role) == NULL)
    return EXIT_USAGE;
  if (!command_read_time ("--at", options.at, csvc_policy_get_zone (session->policy), &now))
    return EXIT_USAGE;
  if (loaded == NULL)
    return ui_fail (error);
  /* It may be judged by an older version, which says what is personal in it. */
  viewer.policy = csvc_case_get_policy (loaded);
  viewer.role = options.role != NULL ? csvc_policy_find_role (viewer.policy, options.role) : NULL;
  if (options.json) {
    print_json (loaded, viewer.role);
    return EXIT_FINE;
  }
  case_print (loaded, now, &viewer);
  if (!print_journal (session->engine, loaded, &viewer, &error))
    return ui_fail (error);
  warn_of_due (loaded, now);
  return EXIT_FINE;
}

static ExitStatus
run (int argc, char **argv)
{
  g_auto (Session) session = { NULL, NULL, NULL };
  ExitStatus status;

  if (!command_parse (&command_case_show, entries, &argc, &argv, &status))
    return status;
  if (options.unmasked && (!options.json || options.role != NULL)) {
    ui_complain ("--unmasked: expected with --json, and without --as");
    return EXIT_USAGE;
  }
  return session_open (&session, argv[1], options.store, STORE_READ, &status) ? show (&session, argv[2]) : status;
}

const Command command_case_show = {
  .name = "case show",
  .arguments = "POLICY CASE",
  .summary = "show a case: where it stands, its clocks, its journal",
  .chinese = "查看工单：状态、时限、流水",
  .details = "Personal facts are masked unless --as names a role that sees them. With --json texts are masked and the others left out, so that\n"
             "only what --unmasked prints can be adopted.",
  .min_arguments = 2,
  .max_arguments = 2,
  .run = run
};
