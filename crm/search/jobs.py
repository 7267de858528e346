"""What the index needs at night."""

from __future__ import annotations

from crm.extensions import db
from crm.search import indexing


def tidy() -> None:
    """Put the index together in one piece, so that questions stay as quick as after rebuilding, and forget words nothing has any more."""
    indexing.tidy(db.session.connection())
    db.session.commit()
