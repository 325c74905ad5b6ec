# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whatever is thrown at it: an exception, never a crash. Every function of the C half, with everything that is not meant for it."""
import ast
import io
import pickle
import random
import sys
import unittest
from datetime import datetime, timedelta

import csvc
from csvc import _csvc
from support import AT, DESK, SCALE, UTC, Case, types_policy

#: These take what the package gives them, once, when it is imported, or numbers that only it has.
OWN = {"engine_remove_listener", "_register_enum", "_register_errors", "_register_values", "SWIG_PyInstanceMethod_New", "SWIG_PyStaticMethod_New"}


def functions():
    return sorted(name for name in dir(_csvc) if callable(getattr(_csvc, name)) and name not in OWN
                  and not name.startswith(("delete_", "__", "SWIG")) and not name.endswith("_swigregister"))


class Anything(Case):
    def junk(self):
        policy = self.desk
        engine = self.engine()
        case = self.complaint()
        return [None, True, 0, -1, 1, 7, 2**31, 2**32, 2**63, 2**64, -(2**63), 10**4000, 0.5, float("nan"), float("inf"), "", "x", "C-1",
                "\0", "a\0b", "\ud800", "客户", "x" * 100000, b"", b"x", b"\xff", bytearray(8), memoryview(bytes(16)), io.StringIO(), sys.stdout,
                [], (), {}, set(), [None], {"window": "hall"}, {1: 2}, object(), object, type, int, print, lambda *a: None, self.test_junk,
                datetime(2026, 1, 1), AT, datetime.max.replace(tzinfo=UTC), timedelta.max, timedelta(1), timedelta(-1), NotImplemented, ...,
                (AT, None, None, None, None, None, None), (None,) * 7, (None, None, None, None, None, 0, 100, 0), (None, None, None, True, 9, 0),
                policy, engine, engine._engine, case, case.kind, case.kind.states[0], case.cycles[0], case.cycles[0].clock, policy.zone,
                policy.calendars[0], policy.roles[0], csvc.Customer(policy, "K"), csvc.Store(), case.what_next(AT), csvc.Map.default(policy),
                csvc.Zone.__new__, object.__new__(csvc.Zone), object.__new__(csvc.Case), case.this, policy.this, csvc.Policy, KeyError(),
                csvc.TargetCounter(policy)]

    def test_junk(self):
        """Each function with each value at each place, and at random; what has to be files is left out."""
        draw = random.Random(5)
        junk = self.junk()
        for name in functions():
            if name in ("simulation_write_file", "store_open", "_close", "simulate_customers") or name.endswith(("load_file", "replace_calendar")):
                continue
            function = getattr(_csvc, name)
            for count in range(0, 5):
                for _ in range(12 * SCALE if count else 1):
                    try:
                        function(*draw.choices(junk, k=count))
                    except Exception as error:
                        self.assertNotIsInstance(error, SystemError, name)

    def test_right_object_wrong_rest(self):
        """The first argument is right, so that the later ones are looked at."""
        draw = random.Random(6)
        junk = self.junk()
        case = self.complaint()
        engine = self.engine()
        engine.open("complaint", "C-1", at=AT, facts={"window": "hall"})
        firsts = {"case": case, "policy": self.desk, "calendar": self.desk.calendars[0], "zone": self.desk.zone, "engine": engine._engine,
                  "kind": case.kind, "state": case.kind.states[1], "clock": case.cycles[0].clock, "cycle": case, "customer": csvc.Customer(self.desk, "K"),
                  "effects": case.advance(AT), "target": csvc.TargetCounter(self.desk), "map": csvc.Map.default(self.desk), "store": engine.store,
                  "chart": csvc.Chart.from_text('<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0"><state id="a"/></scxml>')}
        for name in functions():
            first = firsts.get(name.split("_")[0])
            if first is None or name.endswith(("load_file", "replace_calendar", "builder_new")):
                continue
            for count in range(0, 6):
                for _ in range(15 * SCALE if count else 1):
                    try:
                        getattr(_csvc, name)(first, *draw.choices(junk, k=count))
                    except Exception as error:
                        self.assertNotIsInstance(error, SystemError, name)
        self.assertEqual(engine.verify()[0] > 0, True)

    def test_methods_with_too_many_and_too_few(self):
        for instance in (self.desk, self.complaint(), self.desk.zone, self.desk.calendars[0], self.engine(), csvc.Customer(self.desk, "K")):
            for name in dir(type(instance)):
                method = getattr(type(instance), name)
                if name.startswith("_") or not callable(method) or name in ("close",):
                    continue
                with self.assertRaises(TypeError, msg=name):
                    method(instance, *[None] * 12)
                with self.assertRaises(TypeError, msg=name):
                    method(instance, nonsense=1)


class Objects(Case):
    def test_without_a_pointer(self):
        for cls in (csvc.Policy, csvc.Case, csvc.Zone, csvc.Calendar, csvc.Store, csvc.Kind, csvc.Effects, csvc.Map, csvc.Report,
                    csvc.Target, csvc.TargetCounter):
            empty = object.__new__(cls)
            self.assertTrue(empty.closed)
            for name in dir(cls):
                if name.startswith("_") or name in ("closed", "close") or not isinstance(getattr(cls, name), property):
                    continue
                with self.assertRaises((csvc.StateError, AttributeError)):
                    getattr(empty, name)

    def test_of_another_class(self):
        case, policy = self.complaint(), self.desk
        for pretender in (policy, policy.kinds[0], policy.zone):
            with self.assertRaises(TypeError):
                csvc.Case.fire(pretender, "replied", at=AT)
        fake = type("Fake", (), {"this": policy.this})()
        self.assertEqual(_csvc.policy_get_id(fake), "desk")
        for this in (None, 5, case.this, fake):
            with self.assertRaises(TypeError):
                _csvc.policy_get_id(type("Fake", (), {"this": this})())

        class Endless:
            @property
            def this(self):
                return self
        with self.assertRaises(TypeError):
            _csvc.policy_get_id(Endless())

    def test_typos_are_noticed(self):
        for instance in (self.desk, self.complaint(), self.desk.zone, self.engine()):
            with self.assertRaises(AttributeError):
                instance.nmae = 5
            with self.assertRaises(AttributeError):
                instance.nmae
        with self.assertRaises(AttributeError):
            self.desk.id = "x"

    def test_what_does_not_pickle_says_so(self):
        for instance in (self.desk.kinds[0], self.desk.calendars[0], csvc.Store(), self.desk.roles[0]):
            with self.assertRaisesRegex(TypeError, "pickle"):
                pickle.dumps(instance)

    def test_classes_are_final(self):
        for bad in (csvc.Case, csvc.Effects, csvc.Report, csvc.Scenario, csvc.Chart, csvc.Map, csvc.Comparison, csvc.Policy):
            with self.assertRaises(TypeError):
                bad()

    def test_errors(self):
        self.assertTrue(issubclass(csvc.NotFoundError, LookupError))
        self.assertTrue(issubclass(csvc.StorageError, OSError))
        self.assertTrue(issubclass(csvc.LimitError, OverflowError))
        for cls in csvc.Error.__subclasses__():
            error = cls("a text")
            self.assertEqual((str(error), error.effects, error.diagnostics), ("a text", (), ()))
            again = pickle.loads(pickle.dumps(error))
            self.assertEqual((type(again), str(again)), (cls, "a text"))

    def test_sources_are_python_3_9(self):
        import pathlib
        for path in pathlib.Path(csvc.__file__).parent.glob("*.py"):
            ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9))

    def test_types_policy_is_whole(self):
        self.assertEqual(types_policy(), self.types)
