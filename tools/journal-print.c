/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "journal-print.h"

#include "ui.h"

static char *
dup_who (const CsvcJournalEntry *entry)
{
  const char *words[] = { csvc_journal_entry_get_actor (entry), csvc_journal_entry_get_role (entry), csvc_journal_entry_get_unit (entry) };
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (words[i] != NULL)
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", words[i]);
  return g_string_free (text, FALSE);
}

static void
print_entry (const CsvcJournalEntry *entry, const Viewer *viewer)
{
  const char *name = csvc_journal_entry_get_name (entry);
  const char *reason = csvc_journal_entry_get_reason (entry);
  CsvcTime occurred = csvc_journal_entry_get_occurred (entry);
  g_autofree char *at = ui_format_time (viewer->zone, csvc_journal_entry_get_at (entry));
  g_autofree char *who = dup_who (entry);
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *clean = NULL;

  g_string_printf (line, "%s  %s  %s  %s", csvc_journal_entry_get_id (entry), at, csvc_journal_entry_get_stream (entry),
                   csvc_command_type_to_string (csvc_journal_entry_get_command (entry)));
  if (name != NULL)
    g_string_append_printf (line, " %s", name);
  if (*who != '\0')
    g_string_append_printf (line, "  (%s)", who);
  if (occurred != csvc_journal_entry_get_at (entry)) {
    g_autofree char *text = ui_format_time (viewer->zone, occurred);

    g_string_append_printf (line, ui_say ("  happened %s", "  实际发生 %s"), text);
  }
  if (reason != NULL)
    g_string_append_printf (line, "  “%s”", reason);
  clean = ui_clean_line (line->str);
  ui_print_styled (UI_BOLD, "%s", clean);
  ui_print ("\n");
  case_print_effects (csvc_journal_entry_get_effects (entry), viewer, csvc_journal_entry_get_at (entry));
}

void
journal_print (const CsvcJournal *journal, const Viewer *viewer)
{
  for (guint i = 0; i < csvc_journal_get_size (journal); i++)
    print_entry (csvc_journal_get (journal, i), viewer);
}

gboolean
journal_move_on (const CsvcJournal *journal, char **after)
{
  guint n = csvc_journal_get_size (journal);

  if (n > 0) {
    g_free (*after);
    *after = g_strdup (csvc_journal_entry_get_id (csvc_journal_get (journal, n - 1)));
  }
  return n == JOURNAL_PAGE;
}

/* ── the end ──
 *
 * Batches are numbered from 1 without gaps, so the last one is found by doubling and halving, without reading what
 * lies before it. */

/* Is there a batch of that number, or a later one? FALSE also with an error. */
static gboolean
reaches (CsvcEngine *engine, guint64 batch, GError **error)
{
  g_autofree char *before = g_strdup_printf ("%" G_GUINT64_FORMAT ".%u", batch - 1, G_MAXINT32);
  g_autoptr (CsvcJournal) journal = csvc_engine_follow (engine, batch > 1 ? before : NULL, 1, error);

  return journal != NULL && csvc_journal_get_size (journal) > 0;
}

char *
journal_find_end (CsvcEngine *engine, GError **error)
{
  g_autoptr (GError) local = NULL;
  guint64 low = 0, high = 1;

  while (reaches (engine, high, &local)) {
    low = high;
    high *= 2;
  }
  while (local == NULL && high - low > 1) {
    guint64 middle = low + (high - low) / 2;

    if (reaches (engine, middle, &local))
      low = middle;
    else
      high = middle;
  }
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  return g_strdup_printf ("%" G_GUINT64_FORMAT ".%u", low, G_MAXINT32);
}
