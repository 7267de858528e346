"""The relations of one person, from their end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Row, Select, bindparam, literal, select

from crm import clock
from crm.contacts.models import Contact
from crm.contacts.relations.kinds import TURNED, words
from crm.contacts.relations.models import Relation
from crm.extensions import fetch

IDENT: BindParameter[int] = bindparam("contact_id")
SHOWN = 50


@dataclass(frozen=True)
class Seen:
    """A relation as one of the two sees it: "assistant of" Anna."""

    id: int
    words: str
    chosen: str  # the kind as a form writes it
    contact_id: int
    name: str
    since: date | None
    until: date | None
    note: str

    @property
    def ended(self) -> bool:
        return self.until is not None and self.until <= clock.today()


def _end(other: Any, own: Any, turned: bool) -> Select:
    """From one end: each end has an index of its own, which an OR over both would not use."""
    columns = (Relation.id, Relation.kind, literal(turned).label("turned"), Contact.id.label("contact_id"), Contact.display_name, Relation.since,
               Relation.until, Relation.note)
    return select(*columns).join(Contact, Contact.id == other).where(own == IDENT, Contact.merged_into_id.is_(None)).limit(SHOWN)


THERE = _end(Relation.to_contact_id, Relation.from_contact_id, False)
BACK = _end(Relation.from_contact_id, Relation.to_contact_id, True)
BOTH = select(select(THERE.subquery()).union_all(select(BACK.subquery())).subquery())


def seen(contact_id: int) -> list[Seen]:
    """What holds first, then what has ended."""
    rows: Sequence[Row] = fetch(BOTH, {"contact_id": contact_id})
    found = [Seen(row.id, words(row.kind, bool(row.turned)), (TURNED if row.turned and words(row.kind, True) != words(row.kind) else "") + row.kind,
                  row.contact_id, row.display_name, row.since, row.until, row.note) for row in rows]
    return sorted(found, key=lambda one: (one.ended, one.words, one.name))


