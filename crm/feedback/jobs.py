"""Periodic work: send what is due, let old links expire."""

from __future__ import annotations

from crm import clock
from crm.extensions import db
from crm.feedback import asking

BATCH = 200


def send_due() -> int:
    """Ask everybody whose request is due; each in a transaction of its own, so that one failure holds up no other."""
    idents = [request.id for request in db.session.scalars(asking.due(clock.now()).limit(BATCH))]
    db.session.rollback()
    for ident in idents:
        request = db.session.get(asking.FeedbackRequest, ident, with_for_update=True)
        if request is not None:
            asking.send(request)
        db.session.commit()
    return len(idents)


def expire() -> None:
    for request in db.session.scalars(asking.outlived(clock.now()).limit(BATCH)):
        request.state = "expired"
    db.session.commit()
