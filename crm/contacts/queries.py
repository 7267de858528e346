"""Reads of people and organisations. All return select(); lists select columns, because entities cost more than the row."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Column, Select, Table, bindparam, func, or_, select
from sqlalchemy.orm import selectinload

from crm.accounts.models import User
from crm.contacts.models import Affiliation, Contact, Organisation
from crm.contacts.tags import Tag, contact_tags, organisation_tags
from crm.extensions import db, fetch

# The columns lists are sorted by; True: the largest first is what one wants to see.
SORTS = {
    "name": (Contact.sort_name, False),
    "last_in": (Contact.last_in_at, True),
    "last_out": (Contact.last_out_at, True),
    "next": (Contact.next_task_at, False),
    "value": (Contact.value, True),
    "score": (Contact.nps_score, False),
    "created": (Contact.created_at, True),
}
ORGANISATION_SORTS = {"name": (Organisation.sort_name, False), "last": (Organisation.last_interaction_at, True)}


def visible_to(_user: Any) -> Select[Contact]:
    """The contacts `user` may see: everybody in the firm sees everybody; merged ones live on in their survivors."""
    return select(Contact).where(Contact.merged_into_id.is_(None))


def organisations_visible_to(_user: Any) -> Select[Organisation]:
    return select(Organisation).where(Organisation.merged_into_id.is_(None))


def in_full(query: Select[Contact]) -> Select[Contact]:
    """With everything a page or a program shows of a contact, in a fixed number of statements."""
    return query.options(*(selectinload(part) for part in (Contact.addresses, Contact.tags, Contact.organisation, Contact.owner, Contact.postal_addresses, Contact.affiliations)))


def organisations_in_full(query: Select[Organisation]) -> Select[Organisation]:
    return query.options(selectinload(Organisation.tags), selectinload(Organisation.postal_addresses))


def rows(query: Select[Contact]) -> Select:
    """The columns of the list of contacts, in the order contacts/_rows.html takes them."""
    return (
        query.with_only_columns(
            Contact.id, Contact.display_name, Contact.sort_name, Contact.lifecycle, User.name.label("owner_name"),
            Organisation.name.label("organisation_name"), Contact.last_in_at, Contact.last_out_at, Contact.next_task_at, Contact.nps_score,
            Contact.value, Contact.created_at,
        )
        .outerjoin(Organisation, Organisation.id == Contact.organisation_id)
        .outerjoin(User, User.id == Contact.owner_id)
    )


@cache
def everybody() -> Select[Contact]:
    """The list as it opens, unordered. Built once, like its rows, because building costs more than running."""
    return visible_to(None).where(Contact.archived_at.is_(None))


@cache
def opening(limit: int) -> Select:
    """The first `limit` rows and one more of the list as it opens: everybody by name."""
    return rows(everybody()).order_by(Contact.sort_name, Contact.id).limit(limit + 1)


def organisation_rows(query: Select[Organisation]) -> Select:
    """The columns of the list of organisations."""
    return query.with_only_columns(
        Organisation.id, Organisation.name, Organisation.sort_name, Organisation.domain, Organisation.industry, Organisation.owner_id,
        Organisation.last_interaction_at, Organisation.archived_at, User.name.label("owner_name"),
    ).outerjoin(User, User.id == Organisation.owner_id)


def tags_of(ids: Iterable[int]) -> dict[int, list[str]]:
    """The names of the tags of these contacts, in one statement."""
    return _tags(TAGS_OF_CONTACTS, ids)


def tags_of_opening(limit: int) -> dict[int, list[str]]:
    """Those of the rows of `opening`. A list of ids would be translated for the database anew each time, which takes longer than finding the tags."""
    return _gathered(fetch(_tags_of_opening(limit)))


@cache
def _tags_of_opening(limit: int) -> Select:
    return _tagging(contact_tags, contact_tags.c.contact_id, opening(limit).with_only_columns(Contact.id))


def tags_of_organisations(ids: Iterable[int]) -> dict[int, list[str]]:
    return _tags(TAGS_OF_ORGANISATIONS, ids)


def _tagging(table: Table, owner: Column, ids: Any = None) -> Select:
    wanted = bindparam("ids", expanding=True) if ids is None else ids
    return select(owner, Tag.name).join(Tag, Tag.id == table.c.tag_id).where(owner.in_(wanted)).order_by(Tag.name)


TAGS_OF_CONTACTS = _tagging(contact_tags, contact_tags.c.contact_id)
TAGS_OF_ORGANISATIONS = _tagging(organisation_tags, organisation_tags.c.organisation_id)


def _tags(query: Select, ids: Iterable[int]) -> dict[int, list[str]]:
    return _gathered(fetch(query, {"ids": list(ids)}))


def _gathered(rows: Iterable[Any]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for ident, name in rows:
        found.setdefault(ident, []).append(name)
    return found


def tagged(folded: str):
    """Condition: the contact has the tag."""
    return Contact.id.in_(select(contact_tags.c.contact_id).join(Tag, Tag.id == contact_tags.c.tag_id).where(Tag.folded == folded))


def organisation_tagged(folded: str):
    return Organisation.id.in_(select(organisation_tags.c.organisation_id).join(Tag, Tag.id == organisation_tags.c.tag_id).where(Tag.folded == folded))


def belongs_to(organisation_id: int):
    """Condition: the contact belongs there now, first of all or besides."""
    besides = select(Affiliation.contact_id).where(Affiliation.organisation_id == organisation_id, Affiliation.valid_until.is_(None))
    return or_(Contact.organisation_id == organisation_id, Contact.id.in_(besides))


def head_counts(organisation_ids: Iterable[int]) -> dict[int, int]:
    """How many people belong to each organisation first of all."""
    counted = select(Contact.organisation_id, func.count()).where(Contact.organisation_id.in_(list(organisation_ids)), Contact.merged_into_id.is_(None))
    return dict(list(db.session.execute(counted.group_by(Contact.organisation_id))))


def people_of(organisation_id: int) -> Select:
    """The affiliations of an organisation with their contacts, present ones first."""
    return (
        select(Affiliation, Contact.display_name, Contact.lifecycle, Contact.last_interaction_at, Contact.archived_at)
        .join(Contact, Contact.id == Affiliation.contact_id)
        .where(Affiliation.organisation_id == organisation_id, Contact.merged_into_id.is_(None))
        .order_by(Affiliation.valid_until.is_not(None), Contact.sort_name, Affiliation.id)
    )
