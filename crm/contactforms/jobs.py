"""What was stored but not worked off, because something failed, is tried again."""

from __future__ import annotations

from crm.contactforms.storing import attempt, left_over
from crm.extensions import db


def take_left_over() -> int:
    taken = 0
    for submission in left_over():
        taken += attempt(submission)
        db.session.commit()
    return taken
