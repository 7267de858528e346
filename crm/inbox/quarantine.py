"""Mail that could not be taken: kept whole, shown to staff with the reason, and run again when the cause is mended."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from crm import blobs, clock
from crm.accounts.models import User
from crm.errors import Refused
from crm.extensions import db
from crm.inbox.arrivals import Arrival
from crm.inbox.models import ReceivedMail
from crm.inbox.spool import Envelope
from crm.inbox.taking import Outcome, Unreadable, clean, received_columns, take_all

KEPT_FOR = timedelta(days=30)
MOST = 200  # at once
REASONS = {
    "empty": _l("The mail is empty."),
    "no_sender": _l("The mail names no sender, so nobody can be answered."),
    "failed": _l("The mail could not be understood. This is a fault of the program: keep the mail and report it."),
}


def describe(error: str) -> str:
    """The sentence for a stored reason, with the technical detail behind it if there is one."""
    key, _colon, detail = error.partition(": ")
    return f"{REASONS.get(key, REASONS['failed'])} {detail}".strip()


def lay_aside(arrival: Arrival, error: Exception) -> Outcome:
    """Quarantine a mail. Never commits."""
    reason = error.reason if isinstance(error, Unreadable) else f"failed: {type(error).__name__}: {str(error).splitlines()[0][:300] if str(error) else ''}"
    received = ReceivedMail(**received_columns(arrival), state="quarantined", error=clean(reason))
    db.session.add(received)
    db.session.flush()
    return Outcome("quarantined", received.id)


def run_again(received: ReceivedMail) -> Outcome:
    """Try a quarantined mail once more. Never commits; stays in quarantine, with the new reason, if it fails again."""
    _must_lie_here(received)
    arrival = arrival_of(received)
    try:
        with db.session.begin_nested():
            db.session.delete(received)
            db.session.flush()
            return take_all([arrival])[0]
    except Exception as error:
        db.session.refresh(received)
        received.error = clean(error.reason if isinstance(error, Unreadable) else f"failed: {type(error).__name__}: {str(error)[:300]}")
        return Outcome("quarantined", received.id)


def discard(received: ReceivedMail) -> None:
    """Out of the list; the raw mail and who discarded it stay."""
    if received.state == "discarded":
        return
    _must_lie_here(received)
    received.state, received.discarded_at = "discarded", clock.now()


def bring_back(received: ReceivedMail) -> None:
    """Discarded by mistake: it lies in quarantine again."""
    if received.state == "quarantined":
        return
    if received.state != "discarded":
        raise Refused(_("This mail is no longer in quarantine."))
    received.state, received.discarded_at = "quarantined", None


def run_all_again() -> Counter[str]:
    """Try the oldest of them once more, each by itself; how many came to what."""
    waiting = select(ReceivedMail).where(ReceivedMail.state == "quarantined").order_by(ReceivedMail.received_at).limit(MOST)
    return Counter(run_again(received).kind for received in db.session.scalars(waiting).all())


def forget_discarded() -> list[Path]:
    """The bytes of what was discarded go after a while; that it came, and from whom, stays. The files to be removed after the commit."""
    undated = update(ReceivedMail).where(ReceivedMail.state == "discarded", ReceivedMail.discarded_at.is_(None))
    db.session.execute(undated.values(discarded_at=clock.now()))
    due = select(ReceivedMail).where(ReceivedMail.state == "discarded", ReceivedMail.discarded_at < clock.now() - KEPT_FOR)
    gone = [received for received in db.session.scalars(due).all() if not _used_elsewhere(received.sha256)]
    for received in gone:
        received.state = "forgotten"
    return [blobs.path(received.sha256) for received in gone]


def _used_elsewhere(digest: str) -> bool:
    """The same bytes may also be somebody's attachment or file."""
    keepers = (table.c.blob for table in db.metadata.tables.values() if "blob" in table.c)
    return any(db.session.scalar(select(column).where(column == digest).limit(1)) for column in keepers)


def arrival_of(received: ReceivedMail) -> Arrival:
    """The mail as it came in, from the blob store. (A blob may still carry the spool's footer after a power cut.)"""
    envelope = Envelope(received.envelope_from, tuple(filter(None, received.envelope_to.split(","))), received.source, received.received_at, received.sha256)
    return Arrival(blobs.get(received.sha256)[: received.size], envelope, current_app.config["SETTINGS"].secret_key)


def _must_lie_here(received: ReceivedMail) -> None:
    if received.state != "quarantined":
        raise Refused(_("This mail is no longer in quarantine."))


def undo_discarding(_by: User, payload: dict[str, Any]) -> None:
    bring_back(db.session.get_one(ReceivedMail, payload["received_id"]))


UNDOERS = {"quarantine.discarded": undo_discarding}
