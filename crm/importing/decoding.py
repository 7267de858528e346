"""Which encoding a text file is in. Nobody who exports an address book knows, and a wrong guess spoils every Müller."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from crm.importing.faults import Unreadable

SAMPLE = 1 << 20
CHUNK = 1 << 16
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# What begins like this is no text, whatever its name says.
BINARY = {
    b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"%PDF": "PDF", b"\x1f\x8b": "gzip", b"PK\x03\x04": "ZIP", b"\xd0\xcf\x11\xe0": "Office 97",
    b"Rar!": "RAR", b"7z\xbc\xaf": "7z", b"\x7fELF": "ELF", b"SQLite format": "SQLite", b"BM6": "BMP", b"{\\rtf": "RTF", b"<!DOCTYPE html": "HTML", b"<html": "HTML",
}
SINGLE_BYTE = ("cp1252", "mac_roman", "cp850", "iso8859-15")
LETTERS = set("äöüßÄÖÜéèêëÉÈàáâãåÀÁÂÅçÇñÑíìîïÍóòôõÓÔúùûÚøØæÆœŒšŠžŽýÿ")
SIGNS = set("€„“”‚‘’–—…«»°§©®´·£½²³ ")
_TELLING = re.compile(rb"[^\x80-\xff]?[\x80-\xff]+[^\x80-\xff]?")
NAMES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "utf-32": "UTF-32", "cp1252": "Windows-1252",
         "mac_roman": "Mac Roman", "cp850": "DOS 850", "iso8859-15": "ISO-8859-15"}
OFFERED = ("utf-8-sig", "cp1252", "utf-16", "mac_roman", "cp850", "iso8859-15", "iso8859-2", "cp1250", "cp1251", "shift_jis")


def find_encoding(path: Path) -> str:
    """The encoding of the file. Raises Unreadable when it is no text at all."""
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding
    refuse_binary(head)
    return _wide(head) or _utf8(path) or _single_byte(head)


def refuse_binary(head: bytes) -> None:
    for magic, kind in BINARY.items():
        if head.lstrip()[: len(magic)].lower() == magic.lower():
            raise Unreadable("binary", kind=kind)
    if any(head.startswith(mark) for mark, _encoding in MARKS):
        return
    if not _wide(head) and sum(byte < 32 and byte not in b"\t\r\n\f\v\x1a\x00" for byte in head[:4096]) > max(8, len(head[:4096]) // 50):
        raise Unreadable("no_text")
    if not _wide(head) and head[:4096].count(0) > max(8, len(head[:4096]) // 20):
        raise Unreadable("no_text")


def _wide(head: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of Western text is zero."""
    part = head[:4096]
    if len(part) < 4 or (len(part) % 2 and len(part) < 4096):
        return None
    even, odd = part[::2].count(0) / (len(part) / 2), part[1::2].count(0) / (len(part) / 2)
    if odd > 0.4 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.05 else None


def _utf8(path: Path) -> str | None:
    """Valid throughout, or so nearly that the few wrong bytes are somebody's accident."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="strict")
    try:
        with path.open("rb") as file:
            while part := file.read(CHUNK):
                decoder.decode(part)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _nearly_utf8(path)
    return "utf-8-sig"


def _nearly_utf8(path: Path) -> str | None:
    with path.open("rb") as file:
        text = file.read(SAMPLE).decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    right = sum(letter > "\x7f" for letter in text) - wrong
    return "utf-8-sig" if right > 20 * wrong else None


def _single_byte(head: bytes) -> str:
    telling = b" ".join(_TELLING.findall(head)[:3000])
    return max(SINGLE_BYTE, key=lambda encoding: _plausibility(telling, encoding))


def _plausibility(head: bytes, encoding: str) -> float:
    """How much what stands beyond ASCII looks like words of Western languages. Ties go to the encoding named first."""
    text = head.decode(encoding, "replace")
    points = 0.0
    for before, letter, after in zip(" " + text, text, text[1:] + " ", strict=False):
        if letter > "\x7f":
            inside = before.isalpha() or after.isalpha()
            points += _worth(letter, inside)
    return points


def _worth(letter: str, inside: bool) -> float:
    if letter in LETTERS:
        return 1.0 if inside else 0.3
    if letter in SIGNS:
        return 0.2
    return -1.0
