"""Ids that only we can make: Message-IDs, reply addresses and marks that say which of our records a mail answers.

`kind` is a short word for the table ("m": message, "d": delivery), `ident` its number. A forged or damaged id reads as None.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

BITS = 100  # of the signature: twenty characters of base32
MESSAGE_ID = re.compile(r"<?\s*(?P<kind>[a-z]{1,8})\.(?P<ident>\d{1,18})\.(?P<signature>[a-z2-7]{20})@[^\s<>@]+\s*>?", re.IGNORECASE)
EXTENSION = re.compile(r"[^@]*\+c(?P<ident>\d{1,18})-(?P<signature>[a-z2-7]{20})@", re.IGNORECASE)
BODY_MARK = re.compile(r"\[ref:c(?P<ident>\d{1,18})-(?P<signature>[a-z2-7]{20})\]", re.IGNORECASE)
SUBJECT_TAG = re.compile(r"\[#(\d{1,18})\]")


def make_message_id(kind: str, ident: int, secret: str, domain: str) -> str:
    """<m.42.SIGNATURE@firm.example>"""
    return f"<{kind}.{ident}.{_sign('message-id', kind, ident, secret)}@{domain}>"


def read_message_id(value: str, secret: str) -> tuple[str, int] | None:
    """(kind, ident) of an id of ours."""
    found = MESSAGE_ID.fullmatch(value.strip())
    if found is None:
        return None
    kind, ident = found["kind"].lower(), int(found["ident"])
    return (kind, ident) if _is_genuine(found["signature"], "message-id", kind, ident, secret) else None


def reply_address(base_address: str, conversation_id: int, secret: str) -> str:
    """service@firm.example → service+c42-SIGNATURE@firm.example"""
    local, _, domain = base_address.rpartition("@")
    return f"{local.partition('+')[0]}+c{conversation_id}-{_sign('address', 'c', conversation_id, secret)}@{domain}"


def read_reply_address(address: str, secret: str) -> int | None:
    return _read_conversation(EXTENSION.match(address), "address", secret)


def body_marker(conversation_id: int, secret: str) -> str:
    """[ref:c42-SIGNATURE], for the end of a mail: it comes back in the quote when a provider rewrites our ids."""
    return f"[ref:c{conversation_id}-{_sign('body', 'c', conversation_id, secret)}]"


def read_body_marker(text: str, secret: str) -> int | None:
    """The first genuine mark in the text."""
    return next(filter(None, (_read_conversation(found, "body", secret) for found in BODY_MARK.finditer(text))), None)


def subject_tag(conversation_id: int) -> str:
    return f"[#{conversation_id}]"


def read_subject_tag(subject: str) -> int | None:
    """The number of the last [#42] in a subject. Unsigned: it means something only from one who takes part."""
    found = SUBJECT_TAG.findall(subject)
    return int(found[-1]) if found else None


def _read_conversation(found: re.Match[str] | None, purpose: str, secret: str) -> int | None:
    if found is None or not _is_genuine(found["signature"], purpose, "c", int(found["ident"]), secret):
        return None
    return int(found["ident"])


def _is_genuine(signature: str, purpose: str, kind: str, ident: int, secret: str) -> bool:
    return hmac.compare_digest(signature.lower(), _sign(purpose, kind, ident, secret))


def _sign(purpose: str, kind: str, ident: int, secret: str) -> str:
    """The purpose is signed too, so that the signature of one place proves nothing in another."""
    full = hmac.digest(secret.encode(), f"backbone {purpose} {kind} {ident}".encode(), hashlib.sha256)
    return base64.b32encode(full).decode().lower()[: BITS // 5]
