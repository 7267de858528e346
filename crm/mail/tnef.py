"""winmail.dat: what Outlook hides in it (MS-OXTNEF). Read as far as it is whole; never raises.

The reader for Python that exists was last released in 2021 and drags its own types along; the part of the format that mails use is small.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from crm.mail.charsets import decode

SIGNATURE = b"\x78\x9f\x3e\x22"
ATTACHMENT_BEGINS, TITLE, DATA, ATTACHMENT_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
BODY, MESSAGE_PROPERTIES, CODE_PAGE = 0x800C, 0x9003, 0x9007
PLAIN, MARKUP, COMPRESSED_RTF = 0x1000, 0x1013, 0x1009
LONG_NAME, SHORT_NAME, CONTENT_ID, MIME_TYPE = 0x3707, 0x3704, 0x3712, 0x370E
FIXED = {0x0002: 4, 0x0003: 4, 0x0004: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x000A: 4, 0x000B: 4, 0x0014: 8, 0x0040: 8, 0x0048: 16}
VARIABLE = {0x000D, 0x001E, 0x001F, 0x0102}
MOST = 5000  # of attributes, and of properties of one of them
# What the compression of RTF takes as written before the first letter.
DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier"
    b"{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)


class File(NamedTuple):
    name: str
    content_type: str
    content_id: str
    data: bytes


class Unpacked(NamedTuple):
    plain: str
    html: str
    rtf: bytes
    files: list[File]


def unpack(data: bytes) -> Unpacked | None:
    """None if it is no TNEF."""
    if not data.startswith(SIGNATURE):
        return None
    charset, plain = "cp1252", b""
    message: dict[int, bytes] = {}
    files: list[dict[int, bytes]] = []
    for kind, value in _attributes(data):
        if kind == CODE_PAGE and len(value) >= 4:
            charset = f"cp{struct.unpack_from('<I', value)[0]}"
        elif kind == BODY:
            plain = value
        elif kind == MESSAGE_PROPERTIES:
            message = dict(_properties(value))
        elif kind == ATTACHMENT_BEGINS:
            files.append({})
        elif files and kind in (TITLE, DATA):
            files[-1][kind] = value
        elif files and kind == ATTACHMENT_PROPERTIES:
            files[-1] |= dict(_properties(value))
    found = [_file(each, charset) for each in files]
    return Unpacked(
        _text(message.get(PLAIN, plain), charset), _text(message.get(MARKUP, b""), charset), decompressed(message.get(COMPRESSED_RTF, b"")),
        [each for each in found if each.data],
    )


def _file(values: dict[int, bytes], charset: str) -> File:
    name = values.get(LONG_NAME) or values.get(TITLE) or values.get(SHORT_NAME) or b""
    kind = _text(values.get(MIME_TYPE, b""), charset).lower()
    return File(_text(name, charset), kind or "application/octet-stream", _text(values.get(CONTENT_ID, b""), charset), values.get(DATA, b""))


def _text(value: bytes, charset: str) -> str:
    """Two-byte letters are recognised by their zeros: the property's type says so too, but not of the old attributes."""
    if len(value) > 2 and len(value) % 2 == 0 and value[1::2].count(0) * 2 > len(value) // 2:
        return decode(value, "utf-16-le").rstrip("\0")
    return decode(value.rstrip(b"\0"), charset)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 6
    for _ in range(MOST):
        if at + 9 > len(data):
            return
        _level, kind, _type, length = struct.unpack_from("<BHHI", data, at)
        yield kind, data[at + 9 : at + 9 + length]
        at += 9 + length + 2


def _properties(data: bytes) -> Iterator[tuple[int, bytes]]:
    """MAPI properties: (number, value), the first of several values."""
    try:
        yield from _each_property(data)
    except struct.error:
        return


def _each_property(data: bytes) -> Iterator[tuple[int, bytes]]:
    count, at = struct.unpack_from("<I", data)[0], 4
    for _ in range(min(count, MOST)):
        kind, number = struct.unpack_from("<HH", data, at)
        at = _after_name(data, at + 4) if number >= 0x8000 else at + 4
        values, many = 1, bool(kind & 0x1000)
        kind &= 0x0FFF
        if many or kind in VARIABLE:
            values, at = struct.unpack_from("<I", data, at)[0], at + 4
        for place in range(min(values, MOST)):
            if kind in VARIABLE:
                length, at = struct.unpack_from("<I", data, at)[0], at + 4
            elif kind in FIXED:
                length = FIXED[kind]
            else:
                return
            if not place:
                yield number, data[at : at + length]
            at += -(-length // 4) * 4


def _after_name(data: bytes, at: int) -> int:
    """Named properties carry an id or a name before their value."""
    by_name, value = struct.unpack_from("<II", data, at + 16)
    return at + 24 + (-(-value // 4) * 4 if by_name else 0)


def decompressed(data: bytes) -> bytes:
    """RTF out of its compression (MS-OXRTFCP)."""
    if len(data) < 16:
        return b""
    _size, whole, kind = struct.unpack_from("<III", data)
    if kind == 0x414C454D:  # "MELA": not compressed
        return data[16 : 16 + whole]
    return _unlzfu(data[16:], min(whole, 20_000_000)) if kind == 0x75465A4C else b""


def _unlzfu(data: bytes, whole: int) -> bytes:
    ring, write, found, at = bytearray(DICTIONARY.ljust(4096, b" ")), len(DICTIONARY), bytearray(), 0
    while at < len(data) and len(found) < whole:
        flags, at = data[at], at + 1
        for bit in range(8):
            if at >= len(data):
                break
            if not flags >> bit & 1:
                piece, at = data[at : at + 1], at + 1
            elif at + 1 >= len(data):
                return bytes(found)
            else:
                token, at = data[at] << 8 | data[at + 1], at + 2
                if token >> 4 == write:
                    return bytes(found)
                piece = bytes(_copied(ring, token >> 4, (token & 15) + 2, write))
            for byte in piece:
                ring[write] = byte
                write = (write + 1) % 4096
            found += piece
    return bytes(found[:whole])


def _copied(ring: bytearray, start: int, length: int, write: int) -> bytearray:
    """A reference may run into what it is itself writing."""
    piece = bytearray()
    for step in range(length):
        place = (start + step) % 4096
        distance = (place - write) % 4096
        piece.append(piece[distance] if distance < step else ring[place])
    return piece
