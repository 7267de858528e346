"""Make the whole index anew, from the tables: after bulk loading, after a restore, when in doubt."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from flask import current_app
from sqlalchemy import insert

from crm.extensions import db
from crm.search.indexing import anew
from crm.search.models import SearchDocument

BATCH = 5000


def rebuild() -> int:
    """Index every searchable record, and long texts; returns how many documents there are. Never commits."""
    db.session.flush()
    connection, table, written = db.session.connection(), SearchDocument.__table__, 0
    with anew(connection):
        rows = _rows()
        while batch := list(islice(rows, BATCH)):
            connection.execute(insert(table), batch)
            written += len(batch)
    for texts in current_app.extensions["texts"]:
        texts.rebuild()
    return written


def _rows() -> Iterator[dict[str, Any]]:
    """Of all documents there should be."""
    for searchable in current_app.extensions["searchables"].values():
        for _kind, _ident, document in searchable.everything():
            if document:
                yield document.row()
