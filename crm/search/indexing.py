"""Keeping the index: its objects in either database, and the rows that follow every change of a searchable record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import Connection, delete, event, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import PASSIVE_NO_INITIALIZE

from crm.extensions import db
from crm.search import on_postgresql, on_sqlite
from crm.search.models import SearchDocument, document_id
from crm.search.tokens import numbers, tokenise


def create(connection: Connection) -> None:
    """Make the full-text objects of this database, of the documents that are there. Used by create_all and by migrations."""
    _run(connection, _language(connection).CREATED)


def drop(connection: Connection) -> None:
    """Take away what `create` made beside the table itself."""
    _run(connection, _language(connection).DROPPED)


def tidy(connection: Connection) -> None:
    """Put the index together in one piece, and forget words that nothing has any more."""
    _run(connection, _language(connection).TIDIED)


@contextmanager
def anew(connection: Connection) -> Iterator[None]:
    """Empty the table; what is written to it within is indexed at the end, all at once."""
    drop(connection)
    connection.execute(delete(SearchDocument))
    yield
    create(connection)


def _language(connection: Connection) -> Any:
    return on_sqlite if connection.dialect.name == "sqlite" else on_postgresql


def _run(connection: Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)


@event.listens_for(SearchDocument.__table__, "after_create")
def _created(_table: Any, connection: Connection, **_: Any) -> None:
    drop(connection)
    create(connection)


@dataclass(frozen=True)
class Document:
    """How one record is found and shown in the results."""

    kind: str
    record_id: int
    title: str
    detail: str = ""
    words: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    rank_at: datetime | None = None

    def row(self) -> dict[str, Any]:
        return {
            "id": document_id(self.kind, self.record_id),
            "kind": self.kind, "record_id": self.record_id, "title": self.title[:300], "detail": self.detail[:300],
            "head": tokenise(self.title), "words": tokenise(*self.words), "digits": numbers(self.numbers), "rank_at": self.rank_at,
        }


@dataclass(frozen=True)
class Searchable:
    """How records of one class get into the index. `documents` gives (kind, record_id, document or None when it is not to be found)."""

    documents: Callable[[Any], Iterable[tuple[str, int, Document | None]]]
    watches: tuple[str, ...]  # attributes whose change makes the words stale
    owns: bool = True  # whether these records have documents of their own (an address only belongs to one)
    loading: Callable[[], Iterable[Any]] = tuple  # loader options that spare a statement per record when many are indexed
    everything: Callable[[], Iterable[tuple[str, int, Document | None]]] = tuple  # `documents` of all records that own some, read without making objects


def put(documents: Iterable[Document], session: Any = None) -> None:
    """Add or replace documents, in one statement."""
    rows = [document.row() for document in documents]
    if not rows:
        return
    session = session or db.session
    make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = make(SearchDocument)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in ("id", "kind", "record_id")}
    session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changed), rows)


def forget(kind: str, ident: int, session: Any = None) -> None:
    (session or db.session).execute(delete(SearchDocument).where(SearchDocument.id == document_id(kind, ident)))


@event.listens_for(Session, "after_flush")
def _follow(session: Session, _context: Any) -> None:
    """Bring the index up to date with what this flush wrote, in the same transaction."""
    searchables: Mapping[type, Searchable] = current_app.extensions.get("searchables", {}) if current_app else {}
    stale = [row for row in (*session.new, *session.dirty, *session.deleted) if type(row) in searchables and _is_stale(row, session, searchables)]
    if stale:
        session.info.setdefault("unindexed", []).extend(stale)


def _is_stale(row: Any, session: Session, searchables: Mapping[type, Searchable]) -> bool:
    if row in session.new or row in session.deleted:
        return True
    state = inspect(row)
    return any(state.get_history(name, PASSIVE_NO_INITIALIZE).has_changes() for name in searchables[type(row)].watches)


@event.listens_for(Session, "after_flush_postexec")
def _write(session: Session, _context: Any) -> None:
    stale = session.info.pop("unindexed", None)
    if stale:
        refresh(stale, session)


def refresh(records: Iterable[Any], session: Any = None) -> None:
    """Index these records anew."""
    session = session or db.session
    searchables: Mapping[type, Searchable] = current_app.extensions["searchables"]
    wanted: dict[tuple[str, int], Document | None] = {}
    with session.no_autoflush:
        for record in records:
            for kind, ident, document in searchables[type(record)].documents(record):
                wanted[kind, ident] = document
    for (kind, ident), document in wanted.items():
        if document is None:
            forget(kind, ident, session)
    put((document for document in wanted.values() if document), session)
