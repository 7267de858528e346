"""Interaction: one thing that happened with a contact at one moment. The timeline is made of these."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.accounts.models import Department, User
from crm.contacts.models import Contact, Organisation
from crm.extensions import Identified, Model
from crm.touchpoints.models import Touchpoint

DIRECTIONS = ("inbound", "outbound", "internal")
PROVENANCES = ("person", "mail", "form", "import", "api", "automation")


class Interaction(Identified, Model):
    """Append-only. A correction is a new row that points at the old one; only `superseded_by_id` of the old row is ever set.

    `about_type`/`about_id` name the feature's record this entry stands for ("conversation", 42); the address of its page
    comes from the table in crm/links.py, so that the backbone need not know the features.
    """

    __tablename__ = "interactions"
    __table_args__ = (
        # the feed of a contact; the further columns let segments count whole histories without reading the rows
        Index("ix_interactions_contact_history", "contact_id", "happened_at", "id", "kind", "channel", "direction", "touchpoint_id",
              "department_id", "visibility", "superseded_by_id", "amount"),
        Index(None, "organisation_id", "happened_at", "id"),
        Index(None, "kind", "happened_at"),
        Index(None, "touchpoint_id", "happened_at"),
        Index("ix_interactions_of_staff", "staff_id", "happened_at", "contact_id", "kind", "superseded_by_id"),  # my week is counted without reading the rows
        Index(None, "about_type", "about_id"),
        Index("uq_interactions_source_external_id", "source", "external_id", unique=True),
    )

    contact_id: Mapped[int] = mapped_column(ForeignKey(Contact.id, ondelete="CASCADE"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey(Organisation.id))  # the contact's at that moment
    kind: Mapped[str] = mapped_column(String(40))  # past tense, see timeline/kinds.py
    channel: Mapped[str] = mapped_column(String(12))
    direction: Mapped[str] = mapped_column(String(8))
    touchpoint_id: Mapped[int | None] = mapped_column(ForeignKey(Touchpoint.id))
    department_id: Mapped[int | None] = mapped_column(ForeignKey(Department.id))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    happened_at: Mapped[datetime]
    logged_at: Mapped[datetime] = mapped_column(default=clock.now)
    planned_at: Mapped[datetime | None]
    provenance: Mapped[str] = mapped_column(String(12), default="person")
    source: Mapped[str | None] = mapped_column(String(40))  # with external_id: whose numbering
    external_id: Mapped[str | None] = mapped_column(String(200))
    visibility: Mapped[str] = mapped_column(String(8), default="all")  # all, private (the staff member alone)
    subject: Mapped[str] = mapped_column(String(500), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[str] = mapped_column(String(20), default="")
    self_rating: Mapped[int | None]  # what staff thought of it, 1 to 5: one side of the perception gap
    amount: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))  # of a purchase, in the firm's currency
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # what the row shows besides: score, survey, items
    about_type: Mapped[str | None] = mapped_column(String(20))
    about_id: Mapped[int | None]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("interactions.id", ondelete="CASCADE"))
    superseded_by_id: Mapped[int | None] = mapped_column(ForeignKey("interactions.id", ondelete="SET NULL"))

    contact: Mapped[Contact] = relationship()
    touchpoint: Mapped[Touchpoint | None] = relationship()
    department: Mapped[Department | None] = relationship()
    staff: Mapped[User | None] = relationship()
