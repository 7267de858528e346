"""What goes out is understood again, and nobody can smuggle a header in or an id past us."""

from datetime import UTC, datetime

import pytest

from crm.mail import ids
from crm.mail.automatic import is_automatic
from crm.mail.composing import compose
from crm.mail.parsing import parse

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def sent(**changes) -> bytes:
    return compose(**{"sender": ("Service", "service@example.org"), "to": ["anna@example.com"], "subject": "Frage", "text": "Hallo", "message_id": "<m.1.x@example.org>", "date": NOW} | changes)


@pytest.mark.parametrize("subject", ["Grüße aus Köln", "😀 " * 60, "x" * 700, "ä" * 500, "a =?utf-8?q?b?= c"[:3], "Preis: 5 €"])
def test_subjects_come_back_as_they_were(subject):
    assert parse(sent(subject=subject)).subject == subject.strip()


def test_people_texts_and_files_come_back():
    found = parse(sent(sender=("Käthe, Müller 😀", "k@müller.example"), to=[('A "B" Ü', "a@example.com"), "b@example.com"], text="Grüße\n.\n" + "ä" * 3000, html="<p>Grüße</p>",
                       attachments=[("Rechnung ü.pdf", "application/pdf", b"%PDF\r\n\x00")]))
    assert found.from_ == ("Käthe, Müller 😀", "k@xn--mller-kva.example")
    assert found.to == (('A "B" Ü', "a@example.com"), ("", "b@example.com"))
    assert found.text.strip() == "Grüße\n.\n" + "ä" * 3000
    assert found.html.strip() == "<p>Grüße</p>"
    assert [(each.filename, each.data) for each in found.attachments] == [("Rechnung ü.pdf", b"%PDF\r\n\x00")]
    assert found.date == NOW


def test_lines_are_short_and_end_as_smtp_wants():
    raw = sent(text="x" * 5000 + "\nä\r\n\ry", subject="ä" * 500, references=[f"<{number}@{'y' * 90}>" for number in range(40)])
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.isascii()


def test_a_line_break_in_a_field_begins_no_header():
    raw = sent(subject="x\r\nBcc: evil@example.com", sender=("a\nBcc: evil@example.com", "s@example.org"), attachments=[("a\r\nBcc: x", "text/plain", b"")], headers=[("X-Note", "y\r\nBcc: z")])
    assert "bcc" not in parse(raw).headers


def test_references_keep_the_first_and_the_last_of_a_long_thread():
    found = parse(sent(references=[f"<{number}@example.com>" for number in range(60)], in_reply_to="<59@example.com>"))
    assert found.references[0] == "<0@example.com>"
    assert found.references[-1] == "<59@example.com>"
    assert len(found.references) <= 20
    assert found.in_reply_to == "<59@example.com>"


def test_automatic_mail_says_so_and_marketing_can_be_left():
    found = parse(sent(automatic=True, unsubscribe="https://example.org/unsubscribe/" + "t" * 90))
    assert is_automatic(found)
    assert found.headers.get("list-unsubscribe") == "<https://example.org/unsubscribe/" + "t" * 90 + ">"
    assert found.headers.get("list-unsubscribe-post") == "List-Unsubscribe=One-Click"
    assert not is_automatic(parse(sent()))


def test_our_ids_are_read_again_and_forged_ones_are_not():
    value = ids.make_message_id("m", 42, "secret", "example.org")
    assert ids.read_message_id(value, "secret") == ("m", 42)
    assert ids.read_message_id(value.replace("42", "43"), "secret") is None
    assert ids.read_message_id(value, "another") is None
    assert ids.read_message_id("<42@example.org>", "secret") is None
    address = ids.reply_address("service@example.org", 42, "secret")
    assert len(address.partition("@")[0]) <= 64
    assert ids.read_reply_address(address, "secret") == 42
    assert ids.read_reply_address(address.upper(), "secret") == 42
    assert ids.read_reply_address(address.replace("c42", "c43"), "secret") is None
    marker = ids.body_marker(42, "secret")
    assert ids.read_body_marker(f"> Text [ref:c42-{'a' * 20}] {marker}", "secret") == 42
    assert ids.read_subject_tag("Re: [#42] Frage") == 42
    assert ids.read_subject_tag("Frage 42") is None
