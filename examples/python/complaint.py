# SPDX-License-Identifier: LGPL-2.1-or-later
"""A complaint's life in a store, with a listener that hears of everything that was committed. The twin of ../c/complaint.c.

    complaint.py [POLICY [STORE]]
"""
import sys

import csvc


def tell(entry: csvc.JournalEntry) -> None:
    """A real one would send messages, and keep ``entry.id`` to go on from there after a restart."""
    for effect in entry.effects:
        if isinstance(effect, csvc.Notify):
            print(f"{entry.id}: tell every {effect.role} that {entry.stream} ({effect.cause})")
        elif isinstance(effect, csvc.ClockMissed):
            print(f"{entry.id}: {effect.clock} of {entry.stream} was missed")


def main(path: str, store: str) -> None:
    policy = csvc.Policy.load(path)

    def at(text):
        return policy.zone.parse(text)

    with csvc.Engine(store, policy) as engine, engine.listen(tell):
        for _ in range(2):  # a key makes the command safe to repeat, as after a lost connection: it is done once and answered twice
            engine.open("complaint", "C-1", customer="K-7", facts={"window": "hotline"}, at=at("2026-03-02T11:00"), actor="wang",
                        role="agent", key="form-4711")

        # A refusal is an answer, no exception, and says why when asked.
        if not engine.fire("C-1", "replied", at=at("2026-03-02T11:30"), actor="zhang"):
            print("refused:", engine.why_refused("C-1", "replied", at=at("2026-03-02T11:30"), actor="zhang"))

        # A host sleeps until the next wake. Nobody sleeps here: time is an argument.
        while (wake := engine.next_wake) is not None and wake <= at("2026-03-09T11:00"):
            print("woke at", csvc.format_time(wake))
            engine.advance(wake)

        engine.fire("C-1", "solved", at=at("2026-03-09T12:00"), actor="wang", role="agent")
        complaint = engine.case("C-1")
        print("ended:" if complaint.ended else "open:", *(f"{cycle.clock} {cycle.verdict}" for cycle in complaint.cycles))
        streams, entries = engine.verify()
        print(f"{streams} case, {entries} entries, all good")


try:
    main(*(sys.argv[1:] + ["desk.xml", "memory:"][len(sys.argv) - 1:]))
except csvc.Error as error:
    sys.exit(str(error))
