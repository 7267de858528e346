"""Backbone: one customer history for every department."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from crm.settings import Settings

__version__ = "0.1.0"


def create_app(settings: Settings | None = None, *, testing: bool = False) -> Flask:
    """The application, wired: extensions, packages, reactions, error pages, commands.

    Everything is imported here and not above, so that the commands which need no application start at once.
    """
    from flask import Flask

    from crm import cli, composition, errors, extensions, formatting, frame, marks, rendering, web
    from crm.settings import load

    settings = settings or load()
    app = Flask(__name__)
    app.jinja_environment = rendering.Environment
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.config.from_mapping(flask_config(settings), SETTINGS=settings, TESTING=testing)
    if testing:
        app.config.update(WTF_CSRF_ENABLED=False)
    extensions.init_app(app, settings)
    extensions.limiter.enabled = not testing
    frame.register(app)
    web.register(app)
    formatting.register(app)
    marks.register(app)
    errors.register(app)
    frame.trust_proxies(app, settings.trusted_proxies)
    composition.register(app)
    cli.register(app)
    return app


def flask_config(settings: Settings) -> dict:
    """Our settings in the words of Flask and its extensions."""
    from crm import throttling

    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {} if settings.is_sqlite else {"pool_size": 10, "pool_pre_ping": True},
        "SESSION_COOKIE_NAME": "crm_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "PERMANENT_SESSION_LIFETIME": 30 * 24 * 3600,  # as accounts.models.SESSION_LIFE; signing in sets it, pages do not renew it
        "SESSION_REFRESH_EACH_REQUEST": False,
        "WTF_CSRF_TIME_LIMIT": None,  # the token lives as long as the session; forms stay open over lunch
        "MAX_CONTENT_LENGTH": 60 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 8 * 1024 * 1024,
        "RATELIMIT_STORAGE_URI": settings.redis_url or f"{throttling.SCHEME}://{settings.data_dir / 'throttle.sqlite'}",
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,  # a counter that cannot be reached must not close the door, nor leave it open
        "BABEL_DEFAULT_LOCALE": settings.locale,
        "BABEL_DEFAULT_TIMEZONE": settings.timezone,
        "BABEL_TRANSLATION_DIRECTORIES": str(Path(__file__).parent / "translations"),
        "BABEL_DOMAIN": "messages",
    }
