"""What a customer wrote, in a mail that a colleague forwarded to us: the sender of the original is the customer, not the colleague."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crm.mail.addresses import Address, read_addresses
from crm.mail.parsing import Mail, parse
from crm.mail.quote_lines import FORWARDED, ORIGINAL, field_of
from crm.mail.reply_text import reply_of, reply_text

PASSED_ON = re.compile(r"^\s{0,9}(?:(?:re|aw)\s{0,3}:\s{0,3})?(?:fwd?|wg|wtr|tr|rv|enc|pd|i|doorst|vs|vb|vl|fs|转发|転送)\s{0,3}[:：]", re.IGNORECASE)
ANSWERED = re.compile(r"^\s{0,9}(?:re|aw|sv|antw|odp|r)\s{0,3}:", re.IGNORECASE)
MARKS = " \t-_=*>"
SEARCHED = 20_000  # characters above which a forward begins
LONGEST_BLOCK = 14  # lines of a header block, with folded recipients


@dataclass(frozen=True)
class Original:
    sender: Address
    text: str  # what the sender wrote
    comment: str  # what the colleague wrote above


def original(mail: Mail) -> Original | None:
    """The forwarded mail, if this is a forward: the attached original, else the one quoted in its text."""
    return _attached(mail) or _quoted(mail)


def _attached(mail: Mail) -> Original | None:
    for attachment in mail.attachments:
        if attachment.content_type == "message/rfc822":
            inner = parse(attachment.data)
            if inner.from_ is not None:
                return Original(inner.from_, reply_of(inner), "" if mail.root.content_type == "message/rfc822" else reply_of(mail))
    return None


def _quoted(mail: Mail) -> Original | None:
    lines = [line.lstrip("> ") for line in mail.text[:SEARCHED].split("\n")]
    for place, line in enumerate(lines):
        words = line.strip(MARKS)
        if len(line) < 200 and (FORWARDED.match(words) or (ORIGINAL.match(words) and not ANSWERED.match(mail.subject))):
            return _block(mail, lines, place + 1, place)
    if not PASSED_ON.match(mail.subject):
        return None
    start = next((place for place, line in enumerate(lines) if _begins_block(lines, place, line)), None)
    return _block(mail, lines, start, start) if start is not None else None


def _begins_block(lines: list[str], place: int, line: str) -> bool:
    """From, date or subject, and another such field right below."""
    return field_of(line) in ("from", "date", "subject") and any(field_of(each) for each in lines[place + 1 : place + 3])


def _block(mail: Mail, lines: list[str], start: int, above: int) -> Original | None:
    """The original below `start`, where its header block begins; the comment stands before `above`."""
    sender, end = None, start
    for place in range(start, min(start + LONGEST_BLOCK, len(lines))):
        name = field_of(lines[place])
        if name:
            end = place + 1
        if name == "from" and sender is None:
            sender = _address(lines[place], lines[place + 1] if place + 1 < len(lines) else "")
    if sender is None or sender.address.lower() in {each.address.lower() for each in (*mail.to, *mail.cc)}:
        return None  # an answer to that person, not a mail of theirs passed on
    while end < len(lines) and lines[end].strip() and lines[end][:1] in " \t":
        end += 1  # folded recipients
    rest = "\n".join((*lines[end:], mail.text[SEARCHED:])) if len(mail.text) > SEARCHED else "\n".join(lines[end:])
    return Original(sender, reply_text(rest.strip()), reply_text("\n".join(lines[:above]).strip()))


def _address(line: str, following: str) -> Address | None:
    """"Klara Kunde <klara@kunde.example>", also as Outlook writes it, "Klara Kunde [mailto:klara@kunde.example]", and broken before the address."""
    written = re.split(r"[:：]", line.replace("*", ""), maxsplit=1)[1]
    if "@" not in written and "@" in following and not field_of(following):
        written = f"{written} {following.replace('*', '')}"
    written = re.sub(r"<mailto:[^<>]{3,320}>", "", re.sub(r"\[(?:mailto:)?([^\[\]\s]{1,320}@[^\[\]\s]{1,320})\]", r"<\1>", written[:1000]))
    return next((each for each in read_addresses(written) if "@" in each.address), None)
