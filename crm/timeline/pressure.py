"""The customer's attention is a budget: surveys and campaigns draw on the same one. Counted from the timeline, where all of them stand."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from crm import clock
from crm.extensions import db
from crm.timeline.models import Interaction

DRAWN_BY = ("feedback.requested", "campaign.sent")
WINDOW = timedelta(days=30)
LIMIT = 3  # unasked mails in that window


class Pressure(NamedTuple):
    """How often the person was reached unasked in `days`, and how often that may happen."""

    spent: int
    limit: int
    days: int

    @property
    def has_room(self) -> bool:
        return self.spent < self.limit


def pressure(contact_id: int, *, limit: int = LIMIT, window: timedelta = WINDOW) -> Pressure:
    """What is left of one person's budget now."""
    drawn = select(func.count()).select_from(Interaction).where(
        Interaction.contact_id == contact_id, Interaction.kind.in_(DRAWN_BY), Interaction.happened_at > clock.now() - window,
        Interaction.superseded_by_id.is_(None),
    )
    return Pressure(db.session.scalar(drawn) or 0, limit, window.days)
