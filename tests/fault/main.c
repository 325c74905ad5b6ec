/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "csvc-test.h"

/* One line a suite, in alphabetical order; suite (x) is csvc_suite_x of test-x.c. */
#define SUITES(suite) \
  suite (bytes) \
  suite (calls) \
  suite (disk) \
  suite (forget) \
  suite (kill) \
  suite (sweep) \
  /* end of list */

CSVC_TEST_MAIN (SUITES)
