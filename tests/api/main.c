/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "csvc-test.h"

/* One line a suite, in alphabetical order; suite (x) is csvc_suite_x of test-x.c. */
#define SUITES(suite) \
  suite (chart) \
  suite (club) \
  suite (engine) \
  suite (expression) \
  suite (linked) \
  suite (model) \
  suite (personal) \
  suite (receipt) \
  suite (replay) \
  suite (revise) \
  suite (scenario) \
  suite (service) \
  suite (sift) \
  suite (sweep) \
  suite (table) \
  suite (target) \
  suite (version) \
  suite (account) \
  suite (intake) \
  suite (wake) \
  suite (whatif) \
  /* end of list */

CSVC_TEST_MAIN (SUITES)
