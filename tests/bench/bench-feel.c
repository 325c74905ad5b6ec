/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/feel.h"

/* What a condition costs: the best of seven runs of a million evaluations, in nanoseconds each.
 *
 *   tests/bench/bench-feel */

#define RUNS 7
#define TIMES 1000000

static const char *const words[] = { "hotline", "hall", "manager", NULL };
static const CsvcName names[] = {
  { "n", CSVC_NAME_CASE_FACT, 0, CSVC_TYPE_NUMBER, NULL, NULL },
  { "w", CSVC_NAME_CASE_FACT, 1, CSVC_TYPE_ENUM, words, NULL },
  { "d", CSVC_NAME_CASE_FACT, 2, CSVC_TYPE_DATE, NULL, NULL },
};
static const CsvcScope scope = { .names = names, .n_names = G_N_ELEMENTS (names) };

static const char *const conditions[] = {
  "n > 3",
  "n > 3 and w = \"hall\" and d >= @\"2026-01-01\" and n < 100",
  "w in (\"hall\", \"manager\")",
  "n in [0..90)",
  "n >= 1 and n <= 2 or n between 3 and 9 or w = \"hotline\"",
  "n * 2 + 1 > 3",
  "count ([n, 2, 3]) > 2",
};

static double
measure (const CsvcExpr *expr, const CsvcFeelEnv *env)
{
  gint64 best = G_MAXINT64;
  guint held = 0;

  for (guint run = 0; run < RUNS; run++)
    {
      gint64 start = g_get_monotonic_time ();

      for (guint i = 0; i < TIMES; i++)
        {
          held += _csvc_expr_test (expr, env, NULL) == CSVC_TRUE;
          _csvc_feel_scratch_reset (env->scratch);
        }
      best = MIN (best, g_get_monotonic_time () - start);
    }
  g_assert_cmpuint (held, ==, RUNS * TIMES);
  return (double) best * 1000 / TIMES;
}

int
main (void)
{
  CsvcValue facts[3];
  g_autoptr (CsvcFeelScratch) scratch = _csvc_feel_scratch_new ();
  CsvcFeelEnv env = { .case_facts = facts, .now = CSVC_NEVER, .scratch = scratch };

  g_assert_true (_csvc_value_parse (&facts[0], CSVC_TYPE_NUMBER, "5", NULL));
  g_assert_true (_csvc_value_parse (&facts[1], CSVC_TYPE_ENUM, "hall", NULL));
  g_assert_true (_csvc_value_parse (&facts[2], CSVC_TYPE_DATE, "2026-03-01", NULL));
  facts[1].index = 1;
  for (guint i = 0; i < G_N_ELEMENTS (conditions); i++)
    {
      g_autoptr (CsvcDiagnostics) diagnostics = csvc_diagnostics_new ();
      g_autoptr (CsvcExpr) expr = _csvc_expr_compile_condition (conditions[i], &scope, (CsvcPlace){ "bench", 1 }, diagnostics);

      g_assert_nonnull (expr);
      g_print ("%8.1f ns  %s\n", measure (expr, &env), conditions[i]);
    }
  _csvc_value_clear (&facts[1]);
  return 0;
}
