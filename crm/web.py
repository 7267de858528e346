"""How we answer htmx and plain browsers, and how lists are paged. The only reader and writer of HX- headers."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Response, flash, make_response, redirect, render_template, request
from sqlalchemy import Select, func, literal, select, tuple_

from crm.extensions import db


def wants_partial() -> bool:
    """True when htmx asks for a piece of the page it will swap in (not a boosted or restored whole page)."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and "HX-Boosted" not in headers and "HX-History-Restore-Request" not in headers


def target() -> str | None:
    """The id of the element htmx will swap."""
    return request.headers.get("HX-Target")


def plain(body: str, status: int = 200) -> Response:
    response = make_response(body, status)
    response.vary.add("HX-Request")
    return response


def page(template: str, partial: str | None = None, *, status: int = 200, **context: Any) -> Response:
    """The whole page, or only `partial` when htmx asks for it."""
    name = partial if partial and wants_partial() else template
    return plain(render_template(name, **context), status)


def invalid(template: str, partial: str | None = None, **context: Any) -> Response:
    """A form that was refused, with what the person typed and the reason by the field."""
    return page(template, partial, status=422, **context)


def done(location: str, partial: str | None = None, *, events: Sequence[str] = (), **context: Any) -> Response:
    """After a write: the changed partial for htmx, else 303 to `location`."""
    if not wants_partial():
        return redirect(location, 303)
    if partial is None:
        response = make_response("", 204)
        response.headers["HX-Redirect"] = location
        return response
    response = plain(render_template(partial, **context))
    if events:
        response.headers["HX-Trigger"] = json.dumps(dict.fromkeys(events))
    return response


def toast(message: str, undo: str | None = None) -> None:
    """Say what was done, bottom left; with `undo` (an address to POST to) the toast carries an undo button.

    Shown by the next page, or out of band by the present partial.
    """
    flash(json.dumps({"message": str(message), "undo": undo}), "toast")


def safe_next(fallback: str) -> str:
    """Where `?next=` points, if that is a path of ours; never another host."""
    wanted = request.values.get("next", "")
    parts = urlsplit(wanted)
    inside = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.netloc and "\\" not in wanted
    return wanted if inside else fallback


# — paging ————————————————————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True)
class Page:
    """One page of a list: its rows, and the cursor of the next page or None."""

    items: Sequence[Any]
    next: str | None


class BadCursor(ValueError):
    """The cursor was not made by us, or for another order."""


def paginate(query: Select, key: Any, ident: Any, *, descending: bool = True, limit: int = 50,
             cursor: str | None = None, scalars: bool = False) -> Page:
    """A keyset page of `query`, ordered by (`key`, `ident`) with empty keys last; stable while rows are inserted.

    `query` must select `key` and `ident` as columns, or be a select of the entity that holds them (`scalars=True`).
    Rows without a key are read by a second statement, so that one plain index on (key, ident) serves both databases.
    """
    position = _decode(cursor) if cursor else None
    rows: list[Any] = []
    if position is None or position[0] is not None:
        rows += _fetch(_keyed(query, key, ident, position, descending), limit + 1, scalars)
    if getattr(key, "nullable", False) and len(rows) <= limit:
        rows += _fetch(_keyless(query, key, ident, position, descending), limit + 1 - len(rows), scalars)
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], _encode(getattr(last, key.key), getattr(last, ident.key)) if last is not None else None)


def _fetch(query: Select, limit: int, scalars: bool) -> list[Any]:
    rows = db.session.execute(query.limit(limit))
    return list(rows.scalars() if scalars else rows)


def _keyed(query: Select, key: Any, ident: Any, position: tuple[Any, int] | None, descending: bool) -> Select:
    if getattr(key, "nullable", False):
        query = query.where(key.is_not(None))
    if position:
        value, last = position
        here, there = tuple_(key, ident), tuple_(literal(value, key.type), literal(last, ident.type))
        query = query.where(here < there if descending else here > there)
    return query.order_by(key.desc(), ident.desc()) if descending else query.order_by(key.asc(), ident.asc())


def _keyless(query: Select, key: Any, ident: Any, position: tuple[Any, int] | None, descending: bool) -> Select:
    query = query.where(key.is_(None))
    if position and position[0] is None:
        query = query.where(ident < position[1] if descending else ident > position[1])
    return query.order_by(ident.desc() if descending else ident.asc())


def _encode(value: Any, ident: Any) -> str:
    if isinstance(value, (datetime, date)):
        value = {"t" if isinstance(value, datetime) else "d": value.isoformat()}
    raw = json.dumps([value, ident], separators=(",", ":"), default=float).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(cursor: str) -> tuple[Any, int]:
    try:
        value, ident = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(value, dict):
            value = datetime.fromisoformat(value["t"]) if "t" in value else date.fromisoformat(value["d"])
        return value, int(ident)
    except (ValueError, TypeError, KeyError) as error:
        raise BadCursor from error


COUNT_BOUND = 1000


def bounded_count(query: Select, bound: int = COUNT_BOUND) -> int:
    """How many rows, counted no further than `bound` + 1: a list shows "1,000+" instead of reading all."""
    rows = query.with_only_columns(literal(1), maintain_column_froms=True).order_by(None).limit(bound + 1)
    return db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0
