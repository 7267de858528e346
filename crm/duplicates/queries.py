"""Reads of the queue of likely duplicates. Pairs of which one was merged meanwhile are no question and stand nowhere.

The statements of the page are made once: making them took longer than the database needs to answer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, literal, or_, select
from sqlalchemy.orm import aliased

from crm.accounts.models import User
from crm.contacts.models import Address, Contact, Organisation, PostalAddress
from crm.duplicates.models import STATES, DuplicatePair
from crm.extensions import db, fetch
from crm.web import COUNT_BOUND

LEFT, RIGHT = aliased(Contact), aliased(Contact)
PAIRS = (
    select(DuplicatePair).join(LEFT, LEFT.id == DuplicatePair.left_id).join(RIGHT, RIGHT.id == DuplicatePair.right_id)
    .where(LEFT.merged_into_id.is_(None), RIGHT.merged_into_id.is_(None))
)
PAIRS_IN = {state: PAIRS.where(DuplicatePair.state == state) for state in STATES}
CLUSTERS = PAIRS_IN["open"].with_only_columns(DuplicatePair.rank, DuplicatePair.cluster).distinct()
OPEN_IN = PAIRS_IN["open"].where(DuplicatePair.cluster.in_(bindparam("clusters", expanding=True))).order_by(DuplicatePair.score.desc(), DuplicatePair.id)
COUNTED = {state: query.with_only_columns(literal(1), maintain_column_froms=True).limit(COUNT_BOUND + 1).subquery() for state, query in PAIRS_IN.items()}
COUNTS = select(*(select(func.count()).select_from(some).scalar_subquery().label(state) for state, some in COUNTED.items()))


def pairs(state: str | None = None) -> Select[DuplicatePair]:
    """Those of two who are both themselves."""
    return PAIRS_IN[state] if state else PAIRS


def counts() -> dict[str, int]:
    """How many pairs stand under each state, as web.bounded_count counts."""
    return dict(fetch(COUNTS)[0]._asdict())


def clusters() -> Select:
    """Of the open pairs: who hang together, and the best score among them. web.paginate puts them in order."""
    return CLUSTERS


def open_in(cluster_ids: Collection[int]) -> Sequence[DuplicatePair]:
    return db.session.scalars(OPEN_IN, {"clusters": list(cluster_ids)}).all() if cluster_ids else ()


def of_contact(contact_id: int) -> Select[DuplicatePair]:
    """The open pairs of somebody, the best first."""
    return pairs("open").where(or_(DuplicatePair.left_id == contact_id, DuplicatePair.right_id == contact_id)).order_by(DuplicatePair.score.desc(), DuplicatePair.id)


def rejected() -> set[tuple[int, int]]:
    query = select(DuplicatePair.left_id, DuplicatePair.right_id).where(DuplicatePair.state == "rejected")
    return {(row.left_id, row.right_id) for row in fetch(query)}


# — who they are, side by side —


IDS: Any = bindparam("ids", expanding=True)
PEOPLE = (
    select(
        Contact.id, Contact.display_name, Contact.first_name, Contact.last_name, Contact.birth_date, Contact.lifecycle, Contact.customer_since, Contact.interactions_count,
        Contact.last_interaction_at, Contact.created_at, Organisation.name.label("organisation"), User.name.label("owner"),
    )
    .outerjoin(Organisation, Organisation.id == Contact.organisation_id)
    .outerjoin(User, User.id == Contact.owner_id)
    .where(Contact.id.in_(IDS))
)
ADDRESSES = (
    select(Address.contact_id, Address.kind, Address.value, Address.normalised).where(Address.contact_id.in_(IDS)).order_by(Address.primary.desc(), Address.id)
)
PLACES = (
    select(PostalAddress.contact_id, PostalAddress.street, PostalAddress.postcode, PostalAddress.city)
    .where(PostalAddress.contact_id.in_(IDS)).order_by(PostalAddress.id)
)


def people(ids: Collection[int]) -> dict[int, Row]:
    return {row.id: row for row in fetch(PEOPLE, {"ids": list(ids)})}


def addresses(ids: Collection[int]) -> Sequence[Row]:
    return fetch(ADDRESSES, {"ids": list(ids)})


def places(ids: Collection[int]) -> Sequence[Row]:
    return fetch(PLACES, {"ids": list(ids)})


def one(ident: int) -> Any:
    return db.one_or_404(pairs().where(DuplicatePair.id == ident))
