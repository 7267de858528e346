"""Periodic work: send what is due, let old links expire."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, update

from crm import clock
from crm.extensions import db
from crm.feedback import asking, links
from crm.feedback.models import FeedbackNonce, FeedbackRequest

BATCH = 200


def send_due() -> int:
    """Ask everybody whose request is due; each in a transaction of its own, so that one failure holds up no other."""
    idents = [request.id for request in db.session.scalars(asking.due(clock.now()).limit(BATCH))]
    db.session.rollback()
    for ident in idents:
        request = db.session.get(FeedbackRequest, ident, with_for_update=True)
        if request is not None:
            asking.send(request)
        db.session.commit()
    return len(idents)


def expire() -> None:
    """Links that nobody used in their time, and nonces whose page can no longer be open."""
    now = clock.now()
    db.session.execute(update(FeedbackRequest).where(asking.outlived(now)).values(state="expired"))
    db.session.execute(delete(FeedbackNonce).where(FeedbackNonce.used_at < now - timedelta(seconds=2 * links.NONCE_LIFE)))
    db.session.commit()
