/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/feel.h"

#include <csvc/zone.h>
#include <string.h>

#include "csvc-test.h"

static void conditions_have_truths (void);
static void unknown_names_the_first_missing (void);
static void expressions_have_values (void);
static void local_times_take_the_zone (void);
static void faults_have_number_and_column (void);
static void faults_say_what_to_do (void);
static void findings_do_not_stop (void);
static void lifecycle_may_be_absent (void);
static void customer_may_be_absent (void);
static void wanted_types_are_checked (void);
static void reads_are_known (void);
static void names_are_judged (void);
static void hostile_texts_are_refused (void);
static void limits_are_reached (void);
static void expressions_are_shared (void);
static void random_conditions_agree_with_a_simple_evaluator (void);
static void laws_hold (void);

static CU_TestInfo tests[] = {
  { "conditions-have-truths", conditions_have_truths },
  { "unknown-names-the-first-missing", unknown_names_the_first_missing },
  { "expressions-have-values", expressions_have_values },
  { "local-times-take-the-zone", local_times_take_the_zone },
  { "faults-have-number-and-column", faults_have_number_and_column },
  { "faults-say-what-to-do", faults_say_what_to_do },
  { "findings-do-not-stop", findings_do_not_stop },
  { "lifecycle-may-be-absent", lifecycle_may_be_absent },
  { "customer-may-be-absent", customer_may_be_absent },
  { "wanted-types-are-checked", wanted_types_are_checked },
  { "reads-are-known", reads_are_known },
  { "names-are-judged", names_are_judged },
  { "hostile-texts-are-refused", hostile_texts_are_refused },
  { "limits-are-reached", limits_are_reached },
  { "expressions-are-shared", expressions_are_shared },
  { "random-conditions-agree-with-a-simple-evaluator", random_conditions_agree_with_a_simple_evaluator },
  { "laws-hold", laws_hold },
  CU_TEST_INFO_NULL
};

static void set_up (void);
static void tear_down (void);

const CsvcSuite csvc_suite_feel = { "feel", tests, set_up, tear_down };

/* ---- A world to ask about ---- */

static const char *const windows[] = { "hotline", "hall", "manager", NULL };
static const char *const colours[] = { "red", "green", NULL };
static const char *const states[] = { "open", "waiting", "closed", NULL };

/* Known facts bear their type's name, nullish ones begin with n, missing ones with u; of the customer: c. */
enum { NUMBER, STRING, WORD, BOOLEAN, DATE, TIME, INSTANT, DURATION, MONTHS, N_NUMBER, N_BOOLEAN, U_NUMBER, U_BOOLEAN, U_WORD,
       LOOSE_WORD, COLOUR, CHINESE, N_CASE_FACTS };
enum { C_NUMBER, C_MISSING, N_CUSTOMER_FACTS };

static const CsvcName names[] = {
  { "number", CSVC_NAME_CASE_FACT, NUMBER, CSVC_TYPE_NUMBER, NULL },
  { "string", CSVC_NAME_CASE_FACT, STRING, CSVC_TYPE_STRING, NULL },
  { "word", CSVC_NAME_CASE_FACT, WORD, CSVC_TYPE_ENUM, windows },
  { "boolean", CSVC_NAME_CASE_FACT, BOOLEAN, CSVC_TYPE_BOOLEAN, NULL },
  { "date", CSVC_NAME_CASE_FACT, DATE, CSVC_TYPE_DATE, NULL },
  { "time", CSVC_NAME_CASE_FACT, TIME, CSVC_TYPE_TIME, NULL },
  { "instant", CSVC_NAME_CASE_FACT, INSTANT, CSVC_TYPE_DATE_TIME, NULL },
  { "duration", CSVC_NAME_CASE_FACT, DURATION, CSVC_TYPE_DAY_TIME_DURATION, NULL },
  { "months", CSVC_NAME_CASE_FACT, MONTHS, CSVC_TYPE_YEAR_MONTH_DURATION, NULL },
  { "n_number", CSVC_NAME_CASE_FACT, N_NUMBER, CSVC_TYPE_NUMBER, NULL },
  { "n_boolean", CSVC_NAME_CASE_FACT, N_BOOLEAN, CSVC_TYPE_BOOLEAN, NULL },
  { "u_number", CSVC_NAME_CASE_FACT, U_NUMBER, CSVC_TYPE_NUMBER, NULL },
  { "u_boolean", CSVC_NAME_CASE_FACT, U_BOOLEAN, CSVC_TYPE_BOOLEAN, NULL },
  { "u_word", CSVC_NAME_CASE_FACT, U_WORD, CSVC_TYPE_ENUM, windows },
  { "loose_word", CSVC_NAME_CASE_FACT, LOOSE_WORD, CSVC_TYPE_ENUM, windows },
  { "colour", CSVC_NAME_CASE_FACT, COLOUR, CSVC_TYPE_ENUM, colours },
  { "等级", CSVC_NAME_CASE_FACT, CHINESE, CSVC_TYPE_STRING, NULL },
  { "c_number", CSVC_NAME_CUSTOMER_FACT, C_NUMBER, CSVC_TYPE_NUMBER, NULL },
  { "c_missing", CSVC_NAME_CUSTOMER_FACT, C_MISSING, CSVC_TYPE_NUMBER, NULL },
  { "level", CSVC_NAME_LEVEL, 0, CSVC_TYPE_NUMBER, NULL },
};

static const CsvcScope scope = { names, G_N_ELEMENTS (names), states, NULL };

static CsvcValue case_facts[N_CASE_FACTS];
static CsvcValue customer_facts[N_CUSTOMER_FACTS];
static const guint64 active[] = { 1 << 0 };
static const guint32 entries[] = { 1, 20, 0 };
static const CsvcFeelEnv env = { case_facts, customer_facts, active, entries, 2 };

static void
put (guint slot, CsvcType type, const char *text)
{
  g_assert_true (_csvc_value_parse (&case_facts[slot], type, text, NULL));
}

static void
set_up (void)
{
  put (NUMBER, CSVC_TYPE_NUMBER, "5");
  put (STRING, CSVC_TYPE_STRING, "abc");
  put (WORD, CSVC_TYPE_ENUM, "hall");
  case_facts[WORD].index = 1;
  put (BOOLEAN, CSVC_TYPE_BOOLEAN, "true");
  put (DATE, CSVC_TYPE_DATE, "2026-03-01");
  put (TIME, CSVC_TYPE_TIME, "09:30:00");
  put (INSTANT, CSVC_TYPE_DATE_TIME, "2026-03-01T01:30:00Z");
  put (DURATION, CSVC_TYPE_DAY_TIME_DURATION, "PT3H");
  put (MONTHS, CSVC_TYPE_YEAR_MONTH_DURATION, "P13M");
  put (N_NUMBER, CSVC_TYPE_NULL, "null");
  put (N_BOOLEAN, CSVC_TYPE_NULL, "null");
  put (LOOSE_WORD, CSVC_TYPE_ENUM, "manager"); /* its place in the list was never looked up */
  put (COLOUR, CSVC_TYPE_ENUM, "red");
  put (CHINESE, CSVC_TYPE_STRING, "金");
  g_assert_true (_csvc_value_parse (&customer_facts[C_NUMBER], CSVC_TYPE_NUMBER, "12.50", NULL));
}

static void
tear_down (void)
{
  for (guint i = 0; i < N_CASE_FACTS; i++)
    _csvc_value_clear (&case_facts[i]);
  for (guint i = 0; i < N_CUSTOMER_FACTS; i++)
    _csvc_value_clear (&customer_facts[i]);
}

static const CsvcPlace place = { "test.xml", 7 };

/* (transfer full): "301@1 312@10", or "" */
static char *
list_faults (CsvcDiagnostics *diagnostics)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < csvc_diagnostics_get_size (diagnostics); i++)
    {
      const CsvcDiagnostic *item = csvc_diagnostics_get (diagnostics, i);

      g_string_append_printf (out, "%s%u@%u", i > 0 ? " " : "", csvc_diagnostic_get_number (item),
                              csvc_diagnostic_get_column (item));
    }
  return g_string_free (out, FALSE);
}

/* NULL, and a failed check, when @text has faults. */
static CsvcExpr *
compile (const char *text)
{
  g_autoptr (CsvcDiagnostics) diagnostics = csvc_diagnostics_new ();
  CsvcExpr *expr = _csvc_expr_compile_condition (text, &scope, place, diagnostics);
  g_autofree char *faults = list_faults (diagnostics);

  CSVC_ASSERT_TRUE (expr != NULL, "%.200s: %s", text, faults);
  return expr;
}

static const char *const truth_words[] = { "false", "true", "null", "unknown" };

/* ---- Answers ---- */

static void
conditions_have_truths (void)
{
  static const struct {
    const char *text;
    CsvcTruth   truth;
  } cases[] = {
    /* literals */
    { "true", CSVC_TRUE },
    { "false", CSVC_FALSE },
    { "true and null", CSVC_NULL },
    /* numbers are exact decimals */
    { "number = 5", CSVC_TRUE },
    { "number = 5.00", CSVC_TRUE },
    { "number = 50e-1", CSVC_TRUE },
    { "number != 5", CSVC_FALSE },
    { "number > 4.999999999999999", CSVC_TRUE },
    { "number<5.1and number>=5", CSVC_TRUE },
    { "number > -5", CSVC_TRUE },
    { "- 5 < number", CSVC_TRUE },
    { ".5 = 0.5", CSVC_TRUE },
    { "c_number = 12.5", CSVC_TRUE },
    { "number < c_number", CSVC_TRUE },
    /* strings */
    { "string = \"abc\"", CSVC_TRUE },
    { "string < \"abd\"", CSVC_TRUE },
    { "\"\\u0061\\U000062c\" = string", CSVC_TRUE },
    { "\"\\uD83D\\uDE00\" = \"\\U01F600\"", CSVC_TRUE },
    { "\"a\\\\b\\\"c\\'d\\n\\r\\t\" = \"a\\u005Cb\\u0022c\\u0027d\\u000a\\u000D\\u0009\"", CSVC_TRUE },
    { "等级 = \"金\"", CSVC_TRUE },
    { "\"\" < string", CSVC_TRUE },
    /* words of a list */
    { "word = \"hall\"", CSVC_TRUE },
    { "\"hall\" = word", CSVC_TRUE },
    { "word != \"manager\"", CSVC_TRUE },
    { "loose_word = \"manager\"", CSVC_TRUE },
    { "loose_word = \"hall\"", CSVC_FALSE },
    { "loose_word = word", CSVC_FALSE },
    { "word in (\"hall\", \"manager\")", CSVC_TRUE },
    { "word in (\"hotline\")", CSVC_FALSE },
    { "word in [\"hotline\", \"hall\"]", CSVC_TRUE },
    { "\"hall\" in (word, loose_word)", CSVC_TRUE },
    { "word = if boolean then \"hall\" else \"manager\"", CSVC_TRUE },
    /* times */
    { "date = @\"2026-03-01\"", CSVC_TRUE },
    { "date < @\"2026-03-02\"", CSVC_TRUE },
    { "time >= @\"09:30\"", CSVC_TRUE },
    { "instant = @\"2026-03-01T09:30:00+08:00\"", CSVC_TRUE },
    { "duration <= @\"PT180M\"", CSVC_TRUE },
    { "duration > -@\"PT3H\"", CSVC_TRUE },
    { "months = @\"P1Y1M\"", CSVC_TRUE },
    { "months > @\"P1Y\"", CSVC_TRUE },
    /* ranges and tests */
    { "number in [5..6]", CSVC_TRUE },
    { "number in (5..6]", CSVC_FALSE },
    { "number in ]5..6]", CSVC_FALSE },
    { "number in [1..5]", CSVC_TRUE },
    { "number in [1..5)", CSVC_FALSE },
    { "number in [1..5[", CSVC_FALSE },
    { "number in [1..5[ or true", CSVC_TRUE },
    { "number in (1..9)", CSVC_TRUE },
    { "number in [4.5..5.5]", CSVC_TRUE },
    { "number in (<5, [6..7), >=10)", CSVC_FALSE },
    { "number in (<5, [1..3), >=5)", CSVC_TRUE },
    { "number in ((1..3), 5)", CSVC_TRUE },
    { "number in ((1..3), (5))", CSVC_TRUE },
    { "number in (1, (4..6))", CSVC_TRUE },
    { "number in (=5)", CSVC_TRUE },
    { "number in (!=5)", CSVC_FALSE },
    { "number in > 4", CSVC_TRUE },
    { "number in 5", CSVC_TRUE },
    { "number in c_number", CSVC_FALSE },
    { "number in [1, 2, 5]", CSVC_TRUE },
    { "number in ([1, 2], [5, 6])", CSVC_TRUE },
    { "number in []", CSVC_FALSE },
    { "string in [\"abb\"..\"abd\"]", CSVC_TRUE },
    { "number between 5 and 6", CSVC_TRUE },
    { "number between 1 and 4", CSVC_FALSE },
    { "number between 1 and 9 and boolean", CSVC_TRUE },
    { "date between @\"2026-01-01\" and @\"2026-12-31\"", CSVC_TRUE },
    /* null */
    { "n_number = null", CSVC_TRUE },
    { "null = n_number", CSVC_TRUE },
    { "n_number != null", CSVC_FALSE },
    { "number = null", CSVC_FALSE },
    { "null = null", CSVC_TRUE },
    { "n_number = 5", CSVC_FALSE },
    { "n_number < 5", CSVC_NULL },
    { "n_number in [1..5]", CSVC_NULL },
    { "n_number in (1, 2)", CSVC_FALSE },
    { "n_number in (1, null)", CSVC_TRUE },
    { "n_number between 1 and 2", CSVC_NULL },
    { "number between 6 and n_number", CSVC_FALSE },
    { "number between 1 and n_number", CSVC_NULL },
    { "n_boolean", CSVC_NULL },
    { "not (n_boolean)", CSVC_NULL },
    { "n_boolean and false", CSVC_FALSE },
    { "n_boolean and true", CSVC_NULL },
    { "n_boolean or true", CSVC_TRUE },
    { "n_boolean or false", CSVC_NULL },
    { "if n_boolean then true else false", CSVC_FALSE },
    /* and, or, not, if, brackets */
    { "true or false and false", CSVC_TRUE },
    { "(true or false) and false", CSVC_FALSE },
    { "not (true) or true", CSVC_TRUE },
    { "not (boolean = true)", CSVC_FALSE },
    { "boolean = (number > 3)", CSVC_TRUE },
    { "number > 3 = true", CSVC_TRUE },
    { "((((boolean))))", CSVC_TRUE },
    { "if boolean then number = 5 else number = 6", CSVC_TRUE },
    { "(if number > 9 then 1 else 2) = 2", CSVC_TRUE },
    { "if false then true else if true then false else true", CSVC_FALSE },
    /* the case */
    { "In (\"open\")", CSVC_TRUE },
    { "In(\"waiting\")", CSVC_FALSE },
    { "entries (\"open\") = 1", CSVC_TRUE },
    { "entries(\"waiting\") in [20..21)", CSVC_TRUE },
    { "entries(\"closed\") > 0", CSVC_FALSE },
    { "level = 2", CSVC_TRUE },
    { "level >= 3", CSVC_FALSE },
    /* unknown is not null, and only matters when it matters */
    { "u_number = 5", CSVC_UNKNOWN },
    { "u_number = null", CSVC_UNKNOWN },
    { "u_number != null", CSVC_UNKNOWN },
    { "5 < u_number", CSVC_UNKNOWN },
    { "u_number in [1..5]", CSVC_UNKNOWN },
    { "number in (1, u_number)", CSVC_UNKNOWN },
    { "number in (u_number, 5)", CSVC_TRUE },
    { "number in [6..u_number]", CSVC_FALSE },
    { "number in [u_number..4]", CSVC_FALSE },
    { "number in [5..u_number]", CSVC_UNKNOWN },
    { "number between u_number and 4", CSVC_FALSE },
    { "u_word = \"hall\"", CSVC_UNKNOWN },
    { "u_boolean", CSVC_UNKNOWN },
    { "not (u_boolean)", CSVC_UNKNOWN },
    { "u_boolean and false", CSVC_FALSE },
    { "false and u_boolean", CSVC_FALSE },
    { "u_boolean and true", CSVC_UNKNOWN },
    { "u_boolean and n_boolean", CSVC_UNKNOWN },
    { "n_boolean and u_boolean and false", CSVC_FALSE },
    { "u_boolean or true", CSVC_TRUE },
    { "u_boolean or n_boolean", CSVC_UNKNOWN },
    { "u_boolean or false", CSVC_UNKNOWN },
    { "if u_boolean then true else false", CSVC_UNKNOWN },
    { "if u_boolean then number > 1 else true", CSVC_TRUE },
    { "(if u_boolean then 5 else number) = 5", CSVC_TRUE },
    { "if true then true else u_boolean", CSVC_TRUE },
    { "c_missing > 1", CSVC_UNKNOWN },
    { "is defined (u_number)", CSVC_FALSE },
    { "is defined(number)", CSVC_TRUE },
    { "is defined (n_number)", CSVC_TRUE },
    { "is defined (c_missing)", CSVC_FALSE },
    { "is defined (level)", CSVC_TRUE },
    { "is defined (u_number) and u_number > 5", CSVC_FALSE },
    /* blanks and comments */
    { "\t number\n= \r\n5 ", CSVC_TRUE },
    { "number /* of things */ = 5 // what a number", CSVC_TRUE },
    { "number = // a line\n 5", CSVC_TRUE },
    { "\xef\xbb\xbfnumber\xc2\xa0=\xe3\x80\x80""5", CSVC_TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsvcExpr) expr = compile (cases[i].text);
      CsvcTruth truth;

      if (expr == NULL)
        continue;
      truth = _csvc_expr_test (expr, &env, NULL);
      CSVC_ASSERT_TRUE (truth == cases[i].truth, "%s is %s, expected %s", cases[i].text, truth_words[truth],
                        truth_words[cases[i].truth]);
      CSVC_ASSERT_STRING (_csvc_expr_get_text (expr), cases[i].text);
    }
}

static void
unknown_names_the_first_missing (void)
{
  static const struct {
    const char *text;
    const char *missing;
  } cases[] = {
    { "u_number > 5", "u_number" },
    { "number > 5 or u_number > 5", "u_number" },
    { "u_boolean and u_number > 5", "u_boolean" },
    { "u_number > 5 and u_boolean", "u_number" },
    { "(u_boolean and false) or u_number > 5", "u_number" },
    { "not ((u_word = \"hall\" or true) and c_missing = 1)", "c_missing" },
    { "number in (u_number, c_missing)", "u_number" },
    { "number between 1 and c_missing", "c_missing" },
    { "(if u_boolean then u_number else 2) = 1", "u_boolean" },
    { "(if boolean then u_number else 2) = 1", "u_number" },
    { "u_boolean = (u_number > 5)", "u_boolean" },
    { "boolean", NULL },
    { "u_boolean and false", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsvcExpr) expr = compile (cases[i].text);
      const char *missing = NULL;

      if (expr == NULL)
        continue;
      CSVC_ASSERT_INT (_csvc_expr_test (expr, &env, &missing) == CSVC_UNKNOWN, cases[i].missing != NULL);
      CSVC_ASSERT_STRING (missing, cases[i].missing);
    }
}

static void
expressions_have_values (void)
{
  static const struct {
    const char *text;
    CsvcType    type;
    const char *value; /* NULL: unknown */
  } cases[] = {
    { "12.50", CSVC_TYPE_NUMBER, "12.5" },
    { "-3", CSVC_TYPE_NUMBER, "-3" },
    { "\"x\"", CSVC_TYPE_STRING, "x" },
    { "null", CSVC_TYPE_NULL, "null" },
    { "@\"PT36H\"", CSVC_TYPE_DAY_TIME_DURATION, "P1DT12H" },
    { "-@\"P1Y\"", CSVC_TYPE_YEAR_MONTH_DURATION, "-P1Y" },
    { "@\"2026-03-01\"", CSVC_TYPE_DATE, "2026-03-01" },
    { "word", CSVC_TYPE_ENUM, "hall" },
    { "c_number", CSVC_TYPE_NUMBER, "12.5" },
    { "level", CSVC_TYPE_NUMBER, "2" },
    { "entries (\"waiting\")", CSVC_TYPE_NUMBER, "20" },
    { "number > 3", CSVC_TYPE_BOOLEAN, "true" },
    { "n_number > 3", CSVC_TYPE_BOOLEAN, "null" },
    { "if boolean then 1 else null", CSVC_TYPE_NUMBER, "1" },
    { "if boolean then null else 1", CSVC_TYPE_NUMBER, "null" },
    { "if boolean then word else \"manager\"", CSVC_TYPE_ENUM, "hall" },
    { "u_number", CSVC_TYPE_NUMBER, NULL },
    { "u_number > 3", CSVC_TYPE_BOOLEAN, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsvcDiagnostics) diagnostics = csvc_diagnostics_new ();
      g_autoptr (CsvcExpr) expr = _csvc_expr_compile (cases[i].text, &scope, CSVC_TYPE_UNKNOWN, NULL, place, diagnostics);
      g_autofree char *text = NULL;
      CsvcValue value;

      CSVC_ASSERT_TRUE (expr != NULL, "%s was refused", cases[i].text);
      if (expr == NULL)
        continue;
      CSVC_ASSERT_STRING (csvc_type_to_string (_csvc_expr_get_type (expr)), csvc_type_to_string (cases[i].type));
      if (_csvc_expr_eval (expr, &env, &value, NULL) == CSVC_TRUE)
        text = csvc_value_to_string (&value);
      CSVC_ASSERT_STRING (text, cases[i].value);
    }
}

static void
local_times_take_the_zone (void)
{
  g_autoptr (CsvcZone) zone = csvc_zone_new ("Asia/Shanghai", NULL);
  g_autoptr (CsvcDiagnostics) diagnostics = csvc_diagnostics_new ();
  CsvcScope zoned = scope;
  g_autoptr (CsvcExpr) expr = NULL;

  CSVC_ASSERT_TRUE (zone != NULL, "no zone data");
  zoned.zone = zone;
  expr = _csvc_expr_compile_condition ("instant = @\"2026-03-01T09:30:00\" and instant < @\"2026-03-01T09:30:00Z\"", &zoned,
                                       place, diagnostics);
  CSVC_ASSERT_TRUE (expr != NULL && _csvc_expr_test (expr, &env, NULL) == CSVC_TRUE, "09:30 in Shanghai is 01:30 UTC");
}

/* ---- Faults ---- */

static void
faults_have_number_and_column (void)
{
  static const struct {
    const char *text;
    const char *faults;
  } cases[] = {
    /* names */
    { "numbr > 5", "301@1" },
    { "等级 = \"金\" and numbr > 5", "301@14" }, /* characters, not bytes */
    { "numbr > 5 and bolean and wrd = \"hall\"", "301@1 301@15 301@26" },
    /* syntax */
    { "", "302@1" },
    { "  ", "302@3" },
    { "number >", "302@9" },
    { "number > > 3", "302@10" },
    { "(number > 3", "302@12" },
    { "number > 3)", "302@11" },
    { "number 3", "302@8" },
    { "number string", "302@8" },
    { "not boolean", "302@5" },
    { "boolean and", "302@12" },
    { "and boolean", "302@1" },
    { "if boolean then true", "302@21" },
    { "if boolean true else false", "302@12" },
    { "number between 3", "302@17" },
    { "number between 3 or 5", "302@18 310@21" },
    { "number in (1, 2", "302@16" },
    { "number in [1..2", "302@16" },
    { "number in ]1, 2]", "302@13" },
    { "number in ()", "302@12" },
    { "In (\"open\"", "302@11" },
    { "true false", "302@6" },
    { "> 3", "302@1" },
    /* several at once, also after one of syntax */
    { "(number > ) and numbr > 5 or word = \"halle\"", "302@11 301@17 312@37" },
    { "numbr = and boolean = 3", "302@9 301@1 309@23" },
    /* characters */
    { "number > $3", "303@10" },
    { "number == 5", "303@8" },
    { "boolean && boolean || boolean", "303@9 303@20" },
    { "number <> 5", "303@8" },
    { "!(boolean)", "303@1" },
    { "string = 'abc'", "303@10" },
    { "string = “abc”", "303@10" },
    { "word in （\"hall\"）", "303@9 303@16" },
    { "number > 3 \xff", "303@12" },
    /* strings and numbers */
    { "string = \"abc", "304@10" },
    { "string = \"ab\nc\"", "304@10 302@14" },
    { "number > 3 /* and", "304@12" },
    { "string = \"a\\qb\"", "305@12" },
    { "string = \"\\u00G0\"", "305@11" },
    { "string = \"\\uD800\"", "305@11" },
    { "string = \"\\u0000\"", "305@11" },
    { "number > 1234567890123456789", "306@10" },
    { "number > 1e999", "306@10" },
    { "date = @\"2026-02-30\"", "307@8" },
    { "date = @\"yesterday\"", "307@8" },
    { "date = @ 3", "307@8 302@10" },
    { "duration = @\"P1Y2D\"", "307@12" },
    { "instant = @\"2026-03-01T10:00:00\"", "317@11" },
    { "instant = @\"2026-03-01T10:00:00@Europe/Paris\"", "317@11" },
    /* outside the subset, never read wrongly */
    { "number + string", "309@8" },
    { "string + 1 = string", "309@8" },
    { "number * boolean", "309@8" },
    { "date + number > date", "309@6" },
    { "months + duration > months", "309@8" },
    { "number - 1", "310@8" },
    { "-\"a\" = string", "310@1" },
    { "number.x = 3", "301@7" },
    { "{ a: 1 }.b = 1", "301@9" },
    { "date.hours = 1", "301@5" },
    { "[{ a: 1 }].b = [1]", "301@11" },
    { "[1][string] = 3", "310@5 309@15" },
    { "count (number) = 1", "310@1" },
    { "list contains (number, 1)", "310@1" },
    { "string length (strng) = 1", "301@16" },
    { "substring (string, length: 2) = string", "310@1" },
    { "years and months duration (date) > months", "310@1" },
    { "some x in number satisfies x > 1", "310@11" },
    { "every x in [1] satisfies x", "310@26" },
    { "for x in number return x", "310@10 310@1" },
    { "function (x) x", "310@1" },
    { "(function (x) x) (1, 2) = 1", "310@18" },
    { "function (x) external { }", "308@14" },
    { "number instance of nmber", "302@20" },
    { "number instance number", "302@17" },
    { "{ a: 1 }", "310@1" },
    { "{ a: 1, a: 2 } = null", "302@9" },
    { "? > 5", "302@1" },
    { "[1..3] = number", "309@10" },
    { "number = [1, 2]", "309@10" },
    { "number in [\"a\"]", "309@12" },
    { "[1..\"a\"] = null", "309@1" },
    { "cnt ([1]) = 1", "308@1" },
    /* types */
    { "number = string", "309@10" },
    { "number = \"5\"", "309@10" },
    { "date < instant", "309@8" },
    { "date = \"2026-03-01\"", "309@8" },
    { "months < @\"P31D\"", "309@10" },
    { "boolean = 1", "309@11" },
    { "word = string", "309@8" },
    { "word = colour", "309@8" },
    { "\"hall\" in (word, colour)", "309@18" },
    { "number in (1, \"2\", date)", "309@15 309@20" },
    { "number in [1..\"2\"]", "309@15" },
    { "number between date and 3", "309@16" },
    { "if boolean then 1 else \"x\"", "309@24" },
    { "number", "310@1" },
    { "null", "310@1" },
    { "\"true\"", "310@1" },
    { "number and boolean", "310@1" },
    { "boolean or string or 3", "310@12 310@22" },
    { "not (number)", "310@6" },
    { "if number then true else false", "310@4" },
    { "boolean > false", "311@1" },
    { "word < \"hall\"", "311@1" },
    { "word in [\"hall\"..\"manager\"]", "311@1 311@1" },
    { "number < null", "311@10" },
    { "word = \"hal\"", "312@8" },
    { "word in (\"hall\", \"manger\", \"hot\")", "312@18 312@28" },
    { "word = if boolean then \"hal\" else \"manager\"", "312@24" },
    /* states */
    { "In (\"opn\")", "313@5" },
    { "entries (\"opn\") > 1", "313@10" },
    { "In (open)", "310@1" },
    { "In ()", "310@1" },
    { "In (\"open\", \"closed\")", "310@1" },
    { "In (3)", "310@1" },
    { "is defined (3)", "310@1" },
    { "is defined (numbr)", "301@13" },
    { "is defined (number > 3)", "310@1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsvcDiagnostics) diagnostics = csvc_diagnostics_new ();
      g_autoptr (CsvcExpr) expr = _csvc_expr_compile_condition (cases[i].text, &scope, place, diagnostics);
      g_autofree char *faults = list_faults (diagnostics);

      CSVC_ASSERT_TRUE (expr == NULL, "%s was read", cases[i].text);
      CSVC_ASSERT_TRUE (strcmp (faults, cases[i].faults) == 0, "%s: %s, expected %s", cases[i].text, faults, cases[i].faults);
    }
}

static void
faults_say_what_to_do (void)
{
  static const struct {
    const char *text;
    const char *line;
  } cases[] = {
    { "numbr > 5",
      "test.xml:7: error CSVC-301: column 1: no fact \"numbr\"; expected the name of a declared fact; did you mean \"number\"?" },
    { "word = \"hal\"",
      "test.xml:7: error CSVC-312: column 8: \"hal\" is not in the list of words; expected one of hotline, hall, manager; "
      "did you mean \"hall\"?" },
    { "months > @\"P31D\"",
      "test.xml:7: error CSVC-309: column 10: the fact \"months\" (yearMonthDuration) cannot be compared with P31D "
      "(dayTimeDuration); expected a value of type yearMonthDuration; a month has no fixed number of days: "
      "say both in months, or both in days" },
    { "number + string > 5",
      "test.xml:7: error CSVC-309: column 8: the fact \"string\" (string) cannot be added to the fact \"number\" (number); "
      "make a text of it with string (…)" },
    { "string lenth (string) = 3",
      "test.xml:7: error CSVC-308: column 1: there is no function \"string lenth\" here; expected a function of FEEL, In, entries or "
      "is defined; did you mean \"string length\"?" },
    { "In (\"opn\")",
      "test.xml:7: error CSVC-313: column 5: no state \"opn\"; expected a state of this lifecycle; did you mean \"open\"?" },
    { "not boolean",
      "test.xml:7: error CSVC-302: column 5: \"boolean\" does not belong here; expected ( after not; write not (…)" },
    { "is_defined (number)",
      "test.xml:7: error CSVC-308: column 1: there is no function \"is_defined\" here; expected a function of FEEL, In, entries or "
      "is defined; did you mean \"is defined\"?" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsvcDiagnostics) diagnostics = csvc_diagnostics_new ();
      g_autoptr (CsvcExpr) expr = _csvc_expr_compile_condition (cases[i].text, &scope, place, diagnostics);
      g_autofree char *line = NULL;

      CSVC_ASSERT_UINT (csvc_diagnostics_get_size (diagnostics), 1);
      line = csvc_diagnostic_to_string (csvc_diagnostics_get (diagnostics, 0));
      CSVC_ASSERT_STRING (line, cases[i].line);
    }
}

static void
findings_do_not_stop (void)
{
  static const char *const cases[] = { "number in [5..1]", "number in (3..3)", "number between 5 and 1" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsvcDiagnostics) diagnostics = csvc_diagnostics_new ();
      g_autoptr (CsvcExpr) expr = _csvc_expr_compile_condition (cases[i], &scope, place, diagnostics);

      CSVC_ASSERT_TRUE (expr != NULL && _csvc_expr_test (expr, &env, NULL) == CSVC_FALSE, "%s holds nothing", cases[i]);
      CSVC_ASSERT_UINT (csvc_diagnostics_count (diagnostics, CSVC_SEVERITY_WARNING), 1);
      CSVC_ASSERT_UINT (csvc_diagnostic_get_number (csvc_diagnostics_get (diagnostics, 0)), 316);
    }
}

static void
lifecycle_may_be_absent (void)
{
  g_autoptr (CsvcDiagnostics) diagnostics = csvc_diagnostics_new ();
  CsvcScope bare = scope;
  g_autoptr (CsvcExpr) expr = NULL;
  g_autofree char *faults = NULL;

  bare.states = NULL;
  expr = _csvc_expr_compile_condition ("In (\"open\") or entries (\"open\") > 1", &bare, place, diagnostics);
  faults = list_faults (diagnostics);
  CSVC_ASSERT_STRING (faults, "314@1 314@16");
}

static void
customer_may_be_absent (void)
{
  g_autoptr (CsvcExpr) expr = compile ("c_number > 1 or level > 1");
  const CsvcFeelEnv alone = { .case_facts = case_facts };
  const char *missing = NULL;

  CSVC_ASSERT_INT (_csvc_expr_test (expr, &alone, &missing), CSVC_UNKNOWN);
  CSVC_ASSERT_STRING (missing, "c_number");
}

static void
wanted_types_are_checked (void)
{
  static const struct {
    const char        *text;
    CsvcType           wanted;
    const char *const *words;
    const char        *faults;
  } cases[] = {
    { "3", CSVC_TYPE_NUMBER, NULL, "" },
    { "null", CSVC_TYPE_NUMBER, NULL, "" },
    { "\"3\"", CSVC_TYPE_NUMBER, NULL, "310@1" },
    { "\"hall\"", CSVC_TYPE_ENUM, windows, "" },
    { "word", CSVC_TYPE_ENUM, windows, "" },
    { "word", CSVC_TYPE_ENUM, colours, "310@1" },
    { "\"hal\"", CSVC_TYPE_ENUM, windows, "312@1" },
    { "if boolean then \"hall\" else \"red\"", CSVC_TYPE_ENUM, windows, "312@29" },
    { "if boolean then \"hall\" else null", CSVC_TYPE_ENUM, windows, "" },
    { "string", CSVC_TYPE_ENUM, windows, "310@1" },
    { "date", CSVC_TYPE_DATE_TIME, NULL, "310@1" },
    { "number + 1", CSVC_TYPE_STRING, NULL, "310@8" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsvcDiagnostics) diagnostics = csvc_diagnostics_new ();
      g_autoptr (CsvcExpr) expr =
          _csvc_expr_compile (cases[i].text, &scope, cases[i].wanted, cases[i].words, place, diagnostics);
      g_autofree char *faults = list_faults (diagnostics);

      CSVC_ASSERT_STRING (faults, cases[i].faults);
      CSVC_ASSERT_INT (expr != NULL, *cases[i].faults == '\0');
    }
}

static void
reads_are_known (void)
{
  g_autoptr (CsvcExpr) expr = compile ("number > 3 and (is defined (u_number) or c_number in [1..2])");

  CSVC_ASSERT_TRUE (_csvc_expr_reads (expr, CSVC_NAME_CASE_FACT, NUMBER), "number");
  CSVC_ASSERT_TRUE (_csvc_expr_reads (expr, CSVC_NAME_CASE_FACT, U_NUMBER), "u_number");
  CSVC_ASSERT_TRUE (!_csvc_expr_reads (expr, CSVC_NAME_CASE_FACT, WORD), "word");
  CSVC_ASSERT_TRUE (_csvc_expr_reads (expr, CSVC_NAME_CUSTOMER_FACT, G_MAXUINT), "the customer");
  CSVC_ASSERT_TRUE (!_csvc_expr_reads (expr, CSVC_NAME_LEVEL, G_MAXUINT), "level");
}

static void
names_are_judged (void)
{
  static const char *const good[] = { "arpu", "_x", "a1", "In", "And", "等级", "é", "contract_end" };
  static const char *const bad[] = { "", "1a", "a b", "a-b", "a.b", "and", "in", "not", "null", "for", "a\xff", "a?" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    CSVC_ASSERT_TRUE (_csvc_feel_is_name (good[i]), "%s is a name", good[i]);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    CSVC_ASSERT_TRUE (!_csvc_feel_is_name (bad[i]), "case %u is no name", i);
}

/* ---- Hostile texts ---- */

static char *
repeat (const char *part, guint times)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < times; i++)
    g_string_append (out, part);
  return g_string_free (out, FALSE);
}

static void
hostile_texts_are_refused (void)
{
  static const struct {
    const char *part;
    guint       times;
    guint       number; /* 0: any */
  } cases[] = {
    { "(", 100000, 315 },
    { "(", 30000, 315 },
    { "[", 30000, 315 },
    { "]", 30000, 315 },
    { "not(", 8000, 315 },
    { "if ", 10000, 315 },
    { "if true then ", 2000, 315 },
    { "is defined (", 2500, 315 },
    { "- ", 16000, 0 },
    { "1 + ", 8000, 315 },
    { "boolean = ", 1500, 315 }, /* a tall tree of few parts */
    { "number in (", 2900, 315 },
    { "number between ", 2000, 0 },
    { "boolean and ", 2500, 302 },
    { "number in (1, 2, 3) or ", 1400, 315 },
    { "a ", 16000, 0 },
    { "a(", 16000, 315 },
    { "$", 30000, 303 },
    { "(,", 15000, 302 },
    { ")", 30000, 302 },
    { "\"", 29999, 0 },
    { "/* ", 10000, 304 },
    { "\"\\q", 10000, 305 },
    { "@", 30000, 307 },
    { "..", 15000, 302 },
    { "number in ]", 2900, 315 },
    { "nope and ", 3500, 301 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsvcDiagnostics) diagnostics = csvc_diagnostics_new ();
      g_autofree char *text = repeat (cases[i].part, cases[i].times);
      g_autoptr (CsvcExpr) expr = _csvc_expr_compile_condition (text, &scope, place, diagnostics);
      guint size = csvc_diagnostics_get_size (diagnostics);
      gboolean found = cases[i].number == 0;

      CSVC_ASSERT_TRUE (expr == NULL && size >= 1 && size <= 20, "%u times %s: %u faults", cases[i].times, cases[i].part, size);
      for (guint j = 0; j < size; j++)
        found = found || csvc_diagnostic_get_number (csvc_diagnostics_get (diagnostics, j)) == cases[i].number;
      CSVC_ASSERT_TRUE (found, "%u times %s: no CSVC-%u", cases[i].times, cases[i].part, cases[i].number);
    }
}

/* What is just small enough is read and evaluated. */
static void
limits_are_reached (void)
{
  static const struct {
    const char *before, *part;
    guint       times;
    const char *between, *after;
    guint       closing;
  } cases[] = {
    { "", "(", 95, "boolean", ")", 95 },
    { "", "not (", 94, "boolean", ")", 94 },
    { "boolean", " = true", 95, "", "", 0 },
    { "boolean", " and true", 2000, "", "", 0 },
    { "number in (5", ", 7", 4000, ")", "", 0 },
    { "", "if true then true else ", 90, "true", "", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *parts = repeat (cases[i].part, cases[i].times), *after = repeat (cases[i].after, cases[i].closing);
      g_autofree char *text = g_strconcat (cases[i].before, parts, cases[i].between, after, NULL);
      g_autoptr (CsvcExpr) expr = compile (text);

      CSVC_ASSERT_TRUE (expr != NULL && _csvc_expr_test (expr, &env, NULL) == CSVC_TRUE, "case %u", i);
    }
}

static void
expressions_are_shared (void)
{
  CsvcExpr *expr = compile ("number = 5");
  g_autoptr (CsvcExpr) other = _csvc_expr_ref (expr);

  _csvc_expr_unref (expr);
  CSVC_ASSERT_INT (_csvc_expr_test (other, &env, NULL), CSVC_TRUE);
}

/* ---- Properties ----
 *
 * Random conditions over four numbers (0 to 3) and two booleans, each of which may be null or
 * unknown. The simple evaluator works on the tree that the text was written from, with the
 * truth tables written out. */

#define N_NUMBERS 4
#define N_FACTS 6
#define VALUE_NULL -1
#define VALUE_UNKNOWN -2

static const CsvcName random_names[] = {
  { "a", CSVC_NAME_CASE_FACT, 0, CSVC_TYPE_NUMBER, NULL },  { "b", CSVC_NAME_CASE_FACT, 1, CSVC_TYPE_NUMBER, NULL },
  { "c", CSVC_NAME_CUSTOMER_FACT, 2, CSVC_TYPE_NUMBER, NULL }, { "d", CSVC_NAME_CUSTOMER_FACT, 3, CSVC_TYPE_NUMBER, NULL },
  { "p", CSVC_NAME_CASE_FACT, 4, CSVC_TYPE_BOOLEAN, NULL }, { "q", CSVC_NAME_CUSTOMER_FACT, 5, CSVC_TYPE_BOOLEAN, NULL },
};
static const CsvcScope random_scope = { random_names, N_FACTS, NULL, NULL };

typedef enum { KIND_FACT, KIND_RELATION, KIND_RANGE, KIND_BETWEEN, KIND_IN, KIND_NOT, KIND_AND, KIND_OR, KIND_IF, N_KINDS } Kind;

typedef struct _Tree Tree;
struct _Tree {
  Kind     kind;
  int      fact;        /* of relations and ranges too */
  int      relation;    /* in relation_words */
  int      operands[3]; /* number facts, or N_FACTS + constant */
  gboolean open_low, open_high;
  Tree    *children[3];
};

static const char *const relation_words[] = { "=", "!=", "<", "<=", ">", ">=" };

static void
tree_free (Tree *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < 3; i++)
    tree_free (self->children[i]);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Tree, tree_free)

static Tree *
tree_new (GRand *rand, guint depth)
{
  Tree *self = g_new0 (Tree, 1);
  guint n_children;

  self->kind = (Kind) g_rand_int_range (rand, 0, depth > 0 ? N_KINDS : KIND_NOT);
  self->fact = g_rand_int_range (rand, 0, N_NUMBERS);
  if (self->kind == KIND_FACT)
    self->fact = g_rand_int_range (rand, N_NUMBERS, N_FACTS);
  self->relation = g_rand_int_range (rand, 0, (int) G_N_ELEMENTS (relation_words));
  for (guint i = 0; i < 3; i++)
    self->operands[i] = g_rand_boolean (rand) ? g_rand_int_range (rand, 0, N_NUMBERS) : N_FACTS + g_rand_int_range (rand, 0, 4);
  self->open_low = g_rand_boolean (rand);
  self->open_high = g_rand_boolean (rand);
  n_children = self->kind < KIND_NOT ? 0 : self->kind == KIND_NOT ? 1 : self->kind == KIND_IF ? 3 : 2;
  for (guint i = 0; i < n_children; i++)
    self->children[i] = tree_new (rand, depth - 1);
  return self;
}

static void
write_operand (GString *out, int operand)
{
  if (operand >= N_FACTS)
    g_string_append_printf (out, "%d", operand - N_FACTS);
  else
    g_string_append (out, random_names[operand].name);
}

static void tree_write (const Tree *self, GString *out);

static void
tree_write_joined (const Tree *self, GString *out, const char *first, const char *second, const char *third, const char *end)
{
  const char *const words[] = { first, second, third };

  for (guint i = 0; i < 3 && self->children[i] != NULL; i++)
    {
      g_string_append (out, words[i]);
      tree_write (self->children[i], out);
    }
  g_string_append (out, end);
}

static void
tree_write_range (const Tree *self, GString *out)
{
  g_string_append_printf (out, "%s in %s", random_names[self->fact].name, self->open_low ? "(" : "[");
  write_operand (out, self->operands[0]);
  g_string_append (out, "..");
  write_operand (out, self->operands[1]);
  g_string_append (out, self->open_high ? ")" : "]");
}

static void
tree_write_tests (const Tree *self, GString *out)
{
  g_string_append_printf (out, "%s in (%s", random_names[self->fact].name, relation_words[self->relation]);
  for (guint i = 0; i < 3; i++)
    {
      g_string_append (out, i > 0 ? ", " : "");
      write_operand (out, self->operands[i]);
    }
  g_string_append (out, ")");
}

static void
tree_write (const Tree *self, GString *out)
{
  switch (self->kind)
    {
    case KIND_FACT:
      g_string_append (out, random_names[self->fact].name);
      break;
    case KIND_RELATION:
      g_string_append_printf (out, "%s %s ", random_names[self->fact].name, relation_words[self->relation]);
      write_operand (out, self->operands[0]);
      break;
    case KIND_RANGE:
      tree_write_range (self, out);
      break;
    case KIND_BETWEEN:
      g_string_append_printf (out, "%s between ", random_names[self->fact].name);
      write_operand (out, self->operands[0]);
      g_string_append (out, " and ");
      write_operand (out, self->operands[1]);
      break;
    case KIND_IN:
      tree_write_tests (self, out);
      break;
    case KIND_NOT:
      tree_write_joined (self, out, "not (", "", "", ")");
      break;
    case KIND_AND:
      tree_write_joined (self, out, "(", ") and (", "", ")");
      break;
    case KIND_OR:
      tree_write_joined (self, out, "(", ") or (", "", ")");
      break;
    case KIND_IF:
    default:
      tree_write_joined (self, out, "if ", " then ", " else ", "");
    }
}

static CsvcTruth
simple_and (CsvcTruth a, CsvcTruth b)
{
  static const CsvcTruth table[4][4] = {
    { CSVC_FALSE, CSVC_FALSE, CSVC_FALSE, CSVC_FALSE },
    { CSVC_FALSE, CSVC_TRUE, CSVC_NULL, CSVC_UNKNOWN },
    { CSVC_FALSE, CSVC_NULL, CSVC_NULL, CSVC_UNKNOWN },
    { CSVC_FALSE, CSVC_UNKNOWN, CSVC_UNKNOWN, CSVC_UNKNOWN },
  };

  return table[a][b];
}

static CsvcTruth
simple_not (CsvcTruth a)
{
  static const CsvcTruth table[4] = { CSVC_TRUE, CSVC_FALSE, CSVC_NULL, CSVC_UNKNOWN };

  return table[a];
}

static CsvcTruth
simple_or (CsvcTruth a, CsvcTruth b)
{
  static const CsvcTruth table[4][4] = {
    { CSVC_FALSE, CSVC_TRUE, CSVC_NULL, CSVC_UNKNOWN },
    { CSVC_TRUE, CSVC_TRUE, CSVC_TRUE, CSVC_TRUE },
    { CSVC_NULL, CSVC_TRUE, CSVC_NULL, CSVC_UNKNOWN },
    { CSVC_UNKNOWN, CSVC_TRUE, CSVC_UNKNOWN, CSVC_UNKNOWN },
  };

  return table[a][b];
}

static CsvcTruth
simple_relation (int x, int relation, int y)
{
  const gboolean holds[] = { x == y, x != y, x < y, x <= y, x > y, x >= y };

  if (x == VALUE_UNKNOWN || y == VALUE_UNKNOWN)
    return CSVC_UNKNOWN;
  if (relation >= 2 && (x == VALUE_NULL || y == VALUE_NULL))
    return CSVC_NULL;
  return holds[relation] ? CSVC_TRUE : CSVC_FALSE;
}

static int
operand_value (int operand, const int *facts)
{
  return operand >= N_FACTS ? operand - N_FACTS : facts[operand];
}

static CsvcTruth
simple_in (const Tree *self, const int *facts)
{
  int x = facts[self->fact];
  CsvcTruth truth = simple_relation (x, self->relation, operand_value (self->operands[0], facts));

  truth = simple_or (truth, simple_relation (x, 0, operand_value (self->operands[1], facts)));
  return simple_or (truth, simple_relation (x, 0, operand_value (self->operands[2], facts)));
}

static CsvcTruth
simple_ends (const Tree *self, const int *facts, gboolean open_low, gboolean open_high)
{
  int x = facts[self->fact];

  return simple_and (simple_relation (x, open_low ? 4 : 5, operand_value (self->operands[0], facts)),
                     simple_relation (x, open_high ? 2 : 3, operand_value (self->operands[1], facts)));
}

static CsvcTruth
simple_if (CsvcTruth condition, CsvcTruth yes, CsvcTruth no)
{
  if (condition != CSVC_UNKNOWN)
    return condition == CSVC_TRUE ? yes : no;
  return yes == no ? yes : CSVC_UNKNOWN;
}

static CsvcTruth
simple_test (const Tree *self, const int *facts)
{
  static const CsvcTruth truths[] = { CSVC_UNKNOWN, CSVC_NULL, CSVC_FALSE, CSVC_TRUE };
  CsvcTruth results[3] = { CSVC_FALSE, CSVC_FALSE, CSVC_FALSE };

  for (guint i = 0; i < 3 && self->children[i] != NULL; i++)
    results[i] = simple_test (self->children[i], facts);
  switch (self->kind)
    {
    case KIND_FACT:
      return truths[facts[self->fact] + 2];
    case KIND_RELATION:
      return simple_relation (facts[self->fact], self->relation, operand_value (self->operands[0], facts));
    case KIND_RANGE:
      return simple_ends (self, facts, self->open_low, self->open_high);
    case KIND_BETWEEN:
      return simple_ends (self, facts, FALSE, FALSE);
    case KIND_IN:
      return simple_in (self, facts);
    case KIND_NOT:
      return simple_not (results[0]);
    case KIND_AND:
      return simple_and (results[0], results[1]);
    case KIND_OR:
      return simple_or (results[0], results[1]);
    case KIND_IF:
    default:
      return simple_if (results[0], results[1], results[2]);
    }
}

static int
random_fact (GRand *rand, int fact, gboolean known)
{
  return g_rand_int_range (rand, known ? VALUE_NULL : VALUE_UNKNOWN, fact < N_NUMBERS ? 4 : 2);
}

static CsvcTruth
test_with (const CsvcExpr *expr, const int *facts, const char **missing)
{
  CsvcValue values[N_FACTS] = { CSVC_VALUE_UNKNOWN };
  const CsvcFeelEnv random_env = { .case_facts = values, .customer_facts = values };

  for (int i = 0; i < N_FACTS; i++)
    if (facts[i] == VALUE_NULL)
      values[i].type = CSVC_TYPE_NULL;
    else if (facts[i] >= 0 && i < N_NUMBERS)
      _csvc_value_set_integer (&values[i], facts[i]);
    else if (facts[i] >= 0)
      values[i] = (CsvcValue){ .type = CSVC_TYPE_BOOLEAN, .u.i = facts[i] };
  return _csvc_expr_test (expr, &random_env, missing);
}

static int
fact_of_name (const char *name)
{
  for (int i = 0; i < N_FACTS; i++)
    if (g_strcmp0 (random_names[i].name, name) == 0)
      return i;
  return -1;
}

/* An answer that is not unknown stays, whatever the unknown facts turn out to be. */
static gboolean
answer_is_final (GRand *rand, const CsvcExpr *expr, const int *facts, CsvcTruth truth)
{
  for (guint i = 0; i < 8; i++)
    {
      int filled[N_FACTS];

      for (int j = 0; j < N_FACTS; j++)
        filled[j] = facts[j] == VALUE_UNKNOWN ? random_fact (rand, j, TRUE) : facts[j];
      if (test_with (expr, filled, NULL) != truth)
        return FALSE;
    }
  return TRUE;
}

/* Putting the fact that is asked for, again and again, ends in an answer; each one asked for was missing. */
static gboolean
asking_ends (GRand *rand, const CsvcExpr *expr, const int *facts)
{
  int filled[N_FACTS];
  const char *missing = NULL;

  memcpy (filled, facts, sizeof filled);
  while (test_with (expr, filled, &missing) == CSVC_UNKNOWN)
    {
      int fact = fact_of_name (missing);

      if (fact < 0 || filled[fact] != VALUE_UNKNOWN)
        return FALSE;
      filled[fact] = random_fact (rand, fact, TRUE);
      missing = NULL;
    }
  return TRUE;
}

static CsvcExpr *
compile_random (const char *text)
{
  g_autoptr (CsvcDiagnostics) diagnostics = csvc_diagnostics_new ();
  CsvcExpr *expr = _csvc_expr_compile_condition (text, &random_scope, place, diagnostics);
  g_autofree char *faults = list_faults (diagnostics);

  CSVC_ASSERT_TRUE (expr != NULL, "%s: %s", text, faults);
  return expr;
}

static gboolean
agree_once (GRand *rand, const Tree *tree, const CsvcExpr *expr, const char *text)
{
  int facts[N_FACTS];
  CsvcTruth truth, expected;

  for (int i = 0; i < N_FACTS; i++)
    facts[i] = random_fact (rand, i, FALSE);
  truth = test_with (expr, facts, NULL);
  expected = simple_test (tree, facts);
  if (truth == expected && (truth == CSVC_UNKNOWN || answer_is_final (rand, expr, facts, truth)) &&
      asking_ends (rand, expr, facts))
    return TRUE;
  CSVC_ASSERT_TRUE (FALSE, "%s with %d %d %d %d %d %d is %s, expected %s", text, facts[0], facts[1], facts[2], facts[3],
                    facts[4], facts[5], truth_words[truth], truth_words[expected]);
  return FALSE;
}

static void
random_conditions_agree_with_a_simple_evaluator (void)
{
  GRand *rand = csvc_test_random (42);

  for (guint i = 0; i < 500 * csvc_test_scale (); i++)
    {
      g_autoptr (Tree) tree = tree_new (rand, (guint) g_rand_int_range (rand, 0, 5));
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (CsvcExpr) expr = NULL;

      tree_write (tree, text);
      expr = compile_random (text->str);
      if (expr == NULL)
        return;
      for (guint j = 0; j < 8; j++)
        if (!agree_once (rand, tree, expr, text->str))
          return;
    }
}

/* Both sides of a law, with $1 and $2 for any condition. */
static const char *const laws[][2] = {
  { "not (($1) and ($2))", "not ($1) or not ($2)" },
  { "not (($1) or ($2))", "not ($1) and not ($2)" },
  { "not (not ($1))", "$1" },
  { "($1) and ($2)", "($2) and ($1)" },
  { "($1) or ($2)", "($2) or ($1)" },
  { "($1) and ($1)", "$1" },
  { "($1) or (($1) and ($2))", "($1) or (($1) and ($2) and ($2))" },
  { "a between b and c", "a >= b and a <= c" },
  { "a in [b..c)", "a >= b and a < c" },
  { "a in (b..c]", "a > b and a <= c" },
  { "a in (b, c, 1)", "a = b or a = c or a = 1" },
  { "a in (<b, [c..2])", "a < b or (a >= c and a <= 2)" },
  { "a != b", "not (a = b)" },
  { "a < b", "not (a >= b)" },
  { "a < b", "b > a" },
  { "if $1 then true else false", "if $1 then (if true then true else ($2)) else false" },
};

static char *
fill_law (const char *law, const char *first, const char *second)
{
  GString *out = g_string_new (NULL);

  for (; *law != '\0'; law++)
    if (*law == '$')
      g_string_append (out, *++law == '1' ? first : second);
    else
      g_string_append_c (out, *law);
  return g_string_free (out, FALSE);
}

static gboolean
law_holds (GRand *rand, const char *const law[2], const char *first, const char *second)
{
  g_autofree char *left_text = fill_law (law[0], first, second), *right_text = fill_law (law[1], first, second);
  g_autoptr (CsvcExpr) left = compile_random (left_text);
  g_autoptr (CsvcExpr) right = compile_random (right_text);
  int facts[N_FACTS];

  if (left == NULL || right == NULL)
    return FALSE;
  for (guint i = 0; i < 8; i++)
    {
      for (int j = 0; j < N_FACTS; j++)
        facts[j] = random_fact (rand, j, FALSE);
      if (test_with (left, facts, NULL) == test_with (right, facts, NULL))
        continue;
      CSVC_ASSERT_TRUE (FALSE, "%s is not %s", left_text, right_text);
      return FALSE;
    }
  return TRUE;
}

static void
laws_hold (void)
{
  GRand *rand = csvc_test_random (43);

  for (guint i = 0; i < 320 * csvc_test_scale (); i++)
    {
      g_autoptr (Tree) first = tree_new (rand, 2);
      g_autoptr (Tree) second = tree_new (rand, 2);
      g_autoptr (GString) first_text = g_string_new (NULL);
      g_autoptr (GString) second_text = g_string_new (NULL);

      tree_write (first, first_text);
      tree_write (second, second_text);
      if (!law_holds (rand, laws[i % G_N_ELEMENTS (laws)], first_text->str, second_text->str))
        return;
    }
}
