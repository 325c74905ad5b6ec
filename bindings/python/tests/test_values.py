# SPDX-License-Identifier: LGPL-2.1-or-later
"""Times and facts, in and out."""
import pickle
import random
import unittest
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

import csvc
from csvc import _csvc
from support import AT, SCALE, UTC, Case


class Times(unittest.TestCase):
    def test_there_and_back(self):
        draw = random.Random(7)
        span = datetime.max.replace(tzinfo=UTC) - datetime.min.replace(tzinfo=UTC)
        for _ in range(2000 * SCALE):
            at = datetime.min.replace(tzinfo=UTC) + timedelta(microseconds=draw.randrange(span // timedelta(microseconds=1)))
            us = _csvc._microseconds(at)
            self.assertEqual(us, (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1))
            self.assertEqual(_csvc._instant(us), at)
            self.assertEqual(csvc.parse_time(csvc.format_time(at)), at)

    def test_all_days_of_odd_years(self):
        for year in (1, 4, 100, 400, 1582, 1900, 1970, 2000, 2024, 2100, 9999):
            day = datetime(year, 1, 1, tzinfo=UTC)
            while day.year == year and day < datetime(9999, 12, 31, tzinfo=UTC):
                self.assertEqual(_csvc._instant(_csvc._microseconds(day)), day)
                day += timedelta(1)

    def test_ends_of_time(self):
        for at in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), datetime(1969, 12, 31, 23, 59, 59, 999999, UTC)):
            self.assertEqual(_csvc._instant(_csvc._microseconds(at)), at)
        east, west = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
        for at in (datetime.min.replace(tzinfo=east), datetime.max.replace(tzinfo=west)):
            with self.assertRaises(OverflowError):
                csvc.format_time(at)

    def test_zones(self):
        for zone in (ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York"), timezone(timedelta(hours=5, minutes=30, seconds=7))):
            at = datetime(2026, 7, 1, 12, tzinfo=zone)
            self.assertEqual(_csvc._instant(_csvc._microseconds(at)), at)
        fold = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
        self.assertEqual(_csvc._microseconds(fold.replace(fold=1)) - _csvc._microseconds(fold), 3600 * 10**6)

    def test_naive_is_refused(self):
        class Nowhere(tzinfo):
            def utcoffset(self, at):
                return None
        for at in (datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=Nowhere())):
            with self.assertRaisesRegex(ValueError, "naive"):
                csvc.format_time(at)

    def test_a_zone_that_raises(self):
        class Broken(tzinfo):
            def utcoffset(self, at):
                raise KeyError("mine")
        with self.assertRaises(KeyError):
            csvc.format_time(datetime(2026, 1, 1, tzinfo=Broken()))

    def test_what_is_no_time(self):
        for bad in (None, 5, 5.0, "2026-01-01T00:00:00Z", date(2026, 1, 1), time(1), object()):
            with self.assertRaises(TypeError):
                csvc.format_time(bad)

    def test_durations(self):
        for text, delta in (("PT0S", timedelta(0)), ("-PT30M", timedelta(minutes=-30)), ("P1DT12H", timedelta(1.5)),
                            ("PT0.000001S", timedelta(microseconds=1))):
            self.assertEqual(csvc.parse_duration(text), delta)
            self.assertEqual(csvc.format_duration(delta), text)
        for delta in (timedelta.max, timedelta.min):
            with self.assertRaises(OverflowError):
                csvc.format_duration(delta)
        with self.assertRaises(csvc.FormError):
            csvc.parse_duration("P1M")
        with self.assertRaises(TypeError):
            csvc.format_duration(5)

    def test_bad_texts(self):
        for text in ("", "2026-01-01", "2026-01-01T00:00:00", "nonsense", "x" * 10000):
            with self.assertRaises(csvc.FormError):
                csvc.parse_time(text)
        with self.assertRaises(csvc.InvalidError):
            csvc.parse_time("2026-02-30T00:00:00Z")


class Facts(Case):
    VALUES = {"yes": True, "n": Decimal("0.1"), "s": "客户 \"x\"", "e": "b", "d": date(2026, 2, 28), "t": time(23, 59, 59, 999999),
              "dt": datetime(2026, 1, 1, 5, 6, 7, 8, UTC), "dur": timedelta(hours=-3), "ym": csvc.Months(14)}

    def test_there_and_back(self):
        case = self.order(self.VALUES)
        self.assertEqual(case.facts, self.VALUES)
        for name, value in self.VALUES.items():
            self.assertEqual(case.fact(name), value)
            self.assertIs(type(case.fact(name)), type(value))

    def test_each_alone(self):
        for name, value in self.VALUES.items():
            with self.subTest(name):
                self.assertEqual(self.order({name: value}).facts, {name: value})

    def test_integers_are_numbers(self):
        for n in (0, -1, 10**17, -(10**18) + 1):
            self.assertEqual(self.order({"n": n}).fact("n"), n)
        with self.assertRaises(csvc.LimitError):
            self.order({"n": 10**30 + 1})
        with self.assertRaises((csvc.LimitError, ValueError)):
            self.order({"n": 10**5000})

    def test_decimals(self):
        for text in ("0.1", "-12345678901234.5678", "1E+5", "1E-20", "0"):
            self.assertEqual(self.order({"n": Decimal(text)}).fact("n"), Decimal(text))
        for text in ("NaN", "Infinity", "sNaN", "1E+999999"):
            with self.assertRaises((ValueError, OverflowError)):
                self.order({"n": Decimal(text)})

    def test_text_is_read_as_the_type_of_the_fact(self):
        texts = {"yes": "true", "n": "0.5", "s": "x", "e": "a", "d": "2026-02-28", "t": "12:00:00", "dur": "PT3H", "ym": "P1Y2M"}
        case = self.order({name: csvc.Text(text) for name, text in texts.items()})
        self.assertEqual(case.facts, {"yes": True, "n": Decimal("0.5"), "s": "x", "e": "a", "d": date(2026, 2, 28), "t": time(12),
                                      "dur": timedelta(hours=3), "ym": csvc.Months(14)})

    def test_a_str_is_not_a_number(self):
        for name in ("n", "yes", "d", "dur"):
            with self.assertRaises(csvc.InvalidError):
                self.order({name: "5"})

    def test_what_no_fact_can_be(self):
        for bad in (0.5, float("nan"), [], {}, b"x", object(), 1j, type):
            with self.assertRaises(TypeError):
                self.order({"n": bad})
        with self.assertRaises(ValueError):
            self.order({"t": time(1, tzinfo=UTC)})
        with self.assertRaises(ValueError):
            self.order({"dt": datetime(2026, 1, 1)})
        with self.assertRaises(ValueError):
            self.order({"s": "a\0b"})
        with self.assertRaises(ValueError):
            self.order({"s": "\ud800"})

    def test_what_facts_can_not_be(self):
        for bad in (5, "n", [("n", 1)], {1: 1}, {None: 1}, {"n\0": 1}, object()):
            with self.assertRaises((TypeError, ValueError)):
                self.order(bad)
        with self.assertRaises(csvc.InvalidError):
            self.order({"nothing": 1})

    def test_any_mapping(self):
        from types import MappingProxyType
        self.assertEqual(self.order(MappingProxyType({"n": 1})).fact("n"), 1)

    def test_mappings_that_misbehave(self):
        class Raises(dict):
            def items(self):
                raise KeyError("mine")

        class Odd(dict):
            def items(self):
                return [1, 2]
        with self.assertRaises(KeyError):
            self.order(Raises(n=1))
        with self.assertRaises(TypeError):
            self.order(Odd(n=1))

    def test_months(self):
        for text, months in (("P1Y2M", 14), ("P2Y", 24), ("P0M", 0), ("-P3M", -3), ("P11M", 11)):
            self.assertEqual(csvc.Months.parse(text), csvc.Months(months))
            self.assertEqual(str(csvc.Months(months)), text)
        for text in ("P", "", "1Y", "P1D", "PT1M"):
            with self.assertRaises(csvc.FormError):
                csvc.Months.parse(text)
        with self.assertRaises(TypeError):
            csvc.Months("5")
        self.assertLess(csvc.Months(1), csvc.Months(2))
        self.assertEqual(pickle.loads(pickle.dumps(csvc.Months(5))), csvc.Months(5))

    def test_customers(self):
        customer = csvc.Customer(self.types, "K-1")
        self.assertEqual(customer.facts, {"arpu": Decimal("0.5")})
        effects = customer.put({"vip": True, "arpu": 7}, at=AT)
        self.assertEqual([(e.fact, e.value) for e in effects if isinstance(e, csvc.CustomerPut)], [("vip", True), ("arpu", 7)])
        self.assertEqual(customer.facts, {"vip": True, "arpu": 7})
        customer.put({"vip": None}, at=AT)
        self.assertIsNone(customer.fact("vip"))
        for again in (pickle.loads(pickle.dumps(customer)), csvc.Customer.from_json(self.types, customer.to_json())):
            self.assertEqual(again.to_json(), customer.to_json())
        with self.assertRaises(csvc.InvalidError):
            customer.put({"shoe": 5}, at=AT)
        with self.assertRaises(csvc.InvalidError):
            csvc.Customer(self.types, "")
