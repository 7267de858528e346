"""Many deliveries tried again or discarded at once; what was discarded can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from crm.accounts.models import User
from crm.errors import Refused
from crm.extensions import db
from crm.outbox import queries
from crm.outbox.models import Delivery

MOST = 500  # at once
WHOLE = ("uncertain", "failed", "held", "queued", "retrying")  # lists that may be taken whole; what was taken back or discarded is chosen singly
CHANGES = ("retry", "discard")


def chosen(picked: Sequence[int], state: str, wanted: str, whole: bool) -> Sequence[Delivery]:
    """The deliveries that were ticked, or all of the list, the oldest first."""
    rows = queries.narrowed(select(Delivery), state, wanted) if whole else select(Delivery).where(Delivery.id.in_(picked))
    return db.session.scalars(rows.order_by(Delivery.id).limit(MOST)).all()


def carry_out(deliveries: Sequence[Delivery], change: str) -> tuple[list[dict[str, Any]], list[str]]:
    """How those were that changed, and why others did not. Never commits."""
    before, refused = [], []
    for delivery in deliveries:
        was = delivery.state
        try:
            delivery.retry() if change == "retry" else delivery.discard()
        except Refused as refusal:
            refused.append(refusal.reason)
        if delivery.state != was:
            before.append({"id": delivery.id, "state": was})
    return before, refused


def bring_back(_by: User, payload: dict[str, Any]) -> None:
    for was in payload["deliveries"]:
        db.session.get_one(Delivery, was["id"]).bring_back(was["state"])


UNDOERS = {"deliveries.discarded": bring_back}
