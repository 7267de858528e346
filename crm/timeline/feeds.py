"""A page of the feed, ready to be shown: rows under the headings of their days, the filters in words, the addresses of what comes next."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import abort
from flask_babel import gettext as _
from sqlalchemy import Select
from werkzeug.datastructures import MultiDict

from crm import fields, marks, web
from crm.extensions import fetch
from crm.formatting import day_heading, formats
from crm.timeline import choices, queries
from crm.timeline.kinds import KINDS
from crm.timeline.models import DIRECTIONS, Interaction
from crm.timeline.queries import Filters
from crm.timeline.wording import words
from crm.touchpoints.models import CHANNELS

FIRST, SIZE = 10, 25  # entries a page opens with, more than a screen shows; and those that come as one scrolls


@dataclass(frozen=True)
class Feed:
    """`url` answers the feed's partials, `page` is the address a browser without script goes to."""

    page: str
    url: str
    filters: Filters
    rows: Sequence[Any]
    next: str | None
    after: date | None = None  # the day whose heading stands above already
    about_people: bool = False  # of an organisation: each row names its person

    def days(self) -> Iterator[tuple[str, list[Any]]]:
        """Rows by their day in the reader's zone; no heading where the day only continues."""
        local, last = formats().local, self.after
        rows: list[Any] = []
        heading = ""
        for row in self.rows:
            day = local(row.happened_at).date()
            if day != last:
                if rows:
                    yield heading, rows
                heading, rows, last = day_heading(day), [], day
            rows.append(row)
        if rows:
            yield heading, rows

    def further(self) -> str:
        """The query of the next page: filters, place, and the day that continues."""
        last = formats().local(self.rows[-1].happened_at).date()
        return urlencode({**self.filters.given(), "day": last.isoformat(), "cursor": self.next})

    def without(self, *names: str) -> str:
        """The query without these filters."""
        return urlencode({name: value for name, value in self.filters.given().items() if name not in names})

    def chips(self) -> list[tuple[str, str, str]]:
        """What narrows the feed, in words: (label, address of the page, address of the partial) without it."""
        return [(label, f"{self.page}?{self.without(name)}", f"{self.url}?{self.without(name)}") for name, label in _in_words(self.filters)]


def of_contact(contact_id: int, viewer: Any, args: MultiDict, page: str = "") -> Feed:
    filters = read(args)
    page, url = page or f"/contacts/{contact_id}", f"/contacts/{contact_id}/timeline"
    if not args:
        return _newest(contact_id, viewer, page, url)
    return _feed(queries.feed(contact_id, viewer, filters), filters, args, page, url)


def of_organisation(organisation_id: int, viewer: Any, args: MultiDict, page: str = "") -> Feed:
    filters = read(args)
    url = f"/organisations/{organisation_id}/timeline"
    return _feed(queries.feed_of_organisation(organisation_id, viewer, filters), filters, args, page or url, url, about_people=True)


def latest_at(touchpoint_ids: Collection[int], viewer: Any) -> Feed:
    """The newest entries at a touchpoint; there is no further page, the rest stands with the people."""
    newest_first = (Interaction.happened_at.desc(), Interaction.id.desc())
    rows = fetch(queries.feed_of_touchpoint(touchpoint_ids, viewer).order_by(*newest_first).limit(FIRST))
    return Feed("", "", queries.EVERYTHING, rows, None, about_people=True)


def _newest(contact_id: int, viewer: Any, page: str, url: str) -> Feed:
    """What every contact page begins with."""
    query = queries.first_page(formats().language, FIRST + 1)
    rows = fetch(query, {"contact_id": contact_id, "viewer_id": viewer.id})
    found = web.cut(rows, Interaction.happened_at, Interaction.id, FIRST)
    return Feed(page, url, queries.EVERYTHING, found.items, found.next)


def _feed(query: Select, filters: Filters, args: MultiDict, page: str, url: str, **more: Any) -> Feed:
    try:
        found = web.paginate(query, Interaction.happened_at, Interaction.id, limit=SIZE, cursor=args.get("cursor"))
    except web.BadCursor:
        abort(400)
    return Feed(page, url, filters, found.items, found.next, _day(args.get("day")), **more)


def read(args: MultiDict) -> Filters:
    """The filters in an address; what is no filter of ours is left out."""
    if not args:
        return queries.EVERYTHING
    known = {"channel": CHANNELS, "kind": KINDS, "direction": DIRECTIONS}
    chosen: dict[str, Any] = {name: args[name] for name, values in known.items() if args.get(name) in values}
    for name in ("touchpoint", "department"):
        if number := args.get(name, type=fields.ident):
            chosen[name] = number
    return Filters(**chosen, q=args.get("q", "").strip()[:100], subsidiaries="1" if args.get("subsidiaries") else "")


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _in_words(filters: Filters) -> Iterator[tuple[str, str]]:
    given, said = filters.given(), words()
    if "channel" in given:
        yield "channel", marks.channel_word(filters.channel)
    if "kind" in given:
        yield "kind", said.kinds[filters.kind]
    if "direction" in given:
        yield "direction", said.directions[filters.direction]
    for name, offered in (("touchpoint", choices.touchpoints), ("department", choices.departments)):
        if name in given:
            yield name, next((choice.label for choice in offered() if choice.id == given[name]), "?")
    if "subsidiaries" in given:
        yield "subsidiaries", _("With subsidiaries")
    if "q" in given:
        yield "q", f"“{filters.q}”"
