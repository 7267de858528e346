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
    said: dict[str, Any] = {name: (form[name].data or "").strip() for name in ("first_name", "last_name", "title", "organisation")}
    for place in form.postal.entries[:1]:
        said |= {name: (place.form[name].data or "").strip() for name in ("street", "postcode", "city")}
    for row in form.addresses.entries:
        if row.form.value.data and row.form.kind.data in ADDRESSES:
            name = ADDRESSES[row.form.kind.data]
            said[name] = (*said.get(name, ()), row.form.value.data)
    return Person(birth_date=form.birth_date.data, **said)


def alike(form: ContactForm) -> list[Alike]:
    """Likely or surely the same, best first."""
    found = [one for one in candidates(typed(form), limit=SHOWN) if one.verdict != "unlikely"]
    people = _people([one.contact_id for one in found])
    told = [(one, *people[one.contact_id]) for one in found if one.contact_id in people]
    return [Alike(one.contact_id, name, organisation, one.verdict == "same", one.because) for one, name, organisation in told]


def _people(ids: list[int]) -> dict[int, tuple[str, str]]:
    query = select(Contact.id, Contact.display_name, Organisation.name).outerjoin(Organisation, Organisation.id == Contact.organisation_id)
    return {ident: (name, organisation or "") for ident, name, organisation in fetch(query.where(Contact.id.in_(ids)))} if ids else {}
