#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check-the-harness.sh: a harness that lets a failure pass would make all tests worthless, so its own
# verdicts are read here, from cases that are known to fail, skip and pass.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

program=${CSVC_BUILDDIR:-.}/tests/support/harness-example
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# run CASE EXPECTED-STATUS: leaves what the harness says in $work/out, prints what is wrong with the status.
run ()
{
  status=0
  TMPDIR=$work "$program" --only "example/$1" > "$work/out" 2>&1 || status=$?
  [ "$status" -eq "$2" ] || echo "exit status $status, expected $2"
}

# says TEXT...: prints the texts that are not in what the harness said.
says ()
{
  for text; do
    grep -qF -e "$text" "$work/out" || echo "does not say: $text"
  done
}

# verdict NAME CASE STATUS TEXT...
verdict ()
{
  name=$1 example=$2 status=$3
  shift 3
  run "$example" "$status" > "$work/faults"
  says "$@" >> "$work/faults"
  [ ! -s "$work/faults" ] || cat "$work/out" >> "$work/faults"
  result "$name" "$(cat "$work/faults")"
}

verdict 'a case passes' passes 0 'ok 1 - example/passes' '1..1' 'skipped: 0'
verdict 'a failure is told with both values' fails 1 'not ok 1 - example/fails' 'came:     "came"' 'expected: "wanted"'
verdict 'a name that no case bears is refused' fails_in_many_ways 2 'there is no case'
verdict 'every assertion can fail and says why' fails-in-many-ways 1 \
  'CU_ASSERT_EQUAL(1,2)' 'came:     NULL' 'something with "three"' 'came:     -7' 'came:     70' \
  '2.5, give or take 0.5' 'in round 17' 'expected: no error' 'something with other' 'came:     no error' \
  'asserts     11     11      0     11'
verdict 'a skipped case is counted apart' skips 0 'ok 1 - example/skips # SKIP for want of rain' 'skipped: 1'
verdict 'a skip does not hide a failure' skips-and-fails 1 'not ok 1 - example/skips-and-fails' 'skipped: 0'
verdict 'a failing random case tells its seed' fails-at-random 1 'seed 42'
CSVC_TEST_SEED=7 verdict 'another seed can be tried' fails-at-random 1 'seed 7'
verdict 'files go to a folder of the case' keeps-files 0 "kept in $work/csvc-test-"
result 'and the folder is removed' "$(find "$work" -name 'csvc-test-*')"
CSVC_TEST_REGENERATE=0 verdict 'a golden file tells the line that differs' differs-from-golden 1 \
  'tests/golden/harness.txt, line 2' 'came:     second' 'expected: 2nd'

# ---- And what is made of the results of many programs ----

counts ()
{
  result "$1" "$(sh "$here/../support/count-results.sh" "$work/trs" "$2" | grep -vxF -e "$3")"
}

mkdir -p "$work/trs/a"
printf ':recheck: yes\n:test-result: PASS 1\n:test-result: SKIP 2 # SKIP x\n:test-result: PASS 3\n' > "$work/trs/a/one.trs"
counts 'passed and skipped cases are counted' 0 '2 passed, 0 failed, 1 skipped'
counts 'make failing without a failed case is a failure' 2 '2 passed, 1 failed, 1 skipped'
printf ':test-result: FAIL 1\n:test-result: XPASS 1\n:test-result: ERROR - exited with status 1\n' > "$work/trs/two.trs"
counts 'the status of a program with failures is not one failure more' 2 '2 passed, 2 failed, 1 skipped'
printf ':test-result: PASS 1\n:test-result: ERROR - too few\n:test-result: ERROR - exited with status 99\n' > "$work/trs/three.trs"
counts 'a program that dies is one failure' 2 '3 passed, 3 failed, 1 skipped'
finish
