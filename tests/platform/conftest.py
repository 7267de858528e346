"""Installations of their own, beside the one that all tests share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import make_url

from crm import create_app
from crm.extensions import db
from crm.settings import Settings, load


@pytest.fixture
def fresh_settings(settings: Settings, tmp_path) -> Iterator[Settings]:
    """Settings of an installation of its own, whose database is empty, on the database of this run."""
    with installation(settings, tmp_path / "data") as own:
        yield own


@contextmanager
def installation(settings: Settings, folder: Path, name: str = "fresh") -> Iterator[Settings]:
    """The same for as long as one likes; `name` is the database's, where there is a server."""
    environ = {"CRM_DATA_DIR": str(folder), "CRM_SECRET_KEY": "test"}
    if settings.is_sqlite:
        yield load(environ)
        return
    import psycopg

    url = make_url(settings.database_url)
    server = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name}")
        yield load(environ | {"CRM_DATABASE_URL": url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)})
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def fresh(fresh_settings: Settings) -> Iterator[Flask]:
    app = create_app(fresh_settings, testing=True)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
