#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the READMEs show is what is in examples/, and what that prints.
set -eu
. "${CSVC_SRCDIR:-.}/tests/tool/tool.sh"

# block FILE LANGUAGE: the first fenced block of that language.
block ()
{
  awk -v fence="\`\`\`$2" '$0 == fence { on = 1; next } on && /^```/ { exit } on' "$1"
}

cc=${CSVC_CC:-cc}
"$CSVC_BUILDDIR/examples/desk" desk.xml > printed 2>&1 || echo "exit status $?" >> printed
for readme in README.md README.zh-CN.md; do
  block "$source/$readme" c > c
  result "$readme: the C program is examples/c/desk.c" "$(sed 1d "$source/examples/c/desk.c" | diff c -)"
  block "$source/$readme" xml > xml
  result "$readme: the policy is examples/desk.xml" "$(grep -v SPDX desk.xml | diff xml -)"
  block "$source/$readme" text > text
  result "$readme: what it prints is what it prints" "$(diff text printed)"
done
finish
