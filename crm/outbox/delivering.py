"""The worker's side of the outbox: claim, hand over, mark. Whatever happens in between, nothing is sent twice by itself."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, update

from crm import blobs, clock
from crm.extensions import db, rows_changed
from crm.outbox.models import Delivery, DeliveryAttempt
from crm.outbox.smtp import Line, Outcome
from crm.outbox.ways import Ways

log = logging.getLogger(__name__)
LADDER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))  # then failed; docs/sending.md tells it
STALE = timedelta(minutes=15)  # a claim this old belongs to nobody who is still working
NO_WAY = ("unreachable", "sign_in", "tls")  # reasons that say nothing about the mail
LEAP = timedelta(seconds=5)  # by which clocks of several machines may differ
PATIENCE = 50  # seconds one job works at most; the next sweep goes on
SILENT = {"synchronize_session": False}


def send_due() -> int:
    """Send whatever is due; how many left. Run by the queue after each enqueue and every minute."""
    hasten_after_a_clock_change()
    settle_abandoned()
    until, sent = time.monotonic() + PATIENCE, 0
    with Ways() as ways:
        release_held(ways)
        while time.monotonic() < until and (delivery := claim(ways)):
            sender = delivery.sender
            outcome = attempt(delivery, ways.line(sender))
            sent += outcome.kind == "sent"
            if outcome.kind == "sent" and ways.proves(sender):
                hasten_what_waited_for(ways, sender)
            if outcome.no_way:
                ways.give_up(sender)  # the next sweep looks again
    return sent


def hasten_after_a_clock_change() -> None:
    """Nobody waits longer than was agreed: what is due later than its whole wait from now was put off before the clock went back."""
    now, late = clock.now(), (Delivery.state == "queued", Delivery.next_attempt_at > clock.now() + LEAP)
    for wait in db.session.scalars(select(Delivery.wait).where(*late, Delivery.wait.is_not(None)).distinct()).all():
        due = now + timedelta(seconds=wait or 0)
        db.session.execute(update(Delivery).where(*late, Delivery.wait == wait, Delivery.next_attempt_at > due + LEAP).values(next_attempt_at=due).execution_options(**SILENT))
    ahead = update(Delivery).where(Delivery.state == "sending", Delivery.claimed_at > now + LEAP)  # these grow stale from now on
    db.session.execute(ahead.values(claimed_at=now).execution_options(**SILENT))
    db.session.commit()


def hasten_what_waited_for(ways: Ways, sender: str) -> None:
    """The mail server works again: what it did not even listen to before need not wait for its next step of the ladder."""
    waiting = (Delivery.state == "queued", Delivery.reason.in_(NO_WAY), Delivery.next_attempt_at > clock.now(), ways.like(sender))
    db.session.execute(update(Delivery).where(*waiting).values(next_attempt_at=clock.now()).execution_options(**SILENT))
    db.session.commit()


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
    sender, recipients, message, claim = delivery.sender, delivery.due, blobs.path(delivery.blob), delivery.claimed_by
    db.session.commit()  # no transaction stays open while we talk to the network
    outcome = _hand_over(line, sender, recipients, message)
    db.session.refresh(delivery, with_for_update=True)
    if delivery.state == "sending" and delivery.claimed_by == claim:
        note(delivery, outcome)
    else:  # while we worked, somebody took us for dead; what we know now is told all the same
        write_down(delivery, outcome)
        if outcome.kind == "sent":
            delivery.arrived()
    db.session.commit()
    return outcome


def _hand_over(line: Line, sender: str, recipients: list[str], message: Path) -> Outcome:
    if not message.exists():
        return Outcome("failed", None, "", "lost")
    try:
        return line.hand_over(sender, recipients, message)
    except Exception as error:  # a fault of ours must neither stop the other mails nor have this one sent again
        log.exception("a mail could not be handed over")
        line.hang_up()
        return Outcome("uncertain", None, f"{type(error).__name__}: {error}"[:500], "uncertain")


def write_down(delivery: Delivery, outcome: Outcome) -> None:
    delivery.attempts += 1
    text = "\n".join([outcome.text, *(f"{address}: {said}" for address, said in outcome.refused.items() if said not in outcome.text)])
    delivery.log.append(DeliveryAttempt(outcome=outcome.kind, code=outcome.code, text=text.strip()))


def note(delivery: Delivery, outcome: Outcome) -> None:
    write_down(delivery, outcome)
    delivery.reason, delivery.last_error = outcome.reason, outcome.text if outcome.reason else ""
    delivery.claimed_by = None
    delivery.refuse(outcome.refused)
    if outcome.again:
        delivery.remaining = ",".join(outcome.again)
    OUTCOMES[outcome.kind](delivery, outcome)


def _sent(delivery: Delivery, outcome: Outcome) -> None:
    delivery.sent_at = delivery.sent_at or clock.now()
    if outcome.again:  # the others have it; only these are tried again
        delivery.last_error = delivery.last_error or outcome.text
        _later(delivery, outcome)
        return
    delivery.state, delivery.next_attempt_at, delivery.remaining = "sent", None, ""
    delivery.reason = "some_refused" if delivery.refused else ""


def _later(delivery: Delivery, outcome: Outcome) -> None:
    if delivery.attempts > len(LADDER):
        delivery.reason = delivery.reason if delivery.reason in ("sign_in", "tls") else "gave_up"
        _failed(delivery, outcome)
        return
    wait = LADDER[delivery.attempts - 1]
    delivery.state, delivery.next_attempt_at, delivery.wait = "queued", clock.now() + wait, int(wait.total_seconds())


def _failed(delivery: Delivery, outcome: Outcome) -> None:
    delivery.next_attempt_at = None
    if delivery.sent_at is None:
        delivery.state = "failed"
        return
    delivery.refuse({address: outcome.text for address in delivery.due if address not in delivery.refusals})
    delivery.state, delivery.reason, delivery.remaining = "sent", "some_refused", ""


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
