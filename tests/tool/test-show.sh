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
golden show-scxml show care.xml complaint --scxml
golden show-dot-family show family.xml --dot
golden show-dot-family-kind show family.xml fault --dot --lang zh
golden show-scxml-family show family.xml fault --scxml
printf '%s\n' sent reported done.case.trip.mended done.case.call > events
run show family.xml fault --scxml
cp out fault.scxml
result 'a chart reads what --scxml writes of cases that open others' "$(
  "$program" chart fault.scxml < events 2>&1 | tr '\n' ' ' | grep -qxF 'desk outside outside survey end ' || "$program" chart fault.scxml < events 2>&1)"
expect 'two forms at once' 2 'exclude each other' show care.xml --dot --json
expect 'a chart of two kinds' 2 'say which' show care.xml --scxml

if command -v dot > /dev/null; then
  run show care.xml --dot
  result 'Graphviz reads what --dot writes' "$(dot -Tsvg -o /dev/null out 2>&1)"
  run show care.xml complaint --svg
  result '--svg draws states, clocks, budgets and escalations' "$(
    [ "$status" -eq 0 ] || cat err
    for text in '<svg' 'Complaint' '72小时办结' '72 h' 'after 24 h: ▲ escalate to' 'kept by'; do
      sed 's/&#160;/ /g; s/&#45;/-/g' out | grep -qF -e "$text" || echo "no $text in the drawing"
    done)"
  run show family.xml --svg
  result '--svg draws children, recurring clocks, decisions and accounts' "$(
    [ "$status" -eq 0 ] || cat err
    for text in 'opens Trip' 'until Outside is left' 'stroke-dasharray' '↻ every 4 h of office hours' '▦ decide by desks' '◈ use 1 home visits'; do
      sed 's/&#160;/ /g; s/&#45;/-/g' out | grep -qF -e "$text" || echo "no $text in the drawing"
    done)"
else
  skip '--svg draws children, recurring clocks, decisions and accounts' 'there is no dot'
  skip 'Graphviz reads what --dot writes' 'there is no dot'
  skip '--svg draws states, clocks, budgets and escalations' 'there is no dot'
fi
status=0
PATH=/nowhere "$program" show care.xml --svg > out 2> err || status=$?
result 'without Graphviz --svg names the package' "$([ "$status" -eq 3 ] && grep -q 'package graphviz' err || { echo "$status"; cat err; })"
if command -v python3 > /dev/null; then
  run show care.xml --json
  result 'what --json writes is JSON' "$(python3 -m json.tool out 2>&1 > /dev/null)"
else
  skip 'what --json writes is JSON' 'there is no python3 to read it'
fi
finish
