#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Asks `csvc calendar --batch` and an implementation that shares nothing with it, and compares the answers letter by letter.

Calendars are drawn at random, each in another zone and four years of 1980 to 2040. The second implementation lists
the open intervals of these years, date by date on the wall clock, and cuts them by the offsets that Python's zoneinfo tells; then
every question is a search in a list. Offsets are found by looking every three hours, so nothing is assumed about rules.

    worktime-check.py PROGRAM --calendars 400 --questions 2500 [--seed N]
"""

import argparse
import bisect
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
EPOCH = datetime(1970, 1, 1)
UTC = timezone.utc
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
YEARS = 4
MARGIN = 3 * DAY  # near the ends of what was listed nothing is asked
# Places that left out a whole date, and when: always among the calendars.
SKIPPED_DATES = {"Pacific/Apia": 2011, "Pacific/Kwajalein": 1993, "Pacific/Fakaofo": 2011, "Pacific/Kanton": 1994, "Pacific/Kiritimati": 1994}


def micros(naive):
    return (naive - EPOCH) // timedelta(microseconds=1)


def list_zones():
    with open("/usr/share/zoneinfo/zone1970.tab", encoding="utf-8") as table:
        return ["UTC"] + [line.split("\t")[2].strip() for line in table if not line.startswith("#")]


# ── what the wall clock of a place shows, from zoneinfo ──


class Clock:
    """Offsets between two instants: pieces (from, to, offset), all in microseconds."""

    def __init__(self, name, begin, end):
        self.name = name
        self.zone = ZoneInfo(name)
        self.changes = []
        self.pieces = []
        start, offset = begin, self.offset(begin)
        for time in range(begin + 3 * HOUR, end, 3 * HOUR):
            if self.offset(time) == offset:
                continue
            change = self.find_change(time - 3 * HOUR, time)
            self.pieces.append((start, change, offset))
            self.changes.append(change)
            start, offset = change, self.offset(change)
        self.pieces.append((start, end, offset))

    def at(self, time):
        return (EPOCH + timedelta(microseconds=time)).replace(tzinfo=UTC).astimezone(self.zone)

    def offset(self, time):
        return self.at(time).utcoffset() // timedelta(microseconds=1)

    def find_change(self, low, high):
        before = self.offset(low)
        while high - low > SECOND:
            middle = (low + high) // 2 // SECOND * SECOND
            low, high = (middle, high) if self.offset(middle) == before else (low, middle)
        return high

    def from_local(self, local):
        """fold=0: a repeated time is the first one, a skipped time moves on by the gap."""
        return micros((EPOCH + timedelta(microseconds=local)).replace(tzinfo=self.zone).astimezone(UTC).replace(tzinfo=None))

    def text(self, time):
        at = self.at(time)
        wall = at.replace(tzinfo=None)
        offset = "Z" if self.name == "UTC" else at.isoformat()[len(wall.isoformat()) :]
        return wall.isoformat().rstrip("0" if wall.microsecond else "") + offset


# ── the rules ──


def read_clock(text):
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def read_hours(pairs):
    """Minutes since midnight; an end that is not after its beginning lies on the next date."""
    spans = []
    for begin, end in pairs:
        begin, end = read_clock(begin), read_clock(end)
        spans.append((begin, end if end > begin else end + 1440))
    return spans


def merge(spans):
    merged = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        elif begin < end:
            merged.append([begin, end])
    return merged


def subtract(spans, holes):
    for low, high in holes:
        spans = [part for begin, end in spans for part in ((begin, min(end, low)), (max(begin, high), end)) if part[0] < part[1]]
    return spans


class Calendar:
    """The open intervals of some years, and the dates that work."""

    def __init__(self, rules, first, last):
        self.rules = rules
        self.first, self.last = first, last
        begin, end = micros(datetime(first, 1, 1)), micros(datetime(last + 1, 1, 1))
        self.clock = Clock(rules["time_zone"], begin - MARGIN, end + MARGIN)
        self.begin, self.end = begin + MARGIN, end - MARGIN
        self.piece_starts = [piece[0] for piece in self.clock.pieces]
        owned = []
        self.working_dates = []
        for number in range(begin // DAY - 1, end // DAY + 1):
            spans = self.on_instants(self.on_wall(number))
            owned += spans
            if spans and self.exists(number):
                self.working_dates.append(number)
        self.intervals = merge(owned)
        self.starts = [begin for begin, end in self.intervals]
        self.ends = [end for begin, end in self.intervals]
        self.sums = [0] + list(itertools.accumulate(end - begin for begin, end in self.intervals))

    def is_holiday(self, number):
        text = str(date.fromordinal(number + 719163))
        rules = self.rules
        if text not in rules["holidays"] and text[5:] not in rules["yearly_holidays"]:
            return False
        own = text in rules["date_hours"] or any(moved["date"] == text for moved in rules["moved_working_days"])
        return rules["holiday_beats_date_hours"] or not own

    def hours_of(self, number):
        day = date.fromordinal(number + 719163)
        rules = self.rules
        if self.is_holiday(number):
            return []
        if str(day) in rules["date_hours"]:
            return read_hours(rules["date_hours"][str(day)])
        moved = [moved["as"] for moved in rules["moved_working_days"] if moved["date"] == str(day)]
        return read_hours(rules["weekly"].get(moved[0] if moved else WEEKDAYS[day.weekday()], []))

    def on_wall(self, number):
        """The hours that belong to a date, on the wall clock, without breaks and without a tail into a holiday."""
        spans = self.hours_of(number)
        if self.is_holiday(number + 1):
            spans = [(begin, min(end, 1440)) for begin, end in spans]
        for back in (-1, 0, 1):
            breaks = read_hours(self.rules["breaks"].get(str(date.fromordinal(number + back + 719163)), []))
            spans = subtract(spans, [(begin + back * 1440, end + back * 1440) for begin, end in breaks])
        return [(number * DAY + begin * MINUTE, number * DAY + end * MINUTE) for begin, end in spans]

    def on_instants(self, walls):
        spans = []
        for begin, end in walls:
            near = bisect.bisect_right(self.piece_starts, begin - 36 * HOUR) - 1
            for low, high, offset in self.clock.pieces[max(near, 0) :]:
                if low > end + 36 * HOUR:
                    break
                span = (max(begin - offset, low), min(end - offset, high))
                if span[0] < span[1]:
                    spans.append(span)
        return spans

    def exists(self, number):
        return bool(self.on_instants([(number * DAY, number * DAY + DAY)]))

    # ── questions; None: not within these years ──

    def inside(self, time):
        return time if time is not None and self.begin <= time < self.end else None

    def date_of(self, time):
        return (time + self.clock.offset(time)) // DAY

    def open_before(self, time):
        i = bisect.bisect_right(self.starts, time)
        return self.sums[i] if i == 0 else self.sums[i - 1] + min(time, self.ends[i - 1]) - self.starts[i - 1]

    def add(self, time, amount):
        target = self.open_before(time) + amount
        if amount == 0:
            return time
        if target <= 0 or target >= self.sums[-1]:
            return None
        i = bisect.bisect_left(self.sums, target) if amount > 0 else bisect.bisect_right(self.sums, target)
        return self.inside(self.starts[i - 1] + target - self.sums[i - 1])

    def between(self, begin, end):
        return self.open_before(end) - self.open_before(begin)

    def open(self, time):
        i = bisect.bisect_right(self.starts, time) - 1
        return i >= 0 and time < self.ends[i]

    def after(self, times, time):
        i = bisect.bisect_right(times, time)
        return self.inside(times[i]) if i < len(times) else None

    def before(self, times, time):
        i = bisect.bisect_left(times, time)
        return self.inside(times[i - 1]) if i > 0 else None

    def add_days(self, time, days):
        if days == 0:
            return time
        today = self.date_of(time)
        dates = self.working_dates
        i = bisect.bisect_right(dates, today) + days - 1 if days > 0 else bisect.bisect_left(dates, today) + days
        if not 0 <= i < len(dates):
            return None
        local = time + self.clock.offset(time)
        return self.inside(self.clock.from_local(dates[i] * DAY + local % DAY))

    def count_days(self, begin, end):
        dates = self.working_dates
        return bisect.bisect_left(dates, self.date_of(end)) - bisect.bisect_left(dates, self.date_of(begin))


# ── drawing ──


def draw_hours(dice, most):
    pairs = []
    for _ in range(dice.randint(0, most)):
        step = dice.choice([1, 5, 30, 60])
        begin = dice.randrange(0, 1440, step)
        end = (begin + dice.randrange(step, 1440, step)) % 1440 if step < 60 else dice.choice([1440, (begin + 480) % 1440])
        if end != begin:
            pairs.append([f"{begin // 60:02}:{begin % 60:02}", f"{end // 60:02}:{end % 60:02}"])
    return pairs


def draw_rules(dice, zone, first):
    days = [date(first, 1, 1) + timedelta(days=n) for n in range(YEARS * 365)]

    def some(share):
        return [str(day) for day in dice.sample(days, int(len(days) * share * dice.random()))]

    weekly = {day: draw_hours(dice, 3) for day in WEEKDAYS if dice.random() < 0.8}
    if dice.random() < 0.1:
        weekly = {day: [["00:00", "24:00"]] for day in WEEKDAYS}
    if not any(weekly.values()):
        weekly["wed"] = [["09:00", "17:00"]]
    return {
        "id": "drawn",
        "time_zone": zone,
        "weekly": weekly,
        "holidays": some(0.15),
        "yearly_holidays": dice.sample(["12-25", "01-01", "02-29", "07-14", "03-31"], dice.randint(0, 3)),
        "moved_working_days": [{"date": day, "as": dice.choice(WEEKDAYS)} for day in some(0.05)],
        "date_hours": {day: draw_hours(dice, 2) for day in some(0.05)},
        "breaks": {day: draw_hours(dice, 2) for day in some(0.1)},
        "holiday_beats_date_hours": dice.random() < 0.4,
    }


def draw_time(dice, calendar):
    """Half of them where something happens, to the microsecond."""
    time = dice.randrange(calendar.begin // SECOND, calendar.end // SECOND) * SECOND
    where = dice.randrange(6)
    if where == 0 and calendar.clock.changes:
        time = dice.choice(calendar.clock.changes) + dice.randrange(-3 * HOUR, 3 * HOUR, SECOND)
    elif where == 1 and calendar.clock.changes:
        time = dice.choice(calendar.clock.changes) + dice.randint(-2, 2)
    elif where == 2:
        time = dice.choice(dice.choice([calendar.starts, calendar.ends])) + dice.randint(-1, 1)
    elif where == 3:
        time += dice.randrange(SECOND)
    return min(max(time, calendar.begin), calendar.end - 1)


def write_time(dice, calendar, time):
    """The text, and the instant that it means: without an offset it may be another one, in the hour that comes twice."""
    text = calendar.clock.text(time)
    if calendar.clock.name == "UTC" or dice.random() < 0.5:
        return text, time
    if dice.random() < 0.5:
        at = EPOCH + timedelta(microseconds=time)
        return at.isoformat(" ") + "Z", time
    at = calendar.clock.at(time).replace(tzinfo=None)
    return at.isoformat(), calendar.clock.from_local(micros(at))


def write_seconds(amount):
    text = f"{'-' if amount < 0 else ''}{abs(amount) // SECOND}"
    return text + (f".{abs(amount) % SECOND:06}".rstrip("0") if amount % SECOND else "")


def draw_amount(dice, calendar, time):
    """A third of them are used up exactly when it closes or opens."""
    if dice.random() < 0.3:
        return calendar.between(time, dice.choice(dice.choice([calendar.starts, calendar.ends])))
    amount = dice.randrange(10 ** dice.randint(1, 14)) * dice.choice([-1, 1])
    return amount if dice.random() < 0.3 else amount // MINUTE * MINUTE


def draw_days(dice, _calendar, _time):
    return dice.randint(-300, 300) if dice.random() < 0.5 else dice.randint(-3, 3)


OPERATIONS = {
    "add": (Calendar.add, draw_amount, write_seconds, "instant"),
    "between": (Calendar.between, "time", None, "seconds"),
    "open": (Calendar.open, None, None, "truth"),
    "next-opening": (lambda self, time: self.after(self.starts, time), None, None, "instant"),
    "next-closing": (lambda self, time: self.after(self.ends, time), None, None, "instant"),
    "prev-opening": (lambda self, time: self.before(self.starts, time), None, None, "instant"),
    "prev-closing": (lambda self, time: self.before(self.ends, time), None, None, "instant"),
    "add-days": (Calendar.add_days, draw_days, str, "instant"),
    "count-days": (Calendar.count_days, "time", None, "days"),
}


def write_answer(calendar, kind, answer):
    if kind == "instant":
        return calendar.clock.text(answer)
    return {"seconds": write_seconds, "truth": lambda truth: str(truth).lower(), "days": str}[kind](answer)


def draw_question(dice, calendar, operation):
    """(row, answer); None when these years do not hold the answer."""
    ask, second, write, kind = OPERATIONS[operation]
    text, time = write_time(dice, calendar, draw_time(dice, calendar))
    cells, arguments = [text], [time]
    if second == "time":
        text, time = write_time(dice, calendar, draw_time(dice, calendar))
        cells.append(text)
        arguments.append(time)
    elif second is not None:
        arguments.append(second(dice, calendar, time))
        cells.append(write(arguments[1]))
    answer = ask(calendar, *arguments)
    return None if answer is None else ("\t".join(cells), write_answer(calendar, kind, answer))


# ── comparing ──


def compare(options, path, calendar, operation, questions):
    """The number of answers that differ."""
    rows = "".join(row + "\n" for row, _ in questions)
    done = subprocess.run([options.program, "calendar", path, "-", operation, "--batch"], input=rows, capture_output=True, text=True)
    answers = done.stdout.splitlines()
    if done.returncode != 0 or len(answers) != len(questions):
        sys.exit(f"{operation}: exit status {done.returncode}, {len(answers)} answers to {len(questions)} questions\n{done.stderr}")
    wrong = [(row, expected, got) for (row, expected), got in zip(questions, answers) if expected != got]
    for row, expected, got in wrong[:5]:
        print(f"{operation}\t{row}\n  expected {expected}\n  answered {got}\n  calendar {json.dumps(calendar.rules)}")
    return len(wrong)


def check_calendar(options, dice, folder, zone):
    first = SKIPPED_DATES.get(zone, dice.randint(1981, 2041 - YEARS)) - dice.randrange(2)
    calendar = Calendar(draw_rules(dice, zone, first), first, first + YEARS - 1)
    path = os.path.join(folder, "drawn.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(calendar.rules, file)
    asked = wrong = 0
    share = -(-options.questions // len(OPERATIONS))
    for operation in OPERATIONS:
        drawn = (draw_question(dice, calendar, operation) for _ in range(20 * share))
        questions = list(itertools.islice(filter(None, drawn), min(share, options.questions - asked)))
        if questions:
            asked += len(questions)
            wrong += compare(options, path, calendar, operation, questions)
    return asked, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--calendars", type=int, default=8)
    parser.add_argument("--questions", type=int, default=250, help="of each calendar")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    dice = random.Random(options.seed)
    zones = list_zones()
    dice.shuffle(zones)
    zones.sort(key=lambda zone: zone not in SKIPPED_DATES)
    asked = wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for i in range(options.calendars):
            more = check_calendar(options, dice, folder, zones[i % len(zones)])
            asked += more[0]
            wrong += more[1]
    print(f"{asked} questions to {options.calendars} calendars in {min(options.calendars, len(zones))} zones, seed {options.seed}: {wrong} differ")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
