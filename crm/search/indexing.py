"""Keeping the index: its objects in either database, and the rows that follow every change of a searchable record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import Connection, delete, event, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import PASSIVE_NO_INITIALIZE

from crm.extensions import db
from crm.search.models import SearchDocument
from crm.search.tokens import numbers, tokenise

SQLITE = (
    """CREATE VIRTUAL TABLE IF NOT EXISTS search_words USING fts5(
         head, words, kind, content='search_documents', content_rowid='id', tokenize='unicode61 remove_diacritics 0', prefix='1 2 3')""",
    "CREATE VIRTUAL TABLE IF NOT EXISTS search_digits USING fts5(digits, content='search_documents', content_rowid='id', tokenize='trigram')",
    "CREATE VIRTUAL TABLE IF NOT EXISTS search_vocabulary USING fts5vocab(search_words, 'row')",
    """CREATE TRIGGER IF NOT EXISTS search_documents_added AFTER INSERT ON search_documents BEGIN
         INSERT INTO search_words(rowid, head, words, kind) VALUES (new.id, new.head, new.words, new.kind);
         INSERT INTO search_digits(rowid, digits) VALUES (new.id, new.digits);
       END""",
    """CREATE TRIGGER IF NOT EXISTS search_documents_gone AFTER DELETE ON search_documents BEGIN
         INSERT INTO search_words(search_words, rowid, head, words, kind) VALUES ('delete', old.id, old.head, old.words, old.kind);
         INSERT INTO search_digits(search_digits, rowid, digits) VALUES ('delete', old.id, old.digits);
       END""",
    """CREATE TRIGGER IF NOT EXISTS search_documents_changed AFTER UPDATE OF head, words, digits ON search_documents BEGIN
         INSERT INTO search_words(search_words, rowid, head, words, kind) VALUES ('delete', old.id, old.head, old.words, old.kind);
         INSERT INTO search_digits(search_digits, rowid, digits) VALUES ('delete', old.id, old.digits);
         INSERT INTO search_words(rowid, head, words, kind) VALUES (new.id, new.head, new.words, new.kind);
         INSERT INTO search_digits(rowid, digits) VALUES (new.id, new.digits);
       END""",
)
POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX IF NOT EXISTS fts_search_head ON search_documents USING gin (to_tsvector('simple', head))",
    "CREATE INDEX IF NOT EXISTS fts_search_words ON search_documents USING gin (to_tsvector('simple', head || ' ' || words))",
    "CREATE INDEX IF NOT EXISTS fts_search_digits ON search_documents USING gin (digits gin_trgm_ops)",
    "CREATE INDEX IF NOT EXISTS fts_search_spelling ON search_documents USING gin ((head || ' ' || words) gin_trgm_ops)",
)
DROPPED = ("TABLE search_words", "TABLE search_digits", "TABLE search_vocabulary")


def create(connection: Connection) -> None:
    """Make the full-text objects of this database. Used by create_all and by the migration."""
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.execute(text(statement))


def drop(connection: Connection) -> None:
    """Take away what `create` made beside the table itself (PostgreSQL's indexes go with it)."""
    if connection.dialect.name == "sqlite":
        for name in DROPPED:
            connection.execute(text(f"DROP {name}"))


@event.listens_for(SearchDocument.__table__, "after_create")
def _created(_table: Any, connection: Connection, **_: Any) -> None:
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
            "kind": self.kind, "record_id": self.record_id, "title": self.title[:300], "detail": self.detail[:300],
            "head": tokenise(self.title), "words": tokenise(*self.words), "digits": numbers(self.numbers), "rank_at": self.rank_at,
        }


@dataclass(frozen=True)
class Searchable:
    """How records of one class get into the index. `documents` gives (kind, record_id, document or None when it is not to be found)."""

    documents: Callable[[Any], Iterable[tuple[str, int, Document | None]]]
    watches: tuple[str, ...]  # attributes whose change makes the words stale
    owns: bool = True  # whether these records have documents of their own (an address only belongs to one)
    loading: Callable[[], Iterable[Any]] = tuple  # loader options that spare a statement per record when all are indexed


def put(documents: Iterable[Document], session: Any = None) -> None:
    """Add or replace documents, in one statement."""
    rows = [document.row() for document in documents]
    if not rows:
        return
    session = session or db.session
    make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = make(SearchDocument)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in ("kind", "record_id")}
    session.execute(statement.on_conflict_do_update(index_elements=["kind", "record_id"], set_=changed), rows)


def forget(kind: str, ident: int, session: Any = None) -> None:
    (session or db.session).execute(delete(SearchDocument).where(SearchDocument.kind == kind, SearchDocument.record_id == ident))


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
