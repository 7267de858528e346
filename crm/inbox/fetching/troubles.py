"""What is wrong with a mail server, in words: for the test button, the header of the inbox, and the log."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

LASTING = ("sign_in", "certificate", "folder", "host", "tls", "token")  # waiting mends none of these


class TokenRefused(PermissionError):
    """The provider gives no token any more: somebody has to connect the mailbox anew."""


@dataclass(frozen=True)
class Trouble:
    """`kind` is a key of SENTENCES; `said` is what the other side said, word by word."""

    kind: str
    host: str
    said: str = ""

    @property
    def sentence(self) -> str:
        return str(SENTENCES[self.kind]) % {"host": self.host, "said": self.said or "–"}


SENTENCES: dict[str, Any] = {
    "host": _l("There is no server with the name %(host)s."),
    "refused": _l("%(host)s refuses the connection: the port is wrong, or the server does not run."),
    "silent": _l("%(host)s does not answer: a firewall, a wrong port, or the server is down."),
    "certificate": _l("The certificate of %(host)s cannot be trusted: %(said)s"),
    "tls": _l("%(host)s does not speak encrypted as it is set here. Try the other kind of encryption or the other port."),
    "sign_in": _l("%(host)s does not accept the user name or the password: %(said)s"),
    "token": _l("The sign-in at the provider has expired or was withdrawn. Connect the mailbox anew."),
    "folder": _l("%(host)s has no such folder: %(said)s"),
    "cut": _l("The connection to %(host)s was cut."),
    "other": _l("%(host)s says: %(said)s"),
}


def trouble(error: BaseException, host: str) -> Trouble:
    """What this error means."""
    kind = next((kind for is_it, kind in MEANINGS if is_it(error)), "other")
    return Trouble(kind, host, said(error))


def said(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"[:300]
    return " ".join(str(getattr(error, "strerror", None) or error).split())[:300] or type(error).__name__


def _text(value: bytes | str) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def is_sign_in(error: BaseException) -> bool:
    words = ("authenticationfailed", "authentication failed", "invalid credentials", "auth failed", "authenticate failed")
    return isinstance(error, LoginError | smtplib.SMTPAuthenticationError) or (isinstance(error, IMAPClientError) and any(word in str(error).lower() for word in words))


def is_folder(error: BaseException) -> bool:
    words = ("doesn't exist", "does not exist", "nonexistent", "unknown mailbox", "not found", "select failed", "examine failed")
    return isinstance(error, IMAPClientError) and any(word in str(error).lower() for word in words)


def is_cut(error: BaseException) -> bool:
    """imaplib tells of a lost connection by errors of its own, with these words."""
    if isinstance(error, ConnectionError | IMAPClientAbortError | smtplib.SMTPServerDisconnected):
        return True
    return isinstance(error, IMAPClientError) and "illegal in state LOGOUT" in str(error)


MEANINGS: tuple[tuple[Callable[[BaseException], bool], str], ...] = (
    (lambda error: isinstance(error, TokenRefused), "token"),
    (lambda error: isinstance(error, socket.gaierror), "host"),
    (lambda error: isinstance(error, ConnectionRefusedError), "refused"),
    (lambda error: isinstance(error, ssl.SSLCertVerificationError), "certificate"),
    (is_sign_in, "sign_in"),
    (is_folder, "folder"),
    (lambda error: isinstance(error, smtplib.SMTPServerDisconnected) and "timed out" in str(error), "silent"),
    (is_cut, "cut"),
    (lambda error: isinstance(error, ssl.SSLError | smtplib.SMTPNotSupportedError), "tls"),
    (lambda error: isinstance(error, TimeoutError), "silent"),
    (lambda error: isinstance(error, OSError), "silent"),
)
