/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "log/scenario.h"

#include <csvc/revise.h>
#include <string.h>

#include "machine/restate.h"

/* Steps that change cases as a whole:
 *
 *   adopt FILE, adopt {…}                 taken over from elsewhere
 *   amend TIME EVENT [to EVENT]: facts    the step of that time ought to have been another
 *   void TIME EVENT                       … or none
 *   upgrade FILE [CHOICE]                 all open cases under another version of the policy
 *   calendar FILE                         … or under the same with another calendar
 *
 * To amend is to decide again from the journal, which only engines have. */

/* ── reading ── */

/* Sets step->json, or leaves the name of a file to be taken. */
gboolean
_csvc_revise_read_adopting (CsvcScenarioStep *step, CsvcWords *words)
{
  const char *word = _csvc_words_peek (words);

  if (word == NULL)
    return _csvc_words_need (words, "adopt FILE, or adopt {JSON}") != NULL;
  /* JSON is the last word of a line, so who adopts stands before it. */
  if (*(const char *) words->words->pdata[words->words->len - 1] == '{') {
    step->json = g_strdup (words->words->pdata[words->words->len - 1]);
    g_ptr_array_set_size (words->words, (gint) words->words->len - 1);
  }
  return TRUE;
}

gboolean
_csvc_revise_read_wrong (CsvcScenarioStep *step, CsvcWords *words)
{
  if (!_csvc_words_take_time (words, step->stamp.at, &step->wrong_at))
    return FALSE;
  step->wrong_name = g_strdup (_csvc_words_need (words, "the event that was wrong, or open"));
  return step->wrong_name != NULL;
}

gboolean
_csvc_revise_read_choice (CsvcScenarioStep *step, CsvcWords *words)
{
  if (step->type != CSVC_STEP_UPGRADE)
    return TRUE;
  for (guint i = CSVC_UPGRADE_BY_POLICY; i <= CSVC_UPGRADE_NEXT_CYCLE; i++)
    if (_csvc_words_accept (words, csvc_upgrade_to_string ((CsvcUpgrade) i)))
      step->choice = (CsvcUpgrade) i;
  return TRUE;
}

static gboolean
is_wrong (const CsvcScenarioStep *step, const CsvcScenarioStep *candidate)
{
  if (candidate->stamp.at != step->wrong_at || g_strcmp0 (candidate->id, step->id) != 0)
    return FALSE;
  return candidate->type == CSVC_STEP_OPEN ? g_str_equal (step->wrong_name, "open")
                                           : candidate->type == CSVC_STEP_FIRE && g_str_equal (step->wrong_name, candidate->name);
}

gboolean
_csvc_revise_find_wrong (CsvcScenarioStep *step, CsvcWords *words, const CsvcScenario *scenario)
{
  g_autofree char *time = NULL;

  for (guint i = scenario->steps->len; i-- > 0 && step->wrong == NULL;)
    if (is_wrong (step, scenario->steps->pdata[i]))
      step->wrong = scenario->steps->pdata[i];
  if (step->wrong != NULL)
    return TRUE;
  time = _csvc_scenario_format_time (words->zone, step->wrong_at);
  return _csvc_words_complain (words, CSVC_SCENARIO_NAME, "the time and the event of an earlier step", NULL, "case %s has no step \"%.60s\" at %s",
                               step->id, step->wrong_name, time);
}

/* ── an engine ── */

static gboolean
made (const CsvcScenarioStep *step, const CsvcJournalEntry *entry)
{
  CsvcCommandType type = step->type == CSVC_STEP_OPEN ? CSVC_COMMAND_OPEN : CSVC_COMMAND_FIRE;

  return csvc_journal_entry_get_command (entry) == type && csvc_journal_entry_get_at (entry) == step->stamp.at &&
         g_strcmp0 (csvc_journal_entry_get_name (entry), step->name) == 0;
}

char *
_csvc_revise_find_entry (CsvcEngine *engine, const CsvcScenarioStep *wrong, GError **error)
{
  g_autoptr (CsvcJournal) journal = csvc_engine_follow_case (engine, wrong->id, NULL, G_MAXUINT, error);

  for (guint i = journal != NULL ? csvc_journal_get_size (journal) : 0; i-- > 0;)
    if (made (wrong, csvc_journal_get (journal, i)))
      return g_strdup (csvc_journal_entry_get_id (csvc_journal_get (journal, i)));
  if (journal != NULL)
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "the journal of case %s has no entry of line %u: it was refused", wrong->id, wrong->line);
  return NULL;
}

gboolean
_csvc_revise_upgrade_engine (CsvcEngine *engine, const CsvcScenarioStep *step, GError **error)
{
  g_autoptr (CsvcUpgradePlan) plan = csvc_engine_plan_upgrade (engine, NULL, step->choice, step->stamp.at, error);

  return plan != NULL && csvc_engine_apply_upgrade (engine, plan, &step->stamp, NULL, error);
}

/* ── the pure machine ── */

static CsvcCase *
upgrade_case (const CsvcCase *of, const CsvcScenarioStep *step, GError **error)
{
  if (step->type == CSVC_STEP_CALENDAR)
    return _csvc_case_recalendar (of, step->policy, step->stamp.at, NULL, error);
  return csvc_case_upgrade (of, step->policy, step->choice, NULL, step->stamp.at, NULL, error);
}

/* As an engine does: one that cannot be upgraded does not keep the others from it. */
gboolean
_csvc_revise_upgrade_cases (GHashTable *cases, const CsvcScenarioStep *step, GError **error)
{
  GHashTableIter iter;
  gpointer value;
  gboolean done = TRUE;

  g_hash_table_iter_init (&iter, cases);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    g_autoptr (GError) reason = NULL;
    CsvcCase *after = csvc_case_has_ended (value) ? csvc_case_copy (value) : upgrade_case (value, step, &reason);

    if (after != NULL)
      g_hash_table_iter_replace (&iter, after);
    else if (done) {
      done = FALSE;
      g_set_error_literal (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, reason->message);
    }
  }
  return done;
}
