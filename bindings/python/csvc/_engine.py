# SPDX-License-Identifier: LGPL-2.1-or-later
"""Cases and customers that live in a store."""
from __future__ import annotations

import asyncio
import contextlib
import os
import weakref
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from decimal import Decimal
from types import TracebackType
from typing import ClassVar, Optional, TypeVar, Union, final, overload

from . import _csvc
from ._case import Application, Case, Customer, CycleState, Outcome, Permission, PlanItem, Refusal
from ._core import Answer, Facts, Parts, Stamp, StateError, Value, Word, _class, _Object, _Part, _registered
from ._effects import Effects
from ._policy import _UNLIMITED, Policy, PolicySet, Upgrade, _share_of

_T = TypeVar("_T")
_Store = Union["Store", str, "os.PathLike[str]"]


@final
@_class
class Store(_Object):
    """Where an engine keeps its cases and its journal; threads share it.

    ``"memory:"``, ``"sqlite:PATH"`` or a bare path; ``"sqlite:PATH?mode=ro"`` reads only, ``"?sync=normal"`` trades the last commits
    before a power loss for speed.
    """
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Store

    def __new__(cls, uri: Union[str, os.PathLike[str]] = "memory:") -> Store:
        return _csvc.store_open(os.fspath(uri))

    @property
    def uri(self) -> str:
        """As it was opened."""
        return _csvc.store_get_uri(self)

    def close(self) -> None:
        """Lets go of it; the file is closed when its engines are closed too."""
        _csvc._close(self)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: Optional[type[BaseException]], value: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.close()

    def __repr__(self) -> str:
        return "<csvc.Store, closed>" if self.closed else f"Store({self.uri!r})"


@final
@dataclass(frozen=True)
class DueItem:
    """An open promise."""
    case: str
    kind: str
    handler: Optional[str]
    unit: Optional[str]
    level: int
    clock: str
    cycle: int
    state: CycleState
    #: None while paused.
    due: Optional[datetime]
    #: What the list is ordered by.
    projected: datetime


@_class
class _DueItem(_Part):
    __slots__ = ()


@_class
class _DueList(_Object):
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_DueList

    def _values(self) -> list[DueItem]:
        return [_due_item(_csvc.due_list_get(self, i)) for i in range(_csvc.due_list_get_size(self))]


def _due_item(item: _DueItem) -> DueItem:
    return DueItem(
        _csvc.due_item_get_case(item), _csvc.due_item_get_kind(item), _csvc.due_item_get_handler(item), _csvc.due_item_get_unit(item),
        _csvc.due_item_get_level(item), _csvc.due_item_get_clock(item), _csvc.due_item_get_cycle(item), _csvc.due_item_get_state(item),
        _csvc.due_item_get_due(item), _csvc.due_item_get_projected(item))


@final
@dataclass(frozen=True)
class CaseItem:
    """A case in a list."""
    id: str
    kind: str
    customer: Optional[str]
    handler: Optional[str]
    unit: Optional[str]
    level: int
    open: bool
    last_at: datetime
    next_wake: Optional[datetime]


@_class
class _CaseItem(_Part):
    __slots__ = ()


@_class
class _CaseList(_Object):
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_CaseList

    def _values(self) -> list[CaseItem]:
        return [_case_item(_csvc.case_list_get(self, i)) for i in range(_csvc.case_list_get_size(self))]


def _case_item(item: _CaseItem) -> CaseItem:
    return CaseItem(
        _csvc.case_item_get_id(item), _csvc.case_item_get_kind(item), _csvc.case_item_get_customer(item),
        _csvc.case_item_get_handler(item), _csvc.case_item_get_unit(item), _csvc.case_item_get_level(item), _csvc.case_item_is_open(item),
        _csvc.case_item_get_last_at(item), _csvc.case_item_get_next_wake(item))


@_registered("CsvcCommandType")
class Command(Word):
    """What an entry of the journal was."""
    OPEN = _csvc.COMMAND_OPEN
    FIRE = _csvc.COMMAND_FIRE
    ADVANCE = _csvc.COMMAND_ADVANCE
    PUT_CUSTOMER = _csvc.COMMAND_PUT_CUSTOMER
    HEAR = _csvc.COMMAND_HEAR
    END = _csvc.COMMAND_END
    ADOPT = _csvc.COMMAND_ADOPT
    AMEND = _csvc.COMMAND_AMEND
    VOID = _csvc.COMMAND_VOID
    UPGRADE = _csvc.COMMAND_UPGRADE
    NOTICE = _csvc.COMMAND_NOTICE
    CLAIM = _csvc.COMMAND_CLAIM
    REVIEW = _csvc.COMMAND_REVIEW
    SET_TIER = _csvc.COMMAND_SET_TIER
    CLEAR_TIER = _csvc.COMMAND_CLEAR_TIER
    USE = _csvc.COMMAND_USE
    RESERVE = _csvc.COMMAND_RESERVE
    COMMIT = _csvc.COMMAND_COMMIT
    RELEASE = _csvc.COMMAND_RELEASE
    GRANT = _csvc.COMMAND_GRANT
    ADJUST = _csvc.COMMAND_ADJUST
    APPLY = _csvc.COMMAND_APPLY
    NOTE_EVENT = _csvc.COMMAND_NOTE_EVENT
    OPEN_TASK = _csvc.COMMAND_OPEN_TASK
    UPDATE_TASK = _csvc.COMMAND_UPDATE_TASK
    CLOSE_TASK = _csvc.COMMAND_CLOSE_TASK
    CONTACT = _csvc.COMMAND_CONTACT
    FORGET = _csvc.COMMAND_FORGET
    HOLD = _csvc.COMMAND_HOLD
    RELEASE_HOLD = _csvc.COMMAND_RELEASE_HOLD

    @property
    def word(self) -> str:
        return _csvc.command_type_to_string(self)


@final
@dataclass(frozen=True)
class JournalEntry:
    """What was done, for ever."""
    id: str
    of_customer: bool
    #: The case's or customer's number.
    stream: str
    version: int
    command: Command
    #: The event fired, the kind opened.
    name: Optional[str]
    at: datetime
    occurred: datetime
    recorded_at: datetime
    actor: Optional[str]
    role: Optional[str]
    unit: Optional[str]
    key: Optional[str]
    reason: Optional[str]
    #: Hash of the policy that decided.
    policy: str
    params: Optional[Facts]
    #: The customer's facts that conditions could read, as they stood.
    read: Optional[Facts]
    effects: Effects
    json: str = field(repr=False)
    # What it was made of, which counters are fed: no field, so that copies, also pickled ones, have none.
    _source: ClassVar[Optional[_JournalEntry]] = None

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in vars(self).items() if name != "_source"}


@_class
class _JournalEntry(_Part):
    __slots__ = ()


@_class
class _Journal(_Object):
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Journal

    def _values(self) -> list[JournalEntry]:
        return [_entry(_csvc.journal_get(self, i)) for i in range(_csvc.journal_get_size(self))]


def _entry(entry: _JournalEntry) -> JournalEntry:
    made = JournalEntry(
        _csvc.journal_entry_get_id(entry), _csvc.journal_entry_is_of_customer(entry), _csvc.journal_entry_get_stream(entry),
        _csvc.journal_entry_get_version(entry), _csvc.journal_entry_get_command(entry), _csvc.journal_entry_get_name(entry),
        _csvc.journal_entry_get_at(entry), _csvc.journal_entry_get_occurred(entry), _csvc.journal_entry_get_recorded_at(entry),
        _csvc.journal_entry_get_actor(entry), _csvc.journal_entry_get_role(entry), _csvc.journal_entry_get_unit(entry),
        _csvc.journal_entry_get_key(entry), _csvc.journal_entry_get_reason(entry), _csvc.journal_entry_get_policy(entry),
        _csvc.journal_entry_get_params(entry), _csvc.journal_entry_get_read(entry), _csvc.journal_entry_get_effects(entry),
        _csvc.journal_entry_to_json(entry))
    _set_source(made, entry)
    return made


def _set_source(entry: JournalEntry, source: Optional[_JournalEntry]) -> None:
    object.__setattr__(entry, "_source", source)


@final
@dataclass(frozen=True)
class Opening:
    """One of many cases to be opened, for :meth:`Engine.open_many`."""
    kind: str
    id: str
    at: datetime
    customer: Optional[str] = None
    facts: Optional[Facts] = None
    occurred: Optional[datetime] = None
    actor: Optional[str] = None
    role: Optional[str] = None
    unit: Optional[str] = None
    key: Optional[str] = None
    reason: Optional[str] = None

    def _tuple(self) -> tuple[str, str, Optional[str], Optional[Facts], Stamp]:
        stamp = (self.at, self.occurred, self.actor, self.role, self.unit, self.key, self.reason)
        return self.kind, self.id, self.customer, self.facts, stamp


@final
@dataclass(frozen=True)
class UpgradeDue:
    """An open promise of a case that comes under another version; None: there was none, there will be none, or it is paused."""
    clock: str
    before: Optional[datetime]
    after: Optional[datetime]


@final
@dataclass(frozen=True)
class UpgradeItem:
    """A case that would change, or cannot."""
    case: str
    #: Of the policy, before.
    version: str
    states_before: tuple[str, ...]
    #: None with an error.
    states_after: Optional[tuple[str, ...]]
    dues: tuple[UpgradeDue, ...]
    #: Why it cannot be upgraded.
    error: Optional[str]


@_class
class _UpgradeItem(_Part):
    __slots__ = ()

    def _value(self) -> UpgradeItem:
        before, after = _csvc.upgrade_item_get_states(self)
        dues = (_csvc.upgrade_item_get_due(self, i) for i in range(_csvc.upgrade_item_get_n_dues(self)))
        return UpgradeItem(
            _csvc.upgrade_item_get_case(self), _csvc.upgrade_item_get_version(self), tuple((before or "").split()),
            None if after is None else tuple(after.split()), tuple(UpgradeDue(clock or "", was, will) for clock, was, will in dues),
            _csvc.upgrade_item_get_error(self))


@_class
class _UpgradePlan(_Object):
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_UpgradePlan


@final
class UpgradePlan(Sequence[UpgradeItem]):
    """What bringing open cases under the engine's policy would do: a dry run, and what :meth:`Engine.apply_upgrade` takes."""
    __slots__ = ("_plan", "_policy")

    def __init__(self, plan: _UpgradePlan, policy: Policy) -> None:
        self._plan = plan
        self._policy = policy

    @property
    def kept(self) -> int:
        """How many stay as they are, because their choice is to."""
        return _csvc.upgrade_plan_get_n_kept(self._plan)

    def __len__(self) -> int:
        return _csvc.upgrade_plan_get_size(self._plan)

    @overload
    def __getitem__(self, index: int) -> UpgradeItem: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[UpgradeItem, ...]: ...
    def __getitem__(self, index: Union[int, slice]) -> Union[UpgradeItem, tuple[UpgradeItem, ...]]:
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(len(self))))
        return _csvc.upgrade_plan_get(self._plan, range(len(self))[index])._value()

    def __repr__(self) -> str:
        return f"<csvc.UpgradePlan of {len(self)}, {self.kept} kept>"


@_class
class _CustomerList(_Object):
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_CustomerList


@final
@dataclass(frozen=True)
class Reviewed:
    """What :meth:`Engine.review_all` did."""
    changed: int
    effects: Effects
    #: Where to go on; None: all were looked at.
    next: Optional[str]


@final
@_class
class CustomerMap(_Object):
    """Which column of a CSV file is the customer's number, and which are facts."""
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_CustomerMap

    def __new__(cls, policy: Policy, key: Optional[str] = None, columns: Optional[Mapping[str, str]] = None) -> CustomerMap:
        """``key``: the header of the numbers; None: rows are numbered. ``columns``: headers by fact; None: columns are named as the facts."""
        named = None if columns is None else tuple(f"{fact}={header}" for fact, header in columns.items())
        return _csvc.customer_map_new(policy, key, named)

    @staticmethod
    def load(policy: Policy, path: Union[str, os.PathLike[str]]) -> CustomerMap:
        """Reads a document; :class:`PolicyError` lists all its faults."""
        return _csvc.customer_map_load_file(policy, path)[0]

    @staticmethod
    def from_text(policy: Policy, text: Union[str, bytes], *, name: str = "customers.xml") -> CustomerMap:
        """The same from a text, which diagnostics call ``name``."""
        return _csvc.customer_map_load_text(policy, text, name)[0]


@final
@dataclass(frozen=True)
class Intake:
    """What came of taking in a base of customers: rows of the file."""
    rows: int
    new: int
    changed: int
    same: int
    bad: int
    #: The first bad ones.
    notes: tuple[str, ...]


@_class
class _Intake(_Object):
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Intake

    def _value(self) -> Intake:
        return Intake(
            _csvc.intake_get_n_rows(self), _csvc.intake_get_n_new(self), _csvc.intake_get_n_changed(self), _csvc.intake_get_n_same(self),
            _csvc.intake_get_n_bad(self), tuple(_csvc.intake_get_note(self, i) for i in range(_csvc.intake_get_n_notes(self))))


@final
@dataclass(frozen=True)
class Sweep:
    """The plan of the day, and what was done of it."""
    at: datetime
    customers: int
    #: Customers that were looked at whole; the facts of the others said enough.
    loaded: int
    opened: int
    updated: int
    closed: int
    #: What was planned and not done: the customer had changed, the case was refused, or it failed.
    left: int
    #: In the order of arbitration.
    items: tuple[PlanItem, ...] = field(repr=False)
    #: Of what was left, what failed, and why; the others were done all the same.
    failures: tuple[tuple[PlanItem, str], ...] = ()


@_class
class _Sweep(_Object):
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Sweep

    def _value(self) -> Sweep:
        items = tuple(_csvc.sweep_get_item(self, i)._value() for i in range(_csvc.sweep_get_size(self)))
        reasons = ((item, _csvc.sweep_get_failure(self, i)) for i, item in enumerate(items))
        return Sweep(
            _csvc.sweep_get_at(self), _csvc.sweep_get_n_customers(self), _csvc.sweep_get_n_loaded(self), _csvc.sweep_get_n_opened(self),
            _csvc.sweep_get_n_updated(self), _csvc.sweep_get_n_closed(self), _csvc.sweep_get_n_left(self),
            items, tuple((item, reason) for item, reason in reasons if reason is not None))


@final
@dataclass(frozen=True)
class TargetCount:
    """How many customers a target counts, and how many of them are kept."""
    #: Of the target.
    id: str
    kept: int
    lost: int
    #: Of whom a condition is neither true nor false: they are in no share.
    undecided: int
    #: Kept of kept and lost, to four places, rounded down; None: there is nobody. No goal is reached by rounding.
    share: Optional[Decimal]


@_class
class _TargetCounts(_Object):
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_TargetCounts

    def _values(self) -> Parts[TargetCount]:
        policy = _csvc.target_counts_get_policy(self)
        return Parts([self._value(i, target.id) for i, target in enumerate(policy.targets)])

    def _value(self, index: int, id: str) -> TargetCount:
        return TargetCount(
            id, _csvc.target_counts_get_n_kept(self, index), _csvc.target_counts_get_n_lost(self, index),
            _csvc.target_counts_get_n_undecided(self, index), _share_of(_csvc.target_counts_get_share(self, index)))


@final
@_class
class TargetCounter(_Object):
    """The targets of a policy, counted by following the journal, without a store. It has to be fed all entries, from the first one on: those of
    :meth:`Engine.journal`; where one engine alone writes ``engine.listen(counter.feed, after="")`` does. Personal values are in its memory
    until it is fed that they were forgotten, or is closed.

    A counter belongs to one thread at a time: another one is refused with :class:`StateError` while it counts.
    """
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_TargetCounter

    def __new__(cls, policy: Policy) -> TargetCounter:
        return _csvc.target_counter_new(policy)

    @property
    def policy(self) -> Policy:
        """Whose targets it counts."""
        return _csvc.target_counter_get_policy(self)

    def feed(self, entry: JournalEntry) -> None:
        """The next entry of :meth:`Engine.journal`, or what a listener is told, while it is told; one that was dealt with does nothing.
        :class:`InvalidError`: an entry was left out. :class:`CorruptError`: it does not fit, and a new counter is needed."""
        if not isinstance(entry, JournalEntry):
            raise TypeError(f"expected a JournalEntry, not {type(entry).__name__}")
        if entry._source is None:
            raise StateError("this entry is a copy, or was told to a listener that has returned: take it from Engine.journal()")
        _csvc.target_counter_feed(self, entry._source)

    def count(self, now: datetime) -> Parts[TargetCount]:
        """What :meth:`Engine.count_targets` gives when the journal was fed to its end. For the same ``now`` as before, only customers are
        looked at of whom entries came since; for another one all of them."""
        return _csvc.target_counter_count(self, now)._values()

    def close(self) -> None:
        """Lets go of all that it knows. Closing again does nothing."""
        _csvc._close(self)

    def __enter__(self) -> TargetCounter:
        return self

    def __exit__(self, kind: Optional[type[BaseException]], value: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.close()

    def __repr__(self) -> str:
        return "<csvc.TargetCounter, closed>" if self.closed else f"<csvc.TargetCounter of {self.policy!r}>"


Listener = Callable[[JournalEntry], object]
#: Told how far it is, of how much (0: not known); False stops.
_Progress = Optional[Callable[[int, int], object]]


@final
class Subscription:
    """A listener's place. ``last`` is the id of the last entry that it dealt with: keep it, to go on from there another time."""
    __slots__ = ("_engine", "_listener", "_number", "last", "__weakref__")

    def __init__(self, engine: Engine, listener: Listener, after: Optional[str]) -> None:
        self._engine: Optional[Engine] = engine
        self._listener = listener
        self._number = 0
        self.last = after

    def close(self) -> None:
        """It is told nothing more."""
        engine, self._engine = self._engine, None
        if engine is not None:
            engine._subscriptions.remove(self)
            if self._number and not engine.closed:
                _csvc.engine_remove_listener(engine._engine, self._number)

    def __enter__(self) -> Subscription:
        return self

    def __exit__(self, kind: Optional[type[BaseException]], value: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.close()

    def _deal_with(self, entry: JournalEntry) -> None:
        self.last = entry.id
        self._listener(entry)

    def _hear(self, entry: _JournalEntry) -> None:
        if self._engine is None:
            return
        made = _entry(entry)
        try:
            self._deal_with(made)
        finally:
            _set_source(made, None)  # C's entry is gone when this returns

    def _catch_up(self, engine: Engine) -> None:
        """Until there is no more: a listener may itself command something."""
        for entry in engine.journal(after=self.last):
            if self._engine is None:
                return
            self._deal_with(entry)


def _weakly(method: Callable[[_T], object]) -> Callable[[_T], object]:
    """Calls the method while its object lives: what C keeps must not keep the engine."""
    ref = weakref.WeakMethod(method)

    def called(argument: _T) -> object:
        found: Optional[Callable[[_T], object]] = ref()
        return None if found is None else found(argument)
    return called


WakeFunction = Callable[[Optional[datetime]], object]


@_class
class _Engine(_Object):
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Engine


@final
class Engine:
    """Cases and customers that live in a store. A command is one transaction: in the store when the method returns, or nothing.

    An engine belongs to one thread at a time: another one is refused with :class:`StateError` meanwhile. Other Python threads run while
    it works. Time is an argument; only :meth:`wakes` looks at a clock, which may be given.
    """
    __slots__ = ("_engine", "_subscriptions", "_is_told", "_on_wake", "_sleepers", "__weakref__")

    def __init__(self, store: _Store, policy: Optional[Policy] = None, *, policies: Optional[PolicySet] = None) -> None:
        """``policies``: where the versions that old cases need are looked for, before they are loaded out of the store."""
        self._subscriptions: list[Subscription] = []
        self._is_told = False
        self._on_wake: Optional[WakeFunction] = None
        self._sleepers: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
        opened = store if isinstance(store, Store) else Store(store)
        self._engine = (_csvc.engine_new(opened, policy) if policies is None
                        else _csvc.engine_new_with_set(opened, policies, policy))

    # ── life ──

    @property
    def closed(self) -> bool:
        """Was it closed?"""
        return self._engine.closed

    def close(self) -> None:
        """Rolls an open transaction back and lets go of the store. Closing again does nothing."""
        _csvc._close(self._engine)

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, kind: Optional[type[BaseException]], value: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.close()

    @property
    def store(self) -> Store:
        """Where everything is."""
        return _csvc.engine_get_store(self._engine)

    @property
    def policy(self) -> Optional[Policy]:
        """What new cases are opened under."""
        return _csvc.engine_get_policy(self._engine)

    # ── transactions ──

    @property
    def in_transaction(self) -> bool:
        """Was one begun?"""
        return _csvc.engine_in_transaction(self._engine)

    def begin(self) -> None:
        """Until :meth:`commit` all commands share one transaction, and other writers wait."""
        if _csvc.engine_in_transaction(self._engine):
            raise StateError("the engine is in a transaction already")
        _csvc.engine_begin(self._engine)

    def commit(self) -> None:
        """All of it is in the store, or an exception is raised and nothing is."""
        if not _csvc.engine_in_transaction(self._engine):
            raise StateError("no transaction was begun")
        _csvc.engine_commit(self._engine)

    def rollback(self) -> None:
        """Nothing of it has happened."""
        _csvc.engine_rollback(self._engine)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Engine]:
        """``with engine.transaction():`` commits at the end, or rolls back when an exception leaves it."""
        self.begin()
        try:
            yield self
        except BaseException:
            if not self.closed:
                self.rollback()
            raise
        self.commit()

    # ── commands ──

    def open(self, kind: str, id: str, *, at: datetime, customer: Optional[str] = None, facts: Optional[Facts] = None,
             occurred: Optional[datetime] = None, actor: Optional[str] = None, role: Optional[str] = None, unit: Optional[str] = None,
             key: Optional[str] = None, reason: Optional[str] = None, earlier: Optional[str] = None) -> Outcome:
        """Opens a case. ``earlier``: the case of the same customer that it follows."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        if earlier is not None:
            return Outcome(*_csvc.engine_open_linked(self._engine, kind, id, customer, facts, earlier, stamp))
        return Outcome(*_csvc.engine_open(self._engine, kind, id, customer, facts, stamp))

    def fire(self, id: str, event: str, params: Optional[Facts] = None, *, at: datetime, occurred: Optional[datetime] = None,
             actor: Optional[str] = None, role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
             reason: Optional[str] = None) -> Outcome:
        """Tells a case what happened."""
        return Outcome(*_csvc.engine_fire(self._engine, id, event, params, (at, occurred, actor, role, unit, key, reason)))

    def end(self, id: str, reason_word: str, *, at: datetime, occurred: Optional[datetime] = None, actor: Optional[str] = None,
            role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None, reason: Optional[str] = None) -> Outcome:
        """Ends a case from outside, where it stands: ``"merged"``, ``"withdrawn"``."""
        return Outcome(*_csvc.engine_end(self._engine, id, reason_word, (at, occurred, actor, role, unit, key, reason)))

    def put_customer(self, id: str, facts: Facts, *, at: datetime, occurred: Optional[datetime] = None, actor: Optional[str] = None,
                     role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
                     reason: Optional[str] = None) -> Outcome:
        """Puts facts of a customer, who is made when new."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.engine_put_customer(self._engine, id, facts, stamp))

    def open_many(self, openings: Iterable[Opening]) -> tuple[tuple[Answer, ...], Effects]:
        """All in one transaction of its own, at most 100,000: when one fails none is opened; a refused one is merely not opened."""
        many = [opening._tuple() for opening in openings]
        self._outside()
        return _csvc.engine_open_many(self._engine, many)

    def advance(self, now: datetime, *, max: int = 0) -> Effects:
        """Fires every deadline before ``now``, of all cases; at most ``max`` steps, 0: all. A case that cannot be advanced does not hold up
        the others: then the exception names it, and its ``effects`` are what was done."""
        return _csvc.engine_advance(self._engine, now, max)[1]

    def advance_case(self, id: str, now: datetime) -> Effects:
        """The same for one case alone."""
        return _csvc.engine_advance_case(self._engine, id, now)[0]

    @property
    def next_wake(self) -> Optional[datetime]:
        """When :meth:`advance` next has something to do; None: nothing is waited for."""
        return _csvc.engine_get_next_wake(self._engine)[0]

    # ── customers: tiers, entitlements, accounts ──

    def review(self, id: str, *, at: datetime, occurred: Optional[datetime] = None, actor: Optional[str] = None,
               role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
               reason: Optional[str] = None) -> Outcome:
        """Looks at the facts as they are at that instant: a tier rises at once, and sinks only at a review and after the grace time."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.engine_review(self._engine, id, stamp))

    def set_tier(self, id: str, tier: str, *, until: Optional[datetime] = None, at: datetime, occurred: Optional[datetime] = None,
                 actor: Optional[str] = None, role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
                 reason: Optional[str] = None) -> Outcome:
        """Sets the tier by hand, for a reason; ``until``: it ends by itself."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.engine_set_tier(self._engine, id, tier, until, stamp))

    def clear_tier(self, id: str, *, at: datetime, occurred: Optional[datetime] = None, actor: Optional[str] = None,
                   role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
                   reason: Optional[str] = None) -> Outcome:
        """The earned tier counts again."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.engine_clear_tier(self._engine, id, stamp))

    def use(self, id: str, account: str, amount: int = 1, *, scope: Optional[str] = None, choice: Optional[str] = None,
            request: Optional[str] = None, details: Optional[Facts] = None, at: datetime, occurred: Optional[datetime] = None,
            actor: Optional[str] = None, role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
            reason: Optional[str] = None) -> Outcome:
        """Uses units of an entitlement or a ledger up. ``request`` names the request: the same again is accepted and does nothing."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.engine_use(self._engine, id, (account, amount, scope, choice, request, details), stamp))

    def reserve(self, id: str, account: str, request: str, amount: int = 1, *, scope: Optional[str] = None, choice: Optional[str] = None,
                details: Optional[Facts] = None, at: datetime, occurred: Optional[datetime] = None, actor: Optional[str] = None,
                role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
                reason: Optional[str] = None) -> Outcome:
        """Sets units aside, to be used by :meth:`commit_use` or given back by :meth:`release`."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.engine_reserve(self._engine, id, (account, amount, scope, choice, request, details), stamp))

    def commit_use(self, id: str, account: str, request: str, *, at: datetime, occurred: Optional[datetime] = None,
                   actor: Optional[str] = None, role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
                   reason: Optional[str] = None) -> Outcome:
        """The reservation becomes a use."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.engine_commit_use(self._engine, id, account, request, stamp))

    def release(self, id: str, account: str, request: str, *, at: datetime, occurred: Optional[datetime] = None,
                actor: Optional[str] = None, role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
                reason: Optional[str] = None) -> Outcome:
        """Gives a reservation back."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.engine_release(self._engine, id, account, request, stamp))

    def grant(self, id: str, account: str, amount: int, *, expires: Optional[datetime] = None, forever: bool = False, priority: int = 0,
              request: Optional[str] = None, at: datetime, occurred: Optional[datetime] = None, actor: Optional[str] = None,
              role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None, reason: Optional[str] = None) -> Outcome:
        """Gives units, which last as long as the ledger says, up to ``expires``, or ``forever``."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.engine_grant(self._engine, id, (account, amount, expires, bool(forever), priority, request), stamp))

    def adjust(self, id: str, account: str, amount: int, *, request: Optional[str] = None, at: datetime,
               occurred: Optional[datetime] = None, actor: Optional[str] = None, role: Optional[str] = None, unit: Optional[str] = None,
               key: Optional[str] = None, reason: Optional[str] = None) -> Outcome:
        """Corrects an account by hand, up or down, for a reason."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.engine_adjust(self._engine, id, account, amount, request, stamp))

    def apply(self, id: str, entitlement: str, state: Application, *, at: datetime, occurred: Optional[datetime] = None,
              actor: Optional[str] = None, role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
              reason: Optional[str] = None) -> Outcome:
        """Asks for an entitlement that is given on application only, approves it, rejects it, or withdraws it."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.engine_apply(self._engine, id, entitlement, state, stamp))

    def note_event(self, id: str, event: str, *, at: datetime, occurred: Optional[datetime] = None, actor: Optional[str] = None,
                   role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
                   reason: Optional[str] = None) -> Outcome:
        """Something happened to a customer that conditions ask for with ``happened ()``."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        return Outcome(*_csvc.engine_note_event(self._engine, id, event, stamp))

    def review_all(self, *, at: datetime, after: Optional[str] = None, limit: int = 10_000, actor: Optional[str] = None,
                   role: Optional[str] = None, unit: Optional[str] = None, reason: Optional[str] = None) -> Reviewed:
        """:meth:`review` of at most so many customers, in the order in which they were first put; ``after`` is where another sweep stopped.
        Only those who change are written."""
        self._outside()
        next, changed, effects = _csvc.engine_review_all(self._engine, (at, None, actor, role, unit, None, reason), after, limit)
        return Reviewed(changed, effects, next)

    def balance_at(self, id: str, account: str, at: datetime) -> int:
        """What could be used of the account at any instant up to now, out of the journal."""
        return _csvc.engine_get_balance_at(self._engine, id, account, at)[0]

    def customers(self, *, page: int = 1000) -> Iterator[str]:
        """Numbers of all customers, in the order in which they were first put; read in pages."""
        cursor = 0
        while True:
            found = _csvc.engine_list_customers(self._engine, page, cursor)
            yield from [_csvc.customer_list_get(found, i) for i in range(_csvc.customer_list_get_size(found))]
            cursor = _csvc.customer_list_get_next(found)
            if cursor == 0:
                return

    def take_in(self, map: CustomerMap, path: Union[str, os.PathLike[str]], *, at: datetime, strict: bool = False, dry_run: bool = False,
                progress: _Progress = None, actor: Optional[str] = None, role: Optional[str] = None, unit: Optional[str] = None,
                reason: Optional[str] = None) -> Intake:
        """Puts the customers of a CSV file, plain or gzip. ``strict``: nothing at all, if there is one bad row."""
        self._outside()
        return _csvc.engine_take_in(self._engine, map, path, strict, dry_run, progress, (at, None, actor, role, unit, None, reason))._value()

    def sweep(self, *, at: datetime, dry_run: bool = False, progress: _Progress = None, actor: Optional[str] = None, role: Optional[str] = None,
              unit: Optional[str] = None, reason: Optional[str] = None) -> Sweep:
        """Plans the day for all customers by the rules, and carries it out, or only plans it. One that was stopped is simply made again."""
        self._outside()
        return _csvc.engine_sweep(self._engine, (at, None, actor, role, unit, None, reason), dry_run, progress)._value()

    def count_targets(self, now: datetime) -> Parts[TargetCount]:
        """How many customers the targets of the policy count and keep, as all will stand at ``now``: ``engine.count_targets(now)["members"].share``.
        Looks at every customer and writes nothing; :class:`TargetCounter` follows the journal instead."""
        self._outside()
        return _csvc.engine_count_targets(self._engine, now)._values()

    def may_contact(self, id: str, channel: str, purpose: str, at: datetime) -> Permission:
        """May they be contacted now, and why?"""
        return _csvc.engine_may_contact(self._engine, id, channel, purpose, at)._value()

    def contact(self, id: str, channel: str, purpose: str, *, at: datetime, rule: Optional[str] = None, case: Optional[str] = None,
                occurred: Optional[datetime] = None, actor: Optional[str] = None, role: Optional[str] = None, unit: Optional[str] = None,
                key: Optional[str] = None, reason: Optional[str] = None) -> tuple[Outcome, Optional[Permission]]:
        """Asks once more and notes the contact, just before sending. The permission is None when the command was done before."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        answer, permission, effects = _csvc.engine_contact(self._engine, id, channel, purpose, rule, case, stamp)
        return Outcome(answer, effects), None if permission is None else permission._value()

    # ── personal facts ──

    def forget(self, id: str, facts: Optional[Sequence[str]] = None, *, at: datetime, occurred: Optional[datetime] = None,
               actor: Optional[str] = None, role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
               reason: Optional[str] = None) -> Outcome:
        """Erases these personal facts of a customer and of all their cases; None: all of them."""
        names = None if facts is None else facts if isinstance(facts, str) else tuple(facts)
        return Outcome(*_csvc.engine_forget(self._engine, id, names, (at, occurred, actor, role, unit, key, reason)))  # type: ignore[arg-type]

    def forget_due(self, *, at: datetime, actor: Optional[str] = None, role: Optional[str] = None, unit: Optional[str] = None,
                   reason: Optional[str] = None) -> tuple[int, Effects]:
        """Forgets whatever has been kept longer than the policy says; of how many customers, and what."""
        self._outside()
        return _csvc.engine_forget_due(self._engine, (at, None, actor, role, unit, None, reason))

    def hold(self, id: str, which: str, *, at: datetime, occurred: Optional[datetime] = None, actor: Optional[str] = None,
             role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None, reason: Optional[str] = None) -> Outcome:
        """Nothing of the customer is forgotten until it is released: ``which`` names the hold."""
        return Outcome(*_csvc.engine_hold(self._engine, id, which, (at, occurred, actor, role, unit, key, reason)))

    def release_hold(self, id: str, which: str, *, at: datetime, occurred: Optional[datetime] = None, actor: Optional[str] = None,
                     role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None, reason: Optional[str] = None) -> Outcome:
        """That hold does not stand any more."""
        return Outcome(*_csvc.engine_release_hold(self._engine, id, which, (at, occurred, actor, role, unit, key, reason)))

    def holds(self, id: str) -> tuple[str, ...]:
        """Those that stand, by name."""
        return _csvc.engine_list_holds(self._engine, id)

    def count_personal(self) -> tuple[int, int]:
        """How many values are kept apart, and how many were forgotten."""
        return _csvc.engine_count_personal(self._engine)

    def _outside(self) -> None:
        if _csvc.engine_in_transaction(self._engine):
            raise StateError("not inside a transaction")

    # ── cases that change as a whole: one more entry each, nothing is deleted ──

    def adopt(self, text: str, *, at: datetime, occurred: Optional[datetime] = None, actor: Optional[str] = None, role: Optional[str] = None,
              unit: Optional[str] = None, key: Optional[str] = None, reason: Optional[str] = None) -> Outcome:
        """Takes a case over that lived elsewhere; see :meth:`Case.adopt`."""
        return Outcome(*_csvc.engine_adopt(self._engine, text, (at, occurred, actor, role, unit, key, reason)))

    def amend(self, id: str, entry: str, event: Optional[str] = None, params: Optional[Facts] = None, *, at: datetime,
              occurred: Optional[datetime] = None, actor: Optional[str] = None, role: Optional[str] = None, unit: Optional[str] = None,
              key: Optional[str] = None, reason: Optional[str] = None) -> Outcome:
        """Decides the case again with that entry of the journal as it ought to have been; without ``event`` the same event."""
        return Outcome(*_csvc.engine_amend(self._engine, id, entry, event, params, (at, occurred, actor, role, unit, key, reason)))

    def void(self, id: str, entry: str, *, at: datetime, occurred: Optional[datetime] = None, actor: Optional[str] = None,
             role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None, reason: Optional[str] = None) -> Outcome:
        """Decides the case again as if that event had not been."""
        return Outcome(*_csvc.engine_void(self._engine, id, entry, (at, occurred, actor, role, unit, key, reason)))

    def plan_upgrade(self, *, at: datetime, kind: Optional[str] = None, choice: Upgrade = Upgrade.BY_POLICY) -> UpgradePlan:
        """What bringing the open cases of other versions under this engine's policy would do. Changes nothing."""
        policy = self.policy
        if policy is None:
            raise StateError("the engine has no policy")
        self._outside()
        return UpgradePlan(_csvc.engine_plan_upgrade(self._engine, kind, choice, at), policy)

    def apply_upgrade(self, plan: UpgradePlan, *, at: datetime, actor: Optional[str] = None, role: Optional[str] = None,
                      unit: Optional[str] = None, reason: Optional[str] = None) -> int:
        """Does it, a command a case; gives how many. Cases that have moved since are left alone and named by :class:`ConflictError`."""
        self._outside()
        return _csvc.engine_apply_upgrade(self._engine, plan._plan, plan._policy, (at, None, actor, role, unit, None, reason))[0]

    # ── asking ──

    def case(self, id: str) -> Case:
        """A copy as it stands."""
        return _csvc.engine_get_case(self._engine, id)

    def customer(self, id: str) -> Customer:
        """A copy as they stand."""
        return _csvc.engine_get_customer(self._engine, id)

    def why_refused(self, id: str, event: str, params: Optional[Facts] = None, *, at: datetime, occurred: Optional[datetime] = None,
                    actor: Optional[str] = None, role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
                    reason: Optional[str] = None) -> Optional[Refusal]:
        """Why would :meth:`fire` be refused? None: it would be accepted."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        refusal = _csvc.engine_explain_refusal(self._engine, id, event, params, stamp)
        return None if refusal is None else refusal._value()

    def due(self, *, start: Optional[datetime] = None, end: Optional[datetime] = None, kind: Optional[str] = None,
            handler: Optional[str] = None, unit: Optional[str] = None, level: int = 0, limit: int = 100, skip: int = 0) -> list[DueItem]:
        """Open promises with ``start <= due < end``, by due instant, then case."""
        return _csvc.engine_list_due(self._engine, (start, end, kind, handler, unit, level, limit, skip))._values()

    def cases(self, *, kind: Optional[str] = None, customer: Optional[str] = None, handler: Optional[str] = None, open: bool = False,
              page: int = 1000) -> Iterator[CaseItem]:
        """All cases, or only open ones, in the order of their opening; read in pages."""
        after = 0
        while True:
            found = _csvc.engine_list_cases(self._engine, (kind, customer, handler, bool(open), page, after))
            yield from found._values()
            after = _csvc.case_list_get_next(found)
            if after == 0:
                return

    def journal(self, *, after: Optional[str] = None, case: Optional[str] = None, customer: Optional[str] = None,
                page: int = 256) -> Iterator[JournalEntry]:
        """What was committed after that entry, of all, or of one case or customer; read in pages. A host that keeps the last id with what it
        did about it deals with each entry exactly once."""
        if case is not None and customer is not None:
            raise ValueError("of a case or of a customer, not of both")
        while True:
            found = (_csvc.engine_follow_case(self._engine, case, after, page) if case is not None
                     else _csvc.engine_follow_customer(self._engine, customer, after, page) if customer is not None
                     else _csvc.engine_follow(self._engine, after, page))
            entries = found._values()
            yield from entries
            if len(entries) < page:
                return
            after = entries[-1].id

    def verify(self) -> tuple[int, int]:
        """Checks the whole journal against what is stored: how many cases and customers, and entries, were found good."""
        self._outside()
        return _csvc.engine_verify(self._engine)

    # ── listening ──

    def listen(self, listener: Listener, *, after: Optional[str] = None) -> Subscription:
        """Calls ``listener(entry)`` for each entry that a command of this engine writes from now on, when it is committed; with ``after`` first for
        those that the journal has after that one (``""``: all of it). An exception comes out of the command whole, which stands all the
        same; the entry counts as dealt with. A listener may command this engine itself: what that writes is told after it returns."""
        if not callable(listener):
            raise TypeError(f"expected a callable, not {type(listener).__name__}")
        subscription = Subscription(self, listener, after or None)
        self._subscriptions.append(subscription)
        try:
            if after is not None:
                subscription._catch_up(self)
            if subscription in self._subscriptions:
                subscription._number = _csvc.engine_add_listener(self._engine, _weakly(subscription._hear))
        except BaseException:
            subscription.close()
            raise
        return subscription

    # ── waking ──

    def on_wake(self, function: Optional[WakeFunction]) -> None:
        """Calls ``function(wake)`` after a commit of this engine that changed when it wants to be advanced, in the place of one that was given
        before; None: nobody any more. For event loops without ``asyncio``: set a timer to ``wake``, look at the clock at least once a
        minute, and call :meth:`advance`. Ask :attr:`next_wake` once at the start."""
        if function is not None and not callable(function):
            raise TypeError(f"expected a callable, not {type(function).__name__}")
        self._hear_wakes()
        self._on_wake = function

    def _hear_wakes(self) -> None:
        if not self._is_told:
            _csvc.engine_set_wake_func(self._engine, _weakly(self._woken))
            self._is_told = True

    def _woken(self, wake: Optional[datetime]) -> None:
        for loop, changed in self._sleepers:
            if not loop.is_closed():
                loop.call_soon_threadsafe(changed.set)
        if self._on_wake is not None:
            self._on_wake(wake)

    async def wakes(self, *, clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc), longest: float = 60.0) -> AsyncIterator[Effects]:
        """``async for effects in engine.wakes():`` sleeps until the next deadline, advances, and gives what was done; for ever. A command of
        this engine that brings a nearer deadline wakes it too; of what other processes do it hears within ``longest`` seconds."""
        self._hear_wakes()
        changed = asyncio.Event()
        sleeper = asyncio.get_running_loop(), changed
        self._sleepers.append(sleeper)
        try:
            while True:
                changed.clear()
                wake, now = self.next_wake, clock()
                if wake is not None and wake <= now:
                    yield self.advance(now)
                    continue
                seconds = longest if wake is None else min(longest, (wake - now).total_seconds())
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(changed.wait(), seconds)
        finally:
            self._sleepers.remove(sleeper)

    def __repr__(self) -> str:
        return "<csvc.Engine, closed>" if self.closed else f"<csvc.Engine of {self.store!r}>"


def simulate_customer(policy: Policy, index: int, *, at: datetime, seed: int = 1) -> tuple[str, dict[str, Value]]:
    """A made-up customer: number and facts, the same in every run."""
    facts, id = _csvc.simulate_customer(policy, seed, index, at)
    return id or "", facts


def simulate_customers(engine: Engine, n: int, *, at: datetime, seed: int = 1, progress: _Progress = None) -> None:
    """Puts so many made-up customers, 500 to a transaction."""
    engine._outside()
    _csvc.simulate_customers(engine._engine, n, seed, at, progress)
