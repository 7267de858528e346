"""What the page of a contact says of likely duplicates."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Select, bindparam, select

from crm.contacts.matching import Evidence
from crm.contacts.matching.evidence import because
from crm.contacts.models import Contact
from crm.duplicates.models import DuplicatePair
from crm.extensions import fetch

SHOWN = 3


def _of(mine: Any, other: Any) -> Select:
    """In two halves, each by its own index."""
    columns = select(Contact.id, Contact.display_name, DuplicatePair.score, DuplicatePair.evidence).join(Contact, Contact.id == other)
    return columns.where(mine == bindparam("contact_id"), DuplicatePair.state == "open", Contact.merged_into_id.is_(None), Contact.archived_at.is_(None))


OTHERS = select(_of(DuplicatePair.left_id, DuplicatePair.right_id).union_all(_of(DuplicatePair.right_id, DuplicatePair.left_id)).subquery()).limit(50)


def load(contact: Any) -> Mapping[str, Any]:
    rows = sorted(fetch(OTHERS, {"contact_id": contact.id}), key=lambda row: -row.score)[:SHOWN]
    return {"duplicates": [SimpleNamespace(id=row.id, display_name=row.display_name, because=_words(row.evidence)) for row in rows]}


def _words(evidence: list[Any]) -> str:
    return because(tuple(Evidence(key, tuple(params)) for key, *params in evidence))
