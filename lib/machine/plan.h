/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_MACHINE_PLAN_H
#define CSVC_MACHINE_PLAN_H

#include <csvc/rule.h>

#include "machine/customer.h"

/* Deciding on one customer: vetoes and caps (contact.c), what occasion there is (occasion.c), the plan (plan.c), and why (plan-reason.c).
 * A Look is one customer at one instant; what several rules ask for is found once. */

typedef struct {
  const CsvcCustomer *customer;
  const CsvcPolicy   *policy;
  CsvcTime            at;
  gint64              today;  /* days, in the policy's zone */
  CsvcCustomerView    view;
  CsvcFeelEnv         env;    /* borrows view: a Look never moves */
} CsvcLookout;

void _csvc_look_init (CsvcLookout *self, const CsvcCustomer *customer, const CsvcCaseload *cases, CsvcTime at);

/* ── plan.c, plan-item.c ── */

struct _CsvcPlanItem {
  const CsvcPlan   *plan;
  CsvcPlanDecision  decision;
  const CsvcRule   *rule;     /* NULL: gone */
  const char       *rule_id;
  const char       *customer;
  const char       *key;
  const char       *case_id;
  const CsvcTier   *tier;
  const CsvcScript *script;
  CsvcTime          due;
  const char       *veto;
  const char       *missing;
  const char       *reason;
  CsvcPlace         place;
  CsvcFacts        *facts;    /* OPEN: what <with> says */
};

struct _CsvcPlan {
  CsvcPolicy   *policy;
  GStringChunk *texts;
  GArray       *items;      /* of CsvcPlanItem */
  GArray       *candidates; /* of CsvcPlanItem: of the customer at work, until caps have been applied */
  guint        *taken;      /* of capacities, by role */
  guint        *planned;    /* by cap: of the customer at work */
};

/* ── contact.c ── */

/* Does it hold, for its purposes and channels? TRUE also when that is unknown: *@missing. *@until: when it ends by itself, or CSVC_NEVER. */
gboolean _csvc_veto_holds (const CsvcVeto *self, const CsvcLookout *look, const char **missing, CsvcTime *until);
/* Is it about a contact of @purpose by @channel? NULL: not decided yet, so that only vetoes for all channels are. */
gboolean _csvc_veto_is_about (const CsvcVeto *self, const CsvcPurpose *purpose, const CsvcChannel *channel);
/* Contacts that count at @at; *@next: when one fewer than the cap's maximum will, or CSVC_NEVER. */
guint    _csvc_cap_count (const CsvcCap *self, const CsvcCustomer *customer, CsvcTime at, CsvcTime *next);
/* Has the customer been contacted for the task since it was opened? */
gboolean _csvc_task_was_contacted (const CsvcTask *task, const CsvcCustomerRecord *record);

/* ── occasion.c ── */

typedef enum { CSVC_CAUSE_NONE, CSVC_CAUSE_THERE, CSVC_CAUSE_UNKNOWN } CsvcCause;

typedef struct {
  CsvcCause   cause;
  const char *missing; /* UNKNOWN: borrowed from the policy */
  char       *key;     /* THERE; UNKNOWN: NULL where it hangs on the key */
  gint64      day;     /* of the date that the rule is around */
} CsvcOccasion;

/* Is there such a rule on that day? */
gboolean     _csvc_rule_is_valid (const CsvcRule *self, gint64 today);
/* Has the rule cause, and which? @case_id: of the case whose event it is on, or NULL. The caller frees the key. */
CsvcOccasion _csvc_rule_find_occasion (const CsvcRule *self, const CsvcLookout *look, const char *case_id);
/* FALSE: surely not. */
gboolean     _csvc_rule_may_have_cause (const CsvcRule *self, const CsvcLookout *look);
/* Due instant of a task opened at @opened_at: FALSE with *@missing. CSVC_NEVER: none is set. */
gboolean     _csvc_rule_find_due (const CsvcRule *self, const CsvcLookout *look, CsvcTime opened_at, CsvcTime *due, const char **missing);
/* The date in @year on which the anniversary of @date falls; FALSE: on none. */
gboolean     _csvc_anniversary_in (gint64 date, CsvcLeap leap, int year, gint64 *day);

/* ── plan-reason.c ── */

/* (transfer full): "contract_end - today() … holds: contract_end = 2026-12-01 (telecom.xml:40)" */
char *_csvc_rule_dup_reason (const CsvcRule *self, const CsvcLookout *look, const CsvcOccasion *occasion);
char *_csvc_veto_dup_reason (const CsvcVeto *self, const CsvcLookout *look, const char *missing);
/* "telecom.xml:40" */
void  _csvc_append_place (GString *out, CsvcPlace place);

/* ── task.c ── */

/* (transfer full) (nullable): one or two texts as arguments of an effect; NULL when there is none. */
CsvcFacts *_csvc_text_arguments (const char *name, const char *text, const char *second_name, const char *second);
void       _csvc_facts_set_string (CsvcFacts *facts, const char *name, const char *text);

#endif
