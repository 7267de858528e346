"""A mail that has come in, with what can be known of it without the database."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from urllib.parse import urlsplit

from flask import current_app

from crm.inbox.spool import Envelope, Spooled
from crm.mail import automatic, ids, thanks
from crm.mail.bounces import Bounce, bounce
from crm.mail.parsing import Mail, parse
from crm.mail.reply_text import reply_of

RETURNED_ID = re.compile(rb"^[ \t>]*(?:(?:original-)?message-id|in-reply-to|references)[ \t]*:([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.IGNORECASE | re.MULTILINE)
ANGLED = re.compile(rb"<[^<>\s]{3,500}>")
SEARCHED = 512 * 1024  # of a mail that came back
LONGEST = 1_000_000  # characters of text kept in the database; the original stays whole
HEADER_END = re.compile(rb"\r?\n\r?\n")
PIECE = 1 << 20
LATE = timedelta(days=1)
RECIPIENT_HEADERS = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "apparently-to")


def _pieces(raw: bytes, start: int) -> Iterator[bytes]:
    """The body from `start` without the white space at its end, piece by piece, none of which ends within a line break."""
    stop = len(raw)
    while stop > start and raw[stop - 1 : stop].isspace():
        stop -= 1
    while start < stop:
        end = min(start + PIECE, stop)
        end -= end < stop and raw[end - 1] == 13
        yield raw[start:end]
        start = end


def own_hosts() -> tuple[str, ...]:
    """Where our pages are: a Message-ID of that host was made by us."""
    host = urlsplit(current_app.config["SETTINGS"].base_url).hostname
    return (host.lower(),) if host else ()


@dataclass(frozen=True)
class Arrival:
    raw: bytes
    envelope: Envelope
    secret: str
    spooled: Spooled | None = None
    from_ourselves: bool = False  # one of our own mailboxes sent it

    @cached_property
    def mail(self) -> Mail:
        return parse(self.raw, self.envelope.received_at)

    @cached_property
    def digest(self) -> str:
        return self.envelope.sha256 or hashlib.sha256(self.raw).hexdigest()

    @cached_property
    def fingerprint(self) -> str:
        """The same mail delivered by another way differs in its trace headers only; two mails with one Message-ID differ in the body."""
        end = HEADER_END.search(self.raw)
        made = hashlib.sha256(self.mail.message_id.encode() + b"\0")
        for piece in _pieces(self.raw, end.end() if end else len(self.raw)):
            made.update(piece.replace(b"\r\n", b"\n"))
        return made.hexdigest()

    @cached_property
    def kind(self) -> str:
        """message, bounce, auto_reply, receipt, complaint_report"""
        understood = automatic.kind(self.mail, own_hosts())
        return "auto_reply" if understood == "message" and self.from_ourselves else understood

    @property
    def is_read_receipt(self) -> bool:
        """Somebody opened it, against: a server took it."""
        return self.kind == "receipt" and all(part.content_type != "message/delivery-status" for part in self.mail.root.walk())

    @property
    def automatic(self) -> bool:
        """Written by a program, so that no program of ours may answer."""
        return self.kind != "message"

    @cached_property
    def bounce(self) -> Bounce | None:
        return bounce(self.mail) if self.kind == "bounce" else None

    @cached_property
    def written_at(self) -> datetime:
        """When it came; when it was written if that was long before (mail that lay somewhere, or is taken over from elsewhere)."""
        received, written = self.envelope.received_at, self.mail.date
        return written if written and received - written > LATE else received

    @cached_property
    def text(self) -> str:
        return self.mail.text[:LONGEST]

    @cached_property
    def reply_text(self) -> str:
        return reply_of(self.mail)[:LONGEST] if self.text.strip() else ""

    @property
    def is_mere_thanks(self) -> bool:
        return not self.mail.attachments and thanks.is_mere_thanks(self.reply_text)

    # — whose conversation is it ——————————————————————————————————————————————————————————————————————

    @cached_property
    def known_ids(self) -> list[str]:
        """The Message-IDs it answers, the nearest first; of a mail that came back, also those of the mail inside."""
        answered = [self.mail.in_reply_to, *reversed(self.mail.references)]
        returned = list(self._returned_ids()) if self.kind != "message" else []
        return list(dict.fromkeys(value[:500] for value in (*returned, *answered) if value))

    @cached_property
    def signed(self) -> dict[str, tuple[str, int]]:
        """Those of them that carry our signature. A forged one is not among them, and means nothing."""
        read = ((value, ids.read_message_id(value, self.secret)) for value in (*self.known_ids, self.mail.message_id))
        return {value: found for value, found in read if found}

    @property
    def has_forged_ids(self) -> bool:
        """It names an id that looks like ours and is none: somebody plays us a report."""
        return any(ids.MESSAGE_ID.fullmatch(value) and value not in self.signed for value in self.known_ids)

    def standing_of(self, value: str) -> str:
        """genuine, forged or foreign: whose id it is that the mail names."""
        if value in self.signed:
            return "genuine"
        return "forged" if ids.MESSAGE_ID.fullmatch(value) else "foreign"

    @property
    def signed_values(self) -> list[str]:
        return list(self.signed)

    @property
    def signed_ids(self) -> list[tuple[str, int]]:
        return list(self.signed.values())

    @cached_property
    def recipients(self) -> list[str]:
        """Every address it says it was sent to: the envelope first, since that is why it is here."""
        named = [value.strip("<> ") for name in RECIPIENT_HEADERS for value in self.mail.headers.raws(name)]
        written = [each.address for each in (*self.mail.to, *self.mail.cc)]
        return [address for address in (*self.envelope.recipients, *named, *written) if "@" in address]

    @cached_property
    def addressed(self) -> int | None:
        """The conversation named by a signed reply address among the recipients."""
        found = (ids.read_reply_address(address, self.secret) for address in self.recipients if "+" in address)
        return next(filter(None, found), None)

    @cached_property
    def marked(self) -> int | None:
        """The conversation named by a signed mark in the quoted text: some providers rewrite the ids."""
        return ids.read_body_marker(self.text, self.secret) or (ids.read_body_marker(self.mail.html, self.secret) if "[ref:c" in self.mail.html else None)

    @cached_property
    def tagged(self) -> int | None:
        """The number in the subject. Anybody can write one, so it counts only for those who take part."""
        return ids.read_subject_tag(self.mail.subject)

    def _returned_ids(self) -> Iterator[str]:
        texts = [self.raw[:SEARCHED], *(each.data[:SEARCHED] for each in self.mail.attachments if each.content_type.startswith(("message/", "text/rfc822")))]
        for text in texts:
            for line in RETURNED_ID.findall(text):
                for value in ANGLED.findall(line):
                    yield value.decode("ascii", "replace")
