"""Who is in a conversation just now, and what each person has seen. The page's heartbeat tells us; without script nobody is seen here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, func, select

from crm import clock
from crm.accounts.models import User
from crm.accounts.once import first
from crm.extensions import db, fetch
from crm.inbox.models import Message
from crm.inbox.teamwork.models import Visit

EXPIRES = timedelta(seconds=30)
OTHERS = (
    select(User.name, Visit.writing_at, Visit.here_at).join(User, User.id == Visit.user_id)
    .where(Visit.conversation_id == bindparam("conversation"), Visit.user_id != bindparam("viewer"), Visit.here_at > bindparam("since")).order_by(User.name)
)
NEWEST = select(func.max(Message.id).label("newest")).where(Message.conversation_id == bindparam("conversation"), Message.kind != "event")


def beat(conversation_id: int, user: User, known: int, writing: bool) -> bool:
    """This person has the page open, with messages up to `known` on it. Whether that is all there is. Never commits."""
    visit = db.session.get(Visit, (conversation_id, user.id)) or _first_visit(conversation_id, user)
    visit.here_at = clock.now()
    if writing:
        visit.writing_at = clock.now()
    is_all = (fetch(NEWEST, {"conversation": conversation_id})[0].newest or 0) <= known
    if is_all:
        visit.seen_at = clock.now()
    return is_all


def others(conversation_id: int, user: User) -> Sequence[tuple[str, bool]]:
    """Colleagues who are here: name, and whether they are writing."""
    since = clock.now() - EXPIRES
    rows: Sequence[Any] = fetch(OTHERS, {"conversation": conversation_id, "viewer": user.id, "since": since})
    return [(row.name, bool(row.writing_at and row.writing_at > since)) for row in rows]


def _first_visit(conversation_id: int, user: User) -> Visit:
    made = first(Visit(conversation_id=conversation_id, user_id=user.id))
    return made or db.session.get_one(Visit, (conversation_id, user.id))
