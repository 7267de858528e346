"""Who is let in, from where, and what stands on every answer."""

from __future__ import annotations

import re
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest
from flask import request, session

from crm import create_app, flask_config, frame
from crm.accounts.models import ApiToken
from crm.extensions import db
from crm.throttling import FileStorage
from tests.security.counting import count
from tests.security.world import EVIL

STRANGE = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil"}
CUSTOMERS = ("/f/", "/t/", "/form/")  # their pages have a nonce of their own, see tests/feedback and tests/contactforms


# — CSRF ——————————————————————————————————————————————————————————————————————————————————————————————————


@pytest.fixture
def guarded(app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    return app


@pytest.mark.slow
@pytest.mark.parametrize("token", [None, "x", "planted"])
def test_nothing_is_written_without_the_token_of_the_form(guarded, browse, world, admin, token):
    client = browse(admin)
    if token == "planted":  # a token that is right, but of another session
        with guarded.test_request_context():
            from flask_wtf.csrf import generate_csrf

            token = generate_csrf()
    taken = {}
    for name in world.paths:
        method, _, path = name.partition(" ")
        if method == "GET" or path.startswith(CUSTOMERS):
            continue
        for address, verb in ((path, method), (f"{path}?_method={method}", "POST")):
            answer = client.open(address, method=verb, data={"csrf_token": token} if token else {}, headers={"X-CSRFToken": token} if token else {})
            if answer.status_code != 400:
                taken[f"{verb} {address}"] = answer.status_code
    assert taken == {}


def test_only_customers_pages_and_the_api_do_without_it():
    lines = (Path(__file__).parent.parent / "permissions.txt").read_text().splitlines()
    free = {line.split()[1] for line in lines if line.endswith("no-csrf")}
    assert {next((start for start in CUSTOMERS if path.startswith(start)), path) for path in free} == {*CUSTOMERS}


# — what stands on every answer ———————————————————————————————————————————————————————————————————————————


def test_every_answer_carries_the_security_headers(app, browse, world, admin, program, monkeypatch):
    client, api = browse(admin), program("read")
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(app.view_functions, "myday.index", lambda: 1 / 0)
    asked = {
        "a fault": client.get("/"), "a fault for htmx": client.get("/", headers={"HX-Request": "true"}), "a page": client.get("/contacts"),
        "nothing there": client.get("/nowhere"), "a wrong method": client.put("/contacts"), "a redirect": browse().get("/contacts"),
        "a refusal": client.post(f"/inbox/{world.conversation.id}/priority"), "a file of ours": client.get("/static/css/app.css"),
        "a missing file": client.get("/static/nothing.css"), "a file from outside": client.get(f"/inbox/attachments/{world.attachment.id}"),
        "a mail from outside": client.get(f"/inbox/messages/{world.message.id}/html"), "a sign-in page": browse().get("/sign-in"),
        "no token": app.test_client().get("/api/v1/contacts"), "an answer": api.get("/contacts"), "unknown in the API": api.get("/nowhere"),
        "a problem": api.post("/contacts", x=1), "the description": api.get("/openapi.json"), "health": client.get("/healthz"),
        "too large": client.post("/contacts", data=b"x" * 10, headers={"Content-Length": str(10**9)}),
    }
    assert asked["a fault"].status_code == asked["a fault for htmx"].status_code == 500
    for what, answer in asked.items():
        missing = [name for name in frame.HEADERS if name not in answer.headers]
        assert missing == [], (what, missing)
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe-inline" not in policy or policy.startswith("sandbox "), what
        assert not re.search(r"Traceback|ZeroDivision|File \"/|werkzeug|sqlalchemy", answer.get_data(as_text=True)), what
        assert "Server" not in answer.headers, what


def test_the_api_never_answers_html(app, program, world):
    api = program("write")
    answers = [api.get("/nowhere"), api.get("/contacts/999999"), api.get("/contacts?limit=x"), api.open("PUT", "/contacts"), api.open("POST", "/contacts", data="{"),
               api.open("POST", "/contacts", data="a=b", content_type="application/x-www-form-urlencoded"), app.test_client().get("/api/v1/tasks"),
               api.open("POST", "/contacts", data=b"{}" * 10, content_type="text/xml"), api.delete("/contacts")]
    for answer in answers:
        assert answer.mimetype == "application/problem+json", (answer.status, answer.text)
        assert answer.status_code >= 400
        assert set(answer.json) >= {"type", "title", "status"}


def test_cookies_cannot_be_read_by_scripts_nor_sent_from_elsewhere(app, browse, make, settings, admin):
    admin.set_password("eine lange Reihe Worte")
    db.session.commit()
    answer = browse().post("/sign-in", data={"email": admin.email, "password": "eine lange Reihe Worte"})
    assert answer.status_code == 303
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert not flask_config(settings)["SESSION_COOKIE_SECURE"]
    assert flask_config(replace(settings, base_url="https://crm.example"))["SESSION_COOKIE_SECURE"]


def test_a_host_of_the_clients_choice_is_nowhere_repeated(browse, admin, world):
    client = browse(admin)
    for path in ("/contacts", "/sign-in", "/account", f"/contacts/{world.contact.id}", "/api/docs"):
        answer = client.get(path, headers={"Host": "evil.example", **STRANGE})
        assert "evil.example/" not in answer.text.replace("mallory@evil.example", ""), path
        assert "evil.example" not in answer.headers.get("Location", "")


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "/\t/evil.example", "%2f%2fevil.example",
                                    "javascript:evil()", "/%5cevil.example", "///evil.example", "/..//evil.example", "\n//evil.example", "http:/\\evil.example"])
def test_nobody_is_led_elsewhere(browse, admin, target):
    client = browse(admin)
    for answer in (client.get("/sign-in", query_string={"next": target}), client.get(f"/sign-in?next={target}")):
        location = answer.headers["Location"]
        assert re.match(r"/(?![/\\\t\r\n])", location), location
        assert "evil" not in location.split("?")[0].split("/")[1:2], location


# — from where ————————————————————————————————————————————————————————————————————————————————————————————


@pytest.mark.parametrize(("proxies", "address", "scheme"), [(0, "127.0.0.1", "http"), (1, "198.51.100.7", "https"), (2, "203.0.113.9", "https")])
def test_what_proxies_say_is_believed_as_often_as_there_are_proxies(settings, proxies, address, scheme):
    app = create_app(replace(settings, trusted_proxies=proxies), testing=True)
    seen = []
    app.before_request_funcs.setdefault(None, []).insert(0, lambda: seen.append((request.remote_addr, request.scheme, request.host, request.script_root)))
    app.test_client().get("/healthz", headers=STRANGE | {"X-Forwarded-Proto": ", ".join(["https"] * max(proxies, 1))})
    assert seen == [(address, scheme, "localhost", "")]


def test_the_number_of_proxies_is_a_small_number(tmp_path):
    from crm.settings import SettingsError, load

    for wrong in ("yes", "-1", "99", "1.5", "²"):
        with pytest.raises(SettingsError, match="CRM_TRUSTED_PROXIES"):
            load({"CRM_DATA_DIR": str(tmp_path), "CRM_TRUSTED_PROXIES": wrong})


# — the counters of the limits ————————————————————————————————————————————————————————————————————————————


def test_all_processes_count_together(tmp_path):
    """Or every further process of the web server would be so many further passwords to try."""
    path = str(tmp_path / "throttle.sqlite")
    workers = [get_context("spawn").Process(target=count, args=(path, 25)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert FileStorage(f"crm-file://{path}").get("key") == 100


def test_a_counter_ends_with_its_time(tmp_path, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("crm.throttling.time.time", lambda: now[0])
    storage = FileStorage(f"crm-file://{tmp_path / 'throttle.sqlite'}")
    assert [storage.incr("a", 60), storage.incr("a", 60), storage.get("a"), storage.get("b")] == [1, 2, 2, 0]
    now[0] += 61
    assert (storage.get("a"), storage.incr("a", 60), storage.get_expiry("a")) == (0, 1, 1121.0)


# — tokens ————————————————————————————————————————————————————————————————————————————————————————————————


def test_a_token_opens_no_page_and_a_session_no_resource(app, browse, admin):
    plain = ApiToken.issue(admin, "test", "admin")[1]
    db.session.commit()
    assert app.test_client().get("/contacts", headers={"Authorization": f"Bearer {plain}"}).status_code == 303
    assert browse(admin).get("/api/v1/contacts").status_code == 401


def test_a_forged_session_cookie_is_nobody(app, browse):
    client = app.test_client()
    for user_id in ("1", "", "x", "../1", EVIL, "a" * 4000):
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = user_id, True
        assert client.get("/contacts").status_code == 303
    client.set_cookie("crm_session", "eyJfdXNlcl9pZCI6IjEifQ.x.x")
    assert client.get("/contacts").status_code == 303
    with app.test_request_context("/", headers={"Cookie": "crm_session=%00"}):
        assert not session.get("_user_id")


# — the outbox and the mails about accounts ————————————————————————————————————————————————————————————————


def test_the_outbox_shows_nobody_a_link_that_sets_a_password(browse, lead, admin, program):
    from crm.accounts import mails, signing_in
    from crm.outbox.models import Delivery

    with browse(admin).application.test_request_context():
        mails.send_reset(admin)
    db.session.commit()
    delivery = db.session.scalars(db.select(Delivery)).one()
    link = signing_in.password_link(admin).rpartition("/")[2][:20]
    client = browse(lead)
    for path in ("/outbox", f"/outbox/{delivery.id}", f"/outbox/{delivery.id}/original", f"/search?q={admin.name}", "/inbox"):
        text = client.get(path).text
        assert link not in text
        assert "/password/reset/" not in text, path
