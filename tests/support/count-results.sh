#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# count-results.sh FOLDER [STATUS]: prints "N passed, N failed, N skipped" over the cases whose results make
# check left under FOLDER.  A program that died counts as one failure if no case of it failed; and when
# make ended with a STATUS other than 0 without any failure counted, that is one, too.
set -eu

find "$1" -name '*.trs' -exec awk '{ print FILENAME, $0 }' {} + |
  awk -v status="${2-0}" '
    function end_of_program () {
      failed += failures > 0 ? failures : errors > 0
      errors = failures = 0
    }
    $1 != program { end_of_program (); program = $1 }
    $2 != ":test-result:" { next }
    $3 == "PASS" { passed++ }
    $3 == "SKIP" { skipped++ }
    $3 == "FAIL" || $3 == "XPASS" { failures++ }
    $3 == "ERROR" { errors++ }
    END {
      end_of_program ()
      if (status != 0 && failed == 0)
        failed = 1
      printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
    }'
