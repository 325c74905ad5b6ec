/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "csvc-test.h"

#define SUITES(suite) \
  suite (tck) \
  /* end of list */

CSVC_TEST_MAIN (SUITES)
