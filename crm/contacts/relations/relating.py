"""Two people are brought together: a relation made or brought up to date, whichever end it is said from."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from crm.accounts.models import User
from crm.contacts.models import Contact
from crm.contacts.relations.models import Relation, ends, refuse_self
from crm.extensions import db


def relate(contact: Contact, other: Contact, kind: str, *, turned: bool = False, since: date | None = None, until: date | None = None, note: str = "",
           by: User | None = None) -> Relation:
    """`contact` is the KIND of `other` (`turned`: the other way round). Said twice it is one relation. Never commits."""
    refuse_self(contact, other)
    first, second = ends(kind, contact, other, turned)
    found = db.session.scalars(select(Relation).where(Relation.from_contact_id == first.id, Relation.to_contact_id == second.id, Relation.kind == kind)).first()
    if found is None:
        found = Relation(kind=kind, from_contact=first, to_contact=second, created_by_id=by.id if by else None)
        db.session.add(found)
    found.since, found.until, found.note = since, until, note
    return found
