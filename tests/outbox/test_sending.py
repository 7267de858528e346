"""What happens when something wants to leave the house."""

from __future__ import annotations

import dataclasses

import pytest

from crm import blobs
from crm.mail.parsing import parse
from crm.outbox.models import Delivery
from crm.outbox.sending import enqueue


@pytest.fixture
def mail_server(app):
    """As if a mail server were configured."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = dataclasses.replace(before, smtp_url="smtp://127.0.0.1:9")
    yield
    app.config["SETTINGS"] = before


def send(**changes) -> Delivery:
    return enqueue(**{"to": ["klara@kunde.example"], "subject": "Guten Tag", "text": "Hallo", **changes})


def composed(delivery: Delivery):
    return parse(blobs.get(delivery.blob))


def test_a_mail_is_held_while_no_server_is_configured(app):
    assert (send().state, send().reason) == ("held", "no_server")


def test_a_mail_is_queued_and_the_worker_told_after_the_commit(app, mail_server, db):
    delivery = send(delay=15)
    assert delivery.state == "queued"
    assert [wanted[:3] for wanted in db.session().info["soon"]] == [("outbox.send_due", (), 15)]


def test_what_is_typed_cannot_begin_another_header(app):
    mail = composed(send(to=[("Klara\r\nBcc: spy@evil.example", "klara@kunde.example")], subject="Hello\r\nBcc: spy@evil.example\r\n\r\nbody"))
    assert "bcc" not in mail.headers
    assert mail.subject == "Hello Bcc: spy@evil.example body"


def test_an_address_that_is_none_is_refused(app):
    with pytest.raises(ValueError, match=r"only .* could be parsed"):
        send(to=["klara@kunde.example\r\nRCPT TO:<spy@evil.example>"])


def test_an_automatic_mail_says_so(app):
    mail = composed(send(automatic=True))
    assert mail.headers.get("auto-submitted") == "auto-generated"
    assert mail.headers.get("x-auto-response-suppress") == "All"
    assert "auto-submitted" not in composed(send()).headers


def test_the_sixth_automatic_mail_to_one_address_in_two_hours_is_held_back(app, clock):
    states = [send(automatic=True).state for _ in range(6)]
    assert states == ["held"] * 5 + ["cancelled"]
    assert send(automatic=True).reason == "loop"
    assert send(automatic=True, to=["otto@kunde.example"]).state == "held"
    assert send().state == "held"  # people may write as much as they like
    clock.advance(hours=3)
    assert send(automatic=True).state == "held"


def test_every_mail_has_a_signed_id_of_its_own(app):
    first, second = send(), send()
    assert first.message_id != second.message_id
    assert composed(first).message_id == first.message_id


def test_references_stand_oldest_first_and_are_trimmed_in_the_middle(app):
    mail = composed(send(references=[f"<{n}@kunde.example>" for n in range(60)], in_reply_to="<59@kunde.example>"))
    assert mail.references[0] == "<0@kunde.example>"
    assert mail.references[-1] == "<59@kunde.example>"
    assert len(mail.references) == 20


def test_attachments_and_html_arrive(app):
    mail = composed(send(html="<p>Grüße</p>", attachments=[("Übersicht.pdf", "application/pdf", b"%PDF")]))
    assert "Grüße" in mail.html
    assert [(each.filename, each.data) for each in mail.attachments] == [("Übersicht.pdf", b"%PDF")]
