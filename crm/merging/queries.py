"""Reads of merges, and of the records that take part in them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, or_, select

from crm import web
from crm.accounts.models import User
from crm.extensions import db
from crm.merging.models import Merge
from crm.merging.references import MODELS


def lock(kind: str, *idents: int) -> dict[int, Any]:
    """The records, by id, ours until the commit; always locked in one order, so that two merges wait instead of blocking each other."""
    model = MODELS[kind]
    query = web.locked(select(model).where(model.id.in_(idents)).order_by(model.id), model).execution_options(populate_existing=True)
    return {record.id: record for record in db.session.scalars(query)}


def survivor_id(kind: str, ident: int) -> int | None:
    """Where the record lives on, through however many merges; None for one that is itself, or is not there."""
    model = MODELS[kind]
    last, step = None, ident
    while step := db.session.scalar(select(model.merged_into_id).where(model.id == step)):
        last = step
    return last


def better_kept(one: Any, other: Any) -> Any:
    """Which of two one would rather keep: the one with more history, then the older."""
    return max((one, other), key=lambda record: (getattr(record, "interactions_count", 0), record.last_interaction_at is not None, -record.id))


def standing(kind: str, merged_id: int) -> Merge | None:
    """The merge by which this record is part of another now."""
    query = select(Merge).where(Merge.kind == kind, Merge.merged_id == merged_id, Merge.undone_at.is_(None))
    return db.session.scalars(query.order_by(Merge.id.desc()).limit(1)).first()


def later(merge: Merge) -> Select[Merge]:
    """Merges that still stand and in which its survivor took part afterwards, the last first."""
    took_part = or_(Merge.survivor_id == merge.survivor_id, Merge.merged_id == merge.survivor_id)
    return select(Merge).where(Merge.kind == merge.kind, Merge.id > merge.id, Merge.undone_at.is_(None), took_part).order_by(Merge.id.desc())


def rows() -> Select:
    """The columns of the list of merges; web.paginate puts it in order."""
    return select(
        Merge.id, Merge.kind, Merge.at, Merge.merged_id, Merge.survivor_id, Merge.merged_name, Merge.survivor_name, Merge.undone_at, Merge.counts,
        User.name.label("by"),
    ).outerjoin(User, User.id == Merge.by_id)
