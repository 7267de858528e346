"""The process that fetches: a thread and a connection for each folder, all in one place. It ends on SIGTERM, between two batches."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time

from flask import Flask
from flask_babel import force_locale
from sqlalchemy import delete

from crm import clock
from crm.extensions import db, transaction_mode
from crm.inbox import heartbeats
from crm.inbox.fetching.accounts import Account, accounts
from crm.inbox.fetching.comparing import do_what_was_asked
from crm.inbox.fetching.models import ImapFolder, folder_of
from crm.inbox.fetching.reading import Taken, catch_up
from crm.inbox.fetching.session import Session
from crm.inbox.fetching.troubles import LASTING, Trouble, trouble
from crm.inbox.models import Heartbeat
from crm.supervising import stop_on_signals

log = logging.getLogger(__name__)
LOOK = 5.0  # seconds between two looks at which accounts there are
TIDY = 60.0
WAIT = 15.0  # seconds in which the server may tell of new mail by itself; then we ask in any case, and do what people asked for
POLL = 10.0  # seconds between two questions to a server that cannot tell
BACK_OFF = (1, 2, 5, 10, 20, 30, 60)  # seconds before the next connection, the longer the more often it failed
PATIENCE = 2  # failures in a row that are nobody's concern: connections break
FORGOTTEN = heartbeats.SILENT_AFTER


class Fetcher(threading.Thread):
    """Keeps one folder read."""

    def __init__(self, app: Flask, account: Account, folder: str):
        super().__init__(daemon=True, name=f"{account.label}/{folder}")
        self.app, self.account, self.folder = app, account, folder
        self.claimant = f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"
        self.stopping = threading.Event()
        self.session: Session | None = None
        self.failures = 0

    @property
    def beat_name(self) -> str:
        return heart_of(self.account, self.folder)

    def stop(self) -> None:
        self.stopping.set()
        if self.session is not None:
            self.session.interrupt()

    def run(self) -> None:
        with self.app.app_context():
            while not self.stopping.is_set():
                pause = self.attempt()
                db.session.remove()
                self.stopping.wait(pause)
            self.let_go()

    def attempt(self) -> float:
        """Connect and stay; seconds to wait before the next time."""
        try:
            with Session(self.account) as self.session:
                while not self.stopping.is_set():
                    self.round(self.session)
        except Taken:
            return POLL
        except Exception as error:
            return self.failed(error)
        return 0

    def round(self, session: Session) -> None:
        folder = self.row()
        catch_up(session, folder, self.claimant)
        do_what_was_asked(session, folder)
        self.failures = 0
        heartbeats.beat(self.beat_name, every=15)
        db.session.remove()  # nothing of the database is held while we wait
        if self.stopping.is_set():
            return
        if session.can_wait():
            session.wait(WAIT)
        else:
            self.stopping.wait(POLL)

    def row(self) -> ImapFolder:
        found = folder_of(self.account.key, self.folder)
        if is_orphaned(found.claimed_by):
            found.release(found.claimed_by)
        db.session.commit()
        return found

    def failed(self, error: Exception) -> float:
        if self.stopping.is_set():
            return 0
        db.session.rollback()
        self.failures += 1
        found = trouble(error, self.account.host)
        log.warning("%s: %s", self.name, found.sentence, exc_info=error if found.kind == "other" else None)
        if found.kind in LASTING or self.failures > PATIENCE:
            heartbeats.stumble(self.beat_name, Telling(self.app, self.name, found))
        return BACK_OFF[min(self.failures, len(BACK_OFF)) - 1]

    def let_go(self) -> None:
        try:
            self.row().release(self.claimant)
            db.session.commit()
        except Exception:
            log.exception("the lease of %s stays until it ends", self.name)
        finally:
            db.session.remove()


def is_orphaned(claimant: str) -> bool:
    """Left by a process of this machine that has died: nobody needs to wait for the end of its lease."""
    host, _, rest = claimant.partition(":")
    process = rest.partition(":")[0]
    if host != socket.gethostname()[:30] or not process.isdigit() or int(process) == os.getpid():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


class Telling(Exception):
    """A trouble in the language of the firm, with the folder it is about."""

    def __init__(self, app: Flask, name: str, found: Trouble):
        with force_locale(app.config["SETTINGS"].locale):
            super().__init__(f"{name}: {found.sentence}")


def heart_of(account: Account, folder: str) -> str:
    return f"imap:{account.label}/{folder}"[:80]


class Fetchers:
    """All folders of all accounts; follows what the settings say."""

    def __init__(self, app: Flask):
        self.app = app
        self.running: dict[tuple[str, str], Fetcher] = {}
        self.tidied = -TIDY

    def look(self) -> None:
        """Start what is new or was changed or has died, stop what is gone."""
        with self.app.app_context():
            wanted = self.wanted()
            for place, fetcher in list(self.running.items()):
                if wanted.get(place) != fetcher.account or not fetcher.is_alive():
                    fetcher.stop()
                    del self.running[place]
            for place, account in wanted.items():
                if place not in self.running:
                    self.running[place] = Fetcher(self.app, account, place[1])
                    self.running[place].start()
            if time.monotonic() - self.tidied > TIDY:
                self.tidied = time.monotonic()
                forget({heart_of(account, folder) for (_key, folder), account in wanted.items()})

    def wanted(self) -> dict[tuple[str, str], Account]:
        """Only read: no writer has to wait for us."""
        mode = transaction_mode.set("DEFERRED")
        try:
            return {(account.key, folder): account for account in accounts() for folder in account.folders}
        finally:
            db.session.remove()
            transaction_mode.reset(mode)

    def stop(self) -> None:
        for fetcher in self.running.values():
            fetcher.stop()
        for fetcher in self.running.values():
            fetcher.join(5)


def forget(present: set[str]) -> None:
    """Hearts of folders that are read no more; another machine's are young."""
    gone = delete(Heartbeat).where(Heartbeat.name.startswith("imap:"), Heartbeat.name.not_in(present), Heartbeat.at < clock.now() - FORGOTTEN)
    db.session.execute(gone.execution_options(synchronize_session=False))
    db.session.commit()
    db.session.remove()


def run_forever(app: Flask, stop: threading.Event | None = None) -> None:
    stop = stop or stop_on_signals()
    fetchers = Fetchers(app)
    while not stop.is_set():
        try:
            fetchers.look()
        except Exception:
            log.exception("which mailboxes are to be fetched cannot be read")
        stop.wait(LOOK)
    fetchers.stop()
