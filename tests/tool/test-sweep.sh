#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The plan of the day: said, made, made again; its tasks; and the question before each call.
set -eu
. "${CSVC_SRCDIR:-.}/tests/tool/tool.sh"
cp "$source/examples/retention.xml" .

# K-2 has not agreed, K-4 is one too many for today, K-6 was called a week ago, K-7 has no occasion.
cat > base.csv <<'END'
number,spend,contract_end,warned_on,consent
K-1,80,2026-03-20,,true
K-2,80,2026-03-12,,false
K-3,300,2026-03-25,,true
K-4,80,2026-03-28,,true
K-5,80,2027-01-31,2026-03-01,true
K-6,500,2026-03-15,,true
K-7,500,2027-01-31,,true
END
store='--store s.db'
night='--at 2026-03-03T01:30'
call='retention.xml K-1 phone keeping --store s.db'

expect 'customers are taken in' 0 '7' customer import retention.xml base.csv --key number -c spend=spend -c contract_end=contract_end \
  -c warned_on=warned_on -c consent=consent $store --at 2026-02-24T01:30
expect 'a call is noted' 0 'yes' contact retention.xml K-6 phone keeping --note $store --at 2026-02-24T10:30

golden sweep-dry sweep retention.xml $store $night --dry-run
expect 'a dry run writes nothing' 0 'There are no tasks' tasks retention.xml $store
golden sweep-night sweep retention.xml $store $night --by night
golden sweep-again sweep retention.xml $store $night --all
golden sweep-json sweep retention.xml $store $night --json
golden sweep-zh sweep retention.xml $store $night --dry-run --lang zh
golden tasks tasks retention.xml $store
golden tasks-json tasks retention.xml --customer K-5 $store --json
expect 'tasks of a rule' 0 'K-5' tasks retention.xml --rule warning $store
result 'and of no other' "$(if grep -q K-1 out; then transcript; fi)"
expect 'no more than asked for' 0 'K-' tasks retention.xml --limit 1 $store
result 'one is one' "$([ "$(grep -c 'K-' out)" -eq 1 ] || transcript)"
expect 'tasks of nobody' 2 'no customer' tasks retention.xml --customer K-99 $store
expect 'tasks of no rule' 2 'did you mean expiring?' tasks retention.xml --rule expirin $store
expect 'the store is whole' 0 'agree' verify $store

expect 'not in the quiet hours' 1 '2026-03-03 08:00' contact $call --at 2026-03-03T07:30
expect 'afterwards' 0 'yes' contact $call --at 2026-03-03T10:30
expect 'it is made and noted' 0 'yes' contact $call --note --rule expiring --at 2026-03-03T10:30
expect 'and no second time' 1 '1 of 1 contacts within P30D' contact $call --note --at 2026-03-03T10:31
expect 'the next is allowed when the first is 30 days old' 0 'yes' contact $call --at 2026-04-02T10:31
expect 'another channel' 2 'pigeon' contact retention.xml K-1 pigeon keeping $store $night
expect 'another purpose' 2 'teasing' contact retention.xml K-1 phone teasing $store $night
expect 'nobody' 2 'no customer K-99' contact retention.xml K-99 phone keeping --note $store --at 2026-04-03T10:30
expect 'another rule' 2 'did you mean expiring?' contact $call --note --rule expirin --at 2026-04-03T10:30
expect 'another case' 2 'no case K-1/expirin' contact $call --note --rule expiring --case K-1/expirin --at 2026-04-03T10:30
expect 'quiet to the end of time' 1 'no: quiet hours (' contact $call --at 9999-12-31T22:00
result 'said once, without a complaint' "$(if [ -s err ] || grep -q 'Again' out; then transcript; fi)"
golden contact-json contact retention.xml K-2 phone keeping $store --at 2026-03-03T10:30 --json

expect 'days in a row' 0 '3 days: opened' sweep retention.xml $store --at 2026-03-04T01:30 --days 3
result 'a line for each day' "$([ "$(grep -c '^2026-03-0[456]' out)" -eq 3 ] || transcript)"
expect 'many days have no dry run' 2 '--dry-run' sweep retention.xml $store $night --days 3 --dry-run
expect 'no days' 2 '--days' sweep retention.xml $store $night --days 0
expect 'days that are none' 2 'beyond the year 9999' sweep retention.xml $store --at 9999-12-30T08:00 --days 5
result 'and none of them was swept' "$(if grep -q 9999-12-30 out; then transcript; fi)"

# The contract ends on the last day of all, west of Greenwich after the last instant.
sed 's|zone="Asia/Shanghai"|zone="America/New_York"|' retention.xml > west.xml
printf 'number,spend,contract_end,warned_on,consent\nK-1,80,9999-12-31,,true\n' > last.csv
expect 'a customer for ever' 0 '1' customer import west.xml last.csv --key number -c spend=spend -c contract_end=contract_end -c consent=consent \
  --store sqlite:last.db --at 2026-02-24T01:30
expect 'the last days' 0 '2 days: opened 1' sweep west.xml --store last.db --at 9999-12-30T08:00 --days 2
expect 'the last day once more' 0 'Opened 0' sweep west.xml --store last.db --at 9999-12-31T08:00
result 'without a complaint' "$(if [ -s err ]; then transcript; fi)"
expect 'the store is whole to the end' 0 'agree' verify --store last.db

expect 'no store' 3 'no store' sweep retention.xml --store none.db $night
expect 'no rules, no tasks' 0 'Nothing was written' sweep desk.xml $store $night --dry-run
expect 'help' 0 'whom to contact' sweep --help

finish
