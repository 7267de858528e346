"""What follows rows that moved: the figures lists sort by, and the search index."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import current_app
from sqlalchemy import select

from crm.extensions import db
from crm.merging.models import Merge
from crm.merging.references import MODELS, found_by
from crm.search.indexing import refresh
from crm.timeline.rebuilding import recompute

BATCH = 500


def bring_up_to_date(merge: Merge) -> None:
    """Both records and everything that moved, as if it had always been so."""
    model = MODELS[merge.kind]
    db.session.flush()
    recompute(model.__table__, (merge.survivor_id, merge.merged_id))
    db.session.expire_all()
    refresh(db.session.scalars(select(model).where(model.id.in_((merge.survivor_id, merge.merged_id)))))
    for records in _that_moved(merge):
        refresh(records)


def _that_moved(merge: Merge) -> Iterator[list[Any]]:
    """Searchable records whose words name whom they belong to (a conversation, a task, a person of the firm)."""
    models = {model.__table__.name: (model, searchable) for model, searchable in current_app.extensions["searchables"].items() if searchable.owns}
    for row in merge.rows:
        if row.action == "moved" and row.table_name in models:
            model, searchable = models[row.table_name]
            for start in range(0, len(row.keys), BATCH):
                some = found_by(model.__table__, row.keys[start : start + BATCH])
                yield list(db.session.scalars(select(model).where(some).options(*searchable.loading())))
