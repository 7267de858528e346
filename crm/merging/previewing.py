"""What a merge would do, in words, before anything is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Column, Row, func, select

from crm.contacts.models import Contact
from crm.extensions import db
from crm.merging import doubles, restricting, rules
from crm.merging.models import Merge, MergeRow
from crm.merging.references import MODELS, name_of, references
from crm.merging.uniting import rule

SHOWN = 10


@dataclass(frozen=True)
class Moving:
    """Rows of one kind: how many, in words; the first of them; how many the survivor has already."""

    name: str
    count: int
    words: str
    shared: int
    shared_words: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Preview:
    kind: str
    moving: Sequence[Moving]
    objections: Sequence[tuple[str, str]]

    @property
    def sentence(self) -> str:
        """"12 interactions, 2 conversations, 3 addresses"."""
        return counted(self.kind, {one.name: one.count for one in self.moving})


def preview(kind: str, merged: Any, survivor: Any) -> Preview:
    found = [_moving(kind, column, merged.id, survivor.id) for column in references(kind) if not rule(kind, column).stays]
    said = restricting.objections(merged) | restricting.objections(survivor) if isinstance(merged, Contact) else set()
    return Preview(kind, sorted((one for one in found if one.count), key=_place(kind)), restricting.without_repetition(said))


def _place(kind: str) -> Any:
    """In the order of the rules: what people ask for first comes first."""
    order = list(rules.REFERENCES[kind])
    return lambda one: order.index(one.name) if one.name in order else len(order)


def _moving(kind: str, column: Column, merged_id: int, survivor_id: int) -> Moving:
    count = total(column, merged_id)
    shared = doubles.shared(column, merged_id, survivor_id) if count else 0
    rows = first_rows(kind, column, merged_id) if count else ()
    return Moving(name_of(column), count, in_words(kind, name_of(column), count), shared, in_words(kind, name_of(column), shared), rows)


def first_rows(kind: str, column: Column, merged_id: int, limit: int = SHOWN) -> Sequence[Row]:
    return db.session.execute(listing(kind, column, merged_id).order_by(*column.table.primary_key).limit(limit)).all()


def listing(kind: str, column: Column, merged_id: int) -> Any:
    """The rows, with the columns one tells them apart by. A number that points elsewhere is shown as the name it stands for."""
    shows = [column.table.c[name] for name in rule(kind, column).shows]
    return select(*column.table.primary_key, *(_readable(one) for one in shows)).where(column == merged_id)


def _readable(column: Column) -> Any:
    key = next(iter(column.foreign_keys), None)
    if key is None:
        return column
    table = key.column.table
    name = next(table.c[one] for one in ("display_name", "name", "title", "id") if one in table.c)
    return select(name).where(key.column == column).scalar_subquery().label(f"{column.name}_name")


def in_words(kind: str, name: str, count: int) -> str:
    """"3 addresses"; rows of a table nobody has found words for yet are counted all the same."""
    known = rules.REFERENCES[kind].get(name)
    return str(known.words(count)) if known else _("%(num)s records of %(table)s", num=count, table=name.partition(".")[0].replace("_", " "))


def total(column: Column, merged_id: int) -> int:
    return db.session.scalar(select(func.count()).select_from(column.table).where(column == merged_id)) or 0


def changes(merge: Merge) -> list[MergeRow]:
    """The fields of the survivor that took over another value."""
    table = MODELS[merge.kind].__tablename__
    names = set(rules.CHOSEN[merge.kind])
    return [row for row in merge.rows if row.action == "overwritten" and row.table_name == table and row.keys == [merge.survivor_id]
            and row.column_name.partition(".")[0] in names]


def counted(kind: str, counts: dict[str, int]) -> str:
    """Each kind of row once, also where two of its columns point at the record."""
    order = list(rules.REFERENCES[kind])
    tables: dict[str, list[str]] = {}
    for name in sorted(counts, key=lambda name: order.index(name) if name in order else len(order)):
        tables.setdefault(name.partition(".")[0], []).append(name)
    return ", ".join(in_words(kind, names[0], sum(counts[name] for name in names)) for names in tables.values())
