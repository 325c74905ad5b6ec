/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "log/scenario.h"

#include <string.h>

#include "policy/fact.h"

/* Expectations. Each begins with a word of one table, which says how the rest is read and how it is judged; a judge gives
 * NULL, or what came instead. */

/* "due 12:00", "row 2", "role leader": a name and what it should be. */
typedef struct {
  char    *name;
  char    *word;
  CsvcTime time; /* CSVC_NEVER also for the word never */
  gboolean is_time;
  gint64   number;
} Field;

typedef char *(*Judge) (const CsvcExpectation *self, const CsvcOutcome *outcome);

struct _CsvcExpectation {
  guint            line;
  gboolean         negated;
  char            *text;
  char            *id;     /* of the case */
  const CsvcKind  *kind;   /* of it, or NULL */
  Judge            judge;
  gboolean         is_answer;
  CsvcAnswer       answer;
  GPtrArray       *words;  /* of char */
  const CsvcClock *clock;
  CsvcEffectType   effect;
  GArray          *fields; /* of Field */
  CsvcFacts       *facts;
  GPtrArray       *unknown; /* of char: facts that should be unknown */
  char            *customer;
  CsvcClientExpectation *client; /* of a customer, or NULL */
  CsvcCareExpectation *care; /* of a sweep, a task or a contact, or NULL */
};

typedef gboolean (*Read) (CsvcExpectation *self, CsvcWords *words, const CsvcScenario *scenario, CsvcTime at);

static void
field_clear (gpointer data)
{
  Field *self = data;

  g_free (self->name);
  g_free (self->word);
}

void
_csvc_expectation_free (CsvcExpectation *self)
{
  if (self == NULL)
    return;
  g_free (self->text);
  g_free (self->id);
  g_free (self->customer);
  _csvc_client_expectation_free (self->client);
  _csvc_care_expectation_free (self->care);
  g_ptr_array_unref (self->words);
  g_array_unref (self->fields);
  csvc_facts_unref (self->facts);
  g_ptr_array_unref (self->unknown);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcExpectation, _csvc_expectation_free)

static CsvcExpectation *
expectation_new (void)
{
  CsvcExpectation *self = g_new0 (CsvcExpectation, 1);

  self->words = g_ptr_array_new_with_free_func (g_free);
  self->fields = g_array_new (FALSE, TRUE, sizeof (Field));
  g_array_set_clear_func (self->fields, field_clear);
  self->facts = csvc_facts_new ();
  self->unknown = g_ptr_array_new_with_free_func (g_free);
  return self;
}

gboolean
_csvc_expectation_is_answer (const CsvcExpectation *self)
{
  return self->is_answer;
}

static const char *
word_at (const CsvcExpectation *self, guint i)
{
  return i < self->words->len ? self->words->pdata[i] : NULL;
}

static const CsvcCase *
case_of (const CsvcExpectation *self, const CsvcOutcome *outcome)
{
  return self->id != NULL ? g_hash_table_lookup (outcome->cases, self->id) : NULL;
}

static const CsvcZone *
zone_of (const CsvcOutcome *outcome)
{
  return csvc_policy_get_zone (outcome->scenario->policy);
}

static char *
format_time (const CsvcOutcome *outcome, CsvcTime time)
{
  return _csvc_scenario_format_time (zone_of (outcome), time);
}

/* ── answers ── */

char *
_csvc_outcome_describe_answer (const CsvcOutcome *outcome)
{
  const char *why = outcome->error != NULL        ? outcome->error->message
                    : outcome->refusal != NULL    ? csvc_refusal_get_message (outcome->refusal)
                    : outcome->permission != NULL ? csvc_permission_get_message (outcome->permission)
                                                  : NULL;

  return g_strdup_printf ("%s%s%s", csvc_answer_to_string (outcome->answer), why != NULL ? ": " : "", why != NULL ? why : "");
}

static char *
judge_answer (const CsvcExpectation *self, const CsvcOutcome *outcome)
{
  const char *fact = word_at (self, 0);
  const char *came = outcome->refusal != NULL ? csvc_refusal_get_fact (outcome->refusal) : NULL;
  const char *message = outcome->error != NULL ? outcome->error->message : "";

  if (outcome->answer != self->answer)
    return _csvc_outcome_describe_answer (outcome);
  if (self->answer == CSVC_ANSWER_FAILED && fact != NULL && strstr (message, fact) == NULL)
    return g_strdup (message);
  if (self->answer == CSVC_ANSWER_REFUSED_MISSING_FACT && fact != NULL && outcome->refusal != NULL && g_strcmp0 (fact, came) != 0)
    return g_strdup_printf ("missing fact %s", came != NULL ? came : "not named");
  return NULL;
}

static gboolean
read_accepted (CsvcExpectation *self, CsvcWords *words, const CsvcScenario *scenario, CsvcTime at)
{
  self->is_answer = TRUE;
  self->answer = CSVC_ANSWER_ACCEPTED;
  return TRUE;
}

#define REFUSALS "state, role, condition, missing-fact, time, entitlement, quota, application, scope, choice, hours or hold"

gboolean
_csvc_words_take_refusal (CsvcWords *words, CsvcAnswer *answer)
{
  const char *why = _csvc_words_need (words, "refused " REFUSALS);

  if (why == NULL)
    return FALSE;
  for (*answer = CSVC_ANSWER_REFUSED_STATE; *answer <= CSVC_ANSWER_REFUSED_HOLD; ++*answer)
    if (*answer != CSVC_ANSWER_FAILED && g_str_equal (csvc_answer_to_string (*answer) + strlen ("refused-"), why))
      return TRUE;
  return _csvc_words_complain (words, CSVC_SCENARIO_SYNTAX, REFUSALS, NULL, "nothing is refused for \"%.60s\"", why);
}

static gboolean
read_refused (CsvcExpectation *self, CsvcWords *words, const CsvcScenario *scenario, CsvcTime at)
{
  self->is_answer = TRUE;
  if (!_csvc_words_take_refusal (words, &self->answer))
    return FALSE;
  if (self->answer == CSVC_ANSWER_REFUSED_MISSING_FACT && _csvc_words_peek (words) != NULL)
    g_ptr_array_add (self->words, g_strdup (_csvc_words_take (words)));
  return TRUE;
}

static gboolean
read_fails (CsvcExpectation *self, CsvcWords *words, const CsvcScenario *scenario, CsvcTime at)
{
  self->is_answer = TRUE;
  self->answer = CSVC_ANSWER_FAILED;
  if (_csvc_words_peek (words) != NULL)
    g_ptr_array_add (self->words, g_strdup (_csvc_words_take (words)));
  return TRUE;
}

static char *
judge_because (const CsvcExpectation *self, const CsvcOutcome *outcome)
{
  const CsvcRefusal *refusal = outcome->refusal;
  g_autoptr (GString) all = g_string_new (refusal != NULL               ? csvc_refusal_get_message (refusal)
                                          : outcome->permission != NULL ? csvc_permission_get_message (outcome->permission)
                                                                        : "no refusal");

  for (guint i = 0; refusal != NULL && i < csvc_refusal_get_n_candidates (refusal); i++)
    g_string_append_printf (all, "; %s", csvc_refusal_get_candidate (refusal, i));
  return strstr (all->str, word_at (self, 0)) != NULL ? NULL : g_string_free (g_steal_pointer (&all), FALSE);
}

static gboolean
read_word (CsvcExpectation *self, CsvcWords *words, const CsvcScenario *scenario, CsvcTime at)
{
  const char *word = _csvc_words_need (words, "a word");

  if (word != NULL)
    g_ptr_array_add (self->words, g_strdup (word));
  return word != NULL;
}

/* ── states ── */

static gboolean
read_states (CsvcExpectation *self, CsvcWords *words, const CsvcScenario *scenario, CsvcTime at)
{
  do {
    const char *id = _csvc_words_need (words, "a state");

    if (id == NULL || _csvc_words_find (words, "state", id, self->kind->states, self->kind->n_states, sizeof (CsvcState)) == NULL)
      return FALSE;
    g_ptr_array_add (self->words, g_strdup (id));
  } while (_csvc_words_peek (words) != NULL);
  return TRUE;
}

static char *
join (const GPtrArray *words)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < words->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", (const char *) words->pdata[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
judge_state (const CsvcExpectation *self, const CsvcOutcome *outcome)
{
  g_autofree char *came = csvc_case_dup_states (case_of (self, outcome));
  g_autofree char *expected = join (self->words);

  return strcmp (came, expected) == 0 ? NULL : g_strdup_printf ("state %s", came);
}

static char *
judge_in (const CsvcExpectation *self, const CsvcOutcome *outcome)
{
  g_autofree char *came = csvc_case_dup_states (case_of (self, outcome));

  for (guint i = 0; i < self->words->len; i++)
    if (!csvc_case_is_in (case_of (self, outcome), word_at (self, i)))
      return g_strdup_printf ("state %s", came);
  return NULL;
}

static gboolean
read_ended (CsvcExpectation *self, CsvcWords *words, const CsvcScenario *scenario, CsvcTime at)
{
  if (_csvc_words_peek (words) != NULL)
    g_ptr_array_add (self->words, g_strdup (_csvc_words_take (words)));
  return TRUE;
}

static char *
judge_ended (const CsvcExpectation *self, const CsvcOutcome *outcome)
{
  const CsvcCase *of = case_of (self, outcome);
  const char *came = csvc_case_get_outcome (of);

  if (!csvc_case_has_ended (of))
    return g_strdup ("it goes on");
  if (word_at (self, 0) == NULL || g_strcmp0 (word_at (self, 0), came) == 0)
    return NULL;
  return g_strdup_printf ("ended %s", came != NULL ? came : "without outcome");
}

/* ── level, handler, owner ── */

static gboolean
read_level (CsvcExpectation *self, CsvcWords *words, const CsvcScenario *scenario, CsvcTime at)
{
  const CsvcPolicy *policy = scenario->latest;

  return read_word (self, words, scenario, at) &&
         _csvc_words_find (words, "level", word_at (self, 0), policy->levels, policy->n_levels, sizeof (CsvcLevel)) != NULL;
}

static char *
judge_level (const CsvcExpectation *self, const CsvcOutcome *outcome)
{
  const CsvcCase *of = case_of (self, outcome);
  const char *came = csvc_level_get_id (csvc_policy_get_level (csvc_case_get_policy (of), csvc_case_get_level (of) - 1));

  return strcmp (came, word_at (self, 0)) == 0 ? NULL : g_strdup_printf ("level %s", came);
}

static gboolean
read_role (CsvcExpectation *self, CsvcWords *words, const CsvcScenario *scenario, CsvcTime at)
{
  const CsvcPolicy *policy = scenario->latest;

  return read_word (self, words, scenario, at) &&
         _csvc_words_find (words, "role", word_at (self, 0), policy->roles, policy->n_roles, sizeof (CsvcRole)) != NULL;
}

static char *
judge_handler (const CsvcExpectation *self, const CsvcOutcome *outcome)
{
  const char *came = csvc_case_get_handler (case_of (self, outcome));

  return g_strcmp0 (came, word_at (self, 0)) == 0 ? NULL : g_strdup_printf ("handler %s", came != NULL ? came : "nobody");
}

static gboolean
add_field (CsvcExpectation *self, const char *name, const char *word)
{
  Field field = { g_strdup (name), g_strdup (word), CSVC_NEVER, FALSE, 0 };

  g_array_append_val (self->fields, field);
  return TRUE;
}

static gboolean
read_owner (CsvcExpectation *self, CsvcWords *words, const CsvcScenario *scenario, CsvcTime at)
{
  static const char *const names[] = { "by", "as", "of" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (_csvc_words_accept (words, names[i])) {
      const char *word = _csvc_words_need (words, "owner by ACTOR as ROLE of UNIT");

      if (word == NULL)
        return FALSE;
      add_field (self, names[i], word);
    }
  return self->fields->len > 0 ||
         _csvc_words_complain (words, CSVC_SCENARIO_SYNTAX, "owner by ACTOR as ROLE of UNIT", NULL, "whose owner is said by nothing");
}

static const char *
owner_part (const CsvcCase *of, const char *name)
{
  const char *part = g_str_equal (name, "by")   ? csvc_case_get_owner_actor (of)
                     : g_str_equal (name, "as") ? csvc_case_get_owner_role (of)
                                                : csvc_case_get_owner_unit (of);

  return part != NULL ? part : "nobody";
}

static char *
judge_owner (const CsvcExpectation *self, const CsvcOutcome *outcome)
{
  const CsvcCase *of = case_of (self, outcome);

  for (guint i = 0; i < self->fields->len; i++) {
    const Field *field = &g_array_index (self->fields, Field, i);

    if (strcmp (owner_part (of, field->name), field->word) != 0)
      return g_strdup_printf ("owner by %s as %s of %s", owner_part (of, "by"), owner_part (of, "as"), owner_part (of, "of"));
  }
  return NULL;
}

/* ── facts ── */

/* The texts become values of the facts' types. */
static gboolean
coerce_facts (CsvcExpectation *self, CsvcWords *words)
{
  for (guint i = 0; i < csvc_facts_get_size (self->facts); i++) {
    const char *name = csvc_facts_get_name (self->facts, i);
    const CsvcFact *fact = _csvc_words_find (words, "fact", name, self->kind->facts, self->kind->n_facts, sizeof (CsvcFact));
    g_auto (CsvcValue) value = CSVC_VALUE_UNKNOWN;
    g_autoptr (GError) error = NULL;

    if (fact == NULL)
      return FALSE;
    if (!_csvc_fact_coerce (fact, self->kind->policy->zone, csvc_facts_get_value (self->facts, i), &value, &error))
      return _csvc_words_complain (words, CSVC_SCENARIO_SYNTAX, "name = value, name = value", NULL, "%s", error->message);
    csvc_facts_set (self->facts, name, &value);
  }
  return TRUE;
}

static gboolean
read_facts (CsvcExpectation *self, CsvcWords *words, const CsvcScenario *scenario, CsvcTime at)
{
  const CsvcKind *kind = self->kind;

  if (words->facts == NULL)
    return _csvc_words_complain (words, CSVC_SCENARIO_SYNTAX, "facts: name = value", NULL, "no facts");
  if (!_csvc_words_take_facts (words, self->facts, self->unknown))
    return FALSE;
  if (!coerce_facts (self, words))
    return FALSE;
  for (guint i = 0; i < self->unknown->len; i++)
    if (_csvc_words_find (words, "fact", self->unknown->pdata[i], kind->facts, kind->n_facts, sizeof (CsvcFact)) == NULL)
      return FALSE;
  return TRUE;
}

static char *
describe_fact (const char *name, const CsvcValue *value)
{
  g_autofree char *text = value != NULL ? csvc_value_to_string (value) : g_strdup ("unknown");

  return g_strdup_printf ("%s = %s", name, text);
}

static char *
judge_facts (const CsvcExpectation *self, const CsvcOutcome *outcome)
{
  const CsvcCase *of = case_of (self, outcome);

  for (guint i = 0; i < csvc_facts_get_size (self->facts); i++) {
    const char *name = csvc_facts_get_name (self->facts, i);
    const CsvcValue *came = csvc_case_get_fact (of, name);

    if (came == NULL || !csvc_value_equal (came, csvc_facts_get_value (self->facts, i)))
      return describe_fact (name, came);
  }
  for (guint i = 0; i < self->unknown->len; i++)
    if (csvc_case_get_fact (of, self->unknown->pdata[i]) != NULL)
      return describe_fact (self->unknown->pdata[i], csvc_case_get_fact (of, self->unknown->pdata[i]));
  return NULL;
}

/* ── the next deadline ── */

/* The next word, or two, as a time. */
static gboolean
read_time_field (CsvcExpectation *self, CsvcWords *words, CsvcTime at, const char *name)
{
  Field *field;

  add_field (self, name, NULL);
  field = &g_array_index (self->fields, Field, self->fields->len - 1);
  field->is_time = TRUE;
  return _csvc_words_accept (words, "never") || _csvc_words_take_time (words, at, &field->time);
}

static gboolean
read_next (CsvcExpectation *self, CsvcWords *words, const CsvcScenario *scenario, CsvcTime at)
{
  return read_time_field (self, words, at, _csvc_words_accept (words, "wake") ? "wake" : "deadline");
}

/* One is awake a microsecond after the deadline: what happens at it is in time. */
static char *
judge_next (const CsvcExpectation *self, const CsvcOutcome *outcome)
{
  const Field *field = &g_array_index (self->fields, Field, 0);
  CsvcTime wake = csvc_case_get_next_wake (case_of (self, outcome));
  gboolean exact = wake == CSVC_NEVER || g_str_equal (field->name, "wake");
  CsvcTime came = exact ? wake : wake - CSVC_MICROSECOND;
  g_autofree char *text = format_time (outcome, came);

  return came == field->time ? NULL : g_strdup_printf ("next %s%s", exact ? "wake " : "", text);
}

/* ── clocks ── */

typedef enum { A_WORD, A_TIME, A_NUMBER, A_DURATION } Sort;

static const struct {
  const char *name;
  Sort        sort;
} clock_fields[] = { { "cycle", A_NUMBER }, { "row", A_NUMBER },     { "due", A_TIME },  { "at", A_TIME },       { "late", A_TIME },
                     { "start", A_TIME },   { "projected", A_TIME }, { "reason", A_WORD }, { "used", A_DURATION } };

static const char *const clock_words[] = { "running", "paused", "overdue", "closed", "met", "missed", "ended", "undecided", "none", NULL };

static gboolean
read_number (CsvcExpectation *self, CsvcWords *words, const char *name)
{
  const char *word = _csvc_words_need (words, "a number");
  guint64 number;

  if (word == NULL)
    return FALSE;
  if (!g_ascii_string_to_unsigned (word, 10, 0, G_MAXUINT32, &number, NULL))
    return _csvc_words_complain (words, CSVC_SCENARIO_SYNTAX, "a number", NULL, "\"%.60s\" is no number", word);
  add_field (self, name, word);
  g_array_index (self->fields, Field, self->fields->len - 1).number = (gint64) number;
  return TRUE;
}

static gboolean
read_duration (CsvcExpectation *self, CsvcWords *words, const char *name)
{
  CsvcDuration duration;

  if (!_csvc_words_take_duration (words, &duration))
    return FALSE;
  add_field (self, name, NULL);
  g_array_index (self->fields, Field, self->fields->len - 1).number = duration;
  return TRUE;
}

static gboolean
read_any_word (CsvcExpectation *self, CsvcWords *words, const char *name)
{
  const char *word = _csvc_words_need (words, "a word");

  return word != NULL && add_field (self, name, word);
}

static gboolean
read_clock_field (CsvcExpectation *self, CsvcWords *words, CsvcTime at)
{
  const char *name = _csvc_words_take (words);

  if (g_strv_contains (clock_words, name)) {
    g_ptr_array_add (self->words, g_strdup (name));
    return TRUE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (clock_fields); i++)
    if (g_str_equal (clock_fields[i].name, name))
      switch (clock_fields[i].sort) {
      case A_TIME:
        return read_time_field (self, words, at, name);
      case A_NUMBER:
        return read_number (self, words, name);
      case A_DURATION:
        return read_duration (self, words, name);
      case A_WORD:
      default:
        return read_any_word (self, words, name);
      }
  return _csvc_words_complain (words, CSVC_SCENARIO_SYNTAX,
                               "running paused overdue closed met missed ended undecided none, or cycle row due at late start projected "
                               "reason used and a value",
                               NULL, "a clock is never \"%.60s\"", name);
}

static gboolean
read_clock_name (CsvcExpectation *self, CsvcWords *words)
{
  const char *id = _csvc_words_need (words, "a clock");

  if (id != NULL)
    self->clock = _csvc_words_find (words, "clock", id, self->kind->clocks, self->kind->n_clocks, sizeof (CsvcClock));
  return self->clock != NULL;
}

static gboolean
read_clock (CsvcExpectation *self, CsvcWords *words, const CsvcScenario *scenario, CsvcTime at)
{
  if (!read_clock_name (self, words))
    return FALSE;
  if (_csvc_words_peek (words) == NULL)
    return _csvc_words_complain (words, CSVC_SCENARIO_SYNTAX, "clock CLOCK running due 12:00", NULL, "nothing is said of the clock");
  while (_csvc_words_peek (words) != NULL)
    if (!read_clock_field (self, words, at))
      return FALSE;
  return TRUE;
}

/* "due CLOCK TIME" for "clock CLOCK due TIME". */
static gboolean
read_due (CsvcExpectation *self, CsvcWords *words, const CsvcScenario *scenario, CsvcTime at)
{
  return read_clock_name (self, words) && read_time_field (self, words, at, "due");
}

/* The latest cycle of the clock, or the one that is named. */
static const CsvcCycle *
find_cycle (const CsvcExpectation *self, const CsvcCase *of)
{
  gint64 number = 0;

  for (guint i = 0; i < self->fields->len; i++)
    if (g_str_equal (g_array_index (self->fields, Field, i).name, "cycle"))
      number = g_array_index (self->fields, Field, i).number;
  for (guint i = csvc_case_get_n_cycles (of); i-- > 0;) {
    const CsvcCycle *cycle = csvc_case_get_cycle (of, i);

    if (g_str_equal (csvc_clock_get_id (csvc_cycle_get_clock (cycle)), self->clock->part.id) && (number == 0 || csvc_cycle_get_number (cycle) == number))
      return cycle;
  }
  return NULL;
}

static gint64
get_clock_field (const char *name, const CsvcCase *of, const CsvcCycle *cycle, CsvcTime now)
{
  if (g_str_equal (name, "cycle"))
    return csvc_cycle_get_number (cycle);
  if (g_str_equal (name, "row"))
    return csvc_cycle_get_row (cycle);
  if (g_str_equal (name, "due"))
    return csvc_case_get_due (of, cycle);
  if (g_str_equal (name, "at"))
    return csvc_cycle_get_verdict_at (cycle);
  if (g_str_equal (name, "late"))
    return csvc_cycle_get_met_late_at (cycle);
  if (g_str_equal (name, "start"))
    return csvc_cycle_get_start (cycle);
  if (g_str_equal (name, "projected"))
    return csvc_case_get_projected_due (of, cycle, now);
  return csvc_case_get_used (of, cycle, now);
}

static gboolean
clock_field_holds (const Field *field, const CsvcCase *of, const CsvcCycle *cycle, CsvcTime now)
{
  if (g_str_equal (field->name, "reason"))
    return g_strcmp0 (csvc_cycle_get_reason (cycle), field->word) == 0;
  return get_clock_field (field->name, of, cycle, now) == (field->is_time ? field->time : field->number);
}

static gboolean
clock_word_holds (const char *word, const CsvcCycle *cycle)
{
  if (g_str_equal (word, "undecided"))
    return csvc_cycle_get_verdict (cycle) == CSVC_VERDICT_NONE;
  return strcmp (word, csvc_cycle_state_to_string (csvc_cycle_get_state (cycle))) == 0 ||
         strcmp (word, csvc_verdict_to_string (csvc_cycle_get_verdict (cycle))) == 0;
}

static void
append_time (GString *text, const CsvcOutcome *outcome, const char *name, CsvcTime time)
{
  g_autofree char *formatted = format_time (outcome, time);

  if (time != CSVC_NEVER)
    g_string_append_printf (text, " %s %s", name, formatted);
}

static char *
describe_cycle (const CsvcCase *of, const CsvcCycle *cycle, const CsvcOutcome *outcome)
{
  CsvcTime now = outcome->step->stamp.at;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *used = csvc_duration_to_string (csvc_case_get_used (of, cycle, now));
  const char *reason = csvc_cycle_get_reason (cycle);

  g_string_append_printf (text, "cycle %u %s", csvc_cycle_get_number (cycle), csvc_cycle_state_to_string (csvc_cycle_get_state (cycle)));
  if (csvc_cycle_get_verdict (cycle) != CSVC_VERDICT_NONE)
    g_string_append_printf (text, " %s", csvc_verdict_to_string (csvc_cycle_get_verdict (cycle)));
  append_time (text, outcome, "at", csvc_cycle_get_verdict_at (cycle));
  append_time (text, outcome, "late", csvc_cycle_get_met_late_at (cycle));
  append_time (text, outcome, "due", csvc_case_get_due (of, cycle));
  if (csvc_cycle_get_state (cycle) == CSVC_CYCLE_PAUSED)
    append_time (text, outcome, "projected", csvc_case_get_projected_due (of, cycle, now));
  append_time (text, outcome, "start", csvc_cycle_get_start (cycle));
  g_string_append_printf (text, " row %u used %s", csvc_cycle_get_row (cycle), used);
  if (reason != NULL)
    g_string_append_printf (text, " reason %s", reason);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
clock_holds (const CsvcExpectation *self, const CsvcOutcome *outcome, const CsvcCycle *cycle)
{
  for (guint i = 0; i < self->words->len; i++)
    if (!clock_word_holds (word_at (self, i), cycle))
      return FALSE;
  for (guint i = 0; i < self->fields->len; i++)
    if (!clock_field_holds (&g_array_index (self->fields, Field, i), case_of (self, outcome), cycle, outcome->step->stamp.at))
      return FALSE;
  return TRUE;
}

static char *
judge_clock (const CsvcExpectation *self, const CsvcOutcome *outcome)
{
  const CsvcCase *of = case_of (self, outcome);
  const CsvcCycle *cycle = find_cycle (self, of);
  gboolean none = g_strcmp0 (word_at (self, 0), "none") == 0;

  if (cycle == NULL)
    return none ? NULL : g_strdup ("it never started");
  return !none && clock_holds (self, outcome, cycle) ? NULL : describe_cycle (of, cycle, outcome);
}

/* ── effects ── */

static gboolean
read_effect_field (CsvcExpectation *self, CsvcWords *words, CsvcTime at, const char *name)
{
  g_autofree char *word = g_strdup (_csvc_words_peek (words));
  Field *field;

  if (!_csvc_words_has_time (words))
    return _csvc_words_need (words, "FIELD VALUE") != NULL && add_field (self, name, word);
  if (!read_time_field (self, words, at, name))
    return FALSE;
  /* A key is a text, and may be a date. */
  field = &g_array_index (self->fields, Field, self->fields->len - 1);
  field->word = g_steal_pointer (&word);
  return TRUE;
}

static gboolean
read_effect (CsvcExpectation *self, CsvcWords *words, const CsvcScenario *scenario, CsvcTime at)
{
  const char *word = _csvc_words_need (words, "effect TYPE FIELD VALUE");
  const char *name, *known;

  if (word == NULL)
    return FALSE;
  for (guint i = 1; (known = csvc_effect_type_to_string ((CsvcEffectType) i)) != NULL; i++)
    if (g_str_equal (known, word))
      self->effect = (CsvcEffectType) i;
  if (self->effect == 0)
    return _csvc_words_complain (words, CSVC_SCENARIO_NAME, "such as state-entered, clock-started, notify", NULL, "no effect \"%.60s\"",
                                 word);
  while ((name = _csvc_words_take (words)) != NULL)
    if (!read_effect_field (self, words, at, name))
      return FALSE;
  return _csvc_words_take_facts (words, self->facts, NULL);
}

static gboolean
read_alarm (CsvcExpectation *self, CsvcWords *words, const CsvcScenario *scenario, CsvcTime at)
{
  const char *id;

  self->effect = CSVC_EFFECT_ALARM;
  if (!read_clock_name (self, words))
    return FALSE;
  id = _csvc_words_need (words, "alarm CLOCK ALARM at TIME");
  if (id == NULL || _csvc_words_find (words, "alarm", id, self->clock->alarms, self->clock->n_alarms, sizeof (CsvcAlarm)) == NULL)
    return FALSE;
  add_field (self, "clock", self->clock->part.id);
  add_field (self, "alarm", id);
  return !_csvc_words_accept (words, "at") || read_time_field (self, words, at, "deadline");
}

static gboolean
read_notify (CsvcExpectation *self, CsvcWords *words, const CsvcScenario *scenario, CsvcTime at)
{
  self->effect = CSVC_EFFECT_NOTIFY;
  return read_role (self, words, scenario, at) && add_field (self, "role", word_at (self, 0));
}

static gboolean
read_message (CsvcExpectation *self, CsvcWords *words, const CsvcScenario *scenario, CsvcTime at)
{
  self->effect = CSVC_EFFECT_MESSAGE;
  return read_word (self, words, scenario, at) && add_field (self, "name", word_at (self, 0)) &&
         _csvc_words_take_facts (words, self->facts, NULL);
}

static gboolean
effect_field_holds (const Field *field, const CsvcEffect *effect)
{
  const CsvcValue *value = csvc_effect_get_value (effect);
  const char *text = csvc_effect_get_text (effect, field->name);
  g_autofree char *written = NULL;
  guint64 number;
  gint64 amount;

  if (text != NULL)
    return g_strcmp0 (text, field->word) == 0;
  if (field->is_time)
    return (g_str_equal (field->name, "at") ? csvc_effect_get_at (effect) : csvc_effect_get_time (effect, field->name)) == field->time;
  if (value != NULL && g_str_equal (field->name, "value")) {
    written = csvc_value_to_string (value);
    return strcmp (written, field->word) == 0;
  }
  if (g_str_equal (field->name, "amount") || g_str_equal (field->name, "left"))
    return g_ascii_string_to_signed (field->word, 10, G_MININT64, G_MAXINT64, &amount, NULL) &&
           csvc_effect_get_amount (effect, field->name) == amount;
  return g_ascii_string_to_unsigned (field->word, 10, 1, G_MAXUINT32, &number, NULL) &&
         csvc_effect_get_number (effect, field->name) == number;
}

static gboolean
arguments_hold (const CsvcFacts *expected, const CsvcFacts *came)
{
  for (guint i = 0; i < csvc_facts_get_size (expected); i++) {
    const CsvcValue *value = came != NULL ? csvc_facts_find (came, csvc_facts_get_name (expected, i)) : NULL;
    g_autofree char *left = csvc_value_to_string (csvc_facts_get_value (expected, i));
    g_autofree char *right = value != NULL ? csvc_value_to_string (value) : NULL;

    if (g_strcmp0 (left, right) != 0)
      return FALSE;
  }
  return TRUE;
}

static gboolean
effect_holds (const CsvcExpectation *self, const CsvcEffect *effect)
{
  if (csvc_effect_get_type (effect) != self->effect)
    return FALSE;
  for (guint i = 0; i < self->fields->len; i++)
    if (!effect_field_holds (&g_array_index (self->fields, Field, i), effect))
      return FALSE;
  return arguments_hold (self->facts, csvc_effect_get_arguments (effect));
}

/* Those of the type that was looked for; if there are none, all. */
static char *
describe_effects (const CsvcOutcome *outcome, CsvcEffectType type)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < csvc_effects_get_size (outcome->effects); i++) {
    g_autofree char *line = csvc_effect_to_string (csvc_effects_get (outcome->effects, i));

    if (type == 0 || csvc_effect_get_type (csvc_effects_get (outcome->effects, i)) == type)
      g_string_append_printf (text, "%s%s", text->len > 0 ? "; " : "", line);
  }
  if (text->len == 0 && type != 0)
    return describe_effects (outcome, (CsvcEffectType) 0);
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : g_strdup ("no effect");
}

static char *
judge_effect (const CsvcExpectation *self, const CsvcOutcome *outcome)
{
  for (guint i = 0; i < csvc_effects_get_size (outcome->effects); i++)
    if (effect_holds (self, csvc_effects_get (outcome->effects, i)))
      return NULL;
  return describe_effects (outcome, self->effect);
}

/* "alarms none", or all that rang in the step, in order: "reply.soon handle.due". */
static gboolean
read_alarms (CsvcExpectation *self, CsvcWords *words, const CsvcScenario *scenario, CsvcTime at)
{
  const char *word;

  if (_csvc_words_accept (words, "none"))
    return TRUE;
  do {
    word = _csvc_words_need (words, "alarms none, or CLOCK.ALARM …");
    if (word == NULL)
      return FALSE;
    g_ptr_array_add (self->words, g_strdup (word));
  } while (_csvc_words_peek (words) != NULL);
  return TRUE;
}

static char *
judge_alarms (const CsvcExpectation *self, const CsvcOutcome *outcome)
{
  g_autoptr (GString) came = g_string_new (NULL);
  g_autofree char *expected = join (self->words);

  for (guint i = 0; i < csvc_effects_get_size (outcome->effects); i++) {
    const CsvcEffect *effect = csvc_effects_get (outcome->effects, i);

    if (csvc_effect_get_type (effect) == CSVC_EFFECT_ALARM)
      g_string_append_printf (came, "%s%s.%s", came->len > 0 ? " " : "", csvc_effect_get_text (effect, "clock"),
                              csvc_effect_get_text (effect, "alarm"));
  }
  return strcmp (came->str, expected) == 0 ? NULL : g_strdup_printf ("alarms %s", came->len > 0 ? came->str : "none");
}

static gboolean
read_quiet (CsvcExpectation *self, CsvcWords *words, const CsvcScenario *scenario, CsvcTime at)
{
  return TRUE;
}

static char *
judge_quiet (const CsvcExpectation *self, const CsvcOutcome *outcome)
{
  return csvc_effects_get_size (outcome->effects) == 0 ? NULL : describe_effects (outcome, (CsvcEffectType) 0);
}

/* ── the table ── */

#define OF_CASE 1
#define CAN_NOT 2

static const struct {
  const char *word;
  Read        read;
  Judge       judge;
  guint       flags;
} forms[] = {
  { "accepted", read_accepted, judge_answer, 0 },
  { "refused", read_refused, judge_answer, 0 },
  { "fails", read_fails, judge_answer, 0 },
  { "because", read_word, judge_because, 0 },
  { "state", read_states, judge_state, OF_CASE },
  { "in", read_states, judge_in, OF_CASE | CAN_NOT },
  { "ended", read_ended, judge_ended, OF_CASE | CAN_NOT },
  { "level", read_level, judge_level, OF_CASE },
  { "handler", read_role, judge_handler, OF_CASE },
  { "owner", read_owner, judge_owner, OF_CASE },
  { "facts", read_facts, judge_facts, OF_CASE },
  { "next", read_next, judge_next, OF_CASE },
  { "clock", read_clock, judge_clock, OF_CASE },
  { "due", read_due, judge_clock, OF_CASE },
  { "alarm", read_alarm, judge_effect, OF_CASE | CAN_NOT },
  { "alarms", read_alarms, judge_alarms, 0 },
  { "notify", read_notify, judge_effect, CAN_NOT },
  { "message", read_message, judge_effect, CAN_NOT },
  { "effect", read_effect, judge_effect, CAN_NOT },
  { "quiet", read_quiet, judge_quiet, 0 },
};

static gboolean
find_form (CsvcWords *words, const char *word, guint *form)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *hint = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++) {
    if (g_str_equal (forms[i].word, word)) {
      *form = i;
      return TRUE;
    }
    g_ptr_array_add (names, (gpointer) forms[i].word);
  }
  _csvc_client_expectation_add_words (names);
  _csvc_care_expectation_add_words (names);
  g_ptr_array_add (names, NULL);
  hint = _csvc_suggest (word, (const char *const *) names->pdata);
  return _csvc_words_complain (words, CSVC_SCENARIO_SYNTAX, "what docs/scenarios.md lists: state, clock, due, alarm, effect, refused, …", hint,
                               "nothing can be expected of \"%.60s\"", word);
}

#define CAN_NOT_BE "not in, ended, alarm, notify, message, effect, warned, overridden, plan, task"

static char *
judge_customer (const CsvcExpectation *self, const CsvcOutcome *outcome)
{
  return _csvc_client_expectation_judge (self->client, outcome);
}

static gboolean
read_of_customer (CsvcExpectation *self, CsvcWords *words, const CsvcScenario *scenario, const char *word, CsvcTime at)
{
  if (self->negated && !_csvc_client_expectation_can_not (word))
    return _csvc_words_complain (words, CSVC_SCENARIO_SYNTAX, CAN_NOT_BE, NULL, "\"not %s\" says too little", word);
  if (self->customer == NULL)
    return _csvc_words_complain (words, CSVC_SCENARIO_NAME, "put CUSTOMER before it", NULL, "no customer was named yet");
  self->judge = judge_customer;
  self->client = _csvc_client_expectation_read (words, scenario->latest, word, self->customer, at);
  return self->client != NULL && _csvc_words_end (words);
}

static char *
judge_care (const CsvcExpectation *self, const CsvcOutcome *outcome)
{
  return _csvc_care_expectation_judge (self->care, outcome);
}

static gboolean
read_of_care (CsvcExpectation *self, CsvcWords *words, const CsvcScenario *scenario, const char *word, const CsvcScenarioStep *step)
{
  if (self->negated && !_csvc_care_expectation_can_not (word))
    return _csvc_words_complain (words, CSVC_SCENARIO_SYNTAX, CAN_NOT_BE, NULL, "\"not %s\" says too little", word);
  self->judge = judge_care;
  self->care = _csvc_care_expectation_read (words, scenario, word, self->customer, step);
  return self->care != NULL && _csvc_words_end (words);
}

static gboolean
read_form (CsvcExpectation *self, CsvcWords *words, const CsvcScenario *scenario, const CsvcScenarioStep *step)
{
  const CsvcTime at = step->stamp.at;
  const char *word;
  guint form = 0;

  self->negated = _csvc_words_accept (words, "not");
  word = _csvc_words_need (words, "what is expected");
  if (word != NULL && _csvc_client_expectation_knows (word))
    return read_of_customer (self, words, scenario, word, at);
  if (word != NULL && _csvc_care_expectation_knows (word))
    return read_of_care (self, words, scenario, word, step);
  if (word == NULL || !find_form (words, word, &form))
    return FALSE;
  if (self->negated && !(forms[form].flags & CAN_NOT))
    return _csvc_words_complain (words, CSVC_SCENARIO_SYNTAX, CAN_NOT_BE, NULL, "\"not %s\" says too little", word);
  if (self->kind == NULL && (forms[form].flags & OF_CASE))
    return _csvc_words_complain (words, CSVC_SCENARIO_NAME, "open KIND CASE before it", NULL, "no case was opened yet");
  self->judge = forms[form].judge;
  return forms[form].read (self, words, scenario, at) && _csvc_words_end (words);
}

CsvcExpectation *
_csvc_expectation_read (CsvcWords *words, const CsvcScenario *scenario, const CsvcKind *kind, const char *id, const char *customer,
                        const CsvcScenarioStep *step, const char *text)
{
  g_autoptr (CsvcExpectation) self = expectation_new ();

  self->line = words->line;
  self->text = g_strstrip (g_strdup (text));
  self->id = g_strdup (id);
  self->customer = g_strdup (customer);
  self->kind = kind;
  return read_form (self, words, scenario, step) ? g_steal_pointer (&self) : NULL;
}

/* A case that was not opened has nothing to be judged: that it was not is said already, of its opening. */
void
_csvc_expectation_judge (const CsvcExpectation *self, const CsvcOutcome *outcome, CsvcDiagnostics *failures)
{
  gboolean about_case = self->judge != judge_answer && self->judge != judge_because && self->judge != judge_effect &&
                        self->judge != judge_alarms && self->judge != judge_quiet && self->judge != judge_customer && self->judge != judge_care;
  g_autofree char *came = NULL;

  if (about_case && case_of (self, outcome) == NULL)
    came = g_strdup ("the case is not open");
  else
    came = self->judge (self, outcome);
  if (self->negated ? came != NULL : came == NULL)
    return;
  _csvc_diagnostics_add (failures, CSVC_SCENARIO_UNMET, (CsvcPlace){ outcome->scenario->path, self->line }, 0, self->text, NULL, "%s",
                         self->negated ? "it is so" : came);
}
