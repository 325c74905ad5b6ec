#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
set -eu
. "${CSVC_SRCDIR:-.}/tests/tool/tool.sh"

golden show show care.xml
golden show-chinese show care.xml complaint --lang zh
golden show-kind show care.xml visit
golden show-dot show care.xml --dot
golden show-json show desk.xml --json
expect 'a mistyped kind' 2 'did you mean complaint?' show care.xml complant
expect 'two forms at once' 2 'exclude each other' show care.xml --dot --json

if command -v dot > /dev/null; then
  run show care.xml --dot
  result 'Graphviz reads what --dot writes' "$(dot -Tsvg -o /dev/null out 2>&1)"
else
  skip 'Graphviz reads what --dot writes' 'there is no dot'
fi
if command -v python3 > /dev/null; then
  run show care.xml --json
  result 'what --json writes is JSON' "$(python3 -m json.tool out 2>&1 > /dev/null)"
else
  skip 'what --json writes is JSON' 'there is no python3 to read it'
fi
finish
