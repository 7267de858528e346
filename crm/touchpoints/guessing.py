"""At which touchpoint did it happen? Guessed from the mailbox, the kind and the channel; people correct it with one click."""

from __future__ import annotations

import time
from typing import NamedTuple

from sqlalchemy import select

from crm.extensions import db
from crm.touchpoints.models import DIRECTORY, Touchpoint

REMEMBERED = 10.0  # seconds: another process may have changed the register
# Which of the default touchpoints fits best; a firm that has renamed or retired them falls through to the channel.
BY_KIND = {
    "form.submitted": "contact_form",
    "purchase.made": "purchase",
    "visit.logged": "visit",
    "letter.logged": "letter",
    "review.posted": "review_portal",
    "referral.made": "recommendation",
    "campaign.sent": "newsletter",
    "event.attended": "trade_fair",
    "page.visited": "website",
}
BY_CHANNEL = {
    ("email", "inbound"): "service_mail",
    ("email", "outbound"): "service_mail",
    ("phone", "inbound"): "hotline",
    ("phone", "outbound"): "sales_call",
    ("chat", "inbound"): "chat",
    ("web", "inbound"): "website",
    ("social", "inbound"): "social_media",
}


class Entry(NamedTuple):
    """What guessing needs to know of a touchpoint."""

    id: int
    key: str
    channel: str
    reach: str
    active: bool
    merged_into_id: int | None


def guess(channel: str, mailbox_touchpoint_id: int | None = None, kind: str | None = None, direction: str | None = None) -> Touchpoint | None:
    """The touchpoint of an interaction on `channel`, or None when the register has none for it."""
    ident = guess_id(channel, mailbox_touchpoint_id, kind, direction)
    return db.session.get(Touchpoint, ident) if ident else None


def guess_id(channel: str, mailbox_touchpoint_id: int | None = None, kind: str | None = None, direction: str | None = None) -> int | None:
    """As `guess`, but only the id: no statement at all while the register is remembered."""
    register = _register()
    given = _in_use(register, mailbox_touchpoint_id)
    if given:
        return given
    active = [entry for entry in register.values() if entry.active]
    for key in (BY_KIND.get(kind or ""), BY_CHANNEL.get((channel, direction or "inbound"))):
        fitting = next((entry.id for entry in active if entry.key == key), None)
        if fitting:
            return fitting
    same = [entry for entry in active if entry.channel == channel]
    return min(same, key=lambda entry: entry.reach != "direct").id if same else None


def _in_use(register: dict[int, Entry], ident: int | None) -> int | None:
    """The touchpoint itself, or the one it was merged into, if that is not retired."""
    entry = register.get(ident or 0)
    if entry and entry.merged_into_id:
        entry = register.get(entry.merged_into_id)
    return entry.id if entry and entry.active else None


def _register() -> dict[int, Entry]:
    """All touchpoints in their order, read at most every few seconds by one session."""
    info = db.session().info
    until, register = info.get(DIRECTORY, (0.0, {}))
    if time.monotonic() > until:
        register = _read()
        info[DIRECTORY] = (time.monotonic() + REMEMBERED, register)
    return register


def _read() -> dict[int, Entry]:
    rows = db.session.execute(
        select(Touchpoint.id, Touchpoint.key, Touchpoint.channel, Touchpoint.reach, Touchpoint.retired_at, Touchpoint.merged_into_id)
        .order_by(Touchpoint.position, Touchpoint.id)
    )
    return {row.id: Entry(row.id, row.key, row.channel, row.reach, row.retired_at is None, row.merged_into_id) for row in rows}
