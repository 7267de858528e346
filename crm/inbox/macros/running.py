"""Carrying out a macro: all of it or nothing, and taking back what can be taken back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from crm.accounts.models import User
from crm.extensions import db
from crm.inbox import replying
from crm.inbox.macros.models import Macro
from crm.inbox.macros.steps import STEPS, Case
from crm.inbox.models import Conversation, Message
from crm.outbox.models import UNSENT

Made = dict[str, int]


def steps_of(macro: Macro) -> list[tuple[str, Any]]:
    """In the order in which they are carried out."""
    return [(name, macro.steps[name]) for name in STEPS if macro.steps.get(name) not in (None, "", [])]


def preview(macro: Macro, conversation: Conversation, by: User) -> list[str]:
    """What it will do, in words. Raises Refused if one of its steps cannot be done here."""
    case = Case(conversation, by)
    return [STEPS[name].says(case, value) for name, value in steps_of(macro)]


def run(macro: Macro, conversation: Conversation, by: User, delay: float | None = None) -> Made:
    """Everything it says; what undoing has to know of what it made. Never commits."""
    preview(macro, conversation, by)
    made: Made = {}
    case = Case(conversation, by, delay)
    for name, value in steps_of(macro):
        made |= STEPS[name].does(case, value) or {}
    db.session.flush()
    return made


def take_back(made: Made, by: User) -> None:
    """The reply, as long as it is in the house, and the note. The columns of the conversation are put back before, by whoever kept them."""
    message = db.session.get(Message, made.get("message", 0))
    if message is not None and message.delivery is not None and message.delivery.state in UNSENT:
        replying.unsend(message, by)
    note = db.session.scalars(select(Message).where(Message.id == made.get("note", 0), Message.kind == "note", Message.author_id == by.id)).one_or_none()
    if note is not None:
        db.session.delete(note)
