"""Contacts that the program made of an address alone, of which nobody has said yet who they are."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from crm.accounts.models import User
from crm.contacts import matching
from crm.contacts.models import Contact
from crm.duplicates import queries
from crm.errors import Refused
from crm.extensions import db
from crm.merging.models import Merge
from crm.merging.uniting import unite

MADE_BY_PROGRAMS = ("mail", "api", "form")


def is_provisional(contact: Contact) -> bool:
    """Nobody has worked on it: it is what a mail, a form or a program brought along."""
    worked_on = (contact.owner_id, contact.organisation_id, contact.customer_since, contact.notes, contact.custom, contact.restricted_at, contact.archived_at)
    return contact.provenance in MADE_BY_PROGRAMS and contact.lifecycle == "lead" and not any(worked_on)


def likely(contact: Contact) -> list[tuple[Any, str]]:
    """Who it may be: (person, why), best first."""
    found = [one for one in matching.candidates(matching.Person.of(contact), besides=contact.id) if one.score >= 0.2]
    people = queries.people([one.contact_id for one in found])
    return [(people[one.contact_id], one.because) for one in found if one.contact_id in people]


def this_is(contact: Contact, person_id: int, by: User) -> Merge:
    """The addresses and everything that came under them are this person's from now on. It can be undone like any merge. Never commits."""
    if not is_provisional(contact):
        raise Refused(_("Somebody has worked on this contact already: merge the two instead."))
    person = db.session.get(Contact, person_id)
    if person is None or person.id == contact.id:
        raise Refused(_("Choose a person."), "person")
    return unite("contact", contact.id, person_id, by)
