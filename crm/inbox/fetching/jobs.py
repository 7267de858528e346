"""What the worker does about fetching: the nightly comparison is asked for, and a mailbox that stays silent is told."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from crm import clock
from crm.extensions import db
from crm.inbox.fetching import comparing
from crm.inbox.heartbeats import WORKER
from crm.inbox.models import Heartbeat
from crm.notifications.notifying import administrators, notify

LASTING = timedelta(minutes=15)


def compare_all() -> None:
    comparing.ask_to_compare()


def watch() -> None:
    """Tell the administrators when a way on which mail comes has not worked for a while."""
    for heart in db.session.scalars(select(Heartbeat).where(Heartbeat.name != WORKER, Heartbeat.at < clock.now() - LASTING).order_by(Heartbeat.id)).all():
        text = _l("Mail has not been fetched for a while: %(reason)s", reason=heart.error or heart.name)
        notify(administrators(), "alarm", text=text, url="/inbox/reconciliation", about=("heartbeat", heart.id))
    db.session.commit()
