"""The first start: as long as nobody works here, the one-time key printed on the console opens /setup."""

from __future__ import annotations

import hmac
import secrets
from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy import exists, select

from crm.accounts.models import User
from crm.accounts.trail import audit
from crm.errors import Refused
from crm.extensions import db
from crm.settings import Settings, own_key


def nobody_works_here() -> bool:
    return not db.session.scalar(select(exists().select_from(User)))


def setup_key(settings: Settings) -> str:
    """The key of this installation's first start, made when first asked for. A file only its owner can read."""
    return own_key(_path(settings), lambda: secrets.token_hex(8))


def is_key(settings: Settings, key: str) -> bool:
    return hmac.compare_digest(setup_key(settings).encode(), key.strip().encode())


def forget_key(settings: Settings) -> None:
    """It has served. Deleting succeeds once, so of two first starts at the same moment one is refused."""
    try:
        _path(settings).unlink()
    except FileNotFoundError as error:
        raise Refused(_("The first administrator was created a moment ago.")) from error


def create_first_administrator(email: str, name: str, password: str) -> User:
    """Never commits."""
    user = User(email=email.strip().lower(), name=name, role="admin")
    user.set_password(password)
    db.session.add(user)
    audit("user.created", user, by=user, role=user.role)
    return user


def _path(settings: Settings) -> Path:
    return settings.data_dir / "setup_key"
