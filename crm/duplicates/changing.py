"""Who came or was changed since the last look: read from rows that only ever grow, so that nobody has to keep a list."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from crm.contacts.changes import FieldChange
from crm.contacts.models import Address, Contact, PostalAddress
from crm.extensions import db
from crm.merging.models import Merge

# Column of the id, column of the contact concerned. A merge brings its rows to the survivor.
WATCHED: tuple[tuple[InstrumentedAttribute, InstrumentedAttribute], ...] = (
    (Contact.id, Contact.id),
    (Address.id, Address.contact_id),
    (PostalAddress.id, PostalAddress.contact_id),
    (FieldChange.id, FieldChange.contact_id),
    (Merge.id, Merge.survivor_id),
)
TELLING = ("first_name", "last_name", "birth_date", "organisation_id", "archived_at", "value", "normalised", "street", "postcode", "city")


def marks() -> dict[str, int]:
    """How far each of the tables reaches now."""
    return {ident.class_.__tablename__: db.session.scalar(select(func.max(ident))) or 0 for ident, _contact in WATCHED}


def since(before: Mapping[str, int]) -> set[int]:
    """The contacts behind the rows that came after these marks."""
    found: set[int] = set()
    for ident, contact in WATCHED:
        found.update(db.session.scalars(_telling(select(contact).where(ident > before.get(ident.class_.__tablename__, 0), contact.is_not(None)).distinct(), ident)))
    return found


def _telling(query: Select, ident: InstrumentedAttribute) -> Select:
    """Of merges those of contacts; of changed fields those that tell who somebody is."""
    if ident is Merge.id:
        return query.where(Merge.kind == "contact")
    return query.where(FieldChange.field.in_(TELLING)) if ident is FieldChange.id else query
