/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"
#include "csvc-lua.h"
#include <string.h>

/* An enum is its word in Lua. Most words are the library's own; those of settings, which C has no words for, stand here. */

#define LIBRARY_WORDS(Type, to_string) \
  const char *csvc_lua_word_##Type (int value) { return to_string ((Type) value); }

LIBRARY_WORDS (CsvcType, csvc_type_to_string)
LIBRARY_WORDS (CsvcSegmentKind, csvc_segment_kind_to_string)
LIBRARY_WORDS (CsvcStateType, csvc_state_type_to_string)
LIBRARY_WORDS (CsvcEffectType, csvc_effect_type_to_string)
LIBRARY_WORDS (CsvcAnswer, csvc_answer_to_string)
LIBRARY_WORDS (CsvcHitPolicy, csvc_hit_policy_to_string)
LIBRARY_WORDS (CsvcAggregate, csvc_aggregate_to_string)
LIBRARY_WORDS (CsvcDecisionState, csvc_decision_state_to_string)
LIBRARY_WORDS (CsvcRowVerdict, csvc_row_verdict_to_string)
LIBRARY_WORDS (CsvcApplication, csvc_application_to_string)
LIBRARY_WORDS (CsvcUpgrade, csvc_upgrade_to_string)
LIBRARY_WORDS (CsvcRuleOn, csvc_rule_on_to_string)
LIBRARY_WORDS (CsvcPlanDecision, csvc_plan_decision_to_string)
LIBRARY_WORDS (CsvcCycleState, csvc_cycle_state_to_string)
LIBRARY_WORDS (CsvcVerdict, csvc_verdict_to_string)
LIBRARY_WORDS (CsvcDuePiece, csvc_due_piece_to_string)
LIBRARY_WORDS (CsvcNotStarted, csvc_not_started_to_string)
LIBRARY_WORDS (CsvcChance, csvc_chance_to_string)
LIBRARY_WORDS (CsvcCommandType, csvc_command_type_to_string)
LIBRARY_WORDS (CsvcCount, csvc_count_to_string)
LIBRARY_WORDS (CsvcFigure, csvc_figure_to_string)
LIBRARY_WORDS (CsvcOutcome, csvc_outcome_to_string)
LIBRARY_WORDS (CsvcDifferenceType, csvc_difference_type_to_string)

#define OWN_WORDS(Type, last, ...) \
  const char *csvc_lua_word_##Type (int value) \
  { \
    static const char *const words[] = { __VA_ARGS__ }; \
    G_STATIC_ASSERT (G_N_ELEMENTS (words) == (guint) (last) + 1); \
    return (guint) value < G_N_ELEMENTS (words) ? words[value] : NULL; \
  }

OWN_WORDS (CsvcErrorCode, CSVC_ERROR_CANCELLED, "syntax", "invalid", "policy", "not-found", "exists", "conflict", "busy", "io",
           "corrupt", "limit", "lifecycle", "cancelled")
OWN_WORDS (CsvcSeverity, CSVC_SEVERITY_NOTE, "error", "warning", "note")
OWN_WORDS (CsvcHorizon, CSVC_HORIZON_ERROR, "flag", "error")
OWN_WORDS (CsvcPrecedence, CSVC_PRECEDENCE_HOLIDAYS, "date-hours", "holidays")
OWN_WORDS (CsvcAddEnds, CSVC_ADD_ENDS_OPENING, "closing", "opening")
OWN_WORDS (CsvcAddDays, CSVC_ADD_DAYS_END_OF_WORKING_DAY, "time-of-day", "end-of-working-day")
OWN_WORDS (CsvcImportCount, CSVC_IMPORT_LEFT_OUT, "events", "days-off", "moved-days", "yearly", "left-out")
OWN_WORDS (CsvcSide, CSVC_SIDE_NEW, "old", "new")
OWN_WORDS (CsvcEffectFieldKind, CSVC_EFFECT_FIELD_ARGUMENTS, "text", "number", "amount", "time", "value", "arguments")
OWN_WORDS (CsvcLogFormat, CSVC_LOG_XES, "csv", "xes")

static gboolean
find_word (CsvcLuaWordFunc to_word, int last, const char *text, int *value)
{
  for (int i = 0; i <= last; i++)
    if (g_strcmp0 (to_word (i), text) == 0)
      {
        *value = i;
        return TRUE;
      }
  return FALSE;
}

gboolean
csvc_lua_to_word (lua_State *L, int index, CsvcLuaWordFunc to_word, int last, int *value, const char *function)
{
  const char *text = csvc_lua_to_string (L, index, function);
  char        known[512] = "";

  if (text == NULL || find_word (to_word, last, text, value))
    return text != NULL;
  for (int i = 0; i <= last; i++)
    if (to_word (i) != NULL)
      {
        g_strlcat (known, *known != '\0' ? ", " : "", sizeof known);
        g_strlcat (known, to_word (i), sizeof known);
      }
  return csvc_lua_fail (L, "argument", "bad argument #%d to '%s' (no such word: \"%s\"; expected: %s)", index, function, text, known);
}
