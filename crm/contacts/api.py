"""/contacts, /organisations and /recognise."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import redirect
from sqlalchemy import ColumnElement
from werkzeug.exceptions import HTTPException

from crm.accounts.models import User
from crm.api import Endpoint, Resource, caller, found, paged, referenced, refuse, refuse_all
from crm.contacts import custom, editing, hierarchy, listing, postal, queries, schemas
from crm.contacts.creating import create_contact
from crm.contacts.matching import find_by_address, identify
from crm.contacts.models import Contact, Organisation
from crm.contacts.tagging import set_tags
from crm.contacts.visiting import join_visits
from crm.extensions import db
from crm.folding import fold

contacts = Resource("contacts", "The people the firm deals with.")
organisations = Resource("organisations", "The firms and bodies they belong to.")
recognise = Resource("recognise", "Who is calling, writing, visiting? For shop, telephone and web site.", prefix="/recognise")
SORTS = {
    "created_at": Contact.created_at, "name": Contact.sort_name, "last_in_at": Contact.last_in_at, "last_out_at": Contact.last_out_at,
    "next_task_at": Contact.next_task_at, "nps": Contact.nps_score, "value": Contact.value,
}
ORGANISATION_SORTS = {"created_at": Organisation.created_at, "name": Organisation.sort_name, "last_interaction_at": Organisation.last_interaction_at}


def reached(kind: str, value: str) -> ColumnElement[bool]:
    """Those that an address of this kind leads to."""
    return Contact.id.in_([contact.id for contact in find_by_address(kind, value)])


CONDITIONS = {
    "q": lambda value: Contact.id.in_(listing.found("contact", value)),
    "lifecycle": lambda value: Contact.lifecycle == value,
    "owner_id": lambda value: Contact.owner_id == value,
    "organisation_id": lambda value: queries.belongs_to(value),
    "tag": lambda value: queries.tagged(fold(value)),
    **{kind: partial(reached, kind) for kind in ("email", "phone", "customer_number")},
    "archived": lambda value: listing.gone(Contact.archived_at, value),
}
ORGANISATION_CONDITIONS = {
    "q": lambda value: Organisation.id.in_(listing.found("organisation", value)),
    "domain": lambda value: Organisation.domain == value.lower(),
    "tag": lambda value: queries.organisation_tagged(fold(value)),
    "archived": lambda value: listing.gone(Organisation.archived_at, value),
}


def narrowed(query, conditions, arguments):
    return query.where(*(make(arguments[name]) for name, make in conditions.items() if name in arguments))


@contacts.route("")
class Contacts(Endpoint):
    @contacts.listed(schemas.ContactSchema, schemas.ContactList)
    def get(self, arguments):
        """Contacts; archived ones only with `archived=true`."""
        query = queries.in_full(narrowed(queries.visible_to(caller()), CONDITIONS, arguments))
        return paged(query, arguments, SORTS, Contact.id)

    @contacts.created(schemas.ContactSchema)
    def post(self, values):
        """Add a contact. It needs a name or an address."""
        contact = create_contact(provenance="api")
        return named(changed(contact, values))


@contacts.route("/<int:contact_id>")
class OneContact(Endpoint):
    @contacts.shown(schemas.ContactSchema)
    def get(self, contact_id):
        """One contact. A merged one leads to the contact it was merged into."""
        return one(contact_id)

    @contacts.changed(schemas.ContactSchema)
    def patch(self, values, contact_id):
        """Change what is sent. `addresses` and `tags`, when sent, are the whole new list."""
        return named(changed(one(contact_id), values))

    @contacts.removed()
    def delete(self, contact_id):
        """Archive the contact: it leaves the lists, its history stays. (Erasure is a matter of its own.)"""
        one(contact_id).archive()


def one(ident: int) -> Contact:
    merged_into = db.session.scalar(db.select(Contact.merged_into_id).where(Contact.id == ident))
    if merged_into:
        raise HTTPException(response=redirect(f"/api/v1/contacts/{merged_into}", 308))
    return found(queries.in_full(queries.visible_to(caller()).where(Contact.id == ident)))


def changed(contact: Contact, values: dict[str, Any]) -> Contact:
    """Bring the values a program sent to the contact."""
    referenced(User, values.get("owner_id"), "owner_id")
    with db.session.no_autoflush:
        if "organisation_id" in values:
            belong(contact, referenced(Organisation, values.pop("organisation_id"), "organisation_id"))
        if "tags" in values:
            set_tags(contact, values.pop("tags"))
        if "addresses" in values:
            editing.replace_addresses(contact, values.pop("addresses"))
        switch(contact, values)
        fill(contact, values)
        for name, value in values.items():
            setattr(contact, name, value)
    return contact


def fill(record: Contact | Organisation, values: dict[str, Any]) -> None:
    """What both have: own fields and postal addresses."""
    try:
        custom.put(record, custom.checked("contact" if isinstance(record, Contact) else "organisation", values.pop("custom", {})))
    except custom.Misfits as misfits:
        refuse_all({f"custom.{key}": reasons for key, reasons in misfits.reasons.items()})
    if "postal_addresses" in values:
        postal.replace_places(record, values.pop("postal_addresses"))


def switch(row: Contact | Organisation, values: dict[str, Any]) -> None:
    if "archived" in values:
        (row.archive if values.pop("archived") else row.unarchive)()


def belong(contact: Contact, organisation: Organisation | None) -> None:
    if organisation is contact.organisation:
        return
    for affiliation in contact.affiliations:
        if affiliation.primary:
            affiliation.end()
    if organisation is not None:
        contact.affiliate(organisation)


def named(contact: Contact) -> Contact:
    if not (contact.first_name or contact.last_name or contact.addresses):
        refuse("last_name", "Give a name or at least one address.")
    join_visits(contact)
    return contact


@organisations.route("")
class Organisations(Endpoint):
    @organisations.listed(schemas.OrganisationSchema, schemas.OrganisationList)
    def get(self, arguments):
        """Organisations; archived ones only with `archived=true`."""
        query = narrowed(queries.organisations_visible_to(caller()), ORGANISATION_CONDITIONS, arguments)
        return paged(queries.organisations_in_full(query), arguments, ORGANISATION_SORTS, Organisation.id)

    @organisations.created(schemas.OrganisationSchema)
    def post(self, values):
        """Add an organisation."""
        organisation = Organisation(name=values["name"], tags=[])
        db.session.add(organisation)
        return changed_organisation(organisation, values)


@organisations.route("/<int:organisation_id>")
class OneOrganisation(Endpoint):
    @organisations.shown(schemas.OrganisationSchema)
    def get(self, organisation_id):
        """One organisation."""
        return one_organisation(organisation_id)

    @organisations.changed(schemas.OrganisationSchema)
    def patch(self, values, organisation_id):
        """Change what is sent. `tags`, when sent, are the whole new list."""
        return changed_organisation(one_organisation(organisation_id), values)

    @organisations.removed()
    def delete(self, organisation_id):
        """Archive it: it leaves the lists, its history stays."""
        one_organisation(organisation_id).archive()


def one_organisation(ident: int) -> Organisation:
    return found(queries.organisations_in_full(queries.organisations_visible_to(caller()).where(Organisation.id == ident)))


def changed_organisation(organisation: Organisation, values: dict[str, Any]) -> Organisation:
    referenced(User, values.get("owner_id"), "owner_id")
    with db.session.no_autoflush:
        if "tags" in values:
            set_tags(organisation, values.pop("tags"))
        switch(organisation, values)
        fill(organisation, values)
        if "parent_id" in values:
            hierarchy.set_parent(organisation, referenced(Organisation, values.pop("parent_id"), "parent_id"))
        for name, value in values.items():
            setattr(organisation, name, value.lower() if name == "domain" else value)
    return organisation


@recognise.route("")
class Recognise(Endpoint):
    @recognise.shown(schemas.RecognisedSchema, schemas.RecogniseArguments)
    def get(self, arguments):
        """Whether this is somebody we know, by any address they ever had. Give at least one; the surest that matches decides."""
        if not arguments:
            refuse("email", "Give email, phone, customer_number, handle or visitor.")
        match = identify(**arguments)
        return {"known": match is not None, "contact": match and match.contact, "match": match and match.evidence}


RESOURCES = (contacts, organisations, recognise)
