"""One look at the list of conversations: which view, which page, how many in each view, and whether anything changed since."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, bindparam, event, func, literal, select
from sqlalchemy.orm import Session

from crm import clock, fields, web
from crm.extensions import fetch
from crm.inbox import queries
from crm.inbox.models import Conversation
from crm.inbox.queries import VIEWER

VIEWS: Mapping[str, tuple[Any, str]] = {
    "mine": (_l("Mine"), "user"),
    "unassigned": (_l("Unassigned"), "user-question"),
    "open": (_l("Open"), "inbox"),
    "waiting": (_l("Waiting"), "hourglass"),
    "snoozed": (_l("Snoozed"), "clock-pause"),
    "resolved": (_l("Resolved"), "circle-check"),
    "spam": (_l("Spam"), "ban"),
}
FIRST, ROWS, MOST = 12, 25, 250  # conversations the list opens with, more than a screen shows; those that come as one scrolls; those fetched anew at once
OWN_CONDITION = ("mine", "unassigned")  # the other views are a status each
REMEMBERED = 5.0  # seconds in which the counts of the views may be old, unless this process changed one itself
_generation = 0


@dataclass(frozen=True)
class Listing:
    """The list as asked for in the address."""

    user: Any
    view: str = "open"
    mailbox: int | None = None
    contact: int | None = None
    cursor: str | None = None
    rows: int = FIRST

    @classmethod
    def of(cls, user: Any, arguments: Any, otherwise: str = "open") -> Listing:
        """`rows`: how many a page shows already, so that it gets as many when it fetches itself anew."""
        view, cursor = arguments.get("view", ""), arguments.get("cursor")
        rows = ROWS if cursor else max(FIRST, min(arguments.get("rows", type=fields.ident) or FIRST, MOST))
        return cls(user, view if view in VIEWS else otherwise, arguments.get("mailbox", type=fields.ident), arguments.get("contact", type=fields.ident), cursor, rows)

    @cached_property
    def query(self) -> str:
        """For the end of addresses, so that the view stays while one works."""
        given = {"view": self.view, "mailbox": self.mailbox, "contact": self.contact}
        return urlencode({name: value for name, value in given.items() if value})

    @property
    def url(self) -> str:
        return f"/inbox?{self.query}"

    def page(self) -> web.Page:
        if not (self.mailbox or self.contact or self.cursor or self.rows > FIRST):
            rows = fetch(_first_page(self.view if self.view in OWN_CONDITION else None), {"viewer": self.user.id, "view": self.view})
            return web.cut(rows, Conversation.last_message_at, Conversation.id, FIRST)
        conversations = queries.visible_to(self.user).where(queries.in_view(self.view, self.user))
        if self.mailbox:
            conversations = conversations.where(Conversation.mailbox_id == self.mailbox)
        if self.contact:
            conversations = conversations.where(Conversation.contact_id == self.contact)
        return web.paginate(queries.rows(conversations), Conversation.last_message_at, Conversation.id, limit=self.rows, cursor=self.cursor)


@lru_cache(4)
def _first_page(view: str | None) -> Select:
    """What the inbox opens with, for `viewer`; built once, because building a statement costs more than running it.

    One for all views that are a status (None): SQLAlchemy takes statements that differ in a value only for the same, and translates one's rows for the other.
    """
    conversations = select(Conversation).where(queries.in_view(view, VIEWER) if view else Conversation.status == bindparam("view"))
    return queries.rows(conversations).order_by(Conversation.last_message_at.desc(), Conversation.id.desc()).limit(FIRST + 1)


def fingerprint(page: web.Page, counted: Mapping[str, int]) -> str:
    """Changes when anything a reader of the list would notice has changed, at its top or in the counts."""
    seen = [value.timestamp() if isinstance(value, datetime) else value for row in page.items[:FIRST] for value in row]
    hour = clock.now().timestamp() // 3600
    return hashlib.sha256("\0".join(map(str, (*seen, *counted.values(), hour))).encode()).hexdigest()[:16]


def counts(user: Any) -> dict[str, int]:
    """How many conversations each view holds, no further than the bound; in one statement, and remembered for a moment."""
    kept: dict[int, tuple[float, int, dict[str, int]]] = current_app.extensions.setdefault("inbox_counts", {})
    until, generation, found = kept.get(user.id, (0.0, -1, {}))
    if time.monotonic() < until and generation == _generation and not current_app.testing:
        return found
    found = dict(zip(VIEWS, fetch(COUNTING, {"viewer": user.id})[0], strict=True))
    kept[user.id] = (time.monotonic() + REMEMBERED, _generation, found)
    return found


def _bounded(view: str) -> Any:
    seen = select(literal(1)).select_from(Conversation).where(queries.in_view(view, VIEWER)).limit(web.COUNT_BOUND + 1).subquery()
    return select(func.count()).select_from(seen).scalar_subquery()


COUNTING = select(*(_bounded(view) for view in VIEWS))


@event.listens_for(Session, "after_flush")
def _notice(session: Session, _context: Any) -> None:
    """What this process changes, its own readers see at once."""
    global _generation
    if any(isinstance(row, Conversation) for row in (*session.new, *session.dirty)):
        _generation += 1
