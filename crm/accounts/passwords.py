"""Passwords: Argon2id, and which ones we take."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import CHEAPEST, RFC_9106_LOW_MEMORY
from flask import current_app
from flask_babel import gettext as _

LEAST = 10
MOST = 200


def hash_password(password: str) -> str:
    return _hasher().hash(password)


def is_right(password_hash: str, password: str) -> bool:
    """Whether `password` has this hash. An empty hash takes as long as a wrong password, so nobody learns who works here."""
    try:
        return _hasher().verify(password_hash or _nobodys_hash(current_app.testing), password)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(password_hash: str) -> bool:
    """Whether it was made with weaker parameters than we use today."""
    return _hasher().check_needs_rehash(password_hash)


def objection(password: str, *, email: str = "", name: str = "") -> str | None:
    """Why this password is not taken, in the reader's words; None if it is. Length counts, not odd characters (NIST SP 800-63B)."""
    if len(password) < LEAST:
        return _("Use at least %(n)s characters; a few words in a row are easy to remember.", n=LEAST)
    folded = password.casefold()
    personal = [email.split("@")[0], *name.split()]
    if len(set(folded)) < 5 or folded in (email.casefold(), name.casefold()):
        return _("This is too easy to guess. Use a few words that do not belong together.")
    if any(len(word) > 3 and folded.strip("0123456789.!-_") == word.casefold() for word in personal):
        return _("This is too easy to guess. Use a few words that do not belong together.")
    return None


def _hasher() -> PasswordHasher:
    return _hasher_of(current_app.testing)


@cache
def _hasher_of(testing: bool) -> PasswordHasher:
    return PasswordHasher.from_parameters(CHEAPEST if testing else RFC_9106_LOW_MEMORY)


@cache
def _nobodys_hash(testing: bool) -> str:
    return _hasher_of(testing).hash(secrets.token_urlsafe(16))
