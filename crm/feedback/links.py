"""Links to an answer page: unguessable, computed from the request's number and our secret, never stored.

The nonce of a page view is signed too, so that showing a page (GET) writes nothing at all; only a used one is remembered.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from crm.extensions import db
from crm.feedback.models import FeedbackRequest

MARK = 15  # bytes of the HMAC-SHA256 that are kept: 120 bits, far beyond guessing
NONCE_LIFE = 24 * 3600  # seconds a page may stay open before it has to be loaded again


def token(ident: int, purpose: str = "answer") -> str:
    """The last part of the link to request `ident`."""
    number = ident.to_bytes((ident.bit_length() + 7) // 8 or 1, "big")
    return base64.b32encode(_mark(number, purpose) + number).decode().rstrip("=").lower()


def read_token(value: str, purpose: str = "answer") -> int | None:
    """The request's number, or None when the link is not one of ours."""
    try:
        raw = base64.b32decode(value.upper() + "=" * (-len(value) % 8))
    except ValueError:
        return None
    mark, number = raw[:MARK], raw[MARK:]
    if not 0 < len(number) <= 7 or not hmac.compare_digest(mark, _mark(number, purpose)):
        return None
    return int.from_bytes(number, "big")


def url(request: FeedbackRequest) -> str:
    return f"{current_app.config['SETTINGS'].base_url}/f/{token(request.id)}"


def find(value: str) -> FeedbackRequest | None:
    ident = read_token(value)
    return db.session.get(FeedbackRequest, ident) if ident else None


def make_nonce(subject: str, visitor: str) -> str:
    """For one view, in the browser `visitor`, of the page about `subject` (a link's token, a touchpoint's key)."""
    return _nonces().dumps([subject, visitor, secrets.token_urlsafe(9)])


def read_nonce(value: str, subject: str) -> str | None:
    """The visitor this nonce was given to, or None when it is stale or belongs to another page."""
    try:
        about, visitor, _ = _nonces().loads(value, max_age=NONCE_LIFE)
    except (BadSignature, ValueError, TypeError):
        return None
    return visitor if about == subject else None


def fingerprint(value: str) -> str:
    """What is kept of a nonce or of a visitor's cookie."""
    return hashlib.sha256(value.encode()).hexdigest()


def _mark(number: bytes, purpose: str) -> bytes:
    key = current_app.config["SETTINGS"].secret_key.encode()
    return hmac.digest(key, b"feedback:" + purpose.encode() + b":" + number, "sha256")[:MARK]


def _nonces() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SETTINGS"].secret_key, salt="feedback.nonce")
