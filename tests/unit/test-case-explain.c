/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Why due, why not started, what next. That segments sum and chances come true whatever happens is proved in test-machine-random.c. */

#include "config.h"

#include <csvc/error.h>

#include "machine-story.h"

static void tells_working_time (void);
static void tells_holidays (void);
static void tells_elapsed_time (void);
static void tells_days (void);
static void tells_a_changed_clock (void);
static void tells_an_overdrawn_promise (void);
static void tells_what_was_folded_away (void);
static void tells_a_frozen_verdict (void);
static void tells_a_verdict_taken_over (void);
static void refuses_what_does_not_add_up (void);
static void asks_if_paused (void);
static void tells_why_not_started (void);
static void tells_what_was_judged (void);
static void tells_what_is_next (void);
static void supposes_facts (void);
static void supposes_facts_of_the_customer (void);
static void supposes_what_is_no_fact (void);
static void writes_what_it_tells (void);

static CU_TestInfo tests[] = {
  { "tells-working-time", tells_working_time },
  { "tells-holidays", tells_holidays },
  { "tells-elapsed-time", tells_elapsed_time },
  { "tells-days", tells_days },
  { "tells-a-changed-clock", tells_a_changed_clock },
  { "tells-an-overdrawn-promise", tells_an_overdrawn_promise },
  { "tells-what-was-folded-away", tells_what_was_folded_away },
  { "tells-a-frozen-verdict", tells_a_frozen_verdict },
  { "tells-a-verdict-taken-over", tells_a_verdict_taken_over },
  { "refuses-what-does-not-add-up", refuses_what_does_not_add_up },
  { "asks-if-paused", asks_if_paused },
  { "tells-why-not-started", tells_why_not_started },
  { "tells-what-was-judged", tells_what_was_judged },
  { "tells-what-is-next", tells_what_is_next },
  { "supposes-facts", supposes_facts },
  { "supposes-facts-of-the-customer", supposes_facts_of_the_customer },
  { "supposes-what-is-no-fact", supposes_what_is_no_fact },
  { "writes-what-it-tells", writes_what_it_tells },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_case_explain = { "case-explain", tests };

/* "HH:MM piece kind (label) counted cause line" of each segment, in the policy's zone. */
static char *
segments_text (const Story *story, const CsvcWhyDue *why)
{
  const CsvcZone *zone = csvc_policy_get_zone (story->policy);
  GString        *text = g_string_new (NULL);

  for (guint i = 0; i < csvc_why_due_get_size (why); i++)
    {
      g_autofree char *from = csvc_zone_to_string (zone, csvc_why_due_get_from (why, i));
      g_autofree char *counted = csvc_duration_to_string (csvc_why_due_get_counted (why, i));
      const char      *label = csvc_why_due_get_label (why, i);
      const char      *cause = csvc_why_due_get_cause (why, i);

      g_string_append_printf (text, "%s%.2s %.5s %s %s", i > 0 ? "|" : "", from + 8, from + 11, csvc_due_piece_to_string (csvc_why_due_get_piece (why, i)),
                              csvc_why_due_get_kind (why, i));
      g_string_append_printf (text, label != NULL ? " (%s)" : "", label);
      g_string_append_printf (text, " %s %s %u", counted, cause != NULL ? cause : "-", csvc_why_due_get_segment_line (why, i));
    }
  return g_string_free (text, FALSE);
}

static CsvcWhyDue *
explain (Story *story, guint cycle, const char *now)
{
  g_autoptr (GError) error = NULL;
  CsvcWhyDue *why;

  assert_explained (story->self, csvc_case_get_cycle (story->self, cycle), at (now));
  why = csvc_case_explain_due (story->self, csvc_case_get_cycle (story->self, cycle), at (now), &error);
  csvc_assert_no_error (error);
  if (why == NULL)
    CU_FAIL_FATAL ("nothing is explained");
  return why;
}

/* @due: in the policy's zone. */
static void
assert_due (Story *story, guint cycle, const char *now, const char *due, const char *segments)
{
  g_autoptr (CsvcWhyDue) why = explain (story, cycle, now);
  g_autofree char *text = segments_text (story, why);
  g_autofree char *instant = csvc_zone_to_string (csvc_policy_get_zone (story->policy), csvc_why_due_get_due (why));

  CSVC_ASSERT_STRING (instant, due);
  CSVC_ASSERT_STRING (text, segments);
}

#define EVENTS "<event id='hold'/><event id='go'/><event id='wait'/><event id='back'/><event id='done'/><event id='close'/>"

/* The clock is on line 3, its rows on lines 4 and 5. */
#define WORK(attributes, rows) \
  "<case id='k' backdate='PT9H' initial='open'><fact id='vip' type='boolean'/><fact id='promised' type='dateTime'/>" EVENTS \
  "<event id='promise' sets='promised'/><event id='rank' sets='vip'/>\n<state id='open' initial='in'>\n<clock id='c' " attributes ">\n" rows \
  "</clock><state id='in'><transition event='wait' target='waiting'/></state>" \
  "<state id='waiting'><transition event='back' target='in'/></state>" \
  "<transition event='close' target='shut'/><transition event='promise'/><transition event='rank'/></state>" \
  "<state id='shut'><transition event='back' target='open'/><transition event='rank'/></state><final id='end'/></case>"

static void
tells_working_time (void)
{
  Story story;

  begin (&story, WORK ("met-by='done' paused-in='waiting' paused-by='hold'", "<due in='PT5H' of='office'/>"), "2026-03-02T10:00:00",
         NULL);
  assert_due (&story, 0, "2026-03-02T10:00:00", "2026-03-02T16:00:00+08:00",
              "02 10:00 remaining working PT2H - 4|02 12:00 remaining closed PT0S - 1|02 13:00 remaining working PT3H - 4");
  FIRE (&story, "wait", "2026-03-02T11:00:00", NULL);
  FIRE (&story, "back", "2026-03-02T14:00:00", NULL);
  assert_due (&story, 0, "2026-03-02T15:00:00", "2026-03-02T18:00:00+08:00",
              "02 10:00 running working PT1H open 4|02 11:00 paused working PT0S waiting 3|02 12:00 paused closed PT0S waiting 3|"
              "02 13:00 paused working PT0S waiting 3|02 14:00 running working PT1H back 4|02 15:00 remaining working PT3H - 4");
  FIRE (&story, "wait", "2026-03-02T15:00:00", NULL);
  assert_due (&story, 0, "2026-03-02T17:00:00", "2026-03-03T11:00:00+08:00",
              "02 10:00 running working PT1H open 4|02 11:00 paused working PT0S waiting 3|02 12:00 paused closed PT0S waiting 3|"
              "02 13:00 paused working PT0S waiting 3|02 14:00 running working PT1H back 4|02 15:00 paused working PT0S waiting 3|"
              "02 17:00 remaining working PT1H - 4|02 18:00 remaining closed PT0S - 1|03 09:00 remaining working PT2H - 4");
  story_end (&story);
}

/* A holiday, a moved working day and hours of its own have names, and the calendar's line. */
static void
tells_holidays (void)
{
  Story story;

  begin (&story, "<calendar id='desk' days='mon tue wed thu fri' hours='09:00-18:00'><holiday from='2026-10-01' to='2026-10-07' label='国庆节'/>"
                 "<moved on='2026-10-10' as='wed' label='调休'/></calendar>\n" WORK ("met-by='done'", "<due in='PT22H' of='desk'/>"),
         "2026-09-30T17:00:00", NULL);
  assert_due (&story, 0, "2026-09-30T17:00:00", "2026-10-10T12:00:00+08:00",
              "30 17:00 remaining working PT1H - 5|30 18:00 remaining closed PT0S - 1|01 00:00 remaining holiday (国庆节) PT0S - 1|"
              "08 00:00 remaining closed PT0S - 1|08 09:00 remaining working PT9H - 5|08 18:00 remaining closed PT0S - 1|"
              "09 09:00 remaining working PT9H - 5|09 18:00 remaining closed PT0S - 1|10 09:00 remaining moved-day (调休) PT3H - 1");
  story_end (&story);
}

static void
tells_elapsed_time (void)
{
  Story story;

  begin (&story, WORK ("met-by='done' paused-by='hold' resumed-by='go'", "<due in='PT3H'/>"), NINE, NULL);
  FIRE (&story, "hold", "2026-03-02T10:00:00", NULL);
  FIRE (&story, "go", "2026-03-02T10:30:00", NULL);
  assert_due (&story, 0, "2026-03-02T11:30:00", "2026-03-02T12:30:00+08:00",
              "02 09:00 running elapsed PT1H open 4|02 10:00 paused elapsed PT0S hold 3|02 10:30 running elapsed PT1H go 4|"
              "02 11:30 remaining elapsed PT1H - 4");
  FIRE (&story, "done", "2026-03-02T11:00:00", NULL);
  assert_due (&story, 0, "2026-03-04T00:00:00", "2026-03-02T12:30:00+08:00",
              "02 09:00 running elapsed PT1H open 4|02 10:00 paused elapsed PT0S hold 3|02 10:30 running elapsed PT30M go 4|"
              "02 11:00 remaining elapsed PT1H30M - 4");
  story_end (&story);
}

static void
tells_days (void)
{
  Story story;

  begin (&story, WORK ("met-by='done'", "<due in='P2D'/>"), NINE, NULL);
  assert_due (&story, 0, "2026-03-03T12:00:00", "2026-03-04T09:00:00+08:00",
              "02 09:00 running day (2026-03-02) PT15H open 4|03 00:00 running day (2026-03-03) PT12H open 4|"
              "03 12:00 remaining day (2026-03-03) PT12H - 4|04 00:00 remaining day (2026-03-04) PT9H - 4");
  story_end (&story);
  /* Friday afternoon and a working day: Monday, at the same hour. */
  begin (&story, WORK ("met-by='done'", "<due in='P1D' of='office'/>"), "2026-03-06T17:00:00", NULL);
  assert_due (&story, 0, "2026-03-06T17:00:00", "2026-03-09T17:00:00+08:00",
              "06 17:00 remaining working PT1H - 4|06 18:00 remaining closed PT0S - 1|09 09:00 remaining working PT3H - 4|"
              "09 12:00 remaining closed PT0S - 1|09 13:00 remaining working PT4H - 4");
  story_end (&story);
}

/* In Shanghai the clocks went forward on 1986-05-04 at 02:00: a day of 23 hours. */
static void
tells_a_changed_clock (void)
{
  Story story;

  begin (&story, WORK ("met-by='done'", "<due in='P1D'/>"), "1986-05-03T12:00:00", NULL);
  assert_due (&story, 0, "1986-05-03T12:00:00", "1986-05-04T12:00:00+09:00",
              "03 12:00 remaining day (1986-05-03) PT12H - 4|04 00:00 remaining day (1986-05-04) PT11H - 4");
  story_end (&story);
}

static void
tells_an_overdrawn_promise (void)
{
  Story story;

  begin (&story, WORK ("met-by='done'", "<due at='promised'/>"), NINE, NULL);
  FIRE (&story, "promise", "2026-03-02T10:00:00", "promised=2026-03-02T08:00:00");
  assert_due (&story, 0, "2026-03-02T10:00:00", "2026-03-02T08:00:00+08:00", "02 08:00 overdrawn elapsed -PT2H - 4");
  story_end (&story);
}

static void
tells_what_was_folded_away (void)
{
  Story story;
  CsvcCycle *cycle;

  begin (&story, WORK ("met-by='done'", "<due in='PT5H'/>"), NINE, NULL);
  /* What two hours and many pauses left behind. */
  cycle = &g_array_index (story.self->record.cycles, CsvcCycle, 0);
  cycle->carried = CSVC_HOUR;
  g_array_index (cycle->spans, CsvcSpan, 0).from = at ("2026-03-02T12:00:00");
  assert_due (&story, 0, "2026-03-02T13:00:00", "2026-03-02T16:00:00+08:00",
              "02 09:00 carried elapsed PT1H - 4|02 12:00 running elapsed PT1H open 4|02 13:00 remaining elapsed PT3H - 4");
  story_end (&story);
}

/* It was missed at 12:00; that it had been put on hold at 11:00 became known only then. The verdict stands, and so does its reason. */
static void
tells_a_frozen_verdict (void)
{
  Story story;

  begin (&story, WORK ("met-by='done' paused-by='hold' resumed-by='go'", "<due in='PT3H'/>"), NINE, NULL);
  advance_to (&story, "2026-03-02T12:30:00");
  CSVC_ASSERT_STRING (csvc_answer_to_string (fire_occurred (&story, "hold", "2026-03-02T13:00:00", "2026-03-02T11:00:00", NULL)), "accepted");
  assert_cycle (&story, 0, "paused", "missed", "2026-03-02T12:00:00");
  assert_due (&story, 0, "2026-03-02T14:00:00", "2026-03-02T12:00:00+08:00", "02 09:00 running elapsed PT3H open 4");
  story_end (&story);
}

static void
tells_a_verdict_taken_over (void)
{
  Story story;

  begin (&story, WORK ("met-by='done' reopen='continue'", "<due when='vip' in='PT1H'/>\n<due in='PT3H'/>"), NINE, "vip=true");
  advance_to (&story, "2026-03-02T11:00:00");
  FIRE (&story, "close", "2026-03-02T11:00:00", NULL);
  FIRE (&story, "rank", "2026-03-02T11:30:00", "vip=false");
  FIRE (&story, "back", "2026-03-02T12:00:00", NULL);
  CSVC_ASSERT_UINT (csvc_cycle_get_row (csvc_case_get_cycle (story.self, 1)), 2);
  assert_cycle (&story, 1, "overdue", "missed", "2026-03-02T10:00:00");
  assert_due (&story, 1, "2026-03-02T14:00:00", "2026-03-02T10:00:00+08:00", "02 09:00 running elapsed PT1H open 4");
  story_end (&story);
}

static void
refuses_what_does_not_add_up (void)
{
  g_autoptr (GError) error = NULL;
  Story      story;
  CsvcCycle *cycle;

  begin (&story, WORK ("met-by='done'", "<due in='PT5H'/>"), NINE, NULL);
  cycle = &g_array_index (story.self->record.cycles, CsvcCycle, 0);
  cycle->carried = 6 * CSVC_HOUR;
  g_array_index (cycle->spans, CsvcSpan, 0).from = at ("2026-03-02T12:00:00");
  CU_ASSERT_PTR_NULL (csvc_case_explain_due (story.self, cycle, at (NINE), &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "cycle 1 of clock c");
  g_clear_error (&error);
  cycle->verdict = CSVC_VERDICT_MISSED;
  cycle->verdict_due = at (NINE) + 7;
  CU_ASSERT_PTR_NULL (csvc_case_explain_due (story.self, cycle, at (NINE), &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "cycle 1 of clock c");
  story_end (&story);
}

static void
assert_if_paused (Story *story, const char *from, const char *until, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  CsvcTime due = 0;

  CU_ASSERT_TRUE (csvc_case_get_due_if_paused (story->self, csvc_case_get_cycle (story->self, 0), at (from), at (until), &due, &error));
  csvc_assert_no_error (error);
  text = csvc_zone_to_string (csvc_policy_get_zone (story->policy), due);
  CSVC_ASSERT_STRING (text, expected);
}

static void
asks_if_paused (void)
{
  Story story;

  begin (&story, WORK ("met-by='done' paused-by='hold' resumed-by='go'", "<due in='PT4H' of='office'/>"), NINE, NULL);
  assert_if_paused (&story, "2026-03-02T10:00:00", "2026-03-02T11:00:00", "2026-03-02T15:00:00+08:00");
  assert_if_paused (&story, "2026-03-02T10:00:00", "2026-03-02T10:00:00", "2026-03-02T14:00:00+08:00");
  /* too late to help */
  assert_if_paused (&story, "2026-03-02T15:00:00", "2026-03-02T16:00:00", "2026-03-02T14:00:00+08:00");
  FIRE (&story, "hold", "2026-03-02T10:00:00", NULL);
  assert_if_paused (&story, "2026-03-02T11:00:00", "2026-03-02T13:30:00", "2026-03-02T16:30:00+08:00");
  CSVC_ASSERT_UINT (csvc_case_get_cycle (story.self, 0)->spans->len, 2);
  FIRE (&story, "go", "2026-03-02T11:00:00", NULL);
  FIRE (&story, "done", "2026-03-02T11:30:00", NULL);
  assert_if_paused (&story, "2026-03-02T13:30:00", "2026-03-02T14:30:00", "2026-03-02T15:00:00+08:00");
  story_end (&story);
}

static void
assert_not_started (Story *story, const char *reason, const char *message, guint line)
{
  g_autoptr (CsvcWhyNotStarted) why = csvc_case_explain_not_started (story->self, NULL, csvc_kind_find_clock (csvc_case_get_kind (story->self), "c"));

  if (why == NULL)
    {
      CSVC_ASSERT_STRING ("it runs", reason);
      return;
    }
  CSVC_ASSERT_STRING (csvc_not_started_to_string (csvc_why_not_started_get_reason (why)), reason);
  CSVC_ASSERT_STRING (csvc_why_not_started_get_message (why), message);
  CSVC_ASSERT_STRING (csvc_why_not_started_get_file (why), "t.xml");
  CSVC_ASSERT_UINT (csvc_why_not_started_get_line (why), line);
}

static void
tells_why_not_started (void)
{
  Story story;

  begin (&story, WORK ("met-by='done' when='vip'", "<due in='PT5H'/>"), NINE, "vip=false");
  assert_not_started (&story, "when", "vip is false", 3);
  FIRE (&story, "rank", "2026-03-02T10:00:00", "vip=true");
  assert_not_started (&story, "later",
                      "it would start now, but did not when open was entered, which is when a clock starts: facts have changed since", 3);
  FIRE (&story, "close", "2026-03-02T10:00:00", NULL);
  assert_not_started (&story, "state", "it runs in open, which was left; the case is in shut", 3);
  FIRE (&story, "back", "2026-03-02T10:00:00", NULL);
  assert_cycle (&story, 0, "running", "none", NULL);
  CU_ASSERT_PTR_NULL (csvc_case_explain_not_started (story.self, NULL, csvc_kind_find_clock (csvc_case_get_kind (story.self), "c")));
  story_end (&story);

  begin (&story, WORK ("met-by='done'", "<due when='vip' in='PT5H'/>\n<due when='vip and In(\"waiting\")' in='PT6H'/>"), NINE, "vip=false");
  assert_not_started (&story, "row", "vip and In(\"waiting\") is false", 5);
  story_end (&story);

  begin (&story, WORK ("met-by='done'", "<due at='promised'/>"), NINE, NULL);
  assert_not_started (&story, "promise", "no instant was promised: promised is not known", 4);
  FIRE (&story, "promise", "2026-03-02T10:00:00", "promised=2026-03-02T12:00:00");
  FIRE (&story, "close", "2026-03-02T11:00:00", NULL);
  FIRE (&story, "back", "2026-03-02T11:30:00", NULL);
  assert_not_started (&story, "promise", "cycle 1 has judged what promised says; another promise starts another one", 4);
  story_end (&story);
}

/* What is unknown refuses the event that would start the clock; a clock starts unasked only by a deadline. */
#define ASLEEP \
  "<case id='k' initial='first'><fact id='vip' type='boolean'/><event id='e'/>\n<state id='first'><clock id='out' promise='false'><due in='PT1H'/></clock>" \
  "<transition event='clock.out.due' target='second'/></state>\n<state id='second'><clock id='c'%s>\n<due%s in='PT1H'/></clock><transition event='e' target='end'/></state>" \
  "<final id='end'/></case>"

static void
assert_asleep (const char *when, const char *row_when, const char *reason, guint line)
{
  g_autofree char *body = g_strdup_printf (ASLEEP, when, row_when);
  Story story;

  begin (&story, body, NINE, NULL);
  assert_not_started (&story, "state", "it runs in second, which was never entered; the case is in first", 3);
  advance_to (&story, "2026-03-02T11:00:00");
  assert_not_started (&story, reason, "vip needs the fact vip", line);
  FIRE (&story, "e", "2026-03-02T12:00:00", NULL);
  assert_not_started (&story, "ended", "the case has ended in end: nothing ticks on a dead case", 3);
  story_end (&story);
}

static void
tells_what_was_judged (void)
{
  Story story;

  assert_asleep (" when='vip'", "", "when-unknown", 3);
  assert_asleep ("", " when='vip'", "row-unknown", 4);
  begin (&story, WORK ("met-by='done' cancelled-by='go'", "<due in='PT5H'/>"), NINE, NULL);
  FIRE (&story, "done", "2026-03-02T10:00:00", NULL);
  assert_not_started (&story, "judged",
                      "cycle 1 was met at 2026-03-02T10:00:00+08:00 by done; another one starts when open is entered anew, or the clock is reset", 3);
  FIRE (&story, "close", "2026-03-02T10:00:00", NULL);
  FIRE (&story, "back", "2026-03-02T10:00:00", NULL);
  FIRE (&story, "go", "2026-03-02T11:00:00", NULL);
  assert_not_started (&story, "judged",
                      "cycle 2 was cancelled at 2026-03-02T11:00:00+08:00 by go; another one starts when open is entered anew, or the clock is reset", 3);
  story_end (&story);
}

/* The clock is on line 2, the transitions on lines 3 to 6. */
#define DESK \
  "<case id='k' initial='open'><fact id='score' type='number'/><fact id='vip' type='boolean' default='false'/><fact id='dear' type='boolean'/>" \
  "<event id='rate' by='agent' sets='score'/><event id='raise' by='boss agent'/><event id='ask'/><event id='never'/><event id='hold'/><event id='note' sets='score'/><event id='back'/>\n" \
  "<state id='open'><clock id='c' paused-by='hold' resumed-by='back'><due in='PT3H' of='office'/><alarm id='soon' at='50%'/></clock>\n" \
  "<transition event='rate' cond='score &gt; 3' target='end'/>\n" \
  "<transition event='raise' cond='vip'/>\n" \
  "<transition event='ask' cond='dear'/>\n" \
  "<transition event='note'/>\n" \
  "</state><state id='other'><transition event='never' target='end'/></state><final id='end'/></case>"

static void
assert_next (Story *story, const char *when, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcWhatNext) next = csvc_case_what_next (story->self, NULL, at (when), &error);
  g_autofree char *text = NULL;

  csvc_assert_no_error (error);
  if (next == NULL)
    return;
  text = csvc_what_next_to_string (next);
  CSVC_ASSERT_STRING (text, expected);
}

static void
tells_what_is_next (void)
{
  Story story;

  begin (&story, DESK, NINE, NULL);
  assert_next (&story, NINE,
               "rate: parameters, by agent, brings score (t.xml:3: score > 3 hangs on score)\n"
               "raise: condition, by boss or agent (t.xml:4: vip is false)\n"
               "ask: missing-fact (t.xml:5: dear needs the fact dear)\n"
               "hold: yes\n"
               "note: yes, brings score\n"
               "next: alarm soon of clock c at 2026-03-02T10:30:00+08:00\n"
               "clock c 1 is running: PT3H left, due 2026-03-02T12:00:00+08:00, may be paused until 2026-03-02T12:00:00+08:00\n");
  FIRE (&story, "hold", "2026-03-02T10:00:00", NULL);
  assert_next (&story, "2026-03-02T11:30:00",
               "rate: parameters, by agent, brings score (t.xml:3: score > 3 hangs on score)\n"
               "raise: condition, by boss or agent (t.xml:4: vip is false)\n"
               "ask: missing-fact (t.xml:5: dear needs the fact dear)\n"
               "note: yes, brings score\n"
               "back: yes\n"
               "clock c 1 is paused: PT2H left, due, if it ran on now, 2026-03-02T14:30:00+08:00\n");
  FIRE (&story, "back", "2026-03-02T11:30:00", NULL);
  /* What was due before counts as fired; the case itself is not touched. */
  assert_next (&story, "2026-03-02T15:00:00",
               "rate: parameters, by agent, brings score (t.xml:3: score > 3 hangs on score)\n"
               "raise: condition, by boss or agent (t.xml:4: vip is false)\n"
               "ask: missing-fact (t.xml:5: dear needs the fact dear)\n"
               "hold: yes\n"
               "note: yes, brings score\n"
               "clock c 1 is overdue: -PT30M left, due 2026-03-02T14:30:00+08:00\n");
  assert_cycle (&story, 0, "running", "none", NULL);
  FIRE (&story, "rate", "2026-03-02T14:00:00", "score=5");
  assert_next (&story, "2026-03-02T15:00:00", "");
  story_end (&story);
}

/* A clock of each choice, over the same rows. */
#define CHANGING(more) \
  "<customer><fact id='vip' type='boolean' default='false'/></customer>" \
  "<case id='k' initial='s'><fact id='urgent' type='boolean' default='false'/>" \
  "<event id='hold'/><event id='x'/><event id='hurry' sets='urgent'/>" \
  "<state id='s'>" \
  "<clock id='retro' met-by='x' paused-by='hold' on-change='retroactive'><due when='urgent' in='PT4H'/><due in='PT10H'/></clock>" \
  "<clock id='forward' met-by='x' on-change='forward'><due when='urgent' in='PT4H'/><due in='PT10H'/></clock>" \
  "<clock id='keep' met-by='x' on-change='keep'><due when='urgent' in='PT4H'/><due in='PT10H'/></clock>" \
  "<clock id='reset' met-by='x' on-change='reset'><due when='urgent' in='PT4H'/><due in='PT10H'/></clock>" \
  more \
  "<transition event='hurry'/></state></case>"

#define DEAR "<clock id='dear' met-by='x'><due when='vip' in='PT2H'/><due in='PT10H'/></clock>"

/* "retro 13:00 forward 14:36 …"; "never" where there is none. */
static void
assert_supposed (const CsvcCase *self, const CsvcCustomer *customer, const char *when, const char *facts, const char *expected)
{
  g_autoptr (CsvcFacts) supposed = facts_of (facts);
  g_autoptr (CsvcWhatNext) next = csvc_case_what_next (self, customer, at (when), NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  CU_ASSERT_PTR_NULL (csvc_what_next_get_supposed (next));
  CU_ASSERT (csvc_what_next_suppose (next, customer, supposed, &error));
  csvc_assert_no_error (error);
  for (guint i = 0; i < csvc_what_next_get_n_cycles (next); i++)
    {
      g_autofree char *due = csvc_zone_to_string (csvc_policy_get_zone (csvc_case_get_policy (self)), csvc_what_next_get_due_if_changed (next, i));

      g_string_append_printf (text, "%s%s %.5s", i > 0 ? " " : "", csvc_clock_get_id (csvc_cycle_get_clock (csvc_what_next_get_cycle (next, i))),
                              strlen (due) > 16 ? due + 11 : due);
    }
  CSVC_ASSERT_STRING (text->str, expected);
}

static void
supposes_facts (void)
{
  Story story;
  g_autofree char *before = NULL, *after = NULL;

  begin (&story, CHANGING (""), NINE, NULL);
  before = csvc_case_to_json (story.self);
  /* One of ten hours is used: of four hours 24 minutes. */
  assert_supposed (story.self, NULL, "2026-03-02T10:00:00", "urgent=true", "retro 13:00 forward 13:36 keep 19:00 reset 14:00");
  assert_supposed (story.self, NULL, "2026-03-02T10:00:00", "urgent=false", "retro 19:00 forward 19:00 keep 19:00 reset 19:00");
  after = csvc_case_to_json (story.self);
  CSVC_ASSERT_STRING (after, before);

  /* Paused: as if it ran on from then. What is supposed is what comes true. */
  FIRE (&story, "hold", "2026-03-02T11:00:00", NULL);
  assert_supposed (story.self, NULL, "2026-03-02T12:00:00", "urgent=true", "retro 14:00 forward 14:48 keep 19:00 reset 16:00");
  FIRE (&story, "hurry", "2026-03-02T12:00:00", "urgent=true");
  assert_cycle (&story, 1, "running", "none", "2026-03-02T14:48:00");
  assert_cycle (&story, 2, "running", "none", "2026-03-02T19:00:00");
  assert_cycle (&story, 4, "running", "none", "2026-03-02T16:00:00");
  story_end (&story);
}

static void
supposes_facts_of_the_customer (void)
{
  g_autoptr (CsvcPolicy) policy = load (CHANGING (DEAR));
  g_autoptr (CsvcCustomer) customer = csvc_customer_new (policy, "K-1", NULL);
  g_autoptr (CsvcCase) self = NULL;
  CsvcStamp stamp = CSVC_STAMP (at (NINE));

  CU_ASSERT_EQUAL (csvc_case_open (policy, "k", "C-1", customer, NULL, &stamp, NULL, &self, NULL), CSVC_ANSWER_ACCEPTED);
  assert_supposed (self, customer, "2026-03-02T10:00:00", "vip=true", "retro 19:00 forward 19:00 keep 19:00 reset 19:00 dear 11:00");
  assert_supposed (self, customer, "2026-03-02T10:00:00", "vip=true urgent=true", "retro 13:00 forward 13:36 keep 19:00 reset 14:00 dear 11:00");
  /* Of whom nothing was put there are the defaults. */
  assert_supposed (self, NULL, "2026-03-02T10:00:00", "vip=true", "retro 19:00 forward 19:00 keep 19:00 reset 19:00 dear 11:00");
  CU_ASSERT_FALSE (csvc_value_get_boolean (csvc_customer_get_fact (customer, "vip")));
}

static void
assert_not_supposed (const Story *story, const char *facts, CsvcErrorCode code)
{
  g_autoptr (CsvcFacts) supposed = facts_of (facts);
  g_autoptr (CsvcWhatNext) next = csvc_case_what_next (story->self, NULL, at (NINE), NULL);
  g_autoptr (GError) error = NULL;

  CU_ASSERT_FALSE (csvc_what_next_suppose (next, NULL, supposed, &error));
  CU_ASSERT (g_error_matches (error, CSVC_ERROR, (int) code));
  CU_ASSERT_PTR_NULL (csvc_what_next_get_supposed (next));
}

static void
supposes_what_is_no_fact (void)
{
  Story story;

  begin (&story, CHANGING (""), NINE, NULL);
  assert_not_supposed (&story, "vipp=true", CSVC_ERROR_NOT_FOUND);
  assert_not_supposed (&story, "urgent=maybe", CSVC_ERROR_SYNTAX);
  assert_not_supposed (&story, "vip=true", CSVC_ERROR_INVALID);
  story_end (&story);
}

static void
writes_what_it_tells (void)
{
  Story story;
  g_autoptr (CsvcWhyDue) why = NULL;
  g_autoptr (CsvcWhatNext) next = NULL;
  g_autofree char *why_json = NULL;
  g_autofree char *why_text = NULL;
  g_autofree char *next_json = NULL;

  begin (&story, DESK, "2026-03-02T11:00:00", NULL);
  why = explain (&story, 0, "2026-03-02T11:30:00");
  why_json = csvc_why_due_to_json (why);
  CSVC_ASSERT_GOLDEN (why_json, "explain/due.json");
  why_text = csvc_why_due_to_string (why);
  CSVC_ASSERT_GOLDEN (why_text, "explain/due.txt");
  next = csvc_case_what_next (story.self, NULL, at ("2026-03-02T11:30:00"), NULL);
  next_json = csvc_what_next_to_json (next);
  CSVC_ASSERT_GOLDEN (next_json, "explain/next.json");
  story_end (&story);
}
