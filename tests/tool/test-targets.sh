#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Targets: the table, in both languages, and JSON.
set -eu
. "${CSVC_SRCDIR:-.}/tests/tool/tool.sh"

policy=$source/data/policies/telecom.xml
store='--store s.db'
at='--at 2026-03-01T12:00'
put () { run customer put "$policy" "$@" $store; }

put K-1 --fact arpu=300 --fact club_member=true --at 2025-12-31T12:00
put K-2 --fact arpu=50 --at 2025-12-31T12:00
put K-3 --fact arpu=300 --fact club_member=true --at 2026-01-02T12:00
put K-1 --fact left_on=2026-02-01 --at 2026-02-01T12:00

# row NAME TEXT ARGUMENTS...: what was said, with single spaces, has this text.
row ()
{
  name=$1 text=$2
  shift 2
  run targets "$policy" $store "$@"
  result "$name" "$(tr -s ' ' < out | grep -qF -e "$text" || transcript)"
}

row 'the snapshot' 'Customers of the snapshot kept 2026-01-01 1 1 0 50.00 % 90.00 %' $at --lang en
row 'those of value' 'Mid- and high-value customers of the snapshot kept 2026-01-01 0 1 0 0.00 % 95.00 %' $at --lang en
row 'members' 'Club members 1 1 0 50.00 % 15.00 %' $at --lang en
row 'in Chinese' '俱乐部会员占比 1 1 0 50.00 % 15.00 %' $at --lang zh
row 'before the snapshot there is no share' '2026-01-01 0 0 0 – 90.00 %' --at 2025-12-31T13:00 --lang en
run targets "$policy" $store $at --json
result 'JSON' "$(grep -q '"share": 5000' out && grep -q '"goal": 9500' out || transcript)"
expect 'a policy without targets' 0 'no targets' targets desk.xml $store $at
expect 'no store' 3 'no store' targets "$policy" --store none.db
expect 'help' 0 'what share of customers' targets --help

finish
