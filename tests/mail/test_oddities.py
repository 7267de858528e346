"""Mails as odd programs write them. All are our own."""

import base64
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.mail.dates import read_date
from crm.mail.explaining import explain
from crm.mail.parsing import parse
from crm.mail.reply_text import reply_of

HEAD = "From: Anna <anna@example.com>\nTo: service@example.org\nSubject: Frage\n"
KANA = "お問い合わせありがとうございます。ご連絡お待ちしております。"


def mail(headers: str, body: str | bytes = "Hallo"):
    return parse(f"{HEAD}{headers}".rstrip("\n").encode() + b"\n\n" + (body if isinstance(body, bytes) else body.encode()))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('"Colleagues": "James" <james@v.example>; Friends: jane@v.example, =?UTF-8?Q?Sm=C3=AEth?= <john@v.example>;',
         [("James", "james@v.example"), ("", "jane@v.example"), ("Smîth", "john@v.example")]),
        ("A Group(Some people)\n :Chris <c@(his host.)p.example>, joe@p.example,\n John <j@p.example> (my friend); (the end)",
         [("Chris", "c@p.example"), ("", "joe@p.example"), ("John", "j@p.example")]),
        ("anna@example.com (Anna (die Chefin) Berg)", [("Anna (die Chefin) Berg", "anna@example.com")]),
        ('"quoted local"@example.com', [("", '"quoted local"@example.com')]),
        ('Anna <"a b"@example.com>', [("Anna", '"a b"@example.com')]),
        ('<"anna"@example.com>', [("", "anna@example.com")]),
        ("anna @ example.com", [("", "anna@example.com")]),
        ("Berg\\, Anna <anna@example.com>", [("Berg, Anna", "anna@example.com")]),
        ("<@relay.example,@b.example:anna@example.com>", [("", "anna@example.com")]),
    ],
)
def test_addresses(value, expected):
    assert list(parse(f"To: {value}\n\nx".encode()).to) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2021-11-20T14:22:01Z", "2021-11-20T14:22:01+00:00"), ("2021-11-20 14:22:01 +0100", "2021-11-20T13:22:01+00:00"),
        ("20 Nov 2021 14:22:01 GMT+0100", "2021-11-20T13:22:01+00:00"), ("Sat, 20-Nov-2021 14:22:01 +01:00", "2021-11-20T13:22:01+00:00"),
        ("20.11.2021 14:22:01", "2021-11-20T14:22:01+00:00"), ("Sat Nov 20 14:22:01 2021", "2021-11-20T14:22:01+00:00"),
        ("Thu, 13 Feb 69 23:32 PST", "1969-02-14T07:32:00+00:00"), ("Sa, 20 Nov 2021 14:22:01 +0100 (CET)", "2021-11-20T13:22:01+00:00"),
    ],
)
def test_dates(value, expected):
    assert read_date(value).isoformat() == expected


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        (KANA, "cp932"), (KANA, "euc_jp"), ("您好，请问我的订单什么时候能够发货？谢谢您的帮助。", "gb18030"), ("안녕하세요 주문이 언제 도착하는지 알려주세요 감사합니다", "euc_kr"),
        ("Здравствуйте, подскажите пожалуйста, когда придет заказ?", "koi8-r"), ("Здравствуйте, подскажите пожалуйста, когда придет заказ?", "cp1251"),
        ("Dzień dobry, kiedy przyjdzie przesyłka? Proszę o odpowiedź, żółw.", "iso8859-2"), ("Dzień dobry, kiedy przyjdzie przesyłka? Proszę o odpowiedź, żółw.", "cp1250"),
        ("Bitte liefern Sie 5 m³ Mörtel und die Größe 3¼, sobald es über 20 °C hat. Schöne Grüße aus Köln", "cp1252"),
    ],
)
def test_a_charset_that_nobody_declared(text, charset):
    assert mail("", text.encode(charset)).text == text


@pytest.mark.parametrize(("declared", "data", "text"), [
    ("hz-gb-2312", b"Hello ~{<:Ky2;S{#,NpJ)l6HK!#~}Bye.", "Hello 己所不欲，勿施於人。Bye."), ("utf-16le", "Grüße".encode("utf-16-le"), "Grüße"), ("x-unknown", "Grüße".encode(), "Grüße"),
])
def test_rare_charsets(declared, data, text):
    assert mail(f"Content-Type: text/plain; charset={declared}", data).text == text


def test_encoded_words_of_japanese_that_are_cut_within_a_character():
    assert parse(b"Subject: =?ISO-2022-JP?B?GyRCJTMlcyU/?= =?ISO-2022-JP?B?JS8lSBsoQg==?=\n\nx").subject == "コンタクト"


def test_the_charset_of_a_name_in_pieces_may_stand_in_a_later_one():
    found = mail("Content-Type: image/gif; name*1=\"about \"; name*0=\"Book \";\n name*2*=utf-8''%e2%98%95 tables.gif\nContent-Transfer-Encoding: base64", "R0lGODlh")
    assert found.attachments[0].filename == "Book about ☕ tables.gif"


def test_files_without_a_name_get_different_ones():
    parts = "".join(f"--x\nContent-Type: {kind}\n\n1\n" for kind in ("text/plain", "image/png", "image/png", "video/quicktime"))
    assert [each.filename for each in mail("Content-Type: multipart/mixed; boundary=x", f"{parts}--x--").attachments] == ["image.png", "image1.png", "video.mov"]


@pytest.mark.parametrize(("body", "text"), [
    ("SGFsbG8gV2V\nsdA==\n\n-- \nlist@example.com mailing list\n", "Hallo Welt"), ("Hallo, das ist gar nicht kodiert. Bitte melden!", "Hallo, das ist gar nicht kodiert. Bitte melden!"),
    ("SGFs\r\nbG8=\r\n_______________________________________________\r\nListe\r\n", "Hallo"), ("SGFsbG8gV2VsdA", "Hallo Welt"),
])
def test_base64_that_is_not_quite(body, text):
    assert mail("Content-Transfer-Encoding: base64", body).text == text


def test_line_ends_of_three_characters():
    found = parse((HEAD + "\nHallo\nWelt").replace("\n", "\r\r\n").encode())
    assert (found.subject, found.text) == ("Frage", "Hallo\nWelt")


def test_a_blank_before_the_colon_of_the_first_header_is_no_envelope():
    assert parse(b"From : anna@example.com\nSubject : Frage\n\nHallo").from_.address == "anna@example.com"


def test_a_signed_mail_shows_what_was_signed_and_armour_stays():
    signed = "--s\nContent-Type: text/plain\n\nHallo\n--s\nContent-Type: application/pkcs7-signature; name=smime.p7s\nContent-Transfer-Encoding: base64\n\nMIAG\n--s--"
    assert mail('Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary=s', signed).text == "Hallo"
    armour = "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n=abcd\n-----END PGP MESSAGE-----\n"
    assert mail("", armour).text == armour
    assert "hQEMA" in reply_of(mail("", armour))


WHOLE = (
    'Received: from a.example by b.example; Sat, 21 Nov 2026 10:00:00 +0100\r\nFrom: =?utf-8?Q?J=C3=BCrgen?= <j@example.com>\r\nTo: service@example.org\r\nSubject: =?utf-8?B?R3LDvMOf?=\r\n'
    ' =?utf-8?B?ZQ==?=\r\nMessage-ID: <1@example.com>\r\nReferences: <0@example.com>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'
    'Content-Type: multipart/alternative; boundary="c"\r\n\r\n--c\r\nContent-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    "MARKE Sch=C3=B6n, danke =\r\nsehr.\r\n\r\nAm 12.03.2025 um 14:05 schrieb S <s@example.com>:\r\n> alt\r\n--c\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.b64encode("<p>MARKE Schön</p><blockquote>alt</blockquote>".encode()).decode() + "\r\n--c--\r\n--b\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT\r\n"
    "--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: k@example.com\r\nSubject: innen\r\n\r\nText\r\n--b\r\nContent-Type: application/pdf; name*=utf-8''R%C3%BCck.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n--b--\r\n"
).encode()


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 60), st.sampled_from([b"", b"\n", b"\r", b"\0", b'"', b"--b", b"--c--", b"=?", b"<", b"=", b"\xff\xfe", b": ", b"\n\n"])), max_size=8))
@settings(max_examples=400, deadline=None)
def test_however_damaged_a_mail_never_fails_and_never_loses_all_it_says(damages):
    raw = bytearray(WHOLE)
    for place, length, instead in damages:
        raw[place : place + length] = instead
    found = explain(bytes(raw), "damaged")
    (found["subject"] + found["text"] + found["reply_text"] + str(found["attachments"])).encode("utf-8")
    if b"\r\n\r\nMARKE" in raw:
        assert found["text"].strip() or found["attachments"]
    assert bool(found["reply_text"]) == bool(found["text"].strip())


@pytest.mark.parametrize("line", ["> Zitat einer Zeile", "a" * 70, "Von: x@example.com", "> " * 30, "Am 12.03.2025 um 14:05 schrieb S <s@example.com>:", "Sent from my iPhone", "a@b.example ", "<div>", "12:00 2025 <"])
def test_twice_the_quotation_takes_about_twice_the_time(line):
    def spent(size: int) -> float:
        text = "Hallo\n\nPasst.\n\nAm 12.03.2025 um 14:05 schrieb S <s@example.com>:\n" + (line + "\n") * (size // (len(line) + 1))
        raw = HEAD.encode() + b"\n" + text.encode()
        started = time.process_time()
        explain(raw, "")
        return time.process_time() - started

    half, whole = min(spent(500_000) for _ in range(2)), spent(1_000_000)
    assert whole < 3 * half + 0.3


def test_a_large_mail_is_not_held_in_memory_several_times():
    import os
    import tracemalloc

    raw = HEAD.encode() + b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nHallo\n--x\nContent-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n"
    raw += base64.encodebytes(os.urandom(7_000_000)) + b"--x--\n"
    tracemalloc.start()
    try:
        assert explain(raw, "")["attachments"][0]["size"] == 7_000_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1.2 * len(raw)  # beside the mail itself
