#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A complaint from its opening to its end, told to the tool as an agent would.
set -eu
. "${CSVC_SRCDIR:-.}/tests/tool/tool.sh"

store='--store s.db'

# Monday 2 March 2026, 11:00 in Shanghai; 3 hours of office time end at 15:30.
golden case-open case open care.xml complaint C-1 $store --fact window=hall --fact contact=13800000000 --customer K-7 \
  --customer-fact arpu=120.50 --as agent --by wang --unit hall-3 --at 2026-03-02T11:00
golden case-open-again case open care.xml complaint C-1 $store --fact window=hall --fact contact=13800000000 --customer K-7 \
  --customer-fact arpu=120.50 --as agent --by wang --unit hall-3 --at 2026-03-02T11:05
expect 'the same number with other facts is another case' 1 'C-1' \
  case open care.xml complaint C-1 $store --fact window=hotline --at 2026-03-02T11:00
expect 'a required fact is missing' 1 '--fact window=' case open care.xml complaint C-2 $store --at 2026-03-02T11:00
expect 'a fact of the wrong word' 2 'hal' case open care.xml complaint C-2 $store --fact window=hal --at 2026-03-02T11:00
expect 'an unknown fact' 2 'windw' case open care.xml complaint C-2 $store --fact windw=hall --at 2026-03-02T11:00
expect 'a fact without a value' 2 'name=value' case open care.xml complaint C-2 $store --fact window --at 2026-03-02T11:00
expect 'a mistyped kind' 2 'did you mean complaint?' case open care.xml complant C-2 $store
expect 'a role that there is not' 2 'did you mean agent?' case fire care.xml C-1 recorded $store --as agnt

golden case-fire case fire care.xml C-1 recorded $store --as agent --by wang --at 2026-03-02T11:20
golden case-refused case fire care.xml C-1 rated $store --set score=3 --as agent --by wang --at 2026-03-02T11:30
golden case-refused-role case fire care.xml C-1 told $store --as manager --at 2026-03-02T11:30
golden case-refused-missing case fire care.xml C-1 rated $store --as agent --at 2026-03-02T11:30
expect 'refused in that state' 1 'refused: ' case fire care.xml C-1 answered $store --at 2026-03-02T11:30
expect 'an event that there is not' 2 'did you mean "replied"?' case fire care.xml C-1 repplied $store --as agent --at 2026-03-02T11:30
expect 'a case that there is not' 2 'C-9' case fire care.xml C-9 replied $store --as agent --at 2026-03-02T11:30
expect 'earlier than the last' 1 'refused' case fire care.xml C-1 replied $store --as agent --at 2026-03-02T10:00

expect 'an event at the due instant is in time' 0 'met' case fire care.xml C-1 replied $store --as agent --by wang --at 2026-03-02T15:30
expect 'a case waits' 0 'waiting' case fire care.xml C-1 asked $store --as agent --at 2026-03-02T16:00 --reason 'which line?'
golden case-show case show care.xml C-1 $store --at 2026-03-02T18:00
golden case-show-role case show care.xml C-1 $store --at 2026-03-02T18:00 --as manager --lang zh
run case show care.xml C-1 $store --json
result 'JSON is masked' "$(grep -qF '"value":"****"' out && ! grep -q 13800000000 out || transcript)"
expect 'unless the role sees it' 0 '13800000000' case show care.xml C-1 $store --json --as manager
expect 'or the whole case is wanted' 0 '13800000000' case show care.xml C-1 $store --json --unmasked
expect 'which is nobody in particular to see' 2 '--unmasked: expected with --json' case show care.xml C-1 $store --json --unmasked --as agent
expect 'nor is it for people' 2 '--unmasked: expected with --json' case show care.xml C-1 $store --unmasked
expect 'a mask shows both ends' 0 'phone = 139****0000' case open care.xml visit V-1 --store mask.db --customer K-8 \
  --customer-fact phone=13900000000 --at 2026-03-02T11:00
expect 'of customers, too' 0 '139****0000' customer show care.xml K-8 --store mask.db
expect 'and in JSON' 0 '"phone": "139****0000"' customer show care.xml K-8 --store mask.db --json
expect 'a role that sees it' 0 '13900000000' customer show care.xml K-8 --store mask.db --as manager
golden case-list case list care.xml $store
expect 'a list of one kind' 0 '0 cases' case list care.xml $store --kind visit
expect 'a list for one role' 0 'C-1' case list care.xml $store --handler agent
expect 'a list as JSON' 0 '"open": true' case list care.xml $store --json

expect 'the same command twice' 0 '' case fire care.xml C-1 answered $store --at 2026-03-03T09:00 --key k1
cp out first
run case fire care.xml C-1 answered $store --at 2026-03-03T09:00 --key k1
result 'with a key it is done once and answered twice' "$(diff first out; cat err)"
expect 'the key with another command' 1 'C-1' case fire care.xml C-1 withdraw $store --at 2026-03-03T09:00 --key k1

expect 'the end' 0 'closed' case fire care.xml C-1 withdraw $store --at 2026-03-03T10:00
expect 'an ended case is not listed' 0 '0 cases' case list care.xml $store
expect 'unless all are wanted' 0 'C-1' case list care.xml $store --all
golden journal journal $store --zone Asia/Shanghai
golden journal-after journal $store --after 3.0 --limit 2
run journal $store --after x
result 'what cannot be listed has no heading' "$([ "$status" -ne 0 ] && [ ! -s out ] || transcript)"
run journal $store --json
result 'the journal as JSON is a line an entry' "$(
  [ "$(wc -l < out)" -eq "$("$program" journal $store | grep -c '^[0-9]')" ] || cat out
  grep -v '^{.*}$' out)"
expect 'verify' 0 'agree' verify $store
run case open care.xml visit 'V-1' --store forged.db --at 2026-03-02T09:00 --reason 'ok”
9.0  2026-03-02 09:00  V-1  fire called  (boss'
run journal --store forged.db
result 'a reason cannot look like an entry' "$([ "$(grep -c '^[0-9]' out)" -eq 1 ] || cat out)"

expect 'no store is made by looking' 3 'there is no store other.db' case list care.xml --store other.db
expect 'nor by firing' 3 'there is no store other.db' case fire care.xml C-1 replied --store other.db
result 'and there is none' "$(ls other.db* 2> /dev/null || :)"
cp s.db 'odd?name.db'
expect 'a path with a question mark' 0 'C-1' case list care.xml --store 'odd?name.db' --all
expect 'a store opened by its whole address' 0 'C-1' case list care.xml --store 'sqlite:s.db?mode=ro' --all
expect 'a folder that there is not' 3 'csvc: ' case open care.xml visit V-1 --store nowhere/s.db
echo 'this is no database, though it is long enough to be looked at for one' > text.db
expect 'a file that is no store' 3 'text.db' case list care.xml --store text.db
finish
