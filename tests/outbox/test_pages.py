"""The outbox as administrators see it, and the log behind each message."""

from __future__ import annotations

import dataclasses

import pytest

from crm import clock
from crm.accounts.models import UndoStep
from crm.extensions import db
from crm.outbox.models import Delivery, DeliveryAttempt
from crm.outbox.sending import enqueue
from tests.inbox.conftest import arrive, mailbox, take  # noqa: F401 — fixtures


@pytest.fixture
def configured(app, monkeypatch):
    monkeypatch.setitem(app.config, "SETTINGS", dataclasses.replace(app.config["SETTINGS"], smtp_url="smtp://127.0.0.1:9"))


@pytest.fixture
def boss(browse, lead):
    return browse(lead)


def written(to: str, state: str, **columns) -> Delivery:
    delivery = enqueue(to=[to], subject=f"An {to}", text=f"Hallo {to}")
    for name, value in {"state": state, **columns}.items():
        setattr(delivery, name, value)
    db.session.commit()
    return delivery


def test_the_lists_count_and_show_what_is_in_them(boss):
    written("klara@kunde.example", "queued")
    written("otto@kunde.example", "queued", attempts=2, reason="busy", next_attempt_at=clock.now())
    page = boss.get("/outbox?state=retrying").text
    assert "otto@kunde.example" in page
    assert "klara@kunde.example" not in page
    assert "asked us to try again later" in page
    assert "klara@kunde.example" in boss.get("/outbox?state=queued").text


def test_a_recipient_is_found(boss):
    written("klara@kunde.example", "sent")
    written("otto@kunde.example", "failed")
    page = boss.get("/outbox?q=KLARA@").text
    assert "klara@kunde.example" in page
    assert "otto@kunde.example" not in page
    assert "Nothing found" in boss.get("/outbox?q=%25&state=failed").text


def test_several_are_discarded_at_once_and_brought_back(boss, lead):
    failed, uncertain, sent = written("a@x.example", "failed"), written("b@x.example", "uncertain"), written("c@x.example", "sent")
    assert boss.post("/outbox/bulk", data={"change": "discard", "pick": [failed.id, uncertain.id, sent.id]}).status_code == 303
    assert [db.session.get(Delivery, each.id).state for each in (failed, uncertain, sent)] == ["cancelled", "cancelled", "sent"]
    step = db.session.scalars(db.select(UndoStep)).one()
    assert boss.post(f"/undo/{step.id}").status_code in (200, 303)
    assert [db.session.get(Delivery, each.id).state for each in (failed, uncertain)] == ["failed", "uncertain"]


def test_a_whole_list_is_tried_again(configured, boss):
    failed = [written(f"n{number}@x.example", "failed", attempts=6, reason="gave_up") for number in range(3)]
    other = written("o@x.example", "uncertain")
    assert boss.post("/outbox/bulk", data={"change": "retry", "all": "1", "state": "failed"}).status_code == 303
    assert {db.session.get(Delivery, each.id).state for each in failed} == {"queued"}
    assert db.session.get(Delivery, other.id).state == "uncertain"


def test_without_a_choice_nothing_changes(boss, client):
    failed = written("a@x.example", "failed")
    for data in ({"change": "retry", "all": "1"}, {"change": "discard", "all": "1", "state": "cancelled"}, {"change": "discard"}, {"pick": [failed.id]}, {"change": "explode", "pick": [failed.id]}, {"change": "discard", "pick": ["x"]}):
        assert boss.post("/outbox/bulk", data=data).status_code == 303
    assert client.post("/outbox/bulk", data={"change": "discard", "pick": [failed.id]}).status_code == 403
    assert boss.get("/outbox/bulk").status_code == 405
    assert db.session.get(Delivery, failed.id).state == "failed"


def test_the_finished_mail_is_read_as_text(boss, client):
    delivery = enqueue(to=["klara@kunde.example"], subject="Guten Tag", text="Hallo <script>alert(1)</script>", html="<script>alert(2)</script>", attachments=[("a.pdf", "application/pdf", b"%PDF")])
    db.session.commit()
    page = boss.get(f"/outbox/{delivery.id}/mail").text
    assert "&lt;script&gt;alert(1)" in page
    assert "alert(2)" not in page
    assert "a.pdf" in page
    assert boss.get(f"/outbox/{delivery.id}/original").headers["Content-Disposition"].startswith("attachment")
    assert client.get(f"/outbox/{delivery.id}/mail").status_code == 403


def test_a_mail_with_a_link_that_sets_a_password_is_read_by_its_recipient_alone(boss):
    delivery = enqueue(to=["klara@kunde.example"], subject="Passwort", text="https://x/password", purpose="account")
    db.session.commit()
    assert boss.get(f"/outbox/{delivery.id}").status_code == 200
    assert {boss.get(f"/outbox/{delivery.id}/{part}").status_code for part in ("mail", "original")} == {404}


def test_one_click_at_a_sent_message_shows_every_attempt_in_words(client, arrive, agent):  # noqa: F811
    from crm.inbox import replying

    message = replying.reply(arrive(), agent, "Wir kommen.", cc=["otto@kunde.example"], delay=0)
    delivery = message.delivery
    delivery.state, delivery.reason, delivery.sent_at, delivery.attempts = "sent", "some_refused", clock.now(), 2
    delivery.refuse({"otto@kunde.example": "550 5.1.1 no such user"})
    delivery.log += [DeliveryAttempt(outcome="later", code=451, text="4.7.1 greylisted"), DeliveryAttempt(outcome="sent", code=250, text="taken")]
    db.session.commit()
    page = client.get(f"/inbox/messages/{message.id}/delivery").text
    for words in ("These recipients did not get it", "otto@kunde.example", "no such user", "greylisted", "Not taken this time", "The mail server took it"):
        assert words in page
    assert f"/inbox/messages/{message.id}/delivery" in client.get(f"/inbox/{message.conversation_id}").text


def test_a_mail_that_is_too_large_is_refused_with_words(app, monkeypatch):
    from crm.errors import Refused

    monkeypatch.setitem(app.config, "SETTINGS", dataclasses.replace(app.config["SETTINGS"], largest_mail=1))
    with pytest.raises(Refused, match="larger than 1 MB"):
        enqueue(to=["klara@kunde.example"], subject="x", text="y", attachments=[("a.bin", "application/octet-stream", b"x" * 1_000_000)])
