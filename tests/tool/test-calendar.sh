#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Questions about working time, one by one and by the thousand, and months drawn. hours.xml holds February 2026 in Shanghai, with days
# off and moved days around the Spring Festival, and a desk in Berlin that never closes but at Christmas.
set -eu
. "${CSVC_SRCDIR:-.}/tests/tool/tool.sh"

# answer NAME EXPECTED ARGUMENTS...: that and nothing else is printed.
answer ()
{
  name=$1 expected=$2
  shift 2
  run calendar "$@"
  result "$name" "$([ "$status" -eq 0 ] && [ ! -s err ] && [ "$(cat out)" = "$expected" ] || { echo "expected $expected"; transcript; })"
}

# ── each operation ──

answer 'add' 2026-02-14T09:30:00+08:00 hours.xml office add 2026-02-13T16:30 7200
answer 'add, up to a closing' 2026-02-13T17:30:00+08:00 hours.xml office add 2026-02-13T16:30 3600
answer 'add, back to an opening' 2026-02-13T13:30:00+08:00 hours.xml office add 2026-02-13T14:30 -3600
answer 'add a fraction' 2026-02-13T14:30:00.000001+08:00 hours.xml office add 2026-02-13T14:30 0.000001
answer 'add nothing, while closed' 2026-02-15T00:00:00+08:00 hours.xml office add 2026-02-15 0
answer 'between' 82800 hours.xml desk between 2026-03-29 2026-03-30
answer 'between, backwards and not whole' -1.5 hours.xml desk between 2026-03-02T00:00:01.5 2026-03-02
answer 'open' true hours.xml office open 2026-02-14T08:30
answer 'open, at closing' false hours.xml office open 2026-02-14T12:00
answer 'next-opening' 2026-02-24T08:30:00+08:00 hours.xml office next-opening 2026-02-14T17:30
answer 'next-closing' 2026-02-14T12:00:00+08:00 hours.xml office next-closing 2026-02-14T11:00
answer 'prev-opening' 2026-02-14T13:30:00+08:00 hours.xml office prev-opening 2026-02-23
answer 'prev-closing' 2026-02-14T17:30:00+08:00 hours.xml office prev-closing 2026-02-23
answer 'add-days' 2026-02-24T16:00:00+08:00 hours.xml office add-days 2026-02-13T16:00 2
answer 'add-days, back' 2026-02-13T16:00:00+08:00 hours.xml office add-days 2026-02-24T16:00 -2
answer 'count-days' 16 hours.xml office count-days 2026-02-01 2026-03-01
answer 'count-days, backwards' -16 hours.xml office count-days 2026-03-01 2026-02-01
answer 'an instant with another offset' 2026-02-13T17:00:00+08:00 hours.xml office add 2026-02-13T10:00+02:00 3600
answer 'a skipped time moves on by the gap' 2026-03-29T03:30:00+02:00 hours.xml desk add 2026-03-29T02:30 0
answer 'a repeated time is the first' 2026-10-25T02:30:00+02:00 hours.xml desk add 2026-10-25T02:30 0
answer 'past the horizon' "2027-01-01T08:30:00+08:00	horizon" hours.xml office next-opening 2026-12-31T17:30
answer 'thousands of years' "8381-02-24T19:33:20+01:00	horizon" hours.xml desk add 2026-01-02 200000000000
run calendar hours.xml desk add now 0
result 'now is a time' "$(grep -q '^2[0-9-]*T' out || transcript)"

# ── where calendars come from ──

cat > office.json <<END
{"id": "office", "time_zone": "Asia/Shanghai", "weekly": {"mon": [["09:00", "12:00"], ["13:00", "18:00"]], "fri": [["22:00", "24:00"]]},
 "holidays": ["2026-03-02"], "yearly_holidays": ["12-25"], "moved_working_days": [{"date": "2026-03-01", "as": "mon"}],
 "date_hours": {"2026-03-03": [["09:00", "10:00"]]}, "breaks": {"2026-03-01": [["09:30", "10:00"]]}, "holiday_beats_date_hours": false}
END
answer 'a calendar in JSON' 30600 office.json office between 2026-03-01 2026-03-04
answer 'the only calendar of a file' 2026-03-07T10:00:00+08:00 shop.xml - next-opening 2026-03-02
expect 'the only one of two' 2 'has 2 calendars' calendar hours.xml - open 2026-03-01
expect 'a mistyped calendar' 2 'did you mean office?' calendar hours.xml offce open 2026-03-01
expect 'a file with another calendar' 2 'holds the calendar shop' calendar shop.xml office open 2026-03-01
sed '/<calendar/,/<\/calendar>/d' hours.xml > bare.xml
expect 'a policy without any' 2 'has no calendar' calendar bare.xml office open 2026-03-01
expect 'a policy with faults' 1 'bad.xml:' calendar bad.xml office open 2026-03-01
expect 'no such file' 3 'nowhere.json' calendar nowhere.json - open 2026-03-01
expect 'a folder' 3 'regular file' calendar . - open 2026-03-01
echo rubbish > rubbish
expect 'no calendar at all' 1 'no calendar' calendar rubbish - open 2026-03-01
: > empty
expect 'an empty file' 1 'no calendar' calendar empty - open 2026-03-01
echo '<html/>' > page.xml
expect 'another document' 1 'page.xml:1' calendar page.xml - open 2026-03-01
printf 'BEGIN:VCALENDAR\nEND:VCALENDAR\n' > off.ics
expect 'days off alone' 1 'no hours' calendar off.ics - open 2026-03-01

# bad-json NAME TEXT WEEKLY [ZONE]
bad_json ()
{
  printf '{"id": "bad", "time_zone": "%s", "weekly": %s}\n' "${4-UTC}" "$3" > bad.json
  expect "$1" 1 "$2" calendar bad.json - open 2026-03-01
}
bad_json 'hours that are empty' 'empty' '{"mon": [["12:00", "12:00"]]}'
bad_json 'hours that there are not' '25:00' '{"mon": [["09:00", "25:00"]]}'
bad_json 'a weekday that there is not' 'mond' '{"mond": [["09:00", "12:00"]]}'
bad_json 'a calendar that is never open' 'never open' '{}'
bad_json 'an unknown zone' 'Mars/Olympus' '{"mon": [["09:00", "12:00"]]}' Mars/Olympus
bad_json 'a path for a zone' '../etc/passwd' '{"mon": [["09:00", "12:00"]]}' ../etc/passwd
bad_json 'JSON that breaks off' 'bad.json' '{"mon": [["09:00", "12:00"]]'
echo '{"id": "once", "time_zone": "UTC", "date_hours": {"2026-05-05": [["09:00", "12:00"]]}}' > once.json
expect 'no opening will ever come' 1 'no opening' calendar once.json - next-opening 2026-06-01
expect 'nor so much time' 1 'no open time' calendar once.json - add 2026-01-01 86400
expect 'nor a working day' 1 'no working day' calendar once.json - add-days 2026-06-01 1

# China, as shipped: what is not announced yet is said, not guessed.
answer 'the last day of 2026 in China' 2026-12-31T18:00:00+08:00 "$source/data/calendars/cn.xml" cn next-closing 2026-12-31T17:00
answer 'the first of 2027' "2027-01-01T09:00:00+08:00	horizon" "$source/data/calendars/cn.xml" cn next-opening 2026-12-31T18:00

# ── how it is asked wrongly ──

expect 'a year that is not announced' 1 'not announced yet' calendar shop.xml shop add-days 2026-12-25 5
expect 'more than there is time' 1 'the years 1 to 9999' calendar hours.xml desk add 2026-01-01 9000000000000
expect 'more than can be counted' 2 'expected seconds' calendar hours.xml desk add 2026-01-01 99999999999999999999
expect 'seconds that are none' 2 'expected seconds' calendar hours.xml desk add 2026-01-01 1e3
expect 'days that are not whole' 2 'whole number of days' calendar hours.xml desk add-days 2026-01-01 1.5
expect 'a date that there is not' 2 'no such day' calendar hours.xml desk open 2026-02-30
expect 'an argument too few' 2 'TIME SECONDS' calendar hours.xml desk add 2026-01-01
expect 'an argument too many' 2 'the one cell of TIME' calendar hours.xml desk open 2026-01-01 2026-01-02
expect 'a mistyped operation' 2 'did you mean between?' calendar hours.xml desk betwen 2026-01-01 2026-01-02
expect 'an operation unlike any other' 2 '--help' calendar hours.xml desk frobnicate
expect '--month of a question' 2 'for show' calendar hours.xml desk open 2026-01-01 --month 2026-01
expect '--batch with a question' 2 'standard input' calendar hours.xml desk open 2026-01-01 --batch
expect '--batch with --explain' 2 '--explain' calendar hours.xml desk open --batch --explain

# ── tables of questions ──

# batch OPERATION...: answers to the file rows, in out.
batch ()
{
  status=0
  "$program" calendar hours.xml "$@" --batch < rows > out 2> err || status=$?
}

printf '%s\n' "2026-02-13T16:30	7200" '' "abc	4" "2026-02-13	1	2" "2026-02-13T16:30	-3600" '	' "2026-12-31T17:00	3600" > rows
printf '2026-02-13T16:30\t1\r\nnul\000\t1\n\377\376\t1\n\033[31m\t1\n2026-02-13T16:30\t0.5' >> rows
batch office add
transcript > transcript.txt
[ -z "${CSVC_TEST_REGENERATE-}" ] || cp transcript.txt "$source/tests/golden/tool/calendar-batch.txt"
result 'a row that cannot be answered says why, the others go on' "$(diff -u "$source/tests/golden/tool/calendar-batch.txt" transcript.txt 2>&1)"

: > rows
batch office add
result 'no rows, no answers' "$([ "$status" -eq 0 ] && [ ! -s out ] || transcript)"
{ head -c 300000 /dev/zero | tr '\0' '7'; printf '\n2026-02-13T16:30\t1\n'; head -c 5000 /dev/zero | tr '\0' '\t'; } > rows
batch office add
result 'huge rows are passed over' "$([ "$(cut -f 1 out)" = '!
2026-02-13T16:30:01+08:00
!' ] && [ "$(grep -c 'longer than 4096 bytes' out)" -eq 2 ] || transcript | cut -c 1-200)"
i=0
while [ "$i" -lt 4000 ]; do printf '2026-02-13T16:30\t%d\n' "$i"; i=$((i + 1)); done > rows
batch desk add
result 'rows that lie across reads keep their order' "$(
  [ "$(wc -l < out)" -eq 4000 ] || echo "$(wc -l < out) answers"
  [ "$(sort -u out | wc -l)" -eq 4000 ] || echo 'some are alike'
  sort -c out 2>&1)"
{ cat rows; cat rows; } | { sleep 0.1; "$program" calendar hours.xml desk add --batch; } > piped
result 'a pipe is as good as a file' "$(cat out out | diff -q - piped)"
status=0
"$program" calendar hours.xml desk add --batch > out 2> err <&- || status=$?
result 'a standard input that is closed is said' "$([ "$status" -eq 3 ] && grep -q 'standard input' err || transcript)"

# ── explained ──

golden calendar-explain-add calendar hours.xml office add 2026-02-13T17:00 36000.5 --explain
golden calendar-explain-back calendar hours.xml office add 2026-02-24T09:00 -7200 --explain --lang zh
golden calendar-explain-open calendar hours.xml desk open 2026-03-29T12:00 --explain
golden calendar-explain-count calendar hours.xml desk count-days 2026-12-24 2026-12-27T12:00 --explain
expect 'too much to explain' 1 '400 years' calendar hours.xml desk between 1000-01-01 2000-01-01 --explain
run calendar hours.xml office between 2026-02-01 2026-03-01 --explain
result 'the segments sum to the answer' "$(awk '
  NR == 1 { answer = $1 }
  /in all/ { total = $NF }
  NR > 2 && !/in all/ && $3 ~ /^[0-9.]+$/ { sum += $3 }
  END { if (answer != total || answer != sum || sum != 414000) print answer, total, sum }' out)"

# ── drawn ──

golden calendar-month calendar hours.xml office show --month 2026-02
golden calendar-month-chinese calendar hours.xml office show --month 2026-02 --lang zh
golden calendar-month-change calendar hours.xml desk show --month 2026-10
# Samoa had no 30 December in 2011, a Friday.
echo '{"id": "apia", "time_zone": "Pacific/Apia", "weekly": {"fri": [["09:00", "24:00"]], "sat": [["22:00", "06:00"]]}}' > apia.json
golden calendar-month-skipped calendar apia.json - show --month 2011-12
golden calendar-month-unknown calendar hours.xml office show --month 2027-02
golden calendar-year calendar hours.xml office show --year 2026
run calendar hours.xml office show
result 'the present month, when none is said' "$(grep -q '^office  2' out || transcript)"
expect 'a month that there is not' 2 '--month 2026-13' calendar hours.xml office show --month 2026-13
expect 'a year that there is not' 2 '--year 26' calendar hours.xml office show --year 26
expect 'a month and a year' 2 'exclude each other' calendar hours.xml office show --month 2026-02 --year 2026
expect 'a month that is not announced' 1 'not announced yet' calendar shop.xml shop show --month 2027-01

# ── against another implementation: a few questions, or with CSVC_TEST_SCALE=100 a million ──

calendars=8 questions=250
[ "${CSVC_TEST_SCALE:-1}" -lt 100 ] || { calendars=400 questions=2500; }
python=/usr/bin/python3
name='Python answers the same to questions drawn at random'
if [ -f /usr/share/zoneinfo/zone1970.tab ] && "$python" -c 'import zoneinfo; zoneinfo.ZoneInfo ("Europe/Paris")' 2> /dev/null; then
  status=0
  "$python" "$source/tests/support/worktime-check.py" "$program" --calendars $calendars --questions $questions > out 2>&1 || status=$?
  sed 's/^/# /' out | tail -n 1
  result "$name" "$([ "$status" -eq 0 ] && grep -q "^$((calendars * questions)) questions .* 0 differ" out || head -c 4000 out)"
else
  skip "$name" 'there is no python3 with zoneinfo, or no zones'
fi
finish
