"""Which conversations have to do with one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, bindparam, case, or_, select

from crm.extensions import fetch
from crm.inbox.linking.models import ConversationLink
from crm.inbox.models import Conversation

THIS: BindParameter[int] = bindparam("conversation")
IS_FROM = ConversationLink.from_id == THIS
OF = (
    select(ConversationLink.id, ConversationLink.kind, case((IS_FROM, 1), else_=0).label("outward"), Conversation.id.label("number"), Conversation.subject, Conversation.status)
    .join(Conversation, Conversation.id == case((IS_FROM, ConversationLink.to_id), else_=ConversationLink.from_id))
    .where(or_(IS_FROM, ConversationLink.to_id == THIS), ConversationLink.removed_at.is_(None), Conversation.id != THIS)
    .order_by(ConversationLink.id)
)


def linked_with(conversation_id: int) -> Sequence[Any]:
    """Seen from this one: `outward` says whether it is the one that the link was made from. Each only once, also after a merge."""
    rows = fetch(OF, {"conversation": conversation_id})
    return list({(row.kind, row.outward, row.number): row for row in rows}.values())
