/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/compile.h"

#include <string.h>

/* Clocks: when they start, what stops them, by when, and what rings on the way. */

enum {
  BAD_BUDGET = 510,
  MIXED_BUDGET = 511,
  BUDGET_CHOICE = 512,
  NO_DUE = 513,
  NOT_AN_INSTANT = 514,
  PAUSED_IN_HISTORY = 515,
  EVERY_AND_DUE = 516,
  BAD_ALARM = 520,
  BAD_SHARE = 521,
  DUE_WITH_AT = 522,
  ALARM_WITHOUT_AT = 523,
  BAD_PERIOD = 524,
  MAY_NOT_START = 530,
  NEVER_REACHED = 531,
  ALARM_TOO_LATE = 532,
  NEVER_MET = 533,
  NEVER_PAUSED = 534,
  NEVER_RESUMED = 535,
  NEVER_RECURS = 541
};

#define MAX_DAYS 36600
#define MAX_HOURS 878400 /* as many days */
#define MAX_BUDGET (MAX_DAYS * CSVC_DAY)
G_STATIC_ASSERT (MAX_HOURS * CSVC_HOUR == MAX_BUDGET);
#define WHOLE 10000 /* of a budget, in shares */

/* An alarm that repeats more often than this is a slip, and would fill a journal in a night. */
#define MIN_PERIOD CSVC_MINUTE

/* ── budgets ── */

/* The row of a clock that recurs stands in the clock itself: every="P1D" of="office". */
static const char *
budget_attribute (const CsvcNode *node)
{
  return _csvc_node_is (node, "clock") ? "every" : "in";
}

static gboolean
complain_budget (CsvcCompiler *self, const CsvcNode *node, guint number, const char *expected, const char *what)
{
  _csvc_diagnostics_add (self->diagnostics, number, node->place, 0, expected, NULL, "%s=\"%s\" %s", budget_attribute (node),
                         _csvc_node_get (node, budget_attribute (node)), what);
  return FALSE;
}

/* "P5D": 5; 0 when it is not of that form; MAX_DAYS + 1 for any more. */
static gint64
parse_days (const char *text)
{
  gint64 days = 0;
  const char *p = text + 1;

  if (text[0] != 'P' || !g_ascii_isdigit (*p))
    return 0;
  for (; g_ascii_isdigit (*p); p++)
    days = MIN (days * 10 + (*p - '0'), MAX_DAYS + 1);
  return strcmp (p, "D") == 0 ? days : 0;
}

/* Is it a duration but for numbers that are too large? With each cut to one digit it is. */
static gboolean
would_parse_if_shorter (const char *text)
{
  g_autoptr (GString) shorter = g_string_new (NULL);
  CsvcDuration ignored;

  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isdigit (p[0]) || !g_ascii_isdigit (p[1]))
      g_string_append_c (shorter, *p);
  return text[0] != '-' && csvc_duration_parse (shorter->str, &ignored, NULL);
}

static gboolean
parse_time_budget (CsvcCompiler *self, CsvcDue *due, const char *text, const char *expected)
{
  const gboolean parsed = csvc_duration_parse (text, &due->amount, NULL);

  if (parsed ? due->amount > MAX_BUDGET : would_parse_if_shorter (text))
    return complain_budget (self, due->node, BAD_BUDGET, "at most " G_STRINGIFY (MAX_HOURS) " hours", "is too long");
  return (parsed && due->amount > 0) || complain_budget (self, due->node, BAD_BUDGET, expected, "is no budget");
}

/* Days and hours are different budgets: a working day has no length of its own, and P1D is not 24 working hours. */
static gboolean
parse_budget (CsvcCompiler *self, CsvcDue *due)
{
  static const char expected[] = "hours and minutes such as \"PT3H\", or days such as \"P15D\"";
  const char *text = _csvc_node_get (due->node, budget_attribute (due->node)), *t = strchr (text, 'T');
  gboolean working = _csvc_node_get (due->node, "of") != NULL;

  if (t == NULL)
    {
      due->type = working ? CSVC_BUDGET_WORKING_DAYS : CSVC_BUDGET_CALENDAR_DAYS;
      due->amount = parse_days (text);
      if (due->amount > MAX_DAYS)
        return complain_budget (self, due->node, BAD_BUDGET, "at most " G_STRINGIFY (MAX_DAYS) " days", "is too long");
      return due->amount > 0 || complain_budget (self, due->node, BAD_BUDGET, expected, "is no budget");
    }
  if (memchr (text, 'D', t - text) != NULL)
    return complain_budget (self, due->node, MIXED_BUDGET, "either days or hours and minutes", "mixes days with hours");
  due->type = working ? CSVC_BUDGET_WORKING : CSVC_BUDGET_ELAPSED;
  return parse_time_budget (self, due, text, expected);
}

static void
compile_calendar_of (CsvcCompiler *self, CsvcDue *due, const char *id)
{
  const CsvcPart *part = _csvc_names_find (self, &self->calendars, id, due->place);

  if (part != NULL)
    due->calendar = g_ptr_array_index (self->policy->calendars, part - self->policy->calendar_parts);
}

static void
compile_instant (CsvcCompiler *self, CsvcDue *due, const char *id)
{
  const CsvcFact *fact = _csvc_names_find (self, &self->facts, id, due->place);

  due->type = CSVC_BUDGET_AT;
  if (fact == NULL)
    return;
  due->fact = fact->index;
  if (fact->type != CSVC_TYPE_DATE_TIME)
    _csvc_diagnostics_add (self->diagnostics, NOT_AN_INSTANT, due->place, 0, "a fact of type dateTime", NULL, "\"%s\" is of type %s", id,
                           csvc_type_to_string (fact->type));
}

static void
compile_due (CsvcCompiler *self, CsvcDue *due, const CsvcNode *node)
{
  const char *in = _csvc_node_get (node, "in"), *of = _csvc_node_get (node, "of"), *at = _csvc_node_get (node, "at");

  due->node = node;
  due->place = node->place;
  due->assumed = _csvc_compile_flag (node, "assumed", FALSE);
  due->source = _csvc_compile_text (self, node, "source");
  due->when = _csvc_compile_condition (self, node, "when");
  if ((in != NULL) == (at != NULL) || (of != NULL && in == NULL))
    _csvc_diagnostics_add (self->diagnostics, BUDGET_CHOICE, node->place, 0,
                           "in=\"PT3H\", in=\"PT3H\" of=\"a calendar\", or at=\"a fact\"", NULL,
                           "the row does not say once by when");
  else if (at != NULL)
    compile_instant (self, due, at);
  else if (parse_budget (self, due) && of != NULL)
    compile_calendar_of (self, due, of);
}

static void
check_rows (CsvcCompiler *self, const CsvcClock *clock)
{
  const CsvcDue *last = clock->n_dues > 0 ? &clock->dues[clock->n_dues - 1] : NULL;

  if (last == NULL)
    {
      _csvc_diagnostics_add (self->diagnostics, NO_DUE, clock->part.place, 0, "a <due>", NULL,
                             "the clock \"%s\" does not say by when", clock->part.id);
      return;
    }
  if (_csvc_node_get (last->node, "when") != NULL)
    _csvc_diagnostics_add (self->diagnostics, MAY_NOT_START, last->place, 0, "a last row without a condition", NULL,
                           "when no row of the clock \"%s\" applies, it does not start", clock->part.id);
  for (guint i = 0; i + 1 < clock->n_dues; i++)
    if (_csvc_node_get (clock->dues[i].node, "when") == NULL)
      {
        _csvc_diagnostics_add (self->diagnostics, NEVER_REACHED, clock->dues[i + 1].place, 0, "the row without a condition last", NULL,
                               "a row above always applies, so this one never does");
        return;
      }
}

/* every="…" is the budget of each cycle, and the row has no condition of its own. */
static void
compile_every (CsvcCompiler *self, CsvcClock *clock)
{
  CsvcDue *due = _csvc_compile_alloc (self, 1, sizeof (CsvcDue));
  const char *of = _csvc_node_get (clock->part.node, "of");

  due->node = clock->part.node;
  due->place = clock->part.place;
  due->assumed = clock->part.assumed;
  due->source = clock->part.source;
  if (parse_budget (self, due) && of != NULL)
    compile_calendar_of (self, due, of);
  clock->n_dues = 1;
  clock->dues = due;
  clock->recurs = TRUE;
  if (clock->met_by.n == 0)
    _csvc_lint_report (self, NEVER_RECURS, clock->part.node, "met-by=\"…\"", "nothing meets the clock \"%s\", so it does not recur", clock->part.id);
}

static void
compile_dues (CsvcCompiler *self, CsvcClock *clock)
{
  g_autoptr (GPtrArray) nodes = _csvc_compile_children (clock->part.node, "due");
  gboolean every = _csvc_node_get (clock->part.node, "every") != NULL;

  if (every && nodes->len == 0)
    {
      compile_every (self, clock);
      return;
    }
  if (every || _csvc_node_get (clock->part.node, "of") != NULL)
    _csvc_lint_report (self, EVERY_AND_DUE, clock->part.node, "every=\"P1D\", perhaps of=\"a calendar\", or <due> rows",
                       "the clock \"%s\" says twice by when, or half", clock->part.id);
  clock->n_dues = nodes->len;
  clock->dues = _csvc_compile_alloc (self, nodes->len, sizeof (CsvcDue));
  for (guint i = 0; i < nodes->len; i++)
    compile_due (self, &clock->dues[i], g_ptr_array_index (nodes, i));
  check_rows (self, clock);
}

/* ── alarms ── */

/* "12.5" of 100 as 1250 of 10,000; -1 when it is not of that form. */
static gint64
parse_share (const char *text, gsize length)
{
  gint64 share = 0;
  gsize i = 0, decimals = 0;

  for (; i < length && i < 3 && g_ascii_isdigit (text[i]); i++)
    share = share * 10 + (text[i] - '0');
  if (i == 0)
    return -1;
  if (i < length && text[i] == '.')
    for (i++; i < length && decimals < 2 && g_ascii_isdigit (text[i]); i++, decimals++)
      share = share * 10 + (text[i] - '0');
  for (gsize missing = decimals; missing < 2; missing++)
    share *= 10;
  return i == length && text[length - 1] != '.' ? share : -1;
}

static void
complain_at (CsvcCompiler *self, const CsvcAlarm *alarm, guint number, const char *expected)
{
  _csvc_diagnostics_add (self->diagnostics, number, alarm->part.place, 0, expected, NULL, "at=\"%s\" is no time for an alarm",
                         _csvc_node_get (alarm->part.node, "at"));
}

static void
compile_share (CsvcCompiler *self, CsvcAlarm *alarm, const char *at)
{
  alarm->type = CSVC_ALARM_SHARE;
  alarm->amount = parse_share (at, strlen (at) - 1);
  if (alarm->amount <= 0 || alarm->amount >= WHOLE)
    complain_at (self, alarm, BAD_SHARE, "more than 0% and less than 100% of the budget, at most two decimals");
}

/* The sign says from where: none from the start, - before and + after the due instant. */
static void
compile_offset (CsvcCompiler *self, CsvcAlarm *alarm, const char *at)
{
  const char *duration = at[0] == '-' || at[0] == '+' ? at + 1 : at;

  alarm->type = at[0] == '-' ? CSVC_ALARM_BEFORE_DUE : at[0] == '+' ? CSVC_ALARM_AFTER_DUE : CSVC_ALARM_AFTER_START;
  if (!g_str_has_prefix (duration, "PT") || !csvc_duration_parse (duration, &alarm->amount, NULL) || alarm->amount <= 0
      || alarm->amount > MAX_BUDGET)
    complain_at (self, alarm, BAD_ALARM,
                 "\"75%\", \"PT24H\" after the start, \"-PT30M\" before or \"+PT1H\" after the due instant; hours, not days");
}

/* Without at="…" it rings for the first time after one period. */
static void
compile_period (CsvcCompiler *self, CsvcAlarm *alarm)
{
  const char *every = _csvc_node_get (alarm->part.node, "every");

  if (every == NULL)
    return;
  if (strcmp (alarm->part.id, "due") == 0 || !g_str_has_prefix (every, "PT") || !csvc_duration_parse (every, &alarm->every, NULL)
      || alarm->every < MIN_PERIOD || alarm->every > MAX_BUDGET)
    {
      g_autofree char *way = _csvc_lint_dup_way (self, alarm->part.node->parent);

      _csvc_diagnostics_add (self->diagnostics, BAD_PERIOD, alarm->part.place, 0, "hours and minutes, at least PT1M; not of the alarm \"due\"",
                             way, "every=\"%s\" is no period for an alarm", every);
      alarm->every = 0;
    }
  if (_csvc_node_get (alarm->part.node, "at") != NULL)
    return;
  alarm->type = CSVC_ALARM_AFTER_START;
  alarm->amount = alarm->every;
}

static void
compile_at (CsvcCompiler *self, CsvcAlarm *alarm)
{
  const char *at = _csvc_node_get (alarm->part.node, "at");
  gboolean is_due = strcmp (alarm->part.id, "due") == 0;

  alarm->type = CSVC_ALARM_DUE;
  if (is_due && at != NULL)
    complain_at (self, alarm, DUE_WITH_AT, "no at: the alarm \"due\" rings at the due instant");
  else if (!is_due && at == NULL && _csvc_node_get (alarm->part.node, "every") == NULL)
    _csvc_diagnostics_add (self->diagnostics, ALARM_WITHOUT_AT, alarm->part.place, 0, "at=\"…\"; only the alarm \"due\" does without", NULL,
                           "the alarm \"%s\" does not say when", alarm->part.id);
  else if (at != NULL && g_str_has_suffix (at, "%"))
    compile_share (self, alarm, at);
  else if (at != NULL)
    compile_offset (self, alarm, at);
}

/* What every alarm has, also the one that is not written. */
static void
finish_alarm (CsvcCompiler *self, CsvcClock *clock, CsvcAlarm *alarm)
{
  g_autofree char *event = g_strdup_printf ("clock.%s.%s", clock->part.id, alarm->part.id);

  alarm->index = (guint) (alarm - clock->alarms);
  alarm->event = _csvc_compile_intern (self, event);
  if (alarm->type == CSVC_ALARM_DUE)
    clock->due_alarm = alarm->index;
  _csvc_compile_add_target (self, &alarm->part, "%s.alarm.%s.%s", self->kind->part.id, clock->part.id, alarm->part.id);
}

static void
add_implied_due (CsvcCompiler *self, CsvcClock *clock)
{
  CsvcAlarm *alarm = &clock->alarms[clock->n_alarms++];

  alarm->type = CSVC_ALARM_DUE;
  alarm->part.id = _csvc_compile_intern (self, "due");
  alarm->part.place = clock->part.place;
  alarm->part.node = clock->part.node;
  finish_alarm (self, clock, alarm);
}

static void
compile_alarms (CsvcCompiler *self, CsvcClock *clock)
{
  g_autoptr (GPtrArray) nodes = _csvc_compile_children (clock->part.node, "alarm");
  CsvcNames names;

  clock->alarms = _csvc_compile_alloc (self, nodes->len + 1, sizeof (CsvcAlarm));
  clock->n_alarms = nodes->len;
  _csvc_names_init (&names, "alarm", 0);
  for (guint i = 0; i < nodes->len; i++)
    {
      CsvcAlarm *alarm = &clock->alarms[i];
      const CsvcNode *node = g_ptr_array_index (nodes, i);

      _csvc_compile_part (self, &alarm->part, node);
      _csvc_names_add (self, &names, alarm->part.id, alarm, node->place);
      compile_at (self, alarm);
      compile_period (self, alarm);
      _csvc_compile_actions (self, &alarm->actions, node->children);
      finish_alarm (self, clock, alarm);
    }
  if (!g_hash_table_contains (names.index, "due"))
    add_implied_due (self, clock);
  _csvc_names_clear (&names);
}

/* ── what moves a clock ── */

static CsvcEventSet
compile_event_set (CsvcCompiler *self, const CsvcClock *clock, const char *attribute)
{
  g_auto (GStrv) words = _csvc_compile_list (self, clock->part.node, attribute);
  CsvcEventSet set = { 0, _csvc_compile_alloc (self, g_strv_length (words), sizeof (guint)) };

  for (char **word = words; *word != NULL; word++)
    {
      const CsvcEvent *event = _csvc_names_find (self, &self->events, *word, clock->part.place);

      if (event != NULL)
        set.events[set.n++] = event->index;
    }
  return set;
}

/* A clock runs only while its own state is active. */
static void
check_pausing_state (CsvcCompiler *self, const CsvcClock *clock, const CsvcState *state)
{
  if (_csvc_state_is_history (state))
    _csvc_diagnostics_add (self->diagnostics, PAUSED_IN_HISTORY, clock->part.place, 0, "a state that a case can be in", NULL,
                           "\"%s\" is a history", state->part.id);
  else if (!_csvc_states_coexist (self->kind, clock->state, state->index))
    _csvc_diagnostics_add (self->diagnostics, NEVER_PAUSED, clock->part.place, 0, "a state inside the clock's own", NULL,
                           "no case is in \"%s\" while the clock \"%s\" runs", state->part.id, clock->part.id);
}

static void
compile_paused_in (CsvcCompiler *self, CsvcClock *clock)
{
  g_auto (GStrv) words = _csvc_compile_list (self, clock->part.node, "paused-in");

  if (words[0] == NULL)
    return;
  clock->paused_in = _csvc_compile_alloc (self, self->kind->n_words, sizeof (guint64));
  for (char **word = words; *word != NULL; word++)
    {
      const CsvcState *state = _csvc_names_find (self, &self->states, *word, clock->part.place);

      if (state == NULL)
        continue;
      _csvc_bit_set (clock->paused_in, state->index);
      check_pausing_state (self, clock, state);
    }
}

static gboolean
chooses (const CsvcClock *clock, const char *attribute, const char *word)
{
  return g_strcmp0 (_csvc_node_get (clock->part.node, attribute), word) == 0;
}

static void
compile_choices (CsvcClock *clock)
{
  const CsvcNode *node = clock->part.node;

  clock->on_leave = clock->met_by.n == 0 ? CSVC_LEAVE_MET : CSVC_LEAVE_END;
  if (_csvc_node_get (node, "on-leave") != NULL)
    clock->on_leave = chooses (clock, "on-leave", "met") ? CSVC_LEAVE_MET : CSVC_LEAVE_END;
  clock->reopen = chooses (clock, "reopen", "continue")                    ? CSVC_REOPEN_CONTINUE
                  : chooses (clock, "reopen", "continue-including-closed") ? CSVC_REOPEN_CONTINUE_INCLUDING_CLOSED
                                                                           : CSVC_REOPEN_NEW_CYCLE;
  clock->on_change = chooses (clock, "on-change", "keep")    ? CSVC_CHANGE_KEEP
                     : chooses (clock, "on-change", "reset")   ? CSVC_CHANGE_RESET
                     : chooses (clock, "on-change", "forward") ? CSVC_CHANGE_FORWARD
                                                               : CSVC_CHANGE_RETROACTIVE;
  clock->restart = _csvc_compile_flag (node, "restart", FALSE);
  clock->promise = _csvc_compile_flag (node, "promise", TRUE);
}

/* ── what is valid and still looks wrong ── */

static void
lint_events (CsvcCompiler *self, const CsvcClock *clock)
{
  if (clock->promise && clock->met_by.n == 0 && clock->on_leave == CSVC_LEAVE_END)
    _csvc_diagnostics_add (self->diagnostics, NEVER_MET, clock->part.place, 0, "met-by=\"…\", on-leave=\"met\", or promise=\"false\"", NULL,
                           "the promise \"%s\" can only be missed", clock->part.id);
  if (clock->paused_by.n > 0 && clock->resumed_by.n == 0)
    _csvc_diagnostics_add (self->diagnostics, NEVER_RESUMED, clock->part.place, 0, "resumed-by=\"…\"", NULL,
                           "once paused by an event, the clock \"%s\" stays paused", clock->part.id);
}

/* The shortest budget whose length is known beforehand; G_MAXINT64 when there is none. */
static gint64
shortest_budget (const CsvcClock *clock)
{
  gint64 shortest = G_MAXINT64;

  for (guint i = 0; i < clock->n_dues; i++)
    {
      const CsvcDue *due = &clock->dues[i];

      if (due->type == CSVC_BUDGET_ELAPSED || due->type == CSVC_BUDGET_WORKING)
        shortest = MIN (shortest, due->amount);
      else if (due->type == CSVC_BUDGET_CALENDAR_DAYS)
        shortest = MIN (shortest, due->amount * CSVC_DAY);
    }
  return shortest;
}

static void
lint_alarms (CsvcCompiler *self, const CsvcClock *clock)
{
  gint64 shortest = shortest_budget (clock);

  for (guint i = 0; i < clock->n_alarms; i++)
    {
      const CsvcAlarm *alarm = &clock->alarms[i];

      if (alarm->type == CSVC_ALARM_AFTER_START && alarm->amount >= shortest && alarm->every == 0)
        _csvc_diagnostics_add (self->diagnostics, ALARM_TOO_LATE, alarm->part.place, 0, "less than the shortest budget", NULL,
                               "the alarm \"%s\" does not ring before the clock is due", alarm->part.id);
      else if (alarm->type == CSVC_ALARM_BEFORE_DUE && alarm->amount >= shortest)
        _csvc_diagnostics_add (self->diagnostics, ALARM_TOO_LATE, alarm->part.place, 0, "less than the shortest budget", NULL,
                               "the alarm \"%s\" lies before the clock starts", alarm->part.id);
    }
}

static void
compile_clock (CsvcCompiler *self, CsvcClock *clock)
{
  clock->when = _csvc_compile_condition (self, clock->part.node, "when");
  clock->met_by = compile_event_set (self, clock, "met-by");
  clock->cancelled_by = compile_event_set (self, clock, "cancelled-by");
  clock->reset_by = compile_event_set (self, clock, "reset-by");
  clock->paused_by = compile_event_set (self, clock, "paused-by");
  clock->resumed_by = compile_event_set (self, clock, "resumed-by");
  compile_paused_in (self, clock);
  compile_choices (clock);
  compile_dues (self, clock);
  compile_alarms (self, clock);
  lint_events (self, clock);
  lint_alarms (self, clock);
}

void
_csvc_compile_clocks (CsvcCompiler *self)
{
  for (guint i = 0; i < self->kind->n_clocks; i++)
    compile_clock (self, &self->kind->clocks[i]);
}
