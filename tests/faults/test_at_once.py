"""Two clicks, two people, two processes at the same moment: done once, and the figures are right. With real commits, in a database of its own."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import func, make_url, select, text

from crm import create_app
from crm import settings as settings_module
from crm.accounts.models import ApiToken, User
from crm.accounts.sessions import open_session
from crm.contacts.models import Contact
from crm.extensions import db
from crm.feedback.models import FeedbackRequest
from crm.inbox import intake, spool
from crm.inbox.defaults import create_defaults
from crm.inbox.models import Conversation, Message, ReceivedMail
from crm.outbox.models import Delivery
from crm.tasks.models import Task
from crm.timeline.models import Interaction
from tests.inbox.conftest import mail

AT_ONCE = 6


@contextmanager
def database(request, tmp_path):
    """The address of an empty database with real commits: a file, or a further one on the server of the suite."""
    if request.config.getoption("--database") == "sqlite":
        yield None
        return
    import psycopg

    server = make_url(request.getfixturevalue("postgresql_url"))
    plain = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS crm_at_once WITH (FORCE)")
        connection.execute("CREATE DATABASE crm_at_once")
    yield server.set(database="crm_at_once").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("DROP DATABASE crm_at_once WITH (FORCE)")


@pytest.fixture
def own(request, tmp_path):
    """An application with a database of its own, somebody signed in, a mail with its conversation."""
    with database(request, tmp_path) as url:
        environ = {"CRM_DATA_DIR": str(tmp_path), "CRM_SECRET_KEY": "test", "CRM_SMTP_URL": "smtp://127.0.0.1:9"}
        app = create_app(settings_module.load(environ | ({"CRM_DATABASE_URL": url} if url else {})), testing=True)
        with app.app_context():
            db.create_all()
            create_defaults()
            app.extensions["prepare"]()
            user = User(email="a@firm.example", name="Anna")
            db.session.add(user)
            db.session.commit()
            intake.take(mail(), spool.Envelope("klara@kunde.example", ("service@firm.example",)))
            db.session.remove()
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def at_once(app, *requests, times: int = AT_ONCE) -> Counter[int]:
    """Send these requests from as many threads at the same moment, each signed in; how often which status was answered."""
    with app.test_request_context():
        token = open_session(db.session.scalars(select(User)).first())
        db.session.commit()
        db.session.remove()
    gate = threading.Barrier(times)

    def send(number: int) -> int:
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
        method, path, data = requests[number % len(requests)]
        gate.wait(20)
        return client.open(path, method=method, data=data).status_code

    with ThreadPoolExecutor(times) as pool:
        return Counter(pool.map(send, range(times)))


def counted(app, *queries) -> list[int]:
    with app.app_context():
        found = [db.session.scalar(query) for query in queries]
        db.session.remove()
        return found


def count(model, *conditions):
    return select(func.count()).select_from(model).where(*conditions)


def figures_are_right(app) -> None:
    with app.app_context():
        done = app.test_cli_runner().invoke(args=["stats", "rebuild", "--check"])
    assert done.exit_code == 0, done.output


def test_a_second_click_on_send_sends_nothing(own):
    assert at_once(own, ("POST", "/inbox/1/messages", {"kind": "reply", "body": "Guten Tag", "once": "k"})) == {303: AT_ONCE}
    sent = (Interaction.kind == "mail.sent",)
    assert counted(own, count(Delivery), count(Message, Message.kind == "reply"), count(Interaction, *sent)) == [1, 1, 1]
    figures_are_right(own)


def test_a_second_click_on_a_note_notes_nothing(own):
    at_once(own, ("POST", "/inbox/1/messages", {"kind": "note", "body": "Nur für uns", "once": "k"}))
    assert counted(own, count(Message, Message.kind == "note")) == [1]


def test_a_second_click_on_a_new_conversation_begins_none(own):
    form = {"address": "neu@kunde.example", "subject": "Angebot", "body": "Guten Tag", "mailbox": "1", "once": "k"}
    assert at_once(own, ("POST", "/inbox", form)) == {303: AT_ONCE}
    assert counted(own, count(Conversation), count(Delivery), count(Contact)) == [2, 1, 2]


def test_a_second_click_in_the_log_box_logs_nothing(own):
    form = {"body": "Angerufen", "channel": "phone", "direction": "outbound", "next_step": "Wieder anrufen", "once": "k"}
    before = counted(own, count(Interaction))[0]
    assert at_once(own, ("POST", "/contacts/1/interactions", form)) == {303: AT_ONCE}
    assert counted(own, count(Interaction), count(Task)) == [before + 1, 1]
    figures_are_right(own)


def test_resolving_twice_asks_the_customer_once(own):
    assert at_once(own, ("POST", "/inbox/1/resolution", {})) == {303: AT_ONCE}
    resolved = (Interaction.kind == "conversation.resolved",)
    assert counted(own, count(Interaction, *resolved), count(FeedbackRequest), select(Contact.open_conversations)) == [1, 1, 0]
    figures_are_right(own)


def test_resolving_and_reopening_at_once_leaves_one_of_both(own):
    at_once(own, ("POST", "/inbox/1/resolution", {}), ("DELETE", "/inbox/1/resolution", {}))
    status, open_ones = counted(own, select(Conversation.status), select(Contact.open_conversations))
    assert (status, open_ones) in (("resolved", 0), ("open", 1))
    figures_are_right(own)


def test_a_task_is_done_once(own):
    with own.app_context():
        contact, user = db.session.scalars(select(Contact)).first(), db.session.scalars(select(User)).first()
        db.session.add(Task(title="Anrufen", assignee=user, contact=contact))
        db.session.commit()
        db.session.remove()
    answers = at_once(own, ("POST", "/tasks/1/completion", {}))
    assert set(answers) <= {200, 204, 303}
    assert counted(own, count(Interaction, Interaction.kind == "task.done")) == [1]
    figures_are_right(own)


def test_an_entry_is_withdrawn_once(own):
    at_once(own, ("POST", "/contacts/1/interactions", {"body": "Angerufen", "channel": "phone", "direction": "outbound"}), times=1)
    (entry,) = counted(own, select(func.max(Interaction.id)))
    at_once(own, ("POST", f"/interactions/{entry}/withdrawal", {}))
    assert counted(own, count(Interaction, Interaction.corrects_id == entry)) == [1]
    figures_are_right(own)


def test_many_who_write_about_one_customer_are_all_counted(own):
    form = {"body": "Angerufen", "channel": "phone", "direction": "outbound"}
    assert at_once(own, *(("POST", "/contacts/1/interactions", form | {"body": f"Angerufen {n}"}) for n in range(AT_ONCE))) == {303: AT_ONCE}
    figures_are_right(own)


def test_two_intakes_at_once_take_each_mail_once(own, monkeypatch):
    """The lock on the spool is taken away: the database has to hold by itself."""
    with own.app_context():
        directory = own.config["SETTINGS"].spool_dir
        for number in range(30):
            spool.write(directory, mail(message_id=f"<{number % 20}@x.example>", text=f"Nummer {number % 20}", sender=f"k{number % 5}@x.example"), spool.Envelope("k@x.example", ()))

    def work(_number: int) -> None:
        with own.app_context():
            while True:
                try:
                    if not intake.take_waiting():
                        return
                except Exception:  # the other was quicker with one of the batch: as in life, look again
                    db.session.rollback()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    with own.app_context():
        ids = Counter(db.session.scalars(select(Message.message_id).where(Message.message_id.like("%@x.example>"))))
        states = Counter(db.session.scalars(select(ReceivedMail.state)))
        db.session.remove()
    assert len(ids) == 20
    assert set(ids.values()) == {1}
    assert states["quarantined"] == 0
    figures_are_right(own)


def test_one_idempotency_key_from_many_threads_does_the_work_once(own):
    with own.app_context():
        plain = ApiToken.issue(db.session.scalars(select(User)).first(), "test", "write")[1]
        db.session.commit()
        db.session.remove()
    gate = threading.Barrier(AT_ONCE)

    def send(_number: int):
        gate.wait(20)
        headers = {"Authorization": f"Bearer {plain}", "Idempotency-Key": "once"}
        answer = own.test_client().post("/api/v1/conversations/1/messages", json={"body": "Guten Tag"}, headers=headers)
        return answer.status_code, answer.json.get("id")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert len(set(pool.map(send, range(AT_ONCE)))) == 1
    assert counted(own, count(Delivery)) == [1]


def test_a_page_is_read_while_somebody_writes(own):
    """SQLite in WAL mode, PostgreSQL anyway: a writer keeps no reader waiting."""
    with own.app_context():
        token_of = select(User)
        with own.test_request_context():
            token = open_session(db.session.scalars(token_of).first())
            db.session.commit()
            db.session.remove()
        with db.engine.connect() as writer, writer.begin():
            writer.execute(text("UPDATE contacts SET notes = 'x'"))
            client = own.test_client()
            with client.session_transaction() as cookie:
                cookie["_user_id"], cookie["_fresh"] = token, True
            with ThreadPoolExecutor(1) as pool:
                assert pool.submit(lambda: client.get("/contacts/1").status_code).result(10) == 200
