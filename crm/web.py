"""How we answer htmx and plain browsers, and how lists are paged. The only reader and writer of HX- headers."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    current_app,
    flash,
    g,
    get_flashed_messages,
    make_response,
    redirect,
    render_template,
    request,
    session,
)
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from sqlalchemy import Select, func, literal, select, tuple_
from werkzeug.routing import IntegerConverter

from crm.extensions import db, named, transaction_mode
from crm.formatting import formats


def wants_partial() -> bool:
    """True when htmx asks for a piece of the page it will swap in (not a boosted or restored whole page)."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and "HX-Boosted" not in headers and "HX-History-Restore-Request" not in headers


def target() -> str | None:
    """The id of the element htmx will swap."""
    return request.headers.get("HX-Target")


def plain(body: str, status: int = 200) -> Response:
    """An HTML answer; to htmx the waiting toasts travel along out of band."""
    if wants_partial() and session.get("_flashes"):
        body += render_template("layout/_toasts_oob.html")
    response = make_response(body, status)
    response.vary.add("HX-Request")
    return response


def page(template: str, partial: str | None = None, *, status: int = 200, **context: Any) -> Response:
    """The whole page, or only `partial` when htmx asks for it."""
    name = partial if partial and wants_partial() else template
    return plain(render_template(name, **context), status)


def standing_at(response: Response, url: str) -> Response:
    """Let the browser show `url` for the partial it got, so that a filter can be bookmarked and reloaded."""
    response.headers["HX-Replace-Url"] = url
    return response


def invalid(template: str, partial: str | None = None, **context: Any) -> Response:
    """A form that was refused, with what the person typed and the reason by the field."""
    return page(template, partial, status=422, **context)


def done(location: str, partial: str | None = None, *, events: Sequence[str] = (), **context: Any) -> Response:
    """After a write: the changed partial for htmx, else 303 to `location`."""
    if not wants_partial():
        return make_response(redirect(location, 303))
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


def notices() -> list[dict[str, Any]]:
    """The toasts waiting for this person: {message, undo}. Each is given out once."""
    return [json.loads(str(text)) for text in get_flashed_messages(category_filter=["toast"])]


_kept: dict[tuple[Any, ...], Markup] = {}


def kept(template: str, **context: str) -> Markup:
    """A piece of the frame that depends on nothing but the language and `context`: rendered once, then only looked up.

    Menus and dialogs stand on every page with forty translated words; rendering them cost more than most pages' content.
    """
    key = (template, formats().voice, *context.values())
    if key not in _kept or current_app.debug:
        _kept[key] = Markup(current_app.jinja_env.get_template(template).render(context))  # noqa: S704 — a template of ours
    return _kept[key]


class OverriddenMethod:
    """Browsers without script can only POST: `POST …?_method=DELETE` is that DELETE. CSRF and rights are checked as for any other."""

    METHODS = {f"_method={name}": name for name in ("DELETE", "PUT", "PATCH")}

    def __init__(self, wsgi_app: Callable[..., Any]):
        self.wsgi_app = wsgi_app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if environ["REQUEST_METHOD"] == "POST" and "_method=" in environ.get("QUERY_STRING", ""):
            wanted = (self.METHODS[part] for part in environ["QUERY_STRING"].split("&") if part in self.METHODS)
            environ["REQUEST_METHOD"] = next(wanted, "POST")
        return self.wsgi_app(environ, start_response)


class Number(IntegerConverter):
    """A number in an address. One longer than any id of ours leads nowhere (404) instead of into a database that cannot hold it."""

    regex = r"\d{1,9}"


def csrf_token() -> str:
    """For `{{ csrf_token() }}`: signed once for a session, and looked up once for an answer with many forms (Flask-WTF keeps it in `g`)."""
    known = g.get("csrf_token")
    if known is None and (raw := session.get("csrf_token")):
        known = g.csrf_token = _signed(current_app.secret_key, raw)
    return known or generate_csrf()


@lru_cache(4096)
def _signed(_secret: Any, _raw: str) -> str:
    """What Flask-WTF makes of the present session's token. It lives as long as the session, so it need not be signed anew for each page."""
    return generate_csrf()


def _as_it_is(function: Callable[..., Any]) -> Callable[..., Any]:
    """None of our views is a coroutine; Flask would look into each of the twenty functions around a page whether it is one."""
    return function


def register(app: Flask) -> None:
    app.context_processor(lambda: {"csrf_token": csrf_token})  # of templates; the global is for what they import
    app.url_map.converters["int"] = Number
    app.wsgi_app = OverriddenMethod(app.wsgi_app)  # type: ignore[method-assign]
    app.ensure_sync = _as_it_is  # type: ignore[method-assign,assignment]
    app.jinja_env.globals.update(notices=notices, kept=kept, csrf_token=csrf_token)


def safe_next(fallback: str) -> str:
    """Where `?next=` points, if that is a path of ours; never another host."""
    wanted = request.values.get("next", "")
    parts = urlsplit(wanted)
    inside = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.netloc and "\\" not in wanted
    return wanted if inside else fallback


def came_from(fallback: str) -> str:
    """The page of ours the person is on, as htmx or the browser tell it; never another host."""
    parts = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    ours = parts.netloc == request.host and parts.path.startswith("/") and not parts.path.startswith("//")
    return f"{parts.path}?{parts.query}".rstrip("?") if ours else fallback


def locked(query: Select, of: Any) -> Select:
    """In a request that writes: these rows are ours until the commit, so that a second click waits and then sees what the first did.

    PostgreSQL only; on SQLite whoever writes has the whole database. A page that only reads locks nothing.
    """
    return query.with_for_update(of=of) if transaction_mode.get() == "IMMEDIATE" else query


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
    position = _checked(_decode(cursor), key) if cursor else None
    rows: list[Any] = []
    if position is None or position[0] is not None:
        rows += _fetch(_keyed(query, key, ident, position, descending), limit + 1, scalars)
    if getattr(key, "nullable", False) and len(rows) <= limit:
        rows += _fetch(_keyless(query, key, ident, position, descending), limit + 1 - len(rows), scalars)
    return cut(rows, key, ident, limit)


def cut(rows: Sequence[Any], key: Any, ident: Any, limit: int) -> Page:
    """The page that `rows` are, one more than `limit` having been asked for to see whether it goes on."""
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], _encode(getattr(last, key.key), getattr(last, ident.key)) if last is not None else None)


def _fetch(query: Select, limit: int, scalars: bool) -> list[Any]:
    rows = db.session.execute(query.limit(limit))
    return list(rows.scalars()) if scalars else named(rows)


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
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise BadCursor from error


def _checked(position: tuple[Any, int], key: Any) -> tuple[Any, int]:
    """A cursor that somebody wrote by hand must not reach the database with a value of another type."""
    value, ident = position
    kind = getattr(key.type, "impl_instance", key.type).python_type
    fits = value is None or (isinstance(value, kind if kind in (datetime, date, str) else (int, float)) and not isinstance(value, bool))
    naive = isinstance(value, datetime) and value.tzinfo is None
    huge = isinstance(value, (int, float)) and not abs(value) < 1e15
    if not fits or naive or huge or not -1 < ident < 2**31 or (isinstance(value, str) and "\x00" in value):
        raise BadCursor
    return position


COUNT_BOUND = 1000
MANY_REMEMBERED = 60.0  # seconds
_many: dict[str, float] = {}


def bounded_count(query: Select, bound: int = COUNT_BOUND, *, name: str = "") -> int:
    """How many rows, counted no further than `bound` + 1: a list shows "1,000+" instead of reading all.

    With a `name` (of what is counted, alike for everybody) that there are more is remembered for a minute: it will hardly have changed.
    """
    if name and time.monotonic() < _many.get(name, 0.0):
        return bound + 1
    rows = query.with_only_columns(literal(1), maintain_column_froms=True).order_by(None).limit(bound + 1)
    found = db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0
    if name and found > bound:
        _many[name] = time.monotonic() + MANY_REMEMBERED
    return found
