"""Periodic work of accounts."""

from __future__ import annotations

from datetime import timedelta

from crm import clock
from crm.accounts import once
from crm.extensions import db

SENT_AGAIN_WITHIN = timedelta(days=2)


def forget_forms() -> None:
    """Drop what is known of forms so old that no browser holds them any more."""
    once.forget_before(clock.now() - SENT_AGAIN_WITHIN)
    db.session.commit()
