/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "machine-story.h"

#include <string.h>

#define HEAD "<policy xmlns='urn:csvc:policy:1' id='t' version='1' zone='Asia/Shanghai'>" \
             "<calendar id='office' days='mon tue wed thu fri' hours='09:00-12:00 13:00-18:00'/>" \
             "<roles><role id='agent'/><role id='boss'/></roles>" \
             "<levels><level id='desk' role='agent'/><level id='city' role='boss'/></levels>"
#define TAIL "</policy>"

CsvcTime
at (const char *text)
{
  g_autoptr (CsvcZone) zone = csvc_zone_new ("Asia/Shanghai", NULL);
  g_autoptr (GError) error = NULL;
  CsvcTime time = 0;

  csvc_zone_parse (zone, text, &time, &error);
  csvc_assert_no_error (error);
  return time;
}

CsvcPolicy *
load (const char *body)
{
  g_autoptr (CsvcDiagnostics) diagnostics = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strconcat (HEAD, body, TAIL, NULL);
  CsvcPolicy *policy = csvc_policy_load_text (text, -1, "t.xml", &diagnostics, &error);

  for (guint i = 0; policy == NULL && i < csvc_diagnostics_get_size (diagnostics); i++)
    {
      g_autofree char *line = csvc_diagnostic_to_string (csvc_diagnostics_get (diagnostics, i));

      csvc_test_note ("%s", line);
    }
  csvc_assert_no_error (error);
  if (policy == NULL)
    CU_FAIL_FATAL ("the test's own policy does not load");
  return policy;
}

CsvcFacts *
facts_of (const char *text)
{
  CsvcFacts *facts;
  g_auto (GStrv) pairs = NULL;

  if (text == NULL || *text == '\0')
    return NULL;
  facts = csvc_facts_new ();
  pairs = g_strsplit (text, " ", -1);
  for (guint i = 0; pairs[i] != NULL; i++)
    {
      char *equals = strchr (pairs[i], '=');

      *equals = '\0';
      csvc_facts_set_text (facts, pairs[i], equals + 1);
    }
  return facts;
}

void
story_begin (Story *story, const char *body)
{
  story->policy = load (body);
  story->self = NULL;
  story->effects = csvc_effects_new ();
  _csvc_record_init (&story->folded);
}

void
story_end (Story *story)
{
  _csvc_record_clear (&story->folded);
  csvc_case_free (story->self);
  csvc_effects_unref (story->effects);
  csvc_policy_unref (story->policy);
}

/* The effects of the last command, folded to those before, give the case. */
static void
assert_folds (Story *story)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) wanted = NULL;
  g_autoptr (GBytes) got = NULL;

  CU_ASSERT_TRUE (_csvc_record_fold (&story->folded, story->self->record.at, story->effects, &error));
  csvc_assert_no_error (error);
  wanted = csvc_case_to_bytes (story->self);
  got = _csvc_record_to_bytes (&story->folded);
  if (!g_bytes_equal (wanted, got))
    {
      g_autofree char *a = csvc_case_to_json (story->self);
      GString *b = g_string_new (NULL);
      CsvcJson json;

      _csvc_json_init (&json, b, FALSE);
      _csvc_record_write_json (&json, &story->folded);
      CSVC_ASSERT_STRING (b->str, a);
      g_string_free (b, TRUE);
    }
}

CsvcAnswer
open_stamped (Story *story, const char *facts, const CsvcStamp *stamp)
{
  g_autoptr (CsvcFacts) bag = facts_of (facts);
  g_autoptr (GError) error = NULL;

  csvc_effects_clear (story->effects);
  story->answer = csvc_case_open (story->policy, "k", "C1", NULL, bag, stamp, story->effects, &story->self, &error);
  csvc_assert_no_error (error);
  if (story->self != NULL)
    assert_folds (story);
  return story->answer;
}

CsvcAnswer
open_case (Story *story, const char *when, const char *facts)
{
  CsvcStamp stamp = CSVC_STAMP (at (when));

  stamp.actor = "ann";
  stamp.role = "agent";
  stamp.unit = "hall";
  return open_stamped (story, facts, &stamp);
}

void
begin (Story *story, const char *body, const char *when, const char *facts)
{
  story_begin (story, body);
  CSVC_ASSERT_STRING (csvc_answer_to_string (open_case (story, when, facts)), "accepted");
  if (story->self == NULL)
    CU_FAIL_FATAL ("the case did not open");
}

CsvcAnswer
fire_stamped (Story *story, const char *event, const CsvcFacts *params, const CsvcStamp *stamp)
{
  g_autoptr (GError) error = NULL;

  csvc_effects_clear (story->effects);
  story->answer = csvc_case_fire (story->self, NULL, event, params, stamp, story->effects, &error);
  csvc_assert_no_error (error);
  assert_folds (story);
  return story->answer;
}

CsvcAnswer
fire_occurred (Story *story, const char *event, const char *when, const char *occurred, const char *params)
{
  g_autoptr (CsvcFacts) bag = facts_of (params);
  CsvcStamp stamp = CSVC_STAMP (at (when));

  stamp.role = "agent";
  stamp.occurred = occurred != NULL ? at (occurred) : 0;
  return fire_stamped (story, event, bag, &stamp);
}

CsvcAnswer
fire (Story *story, const char *event, const char *when, const char *params)
{
  return fire_occurred (story, event, when, NULL, params);
}

void
advance_to (Story *story, const char *when)
{
  g_autoptr (GError) error = NULL;

  csvc_effects_clear (story->effects);
  CU_ASSERT_TRUE (csvc_case_advance (story->self, NULL, at (when), story->effects, &error));
  csvc_assert_no_error (error);
  assert_folds (story);
}

/* The words of the effects, with subject and detail of those of clocks: "alarm handle due". */
static char *
effects_text (const CsvcEffects *effects)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < csvc_effects_get_size (effects); i++)
    {
      const CsvcEffect *effect = csvc_effects_get (effects, i);
      const char       *clock = csvc_effect_get_text (effect, "clock");
      const char       *alarm = csvc_effect_get_text (effect, "alarm");

      g_string_append_printf (text, "%s%s%s%s%s%s", i > 0 ? ", " : "", csvc_effect_type_to_string (csvc_effect_get_type (effect)),
                              clock != NULL ? " " : "", clock != NULL ? clock : "", alarm != NULL ? " " : "",
                              alarm != NULL ? alarm : "");
    }
  return g_string_free (text, FALSE);
}

void
assert_effects (Story *story, const char *expected)
{
  g_autofree char *text = effects_text (story->effects);

  CSVC_ASSERT_STRING (text, expected);
}

void
assert_states (Story *story, const char *expected)
{
  g_autofree char *states = csvc_case_dup_states (story->self);

  CSVC_ASSERT_STRING (states, expected);
}

/* "state verdict due" of the cycle @index. */
void
assert_cycle (Story *story, guint index, const char *state, const char *verdict, const char *due)
{
  const CsvcCycle *cycle;
  g_autofree char *text = NULL;

  if (index >= csvc_case_get_n_cycles (story->self))
    {
      CSVC_ASSERT_UINT (csvc_case_get_n_cycles (story->self), index + 1);
      return;
    }
  cycle = csvc_case_get_cycle (story->self, index);
  CSVC_ASSERT_STRING (csvc_cycle_state_to_string (csvc_cycle_get_state (cycle)), state);
  CSVC_ASSERT_STRING (csvc_verdict_to_string (csvc_cycle_get_verdict (cycle)), verdict);
  if (due != NULL)
    {
      g_autofree char *wanted = csvc_time_to_string (strcmp (due, "never") == 0 ? CSVC_NEVER : at (due));

      text = csvc_time_to_string (csvc_case_get_due (story->self, cycle));
      CSVC_ASSERT_STRING (text, wanted);
    }
}

gint64
used_seconds (Story *story, guint index, const char *now)
{
  return csvc_case_get_used (story->self, csvc_case_get_cycle (story->self, index), at (now)) / CSVC_SECOND;
}

/* Without gap or overlap; the sum of what counts in all, or (@used) in what does not remain. */
static CsvcDuration
sum_of (const CsvcWhyDue *why, gboolean used)
{
  CsvcDuration sum = 0;

  for (guint i = 0; i < csvc_why_due_get_size (why); i++)
    {
      CsvcDuration counted = csvc_why_due_get_counted (why, i);
      CsvcDuration length = csvc_why_due_get_to (why, i) - csvc_why_due_get_from (why, i);

      if (i > 0)
        CSVC_ASSERT_INT (csvc_why_due_get_from (why, i), csvc_why_due_get_to (why, i - 1));
      CU_ASSERT_TRUE (csvc_why_due_get_piece (why, i) == CSVC_DUE_OVERDRAWN ? counted == -length : counted >= 0 && counted <= length);
      CU_ASSERT_TRUE (csvc_why_due_get_piece (why, i) != CSVC_DUE_PAUSED || counted == 0);
      CU_ASSERT_TRUE (csvc_why_due_get_segment_rule (why, i) != NULL && csvc_why_due_get_segment_line (why, i) > 0);
      if (!used || csvc_why_due_get_piece (why, i) != CSVC_DUE_REMAINING)
        sum += counted;
    }
  return sum;
}

/* What was used is told apart from the rest only while it has no verdict, and is asked of another function than the segments. */
static void
assert_used_explained (const CsvcCase *self, const CsvcCycle *cycle, const CsvcWhyDue *why, CsvcTime now)
{
  CsvcBudget target;

  CU_ASSERT_TRUE (_csvc_cycle_get_target (self, cycle, &target, NULL));
  CSVC_ASSERT_INT (csvc_why_due_get_budget (why), target.length - cycle->credit);
  CSVC_ASSERT_INT (csvc_why_due_get_due (why), csvc_case_get_projected_due (self, cycle, now));
  if (target.length >= 0 && now <= csvc_why_due_get_due (why) && now >= csvc_case_get_last_at (self))
    CSVC_ASSERT_INT (sum_of (why, TRUE), csvc_case_get_used (self, cycle, now));
}

void
assert_explained (const CsvcCase *self, const CsvcCycle *cycle, CsvcTime now)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcWhyDue) why = csvc_case_explain_due (self, cycle, now, &error);
  guint n;

  csvc_assert_no_error (error);
  if (why == NULL)
    return;
  n = csvc_why_due_get_size (why);
  CSVC_ASSERT_INT (sum_of (why, FALSE), csvc_why_due_get_budget (why));
  if (csvc_why_due_get_budget (why) >= 0 && n > 0)
    CSVC_ASSERT_INT (csvc_why_due_get_to (why, n - 1), csvc_why_due_get_due (why));
  if (cycle->verdict == CSVC_VERDICT_NONE)
    assert_used_explained (self, cycle, why, now);
  else
    CSVC_ASSERT_INT (csvc_why_due_get_due (why), csvc_case_get_due (self, cycle));
}

void
assert_restores (Story *story)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = csvc_case_to_bytes (story->self);
  g_autofree char *json = csvc_case_to_json (story->self);
  g_autoptr (CsvcCase) from_bytes = csvc_case_new_from_bytes (story->policy, bytes, &error);
  g_autoptr (CsvcCase) from_json = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GBytes) from = NULL;

  csvc_assert_no_error (error);
  from_json = csvc_case_new_from_json (story->policy, json, &error);
  csvc_assert_no_error (error);
  if (from_bytes == NULL || from_json == NULL)
    return;
  again = csvc_case_to_bytes (from_bytes);
  from = csvc_case_to_bytes (from_json);
  CU_ASSERT_TRUE (g_bytes_equal (bytes, again));
  CU_ASSERT_TRUE (g_bytes_equal (bytes, from));
  CSVC_ASSERT_INT (csvc_case_get_next_wake (from_bytes), csvc_case_get_next_wake (story->self));
  /* the life goes on with the restored one */
  csvc_case_free (story->self);
  story->self = g_steal_pointer (&from_bytes);
}
