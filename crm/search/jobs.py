"""What the index needs at night."""

from __future__ import annotations

from flask import current_app

from crm.extensions import db
from crm.search import indexing


def tidy() -> None:
    """Put the index together in one piece, so that questions stay as quick as after rebuilding, and forget words nothing has any more."""
    indexing.tidy(db.session.connection())
    for texts in current_app.extensions["texts"]:
        texts.tidy()
    db.session.commit()
