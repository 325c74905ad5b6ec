# SPDX-License-Identifier: LGPL-2.1-or-later
"""Threads: others run while C works, and nobody uses what is at work."""
import pathlib
import sys
import tempfile
import threading
import unittest

import csvc
from support import AT, CARE, HOUR, SCALE, Case


class Threads(Case):
    def run_all(self, functions):
        failed = []

        def run(function):
            try:
                function()
            except BaseException as error:
                failed.append(error)
        threads = [threading.Thread(target=run, args=(f,)) for f in functions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return failed

    def test_a_shared_policy(self):
        care = csvc.Policy.load(CARE)

        def life(n):
            for i in range(50 * SCALE):
                case = csvc.Case.open(care, "complaint", f"{n}-{i}", at=AT, facts={"window": "hall"}).case
                case.advance(AT + 100 * HOUR)
                self.assertEqual(len(case.kind.clocks["reply"].dues), 2)
        self.assertEqual(self.run_all([lambda n=n: life(n) for n in range(4)]), [])

    def test_engines_of_one_store(self):
        with tempfile.TemporaryDirectory() as folder:
            for uri in ("memory:", f"sqlite:{folder}/a.db?sync=normal"):
                store = csvc.Store(uri)

                def work(n):
                    with csvc.Engine(store, self.desk) as engine:
                        for i in range(20):
                            with engine.transaction():
                                engine.open("complaint", f"{n}-{i}", at=AT, facts={"window": "hall"})
                self.assertEqual(self.run_all([lambda n=n: work(n) for n in range(4)]), [])
                with csvc.Engine(store) as engine:
                    self.assertEqual(len(list(engine.cases())), 80)
                    self.assertEqual(engine.verify()[0], 80)

    def test_one_engine_of_many_threads(self):
        """Misuse: some are refused, nothing breaks."""
        engine = self.engine()
        done = []

        def work(n):
            for i in range(100):
                try:
                    engine.open("complaint", f"{n}-{i}", at=AT, facts={"window": "hall"})
                    done.append(f"{n}-{i}")
                except csvc.StateError:
                    pass
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-5)
        try:
            self.assertEqual(self.run_all([lambda n=n: work(n) for n in range(4)]), [])
        finally:
            sys.setswitchinterval(interval)
        self.assertEqual(sorted(c.id for c in engine.cases()), sorted(done))
        engine.verify()

    def test_what_is_at_work_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder, "log.csv")
            care = csvc.Policy.load(CARE)
            csvc.simulate(care, log, cases=50)
            from csvc import _csvc
            run = _csvc.replay_new(care, csvc.Map.default(care))
            refused = []

            def again(done, total):
                for use in (lambda: _csvc.replay_run(run, log, None), lambda: _csvc.replay_set_until(run, None), lambda: _csvc._close(run)):
                    try:
                        use()
                    except csvc.StateError as error:
                        refused.append(str(error))
            self.assertTrue(_csvc.replay_run(run, log, again))
            self.assertGreaterEqual(len(refused), 3)
            self.assertIn("at work", refused[0])
            self.assertTrue(_csvc.replay_run(run, log, None))

    def test_others_run_while_it_replays(self):
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder, "log.csv")
            care = csvc.Policy.load(CARE)
            csvc.simulate(care, log, cases=2000)
            ticks, done = [0], threading.Event()

            def count():
                while not done.is_set():
                    ticks[0] += 1
                    done.wait(0.0005)
            thread = threading.Thread(target=count)
            thread.start()
            before = ticks[0]
            csvc.replay(csvc.Map.default(care), log)
            during = ticks[0] - before
            done.set()
            thread.join()
            self.assertGreater(during, 3)

    def test_dropped_elsewhere(self):
        for _ in range(20):
            engine = csvc.Engine(csvc.Store(), self.desk)
            engine.begin()
            engine.open("complaint", "C", at=AT, facts={"window": "hall"})
            box = [engine]
            del engine
            self.assertEqual(self.run_all([box.clear]), [])


if __name__ == "__main__":
    unittest.main()
