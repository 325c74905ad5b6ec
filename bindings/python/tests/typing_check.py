# SPDX-License-Identifier: LGPL-2.1-or-later
"""Not run: mypy reads it. What is wrong on purpose bears the error that must be found; one that is not found is an error too."""
from __future__ import annotations

from array import array
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Optional

from typing_extensions import assert_type

import csvc

AT = datetime(2026, 1, 1, tzinfo=timezone.utc)

policy = csvc.Policy.load("desk.xml")
assert_type(policy.id, str)
assert_type(policy.kinds["complaint"], csvc.Kind)
assert_type(policy.kinds[0].clocks["reply"].dues[0].when, Optional[str])
policy.id = "other"  # type: ignore[misc]
policy.nmae  # type: ignore[attr-defined]
csvc.Policy("desk.xml")  # type: ignore[call-arg]

outcome = csvc.Case.open(policy, "complaint", "C-1", at=AT, facts={"window": "hall", "score": 3})
assert_type(outcome, csvc.Outcome)
assert_type(outcome.case, Optional[csvc.Case])
csvc.Case.open(policy, "complaint", "C-1", AT)  # type: ignore[misc]
csvc.Case.open(policy, "complaint", "C-1", at=AT, facts={"score": 0.5})  # type: ignore[dict-item]
outcome.case.states  # type: ignore[union-attr]
assert outcome.case is not None
assert_type(outcome.case.next_wake, Optional[datetime])
assert_type(outcome.case.cycles[0].verdict, csvc.Verdict)

for effect in outcome.effects:
    assert_type(effect, csvc.Effect)
    if isinstance(effect, csvc.ClockStarted):
        assert_type(effect.due, Optional[datetime])
        effect.cycle = 2  # type: ignore[misc]

calendar = policy.calendars["office"]
assert_type(calendar.add(AT, timedelta(hours=1)), datetime)
assert_type(calendar.between_many([AT], [AT]), "list[timedelta]")
assert_type(calendar.add_many(array("q"), array("q")), "array[int]")
calendar.add(AT, 3)  # type: ignore[arg-type]

with csvc.Engine("memory:", policy) as engine:
    assert_type(engine.fire("C-1", "replied", at=AT).accepted, bool)
    for entry in engine.journal():
        assert_type(entry, csvc.JournalEntry)
    engine.listen(lambda: None)  # type: ignore[arg-type,misc]
    assert_type(engine.count_targets(AT)["members"].share, Optional[Decimal])
    with csvc.TargetCounter(policy) as counter, engine.listen(counter.feed, after=""):
        assert_type(counter.count(AT)[0], csvc.TargetCount)
        counter.feed("1.0")  # type: ignore[arg-type]
        counter.count()  # type: ignore[call-arg]
    assert_type(policy.targets["members"].goal, Optional[Decimal])
    assert_type(policy.targets["members"].snapshot, Optional[datetime])

try:
    pass
except csvc.PolicyError as error:
    assert_type(error.diagnostics[0].line, int)
