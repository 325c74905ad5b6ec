# SPDX-License-Identifier: LGPL-2.1-or-later
"""bench.py: what a call from Python costs over C (row 7), and a million working-time questions, compared with C's answers first."""
import os
import pathlib
import subprocess
import tempfile
import time
from array import array
from datetime import datetime, timedelta, timezone

import csvc
from csvc import _csvc

HERE = pathlib.Path(__file__).parent
BUILD = pathlib.Path(os.environ.get("CSVC_BUILDDIR", "."))
AT = datetime(2026, 3, 2, 3, tzinfo=timezone.utc)


def best(function, *args, loop=100_000, rounds=7):
    """CPU nanoseconds of one call, the loop's own taken off."""
    numbers = [None] * loop

    def measure(body):
        start = time.process_time_ns()
        body()
        return (time.process_time_ns() - start) / loop

    def empty():
        for _ in numbers:
            pass

    def calls():
        for _ in numbers:
            function(*args)
    return min(measure(calls) for _ in range(rounds)) - min(measure(empty) for _ in range(rounds))


def calls():
    policy = csvc.Policy.load(HERE.parents[2] / "examples/desk.xml")
    case = csvc.Case.open(policy, "complaint", "C-1", at=AT, facts={"window": "hall"}).case
    calendar = policy.calendars["office"]
    hour = timedelta(hours=1)
    print(f"{'an empty call through SWIG':44} {best(_csvc._nothing):6.0f} ns")
    for title, function, args in (
            ("case.is_in (str)", case.is_in, ("open",)), ("case.fact (str)", case.fact, ("window",)),
            ("case.id", lambda: case.id, ()), ("case.opened_at", lambda: case.opened_at, ()),
            ("calendar.between (datetime, datetime)", calendar.between, (AT, AT + hour)),
            ("calendar.add (datetime, timedelta)", calendar.add, (AT, hour)),
            ("policy.id (bare, without the class)", _csvc.policy_get_id, (policy,)),
            ("case.fire, refused", lambda: case.fire("replied", at=AT), ())):
        print(f"{title:44} {best(function, *args):6.0f} ns")


def million(n=1_000_000):
    from test_calendar import worktime_office
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "questions")
        subprocess.run([BUILD / "tests/bench/worktime", str(n), "--questions", path], check=True, stdout=subprocess.DEVNULL)
        with open(path, encoding="ascii") as file:
            rows = [[int(cell) * 1_000_000 for cell in line.split(",")] for line in file if line[0].isdigit()]
    first, second, amount, between, added = (array("q", column) for column in zip(*rows))
    office = worktime_office()
    for title, function, column, right in (("between", office.between_many, second, between), ("add", office.add_many, amount, added)):
        start = time.process_time_ns()
        answers = function(first, column)
        each = (time.process_time_ns() - start) / n
        print(f"{f'{title} of {n:,} questions, a question':44} {each:6.0f} ns   {'as C answers' if answers == right else 'NOT as C answers'}")


calls()
million()
