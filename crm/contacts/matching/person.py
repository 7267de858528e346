"""What is known of somebody, wherever it comes from: a contact, a row of an import, a form half filled in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from crm.contacts.models import Contact, PostalAddress
from crm.contacts.normalising import comparable
from crm.extensions import db

ADDRESSES = {"email": "emails", "phone": "phones", "handle": "handles", "customer_number": "customer_numbers", "visitor": "visitors"}


@dataclass(frozen=True)
class Person:
    """Every part may be missing. Addresses are tuples as written; each counts, ended ones too."""

    first_name: str = ""
    last_name: str = ""
    title: str = ""
    birth_date: date | None = None
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    customer_numbers: tuple[str, ...] = ()
    visitors: tuple[str, ...] = ()
    street: str = ""
    extra: str = ""
    postcode: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    organisation: str = ""

    @classmethod
    def of(cls, contact: Contact) -> Person:
        """The person a contact stands for. Of several postal addresses the newest that holds counts."""
        known: dict[str, Any] = {name: _values(contact, kind) for kind, name in ADDRESSES.items()} | _postal(contact)
        return cls(contact.first_name or "", contact.last_name or "", contact.title or "", contact.birth_date,
                   organisation=contact.organisation.name if contact.organisation else "", **known)

    @property
    def addresses(self) -> Iterator[tuple[str, str]]:
        """Each address as (kind, comparable form)."""
        for kind, name in ADDRESSES.items():
            for value in getattr(self, name):
                if value and value.strip():
                    yield kind, comparable(kind, value)


def _values(contact: Contact, kind: str) -> tuple[str, ...]:
    return tuple(address.value for address in contact.addresses if address.kind == kind)


def _postal(contact: Contact) -> dict[str, Any]:
    if contact.id is None:
        return {}
    newest = select(PostalAddress).where(PostalAddress.contact_id == contact.id).order_by(PostalAddress.valid_until.is_not(None), PostalAddress.id.desc())
    found = db.session.scalars(newest.limit(1)).first()
    return {name: getattr(found, name) for name in ("street", "extra", "postcode", "city", "state", "country")} if found else {}


