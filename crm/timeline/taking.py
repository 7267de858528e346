"""Interactions that come from other systems: each is taken once, by the number its source gave it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from crm import clock
from crm.accounts.models import User
from crm.contacts.creating import create_contact
from crm.contacts.matching import identify
from crm.contacts.models import Contact
from crm.contacts.visiting import learn
from crm.extensions import db
from crm.timeline.kinds import logged_kind
from crm.timeline.models import Interaction
from crm.timeline.recording import record
from crm.touchpoints.guessing import guess_id
from crm.touchpoints.models import Touchpoint

KIND = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")
OURS = ("feedback.", "conversation.", "task.", "contact.", "interaction.", "file.")  # only our own packages write these
MAIL = {"inbound": "mail.received", "outbound": "mail.sent", "internal": "note.logged"}
SKEW = timedelta(minutes=5)  # clocks of other systems go wrong by so much


class Unfit(ValueError):
    """This cannot be taken; `field` is what is wrong with it."""

    def __init__(self, field: str, reason: str):
        self.field, self.reason = field, reason
        super().__init__(reason)


def take(contact: Contact, values: Mapping[str, Any], *, source: str, provenance: str, staff: User | None = None) -> Interaction:
    """Record what another system tells of `contact`; known already by its external_id, that entry is answered. Raises Unfit."""
    known = known_as(source, values.get("external_id"))
    if known is not None:
        return known
    return record(**entry(contact, values, source=source, provenance=provenance, staff=staff))


def entry(contact: Contact, values: Mapping[str, Any], *, source: str, provenance: str, staff: User | None = None) -> dict[str, Any]:
    """What `record` is to be told for these values. Raises Unfit."""
    channel, direction = values["channel"], values.get("direction", "inbound")
    kind = kind_of(values.get("kind"), channel, direction)
    fields = {name: values[name] for name in ("subject", "body", "outcome", "self_rating", "amount") if values.get(name) is not None}
    return {
        "kind": kind, "contact": contact, "channel": channel, "direction": direction, "happened_at": past(values.get("happened_at")), "provenance": provenance,
        "touchpoint_id": touchpoint_of(values.get("touchpoint")) or guess_id(channel, kind=kind, direction=direction),
        "source": source if values.get("external_id") else None, "external_id": values.get("external_id") or None,
        "department_id": staff.department_id if staff else None, **fields,
    }


def known_as(source: str, external_id: str | None) -> Interaction | None:
    if not external_id:
        return None
    return db.session.scalars(select(Interaction).where(Interaction.source == source, Interaction.external_id == external_id)).one_or_none()


def kind_of(kind: str | None, channel: str, direction: str) -> str:
    """The kind given, if others may write it; else what the channel means."""
    if not kind:
        return MAIL[direction] if channel == "email" else logged_kind(channel)
    if not KIND.fullmatch(kind) or len(kind) > 40:
        raise Unfit("kind", _("A kind reads like delivery.made: what, a point, what happened to it."))
    if kind.startswith(OURS):
        raise Unfit("kind", _("Entries of this kind are written by the program itself."))
    return kind


def past(moment: Any) -> Any:
    if moment is not None and moment > clock.now() + SKEW:
        raise Unfit("happened_at", _("This lies in the future."))
    return moment


def touchpoint_of(key: str | None) -> int | None:
    """The touchpoint with this key, or the one it was merged into."""
    if not key:
        return None
    found = db.session.execute(select(Touchpoint.id, Touchpoint.merged_into_id).where(Touchpoint.key == key)).first()
    if found is None:
        raise Unfit("touchpoint", _("There is no touchpoint with this key."))
    return found.merged_into_id or found.id


def contact_of(contact_id: int | None, known: Mapping[str, str]) -> Contact:
    """Whom it is about: by our id, or by any address."""
    if contact_id is not None:
        contact = db.session.get(Contact, contact_id)
        if contact is None:
            raise Unfit("contact_id", _("There is no contact with this id."))
        return survivor(contact)
    match = identify(**known) if any(known.values()) else None
    if match is None:
        raise Unfit("identify", _("Nobody is known by this."))
    return match.contact


def recognised(contact_id: int | None, known: Mapping[str, str]) -> tuple[Contact, dict[str, object] | None]:
    """Whom it is about, and by what we know. A web visitor whom nobody knows becomes a contact without a name, until they say who they are;
    what is told together with a visitor id is learnt. Raises Unfit."""
    if contact_id is not None:
        return contact_of(contact_id, known), None
    given = {kind: value for kind, value in known.items() if value and value.strip()}
    match = identify(**given) if given else None
    if match is None and set(given) == {"visitor"}:
        return create_contact(addresses=given.items(), provenance="api"), None
    if match is None:
        raise Unfit("identify", _("Nobody is known by this."))
    learn(match.contact, given)
    return match.contact, match.evidence


def survivor(contact: Contact) -> Contact:
    while contact.merged_into_id:
        contact = db.session.get_one(Contact, contact.merged_into_id)
    return contact
