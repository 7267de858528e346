"""Many new people written by a few statements, past the session, whose bookkeeping would take four times as long as the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from sqlalchemy import func, insert, select

from crm.contacts import naming
from crm.contacts.models import NAMELESS, Address, Affiliation, Contact, Organisation, PostalAddress, birthday
from crm.contacts.normalising import reversed_digits
from crm.contacts.phonetics import sound_of_name
from crm.contacts.tags import Tag, contact_tags
from crm.extensions import db
from crm.importing.told import Told
from crm.search import indexing

BLANK: dict[str, Any] = {
    "first_name": "", "last_name": "", "title": "", "salutation": "", "address_form": "sie", "language": "", "lifecycle": "lead", "customer_since": None, "birth_date": None, "notes": "",
}
PLACE = {"street": "", "extra": "", "postcode": "", "city": "", "state": "", "country": ""}


@dataclass
class NewAddress:
    kind: str
    value: str
    normalised: str
    type: str
    primary: bool

    def row(self, contact_id: int) -> dict[str, Any]:
        return {**self.__dict__, "contact_id": contact_id, "reversed_digits": reversed_digits(self.kind, self.normalised), "invalid_reason": ""}


@dataclass
class Newcomer:
    """Somebody new: what the index reads of a contact, and the rows to be written."""

    told: Told
    organisation: Organisation | None
    tags: Sequence[Tag]
    owner_id: int | None
    id: int = 0
    addresses: list[NewAddress] = field(default_factory=list)
    archived_at = restricted_at = merged_into_id = last_interaction_at = None

    def __post_init__(self) -> None:
        kinds: set[str] = set()
        for kind, value, normalised, type in self.told.addresses:
            self.addresses.append(NewAddress(kind, value, normalised, type, primary=kind not in kinds))
            kinds.add(kind)

    def __getattr__(self, name: str) -> Any:
        """A column of the contact, as the row says it or as the model leaves it."""
        if name in BLANK:
            return self.told.columns.get(name, BLANK[name])
        raise AttributeError(name)

    @property
    def custom(self) -> dict[str, Any]:
        return self.told.custom

    @property
    def display_name(self) -> str:
        return (naming.display_name(self.title, self.first_name, self.last_name) or self._first_address or NAMELESS)[:260]

    @property
    def _first_address(self) -> str:
        mail = next((address.value for address in self.addresses if address.kind == "email"), "")
        return mail or next((address.value for address in self.addresses), "")

    def row(self) -> dict[str, Any]:
        otherwise = "" if self.first_name or self.last_name else self._first_address
        return {
            **BLANK, **self.told.columns, "birthday": birthday(self.birth_date), "sound": sound_of_name(self.first_name, self.last_name), "display_name": self.display_name,
            "sort_name": naming.sort_name(self.first_name, self.last_name, otherwise)[:260], "owner_id": self.owner_id, "custom": self.custom, "provenance": "import",
            "organisation_id": self.organisation.id if self.organisation else None,
        }


def save(people: Sequence[Newcomer]) -> None:
    """Insert them with all that belongs to them, and make them findable. Each gets its id."""
    if not people:
        return
    for person, ident in zip(people, inserted([person.row() for person in people]), strict=True):
        person.id = ident
    put(Address, (address.row(person.id) for person in people for address in person.addresses))
    put(PostalAddress, ({**PLACE, **parts, "type": type, "contact_id": person.id} for person in people for type, parts in person.told.places.items()))
    put(Affiliation, ({"contact_id": person.id, "organisation_id": person.organisation.id, "role": person.told.role, "primary": True} for person in people if person.organisation))
    put(contact_tags, ({"contact_id": person.id, "tag_id": tag.id} for person in people for tag in person.tags))
    searchable = current_app.extensions["searchables"][Contact]
    indexing.put(document for person in people for _kind, _ident, document in searchable.documents(person) if document)


def inserted(rows: Sequence[dict[str, Any]]) -> Iterable[int]:
    """The ids of new contacts, in the order of `rows`."""
    connection = db.session.connection()
    if connection.dialect.name != "sqlite":
        return connection.execute(insert(Contact).returning(Contact.id, sort_by_parameter_order=True), rows).scalars()
    # SQLite can only tell them for one row at a time. But nobody else writes meanwhile, and new ids are larger than all before.
    last = connection.scalar(select(func.max(Contact.id))) or 0
    connection.execute(insert(Contact), rows)
    return connection.scalars(select(Contact.id).where(Contact.id > last).order_by(Contact.id))


def put(target: Any, rows: Iterable[dict[str, Any]]) -> None:
    if rows := list(rows):
        db.session.connection().execute(insert(target), rows)
