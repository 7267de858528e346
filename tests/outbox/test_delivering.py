"""What leaves the house leaves once, and what cannot leave says why. With a real SMTP server, real connections, real threads."""

from __future__ import annotations

import asyncio
import dataclasses
import threading
from collections import Counter
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller

from crm import clock as clock_module
from crm import create_app
from crm import settings as settings_module
from crm.extensions import db
from crm.outbox import delivering
from crm.outbox.models import Delivery
from crm.outbox.sending import enqueue


class Server:
    """Answers to the sender of the envelope: `answers["x@y"]` is what DATA is answered with."""

    def __init__(self):
        self.mails: list[tuple[list[str], bytes]] = []
        self.answers: dict[str, str] = {}
        self.refusing: dict[str, str] = {}
        self.dropping = False

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refusing:
            return self.refusing[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.dropping:
            server.transport.abort()
            await asyncio.sleep(0.01)
            return "421 gone"
        answer = self.answers.get(envelope.rcpt_tos[0], "250 OK")
        if answer.startswith("250"):
            self.mails.append((list(envelope.rcpt_tos), envelope.content))
        return answer


@pytest.fixture
def server():
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=0)
    # port 0: aiosmtpd asks the kernel, but wants to know the port before it connects to itself
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        controller.port = probe.getsockname()[1]
    controller.start()
    handler.url = f"smtp://127.0.0.1:{controller.port}"
    yield handler
    controller.stop()


@pytest.fixture
def own_url(request):
    """The settings for a database of this test's own, on the server the suite runs on."""
    if request.config.getoption("--database") == "sqlite":
        yield {}
        return
    import psycopg

    url = request.getfixturevalue("postgresql_url")
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE DATABASE outbox_house")
        head, mark, tail = url.partition("?")
        yield {"CRM_DATABASE_URL": f"{head.rpartition('/')[0]}/outbox_house{mark}{tail}"}
        connection.execute("DROP DATABASE outbox_house WITH (FORCE)")


@pytest.fixture
def house(tmp_path, server, own_url):
    """An application with a database of its own, so that several connections see each other's commits."""
    app = create_app(settings_module.load({"CRM_DATA_DIR": str(tmp_path), "CRM_SECRET_KEY": "test", "CRM_SMTP_URL": server.url, **own_url}), testing=True)
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


def write(*recipients: str, **changes) -> int:
    delivery = enqueue(to=list(recipients) or ["klara@kunde.example"], subject="Guten Tag", text="Hallo\n.\nPunkt", **changes)
    db.session.commit()
    return delivery.id


def row(ident: int) -> Delivery:
    db.session.rollback()
    return db.session.get_one(Delivery, ident, populate_existing=True)


def later(minutes: float):
    now = clock_module.now()
    clock_module.set_source(lambda: now + timedelta(minutes=minutes))


@pytest.fixture(autouse=True)
def real_time():
    yield
    clock_module.set_source(None)


def test_a_mail_is_sent_and_logged(house, server):
    ident = write()
    assert delivering.send_due() == 1
    assert (row(ident).state, row(ident).attempts, [entry.outcome for entry in row(ident).log]) == ("sent", 1, ["sent"])
    assert server.mails[0][0] == ["klara@kunde.example"]
    assert b"\r\n.\r\nPunkt" in server.mails[0][1]
    assert delivering.send_due() == 0
    assert len(server.mails) == 1


def test_a_mail_within_its_undo_delay_waits(house, server):
    ident = write(delay=15)
    assert delivering.send_due() == 0
    row(ident).cancel()
    db.session.commit()
    later(1)
    assert delivering.send_due() == 0
    assert server.mails == []


def test_a_temporary_refusal_climbs_the_ladder_and_then_fails(house, server):
    server.answers["klara@kunde.example"] = "451 4.7.1 greylisted"
    ident = write()
    waits = []
    for _ in range(6):
        delivering.send_due()
        if row(ident).state == "queued":
            waits.append(round((row(ident).next_attempt_at - clock_module.now()).total_seconds() / 60))
            later(waits[-1] + 0.1)
    assert waits == [1, 5, 15, 60, 240]
    assert (row(ident).state, row(ident).reason, row(ident).attempts) == ("failed", "gave_up", 6)


def test_a_final_refusal_fails_at_once_with_a_reason_in_words(house, server):
    server.answers["klara@kunde.example"] = "550 5.1.1 no such user"
    ident = write()
    delivering.send_due()
    assert (row(ident).state, row(ident).reason) == ("failed", "unknown")
    assert "5.1.1" in row(ident).last_error


def test_an_unreachable_server_is_tried_again_later(house, server):
    house.config["SETTINGS"] = dataclasses.replace(house.config["SETTINGS"], smtp_url="smtp://127.0.0.1:1")
    ident = write()
    delivering.send_due()
    assert (row(ident).state, row(ident).reason) == ("queued", "unreachable")


def test_a_connection_that_breaks_after_the_final_dot_is_uncertain_and_not_sent_again(house, server):
    server.dropping = True
    ident = write()
    delivering.send_due()
    assert row(ident).state == "uncertain"
    server.dropping = False
    later(600)
    delivering.send_due()
    assert server.mails == []
    row(ident).retry()
    db.session.commit()
    delivering.send_due()
    assert row(ident).state == "sent"


def test_some_recipients_refused_for_now_are_tried_again_alone(house, server):
    server.refusing["otto@kunde.example"] = "450 4.2.1 busy"
    ident = write("klara@kunde.example", "otto@kunde.example")
    delivering.send_due()
    assert (row(ident).state, row(ident).due) == ("queued", ["otto@kunde.example"])
    server.refusing.clear()
    later(2)
    delivering.send_due()
    assert [recipients for recipients, _content in server.mails] == [["klara@kunde.example"], ["otto@kunde.example"]]
    assert row(ident).state == "sent"


def test_held_mails_leave_when_a_server_gets_configured(house, server):
    settings = house.config["SETTINGS"]
    house.config["SETTINGS"] = dataclasses.replace(settings, smtp_url=None)
    ident = write()
    delivering.send_due()
    assert row(ident).state == "held"
    house.config["SETTINGS"] = settings
    delivering.send_due()
    assert row(ident).state == "sent"


def test_what_a_dead_worker_held_is_shown_as_uncertain_never_sent_again(house, server):
    ident = write()
    delivering.claim()
    dead = row(ident)
    dead.claimed_by = f"{delivering._host()}:999999:x"
    db.session.commit()
    delivering.send_due()
    assert (row(ident).state, server.mails) == ("uncertain", [])


def test_two_workers_at_once_never_send_twice(house, server):
    wanted = [f"k{n}@kunde.example" for n in range(40)]
    for address in wanted:
        write(address)
    db.session.remove()

    def work():
        with house.app_context():
            delivering.send_due()
            db.session.remove()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert Counter(recipients[0] for recipients, _content in server.mails) == Counter(wanted)


def test_the_claim_is_conditional(app, session):
    """Runs on either database: who comes second gets nothing."""
    delivery = enqueue(to=["klara@kunde.example"], subject="x", text="y")
    delivery.state = "queued"
    session.commit()
    assert delivering.claim().id == delivery.id
    assert delivering.claim() is None


def test_the_outbox_page_shows_retries_and_discards(app, browse, lead, client, session):
    delivery = enqueue(to=["klara@kunde.example"], subject="Guten Tag", text="y")
    delivery.state, delivery.reason, delivery.last_error = "failed", "unknown", "550 5.1.1"
    session.commit()
    assert client.get("/outbox").status_code == 403
    boss = browse(lead)
    assert "The address does not exist" in boss.get("/outbox").text
    assert boss.get("/outbox?state=failed").status_code == 200
    assert "550 5.1.1" in boss.get(f"/outbox/{delivery.id}").text
    assert boss.get(f"/outbox/{delivery.id}/attempt").status_code == 405
    assert boss.post(f"/outbox/{delivery.id}/attempt").status_code == 409  # no server configured
    assert boss.delete(f"/outbox/{delivery.id}").status_code == 303
    assert delivery.state == "cancelled"
    delivery.sent_at = delivery.created_at
    delivery.state = "sent"
    session.commit()
    assert boss.delete(f"/outbox/{delivery.id}").status_code == 409
