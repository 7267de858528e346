"""Owner, lifecycle and tags, changed where they stand: in the row of a list and in the band of a page."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_babel import gettext as _

from crm.accounts.choices import staff
from crm.accounts.models import User
from crm.contacts.models import LIFECYCLES, Contact
from crm.contacts.standing import LIFECYCLE_LABELS
from crm.contacts.tagging import set_tags, split_names
from crm.extensions import db
from crm.fields import ident_or_none

FIELDS = ("owner", "lifecycle", "tags")


def value(contact: Contact, field: str) -> str:
    """The present value as the form sends it."""
    if field == "owner":
        return str(contact.owner_id or "")
    return contact.lifecycle if field == "lifecycle" else ", ".join(tag.name for tag in contact.tags)


def change(contact: Contact, field: str, text: str) -> str:
    """Set the field; answers what is wrong with `text`, or nothing."""
    return {"owner": _own, "lifecycle": _live, "tags": _tag}[field](contact, text.strip())


def _own(contact: Contact, text: str) -> str:
    owner = db.session.get(User, ident_or_none(text) or 0)
    if text and (owner is None or not (owner.is_active or owner is contact.owner)):
        return _("Choose somebody who works here.")
    contact.owner_id = owner.id if owner else None
    contact.owner = owner
    return ""


def _live(contact: Contact, text: str) -> str:
    if text not in LIFECYCLES:
        return _("Choose one of the list.")
    contact.lifecycle = text
    return ""


def _tag(contact: Contact, text: str) -> str:
    names = split_names(text)
    if any(len(name) > 60 for name in names):
        return _("A tag has at most 60 characters.")
    set_tags(contact, names)
    return ""


def form(contact: Contact, field: str) -> dict[str, Any]:
    """What contacts/_field.html needs."""
    choices = {"owner": lambda: [("", _("nobody")), *((str(ident), name) for ident, name in staff(besides=contact.owner_id))],
               "lifecycle": lambda: [(key, LIFECYCLE_LABELS[key]) for key in LIFECYCLES]}.get(field)
    return {"contact": contact, "field": field, "value": value(contact, field), "choices": choices() if choices else None}


def cell(contact: Contact, field: str) -> dict[str, Any]:
    """What contacts/_cell.html needs to show the field again."""
    owner = contact.owner.name if contact.owner else ""
    return {"field": field, "ident": contact.id, "owner_name": owner, "lifecycle": contact.lifecycle, "tag_names": [tag.name for tag in contact.tags]}


def suggested(text: str) -> list[tuple[int, str, str]]:
    """People for what was typed: id, name, detail."""
    hits = current_app.extensions["finding"](text, ("contact",), 8) if len(text) > 1 else []
    return [(hit.record_id, hit.title, hit.detail) for hit in hits]


def person_typed(text: str) -> Contact | None:
    """The one person meant: "Anna Müller #12" as suggested, or a name or address that only one has."""
    _name, hash_, number = text.rpartition("#")
    if hash_ and (ident := ident_or_none(number.strip())):
        contact = db.session.get(Contact, ident)
        return contact if contact and contact.merged_into_id is None else None
    hits = current_app.extensions["finding"](text, ("contact",), 2)
    return db.session.get(Contact, hits[0].record_id) if len(hits) == 1 else None
