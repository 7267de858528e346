"""Mails as a firm gets them: plain and designed, with files, quotations, odd charsets, from people and from programs. Written by us."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP

TEXT = "Guten Tag,\n\nunsere Maschine {number} zieht kein Wasser mehr. Wann kann jemand vorbeikommen?\n\nFreundliche Grüße\nKlara Kunde {number}\n"
QUOTED = "\nAm 12.03.2025 um 14:05 schrieb Nordlicht Service <service@nordlicht.example>:\n\n" + "> Bitte nennen Sie uns die Nummer auf dem Typenschild, dann sehen wir nach.\n" * 30
DESIGNED = "<html><head><style>p {{ margin: 0 }}</style></head><body>" + "<p>Unsere Maschine <b>{number}</b> zieht <span style='color:red'>kein Wasser</span> mehr.</p>" * 20 + "<blockquote>" + "<p>Bitte die Nummer.</p>" * 40 + "</blockquote></body></html>"
FILE = bytes(range(256)) * 160


def small(sender: str, number: int) -> bytes:
    return _composed(sender, number, _plain)


def mixed(sender: str, number: int) -> bytes:
    """One of several kinds, by its number; each has a text of its own."""
    return _composed(sender, number, SHAPES[number % len(SHAPES)])


def _composed(sender: str, number: int, fill: Callable[[EmailMessage, int], None]) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = f"Klara Kunde <{sender}>", "service@nordlicht.example", f"Maschine {number} – läuft nicht"
    message["Message-ID"] = f"<bench-{time.time_ns()}-{number}@post.example>"
    fill(message, number)
    return message.as_bytes()


def _plain(message: EmailMessage, number: int) -> None:
    message.set_content(TEXT.format(number=number))


def _quoting(message: EmailMessage, number: int) -> None:
    message.set_content(TEXT.format(number=number) + QUOTED, charset="iso-8859-1", cte="quoted-printable")


def _designed(message: EmailMessage, number: int) -> None:
    _quoting(message, number)
    message.add_alternative(DESIGNED.format(number=number), subtype="html")


def _with_file(message: EmailMessage, number: int) -> None:
    _designed(message, number)
    message.add_attachment(FILE + str(number).encode(), maintype="image", subtype="jpeg", filename=f"Typenschild {number}.jpg")


def _by_program(message: EmailMessage, number: int) -> None:
    message["Auto-Submitted"] = "auto-replied"
    message.set_content(f"Ich bin bis Montag nicht im Haus ({number}).")


def _hand_made(message: EmailMessage, number: int) -> None:
    """Of a program that declares nothing and encodes everything."""
    message["Content-Type"], message["Content-Transfer-Encoding"] = "text/plain", "base64"
    message.set_payload(base64.encodebytes(TEXT.format(number=number).encode("cp1252")).decode())


SHAPES = (_plain, _designed, _quoting, _with_file, _plain, _by_program, _designed, _hand_made)
