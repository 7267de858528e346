"""Tags on conversations: the same words that hang on contacts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, bindparam, delete, insert, select

from crm.accounts.models import User
from crm.contacts.models import Tag
from crm.contacts.tagging import tags_named
from crm.extensions import db, fetch
from crm.folding import fold
from crm.inbox.models import Conversation
from crm.inbox.teamwork.models import conversation_tags

OF_ONE = (
    select(Tag.name).join(conversation_tags, conversation_tags.c.tag_id == Tag.id)
    .where(conversation_tags.c.conversation_id == bindparam("conversation")).order_by(Tag.folded)
)


def tags_of(conversation_id: int) -> Sequence[str]:
    return [row.name for row in fetch(OF_ONE, {"conversation": conversation_id})]


def tags_of_many(conversation_ids: Sequence[int]) -> dict[int, list[str]]:
    """By conversation; in one statement."""
    column = conversation_tags.c
    found: dict[int, list[str]] = {}
    rows = select(column.conversation_id, Tag.name).join(Tag, Tag.id == column.tag_id).where(column.conversation_id.in_(conversation_ids)).order_by(Tag.folded)
    for conversation_id, name in db.session.execute(rows):
        found.setdefault(conversation_id, []).append(name)
    return found


def with_tag(name: str) -> Select:
    """The numbers of the conversations that have the tag of this name."""
    return select(conversation_tags.c.conversation_id).join(Tag, Tag.id == conversation_tags.c.tag_id).where(Tag.folded == fold(name)[:60])


def set_tags(conversation: Conversation, names: Iterable[str], by: User | None) -> None:
    """Exactly these, those that are new being made."""
    wanted = tags_named(names)
    db.session.flush()
    column = conversation_tags.c
    there = set(db.session.scalars(select(column.tag_id).where(column.conversation_id == conversation.id)))
    gone, new = there - {tag.id for tag in wanted}, [tag for tag in wanted if tag.id not in there]
    if gone:
        db.session.execute(delete(conversation_tags).where(column.conversation_id == conversation.id, column.tag_id.in_(gone)))
    if new:
        db.session.execute(insert(conversation_tags), [{"conversation_id": conversation.id, "tag_id": tag.id} for tag in new])
    if gone or new:
        conversation.event("tagged", by, to=", ".join(tag.name for tag in wanted))


def add_tag(conversation: Conversation, name: str, by: User | None) -> None:
    set_tags(conversation, [*tags_of(conversation.id), name], by)
