# SPDX-License-Identifier: LGPL-2.1-or-later
"""tap.py [test_module[.Class[.test]]...]: runs the tests, all of this folder if none is named, and speaks TAP."""
from __future__ import annotations

import pathlib
import sys
import traceback
import unittest


class Tap(unittest.TestResult):
    """A line a test."""

    def line(self, ok: bool, test: unittest.TestCase, note: str = "") -> None:
        self.count = getattr(self, "count", 0) + 1
        name = test.id().replace("#", "")
        print(f"{'ok' if ok else 'not ok'} {self.count} - {name}{note}", flush=True)

    def addSuccess(self, test):
        self.line(True, test)

    def addSkip(self, test, reason):
        self.line(True, test, f" # SKIP {reason}")

    def fault(self, test, fault):
        self.line(False, test)
        print("".join("#   " + line + "\n" for line in "".join(traceback.format_exception(*fault)).splitlines()), end="", flush=True)

    def addError(self, test, err):
        super().addError(test, err)
        self.fault(test, err)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.fault(test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.fault(subtest, err)


def main(names: list[str]) -> int:
    here = str(pathlib.Path(__file__).parent)
    sys.path.insert(0, here)
    loader = unittest.defaultTestLoader
    result = Tap()
    (loader.loadTestsFromNames(names) if names else loader.discover(here)).run(result)
    print(f"1..{getattr(result, 'count', 0)}")
    return 0 if result.wasSuccessful() else 1


sys.exit(main(sys.argv[1:]))
