#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What time does to stored cases; catching up at once and step by step must come to the same.
set -eu
. "${CSVC_SRCDIR:-.}/tests/tool/tool.sh"

# fill STORE: two complaints, an hour apart.
fill ()
{
  for number in 1 2; do
    "$program" case open care.xml complaint "C-$number" --store "$1" --fact window=hotline --as agent --by wang \
      --at "2026-03-02T1$number:00" > /dev/null
  done
}

fill s.db
golden run-early run care.xml --store s.db --at 2026-03-02T13:00
golden run-alarm run care.xml --store s.db --at 2026-03-02T13:15:00.000001
golden run-late run care.xml --store s.db --at 2026-03-03T12:30
golden run-again run care.xml --store s.db --at 2026-03-03T12:30
golden run-until run care.xml --store s.db --at 2026-03-03T12:30 --until 2026-03-12T00:00 --lang zh

fill once.db
"$program" run care.xml --store once.db --at 2026-03-12T00:00 > /dev/null
for number in 1 2; do
  "$program" case show care.xml "C-$number" --store s.db --json > steps
  "$program" case show care.xml "C-$number" --store once.db --json > once
  result "C-$number: catching up equals on time" "$(diff steps once)"
done

expect 'a store that there is not' 3 'there is no store other.db' run care.xml --store other.db
expect '--follow and --at' 2 'real time' run care.xml --store s.db --follow --at 2026-03-12T00:00
expect 'a limit of nothing' 2 '--limit 0' run care.xml --store s.db --limit 0

# An hour ago in the policy's zone, so that 75 % of three hours is still ahead: it waits, and Ctrl-C ends it.
"$program" case open care.xml complaint C-3 --store now.db --fact window=hotline --as agent > /dev/null
"$program" run care.xml --store now.db --follow > out 2> err &
follower=$!
waited=0
until grep -q 'Next wake' out || [ "$waited" -ge 100 ]; do
  sleep 0.1
  waited=$((waited + 1))
done
expect 'a second writer is told who holds the store' 3 'csvc: ' case fire care.xml C-3 withdraw --store now.db
cp out second
"$program" case list care.xml --store now.db > out 2> err || :
result 'a reader is welcome meanwhile' "$(grep -q C-3 out || cat out err)"
kill -TERM "$follower"
status=0
wait "$follower" || status=$?
result 'it stops when told to' "$([ "$status" -eq 0 ] || echo "exit status $status")"
finish
