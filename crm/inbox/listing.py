"""One look at the list of conversations: which view, which page, how many in each view, and whether anything changed since."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, bindparam, event, func, literal, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from crm import clock, fields, web
from crm.extensions import db, fetch
from crm.inbox import queries
from crm.inbox.models import Conversation
from crm.inbox.queries import VIEWER
from crm.inbox.searching import hits
from crm.inbox.searching.asking import LONGEST
from crm.inbox.searching.finding import Question
from crm.inbox.teamwork import narrowing, saved_lists
from crm.inbox.teamwork.models import Mention, SavedList, Watch

VIEWS: Mapping[str, tuple[Any, str]] = {
    "mine": (_l("Mine"), "user"),
    "unassigned": (_l("Unassigned"), "user-question"),
    "breaching": (_l("Time running out"), "alarm"),
    "mentions": (_l("Mentions"), "at"),
    "watching": (_l("Watching"), "eye"),
    "open": (_l("Open"), "inbox"),
    "waiting": (_l("Waiting"), "hourglass"),
    "snoozed": (_l("Snoozed"), "clock-pause"),
    "resolved": (_l("Resolved"), "circle-check"),
    "spam": (_l("Spam"), "ban"),
}
FIRST, ROWS, MOST = 12, 25, 250  # conversations the list opens with, more than a screen shows; those that come as one scrolls; those fetched anew at once
OWN_CONDITION = ("mine", "unassigned", "breaching", "mentions", "watching")  # the other views are a status each
SORTS: Mapping[str, tuple[Any, bool]] = {  # by what, and whether the largest comes first
    "newest": (Conversation.last_message_at, True), "oldest": (Conversation.last_message_at, False), "waiting": (Conversation.waiting_since, False),
}
REMEMBERED = 5.0  # seconds in which the counts of the views may be old, unless this process changed one itself
_generation = 0
NOTICED = (Conversation, SavedList, Watch, Mention)


@dataclass(frozen=True)
class Listing:
    """The list as asked for in the address."""

    user: Any
    view: str = "open"
    narrowed: Mapping[str, Any] = field(default_factory=dict)  # by NARROWING
    sort: str = "newest"
    saved: Any = None  # the saved list it is, if any
    cursor: str | None = None
    rows: int = FIRST
    asked: str = ""  # what is searched for, in every view; see searching/

    @classmethod
    def of(cls, user: Any, arguments: Any, otherwise: str = "open") -> Listing:
        """`rows`: how many a page shows already, so that it gets as many when it fetches itself anew."""
        cursor = arguments.get("cursor")
        rows = ROWS if cursor else max(FIRST, min(arguments.get("rows", type=fields.ident) or FIRST, MOST))
        saved = saved_lists.one(user, arguments.get("list", type=fields.ident)) if arguments.get("list") else None
        if saved is not None:
            arguments = MultiDict(saved.filters)
        view, sort = arguments.get("view", ""), arguments.get("sort", "")
        return cls(user, view if view in VIEWS else otherwise, narrowing.read(arguments), sort if sort in SORTS else "newest", saved, cursor, rows,
                   " ".join(arguments.get("q", "").split())[:LONGEST])

    @property
    def contact(self) -> int | None:
        return self.narrowed.get("contact")

    @cached_property
    def given(self) -> dict[str, Any]:
        """What a saved list keeps."""
        return {**({"q": self.asked} if self.asked else {"view": self.view}), **self.narrowed, **({"sort": self.sort} if self.sort != "newest" else {})}

    @cached_property
    def query(self) -> str:
        """For the end of addresses, so that the view stays while one works."""
        return urlencode({"list": self.saved.id} if self.saved else self.given)

    @cached_property
    def question(self) -> Question:
        return Question(self.asked, self.user)

    @property
    def url(self) -> str:
        return f"/inbox?{self.query}"

    def without(self, name: str) -> str:
        return "/inbox?" + urlencode({key: value for key, value in self.given.items() if key != name})

    def conversations(self) -> Select:
        """All of them, unordered."""
        wanted = self.question.condition if self.asked else queries.in_view(self.view, self.user)
        return narrowing.narrowed(queries.visible_to(self.user).where(wanted), self.narrowed)

    def page(self) -> web.Page:
        if not (self.asked or self.narrowed or self.cursor or self.rows > FIRST or self.sort != "newest"):
            rows = fetch(_first_page(self.view if self.view in OWN_CONDITION else None), {"viewer": self.user.id, "view": self.view})
            return web.cut(rows, Conversation.last_message_at, Conversation.id, FIRST)
        key, descending = SORTS[self.sort]
        page = web.paginate(queries.rows(self.conversations(), self.user), key, Conversation.id, descending=descending, limit=self.rows, cursor=self.cursor)
        return replace(page, items=hits.shown(page.items, self.question)) if self.asked else page


@lru_cache(8)
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


def counts(user: Any) -> dict[Any, int]:
    """How many conversations each view holds, and each saved list (by its id), no further than the bound; remembered for a moment."""
    return _counted(user)[0]


def saved(user: Any) -> list[Any]:
    """The saved lists this person sees, as remembered with the counts."""
    return _counted(user)[1]


def _counted(user: Any) -> tuple[dict[Any, int], list[Any]]:
    kept: dict[int, tuple[float, int, Any]] = current_app.extensions.setdefault("inbox_counts", {})
    until, generation, found = kept.get(user.id, (0.0, -1, None))
    if found and time.monotonic() < until and generation == _generation and not current_app.testing:
        return found
    lists = saved_lists.visible(user)
    found = dict(zip(VIEWS, fetch(COUNTING, {"viewer": user.id})[0], strict=True)) | _count_saved(user, lists), lists
    kept[user.id] = (time.monotonic() + REMEMBERED, _generation, found)
    return found


def _count_saved(user: Any, lists: list[Any]) -> dict[int, int]:
    """All in one statement."""
    if not lists:
        return {}
    wanted = [Listing.of(user, MultiDict(row.filters)).conversations().with_only_columns(literal(1)).limit(web.COUNT_BOUND + 1).subquery() for row in lists]
    numbers = db.session.execute(select(*(select(func.count()).select_from(each).scalar_subquery() for each in wanted))).one()
    return dict(zip((row.id for row in lists), numbers, strict=True))


def _bounded(view: str) -> Any:
    seen = select(literal(1)).select_from(Conversation).where(queries.in_view(view, VIEWER)).limit(web.COUNT_BOUND + 1).subquery()
    return select(func.count()).select_from(seen).scalar_subquery()


COUNTING = select(*(_bounded(view) for view in VIEWS))


@event.listens_for(Session, "after_flush")
def _notice(session: Session, _context: Any) -> None:
    """What this process changes, its own readers see at once."""
    global _generation
    if any(isinstance(row, NOTICED) for row in (*session.new, *session.dirty)):
        _generation += 1
