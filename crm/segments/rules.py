"""Reading a rule: from JSON to a checked tree, or to reasons in words, each at its path ("all.1.any.0.at_least").

{"all": […]}, {"any": […]}, {"none": […]}; leaves {"field": …, OPERATOR: value} and {"history": …, "where": {field: value}, "within_days": n,
"measure": …, "of": …, OPERATOR: value}. In `where` a bare value means `is`, a list `in`, {OPERATOR: value} that. Several operators all hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from crm.segments import values
from crm.segments.people import person_field
from crm.segments.vocabulary import MEASURES, MODES, OPERATORS, Field, History, histories

DEEPEST, MOST_PARTS = 6, 60
NUMERIC = ("at_least", "at_most", "is")
TEMPORAL = ("before", "after", "at_least", "at_most", "is")


@dataclass(frozen=True)
class Comparison:
    operator: str
    value: Any


@dataclass(frozen=True)
class Group:
    mode: str
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class FieldLeaf:
    field: Field
    tests: tuple[Comparison, ...]


@dataclass(frozen=True)
class HistoryLeaf:
    history: History
    where: tuple[tuple[Field, Comparison], ...]
    within_days: int | None
    measure: str
    of: Field | None
    tests: tuple[Comparison, ...]


Node = Group | FieldLeaf | HistoryLeaf
Path = tuple[Any, ...]  # the way to a part of the rule: ("all", 1, "any", 0)


class RuleError(ValueError):
    """The rule cannot be read. `errors` gives the reasons by path."""

    def __init__(self, errors: Mapping[str, list[str]]):
        self.errors = dict(errors)
        super().__init__("; ".join(f"{path}: {reason}" for path, reasons in self.errors.items() for reason in reasons))


def parse(rule: Any) -> Node:
    """The tree of `rule`; RuleError names every fault at once."""
    reader = Reader()
    node = reader.node(rule, (), 1)
    if reader.errors or node is None:
        raise RuleError(reader.errors)
    return node


class Unreadable(Exception):
    """One condition makes no sense; those beside it are read all the same."""

    def __init__(self, path: Path, reason: str):
        self.path, self.reason = path, reason
        super().__init__(reason)


class Reader:
    """One reading. Faults are collected, so that a form can show them all."""

    def __init__(self) -> None:
        self.errors: dict[str, list[str]] = {}
        self.parts = 0

    def fault(self, path: Path, reason: str) -> None:
        self.errors.setdefault(".".join(map(str, path)) or "rule", []).append(reason)

    def node(self, rule: Any, path: Path, depth: int) -> Node | None:
        try:
            return self.read(rule, path, depth)
        except Unreadable as error:
            self.fault(error.path, error.reason)
            return None

    def read(self, rule: Any, path: Path, depth: int) -> Node:
        self.parts += 1
        if self.parts > MOST_PARTS or depth > DEEPEST:
            raise Unreadable(path, too_large())
        if not isinstance(rule, Mapping):
            raise Unreadable(path, _("Give a condition or a group."))
        kinds = [key for key in (*MODES, "field", "history") if key in rule]
        if len(kinds) != 1:
            raise Unreadable(path, _("Say one of: all, any, none, field, history."))
        if kinds == ["field"]:
            return self.field(rule, path)
        return self.history(rule, path) if kinds == ["history"] else self.group(rule, kinds[0], path, depth)

    def group(self, rule: Mapping, mode: str, path: Path, depth: int) -> Group:
        self.known(rule, {mode}, path)
        if not isinstance(rule[mode], list):
            raise Unreadable((*path, mode), _("Give a list of conditions."))
        if len(rule[mode]) > MOST_PARTS:
            raise Unreadable(path, too_large())
        parts = [self.node(part, (*path, mode, number), depth + 1) for number, part in enumerate(rule[mode])]
        return Group(mode, tuple(part for part in parts if part))

    def field(self, rule: Mapping, path: Path) -> FieldLeaf:
        entry = person_field(rule["field"]) if isinstance(rule["field"], str) else None
        if entry is None:
            raise Unreadable((*path, "field"), _("There is no such field."))
        self.known(rule, {"field", *entry.allowed}, path)
        tests = tuple(self.comparisons({key: rule[key] for key in rule if key in entry.allowed}, entry, path))
        if not any(key in rule for key in entry.allowed):
            self.fault(path, _("Say what to compare with."))
        return FieldLeaf(entry, tests)

    def history(self, rule: Mapping, path: Path) -> HistoryLeaf:
        found = histories().get(rule["history"]) if isinstance(rule["history"], str) else None
        if found is None:
            raise Unreadable((*path, "history"), _("There is no such history."))
        measure = rule.get("measure", "count")
        if not isinstance(measure, str) or measure not in MEASURES:
            raise Unreadable((*path, "measure"), _("Choose one of: %(words)s.", words=", ".join(MEASURES)))
        of = self.of(rule, found, measure, path)
        timed = measure in ("first", "last") and of is None
        allowed = TEMPORAL if timed else NUMERIC
        self.known(rule, {"history", "where", "within_days", "measure", "of", *allowed}, path)
        return HistoryLeaf(found, tuple(self.where(rule.get("where", {}), found, (*path, "where"))), self.days(rule, path), measure, of,
                           self.bounds(rule, "time" if timed else "number", allowed, path))

    def of(self, rule: Mapping, history: History, measure: str, path: Path) -> Field | None:
        key = rule.get("of")
        of = history.numbers.get(key) if isinstance(key, str) else None
        if (key is not None and of is None) or (of is None and measure in ("sum", "avg", "min", "max")):
            self.fault((*path, "of"), _("Say of what: %(words)s.", words=", ".join(history.numbers) or "–"))
        return of if measure != "count" else None

    def days(self, rule: Mapping, path: Path) -> int | None:
        if rule.get("within_days") is None:
            return None
        try:
            return values.days(rule["within_days"])
        except ValueError as error:
            self.fault((*path, "within_days"), str(error))
            return None

    def bounds(self, rule: Mapping, kind: str, allowed: tuple[str, ...], path: Path) -> tuple[Comparison, ...]:
        """What the measure is compared with; a bare count means: at least one."""
        given = {key: rule[key] for key in allowed if key in rule}
        if not given and rule.get("measure", "count") == "count":
            return (Comparison("at_least", 1),)
        if not given:
            self.fault(path, _("Say what to compare with."))
        return tuple(self.comparisons(given, Field("", "", kind, None), path))

    def where(self, where: Any, history: History, path: Path) -> Iterator[tuple[Field, Comparison]]:
        if not isinstance(where, Mapping):
            self.fault(path, _("Give fields and their values."))
            return
        for key, value in where.items():
            entry = history.fields.get(key)
            if entry is None:
                self.fault((*path, key), _("Choose one of: %(words)s.", words=", ".join(history.fields)))
                continue
            given = value if isinstance(value, Mapping) else {"in" if isinstance(value, list) else "is": value}
            self.known(given, set(entry.allowed), (*path, key))
            yield from ((entry, comparison) for comparison in self.comparisons(given, entry, (*path, key)))

    def comparisons(self, given: Mapping, entry: Field, path: Path) -> Iterator[Comparison]:
        for operator, value in given.items():
            if operator in OPERATORS[entry.kind]:
                try:
                    yield Comparison(operator, values.read(entry, operator, value))
                except ValueError as error:
                    self.fault((*path, operator), str(error))

    def known(self, rule: Mapping, keys: set[str], path: Path) -> None:
        for key in rule:
            if key not in keys:
                self.fault((*path, str(key)), _("Unknown here; possible: %(words)s.", words=", ".join(sorted(keys))))


def too_large() -> str:
    return _("The rule is too large: at most %(parts)s conditions, %(depth)s levels deep.", parts=MOST_PARTS, depth=DEEPEST)
