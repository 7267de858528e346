"""A relation that was removed is made again."""

from __future__ import annotations

from datetime import date
from typing import Any

from crm.accounts.models import User
from crm.contacts.models import Contact
from crm.contacts.relations.relating import relate
from crm.extensions import db


def bring_back(_by: User, payload: dict[str, Any]) -> str:
    first, second = (db.session.get_one(Contact, payload[name]) for name in ("from_contact_id", "to_contact_id"))
    since, until = (date.fromisoformat(payload[name]) if payload[name] else None for name in ("since", "until"))
    relate(first, second, payload["kind"], since=since, until=until, note=payload["note"])
    return f"/contacts/{payload['contact_id']}"


UNDOERS = {"relation.removed": bring_back}
