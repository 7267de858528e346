"""The menu: what stands in the left rail, in this order, and which key opens it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask
from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Entry:
    key: str
    label: object  # lazy text
    url: str
    icon: str
    shortcut: str = ""  # second key after g
    right: str | None = None
    phone: bool = False  # stands in the bottom bar of phones


ENTRIES = (
    Entry("myday", _l("My day"), "/", "sun", "d", phone=True),
    Entry("inbox", _l("Inbox"), "/inbox", "inbox", "i", phone=True),
    Entry("contacts", _l("Contacts"), "/contacts", "users", "c"),
    Entry("organisations", _l("Organisations"), "/organisations", "building", "o"),
    Entry("tasks", _l("Tasks"), "/tasks", "checklist", "t"),
    Entry("segments", _l("Segments"), "/segments", "filter", "s"),
    Entry("feedback", _l("Feedback"), "/feedback", "message-star", "f"),
    Entry("touchpoints", _l("Touchpoints"), "/touchpoints", "route", "m"),
    Entry("settings", _l("Settings"), "/settings", "settings"),
)


def register(app: Flask) -> None:
    app.jinja_env.globals["navigation"] = ENTRIES
