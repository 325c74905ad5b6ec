# SPDX-License-Identifier: LGPL-2.1-or-later
"""Zones, calendars, columns."""
import random
import pickle
import subprocess
import threading
import unittest
from array import array
from datetime import datetime, timedelta, timezone

import csvc
from support import AT, BUILD, HOUR, SCALE, SOURCE, UTC


def office(zone="Asia/Shanghai"):
    return (csvc.CalendarBuilder("office", csvc.Zone(zone)).hours("mon tue wed thu fri", "08:30-12:00 13:30-17:30")
            .holiday("2026-10-01", label="国庆节").build())


class Zones(unittest.TestCase):
    def test_one(self):
        zone = csvc.Zone("Asia/Shanghai")
        self.assertEqual(zone.name, "Asia/Shanghai")
        self.assertEqual(zone.offset(AT), 8 * HOUR)
        self.assertEqual(zone.to_local(AT), datetime(2026, 3, 2, 11))
        self.assertEqual(zone.from_local(datetime(2026, 3, 2, 11)), AT)
        self.assertEqual(zone.format(AT), "2026-03-02T11:00:00+08:00")
        self.assertEqual(zone.parse("2026-03-02T11:00"), AT)
        self.assertEqual(zone.parse("2026-03-02", date=True), AT - 11 * HOUR)
        self.assertEqual(zone.add_days(AT, 2), AT + timedelta(2))
        self.assertEqual(zone.tzinfo.key, "Asia/Shanghai")
        self.assertEqual(zone, csvc.Zone("Asia/Shanghai"))
        self.assertEqual(pickle.loads(pickle.dumps(zone)), zone)
        self.assertEqual(repr(zone), "Zone('Asia/Shanghai')")
        self.assertEqual(len({zone, csvc.Zone("Asia/Shanghai")}), 1)

    def test_agrees_with_zoneinfo(self):
        draw = random.Random(1)
        for name in ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"):
            zone = csvc.Zone(name)
            for _ in range(200 * SCALE):
                at = datetime(1975, 1, 1, tzinfo=UTC) + timedelta(seconds=draw.randrange(60 * 365 * 86400))
                self.assertEqual(zone.offset(at), at.astimezone(zone.tzinfo).utcoffset(), (name, at))

    def test_faults(self):
        with self.assertRaises(csvc.NotFoundError):
            csvc.Zone("Asia/Nowhere")
        with self.assertRaises(csvc.InvalidError):
            csvc.Zone("../../etc/passwd")
        zone = csvc.Zone("UTC")
        with self.assertRaises(csvc.FormError):
            zone.parse("2026-03-02")
        with self.assertRaises(csvc.LimitError):
            zone.add_days(AT, 10**9)
        with self.assertRaises(csvc.LimitError):
            zone.add_days(AT, -(2**63))
        with self.assertRaises(OverflowError):
            zone.add_days(AT, 2**63)
        with self.assertRaises(TypeError):
            zone.from_local(AT)
        for bad in (None, 5, b"UTC"):
            with self.assertRaises(TypeError):
                csvc.Zone(bad)


class Calendars(unittest.TestCase):
    def test_questions(self):
        calendar = office()
        self.assertEqual((calendar.id, calendar.version, calendar.zone.name, len(calendar.hash)), ("office", None, "Asia/Shanghai", 64))
        self.assertEqual(calendar.add(AT, 3 * HOUR), AT + 4.5 * HOUR)
        self.assertEqual(calendar.add(AT + 4.5 * HOUR, -3 * HOUR), AT)
        self.assertEqual(calendar.between(AT, AT + timedelta(1)), 7.5 * HOUR)
        self.assertEqual(calendar.between(AT + timedelta(1), AT), -7.5 * HOUR)
        self.assertIs(calendar.is_open(AT), True)
        self.assertIs(calendar.is_open(AT + 1.5 * HOUR), False)
        self.assertEqual(calendar.next_closing(AT), AT + HOUR)
        self.assertEqual(calendar.next_opening(AT), AT + 2.5 * HOUR)
        self.assertEqual(calendar.previous_opening(AT), AT - 2.5 * HOUR)
        self.assertEqual(calendar.previous_closing(AT), AT - timedelta(3) + 6.5 * HOUR)
        self.assertEqual(calendar.add_days(AT, 5), AT + timedelta(7))
        self.assertEqual(calendar.count_days(AT, AT + timedelta(7)), 5)
        self.assertFalse(calendar.is_beyond_horizon(AT, AT + HOUR))
        self.assertTrue(calendar.is_beyond_horizon(AT, AT.replace(year=2150)))

    def test_explained(self):
        calendar = office()
        segments = calendar.explain(datetime(2026, 9, 30, tzinfo=UTC), datetime(2026, 10, 3, tzinfo=UTC))
        self.assertEqual(sum((s.open for s in segments), timedelta(0)), segments.working)
        self.assertEqual(segments[0].start, datetime(2026, 9, 30, tzinfo=UTC))
        self.assertEqual(segments[-1].end, datetime(2026, 10, 3, tzinfo=UTC))
        for one, next in zip(segments, segments[1:]):
            self.assertEqual(one.end, next.start)
        holiday = [s for s in segments if s.kind is csvc.SegmentKind.HOLIDAY]
        self.assertEqual([s.label for s in holiday], ["国庆节"])
        self.assertIn("国庆节", str(segments))
        with self.assertRaises(IndexError):
            segments[len(segments)]
        self.assertEqual(len(calendar.explain(AT, AT)), 0)

    def test_builder(self):
        builder = csvc.CalendarBuilder("b", csvc.Zone("UTC")).hours("mon", "09:00-17:00")
        builder.date_hours("2026-03-03", "10:00-12:00", label="short").moved_day("2026-03-07", "mon").break_("12:00-13:00")
        builder.break_("15:00-16:00", date="2026-03-07", label="cake").horizon(2026, csvc.Horizon.ERROR).version("2")
        builder.precedence(csvc.Precedence.HOLIDAYS).add_ends(csvc.AddEnds.OPENING).add_days(csvc.AddDays.END_OF_WORKING_DAY)
        calendar = builder.build()
        self.assertEqual(calendar.version, "2")
        self.assertEqual(calendar.between(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 8, tzinfo=UTC)), (7 + 2 + 6) * HOUR)
        with self.assertRaises(csvc.LimitError):
            calendar.between(AT, AT.replace(year=2028))
        for again in (builder.build, lambda: builder.hours("tue", "09:00-10:00")):
            with self.assertRaises(csvc.StateError):
                again()

    def test_builder_faults(self):
        builder = csvc.CalendarBuilder("b", csvc.Zone("UTC"))
        with self.assertRaises(csvc.InvalidError):
            builder.build()
        builder = csvc.CalendarBuilder("b", csvc.Zone("UTC"))
        for call in (lambda: builder.hours("someday", "09:00-10:00"), lambda: builder.hours("mon", "9"), lambda: builder.holiday("x"),
                     lambda: builder.moved_day("2026-01-01", "x"), lambda: builder.date_hours("2026-13-01", "")):
            with self.assertRaises((csvc.FormError, csvc.InvalidError)):
                call()
        with self.assertRaises(IndexError):
            builder.horizon(-1)
        with self.assertRaises(OverflowError):
            builder.horizon(2026, 7)
        with self.assertRaises(TypeError):
            csvc.CalendarBuilder("b", "UTC")
        with self.assertRaises(TypeError):
            csvc.CalendarBuilder("b", None)

    def test_ical(self):
        text = ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n"
                "DTSTART;VALUE=DATE:20261001\r\nSUMMARY:holiday\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
        builder = csvc.CalendarBuilder("b", csvc.Zone("UTC")).hours("thu", "09:00-17:00")
        found = builder.import_ical(text, name="x.ics")
        self.assertEqual((found.events, found.days_off, found.moved_days, found.left_out), (1, 1, 0, 0))
        self.assertIn("x.ics", str(found))
        self.assertFalse(builder.build().is_open(datetime(2026, 10, 1, 10, tzinfo=UTC)))
        with self.assertRaises(csvc.FormError):
            csvc.CalendarBuilder("b", csvc.Zone("UTC")).import_ical(b"\xff\0nonsense")

    def test_documents(self):
        calendar = csvc.Calendar.load(SOURCE / "data/calendars/cn.xml")
        self.assertEqual(calendar, calendar)
        json = '{"id": "j", "time_zone": "UTC", "weekly": {"mon": [["09:00", "12:00"]]}}'
        self.assertEqual(csvc.Calendar.from_text(json).id, "j")
        self.assertEqual(csvc.Calendar.from_text(json.encode()).hash, csvc.Calendar.from_text(json).hash)
        with self.assertRaises(csvc.NotFoundError):
            csvc.Calendar.load("nowhere.xml")
        with self.assertRaises(csvc.PolicyError) as caught:
            csvc.Calendar.from_text('<policy xmlns="urn:csvc:policy:1"/>')
        self.assertTrue(caught.exception.diagnostics)
        with self.assertRaises(TypeError):
            csvc.Calendar()
        with self.assertRaises(TypeError):
            pickle.dumps(calendar)


class Columns(unittest.TestCase):
    def draw(self, n):
        draw = random.Random(3)
        first = array("q", (1767225600000000 + draw.randrange(365 * 86400 * 10**6) for _ in range(n)))
        return first, array("q", (draw.randrange(10**12) for _ in range(n)))

    def test_as_one_by_one(self):
        calendar = office("Europe/Berlin")
        first, second = self.draw(500 * SCALE)
        at = [datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us) for us in first]
        amounts = [timedelta(microseconds=us) for us in second]
        sums = [calendar.add(a, b) for a, b in zip(at, amounts)]
        self.assertEqual(calendar.add_many(at, amounts), sums)
        column = calendar.add_many(first, second)
        self.assertIs(type(column), array)
        self.assertEqual([datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us) for us in column], sums)
        self.assertEqual(calendar.between_many(at, sums), [calendar.between(a, b) for a, b in zip(at, sums)])
        self.assertEqual(calendar.between_many(memoryview(first), memoryview(column)), array("q", calendar.between_many(first, column)))

    def test_a_million_from_c(self):
        """The same questions to the same office as tests/bench/worktime asks, answered by C."""
        import os
        import tempfile
        program = BUILD / "tests/bench/worktime"
        if not program.exists():
            self.skipTest("tests/bench/worktime is not built")
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "questions")
            n = min(1_000_000, 20_000 * SCALE)
            subprocess.run([program, str(n), "--questions", path], check=True, stdout=subprocess.DEVNULL)
            with open(path, encoding="ascii") as file:
                rows = [[int(cell) for cell in line.split(",")] for line in file if line[0].isdigit()]
        self.assertEqual(len(rows), n)
        calendar = worktime_office()
        million = 10**6
        first = array("q", (row[0] * million for row in rows))
        self.assertEqual(list(calendar.between_many(first, array("q", (row[1] * million for row in rows)))), [row[3] * million for row in rows])
        self.assertEqual(list(calendar.add_many(first, array("q", (row[2] * million for row in rows)))), [row[4] * million for row in rows])

    def test_bad_columns(self):
        calendar = office()
        column = array("q", [0, 1])
        for first, second in ((column, array("q", [1])), (column, array("d", [0, 1])), (column, b"xx"), (column, [1]), (column, None),
                              (column, array("i", [1, 2])), (bytes(16), column), (5, 5), (None, None), ("ab", "ab")):
            with self.assertRaises((TypeError, ValueError, BufferError)):
                calendar.add_many(first, second)
        for first in ([AT, AT], (AT,)):
            with self.assertRaises((TypeError, ValueError)):
                calendar.add_many(first, [HOUR] * 3)
        with self.assertRaises(ValueError):
            calendar.add_many([datetime(2026, 1, 1)], [HOUR])
        with self.assertRaisesRegex(csvc.LimitError, "row 1"):
            calendar.add_many(column, array("q", [0, 2**63 - 1]))
        with self.assertRaises(csvc.LimitError):
            calendar.add_many(array("q", [2**63 - 1]), array("q", [0]))
        self.assertEqual(calendar.add_many([], []), [])
        self.assertEqual(calendar.add_many(array("q"), array("q")), array("q"))

    def test_others_run_meanwhile(self):
        calendar = office()
        first, second = self.draw(300_000)
        ticks, done = [0], threading.Event()

        def count():
            while not done.is_set():
                ticks[0] += 1
        thread = threading.Thread(target=count)
        thread.start()
        calendar.add_many(first, second)
        done.set()
        thread.join()
        self.assertGreater(ticks[0], 0)


def worktime_office():
    """Monday to Friday, 08:30 to 12:00 and 13:00 to 18:00, but for 30 holidays that the benchmark's generator draws."""
    state, works = 7, [(i + 2) % 7 < 5 for i in range(1200)]
    builder = csvc.CalendarBuilder("office", csvc.Zone("UTC")).hours("mon tue wed thu fri", "08:30-12:00 13:00-18:00")
    n = 0
    while n < 30:
        state ^= state << 13 & 0xFFFFFFFF
        state ^= state >> 17
        state ^= state << 5 & 0xFFFFFFFF
        day = state % 730
        if works[day]:
            works[day] = False
            n += 1
            builder.holiday(str((datetime(2025, 1, 1, tzinfo=timezone.utc) + timedelta(day)).date()))
    return builder.build()
