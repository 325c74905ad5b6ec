/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/version.h>

#include "csvc-test.h"

static void names_itself (void);
static void orders_versions (void);
static void macro_and_function_agree (void);

static CU_TestInfo tests[] = {
  { "names-itself", names_itself },
  { "orders-versions", orders_versions },
  { "macro-and-function-agree", macro_and_function_agree },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_version = { "version", tests };

static void
names_itself (void)
{
  g_autofree char *numbers = g_strdup_printf ("%d.%d.%d", CSVC_MAJOR_VERSION, CSVC_MINOR_VERSION, CSVC_MICRO_VERSION);

  CSVC_ASSERT_STRING (csvc_version_string (), numbers);
}

static void
orders_versions (void)
{
  const guint major = CSVC_MAJOR_VERSION, minor = CSVC_MINOR_VERSION, micro = CSVC_MICRO_VERSION;

  CU_ASSERT_TRUE (csvc_version_at_least (0, 0, 0));
  CU_ASSERT_TRUE (csvc_version_at_least (major, minor, micro));
  CU_ASSERT_FALSE (csvc_version_at_least (major, minor, micro + 1));
  CU_ASSERT_FALSE (csvc_version_at_least (major, minor + 1, 0));
  CU_ASSERT_FALSE (csvc_version_at_least (major + 1, 0, 0));
}

static void
macro_and_function_agree (void)
{
  for (int major = 0; major <= CSVC_MAJOR_VERSION + 1; major++)
    for (int minor = 0; minor <= CSVC_MINOR_VERSION + 1; minor++)
      for (int micro = 0; micro <= CSVC_MICRO_VERSION + 1; micro++)
        CSVC_ASSERT_TRUE (csvc_version_at_least ((guint) major, (guint) minor, (guint) micro) == !!CSVC_CHECK_VERSION (major, minor, micro),
                          "asked for %d.%d.%d", major, minor, micro);
}
