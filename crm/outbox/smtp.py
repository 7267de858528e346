"""One connection to a mail server, and what became of each mail handed over on it."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from crm.outbox import wording

TIMEOUT = 60
PER_CONNECTION = 100
NO_TOKEN = PermissionError  # what a Server's `token` raises when the provider gives none any more
PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}


@dataclass(frozen=True)
class Outcome:
    """sent · later (may be tried again) · failed (final) · uncertain (handed over, never confirmed)."""

    kind: str
    code: int | None = None
    text: str = ""
    reason: str = ""
    refused: tuple[str, ...] = ()  # recipients of a mail that others did receive
    again: tuple[str, ...] = ()  # those of them who may be tried later


@dataclass(frozen=True)
class Server:
    """Where mail leaves, and how we sign in: with a password, or with a token that is fresh when asked for (XOAUTH2)."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    token: Callable[[], str] | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(cls, url: str) -> Server:
        parts = urlsplit(url)
        return cls(parts.scheme, parts.hostname or "", parts.port or PORTS[parts.scheme], unquote(parts.username or ""), unquote(parts.password or ""))


class Line:
    """`with Line(server) as line: line.hand_over(sender, recipients, message)`. Connects when first needed, and again after a fault."""

    def __init__(self, server: Server):
        self.to = server
        self.server: smtplib.SMTP | None = None
        self.handed = 0

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self.hang_up()

    def hand_over(self, sender: str, recipients: list[str], message: bytes) -> Outcome:
        try:
            server = self._ready()
        except smtplib.SMTPResponseException as error:
            return self._sign_in_refused(error)
        except NO_TOKEN as error:
            self.hang_up()
            return Outcome("later", None, _words(error), "sign_in")
        except (OSError, smtplib.SMTPException) as error:
            self.hang_up()
            return Outcome("later", None, _words(error), "unreachable")
        try:
            return self._transact(server, sender, recipients, message)
        except (OSError, smtplib.SMTPException) as error:
            self.hang_up()
            return Outcome("later", None, _words(error), "unreachable")

    def _sign_in_refused(self, error: smtplib.SMTPResponseException) -> Outcome:
        """Wrong credentials are a fault of ours, not of the mail: it stays and is tried again."""
        self.hang_up()
        signing_in = isinstance(error, smtplib.SMTPAuthenticationError)
        return Outcome("later", error.smtp_code, _words(error), "sign_in" if signing_in else "busy")

    def _ready(self) -> smtplib.SMTP:
        if self.server is not None and self.handed >= PER_CONNECTION:
            self.hang_up()
        if self.server is None:
            self.server, self.handed = connect(self.to), 0
        self.handed += 1
        return self.server

    def _transact(self, server: smtplib.SMTP, sender: str, recipients: list[str], message: bytes) -> Outcome:
        server.ehlo_or_helo_if_needed()
        code, answer = server.mail(sender, _options(server, sender, recipients, message))
        if code != 250:
            return self._refused(server, code, answer, sender=True)
        answers = {recipient: server.rcpt(recipient) for recipient in recipients}
        refused = {recipient: told for recipient, told in answers.items() if told[0] not in (250, 251)}
        if len(refused) == len(recipients):
            worst = min(refused.values(), key=lambda told: told[0])  # 4xx before 5xx: as long as one may still work, it is tried
            return self._refused(server, *worst)
        code, answer = server.docmd("DATA")
        if code != 354:
            return self._refused(server, code, answer)
        return self._finish(server, message, refused)

    def _finish(self, server: smtplib.SMTP, message: bytes, refused: dict[str, tuple[int, bytes]]) -> Outcome:
        """From the final dot on, a silence means that nobody knows whether the mail was taken."""
        server.send(_quoted(message))
        try:
            code, answer = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.hang_up()
            return Outcome("uncertain", None, _words(error), "uncertain")
        if code != 250:
            return self._refused(server, code, answer)
        again = tuple(recipient for recipient, told in refused.items() if 400 <= told[0] < 500)
        text = "; ".join(f"{recipient}: {told[0]} {_text(told[1])}" for recipient, told in refused.items())
        return Outcome("sent", code, text or _text(answer), "some_refused" if refused else "", tuple(refused), again)

    def _refused(self, server: smtplib.SMTP, code: int, answer: bytes, *, sender: bool = False) -> Outcome:
        if code == 421:
            self.hang_up()
        else:
            server.rset()
        if code < 500:
            return Outcome("later", code, _text(answer), "busy")
        return Outcome("failed", code, _text(answer), "sender" if sender and code in (550, 553, 554) else wording.reason(code, answer))

    def hang_up(self) -> None:
        server, self.server = self.server, None
        if server is None:
            return
        try:
            server.quit()
        except (OSError, smtplib.SMTPException):
            server.close()


def connect(to: Server, timeout: float = TIMEOUT) -> smtplib.SMTP:
    """A connection that is signed in."""
    context = ssl.create_default_context()
    if to.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(to.host, to.port, timeout=timeout, context=context)
    else:
        server = smtplib.SMTP(to.host, to.port, timeout=timeout)
    try:
        if to.scheme == "smtp+starttls":
            server.starttls(context=context)
        _sign_in(server, to)
    except BaseException:
        server.close()
        raise
    return server


def _sign_in(server: smtplib.SMTP, to: Server) -> None:
    if to.token is not None:
        said = f"user={to.user}\1auth=Bearer {to.token()}\1\1"
        server.ehlo_or_helo_if_needed()
        server.auth("XOAUTH2", lambda challenge=None: said if challenge is None else "", initial_response_ok=True)
    elif to.user:
        server.login(to.user, to.password)


def _options(server: smtplib.SMTP, sender: str, recipients: list[str], message: bytes) -> list[str]:
    options = [f"size={len(message)}"] if server.has_extn("size") else []
    if not all(address.isascii() for address in (sender, *recipients)) and server.has_extn("smtputf8"):
        server.command_encoding = "utf-8"
        return [*options, "SMTPUTF8", "BODY=8BITMIME"]
    return options


def _quoted(message: bytes) -> bytes:
    """Dots doubled at the beginning of lines, and the dot that ends the mail."""
    body = message.replace(b"\r\n.", b"\r\n..")
    body = b"." + body if body.startswith(b".") else body
    return body + (b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n")


def _text(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return str(error) or type(error).__name__
