# SPDX-License-Identifier: LGPL-2.1-or-later
"""Customers: tiers, entitlements, ledgers, contacts, sweeps, personal facts; and cases that change as a whole."""
import copy
import gc
import json
import os
import pickle
import tempfile
import unittest
from datetime import date, timedelta

import csvc
from support import AT, HOUR, SOURCE, Case

DAY = timedelta(1)

CLUB = """<policy xmlns="urn:csvc:policy:1" id="club" version="{version}" zone="UTC" lang="en">
  <roles><role id="agent"/><role id="boss" sees="phone"/></roles>
  <customer>
    <fact id="arpu" type="number" default="0"/>
    <fact id="phone" type="string" pii="true"/>
  </customer>
  <tiers default="basic" review="P1Y" grace="P3M">
    <tier id="basic" rank="0"/>
    <tier id="gold" rank="1" label="Gold" when="arpu >= 100"/>
  </tiers>
  <entitlements>
    <entitlement id="lane"><grant tier="gold" quota="2" per="month"/></entitlement>
    <entitlement id="post"><grant tier="gold" apply="true"/></entitlement>
    <entitlement id="gift"><grant tier="gold" choice="tea cake"/></entitlement>
    <entitlement id="trial"><grant tier="gold" lasts="PT24H"/></entitlement>
  </entitlements>
  <ledgers><ledger id="points" unit="point" lasts="P24M"/></ledgers>
  <case id="order" initial="open">
    <event id="done"/><event id="mail"/>
    <state id="open">
      <clock id="c" met-by="done"><due in="PT{hours}H"/></clock>
      <transition event="mail"/><transition event="done" target="over"/>
    </state>
    <final id="over" outcome="won"/>
  </case>
</policy>"""


def club(version="1", hours=2):
    return csvc.Policy.from_text(CLUB.format(version=version, hours=hours), name="club.xml")


class Tiers(unittest.TestCase):
    def setUp(self):
        self.policy = club()
        self.customer = csvc.Customer(self.policy, "K-1")

    def test_what_the_policy_says(self):
        self.assertEqual([tier.id for tier in self.policy.tiers], ["basic", "gold"])
        gold = self.policy.tiers["gold"]
        self.assertEqual((gold.rank, gold.condition, gold.label()), (1, "arpu >= 100", "Gold"))
        self.assertEqual(self.policy.default_tier.id, "basic")
        grant = self.policy.entitlements["lane"].grants[0]
        self.assertEqual((grant.quota, grant.per, grant.has_tier(gold), grant.has_tier(None)), (2, "month", True, False))
        self.assertIn("2 per month", str(grant))
        self.assertIsNone(self.policy.entitlements["gift"].grants[0].quota)
        self.assertEqual(self.policy.entitlements["gift"].grants[0].choices, ("tea", "cake"))
        self.assertTrue(self.policy.entitlements["post"].grants[0].needs_application)
        self.assertEqual((self.policy.ledgers["points"].unit, self.policy.ledgers["points"].lasts), ("point", "P24M"))

    def test_rises_and_sinks(self):
        self.assertEqual(self.customer.tier.id, "basic")
        effects = self.customer.put({"arpu": 150}, at=AT)
        self.assertIn(csvc.TierChanged, map(type, effects))
        self.assertEqual((self.customer.tier.id, self.customer.tier_since), ("gold", AT))
        self.customer.put({"arpu": 10}, at=AT + DAY)
        self.assertIsNone(self.customer.warning)
        self.customer.advance(self.customer.next_wake)
        self.assertEqual(self.customer.warning.below.id, "basic")
        reasons = self.customer.why_tier(self.customer.last_at)
        self.assertEqual((reasons.target.id, len(reasons.lines)), ("basic", 2))
        self.assertEqual(str(reasons), reasons.message)
        self.customer.advance(self.customer.warning.until)
        self.assertEqual((self.customer.tier.id, self.customer.warning), ("basic", None))

    def test_by_hand(self):
        with self.assertRaises(csvc.InvalidError):
            self.customer.set_tier("gold", at=AT)
        self.assertTrue(self.customer.set_tier("gold", at=AT, until=AT + DAY, reason="sorry"))
        self.assertEqual(self.customer.override, csvc.TierOverride(AT + DAY, "sorry"))
        self.assertEqual((self.customer.tier.id, self.customer.earned_tier and self.customer.earned_tier.id), ("gold", "basic"))
        self.assertTrue(self.customer.clear_tier(at=AT + HOUR))
        self.assertIs(self.customer.clear_tier(at=AT + HOUR).answer, csvc.Answer.REFUSED_STATE)
        with self.assertRaises(csvc.NotFoundError):
            self.customer.set_tier("none", at=AT + HOUR, reason="x")

    def test_copies(self):
        self.customer.put({"arpu": 150}, at=AT)
        for other in (self.customer.copy(), copy.copy(self.customer), pickle.loads(pickle.dumps(self.customer)),
                      csvc.Customer.from_json(self.policy, self.customer.to_json())):
            self.assertEqual(other.to_json(), self.customer.to_json())
            other.put({"arpu": 1}, at=AT)
            self.assertEqual(self.customer.fact("arpu"), 150)


MASKED = """<policy xmlns="urn:csvc:policy:1" id="masked" version="1" zone="UTC" lang="en">
  <roles><role id="agent"/><role id="boss" sees="phone born contact"/></roles>
  <customer><fact id="phone" type="string" pii="true" mask="3,4"/><fact id="born" type="date" pii="true"/><fact id="arpu" type="number"/></customer>
  <case id="order" initial="open">
    <fact id="contact" type="string" pii="true" mask="1,0"/><event id="told" sets="contact" by="agent boss"/>
    <state id="open"><transition event="told"><effect name="sms"><arg name="contact" value="contact"/></effect></transition></state>
  </case>
</policy>"""


class Masks(unittest.TestCase):
    def setUp(self):
        self.policy = csvc.Policy.from_text(MASKED, name="masked.xml")
        self.agent, self.boss = self.policy.roles["agent"], self.policy.roles["boss"]
        self.stranger = csvc.Policy.from_text(MASKED, name="masked.xml").roles["boss"]
        self.facts = {"phone": "13800008000", "born": date(1980, 2, 29), "arpu": 5}

    def test_values(self):
        phone, born = self.policy.customer_facts["phone"], self.policy.customer_facts["born"]
        self.assertEqual([phone.text_for("13800008000", role) for role in (None, self.agent, self.boss)], ["138****8000", "138****8000", "13800008000"])
        self.assertEqual([born.text_for(date(1980, 2, 29), role) for role in (None, self.boss)], ["****", "1980-02-29"])
        self.assertEqual(phone.text_for("欧阳", self.agent), "****")

    def test_customers(self):
        customer = csvc.Customer(self.policy, "K-1")
        customer.put(self.facts, at=AT)
        self.assertEqual(customer.copy_for(self.agent).facts, {"phone": "138****8000", "arpu": 5})
        self.assertEqual(customer.copy_for(None).facts, customer.copy_for(self.agent).facts)
        self.assertEqual(customer.copy_for(self.boss).facts, self.facts)
        self.assertNotIn("13800008000", customer.copy_for(None).to_json())
        self.assertEqual(customer.facts, self.facts)
        with self.assertRaises(IndexError):
            customer.copy_for(self.stranger)

    def test_cases(self):
        opened = csvc.Case.open(self.policy, "order", "C-1", at=AT, facts={"contact": "欧阳"})
        case, effects = opened.case, opened.effects
        self.assertEqual((case.copy_for(None).facts, case.copy_for(self.boss).facts), ({"contact": "欧****"}, {"contact": "欧阳"}))
        self.assertEqual(csvc.Case.from_json(self.policy, case.copy_for(None).to_json()).facts, {"contact": "欧****"})
        with self.assertRaises(IndexError):
            case.copy_for(self.stranger)
        self.assertIn("contact = 欧****", map(str, effects.copy_for(self.policy, None)))
        effects = case.fire("told", {"contact": "Wang"}, at=AT, role="agent").effects
        self.assertEqual([effect.value for effect in effects.copy_for(self.policy, self.agent) if isinstance(effect, csvc.FactSet)], ["W****"])
        self.assertEqual([effect.arguments for effect in effects.copy_for(self.policy, None) if isinstance(effect, csvc.Message)], [{"contact": "W****"}])
        self.assertEqual(effects.copy_for(self.policy, self.boss), effects)
        with self.assertRaises(IndexError):
            effects.copy_for(self.policy, self.stranger)

    def test_facts(self):
        self.assertEqual(self.policy.facts_for(self.facts, None), {"phone": "138****8000", "born": "****", "arpu": 5})
        self.assertEqual(self.policy.facts_for(self.facts, self.boss), self.facts)
        self.assertEqual(self.policy.facts_for({}, None), {})
        with self.assertRaises(IndexError):
            self.policy.facts_for(self.facts, self.stranger)


class Accounts(unittest.TestCase):
    def setUp(self):
        self.policy = club()
        self.customer = csvc.Customer(self.policy, "K-1")
        self.customer.put({"arpu": 150}, at=AT)

    def test_quota(self):
        self.assertEqual(self.customer.balance("lane", AT), 2)
        self.assertTrue(self.customer.may_use("lane", at=AT))
        self.assertTrue(self.customer.use("lane", at=AT, request="R-1"))
        self.assertEqual(len(self.customer.use("lane", at=AT, request="R-1").effects), 0)
        self.assertTrue(self.customer.use("lane", at=AT))
        entitled = self.customer.may_use("lane", at=AT)
        self.assertFalse(entitled)
        self.assertIs(entitled.answer, csvc.Answer.REFUSED_QUOTA)
        self.assertEqual((entitled.left, entitled.grant, str(entitled)), (0, self.policy.entitlements["lane"].grants[0], entitled.message))
        self.assertGreater(entitled.next, AT)
        self.assertEqual(self.customer.used("lane", AT), 2)
        self.assertIsNone(self.customer.balance("gift", AT))
        with self.assertRaises(csvc.NotFoundError):
            self.customer.use("nothing", at=AT)
        with self.assertRaises(csvc.InvalidError):
            self.customer.use("lane", 0, at=AT)

    def test_choices_applications_and_uses_that_last(self):
        self.assertIs(self.customer.use("gift", at=AT).answer, csvc.Answer.REFUSED_CHOICE)
        self.assertTrue(self.customer.use("gift", at=AT, choice="tea", details={"part": 5}))
        self.assertIs(self.customer.use("post", at=AT).answer, csvc.Answer.REFUSED_APPLICATION)
        self.assertTrue(self.customer.apply("post", csvc.Application.ASKED, at=AT))
        self.assertIs(self.customer.application("post"), csvc.Application.ASKED)
        self.assertTrue(self.customer.apply("post", csvc.Application.APPROVED, at=AT))
        self.assertTrue(self.customer.use("post", at=AT))
        with self.assertRaises(IndexError):
            self.customer.apply("post", csvc.Application.NONE, at=AT)
        self.assertTrue(self.customer.use("trial", at=AT))
        self.assertEqual((self.customer.running("trial", AT), self.customer.running_until("trial", AT)), (1, AT + DAY))

    def test_points(self):
        effects = list(self.customer.grant("points", 100, at=AT, expires=AT + 2 * DAY, priority=1).effects)
        effects += self.customer.grant("points", 50, at=AT, forever=True).effects
        self.assertEqual(self.customer.balance("points", AT), 150)
        self.assertTrue(self.customer.reserve("points", "R-1", 60, at=AT))
        self.assertEqual((self.customer.reserved("points"), self.customer.balance("points", AT)), (60, 90))
        self.assertTrue(self.customer.commit("points", "R-1", at=AT))
        self.assertTrue(self.customer.reserve("points", "R-2", 10, at=AT))
        self.assertTrue(self.customer.release("points", "R-2", at=AT))
        self.assertTrue(self.customer.adjust("points", -10, at=AT, reason="mistake"))
        self.assertEqual(self.customer.balance("points", AT), 80)
        with self.assertRaises(TypeError):
            self.customer.reserve("points", None, at=AT)
        with self.assertRaises(OverflowError):
            self.customer.grant("points", 2**63, at=AT)
        with self.assertRaises(TypeError):
            self.customer.grant("points", 1.5, at=AT)
        with self.assertRaises(csvc.InvalidError):
            self.customer.adjust("points", 1, at=AT)

    def test_a_history_gives_the_balance(self):
        effects = self.customer.grant("points", 100, at=AT).effects
        self.assertEqual((effects.balance_at("points", AT), effects.balance_at("points", AT - DAY)), (100, 0))


class Service(Case):
    def setUp(self):
        self.it = self.engine(policy=club())

    def test_commands(self):
        self.it.put_customer("K-1", {"arpu": 150, "phone": "139"}, at=AT)
        self.assertEqual(self.it.customer("K-1").tier.id, "gold")
        heard = []
        self.it.listen(lambda entry: heard.append(entry.command))
        self.assertTrue(self.it.grant("K-1", "points", 10, at=AT, key="g"))
        self.assertTrue(self.it.grant("K-1", "points", 10, at=AT, key="g"))
        self.assertTrue(self.it.reserve("K-1", "points", "R", 4, at=AT))
        self.assertTrue(self.it.commit_use("K-1", "points", "R", at=AT))
        self.assertTrue(self.it.reserve("K-1", "points", "S", 4, at=AT))
        self.assertTrue(self.it.release("K-1", "points", "S", at=AT))
        self.assertTrue(self.it.adjust("K-1", "points", -1, at=AT, reason="x"))
        self.assertTrue(self.it.use("K-1", "lane", at=AT))
        self.assertTrue(self.it.apply("K-1", "post", csvc.Application.APPROVED, at=AT))
        self.assertTrue(self.it.note_event("K-1", "called", at=AT))
        self.assertTrue(self.it.set_tier("K-1", "basic", at=AT, reason="x"))
        self.assertTrue(self.it.clear_tier("K-1", at=AT))
        self.assertTrue(self.it.review("K-1", at=AT))
        self.assertEqual(self.it.balance_at("K-1", "points", AT), 5)
        self.assertIn(csvc.Command.GRANT, heard)
        self.assertEqual(str(csvc.Command.NOTE_EVENT), "note-event")
        self.assertGreater(len(list(self.it.journal(customer="K-1"))), len(heard))
        with self.assertRaises(ValueError):
            list(self.it.journal(customer="K-1", case="C-1"))

    def test_review_all_and_lists(self):
        for n in range(7):
            self.it.put_customer(f"K-{n}", {"arpu": 150}, at=AT)
        self.assertEqual(list(self.it.customers(page=3)), [f"K-{n}" for n in range(7)])
        first = self.it.review_all(at=AT + DAY, limit=5)
        self.assertEqual((first.next, first.changed), ("K-4", 0))
        self.assertIsNone(self.it.review_all(at=AT + DAY, after=first.next).next)
        with self.it.transaction(), self.assertRaises(csvc.StateError):
            self.it.review_all(at=AT)

    def test_amend_and_void(self):
        self.it.open("order", "O-1", at=AT)
        self.it.fire("O-1", "done", at=AT + HOUR)
        entry = list(self.it.journal(case="O-1"))[-1].id
        outcome = self.it.void("O-1", entry, at=AT + 2 * HOUR, reason="not done")
        self.assertTrue(outcome)
        self.assertIn(csvc.Restated, map(type, outcome.effects))
        self.assertFalse(self.it.case("O-1").ended)
        self.it.fire("O-1", "mail", at=AT + 2 * HOUR)
        entry = list(self.it.journal(case="O-1"))[-1].id
        self.assertTrue(self.it.amend("O-1", entry, "done", at=AT + 3 * HOUR))
        self.assertTrue(self.it.case("O-1").ended)
        with self.assertRaises(csvc.NotFoundError):
            self.it.void("O-1", "99.0", at=AT + 3 * HOUR)

    def test_adopt_and_end(self):
        text = csvc.Case.open(club(), "order", "O-9", at=AT).case.to_json()
        self.assertTrue(self.it.adopt(text, at=AT + HOUR))
        self.assertTrue(self.it.end("O-9", "merged", at=AT + HOUR))
        self.assertEqual(self.it.case("O-9").outcome, "merged")
        with self.assertRaises(csvc.FormError):
            self.it.adopt("{", at=AT)
        adopted = csvc.Case.adopt(club(), text, at=AT + HOUR)
        self.assertEqual(adopted.case.id, "O-9")
        self.assertTrue(adopted.case.end("withdrawn", at=AT + HOUR))

    def test_upgrade(self):
        store = csvc.Store()
        with csvc.Engine(store, club()) as old:
            old.open("order", "O-1", at=AT)
        policies = csvc.PolicySet()
        self.assertTrue(policies.add(club()))
        self.assertFalse(policies.add(club()))
        self.assertEqual((len(policies), [policy.version for policy in policies]), (1, ["1"]))
        self.assertIn(club(), policies)
        self.assertIsNone(policies.find("x"))
        with csvc.Engine(store, club("2", 4), policies=policies) as new:
            plan = new.plan_upgrade(at=AT + HOUR, choice=csvc.Upgrade.RETROACTIVE)
            self.assertEqual((len(plan), plan.kept, plan[0].case, plan[0].version), (1, 0, "O-1", "1"))
            self.assertEqual(plan[0].dues, (csvc.UpgradeDue("c", AT + 2 * HOUR, AT + 4 * HOUR),))
            self.assertEqual(new.apply_upgrade(plan, at=AT + HOUR), 1)
            self.assertEqual(new.case("O-1").policy.version, "2")
            with csvc.Engine(store, club("3")) as other, self.assertRaises(csvc.InvalidError):
                other.apply_upgrade(plan, at=AT + HOUR)
        case = csvc.Case.open(club(), "order", "O-2", at=AT).case
        upgraded, effects = case.upgrade(club("2", 4), csvc.Upgrade.RETROACTIVE, at=AT)
        self.assertEqual((upgraded.cycles[0].due, case.cycles[0].due, len(effects)), (AT + 4 * HOUR, AT + 2 * HOUR, 1))

    def test_linked(self):
        self.it.put_customer("K-1", {}, at=AT)
        self.it.open("order", "O-1", customer="K-1", at=AT)
        self.it.fire("O-1", "done", at=AT)
        self.it.open("order", "O-2", customer="K-1", at=AT, earlier="O-1")
        self.assertEqual(self.it.case("O-2").links, (csvc.Link("earlier", "O-1", "order", None, self.it.case("O-2").links[0].ended, None),))

    def test_personal_facts(self):
        self.it.put_customer("K-1", {"phone": "139"}, at=AT)
        self.assertEqual(self.it.count_personal(), (1, 0))
        self.assertTrue(self.it.hold("K-1", "lawsuit", at=AT))
        self.assertEqual(self.it.holds("K-1"), ("lawsuit",))
        self.assertIs(self.it.forget("K-1", at=AT).answer, csvc.Answer.REFUSED_HOLD)
        self.assertTrue(self.it.release_hold("K-1", "lawsuit", at=AT))
        with self.assertRaises(TypeError):
            self.it.forget("K-1", "phone", at=AT)
        with self.assertRaises(csvc.InvalidError):
            self.it.forget("K-1", ["arpu"], at=AT)
        outcome = self.it.forget("K-1", ["phone"], at=AT)
        self.assertEqual([effect.fact for effect in outcome.effects if isinstance(effect, csvc.Forgotten)], ["phone"])
        self.assertIsNone(self.it.customer("K-1").fact("phone"))
        self.assertEqual(self.it.count_personal()[0], 0)

    def test_intake(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "base.csv")
            with open(path, "w", encoding="utf-8") as file:
                file.write("no,money\nK-1,150\nK-2,much\n")
            columns = csvc.CustomerMap(self.it.policy, "no", {"arpu": "money"})
            told = []
            intake = self.it.take_in(columns, path, at=AT, progress=lambda done, total: told.append(done))
            self.assertEqual((intake.rows, intake.new, intake.bad), (2, 1, 1))
            self.assertIn("much", intake.notes[0])
            self.assertEqual(self.it.customer("K-1").tier.id, "gold")
            with self.assertRaises(csvc.NotFoundError):
                self.it.take_in(columns, path + "x", at=AT)
            with self.assertRaises(csvc.NotFoundError):
                csvc.CustomerMap(self.it.policy, "no", {"nothing": "x"})
            with self.it.transaction(), self.assertRaises(csvc.StateError):
                self.it.take_in(columns, path, at=AT)

    def test_simulated_customers(self):
        number, facts = csvc.simulate_customer(self.it.policy, 0, at=AT)
        self.assertEqual(number, csvc.simulate_customer(self.it.policy, 0, at=AT)[0])
        self.assertIn("arpu", facts)
        csvc.simulate_customers(self.it, 10, at=AT)
        self.assertEqual(len(list(self.it.customers())), 10)


class Retention(Case):
    @classmethod
    def setUpClass(cls):
        cls.policy = csvc.Policy.load(SOURCE / "data/policies/telecom.xml")

    def test_what_the_policy_says(self):
        self.assertIn("phone", self.policy.channels)
        self.assertTrue(self.policy.purposes["keeping"].commercial)
        self.assertTrue(self.policy.vetoes["port_request"].closes)
        self.assertTrue(any(cap.counts(self.policy.purposes["keeping"]) for cap in self.policy.caps))
        self.assertEqual(self.policy.capacity("manager"), 120)
        self.assertIsNone(self.policy.capacity("nobody"))
        for rule in self.policy.rules:
            self.assertEqual((rule.purpose.id in self.policy.purposes, isinstance(rule.on, csvc.RuleOn)), (True, True))
        self.assertTrue(self.policy.asks_cases("complaint"))

    def test_sweep(self):
        engine = self.engine(policy=self.policy)
        csvc.simulate_customers(engine, 200, at=AT)
        dry = engine.sweep(at=AT + DAY, dry_run=True)
        self.assertEqual((dry.customers, dry.opened), (200, 0))
        told = []
        sweep = engine.sweep(at=AT + DAY, progress=lambda done, total: told.append(done))
        opens = [item for item in sweep.items if item.decision is csvc.PlanDecision.OPEN]
        self.assertEqual(sweep.opened + sweep.left, len(opens))
        self.assertGreater(len(opens), 0)
        item = opens[0]
        self.assertEqual(engine.case(item.case_id).customer, item.customer)
        self.assertEqual(engine.customer(item.customer).tasks[0].case, item.case_id)
        self.assertIn(item.rule, self.policy.rules)
        again = engine.sweep(at=AT + DAY)
        self.assertEqual(again.opened, 0)

        def stop(done, total):
            raise KeyError("stop")
        with self.assertRaises(KeyError):
            engine.sweep(at=AT + DAY, progress=stop)

    def test_sweep_of_one_that_fails(self):
        policy = csvc.Policy.from_text("""<policy xmlns='urn:csvc:policy:1' id='care' version='1' zone='Asia/Shanghai'><roles><role id='agent'/></roles>
            <customer><fact id='n' type='number'/></customer><ledgers><ledger id='points' lasts='P1Y'/></ledgers><purposes><purpose id='service'/></purposes>
            <rules><rule id='thanks' purpose='service' when='n &gt; 0'><open case='care' role='agent'><with fact='units' value='n'/></open></rule></rules>
            <case id='care' initial='open'><fact id='units' type='number'/><state id='open'><onentry><give ledger='points' amount='units'/></onentry></state></case></policy>""")
        engine = self.engine(policy=policy)
        for customer, n in (("K-1", 5), ("K-2", 10**18), ("K-3", 7)):
            engine.put_customer(customer, {"n": n}, at=AT)
        sweep = engine.sweep(at=AT + DAY)
        self.assertEqual((sweep.opened, sweep.left), (2, 1))
        (item, reason), = sweep.failures
        self.assertEqual(item.customer, "K-2")
        self.assertIn("units", reason)

    def test_contacts(self):
        engine = self.engine(policy=self.policy)
        engine.put_customer("K-1", {"arpu": 100}, at=AT)
        permission = engine.may_contact("K-1", "phone", "keeping", AT)
        self.assertFalse(permission)
        self.assertTrue(permission.message.startswith("no"))
        outcome, same = engine.contact("K-1", "phone", "keeping", at=AT)
        self.assertEqual((outcome.answer, same), (csvc.Answer.REFUSED_CONDITION, permission))
        customer = csvc.Customer(self.policy, "K-2")
        self.assertTrue(customer.note_contact("phone", "greeting", at=AT))
        self.assertEqual(customer.contacts, (csvc.Contact(AT, "phone", "greeting", None, None),))
        self.assertFalse(customer.may_contact("phone", "greeting", at=AT, cases=[("complaint", AT, None)]))
        with self.assertRaises(csvc.NotFoundError):
            customer.may_contact("pigeon", "greeting", at=AT)
        self.assertTrue(customer.open_task("r", "k", "C-1", at=AT, due=AT + DAY))
        self.assertIs(customer.open_task("r", "k", "C-1", at=AT).answer, csvc.Answer.REFUSED_STATE)
        self.assertTrue(customer.update_task("r", "k", at=AT, due=AT + 2 * DAY))
        self.assertTrue(customer.close_task("r", "k", "done", at=AT))
        self.assertEqual((customer.tasks[0].closed_at, customer.tasks[0].due), (AT, AT + 2 * DAY))

    def test_plans(self):
        plan = csvc.Plan(self.policy)
        number, facts = csvc.simulate_customer(self.policy, 1, at=AT)
        customer = csvc.Customer(self.policy, number)
        customer.put(facts, at=AT)
        plan.add(customer, at=AT, cases=[])
        self.assertEqual([item.rule for item in plan], [item.rule for item in customer.plan(at=AT, cases=[])])
        plan.arbitrate()
        self.assertEqual(sum(plan.count_of(decision) for decision in csvc.PlanDecision), len(plan))
        with self.assertRaises(csvc.InvalidError):
            plan.add(csvc.Customer(club(), "K"), at=AT)
        plan.clear()
        self.assertEqual(len(plan), 0)


class Crowds(Case):
    def test_rows(self):
        policy = club()
        crowd = csvc.Crowd(policy, "order")
        case = csvc.Case.open(policy, "order", "O-1", at=AT).case
        self.assertEqual([crowd.add(case) for _ in range(3)], [0, 1, 2])
        self.assertEqual((len(crowd), crowd.kind, crowd[1].states), (3, case.kind, ("open",)))
        self.assertGreater(crowd.row_size, 0)
        self.assertTrue(crowd.fire(1, "done", at=AT + HOUR))
        self.assertTrue(crowd.fire(2, policy.kinds["order"].events["done"], at=AT + HOUR))
        self.assertEqual((crowd[0].ended, crowd[1].ended, crowd[-1].ended), (False, True, True))
        self.assertEqual(crowd.next_wake(0), case.next_wake)
        crowd.advance(0, AT + DAY)
        self.assertLessEqual(crowd.whole, 3)
        with self.assertRaises(csvc.NotFoundError):
            crowd.fire(0, "nothing", at=AT)
        with self.assertRaises(IndexError):
            crowd.fire(7, "done", at=AT)
        with self.assertRaises(IndexError):
            crowd.add(self.complaint())
        with self.assertRaises(csvc.NotFoundError):
            csvc.Crowd(policy, "nothing")
        with self.assertRaises(IndexError):
            case.fire(self.desk.kinds[0].events[0], at=AT)


if __name__ == "__main__":
    unittest.main()
