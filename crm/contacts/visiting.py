"""Web visitors who say who they are. What becomes of their earlier visits is decided right of us; composition tells us by whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import current_app

from crm.contacts.models import Contact


def join_visits(contact: Contact) -> None:
    """What was done under the visitor ids of this contact without a name is theirs from now on. Never commits."""
    if any(address.kind == "visitor" for address in contact.addresses):
        current_app.extensions["visitors"].join(contact)


def joined(contact: Contact) -> list[int]:
    """As join_visits; the ids of what was joined, for `part_visits`."""
    return [merge.id for merge in current_app.extensions["visitors"].join(contact)]


def part_visits(idents: Iterable[int]) -> bool:
    """What was joined is taken apart again; False where something later builds on it. Never commits."""
    parted: bool = current_app.extensions["visitors"].part_again(idents)
    return parted


def learn(contact: Contact, known: Mapping[str, str]) -> None:
    """The contact was recognised by one of these addresses that came together."""
    if known.get("visitor"):
        current_app.extensions["visitors"].learn(contact, known)
