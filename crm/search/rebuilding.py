"""Make the whole index anew, from the tables: after bulk loading, after a restore, when in doubt."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import delete, func, insert, select

from crm.extensions import Identified, db
from crm.search.indexing import Searchable
from crm.search.models import SearchDocument

BATCH = 2000


def rebuild() -> int:
    """Index every searchable record; returns how many documents there are. Never commits."""
    db.session.execute(delete(SearchDocument))
    for model, searchable in current_app.extensions["searchables"].items():
        if searchable.owns:
            _index_all(model, searchable)
    return db.session.scalar(select(func.count()).select_from(SearchDocument)) or 0


def _index_all(model: type[Identified], searchable: Searchable) -> None:
    after = 0
    while records := db.session.scalars(select(model).options(*searchable.loading()).where(model.id > after).order_by(model.id).limit(BATCH)).all():
        documents = [document for record in records for _, _, document in searchable.documents(record) if document]
        if documents:
            db.session.execute(insert(SearchDocument), [document.row() for document in documents])
        after = records[-1].id
        db.session.expunge_all()
