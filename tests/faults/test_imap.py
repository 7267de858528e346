"""Fetching while everything goes wrong, with a real server: nothing is lost, nothing is there twice. (CRM_FETCHING=50x300 for the long run.)"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from imapclient.exceptions import IMAPClientError

from crm.extensions import db
from crm.inbox import spool
from crm.inbox.fetching import reading
from crm.inbox.fetching.models import ImapFolder
from crm.inbox.fetching.reading import Taken
from crm.inbox.models import Message
from tests.inbox.conftest import mail, mailbox  # noqa: F401
from tests.inbox.durability import House, count, prepare, wait
from tests.inbox.fetching.conftest import account, dovecot, fetch, user  # noqa: F401
from tests.inbox.fetching.dovecot import Dovecot, Wire

PROGRAM = "from crm.cli import main; main()"


# — the connection is cut after each command of a session ——————————————————————————————————————————————————


@pytest.fixture
def wire(dovecot):  # noqa: F811
    line = Wire(dovecot.port)
    yield line
    line.close()


def found(domain: str) -> Counter[str]:
    return Counter(ident for ident in db.session.scalars(db.select(Message.message_id)) if ident.endswith(f"@{domain}>"))


def until_it_works(fetch, account) -> int:  # noqa: F811
    """Like the fetcher: again after each failure. How often it failed."""
    for failures in range(10):
        try:
            fetch(account)
            return failures
        except (OSError, IMAPClientError, Taken):
            db.session.rollback()
    raise AssertionError("it never works again")


@pytest.mark.slow
@pytest.mark.parametrize("deaf", [True, False], ids=["before the server hears it", "after the server heard it"])
@pytest.mark.parametrize("afterwards", ["leave", "move"])
def test_a_connection_cut_after_each_command_of_a_session_loses_nothing_and_takes_nothing_twice(dovecot, wire, fetch, user, account, deaf, afterwards, monkeypatch):  # noqa: F811
    monkeypatch.setattr(reading, "BATCH", 5)  # so that eight mails come in two
    number, failures = 0, 1
    while failures:
        number += 1
        domain = f"cut{number}.example"
        name = f"{number}.{user}"
        dovecot.put(name, *(mail(f"Nummer {each}", message_id=f"<{each}@{domain}>") for each in range(8)))
        wire.arm(number, deaf)
        failures = until_it_works(fetch, account(key=name, user=name, port=wire.port, afterwards=afterwards, afterwards_folder="Erledigt"))
        assert found(domain) == Counter(f"<{each}@{domain}>" for each in range(8)), f"cut at command {number}"
        if afterwards == "move":
            client = dovecot.client(name)
            assert client.folder_status("INBOX", "MESSAGES")[b"MESSAGES"] == 0, f"cut at command {number}"
            client.logout()
    assert number > 7  # so many commands a session has at least; all of them were cut once


def test_a_large_mail_cut_within_comes_whole(dovecot, wire, fetch, user, account):  # noqa: F811
    from crm import blobs
    from crm.inbox.models import ReceivedMail

    big = mail("Anhang").replace(b"\n", b"\r\n") + (b"z" * 74 + b"\r\n") * 80_000
    dovecot.put(user, big)
    for number in (7, 9, 11):
        wire.arm(number)
        until_it_works(fetch, account(port=wire.port))
    row = db.session.scalars(db.select(ReceivedMail)).one()
    assert blobs.get(row.sha256) == big


def test_a_clock_that_goes_back_an_hour_loses_nothing(dovecot, fetch, user, account, clock):  # noqa: F811
    wanted = account()
    for number in range(6):
        dovecot.put(user, mail(f"Nummer {number}", message_id=f"<{number}@clock.example>"))
        if number == 3:
            clock.advance(hours=-1)
        fetch(wanted)
        clock.advance(minutes=1)
    assert found("clock.example") == Counter(f"<{number}@clock.example>" for number in range(6))


def test_a_crash_between_disk_and_books_fetches_again_and_takes_once(dovecot, fetch, user, account, monkeypatch):  # noqa: F811
    dovecot.put(user, *(mail(f"Nummer {number}", message_id=f"<{number}@crash.example>") for number in range(40)))
    died = []

    def die(self, *_mail) -> None:
        if len(died) < 3:
            died.append(1)
            raise ConnectionResetError("planted")
        took(self, *_mail)

    took = ImapFolder.took
    monkeypatch.setattr(ImapFolder, "took", die)
    assert until_it_works(fetch, account()) == 3
    assert found("crash.example") == Counter(f"<{number}@crash.example>" for number in range(40))


def test_a_full_disk_moves_no_cursor(dovecot, fetch, user, account, monkeypatch):  # noqa: F811
    dovecot.put(user, mail(message_id="<1@full.example>"))
    monkeypatch.setattr(spool, "write", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        fetch(account())
    db.session.rollback()
    monkeypatch.undo()
    fetch(account())
    assert found("full.example") == Counter(["<1@full.example>"])


# — processes —————————————————————————————————————————————————————————————————————————————————————————————


class Fetching(House):
    """Intake and `fetchers` processes that fetch, on a data directory of their own."""

    def __init__(self, folder: Path, urls: str):
        super().__init__(folder)
        self.environ["CRM_IMAP_URLS"] = urls
        self.log = folder.with_name(f"{folder.name}.log")

    def begin(self, part: str) -> subprocess.Popen:
        with self.log.open("ab") as log:
            process = subprocess.Popen([sys.executable, "-c", PROGRAM, "part", part], env=self.environ, stdout=log, stderr=log)
        self.running.append(process)
        return process

    def end(self, process: subprocess.Popen) -> None:
        self.running.remove(process)
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        process.wait()

    def there(self) -> int:
        return sum(count(self).values())


@pytest.fixture
def firm(tmp_path, dovecot: Dovecot, user):  # noqa: F811
    house = Fetching(tmp_path / "data", f"{dovecot.url(user)} {dovecot.url(user, 'Rest')}")
    prepare(house)
    yield house
    house.kill()


def fill(server: Dovecot, name: str, mails: int) -> Counter[str]:
    """Two thirds in the inbox, a third in another folder."""
    idents = [f"<{number}@processes.example>" for number in range(mails)]
    raws = [mail(f"Nummer {number}", message_id=ident, sender=f"k{number % 50}@kunde.example") for number, ident in enumerate(idents)]
    server.put(name, *raws[: mails // 3], folder="Rest")
    server.put(name, *raws[mails // 3 :])
    return Counter(idents)


@pytest.mark.slow
def test_the_fetching_killed_at_random_loses_nothing_and_takes_nothing_twice(firm, dovecot, user):  # noqa: F811
    rounds, mails = (int(part) for part in os.environ.get("CRM_FETCHING", "4x300").split("x"))
    chance, wanted = random.Random(1), fill(dovecot, user, mails)
    firm.begin("intake")
    for _number in range(rounds):
        process = firm.begin("fetcher")
        time.sleep(1.2 + chance.random() * 1.5)  # it starts, connects, fetches
        firm.end(process)
    firm.begin("fetcher")
    wait(lambda: firm.there() >= mails and time.sleep(0.5) is None, f"all are there; see {firm.log}", 90)
    wait(lambda: not list((Path(firm.environ["CRM_DATA_DIR"]) / "spool").glob("*.mail")), "the spool is empty")
    assert count(firm) == wanted


@pytest.mark.slow
def test_two_that_fetch_at_once_take_each_mail_once(firm, dovecot, user):  # noqa: F811
    wanted = fill(dovecot, user, 120)
    firm.begin("intake")
    for _number in range(2):
        firm.begin("fetcher")
    wait(lambda: firm.there() >= 120 and time.sleep(0.5) is None, f"all are there; see {firm.log}", 90)
    assert count(firm) == wanted


