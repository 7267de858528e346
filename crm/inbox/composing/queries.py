"""Which saved replies somebody sees, and which fit a conversation."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, or_, select

from crm.inbox.composing.models import SavedReply
from crm.inbox.models import Conversation


def visible_to(user: Any, model: Any = SavedReply) -> Select:
    """The shared ones and one's own. `model` is whatever is offered by mailbox and department (saved replies, macros)."""
    return select(model).where(or_(model.shared, model.owner_id == user.id))


def fitting(conversation: Conversation, user: Any, model: Any = SavedReply) -> Select:
    """By name: for every mailbox or this one, for every department or the conversation's or the writer's."""
    departments = [ident for ident in (conversation.department_id, user.department_id) if ident]
    of_mailbox = or_(model.mailbox_id.is_(None), model.mailbox_id == conversation.mailbox_id)
    of_department = or_(model.department_id.is_(None), model.department_id.in_(departments))
    return visible_to(user, model).where(model.archived_at.is_(None), of_mailbox, of_department).order_by(model.name, model.id)
