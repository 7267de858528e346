"""Every address, asked with everything that does not belong there: a clear answer, never a fault of ours.

The names of parameters are learned by listening: whatever a view asks its request for is what it is then given. The forms are those
that the pages carry. CRM_NASTY=all tries each field with each value, which takes many minutes; else a part of them, always the same.
"""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from lxml import html

from crm.extensions import db
from crm.frame import Parameters

THOROUGH = os.environ.get("CRM_NASTY") == "all"
NASTY = (
    "", " ", "\0", "a\0b", "-1", "0", "2147483648", "9" * 30, "1e999", "NaN", "１２", "²", "true", "[]", "{}", "null", "x" * 70_000, "ä" * 3000, "\ud800",
    "%00", "%", "_", "../../etc/passwd", "' OR 1=1 --", "<script>", "\r\nSet-Cookie: a=b", "0001-01-01", "9999-12-31", "9999-12-31T23:59:59", "2026-13-45",
    "2026-11-21T10:00:00+99:99", "W10", "eyJ", "WzEsMl0", "W251bGwsbnVsbF0", "W3sidCI6ICJ4In0sIDFd", "*", '"', "a OR b", "NEAR(a b)", "a" * 200 + "*", "\u202e\u200b\ufeff",
    "🦄" * 100, "-", "+", "=1+1", "1;2", "1,2,3", "None", "undefined", "in 99999999999 days", "31.02.99999", "tomorrow 99:99", "+49" + "1" * 300, "@", "a@b@c", "x@" + "a." * 200 + "de",
)
MEAN = ("a\0b", "9" * 30, "x" * 70_000, "\ud800", "9999-12-31", "²")  # what most often breaks something
BODIES = (b"", b"\0", b"{", b"--x\r\n\r\n", b"[1]", b"a=%ff%00")
heard: dict[str, set[str]] = defaultdict(set)
listening = [""]


class Listening(Parameters):
    """Remembers under the present address which parameters were asked for."""

    def _hear(self, name: Any) -> None:
        if isinstance(name, str):
            heard[listening[0]].add(name)

    def get(self, key: Any, *args: Any, **options: Any) -> Any:
        self._hear(key)
        return super().get(key, *args, **options)

    def getlist(self, key: Any, *args: Any, **options: Any) -> Any:
        self._hear(key)
        return super().getlist(key, *args, **options)

    def __getitem__(self, key: Any) -> Any:
        self._hear(key)
        return super().__getitem__(key)

    def __contains__(self, key: Any) -> bool:
        self._hear(key)
        return super().__contains__(key)


class Attacker:
    """A signed-in browser that notes every answer of 500 and more, and every exception."""

    def __init__(self, app: Any, user: Any):
        from crm.accounts.sessions import open_session

        self.app, self.faults = app, []
        app.logger.addFilter(self.netted)
        with app.test_request_context():
            token = open_session(user)
            db.session.commit()
        self.client = FlaskClient(app, app.response_class)
        with self.client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True

    def ask(self, method: str, path: str, **options: Any):
        with self.app.app_context():
            db.session.remove()
            self.net = ""
            savepoint = db.engine.begin_nested()  # whatever it does is undone: the next request finds the same world
            try:
                response = self.client.open(path, method=method, follow_redirects=True, **options)
                if self.net:
                    self.fault(method, path, options, self.net)
                elif response.status_code >= 500:
                    self.fault(method, path, options, str(response.status_code))
                elif response.mimetype == "text/html" and "<script>evil" in response.text and "Content-Disposition" not in response.headers:
                    self.fault(method, path, options, "shown unescaped")
                return response
            except Exception as error:
                self.fault(method, path, options, f"{type(error).__name__}: {str(error).splitlines()[0][:160] if str(error) else ''}")
                return None
            finally:
                db.session.remove()
                savepoint.rollback()

    def netted(self, record: Any) -> bool:
        """The net below the forms (crm/errors.py) caught something: no fault of 500, but a form or a view that did not look."""
        if record.msg in ("could not be stored", "does not fit what is there", "the database does not answer"):
            self.net = str(record.exc_info[1]).splitlines()[0][:200]
        return True

    def fault(self, method: str, path: str, options: dict[str, Any], what: str) -> None:
        told = {name: (value if len(repr(value)) < 300 else repr(value)[:300] + "…") for name, value in options.items()}
        self.faults.append(f"{method} {path[:300]} {told}: {what}")


@pytest.fixture
def attacker(app, world, admin, monkeypatch):
    monkeypatch.setattr(app.request_class, "parameter_storage_class", Listening)
    monkeypatch.setattr("crm.blobs.remove", lambda *_names: None)  # rows that are gone come back with the savepoint, files would not
    one = Attacker(app, admin)
    yield one
    app.logger.removeFilter(one.netted)


def encoded(value: str) -> str:
    return quote(value.encode("utf-8", "surrogatepass"))


def some(key: str) -> list[str]:
    """One of the worst values and one of the others: always the same for a key, different ones for different keys."""
    return list(NASTY) if THOROUGH else [random.Random(f"mean {key}").choice(MEAN), random.Random(key).choice(NASTY)]


def one_of(key: str) -> list[str]:
    """One value for each of many fields, every other time of the worst: between them the fields meet all."""
    chance = random.Random(key)
    return list(NASTY) if THOROUGH else [chance.choice(chance.choice((MEAN, NASTY)))]


def pages(world) -> list[str]:
    return sorted(name.partition(" ")[2] for name in world.paths if name.startswith("GET "))


def told(faults: list[str]) -> str:
    """One line for each kind of fault."""
    kinds = {fault.rpartition(": ")[2][:60] + fault.split()[1].partition("?")[0]: fault for fault in faults}
    return f"{len(faults)} faults\n" + "\n".join(list(kinds.values())[:60])


def test_no_parameter_of_a_page_breaks_it(attacker, world):
    for path in pages(world):
        listening[0] = path
        for headers in ({}, {"HX-Request": "true"}):
            attacker.ask("GET", path, headers=headers)
        names = sorted(heard[path] | {"cursor", "q"})
        for number, value in enumerate(some(path)):
            attacker.ask("GET", f"{path}?" + "&".join(f"{name}={encoded(value)}" for name in names), headers={"HX-Request": "true"} if number % 2 else {})
        for name in names:
            for value in one_of(f"{path}{name}"):
                attacker.ask("GET", f"{path}?{name}={encoded(value)}")
    assert not attacker.faults, told(attacker.faults)


def test_no_number_in_an_address_breaks_it(attacker, world):
    for name in world.paths:
        method, _, path = name.partition(" ")
        parts = path.split("/")
        for place, part in enumerate(parts):
            if part.isdigit():
                for number in ("0", "2147483648", "9" * 25, "1%00") + (("-1", "x", "9" * 18) if THOROUGH else ()):
                    attacker.ask(method, "/".join([*parts[:place], number, *parts[place + 1 :]]))
    assert not attacker.faults, told(attacker.faults)


def forms(attacker: Attacker, path: str) -> Iterator[tuple[str, str, dict[str, list[str]]]]:
    """(method, address, fields with what stands in them) of every form of the page."""
    response = attacker.ask("GET", path)
    if response is None or response.mimetype != "text/html" or not response.data:
        return
    for form in html.document_fromstring(response.text).xpath("//form"):
        fields: dict[str, list[str]] = {}
        for name, value in form.form_values():
            fields.setdefault(name, []).append(value)
        for field in form.xpath(".//input[@name and not(@value)] | .//textarea[@name] | .//select[@name] | .//input[@type='checkbox' or @type='radio']"):
            fields.setdefault(field.get("name"), [field.text or field.get("value") or ""])
        yield (form.get("method") or "GET").upper(), form.get("action") or path, fields


SANE = {"title": "Anrufen", "name": "Name", "body": "Text", "email": "a@b.example", "address": "a@b.example", "subject": "Betreff", "person": "Eva", "organisation": "Firma"}


def test_no_form_breaks_on_what_is_typed_into_it(attacker, world):
    seen = set()
    for path in pages(world):
        for method, action, fields in list(forms(attacker, path)):
            key = (method, action, tuple(sorted(fields)))
            if key in seen or not action.startswith("/") or "sign-out" in action or action == "/account/sessions?_method=DELETE":
                continue
            seen.add(key)
            options = "query_string" if method == "GET" else "data"
            sane = {name: values if any(values) else [SANE.get(name, "")] for name, values in fields.items()}
            for value in some(action):
                if method == "GET" and value == "\ud800":
                    continue
                attacker.ask(method, action, **{options: raw({name: [value] for name in fields})})
            for name in fields:
                for value in one_of(f"{action}{name}"):
                    attacker.ask(method, action, **{options: raw(sane | {name: [value]})})
    assert len(seen) > 40
    assert not attacker.faults, told(attacker.faults)


def raw(fields: dict[str, list[str]]) -> str:
    """Encoded as a hostile client would, half surrogates and all."""
    return "&".join(f"{encoded(name)}={encoded(value)}" for name, values in fields.items() for value in values)


def test_every_action_survives_an_empty_and_a_strange_request(attacker, world):
    """Also those whose forms are made by scripts, and with bodies that are no form."""
    kinds = ("application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x", "application/json", "text/plain", "")
    for name in world.paths:
        method, _, path = name.partition(" ")
        if method == "GET" or "sign-out" in path or name == "DELETE /account/sessions":
            continue
        listening[0] = name
        for kind in kinds if THOROUGH else random.Random(f"kinds {name}").sample(kinds, 3):
            for body in BODIES if THOROUGH else random.Random(f"{name}{kind}").sample(BODIES, 1):
                attacker.ask(method, path, data=body, content_type=kind)
        for value in some(name):
            attacker.ask(method, path, data=raw({each: [value] for each in heard[name]}), content_type=kinds[0])
    assert not attacker.faults, told(attacker.faults)
