# SPDX-License-Identifier: LGPL-2.1-or-later
"""Customer-service cases, promises and working time: libcsvc for Python.

A :class:`Policy` says what was promised, a :class:`Case` is told what happened and what time it is, an :class:`Engine` keeps cases in a
:class:`Store`, :func:`replay` judges a log of the past.

Instants are aware ``datetime`` objects, UTC on the way out; naive ones are refused. Spans are ``timedelta``. What C calls "never" is None.
A refused command is an :class:`Outcome` that is false; only faults of the world are exceptions, all of them :class:`Error`.
"""
from typing import Final as _Final

from . import _csvc as _csvc
from ._calendar import (AddDays, AddEnds, Calendar, CalendarBuilder, Column, Horizon, Import, Precedence, Segment, SegmentKind, Segments,
                        Zone)
from ._case import (Application, Case, CaseDates, Chance, Chart, Contact, Crowd, Customer, Cycle, CycleState, DecidedRow, DecidedTable,
                    DuePiece, DueSegment, Entitled, Link, NextAlarm,
                    NextCycle, NextEvent, NotStarted, Outcome, Owner, Permission, Plan, PlanDecision, PlanItem, Refusal, Task,
                    TierOverride, TierReasons, TierWarning, Verdict, WhatNext, WhyDue,
                    WhyNotStarted)
from ._core import (Answer, BusyError, CancelledError, ConflictError, CorruptError, Diagnostic, Error, ExistsError, Facts, FormError,
                    InvalidError, LifecycleError, LimitError, Months, NotFoundError, Parts, PolicyError, Sealed, Severity, StateError, StorageError,
                    Text, Type, Value, Word, format_duration, format_time, parse_duration, parse_time)
from ._effects import (AlarmFired, AlarmPassed, ClockCorrected, ClockEnded, ClockMet, ClockMetLate, ClockMissed, ClockPaused, ClockResumed,
                       ClockStarted, ClockTarget, CustomerPut, Effect, Effects, EffectType, Ended, FactSet, HistoryKept, LevelChanged, Log,
                       Message, Notify, Opened, OwnerChanged, PolicyChosen, Retried, StateEntered, StateLeft, Undecided)
from ._effects import (
    Adjusted, AlarmsPassed, Applied, ChildDone, ChildEnded, ChildOpened, ClockCarried, ClockForward, ClockHorizon, Committed,
    Contacted, Decided, EntitlementEnded, Expired, Forgotten, Granted, Happened, Held, HoldReleased, Linked, Released, Reserved, Restated, TaskClosed, TaskOpened, TaskUpdated, TierChanged,
    TierReview, TierSet, TierWarned, TierWarningWithdrawn, Told, Used)
from ._engine import (CaseItem, Command, CustomerMap, DueItem, Engine, Intake, JournalEntry, Listener, Opening, Reviewed, Store, Subscription, Sweep,
                      TargetCount, TargetCounter, UpgradeDue, UpgradeItem, UpgradePlan, WakeFunction, simulate_customer, simulate_customers)
from ._feel import Answers, Evaluation, Expression, Model, ModelDecision, ModelInput
from ._log import (ClockFigures, Comparison, Count, CycleOutcome, Difference, DifferenceType, Figure, Figures, LogFormat, Map, Progress,
                   Report, ReportEvent, ReportRefusal, Scenario, Side, Worst, compare, replay, simulate)
from ._policy import (Alarm, Assumed, Cap, Channel, Clock, Due, Entitlement, Event, Fact, Grant, Kind, Ledger, Level, Part, Policy, PolicySet,
                      Purpose, Role, Rule, RuleOn, Script, State, StateType, Target, Tier, Transition, Upgrade, Veto)
from ._table import (Aggregate, ColumnMatches, Decision, DecisionState, FailingCell, Gaps, HitPolicy, InputColumn, Matches, RowVerdict, Table,
                     TableColumn, TableRow)

__version__: _Final = _csvc.version_string()

__all__ = [
    "AddDays", "AddEnds", "Alarm", "AlarmFired", "AlarmPassed", "Answer", "Assumed", "BusyError", "Calendar", "CalendarBuilder",
    "CancelledError", "Case", "CaseItem", "Chance", "Chart", "Clock", "ClockCorrected", "ClockEnded", "ClockFigures", "ClockMet",
    "ClockMetLate", "ClockMissed", "ClockPaused", "ClockResumed", "ClockStarted", "ClockTarget", "Column", "Command", "Comparison",
    "ConflictError", "CorruptError", "Count", "Customer", "CustomerPut", "Cycle", "CycleOutcome", "CycleState", "Diagnostic", "Difference",
    "DifferenceType", "Due", "DueItem", "DuePiece", "DueSegment", "Effect", "EffectType", "Effects", "Ended", "Engine", "Error", "Event",
    "ExistsError", "Fact", "FactSet", "Facts", "Figure", "Figures", "FormError", "HistoryKept", "Horizon", "Import", "InvalidError",
    "JournalEntry", "Kind", "Level", "LevelChanged", "LifecycleError", "LimitError", "Listener", "Log", "LogFormat", "Map", "Message",
    "Months", "NextAlarm", "NextCycle", "NextEvent", "NotFoundError", "NotStarted", "Notify", "Opened", "Opening", "Outcome", "Owner",
    "OwnerChanged", "Part", "Parts", "Policy", "PolicyChosen", "PolicyError", "Precedence", "Progress", "Refusal", "Report", "ReportEvent",
    "ReportRefusal", "Retried", "Role", "Scenario", "Segment", "SegmentKind", "Segments", "Severity", "Side", "State", "StateEntered",
    "StateError", "StateLeft", "StateType", "StorageError", "Store", "Subscription", "Text", "Transition", "Type", "Undecided", "Value",
    "Verdict", "WhatNext", "WhyDue", "WhyNotStarted", "Word", "Worst", "Zone", "compare", "format_duration", "format_time",
    "parse_duration", "parse_time", "replay", "simulate",
    "Adjusted", "AlarmsPassed", "Applied", "ChildDone", "ChildEnded", "ChildOpened", "ClockCarried", "ClockForward", "ClockHorizon",
    "Committed", "Contacted", "EntitlementEnded", "Expired", "Granted", "Happened", "Linked", "Released", "Reserved", "Restated",
    "TaskClosed", "TaskOpened", "TierChanged", "TierReview", "TierSet", "TierWarned", "TierWarningWithdrawn", "Told", "Used",
    "Aggregate", "Answers", "Application", "ColumnMatches", "Crowd", "Decided", "Decision", "DecisionState", "Entitled", "Entitlement", "Evaluation",
    "Expression", "FailingCell", "Gaps", "Grant", "HitPolicy", "InputColumn", "Ledger", "Link", "Matches", "Model", "ModelDecision",
    "ModelInput", "PolicySet", "Reviewed", "RowVerdict", "Table", "TableColumn", "TableRow", "Tier", "TierOverride", "TierReasons",
    "TierWarning", "Upgrade", "UpgradeDue", "UpgradeItem", "UpgradePlan", "WakeFunction",
    "Cap", "CaseDates", "Channel", "Contact", "CustomerMap", "DecidedRow", "DecidedTable", "Forgotten", "Held", "HoldReleased", "Intake", "Permission",
    "Plan", "PlanDecision", "PlanItem", "Purpose", "Rule", "RuleOn", "Script", "Sealed", "Sweep", "Task", "TaskUpdated", "Veto", "simulate_customer",
    "simulate_customers", "Target", "TargetCount", "TargetCounter"]
