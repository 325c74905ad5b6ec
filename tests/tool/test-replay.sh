#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A simulated month, replayed: the same again, into a store, stopped and gone on with.
set -eu
. "${CSVC_SRCDIR:-.}/tests/tool/tool.sh"

simulate='simulate care.xml --kind complaint --cases 60 --seed 7 --from 2026-03-01'
run $simulate --output a.csv --map a.map.xml
result 'simulate says what it wrote' "$(grep -q '^a.csv: 60 cases, ' out || transcript)"
run $simulate
result 'the same seed gives the same log, in a file or not' "$(diff a.csv out)"
run simulate care.xml --kind complaint --cases 60 --seed 8 --from 2026-03-01
result 'another seed another log' "$(! cmp -s a.csv out || echo 'the same')"
run $simulate --output a.xes
expect 'no cases at all' 2 '--cases of 1' simulate care.xml --cases 0
expect 'a kind that there is not' 2 'did you mean complaint?' simulate care.xml --kind complant
expect 'days after which there are none' 1 'cases can be simulated from 0003-01-03 to 9997-12-29' \
  simulate care.xml --from 9999-12-31 --days 5 --cases 3 --seed 1
expect 'days before which there are none' 1 'would lie outside' simulate care.xml --from 0001-01-02 --cases 3
expect 'the last days that can be simulated' 0 '' simulate care.xml --from 9997-12-23 --days 5 --cases 200
expect 'a log that cannot be written' 3 'csvc: ' simulate care.xml --output nowhere/a.csv
result 'a log that may not grow so large' "$(
  (ulimit -f 8; run simulate care.xml --cases 1000 --output large.csv
   [ "$status" -eq 3 ] && grep -q 'large.csv: File too large' err || transcript)
  [ ! -e large.csv ] || echo 'half of it was left')"

expect 'a replay' 0 '60  cases' replay care.xml a.csv --map a.map.xml
cp out plain.txt
run replay care.xml a.csv
result 'the default map reads it as well' "$(diff plain.txt out)"
run replay care.xml a.xes
result 'and the same log as XES' "$(sed 1d plain.txt > p; sed 1d out | sed 's/a\.xes/a.csv/g' > o; grep -v 'first' p | grep -A3 '^Promises' > p2; grep -v 'first' o | grep -A3 '^Promises' | diff p2 -; cat err)"
gzip -k a.csv
run replay care.xml a.csv.gz --json
mv out gz.json
run replay care.xml a.csv --json
result 'compressed or not, the JSON is the same' "$(sed 's/a\.csv\.gz/a.csv/g' gz.json | diff out -)"

run replay care.xml a.csv --store s.db
result 'into a store the report is the same' "$(diff plain.txt out; cat err)"
run replay care.xml a.csv --store s.db
result 'again: all is there, and the report is the same' "$(
  grep -q '60 of the cases were in the store already' err || echo 'not said that they were there'
  diff plain.txt out)"
expect 'the store verifies' 0 'agree' verify --store s.db

# A log made by hand, with something wrong of every kind. C-1 is answered at its due instant, C-2 a microsecond later.
golden replay-faults replay care.xml log.csv --until 2026-03-10
golden replay-chinese replay care.xml log.csv --until 2026-03-10 --lang zh --worst 0
golden replay-json replay care.xml log.csv --until 2026-03-10 --json
(cat log.csv; echo 'C-9,opened,9999-12-31T00:00:00Z,wang,agent,hotline,') > sentinel.csv
expect 'a date that stands for never stops one case, not all' 0 'case C-9: an instant' replay care.xml sentinel.csv
sed 's/wang/王芳/; s/C-1/投诉-1/' log.csv > zh.csv
run replay care.xml zh.csv --json
mv out zh.json
if iconv -f UTF-8 -t GB18030 zh.csv > gb.csv 2> err; then
  run replay care.xml gb.csv --encoding GB18030 --json
  result 'a log in GB18030' "$(sed 's/gb\.csv/zh.csv/g' out | diff zh.json -; cat err)"
  expect 'and what is said when the character set is not' 1 'encoding' replay care.xml gb.csv
else
  skip 'a log in GB18030' 'iconv does not know it'
fi
expect 'a negative number of worst cases' 2 '--worst' replay care.xml log.csv --worst -1

expect 'a log that there is not' 3 'nowhere.csv' replay care.xml nowhere.csv
expect 'a map that there is not' 3 'nowhere.xml' replay care.xml a.csv --map nowhere.xml
expect 'a policy for a map' 1 'care.xml:' replay care.xml a.csv --map care.xml
expect 'a character set that there is not' 1 'KLINGON' replay care.xml a.csv --encoding KLINGON
head -c 600 a.csv.gz > cut.csv.gz
expect 'a truncated log' 3 'cut.csv.gz' replay care.xml cut.csv.gz
: > empty.csv
run replay care.xml empty.csv
result 'an empty log is no crash' "$([ "$status" -le 3 ] || transcript)"
expect 'no partial output of a failed replay' 3 'csvc: ' replay care.xml cut.csv.gz
result 'stdout stays empty then' "$(cat out)"

# stop SIGNAL: a long replay into a store is sent it as soon as something is stored.
stop ()
{
  rm -f big.db*
  "$program" replay care.xml big.csv --store big.db > out 2> err &
  replay=$!
  waited=0
  until [ "$(cat big.db-wal 2> /dev/null | wc -c)" -gt 100000 ] || [ "$waited" -ge 500 ]; do
    sleep 0.01
    waited=$((waited + 1))
  done
  kill "-$1" "$replay"
  status=0
  wait "$replay" 2> /dev/null || status=$?
}

"$program" simulate care.xml --kind complaint --cases 12000 --output big.csv > /dev/null
"$program" replay care.xml big.csv --json > big.json
for signal in TERM KILL; do
  stop "$signal"
  case $signal in
    TERM) result 'a replay that is told to stop says so' "$([ "$status" -eq 130 ] && grep -q 'go on' err || transcript)" ;;
    KILL) result 'a replay is killed' "$([ "$status" -gt 128 ] || transcript)" ;;
  esac
  expect "$signal: what it had stored verifies" 0 'agree' verify --store big.db
  stored=$(sed -n 's/.* and the \([0-9,]*\) cases.*/\1/p' out)
  result "$signal: it was not done yet" "$([ "$("$program" case list care.xml --store big.db --all --limit 0 --json | grep -c '"id"')" -lt 12000 ] || echo "all of $stored")"
done
run replay care.xml big.csv --store big.db --json
result 'gone on with, the figures are those of one clean run' "$(diff out big.json)"
expect 'and the store is whole' 0 'agree' verify --store big.db

volvo=$CSVC_TEST_DATA/eventlogs/bpic2013-incidents.xes.gz
if [ -f "$volvo" ]; then
  expect 'the Volvo log: 72 h without pauses' 0 '4,903' replay "$source/data/policies/incident.xml" "$volvo" \
    --map "$source/data/policies/incident-bpic2013.map.xml"
  result 'and with them' "$(grep -q '6,179 *7,546 *81.9 %' out || cat out)"
else
  skip 'the Volvo log' "there is no $volvo"
fi
finish
