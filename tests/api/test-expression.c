/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/csvc.h>

#include "csvc-test.h"

/* Expressions by themselves, through the public interface. */

static void compiles_once_evaluates_often (void);
static void says_what_is_missing_and_why_null (void);
static void tells_faults (void);
static void refuses_wrong_facts (void);
static void reads_facts_from_json (void);
static void is_shared_by_threads (void);

static CU_TestInfo tests[] = {
  { "compiles-once-evaluates-often", compiles_once_evaluates_often },
  { "says-what-is-missing-and-why-null", says_what_is_missing_and_why_null },
  { "tells-faults", tells_faults },
  { "refuses-wrong-facts", refuses_wrong_facts },
  { "reads-facts-from-json", reads_facts_from_json },
  { "is-shared-by-threads", is_shared_by_threads },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_expression = { "expression", tests };

static const char *const names[] = { "arpu:number", "since:date", "window:enum(hall,hotline)", "called:dateTime", "unused:boolean", NULL };

/* (transfer full): the answer's text. */
static char *
evaluate (const char *text, CsvcFacts *facts, CsvcZone *zone, CsvcTime now)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcExpression) expression = csvc_expression_new (text, names, zone, NULL, &error);
  g_autoptr (CsvcEvaluation) evaluation = NULL;

  csvc_assert_no_error (error);
  if (expression == NULL)
    return g_strdup ("no expression");
  evaluation = csvc_expression_evaluate (expression, facts, now, &error);
  csvc_assert_no_error (error);
  return csvc_evaluation_to_string (evaluation);
}

static void
compiles_once_evaluates_often (void)
{
  g_autoptr (CsvcExpression) expression = csvc_expression_new ("arpu * 2 > 100 and window = \"hall\"", names, NULL, NULL, NULL);
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  g_autofree char *type = NULL;

  CU_ASSERT_PTR_NOT_NULL_FATAL (expression);
  type = csvc_expression_dup_type (expression);
  CSVC_ASSERT_STRING (type, "boolean");
  CSVC_ASSERT_UINT (csvc_expression_get_n_reads (expression), 2);
  CSVC_ASSERT_STRING (csvc_expression_get_read (expression, 0), "arpu");
  CSVC_ASSERT_STRING (csvc_expression_get_read (expression, 1), "window");
  csvc_facts_set_text (facts, "window", "hall");
  for (gint64 i = 48; i < 53; i++)
    {
      g_autoptr (CsvcEvaluation) evaluation = NULL;

      csvc_facts_set_integer (facts, "arpu", i);
      evaluation = csvc_expression_evaluate (expression, facts, CSVC_NEVER, NULL);
      CSVC_ASSERT_INT (csvc_evaluation_is_true (evaluation), i > 50);
      CSVC_ASSERT_INT (csvc_value_get_boolean (csvc_evaluation_get_value (evaluation)), i > 50);
    }
}

static void
says_what_is_missing_and_why_null (void)
{
  g_autoptr (CsvcExpression) asks = csvc_expression_new ("arpu > 1", names, NULL, NULL, NULL);
  g_autoptr (CsvcExpression) divides = csvc_expression_new ("[1, 1 / 0]", names, NULL, NULL, NULL);
  g_autoptr (CsvcEvaluation) unknown = csvc_expression_evaluate (asks, NULL, CSVC_NEVER, NULL);
  g_autoptr (CsvcEvaluation) null = csvc_expression_evaluate (divides, NULL, CSVC_NEVER, NULL);
  g_autofree char *text = csvc_evaluation_to_string (unknown), *json = csvc_evaluation_to_json (null);

  CSVC_ASSERT_STRING (csvc_evaluation_get_missing (unknown), "arpu");
  CSVC_ASSERT_INT (csvc_evaluation_get_type (unknown), CSVC_TYPE_UNKNOWN);
  CU_ASSERT_PTR_NULL (csvc_evaluation_get_value (unknown));
  CU_ASSERT_FALSE (csvc_evaluation_is_true (unknown));
  CSVC_ASSERT_STRING (text, "unknown");
  CU_ASSERT_PTR_NULL (csvc_evaluation_get_missing (null));
  CU_ASSERT_PTR_NULL (csvc_evaluation_get_value (null));
  CSVC_ASSERT_INT (csvc_evaluation_get_type (null), CSVC_TYPE_LIST);
  CSVC_ASSERT_STRING (csvc_evaluation_get_reason (null), "division by zero");
  CSVC_ASSERT_STRING (json, "[1,null]");
}

static void
tells_faults (void)
{
  g_autoptr (CsvcDiagnostics) diagnostics = NULL;
  g_autoptr (GError) error = NULL;
  static const char *const wrong[] = { "arpu", "arpu:numbr", "and:number", "a b:number", "w:enum()", ":number", "l:list", "t:text" };

  CU_ASSERT_PTR_NULL (csvc_expression_new ("apru > 1 and arpu = \"a\"", names, NULL, &diagnostics, &error));
  CU_ASSERT_TRUE (g_error_matches (error, CSVC_ERROR, CSVC_ERROR_SYNTAX));
  CSVC_ASSERT_UINT (csvc_diagnostics_get_size (diagnostics), 2);
  CSVC_ASSERT_UINT (csvc_diagnostic_get_number (csvc_diagnostics_get (diagnostics, 0)), 301);
  CSVC_ASSERT_UINT (csvc_diagnostic_get_column (csvc_diagnostics_get (diagnostics, 1)), 21);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      const char *const one[] = { wrong[i], NULL };
      g_autoptr (GError) refused = NULL;

      CU_ASSERT_PTR_NULL (csvc_expression_new ("1", one, NULL, NULL, &refused));
      CU_ASSERT_TRUE (g_error_matches (refused, CSVC_ERROR, CSVC_ERROR_INVALID));
    }
}

static void
refuses_wrong_facts (void)
{
  static const struct {
    const char *name, *text;
  } cases[] = { { "arpu", "abc" }, { "since", "2026-02-30" }, { "window", "roof" }, { "called", "2026-03-01T10:00:00" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsvcExpression) expression = csvc_expression_new ("1", names, NULL, NULL, NULL);
      g_autoptr (CsvcFacts) facts = csvc_facts_new ();
      g_autoptr (GError) error = NULL;

      csvc_facts_set_text (facts, cases[i].name, cases[i].text);
      CU_ASSERT_PTR_NULL (csvc_expression_evaluate (expression, facts, CSVC_NEVER, &error));
      CU_ASSERT_PTR_NOT_NULL_FATAL (error);
      CSVC_ASSERT_CONTAINS (error->message, cases[i].name);
    }
}

static void
reads_facts_from_json (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcZone) zone = csvc_zone_new ("Asia/Shanghai", NULL);
  g_autoptr (CsvcFacts) facts =
    csvc_facts_new_from_json ("{\"arpu\": 0.1, \"since\": {\"type\": \"date\", \"value\": \"2026-01-01\"}, \"unused\": null}", &error);
  g_autofree char *sum = NULL, *day = NULL, *hour = NULL;
  static const char *const wrong[] = { "", "[]", "{\"a\": [1]}", "{\"a\": {\"type\": \"list\", \"value\": \"1\"}}", "{\"a\": 1e300}" };

  csvc_assert_no_error (error);
  sum = evaluate ("arpu + 0.2", facts, NULL, CSVC_NEVER);
  CSVC_ASSERT_STRING (sum, "0.3");
  day = evaluate ("since + @\"P1M\"", facts, NULL, CSVC_NEVER);
  CSVC_ASSERT_STRING (day, "2026-02-01");
  csvc_facts_set_text (facts, "called", "2026-03-01T10:00:00");
  hour = evaluate ("called.hour", facts, zone, CSVC_NEVER);
  CSVC_ASSERT_STRING (hour, "10");
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) refused = NULL;

      CU_ASSERT_PTR_NULL (csvc_facts_new_from_json (wrong[i], &refused));
      CU_ASSERT_PTR_NOT_NULL (refused);
    }
}

static gpointer
sum_often (gpointer data)
{
  const CsvcExpression *expression = data;
  guint wrong = 0;

  for (gint64 i = 0; i < 500; i++)
    {
      g_autoptr (CsvcFacts) facts = csvc_facts_new ();
      g_autoptr (CsvcEvaluation) evaluation = NULL;
      gint64 sum = -1;

      csvc_facts_set_integer (facts, "arpu", i);
      evaluation = csvc_expression_evaluate (expression, facts, CSVC_NEVER, NULL);
      csvc_value_get_integer (csvc_evaluation_get_value (evaluation), &sum);
      wrong += sum != 6 * i;
    }
  return GUINT_TO_POINTER (wrong);
}

static void
is_shared_by_threads (void)
{
  g_autoptr (CsvcExpression) expression = csvc_expression_new ("sum (for x in 1..3 return x * arpu)", names, NULL, NULL, NULL);
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("sum", sum_often, expression);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    CSVC_ASSERT_UINT (GPOINTER_TO_UINT (g_thread_join (threads[i])), 0);
}
