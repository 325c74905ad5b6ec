#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check-surface.sh [--add]: every public function of C is in bindings/surface.txt, with what Python and Lua offer for it or the reason why not.
# That what they offer is there is for the languages' own tests. With --add what is missing becomes rows "not bound yet".
set -eu

here=$(cd "$(dirname "$0")" && pwd)
source=${CSVC_SRCDIR:-$here/..}
. "$source/tests/checks/tap.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C

table=$source/bindings/surface.txt
grep -v '^#\|^$' "$table" > "$work/rows"
awk '{ print $1 }' "$work/rows" > "$work/told"
sort -u "$source/lib/csvc.symbols" > "$work/public"

# A row "csvc_ledger_*" stands for all of these: what is not bound yet.
rows_of ()
{
  while read -r name; do
    case $name in
      *\*) grep "^${name%\*}" "$work/public" || true ;;
      *) echo "$name" ;;
    esac
  done < "$work/told" | sort -u
}
rows_of > "$work/covered"

if [ "${1-}" = --add ]; then
  comm -23 "$work/public" "$work/covered" | while read -r name; do
    printf '%-45s %-32s -  not bound yet\n' "$name" -
  done >> "$table"
  exit
fi

result "every public function is in bindings/surface.txt" "$(comm -23 "$work/public" "$work/covered" | sed 's/$/ is in no row/')"
result "bindings/surface.txt names no function that is not public" "$(comm -13 "$work/public" "$work/covered")"
result "no function is told of twice" "$(sort "$work/told" | uniq -d)"
result "what is not offered has a reason" "$(awk '($2 == "-" || $3 == "-") && NF < 4 { print $1 }' "$work/rows")"
result "Python's column is filled" "$(awk '$2 == "?" { print $1 }' "$work/rows")"
open=$(awk '$3 == "?"' "$work/rows" | wc -l)
if [ "$open" -eq 0 ]; then
  result "Lua's column is filled" ""
else
  skip "Lua's column is filled" "$open rows are open"
fi
finish
