"""Transfer encodings undone, as they are declared or nearly so; files that stand encoded within a text."""

import re
from binascii import Error, a2b_base64, a2b_qp, a2b_uu
from collections.abc import Iterator
from typing import NamedTuple

from crm.mail.headers import base64_bytes

# Words with blanks between them, or characters that no encoder writes.
PROSE = re.compile(rb"\s*(?:[^\s]{1,60}[ \t]+(?=[^\s=])){3}[^\r\n]{0,200}[^A-Za-z0-9+/=\s]")
# What mailing lists append in plain text below an encoded part.
FOOTER = re.compile(rb"\n(?:--[ \t]*|_{5,}|-{5,}|={5,}[ \t]*[^=\s][^\r\n]{0,200})\r?\n")
LONGEST_FOOTER = 10_000
PADDED_WITHIN = re.compile(rb"=")
NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")
NO_NAME = re.compile(r"[^a-z0-9]+")
BLANKS_AT_SOFT_BREAK = re.compile(rb"=[ \t]+(?=\r?\n)")
UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,200})\r?\n", re.M)
Y_BEGIN = re.compile(rb"^=ybegin (?:[a-z]{1,10}=\d{1,12} ){1,6}name=([^\r\n]{1,200})\r?\n(?:=ypart [^\r\n]{0,200}\r?\n)?", re.M)
Y_END = re.compile(rb"\r?\n=yend[^\r\n]{0,200}(?:\r?\n|\Z)")
Y_ESCAPED = re.compile(rb"=(.)", re.S)
Y_TABLE = bytes((byte - 42) % 256 for byte in range(256))


class TextFile(NamedTuple):
    """A file within a text, and where it stood."""

    name: str
    content: bytes
    start: int
    end: int


def undo_transfer_encoding(data: memoryview, declared: str) -> bytes:
    """A view is taken so that a large attachment is copied once only: decoded."""
    encoding = NO_NAME.sub("", declared.split(";")[0].split("(")[0].lower())
    if encoding == "quotedprintable":
        return a2b_qp(BLANKS_AT_SOFT_BREAK.sub(b"=", data) if BLANKS_AT_SOFT_BREAK.search(data) else data)
    if encoding == "base64":
        return _base64(data)
    if encoding in ("xuuencode", "uuencode", "xuue", "uue", "xyencode", "yencode", "xyenc"):
        return next((file.content for file in files_within(bytes(data))), bytes(data))
    return bytes(data)


def _base64(data: memoryview) -> bytes:
    if PROSE.match(data):
        return bytes(data)  # somebody declared an encoding that was never applied
    tail = max(0, len(data) - LONGEST_FOOTER)
    if footer := FOOTER.search(data, tail):
        data = data[: footer.start() + 1]
    if not PADDED_WITHIN.search(data, 0, max(0, len(data) - 6)):
        try:
            return a2b_base64(data)
        except Error:
            pass
    # Several encoded pieces in a row, and damaged ones.
    return base64_bytes(NOT_BASE64.sub(b"", data).decode("ascii"))


def files_within(data: bytes) -> list[TextFile]:
    """What older programs put right into the text, in its order."""
    found = [*_uuencoded(data)] if b"begin" in data else []
    if b"=ybegin " in data:
        found += _yencoded(data)
    return sorted(found, key=lambda file: file.start)


def _uuencoded(data: bytes) -> Iterator[TextFile]:
    at = 0
    while match := UU_BEGIN.search(data, at):
        end = data.find(b"\nend", match.end() - 1)
        if end < 0:
            return
        content = b"".join(_uu_line(line) for line in data[match.end() : end].splitlines())
        at = end + 4
        if content:
            yield TextFile(match[1].decode("utf-8", "replace").strip(), content, match.start(), at)


def _uu_line(line: bytes) -> bytes:
    if not line:
        return b""
    try:
        return a2b_uu(line)
    except Error:
        # Some encoders write more or fewer letters than the count says.
        wanted = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            return a2b_uu(line[:wanted].ljust(wanted))
        except Error:
            return b""


def _yencoded(data: bytes) -> Iterator[TextFile]:
    """Every byte shifted by 42; those that would hurt are escaped and shifted by another 64."""
    at = 0
    while match := Y_BEGIN.search(data, at):
        end = Y_END.search(data, match.end())
        if end is None:
            return
        at = end.end()
        body = data[match.end() : end.start()].replace(b"\r", b"").replace(b"\n", b"")
        plain = Y_ESCAPED.sub(lambda escaped: bytes(((escaped[1][0] - 64) % 256,)), body)
        yield TextFile(match[1].decode("utf-8", "replace").strip(' "'), plain.translate(Y_TABLE), match.start(), at)
