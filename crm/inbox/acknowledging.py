"""An answer at once to whoever begins a conversation: "we have it, it is number 42". Once for each conversation, never to a machine, and capped by the outbox."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from flask import current_app

from crm import clock
from crm.extensions import db
from crm.inbox.arrivals import Arrival
from crm.inbox.models import Conversation, Message
from crm.inbox.replying import as_html, subject_line
from crm.mail import ids
from crm.outbox.sending import enqueue, own_message_id

log = logging.getLogger(__name__)
FRESH = timedelta(days=1)  # mail that is taken over from elsewhere was answered there


def acknowledge(arrival: Arrival, conversation: Conversation, message: dict[str, Any]) -> None:
    """For a conversation that this mail began. Never commits, and never fails the mail it answers."""
    text = wording(conversation) if deserves_one(arrival, conversation, message) else ""
    if not text:
        return
    try:
        _send(arrival, conversation, text)
    except ValueError as error:  # an address nobody can write to
        log.info("no acknowledgement for conversation %s: %s", conversation.id, error)


def deserves_one(arrival: Arrival, conversation: Conversation, message: dict[str, Any]) -> bool:
    """A person wrote it, lately, from outside, and to us."""
    from_outside = message["author_id"] is None and not message["data"].get("forwarded")
    return from_outside and not arrival.automatic and bool(conversation.customer_address) and arrival.written_at > clock.now() - FRESH


def wording(conversation: Conversation) -> str:
    """In the customer's language, else the mailbox's, else the firm's, else whatever there is."""
    mailbox = conversation.mailbox
    texts = mailbox.acknowledgements if mailbox else {}
    wanted = (conversation.contact.language, mailbox.language if mailbox else "", current_app.config["SETTINGS"].locale, *texts)
    text = next((texts[each] for each in wanted if each and texts.get(each)), "")
    return text.replace("{number}", str(conversation.number)).replace("{subject}", conversation.subject)


def _send(arrival: Arrival, conversation: Conversation, text: str) -> None:
    mailbox, secret = conversation.mailbox, current_app.config["SETTINGS"].secret_key
    assert mailbox is not None
    body = "\n\n".join(filter(None, [text, f"-- \n{mailbox.signature.strip()}" if mailbox.signature.strip() else ""]))
    answered = [value for value in (*arrival.mail.references, arrival.mail.message_id) if value and not value.endswith("@derived.invalid>")]
    delivery = enqueue(
        to=[conversation.customer_address], sender=(mailbox.name, mailbox.address), subject=subject_line(conversation, is_answer=True),
        text=f"{body}\n\n{ids.body_marker(conversation.id, secret)}\n", html=as_html(body), automatic=True, contact=conversation.contact,
        about=("conversation", conversation.id), message_id=own_message_id(mailbox.address), in_reply_to=answered[-1] if answered else None,
        references=answered, reply_to=(mailbox.name, ids.reply_address(mailbox.address, conversation.id, secret)),
    )
    if delivery.state != "cancelled":
        event = Message(conversation=conversation, kind="event", at=clock.now(), data={"event": "acknowledged"}, delivery=delivery)
        db.session.add(event)
