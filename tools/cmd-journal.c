/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc journal: what was done, in order; with --json the outbox, a line an entry. */

#include "config.h"

#include "journal-print.h"
#include "session.h"

static struct {
  char    *store, *after, *only, *zone;
  gint     limit;
  gboolean json;
} options;

static const GOptionEntry entries[] = {
  { "store", 's', 0, G_OPTION_ARG_FILENAME, &options.store, "Where cases are kept: sqlite:PATH", "URI" },
  { "after", 0, 0, G_OPTION_ARG_FILENAME, &options.after, "Only what came after the entry of this id", "CURSOR" },
  { "case", 0, 0, G_OPTION_ARG_FILENAME, &options.only, "Only the entries of this case", "CASE" },
  { "limit", 'n', 0, G_OPTION_ARG_INT, &options.limit, "At most so many entries (all)", "N" },
  { "zone", 0, 0, G_OPTION_ARG_FILENAME, &options.zone, "Show times in this zone (UTC)", "ZONE" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON, a line an entry", NULL },
  { NULL }
};

static void
print_json (const CsvcJournal *journal)
{
  for (guint i = 0; i < csvc_journal_get_size (journal); i++) {
    g_autofree char *json = csvc_journal_entry_to_json (csvc_journal_get (journal, i));

    ui_print ("%s\n", g_strchomp (json));
  }
}

static ExitStatus
print_pages (CsvcEngine *engine, const CsvcZone *zone)
{
  const Viewer viewer = { NULL, NULL, zone };
  g_autofree char *after = g_strdup (options.after);
  g_autoptr (GError) error = NULL;
  guint left = options.limit > 0 ? (guint) options.limit : G_MAXUINT;
  gboolean more = TRUE, first = TRUE;

  while (more && left > 0) {
    guint limit = MIN (left, JOURNAL_PAGE);
    g_autoptr (CsvcJournal) journal = options.only != NULL ? csvc_engine_follow_case (engine, options.only, after, limit, &error)
                                                           : csvc_engine_follow (engine, after, limit, &error);

    if (journal == NULL)
      return ui_fail (error);
    if (first && !options.json)
      ui_print_styled (UI_DIM, ui_say ("(times in %s)\n", "（时间为 %s）\n"), csvc_zone_get_name (zone));
    first = FALSE;
    if (options.json)
      print_json (journal);
    else
      journal_print (journal, &viewer);
    left -= csvc_journal_get_size (journal);
    more = journal_move_on (journal, &after);
  }
  return EXIT_FINE;
}

static ExitStatus
run (int argc, char **argv)
{
  g_auto (Session) session = { NULL, NULL, NULL };
  g_autoptr (CsvcZone) zone = NULL;
  g_autoptr (GError) error = NULL;
  ExitStatus status;

  if (!command_parse (&command_journal, entries, &argc, &argv, &status))
    return status;
  zone = csvc_zone_new (options.zone != NULL ? options.zone : "UTC", &error);
  if (zone == NULL)
    return ui_fail (error);
  return session_open (&session, NULL, options.store, STORE_READ, &status) ? print_pages (session.engine, zone) : status;
}

const Command command_journal = {
  .name = "journal",
  .arguments = "",
  .summary = "list what was done in a store, in order",
  .chinese = "按顺序列出库中的流水",
  .details = "Each entry begins with its id, which --after takes: a program that follows the journal keeps the last id it dealt with.\n"
             "Personal facts are not masked here: whoever reads the whole store sees them.",
  .min_arguments = 0,
  .max_arguments = 0,
  .run = run
};
