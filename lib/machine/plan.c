/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/tier.h>
#include <string.h>

#include "machine/machine.h"
#include "machine/plan.h"

/* The plan: what each rule comes to for one customer after the other. Of a customer the tasks that exist are looked at first, because what they close
 * frees caps; then the new ones, in the order in which they take what the caps leave. */

/* The customer at work. */
typedef struct {
  CsvcPlan       *plan;
  CsvcLookout     look;
  const CsvcTier *tier;
  const char     *customer; /* kept in the plan, as soon as there is an item */
  guint           first;    /* its first item */
} Work;

static void
clear_item (gpointer item)
{
  g_clear_pointer (&((CsvcPlanItem *) item)->facts, csvc_facts_unref);
}

CsvcPlan *
csvc_plan_new (CsvcPolicy *policy)
{
  CsvcPlan *self;

  g_return_val_if_fail (policy != NULL, NULL);

  self = g_new0 (CsvcPlan, 1);
  self->policy = csvc_policy_ref (policy);
  self->texts = g_string_chunk_new (1024);
  self->items = g_array_new (FALSE, TRUE, sizeof (CsvcPlanItem));
  self->candidates = g_array_new (FALSE, TRUE, sizeof (CsvcPlanItem));
  self->taken = g_new0 (guint, policy->n_roles + 1); /* never NULL */
  self->planned = g_new0 (guint, policy->rules.n_caps + 1);
  g_array_set_clear_func (self->items, clear_item);
  return self;
}

void
csvc_plan_free (CsvcPlan *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->items);
  g_array_unref (self->candidates);
  g_string_chunk_free (self->texts);
  g_free (self->taken);
  g_free (self->planned);
  csvc_policy_unref (self->policy);
  g_free (self);
}

void
csvc_plan_clear (CsvcPlan *self)
{
  g_return_if_fail (self != NULL);

  g_array_set_size (self->items, 0);
  g_string_chunk_clear (self->texts);
  memset (self->taken, 0, self->policy->n_roles * sizeof (guint));
}

/* ── items ── */

static const char *
keep (Work *work, const char *text)
{
  return text != NULL ? g_string_chunk_insert (work->plan->texts, text) : NULL;
}

static const char *
keep_customer (Work *work)
{
  if (work->customer == NULL)
    work->customer = keep (work, work->look.customer->record.id);
  return work->customer;
}

static CsvcPlanItem
make_item (Work *work, const CsvcRule *rule, CsvcPlanDecision decision, const char *key)
{
  return (CsvcPlanItem){ .plan = work->plan,
                         .decision = decision,
                         .rule = rule,
                         .rule_id = rule->part.id,
                         .customer = keep_customer (work),
                         .key = keep (work, key),
                         .tier = work->tier,
                         .script = rule->script,
                         .due = CSVC_NEVER,
                         .place = rule->part.place };
}

static void
set_reason (Work *work, CsvcPlanItem *item, const CsvcOccasion *occasion)
{
  g_autofree char *reason = _csvc_rule_dup_reason (item->rule, &work->look, occasion);

  item->reason = keep (work, reason);
}

static void
append (Work *work, const CsvcPlanItem *item)
{
  g_array_append_val (work->plan->items, *item);
}

static void
add_undecided (Work *work, const CsvcRule *rule, const CsvcOccasion *occasion, const char *missing, const CsvcTask *task)
{
  CsvcPlanItem item = make_item (work, rule, CSVC_PLAN_UNDECIDED, occasion->key);
  CsvcOccasion unknown = { CSVC_CAUSE_UNKNOWN, missing, NULL, occasion->day };

  item.missing = missing;
  item.case_id = task != NULL ? keep (work, task->case_id) : NULL;
  set_reason (work, &item, &unknown);
  append (work, &item);
}

/* ── tasks that there are ── */

static gboolean
is_open (const CsvcTask *task)
{
  return task->closed_at == CSVC_NEVER;
}

/* Only what certainly forbids it closes what is going on. */
static const CsvcVeto *
find_closing_veto (const Work *work, const CsvcRule *rule)
{
  const CsvcRules *rules = &work->plan->policy->rules;

  for (guint i = 0; i < rules->n_vetoes; i++)
    {
      const char *missing;
      CsvcTime until;

      if (rules->vetoes[i].closes && _csvc_veto_is_about (&rules->vetoes[i], rule->purpose, rule->channel) &&
          _csvc_veto_holds (&rules->vetoes[i], &work->look, &missing, &until) && missing == NULL)
        return &rules->vetoes[i];
    }
  return NULL;
}

static void
close_by_veto (Work *work, const CsvcRule *rule, const CsvcTask *task, const CsvcVeto *veto)
{
  CsvcPlanItem item = make_item (work, rule, CSVC_PLAN_CLOSE, task->key);
  g_autofree char *reason = _csvc_veto_dup_reason (veto, &work->look, NULL);

  item.case_id = keep (work, task->case_id);
  item.veto = veto->part.id;
  item.place = veto->part.place;
  item.reason = keep (work, reason);
  append (work, &item);
}

static void
close_task (Work *work, const CsvcRule *rule, const CsvcTask *task, const char *why, const CsvcOccasion *occasion)
{
  CsvcPlanItem item = make_item (work, rule, CSVC_PLAN_CLOSE, task->key);

  item.case_id = keep (work, task->case_id);
  item.veto = why;
  set_reason (work, &item, occasion);
  append (work, &item);
}

static void
close_without_rule (Work *work, const CsvcTask *task)
{
  CsvcPlanItem item = { .plan = work->plan,
                        .decision = CSVC_PLAN_CLOSE,
                        .rule_id = keep (work, task->rule),
                        .customer = keep_customer (work),
                        .key = keep (work, task->key),
                        .case_id = keep (work, task->case_id),
                        .tier = work->tier,
                        .due = task->due,
                        .veto = "rule-gone",
                        .reason = "the policy has no such rule any more",
                        .place = work->plan->policy->part.place };

  append (work, &item);
}

/* Due instants are counted from when the task was opened, so that keeping it changes none. */
static void
keep_task (Work *work, const CsvcRule *rule, const CsvcTask *task, const CsvcOccasion *occasion)
{
  CsvcPlanItem item = make_item (work, rule, CSVC_PLAN_KEEP, task->key);
  const char *missing = NULL;

  item.case_id = keep (work, task->case_id);
  if (!_csvc_rule_find_due (rule, &work->look, task->opened_at, &item.due, &missing))
    item.due = task->due;
  if (item.due != task->due || g_strcmp0 (rule->script != NULL ? rule->script->part.id : NULL, task->script) != 0)
    item.decision = CSVC_PLAN_UPDATE;
  set_reason (work, &item, occasion);
  append (work, &item);
}

static void
look_at_task (Work *work, const CsvcRule *rule, const CsvcTask *task, const CsvcOccasion *occasion)
{
  const CsvcVeto *veto = find_closing_veto (work, rule);
  const CsvcOccasion still = { CSVC_CAUSE_THERE, NULL, NULL, 0 }, gone = { CSVC_CAUSE_NONE, NULL, NULL, 0 };

  if (veto != NULL)
    close_by_veto (work, rule, task, veto);
  else if (!_csvc_rule_is_valid (rule, work->look.today))
    close_task (work, rule, task, "not-valid", &gone);
  else if (rule->on == CSVC_RULE_ON_EVENT)
    keep_task (work, rule, task, &still);
  else if (occasion->cause == CSVC_CAUSE_UNKNOWN)
    add_undecided (work, rule, occasion, occasion->missing, task);
  else if (occasion->cause == CSVC_CAUSE_THERE && g_strcmp0 (occasion->key, task->key) == 0)
    keep_task (work, rule, task, occasion);
  else
    close_task (work, rule, task, "cause-gone", &gone);
}

/* TRUE when the rule has an open task. */
static gboolean
look_at_tasks (Work *work, const CsvcRule *rule, const CsvcOccasion *occasion)
{
  const GArray *tasks = work->look.customer->record.tasks;
  gboolean any = FALSE;

  for (guint i = 0; i < tasks->len; i++)
    {
      const CsvcTask *task = &g_array_index (tasks, CsvcTask, i);

      if (!is_open (task) || strcmp (task->rule, rule->part.id) != 0)
        continue;
      look_at_task (work, rule, task, occasion);
      any = TRUE;
    }
  return any;
}

/* Whatever else is decided is decided as if that had been done: a sweep that is stopped after it, and made again, comes to the same. */
static gboolean
is_closing (const Work *work, const CsvcTask *task)
{
  for (guint i = work->first; i < work->plan->items->len; i++)
    {
      const CsvcPlanItem *item = &g_array_index (work->plan->items, CsvcPlanItem, i);

      if (item->decision == CSVC_PLAN_CLOSE && strcmp (item->rule_id, task->rule) == 0 && g_strcmp0 (item->key, task->key) == 0)
        return TRUE;
    }
  return FALSE;
}

/* ── new ones ── */

static gboolean
suppress_by_veto (Work *work, CsvcPlanItem *item)
{
  const CsvcRules *rules = &work->plan->policy->rules;

  for (guint i = 0; i < rules->n_vetoes; i++)
    {
      const CsvcVeto *veto = &rules->vetoes[i];
      g_autofree char *reason = NULL;
      CsvcTime until;

      if (!_csvc_veto_is_about (veto, item->rule->purpose, item->rule->channel) || !_csvc_veto_holds (veto, &work->look, &item->missing, &until))
        continue;
      reason = _csvc_veto_dup_reason (veto, &work->look, item->missing);
      item->decision = CSVC_PLAN_SUPPRESSED;
      item->veto = veto->part.id;
      item->place = veto->part.place;
      item->reason = keep (work, reason);
      return TRUE;
    }
  item->missing = NULL;
  return FALSE;
}

/* The end of the cool-down after the rule's last task, or its last instant that is known; of one that is being closed that is now. */
static CsvcTime
find_cool (const Work *work, const CsvcRule *rule)
{
  const GArray *tasks = work->look.customer->record.tasks;
  CsvcTime last = CSVC_NEVER;

  for (guint i = 0; i < tasks->len; i++)
    {
      const CsvcTask *task = &g_array_index (tasks, CsvcTask, i);
      CsvcTime end = is_open (task) ? task->opened_at : task->closed_at;

      if (strcmp (task->rule, rule->part.id) != 0)
        continue;
      if (is_open (task) && is_closing (work, task))
        end = work->look.at;
      if (last == CSVC_NEVER || end > last)
        last = end;
    }
  return last != CSVC_NEVER ? _csvc_term_after (work->plan->policy->zone, last, rule->cool_down, 1) : last;
}

static gboolean
suppress_by_cool_down (Work *work, CsvcPlanItem *item)
{
  CsvcTime end = _csvc_term_is_set (item->rule->cool_down) ? find_cool (work, item->rule) : CSVC_NEVER;
  g_autofree char *until = NULL, *reason = NULL;

  if (end == CSVC_NEVER || end <= work->look.at)
    return FALSE;
  until = csvc_zone_to_string (work->plan->policy->zone, end);
  reason = g_strdup_printf ("cool-down until %s", until);
  item->decision = CSVC_PLAN_SUPPRESSED;
  item->veto = "cool-down";
  item->reason = keep (work, reason);
  return TRUE;
}

/* FALSE: a value is missing that the case cannot be opened without. */
static gboolean
evaluate_withs (Work *work, CsvcPlanItem *item, const char **missing)
{
  const CsvcRule *rule = item->rule;

  if (rule->n_args > 0)
    item->facts = csvc_facts_new ();
  for (guint i = 0; i < rule->n_args; i++)
    {
      CsvcValue value = CSVC_VALUE_UNKNOWN;
      g_auto (CsvcValue) own = CSVC_VALUE_UNKNOWN;

      if (_csvc_expr_eval (rule->args[i].expr, &work->look.env, &value, missing) != CSVC_TRUE)
        return FALSE;
      _csvc_value_init_copy (&own, &value);
      csvc_facts_set (item->facts, rule->args[i].name, &own);
    }
  return TRUE;
}

static void
consider (Work *work, const CsvcRule *rule, const CsvcOccasion *occasion)
{
  CsvcPlanItem item = make_item (work, rule, CSVC_PLAN_OPEN, occasion->key);
  const char *missing = NULL;

  if (suppress_by_veto (work, &item) || suppress_by_cool_down (work, &item))
    {
      append (work, &item);
      return;
    }
  if (!_csvc_rule_find_due (rule, &work->look, work->look.at, &item.due, &missing) || !evaluate_withs (work, &item, &missing))
    {
      clear_item (&item);
      add_undecided (work, rule, occasion, missing, NULL);
      return;
    }
  set_reason (work, &item, occasion);
  g_array_append_val (work->plan->candidates, item);
}

static void
add_done (Work *work, const CsvcRule *rule, const CsvcTask *task)
{
  CsvcPlanItem item = make_item (work, rule, CSVC_PLAN_DONE, task->key);

  item.case_id = keep (work, task->case_id);
  item.reason = "the occasion has had its task";
  append (work, &item);
}

static void
look_at_rule (Work *work, const CsvcRule *rule, const char *case_id)
{
  CsvcOccasion occasion = { CSVC_CAUSE_NONE, NULL, NULL, 0 };
  const CsvcTask *task;
  gboolean has_open = FALSE;

  if (_csvc_rule_is_valid (rule, work->look.today) && (case_id != NULL || rule->on != CSVC_RULE_ON_EVENT))
    occasion = _csvc_rule_find_occasion (rule, &work->look, case_id);
  if (case_id == NULL && work->look.customer->record.tasks->len > 0)
    has_open = look_at_tasks (work, rule, &occasion);
  task = occasion.key != NULL ? _csvc_customer_record_find_task (&work->look.customer->record, rule->part.id, occasion.key) : NULL;
  if (occasion.cause == CSVC_CAUSE_UNKNOWN && !has_open)
    add_undecided (work, rule, &occasion, occasion.missing, NULL);
  else if (occasion.cause == CSVC_CAUSE_THERE && task == NULL)
    consider (work, rule, &occasion);
  else if (occasion.cause == CSVC_CAUSE_THERE && !is_open (task))
    add_done (work, rule, task);
  g_free (occasion.key);
}

/* ── caps ── */

/* Contacts that were, and those that open tasks stand for. */
static guint
count_for_cap (const Work *work, const CsvcCap *cap)
{
  const CsvcCustomerRecord *record = &work->look.customer->record;
  CsvcTime next;
  guint n = _csvc_cap_count (cap, work->look.customer, work->look.at, &next);

  for (guint i = 0; i < record->tasks->len; i++)
    {
      const CsvcTask *task = &g_array_index (record->tasks, CsvcTask, i);
      const CsvcPurpose *purpose = is_open (task) && task->purpose != NULL ? csvc_policy_find_purpose (work->plan->policy, task->purpose) : NULL;

      n += purpose != NULL && csvc_cap_counts (cap, purpose) && !_csvc_task_was_contacted (task, record) && !is_closing (work, task);
    }
  return n;
}

static gboolean
suppress_by_cap (Work *work, CsvcPlanItem *item)
{
  const CsvcRules *rules = &work->plan->policy->rules;

  for (guint i = 0; i < rules->n_caps; i++)
    {
      const CsvcCap *cap = &rules->caps[i];
      g_autofree char *reason = NULL;
      guint counted;

      if (!csvc_cap_counts (cap, item->rule->purpose))
        continue;
      counted = count_for_cap (work, cap) + work->plan->planned[i];
      if (counted < cap->max)
        continue;
      reason = g_strdup_printf ("%u of %u contacts within %s, made or planned", counted, cap->max, csvc_cap_get_per (cap));
      item->decision = CSVC_PLAN_SUPPRESSED;
      item->veto = "cap";
      item->place = cap->place;
      item->reason = keep (work, reason);
      return TRUE;
    }
  for (guint i = 0; i < rules->n_caps; i++)
    work->plan->planned[i] += csvc_cap_counts (&rules->caps[i], item->rule->purpose);
  return FALSE;
}

/* ── the order ── */

static int
compare_numbers (gint64 a, gint64 b)
{
  return (a > b) - (a < b);
}

static gint64
rank_of (const CsvcTier *tier)
{
  return tier != NULL ? (gint64) tier->rank : -1;
}

/* The pages of the customers do not matter: the order is total. */
static int
compare_items (gconstpointer a, gconstpointer b)
{
  const CsvcPlanItem *x = a, *y = b;
  int order = compare_numbers (y->rule != NULL ? y->rule->priority : 0, x->rule != NULL ? x->rule->priority : 0);

  if (order == 0)
    order = compare_numbers (rank_of (y->tier), rank_of (x->tier));
  if (order == 0)
    order = compare_numbers (x->due, y->due);
  if (order == 0)
    order = compare_numbers (x->rule != NULL ? x->rule->index : G_MAXUINT, y->rule != NULL ? y->rule->index : G_MAXUINT);
  if (order == 0)
    order = strcmp (x->customer, y->customer);
  if (order == 0)
    order = g_strcmp0 (x->rule_id, y->rule_id);
  return order != 0 ? order : g_strcmp0 (x->key, y->key);
}

static void
take_candidates (Work *work)
{
  CsvcPlan *plan = work->plan;

  if (plan->candidates->len == 0)
    return;
  g_array_sort (plan->candidates, compare_items);
  memset (plan->planned, 0, plan->policy->rules.n_caps * sizeof (guint));
  for (guint i = 0; i < plan->candidates->len; i++)
    {
      CsvcPlanItem *item = &g_array_index (plan->candidates, CsvcPlanItem, i);

      suppress_by_cap (work, item);
      append (work, item);
    }
  g_array_set_size (plan->candidates, 0);
}

/* One customer's items lie together until the plan is arbitrated. */
static void
sort_own (const Work *work)
{
  GArray *items = work->plan->items;

  if (items->len > work->first + 1)
    qsort (&g_array_index (items, CsvcPlanItem, work->first), items->len - work->first, sizeof (CsvcPlanItem), compare_items);
}

/* ── customers ── */

static void
begin (Work *work, CsvcPlan *plan, const CsvcCustomer *customer, const CsvcCaseload *cases, CsvcTime at)
{
  work->plan = plan;
  work->tier = csvc_customer_get_tier (customer);
  work->customer = NULL;
  work->first = plan->items->len;
  _csvc_look_init (&work->look, customer, cases, at);
}

static void
look_at_gone_rules (Work *work)
{
  const GArray *tasks = work->look.customer->record.tasks;

  for (guint i = 0; i < tasks->len; i++)
    {
      const CsvcTask *task = &g_array_index (tasks, CsvcTask, i);

      if (is_open (task) && csvc_policy_find_rule (work->plan->policy, task->rule) == NULL)
        close_without_rule (work, task);
    }
}

void
csvc_plan_add (CsvcPlan *self, const CsvcCustomer *customer, const CsvcCaseload *cases, CsvcTime at)
{
  Work work;

  g_return_if_fail (self != NULL && customer != NULL && customer->policy == self->policy);

  begin (&work, self, customer, cases, at);
  for (guint i = 0; i < self->policy->rules.n_rules; i++)
    look_at_rule (&work, &self->policy->rules.rules[i], NULL);
  look_at_gone_rules (&work);
  take_candidates (&work);
  sort_own (&work);
}

static void
close_what_is_forbidden (Work *work)
{
  const GArray *tasks = work->look.customer->record.tasks;

  for (guint i = 0; i < tasks->len; i++)
    {
      const CsvcTask *task = &g_array_index (tasks, CsvcTask, i);
      const CsvcRule *rule = is_open (task) ? csvc_policy_find_rule (work->plan->policy, task->rule) : NULL;
      const CsvcVeto *veto = rule != NULL ? find_closing_veto (work, rule) : NULL;

      if (veto != NULL)
        close_by_veto (work, rule, task, veto);
    }
}

void
csvc_plan_add_event (CsvcPlan *self, const CsvcCustomer *customer, const CsvcCaseload *cases, const char *kind, const char *event,
                     const char *case_id, CsvcTime at)
{
  Work work;

  g_return_if_fail (self != NULL && customer != NULL && customer->policy == self->policy);
  g_return_if_fail (kind != NULL && event != NULL && case_id != NULL);

  begin (&work, self, customer, cases, at);
  close_what_is_forbidden (&work);
  for (guint i = 0; i < self->policy->rules.n_rules; i++)
    {
      const CsvcRule *rule = &self->policy->rules.rules[i];

      if (rule->on == CSVC_RULE_ON_EVENT && strcmp (rule->event_kind->part.id, kind) == 0 && strcmp (rule->event->part.id, event) == 0)
        look_at_rule (&work, rule, case_id);
    }
  take_candidates (&work);
  sort_own (&work);
}

CsvcPlan *
csvc_customer_plan (const CsvcCustomer *self, const CsvcCaseload *cases, CsvcTime at)
{
  CsvcPlan *plan;

  g_return_val_if_fail (self != NULL, NULL);

  plan = csvc_plan_new (self->policy);
  csvc_plan_add (plan, self, cases, at);
  return plan;
}

/* ── capacity ── */

void
csvc_plan_take_capacity (CsvcPlan *self, const char *role, guint n)
{
  const CsvcRole *found;

  g_return_if_fail (self != NULL && role != NULL);

  found = csvc_policy_find_role (self->policy, role);
  if (found != NULL)
    self->taken[found->index] += MIN (n, G_MAXUINT - self->taken[found->index]);
}

static const CsvcCapacity *
find_capacity (const CsvcPolicy *policy, const CsvcRole *role)
{
  for (guint i = 0; i < policy->rules.n_capacities && role != NULL; i++)
    if (policy->rules.capacities[i].role == role)
      return &policy->rules.capacities[i];
  return NULL;
}

void
csvc_plan_arbitrate (CsvcPlan *self)
{
  g_return_if_fail (self != NULL);

  g_array_sort (self->items, compare_items);
  for (guint i = 0; i < self->items->len; i++)
    {
      CsvcPlanItem *item = &g_array_index (self->items, CsvcPlanItem, i);
      const CsvcCapacity *capacity = item->decision == CSVC_PLAN_OPEN ? find_capacity (self->policy, item->rule->role) : NULL;

      if (capacity == NULL || self->taken[capacity->role->index]++ < capacity->per_day)
        continue;
      item->decision = CSVC_PLAN_SUPPRESSED;
      item->veto = "capacity";
      item->place = capacity->place;
      item->reason = "the role has no capacity left today";
    }
}
