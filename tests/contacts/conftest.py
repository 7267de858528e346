from __future__ import annotations

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from crm.extensions import db


@pytest.fixture
def statements(app):
    """with statements() as seen: … → the SQL sent in between."""

    @contextmanager
    def watch():
        seen: list[str] = []
        engine = db.engine.engine

        def note(_connection, _cursor, statement, *_rest):
            if not statement.startswith(("SAVEPOINT", "RELEASE", "BEGIN", "ROLLBACK")):
                seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return watch
