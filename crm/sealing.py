"""Secrets of others that we must be able to use again (passwords of mailboxes, tokens): encrypted with the firm's secret key, so that a copy of the database alone opens nothing."""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app


class Unsealable(Exception):
    """It was sealed with another secret key: the secret has to be entered anew."""


def seal(secret: str) -> str:
    """`secret` as text for a column; nothing stays nothing."""
    return _box().encrypt(secret.encode()).decode() if secret else ""


def unseal(sealed: str) -> str:
    """The secret again. Raises Unsealable when the secret key is not the one it was sealed with."""
    if not sealed:
        return ""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unsealable from error


def _box() -> Fernet:
    return _box_of(current_app.config["SETTINGS"].secret_key)


@lru_cache(4)
def _box_of(key: str) -> Fernet:
    """A key of its own for this purpose, derived from the one that signs."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"crm sealing").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
