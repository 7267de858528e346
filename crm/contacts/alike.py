"""Whom a form that is being filled looks like, so that nobody is added twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from crm.contacts.forms import ContactForm
from crm.contacts.matching import Person, candidates
from crm.contacts.matching.person import ADDRESSES
from crm.contacts.models import Contact, Organisation
from crm.extensions import fetch

SHOWN = 4


@dataclass(frozen=True)
class Alike:
    """Somebody we know, and why it may be the same person."""

    id: int
    name: str
    organisation: str
    sure: bool
    because: str


def typed(form: ContactForm) -> Person:
    """What the form says of the person so far."""
    addresses: dict[str, list[str]] = {name: [] for name in ADDRESSES.values()}
    for row in form.addresses.entries:
        if row.form.value.data and row.form.kind.data in ADDRESSES:
            addresses[ADDRESSES[row.form.kind.data]].append(row.form.value.data)
    place = form.postal.entries[0].form if form.postal.entries else None
    postal = {name: (place[name].data or "").strip() for name in ("street", "postcode", "city")} if place else {}
    said = {name: (form[name].data or "").strip() for name in ("first_name", "last_name", "title", "organisation")}
    return Person(birth_date=form.birth_date.data, **said, **postal, **{name: tuple(values) for name, values in addresses.items()})


def alike(form: ContactForm) -> list[Alike]:
    """Likely or surely the same, best first."""
    found = [one for one in candidates(typed(form), limit=SHOWN) if one.verdict != "unlikely"]
    people = _people([one.contact_id for one in found])
    return [Alike(one.contact_id, *people[one.contact_id], one.verdict == "same", one.because) for one in found if one.contact_id in people]


def _people(ids: list[int]) -> dict[int, Any]:
    query = select(Contact.id, Contact.display_name, Organisation.name).outerjoin(Organisation, Organisation.id == Contact.organisation_id)
    return {ident: (name, organisation or "") for ident, name, organisation in fetch(query.where(Contact.id.in_(ids)))} if ids else {}
