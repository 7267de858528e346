"""The servers by which mailboxes send: what the outbox asks the composition for."""

from __future__ import annotations

from sqlalchemy import select

from crm.extensions import db
from crm.inbox.fetching.accounts import opened
from crm.inbox.fetching.models import MailAccount
from crm.inbox.fetching.oauth import token_of
from crm.inbox.models import Mailbox
from crm.outbox.smtp import Server

SCHEMES = {"tls": "smtps", "starttls": "smtp+starttls", "none": "smtp"}


def smtp_servers() -> dict[str, Server]:
    """By the mailbox's address; those that have none of their own use the firm's."""
    query = select(MailAccount, Mailbox.address).join(Mailbox, Mailbox.id == MailAccount.mailbox_id)
    return {address: server_of(row, address) for row, address in db.session.execute(query.where(MailAccount.smtp_host != "", Mailbox.archived_at.is_(None)))}


def server_of(row: MailAccount, address: str) -> Server:
    """The user and the password of fetching serve here too, unless others are given."""
    scheme, ident = SCHEMES[row.smtp_security], row.id
    if row.sign_in != "password":
        return Server(scheme, row.smtp_host, row.smtp_port, row.smtp_user or row.imap_user or address, token=lambda: token_of(ident))
    password = opened(row.smtp_secret or row.imap_secret)
    return Server(scheme, row.smtp_host, row.smtp_port, (row.smtp_user or row.imap_user or address) if password else "", password)
