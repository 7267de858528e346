"""New people and firms, each with what belongs to them, from whichever door they come in by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from crm.contacts.models import Contact, Organisation
from crm.contacts.naming import guess_name, without_legal_form
from crm.contacts.tagging import set_tags
from crm.extensions import db
from crm.folding import fold

Addresses = Iterable[tuple[str, str]]  # kind, value


def create_contact(*, addresses: Addresses = (), organisation: Organisation | None = None, role: str = "", tags: Iterable[str] = (),
                   provenance: str = "person", **fields: Any) -> Contact:
    """A new contact in the session, not yet flushed. `fields` are columns of Contact (first_name, language, owner …)."""
    # The collections are given so that none of them is looked up for a row that cannot have any yet.
    contact = Contact(provenance=provenance, addresses=[], affiliations=[], tags=[], **fields)
    db.session.add(contact)
    with db.session.no_autoflush:
        for kind, value in addresses:
            contact.add_address(kind, value)
        if organisation is not None:
            contact.affiliate(organisation, role=role)
        set_tags(contact, tags)
    return contact


def create_from_mail(address: str, written_name: str = "", **fields: Any) -> Contact:
    """The contact for a mail from somebody unknown: the name as the mail gives it, else guessed from the address."""
    name = guess_name(written_name, address)
    return create_contact(addresses=[("email", address)], **{"provenance": "mail", **name._asdict(), **fields})


def organisation_named(name: str) -> Organisation | None:
    """The organisation of this name, whatever its spelling and legal form; the one longest known if there are several."""
    sort_name = fold(without_legal_form(name.strip()))[:200]
    living = Organisation.archived_at.is_(None) & Organisation.merged_into_id.is_(None)
    return db.session.scalars(select(Organisation).where(Organisation.sort_name == sort_name, living).order_by(Organisation.id).limit(1)).first()


def find_or_create_organisation(name: str, **fields: Any) -> Organisation:
    """The organisation of this name, made if nobody knew it."""
    found = organisation_named(name)
    if found is None:
        found = Organisation(name=name.strip()[:200], **fields)
        db.session.add(found)
    return found
