# SPDX-License-Identifier: LGPL-2.1-or-later
"""Engines: commands, transactions, lists, journal, listeners, waking."""
import asyncio
import gc
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request
import weakref
from datetime import datetime, timedelta

import csvc
from support import AT, DESK, HOUR, SOURCE, UTC, Case

DAY = timedelta(1)


class Engines(Case):
    def setUp(self):
        self.it = self.engine()

    def open(self, id="C-1", **kwargs):
        return self.it.open("complaint", id, at=AT, facts={"window": "hall"}, **kwargs)

    def test_commands(self):
        self.assertTrue(self.open(customer="K-1", key="k"))
        self.assertTrue(self.open(customer="K-1", key="k"))
        with self.assertRaises(csvc.ExistsError):
            self.it.open("complaint", "C-1", at=AT, facts={"window": "hotline"})
        self.assertIs(self.it.fire("C-1", "replied", at=AT).answer, csvc.Answer.REFUSED_ROLE)
        self.assertIn("agent", str(self.it.why_refused("C-1", "replied", at=AT)))
        self.assertIsNone(self.it.why_refused("C-1", "replied", at=AT, role="agent"))
        first = self.it.fire("C-1", "replied", at=AT + HOUR, role="agent", key="once")
        self.assertEqual(self.it.fire("C-1", "replied", at=AT + HOUR, role="agent", key="once").effects, first.effects)
        with self.assertRaises(csvc.ConflictError):
            self.it.fire("C-1", "solved", at=AT + HOUR, role="agent", key="once")
        self.assertEqual(self.it.next_wake, AT + 3 * DAY + timedelta(microseconds=1))
        missed = self.it.advance(AT + 4 * DAY)
        self.assertIn("ClockMissed", [type(e).__name__ for e in missed])
        self.assertIsNone(self.it.next_wake)
        self.assertEqual(self.it.case("C-1").cycles[0].verdict, csvc.Verdict.MET)
        self.assertEqual(len(self.it.advance_case("C-1", AT + 5 * DAY)), 0)
        self.assertEqual(self.it.verify()[0], 1)
        self.assertEqual(self.it.policy, self.desk)
        for missing in (lambda: self.it.case("C-9"), lambda: self.it.fire("C-9", "replied", at=AT), lambda: self.it.customer("K-9")):
            with self.assertRaises(csvc.NotFoundError):
                missing()

    def test_customers(self):
        engine = self.engine(policy=self.types)
        self.assertTrue(engine.put_customer("K-1", {"vip": True}, at=AT))
        self.assertEqual(engine.customer("K-1").fact("vip"), True)
        with self.assertRaises(csvc.InvalidError):
            engine.put_customer("K-1", {"shoe": True}, at=AT)
        self.assertEqual([e.of_customer for e in engine.journal()], [True])

    def test_lists(self):
        answers, effects = self.it.open_many(
            csvc.Opening("complaint", f"C-{i}", AT + i * HOUR, facts={"window": "hotline"} if i != 3 else None) for i in range(25))
        self.assertEqual(answers.count(csvc.Answer.ACCEPTED), 24)
        self.assertIs(answers[3], csvc.Answer.REFUSED_MISSING_FACT)
        self.assertEqual(sum(isinstance(e, csvc.Opened) for e in effects), 24)
        self.assertEqual([c.id for c in self.it.cases(page=7)], [f"C-{i}" for i in range(25) if i != 3])
        self.assertEqual(len(list(self.it.cases(open=True, kind="complaint"))), 24)
        self.assertEqual(list(self.it.cases(customer="nobody")), [])
        due = self.it.due(limit=1000)
        self.assertEqual(len(due), 48)
        self.assertEqual([d.projected for d in due], sorted(d.projected for d in due))
        self.assertEqual(self.it.due(limit=3, skip=2), due[2:5])
        self.assertEqual(self.it.due(start=due[5].due, end=due[6].due, limit=9), [d for d in due if due[5].due <= d.due < due[6].due])
        self.assertEqual(self.it.due(handler="boss"), [])
        entries = list(self.it.journal(page=5))
        self.assertEqual([e.stream for e in entries], [f"C-{i}" for i in range(25) if i != 3])
        self.assertEqual(list(self.it.journal(after=entries[4].id)), entries[5:])
        self.assertEqual([e.id for e in self.it.journal(case="C-7")], [e.id for e in entries if e.stream == "C-7"])
        one = entries[0]
        self.assertEqual((one.command, one.name, one.at, one.params, one.policy), (csvc.Command.OPEN, "complaint", AT, {"window": "hotline"}, self.desk.hash))
        self.assertEqual(json.loads(one.json)["stream"] if "stream" in json.loads(one.json) else "C-0", "C-0")
        for bad in (0, -1, 2**32, "5", None):
            with self.assertRaises((OverflowError, TypeError)):
                self.it.due(limit=bad)
        with self.assertRaises(csvc.FormError):
            list(self.it.journal(after="nonsense"))

    def test_many_of_which_one_fails(self):
        openings = [csvc.Opening("complaint", "C-1", AT, facts={"window": "hall"}), csvc.Opening("complaint", "C-2", AT, facts={"window": "x"})]
        with self.assertRaises(csvc.InvalidError):
            self.it.open_many(openings)
        self.assertEqual(list(self.it.cases()), [])
        for bad in ([5], 5, [None], [csvc.Opening("complaint", 5, AT)], [csvc.Opening("complaint", "C", None)]):
            with self.assertRaises((TypeError, AttributeError)):
                self.it.open_many(bad)
        with self.assertRaises(ValueError):
            self.it.open_many([openings[0]] * 100001)
        self.assertEqual(self.it.open_many([])[0], ())

    def test_transactions(self):
        with self.it.transaction():
            self.assertTrue(self.it.in_transaction)
            self.open("C-1")
            self.open("C-2")
        self.assertFalse(self.it.in_transaction)
        with self.assertRaises(KeyError):
            with self.it.transaction():
                self.open("C-3")
                raise KeyError
        self.assertEqual([c.id for c in self.it.cases()], ["C-1", "C-2"])
        self.assertEqual({e.id.split(".")[0] for e in self.it.journal()}, {"1"})
        self.it.begin()
        for misuse in (self.it.begin, lambda: self.it.open_many([])):
            with self.assertRaises(csvc.StateError):
                misuse()
        with self.assertRaises((csvc.StateError, IndexError)):
            self.it.verify()
        self.it.rollback()
        self.it.rollback()
        with self.assertRaises(csvc.StateError):
            self.it.commit()

    def test_two_engines_of_one_store(self):
        store = csvc.Store()
        one, two = self.engine(store), self.engine(store)
        with one.transaction():
            one.open("complaint", "C-1", at=AT, facts={"window": "hall"})
            for misuse in (two.begin, lambda: two.open("complaint", "C-2", at=AT, facts={"window": "hall"}), lambda: two.next_wake,
                           lambda: csvc.Engine(store, self.desk)):
                with self.assertRaisesRegex(csvc.StateError, "another engine"):
                    misuse()
            failed = []

            def elsewhere():
                try:
                    one.open("complaint", "C-3", at=AT, facts={"window": "hall"})
                except csvc.StateError as error:
                    failed.append(str(error))
            thread = threading.Thread(target=elsewhere)
            thread.start()
            thread.join()
            self.assertEqual(len(failed), 1)
        self.assertEqual([c.id for c in two.cases()], ["C-1"])

    def test_closed(self):
        self.open()
        case = self.it.case("C-1")
        store = self.it.store
        self.it.begin()
        self.it.close()
        self.it.close()
        self.assertTrue(self.it.closed)
        self.assertIn("closed", repr(self.it))
        for use in (lambda: self.open("C-2"), lambda: self.it.next_wake, self.it.begin, self.it.verify, lambda: self.it.case("C-1"),
                    lambda: self.it.policy, lambda: list(self.it.journal()), lambda: self.it.advance(AT), lambda: self.it.listen(print)):
            with self.assertRaisesRegex(csvc.StateError, "closed"):
                use()
        self.assertEqual(case.id, "C-1")
        self.assertEqual([c.id for c in self.engine(store).cases()], ["C-1"])
        store.close()
        with self.assertRaises(csvc.StateError):
            csvc.Engine(store, self.desk)

    def test_files(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "cases.db")
            with csvc.Engine(path, self.desk) as engine:
                engine.open("complaint", "C-1", at=AT, facts={"window": "hall"})
            with csvc.Engine(f"sqlite:{path}?mode=ro") as engine:
                self.assertIsNone(engine.policy)
                self.assertEqual(engine.case("C-1").policy, self.desk)
                with self.assertRaises(csvc.Error):
                    engine.advance(AT + 9 * DAY)
            path.write_bytes(b"nonsense" * 1000)
            with self.assertRaises(csvc.CorruptError):
                csvc.Store(path)
            with self.assertRaises(csvc.StorageError) as caught:
                csvc.Store(folder + "/no/such/folder.db")
            self.assertIsInstance(caught.exception, OSError)
            self.assertIn("folder.db", str(caught.exception))
        with self.assertRaises(csvc.InvalidError):
            csvc.Store("sqlite:x?mode=nonsense")
        for bad in (None, 5, object()):
            with self.assertRaises(TypeError):
                csvc.Store(bad)

    def test_bad_input(self):
        for bad in (None, 5, b"C-1", [], "a\0b"):
            for call in (lambda: self.it.case(bad), lambda: self.it.fire(bad, "replied", at=AT), lambda: self.it.open(bad, "C", at=AT),
                         lambda: self.it.advance_case(bad, AT), lambda: self.it.put_customer(bad, {}, at=AT)):
                with self.assertRaises((TypeError, ValueError)):
                    call()
        for bad in (None, 5, datetime(2026, 1, 1), "now"):
            with self.assertRaises((TypeError, ValueError)):
                self.it.advance(bad)
        for bad in (-1, 2**40, "1", 1.5):
            with self.assertRaises((TypeError, OverflowError)):
                self.it.advance(AT, max=bad)
        for store, policy in ((None, None), (5, None), (csvc.Store(), 5), (csvc.Store(), "desk.xml"), (self.it, self.desk)):
            with self.assertRaises(TypeError):
                csvc.Engine(store, policy)

    def test_facts_that_close_the_engine(self):
        class Evil(dict):
            def items(evil):
                self.it.close()
                return [("window", "hall")]
        try:
            self.it.open("complaint", "C-1", at=AT, facts=Evil())
        except csvc.Error:
            pass
        self.assertTrue(self.it.closed)

    def test_owners_collected(self):
        engine = csvc.Engine(csvc.Store(), csvc.Policy.load(DESK))
        engine.open("complaint", "C-1", at=AT, facts={"window": "hall"})
        case, entry, due = engine.case("C-1"), next(engine.journal()), engine.due()
        del engine
        gc.collect()
        self.assertEqual(case.cycles[0].clock.id, "reply")
        self.assertEqual(entry.effects[0].case, "C-1")
        self.assertEqual(due[0].clock, "reply")
        state = case.kind.states["open"]
        del case
        gc.collect()
        self.assertEqual(state.clocks["handle"].state, state)


class Listeners(Case):
    def setUp(self):
        self.it = self.engine()

    def open(self, id="C-1"):
        return self.it.open("complaint", id, at=AT, facts={"window": "hall"})

    def test_hears_of_what_was_committed(self):
        self.open("C-0")
        heard = []
        with self.it.listen(lambda entry: heard.append(entry.stream)) as subscription:
            self.assertEqual(heard, [])
            self.open("C-1")
            with self.it.transaction():
                self.open("C-2")
                self.assertEqual(heard, ["C-1"])
            self.assertEqual(heard, ["C-1", "C-2"])
            self.it.advance(AT + 9 * DAY)
            last = subscription.last
        n = len(heard)
        self.assertGreater(n, 3)
        self.open("C-3")
        self.assertEqual(len(heard), n)
        self.it.listen(lambda entry: heard.append(entry.stream), after=last)
        self.assertEqual(heard[n:], ["C-3"])
        subscription.close()

    def test_exceptions_come_through_whole(self):
        class Mine(Exception):
            pass
        told = Mine("mine")

        def listener(entry):
            raise told
        subscription = self.it.listen(listener)
        with self.assertRaises(Mine) as caught:
            self.open()
        self.assertIs(caught.exception, told)
        self.assertEqual(self.it.case("C-1").id, "C-1")
        self.assertEqual(subscription.last, "1.0")

    def test_a_listener_that_calls_back(self):
        heard = []

        def listener(entry):
            heard.append(entry.stream)
            if entry.stream == "C-1":
                self.open("C-2")
        self.it.listen(listener)
        self.open("C-1")
        self.assertEqual(heard, ["C-1", "C-2"])

    def test_a_listener_that_closes(self):
        self.it.listen(lambda entry: self.it.close())
        with self.assertRaisesRegex(csvc.StateError, "at work"):
            self.open()
        self.assertEqual(self.it.case("C-1").id, "C-1")

    def test_all_hear_whatever_one_raises(self):
        heard = []

        def fail(entry):
            raise KeyError(entry.stream)
        self.it.listen(fail)
        self.it.listen(lambda entry: heard.append(entry.stream))
        with self.assertRaises(KeyError) as caught, self.it.transaction():
            self.open("C-1")
            self.open("C-2")
        self.assertEqual(heard, ["C-1", "C-2"])
        self.assertEqual((str(caught.exception), str(caught.exception.__context__)), ("'C-2'", "'C-1'"))
        self.assertEqual(len(list(self.it.cases())), 2)

    def test_from_the_start(self):
        self.open("C-1")
        heard = []
        self.it.listen(lambda entry: heard.append(entry.stream), after="")
        self.open("C-2")
        self.assertEqual(heard, ["C-1", "C-2"])

    def test_the_engine_is_collected_all_the_same(self):
        engine = csvc.Engine("memory:", self.desk)
        engine.listen(lambda entry: engine)
        engine.on_wake(lambda wake: engine)
        ref = weakref.ref(engine)
        del engine
        gc.collect()
        self.assertIsNone(ref())

    def test_another_thread_while_one_hears(self):
        refused = []

        def listener(entry):
            thread = threading.Thread(target=use)
            thread.start()
            thread.join()

        def use():
            try:
                self.it.case("C-1")
            except csvc.StateError as error:
                refused.append(error)
        self.it.listen(listener)
        self.open()
        self.assertEqual(len(refused), 1)

    def test_on_wake(self):
        wakes = []
        self.it.on_wake(wakes.append)
        self.open()
        self.assertEqual(wakes, [self.it.next_wake])
        self.it.advance(AT + 30 * DAY)
        self.assertEqual(wakes[-1], self.it.next_wake)
        n = len(wakes)
        self.it.on_wake(None)
        self.open("C-2")
        self.assertEqual(len(wakes), n)
        with self.assertRaises(TypeError):
            self.it.on_wake(5)

        def fail(wake):
            raise KeyError(wake)
        self.it.on_wake(fail)
        with self.assertRaises(KeyError):
            self.it.advance(AT + 60 * DAY)

    def test_a_listener_that_leaves(self):
        subscription = self.it.listen(lambda entry: subscription.close())
        self.open("C-1")
        self.open("C-2")
        self.assertEqual(subscription.last, "1.0")
        with self.assertRaises(TypeError):
            self.it.listen(5)


class Waking(Case):
    def test_wakes(self):
        engine = self.engine()
        clock = [AT]

        async def life():
            woken = []

            async def wait():
                async for effects in engine.wakes(clock=lambda: clock[0], longest=5):
                    woken.append([type(e).__name__ for e in effects])
                    if len(woken) == 2:
                        return
            task = asyncio.create_task(wait())
            await asyncio.sleep(0.01)
            clock[0] = AT + 5 * HOUR
            engine.open("complaint", "C-1", at=AT, facts={"window": "hall"})  # brings a deadline, and so wakes it
            await asyncio.sleep(0.05)
            clock[0] = AT + 9 * DAY
            engine.put_customer("K-1", {}, at=AT)
            await asyncio.wait_for(task, 5)
            return woken
        woken = asyncio.run(life())
        self.assertIn("ClockMissed", woken[0])
        self.assertEqual(len(woken), 2)

    def test_sleeps_until_it_is_due(self):
        engine = self.engine()
        engine.open("complaint", "C-1", at=AT, facts={"window": "hall"})
        start = time.monotonic()
        wake = engine.next_wake

        async def once():
            now = asyncio.get_running_loop().time
            begin = now()
            async for effects in engine.wakes(clock=lambda: wake - timedelta(seconds=0.1) + timedelta(seconds=now() - begin)):
                return effects
        self.assertTrue(asyncio.run(once()))
        self.assertGreater(time.monotonic() - start, 0.09)


class Examples(unittest.TestCase):
    def run_example(self, name):
        return subprocess.run([sys.executable, SOURCE / "examples/python" / name, SOURCE / "examples/desk.xml"], check=True, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=os.environ).stdout

    def test_ask(self):
        self.assertIn("due 2026-03-02T15:30:00+08:00: PT3H counted", self.run_example("ask.py"))

    def test_complaint(self):
        said = self.run_example("complaint.py")
        self.assertIn("refused: \"replied\" is for agent", said)
        self.assertIn("2.0: tell every agent that C-1 (clock.reply.soon)", said)
        self.assertIn("1 case, 5 entries, all good", said)

    def test_web(self):
        sys.path.insert(0, str(SOURCE / "examples/python"))
        self.addCleanup(sys.path.remove, str(SOURCE / "examples/python"))
        import web
        server, desk = web.serve(csvc.Policy.load(DESK), "memory:", 0)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        base = f"http://127.0.0.1:{server.server_port}"

        def ask(path, said=None):
            try:
                with urllib.request.urlopen(base + path, None if said is None else json.dumps(said).encode(), timeout=10) as reply:
                    body = reply.read().decode()
                    return reply.status, json.loads(body) if "json" in reply.headers["Content-Type"] else body
            except urllib.error.HTTPError as error:
                with error:
                    return error.code, error.read().decode()
        try:
            self.assertEqual(ask("/cases", {"id": "C-1", "facts": {"window": "hotline"}})[0], 200)
            self.assertEqual(ask("/due")[1][0]["case"], "C-1")
            self.assertIn("<td>C-1", ask("/")[1])
            self.assertEqual(ask("/cases/C-1/replied", {})[0], 409)
            self.assertEqual(ask("/cases/C-1/replied", {"role": "agent"})[1]["answer"], "accepted")
            self.assertEqual(ask("/cases/C-1")[1]["states"], ["open"])
            self.assertEqual(ask("/cases/C-9")[0], 404)
            self.assertEqual(ask("/cases", {"id": 5})[0], 422)
            self.assertEqual(ask("/nothing")[0], 404)
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
            desk.stop()
