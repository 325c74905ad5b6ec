# SPDX-License-Identifier: LGPL-2.1-or-later
"""Loops that leave nothing behind: no growth of the process, no object of Python's."""
import gc
import os
import sys
import unittest
from array import array
from datetime import timedelta

import csvc
from support import AT, CARE, HOUR, SCALE, SLOW, SOURCE, Case

LOOP = 200 if SLOW else 3000 * SCALE


def resident():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Leaks(Case):
    def steady(self, function, loop=LOOP):
        for _ in range(max(loop // 10, 50)):
            function()
        gc.collect()
        blocks, size, nones = sys.getallocatedblocks(), resident(), sys.getrefcount(None)
        for _ in range(loop):
            function()
        gc.collect()
        self.assertLess(sys.getallocatedblocks() - blocks, 500)
        self.assertLess(abs(sys.getrefcount(None) - nones), 500)
        if not SLOW:
            self.assertLess(resident() - size, 3 << 20)

    def test_calls(self):
        calendar = self.desk.calendars[0]
        self.steady(lambda: (calendar.add(AT, HOUR), calendar.between(AT, AT), calendar.zone.name, calendar.is_open(AT)), 100_000 if not SLOW else LOOP)

    def test_parts(self):
        self.steady(lambda: [clock.alarms for clock in self.desk.kinds["complaint"].clocks])

    def test_cases(self):
        def life():
            case = csvc.Case.open(self.desk, "complaint", "C", at=AT, facts={"window": "hall"}).case
            list(case.advance(AT + 9 * HOUR))
            case.fire("replied", at=AT, role="agent")
            case.cycles, case.what_next(AT + 10 * HOUR), case.why_due(0, AT), case.copy().facts
            case.copy_for(None).facts
        self.steady(life, LOOP // 3)

    def test_errors(self):
        def fail():
            for call in (lambda: csvc.Zone("Asia/Nowhere"), lambda: csvc.parse_time("x"), lambda: csvc.Policy.from_text("<a/>"),
                         lambda: csvc.Case.open(self.desk, "nothing", "C", at=AT), lambda: csvc.Case.open(self.desk, "complaint", "C", at=None),
                         lambda: csvc.Case.open(self.desk, "complaint", "C", at=AT, facts={"window": object()}),
                         lambda: csvc.Case.open(self.desk, "complaint", "C", at=AT, facts={"a": 1, "window": 0.5})):
                try:
                    call()
                except (csvc.Error, TypeError):
                    pass
        self.steady(fail, LOOP // 3)

    def test_engines(self):
        engine = self.engine()
        engine.open("complaint", "C", at=AT, facts={"window": "hall"})

        def use():
            engine.open("complaint", "C", at=AT, facts={"window": "hall"})
            engine.due(), list(engine.cases()), list(engine.journal()), engine.case("C"), engine.next_wake
            engine.why_refused("C", "replied", at=AT)
            with engine.listen(lambda entry: None):
                pass
        self.steady(use, LOOP // 3)

    def test_many_engines(self):
        def use():
            with csvc.Engine("memory:", self.desk) as engine, engine.listen(lambda entry: engine):
                engine.open_many([csvc.Opening("complaint", "C", AT, facts={"window": "hall"})])
                engine.begin()
        self.steady(use, LOOP // 10)

    def test_callbacks(self):
        pieces = []

        def write(piece):
            raise KeyError

        def use():
            try:
                csvc.simulate(self.desk, write, cases=1)
            except KeyError:
                pass
            csvc.simulate(self.desk, lambda piece: pieces.clear(), cases=1)
        self.steady(use, LOOP // 10)

    def test_columns(self):
        calendar = self.desk.calendars[0]
        first, second = array("q", [0] * 100), array("q", [10**9] * 100)

        def use():
            calendar.add_many(first, second)
            try:
                calendar.add_many(first, b"")
            except (TypeError, ValueError):
                pass
        self.steady(use)

    def test_customers_and_decisions(self):
        policy = csvc.Policy.load(SOURCE / "data/policies/telecom.xml")
        expression = csvc.Expression("a + 1", {"a": "number"})

        def use():
            customer = csvc.Customer(policy, "K")
            customer.put({"arpu": 600, "club_member": True}, at=AT)
            customer.why_tier(AT), customer.may_use("card_upgrade", at=AT), customer.may_contact("phone", "keeping", at=AT, cases=[])
            customer.plan(at=AT, cases=[]), customer.copy(), expression.evaluate({"a": 1}), csvc.Plan(policy), csvc.PolicySet().add(policy)
            try:
                customer.reserve("points", None, at=AT)
            except TypeError:
                pass
        self.steady(use, LOOP // 10)

    def test_targets(self):
        policy = csvc.Policy.load(SOURCE / "data/policies/telecom.xml")
        engine = self.engine(policy=policy)
        engine.put_customer("K", {"arpu": 600, "club_member": True}, at=AT)
        entry = next(engine.journal())

        def use():
            with csvc.TargetCounter(policy) as counter:
                counter.feed(entry), counter.count(AT), engine.count_targets(AT)["members"].share
                for call in (lambda: counter.feed(None), lambda: counter.count(None), lambda: engine.count_targets(AT.replace(tzinfo=None))):
                    try:
                        call()
                    except (TypeError, ValueError):
                        pass
            counter = csvc.TargetCounter(policy)
            counter.feed(next(engine.journal())), [target.goal for target in counter.policy.targets]
        self.steady(use, 100_000 if not SLOW else LOOP)

    def test_masks(self):
        policy = csvc.Policy.load(CARE)
        manager, stranger = policy.roles["manager"], self.desk.roles[0]
        customer = csvc.Customer(policy, "K")
        effects = customer.put({"phone": "13800008000"}, at=AT)

        def use():
            for role in (None, manager):
                customer.copy_for(role).facts, effects.copy_for(policy, role).to_json(), policy.facts_for({"phone": "1"}, role)
                policy.customer_facts["phone"].text_for("13800008000", role)
            for call in (customer.copy_for, lambda role: effects.copy_for(policy, role), lambda role: policy.facts_for({}, role)):
                try:
                    call(stranger)
                except IndexError:
                    pass
        self.steady(use, LOOP // 10)

    def test_policies(self):
        text = self.desk.to_xml()
        self.steady(lambda: csvc.Policy.from_text(text).kinds[0].states[1].clocks, LOOP // 30)

    def test_scenarios_and_stamps(self):
        case = self.complaint()
        self.steady(lambda: case.fire("replied", at=AT + timedelta(seconds=1), actor="王", unit="u", reason="r", key="k"))


if __name__ == "__main__":
    unittest.main()
