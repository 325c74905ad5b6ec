/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc explain, for people. */

#include "config.h"

#include "explain-print.h"

#include <string.h>

#include "calendar.h"
#include "ui.h"

static const CsvcZone *
get_zone (const CsvcCase *self)
{
  return csvc_policy_get_zone (csvc_case_get_policy (self));
}

/* NULL for never, which a table leaves empty. */
static char *
format_time (const CsvcZone *zone, CsvcTime time)
{
  return time != CSVC_NEVER ? ui_format_time (zone, time) : NULL;
}

/* Exact, and in hours: a day of working time would be taken for a date. */
static char *
format_length (CsvcDuration length)
{
  CsvcDuration rest = ABS (length);
  gint64 hours = rest / CSVC_HOUR, minutes = rest % CSVC_HOUR / CSVC_MINUTE;
  GString *text = g_string_new (length < 0 ? "-" : NULL);

  rest %= CSVC_MINUTE;
  if (hours > 0)
    g_string_append_printf (text, ui_say ("%" G_GINT64_FORMAT " h ", "%" G_GINT64_FORMAT " 小时 "), hours);
  if (minutes > 0)
    g_string_append_printf (text, ui_say ("%" G_GINT64_FORMAT " min ", "%" G_GINT64_FORMAT " 分 "), minutes);
  if (rest > 0 || length == 0) {
    append_seconds (text, rest);
    g_string_append (text, ui_say (" s", " 秒"));
  }
  return g_strchomp (g_string_free (text, FALSE));
}

/* The label, unless it is the id again. */
static const char *
get_label (const char *id, const char *label)
{
  return strcmp (id, label) != 0 ? label : NULL;
}

/* ── what next: events ── */

static const char *
say_chance (CsvcChance chance)
{
  switch (chance) {
  case CSVC_CHANCE_YES:
    return ui_say ("yes", "可以");
  case CSVC_CHANCE_PARAMETERS:
    return ui_say ("that depends", "视内容而定");
  case CSVC_CHANCE_CONDITION:
    return ui_say ("no", "不可以");
  case CSVC_CHANCE_MISSING_FACT:
    return ui_say ("a fact is missing", "缺少信息");
  case CSVC_CHANCE_FAILS:
    return ui_say ("it would fail", "会出错");
  default:
    return csvc_chance_to_string (chance);
  }
}

static UiStyle
get_chance_style (CsvcChance chance)
{
  return chance == CSVC_CHANCE_YES ? UI_GREEN : chance == CSVC_CHANCE_PARAMETERS ? UI_YELLOW : UI_RED;
}

static char *
dup_roles (const CsvcEvent *event)
{
  GString *text = g_string_new (csvc_event_get_n_by (event) == 0 ? ui_say ("anyone", "任何人") : NULL);

  for (guint i = 0; i < csvc_event_get_n_by (event); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", csvc_role_get_id (csvc_event_get_by (event, i)));
  return g_string_free (text, FALSE);
}

static char *
dup_brought (const CsvcEvent *event)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < csvc_event_get_n_sets (event); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", csvc_fact_get_id (csvc_event_get_sets (event, i)));
  return g_string_free (text, FALSE);
}

static void
add_event (UiTable *table, const CsvcWhatNext *next, guint i)
{
  const CsvcEvent *event = csvc_what_next_get_event (next, i);
  CsvcChance chance = csvc_what_next_get_chance (next, i);
  g_autofree char *roles = dup_roles (event);
  g_autofree char *brought = dup_brought (event);
  const char *id = csvc_event_get_id (event);

  ui_table_add (table, id, get_label (id, csvc_event_get_label (event, ui_get_language ())), roles, brought, say_chance (chance),
                csvc_what_next_get_reason (next, i));
  ui_table_set_style (table, 4, get_chance_style (chance));
}

static void
print_events (const CsvcWhatNext *next)
{
  const char *const headings[] = { ui_say ("event", "事件"), ui_say ("label", "名称"), ui_say ("by", "角色"), ui_say ("brings", "须提供"),
                                   ui_say ("possible", "可否"), ui_say ("because", "依据"), NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  for (guint i = 0; i < csvc_what_next_get_n_events (next); i++)
    add_event (table, next, i);
  ui_table_print (table);
}

static void
print_alarm (const CsvcWhatNext *next)
{
  const CsvcClock *clock = NULL;
  const CsvcAlarm *alarm = NULL;
  CsvcTime at = csvc_what_next_get_alarm (next, &clock, &alarm);
  g_autofree char *text = format_time (get_zone (csvc_what_next_get_case (next)), at);

  if (text != NULL)
    ui_print (ui_say ("next alarm: %s of %s at %s\n", "下一提醒：%s（%s），%s\n"), csvc_alarm_get_id (alarm), csvc_clock_get_id (clock), text);
  else
    ui_print ("%s\n", ui_say ("no alarm is waited for", "没有待触发的提醒"));
}

void
explain_print_next (const CsvcWhatNext *next)
{
  const CsvcCase *self = csvc_what_next_get_case (next);
  g_autofree char *states = csvc_case_dup_states (self);
  g_autofree char *at = ui_format_time (get_zone (self), csvc_what_next_get_at (next));
  g_autofree char *heading = g_strdup_printf (ui_say ("%s in %s at %s: what may come next", "%s（%s，%s）：可发生的事件"), csvc_case_get_id (self),
                                              states, at);
  g_autofree char *clean = ui_clean (heading);

  ui_heading (clean);
  if (csvc_what_next_get_n_events (next) == 0)
    ui_print ("%s\n", csvc_case_has_ended (self) ? ui_say ("nothing: the case has ended", "无：工单已结束")
                                                 : ui_say ("no event is waited for", "没有等待的事件"));
  print_events (next);
  print_alarm (next);
}

/* ── what next: clocks ── */

static const char *
say_state (CsvcCycleState state)
{
  switch (state) {
  case CSVC_CYCLE_PAUSED:
    return ui_say ("paused", "暂停");
  case CSVC_CYCLE_OVERDUE:
    return ui_say ("overdue", "超时");
  case CSVC_CYCLE_RUNNING:
  case CSVC_CYCLE_CLOSED:
  default:
    return ui_say ("running", "计时中");
  }
}

/* What a day on hold from now on would make of it; of one that is paused, a day more. */
static char *
dup_if_paused (const CsvcWhatNext *next, guint i)
{
  const CsvcCase *self = csvc_what_next_get_case (next);
  const CsvcCycle *cycle = csvc_what_next_get_cycle (next, i);
  CsvcTime at = csvc_what_next_get_at (next);
  CsvcTime due;

  if (csvc_what_next_get_pause_by (next, i) == CSVC_NEVER && csvc_cycle_get_state (cycle) != CSVC_CYCLE_PAUSED)
    return NULL;
  if (at > CSVC_TIME_MAX - CSVC_DAY || !csvc_case_get_due_if_paused (self, cycle, at, at + CSVC_DAY, &due, NULL))
    return NULL;
  return format_time (get_zone (self), due);
}

static void
add_running (UiTable *table, const CsvcWhatNext *next, guint i)
{
  const CsvcZone *zone = get_zone (csvc_what_next_get_case (next));
  const CsvcCycle *cycle = csvc_what_next_get_cycle (next, i);
  const char *id = csvc_clock_get_id (csvc_cycle_get_clock (cycle));
  g_autofree char *left = format_length (csvc_what_next_get_left (next, i));
  g_autofree char *due = format_time (zone, csvc_what_next_get_due (next, i));
  g_autofree char *resumed = format_time (zone, due == NULL ? csvc_what_next_get_due_if_resumed (next, i) : CSVC_NEVER);
  g_autofree char *pause_by = format_time (zone, csvc_what_next_get_pause_by (next, i));
  g_autofree char *if_paused = dup_if_paused (next, i);
  g_autofree char *if_changed = format_time (zone, csvc_what_next_get_due_if_changed (next, i));

  ui_table_add (table, id, get_label (id, csvc_clock_get_label (csvc_cycle_get_clock (cycle), ui_get_language ())),
                say_state (csvc_cycle_get_state (cycle)), left, due, resumed, pause_by, if_paused, if_changed);
}

static void
print_running (const CsvcWhatNext *next)
{
  const char *const headings[] = { ui_say ("clock", "时限"), ui_say ("label", "名称"), ui_say ("stands", "状态"), ui_say (">left", ">剩余"),
                                   ui_say ("due", "到期"), ui_say ("due if resumed now", "若现在恢复"), ui_say ("may be paused until", "可暂停至"),
                                   ui_say ("due if paused for a day", "若暂停一天"), ui_say ("due if changed so", "若如此更改"), NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  for (guint i = 0; i < csvc_what_next_get_n_cycles (next); i++)
    add_running (table, next, i);
  ui_table_print (table);
}

void
explain_print_clocks (const CsvcWhatNext *next, const CsvcCustomer *customer)
{
  const char *const headings[] = { ui_say ("clock", "时限"), ui_say ("does not run because", "未计时原因"), ui_say ("where", "出处"), NULL };
  const CsvcCase *self = csvc_what_next_get_case (next);
  const CsvcKind *kind = csvc_case_get_kind (self);
  g_autoptr (UiTable) table = ui_table_new (headings);

  if (csvc_kind_get_n_clocks (kind) > 0)
    ui_heading (ui_say ("Clocks", "时限"));
  print_running (next);
  for (guint i = 0; i < csvc_kind_get_n_clocks (kind); i++) {
    const CsvcClock *clock = csvc_kind_get_clock (kind, i);
    g_autoptr (CsvcWhyNotStarted) why = csvc_case_explain_not_started (self, customer, clock);
    g_autofree char *place = NULL;

    if (why == NULL)
      continue;
    place = g_strdup_printf ("%s:%u", csvc_why_not_started_get_file (why), csvc_why_not_started_get_line (why));
    ui_table_add (table, csvc_clock_get_id (clock), csvc_why_not_started_get_message (why), place);
  }
  if (csvc_what_next_get_n_cycles (next) > 0 && ui_table_get_n_rows (table) > 0)
    ui_print ("\n");
  ui_table_print (table);
}

/* ── why due ── */

static const char *
say_piece (CsvcDuePiece piece)
{
  switch (piece) {
  case CSVC_DUE_RUNNING:
    return ui_say ("running", "计时");
  case CSVC_DUE_PAUSED:
    return ui_say ("paused", "暂停");
  case CSVC_DUE_CARRIED:
    return ui_say ("carried over", "结转");
  case CSVC_DUE_REMAINING:
    return ui_say ("remaining", "剩余");
  case CSVC_DUE_OVERDRAWN:
    return ui_say ("over before it began", "开始前已过");
  default:
    return csvc_due_piece_to_string (piece);
  }
}

static const char *
say_kind (const char *kind)
{
  if (strcmp (kind, "elapsed") == 0)
    return ui_say ("elapsed", "自然时间");
  if (strcmp (kind, "day") == 0)
    return ui_say ("day", "自然日");
  for (CsvcSegmentKind i = CSVC_SEGMENT_WORKING; i <= CSVC_SEGMENT_CLOCK_BACK; i++)
    if (strcmp (kind, csvc_segment_kind_to_string (i)) == 0)
      return calendar_say_kind (i);
  return kind;
}

static char *
dup_place (const char *rule, const char *file, guint line)
{
  return g_strdup_printf ("%s:%u  %s", file, line, rule);
}

static void
add_segment (UiTable *table, const CsvcWhyDue *why, guint i, const CsvcZone *zone)
{
  CsvcDuration counted = csvc_why_due_get_counted (why, i);
  g_autofree char *from = ui_format_time (zone, csvc_why_due_get_from (why, i));
  g_autofree char *to = ui_format_time (zone, csvc_why_due_get_to (why, i));
  g_autofree char *counts = counted != 0 ? format_length (counted) : NULL;
  g_autofree char *place = dup_place (csvc_why_due_get_segment_rule (why, i), csvc_why_due_get_segment_file (why, i),
                                      csvc_why_due_get_segment_line (why, i));

  ui_table_add (table, from, to, say_piece (csvc_why_due_get_piece (why, i)), csvc_why_due_get_cause (why, i),
                say_kind (csvc_why_due_get_kind (why, i)), csvc_why_due_get_label (why, i), counts, place);
  if (counted == 0)
    ui_table_set_style (table, 4, UI_DIM);
}

static void
print_segments (const CsvcWhyDue *why, const CsvcZone *zone)
{
  const char *const headings[] = { ui_say ("from", "从"), ui_say ("to", "到"), ui_say ("clock", "时限"), ui_say ("since", "起因"),
                                   ui_say ("time", "时间"), ui_say ("name", "名称"), ui_say (">counts", ">计入"), ui_say ("by", "依据"), NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);
  g_autofree char *sum = format_length (csvc_why_due_get_budget (why));
  g_autofree char *place = dup_place (csvc_why_due_get_rule (why), csvc_why_due_get_file (why), csvc_why_due_get_line (why));

  for (guint i = 0; i < csvc_why_due_get_size (why); i++)
    add_segment (table, why, i, zone);
  ui_table_add (table, NULL, ui_say ("in all", "合计"), NULL, NULL, NULL, NULL, sum, place);
  ui_table_print (table);
}

static void
print_due (const CsvcCase *self, const CsvcCycle *cycle, const CsvcWhyDue *why)
{
  const CsvcZone *zone = get_zone (self);
  g_autofree char *due = ui_format_time (zone, csvc_why_due_get_due (why));
  g_autofree char *heading =
    g_strdup_printf (csvc_why_due_is_projected (why)
                       ? ui_say ("%s %u: paused; due %s if it resumed now", "%s 第%u轮：暂停中；若现在恢复，%s 到期")
                       : ui_say ("%s %u: due %s", "%s 第%u轮：%s 到期"),
                     csvc_clock_get_id (csvc_cycle_get_clock (cycle)), csvc_cycle_get_number (cycle), due);

  ui_heading (heading);
  print_segments (why, zone);
  if (csvc_why_due_is_beyond_horizon (why))
    ui_warn ("part of that lies after the last year for which the calendar knows the holidays");
}

void
explain_print_clock (const CsvcCase *self, const CsvcClock *clock, const CsvcCycle *cycle, const CsvcWhyDue *due,
                     const CsvcWhyNotStarted *not_started)
{
  if (not_started != NULL)
    ui_print (ui_say ("%s does not run: %s (%s:%u)\n", "%s 未计时：%s（%s:%u）\n"), csvc_clock_get_id (clock),
              csvc_why_not_started_get_message (not_started), csvc_why_not_started_get_file (not_started),
              csvc_why_not_started_get_line (not_started));
  if (due != NULL)
    print_due (self, cycle, due);
}

/* ── due if facts changed ── */

gboolean
explain_find_supposed (const CsvcWhatNext *next, const CsvcClock *clock, CsvcTime *due)
{
  for (guint i = 0; i < csvc_what_next_get_n_cycles (next); i++)
    if (csvc_cycle_get_clock (csvc_what_next_get_cycle (next, i)) == clock) {
      *due = csvc_what_next_get_due_if_changed (next, i);
      return TRUE;
    }
  return FALSE;
}

void
explain_print_supposed (const CsvcWhatNext *next, const CsvcClock *clock)
{
  CsvcTime due = CSVC_NEVER;
  g_autofree char *text = NULL;

  if (csvc_what_next_get_supposed (next) == NULL || !explain_find_supposed (next, clock, &due))
    return;
  text = format_time (get_zone (csvc_what_next_get_case (next)), due);
  if (text != NULL)
    ui_print (ui_say ("if the facts changed so, it would be due %s\n", "若如此更改，%s 到期\n"), text);
  else
    ui_print ("%s\n", ui_say ("if the facts changed so, it would not run any more", "若如此更改，不再计时"));
}
