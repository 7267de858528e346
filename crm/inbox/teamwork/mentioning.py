"""@Anna Agent in an internal note: she is told, watches the conversation, and finds it in her view "Mentions"."""

from __future__ import annotations

import re

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from crm import clock
from crm.accounts.models import User
from crm.extensions import db
from crm.inbox.models import Conversation
from crm.inbox.teamwork.assigning import titled
from crm.inbox.teamwork.models import Mention
from crm.inbox.teamwork.watching import begin_to_watch
from crm.notifications.notifying import notify

AFTER = re.compile(r"(?<![\w@.])@", re.UNICODE)


def mentioned(text: str) -> list[User]:
    """Those whose name, or first name if nobody else here has it, or mail address before the @ stands behind an @."""
    if "@" not in text:
        return []
    staff = list(db.session.scalars(select(User).where(User.deactivated_at.is_(None)).order_by(User.id)))
    names = _names(staff)
    found = (_longest(text[match.end() :].casefold(), names) for match in AFTER.finditer(text))
    return list(dict.fromkeys(user for user in found if user))


def _names(staff: list[User]) -> list[tuple[str, User]]:
    """What each may be called, the longest first; what would mean two people means nobody."""
    called: dict[str, set[User]] = {}
    for user in staff:
        for name in {user.name, user.name.split()[0] if user.name.split() else user.name, user.email.partition("@")[0]}:
            called.setdefault(name.casefold(), set()).add(user)
    return sorted(((name, next(iter(users))) for name, users in called.items() if name and len(users) == 1), key=lambda pair: -len(pair[0]))


def _longest(text: str, names: list[tuple[str, User]]) -> User | None:
    return next((user for name, user in names if text.startswith(name) and not text[len(name) : len(name) + 1].isalnum()), None)


def follow_note(conversation: Conversation, by: User, text: str) -> list[User]:
    """Tell whoever the note mentions. Never commits."""
    users = mentioned(text)
    for user in users:
        db.session.merge(Mention(conversation_id=conversation.id, user_id=user.id, at=clock.now()))
    begin_to_watch(conversation.id, users, "mentioned")
    words = _l("%(name)s mentions you: %(subject)s", name=by.name, subject=titled(conversation))
    notify(users, "mention", text=words, url=f"/inbox/{conversation.id}", about=("conversation", conversation.id), by=by)
    return users
