"""A relation between two people, kept once and read from both ends."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.accounts.models import User
from crm.contacts.models import Contact
from crm.contacts.relations.kinds import KINDS
from crm.errors import Refused
from crm.extensions import Identified, Model


class Relation(Identified, Model):
    """`from_contact` is the KIND of `to_contact`: Ben is the assistant of Anna. Of a kind that is the same both ways the order means nothing."""

    __tablename__ = "relations"
    __table_args__ = (Index("uq_relations_from_contact_id_to_contact_id_kind", "from_contact_id", "to_contact_id", "kind", unique=True),)

    kind: Mapped[str] = mapped_column(String(20))
    from_contact_id: Mapped[int] = mapped_column(ForeignKey(Contact.id, ondelete="CASCADE"))
    to_contact_id: Mapped[int] = mapped_column(ForeignKey(Contact.id, ondelete="CASCADE"), index=True)
    since: Mapped[date | None]
    until: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(300), default="")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    from_contact: Mapped[Contact] = relationship(foreign_keys=[from_contact_id])
    to_contact: Mapped[Contact] = relationship(foreign_keys=[to_contact_id])

    @property
    def ended(self) -> bool:
        return self.until is not None and self.until <= clock.today()


def refuse_self(contact: Contact, other: Contact) -> None:
    if contact is other:
        raise Refused(_("Choose somebody else: a person has no relation to themselves."), "person")


def ends(kind: str, contact: Contact, other: Contact, turned: bool) -> tuple[Contact, Contact]:
    """Who stands where: `contact` is the KIND of `other`, or with `turned` the other way round. Kinds alike from both ends have one order."""
    if KINDS[kind].mutual:
        first, second = sorted((contact, other), key=lambda one: one.id)
        return first, second
    return (other, contact) if turned else (contact, other)
