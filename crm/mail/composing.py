"""Outgoing mail as bytes ready for SMTP: CRLF, short lines, headers nobody can inject into."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from crm.mail.addresses import Address

# Long enough that no sensible id or encoded word is folded in its midst; far below the 998 of RFC 5322.
POLICY = SMTP.clone(max_line_length=78, refold_source="none")
CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029\ud800-\udfff]+")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
KEPT_FIRST, KEPT_LAST = 2, 8
ATEXT = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+\Z")


class BadAddressError(ValueError):
    """An address no mail can be sent to."""


@dataclass(frozen=True)
class File:
    filename: str
    content_type: str
    data: bytes
    content_id: str = ""  # given: an inline picture of the HTML part


@dataclass(frozen=True)
class Outgoing:
    """What is to be sent. `message_id`, `in_reply_to` and `references` with angle brackets; `date` aware."""

    from_: Address
    to: Sequence[Address]
    subject: str
    text: str
    message_id: str
    date: datetime
    html: str = ""
    cc: Sequence[Address] = ()
    reply_to: Sequence[Address] = ()
    in_reply_to: str = ""
    references: Sequence[str] = ()
    files: Sequence[File] = ()
    automatic: bool = False  # written by a program: Auto-Submitted and X-Auto-Response-Suppress
    answer: bool = False  # automatic, as an answer to a mail
    unsubscribe_url: str = ""
    unsubscribe_address: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def compose(mail: Outgoing) -> bytes:
    """The mail as it goes out. Raises BadAddressError."""
    message = EmailMessage(policy=POLICY)
    _add_people(message, mail)
    message["Subject"] = one_line(mail.subject)[:900]
    message["Date"] = format_datetime(mail.date)
    message["Message-ID"] = _id(mail.message_id)
    if mail.in_reply_to:
        message["In-Reply-To"] = _id(mail.in_reply_to)
    if chain := trimmed_references(mail.references, mail.in_reply_to):
        message["References"] = " ".join(chain)
    _add_automatic(message, mail)
    for name, value in mail.headers.items():
        if re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,70}", name):
            message[name] = one_line(value)
    _add_body(message, mail)
    return _folded_ids(message.as_bytes(policy=POLICY))


def one_line(text: str) -> str:
    """Header text: control characters, line breaks first of all, become blanks."""
    return CONTROL.sub(" ", text).strip()


def _id(value: str) -> str:
    return re.sub(r"[\s\x00-\x1f]+", "", value)[:900]


def trimmed_references(references: Sequence[str], in_reply_to: str = "") -> list[str]:
    """Oldest first, each once, the answered one last; of a long chain the first few and the last few."""
    chain = list(dict.fromkeys(_id(each) for each in references if each.strip()))
    if parent := _id(in_reply_to):
        chain = [*(each for each in chain if each != parent), parent]
    if len(chain) > KEPT_FIRST + KEPT_LAST:
        chain = chain[:KEPT_FIRST] + chain[-KEPT_LAST:]
    return [each for each in chain if len(each) < 500]


def _add_people(message: EmailMessage, mail: Outgoing) -> None:
    message["From"] = header_address(mail.from_)
    for name, people in (("To", mail.to), ("Cc", mail.cc), ("Reply-To", mail.reply_to)):
        if people:
            message[name] = [header_address(each) for each in people]


def header_address(address: Address) -> HeaderAddress:
    """Domain in IDNA; the display name encoded where it must be."""
    local, _, domain = one_line(address.address).rpartition("@")
    try:
        ascii_domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise BadAddressError(address.address) from error
    if not ATEXT.match(local) or local.startswith(".") or local.endswith(".") or ".." in local or not re.fullmatch(r"[A-Za-z0-9._-]{1,253}", ascii_domain):
        raise BadAddressError(address.address)
    return HeaderAddress(display_name=one_line(address.name)[:200], username=local, domain=ascii_domain)


def _add_automatic(message: EmailMessage, mail: Outgoing) -> None:
    if mail.automatic or mail.answer:
        message["Auto-Submitted"] = "auto-replied" if mail.answer else "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
    ways = [f"<mailto:{one_line(mail.unsubscribe_address)}>"] if mail.unsubscribe_address else []
    ways += [f"<{_id(mail.unsubscribe_url)}>"] if mail.unsubscribe_url else []
    if ways:
        message["List-Unsubscribe"] = ", ".join(reversed(ways))
    if mail.unsubscribe_url:
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _add_body(message: EmailMessage, mail: Outgoing) -> None:
    message.set_content(_body(mail.text), cte="quoted-printable")
    if mail.html:
        message.add_alternative(_body(mail.html), subtype="html", cte="quoted-printable")
        html = message.get_payload()[-1]
        for file in (each for each in mail.files if each.content_id):
            _attach(html.add_related, file, cid=f"<{_id(file.content_id).strip('<>')}>", disposition="inline")
    for file in mail.files:
        if not (file.content_id and mail.html):
            _attach(message.add_attachment, file)


def _body(text: str) -> str:
    return UNSTORABLE.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def _attach(add, file: File, **more) -> None:
    main, _, sub = file.content_type.lower().partition("/")
    if not re.fullmatch(r"[a-z0-9.+-]+", sub) or main in ("multipart", "message") or not main.isalpha():
        main, sub = "application", "octet-stream"
    add(file.data, maintype=main, subtype=sub, filename=one_line(file.filename)[:200] or "attachment", cte="base64", **more)


LONG_ID_LINE = re.compile(rb"^(References|In-Reply-To|Message-ID):[ \t]*((?:.*(?:\r\n[ \t].*)*))", re.M | re.I)


def _folded_ids(raw: bytes) -> bytes:
    """One id a line: the library would encode an id that is longer than a line, and no program could read it back."""
    head, separator, body = raw.partition(b"\r\n\r\n")
    return LONG_ID_LINE.sub(lambda match: match[1] + b": " + b"\r\n ".join(match[2].split()), head) + separator + body
