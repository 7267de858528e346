"""Marks of ours that come back in answers: signed, so that nobody can send themselves into another's conversation."""

import hmac
import re
from base64 import b32encode
from hashlib import sha256

SIGNATURE_LENGTH = 20  # base32 letters: 100 bits
KIND = re.compile(r"[a-z]{1,20}")
MESSAGE_ID = re.compile(r"<?([a-z]{1,20})\.([A-Za-z0-9_-]{1,60})\.([a-z2-7]{20})@[^<>\s@]{1,253}>?")
MARK = re.compile(r"\[ref:([a-z]{1,20})\.([A-Za-z0-9_-]{1,60})\.([a-z2-7]{20})\]", re.I)
TAG = re.compile(r"\[#(\d{1,12})\]")
PLUS = re.compile(r"([^@\s]+)\+c(\d{1,12})-([a-z2-7]{20})@([^@\s]+)", re.I)


def sign(text: str, secret: str | bytes) -> str:
    key = secret.encode() if isinstance(secret, str) else secret
    digest = hmac.new(key, b"crm.mail\0" + text.encode("utf-8", "surrogateescape"), sha256).digest()
    return b32encode(digest).decode("ascii").lower()[:SIGNATURE_LENGTH]


def _holds(text: str, signature: str, secret: str | bytes) -> bool:
    return hmac.compare_digest(sign(text, secret).encode(), signature.lower().encode())


def make_message_id(kind: str, ident: int | str, secret: str | bytes, domain: str) -> str:
    """`<reply.42.signature@domain>`. Kind: lower-case letters; ident: letters, digits, - and _. One ident, one Message-ID."""
    if not KIND.fullmatch(kind) or not re.fullmatch(r"[A-Za-z0-9_-]{1,60}", str(ident)):
        raise ValueError(f"not fit for a Message-ID: {kind!r} {ident!r}")
    return f"<{kind}.{ident}.{sign(f'id {kind} {ident}', secret)}@{domain}>"


def read_message_id(value: str, secret: str | bytes) -> tuple[str, str] | None:
    """(kind, ident) if the id is one of ours; None for foreign and forged ones. The domain may have changed since."""
    match = MESSAGE_ID.fullmatch(value.strip())
    if match and _holds(f"id {match[1]} {match[2]}", match[3], secret):
        return match[1], match[2]
    return None


def reply_address(base_address: str, conversation_id: int, secret: str | bytes) -> str:
    """`service+c42-signature@example.com`"""
    local, _, domain = base_address.rpartition("@")
    return f"{local}+c{conversation_id}-{sign(f'reply {conversation_id}', secret)}@{domain}"


def read_reply_address(address: str, secret: str | bytes) -> tuple[str, int] | None:
    """(base address, conversation id), or None."""
    match = PLUS.fullmatch(address.strip())
    if match and _holds(f"reply {match[2]}", match[3], secret):
        return f"{match[1]}@{match[4]}", int(match[2])
    return None


def body_mark(kind: str, ident: int | str, secret: str | bytes) -> str:
    """`[ref:conversation.42.signature]` for the last line of a mail: some providers rewrite every header."""
    return f"[ref:{kind}.{ident}.{sign(f'mark {kind} {ident}', secret)}]"


def read_body_mark(text: str, secret: str | bytes) -> tuple[str, str] | None:
    """The first mark of ours in a text, quoted or not."""
    for match in MARK.finditer(text):
        if _holds(f"mark {match[1].lower()} {match[2]}", match[3], secret):
            return match[1].lower(), match[2]
    return None


def read_subject_tag(subject: str) -> int | None:
    """42 from `Re: [#42] Question`. Unsigned: believe it only of somebody who takes part in 42."""
    match = TAG.search(subject)
    return int(match[1]) if match else None
