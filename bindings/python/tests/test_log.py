# SPDX-License-Identifier: LGPL-2.1-or-later
"""Replay, what if, simulation, scenarios: the same answers as C's."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest
from datetime import timedelta
from decimal import Decimal

import csvc
from support import AT, BUILD, CARE, DATA, DESK, SOURCE


class Logs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.care = csvc.Policy.load(CARE)
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.log = pathlib.Path(cls.folder.name, "log.csv")
        cls.rows = csvc.simulate(cls.care, cls.log, kind="complaint", cases=60, seed=7)
        cls.map = csvc.Map.default(cls.care)

    def test_simulation(self):
        pieces = []
        self.assertEqual(csvc.simulate(self.care, pieces.append, kind="complaint", cases=60, seed=7), self.rows)
        self.assertEqual("".join(pieces), self.log.read_bytes().decode())
        xes = []
        csvc.simulate(self.care, xes.append, cases=2, format=csvc.LogFormat.XES, start=AT, days=3)
        self.assertTrue("".join(xes).startswith("<?xml"))
        with self.assertRaises(csvc.NotFoundError):
            csvc.simulate(self.care, pieces.append, kind="nothing")
        for options in ({"cases": -1}, {"seed": 2**64}, {"days": 0}, {"days": 40000}, {"format": 9}, {"cases": "5"}, {"start": 5}):
            with self.assertRaises((OverflowError, TypeError, IndexError)):
                csvc.simulate(self.care, pieces.append, **options)
        with self.assertRaises(csvc.StorageError):
            csvc.simulate(self.care, self.folder.name + "/no/such/folder/x.csv", cases=3)

    def test_a_writer_that_raises(self):
        class Mine(Exception):
            pass

        def write(piece):
            raise Mine
        with self.assertRaises(Mine):
            csvc.simulate(self.care, write, cases=3)
        with self.assertRaises(csvc.CancelledError):
            csvc.simulate(self.care, lambda piece: False, cases=3)

    def test_report(self):
        report = csvc.replay(self.map, self.log)
        self.assertEqual((report[csvc.Count.CASES], report[csvc.Count.ROWS]), (60, self.rows))
        self.assertEqual(report.policy, self.care)
        self.assertEqual(report.kind.id, "complaint")
        self.assertLess(report.first, report.last)
        self.assertEqual(report.until, report.last)
        clock = report.clocks[0]
        self.assertEqual(clock.clock.id, "reply")
        figures = clock.first
        self.assertEqual(figures[csvc.Figure.MET] + figures[csvc.Figure.MISSED], figures[csvc.Figure.SETTLED])
        self.assertEqual(figures.share, (Decimal(figures[csvc.Figure.MET]) / figures[csvc.Figure.SETTLED]).quantize(Decimal("0.001")))
        self.assertTrue(all(isinstance(w, csvc.Worst) for w in figures.worst))
        for bad in (0, 101):
            with self.assertRaises(IndexError):
                figures.used(bad)
        self.assertEqual(sum(e.accepted for e in report.events), report[csvc.Count.ACCEPTED])
        self.assertEqual(sum(r.count for r in report.refusals), report[csvc.Count.REFUSED])
        self.assertEqual(report.examples(csvc.Count.UNKNOWN), ())
        self.assertEqual(json.loads(report.to_json())["counts"]["cases"] if "counts" in json.loads(report.to_json()) else 60, 60)
        with self.assertRaises(OverflowError):
            report[99]
        with self.assertRaises(TypeError):
            csvc.Report()

    def test_time_used(self):
        desk = csvc.Policy.load(DESK)
        log = pathlib.Path(self.folder.name, "desk.csv")
        csvc.simulate(desk, log, cases=300)
        figures = csvc.replay(csvc.Map.default(desk), log).clocks[0].first
        self.assertGreater(figures[csvc.Figure.MET], 0)
        self.assertGreaterEqual(figures.used(100), figures.used(50))
        self.assertGreater(figures.used(1), timedelta(0))

    def test_into_a_store(self):
        store = csvc.Store()
        plain = csvc.replay(self.map, self.log).to_json()
        self.assertEqual(csvc.replay(self.map, self.log, store=store).to_json(), plain)
        again = csvc.replay(self.map, self.log, store=store)
        self.assertEqual((again.to_json(), again[csvc.Count.ALREADY_STORED]), (plain, 60))
        with csvc.Engine(store) as engine:
            self.assertEqual(len(list(engine.cases())), 60)
            self.assertEqual(len({e.stream for e in engine.journal() if not e.of_customer}), 60)
            engine.verify()
            engine.begin()
            with self.assertRaises(csvc.StateError):
                csvc.replay(self.map, self.log, store=store)

    def test_progress(self):
        told = []
        csvc.replay(self.map, self.log, progress=lambda done, total: told.append((done, total)))
        self.assertTrue(told)
        self.assertTrue(all(0 <= done <= total for done, total in told))
        with self.assertRaises(csvc.CancelledError):
            csvc.replay(self.map, self.log, progress=lambda done, total: False)

        def fail(done, total):
            raise KeyError("mine")
        with self.assertRaisesRegex(KeyError, "mine"):
            csvc.replay(self.map, self.log, progress=fail)

        def nested(done, total):
            csvc.replay(self.map, self.log)
        csvc.replay(self.map, self.log, progress=nested)
        for bad in (5, "f", object()):
            with self.assertRaises(TypeError):
                csvc.replay(self.map, self.log, progress=bad)

    def test_faults(self):
        for path, error in (("nowhere.csv", csvc.NotFoundError), (self.folder.name, csvc.Error), ("/dev/null", csvc.Error)):
            try:
                csvc.replay(self.map, path)
            except error:
                pass
        with self.assertRaises(csvc.NotFoundError):
            csvc.replay(self.map, "nowhere.csv")
        with self.assertRaises(csvc.NotFoundError):
            csvc.Map.default(self.care, kind="nothing")
        with self.assertRaises(csvc.PolicyError) as caught:
            csvc.Map.from_text(self.care, "<map/>")
        self.assertTrue(caught.exception.diagnostics)
        with self.assertRaises(TypeError):
            csvc.replay(None, self.log)
        with self.assertRaises(TypeError):
            csvc.replay(self.map, None)
        with self.assertRaises(TypeError):
            csvc.replay(self.map, self.log, until=5)
        self.assertEqual(csvc.Map.from_text(self.care, self.map.to_xml()).kind, self.map.kind)

    def test_what_if(self):
        stricter = csvc.Policy.from_text(CARE.read_text().replace('in="PT3H" of="office"', 'in="PT1H" of="office"'))
        differences = []
        comparison = csvc.compare(self.map, csvc.Map.default(stricter), self.log, differences=differences.append)
        self.assertGreater(comparison.n_changed, 0)
        self.assertEqual(comparison.count(csvc.DifferenceType.EARLIER), sum(d.type is csvc.DifferenceType.EARLIER for d in differences))
        self.assertEqual(comparison.count(csvc.DifferenceType.VERDICT), sum(d.type is csvc.DifferenceType.VERDICT for d in differences))
        one = next(d for d in differences if d.type is csvc.DifferenceType.EARLIER)
        self.assertLess(one.dues[1], one.dues[0])
        self.assertEqual([old.id for old, new in comparison.pairs], ["reply", "handle", "promise"])
        self.assertGreater(comparison.moved(csvc.DifferenceType.EARLIER, 100), timedelta(0))
        self.assertGreater(comparison.sum(csvc.DifferenceType.EARLIER, pair=0), timedelta(0))
        self.assertIsNone(comparison.moved(csvc.DifferenceType.LATER, 50))
        self.assertLessEqual(len(comparison.cases(csvc.DifferenceType.EARLIER)), 10)
        self.assertGreaterEqual(comparison.verdicts(csvc.CycleOutcome.MET, csvc.CycleOutcome.MISSED), 0)
        comparison.verdict_cases(csvc.CycleOutcome.MET, csvc.CycleOutcome.MISSED, pair=0)
        self.assertEqual(comparison.report(csvc.Side.OLD).to_json(), csvc.replay(self.map, self.log).to_json())
        self.assertTrue(comparison.to_json().startswith("{"))
        for call in (lambda: comparison.count(csvc.DifferenceType.EARLIER, pair=99), lambda: comparison.sum(csvc.DifferenceType.VERDICT),
                     lambda: comparison.moved(csvc.DifferenceType.EARLIER, 0)):
            with self.assertRaises(IndexError):
                call()
        with self.assertRaises(csvc.NotFoundError):
            csvc.compare(self.map, self.map, self.log, pairs=[("reply", "nothing")])

        def fail(difference):
            raise KeyError("mine")
        with self.assertRaises(KeyError):
            csvc.compare(self.map, csvc.Map.default(stricter), self.log, differences=fail)
        with self.assertRaises(TypeError):
            csvc.compare(self.map, self.map, self.log, differences=5)

    def test_volvo_as_the_tool(self):
        log = DATA / "eventlogs/bpic2013-incidents.xes.gz"
        tool = BUILD / "tools/csvc"
        if not log.exists() or not tool.exists():
            self.skipTest("no Volvo log, or no tool")
        policy, map = SOURCE / "data/policies/incident.xml", SOURCE / "data/policies/incident-bpic2013.map.xml"
        told = subprocess.run([tool, "replay", policy, log, "--map", map, "--json"], check=True, stdout=subprocess.PIPE, text=True).stdout
        report = csvc.replay(csvc.Map.load(csvc.Policy.load(policy), map), log)
        self.assertEqual(json.loads(report.to_json()), json.loads(told))
        self.assertEqual(report[csvc.Count.CASES], 7554)


class Scenarios(unittest.TestCase):
    def test_play(self):
        folder = SOURCE / "tests/scenarios"
        paths = sorted(folder.glob("*.scenario"))[::6]
        self.assertGreater(len(paths), 3)
        for path in paths:
            with self.subTest(path.name):
                scenario = csvc.Scenario.load(path)
                self.assertGreater(scenario.n_steps, 0)
                self.assertEqual(scenario.run([csvc.Store()]), ())

    def test_record_and_fail(self):
        with tempfile.TemporaryDirectory() as folder, csvc.Engine("memory:", csvc.Policy.load(DESK)) as engine:
            engine.open("complaint", "C-1", at=AT, facts={"window": "hall"})
            engine.advance(AT + timedelta(9))
            text = csvc.Scenario.record(engine, "C-1", policy=os.path.relpath(DESK, folder))
            path = pathlib.Path(folder, "a.scenario")
            path.write_text(text)
            scenario = csvc.Scenario.load(path)
            self.assertEqual(scenario.run(), ())
            self.assertEqual(scenario.policy, engine.policy)
            path.write_text(text.replace("15:30", "15:31"))
            if path.read_text() != text:
                self.assertTrue(csvc.Scenario.load(path).run())
            with self.assertRaises(csvc.NotFoundError):
                csvc.Scenario.record(engine, "C-9", policy="x.xml")
            for bad in (5, [5], [None], None):
                with self.assertRaises(TypeError):
                    scenario.run(bad)
            path.write_text("nonsense")
            with self.assertRaises(csvc.FormError) as caught:
                csvc.Scenario.load(path)
            self.assertTrue(caught.exception.diagnostics)
