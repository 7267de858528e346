"""Whose conversation is it? The ids it answers, a signed address or mark, the number in the subject of one who takes part; else a new one."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select

from crm.contacts.models import Contact
from crm.extensions import db
from crm.inbox.arrivals import Arrival
from crm.inbox.lookups import Lookups
from crm.inbox.models import Conversation, Message


class Found(NamedTuple):
    conversation: Conversation
    rule: str  # known_id, signed_id, address, mark, subject


def find(arrival: Arrival, lookups: Lookups, contact: Contact | None, address: str) -> Found | None:
    """`contact` and `address` are who wrote it (None: unknown so far)."""
    answered = _answered(arrival, lookups, contact)
    if answered is not None:
        return answered
    others = (
        ("address", lookups.conversations.get(arrival.addressed or 0)), ("mark", lookups.conversations.get(arrival.marked or 0)),
        ("subject", _tagged(arrival, lookups, contact, address)),
    )
    return next((Found(conversation, rule) for rule, conversation in others if conversation is not None), None)


def _answered(arrival: Arrival, lookups: Lookups, contact: Contact | None) -> Found | None:
    """By the ids in In-Reply-To and References, the nearest first: of messages we hold, or signed by us."""
    for value in arrival.known_ids:
        rule = "signed_id" if value in arrival.signed else "known_id"
        holding = lookups.messages.get(value)
        if holding:
            return Found(next((one for one in holding if one.contact is contact), holding[0]), rule)
        delivery = lookups.deliveries.get(value)
        if delivery is not None and delivery.about_type == "conversation" and (conversation := lookups.conversations.get(delivery.about_id or 0)):
            return Found(conversation, rule)
    return None


def _tagged(arrival: Arrival, lookups: Lookups, contact: Contact | None, address: str) -> Conversation | None:
    conversation = lookups.conversations.get(arrival.tagged or 0)
    return conversation if conversation is not None and takes_part(conversation, contact, address) else None


def takes_part(conversation: Conversation, contact: Contact | None, address: str) -> bool:
    """Whether somebody has a place in a conversation: it is theirs, or they wrote or got one of its mails."""
    if contact is not None and conversation.contact_id == contact.id:
        return True
    columns = select(Message.from_address, Message.to, Message.cc).where(Message.conversation_id == conversation.id)
    for message in db.session.execute(columns.where(Message.kind.not_in(("note", "event")))):
        named = {message.from_address, *(pair[1] for pair in (*message.to, *message.cc))}
        if address in {each.lower() for each in named}:
            return True
    return False
