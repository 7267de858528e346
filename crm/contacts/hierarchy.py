"""Organisations as parts of others: a group with its subsidiaries, as deep as it goes, and never in a circle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import CTE, Select, select
from sqlalchemy.orm import aliased

from crm.contacts.models import Organisation
from crm.errors import Refused
from crm.extensions import db, fetch

MOST = 200  # organisations a tree shows


@dataclass(frozen=True)
class Branch:
    """One line of the tree."""

    id: int
    name: str
    depth: int


def set_parent(organisation: Organisation, parent: Organisation | None) -> None:
    """Make it a part of `parent`; None: it stands alone. Refuses a circle."""
    if parent is not None and is_part_of(parent, organisation):
        raise Refused(_("%(parent)s is a part of %(name)s itself.", parent=parent.name, name=organisation.name), "parent")
    organisation.parent = parent


def is_part_of(organisation: Organisation, whole: Organisation) -> bool:
    """Whether `organisation` is `whole`, or belongs to it at any depth."""
    seen: set[Organisation] = set()
    part: Organisation | None = organisation
    while part is not None and part not in seen:
        if part is whole:
            return True
        seen.add(part)
        part = part.parent
    return False


def below(organisation_id: int) -> CTE:
    """The ids of the organisation and of everything that belongs to it. UNION, so that even a circle ends."""
    top = select(Organisation.id).where(Organisation.id == organisation_id).cte("parts", recursive=True)
    child = aliased(Organisation)
    return top.union(select(child.id).join(top, child.parent_id == top.c.id).where(child.merged_into_id.is_(None)))


def ids_below(organisation_id: int) -> Select:
    return select(below(organisation_id).c.id)


def tree(organisation: Organisation) -> list[Branch]:
    """The whole group the organisation belongs to, from its head down; empty when it stands alone."""
    head = organisation
    seen = {head.id}
    while head.parent is not None and head.parent.id not in seen:
        head = head.parent
        seen.add(head.id)
    columns = select(Organisation.id, Organisation.name, Organisation.parent_id).where(Organisation.id.in_(ids_below(head.id)))
    rows = fetch(columns.order_by(Organisation.sort_name, Organisation.id).limit(MOST))
    children: dict[int | None, list] = {}
    for row in rows:
        children.setdefault(row.parent_id if row.id != head.id else None, []).append(row)
    return list(_walk(children, None, 0, set())) if len(rows) > 1 else []


def _walk(children: dict, parent: int | None, depth: int, seen: set[int]) -> Iterator[Branch]:
    for row in children.get(parent, ()):
        if row.id not in seen:
            seen.add(row.id)
            yield Branch(row.id, row.name, depth)
            yield from _walk(children, row.id, depth + 1, seen)


def has_parts(organisation_id: int) -> bool:
    part = select(Organisation.id).where(Organisation.parent_id == organisation_id, Organisation.merged_into_id.is_(None)).limit(1)
    return db.session.scalar(part) is not None
