/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>

#include "engine/private.h"
#include "machine/customer.h"

/* What the store keeps of a customer in columns, for those who look through all of them: the facts that were put, but for personal ones, the tier, and
 * from when on these say all there is. It follows from the state, and is checked against it. */

/* A task counts against the capacity of its day, which may be 25 hours long and begin elsewhere. */
#define TASK_COUNTS (2 * CSVC_DAY)

/* A fact that no version of the policy in use knows is nobody's to ask for; a personal one is nobody's to find. */
static const CsvcValue *
fact_for_column (const CsvcCustomer *view, guint i)
{
  const CsvcFact *fact = &csvc_customer_get_policy (view)->customer_facts[i];

  return view->put[i] && !fact->personal && view->facts[i].type > CSVC_TYPE_NULL ? &view->facts[i] : NULL;
}

CsvcTime
_csvc_record_free_from (const CsvcCustomerRecord *record)
{
  CsvcTime from = CSVC_TIME_MIN;

  if (record->accounts->len + record->applications->len + record->running->len + record->happened->len > 0)
    return CSVC_NEVER;
  for (guint i = 0; i < record->tasks->len; i++)
    {
      const CsvcTask *task = &g_array_index (record->tasks, CsvcTask, i);

      if (task->closed_at == CSVC_NEVER)
        return CSVC_NEVER;
      from = MAX (from, MIN (task->opened_at, CSVC_TIME_MAX - TASK_COUNTS) + TASK_COUNTS);
    }
  return from;
}

static void
add_column (GArray *columns, const char *name, const CsvcValue *value)
{
  const CsvcFactColumn column = { name, value };

  g_array_append_val (columns, column);
}

GArray *
_csvc_person_list_columns (const CsvcCustomer *view, CsvcColumnValues *own)
{
  GArray *columns = g_array_new (FALSE, FALSE, sizeof (CsvcFactColumn));
  const CsvcPolicy *policy = csvc_customer_get_policy (view);
  const CsvcTier *now = csvc_customer_get_tier (view);
  const CsvcTime from = _csvc_record_free_from (&view->record);

  for (guint i = 0; i < policy->n_customer_facts; i++)
    if (fact_for_column (view, i) != NULL)
      add_column (columns, policy->customer_facts[i].part.id, fact_for_column (view, i));
  if (now != NULL)
    {
      _csvc_value_set_string (&own->tier, CSVC_TYPE_ENUM, csvc_tier_get_id (now));
      add_column (columns, CSVC_READ_TIER, &own->tier);
    }
  if (from != CSVC_NEVER)
    {
      own->free_from = (CsvcValue){ .type = CSVC_TYPE_DATE_TIME, .u.i = from };
      add_column (columns, policy->basis, &own->free_from);
    }
  return columns;
}

/* ---- Checking ---- */

/* Customers of one policy, found in the open transaction. */
typedef struct {
  CsvcPolicy     *policy;
  const CsvcHead *heads;
  guint           n, next;
  GPtrArray      *names;
  GError         *error;
} Check;

/* (transfer container): of all that the policy's columns may be called. */
static GPtrArray *
list_names (const CsvcPolicy *policy)
{
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; i < policy->n_customer_facts; i++)
    g_ptr_array_add (names, (gpointer) policy->customer_facts[i].part.id);
  g_ptr_array_add (names, (gpointer) CSVC_READ_TIER);
  g_ptr_array_add (names, policy->basis);
  return names;
}

static gboolean
same_value (const CsvcValue *stored, const CsvcValue *derived)
{
  if (derived == NULL || stored->type != derived->type)
    return derived == NULL && stored->type == CSVC_TYPE_UNKNOWN;
  if (stored->type == CSVC_TYPE_STRING || stored->type == CSVC_TYPE_ENUM)
    return g_str_equal (stored->u.s, derived->u.s);
  return csvc_value_equal (stored, derived);
}

static const CsvcValue *
find_column (const GArray *columns, const char *name)
{
  for (guint i = 0; i < columns->len; i++)
    if (g_str_equal (g_array_index (columns, CsvcFactColumn, i).name, name))
      return g_array_index (columns, CsvcFactColumn, i).value;
  return NULL;
}

static gboolean
check_values (const Check *check, const CsvcFactRow *row, const CsvcCustomer *view)
{
  g_auto (CsvcColumnValues) own = { 0 };
  g_autoptr (GArray) columns = _csvc_person_list_columns (view, &own);

  for (guint i = 0; i < check->names->len; i++)
    if (!same_value (&row->values[i], find_column (columns, g_ptr_array_index (check->names, i))))
      return FALSE;
  return TRUE;
}

static gboolean
check_row (const CsvcFactRow *row, gpointer data)
{
  Check *check = data;
  const CsvcHead *head = &check->heads[check->next];
  g_autoptr (CsvcCustomer) view = NULL;

  if (row->stream == head->id && row->state == NULL)
    view = _csvc_customer_view_of (check->policy, head->state, NULL, &check->error);
  if (check->error == NULL && (row->stream != head->id || (view != NULL && !check_values (check, row, view))))
    g_set_error (&check->error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "customer %s: a column of facts is not what the stored state gives", head->key);
  return check->error == NULL && ++check->next < check->n;
}

static gboolean
check_run (CsvcEngine *self, Check *check, GError **error)
{
  g_autoptr (GPtrArray) names = list_names (check->policy);

  check->names = names;
  if (!_csvc_tx_scan_facts (self->tx, (const char *const *) names->pdata, names->len, check->heads->id - 1, check_row, check, error))
    {
      g_clear_error (&check->error);
      return FALSE;
    }
  if (check->error == NULL && check->next < check->n)
    g_set_error (&check->error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "customer %s: its columns of facts are missing", check->heads[check->next].key);
  if (check->error == NULL)
    return TRUE;
  g_propagate_error (error, check->error);
  return FALSE;
}

gboolean
_csvc_engine_check_columns (CsvcEngine *self, const GArray *heads, GError **error)
{
  const CsvcHead *all = (const CsvcHead *) (gconstpointer) heads->data;

  for (guint begin = 0, end; begin < heads->len; begin = end)
    {
      Check check = { .heads = all + begin };

      for (end = begin; end < heads->len && g_strcmp0 (all[end].policy, all[begin].policy) == 0; end++)
        check.n++;
      check.policy = _csvc_engine_find_policy (self, all[begin].policy, error);
      if (check.policy == NULL || !check_run (self, &check, error))
        return FALSE;
    }
  return TRUE;
}
