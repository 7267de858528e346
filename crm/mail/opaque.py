"""S/MIME that wraps the whole mail (smime.p7m): what was signed is a mail of its own and can be read without checking the signature.

Only the way to the content is read of the structure (RFC 5652, BER as Outlook and Apple write it); what is encrypted stays shut.
"""

from collections.abc import Iterator

TYPES = ("application/pkcs7-mime", "application/x-pkcs7-mime")
SEQUENCE, OCTETS, MANY_OCTETS, TAGGED, OID = 0x30, 0x04, 0x24, 0xA0, 0x06
SIGNED, DATA = bytes.fromhex("2a864886f70d010702"), bytes.fromhex("2a864886f70d010701")
LARGEST, DEEPEST, MOST = 30_000_000, 8, 100_000


def signed_content(data: bytes) -> bytes:
    """The mail within; empty if there is none, or none to be read."""
    try:
        return _content(memoryview(data[:LARGEST]))
    except (IndexError, ValueError, RecursionError):
        return b""


def _content(data: memoryview) -> bytes:
    _tag, outer, _ = _value(data, 0)
    kind, wrapped, *_ = _children(outer)
    if kind != (OID, SIGNED) or wrapped[0] != TAGGED:
        return b""
    signed = _children(wrapped[1])[0]
    # Version, digest algorithms, what was signed.
    inner = next((_children(value) for tag, value in _children(signed[1])[2:3] if tag == SEQUENCE), [])
    if len(inner) < 2 or inner[0] != (OID, DATA) or inner[1][0] != TAGGED:
        return b""
    return b"".join(_octets(inner[1][1], 0))


def _octets(data: memoryview, depth: int) -> Iterator[memoryview]:
    """Long contents come in pieces."""
    if depth > DEEPEST:
        raise ValueError("nested too deep")
    for tag, value in _children(data):
        if tag == OCTETS:
            yield value
        elif tag == MANY_OCTETS:
            yield from _octets(value, depth + 1)


def _children(data: memoryview) -> list[tuple[int, memoryview]]:
    found: list[tuple[int, memoryview]] = []
    at = 0
    while at < len(data) and len(found) < MOST:
        tag, value, at = _value(data, at)
        found.append((tag, value))
    return found


def _value(data: memoryview, at: int, depth: int = 0) -> tuple[int, memoryview, int]:
    """(tag, contents, where the next one begins)"""
    tag, length, at = data[at], data[at + 1], at + 2
    if length == 0x80:
        end = _end_of_indefinite(data, at, depth)
        return tag, data[at:end], end + 2
    if length > 0x80:
        size = length & 0x7F
        length, at = int.from_bytes(data[at : at + size], "big"), at + size
    if length > len(data) - at:
        raise ValueError("cut off")
    return tag, data[at : at + length], at + length


def _end_of_indefinite(data: memoryview, at: int, depth: int) -> int:
    """Where the two zeros stand that end a value of unknown length."""
    if depth > 3 * DEEPEST:
        raise ValueError("nested too deep")
    while data[at : at + 2] != b"\0\0":
        _tag, _contents, at = _value(data, at, depth + 1)
    return at
