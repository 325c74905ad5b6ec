#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Mistakes, cases that lived elsewhere, and a new version of the policy.
set -eu
. "${CSVC_SRCDIR:-.}/tests/tool/tool.sh"

store='--store s.db'
open () { run case open care.xml complaint "$@" $store --fact window=hall --fact contact=13800000000 --as agent --by wang --at 2026-03-02T11:00; }

open C-1
open C-2
open C-3
run case fire care.xml C-1 asked $store --as agent --at 2026-03-02T12:00
run case fire care.xml C-2 asked $store --as agent --at 2026-03-02T12:00

# C-1 was never asked anything: entry 4.0 belongs to another case.
golden case-void case void care.xml C-1 4.0 $store --at 2026-03-02T14:00 --by lead --reason 'of another case'
# C-2 was not asked but told.
golden case-amend case amend care.xml C-2 5.0 --event told $store --as city_desk --at 2026-03-02T14:00 --by lead
expect 'an entry that there is not' 2 'no journal entry' case void care.xml C-1 77.0 $store --at 2026-03-02T14:00
expect 'an opening cannot be voided' 2 'is ended' case void care.xml C-1 1.0 $store --at 2026-03-02T14:00
expect 'a fact without a value' 2 'name=value' case amend care.xml C-1 4.0 --set score $store --at 2026-03-02T14:00
golden case-end case end care.xml C-3 merged $store --at 2026-03-02T14:00 --by lead --reason 'the same as C-2'
expect 'an ended case does not end again' 1 'refused-state' case end care.xml C-3 merged $store --at 2026-03-02T14:00
expect 'a case that follows it' 0 'C-4 is open' case open care.xml complaint C-4 $store --fact window=hall --fact contact=1 --after C-3 \
  --as agent --at 2026-03-02T15:00

cat > old-7.json <<END
{ "id": "OLD-7", "kind": "complaint", "opened_at": "2026-03-02T01:00:00Z", "states": ["propose"],
  "facts": [ { "id": "window", "type": "enum", "value": "hotline", "at": "2026-03-02T01:00:00Z" } ],
  "cycles": [ { "clock": "handle", "start": "2026-03-02T01:00:00Z", "row": 1 } ] }
END
golden case-adopt case adopt care.xml old-7.json $store --at 2026-03-02T15:00
expect 'taken over once' 0 '' case adopt care.xml old-7.json $store --at 2026-03-02T15:00
sed 's/"propose"/"proposed"/' old-7.json > bad.json
expect 'a state that there is not' 3 'proposed' case adopt care.xml bad.json --store other.db --at 2026-03-02T15:00
expect 'a file that there is not' 3 'nowhere.json' case adopt care.xml nowhere.json $store --at 2026-03-02T15:00
expect 'all that agrees with the journal' 0 'agree' verify $store

# Three days become two, from now on.
sed 's/in="PT72H"/in="PT48H"/; s/version="1.2"/version="1.3"/' care.xml > next.xml
golden upgrade-dry-run upgrade next.xml $store --choice forward --dry-run --at 2026-03-02T16:00
golden upgrade upgrade next.xml $store --choice forward --at 2026-03-02T16:00
golden upgrade-json upgrade next.xml $store --choice forward --at 2026-03-02T16:00 --json
expect 'a choice that there is not' 2 'expected keep' upgrade next.xml $store --choice backward
expect 'a kind that there is not' 2 'complaint' upgrade next.xml $store --kind complant
expect 'a store that there is not' 3 'nowhere.db' upgrade next.xml --store nowhere.db
cat > office.xml <<END
<calendar xmlns="urn:csvc:policy:1" id="office" zone="Asia/Shanghai" days="mon tue wed thu fri" hours="08:30-12:00 13:30-17:30">
  <holiday on="2026-03-03" label="amended"/>
</calendar>
END
run case open next.xml complaint C-5 $store --fact window=hall --fact contact=1 --as agent --at 2026-03-02T16:30
golden upgrade-calendar upgrade next.xml --calendar office.xml $store --at 2026-03-02T17:00
expect 'and it still agrees' 0 'agree' verify $store

finish
