"""Who is this? An address and a password, or a link from a mail, become a user."""

from __future__ import annotations

import hashlib

from flask import current_app
from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer
from sqlalchemy import select

from crm import clock
from crm.accounts import passwords
from crm.accounts.models import User
from crm.extensions import db

RESET_LIFE = 24 * 3600
INVITATION_LIFE = 7 * 24 * 3600


def authenticate(email: str, password: str) -> User | None:
    """The active user with this address and password. Takes the same time whether the address is known or not."""
    user = by_email(email)
    password_hash = user.password_hash if user and user.is_active else ""
    let_others_write()
    if not passwords.is_right(password_hash, password) or user is None:
        return None
    if passwords.is_outdated(password_hash):
        user.password_hash = passwords.hash_password(password)
    return user


def by_email(email: str) -> User | None:
    return db.session.scalars(select(User).where(User.email == email.strip().lower())).one_or_none()


def let_others_write() -> None:
    """End the transaction before the slow hash: on SQLite a POST holds the write lock from its first statement."""
    db.session.rollback()


# — links in mails: signed, timed, and bound to the password they replace, so that each works once —————————————


class _Signer(TimestampSigner):
    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"password-{purpose}", signer=_Signer)


def password_link(user: User, purpose: str = "reset") -> str:
    """The whole address at which `user` chooses a password. `purpose`: reset (a day) or invitation (a week)."""
    token = _serializer(purpose).dumps([user.id, _bond(user)])
    return f"{current_app.config['SETTINGS'].base_url}/password/{purpose}/{token}"


def who_follows(purpose: str, token: str) -> User | None:
    """Whose link this is; None when it is forged, too old, or was used."""
    life = INVITATION_LIFE if purpose == "invitation" else RESET_LIFE
    try:
        ident, bond = _serializer(purpose).loads(token, max_age=life)
    except (BadData, ValueError):
        return None
    user = db.session.get(User, ident)
    return user if user and user.is_active and bond == _bond(user) else None


def _bond(user: User) -> str:
    return hashlib.sha256(f"{user.email}:{user.password_hash}".encode()).hexdigest()[:20]
