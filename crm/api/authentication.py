"""Who calls: the token in the Authorization header. A session cookie opens nothing here."""

from __future__ import annotations

from flask import current_app, g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from crm.accounts import programs
from crm.accounts.models import SCOPES
from crm.accounts.programs import Program
from crm.accounts.sessions import act_as
from crm.extensions import transaction_mode
from crm.frame import may
from crm.settings import LOCALES

MISSING = "Send a token: “Authorization: Bearer TOKEN”."
UNKNOWN = "This token is unknown, has expired or was revoked."


def authenticate() -> None:
    """Before every request to a resource."""
    _choose_transaction()
    g.locale = request.accept_languages.best_match(LOCALES) or "en"
    g.api_token = token = _token()
    act_as(token.signed_in)


def _choose_transaction() -> None:
    """A POST that only asks need not wait for the write lock; a GET that writes something down must have it from the beginning."""
    endpoint = getattr(current_app.view_functions[request.endpoint or ""], "view_class", None)
    if request.method in getattr(endpoint, "asking", ()):
        transaction_mode.set("DEFERRED")
    elif request.method in getattr(endpoint, "writing", ()):
        transaction_mode.set("IMMEDIATE")


def _token() -> Program:
    challenge = WWWAuthenticate("bearer", {"realm": "Backbone"})
    authorization = request.authorization
    if authorization is None or authorization.type != "bearer" or not authorization.token:
        raise Unauthorized(MISSING, www_authenticate=challenge)
    token = programs.recognise(authorization.token)
    if token is None:
        raise Unauthorized(UNKNOWN, www_authenticate=WWWAuthenticate("bearer", {"realm": "Backbone", "error": "invalid_token"}))
    return token


def forget(_error: BaseException | None = None) -> None:
    """After every request: nothing of the caller stays in the context."""
    for name in ("api_token", "_login_user", "locale"):
        g.pop(name, None)


def demand(scope: str, right: str | None) -> None:
    """403 unless the token reaches `scope` and its user holds `right`."""
    token = g.api_token
    if SCOPES.index(token.scope) < SCOPES.index(scope):
        raise Forbidden(f"This needs a token of the scope “{scope}”; this one has “{token.scope}”.")
    if right and not may(right):
        raise Forbidden(f"The user of this token does not hold the right “{right}”.")
