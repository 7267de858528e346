"""The worker's part: carry an import on for a while, and find those that nobody carries on."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import or_, select

from crm import blobs, clock, queue
from crm.accounts.preferences import preference
from crm.extensions import db
from crm.importing import queries, reverting, running
from crm.importing.faults import Unreadable
from crm.importing.models import BUSY, OPEN, Import, claim
from crm.importing.running import Overtaken
from crm.importing.wording import BROKE

SLICE = 20.0  # seconds; then other jobs have their turn
log = logging.getLogger(__name__)


def run(ident: int) -> None:
    """Carry on with the import until it is done or its time is up. Harmless when another process does already."""
    mine = claim(ident)
    db.session.commit()
    if mine:
        try:
            work(ident)
        except Overtaken:
            db.session.rollback()
        except Exception as error:
            db.session.rollback()
            give_up(ident, error)


def work(ident: int) -> None:
    until = time.monotonic() + SLICE
    import_ = db.session.get_one(Import, ident)
    language = import_.by.locale if import_.by and import_.by.locale else current_app.config["SETTINGS"].locale
    steps = reverting.carry_out(import_) if import_.state == "reverting" else running.carry_out(import_)
    with force_locale(language):  # reasons are kept in the words of the person who imports
        for _batch in steps:
            db.session.commit()
            if time.monotonic() > until:
                break
    import_ = db.session.get_one(Import, ident)
    if import_.busy:
        import_.claimed_until = None
        queue.soon("importing.run", ident)
    db.session.commit()


def give_up(ident: int, error: Exception) -> None:
    """What was done stays done and is told; it can be carried on, or taken back."""
    if not isinstance(error, Unreadable):
        log.exception("The import %s broke off", ident)
    db.session.get_one(Import, ident).fail(str(error.reason) if isinstance(error, Unreadable) else str(BROKE))
    db.session.commit()


def forget_files() -> None:
    """Imported files hold people's data: so many days after the last thing done with them they go. One that was never imported goes as a whole."""
    before = clock.now() - timedelta(days=preference("import_days"))
    for import_ in db.session.scalars(queries.at_rest_since(before)).all():
        names = running.discard(import_) if import_.state in OPEN else running.forget_file(import_)
        blobs.remove(*names)  # before the commit: what is cut short here is done again tomorrow
        db.session.commit()


def resume() -> None:
    """Imports whose worker is gone are carried on."""
    left = select(Import.id).where(Import.state.in_(BUSY), or_(Import.claimed_until.is_(None), Import.claimed_until < clock.now()))
    for ident in db.session.scalars(left).all():
        queue.soon("importing.run", ident)
    db.session.commit()
