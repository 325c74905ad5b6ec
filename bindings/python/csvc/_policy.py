# SPDX-License-Identifier: LGPL-2.1-or-later
"""A policy and what it describes: to show, draw and check. To run it see :class:`csvc.Case`."""
from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Optional, Union, final

from . import _csvc
from ._calendar import Calendar, Zone
from ._core import Diagnostic, Parts, Type, Value, Word, _class, _Object, _Part, _registered

_Path = Union[str, "os.PathLike[str]"]


@final
@_class
class Part(_Part):
    """What every named part of a policy answers."""
    __slots__ = ()

    @property
    def id(self) -> str:
        """As the document says."""
        return _csvc.part_get_id(self)

    def label(self, language: Optional[str] = None) -> str:
        """In that language, or the policy's own; the id when there is none."""
        return _csvc.part_get_label(self, language)

    @property
    def assumed(self) -> bool:
        """Was the figure invented, so that the operator has to check it?"""
        return _csvc.part_is_assumed(self)

    @property
    def source(self) -> Optional[str]:
        """What it cites."""
        return _csvc.part_get_source(self)

    @property
    def file(self) -> str:
        """Where it is written."""
        return _csvc.part_get_file(self)

    @property
    def line(self) -> int:
        """Where it is written."""
        return _csvc.part_get_line(self)

    def __repr__(self) -> str:
        return f"<csvc.Part {self.id!r}>"


class _Named(_Part):
    """A part with an id and a label."""
    __slots__ = ()

    @property
    def part(self) -> Part:
        """Where it is written, and what it cites."""
        raise NotImplementedError

    @property
    def id(self) -> str:
        """As the document says."""
        return self.part.id

    def label(self, language: Optional[str] = None) -> str:
        """In that language, or the policy's own; the id when there is none."""
        return self.part.label(language)

    def __str__(self) -> str:
        return self.id

    def __repr__(self) -> str:
        return f"<csvc.{type(self).__name__} {self.id!r}>"


@final
@_class
class Role(_Named):
    """Who acts on cases."""
    __slots__ = ()

    @property
    def part(self) -> Part:
        return _csvc.role_get_part(self)

    @property
    def id(self) -> str:
        return _csvc.role_get_id(self)

    def label(self, language: Optional[str] = None) -> str:
        return _csvc.role_get_label(self, language)

    def sees(self, fact: Fact) -> bool:
        """May it see this personal fact unmasked?"""
        return _csvc.role_sees(self, fact)


@final
@_class
class Level(_Named):
    """A level of escalation."""
    __slots__ = ()

    @property
    def part(self) -> Part:
        return _csvc.level_get_part(self)

    @property
    def id(self) -> str:
        return _csvc.level_get_id(self)

    def label(self, language: Optional[str] = None) -> str:
        return _csvc.level_get_label(self, language)

    @property
    def number(self) -> int:
        """From 1, lowest first."""
        return _csvc.level_get_number(self)

    @property
    def role(self) -> Role:
        """Who works on a case of this level."""
        return _csvc.level_get_role(self)


@final
@_class
class Fact(_Named):
    """A declared fact of customers or of a kind of case."""
    __slots__ = ()

    @property
    def part(self) -> Part:
        return _csvc.fact_get_part(self)

    @property
    def id(self) -> str:
        return _csvc.fact_get_id(self)

    def label(self, language: Optional[str] = None) -> str:
        return _csvc.fact_get_label(self, language)

    @property
    def type(self) -> Type:
        """What it may be."""
        return _csvc.fact_get_type(self)

    @property
    def of_customer(self) -> bool:
        """Of customers, or else of cases."""
        return _csvc.fact_is_of_customer(self)

    @property
    def words(self) -> tuple[str, ...]:
        """An enum's; else none."""
        return _csvc.fact_get_words(self) or ()

    @property
    def required(self) -> bool:
        """Must be there at the opening."""
        return _csvc.fact_is_required(self)

    @property
    def personal(self) -> bool:
        """Is it about a person?"""
        return _csvc.fact_is_personal(self)

    @property
    def default(self) -> Value:
        """What it is while nothing was put; None: unknown."""
        return _csvc.fact_get_default(self)


@final
@_class
class Event(_Named):
    """What a host may tell a case."""
    __slots__ = ()

    @property
    def part(self) -> Part:
        return _csvc.event_get_part(self)

    @property
    def id(self) -> str:
        return _csvc.event_get_id(self)

    def label(self, language: Optional[str] = None) -> str:
        return _csvc.event_get_label(self, language)

    @property
    def by(self) -> Parts[Role]:
        """Who may send it; none: any role."""
        return Parts([_csvc.event_get_by(self, i) for i in range(_csvc.event_get_n_by(self))])

    @property
    def sets(self) -> Parts[Fact]:
        """The case facts that it must bring."""
        return Parts([_csvc.event_get_sets(self, i) for i in range(_csvc.event_get_n_sets(self))])


@_registered("CsvcStateType")
class StateType(Word):
    """What a state is in its chart."""
    ATOMIC = _csvc.STATE_ATOMIC
    COMPOUND = _csvc.STATE_COMPOUND
    PARALLEL = _csvc.STATE_PARALLEL
    FINAL = _csvc.STATE_FINAL
    HISTORY_SHALLOW = _csvc.STATE_HISTORY_SHALLOW
    HISTORY_DEEP = _csvc.STATE_HISTORY_DEEP

    @property
    def word(self) -> str:
        return _csvc.state_type_to_string(self)


@final
@_class
class State(_Named):
    """A state of a kind; the first one stands for the kind itself and holds all others."""
    __slots__ = ()

    @property
    def part(self) -> Part:
        return _csvc.state_get_part(self)

    @property
    def id(self) -> str:
        return _csvc.state_get_id(self)

    def label(self, language: Optional[str] = None) -> str:
        return _csvc.state_get_label(self, language)

    @property
    def index(self) -> int:
        """In its kind, in document order."""
        return _csvc.state_get_index(self)

    @property
    def type(self) -> StateType:
        """What it is."""
        return _csvc.state_get_type(self)

    @property
    def parent(self) -> Optional[State]:
        """None: of the kind's own state."""
        return _csvc.state_get_parent(self)

    @property
    def depth(self) -> int:
        """0: the kind's own state."""
        return _csvc.state_get_depth(self)

    @property
    def initial(self) -> Parts[State]:
        """Where it begins, or a history that remembers nothing leads."""
        return Parts([_csvc.state_get_initial(self, i) for i in range(_csvc.state_get_n_initial(self))])

    @property
    def transitions(self) -> tuple[Transition, ...]:
        """Those that leave it."""
        return tuple(_csvc.state_get_transition(self, i) for i in range(_csvc.state_get_n_transitions(self)))

    @property
    def clocks(self) -> Parts[Clock]:
        """Those that run while the case is in it."""
        return Parts([_csvc.state_get_clock(self, i) for i in range(_csvc.state_get_n_clocks(self))])

    @property
    def outcome(self) -> Optional[str]:
        """Of a final state: a word for figures."""
        return _csvc.state_get_outcome(self)

    @property
    def entry(self) -> Optional[str]:
        """What is done on entry, in short."""
        return _csvc.state_dup_entry_text(self)

    @property
    def exit(self) -> Optional[str]:
        """What is done on exit, in short."""
        return _csvc.state_dup_exit_text(self)


@final
@_class
class Transition(_Part):
    """A way from a state to others."""
    __slots__ = ()

    @property
    def source(self) -> State:
        """Where it begins."""
        return _csvc.transition_get_source(self)

    @property
    def events(self) -> Optional[str]:
        """As written; None: taken without an event."""
        return _csvc.transition_get_events(self)

    @property
    def condition(self) -> Optional[str]:
        """As written; None: always."""
        return _csvc.transition_get_condition(self)

    @property
    def targets(self) -> Parts[State]:
        """None of them: the case stays where it is."""
        return Parts([_csvc.transition_get_target(self, i) for i in range(_csvc.transition_get_n_targets(self))])

    @property
    def internal(self) -> bool:
        """Does it not leave its source?"""
        return _csvc.transition_is_internal(self)

    @property
    def actions(self) -> Optional[str]:
        """In short."""
        return _csvc.transition_dup_actions_text(self)

    @property
    def file(self) -> str:
        """Where it is written."""
        return _csvc.transition_get_file(self)

    @property
    def line(self) -> int:
        """Where it is written."""
        return _csvc.transition_get_line(self)

    def __repr__(self) -> str:
        return f"<csvc.Transition {self.source.id} --{self.events or ''}--> {' '.join(t.id for t in self.targets)}>"


@final
@_class
class Due(_Part):
    """A row that sets a clock's due instant."""
    __slots__ = ()

    @property
    def when(self) -> Optional[str]:
        """Its condition; None: always."""
        return _csvc.due_get_when(self)

    @property
    def assumed(self) -> bool:
        """Was the figure invented?"""
        return _csvc.due_is_assumed(self)

    @property
    def source(self) -> Optional[str]:
        """What it cites."""
        return _csvc.due_get_source(self)

    @property
    def file(self) -> str:
        """Where it is written."""
        return _csvc.due_get_file(self)

    @property
    def line(self) -> int:
        """Where it is written."""
        return _csvc.due_get_line(self)

    def __str__(self) -> str:
        return _csvc.due_to_string(self)

    def __repr__(self) -> str:
        return f"<csvc.Due {self}>"


@final
@_class
class Alarm(_Named):
    """An instant of a clock at which something is done."""
    __slots__ = ()

    @property
    def part(self) -> Part:
        return _csvc.alarm_get_part(self)

    @property
    def id(self) -> str:
        return _csvc.alarm_get_id(self)

    def label(self, language: Optional[str] = None) -> str:
        return _csvc.alarm_get_label(self, language)

    @property
    def at(self) -> str:
        """``"75%"``, ``"PT24H"`` after the start, ``"-PT30M"`` before the due instant; ``"due"``."""
        return _csvc.alarm_get_at(self)

    @property
    def actions(self) -> Optional[str]:
        """In short."""
        return _csvc.alarm_dup_actions_text(self)


@final
@_class
class Clock(_Named):
    """A promise about how long a case may stay in a state, or a mere timeout."""
    __slots__ = ()

    @property
    def part(self) -> Part:
        return _csvc.clock_get_part(self)

    @property
    def id(self) -> str:
        return _csvc.clock_get_id(self)

    def label(self, language: Optional[str] = None) -> str:
        return _csvc.clock_get_label(self, language)

    @property
    def state(self) -> State:
        """It runs while the case is in it."""
        return _csvc.clock_get_state(self)

    @property
    def promise(self) -> bool:
        """Else a mere timeout, without a verdict."""
        return _csvc.clock_is_promise(self)

    @property
    def when(self) -> Optional[str]:
        """The condition, as written."""
        return _csvc.clock_get_when(self)

    @property
    def met_by(self) -> Optional[str]:
        """Events, as written; so the next ones."""
        return _csvc.clock_get_met_by(self)

    @property
    def cancelled_by(self) -> Optional[str]:
        """Events."""
        return _csvc.clock_get_cancelled_by(self)

    @property
    def reset_by(self) -> Optional[str]:
        """Events."""
        return _csvc.clock_get_reset_by(self)

    @property
    def paused_by(self) -> Optional[str]:
        """Events."""
        return _csvc.clock_get_paused_by(self)

    @property
    def resumed_by(self) -> Optional[str]:
        """Events."""
        return _csvc.clock_get_resumed_by(self)

    @property
    def paused_in(self) -> Optional[str]:
        """States."""
        return _csvc.clock_get_paused_in(self)

    @property
    def on_leave(self) -> str:
        """``"met"`` or ``"end"``."""
        return _csvc.clock_get_on_leave(self)

    @property
    def reopen(self) -> str:
        """``"new-cycle"``, ``"continue"``, …"""
        return _csvc.clock_get_reopen(self)

    @property
    def on_change(self) -> str:
        """``"retroactive"``, ``"keep"`` or ``"reset"``."""
        return _csvc.clock_get_on_change(self)

    @property
    def dues(self) -> tuple[Due, ...]:
        """Tried in order; the first whose condition holds sets the due instant."""
        return tuple(_csvc.clock_get_due(self, i) for i in range(_csvc.clock_get_n_dues(self)))

    @property
    def alarms(self) -> Parts[Alarm]:
        """With ``"due"``, which every clock has."""
        return Parts([_csvc.clock_get_alarm(self, i) for i in range(_csvc.clock_get_n_alarms(self))])


@final
@_class
class Kind(_Named):
    """A kind of case: its facts, events, chart and clocks."""
    __slots__ = ()

    @property
    def part(self) -> Part:
        return _csvc.kind_get_part(self)

    @property
    def id(self) -> str:
        return _csvc.kind_get_id(self)

    def label(self, language: Optional[str] = None) -> str:
        return _csvc.kind_get_label(self, language)

    @property
    def backdate(self) -> timedelta:
        """How long before it is told an event may have occurred."""
        return _csvc.kind_get_backdate(self)

    @property
    def facts(self) -> Parts[Fact]:
        """The facts of its cases."""
        return Parts([_csvc.kind_get_fact(self, i) for i in range(_csvc.kind_get_n_facts(self))])

    @property
    def events(self) -> Parts[Event]:
        """What a host may tell its cases."""
        return Parts([_csvc.kind_get_event(self, i) for i in range(_csvc.kind_get_n_events(self))])

    @property
    def states(self) -> Parts[State]:
        """In document order; the first stands for the kind itself."""
        return Parts([_csvc.kind_get_state(self, i) for i in range(_csvc.kind_get_n_states(self))])

    @property
    def transitions(self) -> tuple[Transition, ...]:
        """All of them."""
        return tuple(_csvc.kind_get_transition(self, i) for i in range(_csvc.kind_get_n_transitions(self)))

    @property
    def clocks(self) -> Parts[Clock]:
        """All of them."""
        return Parts([_csvc.kind_get_clock(self, i) for i in range(_csvc.kind_get_n_clocks(self))])


@final
@dataclass(frozen=True)
class Assumed:
    """A figure that somebody invented and the operator has to check."""
    file: str
    line: int
    what: str
    source: Optional[str]


@final
@_class
class Policy(_Object):
    """What a department has promised and how its cases move. It never changes; threads share it; it pickles."""
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Policy

    def __new__(cls) -> Policy:
        raise TypeError("use Policy.load() or Policy.from_text()")

    @staticmethod
    def load(path: _Path) -> Policy:
        """Reads the document and those that it includes; :class:`PolicyError` lists all its faults."""
        return _csvc.policy_load_file(path)[0]

    @staticmethod
    def from_text(text: Union[str, bytes], *, name: str = "policy.xml") -> Policy:
        """The same from a text, which cannot include others; diagnostics call it ``name``."""
        return _csvc.policy_load_text(text, name)[0]

    def replace_calendar(self, path: _Path) -> Policy:
        """The same policy with another calendar."""
        return _csvc.policy_replace_calendar(self, path)[0]

    @property
    def id(self) -> str:
        """As the document says; so the next three."""
        return _csvc.policy_get_id(self)

    @property
    def version(self) -> str:
        """As the document says."""
        return _csvc.policy_get_version(self)

    @property
    def language(self) -> str:
        """Of the labels."""
        return _csvc.policy_get_language(self)

    def label(self, language: Optional[str] = None) -> str:
        """In that language, or the policy's own; the id when there is none."""
        return _csvc.policy_get_label(self, language)

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical document with all it includes."""
        return _csvc.policy_get_hash(self)

    @property
    def zone(self) -> Zone:
        """Where dates without a zone belong."""
        return _csvc.policy_get_zone(self)

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """What is worth knowing although it is no fault."""
        return _csvc.policy_get_findings(self)._values()

    def to_xml(self) -> str:
        """The whole policy as one document."""
        return _csvc.policy_to_xml(self)

    @property
    def calendars(self) -> Parts[Calendar]:
        """Its calendars."""
        return Parts([_csvc.policy_get_calendar(self, i) for i in range(_csvc.policy_get_n_calendars(self))])

    @property
    def calendar_parts(self) -> Parts[Part]:
        """Where the calendars are written: a calendar itself knows nothing of policies."""
        return Parts([_csvc.policy_get_calendar_part(self, i) for i in range(_csvc.policy_get_n_calendars(self))])

    @property
    def calendar_texts(self) -> tuple[str, ...]:
        """What the document says of each calendar, in short."""
        return tuple(_csvc.policy_dup_calendar_text(self, i) for i in range(_csvc.policy_get_n_calendars(self)))

    @property
    def roles(self) -> Parts[Role]:
        """Who acts."""
        return Parts([_csvc.policy_get_role(self, i) for i in range(_csvc.policy_get_n_roles(self))])

    @property
    def levels(self) -> Parts[Level]:
        """Lowest first."""
        return Parts([_csvc.policy_get_level(self, i) for i in range(_csvc.policy_get_n_levels(self))])

    @property
    def customer_facts(self) -> Parts[Fact]:
        """What is known of customers."""
        return Parts([_csvc.policy_get_customer_fact(self, i) for i in range(_csvc.policy_get_n_customer_facts(self))])

    @property
    def kinds(self) -> Parts[Kind]:
        """Kinds of case."""
        return Parts([_csvc.policy_get_kind(self, i) for i in range(_csvc.policy_get_n_kinds(self))])

    @property
    def assumed(self) -> tuple[Assumed, ...]:
        """Figures that somebody invented and the operator has to check."""
        return tuple(Assumed(*_csvc.policy_get_assumed(self, i)) for i in range(_csvc.policy_get_n_assumed(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Policy):
            return NotImplemented
        return self.hash == other.hash

    def __hash__(self) -> int:
        return hash(self.hash)

    def __reduce__(self) -> Any:
        return _policy_from_xml, (self.to_xml(),)

    def __repr__(self) -> str:
        return f"<csvc.Policy {self.id!r} {self.version}>"


def _policy_from_xml(text: str) -> Policy:
    return Policy.from_text(text)
