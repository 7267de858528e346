"""What the inbox reads. Lists select columns, not entities; every list starts from what its reader may see."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from crm import clock
from crm.accounts import choices
from crm.accounts.models import User
from crm.contacts.models import Contact, Organisation
from crm.extensions import LARGEST_ID, UtcDateTime, db, fetch
from crm.formatting import formats
from crm.inbox.lifecycle import UNRESOLVED
from crm.inbox.linking.models import ConversationLink
from crm.inbox.models import FROM_CUSTOMER, Attachment, Conversation, Draft, Mailbox, Message, ReceivedMail
from crm.inbox.scheduling.models import ScheduledReply
from crm.inbox.teamwork.models import Mention, Visit, Watch, conversation_tags
from crm.outbox.models import Delivery

PREVIEW = 120  # characters of a message that its line shows while it is folded
LONG = 40  # characters by which a mail must be longer than its own words before its quotes are worth a link
REMEMBERED = 10.0  # seconds
VIEWER = SimpleNamespace(id=bindparam("viewer"))  # stands for whoever looks, in statements built once
SOON = bindparam("soon", callable_=lambda: clock.now() + timedelta(hours=2), type_=UtcDateTime())  # asked when a statement is carried out
Assignee = aliased(User)
ROW = (
    Conversation.id, Conversation.subject, Conversation.preview, Conversation.status, Conversation.priority, Conversation.last_message_at,
    Conversation.messages_count, Conversation.waiting_since, Conversation.snoozed_until, Conversation.assignee_id, Contact.display_name,
    Contact.lifecycle, Contact.customer_since, Assignee.name.label("assignee"), Mailbox.name.label("mailbox"), Conversation.clock_due,
)


def visible_to(_user: Any) -> Select:
    """Everybody who is signed in works the inbox together. What was merged into another lives there."""
    return select(Conversation).where(Conversation.status != "merged")


def in_view(view: str, user: Any) -> ColumnElement[bool]:
    """The conversations of one view; each condition is a prefix of an index."""
    if view == "mine":
        return and_(Conversation.assignee_id == user.id, Conversation.status == "open")
    if view == "unassigned":
        return and_(Conversation.assignee_id.is_(None), Conversation.status == "open")
    if view == "mentions":
        mine = select(Mention.conversation_id).where(Mention.user_id == user.id)
        return and_(Conversation.id.in_(mine), Conversation.status.in_(UNRESOLVED))
    if view == "watching":
        mine = select(Watch.conversation_id).where(Watch.user_id == user.id, Watch.since.is_not(None))
        return and_(Conversation.id.in_(mine), Conversation.status.in_(UNRESOLVED))
    if view == "breaching":
        return Conversation.clock_due <= SOON
    return Conversation.status == view


def rows(conversations: Select, viewer: Any = VIEWER) -> Select:
    """A row of the list for each conversation, in one statement; `seen`: whether `viewer` has seen all of it."""
    seen = exists(Visit.user_id).where(Visit.conversation_id == Conversation.id, Visit.user_id == viewer.id, Visit.seen_at >= Conversation.last_message_at)
    joined = conversations.with_only_columns(*ROW, seen.label("seen"), maintain_column_froms=True).join(Contact, Contact.id == Conversation.contact_id)
    return joined.outerjoin(Assignee, Assignee.id == Conversation.assignee_id).outerjoin(Mailbox, Mailbox.id == Conversation.mailbox_id)


# Statements of a page are built once: putting one together costs more than carrying it out.


def _head() -> Select:
    """What stands above a conversation and beside it, of its relations too; and the customer's newest message, which a reply answers."""
    heard, newer = aliased(Message), aliased(Message)
    newest = (
        select(newer.id).where(newer.conversation_id == Conversation.id, newer.kind.in_(FROM_CUSTOMER), newer.author_id.is_(None))
        .order_by(newer.id.desc()).limit(1).scalar_subquery()
    )
    columns = (
        Conversation.id, Conversation.subject, Conversation.status, Conversation.priority, Conversation.snoozed_until, Conversation.customer_address,
        Conversation.assignee_id, Assignee.name.label("assignee"), Mailbox.name.label("mailbox"), Conversation.department_id, Conversation.contact_id, Contact.display_name,
        Contact.lifecycle, Contact.customer_since, Contact.restricted_at, Contact.last_in_at, Contact.last_out_at, Contact.next_task_at, Contact.nps_score,
        Contact.csat_score, Contact.value, Contact.organisation_id, Organisation.name.label("organisation"), heard.id.label("heard_id"),
        heard.from_name.label("heard_name"), heard.from_address.label("heard_address"), heard.to.label("heard_to"), heard.cc.label("heard_cc"),
        exists(Draft.id).where(Draft.conversation_id == Conversation.id).label("has_drafts"),
        exists(ScheduledReply.id).where(ScheduledReply.conversation_id == Conversation.id, ScheduledReply.settled_at.is_(None)).label("has_planned"),
        exists(ConversationLink.id).where(or_(ConversationLink.from_id == Conversation.id, ConversationLink.to_id == Conversation.id), ConversationLink.removed_at.is_(None)).label("has_links"),
        exists(Watch.user_id).where(Watch.conversation_id == Conversation.id, Watch.user_id == VIEWER.id, Watch.since.is_not(None)).label("is_watched"),
        exists(conversation_tags.c.tag_id).where(conversation_tags.c.conversation_id == Conversation.id).label("has_tags"),
    )
    joined = visible_to(VIEWER).with_only_columns(*columns).join(Contact, Contact.id == Conversation.contact_id)
    joined = joined.outerjoin(Organisation, Organisation.id == Contact.organisation_id).outerjoin(Assignee, Assignee.id == Conversation.assignee_id)
    joined = joined.outerjoin(Mailbox, Mailbox.id == Conversation.mailbox_id).outerjoin(heard, heard.id == newest)
    return joined.where(Conversation.id == bindparam("conversation"))


def _lines() -> Select:
    """A line for each message, newest first: all that is seen of it while it is folded."""
    author = aliased(User)
    columns = (
        Message.id, Message.kind, Message.at, Message.from_name, Message.from_address, func.substr(Message.reply_text, 1, PREVIEW).label("preview"),
        Message.data, Message.automatic, Message.author_id, author.name.label("author"), Delivery.state, Delivery.bounced_at,
    )
    found = select(*columns).outerjoin(author, author.id == Message.author_id).outerjoin(Delivery, Delivery.id == Message.delivery_id)
    found = found.where(Message.conversation_id == bindparam("conversation"), Message.id < bindparam("before"))
    return found.order_by(Message.id.desc()).limit(bindparam("limit"))


def _bodies() -> Select:
    """What opens under the line of a message; the whole text with its quotes stays where it is."""
    is_long = func.length(Message.text) > func.length(Message.reply_text) + LONG
    has_files = exists(Attachment.id).where(Attachment.message_id == Message.id, ~Attachment.inline)
    columns = (
        Message.id, Message.kind, Message.to, Message.cc, Message.from_address, Message.author_id, Message.reply_text, Message.has_html,
        Message.received_mail_id, Message.data, is_long.label("is_long"), has_files.label("has_files"), Delivery.state, Delivery.reason,
    )
    return select(*columns).outerjoin(Delivery, Delivery.id == Message.delivery_id)


HEAD, LINES = _head(), _lines()
BODY = _bodies().where(Message.id == bindparam("message"))
NEWEST_BODIES = (
    _bodies().where(Message.conversation_id == bindparam("conversation"), Message.kind != "event").order_by(Message.id.desc()).limit(bindparam("limit"))
)
ATTACHMENTS = (
    select(Attachment.id, Attachment.message_id, Attachment.filename, Attachment.content_type, Attachment.size)
    .where(Attachment.message_id.in_(bindparam("messages", expanding=True)), ~Attachment.inline).order_by(Attachment.id)
)
DRAFTS = (
    select(Draft.user_id, Draft.kind, Draft.body, Draft.files, Draft.cc, Draft.updated_at, User.name).join(User, User.id == Draft.user_id).where(Draft.conversation_id == bindparam("conversation"))
)
OTHERS = (
    select(Conversation.id, Conversation.subject, Conversation.status, Conversation.last_message_at)
    .where(Conversation.contact_id == bindparam("contact"), Conversation.id != bindparam("but"), Conversation.status != "merged")
    .order_by(Conversation.last_message_at.desc(), Conversation.id.desc()).limit(bindparam("limit"))
)
STAFF = select(User.id, User.name, User.away_since).where(User.deactivated_at.is_(None)).order_by(User.name)
OUR_ADDRESSES = select(Mailbox.address)


def lines(conversation_id: int, limit: int, before: int = LARGEST_ID) -> Sequence[Any]:
    """The messages in short, newest first; only those `before` one, if wanted."""
    return fetch(LINES, {"conversation": conversation_id, "before": before, "limit": limit})


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


def departments() -> Sequence[tuple[int, str]]:
    """Which departments conversations can be given to, in the reader's language."""
    return remembered(f"departments:{formats().language}", choices.departments)


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


def quarantined(state: str = "quarantined") -> Select:
    return select(ReceivedMail).where(ReceivedMail.state == state)
