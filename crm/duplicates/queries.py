"""Reads of the queue of likely duplicates. Pairs of which one was merged meanwhile are no question and stand nowhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, Select, or_, select
from sqlalchemy.orm import aliased

from crm.accounts.models import User
from crm.contacts.models import Address, Contact, Organisation, PostalAddress
from crm.duplicates.models import DuplicatePair
from crm.extensions import db, fetch

LEFT, RIGHT = aliased(Contact), aliased(Contact)


def pairs(state: str | None = None) -> Select[DuplicatePair]:
    """Those of two who are both themselves."""
    query = select(DuplicatePair).join(LEFT, LEFT.id == DuplicatePair.left_id).join(RIGHT, RIGHT.id == DuplicatePair.right_id)
    query = query.where(LEFT.merged_into_id.is_(None), RIGHT.merged_into_id.is_(None))
    return query.where(DuplicatePair.state == state) if state else query


def clusters() -> Select:
    """Of the open pairs: who hang together, and the best score among them. web.paginate puts them in order."""
    return pairs("open").with_only_columns(DuplicatePair.rank, DuplicatePair.cluster).distinct()


def open_in(cluster_ids: Collection[int]) -> Select[DuplicatePair]:
    return pairs("open").where(DuplicatePair.cluster.in_(list(cluster_ids))).order_by(DuplicatePair.score.desc(), DuplicatePair.id)


def of_contact(contact_id: int) -> Select[DuplicatePair]:
    """The open pairs of somebody, the best first."""
    return pairs("open").where(or_(DuplicatePair.left_id == contact_id, DuplicatePair.right_id == contact_id)).order_by(DuplicatePair.score.desc(), DuplicatePair.id)


def rejected() -> set[tuple[int, int]]:
    query = select(DuplicatePair.left_id, DuplicatePair.right_id).where(DuplicatePair.state == "rejected")
    return {(row.left_id, row.right_id) for row in fetch(query)}


# — who they are, side by side —


def people(ids: Collection[int]) -> dict[int, Row]:
    query = (
        select(
            Contact.id, Contact.display_name, Contact.first_name, Contact.last_name, Contact.birth_date, Contact.lifecycle, Contact.customer_since, Contact.interactions_count,
            Contact.last_interaction_at, Contact.created_at, Organisation.name.label("organisation"), User.name.label("owner"),
        )
        .outerjoin(Organisation, Organisation.id == Contact.organisation_id)
        .outerjoin(User, User.id == Contact.owner_id)
        .where(Contact.id.in_(list(ids)))
    )
    return {row.id: row for row in fetch(query)}


def addresses(ids: Collection[int]) -> Sequence[Row]:
    columns = select(Address.contact_id, Address.kind, Address.value, Address.normalised)
    return fetch(columns.where(Address.contact_id.in_(list(ids))).order_by(Address.primary.desc(), Address.id))


def places(ids: Collection[int]) -> Sequence[Row]:
    columns = select(PostalAddress.contact_id, PostalAddress.street, PostalAddress.postcode, PostalAddress.city)
    return fetch(columns.where(PostalAddress.contact_id.in_(list(ids))).order_by(PostalAddress.id))


def one(ident: int) -> Any:
    return db.one_or_404(pairs().where(DuplicatePair.id == ident))
