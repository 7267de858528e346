"""The customer's attention is a budget: how much of it surveys and campaigns have used."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from crm.extensions import db
from crm.timeline.models import Interaction

UNASKED = ("feedback.requested", "campaign.sent")


def pressure(contact_id: int, since: datetime) -> int:
    """How many messages nobody asked for went to this contact since then."""
    query = select(func.count()).where(Interaction.contact_id == contact_id, Interaction.happened_at >= since, Interaction.kind.in_(UNASKED))
    return db.session.scalar(query) or 0
