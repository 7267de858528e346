"""A conversation that begins with a form instead of a mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from crm.extensions import db
from crm.inbox.models import Attachment, Conversation, Mailbox, Message
from crm.inbox.queries import default_mailbox
from crm.inbox.teamwork.assigning import give_by_turns
from crm.timeline.models import Interaction

File = Sequence[Any]  # filename, type, size, blob


def open_with_form(entry: Interaction, *, mailbox_id: int | None, name: str, address: str, text: str, files: Iterable[File] = (), data: dict[str, Any] | None = None) -> Conversation:
    """The conversation for what `entry` of the timeline tells; the entry is about it from now on. Never commits."""
    mailbox = db.session.get(Mailbox, mailbox_id) if mailbox_id else None
    mailbox = mailbox if mailbox and not mailbox.archived_at else default_mailbox()
    conversation = Conversation(
        contact=entry.contact, subject=entry.subject[:500], status="open", mailbox=mailbox, customer_address=address, touchpoint_id=entry.touchpoint_id,
        department_id=entry.department_id or (mailbox.department_id if mailbox else None), messages_count=0,
        created_at=entry.happened_at, waiting_since=entry.happened_at, last_in_at=entry.happened_at,
    )
    db.session.add(conversation)
    message: Message = conversation.add(
        "form", at=entry.happened_at, from_name=name[:200], from_address=address[:320], subject=entry.subject[:500], text=text, reply_text=text,
        data=data or {}, interaction=entry, to=[[mailbox.name, mailbox.address]] if mailbox else [],
    )
    conversation.last_message_at = entry.happened_at
    message.attachments = [Attachment(filename=filename, content_type=kind[:120], size=size, blob=blob) for filename, kind, size, blob in files]
    db.session.flush()
    entry.about_type, entry.about_id = "conversation", conversation.id
    conversation.counted()
    give_by_turns([conversation])
    return conversation
