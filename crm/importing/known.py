"""Which of the people in a batch of rows are known already, asked once for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from crm.contacts.models import Address, Affiliation, Contact
from crm.extensions import db, fetch
from crm.folding import fold
from crm.importing.models import Import, ImportRow
from crm.importing.told import Told

CHUNK = 400
ALIKE = 85  # of 100: typing mistakes in a name beside an address that is the same


class Owner(NamedTuple):
    """Somebody who has an address: enough to see whether a row means this person."""

    contact_id: int
    first_name: str  # folded
    last_name: str
    numbers: frozenset[str] = frozenset()


class Known:
    """The contacts that the rows of one batch may mean."""

    def __init__(self, batch: Sequence[Told]):
        self.owners: dict[tuple[str, str], list[Owner]] = defaultdict(list)
        for kind in ("customer_number", "email", "phone", "handle", "visitor"):
            self._find(kind, {value for told in batch for value in told.values(kind)})
        self._add_numbers()
        self.nameless = {owner.contact_id for owners in self.owners.values() for owner in owners if not (owner.first_name or owner.last_name)} & {
            owner.contact_id for (kind, _value), owners in self.owners.items() for owner in owners if kind == "visitor"}  # web visitors nobody knew so far
        self.exported = exported({told.backbone_id for told in batch if told.backbone_id})
        self.imported = earlier({told.ident for told in batch})

    def _find(self, kind: str, values: set[str]) -> None:
        for part in chunks(sorted(values)):
            query = (
                select(Address.normalised, Contact.id, Contact.first_name, Contact.last_name, Contact.merged_into_id)
                .join(Contact, Contact.id == Address.contact_id).where(Address.kind == kind, Address.normalised.in_(part)).order_by(Contact.archived_at.is_not(None), Contact.id)
            )
            for value, ident, first, last, merged in fetch(query):
                self.owners[kind, value].append(Owner(ident if merged is None else survivor(ident), fold(first), fold(last)))

    def _add_numbers(self) -> None:
        """Whoever has another customer number is somebody else, whatever address they share."""
        idents = sorted({owner.contact_id for (kind, _value), owners in self.owners.items() if kind != "customer_number" for owner in owners})
        numbers: dict[int, set[str]] = defaultdict(set)
        for part in chunks(idents):
            for ident, number in fetch(select(Address.contact_id, Address.normalised).where(Address.contact_id.in_(part), Address.kind == "customer_number", Address.valid_until.is_(None))):
                numbers[ident].add(number)
        for where, owners in self.owners.items():
            self.owners[where] = [owner._replace(numbers=frozenset(numbers[owner.contact_id])) for owner in owners]

    def find(self, told: Told) -> int | None:
        """The contact this row means: by customer number, by an address if the name agrees, or because the same row was taken before."""
        if told.backbone_id in self.exported and self.exported[told.backbone_id][1:3] == told.name:
            return self.exported[told.backbone_id].contact_id
        for value in told.values("customer_number"):
            if owners := self.owners.get(("customer_number", value)):
                return owners[0].contact_id
        numbers = set(told.values("customer_number"))
        for kind, agrees in (("email", is_compatible), ("visitor", is_compatible), ("phone", is_same_name), ("handle", is_same_name)):
            for value in told.values(kind):
                for owner in self.owners.get((kind, value), ()):
                    if agrees(told.name, (owner.first_name, owner.last_name)) and not (numbers and owner.numbers):
                        return owner.contact_id
        return self.imported.get(told.ident)


def exported(idents: set[int]) -> dict[int, Owner]:
    """Whom an export of ours means by a number. It counts only beside the same name: another installation has other people under its numbers."""
    found = {}
    for part in chunks(sorted(idents)):
        for ident, first, last, merged in fetch(select(Contact.id, Contact.first_name, Contact.last_name, Contact.merged_into_id).where(Contact.id.in_(part))):
            found[ident] = Owner(ident if merged is None else survivor(ident), fold(first), fold(last))
    return found


def is_compatible(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two names can be one person's who certainly has this address: a part agrees, one is missing, or it is a typing mistake."""
    if not any(one) or not any(other):
        return True
    if set(one) & set(other) - {""}:
        return True
    return fuzz.token_sort_ratio(" ".join(one), " ".join(other)) >= ALIKE


def is_same_name(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """A telephone is shared more often than not: the whole name has to be the same."""
    return any(one) and sorted(one) == sorted(other)


def earlier(idents: Iterable[str]) -> dict[str, int]:
    """Row as a whole → the contact it became in an import that still stands."""
    found: dict[str, int] = {}
    for part in chunks(sorted(ident for ident in idents if ident)):
        query = (
            select(ImportRow.ident, ImportRow.contact_id, Contact.merged_into_id).join(Import, Import.id == ImportRow.import_id).join(Contact, Contact.id == ImportRow.contact_id)
            .where(ImportRow.ident.in_(part), Import.state.not_in(("reverted", "reverting")), ImportRow.action != "refused").order_by(ImportRow.id)
        )
        for ident, contact_id, merged in fetch(query):
            found.setdefault(ident, contact_id if merged is None else survivor(contact_id))
    return found


def survivor(ident: int) -> int:
    """Where a merged contact lives on."""
    merged = db.session.scalar(select(Contact.merged_into_id).where(Contact.id == ident))
    return ident if merged is None else survivor(merged)


def loaded(idents: Iterable[int]) -> dict[int, Contact]:
    """These contacts with all an import may touch, in a fixed number of statements."""
    parts = (selectinload(Contact.addresses), selectinload(Contact.affiliations).options(joinedload(Affiliation.organisation)), selectinload(Contact.tags),
             selectinload(Contact.postal_addresses), joinedload(Contact.organisation))
    found: dict[int, Contact] = {}
    for part in chunks(sorted(set(idents))):
        found |= {contact.id: contact for contact in db.session.scalars(select(Contact).where(Contact.id.in_(part)).options(*parts))}
    return found


def chunks(values: Sequence) -> Iterable[Sequence]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
