#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Why a promise is due when it is, why a clock does not run, what may come next: one complaint, asked along its way.
set -eu
. "${CSVC_SRCDIR:-.}/tests/tool/tool.sh"

store='--store s.db'

# tell EVENT TIME OPTIONS...
tell ()
{
  event=$1 at=$2
  shift 2
  "$program" case fire care.xml C-1 "$event" $store --as agent --at "$at" "$@" > /dev/null
}

"$program" case open care.xml complaint C-1 $store --fact window=hall --customer K-7 --customer-fact arpu=90 --as agent --at 2026-03-02T11:00 > /dev/null
golden explain-next explain care.xml C-1 $store --at 2026-03-02T11:30
golden explain-due explain care.xml C-1 reply $store --at 2026-03-02T11:30
golden explain-not-started explain care.xml C-1 promise $store --at 2026-03-02T11:30
golden explain-if explain care.xml C-1 $store --at 2026-03-02T11:30 --if window=hotline --if arpu=20
golden explain-if-clock explain care.xml C-1 reply $store --at 2026-03-02T11:30 --if window=hotline
golden explain-if-json explain care.xml C-1 reply $store --at 2026-03-02T11:30 --if window=hotline --json
expect 'a fact that there is not' 2 'neither complaint nor its customer has a fact "windov"' explain care.xml C-1 $store --at 2026-03-02T11:30 --if windov=hall
expect 'a fact without a value' 2 'expected name=value' explain care.xml C-1 $store --at 2026-03-02T11:30 --if window
tell asked 2026-03-02T12:30
golden explain-paused explain care.xml C-1 handle $store --at 2026-03-02T14:00 --lang zh
golden explain-waiting explain care.xml C-1 $store --at 2026-03-02T14:00
tell answered 2026-03-02T15:00
tell promise_made 2026-03-02T15:00 --set promised=2026-03-03T10:00
golden explain-json explain care.xml C-1 promise $store --at 2026-03-02T16:00 --json
run explain care.xml C-1 $store --at 2026-03-02T16:00 --json
result 'all of it is JSON' "$(
  [ "$(grep -c '"clock": ' out)" -ge 4 ] || cat out
  command -v python3 > /dev/null || exit 0
  python3 -c 'import json, sys; json.load (open (sys.argv[1], encoding="utf-8"))' out 2>&1)"

expect 'at the end of time' 0 'what may come next' explain care.xml C-1 $store --at 9999-12-31T15:00:00Z

# Nothing is written by asking: what is late counts as fired in the answer only.
run journal $store
cp out before
expect 'what is late counts as fired' 0 'counts as fired here' explain care.xml C-1 reply $store --at 2026-03-09T09:00
expect 'and is overdue' 0 'overdue' explain care.xml C-1 $store --at 2026-03-09T09:00
run journal $store
result 'asking changes nothing' "$(diff before out)"

tell withdraw 2026-03-03T09:00
golden explain-ended explain care.xml C-1 $store --at 2026-03-03T10:00
expect 'a clock that was judged' 0 'handle 1: due' explain care.xml C-1 handle $store --at 2026-03-03T10:00

expect 'a mistyped clock' 2 'did you mean handle?' explain care.xml C-1 handel $store --at 2026-03-03T10:00
expect 'a clock unlike any other' 2 '“csvc show” lists them' explain care.xml C-1 frobnicate $store --at 2026-03-03T10:00
expect 'a case that there is not' 2 'C-9' explain care.xml C-9 $store
expect 'no store' 2 '--store' explain care.xml C-1
expect 'a store that there is not' 3 'there is no store other.db' explain care.xml C-1 --store other.db
run case open care.xml visit V-1 $store --customer K-8 --at 2026-03-02T11:00
golden explain-unknown-customer explain care.xml V-1 $store --at 2026-03-02T11:00
finish
