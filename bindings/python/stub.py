# SPDX-License-Identifier: LGPL-2.1-or-later
"""stub.py HEADER... CSVC.I: writes the types of csvc._csvc, as the typemaps make them of C's declarations.

The package is checked against these by mypy, so a header that changes shows where the package has to.
"""
from __future__ import annotations

import re
import sys

#: Where the class stands that the package has for a type of C.
MODULES = {
    "_core": "_Diagnostic _Diagnostics Severity Type Answer",
    "_calendar": "Zone Calendar Segments SegmentKind Horizon Precedence AddEnds AddDays _CalendarBuilder _Import",
    "_policy": "Policy Part Role Level Fact Kind Event State StateType Transition Clock Due Alarm Tier Ledger Entitlement Grant Upgrade "
               "PolicySet Channel Purpose Veto Cap Script Rule RuleOn Target",
    "_effects": "Effects EffectType _Effect",
    "_case": "Case Customer Chart CycleState Verdict DuePiece NotStarted Chance _Refusal _WhyDue _WhyNotStarted _WhatNext "
             "Application Crowd _Link _TierReasons _Entitled _Decided "
             "PlanDecision _Permission _Caseload _Plan _PlanItem",
    "_feel": "Expression Model _Evaluation",
    "_table": "Table Decision HitPolicy Aggregate DecisionState RowVerdict",
    "_engine": "Store _Engine _DueList _DueItem _CaseList _CaseItem _Journal _JournalEntry "
               "_UpgradePlan _UpgradeItem _CustomerList _Intake CustomerMap _Sweep _TargetCounts TargetCounter",
    "_log": "Map Report Figures Comparison Scenario _Replay _Whatif _Simulation",
}
CLASSES = {name.lstrip("_"): name for names in MODULES.values() for name in names.split()}
CLASSES["CommandType"] = "Command"

IN = {
    "CsvcTime": "datetime", "CsvcLocalTime": "datetime", "CsvcDuration": "timedelta", "gboolean": "object", "const char *": "str",
    "const CsvcFacts *": "Optional[Facts]", "const CsvcStamp *": "Stamp", "GBytes *": "bytes",
    "const CsvcDueFilter *": "tuple[Any, ...]", "const CsvcCaseFilter *": "tuple[Any, ...]",
    "const CsvcUse *": "Use", "const CsvcGift *": "Gift", "const char *const *": "Optional[tuple[str, ...]]", "CsvcListenerFunc": "Any",
    "CsvcWakeFunc": "Any", "const CsvcOpening *": "list[Any]", "CsvcStore *const *": "Any",
    "CsvcProgressFunc": "Any", "CsvcDifferenceFunc": "Any", "CsvcWriteFunc": "Any"}
OUT = {
    "CsvcTime": "datetime", "CsvcLocalTime": "datetime", "CsvcDuration": "timedelta", "gboolean": "bool", "const char *": "str",
    "char *": "str", "GBytes *": "bytes", "const char *const *": "tuple[str, ...]", "const CsvcFacts *": "Optional[Facts]",
    "const CsvcValue *": "Value", "CsvcFacts *": "dict[str, Value]", "CsvcValue *": "Value", "char **": "tuple[str, ...]", "GPtrArray *": "tuple[Policy, ...]", "void": "None"}
NUMBERS = {"gsize", "guint", "int", "gint", "gint64", "guint64"}
NULLABLE = set("language label moved_as after encoding folder customer version any_date any_kind policy_or_null until_or_never "
               "now_or_never zone_or_null tier_or_null role_or_null case_ cases any_rule any_case any_purpose any_script any_role "
               "any_language due_or_never ended_at any_event any_key any_decision outcome until".split())
#: Part of the parameter before them.
ABSORBED = {("gssize", "length"), ("gpointer", "data"), ("gpointer", "told_data"), ("guint", "n"), ("CsvcAnswer *", "answers"), ("guint", "n_stores"),
            ("GDestroyNotify", "destroy")}
#: Pointers that give something back.
OUTPUTS = {"result", "n_streams", "n_entries", "rows", "n_done", "line", "beyond_horizon", "time", "wake", "due", "duration", "file", "what",
           "source", "kind", "diagnostics", "failures", "import", "opened", "effects", "error",
           "child", "adopted", "balance", "n_changed", "column", "complete", "until", "before", "after", "clock", "missing", "reason", "notes", "next",
           "n_kept", "n_forgotten", "opened_at", "closed_at", "channel", "purpose", "rule", "key", "case_id", "permission", "id", "at"}
RENAMED = re.compile(r"^%rename\((\w+)\) (csvc_binding_\w+);", re.M)
IGNORED = re.compile(r"^%ignore (\w+);", re.M)


#: What the Python half has besides, see the end of csvc_python.i.
OWN = """\
def _register_enum(name: str, members: tuple[Any, ...], /) -> None: ...
def _register_errors(classes: tuple[type[Exception], ...], /) -> None: ...
def _register_values(to_text: Any, from_text: tuple[Any, ...], /) -> None: ...
def _close(object: object, /) -> None: ...
def _nothing() -> None: ...
def _microseconds(object: Union[datetime, timedelta], /) -> int: ...
def _instant(us: int, /) -> datetime: ...
def _duration(us: int, /) -> timedelta: ...
def calendar_many(self: Calendar, what: int, first: Any, second: Any, result: Any, /) -> None: ...
def table_match(self: Table, customer: Optional[Customer], case_: Optional[Case], at: datetime, /) -> tuple[bytes, bytes]: ...
def table_match_columns(self: Table, columns: tuple[Any, ...], at: datetime, /) -> tuple[bytearray, bytearray]: ..."""


def class_of(c_type: str) -> str | None:
    found = re.fullmatch(r"(?:const )?Csvc(\w+?)(?: \*)?", c_type)
    return CLASSES.get(found[1]) if found else None


def argument(c_type: str, name: str) -> str:
    made = IN.get(c_type) or ("int" if c_type in NUMBERS else class_of(c_type)) or ("int" if c_type.startswith("Csvc") else "Any")
    if c_type == "const char *" and name == "path":
        made = "Union[str, os.PathLike[str]]"
    elif c_type == "const char *" and name == "text":
        made = "Union[str, bytes]"
    elif class_of(c_type) and not c_type.endswith("*"):
        made = "int"
    return f"Optional[{made}]" if name in NULLABLE and not made.startswith("Optional") else made


def output(c_type: str, comment: str) -> str:
    made = OUT.get(c_type) or ("int" if c_type in NUMBERS else class_of(c_type)) or ("int" if c_type.startswith("Csvc") else "Any")
    empty = "CSVC_NEVER" in comment if c_type == "CsvcTime" else c_type.endswith("*") and "(nullable)" in comment
    return f"Optional[{made}]" if empty and made not in ("Any", "Value", "Optional[Facts]") else made


def split(parameters: str) -> list[tuple[str, str]]:
    pairs = [re.fullmatch(r"(.*?)(\w+)", " ".join(p.split())) for p in parameters.split(",")]
    return [(p[1].strip(), p[2]) for p in pairs if p and p[0] != "void"]


def given_back(c_type: str, name: str) -> str:
    if c_type == "CsvcEffects *":
        return "Effects"
    inner = c_type.removesuffix("*").rstrip()
    if inner in ("char *", "char **"):
        return "Optional[str]" if inner == "char *" else "tuple[str, ...]"
    if inner == "CsvcTime":
        return "Optional[datetime]" if name in NULLABLE else "datetime"
    if inner == "CsvcPermission *":
        return "Optional[_Permission]"
    return "Optional[Case]" if inner == "CsvcCase *" else output(inner, "")


def function(name: str, c_type: str, parameters: str, comment: str) -> str:
    args, outs, fallible = [], [], False
    for kind, parameter in split(parameters):
        if (kind, parameter) in ABSORBED and (parameter != "n" or "openings" in parameters):
            if parameter == "answers":
                outs.append("tuple[Answer, ...]")
        elif kind.endswith("*") and parameter in OUTPUTS and not re.fullmatch(r"const \w+ \*", kind):
            fallible = fallible or parameter == "error"
            if parameter != "error":
                outs.append(given_back(kind, parameter))
        else:
            args.append(f"{'_' if parameter in ('from', 'as') else ''}{parameter}: {argument(kind, parameter)}")
    made = output(c_type, comment)
    if outs or (fallible and c_type == "gboolean"):
        first = [] if c_type == "void" or (c_type == "gboolean" and fallible) else [made]
        made = f"tuple[{', '.join(first + outs) or '()'}]"
    positional = ", /" if args else ""
    return f"def {name}({', '.join(args)}{positional}) -> {made}: ..."


DECLARATION = re.compile(r"((?:/\*(?:(?!\*/).)*\*/\s*)?)^(?:CSVC_API|static)\s+([\w ]+?[\s*]+(?:const \*)?)(csvc_\w+) ?\(([^()]*)\)\s*[;{]([^\n]*)",
                         re.S | re.M)


def functions(text: str) -> list[tuple[str, str, str, str]]:
    found = []
    for comment, c_type, name, parameters, trailing in DECLARATION.findall(text):
        c_type = re.sub(r"\s*\*", " *", " ".join(c_type.split())).replace("* *", "**")
        comment = " ".join(comment.split())
        returns = comment.split("Returns:")[-1] if "Returns:" in comment else "" if comment.startswith("/**") else comment
        found.append((name, c_type, parameters, returns + trailing))
    return found


def main(paths: list[str]) -> None:
    texts = {path: open(path, encoding="utf-8").read() for path in paths}
    rules = next(text for path, text in texts.items() if path.endswith(".i"))
    wanted = set(re.findall(r"^%include <csvc/(.*)>", rules, re.M))
    texts = {path: text for path, text in texts.items() if path.endswith(".i") or path.rpartition("/")[2] in wanted}
    ignored, renamed = set(IGNORED.findall(rules)), {c: name for name, c in RENAMED.findall(rules)}
    print("# Made by stub.py of the headers.\nimport os\nfrom datetime import datetime, timedelta\nfrom typing import Any, Optional, Union\n")
    for module, names in MODULES.items():
        print(f"from .{module} import {', '.join(names.split())}")
    print("from ._core import Facts, Gift, Stamp, Use, Value\nfrom ._engine import Command\n")
    lines = {f"{constant}: int" for text in texts.values() for body in re.findall(r"typedef enum \{(.*?)\}", text, re.S)
             for constant in re.findall(r"\bCSVC_(\w+)(?=,|\s*=|\s|$)", re.sub(r"/\*.*?\*/", "", body, flags=re.S)) if "N_" not in constant[:2]}
    for path, text in texts.items():
        for name, c_type, parameters, comment in functions(text):
            public = renamed.get(name, name.removeprefix("csvc_"))
            skip = name in ignored or re.match(r"csvc_(value_|facts_|cycle_get_)", name) and name not in renamed
            if skip or (path.endswith(".i") and name not in renamed) or (name.startswith("csvc_binding") and name not in renamed):
                continue
            if re.search(r"_(ref|unref|free)$", name):
                continue
            lines.add(function(public, c_type, parameters, comment))
    print("\n".join(sorted(lines)))
    for name in sorted(set(re.findall(r"^CSVC_(?:SHARED|OWNED|PART)_TYPE\(\w+, (\w+)", rules, re.M))):
        print(f"def {name}_swigregister(cls: type, /) -> None: ...")
    for name in sorted(set(re.findall(r"^CSVC_(?:SHARED|OWNED)_TYPE\(\w+, (\w+)", rules, re.M))):
        print(f"def delete_{name}(this: Any, /) -> None: ...")
    print(OWN)


main(sys.argv[1:])
