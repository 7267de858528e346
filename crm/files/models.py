"""A file of a contact. Its bytes lie in the blob store under what they are."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import attachments, clock
from crm.accounts.models import User
from crm.contacts.models import Contact
from crm.extensions import Identified, Model
from crm.timeline.models import Interaction


class File(Identified, Model):
    """Removed, it is gone from every page; the row and the bytes stay, so that it can be brought back."""

    __tablename__ = "files"
    __table_args__ = (Index(None, "contact_id", "added_at", "id"),)

    contact_id: Mapped[int] = mapped_column(ForeignKey(Contact.id, ondelete="CASCADE"))
    interaction_id: Mapped[int | None] = mapped_column(ForeignKey(Interaction.id, ondelete="SET NULL"))  # its entry on the timeline
    filename: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(120))  # by its bytes, not by what anybody said
    size: Mapped[int]
    blob: Mapped[str] = mapped_column(String(64))
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    added_at: Mapped[datetime] = mapped_column(default=clock.now)
    removed_at: Mapped[datetime | None]

    contact: Mapped[Contact] = relationship()
    interaction: Mapped[Interaction | None] = relationship()

    @property
    def is_shown(self) -> bool:
        return attachments.is_shown(self.content_type)
