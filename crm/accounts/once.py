"""A form that is sent twice counts once: a double click, a page that is sent again, "back" and "save" once more.

The form carries a key of its own (`form_key()` in its template). Key and content together are reserved in the transaction that does the work:
a second request waits until the first has committed, and is then led where the first one led. What was refused reserves nothing.
The content is part of it, so that whoever goes back and writes something else is not mistaken for one who clicked twice.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from flask import g, request
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from crm import web
from crm.accounts.models import SentForm
from crm.extensions import db

View = TypeVar("View", bound=Callable[..., Any])
Row = TypeVar("Row")
FIELD = "once"
ELSEWHERE = ("csrf_token",)  # changes with the sign-in, not with what was written


def once(view: View) -> View:
    """Mark a view that makes something: what its form asked for is done once. It says where it leads by `leads_to`, before it commits."""

    @wraps(view)
    def done_once(**given: Any) -> Any:
        if not request.form.get(FIELD):
            return view(**given)
        mark = fingerprint()
        g.sent_form = first(SentForm(mark=mark))
        return view(**given) if g.sent_form else _as_before(mark)

    done_once.is_once = True  # type: ignore[attr-defined]
    return done_once  # type: ignore[return-value]


def leads_to(location: str) -> str:
    """`location`, remembered for whoever sends the same form again."""
    if row := g.get("sent_form"):
        row.location = location
    return location


def form_key() -> str:
    return secrets.token_urlsafe(12)


def fingerprint() -> str:
    """Who sends which form with which content."""
    return hashlib.sha256("\0".join(_content()).encode("utf-8", "surrogateescape")).hexdigest()


def _content() -> Iterator[str]:
    yield from (str(current_user.id), request.path)
    for name, value in request.form.items(multi=True):
        if name not in ELSEWHERE:
            yield from (name, value)
    for name, file in request.files.items(multi=True):
        yield from (name, file.filename or "", hashlib.file_digest(file.stream, "sha256").hexdigest())  # type: ignore[arg-type]
        file.stream.seek(0)


def first(row: Row) -> Row | None:
    """`row`, if it is the first of its unique key; None if there is one. Waits for another transaction that is about to write it."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return None
    return row


def _as_before(mark: str) -> Any:
    location = db.session.scalars(select(SentForm.location).where(SentForm.mark == mark)).one()
    web.toast(_("This form had been sent already. It was carried out once."))
    return web.done(location or web.came_from("/"))


def forget_before(moment: datetime) -> None:
    """Nobody sends a form again that old. Never commits."""
    db.session.execute(delete(SentForm).where(SentForm.sent_at < moment))


def register(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(form_key=form_key)
