"""Who came to the demo office twice: by another door, written another way, so that the queue of likely duplicates has something to decide."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, exists, func, select

from crm import clock
from crm.accounts.models import User
from crm.contacts.creating import create_contact
from crm.contacts.models import Address, Contact, PostalAddress
from crm.extensions import db
from crm.timeline.recording import record

PLACE = ("street", "postcode", "city", "country")


def come_again() -> None:
    """Three people a second time. Never commits."""
    umlaut, called, moved = (db.session.scalars(each.limit(1)).first() for each in (_with_umlaut(), _with("phone").offset(3), _with("phone").offset(9)))
    if umlaut and called and moved:
        _again(umlaut, "form", last_name=_spelled_out(umlaut.last_name), first_name=umlaut.first_name)
        _again(called, "mail", first_name=called.first_name[:1] + ".", last_name=called.last_name)
        _again(moved, "import", first_name=moved.last_name, last_name=moved.first_name)


def _with(kind: str) -> Select[Contact]:
    """Customers with an address of that kind and a postal one, in the order they came."""
    reached = exists().where(Address.contact_id == Contact.id, Address.kind == kind)
    lives = exists().where(PostalAddress.contact_id == Contact.id)
    return select(Contact).where(Contact.lifecycle == "customer", Contact.language == "de", reached, lives).order_by(Contact.id)


def _with_umlaut() -> Select[Contact]:
    return _with("phone").where(func.length(Contact.last_name) > 3, Contact.last_name.like("%ü%"))


def _spelled_out(name: str) -> str:
    return name.replace("ü", "ue").replace("ö", "oe").replace("ä", "ae").replace("ß", "ss")


def _again(known: Contact, provenance: str, **names: Any) -> None:
    phones = [("phone", address.value) for address in known.addresses if address.kind == "phone"]
    twin = create_contact(addresses=phones, provenance=provenance, language=known.language, salutation=known.salutation, lifecycle="lead", owner_id=known.owner_id, **names)
    db.session.flush()
    for place in db.session.scalars(select(PostalAddress).where(PostalAddress.contact_id == known.id)):
        db.session.add(PostalAddress(contact_id=twin.id, **{name: getattr(place, name) for name in PLACE}))
    record("call.logged", twin, channel="phone", direction="inbound", happened_at=clock.now() - timedelta(days=2), staff=db.session.get(User, known.owner_id), body="Fragt nach dem Preis für 10 kg Hausmischung.")
