"""What belongs to a conversation goes over to another: messages and mails, and whatever of other packages is about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, delete, insert, select, update

from crm.extensions import db

MOVING = ("messages", "received_mails", "form_submissions", "drafts", "scheduled_replies")  # by their foreign key
BOTH_ENDS = {"conversation_links": ("from_id", "to_id")}  # by either of two
COPIED = ("conversation_watches", "conversation_mentions", "conversation_tags")  # of these the target gets what it has not
Rows = dict[str, list[int]]


def owners() -> Iterator[tuple[str, Table, Column[Any], ColumnElement[bool] | None]]:
    """Every table whose rows go over, under the name the journal has for it, the column that says whose they are, and which of its rows are about conversations at all."""
    for name, table in db.metadata.tables.items():
        if name in MOVING:
            yield name, table, table.c.conversation_id, None
        elif name in BOTH_ENDS:
            yield from ((f"{name}.{end}", table, table.c[end], None) for end in BOTH_ENDS[name])
        elif {"id", "about_type", "about_id"} <= set(table.c.keys()):
            yield name, table, table.c.about_id, table.c.about_type == "conversation"


def move_all(source: int, target: int) -> Rows:
    """Everything of `source`; a draft that its writer has in both stays."""
    moved: Rows = {}
    for name, table, column, about in owners():
        wanted = select(table.c.id).where(column == source, *_only(about))
        if name == "drafts":
            there = select(table.c.user_id, table.c.kind).where(column == target)
            taken = set(map(tuple, db.session.execute(there)))
            rows = db.session.execute(select(table.c.id, table.c.user_id, table.c.kind).where(column == source))
            moved[name] = [row.id for row in rows if (row.user_id, row.kind) not in taken]
        else:
            moved[name] = list(db.session.scalars(wanted.order_by(table.c.id)))
    moved = {name: idents for name, idents in moved.items() if idents}
    move(moved, target)
    return moved


def move(rows: Mapping[str, Iterable[int]], target: int) -> None:
    """These rows belong to `target` from now on."""
    db.session.flush()
    for name, table, column, _about in owners():
        idents = list(rows.get(name, ()))
        for start in range(0, len(idents), 400):
            db.session.execute(update(table).where(table.c.id.in_(idents[start : start + 400])).values({column.name: target}))
    db.session.expire_all()


def copy_missing(source: int, target: int) -> dict[str, list[Any]]:
    """Who watches the one watches the other; the keys of what was added, by table."""
    added: dict[str, list[Any]] = {}
    for name, table, key in _copied():
        there = set(db.session.scalars(select(key).where(table.c.conversation_id == target)))
        rows = db.session.execute(select(table).where(table.c.conversation_id == source)).mappings()
        fresh = [dict(row) | {"conversation_id": target} for row in rows if row[key.name] not in there]
        if fresh:
            db.session.execute(insert(table), fresh)
            added[name] = [row[key.name] for row in fresh]
    return added


def take_away(added: Mapping[str, list[Any]], target: int) -> None:
    for name, table, key in _copied():
        if added.get(name):
            db.session.execute(delete(table).where(table.c.conversation_id == target, key.in_(added[name])))


def _copied() -> Iterator[tuple[str, Table, Column[Any]]]:
    """With the other half of the primary key."""
    for name in COPIED:
        if name in db.metadata.tables:
            table = db.metadata.tables[name]
            yield name, table, next(column for column in table.primary_key if column.name != "conversation_id")


def _only(about: ColumnElement[bool] | None) -> tuple[ColumnElement[bool], ...]:
    return () if about is None else (about,)
