"""What the worker does about the inbox at night."""

from __future__ import annotations

from crm.extensions import db
from crm.inbox import quarantine


def forget_discarded() -> None:
    files = quarantine.forget_discarded()
    db.session.commit()
    for file in files:
        file.unlink(missing_ok=True)
