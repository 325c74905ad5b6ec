/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_TEST_H
#define CSVC_TEST_H

/*
 * What libcsvc's test programs share, over CUnit.
 *
 * A test file begins with its table and names its suite:
 *
 *     static void adds_days (void);
 *     static void refuses_rubbish (void);
 *
 *     static CU_TestInfo tests[] = {
 *       { "adds-days", adds_days },
 *       { "refuses-rubbish", refuses_rubbish },
 *       CU_TEST_INFO_NULL
 *     };
 *
 *     const CsvcSuite csvc_suite_duration = { "duration", tests };
 *
 * and main.c lists it:
 *
 *     #define SUITES(suite) \
 *       suite (calendar) \
 *       suite (duration) \
 *
 *     CSVC_TEST_MAIN (SUITES)
 *
 * A program so made takes --list and --only SUITE or --only SUITE/CASE, writes TAP and CUnit's
 * summary, and exits with 1 if a case failed.
 */

#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>
#include <glib.h>

typedef struct {
  const char *name;
  CU_TestInfo *tests;        /* ends with CU_TEST_INFO_NULL */
  void (*set_up) (void);     /* before each case; or NULL */
  void (*tear_down) (void);  /* after each case; or NULL */
} CsvcSuite;

/* Runs the suites, an array that ends with NULL, and returns main()'s exit status. */
int csvc_test_main (const CsvcSuite *const *suites, int argc, char **argv);

#define CSVC_TEST_DECLARE_SUITE(name) extern const CsvcSuite csvc_suite_##name;
#define CSVC_TEST_LIST_SUITE(name) &csvc_suite_##name,
#define CSVC_TEST_MAIN(SUITES) \
  SUITES (CSVC_TEST_DECLARE_SUITE) \
  int \
  main (int argc, char **argv) \
  { \
    static const CsvcSuite *const suites[] = { SUITES (CSVC_TEST_LIST_SUITE) NULL }; \
    return csvc_test_main (suites, argc, argv); \
  }

/* ---- The running case ---- */

/* Marks the running case as skipped: it is printed with the reason and counted apart.
 * It does not return from the case; the caller does. */
void csvc_test_skip (const char *reason_format, ...) G_GNUC_PRINTF (1, 2);

/* A line of explanation among the results, shown where the running case stands. */
void csvc_test_note (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* How many times as long as usual a property test should run: CSVC_TEST_SCALE, 1 or more. */
guint csvc_test_scale (void);

/* Whether this runs under valgrind, where everything takes fifty times as long: a case that only adds
 * volume, such as a replay of a whole log, may then skip itself. */
gboolean csvc_test_under_valgrind (void);
/* The same, or with sanitizers, where everything takes three times as long: a case of many rounds may do with fewer. */
gboolean csvc_test_is_slow (void);

/* A generator for the running case that gives the same numbers in every run.  When the case
 * fails the seed is printed; CSVC_TEST_SEED runs it with another one.
 * Returns: (transfer none): valid until the case ends */
GRand *csvc_test_random (guint32 seed);

/* ---- Files ---- */

/* A file of the shared data, such as "eventlogs/receipt.csv.gz", in the folder CSVC_TEST_DATA.
 * Returns: (transfer none) (nullable): its path, or NULL if it is not here; then skip the case */
const char *csvc_test_data (const char *name);

/* A file of the source tree, such as "data/policies/telecom.xml".
 * Returns: (transfer none): its path, valid until the case ends */
const char *csvc_test_source (const char *name);

/* The text of a file of the source tree; the case fails if it cannot be read.
 * Returns: (transfer none): its content, "" if there is none, valid until the case ends */
const char *csvc_test_read_source (const char *name);

/* An empty folder, removed with all that is in it when the case ends. The same one all through a case.
 * Returns: (transfer none) */
const char *csvc_test_dir (void);

/* A path in csvc_test_dir().  Returns: (transfer none): valid until the case ends */
const char *csvc_test_path (const char *name);

/* The same, with content written to it. */
const char *csvc_test_write (const char *name, const char *content);

/* ---- Assertions: not fatal, tell what came and what was expected, are TRUE when they hold ---- */

/* @actual is the text of tests/golden/@name.  With CSVC_TEST_REGENERATE=1 the file is written instead:
 * read the diff before you commit it. */
#define CSVC_ASSERT_GOLDEN(actual, name) \
  csvc_test_check_golden ((actual), (name), #actual, __FILE__, __LINE__)

#define CSVC_ASSERT_STRING(actual, expected) \
  csvc_test_check_string ((actual), (expected), #actual, __FILE__, __LINE__)

/* @text occurs in @actual. */
#define CSVC_ASSERT_CONTAINS(actual, text) \
  csvc_test_check_contains ((actual), (text), #actual, __FILE__, __LINE__)

#define CSVC_ASSERT_INT(actual, expected) \
  csvc_test_check_int ((actual), (expected), #actual, __FILE__, __LINE__)

#define CSVC_ASSERT_UINT(actual, expected) \
  csvc_test_check_uint ((actual), (expected), #actual, __FILE__, __LINE__)

#define CSVC_ASSERT_DOUBLE(actual, expected, tolerance) \
  csvc_test_check_double ((actual), (expected), (tolerance), #actual, __FILE__, __LINE__)

/* The condition holds; when it does not, the rest, a printf format with its arguments, says why. */
#define CSVC_ASSERT_TRUE(condition, ...) \
  csvc_test_check_true ((condition) ? 1 : 0, #condition, __FILE__, __LINE__, __VA_ARGS__)

#define csvc_assert_no_error(error) \
  csvc_test_check_no_error ((error), #error, __FILE__, __LINE__)

/* @error is set, of this domain and code, and its message contains @text, unless that is NULL. */
#define csvc_assert_error(error, domain, code, text) \
  csvc_test_check_error ((error), (domain), (int) (code), (text), #error, __FILE__, __LINE__)

gboolean csvc_test_check_golden (const char *actual, const char *name,
                                 const char *what, const char *file, guint line);
gboolean csvc_test_check_string (const char *actual, const char *expected,
                                 const char *what, const char *file, guint line);
gboolean csvc_test_check_contains (const char *actual, const char *text,
                                   const char *what, const char *file, guint line);
gboolean csvc_test_check_int (gint64 actual, gint64 expected,
                              const char *what, const char *file, guint line);
gboolean csvc_test_check_uint (guint64 actual, guint64 expected,
                               const char *what, const char *file, guint line);
gboolean csvc_test_check_double (double actual, double expected, double tolerance,
                                 const char *what, const char *file, guint line);
gboolean csvc_test_check_true (gboolean condition, const char *what, const char *file, guint line,
                               const char *format, ...) G_GNUC_PRINTF (5, 6);
gboolean csvc_test_check_no_error (const GError *error,
                                   const char *what, const char *file, guint line);
gboolean csvc_test_check_error (const GError *error, GQuark domain, int code, const char *text,
                                const char *what, const char *file, guint line);

#endif
