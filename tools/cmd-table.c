/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc table: the decision tables of a policy: what they say, what can be proved of them, what they decide and why. */

#include "config.h"

#include <string.h>

#include "command.h"
#include "json.h"
#include "session.h"
#include "table-csv.h"

#define MAX_TOLD 10

static struct {
  char   **facts;
  char    *csv;
  char    *store;
  char    *at;
  gboolean json;
} options;

static const GOptionEntry entries[] = {
  { "fact", 'f', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.facts, "Decide for this fact, and others given so", "NAME=VALUE" },
  { "csv", 0, 0, G_OPTION_ARG_FILENAME, &options.csv, "Decide for each line of this file, whose columns are facts, and count", "FILE" },
  { "store", 0, 0, G_OPTION_ARG_FILENAME, &options.store, "Decide for each customer of this store, and count", "URI" },
  { "at", 0, 0, G_OPTION_ARG_FILENAME, &options.at, "When it is decided; default: now", "TIME" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
  { NULL }
};

static guint
count_columns (const CsvcTable *table)
{
  return csvc_table_get_n_inputs (table) + csvc_table_get_n_outputs (table);
}

/* ── a table, for people ── */

static const char *
say_column (const CsvcTable *table, guint column)
{
  return csvc_part_get_label (csvc_table_get_column_part (table, column), ui_get_language ());
}

/* What is said beside the cells of a row. */
enum { EXTRA_VALID, EXTRA_LABEL, EXTRA_SOURCE, EXTRA_ASSUMED, EXTRA_VERDICT, N_EXTRAS };

/* (transfer full): "arpu: < 100", or the missing fact. */
static char *
say_reason (const CsvcDecision *decision, guint row)
{
  const CsvcTable *table = csvc_decision_get_table (decision);
  const char *missing = NULL;
  guint column;

  if (csvc_decision_get_verdict (decision, row) == CSVC_ROW_HOLDS)
    return g_strdup (ui_say ("holds, and does not decide", "成立，但不起决定作用"));
  if (csvc_decision_get_verdict (decision, row) == CSVC_ROW_DECIDES)
    return g_strdup (ui_say ("decides", "决定"));
  if (!csvc_decision_get_failing_cell (decision, row, &column, &missing))
    return g_strdup (ui_say ("not valid then", "当日无效"));
  if (missing != NULL)
    return g_strdup_printf (ui_say ("unknown: %s is missing", "未知：缺少 %s"), missing);
  return g_strdup_printf (ui_say ("no: %s %s", "否：%s %s"), say_column (table, column), csvc_table_get_cell (table, row, column));
}

static void
add_row (UiTable *shown, const CsvcTable *table, guint row, const CsvcDecision *decision)
{
  guint n = count_columns (table);
  g_autofree const char **cells = g_new0 (const char *, n + N_EXTRAS + 2);
  const CsvcPart *part = csvc_table_get_row_part (table, row);
  const char *label = csvc_part_get_label (part, ui_get_language ());
  g_autofree char *reason = decision != NULL ? say_reason (decision, row) : NULL;

  cells[0] = csvc_part_get_id (part);
  for (guint i = 0; i < n; i++)
    cells[1 + i] = csvc_table_get_cell (table, row, i);
  cells[1 + n + EXTRA_VALID] = csvc_table_get_row_valid (table, row);
  cells[1 + n + EXTRA_LABEL] = strcmp (label, cells[0]) != 0 ? label : NULL;
  cells[1 + n + EXTRA_SOURCE] = csvc_part_get_source (part);
  cells[1 + n + EXTRA_ASSUMED] = csvc_part_is_assumed (part) ? ui_say ("assumed", "假定") : NULL;
  cells[1 + n + EXTRA_VERDICT] = reason;
  ui_table_add_row (shown, cells);
  if (decision != NULL)
    ui_table_set_style (shown, 1 + n + EXTRA_VERDICT, csvc_decision_get_verdict (decision, row) == CSVC_ROW_DECIDES ? UI_GREEN : UI_DIM);
}

static void
print_rows (const CsvcTable *table, const CsvcDecision *decision)
{
  guint n = count_columns (table);
  g_autofree const char **headings = g_new0 (const char *, n + N_EXTRAS + 2);
  g_autoptr (GPtrArray) outputs = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (UiTable) shown = NULL;

  headings[0] = ">";
  for (guint i = 0; i < n; i++)
    headings[1 + i] = say_column (table, i);
  for (guint i = csvc_table_get_n_inputs (table); i < n; i++) {
    g_ptr_array_add (outputs, g_strdup_printf ("→ %s", headings[1 + i]));
    headings[1 + i] = g_ptr_array_index (outputs, outputs->len - 1);
  }
  headings[1 + n + EXTRA_VALID] = ui_say ("valid", "有效期");
  headings[1 + n + EXTRA_LABEL] = ui_say ("label", "名称");
  headings[1 + n + EXTRA_SOURCE] = ui_say ("source", "出处");
  headings[1 + n + EXTRA_ASSUMED] = headings[1 + n + EXTRA_VERDICT] = "";
  shown = ui_table_new (headings);
  for (guint i = 0; i < csvc_table_get_n_rows (table); i++)
    add_row (shown, table, i, decision);
  ui_table_print (shown);
}

static void
print_texts (const char *heading, char **texts, UiStyle style)
{
  if (texts[0] == NULL)
    return;
  ui_print ("%s\n", heading);
  for (char **text = texts; *text != NULL; text++) {
    g_autofree char *clean = ui_clean_line (*text);

    ui_print_styled (style, "  %s", clean);
    ui_print ("\n");
  }
}

static void
print_proofs (const CsvcTable *table)
{
  gboolean complete = TRUE;
  g_auto (GStrv) gaps = csvc_table_find_gaps (table, MAX_TOLD, &complete);
  g_auto (GStrv) overlaps = csvc_table_find_overlaps (table, MAX_TOLD);

  print_texts (ui_say ("No row holds for:", "以下情况没有任何行成立："), gaps, UI_YELLOW);
  /* Where all rows count, rows that hold together are no news. */
  if (csvc_table_get_hit (table) != CSVC_HIT_COLLECT)
    print_texts (ui_say ("Rows that hold together:", "同时成立的行："), overlaps, UI_YELLOW);
  if (!complete)
    ui_print ("%s\n", ui_say ("There are too many combinations to look at them all.", "组合过多，未能全部检查。"));
}

static void
print_heading (const CsvcTable *table)
{
  const char *label = csvc_table_get_label (table, ui_get_language ()), *id = csvc_table_get_id (table);
  const CsvcKind *kind = csvc_table_get_kind (table);
  GString *title = g_string_new (id);
  g_autofree char *clean = NULL;

  if (strcmp (label, id) != 0)
    g_string_append_printf (title, "  %s", label);
  g_string_append_printf (title, " (%s", csvc_hit_policy_to_string (csvc_table_get_hit (table)));
  if (csvc_table_get_aggregate (table) != CSVC_AGGREGATE_LIST)
    g_string_append_printf (title, " %s", csvc_aggregate_to_string (csvc_table_get_aggregate (table)));
  if (kind != NULL)
    g_string_append_printf (title, ", %s", csvc_kind_get_id (kind));
  g_string_append_c (title, ')');
  clean = ui_clean_line (title->str);
  ui_heading (clean);
  g_string_free (title, TRUE);
}

/* ── a decision, for people ── */

static void
print_outputs (const CsvcDecision *decision, guint index)
{
  const CsvcTable *table = csvc_decision_get_table (decision);

  for (guint i = 0; i < csvc_table_get_n_outputs (table); i++) {
    const CsvcValue *value = csvc_decision_get_output (decision, index, i);
    g_autofree char *text = value != NULL ? csvc_value_to_string (value) : g_strdup ("…");

    ui_print ("%s%s = %s", i > 0 ? ", " : "", say_column (table, csvc_table_get_n_inputs (table) + i), text);
  }
  ui_print ("\n");
}

static void
print_decision (const CsvcDecision *decision)
{
  const CsvcValue *total = csvc_decision_get_total (decision);

  switch (csvc_decision_get_state (decision)) {
  case CSVC_DECISION_ROWS:
    for (guint i = 0; i < csvc_decision_get_n_rows (decision); i++) {
      ui_print_styled (UI_GREEN, ui_say ("row %u", "第 %u 行"), csvc_decision_get_row (decision, i) + 1);
      ui_print (": ");
      print_outputs (decision, i);
    }
    break;
  case CSVC_DECISION_NONE:
    ui_print_styled (UI_YELLOW, "%s", ui_say ("no row holds", "没有任何行成立"));
    ui_print (": ");
    print_outputs (decision, 0);
    break;
  case CSVC_DECISION_UNKNOWN:
    ui_print_styled (UI_YELLOW, ui_say ("unknown: %s is missing", "未知：缺少 %s"), csvc_decision_get_missing (decision));
    ui_print ("\n");
    break;
  case CSVC_DECISION_CONTRADICTION:
  default:
    ui_print_styled (UI_RED, "%s", ui_say ("the rows that hold contradict each other, or a value is not allowed", "成立的行互相矛盾，或取值不允许"));
    ui_print ("\n");
  }
  if (total != NULL) {
    g_autofree char *text = csvc_value_to_string (total);

    ui_print ("%s = %s\n", csvc_aggregate_to_string (csvc_table_get_aggregate (csvc_decision_get_table (decision))), text);
  }
}

/* ── for programs ── */

static void
add_column (Json *json, const CsvcTable *table, guint column)
{
  const CsvcPart *part = csvc_table_get_column_part (table, column);
  const char *const *words = csvc_table_get_column_words (table, column);

  json_begin_object (json, NULL);
  json_add_string (json, "id", csvc_part_get_id (part));
  json_add_string (json, "label", csvc_part_get_label (part, ui_get_language ()));
  json_add_string (json, "type", csvc_type_to_string (csvc_table_get_column_type (table, column)));
  if (words != NULL) {
    json_begin_array (json, "values");
    for (; *words != NULL; words++)
      json_add_string (json, NULL, *words);
    json_end_array (json);
  }
  if (csvc_table_get_column_text (table, column) != NULL)
    json_add_string (json, column < csvc_table_get_n_inputs (table) ? "value" : "default", csvc_table_get_column_text (table, column));
  json_end_object (json);
}

static void
add_row_json (Json *json, const CsvcTable *table, guint row)
{
  const CsvcPart *part = csvc_table_get_row_part (table, row);

  json_begin_object (json, NULL);
  json_add_integer (json, "row", row + 1);
  json_add_integer (json, "line", csvc_part_get_line (part));
  json_add_boolean (json, "assumed", csvc_part_is_assumed (part));
  if (csvc_part_get_source (part) != NULL)
    json_add_string (json, "source", csvc_part_get_source (part));
  if (csvc_table_get_row_valid (table, row) != NULL)
    json_add_string (json, "valid", csvc_table_get_row_valid (table, row));
  json_begin_object (json, "cells");
  for (guint i = 0; i < count_columns (table); i++)
    json_add_string (json, csvc_part_get_id (csvc_table_get_column_part (table, i)), csvc_table_get_cell (table, row, i));
  json_end_object (json);
  json_end_object (json);
}

static void
add_texts (Json *json, const char *name, char **texts)
{
  json_begin_array (json, name);
  for (char **text = texts; *text != NULL; text++)
    json_add_string (json, NULL, *text);
  json_end_array (json);
}

static void
add_table (Json *json, const CsvcTable *table)
{
  gboolean complete = TRUE;
  g_auto (GStrv) gaps = csvc_table_find_gaps (table, MAX_TOLD, &complete);
  g_auto (GStrv) overlaps = csvc_table_find_overlaps (table, MAX_TOLD);

  json_begin_object (json, NULL);
  json_add_string (json, "id", csvc_table_get_id (table));
  json_add_string (json, "label", csvc_table_get_label (table, ui_get_language ()));
  json_add_string (json, "hit", csvc_hit_policy_to_string (csvc_table_get_hit (table)));
  json_add_string (json, "collect", csvc_aggregate_to_string (csvc_table_get_aggregate (table)));
  if (csvc_table_get_kind (table) != NULL)
    json_add_string (json, "case", csvc_kind_get_id (csvc_table_get_kind (table)));
  json_begin_array (json, "inputs");
  for (guint i = 0; i < csvc_table_get_n_inputs (table); i++)
    add_column (json, table, i);
  json_end_array (json);
  json_begin_array (json, "outputs");
  for (guint i = csvc_table_get_n_inputs (table); i < count_columns (table); i++)
    add_column (json, table, i);
  json_end_array (json);
  json_begin_array (json, "rows");
  for (guint i = 0; i < csvc_table_get_n_rows (table); i++)
    add_row_json (json, table, i);
  json_end_array (json);
  add_texts (json, "gaps", gaps);
  json_add_boolean (json, "complete", complete);
  add_texts (json, "overlaps", overlaps);
  json_end_object (json);
}

static void
add_reason (Json *json, const CsvcDecision *decision, guint row)
{
  const CsvcTable *table = csvc_decision_get_table (decision);
  const char *missing = NULL;
  guint column;

  json_begin_object (json, NULL);
  json_add_integer (json, "row", row + 1);
  json_add_string (json, "verdict", csvc_row_verdict_to_string (csvc_decision_get_verdict (decision, row)));
  if (csvc_decision_get_failing_cell (decision, row, &column, &missing)) {
    json_add_string (json, "column", csvc_part_get_id (csvc_table_get_column_part (table, column)));
    json_add_string (json, "cell", csvc_table_get_cell (table, row, column));
    if (missing != NULL)
      json_add_string (json, "missing", missing);
  }
  json_end_object (json);
}

static void
print_decision_json (const CsvcDecision *decision)
{
  g_autofree char *answer = csvc_decision_to_json (decision);
  g_autoptr (Json) json = json_new ();

  json_begin_object (json, NULL);
  json_add_raw (json, "decision", answer);
  json_begin_array (json, "why");
  for (guint i = 0; i < csvc_table_get_n_rows (csvc_decision_get_table (decision)); i++)
    add_reason (json, decision, i);
  json_end_array (json);
  json_end_object (json);
  json_print (json);
}

/* ── the command ── */

static void
show_table (const CsvcTable *table)
{
  print_heading (table);
  print_rows (table, NULL);
  print_proofs (table);
}

static ExitStatus
show (const CsvcPolicy *policy, const CsvcTable *only)
{
  g_autoptr (Json) json = json_new ();

  json_begin_array (json, NULL);
  for (guint i = 0; i < csvc_policy_get_n_tables (policy); i++) {
    const CsvcTable *table = csvc_policy_get_table (policy, i);

    if (only != NULL && only != table)
      continue;
    if (options.json)
      add_table (json, table);
    else
      show_table (table);
  }
  json_end_array (json);
  if (options.json)
    json_print (json);
  else if (csvc_policy_get_n_tables (policy) == 0)
    ui_print ("%s\n", ui_say ("The policy has no decision table.", "该策略没有决策表。"));
  return EXIT_FINE;
}

static ExitStatus
decide (const CsvcTable *table, CsvcTime at)
{
  g_autoptr (CsvcFacts) facts = command_read_facts ("--fact", options.facts);
  g_autoptr (CsvcDecision) decision = NULL;
  g_autoptr (GError) error = NULL;

  if (facts == NULL)
    return EXIT_USAGE;
  decision = csvc_table_decide_facts (table, facts, at, &error);
  if (decision == NULL) {
    ui_complain ("%s", error->message);
    return EXIT_USAGE;
  }
  if (options.json) {
    print_decision_json (decision);
  } else {
    print_heading (table);
    print_rows (table, decision);
    ui_print ("\n");
    print_decision (decision);
  }
  return csvc_decision_get_state (decision) <= CSVC_DECISION_NONE ? EXIT_FINE : EXIT_FAULTS;
}

/* The table of that id, or the only one. NULL after a complaint. */
static const CsvcTable *
find_table (const CsvcPolicy *policy, const char *id)
{
  guint n = csvc_policy_get_n_tables (policy);
  g_autofree const char **ids = g_new0 (const char *, n + 1);
  const CsvcTable *table = id != NULL ? csvc_policy_find_table (policy, id) : n == 1 ? csvc_policy_get_table (policy, 0) : NULL;
  const char *meant;

  if (table != NULL)
    return table;
  for (guint i = 0; i < n; i++)
    ids[i] = csvc_table_get_id (csvc_policy_get_table (policy, i));
  meant = id != NULL ? suggest (id, ids) : NULL;
  if (id == NULL)
    ui_complain ("which table? The policy has %u", n);
  else if (meant != NULL)
    ui_complain ("there is no table “%s”; did you mean “%s”?", id, meant);
  else
    ui_complain ("there is no table “%s”", id);
  return NULL;
}

static ExitStatus
count_customers (CsvcPolicy *policy, const CsvcTable *table, CsvcTime at)
{
  g_auto (Session) session = { csvc_policy_ref (policy), NULL, NULL };
  ExitStatus status;

  return session_open_store (&session, options.store, STORE_READ, &status) ? table_count_customers (table, session.engine, at, options.json)
                                                                           : status;
}

static ExitStatus
run_on (CsvcPolicy *policy, const char *id)
{
  const CsvcTable *table = NULL;
  CsvcTime at;

  if (id != NULL || options.facts != NULL || options.csv != NULL || options.store != NULL) {
    table = find_table (policy, id);
    if (table == NULL)
      return EXIT_USAGE;
  }
  if (options.facts == NULL && options.csv == NULL && options.store == NULL)
    return show (policy, table);
  if (!command_read_time ("--at", options.at, csvc_policy_get_zone (policy), &at))
    return EXIT_USAGE;
  if (options.store != NULL)
    return count_customers (policy, table, at);
  return options.csv != NULL ? table_count_csv (table, options.csv, at, options.json) : decide (table, at);
}

static ExitStatus
run (int argc, char **argv)
{
  g_autoptr (CsvcPolicy) policy = NULL;
  ExitStatus status;

  if (!command_parse (&command_table, entries, &argc, &argv, &status))
    return status;
  if ((options.facts != NULL) + (options.csv != NULL) + (options.store != NULL) > 1) {
    ui_complain ("either --fact or --csv or --store");
    return EXIT_USAGE;
  }
  policy = command_load_policy (argv[1], &status);
  return policy != NULL ? run_on (policy, argc > 2 ? argv[2] : NULL) : status;
}

const Command command_table = {
  .name = "table",
  .arguments = "POLICY [TABLE]",
  .summary = "show decision tables, decide by one",
  .chinese = "显示决策表并据此决定",
  .details = "Shows the tables, the cases that no row holds for, and rows that hold together. With --fact it decides, and says of each\n"
             "other row which cell does not hold; the exit status is 1 when a fact is missing. With --csv it decides for every line of a\n"
             "file: the first line names the facts, in small letters with \"_\" for blanks; other columns are passed over. With --store it\n"
             "decides for every customer of a store.",
  .min_arguments = 1,
  .max_arguments = 2,
  .run = run
};
