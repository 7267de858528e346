"""When the demo office works, what it promises its customers, and the clocks of what it has at hand."""

from __future__ import annotations

from sqlalchemy import select

from crm.calendars.models import OfficeHours
from crm.extensions import db
from crm.inbox.clocks.models import SlaPolicy
from crm.inbox.clocks.recounting import recount
from crm.inbox.models import Conversation

PROMISES = (
    {"name": "Dringend", "priority": "urgent", "first_response_minutes": 60, "resolution_minutes": 8 * 60, "warn_minutes": 30},
    {"name": "Service", "first_response_minutes": 4 * 60, "resolution_minutes": 24 * 60, "warn_minutes": 60},
)


def promise() -> None:
    """Names the hours in the firm's language; policies; the clocks of all conversations, as if they had run from the beginning. Never commits."""
    db.session.scalars(select(OfficeHours).where(OfficeHours.is_default)).one().name = "Geschäftszeiten"
    db.session.add_all([SlaPolicy(position=position, **promised) for position, promised in enumerate(PROMISES)])
    db.session.flush()
    recount(list(db.session.scalars(select(Conversation))))
