# SPDX-License-Identifier: LGPL-2.1-or-later
"""FEEL by itself: expressions, and decision models of DMN."""
from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Optional, Union, final

from . import _csvc
from ._calendar import Zone
from ._core import Diagnostic, Facts, Parts, Type, Value, _class, _Object


@final
@dataclass(frozen=True)
class Evaluation:
    """What an expression says; it is true in a condition only when the answer is."""
    #: None: null, unknown, or a list, context, range or function, which only ``text`` and ``json`` tell.
    value: Value
    #: ``UNKNOWN`` when a fact is missing.
    type: Type
    true: bool
    #: The first missing fact that the answer hangs on.
    missing: Optional[str]
    #: Why the answer, or a part of it, is null.
    reason: Optional[str]
    text: str
    json: str = field(repr=False)

    def __bool__(self) -> bool:
        return self.true

    def __str__(self) -> str:
        return self.text


@_class
class _Evaluation(_Object):
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Evaluation

    def _value(self) -> Evaluation:
        return Evaluation(
            _csvc.evaluation_get_value(self), _csvc.evaluation_get_type(self), _csvc.evaluation_is_true(self),
            _csvc.evaluation_get_missing(self), _csvc.evaluation_get_reason(self), _csvc.evaluation_to_string(self),
            _csvc.evaluation_to_json(self))


@final
@_class
class Expression(_Object):
    """An expression of FEEL, compiled once and evaluated as often as needed; threads share it.

    ``Expression("arpu >= 500 and vip", {"arpu": "number", "vip": "boolean"})``; a type may be ``"enum(hall,hotline)"``.
    """
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Expression

    def __new__(cls, text: str, names: Optional[Mapping[str, Union[str, Type]]] = None, *, zone: Optional[Zone] = None) -> Expression:
        declared = None if names is None else tuple(f"{name}:{type}" for name, type in names.items())
        return _csvc.expression_new(text, declared, zone)[0]

    def evaluate(self, facts: Optional[Facts] = None, *, now: Optional[datetime] = None) -> Evaluation:
        """The answer for these facts; one that is not there is unknown. ``now``: what ``now ()`` and ``today ()`` answer."""
        return _csvc.expression_evaluate(self, facts, now)._value()

    @property
    def text(self) -> str:
        """As written."""
        return _csvc.expression_get_text(self)

    @property
    def type(self) -> str:
        """``"boolean"``, ``"list<number>"``, ``"any"`` where only evaluating can tell."""
        return _csvc.expression_dup_type(self)

    @property
    def reads(self) -> tuple[str, ...]:
        """The facts that it reads."""
        return tuple(_csvc.expression_get_read(self, i) for i in range(_csvc.expression_get_n_reads(self)))

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<csvc.Expression {self.text!r}>"


@final
@dataclass(frozen=True)
class ModelInput:
    """What a model is given."""
    id: str
    type: str
    #: The tests that its values pass, as written.
    allowed: Optional[str]


@final
@dataclass(frozen=True)
class ModelDecision:
    """What a model decides."""
    id: str
    type: str
    #: Names of what it requires by itself.
    needs: tuple[str, ...]


@final
@dataclass(frozen=True)
class Answers:
    """What a model answers."""
    #: A JSON value; of all decisions an object with a member for each.
    json: str
    #: What came to null, and why.
    notes: tuple[str, ...]


@final
@_class
class Model(_Object):
    """A decision model of DMN 1.1 to 1.5; it never changes, and threads share it."""
    __slots__ = ()
    __swig_destroy__ = _csvc.delete_Model

    def __new__(cls) -> Model:
        raise TypeError("use Model.load() or Model.from_text()")

    @staticmethod
    def load(path: Union[str, os.PathLike[str]]) -> Model:
        """Reads a .dmn file; :class:`PolicyError` lists all its faults."""
        return _csvc.model_load_file(path)[0]

    @staticmethod
    def from_text(text: Union[str, bytes], *, name: str = "model.dmn") -> Model:
        """The same from a text, which diagnostics call ``name``."""
        return _csvc.model_load_text(text, name)[0]

    @property
    def name(self) -> Optional[str]:
        """As the document says."""
        return _csvc.model_get_name(self)

    @property
    def inputs(self) -> Parts[ModelInput]:
        """What it is given, in the order of the document."""
        return Parts([ModelInput(_csvc.model_get_input_name(self, i), _csvc.model_dup_input_type(self, i), _csvc.model_get_input_allowed(self, i))
                      for i in range(_csvc.model_get_n_inputs(self))])

    @property
    def decisions(self) -> Parts[ModelDecision]:
        """What it decides, in the order of the document."""
        return Parts([ModelDecision(_csvc.model_get_decision_name(self, i), _csvc.model_dup_decision_type(self, i),
                                    _csvc.model_dup_decision_needs(self, i)) for i in range(_csvc.model_get_n_decisions(self))])

    def table(self, decision: str) -> str:
        """The decision's table as a policy has it: ``<table id="…" hit="…">``."""
        ids = [_csvc.model_get_decision_name(self, i) for i in range(_csvc.model_get_n_decisions(self))]
        if decision not in ids:
            raise KeyError(decision)
        return _csvc.model_dup_decision_table(self, ids.index(decision))

    def evaluate(self, decision: str, inputs: Optional[Facts] = None, *, now: Optional[datetime] = None, zone: Optional[Zone] = None) -> Value:
        """One decision whose answer is a plain value; :class:`InvalidError`: it is not, ask for JSON."""
        return _csvc.model_evaluate(self, inputs or {}, decision, now, zone)

    def evaluate_json(self, inputs: str, decision: Optional[str] = None, *, now: Optional[datetime] = None,
                      zone: Optional[Zone] = None) -> Answers:
        """A decision, or all of them, of inputs that are a JSON object."""
        return Answers(*_csvc.model_evaluate_json(self, inputs, decision, now, zone))

    def __repr__(self) -> str:
        return f"<csvc.Model {self.name!r}>"
