/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "machine-story.h"

#include <csvc/crowd.h>

#include "machine/fast.h"
#include "policy/flatten.h"

/* Random lives under random policies: charts with parallel states and histories, clocks of all kinds of budgets with whatever attributes go
 * together, facts that are missing half of the time. Whatever happens, what must hold holds. */

static void lives_of_all_kinds (void);
static void table_and_step_agree (void);

static CU_TestInfo tests[] = {
  { "lives-of-all-kinds", lives_of_all_kinds },
  { "table-and-step-agree", table_and_step_agree },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_machine_random = { "machine-random", tests };

/* ── policies ── */

#define N_EVENTS 6
#define EVENTS \
  "<fact id='g' type='boolean' default='false'/><fact id='h' type='number'/><fact id='promised' type='dateTime'/>" \
  "<event id='e0'/><event id='e1' sets='f'/><event id='e2' sets='g'/><event id='e3' sets='promised'/><event id='e4' by='boss'/><event id='e5'/>"

typedef struct {
  GRand   *rand;
  GString *out;
  guint    n_states, n_clocks, n_histories;
  guint    size; /* how many states to expect, for targets */
  gboolean clockless;
  gboolean quiet; /* few clocks, nothing raised or eventless: much that a table can say */
} Author;

static guint
below (Author *self, guint n)
{
  return (guint) g_rand_int_range (self->rand, 0, (gint32) n);
}

static gboolean
often (Author *self, guint percent)
{
  return below (self, 100) < percent;
}

static const char *
one_of (Author *self, const char *const *words)
{
  return words[below (self, g_strv_length ((char **) words))];
}

#define ONE_OF(self, ...) one_of ((self), (const char *const[]){ __VA_ARGS__, NULL })

static const char *
condition (Author *self)
{
  return ONE_OF (self, "f &gt; 2", "f = 1", "g", "not(g)", "In(\"s2\")", "not(In(\"s3\"))", "entries(\"s1\") &lt; 3", "f &gt; 2 or g");
}

/* A child of another kind, which lasts as long as it likes, or as the state does. */
static void
write_link (Author *self)
{
  if (often (self, 40))
    g_string_append (self->out, "<tell to='child' case='j' event='go'><with fact='n' value='1'/></tell>");
  else
    g_string_append_printf (self->out, "<open case='j'%s><with fact='n' value='%s'/></open>",
                            ONE_OF (self, "", " until='s1'", " until='s2'"), ONE_OF (self, "f", "2"));
}

static void
write_actions (Author *self)
{
  guint noise = self->quiet ? 1 : 10;

  if (often (self, 20))
    g_string_append_printf (self->out, "<set fact='f' to='%u'/>", below (self, 5));
  if (often (self, 5))
    g_string_append (self->out, "<set fact='g' to='f = 2'/><set fact='f' to='h'/>");
  if (often (self, noise))
    g_string_append (self->out, "<escalate/>");
  if (often (self, noise))
    g_string_append (self->out, "<hand-back/><owner/>");
  if (often (self, noise))
    g_string_append_printf (self->out, "<raise event='i%u'/>", below (self, 2));
  if (!self->quiet && often (self, noise))
    write_link (self);
  if (often (self, 10))
    g_string_append_printf (self->out, "<if cond='%s'><log label='l' expr='f'/><else/><set fact='g' to='true'/></if>", condition (self));
}

/* What no host says. */
static const char *
inner_event (Author *self)
{
  if (self->clockless)
    return ONE_OF (self, "i0", "i1", "*", "i0 i1");
  if (self->quiet)
    return ONE_OF (self, "i0", "i1", "*", "clock.c0.due", "clock.c1.*", "clock", "i0 i1");
  return ONE_OF (self, "i0", "i1", "*", "clock.c0.due", "clock.c1.*", "clock", "i0 i1", "done.case.j", "done.case.j.well");
}

static void
write_transition (Author *self)
{
  gboolean eventless = often (self, self->quiet ? 1 : 7);

  g_string_append (self->out, "<transition");
  if (!eventless)
    {
      if (often (self, 70))
        g_string_append_printf (self->out, " event='e%u'", below (self, N_EVENTS));
      else
        g_string_append_printf (self->out, " event='%s'", inner_event (self));
      if (often (self, 40))
        g_string_append_printf (self->out, " cond='%s'", condition (self));
    }
  else
    g_string_append_printf (self->out, " cond='%s'", condition (self));
  if (eventless || often (self, 85))
    g_string_append_printf (self->out, " target='s%u'", below (self, self->size));
  g_string_append (self->out, often (self, 20) ? " type='internal'>" : ">");
  write_actions (self);
  g_string_append (self->out, "</transition>");
}

static void
write_event_set (Author *self, const char *attribute, guint percent)
{
  if (often (self, percent))
    g_string_append_printf (self->out, " %s='e%u'", attribute, below (self, N_EVENTS));
}

static void
write_due (Author *self)
{
  static const char *const budgets[] = { "in='PT3H'", "in='PT90M'", "in='PT20H'", "in='PT4H' of='office'", "in='PT9H' of='office'", "in='P1D'",
                                         "in='P2D'", "in='P1D' of='office'", "in='P2D' of='office'", "at='promised'", NULL };

  if (often (self, 50))
    g_string_append_printf (self->out, "<due when='%s' %s/>", condition (self), one_of (self, budgets));
  g_string_append_printf (self->out, "<due %s/>", one_of (self, budgets));
}

static void
write_clock (Author *self)
{
  g_string_append_printf (self->out, "<clock id='c%u'", self->n_clocks++);
  write_event_set (self, "met-by", 50);
  write_event_set (self, "cancelled-by", 15);
  write_event_set (self, "reset-by", 15);
  write_event_set (self, "paused-by", 30);
  write_event_set (self, "resumed-by", 25);
  if (often (self, 40))
    g_string_append_printf (self->out, " paused-in='s%u'", below (self, self->size));
  if (often (self, 50))
    g_string_append_printf (self->out, " on-leave='%s'", ONE_OF (self, "met", "end"));
  g_string_append_printf (self->out, " reopen='%s' on-change='%s'", ONE_OF (self, "new-cycle", "continue", "continue-including-closed"),
                          ONE_OF (self, "retroactive", "keep", "reset", "forward"));
  if (often (self, 20))
    g_string_append (self->out, " restart='true'");
  if (often (self, 20))
    g_string_append (self->out, " promise='false'");
  if (often (self, 20))
    g_string_append_printf (self->out, " when='%s'", condition (self));
  if (often (self, 15))
    g_string_append_printf (self->out, " every='%s'>", ONE_OF (self, "P1D", "PT5H", "PT3H' of='office", "P2D' of='office"));
  else
    {
      g_string_append (self->out, ">");
      write_due (self);
    }
  for (guint i = 0; often (self, 60) && i < 4; i++)
    {
      g_string_append_printf (self->out, "<alarm id='a%u' at='%s'%s>", i, ONE_OF (self, "75%", "33.33%", "PT1H", "PT5H", "-PT30M", "-PT6H", "+PT1H", "+PT7H"),
                              often (self, 20) ? " every='PT4H'" : "");
      write_actions (self);
      g_string_append (self->out, "</alarm>");
    }
  g_string_append (self->out, "</clock>");
}

static void
write_content (Author *self)
{
  /* the first two are named in transitions */
  for (guint n = self->clockless ? 0 : self->n_clocks == 0 ? 2 : below (self, self->quiet ? 1 : 3); n > 0; n--)
    write_clock (self);
  if (often (self, 30))
    {
      g_string_append (self->out, "<onentry>");
      write_actions (self);
      g_string_append (self->out, "</onentry>");
    }
  if (often (self, 30))
    {
      g_string_append (self->out, "<onexit>");
      write_actions (self);
      g_string_append (self->out, "</onexit>");
    }
  for (guint n = below (self, 4) + (self->quiet ? 3 : 0); n > 0; n--)
    write_transition (self);
}

static void
write_state (Author *self, guint depth)
{
  gboolean parallel = depth > 0 && often (self, self->quiet ? 5 : 25);
  gboolean nested = parallel || (depth > 0 && often (self, 50));
  guint    first;

  g_string_append_printf (self->out, "<%s id='s%u'>", parallel ? "parallel" : "state", self->n_states++);
  write_content (self);
  first = self->n_states;
  for (guint n = nested ? 2 + below (self, 2) : 0; n > 0; n--)
    write_state (self, depth - 1);
  if (nested && often (self, self->quiet ? 10 : 50))
    g_string_append_printf (self->out, "<history id='h%u' type='%s'><transition target='s%u'/></history><transition event='e%u' target='h%u'/>",
                            self->n_histories, ONE_OF (self, "shallow", "deep"), first, below (self, N_EVENTS), self->n_histories);
  self->n_histories += nested;
  if (nested && !parallel && often (self, 30))
    {
      g_string_append_printf (self->out, "<final id='x%u'/>", first);
      g_string_append_printf (self->out, "<transition event='e%u' target='x%u'/>", below (self, N_EVENTS), first);
    }
  g_string_append_printf (self->out, "</%s>", parallel ? "parallel" : "state");
}

static char *
write_body (guint32 seed, guint size, gboolean quiet)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  Author self = { rand, g_string_new ("<case id='k' backdate='PT3H'>" EVENTS), 0, 0, 0, size, quiet && seed % 3 != 0, quiet };

  g_string_append (self.out, often (&self, 70) ? "<fact id='f' type='number' default='1'/>" : "<fact id='f' type='number'/>");
  while (self.n_states < size)
    write_state (&self, 3);
  g_string_append (self.out, "<final id='end' outcome='over'/><state id='way-out'><onentry><raise event='i0'/><raise event='i1'/></onentry><transition event='e5' target='end'/>");
  if (!quiet)
    g_string_append (self.out, "<transition event='e4'><open case='j'><with fact='n' value='1'/></open><tell to='child' case='j' event='go'><with fact='n' value='2'/></tell></transition>");
  g_string_append (self.out, "</state></case>"
                             "<case id='j'><fact id='n' type='number' required='true'/><event id='go' sets='n'/>"
                             "<state id='a'><clock id='c'><due in='PT30H'/></clock><transition event='go' cond='n &gt; 1' target='z'/>"
                             "<transition event='clock.c.due' target='y'/></state>"
                             "<final id='z' outcome='well'/><final id='y' outcome='late'/></case>");
  return g_string_free (self.out, FALSE);
}

/* ── lives ── */

typedef struct {
  GRand   *rand;
  Story    story;
  CsvcTime now;
  gboolean restless; /* restored after every command, woken on time */
} Life;

/* In circles: until it was stopped, or until it had opened too many children. */
static void
assert_went_round (const GError *error)
{
  CU_ASSERT_TRUE (g_error_matches (error, CSVC_ERROR, CSVC_ERROR_LIFECYCLE) || g_error_matches (error, CSVC_ERROR, CSVC_ERROR_LIMIT));
}

static CsvcFacts *
random_params (GRand *rand, const CsvcEvent *event, CsvcTime now)
{
  CsvcFacts *params = csvc_facts_new ();
  g_autoptr (CsvcValue) null = csvc_value_new (CSVC_TYPE_NULL, "null", NULL);

  for (guint i = 0; i < event->n_sets; i++)
    {
      const CsvcFact *fact = &event->kind->facts[event->sets[i]];

      if (g_rand_int_range (rand, 0, 20) == 0)
        csvc_facts_set (params, fact->part.id, null);
      else if (fact->type == CSVC_TYPE_DATE_TIME)
        csvc_facts_set_time (params, fact->part.id, now + g_rand_int_range (rand, -20, 60) * CSVC_HOUR);
      else if (fact->type == CSVC_TYPE_BOOLEAN)
        csvc_facts_set_boolean (params, fact->part.id, g_rand_boolean (rand));
      else
        csvc_facts_set_integer (params, fact->part.id, g_rand_int_range (rand, 0, 6));
    }
  return params;
}

/* A chart may go round in circles, an error and no fault of the machine's: the case is over then. */
static gboolean
advance (Life *self, CsvcTime now)
{
  Story *story = &self->story;
  g_autoptr (GError) error = NULL;
  gboolean ok;

  while (self->restless && csvc_case_get_next_wake (story->self) < now)
    {
      CsvcTime wake = csvc_case_get_next_wake (story->self);

      if (!csvc_case_advance (story->self, NULL, wake, NULL, NULL))
        break;
      CSVC_ASSERT_TRUE (csvc_case_get_next_wake (story->self) >= wake, "time runs back");
      if (csvc_case_get_next_wake (story->self) == wake && csvc_case_get_last_at (story->self) == wake)
        break;
    }
  csvc_effects_clear (story->effects);
  ok = csvc_case_advance (story->self, NULL, now, story->effects, &error);
  if (!ok)
    assert_went_round (error);
  return ok;
}

static void
assert_sound (const CsvcCase *self, CsvcTime now)
{
  for (guint i = 0; i < csvc_case_get_n_cycles (self); i++)
    {
      const CsvcCycle *cycle = csvc_case_get_cycle (self, i);

      if (cycle->verdict == CSVC_VERDICT_MET)
        CSVC_ASSERT_TRUE (cycle->verdict_at <= cycle->verdict_due, "cycle %u of %s was not met in time", cycle->number, cycle->clock);
      if (cycle->met_late_at != CSVC_NEVER)
        CU_ASSERT_TRUE (cycle->verdict == CSVC_VERDICT_MISSED && cycle->met_late_at > cycle->verdict_due);
      CU_ASSERT_TRUE (csvc_case_get_used (self, cycle, now) >= 0);
      assert_explained (self, cycle, now);
      if (cycle->verdict == CSVC_VERDICT_NONE && cycle->state == CSVC_CYCLE_PAUSED && cycle->next == CSVC_NEVER)
        CU_ASSERT_TRUE (csvc_case_get_projected_due (self, cycle, now) != CSVC_NEVER);
      for (guint a = 0; a < cycle->fired->len; a++)
        for (guint b = 0; b < a; b++)
          CU_ASSERT_STRING_NOT_EQUAL (g_array_index (cycle->fired, CsvcFired, a).id, g_array_index (cycle->fired, CsvcFired, b).id);
    }
}

static CsvcAnswer
explain (Life *self, const CsvcEvent *event, const CsvcFacts *params, const CsvcStamp *stamp)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcRefusal) refusal = csvc_case_explain_refusal (self->story.self, NULL, event->part.id, params, stamp, &error);

  if (error != NULL)
    return CSVC_ANSWER_FAILED;
  return refusal != NULL ? csvc_refusal_get_answer (refusal) : CSVC_ANSWER_ACCEPTED;
}

/* What was said of an event beforehand agrees with what becomes of it. Of one that brings facts, more may go wrong than was foreseen. */
static void
assert_foreseen (Life *self, const CsvcEvent *event, CsvcAnswer answer)
{
  g_autoptr (CsvcWhatNext) next = csvc_case_what_next (self->story.self, NULL, self->now, NULL);
  guint      i = 0;
  CsvcChance chance;

  if (next == NULL)
    return;
  while (i < csvc_what_next_get_n_events (next) && csvc_what_next_get_event (next, i) != event)
    i++;
  if (i == csvc_what_next_get_n_events (next))
    {
      CU_ASSERT_TRUE (answer == CSVC_ANSWER_REFUSED_STATE || answer == CSVC_ANSWER_REFUSED_ROLE || answer == CSVC_ANSWER_REFUSED_TIME);
      return;
    }
  chance = csvc_what_next_get_chance (next, i);
  CSVC_ASSERT_TRUE (answer != CSVC_ANSWER_REFUSED_STATE, "%s is not waited for", event->part.id);
  if (answer == CSVC_ANSWER_ACCEPTED)
    CSVC_ASSERT_TRUE (chance == CSVC_CHANCE_YES || (chance == CSVC_CHANCE_PARAMETERS && event->n_sets > 0), "%s: %s", event->part.id,
                      csvc_chance_to_string (chance));
  if (event->n_sets == 0 && answer == CSVC_ANSWER_REFUSED_CONDITION)
    CSVC_ASSERT_STRING (csvc_chance_to_string (chance), "condition");
  if (event->n_sets == 0 && answer == CSVC_ANSWER_REFUSED_MISSING_FACT)
    CSVC_ASSERT_STRING (csvc_chance_to_string (chance), "missing-fact");
  CU_ASSERT_TRUE (chance == CSVC_CHANCE_YES || csvc_what_next_get_reason (next, i) != NULL);
}

/* A clock runs, or there is a reason why it does not. */
static void
assert_excused (const CsvcCase *self)
{
  for (guint i = 0; i < self->kind->n_clocks; i++)
    {
      const CsvcClock *clock = &self->kind->clocks[i];
      g_autoptr (CsvcWhyNotStarted) why = csvc_case_explain_not_started (self, NULL, clock);
      gboolean runs = self->latest[i] != NO_CYCLE && csvc_case_get_cycle (self, self->latest[i])->state != CSVC_CYCLE_CLOSED;
      gboolean alive = !self->record.ended && _csvc_bit (self->active, clock->state);

      CU_ASSERT_TRUE (runs == (why == NULL));
      if (why == NULL)
        continue;
      CU_ASSERT_TRUE (alive == (csvc_why_not_started_get_reason (why) > CSVC_NOT_STARTED_STATE));
      CU_ASSERT_TRUE (csvc_why_not_started_get_message (why) != NULL && csvc_why_not_started_get_line (why) > 0);
    }
}

/* One command; FALSE: nothing more can be expected of this case. */
static gboolean
do_something (Life *self)
{
  Story           *story = &self->story;
  const CsvcKind  *kind = csvc_case_get_kind (story->self);
  const CsvcEvent *event = &kind->events[g_rand_int_range (self->rand, 0, (gint) kind->n_events)];
  g_autoptr (CsvcFacts) params = NULL;
  g_autoptr (GBytes) before = NULL;
  g_autoptr (GBytes) after = NULL;
  g_autoptr (GError) error = NULL;
  CsvcAnswer expected, answer;
  CsvcStamp  stamp;

  self->now += (gint64) g_rand_int_range (self->rand, 0, 5) * g_rand_int_range (self->rand, 0, 6) * CSVC_HOUR / 2 + g_rand_int_range (self->rand, 0, 2);
  params = random_params (self->rand, event, self->now);
  stamp = CSVC_STAMP (self->now);
  stamp.role = g_rand_boolean (self->rand) ? "boss" : "agent";
  if (g_rand_int_range (self->rand, 0, 3) == 0)
    stamp.occurred = self->now - g_rand_int_range (self->rand, 0, 12000) * CSVC_SECOND;
  if (!advance (self, self->now))
    return FALSE;
  before = csvc_case_to_bytes (story->self);
  expected = explain (self, event, params, &stamp);
  assert_foreseen (self, event, expected);
  assert_excused (story->self);
  csvc_effects_clear (story->effects);
  answer = csvc_case_fire (story->self, NULL, event->part.id, params, &stamp, story->effects, &error);
  CSVC_ASSERT_STRING (csvc_answer_to_string (answer), csvc_answer_to_string (expected));
  after = csvc_case_to_bytes (story->self);
  if (answer == CSVC_ANSWER_FAILED)
    assert_went_round (error);
  if (answer != CSVC_ANSWER_ACCEPTED)
    CU_ASSERT_TRUE (csvc_effects_get_size (story->effects) == 0 && g_bytes_equal (before, after));
  assert_sound (story->self, self->now);
  if (self->restless)
    assert_restores (story);
  return TRUE;
}

/* What the case has asked of its children comes back to it, now and then: opened for nothing, ended with whatever outcome. */
static void
hear_of_a_child (Life *self)
{
  Story *story = &self->story;
  guint  n = csvc_case_get_n_links (story->self);
  g_autoptr (GError) error = NULL;
  g_autofree char *child = NULL;

  if (n == 0 || g_rand_boolean (self->rand))
    return;
  child = g_strdup (csvc_link_get_case (csvc_case_get_link (story->self, (guint) g_rand_int_range (self->rand, 0, (gint) n))));
  csvc_effects_clear (story->effects);
  if (!csvc_case_hear_child (story->self, NULL, child, g_rand_boolean (self->rand) ? "well" : "late", self->now, story->effects, &error))
    assert_went_round (error);
}

static void
assert_fold_of (CsvcRecord *folded, Story *story)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) wanted = csvc_case_to_bytes (story->self);
  g_autoptr (GBytes) got = NULL;

  CU_ASSERT_TRUE (_csvc_record_fold (folded, csvc_case_get_last_at (story->self), story->effects, &error));
  csvc_assert_no_error (error);
  got = _csvc_record_to_bytes (folded);
  CU_ASSERT_TRUE (g_bytes_equal (wanted, got));
}

/* (transfer full): how the case ended up; NULL when its policy cannot open one, or its clocks go round in circles. */
static GBytes *
live (const char *body, guint32 seed, gboolean restless)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  Life      self = { .rand = rand, .now = at (NINE), .restless = restless };
  CsvcStamp stamp = CSVC_STAMP (self.now);
  GBytes   *end = NULL;

  story_begin (&self.story, body);
  if (csvc_case_open (self.story.policy, "k", "C1", NULL, NULL, &stamp, self.story.effects, &self.story.self, NULL) == CSVC_ANSWER_ACCEPTED)
    {
      guint n = 0;

      while (n < 40 && do_something (&self))
        {
          hear_of_a_child (&self);
          n++;
        }
      end = n == 40 ? csvc_case_to_bytes (self.story.self) : NULL;
    }
  story_end (&self.story);
  return end;
}

/* The effects of everything, folded at once. */
static void
live_and_fold (const char *body, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_auto (CsvcRecord) folded = { 0 };
  Story     story;
  CsvcTime  now = at (NINE);
  CsvcStamp stamp = CSVC_STAMP (now);

  story_begin (&story, body);
  _csvc_record_init (&folded);
  if (csvc_case_open (story.policy, "k", "C1", NULL, NULL, &stamp, story.effects, &story.self, NULL) == CSVC_ANSWER_ACCEPTED)
    {
      const CsvcKind *kind = csvc_case_get_kind (story.self);

      assert_fold_of (&folded, &story);
      for (guint i = 0; i < 40; i++)
        {
          const CsvcEvent *event = &kind->events[g_rand_int_range (rand, 0, (gint) kind->n_events)];
          g_autoptr (CsvcFacts) params = random_params (rand, event, now);

          stamp = CSVC_STAMP (now += g_rand_int_range (rand, 0, 40000) * CSVC_SECOND);
          stamp.occurred = now - g_rand_int_range (rand, 0, 2) * CSVC_HOUR;
          stamp.role = "boss";
          csvc_effects_clear (story.effects);
          csvc_case_fire (story.self, NULL, event->part.id, params, &stamp, story.effects, NULL);
          if (csvc_case_get_n_links (story.self) > 0 && i % 3 == 0)
            csvc_case_hear_child (story.self, NULL, csvc_link_get_case (csvc_case_get_link (story.self, csvc_case_get_n_links (story.self) - 1)),
                                  "well", now, story.effects, NULL);
          if (i == 39)
            csvc_case_end (story.self, NULL, "withdrawn", &stamp, story.effects, NULL);
          assert_fold_of (&folded, &story);
        }
    }
  story_end (&story);
}

static void
lives_of_all_kinds (void)
{
  GRand *rand = csvc_test_random (11);
  guint  n = csvc_test_under_valgrind () ? 3 : 15 * csvc_test_scale (), whole = 0;

  for (guint i = 0; i < n; i++)
    {
      guint32 seed = g_rand_int (rand);
      g_autofree char *body = write_body (seed, 4 + seed % 12, FALSE);
      g_autoptr (GBytes) calm = live (body, seed, FALSE);
      g_autoptr (GBytes) restless = live (body, seed, TRUE);

      whole += calm != NULL;
      CU_ASSERT_TRUE ((calm == NULL) == (restless == NULL));
      if (calm != NULL && restless != NULL)
        CSVC_ASSERT_TRUE (g_bytes_equal (calm, restless), "policy %u: restored and woken on time, it comes out otherwise", seed);
      live_and_fold (body, seed + 1);
    }
  CSVC_ASSERT_TRUE (whole >= n / 3, "only %u of %u lives were lived to the end", whole, n);
}

/* ── the table and the step ── */

/* How many times the table could speak, and of these, with what answer. */
typedef struct {
  guint asked, spoken, accepted;
  guint packed; /* lives whose row began without a whole case */
} Count;

static gboolean
table_speaks (const CsvcCase *self, const CsvcEvent *event)
{
  CsvcStamp  stamp = CSVC_STAMP (self->record.at);
  CsvcAnswer answer;
  g_autoptr (CsvcCase) copy = csvc_case_copy (self);

  return _csvc_fast_fire (copy, NULL, event, &stamp, NULL, &answer);
}

static CsvcAnswer
fire_one_way (Story *story, gboolean step, const CsvcEvent *event, const CsvcFacts *params, const CsvcStamp *stamp, GError **error)
{
  CsvcAnswer answer;

  _csvc_fast_is_off = step;
  csvc_effects_clear (story->effects);
  answer = csvc_case_fire_event (story->self, NULL, &story->self->kind->events[event->index], params, stamp, story->effects, error);
  _csvc_fast_is_off = FALSE;
  return answer;
}

static void
assert_same (const Story *table, const Story *step, const CsvcEvent *event)
{
  g_autoptr (GBytes) a = csvc_case_to_bytes (table->self);
  g_autoptr (GBytes) b = csvc_case_to_bytes (step->self);
  g_autofree char *case_a = csvc_case_to_json (table->self);
  g_autofree char *case_b = csvc_case_to_json (step->self);
  g_autofree char *effects_a = csvc_effects_to_json (table->effects);
  g_autofree char *effects_b = csvc_effects_to_json (step->effects);

  CSVC_ASSERT_STRING (effects_a, effects_b);
  CSVC_ASSERT_STRING (case_a, case_b);
  CSVC_ASSERT_TRUE (g_bytes_equal (a, b), "after %s the bytes differ", event->part.id);
}

/* What a row answers to, it answers as the case does. */
static void
assert_row (CsvcCrowd *crowd, const CsvcCase *wanted)
{
  const CsvcCase *row = csvc_crowd_get_case (crowd, 0);
  g_autofree char *states = csvc_case_dup_states (row);
  g_autofree char *right = csvc_case_dup_states (wanted);

  CSVC_ASSERT_STRING (states, right);
  CU_ASSERT_EQUAL (csvc_case_has_ended (row), csvc_case_has_ended (wanted));
  CU_ASSERT_EQUAL (csvc_case_get_level (row), csvc_case_get_level (wanted));
  CU_ASSERT_TRUE (g_strcmp0 (csvc_case_get_handler (row), csvc_case_get_handler (wanted)) == 0);
  CU_ASSERT_TRUE (csvc_case_get_last_at (row) == csvc_case_get_last_at (wanted));
  CU_ASSERT_TRUE (csvc_case_get_next_wake (row) == csvc_case_get_next_wake (wanted));
  for (guint i = 0; i < wanted->kind->n_facts; i++)
    CU_ASSERT_TRUE (wanted->facts[i].type == row->facts[i].type &&
                    (wanted->facts[i].type <= CSVC_TYPE_NULL || csvc_value_equal (&wanted->facts[i], &row->facts[i])));
  for (guint i = 0; i < wanted->kind->n_states; i++)
    CU_ASSERT_EQUAL (wanted->entries[i], row->entries[i]);
}

static void
fire_row (CsvcCrowd *crowd, const Story *table, CsvcAnswer wanted, const CsvcEvent *event, const CsvcFacts *params, const CsvcStamp *stamp)
{
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autofree char *right = csvc_effects_to_json (table->effects);
  g_autofree char *said = NULL;
  /* Every other time nobody listens. */
  gboolean listens = stamp->at / CSVC_SECOND % 2 == 0;

  CSVC_ASSERT_STRING (csvc_answer_to_string (csvc_crowd_fire (crowd, 0, NULL, event, params, stamp, listens ? effects : NULL, NULL)),
                      csvc_answer_to_string (wanted));
  said = csvc_effects_to_json (effects);
  if (listens)
    CSVC_ASSERT_STRING (said, right);
  assert_row (crowd, table->self);
}

/* FALSE: it failed, and what had become of it until then differs. */
static gboolean
fire_all_ways (Story *table, Story *step, CsvcCrowd *crowd, GRand *rand, CsvcTime now, Count *count)
{
  const CsvcKind  *kind = csvc_case_get_kind (table->self);
  const CsvcEvent *event = &kind->events[g_rand_int_range (rand, 0, (gint) kind->n_events)];
  g_autoptr (CsvcFacts) params = event->n_sets > 0 ? random_params (rand, event, now) : NULL;
  g_autoptr (GError) error_a = NULL;
  g_autoptr (GError) error_b = NULL;
  CsvcStamp  stamp = CSVC_STAMP (now);
  gboolean   speaks = table_speaks (table->self, event);
  CsvcAnswer answer;

  if (g_rand_boolean (rand))
    {
      stamp.occurred = now - g_rand_int_range (rand, 0, 2) * CSVC_HOUR;
      stamp.role = g_rand_boolean (rand) ? "boss" : "agent";
    }
  answer = fire_one_way (table, FALSE, event, params, &stamp, &error_a);
  CSVC_ASSERT_STRING (csvc_answer_to_string (answer),
                      csvc_answer_to_string (fire_one_way (step, TRUE, event, params, &stamp, &error_b)));
  CSVC_ASSERT_STRING (error_a != NULL ? error_a->message : "", error_b != NULL ? error_b->message : "");
  count->asked++;
  count->spoken += speaks;
  count->accepted += speaks && answer == CSVC_ANSWER_ACCEPTED;
  assert_same (table, step, event);
  if (answer == CSVC_ANSWER_FAILED)
    return FALSE;
  fire_row (crowd, table, answer, event, params, &stamp);
  return TRUE;
}

static void
live_both_ways (const char *body, guint32 seed, Count *count)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  CsvcTime  now = at (NINE);
  CsvcStamp stamp = CSVC_STAMP (now);
  g_autoptr (CsvcCrowd) crowd = NULL;
  Story     table, step;

  story_begin (&table, body);
  story_begin (&step, body);
  crowd = csvc_crowd_new (table.policy, "k", NULL);
  CU_ASSERT_PTR_EQUAL (csvc_crowd_get_kind (crowd), csvc_policy_find_kind (table.policy, "k"));
  if (csvc_case_open (table.policy, "k", "C1", NULL, NULL, &stamp, table.effects, &table.self, NULL) == CSVC_ANSWER_ACCEPTED &&
      csvc_case_open (step.policy, "k", "C1", NULL, NULL, &stamp, step.effects, &step.self, NULL) == CSVC_ANSWER_ACCEPTED)
    {
      csvc_crowd_add (crowd, table.self);
      count->packed += csvc_crowd_get_n_whole (crowd) == 0;
      for (guint i = 0; i < 40 && !csvc_case_has_ended (table.self); i++)
        {
          now += g_rand_int_range (rand, 0, 4000) * CSVC_SECOND;
          if (!fire_all_ways (&table, &step, crowd, rand, now, count))
            break;
        }
    }
  story_end (&table);
  story_end (&step);
}

static void
table_and_step_agree (void)
{
  GRand *rand = csvc_test_random (12);
  guint  n = csvc_test_under_valgrind () ? 20 : 60 * csvc_test_scale ();
  Count  count = { 0, 0, 0, 0 };

  for (guint i = 0; i < n; i++)
    {
      guint32 seed = g_rand_int (rand);
      g_autofree char *body = write_body (seed, 4 + seed % 12, TRUE);

      live_both_ways (body, seed, &count);
    }
  CSVC_ASSERT_TRUE (count.spoken > count.asked / 10 && count.accepted > count.asked / 30, "the table spoke %u times of %u, and accepted %u",
                    count.spoken, count.asked, count.accepted);
  CSVC_ASSERT_TRUE (count.packed > n / 10, "only %u of %u rows were packed", count.packed, n);
  csvc_test_note ("the table spoke %u times of %u, and accepted %u; %u rows of %u were packed", count.spoken, count.asked, count.accepted,
                  count.packed, n);
}
