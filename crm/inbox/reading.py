"""What the page of one conversation shows, read in a handful of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from flask_login import current_user
from sqlalchemy import bindparam, select

from crm import clock
from crm.extensions import fetch
from crm.inbox import queries
from crm.inbox.models import FROM_CUSTOMER, Conversation
from crm.outbox.models import UNSENT
from crm.timeline.models import Interaction
from crm.timeline.queries import STANDING, visible_to

SHOWN = 60  # messages; the earlier ones are one click away
EXPANDED = 2  # of those that people wrote, the newest
PRESENT = timedelta(minutes=3)
LAST_ENTRIES = 5
ENTRIES = (
    select(Interaction.id, Interaction.kind, Interaction.channel, Interaction.direction, Interaction.subject, Interaction.happened_at, Interaction.data)
    .where(Interaction.contact_id == bindparam("contact"), STANDING, visible_to(SimpleNamespace(id=bindparam("viewer"))))
    .order_by(Interaction.happened_at.desc(), Interaction.id.desc()).limit(LAST_ENTRIES)
)


@dataclass(frozen=True)
class Thread:
    """The messages, oldest first, and what belongs to them."""

    messages: Sequence[Any]
    attachments: dict[int, list[Any]]
    expanded: frozenset[int]
    heard: Any  # the customer's newest message in view
    has_earlier: bool
    drafts: dict[str, str]  # mine, by kind
    writing: list[str]  # colleagues who are at it
    left: list[tuple[str, str]]  # colleagues' drafts: name, text

    @property
    def seen(self) -> int:
        """The number of the customer's newest message in view."""
        return self.heard.id if self.heard else 0


def thread(conversation: Conversation, *, everything: bool = False) -> Thread:
    limit = 10_000 if everything else SHOWN
    newest_first = queries.messages(conversation.id, limit + 1)
    shown = newest_first[:limit][::-1]
    written = [row.id for row in shown if row.kind != "event"]
    heard = next((row for row in reversed(shown) if row.kind in FROM_CUSTOMER and row.author_id is None), None)
    drafts = fetch(queries.DRAFTS, {"conversation": conversation.id})
    mine, others = [row for row in drafts if row.user_id == current_user.id], [row for row in drafts if row.user_id != current_user.id]
    return Thread(
        shown, attachments_of(written), frozenset(written[-EXPANDED:]), heard, len(newest_first) > limit, {row.kind: row.body for row in mine},
        [row.name for row in others if row.updated_at > clock.now() - PRESENT], [(row.name, row.body) for row in others],
    )


def attachments_of(message_ids: Sequence[int]) -> dict[int, list[Any]]:
    """Those people see as files; pictures within the text are part of it."""
    found: dict[int, list[Any]] = defaultdict(list)
    if message_ids:
        for row in fetch(queries.ATTACHMENTS, {"messages": list(message_ids)}):
            found[row.message_id].append(row)
    return found


def last_entries(contact_id: int, viewer: Any) -> Sequence[Any]:
    """The newest of the person's timeline, for the column beside the conversation."""
    return fetch(ENTRIES, {"contact": contact_id, "viewer": viewer.id})


def can_be_taken_back(row: Any) -> bool:
    """Whether a reply is still in the house."""
    return row.state in UNSENT
