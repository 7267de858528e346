"""One connection to a mail server, and what became of each mail handed over on it."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from crm.outbox import wording

TIMEOUT = 60  # seconds for each answer
VERDICT = 300  # seconds for the answer after the final dot: a server may look for viruses first (RFC 5321 asks for ten minutes)
FAREWELL = 5  # seconds for the answer to QUIT, which nobody needs
DEADLINE = 720  # seconds for one mail altogether, however slowly the server drips; less than delivering.STALE
PIECE = 256 * 1024
PER_CONNECTION = 100
NO_TOKEN = PermissionError  # what a Server's `token` raises when the provider gives none any more
PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
ACCEPTED = (250, 251, 252)
Answer = tuple[int, bytes]


@dataclass(frozen=True)
class Outcome:
    """sent · later (may be tried again) · failed (final) · uncertain (handed over, never confirmed)."""

    kind: str
    code: int | None = None
    text: str = ""
    reason: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)  # recipients who will not get it, and what the server said of each
    again: tuple[str, ...] = ()  # recipients who may be tried later
    no_way: bool = False  # the server does not serve us at all: other mails would fare alike


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
    """`with Line(server) as line: line.hand_over(sender, recipients, file)`. Connects when first needed, and again after a fault."""

    def __init__(self, server: Server):
        self.to = server
        self.server: smtplib.SMTP | None = None
        self.handed = 0

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self.hang_up()

    def hand_over(self, sender: str, recipients: list[str], message: Path) -> Outcome:
        reused = self.server is not None
        outcome = self._try(sender, recipients, message)
        if reused and (outcome.reason == "unreachable" or outcome.code == 421):  # it had only grown tired of the old connection
            self.hang_up()
            return self._try(sender, recipients, message)
        return outcome

    def _try(self, sender: str, recipients: list[str], message: Path) -> Outcome:
        with self._deadline():
            try:
                server = self._ready()
            except (OSError, smtplib.SMTPException) as error:
                self.hang_up()
                return Outcome("later", getattr(error, "smtp_code", None), _words(error), _trouble(error), no_way=True)
            try:
                return self._transact(server, sender, recipients, message)
            except (OSError, smtplib.SMTPException) as error:
                self.hang_up()
                return Outcome("later", None, _words(error), "unreachable", no_way=True)

    @contextmanager
    def _deadline(self) -> Iterator[None]:
        """A server that sends a letter a minute keeps every single time limit; so the connection is cut from outside."""
        timer = threading.Timer(DEADLINE, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _cut(self) -> None:
        line = self.server.sock if self.server is not None else None
        if line is not None:
            with suppress(OSError):
                socket.socket.shutdown(line, socket.SHUT_RDWR)

    def _ready(self) -> smtplib.SMTP:
        if self.server is not None and self.handed >= PER_CONNECTION:
            self.hang_up()
        if self.server is None:
            self.server, self.handed = unconnected(self.to), 0
            open_to(self.server, self.to)
        self.handed += 1
        return self.server

    def _transact(self, server: smtplib.SMTP, sender: str, recipients: list[str], message: Path) -> Outcome:
        size = message.stat().st_size
        if hindrance := _hindrance(server, sender, recipients, size):
            return hindrance
        code, answer = server.mail(sender, _options(server, sender, recipients, size))
        if code != 250:
            return self._refused(server, code, answer, sender=True)
        told = {recipient: server.rcpt(recipient) for recipient in recipients}
        refused, again = _final(told), tuple(recipient for recipient, (code, _answer) in told.items() if code < 500 and code not in ACCEPTED)
        if len(refused) + len(again) == len(recipients):
            return self._nobody(server, told, refused, again)
        code, answer = server.docmd("DATA")
        if code != 354:
            return self._refused(server, code, answer)
        return self._finish(server, message, refused, again)

    def _nobody(self, server: smtplib.SMTP, told: Mapping[str, Answer], refused: Mapping[str, str], again: tuple[str, ...]) -> Outcome:
        """As long as one of them may still be taken, it is tried again, for those."""
        code, answer = told[again[0]] if again else next(iter(told.values()))
        outcome = self._refused(server, code, answer)
        return Outcome(outcome.kind, code, _all_said(told) if len(told) > 1 else outcome.text, outcome.reason, refused, again)

    def _finish(self, server: smtplib.SMTP, message: Path, refused: Mapping[str, str], again: tuple[str, ...]) -> Outcome:
        """From the final dot on, a silence or an answer that is none means that nobody knows whether the mail was taken."""
        for piece in quoted(_pieces(message)):
            server.send(piece)
        try:
            _be_patient(server, VERDICT)
            code, answer = server.getreply()
            _be_patient(server, TIMEOUT)
        except (OSError, smtplib.SMTPException) as error:
            self.hang_up()
            return Outcome("uncertain", None, _words(error), "uncertain", refused, again)
        if code != 250 and not 400 <= code < 600:
            self.hang_up()
            return Outcome("uncertain", code if code > 0 else None, _text(answer), "uncertain", refused, again)
        if code >= 400:
            return self._refused(server, code, answer)
        return Outcome("sent", code, _text(answer), "some_refused" if refused else "", refused, again)

    def _refused(self, server: smtplib.SMTP, code: int, answer: bytes, *, sender: bool = False) -> Outcome:
        self._start_over(server, code)
        if code < 500:
            return Outcome("later", code, _text(answer), "busy")
        return Outcome("failed", code, _text(answer), "sender" if sender and code in (550, 553, 554) else wording.reason(code, answer))

    def _start_over(self, server: smtplib.SMTP, code: int) -> None:
        """Ready for the next mail; a server that hangs up on us meanwhile has all the same said what it said."""
        try:
            if code == 421 or code < 400:  # it goes, or says what is no answer
                self.hang_up()
            else:
                server.rset()
        except (OSError, smtplib.SMTPException):
            self.hang_up()

    def hang_up(self) -> None:
        server, self.server = self.server, None
        if server is None:
            return
        try:
            _be_patient(server, FAREWELL)
            server.quit()
        except (OSError, smtplib.SMTPException):
            server.close()


def connect(to: Server, timeout: float | None = None) -> smtplib.SMTP:
    """A connection that is signed in."""
    server = unconnected(to, timeout)
    try:
        open_to(server, to)
    except BaseException:
        server.close()
        raise
    return server


def unconnected(to: Server, timeout: float | None = None) -> smtplib.SMTP:
    """Not yet connected, so that who waits for the greeting holds what can be cut."""
    patience = timeout or TIMEOUT
    server = smtplib.SMTP_SSL(timeout=patience, context=ssl.create_default_context()) if to.scheme == "smtps" else smtplib.SMTP(timeout=patience)
    server._host = to.host  # type: ignore[attr-defined]  # as its constructor does when it connects: the name that certificates are checked for
    return server


def open_to(server: smtplib.SMTP, to: Server) -> None:
    code, answer = server.connect(to.host, to.port)
    if code != 220:
        raise smtplib.SMTPConnectError(code, answer)
    if to.scheme == "smtp+starttls":
        server.starttls(context=ssl.create_default_context())
    server.ehlo_or_helo_if_needed()
    _sign_in(server, to)


def _sign_in(server: smtplib.SMTP, to: Server) -> None:
    if to.token is not None:
        said = f"user={to.user}\1auth=Bearer {to.token()}\1\1"
        server.auth("XOAUTH2", lambda challenge=None: said if challenge is None else "", initial_response_ok=True)
    elif to.user:
        server.login(to.user, to.password)


def _be_patient(server: smtplib.SMTP, seconds: float) -> None:
    if server.sock is not None:
        server.sock.settimeout(seconds)


def _trouble(error: Exception) -> str:
    """Why there is no connection: a fault of ours or of the server, never of the mail, so it stays and is tried again."""
    if isinstance(error, NO_TOKEN | smtplib.SMTPAuthenticationError):
        return "sign_in"
    if isinstance(error, ssl.SSLError | smtplib.SMTPNotSupportedError):
        return "tls"
    return "busy" if isinstance(error, smtplib.SMTPResponseException) else "unreachable"


def _hindrance(server: smtplib.SMTP, sender: str, recipients: list[str], size: int) -> Outcome | None:
    """What the server has told beforehand that it will not take."""
    if _needs_utf8(sender, recipients) and not server.has_extn("smtputf8"):
        return Outcome("failed", None, "", "utf8")
    largest = server.esmtp_features.get("size", "")
    if largest.isdigit() and 0 < int(largest) < size:
        return Outcome("failed", None, f"SIZE {largest} < {size}", "size")
    return None


def _options(server: smtplib.SMTP, sender: str, recipients: list[str], size: int) -> list[str]:
    options = [f"size={size}"] if server.has_extn("size") else []
    if _needs_utf8(sender, recipients):
        server.command_encoding = "utf-8"
        return [*options, "SMTPUTF8", "BODY=8BITMIME"]
    return options


def _needs_utf8(sender: str, recipients: list[str]) -> bool:
    return not all(address.isascii() for address in (sender, *recipients))


def _final(told: Mapping[str, Answer]) -> dict[str, str]:
    return {recipient: f"{code} {_text(answer)}" for recipient, (code, answer) in told.items() if code >= 500}


def _all_said(told: Mapping[str, Answer]) -> str:
    return "; ".join(f"{recipient}: {code} {_text(answer)}" for recipient, (code, answer) in told.items())


def _pieces(message: Path) -> Iterator[bytes]:
    with message.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def quoted(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Dots doubled at the beginning of lines, and the dot that ends the mail. Never more than a piece in memory."""
    end = b"\r\n"
    for piece in pieces:
        yield (end + piece).replace(b"\r\n.", b"\r\n..")[len(end) :]
        end = (end + piece)[-2:]
    yield b".\r\n" if end == b"\r\n" else b"\r\n.\r\n"


def _text(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return str(error) or type(error).__name__
