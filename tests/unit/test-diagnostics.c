/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "base/diagnostic.h"

#include <string.h>

#include "csvc-test.h"

static void numbers_ascend (void);
static void manual_says_what_the_registry_says (void);
static void adds_and_counts (void);
static void writes_one_line (void);
static void sorts_by_file_and_line (void);
static void lists_a_thousand_of_each (void);
static void suggests_what_is_close (void);

static CU_TestInfo tests[] = {
  { "numbers-ascend", numbers_ascend },
  { "manual-says-what-the-registry-says", manual_says_what_the_registry_says },
  { "adds-and-counts", adds_and_counts },
  { "writes-one-line", writes_one_line },
  { "sorts-by-file-and-line", sorts_by_file_and_line },
  { "lists-a-thousand-of-each", lists_a_thousand_of_each },
  { "suggests-what-is-close", suggests_what_is_close },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_diagnostics = { "diagnostics", tests };

static const struct {
  guint       number;
  const char *severity;
  const char *title;
  const char *text;
} registry[] = {
#define CSVC_DIAGNOSTIC(number, severity, title, text) { number, #severity, title, text },
#include "base/diagnostics.def"
#undef CSVC_DIAGNOSTIC
};

static void
numbers_ascend (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (registry); i++)
    {
      guint number = registry[i].number;

      CSVC_ASSERT_TRUE (number > 100 && number < 1000, "CSVC-%u lies in no range", number);
      CSVC_ASSERT_TRUE (i == 0 || registry[i - 1].number < number, "CSVC-%u comes after CSVC-%u", number,
                        registry[MAX (i, 1) - 1].number);
      CSVC_ASSERT_TRUE (*registry[i].title != '\0' && g_str_has_suffix (registry[i].text, "."),
                        "CSVC-%u wants a title and an explanation that ends with a full stop", number);
    }
}

static guint
count_entries (const char *manual)
{
  guint count = 0;

  while ((manual = strstr (manual, "\n### CSVC-")) != NULL)
    {
      count++;
      manual++;
    }
  return count;
}

static void
manual_says_what_the_registry_says (void)
{
  const char *manual = csvc_test_read_source ("docs/diagnostics.md");

  for (guint i = 0; i < G_N_ELEMENTS (registry); i++)
    {
      g_autofree char *severity = g_ascii_strdown (registry[i].severity, -1);
      g_autofree char *entry = g_strdup_printf ("\n### CSVC-%03u %s (%s)\n\n%s\n", registry[i].number, registry[i].title,
                                                severity, registry[i].text);

      CSVC_ASSERT_TRUE (strstr (manual, entry) != NULL,
                        "CSVC-%u is not in the manual as in the registry: run docs/diagnostics.sh > docs/diagnostics.md",
                        registry[i].number);
    }
  CSVC_ASSERT_UINT (count_entries (manual), G_N_ELEMENTS (registry));
}

static void
adds_and_counts (void)
{
  g_autoptr (CsvcDiagnostics) list = csvc_diagnostics_new ();
  const CsvcDiagnostic *item;

  _csvc_diagnostics_add (list, 301, (CsvcPlace){ "p.xml", 31 }, 8, "a fact", NULL, "no fact \"%s\"", "arup");
  _csvc_diagnostics_add (list, 316, (CsvcPlace){ "p.xml", 32 }, 0, NULL, NULL, "nothing lies between");
  CSVC_ASSERT_UINT (csvc_diagnostics_get_size (list), 2);
  CSVC_ASSERT_UINT (csvc_diagnostics_count (list, CSVC_SEVERITY_ERROR), 1);
  CSVC_ASSERT_UINT (csvc_diagnostics_count (list, CSVC_SEVERITY_WARNING), 1);
  CSVC_ASSERT_UINT (csvc_diagnostics_count (list, CSVC_SEVERITY_NOTE), 0);
  item = csvc_diagnostics_get (list, 0);
  CSVC_ASSERT_UINT (csvc_diagnostic_get_number (item), 301);
  CSVC_ASSERT_INT (csvc_diagnostic_get_severity (item), CSVC_SEVERITY_ERROR);
  CSVC_ASSERT_STRING (csvc_diagnostic_get_file (item), "p.xml");
  CSVC_ASSERT_UINT (csvc_diagnostic_get_line (item), 31);
  CSVC_ASSERT_UINT (csvc_diagnostic_get_column (item), 8);
  CSVC_ASSERT_STRING (csvc_diagnostic_get_message (item), "no fact \"arup\"");
  CSVC_ASSERT_STRING (csvc_diagnostic_get_expected (item), "a fact");
  CSVC_ASSERT_STRING (csvc_diagnostic_get_hint (item), NULL);
}

static void
writes_one_line (void)
{
  static const struct {
    CsvcPlace   place;
    guint       column;
    const char *expected;
    const char *hint;
    const char *line;
  } cases[] = {
    { { "p.xml", 31 }, 8, "a fact", "did you mean \"arpu\"?",
      "p.xml:31: error CSVC-301: column 8: oops; expected a fact; did you mean \"arpu\"?" },
    { { "p.xml", 31 }, 0, NULL, NULL, "p.xml:31: error CSVC-301: oops" },
    { { "p.xml", 0 }, 0, NULL, "look", "p.xml: error CSVC-301: oops; look" },
    { { NULL, 4 }, 0, NULL, NULL, "line 4: error CSVC-301: oops" },
    { { NULL, 0 }, 0, NULL, NULL, "error CSVC-301: oops" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsvcDiagnostics) list = csvc_diagnostics_new ();
      g_autofree char *line = NULL;

      _csvc_diagnostics_add (list, 301, cases[i].place, cases[i].column, cases[i].expected, cases[i].hint, "oops");
      line = csvc_diagnostic_to_string (csvc_diagnostics_get (list, 0));
      CSVC_ASSERT_STRING (line, cases[i].line);
    }
}

static void
sorts_by_file_and_line (void)
{
  static const struct {
    CsvcPlace   place;
    const char *message;
  } cases[] = {
    { { "main.xml", 9 }, "5" }, { { "inc.xml", 3 }, "7" }, { { "main.xml", 2 }, "2" },
    { { "main.xml", 0 }, "1" }, { { "main.xml", 2 }, "3" }, { { "inc.xml", 1 }, "6" },
    { { "main.xml", 2 }, "4" },
  };
  g_autoptr (CsvcDiagnostics) list = csvc_diagnostics_new ();
  g_autoptr (GString) order = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    _csvc_diagnostics_add (list, 301, cases[i].place, 0, NULL, NULL, "%s", cases[i].message);
  _csvc_diagnostics_sort (list);
  for (guint i = 0; i < csvc_diagnostics_get_size (list); i++)
    g_string_append (order, csvc_diagnostic_get_message (csvc_diagnostics_get (list, i)));
  CSVC_ASSERT_STRING (order->str, "1234567");
}

static void
lists_a_thousand_of_each (void)
{
  g_autoptr (CsvcDiagnostics) list = csvc_diagnostics_new ();
  guint last;

  for (guint i = 0; i < 3000; i++)
    _csvc_diagnostics_add (list, 316, (CsvcPlace){ "p.xml", i + 1 }, 0, NULL, NULL, "a warning");
  CSVC_ASSERT_UINT (csvc_diagnostics_count (list, CSVC_SEVERITY_WARNING), 1000);
  _csvc_diagnostics_add (list, 301, (CsvcPlace){ "p.xml", 9999 }, 0, NULL, NULL, "an error among so many warnings");
  CSVC_ASSERT_UINT (csvc_diagnostics_count (list, CSVC_SEVERITY_ERROR), 1);
  CSVC_ASSERT_UINT (csvc_diagnostics_count (list, CSVC_SEVERITY_NOTE), 1);
  last = csvc_diagnostics_get_size (list) - 1;
  CSVC_ASSERT_UINT (csvc_diagnostic_get_number (csvc_diagnostics_get (list, last - 1)), 101);
  CSVC_ASSERT_UINT (csvc_diagnostic_get_number (csvc_diagnostics_get (list, last)), 301);
}

static void
suggests_what_is_close (void)
{
  static const char *const names[] = { "arpu", "tenure", "contract_end", "投诉等级", "vip", NULL };
  static const struct {
    const char *wrong;
    const char *answer;
  } cases[] = {
    { "arup", "did you mean \"arpu\"?" },
    { "ARPU", "did you mean \"arpu\"?" },
    { "arpuu", "did you mean \"arpu\"?" },
    { "contractend", "did you mean \"contract_end\"?" },
    { "tenur", "did you mean \"tenure\"?" },
    { "投诉级等", "did you mean \"投诉等级\"?" },
    { "vp", "did you mean \"vip\"?" },
    { "category", NULL },
    { "x", NULL },
    { "", NULL },
    { "\xff", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *answer = _csvc_suggest (cases[i].wrong, names);

      CSVC_ASSERT_STRING (answer, cases[i].answer);
    }
}
