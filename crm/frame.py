"""What surrounds every request: who may come in, language and zone, the kind of transaction, security headers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, g, has_request_context, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.middleware.proxy_fix import ProxyFix

from crm import web
from crm.extensions import babel, db, login, transaction_mode
from crm.settings import LOCALES

View = TypeVar("View", bound=Callable[..., Any])
READING = ("GET", "HEAD", "OPTIONS")

# Nothing runs or loads but what we serve ourselves. Tabler's css carries small pictures as data: addresses.
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-src 'self'; "
    "manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

# Which role may do what beyond daily work. Everybody signed in may see the history (behaviours: "Rights and trust").
RIGHTS: dict[str, frozenset[str]] = {
    "settings": frozenset({"admin"}),
    "users": frozenset({"admin"}),
    "audit": frozenset({"admin"}),
    "outbox": frozenset({"lead", "admin"}),
    "quarantine": frozenset({"lead", "admin"}),
    "touchpoints": frozenset({"lead", "admin"}),
    "surveys": frozenset({"lead", "admin"}),
    "export": frozenset({"lead", "admin"}),
    "import": frozenset({"lead", "admin"}),
    "merge": frozenset({"lead", "admin"}),
    "bulk": frozenset({"lead", "admin"}),
    "delete": frozenset({"admin"}),
}


def register(app: Flask) -> None:
    app.request_class = type("Request", (app.request_class,), {"parameter_storage_class": Parameters})
    app.session_interface = Sessions()
    babel.init_app(app, locale_selector=choose_locale, timezone_selector=choose_timezone)
    app.before_request(choose_transaction)
    app.before_request(require_sign_in)
    app.before_request(refuse_what_is_no_form)
    app.after_request(add_headers)
    app.jinja_env.globals.update(may=may)


def trust_proxies(app: Flask, count: int) -> None:
    """Behind `count` proxies of ours the client's address and scheme are what the outermost of them wrote; whatever the client wrote itself is not read."""
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0, x_prefix=0)  # type: ignore[method-assign]


def public(view: View) -> View:
    """Mark a view that needs no sign-in; every other one does."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def needs(right: str) -> Callable[[View], View]:
    """Mark a view that needs `right`, a key of RIGHTS."""
    assert right in RIGHTS, right

    def mark(view: View) -> View:
        view.needs_right = right  # type: ignore[attr-defined]
        return view

    return mark


def signed_in() -> Any:
    """`current_user` itself: to ask its proxy looks it up anew each time, which adds up with what every page asks."""
    return current_user._get_current_object()


def may(right: str, user: Any = None) -> bool:
    """Whether `user` (default: who is signed in) holds `right`."""
    user = user or signed_in()
    return bool(user.is_authenticated) and user.role in RIGHTS[right]


def choose_transaction() -> None:
    transaction_mode.set("DEFERRED" if request.method in READING else "IMMEDIATE")


def require_sign_in() -> ResponseReturnValue | None:
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or request.endpoint == "static" or getattr(view, "is_public", False):
        return None
    if not current_user.is_authenticated:
        return ask_to_sign_in()
    right = getattr(view, "needs_right", None)
    if right and not may(right):
        abort(403)
    return None


class Parameters(ImmutableMultiDict):
    """What a form or an address carries, without NUL: no browser sends one, and no database stores it."""

    def __init__(self, mapping: Any = None):
        pairs = mapping.items(multi=True) if isinstance(mapping, MultiDict) else mapping.items() if isinstance(mapping, dict) else mapping or ()
        super().__init__([(name, value.replace("\0", "") if isinstance(value, str) else value) for name, value in pairs])


class Sessions(SecureCookieSessionInterface):
    """Flask's, with one signer for all requests: it would make one for each."""

    def __init__(self) -> None:
        self.signers: dict[Any, Any] = {}

    def get_signing_serializer(self, app: Flask) -> Any:
        key = app.secret_key
        if key not in self.signers:
            self.signers[key] = super().get_signing_serializer(app)
        return self.signers[key]


FORMS = ("", "application/x-www-form-urlencoded", "multipart/form-data")


def refuse_what_is_no_form() -> None:
    """Pages take forms only. The API looks at its bodies itself."""
    if "\0" in request.path:
        abort(404)
    if request.method not in READING and request.mimetype not in FORMS and not request.path.startswith("/api/"):
        abort(415)


@login.unauthorized_handler
def ask_to_sign_in() -> ResponseReturnValue:
    if web.wants_partial() or request.method not in READING:
        abort(401)
    return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)


def add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if g.get("framed"):  # its own policy says who may show it; the old header knows only nobody and us
        del response.headers["X-Frame-Options"]
    if request.endpoint == "static":
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if request.args.get("v") else "no-cache"
    elif response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "private, no-store")
    if current_app.config["SETTINGS"].is_https:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def choose_locale() -> str:
    """The language of this answer: forced (a customer's page), the person's, the browser's, the firm's."""
    if not has_request_context():
        return current_app.config["SETTINGS"].locale
    if forced := g.get("locale"):
        return forced
    user = signed_in()
    if user.is_authenticated and user.locale:
        return user.locale
    chosen = session.get("locale") or request.accept_languages.best_match(LOCALES)
    return chosen or current_app.config["SETTINGS"].locale


def choose_timezone() -> str:
    if has_request_context() and (user := signed_in()).is_authenticated and user.timezone:
        return user.timezone
    return current_app.config["SETTINGS"].timezone


def commit() -> None:
    """The last step of a view before answering."""
    db.session.commit()
