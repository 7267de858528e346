"""Which policy holds for a conversation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from crm.calendars import Calendar, calendar_for, queries
from crm.calendars.models import DepartmentCalendar, OfficeHours
from crm.contacts.models import Contact
from crm.contacts.tags import contact_tags
from crm.extensions import db
from crm.inbox.clocks.models import SlaPolicy, ordered

SELECTORS = ("mailbox_id", "department_id", "touchpoint_id", "priority")


class Policies:
    """All policies, read once for many conversations."""

    def __init__(self) -> None:
        self.rows: Sequence[SlaPolicy] = db.session.scalars(ordered()).all()
        self.calendars: dict[Any, Calendar] = {}

    def basis(self) -> str:
        """Another one after each change of a policy or a calendar."""
        editions = db.session.execute(select(OfficeHours.id, OfficeHours.edition, OfficeHours.is_default).order_by(OfficeHours.id)).all()
        used = db.session.execute(select(DepartmentCalendar.department_id, DepartmentCalendar.calendar_id).order_by(DepartmentCalendar.department_id)).all()
        rules = [[getattr(row, column.key) for column in SlaPolicy.__table__.columns if column.key not in ("name", "created_at")] for row in self.rows]
        return hashlib.sha256(repr((rules, [tuple(row) for row in editions], [tuple(row) for row in used])).encode()).hexdigest()[:16]

    def about(self, contacts: Iterable[int]) -> dict[int, tuple[str, frozenset[int]]]:
        """Lifecycle and tags of people, if any policy asks for them."""
        idents = list(contacts)
        if not any(row.lifecycle or row.tag_id for row in self.rows):
            return {}
        tags: dict[int, set[int]] = {}
        for contact, tag in db.session.execute(select(contact_tags.c.contact_id, contact_tags.c.tag_id).where(contact_tags.c.contact_id.in_(idents))):
            tags.setdefault(contact, set()).add(tag)
        lifecycles = db.session.execute(select(Contact.id, Contact.lifecycle).where(Contact.id.in_(idents)))
        return {ident: (lifecycle, frozenset(tags.get(ident, ()))) for ident, lifecycle in lifecycles}

    def holding(self, conversation: Any, known: Mapping[int, tuple[str, frozenset[int]]]) -> SlaPolicy | None:
        lifecycle, tags = known.get(conversation.contact_id, ("", frozenset()))
        return next((row for row in self.rows if _fits(row, conversation, lifecycle, tags)), None)

    def calendar(self, policy: SlaPolicy | None, conversation: Any) -> Calendar:
        chosen = policy.calendar_id if policy else None
        key = ("own", chosen) if chosen else conversation.department_id
        if key not in self.calendars:
            self.calendars[key] = queries.by_id(chosen) or calendar_for(conversation)
        return self.calendars[key]


def _fits(policy: SlaPolicy, conversation: Any, lifecycle: str, tags: frozenset[int]) -> bool:
    if any((wanted := getattr(policy, name)) and wanted != getattr(conversation, name) for name in SELECTORS):
        return False
    return (not policy.lifecycle or policy.lifecycle == lifecycle) and (not policy.tag_id or policy.tag_id in tags)
