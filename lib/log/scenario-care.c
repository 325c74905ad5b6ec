/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "log/scenario.h"

#include <string.h>

/* What is expected of a sweep: how much was done, what was planned for a customer and why, in which order; and of a customer: tasks, and whether
 * they may be contacted. After what is named, options stand in any order; a judge compares those that were said. */

enum {
  SAYS_KEY = 1,
  SAYS_VETO = 2,
  SAYS_MISSING = 4,
  SAYS_SCRIPT = 8,
  SAYS_CASE = 16,
  SAYS_DUE = 32,
  SAYS_AT = 64,
  SAYS_NEXT = 128,
  SAYS_BECAUSE = 256,
  SAYS_REFUSED = 512
};

enum { OF_SWEEP = 1, OF_CUSTOMER = 2, CAN_NOT = 4 };

typedef struct _Form Form;

struct _CsvcCareExpectation {
  const Form *form;
  char       *customer;
  char       *rule;    /* or a channel */
  char       *word;    /* a decision, how a task is, or a purpose; NULL: any */
  gint64      number;
  GPtrArray  *order;   /* of char: CUSTOMER/RULE */
  char       *key, *veto, *missing, *script, *case_id, *because;
  CsvcTime    due, at, next;
  guint       said;    /* which options */
};

struct _Form {
  const char *word;
  gboolean  (*read) (CsvcCareExpectation *self, CsvcWords *words, const CsvcScenario *scenario);
  char     *(*judge) (const CsvcCareExpectation *self, const CsvcOutcome *outcome);
  guint       options;
  guint       flags;
};

void
_csvc_care_expectation_free (CsvcCareExpectation *self)
{
  if (self == NULL)
    return;
  g_free (self->because);
  g_free (self->case_id);
  g_free (self->script);
  g_free (self->missing);
  g_free (self->veto);
  g_free (self->key);
  g_ptr_array_unref (self->order);
  g_free (self->word);
  g_free (self->rule);
  g_free (self->customer);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcCareExpectation, _csvc_care_expectation_free)

/* ── which options there are ── */

static const struct {
  const char *word;
  guint       option;
} options[] = { { "key", SAYS_KEY },   { "veto", SAYS_VETO }, { "missing", SAYS_MISSING }, { "script", SAYS_SCRIPT },   { "case", SAYS_CASE },
                { "due", SAYS_DUE },   { "at", SAYS_AT },     { "next", SAYS_NEXT },       { "because", SAYS_BECAUSE }, { "refused", SAYS_REFUSED } };

static guint
find_option (const CsvcCareExpectation *self, const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    if ((self->form->options & options[i].option) && g_str_equal (options[i].word, word))
      return options[i].option;
  return 0;
}

static gboolean
is_option (const CsvcCareExpectation *self, const char *word)
{
  return find_option (self, word) != 0;
}

/* ── reading ── */

static gboolean
read_number (CsvcCareExpectation *self, CsvcWords *words, const CsvcScenario *scenario)
{
  return _csvc_words_take_number (words, &self->number);
}

/* One that the first version had may be gone by now. */
static gboolean
check_rule (CsvcWords *words, const CsvcScenario *scenario, const char *id)
{
  const CsvcRules *rules = &scenario->latest->rules;

  return csvc_policy_find_rule (scenario->policy, id) != NULL ||
         _csvc_words_find (words, "rule", id, rules->rules, rules->n_rules, sizeof (CsvcRule)) != NULL;
}

static gboolean
read_rule (CsvcCareExpectation *self, CsvcWords *words, const CsvcScenario *scenario)
{
  self->rule = g_strdup (_csvc_words_need (words, "a rule"));
  return self->rule != NULL && check_rule (words, scenario, self->rule);
}

#define DECISIONS "open, keep, update, close, done, suppressed or undecided"

/* How it was decided may be left out: something was said of the rule. */
static gboolean
read_plan (CsvcCareExpectation *self, CsvcWords *words, const CsvcScenario *scenario)
{
  const char *names[CSVC_PLAN_UNDECIDED + 2] = { NULL };
  g_autofree char *hint = NULL;
  const char *word;

  if (_csvc_words_accept (words, "none"))
    return TRUE;
  if (!read_rule (self, words, scenario))
    return FALSE;
  word = _csvc_words_peek (words);
  if (word == NULL || is_option (self, word))
    return TRUE;
  for (guint i = CSVC_PLAN_OPEN; i <= CSVC_PLAN_UNDECIDED; i++)
    names[i] = csvc_plan_decision_to_string ((CsvcPlanDecision) i);
  self->word = g_strdup (_csvc_words_take (words));
  if (g_strv_contains (names, self->word))
    return TRUE;
  hint = _csvc_suggest (self->word, names);
  return _csvc_words_complain (words, CSVC_SCENARIO_SYNTAX, DECISIONS, hint, "a plan never says \"%.60s\"", self->word);
}

static gboolean
read_task (CsvcCareExpectation *self, CsvcWords *words, const CsvcScenario *scenario)
{
  static const char *const names[] = { "open", "closed", "none", NULL };
  const char *word;

  if (!read_rule (self, words, scenario))
    return FALSE;
  word = _csvc_words_peek (words);
  if (word == NULL || !g_strv_contains (names, word))
    return _csvc_words_complain (words, CSVC_SCENARIO_SYNTAX, "task RULE open, closed or none", NULL, "how the task is, is not said");
  self->word = g_strdup (_csvc_words_take (words));
  return TRUE;
}

static gboolean
read_contact (CsvcCareExpectation *self, CsvcWords *words, const CsvcScenario *scenario)
{
  self->rule = g_strdup (_csvc_words_need_channel (words, scenario->latest));
  if (self->rule == NULL)
    return FALSE;
  self->word = g_strdup (_csvc_words_need_purpose (words, scenario->latest));
  return self->word != NULL;
}

static gboolean
read_place (CsvcCareExpectation *self, CsvcWords *words, const CsvcScenario *scenario)
{
  const char *word = _csvc_words_need (words, "order CUSTOMER/RULE …");
  const char *slash = word != NULL ? strrchr (word, '/') : NULL;

  if (word == NULL)
    return FALSE;
  if (slash == NULL)
    return _csvc_words_complain (words, CSVC_SCENARIO_SYNTAX, "order CUSTOMER/RULE …", NULL, "\"%.60s\" names no rule", word);
  g_ptr_array_add (self->order, g_strdup (word));
  return check_rule (words, scenario, slash + 1);
}

static gboolean
read_order (CsvcCareExpectation *self, CsvcWords *words, const CsvcScenario *scenario)
{
  do
    if (!read_place (self, words, scenario))
      return FALSE;
  while (_csvc_words_peek (words) != NULL);
  return TRUE;
}

/* ── options ── */

/* The policy's own, and what else stands in the way. */
static gboolean
check_veto (CsvcWords *words, const CsvcPolicy *policy, const char *id, const char *const *others)
{
  const guint n = csvc_policy_get_n_vetoes (policy);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *list = g_strjoinv (", ", (char **) others), *known = g_strdup_printf ("a veto of the policy, %s", list);
  g_autofree char *hint = NULL;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (names, (gpointer) csvc_veto_get_id (csvc_policy_get_veto (policy, i)));
  for (; *others != NULL; others++)
    g_ptr_array_add (names, (gpointer) *others);
  g_ptr_array_add (names, NULL);
  if (g_strv_contains ((const char *const *) names->pdata, id))
    return TRUE;
  hint = _csvc_suggest (id, (const char *const *) names->pdata);
  return _csvc_words_complain (words, CSVC_SCENARIO_NAME, known, hint, "no veto \"%.60s\"", id);
}

static gboolean
take_word (CsvcWords *words, char **place)
{
  g_free (*place);
  *place = g_strdup (_csvc_words_need (words, "a word"));
  return *place != NULL;
}

static gboolean
take_veto (CsvcCareExpectation *self, CsvcWords *words, const CsvcPolicy *policy, guint option)
{
  static const char *const of_plans[] = { "cap", "capacity", "cool-down", "cause-gone", "rule-gone", "not-valid", NULL };
  static const char *const of_contacts[] = { "cap", "quiet", NULL };

  return take_word (words, &self->veto) && check_veto (words, policy, self->veto, option == SAYS_VETO ? of_plans : of_contacts);
}

static gboolean
take_script (CsvcCareExpectation *self, CsvcWords *words, const CsvcPolicy *policy)
{
  const CsvcRules *rules = &policy->rules;

  return take_word (words, &self->script) &&
         _csvc_words_find (words, "script", self->script, rules->scripts, rules->n_scripts, sizeof (CsvcScript)) != NULL;
}

static gboolean
take_time (CsvcWords *words, CsvcTime at, CsvcTime *time)
{
  *time = CSVC_NEVER;
  return _csvc_words_accept (words, "never") || _csvc_words_take_time (words, at, time);
}

static gboolean
take_option (CsvcCareExpectation *self, CsvcWords *words, const CsvcPolicy *policy, CsvcTime at, guint option)
{
  self->said |= option;
  switch (option) {
  case SAYS_KEY:
    return take_word (words, &self->key);
  case SAYS_VETO:
  case SAYS_REFUSED:
    return take_veto (self, words, policy, option);
  case SAYS_MISSING:
    return take_word (words, &self->missing);
  case SAYS_SCRIPT:
    return take_script (self, words, policy);
  case SAYS_CASE:
    return take_word (words, &self->case_id);
  case SAYS_DUE:
    return take_time (words, at, &self->due);
  case SAYS_AT:
    return take_time (words, at, &self->at);
  case SAYS_NEXT:
    return take_time (words, at, &self->next);
  case SAYS_BECAUSE:
  default:
    return take_word (words, &self->because);
  }
}

/* Whatever is none is complained of at the end of the line. */
static gboolean
read_options (CsvcCareExpectation *self, CsvcWords *words, const CsvcPolicy *policy, CsvcTime at)
{
  while (_csvc_words_peek (words) != NULL && is_option (self, _csvc_words_peek (words)))
    if (!take_option (self, words, policy, at, find_option (self, _csvc_words_take (words))))
      return FALSE;
  return TRUE;
}

/* ── of a sweep ── */

static guint
count_done (const CsvcSweep *sweep, const char *word)
{
  if (sweep == NULL)
    return 0;
  if (g_str_equal (word, "opened"))
    return csvc_sweep_get_n_opened (sweep);
  if (g_str_equal (word, "updated"))
    return csvc_sweep_get_n_updated (sweep);
  return g_str_equal (word, "closed") ? csvc_sweep_get_n_closed (sweep) : csvc_sweep_get_n_left (sweep);
}

static char *
judge_done (const CsvcCareExpectation *self, const CsvcOutcome *outcome)
{
  guint came = count_done (outcome->sweep, self->form->word);

  return came == self->number ? NULL : g_strdup_printf ("%s %u", self->form->word, came);
}

static char *
place_of (const CsvcPlan *plan, guint i)
{
  const CsvcPlanItem *item = csvc_plan_get (plan, i);

  return g_strdup_printf ("%s/%s", csvc_plan_item_get_customer (item), csvc_plan_item_get_rule_id (item));
}

/* Others may stand between. */
static char *
judge_order (const CsvcCareExpectation *self, const CsvcOutcome *outcome)
{
  const CsvcPlan *plan = _csvc_outcome_get_plan (outcome);
  g_autoptr (GString) came = g_string_new ("order");
  guint found = 0;

  for (guint i = 0; plan != NULL && i < csvc_plan_get_size (plan); i++) {
    g_autofree char *place = place_of (plan, i);

    found += found < self->order->len && strcmp (place, self->order->pdata[found]) == 0;
    g_string_append_printf (came, " %s", place);
  }
  return found == self->order->len ? NULL : g_string_free (g_steal_pointer (&came), FALSE);
}

/* ── what was planned for a customer ── */

static const char *
script_of (const CsvcPlanItem *item)
{
  return csvc_plan_item_get_script (item) != NULL ? csvc_script_get_id (csvc_plan_item_get_script (item)) : NULL;
}

static gboolean
is_about (const CsvcCareExpectation *self, const CsvcPlanItem *item)
{
  return strcmp (csvc_plan_item_get_customer (item), self->customer) == 0 &&
         (self->rule == NULL || strcmp (csvc_plan_item_get_rule_id (item), self->rule) == 0);
}

static gboolean
text_holds (const CsvcCareExpectation *self, guint option, const char *expected, const char *came)
{
  return !(self->said & option) || g_strcmp0 (expected, came) == 0;
}

static gboolean
item_holds (const CsvcCareExpectation *self, const CsvcPlanItem *item)
{
  const char *decision = csvc_plan_decision_to_string (csvc_plan_item_get_decision (item));

  return (self->word == NULL || strcmp (self->word, decision) == 0) && text_holds (self, SAYS_KEY, self->key, csvc_plan_item_get_key (item)) &&
         text_holds (self, SAYS_VETO, self->veto, csvc_plan_item_get_veto (item)) &&
         text_holds (self, SAYS_MISSING, self->missing, csvc_plan_item_get_missing (item)) &&
         text_holds (self, SAYS_SCRIPT, self->script, script_of (item)) &&
         text_holds (self, SAYS_CASE, self->case_id, csvc_plan_item_get_case (item)) &&
         (!(self->said & SAYS_DUE) || self->due == csvc_plan_item_get_due (item)) &&
         (!(self->said & SAYS_BECAUSE) || strstr (csvc_plan_item_get_reason (item), self->because) != NULL);
}

static void
append_word (GString *out, const char *name, const char *word)
{
  if (word != NULL)
    g_string_append_printf (out, " %s %s", name, word);
}

static void
append_time (GString *out, const char *name, const CsvcOutcome *outcome, CsvcTime time)
{
  g_autofree char *text = _csvc_scenario_format_time (csvc_policy_get_zone (outcome->scenario->policy), time);

  if (time != CSVC_NEVER)
    append_word (out, name, text);
}

static void
append_item (GString *out, const CsvcOutcome *outcome, const CsvcPlanItem *item)
{
  g_string_append_printf (out, "%splan %s %s", out->len > 0 ? "; " : "", csvc_plan_item_get_rule_id (item),
                          csvc_plan_decision_to_string (csvc_plan_item_get_decision (item)));
  append_word (out, "key", csvc_plan_item_get_key (item));
  append_word (out, "veto", csvc_plan_item_get_veto (item));
  append_word (out, "missing", csvc_plan_item_get_missing (item));
  append_word (out, "script", script_of (item));
  append_time (out, "due", outcome, csvc_plan_item_get_due (item));
  g_string_append_printf (out, " because \"%s\"", csvc_plan_item_get_reason (item));
}

/* All of the customer's, or those of the rule. */
static char *
describe_plan (const CsvcCareExpectation *self, const CsvcOutcome *outcome)
{
  const CsvcPlan *plan = _csvc_outcome_get_plan (outcome);
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; plan != NULL && i < csvc_plan_get_size (plan); i++)
    if (is_about (self, csvc_plan_get (plan, i)))
      append_item (out, outcome, csvc_plan_get (plan, i));
  return out->len > 0 ? g_string_free (g_steal_pointer (&out), FALSE) : g_strdup_printf ("nothing is planned for %s", self->customer);
}

static char *
judge_plan (const CsvcCareExpectation *self, const CsvcOutcome *outcome)
{
  const CsvcPlan *plan = _csvc_outcome_get_plan (outcome);
  gboolean any = FALSE, holds = FALSE;

  for (guint i = 0; plan != NULL && i < csvc_plan_get_size (plan); i++) {
    const CsvcPlanItem *item = csvc_plan_get (plan, i);

    any |= is_about (self, item);
    holds |= is_about (self, item) && item_holds (self, item);
  }
  return (self->rule == NULL ? !any : holds) ? NULL : describe_plan (self, outcome);
}

/* ── tasks ── */

static gboolean
task_holds (const CsvcCareExpectation *self, const CsvcCustomer *of, guint i)
{
  const char *rule, *key, *case_id;
  CsvcTime opened_at, closed_at, due;
  gboolean is_open;

  csvc_customer_get_task (of, i, &rule, &key, &case_id, &opened_at, &closed_at, &due);
  is_open = closed_at == CSVC_NEVER;
  return strcmp (rule, self->rule) == 0 && text_holds (self, SAYS_KEY, self->key, key) &&
         (g_str_equal (self->word, "none") || is_open == g_str_equal (self->word, "open")) &&
         text_holds (self, SAYS_CASE, self->case_id, case_id) && (!(self->said & SAYS_DUE) || due == self->due) &&
         (!(self->said & SAYS_AT) || (is_open ? opened_at : closed_at) == self->at);
}

static void
append_task (GString *out, const CsvcOutcome *outcome, const CsvcCustomer *of, guint i)
{
  const char *rule, *key, *case_id;
  CsvcTime opened_at, closed_at, due;

  csvc_customer_get_task (of, i, &rule, &key, &case_id, &opened_at, &closed_at, &due);
  g_string_append_printf (out, "%stask %s %s", out->len > 0 ? "; " : "", rule, closed_at == CSVC_NEVER ? "open" : "closed");
  append_word (out, "key", key);
  append_word (out, "case", case_id);
  append_time (out, "due", outcome, due);
  append_time (out, "at", outcome, closed_at == CSVC_NEVER ? opened_at : closed_at);
}

static char *
describe_tasks (const CsvcOutcome *outcome, const CsvcCustomer *of)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < csvc_customer_get_n_tasks (of); i++)
    append_task (out, outcome, of, i);
  return out->len > 0 ? g_string_free (g_steal_pointer (&out), FALSE) : g_strdup ("there was never a task");
}

static const CsvcCustomer *
find_customer (const CsvcCareExpectation *self, const CsvcOutcome *outcome)
{
  return g_hash_table_lookup (outcome->customers, self->customer);
}

static char *
know_nothing (const CsvcCareExpectation *self)
{
  return g_strdup_printf ("nothing is known of customer %s", self->customer);
}

static char *
judge_task (const CsvcCareExpectation *self, const CsvcOutcome *outcome)
{
  const CsvcCustomer *of = find_customer (self, outcome);
  gboolean any = FALSE;

  if (of == NULL)
    return know_nothing (self);
  for (guint i = 0; i < csvc_customer_get_n_tasks (of); i++)
    any |= task_holds (self, of, i);
  return any != g_str_equal (self->word, "none") ? NULL : describe_tasks (outcome, of);
}

static char *
judge_tasks (const CsvcCareExpectation *self, const CsvcOutcome *outcome)
{
  const CsvcCustomer *of = find_customer (self, outcome);
  gint64 n = 0;

  if (of == NULL)
    return know_nothing (self);
  for (guint i = 0; i < csvc_customer_get_n_tasks (of); i++) {
    CsvcTime closed_at;

    csvc_customer_get_task (of, i, NULL, NULL, NULL, NULL, &closed_at, NULL);
    n += closed_at == CSVC_NEVER;
  }
  return n == self->number ? NULL : describe_tasks (outcome, of);
}

/* ── contacts ── */

static gboolean
permission_holds (const CsvcCareExpectation *self, const CsvcPermission *came)
{
  return g_strcmp0 (self->veto, csvc_permission_get_veto (came)) == 0 &&
         text_holds (self, SAYS_MISSING, self->missing, csvc_permission_get_missing (came)) &&
         (!(self->said & SAYS_NEXT) || self->next == csvc_permission_get_next (came)) &&
         (!(self->said & SAYS_BECAUSE) || strstr (csvc_permission_get_message (came), self->because) != NULL);
}

static char *
describe_permission (const CsvcOutcome *outcome, const CsvcPermission *came)
{
  g_autoptr (GString) out = g_string_new (csvc_permission_get_message (came));
  g_autofree char *next = _csvc_scenario_format_time (csvc_policy_get_zone (outcome->scenario->policy), csvc_permission_get_next (came));

  append_word (out, "refused", csvc_permission_get_veto (came));
  append_word (out, "missing", csvc_permission_get_missing (came));
  append_word (out, "next", csvc_permission_is_given (came) ? NULL : next);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static char *
judge_may_contact (const CsvcCareExpectation *self, const CsvcOutcome *outcome)
{
  const CsvcCustomer *of = find_customer (self, outcome);
  g_autoptr (CsvcCustomer) then = NULL;
  g_autoptr (CsvcCaseload) cases = NULL;
  g_autoptr (CsvcPermission) came = NULL;
  g_autoptr (GError) error = NULL;
  CsvcTime at = outcome->step->stamp.at;

  if (of == NULL)
    return know_nothing (self);
  then = csvc_customer_copy (of);
  at = csvc_customer_get_last_at (of) != CSVC_NEVER ? MAX (at, csvc_customer_get_last_at (of)) : at;
  cases = _csvc_sweep_count_cases (csvc_customer_get_policy (of), outcome->cases, self->customer);
  if (csvc_customer_advance (then, at, NULL, &error))
    came = csvc_customer_may_contact (then, cases, self->rule, self->word, at, &error);
  if (came == NULL)
    return g_strdup (error->message);
  return permission_holds (self, came) ? NULL : describe_permission (outcome, came);
}

/* ── the table ── */

#define OF_ITEM (SAYS_KEY | SAYS_VETO | SAYS_MISSING | SAYS_SCRIPT | SAYS_CASE | SAYS_DUE | SAYS_BECAUSE)

static const Form forms[] = {
  { "opened", read_number, judge_done, 0, OF_SWEEP },
  { "updated", read_number, judge_done, 0, OF_SWEEP },
  { "closed", read_number, judge_done, 0, OF_SWEEP },
  { "left", read_number, judge_done, 0, OF_SWEEP },
  { "order", read_order, judge_order, 0, OF_SWEEP },
  { "plan", read_plan, judge_plan, OF_ITEM, OF_SWEEP | OF_CUSTOMER | CAN_NOT },
  { "task", read_task, judge_task, SAYS_KEY | SAYS_CASE | SAYS_DUE | SAYS_AT, OF_CUSTOMER | CAN_NOT },
  { "tasks", read_number, judge_tasks, 0, OF_CUSTOMER },
  { "may-contact", read_contact, judge_may_contact, SAYS_REFUSED | SAYS_MISSING | SAYS_NEXT | SAYS_BECAUSE, OF_CUSTOMER },
};

static const Form *
find_form (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    if (g_str_equal (forms[i].word, word))
      return &forms[i];
  return NULL;
}

gboolean
_csvc_care_expectation_knows (const char *word)
{
  return find_form (word) != NULL;
}

void
_csvc_care_expectation_add_words (GPtrArray *words)
{
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    g_ptr_array_add (words, (gpointer) forms[i].word);
}

gboolean
_csvc_care_expectation_can_not (const char *word)
{
  return find_form (word)->flags & CAN_NOT;
}

static gboolean
check_subject (const Form *form, CsvcWords *words, const char *customer, const CsvcScenarioStep *step)
{
  if ((form->flags & OF_SWEEP) && step->type != CSVC_STEP_SWEEP)
    return _csvc_words_complain (words, CSVC_SCENARIO_SYNTAX, "TIME sweep before it", NULL, "\"%s\" is said of a sweep, and the step is none",
                                 form->word);
  if ((form->flags & OF_CUSTOMER) && customer == NULL)
    return _csvc_words_complain (words, CSVC_SCENARIO_NAME, "put CUSTOMER before it", NULL, "no customer was named yet");
  return TRUE;
}

CsvcCareExpectation *
_csvc_care_expectation_read (CsvcWords *words, const CsvcScenario *scenario, const char *word, const char *customer, const CsvcScenarioStep *step)
{
  g_autoptr (CsvcCareExpectation) self = g_new0 (CsvcCareExpectation, 1);

  self->form = find_form (word);
  self->customer = g_strdup (customer);
  self->order = g_ptr_array_new_with_free_func (g_free);
  if (!check_subject (self->form, words, customer, step) || !self->form->read (self, words, scenario) ||
      !read_options (self, words, scenario->latest, step->stamp.at))
    return NULL;
  return g_steal_pointer (&self);
}

char *
_csvc_care_expectation_judge (const CsvcCareExpectation *self, const CsvcOutcome *outcome)
{
  return self->form->judge (self, outcome);
}
