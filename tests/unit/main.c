/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "csvc-test.h"

/* One line a suite, in alphabetical order; suite (x) is csvc_suite_x of test-x.c. */
#define SUITES(suite) \
  suite (calendar) \
  suite (calendar_files) \
  suite (calendar_properties) \
  suite (case_explain) \
  suite (crowd) \
  suite (customer) \
  suite (diagnostics) \
  suite (dmn) \
  suite (engine_memory) \
  suite (engine_sqlite) \
  suite (explain) \
  suite (feel) \
  suite (feel_quick) \
  suite (feel_values) \
  suite (ical) \
  suite (json_writer) \
  suite (kept) \
  suite (log) \
  suite (machine) \
  suite (machine_clocks) \
  suite (links) \
  suite (machine_random) \
  suite (mask) \
  suite (record) \
  suite (relay) \
  suite (policy) \
  suite (rules) \
  suite (store_diff) \
  suite (store_faulty_memory) \
  suite (store_faulty_sqlite) \
  suite (store_file) \
  suite (store_memory) \
  suite (store_sqlite) \
  suite (time) \
  suite (timers) \
  suite (table) \
  suite (value) \
  suite (version) \
  suite (xml) \
  suite (zone) \
  /* end of list */

CSVC_TEST_MAIN (SUITES)
