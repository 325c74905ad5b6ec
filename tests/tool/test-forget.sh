#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Personal facts: forgotten, held, counted.
set -eu
. "${CSVC_SRCDIR:-.}/tests/tool/tool.sh"

store='--store s.db'
at='--at 2026-03-02T12:00'
run case open care.xml complaint C-1 --customer K-1 $store --fact window=hall --fact contact=13800000000 --as agent --at 2026-03-02T11:00
expect 'what is kept is counted' 0 'Personal values: 2 kept, each as its seal says; 0 forgotten' verify $store
run journal $store --json
result 'whoever reads the journal sees it' "$(grep -q 13800000000 out || transcript)"

expect 'a hold' 0 'because of lawsuit' hold care.xml K-1 lawsuit $store $at --by legal
expect 'stops forgetting' 1 'refused-hold' forget care.xml K-1 $store $at
expect 'and says which' 1 'held by lawsuit' forget care.xml K-1 $store $at
expect 'there is no other hold' 2 'nothing called "inquiry"' hold care.xml K-1 inquiry --release $store $at
expect 'it is released' 0 'lawsuit' hold care.xml K-1 lawsuit --release $store $at

expect 'forgetting' 0 'contact forgotten' forget care.xml K-1 $store $at --by legal
result 'no byte of it is left' "$(! grep -q 13800000000 s.db || echo 'it is in the file')"
expect 'the journal verifies' 0 'agree' verify $store
expect 'what is gone is counted' 0 'Personal values: 0 kept, each as its seal says; 2 forgotten' verify $store
run journal $store --json
result 'the journal has a seal' "$(if grep -q 13800000000 out || ! grep -q sha256: out; then transcript; fi)"
expect 'in Chinese' 0 '已清除 2 项' verify $store --lang zh

expect 'nothing is due without keeping times' 0 'of 0 customers' forget care.xml --due $store $at
expect 'a fact that is not personal' 2 'no personal fact' forget care.xml K-1 --fact level $store $at
expect 'whom?' 2 'whom' forget care.xml $store $at
expect 'not both' 2 'whom' forget care.xml K-1 --due $store $at
expect 'nobody' 2 'no customer' forget care.xml K-9 $store $at
expect 'no store' 3 'no store' forget care.xml K-1 --store none.db $at
expect 'help' 0 'erase personal facts' forget --help
expect 'help on holds' 0 'lawsuit' hold --help

finish
