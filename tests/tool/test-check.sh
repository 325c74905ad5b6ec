#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
set -eu
. "${CSVC_SRCDIR:-.}/tests/tool/tool.sh"

golden check-good check care.xml
golden check-good-chinese check care.xml --lang zh
golden check-assumed check care.xml --assumed
golden check-bad check bad.xml
golden check-bad-json check bad.xml --json
run check care.xml --json
result 'JSON says that a good policy is valid' "$(grep -q '"valid": true' out || cat out err)"

expect 'warnings alone are no fault' 0 'CSVC-436' check "$source/tests/golden/policy/invalid/436-never-taken-finding.xml"
expect 'but with --lint they are' 1 'CSVC-436' check --lint "$source/tests/golden/policy/invalid/436-never-taken-finding.xml"
expect 'notes are not' 0 'CSVC-435' check --lint "$source/data/policies/incident.xml"

for map in "$source"/data/policies/incident-*.map.xml; do
  expect "the shipped map ${map##*/} is fine" 0 'is fine' check "$source/data/policies/incident.xml" --map "$map"
  expect 'but not with another policy' 1 "${map##*/}" check desk.xml --map "$map"
done

for policy in "$source"/data/policies/*.xml; do
  case $policy in
    *.map.xml) continue ;;
  esac
  # Parts of a policy are checked with it.
  grep -q '^<part ' "$policy" && continue
  expect "the shipped policy ${policy##*/} is fine, without a warning" 0 'is fine' check --lint "$policy"
done
finish
