"""A web visitor who says who they are: what they did before without a name is theirs.

The one merge that happens by itself. It is no guess about people: the contact that goes has no name and no address but the number of a browser.
It stands in the journal of merges like any other, and can be undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from crm.accounts.trail import acting_user
from crm.contacts.matching import find_by_address
from crm.contacts.models import Contact
from crm.errors import Refused
from crm.extensions import db
from crm.merging.models import Merge
from crm.merging.parting import part
from crm.merging.uniting import unite


def is_anonymous(contact: Contact) -> bool:
    """Nothing but visitor addresses and no name."""
    kinds = {address.kind for address in contact.addresses}
    return kinds == {"visitor"} and not (contact.first_name or contact.last_name or contact.merged_into_id)


def learn(contact: Contact, known: Mapping[str, str]) -> None:
    """`contact` was recognised by one of these addresses, given together: what else they say holds for the same person. Never commits.

    A visitor id that somebody with a name has already stays there; an anonymous visitor takes over the addresses that are told now.
    """
    visitor = (known.get("visitor") or "").strip()
    if visitor and all(other is contact or is_anonymous(other) for other in find_by_address("visitor", visitor)):
        if is_anonymous(contact):
            _name(contact, known)
        else:
            contact.add_address("visitor", visitor)
        join(contact)


def _name(contact: Contact, known: Mapping[str, str]) -> None:
    for kind, value in known.items():
        if kind != "visitor" and value and value.strip():
            contact.add_address(kind, value)


def join(contact: Contact) -> list[Merge]:
    """Anonymous visitors with a visitor id of this contact become part of it. Never commits."""
    db.session.flush()
    if is_anonymous(contact):
        return []
    return [unite("contact", other.id, contact.id, acting_user()) for other in list(_anonymous(contact))]


def part_again(idents: Iterable[int]) -> bool:
    """Take these joins back, the last one first; False where one has to stay because a later merge builds on it. Never commits."""
    try:
        for ident in sorted(idents, reverse=True):
            part(db.session.get_one(Merge, ident), acting_user())
    except Refused:
        return False
    return True


def _anonymous(contact: Contact) -> Iterator[Contact]:
    for value in [address.value for address in contact.addresses if address.kind == "visitor"]:
        yield from (other for other in find_by_address("visitor", value) if other is not contact and is_anonymous(other))
