# SPDX-License-Identifier: LGPL-2.1-or-later
"""Zones and working time."""
from __future__ import annotations

import os
import zoneinfo
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Optional, Union, final, overload

from . import _csvc
from ._core import Diagnostic, Word, _class, _Object, _registered

#: 64-bit microseconds: since 1970-01-01T00:00:00Z for instants.
Column = Union["array[int]", memoryview]


@final
@_class
class Zone(_Object):
    """A time zone of the IANA data: what the wall clock of a place shows."""
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Zone

    def __new__(cls, name: str) -> Zone:
        return _csvc.zone_new(name)

    @property
    def name(self) -> str:
        """``"Asia/Shanghai"``"""
        return _csvc.zone_get_name(self)

    @property
    def tzinfo(self) -> zoneinfo.ZoneInfo:
        """The standard library's zone of that name."""
        return zoneinfo.ZoneInfo(self.name)

    def offset(self, at: datetime) -> timedelta:
        """How far the wall clock is ahead of UTC then."""
        return _csvc.zone_get_offset(self, at)

    def to_local(self, at: datetime) -> datetime:
        """What the wall clock shows then: naive."""
        return _csvc.zone_to_local(self, at)

    def from_local(self, local: datetime) -> datetime:
        """When the wall clock shows this naive time: skipped ones move forward, of repeated ones it is the first."""
        return _csvc.zone_from_local(self, local)

    def parse(self, text: str, *, date: bool = False) -> datetime:
        """Reads an ISO 8601 date and time; without an offset it is this zone's. With ``date`` also a date alone."""
        return (_csvc.zone_parse_date_or_time if date else _csvc.zone_parse)(self, text)[0]

    def format(self, at: datetime) -> str:
        """``"2026-03-01T09:30:00+08:00"``"""
        return _csvc.zone_to_string(self, at)

    def add_days(self, at: datetime, days: int) -> datetime:
        """The same local time of day, so many local dates later."""
        return _csvc.zone_add_days(self, at, days)[0]

    @staticmethod
    def data_version() -> Optional[str]:
        """The version of the zone data, if the system tells."""
        return _csvc.zone_get_data_version()

    def __reduce__(self) -> Any:
        return Zone, (self.name,)

    def __repr__(self) -> str:
        return f"Zone({self.name!r})"


@_registered("CsvcSegmentKind")
class SegmentKind(Word):
    """What decides about a segment."""
    WORKING = _csvc.SEGMENT_WORKING
    CLOSED = _csvc.SEGMENT_CLOSED
    HOLIDAY = _csvc.SEGMENT_HOLIDAY
    MOVED_DAY = _csvc.SEGMENT_MOVED_DAY
    DATE_HOURS = _csvc.SEGMENT_DATE_HOURS
    BREAK = _csvc.SEGMENT_BREAK
    CLOCK_FORWARD = _csvc.SEGMENT_CLOCK_FORWARD
    CLOCK_BACK = _csvc.SEGMENT_CLOCK_BACK


@final
@dataclass(frozen=True)
class Segment:
    """A span in which a calendar does not change its mind."""
    start: datetime
    end: datetime
    kind: SegmentKind
    open: timedelta
    label: Optional[str]


@final
@_class
class Segments(_Object, Sequence[Segment]):
    """A span of time cut where a calendar changes its mind, without gap or overlap."""
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Segments

    @property
    def working(self) -> timedelta:
        """The open time in all of them."""
        return _csvc.segments_get_working(self)

    def __len__(self) -> int:
        return _csvc.segments_get_size(self)

    @overload
    def __getitem__(self, index: int) -> Segment: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Segment, ...]: ...
    def __getitem__(self, index: Union[int, slice]) -> Union[Segment, tuple[Segment, ...]]:
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(len(self))))
        i = range(len(self))[index]
        return Segment(_csvc.segments_get_from(self, i), _csvc.segments_get_to(self, i), _csvc.segments_get_kind(self, i),
                       _csvc.segments_get_open(self, i), _csvc.segments_get_label(self, i))

    def __str__(self) -> str:
        return _csvc.segments_to_string(self)


class Horizon(Word):
    """What to do with an answer past the last announced year."""
    FLAG = _csvc.HORIZON_FLAG
    ERROR = _csvc.HORIZON_ERROR


class Precedence(Word):
    """What wins on a date with hours of its own that is a holiday too."""
    DATE_HOURS = _csvc.PRECEDENCE_DATE_HOURS
    HOLIDAYS = _csvc.PRECEDENCE_HOLIDAYS


class AddEnds(Word):
    """Where added working time ends that is used up exactly at closing time."""
    CLOSING = _csvc.ADD_ENDS_CLOSING
    OPENING = _csvc.ADD_ENDS_OPENING


class AddDays(Word):
    """Where added working days end."""
    TIME_OF_DAY = _csvc.ADD_DAYS_TIME_OF_DAY
    END_OF_WORKING_DAY = _csvc.ADD_DAYS_END_OF_WORKING_DAY


@final
@dataclass(frozen=True)
class Import:
    """What was understood of an iCalendar file."""
    events: int
    days_off: int
    moved_days: int
    yearly: int
    left_out: int
    diagnostics: tuple[Diagnostic, ...]
    text: str

    def __str__(self) -> str:
        return self.text


@_class
class _Import(_Object):
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Import


@final
@_class
class Calendar(_Object):
    """When a place is open. It never changes; threads share it."""
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Calendar

    def __new__(cls) -> Calendar:
        raise TypeError("use Calendar.load(), Calendar.from_text(), a CalendarBuilder, or policy.calendars")

    @staticmethod
    def load(path: Union[str, os.PathLike[str]]) -> Calendar:
        """Reads a calendar that stands alone, in XML or JSON."""
        return _csvc.calendar_load_file(path)[0]

    @staticmethod
    def from_text(text: Union[str, bytes], *, name: str = "calendar") -> Calendar:
        """The same from a text; messages call it ``name``."""
        return _csvc.calendar_load_text(text, name)[0]

    @property
    def id(self) -> str:
        """``"office"``"""
        return _csvc.calendar_get_id(self)

    @property
    def version(self) -> Optional[str]:
        """Any text, for records."""
        return _csvc.calendar_get_version(self)

    @property
    def zone(self) -> Zone:
        """Whose wall clock it follows."""
        return _csvc.calendar_get_zone(self)

    @property
    def hash(self) -> str:
        """SHA-256 of everything but id and version."""
        return _csvc.calendar_get_hash(self)

    def add(self, at: datetime, amount: timedelta) -> datetime:
        """So much open time after ``at``; a negative amount goes back."""
        return _csvc.calendar_add(self, at, amount)[0]

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The open time between; negative when ``end`` is the earlier."""
        return _csvc.calendar_between(self, start, end)[0]

    def is_open(self, at: datetime) -> bool:
        """Is it open then?"""
        return _csvc.calendar_is_open(self, at)[0]

    def next_opening(self, at: datetime) -> datetime:
        """Strictly after ``at``, as the next one; LimitError when there is none."""
        return _csvc.calendar_next_opening(self, at)[0]

    def next_closing(self, at: datetime) -> datetime:
        """Strictly after ``at``."""
        return _csvc.calendar_next_closing(self, at)[0]

    def previous_opening(self, at: datetime) -> datetime:
        """Strictly before ``at``."""
        return _csvc.calendar_previous_opening(self, at)[0]

    def previous_closing(self, at: datetime) -> datetime:
        """Strictly before ``at``."""
        return _csvc.calendar_previous_closing(self, at)[0]

    def add_days(self, at: datetime, days: int) -> datetime:
        """So many working days later."""
        return _csvc.calendar_add_days(self, at, days)[0]

    def count_days(self, start: datetime, end: datetime) -> int:
        """Working days in [date of start, date of end)."""
        return _csvc.calendar_count_days(self, start, end)[0]

    def is_beyond_horizon(self, start: datetime, end: datetime) -> bool:
        """Does any of the time between lie after the last year whose holidays are known, or after 2100?"""
        return _csvc.calendar_between(self, start, end)[1]

    def explain(self, start: datetime, end: datetime) -> Segments:
        """The time between, cut where the calendar changes its mind."""
        return _csvc.calendar_explain(self, start, end)[0]

    @overload
    def add_many(self, at: Sequence[datetime], amounts: Sequence[timedelta]) -> list[datetime]: ...
    @overload
    def add_many(self, at: Column, amounts: Column) -> array[int]: ...
    def add_many(self, at: Any, amounts: Any) -> Any:
        """:meth:`add` of whole columns. Buffers of 64-bit microseconds give an ``array('q')``, lists of datetimes a list."""
        return self._many(0, at, amounts, _csvc._instant)

    @overload
    def between_many(self, starts: Sequence[datetime], ends: Sequence[datetime]) -> list[timedelta]: ...
    @overload
    def between_many(self, starts: Column, ends: Column) -> array[int]: ...
    def between_many(self, starts: Any, ends: Any) -> Any:
        """:meth:`between` of whole columns, as :meth:`add_many`."""
        return self._many(1, starts, ends, _csvc._duration)

    def _many(self, what: int, first: Any, second: Any, back: Any) -> Any:
        plain = not isinstance(first, (list, tuple))
        if not plain:
            first = array("q", map(_csvc._microseconds, first))
            second = array("q", map(_csvc._microseconds, second))
        result = array("q", bytes(8 * len(first)))
        _csvc.calendar_many(self, what, first, second, result)
        return result if plain else [back(us) for us in result]

    def __repr__(self) -> str:
        return f"<csvc.Calendar {self.id!r} {self.zone.name}>"


@_class
class _CalendarBuilder(_Object):
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_CalendarBuilder


@final
class CalendarBuilder:
    """Builds a calendar; each method gives the builder back.

    Hours are written ``"08:30-12:00 13:30-17:30"``, days ``"mon tue wed"``, dates ``"2026-10-01"``.
    """
    __slots__ = ("_builder",)

    def __init__(self, id: str, zone: Zone) -> None:
        self._builder = _csvc.calendar_builder_new(id, zone)

    def hours(self, days: str, hours: str) -> CalendarBuilder:
        """Adds hours to each of these weekdays."""
        _csvc.calendar_builder_add_hours(self._builder, days, hours)
        return self

    def date_hours(self, date: str, hours: str, *, label: Optional[str] = None) -> CalendarBuilder:
        """Adds hours to that one date."""
        _csvc.calendar_builder_add_date_hours(self._builder, date, hours, label)
        return self

    def holiday(self, date: str, *, label: Optional[str] = None) -> CalendarBuilder:
        """A date, or ``"12-25"`` for every year."""
        _csvc.calendar_builder_add_holiday(self._builder, date, label)
        return self

    def moved_day(self, date: str, as_: str, *, label: Optional[str] = None) -> CalendarBuilder:
        """On that date the hours of this weekday apply."""
        _csvc.calendar_builder_add_moved_day(self._builder, date, as_, label)
        return self

    def break_(self, hours: str, *, date: Optional[str] = None, label: Optional[str] = None) -> CalendarBuilder:
        """Closed between these times, of every date or of one."""
        _csvc.calendar_builder_add_break(self._builder, date, hours, label)
        return self

    def import_ical(self, text: Union[str, bytes], *, name: str = "calendar.ics", moved_as: Optional[str] = None) -> Import:
        """Days off and moved working days from iCalendar; tells what was understood."""
        (found,) = _csvc.calendar_builder_import_ical(self._builder, text, name, moved_as)
        events, days_off, moved_days, yearly, left_out = (_csvc.import_get_count(found, what) for what in range(_csvc.IMPORT_LEFT_OUT + 1))
        return Import(events, days_off, moved_days, yearly, left_out, _csvc.import_get_diagnostics(found)._values(),
                      _csvc.import_to_string(found))

    def version(self, version: Optional[str]) -> CalendarBuilder:
        """Any text, for records."""
        _csvc.calendar_builder_set_version(self._builder, version)
        return self

    def horizon(self, last_year: int, beyond: Horizon = Horizon.FLAG) -> CalendarBuilder:
        """The last year whose holidays are known; 0: all are."""
        _csvc.calendar_builder_set_horizon(self._builder, last_year, beyond)
        return self

    def precedence(self, precedence: Precedence) -> CalendarBuilder:
        """What wins on a date with hours of its own that is a holiday too."""
        _csvc.calendar_builder_set_precedence(self._builder, precedence)
        return self

    def add_ends(self, ends: AddEnds) -> CalendarBuilder:
        """Where added working time ends that is used up exactly at closing time."""
        _csvc.calendar_builder_set_add_ends(self._builder, ends)
        return self

    def add_days(self, ends: AddDays) -> CalendarBuilder:
        """Where added working days end."""
        _csvc.calendar_builder_set_add_days(self._builder, ends)
        return self

    def build(self) -> Calendar:
        """The calendar; the builder is spent then."""
        calendar = _csvc.calendar_builder_build(self._builder)
        _csvc._close(self._builder)
        return calendar


