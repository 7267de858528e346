"""What can go wrong on purpose, and how it is shown: pages for people, partials for htmx, problem+json for programs."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from flask import Flask, current_app, g, json, make_response, render_template, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, NoResultFound, OperationalError
from werkzeug.exceptions import BadRequest, Conflict, HTTPException, NotFound, ServiceUnavailable, UnprocessableEntity

from crm import web
from crm.extensions import db
from crm.settings import LOCALES

SENTENCES = {
    400: _l("The request could not be understood."),
    401: _l("You have been signed out. Sign in again; what you typed is still here."),
    403: _l("You may not do this. Ask an administrator if you need it."),
    404: _l("This page does not exist, or no longer exists."),
    405: _l("This address cannot be used like that."),
    409: _l("This cannot be done in the present state."),
    413: _l("That was too large to be taken."),
    415: _l("This kind of content is not taken here."),
    422: _l("Some of this cannot be taken as it is."),
    429: _l("Too many attempts. Wait a moment, then try again."),
    503: _l("The database cannot be reached at the moment. Try again shortly; nothing was half done."),
    500: _l("Something went wrong on our side. It has been written to the log; nothing you sent was half done."),
}


class Refused(Exception):
    """The domain says no: the state does not allow it. Answered with 409 and the reason, in the reader's words."""

    def __init__(self, reason: str, field: str | None = None):
        self.reason = reason
        self.field = field
        super().__init__(str(reason))


def register(app: Flask) -> None:
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, _expired_form)
    app.register_error_handler(web.BadCursor, lambda _error: _http(BadRequest()))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DataError, _unstorable)
    app.register_error_handler(OverflowError, _unstorable)
    app.register_error_handler(IntegrityError, _conflicting)
    app.register_error_handler(NoResultFound, lambda _error: _http(NotFound()))  # a record that others removed meanwhile
    app.register_error_handler(OperationalError, _unreachable)


def _refused(error: Refused):
    if for_program():
        return problem(409, str(error.reason), {error.field: [str(error.reason)]} if error.field else None)
    return show(409, str(error.reason))


def _expired_form(error: CSRFError):
    return show(400, gettext("This form had been open too long. Go back, reload the page and send it again."))


def _http(error: HTTPException):
    if error.response is not None or (error.code or 500) < 400:
        return error
    if for_program():
        return _http_problem(error)
    return show(error.code or 500, str(SENTENCES.get(error.code or 500, error.description)))


# — what the database says no to. Forms and schemas find most of it before; this is the net below them ————————————————


def _unstorable(error: Exception):
    """A number or a text that no column can hold."""
    current_app.logger.warning("could not be stored", exc_info=error)
    return _http(UnprocessableEntity())


def _conflicting(error: IntegrityError):
    """Somebody was quicker, or what was pointed at is gone."""
    current_app.logger.warning("does not fit what is there", exc_info=error)
    return _http(Conflict())


def _unreachable(error: OperationalError):
    current_app.logger.error("the database does not answer", exc_info=error)
    response = _http(ServiceUnavailable())
    response.headers["Retry-After"] = "5"
    return response


def show(status: int, sentence: str):
    """The error in the shape the caller can show: a toast partial for htmx, else a whole page. What the request had begun is taken back."""
    db.session.rollback()
    partial = web.wants_partial()
    response = web.plain(_rendered("layout/_error.html" if partial else "layout/error.html", status, sentence), status)
    if partial:
        response.headers["HX-Retarget"] = "#toasts"
        response.headers["HX-Reswap"] = "beforeend"
    return response


def _rendered(template: str, status: int, sentence: str) -> str:
    context = {"status": status, "sentence": sentence, "path": request.path}
    if status < 500:
        return render_template(template, **context)
    # The database may be what failed: this page must not ask it for anything, not even for who is reading.
    g.setdefault("locale", request.accept_languages.best_match(LOCALES))
    return current_app.jinja_env.get_template(template).render(context)


# — for programs (RFC 9457) ———————————————————————————————————————————————————————————————————————————————


def for_program() -> bool:
    return request.path.startswith("/api/")


def problem(status: int, sentence: str, errors: dict[str, list[str]] | None = None):
    """application/problem+json. What the request had begun is taken back."""
    db.session.rollback()
    body: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": sentence, "instance": request.path}
    response = make_response(json.dumps(body | ({"errors": errors} if errors else {})), status)
    response.mimetype = "application/problem+json"
    return response


def _http_problem(error: HTTPException):
    status = error.code or 500
    messages = getattr(error, "data", {}).get("messages", {})
    sentence = SENTENCES.get(status, error.description)
    if isinstance(error.description, str) and error.description != type(error).description:
        sentence = error.description
    response = problem(status, str(sentence), dict(_by_field(messages)))
    for name, value in error.get_headers():
        if name != "Content-Type":
            response.headers.add(name, value)
    return response


def _by_field(messages: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """{"json": {"addresses": {0: {"kind": [reason]}}}} → ("addresses.0.kind", [reason]). The outermost key says where it stood."""
    if not isinstance(messages, dict):
        yield path or "_schema", [str(reason) for reason in (messages if isinstance(messages, list) else [messages])]
        return
    for key, part in messages.items():
        if not path and key in ("json", "query", "form", "files"):
            yield from _by_field(part)
        else:
            yield from _by_field(part, f"{path}.{key}" if path else str(key))
