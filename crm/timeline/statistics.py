"""The figures lists sort by, kept on the contact and its organisation in the transaction that changes them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, or_, select, type_coerce, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from crm.contacts.models import Contact, Organisation
from crm.extensions import UtcDateTime, db
from crm.timeline.kinds import KINDS, kind
from crm.timeline.models import Interaction

BOOKKEEPING = tuple(name for name, entry in KINDS.items() if not entry.counts)
COLUMNS = ("interactions_count", "first_interaction_at", "last_interaction_at", "last_in_at", "last_out_at", "value")
EMPTY = {"interactions_count": 0, "value": Decimal(0)}
CONTACTS, ORGANISATIONS = Contact.__table__.c, Organisation.__table__.c


def count(interaction: Interaction) -> None:
    """Add one new interaction to the figures of its contact and organisation.

    The database adds, not Python: two processes that record for one contact at the same moment both count.
    """
    if not kind(interaction.kind).counts:
        return
    at = interaction.happened_at
    bought = interaction.amount if interaction.kind == "purchase.made" else None
    row = db.session.connection().execute(COUNTING, {
        "ident": interaction.contact_id, "at": at, "in_at": at if interaction.direction == "inbound" else None,
        "out_at": at if interaction.direction == "outbound" else None, "bought": bought or Decimal(0),
    }).one()
    _show(interaction.contact, row)
    if interaction.organisation_id:
        _touch_organisation(interaction.organisation_id, at)


def recount(contact: Contact, *organisation_ids: int | None) -> None:
    """Compute the figures of one contact, and of organisations, anew from the interactions (after a correction)."""
    db.session.flush()
    row = db.session.execute(figures().where(Interaction.contact_id == contact.id)).one_or_none()
    for column in COLUMNS:
        setattr(contact, column, getattr(row, column) if row else EMPTY.get(column))
    for ident in {ident for ident in organisation_ids if ident}:
        last = db.session.execute(organisation_figures().where(Interaction.organisation_id == ident)).one_or_none()
        db.session.get_one(Organisation, ident).last_interaction_at = last.last_interaction_at if last else None


def figures() -> Select:
    """contact_id and the figures, one row per contact that has any: the definition that `count` keeps up with."""
    bought = func.sum(case((Interaction.kind == "purchase.made", Interaction.amount)))
    return (
        select(
            Interaction.contact_id,
            func.count().label("interactions_count"),
            func.min(Interaction.happened_at).label("first_interaction_at"),
            func.max(Interaction.happened_at).label("last_interaction_at"),
            func.max(_when(Interaction.direction == "inbound")).label("last_in_at"),
            func.max(_when(Interaction.direction == "outbound")).label("last_out_at"),
            type_coerce(func.round(func.coalesce(bought, 0), 2), CONTACTS.value.type).label("value"),
        )
        .where(*counted())
        .group_by(Interaction.contact_id)
    )


def organisation_figures() -> Select:
    """organisation_id and when anything last happened with its people."""
    last = func.max(Interaction.happened_at).label("last_interaction_at")
    return (
        select(Interaction.organisation_id, last)
        .where(*counted(), Interaction.organisation_id.is_not(None))
        .group_by(Interaction.organisation_id)
    )


def counted() -> tuple[ColumnElement[bool], ...]:
    """Which interactions count as contact with the customer: what still stands, without bookkeeping."""
    return Interaction.superseded_by_id.is_(None), Interaction.kind.not_in(BOOKKEEPING)


def _when(condition: ColumnElement[bool]) -> ColumnElement:
    return case((condition, Interaction.happened_at))


def _later(column: ColumnElement, name: str) -> ColumnElement:
    """The later of the column and the parameter; a parameter of None changes nothing."""
    moment = bindparam(name, type_=UtcDateTime())
    return case((moment.is_(None), column), (or_(column.is_(None), column < moment), moment), else_=column)


def _earlier(column: ColumnElement, name: str) -> ColumnElement:
    moment = bindparam(name, type_=UtcDateTime())
    return case((or_(column.is_(None), column > moment), moment), else_=column)


# Written once: building this for each of 200 mails a second would cost more than running it.
# updated_at stays: it tells when somebody changed the contact, not when the contact was heard.
COUNTING = (
    update(Contact.__table__)
    .where(CONTACTS.id == bindparam("ident"))
    .values(
        updated_at=CONTACTS.updated_at,
        interactions_count=CONTACTS.interactions_count + 1,
        first_interaction_at=_earlier(CONTACTS.first_interaction_at, "at"),
        last_interaction_at=_later(CONTACTS.last_interaction_at, "at"),
        last_in_at=_later(CONTACTS.last_in_at, "in_at"),
        last_out_at=_later(CONTACTS.last_out_at, "out_at"),
        value=func.round(CONTACTS.value + bindparam("bought", type_=CONTACTS.value.type), 2),
    )
    .returning(*(CONTACTS[name] for name in COLUMNS))
)
TOUCHING = (
    update(Organisation.__table__)
    .where(ORGANISATIONS.id == bindparam("ident"))
    .values(updated_at=ORGANISATIONS.updated_at, last_interaction_at=_later(ORGANISATIONS.last_interaction_at, "at"))
    .returning(ORGANISATIONS.last_interaction_at)
)


def _show(record: Any, row: Any) -> None:
    """Let the loaded object read what the database now holds, without another statement."""
    for name, value in row._mapping.items():
        set_committed_value(record, name, value)


def _touch_organisation(ident: int, at: datetime) -> None:
    row = db.session.connection().execute(TOUCHING, {"ident": ident, "at": at}).one()
    loaded = db.session.identity_map.get(identity_key(Organisation, ident))
    if loaded is not None:
        _show(loaded, row)
