/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "machine-story.h"
#include "machine/restate.h"

/* Cases that open, tell and end others; cases that change as a whole; clocks that recur, ring again, change forward and are paused without end. */

static void opens_a_child (void);
static void ends_what_was_to_last_here (void);
static void hears_a_child (void);
static void tells_both_ways (void);
static void ends_from_outside (void);
static void follows_an_earlier_case (void);
static void refuses_what_the_child_could_not_take (void);
static void changes_forward (void);
static void recurs (void);
static void rings_again (void);
static void passes_over_at_once (void);
static void folds_pauses (void);
static void tries_a_clock_again (void);
static void warns_of_the_horizon (void);
static void upgrades (void);
static void upgrades_names (void);
static void counts_by_another_calendar (void);
static void keeps_frozen_verdicts (void);
static void adopts (void);

static CU_TestInfo tests[] = {
  { "opens-a-child", opens_a_child },
  { "ends-what-was-to-last-here", ends_what_was_to_last_here },
  { "hears-a-child", hears_a_child },
  { "tells-both-ways", tells_both_ways },
  { "ends-from-outside", ends_from_outside },
  { "follows-an-earlier-case", follows_an_earlier_case },
  { "refuses-what-the-child-could-not-take", refuses_what_the_child_could_not_take },
  { "changes-forward", changes_forward },
  { "recurs", recurs },
  { "rings-again", rings_again },
  { "passes-over-at-once", passes_over_at_once },
  { "folds-pauses", folds_pauses },
  { "tries-a-clock-again", tries_a_clock_again },
  { "warns-of-the-horizon", warns_of_the_horizon },
  { "upgrades", upgrades },
  { "upgrades-names", upgrades_names },
  { "counts-by-another-calendar", counts_by_another_calendar },
  { "keeps-frozen-verdicts", keeps_frozen_verdicts },
  { "adopts", adopts },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_links = { "links", tests };

/* ── families ── */

#define FAMILY \
  "<case id='k'><fact id='n' type='number'/><event id='visit' sets='n'/><event id='close'/><event id='late'/><event id='hurry'/>" \
  "<state id='open'><clock id='c'><due in='PT9H'/></clock>" \
  "<state id='a'><transition event='visit' target='b'/></state>" \
  "<state id='b'><onentry><open case='j' until='here'><with fact='score' value='n + 1'/></open></onentry>" \
  "<transition event='done.case.j.well' target='a'/><transition event='done.case' target='sad'/><transition event='late' target='a'/>" \
  "<transition event='hurry'><tell to='child' case='j' event='faster'/></transition></state>" \
  "<state id='sad'/><transition event='close' target='end'/></state><final id='end' outcome='closed'/></case>" \
  "<case id='j'><fact id='score' type='number' required='true'/><event id='faster' by='boss'/><event id='arrive'/><event id='fail'/>" \
  "<state id='x'><clock id='d' met-by='arrive'><due in='PT2H'/><alarm id='due'><tell to='parent' event='late'/></alarm></clock>" \
  "<transition event='faster' target='y'/><transition event='fail' target='ill'/></state>" \
  "<state id='y'><transition event='arrive' target='well'/></state><final id='well' outcome='well'/><final id='ill' outcome='ill'/></case>"

static const CsvcEffect *
find_effect (const Story *story, CsvcEffectType type)
{
  for (guint i = 0; i < csvc_effects_get_size (story->effects); i++)
    if (csvc_effect_get_type (csvc_effects_get (story->effects, i)) == type)
      return csvc_effects_get (story->effects, i);
  CU_FAIL_FATAL ("no such effect");
  return NULL;
}

/* The child that the last command opened, as a story of its own. */
static void
open_child (Story *parent, Story *child)
{
  g_autoptr (GError) error = NULL;

  child->policy = csvc_policy_ref (parent->policy);
  child->effects = csvc_effects_new ();
  child->self = NULL;
  _csvc_record_init (&child->folded);
  CU_ASSERT_TRUE_FATAL (csvc_case_open_child (parent->self, NULL, find_effect (parent, CSVC_EFFECT_CHILD_OPENED), child->effects, &child->self, &error));
  csvc_assert_no_error (error);
  CU_ASSERT_TRUE (_csvc_record_fold (&child->folded, csvc_case_get_last_at (child->self), child->effects, NULL));
}

static void
begin_family (Story *parent, Story *child)
{
  begin (parent, FAMILY, NINE, NULL);
  FIRE (parent, "visit", "2026-03-02T10:00:00", "n=2");
  open_child (parent, child);
}

static void
end_family (Story *parent, Story *child)
{
  story_end (parent);
  story_end (child);
}

static void
opens_a_child (void)
{
  Story parent, child;
  const CsvcLink *link;
  g_autofree char *score = NULL;

  begin_family (&parent, &child);
  assert_effects (&parent, "fact-set, state-left, state-entered, child-opened");
  CSVC_ASSERT_STRING (csvc_case_get_id (child.self), "C1/1");
  CSVC_ASSERT_STRING (csvc_case_get_owner_actor (child.self), "ann");
  CSVC_ASSERT_STRING (csvc_case_get_owner_unit (child.self), "hall");
  score = csvc_value_to_string (csvc_case_get_fact (child.self, "score"));
  CSVC_ASSERT_STRING (score, "3");
  assert_cycle (&child, 0, "running", "none", "2026-03-02T12:00:00");

  CSVC_ASSERT_UINT (csvc_case_get_n_links (parent.self), 1);
  link = csvc_case_get_link (parent.self, 0);
  CSVC_ASSERT_STRING (csvc_link_get_relation (link), "child");
  CSVC_ASSERT_STRING (csvc_link_get_case (link), "C1/1");
  CSVC_ASSERT_STRING (csvc_link_get_kind (link), "j");
  CSVC_ASSERT_STRING (csvc_link_get_until (link), "b");
  CU_ASSERT_FALSE (csvc_link_has_ended (link));
  CSVC_ASSERT_STRING (csvc_link_get_relation (csvc_case_get_link (child.self, 0)), "parent");
  CSVC_ASSERT_STRING (csvc_link_get_case (csvc_case_get_link (child.self, 0)), "C1");
  assert_restores (&parent);
  assert_restores (&child);
  end_family (&parent, &child);
}

static void
ends_what_was_to_last_here (void)
{
  Story parent, child;
  CsvcStamp stamp = CSVC_STAMP (at ("2026-03-02T11:00:00"));

  begin_family (&parent, &child);
  FIRE (&parent, "close", "2026-03-02T11:00:00", NULL);
  assert_effects (&parent, "state-left, state-left, state-entered, ended, clock-met c, child-ended");
  CU_ASSERT_TRUE (csvc_link_has_ended (csvc_case_get_link (parent.self, 0)));
  csvc_effects_clear (child.effects);
  CU_ASSERT_EQUAL (csvc_case_end (child.self, NULL, csvc_effect_get_text (find_effect (&parent, CSVC_EFFECT_CHILD_ENDED), "reason"), &stamp,
                                  child.effects, NULL), CSVC_ANSWER_ACCEPTED);
  assert_effects (&child, "clock-ended d, ended");
  CSVC_ASSERT_STRING (csvc_case_get_outcome (child.self), "parent-left");
  CSVC_ASSERT_STRING (csvc_cycle_get_reason (csvc_case_get_cycle (child.self, 0)), "parent-left");
  CU_ASSERT_EQUAL (csvc_case_get_next_wake (child.self), CSVC_NEVER);
  /* what the parent ended itself says nothing new to it */
  csvc_effects_clear (parent.effects);
  CU_ASSERT_TRUE (csvc_case_hear_child (parent.self, NULL, "C1/1", "parent-left", stamp.at, parent.effects, NULL));
  CSVC_ASSERT_UINT (csvc_effects_get_size (parent.effects), 0);
  end_family (&parent, &child);
}

static void
hears_a_child (void)
{
  static const struct {
    const char *outcome, *state;
  } ends[] = { { "well", "a" }, { "ill", "sad" }, { "merged", "sad" }, { NULL, "sad" } };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      Story parent, child;
      g_autoptr (GError) error = NULL;

      begin_family (&parent, &child);
      csvc_effects_clear (parent.effects);
      CU_ASSERT_TRUE (csvc_case_hear_child (parent.self, NULL, "C1/1", ends[i].outcome, at ("2026-03-02T11:00:00"), parent.effects, NULL));
      assert_effects (&parent, "child-done, state-left, state-entered");
      assert_states (&parent, ends[i].state);
      CSVC_ASSERT_STRING (csvc_link_get_outcome (csvc_case_get_link (parent.self, 0)), ends[i].outcome);
      assert_restores (&parent);
      CU_ASSERT_FALSE (csvc_case_hear_child (parent.self, NULL, "C1/7", NULL, at ("2026-03-02T11:00:00"), NULL, &error));
      csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "C1/7");
      end_family (&parent, &child);
    }
}

static void
tells_both_ways (void)
{
  Story parent, child;
  g_autoptr (GError) error = NULL;

  begin_family (&parent, &child);
  FIRE (&parent, "hurry", "2026-03-02T10:30:00", NULL);
  assert_effects (&parent, "told");
  /* only a boss may say so, and the policy itself */
  CSVC_ASSERT_STRING (csvc_answer_to_string (fire (&child, "faster", "2026-03-02T10:30:00", NULL)), "refused-role");
  csvc_effects_clear (child.effects);
  CU_ASSERT_EQUAL (csvc_case_hear_told (child.self, NULL, find_effect (&parent, CSVC_EFFECT_TOLD), at ("2026-03-02T10:30:00"), child.effects, &error),
                   CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
  assert_states (&child, "y");
  CSVC_ASSERT_STRING (csvc_case_get_owner_actor (child.self), "ann");
  end_family (&parent, &child);

  begin_family (&parent, &child);
  advance_to (&child, "2026-03-02T13:00:00");
  assert_effects (&child, "alarm d due, clock-missed d, told");
  CSVC_ASSERT_STRING (csvc_effect_get_text (find_effect (&child, CSVC_EFFECT_TOLD), "case"), "C1");
  CU_ASSERT_EQUAL (csvc_case_hear_told (parent.self, NULL, find_effect (&child, CSVC_EFFECT_TOLD), at ("2026-03-02T12:00:00"), NULL, NULL),
                   CSVC_ANSWER_ACCEPTED);
  assert_states (&parent, "a");
  end_family (&parent, &child);
}

static void
ends_from_outside (void)
{
  Story story;
  CsvcStamp stamp = CSVC_STAMP (at ("2026-03-02T19:00:00"));

  begin (&story, FAMILY, NINE, NULL);
  csvc_effects_clear (story.effects);
  /* what was due before has fired */
  CU_ASSERT_EQUAL (csvc_case_end (story.self, NULL, "merged", &stamp, story.effects, NULL), CSVC_ANSWER_ACCEPTED);
  assert_effects (&story, "alarm c due, clock-missed c, clock-ended c, ended");
  CU_ASSERT_TRUE (csvc_case_has_ended (story.self));
  assert_cycle (&story, 0, "closed", "missed", "2026-03-02T18:00:00");
  assert_states (&story, "a");
  assert_restores (&story);
  CU_ASSERT_EQUAL (csvc_case_end (story.self, NULL, "merged", &stamp, NULL, NULL), CSVC_ANSWER_REFUSED_STATE);
  stamp.at--;
  CU_ASSERT_EQUAL (csvc_case_end (story.self, NULL, "merged", &stamp, NULL, NULL), CSVC_ANSWER_REFUSED_TIME);
  story_end (&story);
}

static void
follows_an_earlier_case (void)
{
  Story story;
  CsvcStamp stamp = CSVC_STAMP (at ("2026-03-05T09:00:00"));
  g_autoptr (CsvcCase) later = NULL;
  g_autoptr (CsvcCase) other = NULL;
  g_autoptr (CsvcCustomer) li = NULL;
  g_autoptr (GError) error = NULL;

  begin (&story, FAMILY, NINE, NULL);
  CU_ASSERT_EQUAL (csvc_case_open_linked (story.policy, "k", "C2", NULL, NULL, story.self, &stamp, NULL, &later, NULL), CSVC_ANSWER_ACCEPTED);
  CSVC_ASSERT_STRING (csvc_link_get_relation (csvc_case_get_link (later, 0)), "earlier");
  CSVC_ASSERT_STRING (csvc_link_get_case (csvc_case_get_link (later, 0)), "C1");
  li = csvc_customer_new (story.policy, "li", NULL);
  CU_ASSERT_EQUAL (csvc_case_open_linked (story.policy, "k", "C3", li, NULL, story.self, &stamp, NULL, &other, &error), CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "same customer");
  story_end (&story);
}

static void
refuses_what_the_child_could_not_take (void)
{
  g_autoptr (CsvcFacts) params = csvc_facts_new ();
  g_autoptr (CsvcValue) null = csvc_value_new (CSVC_TYPE_NULL, "null", NULL);
  CsvcStamp stamp = CSVC_STAMP (at ("2026-03-02T10:00:00"));
  Story     story;

  begin (&story, FAMILY, NINE, NULL);
  csvc_facts_set (params, "n", null);
  /* n is null, so the child's score would be: the event is refused, nothing is opened */
  CSVC_ASSERT_STRING (csvc_answer_to_string (fire_stamped (&story, "visit", params, &stamp)), "refused-condition");
  CSVC_ASSERT_UINT (csvc_case_get_n_links (story.self), 0);
  assert_states (&story, "a");
  story_end (&story);
}

/* ── clocks ── */

#define PRIORITY(how) \
  "<case id='k'><fact id='urgent' type='boolean' default='false'/><event id='mark' sets='urgent'/><event id='hold'/><event id='go'/><event id='x'/>" \
  "<state id='s'><clock id='c' met-by='x' paused-by='hold' resumed-by='go' on-change='" how "'>" \
  "<due when='urgent' in='PT3H' of='office'/><due in='PT10H'/><alarm id='half' at='50%'/><alarm id='later' at='PT9H'/></clock>" \
  "<transition event='mark'/></state></case>"

static void
changes_forward (void)
{
  Story story;

  /* 4 of 10 hours are used at 13:00: six tenths of three working hours are left, 1 h 48 min */
  begin (&story, PRIORITY ("forward"), NINE, NULL);
  FIRE (&story, "mark", "2026-03-02T13:00:00", "urgent=true");
  assert_effects (&story, "fact-set, clock-carried c, clock-forward c");
  assert_cycle (&story, 0, "running", "none", "2026-03-02T14:48:00");
  assert_restores (&story);
  assert_explained (story.self, csvc_case_get_cycle (story.self, 0), at ("2026-03-02T13:30:00"));
  CSVC_ASSERT_INT (used_seconds (&story, 0, "2026-03-02T14:00:00"), 5 * 3600);
  /* half of the budget is a tenth of the new one further on: 18 minutes */
  CSVC_ASSERT_INT (csvc_case_get_next_wake (story.self), at ("2026-03-02T13:18:00") + 1);
  /* and back: 1.5 h of 1.8 used leave a sixth of the six tenths, 1 h of 10 */
  FIRE (&story, "mark", "2026-03-02T14:30:00", "urgent=false");
  assert_cycle (&story, 0, "running", "none", "2026-03-02T15:30:00");
  /* nine hours from the start in its own time: 5.5 were used */
  CSVC_ASSERT_INT (csvc_case_get_next_wake (story.self), at ("2026-03-02T15:30:00") + 1);
  FIRE (&story, "hold", "2026-03-02T15:00:00", NULL);
  FIRE (&story, "mark", "2026-03-02T16:00:00", "urgent=true");
  FIRE (&story, "go", "2026-03-02T17:00:00", NULL);
  /* a twentieth of three hours */
  assert_cycle (&story, 0, "running", "none", "2026-03-02T17:09:00");
  story_end (&story);
}

static void
recurs (void)
{
  Story story;

  begin (&story,
         "<case id='k' backdate='PT3H'><event id='called'/><event id='note'/><event id='close'/><state id='s'><clock id='c' every='P1D' met-by='called'/>"
         "<transition event='note'/><transition event='close' target='end'/></state><final id='end'/></case>",
         NINE, NULL);
  assert_cycle (&story, 0, "running", "none", "2026-03-03T09:00:00");
  /* a note of our own is no reply */
  FIRE (&story, "note", "2026-03-02T10:00:00", NULL);
  CSVC_ASSERT_UINT (csvc_case_get_n_cycles (story.self), 1);
  CSVC_ASSERT_STRING (csvc_answer_to_string (fire_occurred (&story, "called", "2026-03-02T15:00:00", "2026-03-02T14:00:00", NULL)), "accepted");
  assert_effects (&story, "clock-met c, clock-started c");
  assert_cycle (&story, 1, "running", "none", "2026-03-03T14:00:00");
  /* late: missed, met late, and on from there */
  FIRE (&story, "called", "2026-03-04T10:00:00", NULL);
  assert_effects (&story, "alarm c due, clock-missed c, clock-met-late c, clock-started c");
  assert_cycle (&story, 2, "running", "none", "2026-03-05T10:00:00");
  FIRE (&story, "close", "2026-03-04T11:00:00", NULL);
  assert_cycle (&story, 2, "closed", "ended", NULL);
  CSVC_ASSERT_UINT (csvc_case_get_n_cycles (story.self), 3);
  story_end (&story);
}

#define NAGGING \
  "<case id='k' backdate='PT2000H'><event id='x'/><event id='p'/><event id='go'/>" \
  "<state id='w'><transition event='go' target='s'/></state>" \
  "<state id='s'><clock id='c' met-by='x'><due in='PT4H'/><alarm id='nag' at='+PT1H' every='PT2H'><notify role='boss'/></alarm></clock></state></case>"

static void
rings_again (void)
{
  Story story;

  begin (&story, NAGGING, NINE, NULL);
  FIRE (&story, "go", NINE, NULL);
  advance_to (&story, "2026-03-02T18:30:00");
  /* due at 13, then 14, 16, 18 */
  assert_effects (&story, "alarm c due, clock-missed c, alarm c nag, notify, alarm c nag, notify, alarm c nag, notify");
  CSVC_ASSERT_INT (csvc_case_get_next_wake (story.self), at ("2026-03-02T20:00:00") + 1);
  assert_restores (&story);
  FIRE (&story, "x", "2026-03-02T20:00:00", NULL);
  assert_effects (&story, "clock-met-late c");
  CU_ASSERT_EQUAL (csvc_case_get_next_wake (story.self), CSVC_NEVER);
  story_end (&story);
}

static void
passes_over_at_once (void)
{
  Story story;

  begin (&story, NAGGING, NINE, NULL);
  /* it began eighty days ago: of some thousand repetitions the last one rings */
  CSVC_ASSERT_STRING (csvc_answer_to_string (fire_occurred (&story, "go", "2026-05-20T09:00:00", "2026-03-02T09:30:00", NULL)), "accepted");
  assert_effects (&story, "state-left, state-entered, clock-started c, alarms-passed c nag, alarm-passed c due, clock-missed c");
  CSVC_ASSERT_UINT (csvc_effect_get_number (find_effect (&story, CSVC_EFFECT_ALARMS_PASSED), "times"), 79 * 12 - 3);
  advance_to (&story, "2026-05-20T09:00:01");
  assert_effects (&story, "alarm c nag, notify");
  advance_to (&story, "2026-05-20T11:00:00");
  assert_effects (&story, "alarm c nag, notify");
  assert_restores (&story);
  story_end (&story);
}

static void
folds_pauses (void)
{
  const guint n = csvc_test_under_valgrind () ? 200 : 2000 * csvc_test_scale ();
  Story story;
  CsvcTime now = at (NINE);

  begin (&story, PRIORITY ("retroactive"), NINE, NULL);
  for (guint i = 0; i < n; i++)
    {
      CsvcStamp stamp = CSVC_STAMP (now += CSVC_SECOND);

      csvc_effects_clear (story.effects);
      CU_ASSERT_EQUAL (csvc_case_fire (story.self, NULL, i % 2 == 0 ? "hold" : "go", NULL, &stamp, story.effects, NULL), CSVC_ANSWER_ACCEPTED);
      CU_ASSERT_TRUE (_csvc_record_fold (&story.folded, stamp.at, story.effects, NULL));
      CU_ASSERT_TRUE (csvc_case_get_cycle (story.self, 0)->spans->len <= 65);
    }
  /* every other second counted */
  CSVC_ASSERT_INT (csvc_case_get_used (story.self, csvc_case_get_cycle (story.self, 0), now), n / 2 * CSVC_SECOND);
  CSVC_ASSERT_INT (csvc_case_get_due (story.self, csvc_case_get_cycle (story.self, 0)), at (NINE) + 10 * CSVC_HOUR + n / 2 * CSVC_SECOND);
  assert_explained (story.self, csvc_case_get_cycle (story.self, 0), now);
  FIRE (&story, "x", "2026-03-03T09:00:00", NULL);
  assert_restores (&story);
  story_end (&story);
}

static void
tries_a_clock_again (void)
{
  Story story;

  begin (&story,
         "<case id='k'><fact id='vip' type='boolean'/><event id='tell' sets='vip'/>"
         "<state id='a'><clock id='t' promise='false'><due in='PT1H'/></clock><transition event='clock.t.due' target='b'/></state>"
         "<state id='b'><clock id='c'><due when='vip' in='PT1H'/><due in='PT2H'/></clock><transition event='tell'/></state></case>",
         NINE, NULL);
  advance_to (&story, "2026-03-02T10:30:00");
  assert_effects (&story, "alarm t due, clock-ended t, state-left, state-entered, undecided");
  CSVC_ASSERT_UINT (csvc_case_get_n_cycles (story.self), 1);
  assert_restores (&story);
  FIRE (&story, "tell", "2026-03-02T11:00:00", "vip=true");
  assert_effects (&story, "fact-set, retried, clock-started c");
  assert_cycle (&story, 1, "running", "none", "2026-03-02T12:00:00");
  story_end (&story);
}

static CsvcPolicy *
load_with_calendar (const char *calendar, const char *body)
{
  g_autofree char *text = g_strdup_printf ("<policy xmlns='urn:csvc:policy:1' id='t' version='2' zone='Asia/Shanghai'><calendar id='office' %s</calendar>%s</policy>",
                                           calendar, body);
  g_autoptr (GError) error = NULL;
  CsvcPolicy *policy = csvc_policy_load_text (text, -1, "t.xml", NULL, &error);

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (policy);
  return policy;
}

#define DAYS "<case id='k'><event id='x'/><state id='s'><clock id='c' met-by='x'><due in='P5D' of='office'/></clock></state></case>"
#define WEEK "days='mon tue wed thu fri' hours='09:00-17:00'"

static void
warns_of_the_horizon (void)
{
  g_autoptr (CsvcPolicy) policy = load_with_calendar (WEEK " horizon='2026'>", DAYS);
  g_autoptr (CsvcCase) inside = NULL;
  g_autoptr (CsvcCase) beyond = NULL;
  Story story = { .effects = csvc_effects_new () };
  CsvcStamp stamp = CSVC_STAMP (at (NINE));

  CU_ASSERT_EQUAL (csvc_case_open (policy, "k", "1", NULL, NULL, &stamp, story.effects, &inside, NULL), CSVC_ANSWER_ACCEPTED);
  assert_effects (&story, "opened, policy, state-entered, clock-started c");
  csvc_effects_clear (story.effects);
  stamp.at = at ("2026-12-30T09:00:00");
  CU_ASSERT_EQUAL (csvc_case_open (policy, "k", "1", NULL, NULL, &stamp, story.effects, &beyond, NULL), CSVC_ANSWER_ACCEPTED);
  assert_effects (&story, "opened, policy, state-entered, clock-started c, clock-horizon c");
  csvc_effects_unref (story.effects);
}

/* ── another policy ── */

#define FIRST "<case id='k'><event id='x'/><event id='hold'/><event id='go'/><state id='s'><clock id='c' met-by='x' paused-by='hold' resumed-by='go'>" \
              "<due in='PT10H'/></clock></state></case>"
#define SECOND "<case id='k' upgrade='forward'><event id='x'/><event id='hold'/><event id='go'/><state id='s'>" \
               "<clock id='c' met-by='x' paused-by='hold' resumed-by='go'><due in='PT5H' of='office'/></clock></state></case>"

static void
upgrades (void)
{
  static const struct {
    CsvcUpgrade choice;
    const char *due;
    gboolean    stays;
  } choices[] = {
    { CSVC_UPGRADE_KEEP, "2026-03-02T20:00:00", TRUE },
    /* 4 of 10 hours used by 14:00, one of them paused: three fifths of five working hours */
    { CSVC_UPGRADE_FORWARD, "2026-03-02T17:00:00", FALSE },
    { CSVC_UPGRADE_BY_POLICY, "2026-03-02T17:00:00", FALSE },
    { CSVC_UPGRADE_RETROACTIVE, "2026-03-02T16:00:00", FALSE },
    { CSVC_UPGRADE_NEXT_CYCLE, "2026-03-02T20:00:00", FALSE },
  };
  g_autoptr (CsvcPolicy) second = load (SECOND);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      Story story;
      CsvcCase *newer;

      begin (&story, FIRST, NINE, NULL);
      FIRE (&story, "hold", "2026-03-02T10:00:00", NULL);
      FIRE (&story, "go", "2026-03-02T11:00:00", NULL);
      csvc_effects_clear (story.effects);
      newer = csvc_case_upgrade (story.self, second, choices[i].choice, NULL, at ("2026-03-02T14:00:00"), story.effects, &error);
      csvc_assert_no_error (error);
      CU_ASSERT_PTR_NOT_NULL_FATAL (newer);
      CU_ASSERT_TRUE ((csvc_case_get_policy (newer) == story.policy) == choices[i].stays);
      csvc_case_free (story.self);
      story.self = newer;
      assert_effects (&story, choices[i].stays ? "" : "restated");
      assert_cycle (&story, 0, "running", "none", choices[i].due);
      if (!choices[i].stays)
        {
          csvc_policy_unref (story.policy);
          story.policy = csvc_policy_ref (second);
          CU_ASSERT_TRUE (_csvc_record_fold (&story.folded, at ("2026-03-02T14:00:00"), story.effects, NULL));
          assert_restores (&story);
          assert_explained (story.self, csvc_case_get_cycle (story.self, 0), at ("2026-03-02T15:00:00"));
        }
      FIRE (&story, "x", "2026-03-02T15:00:00", NULL);
      assert_cycle (&story, 0, "closed", "met", choices[i].due);
      story_end (&story);
    }
}

static void
upgrades_names (void)
{
  g_autoptr (CsvcPolicy) bare = load ("<case id='k'><event id='x'/><state id='t'><clock id='d' met-by='x'><due in='PT5H'/></clock></state></case>");
  g_autoptr (CsvcPolicy) named = load ("<case id='k'><was id='s' now='t'/><was id='c' now='d'/><event id='x'/>"
                                       "<state id='t'><clock id='d' met-by='x'><due in='PT5H'/></clock></state></case>");
  g_autoptr (CsvcCase) newer = NULL;
  g_autoptr (GError) error = NULL;
  Story story;

  begin (&story, FIRST, NINE, NULL);
  CU_ASSERT_PTR_NULL (csvc_case_upgrade (story.self, bare, CSVC_UPGRADE_RETROACTIVE, NULL, at (NINE), NULL, &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "no state \"s\", which case C1 holds");
  g_clear_error (&error);
  newer = csvc_case_upgrade (story.self, named, CSVC_UPGRADE_RETROACTIVE, NULL, at (NINE), NULL, &error);
  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (newer);
  CU_ASSERT_TRUE (csvc_case_is_in (newer, "t"));
  CSVC_ASSERT_INT (csvc_case_get_due (newer, csvc_case_get_cycle (newer, 0)), at ("2026-03-02T14:00:00"));
  CU_ASSERT_PTR_NULL (csvc_case_upgrade (story.self, named, CSVC_UPGRADE_RETROACTIVE, NULL, at (NINE) - 1, NULL, &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, NULL);
  story_end (&story);
}

/* Thursday becomes a day off when it is Wednesday: five working days end a day later, and what was counted stays counted. */
static void
counts_by_another_calendar (void)
{
  g_autoptr (CsvcPolicy) before = load_with_calendar (WEEK ">", DAYS);
  g_autoptr (CsvcPolicy) after = load_with_calendar (WEEK "><holiday on='2026-03-05'/><holiday on='2026-03-03'/>", DAYS);
  g_autoptr (CsvcCase) old = NULL;
  g_autoptr (CsvcCase) newer = NULL;
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (GError) error = NULL;
  CsvcStamp stamp = CSVC_STAMP (at (NINE));
  const CsvcCycle *cycle;

  CU_ASSERT_EQUAL (csvc_case_open (before, "k", "1", NULL, NULL, &stamp, NULL, &old, NULL), CSVC_ANSWER_ACCEPTED);
  CSVC_ASSERT_INT (csvc_case_get_due (old, csvc_case_get_cycle (old, 0)), at ("2026-03-09T09:00:00"));
  newer = _csvc_case_recalendar (old, after, at ("2026-03-04T09:00:00"), effects, &error);
  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (newer);
  cycle = csvc_case_get_cycle (newer, 0);
  /* Monday and Tuesday were two days of work, though Tuesday is a day off by now; so three are left: Wednesday, Friday, Monday. The new due date of five days is later still, and is a floor. */
  CSVC_ASSERT_INT (csvc_case_get_used (newer, cycle, at ("2026-03-04T09:00:00")), 16 * CSVC_HOUR);
  CSVC_ASSERT_STRING (csvc_effect_get_text (csvc_effects_get (effects, 0), "cause"), "recalendared");
  CSVC_ASSERT_INT (csvc_case_get_due (newer, cycle), at ("2026-03-11T09:00:00"));
}

/* ── a mistaken command ── */

static void
keeps_frozen_verdicts (void)
{
  Story old, again;
  g_autoptr (CsvcCase) merged = NULL;
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (GError) error = NULL;
  const CsvcCycle *cycle;

  /* it was met at ten; that was a mistake */
  begin (&old, FIRST, NINE, NULL);
  FIRE (&old, "x", "2026-03-02T10:00:00", NULL);
  begin (&again, FIRST, NINE, NULL);
  merged = _csvc_case_restate (old.self, again.self, "voided", at ("2026-03-02T12:00:00"), effects, &error);
  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (merged);
  CSVC_ASSERT_UINT (csvc_case_get_n_cycles (merged), 2);
  cycle = csvc_case_get_cycle (merged, 0);
  CU_ASSERT_EQUAL (csvc_cycle_get_verdict (cycle), CSVC_VERDICT_MET);
  CSVC_ASSERT_UINT (cycle->corrections->len, 1);
  cycle = csvc_case_get_cycle (merged, 1);
  CU_ASSERT_EQUAL (csvc_cycle_get_state (cycle), CSVC_CYCLE_RUNNING);
  CSVC_ASSERT_INT (csvc_case_get_due (merged, cycle), at ("2026-03-02T19:00:00"));
  CSVC_ASSERT_STRING (csvc_effect_get_text (csvc_effects_get (effects, 0), "cause"), "voided");
  story_end (&old);
  story_end (&again);

  /* it was missed, and the alarm rang; then it turns out that it had been on hold */
  g_clear_pointer (&merged, csvc_case_free);
  begin (&old, FIRST, NINE, NULL);
  advance_to (&old, "2026-03-02T20:00:00");
  begin (&again, FIRST, NINE, NULL);
  FIRE (&again, "hold", "2026-03-02T10:00:00", NULL);
  merged = _csvc_case_restate (old.self, again.self, "amended", at ("2026-03-02T20:00:00"), NULL, &error);
  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (merged);
  cycle = csvc_case_get_cycle (merged, 0);
  CU_ASSERT_EQUAL (csvc_cycle_get_verdict (cycle), CSVC_VERDICT_MISSED);
  CU_ASSERT_EQUAL (csvc_cycle_get_state (cycle), CSVC_CYCLE_PAUSED);
  CSVC_ASSERT_UINT (cycle->corrections->len, 1);
  CSVC_ASSERT_UINT (cycle->fired->len, 1);
  CU_ASSERT_EQUAL (csvc_case_get_next_wake (merged), CSVC_NEVER);
  story_end (&old);
  story_end (&again);
}

static void
adopts (void)
{
  static const char json[] = "{\"id\":\"H-1\",\"kind\":\"k\",\"opened_at\":\"2026-02-27T01:00:00Z\",\"states\":[\"b\"],"
                             "\"facts\":[{\"id\":\"n\",\"type\":\"number\",\"value\":\"2\",\"at\":\"2026-02-27T01:00:00Z\"}],"
                             "\"cycles\":[{\"clock\":\"c\",\"start\":\"2026-03-02T00:00:00Z\",\"carried\":\"PT4H\"}]}";
  g_autoptr (CsvcPolicy) policy = load (FAMILY);
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (CsvcCase) self = NULL;
  g_autoptr (CsvcCase) none = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (CsvcRecord) folded = { 0 };
  g_autoptr (GBytes) wanted = NULL;
  g_autoptr (GBytes) got = NULL;
  CsvcStamp stamp = CSVC_STAMP (at ("2026-03-02T12:00:00"));

  CU_ASSERT_EQUAL (csvc_case_adopt (policy, json, &stamp, effects, &self, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (self);
  CU_ASSERT_TRUE (csvc_case_is_in (self, "open") && csvc_case_is_in (self, "b"));
  CSVC_ASSERT_UINT (csvc_case_get_level (self), 1);
  CSVC_ASSERT_INT (csvc_case_get_due (self, csvc_case_get_cycle (self, 0)), at ("2026-03-02T17:00:00"));
  _csvc_record_init (&folded);
  CU_ASSERT_TRUE (_csvc_record_fold (&folded, stamp.at, effects, NULL));
  wanted = csvc_case_to_bytes (self);
  got = _csvc_record_to_bytes (&folded);
  CU_ASSERT_TRUE (g_bytes_equal (wanted, got));

  /* of the child's kind a fact is required */
  CU_ASSERT_EQUAL (csvc_case_adopt (policy, "{\"id\":\"H-2\",\"kind\":\"j\",\"opened_at\":\"2026-02-27T01:00:00Z\",\"states\":[\"x\"]}", &stamp, NULL, &none, &error),
                   CSVC_ANSWER_REFUSED_MISSING_FACT);
  CU_ASSERT_EQUAL (csvc_case_adopt (policy, "{\"id\":\"H-2\",\"kind\":\"k\",\"opened_at\":\"2026-02-27T01:00:00Z\",\"states\":[\"open\"]}", &stamp, NULL, &none, &error),
                   CSVC_ANSWER_FAILED);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "do not go together");
  CU_ASSERT_PTR_NULL (none);
}
