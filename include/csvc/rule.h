/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_RULE_H
#define CSVC_RULE_H

#include <csvc/contact.h>

G_BEGIN_DECLS

/* Rules: which customers need what, today, and why.
 *
 *   each rule × customer ──▶ cause? ──no──▶ an open task is closed: its cause is gone
 *                              │ yes, and its occasion is (customer, rule, key)
 *                              ├── it has an open task ─────▶ kept; changed in place when its due instant or script is another one
 *                              ├── it had one, ever ────────▶ nothing: one task an occasion, for ever
 *                              ├── veto, cool-down, cap ────▶ suppressed, and why
 *                              └── else ────────────────────▶ opened … unless the role has no capacity left today
 *
 * A plan is made of any number of customers. What it says of one of them does not depend on the others, but for the capacity of roles, which
 * csvc_plan_arbitrate() gives to all of them in one order: priority, rank of the tier, due instant, then the rule's place in the policy, then the customer.
 * Making a plan changes nothing. The caller opens, changes and closes the cases, and tells the customer of it (below), in one commit. */

/* ── what the policy says ── */

/**
 * CsvcRuleOn: when a rule is looked at
 * @CSVC_RULE_ON_SWEEP: on every sweep; with of="a date", within a window around it
 * @CSVC_RULE_ON_ANNIVERSARY: on every sweep within a window around the anniversary of a date
 * @CSVC_RULE_ON_EVENT: when an event of one of the customer's cases was accepted
 */
typedef enum { CSVC_RULE_ON_SWEEP, CSVC_RULE_ON_ANNIVERSARY, CSVC_RULE_ON_EVENT } CsvcRuleOn;

CSVC_API const char *csvc_rule_on_to_string (CsvcRuleOn on); /* "sweep", "anniversary", "event"; static */

CSVC_API guint           csvc_policy_get_n_rules (const CsvcPolicy *self);
CSVC_API const CsvcRule *csvc_policy_get_rule (const CsvcPolicy *self, guint index); /* in the order of the document */
CSVC_API const CsvcRule *csvc_policy_find_rule (const CsvcPolicy *self, const char *id);

CSVC_API const CsvcPart    *csvc_rule_get_part (const CsvcRule *self);
CSVC_API const char        *csvc_rule_get_id (const CsvcRule *self);
CSVC_API const char        *csvc_rule_get_label (const CsvcRule *self, const char *language);
CSVC_API CsvcRuleOn         csvc_rule_get_on (const CsvcRule *self);
CSVC_API const CsvcPurpose *csvc_rule_get_purpose (const CsvcRule *self);
CSVC_API guint              csvc_rule_get_priority (const CsvcRule *self);  /* 0 to 1000; higher first */
CSVC_API const char        *csvc_rule_get_condition (const CsvcRule *self); /* (nullable): as written; NULL: always */
CSVC_API const CsvcChannel *csvc_rule_get_channel (const CsvcRule *self);   /* (nullable): any */
CSVC_API const CsvcRole    *csvc_rule_get_role (const CsvcRule *self);      /* (nullable): who has to do it */
CSVC_API const CsvcScript  *csvc_rule_get_script (const CsvcRule *self);    /* (nullable) */
CSVC_API const CsvcKind    *csvc_rule_get_kind (const CsvcRule *self);      /* of the case that is opened */
/* (nullable): the event of that kind that is fired when due instant or script change; it may set the facts `due` and `script`. NULL: then nothing is fired. */
CSVC_API const CsvcEvent   *csvc_rule_get_update (const CsvcRule *self);

/* Does planning read this fact of the customer? A sweep needs no other; contacts and scripts may. */
CSVC_API gboolean csvc_policy_rules_read (const CsvcPolicy *self, const CsvcFact *fact);
/* Is there a rule on this event? @kind: id of the kind of the case that had it. */
CSVC_API gboolean csvc_policy_has_rules_on (const CsvcPolicy *self, const char *kind, const char *event);

/* ── planning ── */

/* An empty plan. (transfer full) */
CSVC_API CsvcPlan *csvc_plan_new (CsvcPolicy *policy);
CSVC_API void      csvc_plan_free (CsvcPlan *self);
/* Forgets all items, and what was taken of capacities: one plan serves many pages. */
CSVC_API void      csvc_plan_clear (CsvcPlan *self);

/**
 * csvc_plan_add:
 * @customer: of the plan's policy; what was due of it before @at (csvc_customer_get_next_wake()) must have been done
 * @cases: (nullable): the customer's cases; unknown without it
 * @at: the instant of the sweep; its date in the policy's zone is today()
 *
 * Looks at all rules but those on events for one more customer, and appends what there is to do and to say of it.
 */
CSVC_API void csvc_plan_add (CsvcPlan *self, const CsvcCustomer *customer, const CsvcCaseload *cases, CsvcTime at);

/**
 * csvc_plan_add_event:
 * @kind, @event: ids: this event was accepted by a case of this kind
 * @case_id: of that case: the key of rules that name none, so that each case gives one task
 *
 * Looks at the rules on this event. Tasks that they opened are not closed because a later day knows no such event; vetoes that close do close them, at a sweep or here. Here,
 * open tasks of every rule are closed that a closing veto forbids now: a number-port request ends every attempt to keep the customer at once.
 */
CSVC_API void csvc_plan_add_event (CsvcPlan *self, const CsvcCustomer *customer, const CsvcCaseload *cases, const char *kind, const char *event,
                                   const char *case_id, CsvcTime at);

/* (transfer full): a plan of one customer. */
CSVC_API CsvcPlan *csvc_customer_plan (const CsvcCustomer *self, const CsvcCaseload *cases, CsvcTime at);

/* @n more tasks were opened today for @role: they are taken off its capacity. An unknown role has none to be taken off. */
CSVC_API void csvc_plan_take_capacity (CsvcPlan *self, const char *role, guint n);
/* Puts the items into the order above, and suppresses ("capacity") those that come too late for the capacity of their roles. Once, after all customers. */
CSVC_API void csvc_plan_arbitrate (CsvcPlan *self);

/* ── the items ── */

/**
 * CsvcPlanDecision:
 * @CSVC_PLAN_OPEN: a case is to be opened, and csvc_customer_open_task() told
 * @CSVC_PLAN_KEEP: its task is open, and right as it is
 * @CSVC_PLAN_UPDATE: its task is open, with another due instant or script than it should have: csvc_customer_update_task()
 * @CSVC_PLAN_CLOSE: its task is open, and its cause is gone: the case is to be ended, and csvc_customer_close_task() told
 * @CSVC_PLAN_DONE: there is cause, and the occasion has had its task
 * @CSVC_PLAN_SUPPRESSED: there is cause, and something forbids it
 * @CSVC_PLAN_UNDECIDED: a fact is missing; an open task stays
 */
typedef enum {
  CSVC_PLAN_OPEN,
  CSVC_PLAN_KEEP,
  CSVC_PLAN_UPDATE,
  CSVC_PLAN_CLOSE,
  CSVC_PLAN_DONE,
  CSVC_PLAN_SUPPRESSED,
  CSVC_PLAN_UNDECIDED
} CsvcPlanDecision;

CSVC_API const char *csvc_plan_decision_to_string (CsvcPlanDecision decision); /* "open", "keep", …; static */

CSVC_API guint               csvc_plan_get_size (const CsvcPlan *self);
CSVC_API guint               csvc_plan_count (const CsvcPlan *self, CsvcPlanDecision decision);
/* Valid until the plan next changes. */
CSVC_API const CsvcPlanItem *csvc_plan_get (const CsvcPlan *self, guint index);

CSVC_API CsvcPlanDecision csvc_plan_item_get_decision (const CsvcPlanItem *self);
CSVC_API const char      *csvc_plan_item_get_customer (const CsvcPlanItem *self);
CSVC_API const CsvcRule  *csvc_plan_item_get_rule (const CsvcPlanItem *self);   /* (nullable): a CLOSE of a rule that the policy has no more */
CSVC_API const char      *csvc_plan_item_get_rule_id (const CsvcPlanItem *self);
CSVC_API const char      *csvc_plan_item_get_key (const CsvcPlanItem *self);    /* (nullable): UNDECIDED, when it hangs on the key */
CSVC_API const CsvcTier  *csvc_plan_item_get_tier (const CsvcPlanItem *self);   /* (nullable): none */
CSVC_API CsvcTime         csvc_plan_item_get_due (const CsvcPlanItem *self);    /* CSVC_NEVER: the rule sets none */
CSVC_API const CsvcScript *csvc_plan_item_get_script (const CsvcPlanItem *self); /* (nullable) */
/* (nullable): the case of the task that there is, or was. */
CSVC_API const char      *csvc_plan_item_get_case (const CsvcPlanItem *self);
/* (transfer full): the case that an OPEN opens bears this id: the same for the same customer, rule and key. */
CSVC_API char            *csvc_plan_item_dup_case_id (const CsvcPlanItem *self);
/* (transfer full): facts for the case. Of OPEN: those that the rule's <with> say, and those of the names rule, key, purpose, channel, script and due that
 * the kind has; of UPDATE: due and script, as far as the rule's update event sets them. */
CSVC_API CsvcFacts       *csvc_plan_item_dup_facts (const CsvcPlanItem *self);

/* (nullable): what suppressed it: the id of a veto, "cap", "cool-down", "capacity"; of CLOSE, why: "cause-gone", "rule-gone", "not-valid", or the veto. */
CSVC_API const char      *csvc_plan_item_get_veto (const CsvcPlanItem *self);
/* (nullable): the fact or function that is missing. */
CSVC_API const char      *csvc_plan_item_get_missing (const CsvcPlanItem *self);
/* The line that decided: of the rule, or of what suppressed it. */
CSVC_API const char      *csvc_plan_item_get_file (const CsvcPlanItem *self);
CSVC_API guint            csvc_plan_item_get_line (const CsvcPlanItem *self);
/* One sentence: "contract_end - today() … holds: contract_end = 2026-12-01 (telecom.xml:40)"; personal facts are not shown. */
CSVC_API const char      *csvc_plan_item_get_reason (const CsvcPlanItem *self);

/* ── telling the customer ── */

/**
 * csvc_customer_open_task:
 * @key: of the item; @case_id: the case that was opened; @purpose, @script: (nullable): ids; @due: CSVC_NEVER: none
 *
 * The occasion has its task. TASK_OPENED. Returns: ACCEPTED; REFUSED_STATE: it had one before; REFUSED_TIME; FAILED with CSVC_ERROR_INVALID: bad stamp.
 */
CSVC_API CsvcAnswer csvc_customer_open_task (CsvcCustomer *self, const char *rule, const char *key, const char *case_id, const char *purpose,
                                             const char *script, CsvcTime due, const CsvcStamp *stamp, CsvcEffects *effects, GError **error);
/* Due instant and script are others now. TASK_UPDATED. REFUSED_STATE: there is no open task of it. */
CSVC_API CsvcAnswer csvc_customer_update_task (CsvcCustomer *self, const char *rule, const char *key, const char *script, CsvcTime due,
                                               const CsvcStamp *stamp, CsvcEffects *effects, GError **error);
/* It is done ("done"), or its cause is gone (what csvc_plan_item_get_veto() says). TASK_CLOSED. REFUSED_STATE: there is no open task of it. */
CSVC_API CsvcAnswer csvc_customer_close_task (CsvcCustomer *self, const char *rule, const char *key, const char *cause, const CsvcStamp *stamp,
                                              CsvcEffects *effects, GError **error);

/* All tasks there ever were, in the order of opening. The texts live until the customer next changes; any (out) may be NULL. @closed_at: CSVC_NEVER while open. */
CSVC_API guint csvc_customer_get_n_tasks (const CsvcCustomer *self);
CSVC_API void  csvc_customer_get_task (const CsvcCustomer *self, guint index, const char **rule, const char **key, const char **case_id,
                                       CsvcTime *opened_at, CsvcTime *closed_at, CsvcTime *due);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcPlan, csvc_plan_free)

G_END_DECLS

#endif
