"""Who this is, at a glance: loaded in two statements, told in the reader's words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import BindParameter, bindparam, func, select

from crm import clock
from crm.accounts.models import User
from crm.contacts.models import Address, Affiliation, Contact, Organisation, Tag, contact_tags
from crm.contacts.standing import standing
from crm.extensions import db, fetch
from crm.formatting import day

# Written once with a parameter: building a statement costs as much as running it.
IDENT: BindParameter[int] = bindparam("contact_id")
ROLE = (
    select(Affiliation.role)
    .where(Affiliation.contact_id == Contact.id, Affiliation.organisation_id == Contact.organisation_id, Affiliation.valid_until.is_(None))
    .order_by(Affiliation.primary.desc(), Affiliation.id.desc()).limit(1).scalar_subquery()
)
APART = "\n"  # stands between two tags, and in none
TAGS = (
    select(func.aggregate_strings(Tag.name, APART)).join(contact_tags, contact_tags.c.tag_id == Tag.id)
    .where(contact_tags.c.contact_id == Contact.id).correlate(Contact).scalar_subquery()
)
# All columns of the contact, but not the entity: the page only reads, and making an entity takes as long as the statement.
WHO = (
    select(*Contact.__table__.c, Organisation.name.label("organisation"), User.name.label("owner"), ROLE.label("role"), TAGS.label("tags"))
    .outerjoin(Organisation, Organisation.id == Contact.organisation_id)
    .outerjoin(User, User.id == Contact.owner_id)
    .where(Contact.id == IDENT)
)
ADDRESSES = select(
    Address.id, Address.kind, Address.value, Address.normalised, Address.type, Address.primary, Address.opted_out_at, Address.invalid_at,
    Address.invalid_reason, Address.valid_until,
).where(Address.contact_id == IDENT).order_by(Address.primary.desc(), Address.id)
ICONS = {"email": "mail", "phone": "phone", "handle": "at", "customer_number": "hash", "visitor": "world"}
LINKS = {"email": "mailto:", "phone": "tel:"}


@dataclass(frozen=True)
class Band:
    """What stands in the head of the page. `contact`: its columns, with the names of organisation, owner and role, and its tags."""

    contact: Any
    addresses: Sequence[Any]

    @property
    def tags(self) -> list[str]:
        return sorted(self.contact.tags.split(APART)) if self.contact.tags else []

    @property
    def standing(self) -> str:
        return standing(self.contact.lifecycle, self.contact.customer_since)

    @property
    def score(self) -> tuple[str, int, datetime] | None:
        """The latest answer that gave a score: type, score, when."""
        known = [(kind, getattr(self.contact, f"{kind}_score"), getattr(self.contact, f"{kind}_at")) for kind in ("nps", "csat")]
        return max((one for one in known if one[1] is not None and one[2]), key=lambda one: one[2], default=None)

    def reachable(self) -> Iterator[tuple[Any, str, str, str]]:
        """The addresses that still hold, with icon, link and what is wrong with them; visitor ids mean nothing to people."""
        for address in self.addresses:
            if address.kind != "visitor" and not _ended(address):
                link = LINKS.get(address.kind, "")
                yield address, ICONS[address.kind], f"{link}{address.normalised}" if link and not address.invalid_at else "", _fault(address)

    def warnings(self) -> Iterator[str]:
        """What one must know before anything else."""
        if self.contact.archived_at:
            yield _("Archived on %(day)s", day=day(self.contact.archived_at))
        if self.contact.restricted_at:
            yield _("Processing is restricted since %(day)s: do not contact", day=day(self.contact.restricted_at))


def load(contact_id: int) -> Band | None:
    known = {"contact_id": contact_id}
    contact = next(iter(fetch(WHO, known)), None)
    return Band(contact, fetch(ADDRESSES, known)) if contact else None


def survivor(contact: Any) -> int:
    """Where a merged contact lives on."""
    while contact.merged_into_id:
        contact = db.session.get_one(Contact, contact.merged_into_id)
    return contact.id


def _ended(address: Any) -> bool:
    return address.valid_until is not None and address.valid_until <= clock.today()


def _fault(address: Any) -> str:
    if address.invalid_at:
        return address.invalid_reason or _("does not work")
    return _("opted out") if address.opted_out_at else ""
