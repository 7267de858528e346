"""Signed-in browsers: opening, recognising and ending them."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import request, session
from flask_login import UserMixin, login_user, logout_user
from sqlalchemy import select

from crm import clock
from crm.accounts.models import SESSION_LIFE, User, UserSession, digest
from crm.extensions import db, login


class SignedIn(UserMixin):
    """The user of this request, seen through one signed-in browser. Reads like the User it stands for."""

    def __init__(self, user: User, browser: UserSession, token: str):
        self.user, self.browser, self.token = user, browser, token

    def get_id(self) -> str:
        return self.token

    def __getattr__(self, name: str):
        return getattr(self.user, name)


def open_session(user: User) -> str:
    """A new session for `user`; returns the token its cookie carries. Never commits."""
    token = secrets.token_urlsafe(32)
    agent = request.user_agent.string[:300] if request else ""
    db.session.add(UserSession(user=user, token_digest=digest(token), expires_at=clock.now() + SESSION_LIFE,
                               ip=(request.remote_addr or "")[:45] if request else "", user_agent=agent))
    return token


def sign_in(user: User) -> None:
    """Sign `user` in on this browser with a fresh session: whatever was in the old cookie is dropped."""
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale
    token = open_session(user)
    db.session.flush()
    browser = db.session.scalars(select(UserSession).where(UserSession.token_digest == digest(token))).one()
    login_user(SignedIn(user, browser, token))


def sign_out() -> None:
    from flask_login import current_user

    if current_user.is_authenticated:
        current_user.browser.revoked_at = clock.now()
    logout_user()
    session.clear()


@login.user_loader
def load(token: str) -> SignedIn | None:
    """Who holds this cookie, in one statement; nobody if it was revoked, has expired, or the user left."""
    query = select(UserSession).where(UserSession.token_digest == digest(token), UserSession.revoked_at.is_(None))
    browser = db.session.scalars(query).one_or_none()
    if browser is None or browser.expires_at < clock.now() or not browser.user.is_active:
        return None
    return SignedIn(browser.user, browser, token)


SEEN_EVERY = timedelta(minutes=5)
