"""Signed-in browsers: opening, recognising and ending them."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import request, session
from flask_login import UserMixin, current_user, login_user, logout_user
from sqlalchemy import select, update

from crm import clock
from crm.accounts import aside
from crm.accounts.models import SESSION_LIFE, User, UserSession, digest
from crm.extensions import db, login

SEEN_EVERY = timedelta(minutes=5)
login.session_protection = None  # our sessions are rows that can be revoked; people change networks all day


class SignedIn(UserMixin):
    """The user of this request, seen through one signed-in browser (none for an API token). Reads like the User it stands for."""

    def __init__(self, user: User, browser: UserSession | None = None, token: str = ""):
        self.user, self.browser, self.token = user, browser, token

    def get_id(self) -> str:
        return self.token

    def __getattr__(self, name: str):
        return getattr(self.user, name)


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
    login_user(SignedIn(user, browser, token))


def act_as(user: User) -> None:
    """Make `user` the current user of this request without a browser: the API does, after it has recognised a token."""
    login._update_request_context_with_user(SignedIn(user))


def sign_out() -> None:
    if current_user.is_authenticated and current_user.browser:
        current_user.browser.revoke()
    logout_user()
    session.clear()


def end_all(user: User, *, but: UserSession | None = None) -> None:
    """End every session of `user`, on all devices; `but` one."""
    query = update(UserSession).where(UserSession.user_id == user.id, UserSession.revoked_at.is_(None))
    if but is not None:
        query = query.where(UserSession.id != but.id)
    db.session.execute(query.values(revoked_at=clock.now()))


@login.user_loader
def load(token: str) -> SignedIn | None:
    """Who holds this cookie, in one statement; nobody if it was revoked, has expired, or the user left."""
    query = select(UserSession).where(UserSession.token_digest == digest(token), UserSession.revoked_at.is_(None))
    browser = db.session.scalars(query).one_or_none()
    if browser is None or browser.expires_at < clock.now() or not browser.user.is_active:
        return None
    if clock.now() - browser.last_seen_at >= SEEN_EVERY:
        _note_seen(browser)
    return SignedIn(browser.user, browser, token)


def _note_seen(browser: UserSession) -> None:
    seen = {"last_seen_at": clock.now(), "ip": (request.remote_addr or "")[:45]}
    aside.later(update(UserSession).where(UserSession.id == browser.id).values(seen))
