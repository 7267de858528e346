"""The worker's side of the outbox: claim, hand over, mark. Whatever happens in between, nothing is sent twice by itself."""

from __future__ import annotations

import os
import secrets
import socket
import time
from datetime import timedelta

from sqlalchemy import select, update

from crm import blobs, clock
from crm.extensions import db, rows_changed
from crm.outbox.models import Delivery, DeliveryAttempt
from crm.outbox.smtp import Line, Outcome
from crm.outbox.ways import Ways

LADDER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))  # then failed
STALE = timedelta(minutes=15)  # a claim this old belongs to nobody who is still working
PATIENCE = 50  # seconds one job works at most; the next sweep goes on
SILENT = {"synchronize_session": False}


def send_due() -> int:
    """Send whatever is due; how many left. Run by the queue after each enqueue and every minute."""
    settle_abandoned()
    until, sent = time.monotonic() + PATIENCE, 0
    with Ways() as ways:
        release_held(ways)
        while time.monotonic() < until and (delivery := claim(ways)):
            sender = delivery.sender
            outcome = attempt(delivery, ways.line(sender))
            sent += outcome.kind == "sent"
            if outcome.reason in ("unreachable", "sign_in"):
                ways.give_up(sender)  # the next sweep looks again
    return sent


def release_held(ways: Ways) -> None:
    """A mail server is configured: what waited for one may go."""
    db.session.execute(update(Delivery).where(Delivery.state == "held", ways.open()).values(state="queued", reason="").execution_options(**SILENT))
    db.session.commit()


def claim(ways: Ways | None = None) -> Delivery | None:
    """The delivery longest due, now ours alone. Committed before anything is sent, so that a crash leaves a trace."""
    name, due = _worker_name(), _due(ways)
    while ident := db.session.scalar(due):
        wanted = update(Delivery).where(Delivery.id == ident, Delivery.state == "queued")
        won = rows_changed(wanted.values(state="sending", claimed_by=name, claimed_at=clock.now()).execution_options(**SILENT))
        db.session.commit()
        if won:
            return db.session.get_one(Delivery, ident, populate_existing=True)
    db.session.commit()
    return None


def _due(ways: Ways | None):
    due = select(Delivery.id).where(Delivery.state == "queued", Delivery.next_attempt_at <= clock.now())
    return (due.where(ways.open()) if ways else due).order_by(Delivery.next_attempt_at).limit(1)


def attempt(delivery: Delivery, line: Line) -> Outcome:
    """One try, with its line in the log."""
    sender, recipients, message = delivery.sender, delivery.recipients.split(","), blobs.get(delivery.blob)
    db.session.commit()  # no transaction stays open while we talk to the network
    outcome = line.hand_over(sender, recipients, message)
    note(delivery, outcome)
    db.session.commit()
    return outcome


def note(delivery: Delivery, outcome: Outcome) -> None:
    delivery.attempts += 1
    delivery.log.append(DeliveryAttempt(outcome=outcome.kind, code=outcome.code, text=outcome.text))
    delivery.reason, delivery.last_error = outcome.reason, outcome.text if outcome.reason else ""
    delivery.claimed_by = None
    OUTCOMES[outcome.kind](delivery, outcome)


def _sent(delivery: Delivery, outcome: Outcome) -> None:
    if outcome.again:  # the others have it; only these are tried again
        delivery.recipients = ",".join(outcome.again)
        _later(delivery, outcome)
        return
    delivery.state, delivery.sent_at, delivery.next_attempt_at = "sent", clock.now(), None


def _later(delivery: Delivery, _outcome: Outcome) -> None:
    if delivery.attempts > len(LADDER):
        delivery.state, delivery.next_attempt_at = "failed", None
        delivery.reason = delivery.reason if delivery.reason == "sign_in" else "gave_up"
        return
    delivery.state, delivery.next_attempt_at = "queued", clock.now() + LADDER[delivery.attempts - 1]


def _failed(delivery: Delivery, _outcome: Outcome) -> None:
    delivery.state, delivery.next_attempt_at = "failed", None


def _uncertain(delivery: Delivery, _outcome: Outcome) -> None:
    delivery.state, delivery.next_attempt_at = "uncertain", None


OUTCOMES = {"sent": _sent, "later": _later, "failed": _failed, "uncertain": _uncertain}


def settle_abandoned() -> None:
    """Claims of workers that died: they may have handed the mail over, so it is shown as uncertain, never sent again by itself."""
    for delivery in db.session.scalars(select(Delivery).where(Delivery.state == "sending")).all():
        if _abandoned(delivery):
            note(delivery, Outcome("uncertain", None, "", "uncertain"))
    db.session.commit()


def _abandoned(delivery: Delivery) -> bool:
    host, process, _rest = (delivery.claimed_by or "::").split(":", 2)
    died = host == _host() and process.isdigit() and not _is_alive(int(process))
    return died or delivery.claimed_at is None or delivery.claimed_at < clock.now() - STALE


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _host() -> str:
    return socket.gethostname().replace(":", "")[:30]


def _worker_name() -> str:
    return f"{_host()}:{os.getpid()}:{secrets.token_hex(6)}"
