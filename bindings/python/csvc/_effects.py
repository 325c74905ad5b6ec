# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a decision did: ordinary values, a class a type, to be matched, compared and printed."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, ClassVar, Optional, Union, final, overload

from . import _csvc
from ._core import Facts, InvalidError, Value, Word, _class, _Object, _Part, _registered
from ._policy import Policy, Role


#: Units of an account.
Amount = int


@_registered("CsvcEffectType")
class EffectType(Word):
    """The types of effects, as C numbers them."""
    OPENED = _csvc.EFFECT_OPENED
    POLICY = _csvc.EFFECT_POLICY
    FACT_SET = _csvc.EFFECT_FACT_SET
    STATE_LEFT = _csvc.EFFECT_STATE_LEFT
    STATE_ENTERED = _csvc.EFFECT_STATE_ENTERED
    HISTORY_KEPT = _csvc.EFFECT_HISTORY_KEPT
    CLOCK_STARTED = _csvc.EFFECT_CLOCK_STARTED
    CLOCK_PAUSED = _csvc.EFFECT_CLOCK_PAUSED
    CLOCK_RESUMED = _csvc.EFFECT_CLOCK_RESUMED
    CLOCK_TARGET = _csvc.EFFECT_CLOCK_TARGET
    CLOCK_MET = _csvc.EFFECT_CLOCK_MET
    CLOCK_MISSED = _csvc.EFFECT_CLOCK_MISSED
    CLOCK_MET_LATE = _csvc.EFFECT_CLOCK_MET_LATE
    CLOCK_ENDED = _csvc.EFFECT_CLOCK_ENDED
    CLOCK_CORRECTED = _csvc.EFFECT_CLOCK_CORRECTED
    ALARM = _csvc.EFFECT_ALARM
    ALARM_PASSED = _csvc.EFFECT_ALARM_PASSED
    LEVEL = _csvc.EFFECT_LEVEL
    OWNER = _csvc.EFFECT_OWNER
    NOTIFY = _csvc.EFFECT_NOTIFY
    MESSAGE = _csvc.EFFECT_MESSAGE
    LOG = _csvc.EFFECT_LOG
    UNDECIDED = _csvc.EFFECT_UNDECIDED
    RETRIED = _csvc.EFFECT_RETRIED
    ENDED = _csvc.EFFECT_ENDED
    CUSTOMER_PUT = _csvc.EFFECT_CUSTOMER_PUT
    LINKED = _csvc.EFFECT_LINKED
    CHILD_OPENED = _csvc.EFFECT_CHILD_OPENED
    CHILD_ENDED = _csvc.EFFECT_CHILD_ENDED
    CHILD_DONE = _csvc.EFFECT_CHILD_DONE
    TOLD = _csvc.EFFECT_TOLD
    CLOCK_CARRIED = _csvc.EFFECT_CLOCK_CARRIED
    CLOCK_FORWARD = _csvc.EFFECT_CLOCK_FORWARD
    CLOCK_HORIZON = _csvc.EFFECT_CLOCK_HORIZON
    ALARMS_PASSED = _csvc.EFFECT_ALARMS_PASSED
    RESTATED = _csvc.EFFECT_RESTATED
    TIER = _csvc.EFFECT_TIER
    TIER_SET = _csvc.EFFECT_TIER_SET
    TIER_WARNED = _csvc.EFFECT_TIER_WARNED
    TIER_WARNING_WITHDRAWN = _csvc.EFFECT_TIER_WARNING_WITHDRAWN
    TIER_REVIEW = _csvc.EFFECT_TIER_REVIEW
    GRANTED = _csvc.EFFECT_GRANTED
    USED = _csvc.EFFECT_USED
    RESERVED = _csvc.EFFECT_RESERVED
    COMMITTED = _csvc.EFFECT_COMMITTED
    RELEASED = _csvc.EFFECT_RELEASED
    EXPIRED = _csvc.EFFECT_EXPIRED
    ADJUSTED = _csvc.EFFECT_ADJUSTED
    APPLIED = _csvc.EFFECT_APPLIED
    ENTITLEMENT_ENDED = _csvc.EFFECT_ENTITLEMENT_ENDED
    CONTACTED = _csvc.EFFECT_CONTACTED
    TASK_OPENED = _csvc.EFFECT_TASK_OPENED
    TASK_CLOSED = _csvc.EFFECT_TASK_CLOSED
    HAPPENED = _csvc.EFFECT_HAPPENED
    DECIDED = _csvc.EFFECT_DECIDED
    TASK_UPDATED = _csvc.EFFECT_TASK_UPDATED
    FORGOTTEN = _csvc.EFFECT_FORGOTTEN
    HELD = _csvc.EFFECT_HELD
    HOLD_RELEASED = _csvc.EFFECT_HOLD_RELEASED


@dataclass(frozen=True)
class Effect:
    """One thing that a decision did; ``at`` is the instant of the step: the command's, or the deadline's. The list of types grows: skip
    those that you do not know."""
    type: ClassVar[Optional[EffectType]] = None
    at: Optional[datetime] = None
    #: One line for people.
    text: str = field(default="", compare=False, repr=False)

    def __str__(self) -> str:
        return self.text

    def _c(self) -> _Effect:
        """What a case hears: C's own."""
        made_of: Optional[_Effect] = self.__dict__.get("_made_of")
        if made_of is None:
            raise InvalidError(f"expected an effect that a command gave, to be heard by another case; got {self!r}")
        return made_of

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_made_of"}


@final
@dataclass(frozen=True)
class Opened(Effect):
    """The case was opened."""
    type: ClassVar[EffectType] = EffectType.OPENED
    case: str = ""
    kind: str = ""
    customer: Optional[str] = None
    occurred: Optional[datetime] = None


@final
@dataclass(frozen=True)
class PolicyChosen(Effect):
    """What judges the case from here on."""
    type: ClassVar[EffectType] = EffectType.POLICY
    policy: str = ""
    version: str = ""
    hash: str = ""


@final
@dataclass(frozen=True)
class FactSet(Effect):
    """A fact has a value."""
    type: ClassVar[EffectType] = EffectType.FACT_SET
    fact: str = ""
    value: Value = None


@final
@dataclass(frozen=True)
class StateLeft(Effect):
    """A state was left."""
    type: ClassVar[EffectType] = EffectType.STATE_LEFT
    state: str = ""


@final
@dataclass(frozen=True)
class StateEntered(Effect):
    """A state was entered, for the ``entries``-th time."""
    type: ClassVar[EffectType] = EffectType.STATE_ENTERED
    state: str = ""
    entries: int = 0


@final
@dataclass(frozen=True)
class HistoryKept(Effect):
    """A history remembers states (blank-separated)."""
    type: ClassVar[EffectType] = EffectType.HISTORY_KEPT
    history: str = ""
    states: str = ""


@final
@dataclass(frozen=True)
class ClockStarted(Effect):
    """A clock runs; ``continues`` and ``from_``: it goes on from the cycle before."""
    type: ClassVar[EffectType] = EffectType.CLOCK_STARTED
    clock: str = ""
    cycle: int = 0
    row: int = 0
    start: Optional[datetime] = None
    due: Optional[datetime] = None
    promised: Optional[datetime] = None
    calendar: Optional[str] = None
    continues: Optional[str] = None
    from_: Optional[datetime] = None


@final
@dataclass(frozen=True)
class ClockPaused(Effect):
    """A clock does not count."""
    type: ClassVar[EffectType] = EffectType.CLOCK_PAUSED
    clock: str = ""
    cycle: int = 0
    from_: Optional[datetime] = None
    cause: Optional[str] = None


@final
@dataclass(frozen=True)
class ClockResumed(Effect):
    """A clock counts again."""
    type: ClassVar[EffectType] = EffectType.CLOCK_RESUMED
    clock: str = ""
    cycle: int = 0
    from_: Optional[datetime] = None
    due: Optional[datetime] = None
    cause: Optional[str] = None


@final
@dataclass(frozen=True)
class ClockTarget(Effect):
    """Facts changed: another row holds, from the start."""
    type: ClassVar[EffectType] = EffectType.CLOCK_TARGET
    clock: str = ""
    cycle: int = 0
    row: int = 0
    due: Optional[datetime] = None
    promised: Optional[datetime] = None
    calendar: Optional[str] = None


@final
@dataclass(frozen=True)
class ClockMet(Effect):
    """A promise was kept in time."""
    type: ClassVar[EffectType] = EffectType.CLOCK_MET
    clock: str = ""
    cycle: int = 0
    occurred: Optional[datetime] = None
    due: Optional[datetime] = None
    event: Optional[str] = None


@final
@dataclass(frozen=True)
class ClockMissed(Effect):
    """A promise was not kept in time."""
    type: ClassVar[EffectType] = EffectType.CLOCK_MISSED
    clock: str = ""
    cycle: int = 0
    due: Optional[datetime] = None


@final
@dataclass(frozen=True)
class ClockMetLate(Effect):
    """A missed promise was kept after all."""
    type: ClassVar[EffectType] = EffectType.CLOCK_MET_LATE
    clock: str = ""
    cycle: int = 0
    occurred: Optional[datetime] = None
    due: Optional[datetime] = None
    event: Optional[str] = None


@final
@dataclass(frozen=True)
class ClockEnded(Effect):
    """Nobody judges the cycle any more."""
    type: ClassVar[EffectType] = EffectType.CLOCK_ENDED
    clock: str = ""
    cycle: int = 0
    occurred: Optional[datetime] = None
    due: Optional[datetime] = None
    cause: Optional[str] = None
    reason: Optional[str] = None


@final
@dataclass(frozen=True)
class ClockCorrected(Effect):
    """Known only now that it was met in time; the verdict stays."""
    type: ClassVar[EffectType] = EffectType.CLOCK_CORRECTED
    clock: str = ""
    cycle: int = 0
    occurred: Optional[datetime] = None
    event: Optional[str] = None


@final
@dataclass(frozen=True)
class AlarmFired(Effect):
    """An alarm of a clock."""
    type: ClassVar[EffectType] = EffectType.ALARM
    clock: str = ""
    cycle: int = 0
    alarm: str = ""
    deadline: Optional[datetime] = None
    due: Optional[datetime] = None


@final
@dataclass(frozen=True)
class AlarmPassed(Effect):
    """The clock started too late for this alarm."""
    type: ClassVar[EffectType] = EffectType.ALARM_PASSED
    clock: str = ""
    cycle: int = 0
    alarm: str = ""
    deadline: Optional[datetime] = None


@final
@dataclass(frozen=True)
class LevelChanged(Effect):
    """Another level; ``role`` handles the case from now on."""
    type: ClassVar[EffectType] = EffectType.LEVEL
    level: int = 0
    level_before: int = 0
    role: Optional[str] = None


@final
@dataclass(frozen=True)
class OwnerChanged(Effect):
    """Who owns the case."""
    type: ClassVar[EffectType] = EffectType.OWNER
    actor: Optional[str] = None
    role: Optional[str] = None
    unit: Optional[str] = None


@final
@dataclass(frozen=True)
class Notify(Effect):
    """The host is to tell everybody of this role."""
    type: ClassVar[EffectType] = EffectType.NOTIFY
    role: str = ""
    cause: Optional[str] = None


@final
@dataclass(frozen=True)
class Message(Effect):
    """For the host."""
    type: ClassVar[EffectType] = EffectType.MESSAGE
    name: str = ""
    arguments: Facts = field(default_factory=dict)


@final
@dataclass(frozen=True)
class Log(Effect):
    """A value that the policy wants logged."""
    type: ClassVar[EffectType] = EffectType.LOG
    label: Optional[str] = None
    value: Value = None


@final
@dataclass(frozen=True)
class Undecided(Effect):
    """A step could not be decided because ``fact`` is missing."""
    type: ClassVar[EffectType] = EffectType.UNDECIDED
    cause: Optional[str] = None
    fact: Optional[str] = None
    line: int = 0
    pending: int = 0


@final
@dataclass(frozen=True)
class Retried(Effect):
    """A kept step is tried again."""
    type: ClassVar[EffectType] = EffectType.RETRIED
    cause: Optional[str] = None


@final
@dataclass(frozen=True)
class Ended(Effect):
    """The case ended."""
    type: ClassVar[EffectType] = EffectType.ENDED
    state: Optional[str] = None
    outcome: Optional[str] = None


@final
@dataclass(frozen=True)
class CustomerPut(Effect):
    """A customer's fact has a value."""
    type: ClassVar[EffectType] = EffectType.CUSTOMER_PUT
    customer: str = ""
    fact: str = ""
    value: Value = None


@final
@dataclass(frozen=True)
class Linked(Effect):
    """This case knows of that one: "parent", "earlier"."""
    type: ClassVar[EffectType] = EffectType.LINKED
    relation: Optional[str] = None
    case: Optional[str] = None
    kind: Optional[str] = None


@final
@dataclass(frozen=True)
class ChildOpened(Effect):
    """To be opened by the host or engine."""
    type: ClassVar[EffectType] = EffectType.CHILD_OPENED
    kind: Optional[str] = None
    case: Optional[str] = None
    until: Optional[str] = None
    arguments: Facts = field(default_factory=dict)


@final
@dataclass(frozen=True)
class ChildEnded(Effect):
    """To be ended by the host or engine."""
    type: ClassVar[EffectType] = EffectType.CHILD_ENDED
    kind: Optional[str] = None
    case: Optional[str] = None
    reason: Optional[str] = None


@final
@dataclass(frozen=True)
class ChildDone(Effect):
    """A child has ended by itself."""
    type: ClassVar[EffectType] = EffectType.CHILD_DONE
    kind: Optional[str] = None
    case: Optional[str] = None
    outcome: Optional[str] = None


@final
@dataclass(frozen=True)
class Told(Effect):
    """Another case is to be told."""
    type: ClassVar[EffectType] = EffectType.TOLD
    event: Optional[str] = None
    case: Optional[str] = None
    arguments: Facts = field(default_factory=dict)


@final
@dataclass(frozen=True)
class ClockCarried(Effect):
    """What was used before ``from_`` is one sum from here on."""
    type: ClassVar[EffectType] = EffectType.CLOCK_CARRIED
    clock: Optional[str] = None
    cycle: int = 0
    from_: Optional[datetime] = None
    carried: Value = None
    calendar: Optional[str] = None


@final
@dataclass(frozen=True)
class ClockForward(Effect):
    """Facts changed: another row holds from now on; the credit counts as used besides."""
    type: ClassVar[EffectType] = EffectType.CLOCK_FORWARD
    clock: Optional[str] = None
    cycle: int = 0
    row: int = 0
    due: Optional[datetime] = None
    promised: Optional[datetime] = None
    calendar: Optional[str] = None
    credit: Value = None


@final
@dataclass(frozen=True)
class ClockHorizon(Effect):
    """The due instant lies past the calendar's last announced year: it may move."""
    type: ClassVar[EffectType] = EffectType.CLOCK_HORIZON
    clock: Optional[str] = None
    cycle: int = 0
    due: Optional[datetime] = None
    calendar: Optional[str] = None


@final
@dataclass(frozen=True)
class AlarmsPassed(Effect):
    """The clock started too late for so many repetitions."""
    type: ClassVar[EffectType] = EffectType.ALARMS_PASSED
    clock: Optional[str] = None
    cycle: int = 0
    alarm: Optional[str] = None
    deadline: Optional[datetime] = None
    times: int = 0


@final
@dataclass(frozen=True)
class Restated(Effect):
    """The whole case from here on, as JSON."""
    type: ClassVar[EffectType] = EffectType.RESTATED
    cause: Optional[str] = None
    state: Optional[str] = None


@final
@dataclass(frozen=True)
class TierChanged(Effect):
    """The earned tier: "first", "up", "down", "excluded", "included"."""
    type: ClassVar[EffectType] = EffectType.TIER
    customer: Optional[str] = None
    tier: Optional[str] = None
    tier_before: Optional[str] = None
    cause: Optional[str] = None


@final
@dataclass(frozen=True)
class TierSet(Effect):
    """A tier by hand: "set", "cleared", "ended"."""
    type: ClassVar[EffectType] = EffectType.TIER_SET
    customer: Optional[str] = None
    tier: Optional[str] = None
    tier_before: Optional[str] = None
    cause: Optional[str] = None
    until: Optional[datetime] = None
    arguments: Facts = field(default_factory=dict)


@final
@dataclass(frozen=True)
class TierWarned(Effect):
    """The tier will sink."""
    type: ClassVar[EffectType] = EffectType.TIER_WARNED
    customer: Optional[str] = None
    tier: Optional[str] = None
    below: Optional[str] = None
    condition: Optional[str] = None
    until: Optional[datetime] = None


@final
@dataclass(frozen=True)
class TierWarningWithdrawn(Effect):
    """It will not."""
    type: ClassVar[EffectType] = EffectType.TIER_WARNING_WITHDRAWN
    customer: Optional[str] = None
    tier: Optional[str] = None


@final
@dataclass(frozen=True)
class TierReview(Effect):
    """Where reviews are counted from, and the next."""
    type: ClassVar[EffectType] = EffectType.TIER_REVIEW
    customer: Optional[str] = None
    from_: Optional[datetime] = None
    next: Optional[datetime] = None


@final
@dataclass(frozen=True)
class Granted(Effect):
    """Units were granted."""
    type: ClassVar[EffectType] = EffectType.GRANTED
    customer: Optional[str] = None
    account: Optional[str] = None
    amount: Amount = 0
    left: Amount = 0
    lot: int = 0
    priority: int = 0
    expires: Optional[datetime] = None
    key: Optional[str] = None
    cause: Optional[str] = None
    from_: Optional[datetime] = None
    to: Optional[datetime] = None


@final
@dataclass(frozen=True)
class Used(Effect):
    """Units were used."""
    type: ClassVar[EffectType] = EffectType.USED
    customer: Optional[str] = None
    account: Optional[str] = None
    amount: Amount = 0
    left: Amount = 0
    key: Optional[str] = None
    cause: Optional[str] = None
    until: Optional[datetime] = None
    number: int = 0
    arguments: Facts = field(default_factory=dict)


@final
@dataclass(frozen=True)
class Reserved(Effect):
    """Units are kept for a use."""
    type: ClassVar[EffectType] = EffectType.RESERVED
    customer: Optional[str] = None
    account: Optional[str] = None
    amount: Amount = 0
    left: Amount = 0
    key: Optional[str] = None
    cause: Optional[str] = None


@final
@dataclass(frozen=True)
class Committed(Effect):
    """A reservation was used."""
    type: ClassVar[EffectType] = EffectType.COMMITTED
    customer: Optional[str] = None
    account: Optional[str] = None
    amount: Amount = 0
    key: Optional[str] = None
    cause: Optional[str] = None
    until: Optional[datetime] = None
    number: int = 0


@final
@dataclass(frozen=True)
class Released(Effect):
    """A reservation was given back."""
    type: ClassVar[EffectType] = EffectType.RELEASED
    customer: Optional[str] = None
    account: Optional[str] = None
    amount: Amount = 0
    left: Amount = 0
    key: Optional[str] = None
    cause: Optional[str] = None


@final
@dataclass(frozen=True)
class Expired(Effect):
    """Units are gone."""
    type: ClassVar[EffectType] = EffectType.EXPIRED
    customer: Optional[str] = None
    account: Optional[str] = None
    lot: int = 0
    amount: Amount = 0
    left: Amount = 0
    cause: Optional[str] = None


@final
@dataclass(frozen=True)
class Adjusted(Effect):
    """Units were adjusted."""
    type: ClassVar[EffectType] = EffectType.ADJUSTED
    customer: Optional[str] = None
    account: Optional[str] = None
    amount: Amount = 0
    left: Amount = 0
    lot: int = 0
    key: Optional[str] = None
    cause: Optional[str] = None


@final
@dataclass(frozen=True)
class Applied(Effect):
    """An application's state."""
    type: ClassVar[EffectType] = EffectType.APPLIED
    customer: Optional[str] = None
    entitlement: Optional[str] = None
    state: Optional[str] = None


@final
@dataclass(frozen=True)
class EntitlementEnded(Effect):
    """A use that lasted has ended."""
    type: ClassVar[EffectType] = EffectType.ENTITLEMENT_ENDED
    customer: Optional[str] = None
    entitlement: Optional[str] = None
    number: int = 0
    key: Optional[str] = None


@final
@dataclass(frozen=True)
class Contacted(Effect):
    """The customer is to be contacted."""
    type: ClassVar[EffectType] = EffectType.CONTACTED
    customer: Optional[str] = None
    channel: Optional[str] = None
    purpose: Optional[str] = None
    rule: Optional[str] = None
    arguments: Facts = field(default_factory=dict)


@final
@dataclass(frozen=True)
class TaskOpened(Effect):
    """A task was opened."""
    type: ClassVar[EffectType] = EffectType.TASK_OPENED
    customer: Optional[str] = None
    rule: Optional[str] = None
    key: Optional[str] = None
    case: Optional[str] = None
    due: Optional[datetime] = None
    arguments: Facts = field(default_factory=dict)


@final
@dataclass(frozen=True)
class TaskUpdated(Effect):
    """A task has another due instant or script."""
    type: ClassVar[EffectType] = EffectType.TASK_UPDATED
    customer: Optional[str] = None
    rule: Optional[str] = None
    key: Optional[str] = None
    script: Optional[str] = None
    due: Optional[datetime] = None


@final
@dataclass(frozen=True)
class Forgotten(Effect):
    """A personal fact was erased."""
    type: ClassVar[EffectType] = EffectType.FORGOTTEN
    fact: Optional[str] = None
    customer: Optional[str] = None
    cause: Optional[str] = None
    left: Optional[str] = None


@final
@dataclass(frozen=True)
class Held(Effect):
    """Nothing of a customer is forgotten until it is released."""
    type: ClassVar[EffectType] = EffectType.HELD
    customer: Optional[str] = None
    reason: Optional[str] = None


@final
@dataclass(frozen=True)
class HoldReleased(Effect):
    """A hold was released."""
    type: ClassVar[EffectType] = EffectType.HOLD_RELEASED
    customer: Optional[str] = None
    reason: Optional[str] = None


@final
@dataclass(frozen=True)
class TaskClosed(Effect):
    """A task was closed."""
    type: ClassVar[EffectType] = EffectType.TASK_CLOSED
    customer: Optional[str] = None
    rule: Optional[str] = None
    key: Optional[str] = None
    cause: Optional[str] = None


@final
@dataclass(frozen=True)
class Happened(Effect):
    """What ``happened ()`` asks for."""
    type: ClassVar[EffectType] = EffectType.HAPPENED
    customer: Optional[str] = None
    event: Optional[str] = None


@final
@dataclass(frozen=True)
class Decided(Effect):
    """A table decided a step: which rows, from 1, and what they say, such as ``"3.offer"``; of the defaults ``"0.offer"``."""
    type: ClassVar[EffectType] = EffectType.DECIDED
    table: Optional[str] = None
    as_: Optional[str] = None
    rows: Optional[str] = None
    arguments: Facts = field(default_factory=dict)


@_class
class _Effect(_Part):
    __slots__ = ()


_Reader = Callable[[_Effect, str], Any]


def _value(effect: _Effect, name: str) -> Value:
    return _csvc.effect_get_value(effect)


def _arguments(effect: _Effect, name: str) -> Facts:
    return _csvc.effect_get_arguments(effect) or {}


_READERS: dict[str, _Reader] = {
    "str": _csvc.effect_get_text, "Optional[str]": _csvc.effect_get_text, "Optional[datetime]": _csvc.effect_get_time,
    "int": _csvc.effect_get_number, "Amount": _csvc.effect_get_amount, "Value": _value, "Facts": _arguments}


def _plan(cls: type[Effect]) -> tuple[type[Effect], list[tuple[_Reader, str]]]:
    """How to read each field: its type says by what, its name what C calls it."""
    return cls, [(_READERS[str(f.type)], f.name.rstrip("_").replace("_", "-")) for f in fields(cls) if f.name not in ("at", "text")]


#: What a case is to hear, which C is asked with again.
_HEARD = frozenset({ChildOpened, Told})
_PLANS = {cls.type: _plan(cls) for cls in Effect.__subclasses__()}


def _make(effect: _Effect) -> Effect:
    cls, readers = _PLANS.get(_csvc.effect_get_type(effect), (Effect, []))
    made = cls(_csvc.effect_get_at(effect), _csvc.effect_to_string(effect), *[read(effect, name) for read, name in readers])
    if cls in _HEARD:
        object.__setattr__(made, "_made_of", effect)
    return made


@final
@_class
class Effects(_Object, Sequence[Effect]):
    """What a command did, in order: an immutable sequence, whose values are made when they are asked for. It equals any sequence of the
    same effects, and pickles as a tuple."""
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Effects

    def __new__(cls) -> Effects:
        raise TypeError("only commands make effects")

    def __len__(self) -> int:
        return _csvc.effects_get_size(self)

    @overload
    def __getitem__(self, index: int) -> Effect: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Effect, ...]: ...
    def __getitem__(self, index: Union[int, slice]) -> Union[Effect, tuple[Effect, ...]]:
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(len(self))))
        return _make(_csvc.effects_get(self, range(len(self))[index]))

    def __iter__(self) -> Iterator[Effect]:
        for i in range(len(self)):
            yield _make(_csvc.effects_get(self, i))

    def balance_at(self, account: str, at: datetime) -> int:
        """Of all effects of one customer, oldest first: the units of an account that could be used at that instant."""
        return _csvc.ledger_balance_at(self, account, at)

    def copy_for(self, policy: Policy, role: Optional[Role]) -> Effects:
        """As the role may see them: there is text in place of personal values that it does not see. None sees none."""
        return _csvc.effects_copy_for(self, policy, role)

    def to_json(self) -> str:
        """A JSON array of objects, one an effect."""
        return _csvc.effects_to_json(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (Effects, tuple, list)):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __reduce__(self) -> Any:
        return tuple, (list(self),)

    def __repr__(self) -> str:
        return f"<csvc.Effects [{', '.join(map(repr, self))}]>"
