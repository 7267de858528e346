"""Which value of each field the survivor keeps: chosen by a person, else what is sensible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crm.contacts.models import NAMELESS
from crm.errors import Refused
from crm.merging import rules
from crm.merging.joining import earliest
from crm.merging.references import MODELS

MERGED, SURVIVOR, BOTH = "merged", "survivor", "both"
JOINABLE = ("notes",)


@dataclass(frozen=True)
class Field:
    """One field of both sides. `winner` is what is chosen beforehand; `open`: both say something, and not the same."""

    name: str
    merged: Any
    survivor: Any
    winner: str
    open: bool

    @property
    def offers(self) -> tuple[str, ...]:
        return (MERGED, SURVIVOR, BOTH) if self.name in JOINABLE else (MERGED, SURVIVOR)

    def outcome(self, chosen: str | None = None) -> Any:
        winner = chosen or self.winner
        if winner == BOTH:
            return f"{self.survivor}\n\n{self.merged}"
        return self.merged if winner == MERGED else self.survivor


def fields(kind: str, merged: Any, survivor: Any, *, newer_wins: bool = False) -> list[Field]:
    """The fields in which the two differ. Filled beats empty; of two that say something the survivor's stays, or (`newer_wins`) the record
    that was changed last decides. JSON columns come key by key ("custom.colour")."""
    last = MERGED if newer_wins and merged.updated_at > survivor.updated_at else SURVIVOR
    found = [_field(name, one, other, last) for name, one, other in _pairs(kind, merged, survivor)]
    return [one for one in found if one.merged != one.survivor]


def columns(kind: str) -> tuple[str, ...]:
    """Fields a person chooses; a column that no rule knows yet is one of them."""
    known = {*rules.CHOSEN[kind], *rules.DECIDED[kind], *rules.DERIVED[kind]}
    return (*rules.CHOSEN[kind], *(column.name for column in MODELS[kind].__table__.columns if column.name not in known))


def _pairs(kind: str, merged: Any, survivor: Any) -> Iterator[tuple[str, Any, Any]]:
    for name in columns(kind):
        one, other = getattr(merged, name), getattr(survivor, name)
        if isinstance(one, dict) or isinstance(other, dict):
            one, other = one or {}, other or {}
            yield from ((f"{name}.{key}", one.get(key), other.get(key)) for key in sorted({*one, *other}))
        else:
            yield name, one, other


def _field(name: str, merged: Any, survivor: Any, last: str) -> Field:
    says = [not _blank(name, value) for value in (merged, survivor)]
    if not all(says):
        return Field(name, merged, survivor, MERGED if says[0] else SURVIVOR, False)
    winner = BOTH if name in JOINABLE else last
    if name in rules.MOST:
        order = rules.MOST[name]
        winner = MERGED if order.index(merged) > order.index(survivor) else SURVIVOR
    elif name == "customer_since":
        winner = MERGED if earliest(survivor, merged) == merged else SURVIVOR
    return Field(name, merged, survivor, winner, True)


def _blank(name: str, value: Any) -> bool:
    return value in (None, "", [], {}) or value in rules.BLANK.get(name, ())


def checked(offered: list[Field], chosen: Mapping[str, str]) -> dict[str, str]:
    """The choices that somebody sent, refused where they make no sense; one about a field in which both agree says nothing."""
    known = {one.name: one for one in offered}
    for name, winner in chosen.items():
        if winner not in (MERGED, SURVIVOR, BOTH) or (name in known and winner not in known[name].offers):
            raise Refused(f"{name}: {' | '.join(known[name].offers if name in known else (MERGED, SURVIVOR))}", "choices")
    return {name: winner for name, winner in chosen.items() if name in known}


def outcome(kind: str, merged: Any, survivor: Any, chosen: Mapping[str, str]) -> dict[str, Any]:
    """column → what the survivor holds afterwards."""
    values: dict[str, Any] = {}
    for one in fields(kind, merged, survivor):
        name, _, key = one.name.partition(".")
        value = one.outcome(chosen.get(one.name))
        if not key:
            values[name] = value
        elif value is not None:
            values.setdefault(name, dict(getattr(survivor, name) or {}))[key] = value
    for name, decide in rules.DECIDED[kind].items():
        values[name] = decide(getattr(survivor, name), getattr(merged, name))
    return values | following(kind, survivor, values)


def following(kind: str, record: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that the record derives from those in `values` (names from names, the birthday from the date of birth)."""
    rule = rules.FOLLOWING[kind]
    sources = {source for names in rule.values() for source in names}
    scratch = MODELS[kind](**{name: values.get(name, getattr(record, name)) for name in sources})
    found = {name: getattr(scratch, name) for name, of in rule.items() if set(of) & set(values) and name in scratch.__table__.c}
    if found.get("display_name") == NAMELESS:
        return {name: value for name, value in found.items() if "first_name" not in rule[name]}
    return found
