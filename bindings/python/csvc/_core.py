# SPDX-License-Identifier: LGPL-2.1-or-later
"""What all other parts of the package stand on: errors, enums, values, objects."""
from __future__ import annotations

import datetime as _dt
import enum
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, Optional, TypeVar, Union, final, overload

from . import _csvc

_T = TypeVar("_T")
_C = TypeVar("_C", bound=type)


# ── errors ──


class Error(Exception):
    """What libcsvc could not do; the text says what was expected, where, and what to do.

    A *refusal* is not an error: it is an :class:`Answer`.
    """

    #: What stands all the same of a call that failed half way.
    effects: Sequence[Any] = ()

    _diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is wrong with a document, all of it."""
        return self._diagnostics

    @diagnostics.setter
    def diagnostics(self, found: object) -> None:
        self._diagnostics = tuple(found._values() if isinstance(found, _Diagnostics) else found)  # type: ignore[arg-type]


class FormError(Error, ValueError):
    """A text is not of the form asked for."""


class InvalidError(Error, ValueError):
    """Well-formed, but not allowed."""


class PolicyError(Error, ValueError):
    """A document has faults; ``diagnostics`` has them all."""


class NotFoundError(Error, LookupError):
    """No such case, kind, event, calendar, zone or file."""


class ExistsError(Error):
    """There is one of that name already."""


class ConflictError(Error):
    """Another writer was faster, or a key was used with other content."""


class BusyError(Error):
    """Another process writes this store."""


class StorageError(Error, OSError):
    """Reading or writing failed."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class CorruptError(Error):
    """Stored data does not verify."""


class LimitError(Error, OverflowError):
    """Too large, too deep, too many, or past the years that can be answered."""


class LifecycleError(Error):
    """A chart did not come to rest."""


class CancelledError(Error):
    """A progress function returned False."""


class StateError(Error, RuntimeError):
    """The object cannot be used so now: it is closed, or at work in another thread."""


_csvc._register_errors((
    FormError, InvalidError, PolicyError, NotFoundError, ExistsError, ConflictError, BusyError, StorageError, CorruptError, LimitError,
    LifecycleError, CancelledError, StateError))


# ── enums ──


class Word(enum.IntEnum):
    """A member of a closed list; ``str()`` gives the word of policies and JSON."""

    @property
    def word(self) -> str:
        """The word that policies, JSON and the tool use."""
        return self.name.lower().replace("_", "-")

    def __str__(self) -> str:
        return self.word


_W = TypeVar("_W", bound=Word)


def _registered(name: str) -> Callable[[type[_W]], type[_W]]:
    """C gives members of the enum, not numbers."""
    def register(cls: type[_W]) -> type[_W]:
        members: list[Optional[_W]] = [None] * (max(cls) + 1)
        for member in cls:
            members[member] = member
        _csvc._register_enum(name, tuple(members))
        return cls
    return register


@_registered("CsvcSeverity")
class Severity(Word):
    """An error stops a load, the others do not."""
    ERROR = _csvc.SEVERITY_ERROR
    WARNING = _csvc.SEVERITY_WARNING
    NOTE = _csvc.SEVERITY_NOTE


@_registered("CsvcType")
class Type(Word):
    """The type of a fact."""
    UNKNOWN = _csvc.TYPE_UNKNOWN
    NULL = _csvc.TYPE_NULL
    BOOLEAN = _csvc.TYPE_BOOLEAN
    NUMBER = _csvc.TYPE_NUMBER
    STRING = _csvc.TYPE_STRING
    ENUM = _csvc.TYPE_ENUM
    DATE = _csvc.TYPE_DATE
    TIME = _csvc.TYPE_TIME
    DATE_TIME = _csvc.TYPE_DATE_TIME
    DAY_TIME_DURATION = _csvc.TYPE_DAY_TIME_DURATION
    YEAR_MONTH_DURATION = _csvc.TYPE_YEAR_MONTH_DURATION
    TEXT = _csvc.TYPE_TEXT
    #: The next four only expressions and decision models have, the last one journals: what is left of an erased value.
    LIST = _csvc.TYPE_LIST
    CONTEXT = _csvc.TYPE_CONTEXT
    RANGE = _csvc.TYPE_RANGE
    FUNCTION = _csvc.TYPE_FUNCTION
    SEALED = _csvc.TYPE_SEALED

    @property
    def word(self) -> str:
        return _csvc.type_to_string(self)


@_registered("CsvcAnswer")
class Answer(Word):
    """What became of a command. A refusal changes nothing and is no error."""
    ACCEPTED = _csvc.ANSWER_ACCEPTED
    REFUSED_STATE = _csvc.ANSWER_REFUSED_STATE
    REFUSED_ROLE = _csvc.ANSWER_REFUSED_ROLE
    REFUSED_CONDITION = _csvc.ANSWER_REFUSED_CONDITION
    REFUSED_MISSING_FACT = _csvc.ANSWER_REFUSED_MISSING_FACT
    REFUSED_TIME = _csvc.ANSWER_REFUSED_TIME
    FAILED = _csvc.ANSWER_FAILED
    REFUSED_ENTITLEMENT = _csvc.ANSWER_REFUSED_ENTITLEMENT
    REFUSED_QUOTA = _csvc.ANSWER_REFUSED_QUOTA
    REFUSED_APPLICATION = _csvc.ANSWER_REFUSED_APPLICATION
    REFUSED_SCOPE = _csvc.ANSWER_REFUSED_SCOPE
    REFUSED_CHOICE = _csvc.ANSWER_REFUSED_CHOICE
    REFUSED_HOURS = _csvc.ANSWER_REFUSED_HOURS
    REFUSED_HOLD = _csvc.ANSWER_REFUSED_HOLD

    @property
    def accepted(self) -> bool:
        """Done."""
        return self is Answer.ACCEPTED


# ── values ──


@final
@dataclass(frozen=True, order=True)
class Months:
    """A span of years and months, which has no fixed length; ``Months(14)`` is one year and two months."""
    months: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.months, int) or isinstance(self.months, bool):
            raise TypeError(f"months must be int, not {type(self.months).__name__}")

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        sign = "-" if self.months < 0 else ""
        return f"{sign}P{years}Y{months}M" if years and months else f"{sign}P{years}Y" if years else f"{sign}P{months}M"

    @classmethod
    def parse(cls, text: str) -> Months:
        """Reads ``"P1Y2M"``."""
        found = re.fullmatch(r"(-?)P(?:(\d+)Y)?(?:(\d+)M)?", text, re.ASCII)
        if found is None or text.endswith("P"):
            raise FormError(f'expected years and months such as "P1Y2M", got "{text}"')
        return cls((int(found[2] or 0) * 12 + int(found[3] or 0)) * (-1 if found[1] else 1))


@final
class Text(str):
    """A text that is read as whatever type the fact has that it is put into: of forms, command lines, logs."""
    __slots__ = ()


@final
class Sealed(str):
    """In a journal, what is left of a personal value that was erased: its salted digest."""
    __slots__ = ()


#: What a fact may be. ``None`` is FEEL's null; a fact that is not there is unknown, which is not the same.
Value = Union[None, bool, int, Decimal, str, _dt.date, _dt.time, _dt.datetime, _dt.timedelta, Months]

#: Facts by name.
Facts = Mapping[str, Value]


def _to_text(value: object) -> tuple[int, str]:
    """The rarer values, as C reads them."""
    if value is None:
        return Type.NULL, "null"
    if isinstance(value, Text):
        return Type.TEXT, str.__str__(value)
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError("a fact must be a finite number")
        if abs(value.adjusted()) > 400:
            raise LimitError(f"{value} is out of range")
        return Type.NUMBER, format(value, "f")
    if isinstance(value, _dt.date):
        return Type.DATE, value.isoformat()
    if isinstance(value, _dt.time):
        if value.tzinfo is not None:
            raise ValueError("a fact's time of day has no zone")
        return Type.TIME, value.isoformat()
    if isinstance(value, Months):
        return Type.YEAR_MONTH_DURATION, str(value)
    if isinstance(value, Sealed):
        raise TypeError("an erased value cannot be put")
    if isinstance(value, int):
        return Type.NUMBER, str(int(value))
    if isinstance(value, str):
        return Type.STRING, str.__str__(value)
    if isinstance(value, float):
        raise TypeError("a fact is exact: give a Decimal or an int, not a float")
    raise TypeError(f"a fact cannot be {type(value).__name__}")


_csvc._register_values(_to_text, (
    str, str, str, Decimal, str, str, _dt.date.fromisoformat, _dt.time.fromisoformat, str, str, Months.parse, Text,
    Text, Text, Text, Text, Sealed))

#: Who says it, and when: what C calls a stamp.
Stamp = tuple[_dt.datetime, Optional[_dt.datetime], Optional[str], Optional[str], Optional[str], Optional[str], Optional[str]]

#: What is asked for of an account: account, amount, scope, choice, request, details.
Use = tuple[str, int, Optional[str], Optional[str], Optional[str], Optional[Facts]]
#: What is given: account, amount, expires, for ever, priority, request.
Gift = tuple[str, int, Optional[_dt.datetime], bool, int, Optional[str]]


# ── objects ──


class _Object:
    """What all classes share that stand for something of C: ``this`` is SWIG's pointer object."""
    __slots__ = ("this", "__weakref__")
    this: Any

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return bool(self.this == getattr(other, "this"))

    def __hash__(self) -> int:
        return hash(int(self.this))

    def __reduce__(self) -> Any:
        raise TypeError(f"cannot pickle {type(self).__name__!r} object")

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, memo: object) -> Any:
        return self

    @property
    def closed(self) -> bool:
        """Was it closed?"""
        return not hasattr(self, "this")


class _Part(_Object):
    """What lives as long as the object that it was asked of, to which it refers."""
    __slots__ = ("_owner",)
    _owner: Any


def _class(cls: _C) -> _C:
    """Makes C give instances of this class."""
    getattr(_csvc, f"{cls.__name__.lstrip('_')}_swigregister")(cls)
    return cls


@final
class Parts(Sequence[_T], Generic[_T]):
    """Parts of a policy in the order of its document; ``parts["id"]`` finds one, and ``"id" in parts`` tells whether it is there."""
    __slots__ = ("_items", "_ids")

    def __init__(self, items: Sequence[_T]) -> None:
        self._items = tuple(items)
        self._ids: dict[str, _T] = {getattr(item, "id"): item for item in items}

    @overload
    def __getitem__(self, key: Union[int, str]) -> _T: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[_T, ...]: ...
    def __getitem__(self, key: Union[int, str, slice]) -> Union[_T, tuple[_T, ...]]:
        return self._ids[key] if isinstance(key, str) else self._items[key]

    def get(self, id: str) -> Optional[_T]:
        """The part of that id, or None."""
        return self._ids.get(id)

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[_T]:
        return iter(self._items)

    def __contains__(self, item: object) -> bool:
        return item in self._ids if isinstance(item, str) else item in self._items

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Parts):
            return NotImplemented
        return bool(self._items == other._items)

    def __hash__(self) -> int:
        return hash(self._items)

    def __repr__(self) -> str:
        return f"<csvc.Parts {' '.join(self._ids)}>"


@final
@dataclass(frozen=True)
class Diagnostic:
    """What is wrong, or worth knowing, about a document: its number never changes its meaning."""
    number: int
    severity: Severity
    file: str
    line: int
    column: int
    message: str
    expected: Optional[str]
    hint: Optional[str]
    text: str

    def __str__(self) -> str:
        return self.text


@_class
class _Diagnostic(_Part):
    __slots__ = ()


@_class
class _Diagnostics(_Object):
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Diagnostics

    def _values(self) -> tuple[Diagnostic, ...]:
        return tuple(_diagnostic(_csvc.diagnostics_get(self, i)) for i in range(_csvc.diagnostics_get_size(self)))


def _diagnostic(one: _Diagnostic) -> Diagnostic:
    return Diagnostic(
        _csvc.diagnostic_get_number(one), _csvc.diagnostic_get_severity(one), _csvc.diagnostic_get_file(one), _csvc.diagnostic_get_line(one),
        _csvc.diagnostic_get_column(one), _csvc.diagnostic_get_message(one), _csvc.diagnostic_get_expected(one),
        _csvc.diagnostic_get_hint(one), _csvc.diagnostic_to_string(one))


# ── times as texts ──


def parse_time(text: str) -> _dt.datetime:
    """Reads an ISO 8601 instant with an offset."""
    return _csvc.time_parse(text)[0]


def format_time(at: _dt.datetime) -> str:
    """``"2026-03-01T01:30:00Z"``"""
    return _csvc.time_to_string(at)


def parse_duration(text: str) -> _dt.timedelta:
    """Reads ``"P1DT12H"``."""
    return _csvc.duration_parse(text)[0]


def format_duration(duration: _dt.timedelta) -> str:
    """``"P1DT12H"``"""
    return _csvc.duration_to_string(duration)
