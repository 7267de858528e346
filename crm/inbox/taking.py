"""From an arrival to its place: who wrote it, whose conversation it is, what it changes. One batch of mails, one transaction, no commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from crm import blobs
from crm.attachments import carries_program
from crm.contacts.creating import create_from_mail
from crm.contacts.matching import find_many
from crm.contacts.models import Contact
from crm.extensions import Identified, db
from crm.inbox import acknowledging, effects, sender, threading
from crm.inbox.arrivals import Arrival
from crm.inbox.forwarding.forwarding import is_outsider
from crm.inbox.lifecycle import count_open_all
from crm.inbox.lookups import Lookups
from crm.inbox.models import Attachment, Conversation, Message, ReceivedMail
from crm.inbox.searching import indexing
from crm.inbox.sender import Writer
from crm.inbox.teamwork.assigning import give_by_turns
from crm.inbox.trusting import suspicions
from crm.mail.language import language_of
from crm.settings import LOCALES
from crm.timeline.recording import record_many
from crm.touchpoints.guessing import guess_id

KINDS = {"message": "inbound", "bounce": "bounce"}  # everything else a program wrote is an auto_reply
TIMELINE_BODY = 10_000
Columns = dict[str, Any]  # a row before it is one


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
class Again:
    """A mail that is there already: nothing but a line about this copy is kept."""

    arrival: Arrival
    received: ReceivedMail | Columns  # the row that was there before, or what will be one
    conversation: Conversation | None

    @property
    def outcome(self) -> Outcome:
        return Outcome("duplicate", self.conversation.id if self.conversation else 0)


@dataclass
class Placed:
    """One mail on its way through a batch."""

    arrival: Arrival
    received: Columns
    conversation: Conversation
    contact: Contact
    message: Columns
    begins: bool  # its conversation is new
    recorded: bool  # it goes on the timeline
    writer: Writer

    @property
    def outcome(self) -> Outcome:
        return Outcome("conversation", self.conversation.id)


def take_all(arrivals: Sequence[Arrival]) -> list[Outcome]:
    """Place every mail. Whatever is wrong with one of them fails the whole: the caller then takes them one by one.

    Conversations and contacts are objects; what only has to be written (received mails, messages) goes by one statement for the batch.
    """
    with db.session.no_autoflush:
        return [each.outcome for each in Batch(sender.marked(arrivals)).run()]


class Batch:
    def __init__(self, arrivals: Sequence[Arrival]):
        self.arrivals = arrivals
        self.lookups = Lookups(arrivals)
        self.contacts: dict[str, Contact] = {}

    def run(self) -> list[Again | Placed]:
        writers = [self._writer(arrival) for arrival in self.arrivals]
        self.contacts = find_many("email", {known for writer in writers if writer for known, _written, _name in writer.candidates})
        placed = [self._place(arrival, writer) for arrival, writer in zip(self.arrivals, writers, strict=True)]
        db.session.flush()
        taken = [each for each in placed if isinstance(each, Placed)]
        self._record([each for each in taken if each.recorded])
        self._write(placed)
        count_open_all(Counter(each.conversation.contact for each in taken if each.begins and each.conversation.status != "resolved"))
        give_by_turns([each.conversation for each in taken if each.begins and each.arrival.kind == "message"])
        for each in taken:
            effects.follow(each.arrival, each.conversation, each.message, self.lookups)
            effects.keep_comment(each.writer, each.conversation)
            if each.begins:
                acknowledging.acknowledge(each.arrival, each.conversation, each.message)
        db.session.flush()
        return placed

    def _writer(self, arrival: Arrival) -> Writer | None:
        if arrival.digest in self.lookups.digests:
            return None
        if not arrival.raw or arrival.raw.isspace():
            raise Unreadable("empty")
        return sender.writer(arrival, self.lookups)

    # — 1. who and whose ——————————————————————————————————————————————————————————————————————————————

    def _place(self, arrival: Arrival, writer: Writer | None) -> Again | Placed:
        known = self.lookups.digests.get(arrival.digest)
        if known is not None:
            return Again(arrival, known, conversation_of(known))
        received = self._receive(arrival)
        again = self._seen_before(arrival)
        if again is not None:
            received |= {"state": "duplicate", "fingerprint": None}
            return Again(arrival, received, again)
        if writer is None:
            raise Unreadable("no_sender")
        return self._put_in(arrival, writer, received)

    def _put_in(self, arrival: Arrival, writer: Writer, received: Columns) -> Placed:
        known = self._known(writer)
        threaded = threading.find(arrival, self.lookups, known, writer.candidates[0][0])
        found = threaded.conversation if threaded else None
        told_of = effects.answered_delivery(arrival, self.lookups) if found is None and arrival.kind != "message" else None
        is_outside = found is not None and known is not found.contact and writer.staff is None and is_outsider(found, (each[0] for each in writer.candidates))
        if found is not None and (arrival.kind != "message" or is_outside):
            contact = known or found.contact  # a machine that reports on one of our mails is made no contact, nor is whom we asked something
        elif told_of is not None and (owner := effects.owner_of(told_of)):
            contact = owner
        else:
            contact = known or self._introduce(writer, arrival)
            if known is not None and not known.language and known.provenance == "mail" and arrival.kind == "message" and writer.staff is None:
                known.language = spoken(writer.words(arrival))
        conversation = found or self._begin(arrival, writer, contact, status="open" if told_of is None else "resolved")
        conversation.show(writer.words(arrival))
        recorded = writer.staff is None and (arrival.kind == "message" or (arrival.kind == "auto_reply" and found is None and told_of is None))
        message = self._message(arrival, writer, threaded.rule if threaded else "new")
        if is_outside and arrival.kind == "message":
            message["kind"], recorded = "outside", known is not None
        placed = Placed(arrival, received, conversation, contact, message, found is None, recorded, writer)
        self._remember(placed)
        return placed

    def _receive(self, arrival: Arrival) -> Columns:
        received = received_columns(arrival) | {"fingerprint": arrival.fingerprint, "state": "taken"}
        self.lookups.digests[arrival.digest] = received
        return received

    def _seen_before(self, arrival: Arrival) -> Conversation | None:
        """The same mail by another way, or a mail of ours that came back to us in a circle."""
        known = self.lookups.fingerprints.get(arrival.fingerprint)
        if known is not None:
            return conversation_of(known)
        own = self.lookups.messages.get(arrival.mail.message_id) if arrival.mail.message_id in arrival.signed else None
        return own[0] if own else None

    def _known(self, writer: Writer) -> Contact | None:
        return next(filter(None, (self.contacts.get(known) for known, _written, _name in writer.candidates)), None)

    def _introduce(self, writer: Writer, arrival: Arrival) -> Contact:
        known, written, name = writer.candidates[0]
        language = spoken(writer.words(arrival)) if arrival.kind == "message" else ""
        contact = create_from_mail(clean(written), clean(writer.name or name), language=language)
        self.contacts[known] = contact
        return contact

    def _begin(self, arrival: Arrival, writer: Writer, contact: Contact, status: str) -> Conversation:
        """`status` resolved: what a program says of a mail that belongs to no conversation, a campaign's or a survey's. Nobody has to act."""
        mailbox = self.lookups.mailbox_for(arrival)
        conversation = Conversation(
            contact=contact, subject=arrival.mail.subject[:500], status=status, mailbox=mailbox, customer_address=writer.address, resolved_at=arrival.written_at if status == "resolved" else None,
            touchpoint_id=guess_id("email", mailbox.touchpoint_id if mailbox else None, "mail.received", "inbound"),
            department_id=mailbox.department_id if mailbox else None, messages_count=0, waiting_since=None if arrival.automatic else arrival.written_at,
        )
        db.session.add(conversation)
        return conversation

    # — 2. onto the timeline, then into the conversation —————————————————————————————————————————————————

    def _record(self, placed: list[Placed]) -> None:
        """Who got in touch: reports, and machines that answer one of our mails, are no contact with anybody."""
        interactions = record_many([self._entry(each) for each in placed])
        for each, interaction in zip(placed, interactions, strict=True):
            each.message["interaction_id"] = interaction.id

    def _entry(self, placed: Placed) -> Columns:
        arrival, conversation = placed.arrival, placed.conversation
        return {
            "kind": "mail.received", "contact": placed.contact, "channel": "email", "direction": "inbound", "happened_at": arrival.written_at,
            "about": ("conversation", conversation.id), "subject": arrival.mail.subject[:500], "body": placed.writer.words(arrival)[:TIMELINE_BODY],
            "touchpoint_id": conversation.touchpoint_id, "department_id": conversation.department_id, "provenance": "mail",
            "data": {"automatic": True} if arrival.automatic else {},
        }

    def _message(self, arrival: Arrival, writer: Writer, threading_rule: str) -> Columns:
        mail = arrival.mail
        return {
            "kind": KINDS.get(arrival.kind, "auto_reply"), "at": arrival.written_at, "author_id": writer.staff.id if writer.staff else None,
            "from_name": clean(writer.name)[:200], "from_address": clean(writer.address)[:320], "to": pairs(mail.to), "cc": pairs(mail.cc),
            "subject": mail.subject[:500], "text": arrival.text, "reply_text": writer.words(arrival), "has_html": bool(mail.html),
            "message_id": mail.message_id[:500], "references": list(mail.references)[-50:], "automatic": arrival.automatic,
            "data": {"threading": threading_rule, "sender": writer.rule} | ({"forwarded": True} if writer.forwarded else {}) | suspicions.found(arrival, self.lookups), "interaction_id": None,
        }

    def _remember(self, placed: Placed) -> None:
        """A later mail of the batch may be the same, or answer this one."""
        placed.received["conversation"] = placed.conversation
        self.lookups.fingerprints[placed.arrival.fingerprint] = placed.received
        self.lookups.messages.setdefault(placed.arrival.mail.message_id, []).append(placed.conversation)

    def _write(self, placed: list[Again | Placed]) -> None:
        first = {id(each.received): each for each in reversed(placed) if isinstance(each.received, dict)}  # the same mail twice in a batch is one row
        fresh = [each for each in placed if first.get(id(each.received)) is each]
        received = insert_all(ReceivedMail, [received_row(each) for each in fresh])
        taken = [(each, ident) for each, ident in zip(fresh, received, strict=True) if isinstance(each, Placed)]
        rows = [each.message | {"received_mail_id": ident, "conversation_id": each.conversation.id} for each, ident in taken]
        messages = insert_all(Message, rows)
        files = [list(attachments(each.arrival, ident)) for (each, _), ident in zip(taken, messages, strict=True)]
        insert_all(Attachment, [row for rows in files for row in rows])
        words = zip(taken, messages, files, strict=True)
        indexing.put(indexing.columns_found(ident, each.message, each.conversation.subject, [row["filename"] for row in rows if not row["inline"]]) for (each, _), ident, rows in words)


def spoken(text: str) -> str:
    """The language to answer in, if it is one of ours."""
    language = language_of(text)
    return language if language in LOCALES else ""


def received_row(each: Again | Placed) -> Columns:
    """What the batch noted of a mail, with the number of its conversation in place of the conversation itself."""
    assert isinstance(each.received, dict)
    columns = {name: value for name, value in each.received.items() if name != "conversation"}
    return columns | {"conversation_id": each.conversation.id if each.conversation else None}


def insert_all(model: type[Identified], rows: list[Columns]) -> list[int]:
    """The ids of the new rows, in the order of `rows`."""
    if not rows:
        return []
    return list(db.session.scalars(db.insert(model).returning(model.id, sort_by_parameter_order=True), rows))


def attachments(arrival: Arrival, message_id: int) -> Iterator[Columns]:
    """The bytes can be made anew from the raw mail, so nobody waits for the disk."""
    for each in arrival.mail.attachments:
        yield {
            "message_id": message_id, "filename": clean(each.filename)[:255], "content_type": carries_program(each.data) or clean(each.content_type)[:120],
            "content_id": clean(each.content_id)[:250], "size": each.size, "inline": each.inline, "blob": blobs.put(each.data, durable=False),
        }


def received_columns(arrival: Arrival) -> Columns:
    envelope = arrival.envelope
    return {
        "sha256": arrival.digest, "size": len(arrival.raw), "source": envelope.source, "envelope_from": clean(envelope.sender)[:320],
        "envelope_to": clean(",".join(envelope.recipients)), "received_at": envelope.received_at,
    }


def conversation_of(received: ReceivedMail | Columns) -> Conversation | None:
    return received.get("conversation") if isinstance(received, dict) else received.conversation


def pairs(addresses: Any) -> list[list[str]]:
    return [[clean(each.name)[:200], clean(each.address)[:320]] for each in addresses[:200]]


def clean(text: str) -> str:
    """Without what no database can hold."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
