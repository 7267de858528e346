"""What is understood of mails as the world's programs write them."""

import base64
from typing import Any

import pytest

from crm.mail.explaining import explain
from crm.mail.opaque import signed_content
from crm.mail.parsing import parse
from tests.mail import nasty

CASES = [each for name, group in sorted(vars(nasty).items()) if name.isupper() and isinstance(group, list) for each in group]
INNER = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nHallo\r\n--x\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n%PDF\r\n--x--\r\n"


def understood(raw: bytes, field: str) -> Any:
    found = explain(raw, "x")
    if field == "files":
        return [(each["filename"], each["content_type"], each["size"], each["inline"]) for each in found["attachments"]]
    if field in ("from", "to", "cc", "reply_to"):
        every = [(each["name"], each["address"]) for each in ([found["from"]] if field == "from" and found["from"] else [] if field == "from" else found[field])]
        return every[0] if field == "from" and every else every
    return found[field].strip() if field == "text" else found[field]


@pytest.mark.parametrize(("raw", "wanted"), [(raw, wanted) for _, raw, wanted in CASES], ids=[name for name, *_ in CASES])
def test_each_is_understood(raw, wanted):
    assert {field: understood(raw, field) for field in wanted} == wanted


def test_a_file_of_any_encoding_has_the_bytes_it_had():
    data = bytes(range(256)) * 8
    for encoding, body in (("base64", base64.encodebytes(data)), ("quoted-printable", b"".join(b"=%02X" % byte + (b"=\r\n" if place % 20 == 19 else b"") for place, byte in enumerate(data)))):
        raw = nasty.parts("\nHallo", f"Content-Type: application/x-any; name=a.bin\nContent-Transfer-Encoding: {encoding}\n\n".encode().replace(b"\n", b"\r\n") + body.strip())
        assert [each.data for each in parse(raw).attachments] == [data]


def ber(tag: int, *contents: bytes, endless: bool = False) -> bytes:
    data = b"".join(contents)
    if endless:
        return bytes((tag, 0x80)) + data + b"\0\0"
    size = len(data).to_bytes(4, "big").lstrip(b"\0") or b"\0"
    return bytes((tag,)) + (bytes((len(data),)) if len(data) < 128 else bytes((0x80 | len(size),)) + size) + data


def signed(content: bytes, endless: bool = False) -> bytes:
    pieces = [ber(0x04, content[at : at + 50]) for at in range(0, len(content), 50)]
    octets = ber(0x24, *pieces, endless=True) if endless else ber(0x04, content)
    inner = ber(0x30, ber(0x06, bytes.fromhex("2a864886f70d010701")), ber(0xA0, octets, endless=endless), endless=endless)
    data = ber(0x30, ber(0x02, b"\1"), ber(0x31), inner, ber(0x31), endless=endless)
    return ber(0x30, ber(0x06, bytes.fromhex("2a864886f70d010702")), ber(0xA0, data, endless=endless), endless=endless)


@pytest.mark.parametrize("endless", [False, True])
def test_a_mail_that_is_signed_as_a_whole_is_shown(endless):
    raw = nasty.built('Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"\nContent-Transfer-Encoding: base64', base64.encodebytes(signed(INNER, endless)))
    found = parse(raw)
    assert found.text == "Hallo"
    assert [each.filename for each in found.attachments] == ["smime.p7m", "a.pdf"]


def test_what_is_encrypted_or_cut_off_stays_a_file():
    whole = signed(INNER)
    for data in (whole[:-120], whole.replace(bytes.fromhex("010702"), bytes.fromhex("010703")), b"", b"0\x80" * 500, b"0\x84\xff\xff\xff\xff"):
        assert signed_content(data) == b""
        raw = nasty.built("Content-Type: application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64", base64.encodebytes(data or b"x"))
        assert [each.filename for each in parse(raw).attachments] == ["smime.p7m"]
