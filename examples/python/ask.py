# SPDX-License-Identifier: LGPL-2.1-or-later
"""Load a policy and ask: when is a complaint due that comes in now, and why then?

    ask.py [POLICY]
"""
import sys
from datetime import timedelta

import csvc


def main(path: str) -> None:
    policy = csvc.Policy.load(path)
    print(f"{policy.label()}: {', '.join(kind.label() for kind in policy.kinds)}")

    at = policy.zone.parse("2026-03-02T11:00")
    outcome = csvc.Case.open(policy, "complaint", "C-1", at=at, facts={"window": "hall"})
    if not outcome:
        sys.exit(str(outcome.answer))
    complaint = outcome.case
    for cycle in complaint.cycles:
        print(f"{cycle.clock.label()} is due {policy.zone.format(cycle.due)}")
        print(complaint.why_due(cycle, at), end="")

    print("and if nobody does anything for six hours:")
    for effect in complaint.advance(at + timedelta(hours=6)):
        print(effect)


try:
    main(sys.argv[1] if len(sys.argv) > 1 else "desk.xml")
except csvc.PolicyError as error:
    sys.exit("\n".join(map(str, error.diagnostics)))
except csvc.Error as error:
    sys.exit(str(error))
