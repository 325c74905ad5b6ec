/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "log/walk.h"

#include <string.h>

#include "base/time.h"

#define ROWS_MAX 200
#define ACTORS 20        /* a role */
#define TRIES 4          /* events that are refused before a case is left alone */
#define ODD_PERCENT 1    /* of the events are any event of the kind */
#define TOLD_PERCENT 25  /* of the refused ones are in the log nevertheless */

/* ── the world ── */

static gboolean
hears (const CsvcTransition *transition,
       const char           *event)
{
  for (guint i = 0; i < transition->n_events; i++) {
    const CsvcEventMatch *match = &transition->events[i];
    if (match->length == 0 || (strncmp (event, match->prefix, match->length) == 0 &&
                               (event[match->length] == '\0' || event[match->length] == '.')))
      return TRUE;
  }

  return FALSE;
}

static gboolean
is_set_by_event (const CsvcKind *kind,
                 guint           slot)
{
  for (guint i = 0; i < kind->n_events; i++)
    for (guint k = 0; k < kind->events[i].n_sets; k++)
      if (kind->events[i].sets[k] == slot)
        return TRUE;

  return FALSE;
}

void
_csvc_world_init (CsvcWorld        *self,
                  const CsvcPolicy *policy,
                  const CsvcKind   *kind,
                  guint64           seed,
                  CsvcTime          end)
{
  *self = (CsvcWorld){ .policy = policy, .kind = kind, .seed = seed, .end = end };
  self->event_facts = g_new0 (guint, kind->n_facts + 1);
  self->opening_facts = g_new0 (guint, kind->n_facts + 1);
  for (guint slot = 0; slot < kind->n_facts; slot++) {
    if (is_set_by_event (kind, slot))
      self->event_facts[self->n_event_facts++] = slot;
    else
      self->opening_facts[self->n_opening_facts++] = slot;
  }
  self->waits = g_new0 (guint, (gsize) kind->n_transitions * kind->n_events + 1);
  for (guint t = 0; t < kind->n_transitions; t++)
    for (guint e = 0; e < kind->n_events; e++)
      self->waits[t * kind->n_events + e] = hears (&kind->transitions[t], kind->events[e].part.id);
}

void
_csvc_world_clear (CsvcWorld *self)
{
  g_clear_pointer (&self->event_facts, g_free);
  g_clear_pointer (&self->opening_facts, g_free);
  g_clear_pointer (&self->waits, g_free);
}

/* ── values ── */

/* The first words of a list are the usual ones. */
static char *
some_word (CsvcRandom     *random,
           const CsvcFact *fact)
{
  guint i = 0;

  while (i + 1 < fact->n_words && !_csvc_random_chance (random, 45))
    i++;

  return g_strdup (fact->words[i]);
}

static char *
some_date (CsvcRandom *random,
           CsvcTime    at)
{
  g_autoptr (GString) text = g_string_new (NULL);

  _csvc_date_append (text, _csvc_floor_div (at, CSVC_DAY) + (gint64) _csvc_random_below (random, 730) - 365);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* A full hour, 4 to 96 hours ahead: what one promises. */
static char *
some_instant (CsvcRandom *random,
              CsvcTime    at)
{
  return csvc_time_to_string ((_csvc_floor_div (at, CSVC_HOUR) + 4 + (gint64) _csvc_random_below (random, 93)) * CSVC_HOUR);
}

static char *
some_value (CsvcRandom     *random,
            const CsvcFact *fact,
            CsvcTime        at)
{
  static const char *const scores[] = { "1", "2", "3", "4", "4", "4", "5", "5", "5", "5" };

  switch (fact->type) {
  case CSVC_TYPE_ENUM:
    return some_word (random, fact);
  case CSVC_TYPE_BOOLEAN:
    return g_strdup (_csvc_random_chance (random, 50) ? "true" : "false");
  case CSVC_TYPE_NUMBER:
    return fact->of_customer ? g_strdup_printf ("%d", (int) (10 + _csvc_random_exponential (random, 120 * 1000) / 1000))
                             : g_strdup (scores[_csvc_random_below (random, G_N_ELEMENTS (scores))]);
  case CSVC_TYPE_DATE:
    return some_date (random, at);
  case CSVC_TYPE_TIME:
    return g_strdup_printf ("%02d:00:00", (int) _csvc_random_below (random, 24));
  case CSVC_TYPE_DATE_TIME:
    return some_instant (random, at);
  case CSVC_TYPE_DAY_TIME_DURATION:
    return g_strdup_printf ("PT%dH", (int) (1 + _csvc_random_below (random, 72)));
  case CSVC_TYPE_YEAR_MONTH_DURATION:
    return g_strdup_printf ("P%dM", (int) (1 + _csvc_random_below (random, 24)));
  default:
    return g_strdup_printf ("%s %d", fact->part.id, (int) (1 + _csvc_random_below (random, 1000)));
  }
}

/* Personal facts are not even invented. */
static gboolean
is_given (CsvcRandom     *random,
          const CsvcFact *fact)
{
  return fact->required || (_csvc_random_chance (random, 75) && !fact->personal);
}

/* ── the walker ── */

typedef struct {
  const CsvcWorld *world;
  CsvcWalk        *walk;
  CsvcRandom       random;
  CsvcCase        *walked;
  CsvcCustomer    *customer;
  CsvcTime         at;
  guint            slowness; /* factor of this case's delays */
  guint           *happened; /* by event */
  guint           *weights;  /* by event */
} Walker;

static void
add_row (Walker     *self,
         const char *event,
         const char *role,
         char      **facts)
{
  CsvcWalkRow row = { event, self->at, role, role != NULL ? 1 + (guint) _csvc_random_below (&self->random, ACTORS) : 0, facts };

  g_array_append_val (self->walk->rows, row);
}

static gboolean
pauses_a_clock (const CsvcKind *kind,
                guint           state)
{
  for (guint i = 0; i < kind->n_clocks; i++)
    if (kind->clocks[i].paused_in != NULL && _csvc_bit (kind->clocks[i].paused_in, state))
      return TRUE;

  return FALSE;
}

/* Deeper states speak first, and of two transitions the one that leads on; a history leads back to work. */
static guint
weigh_transition (const CsvcKind       *kind,
                  const CsvcTransition *transition)
{
  const CsvcState *target = transition->n_targets > 0 ? &kind->states[transition->targets[0]] : NULL;
  guint weight = 12;

  if (target == NULL)
    weight = 4;
  else if (target->type == CSVC_STATE_FINAL)
    weight = 1;
  else if (target->type == CSVC_STATE_HISTORY_SHALLOW || target->type == CSVC_STATE_HISTORY_DEEP)
    weight = 60;
  else if (target->index > transition->source && !pauses_a_clock (kind, target->index))
    weight = 60;

  return weight * MIN (kind->states[transition->source].depth, 4);
}

static void
weigh_states (Walker *self)
{
  const CsvcKind *kind = self->world->kind;

  for (guint t = 0; t < kind->n_transitions; t++) {
    const CsvcTransition *transition = &kind->transitions[t];
    if (!_csvc_bit (self->walked->active, transition->source))
      continue;
    for (guint e = 0; e < kind->n_events; e++)
      if (self->world->waits[t * kind->n_events + e])
        self->weights[e] = MAX (self->weights[e], weigh_transition (kind, transition));
  }
}

/* The same state always takes about the same time: 10 to 73 minutes, six times that where a clock is paused. */
static CsvcDuration
usual_delay (const Walker *self)
{
  const CsvcKind *kind = self->world->kind;
  guint state = kind->n_states - 1;
  CsvcDuration delay;

  while (!_csvc_bit (self->walked->active, state)) /* the deepest: the root is always active */
    state--;
  delay = (10 + (gint64) ((state * 2654435761u) >> 26)) * CSVC_MINUTE;

  return pauses_a_clock (kind, state) ? delay * 6 : delay;
}

static gboolean
is_promise_open (const CsvcCycle *cycle)
{
  return csvc_cycle_get_state (cycle) != CSVC_CYCLE_CLOSED && csvc_clock_is_promise (csvc_cycle_get_clock (cycle));
}

/* What a promise waits for is done sooner than other things, above all when it is nearly due. */
static guint
urgency (const Walker    *self,
         const CsvcCycle *cycle)
{
  CsvcTime due;

  if (csvc_cycle_get_state (cycle) != CSVC_CYCLE_RUNNING)
    return 3;
  due = csvc_case_get_due (self->walked, cycle);

  return due - self->at > 3 * usual_delay (self) * self->slowness ? 3 : 60;
}

/* FALSE: no promise is open. */
static gboolean
weigh_clocks (Walker *self)
{
  gboolean any = FALSE;

  for (guint i = 0; i < csvc_case_get_n_cycles (self->walked); i++) {
    const CsvcCycle *cycle = csvc_case_get_cycle (self->walked, i);
    const CsvcEventSet *met_by = &csvc_cycle_get_clock (cycle)->met_by;

    if (!is_promise_open (cycle))
      continue;
    any = TRUE;
    for (guint k = 0; k < met_by->n; k++) {
      guint *weight = &self->weights[met_by->events[k]];
      /* What nobody waits for would meet the clock, too, but people do not work that way. What leads away is likely enough by itself. */
      if (*weight >= 60)
        *weight = *weight * urgency (self, cycle) / 3;
      else if (*weight > 0)
        *weight = 120 * urgency (self, cycle);
    }
  }

  return any;
}

/* The event's index, or -1 when nothing is waited for, or nobody cares any more. */
static int
choose_event (Walker *self)
{
  const CsvcKind *kind = self->world->kind;
  guint64 total = 0, draw;
  guint e = 0;

  if (_csvc_random_chance (&self->random, ODD_PERCENT))
    return (int) _csvc_random_below (&self->random, kind->n_events);
  memset (self->weights, 0, sizeof (guint) * kind->n_events);
  weigh_states (self);
  if (!weigh_clocks (self) && _csvc_random_chance (&self->random, 70))
    return -1;
  for (guint i = 0; i < kind->n_events; i++) {
    self->weights[i] /= 1 + 4 * self->happened[i];
    total += self->weights[i];
  }
  if (total == 0)
    return -1;
  draw = _csvc_random_below (&self->random, total);
  while (draw >= self->weights[e])
    draw -= self->weights[e++];

  return (int) e;
}

/* ── time ── */

/* Most people work by day. */
static void
wait_for_morning (Walker *self)
{
  CsvcZone *zone = self->world->policy->zone;
  CsvcLocalTime wall = csvc_zone_to_local (zone, self->at);
  gint64 day = _csvc_floor_div (wall, CSVC_DAY), time = wall - day * CSVC_DAY;

  if ((time >= 8 * CSVC_HOUR && time < 20 * CSVC_HOUR) || _csvc_random_chance (&self->random, 65))
    return;
  wall = (time < 8 * CSVC_HOUR ? day : day + 1) * CSVC_DAY + 8 * CSVC_HOUR + _csvc_random_exponential (&self->random, 20 * CSVC_MINUTE);
  self->at = csvc_zone_from_local (zone, wall - wall % CSVC_SECOND);
}

static void
let_time_pass (Walker *self)
{
  CsvcDuration delay = _csvc_random_exponential (&self->random, usual_delay (self) * self->slowness);

  self->at += MAX (delay - delay % CSVC_SECOND, CSVC_SECOND);
  wait_for_morning (self);
}

static guint
some_slowness (CsvcRandom *random)
{
  guint draw = (guint) _csvc_random_below (random, 100);

  return draw < 70 ? 1 : draw < 92 ? 4 : 18;
}

/* ── events ── */

static const char *
some_role (Walker          *self,
           const CsvcEvent *event)
{
  return event->n_by > 0 ? event->by[_csvc_random_below (&self->random, event->n_by)]->part.id : NULL;
}

static char **
some_parameters (Walker          *self,
                 const CsvcEvent *event,
                 CsvcFacts       *params)
{
  const CsvcWorld *world = self->world;
  char **texts = g_new0 (char *, world->n_event_facts + 1);

  for (guint i = 0; i < event->n_sets; i++) {
    const CsvcFact *fact = &world->kind->facts[event->sets[i]];
    guint place = 0;
    while (world->event_facts[place] != event->sets[i])
      place++;
    texts[place] = some_value (&self->random, fact, self->at);
    csvc_facts_set_text (params, fact->part.id, texts[place]);
  }

  return texts;
}

static void
free_texts (char **texts,
            guint  n)
{
  for (guint i = 0; i < n; i++)
    g_free (texts[i]);
  g_free (texts);
}

static CsvcAnswer
happen (Walker          *self,
        const CsvcEvent *event,
        GError         **error)
{
  g_autoptr (CsvcFacts) params = csvc_facts_new ();
  CsvcStamp stamp = CSVC_STAMP (self->at);
  char **texts = some_parameters (self, event, params);
  CsvcAnswer answer;

  stamp.role = some_role (self, event);
  answer = csvc_case_fire (self->walked, self->customer, event->part.id, params, &stamp, NULL, error);
  if (answer == CSVC_ANSWER_ACCEPTED || (answer != CSVC_ANSWER_FAILED && _csvc_random_chance (&self->random, TOLD_PERCENT)))
    add_row (self, event->part.id, stamp.role, texts);
  else
    free_texts (texts, self->world->n_event_facts);

  return answer;
}

static gboolean
walk_on (Walker  *self,
         GError **error)
{
  guint refused = 0;

  while (self->walk->rows->len < ROWS_MAX && refused < TRIES && !csvc_case_has_ended (self->walked)) {
    int e = choose_event (self);
    CsvcAnswer answer;

    if (e < 0)
      return TRUE;
    let_time_pass (self);
    if (self->at > self->world->end)
      return TRUE;
    answer = happen (self, &self->world->kind->events[e], error);
    if (answer == CSVC_ANSWER_FAILED)
      return FALSE;
    refused = answer == CSVC_ANSWER_ACCEPTED ? 0 : refused + 1;
    self->happened[e]++;
  }

  return TRUE;
}

/* ── the opening ── */

/* A customer is the same in all their cases. */
static gboolean
meet_customer (Walker  *self,
               guint64  index,
               GError **error)
{
  const CsvcPolicy *policy = self->world->policy;
  const guint64 number = _csvc_random_below (&self->random, index / 2 + 100);
  CsvcRandom random = _csvc_random_of (self->world->seed ^ 0x637573746f6d6572, number);
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();

  self->walk->customer = g_strdup_printf ("U%06" G_GUINT64_FORMAT, number);
  self->walk->customer_facts = g_new0 (char *, policy->n_customer_facts + 1);
  self->customer = csvc_customer_new ((CsvcPolicy *) policy, self->walk->customer, error);
  if (self->customer == NULL)
    return FALSE;
  for (guint i = 0; i < policy->n_customer_facts; i++) {
    const CsvcFact *fact = &policy->customer_facts[i];
    if (!is_given (&random, fact))
      continue;
    self->walk->customer_facts[i] = some_value (&random, fact, self->world->end);
    csvc_facts_set_text (facts, fact->part.id, self->walk->customer_facts[i]);
  }

  return csvc_customer_put (self->customer, facts, self->at, NULL, error);
}

/* Invents those opening facts that were not given yet: most of them, or @all. */
static void
invent_facts (Walker    *self,
              CsvcFacts *facts,
              gboolean   all)
{
  const CsvcWorld *world = self->world;

  for (guint i = 0; i < world->n_opening_facts; i++) {
    const CsvcFact *fact = &world->kind->facts[world->opening_facts[i]];
    if (self->walk->facts[i] != NULL || !(all || is_given (&self->random, fact)))
      continue;
    self->walk->facts[i] = some_value (&self->random, fact, self->at);
    csvc_facts_set_text (facts, fact->part.id, self->walk->facts[i]);
  }
}

/* TRUE with no case: a policy may refuse an opening. */
static gboolean
open_case (Walker  *self,
           GError **error)
{
  const CsvcWorld *world = self->world;
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  const CsvcStamp stamp = CSVC_STAMP (self->at);
  CsvcAnswer answer = CSVC_ANSWER_REFUSED_MISSING_FACT;

  self->walk->facts = g_new0 (char *, world->n_opening_facts + 1);
  add_row (self, NULL, NULL, g_new0 (char *, world->n_event_facts + 1));
  /* When a clock or condition cannot do without a fact that was left out, all are given. */
  for (guint all = 0; all < 2 && answer == CSVC_ANSWER_REFUSED_MISSING_FACT; all++) {
    invent_facts (self, facts, all > 0);
    answer = csvc_case_open ((CsvcPolicy *) world->policy, world->kind->part.id, self->walk->id, self->customer, facts, &stamp, NULL,
                             &self->walked, error);
  }

  return answer != CSVC_ANSWER_FAILED;
}

void
_csvc_walk_init (CsvcWalk *self)
{
  *self = (CsvcWalk){ .rows = g_array_new (FALSE, FALSE, sizeof (CsvcWalkRow)) };
}

static void
forget (CsvcWalk        *self,
        const CsvcWorld *world)
{
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->customer, g_free);
  if (self->facts != NULL)
    free_texts (self->facts, world->n_opening_facts);
  if (self->customer_facts != NULL)
    free_texts (self->customer_facts, world->policy->n_customer_facts);
  self->facts = self->customer_facts = NULL;
  for (guint i = 0; i < self->rows->len; i++)
    free_texts (g_array_index (self->rows, CsvcWalkRow, i).facts, world->n_event_facts);
  g_array_set_size (self->rows, 0);
}

void
_csvc_walk_clear (CsvcWalk        *self,
                  const CsvcWorld *world)
{
  forget (self, world);
  g_array_unref (self->rows);
}

gboolean
_csvc_walk_run (CsvcWalk        *self,
                const CsvcWorld *world,
                guint64          index,
                CsvcTime         at,
                GError         **error)
{
  Walker walker = { .world = world, .walk = self, .at = at };
  gboolean done;

  forget (self, world);
  walker.random = _csvc_random_of (world->seed, index);
  walker.slowness = some_slowness (&walker.random);
  walker.happened = g_new0 (guint, world->kind->n_events + 1);
  walker.weights = g_new0 (guint, world->kind->n_events + 1);
  self->id = g_strdup_printf ("%s-%07" G_GUINT64_FORMAT, world->kind->part.id, index + 1);
  done = meet_customer (&walker, index, error) && open_case (&walker, error) &&
         (walker.walked == NULL || world->kind->n_events == 0 || walk_on (&walker, error));
  g_clear_pointer (&walker.walked, csvc_case_free);
  g_clear_pointer (&walker.customer, csvc_customer_free);
  g_free (walker.happened);
  g_free (walker.weights);

  return done;
}
