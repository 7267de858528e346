"""Replies that wait for their time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, bindparam, select

from crm.accounts.models import User
from crm.extensions import fetch
from crm.inbox import queries
from crm.inbox.models import Conversation
from crm.inbox.scheduling.models import ScheduledReply

WAITING = (
    select(ScheduledReply.id, ScheduledReply.text, ScheduledReply.send_at, ScheduledReply.resolves, ScheduledReply.files, User.name.label("author"))
    .join(User, User.id == ScheduledReply.user_id).where(ScheduledReply.conversation_id == bindparam("conversation"), ScheduledReply.settled_at.is_(None))
    .order_by(ScheduledReply.send_at, ScheduledReply.id)
)


def waiting_in(conversation_id: int) -> Sequence[Any]:
    return fetch(WAITING, {"conversation": conversation_id})


def visible_to(user: Any) -> Select:
    """Those that still wait, in conversations the person sees."""
    reachable = queries.visible_to(user).with_only_columns(Conversation.id)
    return select(ScheduledReply).where(ScheduledReply.settled_at.is_(None), ScheduledReply.conversation_id.in_(reachable))
