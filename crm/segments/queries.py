"""Segments, the people in them, and their counts over time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from crm.accounts.models import User
from crm.contacts.models import Contact, Organisation
from crm.extensions import db
from crm.segments.compiling import ALIVE, condition, matching
from crm.segments.models import Segment, SegmentCount
from crm.segments.rules import Node

SHOWN = (
    Contact.id, Contact.display_name, Contact.sort_name, Contact.lifecycle, Contact.customer_since, Contact.last_interaction_at,
    Contact.last_in_at, Contact.nps_score, Contact.value, Organisation.id.label("organisation_id"), Organisation.name.label("organisation_name"),
)
SAMPLE = 8
POINTS = 60


def visible_to(_user: Any) -> Select:
    """Everybody signed in may see every segment; what it may be used for is a right of its own."""
    return select(Segment).where(Segment.archived_at.is_(None))


def listing(user: Any) -> Select:
    """Segments with their last count."""
    counted = aliased(SegmentCount)
    last = select(func.max(counted.id)).where(counted.segment_id == Segment.id).correlate(Segment).scalar_subquery()
    columns = (Segment.id, Segment.name, Segment.description, Segment.rule, Segment.updated_at, SegmentCount.count, SegmentCount.counted_at,
               User.name.label("created_by"))
    return (
        visible_to(user).with_only_columns(*columns).select_from(Segment)
        .outerjoin(SegmentCount, SegmentCount.id == last).outerjoin(User, User.id == Segment.created_by_id)
    )


def people(node: Node) -> Select:
    """What a list shows of the people whom the rule picks."""
    return select(*SHOWN).outerjoin(Organisation, Organisation.id == Contact.organisation_id).where(*ALIVE, condition(node))


def count(node: Node) -> int:
    """How many, exactly."""
    return db.session.scalar(select(func.count()).select_from(matching(node).subquery())) or 0


def sample(node: Node) -> list[Any]:
    return list(db.session.execute(people(node).order_by(Contact.sort_name, Contact.id).limit(SAMPLE)))


def counts(segment: Segment) -> list[Any]:
    """The last counts, oldest first: rows of (counted_at, count)."""
    query = select(SegmentCount.counted_at, SegmentCount.count).where(SegmentCount.segment_id == segment.id)
    return list(reversed(db.session.execute(query.order_by(SegmentCount.id.desc()).limit(POINTS)).all()))
