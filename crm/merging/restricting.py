"""A merge never loosens consent: what either side objected to, both object to. Both proofs stay in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from crm import clock
from crm.consent import ledger
from crm.consent.models import ANY_CHANNEL, PURPOSES, Consent
from crm.contacts.models import Address, Contact
from crm.extensions import db
from crm.touchpoints.models import CHANNELS

Objection = tuple[str, str]  # purpose, channel
SOURCE = "merge"


def objections(contact: Contact) -> set[Objection]:
    """What the person said no to: by the ledger, or by opting out of every address of a channel that could be used."""
    said = {purpose: ledger.entries(contact.id, purpose) for purpose in PURPOSES}
    held = db.session.scalars(select(Address).where(Address.contact_id == contact.id)).all()
    return {
        (purpose, channel) for purpose in PURPOSES for channel in (*CHANNELS, ANY_CHANNEL)
        if _said_no(said[purpose], channel) or (purpose != "service" and _opted_out(held, channel))
    }


def _said_no(entries: Sequence[Consent], channel: str) -> bool:
    entry = ledger.decisive(entries, channel)
    return entry is not None and entry.state != "granted"


def _opted_out(held: Sequence[Address], channel: str) -> bool:
    usable = [address for address in held if address.kind == ledger.ADDRESS_OF.get(channel) and address.usable]
    return bool(usable) and all(address.opted_out_at for address in usable)


def loosened(before: set[Objection], survivor: Contact) -> list[Objection]:
    """Objections of either side that no longer hold after their rows moved: another address can be used, or a newer yes stands above them.

    What an entry for every channel says need not be said again for each.
    """
    return without_repetition(before - objections(survivor))


def without_repetition(said: set[Objection]) -> list[Objection]:
    return sorted(one for one in said if one[1] == ANY_CHANNEL or (one[0], ANY_CHANNEL) not in said)


def hold(survivor: Contact, lost: list[Objection], merged_name: str) -> list[Consent]:
    """New entries of the ledger that say no again. The ledger is only ever added to."""
    proof = _("Merged with %(name)s: an objection of either holds for both.", name=merged_name)
    entries = [
        Consent(contact_id=survivor.id, purpose=purpose, channel=channel, state="withdrawn", source=SOURCE, proof=proof, at=clock.now())
        for purpose, channel in lost
    ]
    db.session.add_all(entries)
    db.session.flush()
    return entries


def hold_for_both(merged: Contact, survivor: Contact, since: int, at: datetime) -> None:
    """After undoing: who said no while the two were one (since `at`; entries with higher ids than `since`) meant perhaps the other: it holds for both."""
    said = select(Consent).where(Consent.contact_id == survivor.id, Consent.id > since, Consent.state != "granted", Consent.source != SOURCE)
    for entry in db.session.scalars(said.order_by(Consent.id)).all():
        copied = {name: getattr(entry, name) for name in ("purpose", "channel", "state", "legal_basis", "wording", "source", "proof", "at", "recorded_by_id")}
        db.session.add(Consent(contact_id=merged.id, **copied))
    if survivor.restricted_at and survivor.restricted_at > at and not merged.restricted_at:
        merged.restricted_at = survivor.restricted_at
