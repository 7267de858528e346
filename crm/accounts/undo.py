"""Undo: what a person just did can be taken back for ten minutes, by that person, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from crm import clock, web
from crm.accounts.models import UndoStep, User
from crm.accounts.trail import acting_user
from crm.errors import Refused
from crm.extensions import db

OPEN_FOR = timedelta(minutes=10)


def offer(action: str, label: str, **payload: Any) -> UndoStep:
    """Say what was done (`label`) and offer to undo it. `action` is a key of crm/undoing.py, `payload` its plain arguments.

    Call it in a view, before the commit.
    """
    by = acting_user()
    if by is None:
        raise RuntimeError("undo is offered to a person who is signed in")
    step = UndoStep(user_id=by.id, action=action, label=str(label), payload=payload)
    db.session.add(step)
    db.session.flush()
    web.toast(label, undo=f"/undo/{step.id}")
    return step


def by_verb(model: type[Any], key: str, verb: Callable[[Any], None], page: str = "") -> Callable[[User, dict[str, Any]], str | None]:
    """The undoer that calls `verb` of the row whose id the payload holds under `key`, and leads to its `page` ("/contacts/%d")."""

    def undoer(_by: User, payload: dict[str, Any]) -> str | None:
        row = db.session.get_one(model, payload[key])
        verb(row)
        return page % row.id if page else None

    return undoer


def carry_out(step: UndoStep, by: User) -> str | None:
    """Put back what `step` describes. Answers the address of the page to show, if the undoer names one."""
    if step.undone_at is not None:
        return None
    if clock.now() - step.created_at > OPEN_FOR:
        raise Refused(_("This was too long ago to be undone."))
    step.undone_at = clock.now()
    return current_app.extensions["undoers"][step.action](by, step.payload)
