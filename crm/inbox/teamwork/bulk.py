"""Many conversations changed at once, and put back exactly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import abort
from flask_login import current_user

from crm.accounts.models import Department, User
from crm.errors import Refused
from crm.extensions import db
from crm.fields import ident_or_none
from crm.inbox import putting_back
from crm.inbox.forms import PUT_OFF
from crm.inbox.macros import queries as macros
from crm.inbox.macros import running
from crm.inbox.macros.models import Macro
from crm.inbox.models import PRIORITIES, Conversation, Mailbox
from crm.inbox.teamwork.tagging import add_tag, set_tags, tags_of
from crm.touchpoints.models import Touchpoint

MOST = 250  # at once
Change = Callable[[Conversation, User], "running.Made | None"]
STEPS: dict[str, Change] = {
    "resolve": lambda one, by: one.resolve(by), "reopen": lambda one, by: one.reopen(by), "spam": lambda one, by: one.mark_spam(by),
    "wait": lambda one, by: one.snooze(None, by),
}


def change_of(asked: str, tag: str = "") -> Change | None:
    """What "assign:5", "priority:high", "resolve" … does to one conversation; None if it is nothing we know."""
    name, _colon, value = asked.partition(":")
    if asked in STEPS:
        return STEPS[asked]
    if name == "priority" and value in PRIORITIES:
        return lambda one, by: one.prioritise(value, by)
    if name == "snooze" and value in PUT_OFF:
        until = PUT_OFF[value]()
        return lambda one, by: one.snooze(until, by)
    if asked == "tag":
        return (lambda one, by: add_tag(one, tag, by)) if tag else None
    if name == "macro":
        macro = db.session.scalars(macros.usable_by(current_user).where(Macro.id == (ident_or_none(value) or 0))).one_or_none() or abort(404)
        return lambda one, by: running.run(macro, one, by)
    return _to_record(name, ident_or_none(value) or 0)


def _to_record(name: str, ident: int) -> Change | None:
    if name == "assign":
        to = (db.session.get(User, ident) or abort(404)) if ident else None
        return lambda one, by: one.assign(to, by)
    models: dict[str, tuple[type[Any], str]] = {"department": (Department, "hand_to"), "mailbox": (Mailbox, "move_to"), "touchpoint": (Touchpoint, "point_at")}
    if name not in models:
        return None
    model, verb = models[name]
    row = db.session.get(model, ident) or abort(404)
    return lambda one, by: getattr(one, verb)(row, by)


def carry_out(conversations: Sequence[Conversation], change: Change, by: User) -> tuple[list[dict[str, Any]], list[str]]:
    """How those were that changed, and why others did not. Never commits."""
    before, refused = [], []
    for conversation in conversations:
        was, made = kept(conversation), None
        try:
            made = change(conversation, by)
        except Refused as refusal:
            refused.append(refusal.reason)
        if made or kept(conversation) != was:
            before.append(was | ({"made": made} if made else {}))
    return before, refused


def kept(conversation: Conversation) -> dict[str, Any]:
    return {"conversation_id": conversation.id, "tags": list(tags_of(conversation.id)), **putting_back.snapshot(conversation)}


def put_back(by: User, payload: dict[str, Any]) -> None:
    for was in payload["conversations"]:
        putting_back.put_back(by, was)
        set_tags(db.session.get_one(Conversation, was["conversation_id"]), was["tags"], by)
        running.take_back(was.get("made") or {}, by)


UNDOERS = {"conversations.changed": put_back}
