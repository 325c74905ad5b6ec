#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check-churn.sh: the Iranian customers with three rules that do not know who left: who would be called, and what share of those who left is among them,
# beside a random list of the same size.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/../checks/tap.sh"
root=${CSVC_SRCDIR:-$here/../..}
tool=${CSVC_BUILDDIR:-.}/tools/csvc
file=${CSVC_TEST_DATA:-$root/../shared/data}/customers/iranian-churn.csv

if [ ! -f "$file" ] || ! command -v python3 > /dev/null 2>&1; then
  skip 'who leaves is on the list' 'no iranian-churn.csv, or no python3'
  finish
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM

sed '/<\/policy>/d' "$root/data/policies/churn.xml" > "$folder/churn.xml"
cat >> "$folder/churn.xml" << 'END'
<roles><role id="agent"/></roles><purposes><purpose id="keeping" commercial="true"/></purposes>
<rules>
<rule id="complained" purpose="keeping" priority="90" when="complains"><open case="call" role="agent"/></rule>
<rule id="silent" purpose="keeping" priority="60" when="not(active) and calls &lt; 30"><open case="call" role="agent"/></rule>
<rule id="failing" purpose="keeping" priority="40" when="call_failures >= 10 and worth &lt; 100"><open case="call" role="agent"/></rule>
</rules>
<case id="call" initial="to_do"><event id="reached"/><state id="to_do"><transition event="reached" target="done"/></state><final id="done"/></case>
</policy>
END
"$tool" customer import "$folder/churn.xml" "$file" --map "$root/data/policies/churn.map.xml" --store "sqlite:$folder/churn.db" \
  --at 2026-03-01T08:00 > "$folder/out" 2>&1 || cat "$folder/out"
"$tool" sweep "$folder/churn.xml" --store "sqlite:$folder/churn.db" --at 2026-03-02T08:00 --dry-run --json > "$folder/plan.json"
python3 - "$file" "$folder/plan.json" > "$folder/judged" << 'END'
import collections, csv, json, random, sys
rows = list(csv.DictReader(open(sys.argv[1], encoding="utf-8")))
left = [row["Churn"] == "1" for row in rows]
items = [item for item in json.load(open(sys.argv[2], encoding="utf-8"))["items"] if item["decision"] == "open"]
column = {" ".join(name.split()): name for name in rows[0]}
number = lambda row, name: float(row[column[name]])
called = [row for row in rows if number(row, "Complains") == 1 or (number(row, "Status") == 2 and number(row, "Frequency of use") < 30)
          or (number(row, "Call Failure") >= 10 and number(row, "Customer Value") < 100)]
listed = len({item["customer"] for item in items})
caught = sum(row["Churn"] == "1" for row in called)
chance = random.Random(7)
lots = [sum(left[i] for i in chance.sample(range(len(rows)), listed)) for _ in range(100)]
print(("ok" if listed == len(called) else "not ok") + f" - the list is what three lines of Python make of the file: {listed} and {len(called)}")
print(("ok" if all(item["reason"] and item["line"] for item in items) else "not ok") + " - each call has a reason and a line")
print(("ok" if caught > 1.5 * sum(lots) / len(lots) else "not ok") + " - more of those who left than on a random list")
print(f"# {listed} of {len(rows)} would be called: " + ", ".join(f"{rule} {n}" for rule, n in collections.Counter(item["rule"] for item in items).items()))
print(f"# of {sum(left)} who left {caught} are on it ({100 * caught / sum(left):.1f} %), of a random list {sum(lots) / len(lots):.0f} ({sum(lots) / sum(left):.1f} %)")
END
grep -v '^#' "$folder/judged" > "$folder/checks" || echo 'not ok - the recount came to no end' > "$folder/checks"
while read -r line; do
  case $line in
    'ok - '*) result "${line#ok - }" '' ;;
    *) result "${line#not ok - }" "$line" ;;
  esac
done < "$folder/checks"
grep '^#' "$folder/judged" || true
finish
