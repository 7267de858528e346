"""An outgoing mail as bytes: what is typed stays within its header, lines stay within the limits, every client can read it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from typing import NamedTuple

CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")  # printable ASCII without blanks and brackets
KEPT_FIRST, KEPT_LAST = 1, 19  # of the references: the first ties the thread together, the last are what clients look at
CONTENT_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")
AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


class Mailbox(NamedTuple):
    """One party of a mail."""

    name: str
    address: str


Party = str | tuple[str, str] | Mailbox  # an address, or (name, address)


def compose(*, sender: Party, to: Sequence[Party], subject: str, text: str, message_id: str, date: datetime, html: str | None = None,
            cc: Sequence[Party] = (), reply_to: Party | None = None, in_reply_to: str | None = None, references: Sequence[str] = (),
            attachments: Iterable[tuple[str, str, bytes]] = (), automatic: bool = False, unsubscribe: str | None = None,
            headers: Iterable[tuple[str, str]] = ()) -> bytes:
    """The finished mail. `references` oldest first; `attachments` are (filename, content type, data); `unsubscribe` is an https address.

    Raises ValueError for an address that cannot stand in a header.
    """
    message = EmailMessage()
    for name, parties in (("From", [sender]), ("To", to), ("Cc", cc), ("Reply-To", [reply_to] if reply_to else [])):
        if parties:
            message[name] = [_header_address(party) for party in parties]
    message["Subject"] = one_line(subject)
    message["Date"] = format_datetime(date)
    if automatic:
        _add(message, AUTOMATIC.items())
    if unsubscribe:
        _add(message, (("List-Unsubscribe", f"<{one_line(unsubscribe)}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")))
    _add(message, headers)
    _fill(message, text, html, attachments)
    return _threading(message_id, in_reply_to, references) + message.as_bytes(policy=_policy(message))


def one_line(text: str) -> str:
    """Nothing typed can begin another header."""
    return CONTROL.sub(" ", text).encode("utf-8", "replace").decode().strip()


def trimmed(references: Sequence[str]) -> list[str]:
    """Well-formed ids, each once, the first and the last ones of a long thread."""
    known = list(dict.fromkeys(value for value in references if MESSAGE_ID.fullmatch(value)))
    return known if len(known) <= KEPT_FIRST + KEPT_LAST else known[:KEPT_FIRST] + known[-KEPT_LAST:]


def plain_address(party: Party) -> str:
    """The bare address for the envelope, its domain in ASCII."""
    address = one_line(party if isinstance(party, str) else party[1])
    local, _, domain = address.rpartition("@")
    if not domain.isascii():
        domain = domain.encode("idna").decode()
    return f"{local}@{domain}"


def _header_address(party: Party) -> HeaderAddress:
    name = "" if isinstance(party, str) else one_line(party[0])
    address = plain_address(party)
    local, _, domain = address.rpartition("@")
    if local.isascii():
        return HeaderAddress(display_name=name, addr_spec=address)
    HeaderAddress(addr_spec="".join(letter if letter.isascii() else "x" for letter in address))  # the library checks the form of ASCII ones only
    return HeaderAddress(display_name=name, username=local, domain=domain)


def _add(message: EmailMessage, headers: Iterable[tuple[str, str]]) -> None:
    for name, value in headers:
        message[name] = one_line(value)


def _fill(message: EmailMessage, text: str, html: str | None, attachments: Iterable[tuple[str, str, bytes]]) -> None:
    message.set_content(_clean(text))
    if html:
        message.add_alternative(_clean(html), subtype="html")
    for filename, content_type, data in attachments:
        kind = content_type.lower() if CONTENT_TYPE.fullmatch(content_type.lower()) else "application/octet-stream"
        maintype, subtype = ("application", "octet-stream") if kind.startswith(("multipart/", "message/")) else kind.split("/")
        message.add_attachment(data, maintype=maintype, subtype=subtype, filename=one_line(filename) or "attachment")


def _clean(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode()


def _threading(message_id: str, in_reply_to: str | None, references: Sequence[str]) -> bytes:
    """Written by hand: the library would break long ids in two when it folds them."""
    if not MESSAGE_ID.fullmatch(message_id):
        raise ValueError("not a Message-ID")
    lines = [f"Message-ID: {message_id}"]
    if in_reply_to and MESSAGE_ID.fullmatch(in_reply_to):
        lines.append(f"In-Reply-To: {in_reply_to}")
    if known := trimmed(references):
        lines.append("References: " + "\r\n ".join(known))
    return "\r\n".join(lines).encode() + b"\r\n"


def _policy(message: EmailMessage):
    """7-bit for every server; UTF-8 headers only for addresses that need them."""
    addresses = (str(message[name] or "") for name in ("from", "to", "cc", "reply-to"))
    local_parts = " ".join(part.rpartition("<")[2].rpartition("@")[0] for value in addresses for part in value.split(","))
    return SMTP.clone(cte_type="7bit") if local_parts.isascii() else SMTPUTF8.clone(cte_type="8bit")
