"""Each submission is stored by a commit of its own, before anybody makes something of it: whatever fails later, nothing is lost."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta

from flask import current_app
from sqlalchemy import select

from crm import clock
from crm.accounts.once import first
from crm.contactforms.filling import Filled
from crm.contactforms.models import ContactForm, FormSubmission
from crm.contactforms.receiving import receive
from crm.extensions import db

PATIENCE = timedelta(minutes=2)  # as long a request may be at it
MOST = 100  # a sweep


def store(form: ContactForm, filled: Filled, key: str, *, language: str, origin: Mapping[str, str], suspected: bool = False) -> FormSubmission | None:
    """The new row; None if the page with this `key` was sent before. Never commits."""
    return first(FormSubmission(
        form=form, once=digest(key), state="suspected" if suspected else "stored", language=language, answers=filled.values, files=filled.keep(),
        consent=filled.consent, origin=dict(origin),
    ))


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def sent_with(key: str) -> FormSubmission:
    return db.session.scalars(select(FormSubmission).where(FormSubmission.once == digest(key))).one()


def attempt(submission: FormSubmission) -> bool:
    """`receive` a stored one, or leave it as it is for the next sweep, with the fault in the log. Never commits."""
    try:
        with db.session.begin_nested():
            receive(submission)
    except Exception:
        current_app.logger.exception("form submission %s is stored, but could not be taken yet", submission.id)
        return False
    return True


def left_over() -> list[FormSubmission]:
    """Stored, and nobody is at it any more."""
    waiting = select(FormSubmission).where(FormSubmission.state == "stored", FormSubmission.at < clock.now() - PATIENCE)
    return list(db.session.scalars(waiting.order_by(FormSubmission.id).limit(MOST)))
