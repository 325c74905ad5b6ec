/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A decision table over the lines of a CSV file (RFC 4180: quotes are doubled, may hold commas; here not line ends). */

#include "config.h"

#include "table-csv.h"

#include <gio/gio.h>
#include <string.h>

#include "json.h"

typedef struct {
  const CsvcTable *table;
  CsvcTime         at;
  const char      *path;
  guint            line;
  GPtrArray       *names;   /* of char*: the fact of each column, or NULL */
  guint64         *decided; /* by row */
  guint64          states[CSVC_DECISION_CONTRADICTION + 1];
  guint64          total;
} Counting;

/* ── lines ── */

/* One cell; *@p is left behind its comma, or at the end. */
static char *
take_cell (const char **p)
{
  GString *cell = g_string_new (NULL);
  gboolean quoted = **p == '"';
  const char *c = *p + (quoted ? 1 : 0);

  for (; *c != '\0' && (quoted || *c != ','); c++) {
    if (quoted && *c == '"' && c[1] != '"') {
      quoted = FALSE;
      continue;
    }
    if (quoted && *c == '"')
      c++;
    g_string_append_c (cell, *c);
  }
  *p = *c == ',' ? c + 1 : c;
  return g_string_free (cell, FALSE);
}

static GPtrArray *
split (const char *line)
{
  GPtrArray *cells = g_ptr_array_new_with_free_func (g_free);
  const char *p = line;

  do
    g_ptr_array_add (cells, g_strstrip (take_cell (&p)));
  while (*p != '\0');
  return cells;
}

/* ── columns ── */

/* "Call  Failure" is the fact call_failure. */
static char *
make_name (const char *heading)
{
  GString *name = g_string_new (NULL);

  for (const char *c = heading; *c != '\0'; c++)
    if (g_ascii_isalnum (*c) || (guchar) *c >= 0x80)
      g_string_append_c (name, g_ascii_tolower (*c));
    else if (name->len > 0 && name->str[name->len - 1] != '_')
      g_string_append_c (name, '_');
  while (name->len > 0 && name->str[name->len - 1] == '_')
    g_string_truncate (name, name->len - 1);
  return g_string_free (name, FALSE);
}

static gboolean
is_fact (const CsvcTable *table, const char *name)
{
  const CsvcKind *kind = csvc_table_get_kind (table);
  const CsvcPolicy *policy = csvc_table_get_policy (table);

  return (kind != NULL && csvc_kind_find_fact (kind, name) != NULL) || csvc_policy_find_customer_fact (policy, name) != NULL ||
         (csvc_policy_get_n_tiers (policy) > 0 && g_str_equal (name, "tier"));
}

static void
read_headings (Counting *self, const char *line)
{
  g_autoptr (GPtrArray) cells = split (g_str_has_prefix (line, "\xef\xbb\xbf") ? line + 3 : line);

  for (guint i = 0; i < cells->len; i++) {
    g_autofree char *name = make_name (g_ptr_array_index (cells, i));

    g_ptr_array_add (self->names, is_fact (self->table, name) ? g_steal_pointer (&name) : NULL);
  }
}

/* ── deciding ── */

static void
count (Counting *self, const CsvcDecision *decision)
{
  self->total++;
  self->states[csvc_decision_get_state (decision)]++;
  for (guint i = 0; i < csvc_decision_get_n_rows (decision); i++)
    self->decided[csvc_decision_get_row (decision, i)]++;
}

/* An empty cell is a missing fact. */
static gboolean
decide_line (Counting *self, const char *line, GError **error)
{
  g_autoptr (GPtrArray) cells = split (line);
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  g_autoptr (CsvcDecision) decision = NULL;

  for (guint i = 0; i < cells->len && i < self->names->len; i++) {
    const char *name = g_ptr_array_index (self->names, i), *text = g_ptr_array_index (cells, i);

    if (name != NULL && *text != '\0')
      csvc_facts_set_text (facts, name, text);
  }
  decision = csvc_table_decide_facts (self->table, facts, self->at, error);
  if (decision == NULL) {
    g_prefix_error (error, "%s:%u: ", self->path, self->line);
    return FALSE;
  }
  count (self, decision);
  return TRUE;
}

static gboolean
take_line (Counting *self, const char *line, GError **error)
{
  self->line++;
  if (!g_utf8_validate (line, -1, NULL)) {
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "%s:%u: expected UTF-8", self->path, self->line);
    return FALSE;
  }
  if (self->line == 1) {
    read_headings (self, line);
    return TRUE;
  }
  return *line == '\0' || decide_line (self, line, error);
}

static gboolean
read_all (Counting *self, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (self->path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
  g_autoptr (GDataInputStream) data = stream != NULL ? g_data_input_stream_new (G_INPUT_STREAM (stream)) : NULL;
  GError *local = NULL;
  char *line;

  if (data == NULL)
    return FALSE;
  g_data_input_stream_set_newline_type (data, G_DATA_STREAM_NEWLINE_TYPE_ANY);
  while ((line = g_data_input_stream_read_line (data, NULL, NULL, &local)) != NULL) {
    g_autofree char *own = line;

    if (!take_line (self, own, error))
      return FALSE;
  }
  if (local != NULL)
    g_propagate_error (error, local);
  return local == NULL;
}

/* ── the figures ── */

static char *
say_row (const CsvcTable *table, guint row)
{
  GString *text = g_string_new (NULL);
  guint n = csvc_table_get_n_inputs (table);

  for (guint i = 0; i < n + csvc_table_get_n_outputs (table); i++) {
    const char *cell = csvc_table_get_cell (table, row, i);

    if (*cell != '\0')
      g_string_append_printf (text, "%s%s %s", text->len == 0 ? "" : i == n ? " → " : ", ",
                              csvc_part_get_label (csvc_table_get_column_part (table, i), ui_get_language ()), cell);
  }
  return g_string_free (text, FALSE);
}

static void
add_count (UiTable *shown, const char *id, const char *what, guint64 n, guint64 total)
{
  g_autofree char *number = ui_format_count (n), *share = ui_format_percent (n, total);

  ui_table_add (shown, id, what, number, share);
}

static void
print_counts (const Counting *self)
{
  const char *const headings[] = { ">", ui_say ("row", "行"), ui_say (">lines", ">行数"), ">", NULL };
  g_autoptr (UiTable) shown = ui_table_new (headings);

  for (guint i = 0; i < csvc_table_get_n_rows (self->table); i++) {
    g_autofree char *what = say_row (self->table, i);

    add_count (shown, csvc_part_get_id (csvc_table_get_row_part (self->table, i)), what, self->decided[i], self->total);
  }
  add_count (shown, NULL, ui_say ("no row", "没有成立的行"), self->states[CSVC_DECISION_NONE], self->total);
  add_count (shown, NULL, ui_say ("a fact is missing", "缺少信息"), self->states[CSVC_DECISION_UNKNOWN], self->total);
  add_count (shown, NULL, ui_say ("contradiction", "矛盾"), self->states[CSVC_DECISION_CONTRADICTION], self->total);
  add_count (shown, NULL, ui_say ("in all", "总计"), self->total, self->total);
  ui_table_print (shown);
}

static void
print_json (const Counting *self)
{
  g_autoptr (Json) json = json_new ();

  json_begin_object (json, NULL);
  json_add_string (json, "table", csvc_table_get_id (self->table));
  json_add_integer (json, "lines", (gint64) self->total);
  json_begin_array (json, "rows");
  for (guint i = 0; i < csvc_table_get_n_rows (self->table); i++)
    json_add_integer (json, NULL, (gint64) self->decided[i]);
  json_end_array (json);
  for (guint i = CSVC_DECISION_NONE; i < G_N_ELEMENTS (self->states); i++)
    json_add_integer (json, csvc_decision_state_to_string ((CsvcDecisionState) i), (gint64) self->states[i]);
  json_end_object (json);
  json_print (json);
}

/* ── customers of a store ── */

static gboolean
decide_customer (Counting *self, CsvcEngine *engine, const char *id, GError **error)
{
  g_autoptr (CsvcCustomer) customer = csvc_engine_get_customer (engine, id, error);
  g_autoptr (CsvcDecision) decision = customer != NULL ? csvc_table_decide (self->table, customer, NULL, self->at, error) : NULL;

  if (decision == NULL)
    return FALSE;
  count (self, decision);
  return TRUE;
}

static gboolean
decide_customers (Counting *self, CsvcEngine *engine, GError **error)
{
  CsvcCustomerFilter filter = { 1000, 0 };

  do {
    g_autoptr (CsvcCustomerList) list = csvc_engine_list_customers (engine, &filter, error);

    if (list == NULL)
      return FALSE;
    for (guint i = 0; i < csvc_customer_list_get_size (list); i++)
      if (!decide_customer (self, engine, csvc_customer_list_get (list, i), error))
        return FALSE;
    filter.after = csvc_customer_list_get_next (list);
    ui_show_progress (ui_say ("customers looked at", "已查看客户"), self->total, 0);
  } while (filter.after != 0);
  ui_end_progress ();
  return TRUE;
}

ExitStatus
table_count_customers (const CsvcTable *table, CsvcEngine *engine, CsvcTime at, gboolean as_json)
{
  Counting self = { .table = table, .at = at };
  g_autofree guint64 *decided = g_new0 (guint64, csvc_table_get_n_rows (table) + 1);
  g_autoptr (GError) error = NULL;

  self.decided = decided;
  if (!decide_customers (&self, engine, &error))
    return ui_fail (error);
  if (as_json)
    print_json (&self);
  else
    print_counts (&self);
  return EXIT_FINE;
}

ExitStatus
table_count_csv (const CsvcTable *table, const char *path, CsvcTime at, gboolean as_json)
{
  Counting self = { .table = table, .at = at, .path = path, .names = g_ptr_array_new_with_free_func (g_free) };
  g_autoptr (GPtrArray) names = self.names;
  g_autofree guint64 *decided = g_new0 (guint64, csvc_table_get_n_rows (table) + 1);
  g_autoptr (GError) error = NULL;

  self.decided = decided;
  if (!read_all (&self, &error)) {
    ui_complain ("%s", error->message);
    return error->domain == CSVC_ERROR ? EXIT_FAULTS : EXIT_IO;
  }
  if (as_json)
    print_json (&self);
  else
    print_counts (&self);
  return EXIT_FINE;
}
