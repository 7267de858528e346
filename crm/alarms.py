"""What is wrong with fetching and sending at present, and who is told: administrators, once when it begins, again when it gets worse or lasts.

Mails about alarms are notifications, and what happens to notifications raises no alarm: otherwise a mail server that is down would be
told of by mails that raise the next alarm.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from flask import Flask, current_app
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.sql import ColumnElement

from crm import clock
from crm.extensions import db
from crm.inbox import heartbeats, spool
from crm.inbox.models import Heartbeat, ReceivedMail
from crm.notifications.models import Alarm
from crm.notifications.notifying import administrators, notify
from crm.outbox import wording
from crm.outbox.delivering import NO_WAY
from crm.outbox.models import Delivery

FAILING = timedelta(minutes=10)
SILENT = timedelta(minutes=5)
LYING = 300.0  # seconds a mail may lie in the spool
NEARLY_FULL = 1_000_000_000  # bytes
AGAIN_IF_WORSE, AGAIN = timedelta(hours=1), timedelta(days=1)
OURS: ColumnElement[bool] = Delivery.purpose != "notification"


class Trouble(NamedTuple):
    """A sentence (lazy: it is told in each one's language), where one sees more, and how many are concerned."""

    text: Any
    url: str
    amount: int = 1


def sending() -> Trouble | None:
    """The mail server does not take our mails, whoever they are for."""
    waits = (Delivery.state == "queued") & Delivery.reason.in_(NO_WAY) & (Delivery.created_at < clock.now() - FAILING)
    lost = (Delivery.state == "failed") & Delivery.reason.in_(("gave_up", *NO_WAY)) & (Delivery.created_at > clock.now() - AGAIN)
    reason = db.session.scalar(select(Delivery.reason).where(OURS, waits | lost).order_by(Delivery.created_at).limit(1))
    return Trouble(_l("Mail does not leave: %(reason)s", reason=wording.REASONS[reason]), "/outbox") if reason else None


def uncertain() -> Trouble | None:
    count = db.session.scalar(select(func.count()).select_from(Delivery).where(Delivery.state == "uncertain", OURS)) or 0
    said = _Counted(lambda: ngettext("Of 1 mail nobody knows whether it arrived.", "Of %(num)d mails nobody knows whether they arrived.", count))
    return Trouble(said, "/outbox?state=uncertain", count) if count else None


def quarantine() -> Trouble | None:
    count = db.session.scalar(select(func.count()).select_from(ReceivedMail).where(ReceivedMail.state == "quarantined")) or 0
    said = _Counted(lambda: ngettext("1 mail lies in quarantine.", "%(num)d mails lie in quarantine.", count))
    return Trouble(said, "/inbox/quarantine", count) if count else None


def disk() -> Trouble | None:
    free = shutil.disk_usage(current_app.config["SETTINGS"].data_dir).free
    said = _l("The disk is nearly full: %(megabytes)d MB are left. When it is full, no mail can be taken.", megabytes=free // 1_000_000)
    return Trouble(said, "/outbox") if free < NEARLY_FULL else None


def waiting() -> Trouble | None:
    """Mail that was acknowledged is not taken in."""
    oldest = spool.waiting(current_app.config["SETTINGS"].spool_dir, 1)
    try:
        minutes = (time.time() - oldest[0].stat().st_mtime) / 60 if oldest else 0
    except FileNotFoundError:  # taken this moment
        minutes = 0
    said = _l("Mail that came in %(minutes)d minutes ago is not yet taken in. It is safe, but nobody sees it.", minutes=minutes)
    return Trouble(said, "/inbox") if minutes * 60 > LYING else None


def worker() -> Trouble | None:
    at = db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == heartbeats.WORKER))
    said = _l("The worker is not running: no mail is sent, and nothing happens by itself.")
    return Trouble(said, "/outbox") if at is not None and at < clock.now() - SILENT else None


class _Counted:
    """A lazy ngettext."""

    def __init__(self, words: Callable[[], str]):
        self.words = words

    def __str__(self) -> str:
        return self.words()


CHECKS: Mapping[str, Callable[[], Trouble | None]] = {
    "sending": sending, "uncertain": uncertain, "quarantine": quarantine, "disk": disk, "spool": waiting, "worker": worker,
}


def found() -> dict[str, Trouble]:
    """What is wrong at this moment."""
    return {name: trouble for name, check in CHECKS.items() if (trouble := check()) is not None}


def sentences() -> list[tuple[str, str]]:
    """The same for a page: sentence and address."""
    return [(str(trouble.text), trouble.url) for trouble in found().values()]


def look() -> None:
    """The worker's look, every minute; that it looks is a sign of its life."""
    heartbeats.beat(heartbeats.WORKER)
    keep(found(), CHECKS)


def look_at_worker() -> None:
    """The intake's look, since a worker that is silent tells nobody."""
    trouble = worker()
    keep({"worker": trouble} if trouble else {}, ("worker",))


def keep(troubles: Mapping[str, Trouble], names: Any) -> None:
    """Write down what began and what is over, and tell what has to be told. Commits."""
    known = {row.name: row for row in db.session.scalars(select(Alarm).where(Alarm.name.in_(list(names))))}
    for name, alarm in known.items():
        if name not in troubles and alarm.over_at is None:
            alarm.over_at = clock.now()
    for name, trouble in troubles.items():
        alarm = known.get(name) or Alarm(name=name, over_at=clock.now())
        db.session.add(alarm)
        begins = alarm.over_at is not None
        if begins:
            alarm.over_at, alarm.began_at = None, clock.now()
        if has_to_be_told(alarm, trouble, begins):
            db.session.flush()
            notify(administrators(), "alarm", text=trouble.text, url=trouble.url, about=("alarm", alarm.id))
            alarm.told_at, alarm.amount = clock.now(), trouble.amount
    db.session.commit()


def has_to_be_told(alarm: Alarm, trouble: Trouble, begins: bool) -> bool:
    """Trouble that comes and goes is told once an hour at most, trouble that stays once a day, unless it grows."""
    if alarm.told_at is None:
        return True
    since = clock.now() - alarm.told_at
    return since > (AGAIN_IF_WORSE if begins or trouble.amount > alarm.amount else AGAIN)


def register(app: Flask) -> None:
    app.extensions["alarms"] = sentences
    app.extensions["watch_worker"] = look_at_worker
