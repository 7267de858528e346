"""Once a day: how many people are in each segment, for the small line beside its name."""

from __future__ import annotations

from crm.extensions import db
from crm.segments import queries
from crm.segments.models import Segment
from crm.segments.rules import RuleError, parse


def count_all() -> None:
    """A segment whose rule can no longer be read (a touchpoint is gone) is left out; its page says why."""
    for segment in db.session.scalars(queries.visible_to(None).order_by(Segment.id)):
        try:
            segment.note_count(queries.count(parse(segment.rule)))
        except RuleError:
            continue
        db.session.commit()
