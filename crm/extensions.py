"""The Flask extensions, the column types and the database connection rules. Imports nothing of ours but the clock."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, cast

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import CursorResult, DateTime, Engine, MetaData, Result, Select, Table, UpdateBase, event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from crm import clock
from crm.speaking import SpeakingBabel

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator):
    """An aware moment, stored as UTC. Naive values are refused: they are a bug that shows an hour later."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a zone reached the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    registry = registry(metadata=MetaData(naming_convention=CONVENTION), type_annotation_map={datetime: UtcDateTime()})


LARGEST_ID = 2**31 - 1


class Identified:
    """A row with an integer id that is never used again after deletion (links to it must not come to mean another)."""

    id: Mapped[int] = mapped_column(primary_key=True)


class Archivable:
    """A row that can leave the lists and come back; nothing that points at it breaks."""

    archived_at: Mapped[datetime | None]

    def archive(self) -> None:
        self.archived_at = self.archived_at or clock.now()

    def unarchive(self) -> None:
        self.archived_at = None


db = SQLAlchemy(model_class=Base)


@event.listens_for(Table, "after_parent_attach")
def _never_reuse_ids(table: Table, _metadata: MetaData) -> None:
    """SQLite would give the highest id again after its row was deleted; PostgreSQL's sequences never do."""
    table.dialect_options["sqlite"]["autoincrement"] = True



if TYPE_CHECKING:  # a type checker cannot look into a class that is made when the program runs

    class Model(Base):
        __abstract__ = True
        __table__: ClassVar[Table]
else:
    Model = db.Model


def fetch(statement: Select, parameters: Mapping[str, Any] | None = None) -> Sequence[Any]:
    """The rows of a statement that selects columns, not entities: without the session's work for entities, which takes as long as the statement."""
    session = db.session()
    session.flush()  # as a question of the session would
    return named(session.connection().execute(statement, parameters))


def named(result: Result) -> list[Any]:
    """The rows of `result` as named tuples: an attribute of SQLAlchemy's own costs ten times as much, and a page asks for hundreds."""
    shape = _shape(tuple(result.keys()))
    return [shape._make(row) for row in result.all()]


@lru_cache(1024)
def _shape(names: tuple[str, ...]) -> Any:
    return namedtuple("Found", names, rename=True)


def rows_changed(statement: UpdateBase) -> int:
    """Carry out an UPDATE or DELETE; how many rows it met."""
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount


login = LoginManager()
csrf = CSRFProtect()
babel = SpeakingBabel()
limiter = Limiter(get_remote_address, headers_enabled=False)

# SQLite takes one writer at a time. A transaction that begins by reading and writes later fails at once when another
# writer was quicker, so whatever may write takes the write lock at its beginning and waits its turn.
# Requests that only read (GET, HEAD) set this to DEFERRED and never wait.
transaction_mode: ContextVar[str] = ContextVar("transaction_mode", default="IMMEDIATE")


def prepare_sqlite(engine: Engine) -> None:
    """Durable WAL commits, foreign keys, and explicit transaction begins on an SQLite engine."""

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we emit BEGIN ourselves, see `begin`
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000",
                       "cache_size=-65536", "temp_store=MEMORY", "mmap_size=268435456"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql(f"BEGIN {transaction_mode.get()}")


def init_app(app: Any, settings: Any) -> None:
    """Bind every extension to the application."""
    db.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    if limiter.enabled:  # a second application of the tests finds it switched off
        app.before_request_funcs[None].remove(limiter._check_request_limit)  # for limits of all pages; ours stand at single views, which ask by themselves
    login.init_app(app)
    if settings.is_sqlite:
        with app.app_context():
            prepare_sqlite(db.engine)
