/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "log/scenario-clients.h"
#include "log/scenario.h"

#include "machine/effects.h"

/* A sweep as a step. An engine plans from columns of facts, and passes over whom nothing concerns; the pure machine looks at everybody. So a dry sweep
 * says that nobody was passed over wrongly. */

#define PAGE 500

/* ── which cases there are ── */

CsvcCaseload *
_csvc_sweep_count_cases (CsvcPolicy *policy, GHashTable *cases, const char *customer)
{
  CsvcCaseload *load = csvc_caseload_new (policy);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, cases);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (g_strcmp0 (csvc_case_get_customer (value), customer) == 0)
      csvc_caseload_add (load, csvc_kind_get_id (csvc_case_get_kind (value)), csvc_case_get_opened_at (value),
                         csvc_case_has_ended (value) ? csvc_case_get_last_at (value) : CSVC_NEVER);
  return load;
}

/* ── an engine ── */

/* Everything after *@last, which is moved to the end. @effects: (nullable). */
static gboolean
follow (CsvcEngine *engine, char **last, CsvcEffects *effects, GError **error)
{
  for (;;) {
    g_autoptr (CsvcJournal) page = csvc_engine_follow (engine, *last, PAGE, error);
    guint n = page != NULL ? csvc_journal_get_size (page) : 0;

    if (n == 0)
      return page != NULL;
    for (guint i = 0; i < n && effects != NULL; i++)
      _csvc_effects_append (effects, csvc_journal_entry_get_effects (csvc_journal_get (page, i)));
    g_free (*last);
    *last = g_strdup (csvc_journal_entry_get_id (csvc_journal_get (page, n - 1)));
  }
}

CsvcSweep *
_csvc_sweep_by_engine (CsvcEngine *engine, const CsvcScenarioStep *step, CsvcEffects *effects, GError **error)
{
  CsvcSweepOptions options = CSVC_SWEEP_OPTIONS;
  g_autoptr (CsvcSweep) sweep = NULL;
  g_autofree char *last = NULL;

  options.dry_run = step->is_dry;
  if (!follow (engine, &last, NULL, error))
    return NULL;
  sweep = csvc_engine_sweep (engine, &step->stamp, &options, error);
  return sweep != NULL && follow (engine, &last, effects, error) ? g_steal_pointer (&sweep) : NULL;
}

/* ── the pure machine ── */

static gboolean
add_client (CsvcPlan *plan, const CsvcClient *client, const CsvcCaseload *cases, CsvcTime at, GError **error)
{
  g_autoptr (CsvcCustomer) view = csvc_customer_copy (client->customer);

  if (!csvc_customer_advance (view, at, NULL, error))
    return FALSE;
  csvc_plan_add (plan, view, cases, at);
  return TRUE;
}

/* Tasks that were opened today have their share of the capacity, but here there are none. */
CsvcPlan *
_csvc_sweep_by_machine (CsvcPolicy *policy, GHashTable *customers, GHashTable *cases, const CsvcScenarioStep *step, GError **error)
{
  g_autoptr (CsvcPlan) plan = csvc_plan_new (policy);
  GHashTableIter iter;
  gpointer id, value;

  g_hash_table_iter_init (&iter, customers);
  while (g_hash_table_iter_next (&iter, &id, &value)) {
    g_autoptr (CsvcCaseload) load = _csvc_sweep_count_cases (policy, cases, id);
    const CsvcClient *client = value;

    if (client->at != CSVC_TIME_MIN && !add_client (plan, client, load, step->stamp.at, error))
      return NULL;
  }
  csvc_plan_arbitrate (plan);
  return g_steal_pointer (&plan);
}

/* ── what came ── */

const CsvcPlan *
_csvc_outcome_get_plan (const CsvcOutcome *self)
{
  return self->sweep != NULL ? csvc_sweep_get_plan (self->sweep) : self->plan;
}

static void
append_word (GString *state, const char *word)
{
  g_string_append_printf (state, " %s", word != NULL ? word : "-");
}

static void
describe_item (const CsvcPlanItem *item, GString *state)
{
  const CsvcScript *script = csvc_plan_item_get_script (item);
  g_autofree char *due = csvc_time_to_string (csvc_plan_item_get_due (item));

  g_string_append (state, "plan:");
  append_word (state, csvc_plan_item_get_customer (item));
  append_word (state, csvc_plan_item_get_rule_id (item));
  append_word (state, csvc_plan_decision_to_string (csvc_plan_item_get_decision (item)));
  append_word (state, csvc_plan_item_get_key (item));
  append_word (state, csvc_plan_item_get_case (item));
  append_word (state, csvc_plan_item_get_veto (item));
  append_word (state, csvc_plan_item_get_missing (item));
  append_word (state, script != NULL ? csvc_script_get_id (script) : NULL);
  append_word (state, due);
  g_string_append_printf (state, " %u: %s\n", csvc_plan_item_get_line (item), csvc_plan_item_get_reason (item));
}

void
_csvc_sweep_describe (const CsvcOutcome *outcome, GString *state)
{
  const CsvcPlan *plan = _csvc_outcome_get_plan (outcome);
  const CsvcSweep *sweep = outcome->sweep;

  for (guint i = 0; plan != NULL && i < csvc_plan_get_size (plan); i++)
    describe_item (csvc_plan_get (plan, i), state);
  if (sweep != NULL && !outcome->step->is_dry)
    g_string_append_printf (state, "opened %u updated %u closed %u left %u\n", csvc_sweep_get_n_opened (sweep), csvc_sweep_get_n_updated (sweep),
                            csvc_sweep_get_n_closed (sweep), csvc_sweep_get_n_left (sweep));
}
