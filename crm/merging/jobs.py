"""What was under way while two records were merged (a mail just being taken in, a form that was open) still named the merged one: it follows."""

from __future__ import annotations

from sqlalchemy import select

from crm.extensions import db
from crm.merging import doubles, queries
from crm.merging.following import bring_up_to_date
from crm.merging.journal import Journal
from crm.merging.models import Merge
from crm.merging.references import MODELS, references
from crm.merging.uniting import rule


def follow() -> int:
    """Move every row that still points at a merged record; it becomes part of that merge's journal. Returns how many there were."""
    moved = sum(_follow(kind) for kind in MODELS)
    db.session.commit()
    return moved


def _follow(kind: str) -> int:
    model = MODELS[kind]
    gone = select(model.id).where(model.merged_into_id.is_not(None))
    late: set[int] = set()
    for column in references(kind):
        if not rule(kind, column).stays:
            late.update(db.session.scalars(select(column).where(column.in_(gone)).distinct()))
    return sum(_carry_on(merge) for ident in sorted(late) if (merge := queries.standing(kind, ident)))


def _carry_on(merge: Merge) -> int:
    journal, moved = Journal(merge), 0
    for column in references(merge.kind):
        if not rule(merge.kind, column).stays:
            doubles.settle(journal, column)
            moved += journal.move(column, merge.merged_id, merge.survivor_id, counted=False)
    db.session.flush()
    db.session.expire(merge)
    bring_up_to_date(merge)
    return moved
