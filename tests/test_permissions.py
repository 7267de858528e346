"""Who may ask for what: every address with its answer for nobody, member, lead, admin; for the API by the token's scope.

The guards are asked, not the views: nothing is carried out. `in` means the view decides (it may still answer 404 or 409).
"""

from __future__ import annotations

import re
from itertools import groupby

import pytest
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from crm.accounts.models import ApiToken
from crm.accounts.sessions import SignedIn, act_as
from crm.api import resource
from tests.stored import our_rules

CAST = ("nobody", "member", "lead", "admin")
SIZED = re.compile(r"<int\([^)]*\):")
VALUES = {"Number": 1, "UnicodeConverter": "x", "PathConverter": "x", "UUIDConverter": "0" * 32}
HEADER = "# who may ask for what · method, address, answer for {cast} · no-csrf: takes no CSRF token\n"


@pytest.fixture
def cast(make):
    return {"nobody": None} | {role: make.user(name=f"Role {role}", role=role) for role in CAST[1:]}


def asked(app, resources: bool = False) -> list[tuple[str, Rule]]:
    """(method, rule), by address: of the pages, or of the API's resources."""
    rules = [rule for rule in our_rules(app) if rule.endpoint != "static" and rule.rule.startswith("/api/v1") == resources]
    methods = {"GET", "POST", "PUT", "PATCH", "DELETE"}
    return [(method, rule) for rule in sorted(rules, key=lambda r: r.rule) for method in sorted(methods & (rule.methods or set()))]


def address(app, rule: Rule) -> str:
    values = {
        name: min(converter.items) if hasattr(converter, "items") else VALUES.get(type(converter).__name__, "x")
        for name, converter in rule._converters.items()
    }
    return app.url_map.bind("localhost").build(rule.endpoint, values, method=min((rule.methods or set()) - {"OPTIONS", "HEAD"}))


def answer(app, method: str, url: str, user) -> str:
    """What the guards say to `user`: 'in', 'sign in', or the status that refuses."""
    with app.app_context(), app.test_request_context(url, method=method):
        if user is not None:
            act_as(SignedIn(id=user.id))
        try:
            response = app.preprocess_request()
        except HTTPException as error:
            return "sign in" if error.code == 401 else str(error.code)
    if response is None:
        return "in"
    return "sign in" if "/sign-in" in (response.location or "") else str(response.status_code)


def exempt(app, rule: Rule) -> bool:
    """Whether Flask-WTF would let it pass without a token, asked the way it asks itself."""
    with app.test_request_context(address(app, rule), method=first(app, rule)[0]):
        return app.extensions["csrf"]._is_exempt()


def test_every_address_answers_each_role_as_stored(app, cast, stored):
    lines = [HEADER.format(cast=", ".join(CAST))]
    for method, rule in asked(app):
        url = address(app, rule)
        answers = "".join(f"{answer(app, method, url, cast[name]):9}" for name in CAST)
        mark = "no-csrf" if method != "GET" and exempt(app, rule) else ""
        lines.append(f"{method:7}{rule.rule:60} {answers}{mark}".rstrip() + "\n")
    stored("permissions.txt", "".join(lines))


# — the API: by the scope of the token and the role of its user —————————————————————————————————————————

CALLERS = (("read", "member"), ("write", "member"), ("admin", "member"), ("read", "lead"), ("write", "lead"), ("read", "admin"), ("admin", "admin"))


class PassedGuardsError(Exception):
    pass


@pytest.fixture
def callers(make, session):
    """(scope, role) → the plain text of such a token; None → no token."""
    people = {role: make.user(name=f"Api {role}", role=role) for role in CAST[1:]}
    issued = {key: ApiToken.issue(people[key[1]], "test", key[0])[1] for key in CALLERS}
    session.commit()
    return {None: None} | issued


def resource_answer(app, method: str, url: str, plain: str | None) -> str:
    headers = {"Authorization": f"Bearer {plain}"} if plain else {}
    with app.app_context(), app.test_request_context(url, method=method, headers=headers):
        try:
            app.preprocess_request()
            app.dispatch_request()
        except PassedGuardsError:
            return "in"
        except HTTPException as error:
            return str(error.code)
    return "in"


def test_every_resource_answers_each_caller_as_stored(app, callers, stored, monkeypatch):
    def demand(scope, right):
        original(scope, right)
        raise PassedGuardsError

    original = resource.demand
    monkeypatch.setattr(resource, "demand", demand)
    names = ["nobody", *(f"{scope}/{role}" for scope, role in CALLERS)]
    lines = [f"# which token may ask for what · method, address, answer for {', '.join(names)} (scope/role)\n"]
    for method, rule in asked(app, resources=True):
        answers = "".join(f"{resource_answer(app, method, address(app, rule), plain):5}" for plain in callers.values())
        lines.append(f"{method:7}{SIZED.sub('<', rule.rule):60} {answers}".rstrip() + "\n")
    stored("permissions_api.txt", "".join(lines))


def test_a_session_opens_no_resource(app, browse, admin):
    client = browse(admin)
    listed = [rule.rule for method, rule in asked(app, resources=True) if method == "GET" and not rule.arguments and "openapi" not in rule.rule]
    assert {path: client.get(path).status_code for path in listed} == dict.fromkeys(listed, 401)


def test_nobody_comes_in_where_it_was_not_said(app):
    """Sign-in is the rule; being public is written at the view."""
    public = {rule.endpoint for _, rule in asked(app) if answer(app, *first(app, rule), None) == "in"}
    assert {name for name in public if not getattr(app.view_functions[name], "is_public", False)} == set()


def first(app, rule: Rule) -> tuple[str, str]:
    return min((rule.methods or set()) - {"OPTIONS", "HEAD"}), address(app, rule)


def test_who_may_more_may_all_that_others_may(app, cast):
    for method, rule in asked(app):
        answers = [answer(app, method, address(app, rule), cast[name]) for name in CAST[1:]]
        assert [key for key, _ in groupby(answers)] in (["in"], ["403"], ["403", "in"]), (method, rule.rule, answers)
