"""record(): the one way onto the timeline. Adds the interaction, keeps the statistics, runs that kind's reactions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import current_app

from crm import clock
from crm.accounts.models import User
from crm.contacts.models import Contact
from crm.extensions import db
from crm.timeline import statistics
from crm.timeline.models import Interaction

RETRACTED = "interaction.retracted"
Reaction = Callable[[Interaction], object]
KEPT = ("contact_id", "organisation_id", "kind", "channel", "direction", "touchpoint_id", "department_id", "staff_id", "happened_at",
        "planned_at", "provenance", "visibility", "subject", "body", "outcome", "self_rating", "amount", "data", "about_type", "about_id")


def record(kind: str, contact: Contact, *, channel: str, direction: str, happened_at: datetime | None = None, staff: User | None = None,
           about: tuple[str, int] | None = None, **details: Any) -> Interaction:
    """Put one thing that happened with `contact` on the timeline and let everybody react who has to, in one transaction.

    `details` are further columns of Interaction (subject, body, touchpoint_id, department_id, source, external_id, data …).
    Never commits. The returned row has its id.
    """
    return record_many([{
        "kind": kind, "contact": contact, "channel": channel, "direction": direction, "happened_at": happened_at, "staff": staff, "about": about, **details,
    }])[0]


def record_many(entries: Iterable[dict[str, Any]]) -> list[Interaction]:
    """`record` for several at once (each entry its arguments): written by one statement, then counted and reacted to one after the other."""
    interactions = [_interaction(**entry) for entry in entries]
    db.session.add_all(interactions)
    db.session.flush()
    for interaction in interactions:
        statistics.count(interaction)
        for reaction in _reactions().get(interaction.kind, ()):
            reaction(interaction)
    return interactions


def _interaction(kind: str, contact: Contact, *, happened_at: datetime | None = None, staff: User | None = None, about: tuple[str, int] | None = None,
                 **details: Any) -> Interaction:
    about_type, about_id = about or (None, None)
    details.setdefault("organisation_id", contact.organisation_id)
    details.setdefault("department_id", staff.department_id if staff else None)
    return Interaction(
        kind=kind, contact=contact, happened_at=happened_at or clock.now(), staff=staff, about_type=about_type, about_id=about_id, **details,
    )


def correct(old: Interaction, by: User | None, **changes: Any) -> Interaction:
    """A new entry that says it right and points at the old one, which the feed no longer shows but keeps.

    `by` stands in its data; None: the customer did it. An entry that was corrected before is corrected in its present version.
    """
    old = present(old)
    kept = {name: getattr(old, name) for name in KEPT} | changes
    kept["data"] = {**(kept["data"] or {}), **({"corrected_by": by.id} if by else {})}
    new = Interaction(**kept, corrects_id=old.id)
    db.session.add(new)
    db.session.flush()
    old.superseded_by_id = new.id
    statistics.recount(old.contact, old.organisation_id, new.organisation_id)
    return new


def retract(old: Interaction, by: User | None) -> Interaction:
    """Withdraw an entry logged by mistake. Both the entry and its withdrawal stay in the table."""
    old = present(old)
    return old if old.kind == RETRACTED else correct(old, by, kind=RETRACTED)


def reinstate(withdrawal: Interaction, by: User | None) -> Interaction:
    """Take a withdrawal back: the entry stands again, as a new one."""
    withdrawal = present(withdrawal)
    if withdrawal.kind != RETRACTED:
        return withdrawal
    return correct(withdrawal, by, kind=db.session.get_one(Interaction, withdrawal.corrects_id).kind)


def present(interaction: Interaction) -> Interaction:
    """The version of an entry that now holds."""
    while interaction.superseded_by_id:
        interaction = db.session.get_one(Interaction, interaction.superseded_by_id)
    return interaction


def connect(app: Any, reactions: Mapping[str, Sequence[Reaction]]) -> None:
    """Called once by create_app with the switchboard of crm/reactions.py."""
    app.extensions["reactions"] = reactions


def _reactions() -> Mapping[str, Sequence[Reaction]]:
    return current_app.extensions["reactions"]
