"""Who wrote a mail that a colleague forwarded to us: the sender of the original is the customer, not the colleague."""

from __future__ import annotations

import re

from crm.mail.addresses import Address, read_addresses
from crm.mail.parsing import Mail, parse

SUBJECT = re.compile(r"^\s*(?:(?:re|aw)\s*:\s*)?(?:fwd?|wg|wtr|tr|rv|enc|pd|i|doorst)\s*:", re.IGNORECASE)
MARKER = re.compile(
    r"^[\s>*_-]*(?:forwarded message|begin forwarded message|original message|weitergeleitete nachricht|ursprüngliche nachricht|"
    r"anfang der weitergeleiteten nachricht|message transféré|message d'origine|mensaje reenviado|messaggio inoltrato|doorgestuurd bericht|"
    r"wiadomość przekazana dalej)[\s:*_-]*$",
    re.IGNORECASE | re.MULTILINE,
)
FROM = re.compile(r"^[\s>*]*(?:from|von|de|da|van|od)\s*\*?\s*:\s*\*?\s*(?P<who>[^\r\n]*@[^\r\n]+)$", re.IGNORECASE | re.MULTILINE)
SEARCHED = 20_000


def original_sender(mail: Mail) -> Address | None:
    """The sender of the forwarded mail, if this is a forward: of the attached original, else as written above its text."""
    attached = _attached(mail)
    if attached is not None:
        return attached
    text = mail.text[:SEARCHED]
    marker = MARKER.search(text)
    if marker is None and not SUBJECT.match(mail.subject):
        return None
    line = FROM.search(text, marker.end() if marker else 0)
    return _address(line["who"]) if line else None


def _attached(mail: Mail) -> Address | None:
    for attachment in mail.attachments:
        if attachment.content_type == "message/rfc822":
            return parse(attachment.data).from_
    return None


def _address(written: str) -> Address | None:
    """"Klara Kunde <klara@kunde.example>", also as Outlook writes it: "Klara Kunde [mailto:klara@kunde.example]"."""
    written = re.sub(r"\[(?:mailto:)?([^\]\s]+@[^\]\s]+)\]", r"<\1>", written.replace("*", ""))
    return next((each for each in read_addresses(written) if "@" in each.address), None)
