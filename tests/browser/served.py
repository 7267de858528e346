"""A small application of its own behind a real socket, for tests that need a browser."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from werkzeug.serving import make_server

from crm import create_app
from crm import settings as settings_module
from crm.extensions import db


@contextmanager
def served(data_dir: Path, prepare: Callable[[Flask], None]) -> Iterator[str]:
    """Its address. `prepare(app)` runs inside a context with empty tables, before the first request."""
    app = create_app(settings_module.load({"CRM_DATA_DIR": str(data_dir), "CRM_SECRET_KEY": "test"}), testing=True)
    with app.app_context():
        db.create_all()
        prepare(app)
        db.session.commit()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        db.engine.dispose()


def cookie_of(app: Flask, user) -> str:
    """The session cookie of a browser in which `user` is signed in."""
    from crm.accounts.sessions import open_session

    with app.test_request_context():
        token = open_session(user)
        db.session.commit()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    found = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert found
    return found.value
