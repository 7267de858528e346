"""From the spool into conversations. A mail leaves the spool only when the database holds it for good, so a crash anywhere takes it once."""

from __future__ import annotations

import fcntl
import gc
import logging
import os
import threading
import time
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy.exc import InterfaceError, OperationalError

from crm import blobs
from crm.contacts.changes import caused
from crm.extensions import db
from crm.inbox import heartbeats, quarantine, spool
from crm.inbox.arrivals import Arrival
from crm.inbox.spool import Envelope, Spooled
from crm.inbox.taking import Outcome, take_all
from crm.supervising import stop_on_signals

log = logging.getLogger(__name__)
BATCH = 50  # mails a transaction: enough to share its cost, few enough that other writers hardly wait
BATCH_BYTES = 20 * 1024 * 1024
PAUSE = 0.2  # seconds between two looks at an empty spool
GATHER = 0.05  # seconds to let more come while they come singly: a batch of ten costs little more than a batch of one
BACK_OFF = 5.0  # seconds to wait when the database cannot be written
TIDY_EVERY = 600.0
WATCH_EVERY = 60.0
GARBAGE = 100_000  # a batch makes many objects that die with it: looking for cycles among them is wasted time
NOT_THE_MAILS_FAULT = (OperationalError, InterfaceError, OSError, MemoryError)


def take(raw: bytes, envelope: Envelope, source: str | None = None) -> Outcome:
    """Take one mail now: into the spool first, then into its place. The door of `crm mail take`, and of tests.

    An OSError means that it was not stored. If it is stored but the database is away, the intake takes it later: Outcome("spooled", 0).
    """
    if source:
        envelope = Envelope(envelope.sender, envelope.recipients, source, envelope.received_at)
    path = spool.write(_directory(), raw, envelope, spool.TAKING)
    spooled = spool.read(path)
    assert spooled is not None
    try:
        return take_spooled([spooled])[0]
    except NOT_THE_MAILS_FAULT as error:
        log.warning("a mail waits in the spool: %s", error)
        db.session.rollback()
        spool.hand_on(path)
        return Outcome("spooled", 0)


def take_spooled(files: Sequence[Spooled]) -> list[Outcome]:
    """Take these mails, commit, and let go of their files."""
    secret = current_app.config["SETTINGS"].secret_key
    arrivals = [Arrival(each.raw, each.envelope, secret, each) for each in files]
    for each in files:
        spool.keep(each, blobs.path(each.envelope.sha256))
    outcomes = _commit_all(arrivals)
    for each in files:
        spool.release(each, blobs.path(each.envelope.sha256))
    return outcomes


@caused("mail")
def _commit_all(arrivals: list[Arrival]) -> list[Outcome]:
    """All in one transaction; if one of them spoils it, each in its own, and that one into quarantine."""
    for arrival in arrivals:
        _understand(arrival)
    try:
        outcomes = take_all(arrivals)
        db.session.commit()
        return outcomes
    except NOT_THE_MAILS_FAULT:
        db.session.rollback()
        raise
    except Exception as error:
        db.session.rollback()
        return [_set_aside(arrivals[0], error)] if len(arrivals) == 1 else [outcome for each in arrivals for outcome in _commit_all([each])]


def _understand(arrival: Arrival) -> None:
    """Parse before the transaction begins: other writers need not wait for that. What fails here fails again in its own turn."""
    try:
        _ = arrival.fingerprint, arrival.automatic, arrival.reply_text, arrival.signed, arrival.tagged, arrival.marked, arrival.addressed
    except Exception:
        log.exception("a mail could not be understood")


def _set_aside(arrival: Arrival, error: Exception) -> Outcome:
    log.warning("a mail was quarantined: %s", error, exc_info=not hasattr(error, "reason"))
    outcome = quarantine.lay_aside(arrival, error)
    db.session.commit()
    return outcome


def take_waiting() -> int:
    """One batch from the spool, the oldest first; how many mails were in it."""
    files, size = [], 0
    for path in spool.waiting(_directory(), BATCH):
        spooled = spool.read(path)
        if spooled is not None:
            files.append(spooled)
            size += len(spooled.raw)
        if size > BATCH_BYTES:
            break
    if files:
        take_spooled(files)
    return len(files)


def run_forever(app: Flask, stop: threading.Event | None = None) -> None:
    """The intake's process: one in each spool directory. Ends on SIGTERM, between two batches."""
    stop = stop or stop_on_signals()
    with app.app_context(), only_one(_directory()):
        tidied = watched = 0.0
        gc.freeze()
        gc.set_threshold(GARBAGE)
        while not stop.is_set():
            if time.monotonic() - tidied > TIDY_EVERY:
                spool.tidy(_directory())
                tidied = time.monotonic()
            if time.monotonic() - watched > WATCH_EVERY:
                _watch_worker()
                watched = time.monotonic()
            if (taken := _look()) < BATCH:
                stop.wait(GATHER if taken else PAUSE)


def _look() -> int:
    """One batch, and a beat of the heart; trouble is shown in the inbox and tried again."""
    try:
        taken = take_waiting()
        heartbeats.beat("intake", every=20)
    except Exception as error:
        log.exception("mail could not be taken from the spool")
        db.session.rollback()
        heartbeats.stumble("intake", error)
        time.sleep(BACK_OFF)
        return 0
    finally:
        db.session.remove()
    return taken


def _watch_worker() -> None:
    """A worker that is silent cannot tell so itself."""
    try:
        current_app.extensions["watch_worker"]()
    except Exception:
        log.exception("it is not known whether the worker works")
        db.session.rollback()
    finally:
        db.session.remove()


@contextmanager
def only_one(directory: Path):
    """Hold the spool: a second intake on it waits here until the first is gone."""
    handle = os.open(directory.with_name("intake.lock"), os.O_RDWR | os.O_CREAT, 0o640)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _directory() -> Path:
    return current_app.config["SETTINGS"].spool_dir
