# SPDX-License-Identifier: LGPL-2.1-or-later
"""The nightly retention sweep: who is to be called tomorrow and why, who is not, and the last question before the call. The twin of ../c/sweep.c.

    sweep.py [POLICY [STORE [NIGHT]]]
"""
import sys
from datetime import date, timedelta

import csvc

CUSTOMERS = {
    "K-1": {"spend": 80, "contract_end": date(2026, 3, 20), "consent": True},
    "K-2": {"spend": 80, "contract_end": date(2026, 3, 12), "consent": False},
    "K-3": {"spend": 300, "contract_end": date(2026, 3, 25), "consent": True},
    "K-4": {"spend": 80, "contract_end": date(2026, 3, 28), "consent": True},
    "K-5": {"spend": 80, "contract_end": date(2027, 1, 31), "warned_on": date(2026, 3, 1), "consent": True},
    "K-6": {"spend": 500, "contract_end": date(2026, 3, 15), "consent": True},
    "K-7": {"spend": 500, "contract_end": date(2027, 1, 31), "consent": True},
}


def show(policy: csvc.Policy, sweep: csvc.Sweep) -> None:
    """The tasks of each role, the most urgent first; then what was suppressed, and by what."""
    for role in policy.roles:
        print(f"{role.id}:")
        for item in sweep.items:
            if item.decision is csvc.PlanDecision.OPEN and policy.rules[item.rule].role == role:
                print(f"  {item.customer} ({item.tier}) until {policy.zone.format(item.due)}: {item.reason}")
    print("suppressed:")
    for item in sweep.items:
        if item.decision is csvc.PlanDecision.SUPPRESSED:
            print(f"  {item.customer} ({item.tier}) by {item.veto}: {item.reason}")


def main(path: str, store: str, night: str) -> None:
    policy = csvc.Policy.load(path)
    at = policy.zone.parse(night)
    with csvc.Engine(store, policy) as engine:
        for number, facts in CUSTOMERS.items():
            engine.put_customer(number, facts, at=at - timedelta(days=7))
        engine.contact("K-6", "phone", "keeping", at=at - timedelta(days=7) + timedelta(hours=9))

        sweep = engine.sweep(at=at, actor="night")
        print(f"{policy.zone.format(at)}: {sweep.customers} customers, {sweep.loaded} looked at whole, {sweep.opened} tasks opened")
        show(policy, sweep)
        # One task for an occasion, for ever: a sweep that was cut short is simply made again.
        print("again:", engine.sweep(at=at, actor="night").opened, "opened")

        # Much may happen until the morning, so the last moment is asked once more.
        engine.note_event("K-3", "port_requested", at=at + timedelta(hours=6))
        for hours in (6, 9):
            for number in ("K-1", "K-3", "K-5"):
                moment = at + timedelta(hours=hours)
                print(f"{policy.zone.format(moment)} call {number}?", engine.may_contact(number, "phone", "keeping", moment))


try:
    main(*(sys.argv[1:] + ["retention.xml", "memory:", "2026-03-03T01:30"][len(sys.argv) - 1:]))
except csvc.Error as error:
    sys.exit(str(error))
