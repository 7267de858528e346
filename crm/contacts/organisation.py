"""An organisation: a firm or body that people belong to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from crm import clock
from crm.accounts.models import User
from crm.contacts import naming
from crm.contacts.tags import Tag, organisation_tags
from crm.extensions import Archivable, Identified, Model
from crm.folding import fold

if TYPE_CHECKING:
    from crm.contacts.models import PostalAddress


class Organisation(Archivable, Identified, Model):
    __tablename__ = "organisations"
    __table_args__ = (Index(None, "sort_name", "id"), Index(None, "last_interaction_at", "id"))

    name: Mapped[str] = mapped_column(String(200))
    sort_name: Mapped[str] = mapped_column(String(200), default="")  # folded, without the legal form
    domain: Mapped[str] = mapped_column(String(253), default="", index=True)  # of its mail addresses, lower case
    industry: Mapped[str] = mapped_column(String(80), default="")
    website: Mapped[str] = mapped_column(String(300), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    custom: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    last_interaction_at: Mapped[datetime | None]

    owner: Mapped[User | None] = relationship()
    parent: Mapped[Organisation | None] = relationship(remote_side="Organisation.id", foreign_keys=[parent_id])
    postal_addresses: Mapped[list[PostalAddress]] = relationship(order_by="PostalAddress.id", cascade="all, delete-orphan")
    tags: Mapped[list[Tag]] = relationship(secondary=organisation_tags, order_by=Tag.name)

    @validates("name")
    def _sort_under(self, _field: str, name: str) -> str:
        self.sort_name = fold(naming.without_legal_form(name))[:200]
        return name
