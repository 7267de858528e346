"""Passing a message on to somebody outside."""

from __future__ import annotations

import pytest

from crm import blobs
from crm.accounts.models import UndoStep
from crm.contacts.models import Contact
from crm.errors import Refused
from crm.extensions import db
from crm.inbox import replying
from crm.inbox.forwarding import forwarding
from crm.inbox.models import Attachment
from crm.mail.parsing import parse
from crm.timeline.models import Interaction
from tests.inbox.conftest import events, messages

TECHNICIAN = "tom@technik.example"


@pytest.fixture
def conversation(arrive, clock):
    row = arrive("Mein Anschluss ist tot.", subject="Anschluss", message_id="<first@kunde.example>")
    messages(row)[0].attachments = [Attachment(filename="foto.txt", content_type="text/plain", size=4, blob=blobs.put(b"Foto"))]
    db.session.commit()
    return row


@pytest.fixture
def first(conversation):
    return messages(conversation, "inbound")[0]


def sent(message):
    return parse(blobs.get(message.delivery.blob))


def test_it_carries_own_words_the_message_and_its_files(first, agent):
    message = forwarding.forward(first, agent, [TECHNICIAN], text="Kannst du schauen?", files=first.attachments)
    mail = sent(message)
    assert mail.to[0].address == TECHNICIAN
    assert mail.subject == f"Fwd: Anschluss [#{first.conversation_id}]"
    assert mail.text.index("Kannst du schauen?") < mail.text.index("klara@kunde.example") < mail.text.index("Mein Anschluss ist tot.")
    assert [file.filename for file in mail.attachments] == ["foto.txt"]
    assert mail.references == ()


def test_the_customer_is_not_answered_by_it(conversation, first, agent):
    before = (conversation.status, conversation.waiting_since, conversation.first_response_at, conversation.last_out_at, conversation.assignee_id, conversation.preview)
    forwarding.forward(first, agent, [TECHNICIAN], text="Kannst du schauen?")
    db.session.commit()
    after = (conversation.status, conversation.waiting_since, conversation.first_response_at, conversation.last_out_at, conversation.assignee_id, conversation.preview)
    assert after == before
    assert events(conversation) == ["forwarded"]
    assert conversation.first_response_seconds is None
    assert db.session.query(Interaction).filter_by(kind="mail.sent").count() == 0
    assert replying.recipients(conversation).to[1] == "klara@kunde.example"


def test_the_answer_of_a_third_party_comes_in_without_making_them_the_customer(conversation, first, agent, arrive, clock):
    message = forwarding.forward(first, agent, [TECHNICIAN], text="Kannst du schauen?")
    replying.reply(conversation, agent, "Wir prüfen das.")
    conversation.assign(agent, None)
    db.session.commit()
    heard, response = conversation.last_in_at, conversation.first_response_at
    people = db.session.query(Contact).count()
    clock.advance(hours=1)
    assert arrive("Morgen um neun.", sender=f"Tom <{TECHNICIAN}>", answers=message.message_id, subject="Re: Fwd: Anschluss") is conversation
    [answer] = messages(conversation, "outside")
    assert (answer.from_address, conversation.customer_address, conversation.contact.display_name) == (TECHNICIAN, "klara@kunde.example", "Klara Kunde")
    assert (conversation.status, conversation.last_in_at, conversation.waiting_since, conversation.first_response_at) == ("open", heard, None, response)
    assert db.session.query(Contact).count() == people
    assert agent.unread_notifications
    assert replying.recipients(conversation) == replying.Recipients(("Klara Kunde", "klara@kunde.example"))
    assert messages(conversation, "event")[-1].data["because"] == "outside"
    again = forwarding.forward(answer, agent, [TECHNICIAN], text="Danke!")
    assert sent(again).in_reply_to == answer.message_id
    assert sent(again).subject.startswith("Re: Anschluss")


def test_the_customers_own_answer_still_counts_as_theirs(conversation, first, agent, arrive):
    forwarding.forward(first, agent, [TECHNICIAN])
    replying.reply(conversation, agent, "Wir prüfen das.")
    arrive("Bitte schnell.", answers="<first@kunde.example>")
    assert len(messages(conversation, "inbound")) == 2
    assert conversation.waiting_since


@pytest.mark.parametrize(("to", "why"), [("", "Say to whom"), ("tom", "tom"), ("klara@kunde.example", "the customer")])
def test_it_goes_to_somebody_outside_only(client, conversation, first, to, why):
    answer = client.post(f"/inbox/messages/{first.id}/forward", data={"to": to, "body": "Bitte ansehen"})
    assert answer.status_code == 422
    assert why in answer.text
    assert "Bitte ansehen" in answer.text
    assert messages(conversation, "forward") == []


def test_it_is_forwarded_on_a_page_and_taken_back(client, conversation, first):
    page = client.get(f"/inbox/messages/{first.id}/forward").text
    assert "foto.txt" in page
    assert "Fwd: Anschluss" in page
    done = client.post(f"/inbox/messages/{first.id}/forward", data={"to": f"{TECHNICIAN}; two@technik.example", "body": "Bitte ansehen", "subject": "Fwd: Anschluss", "files": first.attachments[0].id})
    assert done.status_code == 303
    [message] = messages(conversation, "forward")
    assert [pair[1] for pair in message.to] == [TECHNICIAN, "two@technik.example"]
    assert [file.filename for file in message.attachments] == ["foto.txt"]
    shown = client.get(f"/inbox/{conversation.id}").text
    assert "forwarded a message to" in shown
    waiting_since = conversation.waiting_since
    step = db.session.query(UndoStep).order_by(UndoStep.id.desc()).first()
    assert client.post(f"/undo/{step.id}").status_code == 303
    assert (message.delivery.state, conversation.waiting_since) == ("cancelled", waiting_since)
    assert events(conversation) == ["forwarded", "unsent"]


def test_a_note_stays_in_the_house(client, conversation, agent):
    note = conversation.note(agent, "geheim")
    db.session.commit()
    assert client.post(f"/inbox/messages/{note.id}/forward", data={"to": TECHNICIAN}).status_code == 409
    with pytest.raises(Refused):
        forwarding.forward(note, agent, [TECHNICIAN])


def test_strangers_forward_nothing(browse, conversation, first):
    assert browse().post(f"/inbox/messages/{first.id}/forward", data={"to": TECHNICIAN}).status_code in (302, 303, 401)
    assert messages(conversation, "forward") == []


def test_programs_forward(program, conversation, first):
    made = program().post(f"/conversations/{conversation.id}/forwards", message_id=first.id, to=TECHNICIAN, body="Bitte")
    assert made.status_code == 201, made.json
    assert (made.json["kind"], made.json["to"]) == ("forward", [{"name": "", "address": TECHNICIAN}])
    assert program().post(f"/conversations/{conversation.id}/forwards", message_id=first.id, to="klara@kunde.example").status_code == 422
    assert program().post(f"/conversations/{conversation.id}/forwards", message_id=9999, to=TECHNICIAN).status_code == 422
