"""The test button: connect as the fetching and the outbox do, for some seconds at most, and say in words what is wrong.

It connects to whatever host an administrator enters, also within the firm's network, where mail servers are. So only administrators may,
what the other side says is shown shortened, and nothing is sent but a sign-in.
"""

from __future__ import annotations

import smtplib
from dataclasses import dataclass, field

from flask_babel import gettext as _
from imapclient.exceptions import IMAPClientError

from crm.inbox.fetching.accounts import Account
from crm.inbox.fetching.session import Session
from crm.inbox.fetching.troubles import Trouble, trouble
from crm.outbox.smtp import Server, connect

PATIENCE = 8.0  # seconds for each step
SHOWN = 100  # folders


@dataclass(frozen=True)
class Finding:
    """What came out for one way. `folders`: what there is, when one is missing."""

    way: str  # fetching, sending
    works: bool
    sentence: str
    folders: list[str] = field(default_factory=list)


def try_fetching(account: Account) -> Finding:
    try:
        with Session(account, PATIENCE, PATIENCE) as session:
            return _look_into(session)
    except (OSError, IMAPClientError, UnicodeError) as error:
        return Finding("fetching", False, trouble(error, account.host).sentence)


def _look_into(session: Session) -> Finding:
    account, there = session.account, session.folders()
    missing = [name for name in account.folders if name not in there and name.upper() != "INBOX"]
    if missing:
        return Finding("fetching", False, Trouble("folder", account.host, ", ".join(missing)).sentence, sorted(there)[:SHOWN])
    counts = [(name, _count(session, name)) for name in account.folders]
    said = ", ".join(f"{name}: {count}" for name, count in counts)
    return Finding("fetching", True, _("Fetching works. Mails on the server: %(folders)s.", folders=said))


def _count(session: Session, folder: str) -> int:
    return int(session.client.folder_status(folder, ["MESSAGES"])[b"MESSAGES"])


def try_sending(server: Server) -> Finding:
    try:
        with connect(server, PATIENCE) as line:
            line.noop()
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        return Finding("sending", False, trouble(error, server.host).sentence)
    return Finding("sending", True, _("Sending works: %(host)s accepts us.", host=server.host))
