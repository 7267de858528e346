"""Mailboxes, received mail, conversations and their messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.accounts.models import Department, User
from crm.contacts.models import Contact
from crm.extensions import Identified, Model, db
from crm.inbox.clocks.columns import Clocked
from crm.inbox.lifecycle import PREVIEW, Lifecycle, preview
from crm.outbox.models import Delivery
from crm.timeline.models import Interaction
from crm.touchpoints.models import Touchpoint

STATUSES = ("open", "waiting", "snoozed", "resolved", "spam")
PRIORITIES = ("low", "normal", "high", "urgent")
MESSAGE_KINDS = ("inbound", "reply", "note", "event", "form", "bounce", "auto_reply", "forward", "outside")  # outside: from somebody a message was forwarded to
FROM_CUSTOMER = ("inbound", "form")
INTERNAL = ("note", "event", "forward")  # the customer gets none of it


class Mailbox(Identified, Model):
    """A shared service address, and what holds for mail that comes to it."""

    __tablename__ = "mailboxes"

    name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(320), unique=True)  # normalised
    department_id: Mapped[int | None] = mapped_column(ForeignKey(Department.id))
    touchpoint_id: Mapped[int | None] = mapped_column(ForeignKey(Touchpoint.id))
    language: Mapped[str] = mapped_column(String(5), default="")
    signature: Mapped[str] = mapped_column(Text, default="")
    acknowledgements: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")  # by language: what is answered at once to a new conversation
    is_default: Mapped[bool] = mapped_column(default=False)  # takes what belongs to no mailbox
    archived_at: Mapped[datetime | None]

    touchpoint: Mapped[Touchpoint | None] = relationship()
    department: Mapped[Department | None] = relationship()

    def make_default(self) -> None:
        """There is exactly one that takes what belongs to none."""
        for other in db.session.scalars(db.select(Mailbox).where(Mailbox.is_default)):
            other.is_default = False
        self.is_default, self.archived_at = True, None


class Heartbeat(Identified, Model):
    """When mail was last fetched on a way ("intake", "imap:…"), and what is wrong with it at present."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(80), unique=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    error: Mapped[str] = mapped_column(Text, default="")


class Conversation(Lifecycle, Clocked, Identified, Model):
    """A thread of messages that a team works off: open, waiting, snoozed, resolved; spam. Its verbs are in lifecycle.py."""

    __tablename__ = "conversations"
    __table_args__ = (
        Index(None, "status", "last_message_at", "id"),
        Index(None, "status", "waiting_since", "id"),
        Index(None, "assignee_id", "status", "last_message_at", "id"),
        Index(None, "contact_id", "last_message_at", "id"),
        Index(None, "last_message_at", "id"),  # searching looks through all of them
        *(Index(None, place, "last_message_at", "id") for place in ("mailbox_id", "touchpoint_id", "department_id")),
    )

    subject: Mapped[str] = mapped_column(String(500), default="")
    status: Mapped[str] = mapped_column(String(10), default="open")
    priority: Mapped[str] = mapped_column(String(8), default="normal")
    contact_id: Mapped[int] = mapped_column(ForeignKey(Contact.id, ondelete="CASCADE"))
    mailbox_id: Mapped[int | None] = mapped_column(ForeignKey(Mailbox.id))
    touchpoint_id: Mapped[int | None] = mapped_column(ForeignKey(Touchpoint.id))
    department_id: Mapped[int | None] = mapped_column(ForeignKey(Department.id))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    customer_address: Mapped[str] = mapped_column(String(320), default="")  # where the next reply goes
    preview: Mapped[str] = mapped_column(String(PREVIEW), default="")  # first words of the last message, for the list
    messages_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_message_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_in_at: Mapped[datetime | None]
    last_out_at: Mapped[datetime | None]
    waiting_since: Mapped[datetime | None]  # the customer's first message nobody has answered yet
    first_response_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None] = mapped_column(index=True)  # also of "waiting": then until somebody looks again
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))

    contact: Mapped[Contact] = relationship()
    mailbox: Mapped[Mailbox | None] = relationship()
    touchpoint: Mapped[Touchpoint | None] = relationship()
    department: Mapped[Department | None] = relationship()
    assignee: Mapped[User | None] = relationship(foreign_keys=[assignee_id])

    @property
    def number(self) -> int:
        """What stands in subjects as [#42]."""
        return self.id

    def add(self, kind: str, **columns: Any) -> Message:
        """A further message. What people wrote shows in the list; notes and events do not."""
        message = Message(conversation=self, kind=kind, **({"at": clock.now()} | columns))
        db.session.add(message)
        if kind not in INTERNAL:
            self.show(message.reply_text or message.text or "")
        return message

    def show(self, text: str) -> None:
        """In the list stands what was written last."""
        self.preview = preview(text)
        self.messages_count = (self.messages_count or 0) + 1
        self.last_message_at = clock.now()

    def event(self, name: str, by: User | None = None, **data: Any) -> Message:
        """What was done, as a thin line in the conversation. Its words: events.py."""
        return self.add("event", author=by, data={"event": name, **data})


class ReceivedMail(Identified, Model):
    """Every mail that was acknowledged, and what became of it: taken, quarantined (kept, can be run again), duplicate."""

    __tablename__ = "received_mails"
    __table_args__ = (Index(None, "state", "received_at"),)

    sha256: Mapped[str] = mapped_column(String(64), unique=True)  # the raw mail in the blob store
    size: Mapped[int]
    source: Mapped[str] = mapped_column(String(20))  # smtp, lmtp, pipe, imap, api
    envelope_from: Mapped[str] = mapped_column(String(320), default="")
    envelope_to: Mapped[str] = mapped_column(Text, default="")
    received_at: Mapped[datetime] = mapped_column(default=clock.now)
    state: Mapped[str] = mapped_column(String(12), default="taken")  # taken, quarantined, duplicate, discarded
    discarded_at: Mapped[datetime | None]  # the bytes are kept for quarantine.KEPT_FOR after that
    error: Mapped[str] = mapped_column(Text, default="")  # why it lies in quarantine: a key of quarantine.REASONS, or what went wrong
    fingerprint: Mapped[str | None] = mapped_column(String(64), unique=True)  # of Message-ID and body: the same mail by another way
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey(Conversation.id, ondelete="SET NULL"), index=True)

    conversation: Mapped[Conversation | None] = relationship()


class Message(Identified, Model):
    """One mail, form message, internal note or event in a conversation."""

    __tablename__ = "messages"
    __table_args__ = (Index(None, "conversation_id", "id"),)

    conversation_id: Mapped[int] = mapped_column(ForeignKey(Conversation.id, ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    author_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))  # staff; None for the customer
    from_name: Mapped[str] = mapped_column(String(200), default="")
    from_address: Mapped[str] = mapped_column(String(320), default="")
    to: Mapped[list[Any]] = mapped_column(JSON, default=list)  # [[name, address], …]
    cc: Mapped[list[Any]] = mapped_column(JSON, default=list)
    subject: Mapped[str] = mapped_column(String(500), default="")
    text: Mapped[str] = mapped_column(Text, default="")  # the whole, as text
    reply_text: Mapped[str] = mapped_column(Text, default="")  # without quotes and signature
    has_html: Mapped[bool] = mapped_column(default=False)  # the HTML is read from the raw mail when somebody opens it
    message_id: Mapped[str | None] = mapped_column(String(500), index=True)
    references: Mapped[list[str]] = mapped_column(JSON, default=list)
    automatic: Mapped[bool] = mapped_column(default=False)
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # of an event: what changed
    received_mail_id: Mapped[int | None] = mapped_column(ForeignKey(ReceivedMail.id), index=True)
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey(Delivery.id), index=True)
    interaction_id: Mapped[int | None] = mapped_column(ForeignKey(Interaction.id, ondelete="SET NULL"))

    conversation: Mapped[Conversation] = relationship()
    author: Mapped[User | None] = relationship()
    delivery: Mapped[Delivery | None] = relationship()
    received_mail: Mapped[ReceivedMail | None] = relationship()
    interaction: Mapped[Interaction | None] = relationship()
    attachments: Mapped[list[Attachment]] = relationship(cascade="all, delete-orphan", order_by="Attachment.id")


class Attachment(Identified, Model):
    __tablename__ = "attachments"

    message_id: Mapped[int] = mapped_column(ForeignKey(Message.id, ondelete="CASCADE"), index=True)
    filename: Mapped[str] = mapped_column(String(255), default="")
    content_type: Mapped[str] = mapped_column(String(120), default="application/octet-stream")
    content_id: Mapped[str] = mapped_column(String(250), default="")
    size: Mapped[int] = mapped_column(default=0)
    inline: Mapped[bool] = mapped_column(default=False)
    blob: Mapped[str] = mapped_column(String(64))


class Draft(Identified, Model):
    """What somebody began to write, saved on the server and visible to colleagues."""

    __tablename__ = "drafts"
    __table_args__ = (Index(None, "conversation_id", "user_id", "kind", unique=True),)

    conversation_id: Mapped[int] = mapped_column(ForeignKey(Conversation.id, ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    kind: Mapped[str] = mapped_column(String(12), default="reply")
    body: Mapped[str] = mapped_column(Text, default="")
    files: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")  # [[filename, content type, size, blob], …]
    cc: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))  # None: as is suggested
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)
