"""What the contact page shows of the inbox: the person's conversations, unresolved ones first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm.contacts.models import Contact
from crm.inbox import queries

SHOWN = 6


def load(contact: Contact) -> Mapping[str, Any]:
    """One statement."""
    found = queries.others_of(contact.id, limit=SHOWN * 2)
    unresolved = [row for row in found if row.status in ("open", "waiting", "snoozed")]
    rest = [row for row in found if row not in unresolved and row.status != "spam"]
    return {"conversations": [*unresolved, *rest][:SHOWN], "open": contact.open_conversations}
