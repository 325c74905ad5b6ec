# SPDX-License-Identifier: LGPL-2.1-or-later
"""The pure machine: a case and a customer as plain values, and why they are where they are."""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Optional, Union, final

from . import _csvc
from ._core import Answer, Facts, Value, Word, _class, _Object, _registered
from ._effects import Effects
from ._policy import Alarm, Clock, Event, Kind, Policy


@final
@dataclass(frozen=True)
class Outcome:
    """What became of a command. A refusal is an outcome, not an exception; it is false in a condition."""
    answer: Answer
    effects: Effects
    #: The case that was opened.
    case: Optional[Case] = None

    @property
    def accepted(self) -> bool:
        """Done."""
        return self.answer.accepted

    def __bool__(self) -> bool:
        return self.answer.accepted


@final
@dataclass(frozen=True)
class Refusal:
    """Why an event would be refused."""
    answer: Answer
    #: One sentence.
    message: str
    #: The missing one.
    fact: Optional[str]
    #: Each transition that waits for the event, with its first failing reason.
    candidates: tuple[str, ...]

    def __str__(self) -> str:
        return self.message


@_class
class _Refusal(_Object):
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Refusal

    def _value(self) -> Refusal:
        return Refusal(_csvc.refusal_get_answer(self), _csvc.refusal_get_message(self), _csvc.refusal_get_fact(self),
                       tuple(_csvc.refusal_get_candidate(self, i) for i in range(_csvc.refusal_get_n_candidates(self))))


@_registered("CsvcCycleState")
class CycleState(Word):
    """Where a cycle of a clock is."""
    RUNNING = _csvc.CYCLE_RUNNING
    PAUSED = _csvc.CYCLE_PAUSED
    OVERDUE = _csvc.CYCLE_OVERDUE
    CLOSED = _csvc.CYCLE_CLOSED


@_registered("CsvcVerdict")
class Verdict(Word):
    """What was decided about a cycle."""
    NONE = _csvc.VERDICT_NONE
    MET = _csvc.VERDICT_MET
    MISSED = _csvc.VERDICT_MISSED
    ENDED = _csvc.VERDICT_ENDED


@final
@dataclass(frozen=True)
class Cycle:
    """One time that a clock ran, as it stood when the case was asked."""
    index: int
    clock: Clock
    number: int
    state: CycleState
    start: datetime
    row: int
    verdict: Verdict
    verdict_at: Optional[datetime]
    met_late_at: Optional[datetime]
    reason: Optional[str]
    due: Optional[datetime]


@final
@dataclass(frozen=True)
class Owner:
    """Whose case it is."""
    actor: Optional[str]
    role: Optional[str]
    unit: Optional[str]


@_registered("CsvcDuePiece")
class DuePiece(Word):
    """What a clock did in a span."""
    RUNNING = _csvc.DUE_RUNNING
    PAUSED = _csvc.DUE_PAUSED
    CARRIED = _csvc.DUE_CARRIED
    REMAINING = _csvc.DUE_REMAINING
    OVERDRAWN = _csvc.DUE_OVERDRAWN


@final
@dataclass(frozen=True)
class DueSegment:
    """A span between the start of a clock and its due instant."""
    piece: DuePiece
    start: datetime
    end: datetime
    counted: timedelta
    kind: str
    label: Optional[str]
    cause: Optional[str]
    rule: str
    file: str
    line: int


@final
@dataclass(frozen=True)
class WhyDue:
    """Why a promise is due when it is due: what counts in the segments sums exactly to the budget."""
    due: datetime
    projected: bool
    beyond_horizon: bool
    budget: timedelta
    rule: str
    file: str
    line: int
    segments: tuple[DueSegment, ...]
    json: str = field(repr=False)
    text: str = field(repr=False)

    def __str__(self) -> str:
        return self.text


@_class
class _WhyDue(_Object):
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_WhyDue

    def _segment(self, i: int) -> DueSegment:
        return DueSegment(
            _csvc.why_due_get_piece(self, i), _csvc.why_due_get_from(self, i), _csvc.why_due_get_to(self, i),
            _csvc.why_due_get_counted(self, i), _csvc.why_due_get_kind(self, i), _csvc.why_due_get_label(self, i),
            _csvc.why_due_get_cause(self, i), _csvc.why_due_get_segment_rule(self, i), _csvc.why_due_get_segment_file(self, i),
            _csvc.why_due_get_segment_line(self, i))

    def _value(self) -> WhyDue:
        return WhyDue(
            _csvc.why_due_get_due(self), _csvc.why_due_is_projected(self), _csvc.why_due_is_beyond_horizon(self),
            _csvc.why_due_get_budget(self), _csvc.why_due_get_rule(self), _csvc.why_due_get_file(self), _csvc.why_due_get_line(self),
            tuple(self._segment(i) for i in range(_csvc.why_due_get_size(self))), _csvc.why_due_to_json(self),
            _csvc.why_due_to_string(self))


@_registered("CsvcNotStarted")
class NotStarted(Word):
    """Why a clock does not run: the first that applies."""
    ENDED = _csvc.NOT_STARTED_ENDED
    STATE = _csvc.NOT_STARTED_STATE
    JUDGED = _csvc.NOT_STARTED_JUDGED
    WHEN = _csvc.NOT_STARTED_WHEN
    WHEN_UNKNOWN = _csvc.NOT_STARTED_WHEN_UNKNOWN
    ROW = _csvc.NOT_STARTED_ROW
    ROW_UNKNOWN = _csvc.NOT_STARTED_ROW_UNKNOWN
    PROMISE = _csvc.NOT_STARTED_PROMISE
    LATER = _csvc.NOT_STARTED_LATER


@final
@dataclass(frozen=True)
class WhyNotStarted:
    """Why a clock does not run."""
    reason: NotStarted
    message: str
    fact: Optional[str]
    file: str
    line: int
    json: str = field(repr=False)
    text: str = field(repr=False)

    def __str__(self) -> str:
        return self.text


@_class
class _WhyNotStarted(_Object):
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_WhyNotStarted

    def _value(self) -> WhyNotStarted:
        return WhyNotStarted(
            _csvc.why_not_started_get_reason(self), _csvc.why_not_started_get_message(self), _csvc.why_not_started_get_fact(self),
            _csvc.why_not_started_get_file(self), _csvc.why_not_started_get_line(self), _csvc.why_not_started_to_json(self),
            _csvc.why_not_started_to_string(self))


@_registered("CsvcChance")
class Chance(Word):
    """Would an event be accepted, from one of its roles?"""
    YES = _csvc.CHANCE_YES
    PARAMETERS = _csvc.CHANCE_PARAMETERS
    CONDITION = _csvc.CHANCE_CONDITION
    MISSING_FACT = _csvc.CHANCE_MISSING_FACT
    FAILS = _csvc.CHANCE_FAILS


@final
@dataclass(frozen=True)
class NextEvent:
    """An event that something waits for."""
    event: Event
    chance: Chance
    reason: Optional[str]


@final
@dataclass(frozen=True)
class NextCycle:
    """A cycle that runs, is paused, or is overdue."""
    cycle: Cycle
    due: Optional[datetime]
    due_if_resumed: Optional[datetime]
    left: timedelta
    pause_by: Optional[datetime]


@final
@dataclass(frozen=True)
class NextAlarm:
    """The next deadline."""
    at: datetime
    clock: Clock
    alarm: Alarm


@final
@dataclass(frozen=True)
class WhatNext:
    """What may come next for a case, and the case as it stands then."""
    at: datetime
    case: Case
    events: tuple[NextEvent, ...]
    alarm: Optional[NextAlarm]
    cycles: tuple[NextCycle, ...]
    json: str = field(repr=False)
    text: str = field(repr=False)

    def __str__(self) -> str:
        return self.text


@_class
class _WhatNext(_Object):
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_WhatNext

    def _alarm(self) -> Optional[NextAlarm]:
        at = _csvc.what_next_alarm_at(self)
        clock, alarm = _csvc.what_next_alarm_clock(self), _csvc.what_next_alarm(self)
        return None if at is None or clock is None or alarm is None else NextAlarm(at, clock, alarm)

    def _cycle(self, case: Case, i: int) -> NextCycle:
        return NextCycle(case.cycles[_csvc.what_next_cycle(self, i)], _csvc.what_next_get_due(self, i),
                         _csvc.what_next_get_due_if_resumed(self, i), _csvc.what_next_get_left(self, i),
                         _csvc.what_next_get_pause_by(self, i))

    def _value(self) -> WhatNext:
        case = _csvc.what_next_case(self)
        return WhatNext(
            _csvc.what_next_get_at(self), case,
            tuple(NextEvent(_csvc.what_next_get_event(self, i), _csvc.what_next_get_chance(self, i), _csvc.what_next_get_reason(self, i))
                  for i in range(_csvc.what_next_get_n_events(self))),
            self._alarm(), tuple(self._cycle(case, i) for i in range(_csvc.what_next_get_n_cycles(self))),
            _csvc.what_next_to_json(self), _csvc.what_next_to_string(self))


@final
@_class
class Customer(_Object):
    """One customer as a policy sees them."""
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Customer

    def __new__(cls, policy: Policy, id: str) -> Customer:
        return _csvc.customer_new(policy, id)

    @property
    def id(self) -> str:
        """The customer's number."""
        return _csvc.customer_get_id(self)

    @property
    def policy(self) -> Policy:
        """Whose customer facts they have."""
        return _csvc.customer_get_policy(self)

    def put(self, facts: Facts, *, at: datetime) -> Effects:
        """Puts facts, all or none; None takes one away."""
        return _csvc.customer_put(self, facts, at)[0]

    def fact(self, id: str) -> Value:
        """The value, or its default; None while unknown."""
        return _csvc.customer_get_fact(self, id)

    @property
    def facts(self) -> dict[str, Value]:
        """Those that are known."""
        found = ((fact.id, self.fact(fact.id)) for fact in self.policy.customer_facts)
        return {id: value for id, value in found if value is not None}

    def to_json(self) -> str:
        """Everything."""
        return _csvc.customer_to_json(self)

    def to_bytes(self) -> bytes:
        """The same content, compact."""
        return _csvc.customer_to_bytes(self)

    @staticmethod
    def from_json(policy: Policy, text: str) -> Customer:
        """What :meth:`to_json` wrote."""
        return _csvc.customer_new_from_json(policy, text)

    @staticmethod
    def from_bytes(policy: Policy, data: bytes) -> Customer:
        """What :meth:`to_bytes` wrote."""
        return _csvc.customer_new_from_bytes(policy, data)

    def __reduce__(self) -> Any:
        return Customer.from_bytes, (self.policy, self.to_bytes())

    def __copy__(self) -> Customer:
        return Customer.from_bytes(self.policy, self.to_bytes())

    def __deepcopy__(self, memo: object) -> Customer:
        return self.__copy__()

    def __repr__(self) -> str:
        return f"<csvc.Customer {self.id!r}>"


@final
@_class
class Case(_Object):
    """A case: a plain value that is told what happened, and what time it is. It pickles together with its policy."""
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Case

    def __new__(cls) -> Case:
        raise TypeError("use Case.open(), or an Engine")

    @staticmethod
    def open(policy: Policy, kind: str, id: str, *, at: datetime, occurred: Optional[datetime] = None, actor: Optional[str] = None,
             role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None, reason: Optional[str] = None,
             customer: Optional[Customer] = None, facts: Optional[Facts] = None) -> Outcome:
        """Opens a case; the outcome has it when it was accepted."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.case_open(policy, kind, id, customer, facts, stamp))

    def fire(self, event: str, params: Optional[Facts] = None, *, at: datetime, occurred: Optional[datetime] = None,
             actor: Optional[str] = None, role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
             reason: Optional[str] = None, customer: Optional[Customer] = None) -> Outcome:
        """Fires every deadline before ``at``, then the event. ``params`` are exactly the facts that the event sets."""
        return Outcome(*_csvc.case_fire(self, customer, event, params, (at, occurred, actor, role, unit, key, reason)))

    def advance(self, now: datetime, *, customer: Optional[Customer] = None) -> Effects:
        """Fires every deadline before ``now``, each at its own instant."""
        return _csvc.case_advance(self, customer, now)[0]

    @property
    def next_wake(self) -> Optional[datetime]:
        """When :meth:`advance` has something to do; None: nothing is waited for."""
        return _csvc.case_get_next_wake(self)

    def why_refused(self, event: str, params: Optional[Facts] = None, *, at: datetime, occurred: Optional[datetime] = None,
                    actor: Optional[str] = None, role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
                    reason: Optional[str] = None, customer: Optional[Customer] = None) -> Optional[Refusal]:
        """Why would this event be refused? None: it would be accepted. Changes nothing."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        refusal = _csvc.case_explain_refusal(self, customer, event, params, stamp)
        return None if refusal is None else refusal._value()

    @property
    def policy(self) -> Policy:
        """What judges it."""
        return _csvc.case_get_policy(self)

    @property
    def kind(self) -> Kind:
        """What it is."""
        return _csvc.case_get_kind(self)

    @property
    def id(self) -> str:
        """Its number."""
        return _csvc.case_get_id(self)

    @property
    def customer(self) -> Optional[str]:
        """The customer's number."""
        return _csvc.case_get_customer(self)

    @property
    def opened_at(self) -> datetime:
        """When it was opened."""
        return _csvc.case_get_opened_at(self)

    @property
    def last_at(self) -> datetime:
        """Of its last command or deadline."""
        return _csvc.case_get_last_at(self)

    @property
    def ended(self) -> bool:
        """Is it over?"""
        return _csvc.case_has_ended(self)

    @property
    def outcome(self) -> Optional[str]:
        """Of the final state reached."""
        return _csvc.case_get_outcome(self)

    @property
    def states(self) -> tuple[str, ...]:
        """The active states without substates, in document order."""
        return tuple(_csvc.case_dup_states(self).split())

    def is_in(self, state: str) -> bool:
        """Is that state active?"""
        return _csvc.case_is_in(self, state)

    def fact(self, id: str) -> Value:
        """None while unknown."""
        return _csvc.case_get_fact(self, id)

    @property
    def facts(self) -> dict[str, Value]:
        """Those that are known."""
        found = ((fact.id, self.fact(fact.id)) for fact in self.kind.facts)
        return {id: value for id, value in found if value is not None}

    @property
    def level(self) -> int:
        """From 1; 0: the policy has no levels."""
        return _csvc.case_get_level(self)

    @property
    def handler(self) -> Optional[str]:
        """The role that works on it."""
        return _csvc.case_get_handler(self)

    @property
    def owner(self) -> Owner:
        """Whose case it is."""
        return Owner(_csvc.case_get_owner_actor(self), _csvc.case_get_owner_role(self), _csvc.case_get_owner_unit(self))

    @property
    def cycles(self) -> tuple[Cycle, ...]:
        """Each time a clock ran, in the order of their starts."""
        return tuple(Cycle(
            i, _csvc.cycle_clock(self, i), _csvc.cycle_number(self, i), _csvc.cycle_state(self, i), _csvc.cycle_start(self, i),
            _csvc.cycle_row(self, i), _csvc.cycle_verdict(self, i), _csvc.cycle_verdict_at(self, i), _csvc.cycle_met_late_at(self, i),
            _csvc.cycle_reason(self, i), _csvc.cycle_due(self, i)) for i in range(_csvc.case_get_n_cycles(self)))

    def projected_due(self, cycle: Union[Cycle, int], now: datetime) -> Optional[datetime]:
        """The due instant if a paused cycle resumed at ``now``; the due instant otherwise."""
        return _csvc.cycle_projected_due(self, _index(cycle), now)

    def used(self, cycle: Union[Cycle, int], now: datetime) -> timedelta:
        """Time used, in the clock's own kind of time, pauses excluded."""
        return _csvc.cycle_used(self, _index(cycle), now)

    def why_due(self, cycle: Union[Cycle, int], now: datetime) -> WhyDue:
        """Why it is due when it is due; ``now`` parts what was used from what remains."""
        return _csvc.cycle_explain_due(self, _index(cycle), now)._value()

    def due_if_paused(self, cycle: Union[Cycle, int], start: datetime, end: datetime) -> Optional[datetime]:
        """What the due instant would be if it were paused between these."""
        return _csvc.cycle_due_if_paused(self, _index(cycle), start, end)[0]

    def why_not_started(self, clock: Union[Clock, str], *, customer: Optional[Customer] = None) -> Optional[WhyNotStarted]:
        """Why does this clock not run? None: it does."""
        why = _csvc.case_explain_not_started(self, customer, clock.id if isinstance(clock, Clock) else clock)
        return None if why is None else why._value()

    def what_next(self, at: datetime, *, customer: Optional[Customer] = None) -> WhatNext:
        """What may come next, as of then."""
        return _csvc.case_what_next(self, customer, at)._value()

    def copy(self) -> Case:
        """Another case of the same content."""
        return _csvc.case_copy(self)

    def to_json(self) -> str:
        """The whole case; the same text for the same case."""
        return _csvc.case_to_json(self)

    def to_bytes(self) -> bytes:
        """The same content, compact."""
        return _csvc.case_to_bytes(self)

    @staticmethod
    def from_json(policy: Policy, text: str) -> Case:
        """What :meth:`to_json` wrote, under the same policy."""
        return _csvc.case_new_from_json(policy, text)

    @staticmethod
    def from_bytes(policy: Policy, data: bytes) -> Case:
        """What :meth:`to_bytes` wrote, under the same policy."""
        return _csvc.case_new_from_bytes(policy, data)

    def __reduce__(self) -> Any:
        return Case.from_bytes, (self.policy, self.to_bytes())

    def __copy__(self) -> Case:
        return self.copy()

    def __deepcopy__(self, memo: object) -> Case:
        return self.copy()

    def __repr__(self) -> str:
        return f"<csvc.Case {self.id!r} {' '.join(self.states)}>"


def _index(cycle: Union[Cycle, int]) -> int:
    return cycle.index if isinstance(cycle, Cycle) else cycle


@final
@_class
class Chart(_Object):
    """A chart of W3C SCXML 1.0, to try a lifecycle before it becomes a policy."""
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Chart

    def __new__(cls) -> Chart:
        raise TypeError("use Chart.load() or Chart.from_text()")

    @staticmethod
    def load(path: Any) -> Chart:
        """Loads an .scxml file and enters its initial configuration."""
        return _csvc.chart_load_file(path)[0]

    @staticmethod
    def from_text(text: Union[str, bytes], *, name: str = "chart.scxml") -> Chart:
        """The same of a text."""
        return _csvc.chart_load_text(text, name)[0]

    def send(self, event: str) -> Answer:
        """Tells it what happened."""
        return _csvc.chart_send(self, event)

    def is_in(self, state: str) -> bool:
        """Is that state active?"""
        return _csvc.chart_is_in(self, state)

    @property
    def states(self) -> tuple[str, ...]:
        """The active states without substates."""
        return tuple(_csvc.chart_dup_states(self).split())

    @property
    def ended(self) -> bool:
        """In a final state of the chart itself."""
        return _csvc.chart_has_ended(self)
