"""Who works here: departments, users, their sessions and tokens, and the trail of what they did."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import JSON, ForeignKey, Index, String, Text, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.accounts import passwords
from crm.errors import Refused
from crm.extensions import Archivable, Identified, Model, db
from crm.folding import fold

ROLES = ("member", "lead", "admin")
SCOPES = ("read", "write", "admin")
SESSION_LIFE = timedelta(days=30)
USED_EVERY = timedelta(minutes=1)


def digest(token: str) -> str:
    """What we keep of a random token: enough to recognise it, useless to a thief. (No salt: tokens have 256 bits.)"""
    return hashlib.sha256(token.encode()).hexdigest()


class Department(Archivable, Identified, Model):
    __tablename__ = "departments"

    key: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    name_de: Mapped[str] = mapped_column(String(80), default="")
    position: Mapped[int] = mapped_column(default=0)

    @classmethod
    def create(cls, name: str, name_de: str = "") -> Department:
        """A department of the firm's own, last in the order, under a key made of its name."""
        taken = dict(db.session.execute(select(cls.key, cls.position)).all())
        plain = "-".join(fold(name).replace("-", " ").split())[:34] or "department"
        key = next(key for number in count(1) if (key := plain if number == 1 else f"{plain}-{number}") not in taken)
        department = cls(key=key, name=name, name_de=name_de, position=max(taken.values(), default=0) + 1)
        db.session.add(department)
        return department

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return self.name_de if self.name_de and str(get_locale()) == "de" else self.name


class User(Identified, Model):
    """A member of staff. Deactivated users keep their history; they are never deleted."""

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(String(254), unique=True)  # lower case
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200), default="")  # Argon2id; empty: cannot sign in by password
    role: Mapped[str] = mapped_column(String(10), default="member")
    department_id: Mapped[int | None] = mapped_column(ForeignKey(Department.id), index=True)
    locale: Mapped[str | None] = mapped_column(String(5))
    timezone: Mapped[str | None] = mapped_column(String(40))
    theme: Mapped[str] = mapped_column(String(10), default="auto")  # auto, light, dark
    address_form: Mapped[str] = mapped_column(String(3), default="sie")  # how the German interface addresses this person
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    deactivated_at: Mapped[datetime | None]
    password_changed_at: Mapped[datetime | None]
    away_since: Mapped[datetime | None]  # given nothing by turns until back
    unread_notifications: Mapped[int] = mapped_column(default=0, server_default="0")  # kept by notifications/models.py

    department: Mapped[Department | None] = relationship(lazy="joined")

    @property
    def is_active(self) -> bool:
        return self.deactivated_at is None

    def set_password(self, password: str) -> None:
        self.password_hash = passwords.hash_password(password)
        self.password_changed_at = clock.now()

    @classmethod
    def address_all(cls, form: str) -> None:
        """The firm says Sie, or Du: to everybody, whatever they chose before."""
        db.session.execute(update(cls).values(address_form=form))

    def give_role(self, role: str) -> None:
        if role != "admin":
            self._leave_an_administrator()
        self.role = role

    def deactivate(self) -> None:
        """Sign-in, sessions and tokens end; what the person did stays."""
        if not self.is_active:
            return
        self._leave_an_administrator()
        self.deactivated_at = clock.now()
        for table in (UserSession, ApiToken):
            open_ones = update(table).where(table.user_id == self.id, table.revoked_at.is_(None))
            db.session.execute(open_ones.values(revoked_at=clock.now()))

    def reactivate(self) -> None:
        """May sign in again with the old password; sessions and tokens stay ended."""
        self.deactivated_at = None

    def _leave_an_administrator(self) -> None:
        others = select(User.id).where(User.role == "admin", User.deactivated_at.is_(None), User.id != self.id)
        if self.role == "admin" and self.is_active and db.session.scalar(others.limit(1)) is None:
            raise Refused(_("Somebody has to administer: make another person an administrator first."))

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


class UserSession(Identified, Model):
    """One signed-in browser. The cookie holds the random token, the table its digest."""

    __tablename__ = "user_sessions"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    ip: Mapped[str] = mapped_column(String(45), default="")
    user_agent: Mapped[str] = mapped_column(String(300), default="")
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    def revoke(self) -> None:
        self.revoked_at = self.revoked_at or clock.now()


class ApiToken(Identified, Model):
    """A program's key to the API, acting as its user within a scope. Shown once, kept as a digest."""

    __tablename__ = "api_tokens"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    name: Mapped[str] = mapped_column(String(80))
    prefix: Mapped[str] = mapped_column(String(12))  # shown in lists so that people can tell tokens apart
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    scope: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    @classmethod
    def issue(cls, user: User, name: str, scope: str, expires_at: datetime | None = None) -> tuple[ApiToken, str]:
        """A new token and its plain text, which is not kept anywhere."""
        plain = f"crm_{secrets.token_urlsafe(32)}"
        token = cls(user=user, name=name, scope=scope, expires_at=expires_at, prefix=plain[:10], token_digest=digest(plain))
        db.session.add(token)
        return token, plain

    @property
    def is_valid(self) -> bool:
        expired = self.expires_at is not None and self.expires_at <= clock.now()
        return self.revoked_at is None and not expired and self.user.is_active

    def revoke(self) -> None:
        self.revoked_at = self.revoked_at or clock.now()


class AuditEntry(Identified, Model):
    """One thing a member of staff or a program did to the system: read-only, newest first on its page."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index(None, "subject_type", "subject_id"),)

    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    action: Mapped[str] = mapped_column(String(60))  # past tense: user.deactivated, contacts.exported
    subject_type: Mapped[str] = mapped_column(String(40), default="")
    subject_id: Mapped[int | None]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    ip: Mapped[str] = mapped_column(String(45), default="")


class UndoStep(Identified, Model):
    """What it takes to undo one thing a person just did: the name of the undoer and its arguments."""

    __tablename__ = "undo_steps"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    action: Mapped[str] = mapped_column(String(60))  # a key of undoing.UNDOERS
    label: Mapped[str] = mapped_column(Text)  # what was done, in the person's words
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    undone_at: Mapped[datetime | None]


class SentForm(Identified, Model):
    """A form that was carried out, and where it led: see once.py."""

    __tablename__ = "sent_forms"

    mark: Mapped[str] = mapped_column(String(64), unique=True)  # SHA-256 of person, address and content
    location: Mapped[str] = mapped_column(String(300), default="")
    sent_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)


class Preference(Identified, Model):
    """A setting of the firm changed in daily life on a settings page (name, logo, thresholds)."""

    __tablename__ = "preferences"

    key: Mapped[str] = mapped_column(String(60), unique=True)
    value: Mapped[Any] = mapped_column(JSON)
