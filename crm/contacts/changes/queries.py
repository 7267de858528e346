"""The changes of one contact or organisation, as columns with the name of who made them."""

from __future__ import annotations

from sqlalchemy import Select, select

from crm.accounts.models import User
from crm.contacts.changes.models import FieldChange
from crm.contacts.models import Contact, Organisation


def changes(owner: Contact | Organisation) -> Select:
    """Order and limit are paginate's: newest first, by `at` and `id`."""
    column = FieldChange.contact_id if isinstance(owner, Contact) else FieldChange.organisation_id
    columns = (FieldChange.id, FieldChange.record, FieldChange.field, FieldChange.old, FieldChange.new, FieldChange.provenance, FieldChange.at,
               User.name.label("by"))
    return select(*columns).outerjoin(User, User.id == FieldChange.by_id).where(column == owner.id)
