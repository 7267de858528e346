"""Who watches a conversation, and is told when the customer answers."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from crm import clock
from crm.accounts.models import User
from crm.extensions import db
from crm.inbox.models import Conversation
from crm.inbox.teamwork.assigning import titled
from crm.inbox.teamwork.models import Watch, WatchChoice
from crm.notifications.notifying import notify

REASONS = {"mentioned": _l("When somebody mentions me in an internal note"), "assigned": _l("When it is assigned to me"), "answered": _l("When I answer the customer of somebody else's conversation")}


def watch(conversation_id: int, user: User) -> None:
    row = _of(conversation_id, user)
    row.since = row.since or clock.now()


def unwatch(conversation_id: int, user: User) -> None:
    """Also against being made a watcher later, by an assignment or a mention."""
    _of(conversation_id, user).since = None


def begin_to_watch(conversation_id: int, users: Iterable[User], because: str) -> None:
    """Those who were mentioned, were given it or answered watch by themselves, unless they do not want to: this one, or any for that reason."""
    for user in users:
        if db.session.get(Watch, (conversation_id, user.id)) is None and wants(user, because):
            db.session.add(Watch(conversation_id=conversation_id, user_id=user.id, since=clock.now()))


def wants(user: User, because: str) -> bool:
    """`because`: a key of REASONS."""
    choice = db.session.get(WatchChoice, user.id)
    return choice is None or getattr(choice, because)


def choose(user: User, reasons: Iterable[str]) -> None:
    """For these reasons only does the person begin to watch."""
    choice = db.session.get(WatchChoice, user.id) or WatchChoice(user_id=user.id)
    wanted = set(reasons)
    for because in REASONS:
        setattr(choice, because, because in wanted)
    db.session.add(choice)


def tell_of_answer(conversation: Conversation, name: str = "") -> None:
    """The customer wrote (or `name`, from outside): whoever has the conversation or watches it is told, but for those who unwatched it."""
    watches = select(Watch.user_id).where(Watch.conversation_id == conversation.id)
    watching = User.id.in_(watches.where(Watch.since.is_not(None)))
    having = (User.id == (conversation.assignee_id or 0)) & User.id.not_in(watches.where(Watch.since.is_(None)))
    users = db.session.scalars(select(User).where(User.deactivated_at.is_(None), or_(watching, having))).all()
    if users:
        name = name or conversation.contact.display_name
        text = _l("%(name)s answered: %(subject)s", name=name, subject=titled(conversation))
        notify(users, "answered", text=text, url=f"/inbox/{conversation.id}", about=("conversation", conversation.id))


def _of(conversation_id: int, user: User) -> Watch:
    row = db.session.get(Watch, (conversation_id, user.id))
    if row is None:
        row = Watch(conversation_id=conversation_id, user_id=user.id, since=None)
        db.session.add(row)
    return row
