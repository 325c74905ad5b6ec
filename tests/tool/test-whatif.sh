#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# One log under two policies: what differs, in words, as JSON and case by case.
set -eu
. "${CSVC_SRCDIR:-.}/tests/tool/tool.sh"

# Stricter: 48 hours instead of 72, one more alarm, and whoever was told cannot come back.
sed 's/in="PT72H"/in="PT48H"/; s|<alarm id="soon"|<alarm id="early" at="PT1H"><notify role="agent"/></alarm>&|; s/entries("resolved") &lt; 3/false/; s/version="1.2"/version="1.3"/' care.xml > strict.xml

golden whatif whatif care.xml strict.xml log.csv --until 2026-03-10 --cases cases.tsv
[ -z "${CSVC_TEST_REGENERATE-}" ] || cp cases.tsv "$source/tests/golden/tool/whatif-cases.txt"
result 'every difference is in the file' "$(diff -u "$source/tests/golden/tool/whatif-cases.txt" cases.tsv || :)"
golden whatif-chinese whatif care.xml strict.xml log.csv --until 2026-03-10 --lang zh
golden whatif-json whatif care.xml strict.xml log.csv --until 2026-03-10 --json
golden whatif-pair whatif care.xml strict.xml log.csv --until 2026-03-10 --clock reply=handle
golden whatif-nothing whatif care.xml care.xml log.csv --until 2026-03-10 --cases none.tsv
result 'then the file has a heading only' "$([ "$(wc -l < none.tsv)" -eq 1 ] || cat none.tsv)"

# A week in which Monday to Wednesday became days off.
cat > week.xml <<END
<policy xmlns="urn:csvc:policy:1" id="week" version="1" zone="Asia/Shanghai">
  <calendar id="office" days="mon tue wed thu fri" hours="09:00-17:00"/>
  <case id="question" initial="open">
    <event id="answered"/>
    <state id="open"><clock id="reply" met-by="answered"><due in="PT8H" of="office"/></clock><transition event="answered" target="done"/></state>
    <final id="done"/>
  </case>
</policy>
END
cat > amended.xml <<END
<calendar xmlns="urn:csvc:policy:1" id="office" zone="Asia/Shanghai" days="mon tue wed thu fri" hours="09:00-17:00">
  <holiday from="2026-03-02" to="2026-03-04" label="amended"/>
</calendar>
END
sed 's/id="office"/id="offices"/' amended.xml > stranger.xml
"$program" simulate week.xml --cases 200 --seed 7 --from 2026-02-27 -o week.csv > /dev/null
golden whatif-calendar whatif week.xml week.xml week.csv --calendar amended.xml --until 2026-03-20
expect 'a calendar of another name' 3 'no calendar "offices"' whatif week.xml week.xml week.csv --calendar stranger.xml
expect 'a calendar that there is not' 3 'nowhere.xml' whatif week.xml week.xml week.csv --calendar nowhere.xml

expect 'a pair without a new clock' 2 'expected old=new' whatif care.xml strict.xml log.csv --clock reply
expect 'a clock that there is not' 2 'no clock "repply"' whatif care.xml strict.xml log.csv --clock reply=repply
expect 'a timeout is no promise' 2 'makes a promise' whatif care.xml strict.xml log.csv --clock confirm=confirm
sed 's/case id="case:concept:name"/case id="nobody"/' "$source/data/policies/incident-bpic2013.map.xml" > other.map.xml
expect 'maps of different cases' 2 'the same attribute as the case' whatif "$source/data/policies/incident.xml" \
  "$source/data/policies/incident.xml" log.csv --map "$source/data/policies/incident-bpic2013.map.xml" --map-new other.map.xml
head -c 300 log.csv | gzip | head -c 100 > cut.csv.gz
expect 'a log that is cut off' 3 'cases.tsv does not hold all' whatif care.xml strict.xml cut.csv.gz --cases cases.tsv
expect 'a log that there is not' 3 'nowhere.csv' whatif care.xml strict.xml nowhere.csv
expect 'a new policy that there is not' 3 'nowhere.xml' whatif care.xml nowhere.xml log.csv
expect 'a file that cannot be written' 3 'nowhere/cases.tsv' whatif care.xml strict.xml log.csv --cases nowhere/cases.tsv
if [ -w /dev/full ]; then
  expect 'a full disk' 3 'could not be written' whatif care.xml strict.xml log.csv --cases /dev/full
else
  skip 'a full disk' 'there is no /dev/full'
fi

volvo=$CSVC_TEST_DATA/eventlogs/bpic2013-incidents.xes.gz
if [ -f "$volvo" ]; then
  incident=$source/data/policies/incident.xml
  expect 'the Volvo log: the cases that make 65.0 % into 81.9 %' 0 '1,276' whatif "$incident" "$incident" "$volvo" \
    --map "$source/data/policies/incident-bpic2013.map.xml" --clock resolve72=resolve72_net --cases volvo.tsv
  result 'the shares are those of the replay' "$(grep -q '4,903 *7,546 *65.0 % *6,179 *7,546 *81.9 %' out || cat out)"
  result 'the file names each of them once' "$(
    n=$(awk -F '\t' '$2 == "verdict" && $5 == 1 && $7 == "missed" && $8 == "met" { print $1 }' volvo.tsv | sort -u | wc -l)
    [ "$n" -eq 1276 ] || echo "$n cases")"
  result 'and none goes the other way' "$(awk -F '\t' '$2 == "verdict" && $7 == "met"' volvo.tsv)"
else
  skip 'the Volvo log' "there is no $volvo"
fi
finish
