"""Signed-in browsers: opening, recognising and ending them."""

from __future__ import annotations

import secrets
from datetime import timedelta
from functools import cached_property
from typing import Any

from flask import request, session
from flask_login import UserMixin, current_user, login_user, logout_user
from sqlalchemy import bindparam, select, update

from crm import clock
from crm.accounts import aside
from crm.accounts.models import SESSION_LIFE, User, UserSession, digest
from crm.extensions import db, fetch, login

SEEN_EVERY = timedelta(minutes=5)
login.session_protection = None  # our sessions are rows that can be revoked; people change networks all day


class SignedIn(UserMixin):
    """The user of this request, seen through one signed-in browser or a program's token. Reads like the User it stands for.

    Most pages only ask for name, role, language and zone: these come with the one statement that recognises the cookie (`known`).
    The User and UserSession themselves are loaded when they are first needed.
    """

    def __init__(self, token: str = "", session_id: int | None = None, **known: Any):
        self.token, self.session_id, self.known = token, session_id, known

    @cached_property
    def user(self) -> User:
        return db.session.get_one(User, self.known["id"])

    @property
    def browser(self) -> UserSession | None:
        return db.session.get(UserSession, self.session_id) if self.session_id else None

    def get_id(self) -> str:
        return self.token

    def __getattr__(self, name: str) -> Any:
        """What is known, as long as nobody has taken the User to change it."""
        known = self.__dict__.get("known", {})
        return known[name] if name in known and "user" not in self.__dict__ else getattr(self.user, name)


def open_session(user: User) -> str:
    """A new session for `user`; returns the token its cookie carries. Never commits."""
    return _open(user)[1]


def _open(user: User) -> tuple[UserSession, str]:
    token = secrets.token_urlsafe(32)
    browser = UserSession(
        user=user, token_digest=digest(token), expires_at=clock.now() + SESSION_LIFE,
        ip=(request.remote_addr or "")[:45] if request else "", user_agent=request.user_agent.string[:300] if request else "",
    )
    db.session.add(browser)
    return browser, token


def sign_in(user: User) -> None:
    """Sign `user` in on this browser with a fresh session: whatever was in the old cookie is dropped."""
    locale = session.get("locale")
    session.clear()
    session.permanent = True
    if locale:
        session["locale"] = locale
    browser, token = _open(user)
    db.session.flush()
    login_user(SignedIn(token, browser.id, id=user.id))


def act_as(signed_in: SignedIn) -> None:
    """Make this the current user of the request without a browser: the API does, after it has recognised a token."""
    login._update_request_context_with_user(signed_in)


def sign_out() -> None:
    if current_user.is_authenticated and (browser := current_user.browser):
        browser.revoke()
    logout_user()
    session.clear()


def end_all(user: User, *, but: UserSession | None = None) -> None:
    """End every session of `user`, on all devices; `but` one."""
    query = update(UserSession).where(UserSession.user_id == user.id, UserSession.revoked_at.is_(None))
    if but is not None:
        query = query.where(UserSession.id != but.id)
    db.session.execute(query.values(revoked_at=clock.now()))


# Plain columns, made once: this statement runs in every request, and entities would cost more than it does.
PERSON = ("id", "email", "name", "role", "department_id", "locale", "timezone", "theme", "address_form", "unread_notifications")
BROWSERS, USERS = UserSession.__table__, User.__table__
RECOGNISE = (
    select(BROWSERS.c.id.label("session_id"), BROWSERS.c.last_seen_at, *(USERS.c[name] for name in PERSON))
    .join_from(BROWSERS, USERS, BROWSERS.c.user_id == USERS.c.id)
    .where(
        BROWSERS.c.token_digest == bindparam("digest"), BROWSERS.c.expires_at >= bindparam("now"),
        BROWSERS.c.revoked_at.is_(None), USERS.c.deactivated_at.is_(None),
    )
)


@login.user_loader
def load(token: str) -> SignedIn | None:
    """Who holds this cookie, in one statement; nobody if it was revoked, has expired, or the user left."""
    row = next(iter(fetch(RECOGNISE, {"digest": digest(token), "now": clock.now()})), None)
    if row is None:
        return None
    known = row._asdict()
    session_id, last_seen_at = known.pop("session_id"), known.pop("last_seen_at")
    if clock.now() - last_seen_at >= SEEN_EVERY:
        _note_seen(session_id)
    return SignedIn(token, session_id, **known)


def _note_seen(session_id: int) -> None:
    seen = {"last_seen_at": clock.now(), "ip": (request.remote_addr or "")[:45]}
    aside.later(update(UserSession).where(UserSession.id == session_id).values(seen))
