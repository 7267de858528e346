from __future__ import annotations

import re

import pytest

PASSWORD = "correct horse battery"


@pytest.fixture
def ursula(make):
    """Somebody with a password: ursula@firm.example."""
    user = make.user(name="Ursula User", email="ursula@firm.example")
    user.set_password(PASSWORD)
    return make.save(user)


@pytest.fixture
def post(app, monkeypatch):
    """The mails that were handed to the outbox."""
    sent = []
    monkeypatch.setitem(app.extensions, "post", lambda **mail: sent.append(mail))
    return sent


@pytest.fixture
def link(post):
    """link() → the path in the newest mail."""
    return lambda: re.search(r"http://localhost(/password/\S+)", post[-1]["text"]).group(1)


def sign_in(client, email="ursula@firm.example", password=PASSWORD, **more):
    return client.post("/sign-in", data={"email": email, "password": password, **more})
