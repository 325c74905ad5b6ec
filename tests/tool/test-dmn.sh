#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
set -eu
. "${CSVC_SRCDIR:-.}/tests/tool/tool.sh"
cp "$source"/tests/tool/fee.dmn .

golden dmn-show dmn show fee.dmn
golden dmn-show-json dmn show fee.dmn --json
golden dmn-import dmn import fee.dmn --decision Fee

printf '{"Customer Tier": "silver", "Months": 6}' > silver.json
golden dmn-run dmn run fee.dmn --input silver.json
golden dmn-run-json dmn run fee.dmn --input silver.json --json
printf '{"Customer Tier": "bronze", "Months": 0}' > bronze.json
golden dmn-run-null dmn run fee.dmn --input bronze.json
expect 'one decision' 0 '"Your fee: 10.5"' dmn run fee.dmn -i silver.json -d Letter --json
expect 'no inputs at all' 0 'was not given' dmn run fee.dmn --json
result 'inputs from a pipe' "$(echo '{"Customer Tier": "gold", "Months": 1}' | "$program" dmn run fee.dmn --input - -d Fee --json | grep -vx 0 || :)"

expect 'which sub-command' 2 'run, show or import' dmn
expect 'a misspelt sub-command' 2 'did you mean “csvc dmn import”' dmn imprt fee.dmn
expect 'a misspelt decision' 2 'did you mean “Letter”' dmn run fee.dmn -d Lettr
printf '{"Month": 1}' > wrong.json
expect 'a misspelt input' 2 'did you mean "Months"' dmn run fee.dmn -i wrong.json
expect 'inputs that are not there' 3 'nowhere.json' dmn run fee.dmn -i nowhere.json
expect 'a model that is not there' 3 'nowhere.dmn' dmn run nowhere.dmn
expect 'a zone that is not there' 2 '--zone' dmn run fee.dmn --zone Nowhere/Town
expect 'which table' 2 'say which with --decision' dmn import fee.dmn
expect 'a decision that is no table' 1 'is no decision table' dmn import fee.dmn -d Letter
cp "$source"/tests/golden/dmn/invalid/requirements.dmn .
expect 'a model with faults' 1 'nothing has the id "nowhere"' dmn show requirements.dmn
finish
