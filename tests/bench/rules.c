/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Twenty rules over fifteen fields of a customer: libcsvc's decision table beside the least that a C program could do, and beside SQLite; the same
 * customers, all answers compared first.
 *
 *   rules [N] [--json FILE]      everything in turn, medians of five, ns a customer
 *   rules N --dump FOLDER        the customers, the right answers and the rules, for peers in other languages
 *   rules N --count row|batch|none   N answers of libcsvc in a hundred passes, or none, to count its instructions
 *   rules N --count possible     whether counting makes sense in this build: the exit status
 *
 * The answer for a customer is a mask: bit k is rule k. */

#include "config.h"

#include <csvc/csvc.h>

#include <sqlite3.h>
#include <string.h>

#include "rules.h"

#define ROUNDS 5
#define PASSES 100 /* when instructions are counted: making the customers takes some more or less in each run */
#define WARM 64 /* customers whose facts stay in the cache */
#define AT (G_GINT64_CONSTANT (1767225600) * CSVC_SECOND)

/* As long as a line of a cache. */
typedef struct {
  gint32 v[16];
} Row;

static guint          n_rows = 200000;
static Row           *rows;
static gint32        *columns[N_FIELDS];
static guint32       *right;   /* what the hand-written program says */
static CsvcPolicy    *policy;
static CsvcCustomer **customers;

/* ---- customers ---- */

static void
make_rows (void)
{
  guint64 state = 2024;

  rows = g_new0 (Row, n_rows);
  for (guint f = 0; f < N_FIELDS; f++)
    columns[f] = g_new (gint32, n_rows);
  for (guint i = 0; i < n_rows; i++)
    {
      draw_customer (&state, rows[i].v);
      for (guint f = 0; f < N_FIELDS; f++)
        columns[f][i] = rows[i].v[f];
    }
}

/* ---- the limits ---- */

/* The least that a program can do that reads its rules from data: for every value that a field can have, the mask of the rules it satisfies. */
static guint32 *masks[N_FIELDS];

static guint32
mask_of (int field, int value)
{
  guint32 mask = ALL_RULES;

  for (guint k = 0; k < N_RULES; k++)
    for (const Condition *c = rules[k]; c->field >= 0; c++)
      if (c->field == field && (value < c->low || value > c->high))
        mask &= ~(1u << k);
  return mask;
}

static void
make_masks (void)
{
  for (int f = 0; f < N_FIELDS; f++)
    {
      masks[f] = g_new (guint32, fields[f].high - fields[f].low + 1);
      for (int value = fields[f].low; value <= fields[f].high; value++)
        masks[f][value - fields[f].low] = mask_of (f, value);
    }
}

static inline guint32
ask_masks (const gint32 *v)
{
  guint32 mask = ALL_RULES;

  for (guint f = 0; f < N_FIELDS; f++)
    mask &= masks[f][CLAMP (v[f], fields[f].low, fields[f].high) - fields[f].low];
  return mask;
}

static void
pass_hand (guint64 *out)
{
  for (guint i = 0; i < n_rows; i++)
    out[i] = ask_hand (rows[i].v);
}

static void
pass_masks (guint64 *out)
{
  for (guint i = 0; i < n_rows; i++)
    out[i] = ask_masks (rows[i].v);
}

/* ---- libcsvc ---- */

static void
append_words (GString *out, const Field *field, const Condition *condition)
{
  gboolean first = TRUE;

  for (int i = MAX (condition->low, field->low); i <= MIN (condition->high, field->high); i++)
    {
      g_string_append_printf (out, "%s%s", first ? "" : ", ", field->words[i]);
      first = FALSE;
    }
}

static void
append_cell (GString *out, const Condition *condition)
{
  const Field *field = &fields[condition->field];

  g_string_append_printf (out, " %s=\"", field->name);
  if (field->words != NULL)
    append_words (out, field, condition);
  else if (condition->low == condition->high)
    g_string_append_printf (out, "%d", condition->low);
  else if (condition->low == G_MININT)
    g_string_append_printf (out, "&lt;= %d", condition->high);
  else if (condition->high == G_MAXINT)
    g_string_append_printf (out, "&gt;= %d", condition->low);
  else
    g_string_append_printf (out, "[%d..%d]", condition->low, condition->high);
  g_string_append_c (out, '"');
}

static char *
make_policy_text (void)
{
  GString *out = g_string_new ("<policy xmlns=\"urn:csvc:policy:1\" id=\"bench\" version=\"1\" zone=\"UTC\">\n<customer>\n");

  for (guint f = 0; f < N_FIELDS; f++)
    if (fields[f].words != NULL)
      {
        g_autofree char *words = g_strjoinv (" ", (char **) fields[f].words);

        g_string_append_printf (out, "<fact id=\"%s\" type=\"enum\" values=\"%s\"/>\n", fields[f].name, words);
      }
    else
      g_string_append_printf (out, "<fact id=\"%s\" type=\"number\"/>\n", fields[f].name);
  g_string_append (out, "</customer>\n<tables><table id=\"ret\" hit=\"collect\">\n");
  for (guint f = 0; f < N_FIELDS; f++)
    g_string_append_printf (out, "<input id=\"%s\"/>\n", fields[f].name);
  g_string_append (out, "<output id=\"rule\" type=\"number\"/>\n");
  for (guint k = 0; k < N_RULES; k++)
    {
      g_string_append (out, "<row");
      for (const Condition *c = rules[k]; c->field >= 0; c++)
        append_cell (out, c);
      g_string_append_printf (out, " rule=\"%u\"/>\n", k);
    }
  g_string_append (out, "</table></tables>\n<case id=\"c\" initial=\"open\"><event id=\"end\"/><state id=\"open\">"
                        "<transition event=\"end\" target=\"closed\"/></state><final id=\"closed\"/></case>\n</policy>\n");
  return g_string_free (out, FALSE);
}

static void
make_policy (void)
{
  g_autofree char *text = make_policy_text ();
  g_autoptr (GError) error = NULL;

  policy = csvc_policy_load_text (text, -1, "rules", NULL, &error);
  if (policy == NULL)
    g_error ("%s", error->message);
}

static void
make_customers (void)
{
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();

  customers = g_new (CsvcCustomer *, n_rows);
  for (guint i = 0; i < n_rows; i++)
    {
      customers[i] = csvc_customer_new (policy, "c", NULL);
      for (guint f = 0; f < N_FIELDS; f++)
        if (fields[f].words != NULL)
          csvc_facts_set_text (facts, fields[f].name, fields[f].words[rows[i].v[f]]);
        else
          csvc_facts_set_integer (facts, fields[f].name, rows[i].v[f]);
      if (!csvc_customer_put (customers[i], facts, AT, NULL, NULL))
        g_error ("a customer's facts do not fit");
    }
}

static void
pass_row (guint64 *out)
{
  const CsvcTable *table = csvc_policy_get_table (policy, 0);

  for (guint i = 0; i < n_rows; i++)
    csvc_table_match (table, customers[i], NULL, AT, &out[i], NULL);
}

/* The same without waiting for memory: a few customers, again and again. */
static void
pass_warm (guint64 *out)
{
  const CsvcTable *table = csvc_policy_get_table (policy, 0);

  for (guint i = 0; i < n_rows; i++)
    csvc_table_match (table, customers[i % WARM], NULL, AT, &out[i], NULL);
}

static void
pass_batch (guint64 *out)
{
  CsvcColumn given[N_FIELDS];

  for (guint f = 0; f < N_FIELDS; f++)
    given[f] = (CsvcColumn){ columns[f], NULL, 0 };
  if (!csvc_table_match_columns (csvc_policy_get_table (policy, 0), given, n_rows, AT, out, NULL, NULL))
    g_error ("the table cannot be asked for many");
}

/* ---- SQLite ---- */

static sqlite3 *database;

/* The sum of a bit for each rule, as people write it. */
static char *
make_query (void)
{
  GString *out = g_string_new ("select ");

  for (guint k = 0; k < N_RULES; k++)
    {
      g_string_append_printf (out, "%s(case when ", k > 0 ? " + " : "");
      for (const Condition *c = rules[k]; c->field >= 0; c++)
        g_string_append_printf (out, "%s%s between %d and %d", c > rules[k] ? " and " : "", fields[c->field].name, MAX (c->low, -100000),
                                MIN (c->high, 100000));
      g_string_append_printf (out, " then %u else 0 end)", 1u << k);
    }
  g_string_append (out, " from customers");
  return g_string_free (out, FALSE);
}

static void
fill_database (void)
{
  sqlite3_stmt *insert = NULL;
  GString *text = g_string_new ("create table customers (id integer primary key");

  for (guint f = 0; f < N_FIELDS; f++)
    g_string_append_printf (text, ", %s int", fields[f].name);
  g_string_append (text, "); begin");
  if (sqlite3_open (":memory:", &database) != SQLITE_OK || sqlite3_exec (database, text->str, NULL, NULL, NULL) != SQLITE_OK
      || sqlite3_prepare_v2 (database, "insert into customers values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", -1, &insert, NULL) != SQLITE_OK)
    g_error ("%s", sqlite3_errmsg (database));
  for (guint i = 0; i < n_rows; i++)
    {
      sqlite3_bind_int (insert, 1, (int) i);
      for (int f = 0; f < N_FIELDS; f++)
        sqlite3_bind_int (insert, f + 2, rows[i].v[f]);
      sqlite3_step (insert);
      sqlite3_reset (insert);
    }
  sqlite3_finalize (insert);
  sqlite3_exec (database, "commit", NULL, NULL, NULL);
  g_string_free (text, TRUE);
}

static void
pass_sqlite (guint64 *out)
{
  g_autofree char *query = make_query ();
  sqlite3_stmt *select = NULL;
  guint i = 0;

  if (sqlite3_prepare_v2 (database, query, -1, &select, NULL) != SQLITE_OK)
    g_error ("%s", sqlite3_errmsg (database));
  while (sqlite3_step (select) == SQLITE_ROW && i < n_rows)
    out[i++] = (guint64) sqlite3_column_int64 (select, 0);
  sqlite3_finalize (select);
}

/* ---- measuring ---- */

typedef struct {
  const char *name, *key;
  void      (*pass) (guint64 *out);
  guint       cycle;  /* customers come again after so many; 0: never */
  double      times[ROUNDS];
  double      median; /* ns a customer */
} Runner;

static Runner runners[] = {
  { .name = "hand-written C", .key = "hand", .pass = pass_hand },
  { .name = "mask tables (limit)", .key = "masks", .pass = pass_masks },
  { .name = "libcsvc, one by one", .key = "row", .pass = pass_warm, .cycle = WARM },
  { .name = "  all over the memory", .key = "row-cold", .pass = pass_row },
  { .name = "libcsvc, batch", .key = "batch", .pass = pass_batch },
  { .name = "SQLite", .key = "sqlite", .pass = pass_sqlite },
};

static void
check (const Runner *runner, guint64 *out)
{
  memset (out, 0xff, n_rows * sizeof *out);
  runner->pass (out);
  for (guint i = 0; i < n_rows; i++)
    {
      guint32 wanted = right[runner->cycle > 0 ? i % runner->cycle : i];

      if (out[i] != wanted)
        g_error ("%s: customer %u has %" G_GUINT64_FORMAT " and not %u", runner->name, i, out[i], wanted);
    }
}

static void
measure (guint64 *out)
{
  for (guint round = 0; round < ROUNDS; round++)
    for (guint r = 0; r < G_N_ELEMENTS (runners); r++)
      {
        double start = bench_now ();

        runners[r].pass (out);
        runners[r].times[round] = (bench_now () - start) * 1e9 / n_rows;
      }
  for (guint r = 0; r < G_N_ELEMENTS (runners); r++)
    runners[r].median = bench_median (runners[r].times, ROUNDS);
}

static void
print (const char *json)
{
  double limit = runners[1].median;
  GString *text = g_string_new ("{");

  g_print ("%u customers, %u rules over %u fields\n%-24s %14s %10s\n", n_rows, N_RULES, N_FIELDS, "", "ns a customer", "of limit");
  for (guint r = 0; r < G_N_ELEMENTS (runners); r++)
    {
      g_print ("%-24s %14.1f %9.2fx\n", runners[r].name, runners[r].median, runners[r].median / limit);
      g_string_append_printf (text, "%s\"%s\": %.2f", r > 0 ? ", " : "", runners[r].key, runners[r].median);
    }
  g_string_append (text, "}\n");
  if (json != NULL && !g_file_set_contents (json, text->str, -1, NULL))
    g_printerr ("%s cannot be written\n", json);
  g_string_free (text, TRUE);
}

/* ---- for peers ---- */

static void
write_file (const char *folder, const char *name, GString *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  if (!g_file_set_contents (path, text->str, (gssize) text->len, NULL))
    g_error ("%s cannot be written", path);
  g_string_free (text, TRUE);
}

static void
dump_customers (const char *folder)
{
  GString *text = g_string_new ("id"), *answers = g_string_new (NULL);

  for (guint f = 0; f < N_FIELDS; f++)
    g_string_append_printf (text, ",%s", fields[f].name);
  g_string_append_c (text, '\n');
  for (guint i = 0; i < n_rows; i++)
    {
      g_string_append_printf (text, "%u", i);
      for (guint f = 0; f < N_FIELDS; f++)
        if (fields[f].words != NULL)
          g_string_append_printf (text, ",%s", fields[f].words[rows[i].v[f]]);
        else
          g_string_append_printf (text, ",%d", rows[i].v[f]);
      g_string_append_c (text, '\n');
      g_string_append_printf (answers, "%u\n", right[i]);
    }
  write_file (folder, "customers.csv", text);
  write_file (folder, "masks.csv", answers);
}

/* [[["tier", null, ["gold", …]], ["arpu", 500, 1000], …], …]: words, or the lowest and the highest value, null = no end. */
static void
append_json (GString *out, const Condition *condition)
{
  const Field *field = &fields[condition->field];

  g_string_append_printf (out, "[\"%s\", ", field->name);
  if (field->words != NULL)
    {
      g_string_append (out, "null, [");
      for (int i = MAX (condition->low, 0); i <= MIN (condition->high, field->high); i++)
        g_string_append_printf (out, "%s\"%s\"", i > MAX (condition->low, 0) ? ", " : "", field->words[i]);
      g_string_append (out, "]]");
      return;
    }
  if (condition->low == G_MININT)
    g_string_append (out, "null, ");
  else
    g_string_append_printf (out, "%d, ", condition->low);
  if (condition->high == G_MAXINT)
    g_string_append (out, "null]");
  else
    g_string_append_printf (out, "%d]", condition->high);
}

static void
dump_rules (const char *folder)
{
  GString *text = g_string_new ("[");

  for (guint k = 0; k < N_RULES; k++)
    {
      g_string_append (text, k > 0 ? ",\n[" : "[");
      for (const Condition *c = rules[k]; c->field >= 0; c++)
        {
          g_string_append (text, c > rules[k] ? ", " : "");
          append_json (text, c);
        }
      g_string_append_c (text, ']');
    }
  g_string_append (text, "]\n");
  write_file (folder, "rules.json", text);
}

/* ---- all ---- */

static void
release (void)
{
  for (guint i = 0; customers != NULL && i < n_rows; i++)
    csvc_customer_free (customers[i]);
  g_free (customers);
  csvc_policy_unref (policy);
  sqlite3_close (database);
  for (guint f = 0; f < N_FIELDS; f++)
    {
      g_free (columns[f]);
      g_free (masks[f]);
    }
  g_free (right);
  g_free (rows);
}

static void
prepare (void)
{
  make_rows ();
  make_masks ();
  make_policy ();
  right = g_new (guint32, n_rows);
  for (guint i = 0; i < n_rows; i++)
    right[i] = ask_hand (rows[i].v);
}

static void
count (const char *what, guint64 *out)
{
  for (guint i = 0; i < PASSES; i++)
    if (strcmp (what, "row") == 0)
      pass_row (out);
    else if (strcmp (what, "batch") == 0)
      pass_batch (out);
}

int
main (int argc, char **argv)
{
  const char *mode = argc > 2 ? argv[argc - 2] : "", *word = argc > 2 ? argv[argc - 1] : NULL;
  g_autofree guint64 *out = NULL;

  if (argc > 1 && g_ascii_isdigit (argv[1][0]))
    n_rows = MAX (WARM, (guint) g_ascii_strtoull (argv[1], NULL, 10));
  if (strcmp (mode, "--count") == 0 && strcmp (word, "possible") == 0)
    return BENCH_CAN_COUNT ? 0 : 1;
  if (strcmp (mode, "--count") == 0)
    n_rows = MAX (WARM, n_rows / PASSES);
  out = g_new0 (guint64, n_rows);
  prepare ();
  if (strcmp (mode, "--dump") == 0)
    {
      dump_customers (word);
      dump_rules (word);
    }
  else
    {
      make_customers ();
      if (strcmp (mode, "--count") == 0)
        count (word, out);
      else
        {
          fill_database ();
          for (guint r = 0; r < G_N_ELEMENTS (runners); r++)
            check (&runners[r], out);
          measure (out);
          print (strcmp (mode, "--json") == 0 ? word : NULL);
        }
    }
  release ();
  return 0;
}
