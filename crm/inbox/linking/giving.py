"""A conversation turns out to be another person's: it goes over to them, with everything that stands on the timeline for it."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import Table, select, update

from crm.accounts.models import User
from crm.contacts.models import Contact, Organisation
from crm.errors import Refused
from crm.extensions import db
from crm.inbox.joining import moving
from crm.inbox.models import Conversation
from crm.timeline.rebuilding import recompute


def give_to(conversation: Conversation, contact: Contact, by: User | None) -> None:
    """Given back, everything is as it was. Never commits."""
    before = conversation.contact
    if before.id == contact.id:
        return
    if contact.archived_at or contact.merged_into_id:
        raise Refused(_("%(name)s is archived. Choose somebody else.", name=contact.display_name), "person")
    conversation.contact = contact
    conversation.event("given", by, before=before.display_name, to=contact.display_name)
    db.session.flush()
    organisations = {before.organisation_id, contact.organisation_id}
    moved = {name: _move(table, column == conversation.id, about, before, contact) for name, table, column, about in moving.owners() if "contact_id" in table.c}
    recompute(Contact.__table__, (before.id, contact.id))
    recompute(Organisation.__table__, filter(None, organisations))
    db.session.expire_all()
    if tasks := moved.get("tasks"):
        current_app.extensions["indexing"]("task", tasks)


def _move(table: Table, belongs: Any, about: Any, before: Contact, contact: Contact) -> list[int]:
    """The rows of a table that are about the conversation and about the person it was of; which ones."""
    column = table.c
    wanted = [belongs, column.contact_id == before.id, *(() if about is None else (about,))]
    idents = list(db.session.scalars(select(column.id).where(*wanted)))
    if not idents:
        return []
    if "organisation_id" in column and before.organisation_id != contact.organisation_id:
        where_it_was = column.organisation_id == before.organisation_id if before.organisation_id else column.organisation_id.is_(None)
        db.session.execute(update(table).where(column.id.in_(idents), where_it_was).values(organisation_id=contact.organisation_id))
    db.session.execute(update(table).where(column.id.in_(idents)).values(contact_id=contact.id))
    return idents
