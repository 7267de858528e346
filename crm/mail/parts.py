"""The MIME tree, held as offsets into the mail so that a large one is never copied before somebody wants a part."""

import re
from binascii import Error, a2b_base64, a2b_qp, a2b_uu
from collections.abc import Iterator
from functools import cached_property
from mimetypes import guess_extension

from crm.mail.headers import base64_bytes, decode_words, read_block, value_and_parameters

DEEPEST = 30
MOST_PARTS = 2000
GUESSED_BOUNDARY = re.compile(rb"(?:\A|\n)--([^\s\r\n][^\r\n]{0,200}?)[ \t]*\r?\n(?=[A-Za-z-]{1,60}[ \t]*:)")
TYPE = re.compile(r"[a-z0-9.+_-]+/[a-z0-9.+_-]+")
# Words with blanks between them, or characters that no encoder writes.
PROSE = re.compile(rb"\s*(?:[^\s]{1,60}[ \t]+(?=[^\s=])){3}[^\r\n]{0,200}[^A-Za-z0-9+/=\s]")
# What mailing lists append in plain text below an encoded part.
FOOTER = re.compile(rb"\n(?:--[ \t]*|_{5,}|-{5,}|={5,}[ \t]*[^=\s][^\r\n]{0,200})\r?\n")
LONGEST_FOOTER = 10_000
PADDED_WITHIN = re.compile(rb"=")
NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")
UNSAFE_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069/\\:*?\"<>|]+")
EXTENSIONS = {"text/plain": "txt", "text/html": "html", "text/calendar": "ics", "message/rfc822": "eml", "application/pdf": "pdf",
              "image/jpeg": "jpg", "image/jpg": "jpg", "image/png": "png", "image/gif": "gif", "application/ms-tnef": "dat",
              "application/pkcs7-signature": "p7s", "application/pkcs7-mime": "p7m", "application/x-pkcs7-mime": "p7m",
              "application/pgp-signature": "asc", "message/delivery-status": "txt", "text/rfc822-headers": "txt",
              "text/rtf": "rtf", "application/rtf": "rtf", "text/csv": "csv", "application/zip": "zip"}


class Part:
    """One node: its headers, the range of its body, its children."""

    def __init__(self, raw: bytes, start: int, end: int, default_type: str = "text/plain"):
        self.raw, self.end, self.default_type = raw, end, default_type
        self.headers, self.start = read_block(raw, start, end)
        self.children: list[Part] = []

    @cached_property
    def _content_type(self) -> tuple[str, dict[str, str]]:
        return value_and_parameters(self.headers.raw("content-type"))

    @cached_property
    def content_type(self) -> str:
        declared = re.sub(r"\(.*?\)|\s", "", self._content_type[0])
        match = TYPE.match(declared)
        if match:
            return match[0]
        return "text/plain" if declared.startswith("text") else "multipart/mixed" if "multipart" in declared else self.default_type

    @property
    def parameters(self) -> dict[str, str]:
        return self._content_type[1]

    @property
    def main_type(self) -> str:
        return self.content_type.partition("/")[0]

    @cached_property
    def disposition(self) -> tuple[str, dict[str, str]]:
        return value_and_parameters(self.headers.raw("content-disposition"))

    @cached_property
    def filename(self) -> str:
        """As given, without path and control characters; empty if none."""
        given = self.disposition[1].get("filename") or self.parameters.get("name") or self.disposition[1].get("name") or ""
        return safe_name(decode_words(given))

    @property
    def content_id(self) -> str:
        return self.headers.raw("content-id").strip("<> \t")

    @cached_property
    def content(self) -> bytes:
        """The body, transfer encoding undone."""
        return undo_transfer_encoding(memoryview(self.raw)[self.start : self.end], self.headers.raw("content-transfer-encoding"))

    def beginning(self, most: int) -> bytes:
        """The first bytes of the body: of an enormous text nobody reads more."""
        if self.end - self.start <= most:
            return self.content
        return undo_transfer_encoding(memoryview(self.raw)[self.start : self.start + most], self.headers.raw("content-transfer-encoding"))

    def walk(self) -> Iterator["Part"]:
        yield self
        for child in self.children:
            yield from child.walk()


def read_tree(raw: bytes, start: int = 0) -> Part:
    root = Part(raw, start, len(raw))
    _read_children(root, 0, [MOST_PARTS])
    return root


def _read_children(part: Part, depth: int, budget: list[int]) -> None:
    if part.main_type != "multipart" or depth >= DEEPEST:
        return
    default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
    for start, end in _ranges(part):
        if budget[0] <= 0:
            return
        budget[0] -= 1
        child = Part(part.raw, start, end, default)
        part.children.append(child)
        _read_children(child, depth + 1, budget)


def _ranges(part: Part) -> list[tuple[int, int]]:
    declared = part.parameters.get("boundary", "")
    ranges = _split(part, declared.encode("utf-8", "ignore")) if declared else []
    if ranges:
        return ranges
    guess = GUESSED_BOUNDARY.search(part.raw, max(part.start - 1, 0), min(part.end, part.start + 100_000))
    return _split(part, guess[1]) if guess else []


def _split(part: Part, boundary: bytes) -> list[tuple[int, int]]:
    """The ranges between delimiter lines; the last one may lack its end."""
    marker, raw, found = b"--" + boundary, part.raw, []
    at, opened = part.start, -1
    while (hit := raw.find(marker, at, part.end)) >= 0:
        at = hit + len(marker)
        if hit > part.start and raw[hit - 1 : hit] not in (b"\n", b"\r"):
            continue
        line_end = raw.find(b"\n", at, part.end)
        line_end = part.end if line_end < 0 else line_end + 1
        closing = raw[at : at + 2] == b"--"
        if not closing and raw[at:line_end].strip():
            continue
        if opened >= 0:
            found.append((opened, max(opened, _before_line_break(raw, hit))))
        opened, at = (-1 if closing else line_end), max(at, line_end - 1)
    if opened >= 0 and raw[opened : part.end].strip():
        found.append((opened, part.end))
    return found


def _before_line_break(raw: bytes, hit: int) -> int:
    """The line break before a delimiter belongs to the delimiter."""
    if raw[hit - 2 : hit] == b"\r\n":
        return hit - 2
    return hit - 1 if raw[hit - 1 : hit] in (b"\n", b"\r") else hit


def undo_transfer_encoding(data: memoryview, declared: str) -> bytes:
    """A view is taken so that a large attachment is copied once only: decoded."""
    encoding = declared.split(";")[0].strip(" \t\"'").lower()
    if encoding == "quoted-printable":
        return a2b_qp(data)
    if encoding == "base64":
        return _base64(data)
    if encoding in ("x-uuencode", "uuencode", "x-uue"):
        files = uuencoded(bytes(data))
        return files[0][1] if files else bytes(data)
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


UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,200})\r?\n", re.M)


def uuencoded(data: bytes) -> list[tuple[str, bytes, int, int]]:
    """(name, content, start, end) of each uuencoded file inside a text."""
    found, at = [], 0
    while match := UU_BEGIN.search(data, at):
        end = data.find(b"\nend", match.end() - 1)
        if end < 0:
            break
        content = b"".join(_uu_line(line) for line in data[match.end() : end].splitlines())
        at = end + 4
        if content:
            found.append((match[1].decode("utf-8", "replace").strip(), content, match.start(), at))
    return found


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


def safe_name(name: str) -> str:
    name = name.replace("\\", "/").rpartition("/")[2] if not name.startswith("=?") else name
    return UNSAFE_NAME.sub("_", name).strip(" .")[:200] if name.strip(" ._/\\") else ""


def extension(content_type: str) -> str:
    return EXTENSIONS.get(content_type) or (guess_extension(content_type) or ".bin")[1:]
