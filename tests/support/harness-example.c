/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Not a test: cases that fail, skip and pass on purpose.  check-the-harness.sh runs them one by one and
 * reads what the harness makes of them. */

#include "config.h"

#include <gio/gio.h>

#include "csvc-test.h"

static void passes (void);
static void fails (void);
static void fails_in_many_ways (void);
static void skips (void);
static void skips_and_fails (void);
static void fails_at_random (void);
static void keeps_files (void);
static void differs_from_golden (void);

static CU_TestInfo tests[] = {
  { "passes", passes },
  { "fails", fails },
  { "fails-in-many-ways", fails_in_many_ways },
  { "skips", skips },
  { "skips-and-fails", skips_and_fails },
  { "fails-at-random", fails_at_random },
  { "keeps-files", keeps_files },
  { "differs-from-golden", differs_from_golden },
  CU_TEST_INFO_NULL
};

int
main (int    argc,
      char **argv)
{
  static const CsvcSuite example = { "example", tests };
  static const CsvcSuite *const suites[] = { &example, NULL };

  return csvc_test_main (suites, argc, argv);
}

static void
passes (void)
{
  g_autoptr (GError) error = g_error_new (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no such thing");

  CSVC_ASSERT_STRING ("one", "one");
  CSVC_ASSERT_STRING (NULL, NULL);
  CSVC_ASSERT_CONTAINS ("one two", "two");
  CSVC_ASSERT_INT (-1, -1);
  CSVC_ASSERT_UINT (G_MAXUINT64, G_MAXUINT64);
  CSVC_ASSERT_DOUBLE (0.1 + 0.2, 0.3, 1e-9);
  CSVC_ASSERT_TRUE (TRUE, "never said");
  csvc_assert_no_error (NULL);
  csvc_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "such");
}

static void
fails (void)
{
  CSVC_ASSERT_STRING ("came", "wanted");
}

static void
fails_in_many_ways (void)
{
  g_autoptr (GError) error = g_error_new (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no such thing");

  CU_ASSERT_EQUAL (1, 2);
  CSVC_ASSERT_STRING (NULL, "wanted");
  CSVC_ASSERT_CONTAINS ("one two", "three");
  CSVC_ASSERT_INT (-7, 8);
  CSVC_ASSERT_UINT (70, 80);
  CSVC_ASSERT_DOUBLE (1.5, 2.5, 0.5);
  CSVC_ASSERT_TRUE (error == NULL, "in round %d", 17);
  csvc_assert_no_error (error);
  csvc_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "other");
  csvc_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, NULL);
  csvc_assert_error (NULL, G_IO_ERROR, G_IO_ERROR_EXISTS, NULL);
}

static void
skips (void)
{
  csvc_test_skip ("for want of %s", "rain");
}

static void
skips_and_fails (void)
{
  csvc_test_skip ("this must not hide the failure");
  CU_FAIL ("it failed");
}

static void
fails_at_random (void)
{
  GRand *random = csvc_test_random (42);

  CSVC_ASSERT_INT (g_rand_int (random), -1);
}

static void
keeps_files (void)
{
  const char *path = csvc_test_write ("note.txt", "text");

  csvc_test_note ("kept in %s", path);
  CSVC_ASSERT_STRING (csvc_test_path ("note.txt"), path);
  CSVC_ASSERT_TRUE (g_file_test (path, G_FILE_TEST_IS_REGULAR), "%s was not written", path);
  CU_ASSERT_PTR_NULL (csvc_test_data ("no/such/file"));
}

static void
differs_from_golden (void)
{
  CSVC_ASSERT_GOLDEN ("first\nsecond\nthird\n", "harness.txt");
}
