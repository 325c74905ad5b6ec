/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "base/value.h"

#include <csvc/error.h>

#include "csvc-test.h"

static void types_have_words (void);
static void texts_become_values (void);
static void bad_texts_are_refused (void);
static void numbers_compare_exactly (void);
static void numbers_compare_like_integers (void);
static void integers_go_in_and_out (void);
static void equal_needs_one_type (void);
static void texts_are_read_as_asked (void);
static void facts_keep_order (void);
static void facts_find_many (void);

static CU_TestInfo tests[] = {
  { "types-have-words", types_have_words },
  { "texts-become-values", texts_become_values },
  { "bad-texts-are-refused", bad_texts_are_refused },
  { "numbers-compare-exactly", numbers_compare_exactly },
  { "numbers-compare-like-integers", numbers_compare_like_integers },
  { "integers-go-in-and-out", integers_go_in_and_out },
  { "equal-needs-one-type", equal_needs_one_type },
  { "texts-are-read-as-asked", texts_are_read_as_asked },
  { "facts-keep-order", facts_keep_order },
  { "facts-find-many", facts_find_many },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_value = { "value", tests };

static void
types_have_words (void)
{
  CsvcType type = CSVC_TYPE_UNKNOWN;

  for (int i = CSVC_TYPE_NULL; i <= CSVC_TYPE_TEXT; i++)
    {
      CSVC_ASSERT_TRUE (csvc_type_from_string (csvc_type_to_string ((CsvcType) i), &type), "type %d has no word", i);
      CSVC_ASSERT_INT (type, i);
    }
  CSVC_ASSERT_STRING (csvc_type_to_string (CSVC_TYPE_YEAR_MONTH_DURATION), "yearMonthDuration");
  CSVC_ASSERT_TRUE (!csvc_type_from_string ("datetime", &type), "words are exact");
  CSVC_ASSERT_TRUE (!csvc_type_from_string ("unknown", &type), "unknown is no type");
}

static void
texts_become_values (void)
{
  static const struct {
    CsvcType    type;
    const char *text;
    const char *canonical;
  } cases[] = {
    { CSVC_TYPE_NULL, "null", "null" },
    { CSVC_TYPE_BOOLEAN, "true", "true" },
    { CSVC_TYPE_BOOLEAN, "0", "false" },
    { CSVC_TYPE_NUMBER, "0", "0" },
    { CSVC_TYPE_NUMBER, "-0", "0" },
    { CSVC_TYPE_NUMBER, "0.00e50", "0" },
    { CSVC_TYPE_NUMBER, "+007.50", "7.5" },
    { CSVC_TYPE_NUMBER, ".5", "0.5" },
    { CSVC_TYPE_NUMBER, "5.", "5" },
    { CSVC_TYPE_NUMBER, "-0.0005", "-0.0005" },
    { CSVC_TYPE_NUMBER, "100", "100" },
    { CSVC_TYPE_NUMBER, "1e6", "1000000" },
    { CSVC_TYPE_NUMBER, "12.34E-2", "0.1234" },
    { CSVC_TYPE_NUMBER, "12.3400e+2", "1234" },
    { CSVC_TYPE_NUMBER, "999999999999999999", "999999999999999999" },
    { CSVC_TYPE_NUMBER, "0.999999999999999999000", "0.999999999999999999" },
    { CSVC_TYPE_NUMBER, "123456789.987654321", "123456789.987654321" },
    { CSVC_TYPE_NUMBER, "1000000000000000000000", "1000000000000000000000" },
    { CSVC_TYPE_NUMBER, "1e100", "1e100" },
    { CSVC_TYPE_NUMBER, "-12e-100", "-12e-100" },
    { CSVC_TYPE_NUMBER, "1e23", "100000000000000000000000" },
    { CSVC_TYPE_NUMBER, "1e24", "1e24" },
    { CSVC_TYPE_NUMBER, "1e-24", "0.000000000000000000000001" },
    { CSVC_TYPE_STRING, "", "" },
    { CSVC_TYPE_STRING, "投诉", "投诉" },
    { CSVC_TYPE_ENUM, "hall", "hall" },
    { CSVC_TYPE_TEXT, "5", "5" },
    { CSVC_TYPE_DATE, "2024-02-29", "2024-02-29" },
    { CSVC_TYPE_DATE, "0001-01-01", "0001-01-01" },
    { CSVC_TYPE_DATE, "9999-12-31", "9999-12-31" },
    { CSVC_TYPE_TIME, "09:30:00", "09:30:00" },
    { CSVC_TYPE_TIME, "23:59:59.999999", "23:59:59.999999" },
    { CSVC_TYPE_DATE_TIME, "2026-03-01T09:30:00+08:00", "2026-03-01T01:30:00Z" },
    { CSVC_TYPE_DAY_TIME_DURATION, "PT36H", "P1DT12H" },
    { CSVC_TYPE_YEAR_MONTH_DURATION, "P18M", "P1Y6M" },
    { CSVC_TYPE_YEAR_MONTH_DURATION, "P1Y", "P1Y" },
    { CSVC_TYPE_YEAR_MONTH_DURATION, "P1Y0M", "P1Y" },
    { CSVC_TYPE_YEAR_MONTH_DURATION, "-P3M", "-P3M" },
    { CSVC_TYPE_YEAR_MONTH_DURATION, "P0M", "P0M" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CsvcValue) value = csvc_value_new (cases[i].type, cases[i].text, &error);
      g_autoptr (CsvcValue) again = NULL;
      g_autofree char *text = NULL;

      csvc_assert_no_error (error);
      if (value == NULL)
        continue;
      CSVC_ASSERT_INT (csvc_value_get_type (value), cases[i].type);
      text = csvc_value_to_string (value);
      CSVC_ASSERT_STRING (text, cases[i].canonical);
      again = csvc_value_new (cases[i].type, text, NULL);
      CSVC_ASSERT_TRUE (again != NULL && csvc_value_equal (value, again), "\"%s\" does not come back", text);
    }
}

static void
bad_texts_are_refused (void)
{
  static const struct {
    CsvcType      type;
    const char   *text;
    CsvcErrorCode code;
  } cases[] = {
    { CSVC_TYPE_NULL, "", CSVC_ERROR_SYNTAX },
    { CSVC_TYPE_BOOLEAN, "TRUE", CSVC_ERROR_SYNTAX },
    { CSVC_TYPE_BOOLEAN, "yes", CSVC_ERROR_SYNTAX },
    { CSVC_TYPE_NUMBER, "", CSVC_ERROR_SYNTAX },
    { CSVC_TYPE_NUMBER, ".", CSVC_ERROR_SYNTAX },
    { CSVC_TYPE_NUMBER, "-", CSVC_ERROR_SYNTAX },
    { CSVC_TYPE_NUMBER, "1e", CSVC_ERROR_SYNTAX },
    { CSVC_TYPE_NUMBER, "1e+", CSVC_ERROR_SYNTAX },
    { CSVC_TYPE_NUMBER, "e5", CSVC_ERROR_SYNTAX },
    { CSVC_TYPE_NUMBER, "1,5", CSVC_ERROR_SYNTAX },
    { CSVC_TYPE_NUMBER, " 1", CSVC_ERROR_SYNTAX },
    { CSVC_TYPE_NUMBER, "1 ", CSVC_ERROR_SYNTAX },
    { CSVC_TYPE_NUMBER, "0x10", CSVC_ERROR_SYNTAX },
    { CSVC_TYPE_NUMBER, "1.2.3", CSVC_ERROR_SYNTAX },
    { CSVC_TYPE_NUMBER, "inf", CSVC_ERROR_SYNTAX },
    { CSVC_TYPE_NUMBER, "1234567890123456789", CSVC_ERROR_LIMIT },
    { CSVC_TYPE_NUMBER, "1.000000000000000001", CSVC_ERROR_LIMIT },
    { CSVC_TYPE_NUMBER, "1e101", CSVC_ERROR_LIMIT },
    { CSVC_TYPE_NUMBER, "1e-101", CSVC_ERROR_LIMIT },
    { CSVC_TYPE_NUMBER, "1e99999999999999999999", CSVC_ERROR_LIMIT },
    { CSVC_TYPE_STRING, "\xff", CSVC_ERROR_SYNTAX },
    { CSVC_TYPE_TEXT, "\xc3", CSVC_ERROR_SYNTAX },
    { CSVC_TYPE_DATE, "2026-3-01", CSVC_ERROR_SYNTAX },
    { CSVC_TYPE_DATE, "2025-02-29", CSVC_ERROR_INVALID },
    { CSVC_TYPE_TIME, "9:30", CSVC_ERROR_SYNTAX },
    { CSVC_TYPE_DATE_TIME, "2026-03-01T09:30:00", CSVC_ERROR_SYNTAX },
    { CSVC_TYPE_DAY_TIME_DURATION, "P1M", CSVC_ERROR_SYNTAX },
    { CSVC_TYPE_YEAR_MONTH_DURATION, "P", CSVC_ERROR_SYNTAX },
    { CSVC_TYPE_YEAR_MONTH_DURATION, "P1D", CSVC_ERROR_SYNTAX },
    { CSVC_TYPE_YEAR_MONTH_DURATION, "P1M1Y", CSVC_ERROR_SYNTAX },
    { CSVC_TYPE_YEAR_MONTH_DURATION, "P1Y1", CSVC_ERROR_SYNTAX },
    { CSVC_TYPE_YEAR_MONTH_DURATION, "P99999999999Y", CSVC_ERROR_LIMIT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CsvcValue) value = csvc_value_new (cases[i].type, cases[i].text, &error);

      CSVC_ASSERT_TRUE (value == NULL, "\"%s\" was read as %s", cases[i].text, csvc_type_to_string (cases[i].type));
      csvc_assert_error (error, CSVC_ERROR, cases[i].code, NULL);
    }
}

static void
numbers_compare_exactly (void)
{
  static const struct {
    const char *a, *b;
    int         order;
  } cases[] = {
    { "1", "1.0", 0 },
    { "100", "1e2", 0 },
    { "0.1", "0.10000000000000001", -1 },
    { "999999999999999999", "1e18", -1 },
    { "1e18", "999999999999999999", 1 },
    { "-999999999999999999", "-1e18", 1 },
    { "0", "1e-100", -1 },
    { "0", "-1e-100", 1 },
    { "-1", "1", -1 },
    { "-0.5", "-0.25", -1 },
    { "1e100", "999999999999999999", 1 },
    { "1e-100", "1e100", -1 },
    { "123456789012345678", "1.23456789012345678e17", 0 },
    { "2.5", "2.49999999999999999", 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsvcValue) a = csvc_value_new (CSVC_TYPE_NUMBER, cases[i].a, NULL);
      g_autoptr (CsvcValue) b = csvc_value_new (CSVC_TYPE_NUMBER, cases[i].b, NULL);

      CSVC_ASSERT_INT (_csvc_value_compare (a, b), cases[i].order);
      CSVC_ASSERT_INT (_csvc_value_compare (b, a), -cases[i].order);
      CSVC_ASSERT_INT (csvc_value_equal (a, b), cases[i].order == 0);
    }
}

/* A random number: up to nine digits, the last 0 to 6 of them decimals; *@millionths is its exact size. */
static CsvcValue *
random_number (GRand *rand, gint64 *millionths)
{
  gint32 coefficient = g_rand_int_range (rand, -999999999, 1000000000);
  int decimals = g_rand_int_range (rand, 0, 7);
  g_autofree char *text = NULL;

  if (g_rand_boolean (rand))
    coefficient %= 100; /* so that equal ones occur */
  text = g_strdup_printf ("%de-%d", coefficient, decimals);
  *millionths = coefficient;
  for (int i = decimals; i < 6; i++)
    *millionths *= 10;
  return csvc_value_new (CSVC_TYPE_NUMBER, text, NULL);
}

static void
numbers_compare_like_integers (void)
{
  GRand *rand = csvc_test_random (41);

  for (guint i = 0; i < 5000 * csvc_test_scale (); i++)
    {
      gint64 x, y;
      g_autoptr (CsvcValue) a = random_number (rand, &x);
      g_autoptr (CsvcValue) b = random_number (rand, &y);
      int order = _csvc_value_compare (a, b);

      if (order == (x > y) - (x < y) && csvc_value_equal (a, b) == (x == y))
        continue;
      CSVC_ASSERT_TRUE (FALSE, "%" G_GINT64_FORMAT " and %" G_GINT64_FORMAT " millionths compare as %d", x, y, order);
      return;
    }
}

static void
integers_go_in_and_out (void)
{
  static const gint64 cases[] = { 0, 1, -1, 10, 1200, 999999999999999999, -999999999999999999 };
  g_autoptr (CsvcValue) half = csvc_value_new (CSVC_TYPE_NUMBER, "0.5", NULL);
  g_autoptr (CsvcValue) huge = csvc_value_new (CSVC_TYPE_NUMBER, "1e19", NULL);
  g_autoptr (CsvcValue) largest = csvc_value_new (CSVC_TYPE_NUMBER, "9e18", NULL);
  gint64 out = 7;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsvcValue) value = csvc_value_new_integer (cases[i]);

      CSVC_ASSERT_TRUE (csvc_value_get_integer (value, &out), "an integer has become none");
      CSVC_ASSERT_INT (out, cases[i]);
    }
  out = 7;
  CSVC_ASSERT_TRUE (!csvc_value_get_integer (half, &out) && !csvc_value_get_integer (huge, &out), "no integers");
  CSVC_ASSERT_INT (out, 7);
  CSVC_ASSERT_TRUE (csvc_value_get_integer (largest, &out), "it fits");
  CSVC_ASSERT_INT (out, G_GINT64_CONSTANT (9000000000000000000));
}

static void
equal_needs_one_type (void)
{
  g_autoptr (CsvcValue) number = csvc_value_new (CSVC_TYPE_NUMBER, "1", NULL);
  g_autoptr (CsvcValue) yes = csvc_value_new_boolean (TRUE);
  g_autoptr (CsvcValue) string = csvc_value_new_string ("hall");
  g_autoptr (CsvcValue) word = csvc_value_new (CSVC_TYPE_ENUM, "hall", NULL);
  g_autoptr (CsvcValue) copy = csvc_value_copy (string);
  g_autoptr (CsvcValue) hour = csvc_value_new_duration (CSVC_HOUR);
  g_autoptr (CsvcValue) instant = csvc_value_new_time (CSVC_HOUR);

  CSVC_ASSERT_TRUE (!csvc_value_equal (number, yes), "1 is not true");
  CSVC_ASSERT_TRUE (!csvc_value_equal (string, word), "a string is no word");
  CSVC_ASSERT_TRUE (!csvc_value_equal (hour, instant), "a duration is no instant");
  CSVC_ASSERT_TRUE (csvc_value_equal (string, copy), "a copy is equal");
  CSVC_ASSERT_INT (csvc_value_get_duration (hour), csvc_value_get_time (instant));
}

static void
texts_are_read_as_asked (void)
{
  g_autoptr (CsvcValue) text = csvc_value_new (CSVC_TYPE_TEXT, "5", NULL);
  g_autoptr (CsvcValue) string = csvc_value_new_string ("hall");
  g_auto (CsvcValue) to = CSVC_VALUE_UNKNOWN;
  g_autoptr (GError) error = NULL;

  CSVC_ASSERT_TRUE (_csvc_value_coerce (&to, text, CSVC_TYPE_NUMBER, NULL), "5 is a number");
  CSVC_ASSERT_INT (to.u.i, 5);
  CSVC_ASSERT_TRUE (!_csvc_value_coerce (&to, text, CSVC_TYPE_DATE, NULL), "5 is no date");
  CSVC_ASSERT_INT (to.u.i, 5); /* untouched */
  CSVC_ASSERT_TRUE (_csvc_value_coerce (&to, string, CSVC_TYPE_ENUM, NULL), "a string may be a word");
  CSVC_ASSERT_STRING (csvc_value_get_string (&to), "hall");
  CSVC_ASSERT_INT (to.index, -1);
  _csvc_value_clear (&to);
  CSVC_ASSERT_TRUE (!_csvc_value_coerce (&to, string, CSVC_TYPE_NUMBER, &error), "a string is no number");
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "number");
}

static void
facts_keep_order (void)
{
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  g_autoptr (CsvcFacts) shared = NULL;

  csvc_facts_set_integer (facts, "arpu", 300);
  csvc_facts_set_text (facts, "window", "hall");
  csvc_facts_set_boolean (facts, "vip", FALSE);
  csvc_facts_set_time (facts, "promised", 5);
  csvc_facts_set_duration (facts, "wait", 6);
  csvc_facts_set (facts, "arpu", csvc_facts_find (facts, "vip")); /* in place, of another type */
  csvc_facts_remove (facts, "window");
  csvc_facts_remove (facts, "never there");
  shared = csvc_facts_ref (facts);
  CSVC_ASSERT_UINT (csvc_facts_get_size (shared), 4);
  CSVC_ASSERT_STRING (csvc_facts_get_name (shared, 0), "arpu");
  CSVC_ASSERT_STRING (csvc_facts_get_name (shared, 1), "vip");
  CSVC_ASSERT_INT (csvc_value_get_boolean (csvc_facts_get_value (shared, 0)), FALSE);
  CSVC_ASSERT_INT (csvc_value_get_time (csvc_facts_find (shared, "promised")), 5);
  CSVC_ASSERT_INT (csvc_value_get_duration (csvc_facts_find (shared, "wait")), 6);
  CSVC_ASSERT_TRUE (csvc_facts_find (shared, "window") == NULL, "it was removed");
}

static void
facts_find_many (void)
{
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  gint64 sum = 0;

  for (guint i = 0; i < 2 * 500; i++)
    {
      g_autofree char *name = g_strdup_printf ("f%u", i % 500);

      csvc_facts_set_integer (facts, name, i);
    }
  CSVC_ASSERT_UINT (csvc_facts_get_size (facts), 500);
  for (guint i = 0; i < 490; i++)
    {
      g_autofree char *name = g_strdup_printf ("f%u", i);

      csvc_facts_remove (facts, name);
    }
  CSVC_ASSERT_UINT (csvc_facts_get_size (facts), 10);
  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *name = g_strdup_printf ("f%u", i);
      const CsvcValue *value = csvc_facts_find (facts, name);
      gint64 n = 0;

      CSVC_ASSERT_INT (value != NULL, i >= 490);
      if (value != NULL && csvc_value_get_integer (value, &n))
        sum += n;
    }
  CSVC_ASSERT_INT (sum, 990 + 991 + 992 + 993 + 994 + 995 + 996 + 997 + 998 + 999);
}
