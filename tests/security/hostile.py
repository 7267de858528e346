"""Mails that nobody sends by accident."""

from __future__ import annotations

import base64
import os
import random
from collections.abc import Iterator

HEAD = b"From: Mallory <mallory@evil.example>\r\nTo: service@firm.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
RANDOM = random.Random(7)


def mixed(*parts: bytes, head: bytes = HEAD) -> bytes:
    body = b"".join(b"--B\r\n" + part + b"\r\n" for part in parts)
    return head + b"Content-Type: multipart/mixed; boundary=B\r\n\r\n" + body + b"--B--\r\n"


def attachment(name: bytes, content_type: bytes = b"text/html", data: bytes = b"<script>evil()</script>") -> bytes:
    disposition = b"Content-Disposition: attachment; " + name
    return mixed(b"Content-Type: text/plain\r\n\r\nhello", b"Content-Type: " + content_type + b"\r\n" + disposition + b"\r\n\r\n" + data)


def nested(depth: int) -> bytes:
    opened = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))
    return HEAD + opened + b"Content-Type: text/plain\r\n\r\ndeep\r\n" + b"".join(b"--b%d--\r\n" % n for n in reversed(range(depth)))


def forwarded(depth: int) -> bytes:
    return HEAD + b"".join(b"Content-Type: message/rfc822\r\n\r\nFrom: a@b.example\r\nSubject: %d\r\n" % n for n in range(depth)) + b"\r\nend"


def large(megabytes: int) -> bytes:
    data = base64.encodebytes(os.urandom(megabytes * 740_000)).replace(b"\n", b"\r\n")
    part = b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=big.bin\r\n\r\n"
    return mixed(b"Content-Type: text/plain\r\n\r\nhello", part + data)


def mails() -> dict[str, bytes]:
    """By what is wrong with them."""
    return dict(_small()) | dict(_many()) | dict(_names())


def _small() -> Iterator[tuple[str, bytes]]:
    yield "empty", b""
    yield "only blanks", b"\r\n \r\n"
    yield "no header", b"just words"
    yield "no sender", b"To: service@firm.example\r\nSubject: x\r\n\r\nhello"
    yield "noise", bytes(RANDOM.randrange(256) for _ in range(20_000))
    yield "only NULs", b"\0" * 5000
    yield "NUL in subject", HEAD.replace(b"Subject: x", b"Subject: a\0b =?utf-8?q?c=00d?=") + b"\r\nhello"
    yield "NUL in names", HEAD.replace(b"Mallory", b'"M\0al"').replace(b"To:", b"T\0o:") + b"\r\nhe\0llo"
    yield "NUL in encoded parts", HEAD + b"Content-Type: text/plain; charset=utf-16\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(b"\0\0\0\0a\0")
    yield "NUL in a file name", attachment(b'filename="a\0b.html"') + b"\0"
    yield "half surrogates", HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\n+2AA-+3AA-"
    yield "unknown charset", HEAD + b"Content-Type: text/plain; charset=klingon\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=FF=FE=FC"
    yield "charsets that are no text", HEAD + b"Content-Type: text/html; charset=base64\r\n\r\n<p>aGFsbG8</p>"
    yield "charset rot13", HEAD + b"Content-Type: text/plain; charset=rot13\r\n\r\nunyyb"
    yield "charset idna", HEAD.replace(b"Subject: x", b"Subject: =?idna?q?=FF=FF?= =?punycode?b?////?= =?zip?b?eJw=?=") + b"\r\nx"
    yield "broken words", HEAD.replace(b"Subject: x", b"Subject: =?utf-8?b?====?= =?utf-8?q?=?= =?????= =?utf-8?x?y?= " + b"=?" * 5000) + b"\r\nx"
    yield "headers in headers", HEAD.replace(b"Subject: x", b"Subject: =?utf-8?q?x=0D=0ABcc:_victim@evil.example=0D=0A=0D=0Abody?=") + b"\r\nhello"
    yield "headers in names", HEAD.replace(b"Mallory", b"=?utf-8?q?M=0D=0ABcc:_victim@evil.example?=") + b"\r\nhello"
    yield "lone line ends", HEAD.replace(b"\r\n", b"\r") + b"\rhello\r"
    yield "a line without end", HEAD + b"\r\n" + b"x" * 3_000_000
    yield "a header without end", HEAD + b"X-Long: " + b"y " * 1_000_000 + b"\r\n\r\nx"
    yield "a date that never was", HEAD + b"Date: Fri, 31 Feb 99999 25:61:61 +9999\r\n\r\nx"
    yield "a date at the end of time", HEAD + b"Date: Fri, 31 Dec 9999 23:59:59 -2359\r\n\r\nx"
    yield "ids that are none", HEAD + b"Message-ID: <\r\nIn-Reply-To: " + b"<" * 10_000 + b"\r\nReferences: " + b"<a@b> " * 20_000 + b"\r\n\r\nx"
    yield "an address that is none", HEAD.replace(b"mallory@evil.example", b"@@@, <>, \"\"@[], a@" + b"b." * 5000) + b"\r\nx"
    yield "an address with a newline", HEAD.replace(b"<mallory@evil.example>", b'<"a\r\n b"@evil.example>') + b"\r\nx"
    yield "html without end", HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div><table><b>" * 30_000
    yield "html entities", HEAD + b"Content-Type: text/html\r\n\r\n" + b"&#0;&#xD800;&#x110000;&#99999999999999999999;<p>x</p>" * 500
    yield "html comments", HEAD + b"Content-Type: text/html\r\n\r\n" + b"<!--<!--" * 20_000 + b"x"
    yield "a quote without end", HEAD + b"\r\n" + b"> " * 20_000 + b"\r\nOn " + b"x " * 20_000 + b"wrote:\r\n" + b">" * 50_000
    yield "blank lines", HEAD + b"\r\n" + b"\r\n" * 300_000
    yield "uuencode without end", HEAD + b"\r\n" + b"begin 644 x\r\n" * 5000


def _many() -> Iterator[tuple[str, bytes]]:
    yield "10,000 parts in parts", nested(10_000)
    yield "10,000 mails in mails", forwarded(10_000)
    yield "20,000 parts", mixed(*[b"Content-Type: text/plain\r\n\r\nx"] * 20_000)
    yield "2,000 files", mixed(*[b"Content-Disposition: attachment; filename=%d.txt\r\n\r\n%d" % (n, n) for n in range(2_000)])
    yield "5,000 recipients", HEAD.replace(b"service@firm.example", b",\r\n ".join(b"N%d <n%d@x.example>" % (n, n) for n in range(5_000))) + b"\r\nx"
    yield "50,000 headers", HEAD + b"X-A: b\r\n" * 50_000 + b"\r\nx"
    yield "a boundary everywhere", HEAD + b"Content-Type: multipart/mixed; boundary=-\r\n\r\n" + b"---\r\n" * 100_000
    yield "10,000 parameters", HEAD + b"Content-Type: text/plain" + b"; name*%d*=x" * 10_000 % tuple(range(10_000)) + b"\r\n\r\nx"
    yield "folded without end", HEAD.replace(b"Subject: x", b"Subject: x" + b"\r\n y" * 50_000) + b"\r\nx"


def _names() -> Iterator[tuple[str, bytes]]:
    for name in (b'filename="../../../etc/passwd"', b'filename="..\\\\..\\\\x.html"', b'filename="C:\\\\x.html"', b"filename*=utf-8''a%0D%0AX-Evil%3A%201.html", b'filename="' + b"x" * 5000 + b'.html"',
                 "filename=\"\u202elmth.exe\"".encode(), b'filename=""', b'filename="/"', b'filename="."', b'filename="a;b\\"c.html"', b"filename*=utf-8''%00%01%FF.html",
                 b"filename*0*=utf-8''%2e%2e%2f; filename*1*=x.html", b'filename="CON"', b'filename=" .html"'):  # fmt: skip
        yield f"file {name[:40]!r}", attachment(name)
    for content_type in (b"text/html", b"image/svg+xml", b"application/xhtml+xml", b"text/xml", b"text/javascript", b"application/pdf", b"TEXT/HTML; charset=x", b"x" * 300 + b"/y", b"text/html\0", b"\xff/\xff"):
        yield f"type {content_type[:40]!r}", attachment(b"filename=x", content_type)
