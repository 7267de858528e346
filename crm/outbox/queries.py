"""What the outbox reads."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select

from crm import web
from crm.extensions import db, fetch
from crm.outbox.models import Delivery, DeliveryAttempt

ROW = (
    Delivery.id, Delivery.state, Delivery.recipients, Delivery.subject, Delivery.purpose, Delivery.automatic, Delivery.contact_id, Delivery.about_type,
    Delivery.about_id, Delivery.created_at, Delivery.next_attempt_at, Delivery.sent_at, Delivery.bounced_at, Delivery.attempts, Delivery.reason,
)
LISTS: dict[str, ColumnElement[bool]] = {  # the tabs of the page, in the order in which somebody has to act
    "uncertain": Delivery.state == "uncertain",
    "failed": Delivery.state == "failed",
    "held": Delivery.state == "held",
    "queued": (Delivery.state == "queued") & (Delivery.attempts == 0),
    "retrying": (Delivery.state == "queued") & (Delivery.attempts > 0),
    "sending": Delivery.state == "sending",
    "sent": Delivery.state == "sent",
    "cancelled": Delivery.state == "cancelled",
}


def rows(state: str = "", wanted: str = "") -> Select:
    return narrowed(select(*ROW), state, wanted)


def narrowed(deliveries: Select, state: str, wanted: str) -> Select:
    """Of one list, and to recipients whose address contains `wanted`."""
    if state in LISTS:
        deliveries = deliveries.where(LISTS[state])
    return deliveries.where(Delivery.recipients.icontains(wanted, autoescape=True)) if wanted else deliveries


def counts() -> dict[str, int]:
    """How many in each list, no further than the bound; one statement."""
    return dict(zip(LISTS, db.session.execute(select(*(_bounded(one) for one in LISTS.values()))).one(), strict=True))


def _bounded(condition: ColumnElement[bool]):
    seen = select(literal(1)).select_from(Delivery).where(condition).limit(web.COUNT_BOUND + 1).subquery()
    return select(func.count()).select_from(seen).scalar_subquery()


def attempts(delivery_id: int) -> Any:
    """The log of one delivery, the oldest first."""
    log = select(DeliveryAttempt.at, DeliveryAttempt.outcome, DeliveryAttempt.code, DeliveryAttempt.text)
    return fetch(log.where(DeliveryAttempt.delivery_id == delivery_id).order_by(DeliveryAttempt.id))
