/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The most wanted first: what was read, what became of the promises; then what was skipped or refused and why. */

#include "config.h"

#include "report.h"

#include <string.h>

#include "case-print.h"
#include "ui.h"

/* ── what was read ── */

static void
add_count (UiTable *table, const CsvcReport *report, CsvcCount count, const char *text)
{
  guint64 n = csvc_report_get_count (report, count);
  g_autofree char *number = ui_format_count (n);

  if (n > 0)
    ui_table_add (table, number, text, csvc_report_get_n_examples (report, count) > 0 ? csvc_report_get_example (report, count, 0) : NULL);
}

static void
print_extent (const CsvcReport *report, const char *log)
{
  const CsvcZone *zone = csvc_policy_get_zone (csvc_report_get_policy (report));
  g_autofree char *first = ui_format_time (zone, csvc_report_get_first (report));
  g_autofree char *last = ui_format_time (zone, csvc_report_get_last (report));
  g_autofree char *until = ui_format_time (zone, csvc_report_get_until (report));
  g_autofree char *name = ui_clean (log);

  ui_heading (name);
  if (csvc_report_get_first (report) != CSVC_NEVER)
    ui_print (ui_say ("  from %s to %s (%s); open cases judged as of %s\n", "  从 %s 到 %s（%s）；未结工单评判至 %s\n"), first, last,
              csvc_zone_get_name (zone), until);
}

static void
print_read (const CsvcReport *report)
{
  static const char *const headings[] = { ">", "", NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);
  const struct { CsvcCount count; const char *text; } lines[] = {
    { CSVC_COUNT_CASES, ui_say ("cases", "个工单") },
    { CSVC_COUNT_ENDED, ui_say ("  of them ended", "  其中已结束") },
    { CSVC_COUNT_ROWS, ui_say ("rows", "行") },
    { CSVC_COUNT_COLUMN_EVENTS, ui_say ("events from columns of the case", "个事件取自工单列") },
    { CSVC_COUNT_ACCEPTED, ui_say ("events accepted", "个事件被接受") },
    { CSVC_COUNT_REFUSED, ui_say ("events refused", "个事件被拒绝") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    guint64 n = csvc_report_get_count (report, lines[i].count);
    g_autofree char *number = ui_format_count (n);

    if (n > 0)
      ui_table_add (table, number, lines[i].text);
  }
  ui_table_print (table);
}

static void
print_skipped (const CsvcReport *report)
{
  const char *headings[] = { ">", ui_say ("what", "情况"), ui_say ("first", "首例"), NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  add_count (table, report, CSVC_COUNT_NOT_OPENED, ui_say ("cases that could not be opened", "个工单无法建立"));
  add_count (table, report, CSVC_COUNT_NOT_ADVANCED, ui_say ("cases that could not be brought to the end", "个工单无法推进到截止时刻"));
  add_count (table, report, CSVC_COUNT_REPEATED, ui_say ("cases whose number came before", "个工单编号与前面重复"));
  add_count (table, report, CSVC_COUNT_IGNORED, ui_say ("rows ignored, as the map says", "行按映射忽略"));
  add_count (table, report, CSVC_COUNT_UNKNOWN, ui_say ("rows that no rule of the map fits", "行无对应映射规则"));
  add_count (table, report, CSVC_COUNT_FOLDED, ui_say ("rows that repeat the event before", "行重复前一事件"));
  add_count (table, report, CSVC_COUNT_DUPLICATE, ui_say ("duplicate rows", "行完全重复"));
  add_count (table, report, CSVC_COUNT_NO_TIME, ui_say ("rows without a time", "行缺少时间"));
  add_count (table, report, CSVC_COUNT_BAD_TIME, ui_say ("rows with an unreadable time", "行时间无法识别"));
  add_count (table, report, CSVC_COUNT_NO_CASE, ui_say ("rows that name no case", "行缺少工单号"));
  add_count (table, report, CSVC_COUNT_UNOPENED, ui_say ("rows of cases that could not be opened", "行属于无法建立的工单"));
  add_count (table, report, CSVC_COUNT_OUT_OF_ORDER, ui_say ("rows out of order (sorted)", "行次序颠倒（已排序）"));
  add_count (table, report, CSVC_COUNT_BAD_VALUE, ui_say ("values left out, of the wrong type", "个值类型不符（未采用）"));
  if (ui_table_get_n_rows (table) == 0)
    return;
  ui_heading (ui_say ("Skipped or mended", "跳过或修正"));
  ui_table_print (table);
}

static void
print_refusals (const CsvcReport *report)
{
  const char *headings[] = { ">", ui_say ("event", "事件"), ui_say ("in", "所处状态"), ui_say ("why", "原因"), ui_say ("first", "首例"), NULL };
  const CsvcZone *zone = csvc_policy_get_zone (csvc_report_get_policy (report));
  g_autoptr (UiTable) table = ui_table_new (headings);

  if (csvc_report_get_n_refusals (report) == 0)
    return;
  for (guint i = 0; i < csvc_report_get_n_refusals (report); i++) {
    const char *event = csvc_report_get_refusal_event (report, i);
    g_autofree char *number = ui_format_count (csvc_report_get_refusal_count (report, i));
    g_autofree char *reason = case_localise (csvc_report_get_refusal_reason (report, i), zone);

    ui_table_add (table, number, event != NULL ? event : ui_say ("(opening)", "（建立）"), csvc_report_get_refusal_states (report, i),
                  reason, csvc_report_get_refusal_example (report, i));
  }
  ui_heading (ui_say ("Refused by the lifecycle", "被流程拒绝的事件"));
  ui_table_print (table);
}

/* ── promises ── */

static char *
format_figure (const CsvcFigures *figures, CsvcFigure figure)
{
  guint64 n = csvc_figures_get (figures, figure);

  return n > 0 ? ui_format_count (n) : NULL;
}

static guint64
count_unjudged (const CsvcFigures *figures)
{
  return csvc_figures_get (figures, CSVC_FIGURE_LEFT) + csvc_figures_get (figures, CSVC_FIGURE_CANCELLED) +
         csvc_figures_get (figures, CSVC_FIGURE_RESET) + csvc_figures_get (figures, CSVC_FIGURE_CASE_ENDED);
}

/* The label, unless it only repeats the id. */
static const char *
get_label (const CsvcClock *clock)
{
  const char *label = csvc_part_get_label (csvc_clock_get_part (clock), ui_get_language ());

  return strcmp (label, csvc_clock_get_id (clock)) != 0 ? label : NULL;
}

static void
add_figures (UiTable *table, const CsvcClock *clock, const CsvcFigures *figures, gboolean later)
{
  guint64 n_unjudged = count_unjudged (figures);
  g_autofree char *met = ui_format_count (csvc_figures_get (figures, CSVC_FIGURE_MET));
  g_autofree char *missed = format_figure (figures, CSVC_FIGURE_MISSED);
  g_autofree char *overdue = format_figure (figures, CSVC_FIGURE_OVERDUE);
  g_autofree char *running = format_figure (figures, CSVC_FIGURE_RUNNING);
  g_autofree char *paused = format_figure (figures, CSVC_FIGURE_PAUSED);
  g_autofree char *unjudged = n_unjudged > 0 ? ui_format_count (n_unjudged) : NULL;
  g_autofree char *settled = ui_format_count (csvc_figures_get (figures, CSVC_FIGURE_SETTLED));
  g_autofree char *share = ui_format_percent (csvc_figures_get (figures, CSVC_FIGURE_MET), csvc_figures_get (figures, CSVC_FIGURE_SETTLED));
  g_autofree char *bar =
    ui_format_bar (csvc_figures_get (figures, CSVC_FIGURE_MET), csvc_figures_get (figures, CSVC_FIGURE_SETTLED), 20);

  ui_table_add (table, csvc_clock_get_id (clock), get_label (clock), later ? ui_say ("later", "再次") : ui_say ("first", "首次"), met, settled,
                share, bar, missed, overdue, running, paused, unjudged);
  ui_table_set_style (table, 6, UI_GREEN);
}

/* Cycles of reopened cases have a line of their own; what never ran has none. */
static void
print_promises (const CsvcReport *report)
{
  const char *headings[] = { ui_say ("promise", "承诺"), "", ui_say ("cycles", "轮次"), ui_say (">in time", ">按时"), ui_say (">of", ">共"),
                             ui_say (">share", ">比例"), "", ui_say (">missed", ">超时"), ui_say (">overdue", ">逾期未结"),
                             ui_say (">running", ">计时中"), ui_say (">paused", ">暂停"), ui_say (">not judged", ">不评判"), NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  for (guint i = 0; i < csvc_report_get_n_clocks (report); i++) {
    for (guint later = 0; later < 2; later++) {
      const CsvcFigures *figures = csvc_report_get_figures (report, i, later == 1);

      if (csvc_figures_get (figures, CSVC_FIGURE_CYCLES) > 0)
        add_figures (table, csvc_report_get_clock (report, i), figures, later == 1);
    }
  }
  if (ui_table_get_n_rows (table) == 0)
    return;
  ui_heading (ui_say ("Promises", "承诺"));
  ui_table_print (table);
}

static void
add_times (UiTable *table, const CsvcClock *clock, const CsvcFigures *figures, gboolean later)
{
  static const guint percents[] = { 50, 75, 90, 95, 99, 100 };
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  if (csvc_figures_get_used (figures, 50) < 0)
    return;
  g_ptr_array_add (cells, g_strdup (csvc_clock_get_id (clock)));
  g_ptr_array_add (cells, g_strdup (later ? ui_say ("later", "再次") : ui_say ("first", "首次")));
  for (guint i = 0; i < G_N_ELEMENTS (percents); i++)
    g_ptr_array_add (cells, ui_format_duration (csvc_figures_get_used (figures, percents[i])));
  ui_table_add_row (table, (const char *const *) cells->pdata);
}

static void
print_times (const CsvcReport *report)
{
  const char *headings[] = { ui_say ("promise", "承诺"), ui_say ("cycles", "轮次"), ">50 %", ">75 %", ">90 %", ">95 %", ">99 %",
                             ui_say (">longest", ">最长"), NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  for (guint i = 0; i < csvc_report_get_n_clocks (report); i++) {
    add_times (table, csvc_report_get_clock (report, i), csvc_report_get_figures (report, i, FALSE), FALSE);
    add_times (table, csvc_report_get_clock (report, i), csvc_report_get_figures (report, i, TRUE), TRUE);
  }
  if (ui_table_get_n_rows (table) == 0)
    return;
  ui_heading (ui_say ("Time used until met (that share of cycles within it)", "达成用时（该比例的轮次不超过）"));
  ui_table_print (table);
}

typedef struct {
  const CsvcFigures *figures;
  guint              index;
} Worst;

static int
compare_worst (gconstpointer a, gconstpointer b)
{
  const Worst *x = a, *y = b;
  CsvcDuration x_used = csvc_figures_get_worst_used (x->figures, x->index), y_used = csvc_figures_get_worst_used (y->figures, y->index);

  return (x_used < y_used) - (x_used > y_used);
}

/* Of first and later cycles together. */
static GArray *
collect_worst (const CsvcReport *report, guint clock)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (Worst));

  for (guint later = 0; later < 2; later++) {
    const CsvcFigures *figures = csvc_report_get_figures (report, clock, later == 1);

    for (guint i = 0; i < csvc_figures_get_n_worst (figures); i++) {
      const Worst worst = { figures, i };

      g_array_append_val (all, worst);
    }
  }
  g_array_sort (all, compare_worst);
  return all;
}

static void
add_worst (UiTable *table, const CsvcClock *clock, const CsvcZone *zone, const Worst *worst)
{
  CsvcTime met_at = csvc_figures_get_worst_met_late_at (worst->figures, worst->index);
  g_autofree char *cycle = g_strdup_printf ("%u", csvc_figures_get_worst_cycle (worst->figures, worst->index));
  g_autofree char *used = ui_format_duration (csvc_figures_get_worst_used (worst->figures, worst->index));
  g_autofree char *due = ui_format_time (zone, csvc_figures_get_worst_due (worst->figures, worst->index));
  g_autofree char *met = met_at != CSVC_NEVER ? ui_format_time (zone, met_at) : g_strdup (ui_say ("not yet", "尚未"));

  ui_table_add (table, csvc_clock_get_id (clock), csvc_figures_get_worst_case (worst->figures, worst->index), cycle, used, due, met);
}

static void
print_worst (const CsvcReport *report, guint n_wanted)
{
  const char *headings[] = { ui_say ("promise", "承诺"), ui_say ("case", "工单"), ui_say (">cycle", ">轮次"), ui_say (">used", ">用时"),
                             ui_say ("was due", "限期"), ui_say ("met", "达成"), NULL };
  const CsvcZone *zone = csvc_policy_get_zone (csvc_report_get_policy (report));
  g_autoptr (UiTable) table = ui_table_new (headings);

  for (guint i = 0; i < csvc_report_get_n_clocks (report); i++) {
    g_autoptr (GArray) worst = collect_worst (report, i);

    for (guint k = 0; k < MIN (worst->len, n_wanted); k++)
      add_worst (table, csvc_report_get_clock (report, i), zone, &g_array_index (worst, Worst, k));
  }
  if (ui_table_get_n_rows (table) == 0)
    return;
  ui_heading (ui_say ("Worst cases of each promise", "各承诺最差的工单"));
  ui_table_print (table);
}

void
report_print (const CsvcReport *report, const char *log, guint n_worst)
{
  print_extent (report, log);
  print_read (report);
  print_promises (report);
  print_times (report);
  print_worst (report, n_worst);
  print_skipped (report);
  print_refusals (report);
}
