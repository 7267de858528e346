"""Answering, taking an answer back, and what comes back from the world."""

from __future__ import annotations

import pytest

from crm import blobs
from crm.accounts.preferences import set_preference
from crm.errors import Refused
from crm.inbox import replying
from crm.inbox.models import Draft
from crm.mail import ids
from crm.mail.parsing import parse
from crm.timeline.models import Interaction
from tests.inbox.conftest import events, messages, secret


@pytest.fixture
def conversation(arrive):
    return arrive("Mein Anschluss ist tot.", message_id="<first@kunde.example>", Cc="Otto <otto@kunde.example>")


def sent(message):
    return parse(blobs.get(message.delivery.blob))


def test_a_reply_leaves_with_signed_ids_and_references(conversation, agent):
    mail = sent(replying.reply(conversation, agent, "Haben Sie neu gestartet?"))
    assert ids.read_message_id(mail.message_id, secret()) == ("m", messages(conversation, "reply")[0].id)
    assert (mail.in_reply_to, mail.references) == ("<first@kunde.example>", ("<first@kunde.example>",))
    assert mail.subject == f"Re: Anschluss [#{conversation.id}]"
    assert ids.read_reply_address(mail.reply_to[0].address, secret()) == conversation.id
    assert ids.read_body_marker(mail.text, secret()) == conversation.id
    assert (mail.from_.address, mail.to[0].address) == ("service@firm.example", "klara@kunde.example")
    assert "Ihre Firma" in mail.text
    assert "> Mein Anschluss ist tot." in mail.text


def test_the_customers_reply_to_it_threads_into_the_same_conversation(conversation, agent, arrive):
    mail = sent(replying.reply(conversation, agent, "Haben Sie neu gestartet?"))
    assert arrive("Ja, hilft nicht.", answers=mail.message_id, subject=mail.subject) is conversation
    second = sent(replying.reply(conversation, agent, "Dann kommt ein Techniker."))
    assert second.references[:2] == ("<first@kunde.example>", mail.message_id)


def test_whoever_answers_first_is_responsible_and_it_is_the_customers_turn(conversation, agent, colleague, clock):
    replying.reply(conversation, agent, "Moment")
    assert (conversation.assignee_id, conversation.status, conversation.first_response_at) == (agent.id, "waiting", clock.time)
    assert conversation.waiting_since is None
    replying.reply(conversation, colleague, "Noch etwas")
    assert conversation.assignee_id == agent.id


def test_the_reply_stands_on_the_timeline(conversation, agent, db):
    replying.reply(conversation, agent, "Moment")
    entry = db.session.query(Interaction).filter_by(kind="mail.sent").one()
    assert (entry.direction, entry.staff_id, entry.body) == ("outbound", agent.id, "Moment")
    assert conversation.contact.last_out_at == entry.happened_at


def test_a_reply_is_held_when_the_customer_wrote_meanwhile(conversation, agent, arrive):
    seen = replying.last_heard(conversation)
    arrive("Hat sich erledigt, nur die Rechnung fehlt noch", answers="<first@kunde.example>")
    with pytest.raises(replying.CustomerWrote):
        replying.reply(conversation, agent, "Ein Techniker kommt", seen=seen)
    assert messages(conversation, "reply") == []


def test_a_reply_can_be_taken_back_within_the_delay(conversation, agent, db):
    set_preference("undo_seconds", 15)
    message = replying.reply(conversation, agent, "Zu schnell")
    replying.unsend(message, agent)
    assert message.delivery.state == "cancelled"
    assert (conversation.status, conversation.first_response_at) == ("open", None)
    assert conversation.waiting_since
    assert db.session.query(Draft).one().body == "Zu schnell"
    assert conversation.contact.last_out_at is None
    assert conversation.contact.open_conversations == 1
    replying.unsend(message, agent)  # a second time changes nothing
    assert events(conversation).count("unsent") == 1


def test_a_reply_that_left_cannot_be_taken_back(conversation, agent):
    message = replying.reply(conversation, agent, "Weg")
    message.delivery.state = "sent"
    with pytest.raises(Refused):
        replying.unsend(message, agent)


def test_everybody_in_the_mail_is_offered_as_a_recipient_but_never_ourselves(conversation):
    assert replying.recipients(conversation).to == ("Klara Kunde", "klara@kunde.example")
    assert replying.recipients(conversation).cc == ("otto@kunde.example",)


def test_a_copy_to_no_address_is_refused(conversation, agent):
    with pytest.raises(Refused) as refused:
        replying.reply(conversation, agent, "Hallo", cc=["nobody"])
    assert refused.value.field == "cc"


def test_an_empty_reply_is_refused(conversation, agent):
    with pytest.raises(Refused):
        replying.reply(conversation, agent, "  \n")


def test_a_conversation_that_we_begin_waits_for_the_customer(make, agent, mailbox, db):
    klara = make.contact()
    klara.add_address("email", "klara@kunde.example")
    db.session.commit()
    conversation = replying.begin(klara, agent, subject="Ihr Vertrag", text="Guten Tag")
    assert (conversation.status, conversation.assignee_id, klara.open_conversations) == ("waiting", agent.id, 1)
    assert sent(messages(conversation)[0]).subject == f"Ihr Vertrag [#{conversation.id}]"


def test_nobody_can_be_written_to_without_an_address(make, agent, mailbox):
    with pytest.raises(Refused):
        replying.begin(make.contact(), agent, subject="Hallo", text="Hallo")


BOUNCE = """Content-Type: multipart/report; report-type=delivery-status; boundary=b
From: MAILER-DAEMON@mx.kunde.example
To: service@firm.example
Subject: Undelivered Mail
Message-ID: <bounce1@mx.kunde.example>

--b
Content-Type: text/plain

Your mail could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.kunde.example

Final-Recipient: rfc822; klara@kunde.example
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}
--b--
"""


def test_a_bounce_is_attached_to_what_bounced_and_marks_the_address(conversation, agent, arrive):
    message = replying.reply(conversation, agent, "Moment")
    message.delivery.state = "sent"
    again = arrive(BOUNCE.format(message_id=message.message_id).encode(), envelope_from="")
    assert again is conversation
    assert messages(conversation)[-2].kind == "bounce" or messages(conversation, "bounce")
    assert conversation.contact.address("email") is None or conversation.contact.addresses[0].invalid_at
    assert message.delivery.bounced_at
    assert conversation.status == "open"
    assert "bounced" in events(conversation)
    assert conversation.last_in_at is not None


def test_a_forged_bounce_marks_nothing_of_ours(conversation, agent, arrive, db):
    message = replying.reply(conversation, agent, "Moment")
    message.delivery.state = "sent"
    forged = ids.make_message_id("m", message.id, "another secret", "firm.example")
    arrive(BOUNCE.format(message_id=forged).encode(), envelope_from="")
    assert conversation.contact.addresses[0].invalid_at is None
    assert message.delivery.bounced_at is None


def test_an_answer_settles_an_uncertain_delivery(conversation, agent, arrive):
    message = replying.reply(conversation, agent, "Moment")
    message.delivery.state = "uncertain"
    arrive("Ja", answers=message.message_id)
    assert message.delivery.state == "sent"
