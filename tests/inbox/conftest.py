"""Mail as it comes in."""

from __future__ import annotations

from email.message import EmailMessage
from itertools import count

import pytest
from flask import current_app

from crm.extensions import db
from crm.inbox import intake
from crm.inbox.models import Conversation, Mailbox, Message, ReceivedMail
from crm.inbox.spool import Envelope

NUMBERS = count(1)


def mail(text: str = "Guten Tag, mein Anschluss ist tot.", *, sender: str = "Klara Kunde <klara@kunde.example>", to: str = "service@firm.example",
         subject: str = "Anschluss", message_id: str | None = None, answers: str = "", **headers: str) -> bytes:
    """A plain mail as bytes; `answers` is the Message-ID it replies to."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Message-ID"] = message_id or f"<{next(NUMBERS)}@kunde.example>"
    if answers:
        message["In-Reply-To"] = message["References"] = answers
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


@pytest.fixture
def mailbox(app):
    row = Mailbox(name="Service", address="service@firm.example", is_default=True, signature="Ihre Firma")
    db.session.add(row)
    db.session.commit()
    return row


@pytest.fixture
def take(app, mailbox):
    """take(raw) → the outcome; take("text", sender=…) composes it first."""

    def take_one(raw: bytes | str | None = None, *, envelope_from: str = "klara@kunde.example", **parts):
        if not isinstance(raw, bytes):
            raw = mail(*filter(None, [raw]), **parts)
        return intake.take(raw, Envelope(envelope_from, ("service@firm.example",), "smtp"))

    return take_one


@pytest.fixture
def arrive(take):
    """arrive(text="…") → the conversation it went to."""

    def arrive_one(raw: bytes | str | None = None, **parts) -> Conversation:
        outcome = take(raw, **parts)
        assert outcome.kind == "conversation", outcome
        return db.session.get_one(Conversation, outcome.ident)

    return arrive_one


def messages(conversation: Conversation, *kinds: str) -> list[Message]:
    found = db.session.query(Message).filter_by(conversation_id=conversation.id).order_by(Message.id)
    return [message for message in found if not kinds or message.kind in kinds]


def events(conversation: Conversation) -> list[str]:
    return [message.data["event"] for message in messages(conversation, "event")]


def received() -> list[ReceivedMail]:
    return db.session.query(ReceivedMail).order_by(ReceivedMail.id).all()


def secret() -> str:
    return current_app.config["SETTINGS"].secret_key
