"""What a page of a form carries with it: when it was shown, the key by which it is sent once, the wording of the consent it showed. Signed, not stored."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from crm import clock
from crm.contactforms.models import ContactForm, FormSubmission
from crm.extensions import db

QUICKEST = timedelta(seconds=2)  # nobody reads and fills in a form in less
LIFE = timedelta(hours=24)


@dataclass(frozen=True)
class Stamp:
    key: str
    age: timedelta
    wording: str

    @property
    def is_hasty(self) -> bool:
        return self.age < QUICKEST

    @property
    def is_old(self) -> bool:
        return self.age > LIFE


def make(form: ContactForm, wording: str) -> str:
    return _signer("stamp").dumps([form.key, clock.now().timestamp(), secrets.token_urlsafe(12), _short(wording)])


def read(form: ContactForm, value: str) -> Stamp | None:
    """None when it was not made by us for this form."""
    try:
        key, at, once, wording = _signer("stamp").loads(value)
    except (BadSignature, ValueError, TypeError):
        return None
    return Stamp(once, timedelta(seconds=clock.now().timestamp() - at), wording) if key == form.key else None


def is_same(stamp: Stamp, wording: str) -> bool:
    """Whether the page showed these words."""
    return stamp.wording == _short(wording)


def receipt(submission: FormSubmission) -> str:
    """The last part of the address of the page that says thanks."""
    return _signer("receipt").dumps(submission.id)


def read_receipt(value: str) -> FormSubmission | None:
    try:
        return db.session.get(FormSubmission, _signer("receipt").loads(value))
    except BadSignature:
        return None


def _short(wording: str) -> str:
    return hashlib.sha256(wording.encode()).hexdigest()[:16]


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SETTINGS"].secret_key, salt=f"contact form {purpose}")
