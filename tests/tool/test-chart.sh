#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
set -eu
. "${CSVC_SRCDIR:-.}/tests/tool/tool.sh"

# events NAME STATUS EXPECTED FILE EVENT...: the configurations, a line each, joined by "; ".
events ()
{
  name=$1 expected_status=$2 expected=$3 file=$4
  shift 4
  status=0
  [ $# -eq 0 ] || printf '%s\n' "$@" > in
  [ $# -gt 0 ] || : > in
  "$program" chart "$file" < in > out 2> err || status=$?
  came=$(awk 'NR > 1 { printf "; " } { printf "%s", $0 } END { print "" }' out)
  result "$name" "$(
    [ "$status" -eq "$expected_status" ] || echo "exit status $status, expected $expected_status"
    [ "$came" = "$expected" ] || { echo "came: $came"; echo "expected: $expected"; cat err; })"
}

cat > doors.scxml << 'END'
<?xml version="1.0"?>
<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript" initial="doors">
  <parallel id="doors">
    <state id="front"><initial><transition target="front.shut"/></initial>
      <state id="front.shut"><transition event="open.front" cond="!In('back.open')" target="front.open"/></state>
      <state id="front.open"><transition event="shut" target="front.shut"/></state>
    </state>
    <state id="back">
      <state id="back.shut"><transition event="open.back" target="back.open"/></state>
      <state id="back.open"><transition event="shut.*" target="back.shut"/></state>
    </state>
    <transition event="leave" target="gone"/>
  </parallel>
  <final id="gone"/>
</scxml>
END
events 'no event' 0 'back.shut front.shut' doors.scxml
events 'sorted, by bytes' 0 'back.shut front.shut; back.open front.shut; back.open front.shut; back.shut front.shut' \
  doors.scxml open.back open.front shut
events 'an event that nothing accepts, blank lines, blanks' 0 'back.shut front.shut; back.shut front.shut; back.shut front.open; gone; gone' \
  doors.scxml knock '' '  open.front  ' leave leave
events 'an event that is none' 1 'back.shut front.shut; back.shut front.shut; gone' doors.scxml 'open front' leave
result 'is told with its line' "$(grep -qF 'line 1: ' err || cat err)"
result 'the same in a pipe that stays open' "$( (echo open.back; sleep 0.2) | "$program" chart doors.scxml | diff - - << 'END'
back.shut front.shut
back.open front.shut
END
)"

cat > left-out.scxml << 'END'
<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
  <datamodel><data id="tries" expr="0"/></datamodel>
  <state id="a">
    <onentry>
      <script>tries = 1</script>
      <send event="late" delay="3h"/>
    </onentry>
    <transition event="e" cond="tries &lt; 3" target="b"/>
  </state>
</scxml>
END
golden chart-left-out chart left-out.scxml
cat > restless.scxml << 'END'
<scxml xmlns="http://www.w3.org/2005/07/scxml">
  <state id="a"><transition cond="true" target="b"/></state><state id="b"><transition cond="true" target="a"/></state>
</scxml>
END
expect 'a chart that never rests' 1 'csvc: ' chart restless.scxml
expect 'a policy for a chart' 1 'CSVC-801' chart care.xml
expect 'no such chart' 3 'nowhere.scxml' chart nowhere.scxml
expect 'no file' 2 'expected: csvc chart FILE.scxml' chart

# A policy that asks for nothing but states walks the same way as its chart. The case's JSON names outer states, too.
cat > states.xml << 'END'
<policy xmlns="urn:csvc:policy:1" id="states" version="1" zone="UTC">
  <case id="walk" initial="both">
    <event id="go"/><event id="back"/><event id="note.made"/><event id="leave"/>
    <parallel id="both">
      <state id="left" initial="l1">
        <history id="h" type="deep"><transition target="l1"/></history>
        <state id="l1"><onentry><raise event="at_l1"/></onentry><transition event="go" target="l2"/></state>
        <state id="l2"><transition event="go" cond='not(In("r2")) or (In("l1") and true)' target="l1"/></state>
      </state>
      <state id="right">
        <state id="r1"><transition event="note" cond='In("l2") and not(In ("r2"))' target="r2"/></state>
        <state id="r2"><transition event="at_l1" target="r1"/><transition event="note.*" target="r1"/></state>
      </state>
      <transition event="leave" target="away"/>
    </parallel>
    <state id="away"><transition event="back" target="h"/><transition event="go" target="end"/></state>
    <final id="end"/>
  </case>
</policy>
END
walk='go note.made go note.made note.made leave back go leave back leave go go'
"$program" show states.xml --scxml > walk.scxml
printf '%s\n' $walk > in
"$program" chart walk.scxml < in > out 2> err
"$program" case open states.xml walk W --store w.db --at 2026-03-01T00:00Z > case-out 2>&1
states_now () { "$program" case show states.xml W --store w.db --at 2026-03-01T00:00Z --json | tr -d '\n' |
  sed 's/.*"states": *\[\([^]]*\)\].*/\1/; s/[", ]\{1,\}/ /g; s/^ //; s/ $//' | tr ' ' '\n' | grep -vxE 'both|left|right' | sort |
  tr '\n' ' ' | sed 's/ $//'; echo; }
states_now > walked
for event in $walk; do
  "$program" case fire states.xml W "$event" --store w.db --at 2026-03-01T00:00Z > case-out 2>&1 || :
  states_now >> walked
done
result 'a policy and its chart walk alike' "$(cat err; [ "$(sort -u out | wc -l)" -gt 4 ] || echo 'too short a walk'; diff walked out)"
finish
