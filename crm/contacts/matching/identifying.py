"""Who is it? A contact found by any address it ever had. Never guesses by name, never merges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Row, Select, bindparam, select

from crm import clock
from crm.contacts.models import ADDRESS_KINDS, Address, Contact
from crm.contacts.normalising import comparable
from crm.extensions import db
from crm.folding import digits

LAST_DIGITS = 7  # what the end of a telephone number must have in common when the rest is written differently
CHUNK = 400  # values a statement
# Built once: building them takes as long as asking the database.
ANY = select(Contact, Address.value, Address.valid_until).join(Address.contact)
OWNERS = ANY.where(Address.kind == bindparam("kind"))
BY_ADDRESS = OWNERS.where(Address.normalised == bindparam("value"))
BY_ADDRESSES = OWNERS.add_columns(Address.normalised).where(Address.normalised.in_(bindparam("values", expanding=True)))
# Only telephone numbers have reversed digits; asked for the kind too, SQLite would go through all numbers of that kind.
BY_END = ANY.where(Address.reversed_digits.between(bindparam("low"), bindparam("high")))
TRIED_FIRST = ("customer_number", "email", "phone", "handle", "visitor")


@dataclass(frozen=True)
class Match:
    """Who it is, and by what we know: `exact` or only by the last digits, an address that still holds or an `ended` one."""

    contact: Contact
    kind: str
    value: str
    exact: bool = True
    ended: bool = False
    others: int = 0  # further contacts with the same address (an office number, a family's mail box)

    @property
    def evidence(self) -> dict[str, object]:
        return {"kind": self.kind, "value": self.value, "exact": self.exact, "ended": self.ended, "others": self.others}


def find_by_address(kind: str, value: str, region: str | None = None) -> list[Contact]:
    """Every contact with this address, also an ended one: those it still holds for first, archived ones last.

    Merged contacts are answered by their survivors.
    """
    return [match.contact for match in _matches(kind, BY_ADDRESS, {"value": comparable(kind, value, region)})]


def find_many(kind: str, values: Iterable[str]) -> dict[str, Contact]:
    """The contact each of these comparable addresses leads to, by one statement for all of them; unknown ones are left out."""
    rows: list[Row] = []
    wanted = list(dict.fromkeys(values))
    for start in range(0, len(wanted), CHUNK):
        rows += db.session.execute(BY_ADDRESSES, {"kind": kind, "values": wanted[start : start + CHUNK]})
    rows.sort(key=_rank)
    found: dict[str, Contact] = {}
    for row in rows:
        found.setdefault(row.normalised, _survivor(row.Contact))
    return found


def identify(**known: str | None) -> Match | None:
    """The contact behind email=, phone=, customer_number=, handle= or visitor=; the surest kind that matches decides."""
    assert not set(known) - set(ADDRESS_KINDS), known
    for kind in TRIED_FIRST:
        value = known.get(kind)
        found = _identify(kind, value) if value and value.strip() else None
        if found:
            return found
    return None


def _identify(kind: str, value: str) -> Match | None:
    found = _matches(kind, BY_ADDRESS, {"value": comparable(kind, value)})
    if not found and kind == "phone":
        found = callers(value)
    return found[0] if found else None


def callers(number: str) -> list[Match]:
    """Whose telephone numbers end like `number`: switchboards and providers drop or add what stands before."""
    last = digits(number)[::-1][:LAST_DIGITS]
    if len(last) < LAST_DIGITS:
        return []
    return _matches("phone", BY_END, {"low": last, "high": last.ljust(40, "9")}, exact=False)


def _matches(kind: str, owners: Select, sought: Mapping[str, str], *, exact: bool = True) -> list[Match]:
    rows = sorted(db.session.execute(owners, {"kind": kind, **sought}), key=_rank)
    first: dict[Contact, Row] = {}
    for row in rows:
        first.setdefault(_survivor(row.Contact), row)
    return [Match(contact, kind, row.value, exact, _ended(row), len(first) - 1) for contact, row in first.items()]


def _ended(row: Row) -> bool:
    return row.valid_until is not None and row.valid_until <= clock.today()


def _rank(row: Row) -> tuple:
    contact = _survivor(row.Contact)
    heard = contact.last_interaction_at
    return contact.archived_at is not None, _ended(row), heard is None, -heard.timestamp() if heard else 0, contact.id


def _survivor(contact: Contact) -> Contact:
    """Where a merged contact lives on."""
    while contact.merged_into_id is not None:
        contact = db.session.get_one(Contact, contact.merged_into_id)
    return contact
