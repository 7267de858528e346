"""The files of contacts: reads, as select()."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, select

from crm.accounts.models import User
from crm.contacts.models import Contact
from crm.contacts.queries import visible_to as people_visible_to
from crm.files.models import File

IDENT: BindParameter[int] = bindparam("contact_id")
SHOWN = 100


def visible_to(user: Any) -> Select[File]:
    """Whoever may see the person may see their files."""
    people = people_visible_to(user).with_only_columns(Contact.id)
    return select(File).where(File.removed_at.is_(None), File.contact_id.in_(people))


OF_CONTACT = (
    select(File.id, File.filename, File.content_type, File.size, File.added_at, User.name.label("added_by"))
    .outerjoin(User, User.id == File.added_by_id)
    .where(File.contact_id == IDENT, File.removed_at.is_(None)).order_by(File.added_at.desc(), File.id.desc()).limit(SHOWN)
)
