/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/feel.h"

#include <csvc/zone.h>
#include <string.h>

#include "csvc-test.h"
#include "feel/number.h"

/* FEEL beyond conditions: values, functions, cells, and what they hang on. */

static void operators_make_values (void);
static void functions_make_values (void);
static void models_are_lenient (void);
static void nulls_have_reasons (void);
static void unknown_reaches_out (void);
static void types_are_told (void);
static void cells_hold (void);
static void cells_are_intervals (void);
static void hosts_are_asked (void);
static void clocks_are_given (void);
static void functions_are_called_back (void);
static void answers_are_coerced (void);
static void borrowed_texts_are_copied (void);
static void scratches_are_used_again (void);
static void hostile_work_ends (void);
static void numbers_obey_laws (void);
static void random_expressions_end (void);

static CU_TestInfo tests[] = {
  { "operators-make-values", operators_make_values },
  { "functions-make-values", functions_make_values },
  { "models-are-lenient", models_are_lenient },
  { "nulls-have-reasons", nulls_have_reasons },
  { "unknown-reaches-out", unknown_reaches_out },
  { "types-are-told", types_are_told },
  { "cells-hold", cells_hold },
  { "cells-are-intervals", cells_are_intervals },
  { "hosts-are-asked", hosts_are_asked },
  { "clocks-are-given", clocks_are_given },
  { "functions-are-called-back", functions_are_called_back },
  { "answers-are-coerced", answers_are_coerced },
  { "borrowed-texts-are-copied", borrowed_texts_are_copied },
  { "scratches-are-used-again", scratches_are_used_again },
  { "hostile-work-ends", hostile_work_ends },
  { "numbers-obey-laws", numbers_obey_laws },
  { "random-expressions-end", random_expressions_end },
  CU_TEST_INFO_NULL
};

static void set_up (void);
static void tear_down (void);

const CsvcSuite csvc_suite_feel_values = { "feel-values", tests, set_up, tear_down };

/* ---- A world to ask about ---- */

static const char *const tiers[] = { "basic", "gold", "platinum", NULL };
static const CsvcPlace place = { "test.xml", 1 };

enum { NUMBER, TEXT, WORD, MISSING, N_FACTS };

static const CsvcName names[] = {
  { "number", CSVC_NAME_CASE_FACT, NUMBER, CSVC_TYPE_NUMBER, NULL, NULL },
  { "text", CSVC_NAME_CASE_FACT, TEXT, CSVC_TYPE_STRING, NULL, NULL },
  { "word", CSVC_NAME_CASE_FACT, WORD, CSVC_TYPE_ENUM, tiers, NULL },
  { "missing", CSVC_NAME_CASE_FACT, MISSING, CSVC_TYPE_NUMBER, NULL, NULL },
  { "tier", CSVC_NAME_TIER, 0, CSVC_TYPE_ENUM, tiers, NULL },
};

static const CsvcScope policy = { .names = names, .n_names = G_N_ELEMENTS (names) };
static const CsvcScope model = { .names = names, .n_names = G_N_ELEMENTS (names), .dmn = TRUE };

static CsvcValue facts[N_FACTS];
static CsvcFeelScratch *scratch;

static void
set_up (void)
{
  scratch = _csvc_feel_scratch_new ();
  g_assert_true (_csvc_value_parse (&facts[NUMBER], CSVC_TYPE_NUMBER, "5", NULL));
  g_assert_true (_csvc_value_parse (&facts[TEXT], CSVC_TYPE_STRING, "abc", NULL));
  g_assert_true (_csvc_value_parse (&facts[WORD], CSVC_TYPE_ENUM, "gold", NULL));
  facts[WORD].index = 1;
}

static void
tear_down (void)
{
  for (guint i = 0; i < N_FACTS; i++)
    _csvc_value_clear (&facts[i]);
  g_clear_pointer (&scratch, _csvc_feel_scratch_free);
}

static CsvcFeelEnv
make_env (CsvcFeelWhy *why)
{
  return (CsvcFeelEnv){ .case_facts = facts, .now = CSVC_NEVER, .scratch = scratch, .why = why };
}

/* (transfer full): the answer, "unknown NAME", or "fault NUMBER@COLUMN"; null with its reason when @why is not NULL. */
static char *
answer (const char *text, const CsvcScope *scope, const CsvcFeelEnv *env)
{
  g_autoptr (CsvcDiagnostics) diagnostics = csvc_diagnostics_new ();
  g_autoptr (CsvcExpr) expr = _csvc_expr_compile (text, scope, CSVC_TYPE_UNKNOWN, NULL, place, diagnostics);
  g_autoptr (GString) out = g_string_new (NULL);
  const char *missing = NULL;
  CsvcValue value;

  if (expr == NULL)
    return g_strdup_printf ("fault %u@%u", csvc_diagnostic_get_number (csvc_diagnostics_get (diagnostics, 0)),
                            csvc_diagnostic_get_column (csvc_diagnostics_get (diagnostics, 0)));
  if (_csvc_expr_eval (expr, env, &value, &missing) == CSVC_UNKNOWN)
    return g_strdup_printf ("unknown %s", missing);
  _csvc_feel_append (out, &value);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

typedef struct {
  const char *text, *answer;
} Case;

static void
check_cases (const Case *cases, guint n, const CsvcScope *scope)
{
  for (guint i = 0; i < n; i++)
    {
      CsvcFeelEnv env = make_env (NULL);
      g_autofree char *got = answer (cases[i].text, scope, &env);

      if (strcmp (got, cases[i].answer) != 0)
        csvc_test_note ("%s: %s, expected %s", cases[i].text, got, cases[i].answer);
      CU_ASSERT_STRING_EQUAL (got, cases[i].answer);
      _csvc_feel_scratch_reset (scratch);
    }
}

static void
operators_make_values (void)
{
  static const Case cases[] = {
    { "1 + 2 * 3 - 4 / 2", "5" },
    { "(1 + 2) * 3", "9" },
    { "0.1 + 0.2 = 0.3", "true" },
    { "1 / 3", "0.333333333333333333" },
    { "2 / 3", "0.666666666666666667" },
    { "-number", "-5" },
    { "--number", "5" },
    { "-2 ** 2", "4" },
    { "2 ** 10", "1024" },
    { "2 ** -1", "0.5" },
    { "2 ** 0.5 * 2 ** 0.5 - 2 < 0.000000000000001", "true" },
    { "2 ** 3 ** 2", "64" },
    { "999999999999999999 + 1", "1000000000000000000" },
    { "999999999999999999 + 0.5", "1000000000000000000" },
    { "999999999999999998 + 0.5", "999999999999999998" },
    { "123456789 * 987654321", "121932631112635269" },
    { "1e60 + 1", "1e60" },
    { "1e60 - 1e60 + 1", "1" },
    { "1e100 * 10", "null" },
    { "1e-100 / 10", "0" },
    { "10 / 0", "null" },
    { "\"a\" + text", "aabc" },
    { "\"a\" + word", "agold" },
    { "@\"2026-02-28\" + @\"P1D\"", "2026-03-01" },
    { "@\"2024-01-31\" + @\"P1M\"", "2024-02-29" },
    { "@\"2026-03-31\" - @\"P1M\"", "2026-02-28" },
    { "@\"2026-03-01\" - @\"2026-02-01\"", "P28D" },
    { "@\"9999-12-31\" + @\"P1D\"", "null" },
    { "@\"0001-01-01\" - @\"P1M\"", "null" },
    { "@\"2026-03-01T00:00:00Z\" - @\"2026-02-28T23:00:00Z\"", "PT1H" },
    { "@\"23:30:00\" + @\"PT1H\"", "00:30:00" },
    { "@\"00:30:00\" - @\"PT1H\"", "23:30:00" },
    { "@\"09:30:00\" - @\"09:00:00\"", "PT30M" },
    { "@\"PT1H\" * 1.5", "PT1H30M" },
    { "2 * @\"P1Y\"", "P2Y" },
    { "@\"P1Y\" / 5", "P2M" },
    { "@\"PT3H\" / @\"PT2H\"", "1.5" },
    { "@\"P1Y\" / @\"P6M\"", "2" },
    { "if number > 3 then \"x\" else \"y\"", "x" },
    { "[1, \"a\", null]", "[1, \"a\", null]" },
    { "[1, 2, 3][2]", "2" },
    { "[1, 2, 3][-1]", "3" },
    { "[1, 2, 3][4]", "null" },
    { "[1, 2, 3][item > 1]", "[2, 3]" },
    { "[1, 2, 3][item > number]", "[]" },
    { "[{a: 1, b: 2}, {a: 3, b: 4}].b", "[2, 4]" },
    { "[{a: 1, b: 2}, {a: 3, b: 4}][a > 1].b", "[4]" },
    { "[{number: 7}][number = 7]", "[{number: 7}]" },
    { "5[item > 3]", "[5]" },
    { "{a: 1, b: a + 1, \"c d\": b}", "{a: 1, b: 2, c d: 2}" },
    { "{a: {b: 2}}.a.b", "2" },
    { "{Monthly Fee: 3, x: Monthly Fee * 2}.x", "6" },
    { "for x in 1..3 return x * x", "[1, 4, 9]" },
    { "for x in 3..1 return x", "[3, 2, 1]" },
    { "for x in [1, 2], y in [x, 10] return x * y", "[1, 10, 4, 20]" },
    { "for x in 1..5 return if x < 3 then 1 else partial[-1] + partial[-2]", "[1, 1, 2, 3, 5]" },
    { "some x in [1, 2], y in [2, 3] satisfies x = y", "true" },
    { "every x in [] satisfies x > 1", "true" },
    { "(function (x: number, y) x + y) (1, 2)", "3" },
    { "{f: function (x) x + number, r: f (1)}.r", "6" },
    { "{f: function (a, b) a - b, r: f (b: 1, a: 5)}.r", "4" },
    { "for k in [1, 2] return (function (x) x * k) (10)", "[10, 20]" },
    { "[1..3]", "[1..3]" },
    { "]1..3[", "(1..3)" },
    { "(> 3)", "> 3" },
    { "[1..3].end included", "true" },
    { "2 in [[1..3], [5..6]]", "true" },
    { "number in (1, [4..6])", "true" },
    { "number in {a: [1, 5]}.a", "true" },
    { "[1, 2] = [1, 2]", "true" },
    { "{a: 1, b: 2} = {b: 2, a: 1}", "true" },
    { "number instance of number", "true" },
    { "[1, 2] instance of list<number>", "true" },
    { "[1, \"a\"] instance of list<number>", "false" },
    { "{a: 1} instance of context<a: number>", "true" },
    { "null instance of Any", "false" },
    { "(function (x) x) instance of function<Any> -> Any", "true" },
    { "@\"PT26H\".days + @\"PT26H\".hours", "3" },
    { "@\"2026-03-01\".weekday", "7" },
    { "@\"2026-03-01T10:20:30.5Z\".second", "30.5" },
    { "missing > 1 or true", "true" },
  };

  check_cases (cases, G_N_ELEMENTS (cases), &policy);
}

static void
functions_make_values (void)
{
  static const Case cases[] = {
    { "date (\"2026-03-01\")", "2026-03-01" },
    { "date (2026, 2, 29)", "null" },
    { "date (2024, 2, 29)", "2024-02-29" },
    { "date (\"2026-3-1\")", "null" },
    { "date and time (\"2026-03-01T10:00:00+08:00\")", "2026-03-01T02:00:00Z" },
    { "date and time (@\"2026-03-01\", time (\"10:00:00Z\"))", "2026-03-01T10:00:00Z" },
    { "time (10, 20, 30.25)", "10:20:30.25" },
    { "time (24, 0, 0)", "null" },
    { "number (\"1 000,5\", \" \", \",\")", "1000.5" },
    { "number (\"abc\")", "null" },
    { "string (1.50)", "1.5" },
    { "string ([1, \"a\"])", "[1, \"a\"]" },
    { "duration (\"P1DT2H\")", "P1DT2H" },
    { "years and months duration (@\"2011-12-22\", @\"2013-08-24\")", "P1Y8M" },
    { "years and months duration (@\"2013-08-24\", @\"2011-12-22\")", "-P1Y8M" },
    { "day of year (@\"2026-12-31\")", "365" },
    { "day of week (@\"2026-03-01\")", "Sunday" },
    { "month of year (@\"2026-03-01\")", "March" },
    { "week of year (@\"2027-01-01\")", "53" },
    { "not (number = 5)", "false" },
    { "substring (\"foobar\", 3)", "obar" },
    { "substring (\"foobar\", -2, 1)", "a" },
    { "substring (\"\\U01F40Eab\", 2)", "ab" },
    { "substring (length: 2, string: \"abc\", start position: 2)", "bc" },
    { "string length (\"中文\")", "2" },
    { "upper case (\"aÄ\") + lower case (\"BÖ\")", "AÄbö" },
    { "substring before (\"foobar\", \"bar\")", "foo" },
    { "substring after (\"foobar\", \"ob\")", "ar" },
    { "contains (\"foobar\", \"of\")", "false" },
    { "starts with (text, \"ab\") and ends with (text, \"bc\")", "true" },
    { "matches (\"foobar\", \"^FO+\", \"i\")", "true" },
    { "matches (\"a\", \"(?=a)\")", "null" },
    { "replace (\"abcd\", \"(b)(c)\", \"$2$1\")", "acbd" },
    { "split (\"a, b,c\", \",\\\\s*\")", "[\"a\", \"b\", \"c\"]" },
    { "string join ([\"a\", null, \"b\"], \"-\")", "a-b" },
    { "decimal (2.5, 0)", "2" },
    { "decimal (1.115, 2)", "1.12" },
    { "floor (-1.5)", "-2" },
    { "ceiling (-1.5)", "-1" },
    { "round up (5.51, 1)", "5.6" },
    { "round down (-5.59, 1)", "-5.5" },
    { "round half up (2.5, 0)", "3" },
    { "round half down (2.5, 0)", "2" },
    { "round half up (1250, -2)", "1300" },
    { "abs (-5) + abs (5)", "10" },
    { "abs (@\"-P1D\")", "P1D" },
    { "modulo (12, 5)", "2" },
    { "modulo (-12, 5)", "3" },
    { "modulo (10.1, -4.5)", "-3.4" },
    { "modulo (5, 1e-20)", "0" },
    { "sqrt (16)", "4" },
    { "sqrt (2)", "1.41421356237309505" },
    { "sqrt (-1)", "null" },
    { "decimal (exp (1), 14)", "2.71828182845905" },
    { "decimal (log (10), 14)", "2.30258509299405" },
    { "odd (5) and even (2) and not (odd (1.5))", "true" },
    { "list contains ([1, null], null)", "true" },
    { "count ([1, 2, 3])", "3" },
    { "min (3, 1, 2) + max ([3, 1])", "4" },
    { "min ([])", "null" },
    { "max ([\"a\", \"b\"])", "b" },
    { "sum ([1, 2.5])", "3.5" },
    { "mean (1, 2, 4) > 2.3", "true" },
    { "product ([2, 3, 4])", "24" },
    { "median (6, 1, 2, 3)", "2.5" },
    { "decimal (stddev (2, 4, 7, 5), 6)", "2.081666" },
    { "mode ([6, 3, 9, 6, 3])", "[3, 6]" },
    { "all ([true, null])", "null" },
    { "all ([false, null])", "false" },
    { "any ([false, null, true])", "true" },
    { "sublist ([1, 2, 3], 2)", "[2, 3]" },
    { "sublist ([1, 2, 3], -2, 1)", "[2]" },
    { "append ([1], 2, 3)", "[1, 2, 3]" },
    { "concatenate ([1], [2, 3])", "[1, 2, 3]" },
    { "insert before ([1, 3], 2, 2)", "[1, 2, 3]" },
    { "remove ([1, 2, 3], 2)", "[1, 3]" },
    { "reverse ([1, 2])", "[2, 1]" },
    { "index of ([1, 2, 1], 1)", "[1, 3]" },
    { "union ([1, 2], [2, 3])", "[1, 2, 3]" },
    { "distinct values ([1, 1.0, \"a\", \"a\"])", "[1, \"a\"]" },
    { "flatten ([[1], [[2, 3]]])", "[1, 2, 3]" },
    { "sort ([3, 1, 2], function (x, y) x > y)", "[3, 2, 1]" },
    { "sort ([3, 1, 2])", "[1, 2, 3]" },
    { "sort ([1, 2], function (x, y) true)", "[2, 1]" },
    { "before (1, [2..3]) and after ([5..6], 4)", "true" },
    { "before ([1..2), [2..3])", "true" },
    { "meets ([1..2], [2..3]) and met by ([2..3], [1..2])", "true" },
    { "overlaps ([1..3], [2..5]) and overlaps before ([1..3], [2..5])", "true" },
    { "overlaps after ([2..5], [1..3])", "true" },
    { "includes ([1..5], 3) and during (3, [1..5])", "true" },
    { "starts (1, [1..5]) and started by ([1..5], 1)", "true" },
    { "finishes (5, [1..5]) and finished by ([1..5], 5)", "true" },
    { "coincides ([1..2], [1..2])", "true" },
    { "range (\"[1..3)\").end", "3" },
    { "range (\"[3..1]\")", "null" },
    { "get value ({a: {b: 1}}, [\"a\", \"b\"])", "1" },
    { "get entries ({a: 1})[1].key", "a" },
    { "context put ({a: 1}, \"b\", 2)", "{a: 1, b: 2}" },
    { "context merge ([{a: 1}, {a: 2, b: 3}])", "{a: 2, b: 3}" },
    { "context ([{key: \"a\", value: 1}])", "{a: 1}" },
    { "is (1, 1.0)", "true" },
    { "get or else (null, 3)", "3" },
  };

  check_cases (cases, G_N_ELEMENTS (cases), &policy);
}

/* What policies refuse, models answer with null; times keep their zone. */
static void
models_are_lenient (void)
{
  static const Case cases[] = {
    { "1 = \"a\"", "null" },
    { "1 + \"a\"", "null" },
    { "abs (\"a\")", "null" },
    { "abs ()", "null" },
    { "true in [false, 2]", "false" },
    { "@\"2026-03-01T10:00:00+08:00\"", "2026-03-01T10:00:00+08:00" },
    { "@\"2026-03-01T10:00:00\"", "2026-03-01T10:00:00" },
    { "@\"2026-03-01T10:00:00@Asia/Shanghai\" = @\"2026-03-01T02:00:00Z\"", "true" },
    { "@\"2026-03-01T10:00:00@Asia/Shanghai\".timezone", "Asia/Shanghai" },
    { "@\"10:00:00+08:00\" = @\"02:00:00Z\"", "true" },
    { "is (@\"10:00:00+08:00\", @\"02:00:00Z\")", "false" },
    { "@\"rubbish\"", "null" },
    { "@\"12026-03-01\"", "fault 308@1" },
    { "no such name", "fault 302@4" },
    { "substring (start position: 1)", "null" },
    { "function (x) external { java: 1 }", "fault 308@14" },
    { "(!= 3)", "fault 308@2" },
  };

  check_cases (cases, G_N_ELEMENTS (cases), &model);
}

static void
nulls_have_reasons (void)
{
  static const struct {
    const char *text, *reason;
    guint       column;
    gboolean    outside;
  } cases[] = {
    { "10 / (number - 5)", "division by zero", 4, FALSE },
    { "1 + 10 / 0", "division by zero", 8, FALSE },
    { "[1][2]", "the list has no item of this number", 4, FALSE },
    { "sqrt (0 - 1)", "a negative number has no square root", 1, FALSE },
    { "date (\"x\")", "the text is no date", 1, FALSE },
    { "date (10000, 1, 1)", "it is not within the years 1 to 9999", 1, TRUE },
    { "@\"9999-12-31\" + @\"P1D\"", "the operands do not go together, or the result is out of range", 15, TRUE },
    { "[1, \"a\"][1] < [\"b\"][1]", "values of different types are compared", 13, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      CsvcFeelWhy why = { 0 };
      CsvcFeelEnv env = make_env (&why);
      g_autofree char *got = answer (cases[i].text, &policy, &env);

      if (why.text == NULL || strcmp (why.text, cases[i].reason) != 0 || why.column != cases[i].column)
        csvc_test_note ("%s: %s, %s at %u", cases[i].text, got, why.text, why.column);
      CU_ASSERT_STRING_EQUAL (got, "null");
      CU_ASSERT_STRING_EQUAL (why.text, cases[i].reason);
      CU_ASSERT_EQUAL (why.column, cases[i].column);
      CU_ASSERT_EQUAL (why.outside, cases[i].outside);
    }
}

static void
unknown_reaches_out (void)
{
  static const Case cases[] = {
    { "missing + 1", "unknown missing" },
    { "[1, missing]", "unknown missing" },
    { "{a: missing}.a", "unknown missing" },
    { "sum ([1, missing])", "unknown missing" },
    { "for x in [1] return x + missing", "unknown missing" },
    { "some x in [1, 2] satisfies x = missing", "unknown missing" },
    { "some x in [1, 2], y in (if x = 1 then [1] else null) satisfies y = missing", "unknown missing" },
    { "every x in [1, 2], y in (if x = 1 then [1] else null) satisfies y = missing", "unknown missing" },
    { "some x in [1, 2], y in (if x = 1 then null else [1]) satisfies y = missing", "null" },
    { "some x in [1, 2] satisfies x = missing or x = 2", "true" },
    { "every x in [1, 2] satisfies x > missing and x > 5", "false" },
    { "[1, 2][item > missing]", "unknown missing" },
    { "(function (x) x * missing) (2)", "unknown missing" },
    { "sort ([1, 2], function (x, y) x < missing)", "unknown missing" },
    { "if missing > 1 then 3 else 3", "3" },
    { "tier = \"gold\"", "unknown tier" },
    { "now ()", "unknown now" },
    { "today () > @\"2026-01-01\"", "unknown now" },
  };

  check_cases (cases, G_N_ELEMENTS (cases), &policy);
}

static void
types_are_told (void)
{
  static const Case cases[] = {
    { "1 + number", "number" },
    { "[1, 2]", "list<number>" },
    { "[1, \"a\"]", "list<any>" },
    { "{a: 1, b: \"x\"}", "context<a: number, b: string>" },
    { "[{a: 1}].a", "list<number>" },
    { "[1, 2][1]", "number" },
    { "[1, 2][item > 1]", "list<number>" },
    { "for x in [1] return string (x)", "list<string>" },
    { "@\"2026-01-01\" - @\"2025-01-01\"", "dayTimeDuration" },
    { "[1..3]", "range<number>" },
    { "sort ([\"a\"], function (x, y) x < y)", "list<string>" },
    { "min ([1, 2])", "number" },
    { "null", "null" },
    { "get value ({a: 1}, \"a\")", "any" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsvcDiagnostics) diagnostics = csvc_diagnostics_new ();
      g_autoptr (CsvcExpr) expr = _csvc_expr_compile (cases[i].text, &policy, CSVC_TYPE_UNKNOWN, NULL, place, diagnostics);
      g_autofree char *type = NULL;

      CU_ASSERT_PTR_NOT_NULL_FATAL (expr);
      type = _csvc_feel_type_to_string (_csvc_expr_get_full_type (expr));
      if (strcmp (type, cases[i].answer) != 0)
        csvc_test_note ("%s: %s", cases[i].text, type);
      CU_ASSERT_STRING_EQUAL (type, cases[i].answer);
    }
}

/* ---- Cells ---- */

static CsvcExpr *
compile_cell (const char *text, const CsvcScope *scope, CsvcType type)
{
  g_autoptr (CsvcDiagnostics) diagnostics = csvc_diagnostics_new ();
  CsvcFeelType input = { .type = type, .words = type == CSVC_TYPE_ENUM ? tiers : NULL };

  return _csvc_expr_compile_cell (text, scope, &input, place, diagnostics);
}

static void
cells_hold (void)
{
  static const struct {
    const char *cell;
    CsvcType    type;
    const char *input; /* NULL: missing */
    CsvcTruth   truth;
  } cases[] = {
    { "", CSVC_TYPE_NUMBER, "1", CSVC_TRUE },
    { " - ", CSVC_TYPE_NUMBER, NULL, CSVC_TRUE },
    { "5", CSVC_TYPE_NUMBER, "5", CSVC_TRUE },
    { "1, 3, > 10", CSVC_TYPE_NUMBER, "11", CSVC_TRUE },
    { "[0..90)", CSVC_TYPE_NUMBER, "90", CSVC_FALSE },
    { "not (1, 2)", CSVC_TYPE_NUMBER, "3", CSVC_TRUE },
    { "not (1, 2)", CSVC_TYPE_NUMBER, "2", CSVC_FALSE },
    { "gold, platinum", CSVC_TYPE_ENUM, "gold", CSVC_TRUE },
    { "not (gold)", CSVC_TYPE_ENUM, "gold", CSVC_FALSE },
    { "\"gold\"", CSVC_TYPE_ENUM, "basic", CSVC_FALSE },
    { "? * 2 > 10", CSVC_TYPE_NUMBER, "6", CSVC_TRUE },
    { "number", CSVC_TYPE_NUMBER, "5", CSVC_TRUE },
    { "> number", CSVC_TYPE_NUMBER, "5", CSVC_FALSE },
    { "> missing", CSVC_TYPE_NUMBER, "5", CSVC_UNKNOWN },
    { "5, > missing", CSVC_TYPE_NUMBER, "5", CSVC_TRUE },
    { "5", CSVC_TYPE_NUMBER, NULL, CSVC_UNKNOWN },
    { "contains (?, \"b\")", CSVC_TYPE_STRING, "abc", CSVC_TRUE },
    { "not (contains (?, \"b\"))", CSVC_TYPE_STRING, "abc", CSVC_FALSE },
    { "[1, 5]", CSVC_TYPE_NUMBER, "5", CSVC_TRUE },
    { "null", CSVC_TYPE_NUMBER, "5", CSVC_FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsvcExpr) cell = compile_cell (cases[i].cell, &policy, cases[i].type);
      g_auto (CsvcValue) input = CSVC_VALUE_UNKNOWN;
      CsvcFeelEnv env = make_env (NULL);
      CsvcTruth truth;

      CU_ASSERT_PTR_NOT_NULL_FATAL (cell);
      if (cases[i].input != NULL)
        g_assert_true (_csvc_value_parse (&input, cases[i].type, cases[i].input, NULL));
      truth = _csvc_expr_test_cell (cell, &env, &input, NULL);
      if (truth != cases[i].truth)
        csvc_test_note ("%s of %s: %d", cases[i].cell, cases[i].input, truth);
      CU_ASSERT_EQUAL (truth, cases[i].truth);
    }
  CU_ASSERT_PTR_NULL (compile_cell ("golden", &policy, CSVC_TYPE_ENUM));
  CU_ASSERT_PTR_NULL (compile_cell ("gold", &model, CSVC_TYPE_ENUM));
  CU_ASSERT_PTR_NULL (compile_cell ("> \"a\"", &policy, CSVC_TYPE_NUMBER));
}

static void
cells_are_intervals (void)
{
  static const struct {
    const char *cell;
    gboolean    sayable, negated;
    guint       n;
  } cases[] = {
    { "", TRUE, TRUE, 0 },           { "1, [2..3)", TRUE, FALSE, 2 },    { "not (1, > 3)", TRUE, TRUE, 2 },
    { "> number", FALSE, FALSE, 0 }, { "1, ? > 2", FALSE, FALSE, 0 },    { "!= 3", TRUE, FALSE, 2 },
    { "[1, 2]", TRUE, FALSE, 2 },    { "[1..number]", FALSE, FALSE, 0 }, { "-1", TRUE, FALSE, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsvcExpr) cell = compile_cell (cases[i].cell, &policy, CSVC_TYPE_NUMBER);
      g_autoptr (GArray) intervals = g_array_new (FALSE, FALSE, sizeof (CsvcFeelInterval));
      gboolean negated = FALSE;

      CU_ASSERT_PTR_NOT_NULL_FATAL (cell);
      CU_ASSERT_EQUAL (_csvc_expr_get_intervals (cell, intervals, &negated), cases[i].sayable);
      CU_ASSERT_EQUAL (intervals->len, cases[i].n);
      CU_ASSERT_EQUAL (negated, cases[i].negated);
    }
}

/* ---- Hosts ---- */

static gboolean
check_balance (gpointer data, const char *function, const char *argument, CsvcType *type, char **message, char **hint)
{
  *type = CSVC_TYPE_NUMBER;
  if (strcmp (argument, "points") == 0)
    return TRUE;
  *message = g_strdup_printf ("no ledger \"%s\"", argument);
  return FALSE;
}

static gboolean
ask_balance (gpointer data, const char *function, const char *argument, CsvcValue *value)
{
  if (data == NULL)
    return FALSE;
  _csvc_value_set_integer (value, *(const gint64 *) data);
  return TRUE;
}

static void
count_read (gpointer data, CsvcNameKind kind, guint slot, const char *name, const char *argument)
{
  g_string_append_printf (data, "%d:%s%s%s ", kind, name, argument != NULL ? "/" : "", argument != NULL ? argument : "");
}

static void
hosts_are_asked (void)
{
  const CsvcFeelHostScope host_scope = { NULL, check_balance };
  gint64 points = 120;
  CsvcFeelHost host = { &points, ask_balance };
  CsvcScope scope = policy;
  CsvcFeelEnv env = make_env (NULL);
  g_autoptr (CsvcDiagnostics) diagnostics = csvc_diagnostics_new ();
  g_autoptr (CsvcExpr) expr = NULL;
  g_autoptr (GString) reads = g_string_new (NULL);
  const char *missing = NULL;

  CU_ASSERT_PTR_NULL (_csvc_expr_compile_condition ("balance (\"points\") > 1", &policy, place, diagnostics));
  scope.host = &host_scope;
  CU_ASSERT_PTR_NULL (_csvc_expr_compile_condition ("balance (\"pints\") > 1", &scope, place, diagnostics));
  CU_ASSERT_PTR_NULL (_csvc_expr_compile_condition ("balance (text) > 1", &scope, place, diagnostics));
  CU_ASSERT_PTR_NULL (_csvc_expr_compile_condition ("balance (\"points\") > \"1\"", &scope, place, diagnostics));
  expr = _csvc_expr_compile_condition ("balance (\"points\") > 100 and number > 1 and now () = now ()", &scope, place, diagnostics);
  CU_ASSERT_PTR_NOT_NULL_FATAL (expr);
  env.now = 0;
  CU_ASSERT_EQUAL (_csvc_expr_test (expr, &env, &missing), CSVC_UNKNOWN);
  CU_ASSERT_STRING_EQUAL (missing, "balance");
  env.host = &host;
  CU_ASSERT_EQUAL (_csvc_expr_test (expr, &env, NULL), CSVC_TRUE);
  points = 100;
  CU_ASSERT_EQUAL (_csvc_expr_test (expr, &env, NULL), CSVC_FALSE);
  _csvc_expr_foreach_read (expr, count_read, reads);
  CU_ASSERT_STRING_EQUAL (reads->str, "5:balance/points 0:number 6:now 6:now ");
  CU_ASSERT_TRUE (_csvc_expr_reads (expr, CSVC_NAME_HOST, G_MAXUINT));
}

static void
clocks_are_given (void)
{
  g_autoptr (CsvcZone) zone = csvc_zone_new ("Asia/Shanghai", NULL);
  CsvcFeelEnv env = make_env (NULL);
  CsvcScope scope = policy;
  static const Case cases[] = {
    { "now ()", "2026-02-28T20:00:00Z" },
    { "today ()", "2026-03-01" },
    { "now ().hour", "4" },
    { "now ().time offset", "PT8H" },
    { "date (now ()) = today ()", "true" },
    { "now () + @\"P1M\"", "2026-03-31T20:00:00Z" },
    { "date and time (\"2026-03-01T04:00:00\") = now ()", "true" },
  };

  g_assert_true (csvc_time_parse ("2026-02-28T20:00:00Z", &env.now, NULL));
  env.zone = zone;
  scope.zone = zone;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *got = answer (cases[i].text, &scope, &env);

      if (strcmp (got, cases[i].answer) != 0)
        csvc_test_note ("%s: %s", cases[i].text, got);
      CU_ASSERT_STRING_EQUAL (got, cases[i].answer);
    }
}

static gboolean
twice (gpointer data, const CsvcFeelEnv *env, const CsvcValue *arguments, CsvcValue *result, const char **missing)
{
  *missing = "the other";
  return arguments[0].type == CSVC_TYPE_NUMBER && _csvc_number_add (result, &arguments[0], &arguments[0]);
}

static void
functions_are_called_back (void)
{
  static const char *const parameters[] = { "n" };
  const CsvcFeelType *const types[] = { _csvc_feel_type_plain (CSVC_TYPE_NUMBER) };
  const CsvcFeelFunction function = { 1, parameters, types, NULL, twice };
  const CsvcName own[] = { { "double it", CSVC_NAME_VALUE, 0, CSVC_TYPE_FUNCTION, NULL, NULL } };
  const CsvcScope scope = { .names = own, .n_names = 1, .dmn = TRUE };
  CsvcFeelEnv env = make_env (NULL);
  CsvcValue values[1];
  static const Case cases[] = {
    { "double it (4)", "8" },      { "double it (n: 4)", "8" },          { "double it ([4])", "8" },
    { "double it (\"a\")", "null" }, { "double it (1, 2)", "null" },       { "double it (m: 1)", "null" },
    { "(for f in [double it] return f (2))[1]", "4" }, { "double it (null)", "unknown the other" },
  };

  values[0] = _csvc_feel_function (scratch, &function);
  env.values = values;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *got = answer (cases[i].text, &scope, &env);

      if (strcmp (got, cases[i].answer) != 0)
        csvc_test_note ("%s: %s", cases[i].text, got);
      CU_ASSERT_STRING_EQUAL (got, cases[i].answer);
    }
}

static void
answers_are_coerced (void)
{
  g_autoptr (CsvcDiagnostics) diagnostics = csvc_diagnostics_new ();
  CsvcFeelEnv env = make_env (NULL);
  const CsvcFeelType numbers = { .type = CSVC_TYPE_LIST, .item = _csvc_feel_type_plain (CSVC_TYPE_NUMBER) };
  g_autoptr (CsvcExpr) one = _csvc_expr_compile_typed ("[3]", &model, _csvc_feel_type_plain (CSVC_TYPE_NUMBER), place, diagnostics);
  g_autoptr (CsvcExpr) list = _csvc_expr_compile_typed ("3", &model, &numbers, place, diagnostics);
  g_autoptr (CsvcExpr) wrong = _csvc_expr_compile_typed ("\"a\"", &model, &numbers, place, diagnostics);
  CsvcValue value;

  CU_ASSERT_EQUAL (_csvc_expr_eval (one, &env, &value, NULL), CSVC_TRUE);
  CU_ASSERT_EQUAL (value.type, CSVC_TYPE_NUMBER);
  CU_ASSERT_EQUAL (_csvc_expr_eval (list, &env, &value, NULL), CSVC_TRUE);
  CU_ASSERT_EQUAL (value.type, CSVC_TYPE_LIST);
  CU_ASSERT_EQUAL (_csvc_feel_get_list (&value)->n, 1);
  CU_ASSERT_EQUAL (_csvc_expr_eval (wrong, &env, &value, NULL), CSVC_TRUE);
  CU_ASSERT_EQUAL (value.type, CSVC_TYPE_NULL);
  CU_ASSERT_PTR_NULL (_csvc_expr_compile_typed ("\"a\"", &policy, &numbers, place, diagnostics));
}

/* ---- Memory and bounds ---- */

/* A text that was made lives in the scratch, or, without one, until the thread's next evaluation; a copy is for good. */
static void
borrowed_texts_are_copied (void)
{
  g_autoptr (CsvcDiagnostics) diagnostics = csvc_diagnostics_new ();
  g_autoptr (CsvcExpr) expr = _csvc_expr_compile ("text + \"-\" + text", &policy, CSVC_TYPE_STRING, NULL, place, diagnostics);
  CsvcFeelEnv env = make_env (NULL);
  g_auto (CsvcValue) copy = CSVC_VALUE_UNKNOWN;
  CsvcValue value;

  env.scratch = NULL;
  CU_ASSERT_EQUAL_FATAL (_csvc_expr_eval (expr, &env, &value, NULL), CSVC_TRUE);
  _csvc_value_init_copy (&copy, &value);
  CU_ASSERT_EQUAL (_csvc_expr_eval (expr, &env, &value, NULL), CSVC_TRUE);
  CU_ASSERT_STRING_EQUAL (copy.u.s, "abc-abc");
  CU_ASSERT_EQUAL (copy.exponent, 0);
}

static void
scratches_are_used_again (void)
{
  g_autoptr (CsvcDiagnostics) diagnostics = csvc_diagnostics_new ();
  g_autoptr (CsvcExpr) expr =
    _csvc_expr_compile ("count (for x in 1..1000 return {a: x, b: string (x)})", &policy, CSVC_TYPE_NUMBER, NULL, place, diagnostics);
  CsvcFeelEnv env = make_env (NULL);
  gpointer first, again;
  CsvcValue value;

  CU_ASSERT_EQUAL (_csvc_expr_eval (expr, &env, &value, NULL), CSVC_TRUE);
  _csvc_feel_scratch_reset (scratch);
  first = _csvc_feel_scratch_alloc (scratch, 16);
  for (guint i = 0; i < 5; i++)
    {
      _csvc_feel_scratch_reset (scratch);
      again = _csvc_feel_scratch_alloc (scratch, 16);
      CU_ASSERT_PTR_EQUAL (again, first);
      CU_ASSERT_EQUAL (_csvc_expr_eval (expr, &env, &value, NULL), CSVC_TRUE);
      CU_ASSERT_EQUAL (value.u.i, 1);
      CU_ASSERT_EQUAL (value.exponent, 3);
      if (i == 0) /* the first run after a reset may still outgrow the largest block */
        {
          _csvc_feel_scratch_reset (scratch);
          first = _csvc_feel_scratch_alloc (scratch, 16);
        }
    }
  CU_ASSERT_PTR_NULL (_csvc_feel_scratch_alloc (scratch, G_MAXSIZE));
  CU_ASSERT_PTR_NULL (_csvc_feel_scratch_alloc (scratch, (gsize) 1 << 40));
}

static void
hostile_work_ends (void)
{
  static const char *const texts[] = {
    "for a in 1..1000, b in 1..1000, c in 1..1000 return 1",
    "for a in 1..100000000000 return a",
    "some a in 1..100000, b in 1..100000 satisfies a + b < 0",
    "{f: function (g, n) g (g, n + 1), r: f (f, 1)}.r",
    "{f: function (g) [g (g), g (g)], r: f (f)}.r",
    "{a: for i in 1..1000 return \"0123456789\", b: for x in a, y in a return string join (a)}",
    "flatten (for a in 1..600 return for b in 1..600 return [a, b])",
    "2 ** 100000",
    /* What is shared is small, and larger than anything when it is walked. */
    "for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]]",
    "for i in 1..60 return if i = 1 then {a: 1} else {a: partial[-1], b: partial[-1]}",
    "for i in 1..100000 return partial",
    "count (flatten (for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]]))",
    "{d: for i in 1..17 return if i = 1 then [1] else [partial[-1], partial[-1]], r: for j in 1..100000 return d = d}.r",
    "{d: for i in 1..17 return if i = 1 then [1] else [partial[-1], partial[-1]], r: for j in 1..100000 return string (d)}.r",
    "count (for x in 1..10000 return matches (\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\", \"(a+)+$\"))",
  };

  /* Each goes up to a bound of steps or of memory, so a few are enough there. */
  for (guint i = 0; i < G_N_ELEMENTS (texts); i += csvc_test_under_valgrind () ? 4 : 1)
    {
      CsvcFeelWhy why = { 0 };
      CsvcFeelEnv env = make_env (&why);
      g_autofree char *got = answer (texts[i], &model, &env);

      if (!why.outside)
        csvc_test_note ("%s: %.100s", texts[i], got);
      CU_ASSERT_TRUE (why.outside);
      CU_ASSERT_PTR_NOT_NULL (why.text);
      _csvc_feel_scratch_reset (scratch);
    }
}

/* ---- Laws ---- */

static CsvcValue
random_number (GRand *random)
{
  static const gint64 sizes[] = { 10, 1000, G_GINT64_CONSTANT (1000000000), G_GINT64_CONSTANT (999999999999999999) };
  gint64 size = sizes[g_rand_int_range (random, 0, G_N_ELEMENTS (sizes))];
  gint64 i = (gint64) (((guint64) g_rand_int (random) << 32 | g_rand_int (random)) % (guint64) size);
  CsvcValue value;

  g_assert_true (_csvc_number_set (&value, g_rand_boolean (random) ? i : -i, g_rand_int_range (random, -12, 12)));
  return value;
}

static gboolean
same (const CsvcValue *a, const CsvcValue *b)
{
  return a->u.i == b->u.i && a->exponent == b->exponent;
}

/* | a - b | <= 10^-15 of the larger one */
static gboolean
close_to (const CsvcValue *a, const CsvcValue *b)
{
  CsvcValue gap, size = *a, bound = { .type = CSVC_TYPE_NUMBER, .exponent = -15, .u.i = 1 };

  g_assert_true (_csvc_number_subtract (&gap, a, b));
  gap.u.i = ABS (gap.u.i);
  size.u.i = ABS (size.u.i);
  g_assert_true (_csvc_number_multiply (&size, &size, &bound));
  return _csvc_value_compare (&gap, &size) <= 0;
}

static void
numbers_obey_laws (void)
{
  GRand *random = csvc_test_random (5);
  guint bad = 0;

  for (guint i = 0; i < 20000 * csvc_test_scale (); i++)
    {
      CsvcValue a = random_number (random), b = random_number (random), x, y;

      bad += !_csvc_number_add (&x, &a, &b) || !_csvc_number_add (&y, &b, &a) || !same (&x, &y);
      bad += !_csvc_number_multiply (&x, &a, &b) || !_csvc_number_multiply (&y, &b, &a) || !same (&x, &y);
      bad += !_csvc_number_subtract (&x, &a, &a) || x.u.i != 0;
      if (b.u.i != 0)
        {
          bad += !_csvc_number_multiply (&x, &a, &b) || !_csvc_number_divide (&y, &x, &b) || !close_to (&y, &a);
          bad += !_csvc_number_modulo (&x, &a, &b) || (x.u.i != 0 && (x.u.i < 0) != (b.u.i < 0));
        }
      a.u.i = ABS (a.u.i);
      bad += !_csvc_number_sqrt (&x, &a) || !_csvc_number_multiply (&y, &x, &x) || !close_to (&y, &a);
      bad += !_csvc_number_round (&x, &a, 0, FEEL_ROUND_FLOOR) || _csvc_value_compare (&x, &a) > 0 || !_csvc_number_is_integer (&x);
    }
  CU_ASSERT_EQUAL (bad, 0);
}

/* Texts of FEEL's own tokens in any order: most are refused; what is not gives some answer, and string () of a value made of
 * numbers, texts, lists and contexts is read back as that value. */
static void
random_expressions_end (void)
{
  static const char *const tokens[] = { "1",    "2.5",  "\"a\"", "number", "missing", "[",   "]",   "(",   ")",      "{",    "}",     ",",
                                        "a: ",  "b: ",  "+",     "-",      "*",       "/",   "**",  "=",   "<",      "..",   ".a",    " in ",
                                        " and ", " or ", "not (", "for x in ", " return ", "x", "if ", " then ", " else ", "null", "true",
                                        "some x in ", " satisfies ", "count (", "sum (", "string (", "item", "function (x) ",
                                        "@\"2026-01-31\"", "@\"P1M\"", "sort (", "flatten (", "append (" };
  GRand *random = csvc_test_random (6);
  guint read = 0, wrong = 0;

  for (guint i = 0; i < 20000 * csvc_test_scale (); i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autofree char *first = NULL, *second = NULL;
      CsvcFeelEnv env = make_env (NULL);

      for (gint k = g_rand_int_range (random, 1, 12); k > 0; k--)
        g_string_append (text, tokens[g_rand_int_range (random, 0, G_N_ELEMENTS (tokens))]);
      first = answer (text->str, &model, &env);
      _csvc_feel_scratch_reset (scratch);
      if (g_str_has_prefix (first, "fault") || g_str_has_prefix (first, "unknown"))
        continue;
      read++;
      second = answer (text->str, &model, &env);
      wrong += strcmp (first, second) != 0;
      _csvc_feel_scratch_reset (scratch);
      g_free (second);
      second = answer (first, &model, &env); /* a list or context is written as it is read; texts alone are not */
      wrong += (first[0] == '[' || first[0] == '{') && strstr (first, "2026") == NULL && strstr (first, "P1M") == NULL &&
               strstr (first, "function") == NULL && strcmp (first, second) != 0;
      _csvc_feel_scratch_reset (scratch);
    }
  CU_ASSERT_EQUAL (wrong, 0);
  CU_ASSERT_TRUE (read > 200);
}
