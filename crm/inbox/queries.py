"""What the inbox reads. Lists select columns, not entities; every list starts from what its reader may see."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select
from sqlalchemy.orm import aliased, joinedload

from crm.accounts.models import User
from crm.contacts.models import Contact
from crm.extensions import db, fetch
from crm.inbox.models import Attachment, Conversation, Draft, Mailbox, Message, ReceivedMail
from crm.outbox.models import Delivery

LONG = 40  # characters by which a mail must be longer than its own words before its quotes are worth a link
REMEMBERED = 10.0  # seconds
Assignee = aliased(User)
ROW = (
    Conversation.id, Conversation.subject, Conversation.preview, Conversation.status, Conversation.priority, Conversation.last_message_at,
    Conversation.messages_count, Conversation.waiting_since, Conversation.snoozed_until, Conversation.assignee_id, Contact.display_name,
    Contact.lifecycle, Contact.customer_since, Assignee.name.label("assignee"), Mailbox.name.label("mailbox"),
)


def visible_to(_user: Any) -> Select:
    """Everybody who is signed in works the inbox together."""
    return select(Conversation)


def in_view(view: str, user: Any) -> ColumnElement[bool]:
    """The conversations of one view; each condition is a prefix of an index."""
    if view == "mine":
        return and_(Conversation.assignee_id == user.id, Conversation.status == "open")
    if view == "unassigned":
        return and_(Conversation.assignee_id.is_(None), Conversation.status == "open")
    return Conversation.status == view


def rows(conversations: Select) -> Select:
    """A row of the list for each conversation, in one statement."""
    joined = conversations.with_only_columns(*ROW, maintain_column_froms=True).join(Contact, Contact.id == Conversation.contact_id)
    return joined.outerjoin(Assignee, Assignee.id == Conversation.assignee_id).outerjoin(Mailbox, Mailbox.id == Conversation.mailbox_id)


def in_full(conversation_id: int, user: Any) -> Select:
    """One conversation with everything its page shows of its relations."""
    loaded = (
        joinedload(Conversation.contact).joinedload(Contact.organisation), joinedload(Conversation.assignee),
        joinedload(Conversation.mailbox), joinedload(Conversation.touchpoint),
    )
    return visible_to(user).where(Conversation.id == conversation_id).options(*loaded)


def _messages() -> Select:
    author, is_long = aliased(User), func.length(Message.text) > func.length(Message.reply_text) + LONG
    columns = (
        Message.id, Message.kind, Message.at, Message.from_name, Message.from_address, Message.to, Message.cc, Message.reply_text, Message.has_html,
        Message.data, Message.automatic, Message.author_id, Message.received_mail_id, author.name.label("author"), is_long.label("is_long"),
        Delivery.state, Delivery.reason, Delivery.next_attempt_at, Delivery.sent_at, Delivery.bounced_at,
    )
    found = select(*columns).outerjoin(author, author.id == Message.author_id).outerjoin(Delivery, Delivery.id == Message.delivery_id)
    return found.where(Message.conversation_id == bindparam("conversation")).order_by(Message.id.desc()).limit(bindparam("limit"))


# Built once: putting a statement together costs more than carrying it out.
MESSAGES = _messages()
ATTACHMENTS = (
    select(Attachment.id, Attachment.message_id, Attachment.filename, Attachment.content_type, Attachment.size)
    .where(Attachment.message_id.in_(bindparam("messages", expanding=True)), ~Attachment.inline).order_by(Attachment.id)
)
DRAFTS = (
    select(Draft.user_id, Draft.kind, Draft.body, Draft.updated_at, User.name).join(User, User.id == Draft.user_id).where(Draft.conversation_id == bindparam("conversation"))
)
OTHERS = (
    select(Conversation.id, Conversation.subject, Conversation.status, Conversation.last_message_at)
    .where(Conversation.contact_id == bindparam("contact"), Conversation.id != bindparam("but"))
    .order_by(Conversation.last_message_at.desc(), Conversation.id.desc()).limit(bindparam("limit"))
)
STAFF = select(User.id, User.name).where(User.deactivated_at.is_(None)).order_by(User.name)
OUR_ADDRESSES = select(Mailbox.address)


def messages(conversation_id: int, limit: int) -> Sequence[Any]:
    """What the page shows of each message, newest first, without the long texts."""
    return fetch(MESSAGES, {"conversation": conversation_id, "limit": limit})


def others_of(contact_id: int, conversation_id: int | None = None, limit: int = 5) -> Sequence[Any]:
    """The newest conversations of a person."""
    return fetch(OTHERS, {"contact": contact_id, "but": conversation_id or 0, "limit": limit})


def default_mailbox() -> Mailbox | None:
    """The mailbox that takes what belongs to none."""
    living = select(Mailbox).where(Mailbox.archived_at.is_(None)).order_by(Mailbox.is_default.desc(), Mailbox.id)
    return db.session.scalars(living.limit(1)).first()


def mailboxes() -> list[Mailbox]:
    return list(db.session.scalars(select(Mailbox).where(Mailbox.archived_at.is_(None)).order_by(Mailbox.name)))


def staff() -> Sequence[Any]:
    """Who conversations can be given to."""
    return remembered("staff", lambda: db.session.execute(STAFF).all())


def our_addresses() -> frozenset[str]:
    """Of all mailboxes, archived ones too."""
    return remembered("our_addresses", lambda: frozenset(db.session.scalars(OUR_ADDRESSES)))


def remembered(name: str, load: Callable[[], Any]) -> Any:
    """What hardly ever changes and every page needs, read anew every few seconds."""
    kept = current_app.extensions.setdefault("inbox_remembered", {})
    until, value = kept.get(name, (0.0, None))
    if time.monotonic() >= until or current_app.testing:
        value = load()
        kept[name] = (time.monotonic() + REMEMBERED, value)
    return value


def quarantined() -> Select:
    return select(ReceivedMail).where(ReceivedMail.state == "quarantined")
