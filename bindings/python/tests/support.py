# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests share: where things are, a policy with facts of all types, and how much to do."""
import os
import pathlib
import unittest
from datetime import datetime, timedelta, timezone

import csvc

UTC = timezone.utc
SOURCE = pathlib.Path(os.environ.get("CSVC_SRCDIR", pathlib.Path(__file__).parents[3]))
BUILD = pathlib.Path(os.environ.get("CSVC_BUILDDIR", "."))
DATA = pathlib.Path(os.environ.get("CSVC_TEST_DATA", SOURCE / "../shared/data"))
SCALE = int(os.environ.get("CSVC_TEST_SCALE", "1"))
#: valgrind and the sanitizers keep what is freed, and take their time.
SLOW = "CSVC_TEST_VALGRIND" in os.environ or "libasan" in os.environ.get("LD_PRELOAD", "")
DESK = SOURCE / "examples/desk.xml"
CARE = SOURCE / "tests/tool/care.xml"
HOUR = timedelta(hours=1)
AT = datetime(2026, 3, 2, 3, tzinfo=UTC)  # a Monday, 11:00 in Shanghai

TYPES = """<policy xmlns="urn:csvc:policy:1" id="types" version="1" zone="Europe/Berlin">
  <calendar id="office" days="mon tue wed thu fri" hours="09:00-17:00"/>
  <roles><role id="agent"/><role id="boss" sees="phone"/></roles>
  <customer>
    <fact id="vip" type="boolean"/><fact id="arpu" type="number" default="0.5"/><fact id="phone" type="string" pii="true"/>
  </customer>
  <case id="order" initial="open">
    <fact id="yes" type="boolean"/><fact id="n" type="number"/><fact id="s" type="string"/><fact id="e" type="enum" values="a b"/>
    <fact id="d" type="date"/><fact id="t" type="time"/><fact id="dt" type="dateTime"/>
    <fact id="dur" type="dayTimeDuration"/><fact id="ym" type="yearMonthDuration"/>
    <event id="set" sets="n"/><event id="vip_only" by="boss"/><event id="done"/><event id="mail"/>
    <state id="open">
      <clock id="c" met-by="done"><due in="PT2H"/><alarm id="half" at="50%"><notify role="agent"/></alarm></clock>
      <transition event="set"/>
      <transition event="vip_only" cond="vip = true"/>
      <transition event="mail"><effect name="hello"><arg name="who" value="s"/></effect></transition>
      <transition event="done" target="over"/>
    </state>
    <final id="over" outcome="won"/>
  </case>
</policy>"""


def types_policy():
    return csvc.Policy.from_text(TYPES, name="types.xml")


class Case(unittest.TestCase):
    """With a case of the desk and one of all types."""

    @classmethod
    def setUpClass(cls):
        cls.desk = csvc.Policy.load(DESK)
        cls.types = types_policy()

    def complaint(self, **kwargs):
        outcome = csvc.Case.open(self.desk, "complaint", "C-1", at=AT, facts={"window": "hall"}, **kwargs)
        self.assertTrue(outcome.accepted)
        return outcome.case

    def order(self, facts=None, **kwargs):
        outcome = csvc.Case.open(self.types, "order", "O-1", at=AT, facts=facts, **kwargs)
        self.assertTrue(outcome.accepted, outcome)
        return outcome.case

    def engine(self, store="memory:", policy=None):
        engine = csvc.Engine(store, policy or self.desk)
        self.addCleanup(engine.close)
        return engine
