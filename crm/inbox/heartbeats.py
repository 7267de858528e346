"""When mail last came in and went out, and what is wrong at present: the header of the inbox, and the readiness check."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import Row, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from crm import clock
from crm.extensions import db, fetch, rows_changed
from crm.formatting import exact
from crm.inbox.models import Heartbeat
from crm.inbox.queries import remembered
from crm.outbox.models import Delivery

SILENT_AFTER = timedelta(minutes=2)
WORKER = "worker"  # the name of the beat that no mail comes by
OVERDUE_AFTER = timedelta(minutes=5)
_beaten: dict[str, float] = {}


def beat(name: str, every: float = 0) -> None:
    """It works. Written at most every `every` seconds by one process. Commits."""
    if every and time.monotonic() - _beaten.get(name, -every) < every:
        return
    _write(name, "")
    _beaten[name] = time.monotonic()


def stumble(name: str, error: Exception) -> None:
    """It does not work, and why; told if the database can be told anything at all."""
    _beaten.pop(name, None)
    try:
        _write(name, str(error).splitlines()[0][:500] if str(error) else type(error).__name__)
    except SQLAlchemyError:
        db.session.rollback()


def _write(name: str, error: str) -> None:
    values = {"error": error} if error else {"error": "", "at": clock.now()}
    if not rows_changed(update(Heartbeat).where(Heartbeat.name == name).values(**values)):
        db.session.add(Heartbeat(name=name, error=error))
    db.session.commit()


@dataclass(frozen=True)
class Pulse:
    """What the header says. `trouble` is a sentence for staff, or empty."""

    fetched_at: datetime | None
    sent_at: datetime | None
    trouble: str = ""


PULSE = select(
    select(Heartbeat.at).where(Heartbeat.name == "intake").scalar_subquery(),
    select(func.min(Heartbeat.at)).where(Heartbeat.name.startswith("imap:")).scalar_subquery(),  # of the folder that lags most
    select(func.max(Heartbeat.error)).where(Heartbeat.error != "").scalar_subquery(),
    select(func.max(Delivery.sent_at)).scalar_subquery(),
    select(func.min(Delivery.next_attempt_at)).where(Delivery.state == "queued", Delivery.attempts == 0).scalar_subquery(),
)


def pulse() -> Pulse:
    return _told(*_felt())


def lately() -> Pulse:
    """The pulse a few seconds ago at most: for the head of the list."""
    return _told(*remembered("pulse", _felt))


def _felt() -> Row:
    """One statement."""
    return fetch(PULSE)[0]


def _told(at: datetime | None, fetched_at: datetime | None, error: str | None, sent_at: datetime | None, due: datetime | None) -> Pulse:
    return Pulse(min(filter(None, (at, fetched_at)), default=None), sent_at, _trouble(at, fetched_at, error, due))


def _just_started() -> bool:
    """The web server is up first; what brings mail needs a moment more."""
    since = current_app.extensions.get("serving since")
    return since is not None and clock.now() - since < SILENT_AFTER


def _trouble(at: datetime | None, fetched_at: datetime | None, error: str | None, due: datetime | None) -> str:
    if error:
        return _("Mail cannot be taken at present: %(reason)s", reason=error)
    if _just_started():
        return ""
    if at is None or at < clock.now() - SILENT_AFTER:
        return _("No mail is being fetched: the intake is not running.")
    if fetched_at is not None and fetched_at < clock.now() - SILENT_AFTER:
        return _("A mailbox has not been fetched since %(time)s: the fetching is not running.", time=exact(fetched_at))
    if due is not None and due < clock.now() - OVERDUE_AFTER:
        return _("No mail is being sent: the worker is not running.")
    return ""
