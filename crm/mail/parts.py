"""The MIME tree, held as offsets into the mail so that a large one is never copied before somebody wants a part."""

import re
from collections.abc import Iterator
from functools import cached_property
from mimetypes import guess_extension

from crm.mail.encodings import undo_transfer_encoding
from crm.mail.headers import decode_words, read_block, value_and_parameters

DEEPEST = 30
MOST_PARTS = 2000
GUESSED_BOUNDARY = re.compile(rb"(?:\A|\n)--([^\s\r\n][^\r\n]{0,200}?)[ \t]*\r?\n(?=[A-Za-z-]{1,60}[ \t]*:)")
TYPE = re.compile(r"[a-z0-9.+_-]+/[a-z0-9.+_-]+")
NAMED_PLACE = re.compile(r"[^/\\?#:]{1,100}\.[A-Za-z0-9]{2,5}\Z")  # ends like the name of a file
UNSAFE_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069/\\:*?\"<>|]+")
EXTENSIONS = {"text/plain": "txt", "text/html": "html", "text/calendar": "ics", "message/rfc822": "eml", "application/pdf": "pdf",
              "image/jpeg": "jpg", "image/jpg": "jpg", "image/png": "png", "image/gif": "gif", "application/ms-tnef": "dat",
              "application/pkcs7-signature": "p7s", "application/pkcs7-mime": "p7m", "application/x-pkcs7-mime": "p7m",
              "application/pgp-signature": "asc", "message/delivery-status": "txt", "text/rfc822-headers": "txt", "message/global": "eml",
              "text/rtf": "rtf", "application/rtf": "rtf", "text/csv": "csv", "application/zip": "zip"}
COMMENT_OR_BLANK = re.compile(r"\([^()]*+\)|\s")
LONGEST_TYPE = 1000


class Part:
    """One node: its headers, the range of its body, its children."""

    def __init__(self, raw: bytes, start: int, end: int, default_type: str = "text/plain"):
        self.raw, self.end, self.default_type = raw, end, default_type
        self.headers, self.start = read_block(raw, start, end)
        self.children: list[Part] = []

    @cached_property
    def _content_type(self) -> tuple[str, dict[str, str]]:
        declared = self.headers.raws("content-type")
        # Gateways add a header of their own above the one that tells the parts.
        of_parts = [value for value in declared[1:4] if value.lower().startswith("multipart/")] if len(declared) > 1 else []
        return value_and_parameters(of_parts[0] if of_parts else self.headers.raw("content-type"))

    @cached_property
    def content_type(self) -> str:
        declared = COMMENT_OR_BLANK.sub("", self._content_type[0][:LONGEST_TYPE])
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
        return safe_name(decode_words(given)) or (safe_name(place[0]) if (place := NAMED_PLACE.search(self.location)) else "")

    @property
    def location(self) -> str:
        """Where the part would be found, by which a page may name its pictures."""
        return self.headers.raw("content-location")[:500]

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
    holders = [part]
    for start, end, closed in _ranges(part):
        if budget[0] <= 0:
            return
        budget[0] -= 1
        child = Part(part.raw, start, end, default)
        holders[-1].children.append(child)
        _read_children(child, depth + 1, budget)
        if _shares_boundary(part, child):
            holders.append(child)
        elif closed and len(holders) > 1:
            holders.pop()


def _shares_boundary(part: Part, child: Part) -> bool:
    """A part that says it holds others, between the very delimiters it stands in: those that follow are its own."""
    boundary = part.parameters.get("boundary")
    return child.main_type == "multipart" and not child.children and bool(boundary) and child.parameters.get("boundary") == boundary


def _ranges(part: Part) -> list[tuple[int, int, bool]]:
    declared = part.parameters.get("boundary", "")
    ranges = _split(part, declared.encode("utf-8", "ignore")) if declared else []
    if ranges:
        return ranges
    guess = GUESSED_BOUNDARY.search(part.raw, max(part.start - 1, 0), min(part.end, part.start + 100_000))
    return _split(part, guess[1]) if guess else []


def _split(part: Part, boundary: bytes) -> list[tuple[int, int, bool]]:
    """The ranges between delimiter lines, and whether the last delimiter ended them; it may be missing."""
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
            found.append((opened, max(opened, _before_line_break(raw, hit)), closing))
        opened, at = (-1 if closing else line_end), max(at, line_end - 1)
    if opened >= 0 and raw[opened : part.end].strip():
        found.append((opened, part.end, True))
    return found


def _before_line_break(raw: bytes, hit: int) -> int:
    """The line break before a delimiter belongs to the delimiter."""
    if raw[hit - 2 : hit] == b"\r\n":
        return hit - 2
    return hit - 1 if raw[hit - 1 : hit] in (b"\n", b"\r") else hit


def safe_name(name: str) -> str:
    name = name.replace("\\", "/").rpartition("/")[2] if not name.startswith("=?") else name
    return UNSAFE_NAME.sub("_", name).strip(" .")[:200] if name.strip(" ._/\\") else ""


def extension(content_type: str) -> str:
    return EXTENSIONS.get(content_type) or (guess_extension(content_type) or ".bin")[1:]
