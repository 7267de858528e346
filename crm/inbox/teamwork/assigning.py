"""Who gets a conversation: by turns where a mailbox says so; and who is told of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from crm.accounts.models import Department, User
from crm.extensions import db
from crm.inbox.models import Conversation, Mailbox
from crm.inbox.teamwork.models import Turns
from crm.notifications.notifying import notify


def present() -> Select:
    """Who works here and is not away."""
    return select(User).where(User.deactivated_at.is_(None), User.away_since.is_(None))


def give_by_turns(conversations: Sequence[Conversation]) -> None:
    """New conversations of mailboxes that say so go to the present people of their department, one after the other. Never commits."""
    mailboxes = {conversation.mailbox_id for conversation in conversations if conversation.mailbox_id and conversation.assignee_id is None}
    if not mailboxes:
        return
    taking_turns = db.session.execute(
        select(Turns, Mailbox.department_id).join(Mailbox, Mailbox.id == Turns.mailbox_id).where(Turns.mailbox_id.in_(mailboxes)).with_for_update(of=Turns)
    )
    for turns, department_id in taking_turns.all():
        people = list(db.session.scalars(present().where(User.department_id == department_id).order_by(User.id))) if department_id else []
        for conversation in conversations:
            if people and conversation.mailbox_id == turns.mailbox_id and conversation.assignee_id is None:
                conversation.assign(_next(people, turns), None)


def _next(people: list[User], turns: Turns) -> User:
    following = next((user for user in people if user.id > (turns.last_user_id or 0)), people[0])
    turns.last_user_id = following.id
    return following


def take_turns(mailbox: Mailbox, wanted: bool) -> None:
    """The setting of a mailbox."""
    turns = db.session.get(Turns, mailbox.id)
    if wanted and turns is None:
        db.session.add(Turns(mailbox_id=mailbox.id))
    elif turns is not None and not wanted:
        db.session.delete(turns)


def tell_assignee(conversation: Conversation, to: User, by: User | None) -> None:
    _tell([to], conversation, by, _l("Assigned to you: %(subject)s", subject=titled(conversation)))


def tell_department(conversation: Conversation, department: Department, by: User | None) -> None:
    """Everybody of it who is present, when nobody in particular has it."""
    people = db.session.scalars(present().where(User.department_id == department.id))
    _tell(people, conversation, by, _l("Given to your department: %(subject)s", subject=titled(conversation)))


def _tell(users: Iterable[User], conversation: Conversation, by: User | None, text: object) -> None:
    notify(users, "assigned", text=text, url=f"/inbox/{conversation.id}", about=("conversation", conversation.id), by=by)


def titled(conversation: Conversation) -> str:
    """What a notification calls it."""
    return f"{conversation.subject or '–'} [#{conversation.id}]"
