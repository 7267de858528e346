"""The decorators of a resource: what every endpoint does around its own few lines.

From outside to inside: the token is recognised · its scope and right are checked · arguments are parsed (400, 415, 422) · for writes
the Idempotency-Key is reserved and If-Match compared · the endpoint works · what it returns is stored, shown and committed, once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from flask import Response, current_app, make_response, request
from flask.views import MethodView
from flask_smorest import Blueprint
from sqlalchemy.exc import IntegrityError
from webargs.flaskparser import FlaskParser, abort
from werkzeug.exceptions import PreconditionFailed

from crm.api import fields, idempotency
from crm.api.authentication import authenticate, demand
from crm.api.lists import ListArguments, page_schema
from crm.errors import Refused
from crm.extensions import Model, csrf, db
from crm.frame import public

PREFIX = "/api/v1"
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class Parser(FlaskParser):
    """Reads JSON only, and says so: 415 for another type, 400 for what is not JSON at all."""

    def _raw_load_json(self, req: Any) -> Any:
        if not req.is_json and req.get_data(cache=True):
            abort(415)
        try:
            return super()._raw_load_json(req)
        except RecursionError:
            abort(400)


class Endpoint(MethodView):
    """What one address answers, by method. `asking` names POSTs that only read, `writing` GETs that leave a trace."""

    decorators = [public]  # no sign-in page for programs: the token is checked by the resource
    asking: tuple[str, ...] = ()
    writing: tuple[str, ...] = ()


class Resource(Blueprint):
    """All addresses of one noun, such as /tasks."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, name: str, description: str, prefix: str | None = None):
        super().__init__(f"api_{name}", __name__, url_prefix=PREFIX + (f"/{name}" if prefix is None else prefix), description=description)
        self.noun = name
        self.before_request(authenticate)
        csrf.exempt(self)

    def add_url_rule(self, rule: str, endpoint: str | None = None, view_func: Any = None, *args: Any, **options: Any) -> None:
        """As usual; ids that no database can hold are no address (404)."""
        rule = rule.replace("<int:", f"<int(min=1, max={fields.LARGEST_ID}):")
        options["tags"] = options.get("tags") or [self.noun]
        super().add_url_rule(rule, endpoint, view_func, *args, **options)

    # — reading —

    def listed(self, schema: Any, arguments: Any = ListArguments, *, scope: str = "read", right: str | None = None) -> Decorator:
        """GET of a list. The endpoint gets the arguments and returns `paged(…)`."""
        return self._chain(_guarded(scope, right), self._query(arguments), _conditional, self.response(200, page_schema(schema)))

    def shown(self, schema: Any, arguments: Any = None, *, scope: str = "read", right: str | None = None) -> Decorator:
        """GET of one thing. With `arguments` the endpoint gets the parsed query first."""
        return self._chain(_guarded(scope, right), self._query(arguments), _conditional, self.response(200, schema, headers=ETAG))

    def answered(self, schema: Any, body: Any, *, scope: str = "read", right: str | None = None) -> Decorator:
        """POST that asks and changes nothing. Name it in the `asking` of its Endpoint."""
        return self._chain(_guarded(scope, right), self._body(body), self.response(200, schema))

    def downloaded(self, content_type: str, arguments: Any = None, *, or_else: Sequence[str] = (), scope: str = "read", right: str | None = None) -> Decorator:
        """GET of a file, of one of several types. The endpoint returns a Response. It commits: who took what is written down."""
        answer = self.response(200, {"type": "string"}, content_type=content_type)
        all_types = self.doc(responses={"200": {"content": {other: {"schema": {"type": "string"}} for other in (content_type, *or_else)}}}) if or_else else None
        return self._chain(_guarded(scope, right), self._query(arguments), all_types, answer, _committed)

    # — writing —

    def created(self, schema: Any, body: Any = None, *, scope: str = "write", right: str | None = None, status: int = 201) -> Decorator:
        """POST. The endpoint gets the parsed body (`body`, else `schema`; `body=False`: none) and returns the new row."""
        parsed = None if body is False else body or schema
        return self._chain(_guarded(scope, right), self._body(parsed), self._keyed, _written, self.response(status, schema, headers=ETAG), _stored)

    def changed(self, schema: Any, body: Any = None, *, scope: str = "write", right: str | None = None) -> Decorator:
        """PATCH. The endpoint gets only the fields that were sent, changes the row and returns it."""
        partial = body or (schema if isinstance(schema, type) else type(schema))(partial=True)
        return self._chain(_guarded(scope, right), self._body(partial), self._matched, _written, self.response(200, schema, headers=ETAG), _stored)

    def removed(self, schema: Any = None, *, scope: str = "write", right: str | None = None) -> Decorator:
        """DELETE. 204; with `schema` 200 and what the endpoint returns."""
        answer = self.response(200, schema, headers=ETAG) if schema else self.response(204)
        return self._chain(_guarded(scope, right), self._matched, _written, answer, _stored if schema else _emptied)

    # — the links of the chain —

    @staticmethod
    def _chain(*links: Decorator | None) -> Decorator:
        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            for link in reversed(links):
                view = link(view) if link else view
            return view

        return decorate

    def _query(self, arguments: Any) -> Decorator | None:
        made = arguments() if isinstance(arguments, type) else arguments  # once: else every request makes its own
        return self.arguments(made, location="query", unknown="raise") if made else None

    def _body(self, schema: Any) -> Decorator | None:
        return self.arguments(schema, unknown="raise") if schema else None

    def _keyed(self, view: Callable[..., Any]) -> Callable[..., Any]:
        return self.doc(parameters=[IDEMPOTENCY_KEY])(view)

    def _matched(self, view: Callable[..., Any]) -> Callable[..., Any]:
        return self.doc(parameters=[IF_MATCH])(view)


IDEMPOTENCY_KEY = {
    "in": "header", "name": idempotency.HEADER, "required": False, "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "description": "A word of your choice: the same key and body are carried out once and answered alike.",
}
IF_MATCH = {
    "in": "header", "name": "If-Match", "required": False, "schema": {"type": "string"},
    "description": "The ETag you know: 412 if somebody changed it since.",
}
ETAG = {"ETag": {"schema": {"type": "string"}, "description": "Stands for this very content."}}


def _guarded(scope: str, right: str | None) -> Decorator:
    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            demand(scope, right)
            return view(*args, **kwargs)

        return guarded

    return decorate


def _conditional(view: Callable[..., Any]) -> Callable[..., Any]:
    """The ETag of the answer, and 304 for who has it already."""

    @wraps(view)
    def conditional(*args: Any, **kwargs: Any) -> Response:
        response = _tagged(make_response(view(*args, **kwargs)))
        if request.method == "GET":
            response.make_conditional(request)
        return response

    return conditional


def _tagged(response: Response) -> Response:
    response.add_etag()
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _written(view: Callable[..., Any]) -> Callable[..., Any]:
    """Idempotency-Key, If-Match, ETag, and the one commit."""

    @wraps(view)
    def written(self: Endpoint, *args: Any, **kwargs: Any) -> Response:
        key = idempotency.reserve() if request.method == "POST" else None
        if key and key.status:
            return idempotency.replay(key)
        _compare(self, kwargs)
        response = make_response(_unbroken(view, self, *args, **kwargs))
        if response.status_code != 204:
            _tagged(response)
        if key:
            idempotency.keep(key, response)
        db.session.commit()
        return response

    return written


def _unbroken(view: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    try:
        return view(*args, **kwargs)
    except IntegrityError as error:
        current_app.logger.info("refused by the database: %s", error.orig)
        raise Refused("This does not fit what is already there.") from error


def _compare(endpoint: Endpoint, view_args: dict[str, Any]) -> None:
    """If-Match against what GET of the same address answers."""
    if not request.if_match or request.method == "POST" or request.if_match.star_tag:
        return
    show = getattr(endpoint, "get", None)
    current = make_response(show(**view_args)).get_etag()[0] if show else None
    if current is None or not request.if_match.contains(current):
        raise PreconditionFailed("It was changed since you read it: read it again.")


def _stored(view: Callable[..., Any]) -> Callable[..., Any]:
    """Bring what the endpoint returned to the database before it is shown, so that ids and rounding are those of the table."""

    @wraps(view)
    def stored(*args: Any, **kwargs: Any) -> Any:
        result = view(*args, **kwargs)
        db.session.flush()
        if isinstance(result, Model):
            db.session.refresh(result)
        return result

    return stored


def _emptied(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def emptied(*args: Any, **kwargs: Any) -> Response:
        view(*args, **kwargs)
        db.session.flush()
        return Response(status=204)

    return emptied


def _committed(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def committed(*args: Any, **kwargs: Any) -> Any:
        response = view(*args, **kwargs)
        db.session.commit()
        return response

    return committed
