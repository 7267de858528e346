"""Installations of their own, beside the one that all tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import make_url

from crm import create_app
from crm.extensions import db
from crm.settings import Settings, load


@pytest.fixture
def fresh_settings(settings: Settings, tmp_path) -> Iterator[Settings]:
    """Settings of an installation of its own, whose database is empty, on the database of this run."""
    environ = {"CRM_DATA_DIR": str(tmp_path / "data"), "CRM_SECRET_KEY": "test"}
    if settings.is_sqlite:
        yield load(environ)
        return
    import psycopg

    url = make_url(settings.database_url)
    server = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS fresh")
        connection.execute("CREATE DATABASE fresh")
        fresh = url.set(drivername="postgresql", database="fresh").render_as_string(hide_password=False)
        yield load(environ | {"CRM_DATABASE_URL": fresh})
        connection.execute("DROP DATABASE fresh WITH (FORCE)")


@pytest.fixture
def fresh(fresh_settings: Settings) -> Iterator[Flask]:
    app = create_app(fresh_settings, testing=True)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
