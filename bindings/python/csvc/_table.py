# SPDX-License-Identifier: LGPL-2.1-or-later
"""Decision tables: which offer, which target, which reason, as rows that an analyst can read."""
from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Optional, Union, final

from . import _csvc
from ._case import Case, Customer
from ._core import Facts, Parts, Type, Value, Word, _class, _Object, _registered
from ._policy import Kind, Part, Policy, _Named


@_registered("CsvcHitPolicy")
class HitPolicy(Word):
    """Which of the rows that hold decide."""
    UNIQUE = _csvc.HIT_UNIQUE
    FIRST = _csvc.HIT_FIRST
    ANY = _csvc.HIT_ANY
    PRIORITY = _csvc.HIT_PRIORITY
    COLLECT = _csvc.HIT_COLLECT
    RULE_ORDER = _csvc.HIT_RULE_ORDER
    OUTPUT_ORDER = _csvc.HIT_OUTPUT_ORDER

    @property
    def word(self) -> str:
        return _csvc.hit_policy_to_string(self)


@_registered("CsvcAggregate")
class Aggregate(Word):
    """What a table that collects makes of its rows."""
    LIST = _csvc.AGGREGATE_LIST
    SUM = _csvc.AGGREGATE_SUM
    MIN = _csvc.AGGREGATE_MIN
    MAX = _csvc.AGGREGATE_MAX
    COUNT = _csvc.AGGREGATE_COUNT

    @property
    def word(self) -> str:
        return _csvc.aggregate_to_string(self)


@_registered("CsvcDecisionState")
class DecisionState(Word):
    """What became of a decision."""
    ROWS = _csvc.DECISION_ROWS
    NONE = _csvc.DECISION_NONE
    UNKNOWN = _csvc.DECISION_UNKNOWN
    CONTRADICTION = _csvc.DECISION_CONTRADICTION

    @property
    def word(self) -> str:
        return _csvc.decision_state_to_string(self)


@_registered("CsvcRowVerdict")
class RowVerdict(Word):
    """What a row does in a decision."""
    DECIDES = _csvc.ROW_DECIDES
    HOLDS = _csvc.ROW_HOLDS
    FAILS = _csvc.ROW_FAILS
    UNKNOWN = _csvc.ROW_UNKNOWN
    NOT_VALID = _csvc.ROW_NOT_VALID

    @property
    def word(self) -> str:
        return _csvc.row_verdict_to_string(self)


@final
@dataclass(frozen=True)
class TableColumn:
    """A column of a table."""
    id: str
    part: Part
    type: Type
    #: An enum's; else none.
    words: tuple[str, ...]
    #: The expression of an input that is not just a fact; of an output what it is when no row holds.
    text: Optional[str]


@final
@dataclass(frozen=True)
class TableRow:
    """A row of a table."""
    #: Its label, place and source; the id is its number, from 1.
    part: Part
    #: As written, the inputs first; ``""`` holds always.
    cells: tuple[str, ...]
    #: ``"2026-01-01..2026-12-31"``; None: for ever.
    valid: Optional[str]


@final
@dataclass(frozen=True)
class FailingCell:
    """The first cell of a row, from the left, that does not hold."""
    column: int
    #: The missing fact, of a row that is unknown.
    missing: Optional[str]


@final
@dataclass(frozen=True)
class Matches:
    """Which rows hold, each for itself, before the hit policy; rows count from 0."""
    hold: tuple[int, ...]
    #: Surely, or if missing facts were so.
    may: tuple[int, ...]


@final
@dataclass(frozen=True)
class ColumnMatches:
    """Which rows hold for each of many customers: ``words`` numbers of 64 bits each, bit ``i`` of word ``w`` is row ``64 w + i``."""
    words: int
    hold: array[int]
    may: array[int]

    def rows(self, index: int, *, may: bool = False) -> tuple[int, ...]:
        """Those of one customer."""
        column = self.may if may else self.hold
        first = range(len(column) // self.words)[index] * self.words
        return _rows(column[first:first + self.words])


@final
@dataclass(frozen=True)
class Gaps:
    """Cases that no row holds for."""
    cases: tuple[str, ...]
    #: Were all combinations looked at?
    complete: bool


#: What :meth:`Table.match_columns` takes of one input: ``array('i')``, ``array('q')`` or what has such a buffer, in units of 10 to the
#: power of -decimals when it is ``(buffer, decimals)``; None: missing for all. The smallest integer is a missing fact.
InputColumn = Any


def _words(data: Union[bytes, bytearray]) -> array[int]:
    words = array("Q")
    words.frombytes(data)
    return words


def _rows(words: Sequence[int]) -> tuple[int, ...]:
    return tuple(64 * at + bit for at, word in enumerate(words) if word for bit in range(64) if word >> bit & 1)


@final
@_class
class Decision(_Object):
    """What a table says, and why; it is false in a condition when no row decided. Rows count from 0."""
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Decision

    def __new__(cls) -> Decision:
        raise TypeError("only tables make decisions")

    @property
    def table(self) -> Table:
        """Whose it is."""
        return _csvc.decision_get_table(self)

    @property
    def state(self) -> DecisionState:
        """What became of it."""
        return _csvc.decision_get_state(self)

    @property
    def missing(self) -> Optional[str]:
        """The missing fact that it hangs on."""
        return _csvc.decision_get_missing(self)

    @property
    def rows(self) -> tuple[int, ...]:
        """Those that decided."""
        return tuple(_csvc.decision_get_row(self, i) for i in range(_csvc.decision_get_n_rows(self)))

    @property
    def outputs(self) -> tuple[dict[str, Value], ...]:
        """What each of those rows says, by the column's id; the defaults when no row holds."""
        ids = [column.id for column in self.table.outputs]
        n = 1 if self.state is DecisionState.NONE else _csvc.decision_get_n_rows(self)
        return tuple({id: _csvc.decision_get_output(self, i, k) for k, id in enumerate(ids)} for i in range(n))

    @property
    def total(self) -> Value:
        """The sum, the smallest, the largest, or the number, of a table that makes one value of what it collects."""
        return _csvc.decision_get_total(self)

    def verdict(self, row: int) -> RowVerdict:
        """Of any row of the table."""
        return _csvc.decision_get_verdict(self, row)

    def failing_cell(self, row: int) -> Optional[FailingCell]:
        """Why a row fails or is unknown; None: it does not."""
        fails, column, missing = _csvc.decision_get_failing_cell(self, row)
        return FailingCell(column, missing) if fails else None

    def to_json(self) -> str:
        """All of it."""
        return _csvc.decision_to_json(self)

    def __bool__(self) -> bool:
        return self.state is DecisionState.ROWS

    def __repr__(self) -> str:
        return f"<csvc.Decision of {self.table.id!r}: {self.state}>"


@final
@_class
class Table(_Named):
    """A decision table of a policy; it sees the customer's facts, and those of the kind of case that it is for."""
    __slots__ = ()

    @property
    def part(self) -> Part:
        return _csvc.table_get_part(self)

    @property
    def id(self) -> str:
        return _csvc.table_get_id(self)

    def label(self, language: Optional[str] = None) -> str:
        return _csvc.table_get_label(self, language)

    @property
    def policy(self) -> Policy:
        """Whose it is."""
        return _csvc.table_get_policy(self)

    @property
    def kind(self) -> Optional[Kind]:
        """The kind of case whose facts it sees beside the customer's."""
        return _csvc.table_get_kind(self)

    @property
    def hit(self) -> HitPolicy:
        """Which of the rows that hold decide."""
        return _csvc.table_get_hit(self)

    @property
    def aggregate(self) -> Aggregate:
        """What it makes of the rows that it collects."""
        return _csvc.table_get_aggregate(self)

    def _column(self, index: int) -> TableColumn:
        part = _csvc.table_get_column_part(self, index)
        return TableColumn(part.id, part, _csvc.table_get_column_type(self, index), _csvc.table_get_column_words(self, index) or (),
                           _csvc.table_get_column_text(self, index))

    @property
    def inputs(self) -> Parts[TableColumn]:
        """What its rows look at."""
        return Parts([self._column(i) for i in range(_csvc.table_get_n_inputs(self))])

    @property
    def outputs(self) -> Parts[TableColumn]:
        """What its rows say."""
        first = _csvc.table_get_n_inputs(self)
        return Parts([self._column(first + i) for i in range(_csvc.table_get_n_outputs(self))])

    @property
    def rows(self) -> tuple[TableRow, ...]:
        """In the order of the document."""
        columns = range(_csvc.table_get_n_inputs(self) + _csvc.table_get_n_outputs(self))
        return tuple(TableRow(_csvc.table_get_row_part(self, row), tuple(_csvc.table_get_cell(self, row, column) for column in columns),
                              _csvc.table_get_row_valid(self, row)) for row in range(_csvc.table_get_n_rows(self)))

    def decide(self, customer: Optional[Customer] = None, case: Optional[Case] = None, *, at: datetime) -> Decision:
        """What it says of them at that instant, and why."""
        return _csvc.table_decide(self, customer, case, at)

    def decide_facts(self, facts: Facts, *, at: datetime) -> Decision:
        """The same for facts alone, of the customer and of the kind of case together."""
        return _csvc.table_decide_facts(self, facts, at)

    def match(self, customer: Optional[Customer] = None, case: Optional[Case] = None, *, at: datetime) -> Matches:
        """Which rows hold, each for itself."""
        hold, may = _csvc.table_match(self, customer, case, at)
        return Matches(_rows(_words(hold)), _rows(_words(may)))

    def match_columns(self, columns: Union[Sequence[InputColumn], Mapping[str, InputColumn]], *, at: datetime) -> ColumnMatches:
        """Which rows hold for each of many customers, all of them at once: a column an input, in order or by its id. Other Python threads run
        meanwhile. Words of an enum are their places from 0, booleans 0 and 1, dates days since 1970-01-01, spans microseconds or months."""
        if isinstance(columns, Mapping):
            ids = [column.id for column in self.inputs]
            unknown = set(columns) - set(ids)
            if unknown:
                raise KeyError(unknown.pop())
            columns = [columns.get(id) for id in ids]
        hold, may = _csvc.table_match_columns(self, tuple(columns), at)
        return ColumnMatches(_csvc.table_get_n_words(self), _words(hold), _words(may))

    def find_gaps(self, limit: int = 20) -> Gaps:
        """At most so many cases that no row holds for, such as ``"tier = gold, arpu < 500"``."""
        return Gaps(*_csvc.table_find_gaps(self, limit))

    def find_overlaps(self, limit: int = 20) -> tuple[str, ...]:
        """At most so many pairs of rows that hold together and must not."""
        return _csvc.table_find_overlaps(self, limit)
