"""Writing the ledger and asking it: may we reach this person for this purpose through this channel?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select

from crm import clock
from crm.accounts.models import User
from crm.consent.models import ANY_CHANNEL, UNASKED, Consent
from crm.contacts.models import Address, Contact
from crm.extensions import db
from crm.formatting import day

ADDRESS_OF = {"email": "email", "phone": "phone", "sms": "phone", "social": "handle", "chat": "handle"}


class Decision(NamedTuple):
    """The answer, and the reason in the reader's words (also for a yes)."""

    allowed: bool
    reason: str


def grant(contact: Contact, purpose: str, channel: str = "email", **details) -> Consent:
    """The person agreed. `details`: legal_basis, wording, source, proof, at, by."""
    return _enter(contact, purpose, channel, "granted", **details)


def refuse(contact: Contact, purpose: str, channel: str = "email", **details) -> Consent:
    """The person said no when asked."""
    return _enter(contact, purpose, channel, "refused", **details)


def withdraw(contact: Contact, purpose: str, channel: str = "email", **details) -> Consent:
    """The person took an agreement back, or objected."""
    return _enter(contact, purpose, channel, "withdrawn", **details)


def _enter(contact: Contact, purpose: str, channel: str, state: str, *, legal_basis: str = "consent", wording: str = "", source: str = "",
           proof: str = "", at: datetime | None = None, by: User | None = None) -> Consent:
    """A new entry; saying again what already stands newest, in the same words, adds none."""
    db.session.flush()
    newest = db.session.scalars(
        select(Consent).where(Consent.contact_id == contact.id, Consent.purpose == purpose, Consent.channel == channel)
        .order_by(Consent.at.desc(), Consent.id.desc()).limit(1)
    ).first()
    if newest and (newest.state, newest.wording, newest.legal_basis) == (state, wording, legal_basis) and at in (None, newest.at):
        return newest
    entry = Consent(contact_id=contact.id, purpose=purpose, channel=channel, state=state, legal_basis=legal_basis, wording=wording,
                    source=source, proof=proof, at=at or clock.now(), recorded_by_id=by.id if by else None)
    db.session.add(entry)
    return entry


def allowed(contact: Contact, purpose: str, channel: str = "email") -> Decision:
    """Whether something may be sent. The most restrictive wins: the person, then the address, then the ledger."""
    return _person(contact, purpose) or _address(contact, purpose, channel) or _ledger(contact, purpose, channel)


def _person(contact: Contact, purpose: str) -> Decision | None:
    if contact.restricted_at:
        return Decision(False, _("Processing of this person's data is restricted."))
    if contact.archived_at and purpose != "service":
        return Decision(False, _("The contact is archived."))
    return None


def _address(contact: Contact, purpose: str, channel: str) -> Decision | None:
    """One address that can be used is enough; an opt-out does not stop the answer to a question (service)."""
    kind = ADDRESS_OF.get(channel)
    if kind is None:
        return None
    held = [address for address in contact.addresses if address.kind == kind and not address.ended]
    if not held:
        return Decision(False, _("There is no address for this channel."))
    if not any(address.usable for address in held):
        return Decision(False, _("The address is marked as invalid."))
    if purpose != "service" and not any(_open(address) for address in held):
        return Decision(False, _("The address is marked as opted out."))
    return None


def _open(address: Address) -> bool:
    return address.usable and not address.opted_out_at


def _ledger(contact: Contact, purpose: str, channel: str) -> Decision:
    entry = decisive(entries(contact.id, purpose), channel)
    if entry is None:
        return _unasked(purpose)
    if entry.state == "granted":
        return Decision(True, _("Agreed on %(day)s.", day=day(entry.at)))
    if entry.state == "refused":
        return Decision(False, _("Refused on %(day)s.", day=day(entry.at)))
    return Decision(False, _("Withdrawn on %(day)s.", day=day(entry.at)))


def _unasked(purpose: str) -> Decision:
    if UNASKED[purpose]:
        return Decision(True, _("Nobody objected, and the purpose needs no agreement."))
    return Decision(False, _("There is no agreement to this purpose."))


def entries(contact_id: int, purpose: str) -> list[Consent]:
    """What the ledger says of one person and purpose, newest first."""
    query = select(Consent).where(Consent.contact_id == contact_id, Consent.purpose == purpose)
    return list(db.session.scalars(query.order_by(Consent.at.desc(), Consent.id.desc())))


def decisive(newest_first: Iterable[Consent], channel: str) -> Consent | None:
    """The newest entry for the channel and the newest for every channel; of the two, a no beats a yes."""
    newest: dict[str, Consent] = {}
    for entry in newest_first:
        if entry.channel in (channel, ANY_CHANNEL):
            known = newest.setdefault(entry.channel, entry)
            if known.at == entry.at and entry.state != "granted":
                newest[entry.channel] = entry
    return min(newest.values(), key=lambda entry: (entry.state == "granted", -entry.at.timestamp()), default=None)
