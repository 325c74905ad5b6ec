# SPDX-License-Identifier: LGPL-2.1-or-later
"""A policy and what it describes: to show, draw and check. To run it see :class:`csvc.Case`."""
from __future__ import annotations

import os
from dataclasses import dataclass
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Optional, Union, final

from . import _csvc
from ._calendar import Calendar, Zone
from ._core import Diagnostic, Facts, Parts, Type, Value, Word, _class, _Object, _Part, _registered

if TYPE_CHECKING:
    from ._table import Table

#: C's "as many as wanted".
_UNLIMITED = 2**63 - 1
_Path = Union[str, "os.PathLike[str]"]


def _share_of(ten_thousandths: int) -> Optional[Decimal]:
    """Exact in any context, so that a share and a goal compare as C compares them; None: there is none."""
    return None if ten_thousandths < 0 else Decimal(f"{ten_thousandths}E-4")


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
        """May it see this fact unmasked?"""
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

    def text_for(self, value: Value, role: Optional[Role]) -> str:
        """The text of a value of this fact, as the role may see it; None sees nothing personal."""
        return _csvc.fact_text_for(self, {self.id: value}, role)


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
    def every(self) -> Optional[str]:
        """``"PT1H"``: it rings again and again; None: once."""
        return _csvc.alarm_get_every(self)

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
    def every(self) -> Optional[str]:
        """A new cycle starts by itself each time so much has passed; None: it does not."""
        return _csvc.clock_get_every(self)

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


@_registered("CsvcUpgrade")
class Upgrade(Word):
    """What becomes of the cycles that run when a case comes under another version of its policy."""
    #: As the new version says of the kind; ``KEEP`` when it says nothing.
    BY_POLICY = _csvc.UPGRADE_BY_POLICY
    #: The case stays with its version to its end.
    KEEP = _csvc.UPGRADE_KEEP
    #: The share of the budget that is left is left of the new budget.
    FORWARD = _csvc.UPGRADE_FORWARD
    #: Judged by the new target from their start, pauses kept.
    RETROACTIVE = _csvc.UPGRADE_RETROACTIVE
    #: Due as before; the next one is the new version's.
    NEXT_CYCLE = _csvc.UPGRADE_NEXT_CYCLE

    @property
    def word(self) -> str:
        return _csvc.upgrade_to_string(self)


@final
@_class
class Tier(_Named):
    """Which kind of customer somebody is to us."""
    __slots__ = ()

    @property
    def part(self) -> Part:
        return _csvc.tier_get_part(self)

    @property
    def id(self) -> str:
        return _csvc.tier_get_id(self)

    def label(self, language: Optional[str] = None) -> str:
        return _csvc.tier_get_label(self, language)

    @property
    def rank(self) -> int:
        """Higher is better; no two have the same."""
        return _csvc.tier_get_rank(self)

    @property
    def condition(self) -> Optional[str]:
        """As written; None: of the default tier."""
        return _csvc.tier_get_condition(self)


@final
@_class
class Ledger(_Named):
    """What customers are given and use up: points."""
    __slots__ = ()

    @property
    def part(self) -> Part:
        return _csvc.ledger_get_part(self)

    @property
    def id(self) -> str:
        return _csvc.ledger_get_id(self)

    def label(self, language: Optional[str] = None) -> str:
        return _csvc.ledger_get_label(self, language)

    @property
    def unit(self) -> Optional[str]:
        """``"point"``"""
        return _csvc.ledger_get_unit(self)

    @property
    def lasts(self) -> Optional[str]:
        """How long units last, ``"P24M"``; None: for ever."""
        return _csvc.ledger_get_lasts(self)


@final
@_class
class Grant(_Part):
    """A cell of an entitlement's table: what customers of some tiers may have."""
    __slots__ = ()

    def has_tier(self, tier: Optional[Tier]) -> bool:
        """Is it for this tier? None: for those without one."""
        return _csvc.grant_has_tier(self, tier)

    @property
    def quota(self) -> Optional[int]:
        """How many a period; None: as many as wanted."""
        quota = _csvc.grant_get_quota(self)
        return None if quota == _UNLIMITED else quota

    @property
    def per(self) -> Optional[str]:
        """``"month"``, ``"year"``, ``"P30D"``"""
        return _csvc.grant_get_per(self)

    @property
    def scopes(self) -> Optional[tuple[str, ...]]:
        """Where; None: anywhere."""
        return _csvc.grant_get_scopes(self)

    @property
    def choices(self) -> Optional[tuple[str, ...]]:
        """One of these; None: there is nothing to choose."""
        return _csvc.grant_get_choices(self)

    @property
    def hours(self) -> Optional[str]:
        """Id of a calendar; None: at any hour."""
        return _csvc.grant_get_hours(self)

    @property
    def needs_application(self) -> bool:
        """Only once an application was approved?"""
        return _csvc.grant_needs_application(self)

    @property
    def lasts(self) -> Optional[str]:
        """``"PT24H"``: a use ends by itself."""
        return _csvc.grant_get_lasts(self)

    @property
    def assumed(self) -> bool:
        """Was the figure invented?"""
        return _csvc.grant_is_assumed(self)

    @property
    def source(self) -> Optional[str]:
        """What it cites."""
        return _csvc.grant_get_source(self)

    @property
    def file(self) -> str:
        """Where it is written."""
        return _csvc.grant_get_file(self)

    @property
    def line(self) -> int:
        """Where it is written."""
        return _csvc.grant_get_line(self)

    def __str__(self) -> str:
        return _csvc.grant_to_string(self)

    def __repr__(self) -> str:
        return f"<csvc.Grant {self}>"


@final
@_class
class Entitlement(_Named):
    """What customers of a tier may have: a fast queue, six uses of a lounge a year."""
    __slots__ = ()

    @property
    def part(self) -> Part:
        return _csvc.entitlement_get_part(self)

    @property
    def id(self) -> str:
        return _csvc.entitlement_get_id(self)

    def label(self, language: Optional[str] = None) -> str:
        return _csvc.entitlement_get_label(self, language)

    @property
    def grants(self) -> tuple[Grant, ...]:
        """The cells of its table."""
        return tuple(_csvc.entitlement_get_grant(self, i) for i in range(_csvc.entitlement_get_n_grants(self)))


@final
@_class
class Channel(_Named):
    """How customers are contacted."""
    __slots__ = ()

    @property
    def part(self) -> Part:
        return _csvc.channel_get_part(self)

    @property
    def id(self) -> str:
        return _csvc.channel_get_id(self)


@final
@_class
class Purpose(_Named):
    """What customers are contacted for."""
    __slots__ = ()

    @property
    def part(self) -> Part:
        return _csvc.purpose_get_part(self)

    @property
    def id(self) -> str:
        return _csvc.purpose_get_id(self)

    @property
    def commercial(self) -> bool:
        """To sell, or to keep the customer; else it is service."""
        return _csvc.purpose_is_commercial(self)


@final
@_class
class Veto(_Named):
    """What forbids contacts."""
    __slots__ = ()

    @property
    def part(self) -> Part:
        return _csvc.veto_get_part(self)

    @property
    def id(self) -> str:
        return _csvc.veto_get_id(self)

    @property
    def condition(self) -> str:
        """As written."""
        return _csvc.veto_get_condition(self)

    @property
    def closes(self) -> bool:
        """Are open tasks of its purposes closed where it holds?"""
        return _csvc.veto_closes(self)


@final
@_class
class Cap(_Part):
    """At most so many contacts of some purposes within any such length of time."""
    __slots__ = ()

    def counts(self, purpose: Purpose) -> bool:
        """Does it count contacts of this purpose?"""
        return _csvc.cap_counts(self, purpose)

    @property
    def max(self) -> int:
        """How many."""
        return _csvc.cap_get_max(self)

    @property
    def per(self) -> str:
        """``"P30D"``"""
        return _csvc.cap_get_per(self)

    @property
    def line(self) -> int:
        """Where it is written."""
        return _csvc.cap_get_line(self)


@final
@_class
class Script(_Named):
    """What to say to a customer."""
    __slots__ = ()

    @property
    def part(self) -> Part:
        return _csvc.script_get_part(self)

    @property
    def id(self) -> str:
        return _csvc.script_get_id(self)

    @property
    def purpose(self) -> Purpose:
        """What it is for."""
        return _csvc.script_get_purpose(self)

    def text(self, language: str) -> Optional[str]:
        """As written, with its placeholders; None: there is none in that language."""
        return _csvc.script_get_text(self, language)


@_registered("CsvcRuleOn")
class RuleOn(Word):
    """When a rule is looked at."""
    SWEEP = _csvc.RULE_ON_SWEEP
    ANNIVERSARY = _csvc.RULE_ON_ANNIVERSARY
    EVENT = _csvc.RULE_ON_EVENT

    @property
    def word(self) -> str:
        return _csvc.rule_on_to_string(self)


@final
@_class
class Rule(_Named):
    """Which customers need what, and when."""
    __slots__ = ()

    @property
    def part(self) -> Part:
        return _csvc.rule_get_part(self)

    @property
    def id(self) -> str:
        return _csvc.rule_get_id(self)

    def label(self, language: Optional[str] = None) -> str:
        return _csvc.rule_get_label(self, language)

    @property
    def on(self) -> RuleOn:
        """When it is looked at."""
        return _csvc.rule_get_on(self)

    @property
    def purpose(self) -> Purpose:
        """What it is for."""
        return _csvc.rule_get_purpose(self)

    @property
    def priority(self) -> int:
        """0 to 1000; higher first."""
        return _csvc.rule_get_priority(self)

    @property
    def condition(self) -> Optional[str]:
        """As written; None: always."""
        return _csvc.rule_get_condition(self)

    @property
    def channel(self) -> Optional[Channel]:
        """None: any."""
        return _csvc.rule_get_channel(self)

    @property
    def role(self) -> Optional[Role]:
        """Who has to do it."""
        return _csvc.rule_get_role(self)

    @property
    def script(self) -> Optional[Script]:
        """What to say."""
        return _csvc.rule_get_script(self)

    @property
    def kind(self) -> Kind:
        """Of the case that is opened."""
        return _csvc.rule_get_kind(self)

    @property
    def update(self) -> Optional[Event]:
        """What is fired when due instant or script change."""
        return _csvc.rule_get_update(self)


@final
@_class
class Target(_Named):
    """What share of which customers is to be kept; :meth:`csvc.Engine.count_targets` counts them."""
    __slots__ = ()

    @property
    def part(self) -> Part:
        return _csvc.target_get_part(self)

    @property
    def id(self) -> str:
        return _csvc.target_get_id(self)

    def label(self, language: Optional[str] = None) -> str:
        return _csvc.target_get_label(self, language)

    @property
    def among(self) -> Optional[str]:
        """The condition of those that count, as written; None: all customers."""
        return _csvc.target_get_among(self)

    @property
    def kept(self) -> str:
        """The condition that is to hold now, as written."""
        return _csvc.target_get_kept(self)

    @property
    def snapshot(self) -> Optional[datetime]:
        """The instant at which those that count were frozen; None: those of now."""
        return _csvc.target_get_snapshot(self)

    @property
    def goal(self) -> Optional[Decimal]:
        """The share that is aimed at, to four places: ``Decimal("0.9950")`` for ``99.5%``; None: there is none."""
        return _share_of(_csvc.target_get_goal(self))


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
    def upgrade(self) -> Upgrade:
        """What it says of cases that come from an earlier version."""
        return _csvc.kind_get_upgrade(self)

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
        """The same policy with another calendar, of the same id; its hash is another one."""
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
    def tiers(self) -> Parts[Tier]:
        """Kinds of customers, in the order of the document."""
        return Parts([_csvc.policy_get_tier(self, i) for i in range(_csvc.policy_get_n_tiers(self))])

    @property
    def default_tier(self) -> Optional[Tier]:
        """Of those for whom no condition holds."""
        return _csvc.policy_get_default_tier(self)

    @property
    def ledgers(self) -> Parts[Ledger]:
        """Accounts that customers have, besides those of entitlements with a quota."""
        return Parts([_csvc.policy_get_ledger(self, i) for i in range(_csvc.policy_get_n_ledgers(self))])

    @property
    def entitlements(self) -> Parts[Entitlement]:
        """What customers may have."""
        return Parts([_csvc.policy_get_entitlement(self, i) for i in range(_csvc.policy_get_n_entitlements(self))])

    @property
    def channels(self) -> Parts[Channel]:
        """How customers are contacted."""
        return Parts([_csvc.policy_get_channel(self, i) for i in range(_csvc.policy_get_n_channels(self))])

    @property
    def purposes(self) -> Parts[Purpose]:
        """What they are contacted for."""
        return Parts([_csvc.policy_get_purpose(self, i) for i in range(_csvc.policy_get_n_purposes(self))])

    @property
    def vetoes(self) -> Parts[Veto]:
        """What forbids it."""
        return Parts([_csvc.policy_get_veto(self, i) for i in range(_csvc.policy_get_n_vetoes(self))])

    @property
    def caps(self) -> tuple[Cap, ...]:
        """How often it may be."""
        return tuple(_csvc.policy_get_cap(self, i) for i in range(_csvc.policy_get_n_caps(self)))

    @property
    def scripts(self) -> Parts[Script]:
        """What to say."""
        return Parts([_csvc.policy_get_script(self, i) for i in range(_csvc.policy_get_n_scripts(self))])

    @property
    def rules(self) -> Parts[Rule]:
        """Which customers need what, in the order of the document."""
        return Parts([_csvc.policy_get_rule(self, i) for i in range(_csvc.policy_get_n_rules(self))])

    @property
    def targets(self) -> Parts[Target]:
        """What share of which customers is to be kept, in the order of the document."""
        return Parts([_csvc.policy_get_target(self, i) for i in range(_csvc.policy_get_n_targets(self))])

    def facts_for(self, facts: Facts, role: Optional[Role]) -> dict[str, Value]:
        """Facts by name, such as the parameters of a journal entry, as the role may see them: text in place of personal values that it does not
        see. None sees none."""
        return _csvc.policy_facts_for(self, facts, role)

    def capacity(self, role: str) -> Optional[int]:
        """How many new tasks a role takes on in a day; None: as many as there are."""
        capacity = _csvc.policy_get_capacity(self, role)
        return None if capacity == 2**32 - 1 else capacity

    def asks_cases(self, kind: Optional[str] = None) -> bool:
        """Does any rule or veto ask about cases of that kind, or of any?"""
        return _csvc.policy_asks_cases(self, kind)

    def rules_read(self, fact: Fact) -> bool:
        """Does planning read this fact of the customer?"""
        return _csvc.policy_rules_read(self, fact)

    def has_rules_on(self, kind: str, event: str) -> bool:
        """Is there a rule on this event of cases of that kind?"""
        return _csvc.policy_has_rules_on(self, kind, event)

    @property
    def tables(self) -> Parts[Table]:
        """Decision tables."""
        return Parts([_csvc.policy_get_table(self, i) for i in range(_csvc.policy_get_n_tables(self))])

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


@final
@_class
class PolicySet(_Object):
    """Versions of policies that old cases still need, by hash; engines of several threads share one, so that each is compiled once."""
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_PolicySet

    def __new__(cls) -> PolicySet:
        return _csvc.policy_set_new()

    def add(self, policy: Policy) -> bool:
        """Keeps it; False: one of that hash was there."""
        return _csvc.policy_set_add(self, policy)

    def find(self, hash: str) -> Optional[Policy]:
        """The policy of that hash."""
        return _csvc.policy_set_find(self, hash)

    def __len__(self) -> int:
        return _csvc.policy_set_get_size(self)

    def __iter__(self) -> Iterator[Policy]:
        return iter(_csvc.policy_set_list(self))

    def __contains__(self, policy: object) -> bool:
        return isinstance(policy, Policy) and self.find(policy.hash) is not None

    def __repr__(self) -> str:
        return f"<csvc.PolicySet of {len(self)}>"
