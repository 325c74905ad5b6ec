/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How the plan of a day is shown. */

#include "config.h"

#include "plan-print.h"

#include <string.h>

#include "ui.h"

static const char *
id_of_role (const CsvcPlanItem *item)
{
  const CsvcRule *rule = csvc_plan_item_get_rule (item);
  const CsvcRole *role = rule != NULL ? csvc_rule_get_role (rule) : NULL;

  return role != NULL ? csvc_role_get_id (role) : NULL;
}

/* "telecom-care.xml:40" */
static char *
place_of (const CsvcPlanItem *item)
{
  g_autofree char *base = csvc_plan_item_get_file (item) != NULL ? g_path_get_basename (csvc_plan_item_get_file (item)) : NULL;

  return base != NULL ? g_strdup_printf ("%s:%u", base, csvc_plan_item_get_line (item)) : NULL;
}

static gboolean
is_shown (const CsvcPlanItem *item, gboolean all)
{
  CsvcPlanDecision decision = csvc_plan_item_get_decision (item);

  return all || (decision != CSVC_PLAN_KEEP && decision != CSVC_PLAN_DONE);
}

/* ── text ── */

/* What is to be done; the rest stands in lists of its own. */
static gboolean
is_work (const CsvcPlanItem *item)
{
  CsvcPlanDecision decision = csvc_plan_item_get_decision (item);

  return decision != CSVC_PLAN_SUPPRESSED && decision != CSVC_PLAN_UNDECIDED;
}

static const char *
say_decision (CsvcPlanDecision decision)
{
  switch (decision) {
  case CSVC_PLAN_OPEN:
    return ui_say ("open", "新建");
  case CSVC_PLAN_KEEP:
    return ui_say ("keep", "保留");
  case CSVC_PLAN_UPDATE:
    return ui_say ("update", "更新");
  case CSVC_PLAN_CLOSE:
    return ui_say ("close", "关闭");
  case CSVC_PLAN_DONE:
    return ui_say ("had its task", "已有任务");
  default:
    return csvc_plan_decision_to_string (decision);
  }
}

static void
add_row (UiTable *table, const CsvcPlanItem *item, const CsvcZone *zone)
{
  const CsvcTier *tier = csvc_plan_item_get_tier (item);
  const CsvcTime due = csvc_plan_item_get_due (item);
  g_autofree char *due_text = due != CSVC_NEVER ? ui_format_time (zone, due) : NULL;
  g_autofree char *place = place_of (item);
  const char *veto = csvc_plan_item_get_veto (item) != NULL ? csvc_plan_item_get_veto (item) : csvc_plan_item_get_missing (item);
  const char *what = is_work (item) ? say_decision (csvc_plan_item_get_decision (item)) : veto;

  ui_table_add (table, what, csvc_plan_item_get_customer (item), tier != NULL ? csvc_tier_get_id (tier) : NULL, csvc_plan_item_get_rule_id (item),
                csvc_plan_item_get_key (item), due_text, place, csvc_plan_item_get_reason (item));
}

static UiTable *
new_table (const char *what)
{
  const char *const headings[] = { what, ui_say ("customer", "客户"), ui_say ("tier", "等级"), ui_say ("rule", "规则"), ui_say ("occasion", "缘由键"),
                                   ui_say ("due", "期限"), ui_say ("line", "出处"), ui_say ("why", "原因"), NULL };

  return ui_table_new (headings);
}

static void
print_work (const CsvcPlan *plan, const CsvcZone *zone, const char *role, const char *label, gboolean all)
{
  g_autoptr (UiTable) table = new_table (ui_say ("task", "任务"));

  for (guint i = 0; i < csvc_plan_get_size (plan); i++) {
    const CsvcPlanItem *item = csvc_plan_get (plan, i);

    if (is_work (item) && is_shown (item, all) && g_strcmp0 (id_of_role (item), role) == 0)
      add_row (table, item, zone);
  }
  if (ui_table_get_n_rows (table) == 0)
    return;
  ui_heading (label);
  ui_table_print (table);
}

static void
print_rest (const CsvcPlan *plan, const CsvcZone *zone, CsvcPlanDecision decision, const char *what, const char *label)
{
  g_autoptr (UiTable) table = new_table (what);

  for (guint i = 0; i < csvc_plan_get_size (plan); i++)
    if (csvc_plan_item_get_decision (csvc_plan_get (plan, i)) == decision)
      add_row (table, csvc_plan_get (plan, i), zone);
  if (ui_table_get_n_rows (table) == 0)
    return;
  ui_heading (label);
  ui_table_print (table);
}

void
plan_print (const CsvcPolicy *policy, const CsvcPlan *plan, gboolean all)
{
  const CsvcZone *zone = csvc_policy_get_zone (policy);

  for (guint i = 0; i < csvc_policy_get_n_roles (policy); i++) {
    const CsvcRole *role = csvc_policy_get_role (policy, i);

    print_work (plan, zone, csvc_role_get_id (role), csvc_role_get_label (role, ui_get_language ()), all);
  }
  print_work (plan, zone, NULL, ui_say ("Nobody's", "未指定角色"), all);
  print_rest (plan, zone, CSVC_PLAN_SUPPRESSED, ui_say ("forbidden by", "禁止者"), ui_say ("Suppressed", "不执行"));
  print_rest (plan, zone, CSVC_PLAN_UNDECIDED, ui_say ("missing", "缺少"), ui_say ("Undecided", "未决"));
}

/* ── JSON ── */

static void
add_item (Json *json, const CsvcPlanItem *item)
{
  const CsvcTier *tier = csvc_plan_item_get_tier (item);
  const CsvcScript *script = csvc_plan_item_get_script (item);
  g_autofree char *id = csvc_plan_item_get_decision (item) == CSVC_PLAN_OPEN ? csvc_plan_item_dup_case_id (item) : NULL;

  json_begin_object (json, NULL);
  json_add_string (json, "decision", csvc_plan_decision_to_string (csvc_plan_item_get_decision (item)));
  json_add_string (json, "role", id_of_role (item));
  json_add_string (json, "customer", csvc_plan_item_get_customer (item));
  json_add_string (json, "tier", tier != NULL ? csvc_tier_get_id (tier) : NULL);
  json_add_string (json, "rule", csvc_plan_item_get_rule_id (item));
  json_add_string (json, "key", csvc_plan_item_get_key (item));
  json_add_string (json, "case", id != NULL ? id : csvc_plan_item_get_case (item));
  json_add_string (json, "script", script != NULL ? csvc_script_get_id (script) : NULL);
  json_add_time (json, "due", csvc_plan_item_get_due (item));
  json_add_string (json, "veto", csvc_plan_item_get_veto (item));
  json_add_string (json, "missing", csvc_plan_item_get_missing (item));
  json_add_string (json, "file", csvc_plan_item_get_file (item));
  json_add_integer (json, "line", csvc_plan_item_get_line (item));
  json_add_string (json, "reason", csvc_plan_item_get_reason (item));
  json_end_object (json);
}

void
plan_add_json (Json *json, const CsvcPlan *plan, gboolean all)
{
  json_begin_object (json, "counts");
  for (CsvcPlanDecision decision = CSVC_PLAN_OPEN; decision <= CSVC_PLAN_UNDECIDED; decision++)
    json_add_integer (json, csvc_plan_decision_to_string (decision), csvc_plan_count (plan, decision));
  json_end_object (json);
  json_begin_array (json, "items");
  for (guint i = 0; i < csvc_plan_get_size (plan); i++)
    if (is_shown (csvc_plan_get (plan, i), all))
      add_item (json, csvc_plan_get (plan, i));
  json_end_array (json);
}
