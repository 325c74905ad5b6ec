/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A scan of all customers for 5 of their 40 facts, beside what any reader of these rows has to do: SQLite's own statement over the
 * same file, and a walk over the same structures in memory.
 *
 *   facts [CUSTOMERS] */

#include "config.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "bench.h"
#include "store/store.h"

#define N_FACTS 40
#define N_WANTED 5
#define A_TRANSACTION 1000
#define RUNS 5

static const char *const wanted[N_WANTED] = { "fact03", "fact08", "fact17", "fact22", "fact39" };
static char names[N_FACTS][8];

/* ---- Filling ---- */

/* Numbers, words, dates, truths, decimals. */
static void
draw_value (CsvcValue *value, guint fact, guint64 *state)
{
  static const char *const words[] = { "silver", "gold", "platinum" };
  guint64 drawn = bench_draw (state);

  switch (fact % 5)
    {
    case 0:
      *value = (CsvcValue){ .type = CSVC_TYPE_DATE, .u.i = (gint64) (18000 + drawn % 3000) };
      break;
    case 1:
      *value = (CsvcValue){ .type = CSVC_TYPE_BOOLEAN, .u.i = (gint64) (drawn & 1) };
      break;
    case 2:
      _csvc_value_set_string (value, CSVC_TYPE_ENUM, words[drawn % 3]);
      break;
    default:
      _csvc_value_set_integer (value, (gint64) (drawn % 100000));
    }
}

static void
put_customer (CsvcTx *tx, guint number, guint64 *state)
{
  CsvcValue values[N_FACTS];
  CsvcFactColumn columns[N_FACTS];
  g_autofree char *key = g_strdup_printf ("1380%07u", number);
  CsvcHead head = { .type = CSVC_STREAM_CUSTOMER, .key = key, .version = 1, .due = CSVC_NEVER, .open = TRUE };
  CsvcEntry entry = { .version = 1, .stream_type = CSVC_STREAM_CUSTOMER };
  CsvcChange change = { .head = &head, .entries = &entry, .n_entries = 1, .has_columns = TRUE, .columns = columns, .n_columns = N_FACTS };

  head.state = entry.data = g_bytes_new_static ("state", 5);
  for (guint i = 0; i < N_FACTS; i++)
    {
      draw_value (&values[i], i, state);
      columns[i] = (CsvcFactColumn){ names[i], &values[i] };
    }
  if (!_csvc_tx_put (tx, &change, 1, NULL))
    g_error ("cannot put a customer");
  for (guint i = 0; i < N_FACTS; i++)
    _csvc_value_clear (&values[i]);
  g_bytes_unref (head.state);
}

static void
fill (CsvcStore *store, guint n)
{
  guint64 state = 7;

  for (guint i = 0; i < n; i += A_TRANSACTION)
    {
      CsvcTx *tx = _csvc_store_begin (store, CSVC_TX_WRITE, NULL);

      for (guint j = i; j < MIN (i + A_TRANSACTION, n); j++)
        put_customer (tx, j, &state);
      if (!_csvc_tx_end (tx, TRUE, NULL))
        g_error ("cannot commit");
    }
}

/* ---- Scanning ---- */

typedef struct {
  guint64 sum;
  guint   n;
} Sum;

static guint64
read_value (const CsvcValue *value)
{
  gint64 number = value->u.i;

  if (value->type == CSVC_TYPE_ENUM)
    return (guchar) value->u.s[0];
  if (value->type == CSVC_TYPE_NUMBER && !csvc_value_get_integer (value, &number))
    g_error ("a number with decimals");
  return (guint64) number;
}

static gboolean
add_row (const CsvcFactRow *row, gpointer data)
{
  Sum *sum = data;

  for (guint i = 0; i < N_WANTED; i++)
    sum->sum += read_value (&row->values[i]);
  sum->n++;
  return TRUE;
}

static double
scan (CsvcStore *store, Sum *sum)
{
  double begin = bench_now ();
  CsvcTx *tx = _csvc_store_begin (store, CSVC_TX_READ, NULL);

  *sum = (Sum){ 0, 0 };
  if (!_csvc_tx_scan_facts (tx, wanted, N_WANTED, 0, add_row, sum, NULL) || !_csvc_tx_end (tx, FALSE, NULL))
    g_error ("cannot scan");
  return bench_now () - begin;
}

static int
column_of (sqlite3 *db, const char *name)
{
  sqlite3_stmt *statement;
  int n;

  sqlite3_prepare_v2 (db, "SELECT n FROM fact_column WHERE name = ?1", -1, &statement, NULL);
  sqlite3_bind_text (statement, 1, name, -1, SQLITE_STATIC);
  n = sqlite3_step (statement) == SQLITE_ROW ? sqlite3_column_int (statement, 0) : -1;
  sqlite3_finalize (statement);
  return n;
}

static guint64
read_cell (sqlite3_stmt *statement, int i)
{
  if (sqlite3_column_type (statement, i) == SQLITE_TEXT)
    return sqlite3_column_text (statement, i)[0];
  return (guint64) sqlite3_column_int64 (statement, i);
}

/* The key too, as the scan gives it. */
static double
scan_raw (const char *path, Sum *sum)
{
  g_autoptr (GString) text = g_string_new ("SELECT place, key");
  sqlite3_stmt *statement;
  sqlite3 *db;
  double begin;

  if (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    g_error ("cannot open %s", path);
  for (guint i = 0; i < N_WANTED; i++)
    g_string_append_printf (text, ", c%d", column_of (db, wanted[i]));
  g_string_append (text, " FROM fact ORDER BY place");
  begin = bench_now ();
  *sum = (Sum){ 0, 0 };
  sqlite3_prepare_v2 (db, text->str, -1, &statement, NULL);
  while (sqlite3_step (statement) == SQLITE_ROW)
    {
      if (sqlite3_column_text (statement, 1) == NULL)
        g_error ("a row without a key");
      for (int i = 0; i < N_WANTED; i++)
        sum->sum += read_cell (statement, 2 + i);
      sum->n++;
    }
  sqlite3_finalize (statement);
  begin = bench_now () - begin;
  sqlite3_close (db);
  return begin;
}

/* ---- Telling ---- */

static void
print_row (const char *what, double *times, const Sum *sum, double beside)
{
  double median = bench_median (times, RUNS);

  g_print ("%-30s %8.3f s  %6.0f ns a customer", what, median, 1e9 * median / sum->n);
  if (beside > 0)
    g_print ("  %.2f times the raw scan", median / beside);
  g_print ("\n");
}

static double
measure_raw (const char *path, Sum *sum)
{
  double times[RUNS];

  for (guint i = 0; i < RUNS; i++)
    times[i] = scan_raw (path, sum);
  print_row ("SQLite, its own statement", times, sum, 0);
  return times[RUNS / 2];
}

static void
measure (const char *what, CsvcStore *store, double beside, Sum *sum)
{
  double times[RUNS];

  for (guint i = 0; i < RUNS; i++)
    times[i] = scan (store, sum);
  print_row (what, times, sum, beside);
}

int
main (int argc, char **argv)
{
  guint n = argc > 1 ? (guint) g_ascii_strtoull (argv[1], NULL, 10) : 1000000;
  g_autofree char *folder = g_dir_make_tmp ("csvc-facts-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "facts.db", NULL);
  g_autofree char *uri = g_strdup_printf ("sqlite:%s?sync=normal", path);
  g_autofree char *lock = g_strconcat (path, "-lock", NULL);
  CsvcStore *store = csvc_store_open (uri, NULL);
  Sum raw, ours, memory;
  double beside;

  for (guint i = 0; i < N_FACTS; i++)
    g_snprintf (names[i], sizeof names[i], "fact%02u", i);
  fill (store, n);
  csvc_store_unref (store);
  store = csvc_store_open (uri, NULL);
  g_print ("%u customers of %d facts, %d of them read, medians of %d\n", n, N_FACTS, N_WANTED, RUNS);
  beside = measure_raw (path, &raw);
  measure ("SQLite, scan of facts", store, beside, &ours);
  csvc_store_unref (store);
  g_unlink (path);
  g_unlink (lock);
  g_rmdir (folder);

  store = csvc_store_open ("memory:", NULL);
  fill (store, n);
  measure ("memory, scan of facts", store, 0, &memory);
  csvc_store_unref (store);
  if (raw.sum == ours.sum && raw.sum == memory.sum && raw.n == n)
    return 0;
  g_printerr ("the answers differ\n");
  return 1;
}
