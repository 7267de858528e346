"""Everything an export says of some hundred contacts or organisations, in a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from crm import clock
from crm.accounts.models import User
from crm.contacts.models import Address, Affiliation, Contact, Organisation, PostalAddress
from crm.contacts.queries import tags_of, tags_of_organisations
from crm.extensions import db, fetch

CHUNK = 500
CONTACT = ("id", "salutation", "title", "first_name", "last_name", "display_name", "language", "address_form", "lifecycle", "customer_since", "birth_date", "notes", "custom",
           "last_in_at", "last_out_at", "next_task_at", "nps_score", "value", "created_at", "updated_at")
ORGANISATION = ("id", "name", "domain", "industry", "website", "phone", "notes", "custom", "last_interaction_at", "created_at")


@dataclass
class Gathered:
    """One record and what hangs on it. `row` has the columns of the record and the names of its owner and firm."""

    row: Any
    role: str = ""
    tags: list[str] = field(default_factory=list)
    addresses: list[Any] = field(default_factory=list)  # those that hold, the primary ones first
    places: list[Any] = field(default_factory=list)  # the same

    def of(self, kind: str) -> list[Any]:
        return [address for address in self.addresses if address.kind == kind]

    def place(self, home: bool) -> Any:
        """The postal address an import would take for this one."""
        return next((place for place in self.places if (place.type == "home") == home), None)


def holding(record: Any) -> ColumnElement[bool]:
    return or_(record.valid_until.is_(None), record.valid_until > clock.today())


def contacts(ids: Sequence[int]) -> Iterator[Gathered]:
    """In this order. Nothing stays in memory or in the database between two chunks."""
    for start in range(0, len(ids), CHUNK):
        yield from these(ids[start : start + CHUNK])
        db.session.rollback()


def these(ids: Sequence[int]) -> Iterator[Gathered]:
    columns = [getattr(Contact, name) for name in CONTACT]
    query = select(*columns, Organisation.name.label("organisation"), User.email.label("owner")).outerjoin(Organisation, Organisation.id == Contact.organisation_id)
    found = {row.id: Gathered(row) for row in fetch(query.outerjoin(User, User.id == Contact.owner_id).where(Contact.id.in_(ids)))}
    for ident, tags in tags_of(ids).items():
        found[ident].tags = tags
    for address in fetch(select(Address.contact_id, Address.kind, Address.value, Address.normalised, Address.type).where(Address.contact_id.in_(ids), holding(Address))
                         .order_by(Address.primary.desc(), Address.id)):
        found[address.contact_id].addresses.append(address)
    for ident, role in fetch(select(Affiliation.contact_id, Affiliation.role).where(Affiliation.contact_id.in_(ids), Affiliation.primary, holding(Affiliation))):
        found[ident].role = role
    for ident, places in _places(PostalAddress.contact_id, ids).items():
        found[ident].places = places
    return (found[ident] for ident in ids if ident in found)


def organisations(ids: Sequence[int]) -> Iterator[Gathered]:
    for start in range(0, len(ids), CHUNK):
        yield from _organisations(ids[start : start + CHUNK])
        db.session.rollback()


def _organisations(ids: Sequence[int]) -> Iterator[Gathered]:
    parent = aliased(Organisation)
    columns = [getattr(Organisation, name) for name in ORGANISATION]
    query = select(*columns, parent.name.label("parent"), User.email.label("owner")).outerjoin(parent, parent.id == Organisation.parent_id)
    found = {row.id: Gathered(row) for row in fetch(query.outerjoin(User, User.id == Organisation.owner_id).where(Organisation.id.in_(ids)))}
    for ident, tags in tags_of_organisations(ids).items():
        found[ident].tags = tags
    for ident, places in _places(PostalAddress.organisation_id, ids).items():
        found[ident].places = places
    return (found[ident] for ident in ids if ident in found)


def _places(owner: Any, ids: Sequence[int]) -> dict[int, list[Any]]:
    names = ("type", "street", "extra", "postcode", "city", "state", "country")
    there: dict[int, list[Any]] = defaultdict(list)
    for place in fetch(select(owner.label("owner_id"), *(getattr(PostalAddress, name) for name in names)).where(owner.in_(ids), holding(PostalAddress)).order_by(PostalAddress.id)):
        there[place.owner_id].append(place)
    return there
