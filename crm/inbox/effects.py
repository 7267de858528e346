"""What a mail that came in does to its conversation: it wakes or reopens it, or, if nobody has to act, only leaves a line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from crm import clock
from crm.consent import ledger
from crm.contacts.models import Address, Contact
from crm.contacts.normalising import comparable
from crm.extensions import db
from crm.inbox.arrivals import Arrival
from crm.inbox.lookups import Lookups
from crm.inbox.models import Conversation
from crm.inbox.scheduling.planning import customer_wrote_first
from crm.inbox.sender import Writer
from crm.inbox.teamwork.watching import tell_of_answer
from crm.outbox.models import Delivery

REMEMBERED = timedelta(days=14)
WAITED_FOR = ("waiting", "snoozed")
UNASKED = ("marketing", "feedback")  # purposes of mails that nobody has to get


def follow(arrival: Arrival, conversation: Conversation, message: Mapping[str, Any], lookups: Lookups) -> None:
    """Change the conversation as the new message (its columns) demands."""
    answered = answered_delivery(arrival, lookups)
    if answered is not None:
        answered.arrived()
    if message["kind"] == "bounce":
        came_back(arrival, conversation, answered)
    elif arrival.kind == "receipt":
        confirmed(arrival, conversation, answered)
    elif arrival.kind == "complaint_report":
        complained(conversation, answered)
    elif message["kind"] == "outside":
        outsider_wrote(conversation, message)
    elif message["kind"] == "inbound" and message["author_id"] is None:
        customer_wrote(arrival, conversation, message)
        if conversation.messages_count > 1 and not message["automatic"]:
            customer_wrote_first(conversation)
            tell_of_answer(conversation)


def customer_wrote(arrival: Arrival, conversation: Conversation, message: Mapping[str, Any]) -> None:
    at = message["at"]
    conversation.last_in_at = max(conversation.last_in_at or at, at)
    if conversation.status == "resolved" and arrival.is_mere_thanks:
        conversation.event("thanked")  # the times stay as they are; one click overrules
        return
    if not message["automatic"]:
        conversation.customer_address = message["from_address"]
        conversation.waiting_since = conversation.waiting_since or at
    if conversation.status == "resolved" or conversation.status in WAITED_FOR:
        conversation.reopen(because="answered")


def outsider_wrote(conversation: Conversation, message: Mapping[str, Any]) -> None:
    """Whom a message was forwarded to has answered: somebody has to look, and nothing else of the customer's changes."""
    if conversation.status in (*WAITED_FOR, "resolved"):
        conversation.reopen(because="outside")
    tell_of_answer(conversation, message["from_name"] or message["from_address"])


def came_back(arrival: Arrival, conversation: Conversation, delivery: Delivery | None) -> None:
    """A bounce marks the address, and brings back a conversation in which somebody waits for an answer that cannot come."""
    bounce = arrival.bounce
    failed = bounce.failed if bounce else []
    if delivery is not None:
        delivery.bounced(", ".join(status for _address, status in failed if status))
    if bounce is None or not bounce.hard or arrival.has_forged_ids:
        return
    if delivery is None:  # the ids got lost on the way: believed only of addresses that we wrote to lately
        failed = [(address, status) for address, status in failed if wrote_lately(address)]
    for address, status in failed or ([(delivery.recipient, "")] if delivery else []):
        mark_invalid(address, status)
    if failed or delivery is not None:
        conversation.event("bounced", addresses=[address for address, _status in failed])
    if conversation.status in (*WAITED_FOR, "resolved") and conversation.messages_count > 1:
        conversation.reopen(because="bounced")


def confirmed(arrival: Arrival, conversation: Conversation, delivery: Delivery | None) -> None:
    """A receipt is a line below the mail that it confirms; nobody has to act."""
    if delivery is not None:
        conversation.event("read" if arrival.is_read_receipt else "delivered", address=delivery.recipient)


def complained(conversation: Conversation, delivery: Delivery | None) -> None:
    """Somebody pressed "this is spam": a line below that mail; what was promotional is not sent to that person again."""
    if delivery is None:
        return
    conversation.event("complained", address=delivery.recipient)
    if delivery.purpose in UNASKED and (contact := owner_of(delivery)):
        ledger.withdraw(contact, delivery.purpose, "email", source="complaint report", at=clock.now())


def owner_of(delivery: Delivery) -> Contact | None:
    return db.session.get(Contact, delivery.contact_id) if delivery.contact_id else None


def keep_comment(writer: Writer, conversation: Conversation) -> None:
    """What a colleague wrote above a forwarded mail is for us."""
    if writer.forward is not None and writer.forward.comment and writer.passed_on_by is not None:
        conversation.add("note", author=writer.passed_on_by, text=writer.forward.comment)


def wrote_lately(address: str) -> bool:
    lately = (Delivery.recipient == comparable("email", address)) & (Delivery.created_at > clock.now() - REMEMBERED)
    return db.session.scalar(select(Delivery.id).where(lately).limit(1)) is not None


def mark_invalid(address: str, status: str) -> None:
    known = select(Address).where(Address.kind == "email", Address.normalised == comparable("email", address))
    for row in db.session.scalars(known):
        row.mark_invalid(status or "bounced")


def answered_delivery(arrival: Arrival, lookups: Lookups) -> Delivery | None:
    """The mail of ours that this one answers or reports on."""
    return next(filter(None, (lookups.deliveries.get(value) for value in arrival.known_ids)), None)
