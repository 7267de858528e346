"""A form, and what was sent with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.accounts.models import Department
from crm.contacts.models import Contact
from crm.extensions import Identified, Model
from crm.touchpoints.models import Touchpoint

STATES = ("stored", "taken", "suspected")


class ContactForm(Identified, Model):
    """`key` stands in foreign pages, so it stays. `fields` in their order: kinds.py says what each is made of."""

    __tablename__ = "contact_forms"

    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    texts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # by language: title, intro, thanks, consent
    fields: Mapped[list[Any]] = mapped_column(JSON, default=list)
    language: Mapped[str] = mapped_column(String(5), default="")  # of visitors whose browser asks for none of ours
    mailbox_id: Mapped[int | None] = mapped_column(ForeignKey("mailboxes.id", ondelete="SET NULL"))
    touchpoint_id: Mapped[int | None] = mapped_column(ForeignKey(Touchpoint.id))
    department_id: Mapped[int | None] = mapped_column(ForeignKey(Department.id))
    consent_purpose: Mapped[str] = mapped_column(String(20), default="")  # empty: no box
    consent_required: Mapped[bool] = mapped_column(default=False)
    origins: Mapped[list[Any]] = mapped_column(JSON, default=list)  # sites that may show it in a frame: https://www.firm.example
    max_files: Mapped[int] = mapped_column(default=3)
    max_megabytes: Mapped[int] = mapped_column(default=10)  # of all files together
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    touchpoint: Mapped[Touchpoint | None] = relationship()
    department: Mapped[Department | None] = relationship()

    def text(self, name: str, language: str) -> str:
        """What the firm wrote, in `language` or else in the other one."""
        written = {code: texts.get(name, "") for code, texts in (self.texts or {}).items()}
        return written.get(language) or next(filter(None, written.values()), "")

    def field(self, key: str) -> dict[str, Any] | None:
        return next((field for field in self.fields if field["key"] == key), None)


class FormSubmission(Identified, Model):
    """What somebody sent, as it was sent. Stored before anything is made of it; suspected ones wait until a person has looked."""

    __tablename__ = "form_submissions"
    __table_args__ = (Index(None, "form_id", "at", "id"), Index(None, "state", "at"))

    form_id: Mapped[int] = mapped_column(ForeignKey(ContactForm.id))
    once: Mapped[str] = mapped_column(String(64), unique=True)  # of the page it was sent from: a double click sends it once
    state: Mapped[str] = mapped_column(String(10), default="stored")
    at: Mapped[datetime] = mapped_column(default=clock.now)
    language: Mapped[str] = mapped_column(String(5), default="")
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # by key of the field
    files: Mapped[list[Any]] = mapped_column(JSON, default=list)  # [filename, type, size, blob] each
    consent: Mapped[str] = mapped_column(Text, default="")  # the wording that was agreed to; empty: the box stayed empty
    origin: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # page, referrer, utm_…, visitor, address
    contact_id: Mapped[int | None] = mapped_column(ForeignKey(Contact.id, ondelete="CASCADE"), index=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id", ondelete="SET NULL"), index=True)

    form: Mapped[ContactForm] = relationship()
    contact: Mapped[Contact | None] = relationship()

    @property
    def reference(self) -> str:
        """What the person may name when they ask again: the conversation's number, as in subjects of mails."""
        return f"#{self.conversation_id}" if self.conversation_id else f"F-{self.id}"
