#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check-year.sh [CUSTOMERS [DAYS]]: lives through a year of sweeps in a SQLite store, and has an independent script judge the journal.
# Without arguments a short one, for make check; `make year` gives it 50,000 customers and 365 days, and shows the figures.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/../checks/tap.sh"
root=${CSVC_SRCDIR:-$here/../..}
built=${CSVC_BUILDDIR:-.}
customers=${1:-400}
days=${2:-45}

if ! command -v python3 > /dev/null 2>&1; then
  skip 'a year of retention' 'no python3'
  finish
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM

fault=$("$built/tests/year/year" "$root/data/policies/telecom.xml" --store "sqlite:$folder/year.db" --customers "$customers" --days "$days" \
  --log "$folder/log" 2>&1 > "$folder/figures" || echo 'it failed')
result "a year of $customers customers and $days days" "$fault"
if [ -z "$fault" ]; then
  "$built/tools/csvc" journal --store "sqlite:$folder/year.db" --json > "$folder/journal"
  python3 "$here/recount.py" "$folder/log" "$folder/figures" < "$folder/journal" > "$folder/judged" || true
  grep -v '^#' "$folder/judged" > "$folder/checks" || echo 'not ok - the recount came to an end' > "$folder/checks"
  while read -r line; do
    case $line in
      'ok - '*) result "${line#ok - }" '' ;;
      *) result "${line#not ok - }" "$line" ;;
    esac
  done < "$folder/checks"
  result 'there was something to count' "$(awk '$1 == "contacts" && $2 < 10 { print "only", $2, "contacts" }' "$folder/figures")"
  if [ $# -gt 0 ]; then
    sed 's/^/# /' "$folder/figures"
    grep '^#' "$folder/judged"
    ls -l "$folder/year.db" | awk '{ print "# store of", $5, "bytes" }'
  fi
fi
finish
