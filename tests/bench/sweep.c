/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*   sweep [CUSTOMERS]           twenty rules over stored customers, beside the bare scan of the same columns, in memory and SQLite; both by turns, the
 *                               best of five each. The sweep is dry: what is measured is reading, deciding and arbitrating
 *   sweep N --count row|none    N rows of columns decided, or none, to count its instructions
 *   sweep N --count possible    whether counting makes sense in this build: the exit status */

#include "config.h"

#include <csvc/simulate.h>
#include <csvc/sweep.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/value.h"
#include "bench.h"
#include "engine/sift.h"

#define ROUNDS 5
#define NOON (G_GINT64_CONSTANT (1772510400) * CSVC_SECOND) /* 2026-03-03 12:00 in Shanghai */

static void
stop_if (const GError *error)
{
  if (error == NULL)
    return;
  fprintf (stderr, "sweep: %s\n", error->message);
  exit (1);
}

/* Each rule concerns few: ends of contracts in one day of the coming twenty, above a spending. */
static CsvcPolicy *
make_policy (void)
{
  g_autoptr (GString) text = g_string_new (
    "<policy xmlns='urn:csvc:policy:1' id='bench' version='1' zone='Asia/Shanghai'><roles><role id='agent'/></roles>"
    "<customer><fact id='arpu' type='number'/><fact id='contract_end' type='date'/><fact id='joined' type='date'/>"
    "<fact id='data_card' type='boolean'/><fact id='segment' type='enum' values='person household enterprise'/></customer>"
    "<purposes><purpose id='service'/></purposes><rules>");
  CsvcPolicy *policy;
  GError *error = NULL;

  for (guint i = 0; i < 20; i++)
    g_string_append_printf (text,
                            "<rule id='r%u' purpose='service' key='contract_end' when='is defined(contract_end) and contract_end = today() + @\"P%uD\" and "
                            "arpu &gt;= %u and not(data_card) and segment = \"%s\" and joined &lt; today()'><open case='care' role='agent'/></rule>",
                            i, i + 1, 60 + i * 20, i % 2 == 0 ? "person" : "household");
  g_string_append (text, "</rules><case id='care' initial='open'><state id='open'/></case></policy>");
  policy = csvc_policy_load_text (text->str, -1, "bench", NULL, &error);
  stop_if (error);
  return policy;
}

static gboolean
look (const CsvcFactRow *row, gpointer data)
{
  *(guint64 *) data += row->values[0].type != CSVC_TYPE_UNKNOWN;
  return TRUE;
}

static gint64
time_scan (CsvcStore *store, const char *const *names, guint n_names)
{
  const gint64 began = g_get_monotonic_time ();
  GError *error = NULL;
  CsvcTx *tx = _csvc_store_begin (store, CSVC_TX_READ, &error);
  guint64 n = 0;

  stop_if (error);
  _csvc_tx_scan_facts (tx, names, n_names, 0, look, &n, &error);
  stop_if (error);
  _csvc_tx_end (tx, FALSE, NULL);
  return g_get_monotonic_time () - began;
}

static gint64
time_sweep (CsvcEngine *engine, guint64 *n_loaded)
{
  const gint64 began = g_get_monotonic_time ();
  const CsvcStamp stamp = CSVC_STAMP (NOON);
  CsvcSweepOptions options = CSVC_SWEEP_OPTIONS;
  GError *error = NULL;
  g_autoptr (CsvcSweep) sweep = NULL;

  options.dry_run = TRUE;
  sweep = csvc_engine_sweep (engine, &stamp, &options, &error);
  stop_if (error);
  *n_loaded = csvc_sweep_get_n_loaded (sweep);
  return g_get_monotonic_time () - began;
}

static void
measure (const char *uri, guint64 n)
{
  g_autoptr (CsvcPolicy) policy = make_policy ();
  GError *error = NULL;
  g_autoptr (CsvcStore) store = csvc_store_open (uri, &error);
  g_autoptr (CsvcEngine) engine = store != NULL ? csvc_engine_new (store, policy, &error) : NULL;
  CsvcSieve *sieve;
  const char *const *names;
  gint64 scan = G_MAXINT64, sweep = G_MAXINT64;
  guint64 n_loaded = 0;
  guint n_names;

  stop_if (error);
  csvc_simulate_customers (engine, n, 1, NOON - CSVC_DAY, NULL, NULL, &error);
  stop_if (error);
  sieve = _csvc_sieve_new (policy, NOON);
  names = _csvc_sieve_get_names (sieve, &n_names);
  for (guint i = 0; i < ROUNDS; i++) {
    scan = MIN (scan, time_scan (store, names, n_names));
    sweep = MIN (sweep, time_sweep (engine, &n_loaded));
  }
  _csvc_sieve_free (sieve);
  printf ("%-8.6s %10" G_GUINT64_FORMAT " customers: scan %7.1f ns, sweep %7.1f ns each, %.2f times; %" G_GUINT64_FORMAT " looked at closely\n", uri, n,
          (double) scan * 1000 / (double) n, (double) sweep * 1000 / (double) n, (double) sweep / (double) scan, n_loaded);
}

/* ---- Instructions ---- */

#define N_ROWS 512

/* By the sieve's names: arpu, contract_end, joined, data_card, segment, tier, free. */
static void
make_row (CsvcValue *values, guint i)
{
  static const char *const segments[] = { "person", "household", "enterprise" };
  const gint64 today = NOON / CSVC_DAY;

  _csvc_value_set_integer (&values[0], 30 + i * 7 % 400);
  values[1] = (CsvcValue){ .type = CSVC_TYPE_DATE, .u.i = today + i * 13 % 700 };
  values[2] = (CsvcValue){ .type = CSVC_TYPE_DATE, .u.i = today - i * 29 % 4000 };
  values[3] = (CsvcValue){ .type = CSVC_TYPE_BOOLEAN, .u.i = i % 9 == 0 };
  _csvc_value_set_string (&values[4], CSVC_TYPE_ENUM, segments[i % 3]);
  values[5] = (CsvcValue) CSVC_VALUE_UNKNOWN;
  values[6] = (CsvcValue){ .type = CSVC_TYPE_DATE_TIME, .u.i = CSVC_TIME_MIN };
}

/* How many of them pass. */
static guint
count_rows (guint64 n)
{
  g_autoptr (CsvcPolicy) policy = make_policy ();
  CsvcSieve *sieve = _csvc_sieve_new (policy, NOON);
  CsvcValue values[N_ROWS][7];
  guint n_names, n_passed = 0;

  _csvc_sieve_get_names (sieve, &n_names);
  if (n_names != G_N_ELEMENTS (values[0]))
    g_error ("the sieve reads %u columns", n_names);
  for (guint i = 0; i < N_ROWS; i++)
    make_row (values[i], i);
  for (guint64 i = 0; i < n + N_ROWS; i++)
    n_passed += _csvc_sieve_passes (sieve, &(CsvcFactRow){ .stream = 1, .key = "c", .values = values[i % N_ROWS] });
  for (guint i = 0; i < N_ROWS; i++)
    _csvc_value_clear (&values[i][4]);
  _csvc_sieve_free (sieve);
  return n_passed;
}

static int
count_instructions (guint64 n, const char *what)
{
  if (strcmp (what, "possible") == 0)
    return BENCH_CAN_COUNT ? 0 : 1;
  return count_rows (strcmp (what, "row") == 0 ? n : 0) > 0 ? 0 : 1;
}

int
main (int argc, char **argv)
{
  const guint64 n = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 1000000;
  g_autofree char *folder = g_dir_make_tmp ("csvc-bench-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "sweep.db", NULL), *lock = g_strconcat (path, "-lock", NULL);
  g_autofree char *uri = g_strdup_printf ("sqlite:%s?sync=normal", path);

  if (argc > 3 && strcmp (argv[2], "--count") == 0)
    return count_instructions (n, argv[3]);
  measure ("memory:", n);
  measure (uri, n);
  g_remove (path);
  g_remove (lock);
  g_rmdir (folder);
  return 0;
}
