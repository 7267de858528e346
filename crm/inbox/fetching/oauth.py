"""OAuth 2 for mailboxes at Microsoft 365 and Google: consent by an administrator (code and PKCE), tokens that are renewed before they end."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import select

from crm import clock, sealing
from crm.extensions import db
from crm.inbox.fetching.models import MailAccount, MailProvider
from crm.inbox.fetching.troubles import TokenRefused

EARLY = timedelta(minutes=5)  # a token this near its end is renewed first
SHORTEST = 60  # seconds we believe a token to live at least
TIMEOUT = 10
LARGEST = 100_000
CONSENT = 900  # seconds an administrator may take at the provider
RETURN = "/settings/mailboxes/authorisation"


@dataclass(frozen=True)
class Provider:
    """What is the same for every firm."""

    label: str
    authorise_url: str
    token_url: str
    scope: str
    extra: tuple[tuple[str, str], ...]
    imap: tuple[str, int, str]
    smtp: tuple[str, int, str]


PROVIDERS = {
    "microsoft": Provider(
        "Microsoft 365", "https://login.microsoftonline.com/common/oauth2/v2.0/authorize", "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        "offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send", (("prompt", "select_account"),),
        ("outlook.office365.com", 993, "tls"), ("smtp.office365.com", 587, "starttls"),
    ),
    "google": Provider(
        "Google", "https://accounts.google.com/o/oauth2/v2/auth", "https://oauth2.googleapis.com/token", "https://mail.google.com/",
        (("access_type", "offline"), ("prompt", "consent")), ("imap.gmail.com", 993, "tls"), ("smtp.gmail.com", 465, "tls"),
    ),
}


def registration(key: str) -> MailProvider | None:
    return db.session.scalars(select(MailProvider).where(MailProvider.key == key, MailProvider.client_id != "")).one_or_none()


def return_url() -> str:
    """What has to be entered at the provider as the address it leads back to."""
    return f"{current_app.config['SETTINGS'].base_url}{RETURN}"


# — consent ————————————————————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True)
class Asking:
    """A way to the provider. `remembered` stays in the administrator's session until they come back."""

    url: str
    remembered: dict[str, Any]


def ask(account: MailAccount, user_id: int) -> Asking | None:
    """None while the firm is not registered at the provider."""
    known = registration(account.sign_in)
    if known is None:
        return None
    provider, verifier, nonce = PROVIDERS[account.sign_in], secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "client_id": known.client_id, "response_type": "code", "redirect_uri": return_url(), "scope": provider.scope,
        "state": _states().dumps([account.mailbox_id, user_id, nonce]), "code_challenge": challenge, "code_challenge_method": "S256",
        "login_hint": account.imap_user or account.mailbox.address, **dict(provider.extra),
    }
    address = known.authorise_url or provider.authorise_url
    return Asking(f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}", {"nonce": nonce, "verifier": sealing.seal(verifier)})


def mailbox_of(state: str, user_id: int, remembered: dict[str, Any] | None) -> int | None:
    """Which mailbox the provider's answer is about; None unless this user asked, in this session, not long ago."""
    try:
        mailbox_id, asked_by, nonce = _states().loads(state, max_age=CONSENT)
    except (BadData, ValueError, TypeError):
        return None
    mine = remembered is not None and secrets.compare_digest(str(nonce), str(remembered.get("nonce", "")))
    return mailbox_id if mine and asked_by == user_id else None


def _states() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SETTINGS"].secret_key, salt="mailbox authorisation")


def connect(account: MailAccount, code: str, remembered: dict[str, Any]) -> None:
    """Change the code for tokens, and keep them. Raises TokenRefused or OSError. Never commits."""
    verifier = sealing.unseal(remembered["verifier"])
    _keep(account, _ask_for_tokens(account, grant_type="authorization_code", code=code, redirect_uri=return_url(), code_verifier=verifier))


# — tokens —————————————————————————————————————————————————————————————————————————————————————————————


def token_of(account_id: int) -> str:
    """A token that holds for some minutes; renewed at the provider if need be, and then committed. Raises TokenRefused or OSError."""
    account = db.session.get(MailAccount, account_id)
    tokens = _tokens(account) if account else {}
    if account is None or not tokens:
        raise TokenRefused
    left = (account.token_expires_at or clock.now()) - clock.now()
    if left < EARLY or left > timedelta(days=1):  # which no token lives: the clock was set back
        _keep(account, _ask_for_tokens(account, grant_type="refresh_token", refresh_token=tokens.get("refresh", "")))
        tokens = _tokens(account)
    db.session.commit()
    return tokens["access"]


def _tokens(account: MailAccount) -> dict[str, str]:
    try:
        return json.loads(sealing.unseal(account.tokens) or "{}")
    except sealing.Unsealable:
        return {}


def _keep(account: MailAccount, said: dict[str, Any]) -> None:
    """A provider that gives no new refresh token means that the old one stays."""
    refresh = said.get("refresh_token") or _tokens(account).get("refresh", "")
    account.tokens = sealing.seal(json.dumps({"access": said["access_token"], "refresh": refresh}))
    account.token_expires_at = clock.now() + timedelta(seconds=max(SHORTEST, min(int(said.get("expires_in") or 3600), 86_000)))


def _ask_for_tokens(account: MailAccount, **parts: str) -> dict[str, Any]:
    known = registration(account.sign_in)
    if known is None:
        raise TokenRefused
    provider = PROVIDERS[account.sign_in]
    form = {"client_id": known.client_id, "client_secret": sealing.unseal(known.client_secret), "scope": provider.scope, **parts}
    address = known.token_url or provider.token_url
    db.session.commit()  # nothing stays open while we talk to the network
    return _post(address, {name: value for name, value in form.items() if value})


def _post(address: str, form: dict[str, str]) -> dict[str, Any]:
    request = urllib.request.Request(address, urlencode(form).encode(), {"Accept": "application/json"})  # noqa: S310  the form takes http and https only
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            said = json.loads(answer.read(LARGEST))
    except urllib.error.HTTPError as error:
        reason = _reason(error)
        raise (TokenRefused(reason) if error.code in (400, 401, 403) else OSError(reason)) from error
    except ValueError as error:
        raise OSError("the provider's answer is not understood") from error
    if not isinstance(said, dict) or not said.get("access_token"):
        raise TokenRefused("no token")
    return said


def _reason(error: urllib.error.HTTPError) -> str:
    try:
        said = json.loads(error.read(LARGEST))
        return str(said.get("error_description") or said.get("error") or error)[:300]
    except (ValueError, AttributeError):
        return str(error)
