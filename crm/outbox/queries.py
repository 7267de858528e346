"""What the outbox reads."""

from __future__ import annotations

from sqlalchemy import Select, func, literal, select

from crm import web
from crm.extensions import db
from crm.outbox.models import STATES, Delivery

ROW = (
    Delivery.id, Delivery.state, Delivery.recipients, Delivery.subject, Delivery.purpose, Delivery.automatic, Delivery.contact_id, Delivery.about_type,
    Delivery.about_id, Delivery.created_at, Delivery.next_attempt_at, Delivery.sent_at, Delivery.bounced_at, Delivery.attempts, Delivery.reason,
)


def rows(state: str = "") -> Select:
    return select(*ROW).where(Delivery.state == state) if state else select(*ROW)


def counts() -> dict[str, int]:
    """How many in each state, no further than the bound; one statement."""
    return dict(zip(STATES, db.session.execute(select(*(_bounded(state) for state in STATES))).one(), strict=True))


def _bounded(state: str):
    seen = select(literal(1)).select_from(Delivery).where(Delivery.state == state).limit(web.COUNT_BOUND + 1).subquery()
    return select(func.count()).select_from(seen).scalar_subquery()
