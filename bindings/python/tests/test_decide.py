# SPDX-License-Identifier: LGPL-2.1-or-later
"""Decision tables, decision models, expressions."""
import json
import unittest
from array import array
from decimal import Decimal

import csvc
from support import AT, Case

POLICY = """<policy xmlns="urn:csvc:policy:1" id="shop" version="1" zone="UTC">
  <customer><fact id="arpu" type="number"/><fact id="vip" type="boolean"/><fact id="name" type="string"/></customer>
  <case id="order" initial="open"><state id="open"/></case>
  <tables>
    <table id="offer" hit="first">
      <input id="vip"/><input id="arpu"/>
      <output id="offer" type="enum" values="upgrade thanks" default='"thanks"'/>
      <row vip="true" arpu="&gt;= 50" offer="upgrade"/>
      <row arpu="&gt;= 100" offer="upgrade"/>
    </table>
    <table id="by_name" hit="first"><input id="name"/><output id="x" type="number"/><row name='"a"' x="1"/></table>
  </tables>
</policy>"""

MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="m" namespace="urn:m">
  <inputData id="i" name="age"><variable name="age" typeRef="number"/></inputData>
  <decision id="d" name="grown"><variable name="grown" typeRef="boolean"/>
    <informationRequirement><requiredInput href="#i"/></informationRequirement>
    <literalExpression><text>age &gt;= 18</text></literalExpression></decision>
</definitions>"""


class Tables(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.policy = csvc.Policy.from_text(POLICY, name="shop.xml")
        cls.table = cls.policy.tables["offer"]

    def test_what_it_says(self):
        self.assertEqual((self.table.hit, self.table.aggregate, self.table.kind), (csvc.HitPolicy.FIRST, csvc.Aggregate.LIST, None))
        self.assertEqual([column.id for column in self.table.inputs], ["vip", "arpu"])
        self.assertEqual(self.table.outputs["offer"].words, ("upgrade", "thanks"))
        self.assertEqual((len(self.table.rows), self.table.rows[0].part.id, self.table.rows[1].cells[0]), (2, "1", ""))
        self.assertEqual(self.table.policy, self.policy)

    def test_decides(self):
        decision = self.table.decide_facts({"vip": True, "arpu": 60}, at=AT)
        self.assertTrue(decision)
        self.assertEqual((decision.rows, decision.outputs), ((0,), ({"offer": "upgrade"},)))
        self.assertIs(decision.verdict(1), csvc.RowVerdict.FAILS)
        self.assertEqual(decision.failing_cell(1).column, 1)
        self.assertIsNone(decision.failing_cell(0))
        self.assertEqual(json.loads(decision.to_json())["state"], "rows")
        none = self.table.decide_facts({"vip": False, "arpu": 1}, at=AT)
        self.assertFalse(none)
        self.assertEqual((none.state, none.outputs), (csvc.DecisionState.NONE, ({"offer": "thanks"},)))
        unknown = self.table.decide_facts({"vip": True}, at=AT)
        self.assertEqual((unknown.state, unknown.missing, unknown.outputs), (csvc.DecisionState.UNKNOWN, "arpu", ()))
        with self.assertRaises(IndexError):
            decision.verdict(2)
        with self.assertRaises(csvc.InvalidError):
            self.table.decide_facts({"nothing": 1}, at=AT)
        with self.assertRaises(TypeError):
            csvc.Decision()

    def test_outlives_its_policy(self):
        table = csvc.Policy.from_text(POLICY).tables[0]
        decision = table.decide_facts({"vip": True, "arpu": 60}, at=AT)
        del table
        self.assertEqual(decision.table.rows[0].cells[2].strip('"'), "upgrade")

    def test_matches(self):
        customer = csvc.Customer(self.policy, "K")
        customer.put({"arpu": 120}, at=AT)
        self.assertEqual(self.table.match(customer, at=AT), csvc.Matches((1,), (0, 1)))
        with self.assertRaises(csvc.InvalidError):
            self.table.match(csvc.Customer(csvc.Policy.from_text(POLICY), "K"), at=AT)

    def test_columns(self):
        missing = -2**63
        found = self.table.match_columns([array("i", [1, 0, 1]), array("q", [60, 120, missing])], at=AT)
        self.assertEqual([found.rows(i) for i in range(3)], [(0,), (1,), ()])
        self.assertEqual(found.rows(2, may=True), (0, 1))
        by_name = self.table.match_columns({"arpu": (array("q", [12000]), 2)}, at=AT)
        self.assertEqual((by_name.rows(0), by_name.rows(0, may=True), by_name.words), ((1,), (0, 1), 1))
        for bad, error in (([array("q", [1])], TypeError), ([array("q", [1]), array("q", [1, 2])], ValueError), ([None, None], ValueError),
                           ([array("d", [1.0]), None], TypeError), ([b"12345678", None], TypeError), ({"nothing": None}, KeyError),
                           ([(array("q", [1]), 10), None], ValueError), (5, TypeError), ([5, None], TypeError)):
            with self.assertRaises(error, msg=str(bad)):
                self.table.match_columns(bad, at=AT)
        with self.assertRaises(csvc.InvalidError):
            self.policy.tables["by_name"].match_columns([array("q", [1])], at=AT)

    def test_proofs(self):
        gaps = self.table.find_gaps()
        self.assertTrue(gaps.complete)
        self.assertGreater(len(gaps.cases), 0)
        self.assertIsInstance(self.table.find_overlaps(3), tuple)


class Expressions(Case):
    def test_evaluates(self):
        expression = csvc.Expression("arpu >= 500 and vip", {"arpu": "number", "vip": csvc.Type.BOOLEAN})
        self.assertEqual((expression.type, expression.reads, str(expression)), ("boolean", ("arpu", "vip"), "arpu >= 500 and vip"))
        self.assertTrue(expression.evaluate({"arpu": 600, "vip": True}))
        unknown = expression.evaluate({"arpu": 600})
        self.assertEqual((bool(unknown), unknown.missing, unknown.type), (False, "vip", csvc.Type.UNKNOWN))
        self.assertEqual(csvc.Expression("0.1 + 0.2").evaluate().value, Decimal("0.3"))
        self.assertEqual(json.loads(csvc.Expression("[1, 2]").evaluate().json), [1, 2])
        self.assertEqual(csvc.Expression("now ()").evaluate(now=AT).value, AT)
        self.assertEqual(csvc.Expression("1 / 0").evaluate().reason, "division by zero")

    def test_refuses(self):
        with self.assertRaises(csvc.FormError) as caught:
            csvc.Expression("1 +")
        self.assertGreater(len(caught.exception.diagnostics), 0)
        with self.assertRaises(csvc.InvalidError):
            csvc.Expression("a", {"a": "nonsense"})
        for bad in (None, 5, "a\0b"):
            with self.assertRaises((TypeError, ValueError)):
                csvc.Expression(bad)
        with self.assertRaises((csvc.InvalidError, csvc.FormError)):
            csvc.Expression("a", {"a": "number"}).evaluate({"a": "x"})


class Models(unittest.TestCase):
    def test_evaluates(self):
        model = csvc.Model.from_text(MODEL)
        self.assertEqual((model.name, model.inputs["age"].type, model.decisions["grown"].needs), ("m", "number", ("age",)))
        self.assertIs(model.evaluate("grown", {"age": 20}), True)
        answers = model.evaluate_json('{"age": 3}')
        self.assertEqual(json.loads(answers.json), {"grown": False})
        self.assertEqual(answers.notes, ())
        self.assertEqual(json.loads(model.evaluate_json('{"age": 30}', "grown").json), True)

    def test_refuses(self):
        model = csvc.Model.from_text(MODEL)
        with self.assertRaises(csvc.NotFoundError):
            model.evaluate("nothing")
        with self.assertRaises(csvc.FormError):
            model.evaluate_json("{")
        with self.assertRaises(csvc.InvalidError):
            model.table("grown")
        with self.assertRaises(KeyError):
            model.table("nothing")
        with self.assertRaises(csvc.PolicyError):
            csvc.Model.from_text("<a/>")
        with self.assertRaises(csvc.NotFoundError):
            csvc.Model.load("/nonexistent.dmn")
        with self.assertRaises(TypeError):
            csvc.Model()


if __name__ == "__main__":
    unittest.main()
