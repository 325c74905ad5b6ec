#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Judges a year of retention by what the host knows and what the journal says, without the library.

    csvc journal --store URI --json | recount.py LOG FIGURES

The rules that are checked stand in telecom-care.xml and are told here once more, so that a mistake in one place shows: consent, port requests,
do-not-disturb, minors; 2 commercial contacts in 30 days, 6 of five other purposes in 90; 120 tasks a day for managers, 160 for agents;
a regular contact every month, quarter or half-year.
Prints a line a check, "ok" or "not ok", and exits with 1 when one failed."""

import collections
import datetime
import json
import sys

DAY = 86_400_000_000
ZONE = 8 * 3_600_000_000  # China has one, without summer time since 1991
COMMERCIAL = {"keeping", "marketing"}
UNDISTURBED = {"greeting", "satisfaction", "regular", "help", "keeping", "marketing"}
CAPS = [(COMMERCIAL, 2, 30 * DAY), ({"greeting", "satisfaction", "regular", "help", "marketing"}, 6, 90 * DAY)]
CAPACITY = {"manager": 120, "agent": 160}
REGULAR = {"regular_diamond": 28, "regular_gold": 89, "regular_silver": 181}  # days from one to the next, at least
ROLE = {"complaint_follow_up": "agent", "satisfaction_call": "agent", "handset_help": "agent", "handset_offer": "agent", "prepay_offer": "agent",
        "regular_silver": "agent"}

failed = 0


def check(name, bad):
    global failed
    failed += bool(bad)
    print(("not ok" if bad else "ok") + " - " + name + (": " + str(bad[:3]) if bad else ""))


def micros(text):
    when = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return round((when - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) / datetime.timedelta(microseconds=1))


class Host:
    """What was true of a customer, by instant."""

    def __init__(self, path):
        self.consent = collections.defaultdict(list)
        self.born = {}
        self.ported = {}
        self.contacts = []
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                self.read(line.rstrip("\n").split("\t"))

    def read(self, row):
        at, what, customer = int(row[0]), row[1], row[2]
        if what == "put" and row[3] == "commercial_consent":
            self.consent[customer].append((at, row[4] == "true"))
        elif what == "put" and row[3] == "born":
            self.born[customer] = datetime.date.fromisoformat(row[4])
        elif what == "note" and row[3] == "port_requested":
            self.ported.setdefault(customer, at)
        elif what == "contact":
            self.contacts.append((at, customer, row[4], row[5], row[6]))

    def consents(self, customer, at):
        said = [value for when, value in self.consent[customer] if when <= at]
        return said[-1] if said else None

    def is_minor(self, customer, at):
        today = datetime.date(1970, 1, 1) + datetime.timedelta(days=(at + ZONE) // DAY)
        born = self.born.get(customer)
        return born is None or (today.year - born.year - ((today.month, today.day) < (born.month, born.day))) < 18


class Journal:
    def __init__(self, lines):
        self.opened, self.closed, self.contacts, self.dnd = [], [], [], collections.defaultdict(list)
        self.updated, self.cases = 0, set()
        for line in lines:
            entry = json.loads(line)
            if entry["stream-type"] == "case":
                self.cases.add(entry["stream"])
            for effect in entry["effects"]:
                self.read(entry, effect)

    def read(self, entry, effect):
        kind, at = effect["type"], micros(effect["at"]) if "at" in effect else None
        if kind == "task-opened":
            self.opened.append((at, entry["stream"], effect["rule"], effect["key"], effect["case"], effect["arguments"]["purpose"]))
        elif kind == "task-closed":
            self.closed.append((at, entry["stream"], effect["rule"], effect["key"], effect["cause"]))
        elif kind == "task-updated":
            self.updated += 1
        elif kind == "contacted":
            params = entry["params"]
            self.contacts.append((at, entry["stream"], params["purpose"]))
        elif kind == "applied" and entry.get("command") == "apply" and "do_not_disturb" in json.dumps(entry):
            self.dnd[entry["stream"]].append((at, entry["params"]["state"] == "approved"))

    def undisturbed(self, customer, at):
        said = [value for when, value in self.dnd[customer] if when <= at]
        return bool(said) and said[-1]


def forbidden(host, journal, at, customer, purpose):
    """The vetoes that a contact or a task would break."""
    broken = []
    if purpose in COMMERCIAL:
        if host.consents(customer, at) is not True:
            broken.append("consent")
        if host.ported.get(customer, at + 1) <= at:
            broken.append("port")
        if host.is_minor(customer, at):
            broken.append("minor")
    if purpose in UNDISTURBED and journal.undisturbed(customer, at):
        broken.append("do-not-disturb")
    return broken


def over_caps(contacts):
    by_customer, bad = collections.defaultdict(list), []
    for at, customer, purpose in contacts:
        by_customer[customer].append((at, purpose))
    for customer, rows in by_customer.items():
        for purposes, most, per in CAPS:
            times = sorted(at for at, purpose in rows if purpose in purposes)
            bad += [(customer, times[i]) for i in range(most, len(times)) if times[i] - times[i - most] < per]
    return bad


def too_soon(opened):
    by_rule, bad = collections.defaultdict(list), []
    for _, customer, rule, key, _, _ in opened:
        if rule in REGULAR:
            by_rule[customer, rule].append(datetime.date.fromisoformat(key))
    for (customer, rule), days in by_rule.items():
        days.sort()
        bad += [(customer, rule, str(after)) for before, after in zip(days, days[1:]) if (after - before).days < REGULAR[rule]]
    return bad


def over_capacity(opened):
    by_day = collections.Counter((ROLE.get(rule, "manager"), (at + ZONE) // DAY) for at, _, rule, _, _, _ in opened)
    return [(key, n) for key, n in by_day.items() if n > CAPACITY[key[0]]]


def main(log, figures):
    host, journal = Host(log), Journal(sys.stdin)
    with open(figures, encoding="utf-8") as lines:
        said = dict(line.split() for line in lines)
    occasions = collections.Counter(row[1:4] for row in journal.opened)
    closed = collections.Counter(row[1:4] for row in journal.closed)
    given = [row for row in host.contacts if row[3] == "accepted"]

    check("no task breaks a veto", [row for row in journal.opened if forbidden(host, journal, row[0], row[1], row[5])])
    check("no contact breaks a veto", [row for row in journal.contacts if forbidden(host, journal, *row)])
    check("no cap is exceeded", over_caps(journal.contacts))
    check("no capacity is exceeded", over_capacity(journal.opened))
    check("no regular contact comes too soon", too_soon(journal.opened))
    check("no occasion has two tasks", [key for key, n in occasions.items() if n > 1])
    check("no task is closed twice, or was never opened", [key for key, n in closed.items() if n > 1 or key not in occasions])
    check("each task has its case", [row for row in journal.opened if row[4] not in journal.cases])
    check("each task that closed has a cause", [row for row in journal.closed if not row[4]])
    check("a port request stops keeping at once",
          [row for row in given if row[2] in COMMERCIAL and host.ported.get(row[1], row[0] + 1) <= row[0]])
    check("quiet hours are kept", [row for row in journal.contacts if not 8 * 3600 <= (row[0] + ZONE) % DAY // 1_000_000 < 21 * 3600])
    check("tasks opened: the figures equal the recount", [] if int(said["opened"]) == len(journal.opened) else [(said["opened"], len(journal.opened))])
    check("contacts: the figures equal the recount", [] if int(said["contacts"]) == len(journal.contacts) == len(given) else
          [(said["contacts"], len(journal.contacts), len(given))])
    swept = sum(1 for row in journal.closed if row[4] != "done")
    noted = sum(1 for row in journal.closed if row[4] == "port_request")
    check("tasks closed for want of a cause: the figures equal the recount",
          [] if swept - noted <= int(said["closed"]) <= swept else [(said["closed"], swept, noted)])
    causes = collections.Counter(row[4] for row in journal.closed)
    print("# tasks by rule: " + ", ".join(f"{rule} {n}" for rule, n in collections.Counter(row[2] for row in journal.opened).most_common()))
    print("# closed: " + ", ".join(f"{cause} {n}" for cause, n in causes.most_common()))
    print("# refused at the last moment: " + ", ".join(f"{veto} {n}" for veto, n in collections.Counter(row[4] for row in host.contacts if row[4]).most_common()))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
