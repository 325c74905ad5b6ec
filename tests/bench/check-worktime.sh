#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check-worktime.sh: instructions that one question takes. Unlike time they are the same in every run; the bounds leave room for
# other compilers, and still catch a loop that creeps in.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/../checks/tap.sh"

build=${CSVC_BUILDDIR:-.}
questions=20000

# instructions WHAT: of the whole program, that passes over the questions once more unless WHAT is none.
instructions ()
{
  "$build/libtool" --silent --mode=execute valgrind --tool=callgrind --callgrind-out-file=/dev/null \
    "$build/tests/bench/worktime" $questions --count "$1" 2>&1 | sed -n 's/.*Collected *: *\([0-9]*\).*/\1/p'
}

# check NAME BOUND
check ()
{
  each=$((($(instructions "$1") - none) / questions))
  result "$1 takes at most $2 instructions ($each)" "$([ "$each" -gt 0 ] && [ "$each" -le "$2" ] || echo "it takes $each")"
}

if ! command -v valgrind > /dev/null; then
  skip "instructions a question" "valgrind is not here"
elif ! "$build/tests/bench/worktime" 1 --count possible; then
  skip "instructions a question" "this build is not optimised, or has sanitizers or coverage in it"
else
  none=$(instructions none)
  check add 400
  check between 400
fi
finish
