/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "log/scenario.h"

#include <csvc/revise.h>
#include <string.h>

#include "log/scenario-clients.h"
#include "log/scenario-family.h"

/* Where a scenario's steps are taken. Each world takes the same steps and describes what it is then; two descriptions that
 * differ in one byte are a fault of the library. */

struct _CsvcWorld {
  char          *name;
  CsvcPolicy    *policy;
  CsvcWorldHabit habit;
  CsvcStore     *store;     /* of the engine */
  CsvcEngine    *engine;    /* NULL: the pure machine, which has the next two */
  GHashTable    *cases;     /* id → CsvcCase */
  GHashTable    *customers; /* id → CsvcClient */
};

static CsvcWorld *
world_new (const char *name, CsvcPolicy *policy)
{
  CsvcWorld *self = g_new0 (CsvcWorld, 1);

  self->name = g_strdup (name);
  self->policy = csvc_policy_ref (policy);
  self->cases = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) csvc_case_free);
  self->customers = _csvc_clients_new ();
  return self;
}

CsvcWorld *
_csvc_world_new_machine (CsvcPolicy *policy, CsvcWorldHabit habit)
{
  CsvcWorld *self = world_new (habit == CSVC_WORLD_PUNCTUAL ? "the pure machine, always on time" : "the pure machine", policy);

  self->habit = habit;
  return self;
}

CsvcWorld *
_csvc_world_new_engine (CsvcPolicy *policy, CsvcStore *store, GError **error)
{
  g_autoptr (CsvcWorld) self = world_new (csvc_store_get_uri (store), policy);

  self->store = csvc_store_ref (store);
  self->engine = csvc_engine_new (store, policy, error);
  return self->engine != NULL ? g_steal_pointer (&self) : NULL;
}

void
_csvc_world_free (CsvcWorld *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->customers);
  g_hash_table_unref (self->cases);
  g_clear_pointer (&self->engine, csvc_engine_free);
  g_clear_pointer (&self->store, csvc_store_unref);
  csvc_policy_unref (self->policy);
  g_free (self->name);
  g_free (self);
}

const char *
_csvc_world_get_name (const CsvcWorld *self)
{
  return self->name;
}

/* ── the pure machine ── */

static CsvcCustomer *
customer_of (const CsvcWorld *self, const CsvcCase *of)
{
  const char *id = csvc_case_get_customer (of);
  const CsvcClient *client = id != NULL ? g_hash_table_lookup (self->customers, id) : NULL;

  return client != NULL ? client->customer : NULL;
}

static CsvcCustomer *
customer_of_data (gpointer data, const CsvcCase *of)
{
  return customer_of (data, of);
}

static CsvcFamily
family_of (CsvcWorld *self)
{
  return (CsvcFamily){ self->cases, customer_of_data, self };
}

static gboolean
settle (CsvcWorld *self, const CsvcCase *of, CsvcEffects *effects, guint first, GError **error)
{
  const CsvcFamily family = family_of (self);

  return _csvc_family_settle (&family, of, effects, first, error);
}

static CsvcClient *
know (CsvcWorld *self, const char *id, GError **error)
{
  return _csvc_clients_know (self->customers, self->policy, id, error);
}

static CsvcAnswer
not_open (const char *id, GError **error)
{
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "case %s was not opened", id);
  return CSVC_ANSWER_FAILED;
}

static CsvcAnswer
open_one (const CsvcWorld *self, const CsvcScenarioStep *step, CsvcCustomer *customer, CsvcEffects *effects, CsvcCase **opened, GError **error)
{
  if (step->earlier == NULL)
    return csvc_case_open (self->policy, step->name, step->id, customer, step->facts, &step->stamp, effects, opened, error);
  return csvc_case_open_linked (self->policy, step->name, step->id, customer, step->facts, g_hash_table_lookup (self->cases, step->earlier),
                                &step->stamp, effects, opened, error);
}

static CsvcAnswer
machine_open (CsvcWorld *self, const CsvcScenarioStep *step, CsvcEffects *effects, GError **error)
{
  CsvcClient *known = step->customer != NULL ? know (self, step->customer, error) : NULL;
  const CsvcFamily family = family_of (self);
  CsvcCase *opened = NULL;
  CsvcAnswer answer;
  guint first;

  if (step->customer != NULL && known == NULL)
    return CSVC_ANSWER_FAILED;
  if (step->earlier != NULL && g_hash_table_lookup (self->cases, step->earlier) == NULL)
    return not_open (step->earlier, error);
  if (known != NULL && !_csvc_client_catch_up (known, &family, step->stamp.at, self->habit == CSVC_WORLD_PUNCTUAL, effects, error))
    return CSVC_ANSWER_FAILED;
  first = csvc_effects_get_size (effects);
  answer = open_one (self, step, known != NULL ? known->customer : NULL, effects, &opened, error);
  if (answer != CSVC_ANSWER_ACCEPTED)
    return answer;
  g_hash_table_insert (self->cases, g_strdup (step->id), opened);
  return settle (self, opened, effects, first, error) ? answer : CSVC_ANSWER_FAILED;
}

static CsvcAnswer
machine_serve (CsvcWorld *self, const CsvcScenarioStep *step, CsvcEffects *effects, GError **error)
{
  const CsvcFamily family = family_of (self);
  CsvcClient *client = know (self, step->id, error);

  return client != NULL ? _csvc_client_serve (client, &family, step, self->habit == CSVC_WORLD_PUNCTUAL, effects, error) : CSVC_ANSWER_FAILED;
}

/* Wakes at every deadline before @now, one at a time. */
static gboolean
be_punctual (CsvcWorld *self, CsvcCase *of, CsvcTime now, CsvcEffects *effects, GError **error)
{
  CsvcTime wake;

  while ((wake = csvc_case_get_next_wake (of)) <= now)
    if (!csvc_case_advance (of, customer_of (self, of), wake, effects, error))
      return FALSE;
  return TRUE;
}

static CsvcAnswer
end_or_fire (CsvcCase *of, CsvcCustomer *customer, const CsvcScenarioStep *step, CsvcEffects *effects, GError **error)
{
  if (step->type == CSVC_STEP_END)
    return csvc_case_end (of, customer, step->name, &step->stamp, effects, error);
  return csvc_case_fire (of, customer, step->name, step->facts, &step->stamp, effects, error);
}

/* Would it get as far as letting time pass? What is wrong with the event itself, or with its time, is said before. */
static gboolean
lets_time_pass (CsvcWorld *self, const CsvcCase *of, const CsvcScenarioStep *step)
{
  g_autoptr (CsvcCase) copy = csvc_case_copy (of);
  g_autoptr (CsvcCustomer) customer = customer_of (self, of) != NULL ? csvc_customer_copy (customer_of (self, of)) : NULL;
  CsvcAnswer answer = end_or_fire (copy, customer, step, NULL, NULL);

  return answer != CSVC_ANSWER_FAILED && answer != CSVC_ANSWER_REFUSED_TIME;
}

/* Of the case's customer and of its relatives, in the order of the deadlines; alone, a case does so itself. */
static gboolean
advance_others (CsvcWorld *self, CsvcCase *of, CsvcTime now, CsvcEffects *effects, GError **error)
{
  const CsvcFamily family = family_of (self);
  CsvcClient *client = csvc_case_get_customer (of) != NULL ? g_hash_table_lookup (self->customers, csvc_case_get_customer (of)) : NULL;
  gboolean is_due = client != NULL && csvc_customer_get_next_wake (client->customer) <= now;

  if (!is_due)
    return csvc_case_get_n_links (of) == 0 || _csvc_family_advance (&family, of, now, effects, error);
  for (;;) {
    CsvcTime wake, of_customer = csvc_customer_get_next_wake (client->customer);
    CsvcCase *earliest = _csvc_family_find_earliest (&family, of, &wake);

    if (MIN (wake, of_customer) > now)
      return TRUE;
    if (of_customer <= wake ? !_csvc_client_wake (client, &family, of_customer, effects, error)
                            : !_csvc_family_advance_one (&family, earliest, wake, effects, error))
      return FALSE;
  }
}

static CsvcAnswer
machine_fire (CsvcWorld *self, const CsvcScenarioStep *step, CsvcEffects *effects, GError **error)
{
  CsvcCase *of = g_hash_table_lookup (self->cases, step->id);
  CsvcAnswer answer;
  guint first;

  if (of == NULL)
    return not_open (step->id, error);
  if (lets_time_pass (self, of, step) && !advance_others (self, of, step->stamp.at, effects, error))
    return CSVC_ANSWER_FAILED;
  if (self->habit == CSVC_WORLD_PUNCTUAL && lets_time_pass (self, of, step) && !be_punctual (self, of, step->stamp.at, effects, error))
    return CSVC_ANSWER_FAILED;
  first = csvc_effects_get_size (effects);
  answer = end_or_fire (of, customer_of (self, of), step, effects, error);
  return settle (self, of, effects, first, error) ? answer : CSVC_ANSWER_FAILED;
}

/* The case with the earliest deadline; of several, the one whose turn it is. */
static CsvcCase *
find_earliest (const CsvcWorld *self, CsvcTime *wake)
{
  CsvcCase *earliest = NULL;
  GHashTableIter iter;
  gpointer value;

  *wake = CSVC_NEVER;
  g_hash_table_iter_init (&iter, self->cases);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    CsvcTime next = csvc_case_get_next_wake (value);

    if (next == CSVC_NEVER || next > *wake)
      continue;
    if (next < *wake || earliest == NULL || _csvc_family_compare_turns (value, earliest) < 0)
      earliest = value;
    *wake = next;
  }
  return earliest;
}

/* What is due of customers before a case's deadline comes before it. */
static gboolean
wait_for_customers (CsvcWorld *self, CsvcTime now, CsvcEffects *effects, GError **error)
{
  const CsvcFamily family = family_of (self);
  CsvcClient *client;
  CsvcTime wake;

  while ((client = _csvc_clients_find_earliest (self->customers, &wake)) != NULL && wake <= now)
    if (!_csvc_client_wake (client, &family, wake, effects, error))
      return FALSE;
  return TRUE;
}

/* With one case of nobody, and no need to be punctual, a single call; several cases take turns in the order of their deadlines. */
static CsvcAnswer
machine_wait (CsvcWorld *self, CsvcTime now, CsvcEffects *effects, GError **error)
{
  const CsvcFamily family = family_of (self);
  gboolean at_once = self->habit != CSVC_WORLD_PUNCTUAL && g_hash_table_size (self->cases) == 1;
  CsvcTime wake, of_customer;
  CsvcCase *of;

  while ((of = find_earliest (self, &wake)) != NULL && wake <= now) {
    gboolean alone = at_once && csvc_case_get_n_links (of) == 0 && csvc_case_get_customer (of) == NULL;

    _csvc_clients_find_earliest (self->customers, &of_customer);
    if (of_customer <= wake ? !wait_for_customers (self, of_customer, effects, error)
                            : !_csvc_family_advance_one (&family, of, alone ? now : wake, effects, error))
      return CSVC_ANSWER_FAILED;
  }
  return wait_for_customers (self, now, effects, error) ? CSVC_ANSWER_ACCEPTED : CSVC_ANSWER_FAILED;
}

static CsvcAnswer
machine_adopt (CsvcWorld *self, const CsvcScenarioStep *step, CsvcEffects *effects, GError **error)
{
  CsvcCase *adopted = NULL;
  CsvcAnswer answer = csvc_case_adopt (self->policy, step->json, &step->stamp, effects, &adopted, error);

  if (adopted == NULL)
    return answer;
  g_hash_table_insert (self->cases, g_strdup (csvc_case_get_id (adopted)), adopted);
  return csvc_case_get_customer (adopted) == NULL || know (self, csvc_case_get_customer (adopted), error) != NULL ? answer : CSVC_ANSWER_FAILED;
}

static void
take_policy (CsvcWorld *self, CsvcPolicy *policy)
{
  csvc_policy_unref (self->policy);
  self->policy = csvc_policy_ref (policy);
}

/* What is due before is done before, under the version that promised it. */
static CsvcAnswer
machine_upgrade (CsvcWorld *self, const CsvcScenarioStep *step, CsvcEffects *effects, GError **error)
{
  if (machine_wait (self, step->stamp.at, effects, error) != CSVC_ANSWER_ACCEPTED)
    return CSVC_ANSWER_FAILED;
  take_policy (self, step->policy);
  return _csvc_revise_upgrade_cases (self->cases, step, error) ? CSVC_ANSWER_ACCEPTED : CSVC_ANSWER_FAILED;
}

/* Through bytes, or JSON, and back: what is not stored is lost. */
static CsvcCase *
store_and_load (const CsvcWorld *self, const CsvcCase *of, GError **error)
{
  CsvcPolicy *policy = csvc_case_get_policy (of);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *json = NULL;

  if (self->habit == CSVC_WORLD_PUNCTUAL) {
    json = csvc_case_to_json (of);
    return csvc_case_new_from_json (policy, json, error);
  }
  bytes = csvc_case_to_bytes (of);
  return csvc_case_new_from_bytes (policy, bytes, error);
}

static CsvcCustomer *
store_and_load_customer (const CsvcWorld *self, CsvcCustomer *of, GError **error)
{
  CsvcPolicy *policy = csvc_customer_get_policy (of);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *json = NULL;

  if (self->habit == CSVC_WORLD_PUNCTUAL) {
    json = csvc_customer_to_json (of);
    return csvc_customer_new_from_json (policy, json, error);
  }
  bytes = csvc_customer_to_bytes (of);
  return csvc_customer_new_from_bytes (policy, bytes, error);
}

static gboolean
store_and_load_customers (CsvcWorld *self, GError **error)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->customers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    CsvcClient *client = value;
    CsvcCustomer *loaded = store_and_load_customer (self, client->customer, error);

    if (loaded == NULL)
      return FALSE;
    csvc_customer_free (client->customer);
    client->customer = loaded;
  }
  return TRUE;
}

static gboolean
store_and_load_cases (CsvcWorld *self, GError **error)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->cases);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    CsvcCase *loaded = store_and_load (self, value, error);

    if (loaded == NULL)
      return FALSE;
    g_hash_table_iter_replace (&iter, loaded);
  }
  return TRUE;
}

static CsvcAnswer
machine_sweep (CsvcWorld *self, const CsvcScenarioStep *step, CsvcOutcome *outcome)
{
  outcome->plan = _csvc_sweep_by_machine (self->policy, self->customers, self->cases, step, &outcome->error);
  return outcome->plan != NULL ? CSVC_ANSWER_ACCEPTED : CSVC_ANSWER_FAILED;
}

static CsvcAnswer
machine_take (CsvcWorld *self, const CsvcScenarioStep *step, CsvcOutcome *outcome)
{
  CsvcEffects *effects = outcome->effects;
  GError **error = &outcome->error;

  switch (step->type) {
  case CSVC_STEP_OPEN:
    return machine_open (self, step, effects, error);
  case CSVC_STEP_FIRE:
  case CSVC_STEP_END:
    return machine_fire (self, step, effects, error);
  case CSVC_STEP_PUT:
  case CSVC_STEP_SERVE:
    return machine_serve (self, step, effects, error);
  case CSVC_STEP_ADOPT:
    return machine_adopt (self, step, effects, error);
  case CSVC_STEP_UPGRADE:
  case CSVC_STEP_CALENDAR:
    return machine_upgrade (self, step, effects, error);
  case CSVC_STEP_SWEEP:
    return machine_sweep (self, step, outcome);
  case CSVC_STEP_AMEND:
  case CSVC_STEP_VOID:
    g_return_val_if_reached (CSVC_ANSWER_FAILED);
  case CSVC_STEP_WAIT:
  default:
    return machine_wait (self, step->stamp.at, effects, error);
  }
}

/* ── an engine ── */

static CsvcAnswer
engine_revise (CsvcWorld *self, const CsvcScenarioStep *step, CsvcEffects *effects, GError **error)
{
  g_autofree char *entry = _csvc_revise_find_entry (self->engine, step->wrong, error);

  if (entry == NULL)
    return CSVC_ANSWER_FAILED;
  if (step->type == CSVC_STEP_VOID)
    return csvc_engine_void (self->engine, step->id, entry, &step->stamp, effects, error);
  return csvc_engine_amend (self->engine, step->id, entry, step->name, step->facts, &step->stamp, effects, error);
}

/* The same store under an engine that has the new policy. */
static CsvcAnswer
engine_upgrade (CsvcWorld *self, const CsvcScenarioStep *step, CsvcEffects *effects, GError **error)
{
  if (!csvc_engine_advance (self->engine, step->stamp.at, 0, NULL, effects, error))
    return CSVC_ANSWER_FAILED;
  g_clear_pointer (&self->engine, csvc_engine_free);
  take_policy (self, step->policy);
  self->engine = csvc_engine_new (self->store, self->policy, error);
  return self->engine != NULL && _csvc_revise_upgrade_engine (self->engine, step, error) ? CSVC_ANSWER_ACCEPTED : CSVC_ANSWER_FAILED;
}

static CsvcAnswer
engine_sweep (CsvcWorld *self, const CsvcScenarioStep *step, CsvcOutcome *outcome)
{
  outcome->sweep = _csvc_sweep_by_engine (self->engine, step, outcome->effects, &outcome->error);
  return outcome->sweep != NULL ? CSVC_ANSWER_ACCEPTED : CSVC_ANSWER_FAILED;
}

static CsvcAnswer
engine_take (CsvcWorld *self, const CsvcScenarioStep *step, CsvcOutcome *outcome)
{
  CsvcEffects *effects = outcome->effects;
  GError **error = &outcome->error;

  switch (step->type) {
  case CSVC_STEP_OPEN:
    return csvc_engine_open_linked (self->engine, step->name, step->id, step->customer, step->facts, step->earlier, &step->stamp, effects, error);
  case CSVC_STEP_FIRE:
    return csvc_engine_fire (self->engine, step->id, step->name, step->facts, &step->stamp, effects, error);
  case CSVC_STEP_END:
    return csvc_engine_end (self->engine, step->id, step->name, &step->stamp, effects, error);
  case CSVC_STEP_PUT:
  case CSVC_STEP_SERVE:
    return _csvc_service_ask (self->engine, step, effects, error);
  case CSVC_STEP_ADOPT:
    return csvc_engine_adopt (self->engine, step->json, &step->stamp, effects, error);
  case CSVC_STEP_AMEND:
  case CSVC_STEP_VOID:
    return engine_revise (self, step, effects, error);
  case CSVC_STEP_UPGRADE:
  case CSVC_STEP_CALENDAR:
    return engine_upgrade (self, step, effects, error);
  case CSVC_STEP_SWEEP:
    return engine_sweep (self, step, outcome);
  case CSVC_STEP_WAIT:
  default:
    return csvc_engine_advance (self->engine, step->stamp.at, 0, NULL, effects, error) ? CSVC_ANSWER_ACCEPTED : CSVC_ANSWER_FAILED;
  }
}

static gboolean
has_rule_on (const CsvcPolicy *policy, const char *event)
{
  for (guint i = 0; i < csvc_policy_get_n_kinds (policy); i++)
    if (csvc_policy_has_rules_on (policy, csvc_kind_get_id (csvc_policy_get_kind (policy, i)), event))
      return TRUE;
  return FALSE;
}

/* To amend, one needs the journal; customers under several versions of a policy at once, tasks, and values that are kept apart, are an engine's affair, too. */
gboolean
_csvc_step_needs_engine (const CsvcScenarioStep *step, const CsvcPolicy *policy)
{
  switch (step->type) {
  case CSVC_STEP_AMEND:
  case CSVC_STEP_VOID:
  case CSVC_STEP_UPGRADE:
  case CSVC_STEP_CALENDAR:
    return TRUE;
  case CSVC_STEP_SWEEP:
    return !step->is_dry;
  case CSVC_STEP_FIRE:
    return has_rule_on (policy, step->name);
  case CSVC_STEP_SERVE:
    return step->service >= CSVC_SERVICE_FORGET;
  default:
    return FALSE;
  }
}

static gboolean
is_of_nobody (const CsvcWorld *self, const CsvcScenarioStep *step)
{
  const CsvcCase *of = g_hash_table_lookup (self->cases, step->id);

  return of == NULL || csvc_case_get_customer (of) == NULL;
}

gboolean
_csvc_world_can_take (const CsvcWorld *self, const CsvcScenarioStep *step)
{
  if (self->engine != NULL || !_csvc_step_needs_engine (step, self->policy))
    return TRUE;
  if (step->type == CSVC_STEP_UPGRADE || step->type == CSVC_STEP_CALENDAR)
    return g_hash_table_size (self->customers) == 0;
  return step->type == CSVC_STEP_FIRE && is_of_nobody (self, step);
}

/* ── what came ── */

static CsvcCase *
get_case (const CsvcWorld *self, const char *id)
{
  const CsvcCase *found = g_hash_table_lookup (self->cases, id);

  if (self->engine != NULL)
    return csvc_engine_get_case (self->engine, id, NULL);
  return found != NULL ? csvc_case_copy (found) : NULL;
}

static void gather_case (const CsvcWorld *self, const char *id, CsvcOutcome *outcome, GString *state);

static CsvcCustomer *
get_customer (const CsvcWorld *self, const char *id)
{
  const CsvcClient *client = g_hash_table_lookup (self->customers, id);

  if (self->engine != NULL)
    return csvc_engine_get_customer (self->engine, id, NULL);
  return client != NULL && client->at != CSVC_TIME_MIN ? csvc_customer_copy (client->customer) : NULL;
}

static void
gather_tasks (const CsvcWorld *self, const CsvcCustomer *of, CsvcOutcome *outcome, GString *state)
{
  for (guint i = 0; i < csvc_customer_get_n_tasks (of); i++) {
    const char *id;

    csvc_customer_get_task (of, i, NULL, NULL, &id, NULL, NULL, NULL);
    if (!g_hash_table_contains (outcome->cases, id))
      gather_case (self, id, outcome, state);
  }
}

/* Once. */
static void
gather_customer (const CsvcWorld *self, const char *id, CsvcOutcome *outcome, GString *state)
{
  CsvcCustomer *customer = g_hash_table_contains (outcome->customers, id) ? NULL : get_customer (self, id);
  g_autofree char *json = customer != NULL ? csvc_customer_to_json (customer) : NULL;

  if (customer == NULL)
    return;
  g_string_append_printf (state, "customer %s: %s\n", id, json);
  g_hash_table_insert (outcome->customers, g_strdup (id), customer);
  gather_tasks (self, customer, outcome, state);
}

/* Whoever a case of the scenario opened, and whom those opened. */
static void
gather_children (const CsvcWorld *self, const CsvcCase *of, CsvcOutcome *outcome, GString *state)
{
  for (guint i = 0; i < csvc_case_get_n_links (of); i++) {
    const CsvcLink *link = csvc_case_get_link (of, i);

    if (strcmp (csvc_link_get_relation (link), "child") == 0)
      gather_case (self, csvc_link_get_case (link), outcome, state);
  }
}

static void
gather_case (const CsvcWorld *self, const char *id, CsvcOutcome *outcome, GString *state)
{
  CsvcCase *of = get_case (self, id);
  g_autofree char *json = of != NULL ? csvc_case_to_json (of) : NULL;

  if (of == NULL)
    return;
  g_string_append_printf (state, "case %s: %s\n", id, json);
  g_hash_table_insert (outcome->cases, g_strdup (id), of);
  gather_children (self, of, outcome, state);
}

/* The cases and customers of the scenario up to this step. */
static void
gather (const CsvcWorld *self, CsvcOutcome *outcome, GString *state)
{
  for (guint i = 0; i < outcome->scenario->steps->len; i++) {
    const CsvcScenarioStep *step = outcome->scenario->steps->pdata[i];
    const char *customer = step->type == CSVC_STEP_PUT || step->type == CSVC_STEP_SERVE ? step->id : step->customer;

    if (step->type == CSVC_STEP_OPEN || (step->type == CSVC_STEP_ADOPT && step->id != NULL))
      gather_case (self, step->id, outcome, state);
    if (customer != NULL)
      gather_customer (self, customer, outcome, state);
    if (step == outcome->step)
      return;
  }
}

static gboolean
get_wake (const CsvcWorld *self, CsvcTime *wake, GError **error)
{
  CsvcTime of_customer;

  if (self->engine != NULL)
    return csvc_engine_get_next_wake (self->engine, wake, error);
  find_earliest (self, wake);
  _csvc_clients_find_earliest (self->customers, &of_customer);
  *wake = MIN (*wake, of_customer);
  return TRUE;
}

/* Of errors only the code: a store may say more than the machine. */
static gboolean
describe (const CsvcWorld *self, CsvcOutcome *outcome, GError **error)
{
  g_autoptr (GString) state = g_string_new (NULL);
  g_autofree char *effects = csvc_effects_to_json (outcome->effects);
  g_autofree char *time = NULL;
  CsvcTime wake;

  if (!get_wake (self, &wake, error))
    return FALSE;
  time = csvc_time_to_string (wake);
  g_string_append_printf (state, "answer: %s %d\n", csvc_answer_to_string (outcome->answer),
                          outcome->error != NULL ? outcome->error->code : -1);
  g_string_append_printf (state, "effects: %s\n", effects);
  _csvc_sweep_describe (outcome, state);
  gather (self, outcome, state);
  g_string_append_printf (state, "next wake: %s\n", time);
  outcome->state = g_string_free (g_steal_pointer (&state), FALSE);
  return TRUE;
}

static CsvcRefusal *
explain (const CsvcWorld *self, const CsvcScenarioStep *step, CsvcAnswer answer)
{
  const CsvcCase *of = step->type == CSVC_STEP_FIRE ? g_hash_table_lookup (self->cases, step->id) : NULL;

  if (step->type != CSVC_STEP_FIRE || answer == CSVC_ANSWER_ACCEPTED || answer == CSVC_ANSWER_FAILED)
    return NULL;
  if (self->engine != NULL)
    return csvc_engine_explain_refusal (self->engine, step->id, step->name, step->facts, &step->stamp, NULL);
  return csvc_case_explain_refusal (of, customer_of (self, of), step->name, step->facts, &step->stamp, NULL);
}

/* What was refused changed nothing, so that the same question has the same answer. */
static CsvcPermission *
explain_contact (const CsvcWorld *self, const CsvcScenarioStep *step, const CsvcOutcome *outcome)
{
  gboolean is_contact = step->type == CSVC_STEP_SERVE && step->service == CSVC_SERVICE_CONTACT;
  const CsvcCustomer *of = is_contact ? g_hash_table_lookup (outcome->customers, step->id) : NULL;
  g_autoptr (CsvcCaseload) cases = NULL;

  if (of == NULL || outcome->answer != CSVC_ANSWER_REFUSED_CONDITION)
    return NULL;
  cases = _csvc_sweep_count_cases (self->policy, outcome->cases, step->id);
  return csvc_customer_may_contact (of, cases, step->name, step->purpose, step->stamp.at, NULL);
}

gboolean
_csvc_world_take (CsvcWorld *self, const CsvcScenario *scenario, const CsvcScenarioStep *step, CsvcOutcome *outcome, GError **error)
{
  *outcome = (CsvcOutcome){ .scenario = scenario, .step = step };
  outcome->effects = csvc_effects_new ();
  outcome->cases = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) csvc_case_free);
  outcome->customers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) csvc_customer_free);
  outcome->answer = self->engine != NULL ? engine_take (self, step, outcome) : machine_take (self, step, outcome);
  outcome->refusal = explain (self, step, outcome->answer);
  _csvc_clients_note_changes (self->customers, outcome->effects);
  if (!store_and_load_cases (self, error) || !store_and_load_customers (self, error) || !describe (self, outcome, error))
    return FALSE;
  outcome->permission = explain_contact (self, step, outcome);
  return TRUE;
}

void
_csvc_outcome_clear (CsvcOutcome *self)
{
  g_clear_error (&self->error);
  g_clear_pointer (&self->refusal, csvc_refusal_free);
  g_clear_pointer (&self->permission, csvc_permission_free);
  g_clear_pointer (&self->sweep, csvc_sweep_free);
  g_clear_pointer (&self->plan, csvc_plan_free);
  g_clear_pointer (&self->effects, csvc_effects_unref);
  g_clear_pointer (&self->cases, g_hash_table_unref);
  g_clear_pointer (&self->customers, g_hash_table_unref);
  g_clear_pointer (&self->state, g_free);
}
