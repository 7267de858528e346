"""Which macros somebody sees, and which fit a conversation."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from crm.inbox.composing import queries
from crm.inbox.macros.models import Macro
from crm.inbox.models import Conversation


def visible_to(user: Any) -> Select:
    return queries.visible_to(user, Macro)


def fitting(conversation: Conversation, user: Any) -> Select:
    return queries.fitting(conversation, user, Macro)


def usable_by(user: Any) -> Select:
    """Those that may fit some conversation: for a selection of several."""
    return visible_to(user).where(Macro.archived_at.is_(None)).order_by(Macro.name, Macro.id)
