"""What the page of a contact shows of files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from crm.contacts.models import Contact
from crm.extensions import fetch
from crm.files.queries import OF_CONTACT


def load(contact: Contact | Row) -> Mapping[str, Any]:
    return {"files": fetch(OF_CONTACT, {"contact_id": contact.id})}
