#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Every scenario of tests/scenarios in all worlds; what is said of a bad one; and that a recorded case plays as it did.
set -eu
. "${CSVC_SRCDIR:-.}/tests/tool/tool.sh"

# The scenarios name the shipped policies by their place in the source tree.
for scenario in "$source"/tests/scenarios/*.scenario; do
  name=${scenario##*/}
  run scenario run "$scenario"
  result "scenario ${name%.scenario}" "$([ "$status" -eq 0 ] || transcript | sed "s|$source/||g")"
done

# A name in the fourth column of its tables is a scenario; a star stands for some.
result 'the scenarios that docs/domain.md names are there' "$(
  grep '^| [0-9]' "$source/docs/domain.md" | cut -d '|' -f 6 | grep -o '`[a-z*-]*`' | tr -d '`' | sort -u | while read -r name; do
    ls "$source"/tests/scenarios/$name.scenario > /dev/null 2>&1 || echo "$name"
  done)"
result 'it has a row for each number' "$(seq 1 31 | while read -r n; do grep -q "^| $n |" "$source/docs/domain.md" || echo "$n"; done)"

result 'the scenarios that tests/scenarios/README.md names are there' "$(
  sed -n 's/^| .* | \(.*\) |$/\1/p' "$source/tests/scenarios/README.md" | grep -v '^scenarios$' | tr -d ' ' | tr ',' '\n' | grep -v '^---$' | while read -r name; do
    [ -f "$source/tests/scenarios/$name.scenario" ] || echo "$name"
  done)"
cp "$source"/tests/scenarios/faults/*.scenario .
golden scenario-faults scenario run faults.scenario
golden scenario-unmet scenario run unmet.scenario
golden scenario-good scenario run good.scenario --lang zh
cp "$source"/tests/scenarios/club.xml "$source"/tests/scenarios/vetoes.xml .
golden scenario-customer-faults scenario run customer-faults.scenario
golden scenario-customer-unmet scenario run customer-unmet.scenario
golden scenario-sweep-faults scenario run sweep-faults.scenario
golden scenario-sweep-unmet scenario run sweep-unmet.scenario
expect 'a scenario that there is not' 3 'nowhere.scenario' scenario run nowhere.scenario
expect 'two scenarios: the worst counts, both are played' 1 'good.scenario passed' scenario run unmet.scenario good.scenario
printf 'policy club.xml\n2026-03-02 09:00  sweep\n' > ruleless.scenario
expect 'a sweep without rules' 1 'no rules to sweep by' scenario run ruleless.scenario
expect 'a bad policy' 1 'bad.xml:' scenario run bad-policy.scenario
expect 'no scenario at all' 2 'too few arguments' scenario run
printf '  state accept\n' > early.scenario
expect 'a scenario that does not begin with its policy' 1 'begins with its policy' scenario run early.scenario
printf 'policy care.xml\n' > empty.scenario
expect 'a scenario without a step' 1 'has no step' scenario run empty.scenario
printf 'policy care.xml\n\377\n' > bytes.scenario
expect 'a scenario that is not UTF-8' 1 'not UTF-8' scenario run bytes.scenario

run scenario run good.scenario --store kept.db
run scenario record care.xml C1 --store kept.db --output again.scenario
golden scenario-record scenario record care.xml C1 --store kept.db
expect 'a recorded case plays as it did' 0 'again.scenario passed' scenario run again.scenario

# record NAME CASE POLICY: the case of that scenario, recorded, plays as it did.
record ()
{
  rm -f recorded.db* recorded.scenario
  run scenario run "$source/tests/scenarios/$1.scenario" --store recorded.db
  run scenario record "$source/tests/scenarios/$3" "$2" --store recorded.db --output recorded.scenario
  expect "$1: $2 as recorded" 0 'recorded.scenario passed' scenario run recorded.scenario
}

record adopted OLD-8 versions.xml
record amended C1 versions.xml
record voided C1 versions.xml
record rule-opens-once K1/expiring/2026-07-01 rules.xml
record contact-quiet K1/expiring/2026-06-20 contacts.xml
record veto-leaving K1/expiring/2026-06-20 vetoes.xml
record erased K1/expiring/2026-06-20 vetoes.xml
result 'what was done to the customer is told' "$(grep -q 'customer K1 forget name by ann because "asked for it"' recorded.scenario || cat recorded.scenario)"
record case-reserves C1 club.xml
record upgraded C1 versions-2.xml
result 'from the last upgrade on it was adopted' "$(grep -q 'adopt by ann {' recorded.scenario || cat recorded.scenario)"
printf 'policy care.xml\n2026-03-02 09:00 upgrade nowhere.xml\n' > nowhere.scenario
expect 'a version that there is not' 3 'nowhere.xml' scenario run nowhere.scenario
printf 'policy care.xml\n2026-03-02 09:00 upgrade bad.xml\n' > worse.scenario
expect 'a version with faults' 1 'bad.xml:' scenario run worse.scenario

expect 'the cases of a scenario may not be in the store yet' 1 'CSVC-711' scenario run unmet.scenario --store kept.db
expect 'a case that there is not' 1 'C9' scenario record care.xml C9 --store kept.db
expect 'the policy of another case' 1 'give that document' scenario record desk.xml C1 --store kept.db
finish
