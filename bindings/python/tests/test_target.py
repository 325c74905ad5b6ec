# SPDX-License-Identifier: LGPL-2.1-or-later
"""Targets: shares of customers, recounted by an engine and followed in the journal."""
import copy
import decimal
import gc
import json
import os
import pickle
import random
import subprocess
import tempfile
import threading
import unittest
from dataclasses import fields, replace
from datetime import datetime, timedelta
from decimal import Decimal

import csvc
from csvc import _csvc
from support import BUILD, SCALE, SLOW, UTC, Case

DAY = timedelta(1)

CARE = """<policy xmlns="urn:csvc:policy:1" id="care" version="1" zone="Asia/Shanghai" lang="zh">
  <customer>
    <fact id="arpu" type="number"/><fact id="left" type="boolean"/><fact id="phone" type="string" pii="true"/><fact id="until" type="date"/>
  </customer>
  <tiers default="ordinary" review="P1M" grace="P10D"><tier id="ordinary" rank="0"/><tier id="gold" rank="1" when="arpu &gt;= 200"/></tiers>
  <ledgers><ledger id="points" unit="point"/></ledgers>
  <targets>
    <target id="frozen" label="保有率" snapshot="2026-03-10" kept="not(left)" goal="90%"/>
    <target id="valuable" snapshot="2026-03-10" among='tier = "gold"' kept="not(left)" goal="99.5%"/>
    <target id="later" snapshot="2026-04-20" among='phone != ""' kept='tier = "gold"'/>
    <target id="members" kept='tier = "gold"'{more}/>
    <target id="with_phone" among="is defined(arpu)" kept="is defined(phone)"/>
    <target id="under_contract" among="is defined(until)" kept="until &gt;= today()"/>
  </targets>
  <labels lang="en"><label for="target.frozen" text="Kept"/></labels>
  <case id="care" initial="open"><event id="done"/><state id="open"><transition event="done" target="closed"/></state><final id="closed"/></case>
</policy>"""
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
SNAPSHOT = datetime(2026, 3, 9, 16, tzinfo=UTC)  # 2026-03-10 00:00 in Shanghai
TINY = timedelta(microseconds=1)


def care(more=""):
    return csvc.Policy.from_text(CARE.replace("{more}", more), name="care.xml")


def figures(count):
    return count.kept, count.lost, count.undecided, count.share


class Targets(Case):
    """With an engine, and a counter that follows its journal."""

    def setUp(self):
        self.policy = care()
        self.it = self.engine(policy=self.policy)
        self.counter, self.last = csvc.TargetCounter(self.policy), None

    def put(self, id, at, **facts):
        self.assertTrue(self.it.put_customer(id, facts, at=at))

    def count(self, now):
        """The recount, to which the counter is equal."""
        for entry in self.it.journal(after=self.last, page=7):
            self.counter.feed(entry)
            self.last = entry.id
        recounted = self.it.count_targets(now)
        self.assertEqual(self.counter.count(now), recounted)
        return recounted


class Policies(unittest.TestCase):
    def test_what_the_policy_says(self):
        policy = care()
        self.assertEqual([target.id for target in policy.targets], ["frozen", "valuable", "later", "members", "with_phone", "under_contract"])
        valuable, members = policy.targets["valuable"], policy.targets["members"]
        self.assertEqual((valuable.among, valuable.kept, valuable.goal), ('tier = "gold"', "not(left)", Decimal("0.995")))
        self.assertEqual((valuable.snapshot, valuable.snapshot.tzinfo), (SNAPSHOT, UTC))
        self.assertEqual((members.among, members.snapshot, members.goal), (None, None, None))
        self.assertEqual(policy.targets["frozen"].label(), "保有率")
        self.assertEqual((policy.targets["frozen"].label("en"), members.label("en")), ("Kept", "members"))
        self.assertEqual((valuable.part.id, valuable.part.file, str(valuable), repr(valuable)),
                         ("valuable", "care.xml", "valuable", "<csvc.Target 'valuable'>"))
        self.assertEqual(policy.targets[1], valuable)

    def test_index_and_id(self):
        targets = care().targets
        self.assertIsNone(targets.get("nothing"))
        with self.assertRaises(KeyError):
            targets["nothing"]
        with self.assertRaises(IndexError):
            targets[6]
        for index, error in ((6, IndexError), (2**32 - 1, IndexError), (-1, OverflowError), (2**32, OverflowError), (None, TypeError), ("0", TypeError)):
            with self.assertRaises(error):
                _csvc.policy_get_target(care(), index)
        with self.assertRaises(TypeError):
            targets[0].label(5)

    def test_a_target_keeps_its_policy(self):
        target = care().targets["frozen"]
        gc.collect()
        self.assertEqual((target.label(), target.part.line > 1), ("保有率", True))
        with self.assertRaises(TypeError):
            pickle.dumps(target)

    def test_a_goal_is_exact(self):
        with decimal.localcontext() as context:
            context.prec = 2
            self.assertEqual(str(care().targets["valuable"].goal), "0.9950")


class Counts(Targets):
    def test_by_hand(self):
        self.assertEqual(figures(self.count(BEGIN)["members"]), (0, 0, 0, None))
        self.put("C-1", BEGIN, arpu=300)
        self.put("C-2", BEGIN, arpu=100)
        self.put("C-3", BEGIN, phone="1")
        self.put("C-2", BEGIN, until=datetime(2026, 3, 5).date())
        self.assertEqual(self.count(BEGIN)["members"], csvc.TargetCount("members", 1, 2, 0, Decimal("0.3333")))
        self.assertEqual(figures(self.count(BEGIN)["with_phone"]), (0, 2, 0, 0))
        self.put("C-1", BEGIN + DAY, phone="2")
        self.assertEqual(figures(self.count(BEGIN + DAY)["with_phone"]), (1, 1, 0, Decimal("0.5")))
        # The same customers another day, and one before that.
        self.assertEqual(figures(self.count(BEGIN + 5 * DAY)["under_contract"]), (0, 1, 0, 0))
        self.assertEqual(figures(self.count(BEGIN + 4 * DAY)["under_contract"]), (1, 0, 0, 1))

    def test_a_snapshot(self):
        self.put("C-1", SNAPSHOT - DAY, arpu=300)
        self.put("C-2", SNAPSHOT, arpu=100)          # at the very instant
        self.put("C-3", SNAPSHOT + TINY, arpu=300)   # too late
        self.put("C-2", SNAPSHOT + DAY, arpu=500)    # gold too late
        self.assertEqual(figures(self.count(SNAPSHOT + DAY)["frozen"]), (0, 0, 2, None))
        self.put("C-1", SNAPSHOT + DAY, left=False)
        self.put("C-2", SNAPSHOT + DAY, left=True)
        self.put("C-3", SNAPSHOT + DAY, left=True)
        self.assertEqual(figures(self.count(SNAPSHOT + DAY)["frozen"]), (1, 1, 0, Decimal("0.5")))
        count = self.count(SNAPSHOT + DAY)["valuable"]
        self.assertEqual(figures(count), (1, 0, 0, 1))
        self.assertGreaterEqual(count.share, self.policy.targets["valuable"].goal)
        self.put("C-1", SNAPSHOT + 3 * DAY, left=True, arpu=0)
        self.assertEqual(figures(self.count(SNAPSHOT + 100 * DAY)["valuable"]), (0, 1, 0, 0))
        self.assertEqual(figures(self.it.count_targets(SNAPSHOT - TINY)["frozen"]), (0, 0, 0, None))

    def test_no_goal_is_reached_by_rounding(self):
        with self.it.transaction():
            for i in range(1999):
                self.it.put_customer(f"C-{i}", {"arpu": 300 if i < 1989 else 0}, at=BEGIN)
        count = self.count(BEGIN)["members"]
        self.assertEqual(figures(count), (1989, 10, 0, Decimal("0.9949")))  # 0.99499…
        self.assertLess(count.share, self.policy.targets["valuable"].goal)

    def test_counts_are_values(self):
        self.put("C-1", BEGIN, arpu=300)
        counts = self.count(BEGIN)
        self.assertEqual([count.id for count in counts], [target.id for target in self.policy.targets])
        self.assertEqual((len(counts), counts[3], counts[-1].id), (6, counts["members"], "under_contract"))
        self.assertEqual(pickle.loads(pickle.dumps(counts["members"])), counts["members"])
        self.assertIsNone(counts.get("nothing"))
        with self.assertRaises(KeyError):
            counts["nothing"]
        with self.assertRaises(IndexError):
            counts[6]
        with self.assertRaises(AttributeError):
            counts[0].kept = 5
        raw = _csvc.engine_count_targets(self.it._engine, BEGIN)
        for get in (_csvc.target_counts_get_n_kept, _csvc.target_counts_get_n_lost, _csvc.target_counts_get_n_undecided, _csvc.target_counts_get_share):
            for index, error in ((6, IndexError), (2**32 - 1, IndexError), (-1, OverflowError), (None, TypeError)):
                with self.assertRaises(error):
                    get(raw, index)

    def test_without_targets(self):
        with csvc.Engine("memory:", self.desk) as engine, csvc.TargetCounter(self.desk) as counter:
            self.assertEqual((len(engine.count_targets(BEGIN)), len(counter.count(BEGIN))), (0, 0))

    def test_what_is_refused(self):
        for now, error in ((None, TypeError), (5, TypeError), ("2026-03-01", TypeError), (BEGIN.date(), TypeError),
                           (datetime(2026, 3, 1), ValueError)):
            with self.assertRaises(error):
                self.it.count_targets(now)
            with self.assertRaises(error):
                self.counter.count(now)
        with self.assertRaises(TypeError):
            self.it.count_targets()
        with csvc.Engine("memory:") as engine, self.assertRaisesRegex(csvc.InvalidError, "no policy"):
            engine.count_targets(BEGIN)
        with self.it.transaction(), self.assertRaisesRegex(csvc.StateError, "transaction"):
            self.it.count_targets(BEGIN)
        with self.it.transaction(), self.assertRaises(csvc.InvalidError):
            _csvc.engine_count_targets(self.it._engine, BEGIN)
        self.it.close()
        with self.assertRaisesRegex(csvc.StateError, "closed"):
            self.it.count_targets(BEGIN)

    def test_as_the_tool(self):
        tool = BUILD / "tools/csvc"
        if not tool.exists():
            self.skipTest("no tool")
        now = SNAPSHOT + 60 * DAY
        with tempfile.TemporaryDirectory() as folder:
            path, document = f"{folder}/a.db", f"{folder}/care.xml"
            with open(document, "w", encoding="utf-8") as file:
                file.write(CARE.replace("{more}", ""))
            policy = csvc.Policy.load(document)
            with csvc.Engine(path, policy) as engine:
                draw = random.Random(3)
                for i in range(60):
                    engine.put_customer(f"C-{i % 40}", {"arpu": draw.choice([100, 300]), "left": draw.random() < 0.3}, at=BEGIN + i * DAY / 4)
                counts = engine.count_targets(now)
            told = json.loads(subprocess.run([tool, "targets", document, "--store", path, "--at", now.isoformat(), "--json"], check=True,
                                             stdout=subprocess.PIPE, text=True).stdout)
        self.assertEqual([(one["target"], one["kept"], one["lost"], one["undecided"], one["share"], one["goal"]) for one in told["targets"]],
                         [(count.id, count.kept, count.lost, count.undecided, None if count.share is None else int(count.share * 10000),
                           None if target.goal is None else int(target.goal * 10000)) for count, target in zip(counts, policy.targets)])
        self.assertGreater(counts["valuable"].lost, 0)


class Counters(Targets):
    def command(self, draw, n, at):
        id, kind = f"C-{draw.randrange(8)}", draw.randrange(12)
        if kind == 0:
            self.put(id, at, phone="1")
            self.it.forget(id, at=at)
        elif kind == 1:
            self.put(id, at, arpu=300)
            self.it.set_tier(id, "gold", until=at + 20 * DAY, at=at, actor="chief", reason="asked for")
        elif kind == 2:
            self.it.advance(at)
        elif kind == 3:
            self.it.open("care", f"X-{n}", at=at)
        else:
            self.put(id, at, **draw.choice(({"arpu": 100}, {"arpu": 250}, {"left": True}, {"left": False}, {"phone": "13800138000"},
                                            {"until": datetime(2026, 3, 15).date()}, {"until": datetime(2026, 5, 1).date()})))

    def test_equals_the_recount_after_each_command(self):
        """Also one that listens, and hears of each entry when it is committed."""
        draw, at = random.Random(19), BEGIN
        listening = csvc.TargetCounter(self.policy)
        self.it.listen(listening.feed, after="")
        for n in range(60 * SCALE):
            at += timedelta(hours=draw.randrange(48))
            self.command(draw, n, at)
            for now in (at, at + draw.randrange(3) * 5 * DAY):
                self.assertEqual(listening.count(now), self.count(now))
        self.assertGreater(self.count(at)["frozen"].kept + self.count(at)["frozen"].lost, 0)
        late = csvc.TargetCounter(self.policy)
        for entry in self.it.journal():
            late.feed(entry)
        self.assertEqual(late.count(at), self.count(at))

    def test_an_entry_left_out(self):
        self.put("C-1", BEGIN, arpu=1)
        self.put("C-1", BEGIN, arpu=2)
        first, second = self.it.journal()
        with self.assertRaisesRegex(csvc.InvalidError, "left out"):
            self.counter.feed(second)
        # Nothing came of it; and what is fed twice counts once.
        for entry in (first, first, second, first):
            self.assertIsNone(self.counter.feed(entry))
        self.assertEqual(figures(self.counter.count(BEGIN)["members"]), (0, 1, 0, 0))

    def test_an_entry_of_another_store(self):
        for n in range(3):
            self.put("C-1", BEGIN, arpu=n)
        with csvc.Engine("memory:", self.policy) as other:
            other.put_customer("C-1", {"arpu": 300}, at=BEGIN)
            other.grant("C-1", "points", 10, at=BEGIN)
            other.reserve("C-1", "points", "R", 5, at=BEGIN)
            other.release("C-1", "points", "R", at=BEGIN)
            release = list(other.journal())[-1]
        for entry in self.it.journal():
            self.counter.feed(entry)
        with self.assertRaisesRegex(csvc.CorruptError, "does not fit"):
            self.counter.feed(release)

    def test_of_another_policy(self):
        """What an engine of that policy counts over the same journal."""
        store = csvc.Store()
        another = care(' among="arpu &gt; 0" goal="50%"')
        with csvc.Engine(store, self.policy) as engine, csvc.Engine(store, another) as other:
            counter = csvc.TargetCounter(another)
            for id, arpu in (("C-1", 300), ("C-2", 0), ("C-3", 100)):
                engine.put_customer(id, {"arpu": arpu}, at=BEGIN)
            for entry in engine.journal():
                counter.feed(entry)
            self.assertEqual(counter.count(BEGIN), other.count_targets(BEGIN))
            self.assertEqual(figures(counter.count(BEGIN)["members"]), (1, 1, 0, Decimal("0.5")))
            self.assertEqual(figures(engine.count_targets(BEGIN)["members"]), (1, 2, 0, Decimal("0.3333")))
        with csvc.TargetCounter(self.desk) as counter:
            self.put("C-1", BEGIN, arpu=1)
            for entry in self.it.journal():
                counter.feed(entry)
            self.assertEqual(len(counter.count(BEGIN)), 0)

    def test_what_is_no_entry(self):
        self.put("C-1", BEGIN, arpu=1)
        entry = next(self.it.journal())
        for wrong in (None, 5, "1.0", entry.id, entry.json, entry.effects, [entry], self.policy, self.counter, object(), csvc.JournalEntry,
                      _csvc.journal_get(_csvc.engine_follow(self.it._engine, None, 1), 0)):
            with self.assertRaisesRegex(TypeError, "expected a JournalEntry"):
                self.counter.feed(wrong)
        for raw in (None, 5, entry, self.policy, self.counter):
            with self.assertRaises(TypeError):
                _csvc.target_counter_feed(self.counter, raw)
        with self.assertRaises(TypeError):
            self.counter.feed()
        for wrong in (None, 5, "care", self.it, self.counter, csvc.Policy):
            with self.assertRaises(TypeError):
                csvc.TargetCounter(wrong)
        self.assertEqual(figures(self.counter.count(BEGIN)["members"]), (0, 0, 0, None))

    def test_copies_of_entries(self):
        self.put("C-1", BEGIN, arpu=1)
        entry = next(self.it.journal())
        self.assertNotIn("_source", [field.name for field in fields(entry)])
        for made in (copy.copy(entry), copy.deepcopy(entry), pickle.loads(pickle.dumps(entry)), replace(entry, stream="C-2")):
            self.assertEqual(made == entry, made.stream == "C-1")
            with self.assertRaisesRegex(csvc.StateError, "copy"):
                self.counter.feed(made)
        self.counter.feed(entry)

    def test_what_a_listener_was_told_is_gone_afterwards(self):
        told = []
        self.it.listen(told.append)
        self.put("C-1", BEGIN, arpu=1)
        with self.assertRaisesRegex(csvc.StateError, "listener"):
            self.counter.feed(told[0])
        self.assertEqual(told[0], next(self.it.journal()))

        def fail(entry):
            told.append(entry)
            raise KeyError("mine")
        self.it.listen(fail)
        with self.assertRaises(KeyError):
            self.put("C-2", BEGIN, arpu=1)
        with self.assertRaises(csvc.StateError):
            self.counter.feed(told[-1])

    def test_a_listener_that_came_too_late(self):
        self.put("C-1", BEGIN, arpu=1)
        self.it.listen(self.counter.feed)
        with self.assertRaisesRegex(csvc.InvalidError, "left out"):
            self.put("C-1", BEGIN, arpu=2)
        self.assertEqual(self.it.customer("C-1").fact("arpu"), 2)

    def test_an_entry_outlives_its_engine(self):
        self.put("C-1", BEGIN, arpu=300)
        entry = next(self.it.journal())
        self.it.close()
        gc.collect()
        self.counter.feed(entry)
        self.assertEqual(figures(self.counter.count(BEGIN)["members"]), (1, 0, 0, 1))

    def test_life(self):
        counter = csvc.TargetCounter(care())
        gc.collect()
        self.assertEqual((counter.policy, repr(counter)), (self.policy, "<csvc.TargetCounter of <csvc.Policy 'care' 1>>"))
        self.put("C-1", BEGIN, arpu=300)
        entry = next(self.it.journal())
        with counter as same:
            self.assertIs(same, counter)
        counter.close()
        self.assertEqual((counter.closed, repr(counter)), (True, "<csvc.TargetCounter, closed>"))
        for use in (lambda: counter.feed(entry), lambda: counter.count(BEGIN), lambda: counter.policy):
            with self.assertRaisesRegex(csvc.StateError, "closed"):
                use()
        with self.assertRaisesRegex(TypeError, "pickle"):
            pickle.dumps(csvc.TargetCounter(self.policy))
        with self.assertRaises(AttributeError):
            self.counter.nmae = 5


class Together(Targets):
    """Others run while it counts, and nobody uses what is at work."""

    N = 300 if SLOW else 3000

    def setUp(self):
        super().setUp()
        with self.it.transaction():
            for i in range(self.N):
                self.it.put_customer(f"C-{i}", {"arpu": i}, at=BEGIN)
        for entry in self.it.journal():
            self.counter.feed(entry)

    @unittest.skipIf("CSVC_TEST_VALGRIND" in os.environ, "valgrind runs one thread at a time, and does not change while it can go on")
    def test_others_run(self):
        for count in (self.it.count_targets, self.counter.count):
            ticks, done = [0], threading.Event()

            def tick():
                while not done.is_set():
                    ticks[0] += 1
                    done.wait(0.0001)
            thread = threading.Thread(target=tick)
            thread.start()
            before = ticks[0]
            for i in range(5):
                count(BEGIN + i * DAY)
            during = ticks[0] - before
            done.set()
            thread.join()
            self.assertGreater(during, 3)

    def test_misuse(self):
        """Some are refused, nothing breaks."""
        entry, refused, wrong, expected = next(self.it.journal()), [], [], [self.it.count_targets(BEGIN + i * DAY) for i in range(8)]

        def work():
            for i in range(8):
                try:
                    self.counter.feed(entry)
                    if self.counter.count(BEGIN + i * DAY) != expected[i]:
                        wrong.append(i)
                except csvc.StateError as error:
                    refused.append(str(error))
        for _ in range(100):
            threads = [threading.Thread(target=work) for _ in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            if refused:
                break
        self.assertEqual((bool(refused), wrong), (True, []))
        self.assertEqual([text for text in refused if "at work" not in text], [])
        self.assertEqual(self.counter.count(BEGIN), expected[0])


if __name__ == "__main__":
    unittest.main()
