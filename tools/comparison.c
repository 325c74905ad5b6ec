/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The most wanted first: the share in time under both, what became of the verdicts; then dues, alarms, refusals. */

#include "config.h"

#include "comparison.h"

#include "ui.h"

static const CsvcZone *
get_zone (const CsvcComparison *comparison)
{
  return csvc_policy_get_zone (csvc_report_get_policy (csvc_comparison_get_report (comparison, CSVC_SIDE_OLD)));
}

/* (transfer full): "resolve72", "resolve72 → resolve72_net", "(none) → extra". */
static char *
dup_name (const CsvcComparison *comparison, guint pair)
{
  const char *ids[CSVC_N_SIDES];

  if (pair == CSVC_ALL_PAIRS)
    return g_strdup (ui_say ("all", "合计"));
  for (guint side = 0; side < CSVC_N_SIDES; side++) {
    const CsvcClock *clock = csvc_comparison_get_clock (comparison, pair, (CsvcSide) side);

    ids[side] = clock != NULL ? csvc_clock_get_id (clock) : ui_say ("(none)", "（无）");
  }
  return g_str_equal (ids[0], ids[1]) ? g_strdup (ids[0]) : g_strdup_printf ("%s → %s", ids[0], ids[1]);
}

/* One pair needs no total. */
static guint
count_lines (const CsvcComparison *comparison)
{
  guint n = csvc_comparison_get_n_pairs (comparison);

  return n == 1 ? 1 : n + 1;
}

static guint
pair_of_line (const CsvcComparison *comparison, guint line)
{
  return line < csvc_comparison_get_n_pairs (comparison) ? line : CSVC_ALL_PAIRS;
}

static const char *
name_outcome (CsvcOutcome outcome)
{
  const char *const names[CSVC_N_OUTCOMES] = { ui_say ("absent", "无"),       ui_say ("met", "按时"),    ui_say ("missed", "超时"),
                                               ui_say ("overdue", "逾期未结"), ui_say ("open", "计时中"), ui_say ("not judged", "不评判") };

  return names[outcome];
}

/* (transfer full): up to three; that there are more is said by the count. */
static char *
join_cases (const char *const *cases)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < 3 && cases[i] != NULL; i++) {
    g_autofree char *id = ui_clean (cases[i]);

    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", id);
  }
  if (text->len > 0 && cases[3] != NULL)
    g_string_append (text, ", …");
  return g_string_free (text, FALSE);
}

static void
print_head (const CsvcComparison *comparison, const char *log)
{
  g_autofree char *name = ui_clean (log);
  const CsvcReport *report = csvc_comparison_get_report (comparison, CSVC_SIDE_OLD);
  g_autofree char *until = ui_format_time (get_zone (comparison), csvc_report_get_until (report));
  g_autofree char *n_cases = ui_format_count (csvc_report_get_count (report, CSVC_COUNT_CASES));
  g_autofree char *n_changed = ui_format_count (csvc_comparison_get_n_changed (comparison));

  ui_heading (name);
  for (guint side = 0; side < CSVC_N_SIDES; side++) {
    const CsvcPolicy *policy = csvc_report_get_policy (csvc_comparison_get_report (comparison, (CsvcSide) side));

    ui_print ("  %s %s %s\n", side == CSVC_SIDE_OLD ? ui_say ("old:", "旧：") : ui_say ("new:", "新："), csvc_policy_get_id (policy),
              csvc_policy_get_version (policy));
  }
  if (csvc_report_get_until (report) != CSVC_NEVER)
    ui_print (ui_say ("  the promises of %s of %s cases differ; open cases judged as of %s (%s)\n",
                      "  承诺有变化的工单：%s（共 %s 个）；未结工单评判至 %s（%s）\n"),
              n_changed, n_cases, until, csvc_zone_get_name (get_zone (comparison)));
}

/* ── the share in time ── */

static guint64
sum_outcome (const CsvcComparison *comparison, guint pair, CsvcSide side, gboolean later, CsvcOutcome outcome)
{
  guint64 sum = 0;

  for (guint other = 0; other < CSVC_N_OUTCOMES; other++)
    sum += side == CSVC_SIDE_OLD ? csvc_comparison_get_verdicts (comparison, pair, later, outcome, (CsvcOutcome) other)
                                 : csvc_comparison_get_verdicts (comparison, pair, later, (CsvcOutcome) other, outcome);
  return sum;
}

static void
add_share (UiTable *table, const CsvcComparison *comparison, guint pair, gboolean later)
{
  g_autofree char *name = dup_name (comparison, pair);
  char *cells[3 * CSVC_N_SIDES];
  guint64 n = 0;

  for (guint side = 0; side < CSVC_N_SIDES; side++) {
    guint64 met = sum_outcome (comparison, pair, (CsvcSide) side, later, CSVC_OUTCOME_MET);
    guint64 settled = met + sum_outcome (comparison, pair, (CsvcSide) side, later, CSVC_OUTCOME_MISSED);

    n += settled;
    cells[3 * side] = ui_format_count (met);
    cells[3 * side + 1] = ui_format_count (settled);
    cells[3 * side + 2] = ui_format_percent (met, settled);
  }
  if (n > 0)
    ui_table_add (table, name, later ? ui_say ("later", "再次") : ui_say ("first", "首次"), cells[0], cells[1], cells[2], cells[3], cells[4],
                  cells[5]);
  for (guint i = 0; i < G_N_ELEMENTS (cells); i++)
    g_free (cells[i]);
}

static void
print_shares (const CsvcComparison *comparison)
{
  const char *headings[] = { ui_say ("promise", "承诺"), ui_say ("cycles", "轮次"), ui_say (">old: in time", ">旧：按时"), ui_say (">of", ">共"),
                             ui_say (">share", ">比例"), ui_say (">new: in time", ">新：按时"), ui_say (">of", ">共"), ui_say (">share", ">比例"),
                             NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  for (guint line = 0; line < count_lines (comparison); line++)
    for (guint later = 0; later < 2; later++)
      add_share (table, comparison, pair_of_line (comparison, line), later == 1);
  if (ui_table_get_n_rows (table) == 0)
    return;
  ui_heading (ui_say ("Promises in time", "按时的承诺"));
  ui_table_print (table);
}

/* ── verdicts ── */

static void
add_verdict (UiTable *table, const CsvcComparison *comparison, guint pair, CsvcOutcome from, CsvcOutcome to)
{
  guint64 first = csvc_comparison_get_verdicts (comparison, pair, FALSE, from, to);
  guint64 later = csvc_comparison_get_verdicts (comparison, pair, TRUE, from, to);
  g_autofree char *name = dup_name (comparison, pair);
  g_autofree char *first_text = first > 0 ? ui_format_count (first) : NULL, *later_text = later > 0 ? ui_format_count (later) : NULL;
  g_autofree char *cases = join_cases (csvc_comparison_get_verdict_cases (comparison, pair, from, to));

  if (first + later > 0)
    ui_table_add (table, name, name_outcome (from), name_outcome (to), first_text, later_text, from != to ? cases : NULL);
}

static gboolean
is_any_verdict_new (const CsvcComparison *comparison)
{
  return csvc_comparison_get_count (comparison, CSVC_ALL_PAIRS, CSVC_DIFFERENCE_VERDICT) > 0;
}

static void
print_verdicts (const CsvcComparison *comparison)
{
  const char *headings[] = { ui_say ("promise", "承诺"), ui_say ("old", "旧"), ui_say ("new", "新"), ui_say (">first cycles", ">首次"),
                             ui_say (">later", ">再次"), ui_say ("cases", "工单"), NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  ui_heading (is_any_verdict_new (comparison) ? ui_say ("Verdicts", "评判结果") : ui_say ("Verdicts: none differs", "评判结果：无变化"));
  for (guint line = 0; line < count_lines (comparison); line++)
    for (guint from = 0; from < CSVC_N_OUTCOMES; from++)
      for (guint to = 0; to < CSVC_N_OUTCOMES; to++)
        add_verdict (table, comparison, pair_of_line (comparison, line), (CsvcOutcome) from, (CsvcOutcome) to);
  ui_table_print (table);
}

/* ── dues ── */

static void
add_move (UiTable *table, const CsvcComparison *comparison, guint pair, CsvcDifferenceType type)
{
  static const guint percents[] = { 50, 90, 99, 100 };
  guint64 n = csvc_comparison_get_count (comparison, pair, type);
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  if (n == 0)
    return;
  g_ptr_array_add (cells, dup_name (comparison, pair));
  g_ptr_array_add (cells, g_strdup (type == CSVC_DIFFERENCE_EARLIER ? ui_say ("earlier", "提前") : ui_say ("later", "推后")));
  g_ptr_array_add (cells, ui_format_count (n));
  g_ptr_array_add (cells, ui_format_duration (csvc_comparison_get_sum (comparison, pair, type)));
  for (guint i = 0; i < G_N_ELEMENTS (percents); i++)
    g_ptr_array_add (cells, ui_format_duration (csvc_comparison_get_moved (comparison, pair, type, percents[i])));
  g_ptr_array_add (cells, join_cases (csvc_comparison_get_cases (comparison, pair, type)));
  ui_table_add_row (table, (const char *const *) cells->pdata);
}

static void
print_moves (const CsvcComparison *comparison)
{
  const char *headings[] = { ui_say ("promise", "承诺"), ui_say ("due", "限期"), ui_say (">cycles", ">轮次"), ui_say (">sum", ">合计"), ">50 %",
                             ">90 %", ">99 %", ui_say (">most", ">最多"), ui_say ("cases", "工单"), NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  for (guint line = 0; line < count_lines (comparison); line++) {
    add_move (table, comparison, pair_of_line (comparison, line), CSVC_DIFFERENCE_EARLIER);
    add_move (table, comparison, pair_of_line (comparison, line), CSVC_DIFFERENCE_LATER);
  }
  if (ui_table_get_n_rows (table) == 0)
    return;
  ui_heading (ui_say ("Dues that move", "限期变动"));
  ui_table_print (table);
}

/* ── alarms and refusals ── */

static void
add_count (UiTable *table, const CsvcComparison *comparison, guint pair, CsvcDifferenceType type, const char *name, const char *what)
{
  guint64 n = csvc_comparison_get_count (comparison, pair, type);
  g_autofree char *number = ui_format_count (n);
  g_autofree char *cases = join_cases (csvc_comparison_get_cases (comparison, pair, type));

  if (n > 0)
    ui_table_add (table, name, what, number, cases);
}

static void
print_alarms (const CsvcComparison *comparison)
{
  const char *headings[] = { ui_say ("promise", "承诺"), ui_say ("alarm", "预警"), ui_say (">how many", ">工单数"), ui_say ("cases", "工单"), NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  for (guint line = 0; line < count_lines (comparison); line++) {
    guint pair = pair_of_line (comparison, line);
    g_autofree char *name = dup_name (comparison, pair);

    add_count (table, comparison, pair, CSVC_DIFFERENCE_ALARM_ADDED, name, ui_say ("added", "增加"));
    add_count (table, comparison, pair, CSVC_DIFFERENCE_ALARM_GONE, name, ui_say ("gone", "减少"));
  }
  if (ui_table_get_n_rows (table) == 0)
    return;
  ui_heading (ui_say ("Alarms", "预警"));
  ui_table_print (table);
}

static void
print_refusals (const CsvcComparison *comparison)
{
  const char *headings[] = { "", ui_say ("policy", "策略"), ui_say (">how many", ">工单数"), ui_say ("cases", "工单"), NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  add_count (table, comparison, CSVC_ALL_PAIRS, CSVC_DIFFERENCE_REFUSED_BY_OLD, NULL, ui_say ("only the old", "仅旧策略"));
  add_count (table, comparison, CSVC_ALL_PAIRS, CSVC_DIFFERENCE_REFUSED_BY_NEW, NULL, ui_say ("only the new", "仅新策略"));
  if (ui_table_get_n_rows (table) == 0)
    return;
  ui_heading (ui_say ("Cases of which only one lifecycle refuses something", "仅被一份策略的流程拒绝的工单"));
  ui_table_print (table);
}

void
comparison_print (const CsvcComparison *comparison, const char *log)
{
  print_head (comparison, log);
  print_shares (comparison);
  print_verdicts (comparison);
  print_moves (comparison);
  print_alarms (comparison);
  print_refusals (comparison);
}
