#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
set -eu
. "${CSVC_SRCDIR:-.}/tests/tool/tool.sh"

# answers NAME ANSWER ARGUMENT...
answers ()
{
  name=$1 wanted=$2
  shift 2
  got=$("$program" eval "$@" 2>&1) || got="$got (status $?)"
  result "$name" "$([ "$got" = "$wanted" ] || echo "$got")"
}

golden help-eval eval --help
answers 'a number' '0.3' '0.1 + 0.2'
answers 'a fact' 'true' 'arpu > 100' --fact arpu:number=120
answers 'a fact that is a word of a list' 'gold' 'tier' --fact 'tier:enum(silver,gold)=gold'
answers 'a fact that is not given' 'unknown: arpu' 'arpu > 100' --fact arpu:number
answers 'which does not matter' 'true' 'arpu > 100 or 1 = 1' --fact arpu:number
answers 'null with its reason' 'null: division by zero' '1 / 0'
answers 'a list as JSON' '[1,"2026-03-01",{"a":null}]' '[1, @"2026-03-01", {a: null}]' --json
answers 'an instant and a zone' '2026-03-01' 'today ()' --now 2026-02-28T20:00:00Z --zone Asia/Shanghai
answers 'a clock that is not given' 'unknown: now' 'now ()'
expect 'an unknown name' 1 'did you mean "arpu"' eval 'apru > 1' --fact arpu:number=1
expect 'a wrong type' 1 'CSVC-309' eval 'arpu = "1"' --fact arpu:number=1
expect 'a fact of another form' 1 'arpu: ' eval 'arpu' --fact arpu:number=abc
expect 'a declaration that is none' 2 'NAME:TYPE=VALUE' eval '1' --fact arpu
expect 'a type that there is not' 1 'declares no fact' eval '1' --fact arpu:numbr=1
expect 'a fact that is no UTF-8' 2 'expected UTF-8' eval x --fact "$(printf 'x:string=\377')"
expect 'no expression' 2 'an expression, or --batch' eval
expect 'both' 2 'not both' eval 1 --batch -
expect 'a file that is not there' 3 'nowhere.tsv' eval --batch nowhere.tsv
expect 'a zone that is not there' 2 '--zone' eval 1 --zone Nowhere/Town

printf '%s\t%s\n' 'arpu * 2' '{"arpu": 0.1}' 'since < today ()' '{"since": {"type": "date", "value": "2025-01-01"}}' \
  'day > @"2026-01-01"' '{"day": "2026-02-01"}' 'b and c' '{"b": true, "c": null}' 'x' '{"x": [1]}' 'nope' '{}' '1 +' '' 'm + 1' '{' > rows
printf 'sum ([1, 2])\nm > 1\n' >> rows
status=0
"$program" eval --batch rows --fact day:date --fact m:number --now 2026-03-01T00:00:00Z > out 2> err || status=$?
transcript > transcript.txt
[ -z "${CSVC_TEST_REGENERATE-}" ] || cp transcript.txt "$source/tests/golden/tool/eval-batch.txt"
result 'rows, of which some have faults' "$(diff -u "$source/tests/golden/tool/eval-batch.txt" transcript.txt 2>&1)"
finish
