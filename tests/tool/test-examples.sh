#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the READMEs show is what is in examples/, and what that prints; the examples and the demo run.
set -eu
. "${CSVC_SRCDIR:-.}/tests/tool/tool.sh"

# block FILE LANGUAGE: the first fenced block of that language.
block ()
{
  awk -v fence="\`\`\`$2" '$0 == fence { on = 1; next } on && /^```/ { exit } on' "$1"
}

"$CSVC_BUILDDIR/examples/desk" desk.xml > printed 2>&1 || echo "exit status $?" >> printed
for readme in README.md README.zh-CN.md; do
  block "$source/$readme" c > c
  result "$readme: the C program is examples/c/desk.c" "$(sed 1d "$source/examples/c/desk.c" | diff c -)"
  block "$source/$readme" xml > xml
  result "$readme: the policy is examples/desk.xml" "$(grep -v SPDX desk.xml | diff xml -)"
  block "$source/$readme" text > text
  result "$readme: what it prints is what it prints" "$(diff text printed)"
done

for store in memory: keep.db; do
  status=0
  "$CSVC_BUILDDIR/examples/keep" desk.xml "$store" > out 2> err || status=$?
  transcript > transcript.txt
  [ -z "${CSVC_TEST_REGENERATE-}" ] || cp transcript.txt "$source/tests/golden/tool/keep.txt"
  result "examples/c/keep.c on $store" "$(diff -u "$source/tests/golden/tool/keep.txt" transcript.txt 2>&1 || :)"
done
expect 'what it kept is a store of the tool’s' 0 'C-1' case list desk.xml --store keep.db

status=0
sh "$source/examples/demo.sh" "$CSVC_BUILDDIR" > out 2> err || status=$?
result 'the demo runs to its end' "$([ "$status" -eq 0 ] && grep -q 'agree' out && [ ! -s err ] || transcript)"
finish
