/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* CUnit keeps one registry and runs one case at a time, so what belongs to the running case is one
 * static record, filled when it starts and emptied when it ends. */

#include "config.h"

#include "csvc-test.h"

#include <CUnit/TestRun.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOW_CASE_SECONDS 2.0

static struct {
  char *skip_reason;
  GRand *random;
  guint32 seed;
  char *dir;
  GPtrArray *strings;   /* what was lent to the case */
  gint64 started;
} running;

static guint n_run, n_failed, n_skipped;

/* ---- The running case ---- */

static const char *
lend (char *string)
{
  if (running.strings == NULL)
    running.strings = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (running.strings, string);

  return string;
}

static void
remove_tree (const char *path)
{
  const char *name;
  GDir *dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);
    remove_tree (child);
  }
  g_clear_pointer (&dir, g_dir_close);

  if (g_remove (path) != 0)
    csvc_test_note ("cannot remove %s: %s", path, g_strerror (errno));
}

static void
end_running (void)
{
  g_clear_pointer (&running.skip_reason, g_free);
  g_clear_pointer (&running.random, g_rand_free);
  if (running.dir != NULL)
    remove_tree (running.dir);
  g_clear_pointer (&running.dir, g_free);
  g_clear_pointer (&running.strings, g_ptr_array_unref);
}

/* TAP takes every line that starts with # for a comment; a message of several lines needs one each. */
static void
print_comment (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    printf ("#   %s\n", lines[i]);
}

void
csvc_test_note (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  print_comment (text);
}

void
csvc_test_skip (const char *reason_format, ...)
{
  va_list args;

  g_free (running.skip_reason);
  va_start (args, reason_format);
  running.skip_reason = g_strdup_vprintf (reason_format, args);
  va_end (args);
}

static guint64
number_from_environment (const char *name,
                         guint64     fallback)
{
  const char *text = g_getenv (name);
  guint64 number;

  if (text == NULL || *text == '\0')
    return fallback;
  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &number, NULL)) {
    fprintf (stderr, "%s is \"%s\"; expected a number\n", name, text);
    exit (2);
  }

  return number;
}

guint
csvc_test_scale (void)
{
  return (guint) MAX (number_from_environment ("CSVC_TEST_SCALE", 1), 1);
}

gboolean
csvc_test_under_valgrind (void)
{
  return g_getenv ("CSVC_TEST_VALGRIND") != NULL;
}

gboolean
csvc_test_is_slow (void)
{
#ifdef __SANITIZE_ADDRESS__
  return TRUE;
#else
  return csvc_test_under_valgrind ();
#endif
}

GRand *
csvc_test_random (guint32 seed)
{
  running.seed = (guint32) number_from_environment ("CSVC_TEST_SEED", seed);
  g_clear_pointer (&running.random, g_rand_free);
  running.random = g_rand_new_with_seed (running.seed);

  return running.random;
}

/* ---- Files ---- */

const char *
csvc_test_data (const char *name)
{
  const char *folder = g_getenv ("CSVC_TEST_DATA");
  g_autofree char *path = NULL;

  if (folder == NULL)
    folder = CSVC_TEST_SRCDIR "/../shared/data";
  path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS) ? lend (g_steal_pointer (&path)) : NULL;
}

const char *
csvc_test_source (const char *name)
{
  return lend (g_build_filename (CSVC_TEST_SRCDIR, name, NULL));
}

const char *
csvc_test_read_source (const char *name)
{
  g_autoptr (GError) error = NULL;
  char *content = NULL;

  if (!g_file_get_contents (csvc_test_source (name), &content, NULL, &error)) {
    csvc_assert_no_error (error);
    return "";
  }

  return lend (content);
}

const char *
csvc_test_dir (void)
{
  g_autoptr (GError) error = NULL;

  if (running.dir == NULL)
    running.dir = g_dir_make_tmp ("csvc-test-XXXXXX", &error);
  if (running.dir == NULL) {
    fprintf (stderr, "%s\n", error->message);
    exit (2);
  }

  return running.dir;
}

const char *
csvc_test_path (const char *name)
{
  return lend (g_build_filename (csvc_test_dir (), name, NULL));
}

const char *
csvc_test_write (const char *name,
                 const char *content)
{
  g_autoptr (GError) error = NULL;
  const char *path = csvc_test_path (name);

  g_file_set_contents (path, content, -1, &error);
  csvc_assert_no_error (error);

  return path;
}

/* ---- Assertions ---- */

/* CUnit counts the assertion, and keeps a copy of the message if it fails. */
static gboolean
settle (gboolean    holds,
        const char *what,
        const char *came,
        const char *expected,
        const char *file,
        guint       line)
{
  g_autofree char *message = NULL;

  if (!holds)
    message = g_strdup_printf ("%s\n    came:     %s\n    expected: %s", what, came, expected);
  CU_assertImplementation (holds ? CU_TRUE : CU_FALSE, line, holds ? what : message, file, "", CU_FALSE);

  return holds;
}

static char *
quote (const char *string)
{
  return string != NULL ? g_strdup_printf ("\"%s\"", string) : g_strdup ("NULL");
}

gboolean
csvc_test_check_string (const char *actual,
                        const char *expected,
                        const char *what,
                        const char *file,
                        guint       line)
{
  g_autofree char *came = quote (actual), *wanted = quote (expected);

  return settle (g_strcmp0 (actual, expected) == 0, what, came, wanted, file, line);
}

gboolean
csvc_test_check_contains (const char *actual,
                          const char *text,
                          const char *what,
                          const char *file,
                          guint       line)
{
  g_autofree char *came = quote (actual), *wanted = g_strdup_printf ("something with \"%s\"", text);

  return settle (actual != NULL && strstr (actual, text) != NULL, what, came, wanted, file, line);
}

gboolean
csvc_test_check_int (gint64      actual,
                     gint64      expected,
                     const char *what,
                     const char *file,
                     guint       line)
{
  g_autofree char *came = g_strdup_printf ("%" G_GINT64_FORMAT, actual);
  g_autofree char *wanted = g_strdup_printf ("%" G_GINT64_FORMAT, expected);

  return settle (actual == expected, what, came, wanted, file, line);
}

gboolean
csvc_test_check_uint (guint64     actual,
                      guint64     expected,
                      const char *what,
                      const char *file,
                      guint       line)
{
  g_autofree char *came = g_strdup_printf ("%" G_GUINT64_FORMAT, actual);
  g_autofree char *wanted = g_strdup_printf ("%" G_GUINT64_FORMAT, expected);

  return settle (actual == expected, what, came, wanted, file, line);
}

gboolean
csvc_test_check_double (double      actual,
                        double      expected,
                        double      tolerance,
                        const char *what,
                        const char *file,
                        guint       line)
{
  g_autofree char *came = g_strdup_printf ("%.17g", actual);
  g_autofree char *wanted = g_strdup_printf ("%.17g, give or take %g", expected, tolerance);

  return settle (fabs (actual - expected) <= tolerance, what, came, wanted, file, line);
}

gboolean
csvc_test_check_true (gboolean    condition,
                      const char *what,
                      const char *file,
                      guint       line,
                      const char *format,
                      ...)
{
  g_autofree char *why = NULL, *message = NULL;
  va_list args;

  if (!condition) {
    va_start (args, format);
    why = g_strdup_vprintf (format, args);
    va_end (args);
    message = g_strdup_printf ("%s\n    %s", what, why);
  }
  CU_assertImplementation (condition ? CU_TRUE : CU_FALSE, line, condition ? what : message, file, "", CU_FALSE);

  return condition;
}

static char *
describe_error (const GError *error)
{
  if (error == NULL)
    return g_strdup ("no error");

  return g_strdup_printf ("%s, code %d: %s", g_quark_to_string (error->domain), error->code, error->message);
}

gboolean
csvc_test_check_no_error (const GError *error,
                          const char   *what,
                          const char   *file,
                          guint         line)
{
  g_autofree char *came = describe_error (error);

  return settle (error == NULL, what, came, "no error", file, line);
}

gboolean
csvc_test_check_error (const GError *error,
                       GQuark        domain,
                       int           code,
                       const char   *text,
                       const char   *what,
                       const char   *file,
                       guint         line)
{
  g_autofree char *came = describe_error (error);
  g_autofree char *wanted = g_strdup_printf ("%s, code %d%s%s", g_quark_to_string (domain), code,
                                             text != NULL ? ": something with " : "", text != NULL ? text : "");

  return settle (g_error_matches (error, domain, code) && (text == NULL || strstr (error->message, text) != NULL),
                 what, came, wanted, file, line);
}

/* ---- Golden files ---- */

/* Two long texts say little side by side; the first line that differs says it all. */
static gboolean
settle_lines (const char *actual,
              const char *expected,
              const char *name,
              const char *what,
              const char *file,
              guint       line)
{
  g_auto (GStrv) came = g_strsplit (actual, "\n", -1), wanted = g_strsplit (expected, "\n", -1);
  g_autofree char *where = NULL;
  guint i = 0;

  while (came[i] != NULL && wanted[i] != NULL && strcmp (came[i], wanted[i]) == 0)
    i++;
  where = g_strdup_printf ("%s, tests/golden/%s, line %u", what, name, i + 1);

  return settle (came[i] == wanted[i], where,
                 came[i] != NULL ? came[i] : "(end of text)", wanted[i] != NULL ? wanted[i] : "(end of text)",
                 file, line);
}

gboolean
csvc_test_check_golden (const char *actual,
                        const char *name,
                        const char *what,
                        const char *file,
                        guint       line)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (CSVC_TEST_SRCDIR, "tests", "golden", name, NULL);
  g_autofree char *expected = NULL;

  if (number_from_environment ("CSVC_TEST_REGENERATE", 0) == 1) {
    g_autofree char *folder = g_path_get_dirname (path);

    g_mkdir_with_parents (folder, 0777);
    g_file_set_contents (path, actual, -1, &error);
    return csvc_test_check_no_error (error, path, file, line);
  }
  if (!g_file_get_contents (path, &expected, NULL, &error))
    return csvc_test_check_no_error (error, path, file, line);

  return settle_lines (actual, expected, name, what, file, line);
}

/* ---- Running ---- */

static void
on_case_start (const CU_pTest  test,
               const CU_pSuite suite)
{
  running.started = g_get_monotonic_time ();
}

static void
print_failures (CU_pFailureRecord failure)
{
  for (; failure != NULL; failure = failure->pNext) {
    g_autofree char *text = g_strdup_printf ("%s:%u: %s", failure->strFileName, failure->uiLineNumber,
                                             failure->strCondition);
    print_comment (text);
  }
  if (running.random != NULL)
    csvc_test_note ("random numbers came from seed %u; CSVC_TEST_SEED=<n> tries another", running.seed);
}

static void
on_case_complete (const CU_pTest          test,
                  const CU_pSuite         suite,
                  const CU_pFailureRecord failures)
{
  double seconds = (double) (g_get_monotonic_time () - running.started) / G_USEC_PER_SEC;

  n_run++;
  printf ("%s %u - %s/%s", failures != NULL ? "not ok" : "ok", n_run, suite->pName, test->pName);
  if (failures != NULL) {
    n_failed++;
    printf ("\n");
    print_failures (failures);
  } else if (running.skip_reason != NULL) {
    n_skipped++;
    printf (" # SKIP %s\n", running.skip_reason);
  } else {
    printf ("\n");
  }
  if (seconds > SLOW_CASE_SECONDS)
    csvc_test_note ("took %.1f s", seconds);

  end_running ();
}

/* @only is "suite", "suite/case" or NULL for all. */
static gboolean
is_wanted (const char *only,
           const char *suite,
           const char *test)
{
  gsize length = strlen (suite);

  if (only == NULL)
    return TRUE;
  if (strncmp (only, suite, length) != 0)
    return FALSE;

  return only[length] == '\0' || (only[length] == '/' && strcmp (only + length + 1, test) == 0);
}

static guint
add_suite (const CsvcSuite *suite,
           const char      *only)
{
  CU_pSuite added = NULL;
  guint n_added = 0;

  for (const CU_TestInfo *test = suite->tests; test->pName != NULL; test++) {
    if (!is_wanted (only, suite->name, test->pName))
      continue;
    if (added == NULL)
      added = CU_add_suite_with_setup_and_teardown (suite->name, NULL, NULL, suite->set_up, suite->tear_down);
    if (added == NULL || CU_add_test (added, test->pName, test->pTestFunc) == NULL) {
      fprintf (stderr, "%s/%s: %s\n", suite->name, test->pName, CU_get_error_msg ());
      exit (2);
    }
    n_added++;
  }

  return n_added;
}

static void
list_suites (const CsvcSuite *const *suites)
{
  for (; *suites != NULL; suites++)
    for (const CU_TestInfo *test = (*suites)->tests; test->pName != NULL; test++)
      printf ("%s/%s\n", (*suites)->name, test->pName);
}

static void
print_summary (void)
{
  char *summary = CU_get_run_results_string ();

  print_comment (summary);
  free (summary);   /* CUnit's own malloc */
  printf ("# skipped: %u\n", n_skipped);
}

static int
run_suites (const CsvcSuite *const *suites,
            const char             *only)
{
  guint n_added = 0;

  if (CU_initialize_registry () != CUE_SUCCESS) {
    fprintf (stderr, "%s\n", CU_get_error_msg ());
    return 2;
  }
  for (; *suites != NULL; suites++)
    n_added += add_suite (*suites, only);
  if (n_added == 0) {
    fprintf (stderr, "there is no case %s; --list shows all\n", only != NULL ? only : "at all");
    CU_cleanup_registry ();
    return 2;
  }

  printf ("1..%u\n", n_added);
  CU_set_test_start_handler (on_case_start);
  CU_set_test_complete_handler (on_case_complete);
  CU_run_all_tests ();
  print_summary ();
  CU_cleanup_registry ();

  return n_failed == 0 && n_run == n_added ? 0 : 1;
}

int
csvc_test_main (const CsvcSuite *const *suites,
                int             argc,
                char          **argv)
{
  /* What a crash leaves unwritten is just what one wants to read. */
  setvbuf (stdout, NULL, _IOLBF, 0);

  if (argc == 1)
    return run_suites (suites, NULL);
  if (argc == 3 && strcmp (argv[1], "--only") == 0)
    return run_suites (suites, argv[2]);
  if (argc == 2 && strcmp (argv[1], "--list") == 0) {
    list_suites (suites);
    return 0;
  }

  fprintf (stderr, "usage: %s [--list | --only SUITE[/CASE]]\n", argv[0]);
  return 2;
}
