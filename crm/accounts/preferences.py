"""What a firm changes in daily life on its settings page: each with its default, kept in one table, read once per request."""

from __future__ import annotations

from typing import Any

from flask import g
from sqlalchemy import select

from crm.accounts.models import Preference
from crm.extensions import db, fetch

DEFAULTS: dict[str, Any] = {
    "firm_name": "Backbone",
    "privacy_url": "",  # the firm's own privacy page, linked from customers' pages
    "review_url": "",  # where happy customers may tell others
    "currency": "EUR",
    "address_form": "sie",  # how the German interface addresses who works here; people may choose otherwise for themselves
    "min_n": 10,  # answers below which no score is shown
    "pressure_days": 30,  # the contact-pressure budget: at most so many …
    "pressure_limit": 3,  # … surveys and campaign mails to one person in that time
    "import_days": 30,  # how long a file that was imported is kept
    "birthdays": True,  # whether My day says whose birthday is near
    "largest_file": 20,  # MB of a file that is put to a contact
    "largest_mail": 20,  # MB of the files of one mail that we send
    "trusted_hosts": "",  # servers whose word about SPF, DKIM and DMARC counts; empty: the one that received the mail for us
    "assign_on_answer": True,  # whoever answers first has the conversation
    "undo_seconds": 15,  # how long a reply waits before it leaves
}

ALL = select(Preference.key, Preference.value)


def preference(key: str) -> Any:
    """The firm's value for `key`, one of DEFAULTS."""
    return _all().get(key, DEFAULTS[key])


def set_preference(key: str, value: Any) -> None:
    assert key in DEFAULTS, key
    row = db.session.scalars(select(Preference).where(Preference.key == key)).one_or_none()
    if row is None:
        db.session.add(Preference(key=key, value=value))
    else:
        row.value = value
    g.pop("preferences", None)


def _all() -> dict[str, Any]:
    if "preferences" not in g:
        g.preferences = dict(fetch(ALL))
    return g.preferences
