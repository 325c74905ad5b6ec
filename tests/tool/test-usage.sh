#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# How the tool is called, and how it says that it was called wrongly.
set -eu
. "${CSVC_SRCDIR:-.}/tests/tool/tool.sh"

golden help --help
golden help-chinese --help --lang zh
for command in check show chart replay whatif simulate 'case open' 'case fire' 'case show' 'case list' explain run journal verify calendar 'scenario run' 'scenario record' 'dmn run' 'dmn show' 'dmn import'; do
  # Unquoted on purpose: "case open" is two arguments.
  golden "help-$(echo "$command" | tr ' ' -)" $command --help
done

result 'the manual page knows every option' "$(
  cat "$source"/tests/golden/tool/help-*.txt | grep -o -e '--[a-z][a-z-]*' | sort -u | while read -r option; do
    sed 's/\\-/-/g' "$source/docs/man/csvc.1" | grep -qF -e "$option" || echo "$option"
  done)"
expect 'help of a command' 0 'csvc case open [OPTION…] POLICY KIND CASE' help case open
expect 'help of a command that there is not' 2 'did you mean “csvc show”?' help shwo
expect 'no command' 2 'which command?'
expect 'a mistyped command' 2 'did you mean “csvc replay”?' reply
expect 'a command unlike any other' 2 '“csvc --help” lists' frobnicate
expect 'a mistyped sub-command of case' 2 'did you mean “csvc case fire”?' case fier desk.xml
expect 'case alone' 2 'csvc case' case
expect 'a mistyped option' 2 'did you mean --assumed?' check --asumed desk.xml
expect 'an option without its value' 2 'Missing argument' replay desk.xml log.csv --map
expect 'too few arguments' 2 'expected: csvc check POLICY' check
expect 'too many arguments' 2 'too many arguments' check desk.xml desk.xml
expect 'an unknown language' 2 'expected en or zh' show desk.xml --lang fr
expect 'no store' 2 '--store' case show desk.xml C-1
expect 'a bad time' 2 '2026-03-01T09:30' case open desk.xml complaint C-1 --store s.db --at yesterday
result 'which makes no store' "$(ls s.db* 2> /dev/null || :)"
expect 'the version' 0 'csvc ' --version

expect 'no such policy' 3 'nowhere.xml' check nowhere.xml
expect 'a folder for a policy' 3 'csvc: ' check .
echo rubbish > rubbish.xml
expect 'no XML at all' 1 'rubbish.xml:1' check rubbish.xml
expect 'a policy with faults stops other commands' 1 'so nothing was done' show bad.xml

if [ -w /dev/full ]; then
  status=0
  "$program" show care.xml > /dev/full 2> err || status=$?
  result 'a full disk is said' "$([ "$status" -eq 3 ] && grep -q 'cannot write the output' err || { echo "$status"; cat err; })"
else
  skip 'a full disk is said' 'there is no /dev/full'
fi

"$program" show care.xml 2> err | head -n 1 > out || :
result 'a reader that goes away ends it quietly' "$(cat err; [ -s out ] || echo 'nothing came')"

finish
