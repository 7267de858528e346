"""Small notes a request leaves ("seen at", "used at"), written after it ended, in a short transaction of their own.

A page that is only read must not become a write that waits for others, and must never fail because of its note.
"""

from __future__ import annotations

import logging
from typing import Any

from flask import g
from flask.blueprints import BlueprintSetupState
from sqlalchemy import Connection, Engine, Executable
from sqlalchemy.exc import SQLAlchemyError

from crm.extensions import db

log = logging.getLogger(__name__)
PATIENCE = 200  # milliseconds to wait for another writer; the note is then left to the next request


def register(state: BlueprintSetupState) -> None:
    state.app.teardown_appcontext(write)


def later(statement: Executable) -> None:
    """Carry out `statement` when the present request or command has ended. Losing it must do no harm."""
    g.setdefault("aside", []).append(statement)


def write(_error: BaseException | None = None) -> None:
    statements = g.pop("aside", None)
    if not statements:
        return
    db.session.remove()  # its transaction may hold the lock we are about to ask for
    try:
        _execute(statements)
    except SQLAlchemyError as error:
        log.info("a note was left for the next request: %s", error)


def _execute(statements: list[Executable]) -> None:
    engine: Any = db.engine
    if not isinstance(engine, Engine):  # tests bind one connection and keep everything inside its transaction
        with engine.begin_nested():
            _run(engine, statements)
        return
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.connection.execute(f"PRAGMA busy_timeout={PATIENCE}")
        try:
            with connection.begin():
                _run(connection, statements)
        finally:
            if engine.dialect.name == "sqlite":
                connection.connection.execute("PRAGMA busy_timeout=15000")


def _run(connection: Connection, statements: list[Executable]) -> None:
    for statement in statements:
        connection.execute(statement)
