"""What can be undone about people and organisations."""

from __future__ import annotations

from datetime import date
from typing import Any

from crm.accounts.models import User
from crm.accounts.undo import by_verb
from crm.contacts import custom, inline, renaming_tags
from crm.contacts.bulk import views as bulk
from crm.contacts.custom.models import CustomField
from crm.contacts.models import Address, Affiliation, Contact, Organisation
from crm.contacts.relations import putting_back as relations
from crm.contacts.saved_views import views as saved_views
from crm.extensions import db


def restore_field(_by: User, payload: dict[str, Any]) -> str:
    contact = db.session.get_one(Contact, payload["contact_id"])
    inline.change(contact, payload["field"], payload["value"])
    return f"/contacts/{contact.id}"


def resume_address(_by: User, payload: dict[str, Any]) -> str:
    address = db.session.get_one(Address, payload["address_id"])
    address.resume()
    if payload.get("primary"):
        address.make_primary()
    return f"/contacts/{address.contact_id}"


def resume_affiliation(_by: User, payload: dict[str, Any]) -> str:
    affiliation = db.session.get_one(Affiliation, payload["affiliation_id"])
    affiliation.valid_until = None
    if payload.get("primary"):
        affiliation.make_primary()
    return f"/contacts/{affiliation.contact_id}"


def make_affiliation_again(_by: User, payload: dict[str, Any]) -> str:
    contact = db.session.get_one(Contact, payload["contact_id"])
    firm = db.session.get_one(Organisation, payload["organisation_id"])
    days = {name: date.fromisoformat(payload[name]) if payload[name] else None for name in ("valid_from", "valid_until")}
    affiliation = Affiliation(organisation=firm, role=payload["role"], primary=False, **days)
    contact.affiliations.append(affiliation)
    if payload["primary"]:
        affiliation.make_primary()
    return f"/contacts/{contact.id}"


def use_field_again(_by: User, payload: dict[str, Any]) -> str:
    db.session.get_one(CustomField, payload["field_id"]).unarchive()
    custom.forget()
    return "/settings/fields"


UNDOERS = {
    "contact.archived": by_verb(Contact, "contact_id", Contact.unarchive, "/contacts/%d"),
    "contact.changed": restore_field,
    "organisation.archived": by_verb(Organisation, "organisation_id", Organisation.unarchive, "/organisations/%d"),
    "address.ended": resume_address,
    "affiliation.ended": resume_affiliation,
    "affiliation.removed": make_affiliation_again,
    "field.archived": use_field_again,
    **relations.UNDOERS,
    **renaming_tags.UNDOERS,
    **bulk.UNDOERS,
    **saved_views.UNDOERS,
}
