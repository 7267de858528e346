"""Fetching from a real server, by UIDVALIDITY and UID."""

from __future__ import annotations

import threading
import time
import tracemalloc
from datetime import timedelta

from crm import clock as clock_module
from crm.extensions import db
from crm.inbox.fetching.models import ImapMail
from crm.inbox.fetching.session import Session
from crm.inbox.models import Conversation, Message
from tests.inbox.conftest import mail, received
from tests.inbox.fetching.conftest import place


def ids() -> list[str]:
    return sorted(db.session.scalars(db.select(Message.message_id)))


def test_what_lies_there_is_taken_and_what_comes_later_too(dovecot, user, account, fetch):
    dovecot.put(user, mail("Eins"), mail("Zwei"))
    assert fetch(account()) == 2
    assert fetch(account()) == 0
    dovecot.put(user, mail("Drei"))
    assert fetch(account()) == 1
    assert len(ids()) == 3


def test_a_mail_that_somebody_has_read_already_is_taken_too(dovecot, user, account, fetch):
    client = dovecot.client(user)
    client.append("INBOX", mail("Gelesen"), flags=[b"\\Seen"])
    client.logout()
    assert fetch(account()) == 1


def test_fetching_leaves_the_flags_alone(dovecot, user, account, fetch):
    dovecot.put(user, mail())
    fetch(account())
    client = dovecot.client(user)
    client.select_folder("INBOX")
    assert client.search("UNSEEN") != []
    client.logout()


def test_a_folder_that_is_numbered_anew_is_read_again_and_nothing_is_there_twice(dovecot, user, account, fetch):
    raws = [mail(f"Nummer {number}") for number in range(5)]
    dovecot.put(user, *raws, folder="Service")
    assert fetch(account(), "Service") == 5
    before = place(account(), "Service").uidvalidity
    client = dovecot.client(user)
    client.delete_folder("Service")
    client.logout()
    dovecot.put(user, *raws[2:], mail("Neu"), folder="Service")
    fetch(account(), "Service")
    assert place(account(), "Service").uidvalidity != before
    assert len(ids()) == 6


def test_two_different_mails_with_one_message_id_stay_two(dovecot, user, account, fetch):
    dovecot.put(user, mail("Eins", message_id="<same@kunde.example>"), mail("Zwei", message_id="<same@kunde.example>"))
    assert fetch(account()) == 2
    assert ids() == ["<same@kunde.example>"] * 2


def test_a_folder_with_umlauts_is_read(dovecot, user, account, fetch):
    dovecot.put(user, mail(), folder="Rückfragen & Lob")
    assert fetch(account(), "Rückfragen & Lob") == 1


def test_the_account_says_whose_mail_it_is(dovecot, user, account, fetch, make):
    from crm.inbox.models import Mailbox

    sales = Mailbox(name="Verkauf", address="verkauf@firm.example")
    db.session.add(sales)
    db.session.commit()
    dovecot.put(user, mail(to="undisclosed@elsewhere.example"))
    fetch(account(recipient="verkauf@firm.example"))
    assert db.session.scalars(db.select(Conversation.mailbox_id)).all() == [sales.id]


def test_only_new_mail_is_taken_when_that_is_what_was_asked_for(dovecot, user, account, fetch):
    dovecot.put(user, mail("Alt"))
    wanted = account(new_since=clock_module.now())
    assert fetch(wanted) == 0
    dovecot.put(user, mail("Neu"))
    assert fetch(wanted) == 1


def test_a_mail_that_lay_on_the_server_came_when_the_server_got_it(dovecot, user, account, fetch):
    came = clock_module.now().replace(microsecond=0) - timedelta(hours=5)
    client = dovecot.client(user)
    client.append("INBOX", mail(), msg_time=came)
    client.logout()
    fetch(account())
    assert received()[-1].received_at == came


def test_what_was_fetched_can_be_marked_as_seen(dovecot, user, account, fetch):
    dovecot.put(user, mail())
    fetch(account(afterwards="seen"))
    client = dovecot.client(user)
    client.select_folder("INBOX")
    assert client.search("UNSEEN") == []
    client.logout()


def test_what_was_fetched_can_be_moved_away(dovecot, user, account, fetch):
    dovecot.put(user, mail("Eins"), mail("Zwei"))
    wanted = account(afterwards="move", afterwards_folder="Erledigt")
    assert fetch(wanted) == 2
    dovecot.put(user, mail("Drei"))
    assert fetch(wanted) == 1
    client = dovecot.client(user)
    assert client.folder_status("INBOX", "MESSAGES")[b"MESSAGES"] == 0
    assert client.folder_status("Erledigt", "MESSAGES")[b"MESSAGES"] == 3
    client.logout()


def test_a_large_mail_is_never_whole_in_memory(dovecot, user, account, fetch, monkeypatch):
    from crm.inbox import intake

    big = mail("x" * 70 + "\n") + b"\r\n" + b"abcdefghij" * 7 + b"\r\n"
    big += (b"y" * 74 + b"\r\n") * 400_000  # 30 MB
    dovecot.put(user, big)
    monkeypatch.setattr(intake, "take_waiting", lambda: 0)
    tracemalloc.start()
    assert fetch(account()) == 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12_000_000
    known = db.session.scalars(db.select(ImapMail)).one()
    assert known.message_id


def test_a_large_mail_arrives_byte_by_byte(dovecot, user, account, fetch):
    from crm import blobs

    big = mail("Anhang").replace(b"\n", b"\r\n") + (b"z" * 74 + b"\r\n") * 90_000
    dovecot.put(user, big)
    fetch(account())
    assert blobs.get(received()[-1].sha256) == big


def test_a_folder_is_read_by_one_at_a_time(dovecot, user, account, fetch):
    import pytest

    from crm.inbox.fetching.reading import Taken

    dovecot.put(user, mail())
    assert place(account()).claim("somebody else")
    db.session.commit()
    with pytest.raises(Taken):
        fetch(account())


def test_a_lease_that_was_given_before_the_clock_went_back_binds_nobody(clock, app, account):
    folder = place(account())
    clock.advance(hours=1)
    assert folder.claim("one")
    db.session.commit()
    clock.advance(hours=-1)
    assert folder.claim("two")


def test_the_capability_to_wait_is_used(dovecot, user, account):
    with Session(account()) as session:
        assert session.can_wait()
        session.open("INBOX")
        soon = threading.Timer(0.2, dovecot.put, (user, mail()))
        soon.start()
        began = time.monotonic()
        session.wait(60)
        assert time.monotonic() - began < 50
        soon.join()
        assert session.after(0) != []
