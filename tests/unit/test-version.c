/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/version.h>

#include "csvc-test.h"

static void headers_know_what_configure_said (void);

static CU_TestInfo tests[] = {
  { "headers-know-what-configure-said", headers_know_what_configure_said },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_version = { "version", tests };

static void
headers_know_what_configure_said (void)
{
  CSVC_ASSERT_STRING (CSVC_VERSION_STRING, PACKAGE_VERSION);
}
