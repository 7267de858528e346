"""Where a mailbox's mail lies and leaves, how far each folder was read, and what was taken from it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, delete, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock, sealing
from crm.extensions import Identified, Model, db, rows_changed
from crm.inbox.models import Mailbox

SECURITIES = ("tls", "starttls", "none")
AFTERWARDS = ("leave", "seen", "move")
BEGINNINGS = ("all", "new")
SIGN_INS = ("password", "microsoft", "google")
LEASE = timedelta(minutes=3)  # a folder that nobody has touched for so long belongs to nobody


class MailAccount(Identified, Model):
    """The servers of one mailbox: where its mail is fetched, and where its mail leaves. An empty host: not by this way."""

    __tablename__ = "mail_accounts"

    mailbox_id: Mapped[int] = mapped_column(ForeignKey(Mailbox.id, ondelete="CASCADE"), unique=True)
    sign_in: Mapped[str] = mapped_column(String(10), default="password")  # or the key of a provider
    imap_host: Mapped[str] = mapped_column(String(255), default="")
    imap_port: Mapped[int] = mapped_column(default=993)
    imap_security: Mapped[str] = mapped_column(String(8), default="tls")
    imap_user: Mapped[str] = mapped_column(String(320), default="")
    imap_secret: Mapped[str] = mapped_column(Text, default="")  # sealed
    folders: Mapped[str] = mapped_column(Text, default="INBOX")  # one a line
    begin_with: Mapped[str] = mapped_column(String(4), default="all")
    begun_at: Mapped[datetime] = mapped_column(default=clock.now)
    afterwards: Mapped[str] = mapped_column(String(8), default="leave")
    afterwards_folder: Mapped[str] = mapped_column(String(300), default="")
    smtp_host: Mapped[str] = mapped_column(String(255), default="")
    smtp_port: Mapped[int] = mapped_column(default=587)
    smtp_security: Mapped[str] = mapped_column(String(8), default="starttls")
    smtp_user: Mapped[str] = mapped_column(String(320), default="")
    smtp_secret: Mapped[str] = mapped_column(Text, default="")  # sealed
    tokens: Mapped[str] = mapped_column(Text, default="")  # of the provider: sealed JSON
    token_expires_at: Mapped[datetime | None]

    mailbox: Mapped[Mailbox] = relationship()

    @property
    def folder_names(self) -> list[str]:
        return list(dict.fromkeys(line.strip() for line in self.folders.splitlines() if line.strip()))

    def forget_secrets(self, *, but_passwords: bool) -> None:
        """They were for other servers."""
        self.tokens, self.token_expires_at = "", None
        if not but_passwords:
            self.imap_secret = self.smtp_secret = ""

    def set_secrets(self, imap: str, smtp: str) -> None:
        """New passwords; an empty one leaves what is there."""
        self.imap_secret = sealing.seal(imap) or self.imap_secret
        self.smtp_secret = sealing.seal(smtp) or self.smtp_secret


class MailProvider(Identified, Model):
    """The firm's registration at a provider that wants OAuth: what its mailboxes are signed in with. Addresses left empty are the usual ones."""

    __tablename__ = "mail_providers"

    key: Mapped[str] = mapped_column(String(10), unique=True)  # microsoft, google
    client_id: Mapped[str] = mapped_column(String(300), default="")
    client_secret: Mapped[str] = mapped_column(Text, default="")  # sealed
    authorise_url: Mapped[str] = mapped_column(String(500), default="")
    token_url: Mapped[str] = mapped_column(String(500), default="")


class ImapFolder(Identified, Model):
    """How far one folder was read: everything up to `last_uid` of this `uidvalidity` is on our disk."""

    __tablename__ = "imap_folders"
    __table_args__ = (UniqueConstraint("account", "name"),)

    account: Mapped[str] = mapped_column(String(400))  # "mailbox:3", or user@host:port of CRM_IMAP_URLS
    name: Mapped[str] = mapped_column(String(300))
    uidvalidity: Mapped[int | None] = mapped_column(BigInteger)
    last_uid: Mapped[int] = mapped_column(BigInteger, default=0)
    settled_uid: Mapped[int] = mapped_column(BigInteger, default=0)  # up to here, what is done afterwards (seen, moved) was done
    fetched_at: Mapped[datetime | None]  # when something came
    claimed_by: Mapped[str] = mapped_column(String(80), default="")
    claimed_until: Mapped[datetime | None]
    compared_at: Mapped[datetime | None]  # the last reconciliation
    compared_count: Mapped[int] = mapped_column(default=0)  # mails the server had then
    compare_wanted_at: Mapped[datetime | None]  # somebody, or the night, asks for one

    def read_from(self, uidvalidity: int) -> None:
        """The server numbers anew (or we come for the first time): read everything; what we have is known by its content."""
        self.uidvalidity, self.last_uid, self.settled_uid = uidvalidity, 0, 0

    def took(self, uid: int, sha256: str, message_id: str) -> None:
        db.session.add(ImapMail(folder_id=self.id, uidvalidity=self.uidvalidity, uid=uid, sha256=sha256, message_id=message_id[:500]))
        self.fetched_at = clock.now()

    def is_held(self, by: str) -> bool:
        """Ours for most of a lease yet: no need to write it down again."""
        return self.claimed_by == by and self.claimed_until is not None and LEASE / 2 < self.claimed_until - clock.now() <= LEASE

    def claim(self, by: str) -> bool:
        """Ours alone for LEASE, if nobody else's at present. A lease far in the future was given before the clock was set back."""
        at = clock.now()
        free = or_(
            ImapFolder.claimed_by.in_(("", by)), ImapFolder.claimed_until.is_(None), ImapFolder.claimed_until < at, ImapFolder.claimed_until > at + 2 * LEASE
        )
        wanted = update(ImapFolder).where(ImapFolder.id == self.id, free).values(claimed_by=by, claimed_until=at + LEASE)
        return bool(rows_changed(wanted.execution_options(synchronize_session=False)))

    def release(self, by: str) -> None:
        given = update(ImapFolder).where(ImapFolder.id == self.id, ImapFolder.claimed_by == by).values(claimed_by="", claimed_until=None)
        db.session.execute(given.execution_options(synchronize_session=False))


class ImapMail(Identified, Model):
    """One mail of a server that lies on our disk: by its number there, its Message-ID and its content."""

    __tablename__ = "imap_mails"
    __table_args__ = (Index(None, "folder_id", "uidvalidity", "uid"),)

    folder_id: Mapped[int] = mapped_column(ForeignKey(ImapFolder.id, ondelete="CASCADE"))
    uidvalidity: Mapped[int] = mapped_column(BigInteger)
    uid: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    message_id: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(default=clock.now)


class ImapGap(Identified, Model):
    """A mail that the server has and we do not: found by the reconciliation, or because the server would not hand it over."""

    __tablename__ = "imap_gaps"
    __table_args__ = (UniqueConstraint("folder_id", "uidvalidity", "uid"),)

    folder_id: Mapped[int] = mapped_column(ForeignKey(ImapFolder.id, ondelete="CASCADE"))
    uidvalidity: Mapped[int] = mapped_column(BigInteger)
    uid: Mapped[int] = mapped_column(BigInteger)
    message_id: Mapped[str] = mapped_column(String(500), default="")
    sender: Mapped[str] = mapped_column(String(320), default="")
    subject: Mapped[str] = mapped_column(String(500), default="")
    error: Mapped[str] = mapped_column(String(500), default="")  # what the server said when it was asked for it
    found_at: Mapped[datetime] = mapped_column(default=clock.now)
    wanted_at: Mapped[datetime | None]  # somebody asks for it to be fetched again

    folder: Mapped[ImapFolder] = relationship()


def folder_of(account: str, name: str) -> ImapFolder:
    """The cursor of this folder, made when first asked for. Flushes."""
    found = db.session.scalars(select(ImapFolder).where(ImapFolder.account == account, ImapFolder.name == name)).one_or_none()
    if found is None:
        found = ImapFolder(account=account, name=name)
        db.session.add(found)
        db.session.flush()
    return found


def note_gap(folder: ImapFolder, uid: int, **columns: Any) -> ImapGap:
    """Write down that a mail is missing; once for each."""
    where = (ImapGap.folder_id == folder.id, ImapGap.uidvalidity == folder.uidvalidity, ImapGap.uid == uid)
    found = db.session.scalars(select(ImapGap).where(*where)).one_or_none()
    if found is None:
        found = ImapGap(folder_id=folder.id, uidvalidity=folder.uidvalidity, uid=uid)
        db.session.add(found)
    for name, value in columns.items():
        setattr(found, name, value)
    return found


def close_gaps(folder: ImapFolder, uids: list[int]) -> None:
    """They are here now."""
    mended = delete(ImapGap).where(ImapGap.folder_id == folder.id, ImapGap.uidvalidity == folder.uidvalidity, ImapGap.uid.in_(uids))
    db.session.execute(mended.execution_options(synchronize_session=False))
