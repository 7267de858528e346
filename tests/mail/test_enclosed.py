"""Text and files that stand inside other parts: winmail.dat, invitations, rich text, a mail that is nothing but another."""

import base64
import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from crm.mail.explaining import explain
from crm.mail.invitations import invitation_text
from crm.mail.parsing import parse
from crm.mail.tnef import SIGNATURE, decompressed, unpack

# The two examples of the specification (MS-OXRTFCP).
HELLO = bytes.fromhex("2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0")
CROSSED = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
INVITATION = (
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nDTSTART:16010101T000000\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nSUMMARY:Besprechung\\, kurz\r\n"
    'DTSTART;TZID="Europe/Berlin":20260312T140000\r\nDTEND;TZID=Europe/Berlin:20260312T150000\r\nLOCATION:Raum 1\r\n'
    'ORGANIZER;CN="Anna Berg":mailto:anna@example.com\r\nDESCRIPTION:Bitte\\npünktlich\r\n  kommen\r\nBEGIN:VALARM\r\nDESCRIPTION:Reminder\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'
)


def attribute(kind: int, value: bytes, level: int = 1) -> bytes:
    return struct.pack("<BHHI", level, kind, 6, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def text_property(number: int, value: bytes, kind: int = 0x1E) -> bytes:
    return struct.pack("<HHII", kind, number, 1, len(value)) + value.ljust(-(-len(value) // 4) * 4, b"\0")


def properties(*values: bytes) -> bytes:
    return struct.pack("<I", len(values)) + b"".join(values)


WINMAIL = SIGNATURE + b"\x01\x00" + b"".join((
    attribute(0x9007, struct.pack("<II", 1252, 0)), attribute(0x800C, "Schöne Grüße\0".encode("cp1252")),
    attribute(0x9003, properties(struct.pack("<HHI", 3, 0x0017, 1), text_property(0x1009, HELLO, 0x102))),
    attribute(0x9002, b"\x01\x00" + b"\0" * 12, 2), attribute(0x8010, b"ANGEBO~1.PDF\0", 2), attribute(0x800F, b"%PDF-1.4", 2),
    attribute(0x9005, properties(text_property(0x3707, "Angebot Köln.pdf\0".encode("utf-16-le"), 0x1F), text_property(0x370E, b"application/pdf\0")), 2),
))


def mail(kind: str, data: bytes, encode: bool = True) -> bytes:
    encoding, body = ("Content-Transfer-Encoding: base64\r\n", base64.encodebytes(data)) if encode else ("", data)
    return f"From: a@example.com\r\nSubject: x\r\nContent-Type: {kind}\r\n{encoding}\r\n".encode() + body


def test_a_winmail_dat_gives_its_text_and_its_files():
    found = parse(mail('application/ms-tnef; name="winmail.dat"', WINMAIL))
    assert found.text == "Schöne Grüße"
    assert [(each.filename, each.content_type, each.data) for each in found.attachments] == [("Angebot Köln.pdf", "application/pdf", b"%PDF-1.4")]


def test_where_it_has_rich_text_only_that_is_read():
    only_rich = WINMAIL[:6] + attribute(0x9003, properties(text_property(0x1009, HELLO, 0x102)))
    assert parse(mail("application/ms-tnef", only_rich)).text == "hello world"


def test_the_compression_of_rich_text():
    assert decompressed(HELLO) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert decompressed(CROSSED) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"
    assert decompressed(b"short") == b""


def test_a_cut_off_winmail_dat_gives_what_is_there():
    for length in range(len(WINMAIL)):
        unpack(WINMAIL[:length])
    assert unpack(WINMAIL[:-60]).plain == "Schöne Grüße"


@given(st.lists(st.tuples(st.integers(6, len(WINMAIL) - 1), st.binary(max_size=8)), max_size=5))
@settings(max_examples=200, deadline=None)
def test_a_damaged_winmail_dat_is_read_somehow(damages):
    data = bytearray(WINMAIL)
    for place, instead in damages:
        data[place : place + len(instead)] = instead
    explain(mail("application/ms-tnef", bytes(data)), "damaged")


def test_an_invitation_says_what_and_when():
    assert invitation_text(INVITATION) == (
        "Besprechung, kurz\n2026-03-12 14:00–15:00 Europe/Berlin\nRaum 1\nAnna Berg <anna@example.com>\nBitte\npünktlich kommen"
    )
    assert parse(mail("text/calendar; method=REQUEST; charset=utf-8", INVITATION.encode(), encode=False)).text.startswith("Besprechung, kurz\n2026-03-12 14:00")


def test_days_without_hours_and_rubbish_are_told_as_they_stand():
    assert invitation_text("BEGIN:VEVENT\nSUMMARY:Messe\nDTSTART;VALUE=DATE:20260312\nDTEND;VALUE=DATE:20260314\nEND:VEVENT") == "Messe\n2026-03-12 – 2026-03-14"
    assert invitation_text("no calendar at all") == ""


def test_beside_a_text_the_invitation_stands_below_it_and_stays_a_file():
    raw = (
        "From: a@example.com\nContent-Type: multipart/alternative; boundary=x\n\n--x\nContent-Type: text/plain\n\nBis dann\n--x\n"
        f"Content-Type: text/calendar; method=REQUEST\n\n{INVITATION}\n--x--\n"
    )
    found = parse(raw.encode())
    assert found.text.startswith("Bis dann\n\nBesprechung, kurz\n2026-03-12")
    assert [each.filename for each in found.attachments] == ["text.ics"]


def test_rich_text_is_read_where_there_is_no_other():
    assert parse(mail("text/rtf", b"{\\rtf1\\ansi Guten \\b Tag\\b0\\par Anna}", encode=False)).text == "Guten Tag\nAnna"


def test_a_mail_that_is_nothing_but_another_mail_has_its_text():
    found = parse(b"From: a@example.com\nContent-Type: message/rfc822\n\nFrom: b@example.com\nSubject: Alte Frage\n\nWann?")
    assert (found.text, found.from_.address, [each.filename for each in found.attachments]) == ("Wann?", "a@example.com", ["Alte Frage.eml"])
