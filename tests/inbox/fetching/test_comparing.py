"""The nightly comparison with the server."""

from __future__ import annotations

from datetime import timedelta

from crm import clock as clock_module
from crm.extensions import db
from crm.inbox import intake
from crm.inbox.fetching import comparing, jobs
from crm.inbox.fetching.models import ImapFolder, ImapGap, ImapMail
from crm.inbox.fetching.session import Session
from crm.inbox.models import Heartbeat, Message
from crm.notifications.models import Notification
from crm.outbox.models import Delivery
from tests.inbox.conftest import mail, received
from tests.inbox.fetching.conftest import place


def compare(account, folder: str = "INBOX") -> list[int]:
    with Session(account) as session:
        return comparing.compare(session, place(account, folder))


def lose(account, uid: int) -> None:
    """As if a bug had moved the cursor over a mail."""
    row = db.session.scalars(db.select(ImapMail).where(ImapMail.folder_id == place(account).id, ImapMail.uid == uid)).one()
    db.session.delete(row)
    db.session.commit()


def test_nothing_is_missing_when_all_was_fetched(dovecot, user, account, fetch, admin):
    dovecot.put(user, mail("Eins"), mail("Zwei"))
    fetch(account())
    assert compare(account()) == []
    folder = place(account())
    assert (folder.compared_count, db.session.query(Notification).count()) == (2, 0)
    assert folder.compared_at is not None


def test_a_mail_that_is_missing_is_written_down_and_told_to_the_administrators_by_page_and_mail(dovecot, user, account, fetch, admin, agent):
    dovecot.put(user, mail("Eins"), mail("Zwei", subject="Wo ist das?", message_id="<lost@kunde.example>"))
    fetch(account())
    lose(account(), 2)
    assert compare(account()) == [2]
    gap = db.session.scalars(db.select(ImapGap)).one()
    assert (gap.message_id, gap.subject, gap.sender) == ("<lost@kunde.example>", "Wo ist das?", "klara@kunde.example")
    assert [row.user_id for row in db.session.query(Notification)] == [admin.id]
    assert [row.recipient for row in db.session.query(Delivery)] == [admin.email]
    compare(account())
    assert db.session.query(Notification).count() == 1  # not again


def test_a_mail_whose_bytes_never_reached_the_inbox_is_missing(dovecot, user, account, fetch, admin, clock):
    clock.set(2026, 11, 21, 9, 0)
    dovecot.put(user, mail())
    fetch(account())
    clock.advance(hours=2)
    db.session.delete(db.session.query(Message).one())
    db.session.delete(received()[0])
    db.session.commit()
    assert compare(account()) == [1]


def test_a_number_that_stands_for_another_mail_is_missing(dovecot, user, account, fetch, admin):
    dovecot.put(user, mail())
    fetch(account())
    row = db.session.scalars(db.select(ImapMail)).one()
    row.message_id = "<another@kunde.example>"
    db.session.commit()
    assert compare(account()) == [1]


def test_mail_that_just_came_is_not_missing(dovecot, user, account, fetch, admin):
    dovecot.put(user, mail())
    fetch(account())
    dovecot.put(user, mail())
    assert compare(account()) == []


def test_mail_that_lies_there_long_and_was_never_fetched_is_missing(dovecot, user, account, fetch, admin):
    dovecot.put(user, mail())
    fetch(account())
    client = dovecot.client(user)
    client.append("INBOX", mail(), msg_time=clock_module.now() - timedelta(hours=3))
    client.logout()
    assert compare(account()) == [2]


def test_what_is_missing_is_fetched_again_when_somebody_asks(dovecot, user, account, fetch, admin):
    dovecot.put(user, mail("Eins"), mail("Zwei"))
    fetch(account())
    lose(account(), 2)
    compare(account())
    comparing.ask_to_fetch()
    db.session.commit()
    with Session(account()) as session:
        comparing.do_what_was_asked(session, place(account()))
    while intake.take_waiting():
        pass
    assert db.session.query(ImapGap).count() == 0
    assert compare(account()) == []
    assert db.session.query(Message).filter_by(kind="inbound").count() == 2  # known by its content


def test_a_missing_mail_that_is_gone_from_the_server_is_written_off(dovecot, user, account, fetch, admin):
    dovecot.put(user, mail("Eins"), mail("Zwei"))
    fetch(account())
    lose(account(), 1)
    compare(account())
    client = dovecot.client(user)
    client.select_folder("INBOX")
    client.delete_messages([1])
    client.expunge()
    client.logout()
    comparing.ask_to_fetch(db.session.scalars(db.select(ImapGap.id)).one())
    with Session(account()) as session:
        comparing.do_what_was_asked(session, place(account()))
    assert db.session.query(ImapGap).count() == 0


def test_the_night_asks_every_folder(dovecot, user, account, fetch):
    dovecot.put(user, mail())
    fetch(account())
    jobs.compare_all()
    assert db.session.scalars(db.select(ImapFolder.compare_wanted_at)).one() is not None
    with Session(account()) as session:
        comparing.do_what_was_asked(session, place(account()))
    assert place(account()).compare_wanted_at is None


def test_a_mailbox_that_stays_silent_is_told_once(app, admin, clock):
    db.session.add(Heartbeat(name="imap:service@firm.example/INBOX", at=clock(), error="wrong password"))
    db.session.commit()
    clock.advance(minutes=5)
    jobs.watch()
    assert db.session.query(Notification).count() == 0
    clock.advance(minutes=30)
    jobs.watch()
    jobs.watch()
    assert "wrong password" in db.session.query(Notification).one().text
