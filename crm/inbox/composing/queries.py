"""Which saved replies somebody sees, and which fit a conversation."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, or_, select

from crm.inbox.composing.models import SavedReply
from crm.inbox.models import Conversation


def visible_to(user: Any) -> Select:
    """The shared ones and one's own."""
    return select(SavedReply).where(or_(SavedReply.shared, SavedReply.owner_id == user.id))


def fitting(conversation: Conversation, user: Any) -> Select:
    """By name: for every mailbox or this one, for every department or the conversation's or the writer's."""
    departments = [ident for ident in (conversation.department_id, user.department_id) if ident]
    of_mailbox = or_(SavedReply.mailbox_id.is_(None), SavedReply.mailbox_id == conversation.mailbox_id)
    of_department = or_(SavedReply.department_id.is_(None), SavedReply.department_id.in_(departments))
    return visible_to(user).where(SavedReply.archived_at.is_(None), of_mailbox, of_department).order_by(SavedReply.name, SavedReply.id)
