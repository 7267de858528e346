"""Lists narrowed by own fields, and the columns that show them.

In the address of a list: `custom.KEY=VALUE` for a text (contains), a choice or yes/no, `custom.KEY.from=` and `custom.KEY.to=` for a number or a date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from crm.contacts.custom.columns import column
from crm.contacts.custom.definitions import PREFIX, OwnField, defined, listed
from crm.contacts.custom.kinds import Unfit
from crm.contacts.custom.values import RECORDS
from crm.contacts.models import Contact, Organisation
from crm.extensions import fetch

Pairs = tuple[tuple[str, str], ...]
FROM, TO = ".from", ".to"
RANGED = ("number", "date")
ENDS = {FROM: "__ge__", TO: "__le__"}


@dataclass(frozen=True)
class Filter:
    """One field of the filter form. `options` is empty where something is typed."""

    name: str
    label: str
    kind: str
    value: str
    options: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class OwnColumns:
    """The own fields that are columns of a list, and the values of the rows on the page."""

    fields: Sequence[OwnField]
    values: Mapping[int, Mapping[str, Any]]

    def cells(self, ident: int) -> Iterator[str]:
        kept = self.values.get(ident) or {}
        return (field.shown(kept.get(field.key)) for field in self.fields)


def given(about: str, arguments: Mapping[str, str]) -> Pairs:
    """The filters that make sense, in a fixed order; nonsense is as if it were not given."""
    asked = [name for name in arguments if name.startswith(PREFIX)]
    if not asked:
        return ()
    return tuple((name, arguments[name].strip()[:100]) for name, _field, _value in _read(about, {name: arguments[name].strip()[:100] for name in asked}))


def _read(about: str, arguments: Mapping[str, str]) -> Iterator[tuple[str, OwnField, Any]]:
    for field in defined(about):
        for name in (field.path + FROM, field.path + TO) if field.kind in RANGED else (field.path,):
            if arguments.get(name):
                try:
                    yield name, field, field.read(arguments[name])
                except Unfit:
                    continue


def conditions(about: str, pairs: Pairs) -> Iterator[ColumnElement[bool]]:
    for name, field, value in _read(about, dict(pairs)) if pairs else ():
        stored = column(RECORDS[about], field)
        if field.kind in RANGED:
            yield getattr(stored, ENDS[name.removeprefix(field.path)])(value)
        else:
            yield func.lower(stored).contains(value.lower(), autoescape=True) if field.kind == "text" else stored == value


def words(about: str, pairs: Pairs) -> Iterator[tuple[str, str]]:
    """(name in the address, the filter in words)."""
    for name, field, value in _read(about, dict(pairs)) if pairs else ():
        shown = field.shown(value)
        if name.endswith(FROM) and field.kind in RANGED:
            shown = _("from %(value)s", value=shown)
        elif field.kind in RANGED:
            shown = _("up to %(value)s", value=shown)
        yield name, f"{field.label}: {shown}"


def own_filters(listing: Any) -> list[Filter]:
    """What the filter form offers."""
    now = dict(listing.own)
    return [one for field in defined(listing.about) for one in _offered(field, now)]


def _offered(field: OwnField, now: Mapping[str, str]) -> Iterator[Filter]:
    if field.kind in RANGED:
        yield Filter(field.path + FROM, _("%(name)s from", name=field.label), field.kind, now.get(field.path + FROM, ""))
        yield Filter(field.path + TO, _("%(name)s up to", name=field.label), field.kind, now.get(field.path + TO, ""))
        return
    options = [(field.written(value), label) for value, label in field.options()] if field.kind in ("choice", "yes_no") else []
    yield Filter(field.path, field.label, field.kind, now.get(field.path, ""), options)


def own_columns(record: type[Contact] | type[Organisation], ids: Iterable[int], fields: Sequence[OwnField] | None = None) -> OwnColumns:
    """Of these fields, else of those that are columns as usual. Asks only when there is a column to show."""
    fields = listed("contact" if record is Contact else "organisation") if fields is None else fields
    if not fields:
        return OwnColumns((), {})
    key: InstrumentedAttribute = record.id
    return OwnColumns(fields, {row.id: row.custom for row in fetch(select(key, record.custom).where(key.in_(list(ids))))})
