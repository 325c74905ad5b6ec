# SPDX-License-Identifier: LGPL-2.1-or-later
"""The pure machine: a case and a customer as plain values, and why they are where they are."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Optional, Union, final, overload

from . import _csvc
from ._core import Answer, Facts, InvalidError, NotFoundError, Value, Word, _class, _Object, _Part, _registered
from ._effects import ChildOpened, Effects, Told
from ._policy import _UNLIMITED, Alarm, Clock, Event, Grant, Kind, Policy, Role, Script, Tier, Upgrade


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
    #: If the facts that are supposed changed now; None: it would not run any more, or nothing is supposed.
    due_if_changed: Optional[datetime] = None


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
    #: The case as it would be with the facts that are supposed; None: nothing is.
    supposed: Optional[Case] = None

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
                         _csvc.what_next_get_pause_by(self, i), _csvc.what_next_get_due_if_changed(self, i))

    def _value(self) -> WhatNext:
        case = _csvc.what_next_case(self)
        return WhatNext(
            _csvc.what_next_get_at(self), case,
            tuple(NextEvent(_csvc.what_next_get_event(self, i), _csvc.what_next_get_chance(self, i), _csvc.what_next_get_reason(self, i))
                  for i in range(_csvc.what_next_get_n_events(self))),
            self._alarm(), tuple(self._cycle(case, i) for i in range(_csvc.what_next_get_n_cycles(self))),
            _csvc.what_next_to_json(self), _csvc.what_next_to_string(self), _csvc.what_next_get_supposed(self))


@_registered("CsvcApplication")
class Application(Word):
    """What became of asking for an entitlement that is given on application only."""
    NONE = _csvc.APPLICATION_NONE
    ASKED = _csvc.APPLICATION_ASKED
    APPROVED = _csvc.APPLICATION_APPROVED
    REJECTED = _csvc.APPLICATION_REJECTED
    WITHDRAWN = _csvc.APPLICATION_WITHDRAWN

    @property
    def word(self) -> str:
        return _csvc.application_to_string(self)


@final
@dataclass(frozen=True)
class TierWarning:
    """A tier will sink."""
    until: datetime
    #: The tier to come; None: none.
    below: Optional[Tier]


@final
@dataclass(frozen=True)
class TierOverride:
    """A tier was set by hand."""
    #: None: until it is cleared.
    until: Optional[datetime]
    reason: Optional[str]


@final
@dataclass(frozen=True)
class TierReasons:
    """Why a customer has this tier."""
    #: One sentence.
    message: str
    #: What the facts say now.
    target: Optional[Tier]
    #: The fact that is missing, so that the present tier stays.
    missing: Optional[str]
    #: The tier above; None: at the top.
    next: Optional[Tier]
    #: What is missing for it.
    lacking: Optional[str]
    #: One for each tier, highest first, and before them for each exclusion.
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return self.message


@_class
class _TierReasons(_Object):
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_TierReasons

    def _value(self) -> TierReasons:
        return TierReasons(
            _csvc.tier_reasons_get_message(self), _csvc.tier_reasons_get_target(self), _csvc.tier_reasons_get_missing(self),
            _csvc.tier_reasons_get_next(self), _csvc.tier_reasons_get_lacking(self),
            tuple(_csvc.tier_reasons_get_line(self, i) for i in range(_csvc.tier_reasons_get_n_lines(self))))


@final
@dataclass(frozen=True)
class Entitled:
    """May a customer have it? It is false in a condition when they may not."""
    answer: Answer
    #: One sentence.
    message: str
    #: Before this use; None: as many as wanted.
    left: Optional[int]
    #: When the present period ends; None: it does not.
    until: Optional[datetime]
    #: When a refusal may be otherwise by itself; None: never.
    next: Optional[datetime]
    #: The cell that decided; None: there is none for the tier, or it is a ledger.
    grant: Optional[Grant]
    #: What would help.
    help: Optional[str]

    def __bool__(self) -> bool:
        return self.answer.accepted

    def __str__(self) -> str:
        return self.message


@_class
class _Entitled(_Object):
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Entitled

    def _value(self) -> Entitled:
        left = _csvc.entitled_get_left(self)
        return Entitled(
            _csvc.entitled_get_answer(self), _csvc.entitled_get_message(self), None if left == _UNLIMITED else left,
            _csvc.entitled_get_until(self), _csvc.entitled_get_next(self), _csvc.entitled_get_grant(self), _csvc.entitled_get_help(self))


@final
@dataclass(frozen=True)
class Link:
    """Another case that a case knows."""
    #: ``"parent"``, ``"child"`` or ``"earlier"``.
    relation: str
    case: str
    kind: str
    #: Of a child: the state whose leaving ends it.
    until: Optional[str]
    ended: bool
    outcome: Optional[str]


@final
@dataclass(frozen=True)
class DecidedRow:
    """A row that a table gave when it decided."""
    #: Its number in the table then, from 1; 0: the defaults.
    row: int
    outputs: dict[str, Value]


@final
@dataclass(frozen=True)
class DecidedTable:
    """What a table decided for a case, under a name; the last time."""
    name: str
    table: str
    at: datetime
    rows: tuple[DecidedRow, ...]


@_class
class _Decided(_Part):
    __slots__ = ()

    def _row(self, i: int) -> DecidedRow:
        ids = [_csvc.decided_get_output_id(self, i, k) for k in range(_csvc.decided_get_n_outputs(self, i))]
        return DecidedRow(_csvc.decided_get_row(self, i), {id: _csvc.decided_get_output(self, i, id) for id in ids})

    def _value(self) -> DecidedTable:
        return DecidedTable(_csvc.decided_get_name(self), _csvc.decided_get_table(self), _csvc.decided_get_at(self),
                            tuple(self._row(i) for i in range(_csvc.decided_get_n_rows(self))))


#: What conditions of rules and vetoes may ask of a customer's cases: kind, opened at, ended at (None: open).
CaseDates = tuple[str, datetime, Optional[datetime]]


@_class
class _Caseload(_Object):
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Caseload


def _caseload(policy: Policy, cases: Optional[Iterable[CaseDates]]) -> Optional[_Caseload]:
    if cases is None:
        return None
    load = _csvc.caseload_new(policy)
    for kind, opened_at, ended_at in cases:
        _csvc.caseload_add(load, kind, opened_at, ended_at)
    return load


@final
@dataclass(frozen=True)
class Permission:
    """May a customer be contacted? It is false in a condition when they may not."""
    given: bool
    #: What stands in the way: the id of a veto, ``"cap"`` or ``"quiet"``.
    veto: Optional[str]
    #: One sentence.
    message: str
    #: What is missing, so that a veto holds.
    missing: Optional[str]
    #: Of a refusal: when it would be a yes if nothing happened until then; None: something has to happen.
    next: Optional[datetime]
    file: Optional[str]
    line: int

    def __bool__(self) -> bool:
        return self.given

    def __str__(self) -> str:
        return self.message


@_class
class _Permission(_Object):
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Permission

    def _value(self) -> Permission:
        return Permission(
            _csvc.permission_is_given(self), _csvc.permission_get_veto(self), _csvc.permission_get_message(self),
            _csvc.permission_get_missing(self), _csvc.permission_get_next(self), _csvc.permission_get_file(self), _csvc.permission_get_line(self))


@final
@dataclass(frozen=True)
class Contact:
    """That a customer was contacted."""
    at: datetime
    channel: str
    purpose: str
    rule: Optional[str]
    case: Optional[str]


@final
@dataclass(frozen=True)
class Task:
    """That an occasion of a rule had its task."""
    rule: str
    key: str
    case: str
    opened_at: datetime
    #: None while it is open.
    closed_at: Optional[datetime]
    due: Optional[datetime]


@_registered("CsvcPlanDecision")
class PlanDecision(Word):
    """What a plan says of an occasion."""
    OPEN = _csvc.PLAN_OPEN
    KEEP = _csvc.PLAN_KEEP
    UPDATE = _csvc.PLAN_UPDATE
    CLOSE = _csvc.PLAN_CLOSE
    DONE = _csvc.PLAN_DONE
    SUPPRESSED = _csvc.PLAN_SUPPRESSED
    UNDECIDED = _csvc.PLAN_UNDECIDED

    @property
    def word(self) -> str:
        return _csvc.plan_decision_to_string(self)


@final
@dataclass(frozen=True)
class PlanItem:
    """What there is to do, or to say, of a customer, a rule and an occasion."""
    decision: PlanDecision
    customer: str
    rule: str
    #: None: undecided, when it hangs on the key.
    key: Optional[str]
    tier: Optional[str]
    due: Optional[datetime]
    script: Optional[str]
    #: The case of the task that there is, or was.
    case: Optional[str]
    #: The id of the case to be opened.
    case_id: Optional[str]
    #: Facts for that case, or for its update.
    facts: Facts
    #: What suppressed or closed it.
    veto: Optional[str]
    missing: Optional[str]
    reason: str
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.decision} {self.customer} {self.rule}: {self.reason}"


@_class
class _PlanItem(_Part):
    __slots__ = ()

    def _value(self) -> PlanItem:
        tier, script = _csvc.plan_item_get_tier(self), _csvc.plan_item_get_script(self)
        decision, key = _csvc.plan_item_get_decision(self), _csvc.plan_item_get_key(self)
        opens = decision is PlanDecision.OPEN
        return PlanItem(
            decision, _csvc.plan_item_get_customer(self), _csvc.plan_item_get_rule_id(self), key, None if tier is None else tier.id,
            _csvc.plan_item_get_due(self), None if script is None else script.id, _csvc.plan_item_get_case(self),
            _csvc.plan_item_dup_case_id(self) if opens else None,
            _csvc.plan_item_dup_facts(self) if opens or decision is PlanDecision.UPDATE else {}, _csvc.plan_item_get_veto(self),
            _csvc.plan_item_get_missing(self), _csvc.plan_item_get_reason(self), _csvc.plan_item_get_file(self), _csvc.plan_item_get_line(self))


@_class
class _Plan(_Object):
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Plan


@final
class Plan(Sequence[PlanItem]):
    """What rules want of customers; making one changes nothing. An :class:`Engine` makes and carries out its own: :meth:`Engine.sweep`."""
    __slots__ = ("_plan", "_policy")

    def __init__(self, policy: Policy) -> None:
        self._plan = _csvc.plan_new(policy)
        self._policy = policy

    def _check(self, customer: Customer) -> Customer:
        if customer.policy.this != self._policy.this:
            raise InvalidError("a customer of another policy")
        return customer

    def add(self, customer: Customer, *, at: datetime, cases: Optional[Iterable[CaseDates]] = None) -> None:
        """Looks at all rules but those on events for one more customer; without ``cases``, what asks about them is unknown."""
        _csvc.plan_add(self._plan, self._check(customer), _caseload(self._policy, cases), at)

    def add_event(self, customer: Customer, kind: str, event: str, case_id: str, *, at: datetime, cases: Optional[Iterable[CaseDates]] = None) -> None:
        """Looks at the rules on this event, which a case of that kind accepted."""
        _csvc.plan_add_event(self._plan, self._check(customer), _caseload(self._policy, cases), kind, event, case_id, at)

    def take_capacity(self, role: str, n: int) -> None:
        """So many tasks were opened today already."""
        _csvc.plan_take_capacity(self._plan, role, n)

    def arbitrate(self) -> None:
        """Puts the items in order, and suppresses those that come too late for the capacity of their roles. Once, after all customers."""
        _csvc.plan_arbitrate(self._plan)

    def clear(self) -> None:
        """Forgets all."""
        _csvc.plan_clear(self._plan)

    def count_of(self, decision: PlanDecision) -> int:
        """How many items say that."""
        return _csvc.plan_count(self._plan, decision)

    def __len__(self) -> int:
        return _csvc.plan_get_size(self._plan)

    @overload
    def __getitem__(self, index: int) -> PlanItem: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[PlanItem, ...]: ...
    def __getitem__(self, index: Union[int, slice]) -> Union[PlanItem, tuple[PlanItem, ...]]:
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(len(self))))
        return _csvc.plan_get(self._plan, range(len(self))[index])._value()

    def __repr__(self) -> str:
        return f"<csvc.Plan of {len(self)}>"


@_class
class _Link(_Part):
    __slots__ = ()

    def _value(self) -> Link:
        return Link(_csvc.link_get_relation(self), _csvc.link_get_case(self), _csvc.link_get_kind(self), _csvc.link_get_until(self),
                    _csvc.link_has_ended(self), _csvc.link_get_outcome(self))


@final
@_class
class Customer(_Object):
    """One customer as a policy sees them: facts, a tier, accounts. A plain value; time is an argument."""
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
        """Puts facts, all or none; None takes one away. A tier that they earn is given at once."""
        return _csvc.customer_put(self, facts, at)[0]

    def fact(self, id: str) -> Value:
        """The value, or its default; None while unknown."""
        return _csvc.customer_get_fact(self, id)

    @property
    def facts(self) -> dict[str, Value]:
        """Those that are known."""
        found = ((fact.id, self.fact(fact.id)) for fact in self.policy.customer_facts)
        return {id: value for id, value in found if value is not None}

    def copy(self) -> Customer:
        """Another customer of the same content."""
        return _csvc.customer_copy(self)

    def copy_for(self, role: Optional[Role]) -> Customer:
        """As the role may see them, for looking at and not for deciding or storing: personal texts that it does not see are masked, other personal facts are
        unknown. None sees none."""
        return _csvc.customer_copy_for(self, role)

    # ── time ──

    def advance(self, now: datetime) -> Effects:
        """Does what is due up to then: reviews, and the ends of grace times, overrides, lots, periods and uses."""
        return _csvc.customer_advance(self, now)[0]

    @property
    def next_wake(self) -> Optional[datetime]:
        """When :meth:`advance` has something to do; None: nothing is waited for."""
        return _csvc.customer_get_next_wake(self)

    @property
    def last_at(self) -> Optional[datetime]:
        """Of the last change but a put; None: there was none."""
        return _csvc.customer_get_last_at(self)

    # ── tiers ──

    @property
    def tier(self) -> Optional[Tier]:
        """The one that counts now: set by hand, else earned, else the default one; None: excluded, or there is none."""
        return _csvc.customer_get_tier(self)

    @property
    def earned_tier(self) -> Optional[Tier]:
        """The one that the facts gave, whatever was set by hand."""
        return _csvc.customer_get_earned_tier(self)

    @property
    def tier_since(self) -> Optional[datetime]:
        """None: no tier was ever given."""
        return _csvc.customer_get_tier_since(self)

    @property
    def review_at(self) -> Optional[datetime]:
        """The next review; None: none is due by itself."""
        return _csvc.customer_get_review_at(self)

    @property
    def warning(self) -> Optional[TierWarning]:
        """That the tier will sink; None: there is none."""
        until = _csvc.customer_warned_until(self)
        return None if until is None else TierWarning(until, _csvc.customer_warned_below(self))

    @property
    def override(self) -> Optional[TierOverride]:
        """That the tier was set by hand; None: it was not."""
        there, until, reason = _csvc.customer_get_override(self)
        return TierOverride(until, reason) if there else None

    def why_tier(self, at: datetime) -> TierReasons:
        """Why they have this tier, and what the facts say now."""
        return _csvc.customer_explain_tier(self, at)._value()

    # ── accounts and entitlements ──

    def balance(self, account: str, at: datetime) -> Optional[int]:
        """Units that can be used; None: as many as wanted."""
        balance = _csvc.customer_get_balance(self, account, at)
        return None if balance == _UNLIMITED else balance

    def reserved(self, account: str) -> int:
        """Units that are reserved and not yet committed."""
        return _csvc.customer_get_reserved(self, account)

    def used(self, account: str, at: datetime) -> int:
        """Units used or reserved in the period of that instant; of an account without periods, ever."""
        return _csvc.customer_get_used(self, account, at)

    def may_use(self, account: str, amount: int = 1, *, at: datetime, scope: Optional[str] = None, choice: Optional[str] = None) -> Entitled:
        """May they have it, and why? Changes nothing."""
        return _csvc.customer_may_use(self, (account, amount, scope, choice, None, None), at)._value()

    def application(self, entitlement: str) -> Application:
        """What became of their asking for it."""
        return _csvc.customer_get_application(self, entitlement)

    def running(self, entitlement: str, at: datetime) -> int:
        """How many uses run, of those that last."""
        return _csvc.customer_get_n_running(self, entitlement, at)

    def running_until(self, entitlement: str, at: datetime) -> Optional[datetime]:
        """When the last of them ends; None: none runs."""
        return _csvc.customer_get_running_until(self, entitlement, at)

    # ── commands: every one first does what was due before ──

    def review(self, *, at: datetime, occurred: Optional[datetime] = None, actor: Optional[str] = None, role: Optional[str] = None,
               unit: Optional[str] = None, key: Optional[str] = None, reason: Optional[str] = None) -> Outcome:
        """Looks at the facts as they are at that instant: a tier rises at once, and sinks only at a review and after the grace time."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.customer_review(self, stamp))

    def set_tier(self, tier: str, *, until: Optional[datetime] = None, at: datetime, occurred: Optional[datetime] = None,
                 actor: Optional[str] = None, role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
                 reason: Optional[str] = None) -> Outcome:
        """Sets the tier by hand, for a reason; ``until``: it ends by itself."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.customer_set_tier(self, tier, until, stamp))

    def clear_tier(self, *, at: datetime, occurred: Optional[datetime] = None, actor: Optional[str] = None, role: Optional[str] = None,
                   unit: Optional[str] = None, key: Optional[str] = None, reason: Optional[str] = None) -> Outcome:
        """The earned tier counts again."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.customer_clear_tier(self, stamp))

    def use(self, account: str, amount: int = 1, *, scope: Optional[str] = None, choice: Optional[str] = None,
            request: Optional[str] = None, details: Optional[Facts] = None, at: datetime, occurred: Optional[datetime] = None,
            actor: Optional[str] = None, role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
            reason: Optional[str] = None) -> Outcome:
        """Uses units of an entitlement or a ledger up. ``request`` names the request: the same again is accepted and does nothing."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.customer_use(self, (account, amount, scope, choice, request, details), stamp))

    def reserve(self, account: str, request: str, amount: int = 1, *, scope: Optional[str] = None, choice: Optional[str] = None,
                details: Optional[Facts] = None, at: datetime, occurred: Optional[datetime] = None, actor: Optional[str] = None,
                role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
                reason: Optional[str] = None) -> Outcome:
        """Sets units aside, to be used by :meth:`commit` or given back by :meth:`release`."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.customer_reserve(self, (account, amount, scope, choice, request, details), stamp))

    def commit(self, account: str, request: str, *, at: datetime, occurred: Optional[datetime] = None, actor: Optional[str] = None,
               role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
               reason: Optional[str] = None) -> Outcome:
        """The reservation becomes a use."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.customer_commit(self, account, request, stamp))

    def release(self, account: str, request: str, *, at: datetime, occurred: Optional[datetime] = None, actor: Optional[str] = None,
                role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
                reason: Optional[str] = None) -> Outcome:
        """Gives a reservation back."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.customer_release(self, account, request, stamp))

    def grant(self, account: str, amount: int, *, expires: Optional[datetime] = None, forever: bool = False, priority: int = 0,
              request: Optional[str] = None, at: datetime, occurred: Optional[datetime] = None, actor: Optional[str] = None,
              role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None, reason: Optional[str] = None) -> Outcome:
        """Gives units, which last as long as the ledger says, up to ``expires``, or ``forever``."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.customer_grant(self, (account, amount, expires, bool(forever), priority, request), stamp))

    def adjust(self, account: str, amount: int, *, request: Optional[str] = None, at: datetime, occurred: Optional[datetime] = None,
               actor: Optional[str] = None, role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
               reason: Optional[str] = None) -> Outcome:
        """Corrects an account by hand, up or down, for a reason."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.customer_adjust(self, account, amount, request, stamp))

    def apply(self, entitlement: str, state: Application, *, at: datetime, occurred: Optional[datetime] = None,
              actor: Optional[str] = None, role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
              reason: Optional[str] = None) -> Outcome:
        """Asks for an entitlement that is given on application only, approves it, rejects it, or withdraws it."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.customer_apply(self, entitlement, state, stamp))

    # ── contacts and tasks ──

    def may_contact(self, channel: str, purpose: str, *, at: datetime, cases: Optional[Iterable[CaseDates]] = None) -> Permission:
        """May they be contacted now, and why? Without ``cases``, a veto that asks about them holds."""
        return _csvc.customer_may_contact(self, _caseload(self.policy, cases), channel, purpose, at)._value()

    def write(self, script: Union[Script, str], *, at: datetime, role: Optional[str] = None, language: Optional[str] = None) -> str:
        """A script's text for them; personal facts that the role may not see are masked, and None sees none."""
        return _csvc.script_write(self, script.id if isinstance(script, Script) else script, role, language, at)

    @property
    def contacts(self) -> tuple[Contact, ...]:
        """Those that are remembered, oldest first."""
        return tuple(Contact(*_csvc.customer_get_contact(self, i)) for i in range(_csvc.customer_get_n_contacts(self)))

    @property
    def tasks(self) -> tuple[Task, ...]:
        """All there ever were, in the order of opening."""
        return tuple(Task(*_csvc.customer_get_task(self, i)) for i in range(_csvc.customer_get_n_tasks(self)))

    def plan(self, *, at: datetime, cases: Optional[Iterable[CaseDates]] = None) -> tuple[PlanItem, ...]:
        """What the rules want of them; changes nothing."""
        plan = _csvc.customer_plan(self, _caseload(self.policy, cases), at)
        return tuple(_csvc.plan_get(plan, i)._value() for i in range(_csvc.plan_get_size(plan)))

    def note_contact(self, channel: str, purpose: str, *, rule: Optional[str] = None, case: Optional[str] = None, at: datetime,
                     occurred: Optional[datetime] = None, actor: Optional[str] = None, role: Optional[str] = None,
                     unit: Optional[str] = None, key: Optional[str] = None, reason: Optional[str] = None) -> Outcome:
        """They were contacted; what has happened is told, allowed or not."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.customer_note_contact(self, channel, purpose, rule, case, stamp))

    def open_task(self, rule: str, task: str, case: str, *, purpose: Optional[str] = None, script: Optional[str] = None,
                  due: Optional[datetime] = None, at: datetime, occurred: Optional[datetime] = None, actor: Optional[str] = None,
                  role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
                  reason: Optional[str] = None) -> Outcome:
        """The occasion ``task``, which a plan calls its key, has its task."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.customer_open_task(self, rule, task, case, purpose, script, due, stamp))

    def update_task(self, rule: str, task: str, *, script: Optional[str] = None, due: Optional[datetime] = None, at: datetime,
                    occurred: Optional[datetime] = None, actor: Optional[str] = None, role: Optional[str] = None,
                    unit: Optional[str] = None, key: Optional[str] = None, reason: Optional[str] = None) -> Outcome:
        """Due instant and script are others now."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.customer_update_task(self, rule, task, script, due, stamp))

    def close_task(self, rule: str, task: str, cause: str, *, at: datetime, occurred: Optional[datetime] = None,
                   actor: Optional[str] = None, role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
                   reason: Optional[str] = None) -> Outcome:
        """It is done (``"done"``), or its cause is gone."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.customer_close_task(self, rule, task, cause, stamp))

    # ── keeping ──

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
        return self.copy()

    def __deepcopy__(self, memo: object) -> Customer:
        return self.copy()

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
             customer: Optional[Customer] = None, facts: Optional[Facts] = None, earlier: Optional[Case] = None) -> Outcome:
        """Opens a case; the outcome has it when it was accepted. ``earlier``: the case of the same customer that it follows."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        if earlier is not None:
            return Outcome(*_csvc.case_open_linked(policy, kind, id, customer, facts, earlier, stamp))
        return Outcome(*_csvc.case_open(policy, kind, id, customer, facts, stamp))

    @staticmethod
    def adopt(policy: Policy, text: str, *, at: datetime, occurred: Optional[datetime] = None, actor: Optional[str] = None,
              role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None, reason: Optional[str] = None) -> Outcome:
        """Takes a case over that lived elsewhere, as JSON of which much may be left out; the outcome has it."""
        return Outcome(*_csvc.case_adopt(policy, text, (at, occurred, actor, role, unit, key, reason)))

    def fire(self, event: Union[str, Event], params: Optional[Facts] = None, *, at: datetime, occurred: Optional[datetime] = None,
             actor: Optional[str] = None, role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
             reason: Optional[str] = None, customer: Optional[Customer] = None) -> Outcome:
        """Fires every deadline before ``at``, then the event, by its id or as its kind has it. ``params`` are exactly the facts that it sets."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        if isinstance(event, Event):
            return Outcome(*_csvc.case_fire_event(self, customer, event, params, stamp))
        return Outcome(*_csvc.case_fire(self, customer, event, params, stamp))

    def end(self, reason_word: str, *, at: datetime, occurred: Optional[datetime] = None, actor: Optional[str] = None,
            role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None, reason: Optional[str] = None,
            customer: Optional[Customer] = None) -> Outcome:
        """Ends it from outside, where it stands: ``"merged"``, ``"withdrawn"``."""
        return Outcome(*_csvc.case_end(self, customer, reason_word, (at, occurred, actor, role, unit, key, reason)))

    def advance(self, now: datetime, *, customer: Optional[Customer] = None) -> Effects:
        """Fires every deadline before ``now``, each at its own instant."""
        return _csvc.case_advance(self, customer, now)[0]

    @property
    def decided(self) -> dict[str, DecidedTable]:
        """What tables decided for it, by name."""
        found = (_csvc.case_get_decided(self, i)._value() for i in range(_csvc.case_get_n_decided(self)))
        return {one.name: one for one in found}

    # ── what cases tell each other: an Engine passes it on by itself ──

    @property
    def links(self) -> tuple[Link, ...]:
        """The other cases that it knows, in the order in which it came to know them."""
        return tuple(_csvc.case_get_link(self, i)._value() for i in range(_csvc.case_get_n_links(self)))

    def open_child(self, effect: ChildOpened, *, customer: Optional[Customer] = None) -> tuple[Case, Effects]:
        """Opens the child that a step of this case asked for."""
        effects, child = _csvc.case_open_child(self, customer, effect._c())
        assert child is not None
        return child, effects

    def hear_child(self, child: str, outcome: Optional[str] = None, *, at: datetime, customer: Optional[Customer] = None) -> Effects:
        """A child has ended, with that outcome."""
        return _csvc.case_hear_child(self, customer, child, outcome, at)[0]

    def hear_told(self, effect: Told, *, at: datetime, customer: Optional[Customer] = None) -> Outcome:
        """What a parent or child tells. A refusal is no error: nobody waited for it."""
        return Outcome(*_csvc.case_hear_told(self, customer, effect._c(), at))

    def upgrade(self, policy: Policy, choice: Upgrade = Upgrade.BY_POLICY, *, at: datetime,
                customer: Optional[Customer] = None) -> tuple[Case, Effects]:
        """The case under another version of its policy; this one does not change, so a dry run is to look at the result and drop it."""
        return _csvc.case_upgrade(self, policy, choice, customer, at)

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

    def what_next(self, at: datetime, *, customer: Optional[Customer] = None, suppose: Optional[Facts] = None) -> WhatNext:
        """What may come next, as of then; and, with ``suppose``, what would be due if these facts changed then."""
        found = _csvc.case_what_next(self, customer, at)
        if suppose is not None:
            _csvc.what_next_suppose(found, customer, suppose)
        return found._value()

    def copy(self) -> Case:
        """Another case of the same content."""
        return _csvc.case_copy(self)

    def copy_for(self, role: Optional[Role]) -> Case:
        """As the role may see it, for looking at and not for deciding or storing: personal texts that it does not see are masked, other personal facts are
        unknown. None sees none."""
        return _csvc.case_copy_for(self, role)

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


@final
@_class
class Crowd(_Object):
    """Many cases of one kind in memory, some dozens of bytes each, to try a policy on a million. Rows count from 0. What no decision reads is
    left out: numbers, customers, owners."""
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Crowd

    def __new__(cls, policy: Policy, kind: str) -> Crowd:
        return _csvc.crowd_new(policy, kind)

    @property
    def kind(self) -> Kind:
        """Of all its cases."""
        return _csvc.crowd_get_kind(self)

    def add(self, case: Case) -> int:
        """A copy; gives its row."""
        return _csvc.crowd_add(self, case)

    def __len__(self) -> int:
        return _csvc.crowd_get_size(self)

    def __getitem__(self, row: int) -> Case:
        return _csvc.crowd_get_case(self, range(len(self))[row])

    @property
    def row_size(self) -> int:
        """Bytes that a row takes."""
        return _csvc.crowd_get_row_size(self)

    @property
    def whole(self) -> int:
        """How many are kept as whole cases, for what a row has no room for."""
        return _csvc.crowd_get_n_whole(self)

    def fire(self, row: int, event: Union[str, Event], params: Optional[Facts] = None, *, at: datetime, occurred: Optional[datetime] = None,
             actor: Optional[str] = None, role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
             reason: Optional[str] = None, customer: Optional[Customer] = None) -> Outcome:
        """As :meth:`Case.fire`."""
        found = event if isinstance(event, Event) else _csvc.kind_find_event(self.kind, event)
        if found is None:
            raise NotFoundError(f'there is no event "{event}" in {self.kind.id}')
        return Outcome(*_csvc.crowd_fire(self, row, customer, found, params, (at, occurred, actor, role, unit, key, reason)))

    def advance(self, row: int, now: datetime, *, customer: Optional[Customer] = None) -> Effects:
        """As :meth:`Case.advance`."""
        return _csvc.crowd_advance(self, row, customer, now)[0]

    def next_wake(self, row: int) -> Optional[datetime]:
        """As :attr:`Case.next_wake`."""
        return _csvc.crowd_get_next_wake(self, row)

    def __repr__(self) -> str:
        return f"<csvc.Crowd of {len(self)} {self.kind.id}>"


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
