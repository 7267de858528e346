"""The answer at once."""

from __future__ import annotations

import email.policy
from datetime import timedelta
from email import message_from_bytes

import pytest

from crm import blobs
from crm.extensions import db
from crm.outbox.models import Delivery
from tests.inbox.conftest import arrive, events, take  # noqa: F401


@pytest.fixture
def acknowledging(mailbox):
    mailbox.acknowledgements = {"en": "We have your mail. Its number is {number}.", "de": "Ihre Nachricht ist da. Nummer: {number}"}
    db.session.commit()
    return mailbox


def sent() -> list[Delivery]:
    return db.session.query(Delivery).order_by(Delivery.id).all()


def test_who_begins_a_conversation_is_answered_at_once_in_their_language(acknowledging, arrive):  # noqa: F811
    conversation = arrive("Guten Tag, mein Anschluss ist seit gestern tot. Können Sie mir bitte helfen?")
    delivery = sent()[0]
    mail = message_from_bytes(blobs.get(delivery.blob), policy=email.policy.default)
    assert f"Ihre Nachricht ist da. Nummer: {conversation.number}" in mail.get_body(("plain",)).get_content()
    assert mail["Auto-Submitted"] == "auto-replied" or mail["Auto-Submitted"].startswith("auto-")
    assert (mail["To"], mail["In-Reply-To"] is not None, delivery.automatic) == ("klara@kunde.example", True, True)
    assert "acknowledged" in events(conversation)
    assert conversation.first_response_at is None  # no person has answered


def test_it_is_sent_once_for_each_conversation(acknowledging, arrive):  # noqa: F811
    arrive(message_id="<1@kunde.example>")
    arrive("Noch etwas.", answers="<1@kunde.example>")
    assert len(sent()) == 1


def test_a_machine_gets_none(acknowledging, arrive):  # noqa: F811
    arrive("Ich bin nicht im Büro.", Auto_Submitted="auto-replied")
    assert sent() == []


def test_a_colleague_gets_none(acknowledging, arrive, agent):  # noqa: F811
    arrive("Bitte kümmern", sender=f"Anna <{agent.email}>")
    assert sent() == []


def test_old_mail_that_is_taken_over_gets_none(acknowledging, take):  # noqa: F811
    from email.utils import format_datetime

    from crm import clock

    take("Von früher", Date=format_datetime(clock.now() - timedelta(days=40)))
    assert sent() == []


def test_without_a_text_nothing_is_sent(mailbox, arrive):  # noqa: F811
    arrive()
    assert sent() == []


def test_two_machines_that_answer_each_other_stop(acknowledging, arrive):  # noqa: F811
    for number in range(8):
        arrive(f"Danke für Ihre Nachricht Nummer {number}, wir melden uns bald bei Ihnen.", subject=f"Eingang {number}")
    assert len([row for row in sent() if row.state != "cancelled"]) == 5


def test_an_answer_to_the_acknowledgement_finds_its_conversation(acknowledging, arrive):  # noqa: F811
    conversation = arrive()
    assert arrive("Danke, hier noch die Nummer.", answers=sent()[0].message_id).id == conversation.id
