"""The figures lists sort by, kept on the contact in the transaction that changes them."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, case, func, select

from crm.contacts.models import Contact
from crm.extensions import db
from crm.timeline.kinds import KINDS, kind
from crm.timeline.models import Interaction

BOOKKEEPING = tuple(name for name, entry in KINDS.items() if not entry.counts)


def count(interaction: Interaction) -> None:
    """Add one new interaction to its contact's and organisation's figures."""
    if not kind(interaction.kind).counts:
        return
    contact, at = interaction.contact, interaction.happened_at
    contact.interactions_count = (contact.interactions_count or 0) + 1
    contact.first_interaction_at = min(contact.first_interaction_at or at, at)
    contact.last_interaction_at = max(contact.last_interaction_at or at, at)
    if interaction.direction == "inbound":
        contact.last_in_at = max(contact.last_in_at or at, at)
    elif interaction.direction == "outbound":
        contact.last_out_at = max(contact.last_out_at or at, at)
    if interaction.amount is not None and interaction.kind == "purchase.made":
        contact.value = (contact.value or 0) + interaction.amount
    if contact.organisation:
        contact.organisation.last_interaction_at = max(contact.organisation.last_interaction_at or at, at)


def recount(contact: Contact) -> None:
    """Compute the figures of one contact anew from its interactions (after a correction)."""
    db.session.flush()
    row = db.session.execute(figures().where(Interaction.contact_id == contact.id)).one_or_none()
    for column in COLUMNS:
        setattr(contact, column, getattr(row, column) if row else EMPTY.get(column))


COLUMNS = ("interactions_count", "first_interaction_at", "last_interaction_at", "last_in_at", "last_out_at", "value")
EMPTY = {"interactions_count": 0, "value": 0}


def figures() -> Select:
    """contact_id and the figures, one row per contact that has any: the definition that `count` keeps up with."""
    return (
        select(
            Interaction.contact_id,
            func.count().label("interactions_count"),
            func.min(Interaction.happened_at).label("first_interaction_at"),
            func.max(Interaction.happened_at).label("last_interaction_at"),
            func.max(_when(Interaction.direction == "inbound")).label("last_in_at"),
            func.max(_when(Interaction.direction == "outbound")).label("last_out_at"),
            func.coalesce(func.sum(case((Interaction.kind == "purchase.made", Interaction.amount))), 0).label("value"),
        )
        .where(Interaction.superseded_by_id.is_(None), Interaction.kind.not_in(BOOKKEEPING))
        .group_by(Interaction.contact_id)
    )


def _when(condition: ColumnElement[bool]) -> ColumnElement:
    return case((condition, Interaction.happened_at))
