"""What a filled form says, brought to a person or an organisation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from crm.contacts import custom, postal
from crm.contacts.creating import find_or_create_organisation, organisation_named
from crm.contacts.custom.forms import kept
from crm.contacts.hierarchy import set_parent
from crm.contacts.models import Address, Contact, Organisation
from crm.contacts.normalising import comparable, reversed_digits
from crm.contacts.tagging import set_tags, split_names
from crm.extensions import db

COLUMNS = ("salutation", "title", "first_name", "last_name", "address_form", "language", "lifecycle", "customer_since", "birth_date", "owner_id", "notes")
MAY_BE_NONE = ("customer_since", "birth_date", "owner_id")
ORGANISATION_COLUMNS = ("name", "domain", "industry", "website", "phone", "owner_id", "notes")


def shown(contact: Contact) -> dict[str, Any]:
    """What the form of a contact holds before anything is changed; the last address row is empty."""
    current = next((one for one in contact.affiliations if one.primary and not one.ended), None)
    rows = [{"ident": str(a.id), "kind": a.kind, "value": a.value, "type": a.type, "primary": a.primary, "ended": a.ended} for a in contact.addresses]
    return {name: getattr(contact, name) for name in COLUMNS} | {
        "organisation": contact.organisation.name if contact.organisation else "",
        "role": current.role if current else "",
        "tags": ", ".join(tag.name for tag in contact.tags),
        "addresses": [*rows, {}],
        "postal": postal.shown(contact),
        "custom": kept(contact.custom),
    }


def shown_of_organisation(organisation: Organisation) -> dict[str, Any]:
    return {name: getattr(organisation, name) for name in ORGANISATION_COLUMNS} | {
        "tags": ", ".join(tag.name for tag in organisation.tags),
        "parent": organisation.parent.name if organisation.parent else "",
        "postal": postal.shown(organisation),
        "custom": kept(organisation.custom),
    }


def fill(contact: Contact, values: Mapping[str, Any]) -> None:
    """Take over everything the form of a contact holds."""
    with db.session.no_autoflush:
        for name in COLUMNS:
            setattr(contact, name, values[name] if name in MAY_BE_NONE else values[name] or "")
        set_addresses(contact, values["addresses"])
        set_organisation(contact, values["organisation"], values["role"])
        set_tags(contact, split_names(values["tags"]))
        postal.set_places(contact, values["postal"])
    custom.put(contact, values["custom"])


def fill_organisation(organisation: Organisation, values: Mapping[str, Any]) -> None:
    for name in ORGANISATION_COLUMNS:
        setattr(organisation, name, values[name])
    with db.session.no_autoflush:
        set_tags(organisation, split_names(values["tags"]))
        postal.set_places(organisation, values["postal"])
    set_parent(organisation, organisation_named(values["parent"]) if values["parent"] else None)
    custom.put(organisation, values["custom"])


def set_organisation(contact: Contact, name: str, role: str = "") -> None:
    """Where the person belongs first of all: another name ends what was, no name ends it too."""
    current = next((one for one in contact.affiliations if one.primary and not one.ended), None)
    if current and name and (name == current.organisation.name or organisation_named(name) is current.organisation):
        current.role = role
        return
    if current:
        current.end()
    if name:
        contact.affiliate(find_or_create_organisation(name), role=role)


def set_addresses(contact: Contact, rows: Iterable[Mapping[str, Any]]) -> None:
    """Rows with an ident change that address of the contact, others add one; empty ones are left out."""
    known = {str(address.id): address for address in contact.addresses}
    for row in rows:
        if not row["value"]:
            continue
        address = known.get(row.get("ident") or "")
        if address is None:
            address = contact.add_address(row["kind"], row["value"], type=row["type"])
        else:
            respell(address, row)
        if row["ended"]:
            address.end()
        elif row["primary"]:
            address.make_primary()


def respell(address: Address, row: Mapping[str, Any]) -> None:
    """Correct an address; what was known of the wrong spelling (it bounced) is not known of the right one."""
    normalised = comparable(row["kind"], row["value"])
    if (address.kind, address.normalised) != (row["kind"], normalised):
        address.mark_valid()
    address.kind, address.value, address.type = row["kind"], row["value"], row["type"]
    address.normalised, address.reversed_digits = normalised, reversed_digits(row["kind"], normalised)
    if address.ended and not row["ended"]:
        address.resume()


def replace_addresses(contact: Contact, rows: Iterable[Mapping[str, Any]]) -> None:
    """Exactly these addresses hold from now on; the others end."""
    kept = []
    for row in rows:
        address = contact.add_address(row["kind"], row["value"], type=row.get("type", ""), primary=row.get("primary", False))
        address.value, address.type = row["value"].strip(), row.get("type", address.type)
        kept.append(address)
    for address in contact.addresses:
        if address not in kept:
            address.end()
