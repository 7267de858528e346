from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from flask import current_app

from crm.extensions import db
from crm.inbox import intake
from crm.inbox.fetching.accounts import Account
from crm.inbox.fetching.models import ImapFolder, folder_of
from crm.inbox.fetching.reading import catch_up
from crm.inbox.fetching.session import Session
from tests.inbox.conftest import mailbox  # noqa: F401
from tests.inbox.fetching.dovecot import PASSWORD, PROGRAM, REASON, Dovecot

NUMBERS = count(1)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    if PROGRAM is None:
        pytest.skip(REASON)
    folder = Path(tempfile.mkdtemp(prefix="dc"))  # short: names of sockets may have 107 characters
    folder.chmod(0o755)
    with Dovecot(folder / "d") as server:
        yield server
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def user() -> str:
    """A mailbox on the server that no other test uses."""
    return f"user{next(NUMBERS)}@firm.example"


@pytest.fixture
def account(dovecot: Dovecot, user: str):
    def make(**parts) -> Account:
        known = {"key": f"test:{user}", "host": "127.0.0.1", "port": dovecot.port, "security": "none", "user": user, "password": PASSWORD}
        return Account(**{**known, **parts})

    return make


@pytest.fixture
def fetch(app, mailbox):  # noqa: F811
    """fetch(account) → how many mails came; the intake has taken them."""

    def fetch_one(account: Account, folder: str = "INBOX", by: str = "test") -> int:
        with Session(account) as session:
            taken = catch_up(session, place(account, folder), by)
        while intake.take_waiting():
            pass
        return taken

    yield fetch_one
    for path in current_app.config["SETTINGS"].spool_dir.iterdir():
        path.unlink()


def place(account: Account, folder: str = "INBOX") -> ImapFolder:
    found = folder_of(account.key, folder)
    db.session.commit()
    return found
