/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A policy as tables. Every table leaves out the columns that nobody filled, so a small policy looks small. */

#include "config.h"

#include "show.h"

#include <string.h>

#include "ui.h"

/* The label, unless it only repeats the id. */
static const char *
get_label (const CsvcPart *part)
{
  const char *label = csvc_part_get_label (part, ui_get_language ());

  return g_strcmp0 (label, csvc_part_get_id (part)) != 0 ? label : NULL;
}

static const char *
say_assumed (gboolean assumed)
{
  return assumed ? ui_say ("assumed", "假定") : NULL;
}

/* ── what surrounds the kinds ── */

static void
print_policy (const CsvcPolicy *policy)
{
  const char *headings[] = { "", "", NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);
  g_autofree char *title = g_strdup_printf ("%s %s  %s", csvc_policy_get_id (policy), csvc_policy_get_version (policy),
                                            csvc_policy_get_label (policy, ui_get_language ()));
  g_autofree char *clean = ui_clean (title);

  ui_heading (clean);
  ui_table_add (table, ui_say ("zone", "时区"), csvc_zone_get_name (csvc_policy_get_zone (policy)));
  ui_table_add (table, ui_say ("language", "语言"), csvc_policy_get_language (policy));
  ui_table_add (table, ui_say ("hash", "散列"), csvc_policy_get_hash (policy));
  ui_table_print (table);
}

static void
print_calendars (const CsvcPolicy *policy)
{
  const char *headings[] = { "id", ui_say ("label", "名称"), ui_say ("zone", "时区"), ui_say ("open", "开放时间"), ui_say ("source", "出处"),
                             "", NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  if (csvc_policy_get_n_calendars (policy) == 0)
    return;
  for (guint i = 0; i < csvc_policy_get_n_calendars (policy); i++) {
    const CsvcCalendar *calendar = csvc_policy_get_calendar (policy, i);
    const CsvcPart *part = csvc_policy_get_calendar_part (policy, i);
    g_autofree char *open = csvc_policy_dup_calendar_text (policy, i);

    ui_table_add (table, csvc_calendar_get_id (calendar), get_label (part), csvc_zone_get_name (csvc_calendar_get_zone (calendar)),
                  open, csvc_part_get_source (part), say_assumed (csvc_part_is_assumed (part)));
  }
  ui_heading (ui_say ("Calendars", "日历"));
  ui_table_print (table);
}

static void
append_seen (GString *seen, const CsvcRole *role, const CsvcFact *fact)
{
  if (csvc_fact_is_personal (fact) && csvc_role_sees (role, fact))
    g_string_append_printf (seen, "%s%s", seen->len > 0 ? " " : "", csvc_fact_get_id (fact));
}

/* The personal facts, of customers and of cases, that a role sees unmasked. */
static char *
dup_seen (const CsvcPolicy *policy, const CsvcRole *role)
{
  GString *seen = g_string_new (NULL);

  for (guint i = 0; i < csvc_policy_get_n_customer_facts (policy); i++)
    append_seen (seen, role, csvc_policy_get_customer_fact (policy, i));
  for (guint k = 0; k < csvc_policy_get_n_kinds (policy); k++) {
    const CsvcKind *kind = csvc_policy_get_kind (policy, k);

    for (guint i = 0; i < csvc_kind_get_n_facts (kind); i++)
      append_seen (seen, role, csvc_kind_get_fact (kind, i));
  }
  return g_string_free (seen, FALSE);
}

static void
print_roles (const CsvcPolicy *policy)
{
  const char *headings[] = { "id", ui_say ("label", "名称"), ui_say ("sees", "可见信息"), NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  if (csvc_policy_get_n_roles (policy) == 0)
    return;
  for (guint i = 0; i < csvc_policy_get_n_roles (policy); i++) {
    const CsvcRole *role = csvc_policy_get_role (policy, i);
    g_autofree char *seen = dup_seen (policy, role);

    ui_table_add (table, csvc_role_get_id (role), get_label (csvc_role_get_part (role)), seen);
  }
  ui_heading (ui_say ("Roles", "角色"));
  ui_table_print (table);
}

static void
print_levels (const CsvcPolicy *policy)
{
  const char *headings[] = { ">", "id", ui_say ("label", "名称"), ui_say ("handled by", "处理角色"), NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  if (csvc_policy_get_n_levels (policy) == 0)
    return;
  for (guint i = 0; i < csvc_policy_get_n_levels (policy); i++) {
    const CsvcLevel *level = csvc_policy_get_level (policy, i);
    g_autofree char *number = g_strdup_printf ("%u", csvc_level_get_number (level));
    const CsvcRole *role = csvc_level_get_role (level);

    ui_table_add (table, number, csvc_level_get_id (level), get_label (csvc_level_get_part (level)),
                  role != NULL ? csvc_role_get_id (role) : NULL);
  }
  ui_heading (ui_say ("Levels, lowest first", "级别（由低到高）"));
  ui_table_print (table);
}

/* ── facts ── */

static void
add_fact (UiTable *table, const CsvcFact *fact)
{
  const CsvcValue *value = csvc_fact_get_default (fact);
  g_autofree char *value_text = value != NULL ? csvc_value_to_string (value) : NULL;
  const char *const *words = csvc_fact_get_words (fact);
  g_autofree char *words_text = words != NULL ? g_strjoinv (" ", (char **) words) : NULL;

  ui_table_add (table, csvc_fact_get_id (fact), get_label (csvc_fact_get_part (fact)), csvc_type_to_string (csvc_fact_get_type (fact)),
                words_text, value_text, csvc_fact_is_required (fact) ? ui_say ("required", "必填") : NULL,
                csvc_fact_is_personal (fact) ? ui_say ("personal", "个人信息") : NULL);
}

static UiTable *
make_fact_table (void)
{
  const char *headings[] = { "id", ui_say ("label", "名称"), ui_say ("type", "类型"), ui_say ("words", "取值"), ui_say ("default", "默认值"),
                             "", "", NULL };

  return ui_table_new (headings);
}

static void
print_facts (const char *heading, const UiTable *table)
{
  if (ui_table_get_n_rows (table) == 0)
    return;
  ui_heading (heading);
  ui_table_print (table);
}

static void
print_customer_facts (const CsvcPolicy *policy)
{
  g_autoptr (UiTable) table = make_fact_table ();

  for (guint i = 0; i < csvc_policy_get_n_customer_facts (policy); i++)
    add_fact (table, csvc_policy_get_customer_fact (policy, i));
  print_facts (ui_say ("Facts of a customer", "客户信息"), table);
}

static void
print_case_facts (const CsvcKind *kind)
{
  g_autoptr (UiTable) table = make_fact_table ();

  for (guint i = 0; i < csvc_kind_get_n_facts (kind); i++)
    add_fact (table, csvc_kind_get_fact (kind, i));
  print_facts (ui_say ("Facts of a case", "工单信息"), table);
}

/* ── states, as a tree ── */

static gboolean
is_last_child (const CsvcKind *kind, const CsvcState *state)
{
  for (guint i = csvc_state_get_index (state) + 1; i < csvc_kind_get_n_states (kind); i++)
    if (csvc_state_get_parent (csvc_kind_get_state (kind, i)) == csvc_state_get_parent (state))
      return FALSE;
  return TRUE;
}

/* "│  └─ id": a bar for every ancestor that has more children to come. */
static char *
draw_branch (const CsvcKind *kind, const CsvcState *state)
{
  GString *text = g_string_new (csvc_state_get_id (state));
  guint depth = csvc_state_get_depth (state);

  if (depth > 1)
    g_string_prepend (text, is_last_child (kind, state) ? "└─ " : "├─ ");
  for (const CsvcState *up = csvc_state_get_parent (state); up != NULL && csvc_state_get_depth (up) > 1; up = csvc_state_get_parent (up))
    g_string_prepend (text, is_last_child (kind, up) ? "   " : "│  ");
  return g_string_free (text, FALSE);
}

static char *
dup_initial (const CsvcState *state)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < csvc_state_get_n_initial (state); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "→ ", csvc_state_get_id (csvc_state_get_initial (state, i)));
  return g_string_free (text, FALSE);
}

static char *
dup_clocks (const CsvcState *state)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < csvc_state_get_n_clocks (state); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", csvc_clock_get_id (csvc_state_get_clock (state, i)));
  return g_string_free (text, FALSE);
}

static const char *
say_state_type (const CsvcState *state)
{
  switch (csvc_state_get_type (state)) {
  case CSVC_STATE_PARALLEL:
    return ui_say ("parallel", "并行");
  case CSVC_STATE_FINAL:
    return ui_say ("final", "终态");
  case CSVC_STATE_HISTORY_SHALLOW:
    return ui_say ("history", "历史");
  case CSVC_STATE_HISTORY_DEEP:
    return ui_say ("deep history", "深历史");
  case CSVC_STATE_ATOMIC:
  case CSVC_STATE_COMPOUND:
  default:
    return NULL;
  }
}

static void
add_state (UiTable *table, const CsvcKind *kind, const CsvcState *state)
{
  g_autofree char *branch = draw_branch (kind, state);
  g_autofree char *initial = dup_initial (state);
  g_autofree char *clocks = dup_clocks (state);
  g_autofree char *entry = csvc_state_dup_entry_text (state);
  g_autofree char *exit = csvc_state_dup_exit_text (state);

  ui_table_add (table, branch, get_label (csvc_state_get_part (state)), say_state_type (state), csvc_state_get_outcome (state), initial,
                clocks, entry, exit);
}

static void
print_states (const CsvcKind *kind)
{
  const char *headings[] = { ui_say ("state", "状态"), ui_say ("label", "名称"), ui_say ("type", "类型"), ui_say ("outcome", "结果"),
                             ui_say ("begins in", "初始"), ui_say ("clocks", "时限"), ui_say ("on entry", "进入时"),
                             ui_say ("on exit", "离开时"), NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  for (guint i = 1; i < csvc_kind_get_n_states (kind); i++)
    add_state (table, kind, csvc_kind_get_state (kind, i));
  ui_heading (ui_say ("States", "状态"));
  ui_table_print (table);
}

/* ── events and transitions ── */

static void
print_events (const CsvcKind *kind)
{
  const char *headings[] = { ui_say ("event", "事件"), ui_say ("label", "名称"), ui_say ("who may", "角色"), ui_say ("brings", "附带信息"),
                             NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  if (csvc_kind_get_n_events (kind) == 0)
    return;
  for (guint i = 0; i < csvc_kind_get_n_events (kind); i++) {
    const CsvcEvent *event = csvc_kind_get_event (kind, i);
    g_autofree char *by = show_dup_by (event);
    g_autofree char *sets = show_dup_sets (event);

    ui_table_add (table, csvc_event_get_id (event), get_label (csvc_event_get_part (event)), *by != '\0' ? by : ui_say ("anyone", "任何人"),
                  sets);
  }
  ui_heading (ui_say ("Events", "事件"));
  ui_table_print (table);
}

static void
add_transition (UiTable *table, const CsvcTransition *transition)
{
  g_autofree char *targets = show_dup_targets (transition);
  g_autofree char *actions = csvc_transition_dup_actions_text (transition);
  const char *events = csvc_transition_get_events (transition);

  ui_table_add (table, csvc_state_get_id (csvc_transition_get_source (transition)), events != NULL ? events : ui_say ("(at once)", "（立即）"),
                csvc_transition_get_condition (transition), *targets != '\0' ? targets : ui_say ("(stays)", "（不变）"), actions);
}

static void
print_transitions (const CsvcKind *kind)
{
  const char *headings[] = { ui_say ("from", "从"), ui_say ("on", "事件"), ui_say ("if", "条件"), ui_say ("to", "到"), ui_say ("does", "动作"),
                             NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  if (csvc_kind_get_n_transitions (kind) == 0)
    return;
  for (guint i = 0; i < csvc_kind_get_n_transitions (kind); i++)
    add_transition (table, csvc_kind_get_transition (kind, i));
  ui_heading (ui_say ("Transitions", "流转"));
  ui_table_print (table);
}

/* ── clocks ── */

static void
add_clock (UiTable *table, const CsvcClock *clock)
{
  const char *paused_in = csvc_clock_get_paused_in (clock);
  const char *paused_by = csvc_clock_get_paused_by (clock);
  g_autofree char *paused = g_strjoin (" ", paused_in != NULL ? paused_in : "", paused_by, NULL);

  ui_table_add (table, csvc_clock_get_id (clock), get_label (csvc_clock_get_part (clock)), csvc_state_get_id (csvc_clock_get_state (clock)),
                csvc_clock_get_when (clock), csvc_clock_get_met_by (clock), g_strstrip (paused), csvc_clock_get_resumed_by (clock),
                csvc_clock_get_cancelled_by (clock), csvc_clock_get_reset_by (clock),
                csvc_clock_is_promise (clock) ? ui_say ("promise", "承诺") : ui_say ("timeout", "超时"));
}

static void
print_clocks (const CsvcKind *kind)
{
  const char *headings[] = { ui_say ("clock", "时限"), ui_say ("label", "名称"), ui_say ("runs in", "计时状态"), ui_say ("when", "条件"),
                             ui_say ("met by", "达成于"), ui_say ("paused in/by", "暂停"), ui_say ("resumed by", "恢复"),
                             ui_say ("cancelled by", "取消"), ui_say ("reset by", "重置"), ui_say ("kind", "种类"), NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  for (guint i = 0; i < csvc_kind_get_n_clocks (kind); i++)
    add_clock (table, csvc_kind_get_clock (kind, i));
  ui_heading (ui_say ("Clocks", "时限"));
  ui_table_print (table);
}

static void
add_dues (UiTable *table, const CsvcClock *clock)
{
  for (guint i = 0; i < csvc_clock_get_n_dues (clock); i++) {
    const CsvcDue *due = csvc_clock_get_due (clock, i);
    g_autofree char *text = csvc_due_to_string (due);

    ui_table_add (table, csvc_clock_get_id (clock), ui_say ("due", "限期"), text, csvc_due_get_when (due), NULL, csvc_due_get_source (due),
                  say_assumed (csvc_due_is_assumed (due)));
  }
}

static void
add_alarms (UiTable *table, const CsvcClock *clock)
{
  for (guint i = 0; i < csvc_clock_get_n_alarms (clock); i++) {
    const CsvcAlarm *alarm = csvc_clock_get_alarm (clock, i);
    const CsvcPart *part = csvc_alarm_get_part (alarm);
    g_autofree char *actions = csvc_alarm_dup_actions_text (alarm);
    g_autofree char *name = g_strdup_printf (ui_say ("alarm %s", "提醒 %s"), csvc_alarm_get_id (alarm));
    g_autofree char *time = csvc_alarm_get_every (alarm) == NULL
                              ? g_strdup (csvc_alarm_get_at (alarm))
                              : g_strdup_printf (ui_say ("%s every %s", "%s，每%s"), csvc_alarm_get_at (alarm), csvc_alarm_get_every (alarm));

    /* Every clock has it; worth a line only when it does something. */
    if (strcmp (csvc_alarm_get_id (alarm), "due") == 0 && actions == NULL)
      continue;
    ui_table_add (table, csvc_clock_get_id (clock), name, time, NULL, actions, csvc_part_get_source (part),
                  say_assumed (csvc_part_is_assumed (part)));
  }
}

static void
print_dues_and_alarms (const CsvcKind *kind)
{
  const char *headings[] = { ui_say ("clock", "时限"), "", ui_say ("at", "时间"), ui_say ("when", "条件"), ui_say ("does", "动作"),
                             ui_say ("source", "出处"), "", NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  for (guint i = 0; i < csvc_kind_get_n_clocks (kind); i++) {
    add_dues (table, csvc_kind_get_clock (kind, i));
    add_alarms (table, csvc_kind_get_clock (kind, i));
  }
  ui_heading (ui_say ("Due times and alarms", "限期与提醒"));
  ui_table_print (table);
}

static void
print_kind (const CsvcKind *kind)
{
  const char *label = get_label (csvc_kind_get_part (kind));
  g_autofree char *title = g_strdup_printf (ui_say ("Case kind %s  %s", "工单种类 %s  %s"), csvc_kind_get_id (kind), label != NULL ? label : "");
  g_autofree char *clean = ui_clean (g_strchomp (title));

  ui_heading (clean);
  print_case_facts (kind);
  print_states (kind);
  print_events (kind);
  print_transitions (kind);
  if (csvc_kind_get_n_clocks (kind) > 0) {
    print_clocks (kind);
    print_dues_and_alarms (kind);
  }
}

void
show_tables (const CsvcPolicy *policy, const CsvcKind *only)
{
  if (only != NULL) {
    print_kind (only);
    return;
  }
  print_policy (policy);
  print_calendars (policy);
  print_roles (policy);
  print_levels (policy);
  print_customer_facts (policy);
  for (guint i = 0; i < csvc_policy_get_n_kinds (policy); i++)
    print_kind (csvc_policy_get_kind (policy, i));
}
