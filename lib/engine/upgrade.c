/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <csvc/revise.h>
#include <string.h>

#include "engine/private.h"
#include "machine/restate.h"

/* Open cases under another version of their policy: first a plan, which is a value, then its cases one by one. */

#define PAGE 200
#define CASES_A_TRANSACTION 100
#define NAMED 10

typedef struct {
  char    *clock;
  CsvcTime before, after;
} Due;

struct _CsvcUpgradeItem {
  char   *id, *version, *error;
  char   *states_before, *states_after;
  gint64  stored; /* version of the stream when it was planned */
  GArray *dues;   /* of Due */
};

struct _CsvcUpgradePlan {
  char       *policy; /* hash of the new version */
  CsvcUpgrade choice;
  GPtrArray  *items;
  guint       n_kept;
};

/* ---- One case ---- */

/* The same policy but for its calendars? */
static gboolean
is_recalendared (const CsvcPolicy *a, const CsvcPolicy *b)
{
  return g_str_equal (csvc_policy_get_version (a), csvc_policy_get_version (b)) && _csvc_node_equal (a->document, b->document, "calendar");
}

CsvcCase *
_csvc_engine_upgrade_case (const CsvcCase *self, CsvcPolicy *policy, CsvcUpgrade choice, const CsvcCustomer *customer, CsvcTime at,
                           CsvcEffects *effects, GError **error)
{
  if (is_recalendared (csvc_case_get_policy (self), policy))
    return _csvc_case_recalendar (self, policy, at, effects, error);
  return csvc_case_upgrade (self, policy, choice, customer, at, effects, error);
}

CsvcUpgrade
_csvc_upgrade_from_string (const char *word)
{
  for (guint i = CSVC_UPGRADE_BY_POLICY; i <= CSVC_UPGRADE_NEXT_CYCLE; i++)
    if (g_strcmp0 (csvc_upgrade_to_string ((CsvcUpgrade) i), word) == 0)
      return (CsvcUpgrade) i;
  return CSVC_UPGRADE_BY_POLICY;
}

/* (transfer full): @work under the engine's policy, and *customer as that sees them. */
static CsvcCase *
upgrade (CsvcEngine *self, const CsvcWork *work, CsvcUpgrade choice, CsvcTime at, CsvcCustomer **customer, CsvcEffects *effects, GError **error)
{
  const char *id = csvc_case_get_customer (work->self);

  if (id != NULL)
    *customer = _csvc_engine_load_customer (self, self->policy, id, error);
  if (id != NULL && *customer == NULL)
    return NULL;
  return _csvc_engine_upgrade_case (work->self, self->policy, choice, *customer, MAX (at, csvc_case_get_last_at (work->self)), effects, error);
}

/* ---- Planning ---- */

static void
due_clear (gpointer data)
{
  g_free (((Due *) data)->clock);
}

static void
item_free (gpointer data)
{
  CsvcUpgradeItem *self = data;

  g_free (self->id);
  g_free (self->version);
  g_free (self->error);
  g_free (self->states_before);
  g_free (self->states_after);
  g_array_unref (self->dues);
  g_free (self);
}

void
csvc_upgrade_plan_free (CsvcUpgradePlan *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->items);
  g_free (self->policy);
  g_free (self);
}

/* A clock has at most one open cycle. */
static Due *
find_due (GArray *dues, const char *clock)
{
  Due due = { NULL, CSVC_NEVER, CSVC_NEVER };

  for (guint i = 0; i < dues->len; i++)
    if (g_str_equal (g_array_index (dues, Due, i).clock, clock))
      return &g_array_index (dues, Due, i);
  due.clock = g_strdup (clock);
  g_array_append_val (dues, due);
  return &g_array_index (dues, Due, dues->len - 1);
}

static void
add_dues (GArray *dues, const CsvcCase *self, gboolean after)
{
  for (guint i = 0; i < csvc_case_get_n_cycles (self); i++)
    {
      const CsvcCycle *cycle = csvc_case_get_cycle (self, i);
      const CsvcClock *clock = csvc_cycle_get_clock (cycle);
      Due *due;

      if (csvc_cycle_get_state (cycle) == CSVC_CYCLE_CLOSED || !csvc_clock_is_promise (clock))
        continue;
      due = find_due (dues, csvc_clock_get_id (clock));
      *(after ? &due->after : &due->before) = csvc_case_get_due (self, cycle);
    }
}

static CsvcUpgradeItem *
item_new (const CsvcWork *work, const CsvcCase *after, const GError *error)
{
  CsvcUpgradeItem *self = g_new0 (CsvcUpgradeItem, 1);

  self->id = g_strdup (work->head.key);
  self->version = g_strdup (csvc_policy_get_version (csvc_case_get_policy (work->self)));
  self->stored = work->head.version;
  self->states_before = csvc_case_dup_states (work->self);
  self->dues = g_array_new (FALSE, FALSE, sizeof (Due));
  g_array_set_clear_func (self->dues, due_clear);
  add_dues (self->dues, work->self, FALSE);
  if (after != NULL)
    {
      self->states_after = csvc_case_dup_states (after);
      add_dues (self->dues, after, TRUE);
    }
  else
    self->error = g_strdup (error->message);
  return self;
}

/* The case as it would stand at @at: what is due before is done first, here only in memory. */
static CsvcCase *
plan_upgrade (CsvcEngine *self, const CsvcUpgradePlan *plan, const CsvcWork *work, CsvcTime at, GError **error)
{
  g_autoptr (CsvcCustomer) customer = NULL;

  if (!csvc_case_advance (work->self, work->customer, at, NULL, error))
    return NULL;
  return upgrade (self, work, plan->choice, at, &customer, NULL, error);
}

/* FALSE: the store failed. */
static gboolean
plan_case (CsvcEngine *self, CsvcUpgradePlan *plan, const CsvcWork *work, CsvcTime at, GError **error)
{
  g_autoptr (CsvcCase) after = NULL;
  g_autoptr (GError) reason = NULL;

  after = plan_upgrade (self, plan, work, at, &reason);
  if (self->failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  if (after != NULL && csvc_case_has_ended (after))
    return TRUE;
  if (after != NULL && csvc_case_get_policy (after) == csvc_case_get_policy (work->self))
    plan->n_kept++;
  else
    g_ptr_array_add (plan->items, item_new (work, after, reason));
  return TRUE;
}

static gboolean
is_concerned (CsvcEngine *self, const CsvcHead *head, gboolean *concerned, GError **error)
{
  CsvcPolicy *policy;

  *concerned = FALSE;
  if (g_str_equal (head->policy, csvc_policy_get_hash (self->policy)))
    return TRUE;
  policy = _csvc_engine_find_policy (self, head->policy, error);
  *concerned = policy != NULL && g_str_equal (csvc_policy_get_id (policy), csvc_policy_get_id (self->policy));
  return policy != NULL;
}

static gboolean
plan_head (CsvcEngine *self, CsvcUpgradePlan *plan, CsvcHead *head, CsvcTime at, GError **error)
{
  gboolean concerned, planned;
  CsvcWork *work;

  if (!is_concerned (self, head, &concerned, error))
    return FALSE;
  if (!concerned)
    return TRUE;
  work = _csvc_engine_adopt (self, head, error);
  if (work == NULL)
    return FALSE;
  planned = plan_case (self, plan, work, at, error);
  _csvc_engine_drop (self, work->head.key);
  return planned;
}

static gboolean
plan_all (CsvcEngine *self, CsvcUpgradePlan *plan, const char *kind, CsvcTime at, GError **error)
{
  CsvcFind find = { .index = kind != NULL ? CSVC_FIND_KIND : CSVC_FIND_ALL, .type = CSVC_STREAM_CASE, .text = kind, .open_only = TRUE,
                    .limit = PAGE };
  gboolean last = FALSE;

  while (!last)
    {
      g_autoptr (GArray) heads = _csvc_heads_new ();

      if (!_csvc_tx_find (self->tx, &find, heads, error))
        return FALSE;
      last = heads->len < PAGE;
      for (guint i = 0; i < heads->len; i++)
        {
          CsvcHead *head = &g_array_index (heads, CsvcHead, i);

          find.after = head->id;
          if (!plan_head (self, plan, head, at, error))
            return FALSE;
        }
    }
  return TRUE;
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(CsvcUpgradeItem *const *) a)->id, (*(CsvcUpgradeItem *const *) b)->id);
}

CsvcUpgradePlan *
csvc_engine_plan_upgrade (CsvcEngine *self, const char *kind, CsvcUpgrade choice, CsvcTime at, GError **error)
{
  g_autoptr (CsvcUpgradePlan) plan = NULL;
  gboolean planned;

  g_return_val_if_fail (self != NULL && self->tx == NULL, NULL);
  g_return_val_if_fail (at >= CSVC_TIME_MIN && at <= CSVC_TIME_MAX, NULL);

  if (self->policy == NULL)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "this engine has no policy that cases could be brought under");
      return NULL;
    }
  plan = g_new0 (CsvcUpgradePlan, 1);
  plan->policy = g_strdup (csvc_policy_get_hash (self->policy));
  plan->choice = choice;
  plan->items = g_ptr_array_new_with_free_func (item_free);
  if (!_csvc_engine_enter (self, CSVC_TX_READ, error))
    return NULL;
  planned = plan_all (self, plan, kind, at, error);
  _csvc_engine_leave (self, FALSE, NULL);
  g_ptr_array_sort (plan->items, compare_items);
  return planned ? g_steal_pointer (&plan) : NULL;
}

/* ---- Applying ---- */

typedef struct {
  CsvcEngine            *engine;
  const CsvcUpgradePlan *plan;
  const CsvcStamp       *stamp;
  guint                  n_done;
  GPtrArray             *moved; /* ids, borrowed from the plan */
  GError                *error; /* of the first case that could not be upgraded */
} Applying;

static void
note_error (Applying *applying, const char *id, GError *error)
{
  if (applying->error == NULL)
    applying->error = g_error_new (error->domain, error->code, "case %s: %s", id, error->message);
  g_error_free (error);
}

static gboolean
put_upgraded (Applying *applying, CsvcWork *work, GError **error)
{
  CsvcEngine *self = applying->engine;
  const CsvcTime at = applying->stamp->at;
  const CsvcCommand command = { .type = CSVC_COMMAND_UPGRADE, .stream = CSVC_STREAM_CASE, .id = work->head.key,
                                .name = csvc_upgrade_to_string (applying->plan->choice), .stamp = applying->stamp };
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (CsvcCustomer) customer = NULL;
  CsvcCase *after = upgrade (self, work, applying->plan->choice, at, &customer, effects, error);

  if (after == NULL)
    return FALSE;
  _csvc_work_take (work, after);
  csvc_customer_free (work->customer);
  work->customer = g_steal_pointer (&customer);
  return _csvc_engine_put_case (self, work, &command, at, effects, 0, error);
}

/* Whatever is wrong with the case is noted; FALSE: the store failed. */
static gboolean
apply_item (Applying *applying, const CsvcUpgradeItem *item, GError **error)
{
  CsvcEngine *self = applying->engine;
  g_autoptr (CsvcEffects) before = csvc_effects_new ();
  GError *reason = NULL;
  CsvcWork *work;

  if (!_csvc_engine_load (self, item->id, &work, error))
    return FALSE;
  if (work == NULL || work->head.version != item->stored || applying->stamp->at < csvc_case_get_last_at (work->self))
    {
      g_ptr_array_add (applying->moved, item->id);
      return TRUE;
    }
  if (_csvc_engine_advance_family (self, work, applying->stamp->at, applying->stamp->at, before, &reason) &&
      !csvc_case_has_ended (work->self))
    applying->n_done += put_upgraded (applying, work, &reason);
  if (reason == NULL)
    return TRUE;
  if (self->failure == NULL)
    {
      note_error (applying, item->id, reason);
      return TRUE;
    }
  g_propagate_error (error, reason);
  return FALSE;
}

/* One transaction, from item *next on. */
static gboolean
apply_some (Applying *applying, guint *next, GError **error)
{
  CsvcEngine *self = applying->engine;
  const guint done = applying->n_done, end = MIN (*next + CASES_A_TRANSACTION, applying->plan->items->len);
  gboolean applied = TRUE;

  if (!_csvc_engine_enter (self, CSVC_TX_WRITE, error))
    return FALSE;
  applied = _csvc_engine_put_policy (self, error);
  for (; applied && *next < end; ++*next)
    {
      const CsvcUpgradeItem *item = g_ptr_array_index (applying->plan->items, *next);

      if (item->error == NULL)
        applied = apply_item (applying, item, error);
      else
        note_error (applying, item->id, g_error_new_literal (CSVC_ERROR, CSVC_ERROR_NOT_FOUND, item->error));
    }
  if (!applied)
    _csvc_engine_leave (self, FALSE, NULL);
  else
    applied = _csvc_engine_leave (self, TRUE, error);
  if (!applied)
    applying->n_done = done;
  return applied;
}

static void
report_moved (const GPtrArray *moved, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < MIN (moved->len, NAMED); i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", (const char *) moved->pdata[i]);
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_CONFLICT, "%u of the cases have moved since they were planned: %s%s; plan again", moved->len,
               names->str, moved->len > NAMED ? ", …" : "");
}

gboolean
csvc_engine_apply_upgrade (CsvcEngine *self, const CsvcUpgradePlan *plan, const CsvcStamp *stamp, guint *n_done, GError **error)
{
  g_autoptr (GPtrArray) moved = g_ptr_array_new ();
  Applying applying = { self, plan, stamp, 0, moved, NULL };
  gboolean applied = TRUE, refused;
  guint next = 0;

  g_return_val_if_fail (self != NULL && self->tx == NULL && plan != NULL && stamp != NULL, FALSE);
  g_return_val_if_fail (self->policy != NULL && g_str_equal (plan->policy, csvc_policy_get_hash (self->policy)), FALSE);

  if (!_csvc_command_check_stamp (stamp, error))
    return FALSE;
  while (applied && next < plan->items->len)
    applied = apply_some (&applying, &next, error);
  if (n_done != NULL)
    *n_done = applying.n_done;
  refused = moved->len > 0 || applying.error != NULL;
  if (applied && moved->len > 0)
    report_moved (moved, error);
  else if (applied && refused)
    g_propagate_error (error, g_steal_pointer (&applying.error));
  g_clear_error (&applying.error);
  return applied && !refused;
}

/* ---- Asking ---- */

guint
csvc_upgrade_plan_get_size (const CsvcUpgradePlan *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->items->len;
}

const CsvcUpgradeItem *
csvc_upgrade_plan_get (const CsvcUpgradePlan *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->items->len, NULL);

  return g_ptr_array_index (self->items, index);
}

guint
csvc_upgrade_plan_get_n_kept (const CsvcUpgradePlan *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_kept;
}

#define GETTER(name, member) \
  const char *csvc_upgrade_item_get_##name (const CsvcUpgradeItem *self) \
  { \
    g_return_val_if_fail (self != NULL, NULL); \
\
    return self->member; \
  }

GETTER (case, id)
GETTER (version, version)
GETTER (error, error)

void
csvc_upgrade_item_get_states (const CsvcUpgradeItem *self, const char **before, const char **after)
{
  g_return_if_fail (self != NULL);

  if (before != NULL)
    *before = self->states_before;
  if (after != NULL)
    *after = self->states_after;
}

guint
csvc_upgrade_item_get_n_dues (const CsvcUpgradeItem *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->dues->len;
}

void
csvc_upgrade_item_get_due (const CsvcUpgradeItem *self, guint index, const char **clock, CsvcTime *before, CsvcTime *after)
{
  const Due *due;

  g_return_if_fail (self != NULL && index < self->dues->len);

  due = &g_array_index (self->dues, Due, index);
  if (clock != NULL)
    *clock = due->clock;
  if (before != NULL)
    *before = due->before;
  if (after != NULL)
    *after = due->after;
}
