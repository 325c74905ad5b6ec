# SPDX-License-Identifier: LGPL-2.1-or-later
"""Cases without a store: answers, effects, cycles, explanations."""
import copy
import dataclasses
import pickle
from datetime import datetime, timedelta

import csvc
from csvc import _csvc
from support import AT, CARE, HOUR, UTC, Case

DAY = timedelta(1)


class Answers(Case):
    def test_opened(self):
        outcome = csvc.Case.open(self.desk, "complaint", "C-1", at=AT, facts={"window": "hall"}, actor="wang", role="agent", unit="u")
        self.assertTrue(outcome)
        self.assertIs(outcome.answer, csvc.Answer.ACCEPTED)
        self.assertEqual(str(outcome.answer), "accepted")
        case = outcome.case
        self.assertEqual((case.id, case.customer, case.opened_at, case.last_at), ("C-1", None, AT, AT))
        self.assertEqual((case.states, case.ended, case.outcome, case.level, case.handler), (("open",), False, None, 0, None))
        self.assertEqual(case.policy, self.desk)
        self.assertEqual(case.kind, self.desk.kinds["complaint"])
        self.assertTrue(case.is_in("open"))
        self.assertFalse(case.is_in("nowhere"))
        self.assertEqual(case.owner, csvc.Owner("wang", "agent", "u"))
        self.assertEqual(repr(case), "<csvc.Case 'C-1' open>")

    def test_refused(self):
        case = self.complaint()
        before = case.to_json()
        outcome = case.fire("replied", at=AT + HOUR)
        self.assertFalse(outcome)
        self.assertFalse(outcome.accepted)
        self.assertIs(outcome.answer, csvc.Answer.REFUSED_ROLE)
        self.assertEqual(case.to_json(), before)
        why = case.why_refused("replied", at=AT + HOUR)
        self.assertEqual((why.answer, why.fact), (csvc.Answer.REFUSED_ROLE, None))
        self.assertIn("agent", str(why))
        self.assertIsNone(case.why_refused("replied", at=AT + HOUR, role="agent"))
        self.assertIs(case.fire("replied", at=AT - HOUR, role="agent").answer, csvc.Answer.REFUSED_TIME)
        self.assertIs(csvc.Case.open(self.desk, "complaint", "C", at=AT).answer, csvc.Answer.REFUSED_MISSING_FACT)
        order = self.order()
        why = order.why_refused("vip_only", at=AT, role="boss", customer=csvc.Customer(self.types, "K"))
        self.assertEqual(why.answer, csvc.Answer.REFUSED_MISSING_FACT)
        self.assertEqual(len(why.candidates), 1)

    def test_errors(self):
        case = self.complaint()
        for kind, error in ((lambda: case.fire("nothing", at=AT), csvc.NotFoundError),
                            (lambda: csvc.Case.open(self.desk, "nothing", "C", at=AT), csvc.NotFoundError),
                            (lambda: csvc.Case.open(self.desk, "complaint", "", at=AT), csvc.InvalidError),
                            (lambda: csvc.Case.open(self.desk, "complaint", "C", at=AT, facts={"window": "roof"}), csvc.InvalidError),
                            (lambda: case.fire("replied", {"window": "hall"}, at=AT, role="agent"), csvc.InvalidError)):
            with self.subTest(error), self.assertRaises(error):
                kind()

    def test_life(self):
        case = self.complaint()
        effects = case.advance(AT + 6 * HOUR)
        self.assertEqual([type(e).__name__ for e in effects], ["AlarmFired", "Notify", "AlarmFired", "ClockMissed"])
        self.assertTrue(case.fire("replied", at=AT + 7 * HOUR, role="agent"))
        reply, handle = case.cycles
        self.assertEqual((reply.clock.id, reply.number, reply.verdict, reply.met_late_at), ("reply", 1, csvc.Verdict.MISSED, AT + 7 * HOUR))
        self.assertEqual((handle.state, handle.verdict, handle.due), (csvc.CycleState.RUNNING, csvc.Verdict.NONE, AT + 3 * DAY))
        self.assertEqual(case.next_wake, AT + 3 * DAY + timedelta(microseconds=1))
        outcome = case.fire("solved", at=AT + DAY, occurred=AT + DAY, role="agent")
        self.assertIsInstance(outcome.effects[-1], csvc.Ended)
        self.assertTrue(case.ended)
        self.assertIsNone(case.next_wake)
        self.assertIs(case.fire("solved", at=AT + 2 * DAY, role="agent").answer, csvc.Answer.REFUSED_STATE)

    def test_copies(self):
        case = self.complaint()
        copies = [case.copy(), copy.copy(case), copy.deepcopy(case), pickle.loads(pickle.dumps(case)), csvc.Case.from_json(self.desk, case.to_json()),
                  csvc.Case.from_bytes(self.desk, case.to_bytes())]
        case.advance(AT + 6 * HOUR)
        for one in copies:
            self.assertNotEqual(one.to_json(), case.to_json())
            self.assertNotEqual(one, case)
            one.advance(AT + 6 * HOUR)
            self.assertEqual(one.to_json(), case.to_json())
            self.assertEqual(one.to_bytes(), case.to_bytes())

    def test_bad_copies(self):
        data = self.complaint().to_bytes()
        with self.assertRaises(csvc.NotFoundError):
            csvc.Case.from_bytes(self.types, data)
        for bad in (b"", b"x", data[:-1], data + b"x"):
            with self.assertRaises(csvc.Error):
                csvc.Case.from_bytes(self.desk, bad)
        for i in range(0, len(data), 7):
            try:
                csvc.Case.from_bytes(self.desk, data[:i] + bytes([data[i] ^ 0x55]) + data[i + 1:])
            except csvc.Error:
                pass
        for bad in (None, "text", bytearray(data), 5):
            with self.assertRaises(TypeError):
                csvc.Case.from_bytes(self.desk, bad)
        for bad in ("", "{}", "[", "null"):
            with self.assertRaises(csvc.Error):
                csvc.Case.from_json(self.desk, bad)


class Effects(Case):
    def test_values(self):
        effects = csvc.Case.open(self.desk, "complaint", "C-1", at=AT, facts={"window": "hall"}).effects
        self.assertEqual(effects[0], csvc.Opened(AT, case="C-1", kind="complaint", customer=None, occurred=AT))
        self.assertEqual(effects[2], csvc.FactSet(AT, fact="window", value="hall"))
        started = effects[4]
        self.assertEqual((started.clock, started.cycle, started.row, started.due), ("reply", 1, 1, AT + 4.5 * HOUR))
        self.assertIsNone(started.promised)
        self.assertEqual(str(started), "clock reply 1 started, due 2026-03-02T07:30:00Z")
        with self.assertRaises(dataclasses.FrozenInstanceError):
            started.cycle = 5
        match started:
            case csvc.ClockStarted(clock="reply", due=due):
                self.assertEqual(due, AT + 4.5 * HOUR)
            case _:
                self.fail("no match")
        self.assertEqual(eval(repr(started), {"ClockStarted": csvc.ClockStarted, "datetime": __import__("datetime")}), started)

    def test_sequence(self):
        effects = csvc.Case.open(self.desk, "complaint", "C-1", at=AT, facts={"window": "hall"}).effects
        self.assertEqual(len(effects), len(list(effects)))
        self.assertEqual(effects[-1], effects[len(effects) - 1])
        self.assertEqual(effects[1:3], (effects[1], effects[2]))
        self.assertEqual(effects, tuple(effects))
        self.assertEqual(effects, list(effects))
        self.assertNotEqual(effects, ())
        self.assertNotEqual(effects, 5)
        self.assertEqual(pickle.loads(pickle.dumps(effects)), tuple(effects))
        self.assertEqual(hash(effects), hash(tuple(effects)))
        self.assertTrue(effects.to_json().startswith("["))
        self.assertIn(effects[0], effects)
        for bad in (len(effects), -len(effects) - 1):
            with self.assertRaises(IndexError):
                effects[bad]
        with self.assertRaises(TypeError):
            effects["0"]
        with self.assertRaises(TypeError):
            csvc.Effects()

    def test_messages(self):
        order = self.order({"s": "world"})
        effects = order.fire("mail", at=AT).effects
        self.assertEqual([e for e in effects if isinstance(e, csvc.Message)], [csvc.Message(AT, name="hello", arguments={"who": "world"})])

    def test_classes_have_the_fields_of_c(self):
        readers = {_csvc.EFFECT_FIELD_TEXT: ("str", "Optional[str]"), _csvc.EFFECT_FIELD_NUMBER: ("int",),
                   _csvc.EFFECT_FIELD_AMOUNT: ("Amount",), _csvc.EFFECT_FIELD_TIME: ("Optional[datetime]",),
                   _csvc.EFFECT_FIELD_VALUE: ("Value",), _csvc.EFFECT_FIELD_ARGUMENTS: ("Facts",)}
        classes = {cls.type: cls for cls in csvc.Effect.__subclasses__()}
        self.assertEqual(set(classes), set(csvc.EffectType))
        for type, cls in classes.items():
            fields, index = {}, 0
            while True:
                name, kind = _csvc.effect_type_get_field(type, index)
                if name is None:
                    break
                fields[name], index = kind, index + 1
            told = {f.name.rstrip("_").replace("_", "-"): str(f.type) for f in dataclasses.fields(cls) if f.name not in ("at", "text")}
            with self.subTest(cls.__name__):
                self.assertEqual(set(told), set(fields))
                for name, kind in fields.items():
                    self.assertIn(told[name], readers[kind])

    def test_words_are_those_of_c(self):
        for function, enum in (("answer", csvc.Answer), ("cycle_state", csvc.CycleState), ("verdict", csvc.Verdict), ("chance", csvc.Chance),
                               ("due_piece", csvc.DuePiece), ("not_started", csvc.NotStarted), ("segment_kind", csvc.SegmentKind),
                               ("command_type", csvc.Command), ("count", csvc.Count), ("figure", csvc.Figure), ("type", csvc.Type),
                               ("outcome", csvc.CycleOutcome), ("difference_type", csvc.DifferenceType), ("effect_type", csvc.EffectType),
                               ("state_type", csvc.StateType)):
            for member in enum:
                self.assertEqual(getattr(_csvc, f"{function}_to_string")(member), str(member))


class Explanations(Case):
    def test_why_due(self):
        case = self.complaint()
        why = case.why_due(0, AT + HOUR)
        self.assertEqual((why.due, why.budget, why.projected, why.beyond_horizon), (AT + 4.5 * HOUR, 3 * HOUR, False, False))
        self.assertEqual(sum((s.counted for s in why.segments), timedelta(0)), why.budget)
        self.assertEqual({s.piece for s in why.segments}, {csvc.DuePiece.RUNNING, csvc.DuePiece.REMAINING})
        self.assertIn("PT3H of office", why.rule)
        self.assertTrue(why.file.endswith("desk.xml"))
        self.assertTrue(why.json.startswith("{"))
        self.assertIn("PT3H counted", str(why))
        self.assertEqual(case.why_due(case.cycles[0], AT + HOUR), why)

    def test_cycles(self):
        case = self.complaint()
        self.assertEqual(case.used(0, AT + HOUR), HOUR)
        self.assertEqual(case.projected_due(0, AT + HOUR), AT + 4.5 * HOUR)
        self.assertEqual(case.due_if_paused(1, AT + HOUR, AT + 2 * HOUR), AT + 3 * DAY + HOUR)
        for bad in (2, 99):
            with self.assertRaises(IndexError):
                case.used(bad, AT)
        with self.assertRaises(OverflowError):
            case.used(-1, AT)
        with self.assertRaises(IndexError):
            case.due_if_paused(0, AT + HOUR, AT)
        with self.assertRaises(TypeError):
            case.used("0", AT)

    def test_what_next(self):
        next = self.complaint().what_next(AT + HOUR)
        self.assertEqual([(e.event.id, e.chance) for e in next.events], [("replied", csvc.Chance.YES), ("solved", csvc.Chance.YES)])
        self.assertEqual((next.alarm.clock.id, next.alarm.alarm.id, next.alarm.at), ("reply", "soon", AT + 3.75 * HOUR))
        self.assertEqual([c.cycle.clock.id for c in next.cycles], ["reply", "handle"])
        self.assertEqual(next.cycles[0].left, 2 * HOUR)
        self.assertEqual(next.case.id, "C-1")
        self.assertTrue(next.json.startswith("{"))
        ended = self.complaint()
        ended.fire("solved", at=AT, role="agent")
        self.assertIsNone(ended.what_next(AT).alarm)

    def test_why_not_started(self):
        care = csvc.Policy.load(CARE)
        case = csvc.Case.open(care, "complaint", "C", at=AT, facts={"window": "hall"}).case
        self.assertIsNone(case.why_not_started("reply"))
        why = case.why_not_started(care.kinds["complaint"].clocks["promise"])
        self.assertIs(why.reason, csvc.NotStarted.PROMISE)
        self.assertTrue(why.message and why.line and why.json)
        self.assertIs(case.why_not_started("confirm").reason, csvc.NotStarted.STATE)
        with self.assertRaises(csvc.NotFoundError):
            case.why_not_started("nothing")

    def test_handler_and_owner(self):
        care = csvc.Policy.load(CARE)
        case = csvc.Case.open(care, "complaint", "C", at=AT, facts={"window": "hall"}, actor="wang", role="agent", unit="u1").case
        self.assertEqual((case.level, case.handler, case.owner), (1, "agent", csvc.Owner("wang", "agent", "u1")))
        case.advance(AT + 2 * DAY)
        self.assertEqual((case.level, case.handler), (2, "city_desk"))


class Charts(Case):
    SCXML = """<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" initial="a">
      <state id="a"><transition event="go" target="b"/></state><final id="b"/></scxml>"""

    def test_one(self):
        chart = csvc.Chart.from_text(self.SCXML)
        self.assertEqual((chart.states, chart.ended, chart.is_in("a")), (("a",), False, True))
        self.assertIs(chart.send("other"), csvc.Answer.REFUSED_STATE)
        self.assertIs(chart.send("go"), csvc.Answer.ACCEPTED)
        self.assertTrue(chart.ended)
        with self.assertRaises(csvc.PolicyError):
            csvc.Chart.from_text("<scxml/>")
        with self.assertRaises(TypeError):
            chart.send(None)


class Stamps(Case):
    def test_all_of_it(self):
        case = self.complaint()
        self.assertTrue(case.fire("replied", at=AT + HOUR, actor="a", role="agent", unit="u", key="k", reason="因为"))
        for name in ("actor", "role", "unit", "key", "reason"):
            for bad in (5, b"x", [], "a\0b", "\ud800"):
                with self.assertRaises((TypeError, ValueError)):
                    case.fire("solved", at=AT + HOUR, **{name: bad})
        for bad in (None, 5, "now", datetime(2026, 1, 1)):
            with self.assertRaises((TypeError, ValueError)):
                case.fire("solved", at=bad)
        with self.assertRaises(ValueError):
            case.fire("solved", at=AT + HOUR, occurred=datetime(2026, 1, 1))
        with self.assertRaises(TypeError):
            case.fire("solved", {}, AT)
        self.assertIs(case.fire("solved", at=AT + 2 * HOUR, occurred=datetime(2020, 1, 1, tzinfo=UTC), role="agent").answer,
                      csvc.Answer.REFUSED_TIME)
