"""The process that fetches: it follows the settings, tells what is wrong, and ends in good order."""

from __future__ import annotations

import os
import subprocess

import pytest

from crm.extensions import db
from crm.inbox.fetching import fetchers
from crm.inbox.fetching.fetchers import Fetcher, Fetchers, is_orphaned
from crm.inbox.models import Heartbeat
from tests.inbox.conftest import mail
from tests.inbox.fetching.conftest import place
from tests.inbox.fetching.dovecot import free_port


@pytest.fixture
def fetcher(app, account):
    return lambda folder="INBOX", **parts: Fetcher(app, account(**parts), folder)


def heart(one: Fetcher) -> Heartbeat | None:
    return db.session.scalars(db.select(Heartbeat).where(Heartbeat.name == one.beat_name)).one_or_none()


def test_a_round_fetches_and_beats(dovecot, user, account, fetcher, mailbox):
    from crm.inbox.fetching.session import Session

    dovecot.put(user, mail())
    one = fetcher()
    one.stopping.set()  # a single round, without waiting
    with Session(account()) as session:
        one.round(session)
    assert heart(one).error == ""
    assert place(account()).last_uid == 1


def test_a_wrong_password_is_told_at_once(fetcher, mailbox):
    one = fetcher(password="wrong")
    assert one.attempt() > 0
    assert "does not accept the user name or the password" in heart(one).error


def test_a_connection_that_breaks_once_is_nobodys_concern_and_a_server_that_stays_away_is(fetcher, mailbox):
    one = fetcher(port=free_port())
    pauses = [one.attempt(), one.attempt()]
    assert heart(one) is None
    pauses.append(one.attempt())
    assert "refuses the connection" in heart(one).error
    assert pauses == sorted(pauses)


def test_a_missing_folder_is_told_at_once(fetcher, mailbox):
    one = fetcher("Gibt es nicht")
    one.attempt()
    assert "no such folder" in heart(one).error


def test_the_lease_of_a_dead_process_binds_nobody(app):
    import socket

    gone = subprocess.Popen(["true"])
    gone.wait()
    host = socket.gethostname()[:30]
    assert is_orphaned(f"{host}:{gone.pid}:abcd")
    assert not is_orphaned(f"{host}:{os.getppid()}:abcd")
    assert not is_orphaned(f"elsewhere:{gone.pid}:abcd")
    assert not is_orphaned("")


def test_accounts_that_come_change_and_go_are_followed(app, account, monkeypatch):
    wanted = [account(folders=("INBOX", "Verkauf"))]
    monkeypatch.setattr(fetchers, "accounts", lambda: wanted)
    monkeypatch.setattr(Fetcher, "run", lambda self: self.stopping.wait(30))
    all_of_them = Fetchers(app)
    all_of_them.look()
    first = dict(all_of_them.running)
    assert {folder for _key, folder in first} == {"INBOX", "Verkauf"}
    wanted[:] = [account(password="another")]
    all_of_them.look()
    assert [each.account.password for each in all_of_them.running.values()] == ["another"]
    assert all(each.stopping.is_set() for each in first.values())
    all_of_them.stop()


def test_hearts_of_folders_that_are_read_no_more_are_forgotten(app, clock):
    db.session.add_all([Heartbeat(name="imap:old/INBOX", at=clock()), Heartbeat(name="imap:new/INBOX", at=clock()), Heartbeat(name="intake", at=clock())])
    db.session.commit()
    clock.advance(minutes=5)
    fetchers.forget({"imap:new/INBOX"})
    assert set(db.session.scalars(db.select(Heartbeat.name))) == {"imap:new/INBOX", "intake"}
