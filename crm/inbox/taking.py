"""From an arrival to its place: who wrote it, whose conversation it is, what it changes. One batch of mails, one transaction, no commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crm import blobs
from crm.contacts.creating import create_from_mail
from crm.contacts.identifying import find_many
from crm.contacts.models import Contact
from crm.extensions import db
from crm.inbox import effects, sender, threading
from crm.inbox.arrivals import Arrival
from crm.inbox.lifecycle import UNRESOLVED, count_open
from crm.inbox.lookups import Lookups
from crm.inbox.models import Attachment, Conversation, Mailbox, Message, ReceivedMail
from crm.inbox.sender import Writer
from crm.timeline.models import Interaction
from crm.timeline.recording import record_many
from crm.touchpoints.guessing import guess_id

KINDS = {"message": "inbound", "bounce": "bounce"}  # everything else a program wrote is an auto_reply
TIMELINE_BODY = 10_000
SNIPPET = 500


class Unreadable(Exception):
    """This mail cannot become part of a conversation; `reason` is a key of quarantine.REASONS."""

    def __init__(self, reason: str):
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Outcome:
    """What became of a mail: conversation, duplicate (with the conversation's id), quarantined (with the received mail's)."""

    kind: str
    ident: int


@dataclass
class Placed:
    """One mail on its way through a batch."""

    arrival: Arrival
    received: ReceivedMail
    conversation: Conversation | None = None
    message: dict[str, Any] | None = None
    contact: Contact | None = None
    duplicate: bool = False
    begins: bool = False  # its conversation is new
    recorded: bool = False  # it goes on the timeline
    interaction: Interaction | None = None
    row: Message | None = None

    @property
    def outcome(self) -> Outcome:
        return Outcome("duplicate" if self.duplicate else "conversation", self.received.conversation_id or 0)


def take_all(arrivals: Sequence[Arrival]) -> list[Outcome]:
    """Place every mail. Whatever is wrong with one of them fails the whole: the caller then takes them one by one."""
    with db.session.no_autoflush:
        placed = Batch(arrivals).run()
    return [each.outcome for each in placed]


class Batch:
    def __init__(self, arrivals: Sequence[Arrival]):
        self.arrivals = arrivals
        self.lookups = Lookups(arrivals)
        self.contacts: dict[str, Contact] = {}

    def run(self) -> list[Placed]:
        writers = [self._writer(arrival) for arrival in self.arrivals]
        self.contacts = find_many("email", {known for writer in writers if writer for known, _written, _name in writer.candidates})
        placed = [self._place(arrival, writer) for arrival, writer in zip(self.arrivals, writers, strict=True)]
        db.session.flush()
        self._record([each for each in placed if each.recorded])
        for each in placed:
            self._write(each)
        db.session.flush()
        self._count([each for each in placed if each.begins])
        for each in placed:
            if each.row is not None:
                effects.follow(each.arrival, each.row, self.lookups)
        db.session.flush()
        return placed

    def _writer(self, arrival: Arrival) -> Writer | None:
        if arrival.digest in self.lookups.digests:
            return None
        if not arrival.raw.strip():
            raise Unreadable("empty")
        return sender.writer(arrival, self.lookups)

    # — 1. who and whose ——————————————————————————————————————————————————————————————————————————————

    def _place(self, arrival: Arrival, writer: Writer | None) -> Placed:
        known = self.lookups.digests.get(arrival.digest)
        if known is not None:
            return Placed(arrival, known, duplicate=True)
        received = self._receive(arrival)
        if again := self._seen_before(arrival):
            received.state, received.fingerprint, received.conversation = "duplicate", None, again
            return Placed(arrival, received, duplicate=True)
        if writer is None:
            raise Unreadable("no_sender")
        contact = self._known(writer)
        conversation = threading.find(arrival, self.lookups, contact, writer.candidates[0][0])
        if contact is None and not self._belongs_to_who_it_failed(arrival, conversation):
            contact = self._introduce(writer)
        placed = Placed(arrival, received, contact=contact or (conversation.contact if conversation else None), begins=conversation is None)
        placed.conversation = received.conversation = conversation or self._begin(arrival, writer, placed.contact)
        placed.message = self._message(arrival, writer)
        placed.recorded = self._is_contact(arrival, writer, placed)
        self._remember(placed)
        return placed

    def _receive(self, arrival: Arrival) -> ReceivedMail:
        envelope = arrival.envelope
        received = ReceivedMail(
            sha256=arrival.digest, size=len(arrival.raw), source=envelope.source, envelope_from=clean(envelope.sender)[:320],
            envelope_to=clean(",".join(envelope.recipients)), received_at=envelope.received_at, fingerprint=arrival.fingerprint,
        )  # fmt: skip
        db.session.add(received)
        self.lookups.digests[arrival.digest] = received
        return received

    def _seen_before(self, arrival: Arrival) -> Conversation | None:
        """The same mail by another way, or a mail of ours that came back to us in a circle."""
        known = self.lookups.fingerprints.get(arrival.fingerprint)
        if known is not None:
            return known.conversation
        own = self.lookups.messages.get(arrival.mail.message_id) if arrival.mail.message_id in arrival.signed else None
        return own[0][0] if own else None

    def _known(self, writer: Writer) -> Contact | None:
        return next(filter(None, (self.contacts.get(known) for known, _written, _name in writer.candidates)), None)

    def _belongs_to_who_it_failed(self, arrival: Arrival, conversation: Conversation | None) -> bool:
        """A machine that reports on one of our mails is not made a contact."""
        return arrival.kind != "message" and conversation is not None

    def _introduce(self, writer: Writer) -> Contact:
        known, written, name = writer.candidates[0]
        contact = create_from_mail(written, writer.name or name)
        self.contacts[known] = contact
        return contact

    def _begin(self, arrival: Arrival, writer: Writer, contact: Contact | None) -> Conversation:
        mailbox = self.lookups.mailbox_for(arrival)
        conversation = Conversation(
            contact=contact, subject=arrival.mail.subject[:500], status="open", mailbox=mailbox, customer_address=writer.address,
            touchpoint_id=guess_id("email", mailbox.touchpoint_id if mailbox else None, "mail.received", "inbound"),
            department_id=department_of(mailbox), messages_count=0, waiting_since=None if arrival.automatic else arrival.written_at,
        )  # fmt: skip
        db.session.add(conversation)
        return conversation

    def _is_contact(self, arrival: Arrival, writer: Writer, placed: Placed) -> bool:
        """Whether the person got in touch: reports, and machines that answer one of our mails, are no contact with anybody."""
        return writer.staff is None and (arrival.kind == "message" or (arrival.kind == "auto_reply" and placed.begins))

    # — 2. onto the timeline, then into the conversation —————————————————————————————————————————————————

    def _record(self, placed: list[Placed]) -> None:
        entries = [self._entry(each) for each in placed]
        for each, interaction in zip(placed, record_many(entries), strict=True):
            each.interaction = interaction

    def _entry(self, placed: Placed) -> dict[str, Any]:
        arrival, conversation = placed.arrival, placed.conversation
        return {
            "kind": "mail.received", "contact": placed.contact, "channel": "email", "direction": "inbound", "happened_at": arrival.written_at,
            "about": ("conversation", conversation.id), "subject": arrival.mail.subject[:500], "body": arrival.reply_text[:TIMELINE_BODY],
            "touchpoint_id": conversation.touchpoint_id, "department_id": conversation.department_id, "provenance": "mail",
            "data": {"automatic": True} if arrival.automatic else {},
        }  # fmt: skip

    def _message(self, arrival: Arrival, writer: Writer) -> dict[str, Any]:
        mail, kind = arrival.mail, KINDS.get(arrival.kind, "auto_reply")
        return {
            "kind": kind, "at": arrival.written_at, "author": writer.staff, "from_name": writer.name, "from_address": writer.address,
            "to": pairs(mail.to), "cc": pairs(mail.cc), "subject": mail.subject[:500], "text": arrival.text, "reply_text": arrival.reply_text,
            "has_html": bool(mail.html), "message_id": mail.message_id[:500], "references": list(arrival.mail.references)[-50:],
            "automatic": arrival.automatic, "data": {"forwarded": True} if writer.forwarded else {},
        }  # fmt: skip

    def _remember(self, placed: Placed) -> None:
        arrival = placed.arrival
        self.lookups.fingerprints[arrival.fingerprint] = placed.received
        self.lookups.messages.setdefault(arrival.mail.message_id, []).append((placed.conversation, None))

    def _write(self, placed: Placed) -> None:
        if placed.message is None:
            return
        attachments = [self._attachment(each) for each in placed.arrival.mail.attachments]
        placed.row = placed.conversation.add(
            **placed.message, received_mail=placed.received, interaction=placed.interaction, attachments=attachments,
        )  # fmt: skip

    def _attachment(self, attachment: Any) -> Attachment:
        """The bytes can be made anew from the raw mail, so nobody waits for the disk."""
        return Attachment(
            filename=attachment.filename[:255], content_type=attachment.content_type[:120], content_id=attachment.content_id[:250],
            size=attachment.size, inline=attachment.inline, blob=blobs.put(attachment.data, durable=False),
        )  # fmt: skip

    def _count(self, placed: list[Placed]) -> None:
        for contact, begun in Counter(each.conversation.contact for each in placed if each.conversation.status in UNRESOLVED).items():
            count_open(contact, begun)


def department_of(mailbox: Mailbox | None) -> int | None:
    return mailbox.department_id if mailbox else None


def pairs(addresses: Any) -> list[list[str]]:
    return [[clean(each.name)[:200], clean(each.address)[:320]] for each in addresses[:200]]


def clean(text: str) -> str:
    """Without what no database can hold."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
