/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What stands in the boxes and on the arrows of a drawing, for people who have not read the policy: labels for ids, "72 h" for PT72H. */

#include "config.h"

#include <string.h>

#include "show-label.h"
#include "ui.h"

#define GREY "#666666"
#define RED "#b3261e"

/* ── words ── */

static const char *
get_unit (char letter, gboolean in_time)
{
  switch (letter) {
  case 'D': return ui_say ("d", "天");
  case 'H': return ui_say ("h", "小时");
  case 'M': return in_time ? ui_say ("min", "分钟") : ui_say ("months", "个月");
  case 'S': return ui_say ("s", "秒");
  default: return NULL;
  }
}

/* "PT72H" is "72 h", and not 3 d: a promise is told as it was given. What is no duration stays as it is. */
static char *
dup_duration (const char *text)
{
  g_autoptr (GString) out = g_string_new (NULL);
  gboolean in_time = FALSE;
  const char *at = text;

  if (*at++ != 'P')
    return g_strdup (text);
  for (; *at != '\0'; at++) {
    gsize digits = strspn (at, "0123456789.");
    const char *unit;

    if (*at == 'T') {
      in_time = TRUE;
      continue;
    }
    unit = get_unit (at[digits], in_time);
    if (digits == 0 || unit == NULL)
      return g_strdup (text);
    g_string_append_printf (out, "%s%.*s %s", out->len > 0 ? " " : "", (int) digits, at, unit);
    at += digits;
  }
  return g_strdup (out->str);
}

static const char *
get_calendar_label (const CsvcPolicy *policy, const char *id)
{
  for (guint i = 0; i < csvc_policy_get_n_calendars (policy); i++)
    if (strcmp (csvc_calendar_get_id (csvc_policy_get_calendar (policy, i)), id) == 0)
      return csvc_part_get_label (csvc_policy_get_calendar_part (policy, i), ui_get_language ());
  return id;
}

/* "3 h of office hours", "at promised": by the label of the calendar or the fact. */
static char *
dup_budget (const Picture *picture, const CsvcDue *due)
{
  g_autofree char *text = csvc_due_to_string (due);
  g_auto (GStrv) words = g_strsplit (text, " ", 3);
  g_autofree char *length = NULL;
  const CsvcFact *fact;

  if (strcmp (words[0], "at") == 0 && words[1] != NULL) {
    fact = csvc_kind_find_fact (picture->kind, words[1]);
    return g_strdup_printf (ui_say ("by: %s", "按“%s”"), fact != NULL ? csvc_fact_get_label (fact, ui_get_language ()) : words[1]);
  }
  length = dup_duration (words[0]);
  if (words[1] == NULL || words[2] == NULL)
    return g_steal_pointer (&length);
  return g_strdup_printf (ui_say ("%s of %s", "%s（%s）"), length, get_calendar_label (picture->policy, words[2]));
}

/* ── events ── */

static char *
dup_clock_event (const Picture *picture, const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, ".", 3);
  const CsvcClock *clock = parts[1] != NULL ? csvc_kind_find_clock (picture->kind, parts[1]) : NULL;
  const CsvcAlarm *alarm = clock != NULL && parts[2] != NULL ? csvc_clock_find_alarm (clock, parts[2]) : NULL;

  if (alarm == NULL)
    return g_strdup (name);
  if (strcmp (csvc_alarm_get_at (alarm), "due") == 0)
    return g_strdup_printf (ui_say ("◔ %s: time is up", "◔ %s到期"), csvc_clock_get_label (clock, ui_get_language ()));
  return g_strdup_printf ("◔ %s: %s", csvc_clock_get_label (clock, ui_get_language ()), csvc_alarm_get_label (alarm, ui_get_language ()));
}

/* "visit ends: repaired" */
static char *
dup_child_event (const Picture *picture, const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, ".", 2);
  const CsvcKind *kind = csvc_policy_find_kind (picture->policy, parts[0]);
  const char *label = kind != NULL ? csvc_kind_get_label (kind, ui_get_language ()) : parts[0];

  return parts[1] != NULL ? g_strdup_printf (ui_say ("%s ends: %s", "%s结束：%s"), label, parts[1])
                          : g_strdup_printf (ui_say ("%s ends", "%s结束"), label);
}

static char *
dup_event (const Picture *picture, const char *name)
{
  const CsvcEvent *event = csvc_kind_find_event (picture->kind, name);
  const CsvcState *state = g_str_has_prefix (name, "done.state.") ? csvc_kind_find_state (picture->kind, name + strlen ("done.state.")) : NULL;

  if (event != NULL)
    return g_strdup (csvc_event_get_label (event, ui_get_language ()));
  if (state != NULL)
    return g_strdup_printf (ui_say ("%s is done", "%s完成"), csvc_state_get_label (state, ui_get_language ()));
  if (g_str_has_prefix (name, "done.case."))
    return dup_child_event (picture, name + strlen ("done.case."));
  return g_str_has_prefix (name, "clock.") ? dup_clock_event (picture, name) : g_strdup (name);
}

static char *
dup_state (const Picture *picture, const char *name)
{
  const CsvcState *state = csvc_kind_find_state (picture->kind, name);

  return g_strdup (state != NULL ? csvc_state_get_label (state, ui_get_language ()) : name);
}

/* Each of the blank-separated @names in the words of @say. */
static char *
dup_names (const Picture *picture, const char *names, char *(*say) (const Picture *picture, const char *name), const char *separator)
{
  g_auto (GStrv) words = g_strsplit_set (names, " \t\n", -1);
  g_autoptr (GString) out = g_string_new (NULL);

  for (char **word = words; *word != NULL; word++) {
    g_autofree char *said = **word != '\0' ? say (picture, *word) : NULL;

    if (said != NULL)
      g_string_append_printf (out, "%s%s", out->len > 0 ? separator : "", said);
  }
  return g_strdup (out->str);
}

/* ── actions ── */

/* "open visit until here (reason = "rain")": what follows the names stays as it is. */
static char *
dup_open (const Picture *picture, const char *action)
{
  g_auto (GStrv) words = g_strsplit (action, " ", 5);
  guint n = g_strv_length (words);
  const CsvcKind *child = n > 1 ? csvc_policy_find_kind (picture->policy, words[1]) : NULL;
  gboolean until = n > 3 && strcmp (words[2], "until") == 0;
  const CsvcState *state = until ? csvc_kind_find_state (picture->kind, words[3]) : NULL;
  const char *rest = strstr (action, " (");
  g_autofree char *end = NULL;

  if (child == NULL)
    return g_strdup (action);
  if (until)
    end = state != NULL ? g_strdup_printf (ui_say (" until %s is left", "，到离开“%s”为止"), csvc_state_get_label (state, ui_get_language ()))
                        : g_strdup (ui_say (" until this is left", "，到离开此处为止"));
  return g_strdup_printf (ui_say ("⊕ open %s%s%s", "⊕ 开立%s%s%s"), csvc_kind_get_label (child, ui_get_language ()), end != NULL ? end : "",
                          rest != NULL ? rest : "");
}

/* "decide offers as offer" */
static char *
dup_decide (const Picture *picture, const char *action)
{
  g_auto (GStrv) words = g_strsplit (action, " ", 3);
  const CsvcTable *table = words[1] != NULL ? csvc_policy_find_table (picture->policy, words[1]) : NULL;

  if (table == NULL)
    return g_strdup (action);
  return g_strdup_printf (ui_say ("▦ decide by %s%s%s", "▦ 按“%s”决定%s%s"), csvc_table_get_label (table, ui_get_language ()),
                          words[2] != NULL ? " " : "", words[2] != NULL ? words[2] : "");
}

/* "use 3 data": by the label of the account, which stands last. */
static char *
dup_claim (const Picture *picture, const char *action, const char *account)
{
  const CsvcEntitlement *entitlement = csvc_policy_find_entitlement (picture->policy, account);
  const CsvcLedger *ledger = csvc_policy_find_ledger (picture->policy, account);
  const char *label = entitlement != NULL ? csvc_entitlement_get_label (entitlement, ui_get_language ())
                      : ledger != NULL    ? csvc_ledger_get_label (ledger, ui_get_language ()) : account;

  return g_strdup_printf ("◈ %.*s%s", (int) (strlen (action) - strlen (account)), action, label);
}

static gboolean
is_claim (const char *action)
{
  static const char *const words[] = { "use ", "reserve ", "commit ", "release ", "give " };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_has_prefix (action, words[i]))
      return TRUE;
  return FALSE;
}

static char *
dup_action_on_others (const Picture *picture, const char *action, const char *last)
{
  if (g_str_has_prefix (action, "open "))
    return dup_open (picture, action);
  if (g_str_has_prefix (action, "decide "))
    return dup_decide (picture, action);
  if (g_str_has_prefix (action, "tell "))
    return g_strdup_printf ("⇄ %s", action);
  return is_claim (action) ? dup_claim (picture, action, last) : g_strdup (action);
}

static char *
dup_action (const Picture *picture, const char *action)
{
  const char *last = strrchr (action, ' ') != NULL ? strrchr (action, ' ') + 1 : "";
  const CsvcRole *role = csvc_policy_find_role (picture->policy, last);
  const CsvcLevel *level = csvc_policy_find_level (picture->policy, last);

  if (g_str_has_prefix (action, "escalate to ") && level != NULL)
    return g_strdup_printf (ui_say ("▲ escalate to %s", "▲ 升级到%s"), csvc_level_get_label (level, ui_get_language ()));
  if (strcmp (action, "escalate") == 0)
    return g_strdup (ui_say ("▲ escalate one level", "▲ 升一级"));
  if (strcmp (action, "hand back") == 0 || strcmp (action, "hand-back") == 0)
    return g_strdup (ui_say ("▼ hand back", "▼ 退回下级"));
  if (strcmp (action, "owner") == 0)
    return g_strdup (ui_say ("becomes the owner", "成为负责人"));
  if (g_str_has_prefix (action, "notify ") && role != NULL)
    return g_strdup_printf (ui_say ("✉ notify %s", "✉ 通知%s"), csvc_role_get_label (role, ui_get_language ()));
  return dup_action_on_others (picture, action, last);
}

static char *
dup_actions (const Picture *picture, const char *actions)
{
  g_auto (GStrv) words = g_strsplit (actions, ", ", -1);

  for (char **word = words; *word != NULL; word++) {
    char *said = dup_action (picture, *word);

    g_free (*word);
    *word = said;
  }
  return g_strjoinv (ui_say (", ", "，"), words);
}

/* ── rows of a box: Graphviz's own HTML ── */

static void add_row (GString *html, const char *colour, int size, const char *format, ...) G_GNUC_PRINTF (4, 5);

static void
add_row (GString *html, const char *colour, int size, const char *format, ...)
{
  g_autofree char *text = NULL, *clean = NULL, *escaped = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  clean = ui_clean (text);
  escaped = g_markup_escape_text (clean, -1);
  g_string_append_printf (html, "<tr><td align=\"left\"><font color=\"%s\" point-size=\"%d\">%s</font></td></tr>", colour, size, escaped);
}

static void
add_dues (const Picture *picture, GString *html, const CsvcClock *clock)
{
  for (guint i = 0; i < csvc_clock_get_n_dues (clock); i++) {
    const CsvcDue *due = csvc_clock_get_due (clock, i);
    const char *when = csvc_due_get_when (due);
    g_autofree char *budget = dup_budget (picture, due);

    if (csvc_clock_get_every (clock) != NULL)
      add_row (html, "black", 11, ui_say ("    ↻ every %s%s", "    ↻ 每%s%s"), budget, csvc_due_is_assumed (due) ? ui_say (" (assumed)", "（假定）") : "");
    else
      add_row (html, "black", 11, "    %s%s%s%s", budget, when != NULL ? ui_say (" when ", "，当 ") : "", when != NULL ? when : "",
               csvc_due_is_assumed (due) ? ui_say (" (assumed)", "（假定）") : "");
  }
}

/* "75%", "24 h after the start", "30 min before it is due". */
static char *
dup_first_time (const CsvcAlarm *alarm)
{
  const char *at = csvc_alarm_get_at (alarm);
  g_autofree char *length = dup_duration (at[0] == '+' || at[0] == '-' ? at + 1 : at);

  if (strcmp (at, "due") == 0)
    return g_strdup (ui_say ("when time is up", "到期"));
  if (at[0] == '-' || at[0] == '+')
    return g_strdup_printf (at[0] == '-' ? ui_say ("%s before", "到期前%s") : ui_say ("%s late", "超时%s"), length);
  return at[0] == 'P' ? g_strdup_printf (ui_say ("after %s", "满%s"), length) : g_strdup_printf (ui_say ("at %s", "用时%s"), length);
}

/* "4 h late, again every 2 h" */
static char *
dup_alarm_time (const CsvcAlarm *alarm)
{
  const char *every = csvc_alarm_get_every (alarm);
  g_autofree char *first = dup_first_time (alarm), *period = every != NULL ? dup_duration (every) : NULL;

  return period != NULL ? g_strdup_printf (ui_say ("%s, again every %s", "%s，此后每%s"), first, period) : g_steal_pointer (&first);
}

static void
add_alarms (const Picture *picture, GString *html, const CsvcClock *clock)
{
  for (guint i = 0; i < csvc_clock_get_n_alarms (clock); i++) {
    const CsvcAlarm *alarm = csvc_clock_get_alarm (clock, i);
    g_autofree char *actions = csvc_alarm_dup_actions_text (alarm);
    g_autofree char *time = actions != NULL ? dup_alarm_time (alarm) : NULL;
    g_autofree char *said = actions != NULL ? dup_actions (picture, actions) : NULL;

    if (actions != NULL)
      add_row (html, strstr (actions, "escalate") != NULL ? RED : "#8a5a00", 10, "    %s: %s", time, said);
  }
}

static void
add_clock (const Picture *picture, GString *html, const CsvcClock *clock)
{
  const char *met_by = csvc_clock_get_met_by (clock), *paused_in = csvc_clock_get_paused_in (clock);

  add_row (html, csvc_clock_is_promise (clock) ? "#1a4d8f" : GREY, 12, "◔ %s", csvc_clock_get_label (clock, ui_get_language ()));
  add_dues (picture, html, clock);
  if (met_by != NULL) {
    g_autofree char *names = dup_names (picture, met_by, dup_event, ui_say (" or ", "或"));

    add_row (html, "#2e6b34", 10, ui_say ("    ✓ kept by: %s", "    ✓ 兑现：%s"), names);
  }
  if (paused_in != NULL) {
    g_autofree char *names = dup_names (picture, paused_in, dup_state, ui_say (", ", "、"));

    add_row (html, GREY, 10, ui_say ("    ‖ stands still in: %s", "    ‖ 暂停于：%s"), names);
  }
  add_alarms (picture, html, clock);
}

static void
add_actions (const Picture *picture, GString *html, const char *what, const char *actions)
{
  g_autofree char *said = actions != NULL ? dup_actions (picture, actions) : NULL;

  if (said != NULL)
    add_row (html, GREY, 10, "%s: %s", what, said);
}

/* What moves nothing has no arrow. */
static void
add_stays (const Picture *picture, GString *html, const CsvcState *state)
{
  for (guint i = 0; i < csvc_state_get_n_transitions (state); i++) {
    const CsvcTransition *transition = csvc_state_get_transition (state, i);
    g_autofree char *label = show_dup_transition_label (picture, transition);
    g_auto (GStrv) lines = g_strsplit (label, "\n", -1);
    g_autofree char *row = g_strjoinv (" · ", lines);

    if (csvc_transition_get_n_targets (transition) == 0)
      add_row (html, GREY, 10, ui_say ("on %s", "收到：%s"), row);
  }
}

static void
add_name (GString *html, const char *name, gboolean is_group)
{
  g_autofree char *clean = ui_clean (name), *escaped = g_markup_escape_text (clean, -1);

  g_string_append_printf (html, "<tr><td align=\"%s\"><font point-size=\"%d\"><b>%s</b></font></td></tr>", is_group ? "left" : "center",
                          is_group ? 14 : 13, escaped);
}

char *
show_dup_state_label (const Picture *picture, const CsvcState *state)
{
  const char *label = csvc_state_get_depth (state) == 0 ? csvc_kind_get_label (picture->kind, ui_get_language ())
                                                        : csvc_state_get_label (state, ui_get_language ());
  CsvcStateType type = csvc_state_get_type (state);
  g_autofree char *entry = csvc_state_dup_entry_text (state), *leave = csvc_state_dup_exit_text (state);
  GString *html = g_string_new ("<<table border=\"0\" cellborder=\"0\" cellspacing=\"0\" cellpadding=\"1\">");

  add_name (html, label, type == CSVC_STATE_COMPOUND || type == CSVC_STATE_PARALLEL);
  add_actions (picture, html, ui_say ("on entry", "进入时"), entry);
  add_actions (picture, html, ui_say ("on leaving", "离开时"), leave);
  for (guint i = 0; i < csvc_state_get_n_clocks (state); i++)
    add_clock (picture, html, csvc_state_get_clock (state, i));
  add_stays (picture, html, state);
  g_string_append (html, "</table>>");
  return g_string_free (html, FALSE);
}

/* ── arrows ── */

char *
show_dup_opening_label (const Opening *opening)
{
  const char *child = csvc_kind_get_label (opening->child, ui_get_language ());

  if (opening->until == NULL)
    return g_strdup_printf (ui_say ("opens %s", "开立%s"), child);
  return g_strdup_printf (ui_say ("opens %s\nuntil %s is left", "开立%s\n到离开“%s”为止"), child, csvc_state_get_label (opening->until, ui_get_language ()));
}

char *
show_dup_transition_label (const Picture *picture, const CsvcTransition *transition)
{
  const char *events = csvc_transition_get_events (transition), *condition = csvc_transition_get_condition (transition);
  g_autofree char *actions = csvc_transition_dup_actions_text (transition);
  g_autofree char *said = actions != NULL ? dup_actions (picture, actions) : NULL;
  GString *text = g_string_new (NULL);

  if (events != NULL) {
    g_autofree char *names = dup_names (picture, events, dup_event, "\n");

    g_string_append (text, names);
  }
  if (condition != NULL)
    g_string_append_printf (text, "%s[%s]", text->len > 0 ? "\n" : "", condition);
  if (said != NULL)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", said);
  return g_string_free (text, FALSE);
}
