# SPDX-License-Identifier: LGPL-2.1-or-later
"""Cases and customers that live in a store."""
from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from types import TracebackType
from typing import Optional, Union, final

from . import _csvc
from ._case import Case, Customer, CycleState, Outcome, Refusal
from ._core import Answer, Facts, Stamp, StateError, Word, _class, _Object, _Part, _registered
from ._effects import Effects
from ._policy import Policy


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
    return JournalEntry(
        _csvc.journal_entry_get_id(entry), _csvc.journal_entry_is_of_customer(entry), _csvc.journal_entry_get_stream(entry),
        _csvc.journal_entry_get_version(entry), _csvc.journal_entry_get_command(entry), _csvc.journal_entry_get_name(entry),
        _csvc.journal_entry_get_at(entry), _csvc.journal_entry_get_occurred(entry), _csvc.journal_entry_get_recorded_at(entry),
        _csvc.journal_entry_get_actor(entry), _csvc.journal_entry_get_role(entry), _csvc.journal_entry_get_unit(entry),
        _csvc.journal_entry_get_key(entry), _csvc.journal_entry_get_reason(entry), _csvc.journal_entry_get_policy(entry),
        _csvc.journal_entry_get_params(entry), _csvc.journal_entry_get_read(entry), _csvc.journal_entry_get_effects(entry),
        _csvc.journal_entry_to_json(entry))


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


Listener = Callable[[JournalEntry], object]


@final
class Subscription:
    """A listener's place in the journal. ``last`` is the id of the last entry that it dealt with: keep it, to go on from there."""
    __slots__ = ("_engine", "_listener", "last")

    def __init__(self, engine: Engine, listener: Listener, after: Optional[str]) -> None:
        self._engine: Optional[Engine] = engine
        self._listener = listener
        self.last = after

    def close(self) -> None:
        """It is told nothing more."""
        if self._engine is not None:
            self._engine._subscriptions.remove(self)
            self._engine = None

    def __enter__(self) -> Subscription:
        return self

    def __exit__(self, kind: Optional[type[BaseException]], value: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.close()

    def _deliver(self, engine: Engine) -> None:
        """Until there is no more: a listener may itself command something."""
        while not engine.closed:
            page = _csvc.engine_follow(engine._engine, self.last, 256)._values()
            for entry in page:
                if self._engine is None:
                    return
                self.last = entry.id
                self._listener(entry)
            if not page:
                return


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
    __slots__ = ("_engine", "_subscriptions", "_delivering", "_changed", "__weakref__")

    def __init__(self, store: Union[Store, str, os.PathLike[str]], policy: Optional[Policy] = None) -> None:
        self._subscriptions: list[Subscription] = []
        self._delivering = False
        self._changed: Optional[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = None
        self._engine = _csvc.engine_new(store if isinstance(store, Store) else Store(store), policy)

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
        self._after()

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
             key: Optional[str] = None, reason: Optional[str] = None) -> Outcome:
        """Opens a case."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        outcome = Outcome(*_csvc.engine_open(self._engine, kind, id, customer, facts, stamp))
        self._after()
        return outcome

    def fire(self, id: str, event: str, params: Optional[Facts] = None, *, at: datetime, occurred: Optional[datetime] = None,
             actor: Optional[str] = None, role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
             reason: Optional[str] = None) -> Outcome:
        """Tells a case what happened."""
        outcome = Outcome(*_csvc.engine_fire(self._engine, id, event, params, (at, occurred, actor, role, unit, key, reason)))
        self._after()
        return outcome

    def put_customer(self, id: str, facts: Facts, *, at: datetime, occurred: Optional[datetime] = None, actor: Optional[str] = None,
                     role: Optional[str] = None, unit: Optional[str] = None, key: Optional[str] = None,
                     reason: Optional[str] = None) -> Outcome:
        """Puts facts of a customer, who is made when new."""
        stamp = (at, occurred, actor, role, unit, key, reason)
        outcome = Outcome(*_csvc.engine_put_customer(self._engine, id, facts, stamp))
        self._after()
        return outcome

    def open_many(self, openings: Iterable[Opening]) -> tuple[tuple[Answer, ...], Effects]:
        """All in one transaction of its own, at most 100,000: when one fails none is opened; a refused one is merely not opened."""
        many = [opening._tuple() for opening in openings]
        if _csvc.engine_in_transaction(self._engine):
            raise StateError("not inside a transaction")
        answers, effects = _csvc.engine_open_many(self._engine, many)
        self._after()
        return answers, effects

    def advance(self, now: datetime, *, max: int = 0) -> Effects:
        """Fires every deadline before ``now``, of all cases; at most ``max`` steps, 0: all. A case that cannot be advanced does not hold up
        the others: then the exception names it, and its ``effects`` are what was done."""
        try:
            return _csvc.engine_advance(self._engine, now, max)[1]
        finally:
            if not self.closed:
                self._after()

    def advance_case(self, id: str, now: datetime) -> Effects:
        """The same for one case alone."""
        (effects,) = _csvc.engine_advance_case(self._engine, id, now)
        self._after()
        return effects

    @property
    def next_wake(self) -> Optional[datetime]:
        """When :meth:`advance` next has something to do; None: nothing is waited for."""
        return _csvc.engine_get_next_wake(self._engine)[0]

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

    def journal(self, *, after: Optional[str] = None, case: Optional[str] = None, page: int = 256) -> Iterator[JournalEntry]:
        """What was committed after that entry, of all or of one case; read in pages. A host that keeps the last id with what it did about
        it deals with each entry exactly once."""
        while True:
            found = (_csvc.engine_follow(self._engine, after, page) if case is None
                     else _csvc.engine_follow_case(self._engine, case, after, page))
            entries = found._values()
            yield from entries
            if len(entries) < page:
                return
            after = entries[-1].id

    def verify(self) -> tuple[int, int]:
        """Checks the whole journal against what is stored: how many cases and customers, and entries, were found good."""
        if _csvc.engine_in_transaction(self._engine):
            raise StateError("not inside a transaction")
        return _csvc.engine_verify(self._engine)

    # ── listening ──

    def listen(self, listener: Listener, *, after: Optional[str] = None) -> Subscription:
        """Calls ``listener(entry)`` for each entry of the journal after that one: now for those that are there, then after each command of this
        engine. An exception comes out of the command whole, which stands all the same; the entry counts as dealt with."""
        if not callable(listener):
            raise TypeError(f"expected a callable, not {type(listener).__name__}")
        subscription = Subscription(self, listener, after)
        self._subscriptions.append(subscription)
        self._after()
        return subscription

    def _after(self) -> None:
        changed = self._changed
        if changed is not None and not changed[0].is_closed():
            changed[0].call_soon_threadsafe(changed[1].set)
        if self._subscriptions and not self._delivering and not self.in_transaction:
            self._delivering = True
            try:
                for subscription in tuple(self._subscriptions):
                    subscription._deliver(self)
            finally:
                self._delivering = False

    async def wakes(self, *, clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc), longest: float = 60.0) -> AsyncIterator[Effects]:
        """``async for effects in engine.wakes():`` sleeps until the next deadline, advances, and gives what was done; for ever. A command of
        this engine that brings a nearer deadline wakes it too; of what other processes do it hears within ``longest`` seconds."""
        changed = asyncio.Event()
        self._changed = asyncio.get_running_loop(), changed
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
            self._changed = None

    def __repr__(self) -> str:
        return "<csvc.Engine, closed>" if self.closed else f"<csvc.Engine of {self.store!r}>"
