"""What the builder offers in each place."""

from __future__ import annotations

from typing import Any

from crm.segments.people import person_field
from crm.segments.rules import NUMERIC, TEMPORAL
from crm.segments.vocabulary import Field, History

Draft = dict[str, Any]


def is_timed(leaf: Draft) -> bool:
    return leaf["measure"] in ("first", "last") and not leaf["of"]


def bounds(leaf: Draft) -> tuple[str, ...]:
    return TEMPORAL if is_timed(leaf) else NUMERIC


def measures(history: History) -> tuple[str, ...]:
    return ("count", "first", "last", *(("sum", "avg", "min", "max") if history.numbers else ()))


def operators(field: Field) -> tuple[str, ...]:
    """What the builder offers: "is empty" and "is filled in" are two."""
    return (*field.allowed, "filled") if "empty" in field.allowed else field.allowed


def field_of(what: str) -> Field | None:
    return person_field(what.removeprefix("field:")) if what.startswith("field:") else None
