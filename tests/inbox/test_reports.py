"""What programs report of mails of ours: they came back, were opened, were called spam. Attached to what they speak about, in nobody's way."""

from __future__ import annotations

import pytest

from crm.consent.models import Consent
from crm.inbox.models import Conversation
from crm.mail import ids
from crm.outbox.sending import enqueue
from tests.inbox.conftest import events, messages
from tests.inbox.test_threading import DELIVERED, READ

FAILED = DELIVERED.replace("delivered\nStatus: 2.0.0", "failed\nStatus: 5.1.1").replace("Successful", "Undelivered")
COMPLAINT = """From: Feedback <feedback@provider.example>
To: service@firm.example
Subject: Complaint about message from 192.0.2.1
Message-ID: <arf@provider.example>
Content-Type: multipart/report; report-type=feedback-report; boundary=x

--x

This is an email abuse report.
--x
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Provider/1.0
Version: 1
Original-Rcpt-To: <klara@kunde.example>

--x
Content-Type: message/rfc822

From: service@firm.example
To: klara@kunde.example
Subject: Angebote
Message-ID: {ident}

Angebote
--x--
"""
ABSENT = """From: Klara Kunde <klara@kunde.example>
To: service@firm.example
Subject: Abwesenheitsnotiz: Angebote
Message-ID: <ooo@kunde.example>
Auto-Submitted: auto-replied
In-Reply-To: {ident}

Ich bin nicht da.
"""


@pytest.fixture
def klara(make, db):
    contact = make.contact()
    contact.add_address("email", "klara@kunde.example")
    db.session.commit()
    return contact


def sent(contact, db, **about):
    delivery = enqueue(to=["klara@kunde.example"], subject="Angebote", text="Angebote", contact=contact, **about)
    delivery.state = "sent"
    db.session.commit()
    return delivery


@pytest.fixture
def offer(klara, mailbox, db):
    """A mail of a campaign: it belongs to no conversation."""
    return sent(klara, db, purpose="marketing", about=("campaign", 7))


@pytest.fixture
def answer(klara, mailbox, agent, db):
    """A mail of a conversation that is resolved meanwhile."""
    conversation = Conversation(contact=klara, subject="Anschluss", status="open", mailbox=mailbox, customer_address="klara@kunde.example", messages_count=0)
    db.session.add(conversation)
    db.session.flush()
    delivery = sent(klara, db, about=("conversation", conversation.id))
    conversation.resolve(agent)
    db.session.commit()
    return delivery


@pytest.mark.parametrize("report", [FAILED, DELIVERED, READ, COMPLAINT, ABSENT], ids=["bounce", "delivered", "read", "complaint", "absent"])
def test_a_report_on_a_campaign_is_filed_with_the_customer_and_in_nobodys_way(arrive, klara, offer, report):
    conversation = arrive(report.format(ident=offer.message_id).encode())
    assert (conversation.status, conversation.contact, klara.open_conversations, conversation.waiting_since) == ("resolved", klara, 0, None)


def test_a_mail_that_came_back_marks_the_address(arrive, klara, offer):
    arrive(FAILED.format(ident=offer.message_id).encode())
    assert klara.address("email").invalid_at
    assert offer.bounced_at


def test_a_complaint_stands_below_the_mail_and_ends_what_was_promotional(arrive, klara, offer, db):
    conversation = arrive(COMPLAINT.format(ident=offer.message_id).encode())
    assert messages(conversation)[0].kind == "auto_reply"
    assert events(conversation) == ["complained"]
    entry = db.session.query(Consent).filter_by(contact_id=klara.id).one()
    assert (entry.purpose, entry.channel, entry.state, entry.source) == ("marketing", "email", "withdrawn", "complaint report")


def test_a_complaint_about_an_answer_goes_to_its_conversation_and_withdraws_nothing(arrive, answer, db):
    conversation = arrive(COMPLAINT.format(ident=answer.message_id).encode())
    assert (conversation.id, conversation.status, events(conversation)[-1]) == (answer.about_id, "resolved", "complained")
    assert db.session.query(Consent).count() == 0


def test_a_forged_complaint_withdraws_nothing(arrive, klara, offer, db):
    forged = ids.make_message_id("d", 7, "another secret", "firm.example")
    arrive(COMPLAINT.format(ident=forged).encode())
    assert db.session.query(Consent).count() == 0


def test_what_a_person_answers_to_a_campaign_is_for_somebody_to_read(arrive, klara, offer):
    conversation = arrive(f"From: klara@kunde.example\nTo: service@firm.example\nSubject: Re: Angebote\nMessage-ID: <p@kunde.example>\nIn-Reply-To: {offer.message_id}\n\nBitte ein Angebot".encode())
    assert (conversation.status, conversation.contact) == ("open", klara)
