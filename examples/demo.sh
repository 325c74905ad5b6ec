#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# demo.sh BUILD-FOLDER: one month of a complaint desk, from the policy to the verified store. Everything it makes lies in
# a temporary folder.
set -eu

build=${1:?usage: demo.sh BUILD-FOLDER}
source=$(cd "$(dirname "$0")/.." && pwd)
data=${CSVC_TEST_DATA:-$(dirname "$source")/shared/data}
csvc=$(cd "$build" && pwd)/tools/csvc
policies=$source/data/policies

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cp "$policies"/*.xml .

say ()
{
  printf '\n\033[1m── %s\033[0m\n' "$1" | { [ -t 1 ] && cat || sed 's/\x1b\[[01]m//g'; }
  shift
  [ $# -eq 0 ] || printf '   %s\n' "$@"
  echo
}

# show ARGUMENTS...: the command as one would type it, and what it says.
show ()
{
  echo "\$ csvc $*"
  "$csvc" "$@"
}

say 'A policy' 'An operator promises a reply within 3 hours and a result within 72, says who may do what,' \
  'and what happens when time runs out. First: is the document sound?'
show check telecom.xml

say 'A month of complaints' 'Nobody gives away real ones, so these are made up: by hour of day, each a walk through the lifecycle.' \
  'The same seed gives the same month.'
show simulate telecom.xml --kind complaint --cases 600 --seed 2026 --from 2026-03-01 --days 31 --output march.csv --map march.map.xml

say 'Which promises were kept?' 'The log runs through the policy, case by case, into a store; what is still open is judged as of 1 April.'
show replay telecom.xml march.csv --map march.map.xml --store march.db --until 2026-04-01T08:30

say 'Wednesday, 1 April, 10 o’clock' 'What has fired since half past eight, and what is due next, for whom?'
show run telecom.xml --store march.db --at 2026-04-01T10:00 --limit 8

first=$("$csvc" case list telecom.xml --store march.db --limit 1 --json | sed -n 's/.*"id": "\(.*\)",*/\1/p')
say "One of them in full: $first"
show case show telecom.xml "$first" --store march.db --at 2026-04-01T10:00

say 'Can it be believed?' 'Every transaction’s hash covers the one before; and each case must be what its journal makes of it.'
show verify --store march.db

volvo=$data/eventlogs/bpic2013-incidents.xes.gz
if [ -f "$volvo" ]; then
  say 'Real incidents' 'Volvo IT, BPI Challenge 2013, under a 72-hour promise, with and without the time spent waiting for others.'
  show replay incident.xml "$volvo" --map incident-bpic2013.map.xml | sed -n '1,/^$/p;/^Promises/,/^$/p'
else
  say 'Real incidents' "Left out: the log of Volvo IT is not part of this project, and there is no $volvo."
fi
