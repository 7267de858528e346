"""What is understood of mails, also of broken ones. All mails here are our own."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.mail.explaining import explain
from crm.mail.parsing import parse

MULTIPART = (
    b"From: Anna <anna@example.com>\r\nTo: service@example.org\r\nSubject: Test\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="b1"\r\n\r\npreamble\r\n--b1\r\nContent-Type: multipart/alternative; boundary=b1x\r\n\r\n'
    b"--b1x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHallo Welt\r\n--b1x\r\nContent-Type: text/html\r\n\r\n<p>Hallo <b>Welt</b></p>\r\n--b1x--\r\n"
    b'--b1\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename="a.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n--b1--\r\n'
)


def mail(headers: str = "", body: str | bytes = "Hallo", charset: str = "utf-8"):
    data = body if isinstance(body, bytes) else body.encode(charset)
    return parse(headers.encode("utf-8").replace(b"\n", b"\r\n") + b"\r\n\r\n" + data)


def test_a_multipart_mail_has_text_html_and_attachment():
    found = parse(MULTIPART)
    assert (found.text, found.html) == ("Hallo Welt", "<p>Hallo <b>Welt</b></p>")
    assert [(each.filename, each.data, each.size, each.inline) for each in found.attachments] == [("a.pdf", b"%PDF", 4, False)]


def test_parts_survive_a_missing_end_and_a_wrong_boundary():
    assert parse(MULTIPART.replace(b"--b1--", b"")).attachments[0].data == b"%PDF"
    assert parse(MULTIPART.replace(b'boundary="b1"', b'boundary="else"')).attachments[0].data == b"%PDF"
    assert parse(MULTIPART.replace(b'; boundary="b1"', b"")).attachments[0].data == b"%PDF"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Anna Berg <anna@example.com>", [("Anna Berg", "anna@example.com")]),
        ("anna@example.com", [("", "anna@example.com")]),
        ('"Berg, Anna" <anna@example.com>', [("Berg, Anna", "anna@example.com")]),
        ("Berg, Anna <anna@example.com>", [("Berg, Anna", "anna@example.com")]),
        ("anna@example.com (Anna Berg)", [("Anna Berg", "anna@example.com")]),
        ("=?utf-8?q?Berg=2C_J=C3=B6rg?= <j@example.com>, b@example.com", [("Berg, Jörg", "j@example.com"), ("", "b@example.com")]),
        ("Team: a@example.com, B <b@example.com>;", [("", "a@example.com"), ("B", "b@example.com")]),
        ("undisclosed-recipients:;", []),
        ("'anna@example.com' <anna@example.com>", [("", "anna@example.com")]),
        ("Anna Berg [mailto:anna@example.com]", [("Anna Berg", "anna@example.com")]),
        ("a@example.com; b@example.com", [("", "a@example.com"), ("", "b@example.com")]),
        ("MAILER-DAEMON (Mail System)", [("Mail System", "MAILER-DAEMON")]),
        ('"Anna \\"die\\" Berg" <anna@example.com>', [('Anna "die" Berg', "anna@example.com")]),
        ("=?utf-8?b?QW5uYSA8YW5uYUBleGFtcGxlLmNvbT4=?=", [("Anna", "anna@example.com")]),
    ],
)
def test_addresses_are_read_as_people_write_them(value, expected):
    assert list(mail(f"To: {value}").to) == expected


def test_the_sender_is_the_first_with_a_full_address():
    assert mail('From: "Nobody" <>, "Ltd" <ltd@example.com>').from_.address == "ltd@example.com"
    assert mail("Sender: list@example.com\nSubject: x").from_.address == "list@example.com"
    assert mail("Subject: x").from_ is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?utf-8?B?R3LDvMOf?= =?utf-8?B?ZQ==?=", "Grüße"),
        ("=?utf-8?B?R3LD?= =?utf-8?B?vMOfZQ==?=", "Grüße"),
        ("=?utf-8?Q?Gr=C3=BC=C3=9Fe", "Grüße"),
        ("=?iso-8859-1?Q?Gr=FC=DFe?= aus Ulm", "Grüße aus Ulm"),
        ("=?iso-8859-1?Q?Preis=3A_5_=80?=", "Preis: 5 €"),
        ("=?x-unknown?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?utf-8*de?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ('"=?utf-8?Q?Gr=C3=BC=C3=9Fe?="', '"Grüße"'),
        ("=?iso-2022-jp?B?GyRCJTMlcyU/JS8lSBsoQg==?=", "コンタクト"),
        ("Grüße", "Grüße"),
        ("kein = Wort ?=", "kein = Wort ?="),
    ],
)
def test_subjects_are_decoded(value, expected):
    assert mail(f"Subject: {value}").subject == expected


def test_raw_bytes_in_headers_are_read_in_the_charset_of_the_body():
    raw = b"Subject: \xd1\xee\xee\xe1\xf9\xe5\xed\xe8\xe5\r\nContent-Type: text/plain; charset=windows-1251\r\n\r\n\xcf\xf0\xe8\xe2\xe5\xf2"
    assert (parse(raw).subject, parse(raw).text) == ("Сообщение", "Привет")
    assert parse("Subject: Grüße".encode("cp1252") + b"\n\nx").subject == "Grüße"


@pytest.mark.parametrize(
    ("declared", "charset", "text"),
    [
        ("utf-8", "utf-8", "Grüße, 5 €"),
        ("iso-8859-1", "cp1252", "Grüße, 5 €"),
        ("iso-8859-1", "utf-8", "Grüße, 5 €"),
        ("us-ascii", "cp1252", "schöne Grüße"),
        ("utf-8", "cp1252", "schöne Grüße aus Köln"),
        ("", "cp1252", "schöne Grüße aus Köln"),
        ("", "utf-8", "schöne Grüße aus Köln"),
        ("nonsense-99", "utf-8", "schöne Grüße"),
        ("gb2312", "gb18030", "您好，请问订单"),
        ("shift_jis", "cp932", "お問い合わせ①"),
        ("iso-2022-jp", "iso2022_jp", "お問い合わせ"),
        ("utf-7", "utf-7", "Grüße"),
        ("unicode-1-1-utf-7", "utf-7", "Grüße"),
        ("koi8-r", "koi8-r", "Привет"),
    ],
)
def test_charsets_are_read_also_when_declared_wrongly(declared, charset, text):
    declaration = f"; charset={declared}" if declared else ""
    assert mail(f"Subject: x\nContent-Type: text/plain{declaration}", text, charset).text == text


def test_the_charset_of_html_may_stand_in_its_head():
    body = '<html><head><meta charset="windows-1251"></head><body>Привет</body></html>'.encode("cp1251")
    assert mail("Content-Type: text/html", body).text == "Привет"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="Rechnung.pdf"', "Rechnung.pdf"),
        ("attachment; filename=Meine Rechnung.pdf", "Meine Rechnung.pdf"),
        ("attachment; filename*=utf-8''R%C3%BCck.pdf", "Rück.pdf"),
        ("attachment; filename*0*=utf-8''R%C3%BC; filename*1=ck.pdf", "Rück.pdf"),
        ('attachment; filename="=?utf-8?Q?R=C3=BCck.pdf?="', "Rück.pdf"),
        ('attachment; filename="C:\\\\temp\\\\a.pdf"', "a.pdf"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ("attachment", "attachment.pdf"),
    ],
)
def test_filenames(header, name):
    assert mail(f"Content-Type: application/pdf\nContent-Disposition: {header}", "x").attachments[0].filename == name


def test_format_flowed_is_joined_and_quoting_kept():
    found = mail("Content-Type: text/plain; format=flowed", "Eine Zeile die \r\nweiter geht.\r\n> zitiert \r\n> weiter\r\n-- \r\nAnna\r\n")
    assert found.text == "Eine Zeile die weiter geht.\n> zitiert weiter\n-- \nAnna\n"


def test_a_forwarded_mail_inside_is_a_file_named_after_its_subject():
    raw = (b"Subject: Fwd\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nsiehe Anhang\r\n--x\r\n"
           b"Content-Type: message/rfc822\r\n\r\nSubject: Alte Frage\r\nFrom: a@example.com\r\n\r\nText\r\n--x--\r\n")
    found = parse(raw)
    assert found.text == "siehe Anhang"
    assert [(each.filename, each.content_type) for each in found.attachments] == [("Alte Frage.eml", "message/rfc822")]


def test_uuencoded_files_are_lifted_out_of_the_text():
    found = mail("Subject: x", "Text davor\n\nbegin 644 a.txt\n%:&%L;&\\ \n`\nend\n\nText danach\n")
    assert "davor" in found.text
    assert "danach" in found.text
    assert "begin" not in found.text
    assert (found.attachments[0].filename, found.attachments[0].data[:5]) == ("a.txt", b"hallo")


def test_winmail_dat_is_kept_as_it_came():
    found = mail("Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64", base64.b64encode(b"\x78\x9f\x3e\x22"))
    assert (found.attachments[0].filename, found.attachments[0].data) == ("winmail.dat", b"\x78\x9f\x3e\x22")


def test_pictures_used_by_the_html_are_inline():
    raw = (b"Content-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<img src='cid:p1@x'>Hi\r\n--x\r\n"
           b"Content-Type: image/png\r\nContent-ID: <p1@x>\r\n\r\nPNG\r\n--x--")
    assert [(each.inline, each.content_id) for each in parse(raw).attachments] == [(True, "p1@x")]


def test_a_missing_message_id_is_derived_from_the_bytes():
    one, two = mail("Subject: a"), mail("Subject: b")
    assert one.message_id_derived
    assert one.message_id == mail("Subject: a").message_id != two.message_id
    assert mail("Message-ID: <a@b>").message_id == "<a@b>"
    assert mail("Message-Id: a@b").message_id == "<a@b>"


def test_references_are_oldest_first_and_each_once():
    found = mail("References: <a@x> <b@x>\n <c@x><a@x>\nIn-Reply-To: Your mail of Monday <c@x>")
    assert found.references == ("<a@x>", "<b@x>", "<c@x>")
    assert found.in_reply_to == "<c@x>"


def test_dates_are_utc_and_never_after_the_arrival():
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert mail("Date: Fri, 02 Jan 2015 10:00:00 +0200").date == datetime(2015, 1, 2, 8, tzinfo=UTC)
    assert parse(b"Date: Fri, 02 Jan 2065 10:00:00 +0200\n\n", now).date == now
    assert mail("Date: gestern").date is None
    assert mail("Date: Fri, 99 Foo 2015 10:00:00 +9999").date is None


def test_headers_without_indentation_are_held_together():
    raw = b"Received: from a\nby b with SMTP\nfor c;\nFrom: anna@example.com\nSubject: Da\n\nText"
    assert (parse(raw).from_.address, parse(raw).subject, parse(raw).text) == ("anna@example.com", "Da", "Text")


def test_a_body_without_a_blank_line_before_it_is_not_lost():
    assert parse(b"From: a@example.com\nSubject: x\nHallo zusammen und guten Tag\nviele Zeilen").text.startswith("Hallo zusammen")


def test_what_postgresql_cannot_store_is_removed():
    found = parse(b"Subject: a\0b\r\nFrom: x\0 <a@example.com>\r\nContent-Type: text/plain; charset=utf-16\r\n\r\n\0\xd8a\0\0\0")
    everything = found.subject + found.text + str(found.from_)
    assert found.subject == "ab"
    assert "\0" not in everything
    everything.encode("utf-8")


@pytest.mark.parametrize("raw", [b"", b"\0", b"\r\n", b"no header at all", b": empty\n\n", b"\xff\xfe" * 50, b"Content-Type: multipart/mixed\n\n", b"a\rb\rc"])
def test_rubbish_is_a_mail_too(raw):
    assert explain(raw, "rubbish")["kind"] == "message"


def test_deep_nesting_and_many_parts_end():
    raw = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (depth, depth) for depth in range(300)) + b"\r\nText"
    parse(raw).text  # noqa: B018
    many = parse(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 20_000)
    assert len(list(many.root.walk())) <= 2001


@given(st.binary(max_size=600))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_understood_somehow(raw):
    explain(raw, "any")


@given(st.lists(st.tuples(st.integers(0, len(MULTIPART) - 1), st.integers(0, 40), st.binary(max_size=12)), max_size=6))
@settings(max_examples=300, deadline=None)
def test_damaged_mails_are_understood_somehow(damages):
    raw = bytearray(MULTIPART)
    for place, length, instead in damages:
        raw[place : place + length] = instead
    found = explain(bytes(raw), "damaged")
    assert "\0" not in found["subject"] + found["text"]
    (found["subject"] + found["text"] + str(found["from"]) + str(found["attachments"])).encode("utf-8")


HEADER = st.sampled_from(["From", "To", "Subject", "Date", "References", "Content-Type", "Content-Disposition", "Authentication-Results", "Received"])


@given(st.lists(st.tuples(HEADER, st.text(alphabet='<>@"(),;:=?\\ utf-8QB*\'%ab\n\t', max_size=60)), max_size=6), st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_header_values_are_understood_somehow(headers, body):
    raw = "".join(f"{name}: {value}\r\n" for name, value in headers) + "\r\n" + body
    explain(raw.encode("utf-8", "surrogatepass"), "headers")
