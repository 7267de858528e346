"""Contacts as columns from the database, without making objects of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import InstrumentedAttribute

from crm.contacts.matching.spelling import Spelled, spelled
from crm.contacts.models import Address, Contact, Organisation, PostalAddress
from crm.extensions import fetch

END = 7  # digits of a telephone number that tell
CHUNK = 400
UNKNOWN_PLACE = ("",) * 5


@dataclass
class Read:
    """Row by row: whose it is, what is known, and the addresses as (row, kind, comparable form)."""

    ids: list[int] = field(default_factory=list)
    people: list[Spelled] = field(default_factory=list)
    known: list[tuple[int, str, str]] = field(default_factory=list)

    def add_known(self, row: int, kind: str, value: str, backwards: str) -> None:
        self.known.append((row, kind, value))
        if kind == "phone" and len(backwards) >= END:
            self.known.append((row, "phone_end", backwards[:END]))


def everybody() -> Read:
    """All who are neither archived nor merged into others."""
    return _read(_people().where(Contact.archived_at.is_(None)), None)


def some(ids: Collection[int]) -> Read:
    """These, archived ones too; survivors of merges only."""
    read = Read()
    wanted = sorted(ids)
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        _append(read, _read(_people().where(Contact.id.in_(part)), part))
    return read


def _append(read: Read, more: Read) -> None:
    before = len(read.ids)
    read.ids += more.ids
    read.people += more.people
    read.known += [(before + row, kind, value) for row, kind, value in more.known]


def _read(people: Select, ids: Sequence[int] | None) -> Read:
    places = {row[0]: row[1:] for row in fetch(_only(_places(), PostalAddress.contact_id, ids))}
    read = Read()
    for ident, first, last, birth_date, organisation in fetch(people):
        read.ids.append(ident)
        read.people.append(spelled(first, last, birth_date, organisation, places.get(ident, UNKNOWN_PLACE)))
    rows = {ident: row for row, ident in enumerate(read.ids)}
    for ident, kind, value, backwards in _addresses(ids):
        if ident in rows:
            read.add_known(rows[ident], kind, value, backwards)
    return read


def _people() -> Select:
    columns = select(Contact.id, Contact.first_name, Contact.last_name, Contact.birth_date, Organisation.name)
    return columns.outerjoin(Organisation, Organisation.id == Contact.organisation_id).where(Contact.merged_into_id.is_(None)).order_by(Contact.id)


def _places() -> Select:
    """Of several the one that comes last counts: it still holds, and is the newest."""
    columns = select(PostalAddress.contact_id, PostalAddress.street, PostalAddress.extra, PostalAddress.postcode, PostalAddress.city, PostalAddress.state)
    return columns.where(PostalAddress.contact_id.is_not(None)).order_by(PostalAddress.valid_until.is_(None), PostalAddress.id)


def _addresses(ids: Sequence[int] | None) -> Iterator[Row]:
    columns = select(Address.contact_id, Address.kind, Address.normalised, Address.reversed_digits).order_by(Address.contact_id, Address.id)
    yield from fetch(_only(columns, Address.contact_id, ids))


def _only(query: Select, column: InstrumentedAttribute, ids: Sequence[int] | None) -> Select:
    return query if ids is None else query.where(column.in_(ids))
