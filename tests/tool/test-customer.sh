#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
set -eu
. "${CSVC_SRCDIR:-.}/tests/tool/tool.sh"

printf 'No,Spent  a Month,Phone\nli,250,138\nwang,50,139\nzhao,a lot,137\n,5,\n' > base.csv
cat > base.map.xml <<MAP
<customers xmlns="urn:csvc:map:1" key="No">
  <fact id="arpu" attribute="Spent a Month"/>
  <fact id="phone" attribute="Phone"/>
</customers>
MAP

golden customer-import-strict customer import member.xml base.csv --map base.map.xml --store c.db --at 2026-03-01T10:00 --strict
golden customer-import customer import member.xml base.csv --map base.map.xml --store c.db --at 2026-03-01T10:00
golden customer-import-again customer import member.xml base.csv --map base.map.xml --store c.db --at 2026-03-01T10:00 --json
golden customer-import-columns customer import member.xml base.csv --key No --column 'arpu=Spent a Month' --dry-run
expect 'no such column' 2 'did you mean "Phone"' customer import member.xml base.csv --key No --column phone=Phones --dry-run
expect 'no such fact' 2 'no fact "arpo"' customer import member.xml base.csv --column arpo=Phone --dry-run
expect 'a map and columns' 2 'either --map or --column' customer import member.xml base.csv --map base.map.xml --key No

golden customer-put customer put member.xml li --fact arpu=300 --store c.db --at 2026-03-02T10:00 --as guest
golden customer-show customer show member.xml li --store c.db --at 2026-03-02T11:00
golden customer-show-agent customer show member.xml li --store c.db --at 2026-03-02T11:00 --as agent --json
golden customer-show-chinese customer show member.xml li --store c.db --at 2026-03-02T11:00 --lang zh
golden customer-list customer list member.xml --store c.db
expect 'nobody of that number' 2 'sun' customer show member.xml sun --store c.db

golden customer-tier customer tier member.xml wang --store c.db --at 2026-03-02T11:00
expect 'a tier by hand needs a reason' 2 'reason' customer tier member.xml wang --set gold --store c.db --at 2026-03-02T11:00
golden customer-tier-set customer tier member.xml wang --set gold --until 2026-04-01T00:00 --reason apology --by zhou --store c.db --at 2026-03-02T11:00

golden customer-use customer use member.xml li lounge --request u1 --store c.db --at 2026-03-03T10:00
golden customer-reserve customer reserve member.xml li lounge --request r1 --store c.db --at 2026-03-03T11:00
golden customer-used-up customer use member.xml li lounge --store c.db --at 2026-03-03T12:00
golden customer-release customer release member.xml li lounge --request r1 --store c.db --at 2026-03-03T13:00
golden customer-entitlements customer entitlements member.xml li --store c.db --at 2026-03-03T14:00
golden customer-entitlements-json customer entitlements member.xml li --store c.db --at 2026-03-03T14:00 --json
expect 'a reservation needs a name' 2 '--request is needed' customer reserve member.xml li lounge --store c.db
expect 'too little' 2 'expected a whole number, 1 or more' customer use member.xml li lounge --amount 0 --store c.db
expect 'nothing reserved' 1 'refused' customer commit member.xml li lounge --request r1 --store c.db --at 2026-03-03T14:00

expect 'applied' 0 'news' customer apply member.xml li news approved --store c.db --at 2026-03-04T10:00
expect 'no such state' 2 'asked, approved, rejected or withdrawn' customer apply member.xml li news perhaps --store c.db
expect 'too much' 2 'at most 18 digits' customer use member.xml li lounge --amount 1000000000000000000 --store c.db
expect 'points' 0 '100 left' customer grant member.xml li points --amount 100 --expires never --store c.db --at 2026-03-04T11:00
expect 'fewer points' 0 '95 left' customer adjust member.xml li points --amount=-5 --reason mistake --store c.db --at 2026-03-04T12:00

golden customer-note customer note member.xml li moved --store c.db --at 2026-03-04T13:00

expect 'spends less' 0 'arpu = 10' customer put member.xml li --fact arpu=10 --store c.db --at 2026-03-05T10:00
golden review-dry-run review member.xml --store c.db --at 2026-05-01T00:00 --dry-run
golden review review member.xml --store c.db --at 2026-05-01T00:00 --json
golden review-again review member.xml --store c.db --at 2026-05-01T00:00
golden table-store table member.xml spending --store c.db
expect 'the store agrees' 0 'agree' verify --store c.db
expect 'a misspelt command' 2 'did you mean “csvc customer show”' customer shwo
finish
