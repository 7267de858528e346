"""One field of one record that was changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.accounts.models import User
from crm.contacts.models import Contact, Organisation
from crm.extensions import Identified, Model


class FieldChange(Identified, Model):
    """Append-only. `record` and `record_id` say what was changed, `contact_id` or `organisation_id` whose history it belongs to.

    Values are kept as text: ids of people and firms, keys of choices, dates as 2026-11-21. They become words when they are shown.
    """

    __tablename__ = "field_changes"
    __table_args__ = (Index(None, "contact_id", "at", "id"), Index(None, "organisation_id", "at", "id"))

    contact_id: Mapped[int | None] = mapped_column(ForeignKey(Contact.id, ondelete="CASCADE"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey(Organisation.id, ondelete="CASCADE"))
    record: Mapped[str] = mapped_column(String(16))  # contact, organisation, address, postal_address, affiliation
    record_id: Mapped[int]
    field: Mapped[str] = mapped_column(String(80))
    old: Mapped[str] = mapped_column(Text, default="")
    new: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    provenance: Mapped[str] = mapped_column(String(12))  # person, api, form, mail, import, automation
    at: Mapped[datetime] = mapped_column(default=clock.now)
