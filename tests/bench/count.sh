# SPDX-License-Identifier: LGPL-2.1-or-later
#
# count.sh, to be read by the checks of instructions: unlike time they are the same in every run; the bounds leave room for other
# compilers, and still catch a loop that creeps in. Set program, and n: how many the program does, before.

build=${CSVC_BUILDDIR:-.}

# What the test environment writes into freed memory would be counted, too.
unset MALLOC_PERTURB_

# instructions WHAT: of the whole program, that does its work once more unless WHAT is none.
instructions ()
{
  "$build/libtool" --silent --mode=execute valgrind --tool=callgrind --callgrind-out-file=/dev/null \
    "$build/$program" "$n" --count "$1" 2>&1 | sed -n 's/.*Collected *: *\([0-9]*\).*/\1/p'
}

# check WHAT BOUND TITLE
check ()
{
  each=$((($(instructions "$1") - none) / n))
  result "$3 takes at most $2 instructions ($each)" "$([ "$each" -gt 0 ] && [ "$each" -le "$2" ] || echo "it takes $each")"
}

# can_count TITLE: otherwise it is skipped, with the reason.
can_count ()
{
  if ! command -v valgrind > /dev/null; then
    skip "instructions of $1" "valgrind is not here"
  elif ! "$build/$program" 1 --count possible; then
    skip "instructions of $1" "this build is not optimised, or has sanitizers or coverage in it"
  else
    none=$(instructions none)
    return 0
  fi
  return 1
}
