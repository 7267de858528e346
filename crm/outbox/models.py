"""Deliveries: the truth about what was to be sent and what became of it. The job queue only says when to look."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.accounts.models import User
from crm.contacts.models import Contact
from crm.extensions import Identified, db

STATES = ("held", "queued", "sending", "sent", "failed", "uncertain", "cancelled")


class Delivery(Identified, db.Model):
    """One mail to one recipient list. Written in the transaction that wants it sent; claimed by a conditional UPDATE.

    held: no mail server configured · uncertain: we crashed after handing it over, so it is shown rather than sent again.
    """

    __tablename__ = "deliveries"
    __table_args__ = (Index(None, "state", "next_attempt_at"), Index(None, "about_type", "about_id"))

    kind: Mapped[str] = mapped_column(String(10), default="mail")
    state: Mapped[str] = mapped_column(String(10), default="queued")
    sender: Mapped[str] = mapped_column(String(320), default="")  # envelope sender
    recipients: Mapped[str] = mapped_column(Text)  # envelope recipients, comma-separated
    subject: Mapped[str] = mapped_column(String(500), default="")
    message_id: Mapped[str] = mapped_column(String(250), unique=True)
    blob: Mapped[str] = mapped_column(String(64))  # the finished message in the blob store
    purpose: Mapped[str] = mapped_column(String(20), default="service")  # service, feedback, marketing, account
    automatic: Mapped[bool] = mapped_column(default=False)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey(Contact.id, ondelete="SET NULL"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))  # who sent it
    about_type: Mapped[str | None] = mapped_column(String(20))
    about_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    next_attempt_at: Mapped[datetime | None] = mapped_column(default=clock.now)  # also the end of the undo delay
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None] = mapped_column(String(40))
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None] = mapped_column(index=True)
    last_error: Mapped[str] = mapped_column(Text, default="")  # in plain language

    log: Mapped[list[DeliveryAttempt]] = relationship(order_by="DeliveryAttempt.id", cascade="all, delete-orphan")


class DeliveryAttempt(Identified, db.Model):
    __tablename__ = "delivery_attempts"

    delivery_id: Mapped[int] = mapped_column(ForeignKey(Delivery.id, ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    outcome: Mapped[str] = mapped_column(String(10))  # sent, later, failed, uncertain
    code: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text, default="")
