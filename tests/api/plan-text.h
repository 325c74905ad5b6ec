/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_TEST_PLAN_TEXT_H
#define CSVC_TEST_PLAN_TEXT_H

#include <csvc/rule.h>

/* (transfer full): a line an item: decision, customer, rule, key. */
static inline char *
csvc_test_dup_plan (const CsvcPlan *plan)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < csvc_plan_get_size (plan); i++) {
    const CsvcPlanItem *item = csvc_plan_get (plan, i);

    g_string_append_printf (text, "%s %s %s %s\n", csvc_plan_decision_to_string (csvc_plan_item_get_decision (item)), csvc_plan_item_get_customer (item),
                            csvc_plan_item_get_rule_id (item), csvc_plan_item_get_key (item));
  }
  return g_string_free (text, FALSE);
}

#endif
