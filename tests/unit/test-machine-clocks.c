/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "machine-story.h"

/* Clocks where rules meet: what is late, paused, reopened, promised anew, undecided, all at once. */

static void leaving_by_a_breach_is_not_meeting (void);
static void missed_while_paused (void);
static void continues_after_a_pause (void);
static void pausing_after_closing_time_breaks_nothing (void);
static void days_without_working_time (void);
static void another_calendar (void);
static void retried_effects_outlive_the_case (void);
static void undecided_on_one_line (void);
static void undecided_regions_wait_alone (void);
static void retries_what_a_deadline_answers (void);
static void one_cycle_a_promise (void);
static void supersedes_only_by_a_promise (void);
static void promises_in_the_past (void);
static void late_start_in_a_pause (void);
static void left_between_late_deadlines (void);
static void late_timeouts (void);
static void restarts_anew (void);
static void holds_by_state_and_event (void);
static void wrong_parameters_touch_nothing (void);
static void limits_touch_nothing (void);
static void refuses_impossible_cycles (void);
static void reopened_ten_thousand_times (void);

static CU_TestInfo tests[] = {
  { "leaving-by-a-breach-is-not-meeting", leaving_by_a_breach_is_not_meeting },
  { "missed-while-paused", missed_while_paused },
  { "continues-after-a-pause", continues_after_a_pause },
  { "pausing-after-closing-time-breaks-nothing", pausing_after_closing_time_breaks_nothing },
  { "days-without-working-time", days_without_working_time },
  { "another-calendar", another_calendar },
  { "retried-effects-outlive-the-case", retried_effects_outlive_the_case },
  { "undecided-on-one-line", undecided_on_one_line },
  { "undecided-regions-wait-alone", undecided_regions_wait_alone },
  { "retries-what-a-deadline-answers", retries_what_a_deadline_answers },
  { "one-cycle-a-promise", one_cycle_a_promise },
  { "supersedes-only-by-a-promise", supersedes_only_by_a_promise },
  { "promises-in-the-past", promises_in_the_past },
  { "late-start-in-a-pause", late_start_in_a_pause },
  { "left-between-late-deadlines", left_between_late_deadlines },
  { "late-timeouts", late_timeouts },
  { "restarts-anew", restarts_anew },
  { "holds-by-state-and-event", holds_by_state_and_event },
  { "wrong-parameters-touch-nothing", wrong_parameters_touch_nothing },
  { "limits-touch-nothing", limits_touch_nothing },
  { "refuses-impossible-cycles", refuses_impossible_cycles },
  { "reopened-ten-thousand-times", reopened_ten_thousand_times },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_machine_clocks = { "machine-clocks", tests };

static void
leaving_by_a_breach_is_not_meeting (void)
{
  Story story;

  /* leaving meets this clock, but not when its own breach is what leaves, nor another's at the same instant */
  begin (&story,
         "<case id='k'><event id='x'/><state id='a'><clock id='c'><due in='PT1H'/></clock><clock id='d'><due in='PT1H'/></clock>"
         "<transition event='clock.d.due' target='b'/></state><state id='b'/></case>",
         NINE, NULL);
  advance_to (&story, "2026-03-03T00:00:00");
  assert_effects (&story, "alarm c due, clock-missed c, alarm d due, clock-missed d, state-left, state-entered, clock-ended c, clock-ended d");
  assert_cycle (&story, 0, "closed", "missed", "2026-03-02T10:00:00");
  assert_cycle (&story, 1, "closed", "missed", "2026-03-02T10:00:00");
  story_end (&story);
}

#define CHANGE \
  "<case id='k'><fact id='urgent' type='boolean' default='false'/><event id='mark' sets='urgent'/><event id='p'/><event id='r'/><event id='x'/>" \
  "<state id='s'><clock id='c' met-by='x' paused-in='w'><due when='urgent' in='PT4H'/><due in='PT10H'/><alarm id='late' at='+PT1H'/></clock>" \
  "<state id='v'><transition event='p' target='w'/></state><state id='w'><transition event='r' target='v'/></state>" \
  "<transition event='mark'/></state></case>"

static void
missed_while_paused (void)
{
  Story story;

  begin (&story, CHANGE, NINE, NULL);
  FIRE (&story, "p", "2026-03-02T13:30:00", NULL);
  FIRE (&story, "mark", "2026-03-02T14:00:00", "urgent=true");
  advance_to (&story, "2026-03-02T14:30:00");
  assert_effects (&story, "alarm c due, clock-missed c");
  assert_cycle (&story, 0, "paused", "missed", "2026-03-02T13:00:00");
  /* and the hour after the due instant is counted on from the pause */
  FIRE (&story, "r", "2026-03-02T15:00:00", NULL);
  assert_cycle (&story, 0, "overdue", "missed", "2026-03-02T13:00:00");
  CSVC_ASSERT_INT (csvc_case_get_next_wake (story.self), at ("2026-03-02T15:30:00") + 1);
  story_end (&story);
}

static void
continues_after_a_pause (void)
{
  static const char *const how[] = { "continue", "continue-including-closed" };
  static const char *const due[] = { "2026-03-03T01:00:00", "2026-03-02T21:00:00" };

  for (guint i = 0; i < G_N_ELEMENTS (how); i++)
    {
      g_autofree char *policy = g_strdup_printf (
        "<case id='k'><event id='p'/><event id='x'/><event id='y'/><event id='n'/>"
        "<state id='a'><clock id='c' met-by='n' paused-in='w' reopen='%s'><due in='PT10H'/></clock>"
        "<state id='v'><transition event='p' target='w'/></state><state id='w'/><transition event='x' target='b'/></state>"
        "<state id='b'><transition event='y' target='a'/></state></case>", how[i]);
      Story story;

      /* 1 h of work, 2 h of pause, 4 h closed: the pause ends where the state was left */
      begin (&story, policy, NINE, NULL);
      FIRE (&story, "p", "2026-03-02T10:00:00", NULL);
      FIRE (&story, "x", "2026-03-02T12:00:00", NULL);
      FIRE (&story, "y", "2026-03-02T16:00:00", NULL);
      assert_cycle (&story, 1, "running", "none", due[i]);
      assert_restores (&story);
      advance_to (&story, "2026-03-04T00:00:00");
      assert_cycle (&story, 1, "overdue", "missed", due[i]);
      story_end (&story);
    }
}

#define DAYS(n) \
  "<case id='k'><event id='p'/><event id='r'/><event id='x'/><state id='s'>" \
  "<clock id='c' met-by='x' paused-in='q'><due in='P" n "D' of='office'/></clock>" \
  "<state id='v'><transition event='p' target='q'/></state><state id='q'><transition event='r' target='v'/></state></state></case>"

static void
pausing_after_closing_time_breaks_nothing (void)
{
  Story story;

  /* due on Monday at 20:00; all working time until then is used up by 18:00 */
  begin (&story, DAYS ("1"), "2026-03-06T20:00:00", NULL);
  assert_cycle (&story, 0, "running", "none", "2026-03-09T20:00:00");
  FIRE (&story, "p", "2026-03-09T19:00:00", NULL);
  assert_cycle (&story, 0, "paused", "none", "never");
  CSVC_ASSERT_INT (csvc_case_get_next_wake (story.self), CSVC_NEVER);
  /* paused and on again before it is due, all in closed hours: nothing has changed */
  FIRE (&story, "r", "2026-03-09T19:30:00", NULL);
  assert_cycle (&story, 0, "running", "none", "2026-03-09T20:00:00");
  /* stopped in time with nothing left: what is left is nothing */
  FIRE (&story, "p", "2026-03-09T19:40:00", NULL);
  FIRE (&story, "r", "2026-03-10T10:00:00", NULL);
  assert_cycle (&story, 0, "running", "none", "2026-03-10T10:00:00");
  story_end (&story);
}

static void
days_without_working_time (void)
{
  Story story;

  begin (&story, DAYS ("1"), "2026-03-08T06:00:00", NULL); /* a Sunday */
  assert_cycle (&story, 0, "running", "none", "2026-03-09T06:00:00");
  CSVC_ASSERT_INT (csvc_case_get_next_wake (story.self), at ("2026-03-09T06:00:00") + 1);
  FIRE (&story, "p", "2026-03-08T07:00:00", NULL);
  FIRE (&story, "r", "2026-03-08T08:00:00", NULL);
  assert_cycle (&story, 0, "running", "none", "2026-03-09T06:00:00");
  FIRE (&story, "x", "2026-03-09T06:00:00", NULL);
  assert_cycle (&story, 0, "closed", "met", "2026-03-09T06:00:00");
  story_end (&story);
}

static void
another_calendar (void)
{
  Story story;

  begin (&story,
         "<case id='k'><fact id='urgent' type='boolean' default='false'/><event id='mark' sets='urgent'/><event id='x'/>"
         "<state id='s'><clock id='c' met-by='x'><due when='urgent' in='PT4H'/><due in='PT4H' of='office'/></clock>"
         "<transition event='mark'/></state></case>", "2026-03-02T11:00:00", NULL);
  assert_cycle (&story, 0, "running", "none", "2026-03-02T16:00:00");
  FIRE (&story, "mark", "2026-03-02T12:30:00", "urgent=true");
  assert_cycle (&story, 0, "running", "none", "2026-03-02T15:00:00");
  FIRE (&story, "mark", "2026-03-02T12:40:00", "urgent=false");
  assert_cycle (&story, 0, "running", "none", "2026-03-02T16:00:00");
  assert_restores (&story);
  story_end (&story);
}

/* ── undecided ── */

static void
retried_effects_outlive_the_case (void)
{
  Story story;
  g_autofree char *json = NULL;

  begin (&story,
         "<case id='k'><fact id='score' type='number'/><event id='rated' sets='score'/><event id='x'/>"
         "<state id='a'><clock id='c' met-by='x'><due in='PT1H'/></clock>"
         "<transition event='clock.c.due' cond='score &lt; 3' target='bad'><notify role='boss'/></transition>"
         "<transition event='rated'/></state><state id='bad'/></case>", NINE, NULL);
  advance_to (&story, "2026-03-02T11:00:00");
  FIRE (&story, "rated", "2026-03-02T12:00:00", "score=1");
  g_clear_pointer (&story.self, csvc_case_free);
  json = csvc_effects_to_json (story.effects);
  CSVC_ASSERT_CONTAINS (json, "\"cause\":\"clock.c.due a\"");
  CSVC_ASSERT_CONTAINS (json, "clock-ended");
  story_end (&story);
}

static void
undecided_on_one_line (void)
{
  Story story;

  /* two alarms of one instant, and an eventless transition before them, all on one line of the policy and for one fact */
  begin (&story,
         "<case id='k'><fact id='score' type='number'/><event id='rated' sets='score'/><event id='x'/>"
         "<parallel id='p'><state id='l'><state id='l1'><clock id='c' met-by='x'><due in='PT1H'/></clock>"
         "<transition event='clock.c.due' cond='score &lt; 3' target='l2'/></state><state id='l2'/></state>"
         "<state id='r'><state id='r1'><clock id='d' met-by='x'><due in='PT1H'/></clock><transition cond='score &gt; 8' target='r3'/>"
         "<transition event='clock.d.due' cond='score &lt; 3' target='r2'/></state><state id='r2'/><state id='r3'/></state>"
         "<transition event='rated'/></parallel></case>", NINE, NULL);
  advance_to (&story, "2026-03-02T11:00:00");
  assert_states (&story, "l1 r1");
  assert_restores (&story);
  FIRE (&story, "rated", "2026-03-02T12:00:00", "score=1");
  assert_states (&story, "l2 r2");
  story_end (&story);
}

static void
undecided_regions_wait_alone (void)
{
  Story story;

  /* The left region hears the deadline at once, and only once; the right one when it can be decided. */
  begin (&story,
         "<case id='k'><fact id='score' type='number'/><event id='rated' sets='score'/><event id='x'/>"
         "<parallel id='p'><clock id='c' met-by='x'><due in='PT1H'/></clock>"
         "<state id='l'><state id='l1'><transition event='clock.c.due' target='l2'/></state>"
         "<state id='l2'><transition event='clock.c.due' target='l3'/></state><state id='l3'/></state>"
         "<state id='r'><state id='r1'><transition event='clock.c.due' cond='score &lt; 3' target='r2'/></state><state id='r2'/></state>"
         "<transition event='rated'/></parallel></case>", NINE, NULL);
  advance_to (&story, "2026-03-02T11:00:00");
  assert_states (&story, "l2 r1");
  assert_restores (&story);
  FIRE (&story, "rated", "2026-03-02T12:00:00", "score=1");
  assert_states (&story, "l2 r2");
  story_end (&story);
}

static void
retries_what_a_deadline_answers (void)
{
  Story story;

  begin (&story,
         "<case id='k'><fact id='score' type='number'/><event id='x'/>"
         "<state id='a'><clock id='c' met-by='x'><due in='PT1H'/></clock>"
         "<clock id='d' promise='false'><due in='PT5H'/><alarm id='due'><set fact='score' to='1'/></alarm></clock>"
         "<transition event='clock.c.due' cond='score &lt; 3' target='bad'/></state><state id='bad'/></case>", NINE, NULL);
  advance_to (&story, "2026-03-02T13:00:00");
  assert_states (&story, "a");
  advance_to (&story, "2026-03-02T15:00:00");
  assert_effects (&story, "alarm d due, clock-ended d, fact-set, retried, state-left, state-entered, clock-ended c");
  assert_states (&story, "bad");
  story_end (&story);
}

/* ── promises ── */

#define PROMISE \
  "<case id='k' backdate='PT2H'><fact id='promised' type='dateTime'/><event id='told' sets='promised'/><event id='x'/><event id='out'/><event id='in'/>" \
  "<state id='s'><state id='a'><clock id='c' met-by='x' on-leave='end'><due at='promised'/></clock><transition event='out' target='b'/></state>" \
  "<state id='b'><transition event='in' target='a'/></state><transition event='told'/></state></case>"

static void
one_cycle_a_promise (void)
{
  Story story;

  /* put while its cycle ran, and judged by it: coming back starts nothing */
  begin (&story, PROMISE, NINE, NULL);
  FIRE (&story, "told", "2026-03-02T10:00:00", "promised=2026-03-03T10:00:00");
  FIRE (&story, "told", "2026-03-02T11:00:00", "promised=2026-03-04T10:00:00");
  FIRE (&story, "x", "2026-03-02T12:00:00", NULL);
  FIRE (&story, "out", "2026-03-02T12:00:00", NULL);
  FIRE (&story, "in", "2026-03-02T13:00:00", NULL);
  CSVC_ASSERT_UINT (csvc_case_get_n_cycles (story.self), 1);
  /* the same word given again is a new promise */
  FIRE (&story, "told", "2026-03-02T14:00:00", "promised=2026-03-04T10:00:00");
  assert_cycle (&story, 1, "running", "none", "2026-03-04T10:00:00");
  story_end (&story);
  /* a backdated promise is not a second one */
  begin (&story, PROMISE, NINE, NULL);
  fire_occurred (&story, "told", "2026-03-02T12:00:00", "2026-03-02T11:00:00", "promised=2026-03-04T10:00:00");
  FIRE (&story, "out", "2026-03-02T12:30:00", NULL);
  FIRE (&story, "in", "2026-03-02T13:00:00", NULL);
  CSVC_ASSERT_UINT (csvc_case_get_n_cycles (story.self), 1);
  story_end (&story);
  /* put outside the state, at the instant the first cycle began: it starts on entry */
  begin (&story, PROMISE, NINE, NULL);
  FIRE (&story, "told", "2026-03-02T10:00:00", "promised=2026-03-03T10:00:00");
  FIRE (&story, "out", "2026-03-02T10:00:00", NULL);
  FIRE (&story, "told", "2026-03-02T10:00:00", "promised=2026-03-05T10:00:00");
  CSVC_ASSERT_UINT (csvc_case_get_n_cycles (story.self), 1);
  FIRE (&story, "in", "2026-03-02T10:00:00", NULL);
  assert_cycle (&story, 1, "running", "none", "2026-03-05T10:00:00");
  story_end (&story);
  /* put at the opening */
  story_begin (&story, PROMISE);
  CU_ASSERT_EQUAL (open_case (&story, NINE, "promised=2026-03-05T10:00:00"), CSVC_ANSWER_ACCEPTED);
  assert_cycle (&story, 0, "running", "none", "2026-03-05T10:00:00");
  story_end (&story);
}

static void
supersedes_only_by_a_promise (void)
{
  Story story;
  g_autoptr (CsvcFacts) nothing = csvc_facts_new ();
  g_autoptr (CsvcValue) null = csvc_value_new (CSVC_TYPE_NULL, "null", NULL);
  CsvcStamp stamp = CSVC_STAMP (at ("2026-03-03T15:00:00"));

  begin (&story,
         "<case id='k'><fact id='promised' type='dateTime'/><fact id='urgent' type='boolean' default='true'/><event id='told' sets='promised'/>"
         "<event id='calm' sets='urgent'/><event id='x'/>"
         "<state id='a'><clock id='c' met-by='x'><due when='urgent' in='PT4H'/><due at='promised'/></clock>"
         "<transition event='told calm'/></state></case>", NINE, NULL);
  /* the row of hours applies: a promise neither replaces its missed cycle nor starts another */
  advance_to (&story, "2026-03-02T14:00:00");
  FIRE (&story, "told", "2026-03-02T14:00:00", "promised=2026-03-03T10:00:00");
  assert_cycle (&story, 0, "overdue", "missed", "2026-03-02T13:00:00");
  FIRE (&story, "x", "2026-03-02T15:00:00", NULL);
  FIRE (&story, "told", "2026-03-02T15:00:00", "promised=2026-03-03T11:00:00");
  CSVC_ASSERT_UINT (csvc_case_get_n_cycles (story.self), 1);
  FIRE (&story, "calm", "2026-03-02T15:30:00", "urgent=false");
  FIRE (&story, "told", "2026-03-02T16:00:00", "promised=2026-03-03T12:00:00");
  assert_cycle (&story, 1, "running", "none", "2026-03-03T12:00:00");
  /* a missed promise that is taken back still waits to be kept late */
  csvc_facts_set (nothing, "promised", null);
  CU_ASSERT_EQUAL (fire_stamped (&story, "told", nothing, &stamp), CSVC_ANSWER_ACCEPTED);
  assert_cycle (&story, 1, "overdue", "missed", "2026-03-03T12:00:00");
  story_end (&story);
}

static void
promises_in_the_past (void)
{
  Story story;

  begin (&story,
         "<case id='k'><fact id='promised' type='dateTime'/><event id='told' sets='promised'/><event id='x'/>"
         "<state id='a'><clock id='c' met-by='x'><due at='promised'/><alarm id='hour' at='+PT1H'/><alarm id='day' at='+PT24H'/>"
         "<alarm id='soon' at='75%'/></clock><transition event='told'/></state></case>"
         , NINE, NULL);
  FIRE (&story, "told", "2026-03-02T12:00:00", "promised=2026-03-02T09:30:00");
  assert_effects (&story, "fact-set, clock-started c, alarm-passed c soon, alarm-passed c due, clock-missed c");
  assert_cycle (&story, 0, "overdue", "missed", "2026-03-02T09:30:00");
  advance_to (&story, "2026-03-02T12:00:01");
  assert_effects (&story, "alarm c hour");
  CSVC_ASSERT_INT (csvc_case_get_next_wake (story.self), at ("2026-03-03T09:30:00") + 1);
  story_end (&story);
}

/* ── late starts ── */

static void
late_start_in_a_pause (void)
{
  Story story;

  /* entered three hours ago as we hear now, and paused ever since: no time was used */
  begin (&story,
         "<case id='k' backdate='P1D'><event id='x'/><event id='go'/><event id='r'/>"
         "<state id='z'><transition event='go' target='w'/></state>"
         "<state id='s'><clock id='c' met-by='x' paused-in='w'><due in='PT2H'/><alarm id='half' at='50%'/></clock>"
         "<state id='w'><transition event='r' target='v'/></state><state id='v'/></state></case>", NINE, NULL);
  fire_occurred (&story, "go", "2026-03-02T13:00:00", "2026-03-02T10:00:00", NULL);
  assert_effects (&story, "state-left, state-entered, state-entered, clock-started c, clock-paused c");
  assert_cycle (&story, 0, "paused", "none", "never");
  FIRE (&story, "r", "2026-03-02T14:00:00", NULL);
  assert_cycle (&story, 0, "running", "none", "2026-03-02T16:00:00");
  story_end (&story);
}

static void
left_between_late_deadlines (void)
{
  Story story;

  /* Both were due long before they start; the first one's deadline leaves, before the others' come to fire. */
  begin (&story,
         "<case id='k' backdate='P1D'><event id='go'/><event id='x'/><state id='z'><transition event='go' target='s'/></state>"
         "<state id='s'><clock id='c' met-by='x'><due in='PT1H'/></clock><clock id='d'><due in='PT2H'/></clock>"
         "<clock id='e' met-by='x'><due in='PT2H'/></clock><transition event='clock.c.due' target='t'/></state><state id='t'/></case>", NINE, NULL);
  fire_occurred (&story, "go", "2026-03-02T13:00:00", "2026-03-02T10:00:00", NULL);
  advance_to (&story, "2026-03-02T14:00:00");
  assert_effects (&story, "alarm c due, clock-missed c, state-left, state-entered, clock-ended c, clock-missed d, clock-met-late d, "
                          "clock-missed e, clock-ended e");
  assert_cycle (&story, 1, "closed", "missed", "2026-03-02T12:00:00");
  assert_cycle (&story, 2, "closed", "missed", "2026-03-02T12:00:00");
  story_end (&story);
}

#define TIMEOUT(reopen) \
  "<case id='k' backdate='P1D'><event id='go'/><event id='out'/>" \
  "<state id='z'><transition event='go' target='s'/></state>" \
  "<state id='s'><clock id='c' promise='false' reopen='" reopen "'><due in='PT1H'/><alarm id='after' at='+PT1H'/></clock>" \
  "<transition event='clock.c.due' target='t'/></state>" \
  "<state id='t'><transition event='out' target='z'/></state></case>"

static void
late_timeouts (void)
{
  Story story;

  /* a timeout ends when it is due: nothing of it rings later, so its due alarm is the latest */
  begin (&story, TIMEOUT ("new-cycle"), NINE, NULL);
  fire_occurred (&story, "go", "2026-03-02T13:00:00", "2026-03-02T10:00:00", NULL);
  advance_to (&story, "2026-03-02T13:00:01");
  assert_effects (&story, "alarm c due, clock-ended c, state-left, state-entered");
  assert_states (&story, "t");
  story_end (&story);
  /* and one that ran out has nothing left to go on with */
  begin (&story, TIMEOUT ("continue"), NINE, NULL);
  FIRE (&story, "go", "2026-03-02T10:00:00", NULL);
  advance_to (&story, "2026-03-02T12:00:00");
  FIRE (&story, "out", "2026-03-02T12:00:00", NULL);
  FIRE (&story, "go", "2026-03-02T13:00:00", NULL);
  assert_cycle (&story, 1, "running", "none", "2026-03-02T14:00:00");
  advance_to (&story, "2026-03-02T15:00:00");
  assert_states (&story, "t");
  story_end (&story);
}

static void
restarts_anew (void)
{
  Story story;

  begin (&story,
         "<case id='k'><event id='x'/><event id='again'/><state id='s'>"
         "<clock id='c' met-by='x' restart='true' reopen='continue'><due in='PT2H'/></clock>"
         "<clock id='d' met-by='x' reopen='continue'><due in='PT2H'/></clock>"
         "<transition event='again' target='s'/></state></case>", NINE, NULL);
  FIRE (&story, "again", "2026-03-02T10:00:00", NULL);
  assert_cycle (&story, 0, "closed", "ended", NULL);
  assert_cycle (&story, 1, "running", "none", "2026-03-02T11:00:00");
  assert_cycle (&story, 2, "running", "none", "2026-03-02T12:00:00");
  story_end (&story);
}

/* ── pausing ── */

static void
holds_by_state_and_event (void)
{
  Story story;

  /* Held by the state, then by the event too: leaving the state does not lift the event's hold. */
  begin (&story,
         "<case id='k'><event id='p'/><event id='r'/><event id='hold'/><event id='x'/>"
         "<state id='s'><clock id='c' met-by='x' paused-in='w' paused-by='hold'><due in='PT8H'/></clock>"
         "<state id='v'><transition event='p' target='w'/></state><state id='w'><transition event='r' target='v'/></state></state></case>",
         NINE, NULL);
  FIRE (&story, "p", "2026-03-02T10:00:00", NULL);
  FIRE (&story, "hold", "2026-03-02T11:00:00", NULL);
  assert_effects (&story, "clock-paused c");
  CU_ASSERT_EQUAL (fire (&story, "hold", "2026-03-02T11:30:00", NULL), CSVC_ANSWER_REFUSED_STATE);
  FIRE (&story, "r", "2026-03-02T12:00:00", NULL);
  assert_cycle (&story, 0, "paused", "none", "never");
  CSVC_ASSERT_INT (used_seconds (&story, 0, "2026-03-02T13:00:00"), 3600);
  assert_restores (&story);
  story_end (&story);
}

/* ── failing ── */

static void
assert_failing_touches_nothing (Story *story, const char *event, const char *when, const CsvcFacts *params, int code)
{
  g_autoptr (GBytes) before = csvc_case_to_bytes (story->self);
  g_autoptr (GBytes) after = NULL;
  g_autoptr (GError) error = NULL;
  CsvcTime  wake = csvc_case_get_next_wake (story->self);
  CsvcStamp stamp = CSVC_STAMP (at (when));

  stamp.role = "agent";
  csvc_effects_clear (story->effects);
  CU_ASSERT_EQUAL (csvc_case_fire (story->self, NULL, event, params, &stamp, story->effects, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, code, NULL);
  after = csvc_case_to_bytes (story->self);
  CU_ASSERT_TRUE (g_bytes_equal (before, after));
  CSVC_ASSERT_UINT (csvc_effects_get_size (story->effects), 0);
  CSVC_ASSERT_INT (csvc_case_get_next_wake (story->self), wake);
}

static void
wrong_parameters_touch_nothing (void)
{
  Story story;
  g_autoptr (CsvcFacts) params = csvc_facts_new ();

  begin (&story, CHANGE, NINE, NULL);
  csvc_facts_set_text (params, "urgent", "perhaps");
  /* not even the deadlines that lie before it */
  assert_failing_touches_nothing (&story, "mark", "2026-03-03T14:00:00", params, CSVC_ERROR_SYNTAX);
  story_end (&story);
}

static void
limits_touch_nothing (void)
{
  Story story;

  begin (&story,
         "<case id='k'><event id='x'/><event id='go'/><event id='off'/><state id='s'>"
         "<clock id='c' met-by='x' reset-by='go'><due in='PT24H'/></clock>"
         "<clock id='d' met-by='x' cancelled-by='go'><due in='PT48H'/></clock>"
         "<transition event='go' target='t'><escalate/></transition></state>"
         "<state id='t'><clock id='e' met-by='x'><due in='P30D'/></clock></state></case>", "9999-12-20T00:00:00", NULL);
  assert_failing_touches_nothing (&story, "go", "9999-12-20T10:00:00", NULL, CSVC_ERROR_LIMIT);
  FIRE (&story, "x", "9999-12-20T11:00:00", NULL);
  assert_cycle (&story, 0, "closed", "met", "9999-12-21T00:00:00");
  story_end (&story);
}

/* ── keeping ── */

static void
refuses_impossible_cycles (void)
{
  static const struct { const char *from, *to; } edits[] = {
    { "\"running\":true", "\"running\":false" },        /* running, and its last span is stopped */
    { "\"state\":\"running\"", "\"state\":\"paused\"" },
    { "\"state\":\"running\"", "\"state\":\"overdue\"" }, /* nothing was missed */
    { "\"state\":\"running\"", "\"state\":\"closed\"" },
    { "\"spans\":", "\"carried\":\"-PT1H\",\"spans\":" },
    { "\"number\":1", "\"number\":2" },
    { "\"states\":[\"s\",\"v\"]", "\"states\":[\"z\"]" }, /* open, and its state is not active */
  };
  Story story;
  g_autofree char *json = NULL;

  begin (&story,
         "<case id='k'><event id='x'/><event id='out'/><state id='s'><clock id='c' met-by='x'><due in='PT24H'/></clock><state id='v'/>"
         "<transition event='out' target='z'/></state><state id='z'/></case>", NINE, NULL);
  json = csvc_case_to_json (story.self);
  for (guint i = 0; i < G_N_ELEMENTS (edits); i++)
    {
      g_auto (GStrv) parts = g_strsplit (json, edits[i].from, 2);
      g_autofree char *edited = g_strjoinv (edits[i].to, parts);
      g_autoptr (GError) error = NULL;

      CSVC_ASSERT_UINT (g_strv_length (parts), 2);
      CU_ASSERT_PTR_NULL (csvc_case_new_from_json (story.policy, edited, &error));
      csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "case C1");
    }
  story_end (&story);
}

static void
reopened_ten_thousand_times (void)
{
  CsvcTime now = at (NINE);
  guint    rounds = csvc_test_under_valgrind () ? 200 : 10000;
  Story    story;

  begin (&story,
         "<case id='k'><event id='x'/><event id='flip'/><state id='s'><clock id='whole' met-by='x'><due in='P3000D'/></clock>"
         "<state id='a'><clock id='c' met-by='x'><due in='PT2H'/><alarm id='half' at='50%'/></clock><transition event='flip' target='b'/></state>"
         "<state id='b'><clock id='d'><due in='PT2H'/></clock><transition event='flip' target='a'/></state></state></case>", NINE, NULL);
  for (guint i = 0; i < rounds; i++)
    {
      CsvcStamp stamp = CSVC_STAMP (now += CSVC_MINUTE);

      if (csvc_case_fire (story.self, NULL, "flip", NULL, &stamp, NULL, NULL) != CSVC_ANSWER_ACCEPTED)
        {
          CU_FAIL ("it did not flip");
          break;
        }
    }
  CSVC_ASSERT_UINT (csvc_case_get_n_cycles (story.self), rounds + 2);
  CSVC_ASSERT_UINT (csvc_cycle_get_number (csvc_case_get_cycle (story.self, rounds + 1)), rounds / 2 + 1);
  story_end (&story);
}
