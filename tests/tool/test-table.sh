#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
set -eu
. "${CSVC_SRCDIR:-.}/tests/tool/tool.sh"

golden table table offers.xml
golden table-zh table offers.xml --lang zh
golden table-json table offers.xml offers --json
golden table-fact table offers.xml offers --fact grade=gold --fact arpu=50 --at 2026-03-01T10:00
golden table-missing table offers.xml --fact grade=gold --fact arpu=400 --at 2026-03-01T10:00
golden table-fact-json table offers.xml --fact grade=silver --fact arpu=200 --at 2026-03-01T10:00 --json

printf 'Grade,"ARPU",Name\ngold,600,"Li, Lei"\nsilver,50,Han\nordinary,200,\n,50,\nsilver,350,\n' > base.csv
golden table-csv table offers.xml --csv base.csv --at 2026-03-01T10:00
golden table-csv-json table offers.xml --csv base.csv --at 2026-03-01T10:00 --json
printf 'Grade\nbronze\n' > wrong.csv
expect 'a word that is none' 1 'wrong.csv:2: fact "grade" has no word "bronze"' table offers.xml --csv wrong.csv
expect 'a file that is not there' 3 'nowhere.csv' table offers.xml --csv nowhere.csv
expect 'a misspelt table' 2 'did you mean “offers”' table offers.xml offer
expect 'a misspelt fact' 2 'did you mean "arpu"' table offers.xml --fact arpo=3
expect 'a tier' 0 'desk = lounge' table club.xml --fact tier=gold
expect 'no such tier' 2 'there is no tier "gould"; did you mean "gold"?' table club.xml --fact tier=gould
printf 'ARPU,Tier\n5,gold\n6,ordinary\n7,\n' > tiers.csv
expect 'tiers in a file' 0 'a fact is missing            1' table club.xml --csv tiers.csv
expect 'facts and a file' 2 'either --fact or --csv' table offers.xml --fact arpu=3 --csv base.csv
expect 'a policy without tables' 0 'no decision table' table desk.xml
finish
