"""What a rule can be about: fields of a person, and histories. A closed list, so that a rule is words and never code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from flask_babel import lazy_pgettext
from sqlalchemy import ColumnElement

Values = Callable[[], Sequence[tuple[Any, object]]]

# What can be asked of each kind, the usual question first.
OPERATORS: Mapping[str, tuple[str, ...]] = {
    "choice": ("is", "is_not", "in", "empty"),
    "text": ("is", "is_not", "contains", "in", "empty"),
    "number": ("at_least", "at_most", "is", "is_not", "in", "empty"),
    "date": ("within_days", "before", "after", "is", "at_least", "at_most", "empty"),
    "time": ("within_days", "before", "after", "is", "at_least", "at_most", "empty"),
    "tags": ("is", "is_not", "in", "contains", "empty"),
    "yes_no": ("is", "empty"),
}
WORDS: Mapping[str, object] = {
    "is": lazy_pgettext("rule", "is"),
    "is_not": lazy_pgettext("rule", "is not"),
    "in": lazy_pgettext("rule", "is one of"),
    "contains": lazy_pgettext("rule", "contains"),
    "at_least": lazy_pgettext("rule", "at least"),
    "at_most": lazy_pgettext("rule", "at most"),
    "before": lazy_pgettext("rule", "before"),
    "after": lazy_pgettext("rule", "after"),
    "within_days": lazy_pgettext("rule", "in the last days"),
    "empty": lazy_pgettext("rule", "is empty"),
    "filled": lazy_pgettext("rule", "is filled in"),
}
MODES: Mapping[str, object] = {
    "all": lazy_pgettext("rule", "all of these"),
    "any": lazy_pgettext("rule", "any of these"),
    "none": lazy_pgettext("rule", "none of these"),
}
MEASURES: Mapping[str, object] = {
    "count": lazy_pgettext("rule", "number"),
    "sum": lazy_pgettext("rule", "sum"),
    "avg": lazy_pgettext("rule", "average"),
    "min": lazy_pgettext("rule", "lowest"),
    "max": lazy_pgettext("rule", "highest"),
    "first": lazy_pgettext("rule", "first"),
    "last": lazy_pgettext("rule", "last"),
}


@dataclass(frozen=True)
class Field:
    """Something with a value. `column` is compared; `test`, if given, answers a comparison in its own way (tags).

    """

    key: str
    label: object  # lazy text
    kind: str
    column: ColumnElement | Any
    group: str = "person"
    values: Values | None = None
    test: Callable[[Any], ColumnElement[bool]] | None = None
    convert: Callable[[Any], Any] | None = None  # of a text value before it is compared (a tag is folded)
    operators: tuple[str, ...] = ()

    @property
    def allowed(self) -> tuple[str, ...]:
        return self.operators or OPERATORS[self.kind]


@dataclass(frozen=True)
class History:
    """Rows that belong to a contact and have a time. `base` says which of them count at all; `unless_asked` is dropped once `where` names its field."""

    key: str
    label: object
    contact: Any  # the column that points at the contact
    time: Any
    fields: Mapping[str, Field]
    base: Sequence[ColumnElement[bool]] = ()
    unless_asked: Mapping[str, ColumnElement[bool]] = field(default_factory=dict)

    @property
    def numbers(self) -> dict[str, Field]:
        """What `of` can name."""
        return {key: entry for key, entry in self.fields.items() if entry.kind == "number"}


def histories() -> Mapping[str, History]:
    """The table of crm/histories.py."""
    return current_app.extensions["histories"]


def listed(*fields: Field) -> dict[str, Field]:
    return {entry.key: entry for entry in fields}
