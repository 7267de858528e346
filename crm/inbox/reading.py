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
from crm.extensions import LARGEST_ID, fetch
from crm.inbox import queries
from crm.outbox.models import UNSENT
from crm.timeline.models import Interaction
from crm.timeline.queries import STANDING, visible_to

SHOWN = 12  # messages the page opens with, more than a screen shows, each in a line; earlier ones come on demand
EARLIER = 50  # at a time
EXPANDED = 2  # of those that people wrote, the newest; the others are fetched when somebody opens them
PRESENT = timedelta(minutes=3)
LAST_ENTRIES = 5
ENTRIES = (
    select(Interaction.id, Interaction.kind, Interaction.channel, Interaction.direction, Interaction.subject, Interaction.happened_at, Interaction.data)
    .where(Interaction.contact_id == bindparam("contact"), STANDING, visible_to(SimpleNamespace(id=bindparam("viewer"))))
    .order_by(Interaction.happened_at.desc(), Interaction.id.desc()).limit(LAST_ENTRIES)
)


@dataclass(frozen=True)
class Lines:
    """Messages in short, oldest first. `before`: the number up to which there are earlier ones, or None."""

    messages: Sequence[Any]
    before: int | None


@dataclass(frozen=True)
class Thread(Lines):
    """What the page opens with, and what belongs to it."""

    bodies: dict[int, Any]  # of the expanded messages
    attachments: dict[int, list[Any]]
    drafts: dict[str, Any]  # mine, by kind
    files: list[Any]  # of my reply: name, type, size, blob
    writing: list[str]  # colleagues who are at it
    left: list[tuple[str, str]]  # colleagues' drafts: name, text


def head(conversation_id: int) -> Any:
    """The conversation with its person, or None if the viewer may not see one of this number."""
    return next(iter(fetch(queries.HEAD, {"conversation": conversation_id, "viewer": current_user.id})), None)


def lines(conversation_id: int, limit: int, before: int = LARGEST_ID) -> Lines:
    newest_first = queries.lines(conversation_id, limit + 1, before)
    shown = newest_first[:limit][::-1]
    return Lines(shown, shown[0].id if len(newest_first) > limit else None)


def thread(conversation: Any, *, everything: bool = False) -> Thread:
    """`conversation`: its head."""
    shown = lines(conversation.id, 10_000 if everything else SHOWN)
    bodies = fetch(queries.NEWEST_BODIES, {"conversation": conversation.id, "limit": EXPANDED})
    drafts = fetch(queries.DRAFTS, {"conversation": conversation.id}) if conversation.has_drafts else ()
    mine, others = [row for row in drafts if row.user_id == current_user.id], [row for row in drafts if row.user_id != current_user.id]
    return Thread(
        shown.messages, shown.before, {row.id: row for row in bodies}, attachments_of(bodies), {row.kind: row for row in mine}, next((row.files for row in mine if row.kind == "reply"), []),
        [row.name for row in others if row.updated_at > clock.now() - PRESENT], [(row.name, row.body) for row in others if row.body],
    )


def body(message_id: int) -> Any:
    """What opens under the line of one message."""
    return fetch(queries.BODY, {"message": message_id})[0]


def attachments_of(bodies: Sequence[Any]) -> dict[int, list[Any]]:
    """Those people see as files; pictures within the text are part of it."""
    found: dict[int, list[Any]] = defaultdict(list)
    if carriers := [row.id for row in bodies if row.has_files]:
        for row in fetch(queries.ATTACHMENTS, {"messages": carriers}):
            found[row.message_id].append(row)
    return found


def last_entries(contact_id: int, viewer: Any) -> Sequence[Any]:
    """The newest of the person's timeline, for the column beside the conversation."""
    return fetch(ENTRIES, {"contact": contact_id, "viewer": viewer.id})


def can_be_taken_back(row: Any) -> bool:
    """Whether a reply is still in the house."""
    return row.state in UNSENT
