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

# told GOLDEN HOW COMMAND...: it prints what tests/golden/tool/GOLDEN.txt holds. C writes that anew, and the other languages are held to it.
told ()
{
  name=$1 how=$2 status=0
  shift 2
  rm -f story.db*
  "$@" > out 2> err || status=$?
  transcript > transcript.txt
  [ -z "${CSVC_TEST_REGENERATE-}" ] || [ "$how" != C ] || cp transcript.txt "$source/tests/golden/tool/$name.txt"
  result "$name in $how on $store" "$(diff -u "$source/tests/golden/tool/$name.txt" transcript.txt 2>&1 || :)"
}

# story GOLDEN EXAMPLE ARGUMENTS...: the same lines in every language that was built.
story ()
{
  golden=$1 example=$2
  shift 2
  told "$golden" C "$CSVC_BUILDDIR/examples/$example" "$@"
  [ ! -d "$CSVC_BUILDDIR/stage/python/csvc" ] || told "$golden" Python "$CSVC_BUILDDIR/run" python3 "$source/examples/python/$example.py" "$@"
  [ ! -d "$CSVC_BUILDDIR/stage/lua/csvc" ] || told "$golden" Lua "$CSVC_BUILDDIR/run" lua5.4 "$source/examples/lua/$example.lua" "$@"
}
cp "$source/examples/retention.xml" .
for store in memory: story.db; do
  story complaint complaint desk.xml "$store"
  story sweep sweep retention.xml "$store"
done
story sweep-april sweep retention.xml "$store" 2026-04-20T01:30
expect 'nothing is to be said against examples/retention.xml' 0 '0 faults, 0 warnings, 0 notes' check retention.xml

status=0
sh "$source/examples/demo.sh" "$CSVC_BUILDDIR" > out 2> err || status=$?
result 'the demo runs to its end' "$([ "$status" -eq 0 ] && grep -q 'agree' out && [ ! -s err ] || transcript)"
finish
