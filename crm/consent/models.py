"""Consent is a ledger, never overwritten: the newest entry for a purpose and channel counts, the most restrictive wins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.accounts.models import User
from crm.contacts.models import Contact
from crm.extensions import Identified, Model

PURPOSES = ("service", "feedback", "marketing")
STATES = ("granted", "refused", "withdrawn")
ANY_CHANNEL = "any"  # an entry about all channels at once ("do not contact me")
UNASKED = {"service": True, "feedback": True, "marketing": False}  # what holds while the ledger says nothing
LEGAL_BASES = ("consent", "contract", "legitimate_interest", "legal_obligation")


class Consent(Identified, Model):
    __tablename__ = "consents"
    __table_args__ = (Index(None, "contact_id", "purpose", "channel", "at"),)

    contact_id: Mapped[int] = mapped_column(ForeignKey(Contact.id, ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(12), default="email")
    state: Mapped[str] = mapped_column(String(10))
    legal_basis: Mapped[str] = mapped_column(String(20), default="consent")
    wording: Mapped[str] = mapped_column(Text, default="")  # what the person agreed to, word by word
    source: Mapped[str] = mapped_column(String(60), default="")  # form, preference page, phone call, import
    proof: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(default=clock.now)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))

    contact: Mapped[Contact] = relationship()
