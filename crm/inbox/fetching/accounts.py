"""The accounts mail is fetched from: those of the settings pages and those of CRM_IMAP_URLS, in one shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy import select

from crm import sealing
from crm.extensions import db
from crm.inbox.fetching.models import MailAccount
from crm.inbox.models import Mailbox

PORTS = {"tls": 993, "starttls": 143, "none": 143}
SCHEMES = {"imaps": "tls", "imap+starttls": "starttls", "imap": "none"}


@dataclass(frozen=True)
class Account:
    """One sign-in at one IMAP server, and which of its folders are read. Equal as long as nothing was changed that matters to a connection."""

    key: str
    host: str
    port: int
    security: str  # tls, starttls, none
    user: str
    password: str = field(default="", repr=False)
    token: Callable[[], str] | None = field(default=None, repr=False, compare=False)  # of OAuth, fresh when called
    folders: tuple[str, ...] = ("INBOX",)
    recipient: str = ""  # whose mail it is; empty: said by the mails themselves
    new_since: datetime | None = None  # only what came later is taken
    afterwards: str = "leave"
    afterwards_folder: str = ""

    @property
    def label(self) -> str:
        return self.recipient or f"{self.user}@{self.host}"


def accounts() -> list[Account]:
    """All that are to be fetched at present. An account of the settings pages wins over a URL for the same sign-in."""
    found = {account.key: account for account in (*_of_urls(), *_of_mailboxes())}
    signed = {(account.host, account.port, account.user): account for account in found.values()}
    return list(signed.values())


def _of_mailboxes() -> Iterator[Account]:
    query = select(MailAccount, Mailbox.address).join(Mailbox, Mailbox.id == MailAccount.mailbox_id)
    for row, address in db.session.execute(query.where(MailAccount.imap_host != "", Mailbox.archived_at.is_(None)).order_by(MailAccount.id)):
        yield of(row, address)


def of(row: MailAccount, address: str) -> Account:
    from crm.inbox.fetching.oauth import token_of  # which talks to the provider with what stands here

    ident = row.id
    return Account(
        key=f"mailbox:{row.mailbox_id}", host=row.imap_host, port=row.imap_port, security=row.imap_security, user=row.imap_user or address,
        password=opened(row.imap_secret) if row.sign_in == "password" else "", token=None if row.sign_in == "password" else lambda: token_of(ident),
        folders=tuple(row.folder_names) or ("INBOX",), recipient=address, new_since=row.begun_at if row.begin_with == "new" else None,
        afterwards=row.afterwards, afterwards_folder=row.afterwards_folder,
    )


def opened(sealed: str) -> str:
    """A password sealed with another key is as good as none: the server says so, and the page asks for it anew."""
    try:
        return sealing.unseal(sealed)
    except sealing.Unsealable:
        return ""


def _of_urls() -> Iterator[Account]:
    """Folders of one sign-in are one account, however many URLs they stand in."""
    read: dict[str, Account] = {}
    for url in current_app.config["SETTINGS"].imap_urls:
        account = of_url(url)
        known = read.get(account.key)
        folders = dict.fromkeys((*(known.folders if known else ()), *account.folders))
        read[account.key] = Account(**{**vars(account), "folders": tuple(folders)})
    yield from read.values()


def of_url(url: str) -> Account:
    """imaps://user:password@host:port/Folder; %-encoded where a character would be misread."""
    parts = urlsplit(url)
    security, user = SCHEMES[parts.scheme], unquote(parts.username or "")
    host, port = parts.hostname or "", parts.port or PORTS[security]
    folder = unquote(parts.path.removeprefix("/")) or "INBOX"
    return Account(
        key=f"{user}@{host}:{port}"[:400], host=host, port=port, security=security, user=user, password=unquote(parts.password or ""),
        folders=(folder,), recipient=user if "@" in user else "",
    )
