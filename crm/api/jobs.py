"""Periodic work of the API."""

from __future__ import annotations

from datetime import timedelta

from crm import clock
from crm.api import idempotency
from crm.extensions import db

REPEATED_WITHIN = timedelta(days=7)


def forget_keys() -> None:
    """Drop the idempotency keys of requests so old that no program repeats them."""
    idempotency.forget_before(clock.now() - REPEATED_WITHIN)
    db.session.commit()
