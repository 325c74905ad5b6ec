/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Conditions: whatever is compiled can be evaluated, what is not has faults that lie in the
 * text, and an answer that is not unknown stays when the missing facts come. */

#include "config.h"

#include "feel/feel.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

enum { NUMBER, WORD, FLAG, DATE, STRING, WAIT, N_FACTS };

static const char *const words[] = { "hotline", "hall", "manager", NULL };
static const char *const states[] = { "open", "closed", NULL };
static const CsvcName names[] = {
  { "n", CSVC_NAME_CASE_FACT, NUMBER, CSVC_TYPE_NUMBER, NULL }, { "w", CSVC_NAME_CASE_FACT, WORD, CSVC_TYPE_ENUM, words },
  { "b", CSVC_NAME_CASE_FACT, FLAG, CSVC_TYPE_BOOLEAN, NULL },  { "d", CSVC_NAME_CUSTOMER_FACT, DATE, CSVC_TYPE_DATE, NULL },
  { "s", CSVC_NAME_CASE_FACT, STRING, CSVC_TYPE_STRING, NULL }, { "t", CSVC_NAME_CASE_FACT, WAIT, CSVC_TYPE_DAY_TIME_DURATION, NULL },
  { "level", CSVC_NAME_LEVEL, 0, CSVC_TYPE_NUMBER, NULL },
};
static const CsvcScope scope = { names, G_N_ELEMENTS (names), states, NULL };

static CsvcTruth
test_known (const CsvcExpr *expr, const CsvcFeelEnv *unknown)
{
  static const char *const texts[N_FACTS] = { "5", "hall", "true", "2026-03-01", "abc", "PT3H" };
  static const CsvcType types[N_FACTS] = { CSVC_TYPE_NUMBER, CSVC_TYPE_ENUM,   CSVC_TYPE_BOOLEAN,
                                           CSVC_TYPE_DATE,   CSVC_TYPE_STRING, CSVC_TYPE_DAY_TIME_DURATION };
  CsvcValue facts[N_FACTS];
  CsvcFeelEnv env = *unknown;
  CsvcTruth truth;

  for (guint i = 0; i < N_FACTS; i++)
    g_assert_true (_csvc_value_parse (&facts[i], types[i], texts[i], NULL));
  env.case_facts = env.customer_facts = facts;
  env.level = 3;
  truth = _csvc_expr_test (expr, &env, NULL);
  for (guint i = 0; i < N_FACTS; i++)
    _csvc_value_clear (&facts[i]);
  return truth;
}

static gboolean
asks_whether_defined (const CsvcExpr *expr)
{
  return g_strstr_len (_csvc_expr_get_text (expr), -1, "defined") != NULL;
}

static void
try_evaluating (const CsvcExpr *expr)
{
  static const CsvcValue nothing[N_FACTS];
  static const guint64 active[] = { 1 };
  static const guint32 entries[] = { 1, 0 };
  const CsvcFeelEnv unknown = { nothing, nothing, active, entries, 0 };
  const char *missing = NULL;
  CsvcTruth before = _csvc_expr_test (expr, &unknown, &missing), after = test_known (expr, &unknown);

  g_assert_true ((before == CSVC_UNKNOWN) == (missing != NULL));
  g_assert_cmpint (after, !=, CSVC_UNKNOWN);
  if (before != CSVC_UNKNOWN && !asks_whether_defined (expr))
    g_assert_cmpint (after, ==, before);
}

static void
check_faults (const CsvcDiagnostics *diagnostics, size_t size)
{
  g_assert_cmpuint (csvc_diagnostics_count (diagnostics, CSVC_SEVERITY_ERROR), >, 0);
  for (guint i = 0; i < csvc_diagnostics_get_size (diagnostics); i++)
    {
      guint column = csvc_diagnostic_get_column (csvc_diagnostics_get (diagnostics, i));

      g_assert_cmpuint (column, >, 0);
      g_assert_cmpuint (column, <=, size + 1);
    }
}

static gboolean
take_anything (gpointer data, const char *function, const char *argument, CsvcType *type, char **message, char **hint)
{
  *type = CSVC_TYPE_NUMBER;
  return TRUE;
}

/* As a decision model has it, and as a cell: whatever the value is, it can be written, and the bounds hold. */
static void
try_model (const char *text)
{
  static const CsvcFeelHostScope host = { NULL, take_anything };
  static const CsvcValue nothing[N_FACTS];
  g_autoptr (CsvcDiagnostics) diagnostics = csvc_diagnostics_new ();
  CsvcScope model = scope;
  CsvcFeelWhy why = { NULL, 0, FALSE };
  CsvcFeelEnv env = { .case_facts = nothing, .customer_facts = nothing, .now = 0, .why = &why };
  g_autoptr (CsvcFeelScratch) scratch = _csvc_feel_scratch_new ();
  g_autoptr (CsvcExpr) expr = NULL, cell = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  CsvcValue value = { .type = CSVC_TYPE_NULL };

  model.dmn = TRUE;
  model.host = &host;
  env.scratch = scratch;
  expr = _csvc_expr_compile (text, &model, CSVC_TYPE_UNKNOWN, NULL, (CsvcPlace){ "fuzz", 1 }, diagnostics);
  if (expr != NULL && _csvc_expr_eval (expr, &env, &value, NULL) == CSVC_TRUE)
    _csvc_feel_append (out, &value);
  g_assert_true (g_utf8_validate (out->str, -1, NULL));
  cell = _csvc_expr_compile_cell (text, &model, NULL, (CsvcPlace){ "fuzz", 1 }, diagnostics);
  if (cell != NULL)
    _csvc_expr_test_cell (cell, &env, &value, NULL);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (CsvcDiagnostics) diagnostics = csvc_diagnostics_new ();
  g_autoptr (CsvcExpr) expr = _csvc_expr_compile_condition (text, &scope, (CsvcPlace){ "fuzz", 1 }, diagnostics);

  if (expr != NULL)
    try_evaluating (expr);
  else
    check_faults (diagnostics, size);
  try_model (text);
  return 0;
}
