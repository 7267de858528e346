"""What the page of one conversation shows, read in a handful of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_login import current_user
from sqlalchemy import select

from crm import clock
from crm.accounts.models import User
from crm.extensions import db
from crm.inbox import queries
from crm.inbox.models import Attachment, Conversation, Draft
from crm.outbox.models import UNSENT
from crm.timeline.models import Interaction
from crm.timeline.queries import STANDING, visible_to

SHOWN = 60  # messages; the earlier ones are one click away
EXPANDED = 2  # of those that people wrote, the newest
PRESENT = timedelta(minutes=3)
LAST_ENTRIES = 5


@dataclass(frozen=True)
class Thread:
    """The messages, oldest first, and what belongs to them."""

    messages: Sequence[Any]
    attachments: dict[int, list[Any]]
    expanded: frozenset[int]
    seen: int  # the customer's newest message in view
    has_earlier: bool
    drafts: dict[str, str]  # mine, by kind
    writing: list[str]  # colleagues who are at it
    left: list[tuple[str, str]]  # colleagues' drafts: name, text


def thread(conversation: Conversation, *, everything: bool = False) -> Thread:
    limit = 10_000 if everything else SHOWN
    newest_first = db.session.execute(queries.messages(conversation.id).limit(limit + 1)).all()
    shown = newest_first[:limit][::-1]
    written = [row.id for row in shown if row.kind not in ("event",)]
    heard = [row.id for row in shown if row.kind in ("inbound", "form") and row.author_id is None]
    drafts = db.session.execute(
        select(Draft.user_id, Draft.kind, Draft.body, Draft.updated_at, User.name).join(User, User.id == Draft.user_id).where(Draft.conversation_id == conversation.id)
    ).all()
    return Thread(
        shown, attachments_of([row.id for row in shown if row.kind != "event"]), frozenset(written[-EXPANDED:]), max(heard, default=0), len(newest_first) > limit,
        {row.kind: row.body for row in drafts if row.user_id == current_user.id},
        [row.name for row in drafts if row.user_id != current_user.id and row.updated_at > clock.now() - PRESENT],
        [(row.name, row.body) for row in drafts if row.user_id != current_user.id],
    )  # fmt: skip


def attachments_of(message_ids: Sequence[int]) -> dict[int, list[Any]]:
    """Those people see as files; pictures within the text are part of it."""
    columns = select(Attachment.id, Attachment.message_id, Attachment.filename, Attachment.content_type, Attachment.size)
    found: dict[int, list[Any]] = defaultdict(list)
    if message_ids:
        for row in db.session.execute(columns.where(Attachment.message_id.in_(message_ids), ~Attachment.inline).order_by(Attachment.id)):
            found[row.message_id].append(row)
    return found


def last_entries(contact_id: int, viewer: Any) -> Sequence[Any]:
    """The newest of the person's timeline, for the column beside the conversation."""
    columns = (Interaction.id, Interaction.kind, Interaction.channel, Interaction.direction, Interaction.subject, Interaction.happened_at, Interaction.data)
    found = select(*columns).where(Interaction.contact_id == contact_id, STANDING, visible_to(viewer))
    return db.session.execute(found.order_by(Interaction.happened_at.desc(), Interaction.id.desc()).limit(LAST_ENTRIES)).all()


def can_be_taken_back(row: Any) -> bool:
    """Whether a reply is still in the house."""
    return row.state in UNSENT
