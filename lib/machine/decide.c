/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <csvc/table.h>
#include <string.h>

#include "base/json-writer.h"
#include "base/time.h"
#include "machine/decide.h"
#include "policy/fact.h"

/* A decision table asked for a customer, a case, or bare facts. */

/* One output. What is a list, a context or a range outlives the evaluation as JSON only. */
typedef struct {
  CsvcValue value;
  char     *json; /* or NULL */
} Output;

typedef struct {
  guint8 verdict; /* CsvcRowVerdict */
  guint  column;  /* of FAILS and UNKNOWN */
  char  *missing;
} Reason;

struct _CsvcDecision {
  CsvcPolicy        *policy;
  const CsvcTable   *table;
  CsvcDecisionState  state;
  char              *missing;
  guint              n_rows;
  guint             *rows;
  guint              n_outputs; /* in all rows, or of the default */
  Output            *outputs;
  Output             total;
  Reason            *reasons;   /* by row of the table */
};

static void
output_clear (Output *output)
{
  _csvc_value_clear (&output->value);
  g_free (output->json);
}

void
csvc_decision_free (CsvcDecision *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_outputs; i++)
    output_clear (&self->outputs[i]);
  for (guint i = 0; i < self->table->n_rows; i++)
    g_free (self->reasons[i].missing);
  output_clear (&self->total);
  g_free (self->outputs);
  g_free (self->reasons);
  g_free (self->rows);
  g_free (self->missing);
  csvc_policy_unref (self->policy);
  g_free (self);
}

/* ── what it is asked against ── */

static gboolean
check_subject (const CsvcTable *self, const CsvcCustomer *customer, const CsvcCase *case_, GError **error)
{
  const char *fault = NULL;

  if (customer != NULL && customer->policy != self->policy)
    fault = "a customer of this policy";
  else if (case_ != NULL && case_->policy != self->policy)
    fault = "a case of this policy";
  else if (case_ != NULL && self->kind != NULL && case_->kind != self->kind)
    fault = "a case of the table's kind";
  if (fault != NULL)
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "expected %s for the table \"%s\"", fault, self->part.id);
  return fault == NULL;
}

/* @view lives as long as @env. */
static void
make_env (const CsvcTable *self, const CsvcCustomer *customer, const CsvcCase *case_, CsvcTime at, CsvcCustomerView *view, CsvcFeelEnv *env)
{
  CsvcFeelEnv of_customer;

  if (case_ != NULL && self->kind != NULL)
    _csvc_case_env (case_, customer, at, env);
  else
    *env = (CsvcFeelEnv){ .customer_facts = customer != NULL ? customer->facts : NULL, .now = at, .zone = self->policy->zone };
  if (!self->asks_customer || customer == NULL)
    return;
  _csvc_customer_view (view, customer, self->policy, at, &of_customer);
  env->tier = of_customer.tier;
  env->host = of_customer.host;
}

/* ── the answer ── */

static void
keep_output (Output *output, const CsvcValue *value)
{
  CsvcJson json;
  GString *text;

  if (value->type < CSVC_TYPE_LIST)
    {
      _csvc_value_init_copy (&output->value, value);
      return;
    }
  text = g_string_new (NULL);
  _csvc_json_init (&json, text, FALSE);
  _csvc_feel_to_json (&json, NULL, value);
  output->json = g_string_free (text, FALSE);
}

/* FALSE: unknown; the missing fact is kept. */
static gboolean
keep_outputs (CsvcDecision *self, const CsvcFeelEnv *env, guint row, guint first)
{
  for (guint i = 0; i < self->table->n_outputs; i++)
    {
      const char *missing = NULL;
      CsvcValue value;

      if (_csvc_feel_table_get_output (self->table->compiled, env, row, i, &value, &missing) != CSVC_TRUE)
        {
          self->state = CSVC_DECISION_UNKNOWN;
          self->missing = g_strdup (missing);
          return FALSE;
        }
      keep_output (&self->outputs[first + i], &value);
    }
  return TRUE;
}

static guint
count_rows (const CsvcTable *table, const guint64 *set)
{
  guint n = 0;

  for (guint i = 0; i < table->n_rows; i++)
    n += _csvc_bit (set, i);
  return n;
}

static void
keep_rows (CsvcDecision *self, const CsvcFeelEnv *env, const CsvcFeelRows *rows)
{
  const CsvcTable *table = self->table;

  self->rows = g_new0 (guint, count_rows (table, rows->hold) + 1);
  self->n_outputs = MAX (1, count_rows (table, rows->hold)) * table->n_outputs;
  self->outputs = g_new0 (Output, self->n_outputs);
  if (self->state == CSVC_DECISION_NONE)
    {
      keep_outputs (self, env, G_MAXUINT, 0);
      return;
    }
  for (guint i = 0; i < table->n_rows && self->state != CSVC_DECISION_UNKNOWN; i++)
    if (_csvc_bit (rows->hold, i))
      {
        if (self->state == CSVC_DECISION_CONTRADICTION || keep_outputs (self, env, i, self->n_rows * table->n_outputs))
          self->rows[self->n_rows++] = i;
        else
          self->n_rows = 0;
      }
}

static void
keep_total (CsvcDecision *self, const CsvcFeelEnv *env)
{
  CsvcValue value;

  if (self->table->hit == CSVC_HIT_COLLECT && self->table->aggregate == CSVC_AGGREGATE_COUNT && self->state <= CSVC_DECISION_NONE)
    _csvc_value_set_integer (&self->total.value, self->n_rows);
  else if (self->table->hit == CSVC_HIT_COLLECT && self->table->aggregate != CSVC_AGGREGATE_LIST && self->state == CSVC_DECISION_ROWS
           && _csvc_feel_table_eval (self->table->compiled, env, NULL, &value, NULL) == CSVC_TRUE)
    keep_output (&self->total, &value);
}

static void
keep_reason (CsvcDecision *self, const CsvcFeelEnv *env, guint row)
{
  Reason *reason = &self->reasons[row];
  const char *missing = NULL;
  CsvcTruth truth;

  reason->verdict = CSVC_ROW_HOLDS;
  if (!_csvc_feel_table_why_not (self->table->compiled, env, row, &reason->column, &truth, &missing))
    return;
  reason->verdict = truth == CSVC_UNKNOWN ? CSVC_ROW_UNKNOWN : CSVC_ROW_FAILS;
  if (reason->column == G_MAXUINT && truth == CSVC_FALSE)
    reason->verdict = CSVC_ROW_NOT_VALID;
  reason->missing = g_strdup (missing);
}

static void
keep_reasons (CsvcDecision *self, const CsvcFeelEnv *env)
{
  self->reasons = g_new0 (Reason, self->table->n_rows + 1);
  for (guint i = 0; i < self->table->n_rows; i++)
    keep_reason (self, env, i);
  for (guint i = 0; i < self->n_rows; i++)
    self->reasons[self->rows[i]].verdict = CSVC_ROW_DECIDES;
}

static CsvcDecisionState
state_of (CsvcTruth truth)
{
  switch (truth)
    {
    case CSVC_TRUE:
      return CSVC_DECISION_ROWS;
    case CSVC_FALSE:
      return CSVC_DECISION_NONE;
    case CSVC_UNKNOWN:
      return CSVC_DECISION_UNKNOWN;
    case CSVC_NULL:
    default:
      return CSVC_DECISION_CONTRADICTION;
    }
}

static CsvcDecision *
decide (const CsvcTable *table, CsvcFeelEnv *env)
{
  g_autoptr (CsvcFeelScratch) scratch = _csvc_feel_scratch_new ();
  CsvcDecision *self = g_new0 (CsvcDecision, 1);
  const char *missing = NULL;
  CsvcFeelRows rows;

  env->scratch = scratch;
  self->table = table;
  self->policy = csvc_policy_ref ((CsvcPolicy *) table->policy);
  _csvc_feel_table_match (table->compiled, env, &rows);
  self->state = state_of (_csvc_feel_table_choose (table->compiled, env, &rows, &missing));
  if (self->state == CSVC_DECISION_UNKNOWN)
    self->missing = g_strdup (missing);
  else
    keep_rows (self, env, &rows);
  keep_total (self, env);
  keep_reasons (self, env);
  return self;
}

CsvcDecision *
csvc_table_decide (const CsvcTable *self, const CsvcCustomer *customer, const CsvcCase *case_, CsvcTime at, GError **error)
{
  CsvcCustomerView view;
  CsvcFeelEnv env;

  g_return_val_if_fail (self != NULL, NULL);

  if (!check_subject (self, customer, case_, error))
    return NULL;
  make_env (self, customer, case_, at, &view, &env);
  return decide (self, &env);
}

/* ── from bare facts ── */

typedef struct {
  guint      n;
  CsvcValue *values;
} Slots;

/* @tier: NULL, as long as nothing is said of it. */
typedef struct {
  Slots            of_case, of_customer;
  const CsvcValue *tier;
} Bare;

static void
slots_init (Slots *slots, const CsvcFact *facts, guint n)
{
  slots->n = n;
  slots->values = g_new0 (CsvcValue, n + 1);
  for (guint i = 0; i < n; i++)
    _csvc_value_init_copy (&slots->values[i], &facts[i].default_value);
}

static void
slots_clear (Slots *slots)
{
  for (guint i = 0; i < slots->n; i++)
    _csvc_value_clear (&slots->values[i]);
  g_free (slots->values);
}

static void
bare_clear (Bare *bare)
{
  slots_clear (&bare->of_case);
  slots_clear (&bare->of_customer);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Bare, bare_clear)

static gboolean
no_such_fact (const CsvcTable *self, const char *name, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  g_autofree char *hint = NULL;

  for (guint i = 0; self->kind != NULL && i < self->kind->n_facts; i++)
    g_ptr_array_add (ids, (gpointer) self->kind->facts[i].part.id);
  for (guint i = 0; i < self->policy->n_customer_facts; i++)
    g_ptr_array_add (ids, (gpointer) self->policy->customer_facts[i].part.id);
  if (self->policy->tiers.n > 0)
    g_ptr_array_add (ids, (gpointer) "tier");
  g_ptr_array_add (ids, NULL);
  hint = _csvc_suggest (name, (const char *const *) ids->pdata);
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "the table \"%s\" sees no fact \"%.60s\"%s%s", self->part.id, name,
               hint != NULL ? "; " : "", hint != NULL ? hint : "");
  return FALSE;
}

/* Null: the customer has none. */
static gboolean
put_tier (const CsvcPolicy *policy, const CsvcValue *from, Bare *bare, GError **error)
{
  static const CsvcValue none = { .type = CSVC_TYPE_NULL };
  g_autofree char *word = csvc_value_to_string (from);
  g_autofree char *hint = NULL;

  bare->tier = from->type == CSVC_TYPE_NULL ? &none : NULL;
  for (guint i = 0; i < policy->tiers.n && from->type != CSVC_TYPE_NULL; i++)
    if (g_str_equal (policy->tiers.items[i].part.id, word))
      bare->tier = &policy->tiers.items[i].value;
  if (bare->tier != NULL)
    return TRUE;
  hint = _csvc_suggest (word, policy->tiers.words);
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "there is no tier \"%.60s\"%s%s", word, hint != NULL ? "; " : "",
               hint != NULL ? hint : "");
  return FALSE;
}

static gboolean
put_fact (const CsvcTable *self, const char *name, const CsvcValue *from, Bare *bare, GError **error)
{
  const CsvcFact *fact = self->kind != NULL ? csvc_kind_find_fact (self->kind, name) : NULL;
  Slots *slots = fact != NULL ? &bare->of_case : &bare->of_customer;
  CsvcValue value = CSVC_VALUE_UNKNOWN;

  if (self->policy->tiers.n > 0 && g_str_equal (name, "tier"))
    return put_tier (self->policy, from, bare, error);

  if (fact == NULL)
    fact = csvc_policy_find_customer_fact (self->policy, name);
  if (fact == NULL)
    return no_such_fact (self, name, error);
  if (!_csvc_fact_coerce (fact, self->policy->zone, from, &value, error))
    return FALSE;
  _csvc_value_clear (&slots->values[fact->index]);
  slots->values[fact->index] = value;
  return TRUE;
}

CsvcDecision *
csvc_table_decide_facts (const CsvcTable *self, const CsvcFacts *facts, CsvcTime at, GError **error)
{
  g_auto (Bare) bare = { { 0, NULL }, { 0, NULL }, NULL };
  CsvcFeelEnv env;

  g_return_val_if_fail (self != NULL && facts != NULL, NULL);

  if (self->kind != NULL)
    slots_init (&bare.of_case, self->kind->facts, self->kind->n_facts);
  slots_init (&bare.of_customer, self->policy->customer_facts, self->policy->n_customer_facts);
  for (guint i = 0; i < csvc_facts_get_size (facts); i++)
    if (!put_fact (self, csvc_facts_get_name (facts, i), csvc_facts_get_value (facts, i), &bare, error))
      return NULL;
  env = (CsvcFeelEnv){ .case_facts = bare.of_case.values, .customer_facts = bare.of_customer.values, .tier = bare.tier, .now = at,
                       .zone = self->policy->zone };
  return decide (self, &env);
}

/* ── in a lifecycle ── */

/* "3.offer" for each output of each row. Anything but TRUE: nothing is kept. */
static CsvcTruth
gather_row (const CsvcTable *table, const CsvcFeelEnv *env, guint row, CsvcFacts *outputs, const char **missing)
{
  for (guint i = 0; i < table->n_outputs; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.%s", row != G_MAXUINT ? row + 1 : 0, table->columns[table->n_inputs + i].part.id);
      CsvcValue value;
      CsvcTruth truth = _csvc_feel_table_get_output (table->compiled, env, row, i, &value, missing);

      if (truth != CSVC_TRUE)
        return truth == CSVC_FALSE ? CSVC_NULL : truth;
      csvc_facts_set (outputs, name, &value);
    }
  return CSVC_TRUE;
}

static CsvcTruth
gather_rows (const CsvcTable *table, const CsvcFeelEnv *env, const CsvcFeelRows *rows, CsvcFacts *outputs, GString *numbers,
             const char **missing)
{
  CsvcTruth truth = CSVC_TRUE;

  for (guint i = 0; i < table->n_rows && truth == CSVC_TRUE; i++)
    if (_csvc_bit (rows->hold, i))
      {
        g_string_append_printf (numbers, "%s%u", numbers->len > 0 ? " " : "", i + 1);
        truth = gather_row (table, env, i, outputs, missing);
      }
  return truth;
}

/* The outputs of the one row, or of the defaults, into the facts of those names. */
static gboolean
put_outputs (CsvcStep *step, const CsvcAction *action, const CsvcFacts *outputs)
{
  for (guint i = 0; action->facts != NULL && i < action->table->n_outputs && i < csvc_facts_get_size (outputs); i++)
    {
      g_auto (CsvcValue) own = CSVC_VALUE_UNKNOWN;

      if (action->facts[i] == G_MAXUINT)
        continue;
      if (!_csvc_fact_coerce (&step->kind->facts[action->facts[i]], step->self->policy->zone, csvc_facts_get_value (outputs, i), &own,
                              step->error))
        return FALSE;
      _csvc_step_put_fact (step, action->facts[i], &own);
    }
  return TRUE;
}

CsvcTruth
_csvc_step_decide (CsvcStep *step, const CsvcAction *action, const char **missing)
{
  const CsvcTable *table = action->table;
  g_autoptr (CsvcFacts) outputs = csvc_facts_new ();
  g_autoptr (GString) numbers = g_string_new (NULL);
  CsvcFeelRows rows;
  CsvcFeelEnv env;
  CsvcEffect *effect;
  CsvcTruth truth;

  _csvc_step_env (step, &env);
  _csvc_feel_table_match (table->compiled, &env, &rows);
  truth = _csvc_feel_table_choose (table->compiled, &env, &rows, missing);
  if (truth == CSVC_TRUE)
    truth = gather_rows (table, &env, &rows, outputs, numbers, missing);
  else if (truth == CSVC_FALSE)
    truth = table->hit != CSVC_HIT_COLLECT ? gather_row (table, &env, G_MAXUINT, outputs, missing) : CSVC_TRUE;
  if (truth != CSVC_TRUE)
    return truth;
  effect = _csvc_step_effect (step, CSVC_EFFECT_DECIDED);
  effect->subject = table->part.id;
  effect->detail = action->name;
  effect->text = numbers->len > 0 ? _csvc_effects_keep (step->effects, numbers->str) : NULL;
  effect->arguments = csvc_facts_get_size (outputs) > 0 ? csvc_facts_ref (outputs) : NULL;
  if (action->name != NULL)
    _csvc_step_put_decided (step, effect);
  return put_outputs (step, action, outputs) ? CSVC_TRUE : CSVC_FALSE;
}

/* ── fast ── */

void
csvc_table_match (const CsvcTable *self, const CsvcCustomer *customer, const CsvcCase *case_, CsvcTime at, guint64 *hold, guint64 *may)
{
  CsvcCustomerView view;
  CsvcFeelRows rows;
  CsvcFeelEnv env;
  gsize size;

  g_return_if_fail (self != NULL && hold != NULL);
  g_return_if_fail (customer == NULL || customer->policy == self->policy);
  g_return_if_fail (case_ == NULL || (case_->policy == self->policy && (self->kind == NULL || case_->kind == self->kind)));

  make_env (self, customer, case_, at, &view, &env);
  _csvc_feel_table_match (self->compiled, &env, &rows);
  size = _csvc_feel_table_get_n_words (self->compiled) * sizeof (guint64);
  memcpy (hold, rows.hold, size);
  if (may != NULL)
    memcpy (may, rows.may, size);
}

gboolean
csvc_table_match_columns (const CsvcTable *self, const CsvcColumn *columns, gsize n, CsvcTime at, guint64 *hold, guint64 *may,
                          GError **error)
{
  const char *why;
  CsvcTime local;

  g_return_val_if_fail (self != NULL && columns != NULL && hold != NULL, FALSE);

  why = _csvc_feel_table_why_no_batch (self->compiled, columns);
  if (why != NULL)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "the table \"%s\" can only be asked one by one: %s", self->part.id, why);
      return FALSE;
    }
  local = at + csvc_zone_get_offset (self->policy->zone, at);
  _csvc_feel_table_match_columns (self->compiled, columns, n, (gint32) _csvc_floor_div (local, CSVC_DAY), hold, may);
  return TRUE;
}

/* ── asking a decision ── */

const CsvcTable *
csvc_decision_get_table (const CsvcDecision *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->table;
}

CsvcDecisionState
csvc_decision_get_state (const CsvcDecision *self)
{
  g_return_val_if_fail (self != NULL, CSVC_DECISION_UNKNOWN);

  return self->state;
}

const char *
csvc_decision_get_missing (const CsvcDecision *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->missing;
}

guint
csvc_decision_get_n_rows (const CsvcDecision *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_rows;
}

guint
csvc_decision_get_row (const CsvcDecision *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->n_rows, 0);

  return self->rows[index];
}

static const Output *
find_output (const CsvcDecision *self, guint index, guint output)
{
  guint place = index * self->table->n_outputs + output;

  if (self->state == CSVC_DECISION_UNKNOWN || self->state == CSVC_DECISION_CONTRADICTION || place >= self->n_outputs)
    return NULL;
  return &self->outputs[place];
}

const CsvcValue *
csvc_decision_get_output (const CsvcDecision *self, guint index, guint output)
{
  const Output *found;

  g_return_val_if_fail (self != NULL && output < self->table->n_outputs, NULL);

  found = find_output (self, index, output);
  return found != NULL && found->value.type != CSVC_TYPE_UNKNOWN ? &found->value : NULL;
}

const CsvcValue *
csvc_decision_get_total (const CsvcDecision *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->total.value.type != CSVC_TYPE_UNKNOWN ? &self->total.value : NULL;
}

CsvcRowVerdict
csvc_decision_get_verdict (const CsvcDecision *self, guint row)
{
  g_return_val_if_fail (self != NULL && row < self->table->n_rows, CSVC_ROW_FAILS);

  return (CsvcRowVerdict) self->reasons[row].verdict;
}

gboolean
csvc_decision_get_failing_cell (const CsvcDecision *self, guint row, guint *column, const char **missing)
{
  const Reason *reason;

  g_return_val_if_fail (self != NULL && row < self->table->n_rows && column != NULL, FALSE);

  reason = &self->reasons[row];
  if ((reason->verdict != CSVC_ROW_FAILS && reason->verdict != CSVC_ROW_UNKNOWN) || reason->column == G_MAXUINT)
    return FALSE;
  *column = reason->column;
  if (missing != NULL)
    *missing = reason->missing;
  return TRUE;
}

/* ── JSON ── */

static void
write_output (CsvcJson *json, const char *name, const Output *output)
{
  if (output->json != NULL)
    _csvc_json_raw (json, name, output->json);
  else
    _csvc_feel_to_json (json, name, &output->value);
}

static void
write_outputs (CsvcJson *json, const CsvcDecision *self, guint index)
{
  for (guint i = 0; i < self->table->n_outputs; i++)
    {
      const Output *output = find_output (self, index, i);

      if (output != NULL)
        write_output (json, self->table->columns[self->table->n_inputs + i].part.id, output);
    }
}

char *
csvc_decision_to_json (const CsvcDecision *self)
{
  GString *text = g_string_new (NULL);
  CsvcJson json;

  g_return_val_if_fail (self != NULL, NULL);

  _csvc_json_init (&json, text, FALSE);
  _csvc_json_begin_object (&json, NULL);
  _csvc_json_string (&json, "table", self->table->part.id);
  _csvc_json_string (&json, "state", csvc_decision_state_to_string (self->state));
  if (self->missing != NULL)
    _csvc_json_string (&json, "missing", self->missing);
  _csvc_json_begin_array (&json, "rows");
  for (guint i = 0; i < self->n_rows; i++)
    {
      _csvc_json_begin_object (&json, NULL);
      _csvc_json_integer (&json, "row", self->rows[i] + 1);
      write_outputs (&json, self, i);
      _csvc_json_end_object (&json);
    }
  _csvc_json_end_array (&json);
  if (self->state == CSVC_DECISION_NONE)
    {
      _csvc_json_begin_object (&json, "otherwise");
      write_outputs (&json, self, 0);
      _csvc_json_end_object (&json);
    }
  if (self->total.value.type != CSVC_TYPE_UNKNOWN || self->total.json != NULL)
    write_output (&json, "total", &self->total);
  _csvc_json_end_object (&json);
  return g_string_free (text, FALSE);
}

/* ── words ── */

const char *
csvc_decision_state_to_string (CsvcDecisionState state)
{
  static const char *const words[] = { "rows", "none", "unknown", "contradiction" };

  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (words), NULL);

  return words[state];
}

const char *
csvc_row_verdict_to_string (CsvcRowVerdict verdict)
{
  static const char *const words[] = { "decides", "holds", "fails", "unknown", "not-valid" };

  g_return_val_if_fail ((guint) verdict < G_N_ELEMENTS (words), NULL);

  return words[verdict];
}
