# SPDX-License-Identifier: LGPL-2.1-or-later
"""Logs of the past: replay, what if, simulation, scenarios."""
from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Optional, Union, final

from . import _csvc
from ._core import Answer, Diagnostic, InvalidError, Word, _class, _Object, _Part
from ._engine import Engine, Store
from ._policy import Clock, Kind, Policy

_Path = Union[str, "os.PathLike[str]"]

#: Told how much of how much was read; False stops with CancelledError.
Progress = Callable[[int, int], object]


class Count(Word):
    """What is counted in a report; see :c:type:`CsvcCount`."""
    CASES = _csvc.COUNT_CASES
    ROWS = _csvc.COUNT_ROWS
    ACCEPTED_ROWS = _csvc.COUNT_ACCEPTED_ROWS
    REFUSED_ROWS = _csvc.COUNT_REFUSED_ROWS
    IGNORED = _csvc.COUNT_IGNORED
    UNKNOWN = _csvc.COUNT_UNKNOWN
    NO_TIME = _csvc.COUNT_NO_TIME
    BAD_TIME = _csvc.COUNT_BAD_TIME
    DUPLICATE = _csvc.COUNT_DUPLICATE
    FOLDED = _csvc.COUNT_FOLDED
    UNOPENED = _csvc.COUNT_UNOPENED
    NO_CASE = _csvc.COUNT_NO_CASE
    RAGGED = _csvc.COUNT_RAGGED
    COLUMN_EVENTS = _csvc.COUNT_COLUMN_EVENTS
    ACCEPTED = _csvc.COUNT_ACCEPTED
    REFUSED = _csvc.COUNT_REFUSED
    OUT_OF_ORDER = _csvc.COUNT_OUT_OF_ORDER
    BAD_VALUE = _csvc.COUNT_BAD_VALUE
    OPENED = _csvc.COUNT_OPENED
    NOT_OPENED = _csvc.COUNT_NOT_OPENED
    ENDED = _csvc.COUNT_ENDED
    ALREADY_STORED = _csvc.COUNT_ALREADY_STORED
    REPEATED = _csvc.COUNT_REPEATED
    NOT_ADVANCED = _csvc.COUNT_NOT_ADVANCED


class Figure(Word):
    """What is counted of a clock's cycles; see :c:type:`CsvcFigure`."""
    CYCLES = _csvc.FIGURE_CYCLES
    MET = _csvc.FIGURE_MET
    MISSED = _csvc.FIGURE_MISSED
    MET_LATE = _csvc.FIGURE_MET_LATE
    OVERDUE = _csvc.FIGURE_OVERDUE
    RUNNING = _csvc.FIGURE_RUNNING
    PAUSED = _csvc.FIGURE_PAUSED
    LEFT = _csvc.FIGURE_LEFT
    CANCELLED = _csvc.FIGURE_CANCELLED
    RESET = _csvc.FIGURE_RESET
    CASE_ENDED = _csvc.FIGURE_CASE_ENDED
    SETTLED = _csvc.FIGURE_SETTLED


@final
@_class
class Map(_Object):
    """Which attributes of a log are the case, the time and who did it, and which rows are which event of a policy."""
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Map

    def __new__(cls) -> Map:
        raise TypeError("use Map.load(), Map.from_text() or Map.default()")

    @staticmethod
    def load(policy: Policy, path: _Path) -> Map:
        """Reads a map for that policy."""
        return _csvc.map_load_file(policy, path)[0]

    @staticmethod
    def from_text(policy: Policy, text: Union[str, bytes], *, name: str = "map.xml") -> Map:
        """The same from a text."""
        return _csvc.map_load_text(policy, text, name)[0]

    @staticmethod
    def default(policy: Policy, *, kind: Optional[str] = None) -> Map:
        """Of logs whose activities are already named like the policy's events."""
        return _csvc.map_new_default(policy, kind)

    @property
    def policy(self) -> Policy:
        """The policy whose events and facts it names."""
        return _csvc.map_get_policy(self)

    @property
    def kind(self) -> Kind:
        """The kind of case in the log."""
        return _csvc.map_get_kind(self)

    def to_xml(self) -> str:
        """As a document."""
        return _csvc.map_to_xml(self)


@final
@dataclass(frozen=True)
class Worst:
    """A cycle that used most time."""
    case: str
    cycle: int
    used: timedelta
    due: Optional[datetime]
    met_late_at: Optional[datetime]


@final
@_class
class Figures(_Part):
    """What became of a clock's cycles."""
    __slots__ = ()

    def __getitem__(self, figure: Figure) -> int:
        return _csvc.figures_get(self, figure)

    @property
    def share(self) -> Optional[Decimal]:
        """Met of settled, to three places; None: nothing is settled."""
        thousandths = _csvc.figures_share(self)
        return None if thousandths < 0 else Decimal(thousandths).scaleb(-3)

    def used(self, percent: int) -> Optional[timedelta]:
        """The time used by so many percent of the cycles that were met; None: none was."""
        used = _csvc.figures_get_used(self, percent)
        return None if used < timedelta(0) else used

    @property
    def worst(self) -> tuple[Worst, ...]:
        """The missed or overdue cycles that used most time, at most 10."""
        return tuple(Worst(
            _csvc.figures_get_worst_case(self, i), _csvc.figures_get_worst_cycle(self, i), _csvc.figures_get_worst_used(self, i),
            _csvc.figures_get_worst_due(self, i), _csvc.figures_get_worst_met_late_at(self, i))
            for i in range(_csvc.figures_get_n_worst(self)))


@final
@dataclass(frozen=True)
class ClockFigures:
    """A clock that makes a promise, and what became of its first cycles and of later ones."""
    clock: Clock
    first: Figures
    later: Figures


@final
@dataclass(frozen=True)
class ReportRefusal:
    """What the lifecycle refused."""
    #: None: the opening.
    event: Optional[str]
    answer: Answer
    states: str
    count: int
    reason: str
    example: str


@final
@dataclass(frozen=True)
class ReportEvent:
    """How often an event was accepted and refused."""
    id: str
    accepted: int
    refused: int


@final
@_class
class Report(_Object):
    """What a replay found."""
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Report

    def __new__(cls) -> Report:
        raise TypeError("only replay() makes reports")

    @property
    def policy(self) -> Policy:
        """What judged."""
        return _csvc.report_get_policy(self)

    @property
    def kind(self) -> Kind:
        """The kind of case in the log."""
        return _csvc.report_get_kind(self)

    @property
    def first(self) -> Optional[datetime]:
        """The earliest instant of the log."""
        return _csvc.report_get_first(self)

    @property
    def last(self) -> Optional[datetime]:
        """The latest instant of the log."""
        return _csvc.report_get_last(self)

    @property
    def until(self) -> Optional[datetime]:
        """To when open cases were advanced."""
        return _csvc.report_get_until(self)

    def __getitem__(self, count: Count) -> int:
        return _csvc.report_get_count(self, count)

    def examples(self, count: Count) -> tuple[str, ...]:
        """The first few places of a count."""
        return tuple(_csvc.report_get_example(self, count, i) for i in range(_csvc.report_get_n_examples(self, count)))

    @property
    def refusals(self) -> tuple[ReportRefusal, ...]:
        """Most frequent first."""
        return tuple(ReportRefusal(
            _csvc.report_get_refusal_event(self, i), _csvc.report_get_refusal_answer(self, i), _csvc.report_get_refusal_states(self, i),
            _csvc.report_get_refusal_count(self, i), _csvc.report_get_refusal_reason(self, i), _csvc.report_get_refusal_example(self, i))
            for i in range(_csvc.report_get_n_refusals(self)))

    @property
    def events(self) -> tuple[ReportEvent, ...]:
        """In the order of the policy."""
        return tuple(ReportEvent(_csvc.report_get_event_id(self, i), _csvc.report_get_event_accepted(self, i),
                                 _csvc.report_get_event_refused(self, i)) for i in range(_csvc.report_get_n_events(self)))

    @property
    def clocks(self) -> tuple[ClockFigures, ...]:
        """The clocks that make a promise, in the order of the policy."""
        return tuple(ClockFigures(_csvc.report_get_clock(self, i), _csvc.report_get_figures(self, i, False),
                                  _csvc.report_get_figures(self, i, True)) for i in range(_csvc.report_get_n_clocks(self)))

    def to_json(self) -> str:
        """The whole report; the same text for the same log, policy and map."""
        return _csvc.report_to_json(self)


@_class
class _Replay(_Object):
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Replay


def replay(map: Map, path: _Path, *, store: Optional[Store] = None, until: Optional[datetime] = None, encoding: Optional[str] = None,
           progress: Optional[Progress] = None, temporary_folder: Optional[str] = None) -> Report:
    """Runs an event log of the past, XES or CSV, through the policy of the map. Other Python threads run meanwhile."""
    run = _csvc.replay_new(_csvc.map_get_policy(map), map)
    if store is not None:
        _csvc.replay_set_store(run, store)
    _csvc.replay_set_until(run, until)
    _csvc.replay_set_encoding(run, encoding)
    _csvc.replay_set_temporary_folder(run, temporary_folder)
    return _csvc.replay_run(run, path, progress)


# ── what if ──


class Side(Word):
    """Of a comparison."""
    OLD = _csvc.SIDE_OLD
    NEW = _csvc.SIDE_NEW


class CycleOutcome(Word):
    """What became of a cycle."""
    ABSENT = _csvc.OUTCOME_ABSENT
    MET = _csvc.OUTCOME_MET
    MISSED = _csvc.OUTCOME_MISSED
    OVERDUE = _csvc.OUTCOME_OVERDUE
    OPEN = _csvc.OUTCOME_OPEN
    UNJUDGED = _csvc.OUTCOME_UNJUDGED


class DifferenceType(Word):
    """What differs."""
    VERDICT = _csvc.DIFFERENCE_VERDICT
    EARLIER = _csvc.DIFFERENCE_EARLIER
    LATER = _csvc.DIFFERENCE_LATER
    ALARM_ADDED = _csvc.DIFFERENCE_ALARM_ADDED
    ALARM_GONE = _csvc.DIFFERENCE_ALARM_GONE
    REFUSED_BY_OLD = _csvc.DIFFERENCE_REFUSED_BY_OLD
    REFUSED_BY_NEW = _csvc.DIFFERENCE_REFUSED_BY_NEW


@final
@dataclass(frozen=True)
class Difference:
    """Between the two policies; pairs of values are (old, new)."""
    type: DifferenceType
    case: str
    pair: Optional[int]
    cycle: int
    outcomes: tuple[CycleOutcome, CycleOutcome]
    dues: tuple[Optional[datetime], Optional[datetime]]
    alarm: Optional[str]
    counts: tuple[int, int]


_ALL_PAIRS = 0xFFFFFFFF


@final
@_class
class Comparison(_Object):
    """One log under two policies. ``pair`` is an index of :attr:`pairs`; None: all of them together."""
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Comparison

    def __new__(cls) -> Comparison:
        raise TypeError("only compare() makes comparisons")

    def report(self, side: Side) -> Report:
        """What a replay reports of that side."""
        return _csvc.comparison_get_report(self, side)

    @property
    def n_changed(self) -> int:
        """Cases of which a verdict, a due instant or an alarm differs."""
        return _csvc.comparison_get_n_changed(self)

    @property
    def pairs(self) -> tuple[tuple[Optional[Clock], Optional[Clock]], ...]:
        """The clocks that are compared, (old, new)."""
        return tuple((_csvc.comparison_get_clock(self, i, Side.OLD), _csvc.comparison_get_clock(self, i, Side.NEW))
                     for i in range(_csvc.comparison_get_n_pairs(self)))

    def verdicts(self, old: CycleOutcome, new: CycleOutcome, *, pair: Optional[int] = None, later: bool = False) -> int:
        """How many cycles went from one outcome to the other."""
        return _csvc.comparison_get_verdicts(self, _pair(pair), later, old, new)

    def count(self, type: DifferenceType, *, pair: Optional[int] = None) -> int:
        """How many differences of that type there are."""
        return _csvc.comparison_get_count(self, _pair(pair), type)

    def moved(self, type: DifferenceType, percent: int, *, pair: Optional[int] = None) -> Optional[timedelta]:
        """By how much due instants moved, EARLIER or LATER, by percent of them; None: none did."""
        moved = _csvc.comparison_get_moved(self, _pair(pair), type, percent)
        return None if moved < timedelta(0) else moved

    def sum(self, type: DifferenceType, *, pair: Optional[int] = None) -> timedelta:
        """By how much all together."""
        return _csvc.comparison_get_sum(self, _pair(pair), type)

    def cases(self, type: DifferenceType, *, pair: Optional[int] = None) -> tuple[str, ...]:
        """The first cases, at most 10."""
        return _csvc.comparison_get_cases(self, _pair(pair), type) or ()

    def verdict_cases(self, old: CycleOutcome, new: CycleOutcome, *, pair: Optional[int] = None) -> tuple[str, ...]:
        """The first cases, at most 10."""
        return _csvc.comparison_get_verdict_cases(self, _pair(pair), old, new) or ()

    def to_json(self) -> str:
        """The whole comparison, without the reports."""
        return _csvc.comparison_to_json(self)


def _pair(pair: Optional[int]) -> int:
    return _ALL_PAIRS if pair is None else pair


@_class
class _Whatif(_Object):
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Whatif


def compare(old: Map, new: Map, path: _Path, *, pairs: Iterable[tuple[str, str]] = (), until: Optional[datetime] = None,
            encoding: Optional[str] = None, progress: Optional[Progress] = None, temporary_folder: Optional[str] = None,
            differences: Optional[Callable[[Difference], object]] = None) -> Comparison:
    """What if another policy had judged the log. ``differences`` is told of each; False stops with CancelledError."""
    run = _csvc.whatif_new(old, new)
    for pair in pairs:
        _csvc.whatif_add_pair(run, *pair)
    _csvc.whatif_set_until(run, until)
    _csvc.whatif_set_encoding(run, encoding)
    _csvc.whatif_set_temporary_folder(run, temporary_folder)
    if differences is not None and not callable(differences):
        raise TypeError(f"expected a callable, not {type(differences).__name__}")
    return _csvc.whatif_run(run, path, progress, None if differences is None else lambda *raw: differences(_difference(*raw)))


def _difference(type: int, case: str, pair: Optional[int], cycle: int, outcomes: tuple[int, int],
                dues: tuple[Optional[datetime], Optional[datetime]], alarm: Optional[str], counts: tuple[int, int]) -> Difference:
    return Difference(DifferenceType(type), case, pair, cycle, (CycleOutcome(outcomes[0]), CycleOutcome(outcomes[1])), dues, alarm, counts)


# ── simulation ──


class LogFormat(Word):
    """How a log is written."""
    CSV = _csvc.LOG_CSV
    XES = _csvc.LOG_XES


@_class
class _Simulation(_Object):
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Simulation


def simulate(policy: Policy, to: Union[_Path, Callable[[str], object]], *, kind: Optional[str] = None, cases: int = 1000, seed: int = 1,
             start: Optional[datetime] = None, days: int = 31, format: LogFormat = LogFormat.CSV) -> int:
    """Makes up a log, into a file (XES when its name ends in ".xes") or piece by piece into a function; gives the number of rows."""
    run = _csvc.simulation_new(policy, kind)
    _csvc.simulation_set_cases(run, cases)
    _csvc.simulation_set_seed(run, seed)
    _csvc.simulation_set_days(run, days)
    if start is not None:
        _csvc.simulation_set_from(run, start)
    if callable(to):
        return _csvc.simulation_write(run, format, to)[0]
    return _csvc.simulation_write_file(run, to)[0]


# ── scenarios ──


@final
@_class
class Scenario(_Object):
    """A story about cases in a small text file, with what is expected after each step."""
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Scenario

    def __new__(cls) -> Scenario:
        raise TypeError("use Scenario.load()")

    @staticmethod
    def load(path: _Path) -> Scenario:
        """Reads it, and its policy."""
        return _csvc.scenario_load_file(path)[0]

    @property
    def policy(self) -> Policy:
        """What it plays under."""
        return _csvc.scenario_get_policy(self)

    @property
    def n_steps(self) -> int:
        """How many."""
        return _csvc.scenario_get_n_steps(self)

    @property
    def n_expectations(self) -> int:
        """How many."""
        return _csvc.scenario_get_n_expectations(self)

    def run(self, stores: Sequence[Store] = ()) -> tuple[Diagnostic, ...]:
        """Plays it in the pure machine and on each store: what failed; nothing: all is as expected."""
        try:
            _csvc.scenario_run(self, stores)
        except InvalidError as error:
            if not error.diagnostics:
                raise
            return error.diagnostics
        return ()

    @staticmethod
    def record(engine: Engine, id: str, *, policy: str) -> str:
        """Writes one from what the journal holds of a case; ``policy`` is how it names the policy's file."""
        return _csvc.scenario_record(engine._engine, policy, id)
