"""By what the inbox can be narrowed, besides the views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, select

from crm import fields
from crm.accounts.models import Department
from crm.contacts.models import Tag
from crm.extensions import db
from crm.inbox.models import PRIORITIES, Conversation, Mailbox
from crm.inbox.teamwork.models import conversation_tags
from crm.touchpoints.models import Touchpoint

COLUMNS = {
    "mailbox": Conversation.mailbox_id, "department": Conversation.department_id, "touchpoint": Conversation.touchpoint_id,
    "contact": Conversation.contact_id, "assignee": Conversation.assignee_id,
}
NARROWING = (*COLUMNS, "tag", "priority")
NAMED: dict[str, Any] = {"mailbox": Mailbox, "department": Department, "touchpoint": Touchpoint, "tag": Tag}


def read(arguments: Any) -> dict[str, Any]:
    """What an address asks for, as far as it can be meant."""
    found = {name: arguments.get(name, type=fields.ident) for name in (*COLUMNS, "tag")}
    priority = arguments.get("priority", "")
    return {name: value for name, value in found.items() if value} | ({"priority": priority} if priority in PRIORITIES else {})


def narrowed(conversations: Select, by: Mapping[str, Any]) -> Select:
    for name, value in by.items():
        if name == "tag":
            conversations = conversations.where(Conversation.id.in_(select(conversation_tags.c.conversation_id).where(conversation_tags.c.tag_id == value)))
        else:
            conversations = conversations.where((Conversation.priority if name == "priority" else COLUMNS[name]) == value)
    return conversations


def chips(listing: Any, priorities: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the list is narrowed by, in words, each with the address of the list without it."""
    return [(_word(name, value, priorities), listing.without(name)) for name, value in listing.narrowed.items()]


def _word(name: str, value: Any, priorities: Mapping[str, str]) -> str:
    if name == "priority":
        return _("Priority: %(priority)s", priority=priorities[value])
    if name == "contact":
        return _("One person")
    if name == "assignee":
        return _("One colleague")
    row = db.session.get(NAMED[name], value)
    return (getattr(row, "label", None) or row.name) if row else "–"


def choices() -> dict[str, list[tuple[int, str]]]:
    """What can be chosen, for the form that narrows."""
    tags = select(Tag.id, Tag.name).where(Tag.id.in_(select(conversation_tags.c.tag_id))).order_by(Tag.folded)
    lists: dict[str, Select[Any]] = {
        "mailbox": select(Mailbox).where(Mailbox.archived_at.is_(None)).order_by(Mailbox.name),
        "department": select(Department).where(Department.archived_at.is_(None)).order_by(Department.position, Department.name),
        "touchpoint": select(Touchpoint).where(Touchpoint.retired_at.is_(None)).order_by(Touchpoint.position, Touchpoint.id),
    }
    found = {name: [(row.id, getattr(row, "label", None) or row.name) for row in db.session.scalars(query)] for name, query in lists.items()}
    return found | {"tag": [(row.id, row.name) for row in db.session.execute(tags)]}
