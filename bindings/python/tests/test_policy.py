# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a policy describes, and what is wrong with it."""
import copy
import gc
import pickle
import unittest
from datetime import timedelta

import csvc
from support import CARE, DESK, TYPES, types_policy


class Policies(unittest.TestCase):
    def setUp(self):
        self.care = csvc.Policy.load(CARE)

    def test_itself(self):
        care = self.care
        self.assertEqual((care.id, care.version, care.language, care.zone.name), ("care", "1.2", "zh", "Asia/Shanghai"))
        self.assertEqual(care.label(), "客户关怀")
        self.assertEqual(care.label("fr"), "客户关怀")
        self.assertEqual(len(care.hash), 64)
        self.assertEqual(repr(care), "<csvc.Policy 'care' 1.2>")
        self.assertTrue(all(isinstance(d, csvc.Diagnostic) for d in care.findings))

    def test_equality_is_by_content(self):
        again = csvc.Policy.load(str(CARE))
        self.assertEqual(again, self.care)
        self.assertEqual(hash(again), hash(self.care))
        self.assertNotEqual(self.care, csvc.Policy.load(DESK))
        self.assertNotEqual(self.care, 5)
        self.assertEqual(csvc.Policy.from_text(self.care.to_xml()), self.care)

    def test_pickles(self):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            self.assertEqual(pickle.loads(pickle.dumps(self.care, protocol)), self.care)
        self.assertEqual(copy.deepcopy(self.care), self.care)

    def test_parts(self):
        care = self.care
        self.assertEqual([role.id for role in care.roles], ["agent", "manager", "city_desk", "leader"])
        self.assertEqual([level.number for level in care.levels], [1, 2])
        self.assertEqual(care.levels["city"].role, care.roles["city_desk"])
        self.assertEqual([c.id for c in care.calendars], ["office", "hotline"])
        self.assertEqual(care.calendar_parts["office"].source, "A.2")
        self.assertTrue(care.calendar_parts["office"].assumed)
        self.assertEqual(len(care.calendar_texts), 2)
        self.assertEqual(care.kinds["complaint"].label(), "投诉")
        self.assertIn("complaint", care.kinds)
        self.assertNotIn("nothing", care.kinds)
        self.assertIn(care.kinds[0], care.kinds)
        self.assertIsNone(care.kinds.get("nothing"))
        self.assertEqual(care.kinds[:1], (care.kinds[0],))
        self.assertEqual(care.kinds, care.kinds)
        self.assertGreater(len(care.assumed), 1)
        self.assertTrue(care.assumed[0].file.endswith("care.xml"))
        for missing in ("nothing", 99, -99):
            with self.assertRaises((KeyError, IndexError)):
                care.kinds[missing]
        with self.assertRaises(TypeError):
            care.kinds[None]

    def test_facts(self):
        facts = types_policy().kinds["order"].facts
        self.assertEqual({f.id: f.type for f in facts}, {
            "yes": csvc.Type.BOOLEAN, "n": csvc.Type.NUMBER, "s": csvc.Type.STRING, "e": csvc.Type.ENUM, "d": csvc.Type.DATE,
            "t": csvc.Type.TIME, "dt": csvc.Type.DATE_TIME, "dur": csvc.Type.DAY_TIME_DURATION, "ym": csvc.Type.YEAR_MONTH_DURATION})
        self.assertEqual(facts["e"].words, ("a", "b"))
        self.assertEqual(facts["n"].words, ())
        self.assertFalse(facts["n"].required)
        self.assertFalse(facts["n"].of_customer)
        arpu, phone = self.care.customer_facts
        self.assertEqual(arpu.default, 0)
        self.assertTrue(phone.personal and phone.of_customer)
        self.assertTrue(self.care.roles["manager"].sees(phone))
        self.assertFalse(self.care.roles["agent"].sees(phone))

    def test_chart(self):
        kind = self.care.kinds["complaint"]
        states = kind.states
        self.assertEqual(states[0].id, "complaint")
        self.assertIsNone(states[0].parent)
        self.assertEqual((states["work"].parent, states["work"].depth), (states["open"], 2))
        self.assertEqual(states["work"].type, csvc.StateType.COMPOUND)
        self.assertEqual(states["back"].type, csvc.StateType.HISTORY_SHALLOW)
        self.assertEqual(str(states["back"].type), "shallow history")
        self.assertEqual(states["done"].outcome, "solved")
        self.assertEqual([s.id for s in states["open"].initial], ["work"])
        self.assertEqual([i for i, s in enumerate(states)], [s.index for s in states])
        self.assertEqual(sum(len(s.transitions) for s in states), len(kind.transitions))
        rated = next(t for t in kind.transitions if t.events == "rated")
        self.assertEqual((rated.source.id, rated.condition, [t.id for t in rated.targets]), ("propose", "score >= 4", ["resolved"]))
        self.assertGreater(rated.line, 1)
        self.assertFalse(rated.internal)
        self.assertIn("owner", states["open"].entry)
        self.assertIsNone(states["open"].exit)
        self.assertEqual([r.id for r in kind.events["replied"].by], ["agent", "manager"])
        self.assertEqual([f.id for f in kind.events["rated"].sets], ["score"])
        self.assertEqual(kind.backdate, timedelta(0))

    def test_clocks(self):
        kind = self.care.kinds["complaint"]
        reply, handle = kind.clocks["reply"], kind.clocks["handle"]
        self.assertEqual((reply.met_by, reply.on_leave, reply.when, reply.paused_in), ("replied", "end", None, None))
        self.assertEqual((handle.paused_in, handle.promise, handle.state.id), ("waiting", True, "open"))
        self.assertFalse(kind.clocks["confirm"].promise)
        self.assertEqual([str(due) for due in reply.dues], ["PT3H of office", "PT3H"])
        self.assertEqual((reply.dues[0].when, reply.dues[0].assumed, reply.dues[0].source), ('window = "hall"', True, "A.3"))
        self.assertEqual([a.at for a in handle.alarms if a.id != "due"], ["PT24H"])
        self.assertIn("escalate", handle.alarms["to_city"].actions)
        self.assertIn("due", reply.alarms)
        self.assertEqual(kind.states["open"].clocks["reply"], reply)

    def test_a_part_keeps_what_it_belongs_to(self):
        clock = csvc.Policy.load(CARE).kinds["complaint"].states["open"].clocks["reply"]
        alarm = clock.alarms["soon"]
        del clock
        gc.collect()
        self.assertEqual(alarm.id, "soon")
        self.assertEqual(alarm.part.id, "soon")

    def test_faults(self):
        with self.assertRaises(csvc.PolicyError) as caught:
            csvc.Policy.from_text(TYPES.replace("by=\"boss\"", "by=\"bos\"").replace("initial=\"open\"", "initial=\"opn\""), name="bad.xml")
        error = caught.exception
        self.assertGreaterEqual(len(error.diagnostics), 2)
        one = error.diagnostics[0]
        self.assertEqual((one.severity, one.file), (csvc.Severity.ERROR, "bad.xml"))
        self.assertGreater(one.line, 0)
        self.assertIn(f"CSVC-{one.number}", str(one))
        self.assertIsInstance(error, ValueError)
        again = pickle.loads(pickle.dumps(error))
        self.assertEqual((str(again), again.diagnostics), (str(error), error.diagnostics))

    def test_bad_documents(self):
        for text in ("", "<", "nonsense", "<a/>", b"\xff\xfe\0", b"\0", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "\0" * 100):
            with self.assertRaises(csvc.Error):
                csvc.Policy.from_text(text)
        with self.assertRaises(csvc.Error):
            csvc.Policy.from_text("<a>" + " " * (9 << 20) + "</a>")
        for path in ("nowhere.xml", "/", "/dev/null"):
            with self.assertRaises(csvc.Error):
                csvc.Policy.load(path)
        for bad in (None, 5, object(), [], ["a"]):
            with self.assertRaises(TypeError):
                csvc.Policy.load(bad)
            with self.assertRaises(TypeError):
                csvc.Policy.from_text(bad)
        with self.assertRaises(TypeError):
            csvc.Policy.from_text(TYPES, name=None)
        with self.assertRaises(ValueError):
            csvc.Policy.load("a\0b")

    def test_replaced_calendar(self):
        import pathlib
        import tempfile
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "office.xml")
            path.write_text('<calendar xmlns="urn:csvc:policy:1" id="office" zone="Asia/Shanghai" days="mon" hours="10:00-11:00"/>')
            other = self.care.replace_calendar(path)
            self.assertNotEqual(other.hash, self.care.hash)
            self.assertEqual(other.calendars["office"].zone.name, "Asia/Shanghai")
            path.write_text('<calendar xmlns="urn:csvc:policy:1" id="none" zone="Asia/Shanghai" days="mon" hours="10:00-11:00"/>')
            with self.assertRaises(csvc.NotFoundError):
                self.care.replace_calendar(path)
