"""Postal addresses of people and organisations: several each, of a type, for a time. Ended ones stay on record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crm.contacts.models import Contact, Organisation, PostalAddress

PLACE = ("street", "extra", "postcode", "city", "state", "country")
PERIOD = ("valid_from", "valid_until")
Owner = Contact | Organisation


def postal_of(owner: Owner) -> PostalAddress | None:
    """Where letters go now: the first that holds."""
    return next((place for place in owner.postal_addresses if not place.ended), None)


def shown(owner: Owner) -> list[dict[str, Any]]:
    """What the form holds before anything is changed; the last row is empty only if there is no other."""
    names = ("type", *PLACE, *PERIOD)
    return [{"ident": str(place.id), **{name: getattr(place, name) for name in names}} for place in owner.postal_addresses] or [{}]


def set_places(owner: Owner, rows: Iterable[Mapping[str, Any]]) -> None:
    """Rows with an ident change that address, others add one; empty ones are left out."""
    known = {str(place.id): place for place in owner.postal_addresses if place.id}
    for row in rows:
        if not any(row.get(name) for name in PLACE):
            continue
        place = known.get(row.get("ident") or "")
        if place is None:
            place = PostalAddress()
            owner.postal_addresses.append(place)
        fill(place, row)


def replace_places(owner: Owner, rows: Sequence[Mapping[str, Any]]) -> None:
    """Exactly these hold from now on; the others end. A row is the one with its `id`, or the one that reads the same."""
    kept = []
    for row in rows:
        place = next((known for known in owner.postal_addresses if known not in kept and _is(known, row)), None)
        if place is None:
            place = PostalAddress()
            owner.postal_addresses.append(place)
        fill(place, row)
        kept.append(place)
    for place in owner.postal_addresses:
        if place not in kept:
            place.end()


def fill(place: PostalAddress, row: Mapping[str, Any]) -> None:
    for name in ("type", *PLACE):
        setattr(place, name, row.get(name) or "")
    for name in PERIOD:
        setattr(place, name, row.get(name))


def _is(place: PostalAddress, row: Mapping[str, Any]) -> bool:
    if row.get("id"):
        return place.id == row["id"]
    return all(getattr(place, name) == (row.get(name) or "") for name in PLACE)
