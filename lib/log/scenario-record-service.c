/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "log/scenario.h"

#include <string.h>

/* What the journal says was done to a customer, as a step: the account or what else it names, then what a step says at once, then options. */

static const struct {
  CsvcCommandType type;
  const char     *word;
} services[] = {
  { CSVC_COMMAND_REVIEW, "review" },
  { CSVC_COMMAND_SET_TIER, "set" },
  { CSVC_COMMAND_CLEAR_TIER, "clear" },
  { CSVC_COMMAND_USE, "use" },
  { CSVC_COMMAND_RESERVE, "reserve" },
  { CSVC_COMMAND_COMMIT, "commit" },
  { CSVC_COMMAND_RELEASE, "release" },
  { CSVC_COMMAND_GRANT, "grant" },
  { CSVC_COMMAND_ADJUST, "adjust" },
  { CSVC_COMMAND_APPLY, "apply" },
  { CSVC_COMMAND_NOTE_EVENT, "note" },
  { CSVC_COMMAND_CONTACT, "contact" },
  { CSVC_COMMAND_FORGET, "forget" },
  { CSVC_COMMAND_HOLD, "hold" },
  { CSVC_COMMAND_RELEASE_HOLD, "release-hold" },
};

/* What the journal calls it, and what stands before it in a step. */
static const struct {
  const char *name, *before;
} parts[] = {
  { "amount", " " },          { "state", " " },        { "purpose", " " },  { "account-key", " key " }, { "scope", " scope " },
  { "choice", " choice " },   { "until", " until " },  { "expires", " until " }, { "priority", " priority " }, { "rule", " for " },
};

const char *
_csvc_service_get_word (CsvcCommandType type)
{
  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    if (services[i].type == type)
      return services[i].word;
  return NULL;
}

static void
append_quoted (GString *out, const char *before, const char *word)
{
  g_autofree char *quoted = _csvc_scenario_quote (word);

  g_string_append_printf (out, "%s%s", before, quoted);
}

static void
append_part (GString *out, const CsvcZone *zone, const char *before, const CsvcValue *value)
{
  g_autofree char *text = NULL;

  if (value == NULL)
    return;
  if (csvc_value_get_type (value) == CSVC_TYPE_DATE_TIME) {
    text = _csvc_scenario_format_time (zone, csvc_value_get_time (value));
    g_string_append_printf (out, "%s%s", before, text);
    return;
  }
  text = csvc_value_to_string (value);
  append_quoted (out, before, text);
}

static char *
dup_text (const CsvcFacts *params, const char *name)
{
  const CsvcValue *value = params != NULL ? csvc_facts_find (params, name) : NULL;

  return value != NULL ? csvc_value_to_string (value) : NULL;
}

/* Personal facts by their names; a contact's case only if it is the one that is told of. */
static void
append_rest (GString *out, const CsvcJournalEntry *entry, const char *case_id)
{
  const CsvcFacts *params = csvc_journal_entry_get_params (entry);
  g_autofree char *facts = dup_text (params, "facts"), *of = dup_text (params, "case"), *for_ever = dup_text (params, "for-ever");
  g_auto (GStrv) names = g_strsplit (facts != NULL ? facts : "", "\n", -1);

  if (g_strcmp0 (for_ever, "true") == 0)
    g_string_append (out, " until never");
  if (g_strcmp0 (of, case_id) == 0)
    append_quoted (out, " in ", of);
  for (guint i = 0; names[i] != NULL; i++)
    append_quoted (out, " ", names[i]);
}

void
_csvc_service_write (const CsvcJournalEntry *entry, const char *case_id, const CsvcZone *zone, GString *out)
{
  const CsvcFacts *params = csvc_journal_entry_get_params (entry);
  const CsvcCommandType type = csvc_journal_entry_get_command (entry);

  append_quoted (out, "  customer ", csvc_journal_entry_get_stream (entry));
  g_string_append_printf (out, " %s", _csvc_service_get_word (type));
  if (csvc_journal_entry_get_name (entry) != NULL && type != CSVC_COMMAND_FORGET)
    append_quoted (out, " ", csvc_journal_entry_get_name (entry));
  for (guint i = 0; params != NULL && i < G_N_ELEMENTS (parts); i++)
    append_part (out, zone, parts[i].before, csvc_facts_find (params, parts[i].name));
  append_rest (out, entry, case_id);
}

static gboolean
is_part (const char *name)
{
  static const char *const others[] = { "channel", "facts", "case", "cases", "for-ever", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (g_str_equal (parts[i].name, name))
      return TRUE;
  return g_strv_contains (others, name);
}

CsvcFacts *
_csvc_service_dup_details (const CsvcJournalEntry *entry)
{
  const CsvcFacts *params = csvc_journal_entry_get_params (entry);
  CsvcFacts *details = csvc_facts_new ();

  for (guint i = 0; params != NULL && i < csvc_facts_get_size (params); i++)
    if (!is_part (csvc_facts_get_name (params, i)))
      csvc_facts_set (details, csvc_facts_get_name (params, i), csvc_facts_get_value (params, i));
  return details;
}
