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

# What C gives away has to be let go of: each function whose comment says that it gives its result away, or that returns a text that is not const, is a
# %newobject of csvc.i, or is left out of it or reshaped. A comment may stand above several; of an (out) it says nothing here.
rules=$source/bindings/csvc.i
sed -n 's/^%newobject \(csvc_[a-z0-9_]*\);.*/\1/p; s/^%ignore \(csvc_[a-z0-9_]*\);.*/\1/p' "$rules" | sort -u > "$work/given"
for header in "$source"/include/csvc/*.h; do
  awk '/\(out\)|\(inout\)/ { next }
       /\(transfer full\)/ { full = 1 }
       /^CSVC_API / {
         plain = $0
         sub(/\(.*/, "", plain)
         name = plain
         sub(/.*[ *]/, "", name)
         if (match($0, /csvc_[a-z0-9_]+/)) name = substr($0, RSTART, RLENGTH)
         head = substr($0, 1, RSTART - 1)
         if (head ~ /\*/ && (full || (head ~ /char/ && head !~ /const/))) print name
         if ($0 !~ /const char/) head = ""
       }
       /;/ && /^CSVC_API|^ / { full = 0 }' "$header"
done | grep -v '_ref$' | sort -u > "$work/owed"
for prefix in csvc_value_ csvc_facts_ csvc_effects_new csvc_diagnostics_new; do sed -i "/^$prefix/d" "$work/owed"; done
result "what C gives away is a %newobject" "$(comm -13 "$work/given" "$work/owed" | sed 's/$/ has no %newobject in csvc.i/')"

# An enum that grew would come out as a number.
cat "$source"/include/csvc/*.h | awk '/^typedef enum/ { inside = 1; last = "" }
  inside { line = $0; gsub(/\/\*.*/, "", line); while (match(line, /CSVC_[A-Z0-9_]+/)) { last = substr(line, RSTART, RLENGTH); line = substr(line, RSTART + RLENGTH) } }
  inside && /\} Csvc[A-Za-z]+;/ { match($0, /Csvc[A-Za-z]+;/); print substr($0, RSTART, RLENGTH - 1), last; inside = 0 }' | sort > "$work/enums"
sed -n 's/^CSVC_ENUM(\(Csvc[A-Za-z]*\), \(CSVC_[A-Z0-9_]*\).*/\1 \2/p' "$rules" | sort > "$work/known"
result "csvc.i knows each enum up to its last member" "$(comm -23 "$work/enums" "$work/known")"

open=$(awk '$3 == "?"' "$work/rows" | wc -l)
if [ "$open" -eq 0 ]; then
  result "Lua's column is filled" ""
else
  skip "Lua's column is filled" "$open rows are open"
fi
finish
