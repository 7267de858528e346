"""Fixtures: one application per run, a database that forgets each test, a cast of four, a clock that can be set."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from crm import clock as clock_module
from crm import create_app, translations
from crm import settings as settings_module
from crm.extensions import db as database
from crm.extensions import limiter
from tests.make import Maker

pytest_plugins = ["tests.stored"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-stored", action="store_true", help="write tests/routes.txt and tests/permissions.txt anew")
    parser.addoption("--database", default="sqlite", help="sqlite, postgresql (a server of our own), or a URL")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Under `--dist loadgroup` what needs a browser stays together, or each process would start a program and a Chromium for a test or two.

    With another database than SQLite, tests that never meet it are left out: they were right or wrong already.
    """
    for item in items:
        if item.get_closest_marker("browser") and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group("browser"))
    if config.getoption("--database") != "sqlite" and (same := [item for item in items if not may_meet_the_database(item)]):
        config.hook.pytest_deselected(items=same)
        left_out = set(same)
        items[:] = [item for item in items if item not in left_out]
    items[:] = long_ones_first(items, getattr(config, "workerinput", {}).get("workercount", 1))


def long_ones_first(items: list[pytest.Item], processes: int) -> list[pytest.Item]:
    """Under `--dist worksteal` each process begins with an equal stretch of the list: the long tests stand at the beginnings, or one process would end late with one of them."""
    long = dict.fromkeys(item for item in items if item.get_closest_marker("slow") or "test_nasty_input" in item.nodeid)
    short, found = [item for item in items if item not in long], []
    for number in range(processes):
        mine = list(long)[number::processes]
        room = max(0, len(items) // processes - len(mine))
        found += mine + short[:room]
        del short[:room]
    return found + short


def may_meet_the_database(item: pytest.Item) -> bool:
    """Whether it uses the application or its settings, or something of ours that may ask which database it is (as tests with processes do)."""
    assert isinstance(item, pytest.Function)
    known = item._fixtureinfo
    ours = [one.argnames for each in known.name2fixturedefs.values() for one in each if one.func.__module__.startswith("tests.")]
    asking = {"app", "settings", "request", "postgresql_url"}
    return bool(asking & {*item.fixturenames} - {"request"}) or any(asking & {*names} for names in [known.argnames, *ours])


def pytest_collection_finish() -> None:
    """Thousands of tests stay until the end: the garbage collector need not look through them again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
def settings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, worker: str):
    data_dir = tmp_path_factory.mktemp("data")
    url = request.getfixturevalue("postgresql_url") if request.config.getoption("--database") != "sqlite" else None
    environ = {"CRM_DATA_DIR": str(data_dir), "CRM_SECRET_KEY": "test", "CRM_BASE_URL": "http://localhost"}
    return settings_module.load(environ | ({"CRM_DATABASE_URL": url} if url else {}))


@pytest.fixture(scope="session")
def worker(request: pytest.FixtureRequest) -> str:
    """The name of this pytest process: 'gw0' …, or 'main'."""
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture(scope="session")
def postgresql_url(request: pytest.FixtureRequest, worker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from tests.postgresql import own_database

    with own_database(request.config.getoption("--database"), worker, tmp_path_factory.mktemp("pg")) as url:
        yield url


@pytest.fixture(scope="session")
def application(settings) -> Iterator[Flask]:
    with suppress(translations.Faults):  # which have a test of their own
        translations.compile_if_stale()
    app = create_app(settings, testing=True)
    with app.app_context():
        database.create_all()
    yield app
    with app.app_context():
        database.engine.dispose()
    shutil.rmtree(settings.data_dir, ignore_errors=True)


@pytest.fixture
def app(application: Flask) -> Iterator[Flask]:
    """The application, inside a context and inside a transaction that is rolled back after the test.

    Every session joins that transaction through a savepoint, so commits of the code under test stay inside it.
    """
    with application.app_context():
        engine = database.engine
        connection = engine.connect()
        transaction = connection.begin()
        database._app_engines[application][None] = connection
        factory = database.session.session_factory
        factory.configure(join_transaction_mode="create_savepoint")
        application.extensions.pop("contacts.custom", None)  # remembered in the test before
        limiter.enabled = False  # a test that made an application of its own, as it is in service, has switched it on
        try:
            yield application
        finally:
            database.session.remove()
            transaction.rollback()
            connection.close()
            database._app_engines[application][None] = engine


@pytest.fixture
def throttle(app: Flask) -> Iterator[Any]:
    """The limits, which are off in other tests."""
    limiter.enabled = True
    limiter.reset()
    yield limiter
    limiter.enabled = False
    limiter.reset()


@pytest.fixture
def db(app: Flask):
    return database


@pytest.fixture
def session(app: Flask) -> Session:
    return database.session


@pytest.fixture
def statements(app: Flask):
    """with statements() as seen: … → the SQL sent meanwhile, without what only opens and closes transactions, and what is done once a minute."""

    @contextmanager
    def watch() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection, _cursor, statement: str, *_rest) -> None:
            if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "UPDATE user_sessions SET last_seen_at")):
                seen.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    return watch


class Clock:
    """A clock that stands still until told otherwise. Saturday, 21 November 2026, 10:00 in Berlin."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def advance(self, **parts: float) -> datetime:
        self.time += timedelta(**parts)
        return self.time

    def set(self, *parts: int) -> datetime:
        self.time = datetime(*parts, tzinfo=UTC)
        return self.time


@pytest.fixture
def clock() -> Iterator[Clock]:
    frozen = Clock()
    clock_module.set_source(frozen)
    yield frozen
    clock_module.set_source(None)


@pytest.fixture
def make(app: Flask) -> Maker:
    return Maker()


# — the cast: agent, a colleague of the same department, an outsider from another one, nobody ————————————————


@pytest.fixture
def service(make: Maker):
    return make.department("service")


@pytest.fixture
def agent(make: Maker, service):
    return make.user(name="Anna Agent", department=service)


@pytest.fixture
def colleague(make: Maker, service):
    return make.user(name="Carl Colleague", department=service)


@pytest.fixture
def outsider(make: Maker):
    return make.user(name="Olga Outsider", department=make.department("sales"))


@pytest.fixture
def lead(make: Maker, service):
    return make.user(name="Lena Lead", department=service, role="lead")


@pytest.fixture
def admin(make: Maker):
    return make.user(name="Ada Admin", department=make.department("management"), role="admin")


@pytest.fixture
def browse(app: Flask):
    """browse(user) → a client signed in as that user; browse() → nobody. Forms need no CSRF token in it."""

    def open_as(user=None) -> FlaskClient:
        from tests.pages import RuledClient

        client = RuledClient(app, app.response_class)
        if user is not None:
            from crm.accounts.sessions import open_session

            with app.test_request_context():
                token = open_session(user)
                database.session.commit()
            with client.session_transaction() as cookie:
                cookie["_user_id"] = token
                cookie["_fresh"] = True
        return client

    return open_as


@pytest.fixture
def client(browse, agent) -> FlaskClient:
    """The agent's browser."""
    return browse(agent)


@pytest.fixture
def program(app: Flask, agent):
    """program(scope="write") → a client of the API with a token of the agent (or of `user`)."""
    from tests.programs import Program

    return lambda scope="write", user=None: Program(app, user or agent, scope)


@pytest.fixture
def nobody(browse) -> FlaskClient:
    return browse()


HTMX = {"HX-Request": "true"}


@pytest.fixture
def corpora() -> Path:
    return Path(__file__).parent / "corpora"


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The one Chromium of this run."""
    from tests.browser.chromium import chromium, executable

    if executable() is None:
        pytest.skip("no Chromium on this machine")
    with chromium() as started:
        yield started
