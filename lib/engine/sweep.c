/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>

#include "engine/request.h"
#include "engine/sift.h"

/* The plan of the day. Planning only reads, a page of customers to a transaction:
 *
 *   rows of facts ──sift──▶ keys ──load──▶ view at `at` ──▶ plan, and the version that was looked at
 *
 * Doing goes through the plan in the order of arbitration, 100 items to a transaction; first what is to be closed, because that frees the caps that the rest
 * fills, and nobody is to stand above one if the sweep ends early. Whoever has another version by then, and not by this sweep, has
 * changed under the plan, and is left to the next sweep. */

#define PAGE 2000
#define ITEMS 100

struct _CsvcSweep {
  CsvcPlan *plan;
  GHashTable *reasons; /* index of an item → why it was left, of those that failed */
  CsvcTime  at;
  guint64   n_customers, n_loaded;
  guint     n_opened, n_updated, n_closed, n_left;
};

/* A version that the open transaction has changed. */
typedef struct {
  gint64 *version, before;
} Moved;

typedef struct {
  CsvcEngine            *engine;
  CsvcSweep             *sweep;
  CsvcStamp              stamp;
  const CsvcSweepOptions *options;
  CsvcSieve             *sieve;
  CsvcCaseload          *cases;
  GPtrArray             *keys;      /* of the page, whom to look at */
  gint64                 after;     /* the last customer seen */
  guint                  n_rows;    /* of the page */
  CsvcTime               day;       /* when today began */
  GArray                *moved;     /* of Moved */
  GHashTable            *versions;  /* customer → version that was looked at, of those who have something to be done */
} Planning;

/* ---- Planning ---- */

static gboolean
sift_row (const CsvcFactRow *row, gpointer data)
{
  Planning *planning = data;

  planning->after = row->stream;
  if (!_csvc_sieve_passes (planning->sieve, row))
    g_ptr_array_add (planning->keys, g_strdup (row->key));
  return ++planning->n_rows < PAGE;
}

/* Tasks opened earlier today have had their share of the capacity. */
static void
take_capacity (Planning *planning, const CsvcCustomer *view)
{
  CsvcPolicy *policy = planning->engine->policy;

  for (guint i = csvc_customer_get_n_tasks (view); i > 0; i--)
    {
      const CsvcRule *rule;
      CsvcTime opened_at;
      const char *id;

      csvc_customer_get_task (view, i - 1, &id, NULL, NULL, &opened_at, NULL, NULL);
      if (opened_at < planning->day)
        return;
      rule = csvc_policy_find_rule (policy, id);
      if (rule != NULL && csvc_rule_get_role (rule) != NULL)
        csvc_plan_take_capacity (planning->sweep->plan, csvc_role_get_id (csvc_rule_get_role (rule)), 1);
    }
}

static gboolean
is_to_do (const CsvcPlanItem *item)
{
  switch (csvc_plan_item_get_decision (item))
    {
    case CSVC_PLAN_OPEN:
    case CSVC_PLAN_UPDATE:
    case CSVC_PLAN_CLOSE:
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
plan_one (Planning *planning, const char *key, GError **error)
{
  CsvcPlan *plan = planning->sweep->plan;
  CsvcPerson *person = _csvc_engine_load_person (planning->engine, key, error);
  g_autoptr (CsvcCustomer) view = person != NULL ? _csvc_engine_view_at (planning->engine, person, planning->stamp.at, error) : NULL;
  guint from = csvc_plan_get_size (plan);
  gboolean to_do = FALSE;

  if (view == NULL || !_csvc_engine_count_cases (planning->engine, key, planning->cases, error))
    return FALSE;
  planning->sweep->n_loaded++;
  take_capacity (planning, view);
  csvc_plan_add (plan, view, planning->cases, planning->stamp.at);
  for (guint i = from; i < csvc_plan_get_size (plan) && !to_do; i++)
    to_do = is_to_do (csvc_plan_get (plan, i));
  if (to_do)
    {
      gint64 *version = g_new (gint64, 1);

      *version = person->head.version;
      g_hash_table_insert (planning->versions, g_strdup (key), version);
    }
  _csvc_engine_drop_person (planning->engine, key);
  return TRUE;
}

static gboolean
plan_rows (Planning *planning, GError **error)
{
  CsvcEngine *self = planning->engine;
  guint n_names;
  const char *const *names = _csvc_sieve_get_names (planning->sieve, &n_names);
  GError *reason = NULL;

  if (!_csvc_tx_scan_facts (self->tx, names, n_names, planning->after, sift_row, planning, &reason))
    {
      _csvc_engine_lose (self, reason);
      g_propagate_error (error, reason);
      return FALSE;
    }
  for (guint i = 0; i < planning->keys->len; i++)
    if (!plan_one (planning, g_ptr_array_index (planning->keys, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
plan_page (Planning *planning, GError **error)
{
  gboolean planned;

  planning->n_rows = 0;
  g_ptr_array_set_size (planning->keys, 0);
  if (!_csvc_engine_enter (planning->engine, CSVC_TX_READ, error))
    return FALSE;
  planned = plan_rows (planning, error);
  _csvc_engine_leave (planning->engine, FALSE, NULL);
  planning->sweep->n_customers += planning->n_rows;
  return planned;
}

static gboolean
report (const Planning *planning, GError **error)
{
  const CsvcSweepOptions *options = planning->options;

  if (options->func == NULL || options->func (planning->sweep->n_customers, 0, options->data))
    return TRUE;
  g_set_error_literal (error, CSVC_ERROR, CSVC_ERROR_CANCELLED, "stopped");
  return FALSE;
}

/* ---- Who has cases that rules ask about ---- */

static gboolean
hold_page (Planning *planning, CsvcFind *find, gboolean *more, GError **error)
{
  g_autoptr (GArray) heads = _csvc_heads_new ();
  gboolean found;

  if (!_csvc_engine_enter (planning->engine, CSVC_TX_READ, error))
    return FALSE;
  found = _csvc_tx_find (planning->engine->tx, find, heads, error);
  _csvc_engine_leave (planning->engine, FALSE, NULL);
  for (guint i = 0; i < heads->len; i++)
    if (g_array_index (heads, CsvcHead, i).customer != NULL)
      _csvc_sieve_hold (planning->sieve, g_array_index (heads, CsvcHead, i).customer);
  *more = heads->len == find->limit;
  if (*more)
    find->after = g_array_index (heads, CsvcHead, heads->len - 1).id;
  return found;
}

static gboolean
hold_kind (Planning *planning, const char *kind, GError **error)
{
  CsvcFind find = { .index = CSVC_FIND_KIND, .type = CSVC_STREAM_CASE, .text = kind, .limit = PAGE };
  gboolean more = TRUE;

  while (more)
    if (!hold_page (planning, &find, &more, error))
      return FALSE;
  return TRUE;
}

static gboolean
hold_customers_of_cases (Planning *planning, GError **error)
{
  const CsvcPolicy *policy = planning->engine->policy;

  for (guint i = 0; i < csvc_policy_get_n_kinds (policy); i++)
    {
      const char *kind = csvc_kind_get_id (csvc_policy_get_kind (policy, i));

      if (csvc_policy_asks_cases (policy, kind) && !hold_kind (planning, kind, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
plan_all (Planning *planning, GError **error)
{
  if (!hold_customers_of_cases (planning, error))
    return FALSE;
  do
    if (!plan_page (planning, error) || !report (planning, error))
      return FALSE;
  while (planning->n_rows == PAGE);
  csvc_plan_arbitrate (planning->sweep->plan);
  return TRUE;
}

/* ---- Doing ---- */

static void
count_done (CsvcSweep *sweep, CsvcPlanDecision decision)
{
  sweep->n_opened += decision == CSVC_PLAN_OPEN;
  sweep->n_updated += decision == CSVC_PLAN_UPDATE;
  sweep->n_closed += decision == CSVC_PLAN_CLOSE;
}

static gboolean
do_item (Planning *planning, const CsvcPlanItem *item, GError **error)
{
  const char *customer = csvc_plan_item_get_customer (item);
  gint64 *version = g_hash_table_lookup (planning->versions, customer);
  CsvcPerson *person = _csvc_engine_load_person (planning->engine, customer, error);
  gboolean done = FALSE;

  if (person == NULL)
    return FALSE;
  if (version != NULL && *version == person->head.version)
    {
      if (!_csvc_engine_do_item (planning->engine, item, &planning->stamp, NULL, &done, error))
        return FALSE;
      person = _csvc_engine_load_person (planning->engine, customer, error);
      if (person == NULL)
        return FALSE;
      g_array_append_vals (planning->moved, &(Moved){ version, *version }, 1);
      *version = person->head.version;
    }
  if (done)
    count_done (planning->sweep, csvc_plan_item_get_decision (item));
  else
    planning->sweep->n_left++;
  return TRUE;
}

static gboolean
is_of_pass (const CsvcPlanItem *item, gboolean closing)
{
  return is_to_do (item) && (csvc_plan_item_get_decision (item) == CSVC_PLAN_CLOSE) == closing;
}

/* At most @max items from *@at on; *@at: where the next transaction goes on. */
static gboolean
do_some (Planning *planning, gboolean closing, guint max, guint *at, GError **error)
{
  const CsvcPlan *plan = planning->sweep->plan;
  guint n = 0, i = *at;
  gboolean done = TRUE;

  for (; done && i < csvc_plan_get_size (plan) && n < max; i++)
    if (is_of_pass (csvc_plan_get (plan, i), closing))
      {
        n++;
        done = do_item (planning, csvc_plan_get (plan, i), error);
      }
  *at = i;
  return done;
}

/* One transaction. What was lost changed nothing: neither the figures nor the versions that are known. */
static gboolean
do_batch (Planning *planning, gboolean closing, guint max, guint *at, GError **error)
{
  const CsvcSweep before = *planning->sweep;

  g_array_set_size (planning->moved, 0);
  if (!csvc_engine_begin (planning->engine, error))
    return FALSE;
  if (do_some (planning, closing, max, at, error))
    return csvc_engine_commit (planning->engine, error);
  csvc_engine_rollback (planning->engine);
  *planning->sweep = before;
  for (guint i = planning->moved->len; i > 0; i--)
    {
      const Moved *moved = &g_array_index (planning->moved, Moved, i - 1);

      *moved->version = moved->before;
    }
  return FALSE;
}

/* Was it the item's own fault? Then the others are done all the same. */
static gboolean
is_of_item (const GError *error)
{
  return g_error_matches (error, CSVC_ERROR, CSVC_ERROR_INVALID) || g_error_matches (error, CSVC_ERROR, CSVC_ERROR_LIMIT) ||
         g_error_matches (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND) || g_error_matches (error, CSVC_ERROR, CSVC_ERROR_EXISTS);
}

static void
leave_item (Planning *planning, guint index, const GError *error)
{
  planning->sweep->n_left++;
  g_hash_table_insert (planning->sweep->reasons, GUINT_TO_POINTER (index), g_strdup (error->message));
}

/* Each by itself, up to @end. */
static gboolean
do_singly (Planning *planning, gboolean closing, guint at, guint end, GError **error)
{
  while (at < end)
    {
      GError *fault = NULL;

      if (do_batch (planning, closing, 1, &at, &fault))
        continue;
      if (!is_of_item (fault))
        {
          g_propagate_error (error, fault);
          return FALSE;
        }
      leave_item (planning, at - 1, fault);
      g_error_free (fault);
    }
  return TRUE;
}

static gboolean
do_pass (Planning *planning, gboolean closing, GError **error)
{
  guint at = 0;

  while (at < csvc_plan_get_size (planning->sweep->plan))
    {
      const guint from = at;
      GError *fault = NULL;

      if (do_batch (planning, closing, ITEMS, &at, &fault))
        continue;
      if (!is_of_item (fault))
        {
          g_propagate_error (error, fault);
          return FALSE;
        }
      g_clear_error (&fault);
      if (!do_singly (planning, closing, from, at, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
do_all (Planning *planning, GError **error)
{
  return do_pass (planning, TRUE, error) && do_pass (planning, FALSE, error);
}

/* ---- The sweep ---- */

static gboolean
catch_up (Planning *planning, GError **error)
{
  CsvcTime wake;

  if (!planning->options->dry_run)
    return csvc_engine_advance (planning->engine, planning->stamp.at, 0, NULL, NULL, error);
  /* A tier may have ended since its column was written. */
  if (!csvc_engine_get_next_wake (planning->engine, &wake, error))
    return FALSE;
  if (wake <= planning->stamp.at)
    _csvc_sieve_open (planning->sieve);
  return TRUE;
}

static gboolean
check_sweep (const CsvcEngine *self, const CsvcStamp *stamp, GError **error)
{
  if (self->policy != NULL)
    return _csvc_command_check_stamp (stamp, error);
  g_set_error_literal (error, CSVC_ERROR, CSVC_ERROR_INVALID, "this engine has no policy, so there are no rules to sweep by");
  return FALSE;
}

static CsvcTime
begin_of_day (const CsvcZone *zone, CsvcTime at)
{
  const CsvcTime local = csvc_zone_to_local (zone, at);

  return csvc_zone_from_local (zone, local - ((local % CSVC_DAY) + CSVC_DAY) % CSVC_DAY);
}

/* @planning: with options. (transfer full) (nullable) */
static CsvcSweep *
sweep_once (Planning *planning, const CsvcStamp *stamp, GError **error)
{
  CsvcPolicy *policy = planning->engine->policy;
  g_autoptr (CsvcSweep) sweep = g_new0 (CsvcSweep, 1);
  gboolean swept;

  planning->sweep = sweep;
  planning->stamp = *stamp;
  planning->stamp.key = NULL;
  sweep->at = stamp->at;
  sweep->plan = csvc_plan_new (policy);
  sweep->reasons = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  planning->moved = g_array_new (FALSE, FALSE, sizeof (Moved));
  planning->day = begin_of_day (csvc_policy_get_zone (policy), stamp->at);
  planning->sieve = _csvc_sieve_new (policy, stamp->at);
  planning->cases = csvc_caseload_new (policy);
  planning->keys = g_ptr_array_new_with_free_func (g_free);
  planning->versions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  swept = catch_up (planning, error) && plan_all (planning, error) && (planning->options->dry_run || do_all (planning, error));
  g_array_unref (planning->moved);
  g_hash_table_unref (planning->versions);
  g_ptr_array_unref (planning->keys);
  csvc_caseload_free (planning->cases);
  _csvc_sieve_free (planning->sieve);
  return swept ? g_steal_pointer (&sweep) : NULL;
}

CsvcSweep *
csvc_engine_sweep (CsvcEngine *self, const CsvcStamp *stamp, const CsvcSweepOptions *options, GError **error)
{
  const CsvcSweepOptions usual = CSVC_SWEEP_OPTIONS;
  Planning planning = { .engine = self, .options = options != NULL ? options : &usual };
  CsvcSweep *sweep;

  g_return_val_if_fail (self != NULL && self->tx == NULL && stamp != NULL, NULL);

  if (!check_sweep (self, stamp, error))
    return NULL;
  if (planning.options->dry_run)
    return sweep_once (&planning, stamp, error);
  if (!g_atomic_int_compare_and_exchange (&self->store->is_swept, FALSE, TRUE))
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_BUSY, "%s: another engine is at a sweep; sweep when it has ended", self->store->uri);
      return NULL;
    }
  sweep = sweep_once (&planning, stamp, error);
  g_atomic_int_set (&self->store->is_swept, FALSE);
  return sweep;
}

void
csvc_sweep_free (CsvcSweep *self)
{
  if (self == NULL)
    return;
  csvc_plan_free (self->plan);
  g_hash_table_unref (self->reasons);
  g_free (self);
}

const char *
csvc_sweep_get_failure (const CsvcSweep *self, guint index)
{
  g_return_val_if_fail (self != NULL, NULL);
  return g_hash_table_lookup (self->reasons, GUINT_TO_POINTER (index));
}

/* One getter a member. */
#define GETTER(type_, name_, member) \
  type_ csvc_sweep_get_##name_ (const CsvcSweep *self) \
  { \
    g_return_val_if_fail (self != NULL, 0); \
    return self->member; \
  }

GETTER (const CsvcPlan *, plan, plan)
GETTER (CsvcTime, at, at)
GETTER (guint64, n_customers, n_customers)
GETTER (guint64, n_loaded, n_loaded)
GETTER (guint, n_opened, n_opened)
GETTER (guint, n_updated, n_updated)
GETTER (guint, n_closed, n_closed)
GETTER (guint, n_left, n_left)
