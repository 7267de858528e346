"""/contacts/bulk-edits: one change of many contacts, and the way back, for programs."""

from __future__ import annotations

from typing import Any

from marshmallow import validate
from sqlalchemy import select

from crm import clock, web
from crm.accounts.models import User
from crm.accounts.trail import audit
from crm.api import (
    Endpoint,
    ListArguments,
    Resource,
    Schema,
    caller,
    fields,
    found,
    paged,
    referenced,
    refuse,
    refuse_all,
    sorting,
)
from crm.contacts import custom
from crm.contacts.api import CONDITIONS, narrowed
from crm.contacts.bulk.carrying_out import carry_out, take_back
from crm.contacts.bulk.changing import AnyChange, ColumnChange, OwnFieldChange
from crm.contacts.bulk.choosing import MOST, Misfit, tags_change
from crm.contacts.bulk.models import BulkEdit
from crm.contacts.models import LIFECYCLES, Contact
from crm.contacts.queries import visible_to
from crm.contacts.schemas import ContactFilters, custom_values
from crm.contacts.selecting import MOST_TICKED
from crm.extensions import db


def tag_names() -> fields.List:
    return fields.List(fields.Text(60, 1), validate=validate.Length(min=1, max=100))


class BulkChangeSchema(Schema):
    owner_id = fields.Id(allow_none=True)
    lifecycle = fields.Choice(*LIFECYCLES)
    archived = fields.Boolean()
    add_tags = tag_names()
    remove_tags = tag_names()
    custom = custom_values()


class BulkEditSchema(Schema):
    id = fields.Id(dump_only=True)
    by_id = fields.Id(dump_only=True, allow_none=True)
    at = fields.Moment(dump_only=True)
    field = fields.Text(80, dump_only=True, attribute="change", metadata={"description": "owner_id, lifecycle, archived_at, tags+, tags- or custom.KEY."})
    value = fields.Raw(dump_only=True, allow_none=True, metadata={"description": "What was set, or the names of the tags."})
    changed = fields.Whole(0, dump_only=True, attribute="count", metadata={"description": "How many contacts were not like this before."})
    undone_at = fields.Moment(dump_only=True, allow_none=True)
    undone_by_id = fields.Id(dump_only=True, allow_none=True)
    kept = fields.Whole(0, dump_only=True, metadata={"description": "Taken back: how many somebody had changed again, and stayed as they are."})


class BulkEditingSchema(Schema):
    ids = fields.List(fields.Id(), validate=validate.Length(min=1, max=MOST_TICKED), metadata={"description": "These contacts …"})
    filters = fields.Nested(ContactFilters, metadata={"description": f"… or all that GET /contacts would list with these, {MOST:,} at most."})
    change = fields.Nested(BulkChangeSchema, required=True, metadata={"description": "Exactly one thing, for `custom` one field; one more edit for each further."})


class BulkEditDoneSchema(Schema):
    edit = fields.Nested(BulkEditSchema, required=True)
    chosen = fields.Whole(0, required=True, metadata={"description": "How many contacts were meant; those that were like this already are left alone."})
    unknown_ids = fields.List(fields.Id(), required=True, metadata={"description": "Of those sent: no contact, or merged into another."})


class BulkEditList(ListArguments):
    sort = sorting("at", default="-at")


bulk_edits = Resource("bulk-edits", "One change of many contacts. Each can be taken back at any time. Needs the right “bulk”.", prefix="/contacts/bulk-edits")


@bulk_edits.route("")
class BulkEdits(Endpoint):
    @bulk_edits.listed(BulkEditSchema, BulkEditList, right="bulk")
    def get(self, arguments):
        """What was changed about many, the latest first; what was done on the pages too."""
        return paged(select(BulkEdit), arguments, {"at": BulkEdit.at}, BulkEdit.id)

    @bulk_edits.created(BulkEditDoneSchema, BulkEditingSchema, right="bulk")
    def post(self, values):
        """Change many contacts, all or none. Name them by `ids` or by `filters`."""
        ids, change = meant(values), asked_for(values["change"])
        edit = carry_out(change, ids, caller())
        audit("contacts.changed_in_bulk", edit, change=edit.change, value=edit.value, contacts=edit.count, asked=values.get("filters"))
        db.session.refresh(edit)
        return {"edit": edit, "chosen": len(ids), "unknown_ids": sorted(set(values.get("ids", ())) - set(ids))}


@bulk_edits.route("/<int:edit_id>")
class OneBulkEdit(Endpoint):
    @bulk_edits.shown(BulkEditSchema, right="bulk")
    def get(self, edit_id):
        """One change of many contacts."""
        return found(select(BulkEdit).where(BulkEdit.id == edit_id))

    @bulk_edits.removed(BulkEditSchema, right="bulk")
    def delete(self, edit_id):
        """Take it back: everybody is as before, but for those whom somebody changed again since."""
        edit = found(web.locked(select(BulkEdit).where(BulkEdit.id == edit_id), BulkEdit))
        if edit.undone_at is None:
            kept = take_back(edit, caller())
            audit("contacts.bulk_edit_undone", edit, contacts=edit.count - kept, kept=kept)
        return edit


def meant(values: dict[str, Any]) -> list[int]:
    if ("ids" in values) == ("filters" in values):
        refuse("ids", "Give either ids or filters.")
    query = visible_to(caller()).with_only_columns(Contact.id).order_by(Contact.id)
    query = query.where(Contact.id.in_(values["ids"])) if "ids" in values else narrowed(query, CONDITIONS, values["filters"]).limit(MOST + 1)
    ids = list(db.session.scalars(query))
    if not ids:
        refuse("ids" if "ids" in values else "filters", "This is nobody.")
    if len(ids) > MOST:
        refuse("filters", f"These are more than {MOST:,} contacts. Narrow the filters.")
    return ids


def asked_for(change: dict[str, Any]) -> AnyChange:
    if len(change) != 1:
        refuse("change", "Say exactly one thing to change.")
    ((name, value),) = change.items()
    if name == "custom":
        return own_field(value)
    if name in ("add_tags", "remove_tags"):
        return tags(name, value)
    if name == "archived":
        return ColumnChange("archived_at", clock.now() if value else None, only_empty=value)
    if name == "owner_id":
        referenced(User, value, "change.owner_id")
    return ColumnChange(name, value)


def tags(name: str, names: list[str]) -> AnyChange:
    try:
        return tags_change(name == "add_tags", names)
    except Misfit as misfit:
        refuse(f"change.{name}", str(misfit))


def own_field(values: dict[str, Any]) -> AnyChange:
    if len(values) != 1:
        refuse("change.custom", "Name exactly one field.")
    try:
        ((key, value),) = custom.checked("contact", values).items()
    except custom.Misfits as misfits:
        refuse_all({f"change.custom.{key}": reasons for key, reasons in misfits.reasons.items()})
    return OwnFieldChange(key, value)


RESOURCES = (bulk_edits,)
