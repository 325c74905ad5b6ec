/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "machine-story.h"

/* The machine, rule by rule (what the scenarios of whole policies build on). */

static void opens_in_the_initial_states (void);
static void refuses_what_it_must (void);
static void explains_refusals (void);
static void refusal_leaves_no_trace (void);
static void due_instant_is_in_time (void);
static void breach_that_leaves_is_a_breach (void);
static void catch_up_equals_on_time (void);
static void pauses_to_the_microsecond (void);
static void pauses_in_working_time (void);
static void resumes_only_by_its_event (void);
static void meets_late_and_corrects (void);
static void reopens_with_a_new_cycle (void);
static void reopens_and_continues (void);
static void keeps_the_promise_to_this_customer (void);
static void follows_changed_facts (void);
static void resets_and_cancels (void);
static void late_start_fires_the_latest (void);
static void timeouts_judge_nothing (void);
static void counts_days (void);
static void remembers_and_runs_in_parallel (void);
static void raises_sets_and_tells (void);
static void undecided_is_tried_again (void);
static void charts_that_never_rest (void);
static void keeps_and_restores (void);
static void random_lives (void);

static CU_TestInfo tests[] = {
  { "opens-in-the-initial-states", opens_in_the_initial_states },
  { "refuses-what-it-must", refuses_what_it_must },
  { "explains-refusals", explains_refusals },
  { "refusal-leaves-no-trace", refusal_leaves_no_trace },
  { "due-instant-is-in-time", due_instant_is_in_time },
  { "breach-that-leaves-is-a-breach", breach_that_leaves_is_a_breach },
  { "catch-up-equals-on-time", catch_up_equals_on_time },
  { "pauses-to-the-microsecond", pauses_to_the_microsecond },
  { "pauses-in-working-time", pauses_in_working_time },
  { "resumes-only-by-its-event", resumes_only_by_its_event },
  { "meets-late-and-corrects", meets_late_and_corrects },
  { "reopens-with-a-new-cycle", reopens_with_a_new_cycle },
  { "reopens-and-continues", reopens_and_continues },
  { "keeps-the-promise-to-this-customer", keeps_the_promise_to_this_customer },
  { "follows-changed-facts", follows_changed_facts },
  { "resets-and-cancels", resets_and_cancels },
  { "late-start-fires-the-latest", late_start_fires_the_latest },
  { "timeouts-judge-nothing", timeouts_judge_nothing },
  { "counts-days", counts_days },
  { "remembers-and-runs-in-parallel", remembers_and_runs_in_parallel },
  { "raises-sets-and-tells", raises_sets_and_tells },
  { "undecided-is-tried-again", undecided_is_tried_again },
  { "charts-that-never-rest", charts_that_never_rest },
  { "keeps-and-restores", keeps_and_restores },
  { "random-lives", random_lives },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_machine = { "machine", tests };

/* ── policies of the tests ── */

#define DESK \
  "<case id='k' backdate='PT2H'>" \
  "<fact id='window' type='enum' values='hotline hall' required='true'/><fact id='score' type='number'/>" \
  "<event id='replied' by='agent'/><event id='ask'/><event id='answered'/><event id='solved'/><event id='rated' sets='score'/>" \
  "<event id='bossed' by='boss'/><event id='again'/>" \
  "<state id='open'>" \
  "<clock id='reply' met-by='replied' on-leave='end'><due when='window = \"hall\"' in='PT3H' of='office'/><due in='PT3H'/>" \
  "<alarm id='soon' at='75%'><notify role='agent'/></alarm></clock>" \
  "<clock id='handle' met-by='solved' paused-in='waiting' on-leave='end'><due in='PT72H'/>" \
  "<alarm id='day' at='PT24H'><escalate/></alarm><alarm id='late' at='+PT1H'/></clock>" \
  "<state id='work'><transition event='ask' target='waiting'/></state>" \
  "<state id='waiting'><transition event='answered' target='work'/></state>" \
  "<transition event='solved' target='solved'/><transition event='bossed' target='closed'/>" \
  "<transition event='rated' cond='score >= 4' target='solved'/>" \
  "</state>" \
  "<state id='solved'><transition event='again' target='open'/></state>" \
  "<final id='closed' outcome='done'/>" \
  "</case>"

static void
opens_in_the_initial_states (void)
{
  Story story;

  begin (&story, DESK, NINE, "window=hotline");
  assert_states (&story, "work");
  assert_effects (&story, "opened, policy, level, owner, fact-set, state-entered, state-entered, clock-started reply, clock-started handle");
  CSVC_ASSERT_STRING (csvc_case_get_owner_actor (story.self), "ann");
  CSVC_ASSERT_STRING (csvc_case_get_owner_unit (story.self), "hall");
  CSVC_ASSERT_STRING (csvc_case_get_handler (story.self), "agent");
  CSVC_ASSERT_UINT (csvc_case_get_level (story.self), 1);
  assert_cycle (&story, 0, "running", "none", "2026-03-02T12:00:00");
  assert_cycle (&story, 1, "running", "none", "2026-03-05T09:00:00");
  CSVC_ASSERT_INT (csvc_case_get_next_wake (story.self), at ("2026-03-02T11:15:00") + 1);
  story_end (&story);
}

static void
refuses_what_it_must (void)
{
  Story story;

  story_begin (&story, DESK);
  CSVC_ASSERT_STRING (csvc_answer_to_string (open_case (&story, NINE, NULL)), "refused-missing-fact");
  CU_ASSERT_PTR_NULL (story.self);
  CSVC_ASSERT_UINT (csvc_effects_get_size (story.effects), 0);
  story_end (&story);

  begin (&story, DESK, NINE, "window=hotline");
  CU_ASSERT_EQUAL (fire (&story, "answered", "2026-03-02T09:10:00", NULL), CSVC_ANSWER_REFUSED_STATE);
  CU_ASSERT_EQUAL (fire (&story, "bossed", "2026-03-02T09:10:00", NULL), CSVC_ANSWER_REFUSED_ROLE);
  CU_ASSERT_EQUAL (fire (&story, "rated", "2026-03-02T09:10:00", NULL), CSVC_ANSWER_REFUSED_MISSING_FACT);
  CU_ASSERT_EQUAL (fire (&story, "rated", "2026-03-02T09:10:00", "score=3"), CSVC_ANSWER_REFUSED_CONDITION);
  CU_ASSERT_PTR_NULL (csvc_case_get_fact (story.self, "score"));
  CU_ASSERT_EQUAL (fire (&story, "solved", "2026-03-02T08:59:59", NULL), CSVC_ANSWER_REFUSED_TIME);
  CU_ASSERT_EQUAL (fire_occurred (&story, "replied", "2026-03-02T12:00:00", "2026-03-02T09:59:59", NULL), CSVC_ANSWER_REFUSED_TIME);
  {
    g_autoptr (GError) error = NULL;
    CsvcStamp stamp = CSVC_STAMP (at ("2026-03-02T09:10:00"));

    CU_ASSERT_EQUAL (csvc_case_fire (story.self, NULL, "solvd", NULL, &stamp, NULL, &error), CSVC_ANSWER_FAILED);
    csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "solved");
  }
  FIRE (&story, "rated", "2026-03-02T09:10:00", "score=4.5");
  assert_states (&story, "solved");
  story_end (&story);
}

static char *
refusal_of (Story *story, const char *event, const char *when, const char *params, CsvcRefusal **refusal)
{
  g_autoptr (CsvcFacts) bag = facts_of (params);
  g_autoptr (GError) error = NULL;
  CsvcStamp stamp = CSVC_STAMP (at (when));

  stamp.role = "agent";
  *refusal = csvc_case_explain_refusal (story->self, NULL, event, bag, &stamp, &error);
  csvc_assert_no_error (error);
  return g_strdup (*refusal != NULL ? csvc_refusal_get_message (*refusal) : "accepted");
}

static void
explains_refusals (void)
{
  static const struct { const char *event, *when, *params, *message; guint candidates; } table[] = {
    { "answered", "2026-03-02T09:10:00", NULL, "nothing accepts \"answered\" in work", 0 },
    { "bossed", "2026-03-02T09:10:00", NULL, "\"bossed\" is for boss, not for agent", 0 },
    { "rated", "2026-03-02T09:10:00", NULL, "\"rated\" must bring the fact score", 0 },
    { "rated", "2026-03-02T09:10:00", "score=3", "no condition of those that wait for \"rated\" in work holds", 1 },
    { "solved", "2026-03-02T08:00:00", NULL, "2026-03-02T08:00:00+08:00 is earlier than the case's last instant, 2026-03-02T09:00:00+08:00", 0 },
    { "solved", "2026-03-02T09:10:00", NULL, "accepted", 0 },
  };
  Story story;

  begin (&story, DESK, NINE, "window=hotline");
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (CsvcRefusal) refusal = NULL;
      g_autofree char *message = refusal_of (&story, table[i].event, table[i].when, table[i].params, &refusal);

      CSVC_ASSERT_STRING (message, table[i].message);
      CSVC_ASSERT_UINT (refusal != NULL ? csvc_refusal_get_n_candidates (refusal) : 0, table[i].candidates);
      if (table[i].candidates > 0)
        CSVC_ASSERT_STRING (csvc_refusal_get_candidate (refusal, 0), "t.xml:1: score >= 4 is false");
    }
  assert_states (&story, "work");
  story_end (&story);
}

static void
refusal_leaves_no_trace (void)
{
  Story story;
  g_autoptr (GBytes) before = NULL;
  g_autoptr (GBytes) after = NULL;

  begin (&story, DESK, NINE, "window=hotline");
  before = csvc_case_to_bytes (story.self);
  CU_ASSERT_EQUAL (fire (&story, "rated", "2026-03-02T10:00:00", "score=1"), CSVC_ANSWER_REFUSED_CONDITION);
  CSVC_ASSERT_UINT (csvc_effects_get_size (story.effects), 0);
  after = csvc_case_to_bytes (story.self);
  CU_ASSERT_TRUE (g_bytes_equal (before, after));
  /* but the time that passed before it stands */
  CU_ASSERT_EQUAL (fire (&story, "rated", "2026-03-02T13:00:00", "score=1"), CSVC_ANSWER_REFUSED_CONDITION);
  assert_effects (&story, "alarm reply soon, notify, alarm reply due, clock-missed reply");
  CSVC_ASSERT_INT (csvc_case_get_last_at (story.self), at ("2026-03-02T12:00:00"));
  story_end (&story);
}

static void
due_instant_is_in_time (void)
{
  Story story;

  /* The host slept and wakes late; it woke early for nothing; it wakes at the very instant: all the same. */
  for (guint i = 0; i < 3; i++)
    {
      begin (&story, DESK, NINE, "window=hotline");
      if (i == 1)
        advance_to (&story, "2026-03-02T11:59:59");
      if (i == 2)
        advance_to (&story, "2026-03-02T12:00:00");
      FIRE (&story, "replied", "2026-03-02T12:00:00", NULL);
      assert_cycle (&story, 0, "closed", "met", "2026-03-02T12:00:00");
      story_end (&story);
    }
  begin (&story, DESK, NINE, "window=hotline");
  FIRE (&story, "replied", "2026-03-02T12:00:00.000001", NULL);
  assert_cycle (&story, 0, "closed", "missed", "2026-03-02T12:00:00");
  CSVC_ASSERT_INT (csvc_cycle_get_met_late_at (csvc_case_get_cycle (story.self, 0)), at ("2026-03-02T12:00:00.000001"));
  story_end (&story);
}

static void
breach_that_leaves_is_a_breach (void)
{
  Story story;

  begin (&story,
         "<case id='k'><event id='x'/><state id='a'><clock id='c' met-by='x'><due in='PT1H'/></clock>"
         "<transition event='clock.c.due' target='b'/></state><state id='b'><transition event='x' target='a'/></state></case>",
         NINE, NULL);
  advance_to (&story, "2026-03-03T00:00:00");
  assert_states (&story, "b");
  assert_effects (&story, "alarm c due, clock-missed c, state-left, state-entered, clock-ended c");
  assert_cycle (&story, 0, "closed", "missed", "2026-03-02T10:00:00");
  story_end (&story);
}

static void
catch_up_equals_on_time (void)
{
  Story late, punctual;
  g_autoptr (GBytes) a = NULL;
  g_autoptr (GBytes) b = NULL;

  begin (&late, DESK, NINE, "window=hotline");
  begin (&punctual, DESK, NINE, "window=hotline");
  while (csvc_case_get_next_wake (punctual.self) < at ("2026-03-20T00:00:00"))
    CU_ASSERT_TRUE (csvc_case_advance (punctual.self, NULL, csvc_case_get_next_wake (punctual.self), NULL, NULL));
  advance_to (&late, "2026-03-20T00:00:00");
  assert_effects (&late, "alarm reply soon, notify, alarm reply due, clock-missed reply, alarm handle day, level, "
                         "alarm handle due, clock-missed handle, alarm handle late");
  CSVC_ASSERT_STRING (csvc_case_get_handler (late.self), "boss");
  a = csvc_case_to_bytes (late.self);
  b = csvc_case_to_bytes (punctual.self);
  CU_ASSERT_TRUE (g_bytes_equal (a, b));
  CSVC_ASSERT_INT (csvc_case_get_next_wake (late.self), CSVC_NEVER);
  advance_to (&late, "2026-04-20T00:00:00");
  CSVC_ASSERT_UINT (csvc_effects_get_size (late.effects), 0);
  story_end (&late);
  story_end (&punctual);
}

static void
pauses_to_the_microsecond (void)
{
  Story story;

  begin (&story, DESK, NINE, "window=hotline");
  /* two pauses in the same minute, and a long one */
  FIRE (&story, "ask", "2026-03-02T09:10:00.000001", NULL);
  assert_cycle (&story, 1, "paused", "none", "never");
  FIRE (&story, "answered", "2026-03-02T09:10:00.000004", NULL);
  FIRE (&story, "ask", "2026-03-02T09:10:30", NULL);
  FIRE (&story, "answered", "2026-03-02T09:10:31", NULL);
  FIRE (&story, "ask", "2026-03-03T09:10:00", NULL);
  CSVC_ASSERT_INT (csvc_case_get_projected_due (story.self, csvc_case_get_cycle (story.self, 1), at ("2026-03-03T10:10:00")),
                   at ("2026-03-05T10:00:01.000003"));
  advance_to (&story, "2026-03-13T09:10:00");
  FIRE (&story, "answered", "2026-03-13T09:10:00", NULL);
  assert_cycle (&story, 1, "running", "none", "2026-03-15T09:00:01.000003");
  FIRE (&story, "solved", "2026-03-15T09:00:01.000003", NULL);
  assert_cycle (&story, 1, "closed", "met", "2026-03-15T09:00:01.000003");
  CSVC_ASSERT_INT (used_seconds (&story, 1, NINE), 72 * 3600);
  story_end (&story);
}

#define OFFICE \
  "<case id='k'><event id='p'/><event id='r'/><event id='x'/>" \
  "<state id='s'><clock id='c' met-by='x' paused-in='w'><due in='PT8H' of='office'/></clock>" \
  "<state id='v'><transition event='p' target='w'/></state><state id='w'><transition event='r' target='v'/></state></state></case>"

static void
pauses_in_working_time (void)
{
  Story story;

  begin (&story, OFFICE, "2026-03-06T16:00:00", NULL); /* a Friday: 2 h left of it */
  assert_cycle (&story, 0, "running", "none", "2026-03-09T16:00:00");
  /* a pause over closed hours only costs nothing */
  FIRE (&story, "p", "2026-03-06T18:30:00", NULL);
  FIRE (&story, "r", "2026-03-09T08:00:00", NULL);
  assert_cycle (&story, 0, "running", "none", "2026-03-09T16:00:00");
  /* a pause over lunch counts only its working part: 11:30–12:00 and 13:00–13:15 */
  FIRE (&story, "p", "2026-03-09T11:30:00", NULL);
  FIRE (&story, "r", "2026-03-09T13:15:00", NULL);
  assert_cycle (&story, 0, "running", "none", "2026-03-09T16:45:00");
  CSVC_ASSERT_INT (used_seconds (&story, 0, "2026-03-09T14:15:00"), (2 + 2 + 1) * 3600 + 1800);
  story_end (&story);
}

static void
resumes_only_by_its_event (void)
{
  Story story;

  begin (&story,
         "<case id='k'><event id='p'/><event id='r'/><event id='go'/><event id='x'/>"
         "<state id='s'><clock id='c' met-by='x' paused-in='w' paused-by='p' resumed-by='go'><due in='PT8H'/></clock>"
         "<state id='v'><transition event='p' target='w'/></state><state id='w'><transition event='r' target='v'/></state></state></case>",
         NINE, NULL);
  FIRE (&story, "p", "2026-03-02T10:00:00", NULL);
  FIRE (&story, "r", "2026-03-02T11:00:00", NULL);
  assert_states (&story, "v");
  assert_cycle (&story, 0, "paused", "none", "never");
  FIRE (&story, "go", "2026-03-02T12:00:00", NULL);
  assert_cycle (&story, 0, "running", "none", "2026-03-02T19:00:00");
  CU_ASSERT_EQUAL (fire (&story, "go", "2026-03-02T12:30:00", NULL), CSVC_ANSWER_REFUSED_STATE);
  story_end (&story);
}

static void
meets_late_and_corrects (void)
{
  Story story;

  /* told an hour late, but it had happened in time, before anybody noticed: in time */
  begin (&story, DESK, NINE, "window=hotline");
  FIRE (&story, "ask", "2026-03-02T11:59:00", NULL);
  CSVC_ASSERT_STRING (csvc_answer_to_string (fire_occurred (&story, "replied", "2026-03-02T12:00:00", "2026-03-02T10:30:00", NULL)), "accepted");
  assert_cycle (&story, 0, "closed", "met", "2026-03-02T12:00:00");
  CSVC_ASSERT_INT (csvc_cycle_get_verdict_at (csvc_case_get_cycle (story.self, 0)), at ("2026-03-02T10:30:00"));
  story_end (&story);
  /* the same after the verdict: it stays, and a correction is written down */
  begin (&story, DESK, NINE, "window=hotline");
  fire_occurred (&story, "replied", "2026-03-02T12:30:00", "2026-03-02T11:00:00", NULL);
  assert_effects (&story, "alarm reply soon, notify, alarm reply due, clock-missed reply, clock-corrected reply");
  assert_cycle (&story, 0, "closed", "missed", "2026-03-02T12:00:00");
  story_end (&story);
}

static void
reopens_with_a_new_cycle (void)
{
  Story story;

  begin (&story, DESK, NINE, "window=hotline");
  FIRE (&story, "solved", "2026-03-02T11:00:00", NULL);
  assert_effects (&story, "clock-met handle, state-left, state-left, state-entered, clock-ended reply");
  assert_cycle (&story, 0, "closed", "ended", NULL);
  CSVC_ASSERT_STRING (csvc_cycle_get_reason (csvc_case_get_cycle (story.self, 0)), "left");
  FIRE (&story, "again", "2026-03-04T09:00:00", NULL);
  assert_cycle (&story, 3, "running", "none", "2026-03-07T09:00:00");
  CSVC_ASSERT_UINT (csvc_cycle_get_number (csvc_case_get_cycle (story.self, 3)), 2);
  story_end (&story);
}

#define REOPEN(how) \
  "<case id='k'><event id='x'/><event id='y'/>" \
  "<state id='a'><clock id='c' met-by='never' on-leave='end' reopen='" how "'><due in='PT10H'/><alarm id='early' at='PT1H'/></clock>" \
  "<transition event='x' target='b'/></state><state id='b'><transition event='y' target='a'/></state><event id='never'/></case>"

static void
reopens_and_continues (void)
{
  Story story;
  static const char *const policies[] = {
    "<case id='k'><event id='x'/><event id='y'/><event id='n'/><state id='a'><clock id='c' met-by='n' on-leave='end' reopen='continue'>"
    "<due in='PT10H'/><alarm id='early' at='PT1H'/></clock><transition event='x' target='b'/></state>"
    "<state id='b'><transition event='y' target='a'/></state></case>",
    "<case id='k'><event id='x'/><event id='y'/><event id='n'/><state id='a'><clock id='c' met-by='n' on-leave='end' "
    "reopen='continue-including-closed'><due in='PT10H'/><alarm id='early' at='PT1H'/></clock><transition event='x' target='b'/></state>"
    "<state id='b'><transition event='y' target='a'/></state></case>"
  };
  static const char *const due[] = { "2026-03-02T21:00:00", "2026-03-02T19:00:00" };

  for (guint i = 0; i < 2; i++)
    {
      begin (&story, policies[i], NINE, NULL);
      FIRE (&story, "x", "2026-03-02T11:00:00", NULL);
      FIRE (&story, "y", "2026-03-02T13:00:00", NULL);
      assert_cycle (&story, 0, "closed", "ended", NULL);
      assert_cycle (&story, 1, "running", "none", due[i]);
      CSVC_ASSERT_INT (used_seconds (&story, 1, "2026-03-02T14:00:00"), (i == 0 ? 3 : 5) * 3600);
      /* its alarm fired in the cycle before: once is enough */
      advance_to (&story, "2026-03-03T09:00:00");
      assert_effects (&story, "alarm c due, clock-missed c");
      /* a broken promise stays broken however often the case is reopened */
      FIRE (&story, "x", "2026-03-03T09:00:00", NULL);
      FIRE (&story, "y", "2026-03-03T10:00:00", NULL);
      assert_cycle (&story, 2, "overdue", "missed", due[i]);
      story_end (&story);
    }
}

#define PROMISE \
  "<case id='k'><fact id='promised' type='dateTime'/><event id='told' sets='promised'/><event id='x'/><event id='n'/>" \
  "<state id='a'><clock id='c' met-by='x'><due at='promised'/></clock><transition event='told'/></state></case>"

static void
keeps_the_promise_to_this_customer (void)
{
  Story story;

  begin (&story, PROMISE, NINE, NULL);
  CSVC_ASSERT_UINT (csvc_case_get_n_cycles (story.self), 0);
  FIRE (&story, "told", "2026-03-02T10:00:00", "promised=2026-03-03T10:00:00");
  assert_cycle (&story, 0, "running", "none", "2026-03-03T10:00:00");
  /* another word given before the first was due moves it */
  FIRE (&story, "told", "2026-03-02T11:00:00", "promised=2026-03-04T10:00:00");
  assert_effects (&story, "fact-set, clock-target c");
  assert_cycle (&story, 0, "running", "none", "2026-03-04T10:00:00");
  FIRE (&story, "x", "2026-03-03T12:00:00", NULL);
  assert_cycle (&story, 0, "closed", "met", "2026-03-04T10:00:00");
  /* a new promise after that is a new cycle; after a broken one too */
  FIRE (&story, "told", "2026-03-04T11:00:00", "promised=2026-03-05T10:00:00");
  assert_cycle (&story, 1, "running", "none", "2026-03-05T10:00:00");
  FIRE (&story, "told", "2026-03-06T11:00:00", "promised=2026-03-07T10:00:00");
  assert_cycle (&story, 1, "closed", "missed", "2026-03-05T10:00:00");
  assert_cycle (&story, 2, "running", "none", "2026-03-07T10:00:00");
  story_end (&story);
}

#define CHANGE(how) \
  "<case id='k'><fact id='urgent' type='boolean' default='false'/><event id='mark' sets='urgent'/><event id='p'/><event id='r'/><event id='x'/>" \
  "<state id='s'><clock id='c' met-by='x' paused-in='w' on-change='" how "'><due when='urgent' in='PT4H'/><due in='PT10H'/></clock>" \
  "<state id='v'><transition event='p' target='w'/></state><state id='w'><transition event='r' target='v'/></state>" \
  "<transition event='mark'/></state></case>"

static void
follows_changed_facts (void)
{
  Story story;

  /* from the start, and the pause is not forgotten */
  begin (&story, CHANGE ("retroactive"), NINE, NULL);
  FIRE (&story, "p", "2026-03-02T10:00:00", NULL);
  FIRE (&story, "r", "2026-03-02T11:00:00", NULL);
  FIRE (&story, "mark", "2026-03-02T12:00:00", "urgent=true");
  assert_cycle (&story, 0, "running", "none", "2026-03-02T14:00:00");
  story_end (&story);
  begin (&story, CHANGE ("keep"), NINE, NULL);
  FIRE (&story, "mark", "2026-03-02T12:00:00", "urgent=true");
  assert_cycle (&story, 0, "running", "none", "2026-03-02T19:00:00");
  story_end (&story);
  begin (&story, CHANGE ("reset"), NINE, NULL);
  FIRE (&story, "mark", "2026-03-02T12:00:00", "urgent=true");
  assert_cycle (&story, 0, "closed", "ended", NULL);
  assert_cycle (&story, 1, "running", "none", "2026-03-02T16:00:00");
  story_end (&story);
  /* what is already late by the new target is missed at that instant, not now */
  begin (&story, CHANGE ("retroactive"), NINE, NULL);
  FIRE (&story, "mark", "2026-03-02T15:00:00", "urgent=true");
  CSVC_ASSERT_INT (csvc_case_get_next_wake (story.self), at ("2026-03-02T15:00:00") + 1);
  advance_to (&story, "2026-03-02T15:00:01");
  assert_cycle (&story, 0, "overdue", "missed", "2026-03-02T13:00:00");
  story_end (&story);
}

static void
resets_and_cancels (void)
{
  Story story;

  begin (&story,
         "<case id='k'><event id='x'/><event id='again'/><event id='off'/><state id='s'>"
         "<clock id='c' met-by='x' reset-by='again' cancelled-by='off'><due in='PT1H'/></clock></state></case>", NINE, NULL);
  FIRE (&story, "again", "2026-03-02T09:30:00", NULL);
  assert_effects (&story, "clock-ended c, clock-started c");
  assert_cycle (&story, 1, "running", "none", "2026-03-02T10:30:00");
  FIRE (&story, "off", "2026-03-02T09:40:00", NULL);
  assert_cycle (&story, 1, "closed", "ended", NULL);
  CSVC_ASSERT_STRING (csvc_cycle_get_reason (csvc_case_get_cycle (story.self, 1)), "cancelled");
  CU_ASSERT_EQUAL (fire (&story, "x", "2026-03-02T09:50:00", NULL), CSVC_ANSWER_REFUSED_STATE);
  story_end (&story);
}

static void
late_start_fires_the_latest (void)
{
  Story story;
  CsvcStamp stamp = CSVC_STAMP (at ("2026-03-02T11:30:00"));

  story_begin (&story,
               "<case id='k' backdate='P1D'><event id='x'/><state id='s'><clock id='c' met-by='x'><due in='PT10H'/>"
               "<alarm id='one' at='PT1H'/><alarm id='two' at='PT2H'/><alarm id='three' at='PT3H'/></clock></state></case>");
  stamp.occurred = at (NINE);
  CU_ASSERT_EQUAL (open_stamped (&story, NULL, &stamp), CSVC_ANSWER_ACCEPTED);
  assert_effects (&story, "opened, policy, level, state-entered, clock-started c, alarm-passed c one");
  assert_cycle (&story, 0, "running", "none", "2026-03-02T19:00:00");
  advance_to (&story, "2026-03-02T11:31:00");
  assert_effects (&story, "alarm c two");
  advance_to (&story, "2026-03-02T13:00:00");
  assert_effects (&story, "alarm c three");
  story_end (&story);
}

static void
timeouts_judge_nothing (void)
{
  Story story;

  begin (&story,
         "<case id='k'><event id='x'/><state id='s'><clock id='c' promise='false'><due in='P7D'/></clock>"
         "<transition event='clock.c.due' target='end'/></state><final id='end' outcome='won'/></case>", NINE, NULL);
  advance_to (&story, "2026-04-01T00:00:00");
  assert_states (&story, "end");
  assert_cycle (&story, 0, "closed", "ended", "2026-03-09T09:00:00");
  CU_ASSERT_TRUE (csvc_case_has_ended (story.self));
  CSVC_ASSERT_STRING (csvc_case_get_outcome (story.self), "won");
  CU_ASSERT_EQUAL (fire (&story, "x", "2026-04-01T00:00:00", NULL), CSVC_ANSWER_REFUSED_STATE);
  story_end (&story);
}

static void
counts_days (void)
{
  Story story;

  /* Working days keep the time of day even if closed then; once paused, what is left is working time. */
  begin (&story,
         "<case id='k'><event id='p'/><event id='r'/><event id='x'/><state id='s'>"
         "<clock id='w' met-by='x' paused-in='q'><due in='P5D' of='office'/><alarm id='half' at='50%'/></clock>"
         "<clock id='d' met-by='x'><due in='P15D'/></clock>"
         "<state id='v'><transition event='p' target='q'/></state><state id='q'><transition event='r' target='v'/></state></state></case>",
         "2026-03-06T20:00:00", NULL);
  assert_cycle (&story, 0, "running", "none", "2026-03-13T20:00:00");
  assert_cycle (&story, 1, "running", "none", "2026-03-21T20:00:00");
  CSVC_ASSERT_INT (csvc_case_get_next_wake (story.self), at ("2026-03-11T14:00:00") + 1);
  FIRE (&story, "p", "2026-03-09T09:00:00", NULL);
  FIRE (&story, "r", "2026-03-09T10:00:00", NULL);
  assert_cycle (&story, 0, "running", "none", "2026-03-16T10:00:00");
  story_end (&story);
}

static void
remembers_and_runs_in_parallel (void)
{
  Story story;

  begin (&story,
         "<case id='k'><event id='n'/><event id='out'/><event id='back'/><event id='e1'/><event id='e2'/>"
         "<parallel id='p'>"
         "<state id='left'><history id='lh'><transition target='l1'/></history>"
         "<state id='l1'><transition event='n' target='l2'/></state><state id='l2'><transition event='e1' target='l9'/></state><final id='l9'/></state>"
         "<state id='right'><state id='r1'><transition event='n' target='r2'/></state>"
         "<state id='r2'><transition event='e2' target='r9'/></state><final id='r9'/></state>"
         "<transition event='out' target='away'/><transition event='done.state.p' target='end'/></parallel>"
         "<state id='away'><transition event='back' target='lh'/></state><final id='end'/></case>", NINE, NULL);
  assert_states (&story, "l1 r1");
  FIRE (&story, "n", "2026-03-02T09:01:00", NULL);
  assert_states (&story, "l2 r2");
  FIRE (&story, "out", "2026-03-02T09:02:00", NULL);
  assert_states (&story, "away");
  FIRE (&story, "back", "2026-03-02T09:03:00", NULL);
  assert_states (&story, "l2 r1");
  FIRE (&story, "e1", "2026-03-02T09:04:00", NULL);
  FIRE (&story, "n", "2026-03-02T09:05:00", NULL);
  assert_states (&story, "l9 r2");
  FIRE (&story, "e2", "2026-03-02T09:06:00", NULL);
  assert_states (&story, "end");
  story_end (&story);
}

static void
raises_sets_and_tells (void)
{
  Story story;
  const CsvcEffect *message = NULL;

  begin (&story,
         "<case id='k'><fact id='n' type='number' default='1'/><fact id='vip' type='boolean' default='true'/><event id='go' by='boss agent'/>"
         "<state id='a'><transition event='go' target='b'><set fact='n' to='5'/><raise event='inner'/><owner/>"
         "<effect name='sms'><arg name='count' value='n'/></effect><log label='n' expr='n'/></transition></state>"
         "<state id='b'><onentry><if cond='vip'><notify role='boss'/><else/><notify role='agent'/></if></onentry>"
         "<transition event='inner' cond='n = 5 and entries(\"b\") = 1' target='c'/></state>"
         "<state id='c'><onentry><escalate to='city'/><hand-back/></onentry></state></case>", NINE, NULL);
  FIRE (&story, "go", "2026-03-02T09:01:00", NULL);
  assert_states (&story, "c");
  assert_effects (&story, "state-left, fact-set, owner, message, log, state-entered, notify, state-left, state-entered, level, level");
  for (guint i = 0; i < csvc_effects_get_size (story.effects); i++)
    if (csvc_effect_get_type (csvc_effects_get (story.effects, i)) == CSVC_EFFECT_MESSAGE)
      message = csvc_effects_get (story.effects, i);
  if (CSVC_ASSERT_TRUE (message != NULL, "no message"))
    {
      gint64 count = 0;

      CSVC_ASSERT_STRING (csvc_effect_get_text (message, "name"), "sms");
      CU_ASSERT_TRUE (csvc_value_get_integer (csvc_facts_find (csvc_effect_get_arguments (message), "count"), &count));
      CSVC_ASSERT_INT (count, 5);
    }
  CSVC_ASSERT_UINT (csvc_case_get_level (story.self), 1);
  story_end (&story);
}

static void
undecided_is_tried_again (void)
{
  Story story;

  begin (&story,
         "<case id='k'><fact id='score' type='number'/><event id='rated' sets='score'/><event id='y'/><event id='x'/>"
         "<state id='a'><clock id='c' met-by='x'><due in='PT1H'/></clock>"
         "<transition event='clock.c.due' cond='score &lt; 3' target='bad'/><transition event='clock.c.due' target='meh'/>"
         "<transition event='rated'/></state><state id='bad'/><state id='meh'><transition event='y' target='a'/></state></case>", NINE, NULL);
  advance_to (&story, "2026-03-02T11:00:00");
  assert_states (&story, "a");
  assert_effects (&story, "alarm c due, clock-missed c, undecided");
  FIRE (&story, "rated", "2026-03-02T12:00:00", "score=1");
  assert_states (&story, "bad");
  assert_effects (&story, "fact-set, retried, state-left, state-entered, clock-ended c");
  story_end (&story);
}

static void
charts_that_never_rest (void)
{
  Story story;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) before = NULL;
  g_autoptr (GBytes) after = NULL;
  CsvcStamp stamp = CSVC_STAMP (at ("2026-03-02T10:00:00"));

  begin (&story,
         "<case id='k'><fact id='f' type='boolean' default='true'/><event id='go'/><state id='s'><transition event='go' target='a'/></state>"
         "<state id='a'><transition cond='f' target='b'/></state><state id='b'><transition cond='f' target='a'/></state></case>", NINE, NULL);
  before = csvc_case_to_bytes (story.self);
  CU_ASSERT_EQUAL (csvc_case_fire (story.self, NULL, "go", NULL, &stamp, NULL, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_LIFECYCLE, "did not come to rest");
  after = csvc_case_to_bytes (story.self);
  CU_ASSERT_TRUE (g_bytes_equal (before, after));
  story_end (&story);
}

/* ── keeping ── */

static void
keeps_and_restores (void)
{
  Story story;

  begin (&story, DESK, NINE, "window=hall");
  assert_restores (&story);
  FIRE (&story, "ask", "2026-03-02T10:00:00", NULL);
  assert_restores (&story);
  FIRE (&story, "answered", "2026-03-02T18:00:00", NULL);
  assert_restores (&story);
  advance_to (&story, "2026-03-30T10:00:00");
  assert_restores (&story);
  FIRE (&story, "rated", "2026-03-30T11:00:00", "score=4.25");
  assert_restores (&story);
  {
    g_autoptr (CsvcPolicy) other = load ("<case id='k'><event id='x'/><state id='s'/></case>");
    g_autoptr (GBytes) bytes = csvc_case_to_bytes (story.self);
    g_autoptr (GError) error = NULL;

    CU_ASSERT_PTR_NULL (csvc_case_new_from_bytes (other, bytes, &error));
    csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, csvc_policy_get_hash (story.policy));
  }
  story_end (&story);
}

/* ── random lives: fold equals state, twice the same, restoring between any two events changes nothing ── */

static const char *const lives[] = {
  DESK,
  OFFICE,
  PROMISE,
  CHANGE ("retroactive"),
  CHANGE ("reset"),
  REOPEN ("continue"),
  REOPEN ("new-cycle"),
  REOPEN ("continue-including-closed"),
};

static void
random_event (Story *story, GRand *rand, CsvcTime *now)
{
  const CsvcKind  *kind = csvc_case_get_kind (story->self);
  const CsvcEvent *event = &kind->events[g_rand_int_range (rand, 0, (gint) kind->n_events)];
  g_autoptr (CsvcFacts) params = csvc_facts_new ();
  CsvcStamp stamp;

  *now += (gint64) g_rand_int_range (rand, 0, 30) * g_rand_int_range (rand, 0, 4000) * CSVC_SECOND + g_rand_int_range (rand, 0, 2);
  stamp = CSVC_STAMP (*now);
  stamp.role = "agent";
  if (kind->backdate > 0 && g_rand_boolean (rand))
    stamp.occurred = *now - g_rand_int_range (rand, 0, 3600) * CSVC_SECOND;
  for (guint i = 0; i < event->n_sets; i++)
    {
      const CsvcFact *fact = &kind->facts[event->sets[i]];

      if (fact->type == CSVC_TYPE_DATE_TIME)
        csvc_facts_set_time (params, fact->part.id, *now + g_rand_int_range (rand, -5000, 100000) * CSVC_SECOND);
      else if (fact->type == CSVC_TYPE_BOOLEAN)
        csvc_facts_set_boolean (params, fact->part.id, g_rand_boolean (rand));
      else
        csvc_facts_set_integer (params, fact->part.id, g_rand_int_range (rand, 0, 6));
    }
  CU_ASSERT_NOT_EQUAL (fire_stamped (story, event->part.id, params, &stamp), CSVC_ANSWER_FAILED);
}

static GBytes *
live (const char *policy, guint32 seed, gboolean restoring)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  Story    story;
  CsvcTime now = at (NINE);
  GBytes  *end;

  begin (&story, policy, NINE, strstr (policy, "window") != NULL ? "window=hall" : NULL);
  for (guint i = 0; i < 40; i++)
    {
      random_event (&story, rand, &now);
      if (restoring)
        assert_restores (&story);
    }
  end = csvc_case_to_bytes (story.self);
  story_end (&story);
  return end;
}

static void
random_lives (void)
{
  GRand *rand = csvc_test_random (7);

  for (guint round = 0; round < 4 * csvc_test_scale (); round++)
    for (guint i = 0; i < G_N_ELEMENTS (lives); i++)
      {
        guint32 seed = g_rand_int (rand);
        g_autoptr (GBytes) once = live (lives[i], seed, FALSE);
        g_autoptr (GBytes) twice = live (lives[i], seed, TRUE);

        CU_ASSERT_TRUE (g_bytes_equal (once, twice));
      }
}
