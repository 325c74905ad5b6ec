/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "case-print.h"

#include <string.h>

#include "ui.h"

/* ── texts with times ── */

/* The length of "2026-03-01T09:30:00.25Z" at the beginning of @text; 0 when there is none. */
static gsize
measure_instant (const char *text)
{
  static const char form[] = "dddd-dd-ddTdd:dd:dd";
  gsize n;

  for (n = 0; form[n] != '\0'; n++)
    if (form[n] == 'd' ? !g_ascii_isdigit (text[n]) : text[n] != form[n])
      return 0;
  if (text[n] == '.')
    for (n++; g_ascii_isdigit (text[n]); n++)
      ;
  return text[n] == 'Z' ? n + 1 : 0;
}

char *
case_localise (const char *text, const CsvcZone *zone)
{
  GString *out = g_string_new (NULL);

  while (*text != '\0') {
    gsize n = measure_instant (text);
    g_autofree char *instant = g_strndup (text, n);
    g_autofree char *local = NULL;
    CsvcTime time;

    if (n > 0 && csvc_time_parse (instant, &time, NULL)) {
      local = ui_format_time (zone, time);
      g_string_append (out, local);
      text += n;
    } else {
      g_string_append_c (out, *text++);
    }
  }
  return g_string_free (out, FALSE);
}

char *
case_format_value (const CsvcValue *value, const CsvcZone *zone)
{
  if (csvc_value_get_type (value) == CSVC_TYPE_DATE_TIME)
    return ui_format_time (zone, csvc_value_get_time (value));
  return csvc_value_to_string (value);
}

char *
case_format_deadline (CsvcTime wake, const CsvcZone *zone)
{
  return wake != CSVC_NEVER ? ui_format_time (zone, wake - CSVC_MICROSECOND) : NULL;
}

static UiStyle
get_effect_style (const CsvcEffect *effect)
{
  switch (csvc_effect_get_type (effect)) {
  case CSVC_EFFECT_CLOCK_MISSED:
    return UI_RED;
  case CSVC_EFFECT_CLOCK_MET:
    return UI_GREEN;
  case CSVC_EFFECT_ALARM:
  case CSVC_EFFECT_NOTIFY:
  case CSVC_EFFECT_LEVEL:
  case CSVC_EFFECT_UNDECIDED:
    return UI_YELLOW;
  default:
    return UI_PLAIN;
  }
}

/* ── who may see what ── */

char *
case_format_fact (const CsvcFact *fact, const CsvcValue *value, const Viewer *viewer)
{
  g_autofree char *plain = csvc_value_to_string (value);
  g_autofree char *shown = csvc_fact_dup_text_for (fact, value, viewer->role);

  return strcmp (shown, plain) == 0 ? case_format_value (value, viewer->zone) : g_steal_pointer (&shown);
}

static CsvcEffects *
copy_effects (const CsvcEffects *effects, const Viewer *viewer)
{
  if (viewer->policy == NULL)
    return csvc_effects_ref ((CsvcEffects *) effects);
  return csvc_effects_copy_for (effects, viewer->policy, viewer->role);
}

static char *
format_effect (const CsvcEffect *effect, const CsvcZone *zone)
{
  g_autofree char *line = csvc_effect_to_string (effect);

  return case_localise (line, zone);
}

void
case_print_effects (const CsvcEffects *effects, const Viewer *viewer, CsvcTime known)
{
  static const char *const headings[] = { "", "", NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);
  g_autoptr (CsvcEffects) shown = copy_effects (effects, viewer);

  for (guint i = 0; i < csvc_effects_get_size (shown); i++) {
    const CsvcEffect *effect = csvc_effects_get (shown, i);
    CsvcTime at = csvc_effect_get_at (effect);
    g_autofree char *line = format_effect (effect, viewer->zone);
    g_autofree char *at_text = at != known ? ui_format_time (viewer->zone, at) : NULL;

    ui_table_add (table, at_text, line);
    ui_table_set_style (table, 0, UI_DIM);
    ui_table_set_style (table, 1, get_effect_style (effect));
  }
  ui_table_print (table);
}

/* ── the case ── */

static const char *
get_part_label (const CsvcPart *part)
{
  const char *label = csvc_part_get_label (part, ui_get_language ());

  return strcmp (label, csvc_part_get_id (part)) != 0 ? label : NULL;
}

static void
print_title (const CsvcCase *self)
{
  const CsvcPolicy *policy = csvc_case_get_policy (self);
  g_autofree char *title =
    g_strdup_printf ("%s  %s  (%s %s)", csvc_case_get_id (self), csvc_kind_get_label (csvc_case_get_kind (self), ui_get_language ()),
                     csvc_policy_get_id (policy), csvc_policy_get_version (policy));
  g_autofree char *clean = ui_clean (title);

  ui_heading (clean);
}

/* "work accept" as "处理 › 接受投诉"; several when states are parallel. */
static char *
dup_states (const CsvcCase *self)
{
  const CsvcKind *kind = csvc_case_get_kind (self);
  g_autofree char *ids = csvc_case_dup_states (self);
  g_auto (GStrv) words = g_strsplit (ids, " ", -1);
  GString *text = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL && *words[i] != '\0'; i++) {
    const CsvcState *state = csvc_kind_find_state (kind, words[i]);
    const char *label = state != NULL ? get_part_label (csvc_state_get_part (state)) : NULL;

    g_string_append_printf (text, label != NULL ? "%s%s (%s)" : "%s%s", i > 0 ? ", " : "", words[i], label);
  }
  return g_string_free (text, FALSE);
}

static char *
dup_owner (const CsvcCase *self)
{
  const char *words[] = { csvc_case_get_owner_actor (self), csvc_case_get_owner_role (self), csvc_case_get_owner_unit (self) };
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (words[i] != NULL)
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", words[i]);
  return g_string_free (text, FALSE);
}

static char *
dup_level (const CsvcCase *self)
{
  guint number = csvc_case_get_level (self);
  const CsvcLevel *level = number > 0 ? csvc_policy_get_level (csvc_case_get_policy (self), number - 1) : NULL;

  if (level == NULL)
    return NULL;
  return g_strdup_printf ("%u %s", number, csvc_level_get_label (level, ui_get_language ()));
}

static void
print_standing (const CsvcCase *self)
{
  static const char *const headings[] = { "", "", NULL };
  const CsvcZone *zone = csvc_policy_get_zone (csvc_case_get_policy (self));
  g_autoptr (UiTable) table = ui_table_new (headings);
  g_autofree char *states = dup_states (self);
  g_autofree char *owner = dup_owner (self);
  g_autofree char *level = dup_level (self);
  g_autofree char *opened = ui_format_time (zone, csvc_case_get_opened_at (self));
  g_autofree char *last = ui_format_time (zone, csvc_case_get_last_at (self));
  g_autofree char *deadline = case_format_deadline (csvc_case_get_next_wake (self), zone);
  const struct { const char *name, *value; } lines[] = {
    { ui_say ("state", "状态"), states },
    { ui_say ("outcome", "结果"), csvc_case_get_outcome (self) },
    { ui_say ("customer", "客户"), csvc_case_get_customer (self) },
    { ui_say ("owner", "首问责任人"), owner },
    { ui_say ("handler", "处理角色"), csvc_case_get_handler (self) },
    { ui_say ("level", "级别"), level },
    { ui_say ("opened", "受理"), opened },
    { ui_say ("last change", "最近变化"), last },
    { ui_say ("next deadline", "下一时点"), deadline },
    { ui_say ("times in", "时区"), csvc_zone_get_name (zone) }
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    if (lines[i].value != NULL && *lines[i].value != '\0')
      ui_table_add (table, lines[i].name, lines[i].value);
  ui_table_print (table);
}

static void
print_facts (const CsvcCase *self, const Viewer *viewer)
{
  const char *headings[] = { ui_say ("fact", "信息"), ui_say ("label", "名称"), ui_say ("value", "值"), NULL };
  const CsvcKind *kind = csvc_case_get_kind (self);
  g_autoptr (UiTable) table = ui_table_new (headings);

  for (guint i = 0; i < csvc_kind_get_n_facts (kind); i++) {
    const CsvcFact *fact = csvc_kind_get_fact (kind, i);
    const CsvcValue *value = csvc_case_get_fact (self, csvc_fact_get_id (fact));
    g_autofree char *text = value != NULL ? case_format_fact (fact, value, viewer) : NULL;

    if (text != NULL)
      ui_table_add (table, csvc_fact_get_id (fact), get_part_label (csvc_fact_get_part (fact)), text);
  }
  if (ui_table_get_n_rows (table) == 0)
    return;
  ui_heading (ui_say ("Facts", "信息"));
  ui_table_print (table);
}

/* ── what tables decided ── */

static void
add_decided (UiTable *table, const CsvcDecided *decided, guint index, const Viewer *viewer)
{
  guint row = csvc_decided_get_row (decided, index);
  g_autofree char *number = row > 0 ? g_strdup_printf ("%u", row) : g_strdup (ui_say ("default", "默认"));
  g_autoptr (GString) outputs = g_string_new (NULL);

  for (guint i = 0; i < csvc_decided_get_n_outputs (decided, index); i++) {
    const char *id = csvc_decided_get_output_id (decided, index, i);
    g_autofree char *text = case_format_value (csvc_decided_get_output (decided, index, id), viewer->zone);

    g_string_append_printf (outputs, "%s%s = %s", i > 0 ? ", " : "", id, text);
  }
  ui_table_add (table, csvc_decided_get_name (decided), csvc_decided_get_table (decided), number, outputs->str);
}

static void
print_decided (const CsvcCase *self, const Viewer *viewer)
{
  const char *headings[] = { ui_say ("name", "名称"), ui_say ("table", "决策表"), ui_say ("row", "行"), ui_say ("outputs", "结果"), NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  for (guint i = 0; i < csvc_case_get_n_decided (self); i++) {
    const CsvcDecided *decided = csvc_case_get_decided (self, i);
    guint n = csvc_decided_get_n_rows (decided);

    if (n == 0)
      ui_table_add (table, csvc_decided_get_name (decided), csvc_decided_get_table (decided), "–", "");
    for (guint j = 0; j < n; j++)
      add_decided (table, decided, j, viewer);
  }
  if (ui_table_get_n_rows (table) == 0)
    return;
  ui_heading (ui_say ("Decided", "决策结果"));
  ui_table_print (table);
}

/* ── clocks ── */

static const char *
say_cycle (const CsvcCycle *cycle)
{
  CsvcVerdict verdict = csvc_cycle_get_verdict (cycle);

  if (verdict == CSVC_VERDICT_MET)
    return ui_say ("met", "按时");
  if (verdict == CSVC_VERDICT_ENDED)
    return ui_say ("not judged", "不评判");
  if (verdict == CSVC_VERDICT_MISSED)
    return csvc_cycle_get_met_late_at (cycle) != CSVC_NEVER ? ui_say ("missed, met late", "超时，已补办")
           : csvc_cycle_get_state (cycle) == CSVC_CYCLE_OVERDUE ? ui_say ("missed, still open", "超时，未结")
                                                                : ui_say ("missed", "超时");
  switch (csvc_cycle_get_state (cycle)) {
  case CSVC_CYCLE_PAUSED:
    return ui_say ("paused", "暂停");
  case CSVC_CYCLE_CLOSED:
    return ui_say ("over", "结束");
  case CSVC_CYCLE_RUNNING:
  case CSVC_CYCLE_OVERDUE:
  default:
    return ui_say ("running", "计时中");
  }
}

static UiStyle
get_cycle_style (const CsvcCycle *cycle)
{
  switch (csvc_cycle_get_verdict (cycle)) {
  case CSVC_VERDICT_MET:
    return UI_GREEN;
  case CSVC_VERDICT_MISSED:
    return UI_RED;
  case CSVC_VERDICT_NONE:
    return UI_CYAN;
  case CSVC_VERDICT_ENDED:
  default:
    return UI_DIM;
  }
}

static CsvcTime
get_settled_at (const CsvcCycle *cycle)
{
  CsvcTime late = csvc_cycle_get_met_late_at (cycle);

  return late != CSVC_NEVER ? late : csvc_cycle_get_verdict_at (cycle);
}

static void
add_cycle (UiTable *table, const CsvcCase *self, const CsvcCycle *cycle, CsvcTime now)
{
  const CsvcZone *zone = csvc_policy_get_zone (csvc_case_get_policy (self));
  const CsvcClock *clock = csvc_cycle_get_clock (cycle);
  gboolean is_paused = csvc_cycle_get_state (cycle) == CSVC_CYCLE_PAUSED && csvc_cycle_get_verdict (cycle) == CSVC_VERDICT_NONE;
  CsvcTime due = is_paused ? csvc_case_get_projected_due (self, cycle, now) : csvc_case_get_due (self, cycle);
  g_autofree char *number = g_strdup_printf ("%u", csvc_cycle_get_number (cycle));
  g_autofree char *start = ui_format_time (zone, csvc_cycle_get_start (cycle));
  g_autofree char *due_text = due != CSVC_NEVER ? ui_format_time (zone, due) : NULL;
  g_autofree char *used = ui_format_duration (csvc_case_get_used (self, cycle, now));
  g_autofree char *settled = get_settled_at (cycle) != CSVC_NEVER ? ui_format_time (zone, get_settled_at (cycle)) : NULL;

  ui_table_add (table, csvc_clock_get_id (clock), get_part_label (csvc_clock_get_part (clock)), number, start, due_text,
                is_paused ? ui_say ("if resumed now", "若现在恢复") : NULL, used, say_cycle (cycle), settled, csvc_cycle_get_reason (cycle));
  ui_table_set_style (table, 7, get_cycle_style (cycle));
}

static void
print_clocks (const CsvcCase *self, CsvcTime now)
{
  const char *headings[] = { ui_say ("clock", "时限"), ui_say ("label", "名称"), ui_say (">cycle", ">轮次"), ui_say ("started", "开始"),
                             ui_say ("due", "限期"), "", ui_say (">used", ">用时"), ui_say ("verdict", "评判"), ui_say ("settled", "时间"),
                             ui_say ("why", "原因"), NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  for (guint i = 0; i < csvc_case_get_n_cycles (self); i++)
    add_cycle (table, self, csvc_case_get_cycle (self, i), now);
  if (ui_table_get_n_rows (table) == 0)
    return;
  ui_heading (ui_say ("Clocks", "时限"));
  ui_table_print (table);
}

void
case_print (const CsvcCase *self, CsvcTime now, const Viewer *viewer)
{
  g_autoptr (CsvcCase) shown = csvc_case_copy_for (self, viewer->role);

  print_title (self);
  print_standing (self);
  print_facts (self, viewer);
  print_decided (shown, viewer);
  print_clocks (self, now);
}
