"""Saying that two conversations have to do with each other, and taking it back."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from crm import clock
from crm.accounts.models import User
from crm.errors import Refused
from crm.extensions import db
from crm.inbox.linking.models import KINDS, ConversationLink
from crm.inbox.models import Conversation

WORDS = dict(zip(KINDS, (_l("Related to"), _l("Duplicate of"), _l("Follow-up of")), strict=True))
SEEN_FROM_THERE = dict(zip(KINDS, (_l("Related to"), _l("Has a duplicate"), _l("Has a follow-up")), strict=True))


def words(kind: str, outward: int) -> str:
    return str((WORDS if outward else SEEN_FROM_THERE)[kind])


def link(conversation: Conversation, other: Conversation, kind: str, by: User) -> ConversationLink:
    """Done twice, it is one link. Never commits."""
    if conversation.id == other.id:
        raise Refused(_("Choose another conversation."), "other")
    found = _between(conversation, other, kind)
    if found is not None:
        return found
    row = ConversationLink(kind=kind, from_id=conversation.id, to_id=other.id, by_id=by.id)
    db.session.add(row)
    for one, number in ((conversation, other.id), (other, conversation.id)):
        one.event("linked", by, number=number)
    db.session.flush()
    return row


def remove(row: ConversationLink, by: User) -> None:
    _change(row, True, by)


def restore(row: ConversationLink, by: User) -> None:
    _change(row, False, by)


def _change(row: ConversationLink, is_removed: bool, by: User) -> None:
    if (row.removed_at is not None) == is_removed:
        return
    row.removed_at = clock.now() if is_removed else None
    for ident, number in ((row.from_id, row.to_id), (row.to_id, row.from_id)):
        db.session.get_one(Conversation, ident).event("unlinked" if is_removed else "linked", by, number=number)


def _between(one: Conversation, other: Conversation, kind: str) -> ConversationLink | None:
    link = ConversationLink
    here, back = (link.from_id == one.id) & (link.to_id == other.id), (link.from_id == other.id) & (link.to_id == one.id)
    wanted = select(link).where(here | back if kind == "related" else here, link.kind == kind, link.removed_at.is_(None))
    return db.session.scalars(wanted.limit(1)).first()
