"""What a row brings to somebody who is known, and a journal of it that lets everything be put back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from crm.contacts.models import Affiliation, Contact, Organisation, PostalAddress
from crm.contacts.tags import Tag
from crm.importing.told import Told

SHORT = ("first_name", "last_name", "title", "salutation", "lifecycle", "customer_since", "birth_date", "language", "address_form")


class Journal:
    """What changed about one contact. Ids of new rows are read only after the flush."""

    def __init__(self) -> None:
        self.fields: dict[str, list[Any]] = {}
        self.custom: dict[str, list[Any]] = {}
        self.addresses: list[Any] = []
        self.types: list[tuple[Any, str, str]] = []
        self.tags: list[Tag] = []
        self.places: list[PostalAddress] = []
        self.parts: list[tuple[PostalAddress, dict[str, list[str]]]] = []
        self.begun: list[Affiliation] = []
        self.ended: list[tuple[Affiliation, bool]] = []
        self.roles: list[tuple[Affiliation, str, str]] = []
        self.consents: list[Any] = []
        self.joined: list[int] = []  # merges by which visits without a name became this person's

    def __bool__(self) -> bool:
        return any(vars(self).values())

    def as_json(self) -> dict[str, Any]:
        told = {
            "fields": {name: [plain(old), plain(new)] for name, (old, new) in self.fields.items()}, "custom": self.custom,
            "addresses": [address.id for address in self.addresses], "types": [[address.id, old, new] for address, old, new in self.types],
            "tags": [tag.id for tag in self.tags], "places": [place.id for place in self.places], "parts": [[place.id, parts] for place, parts in self.parts],
            "begun": [affiliation.id for affiliation in self.begun], "ended": [[affiliation.id, primary] for affiliation, primary in self.ended],
            "roles": [[affiliation.id, old, new] for affiliation, old, new in self.roles], "consents": [consent.id for consent in self.consents], "joined": self.joined,
        }
        return {name: value for name, value in told.items() if value}


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def bring(contact: Contact, told: Told, *, organisation: Organisation | None, tags: Sequence[Tag], owner_id: int | None, only_fill: bool = False) -> Journal:
    """Take over what the row says; empty cells change nothing. `only_fill`: nothing that is there is overwritten."""
    journal = Journal()
    _columns(contact, told, owner_id, journal, only_fill)
    _custom(contact, told.custom, journal, only_fill)
    _addresses(contact, told, journal)
    _belonging(contact, organisation, told.role, journal, only_fill)
    _places(contact, told.places, journal, only_fill)
    for tag in tags:
        if tag not in contact.tags:
            contact.tags.append(tag)
            journal.tags.append(tag)
    return journal


def _columns(contact: Contact, told: Told, owner_id: int | None, journal: Journal, only_fill: bool) -> None:
    wanted = {name: told.columns[name] for name in SHORT if name in told.columns}
    if owner_id is not None:
        wanted["owner_id"] = owner_id
    notes = told.columns.get("notes", "")
    if notes and notes not in (contact.notes or ""):
        wanted["notes"] = f"{contact.notes}\n{notes}".strip()
    for name, value in wanted.items():
        present = getattr(contact, name)
        if value == present or (only_fill and name != "notes" and present not in (None, "", "lead", "sie")):
            continue
        journal.fields[name] = [present, value]
        setattr(contact, name, value)


def _custom(contact: Contact, given: Mapping[str, Any], journal: Journal, only_fill: bool) -> None:
    present = contact.custom or {}
    changed = {key: value for key, value in given.items() if value != present.get(key) and not (only_fill and key in present)}
    if changed:
        journal.custom = {key: [present.get(key), value] for key, value in changed.items()}
        contact.custom = {**present, **changed}


def _addresses(contact: Contact, told: Told, journal: Journal) -> None:
    """New ones are added; one that a person ended stays ended."""
    for kind, value, normalised, type in told.addresses:
        known = next((address for address in contact.addresses if (address.kind, address.normalised) == (kind, normalised)), None)
        if known is None:
            journal.addresses.append(contact.add_address(kind, value, type=type))
        elif type and not known.type:
            journal.types.append((known, known.type, type))
            known.type = type


def _belonging(contact: Contact, organisation: Organisation | None, role: str, journal: Journal, only_fill: bool) -> None:
    current = next((one for one in contact.affiliations if one.primary and not one.ended), None)
    if organisation is not None and organisation is not contact.organisation and not (only_fill and contact.organisation):
        if current is not None:
            journal.ended.append((current, current.primary))
            current.end()
        journal.begun.append(contact.affiliate(organisation, role=role))
    elif current is not None and role and role != current.role and not (only_fill and current.role):
        journal.roles.append((current, current.role, role))
        current.role = role


def _places(contact: Contact, places: Mapping[str, Mapping[str, str]], journal: Journal, only_fill: bool) -> None:
    for type, parts in places.items():
        there = [place for place in contact.postal_addresses if not place.ended]
        place = next((one for one in there if (one.type == "home") == (type == "home")), None)
        if place is None:
            place = PostalAddress(type=type, **parts)
            contact.postal_addresses.append(place)
            journal.places.append(place)
            continue
        changed = {part: [getattr(place, part), value] for part, value in parts.items() if getattr(place, part) != value and not (only_fill and getattr(place, part))}
        if changed:
            journal.parts.append((place, changed))
            for part, (_old, new) in changed.items():
                setattr(place, part, new)
