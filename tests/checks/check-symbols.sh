#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check-symbols.sh [--regenerate] [LIBRARY LIST INCLUDEDIR]: what libcsvc.so exports is what
# lib/csvc.symbols lists, bears our prefix and is what the headers promise.
# With --regenerate (or CSVC_TEST_REGENERATE=1) the list is written anew; the diff is the review.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

regenerate=${CSVC_TEST_REGENERATE:-0}
if [ "${1-}" = --regenerate ]; then
  regenerate=1
  shift
fi
source=${CSVC_SRCDIR:-$here/../..}
library=${1:-${CSVC_BUILDDIR:-.}/.libs/libcsvc.so}
list=${2:-$source/lib/csvc.symbols}
includes=${3:-$source/include/csvc}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C

# The linker's, the sanitizers' and gcov's own names: two underscores in front, and a few others.
exported ()
{
  ${CSVC_NM:-nm} -D --defined-only "$library" |
    awk '$2 ~ /^[A-Z]$/ && $3 !~ /^(__.*|_init|_fini|_edata|_end|mangle_path)$/ { sub (/@.*/, "", $3); print $3 }' | sort -u
}

# The function of each declaration that is marked CSVC_API.
promised ()
{
  cat "$includes"/*.h "$includes"/*.h.in 2> /dev/null |
    awk 'BEGIN { RS = ";" }
         /(^|\n)CSVC_API/ {
           sub (/.*\nCSVC_API/, "CSVC_API")
           if (match ($0, /[A-Za-z_0-9]+[ \n]*\(/)) {
             name = substr ($0, RSTART, RLENGTH)
             sub (/[ \n]*\($/, "", name)
             print name
           }
         }' | sort -u
}

exported > "$work/exported"
promised > "$work/promised"
if [ "$regenerate" = 1 ]; then
  cp "$work/exported" "$list"
fi
sort -c "$list" 2> "$work/unsorted" || true
sort -u "$list" > "$work/listed"

result "the library exports something" "$([ -s "$work/exported" ] || echo "$library exports nothing")"
result "every export begins with csvc_" "$(grep -v '^csvc_' "$work/exported")"
result "csvc.symbols is sorted" "$(cat "$work/unsorted")"
result "every export is in csvc.symbols" "$(comm -23 "$work/exported" "$work/listed")"
result "every name in csvc.symbols is exported" "$(comm -13 "$work/exported" "$work/listed")"
result "every function marked CSVC_API is exported" "$(comm -13 "$work/exported" "$work/promised")"
result "every export is declared in a public header" "$(comm -23 "$work/exported" "$work/promised")"
finish
